/** Whatever is asked of them, in whatever order: all stores answer alike. The one in memory is short enough to be read. */
import { randomUUID } from "node:crypto"
import type { Store } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { sqliteStore } from "@jotkit/auth/sqlite"
import fc from "fast-check"
import { Redis } from "ioredis"
import pg from "pg"
import { afterAll, expect, test } from "vitest"
import { startPostgres, startRedis } from "./services.ts"

const NOW = 4_000_000_000
const services = await Promise.all([startRedis(), startPostgres()])
const [redisServer, postgresServer] = services
const redis = redisServer && new Redis({ port: redisServer.ports[0] ?? 0 })
const pool =
  postgresServer &&
  new pg.Pool({ host: "127.0.0.1", port: postgresServer.ports[0], user: "jotkit", database: "postgres" })
const sqlite = sqliteStore(":memory:")
afterAll(async () => {
  await sqlite.close()
  await redis?.quit()
  await pool?.end()
  await Promise.all(services.map((service) => service?.stop()))
})

/** Names are few, so that steps meet; times are near each other, and do not always go forwards. */
const id = fc.constantFrom("a", "b")
const token = fc.constantFrom("1", "2", "3", "4", "5")
const time = fc.integer({ min: 0, max: 40 }).map((seconds) => NOW + seconds)
const subject = fc.constantFrom("alice", "bob")

type Step = (store: Store, names: (name: string) => string) => Promise<unknown>

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(id, subject, token, time, fc.integer({ min: 0, max: 60 })).map(createSession) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(id, token, token, time, fc.constantFrom(0, 1, 5, 20), fc.constantFrom(undefined, 0, 10))
      .map(rotate),
  },
  fc.tuple(id, time).map(
    ([of, now]): Step =>
      (store, name) =>
        store.revokeSession(name(of), now),
  ),
  fc.tuple(subject, time).map(
    ([of, now]): Step =>
      (store, name) =>
        store.revokeSubject(name(of), now),
  ),
  fc.tuple(token, time).map(
    ([of, until]): Step =>
      (store, name) =>
        store.revokeToken(name(of), until),
  ),
  fc.tuple(token, fc.option(id, { nil: undefined }), subject, time, time).map(isRevoked),
  fc.tuple(id, time, time).map(
    ([of, until, now]): Step =>
      (store, name) =>
        store.useOnce(name(of), until, now),
  ),
  fc.tuple(id, fc.nat(3)).map(
    ([of, version]): Step =>
      (store, name) =>
        store.writeDocument(name(of), `${version}`, version),
  ),
  id.map(
    (of): Step =>
      (store, name) =>
        store.readDocument(name(of)),
  ),
)

function createSession([of, by, refreshId, now, life]: [string, string, string, number, number]): Step {
  const times = { authenticatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + life }
  return (store, name) =>
    store.createSession({ id: name(of), subject: name(by), ...times, data: "{}", refreshId }).then(
      () => "made",
      () => "taken",
    )
}

function rotate(asked: [string, string, string, number, number, number | undefined]): Step {
  const [of, presentedId, successorId, now, graceSeconds, idleSeconds] = asked
  return (store, name) =>
    store.rotate({ sessionId: name(of), presentedId, successorId, now, graceSeconds, idleSeconds })
}

function isRevoked([of, session, by, issuedAt, now]: [string, string | undefined, string, number, number]): Step {
  return (store, name) => {
    const sessionId = session && name(session)
    return store.isRevoked({ tokenId: name(of), sessionId, subject: name(by), issuedAt, now })
  }
}

/** What the steps answer, and what is there afterwards. */
async function answersOf(store: Store, asked: readonly Step[], names: (name: string) => string): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const step of asked) answers.push(await step(store, names))
  for (const by of ["alice", "bob"]) answers.push(await store.listSessions(names(by), NOW))
  for (const of of ["a", "b"]) answers.push(await store.findSession(names(of), NOW + 30))
  return answers
}

const stores: Store[] = [sqlite, ...(redis ? [redisStore(redis)] : []), ...(pool ? [postgresStore(pool)] : [])]

test.each(stores)("the store in $kind answers as the one in memory does", async (store) => {
  const memory = memoryStore()
  const property = fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (asked) => {
    // Names of its own for every run.
    const run = randomUUID()
    const names = (name: string) => `${name} ${run}`
    expect(await answersOf(store, asked, names)).toEqual(await answersOf(memory, asked, names))
  })
  await fc.assert(property, { numRuns: 150 })
})
