/** For Fastify 5. */
import type { FastifyPluginCallback } from "fastify"
import { UsageError } from "jotkit"
import { after } from "./core/eventual.ts"
import { eventualGuard, type GuardMaker, type Who } from "./core/guard-maker.ts"
import { type Incoming, nodeRequest } from "./core/node-request.ts"
import type { Allowed, Anonymous, AuthRequest, GuardOptions, OptionalVerdict } from "./index.ts"

/**
 * What `request.auth` has, told once by the program: `declare module "@jotkit/auth/fastify" { interface FastifyAuth { user: User } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: programs add `user` to it.
export interface FastifyAuth {}

type UserOf<Told> = Told extends { readonly user: infer User } ? User : unknown

declare module "fastify" {
  interface FastifyRequest {
    /** Who has sent the request. Throws a UsageError where no guard has let it through with a token. */
    readonly auth: Allowed<UserOf<FastifyAuth>>
  }
  interface FastifyContextConfig {
    /** True: a hook that guards the whole server lets this route alone. */
    public?: boolean
  }
}

/** The part of Fastify's request that is used; every request of Fastify fits, over HTTP/2 as well. */
export interface FastifyHookRequest {
  readonly raw: Incoming
  readonly body: unknown
  readonly routeOptions?: { readonly config?: { readonly public?: boolean } }
}

/** The part of Fastify's reply that is used. */
export interface FastifyHookReply {
  code(status: number): unknown
  header(name: string, value: string): unknown
  headers(values: Readonly<Record<string, string>>): unknown
  send(body: string): unknown
}

/** A hook for routes, as `onRequest` (before the body is read) or as `preHandler` (where tokens or CSRF values are in the body). */
export interface AuthHook<User, Options> {
  (request: FastifyHookRequest, reply: FastifyHookReply): Promise<unknown>
  /** As Fastify calls it: `done` where nothing had to be waited for, else a promise. */
  (request: FastifyHookRequest, reply: FastifyHookReply, done: () => void): Promise<unknown> | undefined
  /** Who has sent a request that this hook has let through, typed by its options. Throws a UsageError for any other request. */
  readonly who: (request: FastifyHookRequest) => Who<User, Options>
}

/** The verdict on a request, the hook that asked for it, and what hooks before it were told. Private: whoever logs a request logs no token. */
class Passage {
  readonly #by: object
  readonly #verdict: Allowed | Anonymous
  readonly #before: Passage | undefined

  constructor(by: object, verdict: Allowed | Anonymous, before: Passage | undefined) {
    this.#by = by
    this.#verdict = verdict
    this.#before = before
  }

  /** What the last hook was told; or the last time this one was asked. */
  static of(raw: Guarded, by?: object): Allowed | Anonymous | undefined {
    let passage = raw[PASSAGE]
    while (passage !== undefined && by !== undefined && passage.#by !== by) passage = passage.#before
    return passage === undefined ? undefined : passage.#verdict
  }
}
const PASSAGE = Symbol("@jotkit/auth")
/** A request keeps it itself: a WeakMap of requests costs more than all else that the hook does. */
type Guarded = Incoming & { [PASSAGE]?: Passage }

/** The plugin: gives requests their `auth`. `app.register(authPlugin)` comes before the routes. */
export const authPlugin: FastifyPluginCallback = (app, _, done) => {
  app.decorateRequest("auth", {
    getter() {
      const verdict = Passage.of(this.raw)
      // The type tells what the program has declared.
      if (verdict?.claims !== undefined) return verdict as Allowed<UserOf<FastifyAuth>>
      throw new UsageError("option_invalid", "`request.auth` is for routes whose guard needs a token; else ask `who`")
    },
  })
  done()
}
// What fastify-plugin does: the decoration is for the whole server, not for the plugin alone.
Object.assign(authPlugin, { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "@jotkit/auth" })

/** A request of Fastify as `Auth.refresh` and `Auth.logout` read it. */
export function fastifyRequest(request: FastifyHookRequest): AuthRequest {
  return nodeRequest(request.raw, request.body)
}

/**
 * Makes a hook that answers a request, or lets it through to a handler that asks `request.auth` or the hook who has sent it. Added
 * to the whole server it guards all routes but those whose `config` says `public: true`.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function requireAuth<User, const Options extends GuardOptions = GuardOptions>(
  auth: GuardMaker<User>,
  options?: Options,
): AuthHook<User, Options> {
  const guard = eventualGuard(auth, options)
  const answer = (verdict: OptionalVerdict<User>, request: FastifyHookRequest, reply: FastifyHookReply) => {
    // What a handler sets comes behind them, and they stay where one fails.
    for (const cookie of verdict.cookies) reply.header("set-cookie", cookie)
    if (verdict.cookies.length !== 0) reply.header("cache-control", "no-store")
    if (verdict.allowed) {
      const raw: Guarded = request.raw
      raw[PASSAGE] = new Passage(hook, verdict, raw[PASSAGE])
      return undefined
    }
    reply.code(verdict.status)
    reply.headers(verdict.headers)
    return reply.send(JSON.stringify(verdict.body))
  }
  const judge = (request: FastifyHookRequest, reply: FastifyHookReply) =>
    request.routeOptions?.config?.public === true
      ? undefined
      : after(guard(fastifyRequest(request)), (verdict) => answer(verdict, request, reply))
  function hook(request: FastifyHookRequest, reply: FastifyHookReply): Promise<unknown>
  function hook(request: FastifyHookRequest, reply: FastifyHookReply, done: () => void): Promise<unknown> | undefined
  function hook(request: FastifyHookRequest, reply: FastifyHookReply, done?: () => void): Promise<unknown> | undefined {
    const judging = judge(request, reply)
    if (judging !== undefined || done === undefined) return Promise.resolve(judging)
    done()
    return undefined
  }
  return Object.assign(hook, {
    who(request: FastifyHookRequest) {
      const verdict = Passage.of(request.raw, hook)
      // Only an optional guard lets nobody through, and its type says so.
      if (verdict !== undefined) return verdict as Who<User, Options>
      throw new UsageError("option_invalid", "`who` is for routes with this hook")
    },
  })
}
