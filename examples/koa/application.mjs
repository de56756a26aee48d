// @ts-check
/** The application on Koa. */
import { StoreUnavailableError } from "@jotkit/auth"
import { koaRequest, requireAuth } from "@jotkit/auth/koa"
import Router from "@koa/router"
import Koa from "koa"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { bodyOf, HttpFailure, readForm, readJson } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */
/** @typedef {import("koa").Context} Context */

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export function application(auth, store) {
  const router = new Router({ strict: true, sensitive: true })
  const access = requireAuth(auth)

  router.post("/login", fromThisSite, async (context) => {
    const { username, password } = /** @type {Record<string, unknown>} */ (Object(await jsonOf(context)))
    if (typeof username !== "string" || typeof password !== "string")
      throw new HttpFailure(400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    context.set("cache-control", "no-store")
    if (user === undefined) {
      context.set("www-authenticate", "Bearer")
      throw new HttpFailure(401, "invalid_credentials", "the name or the password is wrong")
    }
    sendTokens(context, await auth.login(user.name, { transport: isByCookie(context) ? "cookie" : "body" }))
  })
  router.post("/refresh", async (context) => {
    const pair = await auth.refresh(koaRequest(context))
    if (pair.allowed) sendTokens(context, pair)
    else sendRefusal(context, pair)
  })
  router.post("/logout", async (context) => {
    const ended = await auth.logout(koaRequest(context))
    if (!ended.allowed) return sendRefusal(context, ended)
    setCookies(context, ended.cookies)
    context.body = { revoked: true }
  })
  router.post("/logout-everywhere", access, async (context) => {
    const sessions = await auth.revokeSubject(context.state.auth.identity)
    setCookies(context, auth.clearCookies())
    context.body = { revoked: true, sessions }
  })
  router.get("/me", access, (context) => {
    context.body = profile(context.state.auth)
  })
  router.post("/echo", access, async (context) => {
    context.body = JSON.stringify(await jsonOf(context))
    context.type = "json"
  })
  router.get("/optional", requireAuth(auth, { optional: true }), (context) => {
    context.body = { user: context.state.auth.identity ?? null }
  })
  router.post("/password", requireAuth(auth, { fresh: true }), (context) => {
    context.body = { changed: true }
  })
  router.get("/admin", requireAuth(auth, { roles: "admin" }), (context) => {
    context.body = { admin: true }
  })
  router.get("/sessions", access, async (context) => {
    const who = context.state.auth
    context.body = sessionList(await auth.listSessions(who.identity), who)
  })
  router.delete("/sessions/:id", access, async (context) => {
    const ended = await auth.revokeSession(context.params["id"] ?? "", context.state.auth.identity)
    if (!ended) throw new HttpFailure(404, "session_not_found", "there is no such session of yours")
    context.body = { revoked: true }
  })
  router.get("/.well-known/jwks.json", async (context) => {
    context.set("cache-control", "public, max-age=300")
    context.body = await auth.jwks()
  })
  router.post("/introspect", client, async (context) => {
    const token = await tokenOf(context)
    if (token !== undefined) context.body = await auth.introspect(token)
  })
  router.post("/revoke", client, async (context) => {
    const token = await tokenOf(context)
    if (token === undefined) return
    await auth.revokeToken(token)
    context.status = 200
    context.body = ""
  })
  router.get("/healthz", async (context) => {
    await auth.ping()
    context.body = { status: "ok", store: store.kind }
  })
  return new Koa().use(failures).use(router.routes()).use(nothingHere).callback()

  /**
   * @param {Context} context
   * @param {import("koa").Next} next
   */
  async function fromThisSite(context, next) {
    const refused = isByCookie(context) ? await auth.refuseCrossSite(koaRequest(context)) : undefined
    if (refused === undefined) await next()
    else sendRefusal(context, refused)
  }

  /**
   * @param {Context} context
   * @param {import("koa").Next} next
   */
  async function failures(context, next) {
    try {
      await next()
    } catch (error) {
      if (error instanceof StoreUnavailableError)
        return sendRefusal(context, await auth.refuseUnavailable(koaRequest(context)))
      if (error instanceof HttpFailure) return fail(context, error.status, error.code, error.message)
      console.error("request failed:", error instanceof Error ? error.name : typeof error)
      fail(context, 500, "internal_error", "the server has failed")
    }
  }
}

/** @param {Context} context */
function nothingHere(context) {
  const allow = allowedMethods(context.path)
  if (allow === undefined) return fail(context, 404, "not_found", "there is nothing here")
  context.set("allow", allow)
  fail(context, 405, "method_not_allowed", "this method is of no use here")
}

/**
 * Other servers say who they are (RFC 7662, section 2.1).
 *
 * @param {Context} context
 * @param {import("koa").Next} next
 */
async function client(context, next) {
  context.set("cache-control", "no-store")
  if (isClient(context.get("authorization"))) return next()
  context.set("www-authenticate", 'Basic realm="examples"')
  context.status = 401
  context.body = { error: "invalid_client" }
}

/**
 * The token that is asked about; undefined where there is none, which is then answered.
 *
 * @param {Context} context
 */
async function tokenOf(context) {
  const token = (await readForm(context.get("content-type"), bodyOf(context.req))).get("token")
  if (token !== null && token !== "") return token
  context.status = 400
  context.body = { error: "invalid_request" }
  return undefined
}

/** @param {Context} context */
function jsonOf(context) {
  return readJson(context.get("content-type"), bodyOf(context.req))
}

/** @param {Context} context */
function isByCookie(context) {
  return context.query["mode"] === "cookie"
}

/**
 * @param {Context} context
 * @param {import("@jotkit/auth").TokenPair} pair
 */
function sendTokens(context, pair) {
  context.set("cache-control", "no-store")
  setCookies(context, pair.cookies)
  context.body = tokenBody(pair)
}

/**
 * @param {Context} context
 * @param {readonly string[]} cookies
 */
function setCookies(context, cookies) {
  for (const cookie of cookies) context.append("set-cookie", cookie)
}

/**
 * @param {Context} context
 * @param {import("@jotkit/auth").Refused} refused
 */
function sendRefusal(context, { status, headers, cookies, body }) {
  context.status = status
  context.set(headers)
  setCookies(context, cookies)
  context.body = JSON.stringify(body)
}

/**
 * @param {Context} context
 * @param {number} status
 * @param {string} error
 * @param {string} message
 */
function fail(context, status, error, message) {
  context.status = status
  context.body = { error, message }
}
