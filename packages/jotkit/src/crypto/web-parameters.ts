/** How WebCrypto names the signature algorithms: for CryptoKey objects that come in, for those that are handed out, and for the Web engine. */
import type { HashName, SignatureRow } from "./signature-algorithms.ts"

/** The parts of a CryptoKey that matter here; every runtime's own type fits. */
export interface CryptoKeyLike {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

/** Parameters for `subtle.importKey` and `subtle.generateKey`. */
export interface WebParameters {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
}

/** Parameters for `subtle.sign` and `subtle.verify`. */
export interface SigningParameters {
  readonly name: string
  readonly hash?: string
  readonly saltLength?: number
}

/** The names of hashes. */
export const WEB_HASH: Readonly<Record<HashName, string>> = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" }
const WEB_NAME = { hmac: "HMAC", rsassa: "RSASSA-PKCS1-v1_5", rsapss: "RSA-PSS", ecdsa: "ECDSA" } as const
const HASHED_NAME: ReadonlyMap<string, string> = new Map([
  ["HMAC", "HS"],
  ["RSASSA-PKCS1-v1_5", "RS"],
  ["RSA-PSS", "PS"],
])

/** The parameters of an algorithm; `curve` is the key's own. */
export function webParameters(row: SignatureRow, curve: string | undefined): WebParameters {
  if (row.family === "hmac" || row.family === "rsassa" || row.family === "rsapss") {
    return { name: WEB_NAME[row.family], hash: WEB_HASH[row.hash ?? "sha256"] }
  }
  return row.family === "ecdsa" ? { name: "ECDSA", namedCurve: curve ?? "" } : { name: curve ?? row.name }
}

/** What a signature is made or verified with; `curve` is the key's own. */
export function signingParameters(row: SignatureRow, curve: string | undefined): SigningParameters {
  const { name } = webParameters(row, curve)
  if (row.family === "rsapss") return { name, saltLength: row.hashBytes ?? 0 }
  return row.family === "ecdsa" ? { name, hash: WEB_HASH[row.hash ?? "sha256"] } : { name }
}

/** The JOSE name of the algorithm that an HMAC, RSA or AES CryptoKey is bound to; the curve of other keys says it already. */
export function algorithmOfCryptoKey(key: CryptoKeyLike): string | undefined {
  const { name, hash, length } = key.algorithm as { name?: string; hash?: { name?: string } | string; length?: number }
  // The key of AES-GCM is that of `dir`, marked with the algorithm of the content.
  if (name === "AES-KW" || name === "AES-GCM") return `A${length}${name.slice("AES-".length)}`
  const hashName = typeof hash === "string" ? hash : hash?.name
  if (name === "RSA-OAEP") return hashName === "SHA-1" ? name : `${name}-${hashName?.slice("SHA-".length)}`
  const prefix = HASHED_NAME.get(name ?? "")
  return prefix === undefined || hashName === undefined ? undefined : `${prefix}${hashName.slice("SHA-".length)}`
}
