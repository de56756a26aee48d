/** Attacks on the choice of the algorithm: A1 to A20. */
import { createHmac, type KeyObject, sign } from "node:crypto"
import {
  decode,
  encode,
  getAlgorithm,
  Jwk,
  listAlgorithms,
  registerAlgorithm,
  Signer,
  unregisterAlgorithm,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { expectAccepted, expectRefused, JWS_DOORS, outcome, outcomeOf, VERIFYING_DOORS } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  derOf,
  ed448,
  ed25519,
  HS256,
  json,
  jwkOf,
  mac,
  NOW,
  p256,
  pemOf,
  rawSignature,
  rsa,
  SECRET,
  signedBy,
  signingInput,
  token,
  untyped,
  withMac,
} from "./material.ts"

const NOT_ALLOWED = "InvalidAlgorithmError algorithm_not_allowed"
const MISMATCH = "InvalidAlgorithmError algorithm_mismatch"
const MISSING = "InvalidAlgorithmError algorithm_missing"
const UNKNOWN = "InvalidAlgorithmError algorithm_unknown"
const REQUIRED = "UsageError algorithms_required"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const FORGED = "InvalidSignatureError signature_invalid"
const OBJECT_NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]

function unsecured(alg: string): string {
  return `${signingInput({ alg })}.`
}

function options(...algorithms: readonly string[]) {
  return { algorithms, now: NOW }
}

function underRsa(alg: string, payload: unknown = CLAIMS): string {
  return signedBy({ alg }, (input) => rsaSignature(alg, input, rsa().privateKey), payload)
}

function rsaSignature(alg: string, input: Buffer, key: KeyObject): Buffer {
  const hash = `sha${alg.slice(2)}`
  return alg.startsWith("PS") ? sign(hash, input, { key, padding: 6, saltLength: -1 }) : sign(hash, input, key)
}

describe("an unsecured token", () => {
  test.each<[string, string, unknown, readonly string[], string]>([
    ["A1: is not allowed beside a list of others", unsecured("none"), SECRET, ["HS256"], NOT_ALLOWED],
    [
      "A1: with the signature of an ordinary token",
      withMac(signingInput({ alg: "none" })),
      SECRET,
      ["HS256"],
      NOT_ALLOWED,
    ],
    ["A1: is not allowed beside a public key", unsecured("none"), pemOf(rsa().publicKey), ["RS256"], NOT_ALLOWED],
    ["A1: is refused with a key although the list says none", unsecured("none"), SECRET, ["none"], UNSUITABLE],
    ["A1: never verifies without a key", unsecured("none"), null, ["none"], FORGED],
    ["A1: never verifies with an empty key", unsecured("none"), "", ["none"], FORGED],
    ["A4: is refused where the list holds none and another", unsecured("none"), SECRET, ["none", "HS256"], UNSUITABLE],
    ["A4: in another order", unsecured("none"), SECRET, ["HS256", "none"], UNSUITABLE],
  ])("%s", async (_name, hostile, key, algorithms, expected) => {
    await expectRefused({ token: hostile, key, options: options(...algorithms) }, expected)
  })

  test("A4: none in the list takes nothing from the other names", async () => {
    await expectAccepted({ token: claimsToken(CLAIMS), options: options("none", "HS256") })
  })

  test("A1: is not what a key that names its algorithm expects", async () => {
    await expectRefused({ token: unsecured("none"), key: p256().publicKey, options: { now: NOW } }, NOT_ALLOWED)
  })

  const spellings = ["None", "NONE", "nOnE", "noNe"]
  const lookAlikes = [" none", "none ", "none\u0000", "\uff4eone", "n\u043ene", "no\u200bne"]
  test.each([
    ...spellings.map((alg) => [`A2: ${alg} is no name of it`, alg] as const),
    ...lookAlikes.map((alg) => [`A3: ${JSON.stringify(alg)} is no name of it`, alg] as const),
  ])("%s", async (_name, alg) => {
    await expectRefused({ token: unsecured(alg) }, NOT_ALLOWED)
    await expectRefused({ token: withMac(signingInput({ alg })) }, NOT_ALLOWED)
    await expectRefused({ token: unsecured(alg), options: options(alg) }, UNKNOWN)
    expect(outcome(() => encode(CLAIMS, untyped(null), { algorithm: alg }))).toBe(UNKNOWN)
  })
})

describe("alg in the header", () => {
  test.each<[string, unknown]>([
    ["A5: missing", {}],
    ["A5: null", { alg: null }],
    ["A5: an empty text", { alg: "" }],
    ["A5: a number", { alg: 256 }],
    ["A5: true", { alg: true }],
    ["A5: an array", { alg: ["HS256"] }],
    ["A5: an object", { alg: { toString: 1 } }],
    ["A5: only in the header's prototype member", '{"__proto__":{"alg":"HS256"}}'],
  ])("%s is refused", async (_name, header) => {
    await expectRefused({ token: token(header) }, MISSING)
  })

  test.each(OBJECT_NAMES.map((alg) => [`A6: ${alg} is the name of nothing`, alg] as const))(
    "%s",
    async (_name, alg) => {
      const hostile = withMac(signingInput(`{"alg":${JSON.stringify(alg)}}`))
      await expectRefused({ token: hostile }, NOT_ALLOWED)
      await expectRefused({ token: hostile, options: options(alg) }, UNKNOWN)
      expect(outcome(() => getAlgorithm(alg))).toBe(UNKNOWN)
      expect(outcome(() => Jwk.generate(alg))).toBe(UNKNOWN)
      expect(outcome(() => encode(CLAIMS, SECRET, { algorithm: alg }))).toBe(UNKNOWN)
      expect(outcome(() => Jwk.from({ ...jwkOf(rsa().publicKey), alg }))).toBe("JwkError jwk_algorithm_unknown")
    },
  )

  test.each([
    ["A7: hs256", withMac(signingInput({ alg: "hs256" }))],
    ["A7: Hs256", withMac(signingInput({ alg: "Hs256" }))],
    ["A7: HS256 with a space", withMac(signingInput({ alg: "HS256 " }))],
    ["A7: rs256", signedBy({ alg: "rs256" }, (input) => sign("sha256", input, rsa().privateKey))],
  ])("%s is not the name in capitals", async (_name, hostile) => {
    await expectRefused({ token: hostile }, NOT_ALLOWED)
    await expectRefused({ token: hostile, key: rsa().publicKey, options: options("RS256") }, NOT_ALLOWED)
  })

  test.each<[string, object]>([
    [
      "A14: only in the unprotected header",
      { header: { alg: "HS256" }, payload: json(CLAIMS), signature: mac(`.${json(CLAIMS)}`) },
    ],
    ["A14: missing in the protected one", { ...flattened({ kid: "1" }), header: { alg: "HS256" } }],
    ["A15: in both with the same value", { ...flattened({ alg: "HS256" }), header: { alg: "HS256" } }],
    ["A15: in both with other values", { ...flattened({ alg: "HS256" }), header: { alg: "none" } }],
    ["A15: kid in both", { ...flattened({ alg: "HS256", kid: "1" }), header: { kid: "2" } }],
  ])("%s is refused", async (_name, jws) => {
    await expectRefused({ token: jws }, "DecodeError header_invalid", JWS_DOORS)
  })

  test("A14: may be unprotected where the caller says so", () => {
    const jws = { ...flattened({ kid: "1" }), header: { alg: "HS256" } }
    expect(verifyJws(jws, SECRET, { algorithms: ["HS256"], allowUnprotectedAlgorithm: true }).header).toEqual({
      kid: "1",
    })
    const none = { payload: json(CLAIMS), header: { alg: "none" }, signature: "" }
    expect(outcome(() => verifyJws(none, SECRET, { algorithms: ["HS256"], allowUnprotectedAlgorithm: true }))).toBe(
      NOT_ALLOWED,
    )
  })
})

function flattened(header: object): object {
  const input = signingInput(header)
  const [protectedText, payload] = input.split(".")
  return { protected: protectedText, payload, signature: mac(input) }
}

describe("the list of algorithms", () => {
  test.each<[string, unknown]>([
    ["A8: a secret", SECRET],
    ["A8: an RSA key in PEM", pemOf(rsa().publicKey)],
    ["A8: an RSA key as JWK", jwkOf(rsa().publicKey)],
    ["A8: an RSA key in DER", derOf(rsa().publicKey)],
    ["A8: a secret as JWK", { kty: "oct", k: json("secret secret secret secret secret") }],
    ["A8: a key function", () => SECRET],
  ])("%s does not name its algorithm, so the list is required", async (_name, key) => {
    await expectRefused({ token: claimsToken(CLAIMS), key, options: { now: NOW } }, REQUIRED)
  })

  test("A8: a key that names its one algorithm needs no list, and takes no other", async () => {
    const genuine = signedBy({ alg: "ES256" }, (input) => rawSignature("sha256", input, p256().privateKey))
    await expectAccepted({ token: genuine, key: p256().publicKey, options: { now: NOW } })
    await expectRefused({ token: claimsToken(CLAIMS), key: p256().publicKey, options: { now: NOW } }, NOT_ALLOWED)
  })

  test.each<[string, unknown, string]>([
    ["A9: empty", [], REQUIRED],
    ["A10: a part of a name", ["HS25"], UNKNOWN],
    ["A10: more than a name", ["XHS256X"], UNKNOWN],
    ["A10: names joined in one", ["HS256,RS256"], UNKNOWN],
    ["A10: a text", "HS256,RS256", "UsageError option_invalid"],
    ["A10: a text that is a name", "HS256", "UsageError option_invalid"],
    ["A10: an object with the name", { HS256: true }, "UsageError option_invalid"],
    ["A10: an object that looks like an array", { 0: "HS256", length: 1 }, "UsageError option_invalid"],
    ["A10: an array in an array", [["HS256"]], "UsageError option_invalid"],
    ["A10: null", null, "UsageError option_invalid"],
  ])("%s is refused", async (_name, algorithms, expected) => {
    await expectRefused(
      { token: claimsToken(CLAIMS), options: { algorithms: untyped(algorithms), now: NOW } },
      expected,
    )
  })

  test("A12: counts beside what the key says", async () => {
    const key = Jwk.from(jwkOf(rsa().publicKey), { algorithm: "RS512" })
    await expectRefused({ token: underRsa("RS512"), key, options: options("RS256") }, NOT_ALLOWED)
    await expectRefused({ token: underRsa("RS256"), key, options: options("RS256", "RS512") }, MISMATCH)
    await expectRefused({ token: underRsa("RS256"), key, options: options("RS256") }, MISMATCH)
    await expectAccepted({ token: underRsa("RS512"), key, options: options("RS256", "RS512") })
  })

  test("A19: one RSA key serves two algorithms only where both are listed and the key names none", async () => {
    for (const alg of ["RS256", "PS256"])
      await expectAccepted({ token: underRsa(alg), key: rsa().publicKey, options: options("RS256", "PS256") })
    await expectRefused({ token: underRsa("PS256"), key: rsa().publicKey, options: options("RS256") }, NOT_ALLOWED)
    const marked = { ...jwkOf(rsa().publicKey), alg: "RS256" }
    await expectRefused({ token: underRsa("PS256"), key: marked, options: options("RS256", "PS256") }, MISMATCH)
  })

  test("A20: is copied when the verifier is made", () => {
    const algorithms = ["RS256"]
    const verifier = new Verifier({ key: rsa().publicKey, algorithms, now: NOW })
    algorithms[0] = "PS256"
    algorithms.push("none", "HS256")
    expect(outcome(() => verifier.verify(underRsa("PS256")))).toBe(NOT_ALLOWED)
    expect(outcome(() => verifier.verify(unsecured("none")))).toBe(NOT_ALLOWED)
    expect(verifier.verify(underRsa("RS256"))).toEqual(CLAIMS)
  })
})

describe("a key without alg", () => {
  const { n } = jwkOf(rsa().publicKey)
  const jwk = { kty: "RSA", n, e: "AQAB" }
  test.each([
    ["A11: with the PEM as secret", withMac(signingInput({ alg: "HS256" }), pemOf(rsa().publicKey))],
    ["A11: with the modulus as secret", withMac(signingInput({ alg: "HS256" }), Buffer.from(String(n), "base64url"))],
    ["A11: with the text of the modulus as secret", withMac(signingInput({ alg: "HS256" }), String(n))],
  ])("%s: the header does not choose the algorithm", async (_name, hostile) => {
    await expectRefused({ token: hostile, key: jwk, options: { now: NOW } }, REQUIRED)
    await expectRefused({ token: hostile, key: jwk, options: options("RS256") }, NOT_ALLOWED)
    await expectRefused({ token: hostile, key: jwk, options: options("HS256") }, UNSUITABLE)
    await expectRefused({ token: hostile, key: jwk, options: options("RS256", "HS256") }, UNSUITABLE)
    await expectRefused({ token: hostile, key: () => jwk, options: options("RS256", "HS256") }, UNSUITABLE)
  })
})

describe("a sibling's signature", () => {
  const rsaNames = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
  const rsaPairs = rsaNames.flatMap((claimed) =>
    rsaNames.filter((made) => made !== claimed).map((made) => [claimed, made] as const),
  )
  test.each(rsaPairs)("A13: a token that says %s does not hold with one of %s", async (claimed, made) => {
    const hostile = signedBy({ alg: claimed }, (input) => rsaSignature(made, input, rsa().privateKey))
    await expectRefused({ token: hostile, key: rsa().publicKey, options: options(...rsaNames) }, FORGED, [
      "decode",
      "verifyJws",
    ])
  })

  const hmacNames = ["HS256", "HS384", "HS512"]
  const hmacPairs = hmacNames.flatMap((claimed) =>
    hmacNames.filter((made) => made !== claimed).map((made) => [claimed, made] as const),
  )
  test.each(hmacPairs)("A13: a token that says %s does not hold with one of %s", async (claimed, made) => {
    const hash = `sha${made.slice(2)}`
    const hostile = signedBy({ alg: claimed }, (input) => createHmac(hash, SECRET).update(input).digest())
    await expectRefused({ token: hostile, options: options(...hmacNames) }, FORGED)
  })
})

describe("names of other kinds", () => {
  test("A16: an encryption algorithm does not sign", async () => {
    const hostile = withMac(signingInput({ alg: "dir", enc: "A128GCM" }))
    await expectRefused({ token: hostile }, NOT_ALLOWED)
    await expectRefused({ token: hostile, options: options("dir") }, UNKNOWN)
  })

  test("A16: five segments are not a signed token, whatever the algorithm", async () => {
    const hostile = `${json({ alg: "HS256" })}.AAAA.AAAA.AAAA.${mac("")}`
    await expectRefused({ token: hostile }, "DecodeError token_encrypted")
  })

  test("A16: a key for encryption does not verify", async () => {
    const key = { ...jwkOf(rsa().publicKey), alg: "RSA-OAEP" }
    await expectRefused({ token: underRsa("RS256"), key, options: options("RS256") }, MISMATCH)
  })

  test("A17: a fully specified name is bound to its curve", async () => {
    const edwards = (alg: string, key: KeyObject) => signedBy({ alg }, (input) => sign(null, input, key))
    const names = options("EdDSA", "Ed25519", "Ed448")
    await expectRefused(
      { token: edwards("Ed25519", ed25519().privateKey), key: ed448().publicKey, options: names },
      UNSUITABLE,
    )
    await expectRefused(
      { token: edwards("Ed448", ed448().privateKey), key: ed25519().publicKey, options: names },
      UNSUITABLE,
    )
    // The name says the curve, not the key.
    await expectRefused(
      { token: edwards("Ed25519", ed448().privateKey), key: ed448().publicKey, options: names },
      UNSUITABLE,
    )
    // EdDSA leaves the curve to the key, so that a token of the other curve is no more than a wrong signature.
    await expectRefused(
      { token: edwards("EdDSA", ed25519().privateKey), key: ed448().publicKey, options: names },
      FORGED,
    )
    await expectAccepted({ token: edwards("EdDSA", ed448().privateKey), key: ed448().publicKey, options: names })
    await expectAccepted({ token: edwards("Ed25519", ed25519().privateKey), key: ed25519().publicKey, options: names })
  })

  test.each([["RSA1_5"], ["ES521"], ["HS1"], ["RS1"], ["ES256-K"]])("A18: %s does not exist", async (name) => {
    expect(listAlgorithms()).not.toContain(name)
    await expectRefused({ token: token({ alg: name }), options: options(name) }, UNKNOWN)
    expect(outcome(() => Jwk.from({ ...jwkOf(rsa().publicKey), alg: name }))).toBe("JwkError jwk_algorithm_unknown")
  })

  test("A18: what is taken out stays out, also for what was made before", async () => {
    const algorithm = getAlgorithm("HS384")
    const signer = new Signer({ key: SECRET, algorithm: "HS384" })
    const genuine = signer.sign({ a: 1 })
    const verifiers = [false, true].map((cache) => new Verifier({ key: SECRET, algorithms: ["HS384"], cache }))
    for (const verifier of verifiers) verifier.verify(genuine)
    unregisterAlgorithm("HS384")
    try {
      for (const verifier of verifiers)
        expect(outcome(() => verifier.verify(genuine))).toMatch(/^InvalidAlgorithmError /)
      expect(await outcomeOf(() => signer.sign({ a: 1 }))).toMatch(/Error algorithm_/)
      expect(outcome(() => encode({ a: 1 }, SECRET, { algorithm: "HS384" }))).toBe(UNKNOWN)
      expect(outcome(() => decode(genuine, SECRET, { algorithms: ["HS384"] }))).toBe(UNKNOWN)
    } finally {
      registerAlgorithm("HS384", algorithm)
    }
    for (const verifier of verifiers) expect(verifier.verify(genuine)).toEqual({ a: 1 })
  })
})

test("A1: the ordinary token that all of these are made from is accepted", async () => {
  await expectAccepted({ token: claimsToken(CLAIMS), options: HS256 }, VERIFYING_DOORS)
})
