/** For Hono 4. */
import type { MiddlewareHandler } from "hono"
import type { GuardMaker, Who } from "./core/guard-maker.ts"
import { fetchRequest, refusalResponse } from "./fetch.ts"
import type { GuardOptions } from "./index.ts"

/** The variable that a guard sets: `c.get("auth")`. */
export interface AuthEnv<User, Options> {
  Variables: { auth: Who<User, Options> }
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
  const guard = auth.guard(options)
  return async (context, next) => {
    const verdict = await guard(fetchRequest(context.req.raw))
    if (!verdict.allowed) return refusalResponse(verdict)
    // Only an optional guard lets nobody through, and its type says so.
    context.set("auth", verdict as Who<User, Options>)
    return next()
  }
}
