/** Help: for the program, a command, a group of commands, a topic. */

import { Failure } from "../frame/failure.ts"
import { commandHelp, groupHelp, programHelp, shortHelp, topicHelp } from "../frame/help.ts"
import { nearest } from "../frame/nearest.ts"
import type { Command, Session } from "../frame/session.ts"
import { TOPICS } from "../frame/topics.ts"

/** `jot help`; also `-h`, which asks for less, and `--help`. */
export const command: Command = async (session) => {
  const help = await helpOn(session)
  return { code: "ok", members: { help }, text: help }
}

async function helpOn({ operands, options, table, say, language }: Session): Promise<string> {
  const [first = ""] = operands
  const isShort = options.isLetter("help")
  if (operands.length === 0) return isShort ? shortHelp(table, say) : programHelp(table, say)
  const row = table.find(({ name }) => name === operands.slice(0, name.split(" ").length).join(" "))
  if (row !== undefined) return commandHelp(row, isShort, say)
  // What is no word is a token, or a place where one is: `jot @token.txt --help`.
  const inspect = table.find(({ name }) => name === "inspect")
  if (inspect !== undefined && !/^[a-z-]+$/i.test(first)) return commandHelp(inspect, isShort, say)
  const group = table.filter(({ name }) => name.startsWith(`${first} `))
  if (group.length > 0 && operands.length === 1) return groupHelp(group, say)
  const topic = TOPICS.find((known) => known === first)
  if (topic === undefined) throw unknownTopic(operands, table)
  const { topicsEn } = await import("../words/topics-en.ts")
  return topicHelp(topic, language === "en" ? topicsEn : (await import("../words/topics-zh-hant.ts")).topicsZhHant, say)
}

function unknownTopic(operands: readonly string[], table: Session["table"]): Failure {
  const names = table.flatMap(({ name }) => [name, name.split(" ")[0] ?? ""])
  const known =
    nearest(operands.slice(0, 2).join(" "), [...TOPICS, ...names]) ?? nearest(operands[0] ?? "", [...TOPICS, ...names])
  return known === undefined ? new Failure("usage", "topic_unknown") : new Failure("usage", "topic_unknown_near", known)
}
