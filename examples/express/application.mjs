// @ts-check
/** The application on Express. */
import { env } from "node:process"
import { StoreUnavailableError } from "@jotkit/auth"
import { expressRequest, requireAuth } from "@jotkit/auth/express"
import { sendRefusal } from "@jotkit/auth/node"
import express from "express"
import { CLIENT, tokenBody } from "../app/auth.mjs"
import { findByPassword } from "../app/users.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */
/** @typedef {import("express").RequestHandler} Handler */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */
/** @typedef {import("express").NextFunction} Next */

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export function application(auth, store) {
  const app = express().disable("x-powered-by").use(cors)
  const access = requireAuth(auth)
  const fresh = requireAuth(auth, { fresh: true })
  const admin = requireAuth(auth, { roles: "admin" })
  const optional = requireAuth(auth, { optional: true })

  app.route("/login").post(fromThisSite, json, login).all(allow("POST"))
  app.route("/refresh").post(refresh).all(allow("POST"))
  app.route("/logout").post(logout).all(allow("POST"))
  app
    .route("/logout-everywhere")
    .post(access, async (_, response) => {
      const sessions = await auth.revokeSubject(response.locals.auth.identity)
      withCookies(response, auth.clearCookies()).json({ revoked: true, sessions })
    })
    .all(allow("POST"))
  app
    .route("/me")
    .get(access, (_, response) => {
      const { identity, user } = response.locals.auth
      response.json({ sub: identity, nickname: user.nickname, locale: user.locale, roles: user.roles })
    })
    .all(allow("GET, HEAD"))
  app
    .route("/echo")
    .post(access, json, (request, response) => void response.json(request.body))
    .all(allow("POST"))
  app
    .route("/optional")
    .get(optional, (_, response) => void response.json({ user: response.locals.auth.identity ?? null }))
    .all(allow("GET, HEAD"))
  app
    .route("/password")
    .post(fresh, (_, response) => void response.json({ changed: true }))
    .all(allow("POST"))
  app
    .route("/admin")
    .get(admin, (_, response) => void response.json({ admin: true }))
    .all(allow("GET, HEAD"))
  app
    .route("/sessions")
    .get(access, async (_, response) => {
      const { identity, claims } = response.locals.auth
      const sessions = await auth.listSessions(identity)
      response.json(
        sessions.map(({ id, createdAt, lastUsedAt }) => ({
          id,
          created_at: createdAt,
          last_used_at: lastUsedAt,
          current: id === claims["sid"],
        })),
      )
    })
    .all(allow("GET, HEAD"))
  app
    .route("/sessions/:id")
    .delete(access, async (request, response) => {
      const ended = await auth.revokeSession(request.params["id"] ?? "", response.locals.auth.identity)
      if (ended) response.json({ revoked: true })
      else fail(response, 404, "session_not_found", "there is no such session of yours")
    })
    .all(allow("DELETE"))
  app
    .route("/.well-known/jwks.json")
    .get(async (_, response) => void response.set("cache-control", "public, max-age=300").json(await auth.jwks()))
    .all(allow("GET, HEAD"))
  app
    .route("/introspect")
    .post(client, form, async (request, response) => void response.json(await auth.introspect(request.body.token)))
    .all(allow("POST"))
  app
    .route("/revoke")
    .post(client, form, async (request, response) => {
      await auth.revokeToken(request.body.token)
      response.status(200).end()
    })
    .all(allow("POST"))
  app
    .route("/healthz")
    .get(async (_, response) => {
      await auth.ping()
      response.json({ status: "ok", store: store.kind })
    })
    .all(allow("GET, HEAD"))
  app.use((_, response) => fail(response, 404, "not_found", "there is nothing here"))
  app.use(failed)
  return app

  /**
   * @param {Request} request
   * @param {Response} response
   * @param {Next} next
   */
  async function fromThisSite(request, response, next) {
    const refused = request.query["mode"] === "cookie" ? await auth.refuseCrossSite(expressRequest(request)) : undefined
    if (refused === undefined) next()
    else sendRefusal(refused, response)
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async function login(request, response) {
    const { username, password } = Object(request.body)
    if (typeof username !== "string" || typeof password !== "string")
      return fail(response, 400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    response.set("cache-control", "no-store")
    if (user === undefined) {
      response.set("www-authenticate", "Bearer")
      return fail(response, 401, "invalid_credentials", "the name or the password is wrong")
    }
    const transport = request.query["mode"] === "cookie" ? "cookie" : "body"
    sendTokens(response, await auth.login(user.name, { transport }))
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async function refresh(request, response) {
    const pair = await auth.refresh(expressRequest(request))
    if (pair.allowed) sendTokens(response, pair)
    else sendRefusal(pair, response)
  }

  /**
   * @param {Request} request
   * @param {Response} response
   */
  async function logout(request, response) {
    const ended = await auth.logout(expressRequest(request))
    if (ended.allowed) withCookies(response, ended.cookies).json({ revoked: true })
    else sendRefusal(ended, response)
  }

  /**
   * Express knows a handler of errors by its four parameters.
   *
   * @param {Error & { type?: string, status?: number }} error
   * @param {Request} request
   * @param {Response} response
   * @param {Next} _next
   */
  async function failed(error, request, response, _next) {
    if (error instanceof StoreUnavailableError)
      return sendRefusal(await auth.refuseUnavailable(expressRequest(request)), response)
    if (error.type === "entity.too.large") return fail(response, 413, "payload_too_large", "the body is too large")
    // What the parsers of Express and its router say of a request.
    if (error.status !== undefined && error.status < 500)
      return fail(response, 400, "invalid_request", "the request cannot be read")
    console.error("request failed:", error instanceof Error ? error.name : typeof error)
    fail(response, 500, "internal_error", "the server has failed")
  }
}

/**
 * JSON of every kind, and nothing else.
 *
 * @param {Request} request
 * @param {Response} response
 * @param {Next} next
 */
function json(request, response, next) {
  if (!JSON_TYPE.test(request.get("content-type") ?? ""))
    return fail(response, 415, "unsupported_media_type", "the body has a type that is not read here")
  parseText(request, response, (/** @type {unknown} */ error) => {
    if (error !== undefined) return next(error)
    try {
      request.body = JSON.parse(request.body)
    } catch {
      return fail(response, 400, "invalid_request", "the body must be JSON")
    }
    next()
  })
}
// Not express.json(): to it an empty body is an empty object.
const parseText = express.text({ type: () => true, defaultCharset: "utf-8" })
const JSON_TYPE = /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i

/**
 * Other servers say who they are (RFC 7662, section 2.1).
 *
 * @param {Request} request
 * @param {Response} response
 * @param {Next} next
 */
function client(request, response, next) {
  response.set("cache-control", "no-store")
  if (request.get("authorization") === CLIENT) next()
  else response.status(401).set("www-authenticate", 'Basic realm="examples"').json({ error: "invalid_client" })
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {Next} next
 */
function form(request, response, next) {
  if (!request.is("urlencoded"))
    return fail(response, 415, "unsupported_media_type", "the body has a type that is not read here")
  parseForm(request, response, (/** @type {unknown} */ error) => {
    const token = Object(request.body).token
    if (error !== undefined || (typeof token === "string" && token !== "")) next(error)
    else response.status(400).json({ error: "invalid_request" })
  })
}
const parseForm = express.urlencoded({ extended: false })

/**
 * Lets pages of one other origin in, where CORS_ORIGIN names it.
 *
 * @param {Request} request
 * @param {Response} response
 * @param {Next} next
 */
function cors(request, response, next) {
  const origin = env["CORS_ORIGIN"]
  if (origin === undefined || request.get("origin") !== origin) return next()
  response.set({ "access-control-allow-origin": origin, "access-control-allow-credentials": "true", vary: "Origin" })
  if (request.method !== "OPTIONS" || request.get("access-control-request-method") === undefined) return next()
  response.set({
    "access-control-allow-methods": "GET, POST, DELETE",
    "access-control-allow-headers": "Authorization, Content-Type, X-CSRF-Token",
  })
  response.status(204).end()
}

/**
 * @param {string} methods
 * @returns {Handler}
 */
function allow(methods) {
  return (_, response) => {
    response.set("allow", methods)
    fail(response, 405, "method_not_allowed", "this method is of no use here")
  }
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
 * @template {Response} R
 * @param {R} response
 * @param {readonly string[]} cookies
 */
function withCookies(response, cookies) {
  for (const cookie of cookies) response.append("set-cookie", cookie)
  return response
}
