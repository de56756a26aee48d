/** What is printed, logged or serialized holds no secret. */
import { Console } from "node:console"
import { Writable } from "node:stream"
import { format, inspect } from "node:util"
import { decodeComplete, encode, Jwk, JwkSet, JwksClient, Signer, Verifier, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { encryptedPemOf } from "./keys-fixtures/forms.ts"
import { pairOf } from "./keys-fixtures/pairs.ts"

const MARK = "marked-secret-0123456789-0123456789"
const MARK_AS_K = Buffer.from(MARK).toString("base64url")
const PASSPHRASE = "marked-passphrase"

const secret = Jwk.from(Buffer.from(MARK), { keyId: "shown" })
const rsa = Jwk.from(pairOf("RSA").privateKey, { keyId: "shown", algorithm: "RS256" })
const ec = Jwk.from(pairOf("P-256").privateKey)
const ed = Jwk.fromPem(encryptedPemOf(pairOf("Ed25519").privateKey, "pkcs8", PASSPHRASE), { passphrase: PASSPHRASE })
const privateValues = [rsa, ec, ed].flatMap((key) => {
  const { d, p, q, dp, dq, qi } = key.toPrivateJSON()
  return [d, p, q, dp, dq, qi].filter((value) => value !== undefined).map(String)
})
const SECRETS = [MARK, MARK_AS_K, PASSPHRASE, "marked-header", Buffer.from(MARK).toString("hex"), ...privateValues]

/** Everything that usual ways of printing make of a value. */
function printed(value: object): string {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  const console = new Console(stream)
  console.log(value)
  console.log("%s %o %O %j", value, value, value, { nested: undefined })
  console.dir(value, { showHidden: true, depth: null })
  console.table([value])
  const texts = [
    inspect(value),
    inspect(value, { showHidden: true, depth: null, getters: true, showProxy: true }),
    inspect({ nested: [value] }, { depth: null, customInspect: false }),
    format("%s", value),
    String(value),
    `${value}`,
    JSON.stringify(Object.getOwnPropertyDescriptors(value)),
    JSON.stringify(Object.entries(value)),
    Object.getOwnPropertyNames(value).join(),
  ]
  return [...texts, ...chunks].join("\n")
}

function serialized(value: object): string {
  try {
    return JSON.stringify({ value })
  } catch (error) {
    return String(error)
  }
}

const token = encode({ a: 1 }, rsa)
const subjects: readonly [name: string, value: object][] = [
  ["a Jwk of a secret", secret],
  ["a private RSA Jwk", rsa],
  ["a private EC Jwk", ec],
  ["a Jwk of an encrypted PEM", ed],
  ["a set of secrets", JwkSet.from([secret])],
  ["a set of private keys", JwkSet.from([rsa, ec])],
  ["a Signer", new Signer({ key: rsa })],
  ["a Signer with a secret as text", new Signer({ key: MARK })],
  ["a Verifier with a secret as text", new Verifier({ key: MARK, algorithms: ["HS256"] })],
  ["a Verifier with a private key and a cache", new Verifier({ key: rsa, cache: true })],
  [
    "a JwksClient",
    new JwksClient("https://keys.example/jwks?key=marked-header", { headers: { authorization: "marked-header" } }),
  ],
  ["a result with its key", verifyJws(token, rsa)],
]

describe("no way of printing shows a secret of", () => {
  test.each(subjects)("%s", (_name, value) => {
    const text = printed(value) + serialized(value)
    for (const value of SECRETS) expect(text).not.toContain(value)
  })
})

test("a printed key says what it is", () => {
  for (const text of [inspect(rsa), String(rsa), `${rsa}`, format("%s", rsa)]) {
    expect(text).toContain("RSA")
    expect(text).toContain("private")
    expect(text).toContain("RS256")
    expect(text).toContain("shown")
  }
  expect(inspect(secret)).toMatch(/secret/)
  expect(inspect({ nested: { deep: rsa } })).toContain("RSA")
})

test("JSON of a set holds public members, and leaves secrets out", () => {
  expect(JSON.parse(JSON.stringify(JwkSet.from([rsa, ec])))).toEqual({
    keys: [rsa.publicKey().toJSON(), ec.publicKey().toJSON()],
  })
  expect(JSON.stringify(JwkSet.from([secret]))).toBe('{"keys":[]}')
})

test("JSON of a signer, a verifier and a client holds nothing", () => {
  for (const value of [
    new Signer({ key: MARK }),
    new Verifier({ key: MARK, algorithms: ["HS256"] }),
    new JwksClient("https://keys.example/"),
  ])
    expect(JSON.stringify(value)).toBe("{}")
})

test("structuredClone of a key gives nothing away", () => {
  for (const key of [secret, rsa]) {
    let copy: unknown
    try {
      copy = structuredClone(key)
    } catch {
      copy = undefined
    }
    for (const value of SECRETS) expect(inspect(copy, { showHidden: true, depth: null })).not.toContain(value)
  }
})

test("a complete result holds no key", () => {
  expect(Object.keys(decodeComplete(token, rsa))).toEqual(["header", "payload", "signature"])
})
