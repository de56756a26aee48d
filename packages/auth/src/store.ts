/**
 * What has to be remembered between requests, and nothing else: sessions with the refresh tokens of each, what was revoked, what was
 * used once, and shared documents. Every method is one atomic step, however many instances share the store; times are whole
 * seconds since 1970-01-01T00:00:00Z and come from the caller, so that a store knows no clock.
 */

/** One login: everything that came from it shares this. */
export interface Session {
  /** `sid` of every token of the session. */
  readonly id: string
  readonly subject: string
  /** When the user proved who they are. */
  readonly authenticatedAt: number
  readonly createdAt: number
  readonly lastUsedAt: number
  /** The absolute end, whatever happens until then. */
  readonly expiresAt: number
  /** JSON of the caller's own, such as the claims that every token of the session carries. */
  readonly data: string
}

/** A new session and its first refresh token. */
export interface NewSession extends Session {
  /** `jti` of the first refresh token. */
  readonly refreshId: string
}

/** A refresh token that was presented, and the one that would take its place. */
export interface Rotation {
  readonly sessionId: string
  /** `jti` of the token that was presented. */
  readonly presentedId: string
  /** `jti` of the token that takes its place. */
  readonly successorId: string
  readonly now: number
  /** For how long after its own rotation a token may be presented again. */
  readonly graceSeconds: number
  /** A session that was not used for longer than this has ended; absent: no such limit. */
  readonly idleSeconds?: number | undefined
}

/**
 * What came of it. `rotated`: the successor is good. `reused`: the token was rotated longer ago than the grace allows; the session
 * has been revoked by this very step, or was before. `ended`: the session is unknown, revoked, idle for too long or over.
 */
export type RotationResult =
  | { readonly outcome: "rotated"; readonly session: Session }
  | { readonly outcome: "reused" | "ended" }

/** A token that may have been revoked. */
export interface Presented {
  readonly tokenId: string | undefined
  readonly sessionId: string | undefined
  readonly subject: string
  readonly issuedAt: number
  readonly now: number
}

/** A text that instances share, such as the key ring. */
export interface SharedDocument {
  readonly text: string
  /** Changes with every write. */
  readonly version: number
}

/** Where sessions live. Methods reject with whatever the database says; callers turn that into `store_unavailable`. */
export interface Store {
  /** What it is, in one word: memory, sqlite, redis, postgres. */
  readonly kind: string
  createSession(session: NewSession): Promise<void>
  rotate(rotation: Rotation): Promise<RotationResult>
  /** The session, unless it is unknown, revoked or over. */
  findSession(id: string, now: number): Promise<Session | undefined>
  /** The subject's sessions that are neither revoked nor over, the oldest first. */
  listSessions(subject: string, now: number): Promise<readonly Session[]>
  /** Ends a session; answers whether there was one to end. */
  revokeSession(id: string, now: number): Promise<boolean>
  /** Ends all sessions of a subject, and every token issued to it until now; answers how many sessions that ended. */
  revokeSubject(subject: string, now: number): Promise<number>
  /** Revokes one token; remembered until it would have expired. */
  revokeToken(tokenId: string, expiresAt: number): Promise<void>
  /** Whether the token, its session, or everything of its subject up to then was revoked. A session that is unknown counts as revoked. */
  isRevoked(token: Presented): Promise<boolean>
  /** Notes that something was used; answers false if it was before. Forgotten at `expiresAt`. */
  useOnce(key: string, expiresAt: number, now: number): Promise<boolean>
  readDocument(name: string): Promise<SharedDocument | undefined>
  /** Writes a document if its version is still this one (0: if there is none); answers whether it did. */
  writeDocument(name: string, text: string, version: number): Promise<boolean>
  /** Forgets what is over; answers how many entries that were. */
  sweep(now: number): Promise<number>
  /** Answers when the store can be reached, rejects when it cannot. */
  ping(): Promise<void>
  close(): Promise<void>
}
