/** PyJWT, table L: what may be an HMAC secret. Key material in any disguise may not, since everybody has public keys. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { decode, encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "../shared.ts"
import { KEY_FOLDER, readKeyText } from "./key-files.ts"
import { outcome, untyped } from "./outcome.ts"
import { GOOD, hs } from "./tokens.ts"
import { ADVISORY } from "./vectors.ts"

/** Text or bytes that read as a key: of another family than the algorithm. */
const OTHER_FAMILY = "InvalidKeyError key_unsuitable"
/** Text that begins as a key does, and is none. */
const NO_KEY = "InvalidKeyError key_invalid"
/** Whatever else turns out to hold a key. */
const DISGUISED = "InvalidKeyError secret_is_key_material"
const OK = "accepted"

const ALL_ALGORITHMS = [
  ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "ES256K", "EdDSA"],
]

type Row = [name: string, secret: string | Uint8Array, expected: string]

/** Signing and verifying have to agree. */
function expectSecret(secret: unknown, expected: string): void {
  expect(outcome(() => encode({ a: 1 }, untyped(secret), { algorithm: "HS256" }))).toBe(expected)
  const token = expected === OK ? encode({ a: 1 }, untyped(secret), { algorithm: "HS256" }) : GOOD
  expect(outcome(() => decode(token, untyped(secret), { algorithms: ["HS256"] }))).toBe(expected)
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
const ed25519 = generateKeyPairSync("ed25519")

function pem(key: KeyObject, type: "spki" | "pkcs1" | "pkcs8" | "sec1"): string {
  return untyped<KeyObject>(key)
    .export(untyped({ type, format: "pem" }))
    .toString()
}

function der(key: KeyObject, type: "spki" | "pkcs1" | "pkcs8"): Buffer {
  return untyped<Buffer>(untyped<KeyObject>(key).export(untyped({ type, format: "der" })))
}

const spki = pem(rsa.publicKey, "spki")
const rsaJwk = JSON.stringify(rsa.publicKey.export({ format: "jwk" }))

describe("secrets", () => {
  test("281: text is UTF-8, so U+00C2 is not the byte C2", () => {
    const byText = encode({ a: 1 }, "\u00c2")
    const byByte = encode({ a: 1 }, Uint8Array.of(0xc2))
    expect(decode(byText, "\u00c2", { algorithms: ["HS256"] })).toEqual({ a: 1 })
    expect(decode(byByte, Uint8Array.of(0xc2), { algorithms: ["HS256"] })).toEqual({ a: 1 })
    expect(byText).not.toBe(byByte)
  })

  test.each<[string, unknown, string]>([
    ["282: an object is none", {}, NO_KEY],
    ["288: text that only speaks of SSH is one", "not a ssh key", OK],
    ["290: JSON without a key type is one", '{"a":1}', OK],
    ["290: JSON text that is only a name is one", '"kty"', OK],
    [
      "292: the 32 bytes of an Ed25519 public key look like any secret",
      Buffer.from(String(ed25519.publicKey.export({ format: "jwk" }).x), "base64url"),
      OK,
    ],
    ["293: empty text is none", "", "InvalidKeyError secret_empty"],
    ["293: no bytes are none", new Uint8Array(), "InvalidKeyError secret_empty"],
  ])("%s", (_name, secret, expected) => {
    expectSecret(secret, expected)
  })

  test("293: a token signed with an empty secret verifies nowhere", () => {
    const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.QFhi6R_w6Kjm-IhqrB1V5HT29az6piAEg4LOGgsTJAw"
    expect(outcome(() => decode(token, "", { algorithms: ["HS256"] }))).toBe("InvalidKeyError secret_empty")
    expect(outcome(() => decode(token, untyped(undefined), { algorithms: ["HS256"] }))).toBe(
      "InvalidKeyError key_missing",
    )
  })
})

describe("PEM is never a secret", () => {
  test.each<Row>([
    ["283: an RSA public key", spki, OTHER_FAMILY],
    ["283: an RSA public key in PKCS#1", pem(rsa.publicKey, "pkcs1"), OTHER_FAMILY],
    ["283: an EC private key", pem(ec.privateKey, "sec1"), OTHER_FAMILY],
    ["283: an Ed25519 private key", pem(ed25519.privateKey, "pkcs8"), OTHER_FAMILY],
    ["283: as bytes", Buffer.from(spki), OTHER_FAMILY],
    ["283: with CRLF", spki.replaceAll("\n", "\r\n"), OTHER_FAMILY],
    ["283: after spaces", `   ${spki}`, OTHER_FAMILY],
    ["283: after text", `my key:\n${spki}`, OTHER_FAMILY],
    ["283: inside other text", `before ${spki} after`, OTHER_FAMILY],
    [
      "283: in the style of SSH2",
      '---- BEGIN SSH2 PUBLIC KEY ----\nComment: "x"\nAAAA\n---- END SSH2 PUBLIC KEY ----\n',
      NO_KEY,
    ],
    ["284: on one line", spki.replaceAll("\n", ""), OTHER_FAMILY],
    ["284: with line feeds written out", spki.replaceAll("\n", "\\n"), OTHER_FAMILY],
    // differs: section 9.4: PyJWT takes these for secrets.
    ["285: without its END line", spki.slice(0, spki.indexOf("-----END")), NO_KEY],
    ["285: with another label at its end", spki.replace("END PUBLIC KEY", "END CERTIFICATE"), NO_KEY],
    ["285: of another label", "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n", NO_KEY],
  ])("%s", (_name, secret, expected) => {
    expectSecret(secret, expected)
  })
})

describe("an OpenSSH line is never a secret", () => {
  test.each<Row>([
    ["286: the beginning of ssh-rsa", "ssh-rsa", NO_KEY],
    ["286: more letters after it", "ssh-rsafoo", NO_KEY],
    ["286: ssh-rsa", "ssh-rsa any", NO_KEY],
    ["286: ssh-ed25519", "ssh-ed25519 any", NO_KEY],
    ["286: ssh-dss", "ssh-dss AAAA", NO_KEY],
    ["286: ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256 any", NO_KEY],
    ["286: ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384 any", NO_KEY],
    ["286: ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521 any", NO_KEY],
    ["286: a whole one", ADVISORY.ed25519.publicKey, OTHER_FAMILY],
    // differs: section 9.4: PyJWT takes these for secrets.
    ["287: after a space", ` ${ADVISORY.ecdsa.publicKey}`, OTHER_FAMILY],
    ["287: of a security key", "sk-ssh-ed25519@openssh.com AAAA", NO_KEY],
    ["287: of an ECDSA security key", "sk-ecdsa-sha2-nistp256@openssh.com AAAA", NO_KEY],
    ["287: of Ed448", "ssh-ed448 AAAA", NO_KEY],
  ])("%s", (_name, secret, expected) => {
    expectSecret(secret, expected)
  })
})

describe("a JWK is never a secret", () => {
  test.each<Row>([
    ["289: an RSA public key", rsaJwk, DISGUISED],
    ["289: a secret as JWK", '{"kty":"oct","k":"c2VjcmV0"}', DISGUISED],
    ["289: a set", `{"keys":[${rsaJwk}]}`, DISGUISED],
    ["289: an array", `[${rsaJwk}]`, DISGUISED],
    ["289: deep inside other JSON", '{"a":{"b":[{"kty":"RSA"}]}}', DISGUISED],
    ["289: after a byte order mark", `\ufeff${rsaJwk}`, DISGUISED],
    ["289: in UTF-16", Buffer.from(rsaJwk, "utf16le"), DISGUISED],
    // differs: section 9.4: PyJWT does not look into base64.
    ["290: in base64", Buffer.from(rsaJwk).toString("base64"), DISGUISED],
    ["290: in base64url", Buffer.from(rsaJwk).toString("base64url"), DISGUISED],
  ])("%s", (_name, secret, expected) => {
    expectSecret(secret, expected)
  })
})

describe("DER is never a secret", () => {
  test.each<Row>([
    ["291: a public key", der(rsa.publicKey, "spki"), OTHER_FAMILY],
    ["291: a public key in PKCS#1", der(rsa.publicKey, "pkcs1"), OTHER_FAMILY],
    // differs: section 9.4: PyJWT takes these for secrets.
    ["292: a private key", der(ec.privateKey, "pkcs8"), OTHER_FAMILY],
    ["292: in base64", der(rsa.publicKey, "spki").toString("base64"), DISGUISED],
  ])("%s", (_name, secret, expected) => {
    expectSecret(secret, expected)
  })
})

test("294: a token signed with the text of a public JWK is refused by whom that text is the key", () => {
  const forged = hs({ a: 1 }, undefined, rsaJwk)
  expect(outcome(() => decode(forged, rsaJwk, { algorithms: ["HS256", "RS256"] }))).toBe(DISGUISED)
})

describe.each([
  ["295", ADVISORY.ed25519],
  ["296", ADVISORY.ecdsa],
])("the OpenSSH keys of CVE-2022-29217, case %s", (_number, { publicKey, genuine, forged }) => {
  test("295, 296: verify what their private key signed", () => {
    expect(decode(genuine, publicKey, { algorithms: ALL_ALGORITHMS })).toEqual({ test: 1234 })
  })

  test("295, 296: are no secret", () => {
    expect(outcome(() => decode(forged, publicKey, { algorithms: ALL_ALGORITHMS }))).toBe(OTHER_FAMILY)
  })
})

test("297: a JWK whose secret is the text of a public key is no key", () => {
  const jwk = { kty: "oct", k: Buffer.from(spki).toString("base64url") }
  expect(outcome(() => Jwk.from(jwk))).toBe(DISGUISED)
  expect(outcome(() => encode({ a: 1 }, jwk))).toBe(DISGUISED)
  expect(outcome(() => decode(hs({ a: 1 }, undefined, spki), jwk, { algorithms: ["HS256"] }))).toBe(DISGUISED)
})

describeShared(KEY_FOLDER, "PyJWT's key files are no secrets", (folder) => {
  test.each([
    ["283: testkey2_rsa.pub.pem", "testkey2_rsa.pub.pem"],
    ["283: testkey_pkcs1.pub.pem", "testkey_pkcs1.pub.pem"],
    ["283: testkey_rsa.cer", "testkey_rsa.cer"],
    ["283: testkey_rsa.pub", "testkey_rsa.pub"],
    ["283: testkey_ed25519.pub", "testkey_ed25519.pub"],
    ["283: testkey_ec.priv", "testkey_ec.priv"],
  ])("%s", (_name, file) => {
    expectSecret(readKeyText(folder, file), OTHER_FAMILY)
  })

  test("291: a certificate in DER", () => {
    const base64 = readKeyText(folder, "testkey_rsa.cer").replaceAll(/-----[^-]+-----|\s/g, "")
    expectSecret(Buffer.from(base64, "base64"), OTHER_FAMILY)
    expectSecret(base64, DISGUISED)
  })

  test("294: jwk_rsa_pub.json", () => {
    const text = readKeyText(folder, "jwk_rsa_pub.json")
    expect(outcome(() => decode(hs({ a: 1 }, undefined, text), text, { algorithms: ["HS256", "RS256"] }))).toBe(
      DISGUISED,
    )
  })

  test("283: a public key made of the certificate's is the same key", () => {
    const certified = createPublicKey(readKeyText(folder, "testkey_rsa.cer"))
    expect(Jwk.from(certified).thumbprint()).toBe(Jwk.fromPem(readKeyText(folder, "testkey_rsa.pub")).thumbprint())
  })
})
