import { createRequire } from "node:module"
import { setTimeout as wait } from "node:timers/promises"
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
} from "../store.ts"
import { fromColumn, toColumn } from "./columns.ts"
import { forgettableAt, judgeRotation, type RefreshToken, type Standing } from "./rotation.ts"
import { byAge } from "./sessions.ts"
import { sweepTimer } from "./sweeping.ts"

/** What can be bound to a statement here. */
type SqliteValue = string | number | null

/** A prepared statement, of whichever driver. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
}

/** What `node:sqlite`, `better-sqlite3`, `libsql` and `bun:sqlite` have in common. */
export interface SqliteConnection {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}

/**
 * A store in a file of SQLite: it survives a restart and a crash, and any number of processes of one machine may share it. Its tables
 * begin with `jotkit_` and are made when it is opened.
 *
 * Takes a path, which opens the runtime's own `node:sqlite`, or else the package `libsql` where it is installed; or a connection, which
 * should be the store's own: it is set to write-ahead logging, full synchronisation and a short busy timeout, and steps are transactions.
 * Steps wait up to a second and a half for a file that another process is writing to, without holding this process up. Not for a file on a network drive. Answers of it are never kept (`check.cachedFor`): asking takes microseconds.
 *
 * @throws UsageError `argument_invalid`: the path is empty, what was handed in is no connection, there is nothing to open a path with, or
 * the tables are of a later version of this package. What the driver says otherwise, such as that the file cannot be opened.
 */
export function sqliteStore(database: string | SqliteConnection): Store {
  if (typeof database !== "string") return new SqliteStore(assertConnection(database), () => {})
  if (database === "") throw new UsageError("argument_invalid", "the path of the database must not be empty")
  const connection = openPath(database)
  return new SqliteStore(connection, () => connection.close())
}

interface ClosableConnection extends SqliteConnection {
  close(): unknown
}

type Driver = new (path: string) => ClosableConnection

/** How long the driver waits for the file, while nothing else of this process runs. */
const BUSY_TIMEOUT_MILLISECONDS = 20
/** How long a step may wait altogether: less than whoever asks it waits, so that no step happens that was given up. */
const BUSY_LIMIT_MILLISECONDS = 1500
/** Between two attempts, at the most. Often: SQLite has no queue, and whoever asks seldom comes last. */
const BUSY_PAUSE_MILLISECONDS = 10
const SQLITE_BUSY = 5

function assertConnection(connection: SqliteConnection): SqliteConnection {
  if (typeof connection?.exec === "function" && typeof connection.prepare === "function") return connection
  throw new UsageError("argument_invalid", "the database must be a path, or a connection with exec and prepare")
}

function openPath(path: string): ClosableConnection {
  const driver = nodeDriver() ?? libsqlDriver()
  if (driver === undefined) {
    throw new UsageError(
      "argument_invalid",
      "a path needs node:sqlite (Node 22.13 or later, Bun, Deno) or the package libsql: install it, or hand in a connection",
    )
  }
  return new driver(path)
}

/** Asked for at run time, since importing a module that a runtime lacks would fail. */
function nodeDriver(): Driver | undefined {
  // The types of the oldest Node know neither.
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown }
  return (getBuiltinModule?.("node:sqlite") as { DatabaseSync: Driver } | undefined)?.DatabaseSync
}

function libsqlDriver(): Driver | undefined {
  try {
    return createRequire(import.meta.url)("libsql")
  } catch {
    return undefined
  }
}

const SCHEMA_VERSION = 1

const SCHEMA = `
create table jotkit_session (
  id text not null primary key,
  subject text not null,
  authenticated_at integer not null,
  created_at integer not null,
  last_used_at integer not null,
  expires_at integer not null,
  data text not null,
  standing text not null default 'living'
);
create index jotkit_session_subject on jotkit_session (subject);
create index jotkit_session_over on jotkit_session (expires_at);
create table jotkit_refresh_token (
  session_id text not null,
  id text not null,
  rotated_at integer,
  successors integer not null default 0,
  primary key (session_id, id)
) without rowid;
create index jotkit_refresh_token_rotated on jotkit_refresh_token (session_id, rotated_at) where rotated_at is not null;
create table jotkit_revoked_subject (subject text not null primary key, revoked_at integer not null) without rowid;
create table jotkit_revoked_token (id text not null primary key, expires_at integer not null) without rowid;
create index jotkit_revoked_token_over on jotkit_revoked_token (expires_at);
create table jotkit_used (key text not null primary key, expires_at integer not null) without rowid;
create index jotkit_used_over on jotkit_used (expires_at);
create table jotkit_document (name text not null primary key, text text not null, version integer not null);
`

const SESSION_COLUMNS = "id, subject, authenticated_at, created_at, last_used_at, expires_at, data, standing"

const STATEMENTS = {
  addSession: `insert into jotkit_session (${SESSION_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, 'living')`,
  addToken: "insert into jotkit_refresh_token (session_id, id) values (?, ?) on conflict do nothing",
  session: `select ${SESSION_COLUMNS} from jotkit_session where id = ?`,
  living: `select ${SESSION_COLUMNS} from jotkit_session where id = ? and standing = 'living' and expires_at > ?`,
  livingOfSubject: `select ${SESSION_COLUMNS} from jotkit_session
    where subject = ? and standing = 'living' and expires_at > ?`,
  token: "select rotated_at, successors from jotkit_refresh_token where session_id = ? and id = ?",
  retireToken: `update jotkit_refresh_token set rotated_at = coalesce(rotated_at, ?), successors = successors + 1
    where session_id = ? and id = ?`,
  forgetRotated: "delete from jotkit_refresh_token where session_id = ? and rotated_at <= ?",
  useSession: "update jotkit_session set last_used_at = ? where id = ?",
  markReused: "update jotkit_session set standing = 'reused' where id = ?",
  revokeSession:
    "update jotkit_session set standing = 'revoked' where id = ? and standing = 'living' and expires_at > ?",
  revokeOfSubject: `update jotkit_session set standing = 'revoked'
    where subject = ? and standing = 'living' and expires_at > ?`,
  revokeSubject: `insert into jotkit_revoked_subject (subject, revoked_at) values (?, ?)
    on conflict (subject) do update set revoked_at = max(revoked_at, excluded.revoked_at)`,
  revokeToken: `insert into jotkit_revoked_token (id, expires_at) values (?, ?)
    on conflict (id) do update set expires_at = max(expires_at, excluded.expires_at)`,
  isRevoked: `select exists (select 1 from jotkit_revoked_token where id = ?) or not exists
    (select 1 from jotkit_session where id = ? and standing = 'living' and expires_at > ?) as revoked`,
  isRevokedAlone: `select exists (select 1 from jotkit_revoked_token where id = ?) or exists
    (select 1 from jotkit_revoked_subject where subject = ? and revoked_at >= ?) as revoked`,
  useOnce: `insert into jotkit_used (key, expires_at) values (?, ?)
    on conflict (key) do update set expires_at = excluded.expires_at where jotkit_used.expires_at <= ?`,
  document: "select text, version from jotkit_document where name = ?",
  addDocument: "insert into jotkit_document (text, name, version) values (?, ?, 1) on conflict do nothing",
  writeDocument: "update jotkit_document set text = ?, version = version + 1 where name = ? and version = ?",
  forgetTokens: `delete from jotkit_refresh_token
    where session_id in (select id from jotkit_session where expires_at <= ?)`,
  forgetSessions: "delete from jotkit_session where expires_at <= ?",
  forgetRevoked: "delete from jotkit_revoked_token where expires_at <= ?",
  forgetUsed: "delete from jotkit_used where expires_at <= ?",
  ping: "select 1 from jotkit_document",
}

type Statements = Record<keyof typeof STATEMENTS, SqliteStatement>

interface SessionRow {
  readonly id: string
  readonly subject: string
  readonly authenticated_at: number
  readonly created_at: number
  readonly last_used_at: number
  readonly expires_at: number
  readonly data: string
  readonly standing: Standing
}

/** Steps are not interrupted: nothing else of this process runs within one. */
class SqliteStore implements Store {
  readonly kind = "sqlite"
  readonly #connection: SqliteConnection
  readonly #release: () => void
  #statements: Statements | undefined
  readonly #isSweepDue = sweepTimer()

  constructor(connection: SqliteConnection, release: () => void) {
    this.#connection = connection
    this.#release = release
    try {
      // Whoever opens the file together with others waits here: there is no other time.
      configure(connection, BUSY_LIMIT_MILLISECONDS)
      inTransaction(connection, () => createSchema(connection))
      configure(connection, BUSY_TIMEOUT_MILLISECONDS)
      this.#statements = prepareAll(connection)
    } catch (error) {
      release()
      throw error
    }
  }

  async createSession(created: NewSession): Promise<void> {
    this.#sweepNowAndThen(created.lastUsedAt)
    const { authenticatedAt, createdAt, lastUsedAt, expiresAt } = created
    const [id, subject, data] = [toColumn(created.id), toColumn(created.subject), toColumn(created.data)]
    await this.#transaction(() => {
      this.#sql.addSession.run(id, subject, authenticatedAt, createdAt, lastUsedAt, expiresAt, data)
      this.#sql.addToken.run(id, toColumn(created.refreshId))
    })
  }

  async rotate(rotation: Rotation): Promise<RotationResult> {
    this.#sweepNowAndThen(rotation.now)
    return this.#transaction(() => this.#rotate(rotation))
  }

  async canRotate(presented: PresentedRefresh): Promise<boolean> {
    // For writing it is taken all the same: between two readings another process could write.
    return this.#transaction(() => this.#judge(presented).outcome === "rotated")
  }

  async findSession(id: string, now: number): Promise<Session | undefined> {
    const row = firstRow<SessionRow>(this.#sql.living.get(toColumn(id), now))
    return row && sessionOf(row)
  }

  async listSessions(subject: string, now: number): Promise<readonly Session[]> {
    // The columns are those of SESSION_COLUMNS.
    const rows = this.#sql.livingOfSubject.all(toColumn(subject), now) as SessionRow[]
    return rows.map(sessionOf).sort(byAge)
  }

  async revokeSession(id: string, now: number): Promise<boolean> {
    return (await this.#change("revokeSession", toColumn(id), now)) === 1
  }

  async revokeSubject(subject: string, now: number): Promise<number> {
    const column = toColumn(subject)
    return this.#transaction(() => {
      this.#sql.revokeSubject.run(column, now)
      return countOf(this.#sql.revokeOfSubject.run(column, now))
    })
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    await this.#change("revokeToken", toColumn(tokenId), expiresAt)
  }

  /** Nobody is ever told: a file does not say what other processes write to it, and asking it takes as long as remembering does. */
  watch(): void {}

  async isRevoked({ tokenId, sessionId, subject, issuedAt, now }: Presented): Promise<boolean> {
    this.#sweepNowAndThen(now)
    const token = tokenId === undefined ? null : toColumn(tokenId)
    const row =
      sessionId === undefined
        ? this.#sql.isRevokedAlone.get(token, toColumn(subject), issuedAt)
        : this.#sql.isRevoked.get(token, toColumn(sessionId), now)
    return firstRow<{ revoked: number }>(row)?.revoked !== 0
  }

  async useOnce(key: string, expiresAt: number, now: number): Promise<boolean> {
    this.#sweepNowAndThen(now)
    return (await this.#change("useOnce", toColumn(key), expiresAt, now)) === 1
  }

  async readDocument(name: string): Promise<SharedDocument | undefined> {
    const row = firstRow<SharedDocument>(this.#sql.document.get(toColumn(name)))
    return row && { text: fromColumn(row.text), version: row.version }
  }

  async writeDocument(name: string, text: string, version: number): Promise<boolean> {
    const columns = [toColumn(text), toColumn(name)] as const
    const change =
      version === 0 ? this.#change("addDocument", ...columns) : this.#change("writeDocument", ...columns, version)
    return (await change) === 1
  }

  async sweep(now: number): Promise<number> {
    return this.#transaction(() => this.#sweep(now))
  }

  async ping(): Promise<void> {
    this.#sql.ping.get()
  }

  async close(): Promise<void> {
    if (this.#statements === undefined) return
    this.#statements = undefined
    this.#release()
  }

  /** Some drivers go on with statements of a connection that was closed. */
  get #sql(): Statements {
    if (this.#statements === undefined) throw new Error("the store is closed")
    return this.#statements
  }

  #rotate(rotation: Rotation): RotationResult {
    const id = toColumn(rotation.sessionId)
    const judged = this.#judge(rotation)
    if (judged.outcome === "reused") this.#sql.markReused.run(id)
    if (judged.outcome !== "rotated") return judged
    this.#replaceToken(id, rotation)
    return { ...judged, session: { ...judged.session, lastUsedAt: rotation.now } }
  }

  /** The session is as it was before. */
  #judge(asked: PresentedRefresh): RotationResult {
    const id = toColumn(asked.sessionId)
    const row = firstRow<SessionRow>(this.#sql.session.get(id))
    if (row === undefined) return { outcome: "ended" }
    const session = sessionOf(row)
    const presented = tokenOf(this.#sql.token.get(id, toColumn(asked.presentedId)))
    const outcome = judgeRotation({ session, standing: row.standing, presented }, asked)
    return outcome === "rotated" ? { outcome, session } : { outcome }
  }

  #replaceToken(id: string, rotation: Rotation): void {
    this.#sql.retireToken.run(rotation.now, id, toColumn(rotation.presentedId))
    this.#sql.addToken.run(id, toColumn(rotation.successorId))
    this.#sql.forgetRotated.run(id, forgettableAt(rotation))
    this.#sql.useSession.run(rotation.now, id)
  }

  #sweepNowAndThen(now: number): void {
    if (!this.#isSweepDue(now)) return
    try {
      inTransaction(this.#connection, () => this.#sweep(now))
    } catch (error) {
      // Another time will do: nobody has asked for it.
      if (!isBusy(error)) throw error
    }
  }

  #sweep(now: number): number {
    this.#sql.forgetTokens.run(now)
    const { forgetSessions, forgetRevoked, forgetUsed } = this.#sql
    return [forgetSessions, forgetRevoked, forgetUsed].reduce((count, sql) => count + countOf(sql.run(now)), 0)
  }

  #transaction<T>(step: () => T): Promise<T> {
    return onceFree(() => inTransaction(this.#connection, step))
  }

  /** Runs one statement; answers how many rows it has changed. */
  #change(name: keyof Statements, ...values: readonly SqliteValue[]): Promise<number> {
    return onceFree(() => countOf(this.#sql[name].run(...values)))
  }
}

/** A step that is tried again while another process writes to the file. */
async function onceFree<T>(step: () => T): Promise<T> {
  const until = performance.now() + BUSY_LIMIT_MILLISECONDS
  for (;;) {
    try {
      return step()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error
    }
    await wait(Math.random() * BUSY_PAUSE_MILLISECONDS)
  }
}

/** Drivers say it by the number, by the name, or in SQLite's own words. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const [number, code] = [Reflect.get(error, "errcode"), Reflect.get(error, "code")]
  const isNumbered = typeof number === "number" && (number & 0xff) === SQLITE_BUSY
  const isNamed = typeof code === "string" && code.startsWith("SQLITE_BUSY")
  return isNumbered || isNamed || error.message.includes("database is locked")
}

function configure(connection: SqliteConnection, busyTimeout: number): void {
  connection.exec(`pragma busy_timeout = ${busyTimeout}`)
  connection.exec("pragma journal_mode = wal")
  // What was answered is on the disk: a session that was revoked must not come back with the electricity.
  connection.exec("pragma synchronous = full")
}

function createSchema(connection: SqliteConnection): void {
  connection.exec("create table if not exists jotkit_schema (version integer not null)")
  const row = firstRow<{ version: number }>(connection.prepare("select version from jotkit_schema").get())
  if (row === undefined) connection.exec(`${SCHEMA} insert into jotkit_schema values (${SCHEMA_VERSION})`)
  else if (row.version !== SCHEMA_VERSION) {
    throw new UsageError("argument_invalid", "the tables of the database are of another version of this package")
  }
}

function prepareAll(connection: SqliteConnection): Statements {
  const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, connection.prepare(sql)])
  // The names are those of STATEMENTS.
  return Object.fromEntries(prepared)
}

/** Takes the file for writing at once: a transaction that reads first could not be finished when another one writes meanwhile. */
function inTransaction<T>(connection: SqliteConnection, step: () => T): T {
  connection.exec("begin immediate")
  try {
    const result = step()
    connection.exec("commit")
    return result
  } catch (error) {
    rollBack(connection)
    throw error
  }
}

function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec("rollback")
  } catch {
    // SQLite has done so itself, as after a full disk; the reason is on its way to the caller.
  }
}

/** A row, whose columns the statement names; no row is `undefined`, in Bun `null`. */
function firstRow<T>(row: unknown): T | undefined {
  return (row as T | null | undefined) ?? undefined
}

function countOf({ changes }: { readonly changes: number | bigint }): number {
  return Number(changes)
}

function tokenOf(row: unknown): RefreshToken | undefined {
  const token = firstRow<{ rotated_at: number | null; successors: number }>(row)
  return token && { rotatedAt: token.rotated_at ?? undefined, successors: token.successors }
}

function sessionOf(row: SessionRow): Session {
  return {
    id: fromColumn(row.id),
    subject: fromColumn(row.subject),
    authenticatedAt: row.authenticated_at,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    data: fromColumn(row.data),
  }
}
