/** Encrypted vectors on WebCrypto: the same answers as on node:crypto. */
import { decryptJweAsync } from "jotkit"
import { expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { DECRYPT_ALL, joseQuestions, primitiveQuestions, problemsOf } from "../vectors/jwe-questions.ts"
import { ENCRYPTED, ENCRYPTION_PRIMITIVES } from "../vectors/wycheproof.ts"

/** 1,399 vectors about the platform's own arithmetic, which is the same here and there, and slow. */
const OF_THE_PLATFORM = "EdgeCaseDoubling"
/** How many vectors of a file are run here, where that is not all. */
const FEWER: ReadonlyMap<string, number> = new Map([
  ["ecdh_secp256r1_webcrypto", 149],
  ["ecdh_secp384r1_webcrypto", 129],
  ["ecdh_secp521r1_webcrypto", 125],
])

describeShared("vectors/wycheproof", "Wycheproof, encryption, on WebCrypto", (folder) => {
  const primitives = ENCRYPTION_PRIMITIVES.map(([file, count]) => [file, FEWER.get(file) ?? count] as const)

  test.each(ENCRYPTED)("%s: %i vectors get the right answer", async (file, count) => {
    const questions = joseQuestions(folder, file)
    expect(await problemsOf(questions, [(jwe, key) => decryptJweAsync(jwe, key, DECRYPT_ALL)])).toEqual([])
    expect(questions).toHaveLength(count)
  })

  test.each(primitives)(
    "%s: %i vectors get the right answer inside a JWE",
    { timeout: 60_000 },
    async (file, count) => {
      const questions = primitiveQuestions(folder, file, OF_THE_PLATFORM)
      expect(await problemsOf(questions, [(jwe, key) => decryptJweAsync(jwe, key, DECRYPT_ALL)])).toEqual([])
      expect(questions).toHaveLength(count)
    },
  )
})
