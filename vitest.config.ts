import { availableParallelism } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

// Tests name the packages as users do (`import "jotkit"`). Our own condition turns that into the sources, so no build is
// needed. JOTKIT_DIST=1 drops the condition: the same tests then judge the built package, loaded by Node itself.
const againstDist = process.env["JOTKIT_DIST"] === "1"
// Without "import", which is added by itself where something is imported: what is required must not be given a module.
const conditions = againstDist ? ["node"] : ["@jotkit/source", "node"]
// Most tests use short secrets on purpose; those about the warning listen for the event itself.
const execArgv = ["--disable-warning=InsecureKeyLengthWarning", "--disable-warning=ExperimentalWarning"]

const ON_NODE = "?on-node"
/** The private imports of the manifest. */
const PLATFORM_FILES = new Map([
  ["#engine", { node: "crypto/node.ts", web: "crypto/web.ts" }],
  ["#cipher", { node: "crypto/cipher-node.ts", web: "crypto/cipher-web.ts" }],
  ["#bytes", { node: "codec/bytes-node.ts", web: "codec/bytes-web.ts" }],
])

/**
 * The engine that browsers get, although the runner is Node. `jotkit-on-node` is the package once more, in modules of its own and on the
 * engine for Node: tests compare the two.
 */
const onWebCrypto = {
  name: "on-webcrypto",
  enforce: "pre" as const,
  resolveId(id: string, importer: string | undefined) {
    const onNode = importer?.endsWith(ON_NODE) === true
    if (id === "jotkit-on-node") return source("index.ts") + ON_NODE
    const platform = PLATFORM_FILES.get(id)
    if (platform !== undefined) return onNode ? source(platform.node) + ON_NODE : source(platform.web)
    return onNode && id.startsWith(".") ? join(dirname(importer), id) + ON_NODE : undefined
  },
}

function source(path: string): string {
  return fileURLToPath(new URL(`packages/jotkit/src/${path}`, import.meta.url))
}

const nest11 = fileURLToPath(new URL("tests/nest-11/node_modules", import.meta.url))

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // A bound for what stands still, no measure: machines are slow when they have much to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    // Also on two cores: many tests wait for browsers, servers and programs.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: "jotkit",
          include: ["packages/jotkit/test/**/*.test.ts"],
          exclude: ["packages/jotkit/test/package/**", "packages/jotkit/test/web/**"],
          setupFiles: ["packages/jotkit/test/detached-pairs.setup.ts"],
          execArgv,
          server: { deps: { external: againstDist ? [/\/packages\/[^/]+\/dist\//] : [] } },
        },
      },
      {
        // The same package on its other engine: what a browser gets.
        extends: true,
        plugins: [onWebCrypto],
        test: {
          name: "web",
          include: ["packages/jotkit/test/web/**/*.test.ts"],
          setupFiles: ["packages/jotkit/test/detached-pairs.setup.ts"],
          execArgv,
        },
      },
      {
        extends: true,
        test: { name: "auth", include: ["packages/auth/test/**/*.test.ts"] },
      },
      {
        // The adapter for Nest once more, on its other major.
        extends: true,
        resolve: { alias: [{ find: /^(?=@nestjs\/)/, replacement: `${nest11}/` }] },
        test: {
          name: "auth-nest-11",
          include: ["packages/auth/test/adapters.test.ts", "packages/auth/test/adapters-nest.test.ts"],
        },
      },
      {
        extends: true,
        test: { name: "inspect", include: ["packages/inspect/test/**/*.test.ts"], execArgv },
      },
      {
        // The program as a user runs it: built, in processes of its own.
        extends: true,
        test: {
          name: "cli",
          include: ["packages/cli/test/**/*.test.ts"],
          globalSetup: ["packages/cli/test/build.setup.ts"],
          execArgv,
        },
      },
      {
        // The built page in a real browser.
        extends: true,
        test: {
          name: "debugger",
          include: ["packages/debugger/test/**/*.test.ts"],
          globalSetup: ["packages/debugger/test/build.setup.ts", "packages/cli/test/build.setup.ts"],
          execArgv,
        },
      },
      {
        extends: true,
        test: {
          name: "client",
          include: ["packages/client/test/**/*.test.ts"],
          globalSetup: ["packages/client/test/build.setup.ts"],
        },
      },
      {
        extends: true,
        test: { name: "scripts", include: ["scripts/**/*.test.ts"] },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      reporter: ["text", "html", "json-summary"],
    },
  },
})
