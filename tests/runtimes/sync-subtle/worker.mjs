// @ts-check
// Where the real WebCrypto works for subtle.mjs.

import { fromWire, toWire } from "../blocking/wire.mjs"
import { answerCalls } from "../blocking/worker.mjs"

/** @type {CryptoKey[]} */
const keys = []
const subtle = /** @type {any} */ (globalThis.crypto.subtle)

/** @param {any} key */
function handleOf(key) {
  const { type, extractable, algorithm, usages } = key
  return [
    "key",
    keys.push(key) - 1,
    toWire({ type, extractable, algorithm: { ...algorithm }, usages: [...usages] }, handleOf),
  ]
}

await answerCalls(async (body) => {
  const { name, args } = JSON.parse(body)
  try {
    const values = args.map((/** @type {unknown} */ argument) => fromWire(argument, ([, id]) => keys[Number(id)]))
    return JSON.stringify({ value: toWire(await subtle[name](...values), handleOf) })
  } catch (cause) {
    const error = /** @type {Error} */ (cause)
    return JSON.stringify({ error: { name: error.name, message: error.message, isDom: error instanceof DOMException } })
  }
})
