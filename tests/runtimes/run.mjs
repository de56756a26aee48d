// @ts-check
// `npm run test:runtimes`: the whole suite of the core in every runtime. One line for each, then the sum. With `--write` the table
// in docs/reference/runtimes.md is made anew; without, it is compared.
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { ensureRuntimes } from "../../scripts/runtimes.mjs"
import { onCi, root, run } from "../../scripts/shell.mjs"
import { judge } from "./judge.mjs"
import { runBunAndDeno, runChromium, runNodes, runWebEngine, runWorkers, startFixtures } from "./runs.mjs"
import { compareTable } from "./table.mjs"

/**
 * @typedef {import("./judge.mjs").Verdict} Verdict
 * @typedef {{ name: string, passed: number, failed: number, skipped: string[] }} Result
 */

/**
 * @param {boolean} write Whether the table in the documentation is made anew.
 * @returns {Promise<{ results: Result[], ran: string[] }>} A result for each runtime, and every test that passed in one of them.
 *   The package must have been built.
 */
export async function runRuntimes(write) {
  const runtimes = ensureRuntimes()
  if (runtimes.missing !== undefined)
    return {
      results: [{ name: "runtimes", passed: 0, failed: 0, skipped: [`runtimes: ${runtimes.missing}`] }],
      ran: [],
    }
  const fixtures = await startFixtures(runtimes)
  const runs = [
    ...runNodes(runtimes),
    ...runBunAndDeno(runtimes, fixtures.url),
    ...runWebEngine(runtimes),
    ...runChromium(fixtures.url),
    ...runWorkers(runtimes),
  ]
  fixtures.stop()
  const verdicts = judge(runs)
  const problems = compareTable(runs, write)
  if (problems.length > 0)
    verdicts.push({ name: "docs/reference/runtimes.md", passed: 0, failed: problems, excluded: new Map() })
  console.log("")
  return { results: verdicts.map(shown), ran: runs.flatMap(passedIn) }
}

/** @param {import("./runs.mjs").Run} run */
function passedIn({ files }) {
  return files.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "passed")
      .map(({ fullName }) => `${name.replace(`${root}/`, "")} > ${fullName}`),
  )
}

/**
 * @param {Verdict} verdict
 * @returns {Result}
 */
function shown({ name, passed, failed, excluded }) {
  const count = [...excluded.values()].reduce((sum, each) => sum + each, 0)
  const where = count === 0 ? "" : " (reasons in tests/runtimes/exclusions.mjs)"
  console.log(`${name}: ${passed} passed, ${failed.length} failed, ${count} excluded${where}`)
  for (const [reason, tests] of excluded) console.log(`  excluded ${tests}: ${reason}`)
  for (const failure of failed) console.log(`  FAILED ${failure}`)
  return { name, passed, failed: failed.length, skipped: [] }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (!run(process.execPath, ["node_modules/typescript/bin/tsc", "-b"])) throw new Error("the build failed")
  const { results } = await runRuntimes(argv.includes("--write"))
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const skipped = results.flatMap((result) => result.skipped)
  for (const what of skipped) console.log(`skipped: ${what}`)
  const failed = results.reduce((sum, result) => sum + result.failed, 0) + (onCi ? skipped.length : 0)
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
