/** Language, theme, time zone and stillness: chosen, remembered, and put into effect. */

import { effect, type Signal, signal } from "@preact/signals"
import { keepLanguageInLink } from "./link.ts"
import { type Language, languageNamed, readStored, type Theme, writeStored } from "./stored.ts"

/** The language of the page. */
export const language: Signal<Language> = signal("en")

/** The theme of the page. */
export const theme: Signal<Theme> = signal("system")

/** The time zone that was chosen; undefined for the machine's. */
export const zone: Signal<string | undefined> = signal(undefined)

/** Whether nothing moves, whatever the system asks for. */
export const isStill: Signal<boolean> = signal(false)

/** Takes the first that is known of: the link's language, the one remembered, the browser's. */
export function restoreSettings(ofLink: Language | undefined): void {
  const stored = readStored()
  language.value = ofLink ?? stored.language ?? ofBrowser()
  theme.value = stored.theme
  zone.value = stored.zone
  isStill.value = stored.isStill === true
  effect(() => {
    document.documentElement.lang = language.value === "en" ? "en" : "zh-Hant-TW"
    keepLanguageInLink(language.value)
  })
  effect(() => showTheme(theme.value))
  effect(() => {
    document.documentElement.toggleAttribute("data-still", isStill.value)
  })
}

/** Chooses a language, and remembers it. */
export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  remember()
}

/** Chooses a theme, and remembers it. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen
  remember()
}

/** Chooses a time zone, and remembers it; undefined for the machine's. */
export function chooseZone(chosen: string | undefined): void {
  zone.value = chosen
  remember()
}

/** Chooses whether anything moves, and remembers it. */
export function chooseStill(chosen: boolean): void {
  isStill.value = chosen
  remember()
}

function remember(): void {
  const still = isStill.peek() || undefined
  writeStored({ language: language.peek(), theme: theme.peek(), zone: zone.peek(), isStill: still })
}

function ofBrowser(): Language {
  return navigator.languages.map((name) => (/^en\b/i.test(name) ? "en" : languageNamed(name))).find(isKnown) ?? "en"
}

function isKnown(found: Language | undefined): found is Language {
  return found !== undefined
}

/** Puts a theme into effect: the style follows the system unless the document says otherwise. */
function showTheme(chosen: Theme): void {
  const { dataset } = document.documentElement
  if (chosen === "system") delete dataset["theme"]
  else dataset["theme"] = chosen
}
