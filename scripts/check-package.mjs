// @ts-check
// What a user gets is the packed tarball, so that is what is judged here, for each package: it holds what it should and
// nothing else, two builds of it are the same byte for byte, the linters of packages like it, every Node we promise can import
// and require it, and TypeScript reads it from 5.5 on, in both ways of resolving. `jot` does its work in every runtime, installed and alone.
import {
  copyFileSync,
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
import { basename, dirname, join } from "node:path"
import { execPath } from "node:process"
import { bundleJot, program } from "./bundle-jot.mjs"
import { ensureRuntimes } from "./runtimes.mjs"
import { capture, onCi, report, root } from "./shell.mjs"
import { tryJot } from "./try-jot.mjs"

const temporary = mkdtempSync(join(tmpdir(), "jotkit-package-"))
const tsc = join(root, "node_modules/typescript/bin/tsc")
/** For adapters: what an optional peer is, with the types that are packages of their own. */
const FRAMEWORKS = [
  "express",
  "@types/express",
  "fastify",
  "hono",
  "koa",
  "@types/koa",
  "@nestjs/common",
  "@nestjs/core",
]
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

/**
 * Builds anew beside dist/ (same depth, or the source maps would differ) and compares. Finds stale files in dist/ as well.
 *
 * @param {string} folder
 */
function checkBuild(folder) {
  const again = join(folder, ".build-again")
  rmSync(again, { recursive: true, force: true })
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
      problems.push(`${folder}/dist/${path} differs in a second build; remove dist/ if it is stale`)
  }
  rmSync(again, { recursive: true, force: true })
}

/** As `checkBuild`, for the one file of the program. */
async function checkBundle() {
  const again = join(temporary, "again.mjs")
  await bundleJot()
  await bundleJot({ outfile: again })
  if (readFileSync(program, "utf8") !== readFileSync(again, "utf8"))
    problems.push(`${program} differs in a second build`)
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

/**
 * @param {string} folder
 * @returns {string} Path of the tarball; empty where there is none.
 */
function pack(folder) {
  const output = hold("npm pack", "npm", ["pack", "--json", "--pack-destination", temporary], folder)
  if (output === "") return ""
  // npm's own warnings may stand around the JSON
  const [{ filename, files }] = JSON.parse(output.slice(output.indexOf("[\n"), output.lastIndexOf("]") + 1))
  const allowed =
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|man\/[a-z-]+\.1|schema\/.+\.json|src\/.+\.ts|dist\/(SHA256SUMS|jot-debugger\.html|(site|connected)\/[\w.-]+|jot\.mjs|.+\.(js|d\.ts)(\.map)?))$/
  const paths = new Set(files.map((/** @type {{ path: string }} */ file) => file.path))
  for (const path of paths) if (!allowed.test(path)) problems.push(`the tarball holds ${path}`)
  for (const path of ["package.json", "README.md", "LICENSE"])
    if (!paths.has(path)) problems.push(`the tarball lacks ${path}`)
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  for (const path of [...Object.values(exports), bin].flatMap((door) =>
    typeof door === "string" ? [door] : Object.values(door),
  )) {
    if (!paths.has(path.slice(2))) problems.push(`the tarball lacks ${path}, which the manifest names`)
  }
  return join(temporary, filename)
}

/**
 * Installs tarballs into an empty project, with the programs of a package's test/package beside them.
 *
 * @param {string} name
 * @param {readonly string[]} tarballs
 * @returns {string} The project; empty where the installation failed.
 */
function home(name, tarballs) {
  const folder = join(temporary, `home-${name}`)
  mkdirSync(folder)
  const programs = join(root, "packages", name, "test/package")
  if (existsSync(programs)) cpSync(programs, folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "home", private: true }))
  const args = ["install", "--offline", "--no-audit", "--no-fund", ...tarballs]
  return hold(`npm install of the tarball of ${name}`, "npm", args, folder) === "" ? "" : folder
}

/** @param {string} tarball */
function checkJotkit(tarball) {
  const project = home("jotkit", [tarball])
  if (project === "") return
  for (const { version, path } of nodes) {
    hold(`import on Node ${version}`, path, ["import.mjs"], project)
    hold(`require on Node ${version}`, path, ["require.cjs"], project)
    const collecting = ["--max-semi-space-size=1", "collected.mjs"]
    hold(`keys while others are collected on Node ${version}`, path, collecting, project)
  }
  hold("bundles for browsers", execPath, [join(root, "scripts/check-bundle.mjs"), project])
  checkTypes(project, "consumer.mts", ["@types/node", "undici-types"])
}

/** @param {readonly string[]} tarballs Of jotkit, and of the package itself. */
function checkAuth(tarballs) {
  const args = ["pack", "--silent", "--ignore-scripts", "--pack-destination", temporary, "./node_modules/cookie"]
  const cookie = hold("npm pack of cookie", "npm", args)
  const project = home("auth", [...tarballs, join(temporary, cookie.trim())])
  if (project === "") return
  const installed = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith("."))
  if (installed.join() !== "@jotkit,cookie,jotkit") problems.push(`auth installs ${installed.join(", ")}`)
  for (const { version, path } of nodes) {
    hold(`import of auth on Node ${version}`, path, ["import.mjs"], project)
    hold(`require of auth on Node ${version}`, path, ["require.cjs"], project)
  }
  importElsewhere("auth", project)
  // First as someone has it who uses no framework: its types must not be missed.
  checkTypes(project, "consumer.mts", ["@types/node", "undici-types"])
  // Declarations of frameworks do not hold in every TypeScript; ours are held by what the file does with them.
  checkTypes(project, "adapters.mts", FRAMEWORKS, ["--skipLibCheck"])
  const withNest = ["--input-type=module", "--eval", 'await import("@jotkit/auth/nest")']
  hold("import of auth beside Nest", execPath, withNest, project)
}

/** @param {readonly string[]} tarballs Of jotkit, and of the package itself. */
function checkInspect(tarballs) {
  const project = home("inspect", tarballs)
  if (project === "") return
  for (const { version, path } of nodes) {
    hold(`import of inspect on Node ${version}`, path, ["import.mjs"], project)
    hold(`require of inspect on Node ${version}`, path, ["require.cjs"], project)
  }
  importElsewhere("inspect", project)
  checkTypes(project, "consumer.mts", ["@types/node", "undici-types"])
}

/** @param {string} tarball */
function checkClient(tarball) {
  const project = home("client", [tarball])
  if (project === "") return
  for (const { version, path } of nodes) {
    hold(`import of client on Node ${version}`, path, ["import.mjs"], project)
    hold(`require of client on Node ${version}`, path, ["require.cjs"], project)
  }
  importElsewhere("client", project)
  checkTypes(project, "consumer.mts", ["@types/node", "undici-types"])
}

/**
 * @param {string} name
 * @param {string} project
 */
function importElsewhere(name, project) {
  if (bun) hold(`import of ${name} on Bun ${bun.version}`, bun.path, ["import.mjs"], project)
  const inDeno = ["run", "-A", "--node-modules-dir=manual", "import.mjs"]
  if (deno) hold(`import of ${name} on Deno ${deno.version}`, deno.path, inDeno, project)
}

/** @param {string} tarball */
function checkCli(tarball) {
  const project = home("cli", [tarball])
  if (project === "") return
  const installed = readdirSync(join(project, "node_modules"), { recursive: true, withFileTypes: true })
  const modules = installed.filter(({ name }) => name === "package.json").length
  if (modules !== 1) problems.push(`cli installs ${modules} packages`)
  hold("npx jot", "npx", ["--offline", "jot", "--version"], project)
  const bin = join(project, "node_modules/.bin/jot")
  for (const { version, path } of nodes) tryRuntime(`jot on Node ${version}`, [bin], dirname(path))
  // Elsewhere as the file that someone copied into a folder with nothing else in it.
  const alone = join(temporary, "alone/jot.mjs")
  mkdirSync(dirname(alone))
  copyFileSync(join(project, "node_modules/@jotkit/cli/dist/jot.mjs"), alone)
  hold("jot.mjs alone", execPath, [alone, "--version"])
  if (bun) tryRuntime(`jot on Bun ${bun.version}`, [bun.path, alone])
  if (deno) tryRuntime(`jot on Deno ${deno.version}`, [deno.path, "run", "-A", alone])
}

/**
 * @param {string} name
 * @param {readonly string[]} command
 * @param {string} [path]
 */
function tryRuntime(name, command, path) {
  const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"))
  const found = tryJot(command, { version, cwd: mkdtempSync(join(temporary, "jot-")), path })
  console.log(`  ${found.length === 0 ? "ok" : "FAILED"}: ${name}`)
  problems.push(...found.map((problem) => `${name}: ${problem}`))
}

/**
 * @param {string} project
 * @param {string} file What is compiled.
 * @param {readonly string[]} packages What it needs of this repository's packages.
 * @param {readonly string[]} [more] More arguments.
 */
function checkTypes(project, file, packages, more = []) {
  for (const name of packages) {
    const place = join(project, "node_modules", name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, "node_modules", name), place)
  }
  for (const { version, path } of compilers) {
    for (const resolution of ["nodenext", "bundler"]) {
      const module = resolution === "bundler" ? "esnext" : resolution
      const args = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022"]
      const resolving = ["--module", module, "--moduleResolution", resolution]
      // with the types of Node every declaration is checked
      const types = [path, ...args, ...resolving, ...more, "--types", "node", file]
      hold(`types of ${file}, TypeScript ${version}, ${resolution}`, execPath, types, project)
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

const { nodes: otherNodes, others, missing } = ensureRuntimes()
if (missing) skip(`other Node versions, Bun and Deno: ${missing}`)
const { "@oven/bun-linux-x64": bun, "@deno/linux-x64-glibc": deno } = others
const nodes = [...otherNodes, { version: process.versions.node, path: execPath }]
const compilers = typescripts()
hold("tsc -b", execPath, [tsc, "-b"])
const folders = ["jotkit", "auth", "inspect", "client", "cli", "debugger"].map((name) => join(root, "packages", name))
for (const folder of folders.slice(0, 4)) checkBuild(folder)
await checkBundle()
const tarballs = problems.length === 0 ? folders.map(pack) : []
for (const tarball of tarballs.filter(Boolean))
  hold(`publint ${basename(tarball)}`, "npx", ["publint", "run", tarball, "--strict"])
const [jotkit = "", auth = "", inspect = "", client = "", cli = ""] = tarballs
// A program has no types.
for (const tarball of [jotkit, auth, inspect, client].filter(Boolean))
  hold(`are the types wrong ${basename(tarball)}`, "npx", ["attw", tarball, "--profile", "esm-only", "--no-emoji"])
if (jotkit !== "") checkJotkit(jotkit)
if (jotkit !== "" && auth !== "") checkAuth([jotkit, auth])
if (jotkit !== "" && inspect !== "") checkInspect([jotkit, inspect])
if (client !== "") checkClient(client)
if (cli !== "") checkCli(cli)
for (const folder of folders) {
  if (readFileSync(join(folder, "LICENSE"), "utf8") !== readFileSync(join(root, "LICENSE"), "utf8"))
    problems.push(`${folder}/LICENSE is not the LICENSE of the repository`)
}
rmSync(temporary, { recursive: true, force: true })
report("check-package", problems, "the tarballs are what they should be")
