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
/** Before stores sweep by themselves: the id of a session that was forgotten is free again, sooner here and later there. */
const LAST = NOW + 59
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

/** What is asked at a time, of sessions and the like under names of this run. */
type Step = (store: Store, now: number, name: (name: string) => string) => Promise<unknown>

/** Names are few, so that steps meet. */
const id = fc.constantFrom("a", "b")
const token = fc.constantFrom("1", "2", "3")
const subject = fc.constantFrom("alice", "bob")
const seconds = fc.integer({ min: -10, max: 30 })
const grace = fc.constantFrom(0, 5, 5, 5, 5, 20)
const idle = fc.constantFrom(undefined, undefined, undefined, 10)

/** The clock of the next one that asks: it goes on, stands still, or is a little behind. */
const clock = fc.constantFrom(0, 0, 0, 1, 1, 5, 6, 11, -2)

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(id, token, token, grace, idle).map(rotate) },
  { weight: 10, arbitrary: fc.tuple(id, token, grace, idle).map(canRotate) },
  { weight: 1, arbitrary: fc.tuple(id, subject, token, seconds).map(createSession) },
  {
    weight: 1,
    arbitrary: id.map(
      (of): Step =>
        (store, now, name) =>
          store.revokeSession(name(of), now),
    ),
  },
  {
    weight: 1,
    arbitrary: subject.map(
      (of): Step =>
        (store, now, name) =>
          store.revokeSubject(name(of), now),
    ),
  },
  {
    weight: 1,
    arbitrary: subject.map(
      (of): Step =>
        (store, now, name) =>
          store.listSessions(name(of), now),
    ),
  },
  {
    weight: 1,
    arbitrary: token.map(
      (of): Step =>
        (store, now, name) =>
          store.revokeToken(name(of), now + 1000),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(token, fc.option(id, { nil: undefined }), subject, seconds).map(isRevoked) },
  { weight: 3, arbitrary: fc.tuple(id, seconds).map(useOnce) },
  { weight: 2, arbitrary: fc.tuple(id, fc.nat(3)).map(writeDocument) },
  {
    weight: 1,
    arbitrary: id.map(
      (of): Step =>
        (store, _, name) =>
          store.readDocument(name(of)),
    ),
  },
)

function createSession([of, by, refreshId, life]: [string, string, string, number]): Step {
  return (store, now, name) => {
    const times = { authenticatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + life }
    const made = store.createSession({ id: name(of), subject: name(by), ...times, data: "{}", refreshId })
    return made.then(
      () => "made",
      () => "taken",
    )
  }
}

type Asked = [string, string, string, number, number | undefined]

function rotate([of, presentedId, successorId, graceSeconds, idleSeconds]: Asked): Step {
  return (store, now, name) =>
    store.rotate({ sessionId: name(of), presentedId, successorId, now, graceSeconds, idleSeconds })
}

function canRotate([of, presentedId, graceSeconds, idleSeconds]: [string, string, number, number | undefined]): Step {
  return (store, now, name) => store.canRotate({ sessionId: name(of), presentedId, now, graceSeconds, idleSeconds })
}

function isRevoked([of, session, by, age]: [string, string | undefined, string, number]): Step {
  return (store, now, name) => {
    const sessionId = session && name(session)
    return store.isRevoked({ tokenId: name(of), sessionId, subject: name(by), issuedAt: now - age, now })
  }
}

function useOnce([of, life]: [string, number]): Step {
  return (store, now, name) => store.useOnce(name(of), now + life, now)
}

function writeDocument([of, version]: [string, number]): Step {
  return (store, _, name) => store.writeDocument(name(of), `after ${version}`, version)
}

/** Two sessions that know three tokens each. */
const beginning: Step[] = ["a", "b"].flatMap((of) => [
  createSession([of, "alice", "1", 40]),
  rotate([of, "1", "2", 5, undefined]),
  rotate([of, "1", "3", 5, undefined]),
])

/** What the steps answer, and what is there afterwards. */
async function answersOf(store: Store, asked: readonly [Step, number][], name: (name: string) => string) {
  const answers: unknown[] = []
  let now = NOW
  for (const step of beginning) answers.push(await step(store, now, name))
  for (const [step, passed] of asked) {
    now = Math.min(now + passed, LAST)
    answers.push(await step(store, now, name))
  }
  for (const by of ["alice", "bob"]) answers.push(await store.listSessions(name(by), now))
  for (const of of ["a", "b"]) answers.push(await store.findSession(name(of), now))
  return answers
}

const stores: Store[] = [sqlite, ...(redis ? [redisStore(redis)] : []), ...(pool ? [postgresStore(pool)] : [])]

test.each(stores)("the store in $kind answers as the one in memory does", async (store) => {
  const memory = memoryStore()
  const property = fc.asyncProperty(fc.array(fc.tuple(steps, clock), { maxLength: 20, size: "max" }), async (asked) => {
    // Names of its own for every run.
    const run = randomUUID()
    const names = (name: string) => `${name} ${run}`
    expect(await answersOf(store, asked, names)).toEqual(await answersOf(memory, asked, names))
  })
  await fc.assert(property, { numRuns: 300 })
})
