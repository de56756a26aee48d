// @ts-check
// What the samples of the documentation call in place of their comments; see check-docs.mjs.
import { format, inspect } from "node:util"

let open = 0
process.on("exit", (code) => {
  if (code === 0 && open > 0) {
    console.error(`${open} expectation(s) of the sample were never reached`)
    process.exitCode = 1
  }
})

/** @param {number} count How many comments the sample has; each must be reached. */
export function expectCalls(count) {
  open = count
}

/**
 * @param {string} place
 * @param {string} expected
 * @param {unknown} actual
 */
export function value(place, expected, actual) {
  compare(place, expected, inspect(actual, { depth: Infinity, breakLength: Infinity, maxStringLength: null }))
}

/**
 * @param {string} place
 * @param {string} expected
 * @param {...unknown} args
 */
export function printed(place, expected, ...args) {
  compare(place, expected, format(...args))
  return args
}

/**
 * @param {string} place
 * @param {string} expected The name of the error, perhaps with its code: `ExpiredSignatureError`, `DecodeError (token_malformed)`.
 * @param {() => Promise<unknown>} act
 */
export async function throws(place, expected, act) {
  try {
    await act()
  } catch (error) {
    const { name, code } = /** @type {Error & { code?: string }} */ (error)
    return compare(place, expected, expected.includes("(") ? `${name} (${code})` : name)
  }
  throw new Error(`${place}: expected to throw ${expected}, but nothing was thrown`)
}

/**
 * @param {string} place
 * @param {string} expected `…` stands for anything.
 * @param {string} actual
 */
function compare(place, expected, actual) {
  open--
  const pattern = plain(expected)
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*")
  if (!new RegExp(`^${pattern}$`).test(plain(actual)))
    throw new Error(`${place}: the comment says ${expected}, it is ${actual}`)
}

/** @param {string} text Quotes and blanks do not matter: the documentation writes double quotes, `inspect` single ones. */
function plain(text) {
  return text
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, " ")
    .replaceAll(/([[{]) | ([\]}])/g, "$1$2")
    .trim()
}
