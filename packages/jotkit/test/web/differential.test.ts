/**
 * Whatever is asked, both engines answer the same: the same result, or an error of the same class and code. Inputs are good keys and
 * tokens, and good ones with something wrong in them.
 */
import fc, { type Arbitrary } from "fast-check"
import { describe, expect, test } from "vitest"
import { certificateOf, derOf, encryptedPemOf, pemBlock, pemOf, sshLineOf } from "../keys-fixtures/forms.ts"
import { foreignToken, KINDS, pairOf, pssPair, SECRET } from "../keys-fixtures/pairs.ts"
import { answersOf, type Jotkit, onNode } from "./engines.ts"

const NOW = 1_700_000_000
const RUNS = { numRuns: 300 }
const ALGORITHMS = ["HS256", "HS512", "RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448", "none"]
/** WebCrypto has no secp256k1; what follows from that is tested by name. */
const ROWS = KINDS.filter(([, kind]) => kind !== "secp256k1")

/** A good key in one of its forms. */
const texts: readonly string[] = [
  SECRET,
  "short",
  "",
  ...ROWS.flatMap(([, kind]) => [pemOf(pairOf(kind).privateKey, "pkcs8"), pemOf(pairOf(kind).publicKey, "spki")]),
  pemOf(pairOf("RSA").privateKey, "pkcs1"),
  pemOf(pairOf("RSA").publicKey, "pkcs1"),
  pemOf(pairOf("P-256").privateKey, "sec1"),
  pemOf(pairOf("X25519").privateKey, "pkcs8"),
  pemOf(pairOf("X25519").publicKey, "spki"),
  pemOf(pssPair("sha256", "sha256", 32).privateKey, "pkcs8"),
  pemOf(pssPair("sha384", "sha384", 48).publicKey, "spki"),
  pemOf(pssPair().publicKey, "spki"),
  pemBlock("CERTIFICATE", certificateOf(pairOf("P-384"))),
  sshLineOf(pairOf("Ed25519").publicKey),
  sshLineOf(pairOf("P-521").publicKey),
]
const ders: readonly Uint8Array[] = [
  ...ROWS.flatMap(([, kind]) => [derOf(pairOf(kind).privateKey, "pkcs8"), derOf(pairOf(kind).publicKey, "spki")]),
  derOf(pairOf("RSA").privateKey, "pkcs1"),
  derOf(pairOf("P-256").privateKey, "sec1"),
  certificateOf(pairOf("RSA")),
  new TextEncoder().encode(SECRET),
]
type Jwk = Record<string, unknown> & { kty: string }
const jwks: readonly Jwk[] = [
  { kty: "oct", k: Buffer.from(SECRET).toString("base64url") },
  ...[...ROWS.map(([, kind]) => kind), "X25519" as const].flatMap((kind) => [
    pairOf(kind).privateKey.export({ format: "jwk" }) as Jwk,
    pairOf(kind).publicKey.export({ format: "jwk" }) as Jwk,
  ]),
]

/** A JWK with a member changed, exchanged, added or taken away. */
const jwk: Arbitrary<Jwk> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...jwks) },
  fc.tuple(fc.constantFrom(...jwks), fc.constantFrom(...jwks), fc.nat(), fc.nat(5)).map(([one, other, at, how]) => {
    const names = Object.keys(one)
    const name = names[at % names.length] ?? ""
    const value = String(one[name])
    const changed = { ...one }
    if (how === 0) delete changed[name]
    else if (how === 1) changed[name] = other[name]
    else if (how === 2) changed[name] = `A${value.slice(1)}`
    else if (how === 3) changed[name] = `${value}A`
    else if (how === 4) changed[name] = value.slice(0, -1) + (value.endsWith("A") ? "Q" : "A")
    else Object.assign(changed, { alg: "ES256", use: "sig", kid: "k", key_ops: ["sign", "verify"] })
    return changed
  }),
)
const input: Arbitrary<string | Uint8Array | Jwk> = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...ders),
  jwk,
  fc.constantFrom(...texts).map((pem) => pem.slice(0, -30)),
  fc.string({ maxLength: 20 }),
)
const algorithm = fc.constantFrom(...ALGORITHMS)
const token = fc.oneof(
  fc.constantFrom(...ROWS).map(([name, kind]) => foreignToken(name, pairOf(kind).privateKey)),
  fc.constant(foreignToken("HS256", SECRET)),
  fc.tuple(fc.constantFrom(...ROWS), fc.nat(), fc.constantFrom(..."A_.=")).map(([[name, kind], at, by]) => {
    const good = foreignToken(name, pairOf(kind).privateKey)
    const where = at % good.length
    return good.slice(0, where) + by + good.slice(where + 1)
  }),
)

function isWhole(one: Jwk): boolean {
  try {
    return one["d"] === undefined || onNode.Jwk.from(one).isPrivate
  } catch {
    return false
  }
}

/** The same answer. */
function expectSame({ web, node }: Answers): void {
  expect(web).toBe(node)
}

/**
 * The same answer, but for a private key whose members do not belong together: WebCrypto learns that when it uses the key, so the call may
 * be refused for another reason before. Refused it is.
 */
function expectSameOrRefused({ web, node }: Answers): void {
  if (node === "InvalidKeyError jwk_invalid key") expect(web).toMatch(/^\w+Error /)
  else expect(web).toBe(node)
}

type Answers = Awaited<ReturnType<typeof answersOf>>

/** Runs a property and answers how many of its calls were answered with a result, so that none tests refusals only. */
async function resultsOf<T extends unknown[]>(
  expectation: (answers: Answers) => void,
  call: (jotkit: Jotkit, ...given: T) => unknown,
  ...kinds: { [I in keyof T]: Arbitrary<T[I]> }
): Promise<number> {
  let results = 0
  await fc.assert(
    fc.asyncProperty(fc.tuple(...kinds), async (given) => {
      const answers = await answersOf((jotkit) => call(jotkit, ...(given as T)))
      expectation(answers)
      if (answers.web.startsWith("answer")) results++
    }),
    RUNS,
  )
  return results
}

describe("both engines answer the same", { timeout: 120_000 }, () => {
  test("when any key verifies any token", async () => {
    const results = await resultsOf(
      expectSameOrRefused,
      (jotkit, given, text, algorithms) => jotkit.decodeCompleteAsync(text, given, { algorithms, now: NOW }),
      input,
      token,
      fc.uniqueArray(algorithm, { minLength: 1, maxLength: 11 }),
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when the right key in any form verifies a token with any mistake", async () => {
    const results = await resultsOf(
      expectSame,
      (jotkit, [name, kind], form, text) => {
        const { publicKey } = pairOf(kind)
        const key =
          [pemOf(publicKey, "spki"), derOf(publicKey, "spki"), publicKey.export({ format: "jwk" }) as Jwk][form] ?? ""
        return jotkit.decodeAsync(text ?? foreignToken(name, pairOf(kind).privateKey, { n: 1 }), key, {
          algorithms: [name],
        })
      },
      fc.constantFrom(...ROWS),
      fc.nat(2),
      fc.option(token, { nil: undefined }),
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when any key signs for any algorithm", async () => {
    const results = await resultsOf(
      expectSameOrRefused,
      async (jotkit, given, name) => {
        const signed = await jotkit.encodeAsync({ a: 1 }, given, name === undefined ? undefined : { algorithm: name })
        // ECDSA and PSS sign differently each time: what both must agree on is the rest.
        return /^(?:HS|RS|Ed)/.test(name ?? "") ? signed : signed.split(".").slice(0, 2)
      },
      input,
      fc.option(algorithm, { nil: undefined }),
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when any key is read, shown, written and counted", async () => {
    const results = await resultsOf(
      expectSame,
      async (jotkit, given) => {
        const isText = typeof given === "string"
        const key = await (isText ? jotkit.Jwk.fromPemAsync(given) : jotkit.Jwk.fromAsync(given))
        const pem = key.isPrivate ? key.toPrivatePem() : key.isSymmetric ? "" : key.toPem()
        const { algorithm: named, curve, isPrivate, keyId, keyType, use } = key
        const members = [
          key.toPrivateJSON(),
          key.isSymmetric || key.toJSON(),
          key.isSymmetric || key.publicKey().toJSON(),
        ]
        return [
          members,
          pem,
          String(key),
          { named, curve, isPrivate, keyId, keyType, use },
          await key.thumbprintAsync(),
        ]
      },
      input,
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when a JWK is read and labelled at once, without asking the platform", async () => {
    const results = await resultsOf(
      expectSame,
      (jotkit, given, name) => {
        const key = jotkit.Jwk.from(given, name === undefined ? undefined : { algorithm: name, keyId: "x" })
        // Whether private and public members belong together, the platform says when the key is used.
        return key.isPrivate ? "" : [key.isSymmetric ? key.toPrivateJSON() : key.toJSON(), String(key)]
      },
      jwk.filter((one) => one["d"] === undefined),
      fc.option(algorithm, { nil: undefined }),
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when a set verifies", async () => {
    const results = await resultsOf(
      expectSame,
      (jotkit, keys, text) =>
        jotkit.decodeAsync(text, jotkit.JwkSet.from({ keys }), { algorithms: ALGORITHMS.slice(2, -1) }),
      // A private key that WebCrypto refuses only when it is used is left out of the set by the other engine.
      fc.array(jwk.filter(isWhole), { minLength: 1, maxLength: 8 }),
      token,
    )
    expect(results).toBeGreaterThan(0)
  })

  test("when an encrypted key is opened with any passphrase", async () => {
    const pems = ["P-256", "Ed25519", "RSA"].map((kind) =>
      encryptedPemOf(pairOf(kind as "RSA").privateKey, "pkcs8", "right"),
    )
    const results = await resultsOf(
      expectSame,
      async (jotkit, pem, passphrase) => (await jotkit.Jwk.fromPemAsync(pem, { passphrase })).toPrivatePem(),
      fc.constantFrom(...pems, ...texts),
      fc.oneof(fc.constantFrom("right", ""), fc.string(), fc.uint8Array({ maxLength: 9 })),
    )
    expect(results).toBeGreaterThan(0)
  })
})
