/** The tests look at the built page: it must be as new as the sources. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Builds once, before all files. */
export default function build(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../scripts/build.mjs", import.meta.url))], {
    stdio: "inherit",
  })
}
