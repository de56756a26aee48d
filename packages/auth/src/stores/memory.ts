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
import { forgettableAt, judgeRotation, type RefreshToken, type Standing } from "./rotation.ts"
import { byAge, idTaken, sessionOf } from "./sessions.ts"
import { Ends, sweepTimer } from "./sweeping.ts"
import { Watchers } from "./watching.ts"

/**
 * A store in the memory of this process, for development and tests: a restart forgets everything, and another process knows nothing of
 * it. What is over goes away by itself; the subjects that were revoked stay, one entry each.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

interface Family {
  session: Session
  standing: Standing
  readonly tokens: Map<string, RefreshToken>
}

/** Methods have no await inside: each is one step, since nothing else runs meanwhile. */
class MemoryStore implements Store {
  readonly kind = "memory"
  readonly #families = new Map<string, Family>()
  readonly #bySubject = new Map<string, Map<string, Family>>()
  readonly #revokedSubjects = new Map<string, number>()
  readonly #sessionEnds = new Ends()
  readonly #revokedTokens = new Expiring()
  readonly #used = new Expiring()
  readonly #documents = new Map<string, SharedDocument>()
  readonly #watchers = new Watchers(true)
  readonly #isSweepDue = sweepTimer()

  async createSession(created: NewSession): Promise<void> {
    if (this.#families.has(created.id)) throw idTaken()
    this.#sweepNowAndThen(created.lastUsedAt)
    const tokens = new Map([[created.refreshId, { successors: 0 }]])
    const family: Family = { session: sessionOf(created), standing: "living", tokens }
    this.#families.set(created.id, family)
    this.#sessionEnds.add(created.id, created.expiresAt)
    const ofSubject = this.#bySubject.get(created.subject) ?? new Map()
    this.#bySubject.set(created.subject, ofSubject.set(created.id, family))
  }

  async rotate(rotation: Rotation): Promise<RotationResult> {
    this.#sweepNowAndThen(rotation.now)
    const family = this.#families.get(rotation.sessionId)
    if (family === undefined) return { outcome: "ended" }
    const outcome = judge(family, rotation)
    if (outcome === "rotated") return { outcome, session: replaceToken(family, rotation) }
    if (outcome === "reused") {
      family.standing = "reused"
      this.#watchers.revoked({ sessionId: rotation.sessionId })
    }
    return { outcome }
  }

  async canRotate(presented: PresentedRefresh): Promise<boolean> {
    const family = this.#families.get(presented.sessionId)
    return family !== undefined && judge(family, presented) === "rotated"
  }

  async findSession(id: string, now: number): Promise<Session | undefined> {
    const family = this.#families.get(id)
    return family !== undefined && isLiving(family, now) ? family.session : undefined
  }

  async listSessions(subject: string, now: number): Promise<readonly Session[]> {
    return this.#living(subject, now)
      .map(({ session }) => session)
      .sort(byAge)
  }

  async revokeSession(id: string, now: number): Promise<boolean> {
    const family = this.#families.get(id)
    if (family === undefined || !isLiving(family, now)) return false
    family.standing = "revoked"
    this.#watchers.revoked({ sessionId: id })
    return true
  }

  async revokeSubject(subject: string, now: number): Promise<number> {
    this.#revokedSubjects.set(subject, Math.max(now, this.#revokedSubjects.get(subject) ?? now))
    const ended = this.#living(subject, now)
    for (const family of ended) family.standing = "revoked"
    this.#watchers.revoked({ subject })
    return ended.length
  }

  async revokeToken(tokenId: string, expiresAt: number): Promise<void> {
    this.#revokedTokens.set(tokenId, Math.max(expiresAt, this.#revokedTokens.get(tokenId) ?? expiresAt))
    this.#watchers.revoked({ tokenId })
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  async isRevoked({ tokenId, sessionId, subject, issuedAt, now }: Presented): Promise<boolean> {
    this.#sweepNowAndThen(now)
    if (tokenId !== undefined && this.#revokedTokens.has(tokenId)) return true
    if (sessionId === undefined) return issuedAt <= (this.#revokedSubjects.get(subject) ?? Number.NEGATIVE_INFINITY)
    const family = this.#families.get(sessionId)
    return family === undefined || !isLiving(family, now)
  }

  async useOnce(key: string, expiresAt: number, now: number): Promise<boolean> {
    this.#sweepNowAndThen(now)
    if ((this.#used.get(key) ?? now) > now) return false
    this.#used.set(key, expiresAt)
    return true
  }

  async readDocument(name: string): Promise<SharedDocument | undefined> {
    return this.#documents.get(name)
  }

  async writeDocument(name: string, text: string, version: number): Promise<boolean> {
    if ((this.#documents.get(name)?.version ?? 0) !== version) return false
    this.#documents.set(name, { text, version: version + 1 })
    return true
  }

  async sweep(now: number): Promise<number> {
    return this.#sweep(now)
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}

  #living(subject: string, now: number): Family[] {
    return [...(this.#bySubject.get(subject)?.values() ?? [])].filter((family) => isLiving(family, now))
  }

  #sweepNowAndThen(now: number): void {
    if (this.#isSweepDue(now)) this.#sweep(now)
  }

  #sweep(now: number): number {
    let forgotten = this.#revokedTokens.forgetOver(now) + this.#used.forgetOver(now)
    for (const id of this.#sessionEnds.take(now)) {
      const session = this.#families.get(id)?.session
      if (session === undefined) continue
      if (now < session.expiresAt) this.#sessionEnds.add(id, session.expiresAt)
      else {
        this.#forget(session)
        forgotten += 1
      }
    }
    return forgotten
  }

  #forget({ id, subject }: Session): void {
    this.#families.delete(id)
    const ofSubject = this.#bySubject.get(subject)
    ofSubject?.delete(id)
    if (ofSubject?.size === 0) this.#bySubject.delete(subject)
  }
}

function isLiving({ session, standing }: Family, now: number): boolean {
  return standing === "living" && now < session.expiresAt
}

function judge(family: Family, presented: PresentedRefresh): RotationResult["outcome"] {
  return judgeRotation({ ...family, presented: family.tokens.get(presented.presentedId) }, presented)
}

function replaceToken(family: Family, rotation: Rotation): Session {
  const { tokens } = family
  const { presentedId, successorId, now } = rotation
  const presented = tokens.get(presentedId)
  tokens.set(presentedId, { rotatedAt: presented?.rotatedAt ?? now, successors: (presented?.successors ?? 0) + 1 })
  if (!tokens.has(successorId)) tokens.set(successorId, { successors: 0 })
  for (const [id, { rotatedAt }] of tokens) {
    if (rotatedAt !== undefined && rotatedAt <= forgettableAt(rotation)) tokens.delete(id)
  }
  family.session = { ...family.session, lastUsedAt: now }
  return family.session
}

/** Keys, each with the first second in which it may be forgotten. */
class Expiring extends Map<string, number> {
  readonly #ends = new Ends()

  override set(key: string, expiresAt: number): this {
    this.#ends.add(key, expiresAt)
    return super.set(key, expiresAt)
  }

  forgetOver(now: number): number {
    const before = this.size
    for (const key of this.#ends.take(now)) {
      const expiresAt = this.get(key) ?? now
      if (expiresAt <= now) this.delete(key)
      else this.#ends.add(key, expiresAt)
    }
    return before - this.size
  }
}
