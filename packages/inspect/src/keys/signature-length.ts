/** How long signatures are, where the algorithm alone says so. */

const LENGTHS: Readonly<Record<string, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES384: 96,
  ES512: 132,
  ES256K: 64,
  Ed25519: 64,
  Ed448: 114,
  "ML-DSA-44": 2420,
  "ML-DSA-65": 3309,
  "ML-DSA-87": 4627,
}

/** Bytes of a signature of the algorithm; undefined where the key says how many. */
export function signatureLength(alg: string): number | undefined {
  return Object.hasOwn(LENGTHS, alg) ? LENGTHS[alg] : undefined
}

/** Whether signatures of some algorithm have just so many bytes. */
export function isWholeLength(bytes: number): boolean {
  return Object.values(LENGTHS).includes(bytes)
}
