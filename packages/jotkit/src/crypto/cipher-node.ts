/** Encryption on `node:crypto`: answers at once, but for passwords in asynchronous forms, which other threads work on. */
import type * as NodeCrypto from "node:crypto"
import type * as Zlib from "node:zlib"
import { concatBytes, decodeBase64UrlPooled, encodeBase64Url } from "#bytes"
import type { Agreement, CipherEngine, PasswordDerivation, Sealed, SecretKey } from "./cipher-engine.ts"
import { type ContentRow, gcmRowFor, type OaepHash } from "./encryption-algorithms.ts"
import type { KeyMaterial } from "./key.ts"
import { nodeCrypto } from "./lazy-node.ts"
import { NOT_ENCRYPTED } from "./node.ts"

type NodeHandle = NodeCrypto.KeyObject
/** The cipher of either direction; both have these. */
type Parts = { readonly iv: Uint8Array; readonly aad: Uint8Array }

const OPENSSL_CURVE: ReadonlyMap<string, string> = new Map([
  ["P-256", "prime256v1"],
  ["P-384", "secp384r1"],
  ["P-521", "secp521r1"],
])
const MONTGOMERY_BYTES: ReadonlyMap<string, number> = new Map([
  ["X25519", 32],
  ["X448", 56],
])
const UNCOMPRESSED = 4
const AES_BLOCK_BYTES = 16
const SEMIBLOCK_BYTES = 8
/** What stands before a wrapped key (RFC 3394, section 2.2.3.1). */
const KEY_WRAP_START = new Uint8Array(SEMIBLOCK_BYTES).fill(0xa6)
const EMPTY = new Uint8Array()

const supported = new Map<string, boolean>()

/** The engine. */
export const cipher: CipherEngine = {
  supports(row) {
    return asked(row.name, () => seal(row, new Uint8Array(row.keyBytes), emptyParts(row)))
  },

  supportsKeys(row, curve) {
    const gcm = row.family === "aes-gcm-kw" ? gcmRowFor(row.wrapBytes ?? 0) : undefined
    if (gcm !== undefined) return asked(gcm.name, () => seal(gcm, new Uint8Array(gcm.keyBytes), emptyParts(gcm)))
    if (row.family !== "ecdh" || curve === undefined) return true
    const name = OPENSSL_CURVE.get(curve)
    return asked(curve, () => (name === undefined ? montgomeryPair(curve) : agreeWithItself(name)))
  },

  seal,

  open(row, key, parts) {
    try {
      return row.family === "gcm" ? openGcm(row, key, parts) : openCbc(row, secretBytes(key), parts)
    } catch {
      return undefined
    }
  },

  wrap(key, secret) {
    return wrapKey(secretBytes(key), secret)
  },

  unwrap(key, wrapped) {
    try {
      return unwrapKey(secretBytes(key), wrapped)
    } catch {
      return undefined
    }
  },

  encryptRsa(hash, key, secret) {
    return nodeCrypto().publicEncrypt(oaep(hash, publicHandle(key)), secret)
  },

  decryptRsa(hash, key, { encrypted }) {
    try {
      return nodeCrypto().privateDecrypt(oaep(hash, key.handle as NodeHandle), encrypted)
    } catch {
      return undefined
    }
  },

  agreeAnew(publicKey) {
    try {
      const curve = OPENSSL_CURVE.get(publicKey.curve ?? "")
      return curve === undefined ? agreeMontgomery(publicKey) : agreeWeierstrass(publicKey, curve)
    } catch {
      return undefined
    }
  },

  agree(privateKey, publicMembers) {
    try {
      const curve = OPENSSL_CURVE.get(publicMembers.crv ?? "")
      if (curve !== undefined) return pairOf(privateKey, curve).computeSecret(pointOf(publicMembers))
      const publicKey = nodeCrypto().createPublicKey({ key: { ...publicMembers }, format: "jwk" })
      return montgomerySecret(privateKey.handle as NodeHandle, publicKey)
    } catch {
      return undefined
    }
  },

  derive(password, how) {
    const bytes = secretBytes(password)
    if (how.later) return deriveLater(bytes, how)
    return nodeCrypto().pbkdf2Sync(bytes, how.salt, how.iterations, how.length, how.hash)
  },

  deflate(bytes) {
    return zlib().deflateRawSync(bytes)
  },

  inflate(bytes, limit) {
    try {
      // The types do not know `info`: the answer then says how much of the input was used.
      const { buffer, engine } = zlib().inflateRawSync(bytes, { maxOutputLength: limit, info: true }) as unknown as {
        buffer: Uint8Array
        engine: { bytesWritten: number }
      }
      return engine.bytesWritten === bytes.length ? buffer : undefined
    } catch (error) {
      const { code } = error as { code?: unknown }
      return code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : undefined
    }
  },
}

/** An ECDH object rather than a pair of key objects: it costs a third. */
function agreeWeierstrass(publicKey: KeyMaterial, curve: string): Agreement {
  const pair = nodeCrypto().createECDH(curve)
  const point = pair.generateKeys()
  const half = (point.length - 1) / 2
  return {
    publicMembers: {
      kty: "EC",
      crv: publicKey.curve ?? "",
      x: encodeBase64Url(point.subarray(1, 1 + half)),
      y: encodeBase64Url(point.subarray(1 + half)),
    },
    secret: pair.computeSecret(knownPointOf(publicKey)),
  }
}

const pairs = new WeakMap<KeyMaterial, NodeCrypto.ECDH>()
const points = new WeakMap<KeyMaterial, Uint8Array>()

/** The ECDH object of a private key, made once: it takes points as they come, where a key object would have to be made of each. */
function pairOf(key: KeyMaterial, curve: string): NodeCrypto.ECDH {
  let pair = pairs.get(key)
  if (pair === undefined) {
    pair = nodeCrypto().createECDH(curve)
    pair.setPrivateKey(memberBytes((key.handle as NodeHandle).export({ ...NOT_ENCRYPTED, format: "jwk" }).d))
    pairs.set(key, pair)
  }
  return pair
}

function knownPointOf(key: KeyMaterial): Uint8Array {
  let point = points.get(key)
  if (point === undefined) {
    point = pointOf(publicHandle(key).export({ ...NOT_ENCRYPTED, format: "jwk" }))
    points.set(key, point)
  }
  return point
}

/** The uncompressed point (SEC 1, section 2.3.3). */
function pointOf({ x, y }: { x?: string; y?: string }): Uint8Array {
  return concatBytes(Uint8Array.of(UNCOMPRESSED), memberBytes(x), memberBytes(y))
}

function memberBytes(member: string | undefined): Uint8Array {
  return decodeBase64UrlPooled(member ?? "") ?? EMPTY
}

function agreeMontgomery(publicKey: KeyMaterial): Agreement | undefined {
  const curve = publicKey.curve ?? ""
  const pair = montgomeryPair(curve)
  const secret = montgomerySecret(pair.privateKey, publicHandle(publicKey))
  const x = encodeBase64Url(pair.publicKey.subarray(-(MONTGOMERY_BYTES.get(curve) ?? 0)))
  return secret === undefined ? undefined : { publicMembers: { kty: "OKP", crv: curve, x }, secret }
}

function agreeWithItself(curve: string): Uint8Array {
  const pair = nodeCrypto().createECDH(curve)
  return pair.computeSecret(pair.generateKeys())
}

/** The public half as DER: a key object would have to be exported, and shares a lock with its generator. */
function montgomeryPair(curve: string): { publicKey: Uint8Array; privateKey: NodeHandle } {
  return nodeCrypto().generateKeyPairSync(curve.toLowerCase() as "x25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: undefined,
  }) as unknown as { publicKey: Uint8Array; privateKey: NodeHandle }
}

/** On a Montgomery curve, points of small order give zeros, whoever holds the private key (RFC 7748, section 6). */
function montgomerySecret(privateKey: NodeHandle, publicKey: NodeHandle): Uint8Array | undefined {
  const secret = nodeCrypto().diffieHellman({ privateKey, publicKey })
  return secret.some((byte) => byte !== 0) ? secret : undefined
}

let loadedZlib: typeof Zlib | undefined

/** `node:zlib`, loaded when a token is compressed: few are. */
function zlib(): typeof Zlib {
  loadedZlib ??= process.getBuiltinModule("node:zlib")
  return loadedZlib
}

function seal(row: ContentRow, key: SecretKey, parts: Parts & { readonly plaintext: Uint8Array }): Sealed {
  return row.family === "gcm" ? sealGcm(row, key, parts) : sealCbc(row, secretBytes(key), parts)
}

/** Asks the platform once, by trying. */
function asked(id: string, attempt: () => unknown): boolean {
  let answer = supported.get(id)
  if (answer === undefined) {
    try {
      attempt()
      answer = true
    } catch {
      answer = false
    }
    supported.set(id, answer)
  }
  return answer
}

function emptyParts(row: ContentRow): Parts & { readonly plaintext: Uint8Array } {
  return { iv: new Uint8Array(row.ivBytes), plaintext: EMPTY, aad: EMPTY }
}

function secretBytes(key: SecretKey): Uint8Array {
  return key instanceof Uint8Array ? key : (key.handle as NodeHandle).export()
}

function cipherKey(key: SecretKey): Uint8Array | NodeHandle {
  return key instanceof Uint8Array ? key : (key.handle as NodeHandle)
}

function publicHandle(key: KeyMaterial): NodeHandle {
  const handle = key.handle as NodeHandle
  return key.type === "private" ? nodeCrypto().createPublicKey(handle) : handle
}

function oaep(hash: OaepHash, key: NodeHandle): NodeCrypto.RsaPrivateKey {
  return { key, padding: nodeCrypto().constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }
}

function gcmName(row: ContentRow): NodeCrypto.CipherGCMTypes {
  return `aes-${(row.keyBytes * 8) as 256}-gcm`
}

function sealGcm(row: ContentRow, key: SecretKey, parts: Parts & { plaintext: Uint8Array }): Sealed {
  const sealing = nodeCrypto().createCipheriv(gcmName(row), cipherKey(key), parts.iv, { authTagLength: row.tagBytes })
  if (parts.aad.length > 0) sealing.setAAD(parts.aad)
  const ciphertext = sealing.update(parts.plaintext)
  // Counter mode: nothing is left for the end.
  sealing.final()
  return { ciphertext, tag: sealing.getAuthTag() }
}

function openGcm(row: ContentRow, key: SecretKey, parts: Sealed & Parts): Uint8Array {
  const opening = nodeCrypto().createDecipheriv(gcmName(row), cipherKey(key), parts.iv, { authTagLength: row.tagBytes })
  opening.setAuthTag(parts.tag)
  if (parts.aad.length > 0) opening.setAAD(parts.aad)
  const plaintext = opening.update(parts.ciphertext)
  opening.final()
  return plaintext
}

function sealCbc(row: ContentRow, key: Uint8Array, parts: Parts & { plaintext: Uint8Array }): Sealed {
  const half = row.keyBytes / 2
  const sealing = nodeCrypto().createCipheriv(`aes-${half * 8}-cbc`, key.subarray(half), parts.iv)
  const ciphertext = concatBytes(sealing.update(parts.plaintext), sealing.final())
  return { ciphertext, tag: cbcTag(row, key, { ...parts, ciphertext }) }
}

/** The MAC first: whether the padding is right is asked of genuine content only. */
function openCbc(row: ContentRow, key: Uint8Array, parts: Sealed & Parts): Uint8Array | undefined {
  const expected = cbcTag(row, key, parts)
  if (parts.tag.length !== expected.length || !nodeCrypto().timingSafeEqual(parts.tag, expected)) return undefined
  // Padding fills the last block (RFC 7518, section 5.2.2.1); Deno would take nothing at all for a padded nothing.
  if (parts.ciphertext.length === 0 || parts.ciphertext.length % AES_BLOCK_BYTES !== 0) return undefined
  const half = row.keyBytes / 2
  const opening = nodeCrypto().createDecipheriv(`aes-${half * 8}-cbc`, key.subarray(half), parts.iv)
  return concatBytes(opening.update(parts.ciphertext), opening.final())
}

/** RFC 7518, section 5.2.2.1: over associated data, vector, ciphertext and the length of the associated data in bits. */
function cbcTag(row: ContentRow, key: Uint8Array, parts: Parts & { ciphertext: Uint8Array }): Uint8Array {
  const bits = new Uint8Array(SEMIBLOCK_BYTES)
  new DataView(bits.buffer).setBigUint64(0, BigInt(parts.aad.length) * 8n)
  const mac = nodeCrypto().createHmac(row.hash ?? "", key.subarray(0, row.keyBytes / 2))
  return mac.update(parts.aad).update(parts.iv).update(parts.ciphertext).update(bits).digest().subarray(0, row.tagBytes)
}

function deriveLater(password: Uint8Array, how: PasswordDerivation): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    nodeCrypto().pbkdf2(password, how.salt, how.iterations, how.length, how.hash, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

/** Node has key wrap as a cipher of its own; Bun, Deno and workers have not, and get RFC 3394 from single blocks of AES. */
let hasWrapCipher: boolean | undefined

function nativeWrap(): boolean {
  if (hasWrapCipher === undefined) {
    try {
      nodeCrypto().createCipheriv("id-aes128-wrap", new Uint8Array(AES_BLOCK_BYTES), KEY_WRAP_START)
      hasWrapCipher = true
    } catch {
      hasWrapCipher = false
    }
  }
  return hasWrapCipher
}

function wrapKey(key: Uint8Array, secret: Uint8Array): Uint8Array {
  if (!nativeWrap()) return wrapBlocks(key, secret)
  const wrapping = nodeCrypto().createCipheriv(`id-aes${key.length * 8}-wrap`, key, KEY_WRAP_START)
  return concatBytes(wrapping.update(secret), wrapping.final())
}

function unwrapKey(key: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  if (wrapped.length < 3 * SEMIBLOCK_BYTES || wrapped.length % SEMIBLOCK_BYTES !== 0) return undefined
  if (!nativeWrap()) return unwrapBlocks(key, wrapped)
  const unwrapping = nodeCrypto().createDecipheriv(`id-aes${key.length * 8}-wrap`, key, KEY_WRAP_START)
  return concatBytes(unwrapping.update(wrapped), unwrapping.final())
}

/** RFC 3394, section 2.2.1. @internal Exported for its tests. */
export function wrapBlocks(key: Uint8Array, secret: Uint8Array): Uint8Array {
  const aes = nodeCrypto()
    .createCipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
  const out = concatBytes(KEY_WRAP_START, secret)
  const count = secret.length / SEMIBLOCK_BYTES
  const block = new Uint8Array(AES_BLOCK_BYTES)
  for (let step = 1; step <= 6 * count; step++) {
    const at = (((step - 1) % count) + 1) * SEMIBLOCK_BYTES
    block.set(out.subarray(0, SEMIBLOCK_BYTES))
    block.set(out.subarray(at, at + SEMIBLOCK_BYTES), SEMIBLOCK_BYTES)
    const encrypted = aes.update(block)
    xorStep(encrypted, step)
    out.set(encrypted.subarray(0, SEMIBLOCK_BYTES))
    out.set(encrypted.subarray(SEMIBLOCK_BYTES), at)
  }
  return out
}

/** RFC 3394, section 2.2.2. @internal Exported for its tests. */
export function unwrapBlocks(key: Uint8Array, wrapped: Uint8Array): Uint8Array | undefined {
  const aes = nodeCrypto()
    .createDecipheriv(`aes-${key.length * 8}-ecb`, key, null)
    .setAutoPadding(false)
  const out = new Uint8Array(wrapped)
  const count = wrapped.length / SEMIBLOCK_BYTES - 1
  const block = new Uint8Array(AES_BLOCK_BYTES)
  for (let step = 6 * count; step >= 1; step--) {
    const at = (((step - 1) % count) + 1) * SEMIBLOCK_BYTES
    block.set(out.subarray(0, SEMIBLOCK_BYTES))
    xorStep(block, step)
    block.set(out.subarray(at, at + SEMIBLOCK_BYTES), SEMIBLOCK_BYTES)
    const decrypted = aes.update(block)
    out.set(decrypted.subarray(0, SEMIBLOCK_BYTES))
    out.set(decrypted.subarray(SEMIBLOCK_BYTES, AES_BLOCK_BYTES), at)
  }
  const intact = nodeCrypto().timingSafeEqual(out.subarray(0, SEMIBLOCK_BYTES), KEY_WRAP_START)
  return intact ? out.subarray(SEMIBLOCK_BYTES) : undefined
}

/** The step's number, in the last bytes of the first half. */
function xorStep(block: Uint8Array, step: number): void {
  for (let at = SEMIBLOCK_BYTES - 1, left = step; left > 0; at--, left >>>= 8)
    block[at] = (block[at] ?? 0) ^ (left & 255)
}
