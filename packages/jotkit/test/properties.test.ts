/** What holds for every input, not for chosen ones: errors, round trips, tampering, and agreement with slow references. */
import { createHmac } from "node:crypto"
import fc, { type Arbitrary } from "fast-check"
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  decodeComplete,
  decodeUnverified,
  type EncodeOptions,
  encode,
  encodeAsync,
  getAlgorithm,
  getUnverifiedHeader,
  Jwk,
  type JwkObject,
  JwkSet,
  JwksClient,
  JwtError,
  type KeyInput,
  listAlgorithms,
  registerAlgorithm,
  Signer,
  type SignJwsOptions,
  signJws,
  signJwsAsync,
  Verifier,
  type VerifyJwsOptions,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { beforeAll, describe, expect, test } from "vitest"

const NOW = 1_700_000_000
const SECRET = "a secret that is long enough for every hash: 0123456789 0123456789 0123456789"
const HS256 = { algorithms: ["HS256"], now: NOW } satisfies DecodeOptions
const HEADER = segment('{"alg":"HS256","typ":"JWT"}')
const FEW = { numRuns: 150 }
const MANY = { numRuns: 1000 }

const available = listAlgorithms().filter(
  (name) => name !== "none" && Reflect.get(getAlgorithm(name), "available") !== false,
)
const keys = new Map<string, Jwk>()

beforeAll(() => {
  for (const name of available) keys.set(name, Jwk.generate(name, { keyId: "1" }))
})

function keyFor(name: string): Jwk {
  const key = keys.get(name)
  if (key === undefined) throw new Error(`there is no key for ${name}`)
  return key
}

function verifyingKeyFor(name: string): Jwk {
  const key = keyFor(name)
  return key.isSymmetric ? key : key.publicKey()
}

function untyped<T>(value: unknown): T {
  return value as T
}

function segment(content: string | Uint8Array): string {
  return (typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content)).toString("base64url")
}

function withMac(input: string): string {
  return `${input}.${createHmac("sha256", SECRET).update(input).digest("base64url")}`
}

/** Class and code of a refusal, or the answer in words. An error of another kind is thrown on. */
function outcome(call: () => unknown): string {
  try {
    return `accepted ${shown(call())}`
  } catch (error) {
    return refusal(error)
  }
}

async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    return `accepted ${shown(await call())}`
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): string {
  if (error instanceof JwtError) return `${error.name} ${error.code}`
  throw error
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (member instanceof Uint8Array) return Buffer.from(member).toString("hex")
    if (member instanceof Jwk) return member.toString()
    return typeof member === "bigint" ? `${member}n` : member
  })
}

const json = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" })
const text = fc.string({ unit: "binary", maxLength: 40 })
const bytes = fc.uint8Array({ maxLength: 200 })
const names = fc.oneof(
  text,
  fc.constantFrom("__proto__", "constructor", "toString", "then", "toJSON", "", "1", "next", "length"),
)
/** Everything that a value can be. */
const anything: Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withObjectString: true,
    withBoxedValues: true,
    maxDepth: 2,
  }),
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Symbol("x"),
    () => undefined,
    () => "x",
    () => Promise.resolve("x"),
    SECRET,
    [SECRET],
  ),
)

/** An object whose members have these names, each there or not, with likely and unlikely values, and further members. */
function objectWith(
  likely: Readonly<Record<string, Arbitrary<unknown>>>,
  others: Arbitrary<unknown> = json,
): Arbitrary<Record<string, unknown>> {
  const members = Object.fromEntries(
    Object.entries(likely).map(([name, value]) => [
      name,
      fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: others, weight: 1 }),
    ]),
  )
  return fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.dictionary(names, others, { maxKeys: 3 }))
    .map(([known, further]) => ({ ...further, ...known }))
}

const headers = objectWith({
  alg: fc.constantFrom("HS256", "none", "RS256", "hs256"),
  typ: fc.constantFrom("JWT", "at+jwt"),
  cty: fc.constant("JWT"),
  kid: text,
  crit: fc.oneof(fc.constant(["b64"]), fc.array(names, { maxLength: 3 })),
  b64: fc.boolean(),
  jwk: fc.object(),
})
const times = fc.oneof(fc.integer({ min: NOW - 100, max: NOW + 100 }), fc.double(), fc.constantFrom(0, -0, 1e15, NOW))
const claimSets = objectWith({
  exp: times,
  nbf: times,
  iat: times,
  iss: fc.constantFrom("a", "b"),
  sub: text,
  jti: text,
  aud: fc.oneof(fc.constantFrom("a", "b"), fc.array(fc.constantFrom("a", "b", ""))),
})
const base64url = bytes.map((value) => segment(value))
const jwkLike = objectWith({
  kty: fc.constantFrom("oct", "RSA", "EC", "OKP", "AKP"),
  alg: fc.constantFrom("HS256", "RS256", "ES256", "EdDSA", "ML-DSA-44", "RSA-OAEP", "none"),
  use: fc.constantFrom("sig", "enc"),
  key_ops: fc.array(fc.constantFrom("sign", "verify", "encrypt")),
  kid: text,
  crv: fc.constantFrom("P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519"),
  ...Object.fromEntries(
    ["k", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y", "pub", "priv"].map((name) => [name, base64url]),
  ),
  x5c: fc.array(base64url),
})
const decodeOptions = objectWith(
  {
    algorithms: fc.array(fc.constantFrom(...listAlgorithms(), "x"), { maxLength: 3 }),
    audience: fc.oneof(text, fc.array(text)),
    issuer: fc.oneof(text, fc.array(text)),
    subject: text,
    jwtId: text,
    typ: text,
    require: fc.array(names),
    leeway: fc.oneof(
      fc.double(),
      fc.constantFrom("1m", "PT5M"),
      objectWith({ hours: fc.double(), minutes: fc.double(), weeks: fc.double() }),
    ),
    maxAge: fc.oneof(fc.double(), text),
    now: fc.oneof(fc.double(), fc.date({ noInvalidDate: false })),
    verify: objectWith({ signature: fc.boolean(), exp: fc.boolean() }),
    detachedPayload: bytes,
    crit: fc.array(text),
    maxTokenLength: fc.integer(),
    acceptPadding: fc.boolean(),
    strictAudience: fc.boolean(),
    unsafeLeeway: fc.boolean(),
    reviver: fc.constantFrom(
      (_name: string, value: unknown) => value,
      () => 5,
      () => undefined,
    ),
    schema: fc.constant({ "~standard": { version: 1, vendor: "x", validate: () => undefined } }),
  },
  anything,
)
const encodeOptions = objectWith(
  {
    algorithm: fc.constantFrom(...listAlgorithms(), "x"),
    header: objectWith(
      { typ: text, kid: text, crit: fc.array(text), b64: fc.boolean(), alg: text, x: anything },
      anything,
    ),
    sortHeader: fc.boolean(),
    expiresIn: fc.oneof(fc.double(), text, objectWith({ hours: fc.double() })),
    notBefore: fc.oneof(fc.double(), text, fc.date({ noInvalidDate: false })),
    issuedAt: fc.oneof(fc.boolean(), fc.double()),
    jwtId: fc.oneof(fc.boolean(), text),
    issuer: text,
    audience: fc.oneof(text, fc.array(text)),
    subject: text,
    now: fc.double(),
    detached: fc.boolean(),
    replacer: fc.oneof(
      fc.constantFrom(
        () => 5,
        (_name: string, value: unknown) => value,
      ),
      fc.array(anything),
    ),
  },
  anything,
)
const jwsOptions = objectWith(
  {
    algorithm: fc.constantFrom(...listAlgorithms(), "x"),
    header: objectWith({ kid: text, crit: fc.array(text), x: anything }, anything),
    unprotected: objectWith({ kid: text, x: anything }, anything),
    format: fc.constantFrom("compact", "flattened", "general", "x"),
    detached: fc.boolean(),
    b64: fc.boolean(),
    signers: fc.array(objectWith({ key: fc.constant(SECRET), header: fc.object() }, anything), { maxLength: 2 }),
  },
  anything,
)
const signatureLike = objectWith(
  {
    protected: fc.oneof(
      fc.constant(segment('{"alg":"HS256"}')),
      base64url,
      headers.map((header) => segment(JSON.stringify(header))),
    ),
    header: headers,
    signature: base64url,
  },
  anything,
)
const jwsLike = objectWith(
  {
    payload: fc.oneof(base64url, text),
    protected: fc.oneof(fc.constant(segment('{"alg":"HS256"}')), base64url),
    header: headers,
    signature: base64url,
    signatures: fc.array(signatureLike, { maxLength: 3 }),
  },
  anything,
)

/** Every door that reads a token. */
async function throughAllDoors(token: unknown): Promise<void> {
  const given = untyped<string>(token)
  for (const call of [
    () => decode(given, SECRET, HS256),
    () => decodeComplete(given, SECRET, HS256),
    () => decode(given, SECRET, { ...HS256, acceptPadding: true }),
    () => decode(given, SECRET, { verify: { signature: false } }),
    () => new Verifier({ key: SECRET, ...HS256, cache: true }).verify(given),
    () => verifyJws(given, SECRET, { algorithms: ["HS256"] }),
    () => verifyJws(given, SECRET, { algorithms: ["HS256"], detachedPayload: new Uint8Array(3) }),
    () => getUnverifiedHeader(given),
    () => decodeUnverified(given),
  ])
    outcome(call)
  await outcomeOf(() => decodeAsync(given, SECRET, HS256))
  await outcomeOf(() => verifyJwsAsync(given, SECRET, { algorithms: ["HS256"] }))
}

describe("every input ends in an answer or in an error of this package", () => {
  test("any text as token", async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: "binary" }), throughAllDoors), MANY)
  })

  test("any bytes as token", async () => {
    await fc.assert(fc.asyncProperty(bytes, throughAllDoors), MANY)
  })

  test("any value as token", async () => {
    await fc.assert(fc.asyncProperty(anything, throughAllDoors), MANY)
  })

  test("any three segments", async () => {
    const tokens = fc.tuple(base64url, base64url, base64url).map((segments) => segments.join("."))
    await fc.assert(fc.asyncProperty(tokens, throughAllDoors), MANY)
  })

  test("any signed bytes as header and payload", async () => {
    const tokens = fc.tuple(base64url, base64url).map((segments) => withMac(segments.join(".")))
    await fc.assert(fc.asyncProperty(tokens, throughAllDoors), MANY)
  })

  test("any header", async () => {
    const tokens = headers.map((header) => withMac(`${segment(JSON.stringify(header))}.${segment('{"a":1}')}`))
    await fc.assert(fc.asyncProperty(tokens, throughAllDoors), MANY)
  })

  test("any claims, signed as they are", async () => {
    const tokens = fc.oneof(claimSets, json).map((claims) => withMac(`${HEADER}.${segment(JSON.stringify(claims))}`))
    await fc.assert(fc.asyncProperty(tokens, throughAllDoors), MANY)
  })

  test("any claims and any rules", () => {
    const property = fc.property(claimSets, decodeOptions, (claims, options) => {
      const token = withMac(`${HEADER}.${segment(JSON.stringify(claims))}`)
      outcome(() => decode(token, SECRET, untyped<DecodeOptions>({ ...HS256, ...options })))
      outcome(() => verifyJws(token, SECRET, untyped<VerifyJwsOptions>({ ...HS256, ...options })))
    })
    fc.assert(property, MANY)
  })

  test("any claims to sign, also such that JSON cannot say", () => {
    const property = fc.property(
      fc.oneof(anything, claimSets, objectWith({ exp: anything, aud: anything, iss: anything, x: anything }, anything)),
      (claims) => {
        outcome(() => encode(untyped<object>(claims), SECRET))
        outcome(() => new Signer({ key: SECRET }).sign(untyped<object>(claims)))
        outcome(() => encode(untyped<object>(claims), SECRET, { replacer: (_name, value) => value }))
      },
    )
    fc.assert(property, MANY)
  })

  test("any options of encode and Signer", () => {
    const property = fc.property(encodeOptions, (options) => {
      outcome(() => encode({ a: 1 }, SECRET, untyped<EncodeOptions>(options)))
      outcome(() => new Signer({ key: SECRET, ...untyped<EncodeOptions>(options) }).sign({ a: 1 }))
    })
    fc.assert(property, MANY)
  })

  test("any options of signJws", () => {
    const property = fc.property(jwsOptions, (options) => {
      outcome(() => signJws("payload", SECRET, untyped<SignJwsOptions>(options)))
    })
    fc.assert(property, MANY)
  })

  test("any options of decode and Verifier", () => {
    const token = encode({ exp: NOW + 60, iat: NOW }, SECRET)
    const property = fc.property(decodeOptions, (options) => {
      outcome(() => decode(token, SECRET, untyped<DecodeOptions>(options)))
      outcome(() => new Verifier({ key: SECRET, ...untyped<DecodeOptions>(options) }).verify(token))
    })
    fc.assert(property, MANY)
  })

  test("any value as options", async () => {
    const property = fc.asyncProperty(anything, async (options) => {
      outcome(() => decode("a.b.c", SECRET, untyped<DecodeOptions>(options)))
      outcome(() => encode({}, SECRET, untyped<EncodeOptions>(options)))
      outcome(() => verifyJws("a.b.c", SECRET, untyped<VerifyJwsOptions>(options)))
      outcome(() => signJws("x", SECRET, untyped<SignJwsOptions>(options)))
      outcome(() => new Verifier(untyped(options)))
      outcome(() => new Signer(untyped(options)))
      outcome(() => Jwk.generate("HS256", untyped(options)))
      outcome(() => Jwk.from({ kty: "oct", k: "AAAA" }, untyped(options)))
      outcome(() => Jwk.fromPem("x", untyped(options)))
      outcome(() => new JwksClient("https://a.example/", untyped(options)))
      await outcomeOf(() => encodeAsync({}, SECRET, untyped<EncodeOptions>(options)))
    })
    await fc.assert(property, MANY)
  })

  test("any value as key", async () => {
    const token = encode({ a: 1 }, SECRET)
    const property = fc.asyncProperty(fc.oneof(anything, jwkLike, text, bytes), async (key) => {
      const given = untyped<KeyInput>(key)
      outcome(() => encode({}, given))
      outcome(() => decode(token, given, HS256))
      outcome(() => verifyJws(token, given, { algorithms: ["HS256", "RS256", "ES256", "EdDSA"] }))
      outcome(() => new Verifier({ key: given, ...HS256 }))
      outcome(() => new Signer({ key: given }))
      await outcomeOf(() => decodeAsync(token, () => given, HS256))
      await outcomeOf(() => Jwk.fromCryptoKey(untyped(key)))
    })
    await fc.assert(property, MANY)
  })

  test("any object like a JWK", () => {
    const property = fc.property(jwkLike, (jwk) => {
      outcome(() => Jwk.from(untyped<JwkObject>(jwk)))
      outcome(() => Jwk.from(JSON.stringify(jwk)))
      outcome(() => encode({}, untyped<JwkObject>(jwk), { algorithm: "RS256" }))
    })
    fc.assert(property, MANY)
  })

  test("any change of one member of a real JWK", () => {
    const real = available.map((name) => keyFor(name).toPrivateJSON())
    const property = fc.property(
      fc.constantFrom(...real),
      fc.nat(),
      fc.oneof(base64url, json, anything),
      (jwk, index, value) => {
        const member = Object.keys(jwk)[index % Object.keys(jwk).length] ?? ""
        outcome(() => Jwk.from(untyped<JwkObject>({ ...jwk, [member]: value })).thumbprint())
      },
    )
    fc.assert(property, FEW)
  })

  test("any text as JWK, set or PEM", () => {
    const words = fc.constantFrom(
      "-----BEGIN ",
      "-----END ",
      "PUBLIC KEY-----",
      "ssh-rsa ",
      "AAAA",
      "\n",
      "{",
      "}",
      '"keys":',
      "[",
      "]",
      '"kty":"oct"',
      "\\n",
      "Proc-Type: 4,ENCRYPTED",
    )
    const property = fc.property(
      fc.oneof(
        text,
        fc.array(words, { maxLength: 12 }).map((parts) => parts.join("")),
      ),
      (value) => {
        outcome(() => Jwk.from(value))
        outcome(() => Jwk.fromPem(value))
        outcome(() => Jwk.fromPem(value, { passphrase: "x" }))
        outcome(() => JwkSet.from(value))
        outcome(() => encode({}, value, { algorithm: "RS256" }))
      },
    )
    fc.assert(property, MANY)
  })

  test("any object like a set, and any text of one", () => {
    const sets = fc.oneof(
      objectWith({ keys: fc.array(fc.oneof(jwkLike, anything), { maxLength: 4 }) }, anything),
      fc.array(jwkLike, { maxLength: 3 }),
      anything,
    )
    const property = fc.property(sets, (set) => {
      outcome(() => [...JwkSet.from(untyped(set))].length)
    })
    fc.assert(property, MANY)
    const texts = fc.property(objectWith({ keys: fc.array(jwkLike, { maxLength: 4 }) }), (set) => {
      outcome(() => JwkSet.from(JSON.stringify(set)).size)
    })
    fc.assert(texts, MANY)
  })

  test("any object like a JWS in JSON", async () => {
    const property = fc.asyncProperty(jwsLike, async (jws) => {
      outcome(() => verifyJws(jws, SECRET, { algorithms: ["HS256"] }))
      outcome(() => verifyJws(jws, SECRET, { algorithms: ["HS256"], allowUnprotectedAlgorithm: true, crit: ["x"] }))
      outcome(() => verifyJws(jws, SECRET, { algorithms: ["HS256"], detachedPayload: new Uint8Array(3) }))
      await outcomeOf(() => verifyJwsAsync(jws, () => SECRET, { algorithms: ["HS256"] }))
    })
    await fc.assert(property, MANY)
  })

  test("any change of one member of a genuine JWS in JSON", () => {
    const genuine: readonly Record<string, unknown>[] = [
      { ...signJws("x", SECRET, { format: "flattened" }) },
      { ...signJws("x", SECRET, { format: "general" }) },
    ]
    const property = fc.property(
      fc.constantFrom(...genuine),
      fc.constantFrom("payload", "protected", "header", "signature", "signatures"),
      fc.oneof(anything, base64url),
      (jws, member, value) => {
        outcome(() => verifyJws({ ...jws, [member]: value }, SECRET, { algorithms: ["HS256"] }))
      },
    )
    fc.assert(property, MANY)
  })

  test("any address and any time of a remote set", () => {
    const property = fc.property(
      fc.oneof(fc.webUrl(), text, anything),
      fc.oneof(fc.double(), text, anything),
      (url, duration) => {
        outcome(() => new JwksClient(untyped(url)))
        outcome(
          () =>
            new JwksClient("https://a.example/", {
              cacheTtl: untyped(duration),
              cooldown: untyped(duration),
              timeout: untyped(duration),
            }),
        )
      },
    )
    fc.assert(property, MANY)
  })

  test("any algorithm's name, and any algorithm", () => {
    const property = fc.property(anything, (value) => {
      outcome(() => typeof getAlgorithm(untyped(value)))
      outcome(() => Jwk.generate(untyped(value)))
      outcome(() => registerAlgorithm("HS256", untyped(value)))
      outcome(() => encode({}, SECRET, { algorithm: untyped(value) }))
    })
    fc.assert(property, MANY)
  })
})

describe("what is made can be read", () => {
  const safeClaims = fc
    .tuple(
      fc.dictionary(names, json, { maxKeys: 6 }),
      fc.record(
        {
          sub: text,
          iss: text,
          jti: text,
          exp: fc.integer({ min: NOW + 1, max: NOW + 1e9 }),
          iat: fc.integer({ min: 0, max: NOW }),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([others, registered]) => {
      const { exp, nbf, iat, iss, sub, jti, aud, ...rest } = others
      return { ...rest, ...registered }
    })

  test.each(available)("claims under %s", (name) => {
    const runs = /^[RP]S/.test(name) ? 10 : 40
    const property = fc.property(safeClaims, (claims) => {
      const token = encode(claims, keyFor(name), { algorithm: name })
      const read = decode(token, verifyingKeyFor(name), { algorithms: [name], now: NOW })
      expect(JSON.stringify(read)).toBe(JSON.stringify(claims))
      expect(JSON.stringify(decodeUnverified(token).payload)).toBe(JSON.stringify(claims))
    })
    fc.assert(property, { numRuns: runs })
  })

  test.each(available)("bytes under %s, in every serialization", (name) => {
    const runs = /^[RP]S/.test(name) ? 8 : 20
    const ways = fc.record({
      format: fc.constantFrom("compact", "flattened", "general"),
      b64: fc.boolean(),
      detached: fc.boolean(),
    })
    const property = fc.property(bytes, ways, (payload, { format, b64, detached }) => {
      // Unencoded bytes that are no text have no place in a JWS; ask for them detached.
      const apart = detached || !b64
      const jws = signJws(
        payload,
        keyFor(name),
        untyped<SignJwsOptions>({ algorithm: name, format, b64, detached: apart }),
      )
      const verified = verifyJws(jws, verifyingKeyFor(name), {
        algorithms: [name],
        detachedPayload: apart ? payload : undefined,
      })
      expect(Buffer.from(verified.payload).equals(payload)).toBe(true)
      expect(Object.keys(verified)).not.toContain("unprotected")
      const other = Buffer.concat([payload, Buffer.alloc(1)])
      if (apart)
        expect(
          outcome(() => verifyJws(jws, verifyingKeyFor(name), { algorithms: [name], detachedPayload: other })),
        ).toBe("InvalidSignatureError signature_invalid")
    })
    fc.assert(property, { numRuns: runs })
  })

  test("text that stands unencoded in the token", () => {
    const printable = fc
      .string({ unit: "grapheme-ascii", maxLength: 60 })
      .filter((value) => /^[ -~]+$/.test(value) && !value.includes("."))
    const property = fc.property(printable, (payload) => {
      const jws = signJws(payload, SECRET, { b64: false })
      expect(jws.split(".")[1]).toBe(payload)
      expect(Buffer.from(verifyJws(jws, SECRET, { algorithms: ["HS256"] }).payload).toString()).toBe(payload)
    })
    fc.assert(property, MANY)
    const anyText = fc.property(text, fc.constantFrom("flattened" as const, "general" as const), (payload, format) => {
      const jws = signJws(payload, SECRET, { b64: false, format })
      expect(Buffer.from(verifyJws(jws, SECRET, { algorithms: ["HS256"] }).payload).toString()).toBe(payload)
    })
    fc.assert(anyText, MANY)
  })

  /** Objects as their sorted members, scalars as their JSON. */
  function canonical(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return JSON.stringify(value)
    if (Array.isArray(value)) return value.map(canonical)
    return Object.entries(value)
      .map(([name, member]) => [name, canonical(member)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  test("headers, in both orders", () => {
    const members = fc.dictionary(
      fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 }).map((name) => `x-${name}`),
      json,
      { maxKeys: 5 },
    )
    const property = fc.property(members, fc.boolean(), (header, sortHeader) => {
      const token = encode({}, SECRET, { header, sortHeader })
      expect(canonical(getUnverifiedHeader(token))).toEqual(canonical({ typ: "JWT", alg: "HS256", ...header }))
    })
    fc.assert(property, MANY)
  })

  test.each(available)("a key for %s keeps its thumbprint through every export", async (name) => {
    const key = keyFor(name)
    const expected = key.thumbprint()
    expect(Jwk.from(key.toPrivateJSON()).thumbprint()).toBe(expected)
    expect(Jwk.from(JSON.stringify(key.toPrivateJSON())).thumbprint()).toBe(expected)
    expect(Jwk.from(key.toKeyObject()).thumbprint()).toBe(expected)
    if (key.isSymmetric) return
    const passphrase = "a passphrase"
    for (const again of [
      Jwk.from(key.toJSON()),
      Jwk.from(JSON.stringify(key)),
      key.publicKey(),
      Jwk.fromPem(key.toPem()),
      Jwk.fromPem(key.toPrivatePem()),
      Jwk.fromPem(key.toPrivatePem({ passphrase }), { passphrase }),
      Jwk.from(Buffer.from(key.toPem())),
      Jwk.from(key.publicKey().toKeyObject()),
    ])
      expect(again.thumbprint()).toBe(expected)
    expect(
      JwkSet.from([key])
        .toJSON()
        .keys.map((jwk) => Jwk.from(jwk).thumbprint()),
    ).toEqual([expected])
    for (const hash of ["sha-384", "sha-512"] as const)
      expect(Jwk.from(key.toJSON()).thumbprint(hash)).toBe(key.thumbprint(hash))
  })

  test("a secret of any bytes keeps its thumbprint and signs alike", () => {
    const property = fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (secret) => {
      const key = Jwk.from({ kty: "oct", k: segment(secret) })
      expect(Jwk.from(key.toPrivateJSON()).thumbprint()).toBe(key.thumbprint())
      expect(encode({ a: 1 }, key)).toBe(encode({ a: 1 }, secret))
    })
    fc.assert(property, FEW)
  })
})

describe("what is changed is refused", () => {
  const families = ["HS256", "RS256", "PS256", "ES256", "EdDSA"]
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  function refuses(name: string, token: string): boolean {
    return (
      outcome(() => decode(token, verifyingKeyFor(name), { algorithms: available, now: NOW })).startsWith(
        "accepted",
      ) === false
    )
  }

  /** A token of these segments, one of them exchanged. */
  function exchanged(segments: readonly string[], index: number, replacement: string): string {
    return segments.map((text, at) => (at === index ? replacement : text)).join(".")
  }

  function genuine(name: string): string {
    return encode({ sub: "a", exp: NOW + 60, roles: ["user"] }, keyFor(name), { algorithm: name })
  }

  test.each(families)("%s: any character at any place", (name) => {
    const token = genuine(name)
    expect(refuses(name, token)).toBe(false)
    const accepted: string[] = []
    for (let at = 0; at < token.length; at++) {
      const here = token.charAt(at)
      const next = alphabet.charAt((alphabet.indexOf(here) + 1) % alphabet.length)
      const other = alphabet.charAt((alphabet.indexOf(here) + 33) % alphabet.length)
      const wide = String.fromCharCode(token.charCodeAt(at) + 0x100)
      for (const replacement of [next, other, wide, ".", "=", " ", "", here + here, `${here}A`]) {
        const changed = token.slice(0, at) + replacement + token.slice(at + 1)
        if (changed !== token && !refuses(name, changed)) accepted.push(changed)
      }
    }
    expect(accepted).toEqual([])
  })

  test.each(families)("%s: any bit of any segment", (name) => {
    const segments = genuine(name).split(".")
    const accepted: string[] = []
    for (const [index, text] of segments.entries()) {
      const decoded = Buffer.from(text, "base64url")
      for (let bit = 0; bit < decoded.length * 8; bit++) {
        const flipped = Buffer.from(decoded)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const changed = exchanged(segments, index, flipped.toString("base64url"))
        if (!refuses(name, changed)) accepted.push(changed)
      }
    }
    expect(accepted).toEqual([])
  })

  test("any two tokens with parts exchanged", () => {
    const property = fc.property(json, json, fc.constantFrom(0, 1, 2), (first, second, index) => {
      fc.pre(JSON.stringify(first) !== JSON.stringify(second))
      const [one, two] = [encode({ x: first }, SECRET), encode({ x: second }, SECRET, { header: { kid: "2" } })]
      const mixed = exchanged(one.split("."), index, two.split(".")[index] ?? "")
      expect(outcome(() => decode(mixed, SECRET, HS256))).toBe("InvalidSignatureError signature_invalid")
    })
    fc.assert(property, FEW)
  })
})

describe("HMAC is that of the platform", () => {
  const edges = [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 4095, 4096, 4097]
  const hashes = [
    ["HS256", "sha256"],
    ["HS384", "sha384"],
    ["HS512", "sha512"],
  ] as const

  function secretOf(length: number): Buffer {
    return Buffer.from(Array.from({ length }, (_, at) => (at * 151 + length * 7 + 13) % 256))
  }

  test.each(hashes)(
    "%s for all lengths of keys and messages around the edges of blocks, as bytes",
    async (name, hash) => {
      const algorithm = getAlgorithm(name)
      const wrong: string[] = []
      for (let length = 1; length <= 200; length++) {
        const secret = secretOf(length)
        const key: unknown = algorithm.prepareKey(secret)
        for (const size of edges) {
          const message = Buffer.alloc(size, length)
          const expected = createHmac(hash, secret).update(message).digest("hex")
          if (Buffer.from(await algorithm.sign(message, key)).toString("hex") !== expected)
            wrong.push(`${length}/${size}`)
        }
      }
      expect(wrong).toEqual([])
    },
  )

  /** A payload and a key id with which the signing input has exactly this length. */
  function inputOf(name: string, length: number): { kid: string; payload: string } | undefined {
    for (let filler = 0; filler < 4; filler++) {
      const kid = "k".repeat(filler)
      const rest = length - segment(JSON.stringify({ alg: name, kid })).length - 1
      const payloadBytes = Math.floor((rest * 3) / 4)
      if (rest >= 0 && segment("p".repeat(payloadBytes)).length === rest)
        return { kid, payload: "p".repeat(payloadBytes) }
    }
    return undefined
  }

  test.each(hashes)(
    "%s for all lengths of keys and signing inputs around the edges of blocks, as tokens",
    (name, hash) => {
      const wrong: string[] = []
      const sizes = edges.filter((size) => size > 40).flatMap((size) => inputOf(name, size) ?? [])
      expect(sizes).toHaveLength(edges.filter((size) => size > 40).length)
      for (let length = 1; length <= 200; length++) {
        const secret = secretOf(length)
        for (const { kid, payload } of sizes) {
          const jws = signJws(payload, secret, { algorithm: name, header: { kid } })
          const input = jws.slice(0, jws.lastIndexOf("."))
          const expected = createHmac(hash, secret).update(input).digest("base64url")
          if (jws !== `${input}.${expected}`) wrong.push(`${length}/${input.length}`)
        }
      }
      expect(wrong).toEqual([])
    },
  )

  test("messages of all lengths in any order with one key", () => {
    const signers = hashes.map(([name, hash]) => ({ signer: new Signer({ key: SECRET, algorithm: name }), hash }))
    const property = fc.property(
      fc.array(fc.integer({ min: 0, max: 3100 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom(...signers),
      (lengths, { signer, hash }) => {
        for (const length of lengths) {
          const token = signer.sign({ x: "\u00e9".repeat(length % 7) + "x".repeat(length) })
          const input = token.slice(0, token.lastIndexOf("."))
          expect(token).toBe(`${input}.${createHmac(hash, SECRET).update(input).digest("base64url")}`)
        }
      },
    )
    fc.assert(property, MANY)
  })

  // RFC 4231, sections 4.2 to 4.8.
  test.each([
    ["0b".repeat(20), "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cd".repeat(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    ["0c".repeat(20), Buffer.from("Test With Truncation").toString("hex"), "a3b6167473100ee06e0c796c2955552b"],
    [
      "aa".repeat(131),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      "aa".repeat(131),
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ).toString("hex"),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ])("RFC 4231: key %s", async (keyHex, messageHex, expected) => {
    const algorithm = getAlgorithm("HS256")
    const [key, message] = [Buffer.from(keyHex, "hex"), Buffer.from(messageHex, "hex")]
    const signature = Buffer.from(await algorithm.sign(message, algorithm.prepareKey(key))).toString("hex")
    expect(signature.slice(0, expected.length)).toBe(expected)
    expect(await algorithm.verify(message, algorithm.prepareKey(key), Buffer.from(signature, "hex"))).toBe(true)
  })
})

describe("base64url is canonical", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  /** RFC 4648, section 5, without padding: one text for each byte string, and no other. */
  function isCanonical(value: string): boolean {
    if (!/^[A-Za-z0-9_-]*$/.test(value) || value.length % 4 === 1) return false
    const last = alphabet.indexOf(value.slice(-1))
    if (value.length % 4 === 2) return last % 16 === 0
    return value.length % 4 === 0 || last % 4 === 0
  }

  const characters = fc.oneof(
    { arbitrary: fc.constantFrom(...alphabet), weight: 30 },
    { arbitrary: fc.constantFrom("=", "+", "/", " ", "\n", "\u0141", "\u00e9", "\u{1f512}", "\u0000"), weight: 1 },
  )
  const almost = fc.array(characters, { maxLength: 30 }).map((parts) => parts.join(""))

  test("in payload and signature of what is only read", () => {
    const property = fc.property(almost, (value) => {
      const expected = isCanonical(value)
      expect(outcome(() => decodeUnverified(`${HEADER}.${value}.`)).startsWith("accepted")).toBe(expected)
      expect(outcome(() => decodeUnverified(`${HEADER}.e30.${value}`)).startsWith("accepted")).toBe(expected)
      if (expected)
        expect(Buffer.from(decodeUnverified(`${HEADER}.e30.${value}`).signature).toString("base64url")).toBe(value)
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test("in the members of a JWK", () => {
    const property = fc.property(
      almost.filter((value) => value.length > 1),
      (k) => {
        expect(outcome(() => Jwk.from({ kty: "oct", k })) !== "InvalidKeyError jwk_invalid").toBe(isCanonical(k))
      },
    )
    fc.assert(property, MANY)
  })

  test.each([
    ["short", 10],
    ["long", 30_000],
  ] as const)("in a signed payload that is %s", (_name, length) => {
    const whole = segment(JSON.stringify({ x: "x".repeat(length) }))
    const property = fc.property(
      fc.nat({ max: whole.length }),
      fc.nat({ max: 2 }),
      fc.array(characters, { maxLength: 2 }),
      (at, removed, inserted) => {
        const value = whole.slice(0, at) + inserted.join("") + whole.slice(at + removed)
        const answer = outcome(() => decode(withMac(`${HEADER}.${value}`), SECRET, HS256))
        expect(answer === "DecodeError token_malformed").toBe(!isCanonical(value))
      },
    )
    fc.assert(property, { numRuns: length > 1000 ? 300 : 1000 })
  })

  test("with padding where the caller allows it, and no other freedom", () => {
    const property = fc.property(almost, fc.nat({ max: 3 }), (value, padding) => {
      const padded = `${value}${"=".repeat(padding)}`
      const right = isCanonical(value) && (padding === 0 || (padded.length % 4 === 0 && padding < 3))
      const answer = outcome(() => decode(withMac(`${HEADER}.${padded}`), SECRET, { ...HS256, acceptPadding: true }))
      if (!value.includes("=")) expect(answer === "DecodeError token_malformed").toBe(!right)
    })
    fc.assert(property, { numRuns: 1000 })
  })
})

describe("durations", () => {
  const units = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const

  function seconds(expiresIn: unknown): number {
    const token = encode({}, SECRET, { now: 0, expiresIn: untyped(expiresIn) })
    return decode(token, SECRET, { algorithms: ["HS256"], now: 0 }).exp ?? 0
  }

  const amounts = fc.record(
    {
      w: fc.nat({ max: 9 }),
      d: fc.nat({ max: 99 }),
      h: fc.nat({ max: 99 }),
      m: fc.nat({ max: 999 }),
      s: fc.nat({ max: 9999 }),
    },
    { requiredKeys: [] },
  )
  const positive = amounts.filter((parts) => Object.values(parts).some((amount) => amount > 0))

  /** The parts whose units are among these, in this order, as ISO 8601 writes them. */
  function iso(parts: readonly (readonly [string, number])[], wanted: string): string {
    return parts.flatMap(([unit, amount]) => (wanted.includes(unit) ? `${amount}${unit.toUpperCase()}` : [])).join("")
  }

  test("are the sum of their parts in all three forms", () => {
    const property = fc.property(positive, (parts) => {
      const given = (["w", "d", "h", "m", "s"] as const).flatMap((unit) => {
        const amount = parts[unit]
        return amount === undefined ? [] : [[unit, amount] as const]
      })
      const expected = given.reduce((sum, [unit, amount]) => sum + amount * units[unit], 0)
      const { w, d, h, m, s } = parts
      const time = iso(given, "hms")
      const forms = [
        expected,
        given.map(([unit, amount]) => `${amount}${unit}`).join(""),
        { weeks: w, days: d, hours: h, minutes: m, seconds: s },
        `P${iso(given, "wd")}${time === "" ? "" : `T${time}`}`,
      ]
      expect(forms.map(seconds)).toEqual(forms.map(() => expected))
    })
    fc.assert(property, MANY)
  })

  test("may be instances of a class, whose members are not all units", () => {
    class Span {
      readonly locale = "en"
      get hours(): number {
        return 1
      }
      get microseconds(): number {
        return 500_000
      }
      get nanoseconds(): number {
        return 500_000_000
      }
    }
    expect(seconds(new Span())).toBe(3601)
    expect(seconds(Object.assign(Object.create(null), { years: 0, months: 0, minutes: 1 }))).toBe(60)
  })

  test("are refused, or finite and not negative, whatever is given", () => {
    const units = objectWith(
      {
        weeks: fc.double(),
        days: fc.double(),
        hours: fc.double(),
        minutes: fc.double(),
        seconds: fc.double(),
        milliseconds: fc.double(),
      },
      anything,
    )
    const words = fc
      .array(fc.constantFrom("1", "5m", "P", "T", "1H", "h", ".", "-", " ", "9".repeat(30), "d", "1e3", "PT15M"), {
        maxLength: 5,
      })
      .map((parts) => parts.join(""))
    const expired = encode({ exp: 0, iat: 0 }, SECRET)
    const property = fc.property(fc.oneof(fc.double(), words, units, text, anything), (given) => {
      const leeway = untyped<DecodeOptions["leeway"]>(given)
      const answer = outcome(() => decode(expired, SECRET, { ...HS256, leeway }))
      if (leeway !== undefined)
        expect(answer).toMatch(/^(ExpiredSignatureError token_expired|UsageError option_invalid)$/)
      const aged = outcome(() =>
        decode(expired, SECRET, { ...HS256, verify: { exp: false }, now: 1e300, maxAge: leeway }),
      )
      if (leeway !== undefined && !(typeof given === "number" && given >= 1e300))
        expect(aged).toMatch(/^(ExpiredSignatureError token_too_old|UsageError option_invalid|accepted.*)$/)
    })
    fc.assert(property, MANY)
  })
})

describe("a name that occurs twice", () => {
  /** JSON as it is written: members in order, also of the same name. */
  type Written =
    | { readonly members: readonly (readonly [string, Written])[] }
    | { readonly elements: readonly Written[] }
    | { readonly scalar: unknown }

  const written = fc.letrec<{ value: Written; object: Written }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc
        .oneof(
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
          text,
          fc.constantFrom('{"a":1,"a":2}', "::", '\\"', "[{", "}]", '"', "\\"),
        )
        .map((scalar): Written => ({ scalar })),
      tie("object"),
      fc.array(tie("value"), { maxLength: 3 }).map((elements): Written => ({ elements })),
    ),
    object: fc
      .array(
        fc.tuple(
          fc.constantFrom(
            "a",
            "b",
            "",
            "\u00e9",
            '"',
            "\\",
            "a/b",
            "__proto__",
            "1",
            "toString",
            "\ud83d\ude00",
            "{",
            ":",
            "x1",
          ),
          tie("value"),
        ),
        { maxLength: 4 },
      )
      .map((members): Written => ({ members })),
  })).object

  function holdsDuplicate(value: Written, everyDepth: boolean): boolean {
    if ("scalar" in value) return false
    if ("elements" in value) return everyDepth && value.elements.some((element) => holdsDuplicate(element, true))
    const found = value.members.map(([name]) => name)
    if (new Set(found).size !== found.length) return true
    return everyDepth && value.members.some(([, member]) => holdsDuplicate(member, true))
  }

  /** The value that is written; the last of two members with one name counts. `JSON.parse` itself may err (json-text.test.ts). */
  function meant(value: Written): unknown {
    if ("scalar" in value) return value.scalar
    if ("elements" in value) return value.elements.map(meant)
    return Object.fromEntries(value.members.map(([name, member]) => [name, meant(member)]))
  }

  /** Writes JSON; the spelling of texts and the white space come from a stream of numbers. */
  function write(value: Written, next: () => number): string {
    const space = [" ", "\n", "", "", "\t", ""][next() % 6] ?? ""
    if ("scalar" in value)
      return space + (typeof value.scalar === "string" ? spell(value.scalar, next) : JSON.stringify(value.scalar))
    if ("elements" in value)
      return `${space}[${value.elements.map((element) => write(element, next)).join(",")}${space}]`
    return `${space}{${value.members.map(([name, member]) => `${spell(name, next)}${space}:${write(member, next)}`).join(`${space},`)}${space}}`
  }

  function spell(value: string, next: () => number): string {
    const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, "0")}`
    const characters = [...value].map((character) =>
      next() % 4 === 0
        ? Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join("")
        : JSON.stringify(character).slice(1, -1),
    )
    return `"${characters.join("")}"`
  }

  function stream(numbers: readonly number[]): () => number {
    let at = 0
    return () => numbers[at++ % numbers.length] ?? 0
  }

  const spelling = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 40 })

  test("is found in headers at every depth, and nowhere else", () => {
    const property = fc.property(written, spelling, fc.boolean(), (value, numbers, twice) => {
      const own = "members" in value ? value.members : []
      const alg: readonly [string, Written] = ["alg", { scalar: "HS256" }]
      const header: Written = { members: twice ? [alg, ...own, alg] : [...own, alg] }
      const answer = outcome(() =>
        decode(withMac(`${segment(write(header, stream(numbers)))}.${segment('{"a":1}')}`), SECRET, HS256),
      )
      expect(answer).toBe(holdsDuplicate(header, true) ? "DecodeError duplicate_member" : 'accepted {"a":1}')
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test("is found among the names of claims, and not below", () => {
    const property = fc.property(written, spelling, (value, numbers) => {
      const payload = write(value, stream(numbers))
      const answer = outcome(() => decode(withMac(`${HEADER}.${segment(payload)}`), SECRET, HS256))
      expect(answer).toBe(
        holdsDuplicate(value, false) ? "DecodeError duplicate_member" : `accepted ${JSON.stringify(meant(value))}`,
      )
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test("is found in the text of a JWK", () => {
    const property = fc.property(written, spelling, (value, numbers) => {
      const own = "members" in value ? value.members : []
      const jwk: Written = { members: [["kty", { scalar: "oct" }], ...own, ["k", { scalar: segment(SECRET) }]] }
      const answer = outcome(() => Jwk.from(write(jwk, stream(numbers))).keyType)
      expect(answer).toBe(holdsDuplicate(jwk, true) ? "InvalidKeyError jwk_invalid" : 'accepted "oct"')
    })
    fc.assert(property, MANY)
  })
})

describe("both forms of a function answer alike", () => {
  test("encode", async () => {
    const fixed = encodeOptions.map(({ jwtId, ...options }) => ({
      now: NOW,
      ...options,
      ...(typeof jwtId === "string" ? { jwtId } : {}),
    }))
    const property = fc.asyncProperty(fc.oneof(claimSets, anything), fixed, async (claims, options) => {
      const given = untyped<EncodeOptions>(
        Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== "function")),
      )
      const { algorithm } = given
      const deterministic = typeof algorithm !== "string" || /^(HS|x|none)/.test(algorithm)
      const [at, later] = [
        outcome(() => encode(untyped<object>(claims), SECRET, given)),
        await outcomeOf(() => encodeAsync(untyped<object>(claims), SECRET, given)),
      ]
      if (deterministic) expect(later).toBe(at)
      else expect(later.split(" ")[0]).toBe(at.split(" ")[0])
    })
    await fc.assert(property, MANY)
  })

  test("decode", async () => {
    const property = fc.asyncProperty(
      headers,
      claimSets,
      decodeOptions,
      fc.boolean(),
      async (header, claims, options, forged) => {
        const input = `${segment(JSON.stringify(header))}.${segment(JSON.stringify(claims))}`
        const token = forged ? `${input}.${segment("forged")}` : withMac(input)
        for (const given of [HS256, untyped<DecodeOptions>({ now: NOW, ...options })])
          expect(await outcomeOf(() => decodeAsync(token, SECRET, given))).toBe(
            outcome(() => decode(token, SECRET, given)),
          )
      },
    )
    await fc.assert(property, MANY)
  })

  test("decode with every kind of key", async () => {
    const choices = available.flatMap((name) => [keyFor(name), verifyingKeyFor(name)])
    const property = fc.asyncProperty(
      fc.constantFrom(...available),
      fc.constantFrom(...choices),
      fc.constantFrom(...available),
      async (name, key, allowed) => {
        const token = encode({ a: 1 }, keyFor(name), { algorithm: name })
        for (const options of [{ algorithms: [allowed] }, {}, { algorithms: available }]) {
          const at = outcome(() => decode(token, key, options))
          expect(await outcomeOf(() => decodeAsync(token, key, options))).toBe(at)
          expect(
            await outcomeOf(() => decodeAsync(token, async () => key, { algorithms: available, ...options })),
          ).toBe(outcome(() => decode(token, () => key, { algorithms: available, ...options })))
        }
      },
    )
    await fc.assert(property, FEW)
  })

  test("signJws and verifyJws", async () => {
    const property = fc.asyncProperty(bytes, jwsOptions, jwsLike, async (payload, options, jws) => {
      const given = untyped<SignJwsOptions>({ ...options, algorithm: "HS256" })
      expect(await outcomeOf(() => signJwsAsync(payload, SECRET, given))).toBe(
        outcome(() => signJws(payload, SECRET, given)),
      )
      for (const rules of [
        { algorithms: ["HS256"] },
        { algorithms: ["HS256"], allowUnprotectedAlgorithm: true, detachedPayload: payload },
      ])
        expect(await outcomeOf(() => verifyJwsAsync(jws, SECRET, rules))).toBe(
          outcome(() => verifyJws(jws, SECRET, rules)),
        )
    })
    await fc.assert(property, MANY)
  })

  test("signatures of one form hold in the other", async () => {
    for (const name of available) {
      const claims = { name }
      const [at, later] = [
        encode(claims, keyFor(name), { algorithm: name }),
        await encodeAsync(claims, keyFor(name), { algorithm: name }),
      ]
      for (const token of [at, later]) {
        expect(decode(token, verifyingKeyFor(name), { algorithms: [name] })).toEqual(claims)
        expect(await decodeAsync(token, verifyingKeyFor(name), { algorithms: [name] })).toEqual(claims)
      }
    }
  })

  test("making keys", async () => {
    const options = objectWith({ keyId: text, modulusLength: fc.constantFrom(1024, 2047, 0, -1, 0.5) }, anything)
    const property = fc.asyncProperty(
      fc.oneof(anything, fc.constantFrom("HS256", "none", "x", "RS257")),
      options,
      async (name, given) => {
        const kind = (key: Jwk): string => `${key.keyType} ${key.keyId}`
        const at = outcome(() => kind(Jwk.generate(untyped(name), untyped(given))))
        expect(await outcomeOf(async () => kind(await Jwk.generateAsync(untyped(name), untyped(given))))).toBe(at)
      },
    )
    await fc.assert(property, FEW)
  })

  test("a verifier with a cache and one without, at any time", () => {
    let now = NOW
    const rules = { algorithms: ["HS256"], issuer: ["a", "b"], maxAge: 50, leeway: 3, now: () => now }
    const cached = new Verifier({ key: SECRET, ...rules, cache: { maxSize: 4, ttl: 40 } })
    const plain = new Verifier({ key: SECRET, ...rules })
    const moments = fc.integer({ min: NOW - 60, max: NOW + 60 })
    const claims = fc.record(
      { iss: fc.constantFrom("a", "b", "c"), iat: moments, exp: moments, nbf: moments, x: json },
      { requiredKeys: ["iat"] },
    )
    const steps = fc.array(fc.tuple(fc.nat({ max: 5 }), moments), { minLength: 1, maxLength: 20 })
    const property = fc.property(fc.array(claims, { minLength: 6, maxLength: 6 }), steps, (sets, calls) => {
      const tokens = sets.map((set) => withMac(`${HEADER}.${segment(JSON.stringify(set))}`))
      for (const [index, moment] of calls) {
        now = moment
        const token = tokens[index] ?? ""
        expect(outcome(() => cached.verify(token))).toBe(outcome(() => plain.verify(token)))
      }
    })
    fc.assert(property, MANY)
  })
})
