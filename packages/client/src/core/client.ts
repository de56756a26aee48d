/** What a program holds: claims to show, a fetch with the credential, and the ways in and out of a session. */

import { attempt } from "./attempt.ts"
import { ClientError } from "./errors.ts"
import { exclusive } from "./exclusive.ts"
import { type Kept, keptFrom } from "./kept.ts"
import { platform } from "./platform.ts"
import { isReplayable, type Resource, type ResourceInit, resourceOf, within } from "./request.ts"
import type { InferOutput, StandardSchemaV1, UnverifiedClaims } from "./schema.ts"
import { type ClientChange, Session } from "./session.ts"
import { type ClientStorage, ofLocalStorage } from "./storage.ts"

/** The platform's `fetch`. */
export type Fetch = typeof globalThis.fetch

/** Signs requests with a key of the device (RFC 9449). `dpopKeys` of `@jotkit/client/dpop` makes it. */
export interface ProofMaker {
  /** Sends a request with a proof in `init.headers`; once more where the server asks for another one. */
  send(fetch: Fetch, input: URL | Request, init: ResourceInit): Promise<Response>
  /** Throws the key away. */
  forget(): Promise<void>
}

/** Options of {@link createClient}. */
export interface ClientOptions<S extends StandardSchemaV1 = StandardSchemaV1<unknown, UnverifiedClaims>> {
  /** The address of the API. Paths are resolved against it, and only its origin is sent the credential. */
  baseUrl: string | URL
  /** Where the tokens are: in cookies that scripts cannot read, or in this program. */
  mode: "cookie" | "bearer"
  /** Where the session is kept. Default: `localStorage` for cookies, where it holds no token; else memory. */
  storage?: ClientStorage | undefined
  /** Says what the claims are, and gives them their type. What it does not take is dropped. */
  schema?: S | undefined
  /** Where the server does what. Default `login` (`login?mode=cookie` for cookies), `refresh`, `logout`. */
  paths?: { readonly login?: string; readonly refresh?: string; readonly logout?: string } | undefined
  /** The cookie that scripts can read, with the CSRF value, without its prefix. Default `csrf_token`; "" where there is none. */
  csrfCookie?: string | undefined
  /** For servers that bind tokens to a key. Mode `bearer` only. */
  dpop?: ProofMaker | undefined
  /** Default: that of the platform. */
  fetch?: Fetch | undefined
}

/** A client of one server. It lives as long as the program. */
export interface Client<Claims = UnverifiedClaims> {
  /** To be shown, at once; never to decide by. The same object as long as it says the same. Undefined: nobody has logged in. */
  readonly claims: Claims | undefined
  /** A session is believed to go on. The server knows better, and says so with the next answer. */
  readonly active: boolean
  /**
   * As the platform's `fetch`. To the server's own origin it adds the credential, or the CSRF header; renews the token before it expires;
   * and sends once more what was refused with `token_expired`, unless its body can be read only once. Every other answer is yours. What
   * has a header `Authorization` already is left alone.
   */
  readonly fetch: Fetch
  /**
   * Sends credentials as JSON, and keeps what comes back. The answer is yours: look at its status.
   *
   * @throws ClientError `answer_unexpected`
   */
  login(credentials: unknown): Promise<Response>
  /**
   * Renews the session now: after a login that this client has not made, or to have the claims anew. One at a time in all tabs.
   *
   * @returns Whether there is a session.
   * @throws ClientError `refresh_failed` where the server cannot say now; what `fetch` throws where it cannot be reached.
   */
  refresh(): Promise<boolean>
  /**
   * Forgets everything, in all tabs, and ends the session on the server.
   *
   * @throws ClientError `logout_failed`, or what `fetch` throws: forgotten here, but the session may go on there.
   */
  logout(): Promise<void>
  /** Calls back with every change, wherever it was made. @returns What ends that. */
  onChange(listener: (change: ClientChange<Claims>) => void): () => void
  /** Ends the conversation with other tabs. */
  close(): void
}

/** A refresh that takes longer has failed; the other tabs wait for it. */
const PATIENCE_MS = 30_000
const EXPECTED = "expected http baseUrl, mode cookie or bearer, dpop with bearer"
const SAFE_METHOD = /^(GET|HEAD|OPTIONS|TRACE)$/i
/** A token may be revoked alone: then a refresh brings another, or says that the session is over. It is not sent again with it. */
const REVOKED = "token_revoked"

/**
 * Makes the client of a server that speaks as the example servers of jotkit do.
 *
 * @throws ClientError `options_invalid`, naming what is expected.
 */
export function createClient<S extends StandardSchemaV1 = StandardSchemaV1<unknown, UnverifiedClaims>>(
  options: ClientOptions<S>,
): Client<UnverifiedClaims<InferOutput<S>>> {
  return new HttpClient(options)
}

class HttpClient<Claims> implements Client<Claims> {
  readonly #options: ClientOptions<StandardSchemaV1>
  readonly #fetch: Fetch
  readonly #base: URL
  readonly #isCookie: boolean
  readonly #session: Session<Claims>
  #refreshing: Promise<boolean> | undefined

  constructor(options: ClientOptions<StandardSchemaV1>) {
    const { mode, dpop, schema, storage } = options
    const isCookie = mode === "cookie"
    // A path without a slash at its end would lose its last part.
    const base = attempt(() => new URL(String(options.baseUrl).replace(/\/?$/, "/")))
    // A proof needs the token, which nobody can read in a cookie. Addresses such as localhost:80 have a scheme, and share the origin "null".
    if (!(isCookie ? !dpop : mode === "bearer") || !base?.origin.startsWith("http"))
      throw new ClientError("options_invalid", EXPECTED)
    this.#options = options
    // Called with no object before it: that of a browser fails with any other than its window.
    this.#fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
    this.#isCookie = isCookie
    this.#base = base
    this.#session = new Session({
      name: `jotkit1:${mode}:${this.#base}`,
      mode,
      storage: storage ?? (isCookie ? ofLocalStorage() : {}),
      schema,
      csrfCookie: () => this.#csrfCookie(),
    })
  }

  get claims(): Claims | undefined {
    return this.#session.claims
  }

  get active(): boolean {
    return !!this.#session.kept
  }

  readonly fetch: Fetch = async (input, init = {}) => {
    const resource = resourceOf(input, init, this.#base)
    if (resource.url.origin !== this.#base.origin || resource.init.headers.has("authorization"))
      return this.#fetch(resource.input, init)
    const { signal } = resource
    await within(this.#prepare(), signal)
    const used = this.#session.kept
    const response = await this.#send(resource, used?.access)
    const code = response.status === 401 && (await bodyOf(response)).error
    // A browser sends no cookie any more once it has expired.
    const isCured = code === "token_expired" || code === REVOKED || (this.#isCookie && code === "missing_token")
    if (!isCured || !(await within(this.#tryRefresh(used), signal))) return response
    const { kept } = this.#session
    // What one user has asked for is not done as another, who has logged in meanwhile.
    const isFinal = code === REVOKED || !isReplayable(init) || (used && used.id !== kept?.id)
    return isFinal ? response : this.#send(resource, kept?.access)
  }

  login(credentials: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" }
    const init = { headers, body: JSON.stringify(credentials) }
    // A refresh that is under way in some tab must not write over the new session.
    return exclusive(this.#session.name, async () => {
      const response = await this.#post("login", init)
      if (response.ok) await this.#keep(response)
      return response
    })
  }

  refresh(used: Kept | undefined = this.#session.kept): Promise<boolean> {
    this.#refreshing ??= exclusive(this.#session.name, (waited) => this.#renew(used, waited)).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async logout(): Promise<void> {
    const session = this.#session
    // What a worker has been told, and a tab that slept has missed: else the session would go on at the server.
    if (session.ready !== undefined) await session.ready
    session.sync()
    // So that it is sent although the page is left.
    const sent = this.#post("logout", { keepalive: true }, session.kept?.access)
    session.change(undefined, "logout")
    const { ok, status } = await sent.finally(() => this.#options.dpop?.forget())
    // 401: there was no such session any more.
    if (!ok && status !== 401) throw new ClientError("logout_failed", `status ${status}`)
  }

  onChange(listener: (change: ClientChange<Claims>) => void): () => void {
    return this.#session.onChange(listener)
  }

  close(): void {
    this.#session.close()
  }

  /** Before a request: what others know, and a token that lasts. */
  async #prepare(): Promise<void> {
    const session = this.#session
    await session.ready
    session.sync()
    // If that fails the token may still be good; if not, the answer to the request will say so.
    if (session.kept && session.isPast(session.kept.due)) await this.#tryRefresh(session.kept)
  }

  /** Where the server cannot be reached, nobody is logged out. */
  #tryRefresh(used: Kept | undefined): Promise<boolean> {
    return this.refresh(used).catch(() => false)
  }

  /** @param used - What is to be renewed: someone else may have done it meanwhile. */
  async #renew(used: Kept | undefined, waited: boolean): Promise<boolean> {
    const session = this.#session
    session.sync()
    if (session.kept === used && (waited || session.storage.asks)) await session.ask()
    const before = session.kept
    if (before && before !== used) return true
    if (!(before?.refresh ?? before?.csrf ?? this.#csrfCookie())) return false
    const wasStored = session.stored()
    const response = await this.#post(
      "refresh",
      { signal: AbortSignal.timeout?.(PATIENCE_MS) ?? null },
      before?.refresh,
    )
    // Whoever has logged out meanwhile stays so.
    if (session.kept !== before || (wasStored && !session.stored())) return !!session.kept
    await (response.ok ? this.#keep(response, before) : this.#end(response))
    return response.ok
  }

  /** Ends the session, if that is what the server says. */
  async #end(response: Response): Promise<void> {
    const { status } = response
    const { error } = await bodyOf(response)
    // A gateway on the way may forbid things as well: then nobody is logged out.
    if (status !== 401 && (status !== 403 || !error)) throw new ClientError("refresh_failed", `status ${status}`)
    this.#session.change(undefined, "ended", error)
  }

  async #keep(response: Response, before?: Kept): Promise<void> {
    const body = await bodyOf(response)
    const session = this.#session
    session.change(keptFrom(body, session.skew, this.#options.mode, before), before ? "refresh" : "login")
  }

  /** Sends something to one of the server's own paths. */
  #post(act: "login" | "refresh" | "logout", init: RequestInit, token?: string): Promise<Response> {
    const path = this.#options.paths?.[act] ?? act + (this.#isCookie && act === "login" ? "?mode=cookie" : "")
    return this.#send(resourceOf(path, { ...init, method: "POST" }, this.#base), token)
  }

  /** Sends something to the server's own origin, with the credential, and looks at its clock. */
  async #send({ input, init }: Resource, authorization: string | undefined): Promise<Response> {
    const { dpop } = this.#options
    const session = this.#session
    const csrf = this.#csrfCookie() || session.kept?.csrf
    if (csrf && !SAFE_METHOD.test(init.method)) init.headers.set("x-csrf-token", csrf)
    if (authorization) init.headers.set("authorization", authorization)
    const source = "clone" in input ? input.clone() : input
    if (this.#isCookie) init.credentials = "include"
    const response = await (dpop ? dpop.send(this.#fetch, source, init) : this.#fetch(source, init))
    // Pages of another origin may not see it. An old answer out of a cache shows an old time: then a token is renewed late.
    const served = Date.parse(response.headers.get("date") ?? "")
    if (served) session.skew = served - Date.now()
    return response
  }

  /** The CSRF value that the browser has: "" for none; undefined where scripts cannot know, as on pages of another origin. */
  #csrfCookie(): string | undefined {
    const { document, location } = platform
    const { csrfCookie = "csrf_token" } = this.#options
    if (!this.#isCookie || !document || !csrfCookie || location?.origin !== this.#base.origin) return undefined
    // Sorted, so that names with a prefix come first: subdomains can set the other.
    const cookies = document.cookie.split("; ").sort()
    const found = cookies.find((cookie) => cookie.replace(/^__(Host|Secure)-/, "").startsWith(`${csrfCookie}=`))
    return found?.replace(/.*?=/, "") ?? ""
  }
}

/** What an answer says, such as the code of a refusal; nothing where it is no JSON: what the platform says of that would quote it. */
async function bodyOf(response: Response): Promise<{ readonly error?: string }> {
  return Object(
    await response
      .clone()
      .json()
      .catch(() => undefined),
  )
}
