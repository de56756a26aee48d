/** PyJWT, table R: own algorithms, callbacks, compressed payloads. */
import { createHmac, timingSafeEqual } from "node:crypto"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import {
  type DecodeOptions,
  decode,
  decodeComplete,
  encode,
  getAlgorithm,
  Jwk,
  listAlgorithms,
  MissingRequiredClaimError,
  registerAlgorithm,
  type SignatureAlgorithm,
  unregisterAlgorithm,
  Verifier,
  validateClaims,
  verifyJws,
} from "jotkit"
import { afterEach, describe, expect, onTestFinished, test } from "vitest"
import { errorOf, outcome, untyped } from "./outcome.ts"
import { dec, enc, GOOD, rawToken } from "./tokens.ts"
import { COMPRESSED } from "./vectors.ts"

const UNKNOWN = "InvalidAlgorithmError algorithm_unknown"

/** HMAC with SHA-1 of Node's own: nothing that the package has. */
const TEST_ALGORITHM: SignatureAlgorithm = {
  family: "hmac",
  prepareKey: (key) => String(key instanceof Jwk ? key.toPrivateJSON()["k"] : key),
  sign: (data, key) => createHmac("sha1", String(key)).update(data).digest(),
  verify(data, key, signature) {
    const expected = createHmac("sha1", String(key)).update(data).digest()
    return signature.length === expected.length && timingSafeEqual(signature, expected)
  },
}

const BUILT_IN = listAlgorithms()

afterEach(() => {
  for (const name of listAlgorithms()) if (!BUILT_IN.includes(name)) unregisterAlgorithm(name)
})

describe("own algorithms", () => {
  test("434: a name is taken once", () => {
    registerAlgorithm("TEST", TEST_ALGORITHM)
    expect(outcome(() => registerAlgorithm("TEST", TEST_ALGORITHM))).toBe("UsageError algorithm_registered")
    expect(outcome(() => registerAlgorithm("HS256", TEST_ALGORITHM))).toBe("UsageError algorithm_registered")
  })

  test.each<[string, unknown]>([
    ["435: a number is none", 123],
    ["435: an empty object is none", {}],
    ["435: a class is none", class {}],
    ["435: null is none", null],
  ])("%s", (_name, algorithm) => {
    expect(outcome(() => registerAlgorithm("TEST", untyped(algorithm)))).toBe("UsageError argument_invalid")
    expect(listAlgorithms()).not.toContain("TEST")
  })

  test("436: a taken name is reported before what is no algorithm", () => {
    expect(outcome(() => registerAlgorithm("HS256", untyped(null)))).toBe("UsageError algorithm_registered")
  })

  test("437: a name that is not there cannot be taken out", () => {
    expect(outcome(() => unregisterAlgorithm("TEST"))).toBe("UsageError algorithm_unknown")
  })

  test("438: a built-in algorithm can be taken out, and put back", () => {
    const hs256 = getAlgorithm("HS256")
    onTestFinished(() => {
      if (!listAlgorithms().includes("HS256")) registerAlgorithm("HS256", hs256)
    })
    const verifier = new Verifier({ key: "secret", algorithms: ["HS256"] })
    expect(verifier.verify(enc({ a: 1 }))).toEqual({ a: 1 })
    unregisterAlgorithm("HS256")
    expect(listAlgorithms()).not.toContain("HS256")
    // What was prepared before is gone as well.
    expect(outcome(() => verifier.verify(GOOD))).toBe("InvalidAlgorithmError algorithm_not_allowed")
    expect(outcome(() => enc({ a: 1 }))).toMatch(/ algorithm_unknown$/)
    expect(outcome(() => enc({ a: 1 }, { algorithm: "HS256" }))).toBe(UNKNOWN)
    expect(outcome(() => dec(GOOD))).toBe(UNKNOWN)
    registerAlgorithm("HS256", hs256)
    expect(dec(GOOD)).toEqual({ a: 1 })
  })

  test("439: an own algorithm is known to every door", () => {
    // differs: core-api: in PyJWT only the global functions know it, and a JWK never does.
    registerAlgorithm("TEST", TEST_ALGORITHM)
    const token = enc({ a: 1 }, { algorithm: "TEST" })
    const algorithms = ["TEST"]
    expect(dec(token, { algorithms })).toEqual({ a: 1 })
    expect(new Verifier({ key: "secret", algorithms }).verify(token)).toEqual({ a: 1 })
    expect(Buffer.from(verifyJws(token, "secret", { algorithms }).payload).toString()).toBe('{"a":1}')
    const jwk = Jwk.from({ kty: "oct", k: "c2VjcmV0", alg: "TEST" })
    expect(jwk.algorithm).toBe("TEST")
    expect(decode(encode({ a: 1 }, jwk), jwk)).toEqual({ a: 1 })
  })

  test("440: an algorithm is got by its name", () => {
    expect(getAlgorithm("none").family).toBe("none")
    expect(getAlgorithm("HS256").family).toBe("hmac")
    expect(outcome(() => getAlgorithm("hs256"))).toBe(UNKNOWN)
    expect(outcome(() => getAlgorithm(untyped(null)))).toBe(UNKNOWN)
  })
})

describe("digests", () => {
  function digest(name: string, text: string): Uint8Array {
    return untyped<{ digest(bytes: Uint8Array): Uint8Array }>(getAlgorithm(name)).digest(new TextEncoder().encode(text))
  }

  test.each([["HS256"], ["RS256"]])("441: %s hashes with SHA-256", (name) => {
    expect(Buffer.from(digest(name, "foo")).toString("hex")).toBe(
      "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    )
  })

  test.each(
    ["HS", "RS", "PS", "ES"].flatMap((kind) => [
      [`${kind}256`, 32] as const,
      [`${kind}384`, 48] as const,
      [`${kind}512`, 64] as const,
    ]),
  )("442: %s gives %d bytes", (name, bytes) => {
    expect(digest(name, "foo")).toHaveLength(bytes)
  })

  test("441: what is not bytes has no digest", () => {
    const { digest } = untyped<{ digest(bytes: unknown): unknown }>(getAlgorithm("HS256"))
    for (const value of ["foo", null, 5, [1]]) expect(outcome(() => digest(value))).toBe("UsageError argument_invalid")
  })

  test.each([["none"], ["EdDSA"]])("442: %s has no hash of its own", (name) => {
    expect(outcome(() => digest(name, "foo"))).toBe("UsageError argument_invalid")
  })
})

describe("compressed payloads", () => {
  // differs: section 9.41: PyJWT's hook unpacks between signature and claims. Here the caller does, with verifyJws before and
  // validateClaims after it, so that what is unpacked is genuine and its size is the caller's to bound.
  function unpack(token: string, now: number): string[] {
    const { payload } = verifyJws(token, "secret", { algorithms: ["HS256"] })
    const claims = JSON.parse(inflateRawSync(payload, { maxOutputLength: 10_000 }).toString())
    return validateClaims(claims, {}, now).map(({ code }) => code)
  }

  const expired = rawToken('{"alg":"HS256"}', deflateRawSync('{"hello":"world","exp":1}'))

  test("444: base64 is refused", () => {
    expect(outcome(() => unpack(COMPRESSED.base64, 0))).toBe("DecodeError token_malformed")
  })

  test("445: base64url is verified and unpacked", () => {
    expect(unpack(COMPRESSED.base64Url, 0)).toEqual([])
  })

  test("446: decode does not unpack", () => {
    expect(outcome(() => dec(COMPRESSED.base64Url))).toBe("DecodeError payload_invalid")
  })

  test("447: claims are judged after unpacking", () => {
    expect(unpack(expired, 2)).toEqual(["token_expired"])
  })

  test("448: a forged token is not unpacked", () => {
    const forged = `${COMPRESSED.base64Url.slice(0, -2)}AA`
    expect(outcome(() => unpack(forged, 0))).toBe("InvalidSignatureError signature_invalid")
  })
})

describe("449: what a callback throws stays the cause", () => {
  // differs: core-api: every error that leaves a door is a JwtError; PyJWT lets the callback's own through.
  const failure = new RangeError("mine")
  function fail(): never {
    throw failure
  }
  const schema = { "~standard": { version: 1, vendor: "test", validate: fail } } as const

  test.each<[name: string, call: () => unknown, expected: string]>([
    ["449: a reviver", () => dec(GOOD, { reviver: fail }), "UsageError callback_failed"],
    ["449: a schema", () => dec(GOOD, untyped<DecodeOptions>({ schema })), "UsageError callback_failed"],
    ["449: a clock", () => dec(GOOD, { now: fail }), "UsageError callback_failed"],
    ["449: a replacer", () => enc({ a: 1 }, { replacer: fail }), "UsageError claims_invalid"],
  ])("%s", (_name, call, expected) => {
    expect(outcome(call)).toBe(expected)
    expect(errorOf(call).cause).toBe(failure)
  })
})

test("450: decodeComplete answers with header, payload and signature", () => {
  const { header, payload, signature } = decodeComplete(GOOD, "secret", { algorithms: ["HS256"] })
  expect(header).toEqual({ alg: "HS256", typ: "JWT" })
  expect(payload).toEqual({ a: 1 })
  expect(signature).toHaveLength(32)
  expect(Buffer.from(signature).toString("hex")).toMatch(/^e7b4c5ee/)
})

test("451: the error for a missing claim names it", () => {
  const error = errorOf(() => dec(GOOD, { require: ["abc"] }))
  expect(error).toBeInstanceOf(MissingRequiredClaimError)
  expect(error.message).toContain("abc")
  expect(error).toHaveProperty("claim", "abc")
})
