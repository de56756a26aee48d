/** What the claims of a genuine token must satisfy (RFC 7519, section 4.1). No I/O, no clock, no cryptography. */
import { type JsonObject, own } from "./codec/json.ts"
import {
  type ClaimViolation,
  DecodeError,
  type ErrorCode,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidAudienceError,
  InvalidIssuedAtError,
  InvalidIssuerError,
  InvalidJtiError,
  InvalidSubjectError,
  InvalidTypeError,
  type JwtError,
  MissingRequiredClaimError,
} from "./errors.ts"

/** Seconds since 1970-01-01T00:00:00Z, fractions allowed (RFC 7519, section 2, NumericDate). */
export type NumericDate = number

/** The claims set of a token: registered claims (RFC 7519, section 4.1) and whatever else the issuer put in. */
export interface JwtClaims {
  /** Issuer. */
  iss?: string
  /** Subject. */
  sub?: string
  /** Audience. */
  aud?: string | string[] | null
  /** Expiration time: the token is refused at and after this moment. */
  exp?: NumericDate
  /** Not before. */
  nbf?: NumericDate
  /** Issued at. */
  iat?: NumericDate
  /** Token id. */
  jti?: string
  [name: string]: unknown
}

/** The claims whose check can be switched off one by one. */
export type CheckedClaim = "exp" | "nbf" | "iat" | "aud" | "iss" | "sub" | "jti"

/** What to expect of a claims set. */
export interface ClaimRules {
  /** Audiences of which the token must name one; absent: a token that names any is refused. */
  readonly audience?: readonly string[] | undefined
  /** The token must name exactly the one expected audience, as a string. */
  readonly strictAudience?: boolean | undefined
  readonly issuer?: readonly string[] | undefined
  readonly subject?: string | undefined
  readonly jwtId?: string | undefined
  /** Names of claims that must be there and not null. */
  readonly require?: readonly string[] | undefined
  /** Seconds that clocks may differ. */
  readonly leeway?: number | undefined
  /** Seconds since `iat` after which the token is too old. */
  readonly maxAge?: number | undefined
  /** Media type that the header's `typ` must name, in lower case and without `application/`. */
  readonly typ?: string | undefined
  /** Checks to leave out. */
  readonly unchecked?: ReadonlySet<CheckedClaim> | undefined
}

const NO_HEADER: JsonObject = {}

/**
 * Judges the claims of a token whose signature already holds. Boundaries: `exp` equal to now is expired; `nbf` and `iat` equal to
 * now are valid; a `maxAge` reached exactly is still valid.
 *
 * @param claims - The decoded claims set; a plain object.
 * @param rules - What to expect. `leeway` and `maxAge` are seconds, finite and 0 or more.
 * @param now - Seconds since 1970-01-01T00:00:00Z; fractions count.
 * @param header - The token's header, for the `typ` rule.
 * @returns All violations in the order of the checks. Empty when the claims satisfy the rules.
 */
export function validateClaims(
  claims: JwtClaims,
  rules: ClaimRules,
  now: NumericDate,
  header: object = NO_HEADER,
): ClaimViolation[] {
  return findViolations(claims, rules, now, header as JsonObject) ?? []
}

/** @internal As {@link validateClaims}, without an array when all is well. */
export function findViolations(
  claims: JsonObject,
  rules: ClaimRules,
  now: NumericDate,
  header: JsonObject,
): ClaimViolation[] | undefined {
  const set: JwtClaims = isPolluted() ? ownOnly(claims) : claims
  let found: ClaimViolation[] | undefined
  // The type of the token comes first: the claims of a token of another kind mean nothing here.
  if (rules.typ !== undefined) found = add(found, checkType(header, rules.typ))
  if (rules.require !== undefined) for (const name of rules.require) found = add(found, checkPresence(claims, name))
  // In the order of PyJWT: the first failure decides the class of the error.
  found = add(found, checkIssuedAt(set, rules, now))
  found = add(found, checkNotBefore(set, rules, now))
  found = add(found, checkExpiration(set, rules, now))
  found = add(found, checkIssuer(set, rules))
  found = add(found, checkAudience(set, rules))
  found = add(found, checkText("sub", "subject_invalid", set.sub, rules, rules.subject))
  found = add(found, checkText("jti", "jwt_id_invalid", set.jti, rules, rules.jwtId))
  return rules.maxAge === undefined ? found : add(found, checkAge(set, rules, rules.maxAge, now))
}

/** @internal The error for claims that were refused: its class is that of the first violation. */
export function claimError(violations: readonly ClaimViolation[], claims: JsonObject, rules: ClaimRules): JwtError {
  const [first] = violations
  if (first === undefined) throw new TypeError("no violation, no error")
  const { claim, code, message } = first
  const details = { violations }
  switch (code) {
    case "claim_missing":
      return new MissingRequiredClaimError(code, message, claim, details)
    case "token_expired":
      return new ExpiredSignatureError(code, message, dateOf(claims["exp"]), details)
    case "token_too_old":
      return new ExpiredSignatureError(code, message, dateOf(Number(claims["iat"]) + (rules.maxAge ?? 0)), details)
    case "token_not_yet_valid":
    case "issued_at_in_future":
      return new ImmatureSignatureError(code, message, dateOf(claims[claim]), details)
    default:
      return new (PLAIN_CLASSES[code] ?? DecodeError)(code, message, details)
  }
}

const PLAIN_CLASSES: Partial<
  Record<
    ErrorCode,
    new (
      code: ErrorCode,
      message: string,
      details: { violations: readonly ClaimViolation[] },
    ) => JwtError
  >
> = {
  type_invalid: InvalidTypeError,
  issued_at_invalid: InvalidIssuedAtError,
  issuer_invalid: InvalidIssuerError,
  audience_invalid: InvalidAudienceError,
  audience_unexpected: InvalidAudienceError,
  subject_invalid: InvalidSubjectError,
  jwt_id_invalid: InvalidJtiError,
  claim_malformed: DecodeError,
}

const PLAIN: JwtClaims = {}

/** Whether someone put a registered claim on Object.prototype, where it would count for every token that lacks it. */
function isPolluted(): boolean {
  const { exp, nbf, iat, iss, aud, sub, jti } = PLAIN
  return (exp ?? nbf ?? iat ?? iss ?? aud ?? sub ?? jti) !== undefined
}

function ownOnly(claims: JsonObject): JwtClaims {
  return Object.assign(Object.create(null) as JwtClaims, claims)
}

function checkPresence(claims: JsonObject, name: string): ClaimViolation | undefined {
  const value = own(claims, name)
  return value === undefined || value === null ? missing(name) : undefined
}

function checkIssuedAt(claims: JwtClaims, rules: ClaimRules, now: NumericDate): ClaimViolation | undefined {
  const iat: unknown = isChecked("iat", rules) ? claims.iat : undefined
  if (iat === undefined) return undefined
  if (!isTime(iat)) return violation("iat", "issued_at_invalid", "`iat` must be a finite number")
  if (iat > now + (rules.leeway ?? 0))
    return violation("iat", "issued_at_in_future", "the token was issued in the future")
  return undefined
}

function checkNotBefore(claims: JwtClaims, rules: ClaimRules, now: NumericDate): ClaimViolation | undefined {
  const nbf: unknown = isChecked("nbf", rules) ? claims.nbf : undefined
  if (nbf === undefined) return undefined
  if (!isTime(nbf)) return violation("nbf", "claim_malformed", "`nbf` must be a finite number")
  if (now < nbf - (rules.leeway ?? 0)) return violation("nbf", "token_not_yet_valid", "the token is not valid yet")
  return undefined
}

function checkExpiration(claims: JwtClaims, rules: ClaimRules, now: NumericDate): ClaimViolation | undefined {
  const exp: unknown = isChecked("exp", rules) ? claims.exp : undefined
  if (exp === undefined) return undefined
  if (!isTime(exp)) return violation("exp", "claim_malformed", "`exp` must be a finite number")
  // "on or after" (RFC 7519, section 4.1.4): exp equal to now is expired.
  if (now >= exp + (rules.leeway ?? 0)) return violation("exp", "token_expired", "the token has expired")
  return undefined
}

function checkIssuer(claims: JwtClaims, rules: ClaimRules): ClaimViolation | undefined {
  const iss: unknown = isChecked("iss", rules) ? claims.iss : undefined
  const expected = isChecked("iss", rules) ? rules.issuer : undefined
  if (iss === undefined) return expected === undefined ? undefined : missing("iss")
  if (typeof iss !== "string") return violation("iss", "issuer_invalid", "`iss` must be a string")
  if (expected !== undefined && !expected.includes(iss))
    return violation("iss", "issuer_invalid", "the issuer is not an expected one")
  return undefined
}

function checkAudience(claims: JwtClaims, rules: ClaimRules): ClaimViolation | undefined {
  if (!isChecked("aud", rules)) return undefined
  const aud: unknown = claims.aud
  const expected = rules.audience
  if (expected === undefined) {
    if (aud === undefined || aud === null) return undefined
    return isAudience(aud)
      ? violation(
          "aud",
          "audience_unexpected",
          "the token is meant for an audience, and none is expected: set the option `audience`",
        )
      : violation("aud", "audience_invalid", "`aud` must be a string or an array of strings")
  }
  if (isEmptyAudience(aud)) return missing("aud")
  if (!isAudience(aud)) return violation("aud", "audience_invalid", "`aud` must be a string or an array of strings")
  const named =
    rules.strictAudience === true
      ? typeof aud === "string" && expected.length === 1 && expected[0] === aud
      : namesOne(aud, expected)
  return named ? undefined : violation("aud", "audience_invalid", "the token is meant for another audience")
}

function checkAge(claims: JwtClaims, rules: ClaimRules, maxAge: number, now: NumericDate): ClaimViolation | undefined {
  const iat: unknown = claims.iat
  if (iat === undefined || iat === null) return missing("iat")
  if (!isTime(iat)) return violation("iat", "issued_at_invalid", "`iat` must be a finite number")
  if (now - iat > maxAge + (rules.leeway ?? 0))
    return violation("iat", "token_too_old", "the token is older than `maxAge`")
  return undefined
}

function checkText(
  name: "sub" | "jti",
  code: ErrorCode,
  value: unknown,
  rules: ClaimRules,
  expected: string | undefined,
): ClaimViolation | undefined {
  if (!isChecked(name, rules)) return undefined
  if (value === undefined) return expected === undefined ? undefined : missing(name)
  if (typeof value !== "string") return violation(name, code, `\`${name}\` must be a string`)
  if (expected !== undefined && value !== expected) return violation(name, code, `\`${name}\` is not the expected one`)
  return undefined
}

function checkType(header: JsonObject, expected: string): ClaimViolation | undefined {
  const typ = own(header, "typ")
  if (typeof typ === "string" && mediaType(typ) === expected) return undefined
  return violation("typ", "type_invalid", "the header's `typ` is not the expected media type")
}

/** @internal A media type as it is compared: lower case, without `application/` where nothing else follows with a slash (RFC 7515, section 4.1.9). */
export function mediaType(typ: string): string {
  // ASCII letters only: others have no second case here, and some would become ASCII (the Kelvin sign, for one).
  const lower = typ.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const short = lower.startsWith("application/") ? lower.slice("application/".length) : lower
  return short.includes("/") ? lower : short
}

function isChecked(name: CheckedClaim, rules: ClaimRules): boolean {
  return rules.unchecked === undefined || !rules.unchecked.has(name)
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value)
}

function isAudience(value: unknown): value is string | string[] {
  if (typeof value === "string") return value !== ""
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string")
}

/** What PyJWT takes for no audience: absent, null, and everything empty. */
function isEmptyAudience(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true
  return typeof value === "object" && Object.keys(value).length === 0
}

function namesOne(aud: string | string[], expected: readonly string[]): boolean {
  return typeof aud === "string" ? expected.includes(aud) : aud.some((entry) => expected.includes(entry))
}

function missing(claim: string): ClaimViolation {
  return violation(claim, "claim_missing", `the claim \`${claim}\` is missing`)
}

function violation(claim: string, code: ErrorCode, message: string): ClaimViolation {
  return { claim, code, message }
}

function add(
  violations: ClaimViolation[] | undefined,
  found: ClaimViolation | undefined,
): ClaimViolation[] | undefined {
  if (found === undefined) return violations
  return violations === undefined ? [found] : [...violations, found]
}

function dateOf(seconds: unknown): Date {
  return new Date(Number(seconds) * 1000)
}
