/** The debugger page from the command line: on this machine only, and with a token that no server is sent. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { encode } from "jotkit"
import { afterAll, describe, expect, test } from "vitest"
import { refuseUnknown } from "./answers.ts"
import { main, Place } from "./jot.ts"

const place = new Place()
const token = encode({ iss: "https://issuer.example" }, "a secret that is long enough for HS256", {
  algorithm: "HS256",
})
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill("SIGKILL")
})

/** Starts it, and waits for its first line. */
async function debug(...args: string[]): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, [main, "debug", ...args], { stdio: ["ignore", "pipe", "ignore"] })
  children.push(child)
  const [line] = (await once(child.stdout, "data")) as [Buffer]
  return { child, line: String(line).trim() }
}

describe("debug", () => {
  test("prints an address with the token behind the #, serves the whole page, and ends on Ctrl-C", async () => {
    const { child, line } = await debug(`Bearer ${token}`)
    const address = new URL(line)
    expect([address.hostname, address.pathname, address.search]).toEqual(["127.0.0.1", "/", ""])
    expect(new URLSearchParams(address.hash.slice(1)).get("token")).toBe(token)
    const response = await fetch(address.origin)
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    const page = await response.text()
    expect(page).toMatch(/^<!doctype html>.*connect-src 'none'.*<\/html>\s*$/s)
    expect(page).not.toContain(token)
    child.kill("SIGINT")
    const [code, signal] = await once(child, "close")
    expect([code, signal]).toContain(code === null ? "SIGINT" : 130)
  })

  test("says it to scripts, and ends in order on SIGTERM", async () => {
    const { child, line } = await debug("--json", place.file("t", token).replace(/^/, "@"))
    refuseUnknown(["debug"], `${line}\n`)
    const { url, address } = JSON.parse(line) as { url: string; address: string }
    expect(address).toBe(`${url}#token=${token}`)
    child.kill("SIGTERM")
    expect(await once(child, "close")).toEqual([0, null])
  })

  test("refuses a port that is none, or taken, and text without a token", async () => {
    expect((await place.run(["debug", "--port", "http"])).code).toBe(2)
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const taken = await place.run(["debug", "--json", "--port", String(port)], { network: true })
    expect(taken.json?.code).toBe("network")
    server.close()
    expect((await place.run(["debug", "--json", ""])).json?.code).toBe("input")
  })
})
