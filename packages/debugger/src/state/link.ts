/** The address's fragment: what a link brings along. It is read once and taken out of the address and of the history. */

import { type Language, languageNamed } from "./stored.ts"

/** What a link brought. */
export interface Link {
  readonly language: Language | undefined
  readonly token: string | undefined
}

/** Names that other debuggers and redirects of OAuth use. */
const TOKEN_NAMES = ["token", "id_token", "access_token", "value"]

/** Reads the fragment and leaves nothing of it but the language. */
export function takeLink(): Link {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const language = languageNamed(fragment.get("lang") ?? undefined)
  const token = TOKEN_NAMES.map((name) => fragment.get(name)).find((text) => text !== null)
  writeFragment(language)
  return { language, token: token ?? undefined }
}

/** Lets a link to this page keep its language when it is switched. */
export function keepLanguageInLink(language: Language): void {
  if (new URLSearchParams(location.hash.slice(1)).has("lang")) writeFragment(language)
}

function writeFragment(language: Language | undefined): void {
  const fragment = language === undefined ? "" : `#lang=${language}`
  if (location.hash === fragment) return
  history.replaceState(null, "", location.pathname + location.search + fragment)
}
