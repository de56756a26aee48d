// @ts-check
/** The application on Nest. Every route is guarded, unless `Public()` says otherwise. */
import { Auth, StoreUnavailableError } from "@jotkit/auth"
import { authModule, nestRequest, Public, RequireAuth, Who } from "@jotkit/auth/nest"
import { sendRefusal } from "@jotkit/auth/node"
import {
  Catch,
  Controller,
  createParamDecorator,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpException,
  HttpStatus,
  Inject,
  Module,
  NotFoundException,
  Param,
  Post,
  Req,
  Res,
} from "@nestjs/common"
import { APP_FILTER, NestFactory } from "@nestjs/core"
import { ExpressAdapter } from "@nestjs/platform-express"
import express from "express"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { bodyOf, HttpFailure, readForm, readJson } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"
import { decorateClass, decorateMethods } from "./decorate.mjs"

/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */
/** @typedef {import("@jotkit/auth").Store} Store */
/** @typedef {import("../app/users.mjs").User} User */
/** @typedef {import("@jotkit/auth").Allowed<User>} Someone */

const STORE = "store"

/** Logging in, and what follows from it. */
class LoginController {
  /** @param {Auth<User>} auth */
  constructor(auth) {
    this.auth = auth
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async login(request, response) {
    const isByCookie = request.query["mode"] === "cookie"
    const refused = isByCookie ? await this.auth.refuseCrossSite(nestRequest(request)) : undefined
    if (refused !== undefined) return sendRefusal(refused, response)
    const body = await readJson(request.get("content-type"), bodyOf(request))
    const { username, password } = /** @type {Record<string, unknown>} */ (Object(body))
    if (typeof username !== "string" || typeof password !== "string")
      throw new HttpFailure(400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    response.set("cache-control", "no-store")
    if (user === undefined) {
      response.set("www-authenticate", "Bearer")
      throw new HttpFailure(401, "invalid_credentials", "the name or the password is wrong")
    }
    sendTokens(response, await this.auth.login(user.name, { transport: isByCookie ? "cookie" : "body" }))
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async refresh(request, response) {
    const pair = await this.auth.refresh(nestRequest(request))
    if (pair.allowed) sendTokens(response, pair)
    else sendRefusal(pair, response)
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async logout(request, response) {
    const ended = await this.auth.logout(nestRequest(request))
    if (ended.allowed) withCookies(response, ended.cookies).json({ revoked: true })
    else sendRefusal(ended, response)
  }

  /**
   * @param {Someone} who
   * @param {Response} response
   */
  async logoutEverywhere(who, response) {
    const sessions = await this.auth.revokeSubject(who.identity)
    withCookies(response, this.auth.clearCookies()).json({ revoked: true, sessions })
  }
}
decorateClass(LoginController, [Controller()], [Inject(Auth)])
decorateMethods(LoginController, {
  login: [[Post("login"), HttpCode(200), Public()], Req(), Res()],
  refresh: [[Post("refresh"), HttpCode(200), Public()], Req(), Res()],
  logout: [[Post("logout"), HttpCode(200), Public()], Req(), Res()],
  logoutEverywhere: [[Post("logout-everywhere"), HttpCode(200)], Who(), Res()],
})

/** The body of a request as JSON. Guards run before it is read. */
const JsonBody = createParamDecorator((_, context) => {
  const request = context.switchToHttp().getRequest()
  return readJson(request.get("content-type"), bodyOf(request))
})

/** What a user can do. */
class UserController {
  /** @param {Auth<User>} auth */
  constructor(auth) {
    this.auth = auth
  }

  /** @param {Someone} who */
  me(who) {
    return profile(who)
  }

  /**
   * @param {unknown} body
   * @param {Response} response
   */
  echo(body, response) {
    response.json(body)
  }

  /** @param {string | undefined} identity */
  whoever(identity) {
    return { user: identity ?? null }
  }

  password() {
    return { changed: true }
  }

  admin() {
    return { admin: true }
  }

  /** @param {Someone} who */
  async sessions(who) {
    return sessionList(await this.auth.listSessions(who.identity), who)
  }

  /**
   * @param {string} id
   * @param {string} identity
   */
  async endSession(id, identity) {
    if (await this.auth.revokeSession(id, identity)) return { revoked: true }
    throw new HttpFailure(404, "session_not_found", "there is no such session of yours")
  }
}
decorateClass(UserController, [Controller()], [Inject(Auth)])
decorateMethods(UserController, {
  me: [[Get("me")], Who()],
  echo: [[Post("echo"), HttpCode(200)], JsonBody(), Res()],
  whoever: [[Get("optional"), RequireAuth({ optional: true })], Who("identity")],
  password: [[Post("password"), HttpCode(200), RequireAuth({ fresh: true })]],
  admin: [[Get("admin"), RequireAuth({ roles: "admin" })]],
  sessions: [[Get("sessions")], Who()],
  endSession: [[Delete("sessions/:id")], Param("id"), Who("identity")],
})

/** The token that another server asks about, once it has said who it is (RFC 7662, section 2.1). */
const TokenOfClient = createParamDecorator(async (_, context) => {
  const request = context.switchToHttp().getRequest()
  if (!isClient(request.get("authorization"))) throw new HttpException({ error: "invalid_client" }, 401)
  const token = (await readForm(request.get("content-type"), bodyOf(request))).get("token")
  if (token === null || token === "") throw new HttpException({ error: "invalid_request" }, HttpStatus.BAD_REQUEST)
  return token
})

/** What other servers ask. */
class ServerController {
  /**
   * @param {Auth<User>} auth
   * @param {Store} store
   */
  constructor(auth, store) {
    this.auth = auth
    this.store = store
  }

  keys() {
    return this.auth.jwks()
  }

  /** @param {string} token */
  introspect(token) {
    return this.auth.introspect(token)
  }

  /** @param {string} token */
  revoke(token) {
    return this.auth.revokeToken(token)
  }

  async health() {
    await this.auth.ping()
    return { status: "ok", store: this.store.kind }
  }
}
const noStore = Header("cache-control", "no-store")
decorateClass(ServerController, [Controller(), Public()], [Inject(Auth), Inject(STORE)])
decorateMethods(ServerController, {
  keys: [[Get(".well-known/jwks.json"), Header("cache-control", "public, max-age=300")]],
  introspect: [[Post("introspect"), HttpCode(200), noStore], TokenOfClient()],
  revoke: [[Post("revoke"), HttpCode(200), noStore], TokenOfClient()],
  health: [[Get("healthz")]],
})

/** Whatever is thrown becomes an answer here. */
class FailureFilter {
  /** @param {Auth<User>} auth */
  constructor(auth) {
    this.auth = auth
  }

  /**
   * @param {unknown} error
   * @param {import("@nestjs/common").ArgumentsHost} host
   */
  async catch(error, host) {
    /** @type {Request} */
    const request = host.switchToHttp().getRequest()
    /** @type {Response} */
    const response = host.switchToHttp().getResponse()
    if (error instanceof StoreUnavailableError)
      return sendRefusal(await this.auth.refuseUnavailable(nestRequest(request)), response)
    if (error instanceof HttpFailure) return fail(response, error.status, error.code, error.message)
    if (error instanceof NotFoundException) return nothingHere(request, response)
    if (!(error instanceof HttpException)) {
      console.error("request failed:", error instanceof Error ? error.name : typeof error)
      return fail(response, 500, "internal_error", "the server has failed")
    }
    // From the guard, or from above, where it is already as it should be; else from the router, which could not read the path.
    const body = Object(error.getResponse())
    if (body.statusCode !== undefined) return fail(response, 400, "invalid_request", "the request cannot be read")
    if (body.error === "invalid_client") response.set("www-authenticate", 'Basic realm="examples"')
    response.set("cache-control", "no-store").status(error.getStatus()).json(body)
  }
}
decorateClass(FailureFilter, [Catch()], [Inject(Auth)])

/**
 * @param {Auth<User>} auth
 * @param {Store} store
 */
export async function application(auth, store) {
  class Application {}
  const providers = [
    { provide: STORE, useValue: store },
    { provide: APP_FILTER, useClass: FailureFilter },
  ]
  const controllers = [LoginController, UserController, ServerController]
  decorateClass(Application, [Module({ imports: [authModule(auth)], controllers, providers })])
  const server = express().disable("x-powered-by").enable("case sensitive routing").enable("strict routing")
  const app = await NestFactory.create(Application, new ExpressAdapter(server), {
    // Parsers of Nest run before guards.
    bodyParser: false,
    logger: ["error", "warn"],
    abortOnError: false,
  })
  await app.init()
  return server
}

/**
 * @param {Request} request
 * @param {Response} response
 */
function nothingHere(request, response) {
  const allow = allowedMethods(request.path)
  if (allow === undefined) return fail(response, 404, "not_found", "there is nothing here")
  fail(response.set("allow", allow), 405, "method_not_allowed", "this method is of no use here")
}

/**
 * @param {Response} response
 * @param {number} status
 * @param {string} error
 * @param {string} message
 */
function fail(response, status, error, message) {
  response.status(status).json({ error, message })
}

/**
 * @param {Response} response
 * @param {import("@jotkit/auth").TokenPair} pair
 */
function sendTokens(response, pair) {
  withCookies(response.set("cache-control", "no-store"), pair.cookies).json(tokenBody(pair))
}

/**
 * @param {Response} response
 * @param {readonly string[]} cookies
 */
function withCookies(response, cookies) {
  for (const cookie of cookies) response.append("set-cookie", cookie)
  return response
}
