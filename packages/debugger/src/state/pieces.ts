/** Where the parts of a token stand in the text that was pasted, which may hold more than the token. */

import type { FoundToken, Reading, SegmentName } from "@jotkit/inspect"

/** A stretch of the pasted text that looks the same throughout. */
export interface Piece {
  readonly text: string
  /** The part it belongs to; undefined for what is around the token, and for the dots. */
  readonly part: SegmentName | undefined
  readonly isPointedAt: boolean
}

/** From the first character to the one behind the last. */
type Range = readonly [start: number, end: number]

/**
 * Cuts the pasted text into pieces.
 *
 * @param pointedAt - A range of the reading's text that is to stand out.
 */
export function piecesOf(
  pasted: string,
  found: FoundToken | undefined,
  { text, segments }: Reading,
  pointedAt?: Range,
): Piece[] {
  const places = found === undefined ? undefined : placesOf(pasted, found)
  if (places === undefined || found?.text !== text) return [{ text: pasted, part: undefined, isPointedAt: false }]
  const at = (offset: number) => places[offset] ?? pasted.length
  const parts = segments.map(({ name, range }) => ({ name, start: at(range[0]), end: endOf(range, at) }))
  const pointed = pointedAt && ([at(pointedAt[0]), endOf(pointedAt, at)] as const)
  const cuts = [0, pasted.length, ...parts.flatMap(({ start, end }) => [start, end]), ...(pointed ?? [])]
  const edges = [...new Set(cuts)].sort((one, other) => one - other)
  // Parts stand in the order of the text: the next piece is in the same part, or in one behind it.
  let next = 0
  return edges.slice(0, -1).map((start, index) => {
    while ((parts[next]?.end ?? pasted.length) <= start && next < parts.length) next++
    const part = parts[next]
    return {
      text: pasted.slice(start, edges[index + 1]),
      part: part !== undefined && part.start <= start ? part.name : undefined,
      isPointedAt: pointed !== undefined && pointed[0] <= start && start < pointed[1],
    }
  })
}

/** The character of the token that stands at a place of the pasted text; undefined outside of the token. */
export function characterAt(pasted: string, found: FoundToken, place: number): number | undefined {
  const places = placesOf(pasted, found)
  if (places === undefined || place < found.range[0] || place >= found.range[1]) return undefined
  const offset = places.findIndex((one) => one >= place)
  return offset === -1 ? undefined : offset
}

/** Behind the last character, not before whatever follows it. */
function endOf([start, end]: Range, at: (offset: number) => number): number {
  return end > start ? at(end - 1) + 1 : at(start)
}

/**
 * For each character of the token where it stands in the pasted text. Where characters were taken out between, they are skipped;
 * undefined where others stand for them, such as escapes.
 */
function placesOf(pasted: string, { text, range }: FoundToken): Uint32Array | undefined {
  const places = new Uint32Array(text.length)
  let at = range[0]
  for (let index = 0; index < text.length; index++) {
    while (at < range[1] && pasted[at] !== text[index]) at++
    if (at >= range[1]) return undefined
    places[index] = at++
  }
  return places
}
