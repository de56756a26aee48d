// @ts-check
/** The application on Express. */
import { StoreUnavailableError } from "@jotkit/auth"
import { expressRequest, requireAuth } from "@jotkit/auth/express"
import { sendRefusal } from "@jotkit/auth/node"
import express from "express"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { JSON_TYPE, parseJson } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */
/** @typedef {import("express").Request} Request */
/** @typedef {import("express").Response} Response */
/** @typedef {import("express").NextFunction} Next */

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export function application(auth, store) {
  const app = express().disable("x-powered-by").enable("case sensitive routing").enable("strict routing")
  const access = requireAuth(auth)
  const fresh = requireAuth(auth, { fresh: true })
  const admin = requireAuth(auth, { roles: "admin" })
  const optional = requireAuth(auth, { optional: true })

  app.post("/login", fromThisSite, json, login)
  app.post("/refresh", refresh)
  app.post("/logout", logout)
  app.post("/logout-everywhere", access, async (_, response) => {
    const sessions = await auth.revokeSubject(response.locals.auth.identity)
    withCookies(response, auth.clearCookies()).json({ revoked: true, sessions })
  })
  app.get("/me", access, (_, response) => void response.json(profile(response.locals.auth)))
  app.post("/echo", access, json, (request, response) => void response.json(request.body))
  app.get("/optional", optional, (_, response) => void response.json({ user: response.locals.auth.identity ?? null }))
  app.post("/password", fresh, (_, response) => void response.json({ changed: true }))
  app.get("/admin", admin, (_, response) => void response.json({ admin: true }))
  app.get("/sessions", access, async (_, response) => {
    const who = response.locals.auth
    response.json(sessionList(await auth.listSessions(who.identity), who))
  })
  app.delete("/sessions/:id", access, async (request, response) => {
    const ended = await auth.revokeSession(request.params["id"] ?? "", response.locals.auth.identity)
    if (ended) response.json({ revoked: true })
    else fail(response, 404, "session_not_found", "there is no such session of yours")
  })
  app.get("/.well-known/jwks.json", async (_, response) => {
    response.set("cache-control", "public, max-age=300").json(await auth.jwks())
  })
  app.post("/introspect", client, form, async (request, response) => {
    response.json(await auth.introspect(request.body.token))
  })
  app.post("/revoke", client, form, async (request, response) => {
    await auth.revokeToken(request.body.token)
    response.status(200).end()
  })
  app.get("/healthz", async (_, response) => {
    await auth.ping()
    response.json({ status: "ok", store: store.kind })
  })
  app.use((request, response) => {
    const allow = allowedMethods(request.path)
    if (allow === undefined) return fail(response, 404, "not_found", "there is nothing here")
    fail(response.set("allow", allow), 405, "method_not_allowed", "this method is of no use here")
  })
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
      request.body = parseJson(request.body)
    } catch {
      return fail(response, 400, "invalid_request", "the body must be JSON")
    }
    next()
  })
}
// Not express.json(): to it an empty body is an empty object.
const parseText = express.text({ type: () => true, defaultCharset: "utf-8" })

/**
 * Other servers say who they are (RFC 7662, section 2.1).
 *
 * @param {Request} request
 * @param {Response} response
 * @param {Next} next
 */
function client(request, response, next) {
  response.set("cache-control", "no-store")
  if (isClient(request.get("authorization"))) next()
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
