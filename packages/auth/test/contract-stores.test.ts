/** The example servers on each store that is a server: several instances share it, and it may go away and come back. */
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createServer as createTlsServer } from "node:tls"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { build, type Running, start } from "./contract-server.ts"
import { startPostgres, startRedis, startRedisCluster } from "./services.ts"

interface Pair {
  readonly access_token: string
  readonly refresh_token: string
}

/** Stands between a server and its store. */
interface Line {
  readonly port: number
  cut(): void
  mend(): Promise<void>
}

const folder = mkdtempSync(join(tmpdir(), "jotkit-contract-stores-"))
const certificate = join(folder, "certificate.pem")
const services = await Promise.all([startRedis(), startRedisCluster(), startPostgres()])
const [redis, cluster, postgres] = services
const portOf = (service: { readonly ports: readonly number[] } | undefined) => service?.ports[0] ?? 0

beforeAll(build)
afterAll(async () => {
  await Promise.all(services.map((service) => service?.stop()))
  rmSync(folder, { recursive: true })
})

/** The name of an example, the store, and what leads there. */
const CASES = [
  { name: "express", kind: "redis", service: redis, open: () => openLine(portOf(redis), "redis://127.0.0.1:") },
  { name: "hono", kind: "redis", service: redis, open: () => openLine(portOf(redis), "rediss://127.0.0.1:") },
  { name: "fastify", kind: "redis", service: cluster, open: openCluster },
  {
    name: "koa",
    kind: "postgres",
    service: postgres,
    open: () => openLine(portOf(postgres), "postgres://jotkit@127.0.0.1:", "/postgres"),
  },
]

for (const { name, kind, service, open } of CASES)
  describe.runIf(service)(`the example ${name} on ${kind}`, () => {
    let line: Line | undefined
    let env: Record<string, string>
    let main: Running
    let other: Running

    beforeAll(async () => {
      const opened = await open()
      line = opened.line
      env = { STORE: opened.address, ...opened.env }
      main = await start(name, env)
      other = await start(name, { ...env, PUBLIC_URL: main.address, REFRESH_GRACE: "0s" })
    })
    afterAll(async () => {
      await Promise.all([main.end("SIGKILL"), other.end("SIGKILL")])
      line?.cut()
    })

    const call = (at: Running, path: string, token = "", method = "GET") =>
      fetch(at.address + path, { method, headers: token === "" ? {} : { authorization: `Bearer ${token}` } })
    const refresh = (at: Running, token: string) => call(at, "/refresh", token, "POST")
    const tryLogin = (at: Running) =>
      fetch(`${at.address}/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "ada", password: "lovelace" }),
      })
    const login = async (at: Running) => (await (await tryLogin(at)).json()) as Pair
    const expectRefusal = async (response: Promise<Response>, status: number, code: string) => {
      const answer = await response
      expect([answer.status, await answer.json()]).toMatchObject([status, { error: code }])
    }

    test("health names it", async () => {
      expect(await (await call(main, "/healthz")).json()).toEqual({ status: "ok", store: kind })
    })

    test("instances share keys, sessions and their end", async () => {
      const pair = await login(main)
      expect((await call(other, "/me", pair.access_token)).status).toBe(200)
      expect(await (await call(other, "/.well-known/jwks.json")).json()).toEqual(
        await (await call(main, "/.well-known/jwks.json")).json(),
      )
      expect((await call(other, "/logout", pair.access_token, "POST")).status).toBe(200)
      await expectRefusal(call(main, "/me", pair.access_token), 401, "token_revoked")
      await expectRefusal(refresh(main, pair.refresh_token), 401, "token_revoked")
    })

    test("of twenty refreshes at once each gets a pair that works", async () => {
      const { refresh_token: token } = await login(main)
      const race = await Promise.all(Array.from({ length: 20 }, () => refresh(main, token)))
      for (const answer of race) {
        const next = (await answer.json()) as Pair
        expect((await call(other, "/me", next.access_token)).status).toBe(200)
        expect((await refresh(main, next.refresh_token)).status).toBe(200)
      }
    })

    test("a token that is used again after its grace ends the session", async () => {
      const { refresh_token: token } = await login(main)
      const next = (await (await refresh(main, token)).json()) as Pair
      await expectRefusal(refresh(other, token), 401, "refresh_token_reused")
      for (const at of [main, other]) await expectRefusal(call(at, "/me", next.access_token), 401, "token_revoked")
      await expectRefusal(refresh(other, token), 401, "refresh_token_reused")
    })

    test("a server that starts anew knows what was before", async () => {
      const pair = await login(main)
      const again = await start(name, { ...env, PUBLIC_URL: main.address })
      expect((await call(again, "/me", pair.access_token)).status).toBe(200)
      expect((await refresh(again, pair.refresh_token)).status).toBe(200)
      expect(await again.end()).toBe(0)
    })

    // Of a cluster one cannot cut the lines: its servers tell clients where the others are.
    if (service !== cluster)
      test("while it is away answers are 503, and afterwards all is as before", async () => {
        const pair = await login(main)
        line?.cut()
        const unavailable = (response: Promise<Response>) => expectRefusal(response, 503, "store_unavailable")
        await Promise.all([
          ...["/healthz", "/me", "/sessions"].map((path) => unavailable(call(main, path, pair.access_token))),
          unavailable(refresh(main, pair.refresh_token)),
          unavailable(call(main, "/logout", pair.access_token, "POST")),
          unavailable(tryLogin(main)),
        ])
        await line?.mend()
        while ((await call(main, "/healthz")).status !== 200);
        expect((await call(main, "/me", pair.access_token)).status).toBe(200)
        expect((await refresh(main, pair.refresh_token)).status).toBe(200)
      })
    test("neither tokens nor passwords were written anywhere", () => {
      for (const running of [main, other]) expect(running.output()).toBe(`listening on ${running.address}\n`)
    })
  })

async function openCluster() {
  const nodes = (cluster?.ports ?? []).map((port) => `127.0.0.1:${port}`)
  return { address: `redis-cluster://${nodes.join(",")}`, line: undefined, env: {} }
}

/** A line to a port, encrypted where the address says so, and the address of its near end. */
async function openLine(target: number, scheme: string, path = "") {
  const isEncrypted = scheme.startsWith("rediss:")
  const line = await layLine(target, isEncrypted ? newTlsServer() : createServer())
  const env: Record<string, string> = isEncrypted ? { NODE_EXTRA_CA_CERTS: certificate } : {}
  return { address: `${scheme}${line.port}${path}`, line, env }
}

function newTlsServer(): Server {
  const key = join(folder, "key.pem")
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, ...subject]
  execFileSync("openssl", made, { stdio: "ignore" })
  return createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) })
}

async function layLine(target: number, server: Server): Promise<Line> {
  const sockets = new Set<Socket>()
  // A server for TLS is one for connections that are not encrypted yet, too.
  const event = "setSecureContext" in server ? "secureConnection" : "connection"
  server.on(event, (near: Socket) => {
    const far = connect(target, "127.0.0.1")
    for (const [socket, opposite] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(opposite)
      socket.on("error", () => opposite.destroy()).on("close", () => sockets.delete(socket))
    }
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" ? (address?.port ?? 0) : 0
  return {
    port,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    async mend() {
      await once(server.listen(port, "127.0.0.1"), "listening")
    },
  }
}
