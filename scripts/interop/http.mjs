// @ts-check
// Requests as they are, on loopback: lines of a header that are told apart, bodies with any method, redirects that are not followed.
import { once } from "node:events"
import { createServer, request } from "node:http"

/**
 * @typedef {object} Sent
 * @property {string} [method]
 * @property {string} [path]
 * @property {Readonly<Record<string, string | string[]>>} [headers] A list is several lines.
 * @property {string} [body]
 */

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, body: string }} Received */

/**
 * @param {number} port
 * @param {Sent} sent
 * @returns {Promise<Received>}
 */
export function send(port, { method = "GET", path = "/", headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }
    const options = { host: "127.0.0.1", port, method, path, headers: { ...headers, ...length }, agent: false }
    const asked = request(options, (response) => {
      /** @type {Buffer[]} */
      const chunks = []
      response.on("data", (chunk) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() })
      })
    })
    asked.on("error", reject)
    asked.end(body)
  })
}

/**
 * A server on a port that the system picks; what its listener rejects with is a 500.
 *
 * @param {(incoming: import("node:http").IncomingMessage, outgoing: import("node:http").ServerResponse) => Promise<void>} listener
 */
export async function serve(listener) {
  const server = createServer((incoming, outgoing) => {
    listener(incoming, outgoing).catch((error) => {
      console.error(error)
      outgoing.statusCode = 500
      outgoing.end()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const bound = server.address()
  return { port: typeof bound === "object" && bound !== null ? bound.port : 0, close: () => server.close() }
}

/**
 * The whole body of a request.
 *
 * @param {import("node:http").IncomingMessage} incoming
 */
export async function readBody(incoming) {
  /** @type {Buffer[]} */
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}
