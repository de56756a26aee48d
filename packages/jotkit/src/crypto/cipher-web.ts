/** Encryption on WebCrypto. As in the engine beside it, an answer of the platform may be a promise or not. */
import { concatBytes, decodeBase64Url } from "#bytes"
import type { Agreement, CipherEngine, PasswordDerivation, Sealed, SealedSecret, SecretKey } from "./cipher-engine.ts"
import { type ContentRow, gcmRowFor, type KeyManagementRow, type OaepHash } from "./encryption-algorithms.ts"
import { type KeyMaterial, type KeyMembers, membersOf } from "./key.ts"
import { publicMembers } from "./member-keys.ts"
import { unavailable } from "./runtime.ts"
import { type Awaitable, once, type Steps, settle, wait } from "./steps.ts"
import { subtle } from "./subtle.ts"
import { engine, newKey, platformCryptoKey, platformMembers } from "./web.ts"
import { type CryptoKeyLike, WEB_HASH, type WebParameters } from "./web-parameters.ts"

interface Parts {
  readonly iv: Uint8Array
  readonly aad: Uint8Array
}
type Use = "encrypt" | "decrypt" | "wrapKey" | "unwrapKey" | "sign" | "deriveBits"

const BIT_LENGTHS: ReadonlyMap<string, number> = new Map([
  ["P-256", 256],
  ["P-384", 384],
  // Field elements of 521 bits, in whole bytes.
  ["P-521", 528],
  ["X25519", 256],
  ["X448", 448],
])
/** Carries a key of any length through key wrap, which takes CryptoKeys only. */
const CARRIER: WebParameters = { name: "HMAC", hash: "SHA-256" }
const EMPTY = new Uint8Array()
const DEFLATE = "deflate-raw"
/** Deflated bytes that are handed over at once: they become a thousand times as many at most. */
const PIECE_BYTES = 1024

const answers = new Map<string, () => Awaitable<boolean>>()
/** CryptoKeys made of a caller's key, by what they are for. */
const imported = new WeakMap<KeyMaterial, Map<string, () => Awaitable<CryptoKeyLike>>>()

/** The engine. */
export const cipher: CipherEngine = {
  supports: (row) => settle(ask(row.name, () => tryToSeal(row))),
  supportsKeys: (row, curve) => settle(supportsKeysSteps(row, curve)),
  seal: (row, key, parts) => settle(row.family === "gcm" ? sealGcm(row, key, parts) : sealCbc(row, key, parts)),
  open: (row, key, parts) => opened(row.family === "gcm" ? openGcm(row, key, parts) : openCbc(row, key, parts)),
  wrap: (key, secret) => settle(wrapSteps(key, secret)),
  unwrap: (key, wrapped) => opened(unwrapSteps(key, wrapped)),
  encryptRsa: (hash, key, secret) => settle(encryptRsaSteps(hash, key, secret)),
  decryptRsa: (hash, key, sealed) => opened(decryptRsaSteps(hash, key, sealed)),
  agreeAnew: (publicKey) => opened(agreeAnewSteps(publicKey)),
  agree: (privateKey, publicMembers) => opened(agreeSteps(privateKey, publicMembers)),
  derive: (password, how) => settle(deriveSteps(password, how)),
  deflate: deflated,
  inflate: inflateWhole,
}

/** Runs steps that answer undefined for every failure there is. */
function opened<T>(steps: Steps<T | undefined>): Awaitable<T | undefined> {
  return settle(silenced(steps))
}

function* silenced<T>(steps: Steps<T | undefined>): Steps<T | undefined> {
  try {
    return yield* steps
  } catch {
    return undefined
  }
}

/** Asks the platform once, by trying. */
function ask(id: string, attempt: () => Steps<unknown>): Steps<boolean> {
  const known = answers.get(id) ?? once(() => settle(succeeds(attempt())))
  answers.set(id, known)
  return wait(known())
}

function* succeeds(steps: Steps<unknown>): Steps<boolean> {
  try {
    yield* steps
    return true
  } catch {
    return false
  }
}

function* tryToSeal(row: ContentRow): Steps<unknown> {
  const parts = { iv: new Uint8Array(row.ivBytes), plaintext: EMPTY, aad: EMPTY }
  const key = new Uint8Array(row.keyBytes)
  return yield* row.family === "gcm" ? sealGcm(row, key, parts) : sealCbc(row, key, parts)
}

function* supportsKeysSteps(row: KeyManagementRow, curve: string | undefined): Steps<boolean> {
  const { wrapBytes = 0 } = row
  if (row.family === "aes-gcm-kw") {
    const gcm = gcmRowFor(wrapBytes)
    return gcm !== undefined && (yield* ask(gcm.name, () => tryToSeal(gcm)))
  }
  if (wrapBytes > 0 && !(yield* ask(`A${wrapBytes * 8}KW`, () => tryToWrap(wrapBytes)))) return false
  return row.family !== "ecdh" || (yield* ask(`ECDH ${curve}`, () => generatePair(curve ?? "")))
}

function* tryToWrap(keyBytes: number): Steps<unknown> {
  return yield* wrapSteps(new Uint8Array(keyBytes), new Uint8Array(16))
}

function* sealGcm(row: ContentRow, key: SecretKey, parts: Parts & { plaintext: Uint8Array }): Steps<Sealed> {
  const cryptoKey = yield* secretKey(key, { name: "AES-GCM" }, "encrypt")
  const sealed = bytesIn(yield* wait(subtle().encrypt(gcmParameters(row, parts), cryptoKey, parts.plaintext)))
  const end = sealed.length - row.tagBytes
  return { ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) }
}

function* openGcm(row: ContentRow, key: SecretKey, parts: Sealed & Parts): Steps<Uint8Array> {
  const cryptoKey = yield* secretKey(key, { name: "AES-GCM" }, "decrypt")
  const sealed = concatBytes(parts.ciphertext, parts.tag)
  return bytesIn(yield* wait(subtle().decrypt(gcmParameters(row, parts), cryptoKey, sealed)))
}

function gcmParameters(row: ContentRow, { iv, aad }: Parts): object {
  const parameters = { name: "AES-GCM", iv, tagLength: row.tagBytes * 8 }
  return aad.length === 0 ? parameters : { ...parameters, additionalData: aad }
}

function* sealCbc(row: ContentRow, key: SecretKey, parts: Parts & { plaintext: Uint8Array }): Steps<Sealed> {
  const whole = yield* secretBytes(key)
  const aes = yield* secretKey(whole.subarray(row.keyBytes / 2), { name: "AES-CBC" }, "encrypt")
  const ciphertext = bytesIn(yield* wait(subtle().encrypt({ name: "AES-CBC", iv: parts.iv }, aes, parts.plaintext)))
  return { ciphertext, tag: yield* cbcTag(row, whole, { ...parts, ciphertext }) }
}

/** The MAC first: whether the padding is right is asked of genuine content only. */
function* openCbc(row: ContentRow, key: SecretKey, parts: Sealed & Parts): Steps<Uint8Array | undefined> {
  const whole = yield* secretBytes(key)
  if (!isSame(yield* cbcTag(row, whole, parts), parts.tag)) return undefined
  const aes = yield* secretKey(whole.subarray(row.keyBytes / 2), { name: "AES-CBC" }, "decrypt")
  return bytesIn(yield* wait(subtle().decrypt({ name: "AES-CBC", iv: parts.iv }, aes, parts.ciphertext)))
}

/** RFC 7518, section 5.2.2.1: over associated data, vector, ciphertext and the length of the associated data in bits. */
function* cbcTag(row: ContentRow, key: Uint8Array, parts: Parts & { ciphertext: Uint8Array }): Steps<Uint8Array> {
  const bits = new Uint8Array(8)
  new DataView(bits.buffer).setBigUint64(0, BigInt(parts.aad.length) * 8n)
  const mac = { name: "HMAC", hash: WEB_HASH[row.hash ?? "sha256"] }
  const cryptoKey = yield* secretKey(key.subarray(0, row.keyBytes / 2), mac, "sign")
  const input = concatBytes(parts.aad, parts.iv, parts.ciphertext, bits)
  return bytesIn(yield* wait(subtle().sign(mac, cryptoKey, input))).subarray(0, row.tagBytes)
}

/** In time that depends on the length only, which is public. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0)
  return difference === 0
}

function* wrapSteps(key: SecretKey, secret: Uint8Array): Steps<Uint8Array> {
  const wrapping = yield* secretKey(key, { name: "AES-KW" }, "wrapKey")
  return bytesIn(yield* wait(subtle().wrapKey("raw", yield* carrier(secret), wrapping, { name: "AES-KW" })))
}

function* unwrapSteps(key: SecretKey, wrapped: Uint8Array): Steps<Uint8Array> {
  const unwrapping = yield* secretKey(key, { name: "AES-KW" }, "unwrapKey")
  return yield* carried(wrapped, unwrapping, { name: "AES-KW" })
}

function* carrier(secret: Uint8Array): Steps<CryptoKeyLike> {
  return yield* wait(subtle().importKey("raw", secret, CARRIER, true, ["sign"]))
}

function* carried(wrapped: Uint8Array, key: CryptoKeyLike, parameters: WebParameters): Steps<Uint8Array> {
  const secret = yield* wait(subtle().unwrapKey("raw", wrapped, key, parameters, CARRIER, true, ["sign"]))
  return bytesIn(yield* wait(subtle().exportKey("raw", secret)))
}

function* encryptRsaSteps(hash: OaepHash, key: KeyMaterial, secret: Uint8Array): Steps<Uint8Array> {
  const cryptoKey = yield* rsaKey(hash, key, "encrypt")
  if (cryptoKey.usages.includes("encrypt"))
    return bytesIn(yield* wait(subtle().encrypt({ name: "RSA-OAEP" }, cryptoKey, secret)))
  return bytesIn(yield* wait(subtle().wrapKey("raw", yield* carrier(secret), cryptoKey, { name: "RSA-OAEP" })))
}

function* decryptRsaSteps(hash: OaepHash, key: KeyMaterial, sealed: SealedSecret): Steps<Uint8Array> {
  const cryptoKey = yield* rsaKey(hash, key, "decrypt")
  if (!cryptoKey.usages.includes("decrypt")) return yield* carried(sealed.encrypted, cryptoKey, { name: "RSA-OAEP" })
  const secret = bytesIn(yield* wait(subtle().decrypt({ name: "RSA-OAEP" }, cryptoKey, sealed.encrypted)))
  if (secret.length >= sealed.length || !(yield* losesZeros(hash, key, cryptoKey))) return secret
  return concatBytes(new Uint8Array(sealed.length - secret.length), secret)
}

/** WebKit on Linux loses the zeros in front of what it decrypts, and one secret in 256 begins with one. Elsewhere a short one is a wrong one. */
function* losesZeros(hash: OaepHash, key: KeyMaterial, cryptoKey: CryptoKeyLike): Steps<boolean> {
  const zero = yield* encryptRsaSteps(hash, key, new Uint8Array(1))
  return bytesIn(yield* wait(subtle().decrypt({ name: "RSA-OAEP" }, cryptoKey, zero))).length === 0
}

function rsaKey(hash: OaepHash, key: KeyMaterial, use: "encrypt" | "decrypt"): Steps<CryptoKeyLike> {
  const name = hash === "sha1" ? "SHA-1" : WEB_HASH[hash]
  return pairKey(key, { name: "RSA-OAEP", hash: name }, use === "encrypt" ? "public" : "private", [use])
}

function* agreeAnewSteps(publicKey: KeyMaterial): Steps<Agreement | undefined> {
  const { curve = "" } = publicKey
  const pair = yield* generatePair(curve)
  const jwk = yield* wait(subtle().exportKey("jwk", pair.publicKey))
  const { x, y } = jwk as Record<string, string | undefined>
  const secret = yield* bitsOf(pair.privateKey, yield* agreementKey(publicKey, "public"), curve)
  if (secret === undefined || x === undefined) return undefined
  const members = membersOf({ kty: y === undefined ? "OKP" : "EC", crv: curve, x })
  if (y !== undefined) members.y = y
  return { publicMembers: members, secret }
}

function* agreeSteps(privateKey: KeyMaterial, publicMembers: KeyMembers): Steps<Uint8Array | undefined> {
  const ours = yield* agreementKey(privateKey, "private")
  const theirs = yield* agreementKey(engine.importMembers(publicMembers), "public")
  return yield* bitsOf(ours, theirs, privateKey.curve ?? "")
}

function* bitsOf(ours: CryptoKeyLike, theirs: CryptoKeyLike, curve: string): Steps<Uint8Array | undefined> {
  const parameters = { name: agreementParameters(curve).name, public: theirs }
  const secret = bytesIn(yield* wait(subtle().deriveBits(parameters, ours, BIT_LENGTHS.get(curve) ?? 0)))
  // On a Montgomery curve, points of small order give zeros, whoever holds the private key (RFC 7748, section 6).
  return !curve.startsWith("X") || secret.some((byte) => byte !== 0) ? secret : undefined
}

function* generatePair(curve: string): Steps<{ privateKey: CryptoKeyLike; publicKey: CryptoKeyLike }> {
  const pair = yield* newKey(agreementParameters(curve), false, ["deriveBits"])
  if ("privateKey" in pair) return pair
  throw new Error("the platform made no pair of keys")
}

function agreementKey(key: KeyMaterial, part: "public" | "private"): Steps<CryptoKeyLike> {
  return pairKey(key, agreementParameters(key.curve ?? ""), part, part === "public" ? [] : ["deriveBits"])
}

function agreementParameters(curve: string): WebParameters {
  return curve.startsWith("P-") ? { name: "ECDH", namedCurve: curve } : { name: curve }
}

function* deriveSteps(password: KeyMaterial, how: PasswordDerivation): Steps<Uint8Array> {
  const { salt, iterations, length } = how
  const cryptoKey = yield* secretKey(password, { name: "PBKDF2" }, "deriveBits")
  const parameters = { name: "PBKDF2", hash: WEB_HASH[how.hash], salt, iterations }
  return bytesIn(yield* wait(subtle().deriveBits(parameters, cryptoKey, length * 8)))
}

/** A symmetric key for one use: the CryptoKey that was given if it is of that kind, or one made of the bytes. */
function* secretKey(key: SecretKey, parameters: WebParameters, use: Use): Steps<CryptoKeyLike> {
  if (key instanceof Uint8Array) return yield* wait(subtle().importKey("raw", key, parameters, false, [use]))
  const given = platformCryptoKey(key)
  if (given !== undefined && nameOf(given) === parameters.name) return given
  return yield* remembered(key, `${parameters.name} ${use}`, function* () {
    return yield* secretKey(yield* secretBytes(key), parameters, use)
  })
}

function* secretBytes(key: SecretKey): Steps<Uint8Array> {
  if (key instanceof Uint8Array) return key
  const { k } = yield* platformMembers(key)
  const bytes = k === undefined ? undefined : decodeBase64Url(k)
  if (bytes === undefined) throw new Error("the CryptoKey is not extractable, and not of the kind that is needed")
  return bytes
}

/** One half of a key pair for one use. */
function* pairKey(
  key: KeyMaterial,
  parameters: WebParameters,
  part: "public" | "private",
  uses: readonly Use[],
): Steps<CryptoKeyLike> {
  const given = platformCryptoKey(key)
  if (given !== undefined && given.type === part && isFor(given, parameters)) return given
  return yield* remembered(key, `${parameters.name} ${parameters.hash} ${part}`, function* () {
    const members = yield* platformMembers(key)
    const half = part === "public" ? publicMembers(members) : members
    return yield* wait(subtle().importKey("jwk", half, parameters, false, uses))
  })
}

function isFor(cryptoKey: CryptoKeyLike, { name, hash }: WebParameters): boolean {
  const { hash: bound } = cryptoKey.algorithm as { hash?: { name?: string } }
  return nameOf(cryptoKey) === name && (hash === undefined || bound?.name === hash)
}

function nameOf(cryptoKey: CryptoKeyLike): string | undefined {
  return (cryptoKey.algorithm as { name?: string }).name
}

function* remembered(key: KeyMaterial, id: string, make: () => Steps<CryptoKeyLike>): Steps<CryptoKeyLike> {
  const known = imported.get(key) ?? new Map<string, () => Awaitable<CryptoKeyLike>>()
  imported.set(key, known)
  const answer = known.get(id) ?? once(() => settle(make()))
  known.set(id, answer)
  return yield* wait(answer())
}

/** What the compression of the platform needs of a stream; its types are not in every library. */
interface ByteTransform {
  readonly readable: { getReader(): ByteReader }
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } }
}
interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>
  cancel(): Promise<void>
}
type Streams = Record<"CompressionStream" | "DecompressionStream", new (format: string) => ByteTransform>

function streams(): Streams {
  const found = globalThis as unknown as Partial<Streams>
  const { CompressionStream, DecompressionStream } = found
  if (CompressionStream === undefined || DecompressionStream === undefined) throw unavailable("the compression DEF")
  return { CompressionStream, DecompressionStream }
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const { CompressionStream } = streams()
  const compressed = await through(new CompressionStream(DEFLATE), bytes, Number.POSITIVE_INFINITY)
  if (compressed instanceof Uint8Array) return compressed
  throw new TypeError("no limit, and over it")
}

/**
 * Some platforms do not mind what stands behind a stream. So it must also be one that is not complete without its last byte:
 * what stands behind a complete stream could be left out.
 */
async function inflateWhole(bytes: Uint8Array, limit: number): Promise<Uint8Array | "too_large" | undefined> {
  const plaintext = await inflated(bytes, limit)
  if (!(plaintext instanceof Uint8Array)) return plaintext
  const shorter = await inflated(bytes.subarray(0, -1), limit)
  return shorter === undefined ? plaintext : undefined
}

async function inflated(bytes: Uint8Array, limit: number): Promise<Uint8Array | "too_large" | undefined> {
  const { DecompressionStream } = streams()
  try {
    return await through(new DecompressionStream(DEFLATE), bytes, limit)
  } catch {
    return undefined
  }
}

/** Gives the platform a little at a time and stops when there is too much: it would work through all it was given. */
async function through(transform: ByteTransform, bytes: Uint8Array, limit: number): Promise<Uint8Array | "too_large"> {
  const reader = transform.readable.getReader()
  // What goes wrong in writing shows in reading, which is waited for.
  feed(transform, bytes).catch(() => undefined)
  const chunks: Uint8Array[] = []
  let length = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const { value = EMPTY } = chunk
    length += value.length
    if (length > limit) {
      // The writer's next piece fails with that, and no more follow.
      await reader.cancel()
      return "too_large"
    }
    chunks.push(value)
  }
  return concatBytes(...chunks)
}

async function feed(transform: ByteTransform, bytes: Uint8Array): Promise<void> {
  const writer = transform.writable.getWriter()
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) await writer.write(bytes.slice(at, at + PIECE_BYTES))
  await writer.close()
}

function bytesIn(answer: ArrayBuffer | Uint8Array | object): Uint8Array {
  return new Uint8Array(answer as ArrayBuffer)
}
