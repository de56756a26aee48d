/** A part of the token as text in other forms: JSON in lines, a table for documents, a line for the shell. */

import { type JsonNode, type Segment, visibleText } from "@jotkit/inspect"

/** One line of JSON, with the value that it belongs to. */
export interface Line {
  /** A JSON Pointer (RFC 6901) into the reading. */
  readonly path: string
  readonly text: string
}

/** JSON in lines: numbers to the digit, members in their order and all of them, as they were written. */
export function prettyLines({ content = "", json, path }: Segment): Line[] {
  return json?.root === undefined ? [] : [...linesOf(json.root, { content, path, before: "", after: "" })]
}

interface Around {
  readonly content: string
  readonly path: string
  /** What stands in front of the value on its first line. */
  readonly before: string
  /** What stands behind it on its last one. */
  readonly after: string
}

function* linesOf(node: JsonNode, { content, path, before, after }: Around): Generator<Line> {
  const inner = childrenOf(node, content, path)
  const [start, end] = node.type === "array" ? "[]" : "{}"
  if (inner.length === 0) {
    const isEmpty = node.type === "array" || node.type === "object"
    yield { path, text: before + (isEmpty ? `${start}${end}` : content.slice(...node.range)) + after }
    return
  }
  yield { path, text: before + start }
  const indent = `${/^ */.exec(before)?.[0] ?? ""}  `
  for (const [index, { name, value, path: inside }] of inner.entries()) {
    const comma = index === inner.length - 1 ? "" : ","
    yield* linesOf(value, { content, path: inside, before: indent + name, after: comma })
  }
  yield { path, text: `${indent.slice(2)}${end}${after}` }
}

interface Child {
  readonly name: string
  readonly value: JsonNode
  readonly path: string
}

function childrenOf(node: JsonNode, content: string, path: string): Child[] {
  if (node.type === "array") return node.items.map((value, index) => ({ name: "", value, path: `${path}/${index}` }))
  if (node.type !== "object") return []
  return node.members.map(({ name, nameRange, value }) => ({
    name: `${content.slice(...nameRange)}: `,
    value,
    path: `${path}/${pointerName(name)}`,
  }))
}

/** One name as it stands in a JSON Pointer (RFC 6901, section 3). */
export function pointerName(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1")
}

/** The members as a table in Markdown. Whatever would be markup there is written so that it is none. */
export function markdownTable({ content = "", json }: Segment, head: readonly string[]): string {
  const members = json?.root?.type === "object" ? json.root.members : []
  const rows = members.map(({ name, value }) => [name, content.slice(...value.range)].map(cell))
  return [head.map(cell), head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("")
}

function cell(text: string): string {
  return visibleText(text)
    .replaceAll(/[\\`*_[\]<>|~#!&]/g, "\\$&")
    .replaceAll(/\b(https?|ftp|www)(?=[:.])/gi, "$1\u200b")
}

/** The token as an argument of curl; undefined where it is no compact token, because others would need quoting. */
export function curlHeader(token: string): string | undefined {
  return /^[\w.~-]+$/.test(token) ? `-H 'Authorization: Bearer ${token}'` : undefined
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
