/** What a page downloads: bundled by esbuild, minified, compressed with brotli, as `npm run size` counts. */
import { fileURLToPath } from "node:url"
import { brotliCompressSync } from "node:zlib"
import { build } from "esbuild"
import { expect, test } from "vitest"

const index = fileURLToPath(new URL("../dist/index.js", import.meta.url))

test.each([
  ["createClient", 3072],
  ["readClaims", 600],
])("%s alone is at most %i bytes", async (name, limit) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${name} } from ${JSON.stringify(index)}`, resolveDir: "/" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    outfile: "bundle.js",
  })
  const [bundle] = outputFiles
  expect(brotliCompressSync(bundle?.contents ?? "").length).toBeLessThanOrEqual(limit)
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([])
})
