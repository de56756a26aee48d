// @ts-check
// What is measured: for each framework one route, bare, behind a guard of ours, and behind those of others. All answer the same.
import { createSecretKey } from "node:crypto"
import fastifyJwt from "@fastify/jwt"
import { getRequestListener } from "@hono/node-server"
import * as ours from "@jotkit/auth/express"
import * as oursFastify from "@jotkit/auth/fastify"
import { withAuth } from "@jotkit/auth/fetch"
import * as oursHono from "@jotkit/auth/hono"
import * as oursKoa from "@jotkit/auth/koa"
import { nodeRequest, sendRefusal } from "@jotkit/auth/node"
import express from "express"
import { expressjwt } from "express-jwt"
import { auth as auth0 } from "express-oauth2-jwt-bearer"
import fastify from "fastify"
import { Hono } from "hono"
import { jwt as honoJwt } from "hono/jwt"
import Koa from "koa"
import koaJwt from "koa-jwt"
import { AUDIENCE, ISSUER, SECRET } from "./auths.mjs"

/**
 * @typedef {import("@jotkit/auth").Auth<undefined>} Auth
 * @typedef {import("node:http").RequestListener} Listener
 * @typedef {{
 *   bare: () => Listener | Promise<Listener>,
 *   ours: (auth: Auth) => Listener | Promise<Listener>,
 *   peers: Record<string, () => Listener | Promise<Listener>>,
 * }} Framework
 */

/** As text it would be taken for PEM first, with each token anew. The types of koa-jwt know no key objects; its code does. */
const SECRET_KEY = /** @type {import("node:crypto").KeyObject & Buffer} */ (createSecretKey(SECRET, "utf8"))
const ANSWER = { hello: "world" }

/** @type {Record<string, Framework>} */
export const frameworks = {
  node: {
    bare: () => (_, response) => sendJson(response),
    ours(auth) {
      const guard = auth.guard()
      return async (request, response) => {
        const verdict = await guard(nodeRequest(request))
        if (!verdict.allowed) return sendRefusal(verdict, response)
        sendJson(response)
      }
    },
    peers: {},
  },
  fetch: {
    bare: () => getRequestListener(() => Response.json(ANSWER)),
    ours: (auth) => getRequestListener(withAuth(auth, () => Response.json(ANSWER))),
    peers: {},
  },
  express: {
    bare: () => expressRoute(),
    ours: (auth) => expressRoute(ours.requireAuth(auth)),
    peers: {
      "express-jwt": () =>
        expressRoute(expressjwt({ secret: SECRET_KEY, algorithms: ["HS256"], issuer: ISSUER, audience: AUDIENCE })),
      "express-oauth2-jwt-bearer": () =>
        expressRoute(auth0({ secret: SECRET, tokenSigningAlg: "HS256", issuer: ISSUER, audience: AUDIENCE })),
    },
  },
  fastify: {
    bare: () => fastifyRoute(fastify(), {}),
    ours(auth) {
      const app = fastify()
      app.register(oursFastify.authPlugin)
      return fastifyRoute(app, { onRequest: oursFastify.requireAuth(auth) })
    },
    peers: {
      "@fastify/jwt"() {
        const app = fastify()
        app.register(fastifyJwt, { secret: SECRET, verify: { allowedIss: ISSUER, allowedAud: AUDIENCE } })
        return fastifyRoute(app, { onRequest: (request) => request.jwtVerify() })
      },
    },
  },
  hono: {
    bare: () => honoRoute(),
    ours: (auth) => honoRoute(oursHono.requireAuth(auth)),
    peers: {
      "hono/jwt": () =>
        honoRoute(
          honoJwt({ secret: SECRET, alg: "HS256", verification: { iss: ISSUER, aud: AUDIENCE, typ: "at+jwt" } }),
        ),
    },
  },
  koa: {
    bare: () => koaRoute(),
    ours: (auth) => koaRoute(oursKoa.requireAuth(auth)),
    peers: {
      "koa-jwt": () =>
        koaRoute(koaJwt({ secret: SECRET_KEY, algorithms: ["HS256"], issuer: ISSUER, audience: AUDIENCE })),
    },
  },
}

/** @param {import("node:http").ServerResponse} response */
function sendJson(response) {
  const text = JSON.stringify(ANSWER)
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length })
  response.end(text)
}

/** @param {...any} guards */
function expressRoute(...guards) {
  const app = express()
  app.get("/", ...guards, (/** @type {unknown} */ _, /** @type {express.Response} */ response) => {
    response.json(ANSWER)
  })
  return app
}

/**
 * @param {import("fastify").FastifyInstance} app
 * @param {import("fastify").RouteShorthandOptions} guard
 */
async function fastifyRoute(app, guard) {
  app.after(() => app.get("/", guard, async () => ANSWER))
  await app.ready()
  return app.routing
}

/** @param {...import("hono").MiddlewareHandler<any>} guards */
function honoRoute(...guards) {
  const app = new Hono()
  for (const guard of guards) app.use("/", guard)
  app.get("/", (context) => context.json(ANSWER))
  return getRequestListener(app.fetch)
}

/** @param {...any} guards */
function koaRoute(...guards) {
  const app = new Koa()
  for (const guard of guards) app.use(guard)
  app.use((context) => {
    context.body = ANSWER
  })
  return app.callback()
}
