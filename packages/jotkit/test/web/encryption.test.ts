/** Encryption on both engines: each opens what the other sealed, and whatever is asked, both answer the same. */
import { createCipheriv, randomBytes } from "node:crypto"
import { deflateRawSync } from "node:zlib"
import fc from "fast-check"
import * as onWeb from "jotkit"
import { describe, expect, test } from "vitest"
import { pemOf } from "../keys-fixtures/forms.ts"
import { pairOf } from "../keys-fixtures/pairs.ts"
import { answersOf, type Jotkit, onNode } from "./engines.ts"

const CONTENT = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
const SECRETS = new Map([16, 24, 32, 48, 64].map((length) => [length, randomBytes(length)]))
const CONTENT_BYTES = [16, 24, 32, 32, 48, 64]
type Key = string | Uint8Array
type Way = readonly [algorithm: string, there: Key, back: Key]

const rsa = pairOf("RSA")
const agreements: readonly Way[] = ["P-256", "P-384", "P-521", "X25519", "X448"].flatMap((curve) => {
  const key = onNode.Jwk.generate("ECDH-ES", { curve })
  const [there, back] = [key.toPem(), key.toPrivatePem()]
  return ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"].map((name) => [name, there, back] as const)
})
const WAYS: readonly Way[] = [
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].map(
    (name) => [name, pemOf(rsa.publicKey, "spki"), pemOf(rsa.privateKey, "pkcs8")] as const,
  ),
  ...[16, 24, 32].flatMap((length) => {
    const secret = SECRETS.get(length) ?? new Uint8Array()
    return [`A${length * 8}KW`, `A${length * 8}GCMKW`].map((name) => [name, secret, secret] as const)
  }),
  ...agreements,
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"].map((name) => [name, "pass", "pass"] as const),
]

describe.each<[name: string, sealing: Jotkit]>([
  ["WebCrypto", onWeb],
  ["node:crypto", onNode],
])("what %s seals", (_name, sealing) => {
  test.each(WAYS)("by %s is opened by both", async (algorithm, there, back) => {
    for (const encryption of CONTENT) {
      const token = await sealing.encryptJweAsync("text", there, { algorithm, encryption, pbes2Count: 1000 })
      const { web, node } = await answersOf(({ decryptJweAsync }) =>
        opened(decryptJweAsync(token, back, { algorithms: [algorithm] })),
      )
      expect([web, node]).toEqual(['answer "text"', 'answer "text"'])
    }
  })

  test("by dir, compressed, with data beside it and in every serialization is opened by both", async () => {
    for (const [at, encryption] of CONTENT.entries()) {
      const secret = SECRETS.get(CONTENT_BYTES[at] ?? 0) ?? new Uint8Array()
      for (const format of ["compact", "flattened", "general"] as const) {
        const aad = format === "compact" ? undefined : new Uint8Array([1, 2, 3])
        const options = { algorithm: "dir", encryption, format, aad, zip: true } as const
        const jwe = await sealing.encryptJweAsync("text", secret, options)
        const { web, node } = await answersOf(({ decryptJweAsync }) =>
          opened(decryptJweAsync(jwe, secret, { algorithms: ["dir"], zip: true })),
        )
        expect([web, node]).toEqual(['answer "text"', 'answer "text"'])
      }
    }
  })
})

async function opened(answer: ReturnType<Jotkit["decryptJweAsync"]>): Promise<string> {
  return new TextDecoder().decode((await answer).plaintext)
}

const way = fc.constantFrom(...WAYS)
const way2 = fc.tuple(way, way)

test("a token changed anywhere, or opened with another key or other options, gets the same answer", async () => {
  await fc.assert(
    fc.asyncProperty(
      way2,
      fc.constantFrom(...CONTENT),
      fc.nat(),
      fc.constantFrom("", "A", "_", ".", "=", "AAAA"),
      async ([[algorithm, there], [other, , back]], encryption, at, put) => {
        const token = onNode.encryptJwe("text", there, { algorithm, encryption, pbes2Count: 1000 })
        const place = at % token.length
        const changed = token.slice(0, place) + put + token.slice(place + 1)
        const { web, node } = await answersOf(({ decryptJweAsync }) =>
          opened(decryptJweAsync(changed, back, { algorithms: [algorithm, other] })),
        )
        expect(web).toBe(node)
      },
    ),
    { numRuns: 300 },
  )
})

test("headers of all kinds get the same answer", async () => {
  const values = fc.oneof(
    fc.constantFrom("dir", "ECDH-ES", "A128KW", "A128GCMKW", "PBES2-HS256+A128KW", "A128GCM", "DEF", "JWT"),
    fc.constantFrom(undefined, null, 0, 1000, -1, 2048.5, true, [], {}, "", "AAAA"),
    fc.constant({ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" }),
    fc.constant({ kty: "OKP", crv: "X25519", x: "A".repeat(43) }),
  )
  const names = ["alg", "enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c", "crit", "kid", "cty"]
  const header = fc.dictionary(fc.constantFrom(...names), values)
  await fc.assert(
    fc.asyncProperty(header, fc.constantFrom(...WAYS), async (members, [algorithm, , back]) => {
      const text = Buffer.from(JSON.stringify({ alg: algorithm, enc: "A128GCM", ...members })).toString("base64url")
      const token = `${text}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`
      const { web, node } = await answersOf(({ decryptJweAsync }) =>
        opened(decryptJweAsync(token, back, { algorithms: [algorithm], zip: true })),
      )
      expect(web).toBe(node)
    }),
    { numRuns: 500 },
  )
})

test("bytes that may be a compressed text get the same answer", async () => {
  const secret = SECRETS.get(32) ?? new Uint8Array()
  const deflated = deflateRawSync("a text that is worth it ".repeat(20))
  await fc.assert(
    fc.asyncProperty(fc.nat(deflated.length), fc.uint8Array({ maxLength: 4 }), fc.boolean(), async (at, put, cut) => {
      const compressed = Buffer.concat([deflated.subarray(0, at), put, cut ? Buffer.alloc(0) : deflated.subarray(at)])
      const token = compressedToken(compressed, secret)
      const { web, node } = await answersOf(({ decryptJweAsync }) =>
        opened(decryptJweAsync(token, secret, { algorithms: ["dir"], zip: true, maxDecompressedBytes: 1000 })),
      )
      expect(web).toBe(node)
    }),
    { numRuns: 300 },
  )
})

/** A token that says its plaintext is compressed, whatever it is: made without the package. */
function compressedToken(plaintext: Uint8Array, secret: Uint8Array): string {
  const header = Buffer.from('{"alg":"dir","enc":"A256GCM","zip":"DEF"}').toString("base64url")
  const iv = randomBytes(12)
  const sealing = createCipheriv("aes-256-gcm", secret, iv)
  sealing.setAAD(Buffer.from(header))
  const ciphertext = Buffer.concat([sealing.update(plaintext), sealing.final()])
  return [header, "", ...[iv, ciphertext, sealing.getAuthTag()].map((part) => part.toString("base64url"))].join(".")
}
