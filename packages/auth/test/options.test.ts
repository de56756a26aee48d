import { type AuthOptions, createAuth, type TokenLocation } from "@jotkit/auth"
import { decodeUnverified, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { ask, bearer, SECRET, START, standard } from "./asking.ts"

const least = { key: SECRET, issuer: "i", audience: "a" }

/** Options that a program without types may give. */
function make(options: object) {
  return () => createAuth(options as AuthOptions)
}

describe("options", () => {
  test.each([
    [{ ...least, isuer: "x" }, "did you mean `issuer`"],
    [{ ...least, cookies: { securre: true } }, "cookies has no option `securre`; did you mean `secure`"],
    [{ ...least, loaders: { users: () => null } }, "did you mean `user`"],
    [{ ...least, zzzzzzzz: 1 }, "known are key, "],
    [{ issuer: "i", audience: "a" }, "`key`"],
    [{ key: SECRET, audience: "a" }, "`issuer`"],
    [{ key: SECRET, issuer: "i" }, "`audience`"],
    [{ ...least, audience: [] }, "`audience`"],
    [{ ...least, locations: [] }, "`locations`"],
    [{ ...least, locations: ["header", "banana"] }, "`locations`"],
    [{ ...least, locations: ["header", "header"] }, "`locations`"],
    [{ ...least, lifetimes: { access: 0 } }, "`lifetimes.access`"],
    [{ ...least, lifetimes: { access: -5 } }, "`lifetimes.access`"],
    [{ ...least, lifetimes: { refresh: "banana" } }, "`lifetimes.refresh`"],
    [{ ...least, lifetimes: { refresh: true } }, "`lifetimes.refresh`"],
    [{ ...least, leeway: "1h" }, "`leeway`"],
    [{ ...least, refresh: { grace: "5m" } }, "`refresh.grace`"],
    [{ ...least, header: { name: "" } }, "`header.name`"],
    [{ ...least, header: { name: "a b" } }, "`header.name`"],
    [{ ...least, csrf: { methods: "" } }, "`csrf.methods`"],
    [{ ...least, check: { cachedFor: 0 } }, "`check.cachedFor`"],
    [{ ...least, cache: { maxSize: 0 } }, "`cache.maxSize`"],
    [{ ...least, cache: { ttl: 0 } }, "`cache.ttl`"],
    [{ ...least, cache: "1h" }, "cache"],
    [{ ...least, check: "sometimes" }, "`check`"],
    [{ ...least, store: {} }, "`store`"],
    [{ ...least, keyRing: {} }, "`keyRing`"],
    [{ ...least, responders: { token_expired: "x" } }, "`responders.token_expired`"],
    [{ ...least, now: 5 }, "`now`"],
    [{ ...least, compat: "express-jwt" }, "`compat`"],
    [{ ...least, cookies: { secure: false, access: { name: "__Host-a" } } }, "`cookies.access.name`"],
    [{ ...least, cookies: { access: { name: "__host-a", path: "/x" } } }, "`cookies.access.name`"],
    [{ ...least, cookies: { domain: "example.com", csrf: { name: "__Host-a" } } }, "`cookies.csrf.name`"],
    [{ ...least, cookies: { secure: false, refresh: { name: "__Secure-a" } } }, "`cookies.refresh.name`"],
    [{ ...least, cookies: { secure: false, access: { sameSite: "none" } } }, "`cookies.access.sameSite`"],
    [{ ...least, cookies: { access: { sameSite: "junk" } } }, "`cookies.access.sameSite`"],
    [{ ...least, cookies: { secure: false, partitioned: true } }, "`cookies.partitioned`"],
    [{ ...least, cookies: { access: { name: "a;b" } } }, "`cookies.access.name`"],
    [{ ...least, cookies: { access: { path: "/;" } } }, "`cookies.access.path`"],
    [{ ...least, cookies: { domain: "a;b" } }, "`cookies.domain`"],
    [{ ...least, cookies: { secure: false } }, "`cookies.secure`"],
    [{ ...least, csrf: { refresh: { header: "a b" } } }, "`csrf.refresh.header`"],
    [{ ...least, csrf: { unknownOrigin: "pass" } }, "`csrf.unknownOrigin`"],
    [{ ...least, refresh: { locations: "banana" } }, "`refresh.locations`"],
    [{ ...least, challenge: { error: "x" } }, "`challenge`"],
    [{ ...least, challenge: { "a b": "x" } }, "`challenge`"],
    [{ ...least, challenge: { realm: 'a"b' } }, "`challenge.realm`"],
    [{ ...least, challenge: { realm: "a\r\nb" } }, "`challenge.realm`"],
    [{ ...least, challenge: "realm" }, "`challenge`"],
    [{ ...least, challenge: ["realm"] }, "`challenge`"],
    [{ ...least, storeTimeout: "30d" }, "`storeTimeout`"],
    [{ ...least, cookies: { access: { name: "t" }, refresh: { name: "t" } } }, "`cookies.refresh.name`"],
    [{ ...least, cookies: { access: { name: "t" }, csrf: { name: "t" } } }, "`cookies.csrf.name`"],
    [{ ...least, cookies: { refresh: { name: "t" }, refreshCsrf: { name: "t" } } }, "`cookies.refreshCsrf.name`"],
    [{ ...least, newId: "x" }, "`newId`"],
    [{ ...least, compat: {} }, "`compat`"],
    [{ ...least, compat: { library: "flask-jwt-extended", identityClaim: "" } }, "`compat.identityClaim`"],
    [{ ...least, compat: { library: "flask-jwt-extended", anySubjct: true } }, "did you mean `anySubject`"],
    [{ ...least, algorithms: ["HS512"] }, "32 bytes long"],
    [{ ...least, algorithms: [] }, "`algorithms`"],
  ])("%o: %s", (options, message) => {
    expect(make(options)).toThrow(message)
  })

  test("are copied: the caller's own lists stay theirs, and what becomes of them changes nothing", async () => {
    const locations: TokenLocation[] = ["header"]
    const audience = ["a"]
    const methods = ["POST"]
    const cookies = { access: { name: "t" } }
    const options = { ...least, locations, audience, cookies, csrf: { methods } }
    const auth = createAuth(options)
    locations.push("query")
    audience[0] = "b"
    methods.pop()
    cookies.access.name = "u"
    options.issuer = "j"
    const token = await auth.createAccessToken("ada")
    expect(decodeUnverified(token).payload).toMatchObject({ iss: "i", aud: "a" })
    expect(await auth.check(ask({ url: `/?jwt=${token}` }))).toMatchObject({ code: "missing_token" })
    expect(await auth.setCookies({ access: token })).toEqual([expect.stringMatching(/^t=/)])
  })

  test("of a guard are read when it is made", () => {
    const { auth } = standard()
    // @ts-expect-error: a name that does not exist
    expect(() => auth.guard({ optonal: true })).toThrow("did you mean `optional`")
    expect(() => auth.guard({ locations: [] })).toThrow("`locations`")
    expect(() => auth.guard({ roles: "" })).toThrow("`roles`")
    expect(() => auth.guard({ fresh: { maxAge: "x" } })).toThrow("`fresh.maxAge`")
  })

  test("may be changed afterwards without effect", async () => {
    const audience = ["a"]
    const auth = createAuth({ ...least, audience })
    audience.push("b")
    const verdict = await auth.check(bearer(await auth.createAccessToken("ada")))
    expect(verdict.allowed && verdict.claims.aud).toBe("a")
  })

  test("take a key in every form, and verify with a public one alone", async () => {
    const key = Jwk.generate("ES256", { keyId: "k" })
    const issuer = createAuth({ ...least, key: key.toPrivatePem(), algorithm: "ES256" })
    const reader = createAuth({ ...least, key: key.publicKey() })
    const token = await issuer.createAccessToken("ada")
    expect(await reader.check(bearer(token))).toMatchObject({ allowed: true })
    expect((await issuer.jwks()).keys).toHaveLength(1)
    await expect(reader.createAccessToken("ada")).rejects.toMatchObject({ code: "key_not_private" })
    expect(await createAuth(least).jwks()).toEqual({ keys: [] })
  })

  test("with a key that is too short, or for another algorithm, are refused at once", () => {
    expect(make({ ...least, key: "short" })).toThrow("5 bytes long")
    expect(make({ ...least, algorithm: "ES256" })).toThrow("`algorithm`")
    const key = Jwk.generate("RS256")
    expect(make({ ...least, key: key.publicKey().toPem(), algorithm: "HS256" })).toThrow("`algorithm`")
    expect(make({ ...least, key, algorithm: "RS256" })).not.toThrow()
  })
})

describe("what a server may say otherwise", () => {
  test("more parameters stand in every challenge, also where nothing was sent", async () => {
    const { auth } = standard({ challenge: { realm: "api", resource_metadata: "https://api.example/.well-known/x" } })
    const more = 'realm="api", resource_metadata="https://api.example/.well-known/x"'
    expect(await auth.check(ask())).toMatchObject({ challenge: `Bearer ${more}` })
    expect(await auth.check(bearer("x"))).toMatchObject({
      challenge: `Bearer error="invalid_token", error_description="malformed_token", ${more}`,
    })
  })

  test("refresh tokens are looked for elsewhere than access tokens", async () => {
    const { auth } = standard({ refresh: { locations: "cookie" } })
    const { refreshToken, accessToken } = await auth.login("ada")
    expect(await auth.refresh(bearer(refreshToken, { method: "POST" }))).toMatchObject({ code: "missing_token" })
    expect(await auth.check(bearer(accessToken))).toMatchObject({ allowed: true })
  })

  test("a browser that asks for a page is sent to the login, a program is not", async () => {
    const { auth } = standard({
      responders: {
        otherwise({ status, message }, request) {
          if (status !== 401 || !request.headers("accept").some((line) => line.includes("text/html"))) return undefined
          return { status: 303, body: message, headers: { location: "/login" } }
        },
      },
    })
    const page = ask({ headers: { accept: "text/html" } })
    expect(await auth.check(page)).toMatchObject({ status: 303, headers: { location: "/login" } })
    expect(await auth.check(ask())).toMatchObject({ status: 401, body: { error: "missing_token" } })
  })
})

describe("a new token", () => {
  test("cannot be given claims or header members that are made here", async () => {
    const { auth } = standard()
    for (const name of ["sub", "exp", "type", "fresh", "sid", "csrf"])
      await expect(auth.createAccessToken("ada", { claims: { [name]: "x" } })).rejects.toThrow(`\`${name}\``)
    await expect(auth.createAccessToken("ada", { header: { alg: "none" } })).rejects.toThrow("`alg`")
    await expect(auth.createAccessToken("")).rejects.toThrow("identity")
  })

  test("has the loader's claims and the caller's, which win; neither object is changed", async () => {
    const shared = Object.freeze({ team: "a", role: "x" })
    const { auth } = standard({ loaders: { claims: () => shared } })
    const claims = await auth.decodeToken(await auth.createAccessToken("ada", { claims: { team: "b" } }))
    expect(claims).toMatchObject({ team: "b", role: "x", iat: START })
    expect(shared).toEqual({ team: "a", role: "x" })
  })

  test("has no end only where the options say so", async () => {
    const { auth } = standard({ lifetimes: { access: false } })
    const token = await auth.createAccessToken("ada")
    expect(await auth.decodeToken(token)).not.toHaveProperty("exp")
    expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
    expect(await standard().auth.check(bearer(token))).toMatchObject({ code: "token_invalid" })
  })
})

describe("cookies", () => {
  test("have the attributes that the options give them, when they are set and when they are cleared", async () => {
    const cookies = { domain: ".example.com", partitioned: true, access: { sameSite: "none", path: "/api" } } as const
    const { auth } = standard({ cookies })
    const [set] = await auth.setCookies({ access: await auth.createAccessToken("ada") })
    const attributes = "Domain=example.com; Path=/api; HttpOnly; Secure; Partitioned; SameSite=None"
    expect(set?.replace(/=[^;]+/, "")).toBe(`__Secure-access_token; Max-Age=900; ${attributes}`)
    const [cleared] = auth.clearCookies()
    expect(cleared).toContain("__Secure-access_token=; Max-Age=0; Domain=example.com; Path=/api; ")
    expect(cleared).toContain("Partitioned; SameSite=None")
  })

  test("end with the browser where the options say so", async () => {
    const { auth } = standard({ cookies: { session: true } })
    const pair = await auth.login("ada", { transport: "cookie" })
    for (const cookie of pair.cookies) expect(cookie).not.toContain("Max-Age")
  })

  test("that no browser would keep are refused, and no session is left behind", async () => {
    const { auth } = standard()
    const claims = { text: "x".repeat(5000) }
    await expect(auth.login("ada", { transport: "cookie", claims })).rejects.toThrow("4096 bytes")
    expect(await auth.listSessions("ada")).toEqual([])
  })

  test("need no CSRF value where that is switched off", async () => {
    const { auth } = standard({ csrf: false })
    const pair = await auth.login("ada", { transport: "cookie" })
    expect(pair.csrfToken).toBeUndefined()
    expect(pair.cookies).toHaveLength(2)
    const cookies = `__Host-access_token=${pair.accessToken}`
    expect(await auth.check(ask({ method: "POST", cookies }))).toMatchObject({ allowed: true })
  })
})
