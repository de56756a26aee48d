// @ts-check
// Measuring: contenders take turns round by round, so that whatever else the machine does hits all of them alike.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { cpus } from "node:os"

const { resolve } = createRequire(import.meta.url)

/** Takes results, so that no call can be optimised away. */
let consumed = 0

/**
 * @typedef {{ minimum: number, median: number }} Timing Nanoseconds for one operation.
 * @typedef {(index: number) => unknown} Operation Called with 0, 1, 2 …; may answer with a promise.
 */

/**
 * Runs every contender for a fixed number of operations in each round.
 *
 * @param {Record<string, Operation>} contenders
 * @param {{ operations: number, rounds: number }} plan
 * @returns {Promise<Map<string, Timing>>}
 */
export async function race(contenders, { operations, rounds }) {
  /** @type {Map<string, number[]>} */
  const samples = new Map(Object.keys(contenders).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, operation] of Object.entries(contenders)) {
      const time = await timed(operation, operations)
      // The round before the first one warms up.
      if (round >= 0) samples.get(name)?.push(time / operations)
    }
  }
  return new Map([...samples].map(([name, times]) => [name, summary(times)]))
}

/**
 * @param {Operation} operation
 * @param {number} operations
 */
async function timed(operation, operations) {
  const isAsync = operation(0) instanceof Promise
  const start = process.hrtime.bigint()
  if (isAsync) for (let at = 0; at < operations; at++) consume(await operation(at))
  else for (let at = 0; at < operations; at++) consume(operation(at))
  return Number(process.hrtime.bigint() - start)
}

/** How much was taken; a bench that took nothing measured nothing. */
export function consumedSoFar() {
  return consumed
}

/** @param {unknown} value */
export function consume(value) {
  consumed += typeof value === "string" ? value.length : value ? 1 : 0
}

/** @param {number[]} times */
export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b)
  return { minimum: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN }
}

/** What the figures were measured with. */
export function machine() {
  const [cpu] = cpus()
  return `${cpu?.model.trim() ?? "unknown processor"}, ${cpus().length} cores · Node ${process.versions.node} · OpenSSL ${process.versions.openssl}`
}

/** @param {string} name */
export function versionOf(name) {
  const path = resolve(name === "jotkit" ? "jotkit/package.json" : name).replace(
    /(.*node_modules\/(?:@[^/]+\/)?[^/]+\/).*/,
    "$1package.json",
  )
  return String(JSON.parse(readFileSync(path, "utf8")).version)
}

/**
 * @param {string} title
 * @param {string[]} columns
 * @param {string[][]} rows
 */
export function table(title, columns, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`
  return [
    `\n### ${title}\n`,
    line(columns),
    line(columns.map((_, at) => (at === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n")
}

/** @param {number} nanoseconds */
export function microseconds(nanoseconds) {
  return (nanoseconds / 1000).toFixed(nanoseconds < 10_000 ? 2 : 1)
}

/** @type {{ text: string, ok: boolean }[]} */
export const verdicts = []

/**
 * Notes whether a requirement is met.
 *
 * @param {string} what
 * @param {number} found
 * @param {{ atLeast?: number, atMost?: number }} required
 */
export function judge(what, found, { atLeast, atMost }) {
  const ok = atLeast === undefined ? found <= (atMost ?? 0) : found >= atLeast
  const bound = atLeast === undefined ? `≤ ${atMost?.toFixed(2)}×` : `≥ ${atLeast.toFixed(1)}×`
  verdicts.push({ ok, text: `${what}: required ${bound}, found ${found.toFixed(2)}× ${ok ? "ok" : "MISSED"}` })
}
