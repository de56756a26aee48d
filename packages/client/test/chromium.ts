/** A real Chromium: that of tests/runtimes. Its types are there only where it is installed, so what is used of it is written here. */
import { fileURLToPath } from "node:url"
import { ensureRuntimes } from "../../../scripts/runtimes.mjs"

/** A browser, headless. */
export interface Browser {
  newContext(options?: {
    locale?: string
    colorScheme?: "light" | "dark"
    viewport?: { width: number; height: number }
  }): Promise<Context>
  newBrowserCDPSession(): Promise<Protocol>
  close(): Promise<void>
}

/** What the browser is asked directly, in its own words (Chrome DevTools Protocol). */
export interface Protocol {
  send<Answer>(method: string, parameters: object): Promise<Answer>
  on(event: "Target.receivedMessageFromTarget", listener: (payload: { readonly message: string }) => void): void
}

/** A profile: cookies, storage and workers of its own. */
export interface Context {
  newPage(): Promise<Page>
  addInitScript(script: string): Promise<void>
  route(pattern: string, handler: (route: Route) => Promise<void>): Promise<void>
  on(event: "request", listener: (request: { method(): string; url(): string }) => void): void
  setDefaultTimeout(milliseconds: number): void
  setOffline(offline: boolean): Promise<void>
  clearCookies(which: { name: string }): Promise<void>
  cookies(): Promise<readonly { readonly name: string; readonly value: string }[]>
  close(): Promise<void>
}

/** One tab. */
export interface Page {
  goto(address: string): Promise<unknown>
  reload(): Promise<unknown>
  close(): Promise<void>
  url(): string
  evaluate<Result, Argument>(
    work: ((argument: Argument) => Result | Promise<Result>) | string,
    argument?: Argument,
  ): Promise<Result>
  waitForFunction(work: string): Promise<unknown>
  waitForEvent(event: "popup"): Promise<Page>
  getByRole(role: string, options?: { name?: string; exact?: boolean }): Locator
  getByLabel(label: string): Locator
  locator(selector: string): Locator
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>
  on(event: "pageerror", listener: (error: Error) => void): void
  readonly clock: { setFixedTime(time: number): Promise<void> }
}

interface Locator {
  click(): Promise<void>
  fill(text: string): Promise<void>
  waitFor(): Promise<void>
  innerText(): Promise<string>
}

/** A request that waits for what is done with it. */
export interface Route {
  request(): { url(): string }
  fulfill(answer: { contentType?: string; body?: string; path?: string }): Promise<void>
  continue(): Promise<void>
}

const dist = fileURLToPath(new URL("../dist/", import.meta.url))

/** Puts the built client beside a server's routes, in `/client/`, and an empty page at `/blank`. */
export async function serveBuilt(context: Context, body = ""): Promise<void> {
  const page = `<!doctype html><title>blank</title><link rel="icon" href="data:," />${body}`
  await context.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: page }))
  await context.route("**/client/**", (route) =>
    route.fulfill({ path: dist + new URL(route.request().url()).pathname.slice("/client/".length) }),
  )
}

/** Why there is no browser; undefined: there is one. On CI that fails, elsewhere its tests are skipped, and listed. */
export const { missing }: { missing: string | undefined } = ensureRuntimes()

/** Starts it. */
export async function startChromium(): Promise<Browser> {
  const { href } = new URL("../../../tests/runtimes/chromium.mjs", import.meta.url)
  const { launchChromium } = (await import(href)) as { launchChromium(): Promise<Browser> }
  return launchChromium()
}
