// @ts-check
// How the suite is run in each runtime. Each run answers with a report in vitest's form.
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findFiles } from "../../scripts/files.mjs"
import { root, run } from "../../scripts/shell.mjs"
import { buildPage } from "./page/build.mjs"

/**
 * @typedef {import("../../scripts/runtimes.mjs").Runtimes} Runtimes
 * @typedef {{ fullName: string, status: string, failureMessages: string[] }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ name: string, kind: string, files: FileResult[], isWholeSuite: boolean, problem: string | undefined }} Run
 */

const vitest = join(root, "node_modules/vitest/vitest.mjs")
const config = ["--config", "tests/runtimes/vitest.config.mjs"]
const here = join(root, "tests/runtimes")

/**
 * @param {string} name
 * @param {string} kind
 * @param {(report: string) => boolean} start Runs the suite and writes the report.
 * @returns {Run}
 */
function reported(name, kind, start) {
  console.log(`\n== ${name}`)
  const folder = mkdtempSync(join(tmpdir(), "jotkit-report-"))
  const report = join(folder, "report.json")
  const ok = start(report)
  const found = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : { testResults: [] }
  const files = found.testResults
  rmSync(folder, { recursive: true })
  const failed = files.some((/** @type {FileResult} */ { status }) => status === "failed")
  // errors outside any test, such as an unhandled rejection, show only in the exit code
  return {
    name: found.runtime ?? name,
    kind,
    files,
    isWholeSuite: true,
    problem: ok || failed ? undefined : "it ended with an error outside the tests",
  }
}

/**
 * @param {readonly string[]} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} env
 * @returns {(report: string) => boolean}
 */
function byVitest([program = "", ...before], args, env) {
  const reporters = ["--silent=true", "--reporter=json"]
  return (report) =>
    run(program, [...before, vitest, "run", ...reporters, `--outputFile.json=${report}`, ...args], { env })
}

/**
 * The built package, loaded by Node itself.
 *
 * @param {Runtimes} runtimes
 * @returns {Run[]}
 */
export function runNodes({ nodes }) {
  return nodes.map(({ version, path }) =>
    reported(
      `Node ${version}`,
      `Node ${version.split(".")[0]}`,
      byVitest([path], ["--project", "jotkit"], { JOTKIT_DIST: "1" }),
    ),
  )
}

/**
 * @param {Runtimes} runtimes
 * @param {string} fixtures Address of the process that makes the fixtures.
 * @returns {Run[]}
 */
export function runBunAndDeno({ others }, fixtures) {
  const env = { JOTKIT_ENGINE: "node", JOTKIT_FIXTURES: fixtures }
  const bun = others["@oven/bun-linux-x64"]
  const deno = others["@deno/linux-x64-glibc"]
  return [
    ...(bun ? [reported(`Bun ${bun.version}`, "Bun", byVitest([bun.path, "--bun"], config, env))] : []),
    ...(deno ? [reported(`Deno ${deno.version}`, "Deno", byVitest([deno.path, "run", "-A"], config, env))] : []),
  ]
}

/**
 * The newest Node with the engine of browsers.
 *
 * @param {Runtimes} runtimes
 * @returns {Run[]}
 */
export function runWebEngine({ nodes }) {
  const node = nodes.at(-1)
  if (node === undefined) return []
  const command = [node.path, "--disable-warning=ExperimentalWarning"]
  return [
    reported(`Node ${node.version} on WebCrypto`, "WebCrypto", byVitest(command, config, { JOTKIT_ENGINE: "web" })),
  ]
}

/** @returns {string[]} The test files, from the repository's root. */
export function testFiles() {
  // the longest file first, so that no worker waits for it at the end
  const files = findFiles("packages/jotkit/test", /\.test\.ts$/).filter(
    (file) => !/\/test\/(?:web|package)\//.test(file),
  )
  return files.sort((one, other) => Number(other.includes("/properties.")) - Number(one.includes("/properties.")))
}

/**
 * @param {string} fixtures
 * @returns {Run[]}
 */
export function runChromium(fixtures) {
  const args = [join(here, "page/run-chromium.mjs"), fixtures]
  const start = (/** @type {string} */ report) => run(process.execPath, [...args, report, ...testFiles()])
  return [reported("Chromium", "Chromium", start)]
}

/**
 * @param {Runtimes} runtimes
 * @returns {Run[]}
 */
export function runWorkers({ others }) {
  const name = `workerd of miniflare ${others["miniflare"]?.version}`
  const args = ["--disable-warning=InsecureKeyLengthWarning", join(here, "workerd/run-workerd.mjs")]
  return [{ ...reported(name, "workers", (report) => run(process.execPath, [...args, report])), isWholeSuite: false }]
}

/**
 * The process that makes the fixtures and serves the page, on the newest Node, which has every algorithm.
 *
 * @param {Runtimes} runtimes
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startFixtures({ nodes }) {
  const folder = mkdtempSync(join(tmpdir(), "jotkit-page-"))
  await buildPage(testFiles(), folder)
  const server = spawn(nodes.at(-1)?.path ?? process.execPath, [join(here, "fixtures/server.mjs"), folder], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    server.stdout.once("data", (line) => resolve(String(line).trim()))
    server.once("error", reject)
  })
  const stop = () => {
    server.kill()
    rmSync(folder, { recursive: true })
  }
  return { url, stop }
}
