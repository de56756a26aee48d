// @ts-check
// Makes one file of the program `jot` and all it is made of, from the sources: packages/cli/dist/jot.mjs. It needs nothing beside it, so it
// may be copied anywhere. Commands and languages are evaluated when they are asked for, as in the sources; several files would only
// save `--version` some milliseconds of parsing. Nothing is minified: what runs can be read. The page of `jot debug` is in it as well, packed.
import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { argv, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { brotliCompressSync } from "node:zlib"
import { build } from "esbuild"
import { findFiles } from "./files.mjs"
import { capture, root } from "./shell.mjs"

const folder = join(root, "packages/cli")

const page = join(root, "packages/debugger/dist/jot-debugger.html")

/** The program as it is shipped. */
export const program = join(folder, "dist/jot.mjs")

/**
 * @param {{ outfile?: string, format?: "esm" | "cjs" }} [options] CommonJS is for single executables; there `import()` becomes `require`.
 */
export async function bundleJot({ outfile = program, format = "esm" } = {}) {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  await build({
    absWorkingDir: root,
    entryPoints: [join(folder, "src/jot.ts")],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "node20.19",
    conditions: ["@jotkit/source", "node"],
    define: { JOT_VERSION: JSON.stringify(version), JOT_PAGE: JSON.stringify(packedPage()) },
    supported: { "dynamic-import": format === "esm" },
    logLevel: "warning",
  })
}

/** @returns {string} The debugger page as one document: brotli, base64. */
function packedPage() {
  if (!isPageBuilt()) {
    const { ok, output } = capture(execPath, [join(root, "packages/debugger/scripts/build.mjs")])
    if (!ok) throw new Error(output)
  }
  return brotliCompressSync(readFileSync(page)).toString("base64")
}

/** @returns {boolean} Whether the page is newer than everything that it is made of. */
function isPageBuilt() {
  const built = statSync(page, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = findFiles("packages", /^packages\/(jotkit|inspect|debugger)\/(src|scripts|package\.json)/)
  return sources.every((path) => statSync(join(root, path)).mtimeMs <= built)
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundleJot()
