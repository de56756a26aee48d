/** The adapters, each in its framework over a real socket: the same questions, the same answers. */
import { once } from "node:events"
import { createServer, request as nodeRequest, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import type { Allowed, Auth } from "@jotkit/auth"
import { requireAuth as expressAuth, expressRequest } from "@jotkit/auth/express"
import { requireAuth as fastifyAuth, fastifyRequest } from "@jotkit/auth/fastify"
import { fetchRequest, refusalResponse, withAuth } from "@jotkit/auth/fetch"
import { requireAuth as honoAuth } from "@jotkit/auth/hono"
import { requireAuth as koaAuth, koaRequest } from "@jotkit/auth/koa"
import { nestRequest, Public, RequireAuth, Who } from "@jotkit/auth/nest"
import { All, Get, Post, Req, Res } from "@nestjs/common"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import Koa from "koa"
import { describe, expect, onTestFinished, test } from "vitest"
import { listener } from "../../../examples/fetch/http.mjs"
import { jar, standard } from "./asking.ts"
import { controller, type Platform, startNest } from "./nest-service.ts"

interface Service {
  readonly address: string
  close(): Promise<unknown>
}

type User = { readonly name: string }
type Start = (auth: Auth<User>, seen: string[]) => Promise<Service>

async function listen(handle: RequestListener): Promise<Service> {
  const server = createServer(handle).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}`, close: async () => server.close().closeAllConnections() }
}

/** Routes: /me is guarded, /optional is optionally, /admin asks for a role, POST /refresh refreshes. `seen` lists handlers that ran. */
const FRAMEWORKS: Readonly<Record<string, Start>> = {
  async express(auth, seen) {
    const app = express()
    app.all("/me", expressAuth(auth), (_, response) => {
      seen.push("/me")
      response.json({ name: response.locals.auth.user.name })
    })
    app.get("/optional", expressAuth(auth, { optional: true }), (_, response) => {
      response.json({ name: response.locals.auth.user?.name ?? null })
    })
    app.get("/admin", expressAuth(auth, { roles: "admin" }), (_, response) => void response.json({}))
    app.post("/refresh", async (request, response) => {
      const pair = await auth.refresh(expressRequest(request))
      response.status(pair.allowed ? 200 : pair.status).json({})
    })
    return listen(app)
  },
  async koa(auth, seen) {
    const app = new Koa()
    const guards = {
      "/me": koaAuth(auth),
      "/optional": koaAuth(auth, { optional: true }),
      "/admin": koaAuth(auth, { roles: "admin" }),
    }
    app.use(async (context) => {
      if (context.path === "/refresh") {
        const pair = await auth.refresh(koaRequest(context))
        context.status = pair.allowed ? 200 : pair.status
        context.body = {}
        return
      }
      await guards[context.path as keyof typeof guards](context, async () => {
        seen.push(context.path)
        context.body = { name: context.state["auth"].user?.name ?? null }
      })
    })
    return listen(app.callback())
  },
  async hono(auth, seen) {
    const app = new Hono()
    app.all("/me", honoAuth(auth), (context) => {
      seen.push("/me")
      return context.json({ name: context.get("auth").user.name })
    })
    app.get("/optional", honoAuth(auth, { optional: true }), (context) =>
      context.json({ name: context.get("auth").user?.name ?? null }),
    )
    app.get("/admin", honoAuth(auth, { roles: "admin" }), (context) => context.json({}))
    app.post("/refresh", async (context) => {
      const pair = await auth.refresh(fetchRequest(context.req.raw))
      return pair.allowed ? context.json({}) : refusalResponse(pair)
    })
    return listen(listener(async (request) => app.fetch(request)))
  },
  async fastify(auth, seen) {
    const app = fastify()
    const access = fastifyAuth(auth)
    const optional = fastifyAuth(auth, { optional: true })
    app.all("/me", { onRequest: access }, async (request) => {
      seen.push("/me")
      return { name: access.who(request).user.name }
    })
    app.get("/optional", { onRequest: optional }, async (request) => ({
      name: optional.who(request).user?.name ?? null,
    }))
    app.get("/admin", { preHandler: fastifyAuth(auth, { roles: "admin" }) }, async () => ({}))
    app.post("/refresh", async (request, reply) => {
      const pair = await auth.refresh(fastifyRequest(request))
      return reply.code(pair.allowed ? 200 : pair.status).send({})
    })
    const address = await app.listen({ port: 0, host: "127.0.0.1" })
    return { address, close: () => app.close() }
  },
  "nest on express": nest("express"),
  "nest on fastify": nest("fastify"),
  async fetch(auth, seen) {
    const me = withAuth(auth, (_, { user }: Allowed<User>) => {
      seen.push("/me")
      return Response.json({ name: user.name })
    })
    const admin = withAuth(auth, () => Response.json({}), { roles: "admin" })
    const optional = auth.guard({ optional: true })
    return listen(
      listener(async (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === "/me") return me(request)
        if (pathname === "/admin") return admin(request)
        const verdict =
          pathname === "/refresh" ? await auth.refresh(fetchRequest(request)) : await optional(fetchRequest(request))
        if (!verdict.allowed) return refusalResponse(verdict)
        return Response.json({ name: "user" in verdict ? (verdict.user?.name ?? null) : null })
      }),
    )
  },
}

function nest(platform: Platform): Start {
  return (auth, seen) => {
    class Routes {
      me(user: User) {
        seen.push("/me")
        return { name: user.name }
      }
      optional(user: User | undefined) {
        return { name: user?.name ?? null }
      }
      admin() {
        return {}
      }
      async refresh(
        request: Parameters<typeof nestRequest>[0],
        response: { status(code: number): { send(body: object): void } },
      ) {
        const pair = await auth.refresh(nestRequest(request))
        response.status(pair.allowed ? 200 : pair.status).send({})
      }
    }
    controller(Routes, {
      me: [[All("me")], [Who("user")]],
      optional: [[Get("optional"), RequireAuth({ optional: true })], [Who("user")]],
      admin: [[Get("admin"), RequireAuth({ roles: "admin" })]],
      refresh: [
        [Post("refresh"), Public()],
        [Req(), Res()],
      ],
    })
    return startNest(auth, [Routes], platform)
  }
}

describe.each(Object.entries(FRAMEWORKS))("%s", (_, start) => {
  async function service() {
    const { auth } = standard<User>({ loaders: { user: ({ sub }) => ({ name: sub }) } })
    const seen: string[] = []
    const running = await start(auth, seen)
    onTestFinished(async () => void (await running.close()))
    const call = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      fetch(running.address + path, { method, headers })
    return { auth, seen, call, address: running.address }
  }

  test("hands a guarded request on, with its user", async () => {
    const { auth, call } = await service()
    const authorization = `Bearer ${await auth.createAccessToken("ada")}`
    expect(await (await call("/me", { authorization })).json()).toEqual({ name: "ada" })
    expect(await (await call("/optional", { authorization })).json()).toEqual({ name: "ada" })
    expect(await (await call("/optional")).json()).toEqual({ name: null })
    expect((await call("/admin", { authorization })).status).toBe(403)
  })

  test("refuses as the core says, and the handler does not run", async () => {
    const { seen, call } = await service()
    const missing = await call("/me")
    expect([missing.status, missing.headers.get("www-authenticate")]).toEqual([401, "Bearer"])
    expect(missing.headers.get("content-type")).toMatch(/^application\/json/)
    expect(missing.headers.get("cache-control")).toBe("no-store")
    expect(await missing.json()).toEqual({ error: "missing_token", message: expect.any(String) })
    const bad = await call("/optional", { authorization: "Bearer xxx" })
    expect(bad.status).toBe(401)
    expect(await bad.json()).toMatchObject({ error: "malformed_token" })
    expect(seen).toEqual([])
  })

  test("refuses two lines of a header, and asks cookies for their CSRF value", async () => {
    const { auth, call, address } = await service()
    const token = await auth.createAccessToken("ada")
    const lines = [`Bearer ${token}`, `Bearer ${token}`]
    const [response] = await once(
      nodeRequest(`${address}/me`, { headers: { authorization: lines as unknown as string } }).end(),
      "response",
    )
    response.resume()
    expect(response.statusCode).toBe(400)
    const pair = await auth.login("ada", { transport: "cookie" })
    const cookie = jar(pair.cookies)
    expect((await call("/me", { cookie })).status).toBe(200)
    expect((await call("/me", { cookie }, "POST")).status).toBe(403)
    expect((await call("/me", { cookie, "x-csrf-token": pair.csrfToken ?? "" }, "POST")).status).toBe(200)
  })

  test("clears cookies of a session that has ended", async () => {
    const { auth, call } = await service()
    const pair = await auth.login("ada", { transport: "cookie" })
    await auth.revokeSession(pair.sessionId)
    const response = await call("/me", { cookie: jar(pair.cookies) })
    expect(response.status).toBe(401)
    expect(response.headers.getSetCookie()).toHaveLength(3)
  })

  test("refreshes", async () => {
    const { auth, call } = await service()
    const pair = await auth.login("ada")
    const authorization = `Bearer ${pair.refreshToken}`
    expect((await call("/refresh", { authorization }, "POST")).status).toBe(200)
    expect((await call("/refresh", {}, "POST")).status).toBe(401)
  })
})

test("Fastify: each of several hooks knows whom it has let through", async () => {
  const { auth } = standard()
  const [whole, admin] = [fastifyAuth(auth, { optional: true }), fastifyAuth(auth)]
  const app = fastify()
  onTestFinished(() => app.close())
  app.addHook("onRequest", whole)
  app.get("/", { onRequest: admin }, (request) => [whole.who(request).identity, admin.who(request).identity])
  const headers = { authorization: `Bearer ${await auth.createAccessToken("ada")}` }
  expect((await app.inject({ url: "/", headers })).json()).toEqual(["ada", "ada"])
})
