/** Requests that never were on a socket of HTTP/1: what test tools make, and HTTP/2. */
import { once } from "node:events"
import { connect } from "node:http2"
import type { AddressInfo } from "node:net"
import { createAuth } from "@jotkit/auth"
import { authPlugin, requireAuth } from "@jotkit/auth/fastify"
import { fastify } from "fastify"
import { expect, test } from "vitest"

const auth = createAuth({
  key: "a secret of more than thirty-two bytes",
  issuer: "https://api.example",
  audience: "https://api.example",
})

test("Fastify's inject reaches the guard", async () => {
  const app = fastify().register(authPlugin)
  app.get("/", { onRequest: requireAuth(auth) }, (request) => request.auth.identity)
  const headers = { authorization: `Bearer ${await auth.createAccessToken("ada")}` }
  expect((await app.inject({ url: "/", headers })).body).toBe("ada")
  expect((await app.inject({ url: "/" })).json()).toMatchObject({ error: "missing_token" })
  const twice: Record<string, string[]> = { authorization: [headers.authorization, headers.authorization] }
  expect((await app.inject({ url: "/", headers: twice })).statusCode).toBe(400)
  await app.close()
})

test("Fastify over HTTP/2 reaches the guard", async () => {
  const app = fastify({ http2: true }).register(authPlugin)
  app.get("/", { onRequest: requireAuth(auth) }, (request) => request.auth.identity)
  await app.listen({ port: 0, host: "127.0.0.1" })
  const session = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  const ask = async (headers: Record<string, string>) => {
    const stream = session.request({ ":path": "/", ...headers })
    const [answer] = await once(stream, "response")
    stream.resume()
    return answer[":status"]
  }
  expect(await ask({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })).toBe(200)
  expect(await ask({})).toBe(401)
  session.close()
  await app.close()
})
