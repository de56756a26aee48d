/** PyJWT, table H: the audience. */
import { type DecodeOptions, validateClaims } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import { dec, hs } from "./tokens.ts"

const OK = "accepted"
const MISSING = "MissingRequiredClaimError claim_missing"
const INVALID = "InvalidAudienceError audience_invalid"
const UNEXPECTED = "InvalidAudienceError audience_unexpected"
const WRONG_OPTION = "UsageError option_invalid"

/** An absent claim or option. */
const NONE = undefined

type Row = [name: string, aud: unknown, audience: unknown, expected: string]

function judge(aud: unknown, audience: unknown, options: DecodeOptions = {}): string {
  const claims = aud === NONE ? { hello: "world" } : { aud }
  return outcome(() => dec(hs(claims), { audience: untyped(audience), ...options }))
}

describe("no audience expected", () => {
  test.each<Row>([
    ["196: aud absent is accepted", NONE, NONE, OK],
    ["197: aud null is accepted", null, NONE, OK],
    // differs: section 9.14 and 9.15: PyJWT takes everything empty for no audience.
    ["198: an empty aud is refused", "", NONE, INVALID],
    ["198: an empty list is refused", [], NONE, INVALID],
    ["198: an empty object is refused", {}, NONE, INVALID],
    ["198: zero is refused", 0, NONE, INVALID],
    ["198: false is refused", false, NONE, INVALID],
    ["199: an audience is refused", "urn:me", NONE, UNEXPECTED],
    ["199: a list of audiences is refused", ["a"], NONE, UNEXPECTED],
    ["199: a number is refused", 1, NONE, INVALID],
    ["199: true is refused", true, NONE, INVALID],
    ["199: an object is refused", { a: 1 }, NONE, INVALID],
  ])("%s", (_name, aud, audience, expected) => {
    expect(judge(aud, audience)).toBe(expected)
  })

  test("197: aud null comes back as it is", () => {
    const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJhdWQiOm51bGx9.-Peqc-pTugGvrc5C8Bnl0-X1V_5fv-aVb_7y7nGBVvQ"
    expect(dec(token)).toEqual({ aud: null })
  })
})

describe("an audience expected", () => {
  test.each<Row>([
    ["200: aud absent is refused", NONE, "urn:me", MISSING],
    ["201: aud null is refused", null, "urn:me", MISSING],
    ["201: an empty aud is refused", "", "a", MISSING],
    ["201: an empty list is refused", [], "a", MISSING],
    ["201: an empty object is refused", {}, "a", MISSING],
    ["201: zero is refused", 0, "a", MISSING],
    ["201: false is refused", false, "a", MISSING],
    ["202: an empty expectation is one", NONE, "", MISSING],
    ["202: an empty list of expectations is one", NONE, [], MISSING],
    ["203: the same audience is accepted", "urn:me", "urn:me", OK],
    ["204: one of those expected is accepted", "urn:me", ["urn:you", "urn:me"], OK],
    ["205: none of those expected is refused", "urn:me", ["urn:you", "urn:him"], INVALID],
    ["206: a list with the one expected is accepted", ["urn:me", "urn:someone-else"], "urn:me", OK],
    ["207: a list without the one expected is refused", ["urn:someone", "urn:someone-else"], "urn:me", INVALID],
    ["207: another audience is refused", "urn:someone-else", "urn-me", INVALID],
    ["209: an empty expectation matches nothing", "a", "", INVALID],
    ["209: an empty list of expectations matches nothing", "a", [], INVALID],
    ["211: case counts", ["A"], "a", INVALID],
    ["211: a final slash counts", "https://a/", "https://a", INVALID],
    ["214: one bad element spoils the list", ["a", 1], "a", INVALID],
    ["215: true is refused", true, "a", INVALID],
    ["215: an object is refused", { a: 1 }, "a", INVALID],
    // differs: core-api: the option is a text or an array of texts.
    ["208: bytes are no expectation", ["urn:me"], new TextEncoder().encode("urn:me"), WRONG_OPTION],
    ["209: a number in the list is no expectation", "a", [1], WRONG_OPTION],
    ["210: an array is the one kind of list", "a", ["x", "a"], OK],
    ["210: a Set is none", "a", new Set(["a"]), WRONG_OPTION],
    ["210: an object is none", "a", { a: 1 }, WRONG_OPTION],
    ["216: a number is no expectation", "a", 1, WRONG_OPTION],
  ])("%s", (_name, aud, audience, expected) => {
    expect(judge(aud, audience)).toBe(expected)
  })

  test("212: aud as a number is refused", () => {
    const token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIiwiYXVkIjoxfQ.Rof08LBSwbm8Z_bhA2N3DFY-utZR1Gi9rbIS5Zthnnc"
    expect(outcome(() => dec(token, { audience: "my_audience" }))).toBe(INVALID)
  })

  test("213: aud as a list of numbers is refused", () => {
    const token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJoZWxsbyI6IndvcmxkIiwiYXVkIjpbMV19.iQgKpJ8shetwNMIosNXWBPFB057c2BHs-8t1d2CCM2A"
    expect(outcome(() => dec(token, { audience: "my_audience" }))).toBe(INVALID)
  })

  test("216: a bad option is reported before anything about the token, also where aud is not checked", () => {
    expect(judge("a", 1, { verify: { aud: false } })).toBe(WRONG_OPTION)
    expect(judge("a", 1, { require: ["absent"] })).toBe(WRONG_OPTION)
  })

  test("217: aud is not checked if so asked", () => {
    expect(judge("urn:me", NONE, { verify: { aud: false } })).toBe(OK)
  })
})

describe("strictAudience: one text on both sides", () => {
  test.each<Row>([
    ["218: a list of expectations is refused", "urn:foo", ["urn:foo", "urn:bar"], INVALID],
    ["218: a list of one expectation is refused as well", "urn:foo", ["urn:foo"], INVALID],
    ["219: a list in the token is refused", ["urn:foo", "urn:bar"], "urn:foo", INVALID],
    ["220: another audience is refused", "urn:foo", "urn:bar", INVALID],
    ["221: the same audience is accepted", "urn:foo", "urn:foo", OK],
    ["222: lists on both sides are refused", ["a"], ["a"], INVALID],
    ["223: aud absent is accepted where none is expected", NONE, NONE, OK],
    ["223: aud null is accepted where none is expected", null, NONE, OK],
    // differs: section 9.14, as without strictAudience.
    ["223: an empty aud is refused", "", NONE, INVALID],
    ["223: an empty list is refused", [], NONE, INVALID],
    ["224: aud absent is refused where one is expected", NONE, "a", MISSING],
    ["224: aud absent is refused where a list is expected", NONE, ["a"], MISSING],
    ["224: an empty aud is refused where one is expected", "", "a", MISSING],
    ["224: an empty list is refused where a list is expected", [], ["a"], MISSING],
    ["225: an audience is refused where none is expected", "a", NONE, UNEXPECTED],
    ["225: a list is refused where none is expected", ["a"], NONE, UNEXPECTED],
    ["225: a number is refused where none is expected", 1, NONE, INVALID],
    ["226: a number is refused", 1, "a", INVALID],
    ["226: an empty expectation matches nothing", "a", "", INVALID],
  ])("%s", (_name, aud, audience, expected) => {
    expect(judge(aud, audience, { strictAudience: true })).toBe(expected)
  })

  test("227: nothing is checked if so asked", () => {
    expect(judge("a", "b", { strictAudience: true, verify: { aud: false } })).toBe(OK)
  })

  test("218, 222: a list with more than one is met by none of them", () => {
    const codes = (aud: string | string[], audience: string[]): string[] =>
      validateClaims({ aud }, { audience, strictAudience: true }, 0).map(({ code }) => code)
    expect(codes("urn:foo", ["urn:foo"])).toEqual([])
    expect(codes("urn:foo", ["urn:foo", "urn:bar"])).toEqual(["audience_invalid"])
    expect(codes(["urn:foo"], ["urn:foo"])).toEqual(["audience_invalid"])
    expect(codes("urn:foo", [])).toEqual(["audience_invalid"])
  })

  test("218, 219: lists are accepted otherwise", () => {
    expect(judge("urn:foo", ["urn:foo", "urn:bar"])).toBe(OK)
    expect(judge(["urn:foo", "urn:bar"], "urn:foo")).toBe(OK)
  })
})
