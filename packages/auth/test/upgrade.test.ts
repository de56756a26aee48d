import { once } from "node:events"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { upgradeGuard } from "@jotkit/auth/node"
import { expect, onTestFinished, test } from "vitest"
import { jar, standard } from "./asking.ts"

const ORIGIN = "https://app.example"

/** A server that switches protocols for whom the guard lets through; answers with the status that a client gets. */
async function start() {
  const { auth } = standard()
  const guard = upgradeGuard(auth, { origins: ORIGIN })
  const server = createServer().listen(0, "127.0.0.1")
  server.on("upgrade", (incoming, socket) => {
    guard(incoming, socket).then((who) => {
      if (who !== undefined)
        socket.end(`HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n${who.identity}`)
    }, socket.destroy)
  })
  await once(server, "listening")
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const status = async (headers: Record<string, string>): Promise<number | undefined> => {
    const asked = request({
      port,
      host: "127.0.0.1",
      headers: { connection: "upgrade", upgrade: "x", ...headers },
    }).end()
    const [response] = await Promise.race([once(asked, "response"), once(asked, "upgrade")])
    response.resume()
    return response.statusCode
  }
  return { auth, status }
}

test("an upgrade needs a token", async () => {
  const { auth, status } = await start()
  expect(await status({})).toBe(401)
  expect(await status({ authorization: "Bearer xxx" })).toBe(401)
  expect(await status({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })).toBe(101)
})

test("a page of another origin cannot use the cookies of an upgrade", async () => {
  const { auth, status } = await start()
  const cookie = jar((await auth.login("ada", { transport: "cookie" })).cookies)
  expect(await status({ cookie, origin: ORIGIN })).toBe(101)
  expect(await status({ cookie })).toBe(101)
  for (const origin of ["null", `${ORIGIN}.evil.example`, "https://app.example@evil.example", "http://app.example"])
    expect(await status({ cookie, origin })).toBe(403)
})

test("origins are whole, or refused as an option", () => {
  const { auth } = standard()
  for (const origins of ["app.example", `${ORIGIN}/`, "*", []])
    expect(() => upgradeGuard(auth, { origins })).toThrow("`origins`")
})
