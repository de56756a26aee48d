/** Completion for shells, made of the table of commands. */

import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"

const SHELLS = ["bash", "zsh", "fish"] as const

/** `jot completion`. */
export const command: Command = async (session) => {
  const [wanted] = session.operands
  const shell = SHELLS.find((name) => name === wanted)
  if (shell === undefined) throw new Failure("usage", "shell_unknown", SHELLS.join(", "))
  const text = { bash, zsh, fish }[shell](session)
  return { code: "ok", members: { script: text }, text }
}

/** For what stands before the cursor the words that may follow. Longer names first: `key generate` before `key`. */
function cases({ table }: Session): [line: string, words: string][] {
  const firstWords = new Set(table.filter(({ name }) => name.includes(" ")).map(({ name }) => name.split(" ")[0] ?? ""))
  const groups = [...firstWords].map((first): [string, string] => [
    first,
    table.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.split(" ")[1]] : [])).join(" "),
  ])
  const commands = table.map(({ name, flags }): [string, string] => [name, flags.map((flag) => `--${flag}`).join(" ")])
  return [...commands, ...groups].sort(([one], [other]) => other.length - one.length)
}

function firstWordsOf({ table }: Session): string {
  return [...new Set(table.map(({ name }) => name.split(" ")[0]))].join(" ")
}

function bash(session: Session): string {
  const lines = cases(session).map(([line, words]) => `    "${line}"|"${line} "*) words="${words}" ;;`)
  return `_jot() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words
  local line="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
  case "$line" in
${lines.join("\n")}
    *) words="${firstWordsOf(session)}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _jot jot
`
}

/** Zsh reads completions for bash. */
function zsh(session: Session): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(session)}`
}

function fish(session: Session): string {
  const lines = cases(session).flatMap(([line, words]) => {
    const seen = line
      .split(" ")
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join("; and ")
    const list = words.split(" ")
    const flags = list
      .filter((word) => word.startsWith("--"))
      .map((word) => `complete -c jot -n '${seen}' -l ${word.slice(2)}`)
    const more = list.filter((word) => word !== "" && !word.startsWith("--")).join(" ")
    return more === "" ? flags : [...flags, `complete -c jot -n '${seen}' -a '${more}'`]
  })
  return `complete -c jot -n __fish_use_subcommand -a '${firstWordsOf(session)}'\n${lines.join("\n")}\n`
}
