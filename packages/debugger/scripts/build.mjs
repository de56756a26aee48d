// @ts-check
// Builds the page: one program and one style, both inside the document, so that the policy can name them by their hashes and nothing is
// ever fetched. `dist/site/` is for servers, under any path, and can be installed; `dist/jot-debugger.html` is the same page as one file,
// for the disk; `dist/connected/` is for servers once more, with a button that fetches key sets. `dist/SHA256SUMS` has the hash of every
// file. `--out FOLDER` builds elsewhere. Prints sizes; fails above the budget.
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { build, parseAst, transformWithOxc, Visitor } from "vite"
import { pngIcon, svgIcon } from "./icons.mjs"
import { leftOut } from "./left-out.mjs"
import { shortened } from "./short-names.mjs"

const folder = fileURLToPath(new URL("..", import.meta.url))
const page = join(folder, "src/page")
const { values } = parseArgs({ options: { out: { type: "string", default: join(folder, "dist") } } })
const dist = resolve(values.out)
const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
/** What a first visit may take, compressed with gzip, which every server can. */
const BUDGET = 150 * 1024

// The same page from whatever runs this: a runner of tests sets it otherwise.
process.env["NODE_ENV"] = "production"

/**
 * The words for the tokens that `jot fixtures` makes, and others that only `jot` says.
 *
 * @param {string} code
 */
function forThePage(code) {
  const checks = "check\\.(?:ok|structure|signature|key|typ|max-age|require|audience_unasked)"
  const times = "time\\.(?:time_\\w+|midnight_utc|expired|expires|not_before|valid_since|issued)"
  const name = `"(?:(?:fixture|SHAPE|verdict)\\.[^"]+|${checks}|${times})"`
  const left = code.replaceAll(new RegExp(`^ +${name}:\\s+"[^"]*",$`, "gm"), "")
  if (new RegExp(name).test(left)) throw new Error("words that only jot says are written otherwise")
  return left
}

/**
 * Catalogues are written as lists of names and lists of words: gzip finds more in a text when what surrounds each word is not there. Names that
 * stand in a table already, most of them far away, are taken from there. What one catalogue takes from others it imports and spreads, a line each.
 */
const catalogues = {
  name: "catalogues",
  enforce: /** @type {const} */ ("pre"),
  /** @param {string} id */
  resolveId: (id) => (id === NAMED ? id : undefined),
  /** @param {string} id */
  load: (id) => (id === NAMED ? `export ${named}` : undefined),
  /**
   * @param {string} code
   * @param {string} id
   */
  async transform(code, id) {
    const [, first = "", language] = /(?:inspect[\\/]src|src[\\/]words)[\\/](\w+-)?(en|zh-hant)\.ts$/.exec(id) ?? []
    if (language === undefined) return undefined
    const [[name = "", own] = []] = Object.entries(await evaluated(id))
    const [[other = "", english] = []] = Object.entries(await evaluated(join(id, `../${first}en.ts`)))
    const isOther = language !== "en"
    const groups = Object.entries(own).map(([group, words]) => {
      if (typeof words === "string") return `${group}: ${JSON.stringify(words)}`
      const tables = isOther
        ? [...TABLES, { source: `Object.keys(en.${group})`, names: Object.keys(english[group]) }]
        : TABLES
      const table = tables.find(({ names }) => names.toSorted().join() === Object.keys(words).toSorted().join())
      if (table === undefined && isOther) throw new Error(`${id}: ${group} has other names`)
      const { source, names } = table ?? listed(Object.keys(words))
      return `${group}: named(${source}, ${joined(
        names.map((one) => words[one]),
        "\n",
      )})`
    })
    const lines = [
      ...(isOther ? [`import { ${other} as en } from "./${first}en.ts"`] : []),
      ...(code.match(IMPORTS) ?? []),
      'import { namesOf, RULE_IDS } from "@jotkit/inspect"',
      `import { named } from "${NAMED}"`,
      `export const ${name} = catalogue()`,
      `function catalogue() { return { ${[...(code.match(SPREADS) ?? []), ...groups]} } }`,
    ]
    return { code: lines.join("\n"), map: null }
  },
}

/** The module that all of them have in common. */
const NAMED = "catalogues:named"

/**
 * @param {readonly string[]} names
 * @param {string} text
 */
function named(names, text) {
  const words = text.split("\n")
  return Object.fromEntries(names.map((name, at) => [name, words[at]]))
}

const IMPORTS = /^import (?!type).*$/gm
const SPREADS = /(?<=^ {2})\.\.\.\w+(?=,$)/gm

/** @param {readonly string[]} names */
function listed(names) {
  return { source: `${joined(names, " ")}.split(" ")`, names }
}

/**
 * @param {readonly string[]} texts
 * @param {string} separator
 */
function joined(texts, separator) {
  const text = texts.join(separator)
  if (text.split(separator).length !== texts.length)
    throw new Error(`one of these holds ${JSON.stringify(separator)}: ${text}`)
  return JSON.stringify(text)
}

/**
 * What a module with nothing but tables in it exports.
 *
 * @param {string} path
 */
async function evaluated(path) {
  const source = forThePage(readFileSync(path, "utf8")).replaceAll(IMPORTS, "").replaceAll(SPREADS, "")
  const { code } = await transformWithOxc(source.replaceAll(/^ {2},$/gm, ""), path)
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

const inspect = join(folder, "../inspect/src")
const { CLAIMS, HEADERS, KEY_MEMBERS } = await evaluated(join(inspect, "dictionary/names.ts"))
const { RULES } = await evaluated(join(inspect, "lint/rules.ts"))
const unique = (/** @type {Record<string, string>} */ table) => [...new Set(Object.values(table).join(" ").split(" "))]
/** @type {readonly { source: string, names: readonly string[] }[]} */
const TABLES = [
  { source: 'namesOf("claims")', names: unique(CLAIMS) },
  { source: 'namesOf("headers")', names: unique(HEADERS) },
  { source: 'namesOf("keyMembers")', names: unique(KEY_MEMBERS) },
  { source: "RULE_IDS", names: Object.keys(RULES) },
]

/** Which argument is a message in English, or a part of one, of functions of the core that make errors. */
const MESSAGES = new Map([
  ...["Error", "TypeError", "invalidJwk", "unreadableKey", "unsuitableKey", "malformed", "unavailable"].map(takes(0)),
  ...["invalidOption", "invalidParameter"].map(takes(1)),
  ...["violation", "handleShortKey"].map(takes(2)),
])

/** Functions of the core that answer with a message, or undefined: whoever calls them asks which of both. */
const SAYING = /^(?:jsonLoss|objectLoss|typeProblem|critProblem|headerClash|unprotectedProblem|wrongParts|shortness)$/

/**
 * @param {number} place
 * @returns {(name: string) => [name: string, place: number]}
 */
function takes(place) {
  return (name) => [name, place]
}

/** The English of the core's errors: the page goes by their codes, and says what they mean in its own two languages. */
const errorMessages = {
  name: "error-messages",
  enforce: /** @type {const} */ ("pre"),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    if (!/jotkit[\\/]src[\\/].*\.ts$/.test(id)) return undefined
    /** @type {string[]} */
    const kept = []
    let from = 0
    /** @param {import("vite").ESTree.Node | null | undefined} message */
    const leaveOut = (message) => {
      if (message?.type === undefined || !TEXTS.has(message.type) || message.start < from) return
      kept.push(code.slice(from, message.start))
      from = message.end
    }
    /** @param {import("vite").ESTree.NewExpression | import("vite").ESTree.CallExpression} call */
    const call = ({ callee, arguments: given }) => {
      if (callee.type !== "Identifier") return
      leaveOut(given[MESSAGES.get(callee.name) ?? (callee.name.endsWith("Error") ? 1 : -1)])
    }
    /** @param {import("vite").ESTree.VariableDeclarator} variable */
    const variable = ({ id, init }) => {
      if (id.type === "Identifier" && id.name === "message") leaveOut(init)
    }
    /** @param {import("vite").ESTree.Node | null | undefined} answer */
    const leaveOutOf = (answer) => {
      if (answer?.type !== "ConditionalExpression") return leaveOut(answer)
      leaveOutOf(answer.consequent)
      leaveOutOf(answer.alternate)
    }
    let end = 0
    new Visitor({
      NewExpression: call,
      CallExpression: call,
      VariableDeclarator: variable,
      FunctionDeclaration(one) {
        if (SAYING.test(one.id?.name ?? "")) end = one.end
      },
      ReturnStatement(one) {
        if (one.end < end) leaveOutOf(one.argument)
      },
    }).visit(parseAst(code, { lang: "ts" }))
    return { code: [...kept, code.slice(from)].join('""'), map: null }
  },
}

const TEXTS = new Set(["Literal", "TemplateLiteral", "ConditionalExpression"])

/** Kinds of modules, in the order in which gzip does best: it looks back 32 KiB, and what is alike then stands within. */
const ORDER = [
  /^packages\/debugger\/src\/state/,
  /^packages\/inspect\/src\/\w+\//,
  /^packages\/jotkit/,
  /^node_modules/,
  /^packages\/debugger\/src\/view/,
  /^packages\/debugger\/.*\ben\.ts/,
  /^packages\/inspect\/src\/en\.ts/,
  /^packages\/inspect\/src\/zh-hant\.ts/,
  /^packages\/debugger\/.*\bzh-hant\.ts/,
]

/** Functions behind everything else, by kinds. They alone can move: a script knows all of its functions before its first line runs. */
const arranged = {
  name: "arranged",
  /** @param {string} code */
  renderChunk(code) {
    const [whole] = parseAst(code).body
    const call = whole?.type === "ExpressionStatement" ? whole.expression : undefined
    const called = call?.type === "CallExpression" ? call.callee : undefined
    if (called?.type !== "FunctionExpression" || called.body === null)
      throw new Error("the script is no function that is called")
    const { start, end, body } = called.body
    const modules = [...code.matchAll(/^\/\/ ((?:packages|node_modules)\/\S+)$/gm)]
    const parts = body.map((part) => {
      const [, name] = modules.findLast(({ index }) => index < part.start) ?? []
      if (name === undefined) throw new Error("it cannot be told which module a part of the script is from")
      const place = part.type === "FunctionDeclaration" ? ORDER.findIndex((kind) => kind.test(name)) : -1
      return { text: code.slice(part.start, part.end), place }
    })
    const texts = parts.sort((one, other) => one.place - other.place).map(({ text }) => text)
    return { code: shortened([code.slice(0, start + 1), ...texts, code.slice(end - 1)].join("\n")), map: null }
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
    plugins: [catalogues, errorMessages, leftOut, arranged],
    logLevel: "warn",
    resolve: { conditions: ["@jotkit/source", "browser", "module"] },
    define: { PAGE_VERSION: JSON.stringify(version), "window.__PREACT_SIGNALS_DEVTOOLS__": "false" },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      cssCodeSplit: false,
      rollupOptions: { cwd: join(folder, "../.."), input: join(page, entry), output: { format: "iife" } },
    },
  })
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []))
  const script = outputs.flatMap((one) => (one.type === "chunk" ? [one.code] : [])).join("")
  const style = outputs.flatMap((one) => (one.type === "asset" ? [String(one.source)] : [])).join("")
  // Vite's note to itself goes.
  return { script: inlined(script), style: style.replace(/\/\*\$vite\$:\d+\*\/\s*$/, "").trim() }
}

/**
 * What would end the element early, written so that it does not.
 *
 * @param {string} script
 */
function inlined(script) {
  return script.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3c!--")
}

/** @param {string | Buffer} content */
function hashOf(content) {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`
}

/**
 * @typedef {{ scripts: readonly string[], style: string, isServed: boolean, isConnected: boolean }} Shape
 *
 * @param {Shape} shape
 */
function policyOf({ scripts, style, isServed, isConnected }) {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${hashOf(style)}`,
    ...(isServed
      ? ["img-src data: 'self'", "worker-src blob: 'self'", "manifest-src 'self'"]
      : ["img-src data:", "worker-src blob:"]),
    `connect-src ${isConnected ? "https: http://127.0.0.1:* http://localhost:*" : "'none'"}`,
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types worker${isServed ? " service-worker" : ""}`,
  ].join("; ")
}

/**
 * @param {string} text
 * @param {Record<string, string>} parts By the name of the comment that stands for each.
 */
function filled(text, parts) {
  return text.replaceAll(/<!-- (\w+) -->/g, (comment, name) => parts[name] ?? comment)
}

/** @param {string} path */
function source(path) {
  return readFileSync(join(folder, "src", path), "utf8")
}

/**
 * The document: program and style, and its policy in front of them.
 *
 * @param {{ script: string, style: string }} main
 * @param {{ isServed?: boolean, isConnected?: boolean }} shape
 */
function documentOf(main, { isServed = false, isConnected = false }) {
  const scripts = [first.script, main.script, ...(isServed ? [offline.script] : [])]
  const policy = policyOf({ scripts, style: main.style, isServed, isConnected })
  const links = [
    '<link rel="manifest" href="manifest.webmanifest" />',
    '<link rel="apple-touch-icon" href="icon-192.png" />',
  ]
  return filled(source("page/index.html").replaceAll(/\n\s*/g, "\n"), {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    links: isServed ? links.join("\n") : "",
    style: `<style>${main.style}</style>`,
    first: `<script>${first.script}</script>`,
    script: `<script>${main.script}</script>`,
    offline: isServed ? `<script>${offline.script}</script>` : "",
  })
}

const MANIFEST = {
  name: "jot · token debugger",
  short_name: "jot",
  description: "Reads, explains and verifies JSON Web Tokens on your own machine.",
  start_url: "./",
  scope: "./",
  display: "standalone",
  background_color: "#e6ecea",
  theme_color: "#e6ecea",
  icons: [
    { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
    { src: "icon-192.png", sizes: "192x192", type: "image/png" },
    { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
}

/**
 * A folder for servers: the document, and what installs it.
 *
 * @param {string} document
 * @returns {Record<string, string | Buffer>}
 */
function siteOf(document) {
  const files = {
    "index.html": document,
    "manifest.webmanifest": `${JSON.stringify(MANIFEST, undefined, 2)}\n`,
    "icon.svg": svgIcon(),
    "icon-192.png": pngIcon(192),
    "icon-512.png": pngIcon(512),
  }
  const all = createHash("sha256")
  for (const content of Object.values(files)) all.update(content)
  const hashes = Object.entries(files).map(([name, content]) => {
    const address = name === "index.html" ? "./" : name
    return `${JSON.stringify(address)}: ${JSON.stringify(hashOf(content).slice(1, -1))}`
  })
  const worker = source("site/service-worker.js").replace('"<!-- files -->": ""', hashes.join(", "))
  return { ...files, "service-worker.js": filled(worker, { hash: all.digest("hex") }) }
}

/**
 * Whole or not at all: someone may be reading the file that was there.
 *
 * @param {string} path
 * @param {string | Buffer} content
 */
function write(path, content) {
  const target = join(dist, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.new`, content)
  renameSync(`${target}.new`, target)
}

const [first, offline] = [await bundle("first.ts"), await bundle("offline.ts")]
const [main, connected] = [await bundle("main.tsx"), await bundle("connected.tsx")]
const document = documentOf(main, { isServed: true })
/** @type {Record<string, string | Buffer>} */
const files = { "jot-debugger.html": documentOf(main, {}) }
for (const [name, content] of Object.entries(siteOf(document))) files[`site/${name}`] = content
const withButton = siteOf(documentOf(connected, { isServed: true, isConnected: true }))
for (const [name, content] of Object.entries(withButton)) files[`connected/${name}`] = content
files["SHA256SUMS"] = Object.entries(files)
  .map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`)
  .sort((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1))
  .join("")

for (const name of ["site", "connected"]) rmSync(join(dist, name), { recursive: true, force: true })
for (const [name, content] of Object.entries(files)) write(name, content)

const gzip = gzipSync(document, { level: 9 }).length
const kib = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KiB`
console.log(
  `page: ${kib(Buffer.byteLength(document))}, ${kib(gzip)} with gzip, ${kib(brotliCompressSync(document).length)} with brotli; the budget is ${kib(BUDGET)} with gzip`,
)
if (gzip > BUDGET) {
  console.error(`page: ${kib(gzip - BUDGET)} above the budget`)
  process.exitCode = 1
}
