// @ts-check
// The npm package jose at the other end of a pipe: one JSON line in, one out.
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as jose from "jose"

const manifest = fileURLToPath(import.meta.resolve("jose")).replace(/dist[\\/].*/, "package.json")
/** Passwords of PBES2 count at most this often. */
const options = { maxPBES2Count: 1_000_000 }

/** @type {Record<string, (request: any) => unknown>} */
const operations = {
  about: () => JSON.parse(readFileSync(manifest, "utf8")).version,
  encrypt: ({ format, protected: header, recipients, plaintext, aad }) => {
    const data = jose.base64url.decode(plaintext)
    if (format === "general") return encryptGeneral(header, recipients, data, aad)
    return encryptOne(format, header, recipients[0], data, aad)
  },
  decrypt: async ({ token, key, algorithm, encryption }) => {
    const allowed = {
      ...options,
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [encryption],
    }
    const secret = await keyOf(key, algorithm === "dir" ? encryption : algorithm)
    return jose.base64url.encode((await decryptAny(token, secret, allowed)).plaintext)
  },
  sign: async ({ protected: header, payload, key }) =>
    new jose.CompactSign(jose.base64url.decode(payload)).setProtectedHeader(header).sign(await keyOf(key, header.alg)),
  verify: async ({ token, key, algorithm }) => {
    const { payload } = await jose.compactVerify(token, await keyOf(key, algorithm), { algorithms: [algorithm] })
    return jose.base64url.encode(payload)
  },
  key: async ({ jwk, algorithm }) => {
    const imported = await jose.importJWK(jwk, algorithm, { extractable: true })
    return { jwk: await jose.exportJWK(imported), thumbprint: await jose.calculateJwkThumbprint(jwk) }
  },
}

/**
 * @param {any} token
 * @param {any} key
 * @param {import("jose").DecryptOptions} allowed
 */
function decryptAny(token, key, allowed) {
  if (typeof token === "string") return jose.compactDecrypt(token, key, allowed)
  return token.recipients ? jose.generalDecrypt(token, key, allowed) : jose.flattenedDecrypt(token, key, allowed)
}

/**
 * @param {string} format
 * @param {any} header
 * @param {any} recipient
 * @param {Uint8Array} data
 * @param {string | undefined} aad
 */
async function encryptOne(format, { p2c, apu, apv, ...header }, recipient, data, aad) {
  const alg = header.alg ?? recipient.header.alg
  const key = await keyOf(recipient.key, alg === "dir" ? header.enc : alg)
  const message = format === "compact" ? new jose.CompactEncrypt(data) : new jose.FlattenedEncrypt(data)
  message.setProtectedHeader(header)
  message.setKeyManagementParameters(parametersOf({ p2c, apu, apv }))
  if (message instanceof jose.FlattenedEncrypt) {
    if (recipient.header) message.setUnprotectedHeader(recipient.header)
    if (aad !== undefined) message.setAdditionalAuthenticatedData(jose.base64url.decode(aad))
  }
  return message.encrypt(key)
}

/** @param {any} header */
function parametersOf({ p2c, apu, apv }) {
  /** @type {Record<string, unknown>} */
  const parameters = {}
  if (p2c !== undefined) parameters["p2c"] = p2c
  if (apu !== undefined) parameters["apu"] = jose.base64url.decode(apu)
  if (apv !== undefined) parameters["apv"] = jose.base64url.decode(apv)
  return parameters
}

/**
 * @param {any} header
 * @param {any[]} recipients
 * @param {Uint8Array} data
 * @param {string | undefined} aad
 */
async function encryptGeneral(header, recipients, data, aad) {
  const message = new jose.GeneralEncrypt(data).setProtectedHeader(header)
  if (aad !== undefined) message.setAdditionalAuthenticatedData(jose.base64url.decode(aad))
  for (const { key, header: own } of recipients)
    message.addRecipient(await keyOf(key, own.alg)).setUnprotectedHeader(own)
  return message.encrypt()
}

/**
 * @param {any} jwk
 * @param {string} algorithm
 */
function keyOf(jwk, algorithm) {
  return jwk.kty === "oct" ? jose.base64url.decode(jwk.k) : jose.importJWK(jwk, algorithm)
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { value: await operations[op]?.(request) }
  } catch (error) {
    answer = error instanceof Error ? { error: error.name, message: error.message } : { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
