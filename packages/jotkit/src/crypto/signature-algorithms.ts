/**
 * The signature algorithms as rows of a table (RFC 7518, section 3.1; RFC 8037; RFC 8812; RFC 9864; RFC 9964).
 *
 * Everything below takes the row, never the name: shared code branches on the family. A new algorithm is one row.
 */

/** How a signature is made. */
type SignatureFamily = "none" | "hmac" | "rsassa" | "rsapss" | "ecdsa" | "eddsa" | "ml-dsa"

/** The type of key (RFC 7518, section 6.1; RFC 8037, section 2; RFC 9964). */
export type KeyType = "oct" | "RSA" | "EC" | "OKP" | "AKP"

/** A hash as the platform names it. */
export type HashName = "sha256" | "sha384" | "sha512"

/** One signature algorithm. */
export interface SignatureRow {
  readonly name: string
  readonly family: SignatureFamily
  /** The key type it needs; absent for `none`. */
  readonly keyType?: KeyType
  /** The curves (EC, OKP) or the parameter set (AKP) that the key must have; the algorithm is bound to it. */
  readonly curves?: readonly string[]
  readonly hash?: HashName
  /** Length of the hash in bytes: the least length of an HMAC secret and the length of the PSS salt. */
  readonly hashBytes?: number
  /** Length of every signature in bytes, where it is the same for all keys. */
  readonly signatureBytes?: number
}

function hmac(bits: 256 | 384 | 512): SignatureRow {
  return {
    name: `HS${bits}`,
    family: "hmac",
    keyType: "oct",
    hash: `sha${bits}`,
    hashBytes: bits / 8,
    signatureBytes: bits / 8,
  }
}

function rsa(name: "RS" | "PS", bits: 256 | 384 | 512): SignatureRow {
  const family = name === "RS" ? "rsassa" : "rsapss"
  return { name: `${name}${bits}`, family, keyType: "RSA", hash: `sha${bits}`, hashBytes: bits / 8 }
}

function ecdsa(name: string, curve: string, bits: 256 | 384 | 512, signatureBytes: number): SignatureRow {
  return {
    name,
    family: "ecdsa",
    keyType: "EC",
    curves: [curve],
    hash: `sha${bits}`,
    hashBytes: bits / 8,
    signatureBytes,
  }
}

function eddsa(name: string, ...curves: readonly string[]): SignatureRow {
  return { name, family: "eddsa", keyType: "OKP", curves }
}

function mlDsa(level: 44 | 65 | 87, signatureBytes: number): SignatureRow {
  return { name: `ML-DSA-${level}`, family: "ml-dsa", keyType: "AKP", curves: [`ML-DSA-${level}`], signatureBytes }
}

/**
 * Length of every signature by this key in bytes; undefined where the platform alone knows. With RSA it is that of the modulus
 * (RFC 8017, sections 8.1.2 and 8.2.2): platforms take a PSS signature without its leading zeros.
 */
export function signatureLength(row: SignatureRow, key: { readonly bits: number }): number | undefined {
  return row.keyType === "RSA" ? Math.ceil(key.bits / 8) : row.signatureBytes
}

/** All rows; order is the order of `listAlgorithms()`. */
export const SIGNATURE_ROWS: readonly SignatureRow[] = [
  hmac(256),
  hmac(384),
  hmac(512),
  rsa("RS", 256),
  rsa("RS", 384),
  rsa("RS", 512),
  rsa("PS", 256),
  rsa("PS", 384),
  rsa("PS", 512),
  ecdsa("ES256", "P-256", 256, 64),
  ecdsa("ES384", "P-384", 384, 96),
  ecdsa("ES512", "P-521", 512, 132),
  ecdsa("ES256K", "secp256k1", 256, 64),
  eddsa("EdDSA", "Ed25519", "Ed448"),
  eddsa("Ed25519", "Ed25519"),
  eddsa("Ed448", "Ed448"),
  mlDsa(44, 2420),
  mlDsa(65, 3309),
  mlDsa(87, 4627),
  // Signs nothing and never verifies (RFC 7518, section 3.6).
  { name: "none", family: "none" },
]
