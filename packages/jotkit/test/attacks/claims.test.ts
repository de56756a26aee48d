/** Attacks on the rules for claims: C1 to C28. */
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  type EncodeOptions,
  ExpiredSignatureError,
  encode,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, expectAccepted, expectRefused, JWS_DOORS, JWT_DOORS, outcome, outcomeOf } from "./doors.ts"
import { CLAIMS, claimsToken, HS256, headerToken, MARK, NOW, SECRET, token, untyped } from "./material.ts"

const EXPIRED = "ExpiredSignatureError token_expired"
const TOO_OLD = "ExpiredSignatureError token_too_old"
const EARLY = "ImmatureSignatureError token_not_yet_valid"
const FUTURE = "ImmatureSignatureError issued_at_in_future"
const MALFORMED = "DecodeError claim_malformed"
const MISSING = "MissingRequiredClaimError claim_missing"
const WRONG_ISSUER = "InvalidIssuerError issuer_invalid"
const WRONG_AUDIENCE = "InvalidAudienceError audience_invalid"
const UNEXPECTED_AUDIENCE = "InvalidAudienceError audience_unexpected"
const PAYLOAD = "DecodeError payload_invalid"
const WRONG_OPTION = "UsageError option_invalid"
const WRONG_CLAIMS = "UsageError claims_invalid"
const FORGED = "InvalidSignatureError signature_invalid"
const ACCEPTED = "accepted"
const YEAR_10000 = 253_402_300_800

type Row = readonly [name: string, claims: unknown, options: DecodeOptions, expected: string]

/** Claims as JSON text where JavaScript cannot write them. */
async function expectJudged(claims: unknown, options: DecodeOptions, expected: string): Promise<void> {
  const attempt = { token: token({ alg: "HS256", typ: "JWT" }, claims), options: { ...HS256, ...options } }
  if (expected === ACCEPTED) await expectAccepted(attempt, JWT_DOORS)
  else await expectRefused(attempt, expected, JWT_DOORS)
}

describe("exp", () => {
  test.each<Row>([
    ["C1: one second before", { exp: NOW + 1 }, {}, ACCEPTED],
    ["C1: now", { exp: NOW }, {}, EXPIRED],
    ["C1: one second after", { exp: NOW - 1 }, {}, EXPIRED],
    ["C1: four seconds ago with five of leeway", { exp: NOW - 4 }, { leeway: 5 }, ACCEPTED],
    ["C1: five seconds ago with five of leeway", { exp: NOW - 5 }, { leeway: 5 }, EXPIRED],
    ["C1: six seconds ago with five of leeway", { exp: NOW - 6 }, { leeway: 5 }, EXPIRED],
    ["C2: a text", { exp: String(NOW + 60) }, {}, MALFORMED],
    ["C2: a date in text", { exp: "2099-01-01T00:00:00Z" }, {}, MALFORMED],
    ["C2: an empty text", { exp: "" }, {}, MALFORMED],
    ["C2: null", { exp: null }, {}, MALFORMED],
    ["C2: true", { exp: true }, {}, MALFORMED],
    ["C2: false", { exp: false }, {}, MALFORMED],
    ["C2: an empty array", { exp: [] }, {}, MALFORMED],
    ["C2: an array with the time", { exp: [NOW + 60] }, {}, MALFORMED],
    ["C2: an object", { exp: {} }, {}, MALFORMED],
    ["C2: an object with valueOf", { exp: { valueOf: NOW + 60 } }, {}, MALFORMED],
    ["C3: zero", { exp: 0 }, {}, EXPIRED],
    ["C3: minus zero", '{"exp":-0}', {}, EXPIRED],
    ["C3: minus one", { exp: -1 }, {}, EXPIRED],
    ["C3: far in the past", { exp: -1e15 }, {}, EXPIRED],
    ["C3: farther than a Date can say", { exp: -1e300 }, {}, EXPIRED],
    ["C4: 1e400", '{"exp":1e400}', {}, MALFORMED],
    ["C4: -1e400", '{"exp":-1e400}', {}, MALFORMED],
    ["C4: 400 digits", `{"exp":1${"0".repeat(400)}}`, {}, MALFORMED],
    ["C5: half a second before", { exp: NOW + 0.5 }, {}, ACCEPTED],
    ["C5: half a second after", { exp: NOW - 0.5 }, {}, EXPIRED],
    ["C5: with an exponent, before", '{"exp":1.7000001e9}', {}, ACCEPTED],
    ["C5: with an exponent, after", '{"exp":1.6999999e9}', {}, EXPIRED],
    ["C6: in milliseconds", { exp: NOW * 1000 }, {}, ACCEPTED],
    ["C27: in 2038", { exp: 2_147_483_649 }, { now: 2_147_483_648 }, ACCEPTED],
    ["C27: after 2038", { exp: 2_147_483_648 }, { now: 2_147_483_648 }, EXPIRED],
    ["C27: in 2100", { exp: 4_102_444_801 }, { now: 4_102_444_800 }, ACCEPTED],
    ["C27: a leap second later", { exp: 1_483_228_799 }, { now: 1_483_228_800 }, EXPIRED],
    ["C27: before 1970", { exp: -5 }, { now: -6 }, ACCEPTED],
  ])("%s", async (_name, claims, options, expected) => {
    await expectJudged(claims, options, expected)
  })

  test("C6: over the year 9999 is not written", () => {
    for (const exp of [NOW * 1000, YEAR_10000, Number.MAX_SAFE_INTEGER])
      expect(outcome(() => encode({ exp }, SECRET))).toBe(WRONG_CLAIMS)
    expect(outcome(() => encode({ exp: YEAR_10000 - 1 }, SECRET))).toBe(ACCEPTED)
    expect(outcome(() => encode({}, SECRET, { expiresIn: "999999w", now: NOW }))).toBe(WRONG_CLAIMS)
  })

  test("C27: a clock that goes back makes a token valid again, and no more", () => {
    let now = NOW
    const verifier = new Verifier({ key: SECRET, algorithms: ["HS256"], now: () => now, cache: true })
    const genuine = claimsToken({ exp: NOW + 10 })
    expect(outcome(() => verifier.verify(genuine))).toBe(ACCEPTED)
    now = NOW + 10
    expect(outcome(() => verifier.verify(genuine))).toBe(EXPIRED)
    now = NOW + 9
    expect(outcome(() => verifier.verify(genuine))).toBe(ACCEPTED)
  })
})

describe("nbf and iat", () => {
  test.each<Row>([
    ["C7: now", { nbf: NOW }, {}, ACCEPTED],
    ["C7: one second later", { nbf: NOW + 1 }, {}, EARLY],
    ["C7: five seconds later with five of leeway", { nbf: NOW + 5 }, { leeway: 5 }, ACCEPTED],
    ["C7: six seconds later with five of leeway", { nbf: NOW + 6 }, { leeway: 5 }, EARLY],
    ["C7: a text", { nbf: "0" }, {}, MALFORMED],
    ["C7: null", { nbf: null }, {}, MALFORMED],
    ["C7: true", { nbf: true }, {}, MALFORMED],
    ["C7: an array", { nbf: [0] }, {}, MALFORMED],
    ["C7: 1e400", '{"nbf":1e400}', {}, MALFORMED],
    ["C7: -1e400", '{"nbf":-1e400}', {}, MALFORMED],
    ["C8: a text", { iat: String(NOW) }, {}, "InvalidIssuedAtError issued_at_invalid"],
    ["C8: null", { iat: null }, {}, "InvalidIssuedAtError issued_at_invalid"],
    ["C8: true", { iat: true }, {}, "InvalidIssuedAtError issued_at_invalid"],
    ["C8: 1e400", '{"iat":1e400}', {}, "InvalidIssuedAtError issued_at_invalid"],
    ["C8: an object", { iat: {} }, {}, "InvalidIssuedAtError issued_at_invalid"],
    ["C8: in the future", { iat: NOW + 1 }, {}, FUTURE],
    ["C8: in the future, with maxAge", { iat: NOW + 1 }, { maxAge: 60 }, FUTURE],
    ["C8: missing, with maxAge", {}, { maxAge: 60 }, MISSING],
    ["C8: null, with maxAge and no check of iat", { iat: null }, { maxAge: 60, verify: { iat: false } }, MISSING],
    [
      "C8: a text, with maxAge and no check of iat",
      { iat: "0" },
      { maxAge: 60, verify: { iat: false } },
      "InvalidIssuedAtError issued_at_invalid",
    ],
    ["C9: as old as it may be", { iat: NOW - 60 }, { maxAge: 60 }, ACCEPTED],
    ["C9: a second older", { iat: NOW - 61 }, { maxAge: 60 }, TOO_OLD],
    ["C9: a second older, with leeway", { iat: NOW - 61 }, { maxAge: "1m", leeway: 1 }, ACCEPTED],
    ["C9: two seconds older, with leeway of one", { iat: NOW - 62 }, { maxAge: "1m", leeway: 1 }, TOO_OLD],
    ["C9: no age at all", { iat: NOW }, { maxAge: 0 }, ACCEPTED],
    ["C9: a second, where none is allowed", { iat: NOW - 1 }, { maxAge: 0 }, TOO_OLD],
    ["C9: a negative age", { iat: NOW + 100 }, { maxAge: 60, leeway: 10 }, FUTURE],
    ["C9: an hour in words", { iat: NOW - 3601 }, { maxAge: "1h" }, TOO_OLD],
  ])("%s", async (_name, claims, options, expected) => {
    await expectJudged(claims, options, expected)
  })

  test.each<[string, unknown]>([
    ["C9: NaN", Number.NaN],
    ["C9: Infinity", Number.POSITIVE_INFINITY],
    ["C9: negative", -1],
    ["C9: words that are no duration", "an hour"],
    ["C9: an empty text", ""],
    ["C9: null", null],
    ["C9: true", true],
    ["C9: an empty object", {}],
    ["C9: a sum that is infinite", { hours: 1e308 }],
    ["C9: a sum that is no number", { weeks: 1e308, hours: -1e308 }],
    ["C9: months", { months: 1 }],
    ["C9: a misspelt unit", { hours: 1, minuets: 5 }],
  ])("%s is no maxAge", (_name, maxAge) => {
    expect(outcome(() => new Verifier({ key: SECRET, ...HS256, maxAge: untyped(maxAge) }))).toBe(WRONG_OPTION)
    expect(outcome(() => decode(claimsToken({ iat: 0 }), SECRET, { ...HS256, maxAge: untyped(maxAge) }))).toBe(
      WRONG_OPTION,
    )
  })

  test.each<[string, object]>([
    ["C10: now is NaN", { now: Number.NaN }],
    ["C10: now is Infinity", { now: Number.POSITIVE_INFINITY }],
    ["C10: now is a text", { now: "1700000000" }],
    ["C10: now is null", { now: null }],
    ["C10: now is an invalid Date", { now: new Date(Number.NaN) }],
    ["C10: leeway is NaN", { leeway: Number.NaN }],
    ["C10: leeway is Infinity", { leeway: Number.POSITIVE_INFINITY }],
    ["C10: leeway is negative", { leeway: -1 }],
    ["C10: leeway is 601 seconds", { leeway: 601 }],
    ["C10: leeway is eleven minutes", { leeway: "PT11M" }],
    ["C10: leeway is infinite although it may be long", { leeway: Number.POSITIVE_INFINITY, unsafeLeeway: true }],
    ["C10: leeway is a sum that is infinite although it may be long", { leeway: { hours: 1e308 }, unsafeLeeway: true }],
    ["C10: leeway is a sum that is no number", { leeway: { weeks: 1e308, hours: -1e308 } }],
    [
      "C10: leeway is a sum that is no number although it may be long",
      { leeway: { weeks: 1e308, hours: -1e308 }, unsafeLeeway: true },
    ],
    ["C10: leeway is true", { leeway: true }],
    ["C10: leeway is an array", { leeway: [] }],
    ["C10: leeway is null", { leeway: null }],
  ])("%s: no verifier is made", (_name, options) => {
    expect(outcome(() => new Verifier({ key: SECRET, ...HS256, ...options }))).toBe(WRONG_OPTION)
    expect(outcome(() => decode(claimsToken({ exp: 1 }), SECRET, { ...HS256, ...options }))).toBe(WRONG_OPTION)
  })

  test("C10: 600 seconds of leeway are allowed, and more where the caller says so", async () => {
    await expectJudged({ exp: NOW - 599 }, { leeway: 600 }, ACCEPTED)
    await expectJudged({ exp: NOW - 3599 }, { leeway: "1h", unsafeLeeway: true }, ACCEPTED)
  })

  test.each<[string, () => unknown]>([
    ["C10: NaN", () => Number.NaN],
    ["C10: Infinity", () => Number.POSITIVE_INFINITY],
    ["C10: a text", () => "1700000000"],
    ["C10: undefined", () => undefined],
    ["C10: a promise", () => Promise.resolve(NOW)],
    [
      "C10: an error",
      () => {
        throw new RangeError("the clock is broken")
      },
    ],
  ])("a clock that answers with %s accepts nothing", async (_name, now) => {
    for (const exp of [1, NOW + 60])
      await expectRefused(
        { token: claimsToken({ exp }), options: { algorithms: ["HS256"], now: untyped(now) } },
        /^UsageError (option_invalid|callback_failed)$/,
        JWT_DOORS,
      )
    expect(outcome(() => encode({}, SECRET, { expiresIn: 60, now: untyped(now) }))).toMatch(
      /^UsageError (option_invalid|callback_failed)$/,
    )
  })
})

describe("iss", () => {
  const issuer = "https://a.example"
  test.each<Row>([
    ["C11: a part of the expected one", { iss: "a" }, { issuer }, WRONG_ISSUER],
    ["C11: a prefix of the expected one", { iss: "https://a" }, { issuer }, WRONG_ISSUER],
    ["C11: an empty text", { iss: "" }, { issuer }, WRONG_ISSUER],
    ["C11: more than the expected one", { iss: "https://a.example.evil" }, { issuer }, WRONG_ISSUER],
    ["C11: the expected one in an array", { iss: [issuer] }, { issuer }, WRONG_ISSUER],
    ["C11: the expected one among others", { iss: ["https://evil.example", issuer] }, { issuer }, WRONG_ISSUER],
    ["C11: an object", { iss: { [issuer]: true } }, { issuer }, WRONG_ISSUER],
    ["C11: null", { iss: null }, { issuer }, WRONG_ISSUER],
    ["C11: a number where none is expected", { iss: 5 }, {}, WRONG_ISSUER],
    ["C11: an array where none is expected", { iss: [issuer] }, {}, WRONG_ISSUER],
    ["C12: a slash behind", { iss: `${issuer}/` }, { issuer }, WRONG_ISSUER],
    ["C12: the port", { iss: `${issuer}:443` }, { issuer }, WRONG_ISSUER],
    ["C12: another case", { iss: "https://A.example" }, { issuer }, WRONG_ISSUER],
    ["C12: percent-encoded", { iss: "https://%61.example" }, { issuer }, WRONG_ISSUER],
    [
      "C12: composed and decomposed",
      { iss: "https://\u00e9.example" },
      { issuer: "https://e\u0301.example" },
      WRONG_ISSUER,
    ],
    ["C12: a space behind", { iss: `${issuer} ` }, { issuer }, WRONG_ISSUER],
    ["C13: one of several", { iss: issuer }, { issuer: ["https://b.example", issuer] }, ACCEPTED],
    ["C13: none of several", { iss: "https://c.example" }, { issuer: ["https://b.example", issuer] }, WRONG_ISSUER],
    // Where attacks.md refuses the option, the contract says that an empty list matches nothing.
    ["C13: an empty list", { iss: issuer }, { issuer: [] }, WRONG_ISSUER],
    ["C13: an empty list and no claim", {}, { issuer: [] }, MISSING],
    ["C13: names joined in one text", { iss: issuer }, { issuer: `https://b.example,${issuer}` }, WRONG_ISSUER],
    [
      "C13: the joined text as the claim",
      { iss: `https://b.example,${issuer}` },
      { issuer: ["https://b.example", issuer] },
      WRONG_ISSUER,
    ],
    ["C14: missing", {}, { issuer }, MISSING],
    ["C14: only inherited", `{"__proto__":{"iss":"${issuer}"}}`, { issuer }, MISSING],
  ])("%s", async (_name, claims, options, expected) => {
    await expectJudged(claims, options, expected)
  })

  test.each<[string, unknown]>([
    ["C13: null", null],
    ["C13: a number", 5],
    ["C13: a number in a list", ["a", 5]],
    ["C13: a Set", new Set(["a"])],
    ["C23: a RegExp", /a/g],
    ["C23: a RegExp in a list", [/a/y]],
    ["C23: a slow RegExp", /(a+)+$/],
    ["C24: a function", () => true],
  ])("%s is no issuer, audience, subject or id", (_name, value) => {
    for (const option of ["issuer", "audience", "subject", "jwtId", "typ"])
      expect(outcome(() => new Verifier({ key: SECRET, ...HS256, [option]: untyped(value) }))).toBe(WRONG_OPTION)
  })
})

describe("aud", () => {
  const audience = "api"
  test.each<Row>([
    ["C15: an empty array", { aud: [] }, { audience }, MISSING],
    ["C15: an empty text in an array", { aud: [""] }, { audience }, WRONG_AUDIENCE],
    ["C15: an empty text", { aud: "" }, { audience }, MISSING],
    ["C15: an empty text where an empty one is expected", { aud: "" }, { audience: "" }, MISSING],
    ["C15: an empty array where an empty text is expected", { aud: [] }, { audience: "" }, MISSING],
    ["C16: a number beside it", { aud: [1, "api"] }, { audience }, WRONG_AUDIENCE],
    ["C16: a number behind it", { aud: ["api", 1] }, { audience }, WRONG_AUDIENCE],
    ["C16: null beside it", { aud: [null, "api"] }, { audience }, WRONG_AUDIENCE],
    ["C16: in an array in an array", { aud: [["api"]] }, { audience }, WRONG_AUDIENCE],
    ["C16: an object with the name", { aud: { api: true } }, { audience }, WRONG_AUDIENCE],
    ["C16: an object like an array", { aud: { 0: "api", length: 1 } }, { audience }, WRONG_AUDIENCE],
    ["C16: behind a comma", { aud: "x,api" }, { audience }, WRONG_AUDIENCE],
    ["C16: behind a space", { aud: "x api" }, { audience }, WRONG_AUDIENCE],
    ["C16: more than the name", { aud: "apis" }, { audience }, WRONG_AUDIENCE],
    ["C16: a part of the name", { aud: "a" }, { audience }, WRONG_AUDIENCE],
    ["C16: another case", { aud: "API" }, { audience }, WRONG_AUDIENCE],
    ["C16: true", { aud: true }, { audience }, WRONG_AUDIENCE],
    ["C16: a number", { aud: 1 }, { audience }, WRONG_AUDIENCE],
    ["C16: one of several", { aud: ["x", "api"] }, { audience }, ACCEPTED],
    ["C16: one of several, strictly", { aud: ["x", "api"] }, { audience, strictAudience: true }, WRONG_AUDIENCE],
    ["C16: the one in an array, strictly", { aud: ["api"] }, { audience, strictAudience: true }, WRONG_AUDIENCE],
    ["C16: an empty list of expected ones", { aud: "api" }, { audience: [] }, WRONG_AUDIENCE],
    ["C17: not asked for", { aud: "api" }, {}, UNEXPECTED_AUDIENCE],
    ["C17: several, not asked for", { aud: ["api", "x"] }, {}, UNEXPECTED_AUDIENCE],
    ["C17: an odd one, not asked for", { aud: [1] }, {}, WRONG_AUDIENCE],
    ["C17: zero, not asked for", { aud: 0 }, {}, WRONG_AUDIENCE],
    ["C17: not asked for, and said so", { aud: "api" }, { verify: { aud: false } }, ACCEPTED],
    ["C14: missing", {}, { audience }, MISSING],
    ["C14: null", { aud: null }, { audience }, MISSING],
  ])("%s", async (_name, claims, options, expected) => {
    await expectJudged(claims, options, expected)
  })
})

describe("sub, jti and required claims", () => {
  test.each<Row>([
    ["C14: sub missing", {}, { subject: "a" }, MISSING],
    ["C14: jti missing", {}, { jwtId: "a" }, MISSING],
    ...(
      [
        ["sub", "subject", "InvalidSubjectError subject_invalid"],
        ["jti", "jwtId", "InvalidJtiError jwt_id_invalid"],
      ] as const
    ).flatMap(([claim, option, expected]) =>
      [5, 0, ["a"], [], null, {}, true, false].flatMap((value): Row[] => [
        [`C18: ${claim} is ${JSON.stringify(value)}`, { [claim]: value }, {}, expected],
        [`C18: ${claim} is ${JSON.stringify(value)}, with a rule`, { [claim]: value }, { [option]: "a" }, expected],
      ]),
    ),
    ["C18: sub is another text", { sub: "ab" }, { subject: "a" }, "InvalidSubjectError subject_invalid"],
    ["C18: jti is another text", { jti: "A" }, { jwtId: "a" }, "InvalidJtiError jwt_id_invalid"],
    ["C18: sub is the empty text that is expected", { sub: "" }, { subject: "" }, ACCEPTED],
    ["C19: toString", {}, { require: ["toString"] }, MISSING],
    ["C19: constructor", {}, { require: ["constructor"] }, MISSING],
    ["C19: __proto__", {}, { require: ["__proto__"] }, MISSING],
    ["C19: hasOwnProperty", {}, { require: ["hasOwnProperty"] }, MISSING],
    ["C19: a claim that only __proto__ has", '{"__proto__":{"role":"admin"}}', { require: ["role"] }, MISSING],
    ["C19: exp that only __proto__ has", `{"__proto__":{"exp":${NOW + 60}}}`, { require: ["exp"] }, MISSING],
    ["C19: null", { role: null }, { require: ["role"] }, MISSING],
    ["C19: an own toString", { toString: 1 }, { require: ["toString"] }, ACCEPTED],
    ["C20: false", { x: false }, { require: ["x"] }, ACCEPTED],
    ["C20: zero", { x: 0 }, { require: ["x"] }, ACCEPTED],
    ["C20: an empty text", { x: "" }, { require: ["x"] }, ACCEPTED],
    ["C20: an empty array", { x: [] }, { require: ["x"] }, ACCEPTED],
  ])("%s", async (_name, claims, options, expected) => {
    await expectJudged(claims, options, expected)
  })

  test.each<[string, unknown]>([
    ["C19: a text", "exp"],
    ["C19: null", null],
    ["C19: an object", { exp: true }],
    ["C19: a number in it", ["exp", 1]],
  ])("%s is no list of required claims", (_name, require) => {
    expect(outcome(() => new Verifier({ key: SECRET, ...HS256, require: untyped(require) }))).toBe(WRONG_OPTION)
  })
})

describe("a payload that is no claims set", () => {
  const rules = { issuer: "a", audience: "b", subject: "c", require: ["exp"] }
  test.each<[string, string]>([
    ["C21: an empty array", "[]"],
    ["C21: an array with claims", JSON.stringify([{ ...CLAIMS, iss: "a", aud: "b", sub: "c" }])],
    ["C22: null", "null"],
    ["C22: a text", '"claims"'],
    ["C22: a number", "5"],
    ["C22: true", "true"],
    ["C22: white space", " "],
    ["C22: no JSON", "hello world"],
    ["C22: two objects", "{}{}"],
    ["C22: a comma behind", '{"a":1,}'],
    ["C22: cut", '{"a":1'],
  ])("%s", async (_name, payload) => {
    const hostile = token({ alg: "HS256" }, payload)
    await expectRefused({ token: hostile }, PAYLOAD, JWT_DOORS)
    await expectRefused({ token: hostile, options: { ...HS256, ...rules } }, PAYLOAD, JWT_DOORS)
    await expectAccepted({ token: hostile }, JWS_DOORS)
    expect(Buffer.from(verifyJws(hostile, SECRET, { algorithms: ["HS256"] }).payload).toString()).toBe(payload)
  })
})

describe("functions of the caller's", () => {
  function schema(validate: unknown): DecodeOptions {
    return untyped({ ...HS256, schema: { "~standard": { version: 1, vendor: "test", validate } } })
  }

  test.each<[string, unknown]>([
    ["C24: undefined", () => undefined],
    ["C24: null", () => null],
    ["C24: true", () => true],
    ["C24: a text", () => "ok"],
    ["C24: an empty object", () => ({})],
    ["C24: issues null", () => ({ issues: null, value: CLAIMS })],
    ["C24: issues empty", () => ({ issues: [], value: CLAIMS })],
    ["C24: issues and a value", () => ({ issues: [{ message: "no" }], value: CLAIMS })],
    [
      "C24: an error",
      () => {
        throw new TypeError("the validator is broken")
      },
    ],
    ["C24: a rejected promise", () => Promise.reject(new Error("the validator is broken"))],
    ["C24: a promise of undefined", () => Promise.resolve(undefined)],
  ])("a validator that answers with %s accepts nothing", async (_name, validate) => {
    const attempt = () => decodeAsync(claimsToken(CLAIMS), SECRET, schema(validate))
    expect(await outcomeOf(attempt)).toMatch(/^(InvalidClaimsError claims_rejected|UsageError callback_failed)$/)
    expect(outcome(() => decode(claimsToken(CLAIMS), SECRET, schema(validate)))).not.toMatch(/^(accepted|leaked)/)
  })

  test("C24: a validator is not asked about claims that break a rule", async () => {
    const validate = (): never => {
      throw new Error("asked")
    }
    expect(await outcomeOf(() => decodeAsync(claimsToken({ exp: 1 }), SECRET, schema(validate)))).toBe(EXPIRED)
  })

  test("C24: a promise in the synchronous form is an error of the call", () => {
    const validate = async () => ({ value: CLAIMS })
    expect(outcome(() => decode(claimsToken(CLAIMS), SECRET, schema(validate)))).toBe("UsageError async_required")
  })

  test("C24: a reviver that fails is an error of the call", () => {
    const reviver = (): never => {
      throw new Error("the reviver is broken")
    }
    expect(outcome(() => decode(claimsToken(CLAIMS), SECRET, { ...HS256, reviver }))).toBe("UsageError callback_failed")
  })

  test("C24: a reviver does not take claims away from the rules", async () => {
    const dropping = (name: string, value: unknown): unknown => (name === "exp" ? undefined : value)
    await expectJudged({ exp: NOW + 60 }, { reviver: dropping, require: ["exp"] }, MISSING)
    await expectJudged(
      { exp: NOW + 60 },
      { reviver: (name, value) => (name === "exp" ? String(value) : value) },
      MALFORMED,
    )
    await expectJudged({ exp: NOW + 60 }, { reviver: () => 5 }, PAYLOAD)
  })
})

describe("answers", () => {
  test("C25: are fresh for each call, with and without a cache", () => {
    for (const cache of [false, true]) {
      const verifier = new Verifier({ key: SECRET, ...HS256, cache })
      for (const claims of [
        { sub: "a", exp: NOW + 60 },
        { sub: "a", roles: ["user"], nested: { a: [1] } },
      ]) {
        const genuine = claimsToken(claims)
        const first = verifier.verifyComplete(genuine)
        Object.assign(first.payload, { sub: "admin", exp: 1 })
        Object.assign(first.header, { alg: "none" })
        first.signature.fill(0)
        if (Array.isArray(first.payload["roles"])) first.payload["roles"].push("admin")
        expect(verifier.verify(genuine)).toEqual(claims)
        expect(verifier.verifyComplete(genuine).header).toEqual({ alg: "HS256", typ: "JWT" })
        expect(verifier.verifyComplete(genuine).signature.some((byte) => byte !== 0)).toBe(true)
      }
    }
  })

  test("C25: what happens to the claims of one hit is not seen by the next", () => {
    const verifier = new Verifier({ key: SECRET, ...HS256, cache: true })
    const claims = { sub: "a", roles: ["user"], deep: { list: [{ n: 1 }] } }
    const genuine = claimsToken(claims)
    for (let hit = 0; hit < 3; hit++) {
      const read = verifier.verify(genuine) as typeof claims
      expect(read).toEqual(claims)
      read.roles.push("admin")
      Object.assign(read.deep.list[0] ?? {}, { n: 2 })
    }
  })

  test("C25: a reviver makes its values anew for each hit, whatever they are", () => {
    const made: object[] = []
    const reviver = (name: string, value: unknown): unknown => {
      if (name !== "it") return value
      const round: { self?: object } = {}
      round.self = round
      made.push(round)
      return round
    }
    const verifier = new Verifier({ key: SECRET, ...HS256, reviver, cache: true })
    const genuine = claimsToken({ it: 1 })
    const read = [verifier.verify(genuine), verifier.verify(genuine)]
    expect(read.map((claims) => claims["it"])).toEqual(made)
    expect(made[0]).not.toBe(made[1])
  })

  test.each<[string, object, DecodeOptions]>([
    ["C26: expired", { exp: 1 }, {}],
    ["C26: for another audience", { aud: "x" }, { audience: "y" }],
    ["C26: no JSON object", [], {}],
    ["C26: malformed", { exp: "x", iss: 5 }, {}],
  ])("%s and badly signed: the signature is reported", async (_name, claims, options) => {
    const hostile = token({ alg: "HS256" }, claims, "another secret that is long enough")
    await expectRefused({ token: hostile, options: { ...HS256, ...options } }, FORGED)
  })

  test("C26: claims that are no JSON and badly signed: the signature is reported", async () => {
    await expectRefused(
      { token: token({ alg: "HS256" }, '{"a":1,"a":2', "another secret that is long enough") },
      FORGED,
    )
  })

  test("C26: claims that are refused stand in no error", () => {
    const hostile = claimsToken({
      exp: MARK,
      nbf: [MARK],
      iat: MARK,
      iss: [MARK],
      aud: [5, MARK],
      sub: { MARK },
      jti: [MARK],
      [MARK]: MARK,
    })
    const options = {
      ...HS256,
      require: ["x"],
      audience: "a",
      issuer: "b",
      subject: "c",
      jwtId: "d",
      maxAge: 5,
      typ: "x",
    }
    expect(outcome(() => decode(hostile, SECRET, options))).toBe("InvalidTypeError type_invalid")
    const error = errorOf(() => decode(hostile, SECRET, options))
    expect(error.violations.map(({ claim }) => claim)).toEqual([
      "typ",
      "x",
      "iat",
      "nbf",
      "exp",
      "iss",
      "aud",
      "sub",
      "jti",
      "iat",
    ])
    expect(JSON.stringify([error, error.violations])).not.toContain(MARK)
  })

  test("C3: the moment of expiry is a Date, whatever the claim says", () => {
    for (const exp of [-1e300, -1, 0, NOW]) {
      const error = errorOf(() => decode(claimsToken({ exp }), SECRET, HS256))
      expect(error).toBeInstanceOf(ExpiredSignatureError)
      expect((error as ExpiredSignatureError).expiredAt).toBeInstanceOf(Date)
    }
  })
})

describe("on the way out", () => {
  test.each<[string, object, EncodeOptions, string]>([
    ["C28: exp before nbf", { exp: NOW, nbf: NOW + 1 }, {}, WRONG_CLAIMS],
    // PyJWT's case 40: one moment for all of them may be written, although no reader without leeway accepts it.
    ["C28: exp at nbf", { exp: NOW, nbf: NOW }, {}, ACCEPTED],
    ["C28: expiresIn before notBefore", {}, { expiresIn: 60, notBefore: 61 }, WRONG_CLAIMS],
    ["C28: a lifetime of zero", {}, { expiresIn: 0 }, WRONG_OPTION],
    ["C28: a negative lifetime", {}, { expiresIn: -1 }, WRONG_OPTION],
    ["C28: a lifetime in words that are none", {}, { expiresIn: "10 minutes" }, WRONG_OPTION],
    ["C28: a lifetime without a unit", {}, { expiresIn: "10" }, WRONG_OPTION],
    ["C28: a negative lifetime in words", {}, { expiresIn: "-5m" }, WRONG_OPTION],
    ["C28: NaN", {}, { expiresIn: Number.NaN }, WRONG_OPTION],
    ["C28: Infinity", {}, { expiresIn: Number.POSITIVE_INFINITY }, WRONG_OPTION],
    ["C28: a sum that is no number", {}, { expiresIn: { weeks: 1e308, hours: -1e308 } }, WRONG_OPTION],
    ["C28: years", {}, { expiresIn: untyped({ years: 1 }) }, WRONG_OPTION],
    ["C28: a misspelt unit", {}, { expiresIn: untyped({ hours: 1, minuets: 5 }) }, WRONG_OPTION],
    ["C28: null", {}, { expiresIn: untyped(null) }, WRONG_OPTION],
    ["C28: true", {}, { expiresIn: untyped(true) }, WRONG_OPTION],
    ["C28: both exp and expiresIn", { exp: NOW + 5 }, { expiresIn: 60 }, WRONG_CLAIMS],
    ["C28: both nbf and notBefore", { nbf: NOW }, { notBefore: 0 }, WRONG_CLAIMS],
    ["C28: both iat and issuedAt", { iat: NOW }, { issuedAt: true }, WRONG_CLAIMS],
    ["C28: both iss and issuer", { iss: "a" }, { issuer: "a" }, WRONG_CLAIMS],
    ["C28: notBefore without a unit", {}, { notBefore: "soon" }, WRONG_OPTION],
    ["C28: an issuer that is no text", {}, { issuer: untyped(["a"]) }, WRONG_OPTION],
    ["C28: an empty jwtId", {}, { jwtId: "" }, "written"],
    ["C28: a replacer that is none", {}, { replacer: untyped(5) }, WRONG_OPTION],
    ["C28: a replacer that is null", {}, { replacer: untyped(null) }, WRONG_OPTION],
    [
      "C28: a replacer that fails",
      { a: 1 },
      {
        replacer: () => {
          throw new Error("no")
        },
      },
      "UsageError claims_invalid or callback_failed",
    ],
    ["C28: a replacer that leaves no object", { a: 1 }, { replacer: () => 5 }, WRONG_CLAIMS],
    [
      "C28: a replacer that breaks a rule",
      { sub: "a" },
      { replacer: (name, value) => (name === "sub" ? 5 : value) },
      WRONG_CLAIMS,
    ],
  ])("%s", (_name, claims, options, expected) => {
    const made = outcome(() => encode(claims, SECRET, { now: NOW, ...options }))
    if (expected === "written") expect(decode(encode(claims, SECRET, options), SECRET, HS256)).toEqual({ jti: "" })
    else if (expected.includes(" or "))
      expect(["UsageError claims_invalid", "UsageError callback_failed"]).toContain(made)
    else expect(made).toBe(expected)
  })

  test("C28: what is written is accepted", () => {
    const written = encode({}, SECRET, {
      now: NOW,
      expiresIn: "1h30m",
      notBefore: 0,
      issuedAt: true,
      jwtId: true,
      issuer: "i",
      subject: "s",
      audience: ["a"],
    })
    const claims = decode(written, SECRET, {
      ...HS256,
      audience: "a",
      issuer: "i",
      subject: "s",
      maxAge: 0,
      require: ["exp", "nbf", "iat", "jti"],
    })
    expect(claims).toMatchObject({ exp: NOW + 5400, nbf: NOW, iat: NOW })
    expect(outcome(() => decode(headerToken({}), SECRET, HS256))).toBe(ACCEPTED)
  })
})
