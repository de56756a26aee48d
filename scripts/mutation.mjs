// @ts-check
// `npm run mutation [-- --mutate FILES]`: Stryker works on a copy under .stryker-tmp/, where the tests look for the shared
// vectors beside the copy. A link there keeps those tests from being skipped, which would let mutants live.
import { existsSync, mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { root, run } from "./shell.mjs"

const copies = join(root, ".stryker-tmp")
mkdirSync(copies, { recursive: true })
const link = join(copies, "shared")
const shared = join(root, "../shared")
if (existsSync(shared) && !existsSync(link)) symlinkSync(shared, link, "dir")

const HOURS_MS = 6 * 3_600_000
process.exitCode = run("npx", ["stryker", "run", ...argv.slice(2)], { timeout: HOURS_MS }) ? 0 : 1
