// @ts-check
// Counts what agrees and prints what does not.
import { isDeepStrictEqual } from "node:util"

/** @typedef {{ value?: any, error?: string, message?: string }} Answer What a peer said. */

export class Tally {
  passed = 0
  failed = 0

  /** @param {string} name Stands before each line about a failure. */
  constructor(name) {
    this.name = name
  }

  /**
   * @param {string} what
   * @param {unknown} found A value, or the answer of the peer.
   * @param {unknown} expected
   */
  async same(what, found, expected) {
    const answer = await found
    const value = found instanceof Promise ? /** @type {Answer} */ (answer).value : answer
    if (isDeepStrictEqual(value, expected)) this.passed++
    else {
      this.failed++
      console.error(
        `✗ ${this.name}: ${what}\n  expected ${JSON.stringify(expected)}\n  found    ${JSON.stringify(answer)}`,
      )
    }
  }
}

/**
 * The result of a call, or the class of its error.
 *
 * @param {() => unknown} call
 * @returns {Promise<unknown>}
 */
export async function resultOf(call) {
  try {
    return await call()
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}
