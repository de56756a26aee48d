// @ts-check
/** From environment variables to an auth: the same for every framework. */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { createAuth, KeyRing } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { findUser } from "./users.mjs"

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Opens the store that STORE names. Without it: a file in the example's own folder, so that logins survive a restart.
 *
 * @param {URL} folder The example's folder.
 * @param {Environment} env
 */
export function openStore(folder, env) {
  const address = env["STORE"] ?? `sqlite:${new URL(".data/auth.sqlite", folder).pathname}`
  if (address === "memory:") return memoryStore()
  if (!address.startsWith("sqlite:")) throw new Error("STORE must be memory: or sqlite:<file>")
  const file = address.slice("sqlite:".length)
  mkdirSync(dirname(file), { recursive: true })
  return sqliteStore(file)
}

/**
 * Makes the auth of a server.
 *
 * @param {import("@jotkit/auth").Store} store
 * @param {string} listening The address that the server listens on, which PUBLIC_URL may replace.
 * @param {Environment} env
 */
export function openAuth(store, listening, env) {
  const address = env["PUBLIC_URL"] ?? listening
  const secure = env["COOKIE_SECURE"] !== "false"
  if (!secure && !LOOPBACK.test(new URL(address).hostname))
    throw new Error("COOKIE_SECURE=false is for this machine alone: PUBLIC_URL must be a loopback address")
  const algorithm = env["JWT_ALGORITHM"] ?? "ES256"
  const refresh = env["REFRESH_LIFETIME"] ?? "30d"
  // One ring for each algorithm: whoever changes it logs everyone out, and can change it back.
  const keyRing = new KeyRing({
    store,
    algorithm,
    name: `keys-${algorithm}`,
    overlap: refresh,
    encryptionKey: env["KEY_ENCRYPTION_KEY"],
  })
  return createAuth({
    keyRing,
    store,
    issuer: address,
    audience: address,
    locations: ["header", "cookie"],
    lifetimes: { access: env["ACCESS_LIFETIME"] ?? "15m", refresh },
    refresh: { grace: env["REFRESH_GRACE"] ?? "10s" },
    // One clock for all who use one store; give it some seconds where machines have their own.
    leeway: 0,
    cookies: { secure },
    loaders: {
      user: ({ sub }) => findUser(sub),
      claims(subject) {
        const { nickname, locale, roles } = findUser(subject) ?? { nickname: subject, locale: "en", roles: [] }
        return { nickname, locale, roles }
      },
    },
  })
}

/** Other servers that may ask about tokens: HTTP Basic with this name and secret. */
export const CLIENT = `Basic ${Buffer.from("examples:introspect").toString("base64")}`
