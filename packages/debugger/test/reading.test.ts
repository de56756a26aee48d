/** Bytes and claims point at each other; what is heard, what presenters show, and what the page proves of itself. */

import { encode } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, copyButton, expectVerdicts, give, open, test, verdict, violations } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const CLAIMS = { sub: "ada", n: [1, { deep: true }], exp: NOW + 60 }
const ARTEFACTS: readonly Artefact[] = ["site", "file"]

const TOKEN: string = encode(CLAIMS, SECRET, { algorithm: "HS256", now: NOW })

/** What stands out, joined. */
async function pointedIn(page: Page, place: string): Promise<string> {
  const found = await page.locator(`${place} [data-pointed]`).all()
  return (await Promise.all(found.map((one) => one.innerText()))).join("").trim()
}

describe.each(ARTEFACTS)("from the %s", (artefact) => {
  test("a claim and its bytes point at each other, by mouse and by keyboard", async () => {
    const page = await open({ at: NOW, artefact })
    await give(page, TOKEN)
    await page.locator(".byte-view summary").click()
    const row = page.getByRole("row", { name: /^sub / })
    const shown = page.getByRole("combobox", { name: "Shown as" })

    await row.hover()
    await expect.poll(() => pointedIn(page, ".byte-view")).toBe('"ada"')
    // Its five bytes begin with the eighth.
    await expect.poll(() => pointedIn(page, ".sheet")).toBe(TOKEN.split(".")[1]?.slice(9, 16))
    await shown.selectOption("hex")
    await copyButton(page, "sub").focus()
    await expect.poll(() => pointedIn(page, ".byte-view")).toContain("22 61 64 61 22")
    await shown.selectOption("pretty")
    await page.locator(".bytes-text li").filter({ hasText: "deep" }).hover()
    await expect.poll(() => page.locator("tr[data-pointed]").innerText()).toMatch(/^n/)

    await page.locator(".masthead").hover()

    // The caret in the token points at what it stands in.
    await page.evaluate((offset) => {
      const box = document.getElementById("token") as HTMLTextAreaElement
      box.focus()
      box.setSelectionRange(offset, offset)
    }, TOKEN.indexOf(".") + 14)
    await page.keyboard.press("ArrowRight")
    await expect.poll(() => page.locator("tr[data-pointed]").innerText()).toMatch(/^sub/)
    await expect.poll(() => pointedIn(page, ".byte-view")).toContain('"sub": "ada"')
  })

  test("proves what it promises: program, policy, silence, and the examples of the standards", async () => {
    const page = await open({ artefact })
    await page.keyboard.press("Alt+Shift+6")
    const about = page.getByRole("dialog", { name: "About this page" })
    expect(await about.innerText()).toMatch(/version \d+\.\d+\.\d+/)
    await about.getByRole("button", { name: "Look now" }).click()
    await about.locator("[data-result]").first().waitFor()
    const results = await about.locator("[data-result]").all()
    expect(await Promise.all(results.map((one) => one.getAttribute("data-result")))).toEqual(["pass", "pass", "pass"])
    const text = await about.innerText()
    expect(text).toContain("is the one that the policy allows")
    expect(text).toMatch(/Requests since the page was loaded\s+None/)
    expect(text).toContain("connect-src 'none'")
    const [hash] = /sha256-[\w+/=]+/.exec(text) ?? []
    expect(await page.locator("meta[http-equiv]").getAttribute("content")).toContain(`'${hash}'`)
    await page.keyboard.press("Escape")
    expect(await page.getByRole("dialog").count()).toBe(0)
  })
})

describe("for everyone", () => {
  test("one region says what the verdicts are once they stand still; the five keep their names", async () => {
    const page = await open({ at: NOW })
    await give(page, TOKEN, SECRET)
    const said = page.locator("#announcer").filter({ hasText: /^Genuine\. Structure: passes\..*Key trust: passes/i })
    await said.waitFor({ state: "attached" })
    expect(await page.locator("#announcer").getAttribute("aria-live")).toBe("polite")
    for (const name of ["Structure", "Signature", "Time", "Claims policy", "Key trust"] as const)
      expect(await verdict(page, name).getAttribute("aria-live")).toBe("off")
  })

  test("the same region says what is wrong with a draft, and nothing of the token's own text", async () => {
    const page = await open({ at: NOW })
    const said = (text: RegExp) => page.locator("#announcer").filter({ hasText: text }).waitFor({ state: "attached" })
    await give(page, TOKEN.slice(0, 30))
    await page.locator("#draft-header-problem").filter({ hasText: "Line 1" }).waitFor()
    await said(/^A part of a token/)
    await give(page, TOKEN)
    await page.getByRole("textbox", { name: "Payload", exact: true }).fill('{"a":')
    await said(/^Line 1, column 6: /)
    expect(await page.locator('[aria-live="polite"]').count()).toBe(1)
  })

  test("what is looked for first stands in four lines, and says no more than the token", async () => {
    const page = await open({ at: NOW })
    const lines = () => page.locator(".gist dl").innerText()
    await give(
      page,
      encode({ ...CLAIMS, iss: "https://a.example", aud: ["b", "c\u202ed"] }, SECRET, { algorithm: "HS256" }),
    )
    await expect
      .poll(lines)
      .toMatch(/^Issuer\s+https:\/\/a.example\s+Subject\s+ada\s+Audience\s+\["b","c.+d"\]\s+Expires\s+in 1 minute$/)
    expect(await lines()).not.toContain("\u202e")
    await page.locator("#token").fill(`e30.${Buffer.from('{"exp":"soon"}').toString("base64url")}.AA`)
    await expect.poll(lines).toMatch(/^Expires\s+soon$/)
    await page.locator("#token").fill(encode({ a: 1 }, SECRET, { algorithm: "HS256" }))
    await page.locator(".gist").waitFor({ state: "detached" })
  })

  test("the end of a long token can be clicked at, as its beginning can", async () => {
    const page = await open({ at: NOW })
    await give(page, encode({ text: "x".repeat(3000) }, SECRET, { algorithm: "HS256" }))
    const under = (top: number) =>
      page.evaluate((from) => {
        const sheet = document.querySelector(".token .sheet")
        sheet?.scrollTo(0, from)
        const { left, bottom, height } = sheet?.getBoundingClientRect() ?? new DOMRect()
        return [height < (sheet?.scrollHeight ?? 0), document.elementFromPoint(left + 30, bottom - 30)?.id]
      }, top)
    expect(await under(0)).toEqual([true, "token"])
    expect(await under(10_000)).toEqual([true, "token"])
  })

  test("presenters show large type, and neither signature nor people nor keys", async () => {
    const page = await open({ at: NOW })
    await give(page, TOKEN, SECRET)
    const sizes = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
    const before = await sizes()
    const masked = (selector: string) =>
      page.evaluate(
        (place) =>
          getComputedStyle(document.querySelector(place) ?? document.body).getPropertyValue("-webkit-text-security"),
        selector,
      )
    const places = [".sheet-layer", "#token", "#key", "tr[data-personal] .value", "dd[data-personal] .value"]
    expect(await Promise.all(places.map(masked))).toEqual(places.map(() => "none"))
    await page.getByRole("button", { name: "Presenter mode" }).click()
    expect(await sizes()).toBeGreaterThan(before)
    expect(await Promise.all(places.map(masked))).toEqual(places.map(() => "disc"))
    expect(await masked("tr:not([data-personal]) .value")).toBe("none")
    await page.keyboard.press("Alt+Shift+5")
    expect(await sizes()).toBe(before)
  })

  test("nothing moves where the system or the user wants none of it, and the page remembers", async () => {
    const page = await open({ at: NOW })
    const moves = async () => {
      await give(page, TOKEN, SECRET)
      await expectVerdicts(page, { Signature: "pass" })
      return page.evaluate(() => {
        const styles = [".verdict .mark", ".headline"].map((place) =>
          getComputedStyle(document.querySelector(place) ?? document.body),
        )
        return [styles[0]?.animationDuration, styles[1]?.transitionDuration]
      })
    }
    expect(await moves()).toEqual(["0.22s", "0.16s"])
    await page.emulateMedia({ reducedMotion: "reduce" })
    expect(await moves()).toEqual(["0s", "0s"])
    await page.emulateMedia({ reducedMotion: null })
    await page.keyboard.press("Alt+Shift+6")
    await page.getByRole("checkbox", { name: "Let nothing move" }).check()
    await page.keyboard.press("Escape")
    expect(await moves()).toEqual(["0s", "0s"])
    await page.reload()
    expect(await moves()).toEqual(["0s", "0s"])
  })

  test("all of it works by keyboard: shortcuts, the window and back to where one was", async () => {
    const page = await open({ at: NOW })
    await page.keyboard.press("Alt+Shift+1")
    await page.keyboard.insertText(TOKEN)
    await page.keyboard.press("Alt+Shift+2")
    await page.keyboard.insertText(SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await page.keyboard.press("Alt+Shift+3")
    const focused = () => page.evaluate(() => document.activeElement?.id)
    expect(await focused()).toBe("verdict-title")
    await page.keyboard.press("Alt+Shift+2")
    await page.keyboard.press("Alt+Shift+4")
    await page.getByRole("dialog", { name: "Share the token" }).waitFor()
    await page.keyboard.press("Alt+Shift+1")
    expect(await focused()).not.toBe("token")
    await page.keyboard.press("Escape")
    expect(await focused()).toBe("key")
    expect(await page.getByRole("textbox", { name: "Key" }).inputValue()).toBe(SECRET)
  })

  test.each([
    { language: "en", colorScheme: "dark" },
    { language: "zh-Hant", colorScheme: "light" },
  ] as const)(
    "windows and bytes are sound at 320 pixels ($language, $colorScheme)",
    async ({ language, colorScheme }) => {
      // 320 pixels wide: what 1280 are at 400 %.
      const page = await open({
        at: NOW,
        colorScheme,
        fragment: `#lang=${language}&sealed=x&publicKey=y`,
        viewport: { width: 320, height: 256 },
      })
      await page.locator("#token").fill(TOKEN)
      await page.locator(".byte-view summary").click()
      for (const keys of ["Escape", "Alt+Shift+4", "Alt+Shift+6"]) {
        await page.keyboard.press(keys)
        if (keys.endsWith("6")) await page.locator("dialog .button-strong").click()
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
        await page.keyboard.press("Escape")
      }
      for (const form of ["pretty", "hex"]) {
        await page.locator(".bytes-choice select").filter({ hasText: "JSON" }).selectOption(form)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
        expect(await violations(page)).toEqual([])
      }
    },
  )
})
