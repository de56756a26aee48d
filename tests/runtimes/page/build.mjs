// @ts-check
// Bundles the test files with the Web engine, as a bundler makes it for a browser, into a folder.
import { copyFileSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "rolldown"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
const source = (/** @type {string} */ path) => join(root, "packages/jotkit/src", path)
const NODE_MODULES = ["console", "fs", "http", "module", "os", "path", "stream", "url", "util", "zlib"]

/**
 * @param {readonly string[]} files
 * @returns {import("rolldown").Plugin}
 */
function testFiles(files) {
  return {
    name: "test-files",
    resolveId: (id) => (id === "virtual:test-files" ? `\0${id}` : undefined),
    load(id) {
      if (id !== "\0virtual:test-files") return undefined
      const entries = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(join(root, file))})`)
      return `export const files = {\n${entries.join(",\n")}\n}`
    },
    transform(code, id) {
      // tests find their vectors by it
      if (!id.includes("/packages/jotkit/test/") || !isAbsolute(id)) return undefined
      return code.replaceAll("import.meta.url", JSON.stringify(String(pathToFileURL(id))))
    },
  }
}

/** What stands behind each name; the order counts. */
const ALIAS = {
  vitest: here("vitest.mjs"),
  "#engine": here("../engine.mjs"),
  "#real-engine": source("crypto/web.ts"),
  "#bytes": source("codec/bytes-web.ts"),
  "#cipher": source("crypto/cipher-web.ts"),
  "#subtle": source("crypto/subtle.ts"),
  "#foreign-keys": here("../fixtures/foreign-keys-out.mjs"),
  "#call-sync": here("call-sync.mjs"),
  "node:crypto": here("../fixtures/crypto.mjs"),
  ...Object.fromEntries(NODE_MODULES.map((name) => [`node:${name}`, here("node-modules.mjs")])),
}

/**
 * @param {readonly string[]} files
 * @param {string} folder
 */
export async function buildPage(files, folder) {
  await build({
    cwd: root,
    input: { page: here("page.mjs"), worker: here("worker.mjs"), "subtle-worker": here("../sync-subtle/worker.mjs") },
    plugins: [testFiles(files)],
    platform: "browser",
    // the manifest says that modules of the package have no side effects; those of its tests have
    treeshake: false,
    external: ["node:worker_threads"],
    resolve: { conditionNames: ["@jotkit/source", "browser", "import", "default"], alias: ALIAS },
    output: { dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
  })
  copyFileSync(here("index.html"), join(folder, "index.html"))
}
