/** What can be taken away of a token, what a link may carry, and what it may not. Served and from the disk. */

import { encode, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { type Artefact, copyButton, expectVerdicts, give, headline, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const ARTEFACTS: readonly Artefact[] = ["site", "file"]

function token(claims: object): string {
  return encode(claims, SECRET, { algorithm: "HS256" })
}

/** Opens the page with a clipboard that the test can read. */
async function openWithClipboard(artefact: Artefact): Promise<Page> {
  const page = await open({ at: NOW, artefact })
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
  return page
}

/** Strikes a button that copies, and reads what was copied. */
async function copied(page: Page, name: string): Promise<string> {
  const button = copyButton(page, name)
  await button.click()
  await expect.poll(() => button.getAttribute("data-done")).toBe("true")
  await page.locator('#announcer:text-is("Copied")').waitFor({ state: "attached" })
  return page.evaluate(() => navigator.clipboard.readText())
}

/** The link that the window shows. */
function linkIn(page: Page): Promise<string> {
  return page.getByRole("textbox", { name: "Link" }).inputValue()
}

async function shareBy(page: Page, way: RegExp): Promise<void> {
  await page.getByRole("radio", { name: way }).check()
}

/** The parameters of a link's fragment. */
function fragmentOf(link: string): URLSearchParams {
  const { hash, search } = new URL(link)
  expect(search).toBe("")
  return new URLSearchParams(hash.slice(1))
}

/** What a token says, unverified. */
function payloadOf(text: string): unknown {
  return JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString())
}

describe.each(ARTEFACTS)("from the %s", (artefact) => {
  test("parts, claims, JSON, tables and the header of curl are copied on a click", async () => {
    const page = await openWithClipboard(artefact)
    const text = token({ iss: "https://issuer.example", n: 1, "a|b": "<i>*_`" }).replace(/^/, "")
    await give(page, `Bearer ${text}`)
    // From then on it says nothing but what is copied.
    await page.locator("#announcer").filter({ hasText: "Structure: passes" }).waitFor({ state: "attached" })
    const [header, payload, signature] = text.split(".")
    expect(await copied(page, "part 1")).toBe(header)
    expect(await copied(page, "part 2")).toBe(payload)
    expect(await copied(page, "part 3")).toBe(signature)
    expect(await copied(page, "iss")).toBe("https://issuer.example")
    expect(await copied(page, "n")).toBe("1")
    expect(await copied(page, "Claims, As written")).toBe(Buffer.from(payload ?? "", "base64url").toString())
    expect(await copied(page, "Claims, JSON")).toContain('{\n  "iss": "https://issuer.example",\n  "n": 1,')
    expect(await copied(page, "curl header")).toBe(`-H 'Authorization: Bearer ${text}'`)
    const table = await copied(page, "Claims, Markdown")
    expect(table).toContain("| Name | Value |\n| --- | --- |\n")
    expect(table).toContain('| n | 1 |\n| a\\|b | "\\<i\\>\\*\\_\\`" |\n')
    expect(table).not.toMatch(/https:/)
  })

  test("a link without signature and names, one that is sealed, and one with all of it after a question", async () => {
    const page = await open({ at: NOW, artefact })
    const text = token({ sub: "ada", email: "ada@example.com", scope: "read", exp: NOW + 60 })
    await give(page, text, SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await page.getByRole("button", { name: "Share" }).click()

    const redacted = fragmentOf(await linkIn(page)).get("token") ?? ""
    expect(redacted).toMatch(/^[\w-]+\.[\w-]+\.$/)
    expect(payloadOf(redacted)).toEqual({ sub: "…", email: "…", scope: "read", exp: NOW + 60 })
    await page.getByRole("checkbox", { name: "scope" }).check()
    await page.getByRole("checkbox", { name: "sub" }).uncheck()
    const chosen = fragmentOf(await linkIn(page)).get("token") ?? ""
    expect(payloadOf(chosen)).toMatchObject({ sub: "ada", email: "…", scope: "…" })

    await shareBy(page, /^Whole/)
    expect(await page.getByRole("textbox", { name: "Link" }).count()).toBe(0)
    await page.getByRole("button", { name: "Go on all the same" }).click()
    const whole = await linkIn(page)
    expect(fragmentOf(whole).get("token")).toBe(text)

    await shareBy(page, /^Sealed/)
    await page.getByRole("button", { name: "Seal it" }).click()
    const sealed = await linkIn(page)
    const passphrase = await page.getByRole("textbox", { name: "Passphrase" }).inputValue()
    expect(passphrase).toMatch(/^(?:[a-z2-9]{5}-){4}[a-z2-9]{5}$/)
    for (const link of [whole, sealed]) expect(decodeURIComponent(link)).not.toContain(SECRET)
    expect(sealed).not.toContain(text.split(".")[1])

    const receiver = await open({ at: NOW, artefact, fragment: new URL(sealed).hash })
    expect(receiver.url()).not.toContain("sealed")
    const box = receiver.getByRole("textbox", { name: /Passphrase/ })
    await box.fill("another")
    await receiver.getByRole("button", { name: "Open" }).click()
    await receiver.getByRole("status").filter({ hasText: "does not open it" }).waitFor()
    await box.fill(passphrase)
    await receiver.getByRole("button", { name: "Open" }).click()
    await receiver.getByRole("table", { name: "Claims" }).waitFor()
    expect(await receiver.getByRole("textbox", { name: "Token" }).inputValue()).toBe(text)
    expect(await receiver.getByRole("textbox", { name: "Key" }).inputValue()).toBe("")
  })

  test("a key that comes with the link vouches for nobody, until the user knows it", async () => {
    const key = Jwk.generate("ES256")
    const parameters = new URLSearchParams({
      token: encode({ iss: "x", exp: NOW + 60 }, key, { now: NOW }),
      publicKey: JSON.stringify(key.toJSON()),
    })
    // As old links to jwt.io are written.
    const page = await open({ at: NOW, artefact, fragment: `#debugger-io?${parameters}` })
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    await expect.poll(() => headline(page)).toBe("self_signed")
    expect(page.url()).not.toContain("#")
    const notice = page.locator('[data-notice="key"]')
    // Another key is the user's, and the notice is not about it.
    await page.getByRole("textbox", { name: "Key" }).fill(key.toPem())
    await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    expect(await notice.count()).toBe(0)
    await page.getByRole("textbox", { name: "Key" }).fill(parameters.get("publicKey") ?? "")
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    await page.getByRole("button", { name: "I know this key" }).click()
    await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    expect(await notice.count()).toBe(0)
  })

  test("the public half of a key that came with the link vouches for nobody either", async () => {
    const key = Jwk.generate("ES256")
    const parameters = new URLSearchParams({
      token: encode({ iss: "x", exp: NOW + 60 }, key, { now: NOW }),
      publicKey: JSON.stringify(key.toPrivateJSON()),
    })
    const page = await open({ at: NOW, artefact, fragment: `#${parameters}` })
    await page.getByRole("button", { name: "Keep only the public half" }).click()
    expect(await page.getByRole("textbox", { name: "Key" }).inputValue()).not.toContain('"d"')
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    expect(await page.locator('[data-notice="key"]').count()).toBe(1)
  })

  test.each(["token", "sealed"])(
    "a key that stands in the token box by a link (%s) vouches for nobody in the key box either",
    async (name) => {
      const key = Jwk.generate("ES256")
      const [text, signed] = [JSON.stringify(key.toJSON()), encode({ iss: "x", exp: NOW + 60 }, key, { now: NOW })]
      const sealing = { algorithm: "PBES2-HS256+A128KW", encryption: "A256GCM" } as const
      const brought = name === "token" ? `Bearer ${text}` : encryptJwe(text, "open", sealing)
      const page = await open({ at: NOW, artefact, fragment: `#${new URLSearchParams({ [name]: brought })}` })
      if (name === "sealed") {
        await page.getByRole("textbox", { name: /Passphrase/ }).fill("open")
        await page.getByRole("button", { name: "Open" }).click()
      } else await page.getByRole("button", { name: "Take it out of the box" }).click()
      await page.getByRole("button", { name: "Use to verify" }).click()
      expect(await page.getByRole("textbox", { name: "Key" }).inputValue()).toBe(text)
      await give(page, signed)
      await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
      await page.getByRole("button", { name: "I know this key" }).click()
      await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    },
  )

  test("a token before the # is not read, and a code is explained; nothing of them stays in the address", async () => {
    const text = token({ iss: "seen" })
    const page = await open({ at: NOW, artefact, fragment: `?id_token=${text}&code=abc` })
    await page.locator('[data-notice="query"]').filter({ hasText: "the server has seen it" }).waitFor()
    expect(page.url()).not.toMatch(/[?#]/)
    expect(await page.getByRole("textbox", { name: "Token" }).inputValue()).toBe("")
    await page.locator('[data-notice="query"]').getByRole("button", { name: "Put away" }).click()
    expect(await page.locator('[data-notice="query"]').count()).toBe(0)
    await page.locator('[data-notice="code"]').filter({ hasText: "authorization code" }).waitFor()
    await page.evaluate((linked) => {
      location.hash = `#access_token=${linked}&token_type=Bearer`
    }, text)
    await page.getByRole("table", { name: "Claims" }).waitFor()
    expect(page.url()).not.toContain("#")
  })

  test("nothing but language and theme is stored, and forgetting leaves no notice behind", async () => {
    const page = await open({ at: NOW, artefact, fragment: "#sealed=a.b.c.d.e&publicKey=k" })
    await page.getByRole("button", { name: "Forget everything" }).click()
    expect(await page.locator(".notices").count()).toBe(0)
    expect(await page.getByRole("textbox", { name: "Key" }).inputValue()).toBe("")
    const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, document.cookie])
    expect(kept).toEqual([0, 0, ""])
  })
})

describe("what is shared", () => {
  const jwk = Jwk.generate("ES256").toPrivateJSON()
  const expired = { algorithm: "HS256", now: NOW - 60 } as const
  test.each([
    ["its header", encode({ exp: NOW - 1 }, SECRET, { ...expired, header: { jwk } })],
    ["a claim", encode({ exp: NOW - 1, cnf: { keys: [jwk] } }, SECRET, expired)],
    ["a claim as PEM", encode({ exp: NOW - 1, cnf: Jwk.from(jwk).toPrivatePem() }, SECRET, expired)],
    ["the token inside", signJws(encode({ jwk }, SECRET, expired), SECRET, { algorithm: "HS256" })],
  ])("is never a token with a private key in %s but without it", async (_, text) => {
    const page = await open({ at: NOW })
    await give(page, text)
    await page.getByRole("button", { name: "Share" }).click()
    for (const claim of await page.getByRole("checkbox").all()) await claim.uncheck()
    const link = fragmentOf(await linkIn(page)).get("token") ?? ""
    const parts = link.split(".").map((part) => Buffer.from(part, "base64url").toString())
    expect(parts.join()).not.toMatch(/"d":|PRIVATE|eyJ/)
    for (const way of [/^Sealed/, /^Whole/]) {
      await shareBy(page, way)
      await page.locator(".chip").filter({ hasText: "Whoever reads this can sign or decrypt." }).waitFor()
      expect(await page.getByRole("textbox", { name: "Link" }).count()).toBe(0)
    }
  })

  test("is never more than the token: encrypted ones keep their header, and nothing else can be shared", async () => {
    const page = await open({ at: NOW })
    await give(page, "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAAAAAAAAAAAAAA.c2VjcmV0.AAAAAAAAAAAAAAAAAAAAAA")
    await page.getByRole("button", { name: "Share" }).click()
    expect(fragmentOf(await linkIn(page)).get("token")).toBe("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0....")
    await page.keyboard.press("Escape")
    await give(page, JSON.stringify(Jwk.generate("ES256").toPrivateJSON()))
    await page.locator('[data-headline="key"]').waitFor()
    expect(await page.getByRole("button", { name: "Share" }).count()).toBe(0)
    await page.keyboard.press("Alt+Shift+4")
    expect(await page.getByRole("dialog").count()).toBe(0)
  })
})
