/** What servers, gateways, runtimes and other programs do to a client that nobody would have asked for. */
import { type ClientOptions, createClient, type Fetch, type WebStorage } from "@jotkit/client"
import { encode } from "jotkit"
import { afterEach, expect, onTestFinished, test, vi } from "vitest"
import { z } from "zod"

const BASE = "https://api.example"
const SECRET = "0123456789abcdef0123456789abcdef"
const HTML = new Response("<h1>eyJ.marked: log in to this network</h1>")
const EXPIRED = { error: "token_expired" }

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function clientOf(fetch: Fetch, more: Partial<ClientOptions> = {}) {
  const client = createClient({ baseUrl: BASE, mode: "bearer", fetch, ...more })
  onTestFinished(() => client.close())
  return client
}

/** A server: what each path answers. Logins and refreshes are for whoever is named. */
function serverOf(answers: Readonly<Record<string, (init: RequestInit) => Response | Promise<Response>>> = {}) {
  const asked: string[] = []
  const fetch: Fetch = async (input, init = {}) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input))
    asked.push(pathname)
    const answer = answers[pathname] ?? (pathname === "/login" ? (sent) => pairOf(nameIn(sent)) : () => pairOf("Ada"))
    return answer(init)
  }
  return { fetch, asked }
}

const nameIn = ({ body }: RequestInit): string => JSON.parse(String(body)).username

/** Tokens as a server makes them that shows no clock. */
function pairOf(nickname: string, life = 3600): Response {
  const now = Math.floor(Date.now() / 1000)
  return Response.json({
    access_token: encode({ nickname, iat: now, exp: now + 900 }, SECRET),
    refresh_token: encode({ iat: now, exp: now + life }, SECRET),
    expires_in: 900,
  })
}

const csrfOf = (nickname: string) => Response.json({ csrf_token: `csrf-${nickname}`, claims: { nickname } })

function areaOf(values = new Map<string, string>()): WebStorage & { readonly values: Map<string, string> } {
  return {
    values,
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  }
}

test.each(["localhost:3000", "data:text/plain,x", "app:main", "/api", ""])(
  "an address whose origin is no one's is refused: %s",
  (baseUrl) => {
    expect(() => createClient({ baseUrl, mode: "bearer" })).toThrow(
      expect.objectContaining({ name: "ClientError", code: "options_invalid" }),
    )
  },
)

test("a runtime whose URL has no canParse, and that has no TextDecoder, is enough", async () => {
  class Url extends URL {}
  Object.defineProperty(Url, "canParse", { value: undefined })
  vi.stubGlobal("URL", Url)
  vi.stubGlobal("TextDecoder", undefined)
  const client = clientOf(serverOf({ "/login": () => pairOf("小林") }).fetch)
  await client.login({ username: "lin" })
  expect(client.claims?.["nickname"]).toBe("小林")
})

test("a fetch is called as the platform's wants it, with nothing before it", async () => {
  const { fetch } = serverOf()
  const seen: unknown[] = []
  const strict: Fetch = function (this: unknown, input, init) {
    seen.push(this)
    return fetch(input, init)
  }
  const client = clientOf(strict)
  await client.login({ username: "Ada" })
  await client.fetch("https://else.example/")
  expect(seen).toEqual([undefined, undefined])
})

test("clients of one process are those of different users: none hears of another", async () => {
  const [ada, lin] = ["Ada", "Lin"].map((name) =>
    clientOf(serverOf({ "/login": () => csrfOf(name), "/me": () => Response.json({}) }).fetch, { mode: "cookie" }),
  ) as [ReturnType<typeof clientOf>, ReturnType<typeof clientOf>]
  await ada.login({})
  const third = clientOf(serverOf({ "/me": () => Response.json({}) }).fetch, { mode: "cookie" })
  await third.fetch("/me")
  expect([third.claims, lin.claims]).toEqual([undefined, undefined])
  await lin.login({})
  await lin.logout()
  await new Promise((resolve) => setImmediate(resolve))
  await third.fetch("/me")
  expect(ada.claims).toEqual({ nickname: "Ada" })
})

test("a browser that gives no locks and no channel is one that has no other tabs", async () => {
  const refuse = () => Promise.reject(new DOMException("denied", "SecurityError"))
  const navigator = { locks: { request: refuse } }
  class Denied {
    constructor() {
      throw new DOMException("denied", "SecurityError")
    }
  }
  vi.stubGlobal("navigator", navigator)
  vi.stubGlobal("location", { origin: BASE })
  vi.stubGlobal("BroadcastChannel", Denied)
  const { fetch, asked } = serverOf()
  const client = clientOf(fetch)
  await client.login({ username: "Ada" })
  expect(await client.refresh()).toBe(true)
  expect(asked).toEqual(["/login", "/refresh"])
})

test("with locks, what fails inside fails once, with its own reason", async () => {
  const request = async (_: string, __: object, task: (lock: object) => Promise<unknown>) => task({})
  vi.stubGlobal("navigator", { locks: { request } })
  const { fetch, asked } = serverOf({ "/login": () => Promise.reject(new TypeError("away")) })
  await expect(clientOf(fetch).login({})).rejects.toThrow("away")
  expect(asked).toEqual(["/login"])
})

test("a disk that is full is no reason to wait for ever", async () => {
  const open = (_: string, version?: number) => {
    const request = { result: { version: 1, close: () => undefined }, error: { name: "QuotaExceededError" } }
    queueMicrotask(() => Reflect.get(request, version ? "onerror" : "onsuccess")())
    return request
  }
  let left = 50
  vi.stubGlobal("navigator", undefined)
  vi.stubGlobal("indexedDB", {
    open(name: string, version?: number) {
      if (left-- === 0) throw new Error("asked for ever")
      return open(name, version)
    },
  })
  const client = clientOf(serverOf().fetch)
  expect((await client.login({ username: "Ada" })).status).toBe(200)
  expect(left).toBeGreaterThan(40)
})

test("a network that answers everything with its own page logs nobody in, and nobody out", async () => {
  let isCaptive = true
  const maybe = (status: number) => () => (isCaptive ? new Response(HTML.clone().body, { status }) : pairOf("Ada"))
  const client = clientOf(serverOf({ "/login": maybe(200), "/refresh": maybe(200) }).fetch)
  const failed = client.login({})
  await expect(failed).rejects.toMatchObject({ name: "ClientError", code: "answer_unexpected" })
  await expect(failed).rejects.toThrow(/^(?!.*marked)/)
  isCaptive = false
  await client.login({})
  isCaptive = true
  await expect(client.refresh()).rejects.toMatchObject({ code: "answer_unexpected" })
  expect(client.active).toBe(true)
})

test.each([403, 429, 500, 502])(
  "a gateway that answers a refresh with %i, and no code, logs nobody out",
  async (status) => {
    const client = clientOf(serverOf({ "/refresh": () => new Response("<h1>no</h1>", { status }) }).fetch)
    await client.login({ username: "Ada" })
    await expect(client.refresh()).rejects.toMatchObject({ code: "refresh_failed", message: `status ${status}` })
    expect(client.active).toBe(true)
  },
)

test("a server that forbids the refresh, and says why, ends the session", async () => {
  const refused = () => Response.json({ error: "csrf_failed" }, { status: 403 })
  const client = clientOf(serverOf({ "/refresh": refused }).fetch)
  await client.login({ username: "Ada" })
  expect([await client.refresh(), client.active]).toEqual([false, false])
})

test("what one user has asked for is not done as another who has logged in meanwhile", async () => {
  const sent: string[] = []
  const { fetch } = serverOf({
    async "/transfer"({ headers }) {
      sent.push(new Headers(headers).get("authorization") ?? "")
      await client.login({ username: "Eve" })
      return Response.json(EXPIRED, { status: 401 })
    },
  })
  const client = clientOf(fetch)
  await client.login({ username: "Ada" })
  const { status } = await client.fetch("/transfer", { method: "POST", body: "all" })
  expect([status, sent.length, client.claims?.["nickname"]]).toEqual([401, 1, "Eve"])
})

test("a place with no room left keeps nothing rather than the last user", async () => {
  const area = areaOf()
  const { fetch } = serverOf()
  const client = clientOf(fetch, { storage: { area } })
  await client.login({ username: "Ada" })
  area.setItem = () => {
    throw new DOMException("full", "QuotaExceededError")
  }
  await client.login({ username: "Lin" })
  expect(client.claims?.["nickname"]).toBe("Lin")
  expect(clientOf(fetch, { storage: { area } }).claims).toBeUndefined()
})

test.each([7200, -7200])(
  "a server that shows no clock is believed, by a device that is %i seconds off",
  async (off) => {
    const { fetch } = serverOf({ "/login": () => pairOf("Ada", 1800), "/me": () => Response.json({}) })
    const client = clientOf(async (input, init) => {
      vi.useRealTimers()
      const response = await fetch(input, init)
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + off * 1000 })
      return response
    })
    await client.login({})
    await client.fetch("/me")
    expect(client.active).toBe(true)
  },
)

test("a schema may make of claims what JSON does not have: each session has its own", async () => {
  class Person {
    readonly #name: string
    constructor(name: string) {
      this.#name = name
    }
    get name(): string {
      return this.#name
    }
  }
  const schema = z.object({ nickname: z.string() }).transform(({ nickname }) => new Person(nickname))
  const client = createClient({ baseUrl: BASE, mode: "bearer", schema, fetch: serverOf().fetch })
  for (const username of ["Ada", "Lin"]) {
    await client.login({ username })
    expect(client.claims?.name).toBe(username)
  }
  const numbers = z.object({ iat: z.number() }).transform(({ iat }) => ({ iat: BigInt(iat) }))
  const counting = createClient({ baseUrl: BASE, mode: "bearer", schema: numbers, fetch: serverOf().fetch })
  await counting.login({ username: "Ada" })
  expect(counting.claims?.iat).toBeTypeOf("bigint")
})

test("the cookie of a subdomain does not stand for the server's, and a value may have an equals sign", async () => {
  const seen: (string | null)[] = []
  const { fetch } = serverOf({
    "/login": () => Response.json({ csrf_token: "a==" }),
    "/echo": ({ headers }) => Response.json(seen.push(new Headers(headers).get("x-csrf-token"))),
  })
  const document = { cookie: "" }
  vi.stubGlobal("location", { origin: BASE })
  vi.stubGlobal("document", document)
  const client = clientOf(fetch, { mode: "cookie", storage: { area: areaOf() } })
  document.cookie = "__A-csrf_token=evil; csrf_token=worse; __Host-csrf_token=a=="
  await client.login({})
  await client.fetch("/echo", { method: "POST" })
  expect([seen, client.active]).toEqual([["a=="], true])
})

test("what others have left in the storage is told, where they cannot tell it themselves", async () => {
  const { fetch } = serverOf({ "/me": () => Response.json({}) })
  const storage = { area: areaOf(), shared: true }
  const [one, two] = [clientOf(fetch, { storage }), clientOf(fetch, { storage })]
  const heard: unknown[] = []
  two.onChange(({ reason, claims }) => heard.push([reason, claims?.["nickname"]]))
  await one.login({ username: "Ada" })
  await two.fetch("/me")
  expect([two.claims?.["nickname"], heard]).toEqual(["Ada", [["refresh", "Ada"]]])
})

test("a tab that is too busy to answer has stored its token before, and no one uses the older one", async () => {
  const area = areaOf()
  class Busy {
    postMessage(message: object): void {
      // Asked for news. Storages of two processes differ for a moment: only now is here what the other has written.
      if (Object.keys(message).length === 0)
        for (const [name, text] of area.values) area.values.set(name, renewed(text))
    }
    close(): void {}
  }
  const renewed = (text: string) =>
    JSON.stringify({ ...JSON.parse(text), at: Date.now() + 1, access: "Bearer renewed" })
  const request = async (_: string, { ifAvailable }: { ifAvailable: boolean }, task: (lock: unknown) => unknown) =>
    task(ifAvailable ? null : {})
  vi.stubGlobal("location", { origin: BASE })
  vi.stubGlobal("navigator", { locks: { request } })
  vi.stubGlobal("BroadcastChannel", Busy)
  const sent: (string | null)[] = []
  const { fetch, asked } = serverOf({
    "/me": ({ headers }) => Response.json(sent.push(new Headers(headers).get("authorization"))),
  })
  const client = clientOf(fetch, { storage: { area, shared: true } })
  await client.login({ username: "Ada" })
  expect(await client.refresh()).toBe(true)
  await client.fetch("/me")
  expect([sent, asked]).toEqual([["Bearer renewed"], ["/login", "/me"]])
})

test("a tab that has slept ends the session that there is, not the one it remembers", async () => {
  const ended: (string | null)[] = []
  const { fetch } = serverOf({
    "/logout": ({ headers }) => Response.json(ended.push(new Headers(headers).get("authorization"))),
  })
  const area = areaOf()
  const [asleep, awake] = [clientOf(fetch, { storage: { area } }), clientOf(fetch, { storage: { area } })]
  await asleep.login({ username: "Ada" })
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 })
  await awake.login({ username: "Lin" })
  await asleep.logout()
  expect(readNickname(ended)).toEqual(["Lin"])
})

const readNickname = (headers: readonly (string | null)[]) =>
  headers.map((header) => JSON.parse(Buffer.from(header?.split(".")[1] ?? "", "base64url").toString()).nickname)

test.each([
  "null",
  "[]",
  '"x"',
  "1",
  '{"access":{}}',
  '{"__proto__":{"access":"x"}}',
  '{"access":"Bearer x","claims":[]}',
])("what stands in the storage brings nothing down: %s", async (text) => {
  const name = `jotkit1:bearer:${BASE}/`
  const { fetch } = serverOf({ "/me": () => Response.json({}) })
  const client = clientOf(fetch, { storage: { area: areaOf(new Map([[name, text]])) } })
  expect(client.claims).toBeUndefined()
  expect((await client.fetch("/me")).status).toBe(200)
  expect(Object.hasOwn(Object.prototype, "access")).toBe(false)
})
