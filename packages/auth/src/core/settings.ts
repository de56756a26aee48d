/** The options of `createAuth`, and what becomes of them: checked, frozen, with every default filled in. */

import { type JwkSource, type JwtClaims, type KeyInput, UsageError } from "jotkit"
import type { Store } from "../store.ts"
import { type CookiesOptions, type CookiesSettings, cookiesSettings } from "./cookie-settings.ts"
import { type DpopOptions, type DpopSettings, dpopSettings } from "./dpop-settings.ts"
import type { Failure } from "./failure.ts"
import { REFUSAL_CODES, type RefusalCode } from "./failure.ts"
import { type Issuer, type IssuerOptions, issuersOf } from "./issuers.ts"
import { KeyRing } from "./key-ring.ts"
import { type AuthKeys, fixedKeys, NO_KEYS, type SigningKeyOf, type VerificationKeyOf } from "./keys.ts"
import {
  choiceOption,
  flagOption,
  functionOption,
  invalidOption,
  isRecord,
  knownOptions,
  type Lifetime,
  originsOption,
  secondsOption,
  textOption,
  textsOption,
  timeoutOption,
} from "./options.ts"
import type { AuthRequest } from "./request.ts"

/** Where a token may be. */
export type TokenLocation = "header" | "cookie" | "json" | "query"

/** The claims of a token that a guard has let through. Only {@link CompatOptions} make tokens pass whose `sub` is another or none. */
export interface AuthClaims extends JwtClaims {
  sub: string
}

/** What may be asked while a token is made or judged. All may answer with a promise; what they throw is not the client's fault and is thrown on. */
export interface Loaders<User, Identity> {
  /** The subject of a token for whatever identity is given to `login`. Default: the identity, which must be a string then. */
  subject?: ((identity: Identity) => string | Promise<string>) | undefined
  /** Claims for a new token, beside the ones given to `login`. Asked again at each refresh, with the subject. */
  claims?: ((subject: string) => object | Promise<object>) | undefined
  /** The user that a token is about; null or undefined: there is none any more. */
  user?: ((claims: AuthClaims) => User | null | undefined | Promise<User | null | undefined>) | undefined
  /** Whether claims are acceptable, after everything else. */
  accepts?: ((claims: AuthClaims, header: object) => unknown) | undefined
  /** Whether a token was revoked, beside what the store says. */
  isRevoked?: ((claims: AuthClaims, header: object) => unknown) | undefined
}

/** An answer of your own to a refused request; what is absent stays as it is. */
export interface Answer {
  readonly status?: number | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Makes an answer of your own. The failure tells the reason and, where the token was verified, its header and claims. */
export type Responder = (
  failure: {
    readonly code: RefusalCode
    readonly reason: string
    /** Status and message as they would be without the responder. */
    readonly status: number
    readonly message: string
    readonly header?: object
    readonly claims?: JwtClaims
  },
  request: AuthRequest,
) => Answer | undefined | Promise<Answer | undefined>

/** How CSRF values travel. They are asked for only where the token came in a cookie. */
export interface CsrfOptions {
  /** Default `X-CSRF-Token`. */
  header?: string | undefined
  /** Also look into this field of a form body. Default: no. */
  formField?: string | undefined
  /** Places of their own for the value of the refresh token. Default: the same ones. */
  refresh?:
    | {
        /** Default: `header`. */
        readonly header?: string | undefined
        /** Default: `formField`. */
        readonly formField?: string | undefined
      }
    | undefined
  /** Methods that need the value. Default: all but GET, HEAD, OPTIONS and TRACE. */
  methods?: readonly string[] | undefined
  /**
   * Pages of these origins alone may send what needs a CSRF value, compared whole with `Origin`, or else `Referer`, where the browser
   * does not say `Sec-Fetch-Site: same-origin`. Default: the CSRF value decides, and `cross-site` is refused.
   */
  origins?: string | readonly string[] | undefined
  /** What becomes of requests that have neither header, where there are `origins`. Default `refuse`; programs send none. */
  unknownOrigin?: "refuse" | "allow" | undefined
  /** Set the readable cookie. Default true; without it pages have the value from the answer to the login. */
  cookie?: boolean | undefined
}

/** What one program on Flask-JWT-Extended does otherwise than the next. */
export interface CompatOptions {
  /** Whose answers, and whose tokens. */
  readonly library: "flask-jwt-extended"
  /** The claim that says who it is (JWT_IDENTITY_CLAIM). Default `sub`. Any other may hold any JSON. */
  readonly identityClaim?: string | undefined
  /** Take tokens whose `sub` is no string (JWT_VERIFY_SUB is false). Default false. New tokens have strings. */
  readonly anySubject?: boolean | undefined
  /** Give new tokens `nbf` (JWT_ENCODE_NBF). Default true. */
  readonly notBefore?: boolean | undefined
}

/** How long refresh tokens and sessions live. */
export interface RefreshOptions {
  /** For how long a token that was rotated may be presented again: two tabs at once. Default 10 s; at most 60 s; 0 is strict. */
  grace?: Lifetime | undefined
  /** A session that was not refreshed for this long has ended. Default: as long as a refresh token lives. */
  idle?: Lifetime | undefined
  /** A session ends after this, whatever happens. Default 90 days, or the lifetime of a refresh token if that is longer. */
  absolute?: Lifetime | undefined
  /** Where refresh tokens are looked for, instead of `locations`: `cookie` alone where browsers are the only clients. */
  locations?: TokenLocation | readonly TokenLocation[] | undefined
}

/**
 * When a guard asks the store: of every request; only when a token is refreshed, so that what was revoked is good until it expires; or
 * once in `cachedFor`. Then the stores for several machines tell all instances what is revoked, and answers about it are forgotten at
 * once; while a store cannot be heard, nothing is kept. That is as quick as the network and no promise: `cachedFor` is the bound.
 * Whoever closes the connection of such a store closes the store first.
 */
export type CheckMode = "every-request" | "refresh-only" | { readonly cachedFor: Lifetime }

/** How many tokens are remembered whose signature held, and for how long. */
export interface TokenCacheOptions {
  /** The oldest goes first: more than there are clients at a time, or it is of no use. Default 1,000. */
  readonly maxSize?: number | undefined
  /** At most, and never longer than the token lives. Default 10 minutes. */
  readonly ttl?: Lifetime | undefined
}

/** What an {@link Auth} is made of. */
export interface AuthOptions<User = unknown, Identity = string> {
  /**
   * The key of all tokens: a secret, a private key, or (to verify only) a public one. Text is a secret unless it is PEM. Or a function of
   * the subject that answers with the key to sign with; `algorithm` and `verificationKey` go with it. Or `keyRing`.
   */
  key?: JwkSource | SigningKeyOf | undefined
  /** What tokens are verified with, where that is not the key's own public half: a set of keys, a `JwksClient`, a function. */
  verificationKey?: KeyInput | VerificationKeyOf | undefined
  /** Keys that are made, rotated and shared by themselves. */
  keyRing?: KeyRing | undefined
  /** Default: the key's own, HS256 for a secret. */
  algorithm?: string | undefined
  /** What tokens may be signed with, all with a secret or none. Default: `algorithm` alone; it is not added to a list. */
  algorithms?: readonly string[] | undefined
  /** `iss` of all tokens that are made here; required, except with `compat`. */
  issuer?: string | undefined
  /** `aud` of all tokens; required, except with `compat`. */
  audience?: string | readonly string[] | undefined
  /** Others whose access tokens are taken, by their `iss`. Without a key of our own no tokens but theirs are, and none are made. */
  issuers?: Readonly<Record<string, IssuerOptions>> | undefined
  /** How long tokens live. Default: access 15 minutes, refresh 30 days. False: no end, which says so in its name nowhere else. */
  lifetimes?: { access?: Lifetime | false | undefined; refresh?: Lifetime | false | undefined } | undefined
  /**
   * Remember tokens of our own whose signature held: it is not verified again with every request. Time, claims and revocation are judged on each
   * all the same. Default false.
   */
  cache?: boolean | TokenCacheOptions | undefined
  /** How far clocks may differ; at most 10 minutes. Default 5 s. */
  leeway?: Lifetime | undefined
  /** How long after a login its token counts as fresh, unless the guard says otherwise. Default 15 minutes. */
  freshFor?: Lifetime | undefined
  /** Where tokens are looked for, in this order. Default: the header alone. */
  locations?: TokenLocation | readonly TokenLocation[] | undefined
  /** The header, default `Authorization` with the scheme `Bearer`. An empty scheme: the header holds the token alone. */
  header?: { name?: string | undefined; scheme?: string | undefined } | undefined
  cookies?: CookiesOptions | undefined
  /** False switches the CSRF check off: only where no browser sends the cookies. */
  csrf?: CsrfOptions | false | undefined
  /** The parameter, default `jwt`, and a text that must stand before the token. */
  query?: { name?: string | undefined; prefix?: string | undefined } | undefined
  /** Members of a JSON body, default `access_token` and `refresh_token`. */
  json?: { access?: string | undefined; refresh?: string | undefined } | undefined
  /**
   * Where sessions are remembered. Without one `login` and `refresh` work, and the refresh token stays the same until it expires: no
   * rotation, no detection of theft, no logout.
   */
  store?: Store | undefined
  /** How long a store may take to answer. Default 2 s. */
  storeTimeout?: Lifetime | undefined
  check?: CheckMode | undefined
  refresh?: RefreshOptions | undefined
  loaders?: Loaders<User, Identity> | undefined
  /** Tokens that are bound to a key of the client (RFC 9449), so that a thief cannot use them. Default: off, and bound tokens are refused. `cnf` of other kinds, such as certificates, is not judged. */
  dpop?: DpopOptions | undefined
  /** Answers of your own, by code; `otherwise` for the codes that have none. */
  responders?: Partial<Readonly<Record<RefusalCode | "otherwise", Responder>>> | undefined
  /**
   * More parameters of every challenge, such as `realm` or `resource_metadata` (RFC 9728, section 5.1). What this package says itself cannot be
   * given.
   */
  challenge?: Readonly<Record<string, string>> | undefined
  /** Told of every refused request before it is answered, for logs and limits. What it throws, or rejects with, is thrown on. */
  onRefused?: ((failure: Failure, request: AuthRequest) => unknown) | undefined
  /**
   * `rfc9068`: access tokens as RFC 9068 wants them. They are made with `client_id`, and refused without `client_id`, `iat` or `jti`;
   * whatever the profile, ID tokens are refused by their `typ`.
   */
  profile?: "rfc9068" | undefined
  /** `client_id` of access tokens where a login does not name another one. */
  clientId?: string | undefined
  /** The claim that lists a user's roles. Default `roles`. */
  rolesClaim?: string | undefined
  /** The clock, in seconds since 1970. Default: the system's. */
  now?: (() => number) | undefined
  /** Makes ids of tokens and sessions, and CSRF values: texts that nobody can guess. For tests; default random UUIDs. */
  newId?: (() => string) | undefined
  /**
   * Statuses, messages, claims and names of another library, so that both can serve side by side. With that come its rules: whatever is
   * not a refresh token passes for an access token, also what has no `type`, no `exp` or no `jti`.
   */
  compat?: "flask-jwt-extended" | CompatOptions | undefined
}

/** Options with everything settled. */
export interface Settings {
  readonly keys: AuthKeys
  readonly issuer: string | undefined
  readonly audience: readonly string[] | undefined
  readonly issuers: ReadonlyMap<string, Issuer> | undefined
  readonly lifetimes: Readonly<Record<"access" | "refresh", number | false>>
  readonly leeway: number
  readonly cache: { readonly maxSize: number; readonly ttl: number } | undefined
  readonly freshFor: number
  readonly locations: readonly TokenLocation[]
  readonly header: { readonly name: string; readonly scheme: string }
  readonly cookies: CookiesSettings
  readonly csrf: CsrfSettings | undefined
  readonly query: { readonly name: string; readonly prefix: string }
  readonly json: Readonly<Record<"access" | "refresh", string>>
  readonly store: Store | undefined
  readonly storeTimeout: number
  readonly check: { readonly access: boolean; readonly cachedFor: number }
  readonly refresh: {
    readonly grace: number
    readonly idle: number | undefined
    readonly absolute: number
    readonly locations: readonly TokenLocation[] | undefined
  }
  readonly dpop: DpopSettings | undefined
  readonly responders: Readonly<Partial<Record<RefusalCode | "otherwise", Responder>>>
  /** Parameters of every challenge, as they are written; empty: none. */
  readonly challenge: string
  readonly onRefused: AuthOptions["onRefused"]
  readonly isRfc9068: boolean
  readonly clientId: string | undefined
  readonly rolesClaim: string
  readonly now: () => number
  readonly newId: () => string
  readonly isCompat: boolean
  readonly identityClaim: string
  readonly anySubject: boolean
  readonly notBefore: boolean
}

/** How CSRF values travel, settled. */
interface CsrfSettings {
  /** For each of the two tokens. */
  readonly places: Readonly<
    Record<"access" | "refresh", { readonly header: string; readonly formField: string | undefined }>
  >
  /** Undefined: all but the safe ones. */
  readonly methods: ReadonlySet<string> | undefined
  readonly origins: readonly string[] | undefined
  readonly unknownOrigin: "refuse" | "allow"
  readonly cookie: boolean
}

const OPTIONS = [
  "key",
  "verificationKey",
  "keyRing",
  "algorithm",
  "algorithms",
  "issuer",
  "audience",
  "issuers",
  "lifetimes",
  "leeway",
  "cache",
  "freshFor",
  "locations",
  "header",
  "cookies",
  "csrf",
  "query",
  "json",
  "store",
  "storeTimeout",
  "check",
  "refresh",
  "loaders",
  "dpop",
  "responders",
  "challenge",
  "onRefused",
  "profile",
  "clientId",
  "rolesClaim",
  "now",
  "newId",
  "compat",
]
const KEY_OPTIONS = ["key", "keyRing", "verificationKey"] as const
const HEADER_ALONE: readonly TokenLocation[] = ["header"]
const LOCATIONS: readonly TokenLocation[] = ["header", "cookie", "json", "query"]
const LOADERS = ["subject", "claims", "user", "accepts", "isRevoked"] as const
const CSRF_OPTIONS = ["header", "formField", "refresh", "methods", "origins", "unknownOrigin", "cookie"]
const MAX_GRACE_SECONDS = 60
const MAX_LEEWAY_SECONDS = 600
const ACCESS_SECONDS = 900
const REFRESH_SECONDS = 2_592_000
const ABSOLUTE_SECONDS = 7_776_000
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const OWN_PARAMETERS = ["error", "error_description", "error_uri", "scope", "max_age", "algs"]
/** What needs no escape in a quoted string (RFC 9110, section 5.6.4). */
const QUOTABLE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const LOOPBACK = /^(?:(?:.*\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const COOKIE_NAMES = { access: "access_token", refresh: "refresh_token", csrf: "csrf_token", refreshCsrf: "csrf_token" }
const COMPAT_COOKIE_NAMES = {
  access: "access_token_cookie",
  refresh: "refresh_token_cookie",
  csrf: "csrf_access_token",
  refreshCsrf: "csrf_refresh_token",
}

/**
 * Reads all options.
 *
 * @throws UsageError `option_unknown`, `option_invalid`, with the option's name; InvalidKeyError for a key that cannot be used.
 */
export function settingsOf<User, Identity>(options: AuthOptions<User, Identity>): Settings {
  const given = knownOptions(options, OPTIONS, "createAuth")
  const compat = compatOf(given.compat)
  const { isCompat } = compat
  const lifetimes = lifetimesOf(given.lifetimes)
  const now = functionOption("now", given.now) ?? systemClock
  const audience = textsOption("audience", given.audience)
  const issuer = textOption("issuer", given.issuer)
  const hasOwn = given.issuers === undefined || KEY_OPTIONS.some((name) => given[name] !== undefined)
  if (!isCompat && hasOwn && issuer === undefined)
    throw invalidOption("issuer", "given: the address that this server is known by")
  if (!isCompat && hasOwn && audience === undefined) throw invalidOption("audience", "given: whom the tokens are for")
  const leeway = leewayOf(given.leeway, isCompat)
  const header = headerOf(given.header)
  const store = storeOf(given.store)
  const cookies = cookiesSettings(given.cookies, cookieDefaults(isCompat))
  const addresses = [...(issuer === undefined ? [] : [issuer]), ...(audience ?? [])]
  if (!cookies.secure) assertOnLoopback(addresses, isCompat)
  return Object.freeze({
    keys: hasOwn ? keysOf(given, isCompat) : NO_KEYS,
    issuer,
    audience,
    issuers: issuersOf(given.issuers, { issuer, audience, leeway, now, isCompat, hasOwn }),
    lifetimes,
    leeway,
    cache: cacheOf(given.cache),
    freshFor: secondsOption("freshFor", given.freshFor, ACCESS_SECONDS, 1),
    locations: locationsOf("locations", given.locations) ?? HEADER_ALONE,
    header,
    cookies,
    csrf: csrfOf(given.csrf),
    query: queryOf(given.query),
    json: jsonOf(given.json),
    store,
    storeTimeout: timeoutOption("storeTimeout", given.storeTimeout),
    check: checkOf(given.check),
    refresh: refreshOf(given.refresh, lifetimes.refresh),
    dpop: dpopSettings(given.dpop, { store, scheme: header.scheme, isCompat }),
    responders: respondersOf(given.responders),
    challenge: challengeOf(given.challenge),
    onRefused: functionOption("onRefused", given.onRefused),
    isRfc9068: isRfc9068(given.profile, lifetimes.access, isCompat),
    clientId: textOption("clientId", given.clientId),
    rolesClaim: textOption("rolesClaim", given.rolesClaim) ?? "roles",
    now,
    newId: functionOption("newId", given.newId) ?? (() => globalThis.crypto.randomUUID()),
    ...compat,
  })
}

function isRfc9068(profile: AuthOptions["profile"], lifetime: number | false, isCompat: boolean): boolean {
  const isWanted = choiceOption("profile", profile, ["rfc9068", "none"] as const, "none") !== "none"
  if (isWanted && isCompat) throw invalidOption("profile", "absent with `compat`: the other library makes other tokens")
  if (isWanted && lifetime === false)
    throw invalidOption("lifetimes.access", "given: the profile wants an end of tokens")
  return isWanted
}

/** Reads the loaders, which keep the types of the caller. */
export function loadersOf<User, Identity>(options: AuthOptions<User, Identity>): Loaders<User, Identity> {
  const given = knownOptions(options.loaders, LOADERS, "loaders")
  for (const name of LOADERS) functionOption(`loaders.${name}`, given[name])
  return Object.freeze(given)
}

/** One location or several, in order; undefined where none is given. */
export function locationsOf(name: string, value: unknown): readonly TokenLocation[] | undefined {
  if (value === undefined) return undefined
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const known = LOCATIONS.filter((location) => list.includes(location))
  if (list.length === 0 || known.length !== list.length)
    throw invalidOption(name, `one or several of ${LOCATIONS.join(", ")}, each once`)
  // A copy: the list is the caller's, to change as they like.
  return Object.freeze([...(list as readonly TokenLocation[])])
}

function systemClock(): number {
  return Date.now() / 1000
}

function compatOf(options: AuthOptions["compat"]) {
  const details = typeof options === "object" ? options : undefined
  const names = ["library", "identityClaim", "anySubject", "notBefore"]
  const given: Partial<CompatOptions> = knownOptions(details, names, "compat")
  const library = details === undefined ? options : (given.library ?? "")
  const isCompat = choiceOption("compat", library, ["flask-jwt-extended", "none"] as const, "none") !== "none"
  return {
    isCompat,
    identityClaim: textOption("compat.identityClaim", given.identityClaim) ?? "sub",
    anySubject: flagOption("compat.anySubject", given.anySubject, false),
    notBefore: flagOption("compat.notBefore", given.notBefore, isCompat),
  }
}

type KeyOptions = Pick<AuthOptions, "key" | "verificationKey" | "keyRing" | "algorithm" | "algorithms">

function cookieDefaults(isCompat: boolean) {
  return isCompat ? { ...COMPAT_COOKIE_NAMES, prefixed: false } : { ...COOKIE_NAMES, prefixed: true }
}

function keysOf(given: KeyOptions, isCompat: boolean): AuthKeys {
  const { key, keyRing, verificationKey } = given
  if (keyRing === undefined) {
    if (key === undefined && verificationKey === undefined) throw invalidOption("key", "given, or `keyRing`")
    const algorithm = textOption("algorithm", given.algorithm)
    const algorithms = textsOption("algorithms", given.algorithms)
    return fixedKeys({ key, verificationKey, algorithm, algorithms, enforceMinimumKeyLength: !isCompat })
  }
  if (!(keyRing instanceof KeyRing)) throw invalidOption("keyRing", "a KeyRing")
  const other = (["key", "verificationKey", "algorithm", "algorithms"] as const).find(
    (name) => given[name] !== undefined,
  )
  if (other !== undefined) throw invalidOption(other, "absent where `keyRing` is given: the ring has its own")
  return keyRing
}

function lifetimesOf(options: AuthOptions["lifetimes"]): Settings["lifetimes"] {
  const given = knownOptions(options, ["access", "refresh"], "lifetimes")
  const lifetime = (name: "access" | "refresh", otherwise: number): number | false =>
    given[name] === false ? false : secondsOption(`lifetimes.${name}`, given[name], otherwise, 1)
  return Object.freeze({ access: lifetime("access", ACCESS_SECONDS), refresh: lifetime("refresh", REFRESH_SECONDS) })
}

function leewayOf(value: Lifetime | undefined, isCompat: boolean): number {
  const seconds = secondsOption("leeway", value, isCompat ? 0 : 5)
  if (seconds > MAX_LEEWAY_SECONDS) throw invalidOption("leeway", "at most 10 minutes")
  return seconds
}

function cacheOf(value: AuthOptions["cache"]): Settings["cache"] {
  if (value === undefined || value === false) return undefined
  const given = knownOptions(value === true ? undefined : value, ["maxSize", "ttl"], "cache")
  const { maxSize = 1000 } = given
  if (!Number.isSafeInteger(maxSize) || maxSize < 1) throw invalidOption("cache.maxSize", "a whole number above 0")
  return Object.freeze({ maxSize, ttl: secondsOption("cache.ttl", given.ttl, 600, 1) })
}

function headerOf(options: AuthOptions["header"]): Settings["header"] {
  const given = knownOptions(options, ["name", "scheme"], "header")
  const { name = "Authorization", scheme = "Bearer" } = given
  if (typeof name !== "string" || !HEADER_NAME.test(name)) throw invalidOption("header.name", "a header's name")
  if (typeof scheme !== "string" || (scheme !== "" && !HEADER_NAME.test(scheme)))
    throw invalidOption("header.scheme", "one word, or empty")
  return Object.freeze({ name, scheme })
}

function csrfOf(options: CsrfOptions | false | undefined): CsrfSettings | undefined {
  if (options === false) return undefined
  const given = knownOptions(options, CSRF_OPTIONS, "csrf")
  const access = csrfPlaces("csrf", given, { header: "X-CSRF-Token", formField: undefined })
  const refresh = knownOptions(given.refresh, ["header", "formField"], "csrf.refresh")
  const methods = textsOption("csrf.methods", given.methods)?.map((method) => method.toUpperCase())
  return Object.freeze({
    places: { access, refresh: csrfPlaces("csrf.refresh", refresh, access) },
    methods: methods === undefined ? undefined : new Set(methods),
    origins: originsOption("csrf.origins", given.origins),
    unknownOrigin: choiceOption("csrf.unknownOrigin", given.unknownOrigin, ["refuse", "allow"] as const, "refuse"),
    cookie: flagOption("csrf.cookie", given.cookie, true),
  })
}

function csrfPlaces(
  where: string,
  given: Pick<CsrfOptions, "header" | "formField">,
  otherwise: CsrfSettings["places"]["access"],
) {
  const { header = otherwise.header } = given
  if (typeof header !== "string" || !HEADER_NAME.test(header)) throw invalidOption(`${where}.header`, "a header's name")
  const formField = textOption(`${where}.formField`, given.formField) ?? otherwise.formField
  return Object.freeze({ header, formField })
}

function queryOf(options: AuthOptions["query"]): Settings["query"] {
  const given = knownOptions(options, ["name", "prefix"], "query")
  return Object.freeze({
    name: textOption("query.name", given.name) ?? "jwt",
    prefix: textOption("query.prefix", given.prefix) ?? "",
  })
}

function jsonOf(options: AuthOptions["json"]): Settings["json"] {
  const given = knownOptions(options, ["access", "refresh"], "json")
  return Object.freeze({
    access: textOption("json.access", given.access) ?? "access_token",
    refresh: textOption("json.refresh", given.refresh) ?? "refresh_token",
  })
}

function storeOf(store: Store | undefined): Store | undefined {
  if (store === undefined || (typeof store === "object" && store !== null && typeof store.rotate === "function"))
    return store
  throw invalidOption("store", "a Store")
}

function checkOf(check: CheckMode | undefined): Settings["check"] {
  if (check === undefined || check === "every-request") return { access: true, cachedFor: 0 }
  if (check === "refresh-only") return { access: false, cachedFor: 0 }
  const given = knownOptions(check, ["cachedFor"], "check")
  return Object.freeze({ access: true, cachedFor: secondsOption("check.cachedFor", given.cachedFor, 0, 1) })
}

function refreshOf(options: RefreshOptions | undefined, lifetime: number | false): Settings["refresh"] {
  const given = knownOptions(options, ["grace", "idle", "absolute", "locations"], "refresh")
  const grace = secondsOption("refresh.grace", given.grace, 10)
  if (grace > MAX_GRACE_SECONDS) throw invalidOption("refresh.grace", `at most ${MAX_GRACE_SECONDS} seconds`)
  const longest = lifetime === false ? ABSOLUTE_SECONDS : Math.max(ABSOLUTE_SECONDS, lifetime)
  const idle = given.idle === undefined ? undefined : secondsOption("refresh.idle", given.idle, 0, 1)
  const absolute = secondsOption("refresh.absolute", given.absolute, longest, 1)
  return Object.freeze({ grace, idle, absolute, locations: locationsOf("refresh.locations", given.locations) })
}

function challengeOf(parameters: AuthOptions["challenge"]): string {
  if (parameters !== undefined && !isRecord(parameters)) throw invalidOption("challenge", "texts by name")
  const given = Object.entries(parameters ?? {})
  for (const [name, value] of given) {
    if (!HEADER_NAME.test(name) || OWN_PARAMETERS.includes(name.toLowerCase()))
      throw invalidOption("challenge", `parameters other than ${OWN_PARAMETERS.join(", ")}`)
    if (typeof value !== "string" || !QUOTABLE.test(value))
      throw invalidOption(`challenge.${name}`, "text of ASCII without quotes and backslashes")
  }
  return given.map(([name, value]) => `${name}="${value}"`).join(", ")
}

/** Whoever reads along on the way could take cookies that are sent in the clear. */
function assertOnLoopback(addresses: readonly string[], isCompat: boolean): void {
  const hosts = addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address).hostname)
  // Tokens of Flask-JWT-Extended may name no address, and its cookies are not secure by default.
  if (hosts.every((host) => LOOPBACK.test(host)) && (hosts.length > 0 || isCompat)) return
  throw invalidOption("cookies.secure", "true unless `issuer` and `audience` are addresses of this machine")
}

function respondersOf(options: AuthOptions["responders"]): Settings["responders"] {
  const given = knownOptions(options, [...Object.keys(REFUSAL_CODES), "otherwise"], "responders")
  for (const [name, responder] of Object.entries(given)) functionOption(`responders.${name}`, responder)
  return Object.freeze(given)
}

/** The error where a call needs a store and there is none. */
export function storeNeeded(call: string): UsageError {
  return new UsageError("option_invalid", `${call} needs the option \`store\`: sessions must be remembered somewhere`)
}
