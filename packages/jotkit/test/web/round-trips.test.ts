/** Every algorithm on WebCrypto, with keys in every form: what is made here verifies on the engine for Node, and the other way round. */
import { KeyObject } from "node:crypto"
import { decodeAsync, encodeAsync, Jwk, JwkSet, Signer, signJwsAsync, Verifier, verifyJwsAsync } from "jotkit"
import { describe, expect, test } from "vitest"
import { certificateOf, derOf, encryptedPemOf, pemBlock, pemOf, sshLineOf } from "../keys-fixtures/forms.ts"
import { type AlgorithmRow, ASYMMETRIC, foreignToken, pairOf, pssPair, SECRET } from "../keys-fixtures/pairs.ts"
import { onNode } from "./engines.ts"

/** What WebCrypto has in Node 20. */
const ROWS: readonly AlgorithmRow[] = ASYMMETRIC.filter(([name]) => name !== "ES256K")
const HMAC = ["HS256", "HS384", "HS512"]
const CLAIMS = { hello: "world", n: 1 }

describe.each(HMAC)("%s", (algorithm) => {
  test.each([
    ["text", SECRET],
    ["bytes", new TextEncoder().encode(SECRET)],
    ["a JWK", { kty: "oct", k: Buffer.from(SECRET).toString("base64url") }],
  ])("with a secret as %s", async (_form, secret) => {
    const token = await encodeAsync(CLAIMS, secret, { algorithm })
    expect(onNode.decode(token, secret, { algorithms: [algorithm] })).toEqual(CLAIMS)
    expect(
      await decodeAsync(onNode.encode(CLAIMS, secret, { algorithm }), secret, { algorithms: [algorithm] }),
    ).toEqual(CLAIMS)
    expect(token).toBe(onNode.encode(CLAIMS, secret, { algorithm }))
  })
})

/** Forms of a private key that WebCrypto's engine reads. */
function privateForms({ privateKey }: { privateKey: KeyObject }): [string, string | Uint8Array | object][] {
  const older =
    privateKey.asymmetricKeyType === "rsa" ? "pkcs1" : privateKey.asymmetricKeyType === "ec" ? "sec1" : undefined
  return [
    ["PKCS#8 PEM", pemOf(privateKey, "pkcs8")],
    ["PKCS#8 DER", derOf(privateKey, "pkcs8")],
    ["a JWK", privateKey.export({ format: "jwk" })],
    ...(older === undefined
      ? []
      : ([
          [`${older} PEM`, pemOf(privateKey, older)],
          [`${older} DER`, derOf(privateKey, older)],
        ] as [string, string | Uint8Array][])),
  ]
}

function publicForms(pair: { privateKey: KeyObject; publicKey: KeyObject }): [string, string | Uint8Array | object][] {
  const { publicKey } = pair
  const type = publicKey.asymmetricKeyType
  const forms: [string, string | Uint8Array | object][] = [
    ["SPKI PEM", pemOf(publicKey, "spki")],
    ["SPKI DER", derOf(publicKey, "spki")],
    ["a JWK", publicKey.export({ format: "jwk" })],
    ["a certificate", pemBlock("CERTIFICATE", certificateOf(pair))],
    ["a certificate in DER", certificateOf(pair)],
  ]
  if (type === "rsa") forms.push(["PKCS#1 PEM", pemOf(publicKey, "pkcs1")], ["PKCS#1 DER", derOf(publicKey, "pkcs1")])
  if (type !== "ed448") forms.push(["an OpenSSH line", sshLineOf(publicKey)])
  return forms
}

describe.each(ROWS)("%s with %s", (algorithm, kind) => {
  const pair = pairOf(kind)
  const options = { algorithms: [algorithm] }

  test.each(privateForms(pair))("signs with %s", async (_form, key) => {
    const token = await encodeAsync(CLAIMS, key as string, { algorithm })
    expect(onNode.decode(token, pair.publicKey, options)).toEqual(CLAIMS)
    expect(await decodeAsync(token, key as string, options)).toEqual(CLAIMS)
  })

  test.each(publicForms(pair))("verifies with %s", async (_form, key) => {
    const token = foreignToken(algorithm, pair.privateKey, CLAIMS)
    expect(await decodeAsync(token, key as string, options)).toEqual(CLAIMS)
    const forged = foreignToken(algorithm, pairOf(kind, "other").privateKey, CLAIMS)
    await expect(decodeAsync(forged, key as string, options)).rejects.toMatchObject({ code: "signature_invalid" })
  })

  test("a new key keeps its thumbprint through every form", async () => {
    const key = await Jwk.generateAsync(algorithm, { keyId: "k" })
    const thumbprint = await key.thumbprintAsync()
    expect(onNode.Jwk.from(key.toPrivateJSON()).thumbprint()).toBe(thumbprint)
    const read = await Promise.all([
      Jwk.fromAsync(key.toJSON()),
      Jwk.fromAsync(JSON.stringify(key.toPrivateJSON())),
      Jwk.fromPemAsync(key.toPem()),
      Jwk.fromPemAsync(key.toPrivatePem()),
      Jwk.fromPemAsync(await key.toPrivatePemAsync({ passphrase: "open" }), { passphrase: "open" }),
      Jwk.fromCryptoKey(await key.toCryptoKey()),
    ])
    for (const one of read) expect(await one.thumbprintAsync()).toBe(thumbprint)
    expect(await key.thumbprintUriAsync("sha-512")).toBe(onNode.Jwk.from(key.toJSON()).thumbprintUri("sha-512"))
  })

  test("writes PEM as the engine for Node does", async () => {
    const key = await Jwk.fromPemAsync(pemOf(pair.privateKey, "pkcs8"))
    expect(key.toPrivatePem()).toBe(pemOf(pair.privateKey, "pkcs8"))
    expect(key.toPem()).toBe(pemOf(pair.publicKey, "spki"))
    expect(key.publicKey().toJSON()).toEqual(pair.publicKey.export({ format: "jwk" }))
  })

  test("a CryptoKey that keeps its material signs, and shows nothing", async () => {
    const sealed = await sealedKey(algorithm, kind)
    const key = await Jwk.fromCryptoKey(sealed)
    const token = await encodeAsync(CLAIMS, sealed, { algorithm })
    expect(onNode.decode(token, pair.publicKey, options)).toEqual(CLAIMS)
    expect(onNode.decode(await encodeAsync(CLAIMS, key, { algorithm }), pair.publicKey, options)).toEqual(CLAIMS)
    for (const show of [() => key.toPrivateJSON(), () => key.toPrivatePem(), () => key.toJSON(), () => key.toPem()])
      expect(show).toThrow(expect.objectContaining({ code: "key_not_for_use" }))
  })
})

/** The private key of the pair as a CryptoKey that is not extractable, made by Node alone. */
async function sealedKey(algorithm: string, kind: AlgorithmRow[1]): Promise<CryptoKey> {
  const { crypto } = globalThis
  const [name, hash] = [algorithm.slice(0, 2), `SHA-${algorithm.slice(2)}`]
  const parameters =
    name === "RS"
      ? { name: "RSASSA-PKCS1-v1_5", hash }
      : name === "PS"
        ? { name: "RSA-PSS", hash }
        : name === "ES"
          ? { name: "ECDSA", namedCurve: kind }
          : { name: kind }
  return await crypto.subtle.importKey("pkcs8", derOf(pairOf(kind).privateKey, "pkcs8"), parameters, false, ["sign"])
}
type CryptoKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>

describe("further forms", () => {
  test.each(["RS256", "ES256", "EdDSA"])(
    "an encrypted %s key is opened with its passphrase, and with no other",
    async (algorithm) => {
      const kind = algorithm === "RS256" ? "RSA" : algorithm === "ES256" ? "P-256" : "Ed25519"
      const pem = encryptedPemOf(pairOf(kind).privateKey, "pkcs8", "open sesame")
      const key = await Jwk.fromPemAsync(pem, { passphrase: "open sesame", algorithm })
      expect(
        onNode.decode(await encodeAsync(CLAIMS, key), pairOf(kind).publicKey, { algorithms: [algorithm] }),
      ).toEqual(CLAIMS)
      await expect(Jwk.fromPemAsync(pem, { passphrase: "close" })).rejects.toMatchObject({ code: "key_invalid" })
      const sealed = await key.toPrivatePemAsync({ passphrase: "again" })
      expect(onNode.Jwk.fromPem(sealed, { passphrase: "again" }).toPrivatePem()).toBe(key.toPrivatePem())
    },
  )

  test.each(["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"])("PKCS#8 under %s is opened", async (cipher) => {
    const { privateKey } = pairOf("P-256")
    const pem = String(privateKey.export({ type: "pkcs8", format: "pem", cipher, passphrase: "p" }))
    expect((await Jwk.fromPemAsync(pem, { passphrase: "p" })).toPrivatePem()).toBe(pemOf(privateKey, "pkcs8"))
  })

  test("a key restricted to PS256 by its type serves PS256 and nothing else, and is written as it was", async () => {
    const { privateKey, publicKey } = pssPair("sha256", "sha256", 32)
    const pem = pemOf(privateKey, "pkcs8")
    const token = await encodeAsync(CLAIMS, pem, { algorithm: "PS256" })
    expect(await decodeAsync(token, pemOf(publicKey, "spki"), { algorithms: ["PS256"] })).toEqual(CLAIMS)
    expect(onNode.decode(token, publicKey, { algorithms: ["PS256"] })).toEqual(CLAIMS)
    await expect(encodeAsync(CLAIMS, pem, { algorithm: "PS384" })).rejects.toMatchObject({ code: "key_unsuitable" })
    await expect(encodeAsync(CLAIMS, pem, { algorithm: "RS256" })).rejects.toMatchObject({ code: "key_unsuitable" })
    const key = await Jwk.fromPemAsync(pem)
    expect([key.toPrivatePem(), key.toPem()]).toEqual([pem, pemOf(publicKey, "spki")])
    expect(() => key.toJSON()).toThrow(expect.objectContaining({ code: "key_invalid" }))
  })

  test("a set, a signer, a verifier and the JSON serializations", async () => {
    const keys = await Promise.all(["ES256", "EdDSA"].map((name) => Jwk.generateAsync(name, { keyId: name })))
    const set = JwkSet.from(keys.map((key) => key.publicKey()))
    const verifier = new Verifier({ key: set, cache: true })
    for (const key of keys) {
      const token = await new Signer({ key }).signAsync(CLAIMS)
      expect(await verifier.verifyAsync(token)).toEqual(CLAIMS)
      expect(await verifier.verifyAsync(token)).toEqual(CLAIMS)
      const jws = await signJwsAsync("payload", key, { format: "general" })
      expect(Buffer.from((await verifyJwsAsync(jws, key.publicKey())).payload).toString()).toBe("payload")
    }
  })

  test("a key of a set that the platform refuses does not spoil the others", async () => {
    const good = await Jwk.generateAsync("ES256")
    const bad = { ...good.toPrivateJSON(), d: (await Jwk.generateAsync("ES256")).toPrivateJSON()["d"] }
    const set = JwkSet.from([Jwk.from(bad), good.publicKey()])
    expect(await decodeAsync(await encodeAsync(CLAIMS, good), set)).toEqual(CLAIMS)
  })

  test("a KeyObject is no key where there is no node:crypto", async () => {
    const key = pairOf("P-256").privateKey
    expect(key).toBeInstanceOf(KeyObject)
    await expect(encodeAsync(CLAIMS, key)).rejects.toMatchObject({ code: "key_invalid" })
  })
})
