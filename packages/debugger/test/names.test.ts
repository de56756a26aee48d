/**
 * The names by which programs and screen readers find the parts of the page. Whoever looks for "Sign" by a part of a name, in any case,
 * must find one button, whatever the page shows: of each role there is never a second element whose name holds one of these.
 */

import { encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, expectVerdicts, give, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const artefacts: readonly Artefact[] = ["site", "file"]

/** What is there in every state. */
const ALWAYS: readonly (readonly [role: string, name: string])[] = [
  ...["Token", "Header", "Payload", "Key"].map((name) => ["textbox", name] as const),
  ...["Algorithm", "Language", "Theme"].map((name) => ["combobox", name] as const),
  ...["Structure", "Signature", "Time", "Claims policy", "Key trust"].map((name) => ["status", name] as const),
  ...["Generate key", "Sign", "Encrypt", "Forget everything"].map((name) => ["button", name] as const),
]
const TABLES = [
  ["table", "Claims"],
  ["table", "Header parameters"],
] as const
/** There where there is something to share. */
const SHARE = ["button", "Share"] as const
const WHY = ["button", "Why invalid?"] as const

/** How many elements have each name, as far as it is not the one that is due. */
async function unexpected(page: Page, due: readonly (readonly [role: string, name: string])[] = []): Promise<string[]> {
  const all = [...ALWAYS, ...TABLES, SHARE, WHY]
  const counts = await Promise.all(
    all.map(async ([role, name]) => [`${role} ${name}`, await page.getByRole(role, { name }).count()] as const),
  )
  const names = new Set([...ALWAYS, ...due].map((pair) => pair.join(" ")))
  return counts.flatMap(([name, count]) =>
    count === (names.has(name) ? 1 : 0) || (count === 1 && name === SHARE.join(" ")) ? [] : [`${name}: ${count}`],
  )
}

function token(claims: object, header: Record<string, unknown> = {}): string {
  return encode(claims, SECRET, { algorithm: "HS256", header })
}

describe.each(artefacts)("in the page as %s, each name is that of one element", (artefact) => {
  test("while tokens are read", async () => {
    const page = await open({ artefact, at: NOW })
    expect(await unexpected(page)).toEqual([])
    await give(page, token({ iss: "x", exp: NOW - 60, token: "key", theme: "language" }, { kid: "Sign" }), SECRET)
    await expectVerdicts(page, { Signature: "pass", Time: "fail" })
    expect(await unexpected(page, TABLES)).toEqual([])
    await page.getByRole("button", { name: "Share" }).click()
    await page.locator("dialog[open]").waitFor()
    expect(await unexpected(page, TABLES)).toEqual([])
    await page.keyboard.press("Escape")
    await give(page, token({ iss: "x" }), "another secret")
    await expectVerdicts(page, { Signature: "fail" })
    expect(await unexpected(page, [...TABLES, WHY])).toEqual([])
    await page.getByRole("button", { name: "Why invalid?" }).click()
    await page.locator(".hints").filter({ hasText: "tried" }).waitFor()
    expect(await unexpected(page, [...TABLES, WHY])).toEqual([])
    await give(page, `Bearer ${token({ iss: "x" }).slice(0, 40)}`)
    await expectVerdicts(page, { Structure: "fail" })
    expect(await unexpected(page, [["table", "Header parameters"]])).toEqual([])
    await give(page, `{"access_token":"${token({ iss: "x" })}","id_token":"${token({ iss: "y" })}"}`)
    await page.locator(".choice").waitFor()
    await expectVerdicts(page, { Signature: "fail" })
    expect(await unexpected(page, [...TABLES, WHY])).toEqual([])
    const pair = await Jwk.generateAsync("ES256")
    await give(page, JSON.stringify({ keys: [pair.toJSON()] }), JSON.stringify({ keys: [pair.toPrivateJSON()] }))
    await page.locator('.verdicts[data-headline="key"]').waitFor()
    expect(await unexpected(page)).toEqual([])
  })

  test("while tokens are made", async () => {
    const page = await open({ artefact, at: NOW })
    await page.getByRole("button", { name: "Sign" }).click()
    await page.locator('[data-code="key_missing"]').waitFor()
    await page.getByRole("button", { name: "Encrypt" }).click()
    expect(await unexpected(page)).toEqual([])
    await page.getByRole("textbox", { name: "Payload" }).fill('{"iss":"x"}')
    await page.getByRole("combobox", { name: "kid" }).selectOption("typed")
    await page.getByRole("button", { name: "Generate key" }).click()
    await expect.poll(() => page.getByRole("textbox", { name: "Key" }).inputValue()).toContain("kty")
    await page.getByRole("combobox", { name: "Write the key as" }).selectOption("jwk")
    await page.locator('[data-form="jwk"]').waitFor()
    await page.locator(".bytes summary").click()
    expect(await unexpected(page)).toEqual([])
    await page.getByRole("button", { name: "Sign" }).click()
    await expectVerdicts(page, { Signature: "pass" })
    expect(await unexpected(page, TABLES)).toEqual([])
    await give(page, token({ iss: "x" }), JSON.stringify((await Jwk.generateAsync("A256GCM")).toPrivateJSON()))
    await page.locator(".key .key-facts").filter({ hasText: "A256GCM" }).waitFor()
    await page.getByRole("combobox", { name: "What is encrypted" }).selectOption("token")
    await page.getByRole("button", { name: "Encrypt" }).click()
    await page.locator('.inside[data-state="opened"]').waitFor()
    expect(await unexpected(page, TABLES)).toEqual([])
    await page.getByRole("textbox", { name: "Verify what is inside with" }).fill(SECRET)
    await page.locator(".inner-verdict").first().waitFor()
    expect(await unexpected(page, TABLES)).toEqual([])
    const nested = encryptJwe(encryptJwe(token({ a: 1 }), "pw", PASSWORD), "pw", PASSWORD)
    await give(page, nested, "pw")
    await page.locator('.inside[data-state="opened"]').waitFor()
    expect(await unexpected(page, [["table", "Header parameters"]])).toEqual([])
  })
})

const PASSWORD = {
  algorithm: "PBES2-HS256+A128KW",
  encryption: "A128GCM",
  pbes2Count: 1000,
  header: { cty: "JWT" },
} as const
