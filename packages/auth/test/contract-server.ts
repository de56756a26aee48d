/** The example servers, started as a user starts them: a process of its own, and real sockets. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

/** All that there are. */
export const EXAMPLES = ["express", "fastify", "fetch", "hono", "koa", "nest"] as const

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** A server that runs. */
export interface Running {
  readonly address: string
  /** All that it has written. */
  output(): string
  /** Sends a signal and answers with what came of it: the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** What came of a server that does not start. */
export interface Refusal {
  readonly code: number
  readonly output: string
}

/** The examples use the built package, as users do: it must be as new as the sources. */
export function build(): void {
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "packages/auth"], {
    cwd: root,
    stdio: "inherit",
  })
}

/** Starts an example on a free port, and waits until it listens. */
export async function start(name: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const running = await launch(name, env)
  if ("address" in running) return running
  throw new Error(`${name} did not start: ${running.output}`)
}

/** Starts an example; it may end instead of listening. */
export async function launch(name: string, env: Readonly<Record<string, string>>): Promise<Running | Refusal> {
  const child = spawn(process.execPath, [`examples/${name}/server.mjs`], {
    cwd: root,
    env: { PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const kill = () => void child.kill("SIGKILL")
  process.once("exit", kill)
  let output = ""
  const exited = once(child, "close").then(([code, signal]): number | NodeJS.Signals => {
    process.off("exit", kill)
    return code ?? signal
  })
  const address = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!(stream instanceof Readable)) continue
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
        const [, found] = /^listening on (\S+)\n/m.exec(output) ?? []
        if (found !== undefined) resolve(found)
      })
    }
  })
  const first = await Promise.race([address, exited])
  if (typeof first === "number") return { code: first, output }
  return {
    address: first,
    output: () => output,
    end(signal = "SIGTERM") {
      child.kill(signal)
      return exited
    },
  }
}

/** An answer, as it came over the socket. */
export interface RawAnswer {
  readonly status: number
  /** Lines of the head, names in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

/** Sends bytes as they are, and reads until the server closes the connection. */
export async function sendRaw(address: string, text: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.on("error", () => undefined)
  socket.write(text)
  const chunks: Buffer[] = []
  socket.on("data", (chunk) => chunks.push(chunk))
  await once(socket, "close")
  const [head = "", ...rest] = Buffer.concat(chunks).toString("utf8").split("\r\n\r\n")
  const [first = "", ...lines] = head.split("\r\n")
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(":")).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(name.length + 1).trim()])
  }
  return { status: Number(first.split(" ")[1] ?? 0), headers, body: rest.join("\r\n\r\n") }
}
