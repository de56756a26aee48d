// @ts-check
// Reading the repository's own files by pattern. (`fs.globSync` came with Node 22.)
import * as fs from "node:fs"
import { join, relative, sep } from "node:path"
import { root } from "./shell.mjs"

const left = new Set(["node_modules", "dist", ".git", ".scratch", ".stryker-tmp", "coverage", "reports"])

/**
 * @param {string} folder Relative to the root.
 * @param {RegExp} pattern What the relative path, with `/`, must match.
 * @returns {string[]} Relative paths, sorted, so that every machine reports in the same order.
 */
export function findFiles(folder, pattern) {
  return walk(join(root, folder))
    .map((path) => relative(root, path).replaceAll(sep, "/"))
    .filter((path) => pattern.test(path))
    .sort()
}

/** @param {string} path Relative to the root. */
export function readText(path) {
  return fs.readFileSync(join(root, path), "utf8")
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function walk(folder) {
  if (!fs.existsSync(folder)) return []
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}
