/** What every store promises, asked of each of them through two connections where it can have two. */
import { randomBytes, randomUUID } from "node:crypto"
import type { NewSession, Presented, Rotation, RotationResult } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { describe, expect, onTestFinished, test } from "vitest"
import { candidates, type Pair } from "./store-candidates.ts"
import { type Heard, Watching } from "./watching.ts"

/** Far ahead, so that no clock of a server forgets anything meanwhile. */
const NOW = 4_000_000_000
const DAY = 86_400
const GRACE = 10

function newSession(changes: Partial<NewSession> = {}): NewSession {
  return {
    id: randomUUID(),
    subject: "alice",
    authenticatedAt: NOW - 5,
    createdAt: NOW,
    lastUsedAt: NOW,
    expiresAt: NOW + DAY,
    data: '{"roles":["admin"]}',
    refreshId: "first",
    ...changes,
  }
}

function rotation(session: NewSession, changes: Partial<Rotation> = {}): Rotation {
  return {
    sessionId: session.id,
    presentedId: session.refreshId,
    successorId: randomUUID(),
    now: NOW,
    graceSeconds: GRACE,
    ...changes,
  }
}

function presented(session: NewSession | undefined, changes: Partial<Presented> = {}): Presented {
  return { tokenId: "t", sessionId: session?.id, subject: "alice", issuedAt: NOW, now: NOW, ...changes }
}

function stored({ refreshId: _, ...session }: NewSession, lastUsedAt = session.lastUsedAt) {
  return { ...session, lastUsedAt }
}

/** What a store tells of what the test does. */
function toldBy(kind: string, { session, reused, spare }: Record<"session" | "reused" | "spare", NewSession>): Heard[] {
  if (kind === "sqlite") return []
  const tooLong = kind === "memory" ? { tokenId: "x".repeat(20_000) } : {}
  const told = [{ sessionId: session.id }, { sessionId: reused.id }, { tokenId: "a \u0000 token" }, tooLong]
  // Each of the subject's sessions is a step of its own there.
  return ["opened", ...told, { subject: "bob" }, ...(kind === "redis" ? [{ sessionId: spare.id }] : [])]
}

function tally(results: readonly RotationResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** Texts that are hard on encodings, separators, quoting and JSON. */
const ODD_TEXTS = [
  "",
  " ",
  "'; drop table jotkit_session; --",
  "%_\\",
  '{"a":"\\u0000"}',
  "a\u0000b",
  "a\u0000c",
  "\u0000",
  "\u001a0000",
  "line\r\nbreak\ttab",
  "\ud800",
  "\udc00",
  "\ufffd",
  "z\u00fc\u6771\u{1f600}",
  "}{a}:{",
  "__proto__",
  "constructor",
  "$1 ? :name @p",
  "e\u0301",
  "\u00e9",
]

describe.each(candidates)("the store in $name", ({ name, open }) => {
  async function openPair(): Promise<Pair> {
    const pair = await open()
    onTestFinished(() => pair.close())
    return pair
  }

  async function withSession(changes: Partial<NewSession> = {}) {
    const pair = await openPair()
    const session = newSession(changes)
    await pair.store.createSession(session)
    return { ...pair, session }
  }

  test("says what it is and that it can be reached", async () => {
    const { store, other } = await openPair()
    expect(name.startsWith(store.kind)).toBe(true)
    await expect(Promise.all([store.ping(), other.ping()])).resolves.toEqual([undefined, undefined])
  })

  describe("sessions", () => {
    test("are found as they were made, until the second they are over", async () => {
      const { other, session } = await withSession()
      expect(await other.findSession(session.id, NOW)).toEqual(stored(session))
      expect(await other.findSession(session.id, session.expiresAt - 1)).toEqual(stored(session))
      expect(await other.findSession(session.id, session.expiresAt)).toBeUndefined()
    })

    test("that nobody made are not found, not revoked, and count as revoked", async () => {
      const { store } = await openPair()
      expect(await store.findSession("nobody", NOW)).toBeUndefined()
      expect(await store.revokeSession("nobody", NOW)).toBe(false)
      expect(await store.isRevoked(presented(newSession()))).toBe(true)
    })

    test("have an id of their own", async () => {
      const { other, session } = await withSession()
      await expect(other.createSession(newSession({ id: session.id, subject: "mallory" }))).rejects.toThrow()
      expect(await other.findSession(session.id, NOW)).toEqual(stored(session))
      expect(await other.listSessions("mallory", NOW)).toEqual([])
    })

    test("keep an id of their own after they were revoked", async () => {
      const { store, other, session } = await withSession()
      await store.revokeSession(session.id, NOW)
      await expect(other.createSession(newSession({ id: session.id }))).rejects.toThrow()
      expect(await other.findSession(session.id, NOW)).toBeUndefined()
    })

    test("are listed by age, then by id, and only those of the subject", async () => {
      const { store, other } = await openPair()
      const made = [
        newSession({ id: "c", createdAt: NOW - 1 }),
        newSession({ id: "b", createdAt: NOW }),
        newSession({ id: "a", createdAt: NOW }),
        newSession({ id: "d", createdAt: NOW - 20 }),
        newSession({ id: "e", subject: "Alice" }),
        newSession({ id: "f", subject: "alice " }),
      ]
      for (const session of made) await store.createSession(session)
      expect((await other.listSessions("alice", NOW)).map(({ id }) => id)).toEqual(["d", "c", "a", "b"])
      expect(await other.listSessions("Alice", NOW)).toEqual([stored(newSession({ id: "e", subject: "Alice" }))])
      expect(await other.listSessions("nobody", NOW)).toEqual([])
    })

    test("are not listed once they are over or revoked", async () => {
      const { store, other } = await openPair()
      await store.createSession(newSession({ id: "short", expiresAt: NOW + 10 }))
      await store.createSession(newSession({ id: "long" }))
      await store.createSession(newSession({ id: "out" }))
      await store.revokeSession("out", NOW)
      const idsAt = async (now: number) => (await other.listSessions("alice", now)).map(({ id }) => id)
      expect(await idsAt(NOW + 9)).toEqual(["long", "short"])
      expect(await idsAt(NOW + 10)).toEqual(["long"])
    })

    test("are revoked once, and not when they are over", async () => {
      const { store, other, session } = await withSession()
      expect(await store.revokeSession(session.id, session.expiresAt)).toBe(false)
      expect(await store.revokeSession(session.id, session.expiresAt - 1)).toBe(true)
      expect(await other.revokeSession(session.id, NOW)).toBe(false)
      expect(await other.findSession(session.id, NOW)).toBeUndefined()
      expect(await other.isRevoked(presented(session))).toBe(true)
    })

    test("are counted once when many revoke one of them at once", async () => {
      const { store, other, session } = await withSession()
      const answers = await Promise.all(times(50, (i) => (i % 2 ? store : other).revokeSession(session.id, NOW)))
      expect(answers.filter(Boolean)).toHaveLength(1)
    })
  })

  describe("rotation", () => {
    test("puts the successor in the place of the token and notes when", async () => {
      const { store, other, session } = await withSession()
      const answer = await store.rotate(rotation(session, { successorId: "second", now: NOW + 60 }))
      expect(answer).toEqual({ outcome: "rotated", session: stored(session, NOW + 60) })
      expect(await other.findSession(session.id, NOW + 60)).toEqual(stored(session, NOW + 60))
      expect(await other.listSessions("alice", NOW + 60)).toEqual([stored(session, NOW + 60)])
      const next = await other.rotate(rotation(session, { presentedId: "second", now: NOW + 120 }))
      expect(next.outcome).toBe("rotated")
    })

    test("goes on for a long chain, and an ancestor ends it", async () => {
      const { store, other, session } = await withSession()
      for (let i = 0; i < 40; i++) {
        const ids = { presentedId: i === 0 ? "first" : `next-${i}`, successorId: `next-${i + 1}` }
        const answer = await (i % 2 ? store : other).rotate(rotation(session, { ...ids, now: NOW + i * 60 }))
        expect(answer.outcome).toBe("rotated")
      }
      const late = { now: NOW + 40 * 60 }
      expect(await store.rotate(rotation(session, { ...late, presentedId: "next-3" }))).toEqual({ outcome: "reused" })
      expect(await other.rotate(rotation(session, { ...late, presentedId: "next-40" }))).toEqual({ outcome: "ended" })
      expect(await other.rotate(rotation(session, late))).toEqual({ outcome: "reused" })
    })

    test("is done again within the grace, its last second included", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session, { successorId: "a" }))
      const again = await other.rotate(rotation(session, { successorId: "b", now: NOW + GRACE }))
      expect(again).toEqual({ outcome: "rotated", session: stored(session, NOW + GRACE) })
      for (const presentedId of ["a", "b"]) {
        const answer = await store.rotate(rotation(session, { presentedId, now: NOW + GRACE + 60 }))
        expect(answer.outcome).toBe("rotated")
      }
    })

    test("counts the grace from the first rotation, not from the last one", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session))
      await store.rotate(rotation(session, { now: NOW + GRACE }))
      expect(await other.rotate(rotation(session, { now: NOW + GRACE + 1 }))).toEqual({ outcome: "reused" })
    })

    test("after the grace is a reuse, which ends the session and is told again and again", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session, { successorId: "second" }))
      const late = { now: NOW + GRACE + 1 }
      expect(await store.rotate(rotation(session, late))).toEqual({ outcome: "reused" })
      expect(await other.findSession(session.id, late.now)).toBeUndefined()
      expect(await other.listSessions("alice", late.now)).toEqual([])
      expect(await other.isRevoked(presented(session, late))).toBe(true)
      expect(await other.revokeSession(session.id, late.now)).toBe(false)
      expect(await other.rotate(rotation(session, { ...late, presentedId: "second" }))).toEqual({ outcome: "ended" })
      expect(await other.rotate(rotation(session, late))).toEqual({ outcome: "reused" })
      const last = { now: session.expiresAt - 1, idleSeconds: 60 }
      expect(await other.rotate(rotation(session, last))).toEqual({ outcome: "reused" })
      expect(await other.rotate(rotation(session, { now: session.expiresAt }))).toEqual({ outcome: "ended" })
    })

    test("knows no grace when there is none, not even within one second", async () => {
      const { store, other, session } = await withSession()
      const strict = { graceSeconds: 0 }
      expect((await store.rotate(rotation(session, strict))).outcome).toBe("rotated")
      expect(await other.rotate(rotation(session, strict))).toEqual({ outcome: "reused" })
    })

    test("of a token that the session does not know is a reuse", async () => {
      const { store, other, session } = await withSession()
      const forgotten = rotation(session, { presentedId: "forgotten" })
      expect(await store.rotate(forgotten)).toEqual({ outcome: "reused" })
      expect(await other.rotate(forgotten)).toEqual({ outcome: "reused" })
      expect(await other.rotate(rotation(session))).toEqual({ outcome: "ended" })
    })

    test("of another session's token is a reuse, and leaves the other one alone", async () => {
      const { store, other, session } = await withSession()
      const second = newSession({ refreshId: "of the second" })
      await store.createSession(second)
      const mixed = rotation(session, { presentedId: second.refreshId })
      expect(await other.rotate(mixed)).toEqual({ outcome: "reused" })
      expect((await other.rotate(rotation(second))).outcome).toBe("rotated")
    })

    test("in an unknown session changes nothing", async () => {
      const { store, other } = await openPair()
      const session = newSession()
      expect(await store.rotate(rotation(session))).toEqual({ outcome: "ended" })
      await store.createSession(session)
      expect((await other.rotate(rotation(session))).outcome).toBe("rotated")
    })

    test("ends with the session, to the second", async () => {
      const { store, other, session } = await withSession({ expiresAt: NOW + 100 })
      const early = await store.rotate(rotation(session, { successorId: "second", now: NOW + 99 }))
      expect(early.outcome).toBe("rotated")
      expect(await other.rotate(rotation(session, { presentedId: "second", now: NOW + 100 }))).toEqual({
        outcome: "ended",
      })
    })

    test("ends when the session was idle for longer than allowed, and every rotation is a use", async () => {
      const { store, other, session } = await withSession()
      const idle = { idleSeconds: 60 }
      const kept = await store.rotate(rotation(session, { ...idle, successorId: "second", now: NOW + 60 }))
      expect(kept.outcome).toBe("rotated")
      const over = rotation(session, { ...idle, presentedId: "second", now: NOW + 121 })
      expect(await other.rotate(over)).toEqual({ outcome: "ended" })
      expect((await other.rotate({ ...over, now: NOW + 120 })).outcome).toBe("rotated")
    })

    test("in an idle session is over, not a reuse", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session))
      expect(await other.rotate(rotation(session, { idleSeconds: 60, now: NOW + 61 }))).toEqual({ outcome: "ended" })
      expect(await other.findSession(session.id, NOW + 61)).toBeDefined()
    })

    test("in a session that was logged out is over, not a reuse", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session, { successorId: "second" }))
      await store.revokeSession(session.id, NOW)
      for (const presentedId of ["first", "second", "forgotten"]) {
        const late = rotation(session, { presentedId, now: NOW + GRACE + 1 })
        expect(await other.rotate(late)).toEqual({ outcome: "ended" })
      }
    })

    test("does not bring a token back that was rotated before", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session, { successorId: "second" }))
      await store.rotate(rotation(session, { presentedId: "second", successorId: "first", now: NOW + 1 }))
      expect(await other.rotate(rotation(session, { now: NOW + GRACE + 1 }))).toEqual({ outcome: "reused" })
    })

    test("gives one token 32 successors, however many ask at once from two sides", async () => {
      const { store, other, session } = await withSession()
      const ids = times(300, (i) => `successor-${i}`)
      const ask = (successorId: string, i: number) => (i % 2 ? store : other).rotate(rotation(session, { successorId }))
      const answers = await Promise.all(ids.map(ask))
      expect(tally(answers)).toEqual({ rotated: 32, reused: 268 })
      expect(await other.findSession(session.id, NOW)).toBeUndefined()
      const granted = ids.filter((_, i) => answers[i]?.outcome === "rotated")
      const after = await Promise.all(granted.map((presentedId) => store.rotate(rotation(session, { presentedId }))))
      expect(tally(after)).toEqual({ ended: 32 })
    })

    test("makes every successor good that it handed out to those who asked at once", async () => {
      const { store, other, session } = await withSession()
      const ids = times(32, (i) => `successor-${i}`)
      const ask = (successorId: string, i: number) => (i % 2 ? store : other).rotate(rotation(session, { successorId }))
      expect(tally(await Promise.all(ids.map(ask)))).toEqual({ rotated: 32 })
      const use = (presentedId: string, i: number) =>
        (i % 2 ? other : store).rotate(rotation(session, { presentedId, now: NOW + 60 }))
      expect(tally(await Promise.all(ids.map(use)))).toEqual({ rotated: 32 })
    })

    test("without a grace has one winner, however many ask at once", async () => {
      const { store, other, session } = await withSession()
      const ask = (i: number) => (i % 2 ? store : other).rotate(rotation(session, { graceSeconds: 0 }))
      expect(tally(await Promise.all(times(200, ask)))).toEqual({ rotated: 1, reused: 199 })
    })

    test("never outlives a logout that it races with", async () => {
      const { store, other } = await openPair()
      const sessions = times(60, (i) => newSession({ id: `s${i}` }))
      for (const session of sessions) await store.createSession(session)
      const race = async (session: NewSession, i: number) => {
        const [first, second] = i % 2 ? [store, other] : [other, store]
        const ask = (n: number) => first.rotate(rotation(session, { successorId: `next-${n}` }))
        const before = times(3, ask)
        const revoked = second.revokeSession(session.id, NOW)
        await Promise.all([...before, revoked, ...times(3, (n) => ask(n + 3))])
        expect(await revoked).toBe(true)
        const successors = times(6, (n) => rotation(session, { presentedId: `next-${n}` }))
        const after = await Promise.all([rotation(session), ...successors].map((asked) => first.rotate(asked)))
        expect(tally(after)).toEqual({ ended: 7 })
        expect(await first.findSession(session.id, NOW)).toBeUndefined()
      }
      // All at once would wait for one another so long on a busy machine that the store's server counted as away.
      for (let begin = 0; begin < sessions.length; begin += 12)
        await Promise.all(sessions.slice(begin, begin + 12).map(race))
    })
  })

  describe("whether a token can be rotated", () => {
    /** Asks, then rotates: both must say the same, and what was asked must have changed nothing. */
    async function outcomeOf({ store, other }: Pair, asked: Rotation) {
      const { successorId: _, ...presented } = asked
      const can = await other.canRotate(presented)
      const { outcome } = await store.rotate(asked)
      expect(can).toBe(outcome === "rotated")
      return outcome
    }

    test("is told as the rotation tells it, for every outcome", async () => {
      const pair = await withSession()
      const { session } = pair
      expect(await outcomeOf(pair, rotation(session, { sessionId: "nobody" }))).toBe("ended")
      expect(await outcomeOf(pair, rotation(session, { successorId: "second" }))).toBe("rotated")
      expect(await outcomeOf(pair, rotation(session, { successorId: "third", now: NOW + GRACE }))).toBe("rotated")
      expect(await outcomeOf(pair, rotation(session, { presentedId: "second", idleSeconds: 4, now: NOW + 15 }))).toBe(
        "ended",
      )
      expect(await outcomeOf(pair, rotation(session, { presentedId: "second", idleSeconds: 5, now: NOW + 15 }))).toBe(
        "rotated",
      )
      expect(await outcomeOf(pair, rotation(session, { now: NOW + GRACE + 1 }))).toBe("reused")
      for (const presentedId of ["first", "third", "forgotten"])
        await outcomeOf(pair, rotation(session, { presentedId, now: NOW + GRACE + 2 }))
    })

    test("is told without a grace, at the end of a session, and after 32 successors", async () => {
      const pair = await withSession({ expiresAt: NOW + 50 })
      const { store, session } = pair
      expect(await outcomeOf(pair, rotation(session, { now: NOW + 50 }))).toBe("ended")
      for (let i = 0; i < 32; i++) expect(await outcomeOf(pair, rotation(session))).toBe("rotated")
      const { successorId: _, ...presented } = rotation(session)
      expect(await store.canRotate({ ...presented, graceSeconds: 0 })).toBe(false)
      expect(await outcomeOf(pair, rotation(session))).toBe("reused")
    })

    test("is no reuse when it cannot", async () => {
      const { store, other, session } = await withSession()
      await store.rotate(rotation(session, { successorId: "second" }))
      const { successorId: _, ...late } = rotation(session, { now: NOW + GRACE + 1 })
      expect(await other.canRotate(late)).toBe(false)
      expect((await store.rotate({ ...late, presentedId: "second", successorId: "third" })).outcome).toBe("rotated")
    })
  })

  describe("revocation of a subject", () => {
    test("ends its living sessions and no others, and counts them", async () => {
      const { store, other } = await openPair()
      const made = [
        newSession({ id: "a" }),
        newSession({ id: "b" }),
        newSession({ id: "gone" }),
        newSession({ id: "over", expiresAt: NOW + 1 }),
        newSession({ id: "bob", subject: "bob" }),
      ]
      for (const session of made) await store.createSession(session)
      await store.revokeSession("gone", NOW)
      expect(await store.revokeSubject("alice", NOW + 1)).toBe(2)
      expect(await other.listSessions("alice", NOW + 1)).toEqual([])
      expect(await other.revokeSubject("alice", NOW + 2)).toBe(0)
      expect(await other.findSession("bob", NOW)).toBeDefined()
      for (const id of ["a", "b"]) {
        expect(await other.rotate(rotation(newSession({ id })))).toEqual({ outcome: "ended" })
        expect(await other.isRevoked(presented(newSession({ id })))).toBe(true)
      }
    })

    test("does not touch a session that begins afterwards, even in the same second", async () => {
      const { store, other, session } = await withSession()
      expect(await store.revokeSubject("alice", NOW)).toBe(1)
      const next = newSession()
      await other.createSession(next)
      expect(await other.isRevoked(presented(next))).toBe(false)
      expect(await other.isRevoked(presented(session))).toBe(true)
      expect((await other.rotate(rotation(next))).outcome).toBe("rotated")
      expect((await other.listSessions("alice", NOW)).map(({ id }) => id)).toEqual([next.id])
    })

    test("reaches tokens without a session that were issued until that second", async () => {
      const { store, other } = await openPair()
      const issued = (issuedAt: number, subject = "alice") =>
        other.isRevoked(presented(undefined, { issuedAt, subject, now: NOW + 5 }))
      expect(await issued(NOW)).toBe(false)
      await store.revokeSubject("alice", NOW)
      expect(await issued(NOW - 1)).toBe(true)
      expect(await issued(NOW)).toBe(true)
      expect(await issued(NOW + 1)).toBe(false)
      expect(await issued(NOW, "bob")).toBe(false)
    })

    test("is not undone by an earlier one that comes late", async () => {
      const { store, other } = await openPair()
      await store.revokeSubject("alice", NOW)
      await other.revokeSubject("alice", NOW - 100)
      expect(await store.isRevoked(presented(undefined, { issuedAt: NOW }))).toBe(true)
    })

    test("leaves nothing alive of what was there, whatever rotates meanwhile", async () => {
      const { store, other } = await openPair()
      const sessions = times(40, (i) => newSession({ id: `s${i}` }))
      for (const session of sessions) await store.createSession(session)
      const rotations = sessions.map((session, i) =>
        (i % 2 ? store : other).rotate(rotation(session, { successorId: "second" })),
      )
      const [count] = await Promise.all([other.revokeSubject("alice", NOW), ...rotations])
      expect(count).toBe(40)
      const after = sessions.map((session) => store.rotate(rotation(session, { presentedId: "second" })))
      expect(tally(await Promise.all(after))).toEqual({ ended: 40 })
      expect(await store.listSessions("alice", NOW)).toEqual([])
    })

    test("and sessions that begin meanwhile: each is ended or listed, none is lost", async () => {
      const { store, other } = await openPair()
      const sessions = times(40, (i) => newSession({ id: `s${i}` }))
      const created = sessions.map((session, i) => (i % 2 ? store : other).createSession(session))
      const [count] = await Promise.all([store.revokeSubject("alice", NOW), ...created])
      const listed = await other.listSessions("alice", NOW)
      expect(count + listed.length).toBe(40)
      expect(await other.revokeSubject("alice", NOW)).toBe(listed.length)
    })
  })

  describe("revocation of a token", () => {
    test("reaches that token only, with and without a session", async () => {
      const { store, other, session } = await withSession()
      await store.revokeToken("t", NOW + 60)
      expect(await other.isRevoked(presented(session))).toBe(true)
      expect(await other.isRevoked(presented(undefined))).toBe(true)
      expect(await other.isRevoked(presented(session, { tokenId: "u" }))).toBe(false)
      expect(await other.isRevoked(presented(session, { tokenId: undefined }))).toBe(false)
    })

    test("lasts until the token is over, whoever revokes it again for a shorter time", async () => {
      const { store, other } = await openPair()
      await store.revokeToken("t", NOW + 60)
      await other.revokeToken("t", NOW + 10)
      await other.sweep(NOW + 59)
      expect(await store.isRevoked(presented(undefined, { now: NOW + 59 }))).toBe(true)
    })

    test("is not needed where the session is over", async () => {
      const { other, session } = await withSession()
      expect(await other.isRevoked(presented(session, { now: session.expiresAt - 1 }))).toBe(false)
      expect(await other.isRevoked(presented(session, { now: session.expiresAt }))).toBe(true)
    })
  })

  describe("those who watch", () => {
    test("are told of every revocation by another instance", async () => {
      const { store, other, session } = await withSession()
      const watching = new Watching()
      other.watch?.(watching)
      // A file does not tell: whoever remembers answers must not, as long as it was not opened.
      if (store.kind !== "sqlite") await watching.until(1)
      const [spare, reused] = [newSession({ subject: "bob" }), newSession()]
      for (const made of [spare, reused]) await store.createSession(made)
      await store.rotate(rotation(session))
      await store.revokeSession(session.id, NOW)
      await store.rotate(rotation(reused, { presentedId: "forgotten" }))
      await store.revokeToken("a \u0000 token", NOW + 60)
      await store.revokeToken("x".repeat(20_000), NOW + 60)
      await store.revokeSubject("bob", NOW)
      const told = toldBy(store.kind, { session, reused, spare })
      // Nodes of a cluster do not wait for each other.
      const sorted = (heard: readonly unknown[]) => heard.map((what) => JSON.stringify(what)).sort()
      expect(sorted(await watching.until(told.length))).toEqual(sorted(told))
    })
  })

  describe("what is used once", () => {
    test("is refused until it is forgotten, to the second", async () => {
      const { store, other } = await openPair()
      expect(await store.useOnce("k", NOW + 60, NOW)).toBe(true)
      expect(await other.useOnce("k", NOW + 60, NOW)).toBe(false)
      expect(await other.useOnce("k", NOW + 999, NOW + 59)).toBe(false)
      expect(await other.useOnce("k", NOW + 120, NOW + 60)).toBe(true)
      expect(await store.useOnce("k", NOW + 120, NOW + 119)).toBe(false)
      expect(await store.useOnce("other", NOW + 60, NOW)).toBe(true)
    })

    test("is used by one of many who try at once, also after it was forgotten", async () => {
      const { store, other } = await openPair()
      const tryAt = (now: number) => (i: number) => (i % 2 ? store : other).useOnce("k", now + 60, now)
      for (const now of [NOW, NOW + 60]) {
        expect((await Promise.all(times(200, tryAt(now)))).filter(Boolean)).toHaveLength(1)
      }
    })
  })

  describe("documents", () => {
    test("are read as they were written, with their version", async () => {
      const { store, other } = await openPair()
      expect(await store.readDocument("keys")).toBeUndefined()
      expect(await store.writeDocument("keys", "one", 0)).toBe(true)
      expect(await other.readDocument("keys")).toEqual({ text: "one", version: 1 })
      expect(await other.writeDocument("keys", "two", 1)).toBe(true)
      expect(await store.readDocument("keys")).toEqual({ text: "two", version: 2 })
      expect(await store.readDocument("others")).toBeUndefined()
    })

    test("are not written by those who read another version", async () => {
      const { store, other } = await openPair()
      expect(await store.writeDocument("keys", "early", 1)).toBe(false)
      expect(await store.readDocument("keys")).toBeUndefined()
      await store.writeDocument("keys", "one", 0)
      await store.writeDocument("keys", "two", 1)
      for (const version of [0, 1, 3]) expect(await other.writeDocument("keys", "late", version)).toBe(false)
      expect(await other.readDocument("keys")).toEqual({ text: "two", version: 2 })
    })

    test("have one writer for each version, however many try at once", async () => {
      const { store, other } = await openPair()
      for (const version of [0, 1]) {
        const write = (i: number) => (i % 2 ? store : other).writeDocument("keys", `by ${i}`, version)
        const answers = await Promise.all(times(100, write))
        expect(answers.filter(Boolean)).toHaveLength(1)
        expect(await other.readDocument("keys")).toEqual({ text: `by ${answers.indexOf(true)}`, version: version + 1 })
      }
    })
  })

  describe("texts", () => {
    test("of any characters are told apart and come back unchanged", async () => {
      const { store, other } = await openPair()
      for (const text of ODD_TEXTS) {
        await store.createSession(newSession({ id: `id${text}`, subject: text, data: text, refreshId: text }))
        expect(await store.useOnce(text, NOW + 60, NOW)).toBe(true)
        expect(await store.writeDocument(text, text, 0)).toBe(true)
      }
      for (const text of ODD_TEXTS) {
        const session = newSession({ id: `id${text}`, subject: text, data: text, refreshId: text })
        expect(await other.findSession(session.id, NOW)).toEqual(stored(session))
        expect(await other.listSessions(text, NOW)).toEqual([stored(session)])
        expect(await other.readDocument(text)).toEqual({ text, version: 1 })
        expect(await other.rotate(rotation(session))).toEqual({ outcome: "rotated", session: stored(session) })
        await other.revokeToken(text, NOW + 60)
        expect(await other.isRevoked(presented(session, { tokenId: text }))).toBe(true)
        expect(await other.revokeSubject(text, NOW)).toBe(1)
      }
    })

    test("may be huge", async () => {
      const { store, other } = await openPair()
      const data = JSON.stringify({ claims: "x".repeat(1_000_000) })
      const session = newSession({ data })
      await store.createSession(session)
      expect(await other.findSession(session.id, NOW)).toEqual(stored(session))
      await store.writeDocument("keys", data, 0)
      expect(await other.readDocument("keys")).toEqual({ text: data, version: 1 })
    })
  })

  test("tells keys apart that are longer than an index holds", async () => {
    const { store, other } = await openPair()
    // What repeats itself would be short once it is compressed.
    const long = randomBytes(50_000).toString("hex")
    expect(await store.useOnce(`${long}a`, NOW + 60, NOW)).toBe(true)
    expect(await other.useOnce(`${long}a`, NOW + 60, NOW)).toBe(false)
    expect(await other.useOnce(`${long}b`, NOW + 60, NOW)).toBe(true)
    await store.revokeToken(`${long}a`, NOW + 60)
    expect(await other.isRevoked(presented(undefined, { tokenId: `${long}a` }))).toBe(true)
    expect(await other.isRevoked(presented(undefined, { tokenId: `${long}b` }))).toBe(false)
  })

  test("forgets what was put off when that is over, hours later", async () => {
    const { store, other } = await openPair()
    await store.revokeToken("t", NOW + 10)
    await other.revokeToken("t", NOW + 7300)
    expect(await store.useOnce("k", NOW + 10, NOW)).toBe(true)
    expect(await other.useOnce("k", NOW + 7300, NOW + 10)).toBe(true)
    expect(await store.sweep(NOW + 3700)).toBe(0)
    expect(await other.isRevoked(presented(undefined, { now: NOW + 3700 }))).toBe(true)
    expect(await other.useOnce("k", NOW + 9000, NOW + 3700)).toBe(false)
    expect(await store.sweep(NOW + 7299)).toBe(0)
    expect(await store.sweep(NOW + 7300)).toBe(store.kind === "redis" ? 0 : 2)
  })

  test("forgets what is over when told to, and nothing else", async () => {
    const { store, other } = await openPair()
    const over = newSession({ id: "over", expiresAt: NOW + 10 })
    await store.createSession(over)
    await store.createSession(newSession({ id: "living" }))
    await store.rotate(rotation(over))
    await store.revokeToken("over", NOW + 10)
    await store.revokeToken("living", NOW + 11)
    await store.useOnce("over", NOW + 10, NOW)
    await store.useOnce("living", NOW + 11, NOW)
    await store.revokeSubject("bob", NOW)
    await store.writeDocument("keys", "text", 0)
    expect(await other.sweep(NOW + 9)).toBe(0)
    // Redis forgets by itself.
    expect(await other.sweep(NOW + 10)).toBe(store.kind === "redis" ? 0 : 3)
    expect(await store.findSession("living", NOW + 10)).toBeDefined()
    expect(await store.isRevoked(presented(undefined, { tokenId: "living" }))).toBe(true)
    expect(await store.useOnce("living", NOW + 60, NOW + 10)).toBe(false)
    expect(await store.isRevoked(presented(undefined, { subject: "bob" }))).toBe(true)
    expect(await store.readDocument("keys")).toBeDefined()
  })
})

test("the store in memory forgets by itself what is over", async () => {
  const store = memoryStore()
  await store.useOnce("first", NOW + 10, NOW)
  await store.createSession(newSession({ expiresAt: NOW + 10 }))
  await store.revokeToken("t", NOW + 10)
  await store.isRevoked(presented(undefined, { now: NOW + 59 }))
  await store.isRevoked(presented(undefined, { now: NOW + 60 }))
  expect(await store.sweep(NOW + 60)).toBe(0)
})

test("a store goes on sweeping where the clock was put back by a day", async () => {
  const store = memoryStore()
  const early = NOW - 86_400
  await store.useOnce("a", NOW + 10, NOW)
  await store.useOnce("b", early + 10, early)
  await store.useOnce("c", early + 9000, early + 7200)
  // Only what is over by the clock of tomorrow is left.
  expect(await store.sweep(early + 7200)).toBe(0)
})
