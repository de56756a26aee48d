/** An endpoint that serves a JWK Set on the loopback interface, and counts how often it is asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"

/** What the endpoint answers. A text or bytes go out as they are, anything else as JSON. */
interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** One request as it came in. */
interface SeenRequest {
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** A running endpoint. */
export interface KeyServer {
  readonly origin: string
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Changes the answer; `silence` accepts connections and never answers. */
  answer(answer: Answer | ((request: SeenRequest) => Answer) | "silence"): void
  /** Runs a step and counts the requests it makes. */
  count(step: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}

/** Starts an endpoint on a free port; it is closed when the test ends. */
export async function serveKeys(first: Answer | ((request: SeenRequest) => Answer) = {}): Promise<KeyServer> {
  const requests: SeenRequest[] = []
  let current: Answer | ((request: SeenRequest) => Answer) | "silence" = first
  const server = createServer((request, response) => {
    const seen = { url: request.url ?? "", headers: request.headers }
    requests.push(seen)
    if (current !== "silence") send(response, typeof current === "function" ? current(seen) : current)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  onTestFinished(close)

  return {
    origin,
    url: `${origin}/keys`,
    requests,
    answer(answer) {
      current = answer
    },
    async count(step) {
      const before = requests.length
      await step()
      return requests.length - before
    },
    close,
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers })
  const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array
  response.end(raw ? body : JSON.stringify(body))
}
