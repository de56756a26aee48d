/** Text in columns, also where letters are two columns wide. */

// Scripts and symbols that terminals show two columns wide (Unicode, East Asian Width W and F), coarsely.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const NO_WIDTH = /\p{Mn}|\p{Me}/u

/** Columns that a text takes in a terminal. */
function widthOf(text: string): number {
  let width = 0
  for (const letter of text) width += WIDE.test(letter) ? 2 : NO_WIDTH.test(letter) ? 0 : 1
  return width
}

/** Rows with cells one below the other; the last cell is as long as it likes. `paint` colours a cell that is already as wide as it must be. */
export function columns(
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number, row: number) => string,
  indent = "  ",
): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => widthOf(row[column] ?? ""))),
  )
  return rows.map((row, index) => {
    const cells = row.map((text, column) => {
      const missing = column === row.length - 1 ? 0 : (widths[column] ?? 0) - widthOf(text)
      return paint(text, column, index) + " ".repeat(missing)
    })
    return `${indent}${cells.join("  ")}`.trimEnd()
  })
}

/** A text that is cut where it is too long. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
