/** Help, made of the tables. */

import type { Words } from "../words/en.ts"
import { COMMAND_NAMES, COMMANDS, type CommandName } from "./commands.ts"
import { EXIT_CODES, type ExitCode } from "./failure.ts"
import { COMMON, FLAGS, type FlagGroup, type FlagName } from "./flags.ts"

const GROUPS: readonly FlagGroup[] = ["keys", "checks", "claims", "task", "output", "general"]

/**
 * The help for a command, or for the program.
 *
 * @param isShort - What fits a glance: `-h`. Otherwise all of it: `--help`.
 */
export function helpFor(name: CommandName | undefined, isShort: boolean, words: Words): string {
  const lines = name === undefined ? programHelp(isShort, words) : commandHelp(name, isShort, words)
  return `${lines.join("\n")}\n`
}

function programHelp(isShort: boolean, words: Words): string[] {
  const examples = ["jot TOKEN", "jot verify --key jwks.json --iss https://issuer.example --aud api TOKEN"]
  const head = [words.program_summary, "", ...examples.map((line) => `  ${line}`), ""]
  if (isShort) return [...head, wrapped(COMMAND_NAMES.join(" ")), "", words.more_help]
  const width = Math.max(...COMMAND_NAMES.map(({ length }) => length)) + 2
  return [
    ...head,
    `${words.heading_commands}:`,
    ...COMMAND_NAMES.map((one) => `  ${one.padEnd(width)}${words[`command.${one}`]}`),
    "",
    ...flagLines(COMMON, words),
    `${words.heading_exit}:`,
    ...exitLines(words),
    "",
    words.about_sources,
    words.about_times,
    words.about_environment,
  ]
}

function commandHelp(name: CommandName, isShort: boolean, words: Words): string[] {
  const { operands, flags, examples } = COMMANDS[name]
  const head = [words[`command.${name}`], "", ...examples.map((line) => `  jot ${line}`), ""]
  const usage = `${words.heading_usage}: jot ${name} ${operands}`.trimEnd()
  if (isShort) return [...head, usage, wrapped(flags.map((flag) => `--${flag}`).join(" ")), "", words.more_help_command]
  return [...head, usage, "", ...flagLines([...flags, ...COMMON], words), `${words.heading_exit}:`, ...exitLines(words)]
}

function flagLines(names: readonly FlagName[], words: Words): string[] {
  return GROUPS.flatMap((group) => {
    const members = [...new Set(names)].filter((name) => FLAGS[name].group === group)
    if (members.length === 0) return []
    const lines = members.map((name) => flagLine(name, words))
    return [`${words[`group.${group}`]}:`, ...lines, ""]
  })
}

const FLAG_WIDTH = 34

function flagLine(name: FlagName, words: Words): string {
  const { kind, short, value = "" } = FLAGS[name]
  const shown = kind === "switch" ? "" : kind === "optional" ? `[=${value}]` : ` ${value}`
  const left = `  ${short === undefined ? "    " : `-${short}, `}--${name}${shown}`
  const text = words[`flag.${name}`]
  return left.length < FLAG_WIDTH ? `${left.padEnd(FLAG_WIDTH)}${text}` : `${left}\n${" ".repeat(FLAG_WIDTH)}${text}`
}

function exitLines(words: Words): string[] {
  return (Object.keys(EXIT_CODES) as ExitCode[]).map(
    (code) => `  ${String(EXIT_CODES[code]).padStart(3)}  ${code.padEnd(12)}${words[`exit.${code}`]}`,
  )
}

function wrapped(text: string): string {
  return text.replaceAll(/(.{1,76})(?: |$)/g, "  $1\n").trimEnd()
}
