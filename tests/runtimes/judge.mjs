// @ts-check
// What a run must show: every test of the suite ran there and passed, or stands in the list of exclusions with its reason.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { onCi, root } from "../../scripts/shell.mjs"
import { ANY, EXCLUSIONS } from "./exclusions.mjs"

/**
 * @typedef {import("./runs.mjs").Run} Run
 * @typedef {import("./exclusions.mjs").Exclusion} Exclusion
 * @typedef {{ name: string, passed: number, failed: string[], excluded: Map<string, number> }} Verdict
 */

/** In a clone without the shared vectors, tests skip themselves in every runtime; the run of the sources names them. */
const hasVectors = onCi || existsSync(join(root, "../shared/vectors"))

/**
 * @param {Run} run
 * @returns {Map<string, string>} Each test's failure; empty where it passed, "skipped" where it was.
 */
function outcomesOf({ files }) {
  const outcomes = new Map()
  for (const { name, message, assertionResults, status } of files) {
    const file = name.replace(`${root}/`, "").replace("packages/jotkit/test/", "")
    if (assertionResults.length === 0 && status === "failed") outcomes.set(file, message ?? "it does not load")
    for (const test of assertionResults) {
      const id = `${file} > ${test.fullName}`
      // tests of one name count as one: it passed if all did
      outcomes.set(id, outcomes.get(id) || failureOf(test))
    }
  }
  return outcomes
}

/** @param {import("./runs.mjs").TestResult} test */
function failureOf({ status, failureMessages }) {
  if (status === "failed") return failureMessages[0] ?? "failed"
  return status === "passed" ? "" : "skipped"
}

/**
 * @param {readonly Run[]} runs
 * @returns {Verdict[]}
 */
export function judge(runs) {
  const outcomes = runs.map(outcomesOf)
  const shared = outcomes.filter((_one, at) => runs[at]?.isWholeSuite)
  const suite = new Set(shared.flatMap((one) => [...one].filter(([, failure]) => failure === "").map(([id]) => id)))
  /** @type {Set<Exclusion>} */
  const used = new Set()
  const verdicts = runs.map((run, at) =>
    judgeRun(run, outcomes[at] ?? new Map(), run.isWholeSuite ? suite : new Set(), used),
  )
  const stale = hasVectors ? EXCLUSIONS.filter((exclusion) => !used.has(exclusion)) : []
  const last = {
    name: "exclusions",
    passed: 0,
    failed: stale.map(({ reason }) => `nothing is excluded by: ${reason}`),
    excluded: new Map(),
  }
  return stale.length === 0 ? verdicts : [...verdicts, last]
}

/**
 * @param {Run} run
 * @param {Map<string, string>} outcomes
 * @param {Set<string>} suite
 * @param {Set<Exclusion>} used
 * @returns {Verdict}
 */
function judgeRun({ name, kind, problem }, outcomes, suite, used) {
  /** @type {Verdict} */
  const verdict = { name, passed: 0, failed: problem === undefined ? [] : [problem], excluded: new Map() }
  if (outcomes.size === 0) return { ...verdict, failed: [...verdict.failed, "no test ran"] }
  for (const id of new Set([...suite, ...outcomes.keys()])) {
    const failure = outcomes.get(id) ?? "absent"
    if (failure === "") {
      verdict.passed++
      continue
    }
    if (failure === "skipped" && !suite.has(id) && !hasVectors) continue
    const exclusion = EXCLUSIONS.find((one) => excludes(one, kind, id, failure))
    if (exclusion === undefined) verdict.failed.push(`${id}: ${failure.split("\n")[0]}`)
    else {
      used.add(exclusion)
      verdict.excluded.set(exclusion.reason, (verdict.excluded.get(exclusion.reason) ?? 0) + 1)
    }
  }
  return verdict
}

/**
 * @param {Exclusion} exclusion
 * @param {string} kind
 * @param {string} id
 * @param {string} failure
 */
function excludes({ runtimes, tests, failures }, kind, id, failure) {
  const isAbsent = failure === "absent" || failure === "skipped"
  const expected = isAbsent ? tests !== ANY : failures.test(failure)
  return runtimes.includes(kind) && tests.some((pattern) => pattern.test(id)) && expected
}
