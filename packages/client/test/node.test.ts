/** The client in Node, against the example servers: no tabs, no storage but what the test gives. */
import {
  type Client,
  type ClientChange,
  type ClientOptions,
  createClient,
  type UnverifiedClaims,
  type WebStorage,
} from "@jotkit/client"
import * as v from "valibot"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { counting, withCookies } from "./asking.ts"
import { EXAMPLES, type Server, startServer } from "./servers.ts"

const SHOWN = v.object({ nickname: v.string(), locale: v.string() })
const ADA = { username: "ada", password: "lovelace" }
const JSON_BODY = { method: "POST", headers: { "content-type": "application/json" } }

type Shown = Client<UnverifiedClaims<v.InferOutput<typeof SHOWN>>>

function clientOf({ address }: Server, more: Partial<ClientOptions<typeof SHOWN>> = {}): Shown {
  const client = createClient({ baseUrl: address, mode: "bearer", schema: SHOWN, ...more })
  onTestFinished(() => client.close())
  return client
}

async function statusOf(client: Pick<Client, "fetch">, path: string, init?: RequestInit) {
  const response = await client.fetch(path, init)
  await response.text()
  return response.status
}

describe.each(EXAMPLES)("with the example %s", (name) => {
  let server: Server
  beforeAll(async () => {
    server = await startServer(name)
  })
  afterAll(() => server.stop())

  test.each(["bearer", "cookie"] as const)("a session by %s: in, renewed, and out", async (mode) => {
    server.setAhead(0)
    const { fetch, asked } = counting(mode === "cookie" ? withCookies() : undefined)
    const client = clientOf(server, { mode, fetch })
    expect((await client.login({ username: "lin", password: "taipei" })).status).toBe(200)
    expect(client.claims).toEqual({ nickname: "小林", locale: "zh-TW" })
    const echo = { ...JSON_BODY, body: '{"a":1}' }
    const answer = await client.fetch("/echo", echo)
    expect(await answer.json()).toEqual({ a: 1 })
    server.setAhead(16 * 60)
    expect(await statusOf(client, "/echo", echo)).toBe(200)
    await client.logout()
    expect(client.claims).toBeUndefined()
    expect(await statusOf(client, "/me")).toBe(401)
    const renewed = ["POST /echo", "POST /refresh", "POST /echo"]
    expect(asked).toEqual(["POST /login", "POST /echo", ...renewed, "POST /logout", "GET /me"])
  })
})

describe("with one server", () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer("fetch", { REFRESH_GRACE: "0s" })
  })
  afterAll(() => server.stop())
  beforeEach(() => server.setAhead(0))
  afterEach(() => vi.useRealTimers())

  /** Moves this machine's clock, and no timers. */
  const setClock = (ahead: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ahead * 1000 })

  async function loggedIn(more: Partial<ClientOptions<typeof SHOWN>> = {}) {
    const { fetch, asked } = counting(more.fetch)
    const client = clientOf(server, { ...more, fetch })
    const response = await client.login(ADA)
    expect(response.status).toBe(200)
    const pair = (await response.json()) as { access_token: string; refresh_token: string }
    asked.length = 0
    return { client, asked, pair }
  }

  function changesOf(client: Shown) {
    const changes: ClientChange<unknown>[] = []
    client.onChange((change) => changes.push(change))
    return changes
  }

  describe("the time to refresh", () => {
    test.each([
      ["right", 0],
      ["two hours ahead", 7200],
      ["two hours behind", -7200],
    ])("comes before the token expires, by a clock that is %s", async (_, wrong) => {
      setClock(wrong)
      const { client, asked } = await loggedIn()
      vi.useRealTimers()
      for (const [ahead, expected] of [
        [14 * 60 + 25, ["GET /me"]],
        [14 * 60 + 35, ["POST /refresh", "GET /me"]],
      ] as const) {
        server.setAhead(ahead)
        setClock(wrong + ahead)
        asked.length = 0
        expect(await statusOf(client, "/me")).toBe(200)
        expect(asked).toEqual(expected)
        vi.useRealTimers()
      }
    })

    test("is the server's: a clock that is set back meanwhile is found out by the next answer", async () => {
      const { client, asked } = await loggedIn()
      setClock(-7200)
      expect(await statusOf(client, "/me")).toBe(200)
      vi.useRealTimers()
      server.setAhead(14 * 60 + 35)
      setClock(-7200 + 14 * 60 + 35)
      expect(await statusOf(client, "/me")).toBe(200)
      expect(asked).toEqual(["GET /me", "POST /refresh", "GET /me"])
    })

    test("is once for fifty requests", async () => {
      const { client, asked } = await loggedIn()
      server.setAhead(16 * 60)
      const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(client, "/me")))
      expect(new Set(statuses)).toEqual(new Set([200]))
      expect(asked.filter((each) => each === "POST /refresh")).toEqual(["POST /refresh"])
    })
  })

  describe("fetch", () => {
    test("sends once more what can be sent twice", async () => {
      const bytes = new TextEncoder().encode("[1]")
      const bodies = ["[1]", bytes, new Blob(["[1]"]), bytes.buffer]
      for (const body of bodies) {
        const { client } = await loggedIn()
        server.setAhead(16 * 60)
        expect(await (await client.fetch("/echo", { ...JSON_BODY, body })).json()).toEqual([1])
        server.setAhead(0)
      }
      const { client } = await loggedIn()
      server.setAhead(16 * 60)
      const request = new Request(`${server.address}/echo`, { ...JSON_BODY, body: "[2]" })
      expect(await (await client.fetch(request)).json()).toEqual([2])
    })

    test("sends a stream once, and hands on the refusal; the next request has the new token", async () => {
      const { client, asked } = await loggedIn()
      server.setAhead(16 * 60)
      const body = new Blob(["[1]"]).stream()
      const init = { ...JSON_BODY, body, duplex: "half" as const }
      const response = await client.fetch("/echo", init)
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: "token_expired" })
      expect(await statusOf(client, "/me")).toBe(200)
      expect(asked).toEqual(["POST /echo", "POST /refresh", "GET /me"])
    })

    test("tries once more and no oftener", async () => {
      const refused = () => Response.json({ error: "token_expired" }, { status: 401 })
      const asked: string[] = []
      const { client } = await loggedIn({
        fetch: (input, init) => {
          const { pathname } = new URL(String(input))
          asked.push(pathname)
          return pathname === "/me" ? Promise.resolve(refused()) : fetch(input, init)
        },
      })
      expect(await statusOf(client, "/me")).toBe(401)
      expect(asked).toEqual(["/login", "/me", "/refresh", "/me"])
    })

    test("hands on every other answer, whole", async () => {
      const { client, asked } = await loggedIn()
      const answer = await client.fetch("/echo", { ...JSON_BODY, body: "{" })
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: "invalid_request" }])
      expect(await statusOf(client, "/nowhere")).toBe(404)
      expect(asked).toEqual(["POST /echo", "GET /nowhere"])
    })

    test("sends nothing of the session to another origin", async () => {
      const seen: Request[] = []
      const { client } = await loggedIn({
        fetch: (input, init) => {
          if (String(input).startsWith(server.address)) return fetch(input, init)
          seen.push(new Request(input, init))
          return Promise.resolve(new Response("else"))
        },
      })
      const lookalike = server.address.replace("127.0.0.1", "127.0.0.1.evil.example")
      for (const address of ["https://else.example/me", lookalike, server.address.replace("http:", "https:")])
        expect(await (await client.fetch(address, { method: "POST", headers: { "x-own": "1" } })).text()).toBe("else")
      for (const { headers } of seen) expect([...headers]).toEqual([["x-own", "1"]])
      expect(seen).toHaveLength(3)
    })

    test("leaves a request alone that brings its own credential", async () => {
      const { client, asked } = await loggedIn()
      server.setAhead(16 * 60)
      expect(await statusOf(client, "/me", { headers: { authorization: "Bearer x.y.z" } })).toBe(401)
      expect(asked).toEqual(["GET /me"])
    })

    test("ends with the signal's reason while it waits for a refresh, and the refresh goes on", async () => {
      let release: (() => void) | undefined
      const isReleased = new Promise<void>((resolve) => {
        release = resolve
      })
      const { client } = await loggedIn({
        fetch: async (input, init) => {
          if (String(input).endsWith("/refresh")) await isReleased
          return fetch(input, init)
        },
      })
      server.setAhead(16 * 60)
      setClock(16 * 60)
      const reason = new Error("enough")
      const controller = new AbortController()
      const aborted = client.fetch("/me", { signal: controller.signal })
      controller.abort(reason)
      await expect(aborted).rejects.toBe(reason)
      const other = client.fetch("/me")
      release?.()
      expect((await other).status).toBe(200)
      await expect(client.fetch("/me", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })

    test("rejects for what is no address, as fetch does", async () => {
      const { client } = await loggedIn()
      await expect(client.fetch("http://")).rejects.toThrow(TypeError)
    })
  })

  describe("the end of a session", () => {
    test("is not that the server cannot be reached, nor that it starts anew", async () => {
      const { client } = await loggedIn()
      const changes = changesOf(client)
      await server.end()
      await expect(client.fetch("/me")).rejects.toThrow(TypeError)
      await expect(client.refresh()).rejects.toThrow(TypeError)
      expect([client.active, client.claims?.nickname]).toEqual([true, "Ada"])
      await server.restart()
      server.setAhead(16 * 60)
      expect(await statusOf(client, "/me")).toBe(200)
      expect(changes.map(({ reason }) => reason)).toEqual(["refresh"])
    })

    test("is not that the server is too busy", async () => {
      const { client } = await loggedIn({
        fetch: (input, init) =>
          String(input).endsWith("/refresh")
            ? Promise.resolve(Response.json({ error: "store_unavailable" }, { status: 503 }))
            : fetch(input, init),
      })
      await expect(client.refresh()).rejects.toMatchObject({ code: "refresh_failed" })
      server.setAhead(16 * 60)
      expect(await statusOf(client, "/me")).toBe(401)
      expect(client.active).toBe(true)
    })

    test("is the server's word: someone has used the refresh token elsewhere", async () => {
      const { client, pair } = await loggedIn()
      const changes = changesOf(client)
      const headers = { authorization: `Bearer ${pair.refresh_token}` }
      for (const status of [200, 401])
        expect((await fetch(`${server.address}/refresh`, { method: "POST", headers })).status).toBe(status)
      expect(await statusOf(client, "/me")).toBe(401)
      expect([client.active, client.claims]).toEqual([false, undefined])
      expect(changes).toEqual([{ reason: "ended", claims: undefined, code: "refresh_token_reused" }])
    })

    test("is not that one access token was revoked", async () => {
      const { client, pair } = await loggedIn()
      const body = new URLSearchParams({ token: pair.access_token })
      const authorization = `Basic ${btoa("examples:introspect")}`
      await fetch(`${server.address}/revoke`, { method: "POST", headers: { authorization }, body })
      expect(await statusOf(client, "/me")).toBe(401)
      expect(await statusOf(client, "/me")).toBe(200)
    })

    test("is a log-out, also for a refresh that is under way", async () => {
      const out: Promise<void>[] = []
      const { client } = await loggedIn({
        fetch: async (input, init) => {
          const response = await fetch(input, init)
          if (String(input).endsWith("/refresh")) out.push(client.logout())
          return response
        },
      })
      expect(await client.refresh()).toBe(false)
      await Promise.all(out)
      expect([client.active, client.claims]).toEqual([false, undefined])
    })

    test("is a log-out that the server does not hear of, and the program is told", async () => {
      const { client } = await loggedIn({
        fetch: (input, init) =>
          String(input).endsWith("/logout") ? Promise.reject(new TypeError("offline")) : fetch(input, init),
      })
      await expect(client.logout()).rejects.toThrow("offline")
      expect(client.active).toBe(false)
    })
  })

  describe("what is kept", () => {
    const NAME = "jotkit1:bearer:"
    const SECRET_ISH = /eyJ/

    function area(): WebStorage & { readonly values: Map<string, string> } {
      const values = new Map<string, string>()
      return {
        values,
        getItem: (name) => values.get(name) ?? null,
        setItem: (name, value) => void values.set(name, value),
        removeItem: (name) => void values.delete(name),
      }
    }

    test("is there at the next start, before anything is asked", async () => {
      const place = area()
      const { client } = await loggedIn({ storage: { area: place } })
      client.close()
      const { fetch, asked } = counting()
      const next = clientOf(server, { storage: { area: place }, fetch })
      expect([next.active, next.claims]).toEqual([true, { nickname: "Ada", locale: "en" }])
      expect(asked).toEqual([])
      expect(await statusOf(next, "/me")).toBe(200)
    })

    test("is nothing after a log-out, nor after the server's end", async () => {
      const place = area()
      const { client, pair } = await loggedIn({ storage: { area: place } })
      expect([...place.values.keys()]).toEqual([`${NAME}${server.address}/`])
      await client.logout()
      expect(place.values.size).toBe(0)
      const again = await loggedIn({ storage: { area: place } })
      await fetch(`${server.address}/logout`, {
        method: "POST",
        headers: { authorization: `Bearer ${again.pair.access_token}` },
      })
      expect(await statusOf(again.client, "/me")).toBe(401)
      expect(place.values.size).toBe(0)
      expect(pair.access_token).toMatch(SECRET_ISH)
    })

    test("with cookies is no token", async () => {
      const place = area()
      const client = clientOf(server, { mode: "cookie", storage: { area: place }, fetch: withCookies() })
      await client.login(ADA)
      const [text] = place.values.values()
      expect(JSON.parse(text ?? "")).toMatchObject({ claims: { nickname: "Ada", locale: "en" } })
      expect(text).not.toMatch(SECRET_ISH)
    })

    test.each([
      ["no JSON", () => "{"],
      ["nothing of ours", () => "null"],
      ["another mode's", () => '{"csrf":"x","claims":{"nickname":"Eve","locale":"en"}}'],
      ["over", (text: string) => JSON.stringify({ ...JSON.parse(text), end: 1 })],
    ])("is dropped and removed where it is %s", async (_, made) => {
      const place = area()
      const { client } = await loggedIn({ storage: { area: place } })
      client.close()
      const [[name, text]] = [...place.values] as [[string, string]]
      place.values.set(name, made(text))
      const next = clientOf(server, { storage: { area: place } })
      expect([next.active, next.claims, place.values.size]).toEqual([false, undefined, 0])
    })

    test("is not shown where the schema of today does not take it; the session goes on", async () => {
      const place = area()
      const { client } = await loggedIn({ storage: { area: place } })
      client.close()
      const schema = v.object({ nickname: v.number(), locale: v.string() })
      const next = createClient({ baseUrl: server.address, mode: "bearer", schema, storage: { area: place } })
      onTestFinished(() => next.close())
      expect([next.active, next.claims]).toEqual([true, undefined])
      expect(await statusOf(next, "/me")).toBe(200)
    })

    test("may be nothing at all: a place that throws is no place", async () => {
      const fail = () => {
        throw new Error("no room")
      }
      const { client } = await loggedIn({ storage: { area: { getItem: fail, setItem: fail, removeItem: fail } } })
      server.setAhead(16 * 60)
      expect(await statusOf(client, "/me")).toBe(200)
      expect(await client.refresh()).toBe(true)
      await client.logout()
      expect(client.active).toBe(false)
    })

    test("is drawn as the same object as long as it says the same", async () => {
      const { client } = await loggedIn()
      const { claims } = client
      await client.refresh()
      expect(client.claims).toBe(claims)
    })
  })

  test("a wrong password is an answer, and changes nothing", async () => {
    const { client } = await loggedIn()
    const changes = changesOf(client)
    expect((await client.login({ username: "ada", password: "x" })).status).toBe(401)
    expect([client.active, changes]).toEqual([true, []])
  })

  test("an answer that lacks what is to be kept is an error, without the answer", async () => {
    const fetch = () => Promise.resolve(Response.json({ token: "eyJ.marked.x" }))
    const client = clientOf(server, { fetch })
    const failed = client.login(ADA)
    await expect(failed).rejects.toMatchObject({ name: "ClientError", code: "answer_unexpected" })
    await expect(failed).rejects.toThrow(/^(?!.*marked)/)
  })

  test("a listener that throws ends no refresh, and one that was taken away hears nothing", async () => {
    const { client } = await loggedIn()
    const caught = vi.fn()
    process.once("uncaughtException", caught)
    client.onChange(() => {
      throw new Error("mine")
    })
    const heard = vi.fn()
    client.onChange(heard)()
    expect(await client.refresh()).toBe(true)
    expect(heard).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(caught).toHaveBeenCalled())
  })
})

test.each([
  ["no address", { baseUrl: "nowhere", mode: "cookie" }],
  ["no mode", { baseUrl: "https://api.example", mode: "jwt" }],
  ["keys for cookies", { baseUrl: "https://api.example", mode: "cookie", dpop: {} }],
])("options with %s are refused at once", (_, options) => {
  // What the types refuse, programs without types may do.
  const call = () => createClient(options as unknown as ClientOptions)
  expect(call).toThrow(expect.objectContaining({ code: "options_invalid" }))
})
