/** How long keys must be. */

/** Bits that an algorithm asks of its key: HMAC as many as its hash (RFC 7518, section 3.2), RSA 2048 (section 3.3). */
export function minimumBits(algorithm: string): number | undefined {
  const [, family, size] = /^(HS|RS|PS|RSA)[-A-Z]*(\d{3})?/.exec(algorithm) ?? []
  if (family === undefined) return undefined
  return family === "HS" ? Number(size) : 2048
}
