// @ts-check
// Serves the page of examples/app to this machine, in a process of its own, for `npm start`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { execPath } from "node:process"
import { root } from "./shell.mjs"

/**
 * @param {number} port 0 picks one.
 * @returns {Promise<{ url: string, close: () => void }>} The packages must have been built. Rejects where it does not start.
 */
export async function serveApp(port) {
  const child = spawn(execPath, ["examples/app/server.mjs"], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "ignore"],
  })
  let output = ""
  const listening = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text
      if (output.includes("\n")) resolve(undefined)
    })
  })
  await Promise.race([listening, once(child, "close")])
  const [, url] = /^listening on (\S+)/.exec(output) ?? []
  if (url === undefined) throw new Error("examples/app does not start")
  return { url: `${url}/`, close: () => void child.kill() }
}
