/** One table of tokens, three places: the page, the command line and the library say the same of each. */

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { makeFixtures } from "@jotkit/inspect"
import { isJwtError, Jwk, type JwkObject, Verifier, verifyJws } from "jotkit"
import { expect } from "vitest"
import type { Page } from "./browser.ts"
import { give, open, test } from "./fixture.ts"

const NOW = 1_800_000_000
const SECRET = "a-secret-that-is-long-enough-for-hs256"
const POLICY = { algorithms: ["HS256"], issuer: "https://issuer.example", audience: ["api", "api-2"], require: ["exp"] }
const jotFile = fileURLToPath(new URL("../../cli/dist/jot.mjs", import.meta.url))

/** What each place says. */
interface Answer {
  readonly name: string
  readonly isAccepted: boolean
  /** The library says the first reason, the page and the command line say all of them. */
  readonly reasons: readonly string[]
}

/** A token of an RFC. */
interface RfcCase {
  readonly id: string
  readonly alg?: string
  readonly jwk?: JwkObject
  readonly token?: unknown
}

test("the page, jot and the library agree on tokens that were made to be refused", async () => {
  const fixtures = await makeFixtures({
    key: Jwk.from(new TextEncoder().encode(SECRET)),
    algorithm: "HS256",
    policy: POLICY,
    now: NOW,
  })
  // One a line: what has no line of its own cannot stand in a list.
  const lines = fixtures.filter(({ token }) => /^[\w-]+\.[\w-]*\.[\w-]*$/.test(token))
  expect(lines.length).toBeGreaterThan(35)
  const page = await open({ at: NOW })
  await give(page, "", SECRET)
  await page.locator("#policy-title").click()
  await page.locator("#policy-json").fill(JSON.stringify(POLICY))
  const printed = jot(["--secret-env", "JWT_SECRET", ...POLICY.audience.flatMap((name) => ["--aud", name])], lines)
  for (const [index, { name, token, expect: expected }] of lines.entries()) {
    const library = askLibrary(name, token, SECRET, POLICY)
    const shown = await askPage(page, name, token)
    expect([name, library.isAccepted]).toEqual([name, expected === "accept"])
    expectSame(shown, library)
    expectSame(printed[index] ?? shown, library)
  }
})

test("the page, jot and the library agree on the tokens of the RFCs", async () => {
  const cases = ["rfc7515", "rfc7519", "rfc7797", "rfc8037"].flatMap(rfc)
  expect(cases.length).toBeGreaterThan(6)
  const page = await open({ at: NOW })
  for (const { id, alg = "", jwk, token } of cases) {
    if (jwk === undefined) throw new Error(`${id} names no key`)
    const key = JSON.stringify(jwk)
    const library = askLibrary(id, String(token), Jwk.from(jwk), { algorithms: [alg] })
    await give(page, "", key)
    expectSame(await askPage(page, id, String(token)), library)
    expectSame(jotOne(id, alg, key, String(token)), library)
  }
})

function rfc(name: string): readonly RfcCase[] {
  const text = readFileSync(new URL(`../../jotkit/test/vectors/rfc/${name}.json`, import.meta.url), "utf8")
  const { cases } = JSON.parse(text) as { cases: readonly RfcCase[] }
  return cases.filter(
    ({ alg, jwk, token }) =>
      alg !== undefined && alg !== "none" && jwk !== undefined && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(String(token)),
  )
}

/** What the other two tell apart and the library need not. */
const MORE_EXACTLY: Readonly<Record<string, readonly string[]>> = {
  algorithm_not_allowed: ["token_unsecured", "algorithm_unknown", "key_unsuitable"],
  algorithm_missing: ["algorithm_unknown"],
  claim_missing: ["claim_malformed"],
}

/** Of a refused token the library's reason is among those that the other place gives. */
function expectSame(other: Answer, library: Answer): void {
  expect([other.name, other.isAccepted, other.reasons]).toEqual([library.name, library.isAccepted, other.reasons])
  const isTold = library.reasons.some((code) =>
    [code, ...(MORE_EXACTLY[code] ?? [])].some((one) => other.reasons.includes(one)),
  )
  if (!library.isAccepted) expect([other.name, isTold, ...other.reasons]).toContain(true)
}

function askLibrary(name: string, token: string, key: string | Jwk, policy: { algorithms: string[] }): Answer {
  try {
    if (isClaims(token)) new Verifier({ ...policy, key, now: NOW }).verify(token)
    else verifyJws(token, key, policy)
    return { name, isAccepted: true, reasons: [] }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { name, isAccepted: false, reasons: [error.code] }
  }
}

/** What is signed may be anything; only claims are judged. */
function isClaims(token: string): boolean {
  return Buffer.from(token.split(".")[1] ?? "", "base64url")
    .toString()
    .trimStart()
    .startsWith("{")
}

async function askPage(page: Page, name: string, token: string): Promise<Answer> {
  await page.locator("#token").fill(token)
  await page.locator('.verdicts:not([data-headline="checking"]):not([data-headline="empty"])').waitFor()
  const verdicts = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".verdict")].map(({ dataset: { status = "", code = "" } }) => ({
      status,
      code,
    })),
  )
  const bad = verdicts.filter(({ status }) => status === "fail")
  return {
    name,
    isAccepted: bad.length === 0 && verdicts[1]?.status === "pass",
    reasons: verdicts.map(({ code }) => code),
  }
}

/** What `jot verify --json` prints. */
interface Printed {
  readonly verified: boolean
  readonly reason?: string
  readonly checks?: readonly { readonly status: string; readonly code?: string }[]
}

function answerOf(name: string, { verified, reason = "", checks = [] }: Printed): Answer {
  return { name, isAccepted: verified, reasons: [reason, ...checks.map(({ code = "" }) => code)] }
}

/** All tokens in one run. */
function jot(flags: readonly string[], lines: readonly { readonly name: string; readonly token: string }[]): Answer[] {
  const { algorithms, issuer, require } = POLICY
  const rules = ["--alg", ...algorithms, "--iss", issuer, "--require", ...require]
  const words = ["verify", ...flags, ...rules, "--at", `@${NOW}`, "--jsonl", "-"]
  const printed = run(words, `${lines.map(({ token }) => token).join("\n")}\n`)
    .trim()
    .split("\n")
  expect(printed).toHaveLength(lines.length)
  return lines.map(({ name }, index) => answerOf(name, JSON.parse(printed[index] ?? "") as Printed))
}

function jotOne(name: string, alg: string, key: string, token: string): Answer {
  const words = ["verify", "--key", "-", "--alg", alg, "--at", `@${NOW}`, "--json", token]
  return answerOf(name, JSON.parse(run(words, key)) as Printed)
}

/** What `jot` prints, whatever it ends with. */
function run(words: readonly string[], input: string): string {
  try {
    const env = { ...process.env, JWT_SECRET: SECRET }
    return execFileSync(process.execPath, [jotFile, ...words], {
      input,
      encoding: "utf8",
      env,
      stdio: ["pipe", "pipe", "ignore"],
    })
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout)
  }
}
