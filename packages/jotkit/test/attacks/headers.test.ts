/** Critical and special headers: H1 to H15. */
import { decode, decodeAsync, encode, signJws, Verifier, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { DOORS, type Door, expectAccepted, expectRefused, JWS_DOORS, JWT_DOORS, outcome } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  HS256,
  headerToken,
  json,
  mac,
  SECRET,
  signingInput,
  token,
  untyped,
  withMac,
} from "./material.ts"

const CRITICAL = "DecodeError crit_invalid"
const UNREADABLE = "DecodeError header_invalid"
const WRONG_TYPE = "InvalidTypeError type_invalid"
const FORGED = "InvalidSignatureError signature_invalid"
const LARGE = 8 * 1024 * 1024

/** Doors at which an extension that nobody understands is refused; decodeUnverified shows it. */
const DOORS_THAT_UNDERSTAND: readonly Door[] = DOORS.filter((door) => door !== "decodeUnverified")

describe("crit", () => {
  test.each<[string, object]>([
    ["H1: an unknown extension", { crit: ["x"], x: 1 }],
    ["H1: an unknown extension beside b64", { crit: ["b64", "x"], b64: true, x: 1 }],
    ["H1: the name of a claim", { crit: ["exp"], exp: 5 }],
    ["H1: the name of an extension in another case", { crit: ["B64"], B64: true }],
  ])("%s is refused", async (_name, members) => {
    await expectRefused({ token: headerToken(members) }, CRITICAL, DOORS_THAT_UNDERSTAND)
  })

  test("H1: an extension that the caller handles is accepted, and only that", async () => {
    const options = { ...HS256, crit: ["x"] }
    await expectAccepted({ token: headerToken({ crit: ["x"], x: 1 }), options })
    await expectRefused({ token: headerToken({ crit: ["x", "y"], x: 1, y: 1 }), options }, CRITICAL)
  })

  test.each<[string, unknown]>([
    ["H2: an empty array", []],
    ["H2: a text", "x"],
    ["H2: an empty text", ""],
    ["H2: null", null],
    ["H2: a number", 1],
    ["H2: zero", 0],
    ["H2: true", true],
    ["H2: false", false],
    ["H2: an object", {}],
    ["H2: an object that looks like an array", { 0: "x", length: 1 }],
    ["H2: a number in it", [1]],
    ["H2: null in it", [null]],
    ["H2: an empty name", [""]],
    ["H2: an array in it", [["x"]]],
    ["H3: alg", ["alg"]],
    ["H3: typ", ["typ"]],
    ["H3: kid", ["kid"]],
    ["H3: cty", ["cty"]],
    ["H3: crit itself", ["crit"]],
    ["H3: enc", ["enc"]],
    ["H3: jwk", ["jwk"]],
    ["H3: x5t#S256", ["x5t#S256"]],
    ["H3: a registered name beside another", ["x", "alg"]],
    ["H4: a name that is not there", ["absent"]],
    ["H4: b64 that is not there", ["b64"]],
    ["H4: a name that is only inherited", ["toString"]],
    ["H4: constructor", ["constructor"]],
    ["H4: __proto__", ["__proto__"]],
    ["H5: b64 twice", ["b64", "b64"]],
    ["H5: x twice", ["x", "x"]],
  ])("%s is refused", async (_name, crit) => {
    const b64 = JSON.stringify(crit).includes('"b64","b64"') ? { b64: true } : {}
    const header = {
      alg: "HS256",
      typ: "JWT",
      kid: "1",
      cty: "x",
      enc: "x",
      jwk: {},
      "x5t#S256": "x",
      x: 1,
      ...b64,
      crit,
    }
    await expectRefused({ token: token(header) }, CRITICAL, DOORS)
    const understood = ["x", "absent", "toString", "constructor", "__proto__", "b64", "alg", "kid"]
    await expectRefused({ token: token(header), options: { ...HS256, crit: understood } }, CRITICAL, DOORS)
  })

  test.each<[string, object]>([
    ["H6: crit", { crit: ["x"], x: 1 }],
    ["H6: crit that the protected header has as well", { crit: ["b64"] }],
    ["H6: crit null", { crit: null }],
    ["H6: b64", { b64: true }],
    ["H6: b64 false", { b64: false }],
  ])("%s in the unprotected header is refused", async (_name, header) => {
    for (const protectedHeader of [{ alg: "HS256" }, { alg: "HS256", b64: true, crit: ["b64"] }]) {
      await expectRefused(
        { token: flattened(protectedHeader, header), options: { ...HS256, crit: ["x"] } },
        UNREADABLE,
        JWS_DOORS,
      )
    }
  })

  test.each<[string, Record<string, unknown>]>([
    ["H2: as a text", { crit: "x" }],
    ["H2: empty", { crit: [] }],
    ["H3: with a registered name", { crit: ["alg"] }],
    ["H4: with an absent name", { crit: ["x"] }],
    ["H5: with a name twice", { crit: ["x", "x"], x: 1 }],
    ["H8: with b64 as a text", { b64: "false" }],
  ])("%s is not written either", (_name, header) => {
    expect(outcome(() => encode(CLAIMS, SECRET, { header }))).toBe("UsageError header_not_allowed")
    expect(outcome(() => signJws("x", SECRET, { header }))).toBe("UsageError header_not_allowed")
  })
})

function flattened(header: object, unprotected?: object, payload: unknown = CLAIMS): object {
  const input = signingInput(header, payload)
  const [protectedText, payloadText] = input.split(".")
  return {
    protected: protectedText,
    payload: payloadText,
    ...(unprotected && { header: unprotected }),
    signature: mac(input),
  }
}

describe("b64", () => {
  const header = { alg: "HS256", b64: false, crit: ["b64"] }
  const raw = '{"mark":"raw"}'

  test.each<[string, string]>([
    ["H7: with an encoded payload", withMac(signingInput(header))],
    ["H7: with a raw payload", withMac(`${json(header)}.${raw}`)],
    ["H7: with no payload", withMac(`${json(header)}.`)],
  ])("%s: false has no place in a token that holds its payload", async (_name, hostile) => {
    await expectRefused({ token: hostile }, /^DecodeError /, JWT_DOORS)
  })

  test("H7: false takes a detached payload that both sides chose", async () => {
    const detachedPayload = Buffer.from(JSON.stringify(CLAIMS))
    const genuine = `${json(header)}..${mac(`${json(header)}.${detachedPayload}`)}`
    await expectAccepted({ token: genuine, options: { ...HS256, detachedPayload } })
    const other = Buffer.from(JSON.stringify({ ...CLAIMS, admin: true }))
    await expectRefused({ token: genuine, options: { ...HS256, detachedPayload: other } }, FORGED)
    await expectRefused(
      { token: withMac(signingInput(header)), options: { ...HS256, detachedPayload } },
      "DecodeError payload_not_detached",
    )
  })

  test.each<[string, object]>([
    ["H8: false without crit", { b64: false }],
    ["H8: false with another name in crit", { b64: false, crit: ["x"], x: 1 }],
    ["H8: a text", { b64: "false", crit: ["b64"] }],
    ["H8: zero", { b64: 0, crit: ["b64"] }],
    ["H8: null", { b64: null, crit: ["b64"] }],
    ["H8: an array", { b64: [false], crit: ["b64"] }],
  ])("%s is refused", async (_name, members) => {
    await expectRefused({ token: headerToken(members), options: { ...HS256, crit: ["x"] } }, CRITICAL, DOORS)
    const detachedPayload = Buffer.from(raw)
    const text = json({ alg: "HS256", ...members })
    const detached = `${text}..${mac(`${text}.${raw}`)}`
    await expectRefused({ token: detached, options: { ...HS256, crit: ["x"], detachedPayload } }, CRITICAL)
  })

  test("H9: all signatures of one payload agree about it", async () => {
    const unencoded = { protected: json(header), signature: mac(`${json(header)}.${raw}`) }
    const encoded = { protected: json({ alg: "HS256" }), signature: mac(`${json({ alg: "HS256" })}.${raw}`) }
    for (const signatures of [
      [unencoded, encoded],
      [encoded, unencoded],
    ])
      await expectRefused({ token: { payload: raw, signatures } }, UNREADABLE, JWS_DOORS)
    await expectAccepted({ token: { payload: raw, signatures: [unencoded, unencoded] } }, JWS_DOORS)
    const signers = [{ key: SECRET, header: { b64: false } }]
    expect(outcome(() => signJws("x", SECRET, { format: "general", signers }))).toBe("UsageError header_not_allowed")
  })

  test("H10: a large detached payload is hashed and handed over as it is", async () => {
    const detachedPayload = Buffer.alloc(LARGE, "x")
    const genuine = `${json(header)}..${mac(`${json(header)}.${detachedPayload}`)}`
    expect(verifyJws(genuine, SECRET, { algorithms: ["HS256"], detachedPayload }).payload).toHaveLength(LARGE)
    const forged = `${json(header)}..${mac("something else")}`
    await expectRefused({ token: forged, options: { ...HS256, detachedPayload } }, FORGED)
  })

  describe("H10: a detached payload that changes while a key is looked for", () => {
    const before = '{"admin":false}'
    const rawText = `${json(header)}..${mac(`${json(header)}.${before}`)}`
    const encodedText = `${json({ alg: "HS256" })}..${mac(`${json({ alg: "HS256" })}.${json(before)}`)}`

    /** Bytes that hold something else as soon as the key is asked for. */
    function changing(): { key: () => string; options: { algorithms: string[]; detachedPayload: Uint8Array } } {
      const detachedPayload = Buffer.from(before)
      const key = (): string => {
        detachedPayload.write('{"admin":true} ')
        return SECRET
      }
      return { key, options: { algorithms: ["HS256"], detachedPayload } }
    }

    test.each([
      ["H10: unencoded", rawText],
      ["H10: encoded", encodedText],
    ])("%s: the answer is what was verified", async (_name, hostile) => {
      const [jws, jwt, later] = [changing(), changing(), changing()]
      expect(Buffer.from(verifyJws(hostile, jws.key, jws.options).payload).toString()).toBe(before)
      expect(decode(hostile, jwt.key, jwt.options)).toEqual({ admin: false })
      expect(await decodeAsync(hostile, async () => later.key(), later.options)).toEqual({ admin: false })
    })
  })
})

describe("typ and cty", () => {
  const wanted = { ...HS256, typ: "at+jwt" }

  test.each<[string, unknown]>([
    ["H11: JWT", "JWT"],
    ["H11: a longer name", "at+jwtx"],
    ["H11: a name that ends with it", "xat+jwt"],
    ["H11: another type", "text/at+jwt"],
    ["H11: the prefix twice", "application/application/at+jwt"],
    ["H11: the prefix alone", "application/"],
    ["H11: parameters", "at+jwt; v=1"],
    ["H11: a space before it", " at+jwt"],
    ["H11: a full-width letter", "at+jw\uff54"],
    ["H11: an empty text", ""],
  ])("%s is not the wanted type", async (_name, typ) => {
    await expectRefused({ token: headerToken({ typ }), options: wanted }, WRONG_TYPE, JWT_DOORS)
  })

  test("H11: a missing typ is not the wanted type", async () => {
    await expectRefused({ token: token({ alg: "HS256" }), options: wanted }, WRONG_TYPE, JWT_DOORS)
    await expectRefused(
      { token: token('{"alg":"HS256","__proto__":{"typ":"at+jwt"}}'), options: wanted },
      WRONG_TYPE,
      JWT_DOORS,
    )
  })

  test("H11: letters outside ASCII have no case that would make them others", async () => {
    const kelvin = headerToken({ typ: "to\u212aen+jwt" })
    await expectRefused({ token: kelvin, options: { ...HS256, typ: "token+jwt" } }, WRONG_TYPE, JWT_DOORS)
  })

  test.each([
    ["H11: at+jwt", "at+jwt"],
    ["H11: application/at+jwt", "application/at+jwt"],
    ["H11: AT+JWT", "AT+JWT"],
    ["H11: APPLICATION/At+Jwt", "APPLICATION/At+Jwt"],
  ])("%s is the wanted type", async (_name, typ) => {
    await expectAccepted({ token: headerToken({ typ }), options: wanted }, JWT_DOORS)
    await expectAccepted({ token: headerToken({ typ: "at+jwt" }), options: { ...HS256, typ } }, JWT_DOORS)
  })

  test("H11: the type is judged before the claims, and after the signature", () => {
    const expired = { exp: 1, aud: "x" }
    const claims = outcome(() => decode(claimsToken(expired), SECRET, wanted))
    expect(claims).toBe(WRONG_TYPE)
    expect(outcome(() => decode(`${claimsToken(expired).slice(0, -6)}AAAAAA`, SECRET, wanted))).toMatch(
      /^InvalidSignatureError|^DecodeError/,
    )
  })

  test.each([["JWT"], ["jwt"], [undefined]])("H12: a token in a token is not claims (cty %s)", async (cty) => {
    const outer = withMac(
      `${json({ alg: "HS256", ...(cty === undefined ? {} : { cty }) })}.${Buffer.from(claimsToken(CLAIMS)).toString("base64url")}`,
    )
    await expectRefused({ token: outer }, "DecodeError payload_invalid", JWT_DOORS)
    const inner = Buffer.from(verifyJws(outer, SECRET, { algorithms: ["HS256"] }).payload).toString()
    expect(decode(inner, SECRET, HS256)).toEqual(CLAIMS)
  })

  test("H12: 50 tokens in each other are opened one by one, by the caller", () => {
    let nested = claimsToken(CLAIMS)
    const levels = 10
    for (let level = 1; level < levels; level++) nested = signJws(nested, SECRET, { header: { cty: "JWT" } })
    expect(outcome(() => decode(nested, SECRET, HS256))).toBe("DecodeError payload_invalid")
    for (let level = 1; level < levels; level++)
      nested = Buffer.from(verifyJws(nested, SECRET, { algorithms: ["HS256"] }).payload).toString()
    expect(decode(nested, SECRET, HS256)).toEqual(CLAIMS)
  })

  test.each<[string, object]>([
    ["H14: typ as a number", { typ: 1 }],
    ["H14: typ as an array", { typ: ["at+jwt"] }],
    ["H14: typ null", { typ: null }],
    ["H14: cty as an object", { cty: {} }],
    ["H14: cty null", { cty: null }],
    ["H14: x5c as a text", { x5c: "MIIB" }],
    ["H14: x5c with a number", { x5c: ["MIIB", 5] }],
    ["H14: jwk as a text", { jwk: "{}" }],
    ["H14: jwk as an array", { jwk: [] }],
    ["H14: jwk null", { jwk: null }],
    ["H14: jku as a number", { jku: 5 }],
    ["H14: x5u as an object", { x5u: {} }],
    ["H14: x5t null", { x5t: null }],
    ["H14: x5t#S256 as a number", { "x5t#S256": 5 }],
  ])("%s is refused", async (_name, members) => {
    await expectRefused({ token: headerToken(members) }, UNREADABLE, DOORS)
    await expectRefused({ token: headerToken(members), options: wanted }, UNREADABLE, DOORS)
  })

  test.each<[string, object]>([
    ["H14: x5c", { x5c: ["MIIB"] }],
    ["H14: jwk", { jwk: { kty: "oct", k: "AA" } }],
    ["H14: jku and x5u", { jku: "https://keys.example/", x5u: "nonsense" }],
    ["H14: x5t and x5t#S256", { x5t: "", "x5t#S256": "AA" }],
  ])("%s of the right type is never looked at", async (_name, members) => {
    await expectAccepted({ token: headerToken(members) }, DOORS)
  })

  test.each<[string, object]>([
    ["H14: typ", { typ: 1 }],
    ["H14: kid", { kid: 5 }],
    ["H14: x5c", { x5c: "MIIB" }],
    ["H14: jwk", { jwk: "{}" }],
    ["H14: jku", { jku: null }],
  ])("%s of another type is not written either", (_name, header) => {
    expect(outcome(() => encode({}, SECRET, { header: untyped(header) }))).toBe("UsageError header_not_allowed")
    expect(outcome(() => signJws("x", SECRET, { header: untyped(header) }))).toBe("UsageError header_not_allowed")
  })
})

describe("__proto__ in a header", () => {
  test("H15: does not lend its members", async () => {
    await expectRefused({ token: token('{"__proto__":{"alg":"HS256"}}') }, "InvalidAlgorithmError algorithm_missing")
    const hostile = '{"alg":"HS256","__proto__":{"alg":"none","kid":5,"crit":["x"],"b64":false,"typ":7}}'
    await expectAccepted({ token: token(hostile) }, DOORS)
  })

  test("H15: is a member like any other for the caller", () => {
    const { header } = new Verifier({ key: SECRET, ...HS256 }).verifyComplete(
      token('{"alg":"HS256","__proto__":{"admin":true}}'),
    )
    expect(Object.getPrototypeOf(header)).toBe(Object.prototype)
    expect(Object.keys(header)).toEqual(["alg", "__proto__"])
    expect(header["admin"]).toBeUndefined()
  })

  test("H15: is written as it is, or not at all", () => {
    const header: unknown = JSON.parse('{"__proto__":{"b64":false,"alg":"none","kid":"x"}}')
    const made = outcome(() => encode(CLAIMS, SECRET, { header: untyped(header) }))
    expect(["accepted", "UsageError header_not_allowed"]).toContain(made)
    if (made === "accepted")
      expect(decode(encode(CLAIMS, SECRET, { header: untyped(header) }), SECRET, HS256)).toEqual(CLAIMS)
  })
})
