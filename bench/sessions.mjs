// @ts-check
// `node bench/sessions.mjs`: a million sessions in every store, and two instances that refresh one session at once. What is built is
// measured. Arguments: `--sessions`, `--refreshes`, `--rounds`, `--duels` with a number; `--stores` with names and commas between them.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { machine, table } from "./measure.mjs"

const number = (/** @type {string} */ otherwise) => /** @type {const} */ ({ type: "string", default: otherwise })
const { values } = parseArgs({
  options: {
    sessions: number("1000000"),
    refreshes: number("20000"),
    rounds: number("4546"),
    duels: number("1000"),
    stores: number("memory,sqlite,redis,postgres"),
  },
})
const tests = fileURLToPath(new URL("../packages/auth/test/", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "jotkit-bench-"))
const stores = values.stores.split(",")

console.log(machine())
const filled = []
const refreshed = []
for (const store of stores) filled.push(await withStore(store, measureScale))
for (const store of stores.filter((name) => name !== "memory")) refreshed.push(await withStore(store, measureInstances))
rmSync(folder, { recursive: true })
const title = `${Number(values.sessions).toLocaleString("en")} sessions`
const times = ["filled s", "a session", "refresh p50 ms", "p99", "check p50 ms", "p99", "sweep ms", "process"]
console.log(table(title, ["", ...times], filled))
const counts = ["rotated", "reused", "ended", "store away", "duels", "newest work", "s"]
if (refreshed.length > 0) console.log(table("Two instances, one session", ["", ...counts], refreshed))

/**
 * Gives each measurement servers and files of its own.
 *
 * @param {string} store
 * @param {(store: string, where: string) => Promise<string[]>} measure
 */
async function withStore(store, measure) {
  console.error(`${store}, ${measure.name}`)
  if (store === "memory") return measure(store, "memory:")
  if (store === "sqlite") return measure(store, `sqlite:${join(folder, measure.name)}`)
  const servers = run(["servers.mjs"], {})
  const [line] = await once(servers.lines, "line")
  const port = JSON.parse(line)[store]
  if (port === undefined) throw new Error(`${store} is not installed`)
  const row = await measure(store, `${store}:${port}`)
  servers.child.stdin.end()
  await once(servers.child, "exit")
  return row
}

/**
 * @param {string} store
 * @param {string} where
 */
async function measureScale(store, where) {
  const measured = await report(["instance.mjs", "fill", where, values.sessions, values.refreshes])
  const { bytes, rss, filled, rotated, checked, swept } = measured
  console.error(JSON.stringify(measured))
  const times = [rotated.p50, rotated.p99, checked.p50, checked.p99].map((time) => time.toFixed(2))
  const size = `${Math.round(bytes / Number(values.sessions))} B`
  return [
    store,
    (filled.total / 1000).toFixed(0),
    size,
    ...times,
    swept.total.toFixed(1),
    `${Math.round(rss / 2 ** 20)} MiB`,
  ]
}

/**
 * @param {string} store
 * @param {string} where
 */
async function measureInstances(store, where) {
  await report(["instance.mjs", "prepare", where, values.duels])
  const args = ["instance.mjs", "refresh", where, values.rounds, values.duels]
  const instances = [1, 2].map(() => run(args, { JOTKIT_DIST: "1" }))
  await Promise.all(instances.map(({ lines }) => once(lines, "line")))
  const start = performance.now()
  const said = instances.map(async ({ child, lines }) => {
    child.stdin.end("go\n")
    const [line] = await once(lines, "line")
    return JSON.parse(line)
  })
  const [one, two] = await Promise.all(said)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  const sum = (/** @type {string} */ outcome) => String(one.outcomes[outcome] + two.outcomes[outcome])
  const isFair = (/** @type {string} */ mine, /** @type {number} */ duel) =>
    [mine, two.duelled[duel]].sort().join() === "reused,rotated"
  const fair = `${one.duelled.filter(isFair).length} of ${values.duels} fair`
  const { working } = await report(["instance.mjs", "present", where, one.newest, two.newest])
  return [store, ...["rotated", "reused", "ended", "unavailable"].map(sum), fair, `${working} of 2`, seconds]
}

/** @param {string[]} args */
async function report(args) {
  const { child, lines } = run(args, { JOTKIT_DIST: "1" })
  // Its connections are closed before its server is.
  const [[line]] = await Promise.all([once(lines, "line"), once(child, "exit")])
  return JSON.parse(line)
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function run([file = "", ...args], env) {
  const command = [join(tests, "child.mjs"), join(tests, file), ...args]
  const child = spawn(process.execPath, command, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  })
  const lines = createInterface(child.stdout)
  child.once("exit", (code) => {
    if (code !== 0) throw new Error(`${file} ${args[0]} ended with ${code}`)
  })
  return { child, lines }
}
