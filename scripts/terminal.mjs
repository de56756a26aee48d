// @ts-check
// A terminal that always looks the same: the program `jot` as it is shipped, in an empty folder, at one moment, in one language. What the
// docs show of it, as text and as pictures, is what it prints there.
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { env, execPath } from "node:process"
import { bundleJot, program } from "./bundle-jot.mjs"

/** When everything in the docs happens, in milliseconds: 2026-11-25T09:00:00Z. */
const NOW_MS = 1_795_597_200_000

await bundleJot()

export class Terminal {
  #place = mkdtempSync(join(tmpdir(), "jotkit-terminal-"))
  #env

  /** @param {{ language: "en" | "zh-Hant", isColoured?: boolean, columns?: number }} manner */
  constructor({ language, isColoured = false, columns = 80 }) {
    const setting = `data:text/javascript,Date.now=()=>${NOW_MS};process.stdout.columns=${columns}`
    mkdirSync(join(this.#place, "bin"))
    mkdirSync(join(this.#place, "work"))
    writeFileSync(
      join(this.#place, "bin/jot"),
      `#!/bin/sh\nexec "${execPath}" --import "${setting}" "${program}" "$@"\n`,
    )
    chmodSync(join(this.#place, "bin/jot"), 0o755)
    this.#env = {
      PATH: `${join(this.#place, "bin")}${delimiter}${env["PATH"]}`,
      HOME: this.#place,
      LANG: language === "en" ? "en_US.UTF-8" : "zh_TW.UTF-8",
      ...(isColoured ? { FORCE_COLOR: "1" } : {}),
    }
  }

  /**
   * Runs a line as a shell would.
   *
   * @param {string} line
   * @returns {string} What both streams printed, in order.
   */
  run(line) {
    const { stdout, error } = spawnSync("bash", ["-c", `exec 2>&1; ${line}`], {
      cwd: join(this.#place, "work"),
      env: this.#env,
      encoding: "utf8",
    })
    if (error) throw error
    return stdout
  }

  close() {
    rmSync(this.#place, { recursive: true })
  }
}
