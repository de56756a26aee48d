/**
 * What keys the encryption algorithms take (RFC 7518, sections 4 and 5). Apart from the algorithms themselves: a JWK's `alg` may name
 * one, and such keys are read, made and handed out also by programs that only sign.
 */
import type { KeyType } from "./signature-algorithms.ts"
import type { WebParameters } from "./web-parameters.ts"

/** The keys of one encryption algorithm. */
export interface EncryptionKeys {
  readonly keyTypes: readonly KeyType[]
  /** Length of a secret that is made for it; absent where another algorithm decides. */
  readonly secretBytes?: number
  /** Curves of the key pairs that can be made for it, the usual one first. */
  readonly curves?: readonly string[]
  /** WebCrypto's name for it; absent where WebCrypto has none, or the curve says it. */
  readonly web?: WebParameters
}

const AGREEMENT: EncryptionKeys = { keyTypes: ["EC", "OKP"], curves: ["P-256", "P-384", "P-521", "X25519", "X448"] }

function rsaOaep(hash: string): EncryptionKeys {
  return { keyTypes: ["RSA"], web: { name: "RSA-OAEP", hash } }
}

function secret(secretBytes: number, web?: string): EncryptionKeys {
  return web === undefined ? { keyTypes: ["oct"], secretBytes } : { keyTypes: ["oct"], secretBytes, web: { name: web } }
}

/** By the algorithm's name. */
export const ENCRYPTION_KEYS: ReadonlyMap<string, EncryptionKeys> = new Map([
  ["RSA-OAEP", rsaOaep("SHA-1")],
  ["RSA-OAEP-256", rsaOaep("SHA-256")],
  ["RSA-OAEP-384", rsaOaep("SHA-384")],
  ["RSA-OAEP-512", rsaOaep("SHA-512")],
  ["A128KW", secret(16, "AES-KW")],
  ["A192KW", secret(24, "AES-KW")],
  ["A256KW", secret(32, "AES-KW")],
  ["dir", { keyTypes: ["oct"] }],
  ["ECDH-ES", AGREEMENT],
  ["ECDH-ES+A128KW", AGREEMENT],
  ["ECDH-ES+A192KW", AGREEMENT],
  ["ECDH-ES+A256KW", AGREEMENT],
  ["A128GCMKW", secret(16, "AES-GCM")],
  ["A192GCMKW", secret(24, "AES-GCM")],
  ["A256GCMKW", secret(32, "AES-GCM")],
  ["PBES2-HS256+A128KW", secret(16)],
  ["PBES2-HS384+A192KW", secret(24)],
  ["PBES2-HS512+A256KW", secret(32)],
  ["A128GCM", secret(16, "AES-GCM")],
  ["A192GCM", secret(24, "AES-GCM")],
  ["A256GCM", secret(32, "AES-GCM")],
  ["A128CBC-HS256", secret(32)],
  ["A192CBC-HS384", secret(48)],
  ["A256CBC-HS512", secret(64)],
])
