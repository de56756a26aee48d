/** The doors for Vue and Svelte: claims with the first drawing, and drawn anew with every change. That for React: react.test.ts. */
import { readFileSync } from "node:fs"
import { type Client, createClient, type UnverifiedClaims } from "@jotkit/client"
import { claimsStore } from "@jotkit/client/svelte"
import { useClaims as claimsInVue, useClient as clientInVue, clientKey } from "@jotkit/client/vue"
import { encode } from "jotkit"
import { expect, expectTypeOf, onTestFinished, test } from "vitest"
import { createSSRApp, effectScope, h, type InjectionKey, nextTick, watch } from "vue"
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

test("Vue: claims are drawn at once, and anew, until the component ends", async () => {
  const client = clientOf()
  await client.login({ username: "Ada" })
  const app = createSSRApp({
    setup() {
      const found = clientInVue()
      expectTypeOf(found).toEqualTypeOf<Client>()
      const claims = claimsInVue(found)
      return () => h("p", String(claims.value?.["nickname"]))
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

test("Vue: a key of one's own gives the claims their type", () => {
  const client = clientOf()
  const own: InjectionKey<Client<Shown>> = Symbol("own")
  const app = createSSRApp({}).provide(own, client)
  const found = app.runWithContext(() => clientInVue(own))
  expectTypeOf(found).toEqualTypeOf<Client<Shown>>()
  expect(found).toBe(client)
})

test("Vue: an application without a client is told", () => {
  const app = createSSRApp({})
  expect(() => app.runWithContext(() => clientInVue())).toThrow("provide")
  const own: InjectionKey<Client<Shown>> = Symbol("own")
  expect(() => app.provide(clientKey, clientOf()).runWithContext(() => clientInVue(own))).toThrow("provide")
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
