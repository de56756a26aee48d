// @ts-check
// What `jot` says of itself elsewhere: docs/reference/cli.md, the man pages of its package, and the lines with `jot` in the documentation.
// `node scripts/cli-reference.mjs` compares them with the tables of commands, flags and words; `--write` makes page and man pages anew.
// Whatever the tables name must have a text in both languages, and every flag must be one of some command.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { referencePage } from "./cli-reference/page.mjs"
import {
  COMMON,
  EN,
  EXIT_CODES,
  FLAGS,
  GROUPS,
  manPages,
  problemOf,
  ROWS,
  TOPICS,
  TOPICS_EN,
  TOPICS_ZH_HANT,
  VARIABLES,
  ZH_HANT,
} from "./cli-reference/tables.mjs"
import { findFiles, readText } from "./files.mjs"
import { report, root } from "./shell.mjs"

const PAGE = "docs/reference/cli.md"
const MAN = "packages/cli/man"
const MANIFEST = "packages/cli/package.json"
const REMEDY = "node scripts/cli-reference.mjs --write"
/** @type {string[]} */
const problems = []

checkWords()
checkFlags()
const made = new Map([
  [PAGE, referencePage()],
  [MANIFEST, manifest()],
  ...[...manPages()].map(([name, text]) => /** @type {[string, string]} */ ([`${MAN}/${name}`, text])),
])
if (argv.includes("--write")) write()
else compare()
const lines = checkLines()
report(
  "cli-reference",
  problems,
  `${ROWS.length} commands, ${Object.keys(FLAGS).length} flags, ${lines} lines in the documentation`,
)

function checkWords() {
  const keys = [
    ...ROWS.map(({ name }) => `command.${name}`),
    ...Object.keys(FLAGS).map((name) => `flag.${name}`),
    ...GROUPS.map((name) => `group.${name}`),
    ...Object.keys(EXIT_CODES).map((name) => `exit.${name}`),
    ...TOPICS.map((name) => `topic.${name}`),
    ...VARIABLES.map((name) => `env.${name}`),
  ]
  for (const key of keys) {
    if ((EN[key] ?? "") === "") problems.push(`${key} has no text in English`)
    if (!/\p{Script=Han}/u.test(ZH_HANT[key] ?? "")) problems.push(`${key} has no text in Traditional Chinese`)
  }
  for (const name of TOPICS) {
    if ((TOPICS_EN[name] ?? "") === "" || (TOPICS_ZH_HANT[name] ?? "") === "")
      problems.push(`the topic ${name} lacks a text`)
  }
}

function checkFlags() {
  const used = new Set([...COMMON, ...ROWS.flatMap(({ flags }) => flags)])
  for (const name of Object.keys(FLAGS)) if (!used.has(name)) problems.push(`no command takes --${name}`)
  for (const { name, flags } of ROWS) {
    for (const flag of flags)
      if (FLAGS[flag] === undefined) problems.push(`${name} takes --${flag}, which is not in the table`)
  }
}

/** @returns {string} The manifest, with the man pages that there are. */
function manifest() {
  const text = readText(MANIFEST)
  const man = [...manPages().keys()].map((name) => `./man/${name}`)
  return `${JSON.stringify({ ...JSON.parse(text), man }, undefined, 2)}\n`
}

function write() {
  rmSync(join(root, MAN), { recursive: true, force: true })
  mkdirSync(join(root, MAN))
  for (const [path, text] of made) writeFileSync(join(root, path), text)
}

function compare() {
  for (const [path, text] of made) {
    if (!existsSync(join(root, path)) || readText(path) !== text)
      problems.push(`${path} is not what the tables say: ${REMEDY}`)
  }
  const there = existsSync(join(root, MAN)) ? readdirSync(join(root, MAN)) : []
  for (const name of there) if (!made.has(`${MAN}/${name}`)) problems.push(`${MAN}/${name} is of no command: ${REMEDY}`)
}

/** Lines to be typed, in help and in documentation. @returns {number} */
function checkLines() {
  const texts = [
    ...ROWS.map(
      ({ name, examples }) =>
        /** @type {const} */ ([`the example of ${name}`, examples.map((line) => `jot ${line}`).join("\n")]),
    ),
    ...TOPICS.flatMap((name) =>
      [TOPICS_EN[name] ?? "", TOPICS_ZH_HANT[name] ?? ""].map(
        (text) => /** @type {const} */ ([`the topic ${name}`, text.replaceAll(/^\S.*$/gm, "")]),
      ),
    ),
    ...findFiles("docs", /\.md$/).flatMap((path) =>
      [...readText(path).matchAll(/^```sh[^\n]*\n([\s\S]*?)^```/gm)].map(
        ([, body = ""]) => /** @type {const} */ ([path, body]),
      ),
    ),
  ]
  let count = 0
  for (const [place, text] of texts) {
    for (const [, line = ""] of text.replaceAll("\\\n", " ").matchAll(/(?:^ *|[|(] *)jot ([^\n]+)/gm)) {
      count++
      const problem = problemOf(line)
      if (problem !== undefined) problems.push(`${place}: jot ${line}: ${problem}`)
    }
  }
  return count
}
