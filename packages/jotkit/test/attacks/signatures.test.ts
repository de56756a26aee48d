/** Attacks on the signature schemes: S1 to S21. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto"
import { decode, encode, getAlgorithm, Jwk, type KeyInput, listAlgorithms, Signer, signJws, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { expectAccepted, expectRefused, outcome, outcomeOf } from "./doors.ts"
import {
  bytesOf,
  CLAIMS,
  derOf,
  ecPair,
  ed448,
  ed25519,
  ed25519Spki,
  json,
  jwkOf,
  type KeyPair,
  memberNumber,
  NOW,
  numberOf,
  openSshLine,
  otherP256,
  p256,
  p384,
  p521,
  pemBlock,
  pemOf,
  privatePemOf,
  rawRsa,
  rawSignature,
  rsa,
  secp256k1,
  segment,
  signedBy,
  untyped,
} from "./material.ts"

const FORGED = "InvalidSignatureError signature_invalid"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const INVALID_JWK = "InvalidKeyError jwk_invalid"
const UNREADABLE = "InvalidKeyError key_invalid"
/** Whatever way a key is refused. */
const NO_KEY = /^InvalidKeyError (jwk_invalid|key_invalid|key_unsuitable|key_too_short|secret_is_key_material)$/

interface Curve {
  readonly algorithm: string
  readonly pair: KeyPair
  readonly hash: string
  readonly bytes: number
  readonly order: bigint
}

const CURVES: readonly Curve[] = [
  curve("ES256", p256(), "sha256", 32, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  curve(
    "ES384",
    p384(),
    "sha384",
    48,
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
  ),
  curve(
    "ES512",
    p521(),
    "sha512",
    66,
    "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
  ),
  curve("ES256K", secp256k1(), "sha256", 32, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
]
const P256_GENERATOR =
  "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const ED448_ORDER = 2n ** 446n - 13818066809895115352007386748515426880336692474882178609894547503885n

function curve(algorithm: string, pair: KeyPair, hash: string, bytes: number, order: string): Curve {
  return { algorithm, pair, hash, bytes, order: BigInt(`0x${order}`) }
}

function options(...algorithms: readonly string[]) {
  return { algorithms, now: NOW }
}

/** A token whose right ECDSA signature was changed by a function of r and s. */
function changed(
  { algorithm, pair, hash, bytes }: Curve,
  change: (r: bigint, s: bigint) => readonly Uint8Array[],
): string {
  return signedBy({ alg: algorithm }, (input) => {
    const signature = rawSignature(hash, input, pair.privateKey)
    return Buffer.concat(change(numberOf(signature.subarray(0, bytes)), numberOf(signature.subarray(bytes))))
  })
}

async function expectForged({ algorithm, pair }: Curve, hostile: string): Promise<void> {
  await expectRefused({ token: hostile, key: pair.publicKey, options: options(algorithm) }, FORGED)
}

describe.each(CURVES)("ECDSA with $algorithm", (one) => {
  const { order: n, bytes } = one
  const pair = (r: bigint, s: bigint): readonly Uint8Array[] => [bytesOf(r, bytes), bytesOf(s, bytes)]

  test("S1: the right signature holds", async () => {
    const genuine = changed(one, pair)
    await expectAccepted({ token: genuine, key: one.pair.publicKey, options: options(one.algorithm) })
  })

  test.each<[string, (r: bigint, s: bigint) => readonly Uint8Array[]]>([
    ["S1: r = 0 and s = 0", () => pair(0n, 0n)],
    ["S1: r = 0", (_r, s) => pair(0n, s)],
    ["S1: s = 0", (r) => pair(r, 0n)],
    ["S1: r = n", (_r, s) => pair(n, s)],
    ["S1: s = n", (r) => pair(r, n)],
    ["S1: r = n and s = n", () => pair(n, n)],
    ["S1: r = 1 and s = 1", () => pair(1n, 1n)],
    ["S1: r = n - 1 and s = n - 1", () => pair(n - 1n, n - 1n)],
    ["S1: all bits one", () => [Buffer.alloc(2 * bytes, 0xff)]],
    ["S1: zeros in DER", () => [Buffer.from("3006020100020100", "hex")]],
    ["S3: s without its first byte", (r, s) => [bytesOf(r, bytes), bytesOf(s, bytes).subarray(1)]],
    ["S3: r without its first byte", (r, s) => [bytesOf(r, bytes).subarray(1), bytesOf(s, bytes)]],
    ["S3: a zero before each half", (r, s) => [Buffer.alloc(1), bytesOf(r, bytes), Buffer.alloc(1), bytesOf(s, bytes)]],
    ["S3: a zero before both", (r, s) => [Buffer.alloc(1), ...pair(r, s)]],
    ["S3: a zero behind both", (r, s) => [...pair(r, s), Buffer.alloc(1)]],
    ["S3: one byte less", (r, s) => [Buffer.concat([...pair(r, s)]).subarray(0, 2 * bytes - 1)]],
    ["S3: s before r", (r, s) => pair(s, r)],
    ["S3: r alone", (r) => [bytesOf(r, bytes)]],
    ["S3: nothing", () => []],
  ])("%s does not hold", async (_name, change) => {
    await expectForged(one, changed(one, change))
  })

  test("S2: DER of a right signature does not hold", async () => {
    const hostile = signedBy({ alg: one.algorithm }, (input) => sign(one.hash, input, one.pair.privateKey))
    await expectForged(one, hostile)
  })

  test("S5: the mirror signature holds, so that token text is no identity", async () => {
    const mirror = changed(one, (r, s) => pair(r, n - s))
    await expectAccepted({ token: mirror, key: one.pair.publicKey, options: options(one.algorithm) })
  })
})

describe("ECDSA out of range", () => {
  const [, , es512] = CURVES
  test.each<[string, (r: bigint, s: bigint, n: bigint) => readonly bigint[]]>([
    ["S4: s + n", (r, s, n) => [r, s + n]],
    ["S4: r + n", (r, s, n) => [r + n, s]],
    ["S4: both", (r, s, n) => [r + n, s + n]],
    ["S4: s + 2n", (r, s, n) => [r, s + 2n * n]],
  ])("%s does not hold although it is congruent", async (_name, change) => {
    if (es512 === undefined) throw new Error("P-521 has room for such numbers in its 66 bytes")
    const hostile = changed(es512, (r, s) => change(r, s, es512.order).map((value) => bytesOf(value, es512.bytes)))
    await expectForged(es512, hostile)
  })
})

test("S6: 10,000 signatures with one key share no r", () => {
  const signer = new Signer({ key: untyped<KeyInput>(p256().privateKey) })
  const seen = new Set<string>()
  const count = 10_000
  for (let at = 0; at < count; at++) {
    // other claims each time: a runtime may take r from the message, as RFC 6979 does
    const signature = Buffer.from(signer.sign({ at }).split(".")[2] ?? "", "base64url")
    seen.add(signature.subarray(0, 32).toString("hex"))
  }
  expect(seen.size).toBe(count)
})

describe("curves that JOSE does not have", () => {
  test.each([["secp224r1"], ["brainpoolP256r1"], ["brainpoolP256t1"], ["prime239v1"]])("S7: %s", async (name) => {
    const { privateKey, publicKey } = ecPair(name)
    const hostile = signedBy({ alg: "ES256" }, (input) => rawSignature("sha256", input, privateKey))
    for (const key of [publicKey, pemOf(publicKey), derOf(publicKey), Buffer.from(pemOf(publicKey))])
      await expectRefused({ token: hostile, key, options: options("ES256") }, NO_KEY)
    expect(outcome(() => encode(CLAIMS, privatePemOf(privateKey)))).toBe(UNREADABLE)
    expect(outcome(() => Jwk.fromPem(pemOf(publicKey)))).toBe(UNREADABLE)
  })

  test("S7: a curve whose parameters are written out, with another generator", async () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" })
    const { x, y } = jwkOf(publicKey)
    const point = Buffer.concat([
      Buffer.from([4]),
      Buffer.from(String(x), "base64url"),
      Buffer.from(String(y), "base64url"),
    ])
    const generator = Buffer.from(P256_GENERATOR, "hex")
    const spki = derOf(publicKey)
    expect(spki.indexOf(generator)).toBeGreaterThan(0)
    // The generator is the public key, so that everybody knows the private key: it is 1 (CVE-2020-0601).
    spki.set(point, spki.indexOf(generator))
    const hostile = signedBy({ alg: "ES256" }, (input) => input.subarray(0, 64))
    for (const key of [spki, pemBlock("PUBLIC KEY", spki)])
      await expectRefused({ token: hostile, key, options: options("ES256") }, NO_KEY)
    expect(outcome(() => Jwk.fromPem(pemBlock("PUBLIC KEY", spki)))).toMatch(NO_KEY)
  })

  test.each([["P-224"], ["p-256"], ["secp256r1"], ["P-256K"], ["toString"]])("S7: crv %s", (crv) => {
    expect(outcome(() => Jwk.from({ ...jwkOf(p256().publicKey), crv }))).toBe(INVALID_JWK)
  })
})

describe("RSASSA-PKCS1-v1_5", () => {
  const size = 256
  const SHA256 = "3031300d060960864801650304020105000420"
  const SHA1 = "3021300906052b0e03021a05000414"
  const SHA512 = "3051300d060960864801650304020305000440"
  const digest = (input: Buffer, hash = "sha256"): Buffer => createHash(hash).update(input).digest()
  const info = (input: Buffer, prefix = SHA256): Buffer => Buffer.concat([Buffer.from(prefix, "hex"), digest(input)])

  /** 00 01 FF … FF 00 T, with whatever stands in for its parts. */
  function padded(tail: Uint8Array, { type = 1, filler = 0xff, separator = 0 } = {}): Buffer {
    const block = Buffer.alloc(size, filler)
    block[0] = 0
    block[1] = type
    block[size - tail.length - 1] = separator
    block.set(tail, size - tail.length)
    return block
  }

  function forged(encoded: (input: Buffer) => Uint8Array): string {
    return signedBy({ alg: "RS256" }, (input) => rawRsa(rsa().privateKey, encoded(input)))
  }

  test("S8: the right padding holds", async () => {
    await expectAccepted({
      token: forged((input) => padded(info(input))),
      key: rsa().publicKey,
      options: options("RS256"),
    })
  })

  test.each<[string, (input: Buffer) => Uint8Array]>([
    ["S8: short padding, garbage behind", (input) => shortPadding(info(input))],
    ["S8: garbage in the parameters", (input) => padded(withParameters(digest(input)))],
    [
      "S8: the parameters left out",
      (input) =>
        padded(
          Buffer.concat([
            Buffer.from("302f300b0609608648016503040201", "hex"),
            Buffer.from("0420", "hex"),
            digest(input),
          ]),
        ),
    ],
    ["S8: block type 0", (input) => padded(info(input), { type: 0, filler: 0 })],
    ["S8: block type 2", (input) => padded(info(input), { type: 2, filler: 0x5a })],
    ["S8: other filling", (input) => padded(info(input), { filler: 0xfe })],
    ["S8: a bare digest", (input) => padded(digest(input))],
    ["S8: no separator", (input) => padded(info(input), { separator: 0xff })],
    ["S8: SHA-1's identifier", (input) => padded(info(input, SHA1))],
    ["S8: SHA-1", (input) => padded(Buffer.concat([Buffer.from(SHA1, "hex"), digest(input, "sha1")]))],
    ["S8: SHA-512", (input) => padded(Buffer.concat([Buffer.from(SHA512, "hex"), digest(input, "sha512")]))],
    [
      "S8: a long form of length",
      (input) => padded(Buffer.concat([Buffer.from("308131300d060960864801650304020105000420", "hex"), digest(input)])),
    ],
  ])("%s does not hold", async (_name, encoded) => {
    await expectRefused({ token: forged(encoded), key: rsa().publicKey, options: options("RS256") }, FORGED)
  })

  function shortPadding(tail: Uint8Array): Buffer {
    const block = Buffer.alloc(size, 0xaa)
    block.set([0, 1, ...Array.from({ length: 8 }, () => 0xff), 0])
    block.set(tail, 11)
    return block
  }

  function withParameters(hash: Uint8Array): Buffer {
    const parameters = Buffer.concat([Buffer.from("0440", "hex"), Buffer.alloc(64, 7)])
    const algorithm = Buffer.concat([Buffer.from("0609608648016503040201", "hex"), parameters])
    const inner = Buffer.concat([Buffer.from([0x30, algorithm.length]), algorithm, Buffer.from("0420", "hex"), hash])
    return Buffer.concat([Buffer.from([0x30, 0x81, inner.length]), inner])
  }

  const modulus = memberNumber(jwkOf(rsa().publicKey), "n")
  test.each<[string, (signature: Buffer) => Uint8Array]>([
    ["S9: signature + n", (signature) => bytesOf(numberOf(signature) + modulus)],
    ["S9: n - signature", (signature) => bytesOf(modulus - numberOf(signature), size)],
    ["S9: 0", () => Buffer.alloc(size)],
    ["S9: 1", () => bytesOf(1n, size)],
    ["S9: n", () => bytesOf(modulus, size)],
    ["S9: n - 1", () => bytesOf(modulus - 1n, size)],
    ["S9: a leading zero", (signature) => Buffer.concat([Buffer.alloc(1), signature])],
    ["S9: one byte more", (signature) => Buffer.concat([signature, Buffer.alloc(1)])],
    ["S9: one byte less", (signature) => signature.subarray(0, size - 1)],
    ["S9: twice as long", (signature) => Buffer.concat([signature, signature])],
    ["S9: nothing", () => Buffer.alloc(0)],
  ])("%s does not hold", async (_name, change) => {
    for (const [alg, parameters] of [
      ["RS256", {}],
      ["PS256", { padding: 6, saltLength: 32 }],
    ] as const) {
      const hostile = signedBy({ alg }, (input) =>
        change(sign("sha256", input, { key: rsa().privateKey, ...parameters })),
      )
      await expectRefused({ token: hostile, key: rsa().publicKey, options: options(alg) }, FORGED)
    }
  })

  test.each<[string, string]>([
    ["S10: 1", "AQ"],
    ["S10: 0", "AA"],
    ["S10: 2", "Ag"],
    ["S10: 65536", "AQAA"],
    ["S10: nothing", ""],
    ["S10: as long as the modulus", "n"],
    ["S10: 65 bits", segment(bytesOf(2n ** 64n + 1n))],
  ])("%s is no public exponent", async (_name, e) => {
    const jwk = jwkOf(rsa().publicKey)
    const key = { ...jwk, e: e === "n" ? String(jwk["n"]) : e }
    // With the exponent 1 the padded digest is its own signature.
    const hostile = signedBy({ alg: "RS256" }, (input) => padded(info(input)))
    await expectRefused({ token: hostile, key, options: options("RS256") }, NO_KEY)
    expect(outcome(() => Jwk.from(key))).toMatch(NO_KEY)
  })

  test("S10: no public exponent in DER, SSH or a KeyObject either", async () => {
    const { n } = jwkOf(rsa().publicKey)
    const one = createPublicKey({ key: { kty: "RSA", n: String(n), e: "AQ" }, format: "jwk" })
    const ssh = openSshLine(
      "ssh-rsa",
      Buffer.from([1]),
      Buffer.concat([Buffer.alloc(1), Buffer.from(String(n), "base64url")]),
    )
    const hostile = signedBy({ alg: "RS256" }, (input) => padded(info(input)))
    for (const key of [one, pemOf(one), derOf(one), ssh, Buffer.from(ssh)])
      await expectRefused({ token: hostile, key, options: options("RS256") }, NO_KEY)
  })

  test.each([[512], [1016]])("S11: %i bits are too few", async (bits) => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits })
    const hostile = signedBy({ alg: "RS256" }, (input) => sign("sha256", input, privateKey))
    for (const key of [publicKey, jwkOf(publicKey), pemOf(publicKey), derOf(publicKey)])
      await expectRefused({ token: hostile, key, options: options("RS256") }, NO_KEY)
    expect(outcome(() => encode(CLAIMS, privatePemOf(privateKey), { algorithm: "RS256" }))).toMatch(NO_KEY)
  })

  test("S11: 2,040 bits are refused where the caller asks for the least length", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2040 })
    const enforced = { algorithms: ["RS256"], enforceMinimumKeyLength: true }
    const genuine = signedBy({ alg: "RS256" }, (input) => sign("sha256", input, privateKey))
    expect(outcome(() => decode(genuine, pemOf(publicKey), enforced))).toBe("InvalidKeyError key_too_short")
  })

  // What takes longer than the test may: an exponent of 8,000,000 bits costs the platform a minute.
  test.each([[16_385], [65_536], [1_000_000], [8_000_000]])("S11: %i bits are too many, in every member", (bits) => {
    const long = segment(Buffer.alloc(Math.ceil(bits / 8), 0xff))
    const key = jwkOf(rsa().privateKey)
    for (const name of ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
      expect([name, outcome(() => Jwk.from({ ...key, [name]: long }))]).toEqual([name, "InvalidKeyError jwk_invalid"])
    const { n, e } = key
    for (const few of [
      { n: long, e },
      { n, e: long },
      { n, e, d: long },
      { n: long, e, d: long },
    ])
      expect(outcome(() => Jwk.from({ kty: "RSA", ...few }))).toBe("InvalidKeyError jwk_invalid")
  })

  test.each([
    ["S11: an exponent of 64 bits is read", "__________8", /^accepted$/],
    ["S11: one of 65 bits is not", "Af__________", NO_KEY],
  ])("%s", (_name, e, expected) => {
    expect(outcome(() => Jwk.from({ kty: "RSA", n: jwkOf(rsa().publicKey)["n"], e }))).toMatch(expected)
  })
})

describe("RSASSA-PSS", () => {
  const size = 256

  interface PssParameters {
    readonly hash?: string
    readonly mgfHash?: string
    readonly saltBytes?: number
    readonly trailer?: number
  }

  function mgf1(seed: Buffer, length: number, hash: string): Buffer {
    const blocks: Buffer[] = []
    for (let counter = 0; Buffer.concat(blocks).length < length; counter++)
      blocks.push(
        createHash(hash)
          .update(seed)
          .update(bytesOf(BigInt(counter), 4))
          .digest(),
      )
    return Buffer.concat(blocks).subarray(0, length)
  }

  /** EMSA-PSS-ENCODE (RFC 8017, section 9.1.1), with parameters that PS256 does not have. */
  function encoded(
    input: Buffer,
    { hash = "sha256", mgfHash = hash, saltBytes = 32, trailer = 0xbc }: PssParameters,
  ): Buffer {
    const salt = Buffer.alloc(saltBytes, 0x5a)
    const digest = createHash(hash).update(input).digest()
    const h = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
    const block = Buffer.alloc(size - h.length - 1)
    block[block.length - saltBytes - 1] = 1
    block.set(salt, block.length - saltBytes)
    const mask = mgf1(h, block.length, mgfHash)
    const masked = block.map((byte, at) => byte ^ (mask[at] ?? 0))
    masked[0] = (masked[0] ?? 0) & 0x7f
    return Buffer.concat([masked, h, Buffer.from([trailer])])
  }

  function made(parameters: PssParameters): string {
    return signedBy({ alg: "PS256" }, (input) => rawRsa(rsa().privateKey, encoded(input, parameters)))
  }

  /** A key that is restricted to parameters. */
  function pssPair(parameters: object): KeyPair {
    return generateKeyPairSync("rsa-pss", { modulusLength: 2048, ...parameters })
  }

  test("S13: the right parameters hold", async () => {
    await expectAccepted({ token: made({}), key: rsa().publicKey, options: options("PS256") })
  })

  test.each<[string, PssParameters]>([
    ["S13: no salt", { saltBytes: 0 }],
    ["S13: 20 bytes of salt", { saltBytes: 20 }],
    ["S13: 31 bytes of salt", { saltBytes: 31 }],
    ["S13: 33 bytes of salt", { saltBytes: 33 }],
    ["S13: the longest salt", { saltBytes: size - 32 - 2 }],
    ["S13: MGF1 with SHA-1", { mgfHash: "sha1" }],
    ["S13: MGF1 with SHA-512", { mgfHash: "sha512" }],
    ["S13: SHA-1", { hash: "sha1", saltBytes: 20 }],
    ["S13: SHA-512", { hash: "sha512", saltBytes: 64 }],
    ["S13: another trailer", { trailer: 0xcc }],
  ])("%s does not hold", async (_name, parameters) => {
    await expectRefused({ token: made(parameters), key: rsa().publicKey, options: options("PS256") }, FORGED)
  })

  test("S13: a key that is restricted to another mask does not sign as PS256", () => {
    const { privateKey } = pssPair({ hashAlgorithm: "sha256", mgf1HashAlgorithm: "sha1", saltLength: 32 })
    expect(outcome(() => encode(CLAIMS, untyped<KeyInput>(privateKey), { algorithm: "PS256" }))).toBe(UNSUITABLE)
  })

  test.each<[string, object, string]>([
    ["S14: RS256", {}, "RS256"],
    ["S14: RS256 with parameters", { hashAlgorithm: "sha256", mgf1HashAlgorithm: "sha256", saltLength: 32 }, "RS256"],
    ["S14: RS512", { hashAlgorithm: "sha512", mgf1HashAlgorithm: "sha512" }, "RS512"],
    ["S14: PS512 under parameters of SHA-256", { hashAlgorithm: "sha256", mgf1HashAlgorithm: "sha256" }, "PS512"],
    ["S14: PS256 under parameters of SHA-512", { hashAlgorithm: "sha512", mgf1HashAlgorithm: "sha512" }, "PS256"],
    [
      "S14: PS256 under a longer salt",
      { hashAlgorithm: "sha256", mgf1HashAlgorithm: "sha256", saltLength: 64 },
      "PS256",
    ],
  ])("%s is not for an RSASSA-PSS key", async (_name, parameters, algorithm) => {
    const { privateKey, publicKey } = pssPair(parameters)
    const hostile = signedBy({ alg: algorithm }, (input) => sign("sha256", input, rsa().privateKey))
    await expectRefused({ token: hostile, key: publicKey, options: options(algorithm) }, UNSUITABLE)
    expect(outcome(() => encode(CLAIMS, untyped<KeyInput>(privateKey), { algorithm }))).toBe(UNSUITABLE)
  })
})

describe("EdDSA", () => {
  const littleEndian = (value: bigint, length: number): Buffer => bytesOf(value, length).reverse()
  const read = (bytes: Uint8Array): bigint => numberOf(Buffer.from(bytes).reverse())

  test.each<[string, KeyPair, number, bigint]>([
    ["S15: Ed25519", ed25519(), 32, ED25519_ORDER],
    ["S15: Ed448", ed448(), 57, ED448_ORDER],
  ])("%s: S + L does not hold", async (_name, pair, bytes, order) => {
    const hostile = signedBy({ alg: "EdDSA" }, (input) => {
      const signature = sign(null, input, pair.privateKey)
      return Buffer.concat([signature.subarray(0, bytes), littleEndian(read(signature.subarray(bytes)) + order, bytes)])
    })
    await expectRefused({ token: hostile, key: pair.publicKey, options: options("EdDSA") }, FORGED)
  })

  const p = 2n ** 255n - 19n
  const order8 = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ].map((hex) => Buffer.from(hex, "hex"))
  const withSign = (bytes: Uint8Array): Buffer =>
    Buffer.concat([bytes.subarray(0, 31), Buffer.from([(bytes[31] ?? 0) | 0x80])])
  const smallOrder: readonly [string, Buffer][] = [
    ["of order 1", littleEndian(1n, 32)],
    ["of order 2", littleEndian(p - 1n, 32)],
    ["of order 4", littleEndian(0n, 32)],
    ["of order 4 with the sign bit", withSign(littleEndian(0n, 32))],
    ...order8.map((point, at) => [`of order 8, number ${at + 1}`, point] as [string, Buffer]),
    ...order8.map((point, at) => [`of order 8, number ${at + 3}`, withSign(point)] as [string, Buffer]),
    ["of order 1, with the sign bit", withSign(littleEndian(1n, 32))],
    ["of order 2, with the sign bit", withSign(littleEndian(p - 1n, 32))],
    ["of order 4, not canonical", littleEndian(p, 32)],
    ["of order 1, not canonical", littleEndian(p + 1n, 32)],
    ["of order 4, not canonical, with the sign bit", withSign(littleEndian(p, 32))],
  ]
  /** R neutral and S zero: under the neutral key this holds for every message. */
  const universal = Buffer.concat([littleEndian(1n, 32), Buffer.alloc(32)])
  const forms: readonly [string, (point: Buffer) => unknown][] = [
    ["a JWK", (point) => ({ kty: "OKP", crv: "Ed25519", x: segment(point) })],
    ["PEM", (point) => pemBlock("PUBLIC KEY", ed25519Spki(point))],
    ["DER", (point) => ed25519Spki(point)],
    ["an OpenSSH line", (point) => openSshLine("ssh-ed25519", point)],
    ["a KeyObject", (point) => createPublicKey({ key: ed25519Spki(point), format: "der", type: "spki" })],
  ]

  describe.each(forms)("a point as %s", (_form, make) => {
    const hostile = signedBy({ alg: "EdDSA" }, () => universal)

    async function outcomesOf(points: readonly (readonly [string, Buffer])[]): Promise<string[]> {
      const taken: string[] = []
      for (const [name, point] of points) {
        const answer = await outcomeOf(() => decode(hostile, untyped<KeyInput>(make(point)), options("EdDSA")))
        if (!NO_KEY.test(answer)) taken.push(`${name}: ${answer}`)
      }
      return taken
    }

    test("S16: of small order is no key", async () => {
      expect(await outcomesOf(smallOrder)).toEqual([])
    })

    test("S17: that is not canonical is no key", async () => {
      const points = [p + 3n, p + 18n, 2n ** 255n - 1n].map((y) => [`y = ${y - p} + p`, littleEndian(y, 32)] as const)
      expect(await outcomesOf(points)).toEqual([])
    })
  })

  test("S16: an Ed448 point of small order is no key", () => {
    const prime = 2n ** 448n - 2n ** 224n - 1n
    for (const y of [0n, 1n, prime - 1n, prime, prime + 1n]) {
      const x = Buffer.concat([littleEndian(y, 56), Buffer.alloc(1)])
      expect(outcome(() => Jwk.from({ kty: "OKP", crv: "Ed448", x: segment(x) }))).toMatch(NO_KEY)
    }
  })

  test("S21: d of one key with x of another signs nothing", () => {
    const { x } = jwkOf(generateKeyPairSync("ed25519").publicKey)
    const key = { ...jwkOf(ed25519().privateKey), x }
    expect(outcome(() => Jwk.from(key))).toBe(INVALID_JWK)
    expect(outcome(() => encode(CLAIMS, key))).toBe(INVALID_JWK)
  })
})

describe("every algorithm", () => {
  const available = listAlgorithms().filter(
    (name) => name !== "none" && Reflect.get(getAlgorithm(name), "available") !== false,
  )
  const keys = new Map(available.map((name) => [name, Jwk.generate(name, {})]))
  const signer = (name: string): Jwk => keys.get(name) ?? Jwk.generate(name)
  const verifier = (name: string): Jwk => (signer(name).isSymmetric ? signer(name) : signer(name).publicKey())
  const claims = { ...CLAIMS, alg: "x" }

  const ofRsa = available.filter((name) => /^[RP]S/.test(name))
  test.each(ofRsa)("S18: %s does not take a signature without the zeros it begins with", async (name) => {
    const { header, payload, right } = beginningWithZero(name)
    for (const signature of [right.subarray(1), Buffer.concat([Buffer.alloc(1), right])])
      await expectRefused(
        { token: `${header}.${payload}.${segment(signature)}`, key: verifier(name), options: options(name) },
        FORGED,
      )
    const genuine = `${header}.${payload}.${segment(right)}`
    await expectAccepted({ token: genuine, key: verifier(name), options: options(name) })
  })

  /** One signature in 256 begins with a zero. */
  function beginningWithZero(name: string): { header: string; payload: string; right: Buffer } {
    for (let attempt = 0; ; attempt++) {
      const [header = "", payload = "", text = ""] = encode({ ...claims, attempt }, signer(name), {
        algorithm: name,
      }).split(".")
      const right = Buffer.from(text, "base64url")
      if (right[0] === 0) return { header, payload, right }
    }
  }

  test.each(available)("S18: %s does not take a zero, all-ones, cut, doubled or missing signature", async (name) => {
    const genuine = encode(claims, signer(name), { algorithm: name })
    const [header, payload, text = ""] = genuine.split(".")
    const right = Buffer.from(text, "base64url")
    const wrong = [
      Buffer.alloc(right.length),
      Buffer.alloc(right.length, 0xff),
      right.subarray(0, right.length - 1),
      right.subarray(1),
      right.subarray(0, Math.floor(right.length / 2)),
      Buffer.concat([right, right]),
      Buffer.concat([right, Buffer.alloc(1)]),
      Buffer.alloc(0),
    ]
    await expectAccepted({ token: genuine, key: verifier(name), options: options(name) })
    for (const signature of wrong)
      await expectRefused(
        { token: `${header}.${payload}.${segment(signature)}`, key: verifier(name), options: options(name) },
        FORGED,
        ["decode", "verifyJws"],
      )
  })

  test.each(available)("S19: %s signs one message only", async (name) => {
    const genuine = encode(claims, signer(name), { algorithm: name })
    const [header, payload, signature] = genuine.split(".")
    const moved = [
      `${header}.${json({ ...claims, admin: true })}.${signature}`,
      `${json({ alg: name })}.${payload}.${signature}`,
      `${json({ alg: name, typ: "JWT", kid: "x" })}.${payload}.${signature}`,
    ]
    for (const hostile of moved)
      await expectRefused({ token: hostile, key: verifier(name), options: options(name) }, FORGED, [
        "decode",
        "verifyJws",
      ])
    const detachedPayload = Buffer.from(JSON.stringify({ ...claims, admin: true }))
    await expectRefused(
      { token: `${header}..${signature}`, key: verifier(name), options: { ...options(name), detachedPayload } },
      FORGED,
      ["decode", "verifyJws"],
    )
    // Unencoded and encoded are two messages (RFC 7797, section 5.3).
    const raw = signJws("x", signer(name), { algorithm: name, b64: false, detached: true })
    const [rawHeader, , rawSignatureText] = raw.split(".")
    expect(
      outcome(() =>
        verifyJws(`${rawHeader}..${rawSignatureText}`, verifier(name), {
          algorithms: [name],
          detachedPayload: Buffer.from("eA"),
        }),
      ),
    ).toBe(FORGED)
  })
})

describe("a private key with a fault", () => {
  const jwk = jwkOf(rsa().privateKey)
  const plusTwo = (name: string): string => segment(bytesOf(memberNumber(jwk, name) + 2n))

  test.each(["qi", "p", "q", "d", "dp", "dq", "n", "e"])("S20: %s is noticed when the key is read", (name) => {
    const key = { ...jwk, [name]: plusTwo(name) }
    expect(outcome(() => Jwk.from(key), [String(jwk[name]).slice(0, 40)])).toBe(INVALID_JWK)
    expect(outcome(() => encode(CLAIMS, key, { algorithm: "RS256" }))).toBe(INVALID_JWK)
  })

  test.each(["qi", "dp", "dq"])("S20: %s in PEM is noticed, or makes no wrong signature", (name) => {
    const faulty = createPrivateKey({
      key: { ...jwk, [name]: plusTwo(name) } as unknown as { kty: string },
      format: "jwk",
    })
    const pem = privatePemOf(faulty)
    let text: string
    try {
      text = encode(CLAIMS, pem, { algorithm: "RS256" })
    } catch {
      // Refused: the fault is noticed.
      return
    }
    const [header, payload, signature = ""] = text.split(".")
    const genuine = verify(
      "sha256",
      Buffer.from(`${header}.${payload}`),
      rsa().publicKey,
      Buffer.from(signature, "base64url"),
    )
    expect(genuine).toBe(true)
  })

  test("S20: an EC key with another key's point is noticed", () => {
    const { x, y } = jwkOf(otherP256().publicKey)
    expect(outcome(() => Jwk.from({ ...jwkOf(p256().privateKey), x, y }))).toBe(INVALID_JWK)
  })
})
