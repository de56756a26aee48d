/** What the tests share, over the public kit for tests: one key, one start, and requests made of plain values. */
import type { Auth, AuthOptions, AuthRequest } from "@jotkit/auth"
import { type TestRequest as Asked, testRequest as ask, FakeClock as Clock, testAuth } from "@jotkit/auth/testing"

export { type Asked, ask, Clock }

export const SECRET = "0123456789abcdef0123456789abcdef"
export const START = new Clock().seconds

/** An auth with the key that tests sign with, and its clock. */
export function standard<User = undefined>(more: AuthOptions<User> = {}): { auth: Auth<User>; clock: Clock } {
  return testAuth<User>({ key: SECRET, ...more })
}

/** A request with a bearer token. */
export function bearer(token: string, more: Asked = {}): AuthRequest {
  return ask({ token, ...more })
}

/** The Cookie header of a browser that was sent these values of Set-Cookie. */
export function jar(setCookies: readonly string[]): string {
  return setCookies.map((value) => value.split(";", 1)[0]).join("; ")
}
