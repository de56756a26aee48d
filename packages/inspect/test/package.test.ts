/** The package as a page gets it: bundled for browsers, run with nothing but what browsers have, and small. */
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { brotliCompressSync } from "node:zlib"
import { build } from "vite"
import { beforeAll, describe, expect, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
/** Words of Node. */
const OF_NODE = /["'`]node:|getBuiltinModule|\bBuffer\b|createPrivateKey|\brequire\(/

/** Bundles a module text with the sources, as a page would be built. */
async function bundle(source: string): Promise<string> {
  const entry = join(root, "entry.virtual.js")
  const resolveId = (id: string) => (id === entry ? entry : undefined)
  const load = (id: string) => (id === entry ? source : undefined)
  const built = await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [{ name: "entry", enforce: "pre", resolveId, load }],
    resolve: { conditions: ["@jotkit/source", "browser"], alias: { "@jotkit/inspect": join(root, "src", "index.ts") } },
    build: {
      lib: { entry, formats: ["iife"], name: "bundle" },
      write: false,
      minify: true,
      target: "es2022",
      rollupOptions: { treeshake: true },
    },
  })
  const [first] = Array.isArray(built) ? built : [built]
  if (first === undefined || !("output" in first)) throw new Error("nothing was built")
  return first.output.map((part) => ("code" in part ? part.code : "")).join("\n")
}

/** Runs a bundle where there is nothing of Node, and no network and no storage either. */
async function runBare(code: string): Promise<unknown> {
  const names = [
    "Array",
    "ArrayBuffer",
    "CryptoKey",
    "DOMException",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "Uint8Array",
    "Uint32Array",
  ]
  const shared = [...names, "console", "crypto", "structuredClone"].map((name) => [name, Reflect.get(globalThis, name)])
  const context = createContext({ ...Object.fromEntries(shared), navigator: { userAgent: "Chrome/156.0" } })
  return runInContext(`${code}\nbundle.run()`, context)
}

const PROGRAM = `
  import * as inspect from "@jotkit/inspect"
  import { en } from "${join(root, "src", "en.ts")}"
  export async function run() {
    const found = inspect.findTokens("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDB9.AAAA").tokens[0]
    const reading = inspect.read(found.text)
    const keys = await inspect.readKeys("your-256-bit-secret")
    const { code, verdicts } = await inspect.judge(reading, { now: 1, keys, policy: { algorithms: ["HS256"] } })
    const findings = await inspect.lint(reading, { now: 1, keys })
    const { hints } = await inspect.diagnose(reading, { key: "secret" })
    const words = findings.map((finding) => inspect.describeFinding(finding, en).message)
    return JSON.stringify([code, verdicts.structure.code, verdicts.time.status, words[0], hints, inspect.recognise(reading).kind])
  }`

describe("a bundle for browsers", () => {
  let code = ""
  beforeAll(async () => {
    code = await bundle(PROGRAM)
  }, 120_000)

  test("holds nothing of Node, and nothing that speaks to a network or stores", () => {
    expect(OF_NODE.exec(code)?.[0]).toBeUndefined()
    expect(/\bXMLHttpRequest\b|localStorage|sessionStorage|indexedDB|document\.cookie/.exec(code)?.[0]).toBeUndefined()
  })

  test("works where there are browser globals only", async () => {
    const answer = JSON.parse(String(await runBare(code)))
    expect(answer).toEqual([
      "signature",
      "ok",
      "pass",
      expect.any(String),
      [{ code: "signature_truncated", detail: "3, 32" }],
      "jwt",
    ])
  })

  test("leaves room for a page in 150 KiB, with the core and one language", () => {
    expect(brotliCompressSync(code).length).toBeLessThan(90 * 1024)
  })
})

test("a page in one language does not carry the other", async () => {
  const code = await bundle(`export { en } from "${join(root, "src", "en.ts")}"`)
  expect(code).not.toContain("權杖")
  expect(code).not.toContain("decodeAsync")
}, 120_000)

test("whoever only reads does not carry the core", async () => {
  const code = await bundle(`export { read, findTokens, locate } from "@jotkit/inspect"`)
  expect(brotliCompressSync(code).length).toBeLessThan(10 * 1024)
}, 120_000)
