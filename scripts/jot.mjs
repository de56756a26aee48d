// @ts-check
// `npm run -s jot -- decode TOKEN`: builds what is needed and becomes the program.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { execPath, exit } from "node:process"
import { pathToFileURL } from "node:url"
import { root } from "./shell.mjs"

// What the compiler says must not mix with data: it goes to stderr.
const { status } = spawnSync(execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "packages/cli"], {
  cwd: root,
  stdio: ["ignore", 2, 2],
})
if (status !== 0) exit(status ?? 1)
await import(pathToFileURL(join(root, "packages/cli/dist/main.js")).href)
