// @ts-check
// Tokens and keys travel both ways between us and PyJWT, refusals agree, and every row of the guide for people who come from
// PyJWT is run on both sides.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as jotkit from "jotkit"
import { root } from "../shell.mjs"

const { decode, encode, Jwk, JwkSet, signJws, verifyJws } = jotkit

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 */
export async function exchangeWithPyJwt(peer, tally) {
  const sides = {
    /** @type {(code: string, names: Record<string, unknown>) => Promise<import("./tally.mjs").Answer>} */
    ask: (code, names) => peer.ask("evaluate", { code, names }),
    /** @type {(what: string, found: unknown, expected: unknown) => Promise<void>} */
    same: (what, found, expected) => tally.same(what, found, expected),
  }
  await tokensBothWays(sides)
  await keysBothWays(sides)
  await detachedBothWays(sides)
  await refusals(sides)
  await guide(sides)
}

/**
 * @typedef {object} Sides
 * @property {(code: string, names: Record<string, unknown>) => Promise<import("./tally.mjs").Answer>} ask
 * @property {(what: string, found: unknown, expected: unknown) => Promise<void>} same
 */

/**
 * Every algorithm: what one signs the other verifies, with the key as PEM and as JWK, and deterministic tokens are the same text.
 *
 * @param {Sides} sides
 */
async function tokensBothWays({ ask, same }) {
  const claims = {
    sub: "user-1",
    name: "Ada Łovelace 你好",
    nested: { list: [1, 2.5, null, true] },
    aud: ["api", "web"],
    big: 2 ** 53 - 1,
    exp: 4_000_000_000,
  }
  const plain = { sub: "user-1", aud: ["api"], iat: 1_700_000_000, exp: 4_000_000_000 }
  for (const algorithm of [
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EdDSA",
  ]) {
    const key = Jwk.generate(algorithm, { keyId: "key-1" })
    const names = {
      claims,
      algorithm,
      jwk: key.toPrivateJSON(),
      open: key.isSymmetric ? key.toPrivateJSON() : key.toJSON(),
      kid: { kid: "key-1" },
    }
    const ours = encode(claims, key)
    await same(
      `${algorithm}: PyJWT verifies ours by JWK`,
      ask('jwt.decode(token, jwt.PyJWK.from_dict(open), audience="api")', { ...names, token: ours }),
      claims,
    )
    const theirs = (await ask("jwt.encode(claims, jwt.PyJWK.from_dict(jwk), headers=kid)", names)).value
    await same(
      `${algorithm}: we verify theirs by JWK`,
      decode(theirs, Jwk.from(names.open), { audience: "api" }),
      claims,
    )
    if (!key.isSymmetric) {
      const pem = { ...names, secret: key.toPrivatePem(), open: key.toPem() }
      await same(
        `${algorithm}: PyJWT verifies ours by PEM`,
        ask('jwt.decode(token, open, algorithms=[algorithm], audience="api")', { ...pem, token: ours }),
        claims,
      )
      const signed = (await ask("jwt.encode(claims, secret, algorithm=algorithm)", pem)).value
      await same(
        `${algorithm}: we verify theirs by PEM`,
        decode(signed, pem.open, { algorithms: [algorithm], audience: "web" }),
        claims,
      )
    }
    if (/^(HS|RS|EdDSA)/.test(algorithm)) {
      const text = (await ask("jwt.encode(plain, jwt.PyJWK.from_dict(jwk), headers=kid)", { ...names, plain })).value
      await same(`${algorithm}: the same token, letter for letter`, encode(plain, key), text)
    }
  }
  const ed448 = Jwk.generate("Ed448")
  const names = {
    claims: plain,
    jwk: { ...ed448.toPrivateJSON(), alg: "EdDSA" },
    open: { ...ed448.toJSON(), alg: "EdDSA" },
  }
  const token = encode(plain, Jwk.from(names.jwk))
  await same(
    "Ed448: PyJWT verifies ours",
    ask('jwt.decode(token, jwt.PyJWK.from_dict(open), audience="api")', { ...names, token }),
    plain,
  )
  await same(
    "Ed448: the same token, letter for letter",
    ask("jwt.encode(claims, jwt.PyJWK.from_dict(jwk))", names),
    token,
  )
}

/**
 * JWKs, sets and thumbprints.
 *
 * @param {Sides} sides
 */
async function keysBothWays({ ask, same }) {
  const classes = /** @type {const} */ ([
    ["RS256", "RSAAlgorithm"],
    ["ES256", "ECAlgorithm"],
    ["ES384", "ECAlgorithm"],
    ["ES512", "ECAlgorithm"],
    ["ES256K", "ECAlgorithm"],
    ["EdDSA", "OKPAlgorithm"],
    ["Ed448", "OKPAlgorithm"],
    ["HS256", "HMACAlgorithm"],
  ])
  for (const [algorithm, name] of classes) {
    const key = Jwk.generate(algorithm)
    const { alg: _alg, ...bare } = key.toPrivateJSON()
    const theirs = (await ask(`${name}.to_jwk(${name}.from_jwk(jwk), as_dict=True)`, { jwk: bare })).value
    await same(`${algorithm}: a JWK comes back from PyJWT`, Jwk.from(theirs).thumbprint(), key.thumbprint())
    await same(
      `${algorithm}: the thumbprint is the one computed in Python`,
      ask("thumbprint(jwk)", { jwk: bare }),
      key.thumbprint(),
    )
  }
  const keys = ["RS256", "ES256", "EdDSA"].map((algorithm) => Jwk.generate(algorithm, { keyId: `kid-${algorithm}` }))
  const set = JSON.parse(JSON.stringify(JwkSet.from(keys)))
  await same(
    "a JWK Set of ours is read by PyJWT",
    ask("[key.key_id for key in jwt.PyJWKSet.from_dict(jwks).keys]", { jwks: set }),
    keys.map(({ keyId }) => keyId),
  )
  for (const key of keys) {
    const token = encode({ a: 1 }, key)
    await same(
      `${key.keyId}: PyJWT picks it from the set`,
      ask('jwt.decode(token, jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(token)["kid"]])', {
        jwks: set,
        token,
      }),
      { a: 1 },
    )
  }
}

/**
 * RFC 7797, the detached form, which both have.
 *
 * @param {Sides} sides
 */
async function detachedBothWays({ ask, same }) {
  const key = Jwk.generate("HS256").toPrivateJSON()
  const names = { jwk: key, payload: { hex: Buffer.from("hello world").toString("hex") } }
  const ours = signJws("hello world", key, { b64: false, detached: true })
  await same(
    "b64 false: PyJWT verifies ours",
    ask("jwt.api_jws.decode(token, jwt.PyJWK.from_dict(jwk), detached_payload=payload)", { ...names, token: ours }),
    names.payload,
  )
  const theirs = (await ask("jwt.api_jws.encode(payload, jwt.PyJWK.from_dict(jwk), is_payload_detached=True)", names))
    .value
  await same(
    "b64 false: we verify theirs",
    Buffer.from(verifyJws(theirs, key, { detachedPayload: Buffer.from("hello world") }).payload).toString(),
    "hello world",
  )
}

/**
 * What is refused by one is refused by the other, with the counterpart class.
 *
 * @param {Sides} sides
 */
async function refusals({ ask, same }) {
  const key = "0123456789abcdef0123456789abcdef"
  const good = encode({ sub: "a", aud: "api", iss: "i", exp: 4_000_000_000 }, key)
  const [header, payload, signature] = good.split(".")
  /** @type {[what: string, token: string, options: import("jotkit").DecodeOptions, theirs: string, error: string][]} */
  const cases = [
    [
      "tampered payload",
      `${header}.${Buffer.from('{"sub":"b"}').toString("base64url")}.${signature}`,
      {},
      "",
      "InvalidSignatureError",
    ],
    ["another key", encode({}, `${key}x`), {}, "", "InvalidSignatureError"],
    ["expired", encode({ exp: 1_000_000_000 }, key), {}, "", "ExpiredSignatureError"],
    ["not yet valid", encode({ nbf: 4_000_000_000 }, key), {}, "", "ImmatureSignatureError"],
    ["issued in the future", encode({ iat: 4_000_000_000 }, key), {}, "", "ImmatureSignatureError"],
    ["another audience", good, { audience: "web" }, ', audience="web"', "InvalidAudienceError"],
    ["an audience nobody asked for", good, {}, "", "InvalidAudienceError"],
    ["another issuer", good, { audience: "api", issuer: "x" }, ', audience="api", issuer="x"', "InvalidIssuerError"],
    [
      "another subject",
      good,
      { audience: "api", subject: "x" },
      ', audience="api", subject="x"',
      "InvalidSubjectError",
    ],
    [
      "a required claim is missing",
      good,
      { audience: "api", require: ["jti"] },
      ', audience="api", options={"require": ["jti"]}',
      "MissingRequiredClaimError",
    ],
    ["another algorithm", encode({}, Jwk.generate("HS512")), {}, "", "InvalidAlgorithmError"],
    ["no signature at all", encode({}, null, { algorithm: "none" }), {}, "", "InvalidAlgorithmError"],
    ["two parts", `${header}.${payload}`, {}, "", "DecodeError"],
    [
      "an unknown critical extension",
      signJws("{}", key, { header: { alg: "HS256", crit: ["x"], x: 1 } }),
      {},
      "",
      "DecodeError",
    ],
  ]
  for (const [what, token, options, theirs, error] of cases) {
    await same(
      `${what}: refused here`,
      refusalOf(() => decode(token, key, { algorithms: ["HS256"], ...options })),
      error,
    )
    const answer = await ask(`jwt.decode(token, key, algorithms=["HS256"]${theirs})`, { token, key })
    // Header problems are InvalidTokenError itself in PyJWT; here they are a DecodeError, which is one.
    await same(`${what}: refused there`, answer.error === "InvalidTokenError" ? "DecodeError" : answer.error, error)
  }
}

/**
 * Every row of the guide's table, on both sides, with the same names.
 *
 * @param {Sides} sides
 */
async function guide({ ask, same }) {
  const text = readFileSync(join(root, "docs/how-to/from-pyjwt.md"), "utf8")
  const rows = [...text.matchAll(/^\| `(.+?)` \| `(.+?)` \|/gm)].map(([, theirs = "", ours = ""]) =>
    [theirs, ours].map((code) => code.replaceAll("\\|", "|")),
  )
  const names = namesOfGuide()
  for (const [theirs = "", ours = ""] of rows) {
    const answer = await ask(theirs, names)
    const here = evaluate(ours, names)
    const expected = answer.error === undefined ? { value: answer.value } : { error: counterpart(answer.error) }
    await same(`guide: ${theirs}`, here, expected)
  }
  await same("guide: every row was run", rows.length, text.match(/^\| `jwt\./gm)?.length)
}

/** What the rows of the guide speak of. */
function namesOfGuide() {
  const key = Jwk.generate("ES256", { keyId: "key-1" })
  const secret = createHash("sha256").update("the guide's secret").digest("hex")
  const claims = {
    sub: "user-1",
    aud: "api",
    iss: "https://issuer.example",
    jti: "id-1",
    iat: 1_700_000_000,
    exp: 4_000_000_000,
  }
  return {
    secret,
    claims,
    token: encode(claims, secret),
    plain: encode({ hello: "world" }, secret),
    expired: encode({ exp: 1_700_000_000 }, secret),
    immature: encode({ nbf: 4_000_000_000 }, secret),
    private_pem: key.toPrivatePem(),
    public_pem: key.toPem(),
    private_jwk: key.toPrivateJSON(),
    jwk: key.toJSON(),
    jwks: { keys: [key.toJSON()] },
    signed: encode({ hello: "world" }, key),
    payload: { hex: Buffer.from("hello world").toString("hex") },
    data: { hex: Buffer.from("foo").toString("hex") },
  }
}

/**
 * @param {string} code
 * @param {Record<string, any>} names
 */
function evaluate(code, names) {
  const values = Object.values(names).map((value) =>
    typeof value?.hex === "string" ? Buffer.from(value.hex, "hex") : value,
  )
  const call = new Function(...Object.keys(jotkit), ...Object.keys(names), `return (${code})`)
  try {
    return { value: JSON.parse(JSON.stringify(call(...Object.values(jotkit), ...values), travelling)) }
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) }
  }
}

/**
 * @param {string} _name
 * @param {any} value
 */
function travelling(_name, value) {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") }
  return value?.type === "Buffer" && Array.isArray(value.data)
    ? { hex: Buffer.from(value.data).toString("hex") }
    : value
}

/** @param {string} name */
function counterpart(name) {
  return (
    {
      PyJWKSetError: "JwkSetError",
      PyJWKError: "JwkError",
      InvalidJTIError: "InvalidJtiError",
      InvalidTokenError: "DecodeError",
      TypeError: "UsageError",
    }[name] ?? name
  )
}

/** @param {() => unknown} call */
function refusalOf(call) {
  try {
    call()
    return "accepted"
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}
