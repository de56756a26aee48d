/** Long texts are read and judged beside the page: it can be used meanwhile, an old answer is never shown, and what takes too long is ended. */

import { encode, Jwk } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, expectVerdicts, give, headline, open, test, verdict } from "./fixture.ts"

const key = Jwk.generate("HS256")
const secret = JSON.stringify(key.toPrivateJSON())
/** A token of more than seventy thousand letters: longer than the core takes unless it is told to. */
const long = (name: string) => encode({ name, list: new Array<string>(2500).fill("twenty letters of it") }, key)
const short = encode({ name: "short" }, key)

/** The page, with workers that are told nothing until `release`. A patient one does not give up after its two seconds: machines are slow when they have much to do. */
async function openHolding(isPatient: boolean, artefact: Artefact = "site"): Promise<Page> {
  // A window of its own: whatever runs before the page would run in the next test, too.
  const page = await open({ artefact, locale: "en" })
  await page.addInitScript(() => {
    const [told, all] = [[] as (() => void)[], [] as string[]]
    class Held extends Worker {
      readonly at = all.push("begun") - 1
      override postMessage(message: unknown) {
        told.push(() => super.postMessage(message))
        all[this.at] = "told"
      }
      override terminate() {
        super.terminate()
        all[this.at] = "ended"
      }
    }
    Object.assign(globalThis, { Worker: Held, told, all })
  })
  if (isPatient)
    await page.addInitScript(() => {
      const start = setTimeout
      const startPatient = (work: () => void, ms?: number) => start(work, ms === 2000 ? 60_000 : ms)
      Object.assign(globalThis, { setTimeout: startPatient })
    })
  await page.reload()
  return page
}

/** Lets all workers begin, until told otherwise those to come, too. */
function release(page: Page): Promise<void> {
  return page.evaluate(() => {
    const told = Reflect.get(globalThis, "told") as (() => void)[]
    for (const tell of told.splice(0)) tell()
    told.push = (tell) => {
      tell()
      return 0
    }
  })
}

/** What became of the workers so far. */
function workers(page: Page): Promise<string[]> {
  return page.evaluate(() => Reflect.get(globalThis, "all") as string[])
}

async function untilTold(page: Page, count: number): Promise<void> {
  await expect.poll(async () => (await workers(page)).length).toBe(count)
  await expect.poll(async () => (await workers(page)).includes("begun")).toBe(false)
}

describe.each<Artefact>(["site", "file"])("from the %s, a long text", (artefact) => {
  test("is looked through beside the page, which can be used meanwhile", async () => {
    const page = await openHolding(true, artefact)
    await give(page, long("Ada"))
    await untilTold(page, 1)
    expect(await headline(page)).toBe("checking")
    expect(await verdict(page, "Signature").textContent()).toContain("checking")
    // Another box answers, and so does the rest of the page.
    await page.getByRole("textbox", { name: "Key", exact: true }).fill(secret)
    await page.locator(".key .summary").filter({ hasText: "32 bytes" }).waitFor()
    await page.getByRole("combobox", { name: "Theme" }).selectOption("dark")
    expect(await headline(page)).toBe("checking")
    await release(page)
    await expectVerdicts(page, { Structure: "fail", Signature: "cannot_check" })
    expect(await page.getByRole("table", { name: "Claims" }).innerText()).toContain("Ada")
    await page.getByRole("button", { name: "About this page" }).click()
    await page.getByRole("button", { name: "Look now" }).click()
    await page.locator(".proof").filter({ hasText: "is the one that the policy allows" }).waitFor()
    expect(await page.locator(".proof").innerText()).toMatch(
      /Requests since the page was loaded\s+(None|1:\s+\S+\/manifest)/i,
    )
  })
})

describe("a long text", () => {
  test("that another one has replaced is never shown", async () => {
    const page = await openHolding(true)
    await give(page, long("Ada"))
    await untilTold(page, 1)
    await give(page, short)
    await expectVerdicts(page, { Structure: "pass" })
    expect(await workers(page)).toEqual(["ended"])
    await page.evaluate(() => {
      const seen: string[] = []
      new MutationObserver(() => seen.push(document.querySelector("main")?.innerText ?? "")).observe(document, {
        subtree: true,
        childList: true,
        characterData: true,
      })
      Object.assign(globalThis, { seen })
    })
    await release(page)
    await give(page, long("Grace"))
    await page.getByRole("table", { name: "Claims" }).filter({ hasText: "Grace" }).waitFor()
    const seen = await page.evaluate(() => Reflect.get(globalThis, "seen") as string[])
    expect([seen.some((text) => text.includes("Grace")), seen.some((text) => text.includes("Ada"))]).toEqual([
      true,
      false,
    ])
  })

  test("that takes too long is given up, which is said, and goes on when asked to", async () => {
    const page = await openHolding(false)
    await give(page, long("Ada"))
    await page.locator('.verdicts[data-headline="stopped"]').waitFor()
    expect(await workers(page)).toEqual(["ended"])
    expect(await page.locator(".headline").innerText()).toContain("After two seconds it was given up")
    await page.getByRole("combobox", { name: "Language" }).selectOption("zh-Hant-TW")
    expect(await page.locator(".headline").innerText()).toContain("兩秒後已中止")
    await page.getByRole("combobox", { name: "語言" }).selectOption("en")
    // A short one is read all the same, and says nothing of the one before.
    await give(page, short)
    await expectVerdicts(page, { Structure: "pass" })
    await give(page, long("Grace"))
    await page.locator('.verdicts[data-headline="stopped"]').waitFor()
    await release(page)
    await page.getByRole("button", { name: "Go on, however long it takes" }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("verdict-title")
    await expectVerdicts(page, { Structure: "fail" })
    expect(await headline(page)).toBe("broken")
  })

  test("of keys is judged beside the page: each key has its answer, and what is wrong is searched for", async () => {
    const page = await openHolding(true)
    await release(page)
    const keys = Array.from({ length: 900 }, (_, at) => Jwk.generate("HS256", { keyId: `key-${at}` }).toPrivateJSON())
    const named = { ...key.toPrivateJSON(), kid: "mine" }
    const token = encode({ sub: "ada" }, Jwk.from(named))
    await give(page, token, JSON.stringify({ keys: [...keys, named] }))
    await expectVerdicts(page, { Structure: "pass", Signature: "pass", "Key trust": "pass" })
    expect(await page.locator('.key [data-answer="matched"]').count()).toBe(1)
    const before = (await workers(page)).length
    await give(page, token.replace(/.{9}$/, "AAAAAAAAA"))
    await expectVerdicts(page, { Signature: "fail" })
    await page.getByRole("button", { name: "Why invalid?" }).click()
    await page.locator(".hints").filter({ hasText: "attempts without an answer" }).waitFor()
    expect((await workers(page)).length).toBe(before + 2)
  })

  test("is read in the page itself where a policy of the server forbids workers", async () => {
    const page = await open({ locale: "en" })
    await page.addInitScript(() => {
      class Forbidden extends EventTarget {
        onerror: (() => void) | undefined
        constructor() {
          super()
          queueMicrotask(() => this.onerror?.())
        }
        terminate() {}
      }
      Object.assign(globalThis, { Worker: Forbidden })
    })
    await page.reload()
    await give(page, `${"words of a log ".repeat(5000)}${short}`, secret)
    await expectVerdicts(page, { Structure: "pass", Signature: "pass" })
    await give(page, long("Ada"))
    await expectVerdicts(page, { Structure: "fail" })
  })
})
