// @ts-check
// A `subtle` that answers at once: the runtime's own WebCrypto does the work in another thread, where the keys stay. With it the Web
// engine passes through the synchronous forms, too, so that the whole suite judges it.
import { startCaller } from "../blocking/caller.mjs"
import { fromWire, toWire } from "../blocking/wire.mjs"

/** What stands for a CryptoKey of the other thread; as with a real one, only its own kind answers to its getters. */
export class KeyInOtherThread {
  #id
  #properties
  /**
   * @param {number} id
   * @param {{ type: string, extractable: boolean, algorithm: object, usages: string[] }} properties
   */
  constructor(id, properties) {
    this.#id = id
    this.#properties = properties
  }
  get type() {
    return this.#properties.type
  }
  get extractable() {
    return this.#properties.extractable
  }
  get algorithm() {
    return this.#properties.algorithm
  }
  get usages() {
    return this.#properties.usages
  }
  get [Symbol.toStringTag]() {
    return "CryptoKey"
  }
  /** @param {object} key */
  static idOf(key) {
    if (#id in key) return key.#id
    throw new TypeError("this CryptoKey was not made by the `subtle` that answers at once")
  }
}

const METHODS = [
  ...["digest", "importKey", "exportKey", "generateKey", "wrapKey", "unwrapKey"],
  ...["sign", "verify", "deriveBits", "deriveKey", "encrypt", "decrypt"],
]

/** @param {URL} url The module of the thread, worker.mjs. */
export async function startSubtle(url) {
  const callSync = await startCaller(url, undefined)
  const call = (/** @type {string} */ name, /** @type {unknown[]} */ args) => {
    const request = { name, args: args.map((argument) => toWire(argument, handleOf)) }
    const { value, error } = JSON.parse(callSync(JSON.stringify(request)))
    if (error === undefined) return fromWire(value, objectOf)
    throw error.isDom ? new DOMException(error.message, error.name) : new TypeError(error.message)
  }
  return Object.fromEntries(METHODS.map((name) => [name, (/** @type {unknown[]} */ ...args) => call(name, args)]))
}

/** @param {object} object */
function handleOf(object) {
  return ["key", KeyInOtherThread.idOf(object)]
}

/** @param {readonly unknown[]} handle */
function objectOf([, id, properties]) {
  return new KeyInOtherThread(Number(id), /** @type {any} */ (fromWire(properties, objectOf)))
}
