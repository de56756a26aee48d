/** JSON text written otherwise: order, number texts and escapes stay as they are. */

import { type JsonNode, memberOf, readJson } from "@jotkit/inspect"

/** How to write it. */
export interface Layout {
  /** Over several lines, or as short as it can be. */
  readonly isIndented: boolean
  /** Members of every object by their names. */
  readonly isSorted?: boolean
}

const INDENT = "  "

/** The same JSON in another layout; undefined where the text is not JSON. */
export function laidOut(text: string, layout: Layout): string | undefined {
  const { root, problem } = readJson(text)
  return root === undefined || problem !== undefined ? undefined : written(text, root, layout, 0)
}

function written(text: string, node: JsonNode, layout: Layout, depth: number): string {
  if (node.type === "array")
    return enclosed(
      "[]",
      node.items.map((item) => written(text, item, layout, depth + 1)),
      layout,
      depth,
    )
  if (node.type !== "object") return text.slice(...node.range)
  const members = layout.isSorted === true ? node.members.toSorted(byName) : node.members
  const colon = layout.isIndented ? ": " : ":"
  const parts = members.map(
    ({ nameRange, value }) => text.slice(...nameRange) + colon + written(text, value, layout, depth + 1),
  )
  return enclosed("{}", parts, layout, depth)
}

function byName({ name: one }: { readonly name: string }, { name: other }: { readonly name: string }): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function enclosed(brackets: string, parts: readonly string[], { isIndented }: Layout, depth: number): string {
  const [open = "", close = ""] = brackets
  if (!isIndented || parts.length === 0) return open + parts.join(",") + close
  const line = `\n${INDENT.repeat(depth)}`
  return `${open}${line}${INDENT}${parts.join(`,${line}${INDENT}`)}${line}${close}`
}

/**
 * The object with one member set; everything else stays letter for letter.
 *
 * @param json - The value, as JSON.
 * @returns Undefined where the text is no object.
 */
export function withMember(text: string, name: string, json: string): string | undefined {
  if (text.trim() === "") return `{\n${INDENT}${JSON.stringify(name)}: ${json}\n}`
  const { root, problem } = readJson(text)
  if (root?.type !== "object" || problem !== undefined) return undefined
  const known = memberOf(root, name)?.value.range
  if (known !== undefined) return text.slice(0, known[0]) + json + text.slice(known[1])
  const member = `${JSON.stringify(name)}: ${json}`
  const last = root.members.at(-1)?.value.range[1]
  if (last === undefined) return `${text.slice(0, root.range[0])}{ ${member} }${text.slice(root.range[1])}`
  // As its neighbour is set off, so is the new one.
  const first = root.members[0]?.nameRange[0] ?? root.range[0] + 1
  return `${text.slice(0, last)},${text.slice(root.range[0] + 1, first) || " "}${member}${text.slice(last)}`
}
