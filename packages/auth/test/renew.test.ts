/** Guards that renew: an access cookie that is over, a refresh cookie that is good, one request. */
import { type AuthOptions, createAuth } from "@jotkit/auth"
import { fetchRequest } from "@jotkit/auth/fetch"
import { memoryStore } from "@jotkit/auth/memory"
import { decodeUnverified } from "jotkit"
import { describe, expect, test } from "vitest"
import { type Asked, ask, bearer, jar, SECRET, START, standard } from "./asking.ts"

/** An auth whose store counts rotations, and a browser that has logged in. */
async function browser(more: Omit<AuthOptions<undefined>, "loaders"> = {}) {
  const store = memoryStore()
  const rotate = store.rotate.bind(store)
  const rotations: string[] = []
  store.rotate = (rotation) => {
    rotations.push(rotation.presentedId)
    return rotate(rotation)
  }
  const { auth, clock } = standard({ store, ...more })
  const pair = await auth.login("ada", { transport: "cookie", claims: { nickname: "Ada", roles: ["admin"] } })
  const [access = "", refresh = "", csrf = ""] = pair.cookies.map((cookie) => cookie.split(";", 1)[0])
  const headers = { "x-csrf-token": pair.csrfToken ?? "" }
  /** What the browser sends once the access cookie is gone. */
  const later = (asked: Asked = {}) => ask({ cookies: `${refresh}; ${csrf}`, ...asked })
  return { auth, clock, store, rotations, pair, access, refresh, csrf, headers, later }
}

describe("a guard that renews", () => {
  test.each([["is gone"], ["has expired"]])("lets a browser through whose access cookie %s", async (how) => {
    const { auth, clock, access, refresh, rotations } = await browser()
    clock.seconds += 1000
    const cookies = how === "is gone" ? refresh : `${access}; ${refresh}`
    const verdict = await auth.check(ask({ cookies }), { renew: true })
    if (!verdict.allowed) throw new Error(verdict.code)
    expect(verdict).toMatchObject({ identity: "ada", location: "cookie" })
    expect(verdict.claims).toMatchObject({ nickname: "Ada", auth_time: START, fresh: false, exp: START + 1900 })
    expect(verdict.cookies.map((cookie) => cookie.replace(/=.*/, ""))).toEqual([
      "__Host-access_token",
      "__Host-refresh_token",
      "__Host-csrf_token",
    ])
    expect(rotations).toHaveLength(1)
    expect(await auth.check(ask({ cookies: jar(verdict.cookies) }))).toMatchObject({ allowed: true, cookies: [] })
    expect(await auth.check(ask({ cookies: jar(verdict.cookies) }), { fresh: true })).toMatchObject({
      code: "fresh_token_required",
    })
  })

  test("renews nothing without being told to, without a refresh cookie, or for a token in the header", async () => {
    const { auth, clock, pair, access, refresh, later, rotations } = await browser()
    expect(await auth.check(later())).toMatchObject({ code: "missing_token", cookies: [] })
    clock.seconds += 1000
    for (const request of [ask(), ask({ cookies: "__Host-refresh_token=" })])
      expect(await auth.check(request, { renew: true })).toMatchObject({ code: "missing_token", cookies: [] })
    expect(await auth.check(ask({ cookies: access }), { renew: true })).toMatchObject({ code: "token_expired" })
    const byHeader = bearer(pair.accessToken, { cookies: refresh })
    expect(await auth.check(byHeader, { renew: true })).toMatchObject({ code: "token_expired" })
    expect(rotations).toEqual([])
  })

  test("asks methods that change something for the CSRF value first", async () => {
    const { auth, later, headers, rotations } = await browser()
    const guard = auth.guard({ renew: true })
    expect(await guard(later({ method: "POST" }))).toMatchObject({ status: 403, code: "csrf_failed" })
    const wrong = { "x-csrf-token": "x" }
    expect(await guard(later({ method: "POST", headers: wrong }))).toMatchObject({ code: "csrf_failed" })
    expect(rotations).toEqual([])
    expect(await guard(later({ method: "POST", headers }))).toMatchObject({ allowed: true })
  })

  test("renews nothing for pages of other sites, whatever the method, nor for preflights", async () => {
    const { auth, later, headers, rotations } = await browser()
    const guard = auth.guard({ renew: true })
    const elsewhere = { ...headers, "sec-fetch-site": "cross-site" }
    for (const method of ["GET", "POST"])
      expect(await guard(later({ method, headers: elsewhere }))).toMatchObject({ code: "missing_token" })
    expect(await guard(later({ method: "OPTIONS" }))).toMatchObject({ code: "missing_token" })
    const foreign = { ...headers, origin: "https://evil.example" }
    const bound = auth.guard({ renew: true, origins: "https://app.example" })
    expect(await bound(later({ headers: foreign }))).toMatchObject({ code: "csrf_failed" })
    expect(rotations).toEqual([])
  })

  test("shares its pair with other guards of the request, which would use a token twice where there is no grace", async () => {
    const { auth, refresh, rotations } = await browser({ refresh: { grace: 0 } })
    const guards = [auth.guard({ renew: true }), auth.guard({ renew: { within: "5m" }, roles: "admin" })]
    const request = new Request("https://api.example/", { headers: { cookie: refresh } })
    const verdicts = []
    for (const guard of guards) verdicts.push(await guard(fetchRequest(request)))
    expect(rotations).toHaveLength(1)
    expect(verdicts[1]).toEqual(verdicts[0])
    expect(verdicts[0]).toMatchObject({ allowed: true, identity: "ada" })
    const replayed = new Request("https://api.example/", { headers: { cookie: refresh } })
    expect(await guards[0]?.(fetchRequest(replayed))).toMatchObject({ code: "refresh_token_reused" })
  })

  test("makes one rotation of many requests with one token", async () => {
    const { auth, later, rotations } = await browser()
    const guard = auth.guard({ renew: true })
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => guard(later())))
    expect(rotations).toHaveLength(1)
    expect(new Set(verdicts.map(({ cookies }) => cookies.join())).size).toBe(1)
    expect(verdicts.every(({ allowed }) => allowed)).toBe(true)
    await guard(later())
    expect(rotations).toHaveLength(2)
  })

  test("ends the session when the refresh token was used before, also beside a rotation of the good one", async () => {
    const { auth, clock, later } = await browser()
    const guard = auth.guard({ renew: true })
    const next = await guard(later())
    clock.seconds += 11
    const good = ask({ cookies: jar(next.cookies.slice(1)) })
    const [, stolen] = await Promise.all([guard(good), guard(later())])
    expect(stolen).toMatchObject({ allowed: false, code: "refresh_token_reused" })
    for (const cookie of stolen.cookies) expect(cookie).toContain("Max-Age=0")
    expect(await guard(good)).toMatchObject({ code: "token_revoked" })
    expect(await auth.check(ask({ cookies: jar(next.cookies) }))).toMatchObject({ code: "token_revoked" })
  })

  test("does not go beyond the end of the session", async () => {
    const { auth, clock, later } = await browser({ refresh: { absolute: "1h" } })
    clock.seconds += 3500
    const verdict = await auth.check(later(), { renew: true })
    expect(verdict.allowed && verdict.claims.exp).toBe(START + 3600)
    clock.seconds += 100
    expect(await auth.check(ask({ cookies: jar(verdict.cookies) }), { renew: true })).toMatchObject({
      code: "token_expired",
    })
  })

  test("sends the new cookies also where the request is refused afterwards", async () => {
    const { auth, later } = await browser()
    const verdict = await auth.check(later(), { renew: true, roles: "owner" })
    expect(verdict).toMatchObject({ status: 403, code: "insufficient_role" })
    expect(await auth.check(ask({ cookies: jar(verdict.cookies) }))).toMatchObject({ allowed: true })
  })

  test("makes an optional guard know who it is, and a bad refresh cookie is no absence", async () => {
    const { auth, later, pair } = await browser()
    const guard = auth.guard({ renew: true, optional: true })
    expect(await guard(ask())).toMatchObject({ allowed: true, identity: undefined, cookies: [] })
    expect(await guard(later())).toMatchObject({ allowed: true, identity: "ada" })
    await auth.revokeSession(pair.sessionId)
    expect(await guard(later())).toMatchObject({ allowed: false, code: "token_revoked" })
  })

  test("answers with 503 while the store is away", async () => {
    const { auth, store, later } = await browser()
    store.rotate = () => Promise.reject(new Error("down"))
    expect(await auth.check(later(), { renew: true })).toMatchObject({ status: 503, code: "store_unavailable" })
  })

  test("ends with a logout in the handler: cookies that clear come last, and the session is over", async () => {
    const { auth, later, headers } = await browser()
    const request = later({ method: "POST", headers })
    const verdict = await auth.check(request, { renew: true })
    const out = await auth.logout(request)
    if (!out.allowed) throw new Error(out.code)
    const last = new Map([...verdict.cookies, ...out.cookies].map((cookie) => [cookie.replace(/=.*/s, ""), cookie]))
    for (const cookie of last.values()) expect(cookie).toContain("Max-Age=0")
    expect(await auth.check(ask({ cookies: jar(verdict.cookies) }))).toMatchObject({ code: "token_revoked" })
  })
})

describe("a guard that renews ahead of time", () => {
  const renew = { within: "5m" } as const

  test("leaves a token alone that is far from its end, and renews one that is near", async () => {
    const { auth, clock, access, refresh, rotations } = await browser()
    const cookies = `${access}; ${refresh}`
    clock.seconds += 599
    expect(await auth.check(ask({ cookies }), { renew })).toMatchObject({ allowed: true, cookies: [] })
    clock.seconds += 1
    expect(rotations).toEqual([])
    const verdict = await auth.check(ask({ cookies }), { renew })
    expect(verdict.cookies).toHaveLength(3)
    expect(verdict.allowed && verdict.claims).toMatchObject({ exp: START + 1500, fresh: false })
  })

  test("takes the token as it is where that does not work, unless the session is over", async () => {
    const { auth, clock, access, refresh, pair, store } = await browser({ check: "refresh-only" })
    const cookies = `${access}; ${refresh}`
    clock.seconds += 700
    expect(await auth.check(ask({ cookies: access }), { renew })).toMatchObject({ allowed: true, cookies: [] })
    const { rotate } = store
    store.rotate = () => Promise.reject(new Error("down"))
    expect(await auth.check(ask({ cookies }), { renew })).toMatchObject({ allowed: true, cookies: [] })
    store.rotate = rotate
    await auth.revokeSession(pair.sessionId)
    expect(await auth.check(ask({ cookies }), { renew })).toMatchObject({ allowed: false, code: "token_revoked" })
  })

  test("leaves a token alone that ends with its session", async () => {
    const { auth, access, refresh, rotations } = await browser({ lifetimes: { access: false } })
    expect(await auth.check(ask({ cookies: `${access}; ${refresh}` }), { renew })).toMatchObject({ cookies: [] })
    expect(rotations).toEqual([])
  })
})

test.each([
  [{ store: undefined }, {}, "`store`"],
  [{ csrf: false }, {}, "`csrf`"],
  [{}, { locations: "header" }, "cookie"],
  [{}, { type: "refresh" }, "access token"],
  [{ cookies: { refresh: { path: "/auth" } } }, {}, "other paths"],
  [{}, { renew: { within: "soon" } }, "`renew.within`"],
  [{}, { renew: { witin: 1 } }, "did you mean `within`"],
  [{}, { renew: 1 }, "`renew`"],
] as const)("renewal cannot work with %o and %o", (options, guard, message) => {
  const { auth } = standard(options)
  expect(() => auth.guard({ renew: true, ...(guard as object) })).toThrow(message)
})

test("renewal works beside Flask-JWT-Extended's rules, where each token has its own CSRF value", async () => {
  const store = memoryStore()
  const auth = createAuth({ key: SECRET, compat: "flask-jwt-extended", locations: "cookie", store, now: () => START })
  const pair = await auth.login("u1", { transport: "cookie" })
  const cookies = `refresh_token_cookie=${pair.refreshToken}`
  const value = (decodeUnverified(pair.refreshToken).payload as { csrf: string }).csrf
  const guard = auth.guard({ renew: true })
  const post = (csrf = "") => guard(ask({ method: "POST", cookies, headers: { "x-csrf-token": csrf } }))
  expect(await post(pair.csrfToken)).toMatchObject({ allowed: false, code: "csrf_failed" })
  expect(await post(value)).toMatchObject({ allowed: true, identity: "u1" })
})
