/** Making tokens: the claims that every one has, and what loaders and callers add. */

import { encodeAsync, UsageError } from "jotkit"
import { GRANTED_CLAIMS, type Grant, type GrantOptions } from "./grant.ts"
import { invalidOption, isRecord, type Lifetime, secondsOption } from "./options.ts"
import type { CookieToken } from "./set-cookie.ts"
import type { Loaders, Settings } from "./settings.ts"
import { mediaTypeOf } from "./token-types.ts"

/** What may be said of a new token. */
export interface TokenOptions extends GrantOptions {
  /** Whether the token comes from a login; a number: until when it counts so (seconds since 1970). Access tokens only. */
  fresh?: boolean | number | undefined
  /** More claims. The ones that this package makes cannot be given. */
  claims?: object | undefined
  /** More members of the header. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Instead of the lifetime of the options. At least a second. False: no end, where guards take such tokens (`lifetimes`, `compat`). */
  lifetime?: Lifetime | false | undefined
}

/** What a new token is to be. */
export interface Draft extends Omit<TokenOptions, keyof GrantOptions> {
  readonly type: string
  readonly subject: string
  readonly id: string
  readonly sessionId?: string | undefined
  readonly authenticatedAt?: number | undefined
  readonly csrf?: string | undefined
  readonly granted?: Grant | undefined
  /** The moment that the token must not outlive. */
  readonly endsBy?: number | undefined
}

/** Claims that are this package's to make (and no caller's to change). */
const MADE_CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "auth_time", "type", "fresh", "csrf"]
const OWN_CLAIMS = [...MADE_CLAIMS, ...GRANTED_CLAIMS]
const OWN_HEADER = ["alg", "kid", "typ"]

/** Makes a token. @throws UsageError `claims_invalid`, `header_not_allowed` for what is not the caller's to say. */
export async function mint(draft: Draft, settings: Settings): Promise<CookieToken> {
  const { type, subject, csrf } = draft
  const now = Math.floor(settings.now())
  const expiresAt = expiryOf(draft, now, settings)
  const claims = {
    ...givenClaims(draft.claims, settings),
    ...draft.granted,
    ...(settings.issuer === undefined ? {} : { iss: settings.issuer }),
    [settings.identityClaim]: subject,
    ...audienceOf(type, settings),
    ...(expiresAt === undefined ? {} : { exp: expiresAt }),
    iat: now,
    ...(settings.notBefore ? { nbf: now } : {}),
    jti: draft.id,
    ...(draft.sessionId === undefined ? {} : { sid: draft.sessionId }),
    ...(draft.authenticatedAt === undefined ? {} : { auth_time: draft.authenticatedAt }),
    type,
    fresh: draft.fresh ?? false,
    ...(csrf === undefined ? {} : { csrf }),
  }
  const { key, algorithm } = await settings.keys.signing(subject)
  const header = { ...ownHeader(draft.header), typ: settings.isCompat ? "JWT" : mediaTypeOf(type) }
  const secondsLeft = expiresAt === undefined ? undefined : expiresAt - now
  return { token: await encodeAsync(claims, key, { algorithm, header }), secondsLeft, csrf }
}

/** The subject of an identity. @throws UsageError `claims_invalid` where it is no text. */
export async function subjectOf<Identity>(identity: Identity, loaders: Loaders<unknown, Identity>): Promise<string> {
  const subject: unknown = loaders.subject === undefined ? identity : await loaders.subject(identity)
  if (typeof subject === "string" && subject !== "") return subject
  throw new UsageError(
    "claims_invalid",
    "the identity must be a string that is not empty; or give the loader `subject`",
  )
}

/** Claims of the loader and of the call, the call's winning; neither object is changed. */
export async function claimsFor(
  subject: string,
  given: object | undefined,
  loaders: Pick<Loaders<unknown, unknown>, "claims">,
): Promise<object> {
  const loaded: unknown = await loaders.claims?.(subject)
  if (loaded !== undefined && !isRecord(loaded))
    throw new UsageError("claims_invalid", "the loader `claims` must answer with an object")
  return { ...loaded, ...given }
}

/** Claims that are the program's to give. @throws UsageError `claims_invalid` for one that is made here. */
export function givenClaims(claims: object | undefined, { identityClaim }: Pick<Settings, "identityClaim">): object {
  const taken = [...OWN_CLAIMS, identityClaim].find((name) => claims !== undefined && Object.hasOwn(claims, name))
  if (taken !== undefined)
    throw new UsageError("claims_invalid", `the claim \`${taken}\` is made here and cannot be given`)
  return claims ?? {}
}

/** What a login has given and granted, from the claims of a token. */
export function sessionClaimsOf(claims: object, { identityClaim }: Settings): object {
  const made = [...MADE_CLAIMS, identityClaim]
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !made.includes(name)))
}

function ownHeader(header: object | undefined): object {
  const taken = OWN_HEADER.find((name) => header !== undefined && Object.hasOwn(header, name))
  if (taken !== undefined)
    throw new UsageError("header_not_allowed", `the header member \`${taken}\` is made here and cannot be given`)
  return header ?? {}
}

/** Refresh tokens are for whoever made them, and for no one else. */
function audienceOf(type: string, settings: Settings): { aud?: string | readonly string[] } {
  const { audience, issuer, isCompat } = settings
  if (type === "refresh" && !isCompat && issuer !== undefined) return { aud: issuer }
  const [only, second] = audience ?? []
  if (audience === undefined || only === undefined) return {}
  return { aud: second === undefined ? only : audience }
}

function expiryOf({ type, lifetime, endsBy }: Draft, now: number, settings: Settings): number | undefined {
  const standard = settings.lifetimes[type === "refresh" ? "refresh" : "access"]
  if (lifetime === false && standard !== false && !settings.isCompat)
    throw invalidOption("lifetime", "a duration where `lifetimes` is one: guards refuse a token without an end")
  const seconds =
    lifetime === undefined || lifetime === false ? (lifetime ?? standard) : secondsOption("lifetime", lifetime, 0, 1)
  const ends = seconds === false ? undefined : now + Math.ceil(seconds)
  return endsBy === undefined ? ends : Math.min(ends ?? endsBy, endsBy)
}
