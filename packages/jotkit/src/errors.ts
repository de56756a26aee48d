/**
 * Everything that can go wrong, in one screen: code → whose fault it is. Documentation and tests are checked against this table.
 *
 * `token`: the token is bad, answer 401. `key`: keys cannot be had or do not fit, look at the configuration.
 * `usage`: the call is wrong, fix the program.
 */
export const ERROR_CODES = {
  // The token cannot be read (DecodeError).
  token_malformed: "token",
  token_too_large: "token",
  token_encrypted: "token",
  token_nested: "token",
  header_invalid: "token",
  crit_invalid: "token",
  duplicate_member: "token",
  payload_invalid: "token",
  payload_not_detached: "token",
  payload_missing: "token",
  claim_malformed: "token",
  // The signature or the algorithm is wrong.
  signature_invalid: "token",
  algorithm_missing: "token",
  algorithm_not_allowed: "token",
  algorithm_mismatch: "token",
  // Encryption.
  compression_not_allowed: "token",
  decryption_failed: "token",
  // The claims or the type do not satisfy the rules.
  type_invalid: "token",
  token_expired: "token",
  token_too_old: "token",
  token_not_yet_valid: "token",
  issued_at_in_future: "token",
  issued_at_invalid: "token",
  audience_invalid: "token",
  audience_unexpected: "token",
  issuer_invalid: "token",
  subject_invalid: "token",
  jwt_id_invalid: "token",
  claim_missing: "token",
  claims_rejected: "token",
  // Keys.
  key_invalid: "key",
  key_missing: "key",
  key_unsuitable: "key",
  key_not_private: "key",
  key_not_for_use: "key",
  key_too_short: "key",
  key_not_found: "key",
  key_function_failed: "key",
  secret_empty: "key",
  secret_is_key_material: "key",
  jwk_invalid: "key",
  jwk_algorithm_unknown: "key",
  jwks_invalid: "key",
  jwks_response_invalid: "key",
  jwks_unreachable: "key",
  signer_failed: "key",
  // The call.
  algorithm_unknown: "usage",
  algorithm_unavailable: "usage",
  algorithm_required: "usage",
  algorithms_required: "usage",
  algorithm_registered: "usage",
  argument_invalid: "usage",
  option_unknown: "usage",
  option_invalid: "usage",
  claims_invalid: "usage",
  header_not_allowed: "usage",
  key_secret: "usage",
  jwks_options_invalid: "usage",
  callback_failed: "usage",
  async_required: "usage",
  sync_unavailable: "usage",
} as const

/** A stable, machine-readable reason. Messages may change between releases, codes do not. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Whose fault an error is: the token's (answer 401), the keys' (look at the configuration), or the caller's. */
export type Fault = (typeof ERROR_CODES)[ErrorCode]

/** One rule on claims that a genuine token does not satisfy. Holds no claim value. */
export interface ClaimViolation {
  /** The claim's name, or `typ` for the header's media type. */
  readonly claim: string
  readonly code: ErrorCode
  readonly message: string
}

/** One finding of a schema validator (Standard Schema v1): a message and the path to the claim. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

/** What else an error may carry. */
export interface ErrorDetails {
  cause?: unknown
  violations?: readonly ClaimViolation[]
}

/**
 * The base of every error that leaves a door of this package. Catch this one around a verification and nothing escapes.
 *
 * No message and no property holds a token, a secret or the value of a claim that was not verified.
 */
export class JwtError extends Error {
  /** Stable reason, for programs. */
  readonly code: ErrorCode
  /** Whose fault it is. */
  readonly fault: Fault
  /** Every rule that the token's claims break, in the order they are checked; empty for other errors. */
  readonly violations: readonly ClaimViolation[]

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fault = ERROR_CODES[code]
    this.violations = details.violations ?? []
  }
}

/** The token is refused. */
export class InvalidTokenError extends JwtError {}
/** The token cannot be read: segments, base64url, JSON, header shape, `crit`, or a time claim that is not a number. */
export class DecodeError extends InvalidTokenError {}
/** The signature does not hold, or there is none (RFC 7515, section 5.2). */
export class InvalidSignatureError extends DecodeError {}
/** The algorithm is not allowed here, does not exist, or is missing in this runtime. */
export class InvalidAlgorithmError extends InvalidTokenError {}
/** The header's `typ` is not the expected one (RFC 8725, section 3.11). */
export class InvalidTypeError extends InvalidTokenError {}

/** The token has expired (RFC 7519, section 4.1.4), or is older than `maxAge`. */
export class ExpiredSignatureError extends InvalidTokenError {
  /** The moment from which the token was no longer valid, without leeway. */
  readonly expiredAt: Date
  constructor(code: ErrorCode, message: string, expiredAt: Date, details?: ErrorDetails) {
    super(code, message, details)
    this.expiredAt = expiredAt
  }
}

/** The token is not valid yet: `nbf` (RFC 7519, section 4.1.5) or `iat` lies in the future. */
export class ImmatureSignatureError extends InvalidTokenError {
  /** The moment from which the token is valid, without leeway. */
  readonly validFrom: Date
  constructor(code: ErrorCode, message: string, validFrom: Date, details?: ErrorDetails) {
    super(code, message, details)
    this.validFrom = validFrom
  }
}

/** The `iat` claim is not a finite number. */
export class InvalidIssuedAtError extends InvalidTokenError {}
/** The `aud` claim does not name an expected audience, or none was expected (RFC 7519, section 4.1.3). */
export class InvalidAudienceError extends InvalidTokenError {}
/** The `iss` claim is not an expected issuer, or not a string. */
export class InvalidIssuerError extends InvalidTokenError {}
/** The `sub` claim is not the expected subject, or not a string. */
export class InvalidSubjectError extends InvalidTokenError {}
/** The `jti` claim is not the expected id, or not a string. */
export class InvalidJtiError extends InvalidTokenError {}

/** A claim that a rule needs is absent or null. */
export class MissingRequiredClaimError extends InvalidTokenError {
  /** The name of the missing claim. */
  readonly claim: string
  constructor(code: ErrorCode, message: string, claim: string, details?: ErrorDetails) {
    super(code, message, details)
    this.claim = claim
  }
}

/** The schema given as `schema` refused the verified claims. */
export class InvalidClaimsError extends InvalidTokenError {
  /** The validator's findings. */
  readonly issues: readonly SchemaIssue[]
  constructor(code: ErrorCode, message: string, issues: readonly SchemaIssue[], details?: ErrorDetails) {
    super(code, message, details)
    this.issues = issues
  }
}

/** The token cannot be decrypted: one code and one message for every reason (RFC 7516, section 11.5). */
export class DecryptionError extends InvalidTokenError {}

/** The key cannot be read, is too weak, or is not meant for what it is used for. */
export class InvalidKeyError extends JwtError {}
/** The JWK names an algorithm that does not exist here. */
export class JwkError extends JwtError {}
/** The JWK Set is malformed, mixes secrets with public keys, or holds no usable key. */
export class JwkSetError extends JwtError {}
/** The remote key set could not be used: the body is not a key set, or it has no fitting key. */
export class JwksClientError extends JwtError {}
/** The remote key set could not be fetched: network, TLS, timeout, status, redirect, size. */
export class JwksConnectionError extends JwksClientError {}
/** The call is wrong: an option, an argument, a synchronous form where waiting is needed. */
export class UsageError extends JwtError {}

const CLASSES = {
  JwtError,
  InvalidTokenError,
  DecodeError,
  InvalidSignatureError,
  InvalidAlgorithmError,
  InvalidTypeError,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidIssuedAtError,
  InvalidAudienceError,
  InvalidIssuerError,
  InvalidSubjectError,
  InvalidJtiError,
  MissingRequiredClaimError,
  InvalidClaimsError,
  DecryptionError,
  InvalidKeyError,
  JwkError,
  JwkSetError,
  JwksClientError,
  JwksConnectionError,
  UsageError,
}
// Names are written out once, here, so that they survive minifiers.
for (const [name, errorClass] of Object.entries(CLASSES)) {
  Object.defineProperty(errorClass.prototype, "name", { value: name, configurable: true, writable: true })
}

/** Whether a value is one of this package's errors, also when it comes from another copy of the package. */
export function isJwtError(value: unknown): value is JwtError {
  return value instanceof Error && "code" in value && "fault" in value && Object.hasOwn(ERROR_CODES, String(value.code))
}
