/** From a path to the bytes and characters that say it, and back: what makes a claim light up in the token. */

import type { JsonNode, Range } from "./json.ts"
import type { Reading } from "./reading.ts"
import { bytesOfContent, charactersOf, contentOffset, type Segment } from "./segment.ts"

/** Where something is said. */
export interface Location {
  readonly segment: Segment
  /** The value; undefined where the path is a whole part. */
  readonly node: JsonNode | undefined
  /** In the decoded text of the part. */
  readonly content: Range
  /** In the bytes of the part. */
  readonly bytes: Range
  /** In the reading's text. */
  readonly characters: Range
}

/**
 * Finds what a path names.
 *
 * @param path - A JSON Pointer (RFC 6901): `/header/alg`, `/payload/aud/0`, `/signature`; for keys `/kty`, `/keys/0/kid`.
 * @returns Undefined where there is nothing. Of two members with one name the last is meant.
 */
export function locate(reading: Reading, path: string): Location | undefined {
  const segment = segmentOf(reading, path)
  if (segment === undefined) return undefined
  const rest = path.slice(segment.path.length)
  if (rest === "" && segment.path !== "") return locationOf(segment, undefined)
  const names = rest.split("/").slice(1).map(unescapeName)
  const node = names.reduce<JsonNode | undefined>(child, segment.json?.root)
  return node === undefined ? undefined : locationOf(segment, node)
}

/** The location of a value of a part, found by its node. */
export function locationOf(segment: Segment, node: JsonNode | undefined, range?: Range): Location {
  const content: Range = range ?? node?.range ?? [0, segment.content?.length ?? 0]
  const isWhole = node === undefined && range === undefined
  const bytes: Range = isWhole ? [0, segment.bytes.length] : bytesOfContent(segment, content)
  return { segment, node, content, bytes, characters: isWhole ? segment.range : charactersOf(segment, bytes) }
}

/**
 * Finds the innermost value that a character of the text belongs to.
 *
 * @param character - An offset in the reading's text.
 * @returns Its path; undefined between parts.
 */
export function pathAt(reading: Reading, character: number): string | undefined {
  const segment = reading.segments.find(({ range }) => range[0] <= character && character < range[1])
  if (segment === undefined) return undefined
  const offset = contentOffset(segment, character)
  if (offset === undefined || segment.json?.root === undefined) return segment.path
  return segment.path + pathInside(segment.json.root, offset)
}

/** Every value of a part with its path, parents before children. */
export function* walk(segment: Segment | undefined): Generator<readonly [path: string, node: JsonNode]> {
  if (segment?.json?.root !== undefined) yield* walkNode(segment.path, segment.json.root)
}

/** One name as it stands in a JSON Pointer (RFC 6901, section 3). */
export function escapeName(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1")
}

function* walkNode(path: string, node: JsonNode): Generator<readonly [path: string, node: JsonNode]> {
  yield [path, node]
  if (node.type === "array") for (const [index, item] of node.items.entries()) yield* walkNode(`${path}/${index}`, item)
  if (node.type !== "object") return
  for (const { name, value } of node.members) yield* walkNode(`${path}/${escapeName(name)}`, value)
}

function unescapeName(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~")
}

function segmentOf({ segments }: Reading, path: string): Segment | undefined {
  const fitting = segments.filter((segment) => path === segment.path || path.startsWith(`${segment.path}/`))
  return fitting.sort((one, other) => other.path.length - one.path.length)[0]
}

function child(node: JsonNode | undefined, name: string): JsonNode | undefined {
  if (node?.type === "array") return /^(?:0|[1-9]\d*)$/.test(name) ? node.items[Number(name)] : undefined
  if (node?.type !== "object") return undefined
  return node.members.filter((member) => member.name === name).at(-1)?.value
}

function pathInside(node: JsonNode, offset: number): string {
  const isIn = ([start, end]: Range) => start <= offset && offset < end
  if (node.type === "array") {
    const index = node.items.findIndex(({ range }) => isIn(range))
    const item = node.items[index]
    return item === undefined ? "" : `/${index}${pathInside(item, offset)}`
  }
  if (node.type !== "object") return ""
  const member = node.members.find(({ nameRange, value }) => isIn([nameRange[0], value.range[1]]))
  return member === undefined ? "" : `/${escapeName(member.name)}${pathInside(member.value, offset)}`
}
