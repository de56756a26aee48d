// @ts-check
// RS256, PS256, ES256, EdDSA: how much is put on top of the raw call of node:crypto.
import { constants, createPrivateKey, createPublicKey, sign, verify } from "node:crypto"
import { createSigner, createVerifier } from "fast-jwt"
import { jwtVerify, SignJWT } from "jose"
import { Jwk, Signer, Verifier } from "jotkit"
import { judge, microseconds, race, table } from "./measure.mjs"
import { AUDIENCE, claimSets, flat, POOL } from "./tokens.mjs"

/** @type {[algorithm: string, hash: string | null, parameters: object, signs: number, verifies: number, bound: number][]} */
const ALGORITHMS = [
  ["RS256", "sha256", { padding: constants.RSA_PKCS1_PADDING }, 200, 4000, 1.15],
  ["PS256", "sha256", { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, 200, 4000, 1.15],
  ["ES256", "sha256", { dsaEncoding: "ieee-p1363" }, 2000, 1500, 1.1],
  ["EdDSA", null, {}, 2000, 1000, 1.1],
]

/**
 * @param {{ rounds: number, scale: number }} plan
 * @returns {Promise<string>}
 */
export async function run({ rounds, scale }) {
  const lines = []
  for (const [algorithm, hash, parameters, signs, verifies, bound] of ALGORITHMS) {
    const { signing, verifying } = await contenders(algorithm, hash, parameters)
    const signed = await race(signing, { operations: Math.ceil(signs * scale), rounds })
    const verified = await race(verifying, { operations: Math.ceil(verifies * scale), rounds })
    judge(`${algorithm} sign against the raw call`, over(signed), { atMost: 1.1 })
    judge(`${algorithm} verify against the raw call`, over(verified), { atMost: bound })
    lines.push(row(`${algorithm} sign`, signed), row(`${algorithm} verify`, verified))
  }
  return `${table("Asymmetric, least µs", ["", "raw node:crypto", "jotkit", "on top", "fast-jwt", "jose"], lines)}\n`
}

/**
 * @param {string} algorithm
 * @param {string | null} hash
 * @param {object} parameters
 */
async function contenders(algorithm, hash, parameters) {
  const jwk = await Jwk.generateAsync(algorithm)
  const secretPem = jwk.toPrivatePem()
  const publicPem = jwk.toPem()
  const secret = { key: createPrivateKey(secretPem), ...parameters }
  const open = { key: createPublicKey(publicPem), ...parameters }
  const joseSecret = /** @type {any} */ (await jwk.toCryptoKey())
  const josePublic = /** @type {any} */ (await jwk.publicKey().toCryptoKey())

  const signer = new Signer({ key: jwk, algorithm })
  const verifier = new Verifier({ key: jwk.publicKey(), algorithms: [algorithm], audience: AUDIENCE })
  const fastSigner = createSigner({ key: secretPem, algorithm: /** @type {any} */ (algorithm), noTimestamp: true })
  const fastVerifier = createVerifier({
    key: publicPem,
    algorithms: [/** @type {any} */ (algorithm)],
    allowedAud: AUDIENCE,
    cache: false,
  })

  const tokens = claimSets.slice(0, 500).map((claims) => flat(signer.sign(claims)))
  const inputs = tokens.map((token) => Buffer.from(token.slice(0, token.lastIndexOf("."))))
  const signatures = tokens.map((token) => Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url"))
  const claims = (/** @type {number} */ index) => claimSets[index % POOL] ?? {}
  const at = (/** @type {number} */ index) => index % tokens.length
  const token = (/** @type {number} */ index) => tokens[at(index)] ?? ""
  const none = Buffer.alloc(0)
  return {
    signing: {
      raw: (/** @type {number} */ index) => sign(hash, inputs[at(index)] ?? none, secret),
      jotkit: (/** @type {number} */ index) => signer.sign(claims(index)),
      "fast-jwt": (/** @type {number} */ index) => fastSigner(claims(index)),
      jose: (/** @type {number} */ index) =>
        new SignJWT(claims(index)).setProtectedHeader({ alg: algorithm, typ: "JWT" }).sign(joseSecret),
    },
    verifying: {
      raw: (/** @type {number} */ index) =>
        verify(hash, inputs[at(index)] ?? none, open, signatures[at(index)] ?? none),
      jotkit: (/** @type {number} */ index) => verifier.verify(token(index)),
      "fast-jwt": (/** @type {number} */ index) => fastVerifier(token(index)),
      jose: (/** @type {number} */ index) =>
        jwtVerify(token(index), josePublic, { algorithms: [algorithm], audience: AUDIENCE }),
    },
  }
}

/** @param {Map<string, import("./measure.mjs").Timing>} times */
function over(times) {
  return (times.get("jotkit")?.minimum ?? Number.NaN) / (times.get("raw")?.minimum ?? Number.NaN)
}

/**
 * @param {string} name
 * @param {Map<string, import("./measure.mjs").Timing>} times
 */
function row(name, times) {
  const least = (/** @type {string} */ who) => microseconds(times.get(who)?.minimum ?? Number.NaN)
  return [name, least("raw"), least("jotkit"), `${over(times).toFixed(2)}×`, least("fast-jwt"), least("jose")]
}
