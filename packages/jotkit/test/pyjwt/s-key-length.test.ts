/** PyJWT, table S: keys that are shorter than their algorithm asks for. */
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { decode, encode, Jwk, Signer, Verifier } from "jotkit"
import { describe, expect, test, vi } from "vitest"
import { outcome } from "./outcome.ts"
import { enc } from "./tokens.ts"

const OK = "accepted"
const TOO_SHORT = "InvalidKeyError key_too_short"
const ENFORCED = { enforceMinimumKeyLength: true }

function bytes(length: number, fill = 0x61): Uint8Array {
  return new Uint8Array(length).fill(fill)
}

function rsa(modulusLength: number): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync("rsa", { modulusLength })
}

/** Signing and verifying under the rule have to agree. */
function expectEnforced(
  privateKey: Parameters<typeof encode>[1],
  publicKey: Parameters<typeof decode>[1],
  algorithm: string,
  expected: string,
): void {
  expect(outcome(() => encode({ a: 1 }, privateKey, { algorithm, ...ENFORCED }))).toBe(expected)
  const token = encode({ a: 1 }, privateKey, { algorithm })
  expect(outcome(() => decode(token, publicKey, { algorithms: [algorithm], ...ENFORCED }))).toBe(expected)
}

/** The warnings that a call gives. */
function warningsOf(call: () => unknown): unknown[][] {
  const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined)
  try {
    call()
    return emit.mock.calls
  } finally {
    emit.mockRestore()
  }
}

describe("secrets", () => {
  test.each<[name: string, length: number, algorithm: string, expected: string]>([
    ["452: 31 bytes for HS256", 31, "HS256", TOO_SHORT],
    ["452: 32 bytes for HS256", 32, "HS256", OK],
    ["452: 47 bytes for HS384", 47, "HS384", TOO_SHORT],
    ["452: 48 bytes for HS384", 48, "HS384", OK],
    ["452: 63 bytes for HS512", 63, "HS512", TOO_SHORT],
    ["452: 64 bytes for HS512", 64, "HS512", OK],
    ["452: 128 bytes for HS512", 128, "HS512", OK],
  ])("%s", (_name, length, algorithm, expected) => {
    expectEnforced(bytes(length), bytes(length), algorithm, expected)
  })

  test("452: an empty secret is refused in any case", () => {
    expect(outcome(() => encode({ a: 1 }, bytes(0)))).toBe("InvalidKeyError secret_empty")
  })
})

describe("RSA", () => {
  const keys = new Map([1024, 2047, 2048].map((bits) => [bits, rsa(bits)] as const))

  test.each<[name: string, bits: number, algorithm: string, expected: string]>([
    ["453, 462: 1024 bits for RS256", 1024, "RS256", TOO_SHORT],
    ["453, 462: 1024 bits for PS256", 1024, "PS256", TOO_SHORT],
    ["453: 2047 bits for RS256", 2047, "RS256", TOO_SHORT],
    ["453: 2048 bits for RS256", 2048, "RS256", OK],
  ])("%s", (_name, bits, algorithm, expected) => {
    const { privateKey, publicKey } = keys.get(bits) ?? rsa(bits)
    expectEnforced(privateKey, publicKey, algorithm, expected)
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString()
    expectEnforced(privateKey, pem, algorithm, expected)
  })

  test("453: under 1024 bits is refused in any case", () => {
    // differs: core-api: PyJWT only warns.
    expect(outcome(() => encode({ a: 1 }, rsa(512).privateKey, { algorithm: "RS256" }))).toBe(TOO_SHORT)
  })
})

test.each([["ES256"], ["EdDSA"]])("454: %s has no short keys", (algorithm) => {
  const key = Jwk.generate(algorithm)
  expectEnforced(key, key.publicKey(), algorithm, OK)
})

test("454: none has no key", () => {
  expect(warningsOf(() => encode({ a: 1 }, null, { algorithm: "none" }))).toEqual([])
})

describe("without the rule", () => {
  test("455: a short secret is warned of, once, and used", () => {
    const secret = bytes(5, 0x62)
    const warnings = warningsOf(() => {
      const token = encode({ a: 1 }, secret)
      expect(decode(token, secret, { algorithms: ["HS256"] })).toEqual({ a: 1 })
    })
    expect(warnings).toEqual([[expect.stringContaining("5 bytes"), "InsecureKeyLengthWarning"]])
  })

  test("456: a secret of the hash's length is not warned of", () => {
    expect(warningsOf(() => encode({ a: 1 }, bytes(32, 0x63)))).toEqual([])
  })

  test("455: a short RSA key is warned of", () => {
    const { privateKey } = rsa(1024)
    const warnings = warningsOf(() => encode({ a: 1 }, privateKey, { algorithm: "RS256" }))
    expect(warnings).toEqual([[expect.stringContaining("1024 bits"), "InsecureKeyLengthWarning"]])
  })
})

describe("with the rule", () => {
  test("457: a signer refuses a short secret", () => {
    expect(outcome(() => new Signer({ key: "short", ...ENFORCED }).sign({ a: 1 }))).toBe(TOO_SHORT)
    expect(outcome(() => enc({ a: 1 }, ENFORCED))).toBe(TOO_SHORT)
  })

  test("458: a verifier takes 32 bytes, and refuses a short secret whatever the signature", () => {
    const algorithms = ["HS256"]
    const token = encode({ a: 1 }, bytes(32))
    expect(new Verifier({ key: bytes(32), algorithms, ...ENFORCED }).verify(token)).toEqual({ a: 1 })
    expect(outcome(() => new Verifier({ key: "short", algorithms, ...ENFORCED }).verify(token))).toBe(TOO_SHORT)
  })

  test("459: a key that is not used may be short", () => {
    const options = { verify: { signature: false }, ...ENFORCED }
    expect(decode(enc({ a: 1 }), "short", options)).toEqual({ a: 1 })
  })

  test("460: decode refuses a short secret", () => {
    expect(outcome(() => decode(enc({ a: 1 }), "secret", { algorithms: ["HS256"], ...ENFORCED }))).toBe(TOO_SHORT)
  })

  test("461: false is the default", () => {
    expect(decode(enc({ a: 1 }), "secret", { algorithms: ["HS256"], enforceMinimumKeyLength: false })).toEqual({ a: 1 })
  })
})
