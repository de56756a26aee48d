/** Help, made of the tables. */

import type { Word } from "../words/en.ts"
import { columns } from "./columns.ts"
import { EXIT_CODES, type ExitCode } from "./failure.ts"
import { COMMON, FLAGS, type FlagGroup, type FlagName } from "./flags.ts"
import type { TableRow } from "./session.ts"
import { TOPICS, type TopicName, type Topics, VARIABLES } from "./topics.ts"

/** Where groups stand, one below the other. */
export const GROUPS: readonly FlagGroup[] = ["keys", "checks", "claims", "task", "output", "general"]

/** The page that holds all of it, in the sources. */
export const REFERENCE = "docs/reference/cli.md"

type Say = (word: Word) => string

/** The help of the program that fits a glance: `-h`, and nothing to do. */
export function shortHelp(table: readonly TableRow[], say: Say): string {
  const first = [...new Set(table.map(({ name }) => name.split(" ")[0] ?? ""))]
  return text([...opening(say), wrapped(first.join(" ")), say("more_help")])
}

/** All that is to be said of the program. */
export function programHelp(table: readonly TableRow[], say: Say): string {
  return text([
    ...opening(say),
    `${say("heading_commands")}:`,
    ...listed(table.map(({ name }) => [name, say(`command.${name}`)])),
    "",
    `${say("heading_topics")}:`,
    ...listed(TOPICS.map((topic) => [topic, say(`topic.${topic}`)])),
    "",
    ...flagLines(COMMON, say),
    ...closing(say),
    "",
    say("about_sources"),
    say("about_times"),
    "",
    say("more_docs"),
  ])
}

function opening(say: Say): string[] {
  const examples = ["jot TOKEN", "jot verify --key jwks.json --iss https://issuer.example --aud api TOKEN"]
  return [say("program_summary"), "", ...examples.map((line) => `  ${line}`), ""]
}

/** What a command does, and how it is written. */
export function commandHelp({ name, operands, flags, examples }: TableRow, isShort: boolean, say: Say): string {
  const usage = `${say("heading_usage")}: jot ${name} ${operands}`.trimEnd()
  const head = [say(`command.${name}`), "", ...examples.map((line) => `  jot ${line}`), "", usage]
  const own = flags.filter((flag) => !COMMON.includes(flag))
  if (isShort)
    return text([
      ...head,
      ...(own.length === 0 ? [] : [wrapped(own.map((flag) => `--${flag}`).join(" "))]),
      "",
      say("more_help_command"),
    ])
  return text([...head, "", ...flagLines(flags, say), ...closing(say), "", say("more_docs")])
}

/** The commands that begin with the same word. */
export function groupHelp(rows: readonly TableRow[], say: Say): string {
  const lines = listed(rows.map(({ name }) => [`jot ${name}`, say(`command.${name}`)]))
  return text([...lines, "", say("more_help_command")])
}

/** One topic, with its lists filled in. */
export function topicHelp(topic: TopicName, topics: Topics, say: Say): string {
  return text([
    topics[topic]
      .replace("{exit}", () => exitLines(say).join("\n"))
      .replace("{environment}", () => variableLines(say).join("\n")),
  ])
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`
}

function closing(say: Say): string[] {
  return [`${say("heading_exit")}:`, ...exitLines(say), "", `${say("heading_environment")}:`, ...variableLines(say)]
}

function flagLines(names: readonly FlagName[], say: Say): string[] {
  return GROUPS.flatMap((group) => {
    const members = [...new Set(names)].filter((name) => FLAGS[name].group === group)
    if (members.length === 0) return []
    return [`${say(`group.${group}`)}:`, ...members.map((name) => flagLine(name, say)), ""]
  })
}

const FLAG_WIDTH = 34

function flagLine(name: FlagName, say: Say): string {
  const { short } = FLAGS[name]
  const left = `  ${short === undefined ? "    " : `-${short}, `}${flagForm(name)}`
  const meaning = say(`flag.${name}`)
  return left.length < FLAG_WIDTH
    ? `${left.padEnd(FLAG_WIDTH)}${meaning}`
    : `${left}\n${" ".repeat(FLAG_WIDTH)}${meaning}`
}

/** A flag as it is written, with what stands for its value: `--jti[=TEXT]`. */
function flagForm(name: FlagName): string {
  const { kind, value = "" } = FLAGS[name]
  return `--${name}${kind === "switch" ? "" : kind === "optional" ? `[=${value}]` : ` ${value}`}`
}

function exitLines(say: Say): string[] {
  const codes = Object.keys(EXIT_CODES) as ExitCode[]
  return listed(codes.map((code) => [String(EXIT_CODES[code]).padStart(3), code, say(`exit.${code}`)]))
}

function variableLines(say: Say): string[] {
  return listed(VARIABLES.map((name) => [name, say(`env.${name}`)]))
}

function listed(rows: readonly (readonly string[])[]): string[] {
  return columns(rows, { paint: (cell) => cell })
}

function wrapped(words: string): string {
  return words.replaceAll(/(.{1,76})(?: |$)/g, "  $1\n").trimEnd()
}
