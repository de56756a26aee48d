/** JSON text cut into pieces that look the same throughout. */

import { type JsonNode, readJson } from "@jotkit/inspect"

/** What a piece is; `fault` is where the text stops being JSON. */
type JsonPieceKind = "name" | "string" | "number" | "literal" | "fault"

/** A stretch of the text; between values it is nothing in particular. */
export interface JsonPiece {
  readonly text: string
  readonly kind: JsonPieceKind | undefined
}

type Stretch = readonly [start: number, end: number, kind: JsonPieceKind]

/** Cuts a text into pieces; all of it is there, JSON or not. */
export function jsonPieces(text: string): JsonPiece[] {
  const { root, problem } = readJson(text)
  const stretches = root === undefined ? [] : stretchesOf(root)
  // What was never meant to be JSON, such as a token in a token, is no mistake.
  const at = /^\s*[[{]/.test(text) ? (problem?.offset ?? text.length) : text.length
  const all: readonly Stretch[] = [
    ...stretches.filter(([, end]) => end <= at),
    [at, Math.min(at + 1, text.length), "fault"],
  ]
  const pieces: JsonPiece[] = []
  let done = 0
  for (const [start, end, kind] of all) {
    pieces.push({ text: text.slice(done, start), kind: undefined }, { text: text.slice(start, end), kind })
    done = end
  }
  pieces.push({ text: text.slice(done), kind: undefined })
  return pieces.filter((piece) => piece.text !== "")
}

/** In the order of the text. */
function stretchesOf(node: JsonNode): Stretch[] {
  if (node.type === "array") return node.items.flatMap(stretchesOf)
  if (node.type === "object")
    return node.members.flatMap(({ nameRange, value }): Stretch[] => [[...nameRange, "name"], ...stretchesOf(value)])
  const kind = node.type === "string" || node.type === "number" ? node.type : "literal"
  return [[...node.range, kind]]
}
