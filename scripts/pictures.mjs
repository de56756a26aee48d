// @ts-check
// The pictures of `jot` in docs/pictures: what it prints on a terminal, in colour, as SVG that follows the reader's light or dark page.
// `node scripts/pictures.mjs` compares them with a fresh run, and `--write` makes them anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { report, root } from "./shell.mjs"
import { Terminal } from "./terminal.mjs"

/** What happens before a picture is taken. */
const BEFORE = [
  'umask 077; echo "a secret of at least thirty-two bytes" > secret.txt',
  "umask 077; base64 < secret.txt > secret.b64",
  "jot sign -q --secret-file secret.txt --alg HS256 --typ at+jwt --iss https://login.example --sub alice --aud api" +
    ' --claim client_id=web --claim scope="read write" --iat=-10m --exp +5m --jti 7c1e --no-exp -o token.txt',
  "jot sign -q --secret-file secret.txt --alg HS256 --iss https://login.example --sub alice --aud api --iat=-2h --exp -1h -o old.txt",
  "jot sign -q --secret-file secret.txt --alg HS256 --header kid=../../keys/1.pem --header jku=http://10.0.0.7/keys" +
    " --sub alice --claim email=alice@example.com --claim n:=12345678901234567890 --no-exp -o odd.txt",
]

/** @type {readonly (readonly [name: string, line: string])[]} */
const SCENES = [
  ["inspect", "jot @token.txt"],
  ["verify", "jot verify --secret-file secret.txt --alg HS256 --aud web @old.txt"],
  ["lint", "jot lint @odd.txt"],
  ["diagnose", "jot diagnose --secret-file secret.b64 --alg HS256 @token.txt"],
]

const COLUMNS = 100
/** In pixels, for letters of 14. */
const CELL = { width: 8.4, height: 20 }
const MARGIN = 16

/** Select Graphic Rendition (ECMA-48, section 8.3.117): what each number adds, or ends. */
const STYLES = new Map([
  ["1", "bold"],
  ["2", "dim"],
  ["31", "red"],
  ["32", "green"],
  ["33", "yellow"],
  ["35", "magenta"],
  ["36", "cyan"],
])
const ENDS = new Map([
  ["0", /./],
  ["22", /^(?:bold|dim)$/],
  ["39", /^(?!bold|dim)/],
])

/** Classes, by what a page is: text, ground, border, then colours. */
const LIGHT = {
  text: "#1f2328",
  ground: "#f6f8fa",
  red: "#b3202c",
  green: "#116329",
  yellow: "#7d4e00",
  magenta: "#8250df",
  cyan: "#0a6c75",
}
const DARK = {
  text: "#e6edf3",
  ground: "#161b22",
  red: "#ff7b72",
  green: "#56d364",
  yellow: "#e3b341",
  magenta: "#d2a8ff",
  cyan: "#56d4dd",
}

/** @typedef {{ text: string, cells: number, column: number, classes: string }} Run Letters of one look, and where they stand. */

/** @param {string} letter */
function cellsOf(letter) {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/.test(letter)
    ? 2
    : 1
}

/**
 * Lines of a terminal, wrapped where a terminal would.
 *
 * @param {string} text With escape sequences.
 * @returns {Run[][]}
 */
function layOut(text) {
  /** @type {Run[][]} */
  const lines = [[]]
  /** @type {Set<string>} */
  const styles = new Set()
  let column = 0
  const startLine = () => {
    lines.push([])
    column = 0
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
  for (const [token, codes] of text.matchAll(/\u001b\[([\d;]*)m|[\s\S]/gu)) {
    if (codes !== undefined) setStyles(styles, codes)
    else if (token === "\n") startLine()
    else {
      const cells = cellsOf(token)
      if (column + cells > COLUMNS) startLine()
      addLetter(lines.at(-1) ?? [], { text: token, cells, column, classes: [...styles].join(" ") })
      column += cells
    }
  }
  return lines
}

/**
 * @param {Set<string>} styles
 * @param {string} codes
 */
function setStyles(styles, codes) {
  for (const code of codes.split(";")) {
    const ended = ENDS.get(code)
    for (const style of styles) if (ended?.test(style)) styles.delete(style)
    const style = STYLES.get(code)
    if (style !== undefined) styles.add(style)
    else if (ended === undefined) throw new Error(`pictures know no colour ${code}`)
  }
}

/**
 * Wide letters and narrow ones are runs of their own: whatever font draws them, each run takes its cells.
 *
 * @param {Run[]} line
 * @param {Run} letter
 */
function addLetter(line, letter) {
  const last = line.at(-1)
  const isWide = (/** @type {Run} */ { text, cells }) => cells > [...text].length
  if (last === undefined || last.classes !== letter.classes || isWide(last) !== isWide(letter)) line.push(letter)
  else Object.assign(last, { text: last.text + letter.text, cells: last.cells + letter.cells })
}

/** @param {string} text */
function xml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}

/** @param {typeof LIGHT} theme */
function rules({ text, ground, ...colours }) {
  const classes = Object.entries(colours).map(([name, colour]) => `.${name}{fill:${colour}}`)
  return `text{fill:${text}}rect{fill:${ground};stroke:${text}}${classes.join("")}`
}

/**
 * @param {string} title
 * @param {string} text
 */
function svg(title, text) {
  const lines = layOut(text)
  const width =
    Math.ceil(Math.max(...lines.flat().map(({ column, cells }) => column + cells)) * CELL.width) + 2 * MARGIN
  const height = lines.length * CELL.height + 2 * MARGIN
  const rows = lines.flatMap((line, row) =>
    line.filter((run) => run.text.trim() !== "").map((run) => textOf(run, MARGIN + (row + 0.75) * CELL.height)),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${xml(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK TC",monospace;white-space:pre}
${rules(LIGHT)}
rect{stroke-opacity:.2}.dim{opacity:.65}.bold{font-weight:bold}
@media(prefers-color-scheme:dark){${rules(DARK)}}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${rows.join("\n")}
</svg>
`
}

/**
 * @param {Run} run
 * @param {number} y
 */
function textOf({ text, cells, column, classes }, y) {
  const [x, length] = [MARGIN + column * CELL.width, cells * CELL.width].map((pixels) => pixels.toFixed(1))
  const look = classes === "" ? "" : ` class="${classes}"`
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${xml(text)}</text>`
}

const folder = join(root, "docs/pictures")
mkdirSync(folder, { recursive: true })
const problems = []
for (const language of /** @type {const} */ (["en", "zh-Hant"])) {
  const terminal = new Terminal({ language, isColoured: true, columns: COLUMNS })
  for (const line of BEFORE) {
    const said = terminal.run(line)
    if (said !== "") problems.push(`${line}\nprints ${said}`)
  }
  for (const [name, line] of SCENES) {
    const printed = terminal.run(line).trimEnd()
    const file = `${name}-${language.toLowerCase()}.svg`
    const picture = svg(line, `$ ${line}\n${printed}`)
    if (argv.includes("--write")) writeFileSync(join(folder, file), picture)
    else if (!existsSync(join(folder, file)) || readFileSync(join(folder, file), "utf8") !== picture)
      problems.push(`docs/pictures/${file} is not what jot prints now; node scripts/pictures.mjs --write makes it anew`)
  }
  terminal.close()
}
report("pictures", problems, `${2 * SCENES.length} pictures show what jot prints`)
