// @ts-check
// The debugger page in Chromium: how much its thread has to do at a time when a text is given, and when a letter is typed into it.
// `node bench/page.mjs` measures the page as it was built. Tasks are measured in time of the processor, so that what else the machine does
// counts little; each text is given several times, and the median is told.
import { fileURLToPath } from "node:url"
import { servePage } from "@jotkit/debugger/server"
import { launchChromium } from "../tests/runtimes/chromium.mjs"
import { machine, summary, table } from "./measure.mjs"

const ROUNDS = 5
const HEADER = '{"alg":"HS256"}'

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
console.log(table("The debugger page", ["text", "longest script", "longest task", "a letter typed"], rows))
await browser.close()
await close()
