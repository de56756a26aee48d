/** What is Nest's own: routes are guarded unless they are public, and decorators say more. Runs on Nest 11 as well. */
import { createRequire } from "node:module"
import type { Allowed } from "@jotkit/auth"
import { AuthGuard, Public, RequireAuth, Who } from "@jotkit/auth/nest"
import { type ExecutionContext, Get } from "@nestjs/common"
import { ModulesContainer } from "@nestjs/core"
import { describe, expect, onTestFinished, test } from "vitest"
import { jar, standard } from "./asking.ts"
import { controller, createNest, type Platform, startNest } from "./nest-service.ts"

class Routes {
  plain() {
    return {}
  }
  open() {
    return { open: true }
  }
  whole(who: Allowed) {
    return { sub: who.claims.sub, location: who.location }
  }
  unguarded(who: Allowed) {
    return who
  }
  renewed(who: Allowed) {
    return { sub: who.claims.sub }
  }
}
controller(Routes, {
  plain: [[Get("plain")]],
  open: [[Get("open"), Public()]],
  whole: [[Get("whole")], [Who()]],
  unguarded: [[Get("unguarded"), Public()], [Who()]],
  renewed: [[Get("renewed"), RequireAuth({ renew: true })], [Who()]],
})

class OpenRoutes {
  open() {
    return {}
  }
  guarded() {
    return {}
  }
  admin() {
    return {}
  }
}
controller(
  OpenRoutes,
  {
    open: [[Get("all/open")]],
    guarded: [[Get("all/guarded"), RequireAuth()]],
    admin: [[Get("all/admin"), RequireAuth({ roles: "admin" })]],
  },
  [Public()],
)

describe.each<Platform>(["express", "fastify"])("on %s", (platform) => {
  async function start() {
    const { auth } = standard()
    const service = await startNest(auth, [Routes, OpenRoutes], platform)
    onTestFinished(() => service.close())
    const authorization = `Bearer ${await auth.createAccessToken("ada", { claims: { roles: ["user"] } })}`
    const call = (path: string, headers: Record<string, string> = {}) => fetch(service.address + path, { headers })
    return { auth, call, authorization }
  }

  test("a renewed pair of tokens goes out with the answer, which nobody may keep", async () => {
    const { auth, call } = await start()
    const { cookies } = await auth.login("ada", { transport: "cookie" })
    const response = await call("/renewed", { cookie: jar(cookies.slice(1)) })
    expect([response.status, await response.json()]).toEqual([200, { sub: "ada" }])
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(response.headers.getSetCookie()).toHaveLength(3)
    expect((await call("/plain", { cookie: jar(response.headers.getSetCookie()) })).status).toBe(200)
  })

  test("a route about which nothing is said is guarded", async () => {
    const { call, authorization } = await start()
    expect((await call("/plain")).status).toBe(401)
    expect((await call("/plain", { authorization })).status).toBe(200)
    expect((await call("/open", { authorization: "Bearer xxx" })).status).toBe(200)
  })

  test("what a route says replaces what its controller says", async () => {
    const { call, authorization } = await start()
    expect((await call("/all/open")).status).toBe(200)
    expect((await call("/all/guarded")).status).toBe(401)
    expect((await call("/all/guarded", { authorization })).status).toBe(200)
    expect((await call("/all/admin", { authorization })).status).toBe(403)
  })

  test("a handler learns who has sent the request, unless no guard was asked", async () => {
    const { call, authorization } = await start()
    expect(await (await call("/whole", { authorization })).json()).toEqual({ sub: "ada", location: "header" })
    expect((await call("/unguarded", { authorization })).status).toBe(500)
  })

  test("what no guard knows is told when the application starts", async () => {
    class Wrong {
      route() {}
    }
    controller(Wrong, { route: [[Get(), RequireAuth({ locations: [] })]] })
    const app = createNest(standard().auth, [Wrong], platform).then((made) => made.init())
    await expect(app).rejects.toMatchObject({ code: "option_invalid", message: expect.stringContaining("`locations`") })
  })
})

test("messages that do not come over HTTP are refused", async () => {
  const guard = new AuthGuard(standard().auth, new ModulesContainer())
  const context = { getType: () => "ws", getHandler: () => Routes.prototype.open, getClass: () => Routes }
  expect(await guard.canActivate(context as unknown as ExecutionContext)).toBe(false)
})

test("this is the major that the project is for", ({ task }) => {
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  expect(loaded.some((path) => path.includes("/nest-11/"))).toBe(task.file.projectName === "auth-nest-11")
})
