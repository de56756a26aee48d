/** Why a request is refused: each reason once, with how it is told. */

/** A stable, machine-readable reason; the HTTP status goes with it. */
export const REFUSAL_CODES = {
  invalid_request: 400,
  missing_token: 401,
  malformed_token: 401,
  signature_invalid: 401,
  token_expired: 401,
  token_revoked: 401,
  wrong_token_type: 401,
  token_invalid: 401,
  fresh_token_required: 401,
  user_not_found: 401,
  refresh_token_reused: 401,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
  csrf_failed: 403,
  insufficient_role: 403,
  insufficient_scope: 403,
  method_not_allowed: 405,
  store_unavailable: 503,
  keys_unavailable: 503,
} as const

/** A reason as clients see it. */
export type RefusalCode = keyof typeof REFUSAL_CODES

/** The name of a way to fail. */
export type Reason =
  | "header_missing"
  | "scheme_missing"
  | "cookie_missing"
  | "query_missing"
  | "json_type"
  | "json_missing"
  | "missing_everywhere"
  | "header_malformed"
  | "bare_header_malformed"
  | "query_prefix"
  | "several_credentials"
  | "csrf_missing"
  | "csrf_mismatch"
  | "csrf_claim_missing"
  | "cross_site"
  | "unreadable"
  | "signature"
  | "invalid"
  | "identity_missing"
  | "expired"
  | "refresh_not_wanted"
  | "refresh_wanted"
  | "other_type"
  | "not_fresh"
  | "revoked"
  | "reused"
  | "bound"
  | "unbound"
  | "proof_invalid"
  | "proof_key"
  | "nonce_wanted"
  | "claims_rejected"
  | "user_missing"
  | "role_missing"
  | "scope_missing"
  | "not_post"
  | "store_down"
  | "keys_down"

const NO_TOKEN = "no token was sent"

/** Every way to fail, finer than the codes: Flask-JWT-Extended tells more of them apart. */
export const REASONS: Readonly<Record<Reason, readonly [code: RefusalCode, message: string]>> = {
  header_missing: ["missing_token", NO_TOKEN],
  scheme_missing: ["missing_token", NO_TOKEN],
  cookie_missing: ["missing_token", NO_TOKEN],
  query_missing: ["missing_token", NO_TOKEN],
  json_type: ["missing_token", NO_TOKEN],
  json_missing: ["missing_token", NO_TOKEN],
  missing_everywhere: ["missing_token", NO_TOKEN],
  header_malformed: ["malformed_token", "the header must hold the scheme, one space and one token"],
  bare_header_malformed: ["malformed_token", "the header must hold one token and nothing else"],
  query_prefix: ["malformed_token", "the query parameter lacks its prefix"],
  several_credentials: ["invalid_request", "the request holds more than one credential"],
  csrf_missing: ["csrf_failed", "the CSRF token is missing"],
  csrf_mismatch: ["csrf_failed", "the CSRF token does not match"],
  csrf_claim_missing: ["csrf_failed", "the token is not meant for a cookie"],
  cross_site: ["csrf_failed", "the request came from another site"],
  unreadable: ["malformed_token", "the token cannot be read"],
  signature: ["signature_invalid", "the signature does not hold"],
  invalid: ["token_invalid", "the token is not valid here"],
  identity_missing: ["token_invalid", "the token names no one"],
  expired: ["token_expired", "the token has expired"],
  refresh_not_wanted: ["wrong_token_type", "a refresh token is of no use here"],
  refresh_wanted: ["wrong_token_type", "a refresh token is needed here"],
  other_type: ["wrong_token_type", "a token of another type is needed here"],
  not_fresh: ["fresh_token_required", "the last login is too long ago"],
  revoked: ["token_revoked", "the token has been revoked"],
  reused: ["refresh_token_reused", "the refresh token was used before; the session has ended"],
  bound: ["token_invalid", "the token is bound to a key, and needs the scheme DPoP and a proof"],
  unbound: ["token_invalid", "the token is not bound to a key"],
  proof_invalid: ["invalid_dpop_proof", "a DPoP proof for this request is needed"],
  proof_key: ["token_invalid", "the token is bound to another key"],
  nonce_wanted: ["use_dpop_nonce", "the DPoP proof needs the nonce of this answer"],
  claims_rejected: ["token_invalid", "the token is not accepted here"],
  user_missing: ["user_not_found", "the user is not known"],
  role_missing: ["insufficient_role", "the token lacks a role that is needed here"],
  scope_missing: ["insufficient_scope", "the token lacks a scope that is needed here"],
  not_post: ["method_not_allowed", "tokens are refreshed with POST"],
  store_down: ["store_unavailable", "sessions cannot be checked now"],
  keys_down: ["keys_unavailable", "keys cannot be had now"],
}

/** What else is known of a failure. */
export interface FailureDetails {
  /** The name of the header, cookie, parameter, key or claim that it is about. Never a value. */
  readonly subject?: string
  /** What a library said, for the log of whoever needs it. */
  readonly text?: string
  /** Seconds: how long ago the login may be. */
  readonly maxAge?: number
  /** Scopes that are needed, as the claim would hold them. */
  readonly scope?: string
  /** Whether the token came with the scheme DPoP, or it is about a proof. */
  readonly isDpop?: boolean
  /** Where a token was looked for, in order. */
  readonly places?: readonly string[]
  /** At each of these, why there was none. */
  readonly parts?: readonly Failure[]
  /** The header of the token, once it was verified. */
  readonly header?: object
  /** The claims of the token, once it was verified. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A request that is refused, before it is told to the client. */
export class Failure {
  readonly reason: Reason
  readonly details: FailureDetails
  /** Where the token came from, if there was one. */
  readonly location: string | undefined

  constructor(reason: Reason, details: FailureDetails = {}, location?: string) {
    this.reason = reason
    this.details = details
    this.location = location
  }

  get code(): RefusalCode {
    return REASONS[this.reason][0]
  }

  /** The same failure of a token that was found at a place. */
  at({ location, isDpop }: { readonly location: string; readonly isDpop: boolean }): Failure {
    return new Failure(this.reason, isDpop ? { ...this.details, isDpop } : this.details, location)
  }
}
