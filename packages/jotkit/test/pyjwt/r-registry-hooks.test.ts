/** PyJWT, table R: own algorithms, callbacks, compressed payloads. */
import { createHmac, timingSafeEqual } from "node:crypto"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  decodeComplete,
  encode,
  encodeAsync,
  getAlgorithm,
  InvalidKeyError,
  Jwk,
  JwkSet,
  type KeyInput,
  listAlgorithms,
  MissingRequiredClaimError,
  registerAlgorithm,
  type SignatureAlgorithm,
  Signer,
  signJws,
  unregisterAlgorithm,
  Verifier,
  validateClaims,
  verifyJws,
} from "jotkit"
import { afterEach, describe, expect, onTestFinished, test } from "vitest"
import { errorOf, outcome, outcomeOf, untyped } from "./outcome.ts"
import { dec, enc, GOOD, rawToken, segment } from "./tokens.ts"
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
const TEST = { algorithms: ["TEST"] }
const FORGED = "InvalidSignatureError signature_invalid"

/** A token of {@link TEST_ALGORITHM} with this header as it stands. */
function testToken(header: object, secret = "secret"): string {
  const input = `${segment(JSON.stringify(header))}.${segment('{"a":1}')}`
  return `${input}.${createHmac("sha1", secret).update(input).digest("base64url")}`
}

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

  test.each<[name: string, answer: unknown, expected: string]>([
    ["439: true is genuine", true, "accepted"],
    ["439: false is not", false, FORGED],
    ["439: 1 is not", 1, FORGED],
    ["439: a text is not", "true", FORGED],
    ["439: nothing is not", undefined, FORGED],
    ["439: an object is not", {}, FORGED],
  ])("%s", async (_name, answer, expected) => {
    registerAlgorithm("TEST", { ...TEST_ALGORITHM, verify: () => untyped(answer) })
    const token = enc({ a: 1 }, { algorithm: "TEST" })
    expect(outcome(() => dec(token, TEST))).toBe(expected)
    unregisterAlgorithm("TEST")
    registerAlgorithm("TEST", { ...TEST_ALGORITHM, verify: async () => untyped(answer) })
    expect(outcome(() => dec(token, TEST))).toBe("UsageError async_required")
    expect(await outcomeOf(decodeAsync(token, "secret", TEST))).toBe(expected)
  })

  test("439: an own algorithm gets the signing input as bytes, of whatever kind the payload is", () => {
    const seen: unknown[] = []
    registerAlgorithm("TEST", {
      ...TEST_ALGORITHM,
      verify(data, key, signature) {
        seen.push(data)
        return TEST_ALGORITHM.verify(data, key, signature)
      },
    })
    const token = enc({ a: 1 }, { algorithm: "TEST" })
    const plain = signJws("a b", "secret", { algorithm: "TEST", b64: false })
    expect(outcome(() => dec(token, TEST))).toBe("accepted")
    expect(outcome(() => verifyJws(plain, "secret", TEST))).toBe("accepted")
    for (const data of seen) expect(data).toBeInstanceOf(Uint8Array)
    expect(seen.map((data) => Buffer.from(untyped<Uint8Array>(data)).toString())).toEqual(
      [token, plain].map((text) => text.slice(0, text.lastIndexOf("."))),
    )
  })

  test.each<[name: string, key: () => unknown]>([
    ["439: an object of the caller's own", () => ({ mine: true })],
    ["439: an object that is a remote signer as well", () => ({ algorithm: "TEST", sign: () => new Uint8Array() })],
    ["439: bytes", () => new Uint8Array([1, 2, 3])],
    ["439: a text", () => "mine"],
    ["439: null", () => null],
    ["439: a number", () => 7],
  ])("%s is handed on as it is", async (_name, make) => {
    const key = untyped<KeyInput>(make())
    const seen: unknown[] = []
    registerAlgorithm("TEST", {
      ...TEST_ALGORITHM,
      prepareKey(given) {
        seen.push(given)
        return "prepared"
      },
    })
    const verifier = new Verifier({ key, ...TEST, cache: true })
    for (const token of [
      encode({ a: 1 }, key, { algorithm: "TEST" }),
      await encodeAsync({ a: 1 }, key, { algorithm: "TEST", header: { kid: "1" } }),
      new Signer({ key, algorithm: "TEST" }).sign({ a: 1 }),
      signJws('{"a":1}', key, { algorithm: "TEST" }),
    ]) {
      expect(decode(token, key, TEST)).toEqual({ a: 1 })
      expect(await decodeAsync(token, key, TEST)).toEqual({ a: 1 })
      expect([verifier.verify(token), verifier.verify(token)]).toEqual([{ a: 1 }, { a: 1 }])
      expect(outcome(() => verifyJws(token, key, TEST))).toBe("accepted")
    }
    expect(seen.length).toBeGreaterThan(20)
    for (const given of seen) expect(given).toBe(key)
  })

  test("439: what a key function answers is handed on, and what is wrong with it is said", () => {
    const seen: unknown[] = []
    registerAlgorithm("TEST", { ...TEST_ALGORITHM, prepareKey: (key) => seen.push(key), verify: () => true })
    const token = rawToken('{"alg":"TEST"}', "{}")
    const signer = { algorithm: "TEST", sign: () => new Uint8Array() }
    for (const key of ["secret", signer]) expect(outcome(() => decode(token, () => key, TEST))).toBe("accepted")
    expect(seen).toEqual(["secret", signer])
    const answers: [() => unknown, string][] = [
      [() => undefined, "InvalidKeyError key_not_found"],
      [() => ({ mine: true }), "InvalidKeyError key_invalid"],
      [() => JSON.parse("{"), "InvalidKeyError key_function_failed"],
    ]
    for (const [find, expected] of answers) expect(outcome(() => decode(token, untyped(find), TEST))).toBe(expected)
    expect(seen).toHaveLength(2)
  })

  test("439: of a set those keys are tried that have the token's id and are for no other algorithm", () => {
    const seen: unknown[] = []
    registerAlgorithm("TEST", {
      ...TEST_ALGORITHM,
      prepareKey(key) {
        expect(key).toBeInstanceOf(Jwk)
        seen.push(untyped<Jwk>(key).keyId)
        return TEST_ALGORITHM.prepareKey(key)
      },
    })
    const k = Buffer.from("secret").toString("base64url")
    const bare = { kty: "oct", k: "b3RoZXI", kid: "bare" }
    const marked = { kty: "oct", k, alg: "TEST", kid: "marked" }
    const other = { kty: "oct", k, alg: "HS256", kid: "other" }
    const set = JwkSet.from({ keys: [other, bare, marked] })
    function tried(keys: JwkSet, kid?: string): [string, unknown[]] {
      seen.length = 0
      const token = testToken({ alg: "TEST", ...(kid === undefined ? {} : { kid }) }, k)
      return [outcome(() => decode(token, keys, TEST)), [...seen]]
    }
    expect(tried(set)).toEqual(["accepted", ["bare", "marked"]])
    expect(tried(set, "marked")).toEqual(["accepted", ["marked"]])
    expect(tried(set, "bare")).toEqual([FORGED, ["bare"]])
    expect(tried(set, "other")).toEqual(["InvalidKeyError key_not_found", []])
    expect(tried(set, "unknown")).toEqual(["InvalidKeyError key_not_found", []])
    expect(tried(JwkSet.from({ keys: [other] }))).toEqual(["InvalidKeyError key_not_found", []])
    const many = Array.from({ length: 16 }, () => bare)
    expect(tried(JwkSet.from({ keys: [...many.slice(1), marked] }))[0]).toBe("accepted")
    expect(tried(JwkSet.from({ keys: [...many, marked] }))).toEqual([FORGED, many.map(() => "bare")])
  })

  test("439: each key of a set is asked about the signature as it came", () => {
    registerAlgorithm("TEST", {
      ...TEST_ALGORITHM,
      verify(data, key, signature) {
        const genuine = TEST_ALGORITHM.verify(data, key, signature)
        signature.fill(0)
        return genuine
      },
    })
    const keys = ["other", "secret"].map((text) => ({ kty: "oct", k: Buffer.from(text).toString("base64url") }))
    expect(outcome(() => decode(testToken({ alg: "TEST" }, keys[1]?.k), JwkSet.from({ keys }), TEST))).toBe("accepted")
  })

  test.each(["prepareKey", "verify"])(
    "439: what %s throws is the cause, and an error of ours passes",
    async (member) => {
      const failure = new RangeError("mine")
      const own = new InvalidKeyError("key_too_short", "mine")
      const token = testToken({ alg: "TEST" })
      for (const thrown of [failure, own]) {
        const expected = thrown === own ? "key_too_short" : "key_unsuitable"
        const fail = (): never => {
          throw thrown
        }
        registerAlgorithm("TEST", { ...TEST_ALGORITHM, [member]: fail })
        const error = errorOf(() => dec(token, TEST))
        expect([error.name, error.code, error.cause]).toEqual([
          "InvalidKeyError",
          expected,
          thrown === own ? undefined : failure,
        ])
        expect(await outcomeOf(decodeAsync(token, "secret", TEST))).toBe(`InvalidKeyError ${expected}`)
        unregisterAlgorithm("TEST")
        registerAlgorithm("TEST", { ...TEST_ALGORITHM, [member]: async () => fail() })
        expect(await outcomeOf(decodeAsync(token, "secret", TEST))).toBe(`InvalidKeyError ${expected}`)
        unregisterAlgorithm("TEST")
      }
    },
  )

  test("439: an own algorithm is asked about every token, also where the verifier has a cache", () => {
    let genuine = true
    registerAlgorithm("TEST", { ...TEST_ALGORITHM, verify: () => genuine })
    const token = testToken({ alg: "TEST" })
    for (const algorithms of [["TEST"], ["TEST", "HS256"]]) {
      const verifier = new Verifier({ key: "secret", algorithms, cache: true })
      genuine = true
      expect(outcome(() => verifier.verify(token))).toBe("accepted")
      expect(outcome(() => verifier.verify(token))).toBe("accepted")
      genuine = false
      expect(outcome(() => verifier.verify(token))).toBe(FORGED)
    }
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
