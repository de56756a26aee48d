/** The door for algorithms that a runtime lacks, where it lacks few: Node before 24.6 has no ML-DSA. What the runtime has stays its own. */
import { readFileSync } from "node:fs"
import { decode, decodeAsync, encode, encodeAsync, getAlgorithm, Jwk, JwkSet, Signer, Verifier } from "jotkit"
import { registerNoble, registerNobleAsync } from "jotkit/noble"
import { beforeAll, describe, expect, test } from "vitest"
import { ASYMMETRIC, isGenuineToOthers, pairOf } from "./keys-fixtures/pairs.ts"

interface Known {
  readonly algorithm: string
  /** As the JWK's `priv`. */
  readonly seed: string
  readonly thumbprint: string
  readonly pkcs8: string
  readonly spki: string
  readonly token: string
}
/** Made by Node 26 from seeds that count upwards. */
const KNOWN = JSON.parse(readFileSync(new URL("keys-fixtures/ml-dsa.json", import.meta.url), "utf8")) as Known[]
const rows = KNOWN.map((known) => [known.algorithm, known] as const)

beforeAll(async () => {
  registerNoble()
  await registerNobleAsync()
})

describe.each(rows)("%s", (algorithm, { seed, thumbprint, pkcs8, spki, token }) => {
  test("verifies what Node 26 signed, with the key in every form", async () => {
    const jwk = Jwk.fromPem(spki).toJSON()
    for (const key of [spki, pkcs8, jwk, Jwk.from(jwk), JwkSet.from({ keys: [jwk] })]) {
      expect(decode(token, key)).toEqual({ a: 1 })
      expect(await decodeAsync(token, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
    }
    const start = token.lastIndexOf(".") + 1
    const tampered = token.slice(0, start) + (token[start] === "A" ? "B" : "A") + token.slice(start + 1)
    expect(() => decode(tampered, spki)).toThrow(expect.objectContaining({ code: "signature_invalid" }))
  })

  test("computes the public key that Node 26 has, and writes PEM as it does", () => {
    const key = Jwk.fromPem(pkcs8)
    expect(key.thumbprint()).toBe(thumbprint)
    expect(key.toPrivateJSON()["priv"]).toBe(seed)
    expect([key.toPem(), key.publicKey().toPem()]).toEqual([spki, spki])
    expect(Jwk.fromPem(key.toPrivatePem()).thumbprint()).toBe(thumbprint)
  })

  test("signs", async () => {
    const key = Jwk.generate(algorithm, { keyId: "pq" })
    const verifier = new Verifier({ key: key.publicKey() })
    for (const signed of [
      encode({ a: 2 }, key),
      await encodeAsync({ a: 2 }, key),
      new Signer({ key: key.toPrivateJSON() }).sign({ a: 2 }),
    ])
      expect(verifier.verify(signed)).toEqual({ a: 2 })
    const other = (await Jwk.generateAsync(algorithm)).publicKey()
    expect(() => decode(encode({}, key), other)).toThrow(expect.objectContaining({ code: "signature_invalid" }))
  })

  test("keeps the rules for keys", () => {
    const jwk = Jwk.fromPem(pkcs8).toPrivateJSON()
    const other = Jwk.generate(algorithm).toPrivateJSON()
    expect(() => Jwk.from({ ...jwk, priv: other["priv"] })).toThrow(expect.objectContaining({ code: "jwk_invalid" }))
    expect(() => Jwk.from({ ...jwk, pub: "AAAA" })).toThrow(expect.objectContaining({ code: "jwk_invalid" }))
    expect(() => encode({}, spki)).toThrow(expect.objectContaining({ code: "key_not_private" }))
    expect(() => encode({}, { ...jwk, use: "enc" })).toThrow(expect.objectContaining({ code: "key_not_for_use" }))
    expect(() => decode(token, spki, { algorithms: ["ES256"] })).toThrow(
      expect.objectContaining({ code: "algorithm_not_allowed" }),
    )
    expect(Reflect.get(getAlgorithm(algorithm), "available")).toBe(true)
  })
})

test.each(ASYMMETRIC)("%s with %s stays the runtime's own", (algorithm, kind) => {
  const { privateKey, publicKey } = pairOf(kind)
  const signed = encode({ a: 1 }, privateKey, { algorithm })
  expect(isGenuineToOthers(signed, algorithm, publicKey)).toBe(true)
  expect(Jwk.from(privateKey).toKeyObject().equals(privateKey)).toBe(true)
})
