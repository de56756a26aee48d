import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  decode,
  getAlgorithm,
  isJwtError,
  Jwk,
  type JwkObject,
  JwkSet,
  listAlgorithms,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "./shared.ts"
import { ANSWERED_DIFFERENTLY, type AnsweredDifferently, WYCHEPROOF_LEFT_OUT } from "./vectors/left-out.ts"

type KeyOrSet = JwkObject | { readonly keys: readonly unknown[] }

interface JoseKeys {
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
}

interface JoseGroup extends JoseKeys {
  readonly tests: readonly Omit<JoseTest, keyof JoseKeys>[]
}

interface JoseTest extends JoseKeys {
  readonly tcId: number
  readonly jws?: string | object
  readonly result: string
}

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

const SIGNATURES = listAlgorithms().filter((name) => name !== "none" && getAlgorithm(name).family !== "ml-dsa")

/** File, number of vectors that are run. */
const JOSE = [
  ["json_web_signature", 401],
  ["json_web_key", 25],
  ["json_web_crypto", 48],
] as const

/**
 * File, algorithm, number of vectors, and of checks: each vector is asked once for each form of its key, which is PEM, DER
 * and JWK, or bytes and JWK. Ten vectors of each curve come without a JWK.
 */
const PRIMITIVES = [
  ["ecdsa_secp256k1_sha256_p1363", "ES256K", 252, 746],
  ["ecdsa_secp256r1_sha256_p1363", "ES256", 262, 776],
  ["ecdsa_secp384r1_sha384_p1363", "ES384", 280, 830],
  ["ecdsa_secp521r1_sha512_p1363", "ES512", 318, 944],
  ["ed25519", "EdDSA", 151, 453],
  ["ed25519", "Ed25519", 151, 453],
  ["ed448", "EdDSA", 87, 261],
  ["ed448", "Ed448", 87, 261],
  ["hmac_sha256", "HS256", 174, 348],
  ["hmac_sha384", "HS384", 174, 348],
  ["hmac_sha512", "HS512", 174, 348],
  ["rsa_signature_2048_sha256", "RS256", 259, 777],
  ["rsa_signature_2048_sha384", "RS384", 258, 774],
  ["rsa_signature_2048_sha512", "RS512", 259, 777],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256", 108, 324],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384", 141, 423],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512", 179, 537],
] as const

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  const groupsOf = <T extends { readonly tests: readonly object[] }>(file: string): readonly T[] =>
    JSON.parse(readFileSync(join(folder, `${file}_test.json`), "utf8")).testGroups

  const joseTests = (file: string): readonly JoseTest[] =>
    groupsOf<JoseGroup>(file).flatMap(({ tests, ...keys }) => tests.map((one) => ({ ...keys, ...one })))

  const joseTest = (file: string, tcId: number): JoseTest => {
    const found = joseTests(file).find((one) => one.tcId === tcId)
    if (found === undefined) throw new Error(`${file} has no vector ${tcId}`)
    return found
  }

  describe("JOSE", () => {
    test.each(JOSE)("%s: %i vectors get the right answer, from both forms", async (file, count) => {
      const run = joseTests(file).filter(({ tcId }) => !isLeftOut(file, tcId))
      const problems: string[] = []
      for (const one of run) problems.push(...(await joseProblems(file, one)))
      expect(problems).toEqual([])
      expect(run).toHaveLength(count)
    })

    test("vector 349 holds for the public key, not for the private one, whose key_ops is a text", async () => {
      const { jws = "", ...keys } = joseTest("json_web_signature", 349)
      expect(await answersOf(jws, keys.public)).toEqual(["accept", "accept"])
      expect(await answersOf(jws, keys.private)).toEqual(["refuse", "refuse"])
    })

    test.each([
      ["json_web_key", 1],
      ["json_web_crypto", 47],
    ])("%s %i: a set of secrets and public keys is refused as such", (file, tcId) => {
      const set = joseTest(file, tcId).private as { keys: unknown[] }
      expect(() => JwkSet.from(set)).toThrow(expect.objectContaining({ code: "jwks_invalid" }))
    })

    test("vectors 367 and 370 have the text of the valid vector 357", () => {
      const [valid, ...others] = [357, 367, 370].map((tcId) => joseTest("json_web_signature", tcId))
      expect(others.map(({ jws }) => jws)).toEqual([valid?.jws, valid?.jws])
      expect(others.map((one) => one.private)).toEqual([valid?.private, valid?.private])
    })

    test("json_web_crypto 17: the JSON serialization is no token for decode", () => {
      const { jws, private: key } = joseTest("json_web_crypto", 17)
      // what a caller without types may do
      const token = jws as unknown as string
      expect(() => decode(token, key as JwkObject)).toThrow(expect.objectContaining({ code: "token_malformed" }))
    })

    test("every vector that is answered differently is there and says something else", () => {
      for (const { file, ids, answer } of ANSWERED_DIFFERENTLY) {
        for (const tcId of ids) expect(toAnswer(joseTest(file, tcId).result)).not.toBe(answer)
      }
    })
  })

  describe("primitives", () => {
    test.each(PRIMITIVES)(
      "%s with %s: %i vectors get the right answer",
      { timeout: 30_000 },
      async (file, name, count, checks) => {
        const groups = groupsOf<PrimitiveGroup>(file)
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
      const results = PRIMITIVES.flatMap(([file]) => groupsOf<PrimitiveGroup>(file)).flatMap(({ tests }) => tests)
      expect(results.filter(({ result }) => result === "acceptable")).toHaveLength(3)
    })

    test("all groups of PSS have a salt as long as the hash: PS256, PS384 and PS512 know no other", () => {
      const salts = PRIMITIVES.filter(([, name]) => name.startsWith("PS")).map(([file, name]) => [
        name,
        ...groupsOf<PrimitiveGroup>(file).map(({ sLen }) => sLen),
      ])
      expect(salts).toEqual([
        ["PS256", 32],
        ["PS384", 48],
        ["PS512", 64],
      ])
    })
  })

  test("all 8,195 vectors of the 41 files are run, or left out by name", () => {
    const files = readdirSync(folder).flatMap((name) => /^(.*)_test\.json$/.exec(name)?.[1] ?? [])
    const run = new Map<string, number>([...JOSE, ...PRIMITIVES.map(([file, , count]) => [file, count] as const)])
    const leftOut = (file: string): number => {
      const ids = WYCHEPROOF_LEFT_OUT.filter((one) => one.file === file).map((one) => one.ids)
      return ids.reduce<number>((sum, some) => sum + (typeof some === "number" ? some : some.length), 0)
    }
    const sizes = files.map((file) => [file, groupsOf(file).flatMap(({ tests }) => tests).length] as const)
    expect(files).toHaveLength(41)
    expect(sizes.filter(([file, size]) => (run.get(file) ?? 0) + leftOut(file) !== size)).toEqual([])
    expect([...run.values()].reduce((sum, count) => sum + count, 0)).toBe(3550)
    expect(sizes.reduce((sum, [, size]) => sum + size, 0)).toBe(8195)
    expect(WYCHEPROOF_LEFT_OUT.filter(({ file }) => !files.includes(file))).toEqual([])
  })
})

function isLeftOut(file: string, tcId: number): boolean {
  return WYCHEPROOF_LEFT_OUT.some((one) => one.file === file && typeof one.ids !== "number" && one.ids.includes(tcId))
}

function toAnswer(result: string): AnsweredDifferently["answer"] {
  return result === "valid" ? "accept" : "refuse"
}

async function joseProblems(file: string, one: JoseTest): Promise<string[]> {
  const different = ANSWERED_DIFFERENTLY.find(({ file: other, ids }) => other === file && ids.includes(one.tcId))
  const expected = different?.answer ?? toAnswer(one.result)
  const answers = await answersOf(one.jws ?? "", one.public ?? one.private)
  return answers.every((answer) => answer === expected)
    ? []
    : [`${one.tcId}: ${answers.join(", ")}, expected ${expected}`]
}

async function answersOf(jws: string | object, raw: KeyOrSet | undefined): Promise<string[]> {
  const options = { algorithms: SIGNATURES, enforceMinimumKeyLength: true }
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

async function answerOf(verify: () => unknown): Promise<string> {
  try {
    await verify()
    return "accept"
  } catch (error) {
    return isJwtError(error) ? "refuse" : `foreign error ${String(error)}`
  }
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

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
