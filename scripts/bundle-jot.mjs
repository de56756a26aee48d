// @ts-check
// Makes one file of the program `jot` and all it is made of, from the sources: packages/cli/dist/jot.mjs. It needs nothing beside it, so it
// may be copied anywhere. Commands and languages are evaluated when they are asked for, as in the sources; several files would only
// save `--version` some milliseconds of parsing. Nothing is minified: what runs can be read.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"
import { root } from "./shell.mjs"

const folder = join(root, "packages/cli")

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
    define: { JOT_VERSION: JSON.stringify(version) },
    supported: { "dynamic-import": format === "esm" },
    logLevel: "warning",
  })
}

if (argv[1] === fileURLToPath(import.meta.url)) await bundleJot()
