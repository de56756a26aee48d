/** The little of DER (ITU-T X.690) that is needed to know what a byte string is before the platform reads it. */

const SEQUENCE = 0x30
const INTEGER = 0x02
const LONG_FORM = 0x80
const MAX_LENGTH_BYTES = 4

/** Whether the bytes are exactly one DER SEQUENCE: nothing missing, nothing behind it. */
export function isDerSequence(bytes: Uint8Array): boolean {
  if (bytes[0] !== SEQUENCE || bytes.length < 2) return false
  const first = bytes[1] ?? 0
  if (first < LONG_FORM) return bytes.length === 2 + first
  const lengthBytes = first - LONG_FORM
  if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES) return false
  let length = 0
  for (let at = 2; at < 2 + lengthBytes; at++) length = length * 256 + (bytes[at] ?? 0)
  return bytes.length === 2 + lengthBytes + length
}

/**
 * Whether the bytes have the outer shape of a key or a certificate: one SEQUENCE that begins with another or with a number.
 * Also what no platform reads is recognised so: keys of other kinds, other curves, encrypted ones.
 */
export function hasKeyShape(bytes: Uint8Array): boolean {
  if (!isDerSequence(bytes)) return false
  const first = bytes[1] ?? 0
  const content = bytes[first < LONG_FORM ? 2 : 2 + first - LONG_FORM]
  return content === SEQUENCE || content === INTEGER
}

/** How DER names the curves and parameter sets that some runtimes lack (RFC 5480; RFC 8410, section 3; RFC 9881). */
const OBJECT_IDS: ReadonlyMap<string, string> = new Map([
  ["secp256k1", "06052b8104000a"],
  ["Ed448", "06032b6571"],
  ["ML-DSA-44", "0609608648016503040311"],
  ["ML-DSA-65", "0609608648016503040312"],
  ["ML-DSA-87", "0609608648016503040313"],
])

/** Which of the curves and parameter sets that some runtimes lack a key or certificate names; it words an error, nothing more. */
export function rareCurveOf(der: Uint8Array): string | undefined {
  const hex = Array.from(der, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return [...OBJECT_IDS].find(([, objectId]) => hex.includes(objectId))?.[0]
}
