// @ts-check
// Other Node versions, from tests/runtimes. They are called by path: see the note in tests/runtimes/package.json.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { capture, root } from "./shell.mjs"

const folder = join(root, "tests/runtimes")

/**
 * Installs the runtimes when they are missing or not those of the manifest.
 *
 * @returns {{ nodes: { name: string, version: string, path: string }[], missing: string | undefined }}
 *   Oldest first; `missing` says in words why there are none.
 */
export function ensureRuntimes() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return {
      nodes: [],
      missing: `the packaged runtimes are for linux-x64, this is ${process.platform}-${process.arch}`,
    }
  }
  if (!wanted().every(installed)) {
    const { ok, output } = capture("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund"])
    if (!ok) return { nodes: [], missing: `npm could not install them (offline?): ${output.trim().split("\n")[0]}` }
  }
  const absent = wanted().filter((node) => !installed(node))
  if (absent.length > 0) return { nodes: [], missing: `not installed: ${absent.map(({ name }) => name).join(", ")}` }
  return { nodes: wanted(), missing: undefined }
}

/** @returns {{ name: string, version: string, path: string }[]} What the manifest asks for. */
function wanted() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  return Object.entries(optionalDependencies).map(([name, alias]) => ({
    name,
    version: String(alias).split("@").at(-1) ?? "",
    path: join(folder, "node_modules", name, "bin/node"),
  }))
}

/** @param {{ name: string, version: string, path: string }} node */
function installed({ name, version, path }) {
  const manifest = join(folder, "node_modules", name, "package.json")
  // some releases of the package write v20.19.0
  return existsSync(path) && JSON.parse(readFileSync(manifest, "utf8")).version.replace(/^v/, "") === version
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { nodes, missing } = ensureRuntimes()
  for (const { name, version, path } of nodes) console.log(`${name} ${version} ${path}`)
  if (missing) console.error(`no other runtimes: ${missing}`)
  process.exitCode = missing ? 1 : 0
}
