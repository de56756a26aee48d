/** What nobody else may get to see: in a redacted token. */

import { Jwk } from "jotkit"
import { describe, expect } from "vitest"
import type { Page } from "./browser.ts"
import { give, open, test } from "./fixture.ts"

const NOW = 1_700_000_000
const pair = Jwk.generate("ES256")

function part(content: unknown): string {
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64url")
}

/** A token that no one signed. */
function token(payload: unknown, header: unknown = { alg: "ES256" }): string {
  return `${part(header)}.${part(payload)}.AAAA`
}

/** What the window shares of a token unless something else is chosen. */
async function redacted(page: Page, text: string): Promise<string[]> {
  await give(page, text)
  await page.getByRole("button", { name: "Share" }).click()
  const shared = await page.getByRole("textbox", { name: "Alone" }).inputValue()
  await page.keyboard.press("Escape")
  return shared.split(".").map((one) => Buffer.from(one, "base64url").toString())
}

describe("a redacted token", () => {
  test("names nobody, however deep a name stands, and holds no private key", async () => {
    const page = await open({ at: NOW })
    const claims = {
      act: { sub: "grace" },
      list: [{ email: "ada@example.com" }],
      "cognito:username": "ada",
      cnf: { jwk: pair.toPrivateJSON() },
      email_verified: true,
      scope: "read",
    }
    const [header, payload] = await redacted(
      page,
      token(claims, { alg: "ES256", sub: "ada", jwk: pair.toPrivateJSON() }),
    )
    expect(JSON.parse(header ?? "")).toEqual({ alg: "ES256", sub: "…", jwk: "…" })
    const masked = { act: "…", list: "…", "cognito:username": "…", cnf: "…" }
    expect(JSON.parse(payload ?? "")).toEqual({ ...masked, email_verified: true, scope: "read" })
  })

  test("holds nothing of what cannot be read to its end", async () => {
    const page = await open({ at: NOW })
    const broken = ['{"iss":"x","email":"ada@exam', '{"iss":"x" "email":"ada@example.com"}', '{"a":1}{"sub":"ada"}']
    for (const text of broken) expect(await redacted(page, token(text))).toEqual(['{"alg":"ES256"}', "", ""])
  })
})
