// @ts-check
// Every error code has its heading in docs/reference/errors.md, and every heading there that looks like a code is one.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { readText } from "./files.mjs"
import { report, root } from "./shell.mjs"

const page = "docs/reference/errors.md"
const { ERROR_CODES } = await import("jotkit/errors")
const codes = new Set(Array.isArray(ERROR_CODES) ? ERROR_CODES : Object.keys(ERROR_CODES))

const problems = []
if (!existsSync(join(root, page))) problems.push(`${page} is absent`)
else {
  const headings = new Set([...readText(page).matchAll(/^#{2,4} `([a-z0-9_]+)`/gm)].map(([, code]) => code))
  for (const code of codes) if (!headings.has(code)) problems.push(`${page} has no heading \`${code}\``)
  for (const code of headings)
    if (!codes.has(code)) problems.push(`${page} explains \`${code}\`, which is no error code`)
}
report("check-errors", problems, `${codes.size} codes, each explained in ${page}`)
