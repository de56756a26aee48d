/** For NestJS 11 and 12, on Express and on Fastify. */
import type { IncomingMessage } from "node:http"
import {
  type CanActivate,
  type CustomDecorator,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  HttpException,
  Inject,
  SetMetadata,
} from "@nestjs/common"
import { APP_GUARD, MetadataScanner, ModulesContainer, Reflector } from "@nestjs/core"
import { UsageError } from "jotkit"
import { nodeRequest } from "./core/node-request.ts"
import { type Allowed, type Anonymous, Auth, type AuthRequest, type GuardOptions } from "./index.ts"

const OPTIONS = "@jotkit/auth:options"
/** Who has sent a request, since its guard let it through. */
const allowed = new WeakMap<object, Allowed | Anonymous>()
const reflector = new Reflector()

/** Marks a route, or all routes of a controller, as open to everyone. */
export function Public(): CustomDecorator {
  return SetMetadata(OPTIONS, false)
}

/** Says what the guard asks of a route, or of all routes of a controller, which those of the route replace. Without it: an access token. */
export function RequireAuth(options: GuardOptions = {}): CustomDecorator {
  return SetMetadata(OPTIONS, options)
}

/**
 * Gives a parameter of a handler who has sent the request: all of `Allowed` (where the guard is optional, or `Anonymous`), or a member
 * such as `user`. Throws a UsageError where no guard was asked.
 */
export const Who: (member?: keyof Allowed) => ParameterDecorator = createParamDecorator(
  (member: keyof Allowed | undefined, context: ExecutionContext) => {
    const who = allowed.get(context.switchToHttp().getRequest())
    if (who === undefined) throw new UsageError("option_invalid", "Who() is for routes that AuthGuard guards")
    return member === undefined ? who : who[member]
  },
)

/** A request of either platform as `Auth.refresh` and `Auth.logout` read it. */
export function nestRequest(request: IncomingMessage | { readonly raw: IncomingMessage }): AuthRequest {
  return nodeRequest("raw" in request ? request.raw : request, Reflect.get(request, "body"))
}

/**
 * The guard: lets a request through to its handler, or throws an `HttpException` that has the whole answer. Nest runs guards after
 * whatever parses bodies. What does not come over HTTP is refused.
 *
 * @throws UsageError `option_unknown`, `option_invalid` when the application starts, for what any route asks.
 */
export class AuthGuard implements CanActivate {
  readonly #auth: Auth
  readonly #guards = new WeakMap<GuardOptions, ReturnType<Auth["guard"]>>()

  constructor(auth: Auth, modules: ModulesContainer) {
    this.#auth = auth
    const scanner = new MetadataScanner()
    const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()])
    for (const { metatype } of controllers) {
      const prototype = metatype?.prototype ?? {}
      for (const name of scanner.getAllMethodNames(prototype)) this.#guardOf([prototype[name], metatype])
    }
  }

  /** As Nest asks it. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== "http") return false
    const guard = this.#guardOf([context.getHandler(), context.getClass()])
    if (guard === undefined) return true
    const http = context.switchToHttp()
    const verdict = await guard(nestRequest(http.getRequest()))
    const response = http.getResponse<NestResponse>()
    for (const cookie of verdict.cookies) (response.append ?? response.header).call(response, "set-cookie", cookie)
    if (verdict.cookies.length !== 0) response.header("cache-control", "no-store")
    if (verdict.allowed) return allowed.set(http.getRequest(), verdict).has(http.getRequest())
    for (const [name, value] of Object.entries(verdict.headers)) response.header(name, value)
    // A responder may answer with a text as well; Nest takes both.
    throw new HttpException(verdict.body as string | object, verdict.status)
  }

  /** The guard of a handler and its controller; undefined where it is public. */
  #guardOf(targets: Parameters<Reflector["getAllAndOverride"]>[1]): ReturnType<Auth["guard"]> | undefined {
    const options = reflector.getAllAndOverride<GuardOptions | false | undefined>(OPTIONS, targets) ?? ACCESS
    if (options === false) return undefined
    const guard = this.#guards.get(options) ?? this.#auth.guard(options)
    this.#guards.set(options, guard)
    return guard
  }
}
const ACCESS: GuardOptions = {}
Inject(Auth)(AuthGuard, undefined, 0)
Inject(ModulesContainer)(AuthGuard, undefined, 1)

/** What both platforms' responses can do: on Fastify `header` adds to the cookies, on Express `append` does. */
interface NestResponse {
  header(name: string, value: string): unknown
  append?(name: string, value: string): unknown
}

/**
 * The module for the whole application: every route is guarded that is not `Public()`, and `Auth` can be injected everywhere. For an auth
 * that is made later, give `Auth` and `{ provide: APP_GUARD, useClass: AuthGuard }` as providers of a module of yours.
 */
export function authModule<User, Identity>(auth: Auth<User, Identity>): DynamicModule {
  const guard = { provide: APP_GUARD, useClass: AuthGuard }
  return { module: AuthModule, global: true, providers: [{ provide: Auth, useValue: auth }, guard], exports: [Auth] }
}
/** Modules are known by their classes. */
class AuthModule {}
