/** For everyone: the whole way by keyboard, what is heard, forced colours, 400 %, and no network at all. */

import { fileURLToPath } from "node:url"
import { servePage } from "@jotkit/debugger/server"
import axe from "axe-core"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, expectVerdicts, give, open, test, violations } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const TOKEN: string = encode({ iss: "x", iat: NOW, exp: NOW + 60 }, SECRET, { algorithm: "HS256" })
const ARTEFACTS: readonly Artefact[] = ["site", "file"]

/** What has the focus, and why one could not see that it has. */
interface Focus {
  readonly id: string
  readonly name: string
  readonly hidden: string
}

function focus(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body) return { id: "", name: "", hidden: "" }
    // Files are chosen by their label; the box itself is not drawn.
    const label = (element as HTMLInputElement).labels?.[0]
    const isFile = label?.contains(element) === true && element.matches("[type=file]")
    // Where colours lie behind a text, the ring is around both.
    const drawn = isFile ? label : (element.closest<HTMLElement>(".sheet") ?? element)
    const { outlineStyle, boxShadow } = getComputedStyle(drawn)
    const { left, top, right, bottom, width } = drawn.getBoundingClientRect()
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2
    const above = document.elementFromPoint(x, y)
    const hidden = [
      outlineStyle === "none" && boxShadow === "none" && "has no ring",
      (width === 0 || bottom <= 0 || top >= innerHeight) && "is out of sight",
      !drawn.contains(above) && above?.contains(drawn) !== true && `is under ${above?.outerHTML.slice(0, 80)}`,
    ]
    const name = element.getAttribute("aria-label") ?? (label ?? element).textContent ?? ""
    return { id: element.id, name: name.trim(), hidden: hidden.filter((one) => one !== false).join(", ") }
  })
}

/** Goes on with the tab key until something has the focus; wherever it stops, that can be seen. */
async function tabTo(page: Page, isThere: (at: Focus) => boolean): Promise<void> {
  for (let steps = 0; steps < 120; steps++) {
    await page.keyboard.press("Tab")
    const at = await focus(page)
    expect([at.name, at.hidden]).toEqual([at.name, ""])
    if (isThere(at)) return
  }
  throw new Error("the tab key does not get there")
}

describe.each(ARTEFACTS)("in the page as %s", (artefact) => {
  test("a token is pasted, verified, signed anew and shared by keyboard alone", async () => {
    const page = await open({ artefact, at: NOW })
    await page.keyboard.press("Tab")
    expect(await focus(page)).toMatchObject({ name: "Go to the token", hidden: "" })
    await page.keyboard.press("Enter")
    expect((await focus(page)).id).toBe("token")
    await page.keyboard.insertText(TOKEN)
    await tabTo(page, ({ id }) => id === "key")
    await page.keyboard.insertText(SECRET)
    await expectVerdicts(page, { Signature: "pass", Time: "pass" })
    await tabTo(page, ({ id }) => id === "draft-payload")
    await page.keyboard.press("Control+a")
    await page.keyboard.insertText('{"iss":"another"}')
    await tabTo(page, ({ name }) => name === "Sign")
    await page.keyboard.press("Enter")
    await expect.poll(() => page.locator("#token").inputValue()).not.toBe(TOKEN)
    await expectVerdicts(page, { Signature: "pass" })
    // Out of the page at its end, and in again at its beginning.
    await tabTo(page, ({ name }) => name === "Share")
    await page.keyboard.press("Enter")
    const dialog = page.getByRole("dialog", { name: "Share the token" })
    await dialog.waitFor()
    await tabTo(page, ({ name }) => name === "Link")
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "hidden" })
    expect(await focus(page)).toMatchObject({ name: "Share", hidden: "" })
    await tabTo(page, ({ name }) => name === "About this page")
    await page.keyboard.press("Enter")
    await page.getByRole("dialog", { name: "About this page" }).waitFor()
    await tabTo(page, ({ name }) => name === "Close")
    await page.keyboard.press("Enter")
    expect(await focus(page)).toMatchObject({ name: "About this page", hidden: "" })
  })

  test("nothing needs a network: tokens are read, verified and made without one, and after loading anew", async () => {
    const page = await open({ artefact, at: NOW, serviceWorkers: "allow" })
    if (artefact === "site")
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready
      })
    const elsewhere = await page.context().newPage()
    const { url, close } = await servePage({ folder: fileURLToPath(new URL("../dist/connected", import.meta.url)) })
    await elsewhere.goto(`${url}nothing`)
    await page.context().setOffline(true)
    await expect(elsewhere.goto(`${url}nothing`)).rejects.toThrow("ERR_INTERNET_DISCONNECTED")
    await close()
    for (let loads = 0; loads < 2; loads++) {
      await give(page, TOKEN, SECRET)
      await expectVerdicts(page, { Structure: "pass", Signature: "pass", Time: "pass" })
      await page.getByRole("button", { name: "Generate key" }).click()
      await expect.poll(() => page.locator("#key").inputValue()).toContain('"kty"')
      await page.getByRole("button", { name: "Sign" }).click()
      await expect.poll(() => page.locator("#token").inputValue()).not.toBe(TOKEN)
      await expectVerdicts(page, { Signature: "pass" })
      await page.reload()
    }
    expect(await page.getByRole("textbox", { name: "Token" }).inputValue()).toBe("")
  })
})

test("the tab key goes through all that can be used, and leaves the page", async () => {
  const page = await open({ at: NOW })
  await give(page, TOKEN, "another secret")
  await expectVerdicts(page, { Signature: "fail" })
  const all = await page.evaluate(() => {
    const found = document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")
    const usable = [...found].filter(
      (one) => !one.matches(":disabled") && one.checkVisibility({ visibilityProperty: true }),
    )
    for (const [index, one] of usable.entries()) one.dataset["stop"] = String(index)
    return usable.map((_, index) => String(index))
  })
  const reached: (string | undefined)[] = []
  await page.locator(".skip").focus()
  for (let steps = 0; steps < all.length; steps++) {
    reached.push(await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["stop"]))
    await page.keyboard.press("Tab")
  }
  expect(reached).toEqual(all)
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY")
})

/** Regions, and what is in them to be filled in, chosen or read, as a screen reader tells them. */
async function heard(page: Page): Promise<string> {
  const lines = (await page.locator("body").ariaSnapshot()).split("\n")
  const told =
    /^( *- (?:banner|main|contentinfo|dialog|region|status|textbox|combobox|table|slider|timer|list)(?: "[^"]*")?)/
  return lines.flatMap((line) => told.exec(line)?.[1] ?? []).join("\n")
}

test.each([["en"], ["zh-Hant"]])("what is heard in %s is what is written down", async (language) => {
  const page = await open({ at: NOW, fragment: `#lang=${language}` })
  await page.locator("#token").fill(TOKEN)
  await page.locator("#key").fill(SECRET)
  await page.locator('[data-headline="genuine"]').waitFor()
  await expect(`${await heard(page)}\n`).toMatchFileSnapshot(`heard/${language}.txt`)
})

test("each button, and whatever unfolds, is 24 pixels wide and high at least", async () => {
  const page = await open({ at: NOW })
  await give(page, TOKEN, SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  const small = await page.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true
    return [...document.querySelectorAll<HTMLElement>("button, summary, select, input[type=range]")].flatMap((one) => {
      const { width, height } = one.getBoundingClientRect()
      const isSmall = one.checkVisibility() && Math.min(width, height) < 24
      return isSmall ? `${one.className} ${one.tagName} ${one.textContent} ${width} ${height}` : []
    })
  })
  expect(small).toEqual([])
})

test("what a dark button says can be read also while it is pointed at, and while a key holds it down", async () => {
  const page = await open({ at: NOW })
  await page.emulateMedia({ reducedMotion: "reduce" })
  await give(page, TOKEN, "another secret")
  await page.getByRole("button", { name: "Presenter mode" }).click()
  expect(await violations(page)).toEqual([])
  await page.emulateMedia({ colorScheme: "dark" })
  await page.getByRole("button", { name: "Why invalid?" }).focus()
  await page.keyboard.down("Space")
  expect(await page.evaluate(() => document.querySelector(".button:active")?.textContent)).toBe("Why invalid?")
  expect(await violations(page)).toEqual([])
  await page.keyboard.up("Space")
})

test("on paper the page is light and the token whole, whatever is chosen", async () => {
  const page = await open({ at: NOW, viewport: { width: 1440, height: 900 } })
  await page.getByRole("combobox", { name: "Theme" }).selectOption("dark")
  await give(page, encode({ data: "x".repeat(5000) }, SECRET, { algorithm: "HS256" }), SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  const look = () =>
    page.evaluate(() => {
      const sheet = document.querySelector(".token .sheet")
      return [
        getComputedStyle(document.documentElement).colorScheme,
        sheet !== null && sheet.scrollHeight > sheet.clientHeight,
      ]
    })
  expect(await look()).toEqual(["dark", true])
  await page.emulateMedia({ media: "print" })
  expect(await look()).toEqual(["light", false])
})

test("no title stands under its buttons on a small desk, and fields leave no hole on a large one", async () => {
  const page = await open({ at: NOW, viewport: { width: 1000, height: 800 } })
  await give(page, TOKEN, SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  const covered = await page.evaluate(() =>
    [...document.querySelectorAll("h2 + .actions")].flatMap((actions) => {
      const title = document.createRange()
      title.selectNodeContents(actions.previousElementSibling ?? actions)
      const { right, bottom } = title.getBoundingClientRect()
      const boxes = [...actions.children].map((button) => button.getBoundingClientRect())
      return boxes.some(({ left, top }) => left < right + 8 && top < bottom) ? title.toString() : []
    }),
  )
  expect(covered).toEqual([])
  await give(page, "", "")
  await page.setViewportSize({ width: 1440, height: 900 })
  const uneven = await page.evaluate(() =>
    [...document.querySelectorAll(".fields")].flatMap((fields) => {
      const gap = fields.getBoundingClientRect().right - (fields.lastElementChild?.getBoundingClientRect().right ?? 0)
      return gap > 1 ? fields.textContent : []
    }),
  )
  expect(uneven).toEqual([])
})

test("a button that goes, or can do no more, leaves the focus in its place", async () => {
  const page = await open({ at: NOW })
  const press = async (name: string) => {
    await page.getByRole("button", { name, exact: true }).focus()
    await page.keyboard.press("Enter")
  }
  const at = async () => (({ id, name }) => id || name)(await focus(page))
  await give(page, TOKEN, SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  await press("Clear the key")
  await expect.poll(at).toBe("key")
  await page.locator("#draft-payload").fill("{}")
  await press("Undo")
  await expect.poll(() => page.getByRole("button", { name: "Undo" }).isDisabled()).toBe(true)
  expect(await at()).toBe("Undo")
  await press("Share")
  await page.locator("dialog label:nth-of-type(2) input[name=way]").check()
  await press("Seal it")
  await expect.poll(at).toBe("Link")
})

test("whatever else goes when it is pressed leaves the focus in its place, too", async () => {
  const claims = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`claim${index}`, "x".repeat(40)]))
  const many = encode({ ...claims, exp: NOW + 60 }, SECRET, { algorithm: "HS256" })
  const page = await open({ at: NOW, fragment: `?token=e30.e30#token=${many}&sealed=x` })
  const at = () =>
    page.evaluate(() => {
      const { activeElement: it } = document
      return it?.id || (it?.closest("tr") ?? it)?.textContent?.match(/^claim\d+|^Generate key$/)?.[0] || it?.className
    })
  const pressed = async (name: string | RegExp, within: Pick<Page, "getByRole"> = page) => {
    const button = within.getByRole("button", { name })
    await button.focus()
    await page.keyboard.press("Enter")
    await button.waitFor({ state: "detached" })
    return at()
  }
  expect(await pressed("Put away", page.locator(".seal"))).toBe("token-title")
  expect(await pressed("Put away")).toBe("token-title")
  expect(await pressed(/^Show all/)).toBe("claim99")
  await page.getByRole("button", { name: "Judge as of exp" }).press("Enter")
  expect(await pressed("Back to now")).toBe("verdict-title")
  await page.locator("#bytes-title").click()
  expect(await pressed(/^Show more/)).toBe("bytes-text")
  const key = Jwk.generate("ES256")
  await give(page, signJws(TOKEN, key, { algorithm: "ES256", header: { cty: "JWT" } }), key.toPrivatePem())
  expect(await pressed("Keep only the public half")).toBe("key-title")
  expect(await pressed("Look at it alone")).toBe("token-title")
  await page.getByRole("button", { name: "Generate key" }).press("Enter")
  expect(await pressed("Put the former one back")).toBe("Generate key")
  await give(page, "", key.toPrivatePem())
  await page.locator("#draft-header").fill('{"alg":"ES384"}')
  await page.locator("#draft-payload").fill("{}")
  expect(await pressed("Write ES256 into the header")).toBe("sign")
  const costly = Buffer.from('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":1200001}')
  await give(page, `${costly.toString("base64url")}.AAAA.AAAA.AAAA.AAAA`, "open sesame")
  expect(await pressed("Open it all the same")).toBe("verdict-title")
})

test("while an answer is awaited what stands below stays where it is, on a small screen, too", async () => {
  const page = await open({ at: NOW, viewport: { width: 320, height: 640 } })
  await give(page, `${TOKEN.slice(0, -1)}A`)
  await expectVerdicts(page, { Signature: "not_checked" })
  const seen = await page.evaluate(
    () =>
      new Promise<{ statuses: string[]; tops: number[] }>((resolve) => {
        const [statuses, tops] = [new Set<string>(), new Set<number>()]
        new MutationObserver(() => {
          const status = document.querySelector<HTMLElement>('[aria-label="Signature"]')?.dataset["status"] ?? ""
          statuses.add(status)
          for (const id of ["key-title", "weight-title"])
            tops.add(Math.round((document.getElementById(id)?.getBoundingClientRect().top ?? 0) + scrollY))
          if (statuses.has("none") && status !== "none") resolve({ statuses: [...statuses], tops: [...tops] })
        }).observe(document.body, { subtree: true, childList: true, attributes: true })
        const box = document.querySelector<HTMLTextAreaElement>("#token")
        if (box === null) return
        box.value = `${box.value.slice(0, -1)}E`
        box.dispatchEvent(new InputEvent("input", { bubbles: true }))
      }),
  )
  expect(seen.statuses).toContain("none")
  expect(seen.tops).toHaveLength(2)
})

test("in forced colours every text can be seen, nothing scrolls sideways at 400 %, and axe finds nothing", async () => {
  // 320 by 256 pixels: what 1280 by 1024 are at 400 %.
  const page = await open({ at: NOW, viewport: { width: 320, height: 256 } })
  await page.emulateMedia({ forcedColors: "active" })
  await give(page, TOKEN, "another secret")
  await expectVerdicts(page, { Signature: "fail" })
  const unseen = await page.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true
    const all = [...document.querySelectorAll<HTMLElement>("body *")].filter(
      (one) =>
        one.checkVisibility({ visibilityProperty: true }) &&
        [...one.childNodes].some((node) => node instanceof Text && node.data.trim() !== ""),
    )
    const transparent = /rgba\(.*, 0\)|transparent/
    return all.filter((one) => transparent.test(getComputedStyle(one).color)).map((one) => one.outerHTML.slice(0, 120))
  })
  expect(unseen).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map(({ finished }) => finished))
    const { axe: runner } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    // It takes the page's own colours for those that are forced.
    const { violations } = await runner.run({ rules: { "color-contrast": { enabled: false } } })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  })
  expect(found).toEqual([])
})

test("no box is corrected, completed or translated by the browser, and no link says where one comes from", async () => {
  const page = await open({ at: NOW, fragment: "#sealed=a.b.c.d.e" })
  const header = { x5c: ["x"] }
  const claims = { iss: "https://issuer.example", at_hash: "x", c_hash: "x", s_hash: "x", cnf: { jkt: "x" } }
  await give(page, encode(claims, SECRET, { algorithm: "HS256", header }), SECRET)
  await page.locator("#beside-title").waitFor()
  await page.getByRole("combobox", { name: "Write the key as" }).selectOption("jwk")
  await page.locator('[data-form="jwk"]').waitFor()
  const { boxes, links } = await page.evaluate(() => ({
    boxes: [
      ...document.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>(
        "textarea:read-write, input:read-write:not([type=number], [type=password])",
      ),
    ].map((box) => [box.id, box.spellcheck, box.translate, box.autocomplete] as const),
    links: [...document.querySelectorAll("a[target]")].map((link) => [
      link.getAttribute("rel"),
      link.getAttribute("href")?.includes("issuer.example"),
    ]),
  }))
  expect(boxes.length).toBeGreaterThan(10)
  expect(boxes.filter(([, ...helps]) => helps.join() !== "false,false,off")).toEqual([])
  expect(links.length).toBeGreaterThan(3)
  expect(links.filter((link) => link.join() !== "noreferrer noopener,false")).toEqual([])
})

test("a secret says how long it is and that its line break counts, in each encoding; a file is taken as its bytes", async () => {
  const page = await open({ at: NOW })
  const facts = (text: string) => page.locator(".key .summary").filter({ hasText: text }).waitFor()
  await page.locator("#key").fill("616263\n")
  await facts("7 bytes")
  await facts("The secret ends in a line break, which counts.")
  await page.getByRole("combobox", { name: "Secret encoding" }).selectOption("hex")
  await facts("3 bytes")
  await facts("24 bits")
  await page.getByRole("combobox", { name: "Secret encoding" }).selectOption("base64")
  await facts("4 bytes")
  await page.getByRole("combobox", { name: "Secret encoding" }).selectOption("utf8")
  const buffer = Buffer.alloc(32, "\0\xff\n\r", "latin1")
  await page.locator(".key input[type=file]").setInputFiles({ name: "raw.bin", mimeType: "", buffer })
  await facts("32 bytes")
  await give(page, encode({ iss: "x" }, new Uint8Array(buffer), { algorithm: "HS256" }))
  await expectVerdicts(page, { Signature: "pass" })
})
