/** Keys that come as data: J1 to J15. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { inspect } from "node:util"
import { decode, encode, Jwk, type JwkObject, JwkSet, Signer, Verifier } from "jotkit"
import { describe, expect, test } from "vitest"
import { errorOf, everythingIn, expectRefused, outcome } from "./doors.ts"
import {
  bytesOf,
  CLAIMS,
  derOf,
  ed448,
  ed25519,
  expiredCertificate,
  HS256,
  jwkOf,
  memberBytes,
  memberNumber,
  NOW,
  otherP256,
  otherRsa,
  p256,
  p384,
  p521,
  pemBlock,
  pemOf,
  privatePemOf,
  rsa,
  SECRET,
  secp256k1,
  segment,
  token,
  untyped,
  x25519,
} from "./material.ts"

const INVALID = "InvalidKeyError jwk_invalid"
const UNREADABLE = "InvalidKeyError key_invalid"
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

const secretJwk: JwkObject = { kty: "oct", k: segment(SECRET) }
const publicKeys: readonly (readonly [string, JwkObject, readonly string[]])[] = [
  ["oct", secretJwk, ["kty", "k"]],
  ["RSA", jwkOf(rsa().publicKey), ["kty", "n", "e"]],
  ["EC P-256", jwkOf(p256().publicKey), ["kty", "crv", "x", "y"]],
  ["EC P-384", jwkOf(p384().publicKey), ["kty", "crv", "x", "y"]],
  ["EC P-521", jwkOf(p521().publicKey), ["kty", "crv", "x", "y"]],
  ["EC secp256k1", jwkOf(secp256k1().publicKey), ["kty", "crv", "x", "y"]],
  ["OKP Ed25519", jwkOf(ed25519().publicKey), ["kty", "crv", "x"]],
  ["OKP Ed448", jwkOf(ed448().publicKey), ["kty", "crv", "x"]],
  ["OKP X25519", jwkOf(x25519().publicKey), ["kty", "crv", "x"]],
]
const privateKeys: readonly (readonly [string, JwkObject])[] = [
  ["RSA", jwkOf(rsa().privateKey)],
  ["EC", jwkOf(p256().privateKey)],
  ["Ed25519", jwkOf(ed25519().privateKey)],
  ["Ed448", jwkOf(ed448().privateKey)],
  ["X25519", jwkOf(x25519().privateKey)],
]

function without(jwk: JwkObject, ...names: readonly string[]): JwkObject {
  return untyped(Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name))))
}

/** Refused in every way in which a JWK comes in, without a word about its values. */
function expectNoKey(jwk: unknown, expected: string | RegExp): void {
  const values = typeof jwk === "object" && jwk !== null ? Object.values(jwk) : []
  const marks = values.filter((value): value is string => typeof value === "string" && value.length > 12)
  const answers = [
    outcome(() => Jwk.from(untyped(jwk)), marks),
    outcome(() => Jwk.from(JSON.stringify(jwk)), marks),
    outcome(() => encode(CLAIMS, untyped(jwk)), marks),
    outcome(() => new Verifier({ key: untyped(jwk), algorithms: ["RS256", "ES256", "HS256", "EdDSA"] }), marks),
  ]
  for (const answer of answers)
    expect(answer).toMatch(typeof expected === "string" ? new RegExp(`^${expected}$`) : expected)
  expect(outcome(() => JwkSet.from({ keys: [jwk] }), marks)).toBe("JwkSetError jwks_invalid")
}

describe("a JWK's members", () => {
  test.each(publicKeys.flatMap(([name, jwk, members]) => members.map((member) => [name, member, jwk] as const)))(
    "J1: %s without %s is no key, nor with another value",
    (_name, member, jwk) => {
      expect(outcome(() => Jwk.from(jwk))).toBe("accepted")
      expectNoKey(without(jwk, member), /^InvalidKeyError (jwk_invalid|key_invalid)$/)
      for (const value of [5, null, true, [jwk[member]], { value: jwk[member] }, ""])
        expectNoKey({ ...jwk, [member]: value }, /^InvalidKeyError (jwk_invalid|secret_empty|key_too_short)$/)
    },
  )

  test.each(privateKeys.slice(1))("J1: a private %s key with another d is no key", (_name, jwk) => {
    for (const d of [5, null, true, [jwk["d"]], ""]) expectNoKey({ ...jwk, d }, INVALID)
  })

  test("J1: labels have their types", () => {
    const jwk = jwkOf(p256().publicKey)
    for (const members of [
      { kid: 5 },
      { kid: ["a"] },
      { use: 1 },
      { alg: 5 },
      { key_ops: "verify" },
      { x5c: "a" },
      { x5c: [] },
      { x5c: [5] },
      { x5t: 5 },
      { x5u: {} },
    ])
      expectNoKey({ ...jwk, ...members }, INVALID)
  })

  test.each([
    ["P-256", p256(), 32],
    ["P-384", p384(), 48],
    ["P-521", p521(), 66],
    ["secp256k1", secp256k1(), 32],
  ] as const)("J2: coordinates on %s have one length", (_curve, { privateKey }, length) => {
    const jwk = jwkOf(privateKey)
    for (const member of ["x", "y", "d"]) {
      const bytes = memberBytes(jwk, member)
      expect(bytes).toHaveLength(length)
      for (const other of [
        bytes.subarray(1),
        bytes.subarray(0, -1),
        Buffer.concat([Buffer.alloc(1), bytes]),
        Buffer.concat([bytes, Buffer.alloc(1)]),
        Buffer.alloc(0),
      ])
        expectNoKey({ ...jwk, [member]: segment(other) }, INVALID)
    }
  })

  test("J2: so have Edwards points and private values", () => {
    for (const [pair, length] of [
      [ed25519(), 32],
      [ed448(), 57],
    ] as const) {
      const jwk = jwkOf(pair.privateKey)
      for (const member of ["x", "d"])
        for (const wrong of [length - 1, length + 1, 0])
          expectNoKey({ ...jwk, [member]: segment(Buffer.alloc(wrong, 9)) }, INVALID)
    }
  })

  test("J2: RSA numbers are as short as possible", () => {
    const jwk = jwkOf(rsa().privateKey)
    for (const member of ["n", "e", "d", "p", "q", "dp", "dq", "qi"])
      expectNoKey({ ...jwk, [member]: segment(Buffer.concat([Buffer.alloc(1), memberBytes(jwk, member)])) }, INVALID)
  })

  const { x, y } = jwkOf(p256().publicKey)
  test.each<[string, object]>([
    ["J3: off the curve", { y: segment(bytesOf(memberNumber(jwkOf(p256().publicKey), "y") ^ 1n, 32)) }],
    ["J3: swapped", { x: y, y: x }],
    ["J3: of another key", { x: jwkOf(otherP256().publicKey)["x"] }],
    ["J3: zero", { x: segment(Buffer.alloc(32)), y: segment(Buffer.alloc(32)) }],
    ["J3: x above p", { x: segment(Buffer.alloc(32, 0xff)) }],
    ["J3: y above p", { y: segment(Buffer.alloc(32, 0xff)) }],
    ["J3: of another curve of that size", { crv: "secp256k1" }],
    ["J3: of another curve", { crv: "P-384" }],
  ])("a point %s is no key", (_name, members) => {
    expectNoKey({ ...jwkOf(p256().publicKey), ...members }, INVALID)
  })

  test("J3: a point that is not canonical, or none, is no Edwards key", () => {
    const jwk = jwkOf(ed25519().publicKey)
    // y = 2 has no x on the curve.
    for (const point of [Buffer.alloc(32, 0xff), Buffer.from(`02${"00".repeat(31)}`, "hex")]) {
      const answer = outcome(() =>
        decode(token({ alg: "EdDSA" }), { ...jwk, x: segment(point) }, { algorithms: ["EdDSA"] }),
      )
      expect(answer).toMatch(/^InvalidKeyError jwk_invalid$|^InvalidSignatureError signature_invalid$/)
    }
  })
})

describe("a private part that does not fit", () => {
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
  test.each<[string, Uint8Array]>([
    ["J4: of another key", memberBytes(jwkOf(otherP256().privateKey), "d")],
    ["J4: zero", Buffer.alloc(32)],
    ["J4: the order", bytesOf(order, 32)],
    ["J4: above the order", Buffer.alloc(32, 0xff)],
    ["J4: d + 1", bytesOf(memberNumber(jwkOf(p256().privateKey), "d") + 1n, 32)],
  ])("EC, d %s", (_name, d) => {
    expectNoKey({ ...jwkOf(p256().privateKey), d: segment(d) }, INVALID)
  })

  test("J4: of another Edwards key", () => {
    expectNoKey({ ...jwkOf(ed25519().privateKey), d: jwkOf(generateKeyPairSync("ed25519").privateKey)["d"] }, INVALID)
    expectNoKey({ ...jwkOf(x25519().privateKey), d: jwkOf(generateKeyPairSync("x25519").privateKey)["d"] }, INVALID)
    expectNoKey({ ...jwkOf(ed448().privateKey), d: jwkOf(generateKeyPairSync("ed448").privateKey)["d"] }, INVALID)
  })

  const jwk = jwkOf(rsa().privateKey)
  test.each(["d", "p", "q", "dp", "dq", "qi"])("J4: RSA with another %s", (member) => {
    expectNoKey({ ...jwk, [member]: jwkOf(otherRsa().privateKey)[member] }, INVALID)
    expectNoKey({ ...jwk, [member]: segment(bytesOf(memberNumber(jwk, member) + 2n)) }, INVALID)
  })

  test.each(["p", "q", "dp", "dq", "qi"])("J4: RSA without %s", (member) => {
    expectNoKey(without(jwk, member), INVALID)
  })

  test("J4: RSA with private members but not d", () => {
    expectNoKey(without(jwk, "d"), INVALID)
    expectNoKey(without(jwk, "d", "p", "q"), INVALID)
  })

  test("J4: RSA with n, e and d only is completed, or refused", () => {
    const short = without(jwk, "p", "q", "dp", "dq", "qi")
    const options = { algorithms: ["RS256"] }
    expect(decode(encode({ a: 1 }, short, { algorithm: "RS256" }), jwkOf(rsa().publicKey), options)).toEqual({ a: 1 })
    expectNoKey({ ...short, d: jwkOf(otherRsa().privateKey)["d"] }, INVALID)
  })

  test("J4: RSA with n, e and a d that is not theirs is refused without a long search", () => {
    // Far above what one exponentiation of this size takes; a search over a hundred bases does not end in this time.
    const ceiling = 5000
    const n = (1n << 4096n) - 12_345n
    const started = performance.now()
    expect(
      outcome(() => Jwk.from({ kty: "RSA", n: segment(bytesOf(n)), e: "AQAB", d: segment(bytesOf(n - 98_765n)) })),
    ).toBe(INVALID)
    expect(performance.now() - started).toBeLessThan(ceiling)
  }, 60_000)

  test("J4: RSA with numbers without end is refused without a long search", () => {
    const ceiling = 5000
    const huge = segment(Buffer.alloc(100_000, 0xff))
    const started = performance.now()
    expectNoKey(
      { kty: "RSA", n: huge, e: huge, d: huge, p: huge, q: huge, dp: huge, dq: huge, qi: huge },
      /^InvalidKeyError (jwk_invalid|key_too_short|key_invalid)$/,
    )
    expectNoKey({ kty: "RSA", n: huge, e: huge, d: huge }, /^InvalidKeyError (jwk_invalid|key_too_short|key_invalid)$/)
    expect(performance.now() - started).toBeLessThan(ceiling)
  })

  test("J5: RSA with more than two primes", () => {
    for (const oth of [[{ r: "Aw", d: "Aw", t: "Aw" }], [], "x", null]) expectNoKey({ ...jwk, oth }, INVALID)
  })
})

describe("text in a JWK", () => {
  const strange: readonly (readonly [string, (text: string) => string])[] = [
    ["J6: with padding", (text) => `${text}=`],
    ["J6: with two padding characters", (text) => `${text}==`],
    ["J6: with a plus sign", (text) => `+${text.slice(1)}`],
    ["J6: with a slash", (text) => `/${text.slice(1)}`],
    ["J6: with a line break", (text) => `${text.slice(0, 10)}\n${text.slice(10)}`],
    ["J6: with a space", (text) => ` ${text}`],
    [
      "J6: with a character too many",
      (text) => (text.length % 4 === 0 ? `${text}A` : text + "A".repeat(5 - (text.length % 4))),
    ],
    ["J6: with unused bits", (text) => unusedBits(text)],
    [
      "J6: with a character that is the right one in its low byte",
      (text) => `${String.fromCharCode(text.charCodeAt(0) + 0x100)}${text.slice(1)}`,
    ],
  ]

  function unusedBits(text: string): string {
    // Where no bits are unused there is nothing to test: a character too many is refused all the same.
    if (text.length % 4 === 0) return `${text}A`
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1)
  }

  test.each(strange)("%s is refused", (_name, change) => {
    for (const [, jwk, members] of publicKeys)
      for (const member of members.filter((name) => name.length === 1))
        expect(outcome(() => Jwk.from({ ...jwk, [member]: change(String(jwk[member])) }))).toBe(INVALID)
  })

  test.each<[string, JwkObject]>([
    ["J7: rsa", { ...jwkOf(rsa().publicKey), kty: "rsa" }],
    ["J7: OCT", { ...secretJwk, kty: "OCT" }],
    ["J7: ec", { ...jwkOf(p256().publicKey), kty: "ec" }],
    ["J7: p-256", { ...jwkOf(p256().publicKey), crv: "p-256" }],
    ["J7: P256", { ...jwkOf(p256().publicKey), crv: "P256" }],
    ["J7: ed25519", { ...jwkOf(ed25519().publicKey), crv: "ed25519" }],
    ["J7: a name of the object machinery", { ...secretJwk, kty: "toString" }],
    ["J7: __proto__ as kty", { ...secretJwk, kty: "__proto__" }],
    ["J7: constructor as crv", { ...jwkOf(p256().publicKey), crv: "constructor" }],
    ["J7: a curve of the other kind", { ...jwkOf(p256().publicKey), crv: "Ed25519" }],
  ])("%s is no name that is known", (_name, jwk) => {
    expectNoKey(jwk, INVALID)
  })

  test.each<[string, unknown]>([
    ["J8: null", null],
    ["J8: a number", 5],
    ["J8: undefined", undefined],
    ["J8: true", true],
    ["J8: an array", [secretJwk]],
    ["J8: a set", { keys: [secretJwk] }],
    ["J8: nothing", {}],
    ["J8: only __proto__", JSON.parse(`{"__proto__":${JSON.stringify(secretJwk)}}`)],
    ["J8: inherited members", Object.create(secretJwk)],
    ["J8: a Map", new Map(Object.entries(secretJwk))],
  ])("%s is no JWK", (_name, jwk) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(INVALID)
    expect(outcome(() => JwkSet.from({ keys: [jwk] }))).toBe("JwkSetError jwks_invalid")
  })

  test.each<[string, string]>([
    ["J8: empty", ""],
    ["J8: null", "null"],
    ["J8: an array", "[]"],
    ["J8: cut", '{"kty":"oct"'],
    ["J8: a member twice", `{"kty":"oct","k":"AAAA","k":"${segment(SECRET)}"}`],
    ["J8: a member twice, escaped", `{"kty":"oct","k":"AAAA","\\u006b":"${segment(SECRET)}"}`],
    ["J8: kty twice", `{"kty":"RSA","kty":"oct","k":"${segment(SECRET)}"}`],
    ["J8: only __proto__", `{"__proto__":{"kty":"oct","k":"${segment(SECRET)}"}}`],
    ["J8: a byte order mark", `\ufeff${JSON.stringify(secretJwk)}`],
    ["J8: PEM", pemOf(p256().publicKey)],
  ])("%s is no JWK text", (_name, text) => {
    expect(outcome(() => Jwk.from(text))).toBe(INVALID)
  })

  test.each<[string, unknown]>([
    ["J8: null", null],
    ["J8: text", "keys"],
    ["J8: an empty array", []],
    ["J8: no keys", {}],
    ["J8: keys empty", { keys: [] }],
    ["J8: keys null", { keys: null }],
    ["J8: keys as an object", { keys: { 0: jwkOf(p256().publicKey), length: 1 } }],
    ["J8: keys as text", { keys: JSON.stringify([jwkOf(p256().publicKey)]) }],
    ["J8: keys inherited", Object.create({ keys: [jwkOf(p256().publicKey)] })],
    ["J8: keys in __proto__", JSON.parse(`{"__proto__":{"keys":[${JSON.stringify(jwkOf(p256().publicKey))}]}}`)],
    ["J8: keys twice", `{"keys":[],"keys":[${JSON.stringify(jwkOf(p256().publicKey))}]}`],
    ["J8: entries that are none", { keys: [null, 5, "x", [], {}] }],
    ["J8: a secret beside a public key", { keys: [secretJwk, jwkOf(p256().publicKey)] }],
    ["J8: 1,001 keys", { keys: Array.from({ length: 1001 }, () => jwkOf(p256().publicKey)) }],
  ])("%s is no set", (_name, set) => {
    expect(outcome(() => JwkSet.from(untyped(set)))).toBe("JwkSetError jwks_invalid")
  })

  test("J8: one bad key is left out of a set, and says why", () => {
    const set = JwkSet.from({
      keys: [
        { kty: "RSA", kid: "bad", n: "AQAB", d: segment(SECRET) },
        { ...jwkOf(p256().publicKey), kid: "good" },
        null,
      ],
    })
    expect([...set].map(({ keyId }) => keyId)).toEqual(["good"])
    expect(set.skipped.map(({ index, keyId, error }) => [index, keyId, error.code])).toEqual([
      [0, "bad", "jwk_invalid"],
      [2, undefined, "jwk_invalid"],
    ])
    expect(everythingIn(set.skipped)).not.toContain(segment(SECRET))
  })
})

describe("certificates", () => {
  const certificate = expiredCertificate(rsa())
  const x5c = [certificate.toString("base64")]

  test("J9: x5c is for this key", () => {
    expect(outcome(() => Jwk.from({ ...jwkOf(rsa().publicKey), x5c }))).toBe("accepted")
    expectNoKey({ ...jwkOf(otherRsa().publicKey), x5c }, INVALID)
    expectNoKey({ ...jwkOf(p256().publicKey), x5c }, INVALID)
    expectNoKey({ ...jwkOf(rsa().publicKey), x5c: ["AAAA"] }, INVALID)
    const endless = { ...jwkOf(rsa().publicKey), x5c: ["A".repeat(16_385)] }
    expect(errorOf(() => Jwk.from(endless)).message).toContain("longer than 16384 characters")
    expectNoKey({ ...jwkOf(rsa().publicKey), x5c: [pemBlock("CERTIFICATE", certificate)] }, INVALID)
  })

  test("J14: the key of an expired certificate is taken: dates are not checked", () => {
    const pem = pemBlock("CERTIFICATE", certificate)
    expect(Jwk.fromPem(pem).thumbprint()).toBe(Jwk.from(untyped<JwkObject>(rsa().publicKey)).thumbprint())
    const genuine = encode(CLAIMS, privatePemOf(rsa().privateKey), { algorithm: "RS256" })
    expect(decode(genuine, pem, { algorithms: ["RS256"], now: NOW })).toEqual(CLAIMS)
    expect(decode(genuine, certificate, { algorithms: ["RS256"], now: NOW })).toEqual(CLAIMS)
  })
})

describe("what is shown of a key", () => {
  const marks = privateKeys.flatMap(([, jwk]) =>
    PRIVATE_MEMBERS.filter((name) => typeof jwk[name] === "string").map((name) => String(jwk[name])),
  )

  test.each(privateKeys)("J10: the public form of a private %s key holds nothing private", (_name, jwk) => {
    const key = Jwk.from({ ...jwk, key_ops: ["sign"] })
    for (const shown of [
      key.toJSON(),
      key.publicKey().toJSON(),
      key.publicKey().toPrivateJSON(),
      JSON.parse(JSON.stringify(key)) as object,
    ]) {
      expect(Object.keys(shown).filter((name) => PRIVATE_MEMBERS.includes(name))).toEqual([])
      expect(marks.filter((mark) => JSON.stringify(shown).includes(mark))).toEqual([])
    }
    expect(key.publicKey().isPrivate).toBe(false)
    expect(key.toPem()).toContain("BEGIN PUBLIC KEY")
    expect(outcome(() => key.publicKey().toPrivatePem())).toBe("InvalidKeyError key_not_private")
  })

  test("J10: a secret has no public form", () => {
    const key = Jwk.from(secretJwk)
    for (const call of [
      () => key.toJSON(),
      () => key.publicKey(),
      () => key.toPem(),
      () => key.toPrivatePem(),
      () => JSON.stringify({ key }),
    ])
      expect(outcome(call, [String(secretJwk["k"])])).toBe("UsageError key_secret")
  })

  test("J10: a set is published without secrets and private members", () => {
    const set = JwkSet.from({ keys: privateKeys.map(([, jwk]) => jwk) })
    const published = JSON.stringify(set)
    expect(marks.filter((mark) => published.includes(mark))).toEqual([])
    expect(JSON.stringify(JwkSet.from({ keys: [secretJwk] }))).toBe('{"keys":[]}')
  })

  test("J11: logs of keys, sets, signers and verifiers hold no material", () => {
    const material = [...marks, String(secretJwk["k"]), SECRET, ...privateKeys.map(([, jwk]) => JSON.stringify(jwk))]
    const keys = [Jwk.from(secretJwk), ...privateKeys.map(([, jwk]) => Jwk.from({ ...jwk, kid: "shown" }))]
    const holders: unknown[] = [
      ...keys,
      JwkSet.from([...keys.slice(1)]),
      new Signer({ key: SECRET }),
      new Signer({ key: Jwk.from(jwkOf(p256().privateKey)) }),
      new Verifier({ key: SECRET, ...HS256 }),
      new Verifier({ key: Buffer.from(SECRET), ...HS256, cache: true }),
    ]
    for (const holder of holders) {
      const texts = [
        inspect(holder, { depth: 20, showHidden: true }),
        `${String(holder)}`,
        inspect({ holder: [holder] }),
      ]
      expect(material.filter((text) => texts.join("\n").includes(text))).toEqual([])
      expect(Object.keys(holder as object).filter((name) => name !== "skipped")).toEqual([])
    }
    expect(inspect(keys[2])).toBe("Jwk(private EC ES256 shown)")
  })

  test("J11: an error about a passphrase does not tell it", () => {
    const passphrase = "mark-of-the-passphrase"
    const key = Jwk.from(jwkOf(p256().privateKey))
    const pem = key.toPrivatePem({ passphrase })
    expect(pem).toContain("BEGIN ENCRYPTED PRIVATE KEY")
    expect(Jwk.fromPem(pem, { passphrase }).thumbprint()).toBe(key.thumbprint())
    for (const wrong of [
      "mark-of-another",
      1_234_567_890,
      null,
      true,
      { text: "mark-of-another" },
      ["mark-of-another"],
      Symbol("mark-of-another"),
    ]) {
      const marked = ["mark-of", "1234567890"]
      expect(outcome(() => Jwk.fromPem(pem, { passphrase: untyped(wrong) }), marked)).toMatch(
        /^(InvalidKeyError key_invalid|UsageError option_invalid)$/,
      )
      if (typeof wrong !== "string")
        expect(outcome(() => key.toPrivatePem({ passphrase: untyped(wrong) }), marked)).toBe(
          "UsageError option_invalid",
        )
    }
    expect(outcome(() => Jwk.fromPem(pem))).toBe(UNREADABLE)
    expect(errorOf(() => Jwk.fromPem(pem)).message).toContain("passphrase")
  })
})

describe("a thumbprint", () => {
  const example: JwkObject = {
    kty: "RSA",
    n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    e: "AQAB",
    alg: "RS256",
    kid: "2011-04-29",
  }

  test("J12: is that of RFC 7638, section 3.1, and says nothing of other members and their order", () => {
    const expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    const reversed: JwkObject = untyped(Object.fromEntries(Object.entries(example).reverse()))
    for (const jwk of [
      example,
      reversed,
      without(example, "alg", "kid"),
      { ...example, use: "sig", extra: "\u00e9\ud83d\ude00" },
    ])
      expect(Jwk.from(jwk).thumbprint()).toBe(expected)
    const escaped = JSON.stringify(example).replace('"n"', '"\\u006e"').replace("AQAB", "\\u0041QAB")
    expect(Jwk.from(escaped).thumbprint()).toBe(expected)
    expect(Jwk.from(example).thumbprintUri()).toBe(`urn:ietf:params:oauth:jwk-thumbprint:sha-256:${expected}`)
  })

  test.each(privateKeys)("J12: of a private %s key is that of its public half", (_name, jwk) => {
    const publicJwk = without(jwk, ...PRIVATE_MEMBERS)
    const members = Object.fromEntries(Object.entries(publicJwk).sort(([a], [b]) => (a < b ? -1 : 1)))
    const expected = createHash("sha256").update(JSON.stringify(members)).digest("base64url")
    for (const key of [
      Jwk.from(jwk),
      Jwk.from(publicJwk),
      Jwk.from(jwk).publicKey(),
      Jwk.fromPem(pemOf(objectOf(publicJwk))),
    ])
      expect(key.thumbprint()).toBe(expected)
  })

  test("J12: of what lacks a member there is none", () => {
    for (const [, jwk, members] of publicKeys)
      for (const member of members) expect(outcome(() => Jwk.from(without(jwk, member)).thumbprint())).toBe(INVALID)
    expect(outcome(() => Jwk.from(example).thumbprint(untyped("md5")))).toBe("UsageError option_invalid")
  })
})

function objectOf(jwk: JwkObject): KeyObject {
  return createPublicKey({ key: jwk, format: "jwk" })
}

describe("PEM in odd forms", () => {
  const pem = pemOf(p256().publicKey)
  const expected = Jwk.fromPem(pem).thumbprint()
  const privatePem = privatePemOf(p256().privateKey)
  const sec1 = String(p256().privateKey.export({ type: "sec1", format: "pem" }))
  const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"

  test.each<[string, string]>([
    ["J13: CRLF", pem.replaceAll("\n", "\r\n")],
    ["J13: no newline behind", pem.trim()],
    ["J13: text before", `Our key:\n${pem}`],
    ["J13: text behind", `${pem}\nthat was it`],
    ["J13: indented", pem.replaceAll(/^/gm, "    ")],
    ["J13: EC PARAMETERS before", parameters + sec1],
    ["J13: SEC1", sec1],
    ["J13: PKCS#8", privatePem],
  ])("%s is the key that it is", (_name, text) => {
    expect(Jwk.fromPem(text).thumbprint()).toBe(expected)
  })

  const der = derOf(p256().publicKey)
  const encrypted = Jwk.from(jwkOf(p256().privateKey)).toPrivatePem({ passphrase: "passphrase" })
  test.each<[string, string]>([
    ["J13: the label of a private key", pemBlock("PRIVATE KEY", der)],
    ["J13: the label of a certificate", pemBlock("CERTIFICATE", der)],
    ["J13: the label of an RSA key", pemBlock("RSA PUBLIC KEY", der)],
    ["J13: a label of its own", pemBlock("EC PUBLIC KEY", der)],
    ["J13: labels that differ", pem.replace("END PUBLIC", "END PRIVATE")],
    [
      "J13: a private key under a public label",
      pemBlock("PUBLIC KEY", p256().privateKey.export({ type: "pkcs8", format: "der" })),
    ],
    ["J13: encrypted, without a passphrase", encrypted],
    ["J13: only parameters", parameters],
    ["J13: DER that is cut", pemBlock("PUBLIC KEY", der.subarray(0, -1))],
    ["J13: bytes behind the DER", pemBlock("PUBLIC KEY", Buffer.concat([der, Buffer.alloc(1)]))],
    ["J13: bytes before the DER", pemBlock("PUBLIC KEY", Buffer.concat([Buffer.alloc(1), der]))],
    ["J13: an empty body", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"],
    ["J13: a body that is no base64", "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n"],
    ["J13: a body in base64url", pem.replaceAll("+", "-").replaceAll("/", "_").replace("MFk", "M-_Fk")],
    ["J13: no end", pem.slice(0, 100)],
    ["J13: nothing", ""],
    ["J13: no PEM", "hello"],
  ])("%s is no key", (_name, text) => {
    expect(
      outcome(
        () => Jwk.fromPem(text),
        [text.slice(40, 80).trim()].filter((mark) => mark.length > 20),
      ),
    ).toBe(UNREADABLE)
  })

  test("J13: of two blocks one counts, or none", () => {
    const two = pem + pemOf(otherP256().publicKey)
    const answer = outcome(() => Jwk.fromPem(two))
    expect(answer).toMatch(/^accepted$|^InvalidKeyError key_invalid$/)
    if (answer === "accepted") expect(Jwk.fromPem(two).thumbprint()).toBe(expected)
  })

  test.each([[5], [null], [undefined], [{}], [new Uint8Array(4)]])("J13: %s is no PEM text", (value) => {
    expect(outcome(() => Jwk.fromPem(untyped(value)))).toBe(UNREADABLE)
  })
})

describe("making keys", () => {
  test.each<[string, string, object]>([
    ["J15: RSA of 1,024 bits", "RS256", { modulusLength: 1024 }],
    ["J15: RSA of 2,047 bits", "PS512", { modulusLength: 2047 }],
    ["J15: RSA of 16,385 bits", "RS256", { modulusLength: 16_385 }],
    ["J15: RSA of no bits", "RS256", { modulusLength: 0 }],
    ["J15: RSA of NaN bits", "RS256", { modulusLength: Number.NaN }],
    ["J15: RSA of bits in text", "RS256", { modulusLength: "2048" }],
    ["J15: a key id that is no text", "ES256", { keyId: 5 }],
  ])("%s is not made", (_name, algorithm, options) => {
    expect(outcome(() => Jwk.generate(algorithm, options))).toBe("UsageError option_invalid")
  })

  test.each([
    ["HS256", 32],
    ["HS384", 48],
    ["HS512", 64],
  ] as const)("J15: a secret for %s has %i bytes, and each is another", (algorithm, length) => {
    const secrets = Array.from({ length: 20 }, () => String(Jwk.generate(algorithm).toPrivateJSON()["k"]))
    expect(new Set(secrets).size).toBe(secrets.length)
    for (const secret of secrets) expect(Buffer.from(secret, "base64url")).toHaveLength(length)
  })

  test("J15: a key is refused for what it was not made for", async () => {
    const key = Jwk.generate("ES256")
    await expectRefused({ token: token({ alg: "HS256" }), key, options: HS256 }, "InvalidKeyError key_unsuitable")
    expect(outcome(() => Jwk.generate("none"))).toBe("InvalidAlgorithmError algorithm_unknown")
    expect(outcome(() => Jwk.generate(untyped(undefined)))).toBe("InvalidAlgorithmError algorithm_unknown")
  })
})
