// @ts-check
// The application of tests/interop/flask_peer.py on `node:http` with ours: the same routes, the same guards, the same answers.
import { createAuth } from "@jotkit/auth"
import { nodeRequest, sendRefusal } from "@jotkit/auth/node"
import { SECRET } from "./flask-applications.mjs"
import { readBody, serve } from "./http.mjs"

/** @typedef {import("@jotkit/auth").GuardOptions} GuardOptions */
/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */

const BOTH = ["access", "refresh"]
const GUARDS = /** @satisfies {Readonly<Record<string, GuardOptions>>} */ ({
  "/p": {},
  "/f": { fresh: true },
  "/r": { type: "refresh" },
  "/rf": { type: "refresh", fresh: true },
  "/o": { optional: true },
  "/of": { optional: true, fresh: true },
  "/or": { optional: true, type: "refresh" },
  "/any": { type: BOTH },
  "/anyr": { type: ["refresh", "access"] },
  "/anyf": { type: BOTH, fresh: true },
  "/skip": { revocation: false },
  "/h": { locations: "header" },
  "/c": { locations: "cookie" },
  "/hq": { locations: ["header", "query"] },
  "/who": {},
})
const PLACES = { header: "headers", cookie: "cookies", query: "query_string", json: "json" }

/** @typedef {keyof typeof GUARDS} Route */

/**
 * Serves an application.
 *
 * @param {import("./flask-applications.mjs").Application} application
 */
export async function serveOurs({ ours }) {
  const auth = createAuth({
    compat: "flask-jwt-extended",
    cookies: { secure: false, session: true },
    ...(ours.key === undefined ? { key: SECRET } : {}),
    ...ours,
  })
  const guards = new Map(Object.entries(GUARDS).map(([path, options]) => [path, auth.guard(options)]))
  const server = await serve(async (incoming, outgoing) => {
    const [path = "/"] = (incoming.url ?? "/").split("?", 1)
    const guard = guards.get(path)
    if (guard === undefined) return setCookies(auth, new URL(incoming.url ?? "/", "http://127.0.0.1"), outgoing)
    const verdict = await guard(requestOf(incoming, await readBody(incoming)))
    if (!verdict.allowed) return sendRefusal(verdict, outgoing)
    answer(outgoing, path === "/who" ? { identity: verdict.identity ?? null } : whoOf(verdict, incoming))
  })
  return { ...server, auth }
}

/**
 * A framework has read the body before the guard asks.
 *
 * @param {IncomingMessage} incoming
 * @param {Buffer} body
 * @returns {import("@jotkit/auth").AuthRequest}
 */
function requestOf(incoming, body) {
  const type = incoming.headers["content-type"] ?? ""
  const request = nodeRequest(incoming)
  return {
    method: request.method,
    url: request.url,
    headers: (name) => request.headers(name),
    readJson: async () => JSON.parse(body.toString()),
    readForm: () => new Response(body, { headers: { "content-type": type } }).formData(),
  }
}

/**
 * What a guarded handler knows.
 *
 * @param {import("@jotkit/auth").Allowed | import("@jotkit/auth").Anonymous} verdict
 * @param {IncomingMessage} incoming
 */
function whoOf({ identity, claims, header, location, user }, { method }) {
  if (method === "OPTIONS") return { preflight: true }
  const place = location === undefined ? null : PLACES[location]
  return {
    identity: identity ?? null,
    location: place,
    claims: claims ?? {},
    header: header ?? {},
    user: user ?? null,
  }
}

/**
 * @param {import("@jotkit/auth").Auth} auth
 * @param {URL} address
 * @param {ServerResponse} outgoing
 */
async function setCookies(auth, { pathname, searchParams }, outgoing) {
  const [, act, kinds = ""] = pathname.split("/")
  const [maxAge, domain] = [searchParams.get("max_age"), searchParams.get("domain") ?? undefined]
  const given = maxAge === null ? { domain } : { domain, maxAge: Number(maxAge) }
  const access = kinds.includes("access") ? { access: await auth.createAccessToken("u1", { fresh: true }) } : {}
  const refresh = kinds.includes("refresh") ? { refresh: await auth.createRefreshToken("u1") } : {}
  const cookies =
    act === "login" ? await auth.setCookies({ ...access, ...refresh }, given) : auth.clearCookies({ domain })
  outgoing.setHeader("set-cookie", [...cookies])
  answer(outgoing, { [String(act)]: true })
}

/**
 * @param {ServerResponse} outgoing
 * @param {unknown} body
 */
function answer(outgoing, body) {
  outgoing.setHeader("content-type", "application/json")
  outgoing.end(JSON.stringify(body))
}
