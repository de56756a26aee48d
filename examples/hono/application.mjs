// @ts-check
/** The application on Hono. */
import { StoreUnavailableError } from "@jotkit/auth"
import { fetchRequest, refusalResponse } from "@jotkit/auth/fetch"
import { requireAuth } from "@jotkit/auth/hono"
import { Hono } from "hono"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { HttpFailure } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"
import { answer, failure, formOf, jsonOf, withCookies } from "../fetch/http.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */

const NO_STORE = { "cache-control": "no-store" }

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export function application(auth, store) {
  const app = new Hono()
  const access = requireAuth(auth)

  app.post("/login", async ({ req }) => {
    const byCookie = req.query("mode") === "cookie"
    const refused = byCookie ? await auth.refuseCrossSite(fetchRequest(req.raw)) : undefined
    if (refused !== undefined) return refusalResponse(refused)
    const { username, password } = /** @type {Record<string, unknown>} */ (Object(await jsonOf(req.raw)))
    if (typeof username !== "string" || typeof password !== "string")
      return failure(400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    const challenge = { ...NO_STORE, "www-authenticate": "Bearer" }
    if (user === undefined) return failure(401, "invalid_credentials", "the name or the password is wrong", challenge)
    return tokens(await auth.login(user.name, { transport: byCookie ? "cookie" : "body" }))
  })
  app.post("/refresh", async ({ req }) => {
    const pair = await auth.refresh(fetchRequest(req.raw))
    return pair.allowed ? tokens(pair) : refusalResponse(pair)
  })
  app.post("/logout", async ({ req }) => {
    const ended = await auth.logout(fetchRequest(req.raw))
    return ended.allowed ? withCookies(answer({ revoked: true }), ended.cookies) : refusalResponse(ended)
  })
  app.post("/logout-everywhere", access, async (context) => {
    const sessions = await auth.revokeSubject(context.get("auth").identity)
    return withCookies(answer({ revoked: true, sessions }), auth.clearCookies())
  })
  app.get("/me", access, (context) => answer(profile(context.get("auth"))))
  app.post("/echo", access, async ({ req }) => answer(await jsonOf(req.raw)))
  app.get("/optional", requireAuth(auth, { optional: true }), (context) =>
    answer({ user: context.get("auth").identity ?? null }),
  )
  app.post("/password", requireAuth(auth, { fresh: true }), () => answer({ changed: true }))
  app.get("/admin", requireAuth(auth, { roles: "admin" }), () => answer({ admin: true }))
  app.get("/sessions", access, async (context) => {
    const who = context.get("auth")
    return answer(sessionList(await auth.listSessions(who.identity), who))
  })
  app.delete("/sessions/:id", access, async (context) => {
    const ended = await auth.revokeSession(context.req.param("id"), context.get("auth").identity)
    return ended ? answer({ revoked: true }) : failure(404, "session_not_found", "there is no such session of yours")
  })
  app.get("/.well-known/jwks.json", async () =>
    answer(await auth.jwks(), 200, { "cache-control": "public, max-age=300" }),
  )
  app.post("/introspect", async ({ req }) => {
    const token = await tokenOfClient(req.raw)
    return token instanceof Response ? token : answer(await auth.introspect(token), 200, NO_STORE)
  })
  app.post("/revoke", async ({ req }) => {
    const token = await tokenOfClient(req.raw)
    if (token instanceof Response) return token
    await auth.revokeToken(token)
    return new Response(null, { status: 200, headers: NO_STORE })
  })
  app.get("/healthz", async () => {
    await auth.ping()
    return answer({ status: "ok", store: store.kind })
  })
  app.notFound(({ req }) => {
    const allow = allowedMethods(req.path)
    if (allow === undefined) return failure(404, "not_found", "there is nothing here")
    return failure(405, "method_not_allowed", "this method is of no use here", { allow })
  })
  app.onError(async (error, { req }) => {
    if (error instanceof StoreUnavailableError)
      return refusalResponse(await auth.refuseUnavailable(fetchRequest(req.raw)))
    if (error instanceof HttpFailure) return failure(error.status, error.code, error.message)
    console.error("request failed:", error.name)
    return failure(500, "internal_error", "the server has failed")
  })
  return app
}

/** @param {import("@jotkit/auth").TokenPair} pair */
function tokens(pair) {
  return withCookies(answer(tokenBody(pair), 200, NO_STORE), pair.cookies)
}

/**
 * The token that another server asks about, once it has said who it is (RFC 7662, section 2.1).
 *
 * @param {Request} request
 */
async function tokenOfClient(request) {
  if (!isClient(request.headers.get("authorization"))) {
    const headers = { ...NO_STORE, "www-authenticate": 'Basic realm="examples"' }
    return answer({ error: "invalid_client" }, 401, headers)
  }
  const token = (await formOf(request)).get("token")
  return token === null || token === "" ? answer({ error: "invalid_request" }, 400, NO_STORE) : token
}
