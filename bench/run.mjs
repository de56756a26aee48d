// @ts-check
// `npm run bench`: all questions, one after the other. `--quick` for a first impression.
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { run as asymmetric } from "./asymmetric.mjs"
import { run as concurrency } from "./concurrency.mjs"
import { run as encryption } from "./encryption.mjs"
import { run as hs256 } from "./hs256.mjs"
import { consumedSoFar, judge, machine, microseconds, summary, table, verdicts, versionOf } from "./measure.mjs"
import { pyjwt } from "./pyjwt.mjs"

const quick = process.argv.includes("--quick")
// A short secret is not used, but a bench says nothing beside its tables.
process.removeAllListeners("warning")

console.log(machine())
console.log(
  ["jotkit", "jose", "jsonwebtoken", "fast-jwt", "@node-rs/jsonwebtoken", "hono"]
    .map((name) => `${name} ${versionOf(name)}`)
    .join(" · "),
)
console.log(await hs256({ operations: quick ? 2000 : 10_000, rounds: quick ? 5 : 20 }))
console.log(pyjwt(quick ? 2000 : 20_000))
console.log(await asymmetric({ rounds: quick ? 3 : 15, scale: quick ? 0.25 : 1 }))
console.log(await encryption({ rounds: quick ? 3 : 15, scale: quick ? 0.25 : 1 }))
console.log(await concurrency({ rounds: quick ? 3 : 15 }))
console.log(memory())
console.log(coldStart(quick ? 5 : 25))
if (consumedSoFar() === 0) throw new Error("no result was used: the figures mean nothing")
console.log("\n### Requirements\n")
for (const { text } of verdicts) console.log(`- ${text}`)

function memory() {
  const { stdout } = node("--expose-gc", fileURLToPath(new URL("./memory.mjs", import.meta.url)))
  const { tokens, before, after } = JSON.parse(stdout)
  judge(`heap after ${tokens.toLocaleString("en")} tokens with a cache of 1,000, against before`, after / before, {
    atMost: 1.1,
  })
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  return `${table("Heap around a million tokens", ["before", "after"], [[megabytes(before), megabytes(after)]])}\n`
}

/** @param {number} rounds */
function coldStart(rounds) {
  /** @type {Record<string, string>} */
  const contenders = { "node alone": "0", jotkit: 'await import("jotkit")', jose: 'await import("jose")' }
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, code] of Object.entries(contenders)) {
      const start = process.hrtime.bigint()
      node("--input-type=module", "--eval", code)
      times.get(name)?.push(Number(process.hrtime.bigint() - start))
    }
  }
  const median = (/** @type {string} */ name) => summary(times.get(name) ?? []).median
  judge("cold import of jotkit against jose, as processes", median("jotkit") / median("jose"), { atMost: 1 })
  return `${table(
    "A process that imports",
    ["", "median µs"],
    Object.keys(contenders).map((name) => [name, microseconds(median(name))]),
  )}\n`
}

/** @param {...string} args */
function node(...args) {
  return spawnSync(process.execPath, args, { cwd: fileURLToPath(new URL(".", import.meta.url)), encoding: "utf8" })
}
