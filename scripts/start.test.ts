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

test("serves the page until it is told to end", async () => {
  const child = start("--serve")
  const url = await addressOf(child)
  const response = await fetch(url)
  expect(await response.text()).toContain('<div id="page">')
  child.kill("SIGINT")
  const [status] = await once(child, "close")
  expect(status).toBe(0)
})

/** The address that it prints. */
function addressOf(child: ChildProcess): Promise<string> {
  let output = ""
  return new Promise((resolve, reject) => {
    child.once("close", () => reject(new Error(`it ended: ${output}`)))
    child.stdout?.on("data", (text) => {
      output += text
      const found = /http:\/\/127\.0\.0\.1:\d+\/(?= )/.exec(output)
      if (found !== null) resolve(found[0])
    })
  })
}
