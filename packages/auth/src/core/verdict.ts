/** What a guard answers, and how a failure becomes an answer over HTTP. */

import type { Failure, RefusalCode } from "./failure.ts"
import type { AuthClaims, TokenLocation } from "./settings.ts"

/** The request may pass: who sent it, and with which token. */
export interface Allowed<User = unknown> {
  readonly allowed: true
  /** `sub` of the token; with `compat` the claim that is named there, as JSON where it is no string. */
  readonly identity: string
  readonly claims: AuthClaims
  /** What the loader `user` answered; undefined where there is none. */
  readonly user: User
  /** The header of the token. */
  readonly header: object
  readonly location: TokenLocation
  /** The token itself. Not for logs. */
  readonly token: string
  /** Values of `Set-Cookie` that the answer must carry, before those of the handler: tokens that the guard has renewed. */
  readonly cookies: readonly string[]
}

/** The request may pass although no token was sent: the guard is optional, or the path is public. */
export interface Anonymous {
  readonly allowed: true
  readonly identity: undefined
  readonly claims: undefined
  readonly user: undefined
  readonly header: undefined
  readonly location: undefined
  readonly token: undefined
  readonly cookies: readonly string[]
}

/** The request may not pass, and this is what to answer. */
export interface Refused {
  readonly allowed: false
  readonly status: number
  readonly code: RefusalCode
  readonly message: string
  /** `WWW-Authenticate`; undefined where none belongs. */
  readonly challenge: string | undefined
  /** Values of `Set-Cookie` that the answer must carry: they remove cookies which are of no use any more, or set renewed ones. */
  readonly cookies: readonly string[]
  /** All headers of the answer but the cookies: content type, challenge and caching. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of the answer, as JSON. */
  readonly body: unknown
  /** What went wrong, in detail. Not for clients. */
  readonly failure: Failure
}

/** What a guard answers. */
export type Verdict<User = unknown> = Allowed<User> | Refused

/** What an optional guard answers. */
export type OptionalVerdict<User = unknown> = Allowed<User> | Anonymous | Refused

/** The answer of a guard that lets a request pass without a token. */
export const ANONYMOUS: Anonymous = Object.freeze({
  allowed: true,
  identity: undefined,
  claims: undefined,
  user: undefined,
  header: undefined,
  location: undefined,
  token: undefined,
  cookies: Object.freeze([]),
})
