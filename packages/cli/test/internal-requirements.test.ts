/** The page that says where each requirement is built and tested names all of them, and files that exist. */
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"

const root = new URL("../../../", import.meta.url)
const page = readFileSync(new URL("docs/reference/cli-requirements.md", root), "utf8")
const rows = page.split("\n").filter((line) => /^\| C\d/.test(line))
const cells = (row: string) => row.split("|").map((cell) => cell.trim())

test("every requirement has one row", () => {
  expect(rows.map((row) => cells(row)[1])).toEqual(Array.from({ length: 49 }, (_, index) => `C${index + 1}`))
})

test.each(rows.map((row) => [cells(row)[1], row] as const))("the row of %s names files that exist", (_, row) => {
  const [, , , built = "", tested = ""] = cells(row)
  const named = (cell: string) => [...cell.matchAll(/`([\w/.-]+)`/g)].map(([, name = ""]) => name)
  const places = [
    ...named(built).map((name) => new URL(`packages/cli/src/${name}`, root)),
    ...named(tested).map((name) => new URL(name.includes("/") ? name : `packages/cli/test/${name}`, root)),
  ]
  expect(places.filter((place) => !existsSync(place)).map(String)).toEqual([])
  expect([named(built).length > 0, named(tested).length > 0]).toEqual([true, true])
})
