/** For Express 5. */
import type { IncomingMessage } from "node:http"
import type { RequestHandler } from "express"
import { after } from "./core/eventual.ts"
import { eventualGuard, type GuardMaker, letThrough, type Who } from "./core/guard-maker.ts"
import { nodeRequest, sendCookies, sendRefusal } from "./core/node-request.ts"
import type { Allowed, AuthRequest, GuardOptions } from "./index.ts"

/** What a guard leaves in `res.locals`, for the handlers after it. */
export interface AuthLocals<User, Options> extends Record<string, unknown> {
  auth: Who<User, Options>
}

/** A request of Express as `Auth.refresh` and `Auth.logout` read it. */
export function expressRequest(
  request: IncomingMessage & { readonly body?: unknown; readonly originalUrl: string },
): AuthRequest {
  // Below a mount point `url` is only the rest of the path.
  return nodeRequest(request, request.body, request.originalUrl)
}

/**
 * Whom a guard has let through, for handlers that do not stand beside their guard.
 *
 * @throws UsageError `argument_invalid` where no guard ran before the handler, or let nobody through: the answer is a 500, never a secret.
 */
export function authOf<User = unknown>(response: { readonly locals: Record<string, unknown> }): Allowed<User> {
  return letThrough(response.locals["auth"])
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
  const guard = eventualGuard(auth, options)
  return (request, response, next) =>
    after(guard(expressRequest(request)), (verdict) => {
      if (!verdict.allowed) return sendRefusal(verdict, response)
      sendCookies(verdict, response)
      // Only an optional guard lets nobody through, and its type says so.
      response.locals.auth = verdict as Who<User, Options>
      next()
    })
}
