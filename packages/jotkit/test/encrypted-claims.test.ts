/** Encrypted tokens: claims by the rules of signed ones. */
import {
  decode,
  decrypt,
  decryptAsync,
  decryptJwe,
  ExpiredSignatureError,
  encode,
  encrypt,
  encryptAsync,
  encryptJwe,
  InvalidClaimsError,
  Jwk,
} from "jotkit"
import { describe, expect, expectTypeOf, test } from "vitest"
import { z } from "zod"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const NOW = 1_700_000_000
const KEY = Jwk.generate("A256GCM")
const SIGNING = Jwk.generate("ES256")

function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as Record<string, unknown>
}

describe("encrypt", () => {
  test("writes a compact JWE whose header says JWT", () => {
    const token = encrypt({ sub: "alice" }, KEY, {})
    expect(token.split(".")).toHaveLength(5)
    expect(headerOf(token)).toEqual({ typ: "JWT", alg: "dir", enc: "A256GCM" })
    expect(decrypt(token, KEY)).toEqual({ sub: "alice" })
  })

  test("adds claims as encode does, and changes nothing of the caller's", () => {
    const claims = Object.freeze({ role: "reader" })
    const options = {
      expiresIn: "1h",
      notBefore: 0,
      issuedAt: true,
      jwtId: "7",
      issuer: "me",
      audience: ["you"],
      subject: "her",
      now: NOW,
    } as const
    const found = decrypt(encrypt(claims, KEY, options), KEY, { now: NOW, audience: "you" })
    expect(found).toEqual(decode(encode(claims, SIGNING, options), SIGNING.publicKey(), { now: NOW, audience: "you" }))
    expect(found).toMatchObject({ exp: NOW + 3600, iat: NOW, jti: "7", iss: "me", aud: ["you"], sub: "her" })
  })

  test("takes a header and a typ of the caller's, or none", () => {
    expect(headerOf(encrypt({}, KEY, { header: { typ: "at+jwt", a: 1 } }))).toMatchObject({ typ: "at+jwt", a: 1 })
    expect(headerOf(encrypt({}, KEY, { header: { typ: null } }))).not.toHaveProperty("typ")
  })

  test.each<[claims: unknown, options: unknown, expected: string]>([
    [{ exp: "soon" }, {}, "UsageError claims_invalid"],
    [[], {}, "UsageError claims_invalid"],
    ["text", {}, "UsageError claims_invalid"],
    [{ nothing: Number.NaN }, {}, "UsageError claims_invalid"],
    [{}, { expiresIn: "soon" }, "UsageError option_invalid"],
    [{}, { detached: true }, "UsageError option_unknown"],
    [{}, { sortHeader: true }, "UsageError option_unknown"],
    [{}, { aad: new Uint8Array() }, "UsageError option_unknown"],
    [{}, { header: { epk: {} } }, "UsageError header_not_allowed"],
  ])("refuses %j with %j", async (claims, options, expected) => {
    expect(outcome(() => encrypt(untyped(claims), KEY, untyped(options)))).toBe(expected)
    expect(await outcomeOf(encryptAsync(untyped(claims), KEY, untyped(options)))).toBe(expected)
  })

  test("answers the same later", async () => {
    const token = await encryptAsync({ sub: "alice" }, KEY, { expiresIn: 60, now: NOW })
    expect(await decryptAsync(token, KEY, { now: NOW })).toEqual({ sub: "alice", exp: NOW + 60 })
  })
})

describe("decrypt", () => {
  test.each<[claims: object, options: object, expected: string]>([
    [{ exp: NOW }, {}, "ExpiredSignatureError token_expired"],
    [{ exp: NOW + 1 }, {}, "accepted"],
    [{ exp: NOW }, { leeway: 1 }, "accepted"],
    [{ nbf: NOW + 1 }, {}, "ImmatureSignatureError token_not_yet_valid"],
    [{ iat: NOW + 1 }, {}, "ImmatureSignatureError issued_at_in_future"],
    [{ aud: "you" }, {}, "InvalidAudienceError audience_unexpected"],
    [{ aud: "you" }, { audience: "me" }, "InvalidAudienceError audience_invalid"],
    [{ iss: "me" }, { issuer: "you" }, "InvalidIssuerError issuer_invalid"],
    [{}, { require: ["exp"] }, "MissingRequiredClaimError claim_missing"],
    [{}, { subject: "her" }, "MissingRequiredClaimError claim_missing"],
    [{}, { typ: "at+jwt" }, "InvalidTypeError type_invalid"],
    [{}, { typ: "application/jwt" }, "accepted"],
    [{ exp: NOW - 9 }, { verify: { exp: false } }, "accepted"],
    [{}, { verify: { signature: false } }, "UsageError option_invalid"],
    [{}, { detachedPayload: new Uint8Array() }, "UsageError option_unknown"],
    [{}, { acceptPadding: true }, "UsageError option_unknown"],
    [{}, { algorithms: ["HS256"] }, "InvalidAlgorithmError algorithm_unknown"],
    [{}, { algorithms: ["A256KW"] }, "InvalidAlgorithmError algorithm_not_allowed"],
    [{}, { encryptionAlgorithms: ["A128GCM"] }, "InvalidAlgorithmError algorithm_not_allowed"],
    [{}, { maxTokenLength: 20 }, "DecodeError token_too_large"],
  ])("judges %j with %j", async (claims, options, expected) => {
    const token = encryptJwe(JSON.stringify(claims), KEY, { header: { typ: "JWT" } })
    expect(outcome(() => decrypt(token, KEY, { now: NOW, ...options }))).toBe(expected)
    expect(await outcomeOf(decryptAsync(token, KEY, { now: NOW, ...options }))).toBe(expected)
  })

  test("names every violation", () => {
    const token = encrypt({ exp: NOW, aud: "you" }, KEY, {})
    const error = errorOf(() => decrypt(token, KEY, { now: NOW }))
    expect(error).toBeInstanceOf(ExpiredSignatureError)
    expect(error.violations.map(({ code }) => code)).toEqual(["token_expired", "audience_unexpected"])
  })

  test("types claims by a schema, in both forms", async () => {
    const schema = z.object({ role: z.enum(["reader", "editor"]) })
    const token = encrypt({ role: "reader" }, KEY, {})
    const claims = decrypt(token, KEY, { schema })
    expectTypeOf(claims).toEqualTypeOf<{ role: "reader" | "editor" }>()
    expect(claims).toEqual({ role: "reader" })
    expectTypeOf(await decryptAsync(token, KEY, { schema })).toEqualTypeOf<{ role: "reader" | "editor" }>()
    expect(errorOf(() => decrypt(encrypt({ role: "x" }, KEY, {}), KEY, { schema }))).toBeInstanceOf(InvalidClaimsError)
  })

  test.each<[plaintext: string, expected: string]>([
    ["[]", "DecodeError payload_invalid"],
    ["text", "DecodeError payload_invalid"],
    ['{"a":1,"a":2}', "DecodeError duplicate_member"],
    ["", "DecodeError payload_invalid"],
  ])("refuses the plaintext %j", (plaintext, expected) => {
    expect(outcome(() => decrypt(encryptJwe(plaintext, KEY, {}), KEY))).toBe(expected)
  })

  test.each(["iss", "sub", "aud"])("refuses a header whose copy of %s differs from the claim", (name) => {
    const same = encrypt({ [name]: "one" }, KEY, { header: { [name]: "one" } })
    expect(outcome(() => decrypt(same, KEY, { audience: "one" }))).toMatch(/^accepted$|claim_missing/)
    for (const other of ["two", ["one"], null]) {
      const token = encrypt({ [name]: "one" }, KEY, { header: { [name]: other } })
      expect(outcome(() => decrypt(token, KEY, { verify: { aud: false } }))).toMatch(/^Invalid\w+Error \w+_invalid$/)
    }
  })

  test("takes only text and bytes, and only encrypted tokens", () => {
    expect(outcome(() => decrypt(untyped(5), KEY))).toBe("DecodeError token_malformed")
    expect(outcome(() => decrypt(encode({}, SIGNING), KEY))).toBe("DecodeError token_malformed")
    expect(outcome(() => decode(encrypt({}, KEY, {}), SIGNING.publicKey()))).toBe("DecodeError token_encrypted")
    expect(decrypt(new TextEncoder().encode(encrypt({ a: 1 }, KEY, {})), KEY)).toEqual({ a: 1 })
  })
})

describe("a token inside a token", () => {
  const inner = encode({ sub: "alice" }, SIGNING)
  const nested = encryptJwe(inner, KEY, { header: { cty: "JWT" } })

  test("is opened, then verified", () => {
    const { plaintext, header } = decryptJwe(nested, KEY)
    expect(header.cty).toBe("JWT")
    expect(decode(plaintext, SIGNING.publicKey())).toEqual({ sub: "alice" })
    expect(outcome(() => decode(plaintext, Jwk.generate("ES256").publicKey()))).toBe(
      "InvalidSignatureError signature_invalid",
    )
  })

  test.each(["JWT", "jwt", "application/jwt"])("is named as what it is where claims were expected: %s", (cty) => {
    const token = encryptJwe(inner, KEY, { header: { cty } })
    expect(outcome(() => decrypt(token, KEY))).toBe("DecodeError token_nested")
  })

  test("that does not say so holds no claims", () => {
    expect(outcome(() => decrypt(encryptJwe(inner, KEY, {}), KEY))).toBe("DecodeError payload_invalid")
  })
})
