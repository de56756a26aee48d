/**
 * What this context knows of the session: from its storage, from what other tabs tell, and from the server's answers. The tokens never
 * leave it but into the storage, into messages to contexts that have the same session, and into requests to the server.
 */

import { attempt } from "./attempt.ts"
import { type Kept, parseKept } from "./kept.ts"
import { type Channel, platform } from "./platform.ts"
import { judgeClaims, type StandardSchemaV1 } from "./schema.ts"
import type { ClientStorage } from "./storage.ts"

/** Why something has changed: `ended` is the server's word, with its code. */
export type ChangeReason = "login" | "refresh" | "logout" | "ended"

/** What listeners are told, in every tab. */
export interface ClientChange<Claims> {
  readonly reason: ChangeReason
  /** As `client.claims` is now. */
  readonly claims: Claims | undefined
  /** Why the server has ended the session, such as `token_revoked` or `refresh_token_reused`. */
  readonly code?: string | undefined
}

/** What contexts tell each other: a change; without a reason the answer to a question for news; without anything the question. */
interface Message {
  readonly reason?: ChangeReason
  readonly kept?: unknown
  readonly code?: string | undefined
}

interface SessionOptions {
  /** Of the entry in the storage, the channel and the lock. */
  readonly name: string
  readonly mode: "cookie" | "bearer"
  readonly storage: ClientStorage
  readonly schema: StandardSchemaV1 | undefined
  /** The CSRF value that the browser has for the server: "" for none, undefined where that cannot be known. */
  readonly csrfCookie: () => string | undefined
}

/** How long others are waited for; they answer in a moment, or are not there. */
const NEWS_MS = 300

export class Session<Claims> {
  kept: Kept | undefined
  claims: Claims | undefined
  /** What the server's clock has more than the device's, in milliseconds. */
  skew = 0
  readonly name: string
  readonly storage: ClientStorage
  /** A worker has no storage: the tabs have been asked. */
  readonly ready: Promise<void> | undefined
  readonly #options: SessionOptions
  readonly #listeners = new Set<(change: ClientChange<Claims>) => void>()
  #channel: Channel | undefined
  #heard: (() => void) | undefined
  /** The storage had this session once: if it is gone, someone has removed it. */
  #isStored = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.name = options.name
    this.storage = options.storage
    const { BroadcastChannel } = platform
    if (BroadcastChannel) {
      this.#channel = new BroadcastChannel(this.name)
      this.#channel.onmessage = ({ data }) => this.#hear(Object(data))
      this.#channel.unref?.()
    }
    this.sync()
    // A stranger's, or of a session that is over: nobody is to find it here.
    if (this.kept) return
    this.#store(undefined)
    if (this.storage.asks) this.ready = this.ask()
  }

  /** Takes what the storage has, if it is newer, and drops what is over or belongs to another session than the browser's cookies. */
  sync(): void {
    const stored = this.#stored()
    if (stored) this.#isStored = true
    if (isNewer(stored, this.kept)) this.#set(stored)
    const { kept } = this
    const csrf = this.#options.csrfCookie()
    if (!kept || (!this.isPast(kept.end) && (csrf ?? kept.csrf) === kept.csrf)) return
    // Where there is a new session, someone else is about to keep it.
    if (csrf) this.#set(undefined, "ended")
    else this.drop("ended")
  }

  /** Whether the server's clock shows this time, or a later one. */
  isPast(time: number): boolean {
    return Date.now() + this.skew >= time
  }

  /** Asks the others for news, and waits for a moment. */
  async ask(): Promise<void> {
    if (!this.#channel) return
    const heard = new Promise<void>((resolve) => {
      this.#heard = resolve
      setTimeout(resolve, NEWS_MS)
    })
    this.#channel.postMessage({})
    await heard
  }

  /** The storage has lost what it had: someone has logged out. */
  isGone(): boolean {
    return this.#isStored && !this.#stored()
  }

  keep(kept: Kept, reason: ChangeReason): void {
    this.#store(kept)
    this.#set(kept, reason)
    this.#share({ reason, kept })
  }

  /** Forgets everything. */
  drop(reason: ChangeReason, code?: string): void {
    this.#store(undefined)
    this.#set(undefined, reason, code)
    // What the server has ended is the affair of those who have this session; a log-out is everyone's.
    if (reason === "logout" || this.storage.shared) this.#channel?.postMessage({ reason, code })
  }

  onChange(listener: (change: ClientChange<Claims>) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  #hear(message: Message): void {
    if (message.reason || message.kept) {
      this.#learn(message)
      this.#heard?.()
    } else if (this.kept) this.#share({ kept: this.kept })
  }

  #learn({ reason, kept: sent, code }: Message): void {
    const { shared } = this.storage
    const kept = parseKept(sent, this.#options.mode)
    const isOurs = shared || (kept && kept.id === this.kept?.id)
    // A log-out is everyone's.
    if (reason !== "logout" && !(isOurs && (reason || isNewer(kept, this.kept)))) return
    // What is shared has been stored already, by whoever tells of it.
    if (!shared) this.#store(kept)
    this.#set(kept, reason ?? "refresh", code)
  }

  #store(kept: Kept | undefined): void {
    const { area } = this.storage
    attempt(() => (kept ? area?.setItem(this.name, JSON.stringify(kept)) : area?.removeItem(this.name)))
    this.#isStored = !!this.#stored()
  }

  #stored(): Kept | undefined {
    return attempt(() => parseKept(JSON.parse(this.storage.area?.getItem(this.name) ?? ""), this.#options.mode))
  }

  #set(kept: Kept | undefined, reason?: ChangeReason, code?: string): void {
    this.kept = kept
    if (!kept) this.#isStored = false
    this.skew = kept?.skew ?? this.skew
    const claims = kept && attempt(() => judgeClaims(kept.claims, this.#options.schema))
    // The same object as long as it says the same: what draws it need not draw anew. The schema gives it its type.
    if (JSON.stringify(claims) !== JSON.stringify(this.claims)) this.claims = claims as Claims | undefined
    if (!reason) return
    const change = { reason, claims: this.claims, code }
    // A listener that throws is not to end a refresh.
    for (const listener of this.#listeners) queueMicrotask(() => listener(change))
  }

  /** Tells those who have the same session. What is in memory stays there. */
  #share(message: Message): void {
    if (this.storage.shared || this.storage.asks) this.#channel?.postMessage(message)
  }
}

function isNewer(kept: Kept | undefined, than: Kept | undefined): kept is Kept {
  return !!kept && kept.at > (than?.at ?? 0)
}
