/** The attacks on web programs that the threat notes name, by number: B1 to B35. What another file asks is listed with its name. */
import { readFileSync } from "node:fs"
import { createAuth, Failure } from "@jotkit/auth"
import { fetchRequest } from "@jotkit/auth/fetch"
import { memoryStore } from "@jotkit/auth/memory"
import { testAuth, testRequest } from "@jotkit/auth/testing"
import { decodeUnverified, encode, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { type Asked, ask, bearer, jar, SECRET, START, standard } from "./asking.ts"

const { auth } = standard()
const token = await auth.createAccessToken("ada")
const pair = await auth.login("ada", { transport: "cookie" })
const other = await auth.login("ada", { transport: "cookie" })
const cookies = jar(pair.cookies)
const csrf = { "x-csrf-token": pair.csrfToken ?? "" }

async function codeOf(request: Asked, how = auth): Promise<string> {
  const verdict = await how.check(ask(request))
  return verdict.allowed ? "allowed" : verdict.code
}

test.each([
  [`bearer ${token}`, "allowed"],
  [`BEARER ${token}`, "allowed"],
  [`Bearer  ${token}`, "malformed_token"],
  [`Bearer\t${token}`, "malformed_token"],
  ["Bearer", "malformed_token"],
  [`Bearer ${token},Bearer ${token}`, "invalid_request"],
  [[`Bearer ${token}`, `Bearer ${token}`], "invalid_request"],
  ["Basic dXNlcg==", "missing_token"],
  [`Bearer "${token}"`, "malformed_token"],
] as const)("B1: one form of the header: %j is %s", async (authorization, code) => {
  expect(await codeOf({ headers: { authorization } })).toBe(code)
})

test("B2: two places at once are none", async () => {
  expect(await codeOf({ token, cookies })).toBe("invalid_request")
})

test("B3: a token in the address is not read, and a refresh token never", async () => {
  expect(await codeOf({ url: `/?access_token=${token}&jwt=${token}` })).toBe("missing_token")
  const { auth: byQuery } = standard({ locations: ["query", "header"] })
  const { refreshToken } = await byQuery.login("ada")
  const request = ask({ method: "POST", url: `/?jwt=${refreshToken}` })
  expect(await byQuery.refresh(request)).toMatchObject({ code: "missing_token" })
})

test("two tokens in one address are none, and another library's server takes the first", async () => {
  const url = `/?jwt=${token}&jwt=${token}`
  expect(await codeOf({ url }, standard({ locations: "query" }).auth)).toBe("invalid_request")
  const { auth: compat } = standard({ locations: "query", compat: "flask-jwt-extended" })
  const theirs = await compat.createAccessToken("ada")
  expect(await codeOf({ url: `/?jwt=${theirs}&jwt=x` }, compat)).toBe("allowed")
})

test("a body without an end is not kept while a token is looked for in it", async () => {
  const { auth: byJson } = standard({ locations: ["json", "cookie"], csrf: { formField: "csrf" } })
  const { cookies: set } = await byJson.login("ada", { transport: "cookie" })
  let sent = 0
  const endless = (type: string) => {
    const body = new ReadableStream({
      pull(controller) {
        sent += 1_048_576
        controller.enqueue(new Uint8Array(1_048_576).fill(0x5b))
      },
    })
    const init = { method: "POST", headers: { "content-type": type, cookie: jar(set) }, body, duplex: "half" }
    return new Request("https://api.example/", init as RequestInit)
  }
  for (const type of ["application/json", "application/x-www-form-urlencoded"])
    expect(await byJson.check(fetchRequest(endless(type)))).toMatchObject({ code: "csrf_failed" })
  expect(sent).toBeLessThan(50_000_000)
})

describe("B4: another site has a browser send its cookies", () => {
  const post = { method: "POST", cookies }
  test.each<[string, Asked, string]>([
    ["no CSRF value", post, "csrf_failed"],
    ["a wrong one", { ...post, headers: { "x-csrf-token": "x" } }, "csrf_failed"],
    ["that of another session", { ...post, headers: { "x-csrf-token": other.csrfToken ?? "" } }, "csrf_failed"],
    ["a body of text", { ...post, headers: { "content-type": "text/plain" } }, "csrf_failed"],
    [
      "a type in odd letters",
      { ...post, headers: { "content-type": "Application/X-WWW-Form-Urlencoded" } },
      "csrf_failed",
    ],
    ["a method of its own", { ...post, method: "post" }, "csrf_failed"],
    ["the value, across sites", { ...post, headers: { ...csrf, "sec-fetch-site": "cross-site" } }, "csrf_failed"],
    ["the value", { ...post, headers: csrf }, "allowed"],
    ["GET", { cookies }, "allowed"],
    ["OPTIONS", { method: "OPTIONS", cookies }, "allowed"],
    ["OPTIONS without a cookie", { method: "OPTIONS" }, "missing_token"],
  ])("%s", async (_, request, code) => {
    expect(await codeOf(request)).toBe(code)
  })

  const listed = standard({ csrf: { origins: ["https://app.example", "https://app.example:8443"] } }).auth
  const lenient = standard({ csrf: { origins: "https://app.example", unknownOrigin: "allow" } }).auth
  const page = (headers: Asked["headers"]) => ({ ...csrf, ...headers })

  test.each<[string, Asked["headers"], boolean]>([
    ["our origin", { origin: "https://app.example" }, true],
    ["our origin on another port", { origin: "https://app.example:8443" }, true],
    ["a missing Origin, and our Referer", { referer: "https://app.example/page?x=1" }, true],
    ["a page of this origin", { "sec-fetch-site": "same-origin" }, true],
    ["an address that was typed", { "sec-fetch-site": "none" }, true],
    ["a sibling that is listed", { "sec-fetch-site": "same-site", origin: "https://app.example" }, true],
    ["a sibling that is not", { "sec-fetch-site": "same-site", origin: "https://blog.example" }, false],
    ["a foreign Referer", { referer: "https://evil.example/" }, false],
    ["a Referer that is none", { referer: "app.example" }, false],
    ["two Origins", { origin: ["https://app.example", "https://app.example"] }, false],
    ["neither header", {}, false],
    ["Sec-Fetch-Site twice", { "sec-fetch-site": ["same-origin", "same-origin"] }, false],
    // B6
    ["Origin null", { origin: "null" }, false],
    ["an origin that begins like ours", { origin: "https://app.example.evil.example" }, false],
    ["an origin with ours as its user", { origin: "https://app.example@evil.example" }, false],
    ["our host without a scheme", { origin: "app.example" }, false],
    ["our host in the clear", { origin: "http://app.example" }, false],
    ["our origin in capitals", { origin: "HTTPS://APP.EXAMPLE" }, false],
    ["an Origin that fits no Referer", { origin: "https://evil.example", referer: "https://app.example/" }, false],
  ])("B4, B6: with a list of origins: %s", async (_, headers, passes) => {
    const login = await listed.login("ada", { transport: "cookie" })
    const sent = { ...page(headers), "x-csrf-token": login.csrfToken ?? "" }
    const request = { method: "POST", cookies: jar(login.cookies), headers: sent }
    expect(await codeOf(request, listed)).toBe(passes ? "allowed" : "csrf_failed")
    expect((await listed.refuseCrossSite(ask({ method: "POST", headers: sent }))) === undefined).toBe(passes)
    expect(await codeOf({ ...request, method: "GET" }, listed)).toBe("allowed")
  })

  test("programs that send neither header may pass where the options say so", async () => {
    const login = await lenient.login("ada", { transport: "cookie" })
    const headers = { "x-csrf-token": login.csrfToken ?? "" }
    const request = { method: "POST", cookies: jar(login.cookies), headers }
    expect(await codeOf(request, lenient)).toBe("allowed")
    expect(await codeOf({ ...request, headers: { ...headers, origin: "null" } }, lenient)).toBe("csrf_failed")
    const options = { key: SECRET, issuer: "i", audience: "a" }
    for (const origins of ["app.example", "https://app.example/", "*", "null", "https://APP.example"])
      expect(() => createAuth({ ...options, csrf: { origins } })).toThrow("`csrf.origins`")
  })
})

test("B5: a sibling's CSRF cookie is worth nothing, nor its pair under another name", async () => {
  const tossed = `${cookies}; __Host-csrf_token=x; csrf_token=x; access_token=${other.accessToken}`
  const headers = { "x-csrf-token": "x" }
  expect(await codeOf({ method: "POST", cookies: tossed, headers })).toBe("csrf_failed")
  for (const cookie of pair.cookies) expect(cookie).toMatch(/^__Host-[^;]*;.*Path=\/;.*Secure/)
})

test("B7: cookies are as they must be; one that no browser keeps is refused by its name, cookies in the clear off this machine", async () => {
  const [access = "", refresh = "", readable = ""] = pair.cookies
  expect(access).toContain("; HttpOnly; Secure; SameSite=Lax")
  expect(refresh).toContain("; HttpOnly; Secure; SameSite=Strict")
  expect(readable).not.toContain("HttpOnly")
  const claims = { text: "x".repeat(4096) }
  await expect(auth.login("ada", { transport: "cookie", claims })).rejects.toThrow("__Host-access_token")
  const insecure = (issuer: string, audience = issuer) =>
    createAuth({ key: SECRET, issuer, audience, cookies: { secure: false } })
  for (const address of ["http://localhost:8787", "http://127.0.0.1", "http://[::1]:80", "http://app.localhost"])
    expect(() => insecure(address)).not.toThrow()
  for (const address of [
    "https://api.example",
    "api",
    "http://localhost.evil.example",
    "http://10.0.0.1",
    "http://127.0.0.1.nip.io",
  ])
    expect(() => insecure(address)).toThrow("`cookies.secure`")
  expect(() => insecure("http://localhost", "https://api.example")).toThrow("`cookies.secure`")
})

test("B8: nothing can be put into a cookie's line", async () => {
  const options = { key: SECRET, issuer: "i", audience: "a" }
  for (const evil of ["a\r\nSet-Cookie: b", "a;b", "a,b", "a b", "ä"]) {
    expect(() => createAuth({ ...options, cookies: { access: { name: evil } } })).toThrow("`cookies.access.name`")
    expect(() => createAuth({ ...options, cookies: { domain: evil } })).toThrow("`cookies.domain`")
    expect(() => auth.clearCookies({ domain: evil })).toThrow("`domain`")
  }
  expect(() => createAuth({ ...options, cookies: { access: { path: "/\r\n" } } })).toThrow("`cookies.access.path`")
  const { auth: odd } = testAuth({ newId: () => "a;b\r\nc" })
  for (const cookie of (await odd.login("ada", { transport: "cookie" })).cookies)
    expect(cookie).not.toMatch(/[\r\n]|a;b/)
})

test("B9: a cookie that came twice is ambiguous, and names of the prototype are names", async () => {
  expect(await codeOf({ cookies: `${cookies}; __Host-access_token=x` })).toBe("invalid_request")
  expect(await codeOf({ cookies: "__proto__=x; constructor=y; toString=z" })).toBe("missing_token")
})

test("B10: a refresh token that is used twice ends the family, and is told to whoever listens", async () => {
  const seen: string[] = []
  const { auth: strict, clock } = standard({ refresh: { grace: 0 }, onRefused: ({ code }) => void seen.push(code) })
  const first = await strict.login("ada")
  const next = await strict.refresh(bearer(first.refreshToken, { method: "POST" }))
  clock.seconds += 1
  expect(await strict.refresh(bearer(first.refreshToken, { method: "POST" }))).toMatchObject({ allowed: false })
  expect(seen).toEqual(["refresh_token_reused"])
  expect(next.allowed && (await strict.check(bearer(next.accessToken)))).toMatchObject({ code: "token_revoked" })
})

test("B11: of 50 uses at once every one gets a pair of the one family, or with no grace exactly one does", async () => {
  for (const [grace, good] of [
    ["10s", 32],
    [0, 1],
  ] as const) {
    const { auth: racing } = standard({ refresh: { grace } })
    const { refreshToken } = await racing.login("ada")
    const race = await Promise.all(
      Array.from({ length: 50 }, () => racing.refresh(bearer(refreshToken, { method: "POST" }))),
    )
    expect(race.filter(({ allowed }) => allowed)).toHaveLength(good)
  }
})

test("B12: access, refresh and ID tokens do not pass for each other: by `type`, `typ` and audience", async () => {
  const both = testAuth({ key: SECRET, audience: "https://rs.example" }).auth
  const { accessToken, refreshToken } = await both.login("ada")
  expect(await both.check(bearer(refreshToken))).toMatchObject({ code: "wrong_token_type" })
  expect(await both.refresh(bearer(accessToken, { method: "POST" }))).toMatchObject({ code: "wrong_token_type" })
  expect(decodeUnverified(refreshToken).payload).toMatchObject({ aud: "https://api.example" })
  expect(decodeUnverified(accessToken).payload).toMatchObject({ aud: "https://rs.example" })
  const disguised = (claims: object, typ: string) => {
    const usual = { iss: "https://api.example", sub: "ada", exp: START + 60, jti: "x", sid: "s" }
    return signJws(JSON.stringify({ ...usual, ...claims }), SECRET, { algorithm: "HS256", header: { typ } })
  }
  const refreshForRs = disguised({ aud: "https://rs.example", type: "refresh" }, "rt+jwt")
  expect(await both.refresh(bearer(refreshForRs, { method: "POST" }))).toMatchObject({ code: "token_invalid" })
  const accessForIssuer = disguised({ aud: "https://api.example", type: "access" }, "at+jwt")
  expect(await both.check(bearer(accessForIssuer))).toMatchObject({ code: "token_invalid" })
  const idToken = disguised({ aud: "https://rs.example", nonce: "n" }, "JWT")
  expect(await both.check(bearer(idToken))).toMatchObject({ code: "wrong_token_type" })
  const renamed = disguised({ aud: "https://rs.example", type: "access" }, "rt+jwt")
  expect(await both.check(bearer(renamed))).toMatchObject({ code: "wrong_token_type" })
})

test("B13: what was revoked is refused: a token, a family, everything of a user until now; and everything while the store is away", async () => {
  const store = memoryStore()
  const { auth: own, clock } = standard({ store })
  const [one, two, three] = [await own.createAccessToken("ada"), await own.login("ada"), await own.login("ada")]
  await own.revokeToken(one)
  expect(await own.check(bearer(one))).toMatchObject({ code: "token_revoked" })
  await own.revokeSession(two.sessionId)
  expect(await own.check(bearer(two.accessToken))).toMatchObject({ code: "token_revoked" })
  await own.revokeSubject("ada")
  expect(await own.check(bearer(three.accessToken))).toMatchObject({ code: "token_revoked" })
  clock.seconds += 1
  const fresh = await own.login("ada")
  expect(await own.check(bearer(fresh.accessToken))).toMatchObject({ allowed: true })
  store.isRevoked = () => Promise.reject(new Error("down"))
  expect(await own.check(bearer(fresh.accessToken))).toMatchObject({ status: 503, code: "store_unavailable" })
})

test("B14: after a logout the access token is refused, and the cookies go with the attributes they came with", async () => {
  const login = await auth.login("ada", { transport: "cookie" })
  const headers = { "x-csrf-token": login.csrfToken ?? "" }
  const out = await auth.logout(ask({ method: "POST", cookies: jar(login.cookies), headers }))
  expect(await auth.check(bearer(login.accessToken))).toMatchObject({ code: "token_revoked" })
  const attributes = (cookie: string) => cookie.replace(/=[^;]*/, "").replaceAll(/; (?:Max-Age|Expires)=[^;]*/g, "")
  expect(out.cookies.map(attributes).sort()).toEqual(login.cookies.map(attributes).sort())
})

test("B15: every login has a session and a CSRF value of its own, whatever came before", async () => {
  expect(other.sessionId).not.toBe(pair.sessionId)
  expect(other.csrfToken).not.toBe(pair.csrfToken)
  expect(await codeOf({ method: "POST", cookies: jar(other.cookies), headers: csrf })).toBe("csrf_failed")
})

test("B16: roles are as old as their token, unless a loader asks, and a refresh asks in any case", async () => {
  let roles = ["admin"]
  const { auth: own } = standard({ loaders: { claims: () => ({ roles }) } })
  const login = await own.login("ada")
  roles = []
  expect(await own.check(bearer(login.accessToken), { roles: "admin" })).toMatchObject({ allowed: true })
  const next = await own.refresh(bearer(login.refreshToken, { method: "POST" }))
  expect(next.allowed && (await own.check(bearer(next.accessToken), { roles: "admin" }))).toMatchObject({ status: 403 })
  const { auth: asking } = standard({ loaders: { accepts: ({ sub }) => sub !== "ada" } })
  expect(await asking.check(bearer(await asking.createAccessToken("ada")))).toMatchObject({ code: "token_invalid" })
})

test("B17: a token that is not fresh does not do where one is asked for, nor after the age of the login", async () => {
  const { auth: own, clock } = standard({ lifetimes: { access: "1h" } })
  const login = await own.login("ada")
  const next = await own.refresh(bearer(login.refreshToken, { method: "POST" }))
  expect(next.allowed && (await own.check(bearer(next.accessToken), { fresh: true }))).toMatchObject({ status: 401 })
  clock.seconds += 61
  expect(await own.check(bearer(login.accessToken), { fresh: { maxAge: 60 } })).toMatchObject({
    code: "fresh_token_required",
  })
})

test("B19: a bad token on an optional route is an error, unless the route says by name that it is none", async () => {
  for (const bad of ["xxx", `${token}x`, await standard({ lifetimes: { access: 1 } }).auth.createAccessToken("ada")]) {
    const { auth: late, clock } = standard()
    clock.seconds += 1
    expect(await late.check(bearer(bad), { optional: true })).toMatchObject({ allowed: false, status: 401 })
    expect(await late.check(bearer(bad), { optional: "ignore-invalid" })).toMatchObject({ identity: undefined })
  }
  const wrong = ask({ method: "POST", cookies })
  expect(await auth.check(wrong, { optional: "ignore-invalid" })).toMatchObject({ status: 403 })
  expect(() => auth.guard({ optional: "ignore" as "ignore-invalid" })).toThrow("`optional`")
})

test("B20: an answer tells the code and nothing of the token, and no cache keeps it", async () => {
  const claims = { secret: "s3cr3t-claim" }
  const bad = await auth.createAccessToken("mallory-subject", { claims, lifetime: 1 })
  const { auth: late, clock } = standard()
  clock.seconds += 5
  for (const request of [bearer(bad), bearer(`${bad}x`), bearer("Bearer"), ask({ method: "POST", cookies })]) {
    const verdict = await late.check(request)
    if (verdict.allowed) throw new Error("allowed")
    const told = JSON.stringify([verdict.body, verdict.headers])
    for (const word of ["s3cr3t", "mallory", bad, SECRET, "    at "]) expect(told).not.toContain(word)
    expect(verdict.headers["cache-control"]).toBe("no-store")
    expect(verdict.body).toEqual({ error: verdict.code, message: expect.any(String) })
  }
})

test("B21: names that a token brings do not reach the answer, and a failure has no token to log", async () => {
  const evil = "x\r\n\u001b[31mset-cookie: a=b"
  const request = bearer(signJws("{}", SECRET, { algorithm: "HS256", header: { kid: evil } }))
  const failures: Failure[] = []
  const { auth: listening } = standard({ onRefused: (failure) => void failures.push(failure) })
  const verdict = await listening.check(request)
  expect(JSON.stringify(verdict)).not.toContain("set-cookie: a=b")
  for (const value of Object.values(verdict.allowed ? {} : verdict.headers)) expect(value).toMatch(/^[\x20-\x7e]*$/)
  await listening.check(bearer(`${token}x`))
  expect(failures).toHaveLength(2)
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(Failure)
    expect(JSON.stringify(failure)).not.toContain(token.slice(0, 40))
  }
})

test("B23: bad tokens leave nothing behind, and whoever counts them is told of each", async () => {
  let refused = 0
  const store = memoryStore()
  const { auth: own } = standard({ store, check: { cachedFor: 60 }, onRefused: () => void refused++ })
  store.isRevoked = () => Promise.reject(new Error("asked for a token that nobody has made"))
  for (let count = 0; count < 1000; count++) {
    const forged = encode({ sub: "ada", jti: String(count) }, "f".repeat(32), { algorithm: "HS256" })
    expect(await own.check(bearer(forged))).toMatchObject({ code: "signature_invalid" })
  }
  expect(refused).toBe(1000)
})

test("B28: what a proxy might have said is not believed", async () => {
  const headers = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", forwarded: "host=evil.example" }
  const login = await auth.login("ada", { transport: "cookie" })
  const verdict = await auth.check(
    ask({ cookies: jar(login.cookies), headers: { ...headers, origin: "https://evil.example" } }),
    {
      origins: "https://app.example",
    },
  )
  expect(verdict).toMatchObject({ code: "csrf_failed" })
  const next = await auth.refresh(
    ask({
      method: "POST",
      cookies: jar(login.cookies),
      headers: { ...headers, "x-csrf-token": login.csrfToken ?? "" },
    }),
  )
  for (const cookie of next.cookies) expect(cookie).toMatch(/^__Host-.*Secure/)
})

test("B29: no answer speaks of CORS", async () => {
  const verdict = await auth.check(ask({ headers: { origin: "https://evil.example" } }))
  expect(
    Object.keys(verdict.allowed ? {} : verdict.headers).filter((name) => name.startsWith("access-control")),
  ).toEqual([])
})

test("B32: two requests at once do not mix", async () => {
  const { auth: slow } = standard<string>({
    loaders: {
      async user({ sub }) {
        await new Promise((done) => setImmediate(done))
        return sub
      },
    },
  })
  const names = Array.from({ length: 20 }, (_, index) => `user${index}`)
  const tokens = await Promise.all(names.map((name) => slow.createAccessToken(name)))
  const guard = slow.guard()
  const verdicts = await Promise.all(tokens.map((one) => guard(bearer(one))))
  expect(verdicts.map((verdict) => verdict.allowed && verdict.user)).toEqual(names)
})

test("B34: claims are data: nothing is made of what stands in them", async () => {
  const claims = { name: "<script>alert(1)</script>" }
  const verdict = await auth.check(bearer(await auth.createAccessToken("ada", { claims })))
  expect(verdict.allowed && verdict.claims["name"]).toBe(claims.name)
})

test("B35: clocks may differ by 5 s unless the options say otherwise, and by 10 minutes at most", async () => {
  const now = () => START
  const usual = createAuth({ key: SECRET, issuer: "i", audience: "a", now })
  const late = createAuth({ key: SECRET, issuer: "i", audience: "a", now: () => START + 904 })
  const tooLate = createAuth({ key: SECRET, issuer: "i", audience: "a", now: () => START + 905 })
  const made = testRequest({ token: await usual.createAccessToken("ada") })
  expect(await late.check(made)).toMatchObject({ allowed: true })
  expect(await tooLate.check(made)).toMatchObject({ code: "token_expired" })
  expect(() => createAuth({ key: SECRET, issuer: "i", audience: "a", leeway: "11m" })).toThrow("`leeway`")
})

/** Asked in other files, where the sentence stands that is given here; or no affair of this package. */
const ELSEWHERE: Readonly<Record<string, readonly [file: string, sentence: string] | string>> = {
  B18: ["scopes.test.ts", "scope"],
  B22: ["contract.test.ts", "a wrong name and a wrong password are told alike"],
  B24: "no redirects are made here",
  B25: "no OAuth client is in here",
  B26: ["dpop.test.ts", "proof"],
  B27: "tokens are bound by DPoP; the reason stands in docs/explanation/why-not.md",
  B30: ["public-paths.test.ts", "a header cannot change the method"],
  B31: ["whole-app.test.ts", "fails closed where a handler stands before the guard"],
  B33: ["upgrade.test.ts", "upgrade"],
}

test("every attack is asked here, or elsewhere, or is no affair of this package", () => {
  const here = readFileSync(new URL(import.meta.url), "utf8")
  for (let number = 1; number <= 35; number++) {
    const name = `B${number}`
    const elsewhere = ELSEWHERE[name]
    if (elsewhere === undefined)
      expect(here).toMatch(
        new RegExp(`(?:test|describe)[^\\n]*\\b${name}\\b|// ${name}\\n|^\\] as const\\)\\("${name}:`, "m"),
      )
    else if (typeof elsewhere !== "string")
      expect(readFileSync(new URL(elsewhere[0], import.meta.url), "utf8")).toContain(elsewhere[1])
  }
})

test("a header of commas is read in a time that grows with its length alone", async () => {
  const { auth } = standard({ compat: "flask-jwt-extended" })
  const cost = async (commas: number) => {
    const request = ask({ headers: { authorization: `a${",".repeat(commas)}b` } })
    const since = performance.now()
    await auth.check(request)
    return performance.now() - since
  }
  await cost(1000)
  // Trying from every comma again would take minutes.
  expect(await cost(1_000_000)).toBeLessThan(5000)
})
