/**
 * One regression test or more for every advisory that PyJWT has had (section 8.5 of the behaviour notes). For CVE-2026-101917,
 * CVE-2026-102270, CVE-2026-103001 and GHSA-pxh4-856f-4h89 no details are public.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { decode, decodeAsync, encode, getUnverifiedHeader, Jwk, JwkSet, JwksClient, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { serveKeys } from "./key-server.ts"
import { outcome, outcomeOf, untyped } from "./outcome.ts"
import { dec, GOOD, HS256_HEADER, hs, rawToken, segment, signSegments } from "./tokens.ts"
import { ADVISORY, P384_TOKEN_NAMED_ES256 } from "./vectors.ts"

const FORGED = "InvalidSignatureError signature_invalid"
const OTHER_FAMILY = "InvalidKeyError key_unsuitable"
const DISGUISED = "InvalidKeyError secret_is_key_material"
const NO_KEY = "InvalidKeyError key_invalid"
const INVALID_JWK = "InvalidKeyError jwk_invalid"
const UNREACHABLE = "JwksConnectionError jwks_unreachable"

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const spki = rsa.publicKey.export({ type: "spki", format: "pem" }).toString()
const rsaJwk = rsa.publicKey.export({ format: "jwk" })

function der(key: KeyObject, type: "spki" | "pkcs1"): Buffer {
  return key.export({ type, format: "der" })
}

/** The attack of all key confusions: a token signed with the public key's bytes, read by who allows both families. */
function confuse(key: string | Uint8Array): string {
  return outcome(() => decode(hs({ admin: true }, HS256_HEADER, key), key, { algorithms: ["RS256", "HS256"] }))
}

describe("#109 and #110: alg none, and no list of algorithms", () => {
  const unsecured = `${segment('{"alg":"none"}')}.${segment('{"admin":true}')}.`

  test("#109: an unsecured token never verifies", () => {
    expect(outcome(() => dec(unsecured))).toBe("InvalidAlgorithmError algorithm_not_allowed")
    expect(outcome(() => decode(unsecured, untyped(null), { algorithms: ["none"] }))).toBe(FORGED)
    expect(outcome(() => decode(unsecured, "", { algorithms: ["none", "HS256"] }))).toBe(FORGED)
  })

  test("#110: the token does not choose its algorithm", () => {
    expect(outcome(() => decode(GOOD, "secret"))).toBe("UsageError algorithms_required")
    expect(outcome(() => decode(GOOD, rsa.publicKey))).toBe("UsageError algorithms_required")
  })
})

test("CVE-2017-11424: a PKCS#1 public key is no secret", () => {
  expect(confuse(rsa.publicKey.export({ type: "pkcs1", format: "pem" }).toString())).toBe(OTHER_FAMILY)
})

test.each([
  ["Ed25519", ADVISORY.ed25519],
  ["ECDSA", ADVISORY.ecdsa],
])(
  "CVE-2022-29217, GHSA-ffqj-6fqr-9h24: an OpenSSH public key of %s is no secret",
  (_name, { publicKey, algorithm, forged, genuine }) => {
    expect(outcome(() => decode(forged, publicKey, { algorithms: ["HS256", algorithm] }))).toBe(OTHER_FAMILY)
    expect(decode(genuine, publicKey, { algorithms: ["HS256", algorithm] })).toEqual({ test: 1234 })
  },
)

test.each([["https://a"], ["a.example"], [""], ["https://a.example/"]])(
  "CVE-2024-53861, GHSA-75c5-xw7c-p5pm: a part of the issuer is not the issuer: %j",
  (iss) => {
    expect(outcome(() => dec(hs({ iss }), { issuer: "https://a.example" }))).toBe("InvalidIssuerError issuer_invalid")
  },
)

test("CVE-2025-45768: short keys can be refused", () => {
  const options = { algorithms: ["HS256"], enforceMinimumKeyLength: true }
  expect(outcome(() => decode(GOOD, "secret", options))).toBe("InvalidKeyError key_too_short")
})

test("CVE-2026-32597, GHSA-752w-5fwx-jx9f: an unknown critical parameter is refused", () => {
  const token = hs({ a: 1 }, { ...HS256_HEADER, crit: ["x-custom-policy"], "x-custom-policy": "require-mfa" })
  expect(outcome(() => dec(token))).toBe("DecodeError crit_invalid")
})

test("CVE-2026-48526, GHSA-xgmm-8j9v-c9wx: the text of a JWK is no secret", () => {
  expect(confuse(JSON.stringify(rsaJwk))).toBe(DISGUISED)
  expect(confuse(JSON.stringify(rsaJwk, null, 2))).toBe(DISGUISED)
  expect(confuse(Buffer.from(JSON.stringify(rsaJwk)))).toBe(DISGUISED)
})

describe("CVE-2026-48523, GHSA-jq35-7prp-9v3f", () => {
  const key = { kty: "oct", alg: "HS256", k: "c2VjcmV0" }

  test("CVE-2026-48523: the header must name the JWK's algorithm, whatever the list allows", () => {
    const renamed = signSegments(`${segment('{"alg":"HS512"}')}.${segment('{"a":1}')}`)
    expect(outcome(() => decode(renamed, key, { algorithms: ["HS512"] }))).toBe(
      "InvalidAlgorithmError algorithm_mismatch",
    )
  })

  test("CVE-2026-48523: the list counts beside the JWK's algorithm", () => {
    expect(outcome(() => decode(GOOD, key, { algorithms: ["HS512"] }))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
  })

  test("CVE-2026-48523: an algorithm of another curve makes no JWK", () => {
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" })
    const named = untyped<Parameters<typeof decode>[1]>({ ...p384, alg: "ES256" })
    expect(outcome(() => decode(P384_TOKEN_NAMED_ES256, named))).toBe(INVALID_JWK)
  })
})

test.each([
  ["file:///etc/passwd"],
  ["ftp://keys.example/"],
  ['data:application/json,{"keys":[]}'],
  ["http://keys.example/"],
])("CVE-2026-48522, GHSA-993g-76c3-p5m4: keys are not read from %s", (url) => {
  expect(outcome(() => new JwksClient(url))).toBe("JwksClientError jwks_options_invalid")
})

test("CVE-2026-48524, GHSA-fhv5-28vv-h8m8: a failed fetch does not clear the cache, and unknown ids do not cause one each", async () => {
  const key = Jwk.generate("ES256", { keyId: "a" })
  const server = await serveKeys({ body: { keys: [key] } })
  const client = new JwksClient(server.url, { now: () => 0 })
  const token = encode({ a: 1 }, key)
  expect(await decodeAsync(token, client)).toEqual({ a: 1 })
  server.answer({ status: 503 })
  expect(await outcomeOf(client.refresh())).toBe(UNREACHABLE)
  expect(await decodeAsync(token, client)).toEqual({ a: 1 })
  for (const kid of ["x", "y", "z"]) {
    const unknown = encode({ a: 1 }, key, { header: { kid } })
    expect(await outcomeOf(decodeAsync(unknown, client))).toBe("JwksClientError key_not_found")
  }
  expect(server.requests).toHaveLength(2)
})

test("CVE-2026-48525, GHSA-w7vc-732c-9m39: an unused payload is not decoded where b64 is false", () => {
  const header = segment('{"alg":"HS256","b64":false,"crit":["b64"]}')
  const token = signSegments(`${header}.${"A".repeat(60_000)}`)
  const detachedPayload = new TextEncoder().encode("{}")
  expect(outcome(() => dec(token, { detachedPayload }))).toBe("DecodeError payload_not_detached")
  expect(outcome(() => verifyJws(token, "secret", { algorithms: ["HS256"], detachedPayload }))).toBe(
    "DecodeError payload_not_detached",
  )
  expect(outcome(() => dec(`${header}.${"A".repeat(1_000_000)}.`, { detachedPayload }))).toBe(
    "DecodeError token_too_large",
  )
})

describe("CVE-2026-102268, GHSA-ffc3-869f-jxw9: PEM in another layout is no secret", () => {
  test.each<[name: string, text: string, expected: string]>([
    ["CVE-2026-102268: on one line", spki.replaceAll("\n", ""), OTHER_FAMILY],
    ["CVE-2026-102268: with spaces for line feeds", spki.replaceAll("\n", " "), OTHER_FAMILY],
    ["CVE-2026-102268: with line feeds written out", spki.replaceAll("\n", "\\n"), OTHER_FAMILY],
    ["CVE-2026-102268: with carriage returns", spki.replaceAll("\n", "\r"), OTHER_FAMILY],
    ["CVE-2026-102268: indented", spki.replaceAll(/^/gm, "\t"), OTHER_FAMILY],
    ["CVE-2026-102268: after a byte order mark", `\ufeff${spki}`, OTHER_FAMILY],
    ["CVE-2026-102268: after a NUL", `\0${spki}`, OTHER_FAMILY],
    ["CVE-2026-102268: without its END line", spki.slice(0, spki.indexOf("-----END")), NO_KEY],
    ["CVE-2026-102268: with another END line", spki.replace("END PUBLIC KEY", "END RSA PUBLIC KEY"), NO_KEY],
    [
      "CVE-2026-102268: with spaces in its armour",
      spki.replace("-----BEGIN PUBLIC", "----- BEGIN PUBLIC"),
      OTHER_FAMILY,
    ],
  ])("%s", (_name, text, expected) => {
    expect(confuse(text)).toBe(expected)
  })
})

describe("CVE-2026-102271, CVE-2026-102272, CVE-2026-102273: keys in other containers are no secrets", () => {
  test.each<[name: string, bytes: string | Uint8Array, expected: string]>([
    ["CVE-2026-102271: DER, SPKI", der(rsa.publicKey, "spki"), OTHER_FAMILY],
    ["CVE-2026-102271: DER, PKCS#1", der(rsa.publicKey, "pkcs1"), OTHER_FAMILY],
    ["CVE-2026-102271: DER in base64", der(rsa.publicKey, "spki").toString("base64"), DISGUISED],
    ["CVE-2026-102272: a JWK Set", JSON.stringify({ keys: [rsaJwk] }), DISGUISED],
    ["CVE-2026-102272: an array of JWKs", JSON.stringify([rsaJwk]), DISGUISED],
    ["CVE-2026-102272: a nested JWK", JSON.stringify({ a: { b: [rsaJwk] } }), DISGUISED],
    ["CVE-2026-102273: a JWK in UTF-16", Buffer.from(JSON.stringify(rsaJwk), "utf16le"), DISGUISED],
    ["CVE-2026-102273: a JWK after a byte order mark", `\ufeff${JSON.stringify(rsaJwk)}`, DISGUISED],
    ["CVE-2026-102273: a JWK in base64url", segment(JSON.stringify(rsaJwk)), DISGUISED],
  ])("%s", (_name, bytes, expected) => {
    expect(confuse(bytes)).toBe(expected)
  })
})

test("CVE-2026-102266, GHSA-9j54-fg26-wv3r: a JWK with an empty secret is no key", () => {
  const empty = { kty: "oct", k: "", alg: "HS256" }
  expect(outcome(() => Jwk.from(empty))).toBe("InvalidKeyError secret_empty")
  expect(outcome(() => decode(hs({ a: 1 }, HS256_HEADER, ""), empty))).toBe("InvalidKeyError secret_empty")
})

test("CVE-2026-102267, GHSA-9v7f-9g4p-ffgj: a redirect to another origin is not followed, and its headers go nowhere", async () => {
  const elsewhere = await serveKeys({ body: { keys: [] } })
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await serveKeys({ status, headers: { location: elsewhere.url } })
    const client = new JwksClient(server.url, { headers: { authorization: "Bearer internal" } })
    expect(await outcomeOf(client.getJwkSet())).toBe(UNREACHABLE)
  }
  expect(elsewhere.requests).toEqual([])
})

test("CVE-2026-102265, GHSA-8wjv-2p76-3863: a deeply nested header is refused before its signature", () => {
  for (const levels of [101, 1000, 5000]) {
    const token = `${segment(`{"alg":"HS256","x":${"[".repeat(levels)}${"]".repeat(levels)}}`)}.e30.AA`
    expect(outcome(() => dec(token))).toBe("DecodeError header_invalid")
    expect(outcome(() => getUnverifiedHeader(token))).toBe("DecodeError header_invalid")
  }
})

describe("CVE-2026-102269, GHSA-hxm8-2xgr-2p9m: a signature has one spelling", () => {
  const malformed = "DecodeError token_malformed"

  test.each<[name: string, token: string, expected: string]>([
    ["CVE-2026-102269: padding", `${GOOD}=`, malformed],
    ["CVE-2026-102269: line feeds after it", `${GOOD}\n\n`, malformed],
    ["CVE-2026-102269: other characters after it", `${GOOD}!!!!`, malformed],
    ["CVE-2026-102269: unused bits", `${GOOD.slice(0, -1)}N`, malformed],
    ["CVE-2026-102269: more bytes", `${GOOD}AAAA`, FORGED],
  ])("%s", (_name, token, expected) => {
    expect(outcome(() => dec(token))).toBe(expected)
  })
})

test("CVE-2026-102274: a malformed RSA key does not spoil its set", () => {
  const good = { kty: "oct", kid: "good", k: "c2VjcmV0" }
  for (const bad of [{ n: "a" }, { n: "" }, { n: 5 }, { e: "AQAA" }, { e: null }, { d: "AQAB" }]) {
    expect(JwkSet.from({ keys: [{ ...rsaJwk, ...bad }, good] }).size).toBe(1)
  }
})

test("CVE-2026-102275, GHSA-x33g-cr3x-6449: x of an OKP key belongs to its d", () => {
  const [one, other] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")]
  const jwk = { ...one.privateKey.export({ format: "jwk" }), x: other.publicKey.export({ format: "jwk" }).x }
  expect(outcome(() => Jwk.from(untyped(jwk)))).toBe(INVALID_JWK)
})

test("2.15.0: a deeply nested payload is refused", () => {
  for (const levels of [101, 1000, 20_000]) {
    const token = rawToken('{"alg":"HS256"}', `{"x":${"[".repeat(levels)}${"]".repeat(levels)}}`)
    expect(outcome(() => dec(token))).toBe("DecodeError payload_invalid")
  }
})
