/** What asks a server: key addresses, `jwks fetch`, `jwks serve`. Everything on loopback. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { encode, Jwk } from "jotkit"
import { afterAll, describe, expect, test } from "vitest"
import { main, Place } from "./jot.ts"

const place = new Place()
const key = Jwk.generate("ES256", { keyId: "k1" })
const keyFile = place.file("key.jwk", JSON.stringify(key.toPrivateJSON()))
const token = encode({ sub: "alice" }, key)
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill("SIGKILL")
})

/** Starts `jwks serve` and answers with where it listens. */
async function serve(...args: string[]): Promise<{ jwks_uri: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [main, "jwks", "serve", keyFile, "--json", ...args])
  children.push(child)
  const [line] = (await once(child.stdout, "data")) as [Buffer]
  const { jwks_uri } = JSON.parse(String(line)) as { jwks_uri: string }
  return { jwks_uri, child }
}

describe("jwks serve", () => {
  test("publishes public halves, verify takes them, and SIGTERM ends it in order", async () => {
    const { jwks_uri, child } = await serve()
    const response = await fetch(jwks_uri)
    expect(response.headers.get("content-type")).toBe("application/jwk-set+json")
    expect(await response.json()).toEqual({ keys: [key.toJSON()] })
    expect((await fetch(jwks_uri, { method: "POST" })).status).toBe(405)
    expect((await place.run(["verify", "--json", "--key", jwks_uri, token], { network: true })).json).toMatchObject({
      verified: true,
    })
    expect((await place.run(["jwks", "fetch", jwks_uri], { network: true })).json).toEqual({ keys: [key.toJSON()] })
    child.kill("SIGTERM")
    expect(await once(child, "close")).toEqual([0, null])
  })

  test.each([
    ["wrong-kid", "key"],
    ["error", "network"],
    ["empty", "input"],
    ["stale", "signature"],
    ["oversized", "network"],
    ["redirect", "network"],
    ["not-json", "input"],
  ])("--fault %s: verify ends with %s", async (fault, code) => {
    const { jwks_uri } = await serve("--fault", fault)
    expect((await place.run(["verify", "--json", "--key", jwks_uri, token], { network: true })).json).toMatchObject({
      ok: false,
      code,
    })
  })

  test("stays on this machine, and knows its faults", async () => {
    expect((await place.run(["jwks", "serve", keyFile, "--host", "0.0.0.0"])).code).toBe(2)
    expect((await place.run(["jwks", "serve", keyFile, "--fault", "none"])).code).toBe(2)
    expect((await place.run(["jwks", "serve"])).code).toBe(2)
  })
})

describe("jwks fetch", () => {
  test("follows the document of the issuer, if it names the issuer that was typed", async () => {
    const { jwks_uri } = await serve()
    const server = createServer((_, response) => {
      const { port } = server.address() as AddressInfo
      response.end(JSON.stringify({ issuer: `http://127.0.0.1:${port}`, jwks_uri }))
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    expect((await place.run(["jwks", "fetch", `issuer:http://127.0.0.1:${port}`], { network: true })).json).toEqual({
      keys: [key.toJSON()],
    })
    expect((await place.run(["jwks", "fetch", `issuer:http://127.0.0.1:${port}/`], { network: true })).code).toBe(7)
    server.close()
  })

  test("asks nobody under --offline, and only addresses that are safe", async () => {
    expect((await place.run(["jwks", "fetch", "--offline", "https://issuer.example"])).code).toBe(7)
    for (const address of [
      "http://issuer.example",
      "ftp://issuer.example",
      "file:///etc/passwd",
      "https://a:b@issuer.example",
    ])
      expect((await place.run(["jwks", "fetch", address])).code).toBe(2)
  })
})
