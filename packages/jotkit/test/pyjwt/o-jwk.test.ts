/** PyJWT, table O: JSON Web Keys, read and written. */
import { createECDH, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { encode, Jwk, type JwkObject } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { KEY_FOLDER, readJwk, readKeyText } from "./key-files.ts"
import { outcome, untyped } from "./outcome.ts"
import { PUBLIC_JWKS } from "./vectors.ts"

const OK = "accepted"
const INVALID = "InvalidKeyError jwk_invalid"
const UNKNOWN = "JwkError jwk_algorithm_unknown"

function jwkOf({ privateKey }: { privateKey: KeyObject }): JwkObject {
  return untyped(privateKey.export({ format: "jwk" }))
}

function newRsa(): JwkObject {
  return jwkOf(generateKeyPairSync("rsa", { modulusLength: 2048 }))
}

function newEc(namedCurve: string): JwkObject {
  return jwkOf(generateKeyPairSync("ec", { namedCurve }))
}

const rsa = newRsa()
const p256 = newEc("P-256")
const p384 = newEc("P-384")
const p521 = newEc("P-521")
const secp256k1 = newEc("secp256k1")
const ed25519 = jwkOf(generateKeyPairSync("ed25519"))
const ed448 = jwkOf(generateKeyPairSync("ed448"))
const x25519 = jwkOf(generateKeyPairSync("x25519"))
const oct: JwkObject = { kty: "oct", k: "c2VjcmV0" }
const curves: readonly JwkObject[] = [p256, p384, p521, secp256k1]

function without(jwk: JwkObject, ...names: string[]): JwkObject {
  return untyped(Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name))))
}

function publicPart(jwk: JwkObject): JwkObject {
  return without(jwk, "d", "p", "q", "dp", "dq", "qi")
}

function bytesOf(text: unknown): Buffer {
  return Buffer.from(String(text), "base64url")
}

type Row = [name: string, jwk: unknown, expected?: string]

describe("labels", () => {
  test("337: alg, use and kid are read from an object and from JSON text", () => {
    const jwk = { ...PUBLIC_JWKS.rsa, alg: "RS256", use: "sig", kid: "keyid-abc123" }
    for (const key of [Jwk.from(jwk), Jwk.from(JSON.stringify(jwk))]) {
      expect(key).toMatchObject({ keyType: "RSA", algorithm: "RS256", use: "sig", keyId: "keyid-abc123" })
    }
  })

  // differs: section 9.3: a bare RSA key or secret serves several algorithms and names none; PyJWT says RS256 and HS256.
  test.each<[name: string, jwk: JwkObject, expected: string | undefined]>([
    ["338: RSA names none", rsa, undefined],
    ["339: P-256 is for ES256", publicPart(p256), "ES256"],
    ["339: P-384 is for ES384", publicPart(p384), "ES384"],
    ["339: P-521 is for ES512", publicPart(p521), "ES512"],
    ["339: secp256k1 is for ES256K", publicPart(secp256k1), "ES256K"],
    ["340: a secret with alg is for that", { ...oct, alg: "HS256" }, "HS256"],
    ["340: a secret without alg names none", oct, undefined],
    ["341: Ed25519 is for EdDSA", ed25519, "EdDSA"],
    ["342: Ed448 with alg is for that", { ...ed448, alg: "EdDSA" }, "EdDSA"],
    // differs: PyJWT refuses it.
    ["342: Ed448 without alg is for EdDSA", ed448, "EdDSA"],
    ["343: alg null says nothing", untyped({ ...p256, alg: null }), "ES256"],
    ["343: an empty alg says nothing", { ...p256, alg: "" }, "ES256"],
    // differs: section 9.37 and RFC 9864.
    ["344: Ed25519 is a name too", { ...ed25519, alg: "Ed25519" }, "Ed25519"],
    ["344: an encryption key is a key", { ...publicPart(rsa), alg: "RSA-OAEP" }, "RSA-OAEP"],
  ])("%s", (_name, jwk, expected) => {
    expect(Jwk.from(jwk).algorithm).toBe(expected)
  })

  test("338, 348: the option names the algorithm, whatever the JWK says", () => {
    expect(Jwk.from(rsa, { algorithm: "RS256" }).algorithm).toBe("RS256")
    expect(Jwk.from({ ...rsa, alg: "RS256" }, { algorithm: "PS256" }).algorithm).toBe("PS256")
  })

  test("344: an encryption key does not sign", () => {
    const key = Jwk.from({ ...rsa, alg: "RSA-OAEP" })
    expect(outcome(() => encode({ a: 1 }, key, { algorithm: "RS256" }))).toBe("InvalidKeyError key_unsuitable")
  })

  test("344: an unknown algorithm as option is refused", () => {
    expect(outcome(() => Jwk.from(rsa, { algorithm: "unknown" }))).toBe(UNKNOWN)
  })

  test.each<Row>([
    ["344: an unknown alg", { ...rsa, alg: "unknown" }, UNKNOWN],
    ["344: alg as a number", { ...rsa, alg: 1 }],
    ["344: Ed25519 on an RSA key", { ...rsa, alg: "Ed25519" }],
    ["345: alg as an array", { ...rsa, alg: ["RS256"] }],
    ["346: none", { ...oct, alg: "none" }, UNKNOWN],
    ["347: ES256 on an RSA key", { ...rsa, alg: "ES256" }],
    ["347: HS256 on an RSA key", { ...rsa, alg: "HS256" }],
    ["347: RS256 on a secret", { ...oct, alg: "RS256" }],
    // differs: RFC 7517, section 4.5: kid is a text.
    ["370: kid as a number", { ...oct, kid: 1 }],
  ])("%s is refused", (_name, jwk, expected = INVALID) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(expected)
  })
})

describe("what is no JWK", () => {
  test.each<Row>([
    ["349: kty missing", without(rsa, "kty")],
    ["349: kty empty", { ...rsa, kty: "" }],
    ["349: kty unknown", { ...rsa, kty: "unknown" }],
    ["349: kty in other letters", { ...rsa, kty: "rsa" }],
    ["350: kty unknown beside a known alg", { ...rsa, kty: "unknown", alg: "RS256" }],
    ["371: an array", [rsa]],
    ["371: null", null],
    ["371: a number", 123],
    ["371: a text that is not JSON", "x"],
    ["372: JSON text that is cut off", '{"kty":"oct"'],
    ["372: JSON text of an array", "[]"],
    ["365: an empty text", ""],
    // differs: PyJWT reads no bytes here; ours are DER, or a secret, which a JWK's text never is.
    ["373: the bytes of a JWK's text", Buffer.from(JSON.stringify(rsa)), "InvalidKeyError secret_is_key_material"],
    ["376: an object of another kind", new Date()],
  ])("%s", (_name, jwk, expected = INVALID) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(expected)
  })
})

describe("EC", () => {
  const offCurve = Buffer.concat([bytesOf(p256["y"]).subarray(0, 31), Buffer.of((bytesOf(p256["y"])[31] ?? 0) ^ 1)])

  test.each<Row>([
    ["351: crv unknown", { ...p256, crv: "unknown" }],
    ["351: crv in other letters", { ...p256, crv: "p-256" }],
    ["351: crv missing", without(p256, "crv")],
    ["352: coordinates of another curve", { ...p256, crv: "P-384" }],
    ["357: kty RSA", { ...p256, kty: "RSA" }],
    ["357: no coordinates", without(p256, "x", "y")],
    ["357: only x", without(p256, "y")],
    ["357: only y", without(p256, "x")],
    ["357: coordinates of different length", { ...p256, x: "dGVzdHRlc3Q", y: "dGVzdA" }],
    ["357: JSON text that is none", "{this is not json}"],
    ["358: x without its first byte", { ...p256, x: bytesOf(p256["x"]).subarray(1).toString("base64url") }],
    ["359: a point off the curve", { ...publicPart(p256), y: offCurve.toString("base64url") }],
    ["359: d of another key", { ...p256, d: newEc("P-256")["d"] }],
    ["359: x as a number", { ...p256, x: 1 }],
    ["359: d null", { ...p256, d: null }],
  ])("%s is refused", (_name, jwk) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(INVALID)
  })

  test.each(curves.map((jwk) => [String(jwk["crv"]), jwk] as const))(
    "357: members of four bytes are refused on %s",
    (_curve, jwk) => {
      expect(outcome(() => Jwk.from({ ...jwk, x: "dGVzdA", y: "dGVzdA" }))).toBe(INVALID)
      expect(outcome(() => Jwk.from({ ...jwk, d: "dGVzdA" }))).toBe(INVALID)
    },
  )

  test("377: members are written with the length of the curve", () => {
    const ecdh = createECDH("secp521r1")
    const d = Buffer.concat([Buffer.alloc(65), Buffer.of(1)])
    ecdh.setPrivateKey(d)
    const point = ecdh.getPublicKey()
    const jwk = {
      kty: "EC",
      crv: "P-521",
      x: point.subarray(1, 67).toString("base64url"),
      y: point.subarray(67).toString("base64url"),
      d: d.toString("base64url"),
    }
    expect(Jwk.from(jwk).toPrivateJSON()).toEqual(jwk)
    expect(Jwk.from(createPrivateKey({ key: jwk, format: "jwk" })).toPrivateJSON()["d"]).toHaveLength(88)
  })
})

describe("OKP", () => {
  test.each<Row>([
    ["353: crv unknown", { ...ed25519, crv: "unknown" }],
    ["353: crv missing", without(ed25519, "crv")],
    ["354: x of another key", { ...ed25519, x: "A".repeat(43) }],
    ["354: x of another good key", { ...ed25519, x: jwkOf(generateKeyPairSync("ed25519"))["x"] }],
    ["355: x missing", without(ed25519, "x", "d")],
    ["355: x missing beside d", without(ed25519, "x")],
    ["355: x of two bytes", { ...publicPart(ed25519), x: "123" }],
    ["355: d of two bytes", { ...ed25519, d: "123" }],
    ["355: Ed25519 named Ed448", { ...ed25519, crv: "Ed448" }],
    ["355: Ed448 named Ed25519", { ...ed448, crv: "Ed25519" }],
    ["355: crv of EC", { ...ed25519, crv: "P-256" }],
    ["355: kty oct", { ...ed25519, kty: "oct" }],
    ["355: JSON text that is none", "{this is not json}"],
    ["356: x as a number", { ...ed25519, x: 1 }],
    ["356: x null", { ...ed25519, x: null }],
  ])("%s is refused", (_name, jwk) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(INVALID)
  })

  test("353: X25519 is a key, and signs nothing", () => {
    // differs: core-api: it is for ECDH-ES.
    const key = Jwk.from(x25519)
    expect(key).toMatchObject({ keyType: "OKP", curve: "X25519", algorithm: undefined })
    expect(outcome(() => encode({ a: 1 }, key, { algorithm: "EdDSA" }))).toBe("InvalidKeyError key_unsuitable")
  })
})

describe("RSA", () => {
  const other = newRsa()

  test.each<Row>([
    ["360: JSON text that is none", "{this is not json}"],
    ["360: kty alone", { kty: "RSA" }],
    ["360: more than two primes", { ...rsa, oth: [] }],
    ["360: p missing", without(rsa, "p")],
    ["362: n missing", without(publicPart(rsa), "n")],
    ["362: e missing", without(publicPart(rsa), "e")],
    ["362: d without n", { kty: "RSA", e: "AQAB", d: rsa["d"] }],
    ["363: n empty", { ...publicPart(rsa), n: "" }],
    ["363: e even", { ...publicPart(rsa), e: "AQAA" }, "InvalidKeyError key_invalid"],
    ["363: e one", { ...publicPart(rsa), e: "AQ" }, "InvalidKeyError key_invalid"],
    ["363: n no base64url", { ...publicPart(rsa), n: "a" }],
    ["363: n five", { ...publicPart(rsa), n: "BQ" }, "InvalidKeyError key_too_short"],
    ["363: d of another key", { ...rsa, d: other["d"] }],
    ["363: dp of another key", { ...rsa, dp: other["dp"] }],
    ["363: d of another key, without the primes", { ...publicPart(rsa), d: other["d"] }],
    // differs: section 9.8: base64url has one spelling in keys as well.
    ["364: n padded", { ...publicPart(rsa), n: `${rsa["n"]}==` }],
  ])("%s is refused", (_name, jwk, expected = INVALID) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(expected)
  })

  test("361: the primes are found again if only d is given", () => {
    const sparse = without(rsa, "p", "q", "dp", "dq", "qi")
    const found = Jwk.from(sparse).toPrivateJSON()
    expect([found["p"], found["q"]].sort()).toEqual([rsa["p"], rsa["q"]].sort())
    expect(outcome(() => encode({ a: 1 }, sparse, { algorithm: "RS256" }))).toBe(OK)
  })
})

describe("oct", () => {
  test.each<Row>([
    ["365: an RSA JWK named oct", { ...publicPart(rsa), kty: "oct" }],
    ["366: k missing", { kty: "oct" }],
    ["367: k empty", { kty: "oct", k: "" }, "InvalidKeyError secret_empty"],
    ["368: k null", { kty: "oct", k: null }],
    ["368: k as a number", { kty: "oct", k: 1 }],
    ["368: k no base64url", { kty: "oct", k: "a" }],
    // differs: section 9.8.
    ["369: k with other characters", { kty: "oct", k: "c2Vj!!!!cmV0" }],
    ["369: k padded", { kty: "oct", k: "c2VjcmU=" }],
    ["369: k in the alphabet of base64", { kty: "oct", k: "+/+/" }],
  ])("%s is refused", (_name, jwk, expected = INVALID) => {
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(expected)
  })

  test("374: a secret is written", () => {
    expect(Jwk.from(new TextEncoder().encode("secret")).toPrivateJSON()).toEqual({ kty: "oct", k: "c2VjcmV0" })
  })

  test("375: any byte is a secret, none is not", () => {
    expect(Jwk.from(Uint8Array.of(0xff)).toPrivateJSON()).toEqual({ kty: "oct", k: "_w" })
    // differs: section 9.5.
    expect(outcome(() => Jwk.from(new Uint8Array()))).toBe("InvalidKeyError secret_empty")
  })
})

describe("written and read again", () => {
  test.each<[string, JwkObject]>([
    ["378: RSA", rsa],
    ["378: P-256", p256],
    ["378: Ed25519", ed25519],
    ["378: Ed448", ed448],
  ])("%s", (_name, jwk) => {
    expect(Jwk.from(jwk).toPrivateJSON()).toEqual(jwk)
    expect(Jwk.from(jwk).toJSON()).toEqual(publicPart(jwk))
    expect(Jwk.from(publicPart(jwk)).toPrivateJSON()).toEqual(publicPart(jwk))
    const again = Jwk.from(createPublicKey({ key: jwk, format: "jwk" }))
    expect(again.thumbprint()).toBe(Jwk.from(jwk).thumbprint())
  })
})

describeShared(KEY_FOLDER, "PyJWT's key files", (folder) => {
  test.each([
    ["337: RSA", "jwk_rsa_pub.json", "RSA", undefined],
    ["339: P-256", "jwk_ec_pub_P-256.json", "EC", "ES256"],
    ["339: P-384", "jwk_ec_pub_P-384.json", "EC", "ES384"],
    ["339: P-521", "jwk_ec_pub_P-521.json", "EC", "ES512"],
    ["339: secp256k1", "jwk_ec_pub_secp256k1.json", "EC", "ES256K"],
    ["340: a secret", "jwk_hmac.json", "oct", "HS256"],
    ["341: Ed25519", "jwk_okp_pub_Ed25519.json", "OKP", "EdDSA"],
    ["342: Ed448", "jwk_okp_pub_Ed448.json", "OKP", "EdDSA"],
  ])("%s", (_name, file, keyType, algorithm) => {
    expect(Jwk.from(readKeyText(folder, file))).toMatchObject({ keyType, algorithm })
  })

  test("365: an empty file is refused", () => {
    expect(outcome(() => Jwk.from(readKeyText(folder, "jwk_empty.json")))).toBe(INVALID)
  })

  test("361: the primes of jwk_rsa_key.json are found again", () => {
    const jwk = readJwk(folder, "jwk_rsa_key.json")
    expect(Jwk.from(without(jwk, "p", "q", "dp", "dq", "qi")).toPrivateJSON()).toEqual(jwk)
  })

  // differs: PyJWT adds `key_ops` to RSA keys.
  test.each<[name: string, privateFile: string, publicFile: string, publicMembers: object, d: string]>([
    [
      "374: EC",
      "testkey_ec.priv",
      "testkey_ec.pub",
      {
        kty: "EC",
        crv: "P-256",
        x: "HzAcUWSlGBHcuf3y3RiNrWI-pE6-dD2T7fIzg9t6wEc",
        y: "t2G02kbWiOqimYfQAfnARdp2CTycsJPhwA8rn1Cn0SQ",
      },
      "2nninfu2jMHDwAbn9oERUhRADS6duQaJEadybLaa0YQ",
    ],
    [
      "374: Ed25519",
      "testkey_ed25519.pem",
      "testkey_ed25519.pub.pem",
      { kty: "OKP", crv: "Ed25519", x: "SmyuOjH4q3bPqsOwf61G4jBH5L2g9kWnCDOp_7IOHKg" },
      "lvYwE0haqknbPAuVvDwmQc08gGQUK_-DXbtpAjt1DVA",
    ],
  ])("%s", (_name, privateFile, publicFile, publicMembers, d) => {
    expect(Jwk.fromPem(readKeyText(folder, publicFile)).toJSON()).toEqual(publicMembers)
    expect(Jwk.fromPem(readKeyText(folder, privateFile)).toPrivateJSON()).toEqual({ ...publicMembers, d })
  })

  test("374: RSA", () => {
    const publicJwk = Jwk.fromPem(readKeyText(folder, "testkey_rsa.pub")).toJSON()
    expect(Object.keys(publicJwk).sort()).toEqual(["e", "kty", "n"])
    expect(publicJwk).toMatchObject({ kty: "RSA", e: "AQAB", n: expect.stringMatching(/^1HgzBfJv2cOjQryCwe8N/) })
    const privateJwk = Jwk.fromPem(readKeyText(folder, "testkey_rsa.priv")).toPrivateJSON()
    expect(privateJwk).toMatchObject({ ...publicJwk, d: expect.stringMatching(/^rfbs8AWdB1RkLJRlC51Lu/) })
    expect(Object.keys(privateJwk).sort()).toEqual(["d", "dp", "dq", "e", "kty", "n", "p", "q", "qi"])
  })

  test("376: a curve that JOSE does not have is refused", () => {
    expect(outcome(() => Jwk.fromPem(readKeyText(folder, "testkey_ec_secp192r1.priv")))).toBe(
      "InvalidKeyError key_invalid",
    )
  })
})
