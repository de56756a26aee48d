/**
 * JSON as it was written (RFC 8259): order, duplicates, number texts and places are kept, and of broken text everything before
 * the fault. Nothing here decides whether a token is good; the core reads strictly and on its own.
 */

/** Half-open: from the first character to the one behind the last. */
export type Range = readonly [start: number, end: number]

/** One value, with the place of its text in the document. */
export type JsonNode = JsonObjectNode | JsonArrayNode | JsonScalarNode

/** An object. */
export interface JsonObjectNode {
  readonly type: "object"
  readonly range: Range
  /** In the order they were written, all of them. */
  readonly members: readonly JsonMember[]
}

/** One member of an object. */
export interface JsonMember {
  readonly name: string
  /** The name with its quotes. */
  readonly nameRange: Range
  readonly value: JsonNode
  /** Whether an earlier member of the same object has this name. */
  readonly duplicate: boolean
}

/** An array. */
export interface JsonArrayNode {
  readonly type: "array"
  readonly range: Range
  readonly items: readonly JsonNode[]
}

/** Everything that holds no other value. The number as it was written is the document's text at `range`. */
export interface JsonScalarNode {
  readonly type: "string" | "number" | "boolean" | "null"
  readonly range: Range
  readonly value: string | number | boolean | null
}

/** Why text is not JSON, or not all of it was read. */
export interface JsonProblem {
  readonly code: "unexpected" | "ends_early" | "text_behind" | "escape_invalid" | "too_deep" | "too_many"
  /** What could have stood there. */
  readonly expected: "value" | "name" | "colon" | "comma" | "end" | undefined
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
}

/** A text and what was read of it. */
export interface JsonDocument {
  readonly text: string
  /** What was read, up to the problem if there is one. */
  readonly root: JsonNode | undefined
  readonly problem: JsonProblem | undefined
}

/** How much is read. */
export interface JsonLimits {
  /** Default 64. */
  readonly maxDepth?: number | undefined
  /** Values in the whole document; default 100,000. */
  readonly maxValues?: number | undefined
}

interface Cursor {
  readonly text: string
  readonly maxDepth: number
  readonly maxValues: number
  at: number
  values: number
  problem: JsonProblem | undefined
}

const MAX_DEPTH = 64
const MAX_VALUES = 100_000
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const HEX4 = /[0-9a-fA-F]{4}/y
const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32
const SIMPLE_ESCAPES = '"\\/bfnrt'
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
])

/** Reads JSON text, in linear time and at most `maxDepth` calls deep. Never throws. */
export function readJson(text: string, limits: JsonLimits = {}): JsonDocument {
  const { maxDepth = MAX_DEPTH, maxValues = MAX_VALUES } = limits
  const cursor: Cursor = { text, maxDepth, maxValues, at: 0, values: 0, problem: undefined }
  const root = readValue(cursor, 0)
  skipBlanks(cursor)
  if (cursor.problem === undefined && cursor.at < text.length) fail(cursor, "text_behind", "end")
  return { text, root, problem: cursor.problem }
}

/**
 * The value that `JSON.parse` would give: of two members with one name the last. Objects have no prototype, so `__proto__` is a
 * name like any other.
 */
export function plainValue(node: JsonNode): unknown {
  if (node.type === "array") return node.items.map(plainValue)
  if (node.type !== "object") return node.value
  const value = Object.create(null) as Record<string, unknown>
  for (const member of node.members) value[member.name] = plainValue(member.value)
  return value
}

/** The member that counts: the last with this name. */
export function memberOf(node: JsonNode | undefined, name: string): JsonMember | undefined {
  if (node?.type !== "object") return undefined
  for (let at = node.members.length - 1; at >= 0; at--) {
    const member = node.members[at]
    if (member?.name === name) return member
  }
  return undefined
}

/** The text of a member that is a string; undefined if it is absent or something else. */
export function textMember(node: JsonNode | undefined, name: string): string | undefined {
  const value = memberOf(node, name)?.value
  return value?.type === "string" ? String(value.value) : undefined
}

/**
 * Writes a document again with other white space and nothing else changed: names, strings and numbers keep their text,
 * duplicates and order stay.
 *
 * @param indent - Spaces for each level; 0 for one line without white space.
 */
export function formatJson(document: JsonDocument, indent = 2): string {
  return document.root === undefined ? document.text : written(document.text, document.root, indent, 0)
}

function written(text: string, node: JsonNode, indent: number, depth: number): string {
  if (node.type !== "object" && node.type !== "array") return text.slice(...node.range)
  const space = indent === 0 ? "" : " "
  const parts =
    node.type === "array"
      ? node.items.map((item) => written(text, item, indent, depth + 1))
      : node.members.map(
          ({ nameRange, value }) => `${text.slice(...nameRange)}:${space}${written(text, value, indent, depth + 1)}`,
        )
  const [open, close] = node.type === "array" ? "[]" : "{}"
  if (parts.length === 0) return `${open}${close}`
  if (indent === 0) return `${open}${parts.join(",")}${close}`
  const inner = `\n${" ".repeat(indent * (depth + 1))}`
  return `${open}${inner}${parts.join(`,${inner}`)}\n${" ".repeat(indent * depth)}${close}`
}

function readValue(cursor: Cursor, depth: number): JsonNode | undefined {
  skipBlanks(cursor)
  const letter = cursor.text[cursor.at]
  if (++cursor.values > cursor.maxValues) return fail(cursor, "too_many", undefined)
  if (letter === "{" || letter === "[") {
    if (depth >= cursor.maxDepth) return fail(cursor, "too_deep", undefined)
    return letter === "{" ? readObject(cursor, depth) : readArray(cursor, depth)
  }
  if (letter === '"') return readText(cursor)
  return readNumber(cursor) ?? readLiteral(cursor) ?? fail(cursor, "unexpected", "value")
}

function readObject(cursor: Cursor, depth: number): JsonObjectNode {
  const start = cursor.at++
  const members: JsonMember[] = []
  const names = new Set<string>()
  if (!closes(cursor, "}")) {
    do {
      const member = readMember(cursor, depth, names)
      if (member !== undefined) members.push(member)
    } while (continues(cursor, "}"))
  }
  return { type: "object", range: [start, cursor.at], members }
}

function readMember(cursor: Cursor, depth: number, names: Set<string>): JsonMember | undefined {
  skipBlanks(cursor)
  if (cursor.text[cursor.at] !== '"') return fail(cursor, "unexpected", "name")
  const name = readText(cursor)
  if (name === undefined) return undefined
  skipBlanks(cursor)
  if (cursor.text[cursor.at] !== ":") return fail(cursor, "unexpected", "colon")
  cursor.at++
  const value = readValue(cursor, depth + 1)
  if (value === undefined) return undefined
  const text = String(name.value)
  const duplicate = names.has(text)
  names.add(text)
  return { name: text, nameRange: name.range, value, duplicate }
}

function readArray(cursor: Cursor, depth: number): JsonArrayNode {
  const start = cursor.at++
  const items: JsonNode[] = []
  if (!closes(cursor, "]")) {
    do {
      const item = readValue(cursor, depth + 1)
      if (item !== undefined) items.push(item)
    } while (continues(cursor, "]"))
  }
  return { type: "array", range: [start, cursor.at], items }
}

function closes(cursor: Cursor, bracket: string): boolean {
  skipBlanks(cursor)
  if (cursor.text[cursor.at] !== bracket) return false
  cursor.at++
  return true
}

/** Behind an element: whether another one follows. */
function continues(cursor: Cursor, bracket: string): boolean {
  if (cursor.problem !== undefined || closes(cursor, bracket)) return false
  if (cursor.text[cursor.at] === ",") {
    cursor.at++
    return true
  }
  fail(cursor, "unexpected", "comma")
  return false
}

function readText(cursor: Cursor): JsonScalarNode | undefined {
  const { text } = cursor
  const start = cursor.at++
  let escaped = false
  for (let code = text.charCodeAt(cursor.at); code !== QUOTE; code = text.charCodeAt(cursor.at)) {
    if (code === BACKSLASH) {
      if (!skipEscape(cursor)) return fail(cursor, "escape_invalid", undefined)
      escaped = true
      // Control characters must be escaped (RFC 8259, section 7). Behind the text the code is not a number.
    } else if (code >= SPACE) cursor.at++
    else return fail(cursor, "unexpected", undefined)
  }
  const end = ++cursor.at
  const value = escaped ? (JSON.parse(text.slice(start, end)) as string) : text.slice(start + 1, end - 1)
  return { type: "string", range: [start, end], value }
}

function skipEscape(cursor: Cursor): boolean {
  const letter = cursor.text[cursor.at + 1] ?? ""
  if (letter !== "" && SIMPLE_ESCAPES.includes(letter)) {
    cursor.at += 2
    return true
  }
  HEX4.lastIndex = cursor.at + 2
  if (letter !== "u" || !HEX4.test(cursor.text)) return false
  cursor.at += 6
  return true
}

function readLiteral(cursor: Cursor): JsonScalarNode | undefined {
  for (const [word, value] of LITERALS) {
    if (!cursor.text.startsWith(word, cursor.at)) continue
    const range: Range = [cursor.at, cursor.at + word.length]
    cursor.at += word.length
    return { type: value === null ? "null" : "boolean", range, value }
  }
  return undefined
}

function readNumber(cursor: Cursor): JsonScalarNode | undefined {
  NUMBER.lastIndex = cursor.at
  if (!NUMBER.test(cursor.text)) return undefined
  const range: Range = [cursor.at, NUMBER.lastIndex]
  cursor.at = NUMBER.lastIndex
  return { type: "number", range, value: Number(cursor.text.slice(...range)) }
}

function skipBlanks(cursor: Cursor): void {
  const { text } = cursor
  let letter = text[cursor.at]
  while (letter === " " || letter === "\n" || letter === "\r" || letter === "\t") letter = text[++cursor.at]
}

/** Notes the first problem. What was read so far is kept. */
function fail(cursor: Cursor, code: JsonProblem["code"], expected: JsonProblem["expected"]): undefined {
  const { text, at } = cursor
  const lineStart = text.lastIndexOf("\n", at - 1) + 1
  cursor.problem ??= {
    code: code === "unexpected" && at >= text.length ? "ends_early" : code,
    expected,
    offset: at,
    line: text.slice(0, lineStart).split("\n").length,
    column: (at === 0 ? 0 : at - lineStart) + 1,
  }
  return undefined
}
