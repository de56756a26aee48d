/** PyJWT, table K: required claims, options, and which failure is reported first. */
import {
  type DecodeOptions,
  decode,
  decodeComplete,
  decodeUnverified,
  InvalidTokenError,
  MissingRequiredClaimError,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, outcome, untyped } from "./outcome.ts"
import { dec, GOOD, hs } from "./tokens.ts"

const OK = "accepted"
const MISSING = "MissingRequiredClaimError claim_missing"
const FORGED = "InvalidSignatureError signature_invalid"
const WRONG_OPTION = "UsageError option_invalid"
const UNKNOWN_OPTION = "UsageError option_unknown"
const UNVERIFIED: DecodeOptions = { verify: { signature: false } }

/** The claim that a call reports as missing. */
function missingClaim(claims: object, options: DecodeOptions): string {
  const error = errorOf(() => dec(hs(claims), options))
  expect(error).toBeInstanceOf(MissingRequiredClaimError)
  return untyped<MissingRequiredClaimError>(error).claim
}

describe("require", () => {
  test.each([["exp"], ["iat"], ["nbf"], ["sub"], ["jti"]])("253: %s must be there", (claim) => {
    expect(missingClaim({ hello: "world" }, { require: [claim] })).toBe(claim)
  })

  test("254, 257: the first that is missing is reported", () => {
    expect(missingClaim({ sub: "1234567890", iat: 1371720939 }, { require: ["exp", "iss", "sub"] })).toBe("exp")
    expect(missingClaim({}, { require: ["nbf", "exp"] })).toBe("nbf")
  })

  test.each<[name: string, claims: object, options: DecodeOptions, expected: string]>([
    ["255: null is missing", { x: null }, { require: ["x"] }, MISSING],
    ["255: absent is missing", {}, { require: ["x"] }, MISSING],
    ["256: zero is there", { x: 0 }, { require: ["x"] }, OK],
    ["256: an empty text is there", { x: "" }, { require: ["x"] }, OK],
    ["256: false is there", { x: false }, { require: ["x"] }, OK],
    ["256: an empty array is there", { x: [] }, { require: ["x"] }, OK],
    // differs: section 9.16: PyJWT takes a text for its letters.
    ["258: a text is refused", { exp: 9_999_999_999 }, { require: untyped("exp") }, WRONG_OPTION],
    ["259: null is refused", {}, { require: untyped(null) }, WRONG_OPTION],
    ["260: counts without the signature too", {}, { require: ["exp"], ...UNVERIFIED }, MISSING],
    ["261: asks for presence only", { exp: 1 }, { require: ["exp"], verify: { exp: false } }, OK],
    ["255: an inherited name is missing", {}, { require: ["toString"] }, MISSING],
  ])("%s", (_name, claims, options, expected) => {
    expect(outcome(() => dec(hs(claims), options))).toBe(expected)
  })
})

describe("the first failure decides", () => {
  const claims = { iat: 9_999_999_999, nbf: 9_999_999_999, exp: 1, iss: "z", aud: "z", sub: 1, jti: 1 }
  const options: DecodeOptions = { issuer: "i", audience: "a" }
  const order: [check: string, expected: string][] = [
    ["iat", "ImmatureSignatureError issued_at_in_future"],
    ["nbf", "ImmatureSignatureError token_not_yet_valid"],
    ["exp", "ExpiredSignatureError token_expired"],
    ["iss", "InvalidIssuerError issuer_invalid"],
    ["aud", "InvalidAudienceError audience_invalid"],
    ["sub", "InvalidSubjectError subject_invalid"],
    ["jti", "InvalidJtiError jwt_id_invalid"],
  ]

  test.each(order.map(([check, expected], index) => [check, expected, index] as const))(
    "262: %s is reported once those before it are off: %s",
    (_check, expected, index) => {
      const off = Object.fromEntries(order.slice(0, index).map(([name]) => [name, false]))
      expect(outcome(() => dec(hs(claims), { ...options, verify: off }))).toBe(expected)
    },
  )

  test("262: all failures are listed in the same order", () => {
    const error = errorOf(() => dec(hs(claims), options))
    expect(error).toHaveProperty(
      "violations",
      order.map(([claim, expected]) => expect.objectContaining({ claim, code: expected.split(" ")[1] })),
    )
  })

  test("263: a required claim comes before all values", () => {
    expect(missingClaim(claims, { ...options, require: ["foo"] })).toBe("foo")
  })

  test("264: the signature comes before all claims", () => {
    const forged = hs(claims, undefined, "other")
    expect(outcome(() => dec(forged, { ...options, require: ["foo"] }))).toBe(FORGED)
  })
})

describe("options", () => {
  test.each<[name: string, options: unknown, expected: string]>([
    // differs: section 9.16: PyJWT ignores names it does not know, or warns.
    ["265: an unknown option is refused", { verify_foo: true }, UNKNOWN_OPTION],
    ["265: an unknown check is refused", { verify: { foo: true } }, UNKNOWN_OPTION],
    ["266: options as a text are refused", "HS256", WRONG_OPTION],
    ["266: options as an array are refused", [], WRONG_OPTION],
    ["266: options as null are refused", null, WRONG_OPTION],
    ["279: verify as a boolean is refused", { verify: false }, WRONG_OPTION],
    ["276: a check that is neither true nor false is refused", { verify: { signature: 0 } }, WRONG_OPTION],
    ["280: any other name is refused", { foo: "bar" }, UNKNOWN_OPTION],
    ["280: undefined counts as not given", { algorithms: ["HS256"], issuer: undefined }, OK],
  ])("%s", (_name, options, expected) => {
    expect(outcome(() => decode(GOOD, "secret", untyped<DecodeOptions>(options)))).toBe(expected)
    expect(outcome(() => decodeComplete(GOOD, "secret", untyped<DecodeOptions>(options)))).toBe(expected)
  })

  test("266, 280: verifyJws refuses them as well", () => {
    expect(outcome(() => verifyJws(GOOD, "secret", untyped("HS256")))).toBe(WRONG_OPTION)
    expect(outcome(() => verifyJws(GOOD, "secret", untyped({ algorithms: ["HS256"], foo: "bar" })))).toBe(
      UNKNOWN_OPTION,
    )
  })

  test("267, 268: the caller's options stay as they are", () => {
    for (const signature of [true, false]) {
      const options = { algorithms: ["HS256"], verify: { signature } }
      decode(GOOD, "secret", options)
      expect(options).toEqual({ algorithms: ["HS256"], verify: { signature } })
    }
    const frozen = Object.freeze({ algorithms: Object.freeze(["HS256"]), verify: Object.freeze({ signature: false }) })
    expect(decode(GOOD, "secret", frozen)).toEqual({ a: 1 })
  })

  test("269, 270: a verifier without signatures checks none, and no claims", () => {
    // differs: section 9.16: an instance of PyJWT with this option verifies signatures all the same.
    const verifier = new Verifier({ key: "other", ...UNVERIFIED })
    expect(verifier.verify(hs({ exp: 1 }))).toEqual({ exp: 1 })
  })

  test("272: a verifier without exp accepts an expired token", () => {
    const verifier = new Verifier({ key: "secret", algorithms: ["HS256"], verify: { exp: false } })
    expect(verifier.verify(hs({ exp: 1 }))).toEqual({ exp: 1 })
  })
})

describe("without the signature", () => {
  test("273: the payload can be read without key and list", () => {
    expect(decodeUnverified(GOOD).payload).toEqual({ a: 1 })
    expect(decode(GOOD, untyped(undefined), UNVERIFIED)).toEqual({ a: 1 })
  })

  test("275: audience and issuer are not compared", () => {
    const token = hs({ aud: "a", iss: "i" })
    expect(dec(token, { ...UNVERIFIED, audience: "x", issuer: "x" })).toEqual({ aud: "a", iss: "i" })
    expect(outcome(() => dec(token, { audience: "x", verify: { signature: false, aud: true } }))).toBe(
      "InvalidAudienceError audience_invalid",
    )
  })

  test("277: the key does not matter", () => {
    expect(decode(GOOD, untyped({}), UNVERIFIED)).toEqual({ a: 1 })
    expect(decode(GOOD, untyped(42), { ...UNVERIFIED, algorithms: ["none"] })).toEqual({ a: 1 })
  })

  test("278: a changed signature does not matter", () => {
    const token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzb21lIjoicGF5bG9hZCJ9.4twFt5NiznN84AWoo1d7KO1T_yoc0Z6XOpOVswacPZA"
    expect(dec(token, UNVERIFIED)).toEqual({ some: "payload" })
    expect(outcome(() => dec(token))).toBe(FORGED)
  })

  test("264: catching InvalidTokenError catches what a token can do wrong", () => {
    expect(errorOf(() => dec(hs({ exp: 1 })))).toBeInstanceOf(InvalidTokenError)
    expect(errorOf(() => dec("abc"))).toBeInstanceOf(InvalidTokenError)
  })
})
