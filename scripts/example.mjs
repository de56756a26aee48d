// @ts-check
// `npm run example -- fetch`: builds what is needed and becomes that example server, so that signals reach it.
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { argv, execPath } from "node:process"
import { pathToFileURL } from "node:url"
import { root, run } from "./shell.mjs"

const names = readdirSync(join(root, "examples")).filter((name) => existsSync(serverOf(name)))
const [, , name = ""] = argv
if (!names.includes(name)) {
  console.error(`which example? ${names.join(", ")}`)
  process.exitCode = 1
} else if (run(execPath, ["node_modules/typescript/bin/tsc", "-b", "packages/auth"])) {
  await import(pathToFileURL(serverOf(name)).href)
} else {
  process.exitCode = 1
}

/** @param {string} example */
function serverOf(example) {
  return join(root, "examples", example, "server.mjs")
}
