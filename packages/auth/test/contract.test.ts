/** The HTTP contract of the example servers, over real sockets: one table for all of them. */
import { once } from "node:events"
import { createServer, request as nodeRequest } from "node:http"
import type { AddressInfo } from "node:net"
import type { Store } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { sqliteStore } from "@jotkit/auth/sqlite"
import { decodeUnverified } from "jotkit"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openAuth } from "../../../examples/app/auth.mjs"
import { application as expressApplication } from "../../../examples/express/application.mjs"
import { listener } from "../../../examples/fetch/http.mjs"
import { application } from "../../../examples/fetch/routes.mjs"
import { application as honoApplication } from "../../../examples/hono/application.mjs"

type Environment = Readonly<Record<string, string>>

interface Running {
  readonly address: string
  readonly store: Store
  stop(): Promise<void>
}

const STORES = { memory: memoryStore, sqlite: () => sqliteStore(":memory:") }
const SERVERS = {
  express: expressApplication,
  hono(...given: Parameters<typeof honoApplication>) {
    const app = honoApplication(...given)
    return listener(async (request) => app.fetch(request))
  },
  fetch: (...given: Parameters<typeof application>) => listener(application(...given)),
}

async function startServer(name: keyof typeof SERVERS, store: Store, env: Environment): Promise<Running> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on("request", SERVERS[name](openAuth(store, address, env), store))
  return {
    address,
    store,
    async stop() {
      server.close()
      server.closeAllConnections()
      await store.close()
    },
  }
}

const names = Object.keys(SERVERS).flatMap((server) => Object.keys(STORES).map((store) => [server, store] as const))

describe.each(names)("the server %s with the store %s", (serverName, storeName) => {
  let running: Running
  const start = (env: Environment) =>
    startServer(serverName as keyof typeof SERVERS, STORES[storeName as keyof typeof STORES](), env)

  beforeAll(async () => {
    running = await start({ COOKIE_SECURE: "false" })
  })
  afterAll(() => running.stop())

  function call(path: string, { json, ...init }: RequestInit & { json?: unknown } = {}): Promise<Response> {
    const body = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }
    const headers = new Headers(init.headers)
    if (json !== undefined) headers.set("content-type", "application/json")
    return fetch(running.address + path, { ...body, ...init, headers })
  }

  function by(token: string, more: Record<string, string> = {}) {
    return { headers: { authorization: `Bearer ${token}`, ...more } }
  }

  async function login(username = "ada", password = "lovelace") {
    const response = await call("/login", { json: { username, password } })
    expect(response.status).toBe(200)
    expect(response.headers.get("cache-control")).toBe("no-store")
    return (await response.json()) as { access_token: string; refresh_token: string; expires_in: number }
  }

  async function loginByCookie() {
    const response = await call("/login?mode=cookie", { json: { username: "lin", password: "taipei" } })
    const setCookies = response.headers.getSetCookie()
    const body = (await response.json()) as { csrf_token: string; expires_in: number }
    return { setCookies, body, cookie: setCookies.map((value) => value.split(";", 1)[0]).join("; ") }
  }

  async function expectRefusal(response: Response, status: number, code: string) {
    expect(await response.json()).toEqual({ error: code, message: expect.any(String) })
    expect(response.status).toBe(status)
    expect(response.headers.has("www-authenticate")).toBe(status === 401)
  }

  test("logs in with a pair and refuses a wrong password with a bare challenge", async () => {
    expect(await login()).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 900,
    })
    for (const username of ["ada", "nobody"]) {
      const wrong = await call("/login", { json: { username, password: "x" } })
      expect(wrong.headers.get("www-authenticate")).toBe("Bearer")
      await expectRefusal(wrong, 401, "invalid_credentials")
    }
  })

  test("makes access tokens with the claims of the contract, and publishes the key", async () => {
    const { header, payload } = decodeUnverified((await login("lin", "taipei")).access_token)
    expect(header).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) })
    const names = ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "auth_time", "type", "fresh", "nickname", "locale"]
    expect(Object.keys(payload as object).sort()).toEqual([...names, "roles"].sort())
    expect(payload).toMatchObject({ iss: running.address, aud: running.address, nickname: "小林", roles: [] })
    const jwks = await call("/.well-known/jwks.json")
    expect(jwks.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/)
    const { keys } = (await jwks.json()) as { keys: { kid: string }[] }
    expect(keys.map(({ kid }) => kid)).toEqual([header.kid])
    expect(JSON.stringify(keys)).not.toContain('"d"')
  })

  test("answers the routes of a user", async () => {
    const { access_token: token } = await login()
    const me = { sub: "ada", nickname: "Ada", locale: "en", roles: ["admin"] }
    expect(await (await call("/me", by(token))).json()).toEqual(me)
    expect(await (await call("/admin", by(token))).json()).toEqual({ admin: true })
    expect(await (await call("/optional", by(token))).json()).toEqual({ user: "ada" })
    expect(await (await call("/optional")).json()).toEqual({ user: null })
    expect(await (await call("/password", { ...by(token), method: "POST" })).json()).toEqual({ changed: true })
    for (const json of [{ a: [1] }, null, "text", 5])
      expect(await (await call("/echo", { ...by(token), json })).json()).toEqual(json)
    const { access_token: other } = await login("lin", "taipei")
    await expectRefusal(await call("/admin", by(other)), 403, "insufficient_role")
  })

  test("refreshes, and a refreshed token is not fresh", async () => {
    const first = await login()
    const response = await call("/refresh", { ...by(first.refresh_token), method: "POST" })
    const next = (await response.json()) as { access_token: string }
    expect(response.headers.get("cache-control")).toBe("no-store")
    const stale = await call("/password", { ...by(next.access_token), method: "POST" })
    expect(stale.headers.get("www-authenticate")).toContain("max_age=")
    await expectRefusal(stale, 401, "fresh_token_required")
    await expectRefusal(await call("/refresh", { ...by(first.access_token), method: "POST" }), 401, "wrong_token_type")
  })

  test("gives twenty refreshes at once a pair each, all of one session", async () => {
    const { refresh_token: token } = await login()
    const race = Array.from({ length: 20 }, () => call("/refresh", { ...by(token), method: "POST" }))
    const pairs = await Promise.all((await Promise.all(race)).map((response) => response.json()))
    for (const pair of pairs as { refresh_token: string }[]) {
      const again = await call("/refresh", { ...by(pair.refresh_token), method: "POST" })
      expect(again.status).toBe(200)
      await again.body?.cancel()
    }
  })

  test("logs out once, and everywhere", async () => {
    const { access_token: before } = await login("lin", "taipei")
    await (await call("/logout-everywhere", { ...by(before), method: "POST" })).body?.cancel()
    const [first, second] = [await login("lin", "taipei"), await login("lin", "taipei")]
    const out = await call("/logout", { ...by(first.access_token), method: "POST" })
    expect(await out.json()).toEqual({ revoked: true })
    await expectRefusal(await call("/logout", { ...by(first.access_token), method: "POST" }), 401, "token_revoked")
    await expectRefusal(await call("/logout", { method: "POST" }), 401, "missing_token")
    const all = await call("/logout-everywhere", { ...by(second.access_token), method: "POST" })
    expect(await all.json()).toEqual({ revoked: true, sessions: 1 })
    await expectRefusal(await call("/me", by(second.access_token)), 401, "token_revoked")
    await expectRefusal(await call("/refresh", { ...by(second.refresh_token), method: "POST" }), 401, "token_revoked")
  })

  test("lists sessions, and ends those of their owner", async () => {
    const [mine, other] = [await login(), await login("lin", "taipei")]
    const list = (await (await call("/sessions", by(mine.access_token))).json()) as { id: string; current: boolean }[]
    const current = list.filter((session) => session.current)
    expect(current).toEqual([
      { id: expect.any(String), created_at: expect.any(Number), last_used_at: expect.any(Number), current: true },
    ])
    const path = `/sessions/${current[0]?.id}`
    const foreign = await call(path, { ...by(other.access_token), method: "DELETE" })
    await expectRefusal(foreign, 404, "session_not_found")
    expect((await call(path, { ...by(mine.access_token), method: "DELETE" })).status).toBe(200)
    await expectRefusal(await call("/me", by(mine.access_token)), 401, "token_revoked")
  })

  test("keeps tokens in cookies, and asks for the CSRF value", async () => {
    const { setCookies, body, cookie } = await loginByCookie()
    expect(body).toEqual({ csrf_token: expect.any(String), expires_in: 900 })
    expect(setCookies.map((value) => value.replace(/=[^;]+/, ""))).toEqual([
      "access_token; Max-Age=900; Path=/; HttpOnly; SameSite=Lax",
      "refresh_token; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict",
      "csrf_token; Max-Age=2592000; Path=/; SameSite=Lax",
    ])
    const csrf = { "x-csrf-token": body.csrf_token }
    expect((await call("/me", { headers: { cookie } })).status).toBe(200)
    await expectRefusal(await call("/echo", { headers: { cookie }, json: 1 }), 403, "csrf_failed")
    expect(await (await call("/echo", { headers: { cookie, ...csrf }, json: 1 })).json()).toBe(1)
    const elsewhere = { cookie, ...csrf, "sec-fetch-site": "cross-site" }
    await expectRefusal(await call("/refresh", { method: "POST", headers: elsewhere }), 403, "csrf_failed")
    const next = await call("/refresh", { method: "POST", headers: { cookie, ...csrf } })
    expect(await next.json()).toEqual({ csrf_token: body.csrf_token, expires_in: 900 })
    const out = await call("/logout", { method: "POST", headers: { cookie, ...csrf } })
    expect(out.headers.getSetCookie()).toHaveLength(3)
    expect(await out.json()).toEqual({ revoked: true })
  })

  test("refuses a cookie login that another site has sent", async () => {
    const json = { username: "ada", password: "lovelace" }
    const headers = { "sec-fetch-site": "cross-site" }
    await expectRefusal(await call("/login?mode=cookie", { json, headers }), 403, "csrf_failed")
    expect((await call("/login", { json, headers })).status).toBe(200)
  })

  test("judges bodies after the guard, by type, size and content", async () => {
    const { access_token: token } = await login()
    const echo = (headers: Record<string, string>, body: string) => call("/echo", { method: "POST", headers, body })
    const authorization = `Bearer ${token}`
    await expectRefusal(await echo({ "content-type": "text/plain" }, "x"), 401, "missing_token")
    await expectRefusal(await echo({ authorization, "content-type": "text/plain" }, "x"), 415, "unsupported_media_type")
    for (const body of ["", "{"])
      await expectRefusal(
        await echo({ authorization, "content-type": "application/json" }, body),
        400,
        "invalid_request",
      )
    const large = JSON.stringify("x".repeat(1_000_000))
    const tooLarge = await echo({ authorization, "content-type": "application/json" }, large)
    await expectRefusal(tooLarge, 413, "payload_too_large")
    for (const json of [[], null, 5, { username: 1 }])
      await expectRefusal(await call("/login", { json }), 400, "invalid_request")
  })

  test("knows its paths and methods", async () => {
    await expectRefusal(await call("/nowhere"), 404, "not_found")
    await expectRefusal(await call("/__proto__"), 404, "not_found")
    const wrong = await call("/me", { method: "POST" })
    expect(wrong.headers.get("allow")).toBe("GET, HEAD")
    await expectRefusal(wrong, 405, "method_not_allowed")
  })

  test("refuses two lines of a header", async () => {
    const { access_token: token } = await login()
    const lines = [`Bearer ${token}`, `Bearer ${token}`]
    const asked = nodeRequest(`${running.address}/me`, { headers: { authorization: lines as unknown as string } }).end()
    const [response] = await once(asked, "response")
    response.resume()
    expect(response.statusCode).toBe(400)
  })

  test("tells other servers about tokens, and revokes them", async () => {
    const { access_token: access, refresh_token: refresh } = await login()
    const authorization = `Basic ${btoa("examples:introspect")}`
    const ask = async (path: string, token: string) =>
      call(path, { method: "POST", headers: { authorization }, body: new URLSearchParams({ token }) })
    expect(await (await ask("/introspect", access)).json()).toMatchObject({ active: true, sub: "ada", type: "access" })
    expect(await (await ask("/introspect", "xxx")).json()).toEqual({ active: false })
    expect((await ask("/revoke", "xxx")).status).toBe(200)
    expect((await ask("/revoke", refresh)).status).toBe(200)
    expect(await (await ask("/introspect", access)).json()).toEqual({ active: false })
    expect(await (await ask("/introspect", refresh)).json()).toEqual({ active: false })
    const stranger = await call("/introspect", { method: "POST", body: new URLSearchParams({ token: access }) })
    expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="examples"'])
    expect(await stranger.json()).toEqual({ error: "invalid_client" })
  })

  test("says how it is, and that its store is away", async () => {
    expect(await (await call("/healthz")).json()).toEqual({ status: "ok", store: storeName })
    const away = await start({})
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ username: "ada", password: "lovelace" })
    const log = () => fetch(`${away.address}/login`, { method: "POST", headers, body })
    const { access_token: token } = (await (await log()).json()) as { access_token: string }
    const down = () => Promise.reject(new Error("down"))
    Object.assign(away.store, { ping: down, isRevoked: down, createSession: down })
    await expectRefusal(await fetch(`${away.address}/healthz`), 503, "store_unavailable")
    await expectRefusal(await fetch(`${away.address}/me`, by(token)), 503, "store_unavailable")
    await expectRefusal(await log(), 503, "store_unavailable")
    await away.stop()
  })

  test("ends a session whose refresh token is used again after the grace", async () => {
    const strict = await start({ REFRESH_GRACE: "0s", JWT_ALGORITHM: "HS256" })
    const post = (path: string, token: string) => fetch(strict.address + path, { ...by(token), method: "POST" })
    const json = { username: "ada", password: "lovelace" }
    const headers = { "content-type": "application/json" }
    const login = await fetch(`${strict.address}/login`, { method: "POST", headers, body: JSON.stringify(json) })
    const first = (await login.json()) as { refresh_token: string }
    const next = (await (await post("/refresh", first.refresh_token)).json()) as { access_token: string }
    await expectRefusal(await post("/refresh", first.refresh_token), 401, "refresh_token_reused")
    await expectRefusal(await fetch(`${strict.address}/me`, by(next.access_token)), 401, "token_revoked")
    await expectRefusal(await post("/refresh", first.refresh_token), 401, "refresh_token_reused")
    expect(await (await fetch(`${strict.address}/.well-known/jwks.json`)).json()).toEqual({ keys: [] })
    await strict.stop()
  })

  test("does not send cookies in the clear to other machines", () => {
    const env = { COOKIE_SECURE: "false", PUBLIC_URL: "https://api.example" }
    expect(() => openAuth(memoryStore(), running.address, env)).toThrow("COOKIE_SECURE")
  })
})
