/** Attacks on encoding and shape: E1 to E24. */
import { decode, decodeAsync, decodeUnverified, encode, Jwk, JwkSet, signJws, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { DOORS, expectAccepted, expectRefused, JWS_DOORS, JWT_DOORS, outcome, READING_DOORS } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  HS256,
  headerToken,
  json,
  jwkOf,
  MARK,
  mac,
  NOW,
  p256,
  SECRET,
  segment,
  token,
  untyped,
  withMac,
} from "./material.ts"

const MALFORMED = "DecodeError token_malformed"
/** What stands around a token may hold dots of its own. */
const OTHER_SHAPE = /^DecodeError token_(malformed|encrypted)$/
const LARGE = "DecodeError token_too_large"
const UNREADABLE = "DecodeError header_invalid"
const DUPLICATE = "DecodeError duplicate_member"
const PAYLOAD = "DecodeError payload_invalid"
const FORGED = "InvalidSignatureError signature_invalid"
const WRONG_CLAIMS = "UsageError claims_invalid"

const GOOD = claimsToken(CLAIMS)
const [HEADER = "", PAYLOAD_SEGMENT = "", SIGNATURE = ""] = GOOD.split(".")
const MEGABYTE = 1024 * 1024

/** The segments of the good token, one of them changed; with a right signature over the change as well, where that is possible. */
function variants(change: (text: string) => string): string[] {
  return [
    `${change(HEADER)}.${PAYLOAD_SEGMENT}.${SIGNATURE}`,
    `${HEADER}.${change(PAYLOAD_SEGMENT)}.${SIGNATURE}`,
    `${HEADER}.${PAYLOAD_SEGMENT}.${change(SIGNATURE)}`,
    withMac(`${change(HEADER)}.${PAYLOAD_SEGMENT}`),
    withMac(`${HEADER}.${change(PAYLOAD_SEGMENT)}`),
  ]
}

describe("base64url", () => {
  const strange = [
    " ",
    "\t",
    "\n",
    "\r\n",
    "=",
    "==",
    "?",
    "*",
    "#",
    "+",
    "/",
    "~",
    ",",
    ":",
    "\u0000",
    "\u00e9",
    "\u0141",
    "\u{1f512}",
    "\ufeff",
    "%3D",
  ]
  const inserted = strange.flatMap((character) =>
    [0, 2, Number.POSITIVE_INFINITY].map(
      (at) =>
        [
          `E1: ${JSON.stringify(character)} ${at === 0 ? "before" : at === 2 ? "in" : "behind"} a segment`,
          character,
          at,
        ] as const,
    ),
  )
  test.each(inserted)("%s is refused", async (_name, character, at) => {
    for (const hostile of variants((text) => text.slice(0, at) + character + text.slice(at)))
      await expectRefused({ token: hostile }, MALFORMED, [
        "decode",
        "decodeAsync",
        "verify",
        "verifyWithCache",
        "verifyJws",
        ...READING_DOORS,
      ])
  })

  test.each([
    ["E1: with padding", (text: string) => text + "=".repeat((4 - (text.length % 4)) % 4 || 4)],
    [
      "E1: in the other alphabet",
      (text: string) =>
        text
          .replaceAll("-", "+")
          .replaceAll("_", "/")
          .replace(/^(.*)$/, (all) => (all === text ? `${all.slice(0, 4)}+${all.slice(5)}` : all)),
    ],
    [
      "E1: with a character that is the right one in its low byte",
      (text: string) => `${text.slice(0, 3)}${String.fromCharCode(text.charCodeAt(3) + 0x100)}${text.slice(4)}`,
    ],
    ["E1: percent-encoded", (text: string) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`],
    [
      "E3: with an A more, so that the length is impossible",
      (text: string) => text + "A".repeat(text.length % 4 === 0 ? 1 : 5 - (text.length % 4)),
    ],
    ["E3: of one character", () => "A"],
  ])("%s is refused", async (_name, change) => {
    for (const hostile of variants(change)) await expectRefused({ token: hostile }, MALFORMED, DOORS)
  })

  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  /** The same bytes for a lenient decoder, in another spelling. */
  const bumped = (text: string): string => {
    const last = alphabet.indexOf(text.slice(-1))
    return text.slice(0, -1) + alphabet.charAt(last + 1)
  }

  // Their bytes are one more than a multiple of three, so that four bits of the last character mean nothing.
  const header = json({ alg: "HS256", k: "" })
  const payload = json({ mark: `${MARK}!` })

  test.each<[string, string]>([
    ["E2: of the header", `${bumped(header)}.${PAYLOAD_SEGMENT}`],
    ["E2: of the payload", `${HEADER}.${bumped(payload)}`],
  ])("unused bits %s are zero", async (_name, input) => {
    expect([header.length % 4, payload.length % 4]).toEqual([2, 2])
    await expectRefused({ token: withMac(input) }, MALFORMED, DOORS)
    await expectRefused({ token: `${input}.${SIGNATURE}` }, MALFORMED, DOORS)
  })

  test("E2: unused bits of the signature are zero", async () => {
    await expectRefused({ token: `${HEADER}.${PAYLOAD_SEGMENT}.${bumped(SIGNATURE)}` }, MALFORMED, DOORS)
  })

  test("E2: unused bits are zero in the JSON serializations, too", async () => {
    const good = { protected: header, payload, signature: mac(`${header}.${payload}`) }
    await expectAccepted({ token: good }, JWS_DOORS)
    await expectRefused({ token: { ...good, signature: bumped(good.signature) } }, MALFORMED, JWS_DOORS)
    await expectRefused(
      { token: { ...good, payload: bumped(payload), signature: mac(`${header}.${bumped(payload)}`) } },
      MALFORMED,
      JWS_DOORS,
    )
    await expectRefused(
      { token: { ...good, protected: bumped(header), signature: mac(`${bumped(header)}.${payload}`) } },
      MALFORMED,
      JWS_DOORS,
    )
  })
})

describe("segments", () => {
  test.each<[string, string, string]>([
    ["E4: nothing", "", MALFORMED],
    ["E4: one", HEADER, MALFORMED],
    ["E4: two", `${HEADER}.${PAYLOAD_SEGMENT}`, MALFORMED],
    ["E4: four", `${GOOD}.${SIGNATURE}`, MALFORMED],
    ["E4: five", `${GOOD}.${SIGNATURE}.${SIGNATURE}`, "DecodeError token_encrypted"],
    ["E4: six", `${GOOD}.${SIGNATURE}.${SIGNATURE}.${SIGNATURE}`, MALFORMED],
    ["E4: a dot before", `.${GOOD}`, MALFORMED],
    ["E4: a dot behind", `${GOOD}.`, MALFORMED],
    ["E4: a dot twice", GOOD.replace(".", ".."), MALFORMED],
    ["E4: no header", `.${PAYLOAD_SEGMENT}.${SIGNATURE}`, MALFORMED],
    ["E4: one dot", ".", MALFORMED],
    ["E4: two dots", "..", MALFORMED],
    ["E4: four dots", "....", "DecodeError token_encrypted"],
    ["E4: five dots", ".....", MALFORMED],
    ["E5: a million dots", ".".repeat(1_000_000), LARGE],
    ["E5: a million dots behind a good token", GOOD + ".".repeat(1_000_000), LARGE],
    ["E5: as many dots as are allowed", ".".repeat(65_536), MALFORMED],
    ["E5: a million short segments", "a.".repeat(1_000_000), LARGE],
  ])("%s is refused", async (_name, hostile, expected) => {
    await expectRefused({ token: hostile }, expected, DOORS)
  })

  test("E5: dots without end are refused where longer tokens are allowed", async () => {
    const options = { ...HS256, maxTokenLength: 4 * MEGABYTE }
    await expectRefused({ token: ".".repeat(4_000_000), options }, MALFORMED)
    await expectRefused({ token: GOOD + ".".repeat(4_000_000), options }, MALFORMED)
  })

  test.each<[string, () => string]>([
    ["E6: a header of 16 MB", () => `${"A".repeat(16 * MEGABYTE)}.${PAYLOAD_SEGMENT}.${SIGNATURE}`],
    ["E6: a payload of 16 MB", () => `${HEADER}.${"A".repeat(16 * MEGABYTE)}.${SIGNATURE}`],
    ["E6: a signature of 16 MB", () => `${HEADER}.${PAYLOAD_SEGMENT}.${"A".repeat(16 * MEGABYTE)}`],
    [
      "E6: one character too many",
      () => `${HEADER}.${"A".repeat(65_536 - HEADER.length - SIGNATURE.length - 1)}.${SIGNATURE}`,
    ],
  ])("%s is too large", async (_name, make) => {
    const hostile = make()
    await expectRefused({ token: hostile }, LARGE, DOORS)
    await expectRefused({ token: Buffer.from(hostile) }, LARGE, DOORS)
  })

  test("E6: the longest token is read", async () => {
    const longest = `${HEADER}.${"A".repeat(65_536 - HEADER.length - SIGNATURE.length - 2)}.${SIGNATURE}`
    expect(longest).toHaveLength(65_536)
    await expectRefused({ token: longest }, FORGED)
  })

  test("E6: a header is never longer than 16,384 characters, whatever the token may be", async () => {
    const header = json({ alg: "HS256", filler: "x".repeat(12_300) })
    expect(header.length).toBeGreaterThan(16_384)
    await expectRefused(
      { token: withMac(`${header}.${PAYLOAD_SEGMENT}`), options: { ...HS256, maxTokenLength: MEGABYTE } },
      LARGE,
    )
  })

  test.each<[string, object]>([
    ["E6: protected", { protected: "A".repeat(16 * MEGABYTE), payload: "", signature: "" }],
    ["E6: payload", { protected: HEADER, payload: "A".repeat(16 * MEGABYTE), signature: SIGNATURE }],
    ["E6: signature", { protected: HEADER, payload: PAYLOAD_SEGMENT, signature: "A".repeat(16 * MEGABYTE) }],
    [
      "E6: 33 signatures",
      {
        payload: PAYLOAD_SEGMENT,
        signatures: Array.from({ length: 33 }, () => ({ protected: HEADER, signature: SIGNATURE })),
      },
    ],
    ["E6: a million signatures", { payload: PAYLOAD_SEGMENT, signatures: Array.from({ length: 1_000_000 }, () => 5) }],
  ])("%s without bounds is refused in JSON form", async (_name, hostile) => {
    await expectRefused({ token: hostile }, LARGE, JWS_DOORS)
  })

  const around: readonly (readonly [string, (text: string) => string])[] = [
    ["a space before", (text) => ` ${text}`],
    ["a space behind", (text) => `${text} `],
    ["CRLF behind", (text) => `${text}\r\n`],
    ["a newline behind", (text) => `${text}\n`],
    ["NUL behind", (text) => `${text}\u0000`],
    ["a byte order mark before", (text) => `\ufeff${text}`],
    ["quotes around", (text) => `"${text}"`],
    ["Bearer before", (text) => `Bearer ${text}`],
    ["bearer before", (text) => `bearer ${text}`],
    ["a semicolon behind", (text) => `${text};`],
    ["a zero-width space behind", (text) => `${text}\u200b`],
    ["a fragment sign before", (text) => `#${text}`],
    ["another token behind a comma", (text) => `${text},${text}`],
    ["a path behind", (text) => `${text}/..`],
  ]
  test.each(around.map(([name, change]) => [`E7: with ${name}`, change] as const))(
    "%s is refused",
    async (_name, change) => {
      await expectRefused({ token: change(GOOD) }, OTHER_SHAPE, DOORS)
      await expectRefused({ token: Buffer.from(change(GOOD)) }, OTHER_SHAPE, DOORS)
    },
  )

  test.each<[string, string]>([
    ["E8: full-width dots", GOOD.replaceAll(".", "\uff0e")],
    ["E8: ideographic dots", GOOD.replaceAll(".", "\u3002")],
    ["E8: a full-width dot beside the others", GOOD.replace(".", ".\uff0e")],
    ["E8: a full-width letter", GOOD.replace("e", "\uff45")],
    ["E8: a Cyrillic letter", GOOD.replace("e", "\u0435")],
    ["E8: a lone surrogate", `${GOOD}\ud800`],
    ["E8: a lone surrogate in the payload", `${HEADER}.\udc00${PAYLOAD_SEGMENT}.${SIGNATURE}`],
    ["E8: a combining accent", `${GOOD}\u0301`],
  ])("%s is refused", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED, DOORS)
  })

  test.each<[string, unknown]>([
    ["E9: null", null],
    ["E9: undefined", undefined],
    ["E9: a number", 5],
    ["E9: true", true],
    ["E9: a symbol", Symbol("token")],
    ["E9: a bigint", 5n],
    ["E9: a function", () => GOOD],
    ["E9: bytes that are not UTF-8", new Uint8Array([0xff, 0xfe])],
    ["E9: no bytes", new Uint8Array()],
  ])("%s is no token", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED, DOORS)
  })

  test.each<[string, unknown]>([
    ["E9: an array", [GOOD]],
    ["E9: an object with toString", { toString: () => GOOD }],
    ["E9: a String object", new String(GOOD)],
    ["E9: an object with valueOf", { valueOf: () => GOOD }],
    ["E9: an ArrayBuffer", new TextEncoder().encode(GOOD).buffer],
    ["E9: bytes of another width", new Uint16Array([1, 2, 3])],
    ["E9: a Map", new Map([["payload", "e30"]])],
    ["E9: an object without a prototype", Object.create(null)],
    ["E9: a date", new Date(0)],
  ])("%s is no token", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED, DOORS)
  })

  test("E9: the longest text there is", async () => {
    const halfAGigabyte = 2 ** 29 - 24
    await expectRefused({ token: "a".repeat(halfAGigabyte) }, LARGE, [
      "decode",
      "verify",
      "verifyJws",
      "decodeUnverified",
    ])
  })

  test("E9: more bytes than a text can have characters", async () => {
    await expectRefused({ token: new Uint8Array(2 ** 29) }, LARGE, DOORS)
  })

  test("E9: bytes of a good token are a good token", async () => {
    await expectAccepted({ token: Buffer.from(GOOD) }, DOORS)
    await expectAccepted({ token: new TextEncoder().encode(`xx${GOOD}`).subarray(2) }, DOORS)
  })
})

describe("the JSON serializations", () => {
  const flattened = { payload: PAYLOAD_SEGMENT, protected: HEADER, signature: SIGNATURE }
  const general = { payload: PAYLOAD_SEGMENT, signatures: [{ protected: HEADER, signature: SIGNATURE }] }
  /** Text that splits at its dots into another token (CVE-2022-39227). */
  const polyglot = `{"  ${HEADER}.${json({ admin: true })}.":"","protected":"${HEADER}", "payload":"${PAYLOAD_SEGMENT}","signature":"${SIGNATURE}"}`

  test.each<[string, string]>([
    ["E10: flattened", JSON.stringify(flattened)],
    ["E10: general", JSON.stringify(general)],
    ["E10: the polyglot", polyglot],
    ["E10: the polyglot after a space", ` ${polyglot}`],
  ])("%s as text is no compact token", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED, DOORS)
    await expectRefused({ token: Buffer.from(hostile) }, MALFORMED, DOORS)
  })

  test("E10: are objects, for the calls about JWS only", async () => {
    for (const jws of [flattened, general, JSON.parse(polyglot) as object]) {
      await expectAccepted({ token: jws }, JWS_DOORS)
      await expectRefused({ token: jws }, MALFORMED, [...JWT_DOORS, ...READING_DOORS])
    }
  })

  test.each<[string, unknown]>([
    ["E10: nothing", {}],
    ["E10: no signature", { payload: PAYLOAD_SEGMENT, protected: HEADER }],
    ["E10: no header", { payload: PAYLOAD_SEGMENT, signature: SIGNATURE }],
    ["E10: both forms at once", { ...flattened, signatures: general.signatures }],
    ["E10: no signatures", { ...general, signatures: [] }],
    ["E10: signatures as an object", { ...general, signatures: { 0: general.signatures[0], length: 1 } }],
    ["E10: signatures null", { ...general, signatures: null }],
    ["E10: a signature null", { ...general, signatures: [null] }],
    ["E10: a signature as text", { ...general, signatures: [GOOD] }],
    ["E10: a payload as an object", { ...flattened, payload: {} }],
    ["E10: a payload null", { ...flattened, payload: null }],
    ["E10: protected as an object", { ...flattened, protected: { alg: "HS256" } }],
    ["E10: protected null", { ...flattened, protected: null }],
    ["E10: a signature as bytes", { ...flattened, signature: [1, 2] }],
    ["E10: header as text", { ...flattened, header: "{}" }],
    ["E10: header null", { ...flattened, header: null }],
    ["E10: header as an array", { ...flattened, header: [] }],
    ["E10: members that are inherited", Object.create(flattened)],
  ])("%s is refused", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED, JWS_DOORS)
  })

  test("E10: unknown members are ignored, whatever their names", async () => {
    const hostile: unknown = JSON.parse(
      `{"__proto__":{"payload":"e30"},"constructor":1,"x":2,${JSON.stringify(flattened).slice(1)}`,
    )
    await expectAccepted({ token: hostile }, JWS_DOORS)
  })
})

describe("header JSON", () => {
  test.each<[string, string]>([
    ["E11: an array", '["HS256"]'],
    ["E11: an array with the header", '[{"alg":"HS256"}]'],
    ["E11: a text", '"HS256"'],
    ["E11: a number", "5"],
    ["E11: null", "null"],
    ["E11: true", "true"],
    ["E11: white space", " "],
    ["E11: two objects", '{"alg":"HS256"}{"alg":"none"}'],
    ["E11: two lines", '{"alg":"HS256"}\n{"alg":"none"}'],
    ["E11: a comma behind", '{"alg":"HS256",}'],
    ["E11: a comment", '{"alg":"HS256"/* */}'],
    ["E11: single quotes", "{'alg':'HS256'}"],
    ["E11: no quotes", "{alg:HS256}"],
    ["E11: NaN", '{"alg":"HS256","x":NaN}'],
    ["E11: Infinity", '{"alg":"HS256","x":Infinity}'],
    ["E11: a hexadecimal number", '{"alg":"HS256","x":0x10}'],
    ["E11: a leading zero", '{"alg":"HS256","x":01}'],
    ["E11: a raw control character", '{"alg":"HS256","x":"\u0001"}'],
    ["E11: a raw newline in a text", '{"alg":"HS256","x":"\n"}'],
    ["E11: a wrong escape", '{"alg":"HS256","x":"\\x41"}'],
    ["E11: cut", '{"alg":"HS256"'],
    ["E11: cut in a text", '{"alg":"HS25'],
    ["E11: NUL behind", '{"alg":"HS256"}\u0000'],
    ["E11: a form feed", '{"alg":\f"HS256"}'],
    ["E11: undefined", '{"alg":"HS256","x":undefined}'],
    ["E11: a plus sign", '{"alg":"HS256","x":+1}'],
    ["E11: a dot behind a number", '{"alg":"HS256","x":1.}'],
  ])("%s is refused", async (_name, header) => {
    await expectRefused({ token: token(header) }, UNREADABLE, DOORS)
  })

  test("E11: no header at all is refused", async () => {
    await expectRefused({ token: withMac(`.${PAYLOAD_SEGMENT}`) }, MALFORMED, DOORS)
  })

  test.each<[string, string]>([
    ["E12: none, then HS256", '{"alg":"none","alg":"HS256"}'],
    ["E12: HS256, then none", '{"alg":"HS256","alg":"none"}'],
    ["E12: the same twice", '{"alg":"HS256","alg":"HS256"}'],
    ["E12: one escaped", '{"alg":"HS256","\\u0061lg":"none"}'],
    ["E12: the escaped one first", '{"\\u0061l\\u0067":"none","alg":"HS256"}'],
    ["E12: nested", '{"alg":"HS256","x":{"a":1,"a":2}}'],
    ["E12: nested in arrays", '{"alg":"HS256","x":[[{"a":1,"b":[],"a":2}]]}'],
    ["E12: kid", '{"alg":"HS256","kid":"1","kid":"2"}'],
    ["E12: crit", '{"alg":"HS256","crit":["x"],"x":1,"crit":["x"]}'],
    ["E12: __proto__", '{"alg":"HS256","__proto__":{},"__proto__":{}}'],
    ["E12: an integer", '{"alg":"HS256","1":1,"1":2}'],
    ["E12: an empty name", '{"alg":"HS256","":1,"":2}'],
    ["E12: a name with a quote", '{"alg":"HS256","a\\"":1,"a\\u0022":2}'],
    ["E12: a name with a backslash", '{"alg":"HS256","a\\\\":1,"a\\u005c":2}'],
    ["E12: a name outside ASCII", '{"alg":"HS256","\u00e9":1,"\\u00e9":2}'],
    ["E12: a slash, escaped and not", '{"alg":"HS256","a/":1,"a\\/":2}'],
  ])("%s: a name occurs once", async (_name, header) => {
    await expectRefused({ token: token(header) }, DUPLICATE, DOORS)
  })

  test.each<[string, string]>([
    ["E12: colons and braces in texts", '{"alg":"HS256","x":"{\\"a\\":1,\\"a\\":2}","y":"::[["}'],
    ["E12: one name at two levels", '{"alg":"HS256","x":{"alg":{"alg":1}},"y":[{"alg":2},{"alg":3}]}'],
    ["E12: names that differ in case", '{"alg":"HS256","Alg":"none","ALG":"none"}'],
    ["E12: names that look alike", '{"alg":"HS256","\u0430lg":"none"}'],
    ["E12: composed and decomposed", '{"alg":"HS256","\u00e9":1,"e\u0301":2}'],
    ["E22: escapes", '{"\\u0061lg":"\\u0048S256"}'],
    ["E22: white space", ' \r\n\t{ "alg" :\n"HS256" , "typ":"JWT"\t} '],
    ["E22: another order", '{"typ":"JWT","x":[1,{"y":null}],"alg":"HS256"}'],
  ])("%s are accepted", async (_name, header) => {
    await expectAccepted({ token: token(header) }, DOORS)
  })
})

describe("claims JSON", () => {
  test.each<[string, string]>([
    ["E13: exp", `{"exp":1,"exp":${NOW + 60}}`],
    ["E13: exp, the good one first", `{"exp":${NOW + 60},"exp":1}`],
    ["E13: sub", '{"sub":"a","sub":"b"}'],
    ["E13: aud", '{"aud":"a","x":1,"aud":"b"}'],
    ["E13: role", '{"role":"user","role":"admin"}'],
    ["E13: one escaped", '{"role":"user","r\\u006fle":"admin"}'],
    ["E13: __proto__", '{"__proto__":1,"__proto__":2}'],
    ["E13: three times", '{"a":1,"a":2,"a":3}'],
  ])("%s: a claim name occurs once", async (_name, payload) => {
    await expectRefused(
      { token: token({ alg: "HS256" }, payload), options: { ...HS256, audience: "b" } },
      DUPLICATE,
      JWT_DOORS,
    )
  })

  test("E13: below the top level names may occur twice, and the last one counts", () => {
    const nested = token({ alg: "HS256" }, '{"a":{"b":1,"b":2}}')
    expect(decode(nested, SECRET, HS256)).toEqual({ a: { b: 2 } })
  })

  const utf16 = (text: string, bigEndian: boolean): Buffer => {
    const bytes = Buffer.from(text, "utf16le")
    return bigEndian ? bytes.swap16() : bytes
  }
  const utf32 = (text: string): Buffer =>
    Buffer.concat([...text].map((character) => Buffer.from([character.charCodeAt(0), 0, 0, 0])))
  const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
    ["E14: UTF-16, little endian", (text) => utf16(text, false)],
    ["E14: UTF-16, big endian", (text) => utf16(text, true)],
    ["E14: UTF-16 with a byte order mark", (text) => utf16(`\ufeff${text}`, false)],
    ["E14: UTF-16, big endian, with a byte order mark", (text) => utf16(`\ufeff${text}`, true)],
    ["E14: UTF-32", utf32],
    ["E14: UTF-32 with a byte order mark", (text) => utf32(`\ufeff${text}`)],
    ["E14: UTF-8 with a byte order mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["E14: two byte order marks", (text) => Buffer.from(`\ufeff\ufeff${text}`)],
    ["E14: a byte order mark behind", (text) => Buffer.from(`${text}\ufeff`)],
    ["E15: a stray byte", (text) => broken(text, [0xff])],
    ["E15: an overlong slash", (text) => broken(text, [0xc0, 0xaf])],
    ["E15: an overlong NUL", (text) => broken(text, [0xc0, 0x80])],
    ["E15: bytes of a surrogate", (text) => broken(text, [0xed, 0xa0, 0x80])],
    ["E15: a sequence that is cut", (text) => broken(text, [0xe2, 0x82])],
    ["E15: a continuation alone", (text) => broken(text, [0x80])],
    ["E15: beyond U+10FFFF", (text) => broken(text, [0xf4, 0x90, 0x80, 0x80])],
    ["E15: beside a real replacement character", (text) => broken(text, [0xef, 0xbf, 0xbd, 0xff])],
  ]

  /** JSON in which a text holds these bytes. */
  function broken(text: string, bytes: readonly number[]): Buffer {
    return Buffer.concat([Buffer.from(`${text.slice(0, -1)},"broken":"`), Buffer.from(bytes), Buffer.from('"}')])
  }

  test.each(encodings)("%s is refused in header and claims", async (_name, encodeText) => {
    const claims = segment(encodeText(JSON.stringify(CLAIMS)))
    await expectRefused({ token: withMac(`${HEADER}.${claims}`) }, PAYLOAD, JWT_DOORS)
    const header = segment(encodeText('{"alg":"HS256"}'))
    await expectRefused({ token: withMac(`${header}.${PAYLOAD_SEGMENT}`) }, UNREADABLE, DOORS)
  })

  test("E15: a replacement character that was really written is accepted", async () => {
    expect(decode(claimsToken({ name: "\ufffd" }), SECRET, HS256)).toEqual({ name: "\ufffd" })
    await expectAccepted({ token: headerToken({ x: "\ufffd" }) }, DOORS)
  })

  test("E16: a lone surrogate by escape is answered as it is, and comparing never throws", async () => {
    const lone = token({ alg: "HS256", kid: "x" }, '{"sub":"\\ud800","iss":"\\udc00x","aud":["\\ud800"],"x":"\\ud800"}')
    const options = { ...HS256, audience: "\ud800" }
    expect(decode(lone, SECRET, options)).toEqual({ sub: "\ud800", iss: "\udc00x", aud: ["\ud800"], x: "\ud800" })
    await expectAccepted({ token: lone, options: { ...options, subject: "\ud800", issuer: ["\udc00x"] } }, JWT_DOORS)
    await expectRefused(
      { token: lone, options: { ...options, subject: "\ufffd" } },
      "InvalidSubjectError subject_invalid",
      JWT_DOORS,
    )
    await expectAccepted({ token: token('{"alg":"HS256","kid":"\\ud800"}', CLAIMS) }, DOORS)
    expect(outcome(() => signJws("\ud800", SECRET))).toBe("UsageError argument_invalid")
    expect(decode(encode({ x: "\ud800" }, SECRET), SECRET, HS256)).toEqual({ x: "\ud800" })
  })
})

describe("size and depth", () => {
  const nested = (levels: number, open = "[", close = "]"): string => open.repeat(levels) + close.repeat(levels)
  const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`

  test.each([101, 2000, 8000])("E17: a header of %i levels is refused", async (levels) => {
    await expectRefused(
      { token: token(`{"alg":"HS256","x":${nested(levels - 1)}}`) },
      /^DecodeError (header_invalid|token_too_large)$/,
      DOORS,
    )
    await expectRefused(
      { token: token(`{"alg":"HS256","x":${objects(levels - 1)}}`) },
      /^DecodeError (header_invalid|token_too_large)$/,
      DOORS,
    )
  })

  test.each([101, 2000, 20_000])("E17: claims of %i levels are refused", async (levels) => {
    await expectRefused({ token: token({ alg: "HS256" }, `{"x":${nested(levels - 1)}}`) }, PAYLOAD, JWT_DOORS)
    await expectRefused({ token: token({ alg: "HS256" }, objects(Math.min(levels, 5000))) }, PAYLOAD, JWT_DOORS)
  })

  test.each([100_000, 1_000_000])(
    "E17: claims of %i levels are refused where such tokens are allowed",
    async (levels) => {
      const hostile = token({ alg: "HS256" }, `{"x":${nested(levels)}}`)
      await expectRefused({ token: hostile }, LARGE, DOORS)
      await expectRefused({ token: hostile, options: { ...HS256, maxTokenLength: 4 * MEGABYTE } }, PAYLOAD, [
        "decode",
        "verify",
      ])
    },
  )

  test("E17: 100 levels are accepted", async () => {
    await expectAccepted({ token: token({ alg: "HS256" }, `{"x":${nested(99)}}`) }, DOORS)
    await expectAccepted({ token: token(`{"alg":"HS256","x":${objects(99)}}`) }, DOORS)
  })

  test.each([2000, 100_000])("E17: %i levels in a JWK or a set in text are refused", (levels) => {
    const jwk = JSON.stringify(jwkOf(p256().publicKey))
    expect(outcome(() => Jwk.from(`${jwk.slice(0, -1)},"x":${nested(levels)}}`))).toBe("InvalidKeyError jwk_invalid")
    expect(outcome(() => JwkSet.from(`{"keys":[${jwk}],"x":${nested(levels)}}`))).toBe("JwkSetError jwks_invalid")
    expect(outcome(() => JwkSet.from(`{"keys":${nested(levels)}}`))).toBe("JwkSetError jwks_invalid")
    expect(outcome(() => decode(GOOD, nested(levels), HS256))).toMatch(/^InvalidKeyError|^InvalidSignatureError/)
  })

  test.each([101, 2000, 20_000, 100_000])(
    "E17: an unprotected header of %i levels is refused or answered, and no more",
    async (levels) => {
      const header: unknown = JSON.parse(`{"x":${nested(levels)}}`)
      const jws = { payload: PAYLOAD_SEGMENT, protected: HEADER, signature: SIGNATURE, header }
      await expectRefused({ token: jws }, UNREADABLE, JWS_DOORS)
    },
  )

  test("E17: claims on the way out are nested 100 levels at most", () => {
    const claims: unknown = JSON.parse(`{"x":${nested(99)}}`)
    expect(decode(encode(untyped(claims), SECRET), SECRET, HS256)).toEqual(claims)
    for (const levels of [101, 2000, 100_000])
      expect(outcome(() => encode(untyped(JSON.parse(`{"x":${nested(levels)}}`)), SECRET))).toBe(WRONG_CLAIMS)
  })

  test("E18: 5,000 claims are read, 100,000 are too large unless allowed", async () => {
    const many = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"c${at}":0`).join(",")}}`
    expect(Object.keys(decode(token({ alg: "HS256" }, many(4000)), SECRET, HS256))).toHaveLength(4000)
    await expectRefused({ token: token({ alg: "HS256" }, many(100_000)) }, LARGE, DOORS)
    const options = { ...HS256, maxTokenLength: 4 * MEGABYTE }
    expect(Object.keys(decode(token({ alg: "HS256" }, many(100_000)), SECRET, options))).toHaveLength(100_000)
  })

  test("E18: names that are integers are names", () => {
    const claims = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [String(at * 7919), at]))
    expect(decode(claimsToken(claims), SECRET, HS256)).toEqual(claims)
  })

  test.each<[string, string, unknown]>([
    ["E19: 2^53 + 1 is rounded as JSON.parse does", "9007199254740993", 9007199254740992],
    ["E19: -0", "-0", -0],
    ["E19: 1e-400", "1e-400", 0],
    ["E19: 1e400", "1e400", Number.POSITIVE_INFINITY],
  ])("%s in a claim of the issuer's own", (_name, text, value) => {
    expect(decode(token({ alg: "HS256" }, `{"x":${text}}`), SECRET, HS256)).toEqual({ x: value })
  })

  test("E19: what cannot be written is not signed again", () => {
    const claims = decode(token({ alg: "HS256" }, '{"x":1e400}'), SECRET, HS256)
    expect(outcome(() => encode(claims, SECRET))).toBe(WRONG_CLAIMS)
    const digits = `1${"0".repeat(400)}`
    expect(outcome(() => decode(token({ alg: "HS256" }, `{"exp":${digits}}`), SECRET, HS256))).toBe(
      "DecodeError claim_malformed",
    )
  })
})

describe("names of the object machinery as claims", () => {
  const payload =
    '{"__proto__":{"admin":true,"exp":1},"constructor":{"prototype":{"admin":true}},"then":1,"toJSON":2,"toString":"x","hasOwnProperty":"y","next":3,"valueOf":null}'
  const names = ["__proto__", "constructor", "then", "toJSON", "toString", "hasOwnProperty", "next", "valueOf"]

  test("E20: are own members of the answer, and change nothing", async () => {
    const hostile = token({ alg: "HS256" }, payload)
    await expectAccepted({ token: hostile }, DOORS)
    for (const claims of [
      decode(hostile, SECRET, HS256),
      await decodeAsync(hostile, SECRET, HS256),
      decodeUnverified(hostile).payload as object,
    ]) {
      expect(Object.keys(claims)).toEqual(names)
      expect([Object.prototype, null]).toContain(Object.getPrototypeOf(claims))
      expect(Reflect.get(claims, "admin")).toBeUndefined()
    }
    expect(Reflect.get({}, "admin")).toBeUndefined()
  })

  test("E20: are remembered by a cache as they are", async () => {
    const flat = token({ alg: "HS256" }, '{"__proto__":"x","constructor":1,"then":2}')
    const deep = token({ alg: "HS256" }, payload)
    const { Verifier } = await import("jotkit")
    const verifier = new Verifier({ key: SECRET, ...HS256, cache: true })
    for (let count = 0; count < 2; count++) {
      expect(Object.keys(verifier.verify(flat))).toEqual(["__proto__", "constructor", "then"])
      expect(Object.keys(await verifier.verifyAsync(deep))).toEqual(names)
    }
  })

  test("E20: are written as they are", () => {
    const claims: unknown = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"then":[2]}')
    expect(Buffer.from(encode(untyped(claims), SECRET).split(".")[1] ?? "", "base64url").toString()).toBe(
      JSON.stringify(claims),
    )
  })
})

describe("claims that JSON cannot say", () => {
  const circle: Record<string, unknown> = { a: 1 }
  circle["self"] = circle
  const failing = {
    get a(): never {
      throw new Error("a getter that fails")
    },
  }

  test.each<[string, unknown]>([
    ["E21: BigInt", 1n],
    ["E21: a Date", new Date(0)],
    ["E21: a function", () => 1],
    ["E21: a symbol", Symbol("x")],
    ["E21: a circle", circle],
    ["E21: a Map", new Map()],
    ["E21: a Set", new Set([1])],
    ["E21: bytes", new Uint8Array(4)],
    ["E21: NaN", Number.NaN],
    ["E21: Infinity", Number.POSITIVE_INFINITY],
    ["E21: a RegExp", /x/],
    ["E21: an Error", new Error("x")],
    ["E21: a promise", Promise.resolve(1)],
    ["E21: boxed text", new String("x")],
    ["E21: a value with a JSON form that is no JSON", { toJSON: () => Number.NaN }],
  ])("%s is refused at any depth", (_name, value) => {
    for (const claims of [{ x: value }, { x: [value] }, { x: { y: [{ z: value }] } }])
      expect(outcome(() => encode(claims, SECRET))).toBe(WRONG_CLAIMS)
  })

  test.each<[string, unknown]>([
    ["E21: a set with a JSON form of its own", { sub: "a", toJSON: () => ({ sub: 5 }) }],
    ["E21: a JSON form that is text", { toJSON: () => "text" }],
    ["E21: a circle", circle],
    ["E21: a Map", new Map([["sub", "a"]])],
    ["E21: an array", [["sub", "a"]]],
    ["E21: a Date", new Date(0)],
    ["E21: bytes", new Uint8Array(2)],
    ["E21: a function", () => ({})],
    ["E21: null", null],
    ["E21: text", '{"sub":"a"}'],
    ["E21: undefined", undefined],
    ["E21: an audience with a JSON form of its own", { aud: Object.assign(["a"], { toJSON: () => 5 }) }],
    ["E21: an invalid Date as exp", { exp: new Date(Number.NaN) }],
    ["E21: a moment that is no number", { exp: { epochMilliseconds: Symbol("x") } }],
    ["E21: a moment in text", { exp: { epochMilliseconds: "5000" } }],
    ["E21: text as exp", { exp: "1" }],
    ["E21: exp in milliseconds", { exp: NOW * 1000 }],
    ["E21: a number as sub", { sub: 1 }],
    ["E21: null as iss", { iss: null }],
    ["E21: a number in aud", { aud: ["a", 1] }],
  ])("%s is no claims set", (_name, claims) => {
    expect(outcome(() => encode(untyped(claims), SECRET))).toBe(WRONG_CLAIMS)
  })

  test.each<[string, object]>([
    ["E21: of the claims", failing],
    ["E21: of a claim", { x: failing }],
    ["E21: of an element", { x: [failing] }],
    ["E21: of a toJSON", { x: { toJSON: () => failing.a } }],
  ])("a failing getter %s is an error of the call", (_name, claims) => {
    expect(outcome(() => encode(claims, SECRET))).toMatch(/^UsageError (callback_failed|claims_invalid)$/)
  })

  test("E21: a getter is read once, so that what was checked is what is signed", () => {
    let reads = 0
    const claims = {
      get sub() {
        return reads++ === 0 ? "a" : 5
      },
    }
    expect(decode(encode(untyped(claims), SECRET), SECRET, HS256)).toEqual({ sub: "a" })
  })

  test("E21: undefined is left out, as JSON does, and nothing of the caller's is changed", () => {
    const claims = Object.freeze({
      a: undefined,
      b: Object.freeze([1, Object.freeze({ c: undefined })]),
      exp: new Date(NOW * 1000 + 5000),
    })
    expect(decode(encode(claims, SECRET), SECRET, HS256)).toEqual({ b: [1, {}], exp: NOW + 5 })
  })
})

describe("an unprotected header that JSON cannot say", () => {
  test.each<[string, unknown]>([
    ["E21: a function", () => 1],
    ["E21: BigInt", 1n],
    ["E21: a symbol", Symbol("x")],
    ["E21: NaN", Number.NaN],
    ["E21: a Map", new Map()],
  ])("%s is not written, and is no reason to fail", (_name, value) => {
    const unprotected = { x: untyped<string>(value) }
    expect(outcome(() => signJws("x", SECRET, { format: "flattened", unprotected }))).toBe(
      "UsageError header_not_allowed",
    )
    const jws = { payload: PAYLOAD_SEGMENT, protected: HEADER, signature: SIGNATURE, header: unprotected }
    expect(outcome(() => verifyJws(jws, SECRET, { algorithms: ["HS256"] }))).toMatch(/^accepted$|^DecodeError /)
  })
})

describe("a payload", () => {
  test("E23: that is empty is a JWS, and no JWT", async () => {
    const empty = signJws("", SECRET)
    expect(verifyJws(empty, SECRET, { algorithms: ["HS256"] }).payload).toEqual(new Uint8Array())
    await expectRefused({ token: empty }, PAYLOAD, JWT_DOORS)
    await expectRefused({ token: withMac(`${HEADER}.`) }, PAYLOAD, JWT_DOORS)
    await expectAccepted({ token: empty }, JWS_DOORS)
  })
})

describe("an encrypted token", () => {
  const jwe = [
    json({ alg: "dir", enc: "A128GCM" }),
    "",
    "AAAAAAAAAAAAAAAA",
    segment(MARK),
    "AAAAAAAAAAAAAAAAAAAAAA",
  ].join(".")

  test.each<[string, unknown]>([
    ["E24: the same secret", SECRET],
    ["E24: a private key", p256().privateKey],
    ["E24: no key", null],
  ])("%s: is not taken for a signed one", async (_name, key) => {
    const options = { algorithms: ["HS256", "ES256"], now: NOW }
    await expectRefused({ token: jwe, key, options }, "DecodeError token_encrypted", [
      "decode",
      "decodeAsync",
      ...JWS_DOORS,
    ])
    await expectRefused({ token: jwe }, "DecodeError token_encrypted", READING_DOORS)
  })

  test("E24: in JSON form is no JWS", async () => {
    const flattened = { protected: json({ alg: "dir", enc: "A128GCM" }), iv: "AAAA", ciphertext: "AAAA", tag: "AAAA" }
    await expectRefused({ token: flattened }, MALFORMED, JWS_DOORS)
    await expectRefused({ token: { ...flattened, signature: "" } }, "DecodeError payload_missing", JWS_DOORS)
  })
})
