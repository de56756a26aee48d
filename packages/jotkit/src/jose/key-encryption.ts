/**
 * How the content encryption key reaches a recipient (RFC 7518, section 4): for each family the way there and the way back, side
 * by side. The way back answers undefined for everything that goes wrong with genuine parameters, so that nobody learns what.
 */
import { concatBytes, decodeBase64Url, decodeBase64UrlPooled, encodeBase64Url, encodeUtf8 } from "#bytes"
import { cipher } from "#cipher"
import { isJsonObject, type JsonObject, own } from "../codec/json.ts"
import type { SecretKey } from "../crypto/cipher-engine.ts"
import { AGREEMENT_CURVES, type ContentRow, gcmRowFor, type KeyManagementRow } from "../crypto/encryption-algorithms.ts"
import { EC_BYTES, type Key, type KeyMembers, membersOf, OKP_BYTES } from "../crypto/key.ts"
import { engine } from "../crypto/platform.ts"
import type { HashName } from "../crypto/signature-algorithms.ts"
import { DecodeError } from "../errors.ts"
import { unsuitableKey } from "../keys/problems.ts"
import { isPending, type Mode, type Steps, wait } from "./steps.ts"

/** What stands in a token for one recipient, and the key that the content is encrypted with. */
export interface KeyEncryption {
  readonly cek: SecretKey
  /** Base64url; empty where there is none. */
  readonly encryptedKey: string
  /** Header parameters that the recipient needs: epk, iv, tag, p2s, p2c. */
  readonly parameters: JsonObject
}

/** What decides how a key is encrypted. */
export interface KeyEncryptionRequest {
  readonly row: KeyManagementRow
  readonly content: ContentRow
  readonly key: Key
  /** The header so far: apu and apv count. */
  readonly header: JsonObject
  /** The key that several recipients share; absent for the only one. */
  readonly cek: Uint8Array | undefined
  readonly iterations: number
  readonly mode: Mode
}

/** A recipient's parameters, read and checked. */
export interface KeyDecryption {
  readonly row: KeyManagementRow
  readonly content: ContentRow
  readonly encryptedKey: Uint8Array
  readonly parameters: Parameters
  readonly mode: Mode
}

/** Header parameters of all families; those of others are absent. */
interface Parameters {
  /** Of the other side's public key. */
  readonly epk?: KeyMembers
  readonly apu?: Uint8Array
  readonly apv?: Uint8Array
  readonly iv?: Uint8Array
  readonly tag?: Uint8Array
  readonly salt?: Uint8Array
  readonly iterations?: number
}

const EPK_MEMBERS = ["kty", "crv", "x", "y"] as const
const NOTHING = new Uint8Array()
const NO_PARAMETERS: JsonObject = {}
const MIN_ITERATIONS = 1000
const MIN_SALT_BYTES = 8
const SALT_BYTES = 16
/** SHA-256 in bits: Concat KDF works in rounds of that (RFC 7518, section 4.6.2). */
const ROUND_BYTES = 32

/** Whether several recipients can share a content encryption key in this way. */
export function canShareKey(row: KeyManagementRow): boolean {
  return row.family !== "dir" && (row.family !== "ecdh" || row.wrapBytes !== undefined)
}

/** Makes or takes the content encryption key, and encrypts it for the recipient. */
export function* encryptKey(request: KeyEncryptionRequest): Steps<KeyEncryption> {
  const { row, content, key, iterations, mode } = request
  if (row.family === "dir") return { cek: key, encryptedKey: "", parameters: NO_PARAMETERS }
  if (row.family === "ecdh") return yield* encryptByAgreement(request)
  const cek = request.cek ?? randomBytes(content.keyBytes)
  if (row.family === "rsa-oaep") {
    const encrypted = yield* wait(cipher.encryptRsa(row.hash ?? "sha1", key, cek))
    return { cek, encryptedKey: encodeBase64Url(encrypted), parameters: NO_PARAMETERS }
  }
  if (row.family === "aes-kw") return yield* wrapped(key, cek, NO_PARAMETERS)
  if (row.family === "aes-gcm-kw") {
    const iv = randomBytes(12)
    const sealed = yield* wait(cipher.seal(gcmFor(row), key, { iv, plaintext: cek, aad: NOTHING }))
    return {
      cek,
      encryptedKey: encodeBase64Url(sealed.ciphertext),
      parameters: { iv: encodeBase64Url(iv), tag: encodeBase64Url(sealed.tag) },
    }
  }
  const salt = randomBytes(SALT_BYTES)
  const derived = yield* fromPassword(row, key, { salt, iterations, mode })
  return yield* wrapped(derived, cek, { p2s: encodeBase64Url(salt), p2c: iterations })
}

/** The content encryption key; undefined where the encrypted key is not for this key. */
export function* decryptKey(decryption: KeyDecryption, key: Key): Steps<SecretKey | undefined> {
  const { row, content, encryptedKey, parameters, mode } = decryption
  switch (row.family) {
    case "dir":
      return key
    case "ecdh":
      return yield* decryptByAgreement(decryption, key)
    case "rsa-oaep":
      // As long as the modulus (RFC 8017, section 7.1.2, step 1): platforms also take it without its leading zeros.
      if (encryptedKey.length !== Math.ceil(key.bits / 8)) return undefined
      return yield* wait(
        cipher.decryptRsa(row.hash ?? "sha1", key, { encrypted: encryptedKey, length: content.keyBytes }),
      )
    case "aes-kw":
      return yield* wait(cipher.unwrap(key, encryptedKey))
    case "aes-gcm-kw": {
      const { iv = NOTHING, tag = NOTHING } = parameters
      const gcm = gcmFor(row)
      if (iv.length !== gcm.ivBytes || tag.length !== gcm.tagBytes) return undefined
      return yield* wait(cipher.open(gcm, key, { iv, tag, ciphertext: encryptedKey, aad: NOTHING }))
    }
    default: {
      const { salt = NOTHING, iterations = MIN_ITERATIONS } = parameters
      const derived = yield* fromPassword(row, key, { salt, iterations, mode })
      return yield* wait(cipher.unwrap(derived, encryptedKey))
    }
  }
}

/** Reads the parameters that an algorithm needs from a recipient's whole header. @throws DecodeError `header_invalid` */
export function readParameters(row: KeyManagementRow, header: JsonObject, maxIterations: number): Parameters {
  switch (row.family) {
    case "ecdh":
      return { epk: readEphemeral(header), apu: optionalBytes(header, "apu"), apv: optionalBytes(header, "apv") }
    case "aes-gcm-kw":
      return { iv: bytesOf(header, "iv"), tag: bytesOf(header, "tag") }
    case "pbes2": {
      const salt = bytesOf(header, "p2s")
      if (salt.length < MIN_SALT_BYTES) throw invalidParameter("p2s", `${MIN_SALT_BYTES} bytes or more`)
      return { salt, iterations: readIterations(header, maxIterations) }
    }
    default:
      return {}
  }
}

function readIterations(header: JsonObject, most: number): number {
  const count = own(header, "p2c")
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= MIN_ITERATIONS && count <= most) return count
  throw invalidParameter("p2c", `a whole number from ${MIN_ITERATIONS} to ${most} (maxPbes2Count)`)
}

/** Wraps a content encryption key (RFC 3394). */
function* wrapped(key: SecretKey, cek: Uint8Array, parameters: JsonObject): Steps<KeyEncryption> {
  return { cek, encryptedKey: encodeBase64Url(yield* wait(cipher.wrap(key, cek))), parameters }
}

function* encryptByAgreement(request: KeyEncryptionRequest): Steps<KeyEncryption> {
  const { row, content, key, header } = request
  const agreement = yield* wait(cipher.agreeAnew(key))
  if (agreement === undefined) throw unsuitableKey("no secret can be agreed on with this public key")
  const parties = { apu: optionalBytes(header, "apu"), apv: optionalBytes(header, "apv") }
  const derived = yield* concatKdf(agreement.secret, row, content, parties)
  const parameters = { epk: { ...agreement.publicMembers } }
  if (row.wrapBytes === undefined) return { cek: derived, encryptedKey: "", parameters }
  return yield* wrapped(derived, request.cek ?? randomBytes(content.keyBytes), parameters)
}

function* decryptByAgreement(decryption: KeyDecryption, key: Key): Steps<SecretKey | undefined> {
  const { row, content, encryptedKey, parameters } = decryption
  const secret = parameters.epk === undefined ? undefined : yield* wait(cipher.agree(key, parameters.epk))
  if (secret === undefined) return undefined
  const derived = yield* concatKdf(secret, row, content, parameters)
  return row.wrapBytes === undefined ? derived : yield* wait(cipher.unwrap(derived, encryptedKey))
}

/** The other side's key: each coordinate as long as its curve's. Whether that is the recipient's, and the point on it, is asked later. */
function readEphemeral(header: JsonObject): KeyMembers {
  const epk = own(header, "epk")
  if (!isJsonObject(epk)) throw invalidParameter("epk", "a public key as an object")
  if (own(epk, "d") !== undefined) throw invalidParameter("epk", "a public key, and holds a private one")
  const [kty, crv, x, y] = EPK_MEMBERS.map((name) => own(epk, name))
  if (typeof crv !== "string" || !AGREEMENT_CURVES.has(crv) || kty !== (EC_BYTES.has(crv) ? "EC" : "OKP"))
    throw invalidParameter("epk", `a key on one of ${[...AGREEMENT_CURVES].join(", ")}`)
  const length = EC_BYTES.get(crv) ?? OKP_BYTES.get(crv)
  const isCoordinate = (value: unknown): value is string =>
    typeof value === "string" && decodeBase64UrlPooled(value)?.length === length
  if (!isCoordinate(x)) throw invalidParameter("epk", "a point of its curve")
  if (kty === "OKP") return membersOf({ kty, crv, x })
  if (!isCoordinate(y)) throw invalidParameter("epk", "a point of its curve")
  return membersOf({ kty: "EC", crv, x, y })
}

/** RFC 7518, section 4.6.2, and NIST SP 800-56A, section 5.8.2.1. */
function* concatKdf(
  secret: Uint8Array,
  row: KeyManagementRow,
  content: ContentRow,
  { apu = NOTHING, apv = NOTHING }: Parameters,
): Steps<Uint8Array> {
  const length = row.wrapBytes ?? content.keyBytes
  const id = encodeUtf8(row.wrapBytes === undefined ? content.name : row.name)
  const info = concatBytes(uint32(id.length), id, uint32(apu.length), apu, uint32(apv.length), apv, uint32(length * 8))
  const rounds: Uint8Array[] = []
  for (let round = 1; rounds.length * ROUND_BYTES < length; round++) {
    const digest = engine.digest("sha256", concatBytes(uint32(round), secret, info))
    rounds.push(isPending(digest) ? yield* wait(digest) : digest)
  }
  return concatBytes(...rounds).subarray(0, length)
}

/** RFC 7518, section 4.8.1.1: the salt begins with the algorithm's name. */
function* fromPassword(
  row: KeyManagementRow,
  key: Key,
  how: { readonly salt: Uint8Array; readonly iterations: number; readonly mode: Mode },
): Steps<Uint8Array> {
  const salt = concatBytes(encodeUtf8(row.name), Uint8Array.of(0), how.salt)
  const hash = row.hash as HashName
  const { iterations } = how
  return yield* wait(
    cipher.derive(key, { hash, salt, iterations, length: row.wrapBytes ?? 0, later: how.mode === "async" }),
  )
}

function gcmFor(row: KeyManagementRow): ContentRow {
  const gcm = gcmRowFor(row.wrapBytes ?? 0)
  if (gcm === undefined) throw new TypeError("no AES-GCM of this length")
  return gcm
}

function bytesOf(header: JsonObject, name: string): Uint8Array {
  const text = own(header, name)
  const bytes = typeof text === "string" ? decodeBase64Url(text) : undefined
  if (bytes === undefined) throw invalidParameter(name, "canonical base64url")
  return bytes
}

function optionalBytes(header: JsonObject, name: string): Uint8Array {
  return own(header, name) === undefined ? NOTHING : bytesOf(header, name)
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** The error for a header parameter that cannot be right. */
export function invalidParameter(name: string, expected: string): DecodeError {
  return new DecodeError("header_invalid", `the header parameter \`${name}\` must be ${expected}`)
}

/** Asking the generator costs more than the bytes: it is asked for some in advance, and each is given out once. */
const POOL_BYTES = 4096
let pool = new Uint8Array()
let used = 0

/** Random bytes; each in memory of their own. */
export function randomBytes(length: number): Uint8Array {
  if (used + length > pool.length) {
    pool = new Uint8Array(engine.randomBytes(Math.max(POOL_BYTES, length)))
    used = 0
  }
  const bytes = pool.slice(used, used + length)
  // What was given out is not kept here, too.
  pool.fill(0, used, used + length)
  used += length
  return bytes
}
