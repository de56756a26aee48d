/**
 * The names by which programs and screen readers find the parts of the page. Whoever looks for "Sign" by a part of a name, in any case,
 * must find one button, whatever the page shows and whatever is unfolded: of each role there is never a second element whose name holds
 * one of these.
 */

import { createHash } from "node:crypto"
import { encode, encryptJwe, Jwk, JwkSet, signJws } from "jotkit"
import { describe, expect } from "vitest"
import { CERTIFICATE, CERTIFICATE_KEY, X5T } from "../../inspect/test/certificate-fixture.ts"
import type { Locator, Page } from "./browser.ts"
import { type Artefact, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const PASSWORD = {
  algorithm: "PBES2-HS256+A128KW",
  encryption: "A128GCM",
  pbes2Count: 1000,
  header: { cty: "JWT" },
} as const

/** Each name with its role, as it is in Traditional Chinese. */
const CONTRACT = {
  textbox: { Token: "權杖", Header: "標頭", Payload: "承載內容", Key: "金鑰" },
  combobox: { Algorithm: "演算法", Language: "語言", Theme: "主題" },
  status: { Structure: "結構", Signature: "簽章", Time: "時間", "Claims policy": "宣告政策", "Key trust": "金鑰信任" },
  table: { Claims: "宣告", "Header parameters": "標頭參數" },
  button: {
    "Generate key": "產生金鑰",
    Sign: "簽署",
    Encrypt: "加密",
    Share: "分享",
    "Why invalid?": "為何無效？",
    "Forget everything": "全部清除",
  },
}
/** Those that are there only where they have something to say or to do. */
type Occasional = keyof typeof CONTRACT.table | "Share" | "Why invalid?"
const OCCASIONAL: readonly string[] = ["Claims", "Header parameters", "Share", "Why invalid?"]
const READ = ["Claims", "Header parameters", "Share"] as const
const FORGED = [...READ, "Why invalid?"] as const

/** What a token may call its members to be taken for a part of the page. */
const MIMICS = Object.fromEntries(
  Object.values(CONTRACT)
    .flatMap((names) => Object.entries(names).flat())
    .map((name) => [name, name]),
)

function token(claims: object, header: Record<string, unknown> = {}): string {
  return encode(claims, SECRET, { algorithm: "HS256", header })
}

/** A page in one language, and what is wrong with the names in each state that it was brought to. */
class Stage {
  readonly faults: string[] = []
  readonly #page: Page
  readonly #language: "en" | "zh-Hant"

  constructor(page: Page, language: "en" | "zh-Hant") {
    this.#page = page
    this.#language = language
  }

  /** The part of that name. */
  named(role: keyof typeof CONTRACT, name: string): Locator {
    return this.#page.getByRole(role, { name: this.#word(role, name), exact: true })
  }

  /** Puts a token, and a key, into their boxes. */
  async give(text: string, key?: string): Promise<void> {
    await this.#page.locator("#token").fill(text)
    if (key !== undefined) await this.#page.locator("#key").fill(key)
    await this.#judged()
  }

  /** Unfolds whatever can be unfolded, and counts. */
  async look(state: string, ...due: readonly Occasional[]): Promise<void> {
    await this.#judged()
    await unfold(this.#page)
    const heard = await namesOf(this.#page)
    for (const [role, names] of Object.entries(CONTRACT) as [keyof typeof CONTRACT, object][]) // the names just written
      for (const name of Object.keys(names)) {
        const isDue = !OCCASIONAL.includes(name) || due.some((one) => one === name)
        const word = this.#word(role, name)
        const alike = heard.filter((one) => one.role === role && one.name.toLowerCase().includes(word.toLowerCase()))
        const isFound = alike.length === Number(isDue) && alike.every((one) => one.name === word)
        if (!isFound) this.faults.push(`${state}: ${role} ${name}: ${alike.map((one) => one.name).join(", ")}`)
      }
  }

  #judged(): Promise<void> {
    return this.#page.locator('.verdicts:not([data-headline="checking"])').waitFor()
  }

  #word(role: keyof typeof CONTRACT, name: string): string {
    const words: Readonly<Record<string, string>> = CONTRACT[role]
    return this.#language === "en" ? name : (words[name] ?? "")
  }
}

/** Opens every fold, also those that others hold. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (;;) {
      const folded = document.querySelectorAll<HTMLDetailsElement>("details:not([open])")
      if (folded.length === 0) return
      for (const one of folded) one.open = true
      for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
    }
  })
}

/** The roles and names of all that a screen reader finds. */
async function namesOf(page: Page): Promise<{ readonly role: string; readonly name: string }[]> {
  const lines = (await page.locator("body").ariaSnapshot()).split("\n")
  return lines.flatMap((line) => {
    const [, role = "", name = ""] = /^ *- '?(\w+)(?: "((?:[^"\\]|\\.)*)")?/.exec(line) ?? []
    return role === "" ? [] : { role, name }
  })
}

const CASES: readonly (readonly [artefact: Artefact, language: "en" | "zh-Hant"])[] = [
  ["site", "en"],
  ["file", "zh-Hant"],
]

describe.each(CASES)("in the page as %s, in %s, each name is that of one element", (artefact, language) => {
  async function stage(fragment = ""): Promise<readonly [page: Page, on: Stage]> {
    const page = await open({ artefact, at: NOW, fragment: `#lang=${language}${fragment}` })
    return [page, new Stage(page, language)]
  }

  test("while tokens are read", async () => {
    const [page, on] = await stage("&sealed=a.b.c.d.e&publicKey=x&code=y")
    await on.look("a link")
    await on.named("button", "Forget everything").click()
    await on.look("empty")
    await on.give(
      token({ ...MIMICS, iss: "https://signin.example/key", exp: NOW - 60 }, { ...MIMICS, kid: "Sign" }),
      "",
    )
    await page.locator(".command").first().waitFor()
    await on.look("without a key", ...READ)
    await on.give(token({ iss: "x", signed_at: 1, token: "key" }), SECRET)
    await page.locator('[data-headline="genuine"]').waitFor()
    await on.look("genuine", ...READ)
    await page.locator(".copy").first().click()
    await page.locator(".copy-done").waitFor()
    await on.look("copied", ...READ)
    await on.give(token({ iss: "x", iat: NOW - 60, exp: NOW - 30 }), "another secret")
    await page.locator('[data-headline="forged"]').waitFor()
    await on.look("forged", ...FORGED)
    await on.named("button", "Why invalid?").click()
    await page.locator(".tried").waitFor()
    await page.locator(".moment").first().click()
    await on.look("explained, as of another moment", ...FORGED)
    await on.give(`Bearer ${token({ iss: "x" }).slice(0, 40)}`)
    await on.look("broken", "Header parameters", "Share", "Why invalid?")
    await on.give(`{"access_token":"${token({ iss: "x" })}","id_token":"${token({ iss: "y" })}"}`)
    await page.locator(".choice").waitFor()
    await on.look("several", ...FORGED)
    await on.give(JSON.stringify(signJws('{"iss":"x"}', SECRET, { algorithm: "HS256", format: "flattened" })))
    await on.look("JSON", ...FORGED)
    await on.give("a".repeat(1_048_577))
    await on.look("too large", ...FORGED)
    expect(on.faults).toEqual([])
  })

  test("while keys, and what stands beside a token, are looked at", async () => {
    const [page, on] = await stage()
    const [pair, other] = [await Jwk.generateAsync("ES256", { keyId: "Sign" }), await Jwk.generateAsync("RS256")]
    await on.give(JSON.stringify(JwkSet.from([pair, other])), JSON.stringify({ keys: [pair.toPrivateJSON()] }))
    await page.locator('[data-headline="key"]').waitFor()
    await on.look("a set of keys")
    await on.give(JSON.stringify({ ...pair.toJSON(), Claims: 1 }), pair.toPrivatePem({ passphrase: "pw" }))
    await page.locator("#passphrase-hint").waitFor()
    await on.look("a key, and one with a passphrase")
    const disclosure = Buffer.from('["salt","Sign","Encrypt"]').toString("base64url")
    const hashes = { at_hash: "x", c_hash: "x", s_hash: "x", ath: "x", cnf: { jkt: "x" } }
    const claims = { ...hashes, iat: NOW, _sd: [createHash("sha256").update(disclosure).digest("base64url")] }
    const header = { x5t: X5T, x5c: [CERTIFICATE.replaceAll(/-----[A-Z ]+-----|\s/g, "")] }
    const signed = encode(claims, Jwk.fromPem(CERTIFICATE_KEY), { algorithm: "ES256", header })
    await on.give(`${signed}~${disclosure}~`, CERTIFICATE)
    for (const id of ["beside", "certificates", "disclosures"]) await page.locator(`#${id}-title`).waitFor()
    await page.locator("#policy-maxAge").fill("x")
    await page.locator("#policy-json").fill('{"isuer":1}')
    await on.look("all that stands beside", ...READ)
    await page.locator("#policy-json").fill('{"algorithms":["ES256","HS256"],"issuer":"Token"}')
    await page.keyboard.press("Alt+Shift+5")
    await on.look("a policy, to an audience", ...READ)
    await page.keyboard.press("Alt+Shift+6")
    await page.locator("dialog .button-strong").click()
    await page.locator("dialog [data-result]").first().waitFor()
    await on.look("about the page", ...READ)
    await page.keyboard.press("Escape")
    await on.named("button", "Share").click()
    await page.locator("input[name=way]").first().waitFor()
    for (const [way, choice] of (await page.locator("input[name=way]").all()).entries()) {
      await choice.check()
      await on.look(`sharing in way ${way}`, ...READ)
      const action = page.locator("dialog p > button")
      if ((await action.count()) > 0) await action.click()
      await page.locator("dialog .result").first().waitFor()
      await on.look(`shared in way ${way}`, ...READ)
    }
    expect(on.faults).toEqual([])
  })

  test("while tokens are made", async () => {
    const [page, on] = await stage()
    await on.named("button", "Sign").click()
    await page.locator('[data-code="key_missing"]').waitFor()
    await on.named("button", "Encrypt").click()
    await page.locator('[data-code="key"]').waitFor()
    await on.look("no key")
    await page.locator("#draft-payload").fill('{"iss":"x",}')
    await page.locator("#draft-header").fill('{"alg":"none"}')
    await page.locator("#key").fill("short")
    await page.locator('[data-code="header_alg"]').waitFor()
    await on.look("another algorithm")
    await page.locator('[data-code="header_alg"] button').click()
    await page.locator('[data-code="key_weak"]').waitFor()
    await on.look("a weak key")
    await page.locator(".check input").first().check()
    await page.locator("#draft-payload").fill('{"iss":"x"}')
    await on.named("button", "Sign").click()
    await page.locator('[data-state="test-only"]').waitFor()
    await on.look("for testing only", ...READ)
    await page.locator("option[value=typed] >> xpath=..").selectOption("typed")
    await on.named("button", "Generate key").click()
    await page.locator(".key .thumbprint, .key .key-facts").first().waitFor()
    await page.locator("option[value=pkcs8_der] >> xpath=..").selectOption("jwk")
    await page.locator('[data-form="jwk"]').waitFor()
    await on.look("a key in another form", ...FORGED)
    expect(on.faults).toEqual([])
  })

  test("while tokens are opened", async () => {
    const [page, on] = await stage()
    const key = await Jwk.generateAsync("A256GCM")
    await on.give(token({ iss: "x" }), JSON.stringify(key.toPrivateJSON()))
    await page.locator(".key .key-facts").filter({ hasText: "A256GCM" }).waitFor()
    await page.locator("option[value=token] >> xpath=..").selectOption("token")
    await on.named("button", "Encrypt").click()
    await page.locator('.inside[data-state="opened"]').waitFor()
    await page.locator("#inner-verifier").fill(SECRET)
    await page.locator('.inner-verdict[data-status="pass"]').first().waitFor()
    await on.look("opened", ...READ)
    await on.give(encryptJwe(encryptJwe(token({ a: 1 }), "pw", PASSWORD), "pw", PASSWORD), "pw")
    await page.locator('.inside[data-state="opened"]').waitFor()
    await on.look("one in another", "Header parameters", "Share")
    await on.give(encryptJwe("{}", "pw", PASSWORD), "another")
    await page.locator('.inside[data-state="refused"]').waitFor()
    await on.look("refused", "Header parameters", "Share")
    const sign = (payload: string) => signJws(payload, SECRET, { algorithm: "HS256", header: { cty: "JWT" } })
    await on.give(sign(sign(token({ iss: "innermost" }))), SECRET)
    await page.locator(".nested .nested").waitFor()
    await on.look("signed twice", ...READ)
    expect(on.faults).toEqual([])
  })
})

test("what is heard is the same in each artefact, but for the panel that fetches", async () => {
  const all: Partial<Record<Artefact, string[]>> = {}
  for (const artefact of ["site", "file", "connected"] as const) {
    const page = await open({ artefact, at: NOW })
    const on = new Stage(page, "en")
    await on.look("empty")
    await on.give(token({ iss: "x", exp: NOW + 60 }), "another secret")
    await page.locator('[data-headline="forged"]').waitFor()
    await on.look("forged", ...FORGED)
    expect([artefact, ...on.faults]).toEqual([artefact])
    all[artefact] = (await namesOf(page)).map(({ role, name }) => `${role} ${name}`)
  }
  expect(all.file).toEqual(all.site)
  const added = all.connected?.filter((one) => all.site?.includes(one) !== true)
  expect(added).toEqual([
    "region Fetch a key set",
    "heading Fetch a key set",
    "textbox Address of the JWK Set",
    "button Fetch",
  ])
})
