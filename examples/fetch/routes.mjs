// @ts-check
/** The application: from a Request to a Response, on any platform that has them. */
import { StoreUnavailableError } from "@jotkit/auth"
import { fetchRequest, refusalResponse, withAuth } from "@jotkit/auth/fetch"
import { allowedMethods, isClient, profile, sessionList, tokenBody } from "../app/answers.mjs"
import { HttpFailure } from "../app/body.mjs"
import { findByPassword } from "../app/users.mjs"
import { answer, failure, formOf, jsonOf, withCookies } from "./http.mjs"

/** @typedef {ReturnType<typeof import("../app/auth.mjs").openAuth>} Auth */
/** @typedef {(request: Request, ...path: string[]) => Response | Promise<Response>} Handler */

const NO_STORE = { "cache-control": "no-store" }

/**
 * @param {Auth} auth
 * @param {import("@jotkit/auth").Store} store
 * @returns {(request: Request) => Promise<Response>}
 */
export function application(auth, store) {
  const fresh = { fresh: true }
  const admin = { roles: "admin" }
  const optional = auth.guard({ optional: true })

  /** @type {Readonly<Record<string, Readonly<Record<string, Handler>>>>} */
  const routes = {
    "/login": { POST: login },
    "/refresh": { POST: refresh },
    "/logout": { POST: logout },
    "/logout-everywhere": {
      POST: withAuth(auth, async (_, { identity }) => {
        const sessions = await auth.revokeSubject(identity)
        return withCookies(answer({ revoked: true, sessions }), auth.clearCookies())
      }),
    },
    "/me": {
      GET: withAuth(auth, (_, who) => answer(profile(who))),
    },
    "/echo": { POST: withAuth(auth, async (request) => answer(await jsonOf(request))) },
    "/optional": { GET: whoever },
    "/password": { POST: withAuth(auth, () => answer({ changed: true }), fresh) },
    "/admin": { GET: withAuth(auth, () => answer({ admin: true }), admin) },
    "/sessions": { GET: withAuth(auth, sessions) },
    "/sessions/:id": { DELETE: withAuth(auth, endSession) },
    "/.well-known/jwks.json": {
      GET: async () => answer(await auth.jwks(), 200, { "cache-control": "public, max-age=300" }),
    },
    "/introspect": { POST: introspect },
    "/revoke": { POST: revoke },
    "/healthz": { GET: health },
  }

  /** @param {Request} request */
  async function login(request) {
    const byCookie = new URL(request.url).searchParams.get("mode") === "cookie"
    const refused = byCookie ? await auth.refuseCrossSite(fetchRequest(request)) : undefined
    if (refused !== undefined) return refusalResponse(refused)
    const { username, password } = /** @type {Record<string, unknown>} */ (Object(await jsonOf(request)))
    if (typeof username !== "string" || typeof password !== "string")
      return failure(400, "invalid_request", "username and password must be texts")
    const user = findByPassword(username, password)
    if (user === undefined) {
      const challenge = { ...NO_STORE, "www-authenticate": "Bearer" }
      return failure(401, "invalid_credentials", "the name or the password is wrong", challenge)
    }
    return tokens(await auth.login(user.name, { transport: byCookie ? "cookie" : "body" }))
  }

  /** @param {Request} request */
  async function refresh(request) {
    const pair = await auth.refresh(fetchRequest(request))
    return pair.allowed ? tokens(pair) : refusalResponse(pair)
  }

  /** @param {Request} request */
  async function logout(request) {
    const ended = await auth.logout(fetchRequest(request))
    return ended.allowed ? withCookies(answer({ revoked: true }), ended.cookies) : refusalResponse(ended)
  }

  /** @param {Request} request */
  async function whoever(request) {
    const verdict = await optional(fetchRequest(request))
    return verdict.allowed ? answer({ user: verdict.identity ?? null }) : refusalResponse(verdict)
  }

  /**
   * @param {Request} _
   * @param {import("@jotkit/auth").Allowed} who
   */
  async function sessions(_, who) {
    return answer(sessionList(await auth.listSessions(who.identity), who))
  }

  /**
   * @param {Request} _
   * @param {import("@jotkit/auth").Allowed} who
   * @param {string} id
   */
  async function endSession(_, { identity }, id) {
    const ended = await auth.revokeSession(id, identity)
    return ended ? answer({ revoked: true }) : failure(404, "session_not_found", "there is no such session of yours")
  }

  /** @param {Request} request */
  async function introspect(request) {
    const token = await tokenOfClient(request)
    return token instanceof Response ? token : answer(await auth.introspect(token), 200, NO_STORE)
  }

  /** @param {Request} request */
  async function revoke(request) {
    const token = await tokenOfClient(request)
    if (token instanceof Response) return token
    await auth.revokeToken(token)
    return new Response(null, { status: 200, headers: NO_STORE })
  }

  async function health() {
    await auth.ping()
    return answer({ status: "ok", store: store.kind })
  }

  return async (request) => {
    try {
      return await route(routes, request)
    } catch (error) {
      if (error instanceof StoreUnavailableError)
        return refusalResponse(await auth.refuseUnavailable(fetchRequest(request)))
      if (error instanceof HttpFailure) return failure(error.status, error.code, error.message)
      console.error("request failed:", error instanceof Error ? error.name : typeof error)
      return failure(500, "internal_error", "the server has failed")
    }
  }
}

/**
 * @param {Readonly<Record<string, Readonly<Record<string, Handler>>>>} routes
 * @param {Request} request
 */
function route(routes, request) {
  const { pathname } = new URL(request.url)
  const session = /^\/sessions\/([^/]+)$/.exec(pathname)?.[1]
  const path = session === undefined ? pathname : "/sessions/:id"
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined
  if (methods === undefined) return failure(404, "not_found", "there is nothing here")
  const method = request.method === "HEAD" ? "GET" : request.method
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (handler !== undefined) return session === undefined ? handler(request) : handler(request, session)
  const allow = allowedMethods(pathname) ?? ""
  return failure(405, "method_not_allowed", "this method is of no use here", { allow })
}

/** @param {import("@jotkit/auth").TokenPair} pair */
function tokens(pair) {
  return withCookies(answer(tokenBody(pair), 200, NO_STORE), pair.cookies)
}

/**
 * The token that another server asks about, once it has said who it is.
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
