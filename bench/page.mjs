// @ts-check
// The debugger page in Chromium: how soon it can be used, on a processor slowed as a phone's is; and how much its thread has to do at a
// time when a text is given, and when a letter is typed into it. `node bench/page.mjs` measures the page as it was built. Tasks are measured
// in time of the processor, so that what else the machine does counts little; each is done several times, and the median is told.
import { fileURLToPath } from "node:url"
import { servePage } from "@jotkit/debugger/server"
import { launchChromium } from "../tests/runtimes/chromium.mjs"
import { machine, summary, table } from "./measure.mjs"

const ROUNDS = 5
const HEADER = '{"alg":"HS256"}'
/** How much slower a phone of the middle class is, as Chromium's own tools take it. */
const PHONE = 4

/** @param {string} payload */
function token(payload) {
  const [header, claims] = [HEADER, payload].map((part) => Buffer.from(part).toString("base64url"))
  return `${header}.${claims}.AAAA`
}

/** @param {number} characters */
function claimsOf(characters) {
  const list = Array.from({ length: Math.round((characters * 0.75) / 30) }, (_, at) => `"claim_${at}":"some text"`)
  return token(`{${list.join(",")}}`)
}

/** @type {Record<string, string>} */
const TEXTS = {
  "a token of 1 KiB": claimsOf(1024),
  "a token of 8 KiB": claimsOf(8 * 1024),
  "a token of 64 KiB": claimsOf(64 * 1024 - 2048),
  "a token of 256 KiB": claimsOf(256 * 1024),
  "a token of 1 MiB": claimsOf(1024 * 1024 - 65_536),
  "one claim of 768 KiB": token(`{"a":"${"x".repeat(780_000)}"}`),
  "60,000 claims": token(`{${Array.from({ length: 60_000 }, (_, at) => `"c${at}":1`)}}`),
  "100,000 disclosures": `${token("{}")}${"~".repeat(100_000)}`,
  "10,000 tokens": `${token("{}")}\n`.repeat(10_000),
  "1 MiB of dots": ".".repeat(1_048_576),
}

/** @typedef {{ task: number, script: number }} Longest Milliseconds of the processor: of one task, and of the script in one. */

/**
 * What the page's thread had to do at most at a time, while something was done.
 *
 * @param {() => Promise<void>} act
 * @returns {Promise<Longest>}
 */
async function longestOf(act) {
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  })
  await act()
  /** @type {{ traceEvents: { name: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[] }} */
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()))
  const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
  const isPage = new Set(threads.map(({ pid, tid }) => `${pid} ${tid}`))
  const longest = (/** @type {string} */ kind) =>
    traceEvents.reduce(
      (most, { name, pid, tid, tdur = 0 }) =>
        name === kind && isPage.has(`${pid} ${tid}`) ? Math.max(most, tdur / 1000) : most,
      0,
    )
  return { task: longest("RunTask"), script: longest("FunctionCall") }
}

/**
 * Gives a text as a browser does, and waits until it was judged and painted.
 *
 * @param {string} text
 */
async function give(text) {
  // The event not from here, but from a task of its own. As text: what a page has is unknown to the types of this file.
  await page.evaluate(`
    const box = document.getElementById("token")
    box.value = ${JSON.stringify(text)}
    setTimeout(() => box.dispatchEvent(new InputEvent("input", { bubbles: true })))
  `)
  await settled()
}

async function settled() {
  await page.waitForTimeout(150)
  await page.locator('.verdicts:not([data-headline="checking"])').waitFor()
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")
}

/** @returns {Promise<number>} Milliseconds from the navigation until a token was given and judged, in a window without a cache. */
async function usableAfter() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: "block" })
  const phone = await context.newPage()
  const session = await context.newCDPSession(phone)
  await session.send("Emulation.setCPUThrottlingRate", { rate: PHONE })
  const text = JSON.stringify(claimsOf(1024))
  await phone.addInitScript(`
    new MutationObserver((_, observer) => {
      const box = document.getElementById("token")
      if (box !== null && box.value === "") {
        box.value = ${text}
        box.dispatchEvent(new InputEvent("input", { bubbles: true }))
      }
      if (document.querySelector('[data-headline="unverified"]') === null) return
      observer.disconnect()
      window.usableAfter = performance.now()
    }).observe(document, { childList: true, subtree: true, attributes: true })
  `)
  await phone.goto(url)
  await phone.locator('[data-headline="unverified"]').waitFor()
  const milliseconds = await phone.evaluate("window.usableAfter")
  await context.close()
  return milliseconds
}

const browser = await launchChromium()
const { url, close } = await servePage({
  folder: fileURLToPath(new URL("../packages/debugger/dist/site", import.meta.url)),
})
const page = await browser.newPage()
await page.goto(url)
/** @type {string[][]} */
const rows = []
for (const [name, text] of Object.entries(TEXTS)) {
  /** @type {Longest[]} */
  const given = []
  /** @type {Longest[]} */
  const typed = []
  for (let round = -1; round < ROUNDS; round++) {
    await give("")
    const one = await longestOf(() => give(text))
    await page.locator("#token").focus()
    const other = await longestOf(async () => {
      await page.keyboard.press("A")
      await settled()
    })
    // The round before the first one warms up.
    if (round >= 0) given.push(one)
    if (round >= 0) typed.push(other)
  }
  const of = (/** @type {number[]} */ times) => `${summary(times).median.toFixed(0)} ms`
  rows.push([
    name,
    of(given.map(({ script }) => script)),
    of(given.map(({ task }) => task)),
    of(typed.map(({ task }) => task)),
  ])
}
console.log(`${machine()} · Chromium ${browser.version()} · median of ${ROUNDS}`)
const usable = []
for (let round = 0; round < ROUNDS; round++) usable.push(await usableAfter())
console.log(
  `usable after ${summary(usable).median.toFixed(0)} ms, on a processor slowed ${PHONE} times: loaded, a token given and judged`,
)
console.log(table("The debugger page", ["text", "longest script", "longest task", "a letter typed"], rows))
await browser.close()
await close()
