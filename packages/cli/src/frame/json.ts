/** JSON as the program writes it: numbers stay as a token wrote them, and nothing in it can steer a terminal. */

import { formatJson, readJson } from "@jotkit/inspect"
import { escapeControls } from "./escape.ts"

/** Text that is JSON already and is written as it stands. */
export class JsonText {
  readonly text: string

  /** @param text - One JSON value. */
  constructor(text: string) {
    this.text = text
  }
}

/** A value to be written. Members that are undefined are left out. */
export type Json =
  | JsonText
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json }

/** One line of JSON. */
export function writeJson(value: Json): string {
  return escapeControls(written(value))
}

/** JSON text in lines, two spaces for each level. */
export function indentJson(text: string): string {
  return escapeControls(formatJson(readJson(text, { maxDepth: 512, maxValues: 10_000_000 }), 2))
}

/** In JSON these stand between values only: inside texts they must be escaped (RFC 8259, section 7). One answer is one line. */
const LINE_ENDS = /[\n\r\t]+ */g

// One of the few places that run for each token of a long stream: text grows in place.
function written(value: Json): string {
  if (value instanceof JsonText) return value.text.replaceAll(LINE_ENDS, "")
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null)
  if (isList(value)) return `[${value.map((item) => written(item ?? null)).join(",")}]`
  let text = ""
  for (const name in value) {
    const member = value[name]
    if (member !== undefined) text += `${text === "" ? "" : ","}${quoted(name)}:${written(member)}`
  }
  return `{${text}}`
}

/** Names as JSON writes them. The program has few; should data bring more, they are not kept. */
const QUOTED = new Map<string, string>()
const MAX_QUOTED = 256

function quoted(name: string): string {
  const known = QUOTED.get(name)
  if (known !== undefined) return known
  const text = JSON.stringify(name)
  if (QUOTED.size < MAX_QUOTED) QUOTED.set(name, text)
  return text
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
