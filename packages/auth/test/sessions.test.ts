import { decodeUnverified } from "jotkit"
import { describe, expect, test } from "vitest"
import { ask, bearer, jar, START, standard } from "./asking.ts"

async function login(transport: "body" | "cookie" = "body") {
  const { auth, clock } = standard()
  const pair = await auth.login("ada", { transport, claims: { nickname: "Ada", roles: ["admin"] } })
  return { auth, clock, pair, cookies: jar(pair.cookies) }
}

function refreshBy(token: string) {
  return bearer(token, { method: "POST" })
}

test("a refresh whose loader fails does not use up the token", async () => {
  let isAway = false
  const claims = () => {
    if (isAway) throw new RangeError("the users are away")
    return { nickname: "Ada" }
  }
  const { auth } = standard({ refresh: { grace: 0 }, loaders: { claims } })
  const { refreshToken } = await auth.login("ada")
  isAway = true
  await expect(auth.refresh(refreshBy(refreshToken))).rejects.toThrow(RangeError)
  isAway = false
  expect(await auth.refresh(refreshBy(refreshToken))).toMatchObject({ allowed: true })
  expect(await auth.refresh(refreshBy(refreshToken))).toMatchObject({ code: "refresh_token_reused" })
})

describe("introspection", () => {
  test("says of a refresh token that was used what a refresh would say", async () => {
    const { auth, clock, pair } = await login()
    const isActive = async (token: string) => (await auth.introspect(token)).active
    const next = await auth.refresh(refreshBy(pair.refreshToken))
    if (!next.allowed) throw new Error(next.code)
    expect(await isActive(pair.refreshToken)).toBe(true)
    clock.seconds += 11
    expect(await isActive(pair.refreshToken)).toBe(false)
    expect(await isActive(next.refreshToken)).toBe(true)
    expect(await isActive(pair.accessToken)).toBe(true)
    expect(await auth.refresh(refreshBy(next.refreshToken))).toMatchObject({ allowed: true })
  })

  test("says of a session that was idle for too long that it is over", async () => {
    const { auth, clock } = standard({ refresh: { idle: 60 } })
    const { refreshToken } = await auth.login("ada")
    clock.seconds += 60
    expect(await auth.introspect(refreshToken)).toMatchObject({ active: true, type: "refresh" })
    clock.seconds += 1
    expect(await auth.introspect(refreshToken)).toEqual({ active: false })
  })

  test("takes a refresh token without a session for good until it is revoked", async () => {
    const { auth } = standard()
    const token = await auth.createRefreshToken("ada")
    expect(await auth.introspect(token)).toMatchObject({ active: true, sub: "ada" })
    await auth.revokeToken(token)
    expect(await auth.introspect(token)).toEqual({ active: false })
  })
})

describe("a session by header", () => {
  test("goes from login over the guard and a refresh to logout", async () => {
    const { auth, clock, pair } = await login()
    const guard = auth.guard()
    const verdict = await guard(bearer(pair.accessToken))
    expect(verdict).toMatchObject({ allowed: true, identity: "ada", location: "header" })
    clock.seconds += 1200
    expect(await guard(bearer(pair.accessToken))).toMatchObject({ status: 401, code: "token_expired" })
    const next = await auth.refresh(refreshBy(pair.refreshToken))
    if (!next.allowed) throw new Error(next.code)
    expect(await guard(bearer(next.accessToken))).toMatchObject({ allowed: true, claims: { nickname: "Ada" } })
    expect(await auth.logout(bearer(next.accessToken, { method: "POST" }))).toMatchObject({ allowed: true })
    expect(await guard(bearer(next.accessToken))).toMatchObject({ status: 401, code: "token_revoked" })
    expect(await auth.refresh(refreshBy(next.refreshToken))).toMatchObject({ status: 401, code: "token_revoked" })
    expect(await auth.logout(bearer(next.accessToken, { method: "POST" }))).toMatchObject({ code: "token_revoked" })
  })

  test("has the claims that the contract lists, and no other", async () => {
    const { pair } = await login()
    const access = decodeUnverified(pair.accessToken)
    expect(access.header).toEqual({ alg: "HS256", typ: "at+jwt" })
    expect(access.payload).toEqual({
      iss: "https://api.example",
      sub: "ada",
      aud: "https://api.example",
      exp: START + 900,
      iat: START,
      jti: expect.any(String),
      sid: pair.sessionId,
      auth_time: START,
      type: "access",
      fresh: true,
      nickname: "Ada",
      roles: ["admin"],
    })
    const refresh = decodeUnverified(pair.refreshToken)
    expect(refresh.header.typ).toBe("rt+jwt")
    expect(refresh.payload).toMatchObject({
      type: "refresh",
      sid: pair.sessionId,
      exp: START + 2_592_000,
      fresh: false,
    })
    expect(pair.expiresIn).toBe(900)
  })

  test("is not fresh after a refresh, and remembers when the user logged in", async () => {
    const { auth, clock, pair } = await login()
    const fresh = auth.guard({ fresh: true })
    expect(await fresh(bearer(pair.accessToken))).toMatchObject({ allowed: true })
    clock.seconds += 60
    const next = await auth.refresh(refreshBy(pair.refreshToken))
    if (!next.allowed) throw new Error(next.code)
    expect(decodeUnverified(next.accessToken).payload).toMatchObject({ fresh: false, auth_time: START })
    expect(await fresh(bearer(next.accessToken))).toMatchObject({
      status: 401,
      code: "fresh_token_required",
      challenge: 'Bearer error="invalid_token", error_description="fresh_token_required", max_age="900"',
    })
  })

  test("gives the loser of a race a pair that works", async () => {
    const { auth, pair } = await login()
    const both = await Promise.all([
      auth.refresh(refreshBy(pair.refreshToken)),
      auth.refresh(refreshBy(pair.refreshToken)),
    ])
    for (const next of both) {
      if (!next.allowed) throw new Error(next.code)
      expect(await auth.refresh(refreshBy(next.refreshToken))).toMatchObject({ allowed: true })
    }
  })

  test("ends when a refresh token is used again after its grace", async () => {
    const { auth, clock, pair } = await login()
    const next = await auth.refresh(refreshBy(pair.refreshToken))
    if (!next.allowed) throw new Error(next.code)
    clock.seconds += 11
    expect(await auth.refresh(refreshBy(pair.refreshToken))).toMatchObject({
      status: 401,
      code: "refresh_token_reused",
    })
    expect(await auth.check(bearer(next.accessToken))).toMatchObject({ code: "token_revoked" })
    expect(await auth.refresh(refreshBy(pair.refreshToken))).toMatchObject({ code: "refresh_token_reused" })
  })

  test("does not outlive its absolute end", async () => {
    const { auth, clock } = standard({ refresh: { absolute: "1h" }, lifetimes: { refresh: "50m" } })
    const pair = await auth.login("ada")
    clock.seconds += 2400
    const next = await auth.refresh(refreshBy(pair.refreshToken))
    if (!next.allowed) throw new Error(next.code)
    expect(decodeUnverified(next.refreshToken).payload).toMatchObject({ exp: START + 3600 })
    clock.seconds = START + 3600
    expect(await auth.refresh(refreshBy(next.refreshToken))).toMatchObject({ code: "token_expired" })
  })

  test("ends when it was idle for too long", async () => {
    const { auth, clock } = standard({ refresh: { idle: "10m" } })
    const pair = await auth.login("ada")
    clock.seconds += 601
    expect(await auth.refresh(refreshBy(pair.refreshToken))).toMatchObject({ code: "token_revoked" })
    expect(await auth.listSessions("ada")).toEqual([])
  })

  test("is refreshed by POST alone, and by a refresh token alone", async () => {
    const { auth, pair } = await login()
    expect(await auth.refresh(bearer(pair.refreshToken))).toMatchObject({ status: 405, headers: { allow: "POST" } })
    expect(await auth.refresh(refreshBy(pair.accessToken))).toMatchObject({ code: "wrong_token_type" })
    expect(await auth.check(bearer(pair.refreshToken))).toMatchObject({ code: "wrong_token_type" })
  })

  test("ends with its user", async () => {
    const users = new Map([["ada", { name: "Ada" }]])
    const { auth } = standard({ loaders: { user: ({ sub }) => users.get(sub) as undefined } })
    const pair = await auth.login("ada")
    users.clear()
    expect(await auth.refresh(refreshBy(pair.refreshToken))).toMatchObject({ status: 401, code: "user_not_found" })
    expect(await auth.listSessions("ada")).toEqual([])
  })

  test("can be logged out with an access token that has expired", async () => {
    const { auth, clock, pair } = await login()
    clock.seconds += 5000
    expect(await auth.logout(bearer(pair.accessToken, { method: "POST" }))).toMatchObject({ allowed: true })
    expect(await auth.refresh(refreshBy(pair.refreshToken))).toMatchObject({ code: "token_revoked" })
  })
})

describe("a session by cookies", () => {
  test("keeps its CSRF value over a refresh, and clears its cookies at logout", async () => {
    const { auth, pair, cookies } = await login("cookie")
    const headers = { "x-csrf-token": pair.csrfToken ?? "" }
    const next = await auth.refresh(ask({ method: "POST", cookies, headers }))
    if (!next.allowed) throw new Error(next.code)
    expect(next.transport).toBe("cookie")
    expect(next.csrfToken).toBe(pair.csrfToken)
    const out = await auth.logout(ask({ method: "POST", cookies: jar(next.cookies), headers }))
    if (!out.allowed) throw new Error(out.code)
    expect(out.cookies).toHaveLength(3)
    for (const cookie of out.cookies)
      expect(cookie).toMatch(/^__Host-\w+=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/)
  })

  test("sets the cookies of the contract", async () => {
    const { pair } = await login("cookie")
    expect(pair.cookies.map((cookie) => cookie.replace(/=[^;]+/, "=…"))).toEqual([
      "__Host-access_token=…; Max-Age=900; Path=/; HttpOnly; Secure; SameSite=Lax",
      "__Host-refresh_token=…; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict",
      "__Host-csrf_token=…; Max-Age=2592000; Path=/; Secure; SameSite=Lax",
    ])
  })

  test("clears cookies that are of no use any more", async () => {
    const { auth, pair, cookies } = await login("cookie")
    await auth.revokeSession(pair.sessionId)
    const verdict = await auth.check(ask({ cookies }))
    expect(verdict).toMatchObject({ allowed: false, code: "token_revoked" })
    expect(verdict.allowed ? [] : verdict.cookies).toHaveLength(3)
  })

  test("is logged out by the refresh cookie where the access cookie is gone", async () => {
    const { auth, pair, cookies } = await login("cookie")
    const headers = { "x-csrf-token": pair.csrfToken ?? "" }
    const rest = cookies.split("; ").slice(1).join("; ")
    expect(await auth.logout(ask({ method: "POST", cookies: rest, headers }))).toMatchObject({ allowed: true })
  })

  test("is logged out by the refresh cookie where the access cookie is of no use, and not where neither is", async () => {
    const { auth, pair, cookies } = await login("cookie")
    const headers = { "x-csrf-token": pair.csrfToken ?? "" }
    const broken = cookies.replace(/(access_token=)[^;]+/, "$1broken")
    const leave = (sent: string, more: Record<string, string> = headers) =>
      auth.logout(ask({ method: "POST", cookies: sent, headers: more }))
    expect(await leave(broken, {})).toMatchObject({ code: "csrf_failed" })
    expect(await leave(broken.replace(/(refresh_token=)[^;]+/, "$1broken"))).toMatchObject({ code: "malformed_token" })
    expect(await leave(broken)).toMatchObject({ allowed: true })
    expect(await leave(broken)).toMatchObject({ allowed: false })
  })
})

describe("sessions of a user", () => {
  test("are listed, ended one by one by their owner, and all at once", async () => {
    const { auth } = standard()
    const [first, second, third] = [await auth.login("ada"), await auth.login("ada"), await auth.login("lin")]
    expect((await auth.listSessions("ada")).map(({ id }) => id).sort()).toEqual(
      [first.sessionId, second.sessionId].sort(),
    )
    expect(await auth.revokeSession(third.sessionId, "ada")).toBe(false)
    expect(await auth.revokeSession(first.sessionId, "ada")).toBe(true)
    expect(await auth.revokeSession(first.sessionId, "ada")).toBe(false)
    expect(await auth.revokeSubject("ada")).toBe(1)
    expect(await auth.check(bearer(second.accessToken))).toMatchObject({ code: "token_revoked" })
    const again = await auth.login("ada")
    expect(await auth.check(bearer(again.accessToken))).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(third.accessToken))).toMatchObject({ allowed: true })
  })
})
