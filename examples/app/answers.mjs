// @ts-check
/** What the application answers, whatever the framework. */
import { timingSafeEqual } from "node:crypto"
import { decodeUnverified } from "jotkit"

/** What each path takes. */
const METHODS = new Map([
  ...["/me", "/optional", "/admin", "/sessions", "/.well-known/jwks.json", "/healthz"].map(taking("GET, HEAD")),
  ...["/login", "/refresh", "/logout", "/logout-everywhere", "/echo", "/password", "/introspect", "/revoke"].map(
    taking("POST"),
  ),
])

const CLIENT = Buffer.from(`Basic ${Buffer.from("examples:introspect").toString("base64")}`)

/**
 * Whether another server may ask about tokens: HTTP Basic with the name and secret above, compared in a time that tells nothing.
 *
 * @param {string | null | undefined} authorization The header.
 */
export function isClient(authorization) {
  const sent = Buffer.from(authorization ?? "")
  return sent.length === CLIENT.length && timingSafeEqual(sent, CLIENT)
}

/**
 * The methods of a path, as `Allow` has them; undefined where there is nothing.
 *
 * @param {string} path
 */
export function allowedMethods(path) {
  return /^\/sessions\/[^/]+$/.test(path) ? "DELETE" : METHODS.get(path)
}

/**
 * What a login and a refresh answer: tokens never stand in the body where they are in cookies. Then the page cannot read the claims that
 * it shows, so these stand there, and no others.
 *
 * @param {import("@jotkit/auth").TokenPair} pair
 */
export function tokenBody({ transport, accessToken, refreshToken, csrfToken, expiresIn }) {
  if (transport === "cookie") return { csrf_token: csrfToken, expires_in: expiresIn, claims: shownClaims(accessToken) }
  return { access_token: accessToken, refresh_token: refreshToken, token_type: "Bearer", expires_in: expiresIn }
}

/**
 * What a device may keep, and show before it has asked.
 *
 * @param {string} accessToken One that was made a moment ago, here.
 */
function shownClaims(accessToken) {
  const { nickname, locale } = /** @type {Record<string, unknown>} */ (decodeUnverified(accessToken).payload)
  return { nickname, locale }
}

/** @param {import("@jotkit/auth").Allowed<import("./users.mjs").User>} who */
export function profile({ identity, user: { nickname, locale, roles } }) {
  return { sub: identity, nickname, locale, roles }
}

/**
 * @param {readonly import("@jotkit/auth").Session[]} sessions
 * @param {import("@jotkit/auth").Allowed} who
 */
export function sessionList(sessions, { claims }) {
  return sessions.map(({ id, createdAt, lastUsedAt }) => ({
    id,
    created_at: createdAt,
    last_used_at: lastUsedAt,
    current: id === claims["sid"],
  }))
}

/**
 * @param {string} allow
 * @returns {(path: string) => [string, string]}
 */
function taking(allow) {
  return (path) => [path, allow]
}
