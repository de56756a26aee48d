// @ts-check
// Tokens and cookies both ways between Flask-JWT-Extended and us: made alike, read alike, and good at the other's server.
import { decodeUnverified } from "jotkit"
import { CLEARED, LASTING, UNSAID } from "./flask-differences.mjs"
import { made } from "./flask-requests.mjs"
import { send } from "./http.mjs"
import { claimsOf } from "./material.mjs"

/** @typedef {import("./flask.mjs").Pair} Pair */
/** @typedef {import("./tally.mjs").Tally} Tally */
/** @typedef {import("./flask-applications.mjs").ApplicationName} ApplicationName */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** Applications that differ in their tokens. */
const OF_TOKENS = /** @type {readonly ApplicationName[]} */ ([
  ...["header", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA", "audience and issuer", "two audiences"],
  ...[
    "lifetimes",
    "endless",
    "additions",
    "no nbf",
    "identity in uid",
    "keys of subjects",
    "everywhere",
    "cookies without CSRF",
  ],
])
/** Applications that differ in their cookies. */
const OF_COOKIES = /** @type {const} */ ([
  ...["cookies", "cookies without CSRF", "own cookies", "strict cookies", "lasting cookies", "CSRF in no cookie"],
])
const IN_AN_HOUR = Math.floor(Date.now() / 1000) + 3600

/** Every kind of token: what theirs is asked for, and what ours is. */
const KINDS = /** @type {const} */ ([
  ["create_access_token", {}, {}],
  ["create_access_token", { fresh: true }, { fresh: true }],
  ["create_access_token", { fresh: IN_AN_HOUR }, { fresh: IN_AN_HOUR }],
  [
    "create_access_token",
    { additional_claims: { x: 2, y: [1, "你好", null] } },
    { claims: { x: 2, y: [1, "你好", null] } },
  ],
  ["create_access_token", { additional_headers: { z: 1 } }, { header: { z: 1 } }],
  ["create_refresh_token", {}, {}],
  ["create_refresh_token", { additional_claims: { x: 2 } }, { claims: { x: 2 } }],
])

/**
 * Tokens of every kind by every algorithm.
 *
 * @param {import("./peer.mjs").Peer} peer
 * @param {ReadonlyMap<string, Pair>} pairs
 * @param {Tally} tally
 */
export async function exchangeTokens(peer, pairs, tally) {
  for (const name of OF_TOKENS) {
    const pair = /** @type {Pair} */ (pairs.get(name))
    for (const kind of KINDS)
      await exchangeToken(`${name}: ${kind[0]} ${JSON.stringify(kind[1])}`, kind, pair, peer, tally)
  }
  await functions(peer, /** @type {Pair} */ (pairs.get("header")), tally)
}

/**
 * @param {string} what
 * @param {typeof KINDS[number]} kind
 * @param {Pair} pair
 * @param {import("./peer.mjs").Peer} peer
 * @param {Tally} tally
 */
async function exchangeToken(what, [create, theirOptions, ourOptions], pair, peer, tally) {
  const { auth } = pair
  const theirs = await call(peer, pair, create, { identity: "u1", ...theirOptions })
  const isAccess = create === "create_access_token"
  const ours = await auth[isAccess ? "createAccessToken" : "createRefreshToken"]("u1", ourOptions)
  await tally.same(`${what}: made alike`, shapeOf(ours), shapeOf(theirs))
  await tally.same(`${what}: theirs is read by us`, await auth.decodeToken(theirs), claimsOf(theirs))
  await tally.same(`${what}: ours is read by them`, ask(peer, pair, "decode_token", ours), claimsOf(ours))
  await tally.same(`${what}: its id`, ask(peer, pair, "get_jti", ours), claimsOf(ours)["jti"])
  const passes = isAccess ? ["/p", "/o", "/any", ...("fresh" in theirOptions ? ["/f"] : [])] : ["/r", "/any"]
  for (const path of ["/p", "/f", "/r", "/o", "/any"]) {
    // In cookies the place for access tokens is all that theirs looks at.
    if (pair.isByCookie && path === "/any") continue
    const expected = passes.includes(path) ? "passes" : "is refused"
    for (const [whose, token] of Object.entries({ theirs, ours }))
      for (const [where, port] of Object.entries({ theirs: pair.theirs, ours: pair.ours }))
        await tally.same(`${what}: ${whose} at ${where} ${path}`, await presented(port, path, token, pair), expected)
  }
}

/**
 * `decode_token` and its kin, with tokens that are not whole.
 *
 * @param {import("./peer.mjs").Peer} peer
 * @param {Pair} pair
 * @param {Tally} tally
 */
async function functions(peer, pair, tally) {
  const expired = made({ exp: 1 })
  const { auth } = pair
  await tally.same(
    "197: an expired token, theirs",
    (await peer.ask("call", decode(pair, expired))).error,
    "ExpiredSignatureError",
  )
  const failure = /** @type {import("@jotkit/auth").Failure} */ (await auth.decodeToken(expired))
  await tally.same("197: an expired token, ours", failure.reason, "expired")
  const claims = claimsOf(expired)
  await tally.same(
    "198: expired and allowed, theirs",
    peer.ask("call", decode(pair, expired, { allow_expired: true })),
    claims,
  )
  await tally.same("198: expired and allowed, ours", await auth.decodeToken(expired, { allowExpired: true }), claims)
}

/**
 * @param {Pair} pair
 * @param {string} token
 * @param {object} [more]
 */
function decode({ theirs }, token, more = {}) {
  return { port: theirs, function: "decode_token", arguments: { encoded_token: token, ...more } }
}

/**
 * Cookies for the same login, and the logout that removes them; then a browser's session that changes servers.
 *
 * @param {ReadonlyMap<string, Pair>} pairs
 * @param {Tally} tally
 */
export async function exchangeCookies(pairs, tally) {
  for (const name of OF_COOKIES) {
    const pair = /** @type {Pair} */ (pairs.get(name))
    const given = ["?domain=.example.org", "?max_age=60", "?max_age=60&domain=example.org"]
    const logins = ["/login/access", "/login/refresh"].flatMap((path) => [path, ...given.map((more) => path + more)])
    for (const path of [...logins, "/logout", "/logout?domain=example.org"]) {
      const [theirs, ours] = await Promise.all([pair.theirs, pair.ours].map((port) => cookiesOf(port, path)))
      const expected = theirs?.map((cookie) => expectedCookie(cookie, name, path))
      await tally.same(`${name}: ${path}`, ours?.map(shapeOfCookie), expected)
    }
  }
  for (const name of /** @type {const} */ (["cookies", "cookies without CSRF"])) {
    const { theirs, ours } = /** @type {Pair} */ (pairs.get(name))
    for (const [from, to] of [
      [theirs, ours],
      [ours, theirs],
    ])
      await browse(`${name}, from ${from === ours ? "us to them" : "them to us"}`, Number(from), Number(to), tally)
  }
}

/**
 * Logs in at one server and goes on at the other.
 *
 * @param {string} what
 * @param {number} from
 * @param {number} to
 * @param {Tally} tally
 */
async function browse(what, from, to, tally) {
  const jar = new Map([...(await cookiesOf(from, "/login/access")), ...(await cookiesOf(from, "/login/refresh"))])
  const Cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join("; ")
  const hasCsrf = jar.has("csrf_access_token")
  const value = (/** @type {string} */ name) => ({ "X-CSRF-TOKEN": jar.get(name)?.value ?? "none" })
  const right = {
    "/p": value("csrf_access_token"),
    "/f": value("csrf_access_token"),
    "/r": value("csrf_refresh_token"),
  }
  for (const [path, csrf] of Object.entries(right)) {
    const status = async (/** @type {object} */ headers, method = "POST") =>
      (await send(to, { method, path, headers: { Cookie, ...headers } })).status
    await tally.same(`${what}: GET ${path}`, await status({}, "GET"), 200)
    await tally.same(`${what}: POST ${path}`, await status(csrf), 200)
    await tally.same(`${what}: POST ${path} without a value`, await status({}), hasCsrf ? 401 : 200)
    await tally.same(`${what}: POST ${path} with another`, await status({ "X-CSRF-TOKEN": "x" }), hasCsrf ? 401 : 200)
  }
}

/** @typedef {[name: string, cookie: { value: string, attributes: Record<string, string> }]} Cookie */

/**
 * The cookies that a POST is answered with, in their order.
 *
 * @param {number} port
 * @param {string} path
 * @returns {Promise<Cookie[]>}
 */
async function cookiesOf(port, path) {
  const { headers } = await send(port, { method: "POST", path })
  return (headers["set-cookie"] ?? []).map((line) => {
    const [pair = "", ...rest] = line.split(/; */)
    const attributes = rest.map((text) => /^([^=]*)=?(.*)$/.exec(text)?.slice(1) ?? [])
    const [name = "", value = ""] = /^([^=]*)=(.*)$/.exec(pair)?.slice(1) ?? []
    return [name, { value, attributes: Object.fromEntries(attributes.map(([key, of]) => [key?.toLowerCase(), of])) }]
  })
}

/** @param {Cookie} cookie */
function shapeOfCookie([name, { value, attributes }]) {
  return { name, value: kindOf(value), ...attributes }
}

/**
 * What ours must be, given theirs and what differs on purpose.
 *
 * @param {Cookie} cookie
 * @param {ApplicationName} application
 * @param {string} path
 */
function expectedCookie(cookie, application, path) {
  const { expires, ...shape } = /** @type {Record<string, string>} */ (shapeOfCookie(cookie))
  const isRefresh = /refresh_token_cookie|^rt$/.test(cookie[0])
  const said = "samesite" in shape ? {} : UNSAID[isRefresh ? "refresh" : "others"]
  if (shape["value"] === "empty") return { ...shape, ...said, ...CLEARED }
  const isOfRefresh = isRefresh || /^(?:csrf_refresh_token|rc)$/.test(cookie[0])
  const lasting =
    application === "lasting cookies" && !path.includes("max_age") ? LASTING[isOfRefresh ? "refresh" : "access"] : {}
  return { ...shape, ...said, ...lasting }
}

/** @param {string} value */
function kindOf(value) {
  if (value === "") return "empty"
  if (UUID.test(value)) return "uuid"
  return value.split(".").length === 3 ? "token" : value
}

/**
 * What two tokens of one kind have in common: header, claims, and times from the moment they were made.
 *
 * @param {string} token
 */
function shapeOf(token) {
  const { header } = decodeUnverified(token)
  const claims = claimsOf(token)
  const issued = Number(claims["iat"])
  const told = Object.entries(claims).map(([name, value]) => {
    if (["iat", "nbf", "exp"].includes(name)) return [name, Number(value) - issued]
    return [name, typeof value === "string" ? kindOf(value) : value]
  })
  return { header, claims: Object.fromEntries(told.sort()), isNow: Math.abs(issued - Date.now() / 1000) < 60 }
}

/**
 * @param {number} port
 * @param {string} path
 * @param {string} token
 * @param {Pair} pair
 */
async function presented(port, path, token, { isByCookie }) {
  const headers = isByCookie ? cookieFor(path, token) : { Authorization: `Bearer ${token}` }
  const { status, body } = await send(port, { path, headers })
  return status === 200 && JSON.parse(body).identity === "u1" ? "passes" : "is refused"
}

/**
 * @param {string} path
 * @param {string} token
 */
function cookieFor(path, token) {
  return { Cookie: `${path === "/r" ? "refresh" : "access"}_token_cookie=${token}` }
}

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {Pair} pair
 * @param {string} name
 * @param {Record<string, unknown>} args
 * @returns {Promise<string>}
 */
async function call(peer, { theirs }, name, args) {
  return (await peer.ask("call", { port: theirs, function: name, arguments: args })).value
}

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {Pair} pair
 * @param {string} name
 * @param {string} token
 */
function ask(peer, { theirs }, name, token) {
  return peer.ask("call", { port: theirs, function: name, arguments: { encoded_token: token } })
}
