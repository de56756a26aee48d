/** The pages that say where each requirement is built and tested name all of them, and files that exist. */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"

const root = new URL("../", import.meta.url)
const cells = (row: string) => row.split("|").map((cell) => cell.trim())

describe.each([
  { page: "cli", letter: "C", count: 49 },
  { page: "debugger", letter: "D", count: 62 },
])("docs/reference/$page-requirements.md", ({ page, letter, count }) => {
  const text = readFileSync(new URL(`docs/reference/${page}-requirements.md`, root), "utf8")
  const rows = text.split("\n").filter((line) => new RegExp(`^\\| ${letter}\\d`).test(line))
  const placesOf = (cell: string, folder: string) =>
    [...cell.matchAll(/`([\w/.-]+)`/g)].map(([, name = ""]) => {
      const isWhole = /^(?:packages|scripts|bench)\//.test(name)
      return new URL(isWhole ? name : `packages/${page}/${folder}/${name}`, root)
    })

  test("every requirement has one row", () => {
    expect(rows.map((row) => cells(row)[1])).toEqual(
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    )
  })

  test.each(rows.map((row) => [cells(row)[1], row] as const))("the row of %s names files that exist", (_, row) => {
    const [, , , built = "", tested = ""] = cells(row)
    const [inSources, inTests] = [placesOf(built, "src"), placesOf(tested, "test")]
    expect([...inSources, ...inTests].filter((place) => !existsSync(place)).map(String)).toEqual([])
    expect([inSources.length > 0, inTests.length > 0]).toEqual([true, true])
  })
})
