// @ts-check
// What a user gets is the packed tarball, so that is what is judged here: it holds what it should and nothing else, two
// builds of it are the same byte for byte, the linters of packages like it, every Node we promise can import and require
// it, and TypeScript reads it from 5.5 on, in both ways of resolving.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { execPath } from "node:process"
import { ensureRuntimes } from "./runtimes.mjs"
import { capture, onCi, report, root } from "./shell.mjs"

const folder = join(root, "packages/jotkit")
const consumers = join(folder, "test/package")
const temporary = mkdtempSync(join(tmpdir(), "jotkit-package-"))
const tsc = join(root, "node_modules/typescript/bin/tsc")
/** @type {string[]} */
const problems = []

/**
 * Runs one command; its output becomes the problem when it fails.
 *
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
function hold(name, command, args, cwd = root) {
  // npm scripts leave settings of this workspace in the environment that an npm in another folder must not see
  const { ok, output } = capture(command, args, { cwd, env: { npm_config_workspace: "", npm_config_prefix: "" } })
  console.log(`  ${ok ? "ok" : "FAILED"}: ${name}`)
  if (!ok) problems.push(`${name}:\n${output.trim()}`)
  return ok ? output : ""
}

/** Builds anew beside dist/ (same depth, or the source maps would differ) and compares. Finds stale files in dist/ as well. */
function checkBuild() {
  const again = join(folder, ".build-again")
  rmSync(again, { recursive: true, force: true })
  hold("tsc -b", execPath, [tsc, "-b"])
  hold("a second build", execPath, [
    tsc,
    "-p",
    folder,
    "--outDir",
    again,
    "--tsBuildInfoFile",
    join(again, ".tsbuildinfo"),
  ])
  const [first, second] = [filesOf(join(folder, "dist")), filesOf(again)]
  for (const path of new Set([...first.keys(), ...second.keys()])) {
    if (first.get(path) !== second.get(path))
      problems.push(`dist/${path} differs in a second build; remove dist/ if it is stale`)
  }
  rmSync(again, { recursive: true, force: true })
}

/**
 * @param {string} start
 * @returns {Map<string, string>} Relative path → content.
 */
function filesOf(start) {
  const entries = existsSync(start) ? readdirSync(start, { recursive: true, withFileTypes: true }) : []
  const files = entries.filter((entry) => entry.isFile() && entry.name !== ".tsbuildinfo")
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(start.length + 1), readFileSync(path, "latin1")]
    }),
  )
}

/** @returns {string} Path of the tarball. */
function pack() {
  const output = hold("npm pack", "npm", ["pack", "--json", "--pack-destination", temporary], folder)
  if (output === "") return ""
  // npm's own warnings may stand around the JSON
  const [{ filename, files }] = JSON.parse(output.slice(output.indexOf("[\n"), output.lastIndexOf("]") + 1))
  const allowed = /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|src\/.+\.ts|dist\/.+\.(js|d\.ts)(\.map)?)$/
  const paths = new Set(files.map((/** @type {{ path: string }} */ file) => file.path))
  for (const path of paths) if (!allowed.test(path)) problems.push(`the tarball holds ${path}`)
  for (const path of ["package.json", "README.md", "LICENSE"])
    if (!paths.has(path)) problems.push(`the tarball lacks ${path}`)
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  for (const path of Object.values(exports).flatMap((door) =>
    typeof door === "string" ? [door] : Object.values(door),
  )) {
    if (!paths.has(path.slice(2))) problems.push(`the tarball lacks ${path}, which the manifest names`)
  }
  return join(temporary, filename)
}

/** @param {string} tarball */
function checkUse(tarball) {
  const home = join(temporary, "home")
  mkdirSync(home)
  cpSync(consumers, home, { recursive: true })
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "home", private: true }))
  if (
    hold("npm install of the tarball", "npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], home) === ""
  )
    return
  const { nodes, missing } = ensureRuntimes()
  if (missing) skip(`other Node versions: ${missing}`)
  for (const { version, path } of [...nodes, { version: process.versions.node, path: execPath }]) {
    hold(`import on Node ${version}`, path, ["import.mjs"], home)
    hold(`require on Node ${version}`, path, ["require.cjs"], home)
    hold(`keys while others are collected on Node ${version}`, path, ["--max-semi-space-size=1", "collected.mjs"], home)
  }
  hold("bundles for browsers", execPath, [join(root, "scripts/check-bundle.mjs"), home])
  checkTypes(home)
}

/** @param {string} home */
function checkTypes(home) {
  mkdirSync(join(home, "node_modules/@types"), { recursive: true })
  for (const name of ["@types/node", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(home, "node_modules", name))
  for (const { version, path } of typescripts()) {
    for (const resolution of ["nodenext", "bundler"]) {
      const module = resolution === "bundler" ? "esnext" : resolution
      const args = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--lib",
        "es2022",
        "--module",
        module,
        "--moduleResolution",
        resolution,
      ]
      // with the types of Node every declaration is checked
      hold(
        `types, TypeScript ${version}, ${resolution}`,
        execPath,
        [path, ...args, "--types", "node", "consumer.mts"],
        home,
      )
    }
  }
}

/** @returns {{ version: string, path: string }[]} The compiler of the repository, and those of tests/runtimes. */
function typescripts() {
  const others = join(root, "tests/runtimes/node_modules")
  const names = ["typescript-oldest", "typescript-previous", "typescript-native"].filter((name) =>
    existsSync(join(others, name)),
  )
  if (names.length === 0) skip("other TypeScript versions: not installed")
  return [...names.map((name) => join(others, name)), join(root, "node_modules/typescript")].map((path) => ({
    version: JSON.parse(readFileSync(join(path, "package.json"), "utf8")).version,
    path: join(path, "bin/tsc"),
  }))
}

/** @param {string} what */
function skip(what) {
  console.log(`  skipped: ${what}`)
  if (onCi) problems.push(`skipped on CI: ${what}`)
}

checkBuild()
const tarball = problems.length === 0 ? pack() : ""
if (tarball !== "") {
  hold("publint", "npx", ["publint", "run", tarball, "--strict"])
  hold("are the types wrong", "npx", ["attw", tarball, "--profile", "esm-only", "--no-emoji"])
  checkUse(tarball)
}
if (readFileSync(join(folder, "LICENSE"), "utf8") !== readFileSync(join(root, "LICENSE"), "utf8")) {
  problems.push("packages/jotkit/LICENSE is not the LICENSE of the repository")
}
rmSync(temporary, { recursive: true, force: true })
report("check-package", problems, "the tarball is what it should be")
