// @ts-check
// One auth for every contender, with or without a store, and the tokens that all of them are asked with.
import { createAuth } from "@jotkit/auth"

export const ISSUER = "https://issuer.example"
export const AUDIENCE = "api"
export const SECRET = "0123456789abcdef0123456789abcdef"

/** Different tokens: what remembers answers has to remember this many. */
const TOKENS = 1000

/** @type {Record<string, (address: string) => Promise<import("@jotkit/auth").Store>>} */
const STORES = {
  async memory() {
    const { memoryStore } = await import("@jotkit/auth/memory")
    return memoryStore()
  },
  async sqlite(path) {
    const { sqliteStore } = await import("@jotkit/auth/sqlite")
    return sqliteStore(path)
  },
  async redis(url) {
    const [{ redisStore }, { createClient }] = await Promise.all([import("@jotkit/auth/redis"), import("redis")])
    return redisStore(await createClient({ url }).connect())
  },
  async postgres(connectionString) {
    const [{ postgresStore }, { default: pg }] = await Promise.all([import("@jotkit/auth/postgres"), import("pg")])
    return postgresStore(new pg.Pool({ connectionString }))
  },
}

/**
 * @param {{ kind: string, address: string, check?: import("@jotkit/auth").CheckMode } | undefined} kept Undefined: nothing is kept.
 */
export async function authWith(kept) {
  const store = await (kept && STORES[kept.kind]?.(kept.address))
  return createAuth({
    key: SECRET,
    issuer: ISSUER,
    audience: AUDIENCE,
    store,
    check: kept?.check,
    lifetimes: { access: "8h" },
  })
}

/**
 * Access tokens of as many sessions. Without a store they come from another auth with the same key: all contenders read the same bytes.
 *
 * @param {import("@jotkit/auth").Auth<undefined>} auth
 * @param {boolean} keepsSessions
 */
export async function tokensOf(auth, keepsSessions) {
  const source = keepsSessions ? auth : await authWith({ kind: "memory", address: "" })
  const pairs = []
  for (let index = 0; index < TOKENS; index++)
    pairs.push(await source.login(`user-${100_000 + index}`, { claims: { roles: ["admin"] } }))
  return pairs.map(({ accessToken }) => accessToken)
}
