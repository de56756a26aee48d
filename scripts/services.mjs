// @ts-check
// The servers that the stores of sessions are tested with, Redis and PostgreSQL; Python, which brings the terminals that `jot` is tested
// on; the shells that complete its lines; what reads its man pages; and the browsers beside Chromium in which the debugger page is tested,
// with the screen that one of them wants. All from Debian's packages. Tests start them privately, so that nothing need run; they look for
// the programs in the path and where Debian puts them.
import { existsSync, readdirSync } from "node:fs"
import { delimiter, join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { capture, onCi } from "./shell.mjs"

/** Program → the package that brings it. */
const PACKAGES = new Map([
  ["redis-server", "redis-server"],
  ["redis-cli", "redis-server"],
  ["initdb", "postgresql"],
  ["postgres", "postgresql"],
  ["python3", "python3"],
  ["zsh", "zsh"],
  ["fish", "fish"],
  ["elvish", "elvish"],
  ["mandoc", "mandoc"],
  ["firefox-esr", "firefox-esr"],
  ["WebKitWebDriver", "webkit2gtk-driver"],
  ["Xvfb", "xvfb"],
])

/**
 * Installs what is missing, on CI and as root; elsewhere that is for whoever owns the machine.
 *
 * @returns {string[]} The programs that are missing afterwards.
 */
export function ensureServices() {
  const missing = missingPrograms()
  if (missing.length > 0 && onCi && process.getuid?.() === 0) install(missing)
  return missingPrograms()
}

/** @returns {string[]} */
function missingPrograms() {
  const debian = "/usr/lib/postgresql"
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : []
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...versions]
  return [...PACKAGES.keys()].filter((program) => !folders.some((folder) => existsSync(join(folder, program))))
}

/** @param {readonly string[]} programs */
function install(programs) {
  const packages = new Set(programs.map((program) => PACKAGES.get(program) ?? program))
  const env = { DEBIAN_FRONTEND: "noninteractive" }
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { ok, output } = capture("apt-get", args, { env })
    if (!ok) console.error(`apt-get ${args[0]} failed: ${output.trim().split("\n").at(-1)}`)
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const missing = ensureServices()
  console.log(missing.length === 0 ? "everything is installed" : `not installed: ${missing.join(", ")}`)
  process.exitCode = missing.length === 0 ? 0 : 1
}
