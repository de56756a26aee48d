// @ts-check
/** The application on Fastify. */
import { StoreUnavailableError } from "@jotkit/auth"
import { fastifyRequest, requireAuth } from "@jotkit/auth/fastify"
import fastify from "fastify"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { HttpFailure, JSON_TYPE, parseJson } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */
/** @typedef {import("fastify").FastifyInstance} App */
/** @typedef {import("fastify").FastifyRequest} Request */
/** @typedef {import("fastify").FastifyReply} Reply */

const WITH_BODY = new Set(["/login", "/echo", "/introspect", "/revoke"])

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export async function application(auth, store) {
  const app = fastify({
    bodyLimit: 102_400,
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: (_, __, reply) => void fail(reply, 400, "invalid_request", "the request cannot be read"),
  })
  const access = requireAuth(auth)
  const optional = requireAuth(auth, { optional: true })
  const fresh = requireAuth(auth, { fresh: true })
  const admin = requireAuth(auth, { roles: "admin" })

  app.setErrorHandler(failed)
  app.setNotFoundHandler(nothingHere)
  // Bodies are for the routes that ask for them; whatever else carries one is served without it, be its type what it may.
  app.addHook("onRequest", async ({ raw, routeOptions }) => {
    if (!WITH_BODY.has(routeOptions.url ?? "")) delete raw.headers["content-type"]
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser("*", (_, __, done) => done(null))
  app.register((routes, _, done) => {
    takeOnly(routes, JSON_TYPE, parseJson)
    routes.post("/login", { onRequest: fromThisSite }, login)
    routes.post("/echo", { onRequest: access }, ({ body }, reply) => json(reply, body))
    done()
  })
  app.register((routes, _, done) => {
    takeOnly(routes, "application/x-www-form-urlencoded", (text) => new URLSearchParams(text).get("token"))
    routes.addHook("onRequest", client)
    routes.addHook("preHandler", async ({ body }, reply) => {
      if (body === null || body === "") return reply.code(400).send({ error: "invalid_request" })
    })
    routes.post("/introspect", async ({ body }) => auth.introspect(/** @type {string} */ (body)))
    routes.post("/revoke", async ({ body }, reply) => {
      await auth.revokeToken(/** @type {string} */ (body))
      return reply.send()
    })
    done()
  })
  app.post("/refresh", async (request, reply) => {
    const pair = await auth.refresh(fastifyRequest(request))
    return pair.allowed ? sendTokens(reply, pair) : sendRefusal(reply, pair)
  })
  app.post("/logout", async (request, reply) => {
    const ended = await auth.logout(fastifyRequest(request))
    return ended.allowed ? withCookies(reply, ended.cookies).send({ revoked: true }) : sendRefusal(reply, ended)
  })
  app.post("/logout-everywhere", { onRequest: access }, async (request, reply) => {
    const sessions = await auth.revokeSubject(access.who(request).identity)
    return withCookies(reply, auth.clearCookies()).send({ revoked: true, sessions })
  })
  app.get("/me", { onRequest: access }, async (request) => profile(access.who(request)))
  app.get("/optional", { onRequest: optional }, async (request) => ({ user: optional.who(request).identity ?? null }))
  app.post("/password", { onRequest: fresh }, async () => ({ changed: true }))
  app.get("/admin", { onRequest: admin }, async () => ({ admin: true }))
  app.get("/sessions", { onRequest: access }, async (request) => {
    const who = access.who(request)
    return sessionList(await auth.listSessions(who.identity), who)
  })
  app.delete("/sessions/:id", { onRequest: access }, async (request, reply) => {
    const { id } = /** @type {{ id: string }} */ (request.params)
    const ended = await auth.revokeSession(id, access.who(request).identity)
    return ended ? { revoked: true } : fail(reply, 404, "session_not_found", "there is no such session of yours")
  })
  app.get("/.well-known/jwks.json", async (_, reply) =>
    reply.header("cache-control", "public, max-age=300").send(await auth.jwks()),
  )
  app.get("/healthz", async () => {
    await auth.ping()
    return { status: "ok", store: store.kind }
  })
  await app.ready()
  return app.routing

  /**
   * @param {Request} request
   * @param {Reply} reply
   */
  async function fromThisSite(request, reply) {
    const refused = isByCookie(request) ? await auth.refuseCrossSite(fastifyRequest(request)) : undefined
    if (refused !== undefined) return sendRefusal(reply, refused)
  }

  /**
   * @param {Request} request
   * @param {Reply} reply
   */
  async function login(request, reply) {
    const { username, password } = Object(request.body)
    if (typeof username !== "string" || typeof password !== "string")
      return fail(reply, 400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    reply.header("cache-control", "no-store")
    if (user === undefined) {
      reply.header("www-authenticate", "Bearer")
      return fail(reply, 401, "invalid_credentials", "the name or the password is wrong")
    }
    return sendTokens(reply, await auth.login(user.name, { transport: isByCookie(request) ? "cookie" : "body" }))
  }

  /**
   * @param {Error & { statusCode?: number }} error
   * @param {Request} request
   * @param {Reply} reply
   */
  async function failed(error, request, reply) {
    if (error instanceof StoreUnavailableError)
      return sendRefusal(reply, await auth.refuseUnavailable(fastifyRequest(request)))
    if (error instanceof HttpFailure) return fail(reply, error.status, error.code, error.message)
    if (error.statusCode === 415) return wrongType(reply)
    if (error.statusCode === 413) return fail(reply, 413, "payload_too_large", "the body is too large")
    // What the router and the parsers of Fastify say of a request.
    if (error.statusCode !== undefined && error.statusCode < 500)
      return fail(reply, 400, "invalid_request", "the request cannot be read")
    console.error("request failed:", error.name)
    return fail(reply, 500, "internal_error", "the server has failed")
  }
}

/**
 * Bodies of one type are read, and no others are taken, not even none.
 *
 * @param {App} routes
 * @param {string | RegExp} type
 * @param {(text: string) => unknown} parse
 */
function takeOnly(routes, type, parse) {
  routes.removeAllContentTypeParsers()
  routes.addContentTypeParser(
    type,
    { parseAs: "string" },
    async (/** @type {Request} */ _, /** @type {string} */ text) => {
      try {
        return parse(text)
      } catch {
        throw new HttpFailure(400, "invalid_request", "the body must be JSON")
      }
    },
  )
  // Fastify asks no parser where no type is said and nothing is sent.
  routes.addHook("preValidation", async ({ body }, reply) => (body === undefined ? wrongType(reply) : undefined))
}

/** @param {Reply} reply */
function wrongType(reply) {
  return fail(reply, 415, "unsupported_media_type", "the body has a type that is not read here")
}

/**
 * Other servers say who they are (RFC 7662, section 2.1).
 *
 * @param {Request} request
 * @param {Reply} reply
 */
async function client({ headers }, reply) {
  reply.header("cache-control", "no-store")
  if (isClient(headers.authorization)) return
  return reply.code(401).header("www-authenticate", 'Basic realm="examples"').send({ error: "invalid_client" })
}

/**
 * @param {Request} request
 * @param {Reply} reply
 */
function nothingHere(request, reply) {
  const allow = allowedMethods(request.url.split("?", 1)[0] ?? "")
  if (allow === undefined) return fail(reply, 404, "not_found", "there is nothing here")
  return fail(reply.header("allow", allow), 405, "method_not_allowed", "this method is of no use here")
}

/** @param {Request} request */
function isByCookie({ query }) {
  return Object(query)["mode"] === "cookie"
}

/**
 * @param {Reply} reply
 * @param {import("@jotkit/auth").TokenPair} pair
 */
function sendTokens(reply, pair) {
  return withCookies(reply.header("cache-control", "no-store"), pair.cookies).send(tokenBody(pair))
}

/**
 * @param {Reply} reply
 * @param {readonly string[]} cookies
 */
function withCookies(reply, cookies) {
  for (const cookie of cookies) reply.header("set-cookie", cookie)
  return reply
}

/**
 * @param {Reply} reply
 * @param {import("@jotkit/auth").Refused} refused
 */
function sendRefusal(reply, { status, headers, cookies, body }) {
  return withCookies(reply.code(status).headers(headers), cookies).send(JSON.stringify(body))
}

/**
 * Any value as JSON, texts and null as well.
 *
 * @param {Reply} reply
 * @param {unknown} value
 */
function json(reply, value) {
  return reply.type("application/json").send(JSON.stringify(value))
}

/**
 * @param {Reply} reply
 * @param {number} status
 * @param {string} error
 * @param {string} message
 */
function fail(reply, status, error, message) {
  return reply.code(status).send({ error, message })
}
