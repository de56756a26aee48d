/** Table of contents: everything the package offers, from its doors. */
export * from "./algorithms.ts"
export { type CheckedClaim, type ClaimRules, type JwtClaims, type NumericDate, validateClaims } from "./claims.ts"
export * from "./errors.ts"
export * from "./jwe.ts"
export {
  type CryptoKey,
  type GenerateOptions,
  Jwk,
  type JwkObject,
  type JwkOptions,
  JwkSet,
  type JwkSource,
  type KeyInput,
  type KeyObject,
  type PemOptions,
  type RemoteSigner,
  type SkippedJwk,
  type ThumbprintHash,
  type UnverifiedHeader,
} from "./jwk.ts"
export * from "./jwks.ts"
export * from "./jws.ts"
export * from "./jwt.ts"
