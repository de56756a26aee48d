/** Every store, each by every client that it takes. The servers are started once for a test file, and ended after it. */
import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Store } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { type SqliteConnection, type SqliteStatement, sqliteStore } from "@jotkit/auth/sqlite"
import { Redis as IoRedis, Cluster as IoRedisCluster } from "ioredis"
import { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey"
import Libsql from "libsql"
import pg from "pg"
import postgres from "postgres"
import { createClient, createCluster } from "redis"
import { afterAll } from "vitest"
import { type Service, startPostgres, startRedis, startRedisCluster } from "./services.ts"

const folder = await mkdtemp(join(tmpdir(), "jotkit-stores-"))
const services = await Promise.all([startRedis(), startRedisCluster(), startPostgres()])
const [redis, redisCluster, postgresServer] = services
afterAll(async () => {
  await Promise.all(services.map((service) => service?.stop()))
  await rm(folder, { recursive: true })
})

/** Two connections to the same fresh data: `other` is `store` itself where there can be only one. */
export interface Pair {
  readonly store: Store
  readonly other: Store
  close(): Promise<void>
}

export interface Candidate {
  readonly name: string
  open(): Promise<Pair>
}

function pairOf(store: Store, other: Store): Pair {
  return {
    store,
    other,
    async close() {
      await Promise.all([store.close(), other.close()])
    },
  }
}

/** The store that two connections share; both end with it. */
async function overConnections<T>(
  connect: () => Promise<T> | T,
  end: (connection: T) => unknown,
  open: (connection: T) => Store,
) {
  const [one, two] = [await connect(), await connect()]
  const pair = pairOf(open(one), open(two))
  return {
    ...pair,
    async close() {
      await pair.close()
      for (const connection of [one, two]) await end(connection)
    },
  }
}

/** Keys of their own for every test. */
function inRedis<T extends Parameters<typeof redisStore>[0]>(
  connect: () => Promise<T> | T,
  end: (connection: T) => unknown,
): () => Promise<Pair> {
  return () => {
    const prefix = `${randomUUID()}:`
    return overConnections(connect, end, (client) => redisStore(client, { prefix }))
  }
}

function redisCandidates({ ports: [port = 0] }: Service): Candidate[] {
  const url = `redis://127.0.0.1:${port}`
  return [
    {
      name: "redis, by redis",
      open: inRedis(
        () => createClient({ url }).connect(),
        (client) => client.close(),
      ),
    },
    {
      name: "redis, by ioredis",
      open: inRedis(
        () => new IoRedis(url),
        (client) => client.quit(),
      ),
    },
    {
      name: "redis, by iovalkey",
      open: inRedis(
        () => new Valkey(url),
        (client) => client.quit(),
      ),
    },
  ]
}

function clusterCandidates({ ports }: Service): Candidate[] {
  const nodes = ports.map((port) => ({ host: "127.0.0.1", port }))
  const rootNodes = ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }))
  return [
    {
      name: "redis cluster, by redis",
      open: inRedis(
        () => createCluster({ rootNodes }).connect(),
        (client) => client.close(),
      ),
    },
    {
      name: "redis cluster, by ioredis",
      open: inRedis(
        () => new IoRedisCluster(nodes),
        (client) => client.quit(),
      ),
    },
    {
      name: "redis cluster, by iovalkey",
      open: inRedis(
        () => new ValkeyCluster(nodes),
        (client) => client.quit(),
      ),
    },
  ]
}

/** Tables of their own for every test. */
function inPostgres<T extends Parameters<typeof postgresStore>[0]>(
  connect: () => T,
  end: (connection: T) => unknown,
): () => Promise<Pair> {
  return () => {
    const prefix = `t${randomUUID().replaceAll("-", "").slice(0, 20)}_`
    return overConnections(connect, end, (pool) => postgresStore(pool, { prefix }))
  }
}

function postgresCandidates({ ports: [port = 0] }: Service): Candidate[] {
  const url = `postgres://jotkit@127.0.0.1:${port}/postgres`
  const connectionString = { connectionString: url, max: 8 }
  return [
    {
      name: "postgres, by pg",
      open: inPostgres(
        () => new pg.Pool(connectionString),
        (pool) => pool.end(),
      ),
    },
    {
      name: "postgres, by postgres",
      open: inPostgres(
        () => postgres(url, { max: 8 }),
        (sql) => sql.end(),
      ),
    },
  ]
}

/** Nothing but what drivers have in common; where they differ, as others than libsql do: no row is null, and counts are big. */
class CommonConnection implements SqliteConnection {
  readonly #database: InstanceType<typeof Libsql>

  constructor(path: string) {
    this.#database = new Libsql(path)
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql)
    return {
      run: (...values) => ({ changes: BigInt(statement.run(...values).changes) }),
      get: (...values) => statement.get(...values) ?? null,
      all: (...values) => statement.all(...values),
    }
  }

  close(): void {
    this.#database.close()
  }
}

export const candidates: Candidate[] = [
  {
    name: "memory",
    async open() {
      const store = memoryStore()
      return { store, other: store, close: () => store.close() }
    },
  },
  {
    name: "sqlite, by its path",
    async open() {
      const path = join(folder, randomUUID())
      return pairOf(sqliteStore(path), sqliteStore(path))
    },
  },
  {
    name: "sqlite, by a connection",
    open() {
      const path = join(folder, randomUUID())
      return overConnections(
        () => new Libsql(path),
        (connection) => connection.close(),
        sqliteStore,
      )
    },
  },
  {
    name: "sqlite, by four methods",
    open() {
      const path = join(folder, randomUUID())
      return overConnections(
        () => new CommonConnection(path),
        (connection) => connection.close(),
        sqliteStore,
      )
    },
  },
  ...(redis ? redisCandidates(redis) : []),
  ...(postgresServer ? postgresCandidates(postgresServer) : []),
  ...(redisCluster ? clusterCandidates(redisCluster) : []),
]
