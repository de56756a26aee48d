// @ts-check
// A file directly in src/ is public, anything in a folder is private: the manifest must list exactly those files,
// each with the same three conditions; a program is listed under bin instead, and data under its own name. A private import names a file for Node and one for everywhere else.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { report, root } from "./shell.mjs"

const problems = []
let doors = 0
for (const name of readdirSync(join(root, "packages"))) {
  const folder = join(root, "packages", name)
  if (!existsSync(join(folder, "src"))) continue
  const { bin = {}, exports = {}, imports = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  // A program is run, not imported: it is named under bin.
  const programs = Object.values(bin).map((file) => `${stemOf(file)}.ts`)
  const files = readdirSync(join(folder, "src")).filter((file) => file.endsWith(".ts") && !programs.includes(file))
  const expected = new Map(files.map((file) => [doorOf(file), conditionsOf(file.slice(0, -3))]))
  for (const [door, conditions] of expected) {
    if (!(door in exports)) problems.push(`${name}: src has ${door}, the manifest does not`)
    else if (JSON.stringify(exports[door]) !== JSON.stringify(conditions)) {
      problems.push(`${name}: ${door} must be ${JSON.stringify(conditions)}, in this order`)
    }
  }
  for (const door of Object.keys(exports)) {
    // Data is given out as it is, under whatever name.
    const isThere = door.endsWith(".json") ? existsSync(join(folder, String(exports[door]))) : expected.has(door)
    if (!isThere) problems.push(`${name}: ${door} has no file`)
  }
  doors += expected.size
  for (const [alias, conditions] of Object.entries(imports)) problems.push(...platformProblems(name, alias, conditions))
}

/**
 * @param {string} name
 * @param {string} alias
 * @param {Record<string, string | Record<string, string>>} conditions
 * @returns {string[]}
 */
function platformProblems(name, alias, conditions) {
  const [node, web] = ["node", "default"].map((condition) => stemOf(conditions[condition]))
  const expected = {
    "@jotkit/source": { node: `./src/${node}.ts`, default: `./src/${web}.ts` },
    types: `./dist/${node}.d.ts`,
    node: `./dist/${node}.js`,
    default: `./dist/${web}.js`,
  }
  if (JSON.stringify(conditions) !== JSON.stringify(expected))
    return [`${name}: ${alias} must be ${JSON.stringify(expected)}, in this order`]
  return [node, web]
    .filter((stem) => !existsSync(join(root, "packages", name, "src", `${stem}.ts`)))
    .map((stem) => `${name}: ${alias} names src/${stem}.ts, which is absent`)
}

/** @param {string | Record<string, string> | undefined} file */
function stemOf(file) {
  return String(file).replace(/^\.\/dist\/(.+)\.m?js$/, "$1")
}

/** @param {string} file */
function doorOf(file) {
  return file === "index.ts" ? "." : `./${file.slice(0, -3)}`
}

/** @param {string} stem */
function conditionsOf(stem) {
  return { "@jotkit/source": `./src/${stem}.ts`, types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` }
}

report("check-exports", problems, `${doors} doors, each with its file`)
