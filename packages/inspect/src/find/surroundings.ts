/** What stands before and behind a token: where it comes from, by the names that people use. */

import type { RemovalKind } from "./letters.ts"

/** Where a token was found. */
export type TokenSource = "text" | "json" | "header" | "cookie" | "curl" | "har" | "env" | "url"

/** What the surroundings say. */
export interface Surroundings {
  readonly source: TokenSource
  /** The name it has there: of a member, a header, a cookie, a variable, a parameter. */
  readonly label: string | undefined
  /** Where the decoration before the token begins. */
  readonly start: number
  /** Where the decoration behind it ends. */
  readonly end: number
  readonly removals: readonly RemovalKind[]
}

/** So many characters are looked at before a token. */
const BEFORE = 240
const SCHEME = /(?:^|[^A-Za-z])(Bearer|DPoP|JWT|Token)(?:\s|%20|\+){1,4}$/i
const OPENING_QUOTE = /\\?(?:["'`\u2018\u2019\u201c\u201d]|%22|&quot;)$/
const CLOSING_QUOTE = /^\\?(?:["'`\u2018\u2019\u201c\u201d]|%22|&quot;)/
const HAR_NAME = /"name"\s{0,4}:\s{0,4}"([^"\\]{1,64})"\s{0,4},\s{0,16}"value"\s{0,4}:\s{0,4}$/
const JSON_NAME = /(?:\\?["'])([^"'\\\s]{1,64})(?:\\?["'])\s{0,4}:\s{0,4}\[?\s{0,4}$/
const HEADER_NAME =
  /(?:^|[\n\r"'\s])((?:Proxy-)?Authorization|DPoP|X-[A-Za-z-]{1,48}|[A-Za-z-]{0,24}-(?:Token|JWT|Assertion))\s{0,4}:\s{0,4}$/i
const COOKIE_LINE = /(?:^|[\n\r"'\s])(?:Set-)?Cookie\s{0,4}:[^\n\r]{0,200}$/i
const URL_PARAMETER = /[?&#]([\w.-]{1,64})=$/
const ASSIGNMENT = /(?:^|[\s;,({])([\w.-]{1,64})\s{0,4}=\s{0,4}$/
const YAML_NAME = /(?:^|[\n\r])[ \t]{0,16}([\w.-]{1,64}):[ \t]{1,4}$/
const CURL = /\bcurl\b/

/** Reads the surroundings of `text.slice(start, end)`. Looks at a bounded number of characters. */
export function surroundingsOf(text: string, start: number, end: number): Surroundings {
  const before = text.slice(Math.max(0, start - BEFORE), start)
  const removals: RemovalKind[] = []
  const [scheme, afterScheme] = without(before, SCHEME)
  if (scheme !== undefined) removals.push(schemeRemoval(scheme))
  const [quote, beforeQuote] = without(afterScheme, OPENING_QUOTE)
  const closing = CLOSING_QUOTE.exec(text.slice(end, end + 8))?.[0] ?? ""
  if (quote !== undefined || closing !== "") removals.push("quotes")
  const named = nameBefore(beforeQuote)
  const isCurl = named.source === "header" && CURL.test(text.slice(Math.max(0, start - 8 * BEFORE), start))
  if (named.source === "header") removals.push("header_name")
  else if (named.source === "cookie") removals.push("cookie_name")
  else if (named.label !== undefined) removals.push("surrounding")
  return {
    source: isCurl ? "curl" : named.source,
    label: named.label,
    start: start - before.length + named.rest.length,
    end: end + closing.length,
    removals,
  }
}

/** Only what the words for it say: `JWT` and `Token` are no Bearer. */
function schemeRemoval(scheme: string): RemovalKind {
  return /dpop/i.test(scheme) ? "dpop" : /bearer/i.test(scheme) ? "bearer" : "surrounding"
}

function nameBefore(before: string): { source: TokenSource; label: string | undefined; rest: string } {
  const found = (source: TokenSource, pattern: RegExp) => {
    const match = pattern.exec(before)
    return match === null ? undefined : { source, label: match[1], rest: before.slice(0, match.index) }
  }
  const har = found("har", HAR_NAME)
  if (har !== undefined) return har
  if (COOKIE_LINE.test(before)) return cookieBefore(before)
  return (
    found("json", JSON_NAME) ??
    found("header", HEADER_NAME) ??
    found("url", URL_PARAMETER) ??
    found("env", ASSIGNMENT) ??
    found("env", YAML_NAME) ?? { source: "text", label: undefined, rest: before }
  )
}

function cookieBefore(before: string) {
  const match = /(?:^|[;:\s])([^\s;:=]{1,64})=$/.exec(before)
  return { source: "cookie" as const, label: match?.[1], rest: before.slice(0, COOKIE_LINE.exec(before)?.index ?? 0) }
}

function without(text: string, pattern: RegExp): readonly [string | undefined, string] {
  const match = pattern.exec(text)
  return match === null ? [undefined, text] : [match[0], text.slice(0, match.index)]
}
