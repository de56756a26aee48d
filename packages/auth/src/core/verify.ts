/** From a token's text to claims that are genuine: signature, then claims, then expiry; what fails is a failure, not an exception. */

import { type JwtClaims, JwtError } from "jotkit"
import type { Eventual } from "./eventual.ts"
import { Failure, type Reason } from "./failure.ts"
import { foreignIssuer, readForeign, verifyByIssuer } from "./issuers.ts"
import { isUnknownKey, type Verify } from "./keys.ts"
import { own } from "./options.ts"
import { profileFailure } from "./profile.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { StoreUnavailableError } from "./store-access.ts"
import { headerOf } from "./token-header.ts"

/** A token that is genuine, though it may have expired. */
export interface Genuine {
  readonly claims: AuthClaims
  readonly isExpired: boolean
}

/** What Flask-JWT-Extended reads into a token that does not say it. */
const COMPAT_CLAIMS = Object.freeze({ type: "access", fresh: false, jti: null })
/** Codes of a token that cannot be read at all. */
const UNREADABLE: ReadonlySet<string> = new Set([
  "token_malformed",
  "token_too_large",
  "token_encrypted",
  "token_nested",
  "header_invalid",
  "duplicate_member",
  "payload_invalid",
  "payload_missing",
  "payload_not_detached",
])

/** Codes of keys that cannot be had. */
const KEYS_AWAY: ReadonlySet<string> = new Set(["jwks_unreachable", "jwks_response_invalid", "jwks_invalid"])

/** What judges the tokens of an auth. Expiry is left to {@link verifyToken}: an expired token of someone who logs out is genuine. */
export function verifierOf(settings: Settings): Verify {
  const { keys, issuer, audience, issuers, leeway, now, isCompat, identityClaim, anySubject, cache } = settings
  const rules = { verify: { exp: false, sub: !anySubject }, require: [identityClaim], leeway, now }
  // Which of the two it must be is the type's to say.
  const either = audience !== undefined && issuer !== undefined && !isCompat ? [...audience, issuer] : audience
  const verifyOwn = keys.verifier({
    ...rules,
    cache,
    ...(issuer === undefined ? {} : { issuer }),
    ...(either === undefined ? {} : { audience: either }),
  })
  return issuers === undefined ? verifyOwn : verifyByIssuer(verifyOwn, issuer, issuers)
}

/** Verifies a token. Fails only where the fault is not the token's: a key function of the caller's that failed. */
export function verifyToken(token: string, verify: Verify, settings: Settings): Eventual<Genuine | Failure> {
  let claims: Eventual<JwtClaims>
  try {
    claims = verify(token)
  } catch (error) {
    return failureOf(error, settings)
  }
  if (!(claims instanceof Promise)) return genuineOf(claims, token, settings)
  return claims.then(
    (late) => genuineOf(late, token, settings),
    (error) => failureOf(error, settings),
  )
}

function genuineOf(claims: JwtClaims, token: string, settings: Settings): Eventual<Genuine | Failure> {
  const exp = own(claims, "exp")
  const issuer = foreignIssuer(claims, settings)
  const isDated = typeof exp === "number" && Number.isFinite(exp)
  if (!isDated && !(exp === undefined && issuer === undefined && isEndless(claims, settings)))
    return new Failure("invalid", { subject: "exp" })
  // `require` and the check of `sub` have made it a string, as far as there is one.
  const genuine = claims as AuthClaims
  const told = (read: AuthClaims | Failure): Genuine | Failure =>
    read instanceof Failure ? read : { claims: read, isExpired: isDated && exp <= settings.now() - settings.leeway }
  return issuer === undefined
    ? told(readOwn(genuine, settings))
    : readForeign(genuine, headerOf(token), issuer).then(told)
}

function readOwn(claims: AuthClaims, settings: Settings): AuthClaims | Failure {
  const { isRfc9068, isCompat } = settings
  // There, `jti` may be null.
  if (isCompat) return { ...COMPAT_CLAIMS, ...claims } as AuthClaims
  if (!isForUs(claims, settings)) return new Failure("invalid", { subject: "aud" })
  return (isRfc9068 && own(claims, "type") === "access" ? profileFailure(claims) : undefined) ?? claims
}

/** Access tokens are for the audience; refresh tokens are for their issuer, so that neither passes for the other. */
function isForUs(claims: JwtClaims, { audience, issuer }: Settings): boolean {
  if (audience === undefined || issuer === undefined) return true
  const aud = own(claims, "aud")
  const names = (name: string): boolean => (Array.isArray(aud) ? aud.includes(name) : aud === name)
  return own(claims, "type") === "refresh" ? names(issuer) : audience.some(names)
}

/** Who a token is about, as text: what is no string (`compat`) becomes its JSON. */
export function identityOf(claims: object, { identityClaim }: Pick<Settings, "identityClaim">): string {
  const identity = own(claims, identityClaim)
  return typeof identity === "string" ? identity : JSON.stringify(identity)
}

/** Tokens without an end are good only where the options make such tokens. */
function isEndless(claims: JwtClaims, { lifetimes, isCompat }: Settings): boolean {
  return isCompat || lifetimes[own(claims, "type") === "refresh" ? "refresh" : "access"] === false
}

function failureOf(error: unknown, { identityClaim }: Settings): Failure {
  if (error instanceof StoreUnavailableError) return new Failure("store_down")
  if (!(error instanceof JwtError)) throw error
  const missing = error.violations.some(({ claim, code }) => claim === identityClaim && code === "claim_missing")
  if (missing) return new Failure("identity_missing", { subject: identityClaim })
  const reason = reasonOf(error)
  if (reason === undefined) throw error
  return new Failure(reason, { text: error.message })
}

function reasonOf(error: JwtError): Reason | undefined {
  if (error.code === "signature_invalid") return "signature"
  if (UNREADABLE.has(error.code)) return "unreadable"
  if (KEYS_AWAY.has(error.code)) return "keys_down"
  const isTokens = error.fault === "token" || isUnknownKey(error) || error.code === "key_unsuitable"
  // A token that names an algorithm which does not exist is no mistake of the program.
  return isTokens || error.code === "algorithm_unknown" ? "invalid" : undefined
}
