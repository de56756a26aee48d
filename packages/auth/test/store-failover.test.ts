/** A master of a Redis Cluster dies: its replica takes over, and sessions go on where they were. */
import { redisStore } from "@jotkit/auth/redis"
import { Cluster } from "ioredis"
import { Cluster as ValkeyCluster } from "iovalkey"
import { createCluster } from "redis"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { bearer, standard } from "./asking.ts"
import { startRedisCluster } from "./services.ts"

/** So many that each node has some of them. */
const SESSIONS = 60
const cluster = await startRedisCluster(1)
afterAll(async () => {
  await cluster?.stop()
})

const nodes = (cluster?.ports ?? []).map((port) => ({ host: "127.0.0.1", port }))
const post = { method: "POST" }

const candidates = [
  {
    name: "redis",
    async connect() {
      const rootNodes = nodes.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` }))
      const client = createCluster({ rootNodes })
      client.on("error", () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      return redisStore(client)
    },
  },
  {
    name: "ioredis",
    connect() {
      const client = new Cluster(nodes)
      client.on("error", () => {})
      onTestFinished(() => client.disconnect())
      return redisStore(client)
    },
  },
  {
    name: "iovalkey",
    connect() {
      const client = new ValkeyCluster(nodes)
      client.on("error", () => {})
      onTestFinished(() => client.disconnect())
      return redisStore(client)
    },
  },
]

/** One after the other: after each failover two masters of three are still there to agree on the next. */
describe.runIf(cluster).each(candidates)("when a master dies, by $name", ({ connect }) => {
  test("every refresh is answered with a pair or an outage, and all go on; what was revoked stays so", async () => {
    const { auth } = standard({ store: await connect() })
    const pairs = await Promise.all(Array.from({ length: SESSIONS }, (_, i) => auth.login(`user ${i}`)))
    const [revoked, kept] = [pairs.slice(0, SESSIONS / 3), pairs.slice(SESSIONS / 3)]
    for (const { sessionId } of revoked) await auth.revokeSession(sessionId)

    await cluster?.killReplicatedMaster()
    /** How often a session's refresh was answered with an outage before it went on. */
    const refreshUntilServed = async (refreshToken: string) => {
      for (let outages = 0; ; outages++) {
        const answer = await auth.refresh(bearer(refreshToken, post))
        if (answer.allowed) return { outages, next: answer }
        expect(answer).toMatchObject({ status: 503, code: "store_unavailable" })
      }
    }
    const served = await Promise.all(kept.map(({ refreshToken }) => refreshUntilServed(refreshToken)))
    expect(served.reduce((sum, { outages }) => sum + outages, 0)).toBeGreaterThan(0)
    for (const { next } of served) {
      expect(await auth.check(bearer(next.accessToken))).toMatchObject({ allowed: true })
      expect(await auth.refresh(bearer(next.refreshToken, post))).toMatchObject({ allowed: true })
    }
    for (const { accessToken, refreshToken } of revoked) {
      expect(await auth.check(bearer(accessToken))).toMatchObject({ code: "token_revoked" })
      expect(await auth.refresh(bearer(refreshToken, post))).toMatchObject({ code: "token_revoked" })
    }
  })
})
