/** Tokens in whatever people paste: a header line, a curl command, a HAR file, a log, an .env file, or the token itself. */

import { isUnsecured, readCompact } from "../read/compact.ts"
import { type JsonDocument, readJson } from "../read/json.ts"
import { MAX_CHARACTERS } from "../read/read.ts"
import { readSerialized } from "../read/serialized.ts"
import { hasInvisible, letterAt, type RemovalKind } from "./letters.ts"
import { type Run, runFrom, startsToken } from "./run.ts"
import { surroundingsOf, type TokenSource } from "./surroundings.ts"

export type { RemovalKind } from "./letters.ts"
export type { TokenSource } from "./surroundings.ts"

/** One token, cleaned. */
export interface FoundToken {
  /** The token as `read` takes it. */
  readonly text: string
  /** Where its letters stand in the text that was searched. */
  readonly range: readonly [start: number, end: number]
  readonly source: TokenSource
  /** The name it had there, such as `access_token` or `Authorization`. */
  readonly label: string | undefined
  /** Everything that was taken away or undone, each once. */
  readonly removed: readonly RemovalKind[]
}

/** What was found. */
export interface TokenSearch {
  /** In the order of the text. With nothing that looks like a token, the text itself, cleaned; empty for empty text. */
  readonly tokens: readonly FoundToken[]
  /** Whether the text was longer than allowed, and not searched at all. */
  readonly tooLarge: boolean
}

/** How much is searched. */
export interface FindOptions {
  /** Longest text in characters. Default 1,048,576. */
  readonly maxCharacters?: number | undefined
  /** Most tokens. Default 10,000. */
  readonly maxTokens?: number | undefined
}

const MAX_TOKENS = 10_000
const LETTER = /[A-Za-z0-9_-]/

/**
 * Finds tokens in text, in linear time. Never throws.
 *
 * Line breaks inside a token are taken out where the text was wrapped: lines of one width, or a token that is not complete without
 * the next line. A JWS or JWE in JSON, a JWK and a JWK Set count as one token each when they are the whole text.
 */
export function findTokens(text: string, options: FindOptions = {}): TokenSearch {
  const { maxCharacters = MAX_CHARACTERS, maxTokens = MAX_TOKENS } = options
  if (text.length > maxCharacters) return { tokens: [], tooLarge: true }
  const whole = wholeJson(text) ?? wholeUnencoded(text) ?? wholeDamaged(text)
  if (whole !== undefined) return { tokens: [whole], tooLarge: false }
  const tokens = search(text, maxTokens)
  const rest = tokens.length === 0 ? wholeText(text) : undefined
  return { tokens: rest === undefined ? withRemainder(text, tokens) : [rest], tooLarge: false }
}

function search(text: string, maxTokens: number): FoundToken[] {
  const tokens: FoundToken[] = []
  let at = 0
  while (at < text.length && tokens.length < maxTokens) {
    const start = nextStart(text, at)
    if (start === undefined) break
    const run = withSigns(text, trimmed(runFrom(text, start)))
    at = Math.max(run.end, start + 1)
    if (isToken(run.token)) tokens.push(found(text, run))
  }
  return tokens
}

function nextStart(text: string, from: number): number | undefined {
  for (let at = text.indexOf("e", from); at !== -1; at = text.indexOf("e", at + 1)) {
    if (startsToken(text, at) && isBoundary(text, at)) return at
  }
  return undefined
}

/** Behind a letter no token begins, unless the letter belongs to an escape, such as that of a colour in the log of a terminal (ECMA-48). */
function isBoundary(text: string, at: number): boolean {
  const before = text[at - 1]
  if (before === undefined) return true
  if (before === "." || before === "~") return false
  return !LETTER.test(before) || /(?:%[0-9a-fA-F]{2}|\\[nrt]|\[[\d;]*m)$/.test(text.slice(Math.max(0, at - 16), at))
}

/** The full stop of a sentence, and an ellipsis, are not the token's. */
function trimmed(run: Run): Run {
  const bare = withoutTail(run.token)
  const dots = bare.split(".").length - 1
  if (!bare.endsWith(".") || dots === 2 || dots === 4) return { ...run, token: bare }
  const token = bare.replace(/\.{1,64}$/, "")
  return { ...run, token, end: run.end - (run.token.length - token.length) }
}

/** Without a line of signs at the end. From behind: an expression would begin anew at each of a million signs in the middle. */
function withoutTail(token: string): string {
  let end = token.length
  while (end > 0 && "=/+".includes(token.charAt(end - 1))) end--
  return token.length - end < 3 ? token : token.slice(0, end)
}

/** What no text has right behind a signature: a sign, and letters again. */
const SIGNS_BETWEEN = /[!$*^][\w-][^\s"'`,;&]*/y
/** What may stand in place of one: a mark that it was cut out, or letters that are none of base64url. */
const SIGNS_INSTEAD = /[^\s"'`,;&)\]}>|#?\\:@][^\s"'`,;&]*/y

/** A signature that cannot be read is part of the token all the same: without it the token would seem to have none, or a shorter one. */
function withSigns(text: string, run: Run): Run {
  if (!/^[\w-]+\.[\w-]*\.[\w-]*$/.test(run.token)) return run
  const isThere = !run.token.endsWith(".")
  if (!isThere && isUnsecured(readCompact(run.token, 0, run.token.length).header)) return run
  const pattern = isThere ? SIGNS_BETWEEN : SIGNS_INSTEAD
  pattern.lastIndex = run.end
  const [signs = ""] = pattern.exec(text) ?? []
  return { ...run, token: run.token + signs, end: run.end + signs.length }
}

/** A header, a dot and something behind it. */
function isToken(text: string): boolean {
  const [first = "", second = "", third = ""] = text.split(".", 4)
  return first.length >= 12 && text.includes(".") && (second !== "" || third !== "")
}

function found(text: string, run: Run): FoundToken {
  const around = surroundingsOf(text, run.start, run.end)
  return {
    text: run.token,
    range: [run.start, run.end],
    source: around.source,
    label: around.label,
    removed: [...new Set([...around.removals, ...run.removals])],
  }
}

/** Says so, where more was left out than decoration. */
function withRemainder(text: string, tokens: readonly FoundToken[]): FoundToken[] {
  const [only] = tokens
  if (only === undefined || tokens.length > 1)
    return tokens.map((token) => ({ ...token, removed: [...new Set<RemovalKind>([...token.removed, "surrounding"])] }))
  const { start, end } = surroundingsOf(text, ...only.range)
  const outside = text.slice(0, start) + text.slice(end)
  const removed = new Set(only.removed)
  if (hasInvisible(outside)) removed.add("invisible")
  if (outside.trim() !== "") removed.add("surrounding")
  else if (/[^\ufeff]/.test(outside)) removed.add("spaces")
  return [{ ...only, removed: [...removed] }]
}

/** A text that is JSON and a token or key at once. */
function wholeJson(text: string): FoundToken | undefined {
  if (!/^[\s\ufeff]*\{/.test(text)) return undefined
  const start = text.indexOf("{")
  const bare = text.slice(start).trimEnd()
  const document: JsonDocument = readJson(bare)
  if (document.root?.type !== "object" || readSerialized(document).form === "json") return undefined
  return {
    text: bare,
    range: [start, start + bare.length],
    source: "json",
    label: undefined,
    removed: bare === text ? [] : ["spaces"],
  }
}

/** A word that begins as tokens do, with nothing in it that stands around them. */
const WORD = /^\s*(eyJ[\w-]{9,}\.[^\s~%\\"'`&;,<>(){}[\]|]*[\w=-])\s*$/

/** A token alone with letters in it that are none of base64url: they are its own, and are shown where they stand. */
function wholeDamaged(text: string): FoundToken | undefined {
  const token = WORD.exec(text)?.[1]
  if (token === undefined || /^[\w.\-+/=]*$/.test(token) || hasInvisible(token)) return undefined
  const count = token.split(".", 6).length
  return count === 3 || count === 5 ? wholeWord(text, token) : undefined
}

/** Printable ASCII between the dots: what a compact token may hold that is not base64url (RFC 7797, section 5.2). */
const UNENCODED = /^\s*(eyJ[\w-]+\.[ -\-/-~]*\.[\w-]+)\s*$/

/** A token alone whose payload stands in it as it is: spaces in it are no end. */
function wholeUnencoded(text: string): FoundToken | undefined {
  const token = UNENCODED.exec(text)?.[1]
  if (token === undefined || !readCompact(token, 0, token.length).isUnencoded) return undefined
  return wholeWord(text, token)
}

function wholeWord(text: string, token: string): FoundToken {
  const start = firstIndex(text)
  return {
    text: token,
    range: [start, start + token.length],
    source: "text",
    label: undefined,
    removed: token === text ? [] : ["spaces"],
  }
}

/** Nothing looks like a token: the text itself, without what surely is none of it. */
function wholeText(text: string): FoundToken | undefined {
  const start = firstIndex(text)
  const end = text.trimEnd().length
  if (start >= end) return undefined
  const removed = new Set<RemovalKind>()
  if (start > 0 || end < text.length) removed.add("spaces")
  const prefix =
    /^(?:Authorization\s{0,4}:\s{0,4})?(?:(?:Bearer|DPoP)\s{1,4})?["'`]?/i.exec(text.slice(start, start + 64))?.[0] ??
    ""
  for (const [pattern, kind] of PREFIXES) if (pattern.test(prefix)) removed.add(kind)
  const from = start + prefix.length
  const to = prefix.endsWith(text[end - 1] ?? "-") && end - 1 > from ? end - 1 : end
  const token = lettersBetween(text, from, to, removed)
  return token === ""
    ? undefined
    : { text: token, range: [from, to], source: "text", label: undefined, removed: [...removed] }
}

const PREFIXES: readonly (readonly [RegExp, RemovalKind])[] = [
  [/^Authorization/i, "header_name"],
  [/Bearer/i, "bearer"],
  [/DPoP/i, "dpop"],
  [/["'`]$/, "quotes"],
]

function firstIndex(text: string): number {
  return text.length - text.trimStart().length
}

/** All that is not white space; invisible characters and escapes are undone only where the whole is letters of a token. */
function lettersBetween(text: string, from: number, to: number, removed: Set<RemovalKind>): string {
  // The lines of a key are part of its form.
  if (/^(?:-----BEGIN |ssh-|ecdsa-)/.test(text.slice(from, from + 16))) return text.slice(from, to)
  const kinds = new Set<RemovalKind>()
  const letters: string[] = []
  let at = from
  while (at < to) {
    const letter = letterAt(text, at)
    if (letter === undefined && !/\s/.test(text[at] ?? "")) return text.slice(from, to)
    letters.push(letter?.text ?? "")
    kinds.add(letter === undefined ? "line_breaks" : (letter.removal ?? "surrounding"))
    at += letter?.length ?? 1
  }
  kinds.delete("surrounding")
  for (const kind of kinds) removed.add(kind)
  return letters.join("")
}
