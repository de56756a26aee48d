// @ts-check
// The suite of the core in another runtime, or with the other engine. scripts/test-runtimes.mjs says which by the environment:
// JOTKIT_ENGINE is `node` or `web`; JOTKIT_FIXTURES, where it is set, is the address of the process that makes the fixtures.
import { env } from "node:process"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const root = fileURLToPath(new URL("../..", import.meta.url))
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
const source = (/** @type {string} */ path) => `${root}packages/jotkit/src/${path}`
const conditions = ["@jotkit/source", "node", "import", "default"]
const remote = env["JOTKIT_FIXTURES"] !== undefined
const web = env["JOTKIT_ENGINE"] === "web"

/** What stands behind each name; `#engine` and `#bytes` are those of the package's manifest. */
const alias = {
  "#engine": here("engine.mjs"),
  "#real-engine": source(web ? "crypto/web.ts" : "crypto/node.ts"),
  "#bytes": source(web ? "codec/bytes-web.ts" : "codec/bytes-node.ts"),
  "#cipher": source(web ? "crypto/cipher-web.ts" : "crypto/cipher-node.ts"),
  "#subtle": source("crypto/subtle.ts"),
  "#foreign-keys": here(remote ? "fixtures/foreign-keys.mjs" : "fixtures/own-keys.mjs"),
  "#call-sync": here("fixtures/call-sync.mjs"),
  ...(remote ? { "node:crypto": here("fixtures/crypto.mjs") } : {}),
}

export default defineConfig({
  root,
  resolve: { conditions, alias },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["packages/jotkit/test/**/*.test.ts"],
    exclude: ["packages/jotkit/test/package/**", "packages/jotkit/test/web/**"],
    setupFiles: web ? [here("sync-subtle/install.mjs")] : [],
    testTimeout: 120_000,
    // the judge reads what was expected and found
    chaiConfig: { truncateThreshold: 0 },
  },
})
