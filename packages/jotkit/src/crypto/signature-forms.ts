/** Where the runtimes read signatures differently, the package decides: the same bytes are genuine everywhere or nowhere. */
import { type SignatureRow, signatureLength } from "./signature-algorithms.ts"

/** The order of the group of secp256k1 (SEC 2, version 2, section 2.4.1). */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const SCALAR_BYTES = 32
const ED448_BYTES = 114
/** In each half of an Ed448 signature the last byte holds one sign bit (R) or nothing (S); RFC 8032, section 5.2. */
const ED448_UNUSED: readonly (readonly [at: number, mask: number])[] = [
  [56, 0x7f],
  [113, 0xff],
]

/**
 * A signature as every runtime reads it; undefined for one that no runtime may take for genuine.
 *
 * @param modulus - That of an RSA key, without leading zeros; undefined where the key does not tell.
 */
export function commonForm(
  row: SignatureRow,
  { bits, curve }: { readonly bits: number; readonly curve?: string | undefined },
  { signature, modulus }: { readonly signature: Uint8Array; readonly modulus: Uint8Array | undefined },
): Uint8Array | undefined {
  const length = signatureLength(row, { bits })
  if (length !== undefined && signature.length !== length) return undefined
  if (row.keyType === "RSA") return isBelow(signature, modulus) ? signature : undefined
  if (curve === "Ed448") return hasUnusedBits(signature) ? undefined : signature
  return curve === "secp256k1" ? withLowerS(signature) : signature
}

/** Smaller than the modulus (RFC 8017, section 8.2.2): Deno takes larger numbers, the same signature in several texts. */
function isBelow(signature: Uint8Array, modulus: Uint8Array | undefined): boolean {
  if (modulus === undefined) return true
  const at = modulus.findIndex((byte, index) => byte !== signature[index])
  return at !== -1 && (signature[at] ?? 0) < (modulus[at] ?? 0)
}

/** Deno takes signatures whose unused bits are set: the same signature in several texts. */
function hasUnusedBits(signature: Uint8Array): boolean {
  return signature.length !== ED448_BYTES || ED448_UNUSED.some(([at, mask]) => ((signature[at] ?? 0) & mask) !== 0)
}

/** (R, S) and (R, n − S) are genuine together or not at all (SEC 1, version 2, section 4.1.4); Deno reads only the one with the lower S. */
function withLowerS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${hexOf(signature.subarray(SCALAR_BYTES))}`)
  if (s <= ORDER / 2n || s >= ORDER) return signature
  const lower = (ORDER - s).toString(16).padStart(2 * SCALAR_BYTES, "0")
  const form = new Uint8Array(signature)
  for (let at = 0; at < SCALAR_BYTES; at++)
    form[SCALAR_BYTES + at] = Number.parseInt(lower.slice(2 * at, 2 * at + 2), 16)
  return form
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
