/** The heart: from a request to a verdict. Every step in the order in which the contract tells failures. */

import { csrfFailure, isCrossSite, isForeign, isUnlisted, needsCsrf, sentCsrf } from "./csrf.ts"
import { bindingFailure } from "./dpop.ts"
import { after, type Eventual } from "./eventual.ts"
import { type Found, findToken, isAbsence, type Slot } from "./extract.ts"
import { Failure } from "./failure.ts"
import { foreignIssuer } from "./issuers.ts"
import type { Verify } from "./keys.ts"
import {
  flagOption,
  invalidOption,
  isRecord,
  knownOptions,
  type Lifetime,
  originsOption,
  own,
  secondsOption,
  textsOption,
} from "./options.ts"
import { type PublicPath, publicPaths } from "./public-paths.ts"
import type { AuthRequest } from "./request.ts"
import type { RevocationCheck } from "./revocation.ts"
import { lacksScope, type NeededScopes, neededScopes, type Scopes } from "./scopes.ts"
import { type AuthClaims, type Loaders, locationsOf, type Settings, type TokenLocation } from "./settings.ts"
import { StoreUnavailableError } from "./store-access.ts"
import { headerOf } from "./token-header.ts"
import { isMediaType, mediaTypeOf } from "./token-types.ts"
import { type Allowed, ANONYMOUS, type Anonymous } from "./verdict.ts"
import { identityOf, verifyToken } from "./verify.ts"

/** What a guard asks of a request. */
export interface GuardOptions {
  /**
   * Let requests without a token pass. A bad token is still refused, unless it is `ignore-invalid`: then whatever would be answered with 401
   * passes as nobody. Default false.
   */
  optional?: boolean | "ignore-invalid" | undefined
  /**
   * Paths that are not guarded at all, for a guard of a whole application: `/login`, `GET /health`, `/static/*`. They are compared letter by
   * letter with the path as it was sent; one with escapes, dot segments or double slashes is guarded.
   */
  public?: string | readonly string[] | undefined
  /**
   * Let a browser through whose access cookie is over and whose refresh cookie is good, with a new pair: the verdict has the cookies, and
   * adapters send them. Or already before the end of the access token. Methods that need a CSRF value need it here too, and pages of other
   * sites renew nothing. What is renewed is never fresh. Guards of one request that renew share one pair; one that does not sees the cookies as they came. Default
   * false.
   */
  renew?: boolean | { readonly within: Lifetime } | undefined
  /**
   * The token's type, or several. Default `access`. A refresh token that was rotated passes a guard for as long as its session lives:
   * `refresh` alone, and introspection, know that it is no longer good.
   */
  type?: string | readonly string[] | undefined
  /** The user must have logged in lately: within `freshFor` of the options, or within `maxAge`. */
  fresh?: boolean | { readonly maxAge: Lifetime } | undefined
  /** The token must have all of these roles. */
  roles?: string | readonly string[] | undefined
  /** The token must have all of these scopes, or one of them: `{ any: [...] }`. */
  scopes?: Scopes | undefined
  /** Where the token is in a cookie, pages of these origins alone may send it (RFC 6454, section 6.2): compared whole, with any method. */
  origins?: string | readonly string[] | undefined
  /** Where to look, instead of the locations of the options. */
  locations?: TokenLocation | readonly TokenLocation[] | undefined
  /** False: do not ask whether the token was revoked. */
  revocation?: boolean | undefined
  /** Take access tokens that have expired as well: for logging out. Default false. */
  allowExpired?: boolean | undefined
}

/** Guard options, settled. */
export interface GuardRules {
  readonly optional: boolean
  /** Whether a bad token counts as none. */
  readonly ignoreInvalid: boolean
  readonly publicPaths: readonly PublicPath[]
  /** Seconds before the end of an access token from which on it is renewed; undefined: never. */
  readonly renew: { readonly within: number } | undefined
  readonly types: readonly string[]
  readonly slots: readonly Slot[]
  /** Seconds since the login; undefined: however long ago. */
  readonly maxAge: number | undefined
  readonly roles: readonly string[]
  readonly scopes: NeededScopes | undefined
  readonly origins: readonly string[] | undefined
  readonly locations: readonly TokenLocation[]
  readonly revocation: boolean
  readonly allowExpired: boolean
  /** Whether the loaders `accepts` and `user` are asked. */
  readonly loads: boolean
}

/** All that a guard needs. */
export interface GuardContext<User, Identity> {
  readonly settings: Settings
  readonly loaders: Loaders<User, Identity>
  readonly verify: Verify
  readonly isRevoked: RevocationCheck
}

const OPTIONS = [
  "optional",
  "public",
  "renew",
  "type",
  "fresh",
  "roles",
  "scopes",
  "origins",
  "locations",
  "revocation",
  "allowExpired",
]
/** Reads the options of a guard. @throws UsageError `option_unknown`, `option_invalid` */
export function guardRules(options: GuardOptions | undefined, settings: Settings): GuardRules {
  const given = knownOptions(options, OPTIONS, "guard")
  const types = textsOption("type", given.type) ?? ["access"]
  const slots = types.map((type): Slot => (type === "refresh" ? "refresh" : "access"))
  const ignoreInvalid = given.optional === "ignore-invalid"
  const locations = locationsOf("locations", given.locations) ?? settings.locations
  return Object.freeze({
    types,
    slots: [...new Set(slots)],
    optional: ignoreInvalid || flagOption("optional", given.optional, false),
    ignoreInvalid,
    publicPaths: publicPaths(given.public),
    renew: renewOf(given.renew, { types, locations }, settings),
    maxAge: maxAgeOf(given.fresh, settings),
    roles: textsOption("roles", given.roles) ?? [],
    scopes: neededScopes(given.scopes),
    origins: originsOption("origins", given.origins),
    locations,
    revocation: flagOption("revocation", given.revocation, true),
    allowExpired: flagOption("allowExpired", given.allowExpired, false),
    loads: true,
  })
}

function renewOf(
  value: GuardOptions["renew"],
  { types, locations }: Pick<GuardRules, "types" | "locations">,
  { store, csrf, cookies: { access, refresh } }: Settings,
): GuardRules["renew"] {
  const given = isRecord(value) ? knownOptions(value as { within: Lifetime }, ["within"], "renew") : undefined
  if (given === undefined && !flagOption("renew", value, false)) return undefined
  if (store === undefined) throw invalidOption("renew", "false without a `store`: refresh tokens must be rotated")
  if (csrf === undefined) throw invalidOption("renew", "false where `csrf` is: another site could renew tokens")
  if (!types.includes("access") || !locations.includes("cookie"))
    throw invalidOption("renew", "false for guards that take no access token from a cookie")
  if (!access.path.startsWith(refresh.path))
    throw invalidOption("renew", "false where browsers send the refresh cookie to other paths than the access cookie")
  return Object.freeze({ within: secondsOption("renew.within", given?.within, 0) })
}

function maxAgeOf(fresh: GuardOptions["fresh"], settings: Settings): number | undefined {
  if (!isRecord(fresh)) return flagOption("fresh", fresh, false) ? settings.freshFor : undefined
  const { maxAge } = knownOptions(fresh as { maxAge: Lifetime }, ["maxAge"], "fresh")
  if (maxAge === undefined) throw invalidOption("fresh.maxAge", "given")
  return secondsOption("fresh.maxAge", maxAge, 0)
}

/** Judges a request. Fails only with what a loader of the caller's has thrown. */
export function judge<User, Identity>(
  request: AuthRequest,
  rules: GuardRules,
  context: GuardContext<User, Identity>,
): Eventual<Allowed<User> | Anonymous | Failure> {
  const { settings } = context
  // Flask-JWT-Extended lets preflights through, and so do those who rely on it.
  if (settings.isCompat && request.method.toUpperCase() === "OPTIONS") return ANONYMOUS
  return after(findToken(request, settings, rules), (found) => {
    if (found instanceof Failure) return rules.optional && isAbsence(found) ? ANONYMOUS : found
    const judging = judgeFound(found, request, rules, context)
    return judging instanceof Promise ? judging.then(located(found), unlessAway(found)) : located(found)(judging)
  })
}

/** A failure is told where the token was. */
function located(found: Found) {
  return <T>(judged: T | Failure): T | Failure => (judged instanceof Failure ? judged.at(found) : judged)
}

function unlessAway({ location }: Found) {
  return (error: unknown): Failure => {
    if (error instanceof StoreUnavailableError) return new Failure("store_down", {}, location)
    throw error
  }
}

function judgeFound<User, Identity>(
  found: Found,
  request: AuthRequest,
  rules: GuardRules,
  context: GuardContext<User, Identity>,
): Eventual<Allowed<User> | Failure> {
  if (found.location !== "cookie") return judgeToken({ found, csrf: undefined }, request, rules, context)
  return csrfOf(found, request, rules, context.settings).then((csrf) =>
    csrf instanceof Failure ? csrf : judgeToken({ found, csrf }, request, rules, context),
  )
}

/**
 * Judges a token wherever it came from.
 *
 * @param csrf - What its claim of this name must be; undefined: it is not looked at.
 */
export function judgeToken<User, Identity>(
  { found, csrf }: { readonly found: Found; readonly csrf: string | undefined },
  request: AuthRequest,
  rules: GuardRules,
  context: GuardContext<User, Identity>,
): Eventual<Allowed<User> | Failure> {
  const { settings, verify } = context
  return after(verifyToken(found.token, verify, settings), (genuine) => {
    if (genuine instanceof Failure) return genuine
    const { claims, isExpired } = genuine
    const presented = { found, claims, header: headerOf(found.token) }
    const unfit =
      (csrf === undefined ? undefined : csrfFailure(csrf, claims)) ??
      (isExpired && !isForgiven(claims, rules) ? new Failure("expired") : undefined) ??
      typeFailure(presented, rules, settings) ??
      bindingFailure(found, claims, request, settings)
    const judging = after(
      unfit,
      (failure) => failure ?? freshnessFailure(claims, rules, settings) ?? revocationFailure(presented, rules, context),
    )
    return after(judging, (failure) =>
      failure === undefined ? admit(presented, rules, context) : withToken(failure, presented),
    )
  })
}

/** A token that is genuine. */
interface Presented {
  readonly found: Found
  readonly claims: AuthClaims
  readonly header: object
}

/** The value that must match the claim of a token in a cookie; undefined where none is needed. */
async function csrfOf(
  { slot }: Found,
  request: AuthRequest,
  { origins }: GuardRules,
  settings: Settings,
): Promise<string | undefined | Failure> {
  if (origins !== undefined && isForeign(request, origins)) return new Failure("cross_site")
  if (!needsCsrf(request, settings)) return undefined
  if ((!settings.isCompat && isCrossSite(request)) || isUnlisted(request, settings)) return new Failure("cross_site")
  return (await sentCsrf(request, settings, slot)) ?? new Failure("csrf_missing")
}

/** Whoever logs out may come too late; a refresh token would have to be renewed first all the same. */
function isForgiven(claims: AuthClaims, { allowExpired }: GuardRules): boolean {
  return allowExpired && own(claims, "type") === "access"
}

/** The `type` claim says what a token is for, and `typ` says it again (RFC 8725, section 3.11); of others' tokens that was judged before. */
function typeFailure({ claims, header }: Presented, { types }: GuardRules, settings: Settings): Failure | undefined {
  const type = own(claims, "type")
  const isTyped = (name: string): boolean =>
    settings.isCompat || isMediaType(header, mediaTypeOf(name)) || foreignIssuer(claims, settings) !== undefined
  if (typeof type === "string" && types.includes(type) && isTyped(type)) return undefined
  // There, everything but a refresh token is an access token.
  if (settings.isCompat && type !== "refresh" && types.includes("access")) return undefined
  if (types.every((wanted) => wanted === "refresh")) return new Failure("refresh_wanted")
  return new Failure(type === "refresh" ? "refresh_not_wanted" : "other_type")
}

/** `fresh` says whether the token came from a login, `auth_time` when that was. */
function freshnessFailure(claims: AuthClaims, { maxAge }: GuardRules, settings: Settings): Failure | undefined {
  if (maxAge === undefined) return undefined
  const now = settings.now()
  const fresh = own(claims, "fresh")
  const isFresh = fresh === true || (typeof fresh === "number" && fresh >= now)
  const loggedInAt = own(claims, "auth_time")
  const isRecent = typeof loggedInAt === "number" && now - loggedInAt <= maxAge + settings.leeway
  return isFresh && (isRecent || settings.isCompat) ? undefined : new Failure("not_fresh", { maxAge })
}

function revocationFailure<User, Identity>(
  presented: Presented,
  rules: GuardRules,
  { isRevoked, loaders }: GuardContext<User, Identity>,
): Eventual<Failure | undefined> {
  if (!rules.revocation) return undefined
  const answer = isRevoked(presented.claims)
  if (answer === false && loaders.isRevoked === undefined) return undefined
  return revokedByAny(answer, presented, loaders)
}

async function revokedByAny<User, Identity>(
  answer: Eventual<boolean>,
  { claims, header }: Presented,
  loaders: Loaders<User, Identity>,
): Promise<Failure | undefined> {
  const revoked = (await answer) || Boolean(await loaders.isRevoked?.(claims, header))
  return revoked ? new Failure("revoked") : undefined
}

/** The last questions are the program's own: are the claims acceptable, who is it, what may they do. */
function admit<User, Identity>(
  presented: Presented,
  rules: GuardRules,
  context: GuardContext<User, Identity>,
): Eventual<Allowed<User> | Failure> {
  const { accepts, user } = context.loaders
  if (rules.loads && (accepts !== undefined || user !== undefined)) return admitLoaded(presented, rules, context)
  // Without the loader `User` is undefined: createAuth infers it from there.
  return admitUser(undefined as User, presented, rules, context.settings)
}

async function admitLoaded<User, Identity>(
  presented: Presented,
  rules: GuardRules,
  { loaders, settings }: GuardContext<User, Identity>,
): Promise<Allowed<User> | Failure> {
  const { claims, header } = presented
  const { accepts, user: load } = loaders
  if (accepts !== undefined && !(await accepts(claims, header)))
    return withToken(new Failure("claims_rejected"), presented)
  const user = await load?.(claims)
  if (load !== undefined && (user === null || user === undefined))
    return withToken(new Failure("user_missing"), presented)
  // Without the loader `User` is undefined: createAuth infers it from there.
  return admitUser(user as User, presented, rules, settings)
}

function admitUser<User>(
  user: User,
  presented: Presented,
  rules: GuardRules,
  settings: Settings,
): Allowed<User> | Failure {
  const { found, claims, header } = presented
  if (rules.scopes !== undefined && lacksScope(claims, rules.scopes))
    return withToken(new Failure("scope_missing", { scope: rules.scopes.words.join(" ") }), presented)
  const roles = own(claims, settings.rolesClaim)
  const missing = rules.roles.find((role) => !Array.isArray(roles) || !roles.includes(role))
  if (missing !== undefined) return withToken(new Failure("role_missing"), presented)
  const { token, location } = found
  const identity = identityOf(claims, settings)
  return { allowed: true, identity, claims, user, header, location, token, cookies: [] }
}

function withToken({ reason, details }: Failure, { header, claims }: Presented): Failure {
  return new Failure(reason, { ...details, header, claims })
}
