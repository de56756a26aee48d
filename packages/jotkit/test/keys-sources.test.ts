/** Keys that are somewhere else: functions that find them, signers that keep them. */
import { createSign, createVerify, sign as platformSign, verify as platformVerify } from "node:crypto"
import {
  decode,
  decodeAsync,
  decodeCompleteAsync,
  encode,
  encodeAsync,
  getUnverifiedHeader,
  InvalidKeyError,
  Jwk,
  JwkSet,
  type KeyInput,
  type RemoteSigner,
  Signer,
  signJws,
  signJwsAsync,
  type UnverifiedHeader,
  Verifier,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { describe, expect, onTestFinished, test } from "vitest"
import { foreignToken, pairOf, SECRET } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const OK = "accepted"
const NOT_FOUND = "InvalidKeyError key_not_found"
const FAILED = "InvalidKeyError signer_failed"
const ASYNC_REQUIRED = "UsageError async_required"
const HS256 = { algorithms: ["HS256"] }
const TOKEN = encode({ a: 1 }, SECRET, { header: { kid: "k1", custom: { deep: [1] } } })

describe("a key function", () => {
  test("gets the header, and its answer verifies", async () => {
    const seen: UnverifiedHeader[] = []
    function find(header: UnverifiedHeader): string {
      seen.push(header)
      return SECRET
    }
    const header = { alg: "HS256", typ: "JWT", kid: "k1", custom: { deep: [1] } }
    expect(decode(TOKEN, find, HS256)).toEqual({ a: 1 })
    expect(await decodeAsync(TOKEN, find, HS256)).toEqual({ a: 1 })
    expect(new Verifier({ key: find, ...HS256 }).verify(TOKEN)).toEqual({ a: 1 })
    expect(verifyJws(TOKEN, find, HS256).header).toEqual(header)
    expect(seen).toEqual([header, header, header, header])
  })

  test("gets a header of its own, whose change has no effect", () => {
    function spoil(header: Record<string, unknown>): string {
      header["alg"] = "none"
      untyped<{ deep: number[] }>(header["custom"]).deep.push(2)
      return SECRET
    }
    for (let round = 0; round < 2; round++) expect(decode(TOKEN, spoil, HS256)).toEqual({ a: 1 })
    expect(getUnverifiedHeader(TOKEN)).toEqual({ alg: "HS256", typ: "JWT", kid: "k1", custom: { deep: [1] } })
  })

  test("may answer with a promise in the Async forms", async () => {
    const find = async (): Promise<string> => SECRET
    expect(await decodeAsync(TOKEN, find, HS256)).toEqual({ a: 1 })
    expect((await decodeCompleteAsync(TOKEN, find, HS256)).payload).toEqual({ a: 1 })
    expect(await new Verifier({ key: find, ...HS256 }).verifyAsync(TOKEN)).toEqual({ a: 1 })
    expect((await verifyJwsAsync(TOKEN, find, HS256)).header.kid).toBe("k1")
    expect(await encodeAsync({ a: 1 }, find)).toBe(encode({ a: 1 }, SECRET))
    expect(await new Signer({ key: find }).signAsync({ a: 1 })).toBe(encode({ a: 1 }, SECRET))
  })

  test.each<[name: string, call: (find: KeyInput) => unknown, twin: string]>([
    ["decode", (find) => decode(TOKEN, find, HS256), "decodeAsync"],
    ["Verifier.verify", (find) => new Verifier({ key: find, ...HS256 }).verify(TOKEN), "verifyAsync"],
    [
      "Verifier.verifyComplete",
      (find) => new Verifier({ key: find, ...HS256 }).verifyComplete(TOKEN),
      "verifyCompleteAsync",
    ],
    ["verifyJws", (find) => verifyJws(TOKEN, find, HS256), "verifyJwsAsync"],
    ["encode", (find) => encode({}, find), "encodeAsync"],
    ["Signer.sign", (find) => new Signer({ key: find }).sign({}), "signAsync"],
    ["signJws", (find) => signJws("x", find), "signJwsAsync"],
  ])("that answers with a promise is refused by %s, which names its twin", (_name, call, twin) => {
    for (const find of [async () => SECRET, () => Promise.reject(new Error("late"))]) {
      const error = errorOf(() => call(find))
      expect(error.code).toBe("async_required")
      expect(error.message).toMatch(new RegExp(`\\b${twin}\\b`))
    }
  })

  test("whose promise fails after a refusal leaves no unhandled rejection", async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown): void => void unhandled.push(reason)
    process.on("unhandledRejection", listen)
    onTestFinished(() => void process.off("unhandledRejection", listen))
    expect(outcome(() => decode(TOKEN, () => Promise.reject(new Error("late")), HS256))).toBe(ASYNC_REQUIRED)
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  const failure = new RangeError("the database is gone")
  const own = new InvalidKeyError("key_too_short", "mine")
  test.each<[name: string, find: () => unknown, expected: string, cause: unknown]>([
    ["undefined is no key", () => undefined, NOT_FOUND, undefined],
    ["null is no key", () => null, NOT_FOUND, undefined],
    ["an empty text is no key, and no empty secret", () => "", NOT_FOUND, undefined],
    ["empty bytes are an empty secret", () => new Uint8Array(), "InvalidKeyError secret_empty", undefined],
    ["an array is no key", () => [SECRET], "InvalidKeyError key_invalid", undefined],
    ["an object is no key", () => ({}), "InvalidKeyError key_invalid", undefined],
    ["a number is no key", () => 0, "InvalidKeyError key_missing", undefined],
    ["another function is no key", () => () => SECRET, "InvalidKeyError key_invalid", undefined],
    [
      "what it throws is the cause",
      () => {
        throw failure
      },
      "InvalidKeyError key_function_failed",
      failure,
    ],
    [
      "an error of ours passes",
      () => {
        throw own
      },
      "InvalidKeyError key_too_short",
      undefined,
    ],
  ])("answers: %s", async (_name, find, expected, cause) => {
    const key = untyped<KeyInput>(find)
    const later = untyped<KeyInput>(async () => find())
    expect(outcome(() => decode(TOKEN, key, HS256))).toBe(expected)
    expect(await outcomeOf(decodeAsync(TOKEN, key, HS256))).toBe(expected)
    expect(await outcomeOf(decodeAsync(TOKEN, later, HS256))).toBe(expected)
    expect(outcome(() => encode({}, key))).toBe(expected)
    expect(await outcomeOf(encodeAsync({}, later))).toBe(expected)
    expect(errorOf(() => decode(TOKEN, key, HS256)).cause).toBe(cause)
  })

  test.each<[name: string, token: string, expected: string]>([
    ["cannot be read", `${TOKEN}=`, "DecodeError token_malformed"],
    [
      "has an unknown critical extension",
      foreignToken("HS256", SECRET, {}, { crit: ["x"], x: 1 }),
      "DecodeError crit_invalid",
    ],
    ["has another algorithm", foreignToken("HS512", SECRET), "InvalidAlgorithmError algorithm_not_allowed"],
    ["has no algorithm", foreignToken("HS256", SECRET, {}, { alg: "" }), "InvalidAlgorithmError algorithm_missing"],
  ])("is not asked about a token that %s", (_name, token, expected) => {
    let calls = 0
    function find(): string {
      calls++
      return SECRET
    }
    expect(outcome(() => decode(token, find, HS256))).toBe(expected)
    expect(calls).toBe(0)
  })

  test("needs a list of algorithms, whatever it will answer", () => {
    expect(outcome(() => decode(TOKEN, () => SECRET))).toBe("UsageError algorithms_required")
    expect(outcome(() => new Verifier({ key: () => SECRET }))).toBe("UsageError algorithms_required")
  })

  test("may answer with a set, and its key is chosen by the header", () => {
    const [a, b] = [Jwk.generate("ES256", { keyId: "a" }), Jwk.generate("ES256", { keyId: "b" })]
    const find = (): JwkSet => JwkSet.from([a.publicKey(), b.publicKey()])
    expect(decode(encode({ a: 1 }, b), find, { algorithms: ["ES256"] })).toEqual({ a: 1 })
    expect(
      outcome(() => decode(encode({}, Jwk.generate("ES256", { keyId: "c" })), find, { algorithms: ["ES256"] })),
    ).toBe(NOT_FOUND)
  })

  test("gets the caller's header members when it is asked for a key to sign with", () => {
    const seen: unknown[] = []
    const token = encode(
      { a: 1 },
      (header) => {
        seen.push(header)
        return SECRET
      },
      { header: { kid: "tenant-7" } },
    )
    expect(seen).toEqual([{ kid: "tenant-7" }])
    expect(getUnverifiedHeader(token).kid).toBe("tenant-7")
  })
})

describe("a remote signer", () => {
  const { privateKey, publicKey } = pairOf("P-256")
  const options = { key: privateKey, dsaEncoding: "ieee-p1363" } as const
  const rawSign = (data: Uint8Array): Uint8Array => platformSign("sha256", data, options)
  const rawVerify = (data: Uint8Array, signature: Uint8Array): boolean =>
    platformVerify("sha256", data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature)
  const signer: RemoteSigner = { algorithm: "ES256", sign: rawSign, verify: rawVerify }
  const later: RemoteSigner = {
    algorithm: "ES256",
    sign: async (data) => rawSign(data),
    verify: async (data, signature) => rawVerify(data, signature),
  }

  test("signs what its public key verifies, at once or later", async () => {
    for (const token of [
      encode({ a: 1 }, signer),
      await encodeAsync({ a: 1 }, signer),
      await encodeAsync({ a: 1 }, later),
    ])
      expect(decode(token, publicKey)).toEqual({ a: 1 })
    expect(decode(new Signer({ key: signer }).sign({ a: 1 }), publicKey)).toEqual({ a: 1 })
    expect(decode(await new Signer({ key: later }).signAsync({ a: 1 }), publicKey)).toEqual({ a: 1 })
    expect(verifyJws(signJws("x", signer), publicKey).header).toEqual({ alg: "ES256" })
    expect(verifyJws(await signJwsAsync("x", later), publicKey).header).toEqual({ alg: "ES256" })
  })

  test("verifies, needs no list of algorithms, and says true or false", async () => {
    const token = foreignToken("ES256", privateKey)
    const forged = foreignToken("ES256", pairOf("P-256", "other").privateKey)
    expect(decode(token, signer)).toEqual({ a: 1 })
    expect(decode(token, signer, { algorithms: ["ES256"] })).toEqual({ a: 1 })
    expect(await decodeAsync(token, later)).toEqual({ a: 1 })
    expect(new Verifier({ key: signer }).verify(token)).toEqual({ a: 1 })
    expect(verifyJws(token, signer).key).toBeUndefined()
    expect(outcome(() => decode(forged, signer))).toBe("InvalidSignatureError signature_invalid")
    expect(await outcomeOf(decodeAsync(forged, later))).toBe("InvalidSignatureError signature_invalid")
  })

  test.each<[string, unknown]>([
    ["1", 1],
    ["a text", "true"],
    ["undefined", undefined],
    ["null", null],
    ["an object", {}],
  ])("that answers with %s instead of true refuses", async (_name, answer) => {
    const token = foreignToken("ES256", privateKey)
    const verify = untyped<() => boolean>(() => answer)
    expect(outcome(() => decode(token, { ...signer, verify }))).toBe("InvalidSignatureError signature_invalid")
    expect(await outcomeOf(decodeAsync(token, { ...signer, verify: async () => verify() }))).toBe(
      "InvalidSignatureError signature_invalid",
    )
  })

  test("that answers later is refused by the forms that cannot wait", () => {
    expect(outcome(() => encode({}, later))).toBe(ASYNC_REQUIRED)
    expect(outcome(() => new Signer({ key: later }).sign({}))).toBe(ASYNC_REQUIRED)
    expect(outcome(() => signJws("x", later))).toBe(ASYNC_REQUIRED)
    expect(outcome(() => decode(foreignToken("ES256", privateKey), later))).toBe(ASYNC_REQUIRED)
  })

  test("without verify cannot verify, and the error says what to give instead", () => {
    const error = errorOf(() => decode(foreignToken("ES256", privateKey), { algorithm: "ES256", sign: rawSign }))
    expect([error.name, error.code]).toEqual(["UsageError", "argument_invalid"])
    expect(error.message).toMatch(/public key/)
  })

  test("is asked only about tokens of its algorithm", () => {
    let calls = 0
    const counting: RemoteSigner = {
      ...signer,
      verify: () => {
        calls++
        return true
      },
    }
    expect(outcome(() => decode(foreignToken("HS256", SECRET), counting))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
    expect(outcome(() => decode(foreignToken("HS256", SECRET), counting, HS256))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
    expect(outcome(() => decode(foreignToken("ES256", privateKey), counting, HS256))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
    expect(calls).toBe(0)
  })

  test("puts its key id into the header, unless the caller says otherwise", () => {
    const named = { ...signer, keyId: "kms-1" }
    expect(getUnverifiedHeader(encode({}, named))).toEqual({ alg: "ES256", typ: "JWT", kid: "kms-1" })
    expect(getUnverifiedHeader(encode({}, named, { header: { kid: "other" } })).kid).toBe("other")
    expect(getUnverifiedHeader(encode({}, named, { header: { kid: null } }))).not.toHaveProperty("kid")
  })

  test("signs the signing input, and is called as a method", () => {
    class Hsm implements RemoteSigner {
      readonly algorithm = "ES256"
      readonly #key = privateKey
      readonly seen: string[] = []
      sign(data: Uint8Array): Uint8Array {
        this.seen.push(Buffer.from(data).toString())
        return platformSign("sha256", data, { key: this.#key, dsaEncoding: "ieee-p1363" })
      }
    }
    const hsm = new Hsm()
    const token = encode({ a: 1 }, hsm)
    expect(hsm.seen).toEqual([token.slice(0, token.lastIndexOf("."))])
  })

  test("verifies the signing input, as bytes, whatever kind the payload is of", async () => {
    const seen: unknown[] = []
    const hsm: RemoteSigner = {
      ...signer,
      verify(data, signature) {
        seen.push(data)
        return rawVerify(data, signature)
      },
    }
    const tokens = [encode({ a: 1 }, hsm), signJws("a b", hsm, { b64: false })]
    for (const token of tokens) {
      expect(outcome(() => verifyJws(token, hsm))).toBe(OK)
      expect(await outcomeOf(verifyJwsAsync(token, hsm))).toBe(OK)
    }
    for (const data of seen) expect(data).toBeInstanceOf(Uint8Array)
    const inputs = tokens.map((token) => token.slice(0, token.lastIndexOf(".")))
    expect(seen.map((data) => Buffer.from(untyped<Uint8Array>(data)).toString())).toEqual(
      inputs.flatMap((input) => [input, input]),
    )
  })

  const der = (data: Uint8Array): Uint8Array => createSign("sha256").update(data).sign(privateKey)
  const failure = new Error("HSM offline")
  const own = new InvalidKeyError("key_not_for_use", "mine")
  test.each<[name: string, sign: (data: Uint8Array) => unknown, expected: string, message: RegExp]>([
    ["DER", der, FAILED, /expected 64.*not DER/],
    ["a signature that is too short", () => new Uint8Array(63), FAILED, /63 bytes, expected 64/],
    ["nothing", () => undefined, FAILED, /bytes/],
    ["a text", () => "c2ln", FAILED, /bytes/],
    ["an ArrayBuffer", () => new ArrayBuffer(64), FAILED, /bytes/],
    ["an array of numbers", () => Array.from({ length: 64 }, () => 1), FAILED, /bytes/],
    [
      "an exception",
      () => {
        throw failure
      },
      FAILED,
      /signer failed/,
    ],
    [
      "an error of ours",
      () => {
        throw own
      },
      "InvalidKeyError key_not_for_use",
      /mine/,
    ],
  ])("that answers with %s is refused", async (_name, sign, expected, message) => {
    const broken = untyped<RemoteSigner>({ algorithm: "ES256", sign })
    const brokenLater = untyped<RemoteSigner>({ algorithm: "ES256", sign: async (data: Uint8Array) => sign(data) })
    expect(outcome(() => encode({}, broken))).toBe(expected)
    expect(errorOf(() => encode({}, broken)).message).toMatch(message)
    expect(await outcomeOf(encodeAsync({}, broken))).toBe(expected)
    expect(await outcomeOf(encodeAsync({}, brokenLater))).toBe(expected)
    expect(await outcomeOf(signJwsAsync("x", brokenLater))).toBe(expected)
  })

  test("that fails is the cause of the error", async () => {
    const broken: RemoteSigner = {
      algorithm: "ES256",
      sign: () => {
        throw failure
      },
      verify: () => {
        throw failure
      },
    }
    const error = errorOf(() => encode({}, broken))
    expect(error.cause).toBe(failure)
    const refusal = errorOf(() => decode(foreignToken("ES256", privateKey), broken))
    expect([refusal.code, refusal.cause]).toEqual(["signer_failed", failure])
    const rejecting: RemoteSigner = { ...broken, verify: () => Promise.reject(failure) }
    await expect(decodeAsync(foreignToken("ES256", privateKey), rejecting)).rejects.toMatchObject({
      code: "signer_failed",
      cause: failure,
    })
  })

  test.each<[name: string, key: RemoteSigner, encodeOptions: object, expected: string]>([
    ["another algorithm than asked for", signer, { algorithm: "ES384" }, "InvalidKeyError key_unsuitable"],
    ["another algorithm than the header says", signer, { header: { alg: "ES384" } }, "InvalidKeyError key_unsuitable"],
    ["an unknown algorithm", { ...signer, algorithm: "XS256" }, {}, "InvalidAlgorithmError algorithm_unknown"],
    ["the algorithm asked for", signer, { algorithm: "ES256" }, OK],
  ])("with %s", (_name, key, encodeOptions, expected) => {
    expect(outcome(() => encode({}, key, encodeOptions))).toBe(expected)
  })

  test("may use an algorithm whose signatures have no fixed length", () => {
    const rsa = pairOf("RSA")
    const kms: RemoteSigner = {
      algorithm: "RS256",
      sign: (data) => createSign("sha256").update(data).sign(rsa.privateKey),
      verify: (data, signature) => createVerify("sha256").update(data).verify(rsa.publicKey, signature),
    }
    expect(decode(encode({ a: 1 }, kms), kms)).toEqual({ a: 1 })
    expect(decode(encode({ a: 1 }, kms), rsa.publicKey, { algorithms: ["RS256"] })).toEqual({ a: 1 })
  })
})
