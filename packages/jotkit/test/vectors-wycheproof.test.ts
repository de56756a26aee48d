import { readdirSync } from "node:fs"
import { decode, getAlgorithm, Jwk, type JwkObject, JwkSet, listAlgorithms, verifyJws, verifyJwsAsync } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "./shared.ts"
import { ANSWERED_DIFFERENTLY, WYCHEPROOF_LEFT_OUT } from "./vectors/left-out.ts"
import {
  answerOf,
  bytes,
  differentAnswer,
  groupsOf,
  isLeftOut,
  type JoseTest,
  joseTest,
  joseTests,
  type KeyOrSet,
  runOf,
  SIGNATURES,
  SIGNED,
  testsOf,
  toAnswer,
} from "./vectors/wycheproof.ts"

interface PrimitiveGroup {
  /** Bits of the tag, for HMAC. */
  readonly tagSize?: number
  /** Bytes of the salt, for PSS. */
  readonly sLen?: number
  readonly publicKeyPem?: string
  readonly publicKeyDer?: string
  readonly publicKeyJwk?: JwkObject
  readonly keyJwk?: JwkObject
  readonly tests: readonly PrimitiveTest[]
}

interface PrimitiveTest {
  readonly tcId: number
  readonly key?: string
  readonly msg: string
  readonly sig?: string
  readonly tag?: string
  readonly result: "valid" | "invalid" | "acceptable"
}

const ALGORITHMS = listAlgorithms().filter((name) => name !== "none" && getAlgorithm(name).family !== "ml-dsa")

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  describe("JOSE", () => {
    test.each(SIGNED)("%s: %i vectors get the right answer, from both forms", async (file, count) => {
      const run = joseTests(folder, file).filter(({ tcId, jwe }) => jwe === undefined && !isLeftOut(file, tcId))
      const problems: string[] = []
      for (const one of run) problems.push(...(await joseProblems(file, one)))
      expect(problems).toEqual([])
      expect(run).toHaveLength(count)
    })

    test("vector 349 holds for the public key, not for the private one, whose key_ops is a text", async () => {
      const { jws = "", ...keys } = joseTest(folder, "json_web_signature", 349)
      expect(await answersOf(jws, keys.public)).toEqual(["accept", "accept"])
      expect(await answersOf(jws, keys.private)).toEqual(["refuse", "refuse"])
    })

    test.each([
      ["json_web_key", 1],
      ["json_web_crypto", 47],
    ])("%s %i: a set of secrets and public keys is refused as such", (file, tcId) => {
      const set = joseTest(folder, file, tcId).private as { keys: unknown[] }
      expect(() => JwkSet.from(set)).toThrow(expect.objectContaining({ code: "jwks_invalid" }))
    })

    test("vectors 367 and 370 have the text of the valid vector 357", () => {
      const [valid, ...others] = [357, 367, 370].map((tcId) => joseTest(folder, "json_web_signature", tcId))
      expect(others.map(({ jws }) => jws)).toEqual([valid?.jws, valid?.jws])
      expect(others.map((one) => one.private)).toEqual([valid?.private, valid?.private])
    })

    test("json_web_crypto 17: the JSON serialization is no token for decode", () => {
      const { jws, private: key } = joseTest(folder, "json_web_crypto", 17)
      // what a caller without types may do
      const token = jws as unknown as string
      expect(() => decode(token, key as JwkObject)).toThrow(expect.objectContaining({ code: "token_malformed" }))
    })
  })

  describe("primitives", () => {
    test.each(SIGNATURES)(
      "%s with %s: %i vectors get the right answer",
      { timeout: 30_000 },
      async (file, name, count, checks) => {
        const groups = groupsOf<PrimitiveGroup>(folder, file)
        const problems: string[] = []
        let asked = 0
        for (const group of groups) {
          const inForms = await checkGroup(group, name)
          asked += inForms.asked
          problems.push(...inForms.problems)
        }
        expect(problems).toEqual([])
        expect(groups.flatMap(({ tests }) => tests)).toHaveLength(count)
        expect(asked).toBe(checks)
      },
    )

    test("the three vectors called acceptable, where the digest's encoding lacks a NULL, are among those refused", () => {
      const results = SIGNATURES.flatMap(([file]) => groupsOf<PrimitiveGroup>(folder, file)).flatMap(
        ({ tests }) => tests,
      )
      expect(results.filter(({ result }) => result === "acceptable")).toHaveLength(3)
    })

    test("all groups of PSS have a salt as long as the hash: PS256, PS384 and PS512 know no other", () => {
      const salts = SIGNATURES.filter(([, name]) => name.startsWith("PS")).map(([file, name]) => [
        name,
        ...groupsOf<PrimitiveGroup>(folder, file).map(({ sLen }) => sLen),
      ])
      expect(salts).toEqual([
        ["PS256", 32],
        ["PS384", 48],
        ["PS512", 64],
      ])
    })
  })

  test("every vector that is answered differently is there and says something else", () => {
    for (const { file, ids, answer } of ANSWERED_DIFFERENTLY) {
      const tests = new Map(testsOf<JoseTest>(folder, file).map((one) => [one.tcId, one]))
      const says = ids.map((tcId) => toAnswer(tests.get(tcId)?.result ?? `no vector ${tcId} in ${file}`))
      expect(says.filter((said) => said === answer)).toEqual([])
      expect(ids.filter((tcId) => !tests.has(tcId))).toEqual([])
    }
  })

  test("all 8,195 vectors of the 41 files are run, or left out by name", () => {
    const files = readdirSync(folder).flatMap((name) => /^(.*)_test\.json$/.exec(name)?.[1] ?? [])
    const leftOut = (file: string): number => {
      const ids = WYCHEPROOF_LEFT_OUT.filter((one) => one.file === file).map((one) => one.ids)
      return ids.reduce<number>((sum, some) => sum + (typeof some === "number" ? some : some.length), 0)
    }
    const sizes = files.map((file) => [file, testsOf(folder, file).length] as const)
    expect(files).toHaveLength(41)
    expect(sizes.filter(([file, size]) => runOf(file) + leftOut(file) !== size)).toEqual([])
    expect(files.reduce((sum, file) => sum + runOf(file), 0)).toBe(7593)
    expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBe(8195)
    expect(WYCHEPROOF_LEFT_OUT.filter(({ file }) => !files.includes(file))).toEqual([])
  })
})

async function joseProblems(file: string, one: JoseTest): Promise<string[]> {
  const expected = differentAnswer(file, one.tcId) ?? toAnswer(one.result)
  const answers = await answersOf(one.jws ?? "", one.public ?? one.private)
  return answers.every((answer) => answer === expected)
    ? []
    : [`${one.tcId}: ${answers.join(", ")}, expected ${expected}`]
}

async function answersOf(jws: string | object, raw: KeyOrSet | undefined): Promise<string[]> {
  const options = { algorithms: ALGORITHMS, enforceMinimumKeyLength: true }
  const set = raw !== undefined && "keys" in raw ? raw : undefined
  const jwk = raw as JwkObject
  // A single key is given as it is to one form, and read before by the other.
  return [
    await answerOf(() => verifyJws(jws, set === undefined ? jwk : JwkSet.from(set as { keys: unknown[] }), options)),
    await answerOf(() =>
      verifyJwsAsync(jws, set === undefined ? Jwk.from(jwk) : JwkSet.from(set as { keys: unknown[] }), options),
    ),
  ]
}

/** Asks each vector once for each form in which its key can be had. */
async function checkGroup(group: PrimitiveGroup, name: string): Promise<{ asked: number; problems: string[] }> {
  const algorithm = getAlgorithm(name)
  const shared = keyForms(group).map((form) => algorithm.prepareKey(form))
  const problems: string[] = []
  let asked = 0
  for (const one of group.tests) {
    const keys = one.key === undefined ? shared : secretForms(one.key).map((form) => algorithm.prepareKey(form))
    const expected = one.result === "valid" && isWholeTag(group, name)
    for (const [form, key] of keys.entries()) {
      asked++
      const genuine = await algorithm.verify(bytes(one.msg), key, bytes(one.sig ?? one.tag ?? ""))
      if (genuine !== expected) problems.push(`${one.tcId}, key form ${form}: ${genuine}, expected ${expected}`)
    }
  }
  return { asked, problems }
}

function keyForms({ publicKeyPem, publicKeyDer, publicKeyJwk, keyJwk }: PrimitiveGroup): readonly unknown[] {
  const der = publicKeyDer === undefined ? undefined : bytes(publicKeyDer)
  return [publicKeyPem, der, publicKeyJwk ?? keyJwk].filter((form) => form !== undefined)
}

function secretForms(key: string): readonly unknown[] {
  return [bytes(key), { kty: "oct", k: Buffer.from(key, "hex").toString("base64url") }]
}

/** A tag shorter than the hash is never a JWS signature, however right it is (RFC 7518, section 3.2). */
function isWholeTag({ tagSize }: PrimitiveGroup, name: string): boolean {
  return tagSize === undefined || `HS${tagSize}` === name
}
