// @ts-check
import { once } from "node:events"
import { createServer } from "node:net"

/**
 * For a server that does not say which port it was given.
 *
 * @returns {Promise<number>} A port of loopback where nothing listened a moment ago.
 */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("loopback has no port")
  return address.port
}
