/**
 * What may follow on a command line, by the tables of commands and flags. Shells ask for it at every press of a key, so that nothing is
 * loaded that the answer does not need, and nothing goes wrong aloud.
 */

import { FLAG_NAMES, FLAGS, type FlagName, isFlagName } from "../frame/flags.ts"
import type { Session, TableRow } from "../frame/session.ts"
import { TOPICS } from "../frame/topics.ts"
import { type Asked, valuesFor } from "./values.ts"

/** A word that may follow. One that ends with `/`, `=`, `:` or `@` goes on: shells put no space behind it. */
export interface Candidate {
  /** The whole word, in place of the one that is being typed. */
  readonly value: string
  readonly about?: string
}

/** What stands before the cursor, as far as it decides. */
interface Before {
  readonly operands: readonly string[]
  readonly given: ReadonlySet<FlagName>
  /** The flag whose value is being typed. */
  readonly open: FlagName | undefined
  readonly isPastFlags: boolean
}

/** @param words - Those of the line without the name of the program; the last one, perhaps empty, is being typed. */
export async function candidatesFor(words: readonly string[], session: Session): Promise<Candidate[]> {
  const typed = words.at(-1) ?? ""
  const before = readBefore(words.slice(0, -1))
  const row = rowOf(before.operands, session)
  const found = await following(typed, before, row, session)
  return found.filter(({ value }) => value.startsWith(typed))
}

async function following(
  typed: string,
  before: Before,
  row: TableRow | undefined,
  session: Session,
): Promise<Candidate[]> {
  const asked = { row, operands: before.operands, session }
  const { open, isPastFlags } = before
  if (open !== undefined && !typed.startsWith("--")) return valueCandidates(open, { ...asked, typed })
  if (!isPastFlags && typed.startsWith("-")) {
    const at = typed.indexOf("=")
    const name = typed.slice(2, at === -1 ? undefined : at)
    if (at === -1) return flagCandidates(before, row, session)
    if (!isFlagName(name) || FLAGS[name].kind === "switch") return []
    const lead = typed.slice(0, at + 1)
    const values = await valueCandidates(name, { ...asked, typed: typed.slice(at + 1) })
    return values.map((one) => ({ ...one, value: lead + one.value }))
  }
  return row === undefined ? commandCandidates(typed, asked) : operandCandidates(row, { ...asked, typed })
}

function valueCandidates(flag: FlagName, asked: Asked): Promise<Candidate[]> {
  return valuesFor(FLAGS[flag].value ?? "", { ...asked, flag })
}

function readBefore(words: readonly string[]): Before {
  const operands: string[] = []
  const given = new Set<FlagName>()
  let open: FlagName | undefined
  for (const [at, word] of words.entries()) {
    if (word === "--")
      return { operands: [...operands, ...words.slice(at + 1)], given, open: undefined, isPastFlags: true }
    const flag = flagIn(word)
    if (flag !== undefined) given.add(flag)
    else if (open === undefined) operands.push(word)
    open = flag !== undefined && isWaiting(flag, word) ? flag : undefined
  }
  return { operands, given, open, isPastFlags: false }
}

/** The flag of a word; of several letters the last one. */
function flagIn(word: string): FlagName | undefined {
  const name = word.slice(2).split("=")[0] ?? ""
  if (word.startsWith("--")) return isFlagName(name) ? name : undefined
  return word.startsWith("-") ? FLAG_NAMES.find((known) => FLAGS[known].short === word.at(-1)) : undefined
}

function isWaiting(flag: FlagName, word: string): boolean {
  const { kind } = FLAGS[flag]
  return (kind === "value" || kind === "list") && !(word.startsWith("--") && word.includes("="))
}

function rowOf(operands: readonly string[], { table }: Session): TableRow | undefined {
  return table.find(({ name }) => name === operands.slice(0, name.split(" ").length).join(" "))
}

/** Of each flag once, unless it may be repeated. */
function flagCandidates({ given }: Before, row: TableRow | undefined, { table, say }: Session): Candidate[] {
  const flags = row ?? table.find(({ name }) => name === "inspect")
  return (flags?.flags ?? [])
    .filter((name) => FLAGS[name].kind === "list" || !given.has(name))
    .map((name) => ({ value: `--${name}`, about: say(`flag.${name}`) }))
}

/** First words, or second ones. Without a command a token is looked at, so files may follow as well. */
async function commandCandidates(typed: string, asked: Omit<Asked, "typed">): Promise<Candidate[]> {
  const { operands, session } = asked
  const { table, say } = session
  const [first] = operands
  if (first !== undefined)
    return table.flatMap(({ name }) =>
      name.startsWith(`${first} `) && operands.length === 1
        ? [{ value: name.slice(first.length + 1), about: say(`command.${name}`) }]
        : [],
    )
  const words = new Map<string, string>()
  for (const { name } of table) {
    const [word = "", second] = name.split(" ")
    const about =
      second === undefined ? say(`command.${name}`) : `${words.has(word) ? `${words.get(word)}|` : ""}${second}`
    words.set(word, about)
  }
  const tokens = typed.startsWith("@") ? await valuesFor("TOKEN", { ...asked, typed }) : []
  return [...tokens, ...[...words].map(([value, about]) => ({ value, about }))]
}

/** Operands are told apart by what stands for them in help: `SET KID`, `[PATH]…`. */
async function operandCandidates(row: TableRow, asked: Asked): Promise<Candidate[]> {
  const places = row.operands.split(" ").map((place) => place.replaceAll(/[[\]]/g, ""))
  const at = asked.operands.length - row.name.split(" ").length
  const last = places.at(-1) ?? ""
  const place = places[at] ?? (last.endsWith("…") ? last : "")
  if (row.name === "help" || row.name === "man") return helpCandidates(row.name, asked)
  return valuesFor(place.replace("…", ""), asked)
}

async function helpCandidates(name: "help" | "man", { operands, session }: Asked): Promise<Candidate[]> {
  const topics = TOPICS.map((topic) => ({ value: topic, about: session.say(`topic.${topic}`) }))
  const commands = await commandCandidates("", { operands: operands.slice(1), session, row: undefined })
  return operands.length === 1 && name === "help" ? [...commands, ...topics] : commands
}
