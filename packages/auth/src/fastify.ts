/** For Fastify 5. */
import type {
  FastifyPluginCallback,
  FastifyRequest,
  onRequestAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from "fastify"
import type { GuardMaker } from "./core/guard-maker.ts"
import { nodeRequest } from "./core/node-request.ts"
import type { Allowed, Anonymous, AuthRequest, GuardOptions } from "./index.ts"

declare module "fastify" {
  interface FastifyRequest {
    /** Who has sent the request, once a guard has let it through; null where none was asked. */
    auth: Allowed | Anonymous | null
  }
}

/** A request of Fastify as `Auth.refresh` and `Auth.logout` read it. */
export function fastifyRequest(request: FastifyRequest): AuthRequest {
  return nodeRequest(request.raw, request.body)
}

/** The plugin: gives every request its `auth`. `app.register(authPlugin)` comes before the routes. */
export const authPlugin: FastifyPluginCallback = (app, _, done) => {
  app.decorateRequest("auth", null)
  done()
}
// What fastify-plugin does: the decoration is for the whole server, not for the plugin alone.
Object.assign(authPlugin, { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "@jotkit/auth" })

/**
 * A hook for a route, as `onRequest` (before the body is read) or as `preHandler` (where tokens or CSRF values are in the body).
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth(
  auth: GuardMaker<unknown>,
  options?: GuardOptions,
): onRequestAsyncHookHandler & preHandlerAsyncHookHandler {
  const guard = auth.guard(options)
  return async (request: FastifyRequest, reply) => {
    const verdict = await guard(fastifyRequest(request))
    if (verdict.allowed) {
      request.auth = verdict
      return
    }
    for (const cookie of verdict.cookiesToClear) reply.header("set-cookie", cookie)
    return reply.code(verdict.status).headers(verdict.headers).send(JSON.stringify(verdict.body))
  }
}
