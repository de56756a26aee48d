/** One guard for a whole application, in each framework over a real socket: public routes, renewed cookies, handlers without a guard. */
import { once } from "node:events"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import type { Auth, Refused } from "@jotkit/auth"
import { requireAuth as expressAuth, authOf as expressAuthOf, expressRequest } from "@jotkit/auth/express"
import { requireAuth as fastifyAuth, fastifyRequest } from "@jotkit/auth/fastify"
import { fetchRequest, refusalResponse, withAuth, withCookies } from "@jotkit/auth/fetch"
import { requireAuth as honoAuth, authOf as honoAuthOf } from "@jotkit/auth/hono"
import { requireAuth as koaAuth, authOf as koaAuthOf, koaRequest } from "@jotkit/auth/koa"
import { nodeRequest, sendCookies, sendRefusal } from "@jotkit/auth/node"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import Koa from "koa"
import { describe, expect, onTestFinished, test } from "vitest"
import { listener } from "../../../examples/fetch/http.mjs"
import { jar, standard } from "./asking.ts"

interface Service {
  readonly address: string
  close(): Promise<unknown>
}

/**
 * Every path is guarded but /login: GET /me answers with who it is, POST /logout ends the session, GET /fails throws. GET /stray stands
 * before the guard. `seen` lists handlers that ran.
 */
type Start = (auth: Auth<undefined>, seen: string[]) => Promise<Service>

const GUARD = { public: "/login", renew: true } as const

async function listen(handle: RequestListener): Promise<Service> {
  const server = createServer(handle).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, close: async () => server.close().closeAllConnections() }
}

/** What a handler of /fails does. */
function fail(): never {
  throw new RangeError("in the handler")
}

const FRAMEWORKS: Readonly<Record<string, Start>> = {
  async express(auth, seen) {
    const app = express().set("env", "test")
    app.get("/stray", (_, response) => void response.json(expressAuthOf(response).identity))
    app.use(expressAuth(auth, GUARD))
    const routes = express.Router()
    routes.get("/me", (_, response) => {
      seen.push("/me")
      response.json(expressAuthOf(response).identity)
    })
    routes.get("/login", (_, response) => void response.json("public"))
    routes.get("/fails", fail)
    routes.post("/logout", async (request, response) => {
      const out = await auth.logout(expressRequest(request))
      for (const cookie of out.cookies) response.appendHeader("set-cookie", cookie)
      response.json(out.allowed)
    })
    app.use(routes)
    app.use("/below", expressAuth(auth, { public: "/below/login" }), routes)
    return listen(app)
  },
  async koa(auth, seen) {
    const app = new Koa()
    app.silent = true
    const guard = koaAuth(auth, GUARD)
    app.use(async (context, next) => {
      if (context.path !== "/stray") return guard(context, next)
      context.body = koaAuthOf(context).identity
      return undefined
    })
    app.use(async (context) => {
      if (context.path === "/fails") fail()
      if (context.path === "/login") context.body = "public"
      if (context.path === "/logout") {
        const out = await auth.logout(koaRequest(context))
        for (const cookie of out.cookies) context.append("set-cookie", cookie)
        context.body = String(out.allowed)
      }
      if (context.path !== "/me") return
      seen.push("/me")
      context.body = JSON.stringify(koaAuthOf(context).identity)
    })
    return listen(app.callback())
  },
  async hono(auth, seen) {
    const app = new Hono()
    app.get("/stray", (context) => context.json(honoAuthOf(context).identity))
    app.use(honoAuth(auth, GUARD))
    app.get("/me", (context) => {
      seen.push("/me")
      return context.json(honoAuthOf(context).identity)
    })
    app.get("/login", (context) => context.json("public"))
    app.get("/fails", fail)
    app.onError((_, context) => context.text("failed", 500))
    app.post("/logout", async (context) => {
      const out = await auth.logout(fetchRequest(context.req.raw))
      const answer = Response.json(out.allowed)
      for (const cookie of out.cookies) answer.headers.append("set-cookie", cookie)
      return answer
    })
    return listen(listener(async (request) => app.fetch(request)))
  },
  async fastify(auth, seen) {
    const app = fastify()
    const guard = fastifyAuth(auth, GUARD)
    app.addHook("onRequest", guard)
    app.get("/stray", { config: { public: true } }, async (request) => guard.who(request).identity)
    app.get("/me", async (request) => {
      seen.push("/me")
      return JSON.stringify(guard.who(request).identity)
    })
    app.get("/login", async () => "public")
    app.get("/marked", { config: { public: true } }, async () => "marked")
    app.get("/fails", async () => fail())
    app.post("/logout", async (request, reply) => {
      const out = await auth.logout(fastifyRequest(request))
      for (const cookie of out.cookies) reply.header("set-cookie", cookie)
      return reply.send(String(out.allowed))
    })
    const address = await app.listen({ port: 0, host: "127.0.0.1" })
    return { address, close: () => app.close() }
  },
  async fetch(auth, seen) {
    const guard = auth.guard(GUARD)
    const strict = withAuth(
      auth,
      (_, { identity }) => {
        seen.push("/me")
        return Response.json(identity)
      },
      { renew: true },
    )
    return listen(
      listener(async (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === "/me") return strict(request)
        if (pathname === "/stray") return new Response(null, { status: 500 })
        const verdict = await guard(fetchRequest(request))
        if (!verdict.allowed) return refusalResponse(verdict)
        if (pathname === "/fails") return withCookies(new Response(null, { status: 500 }), verdict)
        if (pathname !== "/logout") return withCookies(Response.json("public"), verdict)
        const out = await auth.logout(fetchRequest(request))
        const answer = Response.json(out.allowed)
        for (const cookie of out.cookies) answer.headers.append("set-cookie", cookie)
        return withCookies(answer, verdict)
      }),
    )
  },
  async node(auth, seen) {
    const guard = auth.guard(GUARD)
    return listen(async (incoming, response) => {
      if (incoming.url === "/stray") return void response.writeHead(500).end()
      const verdict = await guard(nodeRequest(incoming))
      if (!verdict.allowed) return sendRefusal(verdict, response)
      sendCookies(verdict, response)
      if (incoming.url === "/fails") return void response.writeHead(500).end()
      if (incoming.url === "/me") seen.push("/me")
      if (incoming.url === "/logout")
        for (const cookie of (await auth.logout(nodeRequest(incoming))).cookies)
          response.appendHeader("set-cookie", cookie)
      response.end(JSON.stringify(verdict.identity ?? "public"))
    })
  },
}

describe.each(Object.entries(FRAMEWORKS))("%s", (name, start) => {
  async function service() {
    const { auth } = standard()
    const seen: string[] = []
    const running = await start(auth, seen)
    onTestFinished(async () => void (await running.close()))
    const call = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      fetch(running.address + path, { method, headers })
    const pair = await auth.login("ada", { transport: "cookie" })
    const later = { cookie: jar(pair.cookies.slice(1)), "x-csrf-token": pair.csrfToken ?? "" }
    return { auth, seen, call, later }
  }

  test("guards every path but the public one, and no handler runs for a request that is refused", async () => {
    const { seen, call } = await service()
    expect(await (await call("/login")).text()).toMatch(/^"?public"?$/)
    for (const path of ["/me", "/nowhere", "/LOGIN", "/login/", "//login", "/%6cogin", "/login%2f"])
      expect([path, (await call(path)).status]).toEqual([path, 401])
    expect(seen).toEqual([])
  })

  test("fails closed where a handler stands before the guard", async () => {
    const { auth, call } = await service()
    const authorization = `Bearer ${await auth.createAccessToken("ada")}`
    const response = await call("/stray", { authorization })
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain("ada")
  })

  test("sends renewed cookies with the answer, which nobody may keep", async () => {
    const { auth, seen, call, later } = await service()
    const response = await call("/me", later)
    expect([response.status, await response.json()]).toEqual([200, "ada"])
    expect(response.headers.get("cache-control")).toBe("no-store")
    const setCookies = response.headers.getSetCookie()
    expect(setCookies).toHaveLength(3)
    expect(seen).toEqual(["/me"])
    const again = await call("/me", { cookie: jar(setCookies) })
    expect([again.status, again.headers.getSetCookie()]).toEqual([200, []])
    expect(await auth.listSessions("ada")).toHaveLength(1)
  })

  test("sends them also where the handler fails", async () => {
    const { call, later } = await service()
    const response = await call("/fails", later)
    expect(response.status).toBe(500)
    expect((await call("/me", { cookie: jar(response.headers.getSetCookie()) })).status).toBe(200)
  })

  test("lets a logout in the handler win over them", async () => {
    const { auth, call, later } = await service()
    const response = await call("/logout", later, "POST")
    expect(response.status).toBe(200)
    const setCookies = response.headers.getSetCookie()
    const last = new Map(setCookies.map((cookie) => [cookie.replace(/=.*/s, ""), cookie]))
    expect(last.size).toBe(3)
    for (const cookie of last.values()) expect(cookie).toContain("Max-Age=0")
    expect(await auth.listSessions("ada")).toEqual([])
  })

  if (name === "express")
    test("compares the whole path below a mount point", async () => {
      const { auth, call } = await service()
      const authorization = `Bearer ${await auth.createAccessToken("ada")}`
      expect((await call("/below/login")).status).toBe(401)
      expect(await (await call("/below/login", { authorization })).json()).toBe("public")
    })

  if (name === "fastify")
    test("lets a route alone that is marked as public", async () => {
      const { call } = await service()
      expect(await (await call("/marked")).text()).toBe("marked")
    })
})

test("a guard that has read a form or JSON leaves the body to the handler", async () => {
  const { auth } = standard({ csrf: { formField: "csrf_token" }, locations: ["cookie", "json"] })
  const pair = await auth.login("ada", { transport: "cookie" })
  const echo = withAuth(auth, async (request) => new Response(await request.text()))
  const address = "https://api.example/"
  const form = `csrf_token=${pair.csrfToken}&x=1`
  const type = "application/x-www-form-urlencoded"
  const headers = { cookie: jar(pair.cookies), "content-type": type }
  expect(await (await echo(new Request(address, { method: "POST", headers, body: form }))).text()).toBe(form)
  const json = JSON.stringify({ access_token: pair.accessToken })
  const asked = new Request(address, { method: "POST", headers: { "content-type": "application/json" }, body: json })
  expect(await (await echo(asked)).text()).toBe(json)
})

test("a refusal has all of its cookies", () => {
  const refused = { status: 401, headers: {}, body: {}, cookies: ["a=; Max-Age=0", "b=; Max-Age=0"] }
  expect(refusalResponse(refused as unknown as Refused).headers.getSetCookie()).toHaveLength(2)
})
