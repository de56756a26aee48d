// @ts-check
// `node bench/cli.mjs`: how soon `jot` answers, beside a Node that does nothing, and how fast it decodes a stream, beside jose in a loop that
// checks nothing. Arguments: `--starts` and `--rounds` with a number, `--counts` with numbers of tokens and commas between them.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bundleJot, program } from "../scripts/bundle-jot.mjs"
import { judge, machine, summary, table, verdicts, versionOf } from "./measure.mjs"
import { hs256Tokens } from "./tokens.mjs"

const text = (/** @type {string} */ otherwise) => /** @type {const} */ ({ type: "string", default: otherwise })
const { values } = parseArgs({ options: { starts: text("25"), rounds: text("5"), counts: text("100000,500000") } })
const here = fileURLToPath(new URL(".", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "jot-bench-"))

/** Tells on descriptor 3 what a process has used. */
const USAGE = `import { writeSync } from "node:fs"
process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())))`
const JOSE = `import { createInterface } from "node:readline"
import { decodeJwt, decodeProtectedHeader } from "jose"
let text = ""
for await (const line of createInterface({ input: process.stdin })) {
  text += JSON.stringify({ header: decodeProtectedHeader(line), payload: decodeJwt(line) }) + "\\n"
  if (text.length > 65536) text = (process.stdout.write(text), "")
}
process.stdout.write(text)`
const STREAMS = {
  "jot decode --jsonl": [program, "decode", "--jsonl", "--quiet"],
  "jose, decodes only": ["--input-type=module", "--eval", JOSE],
}

/** @typedef {{ seconds: number, cpu: number, peak: number }} Run Seconds, seconds of the processor, MiB. */

console.log(`${machine()} · jose ${versionOf("jose")}`)
await bundleJot()
console.log(startTable())
console.log(await streamTable(values.counts.split(",").map(Number)))
rmSync(folder, { recursive: true })
console.log("\n### Requirements\n")
for (const verdict of verdicts) console.log(`- ${verdict.text}`)

function startTable() {
  const [token = ""] = hs256Tokens
  /** @type {Record<string, string[]>} */
  const contenders = {
    "node -e 0": ["-e", "0"],
    "jot --version": [program, "--version"],
    "jot decode TOKEN": [program, "decode", token],
    "jot decode --json TOKEN": [program, "decode", "--json", token],
  }
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(contenders).map((name) => [name, []]))
  for (let round = -1; round < Number(values.starts); round++) {
    for (const [name, args] of Object.entries(contenders)) {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { stdio: "pipe" })
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
      // The round before the first one fills the caches of the system.
      if (round >= 0) times.get(name)?.push(performance.now() - start)
    }
  }
  const median = (/** @type {string} */ name) => summary(times.get(name) ?? []).median
  const bare = median("node -e 0")
  judge("jot --version without 30 ms, against node -e 0", (median("jot --version") - 30) / bare, { atMost: 1.3 })
  judge("jot decode TOKEN against 100 ms", median("jot decode TOKEN") / 100, { atMost: 1 })
  const rows = Object.keys(contenders).map((name) => [
    name,
    summary(times.get(name) ?? []).minimum.toFixed(0),
    median(name).toFixed(0),
    `${(median(name) / bare).toFixed(2)}×`,
    (median(name) - bare).toFixed(0),
  ])
  return table("A process from start to end", ["", "least ms", "median ms", "of node -e 0", "more ms"], rows)
}

/** @param {number[]} counts */
async function streamTable(counts) {
  const rows = []
  /** @type {number[]} */
  const peaks = []
  for (const count of counts) {
    const file = await writeTokens(count)
    const medians = await race(file)
    const jose = medians.get("jose, decodes only")?.cpu ?? Number.NaN
    for (const [name, { seconds, cpu, peak }] of medians) {
      const isOurs = name.startsWith("jot")
      if (isOurs) peaks.push(peak)
      if (isOurs)
        judge(`${count.toLocaleString("en")} tokens, against 50,000 a second`, count / seconds / 50_000, { atLeast: 1 })
      const rates = [Math.round(count / seconds).toLocaleString("en"), ((cpu / count) * 1e6).toFixed(1)]
      rows.push([`${count.toLocaleString("en")}: ${name}`, ...rates, `${(cpu / jose).toFixed(2)}×`, peak.toFixed(0)])
    }
  }
  const [first = Number.NaN] = peaks
  judge("peak memory of the longest stream, against the first", (peaks.at(-1) ?? Number.NaN) / first, { atMost: 1.1 })
  const columns = ["", "tokens/s", "µs of CPU each", "of jose", "peak MiB"]
  return table("A stream of tokens from a pipe, start included", columns, rows)
}

/**
 * @param {string} file
 * @returns {Promise<Map<string, Run>>} Medians; contenders took turns.
 */
async function race(file) {
  /** @type {Map<string, Run[]>} */
  const runs = new Map(Object.keys(STREAMS).map((name) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, args] of Object.entries(STREAMS)) runs.get(name)?.push(await decodeStream(args, file))
  return new Map([...runs].map(([name, all]) => [name, medianOf(all)]))
}

/**
 * @param {readonly Run[]} all
 * @returns {Run}
 */
function medianOf(all) {
  const of = (/** @type {keyof Run} */ member) => summary(all.map((run) => run[member])).median
  return { seconds: of("seconds"), cpu: of("cpu"), peak: of("peak") }
}

/** @param {number} count */
async function writeTokens(count) {
  const path = join(folder, `${count}.txt`)
  const file = createWriteStream(path)
  for (let written = 0; written < count; written += hs256Tokens.length) {
    const some = hs256Tokens.slice(0, count - written)
    if (!file.write(`${some.join("\n")}\n`)) await once(file, "drain")
  }
  file.end()
  await once(file, "close")
  return path
}

/**
 * @param {readonly string[]} args
 * @param {string} file
 * @returns {Promise<Run>}
 */
async function decodeStream(args, file) {
  const start = performance.now()
  const measured = ["--import", `data:text/javascript,${encodeURIComponent(USAGE)}`, ...args]
  const child = spawn(process.execPath, measured, { cwd: here, stdio: ["pipe", "ignore", "inherit", "pipe"] })
  /** @type {Buffer[]} */
  const told = []
  child.stdio[3]?.on("data", (chunk) => told.push(chunk))
  if (child.stdin !== null) createReadStream(file).pipe(child.stdin)
  const [status] = await once(child, "close")
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}`)
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(String(Buffer.concat(told)))
  return { seconds: (performance.now() - start) / 1000, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }
}
