/** The door for algorithms that WebCrypto lacks: ES256K, Ed448 and ML-DSA in every form, synchronous ones included. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import {
  type BuiltInAlgorithm,
  decode,
  decodeAsync,
  encode,
  encodeAsync,
  getAlgorithm,
  Jwk,
  signJws,
  verifyJws,
} from "jotkit"
import { registerNoble } from "jotkit/noble"
import { beforeAll, describe, expect, test } from "vitest"
import { derOf, pemOf } from "../keys-fixtures/forms.ts"
import { foreignToken, pairOf, SECRET } from "../keys-fixtures/pairs.ts"
import { describeShared } from "../shared.ts"
import { onNode } from "./engines.ts"

beforeAll(() => registerNoble())

const ROWS = [
  ["ES256K", "secp256k1"],
  ["Ed448", "Ed448"],
  ["EdDSA", "Ed448"],
] as const

describe.each(ROWS)("%s with %s", (algorithm, kind) => {
  const { privateKey, publicKey } = pairOf(kind)
  const options = { algorithms: [algorithm] }
  const jwk = privateKey.export({ format: "jwk" }) as { kty: string }

  test.each([
    ["PEM", pemOf(privateKey, "pkcs8")],
    ["DER", derOf(privateKey, "pkcs8")],
    ["a JWK", jwk],
  ])("signs with %s what the engine for Node verifies", async (_form, key) => {
    const signed = [encode({ a: 1 }, key, { algorithm }), await encodeAsync({ a: 1 }, key, { algorithm })]
    for (const token of [...signed, signJws('{"a":1}', key, { algorithm })]) {
      expect(onNode.decode(token, publicKey, options)).toEqual({ a: 1 })
      expect(decode(token, key, options)).toEqual({ a: 1 })
    }
  })

  test.each([
    ["PEM", pemOf(publicKey, "spki")],
    ["DER", derOf(publicKey, "spki")],
    ["a JWK", publicKey.export({ format: "jwk" }) as { kty: string }],
  ])("verifies with %s what others signed", async (_form, key) => {
    const token = foreignToken(algorithm, privateKey)
    expect(decode(token, key, options)).toEqual({ a: 1 })
    expect(await decodeAsync(token, key, options)).toEqual({ a: 1 })
    const forged = foreignToken(algorithm, pairOf(kind, "other").privateKey)
    expect(() => verifyJws(forged, key, options)).toThrow(expect.objectContaining({ code: "signature_invalid" }))
  })

  test("makes keys, shows and writes them as the engine for Node does", async () => {
    const key = Jwk.fromPem(pemOf(privateKey, "pkcs8"))
    expect(key.toJSON()).toEqual(publicKey.export({ format: "jwk" }))
    expect([key.toPrivatePem(), key.toPem()]).toEqual([pemOf(privateKey, "pkcs8"), pemOf(publicKey, "spki")])
    expect(await key.thumbprintAsync()).toBe(onNode.Jwk.from(privateKey).thumbprint())
    const made = await Jwk.generateAsync(algorithm === "EdDSA" ? "Ed448" : algorithm)
    expect(onNode.Jwk.from(made.toPrivateJSON()).toJSON()).toEqual(made.toJSON())
    const sealed = await made.toPrivatePemAsync({ passphrase: "p" })
    expect((await Jwk.fromPemAsync(sealed, { passphrase: "p", algorithm: made.algorithm })).toJSON()).toEqual(
      made.toJSON(),
    )
  })

  test("refuses members that do not belong together, when they are used", async () => {
    const other = pairOf(kind, "other").privateKey.export({ format: "jwk" })
    const bad = { ...jwk, d: other.d }
    await expect(encodeAsync({}, bad, { algorithm })).rejects.toMatchObject({ code: "jwk_invalid" })
    await expect(Jwk.fromAsync(bad)).rejects.toMatchObject({ code: "jwk_invalid" })
    expect(() => encode({}, bad, { algorithm })).toThrow(expect.objectContaining({ code: "jwk_invalid" }))
  })

  test("is available", () => {
    expect((getAlgorithm(algorithm) as BuiltInAlgorithm).available).toBe(true)
  })
})

test("ML-DSA verifies what Node 26 signed", async () => {
  const known = JSON.parse(readFileSync(new URL("../keys-fixtures/ml-dsa.json", import.meta.url), "utf8"))
  for (const { algorithm, pkcs8, spki, token, thumbprint } of known) {
    expect(decode(token, spki, { algorithms: [algorithm] })).toEqual({ a: 1 })
    expect(await (await Jwk.fromPemAsync(pkcs8)).thumbprintAsync()).toBe(thumbprint)
    expect(decode(encode({ a: 2 }, pkcs8), spki)).toEqual({ a: 2 })
  }
})

test("what WebCrypto does is still to be waited for", async () => {
  expect(() => encode({}, SECRET)).toThrow(expect.objectContaining({ code: "sync_unavailable" }))
  const token = await encodeAsync({ a: 1 }, SECRET)
  expect(() => decode(token, SECRET, { algorithms: ["HS256"] })).toThrow(
    expect.objectContaining({ code: "sync_unavailable" }),
  )
  expect(await decodeAsync(token, SECRET, { algorithms: ["HS256"] })).toEqual({ a: 1 })
})

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  interface Group {
    readonly publicKeyPem?: string
    readonly publicKeyJwk?: object
    readonly publicKeyDer: string
    readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[]
  }

  test.each([
    ["ecdsa_secp256k1_sha256_p1363", "ES256K", 252],
    ["ed448", "Ed448", 87],
  ])("%s with %s: %i vectors get the right answer", async (file, name, count) => {
    const { testGroups } = JSON.parse(readFileSync(join(folder, `${file}_test.json`), "utf8")) as {
      testGroups: Group[]
    }
    const algorithm = getAlgorithm(name)
    const wrong: number[] = []
    let asked = 0
    for (const { publicKeyDer, tests } of testGroups) {
      const key = algorithm.prepareKey(bytes(publicKeyDer))
      for (const { tcId, msg, sig, result } of tests) {
        asked++
        if ((await algorithm.verify(bytes(msg), key, bytes(sig))) !== (result === "valid")) wrong.push(tcId)
      }
    }
    expect(wrong).toEqual([])
    expect(asked).toBe(count)
  })
})

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
