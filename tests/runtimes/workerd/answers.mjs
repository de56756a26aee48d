// @ts-check
// What the package answers to a case, by its Async forms only: asked in Node, and in the worker.
import {
  decodeAsync,
  decryptJweAsync,
  encodeAsync,
  encryptJweAsync,
  getAlgorithm,
  isJwtError,
  Jwk,
  JwkSet,
  listAlgorithms,
  verifyJwsAsync,
} from "jotkit"

/**
 * @typedef {{ kind: "jws" | "jwe", token: any, key: any, algorithms: string[], encryptionAlgorithms?: string[] }} TokenCase
 * @typedef {{ kind: "primitive", algorithm: string, key: any, message: string, signature: string }} PrimitiveCase
 * @typedef {{ kind: "round-trip", algorithm: string, key?: any }} RoundTripCase
 * @typedef {TokenCase | PrimitiveCase | RoundTripCase} Case
 */

/**
 * @param {Case} one
 * @returns {Promise<string>} What came out, or the error's class and code.
 */
export async function answerTo(one) {
  try {
    return await ASK[one.kind](/** @type {any} */ (one))
  } catch (error) {
    return isJwtError(error) ? `${error.name} ${error.code}` : `leaked ${error}`
  }
}

const ASK = {
  /** @param {TokenCase} one */
  async jws({ token, key, algorithms }) {
    return hexOf((await verifyJwsAsync(token, keyOf(key), { algorithms })).payload)
  },
  /** @param {TokenCase} one */
  async jwe({ token, key, algorithms, encryptionAlgorithms = [] }) {
    return hexOf((await decryptJweAsync(token, keyOf(key), { algorithms, encryptionAlgorithms })).plaintext)
  },
  /** @param {PrimitiveCase} one */
  async primitive({ algorithm, key, message, signature }) {
    const { prepareKey, verify } = getAlgorithm(algorithm)
    const secret = typeof key === "string" && !key.includes("-----") ? bytesOf(key) : key
    return String(await verify(bytesOf(message), prepareKey(secret), bytesOf(signature)))
  },
  /** @param {RoundTripCase} one */
  async "round-trip"({ algorithm }) {
    const key = await Jwk.generateAsync(/** @type {any} */ (algorithm))
    if (!listAlgorithms().includes(algorithm)) return sealed(key, algorithm)
    const token = await encodeAsync({ a: 1 }, key, { algorithm })
    return JSON.stringify(
      await decodeAsync(token, key.isSymmetric ? key : key.publicKey(), { algorithms: [algorithm] }),
    )
  },
}

/**
 * @param {Jwk} key
 * @param {string} name An algorithm for content, or for the key of such.
 */
async function sealed(key, name) {
  const isContent = /^A\d+(?:GCM|CBC-HS\d+)$/.test(name)
  const [algorithm, encryption] = isContent ? ["dir", name] : [name, "A128CBC-HS256"]
  const token = await encryptJweAsync('{"a":1}', key, { algorithm, encryption, pbes2Count: 1000 })
  const options = { algorithms: [algorithm], encryptionAlgorithms: [encryption] }
  return new TextDecoder().decode((await decryptJweAsync(token, key, options)).plaintext)
}

/** @param {any} key */
function keyOf(key) {
  return Array.isArray(key?.keys) ? JwkSet.from(key) : key
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** @param {string} hex */
function bytesOf(hex) {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16))
}
