/** The short way to no findings is never shorter than the long one. */
import { lint, makeFixtures, read } from "@jotkit/inspect"
import { Jwk } from "jotkit"
import { expect, test } from "vitest"
import { isPlain, WRITING_RULES, writingFindings } from "../src/input/writing.ts"

const part = (text: string) => Buffer.from(text).toString("base64url")
const odd = [
  '{"a":1.0}',
  '{"a":1e3}',
  '{"a":-0}',
  '{"a":12345678901234567890}',
  '{"a":"\\ud800"}',
  '{"a":"\u202e"}',
  '{"а":1}',
  '{"a":{"b":1,"b":2}}',
  '{"a":[{"b":1,"b":2}]}',
  '["a"]',
  '"a"',
  "{",
  "",
]

test("for good tokens, bad ones, and every oddity of JSON", async () => {
  const key = Jwk.generate("ES256")
  const policy = { issuer: "https://issuer.example", audience: "api" }
  const made = await makeFixtures({ key, policy, now: 1_700_000_000 })
  const written = odd.map((payload) => `${part('{"alg":"ES256"}')}.${part(payload)}.AAAB`)
  const readings = [...made.map(({ token }) => token), ...written].map((token) => read(token))
  for (const reading of readings) {
    const all = await lint(reading, { now: 0 })
    expect(await writingFindings(reading, 0)).toEqual(all.filter(({ id }) => WRITING_RULES.has(id)))
  }
  expect(readings.filter(isPlain).length).toBeGreaterThan(20)
})
