/** `npm start` shows the package at work and ends, or serves the page to whoever is there to look at it. */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Starts it without a terminal. */
function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ["scripts/start.mjs", ...args], { cwd: root, stdio: ["ignore", "pipe", "inherit"] })
}

test("ends by itself where there is no terminal, and says where the page is", async () => {
  const child = start()
  let output = ""
  child.stdout?.on("data", (text) => {
    output += text
  })
  const [status] = await once(child, "close")
  expect(status).toBe(0)
  expect(output).toContain("packages/debugger/dist/jot-debugger.html")
  expect(output).not.toContain("✗")
})

test("serves the page, and the application beside it, until it is told to end", async () => {
  const child = start("--serve")
  const [page, app] = await addressesOf(child)
  expect(await (await fetch(page)).text()).toContain('<div id="page">')
  expect(await (await fetch(app)).text()).toContain("@jotkit/client")
  child.kill("SIGINT")
  const [status] = await once(child, "close")
  expect(status).toBe(0)
})

/** The two addresses that it prints. */
function addressesOf(child: ChildProcess): Promise<[string, string]> {
  let output = ""
  return new Promise((resolve, reject) => {
    child.once("close", () => reject(new Error(`it ended: ${output}`)))
    child.stdout?.on("data", (text) => {
      output += text
      const [page, app] = output.match(/http:\/\/127\.0\.0\.1:\d+\/(?= )/g) ?? []
      if (page !== undefined && app !== undefined) resolve([page, app])
    })
  })
}
