import { randomBytes } from "node:crypto"
import { createAuth, KeyRing, type KeyRingOptions } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { decodeUnverified, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { bearer, Clock, START } from "./asking.ts"

/** Instances of one server that share a store and a clock. */
function instances(more: Partial<KeyRingOptions> = {}) {
  const [clock, store] = [new Clock(), memoryStore()]
  const start = () => {
    const keyRing = new KeyRing({ store, now: clock.now, announce: 60, reloadEvery: 30, overlap: "1h", ...more })
    const auth = createAuth({
      keyRing,
      store,
      issuer: "i",
      audience: "a",
      lifetimes: { access: "1h" },
      leeway: 0,
      now: clock.now,
    })
    return { keyRing, auth }
  }
  return { clock, store, start }
}

function keyIdOf(token: string): unknown {
  return decodeUnverified(token).header.kid
}

function forgedHeader(): string {
  return Buffer.from(JSON.stringify({ alg: "ES256", typ: "at+jwt", kid: "none" })).toString("base64url")
}

describe("a key ring", () => {
  test("makes one key for all who start at once", async () => {
    const { start } = instances()
    const all = [start(), start(), start()]
    const tokens = await Promise.all(all.map(({ auth }) => auth.createAccessToken("ada")))
    expect(new Set(tokens.map(keyIdOf)).size).toBe(1)
    for (const { auth } of all)
      for (const token of tokens) expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
  })

  test("publishes public keys alone, and no secret", async () => {
    const published = JSON.stringify(await instances().start().auth.jwks())
    expect(JSON.parse(published)).toEqual({
      keys: [expect.objectContaining({ kty: "EC", crv: "P-256", alg: "ES256" })],
    })
    expect(published).not.toMatch(/"d"/)
    expect(await instances({ algorithm: "HS256" }).start().auth.jwks()).toEqual({ keys: [] })
  })

  test("announces a new key before it signs, and keeps the old one for the overlap", async () => {
    const { clock, start } = instances()
    const [one, other] = [start(), start()]
    const old = await one.auth.createAccessToken("ada", { lifetime: "3h" })
    await other.auth.jwks()
    await one.keyRing.rotate()
    expect((await one.auth.jwks()).keys).toHaveLength(2)
    expect(keyIdOf(await one.auth.createAccessToken("ada"))).toBe(keyIdOf(old))
    clock.seconds += 60
    const fresh = await one.auth.createAccessToken("ada")
    expect(keyIdOf(fresh)).not.toBe(keyIdOf(old))
    for (const token of [old, fresh]) expect(await other.auth.check(bearer(token))).toMatchObject({ allowed: true })
    clock.seconds += 3600
    expect(await other.auth.check(bearer(old))).toMatchObject({ code: "token_invalid" })
    expect((await other.auth.jwks()).keys.map(({ kid }) => kid)).toEqual([keyIdOf(fresh)])
  })

  test("finds a key that another instance has made, and asks for unknown ones once in a while", async () => {
    const { clock, store, start } = instances({ announce: 1, reloadEvery: 1 })
    const [one, other] = [start(), start()]
    await other.auth.createAccessToken("ada")
    await one.keyRing.rotate()
    clock.seconds += 1
    expect(await other.auth.check(bearer(await one.auth.createAccessToken("ada")))).toMatchObject({ allowed: true })
    let asked = 0
    const read = store.readDocument.bind(store)
    store.readDocument = (name) => {
      asked++
      return read(name)
    }
    const stranger = createAuth({
      key: Jwk.generate("ES256", { keyId: "x" }),
      issuer: "i",
      audience: "a",
      now: clock.now,
    })
    const unknown = bearer(await stranger.createAccessToken("eve"))
    for (let count = 0; count < 5; count++)
      expect(await other.auth.check(unknown)).toMatchObject({ status: 401, code: "token_invalid" })
    expect(asked).toBe(1)
  })

  test("reads its list again where the clock was put back, instead of waiting until it is there again", async () => {
    const { clock, store, start } = instances({ announce: 1, reloadEvery: 1 })
    const [one, other] = [start(), start()]
    await other.auth.createAccessToken("ada")
    clock.seconds -= 86_400
    let asked = 0
    const read = store.readDocument.bind(store)
    store.readDocument = (name) => {
      asked++
      return read(name)
    }
    await other.auth.jwks()
    expect(asked).toBe(1)
    const unknown = bearer((await one.auth.createAccessToken("ada")).replace(/^[^.]+/, forgedHeader()))
    asked = 0
    await other.auth.check(unknown)
    clock.seconds -= 86_400
    await other.auth.jwks()
    asked = 0
    await other.auth.check(unknown)
    expect(asked).toBe(1)
  })

  test("rotates by itself when a key has signed for long enough, once for all instances", async () => {
    const { clock, start } = instances({ rotateEvery: "1d" })
    const [one, other] = [start(), start()]
    const first = keyIdOf(await one.auth.createAccessToken("ada"))
    await other.auth.jwks()
    clock.seconds = START + 86_400
    await Promise.all([one.auth.createAccessToken("ada"), other.auth.createAccessToken("ada")])
    expect((await one.auth.jwks()).keys).toHaveLength(2)
    clock.seconds += 60
    expect(keyIdOf(await one.auth.createAccessToken("ada"))).not.toBe(first)
    expect((await other.auth.jwks()).keys).toHaveLength(2)
  })

  test("encrypts keys before they reach the store, and opens them with no other key", async () => {
    const encryptionKey = randomBytes(32)
    const { store, clock, start } = instances({ encryptionKey })
    const token = await start().auth.createAccessToken("ada")
    expect(await start().auth.check(bearer(token))).toMatchObject({ allowed: true })
    const { text } = (await store.readDocument("keys")) ?? { text: "" }
    expect(text).not.toMatch(/"d"|"kty"/)
    for (const wrong of [undefined, randomBytes(32)]) {
      const ring = new KeyRing({ store, now: clock.now, encryptionKey: wrong })
      await expect(ring.signing()).rejects.toThrow()
    }
  })

  test("goes on with the keys it knows while the store is away; without any it refuses with 503", async () => {
    const { clock, store, start } = instances()
    const { auth, keyRing } = start()
    const bare = createAuth({ keyRing, issuer: "i", audience: "a", lifetimes: { access: "1h" }, now: clock.now })
    const token = await bare.createAccessToken("ada")
    store.readDocument = () => Promise.reject(new Error("down"))
    clock.seconds += 600
    expect(await bare.check(bearer(token))).toMatchObject({ allowed: true })
    expect(await start().auth.check(bearer(token))).toMatchObject({ status: 503, code: "store_unavailable" })
    await expect(auth.createAccessToken("ada")).resolves.toEqual(expect.any(String))
  })

  test("refuses options that would make keys sign before they are known", () => {
    const store = memoryStore()
    expect(() => new KeyRing({ store, announce: 10, reloadEvery: 60 })).toThrow("`reloadEvery`")
    expect(() => new KeyRing({ store, encryptionKey: "short" })).toThrow("`encryptionKey`")
    // @ts-expect-error: a name that does not exist
    expect(() => new KeyRing({ store, rotatEvery: 60 })).toThrow("did you mean `rotateEvery`")
  })
})
