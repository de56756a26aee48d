/** An issuer on this machine, for tests: public halves only, and with every fault that a real one may have. */

import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"
import type { Command, Session } from "../frame/session.ts"
import { isLoopback } from "../input/network.ts"
import { algorithmsOf } from "../input/policy.ts"
import { portOf } from "../input/port.ts"
import { durationOf } from "../input/time.ts"
import { DOCUMENTS, FAULTS, Issuer, TOKEN_PATH } from "./issuer.ts"
import { pairsAt } from "./jwks.ts"
import { KeyRing } from "./key-ring.ts"
import { Template } from "./minting.ts"

const PATH = "/.well-known/jwks.json"
/** Flags that say something about tokens. */
const TEMPLATE: readonly FlagName[] = ["claims", "claim", "iss", "sub", "aud", "exp", "typ", "alg", "rotate"]

/** `jot jwks serve`. */
export const command: Command = async (session) => {
  const { options, operands, tell, say } = session
  if (operands.length === 0) throw new Failure("usage", "key_file_missing")
  const host = hostOf(session)
  const [port, path, fault] = [portOf(session), pathOf(session), options.choice("fault", FAULTS)]
  const period = periodOf(session)
  const ring = await ringOf(session)
  const template = await Template.of(session)
  const server = createServer()
  await listening(server, port, host)
  const origin = originOf(server, host)
  try {
    // What cannot be signed is told now, not when the first token is asked for.
    if (ring.signer !== undefined) await template.mint(ring.signer, origin, [])
    if (period !== undefined) await ring.announce()
    const hosts = options.has("unsafe-any-host") ? undefined : hostsOf(server, host)
    const issuer = await Issuer.of({ origin, path, ring, template, fault, isCors: options.has("cors"), hosts })
    server.on("request", (request, response) => {
      issuer.answer(request, response).catch(() => response.destroy())
    })
    const stopped = new Promise<void>((resolve) => process.once("SIGTERM", resolve))
    const addresses = { url: origin, issuer: origin, jwks_uri: `${origin}${path}` }
    await session.write(session.isJson ? lineOf(addresses, ring) : `${addresses.jwks_uri}\n`)
    tell({ level: "info", text: say("serving", String(ring.published.length)) })
    const timer = period === undefined ? undefined : rotating(period, () => rotate(addresses, ring, session))
    // Ctrl-C ends the program as everywhere, SIGTERM ends it in order.
    await stopped
    clearInterval(timer)
  } finally {
    server.close()
    server.closeAllConnections()
  }
  return { code: "ok", isStreamed: true }
}

async function ringOf(session: Session): Promise<KeyRing> {
  const { options, operands } = session
  const [algorithm, ...others] = algorithmsOf(options.list("alg")) ?? []
  if (others.length > 0) throw new Failure("usage", "alg_one")
  const ring = new KeyRing(await pairsAt(operands, session), algorithm)
  if (ring.signer === undefined && TEMPLATE.some((name) => options.has(name)))
    throw new Failure("usage", "template_needs_key")
  return ring
}

interface Addresses {
  readonly url: string
  readonly issuer: string
  readonly jwks_uri: string
}

/** What a script wants to know; once more whenever another key signs. */
function lineOf(addresses: Addresses, { signer }: KeyRing): string {
  const token =
    signer === undefined ? {} : { token_endpoint: `${addresses.url}${TOKEN_PATH}`, kid: signer.key.keyId ?? "" }
  return `${JSON.stringify({ schema: 1, ok: true, code: "ok", ...addresses, ...token, checks: [], findings: [] })}\n`
}

function hostOf({ options }: Session): string {
  const host = options.text("host") ?? "127.0.0.1"
  const name = host.includes(":") ? `[${host}]` : host
  if (!isLoopback(name) && !options.has("unsafe-any-host")) throw new Failure("usage", "host_not_loopback")
  return host
}

function pathOf({ options }: Session): string {
  const path = options.text("path") ?? PATH
  if (!/^\/[\w./~%-]*$/.test(path) || path === TOKEN_PATH || DOCUMENTS.some((document) => document === path))
    throw new Failure("usage", "path_invalid")
  return path
}

function periodOf({ options }: Session): number | undefined {
  const seconds = durationOf("rotate", options.text("rotate"))
  if (seconds !== undefined && (seconds < 1 || seconds > 86_400)) throw new Failure("usage", "rotate_short")
  return seconds
}

function originOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** The names of this machine, whichever was bound: `localhost` is 127.0.0.1 too. */
function hostsOf(server: Server, host: string): ReadonlySet<string> {
  const { port } = server.address() as AddressInfo
  const origins = ["127.0.0.1", "localhost", "[::1]"].map((name) => `http://${name}:${port}`)
  return new Set([...origins, originOf(server, host)].map((origin) => new URL(origin).host))
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Failure("network", "port_taken", error.code ?? "")),
    )
    server.listen(port, host, resolve)
  })
}

/** One turn after the other, however long a key takes. */
function rotating(period: number, next: () => Promise<void>): NodeJS.Timeout {
  let turn = Promise.resolve()
  return setInterval(() => {
    turn = turn.then(next)
  }, period * 1000)
}

async function rotate(addresses: Addresses, ring: KeyRing, session: Session): Promise<void> {
  await ring.rotate()
  if (session.isJson) await session.write(lineOf(addresses, ring))
  else session.tell({ level: "info", text: session.say("rotated", ring.signer?.key.keyId ?? "") })
}
