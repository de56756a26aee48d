/** Whether a token was revoked: asked of the store, or of what it said a moment ago. */

import type { Revoked, Watcher } from "../store.ts"
import type { Eventual } from "./eventual.ts"
import { tokenIds } from "./issuers.ts"
import { own } from "./options.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { askStore } from "./store-access.ts"

/** Answers whether a token was revoked; rejects with StoreUnavailableError. */
export type RevocationCheck = (claims: AuthClaims) => Eventual<boolean>

/** A check, and what makes it forget what it was told. */
export interface Revocation {
  /** As the options want it: every time, only at a refresh, or from memory. */
  readonly isRevoked: RevocationCheck
  /** Asked of the store in any case. */
  readonly ask: RevocationCheck
  /** Something was revoked here: ask again. */
  forget(what: Revoked): void
}

/** The check that the options ask for. */
export function revocationOf(settings: Settings): Revocation {
  const { store, check } = settings
  if (store === undefined) return { isRevoked: never, ask: never, forget: () => undefined }
  const ask: RevocationCheck = (claims) =>
    askStore(settings.storeTimeout, () => store.isRevoked(presented(claims, settings)))
  const remembered = check.cachedFor > 0 ? new RememberedAnswers(ask, settings) : undefined
  if (remembered !== undefined) {
    if (store.watch === undefined) remembered.opened()
    else store.watch(remembered)
  }
  return {
    ask,
    // What is not asked of an access token is asked when it is renewed.
    isRevoked: (claims) => {
      if (!check.access && own(claims, "type") === "access") return false
      return remembered === undefined ? ask(claims) : remembered.isRevoked(claims)
    },
    forget: (what) => remembered?.revoked(what),
  }
}

function never(): boolean {
  return false
}

/** How many answers are remembered, and how many revocations: the oldest are dropped. */
const MAX_REMEMBERED = 100_000

interface Answer {
  readonly revoked: boolean
  /** It counts from this moment on: where the clock is put back, it would count for longer than was asked for. */
  readonly from: number
  /** The first second in which it is asked for again. */
  readonly until: number
  /** How much had been revoked when it was asked for. */
  readonly askedAt: number
}

/**
 * What the store said, for a while. An answer counts as long as nothing was revoked since it was asked for that has to do with its
 * token: so one that was on its way meanwhile does not count either. While nobody tells what is revoked, nothing is remembered.
 */
class RememberedAnswers implements Watcher {
  readonly #ask: RevocationCheck
  readonly #settings: Settings
  readonly #answers = new Map<string, Answer>()
  /** By name: how much had been revoked with it. The oldest first. */
  readonly #revokedAt = new Map<string, number>()
  /** How much was revoked so far. */
  #count = 0
  /** Answers that were asked for before this do not count. */
  #forgottenAt = 0
  #isOpen = false

  constructor(ask: RevocationCheck, settings: Settings) {
    this.#ask = ask
    this.#settings = settings
  }

  isRevoked(claims: AuthClaims): Eventual<boolean> {
    const { tokenId: id } = tokenIds(claims, this.#settings)
    if (!this.#isOpen || id === undefined) return this.#ask(claims)
    const known = this.#answers.get(id)
    if (known !== undefined && this.#counts(known, claims)) return known.revoked
    return this.#askFor(id, claims)
  }

  async #askFor(id: string, claims: AuthClaims): Promise<boolean> {
    const { now, check } = this.#settings
    const askedAt = this.#count
    const revoked = await this.#ask(claims)
    const from = now()
    this.#keep(id, { revoked, askedAt, from, until: Math.min(from + check.cachedFor, claims.exp ?? Infinity) })
    return revoked
  }

  opened(): void {
    // An answer that was asked for before may have missed what nobody told.
    this.#forgetAll()
    this.#isOpen = true
  }

  lost(): void {
    this.#forgetAll()
    this.#isOpen = false
  }

  revoked(what: Revoked): void {
    const names = namesOf(what)
    if (names.length === 0) this.#forgetAll()
    for (const name of names) {
      this.#revokedAt.delete(name)
      this.#revokedAt.set(name, ++this.#count)
    }
    const oldest = firstOf(this.#revokedAt)
    if (oldest === undefined || this.#revokedAt.size <= MAX_REMEMBERED) return
    this.#revokedAt.delete(oldest[0])
    this.#forgottenAt = Math.max(this.#forgottenAt, oldest[1])
  }

  #counts({ askedAt, from, until }: Answer, claims: AuthClaims): boolean {
    const now = this.#settings.now()
    if (now < from || now >= until || askedAt < this.#forgottenAt) return false
    // Nothing at all was revoked since.
    if (askedAt === this.#count) return true
    const names = namesOf({ ...tokenIds(claims, this.#settings), subject: claims.sub })
    return names.every((name) => (this.#revokedAt.get(name) ?? 0) <= askedAt)
  }

  #keep(id: string, answer: Answer): void {
    this.#answers.delete(id)
    this.#answers.set(id, answer)
    const oldest = firstOf(this.#answers)
    if (oldest !== undefined && this.#answers.size > MAX_REMEMBERED) this.#answers.delete(oldest[0])
  }

  #forgetAll(): void {
    this.#forgottenAt = ++this.#count
    this.#answers.clear()
    this.#revokedAt.clear()
  }
}

function firstOf<T>(entries: ReadonlyMap<string, T>): [string, T] | undefined {
  return entries.entries().next().value
}

function namesOf({ tokenId, sessionId, subject }: Revoked): string[] {
  const names: string[] = []
  if (tokenId !== undefined) names.push(`t${tokenId}`)
  if (sessionId !== undefined) names.push(`s${sessionId}`)
  if (subject !== undefined) names.push(`u${subject}`)
  return names
}

function presented(claims: AuthClaims, settings: Settings) {
  const issuedAt = own(claims, "iat")
  return {
    ...tokenIds(claims, settings),
    subject: claims.sub,
    // A token that does not say when it was made was made before everything.
    issuedAt: typeof issuedAt === "number" ? Math.floor(issuedAt) : 0,
    now: Math.floor(settings.now()),
  }
}
