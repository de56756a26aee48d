/** Which algorithms the runtime has: the table in docs/reference/runtimes.md is made of how these tests end in each. */
import {
  type BuiltInAlgorithm,
  decode,
  decodeAsync,
  encode,
  encodeAsync,
  getAlgorithm,
  Jwk,
  listAlgorithms,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { SECRET } from "./keys-fixtures/pairs.ts"
import { untyped } from "./pyjwt/outcome.ts"

const names = listAlgorithms().filter((name) => name !== "none")
const available = names.filter(isAvailable)
const missing = names.filter((name) => !isAvailable(name))

function isAvailable(name: string): boolean {
  return untyped<BuiltInAlgorithm>(getAlgorithm(name)).available
}

describe("the runtime's algorithms", () => {
  test.each(available)("%s", async (algorithm) => {
    const key = algorithm.startsWith("HS") ? SECRET : Jwk.generate(algorithm)
    const options = { algorithms: [algorithm] }
    expect(decode(encode({ a: 1 }, key, { algorithm }), key, options)).toEqual({ a: 1 })
    expect(await decodeAsync(await encodeAsync({ a: 1 }, key, { algorithm }), key, options)).toEqual({ a: 1 })
  })

  test.skipIf(missing.length === 0).each(missing)(
    "%s is missing, and the error names the runtime",
    async (algorithm) => {
      const failure: unknown = await Jwk.generateAsync(algorithm).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: "algorithm_unavailable" })
      expect(String(failure)).toMatch(/is not available in (?:Node|Bun|Deno|Chromium) \d/)
    },
  )
})
