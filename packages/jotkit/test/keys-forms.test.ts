/** Every form of `KeyInput` for every family of algorithms. What is signed here is checked by `node:crypto`, and the other way round. */
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  type webcrypto,
} from "node:crypto"
import { decode, decodeAsync, encode, encodeAsync, Jwk, type JwkObject, JwkSet, type KeyInput } from "jotkit"
import { describe, expect, test } from "vitest"
import {
  certificateOf,
  derOf,
  EC_PARAMETERS,
  encryptedPemOf,
  pemBlock,
  pemOf,
  sshLineOf,
} from "./keys-fixtures/forms.ts"
import {
  type AlgorithmRow,
  ASYMMETRIC,
  foreignToken,
  isGenuineToOthers,
  KINDS,
  type Kind,
  pairOf,
  pssPair,
  SECRET,
} from "./keys-fixtures/pairs.ts"
import { outcome, outcomeOf, untyped } from "./pyjwt/outcome.ts"

const OK = "accepted"
const WRONG_SIGNATURE = "InvalidSignatureError signature_invalid"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const NOT_FOR_USE = "InvalidKeyError key_not_for_use"
const PASSPHRASE = "correct horse"

type Form = readonly [name: string, key: KeyInput]

function jwkOf(key: KeyObject): JwkObject {
  return untyped(key.export({ format: "jwk" }))
}

/** The members of an RSA key that some issuers write: without primes. */
function withoutPrimes({ kty, n, e, d }: JwkObject): JwkObject {
  return { kty, n, e, d }
}

/** A key that some runtimes cannot read: there the tests that use it fail, and not the whole file. */
function readable(read: () => Jwk): KeyInput {
  try {
    return read()
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function privateForms(kind: Kind): Form[] {
  const { privateKey } = pairOf(kind)
  const forms: Form[] = [
    ["PKCS#8 in PEM", pemOf(privateKey, "pkcs8")],
    ["PKCS#8 in PEM, as bytes", Buffer.from(pemOf(privateKey, "pkcs8"))],
    ["PKCS#8 in DER", derOf(privateKey, "pkcs8")],
    [
      "encrypted PKCS#8",
      readable(() => Jwk.fromPem(encryptedPemOf(privateKey, "pkcs8", PASSPHRASE), { passphrase: PASSPHRASE })),
    ],
    ["a KeyObject", privateKey],
    ["a plain JWK", jwkOf(privateKey)],
    ["a Jwk of a KeyObject", Jwk.from(privateKey)],
    ["a Jwk of a JWK", Jwk.from(jwkOf(privateKey))],
    ["a Jwk of JSON text", Jwk.from(JSON.stringify(jwkOf(privateKey)))],
    ["a Jwk of DER", Jwk.from(derOf(privateKey, "pkcs8"))],
    ["a Jwk of PEM", Jwk.fromPem(pemOf(privateKey, "pkcs8"))],
    ["a function", () => privateKey],
    ["a function that answers with PEM", () => pemOf(privateKey, "pkcs8")],
  ]
  if (kind === "RSA") {
    forms.push(
      ["PKCS#1 in PEM", pemOf(privateKey, "pkcs1")],
      ["PKCS#1 in DER", derOf(privateKey, "pkcs1")],
      [
        "encrypted PKCS#1",
        readable(() => Jwk.fromPem(encryptedPemOf(privateKey, "pkcs1", PASSPHRASE), { passphrase: PASSPHRASE })),
      ],
      ["a JWK without primes", withoutPrimes(jwkOf(privateKey))],
    )
  }
  if (privateKey.asymmetricKeyType === "ec") {
    forms.push(
      ["SEC1 in PEM", pemOf(privateKey, "sec1")],
      ["SEC1 in DER", derOf(privateKey, "sec1")],
      ["SEC1 behind a block of parameters", EC_PARAMETERS + pemOf(privateKey, "sec1")],
      [
        "encrypted SEC1",
        readable(() => Jwk.fromPem(encryptedPemOf(privateKey, "sec1", PASSPHRASE), { passphrase: PASSPHRASE })),
      ],
    )
  }
  return forms
}

function publicForms(kind: Kind): Form[] {
  const { publicKey, privateKey } = pairOf(kind)
  const certificate = certificateOf({ publicKey, privateKey })
  const forms: Form[] = [
    ["SPKI in PEM", pemOf(publicKey, "spki")],
    ["SPKI in PEM, as bytes", Buffer.from(pemOf(publicKey, "spki"))],
    ["SPKI in DER", derOf(publicKey, "spki")],
    ["a certificate in PEM", pemBlock("CERTIFICATE", certificate)],
    ["a certificate in DER", certificate],
    ["a KeyObject", publicKey],
    ["a plain JWK", jwkOf(publicKey)],
    ["a Jwk", Jwk.from(publicKey)],
    ["a Jwk of a certificate", Jwk.fromPem(pemBlock("CERTIFICATE", certificate))],
    ["a JwkSet", JwkSet.from({ keys: [jwkOf(publicKey)] })],
    ["a function", () => publicKey],
    ["a function that answers with a set", () => JwkSet.from([Jwk.from(publicKey)])],
  ]
  if (kind === "RSA") {
    forms.push(["PKCS#1 in PEM", pemOf(publicKey, "pkcs1")], ["PKCS#1 in DER", derOf(publicKey, "pkcs1")])
  }
  if (["RSA", "P-256", "P-384", "P-521", "Ed25519"].includes(kind)) {
    forms.push(
      ["an OpenSSH line", sshLineOf(publicKey)],
      ["an OpenSSH line, as bytes", Buffer.from(sshLineOf(publicKey))],
      ["a Jwk of an OpenSSH line", Jwk.fromPem(sshLineOf(publicKey))],
    )
  }
  return forms
}

type FormRow = [form: string, kind: Kind, algorithm: string, key: KeyInput]

function rows(formsOf: (kind: Kind) => Form[]): FormRow[] {
  return KINDS.flatMap(([algorithm, kind]) => formsOf(kind).map(([form, key]): FormRow => [form, kind, algorithm, key]))
}

test.each(rows(privateForms))(
  "%s of a private %s key signs, and verifies with its public half",
  async (_form, kind, algorithm, key) => {
    const token = encode({ a: 1 }, key, { algorithm })
    expect(isGenuineToOthers(token, algorithm, pairOf(kind).publicKey)).toBe(true)
    expect(isGenuineToOthers(await encodeAsync({ a: 1 }, key, { algorithm }), algorithm, pairOf(kind).publicKey)).toBe(
      true,
    )
    expect(decode(token, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  },
)

test.each(rows(publicForms))("%s of a public %s key verifies", async (_form, kind, algorithm, key) => {
  const genuine = foreignToken(algorithm, pairOf(kind).privateKey)
  const forged = foreignToken(algorithm, pairOf(kind, "other").privateKey)
  expect(decode(genuine, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  expect(await decodeAsync(genuine, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  expect(outcome(() => decode(forged, key, { algorithms: [algorithm] }))).toBe(WRONG_SIGNATURE)
  expect(await outcomeOf(decodeAsync(forged, key, { algorithms: [algorithm] }))).toBe(WRONG_SIGNATURE)
})

test.each(rows(publicForms).filter(([form]) => !form.includes("JwkSet") && !form.includes("a set")))(
  "%s of a public %s key does not sign",
  async (_form, _kind, algorithm, key) => {
    expect(outcome(() => encode({}, key, { algorithm }))).toBe("InvalidKeyError key_not_private")
    expect(await outcomeOf(encodeAsync({}, key, { algorithm }))).toBe("InvalidKeyError key_not_private")
  },
)

describe("every asymmetric algorithm", () => {
  test.each(ASYMMETRIC)(
    "%s with a %s key signs what others verify, and verifies what others sign",
    async (algorithm, kind) => {
      const { privateKey, publicKey } = pairOf(kind)
      for (const token of [
        encode({ a: 1 }, privateKey, { algorithm }),
        await encodeAsync({ a: 1 }, privateKey, { algorithm }),
      ])
        expect(isGenuineToOthers(token, algorithm, publicKey)).toBe(true)
      const foreign = foreignToken(algorithm, privateKey)
      expect(decode(foreign, publicKey, { algorithms: [algorithm] })).toEqual({ a: 1 })
      expect(await decodeAsync(foreign, publicKey, { algorithms: [algorithm] })).toEqual({ a: 1 })
    },
  )

  const kinds: readonly Kind[] = ["RSA", "P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519"]
  const misfits = ASYMMETRIC.flatMap(([algorithm]) => {
    const fitting = ASYMMETRIC.filter(([name]) => name === algorithm).map(([, kind]) => kind)
    return kinds.filter((kind) => !fitting.includes(kind)).map((kind): AlgorithmRow => [algorithm, kind])
  })
  test.each(misfits)("%s refuses a %s key before any cryptography", (algorithm, kind) => {
    const { privateKey, publicKey } = pairOf(kind)
    // The signature is not even one: what is refused is the key.
    const token = `${foreignToken("HS256", SECRET, { a: 1 }, { alg: algorithm }).replace(/[^.]+$/, "")}AAAA`
    expect(outcome(() => encode({}, privateKey, { algorithm }))).toBe(UNSUITABLE)
    expect(outcome(() => decode(token, publicKey, { algorithms: [algorithm] }))).toBe(UNSUITABLE)
  })

  test.each(ASYMMETRIC)("%s refuses a secret", (algorithm, kind) => {
    expect(outcome(() => encode({}, SECRET, { algorithm }))).toBe(UNSUITABLE)
    expect(
      outcome(() => decode(foreignToken(algorithm, pairOf(kind).privateKey), SECRET, { algorithms: [algorithm] })),
    ).toBe(UNSUITABLE)
  })

  test.each(kinds.flatMap((kind) => ["HS256", "HS384", "HS512"].map((algorithm): AlgorithmRow => [algorithm, kind])))(
    "%s refuses a %s key in every form",
    (algorithm, kind) => {
      for (const [, key] of kind === "X25519" ? [] : [...publicForms(kind), ...privateForms(kind)]) {
        const answer = outcome(() => decode(foreignToken(algorithm, SECRET), key, { algorithms: [algorithm] }))
        expect(answer).toMatch(/^InvalidKeyError (?:key_unsuitable|key_not_found)$/)
      }
      expect(outcome(() => encode({}, pairOf(kind).privateKey, { algorithm }))).toBe(UNSUITABLE)
    },
  )
})

describe("secrets", () => {
  const secretForms: readonly Form[] = [
    ["a string", SECRET],
    ["bytes", new TextEncoder().encode(SECRET)],
    ["a Buffer", Buffer.from(SECRET)],
    ["a view into other bytes", new TextEncoder().encode(`##${SECRET}##`).subarray(2, -2)],
    ["a KeyObject", createSecretKey(Buffer.from(SECRET))],
    ["a plain JWK", { kty: "oct", k: Buffer.from(SECRET).toString("base64url") }],
    ["a Jwk of bytes", Jwk.from(Buffer.from(SECRET))],
    ["a Jwk of a KeyObject", Jwk.from(createSecretKey(Buffer.from(SECRET)))],
    ["a Jwk of JSON text", Jwk.from(JSON.stringify({ kty: "oct", k: Buffer.from(SECRET).toString("base64url") }))],
    ["a function", () => SECRET],
  ]
  test.each(
    ["HS256", "HS384", "HS512"].flatMap((algorithm) =>
      secretForms.map(([form, key]): [string, string, KeyInput] => [form, algorithm, key]),
    ),
  )("%s signs and verifies %s", async (_form, algorithm, key) => {
    const expected = foreignToken(algorithm, SECRET, { a: 1 }, { typ: "JWT" })
    expect(encode({ a: 1 }, key, { algorithm })).toBe(expected)
    expect(await encodeAsync({ a: 1 }, key, { algorithm })).toBe(expected)
    expect(decode(expected, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
    expect(await decodeAsync(expected, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  })

  test("a set of secrets verifies", () => {
    const keys = [
      { kty: "oct", k: "b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA" },
      { kty: "oct", k: Buffer.from(SECRET).toString("base64url") },
    ]
    expect(decode(foreignToken("HS256", SECRET), JwkSet.from({ keys }), { algorithms: ["HS256"] })).toEqual({ a: 1 })
  })
})

describe("CryptoKeys", () => {
  const { subtle } = globalThis.crypto
  type Pair = webcrypto.CryptoKeyPair
  const PARAMETERS: Readonly<Record<string, object>> = {
    RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    RS384: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
    RS512: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
    PS256: { name: "RSA-PSS", hash: "SHA-256" },
    PS384: { name: "RSA-PSS", hash: "SHA-384" },
    PS512: { name: "RSA-PSS", hash: "SHA-512" },
    ES256: { name: "ECDSA", namedCurve: "P-256" },
    ES384: { name: "ECDSA", namedCurve: "P-384" },
    ES512: { name: "ECDSA", namedCurve: "P-521" },
    EdDSA: { name: "Ed25519" },
  }
  const KIND: Readonly<Record<string, Kind>> = Object.fromEntries([...ASYMMETRIC].reverse())

  /** Keys of the usual pair, as WebCrypto holds them. */
  async function cryptoPair(algorithm: string, extractable = true): Promise<Pair> {
    const { privateKey, publicKey } = pairOf(KIND[algorithm] ?? "RSA")
    const parameters = untyped<webcrypto.EcKeyImportParams>(PARAMETERS[algorithm])
    return {
      privateKey: await subtle.importKey("pkcs8", derOf(privateKey, "pkcs8"), parameters, extractable, ["sign"]),
      publicKey: await subtle.importKey("spki", derOf(publicKey, "spki"), parameters, extractable, ["verify"]),
    }
  }

  test.each(Object.keys(PARAMETERS))(
    "sign and verify %s, extractable or not, and need no list of algorithms",
    async (algorithm) => {
      for (const extractable of [true, false]) {
        const { privateKey, publicKey } = await cryptoPair(algorithm, extractable)
        const token = await encodeAsync({ a: 1 }, privateKey)
        expect(isGenuineToOthers(token, algorithm, pairOf(KIND[algorithm] ?? "RSA").publicKey)).toBe(true)
        expect(encode({ a: 1 }, privateKey)).toHaveLength(token.length)
        expect(await decodeAsync(token, publicKey)).toEqual({ a: 1 })
        expect(decode(token, publicKey)).toEqual({ a: 1 })
      }
    },
  )

  test.each([256, 384, 512])("of HMAC sign and verify HS%i", async (bits) => {
    const key = await subtle.importKey("raw", Buffer.from(SECRET), { name: "HMAC", hash: `SHA-${bits}` }, false, [
      "sign",
      "verify",
    ])
    const token = await encodeAsync({ a: 1 }, key)
    expect(token).toBe(foreignToken(`HS${bits}`, SECRET, { a: 1 }, { typ: "JWT" }))
    expect(await decodeAsync(token, key)).toEqual({ a: 1 })
  })

  test("are bound to their algorithm", async () => {
    const { privateKey, publicKey } = await cryptoPair("RS256")
    expect(outcome(() => encode({}, privateKey, { algorithm: "PS256" }))).toBe(UNSUITABLE)
    expect(outcome(() => encode({}, privateKey, { algorithm: "RS512" }))).toBe(UNSUITABLE)
    const other = foreignToken("RS512", pairOf("RSA").privateKey)
    expect(outcome(() => decode(other, publicKey, { algorithms: ["RS256", "RS512"] }))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
  })

  test("do only what their usages say", async () => {
    const hmac = { name: "HMAC", hash: "SHA-256" }
    const signOnly = await subtle.importKey("raw", Buffer.from(SECRET), hmac, false, ["sign"])
    const verifyOnly = await subtle.importKey("raw", Buffer.from(SECRET), hmac, false, ["verify"])
    const token = encode({ a: 1 }, signOnly)
    expect(decode(token, verifyOnly)).toEqual({ a: 1 })
    expect(outcome(() => decode(token, signOnly))).toBe(NOT_FOR_USE)
    expect(outcome(() => encode({ a: 1 }, verifyOnly))).toBe(NOT_FOR_USE)
    const { publicKey } = await cryptoPair("ES256")
    const noUse = await subtle.importKey(
      "spki",
      await subtle.exportKey("spki", publicKey),
      { name: "ECDSA", namedCurve: "P-256" },
      true,
      [],
    )
    expect(outcome(() => decode(foreignToken("ES256", pairOf("P-256").privateKey), noUse))).toBe(NOT_FOR_USE)
  })

  test.each<[string, () => Promise<webcrypto.CryptoKey>]>([
    [
      "RSA-OAEP",
      async () =>
        subtle.importKey("spki", derOf(pairOf("RSA").publicKey, "spki"), { name: "RSA-OAEP", hash: "SHA-256" }, true, [
          "encrypt",
        ]),
    ],
    [
      "ECDH",
      async () =>
        subtle.importKey(
          "spki",
          derOf(pairOf("P-256").publicKey, "spki"),
          { name: "ECDH", namedCurve: "P-256" },
          true,
          [],
        ),
    ],
    ["AES-GCM", async () => subtle.importKey("raw", Buffer.alloc(32, 7), "AES-GCM", true, ["encrypt"])],
    ["PBKDF2", async () => subtle.importKey("raw", Buffer.from(SECRET), "PBKDF2", false, ["deriveBits"])],
  ])("for %s neither sign nor verify", async (_name, make) => {
    const key = await make()
    for (const algorithm of ["RS256", "ES256", "HS256"]) {
      const token = `${foreignToken("HS256", SECRET, {}, { alg: algorithm })}`
      expect(outcome(() => decode(token, key, { algorithms: [algorithm] }))).toMatch(
        /^InvalidKeyError key_(?:unsuitable|not_for_use)$/,
      )
      expect(outcome(() => encode({}, key, { algorithm }))).toMatch(
        /^InvalidKeyError key_(?:unsuitable|not_for_use|not_private)$/,
      )
    }
  })

  test("of HMAC with SHA-1 fit no algorithm", async () => {
    const key = await subtle.importKey("raw", Buffer.from(SECRET), { name: "HMAC", hash: "SHA-1" }, true, [
      "sign",
      "verify",
    ])
    expect(outcome(() => encode({}, key))).not.toBe(OK)
    expect(outcome(() => encode({}, key, { algorithm: "HS256" }))).toBe(UNSUITABLE)
    expect(outcome(() => decode(foreignToken("HS256", SECRET), key, { algorithms: ["HS256"] }))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
  })

  test("that hold key text as secret are refused", async () => {
    const text = Buffer.from(pemOf(pairOf("RSA").publicKey, "spki"))
    const key = await subtle.importKey("raw", text, { name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"])
    expect(outcome(() => encode({}, key))).toBe("InvalidKeyError secret_is_key_material")
  })
})

describe("RSASSA-PSS keys", () => {
  const EVERY = ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"]
  test.each<[name: string, restrictions: Parameters<typeof pssPair>, algorithms: string[]]>([
    ["without restrictions serve all of PS", [], ["PS256", "PS384", "PS512"]],
    ["for SHA-256 serve PS256 only", ["sha256", "sha256", 32], ["PS256"]],
    ["for SHA-384 serve PS384 only", ["sha384", "sha384", 48], ["PS384"]],
    ["for SHA-512 with a shorter least salt serve PS512 only", ["sha512", "sha512", 20], ["PS512"]],
    ["whose least salt is longer than the hash serve none", ["sha256", "sha256", 64], []],
    // RFC 7518, section 3.5: MGF1 has the hash of the algorithm. A signature made otherwise is no PS256.
    ["whose mask is made with another hash serve none", ["sha256", "sha1", 20], []],
    ["for SHA-1 serve none", ["sha1", "sha1", 20], []],
  ])("%s", (_name, restrictions, algorithms) => {
    const { privateKey, publicKey } = pssPair(...restrictions)
    const answers = EVERY.filter((algorithm) => outcome(() => encode({}, privateKey, { algorithm })) === OK)
    expect(answers).toEqual(algorithms)
    for (const algorithm of EVERY) {
      const serves = algorithms.includes(algorithm)
      const token = foreignToken(algorithm, serves ? privateKey : pairOf("RSA").privateKey)
      const answer = outcome(() => decode(token, publicKey, { algorithms: [algorithm] }))
      expect(answer).toBe(serves ? OK : UNSUITABLE)
    }
  })

  test("are read from PEM as what they are", () => {
    const { privateKey, publicKey } = pssPair("sha256", "sha256", 32)
    const token = encode({ a: 1 }, pemOf(privateKey, "pkcs8"), { algorithm: "PS256" })
    expect(decode(token, pemOf(publicKey, "spki"), { algorithms: ["PS256"] })).toEqual({ a: 1 })
    expect(outcome(() => encode({}, pemOf(privateKey, "pkcs8"), { algorithm: "RS256" }))).toBe(UNSUITABLE)
  })
})

describe("RSA keys of unusual size", () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 })
  test("of 1024 bits are too short for PS512, whatever the caller allows", () => {
    // 1024 bits hold no SHA-512 with a salt as long as it (RFC 8017, section 9.1.1).
    expect(outcome(() => encode({}, small.privateKey, { algorithm: "PS512" }))).toBe("InvalidKeyError key_too_short")
    expect(outcome(() => encode({}, small.privateKey, { algorithm: "PS384" }))).toBe(OK)
  })

  test("below 1024 bits are refused in every form", () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1016 })
    const forms = [
      publicKey,
      privateKey,
      pemOf(publicKey, "spki"),
      derOf(publicKey, "spki"),
      jwkOf(publicKey),
      sshLineOf(publicKey),
    ]
    for (const key of forms)
      expect(outcome(() => decode(foreignToken("RS256", small.privateKey), key, { algorithms: ["RS256"] }))).toBe(
        "InvalidKeyError key_too_short",
      )
  })

  test("with an exponent of 1 or an even one are refused", () => {
    const { n } = jwkOf(pairOf("RSA").publicKey)
    for (const e of ["AQ", "Ag", "AQAA"])
      expect(
        outcome(() =>
          decode(foreignToken("RS256", small.privateKey), untyped<KeyInput>({ kty: "RSA", n, e }), {
            algorithms: ["RS256"],
          }),
        ),
      ).toMatch(/^InvalidKeyError /)
  })
})

describe("what verifies with a private key is its public half", () => {
  test.each(ASYMMETRIC)("%s of a %s key", (algorithm, kind) => {
    const { privateKey } = pairOf(kind)
    const token = foreignToken(algorithm, privateKey)
    for (const key of [
      privateKey,
      createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" })),
      createPublicKey(privateKey),
    ])
      expect(decode(token, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  })
})
