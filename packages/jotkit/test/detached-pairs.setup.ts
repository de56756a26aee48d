/**
 * Key pairs that tests make share nothing with the job that generated them. In Node 20 that job takes the key's lock when it is
 * collected as garbage; where that happens while a test exports the key, the process stands still for ever.
 */
import crypto, { createPrivateKey, createPublicKey, KeyObject } from "node:crypto"
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
