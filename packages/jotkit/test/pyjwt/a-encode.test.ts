/** PyJWT, table A: encode. */
import { createPublicKey, generateKeyPairSync } from "node:crypto"
import { decode, encode, getUnverifiedHeader, Jwk, signJws, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import { dec, enc, headerOf, headerText, payloadText } from "./tokens.ts"

const SOME = { some: "payload" }
const NOW = 1_700_000_000

describe("claims must be a plain object", () => {
  test.each<[string, unknown]>([
    ["1: a text is refused", "string"],
    ["1: an empty array is refused", []],
    ["1: a number is refused", 42],
    ["1: a Set is refused", new Set()],
    ["2: null is refused", null],
    ["2: bytes are refused", new TextEncoder().encode("{}")],
    ["2: a fraction is refused", 1.5],
    ["2: true is refused", true],
  ])("%s", (_name, claims) => {
    expect(outcome(() => enc(untyped(claims)))).toBe("UsageError claims_invalid")
  })
})

describe("tokens are those of PyJWT, byte for byte", () => {
  test("3: HS256", () => {
    expect(enc(SOME, { algorithm: "HS256" })).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzb21lIjoicGF5bG9hZCJ9.4twFt5NiznN84AWoo1d7KO1T_yoc0Z6XOpOVswacPZg",
    )
  })

  test("4: HS512", () => {
    expect(enc(SOME, { algorithm: "HS512" })).toBe(
      "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzb21lIjoicGF5bG9hZCJ9.WTzLzFO079PduJiFIyzrOah54YaM8qoxH9fLMQoQhKtw3_fMGjImIOokijDkXVbyfBqhMo2GCNu4w9v7UXvnpA",
    )
  })

  test("5: HS256 with a key id in the header", () => {
    expect(enc(SOME, { header: { kid: "230498151c214b788dd97f22b85410a5" } })).toBe(
      "eyJhbGciOiJIUzI1NiIsImtpZCI6IjIzMDQ5ODE1MWMyMTRiNzg4ZGQ5N2YyMmI4NTQxMGE1IiwidHlwIjoiSldUIn0.eyJzb21lIjoicGF5bG9hZCJ9.0n16c-shKKnw6gervyk1Dge35tvzbzQ_KCV3H3bgoJ0",
    )
  })

  test("6: without typ", () => {
    expect(enc(SOME, { header: { typ: null } }).split(".")[0]).toBe("eyJhbGciOiJIUzI1NiJ9")
  })

  test("25: an unencoded, detached payload", () => {
    expect(enc({ a: 1 }, { header: { b64: false } })).toBe(
      "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sInR5cCI6IkpXVCJ9..nAkb8oEoQaK2Mjv3gjz7lHJJh3K0WCOGGJtMGARBkzI",
    )
  })

  test("34: an unsecured token, with the key null or empty", () => {
    const unsecured = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJhIjoxfQ."
    expect(encode({ a: 1 }, null, { algorithm: "none" })).toBe(unsecured)
    expect(encode({ a: 1 }, "", { algorithm: "none" })).toBe(unsecured)
  })
})

describe("the header", () => {
  test("7: typ null or empty is left out", () => {
    expect(headerOf(enc(SOME, { header: { typ: null } }))).toEqual({ alg: "HS256" })
    expect(headerOf(enc(SOME, { header: { typ: "" } }))).toEqual({ alg: "HS256" })
  })

  test("8: typ of a security event, with its claims", () => {
    const securityEvent = {
      iss: "https://scim.example.com",
      iat: 1458496404,
      jti: "4d3559ec67504aaba65d40b0363faad8",
      aud: [
        "https://scim.example.com/Feeds/98d52461fa5bbc879593b7754",
        "https://scim.example.com/Feeds/5d7604516b1d08641d7676ee7",
      ],
      events: {
        "urn:ietf:params:scim:event:create": {
          ref: "https://scim.example.com/Users/44f6142df96bd6ab61e7521d9",
          attributes: ["id", "name", "userName", "password", "emails"],
        },
      },
    }
    const token = enc(securityEvent, { header: { typ: "secevent+jwt" } })
    expect(headerOf(token)["typ"]).toBe("secevent+jwt")
    expect(JSON.parse(payloadText(token))).toEqual(securityEvent)
  })

  test("10, 11: own members are written", () => {
    expect(headerOf(enc(SOME, { header: { testheader: true } }))["testheader"]).toBe(true)
  })

  test("12: members are sorted unless asked otherwise", () => {
    const header = { b: "1", a: "2" }
    expect(headerText(encode(SOME, "\u00c2", { header }))).toBe('{"a":"2","alg":"HS256","b":"1","typ":"JWT"}')
    expect(headerText(encode(SOME, "\u00c2", { header, sortHeader: false }))).toBe(
      '{"typ":"JWT","alg":"HS256","b":"1","a":"2"}',
    )
  })

  test("13: nested members are sorted as well", () => {
    const token = enc(SOME, { header: { z: 1, a: { d: 1, c: 2 } } })
    expect(headerText(token)).toBe('{"a":{"c":2,"d":1},"alg":"HS256","typ":"JWT","z":1}')
  })

  test("14: kid null is left out", () => {
    // differs: core-api: null says that no key id is wanted; PyJWT refuses it.
    expect(headerOf(enc(SOME, { header: { kid: null } }))).toEqual({ alg: "HS256", typ: "JWT" })
  })

  test("15: an empty kid is written", () => {
    expect(headerOf(enc(SOME, { header: { kid: "" } }))["kid"]).toBe("")
  })

  test("18: alg in the header that says the same is no mistake", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    const jws = signJws("hello world", privateKey, { algorithm: "ES256", header: { alg: "ES256" } })
    const { payload } = verifyJws(jws, publicKey, { algorithms: ["ES256"] })
    expect(Buffer.from(payload).toString()).toBe("hello world")
  })

  test("19: a token made without a key never verifies", () => {
    const token = encode(SOME, null, { algorithm: "none", header: { alg: "none" } })
    expect(outcome(() => decode(token, untyped(null), { algorithms: ["none"] }))).toBe(
      "InvalidSignatureError signature_invalid",
    )
  })

  // differs: section 9.18 and 9.20: the header is checked by the rules that a reader applies, and never contradicts the signature.
  test.each<[string, Record<string, unknown>, string]>([
    ["7: typ of another type is refused", { typ: 0 }, "UsageError header_not_allowed"],
    ["9: typ as a number is refused", { typ: 1 }, "UsageError header_not_allowed"],
    ["14: kid as a number is refused", { kid: 123 }, "UsageError header_not_allowed"],
    ["16: alg null is refused", { alg: null }, "UsageError header_not_allowed"],
    ["16: an empty alg is refused", { alg: "" }, "UsageError header_not_allowed"],
    ["17: another algorithm in the header is refused", { alg: "HS512" }, "UsageError header_not_allowed"],
    [
      "18: another algorithm in the header is refused, of another family too",
      { alg: "ES256" },
      "UsageError header_not_allowed",
    ],
    ["20: none in the header is refused beside another algorithm", { alg: "none" }, "UsageError header_not_allowed"],
    ["21: an unknown algorithm in the header is refused", { alg: "FOO" }, "UsageError header_not_allowed"],
    ["22: crit naming an absent parameter is refused", { crit: ["x"] }, "UsageError header_not_allowed"],
    ["22: an empty crit is refused", { crit: [] }, "UsageError header_not_allowed"],
    ["23: b64 null is refused", { b64: null }, "UsageError header_not_allowed"],
    ["23: b64 as a number is refused", { b64: 0 }, "UsageError header_not_allowed"],
    ["27: crit as a text is refused", { b64: false, crit: "x" }, "UsageError header_not_allowed"],
  ])("%s", (_name, header, expected) => {
    expect(outcome(() => enc(SOME, { algorithm: "HS256", header }))).toBe(expected)
  })

  test("20: none in the header with a key is refused, without `algorithm` too", () => {
    expect(outcome(() => enc(SOME, { header: { alg: "none" } }))).toBe("InvalidKeyError key_unsuitable")
  })

  test("21: an unknown algorithm in the header alone is refused", () => {
    expect(outcome(() => enc(SOME, { header: { alg: "FOO" } }))).toBe("InvalidAlgorithmError algorithm_unknown")
  })
})

describe("b64 and crit", () => {
  test("23: b64 true says nothing new and is dropped", () => {
    expect(enc(SOME, { header: { b64: true } })).toBe(enc(SOME))
  })

  test("24: b64 true is kept where crit names it, and such a token is readable", () => {
    // differs: section 9.18: PyJWT drops b64 and writes a token that it refuses itself.
    const token = enc(SOME, { header: { crit: ["b64"], b64: true } })
    expect(headerOf(token)).toEqual({ alg: "HS256", typ: "JWT", crit: ["b64"], b64: true })
    expect(dec(token)).toEqual(SOME)
  })

  test("26: b64 false is added to the caller's crit", () => {
    const token = enc(SOME, { header: { b64: false, crit: ["exp"], exp: 1 } })
    expect(headerOf(token)["crit"]).toEqual(["exp", "b64"])
  })

  test("28: a detached JWS stays base64url unless b64 false is asked for", () => {
    // differs: section 1.6: PyJWT has no detached base64url payload (RFC 7515, appendix F), so for it detached means b64 false.
    const detached = String(signJws("hello", "secret", { detached: true, header: { b64: true } }))
    expect(detached.split(".")[1]).toBe("")
    expect(headerOf(detached)).not.toHaveProperty("b64")
    const raw = String(signJws("hello", "secret", { detached: true, b64: false }))
    expect(headerOf(raw)).toMatchObject({ b64: false, crit: ["b64"] })
  })
})

describe("JWS", () => {
  test("29: HS256 is the default for a secret", () => {
    expect(signJws("hello world", "secret", { header: { typ: "JWT" } })).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.aGVsbG8gd29ybGQ.SIr03zM64awWRdPrAM_61QWsZchAtgDV3pphfHPPWkI",
    )
  })

  test("30: the payload may be empty", () => {
    expect(signJws(new Uint8Array(), "k", { header: { typ: "JWT" } })).toBe(
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..lH-ah3YGz5EJNLxUjgDOI__8a8QG3CUhZM62E-k34zw",
    )
  })

  test("31: a text payload is signed as UTF-8", () => {
    // differs: core-api: PyJWT leaks a TypeError.
    expect(signJws("é", "secret")).toBe(signJws(new TextEncoder().encode("é"), "secret"))
  })
})

describe("algorithm and key", () => {
  test.each<[string, unknown, unknown, string]>([
    ["32: hs256 is not HS256", "secret", "hs256", "InvalidAlgorithmError algorithm_unknown"],
    ["32: HS1024 is refused", "secret", "HS1024", "InvalidAlgorithmError algorithm_unknown"],
    ["32: an empty name is refused", "secret", "", "InvalidAlgorithmError algorithm_unknown"],
    ["32: a number is refused", "secret", 1, "UsageError option_invalid"],
    ["32: None is not none", "secret", "None", "InvalidAlgorithmError algorithm_unknown"],
    // differs: section 9.6: null never means none.
    ["33: null does not mean none, with a key", "secret", null, "UsageError option_invalid"],
    ["34: null does not mean none, without a key", null, null, "UsageError option_invalid"],
    ["35: no key is refused: null", null, undefined, "InvalidKeyError key_missing"],
    ["35: no key is refused: undefined", undefined, undefined, "InvalidKeyError key_missing"],
    ["35: a number is no key", 1, undefined, "InvalidKeyError key_missing"],
    ["35: an ArrayBuffer is no key", new ArrayBuffer(32), undefined, "InvalidKeyError key_invalid"],
    ["36: a secret cannot sign RS256", "secret", "RS256", "InvalidKeyError key_unsuitable"],
    ["37: an empty secret is refused", "", "HS256", "InvalidKeyError secret_empty"],
  ])("%s", (_name, key, algorithm, expected) => {
    expect(outcome(() => encode({ a: 1 }, untyped(key), { algorithm: untyped(algorithm) }))).toBe(expected)
  })
})

describe("registered claims", () => {
  // differs: section 9.14 and 8.2: PyJWT checks only `iss` here and writes tokens that no reader accepts.
  test.each<[string, object, string]>([
    ["38: iss as a number is refused", { iss: 123 }, "UsageError claims_invalid"],
    ["38: iss null is refused", { iss: null }, "UsageError claims_invalid"],
    ["39: sub as a number is refused", { sub: 1 }, "UsageError claims_invalid"],
    ["39: jti as a number is refused", { jti: 1 }, "UsageError claims_invalid"],
    ["39: aud as a number is refused", { aud: 1 }, "UsageError claims_invalid"],
    ["39: exp as a text is refused", { exp: "x" }, "UsageError claims_invalid"],
    ["39: exp null is refused", { exp: null }, "UsageError claims_invalid"],
    ["39: exp true is refused", { exp: true }, "UsageError claims_invalid"],
    ["39: exp with a fraction is a time", { exp: 1.5 }, "accepted"],
    ["43: a Date elsewhere is refused", { auth_time: new Date(NOW * 1000) }, "UsageError claims_invalid"],
    ["43: exp as a date in text is refused", { exp: "2023-11-14" }, "UsageError claims_invalid"],
    ["43: exp as a duration is refused", { exp: { minutes: 5 } }, "UsageError claims_invalid"],
  ])("%s", (_name, claims, expected) => {
    expect(outcome(() => enc(claims))).toBe(expected)
  })

  test("40: one Date as exp, iat and nbf becomes its seconds, and the caller's object stays as it is", () => {
    const moment = new Date(NOW * 1000)
    const claims = { exp: moment, iat: moment, nbf: moment }
    expect(dec(enc(claims), { leeway: 1, now: NOW })).toEqual({ exp: NOW, iat: NOW, nbf: NOW })
    expect(claims).toEqual({ exp: moment, iat: moment, nbf: moment })
  })

  test.each<[string, Date | { epochMilliseconds: number }, number]>([
    ["41: a Date", new Date("2023-11-14T22:13:20Z"), NOW],
    ["41: a fraction of a second is dropped", new Date("2023-11-14T22:13:20.999Z"), NOW],
    ["41: a time in another zone is the same moment", new Date("2023-11-15T00:13:20+02:00"), NOW],
    ["41: a Temporal.Instant", { epochMilliseconds: NOW * 1000 + 999 }, NOW],
    ["42: a fraction before 1970 is dropped toward the past", new Date("1969-12-31T23:59:59.500Z"), -1],
  ])("%s", (_name, exp, expected) => {
    expect(JSON.parse(payloadText(enc({ exp })))).toEqual({ exp: expected })
  })
})

describe("JSON", () => {
  test.each<[string, object, string]>([
    // differs: section 9.43: text is written as UTF-8, not as \u escapes, and numbers as JavaScript has them.
    ["44: letters beyond ASCII", { a: "é" }, '{"a":"é"}'],
    ["44: letters beyond the basic plane", { a: "😀" }, '{"a":"😀"}'],
    ["44: a line separator", { a: "\u2028" }, '{"a":"\u2028"}'],
    ["45: 1.0 is 1", { a: 1.0 }, '{"a":1}'],
    ["45: 1e21", { a: 1e21 }, '{"a":1e+21}'],
    ["45: ten to the 25th", { a: 10 ** 25 }, '{"a":1e+25}'],
    ["47: the order of claims is kept", { b: 1, a: 2 }, '{"b":1,"a":2}'],
  ])("%s", (_name, claims, expected) => {
    expect(payloadText(enc(claims))).toBe(expected)
  })

  // differs: section 9.43: PyJWT writes these bare, which is not JSON.
  test.each<[string, number]>([
    ["46: NaN is refused", Number.NaN],
    ["46: Infinity is refused", Number.POSITIVE_INFINITY],
  ])("%s", (_name, value) => {
    expect(outcome(() => enc({ a: value }))).toBe("UsageError claims_invalid")
  })

  test("48: a value that JSON lacks is refused, and a replacer writes it", () => {
    const claims = { some_decimal: 22n }
    expect(outcome(() => enc(claims))).toBe("UsageError claims_invalid")
    const replacer = (_name: string, value: unknown): unknown => (typeof value === "bigint" ? "it worked" : value)
    expect(dec(enc(claims, { replacer }))).toEqual({ some_decimal: "it worked" })
  })

  const circle: Record<string, unknown> = {}
  circle["self"] = circle

  // differs: core-api and section 9.43: the replacer is for claims, and a header is JSON as it stands.
  test.each<[string, unknown]>([
    ["48: a BigInt in the header is refused", 22n],
    ["48: a Date in the header is refused", new Date(0)],
    ["48: NaN in the header is refused", Number.NaN],
    ["48: a function in the header is refused", () => "x"],
    ["48: a circle in the header is refused", circle],
  ])("%s", (_name, value) => {
    expect(outcome(() => enc(SOME, { header: { some: value } }))).toBe("UsageError header_not_allowed")
  })
})

describe("a JWK as key", () => {
  const hs384 = { kty: "oct", alg: "HS384", k: "c2VjcmV0" }
  const hs256 = { kty: "oct", alg: "HS256", k: "c2VjcmV0" }

  test("49: names its algorithm, for decode too", () => {
    const token = encode(SOME, hs384)
    expect(headerOf(token)["alg"]).toBe("HS384")
    expect(decode(token, hs384)).toEqual(SOME)
  })

  test("50: signs with its own algorithm", () => {
    expect(headerOf(encode(SOME, hs256))["alg"]).toBe("HS256")
    // differs: section 9.6: null is never a default.
    expect(outcome(() => encode(SOME, hs256, { algorithm: untyped(null) }))).toBe("UsageError option_invalid")
  })

  test("51: signs with no other algorithm", () => {
    // differs: section 9.3: PyJWT overrides the key's algorithm without a word.
    expect(outcome(() => encode(SOME, hs256, { algorithm: "HS512" }))).toBe("InvalidKeyError key_unsuitable")
    expect(outcome(() => encode(SOME, hs256, { header: { alg: "HS384" } }))).toBe("InvalidKeyError key_unsuitable")
  })

  test("52: refuses none and algorithms of another family", () => {
    expect(outcome(() => encode(SOME, hs256, { algorithm: "none" }))).toBe("InvalidKeyError key_unsuitable")
    expect(outcome(() => encode(SOME, hs256, { algorithm: "RS256" }))).toBe("InvalidKeyError key_unsuitable")
  })

  test("53: puts its key id into the header, unless told otherwise", () => {
    // differs: core-api and section 9.42.
    const named = { ...hs256, kid: "K" }
    expect(getUnverifiedHeader(encode(SOME, named))["kid"]).toBe("K")
    expect(getUnverifiedHeader(encode(SOME, named, { header: { kid: null } }))).not.toHaveProperty("kid")
    expect(getUnverifiedHeader(encode(SOME, named, { header: { kid: "other" } }))["kid"]).toBe("other")
  })
})

describe("54: a public key cannot sign", () => {
  test.each<[string, () => Parameters<typeof encode>[1], string]>([
    ["54: RSA", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey, "RS256"],
    ["54: EC", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey, "ES256"],
    ["54: Ed25519", () => generateKeyPairSync("ed25519").publicKey, "EdDSA"],
    [
      "54: PEM",
      () =>
        createPublicKey(generateKeyPairSync("ed25519").privateKey).export({ type: "spki", format: "pem" }).toString(),
      "EdDSA",
    ],
    ["54: Jwk", () => Jwk.generate("ES256").publicKey(), "ES256"],
  ])("%s", (_name, key, algorithm) => {
    expect(outcome(() => encode(SOME, key(), { algorithm }))).toBe("InvalidKeyError key_not_private")
  })
})
