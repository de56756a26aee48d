/** Attacks on the cache and on time and memory: R1 to R9. */
import { createHmac } from "node:crypto"
import { type DecodeOptions, JwkSet, type KeyInput, Verifier } from "jotkit"
import { describe, expect, test } from "vitest"
import { expectRefused, outcome, outcomeOf } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  HS256,
  json,
  jwkOf,
  mac,
  NOW,
  otherP256,
  p256,
  rawSignature,
  SECRET,
  signedBy,
  signingInput,
  token,
  untyped,
  withMac,
} from "./material.ts"

const FORGED = "InvalidSignatureError signature_invalid"
const EXPIRED = "ExpiredSignatureError token_expired"
const MALFORMED = "DecodeError token_malformed"
const OTHER_SECRET = "another secret that is long enough for it"

/** A signer that counts how often a signature is really verified. */
class CountingSigner {
  readonly algorithm = "HS256"
  verifications = 0

  sign(data: Uint8Array): Uint8Array {
    return createHmac("sha256", SECRET).update(data).digest()
  }

  verify(data: Uint8Array, signature: Uint8Array): boolean {
    this.verifications++
    return Buffer.compare(this.sign(data), signature) === 0
  }
}

describe("the cache of a verifier", () => {
  test("R1: knows a token by its whole text", () => {
    const verifier = new Verifier({ key: SECRET, ...HS256, cache: true })
    const genuine = claimsToken(CLAIMS)
    const [header, payload, signature = ""] = genuine.split(".")
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    const hostile: readonly [string, string][] = [
      ["another payload under the same signature", `${header}.${json({ ...CLAIMS, admin: true })}.${signature}`],
      [
        "another header before the same payload and signature",
        `${json({ alg: "HS256", kid: "x" })}.${payload}.${signature}`,
      ],
      [
        "the same end",
        `${header}.${json({ ...CLAIMS, admin: true })}.${mac("x").slice(0, -16)}${signature.slice(-16)}`,
      ],
      ["the same beginning", `${genuine.slice(0, -1)}${genuine.endsWith("A") ? "E" : "A"}`],
    ]
    for (const [name, text] of hostile) expect([name, outcome(() => verifier.verify(text))]).toEqual([name, FORGED])
    expect(outcome(() => verifier.verify(`${genuine} `))).toBe(MALFORMED)
    expect(outcome(() => verifier.verify(`${genuine}=`))).toBe(MALFORMED)
  })

  test("R1: saves verifications, and only those", () => {
    const key = new CountingSigner()
    const verifier = new Verifier({ key, ...HS256, cache: true })
    const genuine = claimsToken(CLAIMS)
    for (let call = 0; call < 5; call++) expect(verifier.verify(genuine)).toEqual(CLAIMS)
    expect(key.verifications).toBe(1)
    expect(outcome(() => verifier.verify(claimsToken({ ...CLAIMS, exp: 1 })))).toBe(EXPIRED)
    expect(key.verifications).toBe(2)
  })

  test.each<[string, object, DecodeOptions, number, string]>([
    ["R2: exp", { exp: NOW + 10 }, {}, NOW + 10, EXPIRED],
    ["R2: exp with leeway", { exp: NOW + 10 }, { leeway: 5 }, NOW + 15, EXPIRED],
    ["R2: nbf, when the clock goes back", { nbf: NOW }, {}, NOW - 1, "ImmatureSignatureError token_not_yet_valid"],
    ["R2: iat, when the clock goes back", { iat: NOW }, {}, NOW - 1, "ImmatureSignatureError issued_at_in_future"],
    ["R2: maxAge", { iat: NOW }, { maxAge: 10 }, NOW + 11, "ExpiredSignatureError token_too_old"],
  ])("%s is judged on every call", (_name, claims, options, later, expected) => {
    let now = NOW
    const verifier = new Verifier({
      key: SECRET,
      algorithms: ["HS256"],
      ...options,
      now: () => now,
      cache: { maxSize: 10, ttl: "1h" },
    })
    const genuine = claimsToken(claims)
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    now = later
    expect(outcome(() => verifier.verify(genuine))).toBe(expected)
    now = NOW
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
  })

  test("R2: forgets a token at its exp and after its own time", () => {
    let now = NOW
    const key = new CountingSigner()
    const verifier = new Verifier({ key, algorithms: ["HS256"], leeway: 60, now: () => now, cache: { ttl: 100 } })
    const short = claimsToken({ exp: NOW + 10 })
    const long = claimsToken({ exp: NOW + 1000 })
    for (const text of [short, long, short, long]) verifier.verify(text)
    expect(key.verifications).toBe(2)
    now = NOW + 10
    verifier.verify(short)
    expect(key.verifications).toBe(3)
    now = NOW + 100
    verifier.verify(long)
    expect(key.verifications).toBe(4)
  })

  test("R3: belongs to one verifier", () => {
    const genuine = claimsToken({ ...CLAIMS, aud: "a" })
    const rules = { ...HS256, audience: "a", cache: true as const }
    expect(outcome(() => new Verifier({ key: SECRET, ...rules }).verify(genuine))).toBe("accepted")
    expect(outcome(() => new Verifier({ key: SECRET, ...rules, audience: "b" }).verify(genuine))).toBe(
      "InvalidAudienceError audience_invalid",
    )
    expect(outcome(() => new Verifier({ key: OTHER_SECRET, ...rules }).verify(genuine))).toBe(FORGED)
    expect(outcome(() => new Verifier({ key: SECRET, ...rules, algorithms: ["HS512"] }).verify(genuine))).toBe(
      "InvalidAlgorithmError algorithm_not_allowed",
    )
  })

  test("R3: does not go on with a key that a set no longer holds", () => {
    const [first, second] = [jwkOf(p256().publicKey), jwkOf(otherP256().publicKey)]
    let current = JwkSet.from({ keys: [first] })
    const verifier = new Verifier({ key: () => current, algorithms: ["ES256"], now: NOW, cache: true })
    const genuine = signedBy({ alg: "ES256" }, (input) => rawSignature("sha256", input, p256().privateKey))
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    current = JwkSet.from({ keys: [second] })
    expect(outcome(() => verifier.verify(genuine))).toBe(FORGED)
    current = JwkSet.from({ keys: [second, first] })
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
  })

  test("R3: does not go on with a remote signer that was exchanged", () => {
    const [first, second] = [new CountingSigner(), new CountingSigner()]
    const distrustful = Object.assign(second, { verify: () => false })
    let current: CountingSigner = first
    const verifier = new Verifier({ key: () => current, ...HS256, cache: true })
    const genuine = claimsToken(CLAIMS)
    for (let call = 0; call < 3; call++) expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    expect(first.verifications).toBe(1)
    current = distrustful
    expect(outcome(() => verifier.verify(genuine))).toBe(FORGED)
    current = first
    expect(outcome(() => verifier.verify(genuine))).toBe("accepted")
    expect(first.verifications).toBe(2)
  })

  test("R4: holds no failures", async () => {
    const answers: (() => KeyInput | null)[] = [
      () => OTHER_SECRET,
      () => null,
      () => {
        throw new Error("the key service is down")
      },
      () => SECRET,
    ]
    const found: string[] = []
    let call = 0
    const verifier = new Verifier({ key: () => (answers[call++] ?? (() => SECRET))(), ...HS256, cache: true })
    for (let attempt = 0; attempt < 5; attempt++)
      found.push(await outcomeOf(() => verifier.verifyAsync(claimsToken(CLAIMS))))
    expect(found).toEqual([
      FORGED,
      "InvalidKeyError key_not_found",
      "InvalidKeyError key_function_failed",
      "accepted",
      "accepted",
    ])
  })

  test("R5: is bounded: the oldest token goes first", () => {
    const key = new CountingSigner()
    const verifier = new Verifier({ key, ...HS256, cache: { maxSize: 3 } })
    const tokens = Array.from({ length: 10 }, (_, number) => claimsToken({ number }))
    for (const text of tokens) verifier.verify(text)
    expect(key.verifications).toBe(10)
    for (const text of tokens.slice(-3)) verifier.verify(text)
    expect(key.verifications).toBe(10)
    verifier.verify(tokens[0] ?? "")
    expect(key.verifications).toBe(11)
  })

  test("R5: the oldest of those that are left goes first, after others were forgotten", () => {
    let now = NOW
    const key = new CountingSigner()
    const rules = { key, algorithms: ["HS256"], leeway: 60, now: () => now }
    const verifier = new Verifier({ ...rules, cache: { maxSize: 2, ttl: "1h" } })
    const [short, first, second, third] = [10, 1000, 2000, 3000].map((life) => claimsToken({ exp: NOW + life }))
    const isNew = (text = ""): boolean => {
      const before = key.verifications
      verifier.verify(text)
      return key.verifications > before
    }
    expect([first, short, second].map(isNew)).toEqual([true, true, true])
    now = NOW + 10
    // Forgotten and kept again, it is the newest.
    expect([short, second, third].map(isNew)).toEqual([true, false, true])
    expect([third, second, first].map(isNew)).toEqual([false, true, true])
    expect([third, first, second, third].map(isNew)).toEqual([true, false, true, false])
  })

  test("R5: keeps no token of unusual length", () => {
    const key = new CountingSigner()
    const verifier = new Verifier({ key, ...HS256, cache: true })
    const long = claimsToken({ filler: "x".repeat(20_000) })
    verifier.verify(long)
    verifier.verify(long)
    expect(key.verifications).toBe(2)
  })

  test.each<[string, unknown]>([
    ["R5: no entries", { maxSize: 0 }],
    ["R5: entries without end", { maxSize: Number.POSITIVE_INFINITY }],
    ["R5: a negative number of entries", { maxSize: -1 }],
    ["R5: no time", { ttl: 0 }],
    ["R5: time without end", { ttl: Number.POSITIVE_INFINITY }],
    ["R5: a time that is no number", { ttl: { weeks: 1e308, hours: -1e308 } }],
    ["R5: a number", 5],
    ["R5: text", "yes"],
    ["R5: null", null],
  ])("%s is no cache", (_name, cache) => {
    expect(outcome(() => new Verifier({ key: SECRET, ...HS256, cache: untyped(cache) }))).toBe(
      "UsageError option_invalid",
    )
  })

  test("R5: an unknown bound is an error", () => {
    expect(outcome(() => new Verifier({ key: SECRET, ...HS256, cache: untyped({ maxAge: 5 }) }))).toBe(
      "UsageError option_unknown",
    )
  })

  test("R2: is not asked where the signature is not checked, and holds no detached token", () => {
    const detachedPayload = Buffer.from('{"admin":false}')
    const header = json({ alg: "HS256", b64: false, crit: ["b64"] })
    const detached = `${header}..${mac(`${header}.${detachedPayload}`)}`
    const verifier = new Verifier({ key: SECRET, ...HS256, detachedPayload, cache: true })
    expect(verifier.verify(detached)).toEqual({ admin: false })
    expect(verifier.verify(detached)).toEqual({ admin: false })
    const reading = new Verifier({ key: SECRET, ...HS256, verify: { signature: false }, cache: true })
    expect(reading.verify(withMac(signingInput({ alg: "HS256" }, { a: 1 }), OTHER_SECRET))).toEqual({ a: 1 })
  })
})

describe("parsing", () => {
  /** Long inputs of one kind each; that their time grows linearly is measured by a script, not here. */
  const size = 12_000
  test.each<[string, string]>([
    ["R9: escapes", `{"alg":"HS256","x":"${"\\u0061".repeat(size / 6)}"}`],
    ["R9: opening brackets", `{"alg":"HS256","x":${"[".repeat(size)}`],
    ["R9: opening braces", '{"a":'.repeat(size / 5)],
    ["R9: quotes", `{"alg":"HS256","x":"${'\\"'.repeat(size / 2)}"}`],
    ["R9: backslashes", `{"alg":"HS256","x":"${"\\".repeat(size + 1)}"}`],
    ["R9: one name", `{"alg":"HS256"${',"a":1'.repeat(size / 6)}}`],
    ["R9: commas", `{"alg":"HS256"${",".repeat(size)}}`],
    ["R9: spaces", `{"alg":"HS256"${" ".repeat(size)}`],
    ["R9: digits", `{"alg":"HS256","x":${"1".repeat(size)}x}`],
    ["R9: names", `{${Array.from({ length: size / 16 }, (_, at) => `"n${at}":${at}`).join(",")}`],
  ])("%s without end are read or refused", async (_name, header) => {
    const answer = await outcomeOf(() => new Verifier({ key: SECRET, ...HS256 }).verify(token(header)))
    expect(answer).toMatch(/^accepted$|^DecodeError (header_invalid|duplicate_member)$/)
    await expectRefused({ token: token(`${header}x`) }, /^DecodeError (header_invalid|duplicate_member)$/)
    const claims = await outcomeOf(() =>
      new Verifier({ key: SECRET, ...HS256 }).verify(token({ alg: "HS256" }, header)),
    )
    expect(claims).toMatch(/^accepted$|^DecodeError (payload_invalid|duplicate_member)$/)
  })

  test.each<[string, string]>([
    ["R9: spaces before the token", `${" ".repeat(60_000)}x`],
    ["R9: Bearer and spaces", `Bearer${" ".repeat(60_000)}x`],
    ["R9: tabs and newlines", "\t\n".repeat(30_000)],
    ["R9: braces before the token", "{".repeat(60_000)],
    ["R9: equals signs", `${json({ alg: "HS256" })}.${"=".repeat(60_000)}.x`],
  ])("%s are refused", async (_name, hostile) => {
    await expectRefused({ token: hostile }, MALFORMED)
    await expectRefused({ token: hostile, options: { ...HS256, acceptPadding: true } }, MALFORMED, ["decode"])
  })
})
