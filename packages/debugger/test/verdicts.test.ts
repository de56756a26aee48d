/** Tokens and keys go in, five verdicts come out: the same in both forms of the page. */

import { encode, encodeAsync, encryptAsync, Jwk, JwkSet, listAlgorithms, signJws } from "jotkit"
import { describe, expect } from "vitest"
import { type Artefact, expectVerdicts, give, headline, open, test, verdict } from "./fixture.ts"

/** RFC 7515, appendix A.1. */
const RFC7515_A1 = {
  token:
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  key: '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}',
  exp: 1_300_819_380,
}
const NOW = 1_700_000_000
const artefacts: readonly Artefact[] = ["site", "file"]

/** A token that is good at NOW. */
function claims() {
  return { iss: "https://issuer.example", sub: "ada", iat: NOW - 60, exp: NOW + 600 }
}

describe.each(artefacts)("the page as %s", (artefact) => {
  test("says that the token of RFC 7515, appendix A.1 was genuine before it expired", async () => {
    const page = await open({ artefact, at: RFC7515_A1.exp - 1 })
    await give(page, RFC7515_A1.token, RFC7515_A1.key)
    await expectVerdicts(page, {
      Structure: "pass",
      Signature: "pass",
      Time: "pass",
      "Claims policy": "not_checked",
      "Key trust": "pass",
    })
    await expect.poll(() => headline(page)).toBe("genuine")
    expect(await verdict(page, "Signature").innerText()).toContain("HS256")
  })

  test("says that the same token is genuine and expired from that second on", async () => {
    const page = await open({ artefact, at: RFC7515_A1.exp })
    await give(page, RFC7515_A1.token, RFC7515_A1.key)
    await expectVerdicts(page, { Signature: "pass", Time: "fail", "Key trust": "pass" })
    await expect.poll(() => headline(page)).toBe("expired")
    expect(await page.locator(".verdicts").getAttribute("data-tone")).toBe("spent")
  })
})

test("calls nothing over that has not come or is no time, and no time right that is not there", async () => {
  const page = await open({ at: NOW })
  const secret = "a-secret-for-times-that-are-none"
  const said = async (payload: object, time: "pass" | "fail" | "not_checked") => {
    await give(page, signJws(JSON.stringify(payload), secret, { algorithm: "HS256" }), secret)
    await expectVerdicts(page, { Signature: "pass", Time: time })
    return headline(page)
  }
  expect(await said({ iat: NOW + 60 }, "fail")).toBe("early")
  for (const name of ["exp", "nbf", "iat"]) expect(await said({ [name]: String(NOW) }, "fail")).toBe("refused")
  expect(await said({ sub: "ada" }, "not_checked")).toBe("genuine")
  expect(await page.locator(".headline").innerText()).toContain("no time speaks against it")
})

test.each(["HS256", "HS512", "RS256", "PS256", "ES256", "ES512", "Ed25519", "EdDSA"])(
  "verifies %s with the key that was published",
  async (algorithm) => {
    const page = await open({ at: NOW })
    const key = await Jwk.generateAsync(algorithm)
    const token = await encodeAsync(claims(), key)
    const published = key.isSymmetric ? key.toPrivateJSON() : key.toJSON()
    await give(page, token, JSON.stringify(published))
    await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    await give(page, forged(token))
    await expectVerdicts(page, { Structure: "pass", Signature: "fail", "Key trust": "not_checked" })
  },
)

test("finds the key in a set by its id", async () => {
  const page = await open({ at: NOW })
  const keys = await Promise.all(["old", "new"].map((keyId) => Jwk.generateAsync("ES256", { keyId })))
  await give(page, await encodeAsync(claims(), keys[1] ?? ""), JSON.stringify(JwkSet.from(keys)))
  await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
})

test("accepts no HMAC where the key is a public one", async () => {
  const page = await open({ at: NOW })
  const pem = (await Jwk.generateAsync("RS256")).toPem()
  const token = encode(claims(), new Uint8Array(32).fill(7), { algorithm: "HS256" })
  await give(page, token, pem)
  await expectVerdicts(page, { Signature: "fail", "Key trust": "not_checked" })
  await expect.poll(() => headline(page)).toBe("unfit")
  expect(await verdict(page, "Signature").innerText()).toMatch(
    /fails\s+the key cannot be used with HS256: it is RSA, and HS256 needs oct/,
  )
})

test("holds the token to the algorithm that the user names", async () => {
  const page = await open({ at: NOW })
  await give(page, RFC7515_A1.token, RFC7515_A1.key)
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("HS512")
  await expectVerdicts(page, { Signature: "fail" })
  expect(await verdict(page, "Signature").innerText()).toContain("not an allowed one")
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("HS256")
  await expectVerdicts(page, { Signature: "pass" })
})

test("lists every algorithm, and says of those it cannot verify why not", async () => {
  const page = await open({ at: NOW })
  const options = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLOptionElement>(".key select option")].map(({ value, text, disabled }) => ({
      value,
      text,
      disabled,
    })),
  )
  const named = (value: string) => options.find((option) => option.value === value)
  for (const name of listAlgorithms()) expect(named(name)).toBeDefined()
  expect(named("none")).toEqual({ value: "none", text: "none (never verified)", disabled: true })
  expect(named("EdDSA")).toEqual({ value: "EdDSA", text: "EdDSA (legacy, RFC 9864)", disabled: false })
  expect(named("ES256")).toEqual({ value: "ES256", text: "ES256", disabled: false })
  for (const { text } of options.filter(({ disabled }) => disabled)) expect(text).toMatch(/\(.+\)$/)
})

test("shows the header of an encrypted token, and verifies nothing", async () => {
  const page = await open({ at: NOW })
  const token = await encryptAsync(claims(), await Jwk.generateAsync("A256GCM"), { algorithm: "dir" })
  await give(page, token)
  await expectVerdicts(page, { Structure: "cannot_check", Signature: "cannot_check" })
  await expect.poll(() => headline(page)).toBe("encrypted")
  expect(await page.getByRole("table", { name: "Header parameters" }).innerText()).toContain("A256GCM")
  expect(await page.getByRole("list", { name: "Parts" }).innerText()).toContain("Authentication tag")
})

test("checks nothing without a key, and says so", async () => {
  const page = await open({ at: NOW })
  await give(page, RFC7515_A1.token)
  await expectVerdicts(page, { Structure: "pass", Signature: "not_checked", "Key trust": "not_checked" })
  await expect.poll(() => headline(page)).toBe("unverified")
})

test("never trusts a key that the token brings along", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("ES256")
  await give(page, await encodeAsync(claims(), key, { header: { jwk: key.toJSON() } }))
  await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
  await expect.poll(() => headline(page)).toBe("self_signed")
  expect(await verdict(page, "Key trust").innerText()).toContain("proves nothing about the sender")
  await page
    .locator("#announcer")
    .filter({ hasText: "Signature: matches its own key only" })
    .waitFor({ state: "attached" })
  // Nor does the signature's own line say more.
  expect(await verdict(page, "Signature").innerText()).toMatch(
    /matches its own key only\s+matches a key .* proves nothing/,
  )
})

test("calls an unsecured token that, whatever key is given", async () => {
  const page = await open({ at: NOW })
  const unsecured = `${segment({ alg: "none" })}.${segment(claims())}.`
  await give(page, unsecured, "a secret")
  await expectVerdicts(page, { Signature: "fail", "Key trust": "not_checked" })
  await expect.poll(() => headline(page)).toBe("unsecured")
  await page.getByRole("button", { name: "Clear the key" }).click()
  await page.locator('.verdicts [data-code="token_unsecured"]').waitFor()
  expect(await page.getByRole("button", { name: "Give a key" }).count()).toBe(0)
})

test("tells a broken signature from none, and none from a key that does not fit", async () => {
  const page = await open({ at: NOW })
  const unsigned = RFC7515_A1.token.replace(/[^.]*$/, "")
  for (const signature of ["!!!!", "[redacted]", "A"]) {
    await give(page, unsigned + signature)
    await expectVerdicts(page, { Structure: "fail", Signature: "fail" })
    expect([await headline(page), await verdict(page, "Signature").innerText()]).toEqual([
      "broken",
      expect.stringContaining("broken, not missing"),
    ])
  }
  await give(page, unsigned)
  await expectVerdicts(page, { Structure: "pass", Signature: "fail" })
  await expect.poll(() => headline(page)).toBe("unsecured")
})

test("reads a broken token as far as it goes, and says where it breaks", async () => {
  const page = await open({ at: NOW })
  const [header = ""] = RFC7515_A1.token.split(".")
  await give(page, `${header}.eyJpc3MiOiJqb2UiLA.AAAA`)
  await expectVerdicts(page, { Structure: "fail" })
  await expect.poll(() => headline(page)).toBe("broken")
  expect(await page.getByRole("table", { name: "Claims" }).innerText()).toContain("joe")
  expect(await page.getByRole("list", { name: "Parts" }).innerText()).toContain(
    "JSON that ends early (line 1, column 14)",
  )
})

test("takes a token out of a curl command, and says what was left out", async () => {
  const page = await open({ at: RFC7515_A1.exp - 1 })
  const command = `curl https://api.example -H 'Authorization: Bearer ${RFC7515_A1.token}'`
  await give(page, command, RFC7515_A1.key)
  await expectVerdicts(page, { Signature: "pass" })
  const box = page.getByRole("textbox", { name: "Token" })
  expect(await box.inputValue()).toBe(command)
  await page.getByRole("button", { name: "Take it out of the box" }).click()
  expect(await box.inputValue()).toBe(RFC7515_A1.token)
  await page.getByRole("button", { name: "Put it back" }).click()
  expect(await box.inputValue()).toBe(command)
})

test("takes a token out of quoted mail and out of pieces of a cookie, and lists what was left out in each language", async () => {
  const page = await open({ at: RFC7515_A1.exp - 1 })
  const [first, second] = [RFC7515_A1.token.slice(0, 60), RFC7515_A1.token.slice(60)]
  const leftOut = (text: string) => page.locator(".token .chip").filter({ hasText: text }).waitFor()
  await give(page, `> ${first}\n> ${second}`, RFC7515_A1.key)
  await expectVerdicts(page, { Signature: "pass" })
  await leftOut("Read without: line breaks, the > of quoted mail, the text around it.")
  await page.locator("#token").fill(`session.0=${first}; session.1=${second}`)
  await leftOut("Read without: the text around it, the cuts between cookies.")
  await expectVerdicts(page, { Signature: "pass" })
  await page.getByRole("combobox", { name: "Language" }).selectOption("zh-Hant-TW")
  await leftOut("讀取時略去：周圍的文字、分段 Cookie 之間的部分。")
})

test("of several tokens, the one that was looked at is there again when it is put back", async () => {
  const page = await open({ at: NOW })
  const [one, other] = ["one", "other"].map((iss) => encode({ iss }, new Uint8Array(32), { algorithm: "HS256" }))
  await give(page, JSON.stringify({ access_token: one, id_token: other }))
  const second = page.getByRole("radio", { name: /id_token/ })
  await second.check()
  await page.getByRole("button", { name: "Take it out of the box" }).click()
  expect(await page.getByRole("textbox", { name: "Token" }).inputValue()).toBe(other)
  await page.getByRole("button", { name: "Put it back" }).click()
  await expect.poll(() => second.isChecked()).toBe(true)
})

test("lets the user choose among several tokens", async () => {
  const page = await open({ at: RFC7515_A1.exp - 1 })
  const other = encode({ sub: "other" }, new Uint8Array(32), { algorithm: "HS256" })
  await give(page, JSON.stringify({ access_token: other, id_token: RFC7515_A1.token }), RFC7515_A1.key)
  await expectVerdicts(page, { Signature: "fail" })
  await page.getByRole("radio", { name: /id_token/ }).check()
  await expectVerdicts(page, { Signature: "pass" })
})

test("finds why a signature does not hold, as a hint and not as a pass", async () => {
  const page = await open({ at: NOW })
  const bytes = new Uint8Array(48).fill(250)
  const token = encode(claims(), bytes, { algorithm: "HS256" })
  await give(page, token, Buffer.from(bytes).toString("base64"))
  await page.getByRole("button", { name: "Why invalid?" }).click()
  await page.locator('[data-code="secret_encoding"]').waitFor()
  await expectVerdicts(page, { Signature: "fail" })
  await page.getByRole("combobox", { name: "Secret encoding" }).selectOption("base64")
  await expectVerdicts(page, { Signature: "pass" })
})

test("says that a key of another kind is why, and which kind would fit", async () => {
  const page = await open({ at: NOW })
  const [signer, other] = await Promise.all([Jwk.generateAsync("ES256"), Jwk.generateAsync("ES384")])
  await give(page, await encodeAsync(claims(), signer), other.toPem())
  await page.getByRole("button", { name: "Why invalid?" }).click()
  const hint = page.locator('[data-code="key_unfit"]')
  await hint.waitFor()
  expect(await hint.innerText()).toBe("the key cannot be used with ES256: it is EC P-384, and ES256 needs EC P-256")
})

test("says why of a token that was cut or written in other base64, and that the signature is not what fails", async () => {
  const page = await open({ at: NOW })
  const secret = "a-secret-that-nobody-else-must-ever-read"
  const token = encode({ ...claims(), sub: "a?>~" }, secret, { algorithm: "HS256" })
  const standard = token.replace(/[^.]+/g, (part) => Buffer.from(part, "base64url").toString("base64"))
  const texts = [
    [token.slice(0, -2), "signature_truncated"],
    [standard, "input_canonical"],
    [`${token}=`, "as_it_is"],
  ] as const
  for (const [text, code] of texts) {
    await give(page, text, secret)
    await expectVerdicts(page, { Structure: "fail" })
    await page.getByRole("button", { name: "Why invalid?" }).click()
    await page.locator(`.hint-line[data-code="${code}"]`).waitFor()
  }
  await give(page, token)
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("HS512")
  await expectVerdicts(page, { Structure: "pass", Signature: "fail" })
  await page.getByRole("button", { name: "Why invalid?" }).click()
  await page.locator('.hint-line[data-code="as_it_is"]').waitFor()
})

test("a file is asked for by a press of the mouse, and by the keyboard", async () => {
  const page = await open()
  const button = (name: string) => page.getByRole("button", { name, exact: true })
  await page.locator("#policy-title").click()
  for (const name of ["Read from a file", "Read a policy file"]) {
    for (const press of [
      () => button(name).click(),
      () => button(name).press("Enter"),
      () => button(name).press(" "),
    ]) {
      const asked = new Promise<void>((resolve) => page.on("filechooser", () => resolve()))
      await press()
      await asked
    }
  }
})

test("reads a key from a file, and offers to keep its public half only", async () => {
  const page = await open({ at: NOW })
  const key = await Jwk.generateAsync("ES256")
  await give(page, await encodeAsync(claims(), key))
  const buffer = Buffer.from(key.toPrivatePem())
  await page.locator(".key input[type=file]").setInputFiles({ name: "key.pem", mimeType: "text/plain", buffer })
  await expectVerdicts(page, { Signature: "pass" })
  await page.getByRole("button", { name: "Keep only the public half" }).click()
  const kept: unknown = JSON.parse(await page.getByRole("textbox", { name: "Key" }).inputValue())
  const { alg: _, ...members } = key.toJSON()
  expect(kept).toEqual(members)
  await expectVerdicts(page, { Signature: "pass" })
})

/** The same token with another payload. */
function forged(token: string): string {
  const [header, , signature] = token.split(".")
  return [header, segment({ ...claims(), sub: "eve" }), signature].join(".")
}

function segment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}
