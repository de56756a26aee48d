// @ts-check
/** What a framework would do: answers as JSON, and Node's server as one that speaks Request and Response. */
import { bodyOf, readForm, readJson } from "../app/body.mjs"

/**
 * @param {unknown} body
 * @param {number} [status]
 * @param {Record<string, string>} [headers]
 */
export function answer(body, status = 200, headers = {}) {
  return Response.json(body, { status, headers })
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
export function failure(status, code, message, headers) {
  return answer({ error: code, message }, status, headers)
}

/**
 * @param {Response} response
 * @param {readonly string[]} cookies
 */
export function withCookies(response, cookies) {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie)
  return response
}

/** @param {Request} request */
export function jsonOf({ headers, body }) {
  return readJson(headers.get("content-type"), body ?? emptyBody())
}

/** @param {Request} request */
export function formOf({ headers, body }) {
  return readForm(headers.get("content-type"), body ?? emptyBody())
}

async function* emptyBody() {}

/**
 * A listener for `node:http`, from a function of Request and Response.
 *
 * @param {(request: Request) => Promise<Response>} respond
 * @returns {(incoming: import("node:http").IncomingMessage, outgoing: import("node:http").ServerResponse) => void}
 */
export function listener(respond) {
  return (incoming, outgoing) => {
    handle(respond, incoming, outgoing).catch(() => outgoing.destroy())
  }
}

/**
 * @param {(request: Request) => Promise<Response>} respond
 * @param {import("node:http").IncomingMessage} incoming
 * @param {import("node:http").ServerResponse} outgoing
 */
async function handle(respond, incoming, outgoing) {
  const request = toRequest(incoming)
  const response = request === undefined ? failure(400, "invalid_request", "no such request") : await respond(request)
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies)
  outgoing.end(Buffer.from(await response.arrayBuffer()))
}

/**
 * Undefined for what a Request cannot be, such as one with the method TRACE.
 *
 * @param {import("node:http").IncomingMessage} incoming
 */
function toRequest(incoming) {
  const { method = "GET", url = "/", rawHeaders, headersDistinct } = incoming
  // In Headers several lines become one: only here can they be told apart.
  if (headersDistinct["authorization"]?.[1] !== undefined) return undefined
  try {
    const headers = new Headers()
    for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "")
    // Cookies in several lines are one list, and not with commas.
    if (incoming.headers.cookie !== undefined) headers.set("cookie", incoming.headers.cookie)
    const hasBody = method !== "GET" && method !== "HEAD"
    const body = hasBody ? { body: streamOf(incoming), duplex: "half" } : {}
    // The host is what the client says it is: nothing here depends on it.
    return new Request(`http://127.0.0.1${url}`, /** @type {RequestInit} */ ({ method, headers, ...body }))
  } catch {
    return undefined
  }
}

/**
 * The body as a stream that takes nothing from the connection before it is read: the guard runs first.
 *
 * @param {import("node:http").IncomingMessage} incoming
 */
function streamOf(incoming) {
  /** @type {AsyncIterator<Uint8Array> | undefined} */
  let chunks
  /** @type {import("node:stream/web").UnderlyingSource<Uint8Array>} */
  const source = {
    async pull(controller) {
      chunks ??= bodyOf(incoming)
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(new Uint8Array(value))
    },
    async cancel() {
      await chunks?.return?.()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
