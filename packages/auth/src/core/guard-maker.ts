/** What adapters ask of an auth, and whom a guard of theirs lets through. */

import { UsageError } from "jotkit"
import type { GuardOptions } from "./guard.ts"
import { isRecord, own } from "./options.ts"
import type { AuthRequest } from "./request.ts"
import type { Allowed, Anonymous, OptionalVerdict } from "./verdict.ts"

/** What makes guards: an `Auth`. */
export interface GuardMaker<User> {
  /** As `Auth.guard`. */
  guard(options?: GuardOptions): (request: AuthRequest) => Promise<OptionalVerdict<User>>
}

/** Who has sent a request, by the guard that let it through: optional ones and public paths let nobody through as well. */
export type Who<User, Options> = Options extends
  | { readonly optional: true | "ignore-invalid" }
  | { readonly public: string | readonly string[] }
  ? Allowed<User> | Anonymous
  : Allowed<User>

/**
 * What a guard has left for a handler, where the framework's types cannot tell whether one ran.
 *
 * @throws UsageError `argument_invalid` where no guard has let someone through: a handler must not take a stranger for a user.
 */
export function letThrough<User>(left: unknown): Allowed<User> {
  if (isRecord(left) && own(left, "allowed") === true && own(left, "claims") !== undefined)
    // Nothing but a verdict has these two.
    return left as unknown as Allowed<User>
  throw new UsageError("argument_invalid", "no guard has let anyone through to this handler: put one before it")
}
