/** PyJWT, table M: in which forms keys are read, and for which algorithms. */
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { decode, encode, getAlgorithm, Jwk, type KeyInput, listAlgorithms } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { KEY_FOLDER, readJwk, readKeyText } from "./key-files.ts"
import { errorOf, outcome, untyped } from "./outcome.ts"
import { KEY_FILE_TOKENS, P384_TOKEN_NAMED_ES256 } from "./vectors.ts"

const OK = "accepted"
const UNSUITABLE = "InvalidKeyError key_unsuitable"
const INVALID = "InvalidKeyError key_invalid"
const MISSING = "InvalidKeyError key_missing"
const EMPTY = "InvalidKeyError secret_empty"
const DISGUISED = "InvalidKeyError secret_is_key_material"

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" })
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" })
const ed25519 = generateKeyPairSync("ed25519")
const ed448 = generateKeyPairSync("ed448")
const x25519 = generateKeyPairSync("x25519")

type Container = "spki" | "pkcs1" | "pkcs8" | "sec1"

function pem(key: KeyObject, type: Container): string {
  return key.export(untyped({ type, format: "pem" })).toString()
}

function der(key: KeyObject, type: Container): Uint8Array {
  return untyped<Buffer>(key.export(untyped({ type, format: "der" })))
}

/** An OpenSSH line of another type than any we read. */
const SSH_DSS = "ssh-dss AAAAB3NzaC1kc3MAAACBAA=="
const GARBAGE_PEM = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
const OPENSSH_PRIVATE =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n"

function sign(key: unknown, algorithm: string): string {
  return outcome(() => encode({ a: 1 }, untyped(key), { algorithm }))
}

function verify(token: string, key: unknown, algorithm: string): string {
  return outcome(() => decode(token, untyped(key), { algorithms: [algorithm] }))
}

const SIGNED: Readonly<Record<string, string>> = {
  RS256: encode({ a: 1 }, rsa.privateKey, { algorithm: "RS256" }),
  ES256: encode({ a: 1 }, p256.privateKey),
  EdDSA: encode({ a: 1 }, ed25519.privateKey),
}

type Row = [name: string, key: KeyInput, expected?: string]

describe("private keys sign, and verify with their public half", () => {
  test.each<[name: string, key: KeyInput, algorithm: string]>([
    ["298: RSA in PKCS#1", pem(rsa.privateKey, "pkcs1"), "RS256"],
    ["298: RSA in PKCS#1, as bytes", Buffer.from(pem(rsa.privateKey, "pkcs1")), "RS256"],
    ["298: RSA in PKCS#8", pem(rsa.privateKey, "pkcs8"), "RS256"],
    ["303: EC in PKCS#8, as bytes", Buffer.from(pem(p256.privateKey, "pkcs8")), "ES256"],
    ["303: EC in SEC1", pem(p256.privateKey, "sec1"), "ES256"],
    ["314: Ed25519 in PKCS#8", pem(ed25519.privateKey, "pkcs8"), "EdDSA"],
    ["314: Ed448 in PKCS#8", pem(ed448.privateKey, "pkcs8"), "EdDSA"],
    // differs: core-api: PyJWT reads no DER.
    ["299: RSA in DER", der(rsa.privateKey, "pkcs8"), "RS256"],
    ["305: EC in DER", der(p256.privateKey, "pkcs8"), "ES256"],
    ["318: a key object", ed25519.privateKey, "EdDSA"],
    ["318: a Jwk", Jwk.from(ed25519.privateKey), "EdDSA"],
    ["318: a Jwk of a Jwk", Jwk.from(Jwk.from(ed25519.privateKey)), "EdDSA"],
    // differs: PyJWT cannot verify RS and PS with a private key.
    ["322: RSA with PS256", rsa.privateKey, "PS256"],
    ["322: EC", p256.privateKey, "ES256"],
    ["322: Ed25519", ed25519.privateKey, "EdDSA"],
  ])("%s", (_name, key, algorithm) => {
    const token = encode({ a: 1 }, key, { algorithm })
    expect(decode(token, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  })
})

describe("public keys verify", () => {
  test.each<[name: string, key: KeyInput, algorithm: string]>([
    ["298: RSA in SPKI", pem(rsa.publicKey, "spki"), "RS256"],
    ["298: RSA in PKCS#1", pem(rsa.publicKey, "pkcs1"), "RS256"],
    ["299: RSA in DER", der(rsa.publicKey, "spki"), "RS256"],
    ["303: EC in SPKI", pem(p256.publicKey, "spki"), "ES256"],
    ["314: Ed25519 in SPKI", pem(ed25519.publicKey, "spki"), "EdDSA"],
  ])("%s", (_name, key, algorithm) => {
    expect(verify(SIGNED[algorithm] ?? "", key, algorithm)).toBe(OK)
  })
})

describe("what is no RSA key", () => {
  test.each<Row>([
    ["299: OpenSSH's own private format", OPENSSH_PRIVATE, INVALID],
    ["299: the text of a JWK", JSON.stringify(rsa.publicKey.export({ format: "jwk" })), DISGUISED],
    ["299: an empty text", "", EMPTY],
    ["299: any other text", "invalid key", UNSUITABLE],
    ["299: PEM that is cut off", pem(rsa.publicKey, "spki").slice(0, 200), INVALID],
    ["300: null", untyped(null), MISSING],
    ["300: a number", untyped(7), MISSING],
    ["300: an object", untyped({}), INVALID],
    ["300: an ArrayBuffer", untyped(new ArrayBuffer(8)), INVALID],
    ["300: an EC key object", p256.publicKey, UNSUITABLE],
    ["300: an Ed25519 key object", ed25519.publicKey, UNSUITABLE],
    ["301: EC in PEM", pem(p256.publicKey, "spki"), UNSUITABLE],
    ["301: Ed25519 in PEM", pem(ed25519.publicKey, "spki"), UNSUITABLE],
    ["301: X25519 in PEM", pem(x25519.publicKey, "spki"), UNSUITABLE],
    [
      "320: two PEM blocks, of which the first is EC",
      pem(p256.publicKey, "spki") + pem(rsa.publicKey, "spki"),
      UNSUITABLE,
    ],
    ["323: no key at all", untyped(undefined), MISSING],
  ])("%s", (_name, key, expected) => {
    expect(verify(SIGNED["RS256"] ?? "", key, "RS256")).toBe(expected)
  })
})

describe("what is no EC key", () => {
  test.each<Row>([
    ["304: RSA in PEM, public", pem(rsa.publicKey, "spki"), UNSUITABLE],
    ["304: RSA in PEM, private", pem(rsa.privateKey, "pkcs8"), UNSUITABLE],
    ["304: Ed25519 in PEM", pem(ed25519.publicKey, "spki"), UNSUITABLE],
    ["305: OpenSSH's own private format", OPENSSH_PRIVATE, INVALID],
    ["305: an OpenSSH line of another type", SSH_DSS, INVALID],
    ["305: any other text", "garbage", UNSUITABLE],
    ["305: an empty text", "", EMPTY],
    ["305: the text of a JWK", JSON.stringify(p256.publicKey.export({ format: "jwk" })), DISGUISED],
    ["306: null", untyped(null), MISSING],
    ["323: no key at all", untyped(undefined), MISSING],
  ])("%s", (_name, key, expected) => {
    expect(verify(SIGNED["ES256"] ?? "", key, "ES256")).toBe(expected)
  })
})

describe("what is no EdDSA key", () => {
  test.each<Row>([
    ["315: null", untyped(null), MISSING],
    ["315: any other text", "not a valid key", UNSUITABLE],
    ["315: a number", untyped(7), MISSING],
    ["315: an object", untyped({}), INVALID],
    ["315: RSA in PEM", pem(rsa.publicKey, "spki"), UNSUITABLE],
    ["315: EC in PEM", pem(p256.publicKey, "spki"), UNSUITABLE],
    ["315: X25519 in PEM", pem(x25519.publicKey, "spki"), UNSUITABLE],
    ["315: OpenSSH's own private format", OPENSSH_PRIVATE, INVALID],
    ["315: an empty text", "", EMPTY],
    ["316: PEM that is cut off", pem(ed25519.publicKey, "spki").slice(0, 60), INVALID],
    ["316: PEM around garbage", GARBAGE_PEM, INVALID],
    ["316: an OpenSSH line that is cut off", "ssh-ed25519 AAAA", INVALID],
    ["317: bytes that are not UTF-8", Uint8Array.of(0xff, 0xfe), UNSUITABLE],
    ["323: no key at all", untyped(undefined), MISSING],
  ])("%s", (_name, key, expected) => {
    expect(verify(SIGNED["EdDSA"] ?? "", key, "EdDSA")).toBe(expected)
  })
})

describe("curves", () => {
  test.each<[name: string, key: KeyObject, algorithm: string, curves: [needed: string, found: string]]>([
    ["307: ES256 refuses P-384", p384.privateKey, "ES256", ["P-256", "P-384"]],
    ["307: ES384 refuses P-256", p256.privateKey, "ES384", ["P-384", "P-256"]],
    ["307: ES512 refuses P-256", p256.privateKey, "ES512", ["P-521", "P-256"]],
    ["307: ES256K refuses P-256", p256.privateKey, "ES256K", ["secp256k1", "P-256"]],
  ])("%s, and names both curves", (_name, key, algorithm, curves) => {
    expect(sign(key, algorithm)).toBe(UNSUITABLE)
    const { message } = errorOf(() => encode({ a: 1 }, key, { algorithm }))
    for (const curve of curves) expect(message).toContain(curve)
  })

  test.each([
    ["ES256", "P-256"],
    ["ES256K", "secp256k1"],
    ["ES384", "P-384"],
    ["ES512", "P-521"],
  ])("309, 311: %s is for %s", (algorithm, curve) => {
    const key = Jwk.generate(algorithm)
    expect(key.curve).toBe(curve)
    expect(decode(encode({ a: 1 }, key), key.publicKey())).toEqual({ a: 1 })
  })

  test("309: the algorithm itself answers with the key that it was given", () => {
    const key = Jwk.generate("ES256")
    expect(getAlgorithm("ES256").prepareKey(key)).toBe(key)
  })

  test.each<[name: string, algorithm: string, key: unknown, expected: string]>([
    ["301: RS256 and an EC key", "RS256", pem(p256.publicKey, "spki"), UNSUITABLE],
    ["301: PS256 and a secret", "PS256", "secret", UNSUITABLE],
    ["304: ES256 and an RSA key", "ES256", pem(rsa.privateKey, "pkcs8"), UNSUITABLE],
    ["307: ES256 and P-384", "ES256", p384.publicKey, UNSUITABLE],
    ["315: EdDSA and an EC key", "EdDSA", p256.publicKey, UNSUITABLE],
    ["315: EdDSA and no key", "EdDSA", null, MISSING],
    ["283: HS256 and PEM", "HS256", pem(rsa.publicKey, "spki"), UNSUITABLE],
    ["293: HS256 and nothing", "HS256", "", EMPTY],
    ["321: none and text", "none", "123", UNSUITABLE],
  ])("%s do not belong together, for the algorithm itself either", (_name, algorithm, key, expected) => {
    expect(outcome(() => getAlgorithm(algorithm).prepareKey(key))).toBe(expected)
  })

  test("318: what was prepared can be prepared again, signs and verifies", async () => {
    const algorithm = getAlgorithm("EdDSA")
    const once = algorithm.prepareKey(ed25519.privateKey)
    expect(algorithm.prepareKey(once)).toBe(once)
    const message = new TextEncoder().encode("message")
    const signature = await algorithm.sign(message, once)
    expect(await algorithm.verify(message, algorithm.prepareKey(ed25519.publicKey), signature)).toBe(true)
    expect(String(once)).toBe("Jwk(private OKP EdDSA)")
  })

  test("311: there is no ES521", () => {
    // differs: section 9.37.
    expect(listAlgorithms()).not.toContain("ES521")
  })

  test("312: decode binds the algorithm to the curve as well", () => {
    const token = SIGNED["ES256"] ?? ""
    expect(verify(token, p384.publicKey, "ES256")).toBe(UNSUITABLE)
    expect(verify(token, p256.publicKey, "ES256")).toBe(OK)
  })

  test("313: a JWK must not name an algorithm of another curve", () => {
    const jwk = { ...p384.privateKey.export({ format: "jwk" }), alg: "ES256" }
    expect(outcome(() => Jwk.from(untyped(jwk)))).toBe("InvalidKeyError jwk_invalid")
    expect(outcome(() => encode({ a: 1 }, untyped(jwk)))).toBe("InvalidKeyError jwk_invalid")
  })
})

describe("the layout of PEM does not matter", () => {
  const plain = pem(p256.publicKey, "spki")

  test.each<[string, string]>([
    ["319: leading spaces", `  \n ${plain}`],
    ["319: indentation", plain.replaceAll(/^/gm, "    ")],
    ["319: text before", `Bag Attributes\n    friendlyName: key\n${plain}`],
    ["319: text after", `${plain}\nend of file\n`],
    ["319: CRLF", plain.replaceAll("\n", "\r\n")],
    ["319: no line feed at the end", plain.trimEnd()],
    // differs: section 8.3: PyJWT reads none of the forms in which environment variables hold PEM.
    ["319: line feeds written out", plain.replaceAll("\n", "\\n")],
    ["319: one line", plain.replaceAll("\n", " ")],
  ])("%s", (_name, text) => {
    expect(verify(SIGNED["ES256"] ?? "", text, "ES256")).toBe(OK)
  })
})

describe("encrypted PEM", () => {
  const passphrase = "correct horse"
  const encrypted = rsa.privateKey
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase })
    .toString()

  test("302: is refused without its passphrase", () => {
    expect(sign(encrypted, "RS256")).toBe(INVALID)
    expect(sign(encrypted, "ES256")).toBe(INVALID)
    expect(outcome(() => Jwk.fromPem(encrypted))).toBe(INVALID)
  })

  test("302: is read with its passphrase", () => {
    // differs: section 9.39.
    expect(sign(Jwk.fromPem(encrypted, { passphrase }), "RS256")).toBe(OK)
    expect(outcome(() => Jwk.fromPem(encrypted, { passphrase: "wrong" }))).toBe(INVALID)
  })
})

test("321: none takes no key", () => {
  expect(sign("123", "none")).toBe(UNSUITABLE)
})

test("324: PS512 needs more than 1024 bits", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 })
  expect(sign(privateKey, "PS512")).toBe("InvalidKeyError key_too_short")
})

describeShared(KEY_FOLDER, "PyJWT's key files", (folder) => {
  const tokenOf = (algorithm: string, key: string): string =>
    KEY_FILE_TOKENS.find((vector) => vector.algorithm === algorithm && vector.key === key)?.token ?? ""
  const rs256 = tokenOf("RS256", "testkey_rsa.priv")

  test.each<[name: string, file: string, expected: string]>([
    ["298: testkey_rsa.priv, PKCS#1", "testkey_rsa.priv", OK],
    ["298: testkey_rsa.pub, OpenSSH", "testkey_rsa.pub", OK],
    // differs: section 9.38: PyJWT asks its users to take the key out of the certificate.
    ["299: testkey_rsa.cer, a certificate", "testkey_rsa.cer", OK],
    ["298: testkey2_rsa.pub.pem, another key", "testkey2_rsa.pub.pem", "InvalidSignatureError signature_invalid"],
    ["301: testkey_ec.pub", "testkey_ec.pub", UNSUITABLE],
    ["301: testkey_ed25519.pub.pem", "testkey_ed25519.pub.pem", UNSUITABLE],
    ["301: testkey_ec_secp192r1.priv", "testkey_ec_secp192r1.priv", INVALID],
  ])("%s, for RS256", (_name, file, expected) => {
    expect(verify(rs256, readKeyText(folder, file), "RS256")).toBe(expected)
  })

  test("299: an OpenSSH line after a space is read", () => {
    // differs: PyJWT refuses the space; it is no secret, so nothing is gained by that.
    expect(verify(rs256, ` ${readKeyText(folder, "testkey_rsa.pub")}`, "RS256")).toBe(OK)
  })

  test.each<[name: string, privateFile: string, publicFile: string, algorithm: string]>([
    ["303: testkey_ec.pub", "testkey_ec.priv", "testkey_ec.pub", "ES256"],
    ["303: testkey_ec_ssh.pub", "testkey_ec.priv", "testkey_ec_ssh.pub", "ES256"],
    ["314: testkey_ed25519.pub", "testkey_ed25519", "testkey_ed25519.pub", "EdDSA"],
    ["314: testkey_ed25519.pub.pem", "testkey_ed25519.pem", "testkey_ed25519.pub.pem", "EdDSA"],
  ])("%s verifies what its private key signed", (_name, privateFile, publicFile, algorithm) => {
    const token = encode({ a: 1 }, readKeyText(folder, privateFile), { algorithm })
    expect(verify(token, readKeyText(folder, publicFile), algorithm)).toBe(OK)
  })

  test.each<[name: string, file: string, algorithm: string, expected: string]>([
    ["304: an RSA private key for ES256", "testkey_rsa.priv", "ES256", UNSUITABLE],
    ["305: a certificate for ES256", "testkey_rsa.cer", "ES256", UNSUITABLE],
    ["308: a key of secp192r1 for ES256", "testkey_ec_secp192r1.priv", "ES256", INVALID],
    ["315: a certificate for EdDSA", "testkey_rsa.cer", "EdDSA", UNSUITABLE],
  ])("%s is refused", (_name, file, algorithm, expected) => {
    expect(sign(readKeyText(folder, file), algorithm)).toBe(expected)
  })

  test("313: P-384 under the name ES256 is refused", () => {
    const jwk = readJwk(folder, "jwk_ec_pub_P-384.json")
    expect(outcome(() => decode(P384_TOKEN_NAMED_ES256, { ...jwk, alg: "ES256" }))).toBe("InvalidKeyError jwk_invalid")
    expect(verify(P384_TOKEN_NAMED_ES256, jwk, "ES256")).toBe(UNSUITABLE)
  })
})
