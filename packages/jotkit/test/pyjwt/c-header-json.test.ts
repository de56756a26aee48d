/** PyJWT, table C: the JSON of the header. All tokens carry a good signature. */
import { decodeComplete, getUnverifiedHeader } from "jotkit"
import { expect, test } from "vitest"
import { outcome } from "./outcome.ts"
import { dec, rawToken } from "./tokens.ts"

const UNREADABLE = "DecodeError header_invalid"
const TWICE = "DecodeError duplicate_member"
const TOO_LARGE = "DecodeError token_too_large"

function nested(levels: number): string {
  return `{"alg":"HS256","x":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
}

test.each<[string, string | Uint8Array, string]>([
  ["89: an array is refused", "[]", UNREADABLE],
  ["89: a number is refused", "1", UNREADABLE],
  ["89: null is refused", "null", UNREADABLE],
  ["89: a text is refused", '"x"', UNREADABLE],
  ["89: an empty header is refused", "", "DecodeError token_malformed"],
  ["90: single quotes are refused", "{'alg':'HS256'}", UNREADABLE],
  ["90: a trailing comma is refused", '{"alg":"HS256",}', UNREADABLE],
  ["90: text after the object is refused", '{"alg":"HS256"}x', UNREADABLE],
  ["90: a comment is refused", '{"alg":"HS256"/*x*/}', UNREADABLE],
  ["90: a control character in a text is refused", '{"alg":"HS256","x":"\n"}', UNREADABLE],
  ["91: white space around the object is accepted", ' \n{"alg":"HS256"}\t\r\n ', "accepted"],
  // differs: section 9.10: UTF-8 without byte order mark, and each name once.
  ["92: a byte order mark is refused", '\ufeff{"alg":"HS256"}', UNREADABLE],
  ["92: UTF-16 is refused", Buffer.from('{"alg":"HS256"}', "utf16le"), UNREADABLE],
  ["92: UTF-16 with a byte order mark is refused", Buffer.from('\ufeff{"alg":"HS256"}', "utf16le"), UNREADABLE],
  ["93: alg twice is refused, the good one last", '{"alg":"none","alg":"HS256"}', TWICE],
  ["93: alg twice is refused, the good one first", '{"alg":"HS256","alg":"none"}', TWICE],
  ["93: alg twice is refused, one of them escaped", '{"alg":"HS256","\\u0061lg":"none"}', TWICE],
  ["93: a nested name twice is refused", '{"alg":"HS256","x":{"y":1,"y":2}}', TWICE],
  ["94: NaN is refused", '{"alg":"HS256","x":NaN}', UNREADABLE],
  ["94: Infinity is refused", '{"alg":"HS256","x":Infinity}', UNREADABLE],
  ["95: an escaped name is the name", '{"\\u0061lg":"HS256"}', "accepted"],
  ["96: a lone surrogate by escape is accepted", '{"alg":"HS256","x":"\\ud800"}', "accepted"],
  ["98: 100 levels are accepted", nested(100), "accepted"],
  ["98: 101 levels are refused", nested(101), UNREADABLE],
  ["98: a header of 200,000 levels is refused for its size", nested(200_000), TOO_LARGE],
])("%s", (_name, header, expected) => {
  expect(outcome(() => dec(rawToken(header, '{"a":1}')))).toBe(expected)
})

test("98: a header of 200,000 levels is refused where longer tokens are allowed", () => {
  const token = rawToken(nested(200_000), '{"a":1}')
  expect(outcome(() => dec(token, { maxTokenLength: 1_000_000 }))).toBe(TOO_LARGE)
})

test("97: a member named __proto__ is data", () => {
  const token = rawToken('{"alg":"HS256","__proto__":{"x":1}}', '{"a":1}')
  const { header } = decodeComplete(token, "secret", { algorithms: ["HS256"] })
  for (const members of [header, getUnverifiedHeader(token)]) {
    expect(Object.getOwnPropertyDescriptor(members, "__proto__")?.value).toEqual({ x: 1 })
    expect(Object.getPrototypeOf(members)).toBe(Object.prototype)
  }
  expect(Object.prototype).not.toHaveProperty("x")
})
