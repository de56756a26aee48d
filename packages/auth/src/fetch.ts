/** For servers that speak `Request` and `Response`: Bun, Deno, workers, Next.js route handlers. */
import { copyOfBody } from "./core/body-copy.ts"
import { eventualGuard, type GuardMaker } from "./core/guard-maker.ts"
import type { Allowed, AuthRequest, Refused, RequiredGuard } from "./index.ts"

/** A handler that knows who is asking. */
export type AuthHandler<User, Rest extends unknown[]> = (
  request: Request,
  auth: Allowed<User>,
  ...rest: Rest
) => Response | Promise<Response>

/** A `Request` as a guard reads it. The body is copied before it is read, so that handlers can still read it; of more than 10 MiB nothing is read. */
export function fetchRequest(request: Request): AuthRequest {
  return {
    method: request.method,
    url: request.url,
    // No value, since whoever logs this logs no tokens.
    get source() {
      return request
    },
    headers(name) {
      const value = request.headers.get(name)
      return value === null ? [] : [value]
    },
    readForm: async () => (await copyOfBody(request)).formData(),
    readJson: async () => (await copyOfBody(request)).json(),
  }
}

/** The answer to a refused request. */
export function refusalResponse({ status, headers, cookies, body }: Refused): Response {
  const response = Response.json(body, { status, headers })
  for (const cookie of cookies) response.headers.append("set-cookie", cookie)
  return response
}

/** An answer with the cookies of the verdict before its own, which win: whoever logs out has logged out. */
export function withCookies(response: Response, { cookies }: Pick<Allowed, "cookies">): Response {
  if (cookies.length === 0) return response
  // Headers that came from elsewhere cannot be changed.
  const answer = new Response(response.body, response)
  answer.headers.delete("set-cookie")
  for (const cookie of [...cookies, ...response.headers.getSetCookie()]) answer.headers.append("set-cookie", cookie)
  answer.headers.set("cache-control", "no-store")
  return answer
}

/** Wraps a handler: it runs only for requests that the guard lets through. */
export function withAuth<User, Rest extends unknown[]>(
  auth: GuardMaker<User>,
  handler: AuthHandler<User, Rest>,
  options: RequiredGuard = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const guard = eventualGuard(auth, options)
  return async (request, ...rest) => {
    const guarding = guard(fetchRequest(request))
    const verdict = guarding instanceof Promise ? await guarding : guarding
    if (!verdict.allowed) return refusalResponse(verdict)
    // Only a preflight passes a guard that is not optional without a token (`compat`).
    if (verdict.claims === undefined) return new Response(null, { status: 204 })
    return withCookies(await handler(request, verdict, ...rest), verdict)
  }
}
