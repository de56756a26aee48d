/** `createAuth`: options in, everything a server needs out. */

import { getUnverifiedHeader, type JwkObject, UsageError } from "jotkit"
import type { Session } from "../store.ts"
import { type CookieCallOptions, forCall } from "./cookie-settings.ts"
import { csrfFailure, isCrossSite, isUnlisted } from "./csrf.ts"
import { loginProof } from "./dpop.ts"
import { type Introspection, introspectToken, revokeToken } from "./endpoints.ts"
import { after, type Eventual } from "./eventual.ts"
import { Failure, REFUSAL_CODES } from "./failure.ts"
import { grantOf } from "./grant.ts"
import { type GuardOptions, type GuardRules, guardRules, judge } from "./guard.ts"
import { guardWith } from "./guard-maker.ts"
import { claimsFor, mint, subjectOf, type TokenOptions } from "./mint.ts"
import { isPublic } from "./public-paths.ts"
import { refuse } from "./refuse.ts"
import { judgeAndRenew } from "./renew.ts"
import type { AuthRequest } from "./request.ts"
import { type Revocation, revocationOf } from "./revocation.ts"
import {
  closeSession,
  type LoginOptions,
  openSession,
  refreshSession,
  type SessionContext,
  storeOf,
  type TokenPair,
} from "./sessions.ts"
import { clearedCookies, tokenCookies } from "./set-cookie.ts"
import { type AuthClaims, type AuthOptions, loadersOf, type Settings, settingsOf } from "./settings.ts"
import { askStore, StoreUnavailableError } from "./store-access.ts"
import { tokenTypeOf } from "./token-types.ts"
import { type Allowed, ANONYMOUS, type Anonymous, type OptionalVerdict, type Refused, type Verdict } from "./verdict.ts"
import { identityOf, verifierOf, verifyToken } from "./verify.ts"

/** A new pair of tokens, from a refresh token. */
export interface Refreshed extends TokenPair {
  readonly allowed: true
}

/** A session that has ended. */
export interface LoggedOut {
  readonly allowed: true
  /** Values of `Set-Cookie` that remove the cookies of the session. */
  readonly cookies: readonly string[]
}

/** Who logs in has the key of this thumbprint; undefined: they have sent no proof. */
export interface Proven {
  readonly allowed: true
  readonly jkt: string | undefined
}

/** What may be asked of {@link Auth.decodeToken}. */
export interface DecodeTokenOptions {
  /** Answer with claims of tokens that have expired as well. Default false. */
  readonly allowExpired?: boolean | undefined
  /** The value that the token's claim `csrf` must be. Default: it is not looked at. */
  readonly csrf?: string | undefined
}

/** A guard that lets requests without a token pass: it is optional, or some paths are public. */
export type OptionalGuard = GuardOptions &
  ({ readonly optional: true | "ignore-invalid" } | { readonly public: string | readonly string[] })

/** A guard that lets nobody through without a token. */
export type RequiredGuard = GuardOptions & {
  readonly optional?: false | undefined
  readonly public?: undefined
}

/** Token authentication with one set of options. */
export class Auth<User = unknown, Identity = string> {
  readonly #context: SessionContext<User, Identity>
  readonly #settings: Settings

  /** As {@link createAuth}. */
  constructor(options: AuthOptions<User, Identity>) {
    const settings = settingsOf(options)
    const revocation = aboutIdentities(revocationOf(settings), settings)
    const { isRevoked } = revocation
    this.#settings = settings
    const loaders = loadersOf(options)
    const renewals = { underWay: new Map(), made: new WeakMap() }
    this.#context = { settings, loaders, verify: verifierOf(settings), isRevoked, revocation, renewals }
  }

  /**
   * Makes a guard: options read once, a function of a request. It never throws for what a client sent; it rejects with what a loader threw.
   *
   * @throws UsageError `option_unknown`, `option_invalid`
   */
  guard(options: OptionalGuard): (request: AuthRequest) => Promise<OptionalVerdict<User>>
  guard(options?: RequiredGuard): (request: AuthRequest) => Promise<Verdict<User>>
  guard(options?: GuardOptions): (request: AuthRequest) => Promise<OptionalVerdict<User>>
  guard(options?: GuardOptions): (request: AuthRequest) => Promise<OptionalVerdict<User>> {
    const rules = guardRules(options, this.#settings)
    return guardWith((request) => this.#judge(request, rules))
  }

  /** Judges one request; as {@link guard}. */
  check(request: AuthRequest, options: OptionalGuard): Promise<OptionalVerdict<User>>
  check(request: AuthRequest, options?: RequiredGuard): Promise<Verdict<User>>
  async check(request: AuthRequest, options?: GuardOptions): Promise<OptionalVerdict<User>> {
    return this.#judge(request, guardRules(options, this.#settings))
  }

  /**
   * Makes a session for someone who has proved who they are, and its first pair of tokens.
   *
   * @throws StoreUnavailableError; UsageError `claims_invalid`, `option_invalid`.
   */
  login(identity: Identity, options: LoginOptions = {}): Promise<TokenPair> {
    return openSession(identity, options, this.#context)
  }

  /** Whether a login by this request must be refused, because another site has sent it; undefined: it need not. For logins that set cookies. */
  async refuseCrossSite(request: AuthRequest): Promise<Refused | undefined> {
    return isCrossSite(request) || isUnlisted(request, this.#settings)
      ? refuse(new Failure("cross_site"), request, this.#settings)
      : undefined
  }

  /**
   * Checks the DPoP proof of a login, whose `jkt` goes to {@link login}. Ask when the password has turned out to be right: every proof is
   * remembered for a while. A login without a proof is refused where the option `dpop.required` is set.
   *
   * @throws UsageError `option_invalid` without the option `dpop`.
   */
  async checkProof(request: AuthRequest): Promise<Proven | Refused> {
    const { dpop } = this.#settings
    if (dpop === undefined) throw new UsageError("option_invalid", "checkProof needs the option `dpop`")
    const jkt = await this.#orFailure(() => loginProof(request, dpop, this.#settings))
    return jkt instanceof Failure ? refuse(jkt, request, this.#settings) : { allowed: true, jkt }
  }

  /**
   * Takes the refresh token of a POST request for a new pair, handed out the way it came. A token that was used before ends its session.
   * Without a store there is a new access token only; the refresh token stays, and can be used until it expires.
   */
  async refresh(request: AuthRequest): Promise<Refreshed | Refused> {
    const pair = await this.#orFailure(() => refreshSession(request, this.#context))
    return pair instanceof Failure ? refuse(pair, request, this.#settings) : { ...pair, allowed: true }
  }

  /** The answer to a request that cannot be served because the store is away: for what `login`, `listSessions` and the like reject with. */
  refuseUnavailable(request: AuthRequest): Promise<Refused> {
    return refuse(new Failure("store_down"), request, this.#settings)
  }

  /** Ends the session of the request's access or refresh token; the access token may have expired. */
  async logout(request: AuthRequest): Promise<LoggedOut | Refused> {
    const failure = await this.#orFailure(() => closeSession(request, this.#context))
    if (failure instanceof Failure) return refuse(failure, request, this.#settings)
    return { allowed: true, cookies: clearedCookies(this.#settings) }
  }

  /**
   * An access token without a session.
   *
   * @throws UsageError `claims_invalid`, `header_not_allowed`, `option_invalid`
   */
  createAccessToken(identity: Identity, options: TokenOptions = {}): Promise<string> {
    return this.createToken("access", identity, options)
  }

  /** A refresh token without a session: it is not rotated, and `refresh` does not take it. A guard with `type: "refresh"` does. */
  createRefreshToken(identity: Identity, options: Omit<TokenOptions, "fresh"> = {}): Promise<string> {
    return this.createToken("refresh", identity, options)
  }

  /** A token of any type, such as one for a link in a mail; a guard with this `type` takes it, and no other. */
  async createToken(type: string, identity: Identity, options: TokenOptions = {}): Promise<string> {
    const { loaders } = this.#context
    const subject = await subjectOf(identity, loaders)
    const claims = await claimsFor(subject, options.claims, loaders)
    const { csrf, now, newId, isCompat } = this.#settings
    const authenticatedAt =
      options.fresh === undefined || options.fresh === false || isCompat ? undefined : Math.floor(now())
    const ids = {
      id: newId(),
      csrf: isCompat && csrf ? newId() : undefined,
    }
    const { token } = await mint(
      {
        ...options,
        ...ids,
        type: tokenTypeOf(type),
        subject,
        claims,
        authenticatedAt,
        granted: grantOf(options, type, this.#settings),
      },
      this.#settings,
    )
    return token
  }

  /** Ends a session; answers whether there was one. With a subject: only if the session is that one's. */
  async revokeSession(sessionId: string, subject?: string): Promise<boolean> {
    const store = storeOf(this.#settings, "revokeSession")
    const { now, storeTimeout } = this.#settings
    const at = Math.floor(now())
    const session = await askStore(storeTimeout, () => store.findSession(sessionId, at))
    if (session === undefined || (subject !== undefined && session.subject !== subject)) return false
    const ended = await askStore(storeTimeout, () => store.revokeSession(sessionId, at))
    this.#context.revocation.forget({ sessionId })
    return ended
  }

  /** Ends all sessions of a subject and every token issued to it until now; answers how many sessions that ended. */
  async revokeSubject(subject: string): Promise<number> {
    const store = storeOf(this.#settings, "revokeSubject")
    const { now, storeTimeout } = this.#settings
    const ended = await askStore(storeTimeout, () => store.revokeSubject(subject, Math.floor(now())))
    this.#context.revocation.forget({ subject })
    return ended
  }

  /** The subject's sessions that can still be refreshed, the oldest first. */
  async listSessions(subject: string): Promise<readonly Session[]> {
    const store = storeOf(this.#settings, "listSessions")
    const { now, storeTimeout, refresh, lifetimes } = this.#settings
    const at = Math.floor(now())
    const sessions = await askStore(storeTimeout, () => store.listSessions(subject, at))
    const idle = Math.min(refresh.idle ?? Number.POSITIVE_INFINITY, lifetimes.refresh || Number.POSITIVE_INFINITY)
    return sessions.filter(({ lastUsedAt }) => at <= lastUsedAt + idle)
  }

  /** What RFC 7662 tells of a token: whether it is good now, and its claims. For other servers, never for the token's holder to see. */
  introspect(token: string): Promise<Introspection> {
    return introspectToken(token, this.#context)
  }

  /** What RFC 7009 asks for: a refresh token ends with its whole session, any other token alone. */
  revokeToken(token: string): Promise<void> {
    return revokeToken(token, this.#context)
  }

  /** Answers when the store can be reached. @throws StoreUnavailableError */
  ping(): Promise<void> {
    const store = storeOf(this.#settings, "ping")
    return askStore(this.#settings.storeTimeout, () => store.ping())
  }

  /**
   * The claims of a token of this auth: signature, issuer, audience and times are judged; type, revocation and users are not.
   *
   * @returns The claims, or the reason why there are none.
   */
  async decodeToken(token: string, options: DecodeTokenOptions = {}): Promise<AuthClaims | Failure> {
    const genuine = await verifyToken(token, this.#context.verify, this.#settings)
    if (genuine instanceof Failure) return genuine
    const { claims, isExpired } = genuine
    const failure = options.csrf === undefined ? undefined : csrfFailure(options.csrf, claims)
    if (failure !== undefined) return failure
    return isExpired && options.allowExpired !== true ? new Failure("expired", { claims }) : claims
  }

  /** The header of a token that nobody has verified. @throws DecodeError for a token that cannot be read. */
  decodeUnverifiedHeader(token: string): object {
    return getUnverifiedHeader(token)
  }

  /** Values of `Set-Cookie` for tokens that were made here; login and refresh do this by themselves. */
  async setCookies(
    tokens: { readonly access?: string | undefined; readonly refresh?: string | undefined },
    options?: CookieCallOptions,
  ): Promise<readonly string[]> {
    const read = async (token: string | undefined) => {
      if (token === undefined) return undefined
      const claims = await this.decodeToken(token)
      if (claims instanceof Failure)
        throw new UsageError("argument_invalid", `setCookies takes tokens that are valid: ${claims.code}`)
      const { exp, csrf } = claims
      if (this.#settings.isCompat && this.#settings.csrf !== undefined && typeof csrf !== "string")
        throw new UsageError("argument_invalid", "setCookies takes tokens with the claim `csrf`")
      return {
        token,
        secondsLeft: exp === undefined ? undefined : exp - this.#settings.now(),
        csrf: typeof csrf === "string" ? csrf : undefined,
      }
    }
    const settings = forCall(this.#settings, options)
    return tokenCookies({ access: await read(tokens.access), refresh: await read(tokens.refresh) }, settings)
  }

  /** Values of `Set-Cookie` that remove every cookie which may have been set; for another domain if they were set for it. */
  clearCookies(options?: Pick<CookieCallOptions, "domain">): readonly string[] {
    return clearedCookies(forCall(this.#settings, options))
  }

  /** The public keys as a JWK Set, for `/.well-known/jwks.json`; secrets are never among them. */
  jwks(): Promise<{ keys: JwkObject[] }> {
    return this.#settings.keys.published()
  }

  #judge(request: AuthRequest, rules: GuardRules): Eventual<OptionalVerdict<User>> {
    if (isPublic(request, rules.publicPaths)) return ANONYMOUS
    if (rules.renew === undefined)
      return after(judge(request, rules, this.#context), (judged) => this.#answer(judged, NO_COOKIES, request, rules))
    return judgeAndRenew(request, rules, this.#context).then(({ judged, cookies }) =>
      this.#answer(judged, cookies, request, rules),
    )
  }

  #answer(
    judged: Allowed<User> | Anonymous | Failure,
    cookies: readonly string[],
    request: AuthRequest,
    rules: GuardRules,
  ): Eventual<OptionalVerdict<User>> {
    if (!(judged instanceof Failure)) return cookies.length === 0 ? judged : { ...judged, cookies }
    if (rules.ignoreInvalid && REFUSAL_CODES[judged.code] === 401) return { ...ANONYMOUS, cookies }
    return refuse(judged, request, this.#settings).then((refused) =>
      cookies.length === 0 ? refused : { ...refused, cookies: [...cookies, ...refused.cookies] },
    )
  }

  async #orFailure<T>(work: () => Promise<T>): Promise<T | Failure> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof StoreUnavailableError) return new Failure("store_down")
      throw error
    }
  }
}

const NO_COOKIES: readonly string[] = Object.freeze([])

/** Stores know subjects, which `compat` may have under another name. */
function aboutIdentities(revocation: Revocation, settings: Settings): Revocation {
  if (settings.identityClaim === "sub" && !settings.anySubject) return revocation
  const named = (claims: AuthClaims): AuthClaims => ({ ...claims, sub: identityOf(claims, settings) })
  return {
    ...revocation,
    ask: (claims) => revocation.ask(named(claims)),
    isRevoked: (claims) => revocation.isRevoked(named(claims)),
  }
}

/**
 * Token authentication for a server: guards, logins, sessions and cookies. Every option is read and checked here, once.
 *
 * @throws UsageError `option_unknown`, `option_invalid`, `algorithm_required`, with the option's name; InvalidKeyError for a key that
 * cannot be read.
 */
export function createAuth<User = undefined, Identity = string>(
  options: AuthOptions<User, Identity>,
): Auth<User, Identity> {
  return new Auth(options)
}
