/** What adapters ask of an auth, and whom a guard of theirs lets through. */

import type { GuardOptions } from "./guard.ts"
import type { AuthRequest } from "./request.ts"
import type { Allowed, Anonymous, OptionalVerdict } from "./verdict.ts"

/** What makes guards: an `Auth`. */
export interface GuardMaker<User> {
  /** As `Auth.guard`. */
  guard(options?: GuardOptions): (request: AuthRequest) => Promise<OptionalVerdict<User>>
}

/** Who has sent a request, by the guard that let it through: optional ones let nobody through as well. */
export type Who<User, Options> = Options extends { readonly optional: true } ? Allowed<User> | Anonymous : Allowed<User>
