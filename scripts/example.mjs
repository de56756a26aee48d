// @ts-check
// `npm run example -- fetch`: builds what is needed and starts that example server; SIGTERM and SIGINT are handed on to it.
import { spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { argv, execPath } from "node:process"
import { root, run } from "./shell.mjs"

const names = readdirSync(join(root, "examples")).filter((name) => existsSync(serverOf(name)))
const [, , name = ""] = argv
if (!names.includes(name)) {
  console.error(`which example? ${names.join(", ")}`)
  process.exitCode = 1
} else if (!run(execPath, ["node_modules/typescript/bin/tsc", "-b", "packages/auth"])) {
  process.exitCode = 1
} else {
  const server = spawn(execPath, [serverOf(name)], { stdio: "inherit" })
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) process.on(signal, () => server.kill(signal))
  server.on("exit", (code) => {
    process.exitCode = code ?? 1
  })
}

/** @param {string} example */
function serverOf(example) {
  return join(root, "examples", example, "server.mjs")
}
