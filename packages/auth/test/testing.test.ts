/** The kit for tests, as a program's own tests would use it. */
import { CookieJar, FakeClock, testAuth, testRequest } from "@jotkit/auth/testing"
import { expect, test } from "vitest"

test("a token that has expired is one whose clock went on", async () => {
  const { auth, clock } = testAuth()
  const { accessToken: token } = await auth.login("ada")
  expect(await auth.check(testRequest({ token }))).toMatchObject({ allowed: true, identity: "ada" })
  clock.advance("15m")
  expect(await auth.check(testRequest({ token }))).toMatchObject({ code: "token_expired" })
  expect(() => clock.advance("soon")).toThrow("`duration`")
})

test("two kits know nothing of each other", async () => {
  const token = await testAuth().auth.createAccessToken("ada")
  expect(await testAuth().auth.check(testRequest({ token }))).toMatchObject({ code: "signature_invalid" })
})

test("ids are what the test makes them", async () => {
  let made = 0
  const { auth } = testAuth({ newId: () => `id-${++made}` })
  const pair = await auth.login("ada", { transport: "cookie" })
  expect(pair.sessionId).toBe("id-1")
  expect(pair.csrfToken).toMatch(/^id-\d$/)
  expect(await auth.decodeToken(pair.accessToken)).toMatchObject({ sid: "id-1", jti: expect.stringMatching(/^id-\d$/) })
})

test("a jar of cookies does as a browser does", async () => {
  const { auth, clock } = testAuth({ cookies: { refresh: { path: "/auth" } } })
  const jar = new CookieJar(clock)
  expect(jar.header()).toBe("")
  jar.take((await auth.login("ada", { transport: "cookie" })).cookies)
  expect(jar.header("/")).toContain("__Host-access_token=")
  expect(jar.header("/")).not.toContain("refresh_token")
  expect(jar.header("/auth/refresh")).toContain("__Secure-refresh_token=")
  expect(jar.header("/authentic")).not.toContain("refresh_token")
  clock.advance("15m")
  const csrf = jar.get("__Host-csrf_token") ?? ""
  const headers = { "x-csrf-token": csrf }
  const request = testRequest({ method: "POST", url: "/auth", cookies: jar.header("/auth"), headers })
  expect(jar.header()).toBe(`__Host-csrf_token=${csrf}`)
  const next = await auth.refresh(request)
  jar.take(next.cookies)
  expect(await auth.check(testRequest({ cookies: jar.header() }))).toMatchObject({ allowed: true })
  jar.take(auth.clearCookies())
  expect(jar.header("/auth")).toBe("")
  expect(jar.get("__Host-csrf_token")).toBeUndefined()
})

test("cookies without an age stay until the browser closes", () => {
  const clock = new FakeClock(0)
  const jar = new CookieJar(clock)
  jar.take(["a=1; Path=/", "b=2; Max-Age=5"])
  clock.advance("1d")
  expect(jar.header()).toBe("a=1")
})
