/** For Fastify 5. */
import type { FastifyRequest, onRequestAsyncHookHandler, preHandlerAsyncHookHandler } from "fastify"
import { UsageError } from "jotkit"
import type { GuardMaker, Who } from "./core/guard-maker.ts"
import { nodeRequest } from "./core/node-request.ts"
import type { AuthRequest, GuardOptions } from "./index.ts"

/** A hook for routes, as `onRequest` (before the body is read) or as `preHandler` (where tokens or CSRF values are in the body). */
export interface AuthHook<User, Options> extends onRequestAsyncHookHandler, preHandlerAsyncHookHandler {
  /** Who has sent a request that this hook has let through. Throws a UsageError for any other request. */
  readonly who: (request: FastifyRequest) => Who<User, Options>
}

/** A request of Fastify as `Auth.refresh` and `Auth.logout` read it. */
export function fastifyRequest(request: Pick<FastifyRequest, "raw" | "body">): AuthRequest {
  return nodeRequest(request.raw, request.body)
}

/**
 * Makes a hook that answers a request, or lets it through to a handler that asks the hook who has sent it.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth<User, const Options extends GuardOptions = GuardOptions>(
  auth: GuardMaker<User>,
  options?: Options,
): AuthHook<User, Options> {
  const guard = auth.guard(options)
  const allowed = new WeakMap<object, Who<User, Options>>()
  const hook: preHandlerAsyncHookHandler = async (request, reply) => {
    const verdict = await guard(fastifyRequest(request))
    if (verdict.allowed) {
      // Only an optional guard lets nobody through, and its type says so.
      allowed.set(request.raw, verdict as Who<User, Options>)
      return
    }
    for (const cookie of verdict.cookiesToClear) reply.header("set-cookie", cookie)
    return reply.code(verdict.status).headers(verdict.headers).send(JSON.stringify(verdict.body))
  }
  return Object.assign(hook, {
    who(request: FastifyRequest) {
      const who = allowed.get(request.raw)
      if (who === undefined) throw new UsageError("option_invalid", "`who` is for routes with this hook")
      return who
    },
  })
}
