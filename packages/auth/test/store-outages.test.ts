/** A server of sessions that dies and comes back: meanwhile nobody is let in, nobody waits for long, and afterwards all goes on. */
import type { Store } from "@jotkit/auth"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { Redis } from "ioredis"
import { Redis as Valkey } from "iovalkey"
import pg from "pg"
import postgres from "postgres"
import { createClient } from "redis"
import { describe, expect, onTestFinished, test } from "vitest"
import { bearer, standard } from "./asking.ts"
import { type Service, startPostgres, startRedis } from "./services.ts"
import { overhear } from "./watching.ts"

/** Connects anew for each store; connections end with the test, before the server does. */
type Open = (port: number) => Promise<Store> | Store

interface Candidate {
  readonly name: string
  start(): Promise<Service | undefined>
  readonly open: Open
}

const candidates: Candidate[] = [
  {
    name: "Redis, by redis",
    start: startRedis,
    async open(port) {
      const client = createClient({ url: `redis://127.0.0.1:${port}` })
      client.on("error", () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      return redisStore(client)
    },
  },
  ...[(port: number) => new Redis({ port }), (port: number) => new Valkey({ port })].map((connect, i) => ({
    name: `Redis, by ${["ioredis", "iovalkey"][i]}`,
    start: startRedis,
    open(port: number) {
      const client = connect(port)
      client.on("error", () => {})
      onTestFinished(() => client.disconnect())
      return redisStore(client)
    },
  })),
  {
    name: "PostgreSQL, by pg",
    start: startPostgres,
    open(port) {
      const pool = new pg.Pool({ host: "127.0.0.1", port, user: "jotkit", database: "postgres" })
      pool.on("error", () => {})
      onTestFinished(() => pool.end())
      return postgresStore(pool)
    },
  },
  {
    name: "PostgreSQL, by postgres",
    start: startPostgres,
    open(port) {
      const sql = postgres(`postgres://jotkit@127.0.0.1:${port}/postgres`, { onnotice: () => {} })
      onTestFinished(() => sql.end({ timeout: 1 }))
      return postgresStore(sql)
    },
  },
]

/** Asks until the store is there again. */
async function untilServed<T extends object>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (!("code" in answer) || answer.code !== "store_unavailable") return answer
  }
}

const unavailable = { status: 503, code: "store_unavailable" }
const post = { method: "POST" }

describe.each(candidates)("an outage of $name", ({ start, open }) => {
  async function serve() {
    const server = await start()
    if (server === undefined) return undefined
    onTestFinished(() => server.stop())
    const connect = async () => {
      const store = await open(server.ports[0] ?? 0)
      onTestFinished(() => store.close())
      return store
    }
    return { server, connect }
  }

  test("lets nobody in, burns no refresh token, and is over when it is over", async () => {
    const served = await serve()
    if (served === undefined) return
    const { auth, clock } = standard({ store: await served.connect(), storeTimeout: 1.5 })
    const pair = await auth.login("ada")
    expect(await auth.check(bearer(pair.accessToken))).toMatchObject({ allowed: true })

    await served.server.kill()
    const since = performance.now()
    expect(await auth.check(bearer(pair.accessToken))).toMatchObject(unavailable)
    const asked = await Promise.all([
      ...Array.from({ length: 50 }, () => auth.check(bearer(pair.accessToken))),
      auth.refresh(bearer(pair.refreshToken, post)),
      auth.logout(bearer(pair.accessToken, post)),
    ])
    for (const answer of asked) expect(answer).toMatchObject(unavailable)
    await expect(auth.login("ada")).rejects.toThrow("the store")
    expect(performance.now() - since).toBeLessThan(5000)

    await served.server.restart()
    expect(await untilServed(() => auth.check(bearer(pair.accessToken)))).toMatchObject({ allowed: true })
    // Long after the grace: whatever was asked during the outage must not have happened late.
    clock.seconds += 60
    expect(await untilServed(() => auth.refresh(bearer(pair.refreshToken, post)))).toMatchObject({ allowed: true })
  })

  test("makes those who keep answers forget them, and hear again afterwards", async () => {
    const served = await serve()
    if (served === undefined) return
    const [store, other] = [await served.connect(), await served.connect()]
    const seen = overhear(other)
    const here = standard({ store }).auth
    const there = standard({ store: other, check: { cachedFor: "10m" }, storeTimeout: 1.5 }).auth
    await seen.watching().until(1)
    const pair = await here.login("ada")
    const check = () => there.check(bearer(pair.accessToken))
    expect(await check()).toMatchObject({ allowed: true })

    await served.server.kill()
    await served.server.restart()
    expect(await seen.watching().until(3)).toEqual(["opened", "lost", "opened"])
    expect(await untilServed(check)).toMatchObject({ allowed: true })
    const before = seen.asked()
    expect(await check()).toMatchObject({ allowed: true })
    expect(seen.asked()).toBe(before)
    await untilServed(async () => ((await here.revokeSession(pair.sessionId)) ? {} : unavailable))
    await seen.watching().until(4)
    expect(await check()).toMatchObject({ code: "token_revoked" })
  })
})
