/**
 * What has to be remembered between requests, and nothing else: sessions with the refresh tokens of each, what was revoked, what was
 * used once, and shared documents. Every method is one atomic step, however many instances share the store: of two steps on one
 * session, token, key or document, the later one sees what the earlier one did. Times are whole seconds since
 * 1970-01-01T00:00:00Z and come from the caller, so that a store knows no clock.
 */

/** One login: everything that came from it shares this. */
export interface Session {
  /** `sid` of every token of the session. */
  readonly id: string
  readonly subject: string
  /** When the user proved who they are. */
  readonly authenticatedAt: number
  readonly createdAt: number
  /** When its newest refresh token was made. */
  readonly lastUsedAt: number
  /** The absolute end, whatever happens until then: the first second in which the session is over. */
  readonly expiresAt: number
  /** A text of the caller's own: JSON, such as the claims that every token of the session carries. */
  readonly data: string
}

/** A new session and its first refresh token. */
export interface NewSession extends Session {
  /** `jti` of the first refresh token. */
  readonly refreshId: string
}

/** A refresh token that was presented. */
export interface PresentedRefresh {
  readonly sessionId: string
  /** `jti` of the token that was presented. */
  readonly presentedId: string
  readonly now: number
  /** For how long after its own rotation a token may be presented again, the last second included; 0: never. */
  readonly graceSeconds: number
  /** A session that was not used for longer than this has ended; absent: no such limit. */
  readonly idleSeconds?: number | undefined
}

/** A refresh token that was presented, and the one that would take its place. */
export interface Rotation extends PresentedRefresh {
  /** `jti` of the token that takes its place: a new one, never used before. */
  readonly successorId: string
}

/**
 * What came of it:
 *
 * - `ended`: the session is unknown, over, revoked (a logout beats a refresh), or idle for too long.
 * - `reused`: the token was rotated longer ago than the grace allows, or has had 32 successors within it, or the living session does not
 *   know it (it bears our signature, so it is an ancestor long forgotten). This very step revokes the session. Such a token is answered
 *   with `reused` again as long as the session is not over; the session's other tokens with `ended`.
 * - `rotated`: the successor is good, and so is every other successor that was handed out within the grace.
 */
export type RotationResult =
  | { readonly outcome: "rotated"; readonly session: Session }
  | { readonly outcome: "reused" | "ended" }

/** A token that may have been revoked. */
export interface Presented {
  readonly tokenId: string | undefined
  /** `sid`; absent: the token belongs to no session. */
  readonly sessionId: string | undefined
  readonly subject: string
  readonly issuedAt: number
  readonly now: number
}

/** What was revoked: one of these. With none of them, anything may have been. */
export interface Revoked {
  readonly tokenId?: string | undefined
  readonly sessionId?: string | undefined
  /** All sessions of it, and its tokens without one. */
  readonly subject?: string | undefined
}

/** Who wants to know at once what is revoked, by whichever instance. Methods do not throw. */
export interface Watcher {
  /** From now on it is told. */
  opened(): void
  /** It is not told any more, until `opened` is called again; what is revoked meanwhile is never told. */
  lost(): void
  /** Told after it was done, perhaps more than once, and also where there was nothing to revoke. */
  revoked(what: Revoked): void
}

/** A text that instances share, such as the key ring. */
export interface SharedDocument {
  readonly text: string
  /** 1 when it is first written, and one more with every write. */
  readonly version: number
}

/**
 * Where sessions live. Methods reject with whatever the database says; callers turn that into `store_unavailable`. A step that was
 * rejected may have happened all the same: the answer got lost, not the step.
 */
export interface Store {
  /** What it is, in one word: memory, sqlite, redis, postgres. */
  readonly kind: string
  /** Remembers a new session; rejects when its id is taken. */
  createSession(session: NewSession): Promise<void>
  /** Puts a new refresh token in the place of the one that was presented, if that is as it should be. */
  rotate(rotation: Rotation): Promise<RotationResult>
  /** Whether `rotate` would say `rotated`, asked without changing anything. */
  canRotate(presented: PresentedRefresh): Promise<boolean>
  /** The session, unless it is unknown, revoked or over. Whether it was idle for too long is for the caller to say. */
  findSession(id: string, now: number): Promise<Session | undefined>
  /** The subject's sessions that are neither revoked nor over, the oldest first; those of one second by their ids. */
  listSessions(subject: string, now: number): Promise<readonly Session[]>
  /** Ends a session; answers whether there was one to end (known, not revoked, not over). */
  revokeSession(id: string, now: number): Promise<boolean>
  /**
   * Ends all sessions of a subject, and every token without a session that was issued to it until now; answers how many sessions that
   * ended. A session that begins afterwards is not touched, even in the same second.
   */
  revokeSubject(subject: string, now: number): Promise<number>
  /** Revokes one token; remembered until `expiresAt`, when nobody would accept it any more (leeway included). */
  revokeToken(tokenId: string, expiresAt: number): Promise<void>
  /**
   * Whether the token itself was revoked; or its session was, is over or unknown; or, for a token without a session, everything of its
   * subject up to the second of its issue.
   */
  isRevoked(token: Presented): Promise<boolean>
  /**
   * Tells of every revocation, also of those by `rotate`, until the store is closed. Absent where a store cannot. One that never calls
   * `opened` wants to be asked every time. What opens connections for this opens them at the first call, and again whenever they are
   * lost.
   *
   * @throws UsageError `argument_invalid` where what was handed in has no connection to spare.
   */
  watch?(watcher: Watcher): void
  /** Notes that something was used; answers false if it was before. Forgotten at `expiresAt`: from that second on it may be used anew. */
  useOnce(key: string, expiresAt: number, now: number): Promise<boolean>
  readDocument(name: string): Promise<SharedDocument | undefined>
  /** Writes a document if its version is still this one (0: if there is none); answers whether it did. */
  writeDocument(name: string, text: string, version: number): Promise<boolean>
  /**
   * Forgets what is over; answers how many sessions, revoked tokens and used keys that were. Stores do so by themselves now and then:
   * calling this is never necessary.
   */
  sweep(now: number): Promise<number>
  /** Answers when the store can be reached, rejects when it cannot. */
  ping(): Promise<void>
  /** Lets go of what the store opened itself. A connection that was handed in stays open: whoever opened it closes it. */
  close(): Promise<void>
}
