/** Key rings of several instances on one store, and what becomes of them when the document there is not what it was. */
import { randomBytes, randomUUID } from "node:crypto"
import { once } from "node:events"
import { createAuth, KeyRing, type KeyRingOptions, type Store } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { decodeUnverified, Jwk } from "jotkit"
import { describe, expect, onTestFinished, test } from "vitest"
import { bearer, Clock } from "./asking.ts"
import { candidates } from "./store-candidates.ts"

const encryptionKey = randomBytes(32)

function instance(store: Store, clock: Clock, more: Partial<KeyRingOptions> = {}) {
  const times = { announce: 60, reloadEvery: 30, overlap: "1h", rotateEvery: "1d" }
  const keyRing = new KeyRing({ store, now: clock.now, encryptionKey, ...times, ...more })
  const rules = { issuer: "i", audience: "a", lifetimes: { access: "1h" }, leeway: 0 }
  return { keyRing, auth: createAuth({ keyRing, store, ...rules, now: clock.now }) }
}

function keyIdOf(token: string | undefined): unknown {
  return decodeUnverified(token ?? "").header.kid
}

describe.each(candidates)("two instances with a key ring in the store in $name", ({ open }) => {
  test("make the first key once, plan the next one once, and verify what the other one has signed", async () => {
    const { store, other, close } = await open()
    onTestFinished(close)
    const clock = new Clock()
    const all = [store, other].map((each) => instance(each, clock))
    /** Both sign at once; both verify both. */
    const signAll = async () => {
      const tokens = await Promise.all(all.map(({ auth }) => auth.createAccessToken("ada")))
      for (const { auth } of all)
        for (const token of tokens) expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
      return tokens.map(keyIdOf)
    }
    const [first, alsoFirst] = await signAll()
    expect(alsoFirst).toBe(first)
    expect(await store.readDocument("keys")).toMatchObject({ version: 1 })

    clock.seconds += 86_400
    expect(await signAll()).toEqual([first, first])
    expect(await other.readDocument("keys")).toMatchObject({ version: 2 })
    clock.seconds += 60
    const [second, alsoSecond] = await signAll()
    expect(second).not.toBe(first)
    expect(alsoSecond).toBe(second)
    await Promise.all(all.map(({ keyRing }) => keyRing.rotate()))
    expect(await store.readDocument("keys")).toMatchObject({ version: 3 })
    expect((await store.readDocument("keys"))?.text).not.toMatch(/"d"|"kty"/)
  })
})

describe("a key ring whose document cannot be used", () => {
  const clock = new Clock()

  async function ringOf(text: string, more: Partial<KeyRingOptions> = {}) {
    const store = memoryStore()
    await store.writeDocument("keys", text, 0)
    return instance(store, clock, more)
  }

  /** Signing is refused, and tokens are answered with 503: it is no fault of theirs. */
  async function expectUnusable({ keyRing, auth }: ReturnType<typeof instance>, why: string, token = "e30.e30.e30") {
    await expect(keyRing.signing()).rejects.toThrow(`the key ring in the store cannot be used: ${why}`)
    expect(await auth.check(bearer(token))).toMatchObject({ status: 503, code: "keys_unavailable" })
  }

  const secret = "GawgguFyGrWKav7AX4VKUg"
  const entry = { kid: "k", signsFrom: 0 }
  test.each([
    ["is no JSON", `{"keys":[{"k":"${secret}"`, "the document of this name is none"],
    ["is something else", '{"__proto__":{"keys":[]}}', "the document of this name is none"],
    ["has no keys", '{"keys":[]}', "the document of this name is none"],
    ["has an entry without a key", '{"keys":[{"kid":"k","signsFrom":0}]}', "the document of this name is none"],
    ["has a key that is none", { ...entry, key: { kty: "EC", d: secret } }, "a key is not valid (jwk_"],
    [
      "has the key of another name",
      { ...entry, key: { kty: "oct", k: secret, kid: "x" } },
      "a key is not the one that",
    ],
    [
      "has a key without an algorithm",
      { ...entry, key: { kty: "oct", k: secret, kid: "k" } },
      "a key does not name its",
    ],
  ])("that %s", async (_, document, why) => {
    const text = typeof document === "string" ? document : JSON.stringify({ keys: [document] })
    const ring = await ringOf(text, { encryptionKey: false })
    const rejected = await ring.keyRing.signing().catch((error: unknown) => error)
    expect(String(rejected)).toContain(why)
    expect(`${String(rejected)} ${JSON.stringify(rejected)}`).not.toContain(secret)
  })

  test("for want of the right `encryptionKey` refuses nobody's token, but answers that keys are away", async () => {
    const store = memoryStore()
    const token = await instance(store, clock).auth.createAccessToken("ada")
    expect(await instance(store, clock).auth.check(bearer(token))).toMatchObject({ allowed: true })
    const wrong = instance(store, clock, { encryptionKey: randomBytes(32) })
    await expectUnusable(wrong, "the option `encryptionKey` does not open its keys", token)
    for (const absent of [undefined, false] as const)
      await expectUnusable(instance(store, clock, { encryptionKey: absent }), "its keys are encrypted", token)
  })

  test("is not taken in the clear by those who encrypt, whoever wrote it there", async () => {
    const store = memoryStore()
    const forged = (await Jwk.generateAsync("ES256", { keyId: "forged" })).toPrivateJSON()
    await store.writeDocument("keys", JSON.stringify({ keys: [{ kid: "forged", signsFrom: 0, key: forged }] }), 0)
    await expectUnusable(instance(store, clock), "its keys lie there in the clear")
  })

  test("does not take the keys from those who know them, and is told of in a warning", async () => {
    const store = memoryStore()
    const { auth } = instance(store, clock)
    const token = await auth.createAccessToken("ada")
    await store.writeDocument("keys", "broken", 1)
    clock.seconds += 30
    const warned = once(process, "warning")
    expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
    expect(await warned).toEqual([expect.objectContaining({ name: "KeyRingWarning" })])
  })
})

test("keys in the clear are warned about, unless that is meant or they stay in this process", async () => {
  const warnings: string[] = []
  const note = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`)
  process.on("warning", note)
  onTestFinished(() => void process.off("warning", note))
  const store = sqliteStore(":memory:")
  onTestFinished(() => store.close())
  const all: KeyRingOptions[] = [
    { store: memoryStore() },
    { store, encryptionKey: false },
    { store, encryptionKey },
    { store, name: randomUUID() },
  ]
  for (const options of all) new KeyRing(options)
  // Warnings are told a moment later.
  await new Promise(setImmediate)
  expect(warnings).toEqual([expect.stringMatching(/^ClearKeysWarning: keys lie in the store in the clear/)])
})
