/** Before the tests, once: servers and pages have the built packages, as users do, and a browser is there. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { ensureRuntimes } from "../../../scripts/runtimes.mjs"

const root = fileURLToPath(new URL("../../../", import.meta.url))

export default function setup(): void {
  const tsc = ["node_modules/typescript/bin/tsc", "-b", "packages/auth", "packages/client"]
  execFileSync(process.execPath, tsc, { cwd: root, stdio: "inherit" })
  // Here, since several files would install it at once.
  ensureRuntimes()
}
