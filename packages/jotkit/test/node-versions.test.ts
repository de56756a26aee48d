/** What depends on the runtime: algorithms that only newer ones have are refused by name, and work where they exist. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import {
  type BuiltInAlgorithm,
  decode,
  decodeAsync,
  encode,
  encodeAsync,
  getAlgorithm,
  Jwk,
  JwkSet,
  listAlgorithms,
  Signer,
  signJws,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { derOf, pemOf } from "./keys-fixtures/forms.ts"
import { foreignToken, SECRET } from "./keys-fixtures/pairs.ts"
import { outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const ML_DSA = ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"]
const UNAVAILABLE = "InvalidAlgorithmError algorithm_unavailable"

function isAvailable(name: string): boolean {
  return untyped<BuiltInAlgorithm>(getAlgorithm(name)).available
}

test("every runtime has all algorithms but ML-DSA", () => {
  const missing = listAlgorithms().filter((name) => !isAvailable(name))
  expect(ML_DSA).toEqual(expect.arrayContaining(missing))
})

test("an algorithm is listed whether the runtime has it or not", () => {
  expect(listAlgorithms()).toEqual(expect.arrayContaining(ML_DSA))
  for (const name of ML_DSA) expect(getAlgorithm(name)).toMatchObject({ name, family: "ml-dsa" })
})

const PUBLIC_BYTES: Readonly<Record<string, number>> = { "ML-DSA-44": 1312, "ML-DSA-65": 1952, "ML-DSA-87": 2592 }

describe.runIf(!isAvailable("ML-DSA-44"))("a runtime without ML-DSA", () => {
  test.each(ML_DSA)("refuses %s as algorithm_unavailable wherever it is named", async (algorithm) => {
    const token = foreignToken("HS256", SECRET, {}, { alg: algorithm })
    const akp = { kty: "AKP", alg: algorithm, pub: Buffer.alloc(PUBLIC_BYTES[algorithm] ?? 0).toString("base64url") }
    expect(outcome(() => encode({}, SECRET, { algorithm }))).toBe(UNAVAILABLE)
    expect(await outcomeOf(encodeAsync({}, SECRET, { algorithm }))).toBe(UNAVAILABLE)
    expect(outcome(() => decode(token, SECRET, { algorithms: [algorithm] }))).toBe(UNAVAILABLE)
    expect(outcome(() => decode(token, SECRET, { algorithms: ["HS256", algorithm] }))).toBe(UNAVAILABLE)
    expect(outcome(() => new Verifier({ key: SECRET, algorithms: [algorithm] }))).toBe(UNAVAILABLE)
    expect(outcome(() => new Signer({ key: SECRET, algorithm }))).toBe(UNAVAILABLE)
    expect(outcome(() => verifyJws(token, SECRET, { algorithms: [algorithm] }))).toBe(UNAVAILABLE)
    expect(outcome(() => signJws("x", SECRET, { algorithm }))).toBe(UNAVAILABLE)
    expect(outcome(() => Jwk.generate(algorithm))).toBe(UNAVAILABLE)
    expect(await outcomeOf(Jwk.generateAsync(algorithm))).toBe(UNAVAILABLE)
    expect(outcome(() => Jwk.from(akp))).toBe(UNAVAILABLE)
  })

  test("leaves such a key of a set out and says why", () => {
    const akp = { kty: "AKP", alg: "ML-DSA-44", kid: "pq", pub: Buffer.alloc(1312).toString("base64url") }
    const set = JwkSet.from({ keys: [akp, Jwk.generate("ES256").toJSON()] })
    expect(set.size).toBe(1)
    expect(set.skipped).toMatchObject([{ index: 0, keyId: "pq", error: { code: "algorithm_unavailable" } }])
  })

  test("still says what is wrong with a malformed AKP key", () => {
    expect(outcome(() => Jwk.from({ kty: "AKP", pub: "AA" }))).toBe("InvalidKeyError jwk_invalid")
  })
})

describe.runIf(isAvailable("ML-DSA-44"))("a runtime with ML-DSA", () => {
  // The types of the oldest runtime do not know these keys.
  const generate = untyped<(type: string) => { publicKey: KeyObject; privateKey: KeyObject }>(generateKeyPairSync)

  test.each(ML_DSA)("%s keys in every form sign and verify (RFC 9964)", async (algorithm) => {
    const { publicKey, privateKey } = generate(algorithm.toLowerCase())
    const key = Jwk.from(privateKey, { keyId: "pq" })
    expect(key).toMatchObject({ keyType: "AKP", algorithm, isPrivate: true, curve: undefined })
    const jwk = key.toPrivateJSON()
    expect(
      Object.keys(jwk)
        .filter((name) => name !== "kid")
        .sort(),
    ).toEqual(["alg", "kty", "priv", "pub"])
    expect(Buffer.from(String(jwk["pub"]), "base64url")).toHaveLength(PUBLIC_BYTES[algorithm] ?? 0)
    expect(Buffer.from(String(jwk["priv"]), "base64url")).toHaveLength(32)
    expect(key.toJSON()).toEqual({ kty: "AKP", alg: algorithm, pub: jwk["pub"], kid: "pq" })

    const signers = [
      privateKey,
      key,
      jwk,
      Jwk.from(JSON.stringify(jwk)),
      pemOf(privateKey, "pkcs8"),
      derOf(privateKey, "pkcs8"),
    ]
    const readers = [
      publicKey,
      key.publicKey(),
      key.toJSON(),
      pemOf(publicKey, "spki"),
      derOf(publicKey, "spki"),
      JwkSet.from([key.publicKey()]),
    ]
    for (const signer of signers) {
      const token = encode({ a: 1 }, signer)
      for (const reader of readers) expect(decode(token, reader)).toEqual({ a: 1 })
      expect(await decodeAsync(await encodeAsync({ a: 1 }, signer), publicKey)).toEqual({ a: 1 })
    }
  })

  test.each(ML_DSA)("%s tokens made by others are read, and forged ones are not", (algorithm) => {
    const { publicKey, privateKey } = generate(algorithm.toLowerCase())
    const input = `${Buffer.from(JSON.stringify({ alg: algorithm })).toString("base64url")}.${Buffer.from('{"a":1}').toString("base64url")}`
    const signature = sign(null, Buffer.from(input), privateKey)
    expect(decode(`${input}.${signature.toString("base64url")}`, publicKey)).toEqual({ a: 1 })
    signature[100] = (signature[100] ?? 0) ^ 1
    expect(outcome(() => decode(`${input}.${signature.toString("base64url")}`, publicKey))).toBe(
      "InvalidSignatureError signature_invalid",
    )
    expect(outcome(() => decode(`${input}.AAAA`, publicKey))).toBe("InvalidSignatureError signature_invalid")
  })

  test("an ML-DSA key serves its own parameter set only", () => {
    const key = Jwk.generate("ML-DSA-44")
    expect(outcome(() => encode({}, key, { algorithm: "ML-DSA-65" }))).toBe("InvalidKeyError key_unsuitable")
    expect(outcome(() => encode({}, key, { algorithm: "HS256" }))).toBe("InvalidKeyError key_unsuitable")
    expect(outcome(() => Jwk.from(key.toJSON(), { algorithm: "ML-DSA-65" }))).toBe("InvalidKeyError jwk_invalid")
    expect(
      outcome(() => Jwk.from({ ...key.toPrivateJSON(), priv: Jwk.generate("ML-DSA-44").toPrivateJSON()["priv"] })),
    ).toBe("InvalidKeyError jwk_invalid")
  })

  test("toPem, toPrivatePem and the thumbprint are those of the members", () => {
    const key = Jwk.generate("ML-DSA-44")
    expect(Jwk.fromPem(key.toPem()).thumbprint()).toBe(key.thumbprint())
    expect(Jwk.fromPem(key.toPrivatePem({ passphrase: "x" }), { passphrase: "x" }).toPrivateJSON()).toEqual(
      key.toPrivateJSON(),
    )
  })
})
