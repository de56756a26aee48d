/** Keys and places that a token names: I1 to I13. */
import { sign } from "node:crypto"
import { decode, Jwk, JwkSet, type KeyInput, type UnverifiedHeader, Verifier } from "jotkit"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { DOORS, expectAccepted, expectRefused, outcome } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  expiredCertificate,
  HS256,
  headerToken,
  jwkOf,
  mac,
  NOW,
  otherP256,
  otherRsa,
  p256,
  rawSignature,
  rsa,
  SECRET,
  segment,
  signedBy,
  signingInput,
  token,
  untyped,
} from "./material.ts"

const FORGED = "InvalidSignatureError signature_invalid"
const NOT_FOUND = "InvalidKeyError key_not_found"
const RS256 = { algorithms: ["RS256"], now: NOW }
const ES256 = { algorithms: ["ES256"], now: NOW }

const fetchSpy = vi.fn(() => Promise.reject(new Error("no request is sent")))

beforeEach(() => {
  vi.stubGlobal("fetch", fetchSpy)
})

afterEach(() => {
  vi.unstubAllGlobals()
  expect(fetchSpy).not.toHaveBeenCalled()
})

/** A token of the attacker's own key, with whatever its header says about keys. */
function foreign(members: object): string {
  return signedBy({ alg: "RS256", ...members }, (input) => sign("sha256", input, otherRsa().privateKey))
}

describe("a key in the token itself", () => {
  const own = jwkOf(otherRsa().publicKey)
  const certificate = expiredCertificate(otherRsa()).toString("base64")
  const thumbprint = Jwk.from(own).thumbprint()
  test.each<[string, object]>([
    ["I1: jwk", { jwk: own }],
    ["I1: jwk with the real key's id", { kid: "real", jwk: { ...own, kid: "real" } }],
    ["I1: jwk with use and alg", { jwk: { ...own, use: "sig", alg: "RS256" } }],
    ["I1: jwk with a private key", { jwk: jwkOf(otherRsa().privateKey) }],
    ["I3: a secret in jwk", { jwk: { kty: "oct", k: segment(SECRET) } }],
    ["I5: x5c", { x5c: [certificate] }],
    ["I5: x5c with the real key's id", { kid: "real", x5c: [certificate] }],
    ["I5: x5t", { x5t: thumbprint.slice(0, 27) }],
    ["I5: x5t#S256", { "x5t#S256": thumbprint }],
    ["I5: x5u", { x5u: "https://attacker.example/cert.pem" }],
  ])("%s is never used", async (_name, members) => {
    const real = { ...jwkOf(rsa().publicKey), kid: "real" }
    await expectRefused({ token: foreign(members), key: real, options: RS256 }, FORGED)
    await expectRefused({ token: foreign(members), key: () => real, options: RS256 }, FORGED)
    const set = JwkSet.from({ keys: [real] })
    await expectRefused({ token: foreign({ ...members, kid: "real" }), key: set, options: RS256 }, FORGED)
  })

  test.each<[string, unknown]>([
    ["I2: null", null],
    ["I2: undefined", undefined],
  ])("%s as the key does not mean the header's", async (_name, key) => {
    await expectRefused({ token: foreign({ jwk: own }), key, options: RS256 }, "InvalidKeyError key_missing")
    await expectRefused({ token: foreign({ jwk: own }), key, options: { now: NOW } }, "InvalidKeyError key_missing")
    await expectRefused({ token: foreign({ jwk: own }), key: () => key, options: RS256 }, NOT_FOUND)
    expect(outcome(() => new Verifier({ key: untyped(key), ...RS256 }))).toBe("InvalidKeyError key_missing")
  })

  test("I3: a secret in jwk does not verify under HS256", async () => {
    const secret = Buffer.from("the attacker's own secret, long enough")
    const hostile = token({ alg: "HS256", jwk: { kty: "oct", k: segment(secret) } }, CLAIMS, secret)
    await expectRefused(
      { token: hostile, key: rsa().publicKey, options: { algorithms: ["RS256", "HS256"], now: NOW } },
      "InvalidKeyError key_unsuitable",
    )
    await expectRefused({ token: hostile }, FORGED)
  })

  test("I13: a certificate for another type of key has no say in the algorithm", async () => {
    const hostile = signedBy({ alg: "ES256", x5c: [certificate] }, (input) =>
      rawSignature("sha256", input, otherP256().privateKey),
    )
    await expectRefused({ token: hostile, key: p256().publicKey, options: ES256 }, FORGED)
    const genuine = signedBy({ alg: "ES256", x5c: [certificate] }, (input) =>
      rawSignature("sha256", input, p256().privateKey),
    )
    await expectAccepted({ token: genuine, key: p256().publicKey, options: ES256 })
  })
})

describe("an address in the token", () => {
  const addresses = [
    "https://attacker.example/jwks.json",
    "http://attacker.example/jwks.json",
    "http://localhost:1/",
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "data:application/json,{%22keys%22:[]}",
    "ftp://attacker.example/",
    "https://good.example@evil.example/",
    "//attacker.example/",
    "javascript:alert(1)",
  ]
  test.each(addresses.map((address) => [`I4: ${address}`, address] as const))(
    "%s is not asked",
    async (_name, address) => {
      for (const name of ["jku", "x5u"]) {
        await expectRefused({ token: foreign({ [name]: address }), key: rsa().publicKey, options: RS256 }, FORGED)
        const own = token({ alg: "HS256", [name]: address }, CLAIMS, "another secret that is long enough")
        await expectRefused({ token: own }, FORGED)
      }
      await expectAccepted({ token: headerToken({ jku: address, x5u: address }) }, DOORS)
    },
  )
})

describe("kid", () => {
  const hostileIds = [
    "../../../../../../dev/null",
    "/etc/passwd",
    "x' UNION SELECT 'secret",
    "*)(uid=*",
    "$(id)",
    "`id`",
    "|| sleep 5",
    "key\u0000.pem",
    "\r\nSet-Cookie: a=b",
    "<script>",
    "__proto__",
  ]
  test.each(hostileIds.map((kid) => [`I6: ${JSON.stringify(kid)}`, kid] as const))(
    "%s reaches a key function as text, and nothing else",
    async (_name, kid) => {
      const seen: unknown[] = []
      const lookUp = ({ kid: id }: UnverifiedHeader) => {
        seen.push(id)
        return SECRET
      }
      await expectAccepted({ token: headerToken({ kid }), key: lookUp })
      expect(new Set(seen)).toEqual(new Set([kid]))
      const emptyKey = `${signingInput({ alg: "HS256", kid })}.${mac(signingInput({ alg: "HS256", kid }), "")}`
      for (const answer of ["", null, undefined]) await expectRefused({ token: emptyKey, key: () => answer }, NOT_FOUND)
      await expectRefused({ token: emptyKey, key: () => new Uint8Array() }, "InvalidKeyError secret_empty")
    },
  )

  test.each(
    ["__proto__", "constructor", "toString", "hasOwnProperty", "length", "0", ""].map(
      (kid) => [`I7: ${JSON.stringify(kid)}`, kid] as const,
    ),
  )("%s names no key of a set", async (_name, kid) => {
    const set = JwkSet.from({ keys: [{ ...jwkOf(p256().publicKey), kid: "real" }] })
    const hostile = signedBy({ alg: "ES256", kid }, (input) => rawSignature("sha256", input, p256().privateKey))
    await expectRefused({ token: hostile, key: set, options: ES256 }, NOT_FOUND)
    expect(set.get(kid)).toBeUndefined()
    expect(set.find({ keyId: kid })).toEqual([])
  })

  test.each<[string, unknown]>([
    ["I8: a number", 1],
    ["I8: zero", 0],
    ["I8: null", null],
    ["I8: an object", {}],
    ["I8: an array", ["real"]],
    ["I8: true", true],
    ["I8: an object with toString", { toString: "real" }],
  ])("%s is no key id", async (_name, kid) => {
    await expectRefused({ token: headerToken({ kid }) }, "DecodeError header_invalid", DOORS)
    const input = signingInput({ alg: "HS256" })
    const jws = { protected: input.split(".")[0], payload: input.split(".")[1], header: { kid }, signature: mac(input) }
    await expectRefused({ token: jws }, "DecodeError header_invalid", ["verifyJws", "verifyJwsAsync"])
  })
})

describe("a key function", () => {
  test("I11: gets a header of its own that changes nothing", async () => {
    const lookUp = (header: UnverifiedHeader) => {
      Object.assign(header, { alg: "none", kid: "other", crit: ["x"], nested: undefined })
      return SECRET
    }
    await expectAccepted({ token: headerToken({ kid: "real", nested: { a: [1] } }), key: lookUp })
    const verifier = new Verifier({ key: lookUp, ...HS256, cache: true })
    for (let count = 0; count < 3; count++)
      expect(verifier.verifyComplete(headerToken({ kid: "real", nested: { a: [1] } })).header).toEqual({
        alg: "HS256",
        typ: "JWT",
        kid: "real",
        nested: { a: [1] },
      })
  })

  test("I11: is asked for every token, also where the verifier has a cache", () => {
    let asked = 0
    let current: KeyInput = SECRET
    const verifier = new Verifier({
      key: () => {
        asked++
        return current
      },
      ...HS256,
      cache: true,
    })
    for (let count = 0; count < 3; count++) expect(verifier.verify(claimsToken(CLAIMS))).toEqual(CLAIMS)
    expect(asked).toBe(3)
    current = "another secret, which did not sign this token"
    expect(outcome(() => verifier.verify(claimsToken(CLAIMS)))).toBe(FORGED)
  })

  test("I11: answers for one header at a time: the same kid with another algorithm is another question", () => {
    const asked: unknown[] = []
    const key = ({ alg, kid }: UnverifiedHeader) => {
      asked.push([alg, kid])
      return alg === "RS256" ? untyped<KeyInput>(rsa().publicKey) : untyped<KeyInput>(p256().publicKey)
    }
    const options = { algorithms: ["RS256", "ES256"], now: NOW }
    const verifier = new Verifier({ key, ...options })
    const rs = signedBy({ alg: "RS256", kid: "1" }, (input) => sign("sha256", input, rsa().privateKey))
    const es = signedBy({ alg: "ES256", kid: "1" }, (input) => rawSignature("sha256", input, p256().privateKey))
    expect([verifier.verify(rs), verifier.verify(es), verifier.verify(rs)]).toEqual([CLAIMS, CLAIMS, CLAIMS])
    expect(asked).toEqual([
      ["RS256", "1"],
      ["ES256", "1"],
      ["RS256", "1"],
    ])
    expect(decode(es, key, options)).toEqual(CLAIMS)
  })
})
