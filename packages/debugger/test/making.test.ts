/** Tokens are made: edited as text, signed when that is asked for and not before, with keys that the page can make too. */

import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto"
import { decodeAsync, decodeUnverified, decryptJwe, encode, encryptJwe, Jwk, verifyJws } from "jotkit"
import { describe, expect } from "vitest"

import type { Locator, Page } from "./browser.ts"
import { type Artefact, expectVerdicts, give, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const artefacts: readonly Artefact[] = ["site", "file"]

/** A token with a payload that JavaScript would write otherwise. */
const ODD_PAYLOAD = '{"z":12345678901234567890,"a":1.0,"iss":"x","s":"\\u0041"}'

function box(page: Page, name: "Token" | "Key" | "Header" | "Payload"): Locator {
  return page.getByRole("textbox", { name })
}

function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true })
}

/** Waits until the token is another one, and answers with it. */
async function nextToken(page: Page, before: string): Promise<string> {
  await expect.poll(() => box(page, "Token").inputValue()).not.toBe(before)
  return box(page, "Token").inputValue()
}

/** Presses Sign, and waits for the token. */
async function sign(page: Page): Promise<string> {
  const before = await box(page, "Token").inputValue()
  await button(page, "Sign").click()
  return nextToken(page, before)
}

/** A part of a compact token as text. */
function partOf(token: string, index: 0 | 1): string {
  return Buffer.from(token.split(".")[index] ?? "", "base64url").toString()
}

/** Why it was not signed. */
async function obstacle(page: Page, code: string): Promise<string> {
  return page.locator(`.editors [data-code="${code}"]`).innerText()
}

describe.each(artefacts)("the page as %s", (artefact) => {
  test("edits beside the token, and signs only when told to", async () => {
    const page = await open({ artefact, at: NOW })
    const token = encode({ iss: "x", sub: "ada" }, SECRET, { algorithm: "HS256" })
    await give(page, token, SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    expect(JSON.parse(await box(page, "Header").inputValue())).toEqual({ alg: "HS256", typ: "JWT" })
    expect(JSON.parse(await box(page, "Payload").inputValue())).toEqual({ iss: "x", sub: "ada" })
    const unsigned = page.locator('[data-state="unsigned"]')
    expect(await unsigned.count()).toBe(0)
    await box(page, "Payload").fill(ODD_PAYLOAD)
    await unsigned.waitFor()
    expect(await box(page, "Token").inputValue()).toBe(token)
    await expectVerdicts(page, { Signature: "pass" })
    const signed = await sign(page)
    expect(partOf(signed, 1)).toBe(ODD_PAYLOAD)
    expect(verifyJws(signed, SECRET, { algorithms: ["HS256"] }).header).toEqual({ alg: "HS256", typ: "JWT" })
    await expectVerdicts(page, { Signature: "pass" })
    expect(await unsigned.count()).toBe(0)
    // Editing the token changes the texts.
    await box(page, "Token").fill(token)
    expect(await box(page, "Payload").inputValue()).toContain('"ada"')
    expect(await unsigned.count()).toBe(0)
  })

  test("signs the text as it is typed, to the byte that it shows", async () => {
    const page = await open({ artefact, at: NOW })
    const [header, payload] = ['{"typ":"JWT",  "alg":"ES256"}\n', '{ "n": 1.50,\n\t"iss":"權杖" }']
    const key = await Jwk.generateAsync("ES256")
    await box(page, "Key").fill(key.toPrivatePem())
    await box(page, "Header").fill(header)
    await box(page, "Payload").fill(payload)
    await page.getByRole("combobox", { name: "What is signed" }).selectOption("true")
    await page.locator(".bytes summary").click()
    const shown = await page.getByRole("textbox", { name: "Bytes to be signed" }).inputValue()
    const signed = await sign(page)
    expect(signed.startsWith(`${shown}.`)).toBe(true)
    expect([partOf(signed, 0), partOf(signed, 1)]).toEqual([header, payload])
    expect(verifyJws(signed, key.publicKey()).header.typ).toBe("JWT")
    await expectVerdicts(page, { Signature: "pass" })
  })

  test("makes a key and signs with it", async () => {
    const page = await open({ artefact, at: NOW })
    await page.getByRole("combobox", { name: "Begin with" }).selectOption("client_assertion")
    await button(page, "Generate key").click()
    await expect.poll(() => box(page, "Header").inputValue()).toContain('"kid"')
    const signed = await sign(page)
    const key = Jwk.from(await box(page, "Key").inputValue())
    expect(decodeUnverified(signed).header).toEqual({ alg: "ES256", typ: "JWT", kid: key.thumbprint() })
    const claims = await decodeAsync(signed, key.publicKey(), { now: NOW, audience: "https://issuer.example" })
    expect(claims).toMatchObject({ iss: "client-1", sub: "client-1", iat: NOW, exp: NOW + 60 })
  })
})

test("makes a key for every algorithm, signs with it and verifies, one after the other in one page", async () => {
  const page = await open({ at: NOW })
  const algorithm = page.getByRole("combobox", { name: "Algorithm" })
  const names = await page.evaluate(async () => {
    const options = () => [...document.querySelectorAll<HTMLOptionElement>(".key select option")]
    while (options().filter(({ disabled }) => disabled).length < 2) await new Promise(requestAnimationFrame)
    return options().flatMap(({ value, disabled }) =>
      /^[A-Z]+[a-z]*[A-Z]*\d*\w*$/.test(value) && !disabled ? [value] : [],
    )
  })
  expect(names).toEqual(expect.arrayContaining(["HS256", "RS512", "PS384", "ES512", "Ed25519"]))
  for (const name of names) {
    const before = await box(page, "Key").inputValue()
    await algorithm.selectOption(name)
    await button(page, "Generate key").click()
    await expect.poll(() => box(page, "Key").inputValue()).not.toBe(before)
    await box(page, "Payload").fill(`{"iss":"${name}"}`)
    const signed = await sign(page)
    expect([decodeUnverified(signed).header.alg, await algorithm.inputValue()]).toEqual([name, name])
    await expectVerdicts(page, { Structure: "pass", Signature: "pass", "Key trust": "pass" })
  }
})

test("keeps what is pressed where it is, although something new is known meanwhile", async () => {
  const page = await open({ at: NOW })
  await button(page, "Generate key").hover()
  await page.mouse.down()
  // What is read in the key box would move the button away.
  const wasRead = await page.evaluate(async (secret) => {
    const key = document.querySelector<HTMLTextAreaElement>("#key")
    if (key === null) return undefined
    key.value = secret
    key.dispatchEvent(new Event("input", { bubbles: true }))
    await new Promise((later) => setTimeout(later, 300))
    return document.querySelector(".key-facts") !== null
  }, SECRET)
  expect(wasRead).toBe(false)
  await page.mouse.up()
  await page.locator(".key-facts").waitFor()
  await expect.poll(() => box(page, "Key").inputValue()).toContain('"kty"')
})

test("shows the first token that is made, and leaves the eyes where they are at the next", async () => {
  const page = await open({ at: NOW, viewport: { width: 1440, height: 900 } })
  const scrolled = () => page.evaluate(() => Math.round(scrollY))
  await box(page, "Key").fill(SECRET)
  await box(page, "Header").fill('{"alg":"HS256"}')
  await box(page, "Payload").fill('{"sub":"ada"}')
  await sign(page)
  expect(await scrolled()).toBe(0)
  await box(page, "Payload").fill('{"sub":"bob"}')
  await button(page, "Sign").focus()
  expect(await scrolled()).toBeGreaterThan(0)
  await sign(page)
  expect(await scrolled()).toBeGreaterThan(0)
})

test("signs a token anew with another key, which the header then names", async () => {
  const page = await open({ at: NOW })
  await give(page, encode({ iss: "x" }, SECRET, { algorithm: "HS256", header: { kid: "old" } }), SECRET)
  await expectVerdicts(page, { Signature: "pass" })
  const key = await Jwk.generateAsync("ES256", { keyId: "new" })
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  await page.locator(".key .key-facts").filter({ hasText: "P-256" }).waitFor()
  const { header } = verifyJws(await sign(page), key.publicKey())
  expect([header.alg, header.kid]).toEqual(["ES256", "new"])
})

test("tells line and column of what is no JSON, and lays out what is", async () => {
  const page = await open({ at: NOW })
  const payload = box(page, "Payload")
  await payload.fill('{\n  "a": 1,,\n}')
  const problem = page.locator("#draft-payload-problem")
  expect(await problem.innerText()).toMatch(/^Line 2, column 10: /)
  expect(await payload.getAttribute("aria-invalid")).toBe("true")
  expect(await button(page, "Format: Payload").isDisabled()).toBe(true)
  await payload.fill('{"b":1e2,"a":{"d":[],"c":12345678901234567890},"a":2}')
  expect(await problem.innerText()).toBe("Written twice: a")
  await payload.fill('{"a":"\u202Eniamod"}')
  expect(await problem.innerText()).toBe("Holds characters that cannot be seen here.")
  await payload.fill("[".repeat(40_000))
  expect(await problem.innerText()).toBe("Line 1, column 65: nested too deep")
  await payload.fill('{"b":1e2,"a":{"d":[],"c":12345678901234567890}}')
  await button(page, "Sort: Payload").click()
  const sorted = '{\n  "a": {\n    "c": 12345678901234567890,\n    "d": []\n  },\n  "b": 1e2\n}'
  expect(await payload.inputValue()).toBe(sorted)
  await button(page, "Compact: Payload").click()
  expect(await payload.inputValue()).toBe('{"a":{"c":12345678901234567890,"d":[]},"b":1e2}')
  await button(page, "Format: Payload").click()
  expect(await payload.inputValue()).toBe(sorted)
})

test("colours the text where its letters are, and marks where it stops being JSON", async () => {
  const page = await open({ at: NOW, viewport: { width: 320, height: 800 } })
  const text = `{"name":"${"long words ".repeat(30)}${"x".repeat(300)}","n":[1,true],\n\n"b":}`
  await box(page, "Payload").fill(text)
  const { pieces, heights } = await page.evaluate(() => {
    const sheet = document.querySelector('.editor[data-part="payload"] .sheet')
    const spans = [...(sheet?.querySelectorAll<HTMLElement>("span[data-json]") ?? [])]
    return {
      pieces: spans.map(({ textContent, dataset }) => `${dataset["json"]} ${textContent?.slice(0, 6)}`),
      heights: [...(sheet?.children ?? [])].map(({ scrollHeight }) => scrollHeight),
    }
  })
  expect(pieces).toEqual(['name "name"', 'string "long ', 'name "n"', "number 1", "literal true", "fault }"])
  expect(heights[0]).toBe(heights[1])
  const shown = await page.locator('.editor[data-part="payload"] .sheet-layer').textContent()
  expect(shown).toBe(`${text} `)
})

test("undoes what was typed, pressed and signed, by key and by button; the tab key leaves", async () => {
  const page = await open({ at: NOW })
  await box(page, "Key").fill(SECRET)
  const payload = box(page, "Payload")
  await payload.fill('{"a":1}')
  await button(page, "exp +1 h").click()
  expect(await payload.inputValue()).toBe(`{"a":1, "exp": ${NOW + 3600}}`)
  await sign(page)
  await button(page, "Undo").click()
  expect(await payload.inputValue()).toBe('{"a":1}')
  await page.locator('[data-state="unsigned"]').waitFor()
  await payload.focus()
  await page.keyboard.press("Control+z")
  expect(await payload.inputValue()).toBe("")
  await page.keyboard.press("Control+Shift+z")
  expect(await payload.inputValue()).toBe('{"a":1}')
  await page.keyboard.press("Tab")
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BUTTON")
  expect(await payload.inputValue()).toBe('{"a":1}')
})

test("sets iat, exp and jti at one press, and leaves the rest as it is written", async () => {
  const page = await open({ at: NOW })
  const payload = box(page, "Payload")
  await payload.fill('{\n  "n": 1.0\n}')
  for (const [name, seconds] of [
    ["exp +5 min", 300],
    ["exp +1 h", 3600],
    ["exp +1 d", 86_400],
  ] as const) {
    await button(page, name).click()
    expect(await payload.inputValue()).toBe(`{\n  "n": 1.0,\n  "exp": ${NOW + seconds}\n}`)
  }
  await button(page, "iat now").click()
  await button(page, "jti random").click()
  const first = await payload.inputValue()
  expect(first).toMatch(new RegExp(`"iat": ${NOW},\n  "jti": "[\\w-]{22}"\n}$`))
  await button(page, "jti random").click()
  expect(await payload.inputValue()).not.toBe(first)
})

test("says why it does not sign, and signs all the same only what is marked for testing", async () => {
  const page = await open({ at: NOW })
  await box(page, "Payload").fill('{"iss":"x"}')
  expect(await obstacle(page, "key_missing")).toContain("There is no key")
  const pair = await Jwk.generateAsync("ES384")
  await box(page, "Key").fill(pair.toPem())
  expect(await obstacle(page, "key_public")).toContain("public key")
  await box(page, "Key").fill(pair.toPrivatePem())
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("ES256")
  expect(await obstacle(page, "key_unfit")).toBe("ES256 needs EC P-256; the key is EC P-384.")
  await button(page, "Sign").click()
  expect(await box(page, "Token").inputValue()).toBe("")
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("")
  await box(page, "Header").fill('{"alg":"RS256"}')
  expect(await obstacle(page, "header_alg")).toContain("ES384")
  await button(page, "Write ES384 into the header").click()
  expect(await box(page, "Header").inputValue()).toBe('{"alg":"ES384"}')
  expect((await sign(page)).split(".")).toHaveLength(3)
  await box(page, "Key").fill("short")
  await box(page, "Header").fill('{"alg":"HS256"}')
  expect(await obstacle(page, "key_weak")).toBe("The key is too short: HS256 asks for 256 bits, it has 40.")
  const before = await box(page, "Token").inputValue()
  await button(page, "Sign").click()
  expect(await box(page, "Token").inputValue()).toBe(before)
  await page.getByRole("checkbox", { name: "Sign anyway (for testing)" }).check()
  await sign(page)
  expect(await page.locator('[data-state="test-only"]').innerText()).toContain("For testing only")
  await box(page, "Token").fill(before)
  expect(await page.locator('[data-state="test-only"]').count()).toBe(0)
  await box(page, "Header").fill('{"alg":"HS512"}')
  await obstacle(page, "key_weak")
  expect(await page.getByRole("checkbox", { name: "Sign anyway (for testing)" }).isChecked()).toBe(false)
})

test("signs with the key of a set that the header names, and with none that is for something else", async () => {
  const page = await open({ at: NOW })
  const keys = await Promise.all(["old", "new"].map((keyId) => Jwk.generateAsync("ES256", { keyId })))
  await box(page, "Key").fill(JSON.stringify({ keys: keys.map((key) => key.toPrivateJSON()) }))
  await box(page, "Payload").fill('{"iss":"x"}')
  await box(page, "Header").fill('{"alg":"ES256","kid":"new"}')
  expect(verifyJws(await sign(page), keys[1]?.publicKey() ?? "").header.kid).toBe("new")
  await box(page, "Header").fill('{"alg":"ES256","b64":false,"crit":["b64"]}')
  expect(await obstacle(page, "unencoded")).toContain("jot sign --b64 false")
  const [key] = keys
  await box(page, "Key").fill(JSON.stringify({ ...key?.toPrivateJSON(), use: "enc" }))
  await box(page, "Header").fill('{"alg":"ES256"}')
  await page.locator(".key .key-facts").filter({ hasText: "kid old" }).waitFor()
  await button(page, "Sign").click()
  expect(await obstacle(page, "refused")).toBe("The key was refused: the key is marked for another use.")
  await box(page, "Key").fill(JSON.stringify((await Jwk.generateAsync("A256GCM")).toPrivateJSON()))
  expect(await obstacle(page, "key_other_use")).toBe("This key is for A256GCM, not for signatures.")
})

/** Presses a button, and holds back what the platform makes for it until something else was done. */
async function during(page: Page, name: "Sign" | "Encrypt", meanwhile: () => Promise<unknown>): Promise<void> {
  await page.evaluate(
    (operation) => {
      const { dataset } = document.documentElement
      const real = crypto.subtle[operation].bind(crypto.subtle) as (...given: unknown[]) => Promise<ArrayBuffer>
      const slow = async (...given: unknown[]) => {
        Object.assign(crypto.subtle, { [operation]: real })
        const answer = await real(...given)
        dataset["held"] = "true"
        await new Promise((resolve) => addEventListener("let-go", resolve, { once: true }))
        delete dataset["held"]
        return answer
      }
      Object.assign(crypto.subtle, { [operation]: slow })
    },
    name.toLowerCase() as "sign" | "encrypt",
  )
  await button(page, name).click()
  await page.locator("html[data-held]").waitFor()
  await meanwhile()
  await page.evaluate(() => dispatchEvent(new Event("let-go")))
}

test("signs what stands there at the end, where key or text change meanwhile, and nothing for another token", async () => {
  const page = await open({ at: NOW })
  const [first, second] = await Promise.all([Jwk.generateAsync("ES256"), Jwk.generateAsync("ES256")])
  await box(page, "Key").fill(first.toPrivatePem())
  await box(page, "Payload").fill('{"n":1}')
  await during(page, "Sign", () => box(page, "Key").fill(second.toPrivatePem()))
  const signed = await nextToken(page, "")
  expect(verifyJws(signed, second.publicKey(), { algorithms: ["ES256"] }).header.alg).toBe("ES256")
  await box(page, "Payload").fill('{"n":2}')
  await during(page, "Sign", () => box(page, "Payload").fill('{"n":3}'))
  expect(partOf(await nextToken(page, signed), 1)).toBe('{"n":3}')
  await box(page, "Payload").fill('{"n":4}')
  await during(page, "Sign", () => box(page, "Payload").fill('{"n":'))
  expect(await obstacle(page, "payload_json")).not.toBe("")
  await box(page, "Payload").fill('{"n":5}')
  await during(page, "Sign", () => box(page, "Token").fill(signed))
  await expectVerdicts(page, { Signature: "pass" })
  expect(await box(page, "Token").inputValue()).toBe(signed)
  await box(page, "Payload").fill('{"n":6}')
  await during(page, "Sign", () => button(page, "Forget everything").click())
  await expectVerdicts(page, { Signature: "none" })
  expect(await box(page, "Token").inputValue()).toBe("")
})

test("encrypts what an encrypted token holds for those who press before it was opened", async () => {
  const page = await open({ at: NOW })
  const [old, key] = await Promise.all([Jwk.generateAsync("A128KW"), Jwk.generateAsync("A256GCM")])
  await box(page, "Key").fill(JSON.stringify({ keys: [key.toPrivateJSON(), old.toPrivateJSON()] }))
  await page.locator(".key .key-facts").first().waitFor()
  const encrypted = encryptJwe('{"n":1}', old, { algorithm: "A128KW", encryption: "A128GCM" })
  await page.evaluate((token) => {
    const tokenBox = document.querySelector<HTMLTextAreaElement>("#token")
    if (tokenBox === null) return
    tokenBox.value = token
    tokenBox.dispatchEvent(new InputEvent("input"))
    const encrypt = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Encrypt")
    encrypt?.click()
  }, encrypted)
  const token = await nextToken(page, encrypted)
  expect(new TextDecoder().decode(decryptJwe(token, key, { algorithms: ["dir"] }).plaintext)).toBe('{"n":1}')
})

test("shows what an encrypted token holds beside a header that was edited before it was opened", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("A128KW")
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  await page.locator(".key .key-facts").waitFor()
  await page.evaluate(
    (texts) => {
      for (const [id, text] of Object.entries(texts)) {
        const element = document.querySelector<HTMLTextAreaElement>(id)
        if (element === null) continue
        element.value = text
        element.dispatchEvent(new InputEvent("input"))
      }
    },
    { "#token": encryptJwe('{"n":1}', key, { encryption: "A128GCM" }), "#draft-header": '{"alg":"A128KW","x":1}' },
  )
  await expect.poll(() => box(page, "Payload").inputValue()).toContain('"n": 1')
  expect(await box(page, "Header").inputValue()).toBe('{"alg":"A128KW","x":1}')
  // What was emptied stays so.
  await box(page, "Payload").fill("")
  await box(page, "Header").fill('{"alg":"A128KW"}')
  expect(await box(page, "Payload").inputValue()).toBe("")
})

test("encrypts what stands there at the end, too", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("A256GCM")
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  await box(page, "Payload").fill('{"n":1}')
  await during(page, "Encrypt", () => box(page, "Payload").fill('{"n":2}'))
  const token = await nextToken(page, "")
  expect(new TextDecoder().decode(decryptJwe(token, key, { algorithms: ["dir"] }).plaintext)).toBe('{"n":2}')
  await during(page, "Encrypt", () => box(page, "Token").fill("eyJhbGciOiJkaXIifQ.e30.AAAA"))
  expect(await box(page, "Token").inputValue()).toBe("eyJhbGciOiJkaXIifQ.e30.AAAA")
})

test("encrypts as the header says where the key fits it, and makes the key that it asks for", async () => {
  const page = await open({ at: NOW })
  let before = ""
  const encrypted = async (header: object, key?: Jwk) => {
    await box(page, "Payload").fill('{"n":1}')
    await box(page, "Header").fill(JSON.stringify(header))
    if (key !== undefined) await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
    await button(page, "Encrypt").click()
    before = await nextToken(page, before)
    const { alg, enc } = JSON.parse(partOf(before, 0))
    return [alg, enc]
  }
  const rsa = Jwk.from(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)
  const secret = Jwk.from(Buffer.alloc(32, 7))
  expect(await encrypted({ alg: "RSA-OAEP", enc: "A128GCM" }, rsa)).toEqual(["RSA-OAEP", "A128GCM"])
  expect(await encrypted({ alg: "dir", enc: "A128CBC-HS256" }, secret)).toEqual(["dir", "A128CBC-HS256"])
  expect(await encrypted({ alg: "dir", enc: "A256CBC-HS512" })).toEqual(["dir", "A256GCM"])
  // What the key cannot do, the header does not change.
  expect(await encrypted({ alg: "RSA-OAEP", enc: "A256CBC-HS512" })).toEqual(["A256KW", "A256CBC-HS512"])
  for (const alg of ["ECDH-ES+A128KW", "A128GCMKW", "RSA-OAEP-512"]) {
    await box(page, "Header").fill(JSON.stringify({ alg, enc: "A128GCM" }))
    await button(page, "Generate key").click()
    await expect.poll(() => box(page, "Key").inputValue()).toContain(`"alg": "${alg}"`)
    expect(await encrypted({ alg, enc: "A128GCM" })).toEqual([alg, "A128GCM"])
  }
})

test("what was encrypted stays to be edited, also with a key that does not open it", async () => {
  const page = await open({ at: NOW })
  await box(page, "Key").fill(Jwk.generate("RSA-OAEP-256").toPem())
  await box(page, "Payload").fill('{"n":1}')
  await button(page, "Encrypt").click()
  await nextToken(page, "")
  await box(page, "Header").fill('{"enc":"A128GCM"}')
  expect(JSON.parse(await box(page, "Payload").inputValue())).toEqual({ n: 1 })
  await page.getByRole("button", { name: "Forget everything" }).click()
  await expect.poll(() => box(page, "Payload").inputValue()).toBe("")
})

test("does not edit what is too long to be laid out at every keystroke", async () => {
  const page = await open({ at: NOW })
  await give(
    page,
    `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ a: "b".repeat(160_000) })).toString("base64url")}.AAAA`,
  )
  await page.locator(".editors").filter({ hasText: "too long to be edited here" }).waitFor()
  expect(await page.getByRole("textbox", { name: "Payload" }).count()).toBe(0)
})

test("asks for the passphrase of an encrypted key, and signs with what it opens", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("ES256")
  await box(page, "Key").fill(key.toPrivatePem({ passphrase: "open sesame" }))
  await page.locator('input[type="password"]').fill("open")
  await page.locator(".key .hint").filter({ hasText: "This passphrase does not open it" }).waitFor()
  await page.locator('input[type="password"]').fill("open sesame")
  await page.locator(".key .key-facts").filter({ hasText: "P-256" }).waitFor()
  await box(page, "Payload").fill('{"iss":"x"}')
  expect(verifyJws(await sign(page), key.publicKey()).header.alg).toBe("ES256")
})

test("a key of RSASSA-PSS, which is none that browsers write as a JWK, verifies and is written as PEM", async () => {
  const page = await open({ at: NOW })
  const pem = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  })
  await give(
    page,
    encode({ iss: "x", exp: NOW + 60 }, Jwk.fromPem(pem.toString()), { algorithm: "PS256" }),
    pem.toString(),
  )
  await expectVerdicts(page, { Signature: "pass", Time: "pass" })
  const forms = page.locator("select:has(option[value=spki_der])")
  await forms.selectOption("jwk")
  await page.locator(".hint").filter({ hasText: "no room for this key" }).waitFor()
  await button(page, "Keep only the public half").click()
  await expectVerdicts(page, { Signature: "pass" })
  expect(await box(page, "Key").inputValue()).toMatch(/^-----BEGIN PUBLIC KEY-----/)
})

test("a private key whose public half this browser cannot work out is written as it is, and offers no half", async () => {
  const page = await open({ at: NOW })
  const pem = generateKeyPairSync("ed448").privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  await box(page, "Key").fill(pem)
  await page.locator(".key .key-facts").filter({ hasText: "Ed448" }).waitFor()
  const forms = page.locator("select:has(option[value=spki_der])")
  await forms.selectOption("spki")
  const hint = page.locator(".hint").filter({ hasText: "no room for this key" })
  const written = page.locator("[data-form]")
  // A browser that has the curve writes the half.
  await expect.poll(async () => (await hint.count()) + (await written.count())).toBe(1)
  const isThere = (await written.count()) === 1
  expect(await button(page, "Keep only the public half").count()).toBe(isThere ? 1 : 0)
  await box(page, "Token").fill(encode({ iss: "x", exp: NOW + 60 }, Jwk.fromPem(pem), { algorithm: "EdDSA" }))
  await expectVerdicts(page, { Signature: isThere ? "pass" : "cannot_check" })
  await box(page, "Token").fill("")
  await forms.selectOption("pkcs8")
  await expect.poll(() => page.locator('[data-form="pkcs8"]').count()).toBe(1)
  await button(page, "Sign").click()
  const absent = page.locator('[data-code="algorithm_absent"]').filter({ hasText: "jot sign --alg Ed448" })
  await expect.poll(async () => (await absent.count()) > 0 || (await box(page, "Token").inputValue()) !== "").toBe(true)
})

test("begins every kind of token that it offers so that it is recognised, and good once it is signed", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("ES256", { keyId: "k-1" })
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  await page.locator(".key .key-facts").filter({ hasText: "P-256" }).waitFor()
  const presets = page.getByRole("combobox", { name: "Begin with" })
  const names = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLOptionElement>(".editors select option")].map(({ value }) => value),
  )
  const kinds: Record<string, string> = {}
  for (const name of names.filter((one) => one !== "" && one !== "true" && one !== "false")) {
    await presets.selectOption(name)
    const { header } = verifyJws(await sign(page), key.publicKey())
    await expectVerdicts(page, { Structure: "pass", Signature: "pass", Time: "pass" })
    const { jwk, kid } = header
    expect([jwk, kid]).toEqual(name === "dpop" ? [withoutLabels(key), undefined] : [undefined, "k-1"])
    kinds[name] = await page.locator(".kind strong").innerText()
  }
  expect(Object.keys(kinds)).toHaveLength(10)
  expect(kinds).toMatchObject({
    id_token: "OpenID Connect ID token",
    access_token: "OAuth access token (JWT profile)",
    dpop: "DPoP proof",
    logout: "Back-channel logout token",
  })
})

/** The public members that a proof carries (RFC 9449, section 4.2). */
function withoutLabels(key: Jwk) {
  const { kty, crv, x, y } = key.toJSON()
  return { kty, crv, x, y }
}

test("begins a token for the key that is there, and signs for those who press before it was read", async () => {
  const page = await open({ at: NOW })
  await box(page, "Key").fill((await Jwk.generateAsync("RS256")).toPrivatePem())
  await page.locator(".key .key-facts").waitFor()
  const presets = page.getByRole("combobox", { name: "Begin with" })
  await presets.selectOption("apple")
  expect(JSON.parse(await box(page, "Header").inputValue())).toEqual({ alg: "RS256", kid: "ABC123DEFG" })
  await page.evaluate((secret) => {
    const key = document.querySelector<HTMLTextAreaElement>("#key")
    const sign = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Sign")
    const header = document.querySelector<HTMLTextAreaElement>("#draft-header")
    if (key === null || header === null) return
    header.value = '{"alg":"HS256"}'
    header.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: "x" }))
    key.value = secret
    key.dispatchEvent(new InputEvent("input"))
    sign?.click()
  }, SECRET)
  expect(verifyJws(await nextToken(page, ""), SECRET, { algorithms: ["HS256"] }).header.alg).toBe("HS256")
})

test("makes every kind of key that it does not say the browser lacks", async () => {
  const page = await open({ at: NOW })
  const kinds = await page.evaluate(async () => {
    const options = () => [...document.querySelectorAll<HTMLOptionElement>("optgroup option")]
    // Which curves there are is found out when the page starts.
    while (options().every(({ disabled }) => !disabled)) await new Promise(requestAnimationFrame)
    return options().map(({ value, disabled, textContent }) => ({ value, disabled, text: textContent }))
  })
  const absent = kinds.filter(({ disabled }) => disabled)
  expect(absent.every(({ text }) => text?.includes("this browser has none; jot key generate has"))).toBe(true)
  const made: string[] = []
  for (const { value } of kinds.filter(({ disabled }) => !disabled)) {
    const before = await box(page, "Key").inputValue()
    await page.getByRole("combobox", { name: "Make for" }).selectOption(value)
    await button(page, "Generate key").click()
    await expect.poll(() => box(page, "Key").inputValue()).not.toBe(before)
    const key = Jwk.from(await box(page, "Key").inputValue())
    expect([value, key.algorithm]).toEqual([value, value.split(" ")[0]])
    if (!key.isSymmetric) expect(key.keyId).toBe(key.thumbprint())
    made.push(value)
  }
  expect(made).toEqual(expect.arrayContaining(["HS512", "RS256", "ES512", "Ed25519", "ECDH-ES P-521", "A256CBC-HS512"]))
})

test("gives a key the id and the size that are asked for, and the former key back", async () => {
  const page = await open({ at: NOW })
  await box(page, "Key").fill(SECRET)
  await page.getByRole("combobox", { name: "Make for" }).selectOption("RS256")
  await page.getByRole("combobox", { name: "Size" }).selectOption("3072")
  await page.getByRole("combobox", { name: "kid" }).selectOption("typed")
  await page.getByRole("textbox", { name: "kid as typed" }).fill("mine")
  await button(page, "Generate key").click()
  await expect.poll(() => box(page, "Key").inputValue()).toContain('"RSA"')
  const key = Jwk.from(await box(page, "Key").inputValue())
  expect([key.keyId, Buffer.from(String(key.toJSON()["n"]), "base64url").length * 8]).toEqual(["mine", 3072])
  await button(page, "Put the former one back").click()
  expect(await box(page, "Key").inputValue()).toBe(SECRET)
})

test("writes a key in every form that there is, without a token", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("ES256", { keyId: "k-1" })
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  const written = async (form: string) => {
    await page.getByRole("combobox", { name: "Write the key as" }).selectOption(form)
    await page.locator(`[data-form="${form}"]`).waitFor()
    return page.getByRole("textbox", { name: "Written" }).inputValue()
  }
  expect(JSON.parse(await written("jwk"))).toEqual(key.toPrivateJSON())
  expect(JSON.parse(await written("jwk_public"))).toEqual(key.toJSON())
  expect(JSON.parse(await written("jwks_public"))).toEqual({ keys: [key.toJSON()] })
  expect(JSON.parse(await written("jwks"))).toEqual({ keys: [key.toPrivateJSON()] })
  const thumbprint = key.thumbprint()
  expect(Jwk.fromPem(await written("pkcs8")).thumbprint()).toBe(thumbprint)
  expect(Jwk.fromPem(await written("spki")).thumbprint()).toBe(thumbprint)
  for (const form of ["pkcs8_der", "spki_der"])
    expect(Jwk.from(Buffer.from(await written(form), "base64")).thumbprint()).toBe(thumbprint)
  const saved = new Promise<string>((resolve) => {
    page.on("download", (file) => resolve(file.suggestedFilename()))
  })
  await button(page, "Save").click()
  expect(await saved).toBe("public-key.der")
  const der = await page.getByRole("textbox", { name: "Written" }).inputValue()
  await button(page, "Copy").click()
  await button(page, "Copied").waitFor()
  await box(page, "Token").focus()
  await page.keyboard.press("Control+v")
  expect(await box(page, "Token").inputValue()).toBe(der)
  await box(page, "Key").fill(SECRET)
  await page.locator(".tools .hint").filter({ hasText: "no room" }).waitFor()
})

test("writes a certificate that the key signs for itself, as other programs read it", async () => {
  const page = await open({ at: NOW })
  await page.getByRole("combobox", { name: "Write the key as" }).selectOption("certificate")
  const written = page.getByRole("textbox", { name: "Written" })
  const subject = page.getByRole("textbox", { name: "Subject (CN)" })
  const certificateOf = async (algorithm: string, curve?: string) => {
    const key = await Jwk.generateAsync(algorithm, { curve })
    await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
    const isHeld = (text: string) => new X509Certificate(text).checkPrivateKey(createPrivateKey(key.toPrivatePem()))
    await expect.poll(async () => written.inputValue().then(isHeld, () => false)).toBe(true)
    return new X509Certificate(await written.inputValue())
  }
  const kinds = [["RSA-OAEP-256"], ["ES256"], ["ES384"], ["ES512"], ["Ed25519"], ["ECDH-ES", "P-256"]] as const
  for (const [algorithm, curve] of kinds) {
    const made = await certificateOf(algorithm, curve)
    expect([algorithm, made.verify(made.publicKey), made.checkIssued(made), made.subject, made.subjectAltName]).toEqual(
      [algorithm, true, true, "CN=localhost", "DNS:localhost"],
    )
    expect([made.validFrom, made.validTo].map((date) => Date.parse(date) / 1000)).toEqual([NOW, NOW + 365 * 86_400])
    expect(made.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
  }
  // Of this length all lines of the PEM are full.
  await subject.fill("aaaaa")
  const full = await certificateOf("Ed25519")
  expect([full.subject, full.raw.length % 48]).toEqual(["CN=aaaaa", 0])
  // More letters than a name may have are not taken.
  await subject.fill("a".repeat(63))
  for (const key of "aa") await subject.press(key)
  expect(await subject.inputValue()).toBe("a".repeat(64))
  for (const [host, name] of [
    ["127.0.0.1", "IP Address:127.0.0.1"],
    ["*.example.com", "DNS:*.example.com"],
  ] as const) {
    await subject.fill(host)
    const subjectAltNameOf = (text: string) => new X509Certificate(text).subjectAltName
    await expect.poll(() => written.inputValue().then(subjectAltNameOf, () => "")).toBe(name)
  }
  await subject.fill("Ada, Söhne & Co.")
  await page.getByRole("combobox", { name: "Days" }).selectOption("36500")
  await expect.poll(() => written.inputValue().then((text) => new X509Certificate(text).validTo)).toContain("2123")
  const long = new X509Certificate(await written.inputValue())
  expect([long.subject, long.subjectAltName, long.verify(long.publicKey)]).toEqual([
    "CN=Ada\\, Söhne & Co.",
    undefined,
    true,
  ])

  await give(page, encode({ iss: "x" }, SECRET, { algorithm: "HS256" }), long.toString())
  await page.locator(".fold-note").filter({ hasText: "Söhne" }).waitFor()
  const agreement = await Jwk.generateAsync("ECDH-ES", { curve: "X25519" })
  await box(page, "Key").fill(JSON.stringify(agreement.toPrivateJSON()))
  await page.locator(".tools .hint").filter({ hasText: "no room" }).waitFor()
  await button(page, "Forget everything").click()
  expect(await subject.inputValue()).toBe("")
})

test("encrypts a private key that is written under a passphrase, which is forgotten with the rest", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("Ed25519")
  await box(page, "Key").fill(JSON.stringify(key.toPrivateJSON()))
  const form = page.getByRole("combobox", { name: "Write the key as" })
  const written = page.getByRole("textbox", { name: "Written" })
  const passphrase = page.locator('input[type="password"]')
  const isReadable = page.locator(".note").filter({ hasText: "Whoever reads this can sign or decrypt." })
  await form.selectOption("pkcs8")
  await written.waitFor()
  await isReadable.waitFor()
  await passphrase.fill("open sesame")
  await expect.poll(() => written.inputValue().catch(() => "")).toContain("BEGIN ENCRYPTED PRIVATE KEY")
  expect(await isReadable.count()).toBe(0)
  const pem = await written.inputValue()
  expect(Jwk.fromPem(pem, { passphrase: "open sesame" }).thumbprint()).toBe(key.thumbprint())
  await form.selectOption("pkcs8_der")
  await page.locator('[data-form="pkcs8_der"]').waitFor()
  const der = Buffer.from(await written.inputValue(), "base64")
  expect(
    createPrivateKey({ key: der, format: "der", type: "pkcs8", passphrase: "open sesame" }).asymmetricKeyType,
  ).toBe("ed25519")
  await form.selectOption("jwk")
  await isReadable.waitFor()
  await button(page, "Forget everything").click()
  await form.selectOption("pkcs8")
  expect(await passphrase.inputValue()).toBe("")
})

test("forgets texts, keys and what could be undone", async () => {
  const page = await open({ at: NOW })
  await box(page, "Key").fill(SECRET)
  await box(page, "Payload").fill('{"private":"matter"}')
  await sign(page)
  await button(page, "Generate key").click()
  await button(page, "Put the former one back").waitFor()
  await button(page, "Forget everything").click()
  expect(await button(page, "Undo").isDisabled()).toBe(true)
  expect(await button(page, "Put the former one back").count()).toBe(0)
  const values = await page.evaluate(() =>
    [...document.querySelectorAll("textarea")].map(({ value }) => value).join(""),
  )
  expect(values).toBe("")
})
