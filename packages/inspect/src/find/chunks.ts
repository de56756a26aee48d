/** Values that were cut to fit into several cookies: a browser keeps none of more than 4096 bytes. */

/** One piece of such a value. */
export interface Chunk {
  /** What the names of all its pieces begin with. */
  readonly name: string
  readonly index: number
  /** The index of the last piece, where that is said. */
  readonly last: number
}

/** No piece is longer, and where a value is cut the first is nearly so long. */
export const MAX_CHUNK = 4096
/** What is shorter nobody has to cut. */
export const MIN_CHUNK = 2048
/** So far is the next piece looked for: attributes, the name of a header, or another cookie may stand between. */
const BETWEEN = 512
const FIRST = /(?:^|[;:\s"'])([^\s;:=,"']{1,128})(?:\.0|C1)=$/

/**
 * The first piece of a value, by the name before `start`: `name.0=`, as Auth.js writes it, or `nameC1=` behind `name=chunks-2`, as ASP.NET
 * does. Undefined for any other name.
 */
export function firstChunk(text: string, start: number): Chunk | undefined {
  if (text[start - 1] !== "=") return undefined
  const before = text.slice(Math.max(0, start - BETWEEN), start)
  const name = FIRST.exec(before)?.[1]
  if (name === undefined) return undefined
  if (before.endsWith(".0=")) return { name: `${name}.`, index: 0, last: Number.POSITIVE_INFINITY }
  const count = before.split(`${name}=chunks-`)[1]
  return count === undefined ? undefined : { name: `${name}C`, index: 1, last: Number.parseInt(count, 10) }
}

/** The first letter of the piece behind this one, which ends at `end`; undefined where there is none. */
export function nextChunk(text: string, end: number, { name, index, last }: Chunk): number | undefined {
  if (!(index < last) || !/[;\s]/.test(text[end] ?? "")) return undefined
  const after = text.slice(end, end + BETWEEN)
  const label = `${name}${index + 1}=`
  const at = after.indexOf(label)
  return at > 0 && /[;:\s]/.test(after[at - 1] ?? "") ? end + at + label.length : undefined
}
