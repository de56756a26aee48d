/** How cookies are named and sent; what browsers would refuse or ignore is refused here, when the server starts. */

import {
  choiceOption,
  flagOption,
  invalidOption,
  knownOptions,
  type Lifetime,
  secondsOption,
  textOption,
} from "./options.ts"

/** `SameSite` of a cookie. */
export type SameSite = "lax" | "strict" | "none"

/** One cookie. */
export interface CookieOptions {
  /** Default: `access_token`, `refresh_token` or `csrf_token` with the strictest prefix that the attributes allow. */
  name?: string | undefined
  /** Default `/`. */
  path?: string | undefined
  /** Default `lax`; `strict` for the refresh token. */
  sameSite?: SameSite | undefined
}

/** All cookies. */
export interface CookiesOptions {
  access?: CookieOptions | undefined
  refresh?: CookieOptions | undefined
  /** The readable cookie with the CSRF value. */
  csrf?: CookieOptions | undefined
  /** A readable cookie of its own for the CSRF value of the refresh token; default: both share one value and one cookie. */
  refreshCsrf?: CookieOptions | undefined
  /** Send cookies over https only. Default true. Without it names have no prefix: for development on this machine. */
  secure?: boolean | undefined
  /** Share the cookies with the subdomains of this domain. Default: this host alone. */
  domain?: string | undefined
  /** Keep the cookies apart for each site that embeds this one. */
  partitioned?: boolean | undefined
  /** Forget the cookies when the browser closes, instead of when the token expires. */
  session?: boolean | undefined
}

/** What one call says of its cookies, instead of the options. */
export interface CookieCallOptions {
  /** For how long the browser keeps them, 0 included. Default: what is left of the token. */
  readonly maxAge?: Lifetime | undefined
  readonly domain?: string | undefined
}

/** One cookie, settled. */
export interface CookieSettings {
  readonly name: string
  readonly path: string
  readonly sameSite: SameSite
  readonly httpOnly: boolean
}

/** All cookies, settled. */
export interface CookiesSettings {
  readonly access: CookieSettings
  readonly refresh: CookieSettings
  readonly csrf: CookieSettings
  readonly refreshCsrf: CookieSettings
  readonly secure: boolean
  readonly domain: string | undefined
  readonly partitioned: boolean
  readonly session: boolean
  /** Seconds; undefined: for as long as the token lives. */
  readonly maxAge: number | undefined
}

/** What stands where an option is not given. */
export interface CookieDefaults {
  readonly access: string
  readonly refresh: string
  readonly csrf: string
  readonly refreshCsrf: string
  /** Whether names get a prefix. */
  readonly prefixed: boolean
}

type Shared = Pick<CookiesSettings, "secure" | "domain" | "partitioned" | "session">

const COOKIES = ["access", "refresh", "csrf", "refreshCsrf", "secure", "domain", "partitioned", "session"]
const SAME_SITES = ["lax", "strict", "none"] as const
/** A token (RFC 9110, section 5.6.2). */
const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const COOKIE_PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/
const COOKIE_DOMAIN = /^\.?[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?$/

/** Reads the options of cookies. */
export function cookiesSettings(options: CookiesOptions | undefined, defaults: CookieDefaults): CookiesSettings {
  const given = knownOptions(options, COOKIES, "cookies")
  const shared: Shared = {
    secure: flagOption("cookies.secure", given.secure, true),
    domain: domainOf("cookies.domain", given.domain),
    partitioned: flagOption("cookies.partitioned", given.partitioned, false),
    session: flagOption("cookies.session", given.session, false),
  }
  if (shared.partitioned && !shared.secure)
    throw invalidOption("cookies.partitioned", "false where cookies are not `secure`: browsers refuse such a cookie")
  const settle = (kind: "access" | "refresh" | "csrf" | "refreshCsrf"): CookieSettings => {
    const isRefresh = kind === "refresh"
    const isToken = isRefresh || kind === "access"
    const standard = {
      name: defaults[kind],
      prefixed: defaults.prefixed,
      sameSite: isRefresh ? "strict" : "lax",
    } as const
    return cookieSettings(`cookies.${kind}`, given[kind], { ...standard, httpOnly: isToken }, shared)
  }
  const settings = { access: settle("access"), refresh: settle("refresh"), csrf: settle("csrf") }
  const isShared = given.refreshCsrf === undefined && defaults.refreshCsrf === defaults.csrf
  const refreshCsrf = isShared ? settings.csrf : settle("refreshCsrf")
  assertApart({ ...settings, refreshCsrf })
  return Object.freeze({ ...shared, ...settings, refreshCsrf, maxAge: undefined })
}

/** A cookie with the name of a token's would take its place, and be read in its place. */
function assertApart({
  access,
  ...others
}: Pick<CookiesSettings, "access" | "refresh" | "csrf" | "refreshCsrf">): void {
  for (const [kind, { name }] of Object.entries(others)) {
    if (name === access.name || (kind !== "refresh" && name === others.refresh.name))
      throw invalidOption(`cookies.${kind}.name`, "another one than the name of a token's cookie")
  }
}

/** The settings of one call. @throws UsageError `option_invalid`, `option_unknown` */
export function forCall<T extends { readonly cookies: CookiesSettings }>(
  settings: T,
  options: CookieCallOptions | undefined,
): T {
  if (options === undefined) return settings
  const { maxAge, domain } = knownOptions(options, ["maxAge", "domain"], "cookies")
  const cookies = { ...settings.cookies, domain: domainOf("domain", domain) ?? settings.cookies.domain }
  for (const { name, path } of [cookies.access, cookies.refresh, cookies.csrf, cookies.refreshCsrf])
    assertPrefix("domain", name, path, cookies)
  return {
    ...settings,
    cookies: maxAge === undefined ? cookies : { ...cookies, maxAge: secondsOption("maxAge", maxAge, 0) },
  }
}

/** A domain; a dot in front of it says nothing (RFC 6265, section 5.2.3). */
function domainOf(name: string, value: unknown): string | undefined {
  const domain = textOption(name, value)
  if (domain !== undefined && !COOKIE_DOMAIN.test(domain)) throw invalidOption(name, "a domain name")
  return domain?.replace(/^\./, "")
}

interface Standard {
  readonly name: string
  readonly prefixed: boolean
  readonly sameSite: SameSite
  readonly httpOnly: boolean
}

function cookieSettings(where: string, options: CookieOptions | undefined, standard: Standard, shared: Shared) {
  const given = knownOptions(options, ["name", "path", "sameSite"], where)
  const path = textOption(`${where}.path`, given.path) ?? "/"
  if (!COOKIE_PATH.test(path)) throw invalidOption(`${where}.path`, "a path that begins with / and holds no semicolon")
  const name = textOption(`${where}.name`, given.name) ?? prefixOf(path, standard, shared) + standard.name
  if (!COOKIE_NAME.test(name))
    throw invalidOption(`${where}.name`, "a cookie's name: letters, digits and !#$%&'*+-.^_`|~")
  assertPrefix(`${where}.name`, name, path, shared)
  const sameSite = choiceOption(`${where}.sameSite`, given.sameSite, SAME_SITES, standard.sameSite)
  if (sameSite === "none" && !shared.secure)
    throw invalidOption(
      `${where}.sameSite`,
      "lax or strict where cookies are not `secure`: browsers refuse such a cookie",
    )
  return Object.freeze({ name, path, sameSite, httpOnly: standard.httpOnly })
}

function prefixOf(path: string, { prefixed }: Standard, { secure, domain }: Shared): string {
  if (!prefixed || !secure) return ""
  return domain === undefined && path === "/" ? "__Host-" : "__Secure-"
}

/** What browsers ask of a prefixed name (RFC 6265bis, section 4.1.3); they compare it without case. */
function assertPrefix(where: string, name: string, path: string, { secure, domain }: Shared): void {
  const lower = name.toLowerCase()
  if (lower.startsWith("__secure-") && !secure)
    throw invalidOption(where, "without __Secure- unless cookies are `secure`")
  if (lower.startsWith("__host-") && (!secure || domain !== undefined || path !== "/"))
    throw invalidOption(where, "without __Host- unless cookies are `secure`, have no `domain`, and the path is /")
}
