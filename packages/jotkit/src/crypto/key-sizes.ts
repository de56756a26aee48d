/** Lengths of key members in bytes, by curve or parameter set: coordinates, public keys and private values are never shortened. */

/** Coordinates and private values of EC keys (RFC 7518, section 6.2). */
export const EC_BYTES: ReadonlyMap<string, number> = new Map([
  ["P-256", 32],
  ["P-384", 48],
  ["P-521", 66],
  ["secp256k1", 32],
])

/** Public and private values of OKP keys (RFC 8037, section 2). */
export const OKP_BYTES: ReadonlyMap<string, number> = new Map([
  ["Ed25519", 32],
  ["Ed448", 57],
  ["X25519", 32],
  ["X448", 56],
])

/** Public keys of AKP keys (RFC 9964). */
export const AKP_BYTES: ReadonlyMap<string, number> = new Map([
  ["ML-DSA-44", 1312],
  ["ML-DSA-65", 1952],
  ["ML-DSA-87", 2592],
])

/** Seeds, the private value of AKP keys. */
export const AKP_SEED_BYTES = 32
