// @ts-check
// `node bench/http/run.mjs [framework …] [--rounds=15] [--seconds=1] [--connections=16] [--only=bare,ours]`: what guards cost a route, as
// one table. Needs wrk (Debian's package of that name); the stores in Redis and PostgreSQL where these are installed.
import { execFile, fork } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs, promisify } from "node:util"
import { runnerImport } from "vite"
import { machine, summary, table } from "../measure.mjs"
import { frameworks } from "./contenders.mjs"

/**
 * @typedef {{ framework: string, guard: string, store?: { kind: string, address: string, check?: import("@jotkit/auth").CheckMode } }} Contender
 * @typedef {{ perSecond: number, p99: number, cpu: number }} Sample Requests; milliseconds; microseconds of the server's processor for each.
 * @typedef {Contender & { label: string, child: import("node:child_process").ChildProcess, url: string, tokens: string, samples: Sample[] }} Running
 */

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "1" },
    connections: { type: "string", default: "16" },
    only: { type: "string", default: "" },
  },
})
const wanted = values.only.split(",").filter((word) => word !== "")
const chosen = positionals.length === 0 ? Object.keys(frameworks) : positionals
const CACHED = { cachedFor: "1m" }

/** @type {import("node:child_process").ChildProcess[]} */
const children = []
process.once("exit", () => {
  for (const child of children) child.kill()
})
const folder = await mkdtemp(join(tmpdir(), "jotkit-bench-"))
const services = await startServices()
try {
  console.log(
    `${machine()} · wrk, 1 thread, ${values.connections} connections, 1,000 tokens, ${values.rounds} rounds\n`,
  )
  const rows = []
  for (const framework of chosen) rows.push(...(await race(contendersOf(framework))))
  const columns = ["", "requests/s", "of bare", "p99 ms", "µs of CPU", "more than bare"]
  console.log(table("A route behind a guard, HS256", columns, rows))
} finally {
  await Promise.all(services.map(({ stop }) => stop()))
  await rm(folder, { recursive: true })
}

/** Redis and PostgreSQL, started as the tests do. */
async function startServices() {
  const path = fileURLToPath(new URL("../../packages/auth/test/services.ts", import.meta.url))
  /** @type {{ module: typeof import("../../packages/auth/test/services.ts") }} */
  const { module } = await runnerImport(path)
  const [redis, postgres] = await Promise.all([module.startRedis(), module.startPostgres()])
  return [
    ...(redis ? [{ kind: "redis", address: `redis://127.0.0.1:${redis.ports[0]}`, stop: redis.stop }] : []),
    ...(postgres
      ? [
          {
            kind: "postgres",
            address: `postgres://jotkit@127.0.0.1:${postgres.ports[0]}/postgres`,
            stop: postgres.stop,
          },
        ]
      : []),
  ]
}

/**
 * @param {string} framework
 * @returns {(Contender & { label: string })[]}
 */
function contendersOf(framework) {
  const stores = [
    { kind: "memory", address: "" },
    { kind: "sqlite", address: join(folder, `${framework}.db`) },
    ...services.map(({ kind, address }) => ({ kind, address })),
  ]
  const withStore = stores.flatMap((store) => [
    { label: `${store.kind}, every-request`, framework, guard: "ours", store },
    { label: `${store.kind}, cached`, framework, guard: "ours", store: { ...store, check: CACHED } },
  ])
  const peers = Object.keys(frameworks[framework]?.peers ?? {})
  const all = [
    { label: "bare", framework, guard: "bare" },
    { label: "ours, stateless", framework, guard: "ours" },
    ...withStore.map((contender) => ({ ...contender, label: `ours, ${contender.label}` })),
    ...peers.map((guard) => ({ label: guard, framework, guard })),
  ]
  return all.filter(({ label }) => wanted.length === 0 || wanted.some((word) => label.includes(word)))
}

/**
 * All contenders of one framework take turns, round by round.
 *
 * @param {(Contender & { label: string })[]} contenders
 */
async function race(contenders) {
  /** @type {Running[]} */
  const running = []
  for (const contender of contenders) running.push(await start(contender))
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const server of running) {
      const sample = await load(server)
      // The round before the first one warms up.
      if (round >= 0) server.samples.push(sample)
    }
  }
  for (const { child } of running) child.kill()
  return running.map((server) => rowOf(server, running[0]))
}

/**
 * @param {Contender & { label: string }} contender
 * @returns {Promise<Running>}
 */
async function start(contender) {
  const child = fork(fileURLToPath(new URL("./server.mjs", import.meta.url)), [JSON.stringify(contender)])
  children.push(child)
  const [{ address, tokens }] = await Promise.race([once(child, "message"), once(child, "exit").then(ended)])
  const file = join(folder, `${address.port}.txt`)
  await writeFile(file, tokens.join("\n"))
  return { ...contender, child, url: `http://127.0.0.1:${address.port}/`, tokens: file, samples: [] }
}

/** @returns {never} */
function ended() {
  throw new Error("a server has ended")
}

/**
 * @param {Running} server
 * @returns {Promise<Sample>}
 */
async function load({ child, url, tokens, label }) {
  const script = fileURLToPath(new URL("./load.lua", import.meta.url))
  const before = await processorTime(child)
  const args = ["-t1", `-c${values.connections}`, `-d${values.seconds}s`, "-s", script, url, "--", tokens]
  const { stdout } = await promisify(execFile)("wrk", args)
  const after = await processorTime(child)
  const { requests, microseconds, p99, failed } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "")
  if (failed > 0) throw new Error(`${label}: ${failed} requests failed`)
  return { perSecond: (requests / microseconds) * 1e6, p99: p99 / 1000, cpu: (after - before) / requests }
}

/** @param {import("node:child_process").ChildProcess} child */
async function processorTime(child) {
  child.send("time")
  const [{ microseconds }] = await once(child, "message")
  return microseconds
}

/**
 * Compared round by round: what else the machine did in a round, it did to both.
 *
 * @param {Running} server
 * @param {Running | undefined} bare
 */
function rowOf({ framework, label, samples }, bare) {
  const median = (/** @type {number[]} */ numbers) => summary(numbers).median
  const share = median(
    samples.map(({ perSecond }, round) => perSecond / (bare?.samples[round]?.perSecond ?? Number.NaN)),
  )
  const more = median(samples.map(({ cpu }, round) => cpu - (bare?.samples[round]?.cpu ?? Number.NaN)))
  return [
    `${framework}: ${label}`,
    Math.round(median(samples.map(({ perSecond }) => perSecond))).toLocaleString("en"),
    `${(share * 100).toFixed(1)} %`,
    median(samples.map(({ p99 }) => p99)).toFixed(2),
    median(samples.map(({ cpu }) => cpu)).toFixed(1),
    more.toFixed(1),
  ]
}
