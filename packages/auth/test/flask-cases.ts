/** The auth that the numbered cases of Flask-JWT-Extended are asked of, and its tokens. */
import { randomUUID } from "node:crypto"
import { type Auth, type AuthOptions, type AuthRequest, createAuth, type GuardOptions } from "@jotkit/auth"
import { signJws } from "jotkit"
import { expect } from "vitest"
import { type Asked, ask, SECRET, START } from "./asking.ts"

/** The routes of the cases. */
const ROUTES = {
  "/p": {},
  "/f": { fresh: true },
  "/r": { type: "refresh" },
  "/o": { optional: true },
  "/of": { optional: true, fresh: true },
  "/or": { optional: true, type: "refresh" },
  "/skip": { revocation: false },
} as const satisfies Readonly<Record<string, GuardOptions>>

/** An auth that answers as Flask-JWT-Extended does. */
export function flask<User = undefined>(more: AuthOptions<User> = {}): Auth<User> {
  return createAuth({ key: SECRET, now: () => START, compat: "flask-jwt-extended", ...more })
}

/** A token with these claims over the usual ones; undefined leaves one out. */
export function made(claims: object = {}, header: Readonly<Record<string, unknown>> = { typ: "JWT" }): string {
  const usual = {
    sub: "u1",
    type: "access",
    fresh: false,
    jti: randomUUID(),
    csrf: randomUUID(),
    iat: START,
    nbf: START,
  }
  return signJws(JSON.stringify({ ...usual, exp: START + 900, ...claims }), SECRET, { algorithm: "HS256", header })
}

export const A = made()
export const AF = made({ fresh: true })
export const R = made({ type: "refresh" })
export const X = made({ exp: START - 5 })

/** Table 4.5: status and text. */
const E = {
  E01: [401, "Missing Authorization Header"],
  E02: [401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"],
  E03: [422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"],
  E04: [422, "Bad Authorization header. Expected 'Authorization: <JWT>'"],
  E05: [401, 'Missing cookie "access_token_cookie"'],
  E05R: [401, 'Missing cookie "refresh_token_cookie"'],
  E06: [401, "Missing CSRF token"],
  E07: [401, "CSRF double submit tokens do not match"],
  E08: [422, "Missing claim: csrf"],
  E09: [401, "Missing 'jwt' query paramater"],
  E11: [401, "Invalid content-type. Must be application/json."],
  E12: [401, 'Missing "access_token" key in json data.'],
  E14: [401, "Token has expired"],
  E15: [422, "Only non-refresh tokens are allowed"],
  E16: [422, "Only refresh tokens are allowed"],
  E17: [401, "Fresh token required"],
  E18: [401, "Token has been revoked"],
  E19: [400, "User claims verification failed"],
  E20: [401, "Error loading the user u1"],
  E21: [422, "Missing claim: sub"],
  /** Whatever the library says. */
  E22: [422, undefined],
  PASS: [200, "u1"],
  ANONYMOUS: [200, undefined],
} as const satisfies Readonly<Record<string, readonly [number, string | undefined]>>

/** One request of a case. */
export interface Case {
  readonly number: number
  readonly title: string
  readonly route?: keyof typeof ROUTES
  readonly request: Asked
  readonly answer: keyof typeof E | readonly [number, string]
  readonly options?: AuthOptions<undefined>
  readonly guard?: GuardOptions
}

/** A case about the Authorization header. */
export function header(
  number: number,
  value: string | string[],
  answer: Case["answer"],
  more: Partial<Case> = {},
): Case {
  return {
    number,
    title: JSON.stringify(value).replaceAll(/eyJ[\w.-]+/g, "…"),
    request: { headers: { authorization: value } },
    answer,
    ...more,
  }
}

/** Asks, and compares status, body and headers with the table. */
export async function expectAnswer({ request, answer, route = "/p", options, guard }: Case): Promise<void> {
  const auth = flask(options)
  const asRequest: AuthRequest = ask(request)
  const verdict = await auth.guard({ ...ROUTES[route], ...guard })(asRequest)
  const [status, text] = typeof answer === "string" ? E[answer] : answer
  if (verdict.allowed) {
    expect([200, verdict.identity]).toEqual([status, text])
    return
  }
  expect(verdict.status).toBe(status)
  expect(verdict.body).toEqual({ msg: text ?? expect.any(String) })
  expect(verdict.headers["content-type"]).toBe("application/json")
  expect(verdict.challenge).toBeUndefined()
}
