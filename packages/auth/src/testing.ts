/**
 * For tests of programs that use this package: an auth with a key and a store of its own, a clock that goes when it is told to, requests
 * made of plain values, and a browser's cookies. Nothing here is for servers.
 */
import { parseSetCookie } from "cookie"
import { secondsOption } from "./core/options.ts"
import { type Auth, type AuthOptions, type AuthRequest, createAuth, type Lifetime } from "./index.ts"
import { memoryStore } from "./memory.ts"

const START = 1_800_000_000
const ADDRESS = "https://api.example"
const KEY_BYTES = 32

/** A clock that stands still. Its method `now` is the option `now`. */
export class FakeClock {
  /** Seconds since 1970. */
  seconds: number
  readonly now = (): number => this.seconds

  /** @param seconds - Default: 15 January 2027. */
  constructor(seconds: number = START) {
    this.seconds = seconds
  }

  /** Goes on by a length of time such as `"15m"` or 60. @throws UsageError `option_invalid` */
  advance(duration: Lifetime): void {
    this.seconds += secondsOption("duration", duration, 0)
  }
}

/** An auth for a test, and its clock. */
export interface TestAuth<User, Identity> {
  readonly auth: Auth<User, Identity>
  readonly clock: FakeClock
}

/**
 * An auth with a new key, a store in memory, a fake clock, tokens in headers and cookies, and no leeway. Options replace these. To get a
 * token ask `auth.login` or `auth.createAccessToken`; to get one that has expired, let the clock go on.
 */
export function testAuth<User = undefined, Identity = string>(
  options: AuthOptions<User, Identity> = {},
): TestAuth<User, Identity> {
  const clock = new FakeClock()
  const usual: AuthOptions<User, Identity> = {
    key: globalThis.crypto.getRandomValues(new Uint8Array(KEY_BYTES)),
    issuer: ADDRESS,
    audience: ADDRESS,
    locations: ["header", "cookie"],
    store: memoryStore(),
    leeway: 0,
    now: clock.now,
  }
  return { auth: createAuth<User, Identity>({ ...usual, ...options }), clock }
}

/** What a request is made of. */
export interface TestRequest {
  /** Default GET. */
  readonly method?: string | undefined
  /** Default `/`. */
  readonly url?: string | undefined
  /** Lines: a list is several of them. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** For the header `Authorization`, with the scheme `Bearer`. */
  readonly token?: string | undefined
  /** The header `Cookie`. */
  readonly cookies?: string | undefined
  /** A JSON body. */
  readonly json?: unknown
  /** A form body. */
  readonly form?: Readonly<Record<string, string>> | undefined
}

/** A request as guards read it, without a server. */
export function testRequest(request: TestRequest = {}): AuthRequest {
  const { method = "GET", url = "/", headers = {}, token, cookies, json, form } = request
  const lines = new Map<string, readonly string[]>()
  if (token !== undefined) lines.set("authorization", [`Bearer ${token}`])
  if (cookies !== undefined) lines.set("cookie", [cookies])
  if (json !== undefined) lines.set("content-type", ["application/json"])
  if (form !== undefined) lines.set("content-type", ["application/x-www-form-urlencoded"])
  for (const [name, value] of Object.entries(headers)) lines.set(name.toLowerCase(), [value].flat())
  return {
    method,
    url,
    headers: (name) => lines.get(name) ?? [],
    readJson: async () => json,
    readForm: async () => new URLSearchParams(form),
  }
}

interface Kept {
  readonly value: string
  readonly path: string
  /** Seconds since 1970; undefined: until the browser closes. */
  readonly until: number | undefined
}

/** The cookies of a browser that has one site open: they expire, are replaced and removed, and go to their paths only. */
export class CookieJar {
  readonly #cookies = new Map<string, Kept>()
  readonly #now: () => number

  /** @param clock - The auth's clock, by which cookies expire. */
  constructor(clock: Pick<FakeClock, "now">) {
    this.#now = clock.now
  }

  /** Takes what an answer has set, in its order. */
  take(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const { name, value = "", path = "/", maxAge } = parseSetCookie(text)
      // A browser knows a cookie by its name and path together.
      const id = `${name} ${path}`
      if (maxAge !== undefined && maxAge <= 0) this.#cookies.delete(id)
      else
        this.#cookies.set(id, {
          value: `${name}=${value}`,
          path,
          until: maxAge === undefined ? undefined : this.#now() + maxAge,
        })
    }
  }

  /** The header `Cookie` of a request for this path; empty: there is none. */
  header(path = "/"): string {
    const now = this.#now()
    const fit = [...this.#cookies.values()].filter(
      ({ path: own, until }) =>
        (until === undefined || now < until) && (path === own || path.startsWith(own.endsWith("/") ? own : `${own}/`)),
    )
    return fit.map(({ value }) => value).join("; ")
  }

  /** The value of a cookie that scripts of the page would read, such as the CSRF value; undefined: there is none. */
  get(name: string): string | undefined {
    const found = this.header()
      .split("; ")
      .find((pair) => pair.startsWith(`${name}=`))
    return found?.slice(name.length + 1)
  }
}
