/** Attacks on time and memory, and compression (W10 to W14). What is over a bound is refused before the work is done. */
import crypto, { randomBytes } from "node:crypto"
import zlib from "node:zlib"
import { type DecryptJweOptions, decryptJwe, encrypt, encryptJwe } from "jotkit"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { aesWrap, base64url, compactJwe, flattenedJwe, passwordKey } from "../sealed.ts"
import { CLAIMS } from "./material.ts"
import {
  BAD_HEADER,
  expectSealedAccepted,
  expectSealedRefused,
  FAILED,
  type SealedAttempt,
  sealedToken,
  secretOf,
} from "./sealed-doors.ts"

const PASSWORD = "correct horse battery staple"
const SALT = Buffer.from("a salt of twenty byte")
const MEBIBYTE = 1024 * 1024

afterEach(() => vi.restoreAllMocks())

describe("a password's count", () => {
  const alg = "PBES2-HS256+A128KW"
  const cek = randomBytes(16)

  function token(
    header: object,
    { salt = SALT, iterations = 1000 }: { salt?: Uint8Array; iterations?: number } = {},
  ): string {
    const encryptedKey = aesWrap(passwordKey(alg, PASSWORD, salt, iterations), cek)
    return sealedToken({ header: { alg, enc: "A128GCM", ...header }, cek, encryptedKey })
  }

  /** Asserts a refusal, and that no hash was computed for it. */
  async function expectNoWork(attempt: SealedAttempt): Promise<void> {
    const derivations = [vi.spyOn(crypto, "pbkdf2Sync"), vi.spyOn(crypto, "pbkdf2")]
    await expectSealedRefused(attempt, BAD_HEADER)
    for (const derivation of derivations) expect(derivation).not.toHaveBeenCalled()
  }

  test("W10: is seen where it is right, by what is watched here", async () => {
    const genuine = token({ p2s: base64url(SALT), p2c: 1000 })
    const derivations = [vi.spyOn(crypto, "pbkdf2Sync"), vi.spyOn(crypto, "pbkdf2")]
    await expectSealedAccepted({ token: genuine, key: PASSWORD })
    for (const derivation of derivations) expect(derivation).toHaveBeenCalled()
  })

  test.each([1_200_001, 20_000_000, 1_000_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300])(
    "W10: of %d is refused before a hash is computed",
    async (p2c) => {
      await expectNoWork({ token: token({ p2s: base64url(SALT), p2c }), key: PASSWORD })
    },
  )

  test("W10: has the bound that the caller gives", async () => {
    const options = { algorithms: [alg], maxPbes2Count: 2000 }
    const within = token({ p2s: base64url(SALT), p2c: 2000 }, { iterations: 2000 })
    await expectSealedAccepted({ token: within, key: PASSWORD, options })
    await expectNoWork({ token: token({ p2s: base64url(SALT), p2c: 2001 }), key: PASSWORD, options })
  })

  test("W10: is bounded for all recipients together", async () => {
    const jwe = flattenedJwe({ header: { enc: "A128GCM" }, cek })
    const { encrypted_key: _, ...shared } = jwe
    const entry = { encrypted_key: base64url(randomBytes(24)), header: { alg, p2s: base64url(SALT), p2c: 500_000 } }
    const derivation = vi.spyOn(crypto, "pbkdf2Sync").mockImplementation(() => Buffer.alloc(16))
    const later = vi.spyOn(crypto, "pbkdf2").mockImplementation((_password, _salt, _count, _length, _hash, done) => {
      done(null, Buffer.alloc(16))
    })
    const token = { ...shared, recipients: Array.from({ length: 32 }, () => entry) }
    await expectSealedRefused(
      { token, key: PASSWORD },
      /^(DecryptionError decryption_failed|DecodeError header_invalid)$/,
    )
    for (const calls of [derivation.mock.calls, later.mock.calls]) {
      expect(calls.length).toBeGreaterThan(0)
      expect(calls.reduce((sum, [, , count]) => sum + count, 0)).toBeLessThanOrEqual(1_200_000)
    }
  })

  test.each<[string, object]>([
    ["p2c of zero", { p2c: 0 }],
    ["p2c of one", { p2c: 1 }],
    ["p2c below a thousand", { p2c: 999 }],
    ["a negative p2c", { p2c: -4096 }],
    ["a fraction for p2c", { p2c: 2048.5 }],
    ["a text for p2c", { p2c: "2048" }],
    ["null for p2c", { p2c: null }],
    ["no p2c", { p2c: undefined }],
    ["an array for p2c", { p2c: [2048] }],
    ["no salt", { p2s: undefined }],
    ["an empty salt", { p2s: "" }],
    ["a number for the salt", { p2s: 12345678 }],
    ["null for the salt", { p2s: null }],
    ["a salt of seven bytes", { p2s: base64url(SALT.subarray(0, 7)) }],
    ["a salt in padded base64url", { p2s: `${base64url(SALT.subarray(0, 8))}=` }],
  ])("W11: %s is refused before a hash is computed", async (_what, members) => {
    await expectNoWork({
      token: token({ p2s: base64url(SALT), p2c: 2048, ...members }, { iterations: 2048 }),
      key: PASSWORD,
    })
  })

  test("W11: a salt of eight bytes and a count of a thousand are enough", async () => {
    const salt = SALT.subarray(0, 8)
    await expectSealedAccepted({ token: token({ p2s: base64url(salt), p2c: 1000 }, { salt }), key: PASSWORD })
  })

  test("W11: the salt is used with the algorithm's name before it", async () => {
    const bare = crypto.pbkdf2Sync(PASSWORD, SALT, 1000, 16, "sha256")
    const header = { alg, enc: "A128GCM", p2s: base64url(SALT), p2c: 1000 }
    const hostile = sealedToken({ header, cek, encryptedKey: aesWrap(bare, cek) })
    await expectSealedRefused({ token: hostile, key: PASSWORD }, FAILED)
  })

  test("W10: what we make has a count that we accept", async () => {
    for (const algorithm of ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]) {
      const made = encrypt(CLAIMS, PASSWORD, { algorithm, encryption: "A128GCM" })
      await expectSealedAccepted({ token: made, key: PASSWORD })
      const { p2c, p2s } = headerOf(made)
      expect(p2c).toBeGreaterThanOrEqual(200_000)
      expect(Buffer.from(String(p2s), "base64url").length).toBeGreaterThanOrEqual(16)
    }
  })
})

describe("a compressed token", () => {
  const key = secretOf(16)
  const zip: DecryptJweOptions = { algorithms: ["dir"], zip: true }
  const header = { alg: "dir", enc: "A128GCM", zip: "DEF" }

  /** A token whose content is these bytes, called compressed. */
  function token(content: Uint8Array, more: object = {}): string {
    return compactJwe({ header: { ...header, ...more }, cek: key, plaintext: content })
  }

  const genuine = token(zlib.deflateRawSync(JSON.stringify(CLAIMS)))

  test("W13: is read where the caller asks for it, and refused elsewhere", async () => {
    await expectSealedAccepted({ token: genuine, key, options: zip })
    for (const options of [{ algorithms: ["dir"] }, { algorithms: ["dir"], zip: false }])
      await expectSealedRefused({ token: genuine, key, options }, "DecodeError compression_not_allowed")
  })

  describe("that is a bomb", () => {
    let bombs: ReadonlyMap<number, Uint8Array>

    beforeEach(async () => {
      bombs = new Map([
        [2, await deflatedZeros(2)],
        [100, await deflatedZeros(100)],
      ])
    }, 60_000)

    test.each([2, 100])(
      "W12: of %i MiB is refused by its size, and inflated to the bound only",
      { timeout: 60_000 },
      async (size) => {
        const bomb = bombs.get(size) ?? new Uint8Array()
        expect(bomb.length).toBeLessThan(130_000)
        const inflations = [vi.spyOn(zlib, "inflateRawSync"), vi.spyOn(zlib, "inflateRaw")]
        const before = process.resourceUsage().maxRSS
        await expectSealedRefused({ token: token(bomb), key, options: zip }, "DecodeError token_too_large")
        expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(32)
        const calls: readonly (readonly unknown[])[] = inflations.flatMap(({ mock }) => [...mock.calls])
        const limits = calls.map(([, options]) => limitOf(options))
        expect(limits.length).toBeGreaterThan(0)
        expect(Math.max(...limits)).toBeLessThanOrEqual(250_001)
      },
    )

    test("W12: is not inflated where nobody asked for it, or where the tag is wrong", async () => {
      const bomb = bombs.get(2) ?? new Uint8Array()
      const inflations = [vi.spyOn(zlib, "inflateRawSync"), vi.spyOn(zlib, "inflateRaw")]
      await expectSealedRefused(
        { token: token(bomb), key, options: { algorithms: ["dir"] } },
        "DecodeError compression_not_allowed",
      )
      await expectSealedRefused({ token: token(bomb).replace(/.{22}$/, "A".repeat(22)), key, options: zip }, FAILED)
      for (const inflation of inflations) expect(inflation).not.toHaveBeenCalled()
    })
  })

  test("W12: has the bound that the caller gives, to the byte", async () => {
    const text = JSON.stringify({ ...CLAIMS, padding: "x".repeat(1000) })
    const one = token(zlib.deflateRawSync(text))
    await expectSealedAccepted({ token: one, key, options: { ...zip, maxDecompressedBytes: text.length } })
    const short = { ...zip, maxDecompressedBytes: text.length - 1 }
    await expectSealedRefused({ token: one, key, options: short }, "DecodeError token_too_large")
  })

  test("W12: of many streams, one after the other, is refused", async () => {
    const member = zlib.deflateRawSync(JSON.stringify(CLAIMS))
    await expectSealedRefused(
      { token: token(Buffer.concat(Array.from({ length: 1000 }, () => member))), key, options: zip },
      FAILED,
    )
  })

  test("W12: of two layers is opened once", () => {
    const inner = zlib.deflateRawSync(JSON.stringify(CLAIMS))
    const inflations = [vi.spyOn(zlib, "inflateRawSync"), vi.spyOn(zlib, "inflateRaw")]
    const { plaintext } = decryptJwe(token(zlib.deflateRawSync(inner)), key, zip)
    expect(Buffer.from(plaintext)).toEqual(inner)
    expect(inflations.reduce((sum, { mock }) => sum + mock.calls.length, 0)).toBe(1)
  })

  const plain = zlib.deflateRawSync(JSON.stringify(CLAIMS))

  test.each<[string, Uint8Array]>([
    ["no compression at all", Buffer.from(JSON.stringify(CLAIMS))],
    ["noise", Buffer.alloc(64, 0xa5)],
    ["nothing", Buffer.alloc(0)],
    ["a stream cut in the middle", plain.subarray(0, plain.length >> 1)],
    ["a stream without its last byte", plain.subarray(0, -1)],
    ["a byte after the end", Buffer.concat([plain, Buffer.alloc(1)])],
    ["another stream after the end", Buffer.concat([plain, plain])],
    ["a zlib wrapper", zlib.deflateSync(JSON.stringify(CLAIMS))],
    ["a gzip wrapper", zlib.gzipSync(JSON.stringify(CLAIMS))],
    ["brotli", zlib.brotliCompressSync(JSON.stringify(CLAIMS))],
  ])("W13: that holds %s is refused", async (_what, content) => {
    await expectSealedRefused({ token: token(content), key, options: zip }, FAILED)
  })

  test.each<[string, unknown]>([
    ["GZIP", "GZIP"],
    ["def", "def"],
    ["an empty text", ""],
    ["null", null],
    ["a number", 1],
    ["true", true],
    ["an array", ["DEF"]],
    ["none", "none"],
  ])("W13: whose zip is %s is refused", async (_what, name) => {
    for (const options of [zip, { algorithms: ["dir"] }])
      await expectSealedRefused({ token: token(plain, { zip: name }), key, options }, BAD_HEADER)
  })

  test.each(["unprotected", "header"])("W13: whose zip stands in %s is refused", async (place) => {
    const jwe = flattenedJwe({ header: { alg: "dir", enc: "A128GCM" }, cek: key, plaintext: plain })
    const { encrypted_key: _, ...rest } = jwe
    await expectSealedRefused({ token: { ...rest, [place]: { zip: "DEF" } }, key, options: zip }, BAD_HEADER)
  })
})

describe("producing", () => {
  const key = secretOf(16)
  const options = { algorithm: "dir", encryption: "A128GCM" }
  const repeated = "a".repeat(1000)

  test("W14: compresses nothing unless it is asked to, so that lengths tell no more than the plaintext's", () => {
    const made = [encryptJwe(repeated, key, options), encryptJwe(repeated, key, { ...options, zip: false })]
    for (const token of made) {
      expect(headerOf(token)).not.toHaveProperty("zip")
      expect(Buffer.from(token.split(".")[3] ?? "", "base64url")).toHaveLength(1000)
    }
    expect(headerOf(encrypt({ repeated }, key, options))).not.toHaveProperty("zip")
  })

  test("W14: says so in the header where it does", () => {
    const token = encryptJwe(repeated, key, { ...options, zip: true })
    expect(headerOf(token)["zip"]).toBe("DEF")
    expect(Buffer.from(token.split(".")[3] ?? "", "base64url").length).toBeLessThan(100)
  })
})

/** So many MiB of zeros in raw DEFLATE, without ever holding them. */
async function deflatedZeros(mebibytes: number): Promise<Uint8Array> {
  const stream = zlib.createDeflateRaw({ level: 9 })
  const chunks: Buffer[] = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  const zeros = Buffer.alloc(MEBIBYTE)
  for (let written = 0; written < mebibytes; written++) {
    if (!stream.write(zeros)) await new Promise((resolve) => stream.once("drain", resolve))
  }
  await new Promise((resolve) => stream.once("end", resolve).end())
  return Buffer.concat(chunks)
}

function limitOf(options: unknown): number {
  const limit = (options as { maxOutputLength?: unknown } | undefined)?.maxOutputLength
  return typeof limit === "number" ? limit : Number.POSITIVE_INFINITY
}

function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as Record<string, unknown>
}
