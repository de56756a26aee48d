import type { PresentedRefresh, RotationResult, Session } from "../store.ts"

/** How many successors one refresh token may have within its grace: tabs of one browser, no more. */
export const MAX_SUCCESSORS = 32

/** How a session stands. `reused` is revoked too, because a refresh token was used again: that is answered as long as it is remembered. */
export type Standing = "living" | "revoked" | "reused"

/** What is remembered of a refresh token. Those rotated longer ago than the grace may be forgotten: an unknown one is judged alike. */
export interface RefreshToken {
  /** Absent: it is active. */
  readonly rotatedAt?: number | undefined
  readonly successors: number
}

/** What a rotation is judged by. */
export interface Family {
  readonly session: Session
  readonly standing: Standing
  /** The token that was presented; absent: the session does not know it. */
  readonly presented: RefreshToken | undefined
}

/**
 * The rules of `RotationResult`. Redis and PostgreSQL judge by them on the server, in their own languages; the tests compare all.
 */
export function judgeRotation(family: Family, rotation: PresentedRefresh): RotationResult["outcome"] {
  const { session, standing } = family
  if (rotation.now >= session.expiresAt || standing === "revoked") return "ended"
  const reused = isReuse(family.presented, rotation)
  if (standing === "reused") return reused ? "reused" : "ended"
  if (isIdle(session, rotation)) return "ended"
  return reused ? "reused" : "rotated"
}

/** The last `rotatedAt` of tokens that may be forgotten. */
export function forgettableAt({ now, graceSeconds }: PresentedRefresh): number {
  return now - graceSeconds - 1
}

function isReuse(token: RefreshToken | undefined, { now, graceSeconds }: PresentedRefresh): boolean {
  if (token === undefined) return true
  if (token.rotatedAt === undefined) return false
  // Within one second a grace of nothing would still be kept.
  if (graceSeconds === 0) return true
  return now - token.rotatedAt > graceSeconds || token.successors >= MAX_SUCCESSORS
}

function isIdle(session: Session, { now, idleSeconds }: PresentedRefresh): boolean {
  return idleSeconds !== undefined && now - session.lastUsedAt > idleSeconds
}
