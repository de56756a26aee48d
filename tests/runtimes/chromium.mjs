// @ts-check
// The Chromium of this folder's manifest.
import { mkdirSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "node:process"

/**
 * @returns {Promise<string>} The program: that of the package, unpacked once for each version, because the documentation's table and the
 *   exclusions are about that one; or the one that is named.
 */
async function findChromium() {
  if (env["JOTKIT_CHROMIUM"] !== undefined) return env["JOTKIT_CHROMIUM"]
  // It unpacks to the folder for temporary files and does not look whether another version lies there.
  const { version } = JSON.parse(
    readFileSync(new URL("./node_modules/@sparticuz/chromium/package.json", import.meta.url), "utf8"),
  )
  env["TMPDIR"] = join(tmpdir(), `jotkit-chromium-${version}`)
  mkdirSync(env["TMPDIR"], { recursive: true })
  const { default: chromium } = await import("@sparticuz/chromium")
  return chromium.executablePath()
}

/** @returns {Promise<import("playwright-core").Browser>} A browser, headless. */
export async function launchChromium() {
  const { chromium } = await import("playwright-core")
  return chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox", "--disable-sync", "--disable-quic"],
  })
}
