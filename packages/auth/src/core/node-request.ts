/** A request of `node:http` as a guard reads it: what the adapters for frameworks on Node share. */

import type { IncomingMessage, ServerResponse } from "node:http"
import { isRecord, own } from "./options.ts"
import type { AuthRequest } from "./request.ts"
import type { Refused } from "./verdict.ts"

/** A request, and its body where the framework has parsed one. */
export function nodeRequest(incoming: IncomingMessage, body?: unknown): AuthRequest {
  return {
    method: incoming.method ?? "GET",
    // Routers of Express take the path they are mounted at out of `url`.
    url: textOf(own(incoming, "originalUrl")) ?? incoming.url ?? "/",
    // Two lines of a header are told apart nowhere else.
    headers: (name) => incoming.headersDistinct[name] ?? [],
    readJson: () => Promise.resolve(body),
    readForm: () => Promise.resolve(isRecord(body) ? { get: (name) => own(body, name) } : undefined),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined
}

/** Answers a refused request. */
export function sendRefusal({ status, headers, cookiesToClear, body }: Refused, response: ServerResponse): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  for (const cookie of cookiesToClear) response.appendHeader("set-cookie", cookie)
  response.end(JSON.stringify(body))
}
