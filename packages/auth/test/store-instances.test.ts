/** Two instances, each in a process of its own, on one store: whatever they do to the same session at once, the rules hold. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Store } from "@jotkit/auth"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { Redis } from "ioredis"
import pg from "pg"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { startPostgres, startRedis } from "./services.ts"

const [CHILD = "", INSTANCE = ""] = ["child.mjs", "instance.mjs"].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
)
const [ROUNDS, DUELS] = [200, 60]
const folder = await mkdtemp(join(tmpdir(), "jotkit-instances-"))
const services = await Promise.all([startRedis(), startPostgres()])
const [redis, postgres] = services.map((service) => service?.ports[0])
afterAll(async () => {
  await Promise.all(services.map((service) => service?.stop()))
  await rm(folder, { recursive: true })
})

interface Report {
  readonly outcomes: Readonly<Record<string, number>>
  readonly newest: string
  readonly duelled: readonly string[]
}

/** A process that begins when it is told to. */
async function startInstance(where: string) {
  const args = [CHILD, INSTANCE, "refresh", where, String(ROUNDS), String(DUELS)]
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  const lines = createInterface(child.stdout)
  await once(lines, "line")
  return async (): Promise<Report> => {
    const said = once(lines, "line")
    child.stdin.end("go\n")
    const [line] = await said
    await once(child, "exit")
    return JSON.parse(line)
  }
}

function openRedis(port: number): Store {
  const client = new Redis({ port })
  onTestFinished(async () => void (await client.quit()))
  return redisStore(client)
}

function openPostgres(port: number): Store {
  const pool = new pg.Pool({ host: "127.0.0.1", port, user: "jotkit", database: "postgres" })
  onTestFinished(() => pool.end())
  return postgresStore(pool)
}

const file = join(folder, "sessions.db")
const candidates: { where: string; open: () => Store }[] = [
  { where: `sqlite:${file}`, open: () => sqliteStore(file) },
  ...(redis === undefined ? [] : [{ where: `redis:${redis}`, open: () => openRedis(redis) }]),
  ...(postgres === undefined ? [] : [{ where: `postgres:${postgres}`, open: () => openPostgres(postgres) }]),
]

describe.each(candidates)("two processes on $where", ({ where, open }) => {
  test("refresh one session again and again, and nothing is lost; of a token without a grace one has the use", async () => {
    const store = open()
    onTestFinished(() => store.close())
    const now = Math.floor(Date.now() / 1000)
    const times = { authenticatedAt: now, createdAt: now, lastUsedAt: now, expiresAt: now + 86_400 }
    const made = { subject: "ada", ...times, data: "{}", refreshId: "first" }
    const duels = Array.from({ length: DUELS }, (_, duel) => `duel-${duel}`)
    for (const id of ["shared", ...duels]) await store.createSession({ ...made, id })

    const go = await Promise.all([startInstance(where), startInstance(where)])
    const [one, two] = await Promise.all(go.map((start) => start()))
    if (one === undefined || two === undefined) throw new Error("an instance said nothing")
    for (const { outcomes } of [one, two]) {
      const { rotated = 0, unavailable = 0, ...others } = outcomes
      expect(others).toEqual({ reused: 0, ended: 0 })
      expect(rotated + unavailable).toBe(ROUNDS + ROUNDS / 10)
      // Whoever waits for a file has no place in a queue, and may wait too long on a machine that is busy.
      if (!where.startsWith("sqlite:")) expect(unavailable).toBe(0)
    }
    const pairs = duels.map((_, duel) => [one.duelled[duel], two.duelled[duel]].sort())
    expect(pairs).toEqual(duels.map(() => ["reused", "rotated"]))

    const asked = { sessionId: "shared", now: now + 3600, graceSeconds: 10 }
    for (const presentedId of [one.newest, two.newest]) {
      const successorId = `after ${presentedId}`
      expect((await store.rotate({ ...asked, presentedId, successorId })).outcome).toBe("rotated")
    }
    expect(await store.rotate({ ...asked, presentedId: "first", successorId: "x" })).toEqual({ outcome: "reused" })
    for (const duel of duels) expect(await store.findSession(duel, now)).toBeUndefined()
  })
})
