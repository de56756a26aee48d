/** What the HTTP contract says of single requests, line by line. */
import { createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { type Asked, ask, bearer, jar, SECRET, START, standard } from "./asking.ts"

const { auth } = standard()
const token = await auth.createAccessToken("ada")
const byCookie = await auth.login("ada", { transport: "cookie" })
const cookies = jar(byCookie.cookies)
const csrf = byCookie.csrfToken ?? ""

function signed(claims: object, header: Readonly<Record<string, unknown>> = { typ: "at+jwt" }): string {
  const standardClaims = {
    iss: "https://api.example",
    aud: "https://api.example",
    sub: "ada",
    exp: START + 60,
    type: "access",
  }
  const payload = JSON.stringify({ ...standardClaims, ...claims })
  return signJws(payload, SECRET, { algorithm: "HS256", header })
}

interface Case {
  readonly title: string
  readonly request: Asked
  /** The code, or `allowed`. */
  readonly code: string
  readonly challenge?: string
}

function authorization(...lines: string[]): Asked {
  return { headers: { authorization: lines } }
}

const HEADERS: Case[] = [
  { title: "nothing", request: {}, code: "missing_token", challenge: "Bearer" },
  { title: "another scheme", request: authorization("Basic dXNlcg=="), code: "missing_token", challenge: "Bearer" },
  { title: "another scheme that begins alike", request: authorization("Bearerer x"), code: "missing_token" },
  { title: "a token without a scheme", request: authorization(token), code: "missing_token" },
  { title: "one token", request: authorization(`Bearer ${token}`), code: "allowed" },
  { title: "the scheme in lower case", request: authorization(`bearer ${token}`), code: "allowed" },
  { title: "the scheme in upper case", request: authorization(`BEARER ${token}`), code: "allowed" },
  { title: "the scheme alone", request: authorization("Bearer"), code: "malformed_token" },
  { title: "two spaces", request: authorization(`Bearer  ${token}`), code: "malformed_token" },
  { title: "a tab", request: authorization(`Bearer\t${token}`), code: "malformed_token" },
  { title: "two values", request: authorization(`Bearer ${token} ${token}`), code: "malformed_token" },
  { title: "a trailing comma", request: authorization(`Bearer ${token},`), code: "malformed_token" },
  { title: "a token that is no JWT", request: authorization("Bearer xxx"), code: "malformed_token" },
  { title: "a token in quotes", request: authorization(`Bearer "${token}"`), code: "malformed_token" },
  { title: "two lines", request: authorization(`Bearer ${token}`, `Bearer ${token}`), code: "invalid_request" },
  {
    title: "two lines of which one is ours",
    request: authorization("Basic dXNlcg==", `Bearer ${token}`),
    code: "invalid_request",
  },
  {
    title: "two lines that were joined",
    request: authorization(`Basic dXNlcg==, Bearer ${token}`),
    code: "invalid_request",
  },
]

const TOKENS: Case[] = [
  {
    title: "a signature of other bytes",
    request: authorization(`Bearer ${token.slice(0, -8)}AAAAAAAA`),
    code: "signature_invalid",
    challenge: 'Bearer error="invalid_token", error_description="signature_invalid"',
  },
  {
    title: "no signature",
    request: authorization(`Bearer ${token.slice(0, token.lastIndexOf(".") + 1)}`),
    code: "signature_invalid",
  },
  { title: "expired", request: authorization(`Bearer ${signed({ exp: START - 1 })}`), code: "token_expired" },
  { title: "expiring this second", request: authorization(`Bearer ${signed({ exp: START })}`), code: "token_expired" },
  { title: "no expiry", request: authorization(`Bearer ${signed({ exp: undefined })}`), code: "token_invalid" },
  {
    title: "expiry as text",
    request: authorization(`Bearer ${signed({ exp: "soon" })}`),
    code: "token_invalid",
  },
  { title: "not valid yet", request: authorization(`Bearer ${signed({ nbf: START + 60 })}`), code: "token_invalid" },
  {
    title: "another issuer",
    request: authorization(`Bearer ${signed({ iss: "https://other.example" })}`),
    code: "token_invalid",
  },
  { title: "another audience", request: authorization(`Bearer ${signed({ aud: "other" })}`), code: "token_invalid" },
  { title: "no subject", request: authorization(`Bearer ${signed({ sub: undefined })}`), code: "token_invalid" },
  { title: "another type", request: authorization(`Bearer ${signed({ type: "mail" })}`), code: "wrong_token_type" },
  { title: "no type", request: authorization(`Bearer ${signed({ type: undefined })}`), code: "wrong_token_type" },
  {
    title: "typ of a refresh token",
    request: authorization(`Bearer ${signed({}, { typ: "rt+jwt" })}`),
    code: "wrong_token_type",
  },
  { title: "typ JWT", request: authorization(`Bearer ${signed({}, { typ: "JWT" })}`), code: "wrong_token_type" },
  {
    title: "typ in full and in capitals",
    request: authorization(`Bearer ${signed({}, { typ: "application/AT+JWT" })}`),
    code: "allowed",
  },
  {
    title: "wrong typ and a wrong signature",
    request: authorization(`Bearer ${signed({}, { typ: "JWT" }).slice(0, -8)}AAAAAAAA`),
    code: "signature_invalid",
  },
  {
    title: "expired, and of another type",
    request: authorization(`Bearer ${signed({ exp: 1, type: "mail" })}`),
    code: "token_expired",
  },
  {
    title: "another algorithm",
    request: authorization(`Bearer ${encode({ sub: "ada" }, Jwk.generate("ES256"))}`),
    code: "token_invalid",
  },
  {
    title: "no algorithm",
    request: authorization(`Bearer ${encode({ sub: "ada" }, null, { algorithm: "none" })}`),
    code: "token_invalid",
  },
  {
    title: "an algorithm that does not exist",
    request: authorization("Bearer eyJhbGciOiJYWVoifQ.e30.AAAA"),
    code: "token_invalid",
  },
]

const COOKIES: Case[] = [
  { title: "GET without a CSRF value", request: { cookies }, code: "allowed" },
  { title: "HEAD without a CSRF value", request: { cookies, method: "HEAD" }, code: "allowed" },
  { title: "POST without a CSRF value", request: { cookies, method: "POST" }, code: "csrf_failed" },
  { title: "post in lower case without a CSRF value", request: { cookies, method: "post" }, code: "csrf_failed" },
  { title: "a method of one's own without a CSRF value", request: { cookies, method: "PURGE" }, code: "csrf_failed" },
  {
    title: "POST with the CSRF value",
    request: { cookies, method: "POST", headers: { "X-CSRF-Token": csrf } },
    code: "allowed",
  },
  {
    title: "POST with another CSRF value",
    request: { cookies, method: "POST", headers: { "x-csrf-token": `${csrf}x` } },
    code: "csrf_failed",
  },
  {
    title: "POST with a CSRF value of another alphabet",
    request: { cookies, method: "POST", headers: { "x-csrf-token": "ä" } },
    code: "csrf_failed",
  },
  {
    title: "POST with the CSRF value twice",
    request: { cookies, method: "POST", headers: { "x-csrf-token": [csrf, csrf] } },
    code: "csrf_failed",
  },
  {
    title: "POST from another site",
    request: { cookies, method: "POST", headers: { "x-csrf-token": csrf, "sec-fetch-site": "cross-site" } },
    code: "csrf_failed",
  },
  {
    title: "POST from a sibling, with the CSRF value",
    request: { cookies, method: "POST", headers: { "x-csrf-token": csrf, "sec-fetch-site": "same-site" } },
    code: "allowed",
  },
  {
    title: "a header from another site",
    request: { method: "POST", headers: { authorization: `Bearer ${token}`, "sec-fetch-site": "cross-site" } },
    code: "allowed",
  },
  { title: "one cookie twice", request: { cookies: `${cookies}; __Host-access_token=x` }, code: "invalid_request" },
  {
    title: "a cookie and a header",
    request: { cookies, headers: { authorization: `Bearer ${token}` } },
    code: "invalid_request",
  },
  {
    title: "another scheme beside the cookie",
    request: { cookies, headers: { authorization: "Basic dXNlcg==" } },
    code: "allowed",
  },
  { title: "an empty cookie", request: { cookies: "__Host-access_token=" }, code: "missing_token" },
  { title: "a cookie that is no token", request: { cookies: "__Host-access_token=x" }, code: "malformed_token" },
  { title: "names of the prototype", request: { cookies: "__proto__=x; constructor=y" }, code: "missing_token" },
  {
    title: "a token made for the header, in a cookie",
    request: { cookies: `__Host-access_token=${token}`, method: "POST", headers: { "x-csrf-token": "undefined" } },
    code: "csrf_failed",
  },
  { title: "a token in the address", request: { url: `/?jwt=${token}&access_token=${token}` }, code: "missing_token" },
  { title: "a token in the body", request: { method: "POST", json: { access_token: token } }, code: "missing_token" },
]

describe.each([
  ["the header", HEADERS],
  ["the token", TOKENS],
  ["cookies", COOKIES],
])("%s", (_, cases) => {
  test.each(cases)("$title: $code", async ({ request, code, challenge }) => {
    const verdict = await auth.check(ask(request))
    if (verdict.allowed) return expect(code).toBe("allowed")
    expect(verdict.code).toBe(code)
    expect(verdict.body).toEqual({ error: code, message: verdict.message })
    expect(verdict.status).toBe(code === "csrf_failed" ? 403 : code === "invalid_request" ? 400 : 401)
    expect(verdict.headers["www-authenticate"]).toBe(verdict.challenge)
    expect(verdict.challenge === undefined).toBe(verdict.status !== 401)
    if (challenge !== undefined) expect(verdict.challenge).toBe(challenge)
  })
})

describe("a guard", () => {
  test("that is optional lets only the absence of a token pass", async () => {
    const guard = auth.guard({ optional: true })
    expect(await guard(ask())).toMatchObject({ allowed: true, identity: undefined })
    expect(await guard(ask(authorization("Basic dXNlcg==")))).toMatchObject({ allowed: true, claims: undefined })
    expect(await guard(bearer("xxx"))).toMatchObject({ allowed: false, code: "malformed_token" })
    expect(await guard(ask(authorization("Bearer")))).toMatchObject({ allowed: false, code: "malformed_token" })
    expect(await guard(bearer(token))).toMatchObject({ allowed: true, identity: "ada" })
  })

  test("asks for all roles, and compares whole words", async () => {
    const both = await auth.createAccessToken("ada", { claims: { roles: ["admin", "audit"] } })
    const text = await auth.createAccessToken("ada", { claims: { roles: "admin audit" } })
    const guard = auth.guard({ roles: ["admin", "audit"] })
    expect(await guard(bearer(both))).toMatchObject({ allowed: true })
    expect(await guard(bearer(text))).toMatchObject({ status: 403, code: "insufficient_role", challenge: undefined })
    expect(await auth.check(bearer(both), { roles: "adm" })).toMatchObject({ code: "insufficient_role" })
  })

  test("takes tokens of a type of one's own, and only these", async () => {
    const mail = await auth.createToken("mail", "ada", { lifetime: "2d" })
    expect(await auth.check(bearer(mail), { type: "mail" })).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(mail))).toMatchObject({ code: "wrong_token_type" })
    expect(await auth.check(bearer(token), { type: "mail" })).toMatchObject({ code: "wrong_token_type" })
  })

  test("makes no token of a type that others would take for an access token", async () => {
    for (const type of ["", "at", "rt"])
      await expect(auth.createToken(type, "ada")).rejects.toMatchObject({ code: "argument_invalid" })
  })

  test("asks the loaders last, and hands the user on with its type", async () => {
    const asked: string[] = []
    const withUser = createAuth({
      key: SECRET,
      issuer: "i",
      audience: "a",
      loaders: {
        isRevoked: () => void asked.push("isRevoked"),
        accepts: ({ sub }) => asked.push("accepts") > 0 && sub !== "eve",
        user: async ({ sub }) => (asked.push("user") > 0 && sub === "ada" ? { name: "Ada" } : null),
      },
    })
    const verdict = await withUser.check(bearer(await withUser.createAccessToken("ada")))
    expect(verdict.allowed && verdict.user.name).toBe("Ada")
    expect(asked).toEqual(["isRevoked", "accepts", "user"])
    expect(await withUser.check(bearer(await withUser.createAccessToken("lin")))).toMatchObject({
      code: "user_not_found",
    })
    expect(await withUser.check(bearer(await withUser.createAccessToken("eve")))).toMatchObject({
      code: "token_invalid",
    })
    asked.length = 0
    expect(await withUser.check(bearer("xxx"))).toMatchObject({ code: "malformed_token" })
    expect(asked).toEqual([])
  })

  test("throws on what a loader throws, so that nobody passes", async () => {
    const broken = standard({
      loaders: {
        accepts: () => {
          throw new RangeError("the program's own fault")
        },
      },
    }).auth
    await expect(broken.check(bearer(await broken.createAccessToken("ada")))).rejects.toThrow(RangeError)
  })

  test("waits for a listener, so that what it rejects with is told to the caller and ends no process", async () => {
    const listening = standard({ onRefused: () => Promise.reject(new RangeError("the log is full")) })
    await expect(listening.auth.check(ask())).rejects.toThrow(RangeError)
  })

  test("lets responders and listeners see a failure, with claims once they are genuine", async () => {
    const seen: unknown[] = []
    const { auth: answering, clock } = standard({
      onRefused: ({ code }) => void seen.push(code),
      responders: {
        token_expired: ({ claims }) => ({ status: 419, body: { expired: claims?.sub } }),
        otherwise: ({ code, claims }) => ({ headers: { "x-why": code, "x-claims": String(claims) } }),
      },
    })
    const old = await answering.createAccessToken("ada")
    clock.seconds += 5000
    expect(await answering.check(bearer(old))).toMatchObject({ status: 419, body: { expired: "ada" } })
    expect(await answering.check(ask())).toMatchObject({
      status: 401,
      headers: { "x-why": "missing_token", "x-claims": "undefined" },
    })
    expect(seen).toEqual(["token_expired", "missing_token"])
  })

  test("keeps its body where a responder says of it that it is undefined", async () => {
    const { auth: moving } = standard({ responders: { missing_token: () => ({ status: 302, body: undefined }) } })
    expect(await moving.check(ask())).toMatchObject({ status: 302, body: { error: "missing_token" } })
  })
})

describe("a store that is away", () => {
  test("refuses with 503, whether it rejects or says nothing", async () => {
    for (const answer of [() => Promise.reject(new Error("down")), () => new Promise<never>(() => undefined)]) {
      const store = memoryStore()
      const { auth: waiting } = standard({ store, storeTimeout: 0.02 })
      const pair = await waiting.login("ada")
      store.isRevoked = answer
      store.rotate = answer
      const unavailable = { status: 503, code: "store_unavailable", challenge: undefined }
      expect(await waiting.check(bearer(pair.accessToken))).toMatchObject(unavailable)
      expect(await waiting.refresh(bearer(pair.refreshToken, { method: "POST" }))).toMatchObject(unavailable)
      expect(await waiting.logout(bearer(pair.accessToken, { method: "POST" }))).toMatchObject(unavailable)
    }
  })

  test("is not asked about access tokens where only refreshes are checked", async () => {
    const store = memoryStore()
    const { auth: relaxed } = standard({ store, check: "refresh-only" })
    const pair = await relaxed.login("ada")
    store.isRevoked = () => Promise.reject(new Error("down"))
    expect(await relaxed.check(bearer(pair.accessToken))).toMatchObject({ allowed: true })
  })

  test("is asked once in n seconds where answers are kept, and at once after a revocation here", async () => {
    const store = memoryStore()
    const ask = store.isRevoked.bind(store)
    let asked = 0
    store.isRevoked = (presented) => {
      asked++
      return ask(presented)
    }
    const { auth: keeping, clock } = standard({ store, check: { cachedFor: "10s" } })
    const pair = await keeping.login("ada")
    await keeping.check(bearer(pair.accessToken))
    await keeping.check(bearer(pair.accessToken))
    expect(asked).toBe(1)
    clock.seconds += 10
    await keeping.check(bearer(pair.accessToken))
    expect(asked).toBe(2)
    clock.seconds += 20
    await keeping.check(bearer(pair.accessToken))
    clock.seconds -= 10
    await keeping.check(bearer(pair.accessToken))
    expect(asked).toBe(4)
    await keeping.revokeSession(pair.sessionId)
    expect(await keeping.check(bearer(pair.accessToken))).toMatchObject({ code: "token_revoked" })
  })
})
