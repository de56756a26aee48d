/** Attacks on the encrypted content: tags, initialization vectors, padding, and what an error tells (W1 to W4, W22, W25, W28). */
import { createCipheriv, createHmac, randomBytes } from "node:crypto"
import { decryptJwe, type EncryptJweOptions, encrypt, encryptJwe } from "jotkit"
import { describe, expect, test } from "vitest"
import { aesWrap, base64url, cbcTag, compactJwe, ENCRYPTIONS, flattenedJwe, joined, oaepEncrypt } from "../sealed.ts"
import { errorOf, outcome } from "./doors.ts"
import { CLAIMS, rsa, untyped } from "./material.ts"
import {
  claimsRecipe,
  expectSealedAccepted,
  expectSealedRefused,
  FAILED,
  SEGMENT,
  sealedToken,
  secretOf,
  withSegment,
} from "./sealed-doors.ts"

const GCM = ["A128GCM", "A192GCM", "A256GCM"]
const CBC = ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
const PLAINTEXT = Buffer.from(JSON.stringify(CLAIMS))

function lengthsOf(enc: string): { key: number; iv: number; tag: number } {
  const lengths = ENCRYPTIONS[enc]
  if (lengths === undefined) throw new Error(`no such content encryption: ${enc}`)
  return lengths
}

/** A direct token, its key, and the data that it authenticates. */
function direct(enc: string): { token: string; key: Uint8Array; header: string; aad: Buffer } {
  const key = secretOf(lengthsOf(enc).key)
  const header = { alg: "dir", enc }
  const token = sealedToken({ header, cek: key })
  const [text = ""] = token.split(".")
  return { token, key, header: text, aad: Buffer.from(text) }
}

test.each([...GCM, ...CBC])("W1: the token of %s that these are made from is genuine", async (enc) => {
  const { token, key } = direct(enc)
  await expectSealedAccepted({ token, key })
})

describe("a tag", () => {
  const cuts = [...GCM, ...CBC].flatMap((enc) => [0, 1, 4, 8, 12, 15].map((length) => [enc, length] as const))

  test.each(cuts)("W1: of %s that is cut to %i bytes is refused", async (enc, length) => {
    const { token, key } = direct(enc)
    const cut = withSegment(token, SEGMENT.tag, (tag) => tag.subarray(0, length))
    await expectSealedRefused({ token: cut, key }, FAILED)
  })

  const short = GCM.flatMap((enc) => [4, 8, 12, 13, 15].map((length) => [enc, length] as const))

  test.each(short)("W1: of %s honestly made with %i bytes is refused", async (enc, length) => {
    const { key, header, aad } = direct(enc)
    const iv = randomBytes(12)
    const name = `aes-${key.length * 8}-gcm` as "aes-256-gcm"
    const cipher = createCipheriv(name, key, iv, { authTagLength: length }).setAAD(aad)
    const ciphertext = Buffer.concat([cipher.update(PLAINTEXT), cipher.final()])
    const token = [header, "", ...[iv, ciphertext, cipher.getAuthTag()].map(base64url)].join(".")
    await expectSealedRefused({ token, key }, FAILED)
  })

  test.each([...GCM, ...CBC])("W1: of %s with a byte more is refused", async (enc) => {
    const { token, key } = direct(enc)
    await expectSealedRefused(
      { token: withSegment(token, SEGMENT.tag, (tag) => Buffer.concat([tag, Buffer.alloc(1)])), key },
      FAILED,
    )
  })

  test.each(CBC)("W3: of %s that is the whole HMAC is refused", async (enc) => {
    const { token, key, aad } = direct(enc)
    const [, , iv = "", ciphertext = ""] = token.split(".")
    const bits = Buffer.alloc(8)
    bits.writeBigUInt64BE(BigInt(aad.length) * 8n)
    const mac = createHmac(`sha${enc.slice(-3)}`, key.subarray(0, key.length / 2))
    for (const part of [aad, Buffer.from(iv, "base64url"), Buffer.from(ciphertext, "base64url"), bits]) mac.update(part)
    const whole = mac.digest()
    await expectSealedRefused({ token: withSegment(token, SEGMENT.tag, () => whole), key }, FAILED)
    // It begins with the right one: nothing but its length is wrong.
    await expectSealedAccepted({ token: withSegment(token, SEGMENT.tag, () => whole.subarray(0, key.length / 2)), key })
  })
})

describe("an initialization vector", () => {
  const lengths = GCM.flatMap((enc) => [8, 11, 13, 16].map((length) => [enc, length] as const))

  test.each(lengths)("W2: of %s honestly made with %i bytes is refused", async (enc, length) => {
    const { key } = direct(enc)
    const token = sealedToken({ header: { alg: "dir", enc }, cek: key, iv: randomBytes(length) })
    await expectSealedRefused({ token, key }, FAILED)
  })

  const cut = [...GCM, ...CBC].flatMap((enc) => [0, 8, 12, 16].map((length) => [enc, length] as const))
  const wrong = cut.filter(([enc, length]) => lengthsOf(enc).iv !== length)

  test.each(wrong)("W2: of %s that has %i bytes is refused", async (enc, length) => {
    const { token, key } = direct(enc)
    await expectSealedRefused({ token: withSegment(token, SEGMENT.iv, () => Buffer.alloc(length)), key }, FAILED)
  })

  test.each(CBC)("W3: of %s that the MAC does not cover is refused", async (enc) => {
    const { token, key, aad } = direct(enc)
    const ciphertext = Buffer.from(token.split(".")[3] ?? "", "base64url")
    const forged = withSegment(token, SEGMENT.tag, () => cbcTag(enc, key, Buffer.alloc(0), ciphertext, aad))
    await expectSealedRefused({ token: forged, key }, FAILED)
  })
})

describe("the MAC of AES-CBC", () => {
  /** The tag where the length of the associated data is written in another way. */
  function withLength(enc: string, length: (bytes: number) => bigint): { token: string; key: Uint8Array } {
    const { token, key, aad } = direct(enc)
    const [, , iv = "", ciphertext = ""] = token.split(".")
    const written = Buffer.alloc(8)
    written.writeBigUInt64BE(length(aad.length))
    const mac = createHmac(`sha${enc.slice(-3)}`, key.subarray(0, key.length / 2)).update(aad)
    const whole = mac
      .update(Buffer.from(iv, "base64url"))
      .update(Buffer.from(ciphertext, "base64url"))
      .update(written)
      .digest()
    return { token: withSegment(token, SEGMENT.tag, () => whole.subarray(0, key.length / 2)), key }
  }

  test.each(CBC)("W3: of %s over a length in bits holds, and none other", async (enc) => {
    await expectSealedAccepted(withLength(enc, (bytes) => BigInt(bytes) * 8n))
    await expectSealedRefused(
      withLength(enc, (bytes) => BigInt(bytes)),
      FAILED,
    )
    await expectSealedRefused(
      withLength(enc, () => 0n),
      FAILED,
    )
    await expectSealedRefused(
      withLength(enc, (bytes) => BigInt(bytes) * 8n + (1n << 32n)),
      FAILED,
    )
  })

  test.each(CBC)("W3: of %s with the halves of the key swapped is refused", async (enc) => {
    const { token, key } = direct(enc)
    const swapped = Buffer.concat([key.subarray(key.length / 2), key.subarray(0, key.length / 2)])
    await expectSealedRefused({ token, key: swapped }, FAILED)
    const made = sealedToken({ header: { alg: "dir", enc }, cek: swapped })
    await expectSealedRefused({ token: made, key }, FAILED)
  })

  test.each(CBC)("W3: of %s does not let bytes move between header and vector", async (enc) => {
    const { token, key, header } = direct(enc)
    const longer = base64url(`${JSON.stringify({ alg: "dir", enc })} `)
    expect(longer.length).toBeGreaterThan(header.length)
    await expectSealedRefused({ token: token.replace(header, longer), key }, FAILED)
  })
})

describe("padding", () => {
  /** Ciphertext that decrypts to these blocks, whose last byte is no padding, with a MAC that is right. */
  function unpadded(enc: string, plaintext: Uint8Array): { token: string; key: Uint8Array } {
    const { key, header, aad } = direct(enc)
    const iv = randomBytes(16)
    const half = key.length / 2
    const cipher = createCipheriv(`aes-${half * 8}-cbc`, key.subarray(half), iv).setAutoPadding(false)
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
    const tag = cbcTag(enc, key, iv, ciphertext, aad)
    return { token: [header, "", ...[iv, ciphertext, tag].map(base64url)].join("."), key }
  }

  const bad: readonly (readonly [string, Buffer])[] = [
    ["zero", Buffer.alloc(32)],
    ["17", Buffer.alloc(32, 17)],
    ["3 after a 2", Buffer.concat([Buffer.alloc(29, 65), Buffer.from([2, 3, 3])])],
    ["255", Buffer.alloc(16, 255)],
  ]

  test.each(CBC.flatMap((enc) => bad.map(([what, bytes]) => [enc, what, bytes] as const)))(
    "W4: of %s that is %s under the right MAC is refused as a wrong MAC is",
    async (enc, _what, bytes) => {
      await expectSealedRefused(unpadded(enc, bytes), FAILED)
      const { token, key } = direct(enc)
      const wrongMac = withSegment(token, SEGMENT.tag, flipped)
      expect(refusalOf(unpadded(enc, bytes))).toEqual(refusalOf({ token: wrongMac, key }))
    },
  )

  test.each(CBC)("W4: of %s is not looked at where the ciphertext is no whole number of blocks", async (enc) => {
    const { token, key, aad } = direct(enc)
    const [, , iv = ""] = token.split(".")
    for (const length of [0, 1, 15, 17]) {
      const ciphertext = Buffer.alloc(length)
      const tag = cbcTag(enc, key, Buffer.from(iv, "base64url"), ciphertext, aad)
      const hostile = withSegment(
        withSegment(token, SEGMENT.ciphertext, () => ciphertext),
        SEGMENT.tag,
        () => tag,
      )
      await expectSealedRefused({ token: hostile, key }, FAILED)
    }
  })
})

describe("every bit", () => {
  test.each(["A128GCM", "A128CBC-HS256"])("W28: of the parts of %s counts, and every refusal is the same", (enc) => {
    const key = secretOf(16)
    const cek = randomBytes(lengthsOf(enc).key)
    const token = compactJwe({ header: { alg: "A128KW", enc }, cek, encryptedKey: aesWrap(key, cek), plaintext: "few" })
    const refusals = new Set<string>()
    let asked = 0
    for (const part of [SEGMENT.encryptedKey, SEGMENT.iv, SEGMENT.ciphertext, SEGMENT.tag]) {
      const bits = Buffer.from(token.split(".")[part] ?? "", "base64url").length * 8
      for (let bit = 0; bit < bits; bit++) {
        const changed = withSegment(token, part, (bytes) => {
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
          return bytes
        })
        refusals.add(JSON.stringify(refusalOf({ token: changed, key })))
        asked++
      }
    }
    expect(asked).toBeGreaterThan(400)
    expect([...refusals]).toEqual([JSON.stringify(refusalOf({ token: withSegment(token, SEGMENT.tag, flipped), key }))])
  })
})

describe("what went wrong", () => {
  const key = secretOf(16)
  const other = randomBytes(16)
  const cek = randomBytes(32)
  const header = { alg: "A128KW", enc: "A128CBC-HS256" }
  const genuine = compactJwe(claimsRecipe({ header, cek, encryptedKey: aesWrap(key, cek) }))
  const { privateKey, publicKey } = rsa()
  const oaep = { alg: "RSA-OAEP-256", enc: "A128CBC-HS256" }
  const toRsa = compactJwe(claimsRecipe({ header: oaep, cek, encryptedKey: oaepEncrypt("sha256", publicKey, cek) }))

  const failures: readonly (readonly [string, { token: string; key: unknown }])[] = [
    ["AES-KW: the key unwraps to nothing", { token: withSegment(genuine, SEGMENT.encryptedKey, flipped), key }],
    ["AES-KW: another key", { token: genuine, key: other }],
    ["AES-KW: no encrypted key", { token: withSegment(genuine, SEGMENT.encryptedKey, () => Buffer.alloc(0)), key }],
    ["AES-KW: a key of another length", { token: short((some) => aesWrap(key, some), header), key }],
    ["the tag", { token: withSegment(genuine, SEGMENT.tag, flipped), key }],
    ["the ciphertext", { token: withSegment(genuine, SEGMENT.ciphertext, flipped), key }],
    ["the vector", { token: withSegment(genuine, SEGMENT.iv, flipped), key }],
    ["the vector's length", { token: withSegment(genuine, SEGMENT.iv, (iv) => iv.subarray(1)), key }],
    ["the padding", { token: badPadding(), key }],
    ["OAEP: the padding", { token: withSegment(toRsa, SEGMENT.encryptedKey, flipped), key: privateKey }],
    [
      "OAEP: a number above the modulus",
      { token: withSegment(toRsa, SEGMENT.encryptedKey, () => Buffer.alloc(256, 255)), key: privateKey },
    ],
    ["OAEP: too short", { token: withSegment(toRsa, SEGMENT.encryptedKey, () => Buffer.alloc(3)), key: privateKey }],
    [
      "OAEP: a key of another length",
      { token: short((some) => oaepEncrypt("sha256", publicKey, some), oaep), key: privateKey },
    ],
    ["OAEP: the tag", { token: withSegment(toRsa, SEGMENT.tag, flipped), key: privateKey }],
  ]

  function short(wrap: (cek: Uint8Array) => Buffer, header: object): string {
    const small = randomBytes(16)
    return compactJwe(claimsRecipe({ header, enc: "A128GCM", cek: small, encryptedKey: wrap(small) }))
  }

  function badPadding(): string {
    const iv = randomBytes(16)
    const text = base64url(JSON.stringify(header))
    const cipher = createCipheriv("aes-128-cbc", cek.subarray(16), iv).setAutoPadding(false)
    const ciphertext = Buffer.concat([cipher.update(Buffer.alloc(32)), cipher.final()])
    const tag = cbcTag("A128CBC-HS256", cek, iv, ciphertext, Buffer.from(text))
    return [text, ...[aesWrap(key, cek), iv, ciphertext, tag].map(base64url)].join(".")
  }

  test("W28: is genuine before it is changed", async () => {
    await expectSealedAccepted({ token: genuine, key })
    await expectSealedAccepted({ token: toRsa, key: privateKey })
  })

  test.each(failures)("W28: is not told where it was %s", async (_what, attempt) => {
    await expectSealedRefused(attempt, FAILED)
  })

  test("W28: gives one class, one code and one text for all", () => {
    const refusals = failures.map(([, attempt]) => JSON.stringify(refusalOf(attempt)))
    expect(new Set(refusals).size).toBe(1)
  })
})

describe("producing", () => {
  test("W22: 100,000 messages for one key have as many keys and vectors", { timeout: 120_000 }, () => {
    const key = secretOf(16)
    const options = { algorithm: "A128KW", encryption: "A128GCM" }
    const keys = new Set<string>()
    const vectors = new Set<string>()
    for (let made = 0; made < 100_000; made++) {
      const [, encryptedKey = "", iv = ""] = encryptJwe("", key, options).split(".")
      keys.add(encryptedKey)
      vectors.add(iv)
    }
    // Wrapping has no chance in it: another wrapped key is another key.
    expect(keys.size).toBe(100_000)
    expect(vectors.size).toBe(100_000)
  })

  test("W22: the vector differs also where the key is always the same", () => {
    const key = secretOf(16)
    const options = { algorithm: "dir", encryption: "A128GCM" }
    const vectors = Array.from({ length: 10_000 }, () => encryptJwe("", key, options).split(".")[2])
    expect(new Set(vectors).size).toBe(10_000)
  })

  test.each(["cek", "iv", "contentEncryptionKey", "initializationVector", "epk", "p2s", "tag"])(
    "W22: there is no option %s",
    (name) => {
      const options = { algorithm: "A128KW", encryption: "A128GCM", [name]: Buffer.alloc(16) }
      const call = () => encryptJwe("", secretOf(16), untyped<EncryptJweOptions>(options))
      expect(outcome(call)).toBe("UsageError option_unknown")
      expect(outcome(() => encrypt({}, secretOf(16), untyped(options)))).toBe("UsageError option_unknown")
    },
  )

  test.each([
    ["A128GCMKW", "iv", Buffer.alloc(12).toString("base64url")],
    ["A128GCMKW", "tag", Buffer.alloc(16).toString("base64url")],
    ["PBES2-HS256+A128KW", "p2s", Buffer.alloc(16).toString("base64url")],
  ])("W22: the header of %s does not take the caller's %s", (algorithm, name, value) => {
    const options = { algorithm, encryption: "A128GCM", header: { [name]: value } }
    expect(outcome(() => encryptJwe("", secretOf(16), options))).toBe("UsageError header_not_allowed")
  })
})

describe("the member aad", () => {
  const key = secretOf(16)
  const jwe = flattenedJwe(claimsRecipe({ header: { alg: "dir", enc: "A128GCM" }, cek: key, aad: "bound to it" }))

  test("W25: is part of what is authenticated", async () => {
    await expectSealedAccepted({ token: jwe, key })
  })

  test.each<[string, object]>([
    ["changed", { ...jwe, aad: base64url("bound to that") }],
    ["dropped", Object.fromEntries(Object.entries(jwe).filter(([name]) => name !== "aad"))],
    ["empty", { ...jwe, aad: "" }],
    ["moved into the header", { ...jwe, protected: `${jwe.protected}.${jwe.aad}`, aad: undefined }],
  ])("W25: that is %s is refused", async (_what, token) => {
    await expectSealedRefused({ token, key }, /^(DecryptionError decryption_failed|DecodeError \w+)$/)
  })

  test.each<[string, unknown]>([
    ["a number", 1],
    ["null", null],
    ["an array", ["bound to it"]],
    ["an object", {}],
    ["padded base64url", `${base64url("bound to it")}=`],
    ["no base64url", "bound to it!"],
  ])("W25: that is %s is no JWE", async (_what, aad) => {
    await expectSealedRefused({ token: { ...jwe, aad }, key }, /^DecodeError \w+$/)
  })

  test("W25: is not dropped where the compact form has no place for it", async () => {
    await expectSealedRefused({ token: joined(jwe), key }, FAILED)
    const options = { algorithm: "dir", encryption: "A128GCM", aad: Buffer.from("bound") }
    expect(outcome(() => encryptJwe("", key, untyped(options)))).toMatch(/^UsageError /)
  })
})

function flipped(bytes: Buffer): Buffer {
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes
}

/** All that a caller sees of a refusal. */
function refusalOf({ token, key }: { token: string; key: unknown }): object {
  const algorithms = ["dir", "A128KW", "RSA-OAEP-256"]
  const error = errorOf(() => decryptJwe(token, untyped(key), { algorithms }))
  return { name: error.name, code: error.code, message: error.message, fault: error.fault, cause: error.cause }
}
