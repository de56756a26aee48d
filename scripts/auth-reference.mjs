// @ts-check
// The tables of docs/reference/auth-options.md and docs/reference/auth-failures.md are made of the package: names, types and comments of
// its options, the bounds that it accepts, the answers that it gives. `node scripts/auth-reference.mjs` compares them with the pages,
// `--write` writes them. A table stands between two comments, the first of which says what it is of:
//
//   <!-- options AuthOptions -->  …  <!-- end -->              an interface
//   <!-- options RefreshOptions refresh -->  …  <!-- end -->   an interface that is the value of an option
//   <!-- failures -->  …  <!-- end -->
//
// Every code has a heading on the page of failures besides, and every heading there that looks like a code is one.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { failureRows, REFUSAL_CODES } from "./auth-reference/failures.mjs"
import { optionRows } from "./auth-reference/options.mjs"
import { readText } from "./files.mjs"
import { report, root } from "./shell.mjs"

const OPTIONS = "docs/reference/auth-options.md"
const FAILURES = "docs/reference/auth-failures.md"
const TABLE = /(<!-- (options|failures)([^>]*) -->\n)[\s\S]*?(<!-- end -->)/g
/** @type {string[]} */
const problems = []
let rows = 0

for (const page of [OPTIONS, FAILURES]) {
  const text = readText(page)
  let made = text
  for (const [block, start = "", kind, rest = "", end] of text.matchAll(TABLE)) {
    const [name = "", path = ""] = rest.trim().split(/\s+/)
    const lines = kind === "options" ? optionRows(name, path) : await failureRows()
    rows += lines.length - 2
    made = made.replace(block, () => `${start}\n${lines.join("\n")}\n\n${end}`)
  }
  if (argv.includes("--write")) writeFileSync(join(root, page), made)
  else if (made !== text) problems.push(`${page} is not what the package says: node scripts/auth-reference.mjs --write`)
}
const headings = new Set([...readText(FAILURES).matchAll(/^#{2,4} `([a-z0-9_]+)`/gm)].map(([, code]) => code))
for (const code of Object.keys(REFUSAL_CODES)) {
  if (!headings.delete(code)) problems.push(`${FAILURES} has no heading \`${code}\``)
}
for (const code of headings) problems.push(`${FAILURES} explains \`${code}\`, which is no code`)
report("auth-reference", problems, `${rows} rows, made of the package`)
