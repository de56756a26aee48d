/** What the tests share: an auth with a clock that stands still, and requests made of plain values. */
import { type Auth, type AuthOptions, type AuthRequest, createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"

export const SECRET = "0123456789abcdef0123456789abcdef"
export const START = 1_800_000_000

/** A clock that goes when it is told to. */
export class Clock {
  seconds = START
  readonly now = (): number => this.seconds
}

/** Options that every test has. */
function options(clock: Clock): Omit<AuthOptions, "loaders"> {
  return {
    key: SECRET,
    issuer: "https://api.example",
    audience: "https://api.example",
    locations: ["header", "cookie"],
    store: memoryStore(),
    leeway: 0,
    now: clock.now,
  }
}

/** An auth, and its clock. */
export function standard<User = undefined>(more: AuthOptions<User> = {}): { auth: Auth<User>; clock: Clock } {
  const clock = new Clock()
  return { auth: createAuth<User>({ ...options(clock), ...more }), clock }
}

/** What a request is made of. */
export interface Asked {
  method?: string
  url?: string
  /** Lines: a list is several of them. */
  headers?: Readonly<Record<string, string | readonly string[]>>
  cookies?: string
  json?: unknown
  form?: Readonly<Record<string, string>>
}

/** A request. */
export function ask({ method = "GET", url = "/", headers = {}, cookies, json, form }: Asked = {}): AuthRequest {
  const lines = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat()]))
  if (cookies !== undefined) lines.set("cookie", [cookies])
  if (json !== undefined && !lines.has("content-type")) lines.set("content-type", ["application/json"])
  if (form !== undefined) lines.set("content-type", ["application/x-www-form-urlencoded"])
  return {
    method,
    url,
    headers: (name) => lines.get(name) ?? [],
    readJson: async () => json,
    readForm: async () => new URLSearchParams(form),
  }
}

/** A request with a bearer token. */
export function bearer(token: string, more: Asked = {}): AuthRequest {
  return ask({ ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } })
}

/** The Cookie header of a browser that was sent these values of Set-Cookie. */
export function jar(setCookies: readonly string[]): string {
  return setCookies.map((value) => value.split(";", 1)[0]).join("; ")
}
