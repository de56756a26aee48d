/** Sessions: a login makes one, refreshing keeps it, logging out ends it. */

import { UsageError } from "jotkit"
import type { PresentedRefresh, Session, Store } from "../store.ts"
import { Failure } from "./failure.ts"
import { type GrantOptions, grantOf, splitGrant } from "./grant.ts"
import { type GuardContext, type GuardOptions, guardRules, judge } from "./guard.ts"
import { tokenIds } from "./issuers.ts"
import { claimsFor, givenClaims, mint, sessionClaimsOf, subjectOf } from "./mint.ts"
import { isRecord, own } from "./options.ts"
import type { Renewals } from "./renew.ts"
import type { AuthRequest } from "./request.ts"
import type { Revocation } from "./revocation.ts"
import { type CookieToken, tokenCookies } from "./set-cookie.ts"
import { type AuthClaims, type Settings, storeNeeded } from "./settings.ts"
import { keptToken, sessionOfToken } from "./stateless.ts"
import { askStore } from "./store-access.ts"
import type { Allowed, Anonymous } from "./verdict.ts"
import { identityOf } from "./verify.ts"

/** How tokens reach the client: in the body of the answer, or as cookies. */
export type Transport = "body" | "cookie"

/** What may be said of a login. */
export interface LoginOptions extends GrantOptions {
  /** Default `body`. */
  transport?: Transport | undefined
  /** Claims that every access token of the session carries. */
  claims?: object | undefined
  /** False where nobody has just proved who they are. Default true. A number: until when the login counts as fresh (seconds since 1970). */
  fresh?: boolean | number | undefined
}

/** A pair of tokens, and how to hand it out. Answer with `Cache-Control: no-store`. */
export interface TokenPair {
  readonly accessToken: string
  readonly refreshToken: string
  /** Seconds until the access token expires; undefined where it does not. */
  readonly expiresIn: number | undefined
  /** What the client sends back in the CSRF header; undefined unless the transport is `cookie`. */
  readonly csrfToken: string | undefined
  /** Values of `Set-Cookie`; empty unless the transport is `cookie`. */
  readonly cookies: readonly string[]
  readonly transport: Transport
  /** `DPoP` for tokens that are bound to a key (RFC 9449, section 5). */
  readonly tokenType: "Bearer" | "DPoP"
  readonly identity: string
  readonly sessionId: string
}

/** All that sessions need. */
export interface SessionContext<User, Identity> extends GuardContext<User, Identity> {
  readonly revocation: Revocation
  readonly renewals: Renewals
}

type Context = SessionContext<unknown, never>

/** Makes a session and its first pair. */
export async function openSession<User, Identity>(
  identity: Identity,
  options: LoginOptions,
  context: SessionContext<User, Identity>,
): Promise<TokenPair> {
  const { settings } = context
  const { store } = settings
  if (options.jkt !== undefined && options.transport === "cookie")
    throw new UsageError(
      "option_invalid",
      "the option `jkt` does not go with cookies: no script can make proofs for them",
    )
  const now = Math.floor(settings.now())
  const subject = await subjectOf(identity, context.loaders)
  const session: Session = {
    id: settings.newId(),
    subject,
    authenticatedAt: now,
    createdAt: now,
    lastUsedAt: now,
    expiresAt: now + Math.ceil(settings.refresh.absolute),
    data: JSON.stringify({ ...givenClaims(options.claims, settings), ...grantOf(options, "access", settings) }),
  }
  const refreshId = settings.newId()
  // The tokens first: a session whose tokens could not be made would be nobody's.
  const transport = options.transport ?? "body"
  const loaded = await claimsFor(subject, undefined, context.loaders)
  const fresh = options.fresh ?? true
  const pair = await pairOf({ session, refreshId, transport, fresh, csrf: undefined, loaded }, context)
  if (store !== undefined) await askStore(settings.storeTimeout, () => store.createSession({ ...session, refreshId }))
  return pair
}

/** Takes a refresh token for a new pair. The old one is good for nothing then but the grace. */
export async function refreshSession(request: AuthRequest, context: Context): Promise<TokenPair | Failure> {
  const { settings } = context
  if (request.method.toUpperCase() !== "POST") return new Failure("not_post")
  // The store tells below, and more exactly, whether the token is still good.
  const rules = guardRules({ type: "refresh", revocation: false, locations: settings.refresh.locations }, settings)
  return rotateSession(await judge(request, rules, context), context)
}

/** Puts a new pair in the place of a refresh token that was judged. */
export async function rotateSession(
  verdict: Allowed | Anonymous | Failure,
  context: Context,
): Promise<TokenPair | Failure> {
  const { settings } = context
  const { store } = settings
  if (verdict instanceof Failure) return store === undefined ? verdict : withSessionEnded(verdict, store, context)
  const { claims, location } = verdict
  if (claims === undefined) return new Failure("invalid")
  if (await context.loaders.isRevoked?.(claims, verdict.header)) return new Failure("revoked", { claims }, location)
  if (store === undefined) return withoutStore(verdict, context)
  const presented = presentedRefresh(claims, settings)
  if (presented === undefined) return new Failure("invalid")
  const refreshId = settings.newId()
  const rotation = { ...presented, successorId: refreshId }
  // Before the old token is used up: where the loader fails, the client may come again.
  const loaded = await claimsFor(identityOf(claims, settings), undefined, context.loaders)
  const result = await askStore(settings.storeTimeout, () => store.rotate(rotation))
  if (result.outcome !== "rotated") {
    context.revocation.forget({ sessionId: presented.sessionId })
    const reason = result.outcome === "reused" ? "reused" : "revoked"
    return new Failure(reason, { claims, header: verdict.header }, location)
  }
  const transport = location === "cookie" ? "cookie" : "body"
  const csrf = textClaim(claims, "csrf")
  return pairOf({ session: result.session, refreshId, transport, fresh: false, csrf, loaded }, context)
}

/** A new access token beside the refresh token that was presented, which stays what it is. */
async function withoutStore(verdict: Allowed, context: Context): Promise<TokenPair> {
  const { claims, location } = verdict
  const { settings } = context
  const session = sessionOfToken(claims, sessionClaimsOf(claims, settings), settings)
  const kept = keptToken(verdict, settings)
  const transport = location === "cookie" ? "cookie" : "body"
  const loaded = await claimsFor(session.subject, undefined, context.loaders)
  return pairOf({ session, refreshId: "", kept, transport, fresh: false, csrf: kept.csrf, loaded }, context)
}

/** A refresh token as the store judges it; undefined: it belongs to no session. */
export function presentedRefresh(claims: AuthClaims | undefined, settings: Settings): PresentedRefresh | undefined {
  const [sessionId, presentedId] = [textClaim(claims, "sid"), textClaim(claims, "jti")]
  if (sessionId === undefined || presentedId === undefined) return undefined
  const { grace, idle } = settings.refresh
  return { sessionId, presentedId, now: Math.floor(settings.now()), graceSeconds: Math.floor(grace), idleSeconds: idle }
}

/** Ends the session of a token; answers with the failure where there is none to end. */
export async function closeSession(request: AuthRequest, context: Context): Promise<Failure | undefined> {
  const { settings } = context
  const store = storeOf(settings, "logout")
  const verdict = await judgeLeaver(request, context)
  if (verdict instanceof Failure) return verdict
  const { claims, location } = verdict
  if (claims === undefined) return new Failure("missing_everywhere")
  const { tokenId, sessionId } = tokenIds(claims, settings)
  if (tokenId === undefined && sessionId === undefined)
    return new Failure("invalid", { claims, subject: "jti" }, location)
  // A token without a session is all there is to end.
  const end = sessionId === undefined ? revokeTokenOf : endSession
  const ended = await end(claims, store, settings)
  context.revocation.forget({ sessionId, tokenId })
  return ended ? undefined : new Failure("revoked", { claims }, location)
}

/** Browsers send both cookies: where the access token is of no use, the refresh token says whose session it is. */
async function judgeLeaver(request: AuthRequest, context: Context): Promise<Allowed | Anonymous | Failure> {
  const judgeAs = (type: GuardOptions["type"]) =>
    judge(request, { ...guardRules({ type, allowExpired: true }, context.settings), loads: false }, context)
  const first = await judgeAs(["access", "refresh"])
  if (!(first instanceof Failure) || first.location !== "cookie") return first
  const second = await judgeAs("refresh")
  return second instanceof Failure ? first : second
}

/** Ends the session that a token belongs to; answers whether there was one to end. */
export async function endSession(claims: AuthClaims, store: Store, settings: Settings): Promise<boolean> {
  const { sessionId } = tokenIds(claims, settings)
  if (sessionId === undefined) return false
  return askStore(settings.storeTimeout, () => store.revokeSession(sessionId, Math.floor(settings.now())))
}

/** Revokes a token by its id, for as long as it would live; answers whether it has one. */
export async function revokeTokenOf(claims: AuthClaims, store: Store, settings: Settings): Promise<boolean> {
  const { tokenId } = tokenIds(claims, settings)
  if (tokenId === undefined) return false
  const exp = own(claims, "exp")
  const expiresAt = typeof exp === "number" ? Math.ceil(exp + settings.leeway) : Number.MAX_SAFE_INTEGER
  await askStore(settings.storeTimeout, () => store.revokeToken(tokenId, expiresAt))
  return true
}

/** The store of the options. @throws UsageError `option_invalid` where there is none. */
export function storeOf({ store }: Settings, call: string): Store {
  if (store === undefined) throw storeNeeded(call)
  return store
}

/** A session must not outlive its user, nor a theft of its refresh token: whoever has another key than the client's is a thief. */
async function withSessionEnded(failure: Failure, store: Store, { settings, revocation }: Context): Promise<Failure> {
  const { reason, details, location } = failure
  const sessionId = details.claims === undefined ? undefined : own(details.claims, "sid")
  if (typeof sessionId !== "string" || (reason !== "user_missing" && reason !== "proof_key")) return failure
  const now = Math.floor(settings.now())
  const ended = await askStore(settings.storeTimeout, () => store.revokeSession(sessionId, now))
  revocation.forget({ sessionId })
  return reason === "user_missing" ? failure : new Failure(ended ? "reused" : "revoked", details, location)
}

interface PairDraft {
  readonly session: Session
  readonly refreshId: string
  /** A refresh token that stays, instead of a new one. */
  readonly kept?: CookieToken | undefined
  readonly transport: Transport
  readonly fresh: boolean | number
  /** The CSRF value of the refresh token before: it stays, so that requests of other tabs do not fail. */
  readonly csrf: string | undefined
  /** What the loader `claims` answered; it is asked before the store is told anything. */
  readonly loaded: object
}

async function pairOf(draft: PairDraft, context: Context): Promise<TokenPair> {
  const { session, transport } = draft
  const { settings } = context
  const csrf = csrfValues(draft, settings)
  const { subject, id: sessionId, authenticatedAt, expiresAt: endsBy } = session
  const shared = { subject, sessionId, authenticatedAt, ...(Number.isFinite(endsBy) && { endsBy }) }
  const { granted, claims: given } = splitGrant(sessionClaims(session))
  const claims = { ...draft.loaded, ...given }
  const { cnf } = granted
  const id = settings.newId()
  const access = await mint(
    { ...shared, type: "access", id, fresh: draft.fresh, claims, granted, csrf: csrf.access },
    settings,
  )
  // What no store remembers is in the token.
  const remembered =
    settings.store === undefined ? { claims: given, granted } : { granted: cnf === undefined ? {} : { cnf } }
  const refresh =
    draft.kept ??
    (await mint({ ...shared, type: "refresh", id: draft.refreshId, csrf: csrf.refresh, ...remembered }, settings))
  return {
    accessToken: access.token,
    refreshToken: refresh.token,
    expiresIn: access.secondsLeft,
    csrfToken: transport === "cookie" ? csrf.access : undefined,
    cookies: transport === "cookie" ? tokenCookies({ access, refresh }, settings) : [],
    transport,
    tokenType: cnf === undefined ? "Bearer" : "DPoP",
    identity: subject,
    sessionId,
  }
}

function csrfValues({ transport, csrf }: PairDraft, settings: Settings): { access?: string; refresh?: string } {
  if (settings.csrf === undefined || (transport === "body" && !settings.isCompat)) return {}
  const refresh = csrf ?? settings.newId()
  const isShared = settings.cookies.csrf === settings.cookies.refreshCsrf
  return { refresh, access: isShared ? refresh : settings.newId() }
}

function sessionClaims({ data }: Session): object {
  const claims: unknown = JSON.parse(data)
  if (isRecord(claims)) return claims
  throw new UsageError("callback_failed", "the store answered with a session whose data are not what was stored")
}

function textClaim(claims: AuthClaims | undefined, name: string): string | undefined {
  const value = claims === undefined ? undefined : own(claims, name)
  return typeof value === "string" ? value : undefined
}
