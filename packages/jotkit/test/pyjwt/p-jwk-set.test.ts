/** PyJWT, table P: JWK Sets. */
import { decode, Jwk, type JwkObject, JwkSet } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { KEY_FOLDER, readKeyText } from "./key-files.ts"
import { outcome, untyped } from "./outcome.ts"
import { GOOD } from "./tokens.ts"
import { PUBLIC_JWKS } from "./vectors.ts"

const INVALID = "JwkSetError jwks_invalid"

const secret: JwkObject = { kty: "oct", kid: "good", k: "c2VjcmV0" }
const publicKey: JwkObject = { ...Jwk.generate("ES256", { keyId: "ec" }).toJSON() }
const x25519 = { kty: "OKP", crv: "X25519", x: "hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo" }

function setOf(...keys: unknown[]): JwkSet {
  return JwkSet.from({ keys })
}

describe("what is no set", () => {
  test.each<[string, unknown]>([
    ["380: an empty list", { keys: [] }],
    ["380: keys missing", {}],
    ["380: keys null", { keys: null }],
    ["381: keys as a text", { keys: "abc" }],
    ["381: keys as an object", { keys: { a: secret } }],
    ["384: only a key of another type", { keys: [{ kty: "AKP" }] }],
    ["393: an array of what are no keys", [1, 2]],
    ["393: a text that is not JSON", "x"],
    ["393: null", null],
  ])("%s", (_name, input) => {
    expect(outcome(() => JwkSet.from(untyped(input)))).toBe(INVALID)
  })
})

describe("one bad key is skipped", () => {
  test.each<[string, unknown]>([
    ["385: an empty object", {}],
    ["385: an unknown type", { kty: "unknown" }],
    ["386: a text", "x"],
    ["386: null", null],
    ["387: RSA that is no base64url", { ...PUBLIC_JWKS.rsa, n: "a" }],
    ["387: RSA with an even exponent", { ...PUBLIC_JWKS.rsa, e: "AQAA" }],
    ["387: EC off its curve", { ...publicKey, y: publicKey["x"] }],
    ["387: a secret that is a number", { kty: "oct", k: 1 }],
    ["388: a secret without k", { kty: "oct" }],
    ["388: alg as an array", { ...secret, alg: ["HS256"] }],
    ["388: alg none", { ...secret, alg: "none" }],
  ])("%s", (_name, bad) => {
    const set = setOf(secret, bad)
    expect(set.size).toBe(1)
    expect(set.skipped).toEqual([expect.objectContaining({ index: 1 })])
    expect(decode(GOOD, set, { algorithms: ["HS256"] })).toEqual({ a: 1 })
  })
})

test("385: an encryption key is a key, and verifies nothing", () => {
  // differs: core-api: X25519 is for ECDH-ES.
  const set = setOf(publicKey, x25519)
  expect(set.size).toBe(2)
  expect(set.find({ algorithm: "ES256" })).toHaveLength(1)
})

test("385: secrets beside public keys are refused", () => {
  // differs: core-api: PyJWT lets a set mix them.
  expect(outcome(() => setOf(secret, publicKey))).toBe(INVALID)
})

describe("lookup", () => {
  const set = setOf({ kty: "oct", kid: "twice", k: "AA" }, { ...secret, kid: "twice" }, without(secret, "kid"))

  function without(jwk: JwkObject, name: string): unknown {
    return Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== name))
  }

  test("382: a set is read from an object, from JSON text and from keys", () => {
    for (const input of [
      { keys: [PUBLIC_JWKS.rsa] },
      JSON.stringify({ keys: [PUBLIC_JWKS.rsa] }),
      [Jwk.from(PUBLIC_JWKS.rsa)],
    ]) {
      expect(JwkSet.from(input).size).toBe(1)
    }
  })

  test("389: keys of one id are all kept, and the first is found", () => {
    expect(set.size).toBe(3)
    expect(set.get("twice")?.toPrivateJSON()["k"]).toBe("AA")
    expect(set.find({ keyId: "twice" })).toHaveLength(2)
  })

  test("390: an id that no key has finds nothing", () => {
    // differs: core-api: undefined, where PyJWT throws.
    expect(set.get("other")).toBeUndefined()
    expect(set.find({ keyId: "other" })).toEqual([])
  })

  test("391: keys without an id are found by their other properties", () => {
    expect(set.find({ algorithm: "HS256" }).map(({ keyId }) => keyId)).toEqual(["twice", "twice", undefined])
  })

  test("392: keys come in the order of the set", () => {
    expect([...set].map((key) => key.toPrivateJSON()["k"])).toEqual(["AA", "c2VjcmV0", "c2VjcmV0"])
    expect([...set]).toEqual([...set])
  })
})

describeShared(KEY_FOLDER, "PyJWT's sets", (folder) => {
  // differs: core-api: a key for RSA-OAEP is a key, for encryption; PyJWT skips it.
  test("383: a set with a key for encryption has one key for signatures", () => {
    const set = JwkSet.from(readKeyText(folder, "jwk_keyset_with_unknown_alg.json"))
    expect(set.size).toBe(2)
    expect(set.find({ algorithm: "RS256", use: "sig" })).toHaveLength(1)
  })

  test("384: a set with nothing but a key for encryption verifies nothing", () => {
    const set = JwkSet.from(readKeyText(folder, "jwk_keyset_only_unknown_alg.json"))
    expect(set.find({ use: "sig" })).toEqual([])
    expect(outcome(() => decode(GOOD, set, { algorithms: ["RS256", "HS256"] }))).toBe("InvalidKeyError key_not_found")
  })
})
