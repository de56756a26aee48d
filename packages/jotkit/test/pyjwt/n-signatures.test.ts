/** PyJWT, table N: signatures of others, and signatures that do not hold. */
import { decode, encode, getAlgorithm, Jwk, type JwkObject, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { KEY_FOLDER, readJwk, readKeyFile, readKeyText } from "./key-files.ts"
import { outcome } from "./outcome.ts"
import { payloadText, segment } from "./tokens.ts"
import { FOREIGN_ES256, HELLO, KEY_FILE_TOKENS, PUBLIC_JWKS, RFC7520_TOKENS, SECRET_TOKENS } from "./vectors.ts"

const FORGED = "InvalidSignatureError signature_invalid"
const HELLO_WORLD = { hello: "world" }
const MESSAGE = new TextEncoder().encode("Hello World!")

/** Verifies bytes with the primitive itself, as PyJWT's tests do. */
async function verifyRaw(algorithm: string, key: unknown, signature: Uint8Array): Promise<boolean> {
  const primitive = getAlgorithm(algorithm)
  return primitive.verify(MESSAGE, await primitive.prepareKey(key), signature)
}

function withBytes(base64: string, ...more: number[]): Uint8Array {
  return Buffer.concat([Buffer.from(base64, "base64"), Buffer.from(more)])
}

/** A token with another signature. */
function resigned(token: string, signature: Uint8Array): string {
  return `${token.slice(0, token.lastIndexOf("."))}.${segment(signature)}`
}

function signatureOf(token: string): Buffer {
  return Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url")
}

describe("round trips", () => {
  test.each([
    ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    ...["ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448"],
  ])("331: %s", (algorithm) => {
    const key = Jwk.generate(algorithm)
    for (const privateForm of [key, key.toPrivateJSON(), key.toPrivatePem(), key.toKeyObject()]) {
      const token = encode(HELLO_WORLD, privateForm, { algorithm })
      for (const publicForm of [key.publicKey(), key.toJSON(), key.toPem()]) {
        expect(decode(token, publicForm, { algorithms: [algorithm] })).toEqual(HELLO_WORLD)
      }
    }
  })
})

describe("deterministic algorithms give PyJWT's tokens", () => {
  test.each(SECRET_TOKENS)("332: $algorithm", ({ algorithm, key, token }) => {
    expect(encode(HELLO_WORLD, key, { algorithm })).toBe(token)
    expect(decode(token, key, { algorithms: [algorithm] })).toEqual(HELLO_WORLD)
  })
})

describe("signatures that do not hold", () => {
  const key = Jwk.generate("ES256")
  const token = encode(HELLO_WORLD, key)
  const signature = signatureOf(token)
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)]
  const zero = Buffer.alloc(32)
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

  /** ASN.1, as most libraries write ECDSA signatures. */
  function derSignature(): Buffer {
    const integer = (value: Buffer): Buffer => Buffer.concat([Buffer.of(2, 33, 0), value])
    const body = Buffer.concat([integer(r), integer(s)])
    return Buffer.concat([Buffer.of(0x30, body.length), body])
  }

  test.each<[string, Uint8Array]>([
    ["329: one bit changed", Buffer.concat([Buffer.of((signature[0] ?? 0) ^ 1), signature.subarray(1)])],
    ["329: 15 bytes", Buffer.from(HELLO.es256Short, "base64")],
    ["333: all zero", Buffer.alloc(64)],
    ["333: r zero", Buffer.concat([zero, s])],
    ["333: s zero", Buffer.concat([r, zero])],
    ["333: all ones", Buffer.alloc(64, 0xff)],
    ["333: halves swapped", Buffer.concat([s, r])],
    ["333: DER", derSignature()],
    ["335: empty", new Uint8Array()],
    ["335: one more byte", Buffer.concat([signature, Buffer.of(0)])],
  ])("%s", (_name, other) => {
    expect(outcome(() => decode(resigned(token, other), key))).toBe(FORGED)
  })

  test("334: the mirror signature (r, n - s) holds, so a token's text is not its identity", () => {
    const mirrored = (order - BigInt(`0x${s.toString("hex")}`)).toString(16).padStart(64, "0")
    const other = resigned(token, Buffer.concat([r, Buffer.from(mirrored, "hex")]))
    expect(other).not.toBe(token)
    expect(decode(other, key)).toEqual(HELLO_WORLD)
  })

  test.each([["HS256"], ["RS256"], ["PS256"], ["EdDSA"]])("335: %s, empty or one byte longer", (algorithm) => {
    const other = Jwk.generate(algorithm)
    const signed = encode(HELLO_WORLD, other)
    expect(outcome(() => decode(resigned(signed, new Uint8Array()), other))).toBe(FORGED)
    expect(outcome(() => decode(resigned(signed, Buffer.concat([signatureOf(signed), Buffer.of(0)])), other))).toBe(
      FORGED,
    )
  })

  test("336: a signature of Ed448 under a key of Ed25519", () => {
    const ed448 = encode(HELLO_WORLD, Jwk.generate("Ed448"), { algorithm: "Ed448", header: { alg: "Ed448" } })
    const renamed = `${segment('{"alg":"EdDSA"}')}${ed448.slice(ed448.indexOf("."))}`
    expect(outcome(() => decode(renamed, PUBLIC_JWKS.ed25519, { algorithms: ["EdDSA"] }))).toBe(FORGED)
  })
})

describe("RFC 7520, section 4", () => {
  const publicKeys = new Map<string, JwkObject>([
    ["jwk_rsa_pub.json", PUBLIC_JWKS.rsa],
    ["jwk_ec_pub_P-521.json", PUBLIC_JWKS.p521],
  ])

  test.each(RFC7520_TOKENS.filter(({ key }) => publicKeys.has(key)))("327: $algorithm", ({ algorithm, key, token }) => {
    const { payload } = verifyJws(token, publicKeys.get(key) ?? "", { algorithms: [algorithm] })
    expect(Buffer.from(payload).toString()).toBe(payloadText(token))
  })
})

describeShared(KEY_FOLDER, "with PyJWT's key files", (folder) => {
  test("325: a token that another library made, ES256", () => {
    expect(decode(FOREIGN_ES256, readKeyText(folder, "testkey_ec.pub"), { algorithms: ["ES256"] })).toEqual(HELLO_WORLD)
  })

  test("326: a token that another library made, RS384, with an OpenSSH key", () => {
    const token = KEY_FILE_TOKENS.find(({ algorithm }) => algorithm === "RS384")?.token ?? ""
    expect(decode(token, readKeyText(folder, "testkey_rsa.pub"), { algorithms: ["RS384"] })).toEqual(HELLO_WORLD)
  })

  test.each(RFC7520_TOKENS)("327: RFC 7520, $algorithm", ({ algorithm, key, token }) => {
    expect(Buffer.from(verifyJws(token, readJwk(folder, key), { algorithms: [algorithm] }).payload).toString()).toBe(
      payloadText(token),
    )
  })

  test("327: RFC 7520, ES512 with the private key", () => {
    const token = RFC7520_TOKENS.find(({ algorithm }) => algorithm === "ES512")?.token ?? ""
    const { payload } = verifyJws(token, readJwk(folder, "jwk_ec_key_P-521.json"), { algorithms: ["ES512"] })
    expect(Buffer.from(payload).toString()).toBe(payloadText(token))
  })

  test("328: bytes after an RSA signature spoil it", async () => {
    const key = readKeyText(folder, "testkey_rsa.pub")
    expect(await verifyRaw("RS256", key, withBytes(HELLO.rs256))).toBe(true)
    expect(await verifyRaw("RS256", key, withBytes(HELLO.rs256, 0x31, 0x32, 0x33))).toBe(false)
    expect(await verifyRaw("PS256", key, withBytes(HELLO.ps256OtherSalt))).toBe(false)
    expect(await verifyRaw("PS256", key, withBytes(HELLO.ps256OtherSalt, 0x31, 0x32, 0x33))).toBe(false)
  })

  test("329: an ECDSA signature of 15 bytes is false, not an error", async () => {
    expect(await verifyRaw("ES256", readKeyText(folder, "testkey_ec.pub"), withBytes(HELLO.es256Short))).toBe(false)
  })

  test.each(HELLO.ed25519)("330: Ed25519 with $privateKey", async ({ privateKey, publicKey, signature }) => {
    const primitive = getAlgorithm("EdDSA")
    const key = await primitive.prepareKey(readKeyText(folder, privateKey))
    expect(Buffer.from(await primitive.sign(MESSAGE, key)).toString("base64")).toBe(signature)
    expect(await verifyRaw("EdDSA", readKeyText(folder, publicKey), withBytes(signature))).toBe(true)
    expect(await verifyRaw("EdDSA", readKeyText(folder, publicKey), withBytes(signature, 0x31, 0x32, 0x33))).toBe(false)
  })

  test.each(KEY_FILE_TOKENS)("331: $algorithm with $key verifies", ({ algorithm, key, token }) => {
    expect(decode(token, readKeyFile(folder, key), { algorithms: [algorithm] })).toEqual(HELLO_WORLD)
  })

  test.each(KEY_FILE_TOKENS.filter(({ deterministic }) => deterministic))(
    "332: $algorithm with $key gives the same token",
    ({ algorithm, key, token }) => {
      expect(encode(HELLO_WORLD, readKeyFile(folder, key), { algorithm, header: { kid: null } })).toBe(token)
    },
  )
})
