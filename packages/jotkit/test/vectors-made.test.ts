import { readFileSync } from "node:fs"
import { encode, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { type MadeCase, problemsOf } from "./vectors/made-case.ts"

const { cases } = JSON.parse(readFileSync(new URL("./vectors/made/sample.json", import.meta.url), "utf8")) as {
  cases: MadeCase[]
}

async function allProblems(some: readonly MadeCase[]): Promise<string[]> {
  const problems: string[] = []
  for (const one of some) problems.push(...(await problemsOf(one)))
  return problems
}

describe("the made corpus", () => {
  test.each(cases.map((one) => [one.name, one] as const))(
    "%s gets the expected answer at every door",
    async (_name, one) => {
      expect(await allProblems([one])).toEqual([])
    },
  )

  test("has 83 cases", () => {
    expect(countByKind(cases)).toEqual({ jwt: 41, "jws-detached": 1, "jws-json": 1, jwe: 40 })
    expect(cases).toHaveLength(83)
  })
})

describe("the adapter", () => {
  const key = Jwk.generate("ES256")
  const jwk = key.toPrivateJSON()
  const secret = { secret_utf8: "sixteen letters or more of a secret" }
  const signed = (claims: object): string => encode(claims, key)
  const critical = signJws('{"sub":"alice"}', key, { header: { crit: ["x"], x: 1 } })
  const jwt = (more: Partial<MadeCase>): MadeCase => ({
    name: "one",
    kind: "jwt",
    token: signed({ sub: "alice" }),
    key: { jwk },
    algorithms: ["ES256"],
    expect: "valid",
    claims: { sub: "alice" },
    ...more,
  })
  const invalid = (error: string, more: Partial<MadeCase>): MadeCase => jwt({ expect: "invalid", error, ...more })

  const jwe = (more: Partial<MadeCase>): MadeCase => ({
    name: "one",
    kind: "jwe",
    token: encryptJwe("\u0001", Buffer.alloc(16), { algorithm: "A128KW", encryption: "A128GCM" }),
    key: { secret_hex: "00".repeat(16) },
    algorithms: ["A128KW"],
    enc: ["A128GCM"],
    expect: "valid",
    plaintext_hex: "01",
    ...more,
  })

  /** What the sample has no case of: every kind of error, key and option of the format is understood. */
  const understood: readonly (readonly [string, MadeCase])[] = [
    ["a valid token", jwt({})],
    ["claims in another order", jwt({ token: signed({ a: 1, sub: "b" }), claims: { sub: "b", a: 1 } })],
    ["a JWK Set", jwt({ key: { jwks: { keys: [key.toJSON()] } } })],
    ["PEM", jwt({ key: { pem: key.toPem() } })],
    [
      "a secret as text",
      jwt({ token: encode({ sub: "alice" }, secret.secret_utf8), key: secret, algorithms: ["HS256"] }),
    ],
    [
      "a secret as bytes",
      jwt({
        token: encode({ sub: "alice" }, Buffer.from("00ff".repeat(16), "hex")),
        key: { secret_hex: "00ff".repeat(16) },
        algorithms: ["HS256"],
      }),
    ],
    ["a token in pieces", invalid("limit", { token_build: [{ text: "A", times: 70_000 }], token: undefined })],
    ["no token at all: format", invalid("format", { token: "" })],
    ["an object for a token: format", invalid("format", { token: { payload: "" } })],
    ["two segments: format, in a list", invalid("format", { token: "a.b", error: ["claim", "format"] })],
    ["no alg: header", invalid("header", { token: "e30.e30.AA" })],
    ["another algorithm", invalid("algorithm", { algorithms: ["RS256"] })],
    ["a bad key", invalid("key", { key: { jwk: { kty: "EC", crv: "P-256", x: "AA", y: "AA" } } })],
    ["a bad set", invalid("key", { key: { jwks: { keys: [] } } })],
    ["another key: signature", invalid("signature", { key: { jwk: Jwk.generate("ES256").toJSON() } })],
    ["an empty list: options", invalid("options", { algorithms: [] })],
    ["now", invalid("claim", { token: signed({ exp: 10 }), options: { now: 10 } })],
    [
      "clockTolerance",
      jwt({ token: signed({ exp: 10 }), options: { now: 10, clockTolerance: 1 }, claims: { exp: 10 } }),
    ],
    ["maxAge", invalid("claim", { token: signed({ iat: 10 }), options: { now: 12, maxAge: 1 } })],
    ["issuer", invalid("claim", { options: { issuer: "another" } })],
    ["audience", invalid("claim", { options: { audience: ["another"] } })],
    ["subject", invalid("claim", { options: { subject: "bob" } })],
    ["jwtId", invalid("claim", { options: { jwtId: "another" } })],
    ["typ", invalid("claim", { options: { typ: "at+jwt" } })],
    ["requiredClaims", invalid("claim", { options: { requiredClaims: ["iss"] } })],
    ["a time that is no number: claim", invalid("claim", { token: signJws('{"exp":"1"}', key) })],
    ["crit", jwt({ token: critical, options: { crit: ["x"] } })],
    ["crit that is not understood: header", invalid("header", { token: critical })],
    ["enough time", jwt({ max_ms: 10_000 })],
    ["an encrypted text", jwe({})],
    ["another content encryption", jwe({ enc: ["A256GCM"], expect: "invalid", error: "algorithm" })],
    ["another key: decrypt", jwe({ key: { secret_hex: "01".repeat(16) }, expect: "invalid", error: "decrypt" })],
    ["a JWK", { name: "one", kind: "jwk", key: { jwk }, expect: "valid", thumbprint: key.thumbprint() }],
    ["a JWK that is none", { name: "one", kind: "jwk", key: { jwk: { kty: "XY" } }, expect: "invalid", error: "key" }],
    [
      "a thumbprint with another hash",
      {
        name: "one",
        kind: "thumbprint",
        key: { jwk },
        options: { hash: "sha-512" },
        expect: "valid",
        thumbprint: key.thumbprint("sha-512"),
      },
    ],
  ]

  test.each(understood)("understands %s", async (_, one) => {
    expect(await problemsOf(one)).toEqual([])
  })

  const doors = 10
  const wrong: readonly (readonly [string, number, MadeCase])[] = [
    ["accepted instead of refused", doors, jwt({ expect: "invalid" })],
    ["other claims", doors, jwt({ claims: { sub: "bob" } })],
    ["refused instead of accepted", doors, jwt({ algorithms: ["RS256"] })],
    ["another kind of error", doors, invalid("signature", { algorithms: ["RS256"] })],
    ["too slow", doors, jwt({ max_ms: -1 })],
    ["a kind that nobody reads", 1, jwt({ kind: "jwt-nested" })],
    ["an unknown kind of error", 1, invalid("colour", {})],
    ["another plaintext", 2, jwe({ plaintext_hex: "00" })],
    ["a plaintext where none was expected", 2, jwe({ expect: "invalid", error: "decrypt" })],
    ["an unknown option", 1, jwt({ options: { colour: "red" } as object })],
    ["an unknown form of key", 1, jwt({ key: { colour: "red" } as object })],
    ["an unknown expectation", 1, jwt({ expect: "acceptable" })],
    ["no token", 1, jwt({ token: undefined })],
    ["another thumbprint", 2, { name: "one", kind: "thumbprint", key: { jwk }, expect: "valid", thumbprint: "AA" }],
  ]

  test.each(wrong)("reports %s, %i times", async (_, count, one) => {
    expect(await problemsOf(one)).toHaveLength(count)
  })
})

function countByKind(some: readonly MadeCase[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { kind } of some) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
