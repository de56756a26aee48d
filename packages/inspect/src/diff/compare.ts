/** Two tokens or key sets side by side: what they say differently, not how their letters differ. */

import { privateMembers } from "../keys/private-members.ts"
import { type JsonNode, memberOf, type Range, textMember } from "../read/json.ts"
import { escapeName } from "../read/locate.ts"
import type { Reading } from "../read/reading.ts"
import type { Segment } from "../read/segment.ts"

/** One difference. */
export interface Difference {
  /** A JSON Pointer (RFC 6901), such as `/payload/exp`; in a key set `/keys/<kid>/alg`. */
  readonly path: string
  /** `written`: the same value in other letters, such as 1.0 and 1. `order`: the same members in another order. */
  readonly kind: "added" | "removed" | "changed" | "type" | "written" | "order"
  /** The values as they are written, without what is private of a key; undefined where there is none. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** A value with the text that it is written in. */
interface Side {
  readonly node: JsonNode
  readonly text: string
}

/** Stands for a private value. */
const HIDDEN = '"…"'

/** What the second reading says that the first does not, and the reverse. Signatures differ whenever anything does, and come last. */
export function compare(before: Reading, after: Reading): Difference[] {
  const [one, other] = [segmentsOf(before), segmentsOf(after)]
  const paths = new Set([...one.keys(), ...other.keys()])
  return [...paths].flatMap((path) => compareSegments(path, one.get(path), other.get(path)))
}

/** By their paths; of two with one path the first. */
function segmentsOf({ segments }: Reading): Map<string, Segment> {
  const byPath = new Map<string, Segment>()
  for (const segment of segments) if (!byPath.has(segment.path)) byPath.set(segment.path, segment)
  return byPath
}

function compareSegments(path: string, before: Segment | undefined, after: Segment | undefined): Difference[] {
  if (before?.text === after?.text) return []
  const one = sideOf(before)
  const other = sideOf(after)
  if (one !== undefined && other !== undefined) return compareValues(path, one, other)
  return [
    difference(
      path,
      before === undefined ? "added" : after === undefined ? "removed" : "changed",
      before?.text,
      after?.text,
    ),
  ]
}

function sideOf(segment: Segment | undefined): Side | undefined {
  const { json } = segment ?? {}
  return json?.root === undefined || json.problem !== undefined ? undefined : { node: json.root, text: json.text }
}

function compareValues(path: string, before: Side, after: Side): Difference[] {
  const [one, other] = [before.node, after.node]
  const [was, is] = [written(before), written(after)]
  if (one.type !== other.type) return [difference(path, "type", shown(before), shown(after))]
  if (one.type === "object" || one.type === "array") return compareMembers(path, before, after)
  if (was === is) return []
  const isSame = other.type !== "object" && other.type !== "array" && one.value === other.value
  return [difference(path, isSame ? "written" : "changed", was, is)]
}

function compareMembers(path: string, before: Side, after: Side): Difference[] {
  const [one, other] = [membersOf(before.node), membersOf(after.node)]
  const found = [...new Set([...one.keys(), ...other.keys()])].flatMap((name) => {
    const [was, is] = [one.get(name), other.get(name)]
    const at = `${path}/${escapeName(name)}`
    const left = was && { node: was, text: before.text }
    const right = is && { node: is, text: after.text }
    if (left === undefined || right === undefined)
      return [difference(at, left === undefined ? "added" : "removed", left && shown(left), right && shown(right))]
    return compareValues(at, left, right)
  })
  const secrets = new Set([before, after].flatMap(({ node }) => secretsOf(node)).map(({ name }) => name))
  const told = found.map((one) => (secrets.has(one.path.slice(path.length + 1)) ? hidden(one) : one))
  const isReordered = found.length === 0 && [...one.keys()].join("\n") !== [...other.keys()].join("\n")
  return isReordered ? [difference(path, "order", [...one.keys()].join(", "), [...other.keys()].join(", "))] : told
}

/** What is private in a key; a member of that name elsewhere is a claim like others. */
function secretsOf(node: JsonNode): ReturnType<typeof privateMembers> {
  return memberOf(node, "kty") === undefined ? [] : privateMembers(node)
}

function hidden({ path, kind, before, after }: Difference): Difference {
  return difference(path, kind, before && HIDDEN, after && HIDDEN)
}

/** Members by name; keys of a set by their `kid`, so that rotation shows as keys that came and went. */
function membersOf(node: JsonNode): Map<string, JsonNode> {
  if (node.type === "object") return new Map(node.members.map(({ name, value }) => [name, value]))
  if (node.type !== "array") return new Map()
  const named = node.items.map((item, index) => [keyName(item) ?? String(index), item] as const)
  const isUnique = new Set(named.map(([name]) => name)).size === named.length
  return new Map(isUnique ? named : node.items.map((item, index) => [String(index), item]))
}

function keyName(node: JsonNode): string | undefined {
  return memberOf(node, "kty") === undefined ? undefined : textMember(node, "kid")
}

/** As it is written, but for private members: a comparison is soon pasted somewhere. */
function shown({ node, text }: Side): string {
  const end = node.range[1]
  let rest = node.range[0]
  const pieces = secretRanges(node).map((range) => {
    const piece = text.slice(rest, range[0]) + HIDDEN
    rest = range[1]
    return piece
  })
  return pieces.join("") + text.slice(rest, end)
}

function secretRanges(node: JsonNode): Range[] {
  if (node.type === "array") return node.items.flatMap(secretRanges)
  if (node.type !== "object") return []
  const secrets = new Set(secretsOf(node))
  return node.members.flatMap((member) => (secrets.has(member) ? [member.value.range] : secretRanges(member.value)))
}

function written({ node, text }: Side): string {
  return text.slice(...node.range)
}

function difference(
  path: string,
  kind: Difference["kind"],
  before: string | undefined,
  after: string | undefined,
): Difference {
  return { path, kind, before, after }
}
