/** The doors for React, Vue and Svelte: claims with the first drawing, and drawn anew with every change. */
import { readFileSync } from "node:fs"
import { type Client, createClient, type UnverifiedClaims } from "@jotkit/client"
import { ClientContext, useClaims, useClient } from "@jotkit/client/react"
import { claimsStore } from "@jotkit/client/svelte"
import { useClaims as claimsInVue, useClient as clientInVue, clientKey } from "@jotkit/client/vue"
import { encode } from "jotkit"
import * as react from "react"
import { expect, expectTypeOf, onTestFinished, test } from "vitest"
import { createSSRApp, effectScope, h, nextTick, watch } from "vue"
import { renderToString } from "vue/server-renderer"
import { z } from "zod"

const schema = z.object({ nickname: z.string() })
type Shown = UnverifiedClaims<z.infer<typeof schema>>

/** A client of a server that lets in whoever has a name. */
function clientOf(): Client<Shown> {
  const fetch = async (_: unknown, init?: RequestInit) => {
    if (typeof init?.body !== "string") return Response.json({ revoked: true })
    const token = encode({ nickname: JSON.parse(init.body).username }, "0123456789abcdef0123456789abcdef")
    return Response.json({ access_token: token, token_type: "Bearer", expires_in: 900 })
  }
  const client = createClient({ baseUrl: "https://api.example", mode: "bearer", schema, fetch })
  onTestFinished(() => client.close())
  return client
}

/** As much of a renderer as two hooks need: React asks what is installed here. */
function drawing<T>(component: () => T, context?: Client): { readonly drawn: T[]; end(): void } {
  const internals = Reflect.get(react, "__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE")
  const drawn: T[] = []
  let end: (() => void) | undefined
  const hooks = {
    useContext: (asked: unknown) => (asked === ClientContext ? context : undefined),
    useSyncExternalStore(subscribe: (listener: () => void) => () => void, read: () => unknown) {
      end ??= subscribe(draw)
      return read()
    },
  }
  function draw(): void {
    const before = internals.H
    internals.H = hooks
    try {
      drawn.push(component())
    } finally {
      internals.H = before
    }
  }
  draw()
  return { drawn, end: () => end?.() }
}

test("React: claims are drawn at once, and anew", async () => {
  const client = clientOf()
  await client.login({ username: "Ada" })
  const { drawn, end } = drawing(() => useClaims(client)?.nickname)
  await client.login({ username: "Lin" })
  await client.logout()
  expect(drawn).toEqual(["Ada", "Lin", undefined])
  end()
  await client.login({ username: "Eve" })
  expect(drawn).toHaveLength(3)
})

test("React: the client is the tree's, and a tree without one is told", () => {
  const client = clientOf()
  expect(drawing(() => useClient(), client).drawn).toEqual([client])
  expect(() => drawing(() => useClient())).toThrow("ClientContext")
})

test("Vue: claims are drawn at once, and anew, until the component ends", async () => {
  const client = clientOf()
  await client.login({ username: "Ada" })
  const app = createSSRApp({
    setup() {
      const claims = claimsInVue(clientInVue() as Client<Shown>)
      return () => h("p", claims.value?.nickname)
    },
  })
  expect(await renderToString(app.provide(clientKey, client))).toBe("<p>Ada</p>")
  const seen: unknown[] = []
  const scope = effectScope()
  scope.run(() => {
    const claims = claimsInVue(client)
    expectTypeOf(claims.value).toEqualTypeOf<Shown | undefined>()
    watch(claims, (now) => seen.push(now?.nickname), { flush: "sync" })
  })
  await client.login({ username: "Lin" })
  await nextTick()
  scope.stop()
  await client.logout()
  expect(seen).toEqual(["Lin"])
})

test("Vue: an application without a client is told", () => {
  const app = createSSRApp({})
  expect(() => app.runWithContext(() => clientInVue())).toThrow("provide")
})

test("Svelte: claims are a store", async () => {
  const client = clientOf()
  const seen: (string | undefined)[] = []
  const end = claimsStore(client).subscribe((claims) => seen.push(claims?.nickname))
  await client.login({ username: "Ada" })
  await client.logout()
  end()
  await client.login({ username: "Eve" })
  expect(seen).toEqual([undefined, "Ada", undefined])
})

test.each(["react", "vue", "svelte"])("the door for %s is thin", (name) => {
  const lines = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
  expect(lines.length).toBeLessThan(40)
})
