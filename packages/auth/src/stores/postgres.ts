import { createHash } from "node:crypto"
import { UsageError } from "jotkit/errors"
import type {
  NewSession,
  Presented,
  PresentedRefresh,
  Rotation,
  RotationResult,
  Session,
  SharedDocument,
  Store,
  Watcher,
} from "../store.ts"
import { fromColumn, toColumn } from "./columns.ts"
import { assertConnectionToSpare, listenOf } from "./postgres-listener.ts"
import { SCHEMA_VERSION, schemaOf } from "./postgres-schema.ts"
import { Reachability } from "./reachability.ts"
import { MAX_SUCCESSORS } from "./rotation.ts"
import { byAge } from "./sessions.ts"
import { sweepTimer } from "./sweeping.ts"
import { messageOf, RevocationChannel } from "./watching.ts"

/** What a parameter can be here. */
type PostgresValue = string | number | null

/** What of the package `pg` is used: of a pool, or of a client. PGlite is another one of this kind. */
export interface PgPool {
  query(text: string, values?: PostgresValue[]): Promise<unknown>
}

/** What of the package `postgres` is used. */
export interface PostgresJs {
  unsafe(text: string, values?: PostgresValue[]): PromiseLike<unknown>
}

/** How the tables are named. */
export interface PostgresStoreOptions {
  /** What the names of all tables and functions begin with; `jotkit_` unless told otherwise. Small letters, digits and `_`, at most 32. */
  readonly prefix?: string | undefined
}

/**
 * A store in PostgreSQL 12 or later, for any number of machines. Takes a pool of the package `pg`, or what the package `postgres` makes.
 * Each step is one statement. The tables and two functions are made at the first use, in the first schema of the search path; a role
 * that may not make them finds them made by one that may.
 *
 * Revocations are notified on the channel `revoked` with the prefix. Whoever watches them takes one connection of the pool, until `close`
 * gives it back; through a proxy that shares connections among transactions there is no listening. The package `postgres` makes a
 * connection of its own, and does not tell of its loss before it has another one.
 *
 * Steps rely on the isolation that PostgreSQL has by default, read committed: do not set another one for these connections.
 *
 * @throws UsageError `argument_invalid`: the pool has no known method; `option_invalid`: the prefix. The first step rejects with
 * `argument_invalid` when the tables are of another version of this package.
 */
export function postgresStore(pool: PgPool | PostgresJs, options: PostgresStoreOptions = {}): Store {
  const { prefix = "jotkit_" } = options
  if (typeof prefix !== "string" || !/^[a-z_][a-z0-9_]{0,31}$/.test(prefix)) {
    throw new UsageError(
      "option_invalid",
      "the prefix must be at most 32 small letters, digits and _, and not begin with a digit",
    )
  }
  return new PostgresStore(pool, prefix)
}

type Query = (text: string, values?: PostgresValue[]) => Promise<readonly Row[]>
type Row = Readonly<Record<string, unknown>>

/** The pool's manner of speaking, told by its methods. */
function queryOf(pool: PgPool | PostgresJs): Query {
  // Rows are objects in both; what their columns hold is told by the statements.
  if ("query" in pool && typeof pool.query === "function") {
    return async (text, values) => ((await pool.query(text, values)) as { rows: Row[] }).rows
  }
  if ("unsafe" in pool && typeof pool.unsafe === "function") {
    return async (text, values) => (await pool.unsafe(text, values)) as Row[]
  }
  throw new UsageError("argument_invalid", "the pool must be one of pg or postgres")
}

const SESSION_COLUMNS = "id, subject, authenticated_at, created_at, last_used_at, expires_at, data"

function channelOf(prefix: string): string {
  return `${prefix}revoked`
}

function statementsOf(prefix: string) {
  const isLiving = "standing = 'living' and expires_at > $2"
  // Told when the transaction is done, and not if it is not.
  const notify = (message: string) => `pg_notify('${channelOf(prefix)}', ${message})`
  const over = (table: string, key: string) =>
    `delete from ${prefix}${table} where ${key} in
      (select ${key} from ${prefix}${table} where expires_at <= $1 for update skip locked) returning 1`
  return {
    schema: schemaOf(prefix),
    schemaExists: `select to_regclass('${prefix}schema') is not null as exists`,
    schemaVersion: `select version from ${prefix}schema`,
    createSession: `with made as (
      insert into ${prefix}session (${SESSION_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7) returning id
    ) insert into ${prefix}refresh_token (session_id, id) select id, $8 from made`,
    // What is selected beside the outcome never changes.
    rotate: `with rotation as materialized (
      select ${prefix}rotate(id, $2, $3, $4, $5, $6) as outcome, ${SESSION_COLUMNS} from ${prefix}session where id = $1
    ) select *, case when outcome = 'reused' then ${notify("$7")} end from rotation`,
    // The rules of `judgeRotation` for the one outcome.
    canRotate: `select exists (select from ${prefix}session join ${prefix}refresh_token as token on session_id = ${prefix}session.id
      where session_id = $1 and ${isLiving} and ($3::bigint is null or $2 - last_used_at <= $3) and token.id = $4
      and (rotated_at is null or ($5::bigint > 0 and $2 - rotated_at <= $5 and successors < ${MAX_SUCCESSORS}))) as can`,
    findSession: `select ${SESSION_COLUMNS} from ${prefix}session where id = $1 and ${isLiving}`,
    listSessions: `select ${SESSION_COLUMNS} from ${prefix}session where subject = $1 and ${isLiving}`,
    revokeSession: `with ended as (
      update ${prefix}session set standing = 'revoked' where id = $1 and ${isLiving} returning 1
    ) select ${notify("$3")} from ended`,
    revokeSubject: `select ${prefix}revoke_subject($1, $2) as ended, ${notify("$3")}`,
    revokeToken: `with revoked as (
      insert into ${prefix}revoked_token as known values ($1, $2)
      on conflict (id) do update set expires_at = greatest(known.expires_at, excluded.expires_at) returning 1
    ) select ${notify("$3")} from revoked`,
    isRevoked: `select exists (select from ${prefix}revoked_token where id = $3) or not exists
      (select from ${prefix}session where id = $1 and ${isLiving}) as revoked`,
    isRevokedAlone: `select exists (select from ${prefix}revoked_token where id = $3) or exists
      (select from ${prefix}revoked_subject where subject = $1 and revoked_at >= $2) as revoked`,
    useOnce: `insert into ${prefix}used as known values ($1, $2)
      on conflict (key) do update set expires_at = excluded.expires_at where known.expires_at <= $3 returning 1`,
    readDocument: `select text, version from ${prefix}document where name = $1`,
    addDocument: `insert into ${prefix}document (name, text, version) values ($1, $2, 1) on conflict do nothing returning 1`,
    writeDocument: `update ${prefix}document set text = $2, version = version + 1
      where name = $1 and version = $3 returning 1`,
    sweep: `with sessions as (${over("session", "id")}), tokens as (${over("revoked_token", "id")}), used as (${over("used", "key")})
      select ((select count(*) from sessions) + (select count(*) from tokens) + (select count(*) from used))::integer as count`,
  }
}

class PostgresStore implements Store {
  readonly kind = "postgres"
  readonly #query: Query
  readonly #sql: ReturnType<typeof statementsOf>
  readonly #isSweepDue = sweepTimer()
  readonly #reachability: Reachability
  readonly #channel: RevocationChannel | undefined
  #schema: Promise<void> | undefined
  readonly watch?: (watcher: Watcher) => void

  constructor(pool: PgPool | PostgresJs, prefix: string) {
    const query = queryOf(pool)
    this.#query = query
    this.#reachability = new Reachability(() => query("select 1"))
    this.#sql = statementsOf(prefix)
    const listen = listenOf(pool, channelOf(prefix))
    if (listen === undefined) return
    const channel = new RevocationChannel(listen)
    this.#channel = channel
    this.watch = (watcher) => {
      assertConnectionToSpare(pool)
      channel.watch(watcher)
    }
  }

  async createSession(created: NewSession): Promise<void> {
    this.#sweepNowAndThen(created.lastUsedAt)
    const { authenticatedAt, createdAt, lastUsedAt, expiresAt } = created
    const [id, subject, data] = [toColumn(created.id), toColumn(created.subject), toColumn(created.data)]
    const times = [authenticatedAt, createdAt, lastUsedAt, expiresAt]
    await this.#run(this.#sql.createSession, [id, subject, ...times, data, toColumn(created.refreshId)])
  }

  async rotate(rotation: Rotation): Promise<RotationResult> {
    const { sessionId, presentedId, successorId, now, graceSeconds, idleSeconds = null } = rotation
    this.#sweepNowAndThen(now)
    const ids = [sessionId, presentedId, successorId].map(toColumn)
    const [row] = await this.#run(this.#sql.rotate, [...ids, now, graceSeconds, idleSeconds, messageOf("s", sessionId)])
    const outcome = outcomeOf(row)
    if (row === undefined || outcome !== "rotated") return { outcome: outcome === "reused" ? outcome : "ended" }
    return { outcome, session: { ...sessionOf(row), lastUsedAt: now } }
  }

  async canRotate(presented: PresentedRefresh): Promise<boolean> {
    const { sessionId, presentedId, now, graceSeconds, idleSeconds = null } = presented
    const asked = [toColumn(sessionId), now, idleSeconds, toColumn(presentedId), graceSeconds]
    const [row] = await this.#run(this.#sql.canRotate, asked)
    return row?.["can"] === true
  }

  async findSession(id: string, now: number): Promise<Session | undefined> {
    const [row] = await this.#run(this.#sql.findSession, [toColumn(id), now])
    return row && sessionOf(row)
  }

  async listSessions(subject: string, now: number): Promise<readonly Session[]> {
    const rows = await this.#run(this.#sql.listSessions, [toColumn(subject), now])
    return rows.map(sessionOf).sort(byAge)
  }

  async revokeSession(id: string, now: number): Promise<boolean> {
    return this.#changes(this.#sql.revokeSession, [toColumn(id), now, messageOf("s", id)])
  }

  async revokeSubject(subject: string, now: number): Promise<number> {
    const [row] = await this.#run(this.#sql.revokeSubject, [toColumn(subject), now, messageOf("u", subject)])
    return Number(row?.["ended"])
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    await this.#run(this.#sql.revokeToken, [toKey(tokenId), expiresAt, messageOf("t", tokenId)])
  }

  async isRevoked({ tokenId, sessionId, subject, issuedAt, now }: Presented): Promise<boolean> {
    this.#sweepNowAndThen(now)
    const token = tokenId === undefined ? null : toKey(tokenId)
    const [row] =
      sessionId === undefined
        ? await this.#run(this.#sql.isRevokedAlone, [toColumn(subject), issuedAt, token])
        : await this.#run(this.#sql.isRevoked, [toColumn(sessionId), now, token])
    return row?.["revoked"] !== false
  }

  async useOnce(key: string, expiresAt: number, now: number): Promise<boolean> {
    this.#sweepNowAndThen(now)
    return this.#changes(this.#sql.useOnce, [toKey(key), expiresAt, now])
  }

  async readDocument(name: string): Promise<SharedDocument | undefined> {
    const [row] = await this.#run(this.#sql.readDocument, [toColumn(name)])
    return row && { text: fromColumn(String(row["text"])), version: Number(row["version"]) }
  }

  async writeDocument(name: string, text: string, version: number): Promise<boolean> {
    const columns = [toColumn(name), toColumn(text)]
    const { addDocument, writeDocument } = this.#sql
    return version === 0 ? this.#changes(addDocument, columns) : this.#changes(writeDocument, [...columns, version])
  }

  async sweep(now: number): Promise<number> {
    const [row] = await this.#run(this.#sql.sweep, [now])
    return Number(row?.["count"])
  }

  async ping(): Promise<void> {
    await this.#run("select 1")
  }

  async close(): Promise<void> {
    await this.#channel?.close()
  }

  #run(text: string, values?: PostgresValue[]): Promise<readonly Row[]> {
    return this.#reachability.run(() => this.#step(text, values))
  }

  async #step(text: string, values?: PostgresValue[]): Promise<readonly Row[]> {
    this.#schema ??= this.#createSchema()
    try {
      await this.#schema
    } catch (error) {
      // Another step tries again.
      this.#schema = undefined
      throw error
    }
    return this.#query(text, values)
  }

  async #changes(text: string, values: PostgresValue[]): Promise<boolean> {
    return (await this.#run(text, values)).length === 1
  }

  async #createSchema(): Promise<void> {
    const { schema, schemaExists, schemaVersion } = this.#sql
    const [existing] = await this.#query(schemaExists)
    if (existing?.["exists"] !== true) await this.#query(schema)
    const [row] = await this.#query(schemaVersion)
    if (row?.["version"] !== SCHEMA_VERSION) {
      throw new UsageError("argument_invalid", "the tables of the database are of another version of this package")
    }
  }

  /** Nobody waits for it, and if it fails the next one does its work. */
  #sweepNowAndThen(now: number): void {
    if (this.#isSweepDue(now)) this.sweep(now).catch(() => {})
  }
}

/** What an index cannot hold is known by its hash. */
const LONGEST_KEY = 500

/** A text that is looked up but never read back, and may come from a client. */
function toKey(text: string): string {
  return text.length <= LONGEST_KEY
    ? toColumn(text)
    : `sha256:${createHash("sha256").update(toColumn(text)).digest("hex")}`
}

function outcomeOf(row: Row | undefined): unknown {
  return row?.["outcome"]
}

/** Whole numbers of 64 bits come as texts. */
function sessionOf(row: Row): Session {
  const text = (name: string) => fromColumn(String(row[name]))
  const time = (name: string) => Number(row[name])
  return {
    id: text("id"),
    subject: text("subject"),
    authenticatedAt: time("authenticated_at"),
    createdAt: time("created_at"),
    lastUsedAt: time("last_used_at"),
    expiresAt: time("expires_at"),
    data: text("data"),
  }
}
