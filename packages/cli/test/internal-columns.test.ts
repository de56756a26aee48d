/** Text in columns, as terminals show it. */
import { describe, expect, test } from "vitest"
import { columns, shortened, widthOf, wrapped } from "../src/frame/columns.ts"

describe("columns", () => {
  const plain = (text: string) => text

  test("count wide letters twice, and marks not at all", () => {
    expect([widthOf("權杖"), widthOf("a\u0301"), widthOf("ＡＢ"), widthOf("🔑")]).toEqual([4, 1, 4, 2])
  })

  test("wrap at white space and commas, else where the line ends", () => {
    expect(wrapped("one two three", 7)).toEqual(["one two", "three"])
    expect(wrapped('["a","bcd"]', 6)).toEqual(['["a",', '"bcd"]'])
    expect(wrapped("abcdefgh", 3)).toEqual(["abc", "def", "gh"])
    expect(wrapped("權杖已過期。", 6)).toEqual(["權杖已", "過期。"])
    expect(wrapped("", 6)).toEqual([""])
  })

  test.each([1, 2, 3, 8, 13, 79])("every letter is kept, and no line is wider (%i)", (width) => {
    const text = "some words, 權杖已過期。 https://issuer.example/abc [1,2,3] 🔑🔑"
    const lines = wrapped(text, width)
    expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""))
    if (width >= 4) expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width)
  })

  test("continue long cells below themselves", () => {
    expect(columns([["a", "one two three four", "five"]], { paint: plain, width: 27 })).toEqual([
      "  a  one two three     five",
      "     four",
    ])
  })

  test("stand one behind the other where there is no room beside each other", () => {
    expect(columns([["a", "one two three four", "five"]], { paint: plain, width: 16 })).toEqual([
      "  a",
      "    one two",
      "    three four",
      "    five",
    ])
  })

  test("cut what is too wide", () => {
    expect([shortened("權杖權杖", 5), shortened("token", 4, "..."), shortened("token", 5)]).toEqual([
      "權杖…",
      "t...",
      "token",
    ])
  })
})
