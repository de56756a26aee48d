/** Verdicts: five separate answers, every check told, and no pass that the core would not give. */
import { readFileSync } from "node:fs"
import {
  type Counterparts,
  countKeys,
  type JudgeRequest,
  type Judgment,
  judge,
  type OfferedKey,
  read,
  readKeys,
  readPolicy,
} from "@jotkit/inspect"
import fc from "fast-check"
import { encode, Jwk, JwkSet, signJws, Verifier, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { CERTIFICATE, CERTIFICATE_KEY } from "./certificate-fixture.ts"
import { describeShared } from "./shared.ts"

const NOW = 1_700_000_000
const SECRET = "k".repeat(64)
const EC = Jwk.generate("ES256", { keyId: "ec" })
const RSA = Jwk.generate("RS256", { keyId: "rsa" })
const claims = { iss: "https://issuer.example", sub: "alice", exp: NOW + 60, iat: NOW - 60 }
const token = encode(claims, SECRET, { algorithm: "HS256" })
const hs256 = { algorithms: ["HS256"] }

async function judged(text: string, request: Partial<JudgeRequest> = {}): Promise<Judgment> {
  return judge(read(text), { now: NOW, ...request })
}

function statuses({ verdicts }: Judgment): string[] {
  return Object.values(verdicts).map(({ status }) => status)
}

function check({ checks }: Judgment, id: string) {
  return checks.find((one) => one.id === id)
}

const supplied = (text: string) => readKeys(text)

describe("the five verdicts", () => {
  test("without a key only structure and time are known", async () => {
    const judgment = await judged(token)
    expect(statuses(judgment)).toEqual(["pass", "not_checked", "pass", "not_checked", "not_checked"])
    expect(judgment).toMatchObject({ overall: "not_checked", code: "usage" })
    expect(judgment.verifiedBy).toBeUndefined()
  })

  test("with key and policy all of them hold", async () => {
    const policy = { ...hs256, issuer: claims.iss, subject: "alice", require: ["exp"], maxAge: "5m" }
    const judgment = await judged(token, { keys: await supplied(SECRET), policy })
    expect(statuses(judgment)).toEqual(["pass", "pass", "pass", "pass", "pass"])
    expect(judgment).toMatchObject({ overall: "pass", code: "ok" })
  })

  test("a genuine token that has expired is not a forged one", async () => {
    const judgment = await judged(token, { keys: await supplied(SECRET), policy: hs256, now: NOW + 60 })
    expect(judgment.verdicts.signature.status).toBe("pass")
    expect(judgment.verdicts.time).toEqual({ status: "fail", code: "token_expired" })
    expect(judgment.code).toBe("claims")
  })

  test("all failing checks are told, not only the first", async () => {
    const policy = {
      ...hs256,
      issuer: "other",
      audience: "api",
      subject: "bob",
      require: ["jti", "nbf"],
      maxAge: 1,
      typ: "at+jwt",
    }
    const judgment = await judged(token, {
      keys: await supplied("x".repeat(64)),
      policy,
      nonce: "n",
      jwtId: "1",
      now: NOW + 100,
    })
    const failed = judgment.checks.filter(({ status }) => status === "fail").map(({ id, detail }) => `${id} ${detail}`)
    expect(failed).toEqual([
      "signature HS256",
      "exp exp",
      "iss iss",
      "aud aud",
      "sub sub",
      "jti jti",
      "typ typ",
      "nonce nonce",
      "max-age iat",
      "require jti",
      "require nbf",
    ])
    expect(judgment.code).toBe("signature")
  })

  test("an audience that nobody asked about is a remark, and a failure when strict", async () => {
    const withAudience = encode({ ...claims, aud: "api" }, SECRET, { algorithm: "HS256" })
    const lax = await judged(withAudience, { keys: await supplied(SECRET), policy: hs256 })
    expect(check(lax, "aud")).toMatchObject({ status: "skipped", code: "audience_unchecked" })
    expect(lax.code).toBe("ok")
    const strict = await judged(withAudience, { keys: await supplied(SECRET), policy: hs256, strict: true })
    expect(check(strict, "aud")).toMatchObject({ status: "fail", code: "audience_unexpected" })
    expect(strict.code).toBe("claims")
  })
})

describe("what came beside the token", () => {
  // The example of OpenID Connect Core 1.0, section A.6, under a signature of our own.
  const [accessToken, at_hash] = ["jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ"]

  test("is what the hashes among the claims are of, or the claims do not hold", async () => {
    const keys = await supplied(SECRET)
    const signed = encode({ ...claims, at_hash }, SECRET, { algorithm: "HS256" })
    const ask = (counterparts?: Counterparts) => judged(signed, { keys, policy: hs256, counterparts })
    for (const counterparts of [undefined, {}, { accessToken }, { code: "of nothing here" }])
      expect((await ask(counterparts)).code).toBe("ok")
    const other = await ask({ accessToken: `${accessToken}A` })
    expect(other.verdicts.signature.status).toBe("pass")
    expect(other.verdicts.claims).toEqual({ status: "fail", code: "hash_differs" })
    expect(other).toMatchObject({ overall: "fail", code: "claims" })
    expect(other.checks.find(({ code }) => code === "hash_differs")).toMatchObject({ id: "require", detail: "at_hash" })
  })
})

describe("the key", () => {
  test("a secret without an algorithm leaves the choice to nobody", async () => {
    const judgment = await judged(token, { keys: await supplied(SECRET) })
    expect(check(judgment, "key")).toMatchObject({ status: "fail", code: "algorithm_required" })
    expect(judgment.code).toBe("usage")
    expect(judgment.verdicts.signature.status).toBe("fail")
  })

  test("a public key is no secret, also for a token that says HS256 and was made with it", async () => {
    const pem = RSA.toPem()
    const keys = await readKeys(pem)
    const judgment = await judged(token, { keys, policy: hs256 })
    expect(judgment.keys.map(({ answer }) => answer)).toEqual(["kty_differs"])
    expect(judgment.code).toBe("key")
    const [disguised] = await readKeys(pem, { asSecret: true })
    expect(disguised?.problem).toBe("secret_is_key_material")
  })

  test("a secret may begin with a brace, and what was meant as a JWK is none", async () => {
    for (const secret of ["{k7!x}-that-nobody-else-must-ever-read", "{ [0]: no JSON, and long enough }}"]) {
      const signed = signJws("{}", new TextEncoder().encode(secret), { algorithm: "HS256" })
      expect((await judged(signed, { keys: await supplied(secret), policy: hs256 })).code).toBe("ok")
    }
    const jwk = JSON.stringify(EC.toJSON())
    for (const text of ["{", "{}", "{ }", jwk.slice(0, 20), `${jwk},`, jwk.replace('"', ""), jwk.replaceAll('"', "'")])
      expect(await readKeys(text)).toMatchObject([{ form: "jwk", problem: "jwk_invalid" }])
    // Nor does the library take it for one.
    expect(await readKeys("ssh-that-nobody-else-must-ever-read")).toMatchObject([{ problem: "key_invalid" }])
  })

  test("of a set each is told why it was chosen or not", async () => {
    const set = {
      keys: [
        { ...RSA.toJSON() },
        { ...EC.toJSON(), kid: "other" },
        { ...EC.toJSON(), use: "enc" },
        { ...EC.toJSON(), key_ops: ["sign"] },
        { ...EC.toJSON(), alg: "ES384" },
        { kty: "EC", crv: "P-256", kid: "ec" },
        EC.toJSON(),
        EC.toJSON(),
      ],
    }
    const signed = signJws("{}", EC, { algorithm: "ES256", header: { kid: "ec" } })
    const judgment = await judged(signed, { keys: await readKeys(JSON.stringify(set)) })
    expect(judgment.keys.map(({ answer }) => answer)).toEqual([
      "kty_differs",
      "kid_differs",
      "use_differs",
      "key_ops_differ",
      "unreadable",
      "unreadable",
      "matched",
      "not_tried",
    ])
    expect(judgment.verifiedBy?.index).toBe(6)
  })

  test("without an id all that fit are tried", async () => {
    const set = [Jwk.generate("ES256"), Jwk.generate("ES256"), Jwk.generate("ES256")]
    const keys = await readKeys(JSON.stringify({ keys: set.map((key) => key.toJSON()) }))
    const judgment = await judged(signJws("{}", set[2] ?? EC), { keys })
    expect(judgment.keys.map(({ answer }) => answer)).toEqual(["no_match", "no_match", "matched"])
  })

  test("of several public keys in PEM, one behind the other, all are tried, and of a key and more the first", async () => {
    const set = [RSA, EC, Jwk.generate("ES256")]
    const keys = await readKeys(set.map((key) => key.toPem()).join("\n"))
    expect(keys.map(({ index, form, thumbprint }) => [index, form, thumbprint])).toEqual(
      set.map((key, index) => [index, "spki", key.thumbprint()]),
    )
    expect((await judged(signJws("{}", set[2] ?? EC), { keys })).verifiedBy?.index).toBe(2)
    expect(await readKeys(EC.toPrivatePem() + RSA.toPem())).toMatchObject([{ form: "pkcs8", curve: "P-256" }])
  })

  test("of PEM by key ids, as some issuers publish it, is the one that the token names", async () => {
    const published = { one: RSA.toPem(), two: CERTIFICATE, "": EC.toPem() }
    const keys = await readKeys(JSON.stringify(published))
    expect(keys.map(({ keyId, form, problem }) => [keyId, form, problem])).toEqual([
      ["one", "spki", undefined],
      ["two", "certificate", undefined],
      ["", "spki", undefined],
    ])
    expect(countKeys(JSON.stringify(published))).toBe(3)
    const signed = signJws("{}", Jwk.fromPem(CERTIFICATE_KEY), { header: { kid: "two" } })
    expect((await judged(signed, { keys })).keys.map(({ answer }) => answer)).toEqual([
      "kty_differs",
      "matched",
      "kid_differs",
    ])
    for (const other of [{ ...published, kty: "RSA" }, {}])
      expect(await readKeys(JSON.stringify(other))).toMatchObject([{ form: "jwk", problem: "jwk_invalid" }])
  })

  test("of a private key the public half verifies", async () => {
    const keys = await readKeys(EC.toPrivatePem())
    expect(keys[0]).toMatchObject({ form: "pkcs8", isPrivate: true, curve: "P-256" })
    expect((await judged(signJws("{}", EC), { keys })).code).toBe("ok")
  })

  test.each(["named", "embedded"] as const)("that is %s by the token never makes it trusted", async (provenance) => {
    const keys = await readKeys(JSON.stringify(EC.toJSON()), { provenance })
    const judgment = await judged(signJws("{}", EC), { keys })
    expect(judgment.verdicts.signature.status).toBe("pass")
    expect(judgment.verdicts.keyTrust).toEqual({ status: "fail", code: `key_${provenance}` })
    expect([judgment.overall, judgment.code]).toEqual(["fail", "key"])
    expect(check(judgment, "key")).toMatchObject({ status: "fail", code: `key_${provenance}` })
  })

  test("that is best counts, wherever it stands", async () => {
    const text = JSON.stringify(EC.toJSON())
    const [embedded, pinned] = [
      await readKeys(text, { provenance: "embedded" }),
      await readKeys(text, { provenance: "pinned" }),
    ]
    const judgment = await judged(signJws("{}", EC), { keys: [...embedded, ...pinned] })
    expect(judgment.verdicts.keyTrust).toEqual({ status: "pass", code: "key_pinned" })
  })

  test("is described without being shown", async () => {
    const [key] = await readKeys(Buffer.from(SECRET).toString("base64"), { encoding: "base64" })
    expect(key).toMatchObject({ form: "secret", keyType: "oct", bits: 512, isSymmetric: true, thumbprint: undefined })
    expect(JSON.stringify({ ...key, jwk: String(key?.jwk) })).not.toContain("a2tra2")
    expect((await readKeys(JSON.stringify(RSA.toJSON())))[0]).toMatchObject({
      bits: 2048,
      thumbprint: RSA.thumbprint(),
    })
    expect((await readKeys("zz", { encoding: "hex" }))[0]?.problem).toBe("key_invalid")
    expect((await readKeys(""))[0]?.problem).toBe("secret_empty")
    expect((await readKeys('{"kty":"EC"}'))[0]).toMatchObject({ form: "jwk", problem: "jwk_invalid", keyType: "EC" })
  })
})

describe("what cannot be verified", () => {
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url")
  const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`

  test("a signature that cannot be decoded is broken, not missing, with a key or without", async () => {
    const [head, body] = token.split(".")
    for (const signature of ["!!!!", "A", "AA!A", "AA AA"])
      for (const keys of [[], await supplied(SECRET)]) {
        const { verdicts, code } = await judged(`${head}.${body}.${signature}`, { keys, policy: hs256 })
        expect([verdicts.structure.status, verdicts.signature, code]).toEqual([
          "fail",
          { status: "fail", code: "signature_unreadable" },
          "input",
        ])
      }
    const other = { protected: head, signature: "!" }
    const both = JSON.stringify({ payload: body, signatures: [other, { ...other, signature: token.split(".")[2] }] })
    expect((await judged(both, { keys: await supplied(SECRET), policy: hs256 })).verdicts.signature.code).not.toBe(
      "signature_unreadable",
    )
  })

  test("an unsecured token never passes, with a key or without", async () => {
    expect((await judged(none)).verdicts.signature).toEqual({ status: "fail", code: "token_unsecured" })
    const withKey = await judged(none, { keys: await supplied(SECRET), policy: { algorithms: ["HS256"] } })
    expect(withKey.code).toBe("key")
  })

  test("an encrypted token cannot be checked", async () => {
    const judgment = await judged("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA")
    expect(judgment.verdicts.signature).toEqual({ status: "cannot_check", code: "token_encrypted" })
    expect(judgment.code).toBe("input")
  })

  test.each<[string, string, string]>([
    ["two parts", token.split(".").slice(0, 2).join("."), "token_malformed"],
    ["padding", `${token}=`, "token_malformed"],
    ["a member twice", signJws('{"sub":"a","sub":"b"}', SECRET, { algorithm: "HS256" }), "duplicate_member"],
    ["no token", "hello", "token_malformed"],
    [
      "a member of a serialization twice",
      '{"payload":"e30","payload":"e30","protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AA"}',
      "duplicate_member",
    ],
    [
      "a claim twice in a serialization",
      JSON.stringify(signJws('{"sub":"a","sub":"b"}', SECRET, { algorithm: "HS256", format: "flattened" })),
      "duplicate_member",
    ],
    ["JSON that is none", '{"payload":"e30","signatures":[{}]}', "token_malformed"],
  ])("%s is an input that cannot be read, even where the signature would hold", async (_, text, code) => {
    const judgment = await judged(text, { keys: await supplied(SECRET), policy: hs256 })
    expect(judgment.verdicts.structure).toEqual({ status: "fail", code })
    expect(judgment.code).toBe("input")
    expect(judgment.verdicts.signature.status).not.toBe("pass")
    expect(judgment.verifiedBy).toBeUndefined()
  })

  test("an unknown critical extension is a plain no, a malformed list an input error", async () => {
    const header = (json: string) => `${Buffer.from(json).toString("base64url")}.${body}.AAAA`
    const unknown = header('{"alg":"HS256","crit":["x"],"x":1}')
    expect((await judged(unknown)).code).toBe("negative")
    expect((await judged(header('{"alg":"HS256","crit":[]}'))).code).toBe("input")
    const known = signJws("{}", SECRET, { algorithm: "HS256", header: { crit: ["x"], x: 1 } })
    expect((await judged(known, { keys: await supplied(SECRET), policy: hs256, crit: ["x"] })).code).toBe("ok")
  })

  test("a detached payload must be given", async () => {
    const detached = signJws("hello", SECRET, { algorithm: "HS256", detached: true })
    const keys = await supplied(SECRET)
    const without = await judged(detached, { keys, policy: hs256 })
    expect(without.verdicts.signature).toEqual({ status: "cannot_check", code: "payload_missing" })
    expect(without.keys.map(({ answer }) => answer)).toEqual(["not_tried"])
    const detachedPayload = new TextEncoder().encode("hello")
    expect((await judged(detached, { keys, policy: hs256, detachedPayload })).code).toBe("ok")
  })

  test("a payload that is not JSON verifies unless claims are asked for", async () => {
    const text = signJws("hello", SECRET, { algorithm: "HS256" })
    const keys = await supplied(SECRET)
    expect((await judged(text, { keys, policy: hs256 })).code).toBe("ok")
    expect((await judged(text, { keys, policy: { ...hs256, issuer: "x" } })).code).toBe("claims")
  })

  test("claims that are not UTF-8 throughout are broken claims, and not something else that verifies", async () => {
    const bytes = Buffer.from('{"exp":1,"name":"Jos\u00e9"}', "latin1")
    const judgment = await judged(signJws(bytes, SECRET, { algorithm: "HS256" }), {
      keys: await supplied(SECRET),
      policy: hs256,
    })
    expect(judgment.code).toBe("input")
    expect(judgment.verdicts.structure).toEqual({ status: "fail", code: "payload_invalid" })
  })

  test("an unencoded payload verifies", async () => {
    const text = signJws("hello", SECRET, { algorithm: "HS256", b64: false })
    expect((await judged(text, { keys: await supplied(SECRET), policy: hs256 })).code).toBe("ok")
  })

  test("a type with the Kelvin sign is none with a k, as for the library", async () => {
    const text = signJws("{}", SECRET, { algorithm: "HS256", header: { typ: "k+jwt" } })
    const policy = { ...hs256, typ: "\u212a+jwt" }
    expect(() => new Verifier({ ...policy, key: SECRET }).verify(text)).toThrow("typ")
    expect((await judged(text, { keys: await supplied(SECRET), policy })).verdicts.claims.code).toBe("type_invalid")
  })

  test("a type that only a forged signature names is no type", async () => {
    const genuine = signJws("{}", SECRET, { algorithm: "HS256", format: "general", header: { typ: "other" } })
    const forged = signJws("{}", "x".repeat(64), { algorithm: "HS256", format: "general", header: { typ: "at+jwt" } })
    const both = JSON.stringify({ payload: genuine.payload, signatures: [...forged.signatures, ...genuine.signatures] })
    const judgment = await judged(both, { keys: await supplied(SECRET), policy: { ...hs256, typ: "at+jwt" } })
    expect(judgment.verdicts.signature.status).toBe("pass")
    expect(check(judgment, "typ")?.status).toBe("fail")
  })

  test("JSON serializations verify like compact ones", async () => {
    const keys = await supplied(SECRET)
    for (const format of ["flattened", "general"] as const) {
      const text = JSON.stringify(signJws(JSON.stringify(claims), SECRET, { algorithm: "HS256", format }))
      expect(await judged(text, { keys, policy: hs256 })).toMatchObject({ code: "ok" })
    }
  })
})

describe("a policy file", () => {
  test("is read unchanged by the library", () => {
    const text =
      '{"algorithms":["HS256"],"issuer":["https://issuer.example"],"leeway":"30s","maxAge":300,"require":["exp"],"subject":"alice"}'
    const reading = readPolicy(text)
    if (!reading.ok) throw new Error("refused")
    const verifier = new Verifier({ key: SECRET, ...JSON.parse(text), now: () => NOW })
    expect(verifier.verify(token).sub).toBe("alice")
    expect(reading.policy).toEqual(JSON.parse(text))
  })

  test.each<[string, string, string, string | undefined]>([
    ['{"issuers":"x"}', "policy_member_unknown", "issuers", "issuer"],
    ['{"audiance":"x"}', "policy_member_unknown", "audiance", "audience"],
    ['{"__proto__":{}}', "policy_member_unknown", "__proto__", undefined],
    ['{"issuer":1}', "policy_member_type", "issuer", undefined],
    ['{"algorithms":"HS256"}', "policy_member_type", "algorithms", undefined],
    ['{"leeway":"1mo"}', "policy_member_type", "leeway", undefined],
    ['{"leeway":601}', "policy_member_type", "leeway", undefined],
    ['{"maxAge":"90"}', "policy_member_type", "maxAge", undefined],
    ['{"maxAge":-1}', "policy_member_type", "maxAge", undefined],
    ['{"algorithms":["HS256","RS255"]}', "policy_member_type", "algorithms", undefined],
    ['{"typ":"a","typ":"b"}', "policy_member_twice", "typ", undefined],
    ["[]", "policy_not_object", "", undefined],
    ["{", "policy_not_json", "", undefined],
  ])("is refused: %s", (text, code, member, nearest) => {
    expect(readPolicy(text)).toMatchObject({ ok: false, problems: [{ code, member, nearest }] })
  })
})

test("a policy that is accepted is accepted by the library, whatever is in it", () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      "",
      "HS256",
      ["HS256"],
      ["HS256", "x"],
      "90",
      "90s",
      "PT1H",
      "P1M",
      "1.5h",
      0,
      -1,
      600,
      601,
      null,
      true,
      [],
      ["a", 1],
      "a",
    ),
    fc.jsonValue(),
  )
  const name = fc.constantFrom("algorithms", "issuer", "audience", "subject", "typ", "require", "maxAge", "leeway", "x")
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 3 }), (policy) => {
      const text = JSON.stringify(policy)
      const isAccepted = readPolicy(text).ok
      if (isAccepted) new Verifier({ algorithms: ["HS256"], ...JSON.parse(text), key: SECRET })
    }),
    { numRuns: 2000 },
  )
})

test("of a token that was changed anywhere no verdict is better than the core's", async () => {
  const key = EC.publicKey()
  const keys = await readKeys(JSON.stringify(key.toJSON()))
  const texts = [
    signJws(JSON.stringify(claims), EC),
    JSON.stringify(signJws(JSON.stringify(claims), EC, { format: "flattened" })),
    JSON.stringify(signJws(JSON.stringify(claims), EC, { format: "general" })),
  ]
  const letter = fc.constantFrom("A", "b", "-", "_", "=", ".", "+", '"', "{", " ", "~", "")
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...texts), fc.nat(2000), letter, fc.nat(1), async (text, at, piece, removed) => {
      const place = at % text.length
      const changed = text.slice(0, place) + piece + text.slice(place + removed)
      const { code, verdicts } = await judge(read(changed), { now: NOW, keys })
      const isGood = verifies(changed, key)
      if (!isGood) expect(verdicts.signature.status).not.toBe("pass")
      if (code === "ok") expect([changed, isGood]).toEqual([changed, true])
    }),
    { numRuns: 400 },
  )
})

function verifies(text: string, key: Jwk): boolean {
  try {
    verifyJws(text.trimStart().startsWith("{") ? JSON.parse(text) : (text.split("~")[0] ?? ""), key)
    return true
  } catch {
    return false
  }
}

test("a set of keys that the core reads is read the same", async () => {
  const set = JwkSet.from([RSA, EC])
  const keys = await readKeys(JSON.stringify(set))
  expect(keys.map(({ thumbprint }) => thumbprint)).toEqual([RSA.thumbprint(), EC.thumbprint()])
})

interface MadeCase {
  name: string
  kind: string
  token: string | object
  key: Record<string, unknown>
  algorithms?: string[]
  options?: Record<string, unknown>
  expect: string
}

describeShared("vectors/made", "made vectors", (folder) => {
  const { cases, now } = JSON.parse(readFileSync(`${folder}/sample.json`, "utf8")) as { cases: MadeCase[]; now: number }
  const usable = cases.filter(
    ({ kind, token }) => (kind === "jws" || kind === "jwt" || kind === "jws-json") && token !== undefined,
  )

  async function keysOf(key: Record<string, unknown>): Promise<OfferedKey[]> {
    if (key["secret_utf8"] !== undefined) return readKeys(String(key["secret_utf8"]), { asSecret: true })
    if (key["secret_hex"] !== undefined) return readKeys(String(key["secret_hex"]), { encoding: "hex", asSecret: true })
    return readKeys(key["pem"] === undefined ? JSON.stringify(key["jwk"] ?? key["jwks"]) : String(key["pem"]))
  }

  test("are many", () => expect(usable.length).toBeGreaterThan(30))

  test.each(usable.map((one) => [one.name, one] as const))("%s is judged as it should be", async (_, one) => {
    const text = typeof one.token === "string" ? one.token : JSON.stringify(one.token)
    const { issuer, audience, subject, maxAge, clockTolerance, typ, requiredClaims, jwtId, crit } = one.options ?? {}
    const given = {
      algorithms: one.algorithms,
      issuer,
      audience,
      subject,
      maxAge,
      leeway: clockTolerance,
      typ,
      require: requiredClaims,
    }
    const policy = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const judgment = await judge(read(text), {
      now: Number(one.options?.["now"] ?? now),
      keys: await keysOf(one.key),
      policy,
      jwtId: jwtId as string | undefined,
      crit: crit as string[] | undefined,
      strict: one.kind === "jwt",
    })
    expect({ code: judgment.code, ok: judgment.code === "ok" }).toMatchObject({
      ok: one.expect === "accept" || one.expect === "valid",
    })
  })
})

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  const { testGroups } = JSON.parse(readFileSync(`${folder}/json_web_signature_test.json`, "utf8")) as {
    testGroups: Group[]
  }
  const groups = testGroups.filter(({ public: key }) => key?.["alg"] !== undefined)

  test.each(groups.map((group) => [group.comment, group] as const))(
    "%s gets the answers of the core",
    async (_, { public: jwk, tests }) => {
      const keys = await readKeys(JSON.stringify(jwk))
      for (const { jws, tcId } of tests) {
        const text = typeof jws === "string" ? jws : JSON.stringify(jws)
        const { verdicts } = await judge(read(text), { now: NOW, keys })
        expect([tcId, verdicts.signature.status === "pass"]).toEqual([tcId, accepts(text, jwk ?? {})])
      }
    },
  )
})

interface Group {
  comment: string
  public?: Record<string, unknown>
  tests: { tcId: number; jws: string | object }[]
}

function accepts(text: string, jwk: object): boolean {
  try {
    verifyJws(text.trimStart().startsWith("{") ? JSON.parse(text) : text, Jwk.from(jwk as { kty: string }))
    return true
  } catch {
    return false
  }
}
