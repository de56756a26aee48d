/** Several tabs and workers of a real Chromium, on a real example server whose clock the tests move. */
import type { Client } from "@jotkit/client"
import { afterAll, afterEach, test as baseTest, beforeAll, beforeEach, describe, expect } from "vitest"
import { type Browser, type Context, missing, type Page, serveBuilt, startChromium } from "./chromium.ts"
import { type Server, startServer } from "./servers.ts"

const QUARTER = 16 * 60
const MODES = ["cookie", "bearer"] as const
type Mode = (typeof MODES)[number]

const test = baseTest.skipIf(missing !== undefined)

/** What the tests have put into a page. */
declare const page: {
  client: Client
  changes: string[]
  readonly open: (mode: Mode, kept?: "session", at?: string) => Promise<Client>
  statuses(count: number): Promise<number[]>
}

/** What pages have besides. */
declare const localStorage: Readonly<Record<string, string>> & { readonly length: number }
declare const sessionStorage: { readonly length: number }
declare const document: { readonly cookie: string }
declare const window: { open(address: string): unknown }
declare const Worker: new (
  address: string,
) => { onmessage: (event: { data: unknown }) => void; postMessage(message: unknown): void }

let browser: Browser
let server: Server
/** The same, for pages of another origin. */
let foreign: Server
let context: Context
let refreshes = 0
const errors: Error[] = []

beforeAll(async () => {
  if (missing !== undefined) return
  ;[browser, server] = await Promise.all([startChromium(), startServer("express", { REFRESH_GRACE: "0s" })])
  foreign = await startServer("express", { REFRESH_GRACE: "0s", CORS_ORIGIN: server.address })
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([server?.stop(), foreign?.stop()])
})

beforeEach(async () => {
  if (missing !== undefined) return
  server.setAhead(0)
  refreshes = 0
  context = await browser.newContext()
  context.setDefaultTimeout(15_000)
  context.on("request", (request) => {
    if (request.url().endsWith("/refresh")) refreshes++
  })
  await serveBuilt(context, `<script>${SETUP}</script>`)
  await context.route("**/worker.js", (route) => route.fulfill({ contentType: "text/javascript", body: WORKER }))
})

afterEach(async () => {
  await context?.close()
  expect(errors.splice(0)).toEqual([])
})

/** What every page begins with. A worker does the same for whoever asks it. */
const SETUP = `
  globalThis.page = {
    changes: [],
    async open(mode, kept, baseUrl = location.origin) {
      const { createClient, keepInSession, unsafeKeepInLocal } = await import("/client/index.js")
      const storage = kept === "session" ? keepInSession() : mode === "bearer" ? unsafeKeepInLocal() : undefined
      page.client = createClient({ baseUrl, mode, storage })
      page.client.onChange(({ reason }) => page.changes.push(reason))
      return page.client
    },
    statuses: (count) =>
      Promise.all(Array.from({ length: count }, async () => (await page.client.fetch("/me")).status)),
  }
`
const WORKER = `${SETUP}
  self.onmessage = async ({ data: { mode, count } }) => {
    const client = await page.open(mode)
    // Its tab may be slow to answer.
    if (!client.active) await new Promise((resolve) => client.onChange(resolve))
    self.postMessage([await page.statuses(count), page.client.claims?.nickname])
  }
`

async function openTab(mode: Mode, kept?: "session"): Promise<Page> {
  const tab = await context.newPage()
  tab.on("pageerror", (error) => errors.push(error))
  await tab.goto(`${server.address}/blank`)
  await openClient(tab, mode, kept)
  return tab
}

const openClient = (tab: Page, mode: Mode, kept?: "session") =>
  tab.evaluate(async ([asked, where]) => void (await page.open(asked, where)), [mode, kept] as const)

const logIn = (tab: Page, username = "ada", password = "lovelace") =>
  tab.evaluate(async (credentials) => (await page.client.login(credentials)).status, { username, password })

const nicknameIn = (tab: Page) => tab.evaluate(() => page.client.claims?.["nickname"])
const statusesIn = (tab: Page, count = 1) => tab.evaluate((asked) => page.statuses(asked), count)
const changesIn = (tab: Page) => tab.evaluate(() => page.changes.splice(0))
const heard = (tab: Page, reason: string) => tab.waitForFunction(`page.changes.includes(${JSON.stringify(reason)})`)

describe.each(MODES)("with %s", (mode) => {
  test("a login in one tab is one in all, and the next start needs no request", async () => {
    const [one, two] = [await openTab(mode), await openTab(mode)]
    expect(await logIn(one)).toBe(200)
    await heard(two, "login")
    expect(await nicknameIn(two)).toBe("Ada")
    expect(await statusesIn(two)).toEqual([200])
    const asked: string[] = []
    context.on("request", (request) => asked.push(request.url()))
    await two.reload()
    await openClient(two, mode)
    expect(await nicknameIn(two)).toBe("Ada")
    expect(asked.filter((url) => !/\/(?:blank|client\/.*)$/.test(url))).toEqual([])
  })

  test("a hundred and fifty requests of three tabs at expiry give one refresh", async () => {
    const tabs = [await openTab(mode), await openTab(mode), await openTab(mode)]
    await logIn(tabs[0] as Page)
    await Promise.all(tabs.slice(1).map((tab) => heard(tab, "login")))
    server.setAhead(QUARTER)
    const statuses = await Promise.all(tabs.map((tab) => statusesIn(tab, 50)))
    expect(new Set(statuses.flat())).toEqual(new Set([200]))
    expect(refreshes).toBe(1)
  })

  test("the same without Web Locks", async () => {
    await context.addInitScript("Object.defineProperty(navigator, 'locks', { value: undefined })")
    const tabs = [await openTab(mode), await openTab(mode), await openTab(mode)]
    await logIn(tabs[0] as Page)
    await Promise.all(tabs.slice(1).map((tab) => heard(tab, "login")))
    for (const ahead of [QUARTER, 2 * QUARTER]) {
      server.setAhead(ahead)
      const statuses = await Promise.all(tabs.map((tab) => statusesIn(tab, 10)))
      expect(new Set(statuses.flat())).toEqual(new Set([200]))
    }
    expect(refreshes).toBe(2)
  })

  test("a worker has the session of the tabs, and shares the refresh", async () => {
    const tab = await openTab(mode)
    await logIn(tab)
    server.setAhead(QUARTER)
    const answers = tab.evaluate(async (asked) => {
      const worker = new Worker("/worker.js")
      const answer = new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data)
      })
      worker.postMessage({ mode: asked, count: 20 })
      return [await page.statuses(20), await answer]
    }, mode)
    const fine = Array.from({ length: 20 }, () => 200)
    expect(await answers).toEqual([fine, [fine, "Ada"]])
    expect(refreshes).toBe(1)
  })

  test("a log-out in one tab is one in all, and leaves nothing", async () => {
    const [one, two] = [await openTab(mode), await openTab(mode)]
    await logIn(one)
    await heard(two, "login")
    await one.evaluate(() => page.client.logout())
    await heard(two, "logout")
    expect([await nicknameIn(two), await statusesIn(two)]).toEqual([undefined, [401]])
    expect(await two.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, ""])
    expect(await context.cookies()).toEqual([])
    expect((await openTab(mode).then(nicknameIn)) ?? "nobody").toBe("nobody")
  })

  test("a tab that slept, and heard nothing, goes on with what the others have, and logs out nobody", async () => {
    const [awake, asleep] = [await openTab(mode), await openTab(mode)]
    await logIn(awake)
    await heard(asleep, "login")
    await asleep.evaluate(() => page.client.close())
    for (const ahead of [QUARTER, 2 * QUARTER]) {
      server.setAhead(ahead)
      expect(await statusesIn(awake)).toEqual([200])
    }
    expect(await statusesIn(asleep)).toEqual([200])
    server.setAhead(3 * QUARTER)
    expect(await statusesIn(asleep)).toEqual([200])
    expect(await statusesIn(awake)).toEqual([200])
    expect(refreshes).toBe(3)
  })

  test.each([7200, -7200])("a clock that is wrong by %i seconds refreshes in time", async (wrong) => {
    const tab = await openTab(mode)
    const setClock = (ahead: number) => tab.clock.setFixedTime(Date.now() + (wrong + ahead) * 1000)
    await setClock(0)
    await logIn(tab)
    for (const [ahead, expected] of [
      [14 * 60 + 25, 0],
      [14 * 60 + 35, 1],
    ] as const) {
      server.setAhead(ahead)
      await setClock(ahead)
      expect([await statusesIn(tab), refreshes]).toEqual([[200], expected])
    }
  })

  test("a server that is away logs nobody out; when it is back all goes on", async () => {
    const tab = await openTab(mode)
    await logIn(tab)
    await server.end()
    const failed = await tab.evaluate(() => page.client.fetch("/me").catch((error) => error.name))
    expect([failed, await nicknameIn(tab), await changesIn(tab)]).toEqual(["TypeError", "Ada", ["login"]])
    await server.restart()
    server.setAhead(QUARTER)
    expect(await statusesIn(tab, 5)).toEqual([200, 200, 200, 200, 200])
    expect(refreshes).toBe(1)
  })

  test("a refresh token that someone else has used ends the session in all tabs", async () => {
    const [one, two] = [await openTab(mode), await openTab(mode)]
    await logIn(one)
    await heard(two, "login")
    const headers = await stolen(one, mode)
    for (const status of [200, 401])
      expect((await fetch(`${server.address}/refresh`, { method: "POST", headers })).status).toBe(status)
    expect(await statusesIn(one)).toEqual([401])
    await heard(two, "ended")
    for (const tab of [one, two]) expect(await nicknameIn(tab)).toBeUndefined()
    expect(await one.evaluate(() => localStorage.length)).toBe(0)
  })
})

/** What a thief of a device's files would have. */
async function stolen(tab: Page, mode: Mode): Promise<Record<string, string>> {
  if (mode === "bearer") {
    const kept = await tab.evaluate(() => Object.values(localStorage)[0])
    return { authorization: JSON.parse(String(kept)).refresh }
  }
  const cookies = await context.cookies()
  const csrf = cookies.find(({ name }) => name === "csrf_token")?.value ?? ""
  const jar = cookies.filter(({ name }) => name !== "access_token").map(({ name, value }) => `${name}=${value}`)
  return { cookie: jar.join("; "), "x-csrf-token": csrf }
}

test.each(MODES)("a page of another origin has a session by %s as well", async (mode) => {
  foreign.setAhead(0)
  const tab = await context.newPage()
  const open = async () => {
    // What really comes from this machine: browsers let no other page ask this machine.
    await tab.goto(`${server.address}/healthz`)
    await tab.evaluate(SETUP)
    await tab.evaluate(async ([asked, at]) => void (await page.open(asked, undefined, at)), [
      mode,
      foreign.address,
    ] as const)
  }
  const echo = () =>
    tab.evaluate(async () => {
      const headers = { "content-type": "application/json" }
      return (await page.client.fetch("/echo", { method: "POST", headers, body: "[1]" })).json()
    })
  await open()
  expect(await logIn(tab)).toBe(200)
  expect(await echo()).toEqual([1])
  await open()
  expect(await nicknameIn(tab)).toBe("Ada")
  foreign.setAhead(QUARTER)
  expect(await echo()).toEqual([1])
  expect(refreshes).toBeGreaterThan(0)
  await tab.evaluate(() => page.client.logout())
  expect([await statusesIn(tab), await context.cookies()]).toEqual([[401], []])
})

test("a cookie that the browser has thrown away is a reason to refresh", async () => {
  const tab = await openTab("cookie")
  await logIn(tab)
  await context.clearCookies({ name: "access_token" })
  expect(await statusesIn(tab, 5)).toEqual([200, 200, 200, 200, 200])
  expect(refreshes).toBe(1)
})

test("with cookies no script finds a token, and another user's cookies are not shown as the last one's", async () => {
  const tab = await openTab("cookie")
  await logIn(tab)
  const found = await tab.evaluate(() => [document.cookie, ...Object.values(localStorage)].join())
  expect(found).not.toMatch(/eyJ/)
  await tab.evaluate(async () => {
    const credentials = JSON.stringify({ username: "lin", password: "taipei" })
    await fetch("/login?mode=cookie", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: credentials,
    })
  })
  expect(await openTab("cookie").then(nicknameIn)).toBeUndefined()
  expect(await tab.evaluate(() => page.client.refresh())).toBe(true)
  expect(await nicknameIn(tab)).toBe("小林")
})

test("tabs with copies of one session, from a duplicated tab, keep in step", async () => {
  const tab = await openTab("bearer", "session")
  await logIn(tab)
  const popup = tab.waitForEvent("popup")
  await tab.evaluate(() => void window.open("/blank"))
  const copy = await popup
  await copy.waitForFunction("globalThis.page !== undefined")
  await openClient(copy, "bearer", "session")
  expect(await nicknameIn(copy)).toBe("Ada")
  for (const [turn, each] of [tab, copy, tab, copy].entries()) {
    const other = each === tab ? copy : tab
    await changesIn(other)
    server.setAhead((turn + 1) * QUARTER)
    expect(await statusesIn(each)).toEqual([200])
    await heard(other, "refresh")
  }
  expect(refreshes).toBe(4)
  expect(await openTab("bearer", "session").then(nicknameIn)).toBeUndefined()
})
