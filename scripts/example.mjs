// @ts-check
// `npm run example -- fetch`: builds what is needed and becomes that example server.
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { argv, env, execPath } from "node:process"
import { pathToFileURL } from "node:url"
import { root, run } from "./shell.mjs"

const names = readdirSync(join(root, "examples")).filter((name) => existsSync(serverOf(name)))
const [, , name = ""] = argv
if (!names.includes(name)) {
  console.error(`which example? ${names.join(", ")}`)
  process.exitCode = 1
} else if (run(execPath, ["node_modules/typescript/bin/tsc", "-b", "packages/auth", "packages/client"])) {
  if (env["npm_lifecycle_event"] === "example") stopWithParent()
  await import(pathToFileURL(serverOf(name)).href)
} else {
  process.exitCode = 1
}

/** npm hands a signal on to the shell between us and it, and that shell ends without handing it on. */
function stopWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, "SIGTERM")
  }, 100)
  timer.unref()
}

/** @param {string} example */
function serverOf(example) {
  return join(root, "examples", example, "server.mjs")
}
