/** Which algorithms a key can serve. The key decides, or the user; never the token. */

import type { OfferedKey } from "@jotkit/inspect"

const RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
const HMAC = ["HS256", "HS384", "HS512"]
const OF_CURVE: Readonly<Record<string, readonly string[]>> = {
  "P-256": ["ES256"],
  "P-384": ["ES384"],
  "P-521": ["ES512"],
  secp256k1: ["ES256K"],
  Ed25519: ["EdDSA", "Ed25519"],
  Ed448: ["EdDSA", "Ed448"],
}
const OAEP = ["RSA-OAEP-256", "RSA-OAEP", "RSA-OAEP-384", "RSA-OAEP-512"]
const AGREEMENT = ["ECDH-ES+A256KW", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW"]
const AGREEMENT_CURVES = new Set(["P-256", "P-384", "P-521", "X25519", "X448"])
const PASSWORD = ["PBES2-HS512+A256KW", "PBES2-HS256+A128KW", "PBES2-HS384+A192KW"]
const WRAPPING = [128, 192, 256].flatMap((bits) => [`A${bits}KW`, `A${bits}GCMKW`])

/** The ways in which the content's key reaches its reader (RFC 7518, section 4.1). */
export const KEY_MANAGEMENT: readonly string[] = [...OAEP, ...AGREEMENT, "dir", ...WRAPPING, ...PASSWORD]

/** How content is encrypted (RFC 7518, section 5.1), with the bits of the key. */
export const CONTENT_ENCRYPTION: Readonly<Record<string, number>> = {
  A256GCM: 256,
  A128GCM: 128,
  A192GCM: 192,
  "A128CBC-HS256": 256,
  "A192CBC-HS384": 384,
  "A256CBC-HS512": 512,
}

/** The signature algorithms that a key can serve, the usual one first. */
export function signaturesOf({ keyType, curve, algorithm, jwk }: OfferedKey): readonly string[] {
  const all =
    keyType === "oct"
      ? HMAC
      : keyType === "RSA"
        ? RSA
        : keyType === "AKP"
          ? [jwk?.algorithm ?? algorithm ?? ""]
          : (OF_CURVE[curve ?? ""] ?? [])
  return algorithm === undefined ? all : all.filter((name) => name === algorithm)
}

/** The ways of encryption that a key can serve, the usual one first. */
export function encryptionsOf(key: OfferedKey): readonly string[] {
  const all = key.isSymmetric ? ofSecret(key) : ofPair(key)
  const { algorithm } = key
  // A secret that is marked for content is that of `dir`.
  if (algorithm !== undefined && Object.hasOwn(CONTENT_ENCRYPTION, algorithm)) return ["dir"]
  return algorithm === undefined ? all : all.filter((name) => name === algorithm)
}

function ofPair({ keyType, curve }: OfferedKey): readonly string[] {
  if (keyType === "RSA") return OAEP
  return AGREEMENT_CURVES.has(curve ?? "") ? AGREEMENT : []
}

function ofSecret({ bits = 0 }: OfferedKey): readonly string[] {
  const wrapping = WRAPPING.filter((name) => name.includes(`A${bits}`))
  const isContent = Object.values(CONTENT_ENCRYPTION).includes(bits)
  return [...wrapping, ...(isContent ? ["dir"] : []), ...PASSWORD]
}

/** Bits that an algorithm asks of its key: HMAC as many as its hash (RFC 7518, section 3.2), RSA 2048 (section 3.3). */
export function leastBits(algorithm: string): number {
  if (HMAC.includes(algorithm)) return Number(algorithm.slice(2))
  return RSA.includes(algorithm) || algorithm.startsWith("RSA") ? 2048 : 0
}
