/** Attacks on how the content encryption key reaches the recipient (W5 to W9, W15 to W21). */
import { generateKeyPairSync, randomBytes } from "node:crypto"
import { encryptJwe, encryptJweAsync, Jwk, type JwkObject, listAlgorithms } from "jotkit"
import { describe, expect, test } from "vitest"
import {
  aesWrap,
  agreedWith,
  base64url,
  concatKdf,
  flattenedJwe,
  KEY_MANAGEMENT,
  oaepEncrypt,
  type Parties,
  passwordKey,
  sealContent,
} from "../sealed.ts"
import { outcome, outcomeOf } from "./doors.ts"
import { bytesOf, jwkOf, memberNumber, otherRsa, p256, p384, p521, rsa, x25519 } from "./material.ts"
import {
  BAD_HEADER,
  claimsRecipe,
  expectSealedAccepted,
  expectSealedRefused,
  FAILED,
  SEGMENT,
  sealedToken,
  secretOf,
  withSegment,
} from "./sealed-doors.ts"

const UNSUITABLE = "InvalidKeyError key_unsuitable"
const NOT_ALLOWED = "InvalidAlgorithmError algorithm_not_allowed"
/** The public key of the other side is the attacker's to choose, and refused as the rest of the header is, or as all that fails. */
const HEADER_OR_DECRYPT = /^(DecodeError header_invalid|DecryptionError decryption_failed)$/
const x448 = generateKeyPairSync("x448")

describe("RSA1_5", () => {
  const cek = randomBytes(16)
  const token = sealedToken({ header: { alg: "RSA1_5", enc: "A128GCM" }, cek, encryptedKey: randomBytes(256) })

  test("W5: is refused by its name, whatever it holds", async () => {
    await expectSealedRefused({ token, key: rsa().privateKey }, NOT_ALLOWED)
    await expectSealedRefused(
      { token: withSegment(token, SEGMENT.encryptedKey, () => Buffer.alloc(3)), key: rsa().privateKey },
      NOT_ALLOWED,
    )
  })

  test("W5: cannot be allowed, asked for or named by a key", async () => {
    const unknown = /^(UsageError|InvalidAlgorithmError) algorithm_unknown$/
    await expectSealedRefused({ token, key: rsa().privateKey, options: { algorithms: ["RSA1_5"] } }, unknown)
    expect(listAlgorithms()).not.toContain("RSA1_5")
    const make = () => encryptJwe("", rsa().publicKey, { algorithm: "RSA1_5", encryption: "A128GCM" })
    expect(outcome(make)).toMatch(unknown)
    expect(outcome(() => Jwk.from({ ...jwkOf(rsa().publicKey), alg: "RSA1_5" }))).toBe("JwkError jwk_algorithm_unknown")
  })

  test("W5: an oracle of OAEP is none: right padding with a wrong key size fails as wrong padding does", async () => {
    const header = { alg: "RSA-OAEP", enc: "A128GCM" }
    const short = oaepEncrypt("sha1", rsa().publicKey, randomBytes(15))
    for (const encryptedKey of [short, randomBytes(256), Buffer.alloc(256), Buffer.alloc(256, 255)])
      await expectSealedRefused({ token: sealedToken({ header, cek, encryptedKey }), key: rsa().privateKey }, FAILED)
  })
})

/** A direct agreement with this ephemeral key; the content is under what this secret would give. */
function agreement(epk: unknown, shared: Uint8Array = Buffer.alloc(32), more: object = {}): string {
  const header = { alg: "ECDH-ES", enc: "A128GCM", epk, ...more }
  return sealedToken({ header, cek: concatKdf(shared, "A128GCM", 16) })
}

const OFF_CURVE = { ...jwkOf(p256().publicKey), y: base64url(Buffer.alloc(32, 1)) }
const P256_PRIME = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n

/** A point whose x is small enough that x + p still fits into 32 bytes. */
function abovePrime(): object {
  const { x, y } = { x: 5n, y: 0x459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbccn }
  return { kty: "EC", crv: "P-256", x: base64url(bytesOf(x + P256_PRIME, 32)), y: base64url(bytesOf(y, 32)) }
}

describe("the ephemeral key", () => {
  test("W6: that is genuine is taken, on every curve", async () => {
    for (const key of [p256(), p384(), p521(), x25519(), x448].map((pair) => pair.privateKey)) {
      const { epk, shared } = agreedWith(key)
      await expectSealedAccepted({ token: agreement(epk, shared), key })
    }
  })

  test.each<[string, unknown]>([
    ["off the curve", OFF_CURVE],
    ["(0, 0)", { kty: "EC", crv: "P-256", x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) }],
    ["x above the prime", abovePrime()],
    [
      "the largest number",
      { kty: "EC", crv: "P-256", x: base64url(Buffer.alloc(32, 255)), y: base64url(Buffer.alloc(32, 255)) },
    ],
    ["on P-384", jwkOf(p384().publicKey)],
    ["on P-521", jwkOf(p521().publicKey)],
    ["on a curve of another kind", jwkOf(x25519().publicKey)],
    ["on P-384, called P-256", { ...jwkOf(p384().publicKey), crv: "P-256" }],
    ["compressed", { kty: "EC", crv: "P-256", x: jwkOf(p256().publicKey)["x"] }],
    [
      "compressed, in one member",
      { kty: "EC", crv: "P-256", x: base64url(Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 1)])), y: "" },
    ],
    ["on a curve that does not exist", { ...jwkOf(p256().publicKey), crv: "P-257" }],
    ["on secp256k1", { ...jwkOf(p256().publicKey), crv: "secp256k1" }],
    ["of kty OKP with the members of EC", { ...jwkOf(p256().publicKey), kty: "OKP" }],
  ])("W6: that is %s is refused", async (_what, epk) => {
    await expectSealedRefused({ token: agreement(epk), key: p256().privateKey }, HEADER_OR_DECRYPT)
  })

  test.each([["X25519"], ["Ed25519"], ["X448"], ["P-256"]])(
    "W6: on %s is none for a key on another curve",
    async (crv) => {
      const kind = { X25519: x25519(), Ed25519: generateKeyPairSync("ed25519"), X448: x448, "P-256": p256() }[crv]
      if (kind === undefined) throw new Error(`no key for ${crv}`)
      const others = [p256(), x25519(), x448].filter(({ publicKey }) => jwkOf(publicKey)["crv"] !== crv)
      for (const { privateKey } of others)
        await expectSealedRefused({ token: agreement(jwkOf(kind.publicKey)), key: privateKey }, HEADER_OR_DECRYPT)
    },
  )

  const X25519_PRIME = 2n ** 255n - 19n
  const X448_PRIME = 2n ** 448n - 2n ** 224n - 1n
  /** Points whose multiples are few (RFC 7748, section 6; the list of D. J. Bernstein). */
  const SMALL: readonly (readonly [string, string, Buffer])[] = [
    ...[0n, 1n, X25519_PRIME - 1n, X25519_PRIME, X25519_PRIME + 1n].map(
      (x) => ["X25519", String(x), littleEndian(x, 32)] as const,
    ),
    ...[
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ].map((hex) => ["X25519", hex, Buffer.from(hex, "hex")] as const),
    ...[0n, 1n, X448_PRIME - 1n, X448_PRIME, X448_PRIME + 1n].map(
      (x) => ["X448", String(x), littleEndian(x, 56)] as const,
    ),
  ]

  test.each(SMALL)("W7: on %s with the small order of %s gives no secret", async (crv, _what, point) => {
    const key = crv === "X25519" ? x25519().privateKey : x448.privateKey
    const zeros = Buffer.alloc(point.length)
    for (const algorithm of ["ECDH-ES", "ECDH-ES+A128KW"]) {
      const header = { alg: algorithm, enc: "A128GCM", epk: { kty: "OKP", crv, x: base64url(point) } }
      const direct = concatKdf(zeros, "A128GCM", 16)
      const wrapped = aesWrap(concatKdf(zeros, algorithm, 16), direct)
      const encryptedKey = algorithm === "ECDH-ES" ? Buffer.alloc(0) : wrapped
      await expectSealedRefused({ token: sealedToken({ header, cek: direct, encryptedKey }), key }, HEADER_OR_DECRYPT)
    }
  })

  test("W7: nobody encrypts to a point of small order", async () => {
    for (const [crv, , point] of SMALL) {
      const key = { kty: "OKP", crv, x: base64url(point) }
      const options = { algorithm: "ECDH-ES", encryption: "A128GCM" }
      expect(outcome(() => encryptJwe("", key, options))).toMatch(/^(InvalidKeyError|JwkError) /)
      expect(await outcomeOf(() => encryptJweAsync("", key, options))).toMatch(/^(InvalidKeyError|JwkError) /)
    }
  })

  const { epk } = agreedWith(p256().privateKey)

  test.each<[string, unknown]>([
    ["missing", undefined],
    ["null", null],
    ["a text", base64url(JSON.stringify(epk))],
    ["an array", [epk]],
    ["empty", {}],
    ["an RSA key", jwkOf(rsa().publicKey)],
    ["a secret", { kty: "oct", k: base64url(Buffer.alloc(32)) }],
    ["with a short x", { ...epk, x: base64url(Buffer.alloc(31)) }],
    ["with a long x", { ...epk, x: base64url(Buffer.alloc(33)) }],
    ["with a number for x", { ...epk, x: 1 }],
    ["with padding in x", { ...epk, x: `${epk["x"]}=` }],
    ["without kty", { ...epk, kty: undefined }],
    ["a private key", jwkOf(p256().privateKey)],
  ])("W8: that is %s makes the header invalid", async (_what, wrong) => {
    await expectSealedRefused({ token: agreement(wrong), key: p256().privateKey }, BAD_HEADER)
  })
})

describe("the derived key", () => {
  const key = p256().privateKey
  const { epk, shared } = agreedWith(key)
  const alice = Buffer.from("Alice")
  const parties = { apu: base64url(alice), apv: base64url("Bob") }

  function derived(more: { header?: object; id?: string; kdf?: Parties }): string {
    const { header = {}, id = "A128GCM", kdf = {} } = more
    return sealedToken({
      header: { alg: "ECDH-ES", enc: "A128GCM", epk, ...header },
      cek: concatKdf(shared, id, 16, kdf),
    })
  }

  test("W9: takes the content encryption for its id, or the algorithm where it wraps, and the parties", async () => {
    await expectSealedAccepted({ token: derived({}), key })
    await expectSealedAccepted({
      token: derived({ header: parties, kdf: { apu: alice, apv: Buffer.from("Bob") } }),
      key,
    })
    await expectSealedAccepted({ token: wrappedUnder("ECDH-ES+A128KW"), key })
  })

  /** A key wrapped under what this id gives. */
  function wrappedUnder(id: string): string {
    const cek = randomBytes(16)
    const header = { alg: "ECDH-ES+A128KW", enc: "A128GCM", epk }
    return sealedToken({ header, cek, encryptedKey: aesWrap(concatKdf(shared, id, 16), cek) })
  }

  test.each<[string, string]>([
    ["with the algorithm as id of a direct one", derived({ id: "ECDH-ES" })],
    ["with an empty id", derived({ id: "" })],
    ["with another length in bits", derived({ kdf: { bits: 256 } })],
    ["with the length in bytes", derived({ kdf: { bits: 16 } })],
    ["with a party that the header does not name", derived({ kdf: { apu: alice } })],
    ["without the parties of the header", derived({ header: parties })],
    ["with the parties exchanged", derived({ header: parties, kdf: { apu: Buffer.from("Bob"), apv: alice } })],
    [
      "with the parties as they stand",
      derived({ header: parties, kdf: { apu: Buffer.from(parties.apu), apv: Buffer.from(parties.apv) } }),
    ],
    ["with the content encryption as id of a wrapped one", wrappedUnder("A128GCM")],
    ["with the wrapping as id", wrappedUnder("A128KW")],
  ])("W9: %s is another key", async (_what, token) => {
    await expectSealedRefused({ token, key }, FAILED)
  })

  test.each<[string, object]>([
    ["apu is a number", { apu: 1 }],
    ["apu is null", { apu: null }],
    ["apu is an object", { apu: {} }],
    ["apv is no base64url", { apv: "not base64url!" }],
    ["apv is padded", { apv: `${base64url("Bob")}=` }],
    ["apv has unused bits", { apv: "Qm9=" }],
  ])("W9: %s: the header is invalid", async (_what, header) => {
    await expectSealedRefused({ token: derived({ header }), key }, BAD_HEADER)
  })
})

describe("an encrypted key", () => {
  const ec = p256().privateKey
  const { epk, shared } = agreedWith(ec)

  test.each<[string, string, unknown]>([
    ["dir", sealedToken({ header: { alg: "dir", enc: "A128GCM" }, cek: secretOf(16) }), secretOf(16)],
    ["ECDH-ES", agreement(epk, shared), ec],
  ])("W15: where none belongs, with %s, is refused", async (_what, token, key) => {
    await expectSealedAccepted({ token, key })
    for (const bytes of [Buffer.alloc(1), Buffer.alloc(16), Buffer.alloc(24)])
      await expectSealedRefused(
        { token: withSegment(token, SEGMENT.encryptedKey, () => bytes), key },
        /^(DecodeError \w+|DecryptionError decryption_failed)$/,
      )
  })

  const cek = randomBytes(16)
  const enc = "A128GCM"
  const gcm = sealContent("A128GCM", secretOf(16), Buffer.alloc(12, 1), cek, Buffer.alloc(0))
  const salt = randomBytes(16)
  const wrapping: readonly (readonly [string, object, Buffer, unknown])[] = [
    ["A128KW", {}, aesWrap(secretOf(16), cek), secretOf(16)],
    ["A256KW", {}, aesWrap(secretOf(32), cek), secretOf(32)],
    ["A128GCMKW", { iv: base64url(Buffer.alloc(12, 1)), tag: base64url(gcm.tag) }, gcm.ciphertext, secretOf(16)],
    ["RSA-OAEP", {}, oaepEncrypt("sha1", rsa().publicKey, cek), rsa().privateKey],
    ["RSA-OAEP-256", {}, oaepEncrypt("sha256", rsa().publicKey, cek), rsa().privateKey],
    ["ECDH-ES+A128KW", { epk }, aesWrap(concatKdf(shared, "ECDH-ES+A128KW", 16), cek), ec],
    [
      "PBES2-HS256+A128KW",
      { p2c: 1000, p2s: base64url(salt) },
      aesWrap(passwordKey("PBES2-HS256+A128KW", "a password", salt, 1000), cek),
      "a password",
    ],
  ]

  test.each(wrapping)(
    "W16: of %s that is missing, cut or short is refused without a crash",
    async (alg, more, encryptedKey, key) => {
      const token = sealedToken({ header: { alg, enc, ...more }, cek, encryptedKey })
      await expectSealedAccepted({ token, key })
      const lengths = [0, 1, 3, 7, 8, 15, 16, 17, encryptedKey.length - 8, encryptedKey.length - 1]
      for (const length of lengths.filter((some) => some < encryptedKey.length)) {
        const cut = withSegment(token, SEGMENT.encryptedKey, (bytes) => bytes.subarray(0, length))
        await expectSealedRefused({ token: cut, key }, FAILED)
      }
      const longer = withSegment(token, SEGMENT.encryptedKey, (bytes) => Buffer.concat([bytes, Buffer.alloc(8)]))
      await expectSealedRefused({ token: longer, key }, FAILED)
    },
  )

  test.each(wrapping)(
    "W17: of %s that holds a shorter or longer key is refused",
    async (alg, more, _encryptedKey, key) => {
      for (const [bytes, honest] of [
        [16, "A128GCM"],
        [24, "A192GCM"],
      ] as const) {
        const small = randomBytes(bytes)
        const wrapped = rewrapped(alg, small)
        const header = { alg, enc: "A256GCM", ...more, ...wrapped.header }
        const token = sealedToken({ header, enc: honest, cek: small, encryptedKey: wrapped.encryptedKey })
        await expectSealedRefused({ token, key }, FAILED)
      }
      const large = randomBytes(32)
      const wrapped = rewrapped(alg, large)
      const header = { alg, enc: "A128GCM", ...more, ...wrapped.header }
      const token = sealedToken({ header, enc: "A256GCM", cek: large, encryptedKey: wrapped.encryptedKey })
      await expectSealedRefused({ token, key }, FAILED)
    },
  )

  /** Another key under the same algorithm. */
  function rewrapped(alg: string, some: Uint8Array): { header: object; encryptedKey: Buffer } {
    if (alg === "A128GCMKW") {
      const { ciphertext, tag } = sealContent("A128GCM", secretOf(16), Buffer.alloc(12, 2), some, Buffer.alloc(0))
      return { header: { iv: base64url(Buffer.alloc(12, 2)), tag: base64url(tag) }, encryptedKey: ciphertext }
    }
    if (alg.startsWith("RSA"))
      return { header: {}, encryptedKey: oaepEncrypt(alg === "RSA-OAEP" ? "sha1" : "sha256", rsa().publicKey, some) }
    const kek: Readonly<Record<string, Uint8Array>> = {
      A128KW: secretOf(16),
      A256KW: secretOf(32),
      "ECDH-ES+A128KW": concatKdf(shared, "ECDH-ES+A128KW", 16),
      "PBES2-HS256+A128KW": passwordKey("PBES2-HS256+A128KW", "a password", salt, 1000),
    }
    return { header: {}, encryptedKey: aesWrap(kek[alg] ?? Buffer.alloc(0), some) }
  }

  test.each([16, 24, 31, 33, 48, 64])("W17: dir with a key of %i bytes is refused for A256GCM", async (bytes) => {
    const token = sealedToken({ header: { alg: "dir", enc: "A256GCM" }, cek: secretOf(32) })
    await expectSealedRefused({ token, key: new Uint8Array(bytes).fill(7) }, UNSUITABLE)
    const make = () => encryptJwe("", new Uint8Array(bytes).fill(7), { algorithm: "dir", encryption: "A256GCM" })
    expect(outcome(make)).toBe(UNSUITABLE)
  })

  test.each(["A128KW", "A192KW", "A256KW", "A128GCMKW", "A256GCMKW"])(
    "W17: %s takes secrets of its own length only",
    (algorithm) => {
      const right = Number(algorithm.slice(1, 4)) / 8
      for (const bytes of [1, 15, 16, 24, 32, 33, 64].filter((length) => length !== right))
        expect(outcome(() => encryptJwe("", new Uint8Array(bytes), { algorithm, encryption: "A128GCM" }))).toBe(
          UNSUITABLE,
        )
    },
  )

  test.each(["sha1", "sha256", "sha384", "sha512"])(
    "W19: of OAEP with %s is read by its own algorithm only",
    async (hash) => {
      const names = { sha1: "RSA-OAEP", sha256: "RSA-OAEP-256", sha384: "RSA-OAEP-384", sha512: "RSA-OAEP-512" }
      const encryptedKey = oaepEncrypt(hash, rsa().publicKey, cek)
      for (const [of, alg] of Object.entries(names)) {
        const attempt = { token: sealedToken({ header: { alg, enc }, cek, encryptedKey }), key: rsa().privateKey }
        if (of === hash) await expectSealedAccepted(attempt)
        else await expectSealedRefused(attempt, FAILED)
      }
    },
  )

  test("W19: for another RSA key is refused", async () => {
    const encryptedKey = oaepEncrypt("sha256", otherRsa().publicKey, cek)
    await expectSealedRefused(
      { token: sealedToken({ header: { alg: "RSA-OAEP-256", enc }, cek, encryptedKey }), key: rsa().privateKey },
      FAILED,
    )
  })

  test("W16: of OAEP without the zeros it begins with is refused", async () => {
    let encryptedKey: Buffer
    do encryptedKey = oaepEncrypt("sha256", rsa().publicKey, cek)
    while (encryptedKey[0] !== 0)
    const token = sealedToken({ header: { alg: "RSA-OAEP-256", enc }, cek, encryptedKey })
    await expectSealedAccepted({ token, key: rsa().privateKey })
    for (const change of [
      (bytes: Buffer) => bytes.subarray(1),
      (bytes: Buffer) => Buffer.concat([Buffer.alloc(1), bytes]),
    ])
      await expectSealedRefused(
        { token: withSegment(token, SEGMENT.encryptedKey, change), key: rsa().privateKey },
        FAILED,
      )
  })

  test("W16: that is a number as large as the modulus, or larger, is refused", async () => {
    const modulus = memberNumber(jwkOf(rsa().publicKey), "n")
    for (const number of [0n, 1n, modulus - 1n, modulus, modulus + 1n]) {
      const token = sealedToken({ header: { alg: "RSA-OAEP", enc }, cek, encryptedKey: bytesOf(number, 256) })
      await expectSealedRefused({ token, key: rsa().privateKey }, FAILED)
    }
  })
})

describe("the header of A128GCMKW", () => {
  const cek = randomBytes(16)
  const iv = randomBytes(12)
  const { ciphertext, tag } = sealContent("A128GCM", secretOf(16), iv, cek, Buffer.alloc(0))
  const right = { iv: base64url(iv), tag: base64url(tag) }
  const key = secretOf(16)

  function token(members: object): string {
    return sealedToken({ header: { alg: "A128GCMKW", enc: "A128GCM", ...members }, cek, encryptedKey: ciphertext })
  }

  test("W18: is genuine before it is changed", async () => {
    await expectSealedAccepted({ token: token(right), key })
  })

  test.each<[string, object]>([
    ["no iv", { tag: right.tag }],
    ["no tag", { iv: right.iv }],
    ["null for iv", { ...right, iv: null }],
    ["a number for tag", { ...right, tag: 1 }],
    ["an array for tag", { ...right, tag: [right.tag] }],
    ["padding in tag", { ...right, tag: `${right.tag}==` }],
    ["no base64url in iv", { ...right, iv: "????????????????" }],
  ])("W18: with %s is invalid", async (_what, members) => {
    await expectSealedRefused({ token: token(members), key }, BAD_HEADER)
  })

  const cut = (length: number) => base64url(tag.subarray(0, length))
  test.each<[string, object]>([
    ...[0, 4, 8, 12, 13, 15].map(
      (length) => [`a tag of ${length} bytes`, { ...right, tag: cut(length) }] as [string, object],
    ),
    ["a longer tag", { ...right, tag: base64url(Buffer.concat([tag, Buffer.alloc(1)])) }],
    ["another tag", { ...right, tag: base64url(Buffer.alloc(16)) }],
    ["another iv", { ...right, iv: base64url(Buffer.alloc(12)) }],
    ["an iv of 4 bytes", { ...right, iv: base64url(iv.subarray(0, 4)) }],
    ["an iv of 16 bytes", { ...right, iv: base64url(Buffer.alloc(16)) }],
    ["an empty iv", { ...right, iv: "" }],
  ])("W18: with %s is refused", async (_what, members) => {
    await expectSealedRefused({ token: token(members), key }, HEADER_OR_DECRYPT)
  })
})

describe("an RSA key of 1024 bits", () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 })
  const cek = randomBytes(16)
  const encryptedKey = oaepEncrypt("sha256", small.publicKey, cek)
  const token = sealedToken({ header: { alg: "RSA-OAEP-256", enc: "A128GCM" }, cek, encryptedKey })

  test("W20: is refused where key lengths are enforced, on both sides", async () => {
    const options = { algorithms: ["RSA-OAEP-256"], enforceMinimumKeyLength: true }
    await expectSealedRefused({ token, key: small.privateKey, options }, "InvalidKeyError key_too_short")
    const sealing = { algorithm: "RSA-OAEP-256", encryption: "A128GCM", enforceMinimumKeyLength: true }
    expect(outcome(() => encryptJwe("", small.publicKey, sealing))).toBe("InvalidKeyError key_too_short")
  })

  test("W20: anything shorter is refused always", async () => {
    const tiny = generateKeyPairSync("rsa", { modulusLength: 1016 })
    await expectSealedRefused({ token, key: tiny.privateKey }, /^InvalidKeyError /)
    const sealing = { algorithm: "RSA-OAEP", encryption: "A128GCM" }
    expect(outcome(() => encryptJwe("", tiny.publicKey, sealing))).toMatch(/^InvalidKeyError /)
  })
})

describe("a key that is marked", () => {
  const k = base64url(secretOf(32))

  test.each<[string, JwkObject, object]>([
    ["A128CBC-HS256, used with A256GCM", { kty: "oct", k, alg: "A128CBC-HS256" }, { alg: "dir", enc: "A256GCM" }],
    ["A256GCM, used with A128CBC-HS256", { kty: "oct", k, alg: "A256GCM" }, { alg: "dir", enc: "A128CBC-HS256" }],
    ["A256KW, used directly", { kty: "oct", k, alg: "A256KW" }, { alg: "dir", enc: "A256GCM" }],
    ["HS256, used directly", { kty: "oct", k, alg: "HS256" }, { alg: "dir", enc: "A256GCM" }],
  ])("W21: %s is refused", async (_what, key, header) => {
    const token = sealedToken({ header, cek: secretOf(32) })
    await expectSealedRefused({ token, key }, UNSUITABLE)
    await expectSealedRefused({ token, key: Jwk.from(key) }, UNSUITABLE)
    const { alg: _, ...plain } = key
    await expectSealedAccepted({ token, key: plain })
  })

  test("W21: with its content encryption is taken for that one, and makes no other", async () => {
    const key = { kty: "oct", k, alg: "A256GCM" }
    await expectSealedAccepted({
      token: sealedToken({ header: { alg: "dir", enc: "A256GCM" }, cek: secretOf(32) }),
      key,
    })
    expect(outcome(() => encryptJwe("", key, { algorithm: "dir", encryption: "A128CBC-HS256" }))).toBe(UNSUITABLE)
    expect(outcome(() => encryptJwe("", key, { algorithm: "A256KW", encryption: "A256GCM" }))).toBe(UNSUITABLE)
  })

  test.each<[string, object]>([
    ["for signing", { use: "sig" }],
    ["with operations that are no decryption", { key_ops: ["encrypt", "wrapKey"] }],
  ])("W21: %s does not decrypt", async (_what, mark) => {
    const token = sealedToken({ header: { alg: "dir", enc: "A256GCM" }, cek: secretOf(32) })
    await expectSealedRefused({ token, key: { kty: "oct", k, ...mark } }, "InvalidKeyError key_not_for_use")
  })
})

describe("a key of another kind", () => {
  const cek = randomBytes(32)

  test("W21: is refused before any cryptography", async () => {
    const sealedForRsa = sealedToken({
      header: { alg: "RSA-OAEP", enc: "A256GCM" },
      cek,
      encryptedKey: oaepEncrypt("sha1", rsa().publicKey, cek),
    })
    for (const key of [p256().privateKey, x25519().privateKey, secretOf(32), generateKeyPairSync("ed25519").privateKey])
      await expectSealedRefused({ token: sealedForRsa, key }, UNSUITABLE)
  })

  test("W21: a public key decrypts nothing", async () => {
    const token = sealedToken({
      header: { alg: "RSA-OAEP", enc: "A256GCM" },
      cek,
      encryptedKey: oaepEncrypt("sha1", rsa().publicKey, cek),
    })
    await expectSealedRefused({ token, key: rsa().publicKey }, "InvalidKeyError key_not_private")
  })

  test("W21: a public key's text is no secret for anything", async () => {
    const pem = String(rsa().publicKey.export({ type: "spki", format: "pem" }))
    const salt = randomBytes(16)
    const alg = "PBES2-HS256+A128KW"
    const small = randomBytes(16)
    const encryptedKey = aesWrap(passwordKey(alg, pem, salt, 1000), small)
    const token = sealedToken({
      header: { alg, enc: "A128GCM", p2c: 1000, p2s: base64url(salt) },
      cek: small,
      encryptedKey,
    })
    await expectSealedRefused({ token, key: pem }, /^InvalidKeyError /)
    await expectSealedRefused({ token, key: Buffer.from(pem) }, /^InvalidKeyError /)
  })

  test("W21: every algorithm of the list is refused where another was allowed", async () => {
    for (const alg of KEY_MANAGEMENT) {
      const token = sealedToken({ header: { alg, enc: "A256GCM" }, cek, encryptedKey: randomBytes(40) })
      const algorithms = KEY_MANAGEMENT.filter((name) => name !== alg)
      await expectSealedRefused({ token, key: secretOf(32), options: { algorithms } }, NOT_ALLOWED)
    }
  })

  test("W21: a content encryption that was not allowed is refused", async () => {
    const key = secretOf(32)
    const token = sealedToken({ header: { alg: "dir", enc: "A256GCM" }, cek: key })
    const options = { algorithms: ["dir"], encryptionAlgorithms: ["A128CBC-HS256"] }
    await expectSealedRefused({ token, key, options }, NOT_ALLOWED)
    await expectSealedAccepted({ token, key, options: { ...options, encryptionAlgorithms: ["A256GCM"] } })
  })

  test.each([
    undefined,
    null,
    "",
    "A256GCM ",
    "a256gcm",
    "A512GCM",
    "HS256",
    1,
    ["A256GCM"],
    "__proto__",
    "constructor",
  ])("W21: a token that names the content encryption %j is refused", async (enc) => {
    const jwe = flattenedJwe(claimsRecipe({ header: { alg: "dir", enc }, enc: "A256GCM", cek: secretOf(32) }))
    const token = [jwe.protected, "", jwe.iv, jwe.ciphertext, jwe.tag].join(".")
    await expectSealedRefused(
      { token, key: secretOf(32) },
      /^(DecodeError header_invalid|InvalidAlgorithmError algorithm_(not_allowed|missing))$/,
    )
  })
})

function littleEndian(value: bigint, length: number): Buffer {
  return Buffer.from(bytesOf(value, length)).reverse()
}
