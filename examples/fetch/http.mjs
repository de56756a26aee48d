// @ts-check
/** What a framework would do: bodies with a limit, answers as JSON, and Node's server as one that speaks Request and Response. */
const MAX_BODY_BYTES = 102_400

/** What is wrong with a request, as the client is to see it. */
export class HttpFailure extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }
}

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
export async function readJson(request) {
  const text = await readText(request, /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i)
  try {
    return /** @type {unknown} */ (JSON.parse(text))
  } catch {
    throw new HttpFailure(400, "invalid_request", "the body must be JSON")
  }
}

/** @param {Request} request */
export async function readForm(request) {
  return new URLSearchParams(await readText(request, /^application\/x-www-form-urlencoded\s*(?:;|$)/i))
}

/**
 * @param {Request} request
 * @param {RegExp} type
 */
async function readText(request, type) {
  if (!type.test(request.headers.get("content-type") ?? ""))
    throw new HttpFailure(415, "unsupported_media_type", "the body has a type that is not read here")
  /** @type {Uint8Array[]} */
  const chunks = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new HttpFailure(413, "payload_too_large", "the body is too large")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

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
 * Undefined for what is legal in HTTP and not in a Request, such as the method TRACE.
 *
 * @param {import("node:http").IncomingMessage} incoming
 */
function toRequest(incoming) {
  const { method = "GET", url = "/", rawHeaders } = incoming
  try {
    const headers = new Headers()
    for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "")
    // Cookies in several lines are one list, and not with commas.
    if (incoming.headers.cookie !== undefined) headers.set("cookie", incoming.headers.cookie)
    const hasBody = method !== "GET" && method !== "HEAD"
    const body = hasBody ? { body: bodyOf(incoming), duplex: "half" } : {}
    // The host is what the client says it is: nothing here depends on it.
    return new Request(`http://127.0.0.1${url}`, /** @type {RequestInit} */ ({ method, headers, ...body }))
  } catch {
    return undefined
  }
}

/**
 * The body as a stream that takes nothing from the connection before it is read: the guard runs first. What is left over is read and
 * thrown away, so that the connection serves the next request.
 *
 * @param {import("node:http").IncomingMessage} incoming
 */
function bodyOf(incoming) {
  /** @type {AsyncIterator<Uint8Array> | undefined} */
  let chunks
  /** @type {import("node:stream/web").UnderlyingSource<Uint8Array>} */
  const source = {
    async pull(controller) {
      chunks ??= incoming.iterator({ destroyOnReturn: false })
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(new Uint8Array(value))
    },
    async cancel() {
      await chunks?.return?.()
      incoming.resume()
    },
  }
  return new ReadableStream(source, { highWaterMark: 0 })
}
