// @ts-check
// `npm run size`: what a browser downloads, bundled by esbuild, minified and compressed with brotli, beside jose for the same job. The
// imports and the limits stand in .size-limit.json. Prints the table of docs/explanation/performance.md.
import { capture, report } from "./shell.mjs"

const JOSE = ", jose"
const { ok, output } = capture("npx", ["size-limit", "--json"])
/** @type {{ name: string, passed?: boolean, size: number }[]} */
const rows = JSON.parse(output.slice(output.indexOf("["), output.lastIndexOf("]") + 1))
const problems = rows.filter(({ passed }) => passed === false).map(({ name }) => `${name} is larger than its limit`)
if (!ok && problems.length === 0) problems.push("size-limit failed")

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`
console.log("| imports | jotkit | jose | ratio |\n| --- | ---: | ---: | ---: |")
for (const { name, size } of rows) {
  if (name.includes(JOSE)) continue
  const peer = rows.find((row) => row.name.startsWith(`${name}${JOSE}`))?.size ?? Number.NaN
  console.log(`| ${name} | ${kilobytes(size)} | ${kilobytes(peer)} | ${(size / peer).toFixed(2)}× |`)
}
report("size", problems, "every bundle is within its limit")
