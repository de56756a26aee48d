/** The page that says where each requirement is built and tested names all of them, and files that exist. */
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"

const page = readFileSync(new URL("../../../docs/reference/auth-requirements.md", import.meta.url), "utf8")
const rows = page.split("\n").filter((line) => /^\| R\d/.test(line))

test("every requirement has one row", () => {
  const numbers = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/R(\d+)/g)].map(([, number]) => Number(number)),
  )
  expect(numbers).toEqual(Array.from({ length: 67 }, (_, index) => index + 1))
})

test.each(rows.map((row) => [row.split("|")[1]?.trim(), row] as const))(
  "the row of %s names files that exist",
  (_, row) => {
    const [, , , built = "", tested = ""] = row.split("|")
    for (const [, name = ""] of built.matchAll(/`([\w/.-]+(?:\.ts|\/))`/g))
      expect([name, existsSync(new URL(`../src/${name}`, import.meta.url))]).toEqual([name, true])
    for (const [, name = ""] of tested.matchAll(/`([\w.-]+)`/g))
      expect([name, existsSync(new URL(name, import.meta.url))]).toEqual([name, true])
    expect(built.trim()).not.toBe("")
  },
)
