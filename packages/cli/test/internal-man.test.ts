/** Man pages: what they hold, and that what reads man pages has nothing to say against them. */
import { describe, expect, test } from "vitest"
import { COMMAND_NAMES, COMMANDS } from "../src/frame/commands.ts"
import { COMMON } from "../src/frame/flags.ts"
import { commandPage, pageName, programPage } from "../src/frame/manual.ts"
import { en } from "../src/words/en.ts"
import { topicsEn } from "../src/words/topics-en.ts"
import { topicsZhHant } from "../src/words/topics-zh-hant.ts"
import { zhHant } from "../src/words/zh-hant.ts"
import { Place } from "./jot.ts"
import { outputOf } from "./programs.ts"

const place = new Place()
const table = COMMAND_NAMES.map((name) => ({ name, ...COMMANDS[name], flags: [...COMMANDS[name].flags, ...COMMON] }))
const MACROS = /^\.(?:Dd|Dt|Os|Sh|Ss|Nm|Nd|Ar|Op|Pp|Bl|It|El|Bd|Ed|Xr)(?: |$)/

describe.each([
  ["English", { table, topics: topicsEn, say: (word: keyof typeof en) => en[word] }],
  ["Traditional Chinese", { table, topics: topicsZhHant, say: (word: keyof typeof en) => zhHant[word] }],
] as const)("the pages in %s", (_, sources) => {
  const pages = new Map([
    ["jot", programPage(sources)],
    ...table.map((row): [string, string] => [pageName(row.name), commandPage(row, sources)]),
  ])

  test("have the sections of a manual, in their order", () => {
    const order = ["NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]
    for (const page of pages.values()) {
      const sections = [...page.matchAll(/^\.Sh (.+)$/gm)].map(([, name]) => name ?? "")
      expect(sections.filter((name) => order.includes(name))).toEqual(order)
      expect(sections).toContain("NAME")
    }
  })

  test("hold requests that are meant, and close what they open", () => {
    for (const page of pages.values()) {
      const lines = page.split("\n")
      expect(lines.filter((line) => /^['.]/.test(line) && !MACROS.test(line))).toEqual([])
      for (const [open, close] of [
        [".Bl", ".El"],
        [".Bd", ".Ed"],
      ] as const)
        expect(lines.filter((line) => line.startsWith(open))).toHaveLength(
          lines.filter((line) => line === close).length,
        )
    }
  })

  test("name every flag of a command, and every command", () => {
    for (const { name, flags } of table)
      for (const flag of flags) expect(pages.get(pageName(name))).toContain(`Fl \\-${flag.replaceAll("-", "\\-")}`)
    for (const name of COMMAND_NAMES) expect(pages.get("jot")).toContain(`.It Xr ${pageName(name)} 1\n`)
  })

  test("give mandoc nothing to warn of", ({ skip }) => {
    const lint = ["-T", "lint", "-W", "warning"]
    const files = [...pages].map(([name, page]) => place.file(`${name}.1`, page))
    const complaints = outputOf("mandoc", [...lint, ...files])
    if (complaints === undefined) return skip()
    expect(complaints).toBe("")
    // That it would have said something: a request that is none.
    expect(outputOf("mandoc", lint, { input: `${pages.get("jot")}.Zz\n` })).toContain("Zz")
  })
})

test("jot man prints the source of a page, on a terminal and in a pipe alike", async () => {
  expect((await place.run(["man"])).stdout).toMatch(/^\.Dd .+\n\.Dt JOT 1\n/)
  const { stdout } = await place.run(["man", "key", "generate", "--lang", "zh-Hant"])
  expect(stdout).toMatch(/^\.Dd .+\n\.Dt JOT-KEY-GENERATE 1\n[\s\S]*\.Nd 產生私密金鑰或密鑰\n/)
  expect((await place.run(["man", "verfy"])).stderr).toContain("did you mean verify?")
  expect((await place.run(["man", "key"])).stderr).toContain("key needs a second word")
})
