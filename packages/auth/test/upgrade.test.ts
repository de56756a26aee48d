/** Upgrades to WebSocket, on the servers of every framework for Node. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { createServer, request, type Server } from "node:http"
import { type AddressInfo, connect } from "node:net"
import type { Duplex } from "node:stream"
import { text } from "node:stream/consumers"
import type { Auth } from "@jotkit/auth"
import { type UpgradeOptions, upgradeGuard } from "@jotkit/auth/node"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import Koa from "koa"
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest"
import { listener } from "../../../examples/fetch/http.mjs"
import { jar, START, standard } from "./asking.ts"
import { createNest } from "./nest-service.ts"

const ORIGIN = "https://app.example"
/** RFC 6455, section 1.3: the key of the example there. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ=="
const WEBSOCKET = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": KEY,
}

type Servers = Readonly<Record<string, (auth: Auth<undefined>) => Promise<Server>>>

const SERVERS: Servers = {
  "node:http": async () => createServer(),
  express: async () => createServer(express()),
  koa: async () => createServer(new Koa().callback()),
  hono: async () => {
    const app = new Hono()
    return createServer(listener(async (asked) => app.fetch(asked)))
  },
  async fastify() {
    const app = fastify()
    await app.ready()
    return app.server
  },
  "nest on express": async (auth) => (await (await createNest(auth, [], "express")).init()).getHttpServer(),
  "nest on fastify": async (auth) => (await (await createNest(auth, [], "fastify")).init()).getHttpServer(),
}

beforeEach(() => {
  // Expiry goes by timers and the machine's clock; sockets go on as ever.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START * 1000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Answers with what a client gets: the status, and the connection if it was switched. */
async function start(make: Servers[string], more: Partial<UpgradeOptions> = {}) {
  const { auth } = standard()
  const guard = upgradeGuard(auth, { origins: ORIGIN, ...more })
  const server = await make(auth)
  server.on("upgrade", (incoming, socket) => {
    guard(incoming, socket).then((who) => {
      // As servers of WebSocket do: they read, and hang up when the client has.
      socket.resume().on("end", () => socket.end())
      if (who !== undefined) socket.write(switching(String(incoming.headers["sec-websocket-key"]), who.identity))
    }, socket.destroy)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const open = async (headers: Record<string, string>) => {
    const asked = request({ port, host: "127.0.0.1", headers: { ...WEBSOCKET, ...headers } }).end()
    const [response, socket, head] = await Promise.race([once(asked, "response"), once(asked, "upgrade")])
    if (socket === undefined) response.resume()
    else onTestFinished(() => void socket.destroy())
    return { status: response.statusCode, headers: response.headers, socket: socket as Duplex, head: head as Buffer }
  }
  return { auth, open }
}

/** The server's half of a handshake, and one frame with a text (RFC 6455, sections 4.2.2 and 5.2). */
function switching(key: string, message: string): Buffer {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
  const head = [...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n")
  return Buffer.concat([Buffer.from(head), Buffer.from([0x81, message.length]), Buffer.from(message)])
}

describe.each(Object.entries(SERVERS))("on the server of %s", (_, make) => {
  test("an upgrade needs a token", async () => {
    const { auth, open } = await start(make)
    const missing = await open({})
    expect([missing.status, missing.headers["www-authenticate"]]).toEqual([401, "Bearer"])
    expect((await open({ authorization: "Bearer xxx" })).status).toBe(401)
    const opened = await open({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })
    expect([opened.status, opened.headers["sec-websocket-accept"]]).toEqual([101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
    const [frame] = opened.head.length > 0 ? [opened.head] : await once(opened.socket, "data")
    expect(frame.subarray(2).toString()).toBe("ada")
  })

  test("a page of another origin cannot use the cookies of an upgrade", async () => {
    const { auth, open } = await start(make)
    const cookie = jar((await auth.login("ada", { transport: "cookie" })).cookies)
    expect((await open({ cookie, origin: ORIGIN })).status).toBe(101)
    expect((await open({ cookie })).status).toBe(101)
    for (const origin of ["null", `${ORIGIN}.evil.example`, "https://app.example@evil.example", "http://app.example"])
      expect((await open({ cookie, origin })).status).toBe(403)
  })

  test("a connection ends with its token", async () => {
    const { auth, open } = await start(make)
    const { socket } = await open({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })
    vi.advanceTimersByTime(899_000)
    expect(socket.closed).toBe(false)
    const closed = once(socket.resume(), "close")
    vi.advanceTimersByTime(1000)
    await closed
  })
})

const [plain = async () => createServer()] = Object.values(SERVERS)

test("how a connection ends may be said in the words of its protocol", async () => {
  const onExpired = vi.fn((socket: Duplex) => void socket.end("bye"))
  const { auth, open } = await start(plain, { onExpired })
  const { socket } = await open({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })
  vi.advanceTimersByTime(900_000)
  expect(await text(socket)).toMatch(/bye$/)
  expect(onExpired).toHaveBeenCalledTimes(1)
})

test("a token that lives for longer than timers can wait ends its connection all the same", async () => {
  const { auth, open } = await start(plain)
  const days = 60 * 86_400
  const { socket } = await open({ authorization: `Bearer ${await auth.createAccessToken("ada", { lifetime: days })}` })
  vi.advanceTimersByTime((days - 1) * 1000)
  expect(socket.closed).toBe(false)
  const closed = once(socket.resume(), "close")
  vi.advanceTimersByTime(1000)
  await closed
})

test("nothing is waited for once a connection has closed", async () => {
  const { auth, open } = await start(plain)
  const { socket } = await open({ authorization: `Bearer ${await auth.createAccessToken("ada")}` })
  expect(vi.getTimerCount()).toBe(1)
  socket.destroy()
  await vi.waitUntil(() => vi.getTimerCount() === 0)
})

test("a client that is refused and keeps its half of the connection open leaves nothing open here", async () => {
  const guard = upgradeGuard(standard().auth, { origins: ORIGIN })
  const server = createServer()
  const ended = new Promise((resolve) => {
    server.on("upgrade", (incoming, socket) => {
      socket.once("close", resolve)
      void guard(incoming, socket)
    })
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  onTestFinished(() => void server.close())
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true })
  onTestFinished(() => void client.destroy())
  client.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
  expect(await text(client)).toMatch(/^HTTP\/1\.1 401 /)
  await ended
})

test("an upgrade renews nothing, since its answer carries no cookies", () => {
  const options = { origins: ORIGIN, renew: true } as UpgradeOptions
  expect(() => upgradeGuard(standard().auth, options)).toThrow(/`renew`/)
})

test("origins are whole, or refused as an option", () => {
  const { auth } = standard()
  for (const origins of ["app.example", `${ORIGIN}/`, "*", []])
    expect(() => upgradeGuard(auth, { origins })).toThrow("`origins`")
  const onExpired = "close" as unknown as () => void
  expect(() => upgradeGuard(auth, { origins: ORIGIN, onExpired })).toThrow("`onExpired`")
})
