import type { NewSession, Session } from "../store.ts"

/** The order in which sessions are listed: the oldest first, those of one second by their ids. */
export function byAge(left: Session, right: Session): number {
  return left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1)
}

/** The session itself, without the first token. */
export function sessionOf({ refreshId: _, ...session }: NewSession): Session {
  return session
}

/** Names the session that cannot be made, without its id. */
export function idTaken(): Error {
  return new Error("a session with this id exists")
}
