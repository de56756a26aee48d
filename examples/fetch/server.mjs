// @ts-check
/** The server: `npm run example -- fetch`. */
import { once } from "node:events"
import { createServer } from "node:http"
import { env } from "node:process"
import { openAuth, openStore } from "../app/auth.mjs"
import { listener } from "./http.mjs"
import { application } from "./routes.mjs"

const { store, close } = await openStore(new URL(".", import.meta.url), env)
const server = createServer()
server.listen(Number(env["PORT"] ?? 8787), "127.0.0.1")
await once(server, "listening")
const bound = server.address()
const address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`
server.on("request", listener(application(openAuth(store, address, env), store)))
console.log(`listening on ${address}`)

process.once("SIGTERM", () => {
  server.close(() => void close())
  server.closeIdleConnections()
  // Whoever has not finished by then has no more to say.
  setTimeout(() => server.closeAllConnections(), 1000).unref()
})
