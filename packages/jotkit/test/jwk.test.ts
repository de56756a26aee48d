/** `Jwk`: read from every form, written to every form, compared by thumbprint, bound to what it says it is for. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  type webcrypto,
} from "node:crypto"
import { decode, encode, Jwk, type JwkObject, JwkSet, type KeyInput, type ThumbprintHash } from "jotkit"
import * as jwkDoor from "jotkit/jwk"
import { describe, expect, test } from "vitest"
import { certificateOf, derOf, pemBlock, pemOf } from "./keys-fixtures/forms.ts"
import { foreignToken, KINDS, type Kind, pairOf, pssPair, SECRET } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const OK = "accepted"
const INVALID = "InvalidKeyError jwk_invalid"
const NOT_FOR_USE = "InvalidKeyError key_not_for_use"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const NO_PUBLIC_FORM = "UsageError key_secret"
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]
const K = Buffer.from(SECRET).toString("base64url")
const K32 = Buffer.from(SECRET).subarray(0, 32).toString("base64url")
const EVERY_KIND: readonly Kind[] = ["RSA", "P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519"]

function jwkOf(key: KeyObject): JwkObject {
  return untyped(key.export({ format: "jwk" }))
}

const privateJwk = (kind: Kind): JwkObject => jwkOf(pairOf(kind).privateKey)
const publicJwk = (kind: Kind): JwkObject => jwkOf(pairOf(kind).publicKey)

describe("the properties of a key", () => {
  test.each<[name: string, jwk: JwkObject, expected: object]>([
    [
      "a secret",
      { kty: "oct", k: K },
      { keyType: "oct", algorithm: undefined, curve: undefined, isPrivate: false, isSymmetric: true },
    ],
    [
      "a private RSA key",
      privateJwk("RSA"),
      { keyType: "RSA", algorithm: undefined, curve: undefined, isPrivate: true, isSymmetric: false },
    ],
    [
      "a public RSA key",
      publicJwk("RSA"),
      { keyType: "RSA", algorithm: undefined, isPrivate: false, isSymmetric: false },
    ],
    ["P-256", privateJwk("P-256"), { keyType: "EC", algorithm: "ES256", curve: "P-256", isPrivate: true }],
    ["P-384", publicJwk("P-384"), { keyType: "EC", algorithm: "ES384", curve: "P-384", isPrivate: false }],
    ["P-521", publicJwk("P-521"), { keyType: "EC", algorithm: "ES512", curve: "P-521" }],
    ["secp256k1", publicJwk("secp256k1"), { keyType: "EC", algorithm: "ES256K", curve: "secp256k1" }],
    ["Ed25519", publicJwk("Ed25519"), { keyType: "OKP", algorithm: "EdDSA", curve: "Ed25519" }],
    ["Ed448", publicJwk("Ed448"), { keyType: "OKP", algorithm: "EdDSA", curve: "Ed448" }],
    ["X25519", publicJwk("X25519"), { keyType: "OKP", algorithm: undefined, curve: "X25519" }],
    [
      "labels",
      { ...publicJwk("RSA"), alg: "PS384", kid: "7", use: "sig" },
      { algorithm: "PS384", keyId: "7", use: "sig" },
    ],
    ["no labels", publicJwk("RSA"), { keyId: undefined, use: undefined }],
  ])("%s", (_name, jwk, expected) => {
    expect(Jwk.from(jwk)).toMatchObject(expected)
    expect(Jwk.from(JSON.stringify(jwk))).toMatchObject(expected)
  })

  test("options win over what the JWK says", () => {
    const jwk = { ...publicJwk("RSA"), alg: "PS384", kid: "7", use: "enc" }
    const options = { algorithm: "RS256", keyId: "8", use: "sig" }
    expect(Jwk.from(jwk, options)).toMatchObject(options)
    expect(Jwk.from(Jwk.from(jwk), options)).toMatchObject(options)
    expect(Jwk.from(createPublicKey({ key: untyped<JsonWebKey>(jwk), format: "jwk" }), options)).toMatchObject(options)
    expect(Jwk.from(derOf(pairOf("RSA").publicKey, "spki"), options)).toMatchObject(options)
    expect(Jwk.fromPem(pemOf(pairOf("RSA").publicKey, "spki"), options)).toMatchObject(options)
    expect(Jwk.from(jwk, { keyId: undefined })).toMatchObject({ algorithm: "PS384", keyId: "7", use: "enc" })
  })

  test.each<[name: string, call: () => unknown, expected: string]>([
    ["an unknown option", () => Jwk.from(publicJwk("RSA"), untyped({ keyid: "x" })), "UsageError option_unknown"],
    [
      "a passphrase for what is no PEM",
      () => Jwk.from(publicJwk("RSA"), untyped({ passphrase: "x" })),
      "UsageError option_unknown",
    ],
    ["a key id that is no text", () => Jwk.from(publicJwk("RSA"), untyped({ keyId: 7 })), "UsageError option_invalid"],
    ["options that are no object", () => Jwk.from(publicJwk("RSA"), untyped("RS256")), "UsageError option_invalid"],
    [
      "an unknown algorithm",
      () => Jwk.from(publicJwk("RSA"), { algorithm: "rs256" }),
      "JwkError jwk_algorithm_unknown",
    ],
    ["an algorithm of another key type", () => Jwk.from(publicJwk("RSA"), { algorithm: "ES256" }), INVALID],
    ["an algorithm of another curve", () => Jwk.from(publicJwk("P-256"), { algorithm: "ES384" }), INVALID],
    [
      "an algorithm that does not fit, for a KeyObject",
      () => Jwk.from(pairOf("RSA").publicKey, { algorithm: "ES256" }),
      INVALID,
    ],
    [
      "an algorithm that does not fit, for a Jwk",
      () => Jwk.from(Jwk.from(publicJwk("RSA")), { algorithm: "HS256" }),
      INVALID,
    ],
    ["a number", () => Jwk.from(untyped(7)), INVALID],
    ["undefined", () => Jwk.from(untyped(undefined)), INVALID],
    ["a function", () => Jwk.from(untyped(() => SECRET)), INVALID],
    ["PEM, and says where it is read", () => Jwk.from(pemOf(pairOf("RSA").publicKey, "spki")), INVALID],
    ["text with a member twice", () => Jwk.from(`{"kty":"oct","k":"${K}","k":"AA"}`), INVALID],
    ["text with an inner member twice", () => Jwk.from(`{"kty":"oct","k":"${K}","x":{"a":1,"a":2}}`), INVALID],
  ])("refuses %s", (_name, call, expected) => {
    expect(outcome(call)).toBe(expected)
  })

  test("the hint for PEM names fromPem", () => {
    expect(errorOf(() => Jwk.from(pemOf(pairOf("RSA").publicKey, "spki"))).message).toMatch(/Jwk\.fromPem/)
  })

  test("a Jwk cannot be changed, and later changes of what it was made of have no effect", () => {
    const jwk = { ...privateJwk("P-256"), kid: "a", key_ops: ["sign"] }
    const key = Jwk.from(jwk)
    jwk.kid = "b"
    jwk.key_ops.push("verify")
    Reflect.set(jwk, "d", "")
    expect(key.toPrivateJSON()).toEqual({ ...privateJwk("P-256"), kid: "a", key_ops: ["sign"] })
    expect(() => (untyped<{ keyId: string }>(key).keyId = "b")).toThrow(TypeError)
    untyped<string[]>(key.toPrivateJSON().key_ops).push("verify")
    expect(key.toPrivateJSON().key_ops).toEqual(["sign"])
  })

  test("bytes of a secret may be overwritten afterwards", () => {
    const bytes = Buffer.from(SECRET)
    const key = Jwk.from(bytes)
    bytes.fill(0)
    expect(key.toPrivateJSON()).toEqual({ kty: "oct", k: K })
  })
})

describe("what leaves a key", () => {
  test.each(EVERY_KIND)("toJSON of a private %s key holds public members only", (kind) => {
    const key = Jwk.from({ ...privateJwk(kind), kid: "a" })
    expect(key.toJSON()).toEqual({ ...publicJwk(kind), kid: "a" })
    expect(JSON.parse(JSON.stringify({ key })).key).toEqual({ ...publicJwk(kind), kid: "a" })
    for (const member of PRIVATE_MEMBERS) expect(key.toJSON()).not.toHaveProperty(member)
    expect(key.publicKey().toPrivateJSON()).toEqual({ ...publicJwk(kind), kid: "a" })
    expect(key.publicKey()).toMatchObject({ isPrivate: false, keyId: "a", algorithm: key.algorithm })
  })

  test.each(EVERY_KIND)("toPrivateJSON of a %s key is the whole key", (kind) => {
    const jwk = { ...privateJwk(kind), kid: "a", use: kind === "X25519" ? "enc" : "sig" }
    expect(Jwk.from(jwk).toPrivateJSON()).toEqual(jwk)
  })

  test("a secret has no public form", () => {
    const key = Jwk.from({ kty: "oct", k: K, kid: "s" })
    for (const call of [
      () => key.toJSON(),
      () => JSON.stringify(key),
      () => key.publicKey(),
      () => key.toPem(),
      () => key.toPrivatePem(),
    ])
      expect(outcome(call)).toBe(NO_PUBLIC_FORM)
    expect(key.toPrivateJSON()).toEqual({ kty: "oct", k: K, kid: "s" })
  })

  test.each(EVERY_KIND)("toPem and toPrivatePem of a %s key are read by others, and back", (kind) => {
    const { publicKey, privateKey } = pairOf(kind)
    const key = Jwk.from(privateKey)
    expect(key.toPem()).toBe(pemOf(publicKey, "spki"))
    expect(key.publicKey().toPem()).toBe(pemOf(publicKey, "spki"))
    expect(createPrivateKey(key.toPrivatePem()).equals(privateKey)).toBe(true)
    expect(Jwk.fromPem(key.toPem()).thumbprint()).toBe(key.thumbprint())
    expect(Jwk.fromPem(key.toPrivatePem()).toPrivateJSON()).toEqual(key.toPrivateJSON())
  })

  test.each<[string, string | Uint8Array]>([
    ["text", "correct horse ü"],
    ["bytes", Uint8Array.of(1, 2, 3, 0xff)],
  ])("toPrivatePem under a passphrase as %s is encrypted, and read by others", (_name, passphrase) => {
    for (const kind of ["RSA", "P-256", "Ed25519"] as const) {
      const { privateKey } = pairOf(kind)
      const pem = Jwk.from(privateKey).toPrivatePem({ passphrase })
      expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
      const opened = createPrivateKey({
        key: pem,
        passphrase: typeof passphrase === "string" ? passphrase : Buffer.from(passphrase),
      })
      expect(opened.equals(privateKey)).toBe(true)
      expect(Jwk.fromPem(pem, { passphrase }).toPrivateJSON()).toEqual(jwkOf(privateKey))
      expect(outcome(() => Jwk.fromPem(pem))).toBe("InvalidKeyError key_invalid")
    }
  })

  test("toPrivatePem never writes a key in the clear when a passphrase was given", () => {
    for (const passphrase of ["", new Uint8Array()]) {
      let pem = ""
      const answer = outcome(() => {
        pem = Jwk.from(pairOf("P-256").privateKey).toPrivatePem({ passphrase })
      })
      expect(answer).toMatch(/^(?:accepted|UsageError option_invalid)$/)
      expect(pem).not.toContain("BEGIN PRIVATE KEY")
    }
  })

  test.each([[null], [7], [{}], [["x"]]])("a passphrase of %j is refused", (passphrase) => {
    const key = Jwk.from(pairOf("P-256").privateKey)
    const pem = key.toPrivatePem({ passphrase: "x" })
    expect(outcome(() => key.toPrivatePem({ passphrase: untyped(passphrase) }))).toBe("UsageError option_invalid")
    expect(outcome(() => Jwk.fromPem(pem, { passphrase: untyped(passphrase) }))).toBe("UsageError option_invalid")
  })

  test("toPrivatePem of a public key is refused", () => {
    expect(outcome(() => Jwk.from(pairOf("RSA").publicKey).toPrivatePem())).toBe("InvalidKeyError key_not_private")
  })

  test("toKeyObject is Node's key", () => {
    for (const { publicKey, privateKey } of [pairOf("RSA"), pairOf("Ed25519")]) {
      expect(untyped<KeyObject>(Jwk.from(jwkOf(privateKey)).toKeyObject()).equals(privateKey)).toBe(true)
      expect(untyped<KeyObject>(Jwk.from(jwkOf(publicKey)).toKeyObject()).equals(publicKey)).toBe(true)
    }
    const secret = untyped<KeyObject>(Jwk.from({ kty: "oct", k: K }).toKeyObject())
    expect(secret.equals(createSecretKey(Buffer.from(SECRET)))).toBe(true)
  })

  test("a certificate in the JWK stays with it, and must be for its key", () => {
    const x5c = [Buffer.from(certificateOf(pairOf("RSA"))).toString("base64")]
    const x5t = createHash("sha1")
      .update(certificateOf(pairOf("RSA")))
      .digest("base64url")
    const jwk = { ...publicJwk("RSA"), x5c, x5t }
    expect(Jwk.from(jwk).toJSON()).toEqual(jwk)
    expect(Jwk.from({ ...privateJwk("RSA"), x5c }).toJSON()).toEqual({ ...publicJwk("RSA"), x5c })
    for (const other of [pairOf("RSA", "other"), pairOf("P-256")]) {
      const foreign = [Buffer.from(certificateOf(other)).toString("base64")]
      expect(outcome(() => Jwk.from({ ...publicJwk("RSA"), x5c: foreign }))).toBe(INVALID)
    }
    for (const odd of [[], "text", [7], ["!"], {}, [x5c[0], 7]])
      expect(outcome(() => Jwk.from({ ...publicJwk("RSA"), x5c: odd }))).toBe(INVALID)
  })

  test("an RSASSA-PSS key that the platform cannot write as JWK still has its other forms", () => {
    const { publicKey, privateKey } = pssPair("sha256", "sha256", 32)
    const key = Jwk.from(privateKey)
    expect(key.toPem()).toBe(pemOf(publicKey, "spki"))
    expect(createPrivateKey(key.toPrivatePem()).equals(privateKey)).toBe(true)
    expect(outcome(() => key.toJSON())).toMatch(/^accepted$|^InvalidKeyError key_invalid$/)
  })

  test("names are the same from the door of the package and from its own", () => {
    expect(jwkDoor.Jwk).toBe(Jwk)
    expect(jwkDoor.JwkSet).toBe(JwkSet)
  })
})

describe("thumbprints (RFC 7638)", () => {
  // RFC 7638, section 3.1.
  const RFC_KEY: JwkObject = {
    kty: "RSA",
    n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    e: "AQAB",
    alg: "RS256",
    kid: "2011-04-29",
  }
  // RFC 8037, appendix A.3.
  const ED25519_KEY: JwkObject = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }

  test("are those of the examples", () => {
    expect(Jwk.from(RFC_KEY).thumbprint()).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    expect(Jwk.from(ED25519_KEY).thumbprint()).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    // RFC 9278, section 3.
    expect(Jwk.from(RFC_KEY).thumbprintUri()).toBe(
      "urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    )
  })

  test.each<[ThumbprintHash, string]>([
    ["sha-256", "sha256"],
    ["sha-384", "sha384"],
    ["sha-512", "sha512"],
  ])("with %s", (hash, name) => {
    const members = JSON.stringify({ e: RFC_KEY["e"], kty: RFC_KEY.kty, n: RFC_KEY["n"] })
    const expected = createHash(name).update(members).digest("base64url")
    expect(Jwk.from(RFC_KEY).thumbprint(hash)).toBe(expected)
    expect(Jwk.from(RFC_KEY).thumbprintUri(hash)).toBe(`urn:ietf:params:oauth:jwk-thumbprint:${hash}:${expected}`)
  })

  test.each<[Kind, string[]]>([
    ["RSA", ["e", "kty", "n"]],
    ["P-256", ["crv", "kty", "x", "y"]],
    ["P-521", ["crv", "kty", "x", "y"]],
    ["secp256k1", ["crv", "kty", "x", "y"]],
    ["Ed448", ["crv", "kty", "x"]],
    ["X25519", ["crv", "kty", "x"]],
  ])("of a %s key are made of its public members in order, whatever else it holds", (kind, names) => {
    const jwk = publicJwk(kind)
    const expected = createHash("sha256")
      .update(JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]]))))
      .digest("base64url")
    const reversed = untyped<JwkObject>(Object.fromEntries(Object.entries({ ...jwk, kid: "ü", extra: [1] }).reverse()))
    for (const key of [jwk, privateJwk(kind), reversed]) expect(Jwk.from(key).thumbprint()).toBe(expected)
    expect(Jwk.from(pairOf(kind).privateKey).publicKey().thumbprint()).toBe(expected)
  })

  test("of a secret are made of k and kty", () => {
    const expected = createHash("sha256").update(`{"k":"${K}","kty":"oct"}`).digest("base64url")
    expect(Jwk.from({ kty: "oct", k: K, alg: "HS256" }).thumbprint()).toBe(expected)
  })

  test.each([["sha-1"], ["SHA-256"], ["sha256"], [""], [null], [7]])("refuse the hash %s", (hash) => {
    expect(outcome(() => Jwk.from(RFC_KEY).thumbprint(untyped(hash)))).toBe("UsageError option_invalid")
    expect(outcome(() => Jwk.from(RFC_KEY).thumbprintUri(untyped(hash)))).toBe("UsageError option_invalid")
  })
})

describe("CryptoKeys", () => {
  const { subtle } = globalThis.crypto

  test.each<[algorithm: string, kind: Kind, name: object]>([
    ["RS256", "RSA", { name: "RSASSA-PKCS1-v1_5", hash: { name: "SHA-256" } }],
    ["PS512", "RSA", { name: "RSA-PSS", hash: { name: "SHA-512" } }],
    ["ES256", "P-256", { name: "ECDSA", namedCurve: "P-256" }],
    ["ES384", "P-384", { name: "ECDSA", namedCurve: "P-384" }],
    ["ES512", "P-521", { name: "ECDSA", namedCurve: "P-521" }],
    ["EdDSA", "Ed25519", { name: "Ed25519" }],
    ["Ed25519", "Ed25519", { name: "Ed25519" }],
  ])("toCryptoKey and fromCryptoKey for %s with a %s key", async (algorithm, kind, name) => {
    const key = Jwk.from(privateJwk(kind), { algorithm })
    const secretKey = untyped<webcrypto.CryptoKey>(await key.toCryptoKey())
    const publicKey = untyped<webcrypto.CryptoKey>(await key.publicKey().toCryptoKey())
    expect(secretKey).toMatchObject({ type: "private", extractable: true, usages: ["sign"] })
    expect(publicKey).toMatchObject({ type: "public", extractable: true, usages: ["verify"] })
    expect(publicKey.algorithm).toMatchObject(name)
    expect((await Jwk.fromCryptoKey(secretKey)).toPrivateJSON()).toMatchObject(privateJwk(kind))
    expect((await Jwk.fromCryptoKey(publicKey, { keyId: "7" })).toJSON()).toMatchObject({
      ...publicJwk(kind),
      kid: "7",
    })
    expect(decode(encode({ a: 1 }, secretKey, { algorithm }), publicKey, { algorithms: [algorithm] })).toEqual({ a: 1 })
  })

  test("toCryptoKey of a secret signs and verifies", async () => {
    const key = untyped<webcrypto.CryptoKey>(await Jwk.from({ kty: "oct", k: K, alg: "HS512" }).toCryptoKey())
    expect(key).toMatchObject({
      type: "secret",
      usages: ["sign", "verify"],
      algorithm: { name: "HMAC", hash: { name: "SHA-512" } },
    })
    expect((await Jwk.fromCryptoKey(key)).toPrivateJSON()).toEqual({ kty: "oct", k: K, alg: "HS512" })
  })

  test.each<[name: string, jwk: JwkObject, expected: string]>([
    ["an RSA key that names no algorithm", publicJwk("RSA"), "UsageError algorithm_required"],
    ["a secret that names no algorithm", { kty: "oct", k: K }, "UsageError algorithm_required"],
    [
      "a key that WebCrypto has no name for",
      { kty: "oct", k: K, alg: "A256CBC-HS512" },
      "UsageError algorithm_required",
    ],
    ["a curve that WebCrypto does not have", publicJwk("secp256k1"), UNSUITABLE],
  ])("toCryptoKey refuses %s", async (_name, jwk, expected) => {
    expect(await outcomeOf(Jwk.from(jwk).toCryptoKey())).toBe(expected)
  })

  test.each<[jwk: JwkObject, algorithm: object, usages: readonly string[]]>([
    [{ ...publicJwk("RSA"), alg: "RSA-OAEP-384" }, { name: "RSA-OAEP", hash: { name: "SHA-384" } }, ["encrypt"]],
    [{ ...privateJwk("RSA"), alg: "RSA-OAEP" }, { name: "RSA-OAEP", hash: { name: "SHA-1" } }, ["decrypt"]],
    [{ ...privateJwk("P-256"), alg: "ECDH-ES" }, { name: "ECDH", namedCurve: "P-256" }, ["deriveBits"]],
    [publicJwk("X25519"), { name: "X25519" }, []],
    [{ kty: "oct", k: K32, alg: "A256KW" }, { name: "AES-KW", length: 256 }, ["wrapKey", "unwrapKey"]],
    [{ kty: "oct", k: K32, alg: "A256GCM" }, { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]],
  ])("toCryptoKey of a key for encryption is for that: %#", async (jwk, algorithm, usages) => {
    const key = untyped<webcrypto.CryptoKey>(await Jwk.from(jwk).toCryptoKey())
    expect(key).toMatchObject({ algorithm })
    expect(new Set(key.usages)).toEqual(new Set(usages))
  })

  test("that are not extractable sign, verify and show their public half, and nothing else", async () => {
    const parameters = { name: "ECDSA", namedCurve: "P-256" }
    const sealed = await subtle.importKey("pkcs8", derOf(pairOf("P-256").privateKey, "pkcs8"), parameters, false, [
      "sign",
    ])
    const key = await Jwk.fromCryptoKey(sealed)
    expect(decode(encode({ a: 1 }, key), pairOf("P-256").publicKey)).toEqual({ a: 1 })
    for (const call of [() => key.toPrivateJSON(), () => key.toPrivatePem(), () => key.toKeyObject()])
      expect(outcome(call)).toBe(NOT_FOR_USE)
    expect(await outcomeOf(key.toCryptoKey())).toBe(NOT_FOR_USE)
    expect(key.toJSON()).toEqual(publicJwk("P-256"))
    expect(key.publicKey().toPem()).toBe(pemOf(pairOf("P-256").publicKey, "spki"))
    expect(outcome(() => Jwk.from(key, { keyId: "x" }).toPrivateJSON())).toBe(NOT_FOR_USE)

    const secret = await Jwk.fromCryptoKey(
      await subtle.importKey("raw", Buffer.from(SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
    )
    for (const call of [() => secret.toPrivateJSON(), () => secret.toKeyObject()])
      expect(outcome(call)).toBe(NOT_FOR_USE)
  })

  test.each([[undefined], [null], ["text"], [{}], [{ type: "secret" }], [7]])(
    "fromCryptoKey refuses %j",
    async (value) => {
      expect(await outcomeOf(Jwk.fromCryptoKey(untyped(value)))).toBe("InvalidKeyError key_invalid")
    },
  )
})

describe("what a JWK says it is for binds it", () => {
  const hs: JwkObject = { kty: "oct", k: K }
  const token = foreignToken("HS256", SECRET)
  const list = { algorithms: ["HS256", "HS512"] }
  test.each<[name: string, members: object, signs: string, verifies: string]>([
    ["nothing", {}, OK, OK],
    ["use sig", { use: "sig" }, OK, OK],
    ["use enc", { use: "enc" }, NOT_FOR_USE, NOT_FOR_USE],
    ["use SIG", { use: "SIG" }, NOT_FOR_USE, NOT_FOR_USE],
    ["another use", { use: "tls" }, NOT_FOR_USE, NOT_FOR_USE],
    ["operations sign and verify", { key_ops: ["sign", "verify"] }, OK, OK],
    ["operation sign", { key_ops: ["sign"] }, OK, NOT_FOR_USE],
    ["operation verify", { key_ops: ["verify"] }, NOT_FOR_USE, OK],
    ["operations for encryption", { key_ops: ["encrypt", "wrapKey"] }, NOT_FOR_USE, NOT_FOR_USE],
    ["no operations", { key_ops: [] }, NOT_FOR_USE, NOT_FOR_USE],
    ["unknown operations", { key_ops: ["dance"] }, NOT_FOR_USE, NOT_FOR_USE],
    ["unknown operations beside the right ones", { key_ops: ["dance", "sign", "verify"] }, OK, OK],
    ["alg HS256", { alg: "HS256" }, OK, OK],
    ["alg HS512", { alg: "HS512" }, UNSUITABLE, "InvalidAlgorithmError algorithm_mismatch"],
    ["an alg of encryption", { alg: "A256KW" }, UNSUITABLE, "InvalidAlgorithmError algorithm_mismatch"],
  ])("%s", (_name, members, signs, verifies) => {
    const jwk = { ...hs, ...members }
    for (const key of [jwk, Jwk.from(jwk)]) {
      expect(outcome(() => encode({}, key, { algorithm: "HS256" }))).toBe(signs)
      expect(outcome(() => decode(token, key, list))).toBe(verifies)
    }
  })

  test.each<[name: string, members: object]>([
    ["operations that are no array", { key_ops: "sign" }],
    ["operations that are no text", { key_ops: [1] }],
    ["an operation twice", { key_ops: ["sign", "sign"] }],
    ["operations that contradict use", { use: "sig", key_ops: ["encrypt"] }],
    ["operations that contradict use enc", { use: "enc", key_ops: ["verify"] }],
    ["use that is no text", { use: 1 }],
    ["kid that is no text", { kid: { a: 1 } }],
  ])("%s are refused when the key is read", (_name, members) => {
    expect(outcome(() => Jwk.from({ ...hs, ...members }))).toBe(INVALID)
  })

  test("the public half of a key that may only sign may only verify", () => {
    const key = Jwk.from({ ...privateJwk("P-256"), key_ops: ["sign"] })
    expect(key.toJSON().key_ops).toEqual(["verify"])
    expect(decode(encode({ a: 1 }, key), key.publicKey())).toEqual({ a: 1 })
    expect(outcome(() => decode(encode({ a: 1 }, key), key))).toBe(NOT_FOR_USE)
    expect(Jwk.from({ ...privateJwk("P-256"), key_ops: ["sign", "verify"] }).toJSON().key_ops).toEqual(["verify"])
  })

  test("a key marked for one RSA algorithm serves no other", () => {
    const key = Jwk.from(privateJwk("RSA"), { algorithm: "PS256" })
    expect(decode(encode({ a: 1 }, key), key)).toEqual({ a: 1 })
    expect(outcome(() => encode({}, key, { algorithm: "RS256" }))).toBe(UNSUITABLE)
    expect(outcome(() => decode(foreignToken("RS256", pairOf("RSA").privateKey), key))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
  })

  test("a marked Ed25519 key takes its own name only, an unmarked one both", () => {
    const { privateKey } = pairOf("Ed25519")
    const [old, specific] = [foreignToken("EdDSA", privateKey), foreignToken("Ed25519", privateKey)]
    for (const token of [old, specific]) expect(decode(token, Jwk.from(privateKey))).toEqual({ a: 1 })
    expect(outcome(() => decode(old, Jwk.from(privateKey, { algorithm: "Ed25519" })))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
    expect(outcome(() => decode(specific, Jwk.from(privateKey, { algorithm: "EdDSA" })))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
    expect(decode(specific, Jwk.from(privateKey, { algorithm: "Ed25519" }))).toEqual({ a: 1 })
  })
})

describe("private and public members belong together", () => {
  function otherJwk(kind: Kind): JwkObject {
    return jwkOf(pairOf(kind, "other").privateKey)
  }
  const rows = KINDS.flatMap(([, kind]): [string, JwkObject][] =>
    kind === "RSA"
      ? ["n", "d", "p", "q", "dp", "dq", "qi"].map((name) => [
          `${name} of another RSA key`,
          { ...privateJwk(kind), [name]: otherJwk(kind)[name] },
        ])
      : [
          [`d of another ${kind} key`, { ...privateJwk(kind), d: otherJwk(kind)["d"] }],
          [`the public members of another ${kind} key`, { ...otherJwk(kind), d: privateJwk(kind)["d"] }],
        ],
  )
  test.each<[name: string, jwk: JwkObject]>([
    ...rows,
    ["p and q exchanged", { ...privateJwk("RSA"), p: privateJwk("RSA")["q"], q: privateJwk("RSA")["p"] }],
    ["p without q", { ...privateJwk("RSA"), q: undefined }],
    ["primes without d", { ...privateJwk("RSA"), d: undefined }],
    ["further primes", { ...privateJwk("RSA"), oth: [{ r: "AQ", d: "AQ", t: "AQ" }] }],
    ["x of another P-256 key", { ...publicJwk("P-256"), x: otherJwk("P-256")["x"] }],
    ["x and y exchanged", { ...publicJwk("P-256"), x: publicJwk("P-256")["y"], y: publicJwk("P-256")["x"] }],
    ["the curve of another type of the same length", { ...publicJwk("P-256"), crv: "secp256k1" }],
    ["d of zero", { ...privateJwk("P-256"), d: "A".repeat(43) }],
  ])("refuses %s", (_name, jwk) => {
    expect(outcome(() => Jwk.from(jwk))).toMatch(/^InvalidKeyError (?:jwk_invalid|key_invalid)$/)
    expect(outcome(() => encode({}, jwk, { algorithm: "RS256" }))).toMatch(
      /^InvalidKeyError (?:jwk_invalid|key_invalid)$/,
    )
  })

  test("a private RSA key without primes gets them back", () => {
    const { kty, n, e, d } = privateJwk("RSA")
    const key = Jwk.from({ kty, n, e, d })
    const { p, q, ...rest } = key.toPrivateJSON()
    expect(new Set([p, q])).toEqual(new Set([privateJwk("RSA")["p"], privateJwk("RSA")["q"]]))
    expect(rest).toMatchObject({ n, e, d })
    expect(Jwk.from(key.toPrivateJSON()).thumbprint()).toBe(key.thumbprint())
  })
})

test("a private RSA key whose n and d do not belong together is refused about as fast as one is read where they do", () => {
  const { kty, n, e, d } = privateJwk("RSA")
  const stranger = untyped<JwkObject>({ kty, n, e, d: jwkOf(pairOf("RSA", "other").privateKey)["d"] })
  function fastest(call: () => unknown): number {
    const times = [1, 2, 3].map(() => {
      const start = performance.now()
      call()
      return performance.now() - start
    })
    return Math.min(...times)
  }
  const reading = fastest(() => Jwk.from({ kty, n, e, d }))
  const refusing = fastest(() => expect(outcome(() => Jwk.from(stranger))).toBe(INVALID))
  // Finding the primes takes two tries on average; a hundred of them would stop a server for seconds.
  expect(refusing / reading).toBeLessThan(15)
})

describe("members are canonical", () => {
  const rows = EVERY_KIND.flatMap((kind) => {
    const jwk = privateJwk(kind)
    return Object.keys(jwk)
      .filter((name) => !["kty", "crv"].includes(name))
      .flatMap((name): [string, JwkObject][] => [
        [`${kind} without ${name}`, { ...jwk, [name]: undefined }],
        [`${kind} with ${name} null`, { ...jwk, [name]: null }],
        [`${kind} with ${name} as a number`, { ...jwk, [name]: 1 }],
        [`${kind} with an empty ${name}`, { ...jwk, [name]: "" }],
        [`${kind} with padding behind ${name}`, { ...jwk, [name]: `${jwk[name]}=` }],
        [`${kind} with a blank in ${name}`, { ...jwk, [name]: ` ${jwk[name]}` }],
        [
          `${kind} with a zero byte before ${name}`,
          {
            ...jwk,
            [name]: Buffer.concat([Buffer.alloc(1), Buffer.from(String(jwk[name]), "base64url")]).toString("base64url"),
          },
        ],
      ])
  })
  // A private key without its private member is a public one.
  const refused = rows.filter(([name]) => !/without d$/.test(name) || name.startsWith("RSA"))
  test.each(refused)("refuses %s", (_name, jwk) => {
    expect(outcome(() => Jwk.from(jwk))).toMatch(/^InvalidKeyError jwk_invalid$/)
  })

  test.each<[string, unknown]>([
    ["kty in other letters", { ...publicJwk("RSA"), kty: "rsa" }],
    ["crv in other letters", { ...publicJwk("P-256"), crv: "p-256" }],
    ["kty of the object machinery", { ...publicJwk("RSA"), kty: "constructor" }],
    ["crv of the object machinery", { ...publicJwk("P-256"), crv: "__proto__" }],
    ["a crv for another kty", { ...publicJwk("P-256"), crv: "Ed25519" }],
    ["an Edwards key of small order", { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) }],
    ["an AKP key without alg", { kty: "AKP", pub: "AA" }],
    ["members that are inherited", Object.create({ kty: "oct", k: K })],
    ["an array", [publicJwk("RSA")]],
  ])("refuses %s", (_name, jwk) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(INVALID)
  })
})

test.each([["rs256"], ["ML-DSA-1"], ["none"], ["RSA1_5"]])(
  "an alg of %s, which is not known here, is a JwkError",
  (alg) => {
    expect(outcome(() => Jwk.from({ ...publicJwk("RSA"), alg }))).toBe("JwkError jwk_algorithm_unknown")
    expect(outcome(() => Jwk.from({ kty: "AKP", pub: "AA", alg }))).toBe("JwkError jwk_algorithm_unknown")
  },
)

test("keys are the same to encode and decode in whatever form they come", () => {
  const forms: KeyInput[] = [
    privateJwk("P-256"),
    Jwk.from(privateJwk("P-256")),
    pairOf("P-256").privateKey,
    pemOf(pairOf("P-256").privateKey, "sec1"),
  ]
  const readers: KeyInput[] = [
    publicJwk("P-256"),
    pairOf("P-256").publicKey,
    pemBlock("CERTIFICATE", certificateOf(pairOf("P-256"))),
    JwkSet.from([Jwk.from(publicJwk("P-256"))]),
  ]
  for (const key of forms)
    for (const reader of readers)
      expect(decode(encode({ a: 1 }, key), reader, { algorithms: ["ES256"] })).toEqual({ a: 1 })
})
