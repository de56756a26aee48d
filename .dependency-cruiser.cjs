// The arrows between our files. Layers point downwards only, and may skip layers:
//
//   doors (src/*.ts) ──► jose/ ──► keys/ ──► crypto/ ──► codec/ ──► errors.ts
//         └───────────► claims.ts ─────────────────────► codec/, errors.ts
//
// `errors.ts` and `claims.ts` are doors and leaves at once.

const core = "^packages/jotkit/src/"
/** What runs only where there is `node:crypto`, or `Buffer`. */
const nodeFiles = `${core}(crypto/node|(crypto|codec)/[^/]+-node)\\.ts$`
const layers = ["jose", "keys", "crypto", "codec"]

/** One rule for each layer: nothing in it imports a layer above, or a door other than the two leaves. */
const noUpwardArrows = layers.map((layer, depth) => {
  const leaves = layer === "jose" ? "(errors|claims)" : "errors"
  const lower = layers.slice(depth).map((name) => `${core}${name}/`)
  return {
    name: `no-arrow-up-from-${layer}`,
    severity: "error",
    from: { path: `${core}${layer}/` },
    to: { path: core, pathNot: [...lower, `${core}${leaves}\\.ts$`] },
  }
})

module.exports = {
  forbidden: [
    ...noUpwardArrows,
    {
      name: "errors-import-nothing",
      severity: "error",
      from: { path: `${core}errors\\.ts$` },
      to: { path: ".+" },
    },
    {
      name: "claims-are-a-leaf",
      severity: "error",
      comment: "judging claims knows nothing of signatures, keys or HTTP",
      from: { path: `${core}claims\\.ts$` },
      to: { path: core, pathNot: [`${core}errors\\.ts$`, `${core}codec/`] },
    },
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "node-only-behind-the-engine",
      severity: "error",
      comment: "the rest must run where node: modules are absent",
      from: { path: core, pathNot: nodeFiles },
      // the type of a KeyObject may be named anywhere: types are gone at run time
      to: { dependencyTypes: ["core"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "node-files-stay-among-themselves",
      severity: "error",
      comment:
        "only the manifest names them, under the condition node: whatever else imports one would carry it into browsers",
      from: { path: core, pathNot: nodeFiles },
      to: { path: nodeFiles },
    },
    {
      name: "web-files-stay-out-of-node",
      severity: "error",
      comment: "Node would load an engine that it does not use",
      from: { path: nodeFiles },
      // The manifest's #bytes leads to the Web's file here, because no condition is set.
      to: { path: `${core}(crypto/web|crypto/[^/]+-web)\\.ts$` },
    },
    {
      name: "no-runtime-dependencies",
      severity: "error",
      comment: "the door noble is for those who install its peers",
      from: { path: core, pathNot: `${core}noble\\.ts$` },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "noble-stays-a-door",
      severity: "error",
      comment: "whoever does not ask for it does not carry it",
      from: { path: core, pathNot: `${core}noble\\.ts$` },
      to: { path: [`${core}noble\\.ts$`, "@noble/"] },
    },
    {
      name: "inspect-runs-anywhere",
      severity: "error",
      comment: "the page has neither Node nor other packages than the core",
      from: { path: "^packages/inspect/src/" },
      to: { path: ".+", pathNot: ["^packages/inspect/src/", "^packages/jotkit/src/"] },
    },
    {
      name: "cli-uses-inspect-and-the-core",
      severity: "error",
      comment: "the program is a frame around what the other two know; it has no dependencies of its own",
      from: { path: "^packages/cli/src/" },
      to: {
        path: ".+",
        pathNot: ["^packages/(cli|inspect|jotkit)/src/", "^packages/debugger/src/server\\.ts$"],
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "page-has-what-it-carries",
      severity: "error",
      comment:
        "everything that the page imports is sent to whoever opens it; Node is where its server and its scripts run",
      from: { path: "^packages/debugger/src/[^/]+/" },
      to: {
        path: ".+",
        pathNot: ["^packages/(debugger|inspect|jotkit)/src/", "^node_modules/(preact|@preact/signals)/"],
      },
    },
    {
      name: "page-state-knows-no-view",
      severity: "error",
      comment: "what is known of a token is one thing, how it is shown another",
      from: { path: "^packages/debugger/src/state/" },
      to: { path: "^packages/debugger/src/(view|words|style|page)/" },
    },
    {
      name: "client-runs-alone",
      severity: "error",
      comment: "a page carries all that it imports; each framework has a door of its own",
      from: { path: "^packages/client/src/" },
      to: {
        path: ".+",
        pathNot: ["^packages/client/src/(core/|index\\.ts)", "^node_modules/(@types/)?(react|vue|svelte)/"],
      },
    },
    {
      name: "words-are-leaves",
      severity: "error",
      comment: "a page carries one language: nothing else may bring another one in",
      from: { path: "^packages/inspect/src/[^/]+/" },
      to: { path: "^packages/inspect/src/[^/]+\\.ts$" },
    },
    {
      name: "no-reach-into-another-package",
      severity: "error",
      comment: "other packages are used by their doors",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/[^/]+/src/[^/]+/", pathNot: "^packages/$1/" },
    },
    {
      name: "tests-use-doors",
      severity: "error",
      comment: "a test that needs a private file says so by its name: internal-*.test.ts",
      from: { path: "^packages/[^/]+/test/", pathNot: "/internal-[^/]*\\.test\\.ts$" },
      to: { path: "^packages/[^/]+/src/[^/]+/" },
    },
    {
      name: "nothing-unresolvable",
      severity: "error",
      from: { path: "^packages/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/|/test/package/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@jotkit/source", "types", "import", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json"],
    },
  },
}
