/** What nobody else may get to see: in a redacted token, on a wall, and after everything was forgotten. */

import { encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { expectVerdicts, give, headline, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const pair = Jwk.generate("ES256")

function part(content: unknown): string {
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64url")
}

/** A token that no one signed. */
function token(payload: unknown, header: unknown = { alg: "ES256" }): string {
  return `${part(header)}.${part(payload)}.AAAA`
}

/** What the window shares of a token unless something else is chosen. */
async function redacted(page: Page, text: string): Promise<string[]> {
  await give(page, text)
  await page.getByRole("button", { name: "Share" }).click()
  const shared = await page.getByRole("textbox", { name: "Alone" }).inputValue()
  await page.keyboard.press("Escape")
  return shared.split(".").map((one) => Buffer.from(one, "base64url").toString())
}

describe("a redacted token", () => {
  test("names nobody, however deep a name stands, and holds no private key", async () => {
    const page = await open({ at: NOW })
    const claims = {
      act: { sub: "grace" },
      list: [{ email: "ada@example.com" }],
      "cognito:username": "ada",
      cnf: { jwk: pair.toPrivateJSON() },
      email_verified: true,
      scope: "read",
    }
    const [header, payload] = await redacted(
      page,
      token(claims, { alg: "ES256", sub: "ada", jwk: pair.toPrivateJSON() }),
    )
    expect(JSON.parse(header ?? "")).toEqual({ alg: "ES256", sub: "…", jwk: "…" })
    const masked = { act: "…", list: "…", "cognito:username": "…", cnf: "…" }
    expect(JSON.parse(payload ?? "")).toEqual({ ...masked, email_verified: true, scope: "read" })
  })

  test("holds nothing of what cannot be read to its end", async () => {
    const page = await open({ at: NOW })
    const broken = ['{"iss":"x","email":"ada@exam', '{"iss":"x" "email":"ada@example.com"}', '{"a":1}{"sub":"ada"}']
    for (const text of broken) expect(await redacted(page, token(text))).toEqual(['{"alg":"ES256"}', "", ""])
  })
})

/** What of these words can be read on the screen. */
function readable(page: Page, wanted: readonly string[]): Promise<string[]> {
  return page.evaluate((all) => {
    for (const fold of document.querySelectorAll("details")) fold.open = true
    const isOpen = (one: Element | null) =>
      one?.checkVisibility() === true && getComputedStyle(one).getPropertyValue("-webkit-text-security") === "none"
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    let shown = ""
    while (texts.nextNode()) if (isOpen(texts.currentNode.parentElement)) shown += texts.currentNode.textContent
    for (const box of document.querySelectorAll<HTMLInputElement>("input:not([type=password]), textarea"))
      if (isOpen(box)) shown += box.value
    return all.filter((one) => shown.includes(one))
  }, wanted)
}

test("on a wall there are neither people nor what opens something", async () => {
  const page = await open({ at: NOW, fragment: "#sealed=a.b.c.d.e" })
  const presenter = page.getByRole("button", { name: "Presenter mode" })
  /** Shown, and no longer shown to an audience. */
  const hides = async (text: string, words: readonly string[]) => {
    await give(page, text)
    await expect.poll(() => readable(page, words)).toEqual(words)
    await presenter.click()
    expect(await readable(page, words)).toEqual([])
    await presenter.click()
  }
  await page.getByRole("textbox", { name: /Passphrase/ }).fill("words for the seal")
  const { d = "" } = pair.toPrivateJSON()
  await hides(token({ act: { sub: "grace" }, user_metadata: { phone: "0912" } }), [
    "grace",
    "0912",
    "words for the seal",
  ])
  await hides(token({ cnf: { jwk: pair.toPrivateJSON() } }), [String(d)])
  await hides(JSON.stringify(pair.toPrivateJSON()), [String(d)])
  await hides(token("Ada says hello"), ["Ada says hello"])
  await page.getByRole("textbox", { name: "Subject" }).fill("ada-the-first")
  await hides(token({ iss: "x" }), ["ada-the-first"])
  await hides(`${token({ _sd: ["AAAA"] })}~${part(["salt", "given_name", "Augusta"])}~`, ["Augusta"])
  await hides(`{"id_token":"${token({ a: 1 })}","access_token":"${token({ b: 1 })}"}`, ["….AAAA".slice(1)])
})

describe("after everything was forgotten", () => {
  test("nothing is left in any box, nor can it be had back", async () => {
    const page = await open({ at: NOW, fragment: "#sealed=a.b.c.d.e" })
    await page.getByRole("textbox", { name: /Passphrase/ }).fill("words for the seal")
    const buffer = Buffer.alloc(1_048_577)
    await page.locator(".key input[type=file]").setInputFiles({ name: "ada.pem", mimeType: "text/plain", buffer })
    await page.locator(".key .chip").filter({ hasText: "ada.pem" }).waitFor()
    await give(page, encode({ sub: "ada" }, SECRET, { algorithm: "HS256" }), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await page.getByRole("button", { name: "Forget everything" }).click()
    await page.evaluate(() => {
      location.hash = "#sealed=f.g.h.i.j"
    })
    await page.getByRole("textbox", { name: /Passphrase/ }).waitFor()
    for (const box of await page.getByRole("textbox").all()) {
      await box.focus()
      await page.keyboard.press("Control+z")
      expect(await box.inputValue()).toBe("")
    }
    expect(await page.locator(".key .chip").count()).toBe(0)
  })

  test("nothing arrives that was on its way", async () => {
    const page = await open({ at: NOW })
    const [forget, encrypt] = ["Forget everything", "Encrypt"].map((name) => page.getByRole("button", { name }))
    const [payload, key] = ["Payload", "Key"].map((name) => page.getByRole("textbox", { name, exact: true }))
    const seen = await followBoxes(page)
    for (const text of ['{"sub":"ada"}', '{"sub":"grace"}']) {
      await forget?.click()
      await key?.fill(SECRET)
      await payload?.fill(text)
      // It takes longer than to forget.
      await page.getByRole("spinbutton").fill("900000")
      await encrypt?.click()
    }
    // What is asked for later comes later.
    await page.locator('.inside[data-state="opened"]').waitFor()
    expect(await seen(/^eyJ/)).toBe(1)
    await page.evaluate(() => {
      const named = (name: string) => [...document.querySelectorAll("button")].find((one) => one.textContent === name)
      for (const name of ["Generate key", "Forget everything", "Generate key"]) named(name)?.click()
    })
    await page.locator(".key .key-facts").filter({ hasText: "P-256" }).waitFor()
    expect(await page.getByRole("button", { name: "Put the former one back" }).count()).toBe(0)
  })
})

/** Looks at the boxes of token and key at every change, and says how many texts of a kind stood there. */
async function followBoxes(page: Page): Promise<(kind: RegExp) => Promise<number>> {
  await page.evaluate(() => {
    const seen = new Set<string>()
    Object.assign(globalThis, { seen })
    const look = () => {
      for (const box of document.querySelectorAll<HTMLTextAreaElement>("#token, #key")) seen.add(box.value)
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
  })
  return (kind) =>
    page.evaluate(
      (source) =>
        [...(Reflect.get(globalThis, "seen") as Set<string>)].filter((one) => new RegExp(source).test(one)).length,
      kind.source,
    )
}

describe("a link", () => {
  test("vouches for no half of its key either, and going to the token leaves what is said of it", async () => {
    const parameters = new URLSearchParams({
      lang: "en",
      token: encode({ iss: "x", exp: NOW + 60 }, pair, { now: NOW }),
      publicKey: JSON.stringify(pair.toPrivateJSON()),
    })
    const page = await open({ at: NOW, fragment: `#${parameters}` })
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    await page.getByRole("button", { name: "Keep only the public half" }).click()
    await expect.poll(() => page.getByRole("textbox", { name: "Key", exact: true }).inputValue()).not.toContain('"d"')
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    await expect.poll(() => headline(page)).toBe("self_signed")
    await page.locator(".skip").press("Enter")
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("token")
    expect(new URL(page.url()).hash).toBe("#lang=en")
    expect(await page.locator('[data-notice="key"]').count()).toBe(1)
  })

  test("with a token before the # is cleaned under whatever name", async () => {
    for (const query of [`?jwt=${token({ a: 1 })}`, `?${token({ a: 1 })}`]) {
      const page = await open({ at: NOW, fragment: query })
      await page.locator('[data-notice="query"]').waitFor()
      expect(page.url()).not.toContain("?")
    }
  })

  test("is said to lead nowhere else where the page is one of this machine", async () => {
    const page = await open({ at: NOW, artefact: "file" })
    await give(
      page,
      encryptJwe("{}", SECRET, { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM", pbes2Count: 1000 }),
    )
    await page.getByRole("button", { name: "Share" }).click()
    await page.locator("dialog .note").filter({ hasText: "this machine" }).waitFor()
  })
})

test("letters that turn around are seen in the names of tokens, too", async () => {
  const page = await open({ at: NOW })
  await give(page, `{"access\u202e":"${token({ a: 1 })}","id":"${token({ b: 1 })}"}`)
  expect(await page.locator(".choice").innerText()).not.toContain("\u202e")
})

test("a folder in place of a key is refused in words", async () => {
  const page = await open({ at: NOW })
  await give(page, "", "old")
  await page.evaluate(() => {
    // What a browser hands over for a folder cannot be read.
    const folder = new File([], "keys")
    folder.arrayBuffer = () => Promise.reject(new DOMException("", "NotFoundError"))
    const files = { files: [folder], types: ["Files"] }
    const drop = Object.assign(new Event("drop", { bubbles: true, cancelable: true }), { dataTransfer: files })
    document.querySelector(".key")?.dispatchEvent(drop)
  })
  await page.locator(".key .chip").filter({ hasText: "cannot be read" }).waitFor()
  expect(await page.getByRole("textbox", { name: "Key", exact: true }).inputValue()).toBe("old")
})
