// @ts-check
// What the house scripts share: where the repository is, and how a command is run.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The repository's root, without a slash at the end. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "")

/** True on continuous integration, where nothing may be skipped. */
export const onCi = Boolean(process.env["CI"])

/** Nothing that a script starts takes longer than this: what does stands still. */
const PATIENCE_MS = 12 * 60_000

/**
 * Runs a command from the root and shows its output while it runs.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeout?: number }} [options] `timeout` in milliseconds.
 * @returns {boolean} Whether it ended with exit code 0.
 */
export function run(command, args, options = {}) {
  const { cwd = root, env = {}, timeout = PATIENCE_MS } = options
  const { status } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: "inherit",
    timeout,
    killSignal: "SIGKILL",
  })
  return status === 0
}

/**
 * Runs a command from the root and returns what it printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {{ ok: boolean, output: string }} Both streams as one text.
 */
export function capture(command, args, options = {}) {
  const { cwd = root, env = {} } = options
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  })
  return { ok: status === 0, output: error ? String(error) : `${stdout}${stderr}` }
}

/**
 * Prints the problems of one check and sets the exit code.
 *
 * @param {string} name
 * @param {readonly string[]} problems
 * @param {string} summary What holds when there are no problems.
 */
export function report(name, problems, summary) {
  for (const problem of problems) console.error(`${name}: ${problem}`)
  if (problems.length === 0) console.log(`${name}: ${summary}`)
  else process.exitCode = 1
}
