// @ts-check
// The part of Node's Buffer that the tests use, for pages: they make bytes with it and compare them.

/** @type {Record<string, (text: string) => Uint8Array>} */
const ENCODERS = {
  utf8: (text) => new TextEncoder().encode(text),
  latin1: (text) => Uint8Array.from(text, (character) => character.charCodeAt(0)),
  hex: (text) => Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16)),
  base64: (text) =>
    ENCODERS["latin1"](
      atob(
        text
          .replaceAll("-", "+")
          .replaceAll("_", "/")
          .replaceAll(/[^\w+/]/g, ""),
      ),
    ),
  utf16le: (text) => new Uint8Array(Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).buffer),
}
/** @type {Record<string, (bytes: Uint8Array) => string>} */
const DECODERS = {
  utf8: (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes),
  latin1: (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""),
  hex: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""),
  base64: (bytes) => btoa(DECODERS["latin1"](bytes)),
  base64url: (bytes) => DECODERS["base64"](bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
  utf16le: (bytes) => new TextDecoder("utf-16le", { ignoreBOM: true }).decode(bytes),
}
ENCODERS["base64url"] = ENCODERS["base64"]
for (const table of [ENCODERS, DECODERS])
  Object.assign(table, { "utf-8": table["utf8"], binary: table["latin1"], ascii: table["latin1"] })

export class PageBuffer extends Uint8Array {
  /**
   * @param {any} value
   * @param {any} [encoding]
   * @param {number} [length]
   * @returns {any}
   */
  static from(value, encoding, length) {
    if (typeof value === "string") return PageBuffer.#of(ENCODERS[encoding ?? "utf8"](value))
    if (value instanceof ArrayBuffer) return new PageBuffer(value, encoding ?? 0, length)
    return PageBuffer.#of(value)
  }
  /** @param {ArrayLike<number>} bytes */
  static #of(bytes) {
    const copy = new PageBuffer(bytes.length)
    copy.set(bytes)
    return copy
  }
  /**
   * @param {number} size
   * @param {number} [filler]
   */
  static alloc(size, filler = 0) {
    return new PageBuffer(size).fill(filler)
  }
  /** @param {readonly Uint8Array[]} parts */
  static concat(parts) {
    const whole = new PageBuffer(parts.reduce((length, part) => length + part.length, 0))
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
  /** @param {unknown} value */
  static isBuffer(value) {
    return value instanceof PageBuffer
  }
  /**
   * @param {string} text
   * @param {string} [encoding]
   */
  static byteLength(text, encoding = "utf8") {
    return ENCODERS[encoding](text).length
  }
  /**
   * @param {Uint8Array} a
   * @param {Uint8Array} b
   */
  static compare(a, b) {
    const at = a.findIndex((byte, index) => byte !== b[index])
    return at === -1 || at >= b.length ? Math.sign(a.length - b.length) : Math.sign((a[at] ?? 0) - (b[at] ?? 0))
  }
  /** @param {Uint8Array} other */
  equals(other) {
    return PageBuffer.compare(this, other) === 0
  }
  /**
   * @param {any} [encoding]
   * @returns {string}
   */
  toString(encoding = "utf8") {
    return DECODERS[encoding](this)
  }
  toJSON() {
    return { type: "Buffer", data: [...this] }
  }
  /**
   * @param {number} value
   * @param {number} [at]
   */
  writeUInt32BE(value, at = 0) {
    new DataView(this.buffer, this.byteOffset).setUint32(at, value)
    return at + 4
  }
  /**
   * @param {bigint} value
   * @param {number} [at]
   */
  writeBigUInt64BE(value, at = 0) {
    new DataView(this.buffer, this.byteOffset).setBigUint64(at, value)
    return at + 8
  }
  /** @param {string} text */
  write(text) {
    const bytes = ENCODERS["utf8"](text)
    this.set(bytes)
    return bytes.length
  }
  swap16() {
    for (let at = 0; at + 1 < this.length; at += 2) this.subarray(at, at + 2).reverse()
    return this
  }
  /** @param {any} wanted */
  indexOf(wanted) {
    if (typeof wanted === "number") return super.indexOf(wanted)
    const needle = typeof wanted === "string" ? ENCODERS["utf8"](wanted) : wanted
    for (let at = 0; at + needle.length <= this.length; at++)
      if (needle.every((/** @type {number} */ byte, /** @type {number} */ index) => this[at + index] === byte))
        return at
    return -1
  }
  /** @param {any} wanted */
  includes(wanted) {
    return this.indexOf(wanted) !== -1
  }
}
