/** New keys: for every algorithm, at once and later. */
import { type BuiltInAlgorithm, decode, encode, getAlgorithm, Jwk, listAlgorithms } from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const UNKNOWN = "InvalidAlgorithmError algorithm_unknown"
const UNAVAILABLE = "InvalidAlgorithmError algorithm_unavailable"
const OPTION_INVALID = "UsageError option_invalid"

function isAvailable(name: string): boolean {
  return untyped<BuiltInAlgorithm>(getAlgorithm(name)).available
}

const NAMES = listAlgorithms().filter((name) => name !== "none")
const AVAILABLE = NAMES.filter(isAvailable)
const MISSING = NAMES.filter((name) => !isAvailable(name))
const TYPES: Readonly<Record<string, string>> = { HS: "oct", RS: "RSA", PS: "RSA", ES: "EC", Ed: "OKP", ML: "AKP" }
const CURVES: Readonly<Record<string, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
  ES256K: "secp256k1",
  EdDSA: "Ed25519",
  Ed25519: "Ed25519",
  Ed448: "Ed448",
}

test("the list holds every algorithm that the package promises", () => {
  expect(NAMES).toEqual([
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
    "Ed25519",
    "Ed448",
    "ML-DSA-44",
    "ML-DSA-65",
    "ML-DSA-87",
  ])
})

describe.each<[name: string, generate: typeof Jwk.generateAsync]>([
  ["generate", async (...request) => Jwk.generate(...request)],
  ["generateAsync", (...request) => Jwk.generateAsync(...request)],
])("Jwk.%s", (_name, generate) => {
  test.each(AVAILABLE)("makes a key for %s that is marked for it, signs and verifies", async (algorithm) => {
    const key = await generate(algorithm, { keyId: "2026" })
    const keyType = TYPES[algorithm.slice(0, 2)]
    expect(key).toMatchObject({ algorithm, keyId: "2026", use: undefined, keyType })
    expect(key.curve).toBe(CURVES[algorithm])
    expect([key.isPrivate, key.isSymmetric]).toEqual([keyType !== "oct", keyType === "oct"])
    const token = encode({ a: 1 }, key)
    expect(decode(token, key)).toEqual({ a: 1 })
    expect(decode(token, key.isSymmetric ? key : key.publicKey(), { enforceMinimumKeyLength: true })).toEqual({ a: 1 })
    expect(key.toPrivateJSON()).toMatchObject({ kty: keyType, alg: algorithm, kid: "2026" })
  })

  test.each(MISSING)("refuses %s, which this runtime lacks, and names the runtime", async (algorithm) => {
    expect(await outcomeOf(generate(algorithm))).toBe(UNAVAILABLE)
    expect(errorOf(() => Jwk.generate(algorithm)).message).toMatch(/is not available in \S+/)
  })

  test.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ])("makes a secret for %s of %i bytes", async (algorithm, bytes) => {
    const { k } = (await generate(algorithm)).toPrivateJSON()
    expect(Buffer.from(String(k), "base64url")).toHaveLength(bytes)
  })

  test("makes an RSA modulus of 2048 bits, or as many as asked for", async () => {
    const bits = (key: Jwk): number => Buffer.from(String(key.toJSON()["n"]), "base64url").length * 8
    expect(bits(await generate("RS256"))).toBe(2048)
    expect(bits(await generate("PS256", { modulusLength: 2176 }))).toBe(2176)
    expect((await generate("RS256")).toJSON()["e"]).toBe("AQAB")
  })

  test("never makes the same key twice", async () => {
    for (const algorithm of ["HS256", "ES256", "EdDSA"])
      expect((await generate(algorithm)).thumbprint()).not.toBe((await generate(algorithm)).thumbprint())
  })

  test.each<[name: string, algorithm: unknown, options: unknown, expected: string]>([
    ["an unknown algorithm", "HS1", undefined, UNKNOWN],
    ["an algorithm in other letters", "es256", undefined, UNKNOWN],
    ["none", "none", undefined, UNKNOWN],
    ["a number", 7, undefined, UNKNOWN],
    ["undefined", undefined, undefined, UNKNOWN],
    ["a member of the object machinery", "constructor", undefined, UNKNOWN],
    ["a modulus under 2048 bits", "RS256", { modulusLength: 2047 }, OPTION_INVALID],
    ["a modulus of 1024 bits", "RS256", { modulusLength: 1024 }, OPTION_INVALID],
    ["a modulus over 16384 bits", "RS256", { modulusLength: 16_385 }, OPTION_INVALID],
    ["a modulus of NaN", "RS256", { modulusLength: Number.NaN }, OPTION_INVALID],
    ["a modulus with a fraction", "RS256", { modulusLength: 2048.5 }, OPTION_INVALID],
    ["a modulus as text", "RS256", { modulusLength: "2048" }, OPTION_INVALID],
    ["a key id that is no text", "ES256", { keyId: 7 }, OPTION_INVALID],
    ["an unknown option", "ES256", { kid: "x" }, "UsageError option_unknown"],
    ["options that are no object", "ES256", "x", OPTION_INVALID],
  ])("refuses %s", async (_case, algorithm, options, expected) => {
    expect(await outcomeOf(generate(untyped(algorithm), untyped(options)))).toBe(expected)
    expect(outcome(() => Jwk.generate(untyped(algorithm), untyped(options)))).toBe(expected)
  })
})

test("generateAsync answers with a promise for wrong calls, too", async () => {
  const promise = Jwk.generateAsync("nonsense")
  await expect(promise).rejects.toThrow(/no algorithm/)
})
