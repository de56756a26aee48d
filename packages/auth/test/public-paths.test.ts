/** One guard for a whole application: what is not plainly public is guarded. */
import { describe, expect, test } from "vitest"
import { ask, standard } from "./asking.ts"

const { auth } = standard()
const guard = auth.guard({ public: ["/login", "GET /health", "/static/*", "/.well-known/jwks.json"] })

async function isPublic(url: string, method = "GET"): Promise<boolean> {
  return (await guard(ask({ url, method }))).allowed
}

test.each([
  ["/login"],
  ["/login?next=/admin"],
  ["/login#x"],
  ["/static/app.css"],
  ["/static/a/b.js"],
  ["/static/"],
  ["/.well-known/jwks.json"],
  ["https://api.example/login"],
  ["https://api.example:8443/login?x"],
])("%s is public", async (url) => {
  expect(await isPublic(url)).toBe(true)
})

describe("a path that is not plainly public is guarded", () => {
  test.each([
    ["/"],
    [""],
    ["*"],
    ["login"],
    ["/LOGIN"],
    ["/Login"],
    ["/login/"],
    ["/login/x"],
    ["/loginx"],
    ["//login"],
    ["///login"],
    ["/./login"],
    ["/x/../login"],
    ["/static/../admin"],
    ["/static/./x"],
    ["/static/.."],
    ["/static/%2e%2e/admin"],
    ["/static/..%2fadmin"],
    ["/static/%2E%2E%2Fadmin"],
    ["/static//admin"],
    ["/static/..\\admin"],
    ["/static/..;/admin"],
    ["/static/a;jsessionid=1"],
    ["/static/%00"],
    ["/static/ä"],
    ["/static/a b"],
    ["/static/\n/admin"],
    ["/static"],
    ["/STATIC/app.css"],
    ["/l%6fgin"],
    ["/login%2f"],
    ["/login\t"],
    ["//evil.example/login"],
    ["/admin?/login"],
    ["/admin#/login"],
    ["https://api.example"],
    ["https://api.example//login"],
    ["https:/login"],
    ["https:///login"],
    ["https://api.example\\admin/login"],
    ["https://api.example@evil.example/login"],
    ["https://api.example%2fadmin/login"],
    ["ftp://api.example/login"],
  ])("%s", async (url) => {
    expect(await isPublic(url)).toBe(false)
  })
})

test("a method may be named, and HEAD asks for what GET answers", async () => {
  expect(await isPublic("/health", "GET")).toBe(true)
  expect(await isPublic("/health", "HEAD")).toBe(true)
  expect(await isPublic("/health", "POST")).toBe(false)
  expect(await isPublic("/login", "DELETE")).toBe(true)
})

test("a public path is not looked at, whoever asks, and a header cannot change the method", async () => {
  const headers = { authorization: "Bearer xxx", "x-http-method-override": "GET" }
  expect(await guard(ask({ url: "/login", headers }))).toMatchObject({ allowed: true, identity: undefined })
  expect(await guard(ask({ url: "/health", method: "POST", headers }))).toMatchObject({ allowed: false })
})

test.each([
  ["login"],
  ["/*"],
  ["*"],
  ["/a*"],
  ["/a/*/b"],
  ["/a//b"],
  ["/../a"],
  ["/a%20b"],
  ["get /a"],
  ["GET  /a"],
  [""],
])("the entry %j is refused when the guard is made", (entry) => {
  expect(() => auth.guard({ public: entry })).toThrow("`public`")
})
