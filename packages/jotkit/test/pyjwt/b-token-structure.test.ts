/** PyJWT, table B: the segments of a token and their base64url. */
import { decodeComplete, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import { dec, GOOD, GOOD_HEADER, GOOD_PAYLOAD, GOOD_SIGNATURE, rawToken, segment, signSegments } from "./tokens.ts"

const MALFORMED = "DecodeError token_malformed"
const FORGED = "InvalidSignatureError signature_invalid"
/** JSON with spaces, as PyJWT's own tests have it. */
const SPACED_HEADER = "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9"
const SPACED_PAYLOAD = "eyJoZWxsbyI6ICJ3b3JsZCJ9"
const SPACED_SIGNATURE = "tvagLDLoaiJKxOKqpBXSEGy7SYSifZhjntgm9ctpyj8"

describe("three segments", () => {
  test.each<[string, unknown, string]>([
    ["55: an empty text is refused", "", MALFORMED],
    ["55: a text without dots is refused", "abc", MALFORMED],
    ["55: two segments are refused", "a.b", MALFORMED],
    ["55: a token without its signature is refused", `${GOOD_HEADER}.${GOOD_PAYLOAD}`, MALFORMED],
    ["56: nothing but two dots is refused", "..", MALFORMED],
    ["56: nothing but three dots is refused", "...", MALFORMED],
    ["57: null is refused", null, MALFORMED],
    ["57: a number is refused", 123, MALFORMED],
    ["57: an array is refused", [GOOD], MALFORMED],
    ["57: an ArrayBuffer is refused", new ArrayBuffer(8), MALFORMED],
    ["58: bytes are a token", new TextEncoder().encode(GOOD), "accepted"],
    ["59: a fourth segment is refused", `${GOOD}.x`, MALFORMED],
    [
      "60: five segments are an encrypted token",
      `${GOOD_HEADER}.${GOOD_PAYLOAD}.a.b.${GOOD_SIGNATURE}`,
      "DecodeError token_encrypted",
    ],
    [
      "61: a payload with a dot inside is refused",
      `${GOOD_HEADER}.${GOOD_PAYLOAD.slice(0, 4)}.${GOOD_PAYLOAD.slice(4)}.${GOOD_SIGNATURE}`,
      MALFORMED,
    ],
    ["71: `Bearer` before the token is refused", `Bearer ${GOOD}`, MALFORMED],
    ["76: an empty signature does not hold", `${GOOD_HEADER}.${GOOD_PAYLOAD}.`, FORGED],
    ["77: an empty header is refused", `.${GOOD_PAYLOAD}.${GOOD_SIGNATURE}`, MALFORMED],
    ["78: the signature of another payload does not hold", `${GOOD_HEADER}..${GOOD_SIGNATURE}`, FORGED],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => dec(untyped(token)))).toBe(expected)
  })
})

describe("base64url has one spelling", () => {
  const otherAlphabet = GOOD_SIGNATURE.replaceAll("-", "+").replaceAll("_", "/")

  test.each<[string, string]>([
    ["62: a space before the token", ` ${GOOD}`],
    ["63: a space after it", `${GOOD} `],
    ["63: a line feed after it", `${GOOD}\n`],
    ["63: five spaces after it", `${GOOD}     `],
    ["64: two line feeds after it", `${GOOD}\n\n`],
    // differs: section 9.8: padding is refused unless `acceptPadding` is set.
    ["65: padding", `${GOOD}=`],
    ["66: too much padding", `${GOOD}==`],
    ["67: four characters of another alphabet", `${GOOD}!!!!`],
    ["68: one character of another alphabet", `${GOOD}!`],
    ["69: a letter beyond ASCII", `${GOOD}é`],
    ["70: a lone surrogate", `${GOOD}\ud800`],
    ["72: the alphabet of base64", `${GOOD_HEADER}.${GOOD_PAYLOAD}.${otherAlphabet}`],
    ["73: unused bits that are not zero", `${GOOD.slice(0, -1)}N`],
    // differs: section 9.8: what is left ends in unused bits that are not zero, which comes before the signature.
    ["74: a signature short of one character", GOOD.slice(0, -1)],
    ["75: a signature short of two characters", GOOD.slice(0, -2)],
    ["75: a length that no bytes have", `${GOOD_HEADER}.${GOOD_PAYLOAD}.${GOOD_SIGNATURE.slice(0, 41)}`],
    ["81: padding inside the payload", signSegments(`${GOOD_HEADER}.eyJh=IjoxfQ`)],
    [
      "82: another alphabet inside the header",
      signSegments(`${GOOD_HEADER.slice(0, 8)}!${GOOD_HEADER.slice(8)}.${GOOD_PAYLOAD}`),
    ],
    ["83: a character before the header", `a${SPACED_HEADER}.${SPACED_PAYLOAD}.${SPACED_SIGNATURE}`],
    ["84: a character before the payload", `${SPACED_HEADER}.a${SPACED_PAYLOAD}.${SPACED_SIGNATURE}`],
    ["85: two characters before the signature", `${SPACED_HEADER}.${SPACED_PAYLOAD}.aa${SPACED_SIGNATURE}`],
    ["86: a padded header", `eyJhbGciOiAiSFMyNTbpIiwgInR5cCI6ICJKV1QifQ==.${SPACED_PAYLOAD}.${SPACED_SIGNATURE}`],
  ])("%s is refused", (_name, token) => {
    expect(outcome(() => dec(token))).toBe(MALFORMED)
  })
})

describe("padding, where it is asked for", () => {
  const padded = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ==.9-mXiOmIem9wRaYLE5FLa-nqTFJU12-MUx6dXQv9NCs="

  test.each<[string, string, string]>([
    ["65: a padded signature is accepted", `${GOOD}=`, "accepted"],
    ["66: too much padding is refused", `${GOOD}==`, MALFORMED],
    ["79: padded segments, signed as they stand, are accepted", padded, "accepted"],
    ["80: three padding characters are refused", signSegments(`${GOOD_HEADER}===.${GOOD_PAYLOAD}`), MALFORMED],
    ["81: padding inside a segment is refused", signSegments(`${GOOD_HEADER}.eyJh=IjoxfQ`), MALFORMED],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => dec(token, { acceptPadding: true }))).toBe(expected)
  })

  test("79: padded segments are refused otherwise", () => {
    expect(outcome(() => dec(padded))).toBe(MALFORMED)
  })
})

describe("readable segments", () => {
  test("86: a header that is not UTF-8 is refused", () => {
    const header = Buffer.from('{"alg": "HS256?", "typ": "JWT"}')
    header[header.indexOf("?")] = 0xe9
    expect(outcome(() => dec(rawToken(header, "{}")))).toBe("DecodeError header_invalid")
  })

  test("87: a header that is a number is refused", () => {
    expect(outcome(() => dec(`MQ.${SPACED_PAYLOAD}.${SPACED_SIGNATURE}`))).toBe("DecodeError header_invalid")
    expect(segment("1")).toBe("MQ")
  })

  test("88: JSON with spaces is accepted, and its parts come back", () => {
    const { header, payload, signature } = decodeComplete(
      `${SPACED_HEADER}.${SPACED_PAYLOAD}.${SPACED_SIGNATURE}`,
      "secret",
      {
        algorithms: ["HS256"],
      },
    )
    expect(header).toEqual({ alg: "HS256", typ: "JWT" })
    expect(payload).toEqual({ hello: "world" })
    expect(Buffer.from(signature).toString("hex")).toBe(
      "b6f6a02c32e86a224ac4e2aaa415d2106cbb4984a27d98639ed826f5cb69ca3f",
    )
  })

  test("58: the same token verifies as JWS", () => {
    expect(Buffer.from(verifyJws(GOOD, "secret", { algorithms: ["HS256"] }).payload).toString()).toBe('{"a":1}')
  })
})
