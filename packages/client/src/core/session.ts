/**
 * What this context knows of the session: from its storage, from what other tabs tell, and from the server's answers. The tokens never
 * leave it but into the storage, into messages to contexts that have the same session, and into requests to the server.
 */

import { attempt } from "./attempt.ts"
import { type Kept, parseKept } from "./kept.ts"
import { type Channel, platform } from "./platform.ts"
import { judgeClaims, type StandardSchemaV1 } from "./schema.ts"
import type { ClientStorage } from "./storage.ts"

/** Why something has changed: `ended` is the server's word, with its code; `refresh` is also what others have left in the storage. */
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
  /** What the claims say, and of which session. */
  #text: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.name = options.name
    this.storage = options.storage
    const { BroadcastChannel, location } = platform
    // What has no location has no tabs: in a server, clients are those of different users. Browsers that are told to keep nothing throw.
    this.#channel = attempt(() => location && new BroadcastChannel(this.name))
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(Object(data))
    this.sync()
    // A stranger's, or of a session that is over: nobody is to find it here.
    if (this.kept) return
    this.#store(undefined)
    if (this.storage.asks) this.ready = this.ask()
  }

  /** Takes what the storage has, if it is newer, and drops what is over or belongs to another session than the browser's cookies. */
  sync(): void {
    const stored = this.stored()
    if (isNewer(stored, this.kept)) this.#set(stored)
    const { kept } = this
    const csrf = this.#options.csrfCookie()
    if (!kept || (!this.isPast(kept.end) && (csrf ?? kept.csrf) === kept.csrf)) return
    // Where there is a new session, someone else is about to keep it.
    if (csrf) this.#set(undefined, "ended")
    else this.change(undefined, "ended")
  }

  /** Whether the server's clock shows this time, or a later one. */
  isPast(time: number): boolean {
    return Date.now() + this.skew >= time
  }

  /** Asks the others for news, and waits for a moment. */
  async ask(): Promise<void> {
    if (!this.#channel) return
    this.#channel.postMessage({})
    await new Promise<void>((resolve) => {
      this.#heard = resolve
      setTimeout(resolve, NEWS_MS)
    })
    // Who is busy answers late; what was written is there by now.
    this.sync()
  }

  /** Keeps what is new, or forgets everything. */
  change(kept: Kept | undefined, reason: ChangeReason, code?: string): void {
    this.#store(kept)
    this.#set(kept, reason, code)
    this.#share({ reason, kept, code })
  }

  onChange(listener: (change: ClientChange<Claims>) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  #hear({ reason, kept: sent, code }: Message): void {
    const { shared } = this.storage
    if (!reason && !sent) {
      if (this.kept) this.#share({ kept: this.kept })
      return
    }
    this.#heard?.()
    const kept = parseKept(sent, this.#options.mode)
    const isOurs = shared || (kept && kept.id === this.kept?.id)
    // A log-out is everyone's.
    if (reason !== "logout" && !(isOurs && (reason || isNewer(kept, this.kept)))) return
    // What is shared has been stored already, by whoever tells of it.
    if (!shared) this.#store(kept)
    this.#set(kept, reason, code)
  }

  #store(kept: Kept | undefined): void {
    const { area } = this.storage
    // Removed first: where there is no room for the new one, the old one is not to stay.
    attempt(() => {
      area?.removeItem(this.name)
      if (kept) area?.setItem(this.name, JSON.stringify(kept))
    })
  }

  /** What the storage has. */
  stored(): Kept | undefined {
    return attempt(() => parseKept(JSON.parse(this.storage.area?.getItem(this.name) ?? ""), this.#options.mode))
  }

  #set(kept: Kept | undefined, reason: ChangeReason = "refresh", code?: string): void {
    this.kept = kept
    this.skew = kept?.skew ?? this.skew
    const claims = kept && attempt(() => judgeClaims(kept.claims, this.#options.schema))
    // The same object as long as it says the same: what draws it need not draw anew. The schema gives it its type, which may be none of
    // JSON's: then it is a new one, and for a new session always.
    const text = attempt(() => kept && kept.id + JSON.stringify(claims))
    if (!text || text !== this.#text) this.claims = claims as Claims | undefined
    this.#text = text
    const change = { reason, claims: this.claims, code }
    // A listener that throws is not to end a refresh.
    for (const listener of this.#listeners) queueMicrotask(() => listener(change))
  }

  /** Tells those who have the same session. What is in memory stays there; but a log-out is everyone's. */
  #share(message: Message): void {
    const { shared, asks } = this.storage
    if (shared || asks || message.reason === "logout") this.#channel?.postMessage(message)
  }
}

function isNewer(kept: Kept | undefined, than: Kept | undefined): kept is Kept {
  return !!kept && kept.at > (than?.at ?? 0)
}
