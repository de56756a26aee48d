import type { Revoked, Watcher } from "../store.ts"
import { fromColumn, toColumn } from "./columns.ts"

/** What revocations are told to. */
export class Watchers {
  readonly #watchers: Watcher[] = []
  #isOpen: boolean

  /** @param isOpen - Whether revocations are told from the start. */
  constructor(isOpen: boolean) {
    this.#isOpen = isOpen
  }

  add(watcher: Watcher): void {
    this.#watchers.push(watcher)
    if (this.#isOpen) watcher.opened()
  }

  opened(): void {
    this.#isOpen = true
    for (const watcher of this.#watchers) watcher.opened()
  }

  lost(): void {
    this.#isOpen = false
    for (const watcher of this.#watchers) watcher.lost()
  }

  revoked(what: Revoked): void {
    for (const watcher of this.#watchers) watcher.revoked(what)
  }
}

const KINDS = { t: "tokenId", s: "sessionId", u: "subject" } as const
/** What a channel carries without asking how much: PostgreSQL's holds 8000 bytes, and a letter may take four. */
const LONGEST_NAME = 1500

/** A revocation as it is told to other instances. What would be too long says only that something was revoked. */
export function messageOf(kind: keyof typeof KINDS, name: string): string {
  const column = toColumn(name)
  return column.length > LONGEST_NAME ? "" : kind + column
}

function revokedOf(message: string): Revoked {
  for (const [kind, member] of Object.entries(KINDS))
    if (message.startsWith(kind)) return { [member]: fromColumn(message.slice(1)) }
  return {}
}

/** A connection that is told of revocations. */
export interface Subscription {
  /** Settled when it is told of them no more. */
  readonly lost: Promise<void>
  end(): unknown
}

/** Makes one. `told` is called with every message. */
export type Subscribe = (told: (message: string) => void) => Promise<Subscription>

const RETRY_MILLISECONDS = 250
const ATTEMPT_MILLISECONDS = 5000

/** What instances tell each other: a connection that is made when someone watches, and made again when it is lost. */
export class RevocationChannel {
  readonly #subscribe: Subscribe
  readonly #watchers = new Watchers(false)
  #subscription: Subscription | undefined
  #isRunning = false
  #isClosed = false

  constructor(subscribe: Subscribe) {
    this.#subscribe = subscribe
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#run()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end(this.#subscription)
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const subscription = await this.#attempt()
      if (subscription !== undefined) await this.#serve(subscription)
      if (!this.#isClosed) await pause(RETRY_MILLISECONDS)
    }
  }

  async #serve(subscription: Subscription): Promise<void> {
    this.#subscription = subscription
    if (!this.#isClosed) {
      this.#watchers.opened()
      await subscription.lost
      this.#watchers.lost()
    }
    await this.#end(subscription)
  }

  /** Undefined where there is none to be had now. */
  async #attempt(): Promise<Subscription | undefined> {
    try {
      const attempt = this.#subscribe((message) => this.#watchers.revoked(revokedOf(message)))
      const subscription = await Promise.race([attempt, pause(ATTEMPT_MILLISECONDS)])
      // One that comes too late is not wanted any more.
      if (subscription === undefined) attempt.then((late) => this.#end(late)).catch(() => {})
      return subscription
    } catch {
      return undefined
    }
  }

  async #end(subscription: Subscription | undefined): Promise<void> {
    try {
      await subscription?.end()
    } catch {
      // It has ended already.
    }
  }
}

/** Does not keep a process from ending. */
function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), milliseconds).unref()
  })
}
