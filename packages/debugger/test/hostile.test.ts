/** Text that wants to do harm: it is shown as text, in bounded time, and the page can be used afterwards. */

import { encode, encryptJwe } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, expectVerdicts, give, headline, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "an example secret of 32 bytes and more"
const ARTEFACTS: readonly Artefact[] = ["site", "file"]
const SCRIPT = '<img src=x onerror="globalThis.hit=1"></script><script>globalThis.hit=1</script>'

function part(text: string): string {
  return Buffer.from(text).toString("base64url")
}

/** A token with a header and a payload that no library makes. */
function token(payload: string, header = '{"alg":"HS256"}'): string {
  return `${part(header)}.${part(payload)}.AAAA`
}

const NAMES = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "email", "picture", "cnf", "scope", "nonce"]
const everywhere = JSON.stringify(Object.fromEntries([...NAMES, SCRIPT].map((name) => [name, SCRIPT])))
const inHeader = JSON.stringify({
  alg: SCRIPT,
  kid: SCRIPT,
  typ: SCRIPT,
  jku: `https://${SCRIPT}`,
  jwk: { kty: SCRIPT },
})

/** What is pasted, and how the page calls it. */
const CORPUS: Readonly<Record<string, readonly [text: string, headline: string]>> = {
  "script in every claim": [token(everywhere), "unverified"],
  "script in the header": [token("{}", inHeader), "unfit"],
  "an address that wants to be a link": [token('{"iss":"javascript:globalThis.hit=1"}'), "unverified"],
  "letters that turn around, and some that hide": [
    token('{"\\u202eeman":"\\u202e\\u200b\\u0000\\u2066x"}'),
    "unverified",
  ],
  "halves of characters": [token('{"a":"\\ud800","\\udc00":1}'), "unverified"],
  "one name twice": [token('{"sub":"a","sub":"b"}'), "broken"],
  "names of prototypes": [token('{"__proto__":{"a":1},"constructor":1,"toString":2}'), "unverified"],
  "lists in lists": [token("[".repeat(100_000)), "broken"],
  "objects in objects": [token('{"a":'.repeat(50_000)), "broken"],
  "a hundred thousand claims": [token(`{${Array.from({ length: 60_000 }, (_, at) => `"c${at}":1`)}}`), "broken"],
  "a claim of a mebibyte": [token(`{"a":"${"x".repeat(780_000)}"}`), "broken"],
  "a mebibyte of dots": [".".repeat(1_048_576), "broken"],
  "a million disclosures": [`${token("{}")}${"~".repeat(1_000_000)}`, "broken"],
  "a hundred thousand disclosures, in colours": [`${token("{}")}${"~".repeat(100_000)}`, "broken"],
  "eight thousand signatures": [
    JSON.stringify({
      payload: "e30",
      signatures: new Array(8000).fill({ protected: part('{"alg":"HS256"}'), signature: "AAAA" }),
    }),
    "broken",
  ],
  "ten thousand tokens, a line each": [`${token("{}")}\n`.repeat(10_000), "unverified"],
  "a million numbers that have no end": [token(`{"a":[${"1e999,".repeat(120_000)}1]}`), "broken"],
  "words of the verdict": [token('{"name":"Genuine. Signature: holds"}'), "unverified"],
  "a header that ends early": [`${part('{"alg":')}.e30.AAAA`, "broken"],
}

describe.each(ARTEFACTS)("from the %s", (artefact) => {
  test("nothing pasted runs, is fetched, or stops the page", async () => {
    const page = await open({ at: NOW, artefact })
    await page.locator(".masthead").waitFor()
    const names: Record<string, string | null> = {}
    for (const [name, [text]] of Object.entries(CORPUS)) {
      await give(page, text)
      await page.locator('.verdicts:not([data-headline="checking"]):not([data-headline="empty"])').waitFor()
      names[name] = await headline(page)
      await lookAround(page)
    }
    expect(names).toEqual(Object.fromEntries(Object.entries(CORPUS).map(([name, [, expected]]) => [name, expected])))
    expect(await page.evaluate(() => [Reflect.get(globalThis, "hit"), Reflect.get({}, "a")])).toEqual([
      undefined,
      undefined,
    ])
    expect(await page.locator("main img, main script, main iframe").count()).toBe(0)
  })
})

test("a million lines are not laid out, and are read when that is wanted", async () => {
  const page = await open({ at: NOW })
  await give(page, `${"\n".repeat(1_000_000)}${token('{"iss":"behind"}')}`)
  await page.locator(".chip").filter({ hasText: "more than 20000 lines" }).waitFor()
  await page.getByRole("textbox", { name: "Key", exact: true }).fill("\n".repeat(100_000))
  await page.locator(".key .chip").filter({ hasText: "more than 20000 lines" }).waitFor()
  await give(page, `${"\n".repeat(1_000_000)}${token('{"iss":"behind"}')}`)
  await page.getByRole("button", { name: "Read it all the same" }).click()
  await page.getByRole("table", { name: "Claims" }).filter({ hasText: "behind" }).waitFor()
})

test("a link with more than a mebibyte is called unread, and nothing is said of what it holds", async () => {
  const text = token(JSON.stringify({ iss: "x".repeat(800_000) }))
  const page = await open({ at: NOW, fragment: `#token=${text}` })
  await page
    .locator(".chip")
    .filter({ hasText: String(text.length) })
    .waitFor()
  await expect.poll(() => headline(page)).toBe("unread")
  await expectVerdicts(page, { Structure: "none", Signature: "none", Time: "none" })
  expect(await page.getByRole("region", { name: /^Findings/ }).count()).toBe(0)
  await page.getByRole("button", { name: "Read it all the same" }).click()
  await expectVerdicts(page, { Signature: "not_checked" })
})

test("a claim with the name of a check shows nothing of that check", async () => {
  const page = await open({ at: NOW })
  const claims = { structure: "sound", signature: "verified", key: "known", typ: "JWT", iat: NOW }
  await give(page, encode(claims, SECRET, { algorithm: "HS256" }), SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  const rows = page.getByRole("table", { name: "Claims" }).locator("tbody tr")
  await rows.filter({ hasText: "issued in the past" }).waitFor()
  expect(await rows.locator(".checked").count()).toBe(1)
})

test("texts that are edited are bounded, too", async () => {
  const page = await open({ at: NOW })
  const box = page.getByRole("textbox", { name: "Payload", exact: true })
  await box.fill(`{"a":"${"x".repeat(1_000_000)}"}`)
  await page.locator("#draft-payload-problem").filter({ hasText: "too long" }).waitFor()
  expect(await box.inputValue()).toBe("")
  const many = `{"a":[${"1,".repeat(20_000)}1]}`
  await box.fill(many)
  expect([await box.inputValue(), await page.locator("#draft-payload-problem").innerText()]).toEqual([many, ""])
  expect(await page.locator('[data-part="payload"] .sheet-layer').count()).toBe(0)
})

describe("a sealed link", () => {
  const strict = { algorithm: "PBES2-HS256+A128KW", encryption: "A256GCM" } as const
  const sealed = encryptJwe("{}", "passphrase", { ...strict, pbes2Count: 1000 })
  const [, ...rest] = sealed.split(".")
  const asking = { alg: strict.algorithm, enc: strict.encryption, p2s: "AAAAAAAAAAAAAAAAAAAAAA", p2c: 2 ** 31 }
  const links = {
    "asks for two thousand million rounds": [part(JSON.stringify(asking)), ...rest].join("."),
    "would become ten million letters": encryptJwe("x".repeat(10_000_000), "passphrase", { ...strict, zip: true }),
    "is made with another algorithm": encryptJwe("{}", "passphrase", { ...strict, algorithm: "PBES2-HS512+A256KW" }),
    "is none": "a.b.c.d.e",
  }

  test.each(Object.entries(links))("that %s is refused", async (_, link) => {
    const page = await open({ fragment: `#sealed=${link}` })
    await page.getByRole("textbox", { name: /Passphrase/ }).fill("passphrase")
    await page.getByRole("button", { name: "Open", exact: true }).click()
    await page.getByRole("status").filter({ hasText: "does not open it" }).waitFor()
    expect(await page.getByRole("textbox", { name: "Token", exact: true }).inputValue()).toBe("")
  })
})

/** Opens whatever shows the token once more. */
async function lookAround(page: Page): Promise<void> {
  if ((await page.locator("details.byte-view").count()) > 0) {
    if ((await page.locator("details.byte-view[open]").count()) === 0) await page.locator(".byte-view summary").click()
    for (const form of ["hex", "pretty", "raw"])
      await page.getByRole("combobox", { name: "Shown as" }).selectOption(form)
  }
  if ((await page.getByRole("button", { name: "Share", exact: true }).count()) === 0) return
  await page.getByRole("button", { name: "Share", exact: true }).click()
  await page.getByRole("textbox", { name: "Alone" }).inputValue()
  await page.keyboard.press("Escape")
}
