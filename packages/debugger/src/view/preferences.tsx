/** Language, theme, and forgetting. */

import type { JSX } from "preact"
import { forgetEverything, isForgotten } from "../state/forget.ts"
import { isPresenting } from "../state/presenter.ts"
import { chooseLanguage, chooseTheme, language, theme } from "../state/settings.ts"
import type { Language, Theme } from "../state/stored.ts"
import { words } from "../words/words.ts"

/** Languages by their own names, which no one translates. */
const LANGUAGES: Readonly<Record<Language, readonly [name: string, tag: string]>> = {
  en: ["English", "en"],
  "zh-Hant": ["繁體中文", "zh-Hant-TW"],
}

/** The controls of the page itself. */
export function Preferences(): JSX.Element {
  const { page } = words.value
  const themes: Readonly<Record<Theme, string>> = {
    system: page.theme_system,
    light: page.theme_light,
    dark: page.theme_dark,
  }
  return (
    <div class="preferences">
      <label class="field-inline">
        <span>{page.language}</span>
        <select
          value={LANGUAGES[language.value][1]}
          onChange={({ currentTarget }) => chooseLanguage(currentTarget.value === "en" ? "en" : "zh-Hant")}
        >
          {Object.values(LANGUAGES).map(([name, tag]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field-inline">
        <span>{page.theme}</span>
        <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(themeNamed(currentTarget.value))}>
          {Object.entries(themes).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="button" onClick={forgetEverything}>
        {page.forget}
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={isPresenting.value}
        onClick={() => {
          isPresenting.value = !isPresenting.value
        }}
      >
        {words.value.shortcut.presenter}
      </button>
      <output class="visually-hidden">{isForgotten.value ? page.forgotten : ""}</output>
    </div>
  )
}

function themeNamed(name: string): Theme {
  return name === "light" || name === "dark" ? name : "system"
}
