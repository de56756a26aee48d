/** What nobody else may get to see: in a redacted token, and on a wall. */

import { Jwk } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { give, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
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
  await hides(`${token({ _sd: ["AAAA"] })}~${part(["salt", "given_name", "Augusta"])}~`, ["Augusta"])
  await hides(`{"id_token":"${token({ a: 1 })}","access_token":"${token({ b: 1 })}"}`, ["….AAAA".slice(1)])
})
