/** The address: what a link brings along. It is read once and taken out of the address and of the history. */

import { batch, type Signal, signal } from "@preact/signals"
import { giveLinkedKey, giveToken } from "./input.ts"
import { type Language, languageNamed } from "./stored.ts"

/** Something about the link that the user has to know. */
export type LinkNotice = "query" | "code" | "key"

/** Names that other debuggers and redirects of OAuth use. */
const TOKEN_NAMES = ["token", "id_token", "access_token", "value"]

/** A token under whatever name: what begins so is a header in base64url, which begins with `{"`. */
const TOKEN = /\bey[\w-]+\.[\w-]+/

/** What has to be told about the link, until it is put away. */
export const linkNotices: Signal<readonly LinkNotice[]> = signal([])

/** The sealed token that a link brought, until it is opened or put away. */
export const sealedToken: Signal<string | undefined> = signal(undefined)

/** Reads the address, and leaves nothing of it but the language. */
export function takeLink(): Language | undefined {
  // Old links to jwt.io have a name in front.
  const fragment = new URLSearchParams(location.hash.replace(/^#(?:debugger-io)?\??/, ""))
  const query = new URLSearchParams(location.search)
  const language = languageNamed(fragment.get("lang") ?? undefined)
  const token = firstOf(fragment, TOKEN_NAMES)
  const [key, sealed] = [firstOf(fragment, ["publicKey"]), firstOf(fragment, ["sealed"])]
  const isTokenInQuery = firstOf(query, TOKEN_NAMES) !== undefined || TOKEN.test(location.search)
  const [codeInQuery, codeInFragment] = [query, fragment].map((parameters) => firstOf(parameters, ["code"]))
  const code = codeInFragment ?? codeInQuery
  writeFragment(language, isTokenInQuery || codeInQuery !== undefined ? "" : location.search)
  const notices = [
    isTokenInQuery && "query",
    code !== undefined && token === undefined && "code",
    // It is told of a key that the token box brings later, too.
    (key ?? token ?? sealed) !== undefined && "key",
  ] as const
  batch(() => {
    if (token !== undefined) giveToken(token, true)
    if (key !== undefined) giveLinkedKey(key)
    if (sealed !== undefined) sealedToken.value = sealed
    linkNotices.value = notices.filter((notice) => notice !== false)
  })
  return language
}

/** Lets a link to this page keep its language when it is switched. */
export function keepLanguageInLink(language: Language): void {
  if (new URLSearchParams(location.hash.slice(1)).has("lang")) writeFragment(language, location.search)
}

function firstOf(parameters: URLSearchParams, names: readonly string[]): string | undefined {
  return names.map((name) => parameters.get(name)).find((text) => text !== null && text !== "") ?? undefined
}

function writeFragment(language: Language | undefined, search: string): void {
  const fragment = language === undefined ? "" : `#lang=${language}`
  if (location.hash === fragment && location.search === search) return
  history.replaceState(null, "", location.pathname + search + fragment)
}
