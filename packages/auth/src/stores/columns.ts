/**
 * Texts as databases keep them. Theirs are UTF-8, some without U+0000, so that control characters and lone surrogates are written as
 * this mark and four hexadecimal digits: different texts stay different, and come back as they were.
 */
const MARK = "\u001a"

/** Everything but ordinary characters; each match is one UTF-16 code unit. The mark itself is one of them. */
const SPECIAL = /[\p{Cc}\p{Cs}]/gu

/** A text as it is written to a database. */
export function toColumn(text: string): string {
  return text.replace(SPECIAL, (unit) => MARK + unit.charCodeAt(0).toString(16).padStart(4, "0"))
}

/** The text that `toColumn` wrote. */
export function fromColumn(column: string): string {
  const [start = "", ...marked] = column.split(MARK)
  return start + marked.map((part) => unitOf(part.slice(0, 4)) + part.slice(4)).join("")
}

function unitOf(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16))
}
