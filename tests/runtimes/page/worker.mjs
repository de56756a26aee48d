// @ts-check
// A worker of the page: one test file runs in it, on the Web engine with the browser's own WebCrypto behind it.
import { replaceSubtle } from "#subtle"
import { KeyInOtherThread, startSubtle } from "../sync-subtle/subtle.mjs"
import { PageBuffer } from "./buffer.mjs"

Object.assign(globalThis, { Buffer: PageBuffer })
const subtle = /** @type {any} */ (await startSubtle(new URL("/subtle-worker.js", self.location.origin)))
replaceSubtle({ subtle, answersAtOnce: true })
Object.defineProperty(globalThis.crypto, "subtle", { value: subtle, configurable: true })
Object.defineProperty(globalThis, "CryptoKey", { value: KeyInOtherThread, configurable: true })

const { runFile } = await import("./run-file.mjs")
const path = decodeURIComponent(self.location.hash.slice(1))
try {
  self.postMessage(await runFile(path))
} catch (cause) {
  const { name, message, stack } = /** @type {Error} */ (cause)
  self.postMessage({ name: path, status: "failed", message: `${name}: ${message}\n${stack}`, assertionResults: [] })
}
