// @ts-check
// Keys made once and used with every peer, and what is said about them.
import { generateKeyPairSync, randomBytes } from "node:crypto"
import { decodeUnverified } from "jotkit"

/** @typedef {import("jotkit").JwkObject} JwkObject */

const EC_CURVES = ["P-256", "P-384", "P-521", "secp256k1"]
/** @type {Map<string, JwkObject>} */
const made = new Map()

/**
 * A private key as a JWK, the same each time.
 *
 * @param {string} kind `RSA`, or the name of a curve.
 * @returns {JwkObject}
 */
export function privateJwk(kind) {
  const known = made.get(kind)
  if (known !== undefined) return known
  const jwk = /** @type {JwkObject} */ (generate(kind).privateKey.export({ format: "jwk" }))
  made.set(kind, jwk)
  return jwk
}

/**
 * The public half.
 *
 * @param {JwkObject} jwk
 * @returns {JwkObject}
 */
export function publicJwk(jwk) {
  if (jwk.kty === "oct") return jwk
  const open = ["kty", "crv", "x", "y", "n", "e", "alg", "kid"].flatMap((name) =>
    jwk[name] === undefined ? [] : [[name, jwk[name]]],
  )
  return Object.fromEntries(open)
}

/**
 * A secret of this length.
 *
 * @param {number} bytes
 * @returns {JwkObject}
 */
export function secretJwk(bytes) {
  return { kty: "oct", k: randomBytes(bytes).toString("base64url") }
}

/**
 * The claims of a token, unverified.
 *
 * @param {string} token
 */
export function claimsOf(token) {
  return { .../** @type {Record<string, unknown>} */ (decodeUnverified(token).payload) }
}

/**
 * A token with another signature.
 *
 * @param {string} token
 */
export function changed(token) {
  const [header, payload, signature = ""] = token.split(".")
  return [header, payload, (signature.startsWith("A") ? "B" : "A") + signature.slice(1)].join(".")
}

/** @param {string} kind */
function generate(kind) {
  if (kind === "RSA") return generateKeyPairSync("rsa", { modulusLength: 2048 })
  if (EC_CURVES.includes(kind)) return generateKeyPairSync("ec", { namedCurve: kind })
  return generateKeyPairSync(/** @type {"x25519"} */ (kind.toLowerCase()))
}
