/** PyJWT, table Q: keys that their issuer publishes. The endpoint is real, the clock is not. */
import {
  decode,
  decodeAsync,
  encode,
  type FetchLike,
  Jwk,
  type JwkObject,
  JwkSet,
  JwksClient,
  type JwksClientOptions,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { type KeyServer, serveKeys } from "./key-server.ts"
import { outcome, outcomeOf, untyped } from "./outcome.ts"
import { enc, HS256_HEADER, hs, rawToken } from "./tokens.ts"
import { AUTH0 } from "./vectors.ts"

const OK = "accepted"
const NOT_FOUND = "JwksClientError key_not_found"
const UNREACHABLE = "JwksConnectionError jwks_unreachable"
const UNREADABLE = "JwksClientError jwks_response_invalid"
const NO_SET = "JwkSetError jwks_invalid"
const WRONG_OPTION = "JwksClientError jwks_options_invalid"

// differs: core-api: secrets in a set from the network are skipped, so the endpoint serves public keys and not PyJWT's secret.
const a = Jwk.generate("ES256", { keyId: "a" })
const b = Jwk.generate("ES256", { keyId: "b" })
const publicA: JwkObject = a.toJSON()
const publicB: JwkObject = b.toJSON()

/** A client with a clock that stands until it is moved. */
interface Timed {
  readonly client: JwksClient
  wait(seconds: number): void
}

function timed(server: KeyServer, options: JwksClientOptions = {}): Timed {
  let now = 0
  const client = new JwksClient(server.url, { ...options, now: () => now })
  return {
    client,
    wait(seconds) {
      now += seconds
    },
  }
}

function serving(...keys: unknown[]): { body: { keys: unknown[] } } {
  return { body: { keys } }
}

test("394: the request carries the caller's headers and goes to the caller's address", async () => {
  const server = await serveKeys(serving(publicA))
  const client = new JwksClient(`${server.url}?tenant=1`, { headers: { "x-custom": "yes" } })
  await client.getJwkSet()
  expect(server.requests).toEqual([{ url: "/keys?tenant=1", headers: expect.objectContaining({ "x-custom": "yes" }) }])
})

describe("keys for signatures", () => {
  test.each<[name: string, members: object, expected: string]>([
    ["395: use absent is one", {}, OK],
    ["395: use null is one", { use: null }, OK],
    ["395: use sig is one", { use: "sig" }, OK],
    ["395: use enc is none", { use: "enc" }, NOT_FOUND],
    ["395: use SIG is none", { use: "SIG" }, NOT_FOUND],
    // differs: section 9.26: PyJWT does not look at the operations.
    ["395: operations without verify are none", { key_ops: ["encrypt"] }, NOT_FOUND],
    ["396: a key without an id is none", { kid: undefined }, NOT_FOUND],
    ["396: a key with an empty id is none", { kid: "" }, NOT_FOUND],
  ])("%s", async (_name, members, expected) => {
    const server = await serveKeys(serving({ ...publicA, ...members }))
    const { client } = timed(server)
    expect((await client.getJwkSet()).size).toBe(1)
    expect(await outcomeOf(client.getSigningKeys())).toBe(expected)
  })

  test("425: of two with one id the first is answered", async () => {
    const server = await serveKeys(serving(publicA, { ...publicB, kid: "a" }))
    const key = await timed(server).client.getSigningKey("a")
    expect(key.thumbprint()).toBe(a.thumbprint())
  })

  test("426: a token's algorithm decides between two with one id", async () => {
    // differs: section 9.26: PyJWT answers with the first, whatever the token says.
    const other = Jwk.generate("EdDSA", { keyId: "a" })
    const server = await serveKeys(serving(other.toJSON(), publicA))
    const key = await timed(server).client.getSigningKeyFromJwt(encode({ a: 1 }, a))
    expect(key.thumbprint()).toBe(a.thumbprint())
  })

  test("432: an id that no key has finds nothing in the set", async () => {
    const server = await serveKeys(serving(publicA))
    expect((await timed(server).client.getJwkSet()).get("other")).toBeUndefined()
  })
})

describe("requests", () => {
  test("397: a known key is fetched once", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    expect(await server.count(() => client.getSigningKey("a"))).toBe(1)
    expect(await server.count(() => client.getSigningKey("a"))).toBe(0)
  })

  test("397: callers at the same time share one request", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    expect(
      await server.count(() => Promise.all([client.getSigningKey("a"), client.getJwkSet(), client.refresh()])),
    ).toBe(1)
  })

  test("398: a refresh asks every time", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    expect(await server.count(() => client.refresh())).toBe(1)
    expect(await server.count(() => client.getJwkSet(true))).toBe(1)
  })

  test("399: a set is asked for again when its time is over", async () => {
    const server = await serveKeys(serving(publicA))
    const { client, wait } = timed(server, { cacheTtl: "1s" })
    await client.getJwkSet()
    wait(0.5)
    expect(await server.count(() => client.getJwkSet())).toBe(0)
    wait(0.5)
    expect(await server.count(() => client.getJwkSet())).toBe(1)
  })

  test("400: a key is answered from the same set", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    const first = await client.getSigningKey("a")
    expect(await client.getSigningKey("a")).toBe(first)
    expect(server.requests).toHaveLength(1)
  })

  test("433: a kept set is the same object", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    expect(await client.getJwkSet()).toBe(await client.getJwkSet())
  })
})

describe("an unknown key id", () => {
  async function unknown(
    server: KeyServer,
    client: JwksClient,
    keyId: string,
  ): Promise<[requests: number, answer: string]> {
    let answer = ""
    const requests = await server.count(async () => {
      answer = await outcomeOf(client.getSigningKey(keyId))
    })
    return [requests, answer]
  }

  test("401: causes no request directly after one", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    await client.getJwkSet()
    for (const keyId of ["x", "x", "y"]) expect(await unknown(server, client, keyId)).toEqual([0, NOT_FOUND])
  })

  test("402: causes one request on a new client", async () => {
    const server = await serveKeys(serving(publicA))
    expect(await unknown(server, timed(server).client, "x")).toEqual([1, NOT_FOUND])
  })

  test("403: causes a request every time without a cooldown", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server, { cooldown: 0 })
    await client.getJwkSet()
    for (const keyId of ["x", "x", "y"]) expect(await unknown(server, client, keyId)).toEqual([1, NOT_FOUND])
  })

  test("405: is found once the cooldown is over and the set has it", async () => {
    const server = await serveKeys(serving(publicA))
    const { client, wait } = timed(server)
    await client.getJwkSet()
    server.answer(serving(publicA, publicB))
    wait(29)
    expect(await unknown(server, client, "b")).toEqual([0, NOT_FOUND])
    wait(1)
    expect(await unknown(server, client, "b")).toEqual([1, OK])
  })

  test("406: is refused if the new set lacks it as well, and costs one request in a cooldown", async () => {
    const server = await serveKeys(serving(publicA))
    const { client, wait } = timed(server)
    await client.getJwkSet()
    wait(30)
    expect(await unknown(server, client, "b")).toEqual([1, NOT_FOUND])
    expect(await unknown(server, client, "b")).toEqual([0, NOT_FOUND])
  })

  test("407: null is an id that no key has", async () => {
    const server = await serveKeys(serving(publicA))
    expect(await unknown(server, timed(server).client, untyped(null))).toEqual([1, NOT_FOUND])
  })

  test("408: a key that its issuer took back is gone with the next set", async () => {
    // differs: section 9.25: PyJWT's second cache keeps such a key until the process ends.
    const server = await serveKeys(serving(publicA, publicB))
    const { client, wait } = timed(server)
    await client.getSigningKey("b")
    server.answer(serving(publicA))
    wait(300)
    expect(await outcomeOf(client.getSigningKey("b"))).toBe(NOT_FOUND)
  })
})

describe("an endpoint that fails", () => {
  test("410: a failed refresh leaves the kept set in use", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    const kept = await client.getJwkSet()
    server.answer({ status: 500 })
    expect(await outcomeOf(client.refresh())).toBe(UNREACHABLE)
    expect(await server.count(async () => expect(await client.getJwkSet()).toBe(kept))).toBe(0)
  })

  test("411: an old set is used for an hour, then no longer", async () => {
    // differs: core-api: PyJWT fails as soon as the set is too old.
    const server = await serveKeys(serving(publicA))
    const { client, wait } = timed(server)
    const kept = await client.getJwkSet()
    server.answer({ status: 500 })
    wait(300)
    expect(await client.getJwkSet()).toBe(kept)
    wait(3599)
    expect(await client.getJwkSet()).toBe(kept)
    wait(1)
    expect(await outcomeOf(client.getJwkSet())).toBe(UNREACHABLE)
  })

  test.each([[401], [404], [500], [204]])("416, 418: status %d", async (status) => {
    const server = await serveKeys({ status })
    expect(await outcomeOf(timed(server).client.getJwkSet())).toBe(UNREACHABLE)
  })

  test("416: nobody there", async () => {
    const server = await serveKeys()
    await server.close()
    expect(await outcomeOf(timed(server).client.getJwkSet())).toBe(UNREACHABLE)
  })

  test("416: no TLS where TLS is expected", async () => {
    const server = await serveKeys(serving(publicA))
    const client = new JwksClient(server.url.replace("http:", "https:"))
    expect(await outcomeOf(client.getJwkSet())).toBe(UNREACHABLE)
  })

  test("415: no answer in time, and the error says so", async () => {
    const server = await serveKeys()
    server.answer("silence")
    const { client } = timed(server, { timeout: 0.05 })
    expect(await outcomeOf(client.getJwkSet())).toBe(UNREACHABLE)
    await expect(client.getJwkSet()).rejects.toThrow(/timeout/)
  })

  test("417: another transport may be given", async () => {
    const seen: string[] = []
    const fetch: FetchLike = async (url) => {
      seen.push(url)
      return new Response(JSON.stringify({ keys: [publicA] }))
    }
    const client = new JwksClient("https://keys.example/jwks", { fetch })
    expect((await client.getSigningKey("a")).keyId).toBe("a")
    expect(seen).toEqual(["https://keys.example/jwks"])
  })
})

describe("what is no key set is not kept", () => {
  test.each<[name: string, body: unknown, expected: string]>([
    ["418: text that is not JSON", "hello", UNREADABLE],
    ["418: nothing", "", UNREADABLE],
    ["418: bytes that are not UTF-8", Buffer.from('{"keys":"\xff"}', "latin1"), UNREADABLE],
    ["419: an array", [], UNREADABLE],
    ["419: a JSON text", '"x"', UNREADABLE],
    ["420: null", null, UNREADABLE],
    ["421: an empty object", {}, NO_SET],
    ["421: no keys", { keys: [] }, NO_SET],
    ["421: keys null", { keys: null }, NO_SET],
    ["421: only unusable keys", { keys: [{ kty: "unknown" }] }, NO_SET],
  ])("%s", async (_name, body, expected) => {
    const server = await serveKeys({ body })
    const { client } = timed(server)
    const fetched = async (): Promise<void> => expect(await outcomeOf(client.getJwkSet())).toBe(expected)
    expect(await server.count(fetched)).toBe(1)
    expect(await server.count(fetched)).toBe(1)
  })
})

describe("redirects", () => {
  test("422: within the origin are followed", async () => {
    // differs: core-api: PyJWT follows none.
    const server = await serveKeys(({ url }) =>
      url === "/keys" ? { status: 302, headers: { location: "/moved" } } : serving(publicA),
    )
    expect((await timed(server).client.getJwkSet()).size).toBe(1)
    expect(server.requests.map(({ url }) => url)).toEqual(["/keys", "/moved"])
  })

  test("422: to another origin are refused", async () => {
    const elsewhere = await serveKeys(serving(publicA))
    const server = await serveKeys({ status: 302, headers: { location: elsewhere.url } })
    expect(await outcomeOf(timed(server).client.getJwkSet())).toBe(UNREACHABLE)
    expect(elsewhere.requests).toEqual([])
  })
})

describe("the constructor", () => {
  test.each<[name: string, url: string, options: JwksClientOptions, expected: string]>([
    ["412: a negative lifetime", "https://keys.example/", { cacheTtl: -1 }, WRONG_OPTION],
    ["412: no lifetime", "https://keys.example/", { cacheTtl: 0 }, WRONG_OPTION],
    ["412: a negative fraction", "https://keys.example/", { cacheTtl: -0.5 }, WRONG_OPTION],
    // differs: section 9.25: PyJWT takes these.
    ["413: a lifetime of NaN", "https://keys.example/", { cacheTtl: Number.NaN }, WRONG_OPTION],
    ["413: an endless lifetime", "https://keys.example/", { cacheTtl: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["414: a negative cooldown", "https://keys.example/", { cooldown: -1 }, WRONG_OPTION],
    ["414: a cooldown of NaN", "https://keys.example/", { cooldown: Number.NaN }, WRONG_OPTION],
    ["414: an endless cooldown", "https://keys.example/", { cooldown: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["423: a file", "file:///etc/passwd", {}, WRONG_OPTION],
    ["423: a data URL", "data:application/json,{}", {}, WRONG_OPTION],
    ["423: ftp", "ftp://keys.example/", {}, WRONG_OPTION],
    ["423: a script", "javascript:alert(1)", {}, WRONG_OPTION],
    ["423: no URL", "nonsense", {}, WRONG_OPTION],
    ["423: nothing", "", {}, WRONG_OPTION],
    // differs: core-api: PyJWT takes http from anywhere.
    ["424: http elsewhere than on this machine", "http://keys.example/", {}, WRONG_OPTION],
    ["424: http on this machine, in any letters", "HTTP://LOCALHOST:1/", {}, OK],
    ["424: https in any letters", "HTTPS://keys.example/", {}, OK],
  ])("%s", (_name, url, options, expected) => {
    expect(outcome(() => new JwksClient(url, options))).toBe(expected)
  })
})

describe("the key of a token", () => {
  test("427: verifies the token of an identity provider", async () => {
    const server = await serveKeys({ body: AUTH0.jwks })
    const { client } = timed(server)
    const key = await client.getSigningKeyFromJwt(AUTH0.token)
    const options = { algorithms: ["RS256"], audience: AUTH0.audience, verify: { exp: false } }
    expect(decode(AUTH0.token, key, options)).toEqual(AUTH0.claims)
    expect(await decodeAsync(AUTH0.token, client, { ...options, verify: {}, now: AUTH0.claims.iat })).toEqual(
      AUTH0.claims,
    )
    expect(server.requests).toHaveLength(1)
  })

  test("428: is found for an expired token, for bytes and for an unsecured token", async () => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    const expired = encode({ exp: 1 }, a)
    const unsecured = encode({ a: 1 }, null, { algorithm: "none", header: { kid: "a" } })
    for (const token of [expired, new TextEncoder().encode(expired), unsecured]) {
      expect((await client.getSigningKeyFromJwt(token)).keyId).toBe("a")
    }
  })

  test.each<[name: string, token: string, expected: string]>([
    ["429: garbage", "garbage", "DecodeError token_malformed"],
    [
      "429: a payload that is not JSON",
      rawToken(JSON.stringify({ ...HS256_HEADER, kid: "a" }), "hello"),
      "DecodeError payload_invalid",
    ],
    ["429: a payload that is an array", hs([], { ...HS256_HEADER, kid: "a" }), "DecodeError payload_invalid"],
    ["429: a detached token", enc({ a: 1 }, { detached: true }), "DecodeError payload_invalid"],
    ["430: kid as a number", hs({ a: 1 }, { ...HS256_HEADER, kid: 5 }), "DecodeError header_invalid"],
    [
      "430: an unknown critical parameter",
      hs({ a: 1 }, { ...HS256_HEADER, crit: ["x"], x: 1 }),
      "DecodeError crit_invalid",
    ],
  ])("%s is refused without a request", async (_name, token, expected) => {
    const server = await serveKeys(serving(publicA))
    const { client } = timed(server)
    expect(
      await server.count(async () => expect(await outcomeOf(client.getSigningKeyFromJwt(token))).toBe(expected)),
    ).toBe(0)
  })

  test("431: without an id in the token is the only one that fits", async () => {
    // differs: core-api and section 8.1: PyJWT refuses such a token.
    const server = await serveKeys(serving(publicA))
    const token = encode({ a: 1 }, a, { header: { kid: null } })
    expect((await timed(server).client.getSigningKeyFromJwt(token)).keyId).toBe("a")
    server.answer(serving(publicA, publicB))
    expect(await outcomeOf(timed(server).client.getSigningKeyFromJwt(token))).toBe(NOT_FOUND)
  })

  test("431: without an id, decodeAsync tries all that fit", async () => {
    const server = await serveKeys(serving(publicB, publicA))
    const token = encode({ a: 1 }, a, { header: { kid: null } })
    expect(await decodeAsync(token, timed(server).client, { algorithms: ["ES256"] })).toEqual({ a: 1 })
  })
})

test("421: a secret in a set from the network is no key", async () => {
  const secret = { kty: "oct", kid: "a", k: "c2VjcmV0" }
  const server = await serveKeys(serving(secret))
  expect(await outcomeOf(timed(server).client.getJwkSet())).toBe(NO_SET)
  expect(JwkSet.from({ keys: [secret] }).size).toBe(1)
})
