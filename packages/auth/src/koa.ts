/** For Koa 3. */
import type { IncomingMessage } from "node:http"
import { eventualGuard, type GuardMaker, letThrough, type Who } from "./core/guard-maker.ts"
import { nodeRequest } from "./core/node-request.ts"
import { isRecord, own } from "./core/options.ts"
import type { Allowed, AuthRequest, GuardOptions } from "./index.ts"

/** What a guard leaves in `ctx.state`, for the middleware after it. */
export interface AuthState<User, Options> {
  auth: Who<User, Options>
}

/** The part of Koa's context that is used; every context of Koa fits. */
export interface KoaContext<State> {
  readonly req: IncomingMessage
  readonly request: object
  state: State
  status: number
  body: unknown
  /** Sets headers of the answer. */
  set(headers: Record<string, string>): void
  /** Adds a line to a header of the answer. */
  append(name: string, value: string): void
}

/** A request of Koa as `Auth.refresh` and `Auth.logout` read it. */
export function koaRequest(context: Pick<KoaContext<unknown>, "req" | "request">): AuthRequest {
  // What is mounted under a path gets a `url` without it.
  const url: unknown = Reflect.get(context.request, "originalUrl")
  // Parsers of bodies leave them there; Koa itself has none.
  return nodeRequest(context.req, Reflect.get(context.request, "body"), typeof url === "string" ? url : undefined)
}

/**
 * Whom a guard has let through, for middleware that does not stand beside its guard.
 *
 * @throws UsageError `argument_invalid` where no guard ran before it, or let nobody through: the answer is a 500, never a secret.
 */
export function authOf<User = unknown>(context: { readonly state: object }): Allowed<User> {
  return letThrough(own(context.state, "auth"))
}

/**
 * Middleware that goes on with `ctx.state.auth`, or answers. Put it before whatever parses bodies, unless tokens or CSRF values are in
 * them.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth<User, const Options extends GuardOptions = GuardOptions>(
  auth: GuardMaker<User>,
  options?: Options,
): (context: KoaContext<AuthState<User, Options>>, next: () => Promise<unknown>) => Promise<void> {
  const guard = eventualGuard(auth, options)
  return async (context, next) => {
    const guarding = guard(koaRequest(context))
    const verdict = guarding instanceof Promise ? await guarding : guarding
    if (verdict.cookies.length !== 0) context.set({ "cache-control": "no-store" })
    for (const cookie of verdict.cookies) context.append("set-cookie", cookie)
    if (verdict.allowed) {
      // Only an optional guard lets nobody through, and its type says so.
      context.state.auth = verdict as Who<User, Options>
      await (verdict.cookies.length === 0 ? next() : withCookies(verdict.cookies, next))
      return
    }
    context.status = verdict.status
    context.set(verdict.headers)
    context.body = JSON.stringify(verdict.body)
  }
}

/** Where something fails, Koa throws all headers away but those of the error; and tokens that were renewed are needed all the same. */
async function withCookies(cookies: readonly string[], next: () => Promise<unknown>): Promise<void> {
  try {
    await next()
  } catch (error) {
    if (error instanceof Error) {
      const headers = own(error, "headers")
      Object.assign(error, { headers: { ...(isRecord(headers) ? headers : {}), "set-cookie": cookies } })
    }
    throw error
  }
}
