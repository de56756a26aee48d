/** What hostile texts tried: to keep the reader busy, and to get a verdict on more than was looked at. */
import { createHash } from "node:crypto"
import { compare, findTokens, type JudgeRequest, judge, read, readKeys, readPolicy } from "@jotkit/inspect"
import { Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"

const NOW = 1_700_000_000
const SECRET = "k".repeat(64)
const HEADER = "eyJhbGciOiJIUzI1NiJ9"
const signed = (payload: string) => String(signJws(payload, SECRET, { algorithm: "HS256" }))

async function judged(text: string, request: Partial<JudgeRequest> = {}) {
  const keys = await readKeys(SECRET, { asSecret: true })
  return judge(read(text), { now: NOW, keys, policy: { algorithms: ["HS256"] }, ...request })
}

describe("texts that take long where time grows with the square of their length", () => {
  test.each(["=", "/", "+"])("a million of %s inside a token", (sign) => {
    const text = `${HEADER}.${sign.repeat(1_000_000)}a`
    expect(findTokens(text).tokens.map(({ text: found }) => found)).toEqual([text])
  })

  test("three or more signs at the end of a token are none of it", () => {
    expect(findTokens(`${HEADER}.e30.AAAA=====`).tokens[0]?.text).toBe(`${HEADER}.e30.AAAA`)
    expect(findTokens(`${HEADER}.e30.AAAA==`).tokens[0]?.text).toBe(`${HEADER}.e30.AAAA==`)
  })

  test("a hundred thousand beginnings of a PEM block", async () => {
    for (const label of ["CERTIFICATE", "PUBLIC KEY"]) {
      const [key] = await readKeys(`-----BEGIN ${label}-----\nAAAA`.repeat(100_000))
      expect(key?.problem).toBe("key_invalid")
    }
  })

  test("a million disclosures, of which only so many are read as the caller wants", () => {
    const text = `${signed("{}")}${"~".repeat(1_000_000)}${signed("[]")}`
    const { disclosures, keyBinding, segments } = read(text, { maxDisclosures: 2 })
    expect(disclosures.map(({ segment }) => [segment.path, segment.range[0]])).toEqual(
      [1, 2].map((at) => [`/disclosures/${at - 1}`, signed("{}").length + at]),
    )
    expect([segments.length, keyBinding?.payload?.content]).toEqual([8, "[]"])
  })

  test("a comparison of a hundred thousand disclosures", () => {
    const many = read(`${signed("{}")}${"~WyJhIl0".repeat(100_000)}~`)
    const differences = compare(many, read(signed("{}")))
    expect([differences.length, differences[0]?.path]).toEqual([100_000, "/disclosures/0"])
  })
})

describe("a signature holds for what it covers", () => {
  test("not for a payload that was given beside a token with its own", async () => {
    const detachedPayload = new TextEncoder().encode("another")
    expect(await judged(signed("{}"), { detachedPayload })).toMatchObject({
      code: "input",
      verdicts: { structure: { status: "fail", code: "payload_not_detached" } },
    })
  })

  const disclosure = Buffer.from('["salt","admin",true]').toString("base64url")
  const inner = Buffer.from('["salt","an element"]').toString("base64url")
  const digestOf = (text: string, hash = "sha256") => createHash(hash).update(text).digest("base64url")
  const outer = Buffer.from(JSON.stringify(["salt", "deep", { _sd: [digestOf(disclosure)] }])).toString("base64url")

  test.each<[string, object, string[], string]>([
    ["of a disclosure that the claims name", { _sd: [digestOf(disclosure)] }, [disclosure], "ok"],
    ["of one by its own hash", { _sd: [digestOf(disclosure, "sha512")], _sd_alg: "sha-512" }, [disclosure], "ok"],
    ["of an element of an array", { list: [{ "...": digestOf(inner) }] }, [inner], "ok"],
    ["of one inside another", { _sd: [digestOf(outer)] }, [disclosure, outer], "ok"],
    ["not of one that nothing names", { _sd: [] }, [disclosure], "disclosure_unlisted"],
    ["not of one whose holder is missing", { _sd: [digestOf(outer)] }, [disclosure], "disclosure_unlisted"],
    ["not by a hash that is unknown", { _sd: [], _sd_alg: "md5" }, [disclosure], "disclosure_hash_unknown"],
    [
      "not of one in the place of an element",
      { list: [{ "...": digestOf(disclosure) }] },
      [disclosure],
      "disclosure_invalid",
    ],
    ["not of an element in the place of a claim", { _sd: [digestOf(inner)] }, [inner], "disclosure_invalid"],
    [
      "not of one under a signed name",
      { admin: false, _sd: [digestOf(disclosure)] },
      [disclosure],
      "disclosure_invalid",
    ],
    [
      "not where a hash stands twice, disclosed or not",
      { _sd: ["a"], other: { _sd: ["a"] } },
      [],
      "disclosure_invalid",
    ],
    ["not of an element beside something", { l: [{ "...": digestOf(inner), a: 1 }] }, [inner], "disclosure_unlisted"],
    ["not of a thousand and one", { _sd: [] }, new Array<string>(1001).fill(disclosure), "token_too_large"],
  ])("%s", async (_, claims, disclosures, code) => {
    const { verdicts } = await judged(
      `${signed(JSON.stringify(claims))}~${disclosures.map((one) => `${one}~`).join("")}`,
    )
    expect(verdicts.structure.code).toBe(code)
    expect(verdicts.signature.status === "pass").toBe(code === "ok")
  })

  test("not where another signature was added to hide an extension that nobody understands", async () => {
    const options = { algorithm: "HS256", format: "flattened", header: { crit: ["x"], x: 1 } } as const
    const { payload, ...critical } = signJws("{}", SECRET, options)
    const added = { protected: Buffer.from('{"alg":"HS512"}').toString("base64url"), signature: "AAAA" }
    for (const signatures of [[critical], [critical, added]])
      expect((await judged(JSON.stringify({ payload, signatures }))).code).toBe("negative")
    expect((await judged(JSON.stringify({ payload, signatures: [critical, added] }), { crit: ["x"] })).code).toBe("ok")
  })

  test("and claims behind a byte order mark are not taken for a text that never expires", async () => {
    expect((await judged(signed('\ufeff{"exp":1}'))).code).toBe("input")
    expect((await judged(signed("\ufeffa text"))).code).toBe("ok")
  })
})

test("a policy that lets unsecured tokens in is refused", () => {
  expect(readPolicy('{"algorithms":["HS256","none"]}')).toMatchObject({
    ok: false,
    problems: [{ code: "policy_member_type", member: "algorithms" }],
  })
})

test("a key behind other blocks of PEM is found, with text around it", () => {
  const key = Jwk.generate("ES256")
  const text = `-----BEGIN CERTIFICATE-----\ncut off\n a-b--c---d----e\n${key.publicKey().toPem()}`
  expect(Jwk.fromPem(text).thumbprint()).toBe(key.thumbprint())
})
