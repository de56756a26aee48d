/** What a device keeps of a session, and how it is made of a server's answer. */

import { attempt } from "./attempt.ts"
import { ClientError } from "./errors.ts"
import { readClaims } from "./read-claims.ts"

/** Times are milliseconds, by the server's clock but for `at`. */
export interface Kept {
  /** Chosen at the login, and the same to the session's end: two tabs can tell whether they have the same. */
  readonly id: number
  /** When it was written, by the device's clock: the newer one counts. */
  readonly at: number
  /** What the server's clock has more than the device's. */
  readonly skew: number
  /** When the access token is to be renewed. */
  readonly due: number
  /** When the refresh token expires, if it says so. */
  readonly end: number
  readonly claims?: unknown
  readonly csrf?: string
  /** Tokens, as the header `Authorization` has them. */
  readonly access?: string
  readonly refresh?: string
}

type Mode = "cookie" | "bearer"

/** Nothing says when: then the server will. JSON has no infinity. */
const NEVER = 9e15
const MAX_AHEAD_MS = 30_000

/** What is kept, out of a storage or a message of this origin; undefined: it is none of ours, or not of this mode. */
export function parseKept(value: unknown, mode: Mode): Kept | undefined {
  const kept = ownOf(value)
  const isOurs = typeof kept[mode === "cookie" ? "csrf" : "access"] === "string"
  // Whoever can write there can run scripts here: the rest is looked at no closer. Claims are judged by their schema.
  return isOurs ? (kept as unknown as Kept) : undefined
}

/**
 * What is kept of the answer to a login or a refresh, in the words of RFC 6749, section 5.1, or with `csrf_token` instead of tokens.
 *
 * @param skew - What the server's clock has more than the device's.
 * @param before - The session that goes on with it.
 * @throws ClientError `answer_unexpected`
 */
export function keptFrom(body: unknown, skew: number, mode: Mode, before: Kept | undefined): Kept {
  const answer = ownOf(body)
  const { access_token: access, refresh_token: refresh, token_type: scheme = "Bearer" } = answer
  // Newer than before, also where the clock was set back meanwhile.
  const at = Math.max(Date.now(), (before?.at ?? 0) + 1)
  const life = Number(answer["expires_in"]) * 1000 || NEVER
  const now = Date.now() + skew
  const { exp, iat } = claimsOf(refresh) as { readonly exp: number; readonly iat: number }
  const kept = parseKept(
    {
      id: before?.id ?? Math.random(),
      at,
      skew,
      due: now + life - Math.min(MAX_AHEAD_MS, life / 4),
      // Counted from now: where the server does not show its clock, `exp` cannot be compared with the device's.
      end: refresh ? now + (exp - iat) * 1000 || NEVER : (before?.end ?? NEVER),
      claims: answer["claims"] ?? claimsOf(access),
      csrf: answer["csrf_token"],
      access: access && `${scheme} ${access}`,
      refresh: refresh ? `${scheme} ${refresh}` : before?.refresh,
    },
    mode,
  )
  if (!kept) throw new ClientError("answer_unexpected", "expected access_token or csrf_token")
  return kept
}

/** A copy that has nothing but its own members, whatever it is. */
function ownOf(value: unknown): Record<string, unknown> {
  return { __proto__: null, ...(value as object) }
}

/** Tokens may be of any kind; only those with claims say something. */
function claimsOf(token: unknown): Record<string, unknown> {
  return attempt(() => readClaims(token as string)) ?? {}
}
