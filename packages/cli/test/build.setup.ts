/** The tests run the program that is shipped: it must be as new as the sources. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("../../../scripts/bundle-jot.mjs", import.meta.url))

/** Builds once, before all files. */
export default function build(): void {
  execFileSync(process.execPath, [script], { stdio: "inherit" })
}
