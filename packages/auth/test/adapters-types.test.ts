/** What handlers know of who is asking, in each framework's own types. Checked by the compiler: `tsc -p tsconfig.test.json`. */

import { type Allowed, type Anonymous, createAuth } from "@jotkit/auth"
import { requireAuth as expressAuth } from "@jotkit/auth/express"
import { requireAuth as fastifyAuth } from "@jotkit/auth/fastify"
import { withAuth } from "@jotkit/auth/fetch"
import { requireAuth as honoAuth } from "@jotkit/auth/hono"
import { requireAuth as koaAuth } from "@jotkit/auth/koa"
import { Who } from "@jotkit/auth/nest"
import { upgradeGuard } from "@jotkit/auth/node"
import Router from "@koa/router"
import express from "express"
import fastify from "fastify"
import { Hono } from "hono"
import Koa from "koa"
import { expectTypeOf, test } from "vitest"
import { SECRET } from "./asking.ts"

interface User {
  readonly name: string
}

const auth = createAuth({
  key: SECRET,
  issuer: "i",
  audience: "a",
  loaders: { user: (claims): User => ({ name: claims.sub }) },
})
type Someone = Allowed<User>
type Anyone = Allowed<User> | Anonymous

test("Express: `response.locals.auth`", () => {
  const app = express()
  app.get("/:id", expressAuth(auth), (request, response) => {
    expectTypeOf(response.locals.auth).toEqualTypeOf<Someone>()
    expectTypeOf(request.params["id"]).toEqualTypeOf<string | undefined>()
  })
  app.get("/", expressAuth(auth, { optional: true }), (_, response) => {
    expectTypeOf(response.locals.auth).toEqualTypeOf<Anyone>()
  })
})

test("Fastify: the hook's `who`", () => {
  const access = fastifyAuth(auth)
  const optional = fastifyAuth(auth, { optional: true })
  const app = fastify()
  app.get<{ Params: { id: string } }>("/:id", { onRequest: access }, async (request) => {
    expectTypeOf(access.who(request)).toEqualTypeOf<Someone>()
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
  })
  app.get("/", { preHandler: [optional] }, async (request) => {
    expectTypeOf(optional.who(request)).toEqualTypeOf<Anyone>()
  })
  app.addHook("onRequest", access)
})

test("Hono: `c.get`", () => {
  const app = new Hono()
  app.get("/", honoAuth(auth), (context) => {
    expectTypeOf(context.get("auth")).toEqualTypeOf<Someone>()
    return context.json({})
  })
  app.get("/", honoAuth(auth, { optional: true }), (context) => {
    expectTypeOf(context.get("auth")).toEqualTypeOf<Anyone>()
    return context.json({})
  })
})

test("Koa and its router: `ctx.state.auth`", () => {
  new Koa<object>().use(koaAuth(auth)).use((context) => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Someone>()
  })
  new Koa().use(koaAuth(auth)).use((context) => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Someone>()
  })
  const router = new Router()
  router.get("/:id", koaAuth(auth), (context) => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Someone>()
    expectTypeOf(context.params["id"]).toEqualTypeOf<string | undefined>()
  })
  router.get("/", koaAuth(auth, { optional: true }), (context) => {
    expectTypeOf(context.state.auth).toEqualTypeOf<Anyone>()
  })
  new Koa().use(router.routes())
})

test("Request and Response: the second argument", () => {
  withAuth(auth, (request, who, id: string) => {
    expectTypeOf(request).toEqualTypeOf<Request>()
    expectTypeOf(who).toEqualTypeOf<Someone>()
    return new Response(id)
  })
})

test("Nest: a parameter, whole or a member of it", () => {
  expectTypeOf(Who).parameter(0).toEqualTypeOf<keyof Allowed | undefined>()
})

test("upgrades: the answer of the guard", () => {
  const guard = upgradeGuard(auth, { origins: "https://app.example" })
  expectTypeOf(guard).returns.resolves.toEqualTypeOf<Someone | undefined>()
})
