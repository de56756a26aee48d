// @ts-check
// `jot` as one executable that needs no Node beside it: a copy of this Node with the bundle inside (a single executable application).
// `node scripts/executable.mjs ./jot` makes it of the Node that runs this; without a path it is made in a temporary folder and tried
// by what users do first. Where it cannot be made it is skipped by name, which is a failure on CI.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv, execPath } from "node:process"
import { bundleJot } from "./bundle-jot.mjs"
import { capture, onCi, report, root } from "./shell.mjs"
import { tryJot } from "./try-jot.mjs"

/** A Node that can be made into one holds this text; postject turns its last letter. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2"
const scratch = mkdtempSync(join(tmpdir(), "jot-executable-"))
const [, , wanted] = argv

/**
 * Runs one step.
 *
 * @param {string} command
 * @param {string[]} args
 */
function step(command, args) {
  const { ok, output } = capture(command, args)
  if (!ok) throw new Error(`${[command, ...args].join(" ")}\n${output}`)
}

/** @returns {string | undefined} Why there can be none. */
function impossible() {
  if (process.platform !== "linux")
    return `on ${process.platform} an executable has to be signed, which this script does not do`
  return readFileSync(execPath).includes(`${FUSE}:0`)
    ? undefined
    : "this Node was built without the place for a program"
}

/** @param {string} path */
async function make(path) {
  const main = join(scratch, "jot.cjs")
  const config = join(scratch, "sea.json")
  const blob = join(scratch, "jot.blob")
  await bundleJot({ outfile: main, format: "cjs" })
  writeFileSync(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true }))
  step(execPath, ["--experimental-sea-config", config])
  copyFileSync(execPath, path)
  const postject = join(root, "node_modules/postject/dist/cli.js")
  step(execPath, [postject, path, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE])
}

/** @type {string[]} */
const problems = []
const reason = impossible()
if (reason !== undefined) {
  console.log(`  skipped: an executable of jot: ${reason}`)
  if (onCi) problems.push(`skipped on CI: ${reason}`)
} else {
  const path = wanted ?? join(scratch, "jot")
  await make(path)
  const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"))
  problems.push(...tryJot([path], { version, cwd: scratch }))
}
rmSync(scratch, { recursive: true, force: true })
report("executable", problems, wanted ?? "jot works without a Node beside it")
