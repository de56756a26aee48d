/**
 * Renewing on the way: a browser whose access cookie is over, and whose refresh cookie is good, is let through with a new pair. It is a
 * refresh like any other: rotated, bound to the session's end, with the login's claims and `auth_time`, and never fresh.
 */

import { isCrossSite } from "./csrf.ts"
import { isAbsence } from "./extract.ts"
import { Failure } from "./failure.ts"
import { type GuardRules, guardRules, judge, judgeToken } from "./guard.ts"
import { own } from "./options.ts"
import { type AuthRequest, cookieValues } from "./request.ts"
import { rotateSession, type SessionContext, type TokenPair } from "./sessions.ts"
import type { Settings } from "./settings.ts"
import { StoreUnavailableError } from "./store-access.ts"
import type { Allowed, Anonymous } from "./verdict.ts"

/** What was judged, and the cookies that the answer must carry whatever it is: the old ones are of no use any more. */
interface Renewed<User> {
  readonly judged: Allowed<User> | Anonymous | Failure
  readonly cookies: readonly string[]
}

/** Rotations in this process. */
export interface Renewals {
  /** Those under way, by the refresh token: many requests of one page make one. */
  readonly underWay: Map<string, Promise<TokenPair | Failure>>
  /** By the request that they were made for: so do many guards of one request, one after the other. */
  readonly made: WeakMap<object, Promise<TokenPair | Failure>>
}

/** After these the session is over, so that an access token that is still good is of no use. */
const ENDED: ReadonlySet<string> = new Set(["reused", "revoked", "user_missing"])
const NO_COOKIES: readonly string[] = Object.freeze([])

/** Judges a request, and again with a new pair: for rules that want it renewed. */
export async function judgeAndRenew<User, Identity>(
  request: AuthRequest,
  rules: GuardRules,
  context: SessionContext<User, Identity>,
): Promise<Renewed<User>> {
  const judged = await judge(request, rules, context)
  if (!isDue(judged, rules, context.settings) || !mayRenew(request, context.settings))
    return { judged, cookies: NO_COOKIES }
  const pair = await renewedPair(request, rules, context)
  if (pair instanceof Failure) {
    const isGood = !(judged instanceof Failure) && judged.claims !== undefined && !ENDED.has(pair.reason)
    return { judged: isGood ? judged : pair, cookies: NO_COOKIES }
  }
  const found = { token: pair.accessToken, location: "cookie", slot: "access", isDpop: false } as const
  const renewed = await judgeToken({ found, csrf: undefined }, request, rules, context)
  return { judged: renewed, cookies: pair.cookies }
}

/** Nothing came, or a cookie whose token has expired or is about to. */
function isDue(judged: Allowed | Anonymous | Failure, { renew }: GuardRules, { now }: Settings): boolean {
  if (renew === undefined) return false
  if (judged instanceof Failure)
    return isAbsence(judged) || (judged.reason === "expired" && judged.location === "cookie")
  if (judged.claims === undefined) return true
  const exp = own(judged.claims, "exp")
  return judged.location === "cookie" && typeof exp === "number" && exp - now() <= renew.within
}

/** A page of another site must not make tokens, whatever the method; a preflight is answered without any. */
function mayRenew(request: AuthRequest, { cookies }: Settings): boolean {
  if (request.method.toUpperCase() === "OPTIONS" || isCrossSite(request)) return false
  return cookieValues(request, cookies.refresh.name).some((value) => value !== "")
}

/** Every request shows that it may use the refresh token; then those with the same token share one rotation. */
async function renewedPair(
  request: AuthRequest,
  { origins }: GuardRules,
  context: SessionContext<unknown, never>,
): Promise<TokenPair | Failure> {
  const rules = guardRules({ type: "refresh", locations: "cookie", revocation: false }, context.settings)
  const verdict = await judge(request, { ...rules, origins }, context)
  const { token } = verdict instanceof Failure ? {} : verdict
  if (token === undefined) return rotation(verdict, context)
  const { underWay, made } = context.renewals
  const { source = {} } = request
  let pair = made.get(source) ?? underWay.get(token)
  if (pair === undefined) {
    pair = rotation(verdict, context).finally(() => underWay.delete(token))
    underWay.set(token, pair)
  }
  made.set(source, pair)
  return pair
}

async function rotation(
  verdict: Allowed | Anonymous | Failure,
  context: SessionContext<unknown, never>,
): Promise<TokenPair | Failure> {
  try {
    return await rotateSession(verdict, context)
  } catch (error) {
    if (error instanceof StoreUnavailableError) return new Failure("store_down")
    throw error
  }
}
