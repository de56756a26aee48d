// @ts-check
// The table in docs/reference/runtimes.md: which algorithm exists where, from how test/runtime-algorithms.test.ts ended there.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../scripts/shell.mjs"

/** @typedef {import("./runs.mjs").Run} Run */

const page = join(root, "docs/reference/runtimes.md")
const TABLE = /(<!-- made by npm run test:runtimes -- --write -->\n)[\s\S]*?(\n<!-- end -->)/
const FILE = "runtime-algorithms.test.ts"
const ALGORITHM = /^[A-Z]\w*(?:[-+]\w+)*$/

/**
 * @param {readonly Run[]} runs
 * @param {boolean} write
 * @returns {string[]} Problems.
 */
export function compareTable(runs, write) {
  const text = readFileSync(page, "utf8")
  const made = text.replace(TABLE, (_all, before, after) => `${before}\n${tableOf(runs)}${after}`)
  if (write) writeFileSync(page, made)
  return write || made === text
    ? []
    : ["the table is not what the run found; npm run test:runtimes -- --write makes it anew"]
}

/** @param {readonly Run[]} runs */
function tableOf(runs) {
  const columns = runs.map((run) => ({ name: run.name, found: algorithmsOf(run) }))
  const names = [...new Set(columns.flatMap(({ found }) => [...found.keys()]))]
  const rows = groupsOf(names, columns).map(([group, cells]) => `| ${group} | ${cells} |`)
  const head = `| algorithm | ${columns.map(({ name }) => name).join(" | ")} |`
  return [head, `| --- |${" :-: |".repeat(columns.length)}`, ...rows, ""].join("\n")
}

/**
 * Algorithms that exist in the same runtimes share a row.
 *
 * @param {readonly string[]} names
 * @param {readonly { found: Map<string, boolean> }[]} columns
 * @returns {(readonly [names: string, cells: string])[]}
 */
function groupsOf(names, columns) {
  /** @type {Map<string, string[]>} */
  const groups = new Map()
  for (const name of names) {
    const cells = columns.map(({ found }) => (found.get(name) === true ? "yes" : "–")).join(" | ")
    groups.set(cells, [...(groups.get(cells) ?? []), name])
  }
  return [...groups].map(([cells, members]) => [members.join(", "), cells])
}

/**
 * @param {Run} run
 * @returns {Map<string, boolean>}
 */
function algorithmsOf({ files, isWholeSuite }) {
  const results = files
    .filter(({ name }) => !isWholeSuite || name.endsWith(FILE))
    .flatMap(({ assertionResults }) => assertionResults)
  const outcomes = results.map(({ fullName, status }) => {
    const [name = "", more] = fullName.replace(/^the runtime's algorithms /, "").split(/ is missing|: what/)
    return /** @type {const} */ ([name, more === undefined && status === "passed"])
  })
  return new Map(outcomes.filter(([name]) => ALGORITHM.test(name)))
}
