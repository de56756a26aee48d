/** Keys as text and bytes: how they may be laid out, and what is said about those that cannot be read. */
import { generateKeyPairSync } from "node:crypto"
import { decode, encode, InvalidKeyError, Jwk, type KeyInput } from "jotkit"
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
import { foreignToken, pairOf, SECRET } from "./keys-fixtures/pairs.ts"
import { errorOf, outcome, untyped } from "./pyjwt/outcome.ts"

const rsa = pairOf("RSA")
const p256 = pairOf("P-256")
const ed25519 = pairOf("Ed25519")
const PASSPHRASE = "correct horse"

describe("PEM may be laid out in any way that keeps its meaning", () => {
  const BLOCKS: readonly [name: string, pem: string, algorithm: string][] = [
    ["SPKI", pemOf(rsa.publicKey, "spki"), "RS256"],
    ["PKCS#1", pemOf(rsa.publicKey, "pkcs1"), "RS256"],
    ["PKCS#8", pemOf(rsa.privateKey, "pkcs8"), "RS256"],
    ["SEC1", pemOf(p256.privateKey, "sec1"), "ES256"],
    ["a certificate", pemBlock("CERTIFICATE", certificateOf(ed25519)), "EdDSA"],
  ]
  const LAYOUTS: readonly [name: string, change: (pem: string) => string | Uint8Array][] = [
    ["lines that end with CR and LF", (pem) => pem.replaceAll("\n", "\r\n")],
    ["lines that end with CR", (pem) => pem.replaceAll("\n", "\r")],
    ["indentation", (pem) => pem.replaceAll(/^/gm, "    ")],
    ["indentation with tabs", (pem) => pem.replaceAll(/^/gm, "\t\t")],
    ["blanks behind the lines", (pem) => pem.replaceAll("\n", "  \n")],
    ["empty lines", (pem) => pem.replaceAll("\n", "\n\n")],
    ["one line with blanks", (pem) => pem.replaceAll("\n", " ")],
    ["one line without anything", (pem) => pem.replaceAll("\n", "")],
    ["line ends written out", (pem) => pem.replaceAll("\n", "\\n")],
    ["CR and LF written out", (pem) => pem.replaceAll("\n", "\\r\\n")],
    ["quotes around and line ends written out", (pem) => JSON.stringify(pem)],
    ["no line end at the end", (pem) => pem.trimEnd()],
    ["empty lines before", (pem) => `\n\n ${pem}`],
    ["a byte order mark", (pem) => `\ufeff${pem}`],
    ["a comment before", (pem) => `# the key of 2026\n${pem}`],
    [
      "bag attributes before",
      (pem) => `Bag Attributes\n    friendlyName: key\nKey Attributes: <No Attributes>\n${pem}`,
    ],
    ["text behind", (pem) => `${pem}\nthe end`],
    ["longer lines", (pem) => pem.replaceAll(/([^-])\n([^-])/g, "$1$2")],
    ["bytes", (pem) => Buffer.from(pem)],
    ["bytes of lines that end with CR and LF", (pem) => Buffer.from(pem.replaceAll("\n", "\r\n"))],
  ]
  const rows = BLOCKS.flatMap(([block, pem, algorithm]) =>
    LAYOUTS.map(([layout, change]): [string, string, string, string | Uint8Array] => [
      block,
      layout,
      algorithm,
      change(pem),
    ]),
  )

  test.each(rows)("%s with %s", (_block, _layout, algorithm, key) => {
    const signers = { RS256: rsa.privateKey, ES256: p256.privateKey, EdDSA: ed25519.privateKey }
    const token = foreignToken(algorithm, signers[algorithm as keyof typeof signers])
    expect(decode(token, key, { algorithms: [algorithm] })).toEqual({ a: 1 })
  })

  test.each(BLOCKS.slice(0, 4))("%s behind a block of EC parameters", (_name, pem, algorithm) => {
    const { privateKey } = algorithm === "ES256" ? p256 : rsa
    expect(decode(foreignToken(algorithm, privateKey), EC_PARAMETERS + pem, { algorithms: [algorithm] })).toEqual({
      a: 1,
    })
  })

  test.each<[string, (pem: string) => string]>([
    ["lines that end with CR and LF", (pem) => pem.replaceAll("\n", "\r\n")],
    ["indentation", (pem) => pem.replaceAll(/^/gm, "    ")],
    ["line ends written out", (pem) => pem.replaceAll("\n", "\\n")],
    ["text around", (pem) => `before\n${pem}after`],
  ])("encrypted forms with %s", (_name, change) => {
    for (const type of ["pkcs8", "pkcs1"] as const) {
      const key = Jwk.fromPem(change(encryptedPemOf(rsa.privateKey, type, PASSPHRASE)), { passphrase: PASSPHRASE })
      expect(key.thumbprint()).toBe(Jwk.from(rsa.publicKey).thumbprint())
    }
  })

  test("of several blocks the first key counts", () => {
    const pem = pemOf(ed25519.publicKey, "spki") + pemOf(pairOf("Ed25519", "other").publicKey, "spki")
    expect(decode(foreignToken("EdDSA", ed25519.privateKey), pem, { algorithms: ["EdDSA"] })).toEqual({ a: 1 })
    const answer = outcome(() =>
      decode(foreignToken("EdDSA", pairOf("Ed25519", "other").privateKey), pem, { algorithms: ["EdDSA"] }),
    )
    expect(answer).toBe("InvalidSignatureError signature_invalid")
  })
})

describe("an OpenSSH line may have", () => {
  const line = sshLineOf(ed25519.publicKey)
  test.each<[string, string | Uint8Array]>([
    ["a comment of several words", `${line} and more words`],
    ["no comment", sshLineOf(ed25519.publicKey, "").trimEnd()],
    ["a line end", `${line}\n`],
    ["CR and LF at the end", `${line}\r\n`],
    ["blanks and tabs before and between", `  \t${line.replaceAll(" ", " \t ")}`],
    ["bytes", Buffer.from(line)],
  ])("%s", (_name, key) => {
    expect(decode(foreignToken("EdDSA", ed25519.privateKey), key, { algorithms: ["EdDSA"] })).toEqual({ a: 1 })
  })

  test("the same key as PEM and as JWK", () => {
    for (const kind of ["RSA", "P-256", "P-384", "P-521", "Ed25519"] as const) {
      const { publicKey } = pairOf(kind)
      expect(Jwk.fromPem(sshLineOf(publicKey)).thumbprint()).toBe(Jwk.from(publicKey).thumbprint())
    }
  })
})

describe("a key that cannot be read is refused with what was found and what was expected", () => {
  const spki = pemOf(rsa.publicKey, "spki")
  const blob = (text: string): string => sshLineOf(ed25519.publicKey).split(" ")[1]?.replace(/^.{8}/, text) ?? ""
  test.each<[name: string, key: KeyInput, code: string, message: RegExp]>([
    [
      "an encrypted PKCS#8 block without a passphrase",
      encryptedPemOf(rsa.privateKey, "pkcs8", "x"),
      "key_invalid",
      /encrypted.*passphrase/,
    ],
    [
      "an encrypted PKCS#1 block without a passphrase",
      encryptedPemOf(rsa.privateKey, "pkcs1", "x"),
      "key_invalid",
      /encrypted.*passphrase/,
    ],
    [
      "an encrypted SEC1 block without a passphrase",
      encryptedPemOf(p256.privateKey, "sec1", "x"),
      "key_invalid",
      /encrypted.*passphrase/,
    ],
    [
      "OpenSSH's own private format",
      pemBlock("OPENSSH PRIVATE KEY", Buffer.from("openssh-key-v1\0")),
      "key_invalid",
      /OpenSSH.*ssh-keygen/,
    ],
    [
      "a certificate request",
      pemBlock("CERTIFICATE REQUEST", derOf(rsa.publicKey, "spki")),
      "key_invalid",
      /CERTIFICATE REQUEST.*expected one of/,
    ],
    [
      "DSA's old private format",
      pemBlock("DSA PRIVATE KEY", derOf(rsa.publicKey, "spki")),
      "key_invalid",
      /DSA PRIVATE KEY.*expected one of/,
    ],
    [
      "a PGP block",
      pemBlock("PGP PUBLIC KEY BLOCK", Buffer.from("abc")),
      "key_invalid",
      /PGP PUBLIC KEY BLOCK.*expected one of/,
    ],
    ["a block without an end", spki.slice(0, spki.indexOf("-----END")), "key_invalid", /END line/],
    ["a block with another end", spki.replace("END PUBLIC KEY", "END PRIVATE KEY"), "key_invalid", /END line/],
    [
      "a block with nothing inside",
      "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
      "key_invalid",
      /PUBLIC KEY/,
    ],
    ["a block that is not base64", spki.replace(/\nM/, "\n*"), "key_invalid", /not base64/],
    [
      "a block that is cut off",
      pemBlock("PUBLIC KEY", derOf(rsa.publicKey, "spki").slice(0, -10)),
      "key_invalid",
      /not one complete DER value/,
    ],
    [
      "a block with bytes behind the key",
      pemBlock("PUBLIC KEY", Buffer.concat([derOf(rsa.publicKey, "spki"), Buffer.alloc(3)])),
      "key_invalid",
      /not one complete DER value/,
    ],
    [
      "a private key under the label of a public one",
      pemBlock("PUBLIC KEY", derOf(rsa.privateKey, "pkcs8")),
      "key_invalid",
      /PUBLIC KEY/,
    ],
    [
      "a public key under the label of a private one",
      pemBlock("PRIVATE KEY", derOf(rsa.publicKey, "spki")),
      "key_invalid",
      /PRIVATE KEY/,
    ],
    [
      "a private PKCS#1 key under the label of a public one",
      pemBlock("RSA PUBLIC KEY", derOf(rsa.privateKey, "pkcs1")),
      "key_invalid",
      /RSA PUBLIC KEY/,
    ],
    [
      "a public key under the label of a certificate",
      pemBlock("CERTIFICATE", derOf(rsa.publicKey, "spki")),
      "key_invalid",
      /CERTIFICATE/,
    ],
    ["only EC parameters", EC_PARAMETERS, "key_invalid", /PEM/],
    [
      "a curve that JOSE does not use",
      pemOf(generateKeyPairSync("ec", { namedCurve: "secp224r1" }).publicKey, "spki"),
      "key_invalid",
      /curve/,
    ],
    [
      "a DSA key",
      pemOf(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).publicKey, "spki"),
      "key_invalid",
      /dsa/,
    ],
    ["an OpenSSH line of DSA", "ssh-dss AAAAB3NzaC1kc3MAAACBAA== me", "key_invalid", /ssh-rsa, ssh-ed25519/],
    [
      "an OpenSSH line of a security key",
      `sk-ssh-ed25519@openssh.com ${blob("AAAAGnNr")} me`,
      "key_invalid",
      /ssh-rsa, ssh-ed25519/,
    ],
    ["an OpenSSH line without a key", "ssh-ed25519", "key_invalid", /OpenSSH/],
    [
      "an OpenSSH line that is cut off",
      sshLineOf(ed25519.publicKey, "").slice(0, 40),
      "key_invalid",
      /ssh-ed25519.*cut off/,
    ],
    [
      "an OpenSSH line that says another type than its key",
      sshLineOf(ed25519.publicKey).replace("ssh-ed25519", "ssh-rsa"),
      "key_invalid",
      /different types/,
    ],
    [
      "an OpenSSH line that says another curve than its key",
      sshLineOf(p256.publicKey).replace("nistp256", "nistp384"),
      "key_invalid",
      /different types/,
    ],
    ["a JWK as text", JSON.stringify(rsa.publicKey.export({ format: "jwk" })), "secret_is_key_material", /Jwk\.from/],
    [
      "a JWK Set as text",
      JSON.stringify({ keys: [rsa.publicKey.export({ format: "jwk" })] }),
      "secret_is_key_material",
      /JWK/,
    ],
    ["a JWK Set as object", untyped<KeyInput>({ keys: [] }), "key_invalid", /JwkSet\.from/],
    ["an empty text", "", "secret_empty", /empty/],
    ["no bytes", new Uint8Array(), "secret_empty", /empty/],
    ["null", untyped<KeyInput>(null), "key_missing", /found null/],
    ["undefined", untyped<KeyInput>(undefined), "key_missing", /found undefined/],
    ["a number", untyped<KeyInput>(7), "key_missing", /found number/],
    ["true", untyped<KeyInput>(true), "key_missing", /found boolean/],
    ["an array", untyped<KeyInput>([SECRET]), "key_invalid", /another object/],
    ["an empty object", untyped<KeyInput>({}), "key_invalid", /another object/],
    [
      "an object that says that it is a secret",
      untyped<KeyInput>({ type: "secret", export: () => Buffer.from(SECRET) }),
      "key_invalid",
      /another object/,
    ],
    ["an ArrayBuffer", untyped<KeyInput>(new ArrayBuffer(32)), "key_invalid", /another object/],
    ["a Uint16Array", untyped<KeyInput>(new Uint16Array(32)), "key_invalid", /another object/],
    ["a String object", untyped<KeyInput>(Object(SECRET)), "key_invalid", /another object/],
    ["a promise", untyped<KeyInput>(Promise.resolve(SECRET)), "key_invalid", /another object/],
  ])("%s", (_name, key, code, message) => {
    const token = foreignToken("HS256", SECRET)
    for (const algorithm of ["HS256", "RS256"]) {
      const error = errorOf(() =>
        decode(token.replace(/^[^.]+/, Buffer.from(JSON.stringify({ alg: algorithm })).toString("base64url")), key, {
          algorithms: [algorithm],
        }),
      )
      expect(error).toBeInstanceOf(InvalidKeyError)
      expect([error.code, error.fault, error.message]).toEqual([code, "key", expect.stringMatching(message)])
      expect(errorOf(() => encode({}, key, { algorithm }))).toMatchObject({ code, message: error.message })
    }
  })

  test.each<[name: string, passphrase: string | Uint8Array]>([
    ["another passphrase", "wrong"],
    ["an empty passphrase", ""],
    ["another passphrase as bytes", Buffer.from("wrong")],
  ])("an encrypted key with %s", (_name, passphrase) => {
    for (const type of ["pkcs8", "pkcs1"] as const) {
      const pem = encryptedPemOf(rsa.privateKey, type, PASSPHRASE)
      expect(outcome(() => Jwk.fromPem(pem, { passphrase }))).toBe("InvalidKeyError key_invalid")
    }
  })

  test("a passphrase may be bytes", () => {
    const pem = encryptedPemOf(rsa.privateKey, "pkcs8", PASSPHRASE)
    expect(Jwk.fromPem(pem, { passphrase: Buffer.from(PASSPHRASE) }).isPrivate).toBe(true)
  })

  test("a passphrase for a key that is not encrypted changes nothing", () => {
    expect(Jwk.fromPem(pemOf(p256.privateKey, "pkcs8"), { passphrase: PASSPHRASE }).isPrivate).toBe(true)
  })

  test.each<[string, unknown, string]>([
    ["what is not text", 7, "InvalidKeyError key_invalid"],
    ["text without a block", "hello", "InvalidKeyError key_invalid"],
    ["an empty text", "", "InvalidKeyError key_invalid"],
    ["JSON", "{}", "InvalidKeyError key_invalid"],
    ["a secret", SECRET, "InvalidKeyError key_invalid"],
  ])("fromPem refuses %s", (_name, pem, expected) => {
    expect(outcome(() => Jwk.fromPem(untyped(pem)))).toBe(expected)
  })

  test("an error about a key holds no part of it", () => {
    const pem = pemOf(rsa.privateKey, "pkcs8").replace(/.{8}\n-----END/, "\n-----END")
    const error = errorOf(() => encode({}, pem, { algorithm: "RS256" }))
    const said = [error.message, String(error.cause), error.stack].join()
    for (const line of pem.split("\n").filter((text) => text.length === 64)) expect(said).not.toContain(line)
  })
})

describe("text and bytes that look like keys are never secrets", () => {
  const spki = derOf(rsa.publicKey, "spki")
  const jwk = JSON.stringify(rsa.publicKey.export({ format: "jwk" }))
  const disguises: readonly [string, string | Uint8Array][] = [
    ["PEM", pemOf(rsa.publicKey, "spki")],
    ["PEM after blanks and a byte order mark", `\u0000\ufeff\u200b \n${pemOf(rsa.publicKey, "spki")}`],
    ["PEM as bytes", Buffer.from(pemOf(rsa.publicKey, "spki"))],
    ["PEM in UTF-16", Buffer.from(pemOf(rsa.publicKey, "spki"), "utf16le")],
    ["PEM that is cut off", pemOf(rsa.publicKey, "spki").slice(0, 60)],
    ["a SSH2 block", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----"],
    ["DER", spki],
    ["a certificate in DER", certificateOf(rsa)],
    ["a private key in DER", derOf(rsa.privateKey, "pkcs8")],
    ["a private PKCS#1 key in DER", derOf(rsa.privateKey, "pkcs1")],
    ["a private SEC1 key in DER", derOf(p256.privateKey, "sec1")],
    ["DER in base64", Buffer.from(spki).toString("base64")],
    ["DER in base64 with lines", Buffer.from(spki).toString("base64").replaceAll(/.{64}/g, "$&\n")],
    ["DER in base64url", Buffer.from(spki).toString("base64url")],
    ["an OpenSSH line", sshLineOf(rsa.publicKey)],
    ["an OpenSSH line after blanks", `\n\t ${sshLineOf(rsa.publicKey)}`],
    ["a JWK", jwk],
    ["a JWK after blanks", `\ufeff\n ${jwk}`],
    ["a JWK in base64", Buffer.from(jwk).toString("base64")],
    ["a JWK in base64url as bytes", Buffer.from(Buffer.from(jwk).toString("base64url"))],
    ["a JWK Set", `{"keys":[${jwk}]}`],
    ["a JWK inside other JSON", `{"a":[{"b":${jwk}}]}`],
    ["a JWK in UTF-16", Buffer.from(jwk, "utf16le")],
    ["PEM in base64", Buffer.from(pemOf(rsa.publicKey, "spki")).toString("base64")],
  ]
  test.each(disguises)("%s", (_name, key) => {
    const token = foreignToken("HS256", untyped<string>(key))
    expect(outcome(() => decode(token, key, { algorithms: ["HS256"] }))).toMatch(/^InvalidKeyError /)
    expect(outcome(() => encode({}, key, { algorithm: "HS256" }))).toMatch(/^InvalidKeyError /)
    const asSecret = outcome(() => Jwk.from({ kty: "oct", k: Buffer.from(untyped<string>(key)).toString("base64url") }))
    expect(asSecret).toBe("InvalidKeyError secret_is_key_material")
  })

  test("DER whose bytes were put into the characters of a text", () => {
    const text = Buffer.from(spki).toString("latin1")
    expect(outcome(() => encode({}, text))).toBe("InvalidKeyError secret_is_key_material")
  })

  test.each<[string, string | Uint8Array]>([
    ["JSON that is no key", '{"a":1}'],
    ["a text that begins like base64 of something", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAAAAA"],
    ["thirty-two random bytes that begin as DER does", Buffer.from(`3082${"5a".repeat(30)}`, "hex")],
    ["a path", "file:///etc/passwd"],
    ["hyphens", "-----------------------------------------"],
  ])("%s may be one", (_name, key) => {
    expect(decode(encode({ a: 1 }, key), key, { algorithms: ["HS256"] })).toEqual({ a: 1 })
  })
})

test("a secret is the bytes of its text in UTF-8, whatever the text says", () => {
  for (const secret of ["schlüssel-schlüssel-schlüssel-ü", "🔑".repeat(8), "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"]) {
    expect(encode({ a: 1 }, secret)).toBe(foreignToken("HS256", secret, { a: 1 }, { typ: "JWT" }))
    expect(decode(encode({ a: 1 }, secret), Buffer.from(secret), { algorithms: ["HS256"] })).toEqual({ a: 1 })
  }
})
