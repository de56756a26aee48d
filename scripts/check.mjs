// @ts-check
// `npm run check`: everything a change must hold, cheapest first; stops at the first failure.
// `--keep-going` runs them all, and `--without-tests` leaves the suite to `npm test`; .ci/run uses both.
import { argv, execPath } from "node:process"
import { run } from "./shell.mjs"

const keepGoing = argv.includes("--keep-going")
const withoutTests = argv.includes("--without-tests")

/** @type {[name: string, command: string, ...args: string[]][]} */
const steps = [
  ["biome", "npx", "biome", "check", "--error-on-warnings", "."],
  ["types", "npx", "tsc", "-b"],
  ["types of tests", "npx", "tsc", "-p", "tsconfig.test.json"],
  ["arrows", "npx", "depcruise", "packages", "--config", ".dependency-cruiser.cjs"],
  ["knip", "npx", "knip"],
  ["exports", execPath, "scripts/check-exports.mjs"],
  ["rfc links", execPath, "scripts/check-rfc-links.mjs"],
  ["errors", execPath, "scripts/check-errors.mjs"],
  ["auth reference", execPath, "scripts/auth-reference.mjs"],
  ["cli reference", execPath, "scripts/cli-reference.mjs"],
  ["docs", execPath, "scripts/check-docs.mjs"],
  ["pictures", execPath, "scripts/pictures.mjs"],
  ["examples", execPath, "examples/run-all.mjs"],
  ["package", execPath, "scripts/check-package.mjs"],
  ["executable", execPath, "scripts/executable.mjs"],
  ["size", execPath, "scripts/size.mjs"],
  ["page", execPath, "packages/debugger/scripts/build.mjs"],
  ["reference", "npx", "typedoc", "--emit", "none"],
  ["suite", "npx", "vitest", "run"],
]

const failed = []
let passed = 0
for (const [name, command, ...args] of steps) {
  if (name === "suite" && withoutTests) continue
  const start = performance.now()
  console.log(`\n== ${name}`)
  if (run(command, args)) passed++
  else failed.push(name)
  console.log(`   ${name}: ${failed.includes(name) ? "FAILED" : "ok"} in ${Math.round(performance.now() - start)} ms`)
  if (failed.length > 0 && !keepGoing) break
}
if (failed.length > 0) console.error(`\nfailed: ${failed.join(", ")}`)
console.log(`\nchecks: ${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0
