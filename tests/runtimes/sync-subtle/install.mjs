// @ts-check
// Before each test file: the package and the tests get the `subtle` that answers at once.
import { replaceSubtle } from "#subtle"
import { KeyInOtherThread, startSubtle } from "./subtle.mjs"

const subtle = /** @type {any} */ (await startSubtle(new URL("./worker.mjs", import.meta.url)))
replaceSubtle({ subtle, answersAtOnce: true })
Object.defineProperty(globalThis.crypto, "subtle", { value: subtle, configurable: true })
Object.defineProperty(globalThis, "CryptoKey", { value: KeyInOtherThread, configurable: true })
