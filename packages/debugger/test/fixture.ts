/**
 * The page in a real browser, and its guard: whatever the page asks the network for, whatever its policy has to stop, and whatever goes
 * wrong in its console fails the test that was at it.
 */

import { createHash } from "node:crypto"
import { fileURLToPath, pathToFileURL } from "node:url"
import { type ServedPage, servePage } from "@jotkit/debugger/server"
import axe from "axe-core"
import { afterAll, afterEach, test as baseTest, beforeAll, expect } from "vitest"
import { ensureRuntimes } from "../../../scripts/runtimes.mjs"
import type { Browser, Context, ContextOptions, Locator, Page } from "./browser.ts"

const dist = fileURLToPath(new URL("../dist", import.meta.url))

/** The forms of the page: from a server, as one file from the disk, and from a server with the button that fetches. */
export type Artefact = "site" | "file" | "connected"

/** How a page is opened. */
export interface OpenOptions extends ContextOptions {
  /** Without it the test's name says which: half of all tests look at the folder, half at the file, each always at the same. */
  readonly artefact?: Artefact
  /** Behind the address. */
  readonly fragment?: string
  /** Seconds since 1970-01-01T00:00:00Z; the clock then stands still. */
  readonly at?: number
}

/** The five verdicts, by the names of their regions. */
export type VerdictName = "Structure" | "Signature" | "Time" | "Claims policy" | "Key trust"

const { missing } = ensureRuntimes()
/** A test that needs the browser. Without one it is skipped, and listed. */
export const test: ReturnType<typeof baseTest.skipIf> = baseTest.skipIf(missing !== undefined)

/** What is not there by then does not come. */
const PATIENCE_MS = 15_000

let browser: Browser | undefined
const servers = new Map<Artefact, ServedPage>()
const contexts: Context[] = []
/** Windows as they are unless a test asks for another: the next test goes on in one of them. */
const idle = new Map<string, Page[]>()
const used: [kind: string, page: Page][] = []
const troubles: string[] = []

beforeAll(async () => {
  if (missing !== undefined) return
  // By its address: its types are there only where the runtimes are installed.
  const { href } = new URL("../../../tests/runtimes/chromium.mjs", import.meta.url)
  const { launchChromium } = (await import(href)) as { launchChromium(): Promise<Browser> }
  browser = await launchChromium()
  for (const name of ["site", "connected"] as const) servers.set(name, await servePage({ folder: `${dist}/${name}` }))
})

afterEach(async () => {
  await Promise.all([...contexts.splice(0).map((context) => context.close()), ...used.splice(0).map(leave)])
  expect(takeTroubles()).toEqual([])
})

afterAll(async () => {
  await browser?.close()
  for (const server of servers.values()) await server.close()
})

/** Opens the page in a window that remembers nothing. */
export async function open({ artefact = ofThisTest(), fragment = "", at, ...window }: OpenOptions = {}): Promise<Page> {
  const address = servers.get(artefact)?.url ?? String(pathToFileURL(`${dist}/jot-debugger.html`))
  const isUsual = Object.keys(window).length === 0
  // A clock that stands still does so for good.
  const kind = `${artefact} ${at === undefined}`
  const page = (isUsual ? idle.get(kind)?.pop() : undefined) ?? (await newPage(address, window, isUsual))
  if (isUsual) used.push([kind, page])
  if (at !== undefined) await page.clock.setFixedTime(at * 1000)
  await page.goto(address + fragment)
  return page
}

function ofThisTest(): Artefact {
  const { currentTestName = "" } = expect.getState()
  return (createHash("sha256").update(currentTestName).digest()[0] ?? 0) % 2 === 0 ? "site" : "file"
}

async function newPage(address: string, window: ContextOptions, isKept: boolean): Promise<Page> {
  if (browser === undefined) throw new Error("there is no browser")
  const context = await browser.newContext({
    locale: "en",
    timezoneId: "Asia/Taipei",
    serviceWorkers: "block",
    ...window,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  if (!isKept) contexts.push(context)
  const page = await context.newPage()
  guard(page, address)
  return page
}

/** Leaves a window as a new one would be. */
async function leave([kind, page]: readonly [kind: string, page: Page]): Promise<void> {
  await page.evaluate(() => {
    localStorage.clear()
    sessionStorage.clear()
  })
  await page.goto("about:blank")
  await page.emulateMedia({ colorScheme: null, reducedMotion: null, forcedColors: null, media: null })
  await page.setViewportSize({ width: 1280, height: 720 })
  await page.context().clearPermissions()
  idle.set(kind, [...(idle.get(kind) ?? []), page])
}

/** What the guard has seen since it was last asked. */
export function takeTroubles(): string[] {
  return troubles.splice(0)
}

/** What a browser asks for by itself, to install the page. */
const INSTALLING: ReadonlySet<string> = new Set([
  "manifest.webmanifest",
  "icon.svg",
  "icon-192.png",
  "service-worker.js",
])

/** Everything that the page must not do, but the one request for itself. */
function guard(page: Page, address: string): void {
  page.on("request", (request) => {
    const [url = ""] = request.url().split("#")
    const isOwn =
      url.split("?")[0] === address || (url.startsWith(address) && INSTALLING.has(url.slice(address.length)))
    // What stands in the address itself, and what the page holds in its memory, no network has a part in.
    if (!isOwn && !/^(?:data|blob):/.test(request.url())) troubles.push(`request: ${request.url()}`)
  })
  // A policy that stops something says so as an error.
  page.on("console", (message) => {
    if (message.type() === "error") troubles.push(`console: ${message.text()}`)
  })
  page.on("pageerror", (error) => troubles.push(`error: ${String(error)}`))
}

/** Puts a token, and a key, into their boxes. */
export async function give(page: Page, token: string, key?: string): Promise<void> {
  await page.getByRole("textbox", { name: "Token", exact: true }).fill(token)
  if (key !== undefined) await page.getByRole("textbox", { name: "Key", exact: true }).fill(key)
}

/** The button that copies what is called so. Its name says that it copies, its description what. */
export function copyButton(page: Page, what: string): Locator {
  return page.getByRole("button", { description: `Copy: ${what}`, exact: true })
}

/** The region of a verdict. */
export function verdict(page: Page, name: VerdictName): Locator {
  return page.getByRole("status", { name, exact: true })
}

/** Waits until the verdicts are these. */
export async function expectVerdicts(page: Page, expected: Partial<Record<VerdictName, string>>): Promise<void> {
  const read = async () =>
    Object.fromEntries(
      await Promise.all(
        (Object.keys(expected) as VerdictName[]).map(async (name) => [
          name,
          await verdict(page, name).getAttribute("data-status"),
        ]),
      ),
    )
  await expect.poll(read, { timeout: PATIENCE_MS }).toEqual(expected)
}

/** The sentence over the verdicts. */
export function headline(page: Page): Promise<string | null> {
  return page.locator(".verdicts").getAttribute("data-headline")
}

/** What axe finds, in a form that says enough when it fails. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> }
    }
    const { violations: found } = await runner.run()
    return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
  })
}
