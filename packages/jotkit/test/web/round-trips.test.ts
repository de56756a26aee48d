/** Every algorithm on WebCrypto: tokens made here are read by the engine on node:crypto, and the other way round. */
import { decodeAsync, encode, encodeAsync, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"

const ALGORITHMS = [
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
  "Ed448",
]

describe("on WebCrypto", () => {
  test("the synchronous form names its twin", () => {
    expect(() => encode({}, "secret")).toThrow(/encodeAsync/)
  })
  test.for(ALGORITHMS)("%s signs and verifies", async (algorithm) => {
    const key = await Jwk.generateAsync(algorithm)
    const token = await encodeAsync({ hello: "world" }, key)
    const verifier = key.isSymmetric ? key : key.publicKey()
    expect(await decodeAsync(token, verifier)).toEqual({ hello: "world" })
    expect(await decodeAsync(token, key.isSymmetric ? key.toPrivateJSON() : verifier.toJSON())).toEqual({
      hello: "world",
    })
  })
})
