// @ts-check
// Other Node versions and other runtimes, from tests/runtimes. They are called by path: see the note in tests/runtimes/package.json.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { capture, root } from "./shell.mjs"

const folder = join(root, "tests/runtimes")

/**
 * @typedef {{ name: string, version: string, path: string }} Runtime `path` is the program; for a library, its folder.
 * @typedef {{ nodes: Runtime[], others: Record<string, Runtime>, missing: string | undefined }} Runtimes
 */

/** Where the program is inside its package; what is not listed is a library, used from its folder. */
const PROGRAMS = new Map([
  ["@deno/linux-x64-glibc", "deno"],
  ["@oven/bun-linux-x64", "bin/bun"],
])

/**
 * Installs the runtimes when they are missing or not those of the manifest.
 *
 * @returns {Runtimes} The Node versions, oldest first; the others by name of the package. `missing` says in words why there are none.
 */
export function ensureRuntimes() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return none(`the packaged runtimes are for linux-x64, this is ${process.platform}-${process.arch}`)
  }
  if (!wanted().every(installed)) {
    const { ok, output } = capture("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund"])
    if (!ok) return none(`npm could not install them (offline?): ${output.trim().split("\n")[0]}`)
  }
  const absent = wanted().filter((runtime) => !installed(runtime))
  if (absent.length > 0) return none(`not installed: ${absent.map(({ name }) => name).join(", ")}`)
  const isNode = (/** @type {Runtime} */ { name }) => /^node\d+$/.test(name)
  const others = wanted().filter((runtime) => !isNode(runtime))
  return {
    nodes: wanted().filter(isNode),
    others: Object.fromEntries(others.map((runtime) => [runtime.name, runtime])),
    missing: undefined,
  }
}

/**
 * @param {string} missing
 * @returns {Runtimes}
 */
function none(missing) {
  return { nodes: [], others: {}, missing }
}

/** @returns {Runtime[]} What the manifest asks for. */
function wanted() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  return Object.entries(optionalDependencies).map(([name, alias]) => ({
    name,
    version: String(alias).split("@").at(-1) ?? "",
    path: join(folder, "node_modules", name, name.startsWith("node") ? "bin/node" : (PROGRAMS.get(name) ?? "")),
  }))
}

/** @param {Runtime} runtime */
function installed({ name, version, path }) {
  const manifest = join(folder, "node_modules", name, "package.json")
  // some releases of the package write v20.19.0
  return existsSync(path) && JSON.parse(readFileSync(manifest, "utf8")).version.replace(/^v/, "") === version
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { nodes, others, missing } = ensureRuntimes()
  for (const { name, version, path } of [...nodes, ...Object.values(others)]) console.log(`${name} ${version} ${path}`)
  if (missing) console.error(`no other runtimes: ${missing}`)
  process.exitCode = missing ? 1 : 0
}
