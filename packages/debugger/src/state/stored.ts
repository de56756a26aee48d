/** What is remembered between visits, and nothing else: language, theme, time zone and stillness. Never what was pasted. */

/** A language of the page. */
export type Language = "en" | "zh-Hant"

/** How the page looks; `system` follows the machine. */
export type Theme = "system" | "light" | "dark"

/** What is remembered. */
export interface Stored {
  readonly language: Language | undefined
  readonly theme: Theme
  /** A time zone by its name in the IANA database; undefined for the machine's. */
  readonly zone?: string | undefined
  /** Absent where the page may move. */
  readonly isStill?: true | undefined
}

const NAME = "jot-debugger"
const LANGUAGES: readonly Language[] = ["en", "zh-Hant"]
const THEMES: readonly Theme[] = ["system", "light", "dark"]

/** Reads what is remembered; with storage forbidden, or holding something else, nothing is. */
export function readStored(): Stored {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}")
    const { language, theme, zone, isStill } = found as { [name in keyof Stored]?: unknown }
    return {
      language: languageNamed(language),
      theme: THEMES.find((one) => one === theme) ?? "system",
      zone: zoneNamed(zone),
      isStill: isStill === true || undefined,
    }
  } catch {
    return { language: undefined, theme: "system" }
  }
}

/** Remembers, where storage is allowed. */
export function writeStored(stored: Stored): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(stored))
  } catch {
    // A visitor who forbids storage chooses anew each time.
  }
}

/** Remembers nothing any more. */
export function eraseStored(): void {
  try {
    localStorage.removeItem(NAME)
  } catch {
    // Then nothing was remembered.
  }
}

/** The language of that name. */
export function languageNamed(name: unknown): Language | undefined {
  return LANGUAGES.find((one) => one === name) ?? (/^zh\b/i.test(String(name)) ? "zh-Hant" : undefined)
}

/** The time zone of that name, where this browser knows it. */
function zoneNamed(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
