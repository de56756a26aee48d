/** PyJWT, table G and section 3.1: exp, nbf and iat, with a clock that stands still. */
import { type DecodeOptions, ExpiredSignatureError, ImmatureSignatureError } from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, outcome, untyped } from "./outcome.ts"
import { dec, HS256_HEADER, hs, rawToken } from "./tokens.ts"

const NOW = 1_700_000_000
const EXPIRED = "ExpiredSignatureError token_expired"
const NBF_EARLY = "ImmatureSignatureError token_not_yet_valid"
const IAT_EARLY = "ImmatureSignatureError issued_at_in_future"
const MALFORMED = "DecodeError claim_malformed"
const IAT_MALFORMED = "InvalidIssuedAtError issued_at_invalid"
const WRONG_OPTION = "UsageError option_invalid"
const OK = "accepted"

function judge(claims: object, options: DecodeOptions = {}): string {
  return outcome(() => dec(hs(claims), { now: NOW, ...options }))
}

describe("170: the boundaries of section 3.1", () => {
  // differs: section 9.11: a negative leeway is refused; PyJWT tightens the limits by it.
  const rows: [time: number, leeway: number, exp: string, nbf: string, iat: string][] = [
    [NOW - 1, 0, EXPIRED, OK, OK],
    [NOW - 1, 1, EXPIRED, OK, OK],
    [NOW, 0, EXPIRED, OK, OK],
    [NOW, 0.5, OK, OK, OK],
    [NOW, 1, OK, OK, OK],
    [NOW, -1, WRONG_OPTION, WRONG_OPTION, WRONG_OPTION],
    [NOW + 1, 0, OK, NBF_EARLY, IAT_EARLY],
    [NOW + 1, 0.5, OK, NBF_EARLY, IAT_EARLY],
    [NOW + 1, 1, OK, OK, OK],
    [NOW + 1, -1, WRONG_OPTION, WRONG_OPTION, WRONG_OPTION],
  ]
  test.each(rows)("170: %d with leeway %d: exp %s, nbf %s, iat %s", (time, leeway, exp, nbf, iat) => {
    expect(judge({ exp: time }, { leeway })).toBe(exp)
    expect(judge({ nbf: time }, { leeway })).toBe(nbf)
    expect(judge({ iat: time }, { leeway })).toBe(iat)
  })

  test("170: a leeway of one second may be written as a duration", () => {
    expect(judge({ exp: NOW }, { leeway: "1s" })).toBe(OK)
    expect(judge({ exp: NOW }, { leeway: { seconds: 1 } })).toBe(OK)
  })
})

describe("171: fractions, half a second after the full one", () => {
  // differs: section 9.11: times are compared exactly; PyJWT cuts the claim's fraction off and so accepts nbf and iat that
  // lie up to a second ahead, and ends exp up to a second early.
  const rows: [time: number, exp: string, nbf: string, iat: string][] = [
    [NOW, EXPIRED, OK, OK],
    [NOW + 0.4, EXPIRED, OK, OK],
    [NOW + 0.5, EXPIRED, OK, OK],
    [NOW + 0.6, OK, NBF_EARLY, IAT_EARLY],
    [NOW + 0.99, OK, NBF_EARLY, IAT_EARLY],
    [NOW + 1, OK, NBF_EARLY, IAT_EARLY],
  ]
  test.each(rows)("171: %d: exp %s, nbf %s, iat %s", (time, exp, nbf, iat) => {
    const now = NOW + 0.5
    expect(judge({ exp: time }, { now })).toBe(exp)
    expect(judge({ nbf: time }, { now })).toBe(nbf)
    expect(judge({ iat: time }, { now })).toBe(iat)
  })
})

describe("a time is a finite number", () => {
  test.each<[string, string, string]>([
    [
      "172: exp as a text is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiJub3QtYW4taW50In0.P65iYgoHtBqB07PMtBSuKNUEIPPPfmjfJG217cEE66s",
      MALFORMED,
    ],
    [
      "173: iat as a text is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOiJub3QtYW4taW50In0.H1GmcQgSySa5LOKYbzGm--b1OmRbHFkyk8pq811FzZM",
      IAT_MALFORMED,
    ],
    [
      "174: nbf as a text is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJuYmYiOiJub3QtYW4taW50In0.c25hldC8G2ZamC8uKpax9sYMTgdZo3cxrmzFHaAAluw",
      MALFORMED,
    ],
    // differs: section 9.11: PyJWT reads digits in a text as a time.
    [
      "176: exp as digits in a text is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiI0MTAyNDQ0ODAwIn0.8uTfIgdQJMRheL0yiWS7OthUvfjeRIDGwM283diOlj4",
      MALFORMED,
    ],
    [
      "179: exp null is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOm51bGx9.BbnE66vVMgS7JPRe7azx5YadePu6OVmCVoqZ46rBg3k",
      MALFORMED,
    ],
    [
      "180: exp as an array is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOlsxXX0.6c9YDXxpsiusnekkISXYX2GBvZbA1gMvmRjzQapUwR4",
      MALFORMED,
    ],
    [
      "181: exp beyond all numbers is refused",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjFlNDAwfQ.06xoyC0G7C0sMNNg5tFHCdnQhkkRV3roaj7RU16UJ-Y",
      MALFORMED,
    ],
    [
      "182: exp as NaN is not JSON",
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOk5hTn0.RsXhqaa9IKt6toLaBPGW6Q0HiwduIsfg6qBIAk3WtXo",
      "DecodeError payload_invalid",
    ],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => dec(token, { now: NOW }))).toBe(expected)
  })

  // differs: section 9.11, where PyJWT coerces texts and booleans.
  test.each<[string, object, string]>([
    ["175: iat as digits in a text is refused", { iat: "1638202770" }, IAT_MALFORMED],
    ["177: exp as digits between spaces is refused", { exp: " 1800000000 " }, MALFORMED],
    ["177: exp as digits with underscores is refused", { exp: "1_800_000_000" }, MALFORMED],
    ["177: exp as digits with a sign is refused", { exp: "+1800000000" }, MALFORMED],
    ["177: exp as Arabic-Indic digits is refused", { exp: "١٨٠٠٠٠٠٠٠٠" }, MALFORMED],
    ["178: exp as an empty text is refused", { exp: "" }, MALFORMED],
    ["178: exp as hexadecimal digits is refused", { exp: "0x10" }, MALFORMED],
    ["178: exp as a fraction in a text is refused", { exp: "1800000000.5" }, MALFORMED],
    ["180: exp as an object is refused", { exp: {} }, MALFORMED],
    ["183: nbf null is refused", { nbf: null }, MALFORMED],
    ["183: nbf as an array is refused", { nbf: [1] }, MALFORMED],
    ["183: nbf as an object is refused", { nbf: {} }, MALFORMED],
    ["184: iat null is refused", { iat: null }, IAT_MALFORMED],
    ["184: iat as an array is refused", { iat: [1] }, IAT_MALFORMED],
    ["184: iat as an object is refused", { iat: {} }, IAT_MALFORMED],
    ["185: exp true is refused", { exp: true }, MALFORMED],
    ["185: exp false is refused", { exp: false }, MALFORMED],
    ["185: exp zero is a time", { exp: 0 }, EXPIRED],
    ["185: exp before 1970 is a time", { exp: -1 }, EXPIRED],
    ["185: exp as a negative number in a text is refused", { exp: "-1" }, MALFORMED],
    ["186: nbf true is refused", { nbf: true }, MALFORMED],
    ["186: iat false is refused", { iat: false }, IAT_MALFORMED],
    ["186: nbf and iat zero are times", { nbf: 0, iat: 0 }, OK],
    ["186: nbf and iat before 1970 are times", { nbf: -1, iat: -1 }, OK],
    ["187: exp far in the future is a time", { exp: 1e30 }, OK],
    ["187: nbf far in the future is a time", { nbf: 1e30 }, NBF_EARLY],
    ["187: iat far in the future is a time", { iat: 1e30 }, IAT_EARLY],
  ])("%s", (_name, claims, expected) => {
    expect(judge(claims)).toBe(expected)
  })

  test.each<[string, string, string]>([
    ["183: nbf beyond all numbers is refused", '{"nbf":1e400}', MALFORMED],
    ["184: iat beyond all numbers is refused", '{"iat":1e400}', IAT_MALFORMED],
  ])("%s", (_name, payload, expected) => {
    const token = rawToken(JSON.stringify(HS256_HEADER), payload)
    expect(outcome(() => dec(token, { now: NOW }))).toBe(expected)
  })
})

describe("checks and leeway", () => {
  test.each<[string, object, DecodeOptions, string]>([
    ["188: a token that ended a second ago is refused", { exp: NOW - 1 }, {}, EXPIRED],
    ["189: a token that begins in ten seconds is refused", { nbf: NOW + 10 }, {}, NBF_EARLY],
    ["189: a token issued in ten seconds is refused", { iat: NOW + 10 }, {}, IAT_EARLY],
    ["190: exp within a leeway of five seconds", { exp: NOW - 2 }, { leeway: 5 }, OK],
    ["190: exp within a leeway in words", { exp: NOW - 2 }, { leeway: "5s" }, OK],
    ["190: exp within a leeway as an object", { exp: NOW - 2 }, { leeway: { seconds: 5 } }, OK],
    ["190: exp beyond a leeway of one second", { exp: NOW - 2 }, { leeway: 1 }, EXPIRED],
    ["190: exp beyond a leeway in words", { exp: NOW - 2 }, { leeway: "1s" }, EXPIRED],
    ["191: nbf within the leeway", { nbf: NOW + 10 }, { leeway: 13 }, OK],
    ["191: nbf beyond the leeway", { nbf: NOW + 10 }, { leeway: 1 }, NBF_EARLY],
    ["192: exp is not checked if so asked", { exp: NOW - 1 }, { verify: { exp: false } }, OK],
    ["192: nbf is not checked if so asked", { nbf: NOW + 10 }, { verify: { nbf: false } }, OK],
    ["192: iat is not checked if so asked", { iat: NOW + 86_400 }, { verify: { iat: false } }, OK],
    ["193: without the signature exp is not checked", { exp: NOW - 1 }, { verify: { signature: false } }, OK],
    [
      "193: without the signature exp is checked if so asked",
      { exp: NOW - 1 },
      { verify: { signature: false, exp: true } },
      EXPIRED,
    ],
    // differs: section 9.11: PyJWT accepts these and with them every token.
    ["194: a leeway of NaN is refused", { exp: 1 }, { leeway: Number.NaN }, WRONG_OPTION],
    ["194: an infinite leeway is refused", { exp: 1 }, { leeway: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["194: a leeway of eleven minutes is refused", { exp: 1 }, { leeway: "11m" }, WRONG_OPTION],
    [
      "194: a leeway of eleven minutes is possible if so asked",
      { exp: NOW - 660 + 1 },
      { leeway: "11m", unsafeLeeway: true },
      OK,
    ],
    ["195: a leeway of null is refused", { exp: NOW + 9 }, { leeway: untyped(null) }, WRONG_OPTION],
    ["195: a leeway of digits without unit is refused", { exp: NOW + 9 }, { leeway: "5" }, WRONG_OPTION],
  ])("%s", (_name, claims, options, expected) => {
    expect(judge(claims, options)).toBe(expected)
  })

  test("188, 189: the errors carry the moment", () => {
    const expired = errorOf(() => dec(hs({ exp: NOW - 1 }), { now: NOW }))
    expect(expired instanceof ExpiredSignatureError && expired.expiredAt).toEqual(new Date((NOW - 1) * 1000))
    const old = errorOf(() => dec(hs({ iat: NOW - 61 }), { now: NOW, maxAge: 60 }))
    expect(old instanceof ExpiredSignatureError && old.expiredAt).toEqual(new Date((NOW - 1) * 1000))
    const early = errorOf(() => dec(hs({ nbf: NOW + 10 }), { now: NOW }))
    expect(early instanceof ImmatureSignatureError && early.validFrom).toEqual(new Date((NOW + 10) * 1000))
  })
})
