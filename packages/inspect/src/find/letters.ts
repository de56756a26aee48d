/**
 * The letters of a token in foreign text, one at a time: what was written between or around them (escapes, percent signs, line breaks,
 * invisible characters) is undone and said. Every step looks at a bounded number of characters, so a whole text takes linear time.
 */

/** What was taken away, or undone. */
export type RemovalKind =
  | "bearer"
  | "dpop"
  | "quotes"
  | "header_name"
  | "cookie_name"
  | "url_encoding"
  | "json_escape"
  | "line_breaks"
  | "quote_marks"
  | "cookie_chunks"
  | "invisible"
  | "spaces"
  | "surrounding"

/** One letter and how many characters it took. */
export interface Letter {
  /** Empty for what is skipped. */
  readonly text: string
  readonly length: number
  readonly removal: RemovalKind | undefined
}

/** A letter that may be part of a token, its padding or its separators. */
const TOKEN_LETTER = /[\w\-.~+/=]/
// Soft hyphen, zero-width and direction marks, word joiner, byte order mark.
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/
const PERCENT = /%(?:2[bdeEBDfF]|3[dD]|5[fF]|7[eE])/y
const JSON_ESCAPE = /\\(?:\/|u00(?:2[bdefBDEF]|3[dD]|5[fF]|7[eE]))/y

/** Reads the letter at a place; undefined where the token ends. Line breaks are the caller's to judge. */
export function letterAt(text: string, at: number): Letter | undefined {
  const letter = text[at]
  if (letter === undefined) return undefined
  if (TOKEN_LETTER.test(letter)) return { text: letter, length: 1, removal: undefined }
  if (INVISIBLE.test(letter)) return { text: "", length: 1, removal: "invisible" }
  if (letter === "%") return escaped(text, at, PERCENT, "url_encoding")
  return letter === "\\" ? escaped(text, at, JSON_ESCAPE, "json_escape") : undefined
}

/** Whether text holds a character that nobody sees. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text)
}

function escaped(text: string, at: number, pattern: RegExp, removal: RemovalKind): Letter | undefined {
  pattern.lastIndex = at
  const [raw] = pattern.exec(text) ?? []
  if (raw === undefined) return undefined
  const code = raw.endsWith("/") ? "2f" : raw.slice(-2)
  return { text: String.fromCharCode(Number.parseInt(code, 16)), length: raw.length, removal }
}
