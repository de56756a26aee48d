/**
 * A tab that Chromium itself freezes, as it does with those that nobody looks at: timers stand still, and answers wait. Playwright keeps
 * its pages in sight, where none is frozen; so these are opened without it.
 */
import { afterAll, test as baseTest, beforeAll, expect } from "vitest"
import { type Browser, missing, type Protocol, startChromium } from "./chromium.ts"
import { type Server, startServer } from "./servers.ts"

const test = baseTest.skipIf(missing !== undefined)
const QUARTER = 16 * 60

/** A tab in the background. */
interface Tab {
  /** What an expression gives, which is waited for. */
  evaluate(expression: string): Promise<unknown>
  setState(state: "frozen" | "active"): Promise<unknown>
}

interface Answer {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown }
  readonly error?: unknown
}

let browser: Browser
let server: Server

beforeAll(async () => {
  // That one has the client beside its routes.
  if (missing === undefined) [browser, server] = await Promise.all([startChromium(), startServer("app")])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** A profile of its own. */
async function newContext(): Promise<() => Promise<Tab>> {
  const protocol = await browser.newBrowserCDPSession()
  const waiting = new Map<number, (answer: Answer) => void>()
  protocol.on("Target.receivedMessageFromTarget", ({ message }) => {
    const answer: Answer = JSON.parse(message)
    waiting.get(answer.id)?.(answer)
  })
  const { browserContextId } = await protocol.send<{ browserContextId: string }>("Target.createBrowserContext", {})
  return () => openTab(protocol, browserContextId, waiting)
}

async function openTab(
  protocol: Protocol,
  browserContextId: string,
  waiting: Map<number, (answer: Answer) => void>,
): Promise<Tab> {
  const page = { url: `${server.address}/healthz`, browserContextId, background: true }
  const { targetId } = await protocol.send<{ targetId: string }>("Target.createTarget", page)
  const target = { targetId, flatten: false }
  const { sessionId } = await protocol.send<{ sessionId: string }>("Target.attachToTarget", target)
  const ask = async (method: string, params: object) => {
    const id = waiting.size
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    await protocol.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) })
    const { result, error } = await answered
    expect(error ?? result?.exceptionDetails).toBeUndefined()
    return result?.result?.value
  }
  return {
    evaluate: (expression) => ask("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }),
    setState: (state) => ask("Page.setWebLifecycleState", { state }),
  }
}

const START = `import("/client/index.js").then(({ createClient, unsafeKeepInLocal }) => {
  const storage = MODE === "bearer" ? unsafeKeepInLocal() : undefined
  globalThis.client = createClient({ baseUrl: location.origin, mode: MODE, storage })
  globalThis.happened = []
  for (const name of ["freeze", "resume"]) document.addEventListener(name, () => happened.push(name))
})`
const ASK = "client.fetch('/me').then(({ status }) => status)"
const REFRESHES = "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/refresh')).length"

test.each(["cookie", "bearer"])("a tab that was frozen goes on with what the others have, by %s", async (mode) => {
  server.setAhead(0)
  const open = await newContext()
  const [awake, asleep] = [await open(), await open()]
  for (const tab of [awake, asleep]) {
    await expect.poll(() => tab.evaluate("document.readyState + location.pathname")).toBe("complete/healthz")
    await tab.evaluate(START.replaceAll("MODE", JSON.stringify(mode)))
  }
  const logIn = "client.login({ username: 'ada', password: 'lovelace' }).then(({ status }) => status)"
  const nickname = "client.claims?.nickname"
  expect(await awake.evaluate(logIn)).toBe(200)
  await expect.poll(() => asleep.evaluate(nickname)).toBe("Ada")

  await asleep.setState("frozen")
  await expect.poll(() => asleep.evaluate("happened")).toEqual(["freeze"])
  server.setAhead(QUARTER)
  await asleep.evaluate(`void ${ASK}.then((status) => happened.push(status))`)
  for (const ahead of [QUARTER, 2 * QUARTER]) {
    server.setAhead(ahead)
    expect(await awake.evaluate(ASK)).toBe(200)
  }
  await asleep.setState("active")
  // Its answer did wait: it was frozen indeed.
  await expect.poll(() => asleep.evaluate("happened")).toEqual(["freeze", "resume", 200])
  expect([await awake.evaluate(REFRESHES), await asleep.evaluate(REFRESHES)]).toEqual([2, 0])
  server.setAhead(3 * QUARTER)
  expect([await asleep.evaluate(ASK), await awake.evaluate(ASK)]).toEqual([200, 200])
  expect([await awake.evaluate(REFRESHES), await asleep.evaluate(REFRESHES)]).toEqual([2, 1])

  await asleep.setState("frozen")
  await awake.evaluate("client.logout()")
  await asleep.setState("active")
  await expect.poll(() => asleep.evaluate(`${nickname} ?? "nobody"`)).toBe("nobody")
  expect(await asleep.evaluate(ASK)).toBe(401)
})
