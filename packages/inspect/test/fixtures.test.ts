/** Fixtures: what they expect is what the library and the verdicts say, for every family of keys. */
import { judge, makeFixtures, type Policy, read, readKeys, textOf } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { zhHant } from "@jotkit/inspect/zh-hant"
import { Jwk, Verifier } from "jotkit"
import { describe, expect, test } from "vitest"

const NOW = 1_700_000_000
const FULL: Policy = {
  issuer: "https://issuer.example",
  audience: ["api", "web"],
  subject: "alice",
  typ: "at+jwt",
  require: ["exp", "jti", "client_id"],
  maxAge: "1h",
  leeway: 5,
}
/** It allows just the parties that the cases are about. */
const GENEROUS: Policy = {
  issuer: [
    ...["", "/", "//", ".attacker.example"].map((end) => `https://issuer.example${end}`),
    "https://attacker.example",
  ],
  audience: ["api", "other", "otherr", "*", "api-and-more"],
  subject: "someone-else",
  typ: "application/Other+jwt",
}

describe.each(["HS256", "RS256", "PS384", "ES256", "ES512", "Ed25519"])("with a key for %s", (algorithm) => {
  const key = Jwk.generate(algorithm, { keyId: "k" })
  test.each([
    ["a full policy", { ...FULL, algorithms: [algorithm] }],
    ["a policy that allows what is elsewhere refused", { ...FULL, ...GENEROUS, algorithms: [algorithm] }],
    ["no policy but the algorithm", { algorithms: [algorithm] }],
  ])("and %s each gets the answer it expects", async (_, policy) => {
    const fixtures = await makeFixtures({ key, policy, now: NOW })
    const verifier = new Verifier({ key: key.isSymmetric ? key : key.publicKey(), ...policy, now: () => NOW })
    const keys = await readKeys(JSON.stringify(key.isSymmetric ? key.toPrivateJSON() : key.toJSON()))
    const answers = await Promise.all(
      fixtures.map(async ({ name, token, code }) => ({
        name,
        told: (await judge(read(token), { now: NOW, keys, policy })).code,
        expected: code,
        library: accepts(verifier, token),
      })),
    )
    expect(
      answers.filter(({ told, expected, library }) => told !== expected || library !== (expected === "ok")),
    ).toEqual([])
    expect(fixtures.filter((one) => one.expect === "reject").length).toBeGreaterThan("issuer" in policy ? 70 : 50)
    expect(new Set(fixtures.map(({ name }) => name)).size).toBe(fixtures.length)
  })
})

test.each([en, zhHant])("each has its reason in $language", async (catalogue) => {
  const fixtures = await makeFixtures({ key: Jwk.generate("ES256"), policy: FULL, now: NOW })
  for (const { name } of fixtures) expect([name, textOf(catalogue, "fixture", name) === name]).toEqual([name, false])
})

function accepts(verifier: Verifier, token: string): boolean {
  try {
    verifier.verify(token)
    return true
  } catch {
    return false
  }
}
