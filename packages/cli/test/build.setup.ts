/** The tests run the built program: it must be as new as the sources. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** Builds once, before all files. */
export default function build(): void {
  const tsc = ["node_modules/typescript/bin/tsc", "-b", "packages/cli"]
  execFileSync(process.execPath, tsc, { cwd: root, stdio: "inherit" })
}
