/** Man pages, made of the same tables and words as help. They are written in mdoc, which mandoc and groff both read. */

import type { Word } from "../words/en.ts"
import { EXIT_CODES, type ExitCode } from "./failure.ts"
import { COMMON, FLAGS, type FlagName } from "./flags.ts"
import { GROUPS, REFERENCE } from "./help.ts"
import type { TableRow } from "./session.ts"
import { TOPICS, type TopicName, type Topics, VARIABLES } from "./topics.ts"

/** The day of the release, as mdoc wants it at the top of a page. */
const RELEASED = "November 26, 2026"

/** What pages are made of. */
export interface Sources {
  readonly table: readonly TableRow[]
  readonly topics: Topics
  readonly say: (word: Word) => string
}

/** Topics that have a place of their own in every manual. */
const SECTIONS: Partial<Readonly<Record<TopicName, string>>> = {
  "exit-codes": "EXIT STATUS",
  environment: "ENVIRONMENT",
  recipes: "EXAMPLES",
}

/** The page of the program, jot(1): commands, common flags, and every topic. */
export function programPage(sources: Sources): string {
  const { table, say } = sources
  const topics = TOPICS.filter((topic) => SECTIONS[topic] === undefined)
  return page([
    ...opening("jot", say("program_summary").replace(/^jot(?:: |：)/, "")),
    ".Sh SYNOPSIS",
    ".Nm jot",
    ".Ar TOKEN",
    ".Nm jot",
    ".Ar command",
    ".Op Ar ...",
    ".Sh DESCRIPTION",
    ...prose(say("about_sources")),
    ".Pp",
    ...prose(say("about_times")),
    ".Sh COMMANDS",
    ...tagged(table.map(({ name }) => [`.It Xr ${pageName(name)} 1`, say(`command.${name}`)])),
    ".Sh OPTIONS",
    ...flagList(COMMON, say),
    ...topics.flatMap((topic) => topicSection(topic, sources)),
    ...(["environment", "exit-codes", "recipes"] as const).flatMap((topic) => topicSection(topic, sources)),
    ".Sh SEE ALSO",
    ...references(table.map(({ name }) => pageName(name))),
    ".Pp",
    ...prose(`${REFERENCE}, docs/how-to/check-tokens-in-a-terminal.md`),
  ])
}

/** The page of a command, such as jot-key-generate(1). */
export function commandPage({ name, operands, flags, examples }: TableRow, { table, say }: Sources): string {
  const own = flags.filter((flag) => !COMMON.includes(flag))
  const related = table.filter((row) => row.name !== name && row.name.split(" ")[0] === name.split(" ")[0])
  return page([
    ...opening(pageName(name), say(`command.${name}`)),
    ".Sh SYNOPSIS",
    `.Nm jot ${name}`,
    ".Op Ar flag ...",
    ...operands.split(" ").filter(Boolean).map(operand),
    ".Sh DESCRIPTION",
    ...prose(say(`command.${name}`)),
    ...optionSections(own, say),
    ...optionSections(COMMON, say, ".Sh COMMON OPTIONS"),
    ".Sh ENVIRONMENT",
    ...variableList(say),
    ".Sh EXIT STATUS",
    ...exitList(say),
    ".Sh EXAMPLES",
    ...literal(examples.map((line) => `jot ${line}`)),
    ".Sh SEE ALSO",
    ...references(["jot", ...related.map((row) => pageName(row.name))]),
  ])
}

/** The name of the page of a command, without its section. */
export function pageName(command: string): string {
  return `jot-${command.replace(" ", "-")}`
}

function page(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`
}

function opening(name: string, summary: string): string[] {
  const [first = ""] = summary.split(/(?<=[.。])\s*/)
  const about = first.replace(/[.。]$/, "")
  return [
    `.Dd ${RELEASED}`,
    `.Dt ${name.toUpperCase()} 1`,
    ".Os",
    ".Sh NAME",
    `.Nm ${name}`,
    `.Nd ${escaped(about.charAt(0).toLowerCase() + about.slice(1))}`,
  ]
}

function operand(place: string): string {
  const isOptional = place.startsWith("[")
  const name = place.replaceAll(/[[\]…]/g, "")
  return `.${isOptional ? "Op " : ""}Ar ${protectedWord(name)}${place.endsWith("…") ? " ..." : ""}`
}

function optionSections(names: readonly FlagName[], say: Sources["say"], heading = ".Sh OPTIONS"): string[] {
  if (names.length === 0) return []
  const groups = GROUPS.map((group) => ({ group, flags: names.filter((name) => FLAGS[name].group === group) }))
  const used = groups.filter(({ flags }) => flags.length > 0)
  return [heading, ...used.flatMap(({ group, flags }) => [`.Ss ${say(`group.${group}`)}`, ...flagList(flags, say)])]
}

function flagList(names: readonly FlagName[], say: Sources["say"]): string[] {
  return tagged([...new Set(names)].map((name) => [`.It ${flagItem(name)}`, say(`flag.${name}`)]))
}

function flagItem(name: FlagName): string {
  const { kind, short, value = "" } = FLAGS[name]
  const letter = short === undefined ? "" : `Fl ${short} , `
  const long = `Fl \\-${name.replaceAll("-", "\\-")}`
  if (kind === "switch") return letter + long
  const shown = `Ar ${protectedWord(value)}`
  return kind === "optional" ? `${letter}${long} Ns Op = Ns ${shown}` : `${letter}${long} ${shown}`
}

function topicSection(topic: TopicName, { topics, say }: Sources): string[] {
  const [title = "", ...paragraphs] = topics[topic].split("\n\n")
  const body = paragraphs.map((paragraph) => {
    if (paragraph === "{exit}") return exitList(say)
    if (paragraph === "{environment}") return variableList(say)
    return paragraph.startsWith("  ") ? literal(paragraph.split("\n").map((line) => line.slice(2))) : prose(paragraph)
  })
  const separated = body.flatMap((block, at) =>
    at === 0 || block[0]?.startsWith(".") === true ? block : [".Pp", ...block],
  )
  return [`.Sh ${SECTIONS[topic] ?? title.toUpperCase()}`, ...separated]
}

function exitList(say: Sources["say"]): string[] {
  const codes = Object.keys(EXIT_CODES) as ExitCode[]
  return tagged(codes.map((code) => [`.It ${EXIT_CODES[code]} Pq Sy ${code}`, say(`exit.${code}`)]))
}

function variableList(say: Sources["say"]): string[] {
  return tagged(VARIABLES.map((name) => [`.It Ev ${name}`, say(`env.${name}`)]))
}

function tagged(items: readonly (readonly [item: string, text: string])[]): string[] {
  return [".Bl -tag -width Ds", ...items.flatMap(([item, text]) => [item, ...prose(text)]), ".El"]
}

function references(names: readonly string[]): string[] {
  return [...names].sort().map((name, at) => `.Xr ${name} 1${at === names.length - 1 ? "" : " ,"}`)
}

function literal(lines: readonly string[]): string[] {
  return [".Bd -literal -offset indent", ...lines.map((line) => escaped(line, true)), ".Ed"]
}

/** Each sentence begins a line, and lines are short, as mdoc wants it. */
function prose(text: string): string[] {
  return text
    .split(/\n|(?<=[.!?]) +(?=\S)/)
    .flatMap((line) => line.match(/\S.{0,69}(?= |$)|\S+/g) ?? [])
    .map((line) => escaped(line))
}

/** Nothing in a text is a request. In lines to be typed dashes, quotes and the like stay what they are in ASCII. */
function escaped(text: string, isLiteral = false): string {
  const plain = text.replaceAll("\\", "\\e").replaceAll("`", "\\(ga")
  const dashed = plain.replaceAll(isLiteral ? /-/g : /(?<![\p{L}\p{N}])-+/gu, (dashes) => "\\-".repeat(dashes.length))
  const exact = isLiteral ? dashed.replaceAll("'", "\\(aq").replaceAll("^", "\\(ha").replaceAll("~", "\\(ti") : dashed
  return /^[.']/.test(exact) ? `\\&${exact}` : exact
}

/** A word behind a macro, where the name of another macro would be one. */
function protectedWord(word: string): string {
  return `\\&${escaped(word, true)}`
}
