// @ts-check
// `npm test`: the suite on the sources, then in every runtime (tests/runtimes) and, beside that, against other implementations. A runner that
// cannot run here is skipped by name; with CI set, a skip is a failure.
// The last line adds up all runners: `N passed, N failed`.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runRuntimes } from "../tests/runtimes/run.mjs"
import { ensureRuntimes } from "./runtimes.mjs"
import { ensureServices } from "./services.mjs"
import { onCi, root, run } from "./shell.mjs"

/** @typedef {{ name: string, passed: number, failed: number, skipped: string[] }} Result */

const vitest = join(root, "node_modules/vitest/vitest.mjs")
/** All sources in one run, and all peers in one, take longer than a single command does. */
const PATIENCE_MS = 20 * 60_000
const scratch = mkdtempSync(join(tmpdir(), "jotkit-tests-"))
/** Every test that ran somewhere. ML-DSA is skipped on Node 20, but not unseen when Node 26 runs it. */
const seen = new Set()

/**
 * @param {string} name
 * @param {string} node Path of the Node binary.
 * @param {{ args?: string[], env?: Record<string, string> }} [options]
 * @returns {Result}
 */
function runVitest(name, node, { args = [], env = {} } = {}) {
  console.log(`\n== ${name}`)
  const file = join(scratch, `${name.replaceAll(/\W+/g, "-")}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`]
  const ok = run(node, [vitest, "run", ...reporters, ...args], { env, timeout: PATIENCE_MS })
  return existsSync(file) ? countVitest(name, file, ok) : { name, passed: 0, failed: 1, skipped: [] }
}

/**
 * @param {string} name
 * @param {string} file
 * @param {boolean} ok
 * @returns {Result}
 */
function countVitest(name, file, ok) {
  /** @type {ReturnType<typeof testsOf>} */
  const tests = JSON.parse(readFileSync(file, "utf8")).testResults.flatMap(testsOf)
  const hasRun = (/** @type {{ status: string }} */ { status }) => status === "passed" || status === "failed"
  const ran = tests.filter(hasRun)
  for (const { id } of ran) seen.add(id)
  const failures = ran.filter(({ status }) => status === "failed").map(({ id, message }) => `${id}: ${message}`)
  const passed = ran.length - failures.length
  // errors outside any test, such as an unhandled rejection, show only in the exit code
  if (!ok && failures.length === 0) failures.push(`${name}, outside its tests`)
  for (const failure of failures) console.log(`  FAILED ${failure}`)
  const skipped = tests.filter((test) => !hasRun(test)).map(({ id }) => id)
  return { name, passed, failed: failures.length, skipped }
}

/**
 * What a file's report says of its tests. A file that does not load has none, yet it is a failure.
 *
 * @param {import("../tests/runtimes/runs.mjs").FileResult} file
 */
function testsOf({ name, status, message = "", assertionResults }) {
  const path = name.slice(root.length + 1)
  if (status === "failed" && assertionResults.length === 0) return [{ id: path, status, message: firstLine(message) }]
  return assertionResults.map((test) => ({
    id: `${path} > ${test.fullName}`,
    status: test.status,
    message: firstLine(test.failureMessages[0] ?? ""),
  }))
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n")[0]?.slice(0, 300)
}

/** @returns {Result[]} The store in a file, on a Node that has `node:sqlite`. Where there is none, the runtimes say so. */
function runOnNodeSqlite() {
  const newest = ensureRuntimes().nodes.at(-1)
  if (newest === undefined) return []
  const files = ["store-sqlite", "stores-alike"].map((file) => `packages/auth/test/${file}.test.ts`)
  return [runVitest(`node:sqlite, Node ${newest.version}`, newest.path, { args: ["--project", "auth", ...files] })]
}

/**
 * Begins to exchange tokens with other implementations, beside whatever runs meanwhile: the runtimes leave a core free.
 *
 * @returns {() => Promise<Result>} Waits for the end; the script prints its own counts.
 */
function beginInterop() {
  const file = join(scratch, "interop.txt")
  const output = openSync(file, "w")
  const options = { cwd: root, timeout: PATIENCE_MS, killSignal: /** @type {const} */ ("SIGKILL") }
  const ended = once(
    spawn(process.execPath, ["scripts/interop.mjs"], { ...options, stdio: ["ignore", output, output] }),
    "close",
  )
  return async () => {
    const [code] = await ended
    closeSync(output)
    return countInterop(readFileSync(file, "utf8"), code === 0)
  }
}

/**
 * @param {string} output
 * @param {boolean} ok
 * @returns {Result}
 */
function countInterop(output, ok) {
  console.log(`\n== interop\n${output.trimEnd()}`)
  const [, passed, failed] = /^interop: (\d+) passed, (\d+) failed/m.exec(output) ?? []
  const skipped = [...output.matchAll(/^(?:interop: )?skipped:? (.+)$/gm)].map(([, what]) => `interop: ${what}`)
  const result = { name: "interop", passed: Number(passed ?? 0), failed: Number(failed ?? 0), skipped }
  if (!ok && result.failed === 0) result.failed = 1
  return result
}

/**
 * @param {readonly Result[]} results
 * @returns {{ passed: number, failed: number }}
 */
function summarize(results) {
  let passed = 0
  let failed = 0
  console.log("")
  for (const result of results) {
    passed += result.passed
    failed += result.failed
    console.log(`${result.name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped`)
    if (result.passed + result.failed + result.skipped.length === 0) {
      console.log(`  ${result.name} ran no test`)
      failed++
    }
  }
  const unseen = new Set(results.flatMap(({ skipped }) => skipped).filter((id) => !seen.has(id)))
  for (const id of unseen) console.log(`  skipped: ${id}`)
  // on CI everything that is skipped everywhere was forgotten by someone
  if (onCi) failed += unseen.size
  return { passed, failed }
}

if (!run(process.execPath, ["node_modules/typescript/bin/tsc", "-b"])) {
  console.error("the build failed")
  console.log("0 passed, 1 failed")
  process.exitCode = 1
} else {
  // the tests themselves say what is missing, and fail for it on CI
  ensureServices()
  const sources = runVitest(`sources, Node ${process.versions.node}`, process.execPath)
  const onNodeSqlite = runOnNodeSqlite()
  const interopEnded = beginInterop()
  const { results, ran } = await runRuntimes(false)
  for (const id of ran) seen.add(id)
  const { passed, failed } = summarize([sources, ...onNodeSqlite, ...results, await interopEnded()])
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
rmSync(scratch, { recursive: true, force: true })
