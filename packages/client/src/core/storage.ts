import { attempt } from "./attempt.ts"
import { platform, type WebStorage } from "./platform.ts"

/**
 * Where a client keeps what it must remember: one text under one name. What throws is taken for a place that keeps nothing. `{}` is
 * memory: the session lives as long as the page.
 */
export interface ClientStorage {
  /** It answers at once, since claims are drawn before anything can be waited for. */
  readonly area?: WebStorage | undefined
  /** All tabs and workers of the origin have one session, and tell each other of it. Default false. */
  readonly shared?: boolean
  /** What others have kept is not seen here, or not always: they are asked before a token is used up. Default false. */
  readonly asks?: boolean
}

/**
 * Keeps things in `sessionStorage`: a reload finds them, a new tab does not. A tab that is duplicated has a copy, and both go on with
 * one session. Every script of the origin that runs in the tab can read it.
 */
export function keepInSession(): ClientStorage {
  return { area: attempt(() => platform.sessionStorage), asks: true }
}

/**
 * Keeps things in `localStorage`: all tabs, and the next start, find them.
 *
 * **With `mode: "bearer"` that is the refresh token, and every script of the origin can read it, and carry it away**: one injected line
 * is enough, and the thief's session goes on after the tab is closed. Prefer `mode: "cookie"`, where this place holds no token and is
 * the default.
 */
export function unsafeKeepInLocal(): ClientStorage {
  return ofLocalStorage()
}

/** The same for cookies: there is no token in it. In workers, which have no such place, the tabs are asked. */
export function ofLocalStorage(): ClientStorage {
  // Browsers that are told to keep nothing throw where the place is named.
  const area = attempt(() => platform.localStorage)
  return { area, shared: true, asks: !area }
}
