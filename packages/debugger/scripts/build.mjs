// @ts-check
// Builds the page: one program and one style, both inside the document, so that the policy can name them by their hashes and nothing is
// ever fetched. `dist/site/` is for servers, under any path; `dist/jot-debugger.html` is the same page as one file, for the disk.
// Prints sizes; fails above the budget.
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { build } from "vite"

const folder = fileURLToPath(new URL("..", import.meta.url))
const page = join(folder, "src/page")
const dist = join(folder, "dist")
/** What a first visit may take, compressed with gzip, which every server can. */
const BUDGET = 150 * 1024

// The same page from whatever runs this: a runner of tests sets it otherwise.
process.env["NODE_ENV"] = "production"

/** The words for the tokens that `jot fixtures` makes: no one else says them. */
const fixtureWords = {
  name: "fixture-words",
  enforce: /** @type {const} */ ("pre"),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    if (!/inspect[\\/]src[\\/](?:en|zh-hant)\.ts$/.test(id)) return undefined
    const left = code.replaceAll(/^ +"fixture\.[^"]+":\s+"[^"]*",$/gm, "")
    if (left.includes('"fixture.')) throw new Error(`${id} has words for fixtures that are written otherwise`)
    return { code: left, map: null }
  },
}

/**
 * @param {string} entry
 * @returns {Promise<{ script: string, style: string }>} One classic script: modules do not load from the disk.
 */
async function bundle(entry) {
  const result = await build({
    configFile: false,
    root: page,
    plugins: [fixtureWords],
    logLevel: "warn",
    resolve: { conditions: ["@jotkit/source", "browser", "module"] },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      cssCodeSplit: false,
      rollupOptions: { input: join(page, entry), output: { format: "iife" } },
    },
  })
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []))
  const script = outputs.flatMap((one) => (one.type === "chunk" ? [one.code] : [])).join("")
  const style = outputs.flatMap((one) => (one.type === "asset" ? [String(one.source)] : [])).join("")
  return { script: inlined(script), style }
}

/**
 * What would end the element early, written so that it does not.
 *
 * @param {string} script
 */
function inlined(script) {
  return script.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3c!--")
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`
}

/**
 * @param {readonly string[]} scripts
 * @param {string} style
 */
function policyOf(scripts, style) {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ")
}

/**
 * @param {string} document
 * @param {Record<string, string>} parts By the name of the comment that stands for each.
 */
function filled(document, parts) {
  return document.replaceAll(/<!-- (\w+) -->/g, (comment, name) => parts[name] ?? comment)
}

const [main, first] = [await bundle("main.tsx"), await bundle("first.ts")]
const document = filled(readFileSync(join(page, "index.html"), "utf8"), {
  policy: `<meta http-equiv="Content-Security-Policy" content="${policyOf([first.script, main.script], main.style)}" />`,
  style: `<style>${main.style}</style>`,
  first: `<script>${first.script}</script>`,
  script: `<script>${main.script}</script>`,
})

rmSync(join(dist, "site"), { recursive: true, force: true })
mkdirSync(join(dist, "site"), { recursive: true })
writeFileSync(join(dist, "site/index.html"), document)
writeFileSync(join(dist, "jot-debugger.html"), document)

const gzip = gzipSync(document, { level: 9 }).length
const kib = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KiB`
console.log(
  `page: ${kib(Buffer.byteLength(document))}, ${kib(gzip)} with gzip, ${kib(brotliCompressSync(document).length)} with brotli; the budget is ${kib(BUDGET)} with gzip`,
)
if (gzip > BUDGET) {
  console.error(`page: ${kib(gzip - BUDGET)} above the budget`)
  process.exitCode = 1
}
