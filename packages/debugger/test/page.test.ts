/** The page itself: what it shows, in which language and look, what it remembers, and who can use it. */

import { readFileSync } from "node:fs"
import { encode } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { expectVerdicts, give, headline, open, takeTroubles, test, violations } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"

/** A token signed with SECRET. */
function token(claims: object, header: Record<string, unknown> = {}): string {
  return encode(claims, SECRET, { algorithm: "HS256", header })
}

/** A token with a payload that no library makes. */
function unsigned(payload: string): string {
  return `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(payload).toString("base64url")}.AAAA`
}

/** The texts of a row of the claims. */
function rowOf(page: Page, name: string): Promise<string> {
  const table = page.getByRole("table", { name: "Claims" })
  return table.getByRole("row", { name: new RegExp(`^${name} `) }).innerText()
}

describe("claims", () => {
  test("have a name, a value, a meaning and the document that defines them", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iss: "https://issuer.example", mine: [1, 2] }, { kid: "k-1" }))
    expect(await rowOf(page, "iss")).toMatch(/https:\/\/issuer\.example.*Issuer.*RFC 7519/s)
    expect(await rowOf(page, "mine")).toMatch(/\[1,2\].*between issuer and reader/s)
    expect(await page.getByRole("table", { name: "Header parameters" }).innerText()).toMatch(/kid.*k-1.*Key id/s)
  })

  test("that are times say how far from now, here and in UTC", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ exp: NOW - 3 * 3600 }))
    const row = await rowOf(page, "exp")
    expect(row).toContain("3 hours ago")
    expect(row).toContain("2023-11-14T19:13:20Z")
    expect(row).toContain("Nov 15, 2023, 3:13:20")
  })

  test("that count milliseconds are explained", async () => {
    const page = await open({ at: NOW })
    await give(page, unsigned(`{"exp":${(NOW + 60) * 1000}}`))
    expect(await rowOf(page, "exp")).toContain("milliseconds; seconds are due")
  })

  test("keep the digits of numbers, and both of two members with one name", async () => {
    const page = await open({ at: NOW })
    await give(page, unsigned('{"n":12345678901234567890,"a":1,"a":2}'))
    const table = await page.getByRole("table", { name: "Claims" }).innerText()
    expect(table).toContain("12345678901234567890")
    expect(table.match(/^a$/gm)).toHaveLength(2)
    expect(table).toContain("written twice")
  })

  test("are text, whatever they say", async () => {
    const page = await open({ at: NOW })
    const hostile = {
      iss: "javascript:alert(1)",
      name: "</script><img src=x onerror=alert(1)><h1>Genuine</h1>",
      picture: "https://attacker.example/pixel.png",
      "<b>": "\u202Edesrever\u200B",
    }
    const json = JSON.stringify(hostile).replace("}", ',"__proto__":{"polluted":true}}')
    await give(page, unsigned(json))
    const table = page.getByRole("table", { name: "Claims" })
    const text = await table.innerText()
    expect(text).toContain("<img src=x onerror=alert(1)>")
    expect(text).toContain("\\u202edesrever\\u200b")
    expect(text).toContain("__proto__")
    expect(await table.locator("img, h1, b, script").count()).toBe(0)
    const links = await table.locator("a").all()
    const targets = await Promise.all(links.map((link) => link.getAttribute("href")))
    expect(targets.filter((target) => target?.includes("attacker") || target?.startsWith("javascript"))).toEqual([])
  })
})

describe("the page", () => {
  test("speaks the browser's language, another when asked, and remembers it", async () => {
    const page = await open({ locale: "zh-TW" })
    await page.getByRole("textbox", { name: "權杖" }).waitFor()
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hant-TW")
    await page.getByRole("combobox", { name: "語言" }).selectOption("en")
    await page.getByRole("textbox", { name: "Token" }).waitFor()
    expect(await page.title()).toContain("token debugger")
    await page.reload()
    await page.getByRole("textbox", { name: "Token" }).waitFor()
  })

  test("speaks the language of the link, which stays in the address", async () => {
    const page = await open({ fragment: "#lang=zh-Hant" })
    await page.getByRole("combobox", { name: "語言" }).selectOption("en")
    expect(page.url()).toMatch(/#lang=en$/)
  })

  test("keeps the token when the language changes, and translates findings and claims", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iss: "x" }), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await page.getByRole("combobox", { name: "Language" }).selectOption("zh-Hant-TW")
    const claims = await page.getByRole("table", { name: "宣告" }).innerText()
    expect(claims).toContain("簽發者")
    expect(await page.getByRole("status", { name: "簽章" }).innerText()).toContain("通過")
  })

  test("is light or dark as the system is, or as it is told, and remembers", async () => {
    const page = await open({ colorScheme: "dark" })
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const dark = await ground()
    await page.getByRole("combobox", { name: "Theme" }).selectOption("light")
    const light = await ground()
    expect(light).not.toBe(dark)
    await page.reload()
    expect(await ground()).toBe(light)
    await page.getByRole("combobox", { name: "Theme" }).selectOption("system")
    expect(await ground()).toBe(dark)
  })

  test("takes a token from the link, and leaves nothing of it in the address", async () => {
    const page = await open({ fragment: `#id_token=${token({ iss: "linked" })}&state=1` })
    expect(await rowOf(page, "iss")).toContain("linked")
    expect(page.url()).not.toContain("#")
  })

  test("stores language and theme, and nothing of what was pasted", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iss: "x" }), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await page.getByRole("combobox", { name: "Theme" }).selectOption("dark")
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie)
    expect(JSON.parse(stored)).toEqual({ "jot-debugger": '{"language":"en","theme":"dark"}' })
  })

  test("forgets everything when it is told to", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iss: "x" }), SECRET)
    await page.getByRole("combobox", { name: "Theme" }).selectOption("dark")
    await page.getByRole("button", { name: "Forget everything" }).click()
    expect(await page.getByRole("textbox", { name: "Token" }).inputValue()).toBe("")
    expect(await page.getByRole("textbox", { name: "Key" }).inputValue()).toBe("")
    expect(await page.getByRole("table", { name: "Claims" }).count()).toBe(0)
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
    const all = await page.evaluate(() => document.documentElement.outerHTML)
    expect(all).not.toContain(SECRET)
  })

  test.each([
    { locale: "en", says: "plain HTTP", reason: "this runtime lacks the algorithm" },
    { locale: "zh-TW", says: "未加密的 HTTP", reason: "不支援該演算法" },
  ])("that came over plain HTTP says that it can only read ($locale)", async ({ locale, says, reason }) => {
    const page = await open({ locale })
    const body = readFileSync(new URL("../dist/site/index.html", import.meta.url), "utf8")
    await page.route("http://intranet.test/", (route) => route.fulfill({ contentType: "text/html", body }))
    await page.goto("http://intranet.test/")
    expect(takeTroubles()).toEqual(["request: http://intranet.test/"])
    expect(await page.locator('[data-notice="insecure"]').innerText()).toContain(says)
    await page.locator("#token").fill(token({ iss: "https://issuer.example" }))
    await page.locator("#key").fill(SECRET)
    await page.locator('.verdict[data-status="cannot_check"]').filter({ hasText: reason }).waitFor()
    expect(await page.locator("table").first().innerText()).toContain("https://issuer.example")
    await expect.poll(() => headline(page)).toBe("impossible")
    for (const button of await page.locator(".tools .button-strong, .tools .act .button").all()) await button.click()
    await page.locator(".footer button").click()
    await page.locator("dialog .button-strong").click()
    await page.locator('[data-result="cannot_check"]').first().waitFor()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+Shift+Digit4")
    await page.locator("dialog .choice label >> nth=1").click()
    await page.locator("dialog .chip").filter({ hasText: "jot encrypt" }).waitFor()
    await page.keyboard.press("Escape")
    await page.locator(".preferences button:not([aria-pressed])").click()
    expect(await page.locator('[data-notice="insecure"]').isVisible()).toBe(true)
  })

  test("stays where it is when a file is dropped beside the key box", async () => {
    const page = await open()
    const prevented = await page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(["x"], "x.txt"))
      return ["dragover", "drop"].map((name) => {
        const event = new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true })
        document.querySelector("main")?.dispatchEvent(event)
        return event.defaultPrevented
      })
    })
    expect(prevented).toEqual([true, true])
  })

  test("refuses a text of more than a mebibyte, and stays usable", async () => {
    const page = await open({ at: NOW })
    await give(page, "a".repeat(1_048_577))
    await page.locator(".chip").filter({ hasText: "1048577" }).waitFor()
    expect(await page.getByRole("textbox", { name: "Token" }).inputValue()).toBe("")
    await give(page, token({ iss: "small" }))
    expect(await page.locator(".chip").count()).toBe(0)
    await give(page, `${"- ".repeat(524_289)}${token({ iss: "insisted" })}`)
    await page.getByRole("button", { name: "Read it all the same" }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("token-title")
    expect(await rowOf(page, "iss")).toContain("insisted")
    // To lay out all of it would take the browser seconds.
    expect((await page.getByRole("textbox", { name: "Token" }).inputValue()).length).toBe(4000)
    await page.locator(".chip").filter({ hasText: "only the beginning" }).waitFor()
    await give(page, token({ iss: "small" }))
    expect(await rowOf(page, "iss")).toContain("small")
  })

  test("can be used by keyboard alone, in the order in which it reads", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iss: "x" }), "another secret")
    await expectVerdicts(page, { Signature: "fail" })
    const reached: string[] = []
    await page.locator(".skip").focus()
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab")
      reached.push(
        await page.evaluate(() => {
          const { activeElement: element } = document
          const label = (element as HTMLInputElement | null)?.labels?.[0]
          return (label ?? element)?.textContent?.trim().slice(0, 20) ?? ""
        }),
      )
    }
    const order = [
      "Forget everything",
      "Presenter mode",
      "Share",
      "Clear",
      "Token",
      "Why invalid?",
      "Clear the key",
      "Key",
    ]
    expect(reached.filter((name) => order.includes(name))).toEqual(order)
    expect(reached.some((name) => name.startsWith("Algorithm"))).toBe(true)
  })

  test("shows the token in the system's colours where those are forced", async () => {
    const page = await open({ at: NOW })
    await page.emulateMedia({ forcedColors: "active" })
    await give(page, token({ iss: "x" }))
    const color = await page.evaluate(() => getComputedStyle(document.getElementById("token") as HTMLElement).color)
    expect(color).not.toBe("rgba(0, 0, 0, 0)")
    const layers = await page.locator(".sheet-layer").all()
    expect(await Promise.all(layers.map((layer) => layer.isVisible()))).toEqual([false, false, false])
  })

  test("does not move where motion is unwelcome", async () => {
    const page = await open({ at: NOW })
    await page.emulateMedia({ reducedMotion: "reduce" })
    await give(page, token({ iss: "x" }), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    const durations = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(({ playState }) => playState === "running")
        .map(({ effect }) => Number(effect?.getTiming().duration))
        .filter((duration) => duration > 1),
    )
    expect(durations).toEqual([])
  })

  test("needs no sideways scrolling at 320 pixels", async () => {
    const page = await open({ at: NOW, viewport: { width: 320, height: 640 } })
    await give(page, token({ iss: "https://issuer.example/".repeat(20), ["x".repeat(300)]: 1 }), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })

  test("shows an example that is genuine", async () => {
    const page = await open()
    await page.getByRole("button", { name: "Show an example" }).click()
    await expectVerdicts(page, { Structure: "pass", Signature: "pass", Time: "pass", "Key trust": "pass" })
  })

  test("cannot send anything, and the guard of these tests sees it try", async () => {
    const page = await open()
    const sent = await page.evaluate(() =>
      fetch("https://attacker.example/").then(
        () => true,
        () => false,
      ),
    )
    expect(sent).toBe(false)
    await expect.poll(() => takeTroubles().join()).toContain("attacker.example")
  })

  test("is told by its policy to send nothing and to run nothing but itself", async () => {
    const page = await open({ artefact: "site" })
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content")
    for (const rule of [
      "default-src 'none'",
      "connect-src 'none'",
      "img-src data:",
      "form-action 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(rule)
    expect(policy).toMatch(/script-src (?:'sha256-[\w+/=]+' ?)+;/)
    expect(policy).toMatch(/style-src 'sha256-[\w+/=]+';/)
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toContain("worker-src blob: 'self';")
    expect(policy).toMatch(/; trusted-types worker service-worker$/)
  })

  test("lets no program run beside it but its own", async () => {
    const page = await open({ artefact: "file" })
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content")
    expect(policy).toMatch(/; worker-src blob:;.*; trusted-types worker$/)
    const refused = await page.evaluate(() => {
      const url = URL.createObjectURL(new Blob(["postMessage(1)"], { type: "text/javascript" }))
      const { trustedTypes } = globalThis as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): void }
      }
      const attempts = [
        () => new Worker(url),
        () => trustedTypes.createPolicy("another", { createScriptURL: () => url }),
      ]
      return attempts.map((attempt) => {
        try {
          attempt()
          return ""
        } catch (error) {
          return String(error)
        }
      })
    })
    expect(refused).toEqual([expect.stringContaining("TrustedScriptURL"), expect.stringContaining("another")])
    expect(takeTroubles().length).toBe(2)
  })
})

describe.each(["light", "dark"] as const)("in the %s theme", (colorScheme) => {
  test.each(["en", "zh-Hant"])("axe finds nothing wrong, in %s", async (language) => {
    const page = await open({ at: NOW, colorScheme, fragment: `#lang=${language}` })
    const states = [
      ["", ""],
      [token({ iss: "x", exp: NOW + 60, iat: NOW - 60 }), SECRET],
      [token({ iss: "x", exp: NOW - 60, email: "ada@example.com" }), SECRET],
      [token({ iss: "x" }), "another secret"],
      ["Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA.!", ""],
    ] as const
    for (const [text, key] of states) {
      await page.locator("#token").fill(text)
      await page.locator("#key").fill(key)
      await page.locator('.verdicts:not([data-headline="checking"])').waitFor()
      expect(await violations(page)).toEqual([])
    }
  })
})
