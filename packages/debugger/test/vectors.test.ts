/** Tokens that were made to be refused: the page, the command line and the library say the same of each, and why. */

import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { makeFixtures } from "@jotkit/inspect"
import { isJwtError, Jwk, Verifier } from "jotkit"
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

function askLibrary(name: string, token: string, key: string, policy: { algorithms: string[] }): Answer {
  try {
    new Verifier({ ...policy, key, now: NOW }).verify(token)
    return { name, isAccepted: true, reasons: [] }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { name, isAccepted: false, reasons: [error.code] }
  }
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
