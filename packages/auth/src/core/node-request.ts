/** A request of `node:http` as a guard reads it: what the adapters for frameworks on Node share. */

import type { IncomingMessage, ServerResponse } from "node:http"
import { isRecord, own } from "./options.ts"
import type { AuthRequest, FormFields } from "./request.ts"
import type { Allowed, Refused } from "./verdict.ts"

/** The part of a request that is used; requests of HTTP/2 have it as well. */
export type Incoming = Pick<IncomingMessage, "method" | "url" | "rawHeaders">

/** A request, its body where the framework has parsed one, and its whole path where the framework has taken some of it away. */
export function nodeRequest(incoming: Incoming, body?: unknown, url?: string): AuthRequest {
  return new NodeRequest(incoming, body, url)
}

/** A class, since functions of its own for each request would cost more than all that they do. */
class NodeRequest implements AuthRequest {
  readonly method: string
  readonly url: string
  readonly #incoming: Incoming
  readonly #body: unknown

  constructor(incoming: Incoming, body: unknown, url: string | undefined) {
    this.method = incoming.method ?? "GET"
    // Routers of Express take the path they are mounted at out of `url`.
    this.url = url ?? textOf(own(incoming, "originalUrl")) ?? incoming.url ?? "/"
    this.#incoming = incoming
    this.#body = body
  }

  /** No member of the object: whoever logs a request logs no tokens. */
  get source(): object {
    return this.#incoming
  }

  /** Two lines of a header are told apart as they came; every other form is made of these, and of all headers at once. */
  headers(name: string): readonly string[] {
    const { rawHeaders } = this.#incoming
    const lines: string[] = []
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const header = rawHeaders[at] ?? ""
      if (header.length === name.length && header.toLowerCase() === name) lines.push(rawHeaders[at + 1] ?? "")
    }
    return lines
  }

  readJson(): Promise<unknown> {
    return Promise.resolve(this.#body)
  }

  readForm(): Promise<FormFields | undefined> {
    const body = this.#body
    return Promise.resolve(isRecord(body) ? { get: (name) => own(body, name) } : undefined)
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** Puts the cookies of a verdict on an answer that is still to be made: what a handler sets comes behind them, and wins. */
export function sendCookies({ cookies }: Pick<Allowed, "cookies">, response: ServerResponse): void {
  if (cookies.length !== 0) response.setHeader("cache-control", "no-store")
  for (const cookie of cookies) response.appendHeader("set-cookie", cookie)
}

/** Answers a refused request. */
export function sendRefusal(refused: Refused, response: ServerResponse): void {
  const { status, headers, body } = refused
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendCookies(refused, response)
  response.end(JSON.stringify(body))
}
