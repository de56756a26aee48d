/**
 * Tokens that others issue: which issuers are trusted, with which keys, and how their claims are read here.
 *
 * Which issuer a token names is read before anything is verified, and decides whose key is asked for: one that is not listed is refused
 * before that. Then the token must hold by that issuer's keys, and only by those.
 */

import { createHash } from "node:crypto"
import { decodeUnverified, type JwtClaims, JwtError, type KeyInput, UsageError, Verifier } from "jotkit"
import { Failure } from "./failure.ts"
import { isUnknownKey, type Verify } from "./keys.ts"
import { choiceOption, functionOption, invalidOption, isRecord, knownOptions, own, textsOption } from "./options.ts"
import { profileFailure } from "./profile.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { isMediaType } from "./token-types.ts"

/**
 * An issuer whose access tokens are taken beside our own. Its tokens belong to no session of ours: they are not refreshed here, and their
 * `sid` is not looked up. What revokes them: the loader `isRevoked`; `revokeToken` and `logout`, for the token alone, remembered under a name
 * that holds the issuer, so that its `jti` is never taken for one of ours; and `revokeSubject`, for all that was issued until then to whomever
 * `subject` makes of its `sub`. What the issuer itself revokes is known here through the loader alone.
 */
export interface IssuerOptions {
  /** What its tokens are verified with: most often a `JwksClient`. While its keys cannot be had, its tokens get `keys_unavailable`, and nobody else's. */
  keys: KeyInput
  /** The algorithms that it signs with. */
  algorithms: readonly string[]
  /** Whom its tokens must be for. Default: the audience of the options. Never the id of a client: ID tokens are for those. */
  audience?: string | readonly string[] | undefined
  /**
   * `rfc9068`, the default: access tokens say so in their `typ`, and have all that RFC 9068 wants. `jwt` is for issuers that do not keep to it:
   * `typ` is `JWT` or absent, and a token is refused that has a claim of ID tokens or of events (`nonce`, `at_hash`, `c_hash`, `s_hash`, `events`).
   */
  profile?: "rfc9068" | "jwt" | undefined
  /**
   * Who its `sub` is here. Needed where tokens of more than one party are taken, since two of them may call two people alike:
   * `({ iss, sub }) => iss + "#" + sub` keeps them apart. An answer that is no text, or empty, refuses the token.
   */
  subject?: ((claims: AuthClaims) => string | Promise<string>) | undefined
  /** Claims to add, from where this issuer has them: `scope` as a text, or what `rolesClaim` names. Times, `iss`, `aud`, `jti` and `cnf` stay its own. */
  claims?: ((claims: AuthClaims) => object | Promise<object>) | undefined
}

/** An issuer, settled. */
export interface Issuer {
  readonly verify: Verify
  readonly isRfc9068: boolean
  readonly subject: IssuerOptions["subject"]
  readonly claims: IssuerOptions["claims"]
}

/** What the options say beside. */
interface Surroundings extends Pick<Settings, "issuer" | "audience" | "leeway" | "now" | "isCompat"> {
  /** Whether tokens of our own are taken as well. */
  readonly hasOwn: boolean
}

const OPTIONS = ["keys", "algorithms", "audience", "profile", "subject", "claims"]
/** Claims that say: this is no access token (OpenID Connect Core 1.0, section 2 and 3.3.2.11; RFC 8417, section 2.2). */
const FOREIGN_TO_ACCESS = ["nonce", "at_hash", "c_hash", "s_hash", "events"]
/** What a mapping adds only where the token does not say it. */
const REGISTERED = ["iss", "aud", "exp", "nbf", "iat", "jti", "cnf"]

/** Reads the issuers. @throws UsageError `option_unknown`, `option_invalid`, with the option's name. */
export function issuersOf(
  options: Readonly<Record<string, IssuerOptions>> | undefined,
  surroundings: Surroundings,
): ReadonlyMap<string, Issuer> | undefined {
  if (options === undefined) return undefined
  const { issuer, hasOwn, isCompat } = surroundings
  if (isCompat) throw invalidOption("issuers", "absent with `compat`: the other library knows one issuer")
  if (!isRecord(options) || Object.keys(options).length === 0) throw invalidOption("issuers", "options by issuer")
  if (issuer !== undefined && Object.hasOwn(options, issuer))
    throw invalidOption("issuers", "without the `issuer` of the options: its tokens are our own")
  const names = Object.keys(options)
  const isAlone = names.length === 1 && !hasOwn
  return new Map(names.map((name) => [name, issuerOf(name, options[name], surroundings, isAlone)]))
}

function issuerOf(name: string, options: unknown, surroundings: Surroundings, isAlone: boolean): Issuer {
  const where = `issuers["${name}"]`
  if (!isRecord(options)) throw invalidOption(where, "an object")
  const given = knownOptions(options as Partial<IssuerOptions>, OPTIONS, where)
  const algorithms = textsOption(`${where}.algorithms`, given.algorithms)
  if (given.keys === undefined) throw invalidOption(`${where}.keys`, "given")
  if (algorithms === undefined) throw invalidOption(`${where}.algorithms`, "given: the ones that the issuer signs with")
  const audience = textsOption(`${where}.audience`, given.audience) ?? surroundings.audience
  if (audience === undefined) throw invalidOption(`${where}.audience`, "given, or `audience` for all")
  const subject = functionOption(`${where}.subject`, given.subject)
  if (subject === undefined && !isAlone)
    throw invalidOption(`${where}.subject`, "given: two issuers may call two people alike")
  const { leeway, now } = surroundings
  const rules = { issuer: name, audience, leeway, now, verify: { exp: false }, require: ["sub"] }
  const verifier = new Verifier({ ...rules, key: given.keys, algorithms, enforceMinimumKeyLength: true })
  return Object.freeze({
    verify: (token: string) => verifier.verifyAsync(token).catch(rejectAsOutage),
    isRfc9068: choiceOption(`${where}.profile`, given.profile, ["rfc9068", "jwt"] as const, "rfc9068") === "rfc9068",
    subject,
    claims: functionOption(`${where}.claims`, given.claims),
  })
}

/** Whatever is wrong with the keys of another party, they cannot be had; a token that names none of them is the client's affair. */
function rejectAsOutage(error: unknown): never {
  const isTokens = isUnknownKey(error) || (error instanceof JwtError && error.code === "key_unsuitable")
  if (!(error instanceof JwtError) || error.fault !== "key" || isTokens) throw error
  throw new JwtError("jwks_unreachable", "the keys of the issuer cannot be used", { cause: error })
}

/** Verifies a token by the keys of whoever it names as its issuer. */
export function verifyByIssuer(
  verifyOwn: Verify,
  ownIssuer: string | undefined,
  issuers: ReadonlyMap<string, Issuer>,
): Verify {
  return async (token) => {
    const { payload } = decodeUnverified(token)
    const named = isRecord(payload) ? own(payload, "iss") : undefined
    if (typeof named === "string" && named === ownIssuer) return verifyOwn(token)
    const issuer = typeof named === "string" ? issuers.get(named) : undefined
    if (issuer === undefined) throw new JwtError("issuer_invalid", "the token is of no issuer that is known here")
    return issuer.verify(token)
  }
}

/** The other party that claims come from; undefined: they are our own. */
export function foreignIssuer(claims: object, { issuers }: Pick<Settings, "issuers">): Issuer | undefined {
  const issuer = own(claims, "iss")
  return typeof issuer === "string" ? issuers?.get(issuer) : undefined
}

/** The claims of another party's genuine token as ours are: `type` and `fresh` are there, `sub` is one of our subjects. Or why it is no access token. */
export async function readForeign(claims: AuthClaims, header: object, issuer: Issuer): Promise<AuthClaims | Failure> {
  const failure = issuer.isRfc9068 ? rfc9068Failure(claims, header) : jwtFailure(claims, header)
  if (failure !== undefined) return failure
  const added: unknown = await issuer.claims?.(claims)
  if (added !== undefined && !isRecord(added))
    throw new UsageError("claims_invalid", "`claims` of an issuer must answer with an object")
  const registered = Object.fromEntries(Object.entries(claims).filter(([name]) => REGISTERED.includes(name)))
  const sub: unknown = issuer.subject === undefined ? claims.sub : await issuer.subject(claims)
  if (typeof sub !== "string" || sub === "") return new Failure("identity_missing", { subject: "sub" })
  const fresh = typeof own(claims, "auth_time") === "number"
  return { ...claims, ...added, ...registered, sub, type: "access", fresh }
}

function rfc9068Failure(claims: JwtClaims, header: object): Failure | undefined {
  return isMediaType(header, "at+jwt") ? profileFailure(claims) : new Failure("other_type")
}

function jwtFailure(claims: JwtClaims, header: object): Failure | undefined {
  const isTyped = own(header, "typ") === undefined || isMediaType(header, "JWT")
  const isOther = FOREIGN_TO_ACCESS.some((name) => own(claims, name) !== undefined)
  return isTyped && !isOther ? undefined : new Failure("other_type")
}

/** By which names the store knows a token and its session. */
export interface TokenIds {
  readonly tokenId: string | undefined
  readonly sessionId: string | undefined
}

/** The ids of a token; those of other parties are made unlike any of ours, whatever they are. */
export function tokenIds(claims: AuthClaims, settings: Pick<Settings, "issuers">): TokenIds {
  const [id, session] = [own(claims, "jti"), own(claims, "sid")]
  const tokenId = typeof id === "string" ? id : undefined
  if (foreignIssuer(claims, settings) === undefined)
    return { tokenId, sessionId: typeof session === "string" ? session : undefined }
  if (tokenId === undefined) return { tokenId, sessionId: undefined }
  const hash = createHash("sha256").update(JSON.stringify([claims.iss, tokenId]))
  return { tokenId: `foreign:${hash.digest("base64url")}`, sessionId: undefined }
}
