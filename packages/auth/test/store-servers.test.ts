/** What the stores on servers promise beyond what every store does. */
import { randomUUID } from "node:crypto"
import type { NewSession } from "@jotkit/auth"
import { type PgPool, postgresStore } from "@jotkit/auth/postgres"
import { type IoRedisClient, type NodeRedisClient, redisStore } from "@jotkit/auth/redis"
import { Redis } from "ioredis"
import pg from "pg"
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest"
import { standard } from "./asking.ts"
import { startPostgres, startRedis } from "./services.ts"

const NOW = Math.floor(Date.now() / 1000)
const DAY = 86_400
const services = await Promise.all([startRedis(), startPostgres()])
const [redisServer, postgresServer] = services
afterAll(async () => {
  await Promise.all(services.map((service) => service?.stop()))
})

function newSession(id: string, changes: Partial<NewSession> = {}): NewSession {
  const times = { authenticatedAt: NOW, createdAt: NOW, lastUsedAt: NOW, expiresAt: NOW + DAY }
  return { id, subject: "alice", ...times, data: "{}", refreshId: "first", ...changes }
}

function rotation(sessionId: string, presentedId: string, now = NOW) {
  return { sessionId, presentedId, successorId: randomUUID(), now, graceSeconds: 10 }
}

describe.runIf(redisServer)("Redis", () => {
  function open() {
    const client = new Redis({ port: redisServer?.ports[0] ?? 0 })
    onTestFinished(async () => void (await client.quit()))
    const prefix = `${randomUUID()}:`
    return { client, prefix, store: redisStore(client, { prefix }) }
  }

  test("may lose its scripts at any time", async () => {
    const { client, store } = open()
    await store.createSession(newSession("s"))
    await client.script("FLUSH")
    expect((await store.rotate(rotation("s", "first"))).outcome).toBe("rotated")
    await client.script("FLUSH")
    expect(await store.listSessions("alice", NOW)).toHaveLength(1)
  })

  test("forgets every key by itself, but documents and revoked subjects", async () => {
    const { client, prefix, store } = open()
    await store.createSession(newSession("s"))
    await store.rotate(rotation("s", "first"))
    await store.createSession(newSession("short", { expiresAt: NOW + 60 }))
    await store.revokeToken("t", NOW + DAY)
    await store.useOnce("k", NOW + DAY, NOW)
    await store.writeDocument("keys", "text", 0)
    await store.revokeSubject("bob", NOW)
    const keys = await client.keys(`${prefix}*`)
    const lives = await Promise.all(keys.map(async (key) => [key.slice(prefix.length), await client.ttl(key)] as const))
    const within = (low: number) => expect.toSatisfy((ttl: number) => ttl > low && ttl < low + 2 * 3600)
    expect(Object.fromEntries(lives)).toEqual({
      "{s:s}": within(DAY),
      "{s:s}:tokens": within(DAY),
      "{s:short}": within(60),
      "{s:short}:tokens": within(60),
      "{u:alice}:sessions": within(DAY),
      "{t:t}": within(DAY),
      "{o:k}": within(DAY),
      "{d:keys}": -1,
      "{u:bob}": -1,
    })
  })

  test("remembers of a long chain the tokens within the grace only", async () => {
    const { client, prefix, store } = open()
    await store.createSession(newSession("s"))
    let presentedId = "first"
    for (let i = 0; i < 20; i++) {
      const asked = rotation("s", presentedId, NOW + i * 60)
      await store.rotate(asked)
      presentedId = asked.successorId
    }
    expect(await client.zcard(`${prefix}{s:s}:tokens`)).toBe(2)
    expect((await client.hkeys(`${prefix}{s:s}`)).filter((field) => field.startsWith("n:"))).toHaveLength(1)
  })

  test("finds all sessions of a subject although a clock was ahead, and drops those that are over", async () => {
    const { client, prefix, store } = open()
    await store.createSession(newSession("over", { lastUsedAt: NOW - 200, expiresAt: NOW - 100 }))
    await store.createSession(newSession("short", { expiresAt: NOW + 100 }))
    await store.createSession(newSession("ahead", { lastUsedAt: NOW + DAY, expiresAt: NOW + 2 * DAY }))
    expect(await client.zrange(`${prefix}{u:alice}:sessions`, "0", "-1")).toEqual(["short", "ahead"])
    expect(await store.revokeSubject("alice", NOW)).toBe(2)
  })

  test("does not keep in its lists what was logged out", async () => {
    const { client, prefix, store } = open()
    await store.createSession(newSession("s"))
    await store.revokeSession("s", NOW)
    expect(await client.exists(`${prefix}{u:alice}:sessions`)).toBe(0)
  })

  test("revokes also where the client may not publish", async () => {
    const { client, prefix } = open()
    await client.acl("SETUSER", "mute", "on", "nopass", "~*", "+@all", "resetchannels")
    const mute = new Redis({ port: redisServer?.ports[0] ?? 0, username: "mute", password: "any" })
    onTestFinished(async () => void (await mute.quit()))
    const store = redisStore(mute, { prefix })
    await store.createSession(newSession("s"))
    expect(await store.revokeSession("s", NOW)).toBe(true)
    expect(await store.findSession("s", NOW)).toBeUndefined()
  })

  test("keeps stores apart by their prefixes, and leaves the client open", async () => {
    const { client, store } = open()
    await store.createSession(newSession("s"))
    await store.close()
    expect(await redisStore(client, { prefix: `${randomUUID()}:` }).findSession("s", NOW)).toBeUndefined()
    expect(await store.findSession("s", NOW)).toBeDefined()
  })
})

test("what Redis says goes to the caller, once", async () => {
  let asked = 0
  const client: IoRedisClient = {
    async evalsha() {
      asked += 1
      throw new Error("READONLY You can't write against a read only replica.")
    },
    async eval() {
      asked += 1
    },
  }
  await expect(redisStore(client).ping()).rejects.toThrow("READONLY")
  expect(asked).toBe(1)
})

test("while a server does not answer it is sent one harmless question, and steps are sent again when that is answered", async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const sent = { steps: 0, questions: 0 }
  let isAway = true
  const never = new Promise<never>(() => {})
  const client: IoRedisClient = {
    evalsha() {
      sent.steps += 1
      return isAway ? never : Promise.resolve(1)
    },
    eval() {
      sent.questions += 1
      return isAway ? never : Promise.resolve(1)
    },
  }
  const store = redisStore(client)
  void store.ping()
  await vi.advanceTimersByTimeAsync(1000)
  const waiting = Promise.allSettled(Array.from({ length: 100 }, () => store.rotate(rotation("s", "first"))))
  await vi.advanceTimersByTimeAsync(1000)
  const refused = expect.objectContaining({ reason: new Error("the server does not answer") })
  expect(await waiting).toEqual(Array(100).fill(refused))
  expect(sent).toEqual({ steps: 1, questions: 1 })
  isAway = false
  await Promise.all([store.ping(), store.ping()])
  await store.ping()
  expect(sent).toEqual({ steps: 4, questions: 2 })
})

test("a client or a prefix that Redis cannot be spoken to with is refused", () => {
  const client: NodeRedisClient = { evalSha: async () => 1, eval: async () => 1 }
  expect(() => redisStore(client, { prefix: "a{b" })).toThrow("the prefix must be a text without braces")
  expect(() => redisStore({} as NodeRedisClient)).toThrow("the client must be one of redis, ioredis or iovalkey")
})

describe.runIf(postgresServer)("PostgreSQL", () => {
  function connect(settings: pg.PoolConfig = {}): pg.Pool {
    const where = { host: "127.0.0.1", port: postgresServer?.ports[0], user: "jotkit", database: "postgres" }
    const pool = new pg.Pool({ ...where, ...settings })
    onTestFinished(() => pool.end())
    return pool
  }

  function newPrefix(): string {
    return `t${randomUUID().replaceAll("-", "").slice(0, 20)}_`
  }

  test("has its tables made once, however many come first at once", async () => {
    const pool = connect({ max: 10 })
    const prefix = newPrefix()
    const stores = Array.from({ length: 10 }, () => postgresStore(pool, { prefix }))
    await Promise.all(stores.map((store, i) => store.createSession(newSession(`s${i}`))))
    expect(await stores[0]?.listSessions("alice", NOW)).toHaveLength(10)
    expect((await pool.query(`select version from ${prefix}schema`)).rows).toEqual([{ version: 1 }])
  })

  test("serves a role that may not make tables once they are made", async () => {
    const owner = connect()
    const [prefix, role] = [newPrefix(), newPrefix()]
    await owner.query(`create role ${role} login; revoke create on schema public from public`)
    const guest = postgresStore(connect({ user: role }), { prefix })
    await expect(guest.createSession(newSession("s"))).rejects.toThrow("permission denied")
    await postgresStore(owner, { prefix }).ping()
    await owner.query(`grant select, insert, update, delete on all tables in schema public to ${role}`)
    await guest.createSession(newSession("s"))
    expect((await guest.rotate(rotation("s", "first"))).outcome).toBe("rotated")
    expect(await guest.revokeSubject("alice", NOW)).toBe(1)
  })

  test("leaves the tables of another version alone", async () => {
    const pool = connect()
    const prefix = newPrefix()
    await postgresStore(pool, { prefix }).ping()
    await pool.query(`update ${prefix}schema set version = 2`)
    const store = postgresStore(pool, { prefix })
    await expect(store.ping()).rejects.toThrow("the tables of the database are of another version of this package")
    await expect(store.createSession(newSession("s"))).rejects.toThrow("of another version")
  })

  test("forgets by itself what is over, and of a chain what is beyond the grace", async () => {
    // One connection: what is asked later is answered later.
    const pool = connect({ max: 1 })
    const prefix = newPrefix()
    const store = postgresStore(pool, { prefix })
    const count = async () => (await pool.query(`select count(*)::int from ${prefix}refresh_token`)).rows[0]?.count
    await store.createSession(newSession("s", { expiresAt: NOW + 50 }))
    const asked = rotation("s", "first")
    await store.rotate(asked)
    await store.rotate(rotation("s", asked.successorId, NOW + 11))
    expect(await count()).toBe(2)
    await store.useOnce("k", NOW + 100, NOW + 60)
    expect(await count()).toBe(0)
    expect(await store.sweep(NOW + 60)).toBe(0)
  })

  test("is asked again for its tables when it could not be reached", async () => {
    const pool = connect()
    let isDown = true
    const flaky: PgPool = {
      query: (text, values) => (isDown ? Promise.reject(new Error("down")) : pool.query(text, values)),
    }
    const store = postgresStore(flaky, { prefix: newPrefix() })
    await expect(Promise.all([store.ping(), store.findSession("s", NOW)])).rejects.toThrow("down")
    await expect(store.ping()).rejects.toThrow("down")
    isDown = false
    await store.createSession(newSession("s"))
    isDown = true
    await expect(store.findSession("s", NOW)).rejects.toThrow("down")
    isDown = false
    expect(await store.findSession("s", NOW)).toBeDefined()
  })

  test("keeps stores apart by their prefixes, and leaves the pool open", async () => {
    const pool = connect()
    const store = postgresStore(pool, { prefix: newPrefix() })
    await store.createSession(newSession("s"))
    await store.close()
    expect(await postgresStore(pool, { prefix: newPrefix() }).findSession("s", NOW)).toBeUndefined()
    expect(await store.findSession("s", NOW)).toBeDefined()
  })
})

test("a pool of one connection has none to listen with, and says so when answers are to be kept", async () => {
  const pool = new pg.Pool({ max: 1 })
  onTestFinished(() => pool.end())
  expect(() => standard({ store: postgresStore(pool), check: { cachedFor: 60 } })).toThrow("has none to listen with")
})

test("a client that cannot subscribe, or a pool that cannot listen, watches nothing", () => {
  const client: NodeRedisClient = { evalSha: async () => 1, eval: async () => 1 }
  expect(redisStore(client).watch).toBeUndefined()
  expect(postgresStore({ query: async () => ({ rows: [] }) }).watch).toBeUndefined()
  expect(postgresStore(new pg.Client()).watch).toBeUndefined()
})

test("a pool or a prefix that PostgreSQL cannot be spoken to with is refused", () => {
  const pool: PgPool = { query: async () => ({ rows: [] }) }
  for (const prefix of ["", "1a", "A", 'a"', "a;", "a".repeat(33)]) {
    expect(() => postgresStore(pool, { prefix })).toThrow("the prefix must be at most 32 small letters")
  }
  expect(() => postgresStore({} as PgPool)).toThrow("the pool must be one of pg or postgres")
})
