import { readFileSync } from "node:fs"
import { join } from "node:path"
import {
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
import { EXCEPTIONS, type Exception } from "./vectors/left-out.ts"

type KeyOrSet = JwkObject | { readonly keys: readonly unknown[] }

interface JoseTest {
  readonly tcId: number
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
  readonly jws?: string | object
  readonly result: string
}

interface PrimitiveTest {
  readonly tcId: number
  readonly tagSize?: number
  readonly publicKeyPem?: string
  readonly publicKeyJwk?: JwkObject
  readonly key?: string
  readonly msg: string
  readonly sig?: string
  readonly tag?: string
  readonly result: "valid" | "invalid" | "acceptable"
}

const SIGNATURES = listAlgorithms().filter((name) => name !== "none" && getAlgorithm(name).family !== "ml-dsa")

/** File, algorithm, number of vectors. */
const PRIMITIVES = [
  ["ecdsa_secp256k1_sha256_p1363", "ES256K", 252],
  ["ecdsa_secp256r1_sha256_p1363", "ES256", 262],
  ["ecdsa_secp384r1_sha384_p1363", "ES384", 280],
  ["ecdsa_secp521r1_sha512_p1363", "ES512", 318],
  ["ed25519", "EdDSA", 151],
  ["ed25519", "Ed25519", 151],
  ["ed448", "EdDSA", 87],
  ["ed448", "Ed448", 87],
  ["hmac_sha256", "HS256", 174],
  ["hmac_sha384", "HS384", 174],
  ["hmac_sha512", "HS512", 174],
  ["rsa_signature_2048_sha256", "RS256", 259],
  ["rsa_signature_2048_sha384", "RS384", 258],
  ["rsa_signature_2048_sha512", "RS512", 259],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256", 108],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384", 141],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512", 179],
] as const

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  const groups = <T>(file: string): readonly T[] =>
    (JSON.parse(readFileSync(join(folder, `${file}_test.json`), "utf8")) as { testGroups: T[] }).testGroups

  const testsOf = <T>(file: string): readonly T[] =>
    groups<{ tests: readonly object[] }>(file).flatMap(({ tests, ...group }) =>
      tests.map((one) => ({ ...group, ...one }) as T),
    )

  describe("JOSE", () => {
    test.each([
      ["json_web_signature", 401],
      ["json_web_key", 25],
      ["json_web_crypto", 48],
    ])("%s: %i vectors get the right answer, from both forms", async (file, count) => {
      const run = testsOf<JoseTest>(file).filter(
        ({ tcId, jws }) => jws !== undefined && exceptionFor(file, tcId)?.answer !== "left out",
      )
      expect(
        (await Promise.all(run.map((one) => joseProblem(file, one)))).filter((problem) => problem !== undefined),
      ).toEqual([])
      expect(run).toHaveLength(count)
    })

    test("vector 349 is refused with the private key, whose key_ops is a text", async () => {
      const one = testsOf<JoseTest>("json_web_signature").find(({ tcId }) => tcId === 349)
      expect(await answersOf(one?.jws ?? "", one?.private)).toEqual(["refuse", "refuse"])
    })
  })

  describe("primitives", () => {
    test.each(PRIMITIVES)("%s with %s: %i vectors get the right answer", async (file, name, count) => {
      const run = testsOf<PrimitiveTest>(file)
      const answers = await Promise.all(
        run.map(async (one) => [one.tcId, one.result === "valid" && isWholeTag(one, name), await isGenuine(one, name)]),
      )
      expect(answers.filter(([, expected, found]) => expected !== found)).toEqual([])
      expect(run).toHaveLength(count)
    })

    test("the vectors called acceptable, where the digest's encoding lacks a NULL, are among those refused", () => {
      const acceptable = PRIMITIVES.flatMap(([file]) => testsOf<PrimitiveTest>(file)).filter(
        ({ result }) => result === "acceptable",
      )
      expect(acceptable).toHaveLength(3)
    })
  })
})

function exceptionFor(file: string, tcId: number): Exception | undefined {
  return EXCEPTIONS.find((one) => one.file === file && one.ids.includes(tcId))
}

async function joseProblem(file: string, one: JoseTest): Promise<string | undefined> {
  const expected = exceptionFor(file, one.tcId)?.answer ?? (one.result === "valid" ? "accept" : "refuse")
  const answers = await answersOf(one.jws ?? "", one.public ?? one.private)
  return answers.every((answer) => answer === expected)
    ? undefined
    : `${one.tcId}: ${answers.join(", ")}, expected ${expected}`
}

async function isGenuine(one: PrimitiveTest, name: string): Promise<boolean> {
  const algorithm = getAlgorithm(name)
  const key = algorithm.prepareKey(one.key === undefined ? (one.publicKeyPem ?? one.publicKeyJwk) : bytes(one.key))
  return algorithm.verify(bytes(one.msg), key, bytes(one.sig ?? one.tag ?? ""))
}

async function answersOf(jws: string | object, raw: KeyOrSet | undefined): Promise<string[]> {
  const options = { algorithms: SIGNATURES, enforceMinimumKeyLength: true }
  const key = (): Jwk | JwkSet =>
    raw !== undefined && "keys" in raw ? JwkSet.from(raw as { keys: unknown[] }) : Jwk.from(raw as JwkObject)
  const calls = [async () => verifyJws(jws, key(), options), async () => verifyJwsAsync(jws, key(), options)]
  return Promise.all(
    calls.map(async (call) => {
      try {
        await call()
        return "accept"
      } catch (error) {
        return isJwtError(error) ? "refuse" : `foreign error ${String(error)}`
      }
    }),
  )
}

/** A tag shorter than the hash is never a JWS signature, however right it is (RFC 7518, section 3.2). */
function isWholeTag({ tagSize }: PrimitiveTest, name: string): boolean {
  return tagSize === undefined || `HS${tagSize}` === name
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
