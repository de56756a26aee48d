import { defineConfig } from "vitest/config"

// Tests name the packages as users do (`import "jotkit"`). Our own condition turns that into the sources, so no build is
// needed. JOTKIT_DIST=1 drops the condition: the same tests then judge the built package, loaded by Node itself.
const againstDist = process.env["JOTKIT_DIST"] === "1"
const conditions = againstDist ? ["node", "import", "default"] : ["@jotkit/source", "node", "import", "default"]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "jotkit",
          include: ["packages/jotkit/test/**/*.test.ts"],
          exclude: ["packages/jotkit/test/package/**"],
          setupFiles: ["packages/jotkit/test/detached-pairs.setup.ts"],
          // Most tests use short secrets on purpose; those about the warning listen for the event itself.
          execArgv: ["--disable-warning=InsecureKeyLengthWarning", "--disable-warning=ExperimentalWarning"],
          server: { deps: { external: againstDist ? [/\/packages\/[^/]+\/dist\//] : [] } },
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
