/** PyJWT, table D: the JSON of the payload. All tokens carry a good signature. */
import { decodeUnverified, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome } from "./outcome.ts"
import { dec, HS256_HEADER, rawToken } from "./tokens.ts"

const HEADER = JSON.stringify(HS256_HEADER)
const UNREADABLE = "DecodeError payload_invalid"
const TWICE = "DecodeError duplicate_member"
const HELLO_WORLD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.aGVsbG8gd29ybGQ.SIr03zM64awWRdPrAM_61QWsZchAtgDV3pphfHPPWkI"

function nested(levels: number): string {
  return `{"x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
}

test.each<[string, string | Uint8Array, string]>([
  ["99: text that is not JSON is refused", "hello world", UNREADABLE],
  ["100: a number is refused", "1", UNREADABLE],
  ["100: an array is refused", "[]", UNREADABLE],
  ["100: null is refused", "null", UNREADABLE],
  ["100: true is refused", "true", UNREADABLE],
  ["100: a text is refused", '"x"', UNREADABLE],
  ["100: an empty payload is refused", "", UNREADABLE],
  ["101: bytes that are not UTF-8 are refused", Buffer.from('{"x":"\xff"}', "latin1"), UNREADABLE],
  // differs: section 9.10: UTF-8 without byte order mark, each claim name once, and no NaN.
  ["102: a byte order mark is refused", '\ufeff{"x":1}', UNREADABLE],
  ["102: UTF-16 is refused", Buffer.from('{"x":1}', "utf16le"), UNREADABLE],
  ["103: a claim twice is refused", '{"x":1,"x":2}', TWICE],
  ["103: exp twice is refused", '{"exp":1,"exp":9999999999}', TWICE],
  ["104: NaN is refused", '{"x":NaN}', UNREADABLE],
  ["104: -Infinity is refused", '{"x":-Infinity}', UNREADABLE],
  ["107: text after the object is refused", '{"x":1}}', UNREADABLE],
  ["108: 100 levels are accepted", nested(100), "accepted"],
  ["108: 101 levels are refused", nested(101), UNREADABLE],
  ["108: a payload of 200,000 levels is refused for its size", nested(200_000), "DecodeError token_too_large"],
])("%s", (_name, payload, expected) => {
  expect(outcome(() => dec(rawToken(HEADER, payload)))).toBe(expected)
})

test("108: a payload of 200,000 levels is refused where longer tokens are allowed", () => {
  expect(outcome(() => dec(rawToken(HEADER, nested(200_000)), { maxTokenLength: 1_000_000 }))).toBe(UNREADABLE)
})

test("99, 100: the tokens of PyJWT's tests are refused", () => {
  const one = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.MQ.AbcSR3DWum91KOgfKxUHm78rLs_DrrZ1CrDgpUFFzls"
  expect(outcome(() => dec(HELLO_WORLD))).toBe(UNREADABLE)
  expect(outcome(() => dec(one))).toBe(UNREADABLE)
})

describe("numbers are those of JavaScript", () => {
  test("104: a number beyond all is Infinity", () => {
    expect(dec(rawToken(HEADER, '{"x":1e400}'))).toEqual({ x: Number.POSITIVE_INFINITY })
  })

  test("105: a large integer is rounded", () => {
    // differs: PyJWT keeps every digit. Ids longer than 15 digits belong into texts.
    expect(dec(rawToken(HEADER, '{"x":12345678901234567890}'))).toEqual({ x: 12345678901234567000 })
  })

  test("106: an integer of 5,000 digits is Infinity, and no time", () => {
    // differs: PyJWT refuses the token, since Python refuses to read more than 4,300 digits.
    const digits = "9".repeat(5000)
    expect(dec(rawToken(HEADER, `{"x":${digits}}`))).toEqual({ x: Number.POSITIVE_INFINITY })
    expect(outcome(() => dec(rawToken(HEADER, `{"exp":${digits}}`)))).toBe("DecodeError claim_malformed")
  })
})

test("109: as JWS the payload is bytes", () => {
  const { payload } = verifyJws(HELLO_WORLD, "secret", { algorithms: ["HS256"] })
  expect(Buffer.from(payload).toString()).toBe("hello world")
})

test("110: a wrong signature is reported before a payload that is not JSON", () => {
  expect(outcome(() => dec(rawToken(HEADER, "hello world", "other")))).toBe("InvalidSignatureError signature_invalid")
})

test("111: a payload that is no object is refused without a check of the signature too", () => {
  expect(outcome(() => dec(rawToken(HEADER, "[]"), { verify: { signature: false } }))).toBe(UNREADABLE)
  expect(decodeUnverified(rawToken(HEADER, "[]")).payload).toEqual([])
})
