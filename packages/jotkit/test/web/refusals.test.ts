/** What WebCrypto cannot do is said in words: synchronous forms name their twin, missing algorithms their runtime. */
import { createPrivateKey } from "node:crypto"
import {
  type CryptoKey,
  decode,
  decodeAsync,
  decodeComplete,
  decodeUnverified,
  decryptJweAsync,
  encode,
  encodeAsync,
  encryptJweAsync,
  getAlgorithm,
  getUnverifiedHeader,
  isJwtError,
  Jwk,
  type JwkObject,
  JwkSet,
  type JwtError,
  registerAlgorithm,
  Signer,
  signJws,
  unregisterAlgorithm,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { derOf, encryptedPemOf, pemOf } from "../keys-fixtures/forms.ts"
import { pairOf, SECRET } from "../keys-fixtures/pairs.ts"
import { answersOf, onNode } from "./engines.ts"

const HS256 = { algorithms: ["HS256"] }
const token = onNode.encode({ a: 1 }, SECRET)
const publicKey = Jwk.fromPem(pemOf(pairOf("P-256").publicKey, "spki"))
const ed25519Pem = pemOf(pairOf("Ed25519").privateKey, "pkcs8")
const runtime = `Node ${process.versions.node}`

function errorOf(call: () => unknown): JwtError {
  try {
    call()
  } catch (error) {
    if (isJwtError(error)) return error
    throw error
  }
  throw new Error("expected a refusal")
}

/** Every synchronous form that touches cryptography, with the twin that its error names. */
const SYNCHRONOUS: readonly (readonly [twin: string, call: () => unknown])[] = [
  ["encodeAsync", () => encode({}, SECRET)],
  ["encodeAsync", () => encode({}, null, { algorithm: "none" })],
  ["decodeAsync", () => decode(token, SECRET, HS256)],
  ["decodeCompleteAsync", () => decodeComplete(token, SECRET, HS256)],
  ["signAsync", () => new Signer({ key: SECRET }).sign({})],
  ["verifyAsync", () => new Verifier({ key: SECRET, ...HS256 }).verify(token)],
  ["verifyCompleteAsync", () => new Verifier({ key: SECRET, ...HS256 }).verifyComplete(token)],
  ["signJwsAsync", () => signJws("payload", SECRET)],
  ["verifyJwsAsync", () => verifyJws(token, SECRET, HS256)],
  ["Jwk.generateAsync", () => Jwk.generate("ES256")],
  ["thumbprintAsync", () => publicKey.thumbprint()],
  ["thumbprintUriAsync", () => publicKey.thumbprintUri()],
  [
    "Jwk.fromPemAsync",
    () => Jwk.fromPem(encryptedPemOf(pairOf("P-256").privateKey, "pkcs8", "p"), { passphrase: "p" }),
  ],
  ["toPrivatePemAsync", () => Jwk.fromPem(ed25519Pem).toPrivatePem({ passphrase: "p" })],
  ["Jwk.fromPemAsync", () => Jwk.fromPem(ed25519Pem).toJSON()],
  ["Jwk.fromAsync", () => Jwk.from(derOf(pairOf("Ed25519").privateKey, "pkcs8")).publicKey()],
  ["Jwk.fromAsync", () => Jwk.fromPem(ed25519Pem).toPem()],
  ["digestAsync", () => Reflect.get(getAlgorithm("RS256"), "digest")(new Uint8Array())],
  ["availableAsync", () => Reflect.get(getAlgorithm("RS256"), "available")],
]

describe("a synchronous form", () => {
  test.each(SYNCHRONOUS)("names %s", (twin, call) => {
    expect(errorOf(call)).toMatchObject({
      name: "UsageError",
      code: "sync_unavailable",
      fault: "usage",
      message: expect.stringMatching(new RegExp(`${runtime}.*\\b${twin}\\b`)),
    })
  })

  test("begins nothing that would be left alone", () => {
    const calls = vi.spyOn(globalThis.crypto.subtle, "importKey")
    onTestFinished(() => calls.mockRestore())
    for (const call of [() => decode(token, SECRET, HS256), () => encode({}, SECRET)]) errorOf(call)
    expect(calls).not.toHaveBeenCalled()
  })

  test("works where no cryptography is needed", async () => {
    expect(getUnverifiedHeader(token)).toMatchObject({ alg: "HS256" })
    expect(decodeUnverified(token).payload).toEqual({ a: 1 })
    expect(Jwk.fromPem(ed25519Pem).toPrivatePem()).toBe(ed25519Pem)
    const key = await Jwk.fromPemAsync(ed25519Pem)
    expect(key.publicKey().toPem()).toBe(pemOf(pairOf("Ed25519").publicKey, "spki"))
    expect(key.toPrivateJSON()).toEqual(pairOf("Ed25519").privateKey.export({ format: "jwk" }))
  })
})

describe("an algorithm that WebCrypto lacks", () => {
  const { privateKey, publicKey: verifying } = pairOf("secp256k1")
  const unavailable = { name: "InvalidAlgorithmError", code: "algorithm_unavailable", fault: "usage" }

  test.each([
    ["to sign with PEM", () => encodeAsync({}, pemOf(privateKey, "pkcs8"))],
    ["to sign with a JWK", () => encodeAsync({}, privateKey.export({ format: "jwk" }) as { kty: string })],
    [
      "to verify",
      () => decodeAsync(onNode.encode({}, privateKey), verifying.export({ format: "jwk" }) as { kty: string }),
    ],
    ["to make a key", () => Jwk.generateAsync("ES256K")],
  ])("is named with its runtime: ES256K %s", async (_use, call) => {
    await expect(call()).rejects.toMatchObject({ ...unavailable, message: `ES256K is not available in ${runtime}` })
  })

  test("is named also where a set holds its key", async () => {
    const set = JwkSet.from({ keys: [verifying.export({ format: "jwk" })] })
    await expect(decodeAsync(onNode.encode({}, privateKey), set)).rejects.toMatchObject(unavailable)
  })

  test("is found out by asking", async () => {
    const available = (name: string): Promise<boolean> => Reflect.get(getAlgorithm(name), "availableAsync")()
    expect(await Promise.all(["HS256", "RS256", "ES256", "EdDSA", "ES256K"].map(available))).toEqual([
      ...[true, true, true, true],
      false,
    ])
  })

  test("a public key on its curve is read all the same", async () => {
    const { web, node } = await answersOf(async (jotkit) => {
      const key = await jotkit.Jwk.fromPemAsync(pemOf(verifying, "spki"))
      return [key.toJSON(), key.toPem(), await key.thumbprintAsync()]
    })
    expect(web).toBe(node)
  })

  test("is every one where a page has no WebCrypto", async () => {
    vi.stubGlobal("crypto", {})
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    await expect(encodeAsync({}, `${SECRET} of its own`)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining("https"),
    })
  })
})

describe("an encryption algorithm that WebCrypto lacks", () => {
  /** As Chromium, which has neither AES with keys of 192 bits nor X448. */
  function isMissing(method: string | symbol, call: readonly unknown[]): boolean {
    if (method === "generateKey") return Reflect.get(Object(call[0]), "name") === "X448"
    const name = String(Reflect.get(Object(call[2]), "name"))
    return method === "importKey" && name.startsWith("AES-") && Reflect.get(Object(call[1]), "byteLength") === 24
  }

  function stubPlatform(): void {
    const { crypto } = globalThis
    const subtle = new Proxy(crypto.subtle, {
      get:
        (target, method) =>
        (...call: unknown[]) =>
          isMissing(method, call)
            ? Promise.reject(new DOMException("not here", "NotSupportedError"))
            : Reflect.apply(Reflect.get(target, method), target, call),
    })
    vi.stubGlobal("crypto", { subtle, getRandomValues: crypto.getRandomValues.bind(crypto) })
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
  }

  test.each<[name: string, algorithm: string, encryption: string, key: () => JwkObject]>([
    ["A192GCM", "dir", "A192GCM", () => onNode.Jwk.generate("A192GCM").toPrivateJSON()],
    ["A192KW", "A192KW", "A128GCM", () => onNode.Jwk.generate("A192KW").toPrivateJSON()],
    ["A192GCMKW", "A192GCMKW", "A128GCM", () => onNode.Jwk.generate("A192GCMKW").toPrivateJSON()],
    [
      "ECDH-ES with X448",
      "ECDH-ES",
      "A128GCM",
      () => onNode.Jwk.generate("ECDH-ES", { curve: "X448" }).toPrivateJSON(),
    ],
  ])("is named with its runtime, in both directions: %s", async (name, algorithm, encryption, make) => {
    stubPlatform()
    const key = make()
    const sealed = onNode.encryptJwe("x", onNode.Jwk.from(key), { algorithm, encryption })
    const failure = { code: "algorithm_unavailable", message: `${name} is not available in ${runtime}` }
    await expect(decryptJweAsync(sealed, key)).rejects.toMatchObject(failure)
    await expect(encryptJweAsync("x", key, { algorithm, encryption })).rejects.toMatchObject(failure)
  })
})

describe("a key that cannot be used", () => {
  const { privateKey } = pairOf("P-256")
  const jwk = privateKey.export({ format: "jwk" }) as { kty: string }

  test.each([
    [
      "an EC key with the private value of another",
      { ...jwk, d: pairOf("P-256", "other").privateKey.export({ format: "jwk" }).d },
    ],
    [
      "an Ed25519 key with the public value of another",
      {
        ...(pairOf("Ed25519").privateKey.export({ format: "jwk" }) as { kty: string }),
        x: pairOf("Ed25519", "other").publicKey.export({ format: "jwk" }).x,
      },
    ],
  ])("is refused when it is first used, and by fromAsync: %s", async (_what, bad) => {
    const refusal = { name: "InvalidKeyError", code: "jwk_invalid" }
    await expect(encodeAsync({}, bad)).rejects.toMatchObject(refusal)
    await expect(encodeAsync({}, Jwk.from(bad))).rejects.toMatchObject(refusal)
    await expect(Jwk.fromAsync(bad)).rejects.toMatchObject(refusal)
  })

  test("a point beside the curve is refused when it is read", () => {
    const y = Buffer.from(String(Reflect.get(jwk, "y")), "base64url")
    y[0] = (y[0] ?? 0) ^ 1
    expect(errorOf(() => Jwk.from({ ...jwk, y: y.toString("base64url") }))).toMatchObject({ code: "jwk_invalid" })
  })

  test("encryption from before PKCS#8 is refused, and the message says what to do", async () => {
    const pem = encryptedPemOf(createPrivateKey(pemOf(privateKey, "sec1")), "sec1", "p")
    await expect(Jwk.fromPemAsync(pem, { passphrase: "p" })).rejects.toMatchObject({
      code: "key_invalid",
      message: expect.stringContaining("openssl pkcs8 -topk8"),
    })
  })

  test("key material as the secret inside a CryptoKey is refused when it is used", async () => {
    const pem = Buffer.from(pemOf(pairOf("RSA").publicKey, "spki"))
    const hmac = { name: "HMAC", hash: "SHA-256" }
    const key = (await crypto.subtle.importKey("raw", pem, hmac, true, ["sign", "verify"])) as CryptoKey
    await expect(encodeAsync({}, key)).rejects.toMatchObject({ code: "secret_is_key_material" })
    await expect(decodeAsync(token, key)).rejects.toMatchObject({ code: "secret_is_key_material" })
    await expect(Jwk.fromCryptoKey(key)).rejects.toMatchObject({ code: "secret_is_key_material" })
  })

  test("in a set is passed over where the platform finds that out, and another of the set serves", async () => {
    const { subtle } = globalThis.crypto
    const [bad, good, other] = [
      await Jwk.generateAsync("ES256"),
      await Jwk.generateAsync("ES256"),
      await Jwk.generateAsync("ES256"),
    ]
    const [openBad, openGood, openOther] = [bad.toJSON(), good.toJSON(), other.toJSON()]
    const importKey = subtle.importKey.bind(subtle)
    const refusing = (...call: Parameters<typeof importKey>): ReturnType<typeof importKey> =>
      Reflect.get(call[1], "x") === openBad["x"]
        ? Promise.reject(new DOMException("not this one", "DataError"))
        : importKey(...call)
    const stub = vi.spyOn(subtle, "importKey").mockImplementation(refusing as typeof subtle.importKey)
    onTestFinished(() => stub.mockRestore())
    const es256 = onNode.encode({ a: 1 }, good.toPrivateJSON())
    const verify = (...keys: unknown[]): Promise<unknown> => decodeAsync(es256, JwkSet.from({ keys }))
    expect(await verify(openBad, openGood)).toEqual({ a: 1 })
    await expect(verify(openBad)).rejects.toMatchObject({ name: "InvalidKeyError", code: "key_not_found" })
    for (const keys of [
      [openBad, openOther],
      [openOther, openBad],
      [openOther, openOther],
    ])
      await expect(verify(...keys)).rejects.toMatchObject({ code: "signature_invalid" })
    await expect(decodeAsync(es256, openBad)).rejects.toMatchObject({ code: "key_unsuitable" })
  })

  test("a CryptoKey is used as its usages and its hash allow", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])
    const signed = await encodeAsync({ a: 1 }, pair.privateKey as CryptoKey)
    expect(await decodeAsync(signed, pair.publicKey as CryptoKey)).toEqual({ a: 1 })
    await expect(decodeAsync(signed, pair.privateKey as CryptoKey)).rejects.toMatchObject({ code: "key_not_for_use" })
    await expect(encodeAsync({}, pair.publicKey as CryptoKey)).rejects.toMatchObject({ code: "key_not_private" })
  })
})

test("a registered algorithm that answers at once still needs the Async form", async () => {
  registerAlgorithm("X-NONE", {
    family: "test",
    prepareKey: () => null,
    sign: () => new Uint8Array([1]),
    verify: (_data, _key, signature) => signature[0] === 1,
  })
  onTestFinished(() => unregisterAlgorithm("X-NONE"))
  const signed = await encodeAsync({ a: 1 }, "key", { algorithm: "X-NONE" })
  expect(await decodeAsync(signed, "key", { algorithms: ["X-NONE"] })).toEqual({ a: 1 })
})

test("a set with keys that WebCrypto lacks serves with the others", async () => {
  const key = await Jwk.generateAsync("ES256", { keyId: "mine" })
  const other = pairOf("secp256k1").publicKey.export({ format: "jwk" })
  const set = JwkSet.from({ keys: [other, key.toJSON()] })
  expect(await decodeAsync(await encodeAsync({ a: 1 }, key), set)).toEqual({ a: 1 })
})
