/** Attacks on the JSON form, and on what encryption is taken for (W23, W24, W26, W27). */
import { createHmac, randomBytes } from "node:crypto"
import {
  decode,
  decrypt,
  decryptAsync,
  decryptJwe,
  decryptJweAsync,
  type EncryptJweOptions,
  encode,
  encryptJwe,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { aesWrap, base64url, compactJwe, flattenedJwe, oaepEncrypt } from "../sealed.ts"
import { expectRefused, outcome, outcomeOf } from "./doors.ts"
import { CLAIMS, NOW, otherRsa, p256, pemOf, rsa, SECRET, signingInput, untyped } from "./material.ts"
import {
  BAD_HEADER,
  claimsRecipe,
  expectSealedAccepted,
  expectSealedRefused,
  FAILED,
  sealedToken,
  secretOf,
  without,
} from "./sealed-doors.ts"

const UNSECURED = `${signingInput({ alg: "none" })}.`
const MALFORMED = "DecodeError token_malformed"
const cek = randomBytes(16)
const key = secretOf(16)
const encrypted_key = base64url(aesWrap(key, cek))

/** A JWE whose recipients are written beside it. */
const shared = without(flattenedJwe(claimsRecipe({ header: { enc: "A128GCM" }, cek })), "encrypted_key")
const recipient = { header: { alg: "A128KW" }, encrypted_key }
const stranger = { header: { alg: "A128KW" }, encrypted_key: base64url(aesWrap(randomBytes(16), cek)) }

describe("recipients", () => {
  test("W23: are found among others", async () => {
    await expectSealedAccepted({ token: { ...shared, recipients: [recipient] }, key })
    await expectSealedAccepted({ token: { ...shared, recipients: [stranger, recipient] }, key })
    await expectSealedAccepted({ token: { ...shared, recipients: [...Array(31).fill(stranger), recipient] }, key })
  })

  test.each<[string, unknown]>([
    ["an empty array", []],
    ["an object", { 0: recipient, length: 1 }],
    ["a text", "recipient"],
    ["null", null],
    ["a null entry", [null, recipient]],
    ["a text as entry", ["recipient", recipient]],
    ["an array as entry", [[recipient], recipient]],
    ["an entry whose header is a text", [{ ...recipient, header: "A128KW" }]],
    ["an entry whose header is an array", [{ ...recipient, header: ["A128KW"] }]],
    ["an entry whose key is a number", [{ ...recipient, encrypted_key: 1 }]],
    ["an entry whose key is padded", [{ ...recipient, encrypted_key: `${encrypted_key}=` }]],
  ])("W23: that are %s are no recipients", async (_what, recipients) => {
    await expectSealedRefused({ token: { ...shared, recipients }, key }, MALFORMED)
  })

  test.each([33, 1000, 100_000])("W23: %i of them are too many", async (count) => {
    const recipients = Array(count).fill(stranger)
    recipients[count - 1] = recipient
    await expectSealedRefused({ token: { ...shared, recipients }, key }, "DecodeError token_too_large")
  })

  test("W23: that are all strangers fail as one does", async () => {
    await expectSealedRefused({ token: { ...shared, recipients: [stranger] }, key }, FAILED)
    await expectSealedRefused({ token: { ...shared, recipients: Array(32).fill(stranger) }, key }, FAILED)
  })

  test("W23: may not stand beside a recipient of the flattened form", async () => {
    await expectSealedRefused({ token: { ...shared, recipients: [recipient], encrypted_key }, key }, MALFORMED)
    await expectSealedRefused(
      { token: { ...shared, recipients: [recipient], header: recipient.header }, key },
      MALFORMED,
    )
  })

  test("W23: one of many cannot have a key of its own for the content", async () => {
    const direct = { header: { alg: "dir" } }
    const sealed = without(flattenedJwe(claimsRecipe({ header: { enc: "A128GCM" }, cek: key })), "encrypted_key")
    await expectSealedAccepted({ token: { ...sealed, recipients: [direct] }, key })
    await expectSealedRefused(
      { token: { ...sealed, recipients: [direct, stranger] }, key, options: { algorithms: ["dir"] } },
      /^(DecodeError header_invalid|InvalidAlgorithmError algorithm_not_allowed)$/,
    )
    await expectSealedRefused({ token: { ...sealed, recipients: [direct, direct] }, key }, BAD_HEADER)
  })

  test("W23: all have the same content encryption", async () => {
    const bare = without(flattenedJwe(claimsRecipe({ header: { typ: "JWT" }, enc: "A128GCM", cek })), "encrypted_key")
    const as = (enc: string, one: { header: object }) => ({ ...one, header: { ...one.header, enc } })
    await expectSealedAccepted({
      token: { ...bare, recipients: [as("A128GCM", stranger), as("A128GCM", recipient)] },
      key,
    })
    for (const recipients of [
      [as("A256GCM", stranger), as("A128GCM", recipient)],
      [as("A128GCM", recipient), as("A256GCM", stranger)],
      [stranger, as("A128GCM", recipient)],
    ])
      await expectSealedRefused(
        { token: { ...bare, recipients }, key },
        /^(DecodeError header_invalid|InvalidAlgorithmError algorithm_missing)$/,
      )
  })

  test("W23: cannot be made with an algorithm that is for one", () => {
    for (const algorithm of ["dir", "ECDH-ES"]) {
      const one = { key: algorithm === "dir" ? secretOf(16) : p256().publicKey, algorithm }
      const recipients = [one, { key: secretOf(16), algorithm: "A128KW" }]
      const options = { encryption: "A128GCM", format: "general", recipients }
      expect(outcome(() => encryptJwe("", untyped(null), untyped<EncryptJweOptions>(options)))).toMatch(/^UsageError /)
    }
  })
})

describe("headers", () => {
  const whole = flattenedJwe(
    claimsRecipe({ header: { enc: "A128GCM", kid: "1" }, cek, encryptedKey: aesWrap(key, cek) }),
  )

  test("W24: are three, each with members of its own", async () => {
    await expectSealedAccepted({ token: { ...whole, unprotected: { a: 1 }, header: { alg: "A128KW", b: 2 } }, key })
    const jwe = { ...whole, unprotected: { alg: "A128KW", a: 1 }, header: { b: 2 } }
    await expectSealedAccepted({ token: jwe, key })
  })

  test.each<[string, object]>([
    ["protected and unprotected", { unprotected: { kid: "1" }, header: { alg: "A128KW" } }],
    ["protected and the recipient's", { header: { alg: "A128KW", kid: "1" } }],
    ["protected and the recipient's, with other values", { header: { alg: "A128KW", kid: "2" } }],
    ["unprotected and the recipient's", { unprotected: { alg: "A128KW" }, header: { alg: "A128KW" } }],
    ["unprotected and the recipient's, with other values", { unprotected: { alg: "dir" }, header: { alg: "A128KW" } }],
    ["protected and unprotected, enc", { unprotected: { enc: "A128GCM" }, header: { alg: "A128KW" } }],
    ["unprotected and the recipient's, of no meaning", { unprotected: { x: 1 }, header: { alg: "A128KW", x: 1 } }],
  ])("W24: a name in %s makes the header invalid", async (_what, members) => {
    await expectSealedRefused({ token: { ...whole, ...members }, key }, BAD_HEADER)
  })

  test.each<[string, object]>([
    ["crit", { crit: ["x"], x: 1 }],
    ["zip", { zip: "DEF" }],
  ])("W24: %s counts only where it is protected", async (_what, members) => {
    for (const place of [
      { unprotected: members, header: { alg: "A128KW" } },
      { header: { alg: "A128KW", ...members } },
    ])
      await expectSealedRefused(
        { token: { ...whole, ...place }, key, options: { algorithms: ["A128KW"], zip: true, crit: ["x"] } },
        BAD_HEADER,
      )
  })

  test("W24: are not made with one name in two", () => {
    const options = { algorithm: "A128KW", encryption: "A128GCM", format: "flattened" as const }
    for (const clash of [
      { header: { x: 1 }, unprotected: { x: 1 } },
      { unprotected: { enc: "A256GCM" } },
      { unprotected: { alg: "dir" } },
    ])
      expect(outcome(() => encryptJwe("", key, untyped<EncryptJweOptions>({ ...options, ...clash })))).toMatch(
        /^UsageError /,
      )
  })

  test.each<[string, object]>([
    ["protected is a number", { protected: 1 }],
    ["protected is an object", { protected: { enc: "A128GCM" } }],
    ["protected is no base64url", { protected: "{}" }],
    ["unprotected is a text", { unprotected: "alg" }],
    ["unprotected is an array", { unprotected: [] }],
    ["header is null", { header: null }],
    ["ciphertext is missing", { ciphertext: undefined }],
    ["ciphertext is a number", { ciphertext: 1 }],
    ["iv is null", { iv: null }],
    ["tag is an array", { tag: ["AA"] }],
    ["encrypted_key is an object", { encrypted_key: {} }],
  ])("W24: %s: that is no JWE", async (_what, members) => {
    await expectSealedRefused(
      { token: { ...whole, header: { alg: "A128KW" }, ...members }, key },
      /^DecodeError (token_malformed|header_invalid)$/,
    )
  })

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "W24: members of the prototype are none: %s",
    async (name) => {
      const jwe = JSON.parse(
        JSON.stringify({ ...whole, header: { alg: "A128KW" } }).replace("{", `{"${name}":{"alg":"dir"},`),
      )
      await expectSealedAccepted({ token: jwe, key })
      await expectSealedRefused({ token: JSON.parse(`{"__proto__":${JSON.stringify(jwe)}}`), key }, MALFORMED)
      await expectSealedRefused({ token: Object.create(jwe), key }, MALFORMED)
    },
  )

  test.each<[string, string]>([
    ["alg twice", '{"alg":"A128KW","alg":"dir","enc":"A128GCM"}'],
    ["enc twice", '{"alg":"A128KW","enc":"A128GCM","enc":"A128GCM"}'],
    ["a name twice inside", '{"alg":"A128KW","enc":"A128GCM","x":{"y":1,"y":2}}'],
  ])("W24: %s is refused", async (_what, header) => {
    const hostile = sealedToken({ header, enc: "A128GCM", cek, encryptedKey: aesWrap(key, cek) })
    await expectSealedRefused({ token: hostile, key }, "DecodeError duplicate_member")
  })

  test.each<[string, object, string]>([
    ["an extension that nobody understands", { crit: ["x"], x: 1 }, "DecodeError crit_invalid"],
    ["b64, which is of JWS", { crit: ["b64"], b64: false }, "DecodeError crit_invalid"],
    ["nothing", { crit: [] }, "DecodeError crit_invalid"],
    ["a registered name", { crit: ["enc"] }, "DecodeError crit_invalid"],
    ["a name that is absent", { crit: ["y"] }, "DecodeError crit_invalid"],
  ])("W24: crit with %s is refused", async (_what, members, expected) => {
    const hostile = sealedToken({
      header: { alg: "A128KW", enc: "A128GCM", ...members },
      cek,
      encryptedKey: aesWrap(key, cek),
    })
    await expectSealedRefused({ token: hostile, key }, expected)
  })
})

describe("an encrypted token", () => {
  const { privateKey, publicKey } = rsa()
  const anyone = sealedToken({
    header: { alg: "RSA-OAEP", enc: "A128GCM" },
    cek,
    encryptedKey: oaepEncrypt("sha1", publicKey, cek),
  })

  test("W26: is one that anyone could make, and no verifier takes it", async () => {
    await expectSealedAccepted({ token: anyone, key: privateKey })
    for (const some of [privateKey, publicKey, pemOf(publicKey)])
      await expectRefused(
        { token: anyone, key: some, options: { algorithms: ["RS256"], now: NOW } },
        "DecodeError token_encrypted",
      )
  })

  test("W26: is not taken by a verifier that has a secret for both", async () => {
    const secret = secretOf(32)
    const token = sealedToken({ header: { alg: "dir", enc: "A256GCM" }, cek: secret })
    await expectSealedAccepted({ token, key: secret })
    await expectRefused(
      { token, key: secret, options: { algorithms: ["HS256"], now: NOW } },
      "DecodeError token_encrypted",
    )
  })

  test("W26: in the JSON form is no JWS, and the reverse", () => {
    const jwe = flattenedJwe(claimsRecipe({ header: { alg: "dir", enc: "A128GCM" }, cek: key }))
    expect(outcome(() => verifyJws(jwe, key, { algorithms: ["HS256"] }))).toMatch(/^DecodeError /)
    const both = { ...jwe, payload: base64url(JSON.stringify(CLAIMS)), signature: "" }
    expect(outcome(() => verifyJws(both, key, { algorithms: ["HS256"] }))).toMatch(
      /^(DecodeError|InvalidAlgorithmError) /,
    )
  })

  test("W26: what is signed is not decrypted", async () => {
    const signed = encode(CLAIMS, SECRET, { algorithm: "HS256" })
    await expectSealedRefused({ token: signed, key: SECRET }, MALFORMED)
    await expectSealedRefused({ token: signed, key: secretOf(32), options: { algorithms: ["dir"] } }, MALFORMED)
  })

  test.each(["", ".", "....", ".....", "a.b.c.d", "a.b.c.d.e.f", "eyJ9....", " ", "null", "{}"])(
    "W26: %j is none",
    async (token) => {
      await expectSealedRefused({ token, key }, /^DecodeError \w+$/)
    },
  )

  test.each<[unknown]>([[null], [undefined], [1], [true], [[]], [() => ""], [Symbol("token")]])(
    "W26: %s is none",
    async (token) => {
      const calls = [
        () => decryptJwe(untyped(token), key, { algorithms: ["dir"] }),
        () => decryptJweAsync(untyped(token), key, { algorithms: ["dir"] }),
      ]
      for (const call of calls) expect(await outcomeOf(call)).toMatch(/^(DecodeError|UsageError) \w+$/)
    },
  )

  test("W26: with an algorithm of signatures is refused by its name", async () => {
    for (const alg of ["HS256", "RS256", "none", "ES256"]) {
      const hostile = sealedToken({ header: { alg, enc: "A128GCM" }, cek: key })
      await expectSealedRefused({ token: hostile, key }, "InvalidAlgorithmError algorithm_not_allowed")
      await expectSealedRefused(
        { token: hostile, key, options: { algorithms: [alg] } },
        /^(UsageError|InvalidAlgorithmError) algorithm_unknown$/,
      )
    }
  })

  test("W26: of any length is refused in the first place where it is too long", async () => {
    const long = sealedToken({ header: { alg: "dir", enc: "A128GCM" }, cek: key, plaintext: Buffer.alloc(200_000, 32) })
    await expectSealedRefused({ token: long, key }, "DecodeError token_too_large")
    await expectSealedRefused(
      { token: anyone, key: privateKey, options: { algorithms: ["RSA-OAEP"], maxTokenLength: anyone.length - 1 } },
      "DecodeError token_too_large",
    )
    await expectSealedAccepted({
      token: anyone,
      key: privateKey,
      options: { algorithms: ["RSA-OAEP"], maxTokenLength: anyone.length },
    })
  })
})

describe("a token inside an encrypted one", () => {
  const { publicKey } = rsa()
  const verifying = { algorithms: ["ES256"], now: NOW }

  /** Opens the outer token as its recipient does, and gives the text inside to the verifier. */
  function inside(text: string, verify: (text: string) => unknown): string {
    const token = encryptJwe(text, publicKey, {
      algorithm: "RSA-OAEP-256",
      encryption: "A256GCM",
      header: { cty: "JWT" },
    })
    const { plaintext } = decryptJwe(token, rsa().privateKey, { algorithms: ["RSA-OAEP-256"] })
    return outcome(() => verify(Buffer.from(plaintext).toString()))
  }
  const byVerifier = (text: string) => new Verifier({ key: p256().publicKey, ...verifying }).verify(text)

  test("W27: that is genuine verifies", () => {
    expect(inside(encode(CLAIMS, p256().privateKey), byVerifier)).toBe("accepted")
  })

  test.each<[string, string, RegExp]>([
    ["unsecured", UNSECURED, /^InvalidAlgorithmError algorithm_not_allowed$/],
    [
      "by another key",
      encode(CLAIMS, otherRsa().privateKey, { algorithm: "RS256" }),
      /^InvalidAlgorithmError algorithm_not_allowed$/,
    ],
    ["HS256 with the public key as secret", hmacWithPem(), /^InvalidAlgorithmError algorithm_not_allowed$/],
    ["claims without a signature", JSON.stringify(CLAIMS), /^DecodeError token_malformed$/],
    [
      "encrypted again",
      encryptJwe(JSON.stringify(CLAIMS), key, { algorithm: "dir", encryption: "A128GCM" }),
      /^DecodeError token_encrypted$/,
    ],
  ])("W27: that is %s is refused", (_what, text, expected) => {
    expect(inside(text, byVerifier)).toMatch(expected)
    expect(inside(text, (one) => decode(one, p256().publicKey, verifying))).toMatch(expected)
  })

  test.each<[string, string]>([
    ["signed", encode(CLAIMS, p256().privateKey)],
    ["unsecured", UNSECURED],
    ["encrypted", encryptJwe(JSON.stringify(CLAIMS), key, { algorithm: "dir", encryption: "A128GCM" })],
  ])("W27: that is %s is no set of claims: decrypt does not look past it", async (_what, text) => {
    for (const cty of [{}, { cty: "JWT" }]) {
      const token = compactJwe({
        header: { alg: "A128KW", enc: "A128GCM", ...cty },
        cek,
        encryptedKey: aesWrap(key, cek),
        plaintext: text,
      })
      expect(outcome(() => decryptJwe(token, key, { algorithms: ["A128KW"] }))).toBe("accepted")
      expect(outcome(() => decrypt(token, key, { algorithms: ["A128KW"], now: NOW }))).toMatch(/^DecodeError \w+$/)
      expect(await outcomeOf(() => decryptAsync(token, key, { algorithms: ["A128KW"], now: NOW }))).toMatch(
        /^DecodeError \w+$/,
      )
    }
  })

  function hmacWithPem(): string {
    const input = `${base64url('{"alg":"HS256"}')}.${base64url(JSON.stringify(CLAIMS))}`
    return `${input}.${createHmac("sha256", pemOf(p256().publicKey)).update(input).digest("base64url")}`
  }
})

describe("claims of an encrypted token", () => {
  const seal = (claims: unknown, replicas: object = {}) =>
    sealedToken({
      header: { alg: "A128KW", enc: "A128GCM", ...replicas },
      cek,
      encryptedKey: aesWrap(key, cek),
      plaintext: typeof claims === "string" ? claims : JSON.stringify(claims),
    })

  test.each<[string, unknown, RegExp]>([
    ["expired", { exp: NOW }, /^ExpiredSignatureError token_expired$/],
    ["not yet valid", { nbf: NOW + 1 }, /^ImmatureSignatureError /],
    ["for an audience that nobody asked for", { aud: "api" }, /^InvalidAudienceError /],
    ["an array", "[]", /^DecodeError /],
    ["null", "null", /^DecodeError /],
    ["no JSON", "{", /^DecodeError /],
    ["with a claim twice", '{"exp":9999999999,"exp":1}', /^DecodeError duplicate_member$/],
  ])("W27: that are %s are refused as those of a signed one are", async (_what, claims, expected) => {
    const options = { algorithms: ["A128KW"], now: NOW }
    expect(outcome(() => decrypt(seal(claims), key, options))).toMatch(expected)
    expect(await outcomeOf(() => decryptAsync(seal(claims), key, options))).toMatch(expected)
  })

  const said = { iss: "https://issuer.example", sub: "alice", aud: ["api", "web"] }
  const options = { algorithms: ["A128KW"], now: NOW, audience: "api" }

  test("H13: may stand in the header, too, where they are the same", async () => {
    const token = seal(said, said)
    expect(decrypt(token, key, options)).toEqual(said)
    expect(await decryptAsync(token, key, options)).toEqual(said)
  })

  test.each<[string, object, string]>([
    ["another iss", { iss: "https://another.example" }, "InvalidIssuerError issuer_invalid"],
    ["another sub", { sub: "bob" }, "InvalidSubjectError subject_invalid"],
    ["another aud", { aud: ["api"] }, "InvalidAudienceError audience_invalid"],
    ["aud as a text", { aud: "api" }, "InvalidAudienceError audience_invalid"],
    ["null for sub", { sub: null }, "InvalidSubjectError subject_invalid"],
  ])("H13: %s in the header is refused", async (_what, replicas, expected) => {
    const token = seal(said, replicas)
    expect(outcome(() => decrypt(token, key, options))).toBe(expected)
    expect(await outcomeOf(() => decryptAsync(token, key, options))).toBe(expected)
  })

  test("H13: a claim that stands in the header alone is refused", async () => {
    const { sub: _, ...rest } = said
    const token = seal(rest, { sub: "alice" })
    expect(outcome(() => decrypt(token, key, options))).toBe("InvalidSubjectError subject_invalid")
  })
})
