// @ts-check
// What the tests import from `vitest`, made of its own parts, for runtimes that vitest itself does not run in.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect"
import { fn, restoreAllMocks, spyOn } from "@vitest/spy"

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from "@vitest/runner"

export { expectTypeOf } from "expect-type"

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)
// the judge reads what was expected and found
chai.config.truncateThreshold = 0

export const expect = /** @type {any} */ (
  (/** @type {unknown} */ value, /** @type {string} */ message) => chai.expect(value, message)
)
Object.assign(expect, chai.expect, /** @type {any} */ (globalThis)[ASYMMETRIC_MATCHERS_OBJECT])
expect.getState = () => getState(expect)
expect.setState = (/** @type {any} */ state) => setState(state, expect)
expect.setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null })
const shared = /** @type {any} */ (chai.expect)
shared.extend(expect, customMatchers)

/** @type {Map<string, PropertyDescriptor | undefined>} */
const stubbed = new Map()

export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  /**
   * @param {string} name
   * @param {unknown} value
   */
  stubGlobal(name, value) {
    if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  },
  unstubAllGlobals() {
    for (const [name, before] of stubbed) {
      if (before === undefined) Reflect.deleteProperty(globalThis, name)
      else Object.defineProperty(globalThis, name, before)
    }
    stubbed.clear()
  },
  resetModules() {
    throw new Error("a bundle loads each module once")
  },
}
