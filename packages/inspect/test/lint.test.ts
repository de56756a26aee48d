/** The linter: every rule has a token that breaks it, and a good token breaks none. */
import { generateKeyPairSync } from "node:crypto"
import {
  describeFinding,
  type Finding,
  type LintOptions,
  lint,
  RULE_IDS,
  RULES,
  read,
  readKeys,
  sizesOf,
} from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { zhHant } from "@jotkit/inspect/zh-hant"
import fc from "fast-check"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"

const NOW = 1_700_000_000
const SECRET = "8/DA/+7xwP/u8cD/7vHA/+7xwP/u8cD/7vHA/+7xwP/u0123456789abcdefghijklmnopqrstuvwxyz"
const b64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64url")
const CLAIMS = { iss: "https://issuer.example", sub: "u-1", aud: "api", exp: NOW + 600, iat: NOW, jti: "1" }
const SIGNATURE = b64(Buffer.alloc(32, 9))

/** A token of parts that need not be right. */
function token(header: object | string, claims: object | string = CLAIMS, signature: string = SIGNATURE): string {
  const text = (part: object | string) => (typeof part === "string" ? part : JSON.stringify(part))
  return `${b64(text(header))}.${b64(text(claims))}.${signature}`
}
const claims = (more: object) => token({ alg: "HS256", typ: "JWT" }, { ...CLAIMS, ...more })
const header = (more: object) => token({ alg: "HS256", typ: "JWT", ...more })
const set = (...keys: object[]) => JSON.stringify({ keys })
const EC = Jwk.generate("ES256", { keyId: "1" })
const RSA = Jwk.generate("RS256", { keyId: "2" })
const bytes = (length: number, first = 9) => b64(Buffer.alloc(length, 9).fill(first, 0, 1))

async function found(text: string, options: Partial<LintOptions> = {}): Promise<Finding[]> {
  return lint(read(text), { now: NOW, ...options })
}

function marks(findings: readonly Finding[]): string[] {
  return findings.map(({ id, variant }) => (variant === undefined ? id : `${id}.${variant}`))
}

const CASES: readonly (readonly [mark: string, text: string, path: string])[] = [
  ["SHAPE.parts_two", header({}).split(".").slice(0, 2).join("."), ""],
  ["ALG-NONE", token({ alg: "nOnE" }, CLAIMS, ""), "/header/alg"],
  ["ALG-MISSING", token({ typ: "JWT" }), "/header"],
  ["ALG-TYPE.type", token({ alg: ["HS256"] }), "/header/alg"],
  ["ALG-TYPE.spaces", token({ alg: " HS256" }), "/header/alg"],
  ["ALG-UNKNOWN", token({ alg: "XX1" }), "/header/alg"],
  ["ALG-UNKNOWN.case", token({ alg: "hs256" }), "/header/alg"],
  ["ALG-LEGACY", token({ alg: "EdDSA" }), "/header/alg"],
  ["ALG-LEGACY.rsa", token({ alg: "RS256" }, CLAIMS, bytes(256)), "/header/alg"],
  ["HDR-EMBEDDED-KEY", header({ x5c: ["AA"] }), "/header/x5c"],
  ["KEY-PRIVATE-LEAK", header({ jwk: { kty: "EC", d: "AA" } }), "/header/jwk"],
  ["KEY-WEAK-RSA", header({ jwk: { kty: "RSA", n: bytes(128, 0x80), e: "AQAB" } }), "/header/jwk/n"],
  ["KEY-EXPONENT", header({ jwk: { kty: "RSA", n: bytes(256), e: "AQ" } }), "/header/jwk/e"],
  ["KEY-EXPONENT.small", header({ jwk: { kty: "RSA", n: bytes(256), e: "Aw" } }), "/header/jwk/e"],
  ["HDR-REMOTE-KEY", header({ jku: "https://issuer.example/jwks" }), "/header/jku"],
  ["HDR-REMOTE-KEY.not_https", header({ jku: "http://issuer.example/jwks" }), "/header/jku"],
  ["HDR-REMOTE-KEY.private", header({ x5u: "https://169.254.169.254/" }), "/header/x5u"],
  ["HDR-REMOTE-KEY.other_host", header({ jku: "https://evil.example/" }), "/header/jku"],
  ["HDR-REMOTE-KEY.not_url", header({ jku: "jwks" }), "/header/jku"],
  ["HDR-KID-SHAPE.path", header({ kid: "../../dev/null" }), "/header/kid"],
  ["HDR-KID-SHAPE.url", header({ kid: "https://evil.example" }), "/header/kid"],
  ["HDR-KID-SHAPE.sql", header({ kid: "x' OR 1=1 --" }), "/header/kid"],
  ["HDR-KID-SHAPE.shell", header({ kid: "a|whoami" }), "/header/kid"],
  ["HDR-KID-SHAPE.control", header({ kid: "a\u0000" }), "/header/kid"],
  ["HDR-KID-SHAPE.long", header({ kid: "k".repeat(257) }), "/header/kid"],
  ["HDR-KID-SHAPE.type", header({ kid: 1 }), "/header/kid"],
  ["HDR-CRIT.empty", header({ crit: [] }), "/header/crit"],
  ["HDR-CRIT.type", header({ crit: "exp" }), "/header/crit"],
  ["HDR-CRIT.registered", header({ crit: ["alg"] }), "/header/crit/0"],
  ["HDR-CRIT.absent", header({ crit: ["x"] }), "/header/crit/0"],
  ["HDR-CRIT.unknown", header({ crit: ["x"], x: 1 }), "/header/crit/0"],
  ["HDR-CRIT.twice", header({ crit: ["x", "x"], x: 1 }), "/header/crit/1"],
  ["HDR-B64", `${b64('{"alg":"HS256","b64":false,"crit":["b64"]}')}.{"sub":"a"}.${SIGNATURE}`, "/header/b64"],
  ["HDR-B64.crit", header({ b64: true }), "/header/b64"],
  [
    "HDR-TYP",
    token({ alg: "ES256", typ: "JWT" }, { htm: "GET", htu: "https://a.example", iat: NOW, jti: "1" }, bytes(64)),
    "/header/typ",
  ],
  ["HDR-TYP.not_jwt", token({ alg: "HS256", typ: "JWT" }, "hello"), "/header/typ"],
  ["HDR-CTY", token({ alg: "HS256" }, header({})), "/header"],
  ["HDR-ZIP", header({ zip: "DEF" }), "/header/zip"],
  ["ENC-CRIME", `${b64('{"alg":"dir","enc":"A256GCM","zip":"DEF"}')}..AAAA.AAAA.AAAA`, "/header/zip"],
  ["ENC-RSA15", `${b64('{"alg":"RSA1_5","enc":"A256GCM"}')}.AAAA.AAAA.AAAA.AAAA`, "/header/alg"],
  ["ENC-PBES2", `${b64('{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":10}')}.AAAA.AAAA.AAAA.AAAA`, "/header/p2c"],
  [
    "ENC-PBES2.high",
    `${b64('{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483648}')}.AAAA.AAAA.AAAA.AAAA`,
    "/header/p2c",
  ],
  ["ENC-CLAIM-MIRROR", header({ iss: "https://other.example" }), "/header/iss"],
  ["SIG-EMPTY", token({ alg: "HS256" }, CLAIMS, ""), "/signature"],
  ["SIG-EMPTY.zero", token({ alg: "HS256" }, CLAIMS, b64(Buffer.alloc(32))), "/signature"],
  ["SIG-LENGTH", token({ alg: "HS256" }, CLAIMS, bytes(31)), "/signature"],
  ["SIG-LENGTH.der", token({ alg: "ES256" }, CLAIMS, b64(Buffer.from("3006020101020101", "hex"))), "/signature"],
  ["SIG-HIGH-S", token({ alg: "ES256" }, CLAIMS, b64(Buffer.alloc(64, 0xfe))), "/signature"],
  ["B64-INVALID", `${header({})}!`, "/signature"],
  ["B64-PAD", `${header({})}=`, "/signature"],
  ["B64-ALPHABET", token({ alg: "HS256" }, CLAIMS, `+${SIGNATURE.slice(1)}`), "/signature"],
  ["B64-TAIL", token({ alg: "HS256" }, CLAIMS, `${SIGNATURE.slice(0, -1)}l`), "/signature"],
  ["JSON-SYNTAX", token({ alg: "HS256" }, "{'a':1}"), "/payload"],
  ["JSON-SYNTAX.json_cut", token({ alg: "HS256" }, '{"a":'), "/payload"],
  ["JSON-SYNTAX.json_bounded", token({ alg: "HS256" }, `{"a":${"[".repeat(64)}`), "/payload"],
  ["JSON-SYNTAX.not_object", token({ alg: "HS256" }, "[]"), "/payload"],
  ["JSON-DUP", token({ alg: "HS256" }, '{"exp":1,"exp":2}'), "/payload/exp"],
  ["JSON-NUM.large", token({ alg: "HS256" }, '{"id":9007199254740993}'), "/payload/id"],
  ["JSON-NUM.form", token({ alg: "HS256" }, '{"id":1.0}'), "/payload/id"],
  ["JSON-NUM.range", token({ alg: "HS256" }, '{"id":1e400}'), "/payload/id"],
  ["JSON-UTF8", `${b64('{"alg":"HS256"}')}.${b64(Buffer.from([0x22, 0xff, 0x22]))}.${SIGNATURE}`, "/payload"],
  ["JSON-UTF8.surrogate", token({ alg: "HS256" }, '{"a":"\\ud800"}'), "/payload/a"],
  ["JSON-BIDI", claims({ note: "a\u202eb" }), "/payload/note"],
  ["JSON-BIDI", claims({ note: "a\u061cb" }), "/payload/note"],
  ["JSON-BIDI", claims({ note: "a\u034f\u{e0041}\u2800" }), "/payload/note"],
  ["JSON-BIDI.lookalike", claims({ ехp: 1 }), "/payload/ехp"],
  ["TIME-EXPIRED", claims({ exp: NOW }), "/payload/exp"],
  ["TIME-EARLY", claims({ nbf: NOW + 1 }), "/payload/nbf"],
  ["TIME-MISSING-EXP", token({ alg: "HS256" }, { sub: "a" }), "/payload"],
  ["TIME-LONG", claims({ exp: NOW + 86_401 }), "/payload/exp"],
  ["TIME-ORDER.iat_exp", claims({ exp: NOW - 5 }), "/payload/iat"],
  ["TIME-ORDER.nbf_exp", claims({ nbf: NOW + 700 }), "/payload/nbf"],
  ["TIME-ORDER.iat_future", claims({ iat: NOW + 1 }), "/payload/iat"],
  ["TIME-UNIT.milliseconds", claims({ exp: NOW * 1000 }), "/payload/exp"],
  ["TIME-UNIT.digits", claims({ exp: "1700000000" }), "/payload/exp"],
  ["TIME-UNIT.date_text", claims({ nbf: "2023-11-14T22:13:20Z" }), "/payload/nbf"],
  ["TIME-UNIT.not_a_time", claims({ iat: null }), "/payload/iat"],
  ["CLM-MISSING", token({ alg: "HS256", typ: "at+jwt" }, { exp: NOW + 1 }), "/payload"],
  ["CLM-TYPE.text", claims({ sub: 1 }), "/payload/sub"],
  ["CLM-TYPE.textOrTexts", claims({ aud: [1] }), "/payload/aud"],
  ["CLM-TYPE.aud_empty", claims({ aud: [] }), "/payload/aud"],
  ["CLM-TYPE.aud_wildcard", claims({ aud: "*" }), "/payload/aud"],
  ["CLM-TYPE.texts", claims({ amr: "pwd" }), "/payload/amr"],
  ["CLM-TYPE.object", claims({ cnf: "x" }), "/payload/cnf"],
  ["CLM-ISS-URL", claims({ iss: "http://issuer.example" }), "/payload/iss"],
  ["CLM-ISS-URL.slash", claims({ iss: "https://issuer.example/" }), "/payload/iss"],
  ["CLM-AUD-MANY", claims({ aud: ["a", "b"] }), "/payload/aud"],
  ["CLM-SENSITIVE.email", claims({ email: "a@b.example" }), "/payload/email"],
  ["CLM-SENSITIVE.phone", claims({ phone_number: "+886 2 1234" }), "/payload/phone_number"],
  ["CLM-SENSITIVE.card", claims({ note: "4111 1111 1111 1111" }), "/payload/note"],
  ["CLM-SENSITIVE.national_id", claims({ uid: "A123456789" }), "/payload/uid"],
  ["CLM-SENSITIVE.secret", claims({ user: { api_key: "x" } }), "/payload/user/api_key"],
  ["CLM-SENSITIVE.private_key", claims({ k: { kty: "EC", d: "AA" } }), "/payload/k"],
  ["CLM-SENSITIVE.token", claims({ inner: header({}) }), "/payload/inner"],
  ["CLM-PRIV", claims({ roles: ["reader", "root"] }), "/payload/roles/1"],
  ["SIZE.cookie", claims({ groups: Array.from({ length: 900 }, (_, index) => `${index}`) }), "/payload/groups"],
  ["SIZE.header", claims({ groups: Array.from({ length: 1900 }, (_, index) => `${index}`) }), "/payload/groups"],
  ["JWKS-DUP-KID", set(EC.toJSON(), EC.toJSON()), "/keys/1/kid"],
  ["JWKS-NO-KID", set(EC.toJSON(), Jwk.generate("ES256").toJSON()), "/keys/1"],
  ["JWKS-USE-OPS", set({ ...EC.toJSON(), use: "sig", key_ops: ["deriveKey"] }), "/keys/0/key_ops"],
  ["JWKS-USE-OPS.twice", JSON.stringify({ ...EC.toJSON(), key_ops: ["verify", "verify"] }), "/key_ops"],
  ["JWKS-SYMMETRIC", set({ kty: "oct", k: "AA" }), "/keys/0"],
  ["JWKS-PRIVATE", set(EC.toPrivateJSON()), "/keys/0"],
  ["JWKS-MIXED-ALG", set({ ...EC.toJSON(), alg: "ES256" }, { ...RSA.toJSON(), alg: undefined }), "/keys"],
  ["JWKS-LONG", set(...Array.from({ length: 101 }, (_, index) => ({ ...EC.toJSON(), kid: String(index) }))), "/keys"],
  ["JWKS-EMPTY", set(), "/keys"],
  ["JWKS-UNREADABLE", set({ kty: "XX" }), "/keys/0"],
  ["JWKS-UNREADABLE", JSON.stringify({ kty: "XX" }), ""],
  ["KEY-PRIVATE-LEAK", JSON.stringify(EC.toPrivateJSON()), ""],
]

describe("each rule", () => {
  test.each(CASES)("%s is broken by its example", async (mark, text, path) => {
    const findings = await found(text)
    const one = findings.find(({ id, variant }) => (variant === undefined ? id : `${id}.${variant}`) === mark)
    expect(marks(findings)).toContain(mark)
    expect(one?.path).toBe(path)
    expect(one?.ref).toBe(one && RULES[one.id].ref)
    expect(one?.range[1]).toBeLessThanOrEqual(text.length)
  })

  test("has an example here", () => {
    const elsewhere = ["ALG-CONFUSION", "KEY-WEAK-HMAC", "KEY-CURVE", "CLM-HASH"]
    const shown = new Set([...CASES.map(([mark]) => mark.split(".")[0]), ...elsewhere])
    expect(RULE_IDS.filter((id) => !shown.has(id))).toEqual([])
  })

  test.each([en, zhHant])("says what, why and how to mend it in $language", async (catalogue) => {
    for (const [, text] of CASES) {
      for (const one of await found(text)) {
        const { message, why, fix } = describeFinding(one, catalogue)
        for (const words of [message, why, fix]) expect(words).toMatch(/\S{2}/)
        expect(message).not.toMatch(/[{}|]|undefined/)
        const isParticular = one.variant === undefined || Object.hasOwn(catalogue.texts, `${one.id}.${one.variant}`)
        expect([one.id, one.variant, isParticular]).toEqual([one.id, one.variant, true])
      }
    }
  })
})

describe("a good token", () => {
  test("breaks no rule", async () => {
    const text = encode(CLAIMS, SECRET, { algorithm: "HS256" })
    expect(marks(await found(text, { keys: await readKeys(SECRET) }))).toEqual([])
    expect(
      marks(await found(signJws(JSON.stringify(CLAIMS), EC, { header: { typ: "JWT" } }))).filter(
        (mark) => mark !== "SIG-HIGH-S",
      ),
    ).toEqual([])
  })

  test("may bring a key where that is the point", async () => {
    const proof = signJws(JSON.stringify({ jti: "1", htm: "GET", htu: "https://a.example/", iat: NOW }), EC, {
      header: { typ: "dpop+jwt", jwk: EC.toJSON() },
    })
    expect(marks(await found(proof))).not.toContain("HDR-EMBEDDED-KEY")
    expect(marks(await found(proof))).not.toContain("TIME-MISSING-EXP")
  })
})

describe("the keys that were given", () => {
  const text = encode(CLAIMS, SECRET, { algorithm: "HS256" })
  test.each([
    ["a public key for HS256", () => RSA.toPem(), "ALG-CONFUSION"],
    ["a secret that everybody knows", () => "your-256-bit-secret", "KEY-WEAK-HMAC.common"],
    ["a short secret", () => "Xy7$kP", "KEY-WEAK-HMAC"],
    ["a secret that repeats itself", () => "ab".repeat(32), "KEY-WEAK-HMAC.entropy"],
    ["a private key", () => EC.toPrivatePem(), "KEY-PRIVATE-LEAK.supplied"],
  ])("are looked at: %s", async (_, key, mark) => {
    expect(marks(await found(text, { keys: await readKeys(key()) }))).toContain(mark)
  })

  test("are compared with the algorithm's curve", async () => {
    const keys = await readKeys(JSON.stringify(Jwk.generate("ES384").toJSON()))
    expect(marks(await found(token({ alg: "ES256" }, CLAIMS, bytes(64)), { keys }))).toContain("KEY-CURVE")
  })

  test.each<readonly [length: number, bits: number | undefined, due: string | undefined]>([
    [128, 1024, undefined],
    [256, 2047, undefined],
    [248, 2048, "248, 256"],
    [256, 1024, "256, 128"],
    [128, undefined, undefined],
    [384, undefined, undefined],
    [120, undefined, "120, 256"],
    [383, undefined, "383, 384"],
  ])("say how long RSA signatures are: %i bytes, a key of %s bits", async (length, bits, due) => {
    const n = b64(Buffer.alloc(Math.ceil((bits ?? 0) / 8), bits === 2047 ? 0x7f : 0xff))
    const keys = bits === undefined ? [] : await readKeys(JSON.stringify({ kty: "RSA", n, e: "AQAB" }))
    expect(keys.map((key) => key.bits)).toEqual(bits === undefined ? [] : [bits])
    const findings = await found(token({ alg: "RS256" }, CLAIMS, bytes(length)), { keys })
    expect(findings.find(({ id }) => id === "SIG-LENGTH")?.detail).toBe(due)
  })

  test("never show in a finding", async () => {
    const keys = await readKeys("hunter2hunter2")
    expect(JSON.stringify(await found(text, { keys }))).not.toContain("hunter2")
  })
})

describe("hashes of what came along", () => {
  // OpenID Connect Core 1.0, appendix A.3 and A.4: the values printed there.
  const idToken = token(
    { alg: "RS256" },
    { ...CLAIMS, nonce: "n", at_hash: "77QmUPtjPfzWtF2AnpK9RQ", c_hash: "LDktKdoQak3Pk0cnXxCltA" },
    bytes(256),
  )
  const right = {
    accessToken: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
    code: "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk",
  }

  test("fit, as in the standard's examples", async () => {
    expect(marks(await found(idToken, { counterparts: right }))).not.toContain("CLM-HASH")
  })

  test("do not fit what was exchanged", async () => {
    const findings = await found(idToken, { counterparts: { accessToken: "other", code: "other" } })
    expect(findings.filter(({ id }) => id === "CLM-HASH").map(({ path }) => path)).toEqual([
      "/payload/at_hash",
      "/payload/c_hash",
    ])
  })

  test("are those of DPoP, too", async () => {
    const proof = token(
      { alg: "ES256", typ: "dpop+jwt" },
      { ath: "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", jti: "1", htm: "GET", htu: "x", iat: NOW },
      bytes(64),
    )
    const given = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    expect(marks(await found(proof, { counterparts: { accessToken: given } }))).not.toContain("CLM-HASH")
    expect(marks(await found(proof, { counterparts: { accessToken: `${given}x` } }))).toContain("CLM-HASH")
    const bound = claims({ cnf: { jkt: EC.thumbprint() } })
    expect(marks(await found(bound, { counterparts: { thumbprint: EC.thumbprint() } }))).not.toContain("CLM-HASH")
    expect(marks(await found(bound, { counterparts: { thumbprint: RSA.thumbprint() } }))).toContain("CLM-HASH")
  })
})

test("puts the gravest first, and obeys other severities", async () => {
  const text = claims({ exp: NOW, email: "a@b.example", roles: "admin" })
  expect((await found(text)).map(({ severity }) => severity)).toEqual(["error", "warning", "info"])
  const severities = { "TIME-EXPIRED": "info", "CLM-SENSITIVE": "off" } as const
  expect((await found(text, { severities })).map(({ id }) => id)).toEqual(["TIME-EXPIRED", "CLM-PRIV"])
})

test("tells what each claim costs", () => {
  const [largest] = sizesOf(read(claims({ groups: ["a".repeat(500)] })))
  expect(largest?.path).toBe("/payload/groups")
  expect(largest?.characters).toBeGreaterThan(660)
})

test("one of two ECDSA twins is high, whatever the curve", async () => {
  const orders: Record<string, bigint> = {
    ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    ES512:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    ES256K: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  }
  for (const [alg, order] of Object.entries(orders)) {
    const text = signJws(JSON.stringify(CLAIMS), Jwk.generate(alg))
    const at = text.lastIndexOf(".") + 1
    const signature = Buffer.from(text.slice(at), "base64url")
    const half = signature.length / 2
    const s = BigInt(`0x${signature.subarray(half).toString("hex")}`)
    const twin = Buffer.concat([
      signature.subarray(0, half),
      Buffer.from((order - s).toString(16).padStart(2 * half, "0"), "hex"),
    ])
    const both = [text, `${text.slice(0, at)}${twin.toString("base64url")}`]
    const high = await Promise.all(both.map(async (one) => marks(await found(one)).includes("SIG-HIGH-S")))
    expect(high.filter(Boolean)).toHaveLength(1)
  }
})

test.each([
  ["odd numbers", `{${Array.from({ length: 60_000 }, (_, index) => `"é${index}":1.0`).join(",")}}`],
  ["critical names", `{"alg":"HS256","crit":[${'"x",'.repeat(60_000)}"x"]}`],
  ["duplicates", `{${'"sub":"a@b.example",'.repeat(40_000)}"sub":1}`],
  ["a long name", JSON.stringify({ ["_".repeat(500_000)]: "'  ".repeat(80_000) })],
])("takes time in proportion to the text for many %s", async (_, json) => {
  const start = performance.now()
  const findings = [...(await found(token({ alg: "HS256" }, json))), ...(await found(token(json)))]
  expect(findings.length).toBeLessThanOrEqual(2000)
  expect(performance.now() - start).toBeLessThan(30_000)
})

test("never throws, and every range lies in the text", async () => {
  const part = fc.oneof(
    fc.json().map(b64),
    fc.string({ unit: "binary" }),
    fc.constantFrom(b64('{"alg":"HS256"}'), "", "~"),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.constantFrom(".", "~", ""), async (parts, joint) => {
      const text = parts.join(joint)
      for (const { range } of await found(text)) {
        expect(range[0]).toBeGreaterThanOrEqual(0)
        expect(range[1]).toBeLessThanOrEqual(text.length)
      }
    }),
  )
})

test("a key whose length nobody can tell is not called short", async () => {
  const pair = generateKeyPairSync("rsa-pss", { modulusLength: 2048 })
  const keys = await readKeys(pair.publicKey.export({ type: "spki", format: "pem" }).toString())
  expect(keys.map(({ bits, problem }) => [bits, problem])).toEqual([[undefined, undefined]])
  expect((await found(token({ alg: "PS256" }, CLAIMS, bytes(256)), { keys })).map(({ id }) => id)).toEqual([])
})
