/** Requests that never were on a socket of HTTP/1: what test tools make, and HTTP/2. */
import { once } from "node:events"
import type { OutgoingHttpHeaders } from "node:http"
import { connect, createServer } from "node:http2"
import type { AddressInfo } from "node:net"
import { createAuth } from "@jotkit/auth"
import { authPlugin, requireAuth } from "@jotkit/auth/fastify"
import * as forKoa from "@jotkit/auth/koa"
import { fastify } from "fastify"
import Koa from "koa"
import { expect, test } from "vitest"

const auth = createAuth({
  key: "a secret of more than thirty-two bytes",
  issuer: "https://api.example",
  audience: "https://api.example",
})

test("Fastify's inject reaches the guard", async () => {
  const app = fastify()
  await app.register(authPlugin)
  app.get("/", { onRequest: requireAuth(auth) }, (request) => request.auth.identity)
  const authorization = `Bearer ${await auth.createAccessToken("ada")}`
  const ask = async (headers: OutgoingHttpHeaders) => {
    const { statusCode, body } = await app.inject({ url: "/", headers })
    return [statusCode, body]
  }
  expect(await ask({ authorization })).toEqual([200, "ada"])
  expect(await ask({})).toEqual([401, expect.stringContaining("missing_token")])
  await app.close()
})

test("a request of HTTP/2 reaches the guard", async () => {
  const app = new Koa().use(forKoa.requireAuth(auth)).use((context) => {
    context.body = context.state.auth.identity
  })
  const server = createServer(app.callback())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const ask = async (headers: OutgoingHttpHeaders) => {
    const stream = session.request({ ":path": "/", ...headers })
    const [answer] = await once(stream, "response")
    stream.resume()
    return answer[":status"]
  }
  expect(await ask({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })).toBe(200)
  expect(await ask({})).toBe(401)
  session.close()
  server.close()
})
