import { UsageError } from "jotkit/errors"
import type { Subscribe, Subscription } from "./watching.ts"

/** What of a pool of `pg` is used to listen. */
interface ListeningPool {
  readonly options: { readonly max?: number }
  connect(): Promise<ListeningClient>
}

interface ListeningClient {
  query(text: string): Promise<unknown>
  on(event: string, listener: (notification: { readonly payload?: string }) => void): unknown
  release(destroy: boolean): unknown
}

/** What of the package `postgres` is used to listen. */
interface ListeningSql {
  listen(
    channel: string,
    told: (message: string) => void,
    listening: () => void,
  ): Promise<{ unlisten(): Promise<unknown> }>
}

/** How to listen; undefined where there is no pool, as with a single client. With `pg` it takes one connection of the pool. */
export function listenOf(pool: object, channel: string): Subscribe | undefined {
  // What the methods are for is told by their names.
  if ("listen" in pool && "unsafe" in pool)
    return (told) => listenByPostgres(pool as unknown as ListeningSql, channel, told)
  if (!("connect" in pool && "totalCount" in pool && "options" in pool)) return undefined
  const pg = pool as unknown as ListeningPool
  return (told) => listenByPg(pg, channel, told)
}

/** @throws UsageError `argument_invalid` for a pool of one connection: listening would take it, and nothing else would get it. */
export function assertConnectionToSpare(pool: object): void {
  const max = "totalCount" in pool ? (pool as unknown as ListeningPool).options.max : undefined
  if (max === 1)
    throw new UsageError("argument_invalid", "a pool of one connection has none to listen with: let it have two")
}

async function listenByPg(
  pool: ListeningPool,
  channel: string,
  told: (message: string) => void,
): Promise<Subscription> {
  const client = await pool.connect()
  let release = () => {
    release = () => {}
    client.release(true)
  }
  const lost = new Promise<void>((resolve) => {
    for (const event of ["error", "end"]) client.on(event, () => resolve())
  })
  client.on("notification", ({ payload = "" }) => told(payload))
  try {
    await client.query(`listen "${channel}"`)
  } catch (error) {
    release()
    throw error
  }
  return { lost, end: () => release() }
}

/** It listens again by itself when its connection was lost, and does not say so before. */
async function listenByPostgres(
  sql: ListeningSql,
  channel: string,
  told: (message: string) => void,
): Promise<Subscription> {
  let listened = 0
  let lose = () => {}
  const lost = new Promise<void>((resolve) => {
    lose = resolve
  })
  const { unlisten } = await sql.listen(channel, told, () => {
    listened += 1
    if (listened > 1) lose()
  })
  return {
    lost,
    end() {
      lose()
      return unlisten()
    },
  }
}
