/** `JwkSet`: reading, finding, showing, and choosing the key of a token. */
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  encode,
  Jwk,
  type JwkObject,
  JwkSet,
  JwkSetError,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { foreignToken, pairOf, SECRET } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const OK = "accepted"
const NOT_FOUND = "InvalidKeyError key_not_found"
const WRONG_SIGNATURE = "InvalidSignatureError signature_invalid"
const INVALID = "JwkSetError jwks_invalid"
const ES256 = { algorithms: ["ES256"] }

const a = Jwk.generate("ES256", { keyId: "a" })
const b = Jwk.generate("ES256", { keyId: "b" })
const ed = Jwk.from(pairOf("Ed25519").privateKey, { keyId: "ed" })
const rsa = Jwk.from(pairOf("RSA").privateKey, { keyId: "rsa" })
const oct: JwkObject = { kty: "oct", k: Buffer.from(SECRET).toString("base64url"), kid: "s" }

function setOf(...keys: readonly (Jwk | JwkObject)[]): JwkSet {
  return JwkSet.from({ keys: keys.map((key) => (key instanceof Jwk ? key.toJSON() : key)) })
}

/** A token without `kid`, or with one of its own. */
function tokenOf(key: Jwk, kid: string | null = null, algorithm?: string): string {
  return encode({ a: 1 }, key, { header: { kid }, algorithm })
}

describe("a set is read from", () => {
  const keys = [a.toJSON(), ed.toJSON()]
  test.each<[string, Parameters<typeof JwkSet.from>[0]]>([
    ["an object", { keys }],
    ["an object with other members", { ...{ issuer: "x" }, keys }],
    ["JSON text", JSON.stringify({ keys })],
    ["JSON text with blanks", ` \n${JSON.stringify({ keys }, undefined, 2)}\n`],
    ["an array of Jwks", [a.publicKey(), ed.publicKey()]],
    ["an object with Jwks", { keys: [a.publicKey(), ed.publicKey()] }],
    ["frozen objects", Object.freeze({ keys: Object.freeze([...keys]) })],
  ])("%s", (_name, input) => {
    const set = JwkSet.from(input)
    expect(set.size).toBe(2)
    expect([...set].map(({ keyId }) => keyId)).toEqual(["a", "ed"])
    expect(set.skipped).toEqual([])
    expect(set.toJSON()).toEqual({ keys })
  })
})

describe("what is no set is refused", () => {
  test.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["an empty object", {}],
    ["an empty array", []],
    ["no keys", { keys: [] }],
    ["keys null", { keys: null }],
    ["keys as object", { keys: {} }],
    ["keys as text", { keys: "x" }],
    ["keys that are inherited", Object.create({ keys: [a.toJSON()] })],
    ["text that is not JSON", "{keys:[]}"],
    ["an empty text", ""],
    ["the text of an array", JSON.stringify([a.toJSON()])],
    ["text with the member keys twice", `{"keys":[],"keys":[${JSON.stringify(a)}]}`],
    ["only keys that cannot be used", { keys: [{ kty: "unknown" }, null] }],
    ["a secret beside a public key", { keys: [oct, a.toJSON()] }],
    ["a secret beside a private key", { keys: [a.toPrivateJSON(), oct] }],
    ["more than 1,000 keys", { keys: Array.from({ length: 1001 }, () => a.toJSON()) }],
  ])("%s", (_name, input) => {
    expect(outcome(() => JwkSet.from(untyped(input)))).toBe(INVALID)
    expect(errorOf(() => JwkSet.from(untyped(input)))).toBeInstanceOf(JwkSetError)
  })

  test("1,000 keys are read", () => {
    expect(JwkSet.from({ keys: Array.from({ length: 1000 }, () => oct) }).size).toBe(1000)
  })

  test("the first reason is told where no key can be used", () => {
    expect(errorOf(() => JwkSet.from({ keys: [{ kty: "x" }] })).message).toMatch(/kty/)
  })
})

describe("one bad key does not spoil a set", () => {
  const bad: readonly [name: string, entry: unknown, code: string, keyId: string | undefined][] = [
    ["null", null, "jwk_invalid", undefined],
    ["a number", 7, "jwk_invalid", undefined],
    ["a text", "x", "jwk_invalid", undefined],
    ["an array", [], "jwk_invalid", undefined],
    ["an empty object", {}, "jwk_invalid", undefined],
    ["an unknown key type", { kty: "future", kid: "f" }, "jwk_invalid", "f"],
    ["an unknown algorithm", { ...a.toJSON(), alg: "ES999", kid: "u" }, "jwk_algorithm_unknown", "u"],
    ["the algorithm none", { ...a.toJSON(), alg: "none" }, "jwk_algorithm_unknown", "a"],
    ["an algorithm that is a list", { ...a.toJSON(), alg: ["ES256"] }, "jwk_invalid", "a"],
    ["an empty secret", { kty: "oct", k: "", kid: "e" }, "secret_empty", "e"],
    ["a secret without its value", { kty: "oct" }, "jwk_invalid", undefined],
    ["a point off the curve", { ...a.toJSON(), y: b.toJSON()["y"] }, "jwk_invalid", "a"],
    [
      "an RSA key of 512 bits",
      { kty: "RSA", n: Buffer.alloc(64, 0xff).toString("base64url"), e: "AQAB" },
      "key_too_short",
      undefined,
    ],
    ["a key id that is no text", { ...a.toJSON(), kid: 7 }, "jwk_invalid", undefined],
    [
      "a key id without end",
      { ...a.toJSON(), kid: "x".repeat(1000), alg: "x" },
      "jwk_algorithm_unknown",
      "x".repeat(128),
    ],
  ]
  test.each(bad)("%s is left out and listed", (_name, entry, code, keyId) => {
    const set = JwkSet.from(untyped({ keys: [entry, b.toJSON(), entry] }))
    expect([...set].map((key) => key.keyId)).toEqual(["b"])
    expect(set.skipped).toMatchObject([
      { index: 0, error: { code } },
      { index: 2, error: { code } },
    ])
    expect(set.skipped.map((skipped) => skipped.keyId)).toEqual([keyId, keyId])
    expect(decode(tokenOf(b, "b"), set)).toEqual({ a: 1 })
  })

  test("encryption keys are read and never verify", () => {
    const set = setOf({ ...rsa.toJSON(), alg: "RSA-OAEP", kid: "enc" }, a)
    expect(set.size).toBe(2)
    expect(outcome(() => decode(tokenOf(rsa, "enc", "RS256"), set, { algorithms: ["RS256"] }))).toBe(NOT_FOUND)
  })
})

describe("finding keys", () => {
  const sig = Jwk.from(rsa.toJSON(), { keyId: "sig", use: "sig" })
  const enc = Jwk.from(rsa.toJSON(), { keyId: "enc", use: "enc", algorithm: "RSA-OAEP" })
  const ps = Jwk.from(rsa.toJSON(), { keyId: "ps", algorithm: "PS256" })
  const again = Jwk.from(b.toJSON(), { keyId: "a" })
  const set = JwkSet.from([a.publicKey(), sig, enc, ps, again, ed.publicKey()])

  test.each<[string, Parameters<JwkSet["find"]>[0], string[]]>([
    ["everything", {}, ["a", "sig", "enc", "ps", "a", "ed"]],
    ["everything, without an argument", undefined, ["a", "sig", "enc", "ps", "a", "ed"]],
    ["by key id, all of them", { keyId: "a" }, ["a", "a"]],
    ["by an unknown key id", { keyId: "x" }, []],
    ["by key id of the object machinery", { keyId: "__proto__" }, []],
    ["by algorithm: marked ones and those that could", { algorithm: "RS256" }, ["sig"]],
    ["by algorithm of a marked key", { algorithm: "PS256" }, ["sig", "ps"]],
    ["by algorithm of a curve", { algorithm: "ES256" }, ["a", "a"]],
    ["by either name of Ed25519", { algorithm: "Ed25519" }, ["ed"]],
    ["by an encryption algorithm", { algorithm: "RSA-OAEP" }, ["enc"]],
    ["by an unknown algorithm", { algorithm: "XS256" }, []],
    ["by use: a key that does not say counts", { use: "sig" }, ["a", "sig", "ps", "a", "ed"]],
    ["by use enc", { use: "enc" }, ["a", "enc", "ps", "a", "ed"]],
    ["by all three", { keyId: "sig", algorithm: "RS256", use: "sig" }, ["sig"]],
  ])("%s", (_name, wanted, expected) => {
    expect(set.find(wanted).map(({ keyId }) => keyId)).toEqual(expected)
  })

  test("refuses unknown properties", () => {
    expect(outcome(() => set.find(untyped({ kid: "a" })))).toBe("UsageError option_unknown")
  })

  test("get answers with the first of an id, or undefined", () => {
    expect(set.get("a")?.thumbprint()).toBe(a.thumbprint())
    for (const keyId of ["x", "", "constructor", "__proto__", "toString"]) expect(set.get(keyId)).toBeUndefined()
  })

  test("iterates any number of times, in the order of the set", () => {
    expect([...set]).toEqual([...set])
    expect([...set]).toHaveLength(set.size)
  })

  test("what it answers with can be changed without changing the set", () => {
    set.find().length = 0
    untyped<JwkObject[]>(set.toJSON().keys).length = 0
    Reflect.set(set, "size", 0)
    expect(set.size).toBe(6)
    expect(decode(tokenOf(a, "a"), set)).toEqual({ a: 1 })
  })

  test("what it was made of can be changed without changing it", () => {
    const keys = [a.publicKey(), b.publicKey()]
    const input = { keys: [a.toJSON(), b.toJSON()] }
    const [fromArray, fromObject] = [JwkSet.from(keys), JwkSet.from(input)]
    keys.length = 0
    input.keys.length = 0
    expect([fromArray.size, fromObject.size]).toEqual([2, 2])
  })
})

test("toJSON shows public members only, and no secrets", () => {
  expect(JwkSet.from([a, rsa]).toJSON()).toEqual({
    keys: [a.publicKey().toPrivateJSON(), rsa.publicKey().toPrivateJSON()],
  })
  expect(JwkSet.from({ keys: [oct] }).toJSON()).toEqual({ keys: [] })
})

describe("decode chooses from a set by", () => {
  const other = Jwk.generate("ES256")
  test.each<[name: string, token: string, set: JwkSet, options: DecodeOptions, expected: string]>([
    ["key id", tokenOf(b, "b"), setOf(a, b), ES256, OK],
    ["key id, which must be there", tokenOf(b, "c"), setOf(a, b), ES256, NOT_FOUND],
    ["key id, whose key must have signed", tokenOf(b, "a"), setOf(a, b), ES256, WRONG_SIGNATURE],
    ["key id, exactly", tokenOf(a, "A"), setOf(a), ES256, NOT_FOUND],
    ["key id: an empty one is one", tokenOf(a, ""), setOf(a), ES256, NOT_FOUND],
    ["key id of the object machinery", tokenOf(a, "__proto__"), setOf(a), ES256, NOT_FOUND],
    ["key id: a key without one may be meant where none has it", tokenOf(other, "a"), setOf(other, b), ES256, OK],
    [
      "key id: a key without one is not meant where one has it",
      tokenOf(other, "a"),
      setOf(other, a),
      ES256,
      WRONG_SIGNATURE,
    ],
    ["trying all, where the token has no key id", tokenOf(b), setOf(a, b), ES256, OK],
    ["trying all, of which none signed", tokenOf(other), setOf(a, b), ES256, WRONG_SIGNATURE],
    ["trying all that share a key id", tokenOf(b, "a"), setOf(a, { ...b.toJSON(), kid: "a" }), ES256, OK],
    [
      "algorithm of the key",
      tokenOf(rsa, null, "PS256"),
      setOf({ ...rsa.toJSON(), alg: "RS256" }),
      { algorithms: ["PS256", "RS256"] },
      NOT_FOUND,
    ],
    [
      "algorithm among keys of one id",
      tokenOf(rsa, "rsa", "PS256"),
      setOf({ ...rsa.toJSON(), alg: "RS256" }, { ...rsa.toJSON(), alg: "PS256" }),
      { algorithms: ["PS256", "RS256"] },
      OK,
    ],
    ["use: enc is out", tokenOf(a), setOf({ ...a.toJSON(), use: "enc" }), ES256, NOT_FOUND],
    [
      "use: enc is out, also with the right id",
      tokenOf(a, "a"),
      setOf({ ...a.toJSON(), use: "enc" }, b),
      ES256,
      NOT_FOUND,
    ],
    [
      "use: enc beside sig of the same id",
      tokenOf(b, "a"),
      setOf({ ...a.toJSON(), use: "enc" }, { ...b.toJSON(), kid: "a", use: "sig" }),
      ES256,
      OK,
    ],
    ["operations: without verify is out", tokenOf(a), setOf({ ...a.toJSON(), key_ops: ["sign"] }), ES256, NOT_FOUND],
    ["operations: with verify is in", tokenOf(a), setOf({ ...a.toJSON(), key_ops: ["verify"] }), ES256, OK],
    ["key type", tokenOf(rsa, "a", "RS256"), setOf(a, ed), { algorithms: ["RS256", "ES256"] }, NOT_FOUND],
    ["curve", tokenOf(Jwk.generate("ES384"), "a"), setOf(a), { algorithms: ["ES256", "ES384"] }, NOT_FOUND],
    [
      "the caller's list first",
      tokenOf(a, "a"),
      setOf(a),
      { algorithms: ["ES384"] },
      "InvalidAlgorithmError algorithm_not_allowed",
    ],
    ["its keys' algorithms, where no list is given", tokenOf(a, "a"), setOf(a, ed), {}, OK],
    ["its keys' algorithms, one key after the other", tokenOf(a), setOf(ed, a), {}, OK],
    ["its keys' algorithms, of which the token's is none", tokenOf(rsa, "rsa", "RS256"), setOf(a, ed), {}, NOT_FOUND],
    [
      "a bare RSA key only with a list, also beside a key that names its own",
      tokenOf(rsa, "rsa", "RS256"),
      setOf(rsa, a),
      {},
      NOT_FOUND,
    ],
    ["a bare RSA key only with a list", tokenOf(rsa, "rsa", "RS256"), setOf(rsa), {}, "UsageError algorithms_required"],
    ["a bare RSA key with a list", tokenOf(rsa, "rsa", "RS256"), setOf(rsa), { algorithms: ["RS256"] }, OK],
    [
      "a secret among secrets",
      foreignToken("HS256", SECRET),
      setOf({ ...oct, k: "b3RoZXI" }, oct),
      { algorithms: ["HS256"] },
      OK,
    ],
  ])("%s", async (_name, token, set, options, expected) => {
    expect(outcome(() => decode(token, set, options))).toBe(expected)
    expect(await outcomeOf(decodeAsync(token, set, options))).toBe(expected)
    expect(outcome(() => new Verifier({ key: set, ...options }).verify(token))).toBe(expected)
    expect(outcome(() => verifyJws(token, set, options))).toBe(expected)
  })

  test("a bare key beside one that names its algorithm does not open the list", () => {
    expect(outcome(() => decode(tokenOf(rsa, "rsa", "RS256"), setOf(rsa, a)))).toBe(NOT_FOUND)
    expect(outcome(() => decode(tokenOf(a, "a"), setOf(rsa, a)))).toBe(OK)
  })

  test("a list that is missing is missed before there is a token", () => {
    const bare = [setOf(rsa), setOf(oct), rsa, SECRET, { ...rsa.toJSON() }]
    for (const key of bare) {
      expect(outcome(() => new Verifier({ key }))).toBe("UsageError algorithms_required")
      expect(outcome(() => decode("no token", key))).toBe("UsageError algorithms_required")
    }
    for (const key of [setOf(rsa, a), a, ed, { ...rsa.toJSON(), alg: "PS256" }])
      expect(outcome(() => new Verifier({ key }))).toBe(OK)
  })

  test("at most 16 candidates are tried, and those that do not fit do not count", () => {
    const strangers = (count: number): Jwk[] => Array.from({ length: count }, () => Jwk.generate("ES256"))
    const fifteen = strangers(15)
    expect(decode(tokenOf(a), setOf(...fifteen, a), ES256)).toEqual({ a: 1 })
    expect(outcome(() => decode(tokenOf(a), setOf(...fifteen, b, a), ES256))).toBe(WRONG_SIGNATURE)
    expect(decode(tokenOf(a, "a"), setOf(...fifteen, b, a), ES256)).toEqual({ a: 1 })
    const others = Array.from({ length: 20 }, () => Jwk.generate("EdDSA"))
    expect(decode(tokenOf(a), setOf(...others, ...fifteen, a), { algorithms: ["ES256", "EdDSA"] })).toEqual({ a: 1 })
  })

  test("says which key verified", () => {
    const { key } = verifyJws(tokenOf(b), setOf(a, b), ES256)
    expect(key?.keyId).toBe("b")
    expect(key?.thumbprint()).toBe(b.thumbprint())
  })
})

test("a set does not sign", () => {
  expect(outcome(() => encode({}, JwkSet.from([a])))).toBe("UsageError argument_invalid")
  expect(outcome(() => encode({}, () => JwkSet.from([a])))).toBe("UsageError argument_invalid")
})
