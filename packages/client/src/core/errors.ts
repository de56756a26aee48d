/**
 * What went wrong, for programs:
 * `options_invalid` createClient was given what it cannot use ·
 * `token_malformed` readClaims was given what is no signed token with claims ·
 * `claims_unexpected` the schema does not take the claims ·
 * `answer_unexpected` the server's answer to a login or refresh has not what the mode needs ·
 * `refresh_failed`, `logout_failed` the server could not do it; the message has the status.
 */
export type ClientErrorCode =
  | "options_invalid"
  | "token_malformed"
  | "claims_unexpected"
  | "answer_unexpected"
  | "refresh_failed"
  | "logout_failed"

/** Every error of this package. Messages never hold a token or a claim. */
export class ClientError extends Error {
  override readonly name: string = "ClientError"
  /** For programs; messages are for people. */
  readonly code: ClientErrorCode

  constructor(code: ClientErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
