/** Lines of help are typed in cmd, in PowerShell and in shells of Unix alike. */
import { expect, test } from "vitest"
import { COMMANDS } from "../src/frame/commands.ts"
import { topicsEn } from "../src/words/topics-en.ts"
import { topicsZhHant } from "../src/words/topics-zh-hant.ts"

const commands = Object.values(COMMANDS).flatMap(({ examples }) => examples)
const topics = [topicsEn, topicsZhHant].flatMap(
  (words) =>
    Object.values(words)
      .join("\n")
      .match(/^ {2}jot .*$/gm) ?? [],
)

test.each([...commands, ...topics])("%s", (example) => {
  // Single quotes are letters in cmd; @ names a list in PowerShell, where < is not there at all; the others mean something somewhere.
  expect(example).not.toMatch(/['<$`%^]|\\| @/)
})
