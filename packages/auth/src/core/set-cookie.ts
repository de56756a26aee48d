/** Values of `Set-Cookie`: tokens on their way to a browser, and cookies on their way out. */

import { stringifySetCookie } from "cookie"
import { UsageError } from "jotkit"
import type { CookieSettings } from "./cookie-settings.ts"
import type { Settings } from "./settings.ts"

/** Tokens that belong into cookies. */
export interface CookieTokens {
  readonly access?: CookieToken | undefined
  readonly refresh?: CookieToken | undefined
}

/** A token, and what its cookies must know of it. */
export interface CookieToken {
  readonly token: string
  /** Seconds until it expires; undefined: it does not. Of a new token all that it was given, whatever second it is by then. */
  readonly secondsLeft: number | undefined
  /** `csrf`; undefined: none. */
  readonly csrf: string | undefined
}

/** Browsers drop larger ones (RFC 6265bis, section 5.5), and keep none longer. */
const MAX_BYTES = 4096
const MAX_AGE_SECONDS = 34_560_000

/**
 * Cookies for tokens, and for their CSRF values.
 *
 * @throws UsageError `argument_invalid` for a token that no browser would keep: too many claims.
 */
export function tokenCookies(tokens: CookieTokens, settings: Settings): readonly string[] {
  const { cookies } = settings
  const values: string[] = []
  const { access, refresh } = tokens
  if (access !== undefined) values.push(setCookie(cookies.access, access.token, access, settings))
  if (refresh !== undefined) values.push(setCookie(cookies.refresh, refresh.token, refresh, settings))
  const shared = cookies.csrf === cookies.refreshCsrf
  // A shared CSRF value is needed for as long as the longer of the two tokens lives.
  const holder = shared ? (refresh ?? access) : access
  if (settings.csrf?.cookie !== true) return values
  if (holder?.csrf !== undefined) values.push(setCookie(cookies.csrf, holder.csrf, holder, settings))
  if (!shared && refresh?.csrf !== undefined)
    values.push(setCookie(cookies.refreshCsrf, refresh.csrf, refresh, settings))
  return values
}

/** What removes every cookie that {@link tokenCookies} may have set. */
export function clearedCookies(settings: Settings): readonly string[] {
  const { access, refresh, csrf, refreshCsrf } = settings.cookies
  const isReadable = settings.csrf?.cookie === true
  const all = new Set(isReadable ? [access, csrf, refresh, refreshCsrf] : [access, refresh])
  return [...all].map((cookie) =>
    stringifySetCookie({ ...attributes(cookie, settings), value: "", maxAge: 0, expires: new Date(0) }),
  )
}

function setCookie(cookie: CookieSettings, value: string, { secondsLeft }: CookieToken, settings: Settings): string {
  if (cookie.name.length + value.length > MAX_BYTES)
    throw new UsageError("argument_invalid", `the cookie ${cookie.name} would be larger than ${MAX_BYTES} bytes`)
  const { session, maxAge: given } = settings.cookies
  const maxAge = Math.max(0, Math.min(Math.ceil(given ?? secondsLeft ?? MAX_AGE_SECONDS), MAX_AGE_SECONDS))
  const limits = session && given === undefined ? {} : { maxAge }
  return stringifySetCookie({ ...attributes(cookie, settings), value, ...limits })
}

function attributes({ name, path, sameSite, httpOnly }: CookieSettings, { cookies }: Settings) {
  const { secure, partitioned, domain } = cookies
  return { name, path, sameSite, httpOnly, secure, partitioned, ...(domain === undefined ? {} : { domain }) }
}
