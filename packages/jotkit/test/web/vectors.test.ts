/**
 * The published vectors on WebCrypto. What is right is said in the tests of the engine for Node, which run the same vectors; here both
 * engines must answer the same, error codes included.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { getAlgorithm, type JwkObject, listAlgorithms, type VerifyJwsOptions } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { answersOf, type Jotkit } from "./engines.ts"

/** What WebCrypto has in no runtime. */
const MISSING = "ES256K"
const SIGNATURES = listAlgorithms().filter(
  (name) => name !== "none" && name !== MISSING && getAlgorithm(name).family !== "ml-dsa",
)

type KeyOrSet = JwkObject | { readonly keys: readonly unknown[] }

/** What the vectors of all origins have in common. */
interface Vector {
  readonly id?: string
  readonly tcId?: number
  readonly kind?: string
  readonly token?: string
  readonly jws?: string | object
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly unknown[] }
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
  readonly payload_hex?: string
}

interface Group {
  readonly tests: readonly (Vector & {
    readonly msg: string
    readonly sig?: string
    readonly tag?: string
    readonly key?: string
  })[]
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
  readonly publicKeyPem?: string
  readonly publicKeyDer?: string
  readonly publicKeyJwk?: JwkObject
  readonly keyJwk?: JwkObject
}

async function verifyOn(jotkit: Jotkit, vector: Vector): Promise<unknown> {
  const { keys } = (vector.jwks ?? vector.public ?? vector.private ?? {}) as { keys?: readonly unknown[] }
  const single = (vector.jwk ?? vector.public ?? vector.private ?? "none") as JwkObject
  const key = keys === undefined ? single : jotkit.JwkSet.from({ keys })
  const detachedPayload = vector.kind === "jws-detached" ? Buffer.from(vector.payload_hex ?? "", "hex") : undefined
  const options: VerifyJwsOptions = { algorithms: SIGNATURES, enforceMinimumKeyLength: true, detachedPayload }
  const { payload, header } = await jotkit.verifyJwsAsync(vector.token ?? vector.jws ?? "", key, options)
  return { payload, header }
}

/** Vectors on which the engines disagree, and how many were accepted. */
async function compare(vectors: readonly Vector[]): Promise<{ problems: string[]; accepted: number }> {
  const problems: string[] = []
  let accepted = 0
  for (const vector of vectors) {
    const { web, node } = await answersOf((jotkit) => verifyOn(jotkit, vector))
    if (web.startsWith("answer")) accepted++
    if (web !== node) problems.push(`${vector.id ?? vector.tcId}: ${web}, on Node ${node}`)
  }
  return { problems, accepted }
}

describe("the examples printed in the RFCs", () => {
  const folder = new URL("../vectors/rfc/", import.meta.url)
  const cases = readdirSync(folder).flatMap(
    (name) => (JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { cases: Vector[] }).cases,
  )

  test("the signed ones get the same answer", async () => {
    const signed = cases.filter(({ kind = "" }) => kind.startsWith("jws-") || kind === "jwt" || kind === "dpop-proof")
    const { problems, accepted } = await compare(signed)
    expect(problems).toEqual([])
    expect([signed.length, accepted]).toEqual([18, 13])
  })

  test("every key has the same thumbprint and the same members", async () => {
    const keys = cases.flatMap(({ jwk, jwks }) => [jwk, ...(jwks?.keys ?? [])]).filter((jwk) => jwk !== undefined)
    for (const jwk of keys) {
      const { web, node } = await answersOf(async (jotkit) => {
        const key = await jotkit.Jwk.fromAsync(jwk as JwkObject)
        return [await key.thumbprintAsync(), key.toPrivateJSON(), key.isSymmetric || key.toPem()]
      })
      expect(web).toBe(node)
    }
    expect(keys.length).toBeGreaterThan(15)
  })
})

const PRIMITIVES = [
  ["ecdsa_secp256r1_sha256_p1363", "ES256"],
  ["ecdsa_secp384r1_sha384_p1363", "ES384"],
  ["ecdsa_secp521r1_sha512_p1363", "ES512"],
  ["ed25519", "EdDSA"],
  ["ed25519", "Ed25519"],
  ["ed448", "Ed448"],
  ["hmac_sha256", "HS256"],
  ["hmac_sha384", "HS384"],
  ["hmac_sha512", "HS512"],
  ["rsa_signature_2048_sha256", "RS256"],
  ["rsa_signature_2048_sha384", "RS384"],
  ["rsa_signature_2048_sha512", "RS512"],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256"],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384"],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512"],
] as const

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  const groupsOf = (file: string): readonly Group[] =>
    (JSON.parse(readFileSync(join(folder, `${file}_test.json`), "utf8")) as { testGroups: Group[] }).testGroups

  test.each([
    ["json_web_signature", 25],
    ["json_web_key", 1],
    ["json_web_crypto", 6],
  ] as const)("%s gets the same answers, at least %i of them acceptance", async (file, least) => {
    const vectors = groupsOf(file).flatMap(({ tests, ...keys }) => tests.map((one) => ({ ...keys, ...one })))
    const { problems, accepted } = await compare(vectors)
    expect(problems).toEqual([])
    expect(accepted).toBeGreaterThanOrEqual(least)
  })

  test.each(PRIMITIVES)(
    "%s with %s gets the same answers in every form of the key",
    { timeout: 60_000 },
    async (file, name) => {
      const answers: string[] = []
      for (const group of groupsOf(file)) answers.push(...(await answersIn(group, name)))
      expect(answers.filter((answer) => answer.includes("on Node"))).toEqual([])
      expect(answers.filter((answer) => answer === "answer true").length).toBeGreaterThan(20)
    },
  )
})

/** The common answers to the vectors of a group, and where they differ both. */
async function answersIn(group: Group, name: string): Promise<string[]> {
  const answers: string[] = []
  for (const one of group.tests) {
    for (const form of formsOf(group, one.key)) {
      const { web, node } = await answersOf((jotkit) => {
        const algorithm = jotkit.getAlgorithm(name)
        return algorithm.verify(bytes(one.msg), algorithm.prepareKey(form), bytes(one.sig ?? one.tag ?? ""))
      })
      answers.push(web === node ? web : `${one.tcId}: ${web}, on Node ${node}`)
    }
  }
  return answers
}

function formsOf(group: Group, key: string | undefined): readonly unknown[] {
  if (key !== undefined) return [bytes(key), { kty: "oct", k: Buffer.from(key, "hex").toString("base64url") }]
  const der = group.publicKeyDer === undefined ? undefined : bytes(group.publicKeyDer)
  return [group.publicKeyPem, der, group.publicKeyJwk ?? group.keyJwk].filter((form) => form !== undefined)
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
