// @ts-check
/** Starts a server and stops it cleanly: the same for every framework on `node:http`. */
import { once } from "node:events"
import { createServer } from "node:http"
import { env } from "node:process"
import { StoreUnavailableError } from "@jotkit/auth"
import { openAuth, openStore } from "./auth.mjs"

/** @typedef {import("node:http").RequestListener} Listener */
/**
 * @typedef {(auth: ReturnType<typeof openAuth>, store: import("@jotkit/auth").Store) => Listener | Promise<Listener>} Application
 */

/** Answers that are still on their way when the server is told to stop get so long. */
const PATIENCE_MS = 5000

/**
 * @param {URL} folder The example's folder.
 * @param {Application} application
 */
export async function serve(folder, application) {
  try {
    await start(folder, application)
  } catch (error) {
    // Whoever set the variables is to read it: one line, and no stack.
    console.error(`cannot start: ${reasonOf(error)}`)
    process.exit(1)
  }
}

/**
 * @param {URL} folder
 * @param {Application} application
 */
async function start(folder, application) {
  const cors = corsOf(env["CORS_ORIGIN"])
  const { store, close } = await openStore(folder, env)
  const server = createServer().listen(portOf(env["PORT"]), "127.0.0.1")
  stopOnSignal(server, close)
  await once(server, "listening")
  const bound = server.address()
  const address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`
  const ready = prepare(address, store, application)
  server.on("request", async (request, response) => {
    const listener = await ready
    // Clients may name the server as well (RFC 9112, section 3.2.2). Routers want the path, and Node would warn of a host that is none.
    request.url = request.url?.replace(/^https?:\/\/[^/?]*\/?/i, "/")
    if (!cors(request, response)) listener(request, response)
  })
  await ready
  console.log(`listening on ${address}`)
}

/**
 * @param {string} address
 * @param {import("@jotkit/auth").Store} store
 * @param {Application} application
 */
async function prepare(address, store, application) {
  const auth = openAuth(store, address, env)
  // Makes the keys, where there are none: what is wrong with store or algorithm shows now, and not with the first login.
  await auth.createAccessToken("nobody")
  return application(auth, store)
}

/**
 * Pages of one other origin may use the server, where CORS_ORIGIN names it.
 *
 * @param {string | undefined} allowed
 * @returns {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => boolean} Whether that was
 *   the whole answer.
 */
function corsOf(allowed) {
  if (allowed === undefined) return () => false
  if (!URL.canParse(allowed) || new URL(allowed).origin !== allowed)
    throw new Error("CORS_ORIGIN must be an origin such as https://app.example: scheme, host and port, nothing else")
  return ({ method, headers }, response) => {
    // Caches must not give one origin the answer for another.
    response.setHeader("vary", "Origin")
    if (headers.origin !== allowed) return false
    response.setHeader("access-control-allow-origin", allowed)
    response.setHeader("access-control-allow-credentials", "true")
    // By it a page knows when a token expires, whatever its own clock says.
    response.setHeader("access-control-expose-headers", "Date")
    if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false
    response.setHeader("access-control-allow-methods", "GET, POST, DELETE")
    response.setHeader("access-control-allow-headers", "Authorization, Content-Type, X-CSRF-Token")
    response.writeHead(204).end()
    return true
  }
}

/**
 * On the first signal the server takes no more requests, finishes its answers and closes the store; connections on which nothing is
 * being answered end at once, those that browsers have opened in advance as well.
 *
 * @param {import("node:http").Server} server
 * @param {() => Promise<unknown>} close
 */
function stopOnSignal(server, close) {
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set()
  /** @type {Set<import("node:http").ServerResponse>} */
  const answers = new Set()
  const endIdle = () => {
    const busy = new Set([...answers].map(({ req }) => req.socket))
    for (const socket of sockets) if (!busy.has(socket)) socket.destroySoon()
  }
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  server.on("request", (_, response) => {
    answers.add(response)
    response.once("close", () => {
      answers.delete(response)
      if (!server.listening) endIdle()
    })
  })
  const stop = () => {
    server.close(() => void close())
    endIdle()
    setTimeout(() => server.closeAllConnections(), PATIENCE_MS).unref()
  }
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, stop)
}

/** @param {string | undefined} text */
function portOf(text = "8787") {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error("PORT must be a number from 0 to 65535")
  return port
}

/**
 * What a person can act on; never what a client of a database has put into a message, such as an address with a password.
 *
 * @param {unknown} error
 */
function reasonOf(error) {
  if (!(error instanceof Error)) return "unknown"
  const [line] = error.message.split("\n", 1)
  const what = error instanceof StoreUnavailableError ? `STORE: ${line}` : line
  const cause = /** @type {{ code?: unknown, name?: unknown } | undefined} */ (error.cause)
  return cause === undefined ? what : `${what} (${cause.code || cause.name})`
}
