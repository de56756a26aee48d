/** PyJWT, table E: which algorithm may verify a token. */
import { generateKeyPairSync } from "node:crypto"
import { DecodeError, type DecodeOptions, decode, decodeUnverified, encode, Verifier, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, outcome, untyped } from "./outcome.ts"
import { dec, enc, GOOD, HS256_HEADER, hs, segment } from "./tokens.ts"
import { ES521_TOKEN } from "./vectors.ts"

const NOT_ALLOWED = "InvalidAlgorithmError algorithm_not_allowed"
const MISMATCH = "InvalidAlgorithmError algorithm_mismatch"
const UNKNOWN = "InvalidAlgorithmError algorithm_unknown"
const MISSING = "InvalidAlgorithmError algorithm_missing"
const REQUIRED = "UsageError algorithms_required"
const WRONG_OPTION = "UsageError option_invalid"
const FORGED = "InvalidSignatureError signature_invalid"

const UNVERIFIED: DecodeOptions = { verify: { signature: false } }
const UNSECURED = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJhIjoxfQ."
const WITHOUT_ALG = "e30.eyJhIjo1fQ.KEh186CjVw_Q8FadjJcaVnE7hO5Z9nHBbU8TgbhHcBY"
const LOWER_CASE =
  "eyJhbGciOiJoczI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIn0.5R_FEPE7SW2dT9GgIxPgZATjFGXfUDOSwo7TtO_Kd_g"
const HELLO_JWS = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.aGVsbG8gd29ybGQ.gEW0pdU4kxPthjtehYdhxB9mMOGajt1xCKlGGXDJ8PM"
/** The header says HS512, the signature is one of HS256. */
const HS512_IN_NAME = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.gucayvHONUt9NSyd48rYoC9oBlUNSvW125JO1I_ajtU"
const SECRET_HS256 = { kty: "oct", alg: "HS256", k: "c2VjcmV0" }
const SECRET_HS512 = { kty: "oct", alg: "HS512", k: "c2VjcmV0" }

describe("the list of algorithms", () => {
  test.each<[string, unknown, string]>([
    // differs: core-api: a call without algorithms is wrong whatever the token, so it is a UsageError and not a DecodeError.
    ["112: is required", undefined, REQUIRED],
    ["112: must not be empty", [], REQUIRED],
    ["115: refuses a token whose algorithm is not in it", ["HS384"], NOT_ALLOWED],
    ["116: holds names as they are spelled", ["hs256"], UNKNOWN],
    ["116: holds names without spaces", ["HS256 "], UNKNOWN],
    // differs: section 9.2: PyJWT searches a text, so that one name in it admits others.
    ["117: is never a text, not even a name", "HS256", WRONG_OPTION],
    ["117: is never a text of several names", "HS256,RS256", WRONG_OPTION],
    ["117: is never a text that contains a name", "xHS256x", WRONG_OPTION],
    ["119: is never a part of a name", "S", WRONG_OPTION],
    // differs: core-api: an array, nothing else.
    ["120: is not a Set", new Set(["HS256"]), WRONG_OPTION],
    ["120: is not an object", { HS256: true }, WRONG_OPTION],
    ["121: is not bytes", new TextEncoder().encode("HS256"), WRONG_OPTION],
    ["134: does not know ES521", ["ES521"], UNKNOWN],
  ])("%s", (_name, algorithms, expected) => {
    expect(outcome(() => decode(GOOD, "secret", { algorithms: untyped(algorithms) }))).toBe(expected)
  })

  test("113: is not needed where the signature is not checked", () => {
    expect(decode(GOOD, "secret", UNVERIFIED)).toEqual({ a: 1 })
  })

  test("114: has no singular, and the error says so", () => {
    const options = untyped<DecodeOptions>({ algorithm: "HS256" })
    expect(outcome(() => decode(GOOD, "secret", options))).toBe("UsageError option_unknown")
    expect(errorOf(() => decode(GOOD, "secret", options)).message).toContain("`algorithms`")
  })

  test("118: the name ES256K does not admit ES256", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    const token = encode({ a: 1 }, privateKey)
    expect(outcome(() => decode(token, publicKey, { algorithms: untyped("ES256K") }))).toBe(WRONG_OPTION)
    expect(outcome(() => decode(token, publicKey, { algorithms: ["ES256K"] }))).toBe(NOT_ALLOWED)
  })

  test("132: of a verifier is for all its tokens", () => {
    const verifier = new Verifier({ key: "secret", algorithms: ["HS256"] })
    expect(verifier.verify(GOOD)).toEqual({ a: 1 })
    expect(outcome(() => verifier.verify(enc({ a: 1 }, { algorithm: "HS512" })))).toBe(NOT_ALLOWED)
    expect(outcome(() => verifier.verify(UNSECURED))).toBe(NOT_ALLOWED)
  })
})

describe("alg in the header", () => {
  test.each<[string, unknown]>([
    ["123: null is refused", null],
    ["123: an empty text is refused", ""],
    ["123: a number is refused", 1],
    ["123: an array is refused", ["HS256"]],
  ])("%s", (_name, alg) => {
    expect(outcome(() => dec(hs({ a: 1 }, { ...HS256_HEADER, alg })))).toBe(MISSING)
  })

  test("122: must be there", () => {
    expect(outcome(() => dec(WITHOUT_ALG))).toBe(MISSING)
  })

  test("124: is spelled in one way", () => {
    expect(outcome(() => dec(LOWER_CASE))).toBe(NOT_ALLOWED)
    expect(outcome(() => dec(LOWER_CASE, { algorithms: ["hs256"] }))).toBe(UNKNOWN)
  })

  test.each([["None"], ["NONE"]])("125: %s is not none", (alg) => {
    const token = hs({ a: 1 }, { ...HS256_HEADER, alg })
    expect(outcome(() => dec(token))).toBe(NOT_ALLOWED)
    expect(outcome(() => dec(token, { algorithms: [alg] }))).toBe(UNKNOWN)
  })

  test("129: does not matter where the signature is not checked", () => {
    expect(decode(WITHOUT_ALG, "secret", UNVERIFIED)).toEqual({ a: 5 })
    expect(decode(hs({ a: 1 }, { alg: "FOO" }), "secret", UNVERIFIED)).toEqual({ a: 1 })
    expect(decodeUnverified(WITHOUT_ALG).payload).toEqual({ a: 5 })
  })
})

describe("an unsecured token", () => {
  test.each<[string, unknown, string]>([
    ["126: is refused with a key", "secret", "InvalidKeyError key_unsuitable"],
    ["127: never verifies with null", null, FORGED],
    ["127: never verifies with undefined", undefined, FORGED],
    ["127: never verifies with an empty text", "", FORGED],
  ])("%s", (_name, key, expected) => {
    expect(outcome(() => decode(UNSECURED, untyped(key), { algorithms: ["none"] }))).toBe(expected)
  })

  test("126: is refused where another algorithm is allowed as well", () => {
    expect(outcome(() => dec(UNSECURED))).toBe(NOT_ALLOWED)
    expect(outcome(() => dec(UNSECURED, { algorithms: ["none", "HS256"] }))).toBe("InvalidKeyError key_unsuitable")
  })

  test("128: can be read without a check of the signature", () => {
    expect(decode(UNSECURED, untyped(null), UNVERIFIED)).toEqual({ a: 1 })
  })
})

describe("the key", () => {
  test("130: a wrong secret is a DecodeError of its own kind", () => {
    const token = encode({ a: 1 }, "foo")
    expect(outcome(() => decode(token, "bar", { algorithms: ["HS256"] }))).toBe(FORGED)
    expect(errorOf(() => decode(token, "bar", { algorithms: ["HS256"] }))).toBeInstanceOf(DecodeError)
  })

  test("131: must be given", () => {
    // differs: section 9.7: there is no empty default key.
    expect(outcome(() => decode(GOOD, untyped(undefined), { algorithms: ["HS256"] }))).toBe(
      "InvalidKeyError key_missing",
    )
    expect(outcome(() => decode(GOOD, "", { algorithms: ["HS256"] }))).toBe("InvalidKeyError secret_empty")
  })

  test("133: one RSA key does not confuse RS256 and PS256", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const [, payload, signature] = encode({ a: 1 }, privateKey, { algorithm: "RS256" }).split(".")
    const renamed = `${segment('{"alg":"PS256","typ":"JWT"}')}.${payload}.${signature}`
    expect(outcome(() => decode(renamed, publicKey, { algorithms: ["PS256"] }))).toBe(FORGED)
  })

  test("134: ES521 is not ES512", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" })
    expect(outcome(() => decode(ES521_TOKEN, publicKey, { algorithms: ["ES512"] }))).toBe(NOT_ALLOWED)
  })
})

describe("a JWK that names its algorithm", () => {
  test("135: needs no list", () => {
    for (const options of [{ algorithms: ["HS256"] }, undefined]) {
      const { payload } = verifyJws(HELLO_JWS, SECRET_HS256, untyped(options))
      expect(Buffer.from(payload).toString()).toBe("hello world")
    }
  })

  test.each<[string, string, object, string[] | undefined, string]>([
    ["136: refuses a token of another algorithm", HELLO_JWS, SECRET_HS512, undefined, MISMATCH],
    [
      "137: refuses another algorithm that the list allows",
      enc({ a: 1 }, { algorithm: "HS512" }),
      SECRET_HS256,
      ["HS256", "HS512"],
      MISMATCH,
    ],
    [
      "138: refuses a header that names another algorithm than the signature",
      HS512_IN_NAME,
      SECRET_HS256,
      ["HS512"],
      MISMATCH,
    ],
    // differs: section 9.7: an empty list is a mistake of the caller.
    ["139: does not replace an empty list", HELLO_JWS, SECRET_HS256, [], REQUIRED],
    ["139: does not widen the list", HELLO_JWS, SECRET_HS256, ["HS512"], NOT_ALLOWED],
  ])("%s", (_name, token, key, algorithms, expected) => {
    expect(outcome(() => verifyJws(token, untyped(key), untyped({ algorithms })))).toBe(expected)
  })

  test("140: may be a plain object", () => {
    // differs: core-api: PyJWT needs its own class.
    expect(decode(GOOD, SECRET_HS256)).toEqual({ a: 1 })
  })

  // differs: section 9.28: PyJWT never looks at `use` and `key_ops`.
  test.each<[string, object]>([
    ["141: does not verify if it is for encryption", { use: "enc" }],
    ["141: does not verify if its operations do not hold verify", { key_ops: ["encrypt"] }],
  ])("%s", (_name, members) => {
    expect(outcome(() => decode(GOOD, { ...SECRET_HS256, ...members }))).toBe("InvalidKeyError key_not_for_use")
  })
})
