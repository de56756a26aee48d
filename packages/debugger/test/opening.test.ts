/** Encrypted tokens are made and opened, and what is signed inside is judged with a key of its own. */

import { encode, encrypt, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect } from "vitest"
import type { Locator, Page } from "./browser.ts"
import { type Artefact, give, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const CLAIMS = '{"iss":"x","n":12345678901234567890}'
const artefacts: readonly Artefact[] = ["site", "file"]

function box(page: Page, name: string): Locator {
  return page.getByRole("textbox", { name })
}

/** Waits until the token was opened, or was not. */
async function opened(page: Page, state = "opened"): Promise<Locator> {
  await page.locator(`.inside[data-state="${state}"]`).waitFor()
  return page.locator(".inside")
}

describe.each(artefacts)("the page as %s", (artefact) => {
  test("verifies the signature inside with a key of its own", async () => {
    const page = await open({ artefact, at: NOW })
    const [signer, reader] = [await Jwk.generateAsync("ES256"), await Jwk.generateAsync("RSA-OAEP-256")]
    const signed = encode({ iss: "inner", exp: NOW - 60 }, signer)
    const token = encryptJwe(signed, reader.publicKey(), { encryption: "A256GCM", header: { cty: "JWT" } })
    await give(page, token, reader.toPrivatePem())
    const inside = await opened(page)
    expect(await page.getByRole("table", { name: "Claims inside" }).innerText()).toContain("inner")
    await box(page, "Verify what is inside with").fill(signer.toPem())
    await inside.locator('[aria-label="Signature inside"][data-status="pass"]').waitFor()
    await inside.locator('[aria-label="Time inside"][data-status="fail"]').waitFor()
    await box(page, "Verify what is inside with").fill((await Jwk.generateAsync("ES256")).toPem())
    await inside.locator('[aria-label="Signature inside"][data-status="fail"]').waitFor()
    await page.getByRole("button", { name: "Look at it alone" }).click()
    expect(await box(page, "Token").inputValue()).toBe(signed)
  })
})

test("says what the browser lacks to open a token, and that the command line has it", async () => {
  const page = await open({ at: NOW })
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
})

/** The same token, asking for more work. */
function withCount(token: string, p2c: number): string {
  const [header = "", ...others] = token.split(".")
  const members = JSON.parse(Buffer.from(header, "base64url").toString()) as object
  return [Buffer.from(JSON.stringify({ ...members, p2c })).toString("base64url"), ...others].join(".")
}

test("opens what has several recipients, for the one whose key it has", async () => {
  const page = await open({ at: NOW })
  const [one, other] = [await Jwk.generateAsync("ECDH-ES+A256KW"), await Jwk.generateAsync("A256KW")]
  const recipients = [{ key: one.publicKey() }, { key: other }]
  const token = encryptJwe(CLAIMS, null, { encryption: "A256GCM", recipients })
  await give(page, JSON.stringify(token), JSON.stringify(other.toPrivateJSON()))
  expect(await (await opened(page)).innerText()).toContain("Opened with your key: A256KW, A256GCM.")
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
