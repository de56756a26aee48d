/** What a file of SQLite promises beyond what every store does: it outlives processes, and serves several. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import type { NewSession } from "@jotkit/auth"
import { type SqliteConnection, sqliteStore } from "@jotkit/auth/sqlite"
import { UsageError } from "jotkit"
import Libsql from "libsql"
import { beforeEach, expect, onTestFinished, test } from "vitest"

type Writer = ChildProcessByStdio<null, Readable, null>

const NOW = 4_000_000_000
const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url))
const WRITER = fileURLToPath(new URL("sqlite-writer.mjs", import.meta.url))

let path = ""
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "jotkit-sqlite-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  path = join(folder, "sessions.db")
})

function open() {
  const store = sqliteStore(path)
  onTestFinished(() => store.close())
  return store
}

/** A connection by the same driver: to another one in this process, the locks of the file would be its own. */
function openBeside() {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown }
  const builtin = getBuiltinModule?.("node:sqlite") as { DatabaseSync: typeof Libsql } | undefined
  const connection = new (builtin?.DatabaseSync ?? Libsql)(path)
  onTestFinished(() => void connection.close())
  return connection
}

function newSession(id: string): NewSession {
  const times = { authenticatedAt: NOW, createdAt: NOW, lastUsedAt: NOW, expiresAt: NOW + 86_400 }
  return { id, subject: "alice", ...times, data: "{}", refreshId: "first" }
}

/** A process that rotates the first token of the session, then its successor, and so on. */
function startWriter(sessionId: string, times: number): Writer {
  const args = [CHILD, WRITER, path, sessionId, "first", String(NOW), String(times)]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

async function linesOf(child: Writer): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) lines.push(line)
  return lines
}

test("a file holds everything after it was closed and opened again", async () => {
  const store = sqliteStore(path)
  await store.createSession(newSession("s"))
  await store.rotate({ sessionId: "s", presentedId: "first", successorId: "second", now: NOW, graceSeconds: 10 })
  await store.createSession(newSession("out"))
  await store.revokeSession("out", NOW)
  await store.writeDocument("keys", "text", 0)
  await store.useOnce("k", NOW + 60, NOW)
  await store.close()
  const again = open()
  expect((await again.listSessions("alice", NOW)).map(({ id }) => id)).toEqual(["s"])
  expect(await again.readDocument("keys")).toEqual({ text: "text", version: 1 })
  expect(await again.useOnce("k", NOW + 60, NOW)).toBe(false)
  const late = { sessionId: "s", successorId: "third", now: NOW + 11, graceSeconds: 10 }
  expect((await again.rotate({ ...late, presentedId: "second" })).outcome).toBe("rotated")
  expect(await again.rotate({ ...late, presentedId: "first" })).toEqual({ outcome: "reused" })
})

test("a process that is killed in the midst of writing loses nothing that it was told is done", async () => {
  await open().createSession(newSession("s"))
  const child = startWriter("s", Number.POSITIVE_INFINITY)
  const lines: string[] = []
  for await (const line of createInterface(child.stdout)) {
    if (lines.push(line) === 200) child.kill("SIGKILL")
  }
  expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGKILL")
  expect(lines.filter((line) => !line.startsWith("rotated "))).toEqual([])

  const connection = new Libsql(path)
  onTestFinished(() => void connection.close())
  expect(connection.prepare("pragma integrity_check").get()).toMatchObject({ integrity_check: "ok" })
  const presentedId = lines.at(-1)?.split(" ")[1] ?? ""
  const asked = { sessionId: "s", presentedId, successorId: "next", now: NOW, graceSeconds: 10 }
  expect((await open().rotate(asked)).outcome).toBe("rotated")
})

test("several processes open one new file at once", async () => {
  const answers = await Promise.all(["a", "b", "c"].map((id) => linesOf(startWriter(id, 1))))
  expect(answers).toEqual(Array(3).fill(["ended first-0"]))
})

test("processes that write to one file at once wait for each other", async () => {
  const store = open()
  for (const id of ["a", "b", "c"]) await store.createSession(newSession(id))
  const children = ["a", "b"].map((id) => linesOf(startWriter(id, 150)))
  for (let i = 0; i < 150; i++) {
    const presentedId = i === 0 ? "first" : `next-${i - 1}`
    const asked = { sessionId: "c", presentedId, successorId: `next-${i}`, now: NOW, graceSeconds: 10 }
    expect((await store.rotate(asked)).outcome).toBe("rotated")
  }
  for (const lines of await Promise.all(children)) {
    expect(lines).toEqual(Array.from({ length: 150 }, (_, i) => `rotated first-${i}`))
  }
})

test("what is over goes away by itself", async () => {
  const store = open()
  await store.createSession({ ...newSession("s"), expiresAt: NOW + 10 })
  await store.revokeToken("t", NOW + 10)
  await store.useOnce("k", NOW + 10, NOW)
  const asked = { tokenId: undefined, sessionId: undefined, subject: "alice", issuedAt: NOW }
  await store.isRevoked({ ...asked, now: NOW + 60 })
  expect(await store.sweep(NOW + 60)).toBe(0)
  const connection = new Libsql(path)
  onTestFinished(() => void connection.close())
  expect(connection.prepare("select count(*) as tokens from jotkit_refresh_token").get()).toMatchObject({ tokens: 0 })
})

test("tokens that were rotated long ago are forgotten, and still are a reuse", async () => {
  const store = open()
  await store.createSession(newSession("s"))
  for (let i = 0; i < 20; i++) {
    const presentedId = i === 0 ? "first" : `next-${i}`
    const now = NOW + i * 60
    await store.rotate({ sessionId: "s", presentedId, successorId: `next-${i + 1}`, now, graceSeconds: 10 })
  }
  const connection = new Libsql(path)
  onTestFinished(() => void connection.close())
  expect(connection.prepare("select count(*) as tokens from jotkit_refresh_token").get()).toMatchObject({ tokens: 2 })
  const asked = { sessionId: "s", presentedId: "next-3", successorId: "next", now: NOW + 19 * 60, graceSeconds: 10 }
  expect(await store.rotate(asked)).toEqual({ outcome: "reused" })
})

test("a step that fails leaves nothing behind, and the next one works", async () => {
  const store = open()
  const connection = new Libsql(path)
  onTestFinished(() => void connection.close())
  connection.exec("create trigger refuse before insert on jotkit_refresh_token begin select raise(abort, 'no'); end")
  await expect(store.createSession(newSession("s"))).rejects.toThrow("no")
  connection.exec("drop trigger refuse")
  expect(await store.findSession("s", NOW)).toBeUndefined()
  await store.createSession(newSession("s"))
  expect(await store.findSession("s", NOW)).toBeDefined()
})

test("a handed-in connection is left open, and one that the store opened is closed", async () => {
  const connection = new Libsql(path)
  const borrowed = sqliteStore(connection)
  await borrowed.close()
  expect(connection.prepare("select version from jotkit_schema").get()).toMatchObject({ version: 1 })
  connection.close()
  const own = sqliteStore(path)
  await own.close()
  await own.close()
  await expect(own.ping()).rejects.toThrow("the store is closed")
  await expect(own.createSession(newSession("s"))).rejects.toThrow()
})

test("the tables of a later version are left alone", async () => {
  await sqliteStore(path).close()
  const connection = new Libsql(path)
  onTestFinished(() => void connection.close())
  connection.exec("update jotkit_schema set version = 2")
  expect(() => sqliteStore(path)).toThrow(UsageError)
  expect(() => sqliteStore(path)).toThrow("the tables of the database are of another version of this package")
})

test("what is neither a path nor a connection is refused", () => {
  expect(() => sqliteStore("")).toThrow("the path of the database must not be empty")
  for (const other of [undefined, {}, { exec() {} }] as unknown as SqliteConnection[]) {
    expect(() => sqliteStore(other)).toThrow("the database must be a path, or a connection with exec and prepare")
  }
})

test("while another writes to the file, steps wait and this process goes on", async () => {
  const store = open()
  await store.createSession(newSession("s"))
  const other = openBeside()
  other.exec("begin immediate")
  const steps = Promise.all([
    store.rotate({ sessionId: "s", presentedId: "first", successorId: "second", now: NOW, graceSeconds: 10 }),
    store.revokeToken("token", NOW + 60),
    store.useOnce("key", NOW + 60, NOW),
  ])
  // Nothing but this process can let the file go: a step that waited here would have failed.
  other.exec("commit")
  expect(await steps).toMatchObject([{ outcome: "rotated" }, undefined, true])
})

test("a file that is never let go fails the step, which does not happen later", async () => {
  const store = open()
  await store.createSession(newSession("s"))
  const other = openBeside()
  other.exec("begin immediate")
  await expect(store.revokeSession("s", NOW)).rejects.toThrow("locked")
  other.exec("rollback")
  expect(await store.findSession("s", NOW)).toBeDefined()
})
