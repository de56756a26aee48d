/** Whatever a client sends: an answer, never an exception, never a 500. */
import { type AuthOptions, createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import fc from "fast-check"
import { signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { type Asked, ask, jar, SECRET, START } from "./asking.ts"

const everywhere: AuthOptions = {
  key: SECRET,
  issuer: "i",
  audience: "a",
  locations: ["header", "cookie", "json", "query"],
  csrf: { formField: "csrf_token" },
  store: memoryStore(),
  now: () => START,
}
const native = createAuth(everywhere)
const compat = createAuth({ ...everywhere, store: memoryStore(), compat: "flask-jwt-extended" })

describe.each([
  ["natively", native],
  ["like Flask-JWT-Extended", compat],
])("%s", (_, auth) => {
  test("every request gets an answer below 500 from every door", async () => {
    const good = await auth.login("ada", { transport: "cookie" })
    const tokens = fc.constantFrom(good.accessToken, good.refreshToken, good.accessToken.slice(1), "xxx", "..", "")
    const anyToken = fc.oneof(tokens, forged, fc.string({ unit: "binary" }))
    const words = fc.constantFrom("Bearer", "bearer", "Basic", " ", "\t", ",", "=", ";", "")
    const line = fc.array(fc.oneof(words, anyToken, fc.constant(" ")), { maxLength: 6 }).map((parts) => parts.join(""))
    const names = fc.constantFrom("authorization", "cookie", "x-csrf-token", "sec-fetch-site", "content-type")
    const cookieNames = fc.constantFrom(
      "__Host-access_token",
      "access_token_cookie",
      "__Host-refresh_token",
      "__proto__",
    )
    const cookie = fc.array(fc.tuple(cookieNames, anyToken), { maxLength: 4 })
    const headers = fc.dictionary(names, fc.oneof(line, fc.array(line, { maxLength: 3 })))
    const request = fc.record({
      method: fc.constantFrom("GET", "POST", "post", "DELETE", "OPTIONS", ""),
      url: fc.oneof(
        fc.string(),
        anyToken.map((token) => `/?jwt=${token}`),
      ),
      headers,
      cookies: fc.oneof(
        cookie.map((pairs) => pairs.map((pair) => pair.join("=")).join("; ")),
        fc.constant(jar(good.cookies)),
      ),
      json: fc.oneof(fc.jsonValue(), fc.record({ access_token: fc.oneof(anyToken, fc.jsonValue()) })),
    })
    await fc.assert(
      fc.asyncProperty(request, (asked) => answersAll(auth, asked)),
      { numRuns: 300 },
    )
  })
})

/** Tokens with a good signature and whatever claims and header. */
const claims = fc.record(
  Object.fromEntries(
    ["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "type", "fresh", "csrf", "auth_time", "roles"].map(
      (name) => [
        name,
        fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom("i", "a", "access", "refresh", START + 60, START - 60)),
      ],
    ),
  ),
  { requiredKeys: [] },
)
const likely = { iss: "i", aud: "a", sub: "ada", exp: START + 60, type: "access" }
const forged = fc
  .tuple(claims, fc.constantFrom("at+jwt", "rt+jwt", "JWT"), fc.boolean())
  .map(([given, typ, isLikely]) =>
    signJws(JSON.stringify(isLikely ? { ...given, ...likely } : given), SECRET, {
      algorithm: "HS256",
      header: { typ },
    }),
  )

async function answersAll(auth: typeof native, asked: Asked): Promise<void> {
  const request = ask(asked)
  const bodyless = {
    ...request,
    readJson: () => Promise.reject(new Error("no body")),
    readForm: () => Promise.reject(new Error("no body")),
  }
  const verdicts = await Promise.all([
    auth.check(request),
    auth.check(request, { optional: true, roles: "admin" }),
    auth.check(request, { type: ["access", "refresh", "mail"], fresh: true }),
    auth.check(request, { renew: { within: 60 }, public: "/static/*", optional: "ignore-invalid" }),
    auth.check(bodyless, { type: "refresh" }),
    auth.refresh(request),
    auth.logout(request),
  ])
  for (const verdict of verdicts) {
    if (verdict.allowed) continue
    expect(verdict.status).toBeGreaterThanOrEqual(400)
    expect(verdict.status).toBeLessThan(500)
    for (const value of Object.values(verdict.headers)) expect(value).toMatch(/^[\x20-\x7e]*$/)
  }
}
