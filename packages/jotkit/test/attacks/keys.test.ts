/** Attacks that confuse one key with another, or a key with a secret: K1 to K20. */
import { createSecretKey, generateKeyPairSync, type KeyObject, sign, webcrypto } from "node:crypto"
import {
  decode,
  encode,
  Jwk,
  type JwkObject,
  JwkSet,
  type KeyInput,
  Signer,
  signJws,
  Verifier,
  verifyJws,
} from "jotkit"
import { afterEach, describe, expect, test, vi } from "vitest"
import { expectAccepted, expectRefused, outcome, outcomeOf } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  derOf,
  ecPair,
  ed25519,
  expiredCertificate,
  HS256,
  jwkOf,
  type KeyPair,
  mac,
  memberBytes,
  NOW,
  openSshLine,
  otherRsa,
  p256,
  p384,
  p521,
  pemBlock,
  pemOf,
  pkcs1Of,
  privatePemOf,
  rawSignature,
  rsa,
  SECRET,
  secp256k1,
  segment,
  signedBy,
  signingInput,
  token,
  untyped,
  withMac,
  x25519,
} from "./material.ts"

const NOT_ALLOWED = "InvalidAlgorithmError algorithm_not_allowed"
const MISMATCH = "InvalidAlgorithmError algorithm_mismatch"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const UNREADABLE = "InvalidKeyError key_invalid"
const INVALID_JWK = "InvalidKeyError jwk_invalid"
const EMPTY = "InvalidKeyError secret_empty"
const NO_KEY = "InvalidKeyError key_missing"
const NOT_FOUND = "InvalidKeyError key_not_found"
const OTHER_USE = "InvalidKeyError key_not_for_use"
const FORGED = "InvalidSignatureError signature_invalid"
/** A key that no list of algorithms turns into a secret. */
const NEVER_A_SECRET = /^InvalidKeyError (key_unsuitable|key_invalid|key_too_short|secret_is_key_material)$/

const BOTH = options("RS256", "HS256")
const spki = pemOf(rsa().publicKey)
const pkcs1 = pkcs1Of(rsa().publicKey)
const rsaJwk = jwkOf(rsa().publicKey)

function options(...algorithms: readonly string[]) {
  return { algorithms, now: NOW }
}

function hs256With(secret: string | Uint8Array): string {
  return withMac(signingInput({ alg: "HS256" }), secret)
}

function rs256(): string {
  return signedBy({ alg: "RS256" }, (input) => sign("sha256", input, rsa().privateKey))
}

describe("a public key as HMAC secret", () => {
  const forms: readonly [string, KeyInput][] = [
    ["PEM text", spki],
    ["PEM bytes", Buffer.from(spki)],
    ["PKCS#1 text", pkcs1],
    ["DER", derOf(rsa().publicKey)],
    ["a JWK", rsaJwk],
    ["a Jwk", Jwk.from(rsaJwk)],
    ["a KeyObject", untyped<KeyInput>(rsa().publicKey)],
  ]
  const macs: readonly [string, string | Uint8Array][] = [
    ["K1: made with the PEM", spki],
    ["K1: made with the PEM less its last newline", spki.trim()],
    ["K1: made with the PEM with CRLF", spki.replaceAll("\n", "\r\n")],
    ["K4: made with PKCS#1", pkcs1],
    ["K4: made with PKCS#1 less its last newline", pkcs1.trim()],
    ["K6: made with the DER", derOf(rsa().publicKey)],
    ["K6: made with the modulus", memberBytes(rsaJwk, "n")],
    ["K7: made with the JWK's JSON", JSON.stringify(rsaJwk)],
    ["K8: made with an empty key", ""],
  ]
  test.each(macs.flatMap(([made, secret]) => forms.map(([form, key]) => [made, form, secret, key] as const)))(
    "%s: is refused by %s",
    async (_made, _form, secret, key) => {
      const hostile = hs256With(secret)
      await expectRefused({ token: hostile, key, options: options("RS256") }, NOT_ALLOWED)
      await expectRefused({ token: hostile, key, options: BOTH }, UNSUITABLE)
      await expectRefused({ token: hostile, key, options: HS256 }, UNSUITABLE)
    },
  )

  test("K1: is no secret for other hashes either", async () => {
    for (const bits of [384, 512]) {
      const input = signingInput({ alg: `HS${bits}` })
      const hostile = `${input}.${mac(input, spki, `sha${bits}`)}`
      await expectRefused({ token: hostile, key: spki, options: options("RS256", `HS${bits}`) }, UNSUITABLE)
    }
  })

  test.each(forms)("K2: %s does not sign with HS256", (_form, key) => {
    expect(outcome(() => encode(CLAIMS, key, { algorithm: "HS256" }))).toBe(UNSUITABLE)
    expect(outcome(() => signJws("x", key, { algorithm: "HS512" }))).toBe(UNSUITABLE)
  })

  test("K6: neither do the coordinates of a point, nor those of Ed25519", async () => {
    const point = jwkOf(p256().publicKey)
    const coordinates = Buffer.concat([memberBytes(point, "x"), memberBytes(point, "y")])
    const names = options("ES256", "EdDSA", "HS256")
    for (const secret of [coordinates, derOf(p256().publicKey), memberBytes(point, "x")])
      await expectRefused({ token: hs256With(secret), key: p256().publicKey, options: names }, UNSUITABLE)
    const x = memberBytes(jwkOf(ed25519().publicKey), "x")
    await expectRefused({ token: hs256With(x), key: ed25519().publicKey, options: names }, UNSUITABLE)
  })
})

const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 })

function encryptedDer(key: KeyObject): Buffer {
  return key.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: "passphrase" })
}

describe("text that is a key", () => {
  const before: readonly [string, string][] = [
    ["a space", " "],
    ["a tab", "\t"],
    ["a newline", "\n"],
    ["CRLF", "\r\n"],
    ["a byte order mark", "\ufeff"],
    ["NUL", "\u0000"],
    ["a zero-width space", "\u200b"],
    ["a word joiner", "\u2060"],
    ["a no-break space", "\u00a0"],
    ["a comment line", "# our key\n"],
    ["bag attributes", "Bag Attributes\n    friendlyName: key\nKey Attributes: <No Attributes>\n"],
    ["text", "here it is: "],
    ["a quote", '"'],
    ["many spaces", " ".repeat(5000)],
  ]
  test.each(before)("K3: PEM after %s is never a secret", async (_name, prefix) => {
    for (const key of [prefix + spki, Buffer.from(prefix + spki), prefix + pkcs1, prefix + spki.trim()]) {
      const hostile = hs256With(key)
      await expectRefused({ token: hostile, key, options: HS256 }, NEVER_A_SECRET, ["decode", "verify", "verifyJws"])
      await expectRefused({ token: hostile, key, options: BOTH }, NEVER_A_SECRET, ["decode", "verify", "verifyJws"])
      expect(outcome(() => encode(CLAIMS, key))).toMatch(/^(InvalidKeyError|UsageError) /)
    }
  })

  test.each(before)("K3: PEM after %s is the key that it is, or no key", async (_name, prefix) => {
    const answer = await outcomeOf(() => decode(rs256(), prefix + spki, options("RS256")))
    expect(answer).toMatch(/^(accepted|InvalidKeyError key_invalid)$/)
    const other = signedBy({ alg: "RS256" }, (input) => sign("sha256", input, otherRsa().privateKey))
    expect(await outcomeOf(() => decode(other, prefix + spki, options("RS256")))).not.toBe("accepted")
  })

  const base64 = derOf(rsa().publicKey).toString("base64")
  const hex = derOf(rsa().publicKey).toString("hex")
  const edLine = openSshLine("ssh-ed25519", memberBytes(jwkOf(ed25519().publicKey), "x"))
  const utf32 = (text: string): Uint8Array =>
    new Uint8Array(Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0).buffer)
  test.each<[string, string | Uint8Array]>([
    ["K3: PEM in UTF-16, little endian", Buffer.from(spki, "utf16le")],
    ["K3: PEM in UTF-16, big endian", Buffer.from(spki, "utf16le").swap16()],
    ["K3: PEM in UTF-16 with byte order mark", Buffer.from(`\ufeff${spki}`, "utf16le")],
    ["K3: PEM with \\n written out", spki.replaceAll("\n", "\\n")],
    ["K3: PEM on one line", spki.replaceAll("\n", " ")],
    ["K3: PEM without its end", spki.slice(0, 200)],
    ["K3: PEM with four dashes", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----"],
    ["K3: PEM in base64", Buffer.from(spki).toString("base64")],
    ["K5: a certificate", pemBlock("CERTIFICATE", expiredCertificate(rsa()))],
    ["K5: a trusted certificate", pemBlock("TRUSTED CERTIFICATE", expiredCertificate(rsa()))],
    ["K5: a private key", privatePemOf(p256().privateKey)],
    ["K5: OpenSSH's private form", pemBlock("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0"))],
    [
      "K5: ssh-rsa",
      openSshLine("ssh-rsa", Buffer.from([1, 0, 1]), Buffer.concat([Buffer.alloc(1), memberBytes(rsaJwk, "n")])),
    ],
    ["K5: ssh-ed25519", openSshLine("ssh-ed25519", memberBytes(jwkOf(ed25519().publicKey), "x"))],
    ["K5: ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA"],
    ["K5: ssh-dss", "ssh-dss AAAAB3NzaC1kc3MAAACBAP"],
    ["K5: a security key", "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"],
    ["K5: ssh-rsa after a newline", "\n ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC"],
    ["K5: ssh-rsa after options", 'restrict,command="x" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC'],
    ["K5: ssh-ed25519 behind a name", "key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA"],
    ["K5: ssh-ed25519 in base64", Buffer.from(edLine).toString("base64")],
    ["K5: ssh-ed25519 without its name", edLine.split(" ")[1] ?? ""],
    ["K5: ssh-ed25519 without its name and base64", Buffer.from(edLine.split(" ")[1] ?? "", "base64")],
    ["K6: DER", derOf(rsa().publicKey)],
    ["K6: DER of a private key", rsa().privateKey.export({ type: "pkcs8", format: "der" })],
    ["K6: DER in PKCS#1", rsa().publicKey.export({ type: "pkcs1", format: "der" })],
    ["K6: DER of an EC key", derOf(p384().publicKey)],
    ["K6: DER of an Ed25519 key", derOf(ed25519().publicKey)],
    ["K6: DER of a key on another curve", derOf(ecPair("brainpoolP256r1").publicKey)],
    ["K6: DER of a DSA key", derOf(dsa.publicKey)],
    ["K6: DER of a DSA key in base64", derOf(dsa.publicKey).toString("base64")],
    ["K6: DER of an encrypted private key", encryptedDer(p256().privateKey)],
    ["K6: DER of an RSA key of 512 bits", derOf(generateKeyPairSync("rsa", { modulusLength: 512 }).publicKey)],
    ["K6: DER of an X25519 key", derOf(x25519().publicKey)],
    ["K6: DER of a certificate", expiredCertificate(rsa())],
    ["K6: DER in base64", base64],
    ["K6: DER in hexadecimal", hex],
    ["K6: DER in hexadecimal with its mark", `0x${hex.toUpperCase()}`],
    ["K6: DER in hexadecimal with colons", hex.replaceAll(/(..)(?=.)/g, "$1:")],
    ["K3: PEM in hexadecimal", Buffer.from(spki).toString("hex")],
    ["K3: PEM in UTF-32", utf32(spki)],
    ["K7: a JWK in UTF-32 with byte order mark", utf32(`\ufeff${JSON.stringify(rsaJwk)}`)],
    ["K6: DER in base64 with line breaks", base64.replaceAll(/(.{64})/g, "$1\n")],
    ["K6: DER in base64url", derOf(rsa().publicKey).toString("base64url")],
    ["K6: DER in the characters of a text", derOf(rsa().publicKey).toString("latin1")],
    ["K7: a JWK", JSON.stringify(rsaJwk)],
    ["K7: a JWK with spaces", JSON.stringify(rsaJwk, undefined, 2)],
    ["K7: a private JWK", JSON.stringify(jwkOf(p256().privateKey))],
    ["K7: a secret as JWK", JSON.stringify({ kty: "oct", k: segment(SECRET) })],
    ["K7: a JWK Set", JSON.stringify({ keys: [rsaJwk] })],
    ["K7: an array of JWKs", JSON.stringify([rsaJwk])],
    ["K7: a JWK in another member", JSON.stringify({ data: { key: rsaJwk } })],
    ["K7: a JWK with an escaped name", '{"k\\u0074y":"RSA","n":"AQAB","e":"AQAB"}'],
    ["K7: a JWK after a newline", `\n\n${JSON.stringify(rsaJwk)}`],
    ["K7: a JWK as bytes", Buffer.from(JSON.stringify(rsaJwk))],
    ["K7: a JWK in UTF-16", Buffer.from(JSON.stringify(rsaJwk), "utf16le")],
    ["K7: a JWK in base64", Buffer.from(JSON.stringify(rsaJwk)).toString("base64")],
  ])("%s is never a secret", async (_name, key) => {
    const hostile = hs256With(key)
    const marks = [Buffer.from(key).toString("latin1").replaceAll(/\s/g, "").slice(60, 120)]
    await expectRefused({ token: hostile, key, options: HS256, marks }, NEVER_A_SECRET)
    await expectRefused({ token: hostile, key: () => key, options: HS256, marks }, NEVER_A_SECRET)
    expect(outcome(() => encode(CLAIMS, key, { algorithm: "HS256" }), marks)).toMatch(NEVER_A_SECRET)
    const wrapped = { kty: "oct", k: segment(key) }
    await expectRefused({ token: hostile, key: wrapped, options: HS256, marks }, NEVER_A_SECRET)
    await expectRefused(
      { token: hostile, key: createSecretKey(Buffer.from(key)), options: HS256, marks },
      NEVER_A_SECRET,
    )
  })
})

describe("a secret that only looks unusual", () => {
  test.each<[string, string | Uint8Array]>([
    ["hexadecimal", "0123456789abcdef".repeat(4)],
    ["hexadecimal with an odd length", "0x123456789abcdef0123456789abcdef012"],
    ["base64", Buffer.alloc(48, 7).toString("base64")],
    ["a sentence about keys", "the ssh-rsa key is not here, nor is AAAA"],
    ["bytes with zeros", Uint8Array.of(0, 0, 0, 7, ...Buffer.alloc(40, 0x73))],
    ["zeros", new Uint8Array(32)],
    ["JSON without a key", '{"a":{"b":["kty"]}}'.padEnd(40)],
  ])("K2: %s is a secret", (_name, secret) => {
    expect(decode(hs256With(secret), secret, { ...HS256, now: NOW })).toEqual(CLAIMS)
  })
})

describe("no key", () => {
  const hostile = hs256With("")
  test.each<[string, unknown, string]>([
    ["K9: an empty text", "", EMPTY],
    ["K9: no bytes", new Uint8Array(), EMPTY],
    ["K9: an empty Buffer", Buffer.alloc(0), EMPTY],
    ["K9: an oct JWK with an empty k", { kty: "oct", k: "" }, EMPTY],
    ["K9: an oct JWK without k", { kty: "oct" }, INVALID_JWK],
    ["K9: an oct JWK with k null", { kty: "oct", k: null }, INVALID_JWK],
    ["K9: a function that answers with an empty text", () => "", NOT_FOUND],
    ["K9: a function that answers with null", () => null, NOT_FOUND],
    ["K9: a function that answers with undefined", () => undefined, NOT_FOUND],
    ["K9: a function that answers with no bytes", () => new Uint8Array(), EMPTY],
    ["K9: a function that answers with false", () => false, NO_KEY],
    ["K9: a function that answers with zero", () => 0, NO_KEY],
    ["K9: a function that answers with an empty array", () => [], UNREADABLE],
    ["K9: a function that answers with [null]", () => [null], UNREADABLE],
    ["K9: a function that answers with an empty object", () => ({}), UNREADABLE],
    ["K9: a function that answers with a function", () => () => SECRET, UNREADABLE],
    ["K9: a function that throws", failing, "InvalidKeyError key_function_failed"],
    ["K9: an empty array", [], UNREADABLE],
    ["K9: [null]", [null], UNREADABLE],
    ["K10: null", null, NO_KEY],
    ["K10: undefined", undefined, NO_KEY],
    ["K10: false", false, NO_KEY],
    ["K10: zero", 0, NO_KEY],
    ["K10: NaN", Number.NaN, NO_KEY],
  ])("%s is refused", async (_name, key, expected) => {
    await expectRefused({ token: hostile, key, options: HS256 }, expected)
    await expectRefused({ token: `${signingInput({ alg: "HS256" })}.`, key, options: HS256 }, expected)
  })

  test.each<[string, unknown, string]>([
    ["K10: null", null, NO_KEY],
    ["K10: undefined", undefined, NO_KEY],
    ["K10: an empty text", "", EMPTY],
    ["K10: no bytes", new Uint8Array(), EMPTY],
  ])("%s makes no verifier and no signer", (_name, key, expected) => {
    expect(outcome(() => new Verifier({ key: untyped(key), algorithms: ["HS256"] }))).toBe(expected)
    expect(outcome(() => new Signer({ key: untyped(key), algorithm: "HS256" }))).toBe(expected)
    expect(outcome(() => encode(CLAIMS, untyped(key)))).toBe(expected)
  })
})

function failing(): never {
  throw new TypeError("no such key")
}

describe("a short secret", () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  // Where attacks.md refuses, the contract warns: a short secret is refused only where the caller asks for it.
  test.each<[string, string, number]>([
    ["K11: 31 bytes for HS256", "HS256", 31],
    ["K11: 47 bytes for HS384", "HS384", 47],
    ["K11: 63 bytes for HS512", "HS512", 63],
    ["K11: one byte", "HS256", 1],
    ["K11: 15 bytes", "HS256", 15],
  ])("%s is warned of once, or refused", (_name, algorithm, length) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined)
    const secret = Buffer.alloc(length, `short ${algorithm}`)
    const signer = new Signer({ key: secret, algorithm })
    for (let count = 0; count < 3; count++) signer.sign({})
    expect(warnings.mock.calls.map(([message, type]) => [String(message).includes("short HS"), type])).toEqual([
      [false, "InsecureKeyLengthWarning"],
    ])
    const enforced = { algorithms: [algorithm], enforceMinimumKeyLength: true }
    const genuine = signer.sign({})
    expect(outcome(() => decode(genuine, secret, enforced))).toBe("InvalidKeyError key_too_short")
    expect(outcome(() => verifyJws(genuine, secret, enforced))).toBe("InvalidKeyError key_too_short")
    expect(outcome(() => encode({}, secret, { algorithm, enforceMinimumKeyLength: true }))).toBe(
      "InvalidKeyError key_too_short",
    )
  })

  test.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const)("K11: %s takes %i bytes without a word", (algorithm, length) => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined)
    const secret = Buffer.alloc(length, "enough")
    const rules = { algorithms: [algorithm], enforceMinimumKeyLength: true }
    expect(decode(encode({ a: 1 }, secret, { algorithm }), secret, rules)).toEqual({ a: 1 })
    expect(warnings).not.toHaveBeenCalled()
  })

  test.each([["secret"], ["your-256-bit-secret"], ["password"], ["changeme"], ["qwerty"]])(
    "K12: the password %s is too short",
    (password) => {
      vi.spyOn(process, "emitWarning").mockImplementation(() => undefined)
      const enforced = { algorithms: ["HS256"], enforceMinimumKeyLength: true }
      expect(outcome(() => decode(hs256With(password), password, enforced))).toBe("InvalidKeyError key_too_short")
    },
  )
})

describe("the wrong half, family or curve", () => {
  test.each<[string, KeyInput, string]>([
    ["K13: a public RSA key", rsaJwk, "RS256"],
    ["K13: a public EC key", jwkOf(p256().publicKey), "ES256"],
    ["K13: a public Ed25519 key", jwkOf(ed25519().publicKey), "EdDSA"],
    ["K13: a public key in PEM", spki, "PS256"],
    ["K13: a certificate", pemBlock("CERTIFICATE", expiredCertificate(rsa())), "RS256"],
  ])("%s does not sign", (_name, key, algorithm) => {
    expect(outcome(() => encode(CLAIMS, key, { algorithm }))).toBe("InvalidKeyError key_not_private")
    expect(outcome(() => signJws("x", key, { algorithm }))).toBe("InvalidKeyError key_not_private")
    expect(outcome(() => new Signer({ key, algorithm }))).toBe("InvalidKeyError key_not_private")
  })

  test("K13: a private key verifies with its public half", async () => {
    // Where attacks.md refuses, the contract takes the public half.
    await expectAccepted({ token: rs256(), key: jwkOf(rsa().privateKey), options: options("RS256") })
  })

  const es256 = () => signedBy({ alg: "ES256" }, (input) => rawSignature("sha256", input, p256().privateKey))
  test.each<[string, () => string, KeyObject, string]>([
    ["K14: ES256 with an RSA key", es256, rsa().publicKey, "ES256"],
    ["K14: RS256 with an EC key", rs256, p256().publicKey, "RS256"],
    ["K14: PS256 with an EC key", rs256, p256().publicKey, "RS256"],
    ["K14: EdDSA with X25519", () => token({ alg: "EdDSA" }), x25519().publicKey, "EdDSA"],
    ["K14: EdDSA with an EC key", () => token({ alg: "EdDSA" }), p256().publicKey, "EdDSA"],
    ["K14: HS256 with an Ed25519 key", () => token({ alg: "HS256" }), ed25519().publicKey, "HS256"],
    ["K14: ES256 with a secret", es256, createSecretKey(Buffer.from(SECRET)), "ES256"],
    ["K14: RS256 with a secret", rs256, createSecretKey(Buffer.from(SECRET)), "RS256"],
  ])("%s is refused", async (_name, hostile, key, algorithm) => {
    await expectRefused({ token: hostile(), key, options: options(algorithm) }, UNSUITABLE)
  })

  const curves: readonly [string, string, string, KeyPair][] = [
    ["P-256", "ES256", "sha256", p256()],
    ["P-384", "ES384", "sha384", p384()],
    ["P-521", "ES512", "sha512", p521()],
    ["secp256k1", "ES256K", "sha256", secp256k1()],
  ]
  const pairs = curves.flatMap(([, algorithm, hash]) =>
    curves.filter(([, own]) => own !== algorithm).map(([curve, , , pair]) => [algorithm, curve, hash, pair] as const),
  )
  test.each(pairs)("K15: %s is not for %s", async (algorithm, _curve, hash, { privateKey, publicKey }) => {
    const hostile = signedBy({ alg: algorithm }, (input) => rawSignature(hash, input, privateKey))
    await expectRefused({ token: hostile, key: publicKey, options: options(algorithm) }, UNSUITABLE)
    await expectRefused({ token: hostile, key: jwkOf(publicKey), options: { now: NOW } }, NOT_ALLOWED)
    await expectRefused(
      { token: hostile, key: { ...jwkOf(publicKey), alg: algorithm }, options: options(algorithm) },
      INVALID_JWK,
    )
    expect(outcome(() => encode(CLAIMS, privatePemOf(privateKey), { algorithm }))).toBe(UNSUITABLE)
  })
})

describe("a JWK that is marked for something else", () => {
  test.each<[string, object, string]>([
    ["K16: alg RS512", { alg: "RS512" }, MISMATCH],
    ["K16: alg PS256", { alg: "PS256" }, MISMATCH],
    ["K16: alg RSA-OAEP", { alg: "RSA-OAEP" }, MISMATCH],
    ["K16: alg none", { alg: "none" }, "JwkError jwk_algorithm_unknown"],
    ["K16: alg rs256", { alg: "rs256" }, "JwkError jwk_algorithm_unknown"],
    ["K16: alg of another type of key", { alg: "ES256" }, INVALID_JWK],
    ["K16: alg of a secret", { alg: "HS256" }, INVALID_JWK],
    ["K16: alg as an array", { alg: ["RS256"] }, INVALID_JWK],
    ["K16: use enc", { use: "enc" }, OTHER_USE],
    ["K16: use SIG", { use: "SIG" }, OTHER_USE],
    ["K16: use of a name in the prototype", { use: "toString" }, OTHER_USE],
    ["K16: use as an array", { use: ["sig"] }, INVALID_JWK],
    ["K16: key_ops without verify", { key_ops: ["encrypt"] }, OTHER_USE],
    ["K16: key_ops with sign only", { key_ops: ["sign"] }, OTHER_USE],
    ["K16: key_ops empty", { key_ops: [] }, OTHER_USE],
    ["K16: key_ops as a text", { key_ops: "verify" }, INVALID_JWK],
    ["K16: key_ops null", { key_ops: null }, INVALID_JWK],
    ["K16: key_ops with a number", { key_ops: ["verify", 1] }, INVALID_JWK],
    ["K16: key_ops with verify twice", { key_ops: ["verify", "verify"] }, INVALID_JWK],
    ["K16: key_ops against use", { use: "enc", key_ops: ["verify"] }, INVALID_JWK],
    ["K16: use against key_ops", { use: "sig", key_ops: ["verify", "encrypt"] }, INVALID_JWK],
  ])("%s is refused", async (_name, members, expected) => {
    await expectRefused({ token: rs256(), key: { ...rsaJwk, ...members }, options: options("RS256") }, expected)
    await expectRefused({ token: rs256(), key: () => ({ ...rsaJwk, ...members }), options: options("RS256") }, expected)
  })

  test("K16: is not chosen out of a set", async () => {
    const keys = [{ alg: "RS512" }, { use: "enc" }, { key_ops: ["encrypt"] }].map((members) => ({
      ...rsaJwk,
      ...members,
    }))
    await expectRefused({ token: rs256(), key: JwkSet.from({ keys }), options: options("RS256") }, NOT_FOUND)
  })

  test("K16: does not sign", () => {
    const key = jwkOf(rsa().privateKey)
    expect(outcome(() => encode(CLAIMS, { ...key, use: "enc" }, { algorithm: "RS256" }))).toBe(OTHER_USE)
    expect(outcome(() => encode(CLAIMS, { ...key, key_ops: ["verify"] }, { algorithm: "RS256" }))).toBe(OTHER_USE)
    expect(outcome(() => encode(CLAIMS, { ...key, alg: "RS512" }, { algorithm: "RS256" }))).toBe(UNSUITABLE)
  })
})

describe("keys of other shapes", () => {
  test.each([["file:///etc/passwd"], ["/etc/passwd"], ["file://key.pem"], ["../key.pem"], ["C:\\keys\\key.pem"]])(
    "K17: %s is text and no file",
    async (path) => {
      await expectAccepted({ token: hs256With(path), key: path, options: HS256 })
      await expectRefused({ token: hs256With("root"), key: path, options: HS256 }, FORGED)
    },
  )

  test("K18: a secret KeyObject is used", async () => {
    await expectAccepted({ token: claimsToken(CLAIMS), key: createSecretKey(Buffer.from(SECRET)), options: HS256 })
  })

  async function cryptoKey(algorithm: object, usages: readonly string[], extractable = true): Promise<unknown> {
    const data = Buffer.from(SECRET).subarray(0, 32)
    return webcrypto.subtle.importKey("raw", data, untyped(algorithm), extractable, untyped([...usages]))
  }

  test("K18: a CryptoKey is used as its usages and its hash allow", async () => {
    const hostile = hs256With(Buffer.from(SECRET).subarray(0, 32))
    const hmac = { name: "HMAC", hash: "SHA-256" }
    await expectAccepted({ token: hostile, key: await cryptoKey(hmac, ["verify"]), options: HS256 })
    await expectAccepted({ token: hostile, key: await cryptoKey(hmac, ["verify"], false), options: HS256 })
    await expectRefused({ token: hostile, key: await cryptoKey(hmac, ["sign"]), options: HS256 }, OTHER_USE)
    await expectRefused(
      { token: hostile, key: await cryptoKey({ name: "AES-GCM" }, ["encrypt"]), options: HS256 },
      OTHER_USE,
    )
    const longer = await cryptoKey({ name: "HMAC", hash: "SHA-512" }, ["verify"])
    await expectRefused({ token: hostile, key: longer, options: HS256 }, MISMATCH)
    const weak = await cryptoKey({ name: "HMAC", hash: "SHA-1" }, ["verify"])
    await expectRefused({ token: hostile, key: weak, options: HS256 }, MISMATCH)
    const verifying = untyped<KeyInput>(await cryptoKey(hmac, ["verify"]))
    expect(outcome(() => encode(CLAIMS, verifying, { algorithm: "HS256" }))).toBe(OTHER_USE)
  })

  test.each<[string, object]>([
    ["K18: an object of type secret", { type: "secret", symmetricKeySize: 32, export: () => Buffer.from(SECRET) }],
    [
      "K18: an object called CryptoKey",
      { [Symbol.toStringTag]: "CryptoKey", type: "secret", algorithm: { name: "HMAC" }, usages: ["verify"] },
    ],
    ["K18: an object called KeyObject", { [Symbol.toStringTag]: "KeyObject", type: "secret" }],
    ["K18: an object with k", { k: segment(SECRET) }],
    ["K18: an ArrayBuffer", new TextEncoder().encode(SECRET).buffer],
    ["K18: an array of bytes", [...Buffer.from(SECRET)]],
    ["K18: bytes of another width", new Uint16Array(32).fill(7)],
    ["K18: an object with toString", { toString: () => SECRET }],
    ["K18: a String object", new String(SECRET)],
    ["K18: a plain key set", { keys: [{ kty: "oct", k: segment(SECRET) }] }],
    ["K18: a date", new Date(0)],
    ["K18: a Map", new Map([["kty", "oct"]])],
    ["K18: an inherited JWK", Object.create({ kty: "oct", k: segment(SECRET) })],
  ])("%s is no secret", async (_name, key) => {
    await expectRefused({ token: claimsToken(CLAIMS), key, options: HS256 }, UNREADABLE)
  })

  test.each<[string, () => unknown]>([
    ["K18: a member that JSON cannot say", () => ({ kty: "oct", k: 1n })],
    ["K18: a member that is a circle", () => circular()],
    ["K18: a member nested without end", () => ({ kty: "oct", k: 1, deep: deepArray(100_000) })],
    [
      "K18: a member that throws",
      () => ({
        kty: "oct",
        get k(): string {
          throw new Error("no")
        },
      }),
    ],
  ])("%s makes no key", async (_name, make) => {
    await expectRefused(
      { token: claimsToken(CLAIMS), key: make(), options: HS256 },
      /^InvalidKeyError (key|jwk)_invalid$/,
    )
    expect(outcome(() => encode(CLAIMS, untyped(make())))).toMatch(/^InvalidKeyError (key|jwk)_invalid$/)
    expect(outcome(() => Jwk.from(untyped(make())))).toMatch(/^InvalidKeyError (key|jwk)_invalid$/)
    expect(outcome(() => JwkSet.from({ keys: [make()] }))).toBe("JwkSetError jwks_invalid")
  })

  test("K18: a member nested without end that means nothing is not looked at", async () => {
    const key = { kty: "oct", k: segment(SECRET), deep: deepArray(100_000) }
    await expectAccepted({ token: claimsToken(CLAIMS), key, options: HS256 })
  })
})

function circular(): JwkObject {
  const jwk: JwkObject = { kty: "oct", k: 5 }
  jwk["self"] = jwk
  return jwk
}

function deepArray(levels: number): unknown {
  let value: unknown = []
  for (let level = 1; level < levels; level++) value = [value]
  return value
}

describe("a key that changes", () => {
  test("K19: a verifier and a signer keep theirs", () => {
    const key = Buffer.from(SECRET)
    const verifier = new Verifier({ key, ...HS256 })
    const signer = new Signer({ key })
    const genuine = claimsToken(CLAIMS)
    key.fill(0)
    expect(verifier.verify(genuine)).toEqual(CLAIMS)
    expect(outcome(() => verifier.verify(hs256With(Buffer.alloc(SECRET.length))))).toBe(FORGED)
    expect(signer.sign(CLAIMS)).toBe(encode(CLAIMS, SECRET))
  })

  test("K19: a call uses the key as it is now", () => {
    const key = Buffer.from(SECRET)
    expect(decode(claimsToken(CLAIMS), key, HS256)).toEqual(CLAIMS)
    key.fill(1)
    expect(outcome(() => decode(claimsToken(CLAIMS), key, HS256))).toBe(FORGED)
    const jwk: JwkObject = { kty: "oct", k: segment(SECRET) }
    expect(decode(claimsToken(CLAIMS), jwk, HS256)).toEqual(CLAIMS)
    jwk["k"] = segment(key)
    expect(outcome(() => decode(claimsToken(CLAIMS), jwk, HS256))).toBe(FORGED)
  })

  test("K19: bytes of a Jwk are its own", () => {
    const key = Buffer.from(SECRET)
    const jwk = Jwk.from(key)
    key.fill(0)
    expect(decode(claimsToken(CLAIMS), jwk, HS256)).toEqual(CLAIMS)
  })

  test("K19: a private key in DER that is overwritten keeps signing as it did", () => {
    const der = p256().privateKey.export({ type: "pkcs8", format: "der" })
    const signer = new Signer({ key: der })
    der.fill(0)
    expect(decode(signer.sign({ a: 1 }), untyped<KeyInput>(p256().publicKey))).toEqual({ a: 1 })
  })
})

describe("an HMAC that is nearly right", () => {
  const input = signingInput({ alg: "HS256" })
  const right = Buffer.from(mac(input), "base64url")
  const changed = (from: number): Buffer =>
    Buffer.concat([right.subarray(0, from), right.subarray(from).map((byte) => byte ^ 0x55)])
  test.each<[string, Uint8Array]>([
    ["K20: the first byte", changed(1)],
    ["K20: the first 16 bytes", changed(16)],
    ["K20: all but the last byte", changed(31)],
    ["K20: all but the last bit", Buffer.concat([right.subarray(0, 31), Buffer.from([(right[31] ?? 0) ^ 1])])],
    ["K20: cut to 1 byte", right.subarray(0, 1)],
    ["K20: cut to 8 bytes", right.subarray(0, 8)],
    ["K20: cut to 16 bytes", right.subarray(0, 16)],
    ["K20: cut to 31 bytes", right.subarray(0, 31)],
    ["K20: nothing", right.subarray(0, 0)],
    ["K20: one byte more", Buffer.concat([right, Buffer.alloc(1)])],
    ["K20: twice", Buffer.concat([right, right])],
  ])("%s does not hold", async (_name, signature) => {
    await expectRefused({ token: `${input}.${segment(signature)}` }, FORGED)
  })

  test("K20: the right one holds", async () => {
    await expectAccepted({ token: `${input}.${segment(right)}` })
  })
})
