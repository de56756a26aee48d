/** Encrypted tokens are made and opened, and what is signed inside is judged with a key of its own. */

import { decryptJwe, encode, encrypt, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect } from "vitest"
import type { Locator, Page } from "./browser.ts"
import { type Artefact, give, headline, open, test, verdict, violations } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const CLAIMS = '{"iss":"x","n":12345678901234567890}'
const artefacts: readonly Artefact[] = ["site", "file"]
const OF_PAIRS: readonly (readonly [key: string, curve: string | undefined, algorithms: readonly string[]])[] = [
  ["RSA-OAEP-256", undefined, ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]],
  ["ECDH-ES", "P-256", ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]],
  ["ECDH-ES", "P-384", ["ECDH-ES+A256KW"]],
  ["ECDH-ES", "P-521", ["ECDH-ES"]],
  ["ECDH-ES", "X25519", ["ECDH-ES", "ECDH-ES+A256KW"]],
]
const OF_SECRETS = ["A128KW", "A256KW", "A128GCMKW", "A256GCMKW"]
const CONTENTS = ["A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"]

function box(page: Page, name: string): Locator {
  return page.getByRole("textbox", { name })
}

/** Waits until the token was opened, or was not. */
async function opened(page: Page, state = "opened"): Promise<Locator> {
  await page.locator(`.inside[data-state="${state}"]`).waitFor()
  return page.locator(".inside")
}

async function encryptedBy(page: Page, key: Jwk, algorithm: string, encryption: string): Promise<string> {
  await give(page, "", JSON.stringify(key.toPrivateJSON()))
  await page.locator(".key .key-facts").waitFor()
  await box(page, "Payload").fill(CLAIMS)
  await page.getByRole("combobox", { name: "Key management" }).selectOption(algorithm)
  await page.getByRole("combobox", { name: "Content encryption" }).selectOption(encryption)
  await page.getByRole("button", { name: "Encrypt" }).click()
  await expect.poll(() => box(page, "Token").inputValue()).not.toBe("")
  return box(page, "Token").inputValue()
}

/** The key without its own algorithm: it then serves all of its type. */
function unmarked(key: Jwk): Jwk {
  const { alg: _, ...members } = key.toPrivateJSON()
  return Jwk.from(members)
}

function expectSame(token: string, key: Jwk, algorithm: string): void {
  const { plaintext, header } = decryptJwe(token, key, { algorithms: [algorithm] })
  expect([Buffer.from(plaintext).toString(), header.typ, header.alg]).toEqual([CLAIMS, "JWT", algorithm])
}

describe.each(artefacts)("the page as %s", (artefact) => {
  test("encrypts what it opens, and says what that proves", async () => {
    const page = await open({ artefact, at: NOW })
    const key = await Jwk.generateAsync("ECDH-ES+A256KW", { keyId: "k-1" })
    const token = await encryptedBy(page, key, "", "")
    expectSame(token, key, "ECDH-ES+A256KW")
    const inside = await opened(page)
    await expect.poll(() => headline(page)).toBe("opened")
    expect(await inside.innerText()).toContain("Anyone who has the public key can make such a token")
    expect(await page.getByRole("table", { name: "Claims" }).innerText()).toContain("12345678901234567890")
    expect(JSON.parse(await box(page, "Header").inputValue())).toMatchObject({ enc: "A256GCM", kid: "k-1" })
    expect(await box(page, "Payload").inputValue()).toContain("12345678901234567890")
    const parts = await page.getByRole("list", { name: "Parts" }).innerText()
    for (const name of ["Header", "Encrypted key", "Initialization vector", "Ciphertext", "Authentication tag"])
      expect(parts).toMatch(new RegExp(`${name}\\s+\\d+ bytes`))
    await box(page, "Key").fill(JSON.stringify((await Jwk.generateAsync("ECDH-ES+A256KW")).toPrivateJSON()))
    expect(await (await opened(page, "refused")).innerText()).toContain("does not open with this key")
    await box(page, "Key").fill(key.toPem())
    await opened(page, "public")
  })

  test("verifies the signature inside with a key of its own", async () => {
    const page = await open({ artefact, at: NOW })
    const [signer, reader] = [await Jwk.generateAsync("ES256"), await Jwk.generateAsync("RSA-OAEP-256")]
    const signed = encode({ iss: "inner", exp: NOW - 60 }, signer)
    const token = encryptJwe(signed, reader.publicKey(), { encryption: "A256GCM", header: { cty: "JWT" } })
    await give(page, token, reader.toPrivatePem())
    const inside = await opened(page)
    expect(await page.getByRole("table", { name: "Claims" }).innerText()).toContain("inner")
    expect(await page.locator(".gist").innerText()).toMatch(/Issuer\s+inner/)
    for (const name of ["Structure", "Signature"] as const)
      await expect.poll(() => verdict(page, name).innerText()).toContain("what is inside stands below")
    await box(page, "Verify what is inside with").fill(signer.toPem())
    await inside.locator('[data-name="signature"][data-status="pass"]').waitFor()
    await inside.locator('[data-name="time"][data-status="fail"]').waitFor()
    await box(page, "Verify what is inside with").fill((await Jwk.generateAsync("ES256")).toPem())
    await inside.locator('[data-name="signature"][data-status="fail"]').waitFor()
    await page.getByRole("button", { name: "Look at it alone" }).click()
    expect(await box(page, "Token").inputValue()).toBe(signed)
  })
})

/** What is said of the token inside, by the names of the verdicts. */
function innerVerdicts(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>(".inner-verdict")]
    return Object.fromEntries(all.map(({ dataset: { name = "", status = "" } }) => [name, status]))
  })
}

test("judges what is inside by the policy and the moment of the page, all five", async () => {
  const page = await open({ at: NOW })
  const signer = await Jwk.generateAsync("ES256")
  const reader = await Jwk.generateAsync("RSA-OAEP-256")
  const signed = encode({ iss: "inner", iat: NOW - 120, exp: NOW + 60 }, signer)
  await give(page, encryptJwe(signed, reader.publicKey(), { encryption: "A256GCM" }), reader.toPrivatePem())
  await opened(page)
  const expectInside = (expected: Record<string, string>) =>
    expect.poll(() => innerVerdicts(page)).toMatchObject(expected)
  await expectInside({ structure: "pass", signature: "not_checked", time: "pass", claims: "not_checked" })
  await box(page, "Verify what is inside with").fill(signer.toPem())
  await expectInside({ signature: "pass", keyTrust: "pass" })
  await page.locator("#policy-title").click()
  await box(page, "Issuer").fill("other")
  await expectInside({ claims: "fail", signature: "pass" })
  await box(page, "Issuer").fill("inner")
  await expectInside({ claims: "pass" })
  await page.getByRole("button", { name: "Judge as of exp" }).click()
  await expectInside({ time: "fail", signature: "pass" })
  await page.getByRole("button", { name: "Back to now" }).click()
  await expectInside({ time: "pass" })
  await box(page, "Greatest age").fill("1m")
  await expectInside({ time: "fail" })
  await box(page, "Greatest age").fill("a while")
  await expectInside({ claims: "cannot_check" })
  await page.getByRole("combobox", { name: "Algorithm", exact: true }).selectOption("HS256")
  await expectInside({ signature: "fail" })
})

test("judges claims that are only encrypted by their time and the policy, and calls nothing signed", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("A256GCM")
  const token = encryptJwe(JSON.stringify({ iss: "x", exp: NOW }), key, { algorithm: "dir" })
  await give(page, token, JSON.stringify(key.toPrivateJSON()))
  await opened(page)
  await expect.poll(() => innerVerdicts(page)).toEqual({ time: "fail", claims: "not_checked" })
  await page.locator("#policy-title").click()
  await box(page, "Issuer").fill("x")
  await expect.poll(() => innerVerdicts(page)).toEqual({ time: "fail", claims: "pass" })
})

test("encrypts and opens with every algorithm that the browser has", async () => {
  const page = await open({ at: NOW })
  for (const [name, curve, algorithms] of OF_PAIRS) {
    const key = unmarked(await Jwk.generateAsync(name, curve === undefined ? {} : { curve }))
    for (const algorithm of algorithms) {
      expectSame(await encryptedBy(page, key, algorithm, "A256GCM"), key, algorithm)
      await opened(page)
    }
  }
  for (const algorithm of OF_SECRETS) {
    const key = unmarked(await Jwk.generateAsync(algorithm))
    expectSame(await encryptedBy(page, key, algorithm, "A128CBC-HS256"), key, algorithm)
    await opened(page)
  }
  for (const encryption of CONTENTS) {
    const key = await Jwk.generateAsync(encryption)
    expectSame(await encryptedBy(page, key, "dir", encryption), key, "dir")
    await opened(page)
  }
})

test("says which algorithms the browser lacks, and that the command line has them", async () => {
  const page = await open({ at: NOW })
  const lacking = await page.evaluate(async () => {
    const options = () => [...document.querySelectorAll<HTMLOptionElement>(".tools option[disabled]")]
    const isProbed = () => options().some(({ value }) => value.includes("192"))
    for (let frames = 0; !isProbed() && frames < 300; frames++) await new Promise(requestAnimationFrame)
    return options().map(({ text }) => text)
  })
  expect(lacking).toContain("A192GCM (this browser has none)")
  expect(lacking).toContain("ECDH-ES+A192KW (this browser has none)")
  const token = encryptJwe(CLAIMS, await Jwk.generateAsync("A192GCM"), { algorithm: "dir" })
  await give(page, token, JSON.stringify((await Jwk.generateAsync("A192GCM")).toPrivateJSON()))
  expect(await (await opened(page, "refused")).innerText()).toContain("jot decrypt")
})

test("opens with a password, tells its cost, and asks before it costs much", async () => {
  const page = await open({ at: NOW })
  const token = encryptJwe(CLAIMS, "open sesame", {
    algorithm: "PBES2-HS256+A128KW",
    encryption: "A128GCM",
    pbes2Count: 1000,
  })
  await give(page, token, "open sesame")
  expect(await (await opened(page)).innerText()).toContain("Password hashed 1,000 times")
  await give(page, withCount(token, 1_200_001))
  expect(await (await opened(page, "costly")).innerText()).toContain("1,200,001 times")
  await page.getByRole("button", { name: "Open it all the same" }).click()
  // Its header is protected: with another count it is another token.
  await opened(page, "refused")
  await give(page, withCount(token, 2 ** 31))
  await opened(page, "too_costly")
  expect(await page.getByRole("button", { name: "Open it all the same" }).count()).toBe(0)
  await give(page, "", "open sesame")
  await box(page, "Payload").fill(CLAIMS)
  await page.getByRole("combobox", { name: "Key management" }).selectOption("PBES2-HS512+A256KW")
  await page.getByRole("spinbutton", { name: "Iterations" }).fill("20")
  await page.getByRole("button", { name: "Encrypt" }).click()
  expect(await page.locator('[data-code="count"]').innerText()).toBe("Iterations: 1,000 to 1,200,000.")
  await page.getByRole("spinbutton", { name: "Iterations" }).fill("2000")
  await page.getByRole("button", { name: "Encrypt" }).click()
  expect(await (await opened(page)).innerText()).toContain("Password hashed 2,000 times")
})

/** The same token, asking for more work. */
function withCount(token: string, p2c: number): string {
  const [header = "", ...others] = token.split(".")
  const members = JSON.parse(Buffer.from(header, "base64url").toString()) as object
  return [Buffer.from(JSON.stringify({ ...members, p2c })).toString("base64url"), ...others].join(".")
}

test.each(["recipient", "shared"])(
  "asks as well where the count stands in the %s header of a JSON token",
  async (where) => {
    const page = await open({ at: NOW })
    const other = await Jwk.generateAsync("A256KW")
    const recipients = [{ key: "open sesame", algorithm: "PBES2-HS256+A128KW" }, { key: other }]
    const token = encryptJwe(CLAIMS, null, { encryption: "A128GCM", pbes2Count: 1000, recipients })
    if (typeof token === "string" || !("recipients" in token)) expect.unreachable()
    const [first, ...others] = token.recipients
    const asking = (p2c: number) => {
      const { p2c: _, ...header } = { ...first?.header }
      if (where === "shared")
        return JSON.stringify({ ...token, unprotected: { p2c }, recipients: [{ ...first, header }, ...others] })
      return JSON.stringify({ ...token, recipients: [{ ...first, header: { ...header, p2c } }, ...others] })
    }
    await give(page, asking(1000), "open sesame")
    expect(await (await opened(page)).innerText()).toContain("Password hashed 1,000 times")
    await give(page, asking(1_200_001))
    expect(await (await opened(page, "costly")).innerText()).toContain("1,200,001 times")
    await page.getByRole("button", { name: "Open it all the same" }).click()
    expect(await (await opened(page, "refused")).innerText()).toContain("does not open with this key")
    await give(page, asking(2 ** 31))
    await opened(page, "too_costly")
    // Whoever has a key of another recipient is asked nothing.
    await box(page, "Key").fill(JSON.stringify(other.toPrivateJSON()))
    await opened(page)
  },
)

test("opens what has several recipients, for the one whose key it has", async () => {
  const page = await open({ at: NOW })
  const [one, other] = [await Jwk.generateAsync("ECDH-ES+A256KW"), await Jwk.generateAsync("A256KW")]
  const recipients = [{ key: one.publicKey() }, { key: other }]
  const token = encryptJwe(CLAIMS, null, { encryption: "A256GCM", recipients })
  await give(page, JSON.stringify(token), JSON.stringify(other.toPrivateJSON()))
  expect(await (await opened(page)).innerText()).toContain("Opened with the key: A256KW, A256GCM.")
  expect(await page.getByRole("table", { name: "Claims" }).innerText()).toContain("12345678901234567890")
})

test("opens what was compressed, up to a bound", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("A256GCM")
  const zipped = (payload: string) => encryptJwe(payload, key, { algorithm: "dir", zip: true })
  await give(page, zipped(JSON.stringify({ iss: "x".repeat(1000) })), JSON.stringify(key.toPrivateJSON()))
  expect(await (await opened(page)).innerText()).toContain("was compressed")
  await give(page, zipped(JSON.stringify({ iss: "x".repeat(1_000_000) })))
  await opened(page, "refused")
  await give(page, encryptJwe("{}", key, { algorithm: "dir", header: { x: "zip" } }))
  expect(await (await opened(page)).innerText()).not.toContain("was compressed")
})

test("encrypts the signed token as it is, and says why it does not encrypt", async () => {
  const page = await open({ at: NOW })
  await page.getByRole("button", { name: "Encrypt" }).click()
  await page.locator('[data-code="key"]').waitFor()
  const signed = encode({ iss: "x" }, SECRET, { algorithm: "HS256" })
  await give(page, signed, SECRET)
  await page.getByRole("combobox", { name: "What is encrypted" }).selectOption("token")
  await page.getByRole("combobox", { name: "Key management" }).selectOption("RSA-OAEP")
  await page.getByRole("button", { name: "Encrypt" }).click()
  expect(await page.locator('[data-code="unfit"]').innerText()).toBe("The key does not fit RSA-OAEP.")
  await page.getByRole("combobox", { name: "Key management" }).selectOption("PBES2-HS256+A128KW")
  await page.getByRole("spinbutton", { name: "Iterations" }).fill("1000")
  await page.getByRole("button", { name: "Encrypt" }).click()
  await opened(page)
  const { plaintext, header } = decryptJwe(await box(page, "Token").inputValue(), SECRET, {
    algorithms: ["PBES2-HS256+A128KW"],
  })
  expect([Buffer.from(plaintext).toString(), header.cty]).toEqual([signed, "JWT"])
})

test("shows tokens in tokens, as deep as they go", async () => {
  const page = await open({ at: NOW })
  const sign = (payload: string) => signJws(payload, SECRET, { algorithm: "HS256", header: { cty: "JWT" } })
  await give(page, sign(sign(encode({ iss: "innermost" }, SECRET, { algorithm: "HS256" }))), SECRET)
  expect(await page.locator(".nested .nested").innerText()).toContain("innermost")
  const encrypted = encrypt({ iss: "x" }, await Jwk.generateAsync("A256GCM"), { algorithm: "dir" })
  await give(page, sign(encrypted), SECRET)
  expect(await page.locator(".nested").innerText()).toContain("Inside: an encrypted token")
})

test.each(["light", "dark"] as const)(
  "axe finds nothing wrong where tokens are made and opened, in the %s theme",
  async (colorScheme) => {
    const page = await open({ at: NOW, colorScheme })
    const key = await Jwk.generateAsync("A256GCM")
    const signed = encode({ iss: "x" }, SECRET, { algorithm: "HS256" })
    await page.locator("#key").fill("short")
    await page.locator("#draft-header").fill('{"alg":"HS256"}')
    await page.locator("#draft-payload").fill('{"a":1,}')
    await page.locator('[data-code="key_weak"]').waitFor()
    await page.locator(".bytes summary").click()
    expect(await violations(page)).toEqual([])
    await page.locator("#token").fill(encryptJwe(signed, key, { algorithm: "dir" }))
    await page.locator("#key").fill(JSON.stringify(key.toPrivateJSON()))
    await opened(page)
    await page.locator("#inner-verifier").fill(SECRET)
    await page.locator('.inner-verdict[data-name="signature"][data-status="pass"]').waitFor()
    await page.getByRole("combobox", { name: "Write the key as" }).selectOption("jwk")
    await page.locator('[data-form="jwk"]').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole("combobox", { name: "Language" }).selectOption("zh-Hant-TW")
    expect(await violations(page)).toEqual([])
  },
)
