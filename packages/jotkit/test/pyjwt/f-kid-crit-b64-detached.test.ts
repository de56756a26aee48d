/** PyJWT, table F: key id, critical parameters, unencoded and detached payloads. */
import { decodeUnverified, getUnverifiedHeader, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import {
  dec,
  enc,
  GOOD_HEADER,
  HS256_HEADER,
  headerOf,
  hs,
  payloadText,
  rawToken,
  segment,
  signSegments,
} from "./tokens.ts"

const UNREADABLE = "DecodeError header_invalid"
const CRITICAL = "DecodeError crit_invalid"
const MALFORMED = "DecodeError token_malformed"
const OPTIONS = { algorithms: ["HS256"] }
const UNVERIFIED = { verify: { signature: false } }

const KID_123 =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6MTIzfQ.eyJzdWIiOiIxMjM0NTY3ODkwIn0.vs2WY54jfpKP3JGC73Vq5YlMsqM5oTZ1ZydT77SiZSk"
const KID_NULL = "eyJhbGciOiJIUzI1NiIsImtpZCI6bnVsbH0.eyJhIjoxfQ.eZpvitxRG7vcqOXOSAtHRDQLGfSbKA1IakhfD4aOvDU"
const CUSTOM_POLICY =
  "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieC1jdXN0b20tcG9saWN5Il0sInR5cCI6IkpXVCIsIngtY3VzdG9tLXBvbGljeSI6InJlcXVpcmUtbWZhIn0.eyJzdWIiOiJhdHRhY2tlciIsInJvbGUiOiJhZG1pbiJ9.QW40jrxoybUWOhH2XXD4Tf97tEiCnQCuM5PigbIk2vg"
const CRIT_EMPTY =
  "eyJhbGciOiJIUzI1NiIsImNyaXQiOltdLCJ0eXAiOiJKV1QifQ.aGVsbG8gd29ybGQ.kXZvXz89NpoRMlg02sA91qIYR53LyhEeRF9GboXmd8Y"
const CRIT_TEXT =
  "eyJhbGciOiJIUzI1NiIsImNyaXQiOiJiNjQiLCJ0eXAiOiJKV1QifQ.aGVsbG8gd29ybGQ.0tap4jn4iaRc39_OudPZVcpJckE5NiWgx7JSKdczD84"
const CRIT_NUMBER =
  "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsxMjNdLCJ0eXAiOiJKV1QifQ.aGVsbG8gd29ybGQ.Li00WuqdFpJ-tll3cXl0P2C4TAbS1jFmghTE8ufISeE"
const CRIT_ABSENT =
  "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiYjY0Il0sInR5cCI6IkpXVCJ9.aGVsbG8gd29ybGQ.7AmNEBetSsENMgnU9AkfQyccuRlk9W0Z5ICzKvnu_cY"

/** Calls that all have to refuse a bad header. */
const READERS: readonly [string, (token: string) => unknown][] = [
  ["decode", dec],
  ["decode without the signature", (token) => dec(token, UNVERIFIED)],
  ["verifyJws", (token) => verifyJws(token, "secret", OPTIONS)],
  ["getUnverifiedHeader", getUnverifiedHeader],
  ["decodeUnverified", decodeUnverified],
]

function withHeader(members: object): string {
  return hs({ a: 1 }, { ...HS256_HEADER, ...members })
}

describe.each(READERS)("%s", (_reader, read) => {
  test.each<[string, string, string]>([
    ["142: refuses kid as a number", KID_123, UNREADABLE],
    ["143: refuses kid null", KID_NULL, UNREADABLE],
    // differs: core-api: PyJWT checks neither typ nor cty.
    ["146: refuses typ as a number", withHeader({ typ: 1 }), UNREADABLE],
    ["146: refuses typ null", withHeader({ typ: null }), UNREADABLE],
    ["146: refuses cty as a number", withHeader({ cty: 1 }), UNREADABLE],
    ["148: refuses an empty crit", CRIT_EMPTY, CRITICAL],
    ["149: refuses crit as a text", CRIT_TEXT, CRITICAL],
    ["149: refuses crit null", withHeader({ crit: null }), CRITICAL],
    ["149: refuses crit as an object", withHeader({ crit: {} }), CRITICAL],
    ["150: refuses a number in crit", CRIT_NUMBER, CRITICAL],
    ["151: refuses crit that names an absent parameter", CRIT_ABSENT, CRITICAL],
    ["152: refuses a registered name in crit", withHeader({ crit: ["alg"] }), CRITICAL],
    ["152: refuses an unknown name in crit", withHeader({ crit: ["x"] }), CRITICAL],
    ["152: refuses an unknown name beside a known one", withHeader({ crit: ["b64", "x"], b64: true }), CRITICAL],
    // differs: section 9.18 and core-api: b64 is a boolean, and no name stands in crit twice.
    ["153: refuses b64 null in crit", withHeader({ crit: ["b64"], b64: null }), CRITICAL],
    ["153: refuses a name twice in crit", withHeader({ crit: ["b64", "b64"], b64: true }), CRITICAL],
    ["154: refuses b64 null", withHeader({ b64: null }), CRITICAL],
    ["154: refuses b64 as zero", withHeader({ b64: 0 }), CRITICAL],
    ["154: refuses b64 as a text", withHeader({ b64: "false" }), CRITICAL],
    ["154: refuses b64 as one", withHeader({ b64: 1 }), CRITICAL],
    ["144: accepts an empty kid", withHeader({ kid: "" }), "accepted"],
    ["153: accepts b64 true in crit", withHeader({ crit: ["b64"], b64: true }), "accepted"],
    ["154: accepts b64 true", withHeader({ b64: true }), "accepted"],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => read(token))).toBe(expected)
  })
})

describe.each(READERS.filter(([reader]) => reader !== "decodeUnverified"))("%s", (_reader, read) => {
  test.each<[string, string]>([
    ["147: refuses a critical parameter it does not understand", CUSTOM_POLICY],
    ["152: refuses the name of a claim in crit", withHeader({ crit: ["exp"], exp: 1 })],
  ])("%s", (_name, token) => {
    expect(outcome(() => read(token))).toBe(CRITICAL)
  })
})

test("147: a critical parameter that nobody understands can be shown", () => {
  // differs: core-api: decodeUnverified is for logs and debuggers; PyJWT has no such function.
  expect(decodeUnverified(CUSTOM_POLICY).header["x-custom-policy"]).toBe("require-mfa")
})

test("145: the header of a token whose key is unknown can be read", () => {
  expect(getUnverifiedHeader(withHeader({ kid: "toomanysecrets" }))["kid"]).toBe("toomanysecrets")
})

test("147: a critical parameter that the caller handles is accepted", () => {
  // differs: section 9.18: PyJWT has no such option.
  expect(dec(CUSTOM_POLICY, { crit: ["x-custom-policy"] })).toEqual({ sub: "attacker", role: "admin" })
  expect(outcome(() => dec(withHeader({ crit: ["x"] }), { crit: ["x"] }))).toBe(CRITICAL)
})

describe("an unencoded payload", () => {
  const raw = { alg: "HS256", b64: false, crit: ["b64"], typ: "JWT" }
  const helloWorld =
    "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sInR5cCI6IkpXVCJ9..UaicPm80ygXKko_c71X3mXydZ-oeoFMmS05gMznptuE"
  const withoutCrit =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2V9..65yNkX_ZH4A_6pHaTL_eI84OXOHtfl4K0k5UnlXZ8f4"
  const dollars = "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2V9..i4Ty9ZoEHxGkRg9E8TdYluF0TE8NwS9WbV7PWr6J1BA"
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

  test("155: is verified with the bytes that the caller has", () => {
    const { payload } = verifyJws(helloWorld, "secret", { ...OPTIONS, detachedPayload: bytes("hello world") })
    expect(Buffer.from(payload).toString()).toBe("hello world")
  })

  test("165: may hold claims", () => {
    const token = enc({ a: 1 }, { header: { b64: false } })
    expect(dec(token, { detachedPayload: bytes('{"a":1}') })).toEqual({ a: 1 })
  })

  test("163: is that of RFC 7797, section 4.2", () => {
    const key = Buffer.from(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
      "base64url",
    )
    const token =
      "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
    const { payload } = verifyJws(token, key, { ...OPTIONS, detachedPayload: bytes("$.02") })
    expect(Buffer.from(payload).toString()).toBe("$.02")
  })

  test.each<[string, string, string | undefined, string]>([
    ["156: does not hold with other bytes", helloWorld, "hello worlds", "InvalidSignatureError signature_invalid"],
    ["157: is refused without crit, and without the bytes", withoutCrit, undefined, CRITICAL],
    ["158: is refused without the bytes", helloWorld, undefined, "DecodeError payload_missing"],
    ["159: is refused without crit", dollars, "$.02", CRITICAL],
    [
      "160: is refused if the token holds a payload too",
      signSegments(`${segment(JSON.stringify(raw))}.e30`),
      "{}",
      "DecodeError payload_not_detached",
    ],
  ])("%s", (_name, token, detached, expected) => {
    const detachedPayload = detached === undefined ? undefined : bytes(detached)
    expect(outcome(() => verifyJws(token, "secret", { ...OPTIONS, detachedPayload }))).toBe(expected)
    expect(outcome(() => dec(token, { detachedPayload }))).toBe(expected)
  })

  test("158: is refused without the bytes where the signature is not checked", () => {
    expect(outcome(() => dec(helloWorld, UNVERIFIED))).toBe("DecodeError payload_missing")
  })

  test("158: never stands in a JWT itself", () => {
    const attached = signSegments(`${segment(JSON.stringify(raw))}.{"a":1}`)
    expect(outcome(() => dec(attached))).toMatch(/^DecodeError /)
    expect(outcome(() => dec(attached, UNVERIFIED))).toMatch(/^DecodeError /)
  })

  test("161: is not expected of an ordinary token", () => {
    expect(outcome(() => dec(hs({ a: 1 }), { detachedPayload: bytes('{"a":1}') }))).toBe(
      "DecodeError payload_not_detached",
    )
  })

  test("161: an ordinary token may be detached as well", () => {
    // differs: section 1.6: PyJWT does not read RFC 7515, appendix F.
    const token = enc({ a: 1 }, { detached: true })
    expect(token.split(".")[1]).toBe("")
    expect(dec(token, { detachedPayload: bytes('{"a":1}') })).toEqual({ a: 1 })
  })

  test("162: is given as bytes", () => {
    expect(
      outcome(() => verifyJws(helloWorld, "secret", { ...OPTIONS, detachedPayload: untyped("hello world") })),
    ).toBe("UsageError option_invalid")
  })

  test("164: is not what b64 true asks for", () => {
    const token = enc({ a: 1 }, { header: { b64: true } })
    expect(headerOf(token)).not.toHaveProperty("b64")
    expect(payloadText(token)).toBe('{"a":1}')
  })
})

describe("the header of a token that is not verified", () => {
  test.each<[string, string, string]>([
    ["166: is shown where the payload is not JSON", rawToken(JSON.stringify(HS256_HEADER), "hello world"), "accepted"],
    ["167: is not shown where the payload has an impossible length", `${GOOD_HEADER}.a.b`, MALFORMED],
    ["167: is not shown where the signature has an impossible length", `${GOOD_HEADER}.e30.a`, MALFORMED],
    ["168: is not shown where the payload is no base64url", `${GOOD_HEADER}.!.e30`, MALFORMED],
    ["169: is shown where alg is missing", rawToken("{}", "{}"), "accepted"],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => getUnverifiedHeader(token))).toBe(expected)
  })
})
