/** A real HTTP server on the loopback interface whose answers a test writes byte by byte, and a client whose clock stands still. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { JwksClient, type JwksClientOptions } from "jotkit"
import { onTestFinished } from "vitest"

/** What a test does with a request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A running server. */
export interface Endpoint {
  readonly origin: string
  /** Address of the key set. */
  readonly url: string
  /** Everything that was asked for so far. */
  readonly requests: { readonly path: string; readonly method: string; readonly headers: IncomingHttpHeaders }[]
  /** Answers requests from now on. */
  serve(handler: Handler): void
  /** Runs a step and counts the requests it makes. */
  count(step: () => unknown): Promise<number>
  /** Takes the server down: connections are refused from now on. */
  stop(): Promise<void>
}

/** Starts a server on a free port; it stops when the test ends. */
export async function startEndpoint(first: Handler): Promise<Endpoint> {
  let handler = first
  const requests: Endpoint["requests"] = []
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", method: request.method ?? "", headers: request.headers })
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function stop(): Promise<void> {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  onTestFinished(stop)

  return {
    origin,
    url: `${origin}/keys`,
    requests,
    stop,
    serve(next) {
      handler = next
    },
    async count(step) {
      const before = requests.length
      await step()
      return requests.length - before
    },
  }
}

/** Answers with this JSON. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers })
    response.end(JSON.stringify(body))
  }
}

/** Answers with a set of these keys. */
export function keySet(...keys: readonly unknown[]): Handler {
  return json({ keys })
}

/** Answers with this status, and perhaps text. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}, body = ""): Handler {
  return (_request, response) => {
    response.writeHead(code, headers)
    response.end(body)
  }
}

/** A client with a clock that stands until it is moved. */
export interface TimedClient {
  readonly client: JwksClient
  wait(seconds: number): void
}

/** A client of this endpoint. */
export function clientOf(endpoint: { readonly url: string }, options: JwksClientOptions = {}): TimedClient {
  let now = 1000
  return {
    client: new JwksClient(endpoint.url, { ...options, now: () => now }),
    wait(seconds) {
      now += seconds
    },
  }
}
