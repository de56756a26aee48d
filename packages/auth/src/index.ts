/** Table of contents. */
export {
  Auth,
  createAuth,
  type DecodeTokenOptions,
  type LoggedOut,
  type OptionalGuard,
  type Proven,
  type Refreshed,
  type RequiredGuard,
} from "./core/auth.ts"
export type { CookieCallOptions, CookieOptions, CookiesOptions, SameSite } from "./core/cookie-settings.ts"
export type { DpopOptions } from "./core/dpop-settings.ts"
export type { Introspection } from "./core/endpoints.ts"
export { Failure, type FailureDetails, REASONS, REFUSAL_CODES, type Reason, type RefusalCode } from "./core/failure.ts"
export type { GrantOptions } from "./core/grant.ts"
export type { GuardOptions } from "./core/guard.ts"
export type { IssuerOptions } from "./core/issuers.ts"
export { KeyRing, type KeyRingOptions } from "./core/key-ring.ts"
export type { SigningKeyOf, VerificationKeyOf } from "./core/keys.ts"
export type { TokenOptions } from "./core/mint.ts"
export type { Lifetime } from "./core/options.ts"
export type { AuthRequest, FormFields } from "./core/request.ts"
export type { Scopes } from "./core/scopes.ts"
export type { LoginOptions, TokenPair, Transport } from "./core/sessions.ts"
export type {
  Answer,
  AuthClaims,
  AuthOptions,
  CheckMode,
  CompatOptions,
  CsrfOptions,
  Loaders,
  RefreshOptions,
  Responder,
  TokenCacheOptions,
  TokenLocation,
} from "./core/settings.ts"
export { StoreUnavailableError } from "./core/store-access.ts"
export type { Allowed, Anonymous, OptionalVerdict, Refused, Verdict } from "./core/verdict.ts"
export * from "./store.ts"
