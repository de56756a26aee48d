// @ts-check
// The other modules of Node that the tests read files and make fixtures with; calls go to the process that makes the fixtures.
import { equals } from "@vitest/expect"
import { call } from "../fixtures/client.mjs"

/**
 * @param {string} module
 * @param {string} name
 */
function remote(module, name) {
  return (/** @type {unknown[]} */ ...args) => call({ module, name, args: args.map(withoutUrl) })
}

/** @param {unknown} argument */
function withoutUrl(argument) {
  return argument instanceof URL ? argument.pathname : argument
}

/** @param {string} what */
function onlyInNode(what) {
  return () => {
    throw new Error(`${what} is Node's own`)
  }
}

export const existsSync = remote("fs", "existsSync")
export const readdirSync = remote("fs", "readdirSync")
export const readFileSync = remote("fs", "readFileSync")
export const deflateRawSync = remote("zlib", "deflateRawSync")
export const inflateRawSync = remote("zlib", "inflateRawSync")
export const join = (/** @type {string[]} */ ...parts) => parts.join("/")
export const fileURLToPath = (/** @type {string | URL} */ url) => new URL(url).pathname
export const isDeepStrictEqual = (/** @type {unknown} */ a, /** @type {unknown} */ b) => equals(a, b, [], true)
export const mkdtempSync = remote("fs", "mkdtempSync")
export const cpSync = remote("fs", "cpSync")
export const rmSync = remote("fs", "rmSync")
export const tmpdir = remote("os", "tmpdir")
export const pathToFileURL = (/** @type {string} */ path) => new URL(path, "file:///")
export const syncBuiltinESMExports = onlyInNode("the module loader")
export const createServer = onlyInNode("an HTTP server")
export const format = onlyInNode("util.format")
/** All that can be reached from a value by its properties, hidden ones and those of prototypes included. */
export const inspect = Object.assign((/** @type {unknown} */ value) => shown(value, value, new Set()), {
  custom: Symbol.for("nodejs.util.inspect.custom"),
})

/**
 * @param {any} value
 * @param {unknown} owner Whose getters are asked.
 * @param {Set<unknown>} seen
 * @returns {string}
 */
function shown(value, owner, seen) {
  if (typeof value === "function") return `function ${value.name}`
  if (typeof value !== "object" || value === null) return String(value)
  if (seen.has(value)) return "again"
  seen.add(value)
  const properties = Reflect.ownKeys(value).map((name) => `${String(name)}: ${member(value, name, owner, seen)}`)
  const prototype = Object.getPrototypeOf(value)
  return `{ ${properties.join(", ")} } ${shown(prototype, owner, seen)}`
}

/**
 * @param {object} object
 * @param {string | symbol} name
 * @param {unknown} owner
 * @param {Set<unknown>} seen
 */
function member(object, name, owner, seen) {
  try {
    const value = Reflect.get(object, name, owner)
    return shown(value, value, seen)
  } catch (error) {
    return `throws ${error}`
  }
}

export const Console = onlyInNode("a Console on a stream")
export const Writable = onlyInNode("a stream")

/** `import zlib from "node:zlib"`: every function of it. */
export default new Proxy(
  {},
  {
    get: (_target, name) => remote("zlib", String(name)),
    getOwnPropertyDescriptor: () => undefined,
  },
)
