/** The contract between the package and the platform's encryption. `#cipher` names the one that this runtime uses. */
import type { ContentRow, KeyManagementRow, OaepHash } from "./encryption-algorithms.ts"
import type { KeyMaterial, KeyMembers } from "./key.ts"
import type { HashName } from "./signature-algorithms.ts"
import type { Awaitable } from "./steps.ts"

/** A symmetric key: made here, as bytes, or the caller's. */
export type SecretKey = Uint8Array | KeyMaterial

/** What content encryption gives beside the initialization vector. */
export interface Sealed {
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** A secret that RSA encrypted, and how long it is. */
export interface SealedSecret {
  readonly encrypted: Uint8Array
  readonly length: number
}

/** A new key pair's public members, and the secret it shares with the other side. */
export interface Agreement {
  readonly publicMembers: KeyMembers
  readonly secret: Uint8Array
}

/** How a key is derived from a password (RFC 8018, section 5.2). */
export interface PasswordDerivation {
  readonly hash: HashName
  readonly salt: Uint8Array
  readonly iterations: number
  readonly length: number
  /** Whether other threads may do it. */
  readonly later: boolean
}

/**
 * The platform's encryption. What makes something throws what the platform throws. What opens something answers undefined for
 * every reason there is, so that nobody learns the reason.
 */
export interface CipherEngine {
  /** Whether the runtime has this content encryption, found out by asking it. */
  supports(row: ContentRow): Awaitable<boolean>
  /** Whether the runtime can send keys in this way, for keys on a curve with keys on that. */
  supportsKeys(row: KeyManagementRow, curve: string | undefined): Awaitable<boolean>
  /** Encrypts and authenticates (RFC 7518, section 5). */
  seal(
    row: ContentRow,
    key: SecretKey,
    parts: { readonly iv: Uint8Array; readonly plaintext: Uint8Array; readonly aad: Uint8Array },
  ): Awaitable<Sealed>
  /** The plaintext, if the tag is right. */
  open(
    row: ContentRow,
    key: SecretKey,
    parts: Sealed & { readonly iv: Uint8Array; readonly aad: Uint8Array },
  ): Awaitable<Uint8Array | undefined>
  /** AES key wrap (RFC 3394). */
  wrap(key: SecretKey, secret: Uint8Array): Awaitable<Uint8Array>
  unwrap(key: SecretKey, wrapped: Uint8Array): Awaitable<Uint8Array | undefined>
  /** RSAES-OAEP (RFC 8017, section 7.1), the hash also for the mask. */
  encryptRsa(hash: OaepHash, key: KeyMaterial, secret: Uint8Array): Awaitable<Uint8Array>
  decryptRsa(hash: OaepHash, key: KeyMaterial, sealed: SealedSecret): Awaitable<Uint8Array | undefined>
  /** Makes a key pair on the curve of a public key, and agrees with that key; undefined for points that give no secret. */
  agreeAnew(publicKey: KeyMaterial): Awaitable<Agreement | undefined>
  /** The secret shared with a public key on the same curve; undefined for what is no point of it, and for points that give none. */
  agree(privateKey: KeyMaterial, publicMembers: KeyMembers): Awaitable<Uint8Array | undefined>
  /** PBKDF2. */
  derive(password: KeyMaterial, how: PasswordDerivation): Awaitable<Uint8Array>
  /** Raw DEFLATE (RFC 1951). */
  deflate(bytes: Uint8Array): Awaitable<Uint8Array>
  /** The reverse: stops at `limit` bytes, and answers undefined for what is not exactly one complete stream. */
  inflate(bytes: Uint8Array, limit: number): Awaitable<Uint8Array | "too_large" | undefined>
}
