/** A key set on this machine, for tests: public halves only, and with every fault that a real issuer may have. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { publicKeysAt } from "./jwks.ts"

/** What may go wrong, by the names of `--fault`. */
export const FAULTS = ["wrong-kid", "slow", "error", "empty", "stale", "oversized", "redirect", "not-json"] as const
type Fault = (typeof FAULTS)[number]

const PATH = "/.well-known/jwks.json"
const SLOW_MS = 30_000
const OVERSIZED_CHARACTERS = 2_000_000
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"])

/** `jot jwks serve`. */
export const command: Command = async (session) => {
  const { options, operands, tell, say } = session
  if (operands.length === 0) throw new Failure("usage", "key_file_missing")
  const host = options.text("host") ?? "127.0.0.1"
  if (!LOOPBACK.has(host) && !options.has("unsafe-any-host")) throw new Failure("usage", "host_not_loopback")
  const port = portOf(session)
  const fault = options.choice("fault", FAULTS)
  const keys = await publicKeysAt(operands, session)
  const body = await bodyOf(keys, fault)
  const server = createServer((request, response) => answer(request, response, body, fault))
  await listening(server, port, host)
  const { port: bound } = server.address() as AddressInfo
  const origin = `http://${host.includes(":") ? `[${host}]` : host}:${bound}`
  const members = {
    schema: 1,
    ok: true,
    code: "ok",
    url: origin,
    jwks_uri: `${origin}${PATH}`,
    checks: [],
    findings: [],
  }
  await session.write(session.isJson ? `${JSON.stringify(members)}\n` : `${members.jwks_uri}\n`)
  tell({ level: "info", text: say("serving", String(keys.length)) })
  await stopped(server)
  return { code: "ok", isStreamed: true }
}

function portOf({ options }: Session): number {
  const text = options.text("port") ?? "0"
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Failure("usage", "port_invalid")
  return port
}

/** The set as it is served. `stale` is another key under the same id, as after a rotation that a cache has missed. */
async function bodyOf(keys: readonly Jwk[], fault: Fault | undefined): Promise<string> {
  const set = (list: readonly object[]) => JSON.stringify({ keys: list })
  if (fault === "empty") return set([])
  if (fault === "not-json") return "<html></html>"
  if (fault === "oversized") return set(keys).padEnd(OVERSIZED_CHARACTERS, " ")
  if (fault === "wrong-kid") return set(keys.map((key) => ({ ...key.toJSON(), kid: `not-${key.keyId}` })))
  if (fault === "stale") return set(await Promise.all(keys.map(twin)))
  return set(keys.map((key) => key.toJSON()))
}

/** Another key of the same kind, under the same labels. */
async function twin(key: Jwk): Promise<object> {
  const algorithm = key.algorithm ?? "RS256"
  const other = await Jwk.generateAsync(algorithm)
  return Jwk.from(other.publicKey().toJSON(), { keyId: key.keyId }).toJSON()
}

function answer(request: IncomingMessage, response: ServerResponse, body: string, fault: Fault | undefined): void {
  const isRead = request.method === "GET" || request.method === "HEAD"
  if (request.url !== PATH && request.url !== "/") return void response.writeHead(404).end()
  if (!isRead) return void response.writeHead(405, { allow: "GET, HEAD" }).end()
  if (fault === "error") return void response.writeHead(500).end()
  if (fault === "redirect") return void response.writeHead(302, { location: "http://127.0.0.1:9/elsewhere" }).end()
  const send = () => {
    response.writeHead(200, { "content-type": "application/jwk-set+json", "cache-control": "no-store" })
    response.end(request.method === "HEAD" ? undefined : body)
  }
  const timer = setTimeout(send, fault === "slow" ? SLOW_MS : 0)
  request.once("close", () => clearTimeout(timer))
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Failure("network", "port_taken", error.code ?? "")),
    )
    server.listen(port, host, resolve)
  })
}

/** Until a signal: Ctrl-C ends the program as everywhere, SIGTERM ends it in order. */
function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  })
}
