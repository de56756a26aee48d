/** Attacks by misuse, and by other code in the same process: U1 to U11 as far as they concern the core. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  decodeUnverified,
  type EncodeOptions,
  encode,
  isJwtError,
  Jwk,
  JwkSet,
  JwksClient,
  type JwtClaims,
  JwtError,
  Signer,
  signJws,
  Verifier,
  verifyJws,
} from "jotkit"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { errorOf, outcome } from "./doors.ts"
import {
  CLAIMS,
  claimsToken,
  ed25519,
  HS256,
  jwkOf,
  mac,
  NOW,
  p256,
  pemOf,
  privatePemOf,
  rsa,
  SECRET,
  signingInput,
  untyped,
} from "./material.ts"

const UNKNOWN = "UsageError option_unknown"

describe("types", () => {
  test("U1: what was not verified is no claims set", () => {
    // @ts-expect-error: the payload is unknown until somebody verified it.
    const claims: JwtClaims = decodeUnverified(claimsToken(CLAIMS)).payload
    expect(claims).toEqual(CLAIMS)
  })

  test("U4: a promise is no answer", () => {
    const mistaken = (): boolean => {
      // @ts-expect-error: the condition is a promise, which is always true.
      if (decodeAsync(claimsToken(CLAIMS), SECRET, HS256)) return true
      return false
    }
    expect(mistaken).toBeTypeOf("function")
    // @ts-expect-error: claims are not to be had before they are awaited.
    const subject = (answer: ReturnType<typeof decodeAsync>): unknown => answer.sub
    expect(subject).toBeTypeOf("function")
  })
})

describe("options", () => {
  test.each<[string, object, string]>([
    ["U2: algorithm", { algorithm: "HS256" }, "algorithms"],
    ["U2: audiance", { audiance: "x" }, "audience"],
    ["U2: isuer", { isuer: "x" }, "issuer"],
    ["U2: maxage", { maxage: 5 }, "maxAge"],
    ["U2: Leeway", { Leeway: 5 }, "leeway"],
    ["U2: requires", { requires: [] }, "require"],
    ["U2: crits", { crits: [] }, "crit"],
    ["U2: aud", { aud: "x" }, "audience"],
    ["U2: iss", { iss: "x" }, "issuer"],
    ["U2: sub", { sub: "x" }, "subject"],
    ["U2: jti", { jti: "x" }, "jwtId"],
    ["U2: alg", { alg: "HS256" }, "algorithms"],
    ["U2: verifySignature", { verifySignature: false }, "verify"],
  ])("%s does not exist, and the error names the nearest", (_name, options, nearest) => {
    const given: DecodeOptions = untyped({ ...HS256, ...options })
    expect(outcome(() => decode(claimsToken(CLAIMS), SECRET, given))).toBe(UNKNOWN)
    expect(outcome(() => new Verifier({ key: SECRET, ...given }))).toBe(UNKNOWN)
    expect(errorOf(() => decode(claimsToken(CLAIMS), SECRET, given)).message).toContain(`did you mean \`${nearest}\``)
  })

  test.each<[string, EncodeOptions, string]>([
    ["U2: exp", untyped({ exp: 5 }), "expiresIn"],
    ["U2: iss", untyped({ iss: "x" }), "issuer"],
    ["U2: headers", untyped({ headers: {} }), "header"],
  ])("%s is no option of encode, and the error names the nearest", (_name, options, nearest) => {
    expect(errorOf(() => encode({}, SECRET, options)).message).toContain(`did you mean \`${nearest}\``)
  })

  test.each([["x"], ["key"], ["clockTolerance"]])("U2: %s is like none, and the error names them all", (name) => {
    const { message } = errorOf(() => decode(claimsToken(CLAIMS), SECRET, { ...HS256, [name]: 1 }))
    expect(message).not.toContain("did you mean")
    for (const option of ["algorithms", "audience", "leeway", "typ"]) expect(message).toContain(option)
  })

  test.each<[string, (options: object) => unknown]>([
    ["U2: of encode", (options) => encode({}, SECRET, options)],
    ["U2: of Signer", (options) => new Signer({ key: SECRET, ...options })],
    ["U2: of signJws", (options) => signJws("x", SECRET, options)],
    [
      "U2: of signJws's signers",
      (options) => signJws("x", null, { format: "general", signers: [{ key: SECRET, ...options }] }),
    ],
    ["U2: of verifyJws", (options) => verifyJws(claimsToken(CLAIMS), SECRET, { algorithms: ["HS256"], ...options })],
    ["U2: of verify", (options) => decode(claimsToken(CLAIMS), SECRET, { ...HS256, verify: options })],
    ["U2: of cache", (options) => new Verifier({ key: SECRET, ...HS256, cache: untyped(options) })],
    ["U2: of Jwk.from", (options) => Jwk.from({ kty: "oct", k: "AAAA" }, untyped(options))],
    ["U2: of Jwk.fromPem", (options) => Jwk.fromPem(pemOf(p256().publicKey), untyped(options))],
    ["U2: of Jwk.generate", (options) => Jwk.generate("ES256", untyped(options))],
    ["U2: of toPrivatePem", (options) => Jwk.from(jwkOf(p256().privateKey)).toPrivatePem(untyped(options))],
    ["U2: of find", (options) => JwkSet.from({ keys: [jwkOf(p256().publicKey)] }).find(untyped(options))],
    ["U2: of JwksClient", (options) => new JwksClient("https://a.example/", untyped(options))],
  ])("an option %s that does not exist is an error", (_name, call) => {
    for (const name of ["nonsense", "toString", "constructor", "__proto__x", "x".repeat(10_000)])
      expect(outcome(() => call({ [name]: 1 }))).toBe(UNKNOWN)
    expect(outcome(() => call(untyped(JSON.parse('{"__proto__":1}'))))).toMatch(
      /^(accepted|UsageError option_unknown)$/,
    )
  })

  test.each<[string, unknown]>([
    ["U2: null", null],
    ["U2: text", "HS256"],
    ["U2: an array", ["HS256"]],
    ["U2: a number", 5],
    ["U2: a function", () => ({})],
  ])("%s is no set of options", (_name, options) => {
    const calls = [
      () => encode({}, SECRET, untyped(options)),
      () => decode(claimsToken(CLAIMS), SECRET, untyped<DecodeOptions>(options)),
      () => verifyJws(claimsToken(CLAIMS), SECRET, untyped(options)),
      () => signJws("x", SECRET, untyped(options)),
      () => new Verifier(untyped(options)),
      () => new Signer(untyped(options)),
      () => Jwk.generate("ES256", untyped(options)),
      () => Jwk.from(jwkOf(p256().publicKey), untyped(options)),
      () => decode(claimsToken(CLAIMS), SECRET, { ...HS256, verify: untyped(options) }),
    ]
    for (const call of calls) expect(outcome(call)).toBe("UsageError option_invalid")
  })

  test("U3: an option that is undefined counts as not given", () => {
    // Where attacks.md refuses, the contract does not: `{ issuer: process.env.ISS }` is a rule only if the variable is set.
    const names = [
      "audience",
      "issuer",
      "subject",
      "jwtId",
      "typ",
      "require",
      "leeway",
      "maxAge",
      "verify",
      "crit",
      "schema",
      "reviver",
    ]
    const options = Object.fromEntries(names.map((name) => [name, undefined]))
    expect(decode(claimsToken(CLAIMS), SECRET, { ...HS256, ...options })).toEqual(CLAIMS)
    expect(outcome(() => decode(claimsToken({ ...CLAIMS, aud: "x" }), SECRET, { ...HS256, ...options }))).toBe(
      "InvalidAudienceError audience_unexpected",
    )
    expect(outcome(() => decode(claimsToken(CLAIMS), SECRET, { ...HS256, algorithms: undefined }))).toBe(
      "UsageError algorithms_required",
    )
  })

  test("U3: every option of the wrong type is an error, and none is ignored", () => {
    const decoding = [
      "algorithms",
      "audience",
      "issuer",
      "subject",
      "jwtId",
      "typ",
      "require",
      "leeway",
      "unsafeLeeway",
      "maxAge",
    ]
    const more = [
      "strictAudience",
      "now",
      "verify",
      "enforceMinimumKeyLength",
      "detachedPayload",
      "crit",
      "reviver",
      "schema",
      "maxTokenLength",
      "acceptPadding",
    ]
    for (const name of [...decoding, ...more])
      for (const value of [null, Symbol("x"), 5n])
        expect([
          name,
          outcome(() => decode(claimsToken(CLAIMS), SECRET, { ...HS256, [name]: untyped(value) })),
        ]).toEqual([name, "UsageError option_invalid"])
    const encoding = [
      "algorithm",
      "header",
      "sortHeader",
      "expiresIn",
      "notBefore",
      "jwtId",
      "issuer",
      "audience",
      "subject",
      "now",
      "detached",
      "replacer",
      "enforceMinimumKeyLength",
    ]
    for (const name of encoding)
      for (const value of [null, Symbol("x"), 5n])
        expect([name, outcome(() => encode({}, SECRET, untyped({ [name]: value })))]).toEqual([
          name,
          "UsageError option_invalid",
        ])
    for (const value of [null, Symbol("x"), 5n, "x"])
      expect(outcome(() => encode({}, SECRET, { issuedAt: untyped(value) }))).toMatch(
        /^UsageError (option_invalid|claims_invalid)$/,
      )
  })

  test("U3: what was given to a signer is read once", () => {
    const audience = ["a"]
    const nested = { b: 1 }
    const options: EncodeOptions = { audience, header: { nested }, issuer: "i" }
    const signer = new Signer({ key: SECRET, ...options })
    const before = signer.sign({})
    audience[0] = "b"
    audience.push("c")
    nested.b = 2
    expect(signer.sign({})).toBe(before)
  })

  test("U3: times that were given to a signer are read once", () => {
    const moment = new Date(5000)
    const duration = { seconds: 60 }
    for (const notBefore of [moment, duration]) {
      const signer = new Signer({ key: SECRET, now: 10, issuedAt: moment, notBefore, expiresIn: duration })
      const before = signer.sign({})
      moment.setTime(9_000_000)
      duration.seconds = 3600
      expect(signer.sign({})).toBe(before)
      moment.setTime(5000)
      duration.seconds = 60
    }
    const names = ["a"]
    const signer = new Signer({ key: SECRET, replacer: names })
    names.push("b")
    expect(signer.sign({ a: 1, b: 2 })).toBe(encode({ a: 1 }, SECRET))
  })

  test.each<[string, EncodeOptions, RegExp]>([
    ["expiresIn", { expiresIn: "soon" }, /option_invalid/],
    ["expiresIn", { expiresIn: 0 }, /option_invalid/],
    ["notBefore", { notBefore: "soon" }, /option_invalid/],
    ["notBefore", { notBefore: new Date(Number.NaN) }, /claims_invalid/],
    ["issuedAt", { issuedAt: untyped("soon") }, /claims_invalid/],
    ["issuedAt", { issuedAt: Number.NaN }, /claims_invalid/],
  ])("U3: %s is checked when a signer is made, not when it signs", (_name, options, expected) => {
    expect(outcome(() => new Signer({ key: SECRET, ...options }))).toMatch(expected)
  })

  test("U3: signers that are none are an error", () => {
    for (const signers of [null, 5, {}, [null], [undefined], [5], ["x"], [[]]])
      expect(outcome(() => signJws("x", SECRET, { format: "general", signers: untyped(signers) }))).toMatch(
        /^(UsageError option_invalid|InvalidKeyError key_(missing|invalid))$/,
      )
  })
})

/** What other code in the process may have put on Object.prototype, by accident or on purpose. */
const POLLUTION: readonly (readonly [string, unknown])[] = [
  ["alg", "none"],
  ["algorithm", "none"],
  ["algorithms", ["none", "HS256", "RS256", "ES256"]],
  ["verify", { signature: false }],
  ["signature", false],
  ["kid", "polluted"],
  ["keyId", "polluted"],
  ["key", "polluted secret that is long enough for it"],
  ["keys", []],
  ["kty", "oct"],
  ["k", "cG9sbHV0ZWQ"],
  // `d` is left out: Node itself looks for it on Object.prototype when it reads a public RSA JWK, and refuses the key.
  ["p", "AQAB"],
  ["n", "AQAB"],
  ["x", "AQAB"],
  ["y", "AQAB"],
  ["crv", "Ed448"],
  ["priv", "AQAB"],
  ["pub", "AQAB"],
  ["oth", []],
  ["x5c", ["AAAA"]],
  ["use", "enc"],
  ["key_ops", ["encrypt"]],
  ["operations", ["encrypt"]],
  ["usages", []],
  ["extractable", false],
  ["boundAlgorithm", "none"],
  ["pss", { hash: "sha1" }],
  ["exp", 1],
  ["nbf", 9e9],
  ["iat", "x"],
  ["iss", 5],
  ["sub", 5],
  ["aud", "polluted"],
  ["jti", 5],
  ["issuer", "polluted"],
  ["audience", "polluted"],
  ["subject", "polluted"],
  ["jwtId", "polluted"],
  ["expiresIn", 5],
  ["notBefore", 5],
  ["issuedAt", true],
  ["leeway", 600],
  ["unsafeLeeway", true],
  ["maxAge", 0],
  ["now", 1],
  ["require", ["polluted"]],
  ["typ", "polluted"],
  ["cty", 5],
  ["crit", ["polluted"]],
  ["b64", false],
  ["header", { kid: "polluted" }],
  ["protected", "e30"],
  ["unprotected", { kid: "polluted" }],
  ["signatures", []],
  ["signers", []],
  ["payload", "e30"],
  ["format", "general"],
  ["detached", true],
  ["detachedPayload", new Uint8Array()],
  ["maxTokenLength", 1],
  ["acceptPadding", true],
  ["allowUnprotectedAlgorithm", true],
  ["enforceMinimumKeyLength", true],
  ["schema", null],
  ["reviver", null],
  ["replacer", []],
  ["cache", { maxSize: 1 }],
  ["passphrase", "polluted"],
  ["modulusLength", 1],
  ["sortHeader", false],
  ["problem", "duplicate"],
  ["value", {}],
  ["issues", []],
  ["violations", [{}]],
  ["cause", "polluted"],
  ["done", true],
  ["latest", { algorithm: "HS256" }],
  ["epochMilliseconds", 0],
  ["hours", 1e308],
  ["years", 1],
  ["0", "polluted"],
]

// Made before anything is polluted, as the platform reads options, too.
const ecKey = jwkOf(p256().privateKey)
const ecPublicKey = jwkOf(p256().publicKey)
const edwardsKey = jwkOf(ed25519().publicKey)
const rsaKey = jwkOf(rsa().publicKey)
const [ecPem, ecPrivatePem, edwardsPem] = [
  pemOf(p256().publicKey),
  privatePemOf(p256().privateKey),
  privatePemOf(ed25519().privateKey),
]

/** The whole way of keys and tokens, in words that can be compared. */
function wholeCycle(): string[] {
  const answers: string[] = []
  const note = (name: string, call: () => unknown): void => {
    let answer: string
    try {
      answer = `accepted ${JSON.stringify(call())}`
    } catch (error) {
      answer = error instanceof JwtError ? `${error.name} ${error.code}` : `leaked ${String(error)}`
    }
    answers.push(`${name}: ${answer}`)
  }
  const genuine = claimsToken({ mark: 1 })
  const forged = `${signingInput({ alg: "HS256", typ: "JWT" }, { admin: true })}.${mac("something else")}`
  const unsecured = `${signingInput({ alg: "none" }, { admin: true })}.`
  const set = {
    keys: [
      { ...rsaKey, kid: "1" },
      { ...edwardsKey, kid: "2" },
    ],
  }

  note("decode", () => decode(genuine, SECRET, { algorithms: ["HS256"] }))
  note("decode forged", () => decode(forged, SECRET, { algorithms: ["HS256"] }))
  note("decode forged with no options", () => decode(forged, SECRET, {}))
  note("decode with no options", () => decode(genuine, SECRET))
  note("decode unsecured", () => decode(unsecured, SECRET, { algorithms: ["HS256"] }))
  note("decode unsecured with a key that names its algorithm", () => decode(unsecured, Jwk.from(ecKey)))
  note("decode without alg", () =>
    decode(`${signingInput({}, {})}.${mac(signingInput({}, {}))}`, SECRET, { algorithms: ["HS256"] }),
  )
  note("decode with an unwanted audience", () => decode(claimsToken({ aud: "x" }), SECRET, { algorithms: ["HS256"] }))
  note("decode with a rule", () => decode(genuine, SECRET, { algorithms: ["HS256"], issuer: "a" }))
  note("decode expired", () => decode(claimsToken({ exp: NOW }), SECRET, HS256))
  note("decode malformed", () => decode("a.b.c", SECRET, { algorithms: ["HS256"] }))
  note("decode without the signature", () => decode(forged, SECRET, { verify: { signature: false } }))
  note("decodeUnverified", () => decodeUnverified(genuine).header)
  note("encode", () => encode({ a: 1 }, SECRET))
  note("encode with a header", () => encode({ a: 1 }, SECRET, { header: { x: 1 } }))
  note("encode with claims", () => encode({ a: 1 }, SECRET, { issuer: "a", expiresIn: "5m", now: NOW }))
  note("encode with an empty object as options", () => encode({}, SECRET, {}))
  note("signer", () => new Signer({ key: SECRET }).sign({ a: 1 }))
  note("verifier", () => new Verifier({ key: SECRET, algorithms: ["HS256"] }).verify(genuine))
  note("verifier with a cache", () => {
    const verifier = new Verifier({ key: SECRET, algorithms: ["HS256"], cache: true })
    return [verifier.verify(genuine), verifier.verify(genuine)]
  })
  note("verifier of a forged token", () => new Verifier({ key: SECRET, algorithms: ["HS256"] }).verify(forged))
  note("a key from JWK", () => Jwk.from({ ...rsaKey }).thumbprint())
  note("a key from a JWK object", () => decode(encode({ a: 1 }, ecKey), { ...ecPublicKey }))
  note("a private key from JWK", () => Jwk.from(ecKey).toPrivateJSON())
  note("a public key from a private one", () => Jwk.from(ecKey).publicKey().toJSON())
  note("a key from JWK text", () => Jwk.from(JSON.stringify(rsaKey)).toJSON())
  note("a key from PEM", () => Jwk.fromPem(ecPem).toJSON())
  note("a private key from PEM", () => Jwk.fromPem(ecPrivatePem).toPrivateJSON())
  note("a key from a KeyObject", () => Jwk.from(untyped<string>(rsa().publicKey)).toJSON())
  note("a key that lacks a member", () => Jwk.from(untyped({ kty: "EC", crv: "P-256" })))
  note("an empty key", () => Jwk.from(untyped({})))
  note("an empty object as key", () => decode(genuine, untyped({}), { algorithms: ["HS256"] }))
  note("an empty set", () => JwkSet.from(untyped({})))
  note("a set", () => JwkSet.from(set).toJSON())
  note("a set that verifies", () => decode(encode({ a: 1 }, edwardsPem), JwkSet.from(set), { algorithms: ["EdDSA"] }))
  note("signJws", () => signJws("x", SECRET))
  note("signJws flattened", () => signJws("x", SECRET, { format: "flattened" }))
  note("signJws general", () => signJws("x", SECRET, { format: "general" }))
  note("verifyJws", () => verifyJws(genuine, SECRET, { algorithms: ["HS256"] }).header)
  note(
    "verifyJws flattened",
    () => verifyJws(signJws("x", SECRET, { format: "flattened" }), SECRET, { algorithms: ["HS256"] }).header,
  )
  note(
    "verifyJws general",
    () => verifyJws(signJws("x", SECRET, { format: "general" }), SECRET, { algorithms: ["HS256"] }).header,
  )
  note("verifyJws forged", () => verifyJws(forged, SECRET, { algorithms: ["HS256"] }))
  note("verifyJws of nothing", () => verifyJws({}, SECRET, { algorithms: ["HS256"] }))
  note("verifyJws without a header", () =>
    verifyJws({ payload: "e30", signature: mac(".e30") }, SECRET, { algorithms: ["HS256"] }),
  )
  return answers
}

describe("Object.prototype", () => {
  const expected = wholeCycle()

  test.each(POLLUTION)("U5: %s on it changes nothing", (name, value) => {
    expect(Object.hasOwn(Object.prototype, name)).toBe(false)
    let found: string[]
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: false })
    try {
      found = wholeCycle()
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
    expect(found.filter((answer, at) => answer !== expected[at]).join("\n")).toBe("")
  })

  test.each(POLLUTION)("U5: with %s on it a key is made, or the error is one of the package", (name, value) => {
    let found: string
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: false })
    try {
      // Node's own generator stumbles over some of these names.
      found = madeKey()
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
    expect(found).toMatch(/^(private EC ES256|[A-Za-z]+Error [a-z_]+)$/)
  })

  function madeKey(): string {
    try {
      const { isPrivate, keyType, algorithm } = Jwk.generate("ES256")
      return `${isPrivate ? "private" : "public"} ${keyType} ${algorithm}`
    } catch (error) {
      return error instanceof JwtError ? `${error.name} ${error.code}` : `leaked ${String(error)}`
    }
  }

  test("U5: answers in this cycle are what they should be", () => {
    expect(expected.filter((answer) => answer.includes("leaked"))).toEqual([])
    expect(expected.filter((answer) => answer.includes("admin")).length).toBe(1)
  })
})

describe("two copies of the package", () => {
  test("U7: an error of one is recognised by the other", async () => {
    const other = await otherCopy()
    expect(other.JwtError).not.toBe(JwtError)
    const error = errorOfCopy(() => other.decode("a.b.c", SECRET, HS256))
    expect(error instanceof JwtError).toBe(false)
    expect(isJwtError(error)).toBe(true)
    expect(isJwtError(error) && [error.code, error.fault, error.name]).toEqual([
      "token_malformed",
      "token",
      "DecodeError",
    ])
    expect(other.isJwtError(errorOf(() => decode("a.b.c", SECRET, HS256)))).toBe(true)
  })

  test("U7: what is no error of the package is not recognised", () => {
    const strangers = [null, undefined, 5, "x", {}, new Error("x"), { code: "token_malformed", fault: "token" }]
    const system = Object.assign(new Error("x"), { code: "ENOENT", fault: "token" })
    const machinery = Object.assign(new Error("x"), { code: "toString", fault: "token" })
    for (const value of [...strangers, system, machinery]) expect(isJwtError(value)).toBe(false)
  })

  test("U7: a key of one copy is no key of the other, and says so", async () => {
    const other = await otherCopy()
    const foreign = other.Jwk.from({ kty: "oct", k: Buffer.from(SECRET).toString("base64url") })
    expect(outcome(() => decode(claimsToken(CLAIMS), untyped(foreign), HS256))).toMatch(
      /^(accepted|InvalidKeyError key_invalid)$/,
    )
  })
})

/** The package a second time, as two versions of it in one program: of the built one, which Node itself loads, the files again. */
async function otherCopy(): Promise<typeof import("jotkit")> {
  if (process.env["JOTKIT_DIST"] !== "1") {
    vi.resetModules()
    return await import("jotkit")
  }
  const folder = mkdtempSync(join(tmpdir(), "jotkit-copy-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const name of ["package.json", "dist"])
    cpSync(new URL(`../../${name}`, import.meta.url), join(folder, name), { recursive: true })
  return (await import(pathToFileURL(join(folder, "dist/index.js")).href)) as typeof import("jotkit")
}

function errorOfCopy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error("expected a refusal, and the call was accepted")
}

describe("the package", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as Record<
    string,
    unknown
  >

  test("U8: depends on nothing", () => {
    for (const name of ["dependencies", "optionalDependencies", "bundledDependencies", "bundleDependencies"])
      expect(Object.keys((manifest[name] ?? {}) as object)).toEqual([])
  })

  test("U8: and asks for its two peers only of those who import the door that needs them", () => {
    expect(Object.keys(manifest["peerDependencies"] as object)).toEqual(["@noble/curves", "@noble/post-quantum"])
    expect(manifest["peerDependenciesMeta"]).toEqual({
      "@noble/curves": { optional: true },
      "@noble/post-quantum": { optional: true },
    })
  })

  test("U9: runs nothing when it is installed", () => {
    const scripts = Object.keys((manifest["scripts"] ?? {}) as object)
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare|publish)/.test(name))).toEqual([])
    expect(manifest["bin"]).toBeUndefined()
  })
})
