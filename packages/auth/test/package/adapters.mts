// Compiled by scripts/check-package.mjs against the installed tarball, beside the frameworks.
import { createAuth } from "@jotkit/auth"
import * as forExpress from "@jotkit/auth/express"
import * as forFastify from "@jotkit/auth/fastify"
import * as forHono from "@jotkit/auth/hono"
import * as forKoa from "@jotkit/auth/koa"
import * as forNest from "@jotkit/auth/nest"
import type { DynamicModule } from "@nestjs/common"
import express from "express"
import { fastify } from "fastify"
import { Hono } from "hono"
import Koa from "koa"

const auth = createAuth({
  key: "a secret of more than thirty-two bytes",
  issuer: "https://api.example",
  audience: "https://api.example",
  loaders: { user: ({ sub }) => ({ name: sub }) },
})

express().get("/", forExpress.requireAuth(auth), (_, response) => {
  const name: string = response.locals.auth.user.name
  response.json({ name })
})

const app = fastify().register(forFastify.authPlugin)
app.get("/", { onRequest: forFastify.requireAuth(auth) }, (request) => {
  const identity: string = request.auth.identity
  return identity
})

new Hono().get("/", forHono.requireAuth(auth, { optional: true }), (context) => {
  const identity: string | undefined = context.get("auth").identity
  return context.json({ identity })
})

new Koa().use(forKoa.requireAuth(auth)).use((context) => {
  const name: string = context.state.auth.user.name
  context.body = { name }
})

export const module: DynamicModule = forNest.authModule(auth)
