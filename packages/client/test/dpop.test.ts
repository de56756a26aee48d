/** Keys of the device, for servers that bind tokens to them: a real server with proofs, in Node and in Chromium. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createAuth, type TokenPair } from "@jotkit/auth"
import { fetchRequest, refusalResponse, withAuth } from "@jotkit/auth/fetch"
import { memoryStore } from "@jotkit/auth/memory"
import { type Client, createClient } from "@jotkit/client"
import { dpopKeys } from "@jotkit/client/dpop"
import { Jwk } from "jotkit"
import { test as baseTest, expect, onTestFinished, test } from "vitest"
import { listener } from "../../../examples/fetch/http.mjs"
import { counting } from "./asking.ts"
import { missing, serveBuilt, startChromium } from "./chromium.ts"

declare const client: Client

/** Binds every token; asks for a nonce. */
async function startServer(ahead = 0): Promise<string> {
  let respond = async (_: Request) => new Response()
  const server = createServer(
    listener(async (request) => {
      const response = await respond(request)
      response.headers.set("date", new Date(Date.now() + ahead * 1000).toUTCString())
      return response
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const auth = createAuth({
    key: Jwk.generate("ES256"),
    issuer: address,
    audience: address,
    store: memoryStore(),
    now: () => Date.now() / 1000 + ahead,
    refresh: { grace: 0 },
    dpop: { baseUrl: address, required: true, nonceSecret: "0123456789abcdef0123456789abcdef" },
  })
  const me = withAuth(auth, (_, { identity }) => Response.json({ sub: identity }))
  const answer = ({ accessToken, refreshToken, expiresIn }: TokenPair) =>
    Response.json({
      ...{ access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn, token_type: "DPoP" },
      claims: { nickname: "Ada" },
    })
  respond = async (request) => {
    const asked = fetchRequest(request)
    const { pathname } = new URL(request.url)
    if (pathname === "/login") {
      const proof = await auth.checkProof(asked)
      return proof.allowed ? answer(await auth.login("ada", { jkt: proof.jkt })) : refusalResponse(proof)
    }
    if (pathname === "/refresh") {
      const pair = await auth.refresh(asked)
      return pair.allowed ? answer(pair) : refusalResponse(pair)
    }
    if (pathname === "/logout") {
      const ended = await auth.logout(asked)
      return ended.allowed ? Response.json({ revoked: true }) : refusalResponse(ended)
    }
    return me(request)
  }
  return address
}

test.each([0, 7200, -7200])("in Node, with a clock that is %i seconds off", async (ahead) => {
  const baseUrl = await startServer(ahead)
  const { fetch, asked } = counting()
  const client = createClient({ baseUrl, mode: "bearer", dpop: dpopKeys(), fetch })
  onTestFinished(() => client.close())
  expect((await client.login({})).status).toBe(200)
  // The server's nonce and its clock are learned from a refusal each.
  expect(asked.length).toBe(ahead === 0 ? 2 : 3)
  expect((await client.fetch("/me?a=1#b")).status).toBe(200)
  expect(await client.refresh()).toBe(true)
  expect((await client.fetch(new Request(`${baseUrl}/me`))).status).toBe(200)
  await client.logout()
  expect((await client.fetch("/me")).status).toBe(401)
})

test("a token without its key is worth nothing", async () => {
  const baseUrl = await startServer()
  const seen: string[] = []
  const spying: typeof fetch = (input, init) => {
    seen.push(new Headers(init?.headers).get("authorization") ?? "")
    return fetch(input, init)
  }
  const client = createClient({ baseUrl, mode: "bearer", dpop: dpopKeys(), fetch: spying })
  onTestFinished(() => client.close())
  await client.login({})
  await client.fetch("/me")
  const authorization = seen.at(-1) ?? ""
  expect(authorization).toMatch(/^DPoP eyJ/)
  for (const headers of [{ authorization }, { authorization: authorization.replace("DPoP", "Bearer") }])
    expect((await fetch(`${baseUrl}/me`, { headers })).status).toBe(401)
})

baseTest.skipIf(missing !== undefined)(
  "in Chromium the key outlives the page, cannot be copied, and goes with the log-out",
  async () => {
    const [browser, baseUrl] = await Promise.all([startChromium(), startServer()])
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    await serveBuilt(context)
    const tab = await context.newPage()
    const open = async () => {
      await tab.goto(`${baseUrl}/blank`)
      await tab.evaluate(OPEN)
    }
    await open()
    expect(await tab.evaluate(async () => (await client.login({})).status)).toBe(200)
    await open()
    expect(await tab.evaluate(async () => (await client.fetch("/me")).status)).toBe(200)
    expect(await tab.evaluate(keptKeys)).toEqual([{ private: false, type: "private" }])
    await tab.evaluate(() => client.logout())
    expect(await tab.evaluate(keptKeys)).toEqual([])
  },
)

baseTest.skipIf(missing !== undefined)(
  "a log-out in one tab, and a login in another, leave one key for both",
  async () => {
    const [browser, baseUrl] = await Promise.all([startChromium(), startServer()])
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    await serveBuilt(context)
    const [one, two] = [await context.newPage(), await context.newPage()]
    for (const tab of [one, two]) {
      await tab.goto(`${baseUrl}/blank`)
      await tab.evaluate(OPEN)
    }
    const logIn = () => client.login({}).then(({ status }) => status)
    const isActive = (is: boolean) => `client.active === ${is}`
    expect(await one.evaluate(logIn)).toBe(200)
    await two.waitForFunction(isActive(true))
    const ask = () => client.fetch("/me").then(({ status }) => status)
    expect(await two.evaluate(ask)).toBe(200)
    await one.evaluate(() => client.logout())
    await two.waitForFunction(isActive(false))
    expect(await two.evaluate(logIn)).toBe(200)
    await one.waitForFunction(isActive(true))
    expect([await one.evaluate(ask), await two.evaluate(ask)]).toEqual([200, 200])
  },
)

const OPEN = `Promise.all([import("/client/index.js"), import("/client/dpop.js")]).then(
  ([{ createClient, unsafeKeepInLocal }, { dpopKeys }]) => {
    const options = { baseUrl: location.origin, mode: "bearer", storage: unsafeKeepInLocal(), dpop: dpopKeys() }
    globalThis.client = createClient(options)
  },
)`

/** What IndexedDB has of keys; `private`: whether the key can be exported. */
const keptKeys = `new Promise((resolve) => {
  const opening = indexedDB.open("jotkit")
  opening.onsuccess = () => {
    const asking = opening.result.transaction("jotkit").objectStore("jotkit").getAll()
    asking.onsuccess = () => {
      opening.result.close()
      resolve(asking.result.map(({ privateKey }) => ({ private: privateKey.extractable, type: privateKey.type })))
    }
  }
})`
