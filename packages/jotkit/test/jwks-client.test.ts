/** `JwksClient` against a real server: when it asks, what it sends, what it keeps and for how long. */
import {
  decode,
  decodeAsync,
  decodeComplete,
  decodeCompleteAsync,
  decryptJweAsync,
  encode,
  encodeAsync,
  encryptJwe,
  type FetchInit,
  type FetchLike,
  Jwk,
  type JwkObject,
  JwkSet,
  JwksClient,
  type JwksClientOptions,
  Signer,
  Verifier,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import * as jwksDoor from "jotkit/jwks"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { clientOf, type Endpoint, json, keySet, startEndpoint, status } from "./keys-fixtures/endpoint.ts"
import { foreignToken, pairOf, SECRET } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const OK = "accepted"
const NOT_FOUND = "JwksClientError key_not_found"
const UNREACHABLE = "JwksConnectionError jwks_unreachable"
const WRONG_OPTION = "JwksClientError jwks_options_invalid"
const ES256 = { algorithms: ["ES256"] }

const a = Jwk.generate("ES256", { keyId: "a" })
const b = Jwk.generate("ES256", { keyId: "b" })
const c = Jwk.generate("ES256", { keyId: "c" })
const rsa = Jwk.from(pairOf("RSA").privateKey, { keyId: "rsa" })
const [publicA, publicB, publicC] = [a.toJSON(), b.toJSON(), c.toJSON()]
const tokenA = encode({ a: 1 }, a)
const tokenB = encode({ a: 1 }, b)

test("JwksClient is the same from the door of the package and from its own", () => {
  expect(jwksDoor.JwksClient).toBe(JwksClient)
})

describe("the constructor", () => {
  test.each<[name: string, url: unknown, expected: string]>([
    ["https", "https://keys.example/jwks", OK],
    ["https with port, path and query", "https://keys.example:8443/a/b?c=d", OK],
    ["a URL object", new URL("https://keys.example/jwks"), OK],
    ["http on 127.0.0.1", "http://127.0.0.1:8080/", OK],
    ["http on all of 127/8", "http://127.9.9.9/", OK],
    ["http on ::1", "http://[::1]:8080/", OK],
    ["http on localhost", "http://localhost/", OK],
    ["http below localhost", "http://keys.localhost/", OK],
    ["http elsewhere", "http://keys.example/", WRONG_OPTION],
    ["http on a name that begins like loopback", "http://127.0.0.1.example/", WRONG_OPTION],
    ["http on a name that begins with localhost", "http://localhost.example/", WRONG_OPTION],
    ["http on a private address", "http://10.0.0.1/", WRONG_OPTION],
    ["http on 0.0.0.0", "http://0.0.0.0/", WRONG_OPTION],
    ["http on the address of cloud metadata", "http://169.254.169.254/", WRONG_OPTION],
    ["http on another IPv6 address", "http://[fe80::1]/", WRONG_OPTION],
    ["a file", "file:///etc/passwd", WRONG_OPTION],
    ["data", 'data:application/json,{"keys":[]}', WRONG_OPTION],
    ["ftp", "ftp://127.0.0.1/", WRONG_OPTION],
    ["javascript", "javascript:alert(1)", WRONG_OPTION],
    ["blob", "blob:https://keys.example/1", WRONG_OPTION],
    ["ws on loopback", "ws://127.0.0.1/", WRONG_OPTION],
    ["a user name", "https://user@keys.example/", WRONG_OPTION],
    ["a user name and password", "https://user:marked-password@keys.example/", WRONG_OPTION],
    ["a password alone", "https://:marked-password@keys.example/", WRONG_OPTION],
    ["no URL", "keys.example/jwks", WRONG_OPTION],
    ["a path", "/jwks", WRONG_OPTION],
    ["an empty text", "", WRONG_OPTION],
    ["null", null, WRONG_OPTION],
    ["undefined", undefined, WRONG_OPTION],
    ["a number", 7, WRONG_OPTION],
  ])("an address: %s", (_name, url, expected) => {
    expect(outcome(() => new JwksClient(untyped(url)))).toBe(expected)
    if (expected !== OK) {
      const error = errorOf(() => new JwksClient(untyped(url)))
      expect(error.fault).toBe("usage")
      expect(error.message).not.toContain("marked-password")
    }
  })

  test.each<[name: string, options: unknown, expected: string]>([
    ["no options", undefined, OK],
    ["durations in every form", { cacheTtl: "10m", cooldown: { seconds: 5 }, timeout: 1.5, staleIfError: "PT1H" }, OK],
    ["no cooldown", { cooldown: 0 }, OK],
    ["nothing kept when the endpoint fails", { staleIfError: 0 }, OK],
    ["options given as undefined", { cacheTtl: undefined, headers: undefined, fetch: undefined, now: undefined }, OK],
    ["no lifetime", { cacheTtl: 0 }, WRONG_OPTION],
    ["a negative lifetime", { cacheTtl: -1 }, WRONG_OPTION],
    ["a lifetime that is no duration", { cacheTtl: "5 minutes" }, WRONG_OPTION],
    ["an endless lifetime", { cacheTtl: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["a lifetime of null", { cacheTtl: null }, WRONG_OPTION],
    ["a negative cooldown", { cooldown: -1 }, WRONG_OPTION],
    ["a cooldown of NaN", { cooldown: Number.NaN }, WRONG_OPTION],
    ["no timeout", { timeout: 0 }, WRONG_OPTION],
    ["an endless timeout", { timeout: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["a negative time for stale keys", { staleIfError: -1 }, WRONG_OPTION],
    ["no bytes", { maxBytes: 0 }, "UsageError option_invalid"],
    ["bytes without bound", { maxBytes: Number.POSITIVE_INFINITY }, "UsageError option_invalid"],
    ["keys with a fraction", { maxKeys: 1.5 }, "UsageError option_invalid"],
    ["headers as text", { headers: "a: b" }, "UsageError option_invalid"],
    ["headers as null", { headers: null }, "UsageError option_invalid"],
    ["a fetch that is no function", { fetch: {} }, "UsageError option_invalid"],
    ["a clock that is no function", { now: 7 }, "UsageError option_invalid"],
    ["an unknown option", { cacheTTL: 5 }, "UsageError option_unknown"],
    ["options that are no object", "5m", "UsageError option_invalid"],
  ])("options: %s", (_name, options, expected) => {
    expect(outcome(() => new JwksClient("https://keys.example/", untyped(options)))).toBe(expected)
  })

  test("an unknown option is answered with the nearest", () => {
    expect(errorOf(() => new JwksClient("https://keys.example/", untyped({ cacheTTL: 5 }))).message).toMatch(/cacheTtl/)
    expect(errorOf(() => new JwksClient("https://keys.example/", untyped({ timeoutt: 5 }))).message).toMatch(/timeout/)
  })

  test("sends nothing", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    expect(await endpoint.count(() => clientOf(endpoint))).toBe(0)
  })
})

describe("a request", () => {
  test("is a GET to the caller's address, says what it wants and who it is, and carries no cookies", async () => {
    const endpoint = await startEndpoint(json({ keys: [publicA] }, { "set-cookie": "session=1" }))
    const { client } = clientOf({ url: `${endpoint.url}?tenant=1` })
    await client.getJwkSet()
    await client.refresh()
    expect(endpoint.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /keys?tenant=1",
      "GET /keys?tenant=1",
    ])
    for (const { headers } of endpoint.requests) {
      expect(headers.accept).toMatch(/application\/jwk-set\+json.*application\/json/)
      expect(headers["user-agent"]).toMatch(/jotkit/)
      expect(headers).not.toHaveProperty("cookie")
      expect(headers).not.toHaveProperty("referer")
    }
  })

  test("carries the caller's headers, which win over ours, as they were at construction", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const headers = { authorization: "Bearer x", "user-agent": "shop/1", "X-Custom": "yes" }
    const client = new JwksClient(endpoint.url, { headers })
    headers["X-Custom"] = "changed"
    await client.getJwkSet()
    expect(endpoint.requests[0]?.headers).toMatchObject({
      authorization: "Bearer x",
      "user-agent": "shop/1",
      "x-custom": "yes",
    })
  })

  test("carries the caller's User-Agent and Accept once, however they are spelled", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    await new JwksClient(endpoint.url, { headers: { "User-Agent": "shop/1", ACCEPT: "application/json" } }).getJwkSet()
    expect(endpoint.requests[0]?.headers).toMatchObject({ "user-agent": "shop/1", accept: "application/json" })
  })

  test("goes through the platform's fetch as it is at that moment", async () => {
    const client = new JwksClient("https://keys.example/")
    const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(async () => Response.json({ keys: [publicA] }))
    onTestFinished(() => fetch.mockRestore())
    expect((await client.getJwkSet()).size).toBe(1)
    expect(fetch).toHaveBeenCalledOnce()
    expect(fetch.mock.contexts[0]).toBe(globalThis)
  })

  test("goes through the caller's fetch", async () => {
    const calls: [url: string, init: FetchInit][] = []
    const fetch: FetchLike = async (url, init) => {
      calls.push([url, init])
      return new Response(JSON.stringify({ keys: [publicA] }))
    }
    const client = new JwksClient("https://keys.example/jwks?x=1", { fetch, headers: { a: "b" } })
    expect(await decodeAsync(tokenA, client)).toEqual({ a: 1 })
    expect(calls).toHaveLength(1)
    const [[url, init] = ["", untyped<FetchInit>({})]] = calls
    expect(url).toBe("https://keys.example/jwks?x=1")
    expect(init).toMatchObject({
      method: "GET",
      redirect: "manual",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { a: "b" },
    })
    expect(init.signal).toBeInstanceOf(AbortSignal)
  })

  test.each<[name: string, fetch: () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("proxy")
      },
    ],
    ["rejects", () => Promise.reject(new Error("proxy"))],
    ["rejects with nothing", () => Promise.reject(undefined)],
    ["answers with undefined", async () => undefined],
    ["answers with an empty object", async () => ({})],
    ["answers without headers and body", async () => ({ status: 200 })],
    [
      "answers with a body that fails",
      async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error("cut")) })),
    ],
  ])("through a fetch that %s fails as unreachable", async (_name, fetch) => {
    const client = new JwksClient("https://keys.example/", { fetch: untyped(fetch) })
    expect(await outcomeOf(client.getJwkSet())).toMatch(
      /^(?:JwksConnectionError jwks_unreachable|JwksClientError jwks_response_invalid)$/,
    )
  })

  test.each<[name: string, fetch: () => Promise<unknown>]>([
    ["never answers", () => new Promise(() => undefined)],
    ["never ends its body", async () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))],
  ])("through a fetch that %s, and hears no signal, fails in time all the same", async (_name, fetch) => {
    const client = new JwksClient("https://keys.example/", { fetch: untyped(fetch), timeout: 0.05 })
    expect(await outcomeOf(client.getJwkSet())).toBe(UNREACHABLE)
    const error = await client.getJwkSet().catch((reason: Error) => reason)
    expect(String(error)).toContain("timeout of 0.05 s")
  })

  test("that fails names the server and the reason, and nothing secret of the address or the headers", async () => {
    const endpoint = await startEndpoint(status(503))
    const client = new JwksClient(`${endpoint.url}/marked-path?key=marked-query`, {
      headers: { authorization: "marked-header" },
    })
    const error = await client.getJwkSet().catch((reason: Error) => reason)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toContain(endpoint.origin)
    expect(String(error)).toContain("503")
    for (const mark of ["marked-query", "marked-header"])
      expect(`${error}${untyped<Error>(error).cause}`).not.toContain(mark)
  })
})

describe("one request serves many", () => {
  test("1,000 parallel decodes on a cold client", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    const results = await Promise.all(Array.from({ length: 1000 }, () => decodeAsync(tokenA, client, ES256)))
    expect(results).toHaveLength(1000)
    expect(endpoint.requests).toHaveLength(1)
  })

  test("all methods at once", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    await Promise.all([
      client.getJwkSet(),
      client.refresh(),
      client.getJwkSet(true),
      client.getSigningKeys(),
      client.getSigningKey("a"),
      client.getSigningKeyFromJwt(tokenA),
    ])
    expect(endpoint.requests).toHaveLength(1)
  })

  test("parallel callers of a failing endpoint share the failure", async () => {
    const endpoint = await startEndpoint(status(500))
    const { client } = clientOf(endpoint)
    const answers = await Promise.all(Array.from({ length: 50 }, () => outcomeOf(client.getJwkSet())))
    expect(new Set(answers)).toEqual(new Set([UNREACHABLE]))
    expect(endpoint.requests).toHaveLength(1)
  })

  test("parallel callers after the time is over", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    wait(300)
    expect(
      await endpoint.count(() => Promise.all(Array.from({ length: 100 }, () => decodeAsync(tokenA, client)))),
    ).toBe(1)
  })

  test("clients share nothing: two addresses with the same key id keep apart", async () => {
    const first = await startEndpoint(keySet(publicA))
    const second = await startEndpoint(keySet({ ...publicB, kid: "a" }))
    const [one, two] = [clientOf(first).client, clientOf(second).client]
    expect(await outcomeOf(decodeAsync(tokenA, one))).toBe(OK)
    expect(await outcomeOf(decodeAsync(tokenA, two))).toBe("InvalidSignatureError signature_invalid")
    expect(await outcomeOf(decodeAsync(tokenA, one))).toBe(OK)
  })
})

describe("how long a set is kept", () => {
  /** How many seconds until the client asks again, tried at the given times. */
  async function requestsAt(
    endpoint: Endpoint,
    options: JwksClientOptions,
    times: readonly number[],
  ): Promise<number[]> {
    const counts: number[] = []
    for (const time of times) {
      const { client, wait } = clientOf(endpoint, options)
      await client.getJwkSet()
      wait(time)
      counts.push(await endpoint.count(() => client.getJwkSet()))
    }
    return counts
  }

  test.each<[name: string, options: JwksClientOptions, cacheControl: string | undefined, seconds: number]>([
    ["five minutes", {}, undefined, 300],
    ["what the caller says", { cacheTtl: "1h" }, undefined, 3600],
    ["less, if the server says so", {}, "max-age=60", 60],
    ["less, whatever else the server says", {}, "public, max-age=60, must-revalidate", 60],
    ["less, in other letters", {}, "Public, Max-Age=60", 60],
    ["not longer, if the server says so", {}, "max-age=86400", 300],
    ["not longer, if the server says ten years", {}, "max-age=315360000", 300],
    ["at least the cooldown, if the server says 0", {}, "max-age=0", 30],
    ["at least the cooldown the caller says", { cooldown: "10s" }, "max-age=1", 10],
    ["no less for other directives", {}, "s-maxage=10, stale-while-revalidate=5", 300],
    ["no less for what is no number", {}, "max-age=abc", 300],
    ["no less for a negative number", {}, "max-age=-1", 300],
    ["no less for a directive that only ends so", {}, "x-max-age=10", 300],
  ])("%s", async (_name, options, cacheControl, seconds) => {
    const endpoint = await startEndpoint(
      json({ keys: [publicA] }, cacheControl === undefined ? {} : { "cache-control": cacheControl }),
    )
    expect(await requestsAt(endpoint, options, [seconds - 1, seconds])).toEqual([0, 1])
  })

  test("the same set is the same object, and a new one replaces it", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    const set = await client.getJwkSet()
    expect(await client.getJwkSet()).toBe(set)
    expect(await client.refresh()).not.toBe(set)
  })
})

describe("an unknown key id", () => {
  const strangers = Array.from({ length: 1000 }, (_, index) =>
    encode({ a: 1 }, a, { header: { kid: `unknown-${index}` } }),
  )

  test("1,000 of them one after the other cost one request in a cooldown", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    const storm = async (): Promise<void> => {
      for (const token of strangers) expect(await outcomeOf(decodeAsync(token, client, ES256))).toBe(NOT_FOUND)
    }
    expect(await endpoint.count(storm)).toBe(1)
    wait(29)
    expect(await endpoint.count(storm)).toBe(0)
    wait(1)
    expect(await endpoint.count(storm)).toBe(1)
    wait(29)
    expect(await endpoint.count(storm)).toBe(0)
    expect(await outcomeOf(decodeAsync(tokenA, client, ES256))).toBe(OK)
  })

  test("1,000 of them at once cost one request in a cooldown", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    const storm = (): Promise<string[]> =>
      Promise.all(strangers.map((token) => outcomeOf(decodeAsync(token, client, ES256))))
    expect(await endpoint.count(storm)).toBe(1)
    expect(await endpoint.count(storm)).toBe(0)
    wait(30)
    expect(await endpoint.count(storm)).toBe(1)
    expect(new Set(await storm())).toEqual(new Set([NOT_FOUND]))
  })

  test("of a new key is found after one request, and the old one goes on while it is published", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    endpoint.serve(keySet(publicA, publicB))
    wait(30)
    expect(await endpoint.count(async () => expect(await decodeAsync(tokenB, client)).toEqual({ a: 1 }))).toBe(1)
    expect(await endpoint.count(async () => expect(await decodeAsync(tokenA, client)).toEqual({ a: 1 }))).toBe(0)
    endpoint.serve(keySet(publicB, publicC))
    wait(299)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    wait(1)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(NOT_FOUND)
  })

  test("during an outage costs one request in a cooldown, and known keys go on", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    endpoint.serve(status(500))
    wait(30)
    const storm = async (): Promise<void> => {
      for (const token of strangers.slice(0, 20)) expect(await outcomeOf(decodeAsync(token, client))).toBe(NOT_FOUND)
    }
    expect(await endpoint.count(storm)).toBe(1)
    expect(await endpoint.count(async () => expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK))).toBe(0)
  })

  test("without a cooldown costs a request every time", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint, { cooldown: 0 })
    await client.getJwkSet()
    for (let round = 0; round < 3; round++)
      expect(await endpoint.count(() => outcomeOf(client.getSigningKey("x")))).toBe(1)
  })

  test("of the object machinery is unknown", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    for (const kid of ["__proto__", "constructor", "toString", ""])
      expect(await outcomeOf(decodeAsync(encode({}, a, { header: { kid } }), client))).toBe(NOT_FOUND)
    expect(endpoint.requests).toHaveLength(1)
  })

  test("causes a request also where the kept set has no key for signatures", async () => {
    const endpoint = await startEndpoint(keySet({ ...publicA, use: "enc" }))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    endpoint.serve(keySet(publicA))
    wait(30)
    expect(await endpoint.count(async () => expect(await outcomeOf(client.getSigningKey("a"))).toBe(OK))).toBe(1)
  })
})

describe("an endpoint that fails", () => {
  test("leaves the kept set in use for an hour, is asked once in a cooldown, and is used again when it is back", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    endpoint.serve(status(500))
    wait(300)
    const use = async (): Promise<void> => expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    expect(await endpoint.count(use)).toBe(1)
    for (let second = 0; second < 29; second++) {
      wait(1)
      expect(await endpoint.count(use)).toBe(0)
    }
    wait(1)
    expect(await endpoint.count(use)).toBe(1)
    endpoint.serve(keySet(publicB))
    wait(30)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(NOT_FOUND)
    expect(await outcomeOf(decodeAsync(tokenB, client))).toBe(OK)
  })

  test.each<[name: string, options: JwksClientOptions, seconds: number]>([
    ["an hour", {}, 3600],
    ["as long as the caller says", { staleIfError: "10m" }, 600],
    ["not at all, if the caller says so", { staleIfError: 0 }, 0],
  ])("old keys go on for %s after their time, then no longer", async (_name, options, seconds) => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint, options)
    await client.getJwkSet()
    await endpoint.stop()
    wait(299)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    wait(seconds)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(seconds === 0 ? OK : OK)
    wait(1)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(UNREACHABLE)
  })

  test.each<[name: string, handler: Parameters<Endpoint["serve"]>[0]]>([
    ["a server error", status(500)],
    ["no keys", keySet()],
    ["only secrets", keySet({ kty: "oct", k: "c2VjcmV0" })],
    ["no JSON", status(200, {}, "<html>")],
    ["nothing", status(204)],
    ["a redirect elsewhere", status(302, { location: "https://elsewhere.example/" })],
  ])("with %s never replaces a good set", async (_name, handler) => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    await client.getJwkSet()
    endpoint.serve(handler)
    expect(await outcomeOf(client.refresh())).not.toBe(OK)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    wait(300)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
  })

  test("from the start fails every time until it is back", async () => {
    const endpoint = await startEndpoint(status(500))
    const { client } = clientOf(endpoint)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(UNREACHABLE)
    expect(await outcomeOf(client.getSigningKeys())).toBe(UNREACHABLE)
    endpoint.serve(keySet(publicA))
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
  })

  test("leaves no unhandled rejection", async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown): void => void unhandled.push(reason)
    process.on("unhandledRejection", listen)
    try {
      const endpoint = await startEndpoint(status(500))
      const { client } = clientOf(endpoint)
      await Promise.allSettled([client.getJwkSet(), client.refresh(), decodeAsync(tokenA, client)])
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).toEqual([])
    } finally {
      process.off("unhandledRejection", listen)
    }
  })
})

describe("keys of a remote set", () => {
  test("secrets are skipped, and listed as such", async () => {
    const endpoint = await startEndpoint(
      keySet({ kty: "oct", kid: "s", k: Buffer.from(SECRET).toString("base64url") }, publicA),
    )
    const { client } = clientOf(endpoint)
    const set = await client.getJwkSet()
    expect([...set].map(({ keyId }) => keyId)).toEqual(["a"])
    expect(set.skipped).toMatchObject([{ index: 0, keyId: "s" }])
    const forged = foreignToken("HS256", SECRET, { a: 1 }, { kid: "s" })
    expect(await outcomeOf(decodeAsync(forged, client, { algorithms: ["HS256", "ES256"] }))).toBe(NOT_FOUND)
    const nameless = foreignToken("HS256", SECRET)
    expect(await outcomeOf(decodeAsync(nameless, client, { algorithms: ["HS256", "ES256"] }))).toMatch(/key_not_found$/)
  })

  test("private ones that were published by mistake verify with their public half", async () => {
    const endpoint = await startEndpoint(keySet(a.toPrivateJSON()))
    const { client } = clientOf(endpoint)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    expect(JSON.stringify(await client.getJwkSet())).not.toContain('"d"')
  })

  test("unusable ones do not spoil the rest", async () => {
    const endpoint = await startEndpoint(
      keySet(null, 7, [], {}, { kty: "future" }, { ...publicB, alg: "XS256" }, publicA),
    )
    const { client } = clientOf(endpoint)
    expect(await outcomeOf(decodeAsync(tokenA, client))).toBe(OK)
    expect((await client.getJwkSet()).skipped).toHaveLength(6)
  })

  test.each<
    [name: string, keys: readonly JwkObject[], key: Jwk, kid: string | null, algorithm: string, expected: string]
  >([
    ["by key id", [publicA, publicB], b, "b", "ES256", OK],
    ["all that fit, where the token has no id", [publicA, publicB], b, null, "ES256", OK],
    ["all that share an id", [publicA, { ...publicB, kid: "a" }], b, "a", "ES256", OK],
    ["not one for encryption", [{ ...publicA, use: "enc" }], a, "a", "ES256", "InvalidKeyError key_not_found"],
    [
      "not one for another algorithm",
      [{ ...rsa.toJSON(), alg: "PS256" }],
      rsa,
      "rsa",
      "RS256",
      "InvalidKeyError key_not_found",
    ],
    [
      "one marked for the algorithm beside one that is not",
      [
        { ...rsa.toJSON(), alg: "PS256" },
        { ...rsa.toJSON(), alg: "RS256" },
      ],
      rsa,
      "rsa",
      "RS256",
      OK,
    ],
  ])("are chosen: %s", async (_name, keys, key, kid, algorithm, expected) => {
    const endpoint = await startEndpoint(keySet(...keys))
    const token = encode({ a: 1 }, key, { algorithm, header: { kid } })
    // Where a set has no fitting key, the class depends on whether the id was there; both say key_not_found.
    const answer = await outcomeOf(
      decodeAsync(token, clientOf(endpoint).client, { algorithms: ["RS256", "PS256", "ES256"] }),
    )
    expect(answer.split(" ")[1] ?? OK).toBe(expected.split(" ")[1] ?? OK)
  })

  test("need a list of algorithms where they do not name their own", async () => {
    const endpoint = await startEndpoint(keySet(rsa.toJSON()))
    const { client } = clientOf(endpoint)
    const token = encode({ a: 1 }, rsa, { algorithm: "RS256" })
    expect(await outcomeOf(decodeAsync(token, client))).toBe("UsageError algorithms_required")
    expect(await outcomeOf(decodeAsync(token, client, { algorithms: ["RS256"] }))).toBe(OK)
  })

  test("decrypt nothing, and need a list of algorithms for that, too", async () => {
    const endpoint = await startEndpoint(keySet(rsa.toJSON()))
    const { client } = clientOf(endpoint)
    const token = encryptJwe("x", rsa.publicKey(), { algorithm: "RSA-OAEP-256", encryption: "A128GCM" })
    expect(await outcomeOf(decryptJweAsync(token, client))).toBe("UsageError algorithms_required")
    expect(await outcomeOf(decryptJweAsync(token, client, { algorithms: ["RSA-OAEP-256"] }))).toBe(
      "InvalidKeyError key_not_found",
    )
  })

  test("of more than maxKeys or maxBytes are refused, exactly that many are not", async () => {
    const body = JSON.stringify({ keys: [publicA, publicB] })
    const endpoint = await startEndpoint(status(200, {}, body))
    const answer = (options: JwksClientOptions): Promise<string> =>
      outcomeOf(clientOf(endpoint, options).client.getJwkSet())
    expect(await answer({ maxKeys: 2 })).toBe(OK)
    expect(await answer({ maxKeys: 1 })).toBe("JwkSetError jwks_invalid")
    expect(await answer({ maxBytes: body.length })).toBe(OK)
    expect(await answer({ maxBytes: body.length - 1 })).toBe(UNREACHABLE)
  })

  test("are at most 1,000, unless the caller says otherwise", async () => {
    const endpoint = await startEndpoint(keySet(...Array.from({ length: 1001 }, () => publicA)))
    expect(await outcomeOf(clientOf(endpoint).client.getJwkSet())).toBe("JwkSetError jwks_invalid")
    expect((await clientOf(endpoint, { maxKeys: 1001 }).client.getJwkSet()).size).toBe(1001)
  })
})

describe("getSigningKeys, getSigningKey and getSigningKeyFromJwt", () => {
  test("answer with keys for signatures that have an id", async () => {
    const nameless = { ...publicC, kid: undefined }
    const endpoint = await startEndpoint(
      keySet(publicA, { ...publicB, use: "enc" }, nameless, { ...rsa.toJSON(), use: "sig" }),
    )
    const { client } = clientOf(endpoint)
    expect((await client.getSigningKeys()).map(({ keyId }) => keyId)).toEqual(["a", "rsa"])
    expect(await client.getSigningKey("rsa")).toBeInstanceOf(Jwk)
    expect(await outcomeOf(client.getSigningKey("b"))).toBe(NOT_FOUND)
  })

  test("verify what they were asked for, also at once", async () => {
    const endpoint = await startEndpoint(keySet(publicB, publicA))
    const { client } = clientOf(endpoint)
    expect(decode(tokenA, await client.getSigningKeyFromJwt(tokenA))).toEqual({ a: 1 })
    expect(decode(tokenA, await client.getSigningKey("a"))).toEqual({ a: 1 })
    expect(decode(tokenA, await client.getJwkSet())).toEqual({ a: 1 })
  })
})

describe("a client as key", () => {
  test("works in every Async form", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    expect(await decodeAsync(tokenA, client)).toEqual({ a: 1 })
    expect((await decodeCompleteAsync(tokenA, client)).header.kid).toBe("a")
    expect((await verifyJwsAsync(tokenA, client)).key?.keyId).toBe("a")
    const verifier = new Verifier({ key: client })
    expect(await verifier.verifyAsync(tokenA)).toEqual({ a: 1 })
    expect((await verifier.verifyCompleteAsync(tokenA)).payload).toEqual({ a: 1 })
    expect(await decodeAsync(tokenA, () => client, ES256)).toEqual({ a: 1 })
    expect(await decodeAsync(tokenA, async () => client, ES256)).toEqual({ a: 1 })
    expect(endpoint.requests).toHaveLength(1)
  })

  test.each<[name: string, call: (client: JwksClient) => unknown, twin: string]>([
    ["decode", (client) => decode(tokenA, client), "decodeAsync"],
    ["decode with a function", (client) => decode(tokenA, () => client, ES256), "decodeAsync"],
    ["decodeComplete", (client) => decodeComplete(tokenA, client), "decodeCompleteAsync"],
    ["Verifier.verify", (client) => new Verifier({ key: client }).verify(tokenA), "verifyAsync"],
    [
      "Verifier.verifyComplete",
      (client) => new Verifier({ key: client }).verifyComplete(tokenA),
      "verifyCompleteAsync",
    ],
    ["verifyJws", (client) => verifyJws(tokenA, client), "verifyJwsAsync"],
  ])("is refused by %s without a request, warm or cold", async (_name, call, twin) => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    const requests = await endpoint.count(async () => {
      const error = errorOf(() => call(client))
      expect([error.name, error.code]).toEqual(["UsageError", "async_required"])
      expect(error.message).toMatch(new RegExp(`\\b${twin}\\b`))
      await new Promise((resolve) => setImmediate(resolve))
    })
    expect(requests).toBe(0)
    await client.getJwkSet()
    expect(await endpoint.count(() => expect(outcome(() => call(client))).toBe("UsageError async_required"))).toBe(0)
  })

  test("does not sign", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    expect(outcome(() => encode({}, client))).toBe("UsageError argument_invalid")
    expect(await outcomeOf(encodeAsync({}, client))).toBe("UsageError argument_invalid")
    expect(outcome(() => new Signer({ key: client }).sign({}))).toBe("UsageError argument_invalid")
    expect(endpoint.requests).toEqual([])
  })

  test.each<[name: string, token: string, expected: string]>([
    ["is no token", "garbage", "DecodeError token_malformed"],
    ["has a payload that is not base64url", tokenA.replace(/\.[^.]+\./, ".****."), "DecodeError token_malformed"],
    ["has a signature that is not base64url", `${tokenA}=`, "DecodeError token_malformed"],
    [
      "has another algorithm than allowed",
      foreignToken("HS256", SECRET, {}, { kid: "a" }),
      "InvalidAlgorithmError algorithm_not_allowed",
    ],
    ["is unsecured", encode({}, null, { algorithm: "none" }), "InvalidAlgorithmError algorithm_not_allowed"],
    [
      "has an unknown critical extension",
      foreignToken("HS256", SECRET, {}, { alg: "ES256", crit: ["x"], x: 1 }),
      "DecodeError crit_invalid",
    ],
    ["is too long", `${tokenA}${"A".repeat(70_000)}`, "DecodeError token_too_large"],
  ])("is not asked about a token that %s", async (_name, token, expected) => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    expect(
      await endpoint.count(async () => expect(await outcomeOf(decodeAsync(token, client, ES256))).toBe(expected)),
    ).toBe(0)
  })

  test("never follows jku, x5u or jwk of a token's header", async () => {
    const other = await startEndpoint(keySet({ ...publicB, kid: "a" }))
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    const header = { kid: "a", jku: other.url, x5u: other.url, jwk: publicB }
    expect(await outcomeOf(decodeAsync(encode({}, b, { header }), client))).toBe(
      "InvalidSignatureError signature_invalid",
    )
    expect(other.requests).toEqual([])
  })

  test("with a cache: a key that is withdrawn or exchanged no longer counts once the set is new", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client } = clientOf(endpoint)
    const verifier = new Verifier({ key: client, cache: true })
    for (let round = 0; round < 3; round++) expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe(OK)
    endpoint.serve(keySet(publicB))
    await client.refresh()
    expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe(NOT_FOUND)
    endpoint.serve(keySet({ ...publicB, kid: "a" }))
    await client.refresh()
    expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe("InvalidSignatureError signature_invalid")
    endpoint.serve(keySet(publicA))
    await client.refresh()
    expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe(OK)
  })

  test("with a cache: a token that is remembered does not keep old keys alive beyond their time", async () => {
    const endpoint = await startEndpoint(keySet(publicA))
    const { client, wait } = clientOf(endpoint)
    const verifier = new Verifier({ key: client, cache: true })
    expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe(OK)
    await endpoint.stop()
    wait(3900)
    expect(await outcomeOf(verifier.verifyAsync(tokenA))).toBe(UNREACHABLE)
  })
})

test("a set of the client is a JwkSet like any other", async () => {
  const endpoint = await startEndpoint(keySet(publicA))
  const set = await clientOf(endpoint).client.getJwkSet()
  expect(set).toBeInstanceOf(JwkSet)
  expect(set.toJSON()).toEqual({ keys: [publicA] })
})
