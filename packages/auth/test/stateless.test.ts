/** Sessions without a store: the refresh token is all that there is. */
import { decodeUnverified } from "jotkit"
import { expect, test } from "vitest"
import { ask, bearer, jar, START, standard } from "./asking.ts"
import { flask, made } from "./flask-cases.ts"

test("a refresh gives a new access token beside the same refresh token, as often as it is asked", async () => {
  const { auth, clock } = standard({ store: undefined })
  const pair = await auth.login("ada", { claims: { team: "a" }, scope: "read" })
  for (let round = 1; round <= 3; round++) {
    clock.advance("20m")
    const next = await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))
    if (!next.allowed) throw new Error(next.code)
    expect(next).toMatchObject({ refreshToken: pair.refreshToken, expiresIn: 900, sessionId: pair.sessionId })
    expect(await auth.check(bearer(next.accessToken))).toMatchObject({
      claims: { team: "a", scope: "read", auth_time: START, fresh: false, sid: pair.sessionId },
    })
  }
})

test("an access token does not outlive the refresh token that it came from", async () => {
  const { auth, clock } = standard({ store: undefined, lifetimes: { refresh: "1h" } })
  const pair = await auth.login("ada")
  clock.advance("50m")
  const next = await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))
  expect(next.allowed && next.expiresIn).toBe(600)
  clock.advance("10m")
  expect(await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))).toMatchObject({ code: "token_expired" })
})

test("cookies go round with one CSRF value, and only with it", async () => {
  const { auth, clock } = standard({ store: undefined })
  const pair = await auth.login("ada", { transport: "cookie" })
  clock.advance("20m")
  const cookies = jar(pair.cookies)
  expect(await auth.refresh(ask({ method: "POST", cookies }))).toMatchObject({ code: "csrf_failed" })
  const headers = { "x-csrf-token": pair.csrfToken ?? "" }
  const next = await auth.refresh(ask({ method: "POST", cookies, headers }))
  if (!next.allowed) throw new Error(next.code)
  expect(next.csrfToken).toBe(pair.csrfToken)
  expect(next.cookies.map((cookie) => /Max-Age=\d+/.exec(cookie)?.[0])).toEqual([
    "Max-Age=900",
    "Max-Age=2590800",
    "Max-Age=2590800",
  ])
  const again = ask({ method: "POST", cookies: jar(next.cookies), headers })
  expect(await auth.check(again)).toMatchObject({ allowed: true })
})

test("a user who is gone gets no token, and nothing can be ended", async () => {
  const users = new Map([["ada", {}]])
  const { auth } = standard<object>({ store: undefined, loaders: { user: ({ sub }) => users.get(sub) } })
  const pair = await auth.login("ada")
  await expect(auth.logout(bearer(pair.accessToken))).rejects.toThrow("`store`")
  await expect(auth.revokeSubject("ada")).rejects.toThrow("`store`")
  users.clear()
  expect(await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))).toMatchObject({ code: "user_not_found" })
})

test("refresh tokens of Flask-JWT-Extended are taken, though they know of no session", async () => {
  const auth = flask()
  const token = made({ type: "refresh", jti: "r1", team: "a" })
  const next = await auth.refresh(bearer(token, { method: "POST" }))
  if (!next.allowed) throw new Error(next.code)
  expect(next.refreshToken).toBe(token)
  expect(decodeUnverified(next.accessToken).payload).toMatchObject({ sub: "u1", sid: "r1", team: "a", type: "access" })
  const endless = await auth.refresh(bearer(made({ type: "refresh", exp: undefined }), { method: "POST" }))
  expect(endless.allowed && endless.expiresIn).toBe(900)
})
