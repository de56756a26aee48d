/**
 * Real servers for the tests, started privately: on free ports of loopback, in a temporary folder, and ended by the ids of their own
 * processes. What is not installed is named and skipped; on CI that is a failure.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import { chown, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import type { Readable } from "node:stream"
import { promisify } from "node:util"
import { freePort } from "../../../scripts/free-port.mjs"

const run = promisify(execFile)

/** A server, or several that belong together. */
export interface Service {
  /** Where they listen, on 127.0.0.1. */
  readonly ports: readonly number[]
  stop(): Promise<void>
  /** Kills one of them without warning. Its data stay. */
  kill(port?: number): Promise<void>
  /** Starts again, where it was, what was killed. */
  restart(): Promise<void>
}

/** One Redis; absent where it is not installed. */
export function startRedis(): Promise<Service | undefined> {
  return ifInstalled(["redis-server"], ([server = ""]) => inFolder((folder) => startRedisServers(server, folder, 1)))
}

/** A cluster of Redis. */
export interface Cluster extends Service {
  /** Kills a master without warning, once its replica has all that it has. */
  killReplicatedMaster(): Promise<void>
}

/** A Redis Cluster of three masters, each with so many replicas; absent where it is not installed. */
export function startRedisCluster(replicas = 0): Promise<Cluster | undefined> {
  return ifInstalled(["redis-server", "redis-cli"], ([server = "", cli = ""]) =>
    inFolder(async (folder) => {
      // A failover begins after so many milliseconds; a replica is filled at once.
      const more = replicas === 0 ? {} : { "cluster-node-timeout": 3000, "repl-diskless-sync-delay": 0 }
      const service = await startRedisServers(server, folder, 3 + 3 * replicas, more)
      const addresses = service.ports.map((port) => `127.0.0.1:${port}`)
      await run(cli, ["--cluster", "create", ...addresses, "--cluster-replicas", String(replicas), "--cluster-yes"])
      await untilEverySlotIsServed(cli, service.ports)
      const killed = new Set<number>()
      return {
        ...service,
        async killReplicatedMaster() {
          const port = await replicatedMaster(cli, service.ports, killed)
          killed.add(port)
          await service.kill(port)
        },
      }
    }),
  )
}

/** A master whose replica has all that it has; waits until there is one. */
async function replicatedMaster(cli: string, ports: readonly number[], except: ReadonlySet<number>): Promise<number> {
  for (;;) {
    for (const port of ports.filter((each) => !except.has(each))) {
      const { stdout } = await run(cli, ["-p", `${port}`, "info", "replication"])
      const [, offset] = /^master_repl_offset:(\d+)/m.exec(stdout) ?? []
      const [, replicated] = /^slave0:.*state=online,offset=(\d+)/m.exec(stdout) ?? []
      if (stdout.includes("role:master") && replicated !== undefined && replicated === offset) return port
    }
  }
}

/** A PostgreSQL with the database `postgres` of the user `jotkit`, without a password; absent where it is not installed. */
export function startPostgres(): Promise<Service | undefined> {
  return ifInstalled(["initdb", "postgres"], ([initdb = "", server = ""]) =>
    inFolder(async (folder) => {
      const user = await serverUser(folder)
      await run(initdb, ["-D", folder, "-U", "jotkit", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], user)
      const port = await freePort()
      const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=100"]
      const args = ["-D", folder, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])]
      // SIGTERM: end when those who are connected have gone. SIGQUIT: leave them, and their processes with them, at once.
      const signals = { end: "SIGTERM", crash: "SIGQUIT" } as const
      const start = { ...user, ...signals, ready: /ready to accept connections/ }
      return serviceOf([{ port, server: await startServer(server, args, start) }])
    }),
  )
}

async function ifInstalled<T extends Service>(
  programs: readonly string[],
  start: (paths: readonly string[]) => Promise<T>,
): Promise<T | undefined> {
  const paths = programs.map(findProgram)
  const missing = programs.find((_, i) => paths[i] === undefined)
  if (missing === undefined) return start(paths.filter((path) => path !== undefined))
  if (process.env["CI"]) throw new Error(`${missing} is not installed`)
  process.stdout.write(`skipped: ${missing} is not installed\n`)
  return undefined
}

/** Debian keeps PostgreSQL out of the path. */
function findProgram(name: string): string | undefined {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions.map((version) => join(debian, version, "bin")),
  ]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

async function inFolder<T extends Service>(start: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "jotkit-service-"))
  const remove = () => rm(folder, { recursive: true })
  const service = await start(folder).catch(async (error) => {
    await remove()
    throw error
  })
  return { ...service, stop: () => service.stop().then(remove) }
}

async function startRedisServers(
  program: string,
  folder: string,
  count: number,
  more: Readonly<Record<string, number>> = {},
): Promise<Service> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const [port, clusterPort] = [await freePort(), await freePort()]
      const files = { dir: folder, dbfilename: `${port}.rdb`, appenddirname: port, save: "" }
      const cluster = { "cluster-enabled": "yes", "cluster-port": clusterPort, "cluster-config-file": `${port}.conf` }
      const one = { port, bind: "127.0.0.1", appendonly: "yes", ...files }
      const settings = { ...one, ...(count > 1 ? cluster : {}), ...more }
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
      const start = { end: "SIGTERM", crash: "SIGKILL", ready: /Ready to accept connections/ } as const
      return { port, server: await startServer(program, args, start) }
    }),
  )
  return serviceOf(servers)
}

function serviceOf(servers: readonly { readonly port: number; readonly server: Server }[]): Service {
  const all = async (act: (server: Server) => Promise<void>) =>
    void (await Promise.all(servers.map(({ server }) => act(server))))
  return {
    ports: servers.map(({ port }) => port),
    stop: () => all((server) => server.stop()),
    async kill(wanted) {
      const killed = servers.filter(({ port }) => wanted === undefined || port === wanted)
      await Promise.all(killed.map(({ server }) => server.kill()))
    },
    restart: () => all((server) => server.start()),
  }
}

/** Each node says that the cluster is well a moment after it was told so. */
async function untilEverySlotIsServed(cli: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const isServed = async () =>
      (await run(cli, ["-p", `${port}`, "cluster", "info"])).stdout.includes("cluster_state:ok")
    while (!(await isServed()));
  }
}

/** PostgreSQL does not run as root: then it is the user that Debian made for it. */
async function serverUser(folder: string): Promise<SpawnOptions> {
  if (process.getuid?.() !== 0) return { cwd: folder }
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  )
  if (uid === undefined || gid === undefined) throw new Error("there is no user postgres")
  await chown(folder, uid, gid)
  return { cwd: folder, uid, gid }
}

interface Start extends SpawnOptions {
  /** What the server writes when it can be used. */
  readonly ready: RegExp
  /** What ends it in good order, and what does not wait for that. */
  readonly end: NodeJS.Signals
  readonly crash: NodeJS.Signals
}

/** One server. Each of these may be asked for in any state. */
interface Server {
  start(): Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Starts a server, and waits until it is ready. */
async function startServer(program: string, args: readonly string[], start: Start): Promise<Server> {
  const { ready, end, crash, ...options } = start
  let finish: ((signal: NodeJS.Signals) => Promise<void>) | undefined
  const finishBy = async (signal: NodeJS.Signals) => {
    await finish?.(signal)
    finish = undefined
  }
  const server: Server = {
    async start() {
      finish ??= await startProcess(program, args, ready, options)
    },
    stop: () => finishBy(end),
    kill: () => finishBy(crash),
  }
  await server.start()
  return server
}

/** Answers with what ends the process by a signal, and waits for that. */
async function startProcess(program: string, args: readonly string[], ready: RegExp, options: SpawnOptions) {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
  const exited = once(child, "exit")
  const kill = () => void child.kill("SIGKILL")
  process.once("exit", kill)
  const output = await Promise.race([untilWritten(child, ready), exited.then(() => undefined)])
  if (output === undefined) throw new Error(`${program} ended before it was ready`)
  return async (signal: NodeJS.Signals) => {
    process.off("exit", kill)
    child.kill(signal)
    await exited
  }
}

function untilWritten(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let written = ""
    const read = (chunk: Buffer) => {
      written += chunk.toString()
      if (pattern.test(written)) resolve(written)
    }
    for (const stream of [child.stdout, child.stderr] as Readable[]) stream.on("data", read)
  })
}
