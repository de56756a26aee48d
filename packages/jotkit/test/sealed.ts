/**
 * JWEs put together by hand (RFC 7516, section 5.1) from values that the package never lets a caller choose: what another
 * implementation, a test vector or an attacker writes.
 */
import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  pbkdf2Sync,
  publicEncrypt,
  randomBytes,
} from "node:crypto"
import type { JwkObject } from "jotkit"

/** Lengths in bytes. */
interface ContentEncryption {
  readonly key: number
  readonly iv: number
  readonly tag: number
}

/** RFC 7518, section 5.1. */
export const ENCRYPTIONS: Readonly<Record<string, ContentEncryption>> = {
  A128GCM: { key: 16, iv: 12, tag: 16 },
  A192GCM: { key: 24, iv: 12, tag: 16 },
  A256GCM: { key: 32, iv: 12, tag: 16 },
  "A128CBC-HS256": { key: 32, iv: 16, tag: 16 },
  "A192CBC-HS384": { key: 48, iv: 16, tag: 24 },
  "A256CBC-HS512": { key: 64, iv: 16, tag: 32 },
}

/** RFC 7518, section 4.1. */
export const KEY_MANAGEMENT: readonly string[] = [
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512", "A128KW", "A192KW", "A256KW", "dir"],
  ...["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"],
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
]

/** What a message is made of; what is left out is as an honest sender would make it. */
export interface Recipe {
  /** The protected header: an object, or its JSON as it stands. */
  readonly header: object | string
  /** The content encryption key. */
  readonly cek: Uint8Array
  readonly encryptedKey?: Uint8Array
  /** Content encryption that is used, whatever the header says. */
  readonly enc?: string
  readonly plaintext?: string | Uint8Array
  readonly iv?: Uint8Array
  /** What is authenticated beside the header. */
  readonly aad?: string
}

/** The members of a flattened JWE, by name. */
export interface Flattened {
  readonly protected: string
  readonly encrypted_key: string
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
  readonly aad?: string
}

export interface Content {
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

export function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes as Uint8Array).toString("base64url")
}

/** A compact JWE. */
export function compactJwe(recipe: Recipe): string {
  return joined(flattenedJwe(recipe))
}

export function joined(parts: Flattened): string {
  return [parts.protected, parts.encrypted_key, parts.iv, parts.ciphertext, parts.tag].join(".")
}

export function flattenedJwe(recipe: Recipe): Flattened {
  const { header, cek, encryptedKey = new Uint8Array(), plaintext = "plaintext", aad } = recipe
  const text = typeof header === "string" ? header : JSON.stringify(header)
  const enc = recipe.enc ?? String((JSON.parse(text) as { enc?: unknown }).enc)
  const iv = recipe.iv ?? randomBytes(ENCRYPTIONS[enc]?.iv ?? 12)
  const authenticated = aad === undefined ? base64url(text) : `${base64url(text)}.${base64url(aad)}`
  const { ciphertext, tag } = sealContent(enc, cek, iv, Buffer.from(plaintext as string), Buffer.from(authenticated))
  return {
    protected: base64url(text),
    encrypted_key: base64url(encryptedKey),
    iv: base64url(iv),
    ciphertext: base64url(ciphertext),
    tag: base64url(tag),
    ...(aad === undefined ? {} : { aad: base64url(aad) }),
  }
}

/** RFC 7518, sections 5.2 and 5.3. */
export function sealContent(
  enc: string,
  cek: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Content {
  if (enc.endsWith("GCM")) {
    const cipher = createCipheriv(`aes-${cek.length * 8}-gcm` as "aes-256-gcm", cek, iv, { authTagLength: 16 })
    cipher.setAAD(aad)
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
    return { ciphertext, tag: cipher.getAuthTag() }
  }
  const half = cek.length / 2
  const cipher = createCipheriv(`aes-${half * 8}-cbc`, cek.subarray(half), iv)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { ciphertext, tag: cbcTag(enc, cek, iv, ciphertext, aad) }
}

/** The whole HMAC, cut to its first half (RFC 7518, section 5.2.2.1). */
export function cbcTag(enc: string, cek: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, aad: Uint8Array): Buffer {
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(aad.length) * 8n)
  const mac = createHmac(`sha${enc.slice(-3)}`, cek.subarray(0, cek.length / 2))
  return mac
    .update(aad)
    .update(iv)
    .update(ciphertext)
    .update(bits)
    .digest()
    .subarray(0, cek.length / 2)
}

/** AES key wrap (RFC 3394). */
export function aesWrap(kek: Uint8Array, key: Uint8Array): Buffer {
  const cipher = createCipheriv(`id-aes${kek.length * 8}-wrap`, kek, Buffer.alloc(8, 0xa6))
  return Buffer.concat([cipher.update(key), cipher.final()])
}

export function oaepEncrypt(hash: string, key: KeyObject, secret: Uint8Array): Buffer {
  return publicEncrypt({ key, oaepHash: hash, padding: constants.RSA_PKCS1_OAEP_PADDING }, secret)
}

/** The derived key of ECDH-ES (RFC 7518, section 4.6.2; NIST SP 800-56A, section 5.8.1). */
export function concatKdf(shared: Uint8Array, algorithmId: string, bytes: number, parties: Parties = {}): Buffer {
  const { apu = new Uint8Array(), apv = new Uint8Array(), bits = bytes * 8 } = parties
  const info = Buffer.concat([
    ...[Buffer.from(algorithmId), apu, apv].flatMap((part) => [count(part.length), part]),
    count(bits),
  ])
  const rounds = Array.from({ length: Math.ceil(bytes / 32) }, (_, round) =>
    createHash("sha256")
      .update(Buffer.concat([count(round + 1), shared, info]))
      .digest(),
  )
  return Buffer.concat(rounds).subarray(0, bytes)
}

export interface Parties {
  readonly apu?: Uint8Array
  readonly apv?: Uint8Array
  /** Another length than that of the key, for whoever gets it wrong. */
  readonly bits?: number
}

/** A fresh ephemeral key on the recipient's curve, and what both agree on. */
export function agreedWith(recipient: KeyObject): { epk: JwkObject; shared: Buffer } {
  const jwk = createPublicKey(recipient).export({ format: "jwk" })
  const pair =
    jwk.kty === "EC"
      ? generateKeyPairSync("ec", { namedCurve: String(jwk.crv) })
      : generateKeyPairSync(String(jwk.crv).toLowerCase() as "x25519")
  const publicKey = recipient.type === "private" ? createPublicKey(recipient) : recipient
  const shared = diffieHellman({ privateKey: pair.privateKey, publicKey })
  return { epk: pair.publicKey.export({ format: "jwk" }) as JwkObject, shared }
}

/** The key that a password gives (RFC 7518, section 4.8.1.1). */
export function passwordKey(alg: string, password: string, salt: Uint8Array, iterations: number): Buffer {
  const [, hash = "", bits = ""] = /HS(\d+)\+A(\d+)KW/.exec(alg) ?? []
  const whole = Buffer.concat([Buffer.from(alg), Buffer.alloc(1), salt])
  return pbkdf2Sync(password, whole, iterations, Number(bits) / 8, `sha${hash}`)
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
