/**
 * Edwards curve points that no honest key has: points of small order, under which a signature can hold for every message, and
 * encodings that are not canonical, which runtimes answer differently (RFC 8032, sections 5.1.3 and 5.2.3).
 */
import { invalidJwk } from "./problems.ts"

const SIGN_BIT = 0x7f
/** The y coordinates of order 8, little endian; y of order 1, 2 and 4 are 1, p - 1 and 0. */
const ORDER_EIGHT: readonly string[] = [
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
const P25519 = 2n ** 255n - 19n
const P448 = 2n ** 448n - 2n ** 224n - 1n

/** Refuses public keys of small order and non-canonical encodings. */
export function assertUsefulPoint(curve: string, point: Uint8Array): void {
  if (curve !== "Ed25519" && curve !== "Ed448") return
  const prime = curve === "Ed25519" ? P25519 : P448
  const y = point.slice()
  const last = y.length - 1
  y[last] = (y[last] ?? 0) & (curve === "Ed25519" ? SIGN_BIT : 0)
  const value = littleEndian(y)
  if (value >= prime) throw invalidJwk("`x` is not a canonical point")
  if (
    value === 0n ||
    value === 1n ||
    value === prime - 1n ||
    ORDER_EIGHT.some((hex) => value === littleEndian(fromHex(hex)))
  ) {
    throw invalidJwk("`x` is a point of small order")
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let at = bytes.length - 1; at >= 0; at--) value = value * 256n + BigInt(bytes[at] ?? 0)
  return value
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
