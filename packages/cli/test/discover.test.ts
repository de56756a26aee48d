/** Keys that a token names or brings along: asked for only on request, and never more trusted than they are. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { encode, Jwk } from "jotkit"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Place } from "./jot.ts"

const place = new Place()
const key = Jwk.generate("ES256", { keyId: "k1" })
const other = Jwk.generate("ES256", { keyId: "k2" })
const PAGE = "a page that is no key, but long enough to be taken for a secret"
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url ?? "")
  const documents: Record<string, object> = {
    "/.well-known/openid-configuration": { issuer: origin(), jwks_uri: `${origin()}/jwks` },
    "/moved/.well-known/openid-configuration": {
      issuer: `${origin()}/moved`,
      jwks_uri: `http://localhost:${origin().split(":")[2]}/jwks`,
    },
    "/jwks": { keys: [key.toJSON()] },
    "/page": [PAGE],
  }
  const document = documents[request.url ?? ""]
  response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document))
})
const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const host = () => origin().slice("http://".length)
const verify = (token: string, ...args: string[]) => place.run(["verify", "--json", ...args, token], { network: true })

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening")
})
beforeEach(() => {
  asked.length = 0
})
afterAll(() => {
  server.close()
})

describe("without --discover", () => {
  test.each(["iss", "jku", "x5u"])("%s is never followed", async (name) => {
    const token = encode(
      name === "iss" ? { iss: origin() } : {},
      key,
      name === "iss" ? {} : { header: { [name]: `${origin()}/jwks` } },
    )
    const file = place.file("key.jwk", JSON.stringify(key.toJSON()))
    for (const args of [["--key", file], []])
      expect((await place.run(["verify", "--json", ...args, token])).json).toMatchObject({ ok: args.length > 0 })
    await place.run(["inspect", token])
    expect(asked).toEqual([])
  })
})

describe("--discover", () => {
  test("takes the keys of the issuer from a machine on the list", async () => {
    const { json, code } = await verify(encode({ iss: origin() }, key), "--discover", host())
    expect([code, json]).toEqual([0, expect.objectContaining({ verified: true })])
    expect(json?.keys).toMatchObject([{ kid: "k1", provenance: "issuer", answer: "matched" }])
    expect(asked).toEqual(["/.well-known/openid-configuration", "/jwks"])
  })

  test("asks no machine that is not on the list, and says which one it was", async () => {
    const token = encode({ iss: origin() }, key)
    const { code, stderr } = await verify(token, "--discover", "issuer.example,other.example")
    expect([code, stderr]).toEqual([6, expect.stringContaining(`the token names ${host()}`)])
    const moved = encode({ iss: `${origin()}/moved` }, key)
    expect((await verify(moved, "--discover", host())).code).toBe(6)
    expect(asked).toEqual(["/moved/.well-known/openid-configuration"])
  })

  test("asks no issuer that is not the expected one", async () => {
    const token = encode({ iss: origin() }, key)
    expect((await verify(token, "--discover", host(), "--iss", "https://issuer.example")).code).toBe(6)
    expect(asked).toEqual([])
    expect((await verify(token, "--discover", host(), "--iss", origin())).code).toBe(0)
  })

  test("a key that the token names by jku matches, and verifies nothing", async () => {
    const token = encode({ sub: "a" }, key, { header: { jku: `${origin()}/jwks` } })
    const { code, json } = await verify(token, "--discover", host())
    expect([code, json]).toMatchObject([6, { verified: false, keys: [{ provenance: "named", answer: "matched" }] }])
    expect(json?.checks).toContainEqual(expect.objectContaining({ id: "key", status: "fail", code: "key_named" }))
    expect(json).not.toHaveProperty("payload")
  })

  test("what is fetched never becomes a secret", async () => {
    const secret = new TextEncoder().encode(JSON.stringify([PAGE]))
    const header = { jku: `${origin()}/page` }
    const token = encode({ sub: "a" }, secret, { algorithm: "HS256", header })
    const { code, json } = await verify(token, "--alg", "HS256", "--discover", host())
    expect([code, json]).toMatchObject([6, { ok: false, reason: "keys_not_named" }])
  })

  test("a key of the caller counts more than one that is named", async () => {
    const token = encode({ sub: "a" }, key, { header: { jku: `${origin()}/jwks` } })
    const file = place.file("mine.jwk", JSON.stringify(key.toJSON()))
    expect((await verify(token, "--key", file, "--discover", host())).code).toBe(0)
  })

  test.each([
    ["a query", () => ({ iss: `${origin()}/?x` }), {}],
    ["a name and a password", () => ({ iss: origin().replace("//", "//a:b@") }), {}],
    ["http elsewhere", () => ({ iss: "http://issuer.example" }), {}],
    ["no address", () => ({ iss: "issuer" }), { jku: "issuer", x5u: "file:///etc/passwd" }],
  ])("what a token names badly is no mistake of the user: %s", async (_, claims, header) => {
    const token = encode(claims(), key, { header })
    const { code } = await verify(token, "--discover", `${host()},issuer.example`)
    expect([code, asked]).toEqual([6, []])
  })

  test("ends with 7 where nobody answers, under --offline and for an address that is not there", async () => {
    const token = encode({ iss: origin() }, key)
    expect((await verify(token, "--offline", "--discover", host())).code).toBe(7)
    expect(asked).toEqual([])
    const gone = encode({}, key, { header: { jku: `${origin()}/gone` } })
    expect((await verify(gone, "--discover", host())).code).toBe(7)
  })

  test("of a batch each address is asked once, and one answer of the network ends nothing", async () => {
    const lines = [
      encode({ iss: origin(), n: 1 }, key),
      encode({ iss: origin(), n: 2 }, key),
      encode({}, key, { header: { jku: `${origin()}/gone` } }),
      encode({ iss: origin() }, other),
    ]
    const { stdout, code } = await place.run(["verify", "--jsonl", "--discover", host()], {
      input: lines.join("\n"),
      network: true,
    })
    const codes = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).code)
    expect([codes, code]).toEqual([["ok", "ok", "network", "key"], 6])
    expect(asked).toEqual(["/.well-known/openid-configuration", "/jwks", "/gone"])
  })

  test.each(["https://issuer.example", "a/b", "", "a b"])("takes names of machines, and not %j", async (name) => {
    expect((await verify(encode({}, key), `--discover=${name}`)).code).toBe(2)
  })
})

describe("--trust-embedded", () => {
  test("shows that a token fits its own key, says that it proves nothing, and verifies nothing", async () => {
    const token = encode({ sub: "mallory" }, other, { header: { jwk: other.toJSON() } })
    const { code, stdout, stderr } = await place.run(["verify", "-q", "--trust-embedded", token])
    expect([code, stdout]).toEqual([6, ""])
    expect(stderr).toContain("--trust-embedded tries a key that the token brought itself")
    expect(stderr).toContain("matches a key that the token brought itself; proves nothing about the sender")
    const { json } = await place.run(["verify", "--json", "--trust-embedded", token])
    expect(json).toMatchObject({ verified: false, keys: [{ provenance: "embedded", answer: "matched" }] })
  })

  test("without it an embedded key is no key", async () => {
    const token = encode({ sub: "mallory" }, other, { header: { jwk: other.toJSON() } })
    expect((await place.run(["verify", token])).code).toBe(2)
    const file = place.file("other.jwk", JSON.stringify(key.toJSON()))
    expect((await place.run(["verify", "--key", file, token])).code).toBe(4)
  })

  test("a token without a key has none to try", async () => {
    expect((await place.run(["verify", "--json", "--trust-embedded", encode({}, key)])).json).toMatchObject({
      code: "key",
      reason: "keys_not_named",
    })
  })

  test("inspect shows what such a key is worth", async () => {
    const token = encode({}, other, { header: { jwk: other.toJSON() } })
    const { code, stdout } = await place.run(["inspect", "--trust-embedded", token])
    expect([code, stdout]).toEqual([6, expect.stringContaining("proves nothing about the sender")])
  })
})
