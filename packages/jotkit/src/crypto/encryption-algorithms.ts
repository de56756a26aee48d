/**
 * The encryption algorithms as rows of two tables (RFC 7518, sections 4.1 and 5.1): how the content encryption key reaches the
 * recipient, and how the content is encrypted. Everything below takes the row, never the name: shared code branches on the family.
 */
import type { HashName, KeyType } from "./signature-algorithms.ts"

/** How the content encryption key reaches the recipient. */
type KeyManagementFamily = "rsa-oaep" | "aes-kw" | "aes-gcm-kw" | "dir" | "ecdh" | "pbes2"

/** A hash of RSA-OAEP: SHA-1 is harmless there, and what RFC 7518 calls RSA-OAEP. */
export type OaepHash = "sha1" | HashName

/** One key management algorithm. */
export interface KeyManagementRow {
  readonly name: string
  readonly family: KeyManagementFamily
  readonly keyTypes: readonly KeyType[]
  /** Length of the key that wraps the content encryption key; absent where none does. */
  readonly wrapBytes?: number
  readonly hash?: OaepHash
  /** PBKDF2 iterations that are used where the caller names none: OWASP's figures. */
  readonly iterations?: number
}

/** One content encryption algorithm. */
export interface ContentRow {
  readonly name: string
  readonly family: "gcm" | "cbc-hmac"
  readonly keyBytes: number
  readonly ivBytes: number
  readonly tagBytes: number
  /** The hash of the HMAC. */
  readonly hash?: HashName
}

/** Curves for ECDH-ES (RFC 7518, section 4.6; RFC 8037, section 3.2). */
export const AGREEMENT_CURVES: ReadonlySet<string> = new Set(["P-256", "P-384", "P-521", "X25519", "X448"])

function rsaOaep(name: string, hash: OaepHash): KeyManagementRow {
  return { name, family: "rsa-oaep", keyTypes: ["RSA"], hash }
}

function aesKeyWrap(bits: 128 | 192 | 256): KeyManagementRow {
  return { name: `A${bits}KW`, family: "aes-kw", keyTypes: ["oct"], wrapBytes: bits / 8 }
}

function aesGcmKeyWrap(bits: 128 | 192 | 256): KeyManagementRow {
  return { name: `A${bits}GCMKW`, family: "aes-gcm-kw", keyTypes: ["oct"], wrapBytes: bits / 8 }
}

function ecdh(bits?: 128 | 192 | 256): KeyManagementRow {
  const keyTypes: readonly KeyType[] = ["EC", "OKP"]
  return bits === undefined
    ? { name: "ECDH-ES", family: "ecdh", keyTypes }
    : { name: `ECDH-ES+A${bits}KW`, family: "ecdh", keyTypes, wrapBytes: bits / 8 }
}

function pbes2(hash: HashName, bits: 128 | 192 | 256, iterations: number): KeyManagementRow {
  const name = `PBES2-HS${hash.slice(3)}+A${bits}KW`
  return { name, family: "pbes2", keyTypes: ["oct"], wrapBytes: bits / 8, hash, iterations }
}

function gcm(bits: 128 | 192 | 256): ContentRow {
  return { name: `A${bits}GCM`, family: "gcm", keyBytes: bits / 8, ivBytes: 12, tagBytes: 16 }
}

function cbcHmac(bits: 128 | 192 | 256): ContentRow {
  return {
    name: `A${bits}CBC-HS${bits * 2}`,
    family: "cbc-hmac",
    keyBytes: bits / 4,
    ivBytes: 16,
    tagBytes: bits / 8,
    hash: `sha${(bits * 2) as 256 | 384 | 512}`,
  }
}

const KEY_MANAGEMENT_ROWS: readonly KeyManagementRow[] = [
  rsaOaep("RSA-OAEP", "sha1"),
  rsaOaep("RSA-OAEP-256", "sha256"),
  rsaOaep("RSA-OAEP-384", "sha384"),
  rsaOaep("RSA-OAEP-512", "sha512"),
  aesKeyWrap(128),
  aesKeyWrap(192),
  aesKeyWrap(256),
  { name: "dir", family: "dir", keyTypes: ["oct"] },
  ecdh(),
  ecdh(128),
  ecdh(192),
  ecdh(256),
  aesGcmKeyWrap(128),
  aesGcmKeyWrap(192),
  aesGcmKeyWrap(256),
  pbes2("sha256", 128, 600_000),
  pbes2("sha384", 192, 210_000),
  pbes2("sha512", 256, 210_000),
]

const CONTENT_ROWS: readonly ContentRow[] = [gcm(128), gcm(192), gcm(256), cbcHmac(128), cbcHmac(192), cbcHmac(256)]

/** The key management algorithm of this name. */
export function keyManagementRow(name: string): KeyManagementRow | undefined {
  return KEY_MANAGEMENT_ROWS.find((row) => row.name === name)
}

/** The content encryption algorithm of this name. */
export function contentRow(name: string): ContentRow | undefined {
  return CONTENT_ROWS.find((row) => row.name === name)
}

/** AES-GCM with a key of this length: what wraps keys for the family `aes-gcm-kw`. */
export function gcmRowFor(keyBytes: number): ContentRow | undefined {
  return CONTENT_ROWS.find((row) => row.family === "gcm" && row.keyBytes === keyBytes)
}

/** Names of all key management algorithms. */
export function keyManagementNames(): string[] {
  return KEY_MANAGEMENT_ROWS.map(({ name }) => name)
}

/** Names of all content encryption algorithms. */
export function contentNames(): string[] {
  return CONTENT_ROWS.map(({ name }) => name)
}
