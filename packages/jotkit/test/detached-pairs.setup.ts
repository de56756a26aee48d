/**
 * Key pairs that tests make share nothing with the job that generated them. In Node 20 that job takes the key's lock when it is
 * collected as garbage; where that happens while a test exports the key, the process stands still for ever.
 */
import crypto, { createPrivateKey, createPublicKey, KeyObject, type webcrypto } from "node:crypto"
import { syncBuiltinESMExports } from "node:module"

const generate = crypto.generateKeyPairSync as unknown as (type: string, options?: object) => Record<string, unknown>

function detached(key: unknown): unknown {
  if (!(key instanceof KeyObject)) return key
  return key.type === "private"
    ? createPrivateKey({ key: key.export({ format: "der", type: "pkcs8" }), format: "der", type: "pkcs8" })
    : createPublicKey({ key: key.export({ format: "der", type: "spki" }), format: "der", type: "spki" })
}

Object.assign(crypto, {
  generateKeyPairSync(type: string, options?: object) {
    const { publicKey, privateKey } = generate(type, options)
    return { publicKey: detached(publicKey), privateKey: detached(privateKey) }
  },
})
syncBuiltinESMExports()

const { subtle } = globalThis.crypto
const generateCryptoKey = subtle.generateKey.bind(subtle) as (...request: unknown[]) => Promise<unknown>

/** As {@link detached}: what exports keys on the thread of the garbage collector is `jwk` and nothing else. */
async function detachedCryptoKey(key: webcrypto.CryptoKey, extractable: boolean): Promise<webcrypto.CryptoKey> {
  const format = key.type === "private" ? "pkcs8" : "spki"
  const der = await subtle.exportKey(format, key)
  return subtle.importKey(format, der, key.algorithm as never, extractable, key.usages)
}

if (process.versions.node.startsWith("20."))
  Object.defineProperty(subtle, "generateKey", {
    async value(algorithm: unknown, extractable: boolean, usages: unknown) {
      const made = await generateCryptoKey(algorithm, true, usages)
      if (!("privateKey" in (made as object))) return generateCryptoKey(algorithm, extractable, usages)
      const { privateKey, publicKey } = made as webcrypto.CryptoKeyPair
      return {
        privateKey: await detachedCryptoKey(privateKey, extractable),
        publicKey: await detachedCryptoKey(publicKey, true),
      }
    },
  })
