// @ts-check
// How values travel between threads and processes: JSON, in which arrays carry a tag for what JSON does not have. Objects that must
// stay where they are (keys, hashes) travel as handles.

/**
 * @param {unknown} value
 * @param {(object: object) => unknown} handleOf The handle of an object that is neither bytes nor plain data.
 * @returns {unknown} JSON.
 */
export function toWire(value, handleOf) {
  if (value === undefined) return ["undefined"]
  if (typeof value === "bigint") return ["bigint", String(value)]
  if (typeof value !== "object" || value === null) return value
  if (value instanceof ArrayBuffer) return ["bytes", hexOf(new Uint8Array(value)), "ArrayBuffer"]
  if (value instanceof Uint8Array) return ["bytes", hexOf(value), isBuffer(value) ? "Buffer" : "Uint8Array"]
  if (Array.isArray(value)) return ["array", value.map((entry) => toWire(entry, handleOf))]
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return handleOf(value)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member, handleOf)]))
}

/**
 * @param {unknown} wire
 * @param {(handle: readonly unknown[]) => unknown} objectOf
 * @returns {unknown}
 */
export function fromWire(wire, objectOf) {
  if (typeof wire !== "object" || wire === null) return wire
  if (!Array.isArray(wire)) {
    return Object.fromEntries(Object.entries(wire).map(([name, member]) => [name, fromWire(member, objectOf)]))
  }
  const [tag, content, kind] = wire
  if (tag === "undefined") return undefined
  if (tag === "bigint") return BigInt(content)
  if (tag === "array") return content.map((/** @type {unknown} */ entry) => fromWire(entry, objectOf))
  if (tag !== "bytes") return objectOf(wire)
  const bytes = bytesOf(content)
  if (kind === "ArrayBuffer") return bytes.buffer
  return kind === "Buffer" && typeof Buffer === "function" ? Buffer.from(bytes) : bytes
}

/** @param {Uint8Array} bytes */
function isBuffer(bytes) {
  return typeof Buffer === "function" && bytes instanceof Buffer
}

/** Payloads of megabytes pass here: where the runtime has Node's Buffer, it does the work. */
const fast = /** @type {typeof Buffer | undefined} */ (globalThis.process?.getBuiltinModule?.("node:buffer").Buffer)
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  if (fast !== undefined) return fast.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")
  return Array.from(bytes, (byte) => PAIRS[byte]).join("")
}

/** @param {string} hex */
function bytesOf(hex) {
  if (fast !== undefined) return new Uint8Array(fast.from(hex, "hex"))
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)
  return bytes
}
