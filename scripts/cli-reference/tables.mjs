// @ts-check
// The tables of the program `jot`, of its sources. What they hold is the source of the reference, the man pages and the checks.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { build } from "esbuild"
import { root } from "../shell.mjs"

const FILES = ["commands", "failure", "flags", "help", "manual", "options", "topics"].map((name) => `frame/${name}`)
const WORDS = ["en", "zh-hant", "topics-en", "topics-zh-hant"].map((name) => `words/${name}`)
const outfile = join(root, ".scratch/cli-tables.mjs")

await build({
  stdin: {
    contents: [...FILES, ...WORDS].map((file) => `export * from "./${file}.ts"`).join("\n"),
    resolveDir: join(root, "packages/cli/src"),
    loader: "ts",
  },
  outfile,
  format: "esm",
  bundle: true,
  platform: "node",
  target: "node20.19",
  conditions: ["@jotkit/source", "node"],
  define: { JOT_VERSION: '""', JOT_PAGE: '""' },
  logLevel: "warning",
})
const jot = await import(pathToFileURL(outfile).href)

/**
 * @typedef {{ name: string, operands: string, most: number, flags: string[], examples: string[] }} Row
 * @typedef {{ kind: string, short?: string, value?: string, group: string }} Flag
 * @typedef {Record<string, string>} Words
 */

/** @type {Record<string, Flag>} */
export const FLAGS = jot.FLAGS
/** @type {string[]} */
export const COMMON = jot.COMMON
/** @type {Row[]} */
export const ROWS = Object.entries(jot.COMMANDS).map(([name, row]) => ({ name, ...row }))
/** @type {Record<string, number>} */
export const EXIT_CODES = jot.EXIT_CODES
/** @type {string[]} */
export const TOPICS = jot.TOPICS
/** @type {string[]} */
export const VARIABLES = jot.VARIABLES
/** @type {string[]} */
export const GROUPS = jot.GROUPS
/** @type {Words} */
export const EN = jot.en
/** @type {Words} */
export const ZH_HANT = jot.zhHant
/** @type {Words} */
export const TOPICS_EN = jot.topicsEn
/** @type {Words} */
export const TOPICS_ZH_HANT = jot.topicsZhHant

/** @returns {Map<string, string>} Every man page in English, by the name of its file. */
export function manPages() {
  const table = ROWS.map((row) => ({ ...row, flags: [...row.flags, ...COMMON] }))
  const sources = { table, topics: TOPICS_EN, say: (/** @type {string} */ word) => EN[word] }
  return new Map([
    ["jot.1", jot.programPage(sources)],
    ...table.map(
      (row) => /** @type {[string, string]} */ ([`${jot.pageName(row.name)}.1`, jot.commandPage(row, sources)]),
    ),
  ])
}

/**
 * What the program would say against a line before it does anything.
 *
 * @param {string} line Of a shell, without the name of the program.
 * @returns {string | undefined}
 */
export function problemOf(line) {
  const words = wordsOf(line)
  let read
  try {
    read = jot.readLine(words)
  } catch (error) {
    return `${/** @type {{ word?: string }} */ (error).word} ${/** @type {{ details?: string[] }} */ (error).details}`
  }
  const [first = "", second = ""] = read.operands
  const row =
    ROWS.find(({ name }) => name === `${first} ${second}` || name === first) ??
    (/^[a-z]+$/.test(first) ? undefined : ROWS[0])
  if (row === undefined) return `there is no command ${first}`
  const foreign = read.options.names.find(
    (/** @type {string} */ name) => !row.flags.includes(name) && !COMMON.includes(name),
  )
  return foreign === undefined ? undefined : `--${foreign} is no flag of ${row.name}`
}

/** @param {string} line @returns {string[]} Up to where the shell begins something else: a pipe, a redirection, a comment. */
function wordsOf(line) {
  /** @type {string[]} */
  const words = []
  for (const [word] of line.matchAll(/(?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'])+/g)) {
    if (/^(?:[|<>&;#)]|\d?>)/.test(word)) break
    words.push(word.replaceAll(/["']/g, ""))
    if (/[;)]$/.test(word)) break
  }
  return words
}
