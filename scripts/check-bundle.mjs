// @ts-check
// What a browser gets: the package that is installed in the folder named as argument, bundled for browsers. Nothing of Node may
// be in it, and it must sign and verify where there is nothing but what browsers have. A program that only signs carries no encryption.
// Run by scripts/check-package.mjs.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { createContext, runInContext } from "node:vm"
import { build } from "vite"
import { report } from "./shell.mjs"

const home = argv[2] ?? "."
/** Words of Node, and of our engine on it. */
const OF_NODE = /node:|getBuiltinModule|\bBuffer\b|createPrivateKey|\brequire\(/
/** A word of the encryption engine, and of nothing else. */
const OF_ENCRYPTION = /deflate-raw/
/** @type {string[]} */
const problems = []

/**
 * @param {string} name
 * @param {string} source
 * @returns {Promise<string>}
 */
async function bundle(name, source) {
  const entry = join(home, `${name}.mjs`)
  writeFileSync(entry, source)
  const lib = { entry, formats: /** @type {["iife"]} */ (["iife"]), name: "bundle" }
  const settings = { lib, write: false, minify: true, target: "es2022" }
  const built = await build({ root: home, configFile: false, logLevel: "error", build: settings })
  const [{ output }] = /** @type {[{ output: { code: string }[] }]} */ (Array.isArray(built) ? built : [built])
  return output.map(({ code }) => code).join("\n")
}

/** @param {string} code */
async function runBare(code) {
  const names = ["Array", "ArrayBuffer", "CryptoKey", "DOMException", "TextDecoder", "TextEncoder", "URL", "Uint8Array"]
  const shared = [...names, "console", "crypto", "structuredClone"].map((name) => [name, Reflect.get(globalThis, name)])
  const context = createContext({ ...Object.fromEntries(shared), navigator: { userAgent: "Chrome/156.0" } })
  return runInContext(`${code}\nbundle.run()`, context)
}

const whole = await bundle(
  "whole",
  `import { decodeAsync, decryptAsync, encode, encodeAsync, encryptAsync, Jwk } from "jotkit"
  export async function run() {
    const key = await Jwk.fromPemAsync((await Jwk.generateAsync("EdDSA")).toPrivatePem(), { keyId: "k" })
    const signed = await encodeAsync({ sub: "alice" }, key)
    const { sub } = await decodeAsync(signed, key.publicKey().toJSON())
    const secret = new Uint8Array(32)
    const names = { algorithm: "dir", encryption: "A256GCM" }
    const { aud } = await decryptAsync(await encryptAsync({ aud: "bob" }, secret, names), secret, { algorithms: ["dir"], audience: "bob" })
    try {
      encode({}, key)
    } catch ({ code, message }) {
      return [sub, aud, code, message]
    }
  }`,
)
const signing = await bundle("signing", `export { signJwsAsync, verifyJwsAsync } from "jotkit/jws"`)

const found = OF_NODE.exec(whole)
if (found)
  problems.push(`the bundle for browsers holds ${JSON.stringify(whole.slice(found.index - 40, found.index + 40))}`)
if (!OF_ENCRYPTION.test(whole)) problems.push("the bundle with everything lacks encryption")
if (OF_ENCRYPTION.test(signing)) problems.push("a bundle that only signs holds words of encryption")
const answer = JSON.stringify(await runBare(whole))
const expected = JSON.stringify([
  "alice",
  "bob",
  "sync_unavailable",
  "cryptography in Chromium 156 answers with promises; call encodeAsync instead",
])
if (answer !== expected) problems.push(`the bundle answered ${answer}, expected ${expected}`)
report("check-bundle", problems, `${whole.length} bytes with everything, ${signing.length} for JWS alone`)
