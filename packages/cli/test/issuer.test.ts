/** The test issuer, and what is fetched from issuers. Everything on loopback. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { decode, Jwk, JwkSet } from "jotkit"
import { afterAll, describe, expect, test } from "vitest"
import { main, Place } from "./jot.ts"

const place = new Place()
const key = Jwk.generate("ES256", { keyId: "k1" })
const keyFile = place.file("key.jwk", JSON.stringify(key.toPrivateJSON()))
const openFile = place.file("open.jwk", JSON.stringify(Jwk.generate("ES256", { keyId: "k2" })))
const children: ChildProcess[] = []
const servers: ReturnType<typeof createServer>[] = []
afterAll(() => {
  for (const child of children) child.kill("SIGKILL")
  for (const server of servers) server.close()
})

/** What `jwks serve --json` says first. */
interface Served {
  readonly url: string
  readonly jwks_uri: string
  readonly token_endpoint?: string
  readonly kid?: string
}

interface Serving extends Served {
  readonly child: ChildProcess
  /** The next line of its output. */
  readonly line: () => Promise<string>
}

async function serve(...args: string[]): Promise<Serving> {
  const child = spawn(process.execPath, [main, "jwks", "serve", "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => String((await lines.next()).value)
  return { ...(JSON.parse(await line()) as Served), child, line }
}

/** A server of our own; answers with its address. */
async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1")
  servers.push(server)
  await once(server, "listening")
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Asks for a token. */
async function token(url: string, body: string, type: string): Promise<{ access_token: string; expires_in?: number }> {
  const response = await fetch(`${url}/token`, { method: "POST", body, headers: { "content-type": type } })
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"])
  return (await response.json()) as { access_token: string }
}

describe("jwks serve is an issuer", () => {
  test("publishes documents of discovery, and verify finds its keys by them", async () => {
    const { url, jwks_uri } = await serve(keyFile, openFile, "--path", "/keys", "--aud", "api")
    for (const name of ["openid-configuration", "oauth-authorization-server"]) {
      const document = await (await fetch(`${url}/.well-known/${name}`)).json()
      expect(document).toMatchObject({ issuer: url, jwks_uri, token_endpoint: `${url}/token` })
    }
    expect(jwks_uri).toBe(`${url}/keys`)
    expect([...JwkSet.from(await (await fetch(jwks_uri)).text())].map(({ keyId }) => keyId)).toEqual(["k2", "k1"])
    const { access_token } = await token(url, "", "text/plain")
    const args = ["verify", "--json", "--key", `issuer:${url}`, "--iss", url, "--aud", "api", access_token]
    expect((await place.run(args, { network: true })).json).toMatchObject({ verified: true })
  })

  test("makes tokens by its template, and what a request says wins", async () => {
    const { url } = await serve(
      keyFile,
      "--claim",
      "role=admin",
      "--claim",
      "level:=3",
      "--exp",
      "+5m",
      "--typ",
      "at+jwt",
    )
    const plain = await token(url, "", "")
    expect(plain.expires_in).toBe(300)
    expect(decode(plain.access_token, key.publicKey(), { typ: "at+jwt" })).toMatchObject({
      iss: url,
      role: "admin",
      level: 3,
    })
    const json = await token(url, '{"level":1.0,"role":null,"exp":null,"sub":"bob"}', "application/json")
    expect(Buffer.from(json.access_token.split(".")[1] ?? "", "base64url").toString()).toContain('"level":1.0')
    expect(decode(json.access_token, key.publicKey())).toEqual({
      iss: url,
      level: 1,
      iat: expect.any(Number),
      sub: "bob",
    })
    const form = "grant_type=client_credentials&client_id=me&client_secret=hidden&scope=a+b&audience=q&resource=r"
    const asked = await token(url, form, "application/x-www-form-urlencoded")
    const claims = decode(asked.access_token, key.publicKey(), { audience: "q" })
    expect(claims).toMatchObject({ sub: "me", client_id: "me", scope: "a b", aud: ["q", "r"] })
    expect(Object.keys(claims)).not.toContain("client_secret")
  })

  test("refuses what is no request for a token, and requests in the name of another host", async () => {
    const { url } = await serve(keyFile)
    const send = async (body: string) => (await fetch(`${url}/token`, { method: "POST", body })).status
    expect([await send("[1]"), await send('{"a":1,"a":2}'), await send("x".repeat(70_000))]).toEqual([400, 400, 413])
    expect((await fetch(`${url}/token`)).headers.get("allow")).toBe("POST")
    expect((await fetch(`${url}/other`)).status).toBe(404)
    // fetch writes the header itself, always rightly.
    const asked = request(`${url}/.well-known/jwks.json`, { headers: { host: "rebound.example" } }).end()
    const [response] = (await once(asked, "response")) as [IncomingMessage]
    expect(response.resume().statusCode).toBe(421)
  })

  test("answers pages of other origins only with --cors", async () => {
    const [shut, open] = await Promise.all([serve(keyFile), serve(keyFile, "--cors")])
    const allowed = async ({ jwks_uri }: Served) => {
      const response = await fetch(jwks_uri, { method: "OPTIONS" })
      return [response.status, response.headers.get("access-control-allow-origin")]
    }
    expect(await allowed(shut)).toEqual([405, null])
    expect(await allowed(open)).toEqual([204, "*"])
  })

  test("with public keys alone there are no tokens", async () => {
    const { url, token_endpoint } = await serve(openFile)
    expect(token_endpoint).toBeUndefined()
    expect((await fetch(`${url}/token`, { method: "POST" })).status).toBe(404)
    expect((await place.run(["jwks", "serve", openFile, "--claim", "a=b"])).code).toBe(2)
  })

  test("publishes a new key before it signs, and the old one after", async () => {
    const { url, jwks_uri, line } = await serve(keyFile, "--rotate", "1s")
    const kids = async () => [...JwkSet.from(await (await fetch(jwks_uri)).text())].map(({ keyId }) => keyId)
    const signer = async () => {
      const { access_token } = await token(url, "", "")
      const header = Buffer.from(access_token.split(".")[0] ?? "", "base64url").toString()
      return (JSON.parse(header) as { kid: string }).kid
    }
    const first = JSON.parse(await line()) as Served
    const [after, signing] = [await kids(), await signer()]
    // Between the line and the questions another turn may have come: the signer is published in any case, with one beside it.
    expect([after.length, after.includes(signing)]).toEqual([3, true])
    expect(after).toContain(first.kid)
    const second = JSON.parse(await line()) as Served
    expect(after).toContain(second.kid)
  })

  test("ends at once on a signal, also while someone waits for an answer", async () => {
    for (const [signal, code] of [
      ["SIGTERM", 0],
      ["SIGINT", 130],
    ] as const) {
      const { jwks_uri, child } = await serve(keyFile, "--fault", "slow")
      const waiting = request(jwks_uri).end()
      await once(waiting, "finish")
      const failed = once(waiting, "error")
      child.kill(signal)
      expect(await once(child, "close")).toEqual([code, null])
      await failed
    }
  })

  test.each([
    ["a path without a slash", ["--path", "keys"]],
    ["the path of a document", ["--path", "/.well-known/openid-configuration"]],
    ["no time", ["--rotate", "0s"]],
    ["two algorithms", ["--alg", "ES256", "--alg", "ES384"]],
    ["a port that there is not", ["--port", "70000"]],
    ["every address of the machine", ["--host", "0.0.0.0"]],
  ])("%s is a wrong command line", async (_, args) => {
    expect((await place.run(["jwks", "serve", keyFile, ...args], { network: true })).code).toBe(2)
  })

  test("an algorithm that the key does not have is refused before anyone asks", async () => {
    const { code, json } = await place.run(["jwks", "serve", keyFile, "--alg", "RS256", "--json"], { network: true })
    expect([code, json?.code]).toEqual([6, "key"])
  })
})

describe("jwks fetch", () => {
  const set = { keys: [key.toJSON()] }

  test("tells how long the set may be kept, pins it, and shows rotation against the pin", async () => {
    let keys = [key.toJSON()]
    const url = await listen((_, response) => {
      response.writeHead(200, { "cache-control": "max-age=300", etag: '"v1"' }).end(JSON.stringify({ keys }))
    })
    const pin = join(place.folder, "pin.json")
    const network = { network: true }
    const fetched = await place.run(["jwks", "fetch", url, "--save", pin, "--json"], network)
    expect(fetched.json).toMatchObject({ cache: { "cache-control": "max-age=300", etag: '"v1"' }, jwks: set })
    expect(JSON.parse(readFileSync(pin, "utf8"))).toEqual(set)
    expect((await place.run(["jwks", "fetch", url, "--save", pin], network)).code).toBe(8)
    expect(await place.run(["jwks", "fetch", url, "--diff", pin, "-q"], network)).toMatchObject({ code: 0, stdout: "" })
    keys = [Jwk.generate("ES256", { keyId: "k9" }).toJSON()]
    const rotated = await place.run(["jwks", "fetch", url, "--diff", pin], network)
    expect(rotated).toMatchObject({ code: 1, stderr: expect.stringContaining("cache-control: max-age=300") })
    expect(rotated.stdout.match(/^\/.*$/gm)).toEqual(["/keys/k1 is gone", "/keys/k9 is new"])
  })

  test("finds an issuer's document where RFC 8414 puts it, when OpenID's is not there", async () => {
    const asked: string[] = []
    const url = await listen(({ url: path = "", headers: { host } }, response) => {
      asked.push(path)
      if (path === "/set") return void response.end(JSON.stringify(set))
      if (path !== "/.well-known/oauth-authorization-server/tenant") return void response.writeHead(404).end()
      response.end(JSON.stringify({ issuer: `http://${host}/tenant`, jwks_uri: `http://${host}/set` }))
    })
    expect((await place.run(["jwks", "fetch", `issuer:${url}/tenant`, "-q"], { network: true })).json).toEqual(set)
    expect(asked).toEqual([
      "/tenant/.well-known/openid-configuration",
      "/.well-known/oauth-authorization-server/tenant",
      "/set",
    ])
    expect((await place.run(["jwks", "fetch", `issuer:${url}/tenant?a=b`])).code).toBe(2)
  })

  const bad: [name: string, answer: (response: ServerResponse) => void, reason: string, exit: number][] = [
    ["a redirect", (response) => response.writeHead(302, { location: "/" }).end(), "redirected", 7],
    ["a status", (response) => response.writeHead(503).end(), "status_bad", 7],
    ["too much", (response) => response.end("x".repeat(1_100_000)), "response_too_large", 7],
    ["no set", (response) => response.end("<html>"), "no_key_set", 7],
    ["a connection that breaks", (response) => response.destroy(), "unreachable", 7],
    [
      "a secret",
      (response) => response.end(JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0" }] })),
      "published_private",
      6,
    ],
    ["an unsafe address", (response) => response.end("{}"), "issuer_differs", 7],
  ]
  test.each(bad)("%s is refused by name", async (name, answer, reason, exit) => {
    const url = await listen((_, response) => answer(response))
    const source = name === "an unsafe address" ? `issuer:${url}` : url
    const file = join(place.folder, "never.json")
    const { code, json } = await place.run(["jwks", "fetch", source, "--save", file, "--json"], { network: true })
    expect([code, json]).toMatchObject([exit, { reason }])
    expect(existsSync(file)).toBe(false)
  })

  test("a document may not lead anywhere that is not https", async () => {
    for (const address of [
      "http://issuer.example/set",
      "https://a:b@issuer.example/",
      "file:///etc/passwd",
      "data:,{}",
      "set",
    ]) {
      const url = await listen(({ headers: { host } }, response) => {
        response.end(JSON.stringify({ issuer: `http://${host}`, jwks_uri: address }))
      })
      const { code, json } = await place.run(["verify", "--json", "--key", `issuer:${url}`, "e30.e30.AA"], {
        network: true,
      })
      expect([code, json]).toMatchObject([7, { reason: "jwks_uri_unsafe" }])
    }
  })

  test("keys may be a JWK or PEM behind an address, too", async () => {
    for (const body of [JSON.stringify(key.toJSON()), key.toPem()]) {
      const url = await listen((_, response) => void response.end(body))
      const { stdout } = await place.run(["key", "thumbprint", url], { network: true })
      expect(stdout.trim()).toBe(key.thumbprint())
    }
  })
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
