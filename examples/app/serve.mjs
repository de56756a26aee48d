// @ts-check
/** Starts a server and stops it cleanly: the same for every framework on `node:http`. */
import { once } from "node:events"
import { createServer } from "node:http"
import { env } from "node:process"
import { openAuth, openStore } from "./auth.mjs"

/**
 * @param {URL} folder The example's folder.
 * @param {(auth: ReturnType<typeof openAuth>, store: import("@jotkit/auth").Store) => import("node:http").RequestListener} application
 */
export async function serve(folder, application) {
  const { store, close } = await openStore(folder, env)
  const server = createServer()
  server.listen(Number(env["PORT"] ?? 8787), "127.0.0.1")
  await once(server, "listening")
  const bound = server.address()
  const address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`
  server.on("request", application(openAuth(store, address, env), store))
  console.log(`listening on ${address}`)

  process.once("SIGTERM", () => {
    server.close(() => void close())
    server.closeIdleConnections()
    // Whoever has not finished by then has no more to say.
    setTimeout(() => server.closeAllConnections(), 1000).unref()
  })
}
