/** Text in columns and lines, also where letters are two columns wide. */

// Scripts and symbols that terminals show two columns wide (Unicode, East Asian Width W and F), coarsely.
const WIDE_LETTERS =
  "\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{1f300}-\\u{1faff}\\u{20000}-\\u{3fffd}"
const WIDE = new RegExp(`[${WIDE_LETTERS}]`, "u")
const NO_WIDTH = /\p{Mn}|\p{Me}/u
// A line may end behind white space, a comma and a wide letter, but not before what closes a sentence or a bracket.
const PIECES = new RegExp(`[${WIDE_LETTERS}][、。，；：！？）」』]*\\s*|[^\\s,${WIDE_LETTERS}]*,?\\s*`, "gu")

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const letter of text) width += widthOfLetter(letter)
  return width
}

function widthOfLetter(letter: string): number {
  if (WIDE.test(letter)) return 2
  return NO_WIDTH.test(letter) ? 0 : 1
}

/** A text in lines that fit; a word that is longer than a line is broken where the line ends. At least one line. */
export function wrapped(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrappedLine(line, width))
}

function wrappedLine(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ""
  for (const piece of text.match(PIECES) ?? []) {
    if (line !== "" && widthOf(line) + widthOf(piece.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ""
    }
    const [last = "", ...full] = broken(piece, width).reverse()
    lines.push(...full.reverse())
    line += last
  }
  return [...lines, line.trimEnd()].filter((one, at) => one !== "" || at === 0)
}

function broken(piece: string, width: number): string[] {
  if (widthOf(piece.trimEnd()) <= width) return [piece]
  const lines = [""]
  let used = 0
  for (const letter of piece.trimEnd()) {
    const more = widthOfLetter(letter)
    if (used + more > width) lines.push("")
    used = used + more > width ? more : used + more
    lines.push(`${lines.pop() ?? ""}${letter}`)
  }
  return lines
}

/** How a table is shown. */
export interface TableManner {
  /** Colours a piece of a cell. */
  readonly paint: (text: string, column: number, row: number) => string
  /** What stands before each line. Two spaces unless said. */
  readonly indent?: string
  /** Columns that a line may take. Without it lines are as long as they are. */
  readonly width?: number
  /** The column that gives way before the others do. */
  readonly yields?: number
}

/** Columns that a cell must have, or its row is shown one cell below the other. */
const LEAST_COLUMN = 14
/** How far one column gives way alone. */
const LEAST_YIELD = 24
/** How wide it is at most: one long value should not push the rest away. */
const MOST_YIELD = 64

/** Rows with cells one below the other. Where the lines would be too long, long cells are continued below themselves. */
export function columns(rows: readonly (readonly string[])[], manner: TableManner): string[] {
  const { paint, indent = "  ", width = Number.POSITIVE_INFINITY } = manner
  const natural = widthsOf(rows).map((one, column) => (column === manner.yields ? Math.min(one, MOST_YIELD) : one))
  const room = width - indent.length - 2 * (natural.length - 1)
  const widths = shared(natural, room, manner.yields)
  const isTooNarrow = widths.some((one, column) => one < Math.min(LEAST_COLUMN, natural[column] ?? 0))
  if (isTooNarrow) return rows.flatMap((row, index) => stacked(row, index, manner))
  return rows.flatMap((row, index) => {
    const cells = row.map((text, column) => wrapped(text, widths[column] ?? 1))
    return Array.from({ length: Math.max(0, ...cells.map(({ length }) => length)) }, (_, line) => {
      const pieces = cells.map((cell, column) => {
        const text = cell[line] ?? ""
        const painted = text === "" ? "" : paint(text, column, index)
        return painted + " ".repeat((widths[column] ?? 0) - widthOf(text))
      })
      return `${indent}${pieces.join("  ")}`.trimEnd()
    })
  })
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const count = largest(rows.map(({ length }) => length))
  return Array.from({ length: count }, (_, column) => largest(rows.map((row) => widestLine(row[column] ?? ""))))
}

/** The largest of any number of numbers, at least 0; `Math.max` takes only as many as there is room for arguments. */
export function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, one) => Math.max(most, one), 0)
}

function widestLine(text: string): number {
  return largest(text.split("\n").map(widthOf))
}

/** Widths that fit together: one column gives way first, then the widest. */
function shared(natural: readonly number[], room: number, yields: number | undefined): number[] {
  const excess = natural.reduce((sum, one) => sum + one, 0) - room
  const first = natural.map((one, column) =>
    column === yields ? Math.max(Math.min(one, LEAST_YIELD), one - excess) : one,
  )
  if (excess <= 0) return [...natural]
  let most = Math.max(0, ...first)
  const capped = () => first.map((one) => Math.min(one, most))
  while (capped().reduce((sum, one) => sum + one, 0) > room && most > 1) most--
  return capped()
}

/** Cells one behind the other; what no longer fits begins a line of its own. */
function stacked(row: readonly string[], index: number, { paint, indent = "  ", width = 0 }: TableManner): string[] {
  const lines: { text: string; used: number }[] = []
  for (const [column, cell] of row.entries()) {
    const last = lines.at(-1)
    const fits = last !== undefined && !cell.includes("\n") && last.used + 2 + widthOf(cell) <= width
    if (cell === "") continue
    if (fits)
      Object.assign(last, { text: `${last.text}  ${paint(cell, column, index)}`, used: last.used + 2 + widthOf(cell) })
    else {
      const inner = column === 0 ? indent : `${indent}  `
      for (const piece of wrapped(cell, Math.max(8, width - inner.length)))
        lines.push({ text: inner + paint(piece, column, index), used: inner.length + widthOf(piece) })
    }
  }
  return lines.map(({ text }) => text)
}

/** A text that is cut where it is too wide; `more` says that it goes on. */
export function shortened(text: string, most: number, more = "…"): string {
  if (widthOf(text) <= most) return text
  let short = ""
  let used = more.length
  for (const letter of text) {
    used += widthOfLetter(letter)
    if (used > most) break
    short += letter
  }
  return short + more
}
