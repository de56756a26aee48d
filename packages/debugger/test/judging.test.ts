/** Judging: the policy, other moments, keys, and what stands beside a token. */

import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createAuth } from "@jotkit/auth"
import { requireAuth } from "@jotkit/auth/express"
import { readPolicy } from "@jotkit/inspect"
import { encode, encodeAsync, Jwk, JwkSet, signJws, Verifier } from "jotkit"
import { describe, expect } from "vitest"
import { CERTIFICATE, CERTIFICATE_KEY, X5T, X5T_S256 } from "../../inspect/test/certificate-fixture.ts"
import type { Page } from "./browser.ts"
import { copyButton, expectVerdicts, give, headline, open, test, verdict, violations } from "./fixture.ts"

const NOW = 1_800_000_000
const SECRET = "a-secret-that-nobody-else-must-ever-read"
const jotFile = fileURLToPath(new URL("../../cli/dist/jot.mjs", import.meta.url))

function token(claims: object, header: Record<string, unknown> = {}): string {
  return encode(claims, SECRET, { algorithm: "HS256", header })
}

/** RFC 7797, section 4.2. */
const RFC7797_DETACHED = {
  key: '{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}',
  token: "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
  payload: "$.02",
}

/** A panel that is closed at first. */
async function unfold(page: Page, id: string): Promise<void> {
  await page.locator(`#${id}-title`).click()
}

function box(page: Page, name: string) {
  return page.getByRole("textbox", { name, exact: true })
}

describe("the policy", () => {
  const claims = {
    iss: "https://issuer.example",
    aud: ["a", "b"],
    sub: "ada",
    iat: NOW - 60,
    exp: NOW + 60,
    nonce: "n-1",
  }

  test("is what the claims are held to, one field after the other", async () => {
    const page = await open({ at: NOW })
    await give(page, token(claims, { typ: "at+jwt" }), SECRET)
    await expectVerdicts(page, { "Claims policy": "not_checked" })
    await unfold(page, "policy")
    const held = async (
      name: string,
      good: string,
      bad: string,
      region: "Claims policy" | "Time" = "Claims policy",
    ) => {
      await box(page, name).fill(bad)
      await expectVerdicts(page, { Signature: "pass", [region]: "fail" })
      await box(page, name).fill(good)
      await expectVerdicts(page, { Signature: "pass", [region]: "pass" })
    }
    await held("Issuer", "https://other.example\nhttps://issuer.example", "https://other.example")
    await held("Audience", "b", "c")
    await held("Subject", "ada", "eve")
    await held("Type (typ)", "at+jwt", "JWT")
    await held("Required claims", "iss\nexp", "jti")
    await held("Nonce", "n-1", "n-2")
    await held("Greatest age", "60s", "59.5", "Time")
    await expect.poll(() => headline(page)).toBe("accepted")
    await box(page, "Issuer").fill("https://other.example")
    await expectVerdicts(page, { "Claims policy": "fail" })
    expect([await headline(page), await page.locator(".verdicts").getAttribute("data-tone")]).toEqual([
      "refused",
      "spent",
    ])
  })

  test("is written as the JSON that the library and the command line read unchanged", async () => {
    const page = await open({ at: NOW })
    const text = token(claims)
    await give(page, text, SECRET)
    await unfold(page, "policy")
    await page.getByRole("button", { name: "Fill in what the token says" }).click()
    await box(page, "Audience").fill("a\nz")
    await box(page, "Allowed clock skew").fill("30")
    const address = await page.getByRole("link", { name: "Save as policy.json" }).getAttribute("href")
    const saved = decodeURIComponent(String(address).replace(/^[^,]*,/, ""))
    expect(await box(page, "The policy as JSON").inputValue()).toBe(saved.trimEnd())
    const read = readPolicy(saved)
    expect(read).toEqual({
      ok: true,
      policy: {
        algorithms: ["HS256"],
        issuer: "https://issuer.example",
        audience: ["a", "z"],
        typ: "JWT",
        require: ["exp"],
        leeway: 30,
      },
    })
    const policy: object = JSON.parse(saved)
    expect(new Verifier({ ...policy, key: SECRET, now: NOW }).verify(text)).toMatchObject({ sub: "ada" })
    const folder = mkdtempSync(join(tmpdir(), "jot-policy-"))
    writeFileSync(join(folder, "policy.json"), saved)
    const flags = ["--policy", join(folder, "policy.json"), "--secret-env", "JWT_SECRET", "--at", `@${NOW}`, "--json"]
    expect(JSON.parse(jot(["verify", ...flags, text]))).toMatchObject({ verified: true })
    rmSync(folder, { recursive: true })
  })

  test("is read from a file or as text, and refused as a whole where anything in it is wrong", async () => {
    const page = await open({ at: NOW })
    await give(page, token(claims), SECRET)
    await unfold(page, "policy")
    const policy = { algorithms: ["HS256", "HS512"], issuer: ["x", "https://issuer.example"], maxAge: "2m" }
    const file = page.locator("#policy-title >> xpath=ancestor::section >> input[type=file]")
    await file.setInputFiles({
      name: "p.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(policy)),
    })
    await expectVerdicts(page, { Signature: "pass", "Claims policy": "pass", Time: "pass" })
    expect(await box(page, "Issuer").inputValue()).toBe("x\nhttps://issuer.example")
    expect(JSON.parse(await box(page, "The policy as JSON").inputValue())).toEqual(policy)
    await box(page, "The policy as JSON").fill('{"isuer": "y"}')
    await page.locator("#policy-json-error").filter({ hasText: "did you mean issuer?" }).waitFor()
    await file.setInputFiles({ name: "large.json", mimeType: "application/json", buffer: Buffer.alloc(65_537, " ") })
    await page.locator("#policy-json-error").filter({ hasText: "large.json is larger than 65536 bytes" }).waitFor()
    expect(await box(page, "Issuer").inputValue()).toBe("x\nhttps://issuer.example")
    await box(page, "Issuer").fill("y")
    await expectVerdicts(page, { "Claims policy": "fail" })
  })

  test("that cannot be used is not passed over in silence", async () => {
    const page = await open({ at: NOW })
    await give(page, token(claims), SECRET)
    await unfold(page, "policy")
    await box(page, "Greatest age").fill("a while")
    await expectVerdicts(page, { Signature: "pass", "Claims policy": "cannot_check" })
    await expect.poll(() => headline(page)).toBe("unasked")
    expect(await box(page, "Greatest age").getAttribute("aria-invalid")).toBe("true")
    // Which algorithms are accepted can be used all the same.
    await page.getByRole("combobox", { name: "Algorithm", exact: true }).selectOption("HS512")
    await expectVerdicts(page, { Signature: "fail", "Claims policy": "cannot_check" })
    await page.getByRole("combobox", { name: "Algorithm", exact: true }).selectOption("")
    await page.getByRole("button", { name: "Ask for nothing" }).click()
    await expectVerdicts(page, { "Claims policy": "not_checked" })
    await box(page, "Issuer").fill("somebody")
    await page.getByRole("button", { name: "Forget everything" }).click()
    expect(await box(page, "Issuer").inputValue()).toBe("")
  })
})

describe("another moment", () => {
  test("is chosen by keyboard or by a moment of the token, and judged; the way back is there", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iat: NOW - 600, nbf: NOW - 300, exp: NOW + 900 }), SECRET)
    await expectVerdicts(page, { Time: "pass" })
    expect(await page.getByRole("timer").innerText()).toBe("expires in 00:15:00")
    const slider = page.getByRole("slider", { name: "Judge as of" })
    await slider.focus()
    await slider.press("End")
    await expectVerdicts(page, { Signature: "pass", Time: "fail" })
    expect([await headline(page), await page.locator(".verdicts").getAttribute("data-tone")]).toEqual([
      "expired",
      "spent",
    ])
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/^Jan 15, 2027, 4:1\d:\d\d/)
    await page.getByRole("button", { name: "Back to now" }).click()
    await expectVerdicts(page, { Time: "pass" })
    expect(await page.getByRole("button", { name: "Back to now" }).count()).toBe(0)
    await page.getByRole("button", { name: "Judge as of exp" }).click()
    await expectVerdicts(page, { Time: "fail" })
    await slider.focus()
    await slider.press("Home")
    await expectVerdicts(page, { Time: "fail" })
    await expect.poll(() => headline(page)).toBe("early")
    expect(await page.getByRole("timer").innerText()).toMatch(/^valid in 00:0\d:\d\d$/)
  })

  test("counts the allowed skew, which is drawn", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ iat: NOW - 600, exp: NOW - 10 }), SECRET)
    await expectVerdicts(page, { Time: "fail" })
    expect(await page.locator(".line [data-skew]").count()).toBe(0)
    await unfold(page, "policy")
    await box(page, "Allowed clock skew").fill("11")
    await expectVerdicts(page, { Time: "pass" })
    expect(await page.locator(".line [data-skew]").count()).toBe(2)
    await box(page, "Allowed clock skew").fill("10")
    await expectVerdicts(page, { Time: "fail" })
  })

  test("is shown in the zone that is chosen, which is remembered", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ exp: NOW + 60 }), SECRET)
    await page.getByRole("combobox", { name: "Time zone" }).selectOption("America/New_York")
    const row = () => page.getByRole("row", { name: /^exp / }).innerText()
    await expect.poll(row).toContain("Jan 15, 2027, 3:01:00 AM EST")
    await page.reload()
    await give(page, token({ exp: NOW + 60 }), SECRET)
    await expect.poll(row).toContain("3:01:00 AM EST")
  })
})

describe("keys", () => {
  test("of a set each say why they were or were not taken, and those in the token box what they are", async () => {
    const page = await open({ at: NOW })
    const [one, two, rsa] = await Promise.all([
      Jwk.generateAsync("ES256", { keyId: "one" }),
      Jwk.generateAsync("ES256", { keyId: "two" }),
      Jwk.generateAsync("RS256", { keyId: "rsa" }),
    ])
    const set = JSON.stringify(JwkSet.from([one, two, rsa]))
    await give(page, await encodeAsync({ sub: "ada" }, two), one.toPem() + two.toPem())
    await expectVerdicts(page, { Signature: "pass" })
    expect(await page.locator(".key .summary li").count()).toBe(2)
    await page.locator("#key").fill(set)
    await expectVerdicts(page, { Signature: "pass" })
    const answers = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>(".key [data-answer]")].map(({ dataset }) => dataset["answer"]),
      )
    expect(await answers()).toEqual(["matched", "kid_differs", "kty_differs"])
    await give(page, set, "")
    const panel = page.locator('section[aria-labelledby="keyset-title"]')
    await panel.waitFor()
    expect(await panel.locator("li").count()).toBe(3)
    await page.getByRole("button", { name: "Use to verify" }).click()
    expect(await box(page, "Key").inputValue()).toBe(set)
    expect(await box(page, "Token").inputValue()).toBe("")
    await give(page, JSON.stringify(one.toJSON()))
    expect(await page.getByRole("table", { name: "Members of the key" }).innerText()).toMatch(/crv.*P-256/s)
  })

  test("in the token box are asked nothing about tokens, and leave nothing behind where they are moved", async () => {
    const page = await open({ at: NOW })
    const key = await Jwk.generateAsync("ES256")
    const jwk = key.toPrivateJSON()
    const [pem, d] = [key.toPrivatePem().trim(), String(jwk["d"])]
    const texts = [
      [JSON.stringify(jwk, undefined, 2), d],
      [JSON.stringify({ keys: [jwk] }), d],
      [pem, pem.split("\n")[1]],
    ] as const
    for (const [text, hidden] of texts) {
      await give(page, text, "")
      await page.locator(text === pem ? "#keyset-title" : ".findings").waitFor()
      expect([await headline(page), await page.locator(".verdict:not([data-status=none])").count()]).toEqual(["key", 0])
      await page.getByRole("button", { name: "Use to verify" }).click()
      expect([await box(page, "Token").inputValue(), await box(page, "Key").inputValue()]).toEqual(["", text])
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("token")
      await page.locator("#keyset-title").waitFor({ state: "detached" })
      // What is typed into a box is none of its content.
      expect(await page.evaluate(() => document.body.innerHTML)).not.toContain(hidden)
    }
  })

  test("are none in a set that is empty, wherever it stands", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ sub: "ada" }), '{"keys":[]}')
    await expectVerdicts(page, { Signature: "fail" })
    expect(await page.locator(".key .summary").innerText()).toContain("the key set is empty")
    await give(page, '{"keys":[]}', "")
    expect(await page.locator("#keyset-title").innerText()).toBe("Keys 0")
  })

  test("of a set that is too long say how many are listed and read, wherever it stands", async () => {
    const page = await open({ at: NOW })
    const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    const keys = Array.from({ length: 1003 }, (_, index) => ({ kty: "OKP", crv: "Ed25519", kid: String(index), x }))
    const said = page.locator(".summary").filter({ hasText: "Listed are 50 of 1003 keys; the first 1000 are read." })
    await give(page, JSON.stringify({ keys }), "")
    await said.waitFor()
    await page.getByRole("button", { name: "Use to verify" }).click()
    await page.locator(".key .summary").filter({ hasText: "1002 other keys" }).waitFor()
    await said.waitFor()
    await give(page, "", JSON.stringify({ keys: keys.slice(0, 50) }))
    await page.locator(".key .summary").filter({ hasText: "49 other keys" }).waitFor()
    expect(await said.count()).toBe(0)
    await page.locator("#key").fill(Jwk.from({ kty: "OKP", crv: "Ed25519", x }).toPem().repeat(1003))
    await said.waitFor()
  })

  test("that do not fit have a list of what was tried", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ sub: "ada" }), "another secret, as long as it has to be")
    await page.getByRole("button", { name: "Why invalid?" }).click()
    await page.locator(".tried").waitFor()
    await page.locator(".tried summary").click()
    expect(await page.locator(".tried").innerText()).toMatch(/other encodings.*the payload written otherwise/s)
    await expectVerdicts(page, { Signature: "fail" })
  })
})

describe("beside the token", () => {
  test("hashes are compared with what is pasted", async () => {
    const page = await open({ at: NOW })
    const key = await Jwk.generateAsync("ES256")
    const half = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url")
    const claims = { at_hash: half("access"), c_hash: half("code"), cnf: { jkt: key.thumbprint() } }
    await give(page, token(claims), SECRET)
    await page.locator("#beside-title").waitFor()
    await unfold(page, "beside")
    const statuses = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("[data-binding]")].map(({ dataset }) => dataset["status"]),
      )
    expect(await statuses()).toEqual(["not_checked", "not_checked", "not_checked"])
    await box(page, "To compare with at_hash").fill("access")
    await box(page, "To compare with c_hash").fill("another code")
    await box(page, "To compare with cnf.jkt").fill(JSON.stringify(key.toJSON()))
    await expect.poll(statuses).toEqual(["pass", "fail", "pass"])
    await page.locator('[data-id="CLM-HASH"]').waitFor()
    await expectVerdicts(page, { Signature: "pass", "Claims policy": "fail" })
    expect(await verdict(page, "Claims policy").innerText()).toContain("c_hash is the hash of something else")
    expect(await headline(page)).toBe("refused")
    await box(page, "To compare with c_hash").fill("code")
    await expectVerdicts(page, { Signature: "pass", "Claims policy": "not_checked" })
    await box(page, "To compare with c_hash").fill("another code")
    await page.getByRole("button", { name: "Forget everything" }).click()
    expect(await page.evaluate(() => document.documentElement.outerHTML.includes("another code"))).toBe(false)
  })

  test("detached content is what the signature is over, encoded or not", async () => {
    const page = await open({ at: NOW })
    const signed = encode({ iss: "x" }, SECRET, { algorithm: "HS256" })
    await give(page, signed.replace(/\..+\./, ".."), SECRET)
    await expectVerdicts(page, { Structure: "pass", Signature: "cannot_check" })
    const content = box(page, "Detached content")
    await content.fill('{"iss":"x"}')
    await expectVerdicts(page, { Structure: "pass", Signature: "pass", "Key trust": "pass" })
    await content.fill('{"iss": "x"}')
    await expectVerdicts(page, { Signature: "fail" })
    const { key, token: unencoded, payload } = RFC7797_DETACHED
    await give(page, unencoded, key)
    await content.fill(payload)
    await expectVerdicts(page, { Structure: "pass", Signature: "pass" })
    await unfold(page, "samples")
    expect(await page.locator("#sample-cli").innerText()).toContain("--detached content.txt")
    await give(page, signed, SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    expect(await page.locator("#beside-title").count()).toBe(0)
  })

  test("certificates say whose they are, whether they fit, and that nobody vouches for them", async () => {
    const page = await open({ at: NOW })
    const x5c = [CERTIFICATE.replaceAll(/-----[A-Z ]+-----|\s/g, "")]
    const header = { x5c, x5t: X5T, "x5t#S256": X5T_S256.replace("o", "p") }
    await give(page, encode({ sub: "ada" }, Jwk.fromPem(CERTIFICATE_KEY), { algorithm: "ES256", header }), CERTIFICATE)
    await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    await page.locator("#certificates-title").waitFor()
    await unfold(page, "certificates")
    const panel = page.locator(".fold").filter({ hasText: "Certificates" })
    const text = await panel.innerText()
    expect(text).toContain("C=TW, O=範例\\, Inc., CN=api.example")
    expect(text).toContain("DNS:*.api.example")
    expect(text).toContain("in its time")
    expect(text).toContain("no chain is trusted")
    const checks = () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("[data-check]")].map(
          ({ dataset }) => `${dataset["check"]} ${dataset["status"]}`,
        ),
      )
    const once = ["key pass", "x5t pass", "x5t#S256 fail"]
    await expect.poll(checks).toEqual([...once, ...once])
  })

  test("disclosures are compared with the hashes that the issuer signed", async () => {
    const page = await open({ at: NOW })
    const good = Buffer.from('["salt","family_name","Möbius"]').toString("base64url")
    const added = Buffer.from('["salt","admin",true]').toString("base64url")
    const digest = createHash("sha256").update(good).digest("base64url")
    await give(page, `${token({ _sd: [digest, "kept-back"], _sd_alg: "sha-256" })}~${good}~${added}~`, SECRET)
    const rows = page.getByRole("table", { name: "Disclosures" })
    await rows.waitFor()
    expect(await rows.innerText()).toMatch(
      /family_name\s+"Möbius"\s+the token holds its hash\s+admin\s+true\s+.*added or changed/s,
    )
    expect(await page.locator("#disclosures-title >> xpath=..").innerText()).toMatch(/decoys\): 1.*no key binding/s)
  })

  test("the size of each part stands against what cookies and headers hold", async () => {
    const page = await open({ at: NOW })
    await give(page, token({ groups: "g".repeat(6000) }), SECRET)
    await page.locator("#weight-title").waitFor()
    await unfold(page, "weight")
    const panel = await page.locator(".fold").filter({ hasText: "Size" }).innerText()
    expect(panel).toMatch(/19\d% of what a cookie may hold/)
    expect(panel).toMatch(/payload\/groups\s+80\d\d\s+9\d%/)
  })
})

describe("code samples", () => {
  const claims = { iss: "it's", aud: "api", exp: NOW + 60, nonce: "n 1" }

  test("say the same as the page when they are run, and hold no secret", async () => {
    const page = await open({ at: NOW })
    await give(page, token(claims), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await unfold(page, "policy")
    await box(page, "Issuer").fill("it's")
    await box(page, "Audience").fill("api\nother")
    await box(page, "Allowed clock skew").fill("5s")
    await box(page, "Nonce").fill("n 1")
    await expectVerdicts(page, { Signature: "pass", "Claims policy": "pass" })
    await unfold(page, "samples")
    const sample = (name: string) => page.locator(`#sample-${name}`).innerText()
    const all = [await sample("cli"), await sample("library"), await sample("server")]
    expect(all.join()).not.toContain(SECRET)
    const folder = mkdtempSync(join(tmpdir(), "jot-sample-"))
    writeFileSync(join(folder, "token.txt"), token(claims))
    const line = `${all[0]?.replace(/^jot/, `"${process.execPath}" "${jotFile}"`)} --json --at @${NOW}`
    expect(JSON.parse(run("sh", ["-c", line], folder))).toMatchObject({ verified: true })
    expect(JSON.parse(run("sh", ["-c", line.replace("'n 1'", "n2")], folder))).toMatchObject({ code: "claims" })
    rmSync(folder, { recursive: true })
    const program = (all[1] ?? "").replace("algorithms:", `now: ${NOW}, algorithms:`)
    const inFile = (text: string) => ({ jotkit: { Verifier }, "node:fs": { readFileSync: () => `${text}\n` } })
    expect(evaluate(program, inFile(token(claims)), "claims")).toEqual(claims)
    expect(() => evaluate(program, inFile(token({ ...claims, nonce: "n 2" })), "claims")).toThrow("nonce")
    const app = { get: (path: string, guard: unknown) => expect([path, typeof guard]).toEqual(["/me", "function"]) }
    const server = { express: { default: () => app }, "@jotkit/auth": { createAuth } }
    const guard = { "@jotkit/auth/express": { requireAuth } }
    expect(evaluate(all[2] ?? "", { ...server, ...guard }, "auth")).toBeTypeOf("object")
  })

  test("ask for what the token says where nobody says more, and for a passphrase; without claims there is one", async () => {
    const page = await open({ at: NOW })
    const key = Jwk.fromPem(CERTIFICATE_KEY)
    const both = encode({ iss: "a", aud: ["b", "c"], exp: NOW + 60 }, key, { algorithm: "ES256" })
    await give(page, both, key.toPrivatePem({ passphrase: "open sesame" }))
    await page.locator('input[type="password"]').fill("open sesame")
    await expectVerdicts(page, { Signature: "pass" })
    await unfold(page, "samples")
    const library = await page.locator("#sample-library").innerText()
    expect(library).toContain('audience: ["b","c"]')
    expect(library).toContain("passphrase: process.env.PASSPHRASE")
    expect(await page.locator("#sample-server").innerText()).toContain('"a": {')
    expect(await page.locator("#sample-cli").innerText()).toContain("--passphrase env:PASSPHRASE")
    await give(page, signJws("no claims", key, { algorithm: "ES256" }))
    await expect.poll(() => page.locator(".sample").count()).toBe(1)
  })

  test("take several keys in PEM, and those with ids beside them, from the set that the page writes of them", async () => {
    const page = await open({ at: NOW })
    const [one, other] = [Jwk.generate("ES256"), Jwk.generate("ES256")]
    const pems = [one, other].map((key) => key.publicKey().toPem())
    const signed = encode({ aud: "api", exp: NOW + 60 }, other, { algorithm: "ES256", now: NOW })
    const all: readonly (readonly [keys: string, written: string])[] = [
      [pems.join(""), '"keys"'],
      [JSON.stringify({ first: pems[0], second: pems[1] }), '"second"'],
      [JSON.stringify({ only: pems[1] }), '"only"'],
    ]
    for (const [keys, part] of all) {
      await give(page, signed, keys)
      await expectVerdicts(page, { Signature: "pass" })
      await page.getByRole("combobox", { name: "Write the key as" }).selectOption("jwks_public")
      const written = page.getByRole("textbox", { name: "Written" })
      await expect.poll(() => written.inputValue()).toContain(part)
      await page
        .locator(".fold")
        .filter({ hasText: "jwks.json holds the keys of the box" })
        .waitFor({ state: "attached" })
      const program = (await page.locator("#sample-library").textContent()) ?? ""
      const files = { "token.txt": signed, "jwks.json": await written.inputValue() }
      const readFileSync = (name: keyof typeof files) => files[name]
      const modules = { jotkit: { Verifier, JwkSet }, "node:fs": { readFileSync } }
      const found = evaluate(program.replace("algorithms:", `now: ${NOW}, algorithms:`), modules, "claims")
      expect(found).toMatchObject({ aud: "api" })
      expect(await page.locator("#sample-cli").textContent()).toContain("--key jwks.json")
    }
  })

  test("are copied as they stand", async () => {
    const page = await open({ at: NOW })
    await give(page, token(claims), SECRET)
    await expectVerdicts(page, { Signature: "pass" })
    await unfold(page, "samples")
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
    const shown = await page.locator("#sample-cli").innerText()
    await copyButton(page, "Command line").click()
    await page.locator(".copy-done").waitFor()
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(shown)
  })
})

test.each([
  ["light", "en"],
  ["dark", "zh-Hant"],
] as const)("axe finds nothing wrong with all panels open, %s, %s", async (colorScheme, language) => {
  const page = await open({ at: NOW, colorScheme, fragment: `#lang=${language}` })
  const x5c = [CERTIFICATE.replaceAll(/-----[A-Z ]+-----|\s/g, "")]
  const good = Buffer.from('["salt","family_name","Möbius"]').toString("base64url")
  const signed = encode({ iat: NOW, exp: NOW + 60, at_hash: "x", _sd: ["a"] }, Jwk.fromPem(CERTIFICATE_KEY), {
    algorithm: "ES256",
    header: { x5c, x5t: X5T },
  })
  for (const text of [`${signed}~${good}~`, JSON.stringify(Jwk.fromPem(CERTIFICATE).toJSON())]) {
    await page.locator("#token").fill(text)
    await page.locator("#key").fill(CERTIFICATE)
    await page.locator('.verdicts:not([data-headline="checking"])').waitFor()
    await page.locator(text.includes("~") ? "#certificates-title" : "#keyset-title").waitFor()
    await page.evaluate(() => {
      for (const one of document.querySelectorAll("details")) one.open = true
    })
    if (text.includes("~")) await page.locator(".moment").first().click()
    await page.locator("#policy-maxAge").fill("x")
    await page.locator('.verdicts:not([data-headline="checking"])').waitFor()
    // What is pointed at has another ground, which what is written there must stand out from.
    if (text.includes("~")) await page.locator(".members tr").filter({ hasText: /^exp/ }).hover()
    expect(await violations(page)).toEqual([])
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    await page.setViewportSize({ width: 1280, height: 800 })
  }
})

function jot(words: readonly string[]): string {
  return run(process.execPath, [jotFile, ...words])
}

/** Runs a sample with what it imports, and nothing else but the surroundings; answers with one of its constants. */
function evaluate(
  sample: string,
  modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  constant: string,
): unknown {
  const names: Record<string, unknown> = { process: { env: { JWT_SECRET: SECRET } } }
  for (const [, whole, list = "", from = ""] of sample.matchAll(/^import (?:(\w+)|\{ (.+) \}) from "(.+)"$/gm)) {
    if (whole !== undefined) names[whole] = modules[from]?.["default"]
    for (const name of list.split(", ").filter((one) => one !== "")) names[name] = modules[from]?.[name]
  }
  const body = `${sample.replaceAll(/^import .*$/gm, "")}\nreturn ${constant}`
  return new Function(...Object.keys(names), body)(...Object.values(names))
}

/** What a program prints, whatever it ends with. */
function run(program: string, words: readonly string[], cwd = fileURLToPath(new URL("..", import.meta.url))): string {
  try {
    return execFileSync(program, words, {
      cwd,
      encoding: "utf8",
      env: { ...process.env, JWT_SECRET: SECRET },
      stdio: ["ignore", "pipe", "ignore"],
    })
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout)
  }
}
