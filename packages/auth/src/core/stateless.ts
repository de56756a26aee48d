/**
 * Sessions that nobody remembers: without a store the refresh token itself says all that there is to know. Nothing is rotated, a token that
 * was stolen is good until it expires, and nobody can log out but by forgetting.
 */

import type { Session } from "../store.ts"
import { own } from "./options.ts"
import type { CookieToken } from "./set-cookie.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import type { Allowed } from "./verdict.ts"
import { identityOf } from "./verify.ts"

/** The session that a refresh token tells of; its end is the token's own. */
export function sessionOfToken(claims: AuthClaims, data: object, settings: Settings): Session {
  const text = (name: string): string | undefined => {
    const value = own(claims, name)
    return typeof value === "string" ? value : undefined
  }
  const time = (name: string): number | undefined => {
    const value = own(claims, name)
    return typeof value === "number" ? value : undefined
  }
  const createdAt = time("iat") ?? Math.floor(settings.now())
  return {
    // A refresh token of another library belongs to no session: then it is one by itself.
    id: text("sid") ?? text("jti") ?? settings.newId(),
    subject: identityOf(claims, settings),
    authenticatedAt: time("auth_time") ?? createdAt,
    createdAt,
    lastUsedAt: createdAt,
    expiresAt: time("exp") ?? Number.POSITIVE_INFINITY,
    data: JSON.stringify(data),
  }
}

/** The refresh token that was presented, as it goes back. */
export function keptToken({ token, claims }: Allowed, { now }: Settings): CookieToken {
  const [exp, csrf] = [own(claims, "exp"), own(claims, "csrf")]
  return {
    token,
    secondsLeft: typeof exp === "number" ? exp - now() : undefined,
    csrf: typeof csrf === "string" ? csrf : undefined,
  }
}
