// @ts-check
// JWE: how much is put on top of the raw calls of node:crypto, beside jose. "raw" seals and opens with everything prepared: the
// same primitives in the same order, base64url and the five parts, and no check at all.
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
} from "node:crypto"
import { CompactEncrypt, compactDecrypt, importJWK } from "jose"
import { decryptJwe, encryptJwe, Jwk } from "jotkit"
import { judge, microseconds, race, table } from "./measure.mjs"

/** @typedef {{ seal: (plaintext: Uint8Array) => string, open: (token: string) => Uint8Array }} Raw */
/** @typedef {{ algorithm: string, encryption: string, key: Jwk, raw: Raw, seals: number, opens: number }} Way */

const SIZES = /** @type {const} */ ([
  ["200 bytes", 200, 1],
  ["64 KiB", 65_536, 0.1],
])
const TOKENS = 200
const MOST = 1.15

/**
 * @param {{ rounds: number, scale: number }} plan
 * @returns {Promise<string>}
 */
export async function run({ rounds, scale }) {
  const lines = []
  for (const way of ways()) {
    for (const [size, bytes, share] of SIZES) {
      const { sealing, opening } = await contenders(way, bytes)
      const name = `${way.algorithm} + ${way.encryption}, ${size}`
      const plan = (/** @type {number} */ operations) => ({ operations: Math.ceil(operations * share * scale), rounds })
      for (const [what, times] of /** @type {const} */ ([
        ["encrypt", await race(sealing, plan(way.seals))],
        ["decrypt", await race(opening, plan(way.opens))],
      ])) {
        const least = (/** @type {string} */ who) => times.get(who)?.minimum ?? Number.NaN
        judge(`${name}, ${what} against the raw calls`, least("jotkit") / least("raw"), { atMost: MOST })
        judge(`${name}, ${what} against jose`, least("jose") / least("jotkit"), { atLeast: 1 })
        const [raw, ours, theirs] = ["raw", "jotkit", "jose"].map(least).map(microseconds)
        lines.push([
          `${name}, ${what}`,
          raw ?? "",
          ours ?? "",
          `${(least("jotkit") / least("raw")).toFixed(2)}×`,
          theirs ?? "",
        ])
      }
    }
  }
  return `${table("Encryption, least µs", ["", "raw node:crypto", "jotkit", "on top", "jose"], lines)}\n`
}

/** @returns {Way[]} */
function ways() {
  const direct = Jwk.generate("A256GCM")
  const rsa = Jwk.generate("RSA-OAEP-256")
  const agreeing = Jwk.generate("ECDH-ES+A128KW")
  return [
    { algorithm: "dir", encryption: "A256GCM", key: direct, raw: rawDirect(direct), seals: 4000, opens: 4000 },
    { algorithm: "RSA-OAEP-256", encryption: "A256GCM", key: rsa, raw: rawRsa(rsa), seals: 1000, opens: 100 },
    {
      algorithm: "ECDH-ES+A128KW",
      encryption: "A128CBC-HS256",
      key: agreeing,
      raw: rawAgreement(agreeing),
      seals: 400,
      opens: 400,
    },
  ]
}

/**
 * @param {Way} way
 * @param {number} bytes
 */
async function contenders({ algorithm, encryption, key, raw }, bytes) {
  const plaintexts = Array.from({ length: TOKENS }, () => randomBytes(bytes))
  const there = key.isSymmetric ? key : key.publicKey()
  const tokens = plaintexts.map((plaintext) => encryptJwe(plaintext, there, { algorithm, encryption }))
  const jwk = /** @type {any} */ (key.toPrivateJSON())
  const joseThere = await importJWK(key.isSymmetric ? jwk : /** @type {any} */ (there.toJSON()), algorithm)
  const joseBack = await importJWK(jwk, algorithm)
  const options = { algorithms: [algorithm] }
  const plaintext = (/** @type {number} */ index) => plaintexts[index % TOKENS] ?? new Uint8Array()
  const token = (/** @type {number} */ index) => tokens[index % TOKENS] ?? ""
  return {
    sealing: {
      raw: (/** @type {number} */ index) => raw.seal(plaintext(index)),
      jotkit: (/** @type {number} */ index) => encryptJwe(plaintext(index), there, { algorithm, encryption }),
      jose: (/** @type {number} */ index) =>
        new CompactEncrypt(plaintext(index)).setProtectedHeader({ alg: algorithm, enc: encryption }).encrypt(joseThere),
    },
    opening: {
      raw: (/** @type {number} */ index) => raw.open(token(index)),
      jotkit: (/** @type {number} */ index) => decryptJwe(token(index), key, options).plaintext,
      jose: (/** @type {number} */ index) =>
        compactDecrypt(token(index), joseBack, { keyManagementAlgorithms: [algorithm] }),
    },
  }
}

/**
 * @param {object} header
 * @returns {string}
 */
function headerText(header) {
  return Buffer.from(JSON.stringify(header)).toString("base64url")
}

/**
 * @param {string} header
 * @param {...Uint8Array} parts
 */
function compact(header, ...parts) {
  return [header, ...parts.map((part) => Buffer.from(part).toString("base64url"))].join(".")
}

/** @param {string} token */
function read(token) {
  const [header = "", ...parts] = token.split(".")
  const [key, iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, "base64url"))
  const none = Buffer.alloc(0)
  return {
    header: JSON.parse(Buffer.from(header, "base64url").toString()),
    aad: Buffer.from(header),
    key: key ?? none,
    iv: iv ?? none,
    ciphertext: ciphertext ?? none,
    tag: tag ?? none,
  }
}

/**
 * @param {string} header
 * @param {Uint8Array} cek
 * @param {{ encryptedKey: Uint8Array, plaintext: Uint8Array }} parts
 */
function sealGcm(header, cek, { encryptedKey, plaintext }) {
  const iv = randomBytes(12)
  const sealing = createCipheriv("aes-256-gcm", cek, iv)
  sealing.setAAD(Buffer.from(header))
  const ciphertext = Buffer.concat([sealing.update(plaintext), sealing.final()])
  return compact(header, encryptedKey, iv, ciphertext, sealing.getAuthTag())
}

/**
 * @param {Uint8Array} cek
 * @param {ReturnType<typeof read>} token
 */
function openGcm(cek, { aad, iv, ciphertext, tag }) {
  const opening = createDecipheriv("aes-256-gcm", cek, iv, { authTagLength: 16 })
  opening.setAuthTag(tag)
  opening.setAAD(aad)
  return Buffer.concat([opening.update(ciphertext), opening.final()])
}

/**
 * @param {Jwk} key
 * @returns {Raw}
 */
function rawDirect(key) {
  const cek = Buffer.from(String(key.toPrivateJSON()["k"]), "base64url")
  return {
    seal: (plaintext) =>
      sealGcm(headerText({ alg: "dir", enc: "A256GCM" }), cek, { encryptedKey: Buffer.alloc(0), plaintext }),
    open: (token) => openGcm(cek, read(token)),
  }
}

/**
 * @param {Jwk} key
 * @returns {Raw}
 */
function rawRsa(key) {
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }
  const open = { key: createPublicKey(key.toPem()), ...oaep }
  const secret = { key: createPrivateKey(key.toPrivatePem()), ...oaep }
  return {
    seal(plaintext) {
      const cek = randomBytes(32)
      const header = headerText({ alg: "RSA-OAEP-256", enc: "A256GCM" })
      return sealGcm(header, cek, { encryptedKey: publicEncrypt(open, cek), plaintext })
    },
    open(token) {
      const parts = read(token)
      return openGcm(privateDecrypt(secret, parts.key), parts)
    },
  }
}

/**
 * @param {Jwk} key
 * @returns {Raw}
 */
function rawAgreement(key) {
  const privateKey = createPrivateKey(key.toPrivatePem())
  const { x, y } = key.toJSON()
  const point = Buffer.concat([Buffer.of(4), Buffer.from(String(x), "base64url"), Buffer.from(String(y), "base64url")])
  const start = Buffer.alloc(8, 0xa6)
  return {
    seal(plaintext) {
      const pair = createECDH("prime256v1")
      const own = pair.generateKeys()
      const [x, y] = [own.subarray(1, 33), own.subarray(33)].map((half) => half.toString("base64url"))
      const epk = { kty: "EC", crv: "P-256", x, y }
      const header = headerText({ alg: "ECDH-ES+A128KW", enc: "A128CBC-HS256", epk })
      const cek = randomBytes(32)
      const wrapping = createCipheriv("id-aes128-wrap", derived(pair.computeSecret(point)), start)
      const encryptedKey = Buffer.concat([wrapping.update(cek), wrapping.final()])
      const iv = randomBytes(16)
      const sealing = createCipheriv("aes-128-cbc", cek.subarray(16), iv)
      const ciphertext = Buffer.concat([sealing.update(plaintext), sealing.final()])
      return compact(header, encryptedKey, iv, ciphertext, mac(cek, { aad: Buffer.from(header), iv, ciphertext }))
    },
    open(token) {
      const parts = read(token)
      const publicKey = createPublicKey({ key: parts.header.epk, format: "jwk" })
      const secret = diffieHellman({ privateKey, publicKey })
      const unwrapping = createDecipheriv("id-aes128-wrap", derived(secret), start)
      const cek = Buffer.concat([unwrapping.update(parts.key), unwrapping.final()])
      if (!timingSafeEqual(mac(cek, parts), parts.tag)) throw new Error("the tag is wrong")
      const opening = createDecipheriv("aes-128-cbc", cek.subarray(16), parts.iv)
      return Buffer.concat([opening.update(parts.ciphertext), opening.final()])
    },
  }
}

const ID = Buffer.from("ECDH-ES+A128KW")
const INFO = Buffer.concat([uint32(ID.length), ID, uint32(0), uint32(0), uint32(128)])

/** @param {Uint8Array} secret The key that wraps, by Concat KDF. */
function derived(secret) {
  return createHash("sha256").update(uint32(1)).update(secret).update(INFO).digest().subarray(0, 16)
}

/**
 * @param {Uint8Array} cek
 * @param {{ aad: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array }} parts
 */
function mac(cek, { aad, iv, ciphertext }) {
  const bits = Buffer.alloc(8)
  bits.writeBigUInt64BE(BigInt(aad.length) * 8n)
  const hmac = createHmac("sha256", cek.subarray(0, 16)).update(aad).update(iv).update(ciphertext).update(bits)
  return hmac.digest().subarray(0, 16)
}

/** @param {number} value */
function uint32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
