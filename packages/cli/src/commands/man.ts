/** Man pages. */

import { Failure } from "../frame/failure.ts"
import { commandPage, programPage } from "../frame/manual.ts"
import { nearest } from "../frame/nearest.ts"
import type { Command } from "../frame/session.ts"

/** `jot man`: always the source of a page, for `man -l -`, `mandoc` or a file. */
export const command: Command = async ({ operands, table, say, language }) => {
  const { topicsEn } = await import("../words/topics-en.ts")
  const topics = language === "en" ? topicsEn : (await import("../words/topics-zh-hant.ts")).topicsZhHant
  const sources = { table, topics, say }
  const wanted = operands.join(" ")
  const row = table.find(({ name }) => name === wanted)
  if (row === undefined && wanted !== "")
    throw unknownPage(
      wanted,
      table.map(({ name }) => name),
    )
  const page = row === undefined ? programPage(sources) : commandPage(row, sources)
  return { code: "ok", members: { page }, text: page }
}

function unknownPage(wanted: string, names: readonly string[]): Failure {
  const under = names.filter((name) => name.startsWith(`${wanted} `))
  if (under.length > 0) return new Failure("usage", "command_incomplete", wanted, under.join(", "))
  const known = nearest(wanted, names)
  return known === undefined ? new Failure("usage", "topic_unknown") : new Failure("usage", "topic_unknown_near", known)
}
