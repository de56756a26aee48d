/** Encrypted content: every algorithm, every serialization, and the options of both directions. */
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto"
import {
  type DecryptJweOptions,
  decryptJwe,
  decryptJweAsync,
  type EncryptJweOptions,
  encode,
  encryptJwe,
  encryptJweAsync,
  Jwk,
  type JwkObject,
  JwkSet,
  type KeyInput,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { pemOf } from "./keys-fixtures/forms.ts"
import { pairOf } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const TEXT = "Live long and prosper. \u{1f596}"
const CONTENT: readonly (readonly [name: string, keyBytes: number])[] = [
  ["A128GCM", 16],
  ["A192GCM", 24],
  ["A256GCM", 32],
  ["A128CBC-HS256", 32],
  ["A192CBC-HS384", 48],
  ["A256CBC-HS512", 64],
]
const CURVES = ["P-256", "P-384", "P-521", "X25519", "X448"] as const
/** A key for each side. */
type Keys = readonly [there: KeyInput, back: KeyInput]

/** Every key management algorithm, with keys that are made when a test asks: a runtime need not have all of them. */
const WAYS: readonly (readonly [algorithm: string, keys: () => Keys, note: string])[] = [
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].map(
    (name) => [name, (): Keys => [pairOf("RSA").publicKey, pairOf("RSA").privateKey], ""] as const,
  ),
  ...[128, 192, 256].flatMap((bits) => {
    const secret = randomBytes(bits / 8)
    return [`A${bits}KW`, `A${bits}GCMKW`].map((name) => [name, (): Keys => [secret, secret], ""] as const)
  }),
  ...CURVES.flatMap((curve) => {
    const keys = (): Keys => {
      const key = Jwk.generate("ECDH-ES", { curve })
      return [Jwk.from({ ...key.publicKey().toJSON(), alg: "" }), Jwk.from({ ...key.toPrivateJSON(), alg: "" })]
    }
    return ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"].map((name) => [name, keys, curve] as const)
  }),
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"].map(
    (name) => [name, (): Keys => ["correct horse battery staple", "correct horse battery staple"], ""] as const,
  ),
]
const RSA_256 = { algorithm: "RSA-OAEP-256", encryption: "A256GCM" } as const
const ACCEPT_RSA_256 = { algorithms: ["RSA-OAEP-256"] } as const
const SECRET = randomBytes(32)
const DIRECT = { algorithm: "dir", encryption: "A256GCM" } as const
const FAILED = "DecryptionError decryption_failed"

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Puts a header that is not protected in the place of the protected one. */
function withoutProtected(header: object): (jwe: Record<string, unknown>) => unknown {
  return ({ protected: _, ...rest }) => ({ ...rest, header })
}

function nested(depth: number): object {
  return depth === 0 ? {} : { a: nested(depth - 1) }
}

function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as Record<string, unknown>
}

describe("every pair of algorithms", () => {
  for (const [algorithm, keys, note] of WAYS) {
    for (const [encryption] of CONTENT) {
      test(`${algorithm} ${note} with ${encryption} opens what it sealed`, async () => {
        const [there, back] = keys()
        const options = { algorithm, encryption, pbes2Count: 1000 }
        const opened = decryptJwe(encryptJwe(TEXT, there, options), back, { algorithms: [algorithm] })
        expect(textOf(opened.plaintext)).toBe(TEXT)
        expect(opened.header).toMatchObject({ alg: algorithm, enc: encryption })
        const later = await decryptJweAsync(await encryptJweAsync(TEXT, there, options), back, {
          algorithms: [algorithm],
          encryptionAlgorithms: [encryption],
        })
        expect(textOf(later.plaintext)).toBe(TEXT)
      })
    }
  }

  test.each(CONTENT)("dir with %s opens what it sealed", (encryption, keyBytes) => {
    const secret = randomBytes(keyBytes)
    const token = encryptJwe(TEXT, secret, { algorithm: "dir", encryption })
    expect(token.split(".")[1]).toBe("")
    expect(textOf(decryptJwe(token, secret, { algorithms: ["dir"] }).plaintext)).toBe(TEXT)
  })

  test.each(CONTENT)("%s carries nothing, a byte, a block and more", (encryption, keyBytes) => {
    const secret = randomBytes(keyBytes)
    for (const length of [0, 1, 15, 16, 17, 64, 65_536]) {
      const plaintext = randomBytes(length)
      const token = encryptJwe(plaintext, secret, { algorithm: "dir", encryption })
      const opened = decryptJwe(token, secret, { algorithms: ["dir"] })
      expect(Buffer.compare(opened.plaintext, plaintext)).toBe(0)
    }
  })
})

describe("keys", () => {
  test("that name their algorithms need no options", () => {
    const rsa = Jwk.from({ ...(pairOf("RSA").privateKey.export({ format: "jwk" }) as JwkObject), alg: "RSA-OAEP-256" })
    const token = encryptJwe(TEXT, rsa.publicKey(), { encryption: "A128GCM" })
    expect(headerOf(token)["alg"]).toBe("RSA-OAEP-256")
    expect(textOf(decryptJwe(token, rsa).plaintext)).toBe(TEXT)
    const direct = Jwk.generate("A256GCM", { keyId: "content" })
    const sealed = encryptJwe(TEXT, direct)
    expect(headerOf(sealed)).toEqual({ alg: "dir", enc: "A256GCM", kid: "content" })
    expect(decryptJwe(sealed, direct).key.keyId).toBe("content")
  })

  test.each([
    "RSA-OAEP-512",
    "A192KW",
    "A128GCMKW",
    "PBES2-HS256+A128KW",
    "ECDH-ES+A128KW",
    "A128CBC-HS256",
    "A256GCM",
  ])("made for %s seal and open", async (name) => {
    const key = await Jwk.generateAsync(name)
    expect(key.algorithm).toBe(name)
    const token = encryptJwe(TEXT, key.isSymmetric ? key : key.publicKey(), {
      ...(name.startsWith("A128CBC") || name === "A256GCM" ? {} : { encryption: "A128GCM" }),
      ...(name.startsWith("PBES2") ? { pbes2Count: 1000 } : {}),
    })
    expect(textOf(decryptJwe(token, key).plaintext)).toBe(TEXT)
  })

  test.each(CURVES)("for ECDH-ES are made on %s", (curve) => {
    expect(Jwk.generate("ECDH-ES+A256KW", { curve })).toMatchObject({ curve, algorithm: "ECDH-ES+A256KW" })
  })

  test("are made for nothing that has no keys of its own", () => {
    expect(outcome(() => Jwk.generate("dir"))).toBe("UsageError argument_invalid")
    expect(outcome(() => Jwk.generate("ECDH-ES", { curve: "secp256k1" }))).toBe("UsageError option_invalid")
    expect(outcome(() => Jwk.generate("A128KW", { curve: "P-256" }))).toBe("UsageError option_invalid")
    expect(outcome(() => Jwk.generate("RSA1_5"))).toBe("InvalidAlgorithmError algorithm_unknown")
  })

  test("come as PEM, JWK, KeyObject, set or from a function", async () => {
    const { publicKey, privateKey } = pairOf("RSA")
    const jwk = { ...(privateKey.export({ format: "jwk" }) as JwkObject), kid: "1" }
    const token = encryptJwe(TEXT, pemOf(publicKey, "spki"), { ...RSA_256, header: { kid: "1" } })
    const forms: KeyInput[] = [pemOf(privateKey, "pkcs8"), privateKey, jwk, Jwk.from(jwk), () => jwk]
    for (const form of [...forms, JwkSet.from({ keys: [jwk] })])
      expect(textOf(decryptJwe(token, form, ACCEPT_RSA_256).plaintext)).toBe(TEXT)
    const opened = await decryptJweAsync(token, async () => jwk, ACCEPT_RSA_256)
    expect(textOf(opened.plaintext)).toBe(TEXT)
  })

  test("of a set are chosen by what they are for", () => {
    const signing = Jwk.generate("ES256", { keyId: "sign" })
    const agreeing = Jwk.generate("ECDH-ES+A128KW", { keyId: "agree" })
    const set = JwkSet.from([signing, agreeing])
    const token = encryptJwe(TEXT, JwkSet.from([signing.publicKey(), agreeing.publicKey()]), {
      algorithm: "ECDH-ES+A128KW",
      encryption: "A128GCM",
    })
    expect(headerOf(token)["kid"]).toBe("agree")
    expect(decryptJwe(token, set).key.keyId).toBe("agree")
    expect(outcome(() => decryptJwe(token, JwkSet.from([signing])))).toBe("InvalidKeyError key_not_found")
  })

  test("of a set on other curves than the token's are passed over", () => {
    const keys = (["P-256", "X25519", "P-384"] as const).map((curve) => Jwk.generate("ECDH-ES", { curve }))
    for (const key of keys) {
      const token = encryptJwe(TEXT, key.publicKey(), { encryption: "A128GCM" })
      expect(textOf(decryptJwe(token, JwkSet.from(keys)).plaintext)).toBe(TEXT)
      const others = keys.filter((other) => other !== key)
      expect(outcome(() => decryptJwe(token, JwkSet.from(others)))).toBe("InvalidKeyError key_not_found")
      for (const other of others) expect(outcome(() => decryptJwe(token, other))).toBe("DecodeError header_invalid")
    }
  })

  test("of a set cost no more than one token may, however many passwords there are", () => {
    const password = (letter: string) => ({ kty: "oct", k: Buffer.from(letter.repeat(32)).toString("base64url") })
    const set = JwkSet.from({ keys: ["a", "b", "c"].map(password) })
    const way = { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM", pbes2Count: 1000 } as const
    const token = encryptJwe(TEXT, "c".repeat(32), way)
    const accept = { algorithms: [way.algorithm] }
    expect(outcome(() => decryptJwe(token, set, { ...accept, maxPbes2Count: 3000 }))).toBe("accepted")
    expect(outcome(() => decryptJwe(token, set, { ...accept, maxPbes2Count: 2999 }))).toBe(FAILED)
  })

  test("of a set that sign are passed over where the set names how to encrypt", () => {
    const set = JwkSet.from([Jwk.generate("ES256").publicKey(), Jwk.generate("ECDH-ES+A256KW").publicKey()])
    expect(headerOf(encryptJwe(TEXT, set, { encryption: "A128GCM" }))["alg"]).toBe("ECDH-ES+A256KW")
    const signing = JwkSet.from([Jwk.generate("ES256").publicKey(), Jwk.generate("RS256").publicKey()])
    expect(outcome(() => encryptJwe(TEXT, signing, { encryption: "A128GCM" }))).toBe("InvalidKeyError key_not_found")
  })

  test.each<[name: string, key: () => KeyInput, options: EncryptJweOptions, expected: string]>([
    ["a public key of another type", () => pairOf("P-256").publicKey, RSA_256, "InvalidKeyError key_unsuitable"],
    [
      "a curve without agreement",
      () => pairOf("secp256k1").publicKey,
      { algorithm: "ECDH-ES", encryption: "A128GCM" },
      "InvalidKeyError key_unsuitable",
    ],
    [
      "a signing curve",
      () => pairOf("Ed25519").publicKey,
      { algorithm: "ECDH-ES", encryption: "A128GCM" },
      "InvalidKeyError key_unsuitable",
    ],
    [
      "a secret of another length",
      () => randomBytes(24),
      { algorithm: "A128KW", encryption: "A128GCM" },
      "InvalidKeyError key_unsuitable",
    ],
    ["a secret of another length for the content", () => randomBytes(16), DIRECT, "InvalidKeyError key_unsuitable"],
    [
      "an empty password",
      () => "",
      { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM" },
      "InvalidKeyError secret_empty",
    ],
    ["a key for signatures", () => Jwk.from(SECRET, { use: "sig" }), DIRECT, "InvalidKeyError key_not_for_use"],
    [
      "a key marked for other content",
      () => Jwk.generate("A128CBC-HS256"),
      { algorithm: "dir", encryption: "A256GCM" },
      "InvalidKeyError key_unsuitable",
    ],
    [
      "a key marked for another way",
      () => Jwk.generate("A256KW"),
      { algorithm: "A256GCMKW", encryption: "A256GCM" },
      "InvalidKeyError key_unsuitable",
    ],
    [
      "key_ops of something else",
      () => Jwk.from({ kty: "oct", k: SECRET.toString("base64url"), key_ops: ["decrypt"] }),
      DIRECT,
      "InvalidKeyError key_not_for_use",
    ],
    [
      "a remote signer",
      () => ({ algorithm: "RS256", sign: () => new Uint8Array() }),
      RSA_256,
      "InvalidKeyError key_unsuitable",
    ],
  ])("to encrypt with are refused: %s", async (_name, key, options, expected) => {
    const input = key()
    expect(outcome(() => encryptJwe(TEXT, input, options))).toBe(expected)
    expect(await outcomeOf(encryptJweAsync(TEXT, input, options))).toBe(expected)
  })

  test("that are public decrypt nothing", () => {
    const token = encryptJwe(TEXT, pairOf("RSA").publicKey, RSA_256)
    expect(outcome(() => decryptJwe(token, pairOf("RSA").publicKey, ACCEPT_RSA_256))).toBe(
      "InvalidKeyError key_not_private",
    )
  })

  test("of a set need a list of algorithms one by one: a bare one opens nothing because another names its own", () => {
    const bare = { kty: "oct", k: SECRET.toString("base64url"), kid: "bare" }
    const set = JwkSet.from({ keys: [bare, Jwk.generate("A256KW", { keyId: "marked" }).toPrivateJSON()] })
    const token = encryptJwe(TEXT, SECRET, DIRECT)
    expect(outcome(() => decryptJwe(token, set))).toBe("InvalidKeyError key_not_found")
    expect(decryptJwe(token, set, { algorithms: ["dir"] }).key.keyId).toBe("bare")
    expect(outcome(() => decryptJwe(token, JwkSet.from({ keys: [bare] })))).toBe("UsageError algorithms_required")
  })

  test("from a function need a list of algorithms, whatever it will answer", async () => {
    const key = Jwk.generate("A256GCM")
    const token = encryptJwe(TEXT, key)
    expect(outcome(() => decryptJwe(token, () => key))).toBe("UsageError algorithms_required")
    expect(await outcomeOf(decryptJweAsync(token, async () => key))).toBe("UsageError algorithms_required")
    expect(textOf(decryptJwe(token, () => key, { algorithms: ["dir"] }).plaintext)).toBe(TEXT)
  })

  test("that are somewhere else decrypt nothing", async () => {
    const signer = { algorithm: "RS256", sign: () => new Uint8Array(), verify: () => true }
    const token = encryptJwe(TEXT, pairOf("RSA").publicKey, RSA_256)
    for (const key of [signer, () => signer])
      expect(outcome(() => decryptJwe(token, key, ACCEPT_RSA_256))).toBe("InvalidKeyError key_unsuitable")
    expect(await outcomeOf(decryptJweAsync(token, signer))).toBe("InvalidKeyError key_unsuitable")
  })

  test("that are too short for an algorithm's hash are refused, and what the platform said is the cause", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 })
    const options = { algorithm: "RSA-OAEP-512", encryption: "A256GCM" }
    const error = errorOf(() => encryptJwe(TEXT, publicKey, options))
    expect([error.name, error.code]).toEqual(["InvalidKeyError", "key_unsuitable"])
    expect(error.cause).toBeInstanceOf(Error)
    expect(await outcomeOf(encryptJweAsync(TEXT, publicKey, options))).toBe("InvalidKeyError key_unsuitable")
  })
})

describe("options of encryption", () => {
  test("are required where the key says nothing", () => {
    expect(outcome(() => encryptJwe(TEXT, SECRET, { encryption: "A256GCM" }))).toBe("UsageError algorithm_required")
    expect(outcome(() => encryptJwe(TEXT, SECRET, { algorithm: "dir" }))).toBe("UsageError algorithm_required")
    expect(outcome(() => encryptJwe(TEXT, SECRET, untyped(undefined)))).toBe("UsageError algorithm_required")
  })

  test.each<[options: unknown, expected: string]>([
    [{ ...DIRECT, encryptions: "A128GCM" }, "UsageError option_unknown"],
    [{ ...DIRECT, algorithm: "RSA1_5" }, "InvalidAlgorithmError algorithm_unknown"],
    [{ ...DIRECT, algorithm: "HS256" }, "InvalidAlgorithmError algorithm_unknown"],
    [{ ...DIRECT, algorithm: "A256GCM" }, "InvalidAlgorithmError algorithm_unknown"],
    [{ ...DIRECT, encryption: "dir" }, "InvalidAlgorithmError algorithm_unknown"],
    [{ ...DIRECT, encryption: 5 }, "UsageError option_invalid"],
    [{ ...DIRECT, format: "xml" }, "UsageError option_invalid"],
    [{ ...DIRECT, aad: new Uint8Array(1) }, "UsageError option_invalid"],
    [{ ...DIRECT, aad: "text", format: "flattened" }, "UsageError option_invalid"],
    [{ ...DIRECT, unprotected: { a: 1 } }, "UsageError option_invalid"],
    [{ ...DIRECT, zip: "DEF" }, "UsageError option_invalid"],
    [{ ...DIRECT, recipients: [] }, "UsageError option_invalid"],
    [{ ...DIRECT, pbes2Count: 999 }, "UsageError option_invalid"],
    [{ ...DIRECT, pbes2Count: 1_200_001 }, "UsageError option_invalid"],
    [{ ...DIRECT, header: { alg: "A256KW" } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { enc: "A128GCM" } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { zip: "DEF" } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { epk: {} } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { iv: "AAAA" } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { p2c: 1000 } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { b64: false } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { kid: 5 } }, "UsageError header_not_allowed"],
    [{ encryption: "A256GCM", header: { alg: 5 } }, "UsageError header_not_allowed"],
    [{ algorithm: "dir", header: { enc: 5 } }, "UsageError header_not_allowed"],
    [{ algorithm: "dir", header: { enc: null } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, header: { crit: ["nothing"] } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, format: "flattened", header: { a: 1 }, unprotected: { a: 1 } }, "UsageError header_not_allowed"],
    [{ ...DIRECT, format: "flattened", unprotected: { zip: "DEF" } }, "UsageError header_not_allowed"],
  ])("are refused: %j", (options, expected) => {
    expect(outcome(() => encryptJwe(TEXT, SECRET, untyped(options)))).toBe(expected)
  })

  test("keep the caller's header in its order, behind alg and enc", () => {
    const token = encryptJwe(TEXT, SECRET, { ...DIRECT, header: { cty: "text/plain", a: 1, typ: "x" } })
    expect(Object.keys(headerOf(token))).toEqual(["alg", "enc", "cty", "a", "typ"])
  })

  test("take no text with half a character, and nothing that is no text", () => {
    expect(outcome(() => encryptJwe("\ud83d", SECRET, DIRECT))).toBe("UsageError argument_invalid")
    expect(outcome(() => encryptJwe(untyped(5), SECRET, DIRECT))).toBe("UsageError argument_invalid")
    expect(outcome(() => encryptJwe(untyped(null), SECRET, DIRECT))).toBe("UsageError argument_invalid")
  })

  test("leave the plaintext as it is, and what is answered is the caller's own", () => {
    const plaintext = new Uint8Array([1, 2, 3])
    const token = encryptJwe(plaintext, SECRET, DIRECT)
    expect([...plaintext]).toEqual([1, 2, 3])
    const first = decryptJwe(token, SECRET, { algorithms: ["dir"] })
    first.plaintext.fill(0)
    first.header.alg = "changed"
    const second = decryptJwe(token, SECRET, { algorithms: ["dir"] })
    expect([...second.plaintext]).toEqual([1, 2, 3])
    expect(second.header.alg).toBe("dir")
  })

  test("hash a password as often as OWASP asks, unless told otherwise", async () => {
    const token = await encryptJweAsync(TEXT, "pass", { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM" })
    expect(headerOf(token)["p2c"]).toBe(600_000)
    const other = encryptJwe(TEXT, "pass", { algorithm: "PBES2-HS512+A256KW", encryption: "A128GCM", pbes2Count: 5000 })
    expect(headerOf(other)["p2c"]).toBe(5000)
  })

  test("bind the parties of an agreement", () => {
    const key = Jwk.generate("ECDH-ES")
    const [apu, apv] = ["Alice", "Bob"].map((name) => Buffer.from(name).toString("base64url"))
    const token = encryptJwe(TEXT, key.publicKey(), { encryption: "A128GCM", header: { apu, apv } })
    expect(headerOf(token)).toMatchObject({ apu, apv, epk: { kty: "EC", crv: "P-256" } })
    expect(textOf(decryptJwe(token, key).plaintext)).toBe(TEXT)
    expect(outcome(() => encryptJwe(TEXT, key.publicKey(), { encryption: "A128GCM", header: { apu: "=" } }))).toMatch(
      /_/,
    )
  })

  test.each<[where: string, options: EncryptJweOptions]>([
    ["the protected header", { header: { apu: "QWxpY2U", apv: "Qm9i" } }],
    ["the header for all recipients", { unprotected: { apu: "QWxpY2U", apv: "Qm9i" } }],
    ["one header each", { header: { apu: "QWxpY2U" }, unprotected: { apv: "Qm9i" } }],
  ])("bind the parties of an agreement, which stand in %s, also where recipients are listed", (_where, options) => {
    for (const algorithm of ["ECDH-ES", "ECDH-ES+A128KW"]) {
      const key = Jwk.generate(algorithm)
      const recipients = [{ key: key.publicKey() }]
      const jwe = encryptJwe(TEXT, null, { ...options, encryption: "A128GCM", recipients })
      expect(textOf(decryptJwe(jwe, key).plaintext)).toBe(TEXT)
    }
  })
})

describe("options of decryption", () => {
  const token = encryptJwe(TEXT, SECRET, DIRECT)

  test.each<[options: unknown, expected: string]>([
    [undefined, "UsageError algorithms_required"],
    [{}, "UsageError algorithms_required"],
    [{ algorithms: [] }, "UsageError algorithms_required"],
    [{ algorithms: "dir" }, "UsageError option_invalid"],
    [{ algorithms: ["RSA1_5"] }, "InvalidAlgorithmError algorithm_unknown"],
    [{ algorithms: ["A256GCM"] }, "InvalidAlgorithmError algorithm_unknown"],
    [{ algorithms: ["A256KW"] }, "InvalidAlgorithmError algorithm_not_allowed"],
    [{ algorithms: ["dir"], encryptionAlgorithms: ["A128GCM"] }, "InvalidAlgorithmError algorithm_not_allowed"],
    [{ algorithms: ["dir"], encryptionAlgorithms: "A256GCM" }, "UsageError option_invalid"],
    [{ algorithms: ["dir"], encryptionAlgorithm: ["A256GCM"] }, "UsageError option_unknown"],
    [{ algorithms: ["dir"], maxPbes2Count: 0 }, "UsageError option_invalid"],
    [{ algorithms: ["dir"], maxDecompressedBytes: "1" }, "UsageError option_invalid"],
    [{ algorithms: ["dir"], maxTokenLength: 10 }, "DecodeError token_too_large"],
  ])("are refused, or refuse: %j", (options, expected) => {
    expect(outcome(() => decryptJwe(token, SECRET, untyped<DecryptJweOptions>(options)))).toBe(expected)
  })

  test("accept a compressed token only where that was asked for, and only so much of it", () => {
    const zipped = encryptJwe("a".repeat(100_000), SECRET, { ...DIRECT, zip: true })
    expect(zipped.length).toBeLessThan(1000)
    expect(outcome(() => decryptJwe(zipped, SECRET, { algorithms: ["dir"] }))).toBe(
      "DecodeError compression_not_allowed",
    )
    expect(decryptJwe(zipped, SECRET, { algorithms: ["dir"], zip: true }).plaintext.length).toBe(100_000)
    const limits = { algorithms: ["dir"], zip: true, maxDecompressedBytes: 99_999 }
    expect(outcome(() => decryptJwe(zipped, SECRET, limits))).toBe("DecodeError token_too_large")
    expect(decryptJwe(zipped, SECRET, { ...limits, maxDecompressedBytes: 100_000 }).plaintext.length).toBe(100_000)
    const more = encryptJwe("a".repeat(250_001), SECRET, { ...DIRECT, zip: true })
    expect(outcome(() => decryptJwe(more, SECRET, { algorithms: ["dir"], zip: true }))).toBe(
      "DecodeError token_too_large",
    )
  })

  test("bound the work that a password may ask for, over all recipients", () => {
    const way = { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM", pbes2Count: 2000 } as const
    const one = encryptJwe(TEXT, "pass", way)
    const accept = { algorithms: ["PBES2-HS256+A128KW"] }
    expect(outcome(() => decryptJwe(one, "pass", { ...accept, maxPbes2Count: 1999 }))).toBe(
      "DecodeError header_invalid",
    )
    expect(textOf(decryptJwe(one, "pass", { ...accept, maxPbes2Count: 2000 }).plaintext)).toBe(TEXT)
    const many = encryptJwe(TEXT, null, { ...way, recipients: [{ key: "a" }, { key: "b" }, { key: "pass" }] })
    expect(textOf(decryptJwe(many, "pass", { ...accept, maxPbes2Count: 6000 }).plaintext)).toBe(TEXT)
    expect(outcome(() => decryptJwe(many, "pass", { ...accept, maxPbes2Count: 5999 }))).toBe(FAILED)
  })

  test("let the caller handle extensions", () => {
    const critical = encryptJwe(TEXT, SECRET, { ...DIRECT, header: { crit: ["urn:x"], "urn:x": true } })
    expect(outcome(() => decryptJwe(critical, SECRET, { algorithms: ["dir"] }))).toBe("DecodeError crit_invalid")
    expect(outcome(() => decryptJwe(critical, SECRET, { algorithms: ["dir"], crit: ["urn:x"] }))).toBe("accepted")
  })

  test("refuse short RSA keys where asked to", () => {
    const rsa = Jwk.from({ ...(pairOf("RSA").privateKey.export({ format: "jwk" }) as JwkObject), alg: "RSA-OAEP" })
    const sealed = encryptJwe(TEXT, rsa.publicKey(), { encryption: "A128GCM", enforceMinimumKeyLength: true })
    expect(outcome(() => decryptJwe(sealed, rsa, { enforceMinimumKeyLength: true }))).toBe("accepted")
  })
})

describe("the JSON serializations", () => {
  const aad = new TextEncoder().encode("beside")

  test("flattened holds everything, and opens with the additional data", () => {
    const jwe = encryptJwe(TEXT, SECRET, { ...DIRECT, format: "flattened", aad, unprotected: { note: "n" } })
    expect(Object.keys(jwe).sort()).toEqual(["aad", "ciphertext", "iv", "protected", "tag", "unprotected"])
    const opened = decryptJwe(jwe, SECRET, { algorithms: ["dir"] })
    expect(textOf(opened.plaintext)).toBe(TEXT)
    expect(textOf(opened.aad ?? new Uint8Array())).toBe("beside")
    expect(opened.unprotected).toEqual({ note: "n" })
    expect(opened.recipientHeader).toBeUndefined()
    expect(outcome(() => decryptJwe({ ...jwe, aad: "b3RoZXI" }, SECRET, { algorithms: ["dir"] }))).toBe(FAILED)
    const { aad: _dropped, ...without } = jwe
    expect(outcome(() => decryptJwe(without, SECRET, { algorithms: ["dir"] }))).toBe(FAILED)
  })

  test("general is for several recipients, each with its own way", () => {
    const agreeing = Jwk.generate("ECDH-ES+A256KW", { curve: "X25519", keyId: "agree" })
    const jwe = encryptJwe(TEXT, null, {
      encryption: "A128CBC-HS256",
      pbes2Count: 1000,
      recipients: [
        { key: pairOf("RSA").publicKey, algorithm: "RSA-OAEP", header: { kid: "rsa" } },
        { key: agreeing.publicKey() },
        { key: "pass", algorithm: "PBES2-HS512+A256KW" },
      ],
    })
    expect(jwe).toMatchObject({ recipients: [{ header: { kid: "rsa" } }, { header: { kid: "agree" } }, {}] })
    const keys: [KeyInput, string][] = [
      [pairOf("RSA").privateKey, "RSA-OAEP"],
      [agreeing, "ECDH-ES+A256KW"],
      ["pass", "PBES2-HS512+A256KW"],
    ]
    for (const [key, algorithm] of keys) {
      const opened = decryptJwe(jwe, key, { algorithms: [algorithm] })
      expect(textOf(opened.plaintext)).toBe(TEXT)
      expect(opened.recipientHeader?.alg).toBe(algorithm)
    }
    expect(outcome(() => decryptJwe(jwe, "other", { algorithms: ["PBES2-HS512+A256KW"] }))).toBe(FAILED)
    expect(outcome(() => decryptJwe(jwe, SECRET, { algorithms: ["dir"] }))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
  })

  test("one recipient that is not the only one has no key of its own to send", () => {
    for (const algorithm of ["dir", "ECDH-ES"]) {
      const key = algorithm === "dir" ? Jwk.generate("A256GCM") : Jwk.generate("ECDH-ES").publicKey()
      const recipients = [
        { key, algorithm },
        { key: pairOf("RSA").publicKey, algorithm: "RSA-OAEP" },
      ]
      expect(outcome(() => encryptJwe(TEXT, null, { encryption: "A256GCM", recipients }))).toBe(
        "UsageError option_invalid",
      )
    }
  })

  test("the key given first is the first recipient", () => {
    const jwe = encryptJwe(TEXT, pairOf("RSA").publicKey, {
      ...RSA_256,
      recipients: [{ key: randomBytes(16), algorithm: "A128KW" }],
    })
    expect(textOf(decryptJwe(jwe, pairOf("RSA").privateKey, ACCEPT_RSA_256).plaintext)).toBe(TEXT)
  })

  test.each(["flattened", "general"] as const)("%s holds the encrypted key of its only recipient", (format) => {
    const { publicKey, privateKey } = pairOf("RSA")
    const jwe = untyped<Record<string, unknown>>(encryptJwe(TEXT, publicKey, { ...RSA_256, format }))
    const shared = ["ciphertext", "iv", "protected", "tag"]
    expect(Object.keys(jwe).sort()).toEqual([...shared, format === "general" ? "recipients" : "encrypted_key"].sort())
    if (format === "general") expect(jwe["recipients"]).toEqual([{ encrypted_key: expect.any(String) }])
    expect(textOf(decryptJwe(jwe, privateKey, ACCEPT_RSA_256).plaintext)).toBe(TEXT)
  })

  test.each(["flattened", "general"] as const)("%s takes a recipient with a header of its own", (format) => {
    const rsa = { key: pairOf("RSA").publicKey, algorithm: "RSA-OAEP-256", header: { kid: "r" } }
    const jwe = encryptJwe(TEXT, null, { encryption: "A256GCM", recipients: [rsa], format })
    const recipient = { header: { alg: "RSA-OAEP-256", kid: "r" }, encrypted_key: expect.any(String) }
    expect(jwe).toMatchObject(format === "general" ? { recipients: [recipient] } : recipient)
    expect(jwe).not.toHaveProperty(format === "general" ? "header" : "recipients")
    const opened = decryptJwe(jwe, pairOf("RSA").privateKey, ACCEPT_RSA_256)
    expect(textOf(opened.plaintext)).toBe(TEXT)
    expect(opened.recipientHeader).toEqual({ alg: "RSA-OAEP-256", kid: "r" })
  })

  test("the only recipient of a list may share its secret, or agree on one, and is sent no key", () => {
    const agreeing = Jwk.generate("ECDH-ES", { keyId: "agree" })
    for (const [there, back] of [
      [Jwk.from(SECRET, { algorithm: "A256GCM", keyId: "direct" }), Jwk.from(SECRET, { algorithm: "A256GCM" })],
      [agreeing.publicKey(), agreeing],
    ] as const) {
      const jwe = encryptJwe(TEXT, null, { encryption: "A256GCM", recipients: [{ key: there }] })
      expect(jwe).toMatchObject({ recipients: [{ header: { kid: there.keyId } }] })
      expect(jwe).not.toHaveProperty("recipients.0.encrypted_key")
      expect(textOf(decryptJwe(jwe, back).plaintext)).toBe(TEXT)
    }
  })

  test("algorithms stand where the caller put them, and nothing is written twice", () => {
    const plain = encryptJwe(TEXT, SECRET, {
      format: "flattened",
      unprotected: { alg: "dir", enc: "A256GCM", kid: "u" },
    })
    expect(Object.keys(plain).sort()).toEqual(["ciphertext", "iv", "tag", "unprotected"])
    const opened = decryptJwe(plain, SECRET, { algorithms: ["dir"] })
    expect(textOf(opened.plaintext)).toBe(TEXT)
    expect([opened.header, opened.unprotected]).toEqual([{}, { alg: "dir", enc: "A256GCM", kid: "u" }])

    const key = Jwk.from(randomBytes(16), { keyId: "k" })
    const recipients = [{ key }, { key, header: { kid: null } }, { key, header: { kid: "own" } }]
    const shared = encryptJwe(TEXT, null, { encryption: "A256GCM", header: { alg: "A128KW" }, recipients })
    const headers = untyped<{ recipients: { header: object }[] }>(shared).recipients.map(({ header }) => header)
    expect(headers).toEqual([{ kid: "k" }, {}, { kid: "own" }])
    expect(textOf(decryptJwe(shared, key, { algorithms: ["A128KW"] }).plaintext)).toBe(TEXT)
  })

  test.each(["protected", "aad", "iv", "ciphertext", "tag", "encrypted_key"])("bound their member %s", (member) => {
    const { publicKey, privateKey } = pairOf("RSA")
    const aad = new Uint8Array(1)
    const jwe = encryptJwe(TEXT, publicKey, { ...RSA_256, format: "flattened", aad })
    const long = { ...jwe, [member]: "A".repeat(1001) }
    const error = errorOf(() => decryptJwe(long, privateKey, { ...ACCEPT_RSA_256, maxTokenLength: 1000 }))
    expect([error.name, error.code]).toEqual(["DecodeError", "token_too_large"])
    expect(error.message).toContain(member)
    const { encrypted_key: own = "", ...rest } = long
    const general = { ...rest, recipients: [{ encrypted_key: own }] }
    expect(outcome(() => decryptJwe(general, privateKey, { ...ACCEPT_RSA_256, maxTokenLength: 1000 }))).toBe(
      "DecodeError token_too_large",
    )
    expect(outcome(() => decryptJwe(jwe, privateKey, { ...ACCEPT_RSA_256, maxTokenLength: 1000 }))).toBe("accepted")
  })

  test.each<[name: string, change: (jwe: Record<string, unknown>) => unknown, expected: string]>([
    ["no ciphertext", ({ ciphertext: _, ...rest }) => rest, "DecodeError token_malformed"],
    ["a number for a tag", (jwe) => ({ ...jwe, tag: 5 }), "DecodeError token_malformed"],
    ["padding", (jwe) => ({ ...jwe, iv: `${String(jwe["iv"])}=` }), "DecodeError token_malformed"],
    ["no tag", ({ tag: _, ...rest }) => rest, FAILED],
    ["no vector", ({ iv: _, ...rest }) => rest, FAILED],
    ["no protected header", ({ protected: _, ...rest }) => rest, "InvalidAlgorithmError algorithm_missing"],
    ["recipients that are none", (jwe) => ({ ...jwe, recipients: {} }), "DecodeError token_malformed"],
    ["no recipients", (jwe) => ({ ...jwe, recipients: [] }), "DecodeError token_malformed"],
    ["null for a recipient", (jwe) => ({ ...jwe, recipients: [null] }), "DecodeError token_malformed"],
    ["33 recipients", (jwe) => ({ ...jwe, recipients: Array(33).fill({}) }), "DecodeError token_too_large"],
    ["both forms at once", (jwe) => ({ ...jwe, recipients: [{}], header: {} }), "DecodeError token_malformed"],
    ["a name in two headers", (jwe) => ({ ...jwe, unprotected: { enc: "A256GCM" } }), "DecodeError header_invalid"],
    ["an unprotected zip", (jwe) => ({ ...jwe, unprotected: { zip: "DEF" } }), "DecodeError header_invalid"],
    ["an unprotected crit", (jwe) => ({ ...jwe, header: { crit: ["x"], x: 1 } }), "DecodeError header_invalid"],
    [
      "no algorithm but an empty one",
      withoutProtected({ alg: "", enc: "A256GCM" }),
      "InvalidAlgorithmError algorithm_missing",
    ],
    ["a header that is no JSON", (jwe) => ({ ...jwe, header: { a: () => 1 } }), "DecodeError header_invalid"],
    ["a header without end", (jwe) => ({ ...jwe, unprotected: nested(200) }), "DecodeError header_invalid"],
    ["an array for a header", (jwe) => ({ ...jwe, header: [] }), "DecodeError token_malformed"],
    ["a key where none is sent", (jwe) => ({ ...jwe, encrypted_key: "AAAA" }), "DecodeError token_malformed"],
    ["an array", () => [], "DecodeError token_malformed"],
    ["null", () => null, "DecodeError token_malformed"],
  ])("are refused with %s", (_name, change, expected) => {
    const jwe = encryptJwe(TEXT, SECRET, { ...DIRECT, format: "flattened" })
    const changed = untyped<object>(change({ ...jwe }))
    expect(outcome(() => decryptJwe(changed, SECRET, { algorithms: ["dir"] }))).toBe(expected)
  })
})

describe("what was changed or is not ours", () => {
  /** What is said of a token whose tag is wrong. */
  const wrongTag = errorOf(() =>
    decryptJwe(`${encryptJwe(TEXT, SECRET, DIRECT).replace(/[^.]+$/, "")}${"A".repeat(22)}`, SECRET, {
      algorithms: ["dir"],
    }),
  )

  test.each(WAYS)("opens nothing, and the error does not tell why: %s, %#", (algorithm, keys) => {
    const [there, back] = keys()
    const token = encryptJwe(TEXT, there, { algorithm, encryption: "A128CBC-HS256", pbes2Count: 1000 })
    const parts = token.split(".")
    for (const at of [1, 2, 3, 4]) {
      const part = Buffer.from(parts[at] ?? "", "base64url")
      if (part.length === 0) continue
      part[0] = (part[0] ?? 0) ^ 1
      const changed = parts.map((text, index) => (index === at ? part.toString("base64url") : text)).join(".")
      const error = errorOf(() => decryptJwe(changed, back, { algorithms: [algorithm] }))
      expect(`${error.name} ${error.code}`).toBe(FAILED)
      expect(error.message).toBe(wrongTag.message)
      expect(error.cause).toBeUndefined()
    }
  })

  test("is a signed token offered to decryption, and the reverse", () => {
    expect(outcome(() => decryptJwe(encode({}, SECRET), SECRET, { algorithms: ["dir"] }))).toBe(
      "DecodeError token_malformed",
    )
  })

  test("never shares a vector, a key or a salt with another token", () => {
    const seen = new Set<string>()
    for (let count = 0; count < 500; count++) {
      const [header = "", key = "", iv = ""] = encryptJwe("x", "p", {
        algorithm: "PBES2-HS256+A128KW",
        encryption: "A128GCM",
        pbes2Count: 1000,
      }).split(".")
      for (const part of [header, key, iv]) seen.add(createHash("sha256").update(part).digest("hex"))
    }
    expect(seen.size).toBe(1500)
  })
})
