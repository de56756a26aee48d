/** As much of playwright-core as the tests use. It is installed beside the runtimes, not here. */

/** What has a name, or holds something that has. */
interface Scope {
  getByRole(role: string, options?: { name?: string | RegExp; description?: string; exact?: boolean }): Locator
  locator(selector: string): Locator
}

/** One or more elements; every act waits for them. */
export interface Locator extends Scope {
  fill(text: string): Promise<void>
  hover(): Promise<void>
  click(): Promise<void>
  focus(): Promise<void>
  press(key: string): Promise<void>
  check(): Promise<void>
  uncheck(): Promise<void>
  selectOption(value: string): Promise<string[]>
  setInputFiles(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void>
  inputValue(): Promise<string>
  innerText(): Promise<string>
  textContent(): Promise<string | null>
  /** Roles and names, as a screen reader finds them, one a line. */
  ariaSnapshot(): Promise<string>
  getAttribute(name: string): Promise<string | null>
  isVisible(): Promise<boolean>
  isDisabled(): Promise<boolean>
  isChecked(): Promise<boolean>
  count(): Promise<number>
  all(): Promise<Locator[]>
  first(): Locator
  filter(options: { hasText: string | RegExp }): Locator
  waitFor(options?: { state: "attached" | "detached" | "visible" | "hidden" }): Promise<void>
}

/** What a page says to whoever listens. */
interface PageEvents {
  request: { url(): string }
  console: { type(): string; text(): string }
  pageerror: Error
  download: { suggestedFilename(): string }
  filechooser: { isMultiple(): boolean }
}

/** One page. */
export interface Page extends Scope {
  goto(url: string): Promise<unknown>
  route(
    url: string,
    answer: (route: { fulfill(response: { contentType: string; body: string }): unknown }) => unknown,
  ): Promise<unknown>
  reload(): Promise<unknown>
  url(): string
  title(): Promise<string>
  on<Name extends keyof PageEvents>(name: Name, listener: (event: PageEvents[Name]) => void): void
  evaluate<Result, Argument>(
    work: ((argument: Argument) => Result | Promise<Result>) | string,
    argument?: Argument,
  ): Promise<Result>
  addInitScript(work: () => void): Promise<void>
  emulateMedia(media: {
    colorScheme?: "light" | "dark" | null
    reducedMotion?: "reduce" | null
    forcedColors?: "active" | null
    media?: "print" | null
  }): Promise<void>
  context(): Context
  setViewportSize(size: { width: number; height: number }): Promise<void>
  mouse: { down(): Promise<void>; up(): Promise<void> }
  keyboard: {
    press(key: string): Promise<void>
    insertText(text: string): Promise<void>
    down(key: string): Promise<void>
    up(key: string): Promise<void>
  }
  clock: { setFixedTime(time: number): Promise<void> }
}

/** A browser's window, with nothing remembered. */
export interface Context {
  grantPermissions(names: readonly string[]): Promise<void>
  clearPermissions(): Promise<void>
  setOffline(isOffline: boolean): Promise<void>
  setDefaultTimeout(milliseconds: number): void
  newPage(): Promise<Page>
  close(): Promise<void>
}

/** How a window is. */
export interface ContextOptions {
  readonly locale?: string
  readonly timezoneId?: string
  readonly colorScheme?: "light" | "dark"
  /** Blocked unless a test is about them: each window would fill a cache of its own. */
  readonly serviceWorkers?: "allow" | "block"
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** A running browser. */
export interface Browser {
  newContext(options: ContextOptions): Promise<Context>
  close(): Promise<void>
}
