// @ts-check
/** From environment variables to an auth: the same for every framework. */
import { existsSync, mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { createAuth, KeyRing } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { findUser } from "./users.mjs"

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Opens the store that STORE names. Without it: a file in the example's own folder, so that logins survive a restart. A store closes what
 * it opened itself; a client that was handed to it is for us to close.
 *
 * @param {URL} folder The example's folder.
 * @param {Environment} env
 * @returns {Promise<{ store: import("@jotkit/auth").Store, close: () => Promise<unknown> }>}
 */
export async function openStore(folder, env) {
  const address = env["STORE"] ?? `sqlite:${fileURLToPath(new URL(".data/auth.sqlite", folder))}`
  const scheme = address.slice(0, address.indexOf(":"))
  const open = Object.hasOwn(STORES, scheme) ? STORES[/** @type {keyof typeof STORES} */ (scheme)] : undefined
  if (open === undefined) throw new Error(`STORE must begin with one of ${Object.keys(STORES).join(": ")}:`)
  try {
    return await open(address)
  } catch (error) {
    throw new Error("STORE cannot be used", { cause: error })
  }
}

const STORES = {
  memory: () => own(memoryStore()),
  sqlite: openSqlite,
  redis: openRedis,
  rediss: openRedis,
  "redis-cluster": openCluster,
  postgres: openPostgres,
}

/** @param {import("@jotkit/auth").Store} store */
async function own(store) {
  return { store, close: () => store.close() }
}

/** @param {string} address */
async function openSqlite(address) {
  const file = address.slice("sqlite:".length)
  makeFolder(dirname(file))
  return own(sqliteStore(file))
}

/**
 * Node's own recursion does not end where there can be no folder, such as in /proc.
 *
 * @param {string} folder
 */
function makeFolder(folder) {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** @param {string} address */
async function openRedis(address) {
  const { Redis } = await import("ioredis")
  return ofRedis(new Redis(address, { maxRetriesPerRequest: 1 }))
}

/** @param {string} address */
async function openCluster(address) {
  const { Cluster } = await import("ioredis")
  const nodes = address
    .slice("redis-cluster://".length)
    .split(",")
    .map((node) => new URL(`redis://${node}`))
  const hosts = nodes.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) }))
  return ofRedis(new Cluster(hosts, { redisOptions: { maxRetriesPerRequest: 1 } }))
}

/** @param {import("ioredis").Redis | import("ioredis").Cluster} client */
async function ofRedis(client) {
  // Whatever is wrong shows in the answers, as 503; without a listener it would end the process.
  client.on("error", () => undefined)
  return { store: redisStore(client), close: async () => client.disconnect() }
}

/** @param {string} address */
async function openPostgres(address) {
  const { Pool } = (await import("pg")).default
  const pool = new Pool({ connectionString: address })
  pool.on("error", () => undefined)
  return { store: postgresStore(pool), close: () => pool.end() }
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
  if (!URL.canParse(address)) throw new Error("PUBLIC_URL must be the address of this server")
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
    // Without one the keys lie in the store in the clear: good enough to try things out.
    encryptionKey: env["KEY_ENCRYPTION_KEY"] ?? false,
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
