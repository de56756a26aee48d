/** For Express 5. */
import type { RequestHandler } from "express"
import type { GuardMaker, Who } from "./core/guard-maker.ts"
import { nodeRequest, sendRefusal } from "./core/node-request.ts"
import type { AuthRequest, GuardOptions } from "./index.ts"

/** What a guard leaves in `res.locals`, for the handlers after it. */
export interface AuthLocals<User, Options> extends Record<string, unknown> {
  auth: Who<User, Options>
}

/** A request of Express as `Auth.refresh` and `Auth.logout` read it. */
export function expressRequest(request: Parameters<RequestHandler>[0]): AuthRequest {
  return nodeRequest(request, request.body)
}

/**
 * Middleware that lets a request through to the next handler, with `res.locals.auth`, or answers it. Put it before whatever parses
 * bodies, unless tokens or CSRF values are in them.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth<User, const Options extends GuardOptions = GuardOptions>(
  auth: GuardMaker<User>,
  options?: Options,
): RequestHandler<Record<string, string>, unknown, unknown, unknown, AuthLocals<User, Options>> {
  const guard = auth.guard(options)
  return async (request, response, next) => {
    const verdict = await guard(nodeRequest(request, request.body))
    if (!verdict.allowed) return sendRefusal(verdict, response)
    // Only an optional guard lets nobody through, and its type says so.
    response.locals.auth = verdict as Who<User, Options>
    next()
  }
}
