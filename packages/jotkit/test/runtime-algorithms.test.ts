/** Which algorithms the runtime has: the table in docs/reference/runtimes.md is made of how these tests end in each. */
import {
  type BuiltInAlgorithm,
  decode,
  decodeAsync,
  decryptJwe,
  decryptJweAsync,
  encode,
  encodeAsync,
  encryptJwe,
  encryptJweAsync,
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

const CONTENT = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
const KEY_MANAGEMENT = [
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
  ...["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"],
  ...["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"],
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
]

/** Content is encrypted directly; a key is managed for content that every runtime has. */
function optionsFor(name: string): { algorithm: string; encryption: string; pbes2Count: number } {
  return CONTENT.includes(name)
    ? { algorithm: "dir", encryption: name, pbes2Count: 1000 }
    : { algorithm: name, encryption: "A128CBC-HS256", pbes2Count: 1000 }
}

async function codeOfSealing(name: string): Promise<string> {
  const token = encryptJweAsync("x", await Jwk.generateAsync(name), optionsFor(name))
  return token.then(
    () => "",
    (error: unknown) => untyped<{ code: string }>(error).code,
  )
}

const sealing = [...CONTENT, ...KEY_MANAGEMENT]
const codes = await Promise.all(sealing.map(codeOfSealing))
const withoutSealing = sealing.filter((_name, at) => codes[at] === "algorithm_unavailable")

describe("the runtime's algorithms", () => {
  test.each(sealing.filter((name) => !withoutSealing.includes(name)))("%s", async (name) => {
    const key = await Jwk.generateAsync(name)
    const { algorithm, encryption } = optionsFor(name)
    const options = { algorithms: [algorithm], encryptionAlgorithms: [encryption] }
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
    expect(text(decryptJwe(encryptJwe("x", key, optionsFor(name)), key, options).plaintext)).toBe("x")
    const later = await encryptJweAsync("x", key, optionsFor(name))
    expect(text((await decryptJweAsync(later, key, options)).plaintext)).toBe("x")
  })

  test.skipIf(withoutSealing.length === 0).each(withoutSealing)(
    "%s is missing, and the error names the runtime",
    async (name) => {
      const key = await Jwk.generateAsync(name)
      const failure: unknown = await encryptJweAsync("x", key, optionsFor(name)).catch((error: unknown) => error)
      expect(String(failure)).toMatch(/is not available in (?:Node|Bun|Deno|Chromium) \d/)
    },
  )
})
