/** The HTTP contract of the example servers, sentence by sentence: one table for all of them, each a process of its own. */
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { Agent, request as httpRequest, type IncomingMessage } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { createAuth, KeyRing } from "@jotkit/auth"
import { sqliteStore } from "@jotkit/auth/sqlite"
import fc from "fast-check"
import { decodeUnverified, Jwk, signJws } from "jotkit"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { jar } from "./asking.ts"
import { build, EXAMPLES, launch, type RawAnswer, type Running, sendRaw, start } from "./contract-server.ts"

const ORIGIN = "https://app.example"
const GET_PATHS = ["/me", "/optional", "/admin", "/sessions", "/.well-known/jwks.json", "/healthz"]
const POST_PATHS = ["/login", "/refresh", "/logout", "/logout-everywhere", "/echo", "/password"]
const CLIENT = `Basic ${btoa("examples:introspect")}`
const folder = mkdtempSync(join(tmpdir(), "jotkit-contract-"))

interface Pair {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
}

beforeAll(build)
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(EXAMPLES)("the example %s", (name) => {
  const file = join(folder, `${name}.sqlite`)
  const store = sqliteStore(file)
  /** As a user starts it. */
  let main: Running
  /** A second instance on the same store, with other options. */
  let other: Running

  beforeAll(async () => {
    main = await start(name, { STORE: `sqlite:${file}`, CORS_ORIGIN: ORIGIN })
    const options = { PUBLIC_URL: main.address, REFRESH_GRACE: "0s", COOKIE_SECURE: "false", ACCESS_LIFETIME: "1m" }
    other = await start(name, { STORE: `sqlite:${file}`, ...options })
  })
  afterAll(async () => {
    await Promise.all([main.end("SIGKILL"), other.end("SIGKILL")])
    await store.close()
  })

  type Init = RequestInit & { json?: unknown; token?: string; at?: Running }

  function call(path: string, { json, token, at = main, ...init }: Init = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`)
    if (json === undefined) return fetch(at.address + path, { ...init, headers })
    headers.set("content-type", "application/json")
    return fetch(at.address + path, { method: "POST", ...init, headers, body: JSON.stringify(json) })
  }

  const post = (path: string, init: Init = {}) => call(path, { method: "POST", ...init })

  async function expectJson(response: Response | Promise<Response>, body: unknown) {
    const answer = await response
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/)
    expect(await answer.json()).toEqual(body)
    expect(answer.status).toBe(200)
  }

  /** Every failure has this shape; on 401 a challenge says it again. */
  async function expectRefusal(response: Response | Promise<Response>, status: number, code: string) {
    const answer = await response
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/)
    expect(await answer.json()).toEqual({ error: code, message: expect.any(String) })
    expect(answer.status).toBe(status)
    expect(answer.headers.get("www-authenticate")).toEqual(challengeOf(status, code))
  }

  async function login(username = "ada", password = "lovelace", at = main): Promise<Pair> {
    const response = await call("/login", { json: { username, password }, at })
    expect(response.status).toBe(200)
    return (await response.json()) as Pair
  }

  async function loginByCookie(at = main) {
    const response = await call("/login?mode=cookie", { json: { username: "lin", password: "taipei" }, at })
    const setCookies = response.headers.getSetCookie()
    const body = (await response.json()) as { csrf_token: string; expires_in: number }
    return { response, setCookies, body, cookie: jar(setCookies), csrf: { "x-csrf-token": body.csrf_token } }
  }

  /** What the server would make, at another time or for someone else; the key is in the store. */
  function issuer(more: { now?: () => number; audience?: string; issuer?: string } = {}) {
    const keyRing = new KeyRing({ store, algorithm: "ES256", name: "keys-ES256", overlap: "30d" })
    const made = { keyRing, store, issuer: main.address, audience: main.address, ...more }
    return { auth: createAuth(made), keyRing }
  }

  async function sign(header: Record<string, unknown>, payload: object = {}) {
    const { key } = await issuer().keyRing.signing()
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: main.address, aud: main.address, sub: "ada", exp: now + 60, iat: now, type: "access" }
    return signJws(JSON.stringify({ ...claims, ...payload }), key, { algorithm: "ES256", header })
  }

  const raw = (path: string, ...lines: string[]) => rawTo("GET", path, ...lines)
  const rawTo = (method: string, path: string, ...lines: string[]) =>
    sendRaw(main.address, [`${method} ${path} HTTP/1.1`, "Host: x", "Connection: close", ...lines, "", ""].join("\r\n"))

  function expectRawRefusal(answer: RawAnswer, status: number, code: string) {
    expect(JSON.parse(answer.body)).toEqual({ error: code, message: expect.any(String) })
    expect(answer.status).toBe(status)
    expect(answer.headers.get("www-authenticate")?.[0] ?? null).toEqual(challengeOf(status, code))
  }

  describe("routes", () => {
    test("a login gives a pair, a fresh access token and the claims of the contract", async () => {
      const response = await call("/login", { json: { username: "lin", password: "taipei" } })
      expect(response.headers.get("cache-control")).toBe("no-store")
      expect(response.headers.getSetCookie()).toEqual([])
      const pair = (await response.json()) as Pair
      const text = expect.any(String)
      expect(pair).toEqual({ access_token: text, refresh_token: text, token_type: "Bearer", expires_in: 900 })
      const { header, payload } = decodeUnverified(pair.access_token)
      expect(header).toEqual({ alg: "ES256", typ: "at+jwt", kid: text })
      const second = expect.any(Number)
      expect(payload).toEqual({
        ...{ iss: main.address, sub: "lin", aud: main.address, exp: second, iat: second, jti: text, sid: text },
        ...{ auth_time: second, type: "access", fresh: true, nickname: "小林", locale: "zh-TW", roles: [] },
      })
      const { exp, iat, auth_time } = payload as Record<string, number>
      expect([exp, iat]).toEqual([Number(auth_time) + 900, auth_time])
      expect(decodeUnverified(pair.refresh_token).header.typ).toBe("rt+jwt")
    })

    test("a wrong name and a wrong password are told alike, with a bare challenge", async () => {
      for (const username of ["ada", "nobody", "__proto__", ""])
        await expectRefusal(call("/login", { json: { username, password: "taipei" } }), 401, "invalid_credentials")
    })

    test("a login that is none is refused", async () => {
      for (const json of [[], null, 5, "x", {}, { username: "ada" }, { username: ["ada"], password: "lovelace" }])
        await expectRefusal(call("/login", { json }), 400, "invalid_request")
    })

    test("me is the user", async () => {
      const { access_token: ada } = await login()
      await expectJson(call("/me", { token: ada }), { sub: "ada", nickname: "Ada", locale: "en", roles: ["admin"] })
      const { access_token: lin } = await login("lin", "taipei")
      await expectJson(call("/me", { token: lin }), { sub: "lin", nickname: "小林", locale: "zh-TW", roles: [] })
      await expectRefusal(call("/me"), 401, "missing_token")
    })

    test("a refresh gives a pair that is not fresh and keeps the time of the login", async () => {
      const first = await login()
      const response = await post("/refresh", { token: first.refresh_token })
      expect(response.headers.get("cache-control")).toBe("no-store")
      const next = (await response.json()) as Pair
      expect(Object.keys(next).sort()).toEqual(Object.keys(first).sort())
      expect(next.refresh_token).not.toBe(first.refresh_token)
      const [before, after] = [first, next].map((pair) => decodeUnverified(pair.access_token).payload)
      expect(after).toMatchObject({ fresh: false, sub: "ada", nickname: "Ada" })
      for (const claim of ["auth_time", "sid", "roles"]) expect(after).toHaveProperty(claim, Object(before)[claim])
      const stale = await post("/password", { token: next.access_token })
      expect(stale.headers.get("www-authenticate")).toMatch(/^Bearer error="invalid_token", .*max_age="\d+"$/)
      expect(await stale.json()).toMatchObject({ error: "fresh_token_required" })
      expect(stale.status).toBe(401)
    })

    test("a refresh wants a refresh token, and nothing else does", async () => {
      const { access_token: access, refresh_token: refresh } = await login()
      await expectRefusal(post("/refresh", { token: access }), 401, "wrong_token_type")
      await expectRefusal(post("/refresh"), 401, "missing_token")
      for (const path of ["/me", "/optional", "/admin", "/sessions"])
        await expectRefusal(call(path, { token: refresh }), 401, "wrong_token_type")
    })

    test("a logout takes either token, even an expired access token, and only once", async () => {
      const [one, two] = [await login(), await login()]
      await expectJson(post("/logout", { token: one.access_token }), { revoked: true })
      await expectJson(post("/logout", { token: two.refresh_token }), { revoked: true })
      for (const token of [one.access_token, one.refresh_token, two.access_token, two.refresh_token])
        await expectRefusal(post("/logout", { token }), 401, "token_revoked")
      await expectRefusal(call("/me", { token: one.access_token }), 401, "token_revoked")
      await expectRefusal(post("/refresh", { token: two.refresh_token }), 401, "token_revoked")
      const { auth } = issuer({ now: () => Date.now() / 1000 - 3600 })
      const late = await auth.login("ada")
      await expectRefusal(call("/me", { token: late.accessToken }), 401, "token_expired")
      await expectJson(post("/logout", { token: late.accessToken }), { revoked: true })
      await expectRefusal(post("/refresh", { token: late.refreshToken }), 401, "token_revoked")
      await expectRefusal(post("/logout"), 401, "missing_token")
      await expectRefusal(post("/logout", { token: "xxx" }), 401, "malformed_token")
    })

    test("a logout everywhere ends every session of this user", async () => {
      const [mine, again, foreign] = [await login("lin", "taipei"), await login("lin", "taipei"), await login()]
      const { length: sessions } = (await (await call("/sessions", { token: mine.access_token })).json()) as unknown[]
      await expectJson(post("/logout-everywhere", { token: mine.access_token }), { revoked: true, sessions })
      for (const { access_token: token } of [mine, again])
        await expectRefusal(call("/me", { token }), 401, "token_revoked")
      await expectRefusal(post("/refresh", { token: again.refresh_token }), 401, "token_revoked")
      expect((await call("/me", { token: foreign.access_token })).status).toBe(200)
      const { access_token: later } = await login("lin", "taipei")
      expect((await call("/me", { token: later })).status).toBe(200)
    })

    test("echo gives back any JSON", async () => {
      const { access_token: token } = await login()
      for (const json of [{ a: [1, { b: "小林" }] }, [], null, "text", "", 5, true, JSON.parse('{"__proto__":1}')])
        await expectJson(call("/echo", { token, json }), json)
      const headers = { "content-type": "application/problem+json; charset=utf-8", authorization: `Bearer ${token}` }
      await expectJson(post("/echo", { headers, body: " [1]\n" }), [1])
    })

    test("an optional guard lets nobody through, and no bad token", async () => {
      await expectJson(call("/optional"), { user: null })
      await expectJson(call("/optional", { token: (await login()).access_token }), { user: "ada" })
      await expectRefusal(call("/optional", { token: "xxx" }), 401, "malformed_token")
      await expectJson(call("/optional", { headers: { authorization: "Basic eDp5" } }), { user: null })
    })

    test("a password wants a fresh token and ignores its body", async () => {
      const authorization = `Bearer ${(await login()).access_token}`
      await expectJson(post("/password", { headers: { authorization } }), { changed: true })
      for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", "x"])
        await expectJson(post("/password", { headers: { authorization, "content-type": type }, body: "{" }), {
          changed: true,
        })
    })

    test("admin wants the role", async () => {
      await expectJson(call("/admin", { token: (await login()).access_token }), { admin: true })
      const { access_token: token } = await login("lin", "taipei")
      await expectRefusal(call("/admin", { token }), 403, "insufficient_role")
    })

    test("sessions are listed, and ended by their owner alone", async () => {
      const [mine, other] = [await login(), await login("lin", "taipei")]
      const listed = await call("/sessions", { token: mine.access_token })
      const list = (await listed.json()) as { id: string; created_at: number; last_used_at: number; current: boolean }[]
      for (const session of list) {
        expect(Object.keys(session)).toEqual(["id", "created_at", "last_used_at", "current"])
        expect([session.created_at, session.last_used_at].every(Number.isInteger)).toBe(true)
      }
      const [current, second] = list.filter((session) => session.current)
      expect(second).toBeUndefined()
      expect(current?.id).toBe(Object(decodeUnverified(mine.access_token).payload).sid)
      const path = `/sessions/${current?.id}`
      const remove = (token: string, at = path) => call(at, { token, method: "DELETE" })
      await expectRefusal(remove(other.access_token), 404, "session_not_found")
      await expectRefusal(remove(mine.access_token, "/sessions/none"), 404, "session_not_found")
      await expectRefusal(remove(mine.access_token, `/sessions/${"x".repeat(500)}`), 404, "session_not_found")
      await expectRefusal(call(path, { method: "DELETE" }), 401, "missing_token")
      expect((await remove(mine.access_token)).status).toBe(200)
      await expectRefusal(call("/me", { token: mine.access_token }), 401, "token_revoked")
      await expectRefusal(post("/refresh", { token: mine.refresh_token }), 401, "token_revoked")
    })

    test("the public keys may be kept, and nothing secret is among them", async () => {
      const { header } = decodeUnverified((await login()).access_token)
      const response = await call("/.well-known/jwks.json")
      expect(response.headers.get("cache-control")).toMatch(/^public, max-age=[1-9]\d*$/)
      const { keys } = (await response.json()) as { keys: Record<string, unknown>[] }
      expect(keys.map(({ kid }) => kid)).toEqual([header.kid])
      expect(keys[0]).not.toHaveProperty("d")
    })

    test("other servers ask about tokens, and revoke them", async () => {
      const { access_token: access, refresh_token: refresh } = await login()
      const ask = (path: string, token: string) =>
        post(path, { headers: { authorization: CLIENT }, body: new URLSearchParams({ token }) })
      expect(await (await ask("/introspect", access)).json()).toMatchObject({ active: true, sub: "ada" })
      expect(await (await ask("/introspect", refresh)).json()).toMatchObject({ active: true, sub: "ada" })
      await expectJson(ask("/introspect", "xxx"), { active: false })
      for (const token of ["xxx", refresh, refresh]) expect((await ask("/revoke", token)).status).toBe(200)
      for (const token of [access, refresh]) await expectJson(ask("/introspect", token), { active: false })
      await expectRefusal(call("/me", { token: access }), 401, "token_revoked")
      const alone = await login()
      expect((await ask("/revoke", alone.access_token)).status).toBe(200)
      await expectRefusal(call("/me", { token: alone.access_token }), 401, "token_revoked")
      expect((await post("/refresh", { token: alone.refresh_token })).status).toBe(200)
    })

    test("other servers say who they are, in the shape of the RFCs", async () => {
      for (const path of ["/introspect", "/revoke"]) {
        for (const authorization of ["", `Basic ${btoa("examples:x")}`, `Bearer ${(await login()).access_token}`]) {
          const stranger = await post(path, { headers: { authorization }, body: new URLSearchParams({ token: "x" }) })
          expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="examples"'])
          expect(await stranger.json()).toEqual({ error: "invalid_client" })
        }
        const empty = await post(path, { headers: { authorization: CLIENT }, body: new URLSearchParams({ x: "1" }) })
        expect([empty.status, await empty.json()]).toEqual([400, { error: "invalid_request" }])
        const wrong = post(path, { headers: { authorization: CLIENT, "content-type": "text/plain" }, body: "token=x" })
        await expectRefusal(wrong, 415, "unsupported_media_type")
      }
    })

    test("health names the store", () => expectJson(call("/healthz"), { status: "ok", store: "sqlite" }))
  })

  describe("failures", () => {
    test("a credential of another scheme is none", async () => {
      for (const line of ["Basic eDp5", "Bearerx y", "x", 'Digest username="x"', ""])
        expectRawRefusal(await raw("/me", `Authorization: ${line}`), 401, "missing_token")
    })

    test("Bearer stands before exactly one token", async () => {
      const { access_token: token } = await login()
      for (const value of [`  ${token}`, `\t${token}`, ` ${token} ${token}`, "", ` ${token},${token}`, ' "x"'])
        expectRawRefusal(await raw("/me", `Authorization: Bearer${value}`), 401, "malformed_token")
      for (const scheme of ["bearer", "BEARER"])
        expect((await raw("/me", `authorization: ${scheme} ${token}`)).status).toBe(200)
    })

    test("more than one credential is a request that is none", async () => {
      const { access_token: token } = await login()
      const { cookie } = await loginByCookie()
      const line = `Authorization: Bearer ${token}`
      const twice = "__Host-access_token=x; __Host-access_token=y"
      for (const lines of [[line, line], [line, `Cookie: ${cookie}`], [`Cookie: ${twice}`], [line, "Authorization: x"]])
        expectRawRefusal(await raw("/me", ...lines), 400, "invalid_request")
      const lines = ["Cookie: __Host-access_token=x", "Cookie: __Host-access_token=y"]
      expectRawRefusal(await raw("/me", ...lines), 400, "invalid_request")
    })

    test("a token in the address is not read", async () => {
      const { access_token: token } = await login()
      await expectRefusal(call(`/me?access_token=${token}&jwt=${token}`), 401, "missing_token")
    })

    test("what is wrong with a token is told by its code", async () => {
      const { access_token: token } = await login()
      const [header = "", payload = "", signature = ""] = token.split(".")
      const { kid } = decodeUnverified(token).header
      const stranger = await Jwk.generateAsync("ES256", { keyId: "stranger" })
      const good = JSON.stringify(decodeUnverified(token).payload)
      const signWith = (key: Jwk | string, algorithm: string, kid: unknown) =>
        signJws(good, key, { algorithm, header: { typ: "at+jwt", kid } })
      const past = () => Date.now() / 1000 - 901
      const cases: readonly (readonly [code: string, token: string])[] = [
        ["malformed_token", "xxx"],
        ["malformed_token", `${header}.${payload}`],
        ["malformed_token", `${token}.x.y`],
        ["signature_invalid", `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`],
        ["signature_invalid", signWith(stranger, "ES256", kid)],
        ["token_expired", await issuer({ now: past }).auth.createAccessToken("ada")],
        ["token_invalid", signWith(stranger, "ES256", "stranger")],
        ["token_invalid", signWith("0123456789abcdef0123456789abcdef", "HS256", kid)],
        ["token_invalid", await issuer({ audience: "https://other.example" }).auth.createAccessToken("ada")],
        ["token_invalid", await issuer({ issuer: "https://other.example" }).auth.createAccessToken("ada")],
        ["token_invalid", await sign({ typ: "at+jwt", kid }, { exp: "soon" })],
        ["wrong_token_type", await sign({ typ: "JWT", kid })],
        ["wrong_token_type", await sign({ typ: "at+jwt", kid }, { type: "mail" })],
        ["user_not_found", await issuer().auth.createAccessToken("nobody")],
      ]
      for (const [code, bad] of cases) await expectRefusal(call("/me", { token: bad }), 401, code)
      expect((await raw("/me", `Authorization: Bearer ${"x".repeat(20_000)}`)).status).toBe(431)
    })

    test("the guard runs before the body is read, then type, size and content are judged", async () => {
      const echo = (headers: Record<string, string>, body: string) => post("/echo", { headers, body })
      const authorization = `Bearer ${(await login()).access_token}`
      const type = { "content-type": "application/json" }
      await expectRefusal(echo({ "content-type": "text/plain" }, "x"), 401, "missing_token")
      await expectRefusal(echo(type, "{"), 401, "missing_token")
      for (const other of ["text/plain", "multipart/form-data", "application/jsonx", "x"])
        await expectRefusal(echo({ authorization, "content-type": other }, "1"), 415, "unsupported_media_type")
      // Deeper than what JSON can be written of.
      const deep = "[".repeat(50_000) + "]".repeat(50_000)
      for (const body of ["", "{", "{'a':1}", "\u0000", "1 2", deep])
        await expectRefusal(echo({ authorization, ...type }, body), 400, "invalid_request")
      await expectRefusal(echo({ authorization, ...type }, `"${"x".repeat(1_000_000)}"`), 413, "payload_too_large")
      await expectRefusal(
        post("/login", { headers: type, body: `"${"x".repeat(1_000_000)}"` }),
        413,
        "payload_too_large",
      )
      await expectRefusal(
        post("/login", { headers: { "content-type": "text/plain" }, body: "1" }),
        415,
        "unsupported_media_type",
      )
      const bodiless = await rawTo("POST", "/echo", `Authorization: ${authorization}`)
      expectRawRefusal(bodiless, 415, "unsupported_media_type")
      await expectJson(call("/echo", { json: "after all that", headers: { authorization } }), "after all that")
    })

    test("an unknown path is not found", async () => {
      for (const path of [
        "/",
        "/nowhere",
        "/__proto__",
        "/constructor",
        "/me/",
        "/ME",
        "//me",
        "/sessions/",
        "/sessions/a/b",
      ])
        expectRawRefusal(await raw(path), 404, "not_found")
      await expectRefusal(post("/nowhere", { json: {} }), 404, "not_found")
      await expectRefusal(call("/nowhere", { token: "xxx" }), 404, "not_found")
    })

    test("a wrong method is told which are right", async () => {
      const wrong = async (method: string, path: string, allow: string) => {
        const answer = await rawTo(method, path)
        expectRawRefusal(answer, 405, "method_not_allowed")
        expect(answer.headers.get("allow")).toEqual([allow])
      }
      for (const path of GET_PATHS) await wrong("POST", path, "GET, HEAD")
      for (const path of [...POST_PATHS, "/introspect", "/revoke"]) await wrong("GET", path, "POST")
      for (const method of ["GET", "POST", "PUT"]) await wrong(method, "/sessions/x", "DELETE")
      for (const method of ["OPTIONS", "PUT", "PATCH", "DELETE"]) await wrong(method, "/me", "GET, HEAD")
    })

    test("HEAD is GET without a body", async () => {
      for (const path of ["/healthz", "/.well-known/jwks.json", "/optional", "/me"]) {
        const [head, get] = [await rawTo("HEAD", path), await raw(path)]
        expect([head.status, head.body]).toEqual([get.status, ""])
        expect(head.headers.get("www-authenticate")).toEqual(get.headers.get("www-authenticate"))
      }
    })

    test("no request that a client can send makes a 500", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 4 })
      const pair = await login()
      const cookies = await loginByCookie()
      await fc.assert(
        fc.asyncProperty(requests(pair, cookies), async (asked) => {
          const { statusCode = 0 } = await send(main.address, agent, asked)
          expect(statusCode).toBeGreaterThanOrEqual(200)
          expect(statusCode).toBeLessThan(500)
        }),
        { numRuns: 250 },
      )
      agent.destroy()
    })
  })

  describe("cookies", () => {
    test("a login sets them with all their attributes, and no token is in the body", async () => {
      const { response, setCookies, body } = await loginByCookie()
      expect(response.headers.get("cache-control")).toBe("no-store")
      const claims = { nickname: "小林", locale: "zh-TW" }
      expect(body).toEqual({ csrf_token: expect.any(String), expires_in: 900, claims })
      expect(setCookies.map((value) => value.replace(/=[^;]+/, ""))).toEqual([
        "__Host-access_token; Max-Age=900; Path=/; HttpOnly; Secure; SameSite=Lax",
        "__Host-refresh_token; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict",
        "__Host-csrf_token; Max-Age=2592000; Path=/; Secure; SameSite=Lax",
      ])
      expect(setCookies[2]).toContain(`=${body.csrf_token};`)
    })

    test("on plain http they have no prefix and no Secure", async () => {
      const { setCookies, cookie } = await loginByCookie(other)
      expect(setCookies.map((value) => value.replace(/=[^;]+/, ""))).toEqual([
        "access_token; Max-Age=60; Path=/; HttpOnly; SameSite=Lax",
        "refresh_token; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict",
        "csrf_token; Max-Age=2592000; Path=/; SameSite=Lax",
      ])
      expect((await call("/me", { headers: { cookie }, at: other })).status).toBe(200)
      await expectRefusal(call("/me", { headers: { cookie } }), 401, "missing_token")
    })

    test("the CSRF value is asked for, and the signed claim decides", async () => {
      const { cookie, csrf, body } = await loginByCookie()
      const foreign = (await loginByCookie()).body.csrf_token
      expect((await call("/me", { headers: { cookie } })).status).toBe(200)
      const echo = (headers: Record<string, string>) => call("/echo", { json: 1, headers: { cookie, ...headers } })
      await expectJson(echo(csrf), 1)
      await expectJson(echo({ cookie: cookie.replace(/csrf_token=[^;]+/, "csrf_token=tossed"), ...csrf }), 1)
      const tossed = cookie.replace(body.csrf_token, foreign)
      const wrong = [{}, { "x-csrf-token": "" }, { "x-csrf-token": "x" }, { cookie: tossed, "x-csrf-token": foreign }]
      for (const headers of wrong) await expectRefusal(echo(headers), 403, "csrf_failed")
      const remove = (headers: Record<string, string>) =>
        call("/sessions/none", { method: "DELETE", headers: { cookie, ...headers } })
      await expectRefusal(remove({}), 403, "csrf_failed")
      await expectRefusal(remove(csrf), 404, "session_not_found")
    })

    test("what another site sends is refused where cookies count, and there alone", async () => {
      const { cookie, csrf } = await loginByCookie()
      const site = (value: string) => ({ "sec-fetch-site": value })
      const echo = (headers: Record<string, string>) => call("/echo", { json: 1, headers })
      await expectRefusal(echo({ cookie, ...csrf, ...site("cross-site") }), 403, "csrf_failed")
      for (const value of ["same-site", "same-origin", "none"])
        await expectJson(echo({ cookie, ...csrf, ...site(value) }), 1)
      expect((await call("/me", { headers: { cookie, ...site("cross-site") } })).status).toBe(200)
      const authorization = `Bearer ${(await login()).access_token}`
      await expectJson(echo({ authorization, ...site("cross-site") }), 1)
      const json = { username: "ada", password: "lovelace" }
      const headers = site("cross-site")
      await expectRefusal(call("/login?mode=cookie", { json, headers }), 403, "csrf_failed")
      expect((await call("/login", { json, headers })).status).toBe(200)
      expect((await call("/login?mode=cookie", { json, headers: site("same-site") })).status).toBe(200)
      await expectRefusal(post("/refresh", { headers: { cookie, ...csrf, ...headers } }), 403, "csrf_failed")
    })

    test("a refresh answers in cookies, as the login did", async () => {
      const { cookie, csrf, body } = await loginByCookie()
      await expectRefusal(post("/refresh", { headers: { cookie } }), 403, "csrf_failed")
      const response = await post("/refresh", { headers: { cookie, ...csrf } })
      expect(response.headers.get("cache-control")).toBe("no-store")
      expect(await response.json()).toEqual(body)
      const next = response.headers.getSetCookie()
      expect(next.map((value) => value.split("=", 1)[0])).toEqual([
        ...["__Host-access_token", "__Host-refresh_token", "__Host-csrf_token"],
      ])
      expect((await call("/me", { headers: { cookie: jar(next) } })).status).toBe(200)
      const out = await post("/logout", { headers: { cookie: jar(next), ...csrf } })
      expect(await out.json()).toEqual({ revoked: true })
      const cleared = out.headers.getSetCookie().map((value) => value.replace(/; Expires=[^;]+/, ""))
      expect(cleared.sort()).toEqual([
        "__Host-access_token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
        "__Host-csrf_token=; Max-Age=0; Path=/; Secure; SameSite=Lax",
        "__Host-refresh_token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict",
      ])
      await expectRefusal(call("/me", { headers: { cookie: jar(next) } }), 401, "token_revoked")
    })
  })

  describe("pages of another origin", () => {
    const preflight = (origin: string, method = "POST") =>
      call("/echo", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": method, "access-control-request-headers": "x-csrf-token" },
      })

    test("the one that is named may ask, with credentials", async () => {
      const asked = await preflight(ORIGIN)
      expect(asked.status).toBe(204)
      expect(asked.headers.get("access-control-allow-origin")).toBe(ORIGIN)
      expect(asked.headers.get("access-control-allow-credentials")).toBe("true")
      expect(asked.headers.get("access-control-allow-methods")).toBe("GET, POST, DELETE")
      const allowed = asked.headers.get("access-control-allow-headers")?.toLowerCase().split(", ")
      expect(allowed).toEqual(expect.arrayContaining(["authorization", "content-type", "x-csrf-token"]))
      for (const path of ["/healthz", "/me", "/nowhere"]) {
        const { headers } = await call(path, { headers: { origin: ORIGIN } })
        expect(headers.get("access-control-allow-origin")).toBe(ORIGIN)
        expect(headers.get("access-control-allow-credentials")).toBe("true")
        expect(headers.get("vary")).toMatch(/\bOrigin\b/)
      }
    })

    test("no other may, and caches are told", async () => {
      for (const origin of [
        "null",
        "https://app.example.evil.example",
        "http://app.example",
        "https://app.example:444",
      ])
        for (const response of [await preflight(origin), await call("/healthz", { headers: { origin } })]) {
          expect(response.headers.get("access-control-allow-origin")).toBeNull()
          expect(response.headers.get("vary")).toMatch(/\bOrigin\b/)
        }
      const { headers } = await call("/healthz", { headers: { origin: ORIGIN }, at: other })
      expect(headers.get("access-control-allow-origin")).toBeNull()
    })
  })

  describe("races and restarts", () => {
    test("of twenty refreshes at once each gets a pair that works, of one session", async () => {
      const { refresh_token: token } = await login()
      const race = Array.from({ length: 20 }, () => post("/refresh", { token }))
      const pairs = await Promise.all(race.map(async (response) => (await (await response).json()) as Pair))
      expect(new Set(pairs.map((pair) => Object(decodeUnverified(pair.access_token).payload).sid)).size).toBe(1)
      for (const pair of pairs) {
        expect((await call("/me", { token: pair.access_token })).status).toBe(200)
        expect((await post("/refresh", { token: pair.refresh_token })).status).toBe(200)
      }
    })

    test("a token that is used again after its grace ends the session, on every instance", async () => {
      const first = await login()
      const next = (await (await post("/refresh", { token: first.refresh_token })).json()) as Pair
      await expectRefusal(post("/refresh", { token: first.refresh_token, at: other }), 401, "refresh_token_reused")
      for (const at of [main, other]) {
        await expectRefusal(call("/me", { token: next.access_token, at }), 401, "token_revoked")
        await expectRefusal(post("/refresh", { token: next.refresh_token, at }), 401, "token_revoked")
      }
      await expectRefusal(post("/refresh", { token: first.refresh_token, at: other }), 401, "refresh_token_reused")
    })

    test("a logout beats the refreshes beside it", async () => {
      const { access_token: access, refresh_token: token } = await login()
      const refreshes = Array.from({ length: 6 }, () => post("/refresh", { token }))
      const [out, ...answers] = await Promise.all([post("/logout", { token: access }), ...refreshes])
      expect(out?.status).toBe(200)
      const tokens = [token]
      for (const answer of answers)
        if (answer.status === 200) tokens.push(((await answer.json()) as Pair).refresh_token)
        else await expectRefusal(answer, 401, "token_revoked")
      for (const left of tokens) await expectRefusal(post("/refresh", { token: left }), 401, "token_revoked")
    })

    test("what was refreshed when the machine stopped can be refreshed when it runs again", async () => {
      const options = { STORE: `sqlite:${file}`, PUBLIC_URL: main.address }
      const doomed = await start(name, options)
      const pairs = await Promise.all(Array.from({ length: 4 }, () => login("lin", "taipei")))
      const refreshed = pairs.map((pair) =>
        post("/refresh", { token: pair.refresh_token, at: doomed }).catch(() => null),
      )
      await Promise.race(refreshed)
      expect(await doomed.end("SIGKILL")).toBe("SIGKILL")
      const again = await start(name, options)
      for (const [i, answer] of (await Promise.all(refreshed)).entries()) {
        const next = answer === null ? null : ((await answer.json().catch(() => null)) as Pair | null)
        const token = next?.refresh_token ?? pairs[i]?.refresh_token ?? ""
        expect((await post("/refresh", { token, at: again })).status).toBe(200)
      }
      expect(await again.end()).toBe(0)
    })

    test("on SIGTERM an answer on its way arrives, and idle connections do not delay the end", async () => {
      const running = await start(name, { STORE: "memory:" })
      const { access_token: token } = await login("ada", "lovelace", running)
      const idle = sendRaw(running.address, "")
      const { answer, finish } = await openEcho(running.address, token)
      const ended = running.end()
      await idle
      finish("1]")
      expect(await answer).toBe("[1]")
      expect(await ended).toBe(0)
      expect(running.output()).toBe(`listening on ${running.address}\n`)
    })

    test("the server has written that it listens, and nothing else", () => {
      for (const running of [main, other]) expect(running.output()).toBe(`listening on ${running.address}\n`)
    })
  })

  test("without its store it does not start", async () => {
    expect(await launch(name, { STORE: "redis://u:hunter2@127.0.0.1:1" })).toEqual(ONE_LINE)
  })
})

/** What a server writes that cannot start. No stack, and no password. */
const ONE_LINE = { code: 1, output: expect.stringMatching(/^cannot start: (?!.*hunter2).+\n$/) }

test.each([
  ["a store of no kind", { STORE: "x" }],
  ["a folder for a file", { STORE: "sqlite:/" }],
  ["a folder that cannot be", { STORE: "sqlite:/proc/none/file" }],
  ["an address that is none", { STORE: "postgres://u:hunter2@:" }],
  ["a database that does not answer", { STORE: "postgres://u:hunter2@127.0.0.1:1/x" }],
  ["an unknown algorithm", { JWT_ALGORITHM: "FOO" }],
  ["an algorithm that signs nothing", { JWT_ALGORITHM: "none" }],
  ["a lifetime that is none", { ACCESS_LIFETIME: "soon" }],
  ["an origin that is none", { CORS_ORIGIN: "*" }],
  ["cookies in the clear for other machines", { COOKIE_SECURE: "false", PUBLIC_URL: "https://api.example" }],
  ["the same by a name that looks near", { COOKIE_SECURE: "false", PUBLIC_URL: "http://127.0.0.1.evil.example" }],
])("%s: the server says so in one line", async (_, env) => {
  expect(await launch("fetch", { STORE: "memory:", ...env })).toEqual(ONE_LINE)
})

test.each(["HS256", "PS256", "Ed25519"])("tokens are signed with %s where that is asked for", async (algorithm) => {
  const running = await start("fetch", { STORE: "memory:", JWT_ALGORITHM: algorithm })
  const login = await fetch(`${running.address}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: "lovelace" }),
  })
  const { access_token: token } = (await login.json()) as Pair
  const { alg, kid } = decodeUnverified(token).header
  expect(alg).toBe(algorithm)
  const { keys } = (await (await fetch(`${running.address}/.well-known/jwks.json`)).json()) as {
    keys: { kid: string }[]
  }
  expect(keys.map((key) => key.kid)).toEqual(algorithm.startsWith("HS") ? [] : [kid])
  expect(await running.end()).toBe(0)
})

function challengeOf(status: number, code: string): string | null {
  if (status !== 401) return null
  if (code === "missing_token" || code === "invalid_credentials") return "Bearer"
  return `Bearer error="invalid_token", error_description="${code}"`
}

/** Begins a request with a body of two parts: the answer waits for the second. The server has said that it has the head. */
async function openEcho(address: string, token: string) {
  const body = { "content-type": "application/json", "content-length": "3", expect: "100-continue" }
  const headers = { authorization: `Bearer ${token}`, ...body }
  const asked = httpRequest(`${address}/echo`, { method: "POST", headers, agent: false })
  const answer = once(asked, "response").then(([response]) => text(response))
  await once(asked, "continue")
  asked.write("[")
  return { answer, finish: (rest: string) => void asked.end(rest) }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Uint8Array
}

function requests(
  pair: Pair,
  { cookie, csrf }: { cookie: string; csrf: { "x-csrf-token": string } },
): fc.Arbitrary<Asked> {
  const tokens = fc.constantFrom(pair.access_token, pair.refresh_token, pair.access_token.slice(1), "x.y.z", "..")
  const words = fc.constantFrom("Bearer", "bearer", "Basic", CLIENT, " ", "\t", ",", "=", ";", "[object Object]")
  const latin = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  })
  const line = fc.oneof(
    tokens.map((token) => `Bearer ${token}`),
    fc.array(fc.oneof(words, tokens, latin), { maxLength: 5 }).map((parts) => parts.join("")),
  )
  const cookies = fc.oneof(
    fc.constant(cookie),
    fc
      .array(
        fc.tuple(
          fc.constantFrom("__Host-access_token", "__Host-refresh_token", "__proto__", ""),
          fc.oneof(tokens, latin),
        ),
        { maxLength: 3 },
      )
      .map((all) => all.map((one) => one.join("=")).join("; ")),
  )
  const types = fc.oneof(
    fc.constantFrom(
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data",
      "application/json;charset=x",
      "application/x-www-form-urlencoded; charset=utf-7",
      "",
    ),
    latin,
  )
  const known = fc.constantFrom(...GET_PATHS, ...POST_PATHS, "/introspect", "/revoke", "/sessions/x")
  const odd = fc.constantFrom(
    "/sessions/%zz",
    "/sessions/%00",
    "/%",
    "/me?%",
    "/login?mode=cookie",
    "/login?mode[]=cookie",
    "/login?__proto__=1",
    "//",
    "/sessions/..",
    "*",
    "http://x:y/me",
  )
  const anyPath = fc.webPath().map((path) => `/${path}`)
  const json = fc.oneof(
    fc.json(),
    fc
      .record({
        username: fc.oneof(fc.constantFrom("ada", "lin", "__proto__"), fc.jsonValue()),
        password: fc.oneof(fc.constantFrom("lovelace"), fc.jsonValue()),
      })
      .map((value) => JSON.stringify(value)),
    fc.oneof(tokens, latin).map((token) => new URLSearchParams({ token }).toString()),
    fc.constantFrom("token=%zz", "token[]=x&token[a]=y", "token=x&token=y", "[".repeat(5000)),
  )
  return fc.record({
    method: fc.constantFrom(
      "GET",
      "POST",
      "POST",
      "DELETE",
      "HEAD",
      "OPTIONS",
      "PUT",
      "PATCH",
      "TRACE",
      "PROPFIND",
      "M-SEARCH",
    ),
    path: fc.oneof({ weight: 5, arbitrary: known }, odd, anyPath),
    headers: fc.record(
      {
        authorization: fc.oneof(line, fc.array(line, { minLength: 2, maxLength: 2 })),
        cookie: cookies,
        "content-type": types,
        "x-csrf-token": fc.oneof(fc.constant(csrf["x-csrf-token"]), latin),
        "sec-fetch-site": fc.constantFrom("cross-site", "same-site", "x"),
        "content-encoding": fc.constantFrom("gzip", "x"),
        origin: fc.oneof(fc.constantFrom(ORIGIN, "null"), latin),
        "x-http-method-override": fc.constant("DELETE"),
        accept: latin,
      },
      { requiredKeys: [] },
    ),
    body: fc.oneof(
      fc.constant(new Uint8Array()),
      json.map((value) => new TextEncoder().encode(value)),
      fc.uint8Array(),
    ),
  })
}

function send(address: string, agent: Agent, { method, path, headers, body }: Asked): Promise<IncomingMessage> {
  const { hostname, port } = new URL(address)
  // Without a length such a request would have no end.
  const all = { ...headers, "content-length": String(body.length) }
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, method, path, agent, headers: all })
    asked.on("response", (response) => void response.resume().on("end", () => resolve(response))).on("error", reject)
    asked.end(body)
  })
}
