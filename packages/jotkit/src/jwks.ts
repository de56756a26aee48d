/** Key sets that their issuer publishes (RFC 7517, section 5): fetched when needed, kept, shared, and bounded in every direction. */
import { decodeUtf8 } from "#bytes"
import { type Duration, parseDuration } from "./codec/duration.ts"
import { isJsonObject } from "./codec/json.ts"
import { parseJsonText } from "./codec/json-text.ts"
import type { Key } from "./crypto/key.ts"
import { builtInRow } from "./crypto/registry.ts"
import { DecodeError, JwksClientError, JwksConnectionError, JwtError } from "./errors.ts"
import { countOption, functionOption, invalidOption, knownOptions, optionNames } from "./jose/options.ts"
import { type Jwk, JwkSet, keyOf } from "./jwk.ts"
import { decodeUnverified, getUnverifiedHeader } from "./jwt.ts"
import { misfit } from "./keys/fit.ts"
import { registerSource, type UnverifiedHeader } from "./keys/source.ts"

/** How a remote key set is fetched and kept. */
export interface JwksClientOptions {
  /** How long a set is used without asking again; a shorter `Cache-Control: max-age` of the answer shortens it. Default 5 minutes. */
  cacheTtl?: Duration | undefined
  /** An unknown `kid` causes at most one refresh in this time. Default 30 seconds. */
  cooldown?: Duration | undefined
  /** For the whole request, body included. Default 5 seconds. */
  timeout?: Duration | undefined
  /** How much longer the last good set is used while the endpoint fails. Default 1 hour. */
  staleIfError?: Duration | undefined
  /** Headers of the request, beside `Accept` and `User-Agent`. */
  headers?: Readonly<Record<string, string>> | undefined
  /** Instead of the platform's `fetch`: for proxies, private certificates, tests. */
  fetch?: FetchLike | undefined
  /** Most bytes of an answer. Default 1 MiB. */
  maxBytes?: number | undefined
  /** Most keys of a set. Default 1,000. */
  maxKeys?: number | undefined
  /** The clock, in seconds; only differences count. Default: the system's, which never goes back. */
  now?: (() => number) | undefined
}

/** The part of `fetch` that is used; every platform's fits. */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchedResponse>

/** What a request carries. */
export interface FetchInit {
  method: "GET"
  headers: Record<string, string>
  redirect: "manual"
  credentials: "omit"
  referrerPolicy: "no-referrer"
  signal: AbortSignal
}

/** What must be known of an answer: a part of the platform's `Response`. */
export interface FetchedResponse {
  readonly status: number
  readonly headers: FetchedHeaders
  readonly body: FetchedBody | null
}

/** Headers of an answer. */
export interface FetchedHeaders {
  /** The value of a header, or null. */
  get(name: string): string | null
}

/** The body of an answer, a stream of bytes. */
export interface FetchedBody {
  /** The one reader of the stream. */
  getReader(): FetchedReader
}

/** Reads a body piece by piece. */
export interface FetchedReader {
  /** The next piece, or that there is none. */
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  /** Gives up on the rest. */
  cancel(): Promise<unknown>
}

const OPTIONS = optionNames(
  "cacheTtl",
  "cooldown",
  "timeout",
  "staleIfError",
  "headers",
  "fetch",
  "maxBytes",
  "maxKeys",
  "now",
)
const MAX_BYTES = 1_048_576
const MAX_KEYS = 1000
const MAX_REDIRECTS = 3
const MAX_TIMEOUT_SECONDS = 600
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

interface Kept {
  readonly set: JwkSet
  readonly keys: readonly Key[]
  /** When the set is to be asked for again. */
  readonly freshUntil: number
}

/** The published keys of an issuer, given as key to `decodeAsync` and `Verifier.verifyAsync`. */
export class JwksClient {
  readonly #url: URL
  readonly #options: ReturnType<typeof settle>
  #kept: Kept | undefined
  #pending: Promise<Kept> | undefined
  #lastAttempt = Number.NEGATIVE_INFINITY

  static {
    // What console.log shows in Node: headers may hold a credential.
    Object.defineProperty(JwksClient.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: JwksClient): string {
        return `JwksClient(${this.#url.origin}${this.#url.pathname})`
      },
    })
  }

  /**
   * @param url - https; http only on a loopback address.
   * @throws JwksClientError `jwks_options_invalid` for another URL, or a duration that is negative or not finite.
   */
  constructor(url: string | URL, options?: JwksClientOptions) {
    this.#url = allowedUrl(url)
    this.#options = settle(knownOptions(options, OPTIONS, "JwksClient"))
    registerSource(this, { kind: "remote", find: (header) => this.#find(header) })
  }

  /**
   * The key set: kept, or fetched where there is none or it is too old.
   *
   * @param refresh - Fetch in any case.
   * @throws JwksConnectionError, JwksClientError `jwks_response_invalid`, JwkSetError `jwks_invalid`
   */
  async getJwkSet(refresh = false): Promise<JwkSet> {
    return (refresh ? await this.#fetchOnce() : await this.#current()).set
  }

  /** Fetches the set, whatever is kept; callers at the same time share one request. */
  async refresh(): Promise<JwkSet> {
    return this.getJwkSet(true)
  }

  /**
   * Keys for signatures that have an id.
   *
   * @throws JwksClientError `key_not_found` if there are none.
   */
  async getSigningKeys(): Promise<Jwk[]> {
    const keys = signingKeys(await this.#current())
    return keys.length > 0 ? keys : notFound()
  }

  /**
   * The key with this id; an unknown id causes a refresh, at most once in the cooldown.
   *
   * @throws JwksClientError `key_not_found`
   */
  async getSigningKey(keyId: string): Promise<Jwk> {
    const wanted = (kept: Kept): Jwk | undefined => signingKeys(kept).find((key) => key.keyId === keyId)
    return wanted(await this.#current()) ?? wanted(await this.#refreshed()) ?? notFound()
  }

  /**
   * The key that may have signed a token, by its header. The token is not verified.
   *
   * @throws DecodeError for a token that cannot be read; JwksClientError `key_not_found` unless exactly one key fits.
   */
  async getSigningKeyFromJwt(token: string | Uint8Array): Promise<Jwk> {
    const { payload } = decodeUnverified(token)
    if (!isJsonObject(payload) || payload instanceof Uint8Array)
      throw new DecodeError("payload_invalid", "the payload must be a JSON object")
    const header = getUnverifiedHeader(token)
    const row = builtInRow(header.alg ?? "")
    const fitting = (kept: Kept): Jwk[] =>
      [...kept.set].filter(
        (key) =>
          (header.kid === undefined || key.keyId === header.kid) &&
          (row === undefined || row.family === "none" || misfit(row, keyOf(key), "verify") === undefined),
      )
    let found = fitting(await this.#current())
    if (found.length === 0 && header.kid !== undefined) found = fitting(await this.#refreshed())
    const [first, second] = found
    return first !== undefined && (second === undefined || header.kid !== undefined) ? first : notFound()
  }

  async #find(header: UnverifiedHeader): Promise<readonly Key[]> {
    const { kid } = header
    const { keys } = await this.#current()
    if (kid === undefined || keys.some((key) => key.keyId === kid)) return keys
    const refreshed = await this.#refreshed()
    return refreshed.keys.some((key) => key.keyId === kid || key.keyId === undefined) ? refreshed.keys : notFound()
  }

  /** The kept set while it is fresh; else a new one; else, while the endpoint fails, the old one for a bounded time. */
  async #current(): Promise<Kept> {
    const kept = this.#kept
    const now = this.#options.now()
    if (kept === undefined) return this.#fetchOnce()
    if (now < kept.freshUntil) return kept
    const stale = now < kept.freshUntil + this.#options.staleIfError
    // While it fails, the endpoint is asked again only once in a cooldown.
    if (stale && this.#pending === undefined && this.#failedLately(kept, now)) return kept
    try {
      return await this.#fetchOnce()
    } catch (error) {
      if (stale && error instanceof JwtError) return kept
      throw error
    }
  }

  #failedLately(kept: Kept, now: number): boolean {
    return this.#lastAttempt >= kept.freshUntil && now < this.#lastAttempt + this.#options.cooldown
  }

  /** A set that was asked for after the cooldown, or the one there is. */
  async #refreshed(): Promise<Kept> {
    const waits = this.#options.now() < this.#lastAttempt + this.#options.cooldown
    if (waits && this.#pending === undefined && this.#kept !== undefined) return this.#kept
    try {
      return await this.#fetchOnce()
    } catch (error) {
      if (this.#kept !== undefined && error instanceof JwtError) return this.#kept
      throw error
    }
  }

  #fetchOnce(): Promise<Kept> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #fetch(): Promise<Kept> {
    this.#lastAttempt = this.#options.now()
    const { bytes, maxAge } = await download(this.#url, this.#options)
    const set = JwkSet.fromRemote(parseBody(bytes), this.#options.maxKeys)
    const ttl = Math.min(this.#options.cacheTtl, Math.max(maxAge ?? Number.POSITIVE_INFINITY, this.#options.cooldown))
    this.#kept = { set, keys: [...set].map(keyOf), freshUntil: this.#options.now() + ttl }
    return this.#kept
  }
}

function settle(given: JwksClientOptions) {
  const timeout = seconds("timeout", given.timeout, 5)
  if (timeout <= 0 || timeout > MAX_TIMEOUT_SECONDS)
    throw new JwksClientError(
      "jwks_options_invalid",
      `\`timeout\` must be above 0 and at most ${MAX_TIMEOUT_SECONDS} seconds`,
    )
  const cacheTtl = seconds("cacheTtl", given.cacheTtl, 300)
  if (cacheTtl === 0) throw new JwksClientError("jwks_options_invalid", "`cacheTtl` must be above 0")
  if (given.headers !== undefined && !isJsonObject(given.headers))
    throw invalidOption("headers", "an object of texts", given.headers)
  return {
    timeout,
    cacheTtl,
    cooldown: seconds("cooldown", given.cooldown, 30),
    staleIfError: seconds("staleIfError", given.staleIfError, 3600),
    headers: {
      accept: "application/jwk-set+json, application/json",
      "user-agent": "jotkit",
      ...lowerCased(given.headers),
    },
    // Called as a function of its own: browsers refuse theirs as a method of something else.
    fetch: functionOption("fetch", given.fetch) ?? ((url, init) => globalThis.fetch(url, init as RequestInit)),
    maxBytes: countOption("maxBytes", given.maxBytes, MAX_BYTES),
    maxKeys: countOption("maxKeys", given.maxKeys, MAX_KEYS),
    now: functionOption("now", given.now) ?? (() => performance.now() / 1000),
  }
}

/** Names of headers have no case (RFC 9110, section 5.1): the caller's `User-Agent` stands in place of ours, not beside it. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function seconds(name: string, value: Duration | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  const parsed = parseDuration(value)
  if (parsed === undefined || parsed < 0)
    throw new JwksClientError("jwks_options_invalid", `\`${name}\` must be a finite duration, 0 or more`)
  return parsed
}

function allowedUrl(input: string | URL): URL {
  let url: URL
  try {
    url = new URL(input)
  } catch {
    throw new JwksClientError("jwks_options_invalid", "the address of the key set must be an absolute URL")
  }
  const allowed = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname))
  if (!allowed)
    throw new JwksClientError(
      "jwks_options_invalid",
      "the key set must come over https; http is for loopback addresses only",
    )
  if (url.username !== "" || url.password !== "")
    throw new JwksClientError(
      "jwks_options_invalid",
      "the address of the key set must not hold a user name or password; use headers",
    )
  return url
}

interface Download {
  readonly bytes: Uint8Array
  readonly maxAge: number | undefined
}

async function download(url: URL, options: ReturnType<typeof settle>): Promise<Download> {
  const signal = AbortSignal.timeout(Math.ceil(options.timeout * 1000))
  try {
    return await unlessAborted(signal, transfer(url, options, signal))
  } catch (cause) {
    if (cause instanceof JwtError) throw cause
    const why = signal.aborted ? `no answer within the timeout of ${options.timeout} s` : reasonOf(cause)
    throw new JwksConnectionError("jwks_unreachable", `the key set at ${url.origin} cannot be fetched: ${why}`, {
      cause,
    })
  }
}

async function transfer(url: URL, options: ReturnType<typeof settle>, signal: AbortSignal): Promise<Download> {
  const response = await request(url, options, signal)
  const bytes = await readBody(response, options.maxBytes)
  return { bytes, maxAge: maxAgeOf(response.headers.get("cache-control")) }
}

/** A fetch of the caller's own may not listen to the signal; the time is over all the same. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

async function request(start: URL, options: ReturnType<typeof settle>, signal: AbortSignal): Promise<FetchedResponse> {
  let url = start
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await options.fetch(url.href, {
      method: "GET",
      headers: { ...options.headers },
      redirect: "manual",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
    })
    if (response.status === 200) return response
    await response.body?.getReader().cancel()
    if (!REDIRECTS.has(response.status)) throw unreachable(start, `status ${response.status}, expected 200`)
    const target = new URL(response.headers.get("location") ?? "", url)
    if (target.origin !== start.origin)
      throw unreachable(start, "it redirects to another origin, which is not followed")
    url = target
  }
  throw unreachable(start, `it redirects more than ${MAX_REDIRECTS} times`)
}

async function readBody(response: FetchedResponse, maxBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let chunk = await reader?.read(); chunk !== undefined && !chunk.done; chunk = await reader?.read()) {
    if (chunk.value === undefined) continue
    length += chunk.value.length
    if (length > maxBytes) {
      // The rest is not wanted, and whether the other side hears of it is its own affair.
      void reader?.cancel().catch(() => undefined)
      throw new JwksConnectionError("jwks_unreachable", `the key set is larger than ${maxBytes} bytes`)
    }
    chunks.push(chunk.value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function parseBody(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes)
  let body: unknown
  try {
    body = text === undefined ? undefined : parseJsonText(text)
  } catch {
    body = undefined
  }
  if (isJsonObject(body)) return body
  throw new JwksClientError("jwks_response_invalid", "the answer is not a JSON object with `keys`")
}

function signingKeys({ set }: Kept): Jwk[] {
  return [...set].filter((key) => key.keyId !== undefined && isForSignatures(keyOf(key)))
}

function isForSignatures({ use, operations }: Key): boolean {
  return (use === undefined || use === "sig") && (operations === undefined || operations.includes("verify"))
}

function notFound(): never {
  throw new JwksClientError("key_not_found", "the key set holds no key that fits")
}

function unreachable(url: URL, why: string): JwksConnectionError {
  return new JwksConnectionError("jwks_unreachable", `the key set at ${url.origin} cannot be fetched: ${why}`)
}

function maxAgeOf(cacheControl: string | null): number | undefined {
  const found = /(?:^|[,\s])max-age=(\d{1,10})(?:$|[,\s])/i.exec(cacheControl ?? "")
  return found === null ? undefined : Number(found[1])
}

/** The innermost cause in words: fetch hides "connection refused" behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "the request failed"
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message
}
