/** The door for React under its own renderers: that of a server, and that of Chromium in the build that says what it finds wrong. */
import { fileURLToPath } from "node:url"
import { type Client, createClient, type StandardSchemaV1, type UnverifiedClaims } from "@jotkit/client"
import { useClaims, useClient } from "@jotkit/client/react"
import { build } from "esbuild"
import { createContext, createElement } from "react"
import { renderToString } from "react-dom/server"
import {
  afterAll,
  afterEach,
  test as baseTest,
  beforeAll,
  beforeEach,
  expect,
  expectTypeOf,
  onTestFinished,
  test,
} from "vitest"
import { type Browser, type Context, missing, type Page, type Route, startChromium } from "./chromium.ts"
import { treeOf, type page as whatThePageHas } from "./react-page.ts"
import { type Server, startServer } from "./servers.ts"

const inChromium = baseTest.skipIf(missing !== undefined)
const ADA = { username: "ada", password: "lovelace" }
const LIN = { username: "lin", password: "taipei" }

declare const page: typeof whatThePageHas

let server: Server
let browser: Browser
let context: Context
let program: string
const errors: Error[] = []

beforeAll(async () => {
  server = await startServer("fetch")
  if (missing === undefined) [browser, program] = await Promise.all([startChromium(), bundle()])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

beforeEach(async () => {
  if (missing !== undefined) return
  context = await browser.newContext()
  context.setDefaultTimeout(15_000)
  await context.route("**/program.js", (route) => route.fulfill({ contentType: "text/javascript", body: program }))
  await serve("react", "")
})

afterEach(async () => {
  await context?.close()
  expect(errors.splice(0)).toEqual([])
})

/** The built client with React, as a page loads them. */
async function bundle(): Promise<string> {
  const path = fileURLToPath(new URL("./react-page.ts", import.meta.url))
  const contents = `import { page } from ${JSON.stringify(path)}; globalThis.page = page; page.open()`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: "/" },
    bundle: true,
    write: false,
    define: { "process.env.NODE_ENV": '"development"' },
  })
  return outputFiles[0]?.text ?? ""
}

/** A page with places to draw in, in the first of which something stands already. */
async function serve(name: string, html: string): Promise<void> {
  const places = `<div id="one">${html}</div><div id="two"></div>`
  const body = `<!doctype html><title>${name}</title><link rel="icon" href="data:," /><body id="body">${places}`
  await context.route(`**/${name}`, (route) =>
    route.fulfill({ contentType: "text/html", body: `${body}<script src="/program.js"></script>` }),
  )
}

async function openTab(name = "react"): Promise<Page> {
  const tab = await context.newPage()
  tab.on("pageerror", (error) => errors.push(error))
  await tab.goto(`${server.address}/${name}`)
  return tab
}

const logIn = (tab: Page, who = ADA) =>
  tab.evaluate((credentials) => page.settled(() => page.client().login(credentials)), who)
const logOut = (tab: Page) => tab.evaluate(() => page.settled(() => page.client().logout()))
const drawIn = (tab: Page, id: string) => tab.evaluate((place) => page.settled(() => page.draw(place)), id)
const endIn = (tab: Page, id: string) => tab.evaluate((place) => page.settled(() => page.end(place)), id)
const stateOf = (tab: Page) =>
  tab.evaluate(() => ({ texts: page.texts(), listeners: page.listeners(), complaints: page.complaints }))

/** What a server draws, whose own client has a session. */
async function drawnByServer(): Promise<string> {
  const client = createClient({ baseUrl: server.address, mode: "bearer" })
  onTestFinished(() => client.close())
  expect((await client.login(ADA)).status).toBe(200)
  expect(client.claims).toMatchObject({ nickname: "Ada" })
  return renderToString(treeOf(client))
}

test("a server draws nobody's claims, although its client has some", async () => {
  expect(await drawnByServer()).toBe("<p>nobody</p>")
})

test("a tree without a client is told", () => {
  const Lost = () => String(useClient())
  expect(() => renderToString(createElement(Lost))).toThrow("ClientContext")
  const Empty = createContext<Client | null>(null)
  const Unfound = () => String(useClient(Empty))
  expect(() => renderToString(createElement(Unfound))).toThrow("the one it was given")
})

test("a context of one's own gives the claims their type", () => {
  /** As an interface, which takes no other names than its own. */
  interface Shown {
    readonly nickname: string
  }
  const schema: StandardSchemaV1<unknown, Shown> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Shown }) },
  }
  const client = createClient({ baseUrl: server.address, mode: "bearer", schema })
  onTestFinished(() => client.close())
  const Own = createContext<typeof client | undefined>(undefined)
  const found: unknown[] = []
  const Typed = () => {
    const own = useClient(Own)
    found.push(own)
    expectTypeOf(own).toEqualTypeOf<Client<UnverifiedClaims<Shown>>>()
    expectTypeOf(useClaims(own)?.nickname).toEqualTypeOf<string | undefined>()
    // @ts-expect-error the schema does not say so
    return String(useClaims(own)?.role)
  }
  const Untyped = () => {
    expectTypeOf(useClient()).toEqualTypeOf<Client>()
    return String(useClaims(useClient())?.["nickname"])
  }
  expect(renderToString(createElement(Own, { value: client }, createElement(Typed)))).toBe("undefined")
  expect(found).toEqual([client])
  expect(() => renderToString(createElement(Own, { value: client }, createElement(Untyped)))).toThrow("ClientContext")
})

inChromium("claims are there with the first drawing, and drawn anew with every change of what they say", async () => {
  const tab = await openTab()
  await logIn(tab)
  await drawIn(tab, "one")
  expect(new Set(await tab.evaluate(() => page.called))).toEqual(new Set(["Ada"]))
  await tab.evaluate(() => page.called.splice(0))
  await tab.evaluate(() => page.settled(() => page.client().refresh()))
  expect(await tab.evaluate(() => page.called)).toEqual([])
  await logIn(tab, LIN)
  expect(await stateOf(tab)).toMatchObject({ texts: "小林" })
  await logOut(tab)
  expect(await stateOf(tab)).toEqual({ texts: "nobody", listeners: 1, complaints: [] })
})

inChromium("what another tab does is drawn", async () => {
  const [one, two] = [await openTab(), await openTab()]
  await drawIn(one, "one")
  await logIn(two)
  await one.waitForFunction("page.texts() === 'Ada'")
  await logOut(two)
  await one.waitForFunction("page.texts() === 'nobody'")
  expect(await stateOf(one)).toMatchObject({ complaints: [] })
})

inChromium("effects that StrictMode runs twice leave one listener, and none after the end", async () => {
  const tab = await openTab()
  await drawIn(tab, "one")
  expect(await stateOf(tab)).toEqual({ texts: "nobody", listeners: 1, complaints: [] })
  await endIn(tab, "one")
  expect(await stateOf(tab)).toEqual({ texts: "", listeners: 0, complaints: [] })
})

inChromium("what a server has drawn is taken over, and then the device's claims are drawn", async () => {
  await serve("served", await drawnByServer())
  await openTab("served").then(logIn)
  const tab = await openTab("served")
  expect(await stateOf(tab)).toMatchObject({ texts: "nobody" })
  const isSame = await tab.evaluate(async () => {
    const before = page.paragraph()
    await page.settled(() => page.hydrate("one"))
    return page.paragraph() === before
  })
  expect(isSame).toBe(true)
  expect(await stateOf(tab)).toEqual({ texts: "Ada", listeners: 1, complaints: [] })
})

inChromium("a tree that ends while a refresh is under way leaves it alone", async () => {
  const tab = await openTab()
  await logIn(tab)
  await drawIn(tab, "one")
  let hold: (route: Route) => void = () => undefined
  const held = new Promise<Route>((resolve) => {
    hold = resolve
  })
  await context.route("**/refresh", async (route) => hold(route))
  const refreshed = tab.evaluate(() => page.client().refresh())
  const asked = await held
  await endIn(tab, "one")
  await asked.continue()
  expect(await refreshed).toBe(true)
  expect(await stateOf(tab)).toEqual({ texts: "", listeners: 0, complaints: [] })
  await drawIn(tab, "two")
  expect(await stateOf(tab)).toMatchObject({ texts: "Ada", complaints: [] })
})

inChromium("a tree that ends with the change itself hears nothing that harms it", async () => {
  const tab = await openTab()
  await logIn(tab)
  await drawIn(tab, "one")
  await tab.evaluate(() => page.called.splice(0))
  await tab.evaluate(() =>
    page.settled(() => {
      const out = page.client().logout()
      page.end("one")
      return out
    }),
  )
  expect(await tab.evaluate(() => page.called)).toEqual([])
  expect(await stateOf(tab)).toEqual({ texts: "", listeners: 0, complaints: [] })
})

inChromium("two roots draw the same, and one goes on without the other", async () => {
  const tab = await openTab()
  await drawIn(tab, "one")
  await drawIn(tab, "two")
  await logIn(tab)
  expect(await stateOf(tab)).toMatchObject({ texts: "Ada,Ada", listeners: 2 })
  await endIn(tab, "one")
  await logOut(tab)
  expect(await stateOf(tab)).toEqual({ texts: "nobody", listeners: 1, complaints: [] })
})

inChromium("a change in the middle of a drawing is seen by all of it or by nothing", async () => {
  const tab = await openTab()
  await logIn(tab)
  await tab.evaluate(() => page.drawSlowly("one", 6))
  await tab.waitForFunction("page.shown.length > 0")
  // The change did come in between.
  expect(new Set(await tab.evaluate(() => page.called.slice(0, 6)))).toEqual(new Set(["Ada", "nobody"]))
  const nobody = Array.from({ length: 6 }, () => "nobody").join()
  expect(await tab.evaluate(() => page.shown)).toEqual([nobody])
  expect(await stateOf(tab)).toEqual({ texts: nobody, listeners: 6, complaints: [] })
})
