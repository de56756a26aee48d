import { decrypt, decryptJwe, decryptJweAsync, Jwk, type JwkObject } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "./shared.ts"
import { DECRYPT_ALL, joseQuestions, primitiveQuestions, problemsOf } from "./vectors/jwe-questions.ts"
import { ENCRYPTED, ENCRYPTION_PRIMITIVES, type JoseTest, joseTest, joseTests } from "./vectors/wycheproof.ts"

describeShared("vectors/wycheproof", "Wycheproof, encryption", (folder) => {
  test.each(ENCRYPTED)("%s: %i vectors get the right answer, from both forms", async (file, count) => {
    const questions = joseQuestions(folder, file)
    const problems = await problemsOf(questions, [
      (jwe, key) => decryptJwe(jwe, key, DECRYPT_ALL),
      // The key is given as it is to one form, and read before by the other.
      async (jwe, key) => decryptJweAsync(jwe, Jwk.from(key as JwkObject), DECRYPT_ALL),
    ])
    expect(problems).toEqual([])
    expect(questions).toHaveLength(count)
  })

  test.each(ENCRYPTION_PRIMITIVES)(
    "%s: %i vectors get the right answer inside a JWE, from both forms",
    { timeout: 60_000 },
    async (file, count) => {
      const questions = primitiveQuestions(folder, file)
      const problems = await problemsOf(questions, [
        (jwe, key) => decryptJwe(jwe, key, DECRYPT_ALL),
        (jwe, key) => decryptJweAsync(jwe, key, DECRYPT_ALL),
      ])
      expect(problems).toEqual([])
      expect(questions).toHaveLength(count)
    },
  )

  test("json_web_crypto 66: the JSON serialization is no token for decrypt", () => {
    const { jwe, private: key } = joseTest(folder, "json_web_crypto", 66)
    // what a caller without types may do
    const token = jwe as unknown as string
    expect(codeOf(() => decrypt(token, key as JwkObject))).toBe("token_malformed")
  })

  describe("RSA1_5", () => {
    const some = joseTests(folder, "json_web_encryption").filter(({ jwe }) => headerOf(jwe).alg === "RSA1_5")

    test("is refused by its name, before any decryption, whatever the padding is", () => {
      const codes = some.map((one) => codeOf(() => decryptJwe(one.jwe ?? "", plainRsaKey(one), DECRYPT_ALL)))
      expect(new Set(codes)).toEqual(new Set(["algorithm_not_allowed"]))
      expect(some.length).toBeGreaterThanOrEqual(26)
    })

    test("cannot be asked for", () => {
      const options = { algorithms: ["RSA1_5"] }
      const codes = some.map((one) => codeOf(() => decryptJwe(one.jwe ?? "", plainRsaKey(one), options)))
      expect(new Set(codes)).toEqual(new Set(["algorithm_unknown"]))
    })
  })
})

function headerOf(jwe: unknown): { alg?: unknown } {
  try {
    return JSON.parse(Buffer.from(String(jwe).split(".")[0] ?? "", "base64url").toString("utf8"))
  } catch {
    return {}
  }
}

/** The key without its `alg`, which no key here can have. */
function plainRsaKey({ private: key }: JoseTest): JwkObject {
  const { alg: _, ...plain } = key as JwkObject
  return plain as JwkObject
}

function codeOf(call: () => unknown): string {
  try {
    call()
    return "accepted"
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}
