/** What adapters ask of an auth, and whom a guard of theirs lets through. */

import { UsageError } from "jotkit"
import type { Eventual } from "./eventual.ts"
import type { GuardOptions } from "./guard.ts"
import { isRecord, own } from "./options.ts"
import type { AuthRequest } from "./request.ts"
import type { Allowed, Anonymous, OptionalVerdict } from "./verdict.ts"

/** What makes guards: an `Auth`. */
export interface GuardMaker<User> {
  /** As `Auth.guard`. */
  guard(options?: GuardOptions): (request: AuthRequest) => Promise<OptionalVerdict<User>>
}

type Judge<User> = (request: AuthRequest) => Eventual<OptionalVerdict<User>>

/** What guards do behind their promise. */
const judges = new WeakMap<object, Judge<never>>()

/** A guard that answers with a promise, from what judges at once where it can. */
export function guardWith<User>(judge: Judge<User>): (request: AuthRequest) => Promise<OptionalVerdict<User>> {
  const guard = async (request: AuthRequest): Promise<OptionalVerdict<User>> => judge(request)
  judges.set(guard, judge as Judge<never>)
  return guard
}

/**
 * A guard for adapters: its verdict is there at once where nothing had to be waited for, since a promise costs a request more than all
 * that is done with the verdict. It rejects as the guard does, and never throws.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function eventualGuard<User>(auth: GuardMaker<User>, options: GuardOptions | undefined): Judge<User> {
  const guard = auth.guard(options)
  const judge = judges.get(guard) as Judge<User> | undefined
  if (judge === undefined) return guard
  return (request) => {
    try {
      return judge(request)
    } catch (error) {
      return Promise.reject(error)
    }
  }
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
