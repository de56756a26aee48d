// One instance of a server, in a process of its own. Says what came of it in one line of JSON. Arguments: what to do, the store
// (`memory:`, `sqlite:<path>`, `redis:<port>`, `postgres:<port>`), and how much:
//
// - `refresh`, rounds, duels: says `ready`, waits for a line, and refreshes the session `shared` again and again, beside another
//   instance that does the same; then uses the first tokens of the sessions `duel-<n>`, with no grace.
// - `prepare`, duels: makes those sessions.
// - `present`, two tokens of `shared`: refreshes each once more, and counts what comes of it.
// - `fill`, sessions, refreshes: makes so many sessions, then refreshes and checks some of them, 32 at a time.
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { statSync } from "node:fs"
import { memoryStore } from "@jotkit/auth/memory"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { Redis } from "ioredis"
import Libsql from "libsql"
import pg from "pg"

const DAY = 86_400
const CONCURRENCY = 32
const [what, where, ...rest] = process.argv.slice(3)
const { store, size, close, hurry } = openStore(where)
const act = { prepare, refresh, present, fill }[what]
process.stdout.write(`${JSON.stringify(await act(...rest))}\n`)
await close()

/** The store, how many bytes it takes, and what lets go of it. */
function openStore(address) {
  const colon = address.indexOf(":")
  const [kind, path] = [address.slice(0, colon), address.slice(colon + 1)]
  const open = { memory: openMemory, sqlite: openSqlite, redis: openRedis, postgres: openPostgres }
  return open[kind](path)
}

function openMemory() {
  const store = memoryStore()
  const before = process.memoryUsage().rss
  return { store, size: async () => process.memoryUsage().rss - before, close: () => store.close() }
}

function openSqlite(path) {
  const connection = new Libsql(path)
  const store = sqliteStore(connection)
  const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0
  return {
    store,
    size: async () => sizeOf(path) + sizeOf(`${path}-wal`),
    // A million times to the disk and back is not what a bench of so many sessions is about.
    hurry: (isHurried) => connection.exec(`pragma synchronous = ${isHurried ? "off" : "full"}`),
    close: () => connection.close(),
  }
}

function openRedis(port) {
  const client = new Redis({ port: Number(port) })
  const size = async () => Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1])
  return { store: redisStore(client), size, close: () => client.quit() }
}

function openPostgres(port) {
  const pool = new pg.Pool({ host: "127.0.0.1", port: Number(port), user: "jotkit", database: "postgres", max: 10 })
  const total = `select sum(pg_total_relation_size(oid))::float8 as size from pg_class where relkind = 'r' and relname like 'jotkit%'`
  const size = async () => (await pool.query(total)).rows[0].size
  return { store: postgresStore(pool), size, close: () => pool.end() }
}

function now() {
  return Math.floor(Date.now() / 1000)
}

async function prepare(duels) {
  const at = now()
  const times = { authenticatedAt: at, createdAt: at, lastUsedAt: at, expiresAt: at + DAY }
  const ids = ["shared", ...Array.from({ length: Number(duels) }, (_, duel) => `duel-${duel}`)]
  for (const id of ids) await store.createSession({ id, subject: "ada", ...times, data: "{}", refreshId: "first" })
  return { made: ids.length }
}

async function present(...tokens) {
  const asked = { sessionId: "shared", now: now(), graceSeconds: 10 }
  const answers = tokens.map((presentedId) => store.rotate({ ...asked, presentedId, successorId: randomUUID() }))
  return { working: (await Promise.all(answers)).filter(({ outcome }) => outcome === "rotated").length }
}

async function refresh(rounds, duels) {
  await store.ping()
  process.stdout.write("ready\n")
  await once(process.stdin, "data")
  process.stdin.destroy()
  const outcomes = { rotated: 0, reused: 0, ended: 0, unavailable: 0 }
  let presentedId = "first"
  for (let round = 0; round < Number(rounds); round++) {
    // Now and then two tabs come at once.
    const successors = round % 10 === 0 ? [randomUUID(), randomUUID()] : [randomUUID()]
    const asked = { sessionId: "shared", presentedId, now: now(), graceSeconds: 10 }
    // A file that others write to without a pause may be locked for too long: then the token is as good as before.
    const rotate = (successorId) => store.rotate({ ...asked, successorId }).catch(() => ({ outcome: "unavailable" }))
    const answers = await Promise.all(successors.map(rotate))
    for (const { outcome } of answers) outcomes[outcome] += 1
    presentedId = successors.find((_, i) => answers[i].outcome === "rotated") ?? presentedId
  }
  const duelled = []
  for (let duel = 0; duel < Number(duels); duel++) {
    const asked = { sessionId: `duel-${duel}`, presentedId: "first", now: now(), graceSeconds: 0 }
    duelled.push(await onceServed(() => store.rotate({ ...asked, successorId: randomUUID() })))
  }
  return { outcomes, newest: presentedId, duelled }
}

async function onceServed(rotate) {
  for (;;) {
    const { outcome } = await rotate().catch(() => ({ outcome: undefined }))
    if (outcome !== undefined) return outcome
  }
}

async function fill(...counts) {
  const [sessions, refreshes] = counts.map(Number)
  const at = now()
  const create = (i) => {
    const times = { authenticatedAt: at, createdAt: at, lastUsedAt: at, expiresAt: at + 90 * DAY }
    const data = '{"nickname":"Ada","roles":["admin"]}'
    return store.createSession({ id: idOf(i), subject: `user-${i >> 1}`, ...times, data, refreshId: `first-${i}` })
  }
  hurry?.(true)
  const filled = await timed(sessions, create)
  hurry?.(false)
  const bytes = await size()
  // Far from each other, each once.
  const pick = (i) => Math.floor((i * sessions) / refreshes)
  const rotated = await timed(refreshes, async (i) => {
    const asked = { sessionId: idOf(pick(i)), presentedId: `first-${pick(i)}`, successorId: randomUUID() }
    const { outcome } = await store.rotate({ ...asked, now: now(), graceSeconds: 10 })
    if (outcome !== "rotated") throw new Error(outcome)
  })
  const checked = await timed(refreshes, async (i) => {
    const asked = { tokenId: randomUUID(), sessionId: idOf(pick(i)), subject: `user-${pick(i) >> 1}` }
    if (await store.isRevoked({ ...asked, issuedAt: at, now: now() })) throw new Error("revoked")
  })
  const swept = await timed(1, () => store.sweep(now()))
  return { bytes, swept, rss: process.memoryUsage().rss, filled, rotated, checked }
}

/** As long as those of sessions are. */
function idOf(i) {
  return `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`
}

/** Does something so many times, some of it at once; in milliseconds. */
async function timed(count, act) {
  const took = new Float64Array(count)
  const start = performance.now()
  let next = 0
  const work = async () => {
    for (let i = next++; i < count; i = next++) {
      const began = performance.now()
      await act(i)
      took[i] = performance.now() - began
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  took.sort()
  const at = (share) => took[Math.min(count - 1, Math.floor(count * share))]
  return { total: performance.now() - start, p50: at(0.5), p99: at(0.99), longest: at(1) }
}
