/** The page of the examples, as a visitor has it: drawn from the device, with and without its service worker, with and without a network. */
import axe from "axe-core"
import { afterAll, afterEach, test as baseTest, beforeAll, beforeEach, expect } from "vitest"
import { type Browser, type Context, missing, type Page, startChromium } from "./chromium.ts"
import { type Server, startServer } from "./servers.ts"

const test = baseTest.skipIf(missing !== undefined)

type Size = { width: number; height: number }

let browser: Browser
let server: Server
let context: Context
let asked: string[] = []
const errors: Error[] = []

beforeAll(async () => {
  if (missing !== undefined) return
  ;[browser, server] = await Promise.all([startChromium(), startServer("app")])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

beforeEach(async () => {
  if (missing !== undefined) return
  server.setAhead(0)
  await open("en")
})

afterEach(async () => {
  await context?.close()
  expect(errors.splice(0)).toEqual([])
})

async function open(locale: string, more: { colorScheme?: "dark"; viewport?: Size } = {}): Promise<void> {
  context = await browser.newContext({ locale, ...more })
  context.setDefaultTimeout(15_000)
  asked = []
  context.on("request", (request) => asked.push(new URL(request.url()).pathname))
}

async function visit(): Promise<Page> {
  const page = await context.newPage()
  page.on("pageerror", (error) => errors.push(error))
  await page.goto(server.address)
  return page
}

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true }).waitFor()
const click = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click()

async function logIn(page: Page, username = "ada", password = "lovelace"): Promise<void> {
  await page.locator("[name=username]").fill(username)
  await page.locator("[name=password]").fill(password)
  await page.locator("[type=submit]").click()
}

/** The page's worker has kept its files, and answers for them from now on. */
async function isRemembered(page: Page): Promise<void> {
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
}

test("the name is drawn before the server is asked, and when is measured", async () => {
  const page = await visit()
  await logIn(page)
  await heading(page, "Hello, Ada")
  await isRemembered(page)
  await page.reload()
  await heading(page, "Hello, Ada")
  await page.locator("#sessions li").waitFor()
  const [drawn, first] = await page.evaluate<[number, number], undefined>(`[
    performance.getEntriesByName("drawn")[0].startTime,
    performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/sessions")).startTime,
  ]`)
  process.stdout.write(`first drawn nickname after ${Math.round(drawn)} ms, first request to the API later\n`)
  expect(drawn).toBeLessThanOrEqual(first)
})

test("without a network the page starts, and its visitor is not logged out", async () => {
  const page = await visit()
  await logIn(page)
  await heading(page, "Hello, Ada")
  await isRemembered(page)
  await context.setOffline(true)
  await page.reload()
  await heading(page, "Hello, Ada")
  await page.getByRole("status").waitFor()
  expect(await page.getByRole("status").innerText()).toMatch(/still logged in/)
  await context.setOffline(false)
  server.setAhead(16 * 60)
  await click(page, "Who am I?")
  await page.locator("#answer").waitFor()
  expect(await page.locator("#answer").innerText()).toMatch(/^200 /)
})

test.each(["cookie", "bearer"])(
  "beside a service worker fifty requests at expiry give one refresh, by %s",
  async (mode) => {
    const page = await visit()
    await isRemembered(page)
    await page.reload()
    await page.evaluate(`import("@jotkit/client").then(({ createClient }) => {
    globalThis.client = createClient({ baseUrl: location.origin, mode: "${mode}" })
    return client.login({ username: "ada", password: "lovelace" })
  })`)
    asked = []
    server.setAhead(16 * 60)
    const statuses = await page.evaluate<number[], undefined>(`
    Promise.all(Array.from({ length: 50 }, async () => (await client.fetch("/me")).status))
  `)
    expect(await page.evaluate("navigator.serviceWorker.controller !== null")).toBe(true)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(asked.filter((path) => path === "/refresh")).toEqual(["/refresh"])
  },
)

test("the server decides, whatever the page shows", async () => {
  const page = await visit()
  await logIn(page, "lin", "taipei")
  await heading(page, "小林，你好")
  await page.evaluate(`{
    const [name] = Object.keys(localStorage)
    const kept = JSON.parse(localStorage[name])
    localStorage[name] = JSON.stringify({ ...kept, claims: { nickname: "Ada", locale: "zh-TW", roles: ["admin"] } })
  }`)
  await page.reload()
  await click(page, "管理員專用")
  await page.locator("#answer").waitFor()
  expect(await page.locator("#answer").innerText()).toMatch(/^403 .*insufficient_role/s)
})

test("a claim is text, whatever stands in it", async () => {
  const page = await visit()
  await logIn(page)
  await heading(page, "Hello, Ada")
  await page.evaluate(`{
    const [name] = Object.keys(localStorage)
    const kept = JSON.parse(localStorage[name])
    localStorage[name] = JSON.stringify({ ...kept, claims: { nickname: "<img src=x onerror=alert(1)>" } })
  }`)
  await page.reload()
  await heading(page, "Hello, <img src=x onerror=alert(1)>")
})

test("everywhere is every tab and every device", async () => {
  const [page, second] = [await visit(), await visit()]
  await logIn(page)
  await heading(second, "Hello, Ada")
  const device = await browser.newContext({ locale: "en" })
  const other = await device.newPage()
  await other.goto(server.address)
  await logIn(other)
  await heading(other, "Hello, Ada")
  await click(page, "Log out everywhere")
  for (const tab of [page, second]) await heading(tab, "Log in")
  await click(other, "Who am I?")
  await heading(other, "Log in")
  expect(await other.getByRole("status").innerText()).toMatch(/ended/)
  await device.close()
})

test("a wrong password is said, in the visitor's language", async () => {
  await context.close()
  await open("zh-TW")
  const page = await visit()
  await logIn(page, "ada", "x")
  await page.locator("#notice:not(:empty)").waitFor()
  expect(await page.getByRole("status").innerText()).toBe("帳號或密碼錯誤。")
  await click(page, "English")
  expect(await page.getByRole("status").innerText()).toBe("The name or the password is wrong.")
})

test("the worker keeps files of the page, and no answer of the server", async () => {
  const page = await visit()
  await logIn(page)
  await heading(page, "Hello, Ada")
  await isRemembered(page)
  await page.reload()
  await click(page, "Who am I?")
  await page.locator("#answer").waitFor()
  const kept = await page.evaluate<string[], undefined>(`caches.open("page-1").then(async (cache) =>
    (await cache.keys()).map(({ url }) => new URL(url).pathname))`)
  expect(kept).toContain("/client/index.js")
  expect(kept.filter((path) => !/^\/(?:$|client\/|[a-z]+\.(?:js|css|svg)$)/.test(path))).toEqual([])
  expect(asked).toContain("/me")
})

/** 320 pixels: a small telephone, or a window of 1280 at 400 % (WCAG 2.2, 1.4.10). */
test.each([
  ["en", {}],
  ["en", { colorScheme: "dark", viewport: { width: 320, height: 640 } }],
  ["zh-TW", { viewport: { width: 320, height: 640 } }],
  ["zh-TW", { colorScheme: "dark" }],
] as const)("axe finds nothing wrong, and nothing is wider than the window, in %s with %o", async (locale, more) => {
  await context.close()
  await open(locale, more)
  const page = await visit()
  await page.evaluate(axe.source)
  const isFine = async () => expect([await violations(page), await page.evaluate(TOO_WIDE)]).toEqual([[], 0])
  await page.locator("#login:not([hidden])").waitFor()
  await isFine()
  await logIn(page, "ada", "x")
  await page.locator("#notice:not(:empty)").waitFor()
  await isFine()
  await logIn(page, ...(locale === "en" ? ["ada", "lovelace"] : ["lin", "taipei"]))
  await page.locator("#sessions strong").waitFor()
  await page.locator("#ask").click()
  await page.locator("#answer:not([hidden])").waitFor()
  await isFine()
})

const TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

/** What axe finds, in a form that says enough when it fails. */
function violations(page: Page): Promise<string[]> {
  return page.evaluate<string[], undefined>(`axe.run().then(({ violations }) => violations.flatMap(
    ({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ": " + html + " " + failureSummary),
  ))`)
}
