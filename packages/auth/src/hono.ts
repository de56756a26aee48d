/** For Hono 4. */
import type { MiddlewareHandler } from "hono"
import { eventualGuard, type GuardMaker, letThrough, type Who } from "./core/guard-maker.ts"
import { fetchRequest, refusalResponse, withCookies } from "./fetch.ts"
import type { Allowed, GuardOptions } from "./index.ts"

/** The variable that a guard sets: `c.get("auth")`. */
export interface AuthEnv<User, Options> {
  Variables: { auth: Who<User, Options> }
}

/**
 * Whom a guard has let through, for handlers that do not stand beside their guard.
 *
 * @throws UsageError `argument_invalid` where no guard ran before the handler, or let nobody through: the answer is a 500, never a secret.
 */
export function authOf<User = unknown>(context: { get(name: "auth"): unknown }): Allowed<User> {
  return letThrough(context.get("auth"))
}

/**
 * Middleware that goes on with `c.get("auth")`, or answers. For `Auth.refresh` and `Auth.logout`, give `c.req.raw` to `fetchRequest`.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth<User, const Options extends GuardOptions = GuardOptions>(
  auth: GuardMaker<User>,
  options?: Options,
): MiddlewareHandler<AuthEnv<User, Options>> {
  const guard = eventualGuard(auth, options)
  return async (context, next) => {
    const guarding = guard(fetchRequest(context.req.raw))
    const verdict = guarding instanceof Promise ? await guarding : guarding
    if (!verdict.allowed) return refusalResponse(verdict)
    // Only an optional guard lets nobody through, and its type says so.
    context.set("auth", verdict as Who<User, Options>)
    await next()
    if (verdict.cookies.length === 0) return undefined
    const answer = withCookies(context.res, verdict)
    // Hono merges headers of the old answer into a new one, unless there is no old one.
    context.res = undefined
    context.res = answer
    return undefined
  }
}
