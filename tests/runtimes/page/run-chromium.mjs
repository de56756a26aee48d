// @ts-check
// Runs test files in a page of a real Chromium: `node run-chromium.mjs <address> <report> <file>…`. The report has vitest's form.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { argv, env } from "node:process"

/**
 * @returns {Promise<string>} The program: that of the package, unpacked once for each version, because the documentation's table and the
 *   exclusions are about that one; or the one that is named.
 */
async function findChromium() {
  if (env["JOTKIT_CHROMIUM"] !== undefined) return env["JOTKIT_CHROMIUM"]
  // It unpacks to the folder for temporary files and does not look whether another version lies there.
  const { version } = JSON.parse(
    readFileSync(new URL("../node_modules/@sparticuz/chromium/package.json", import.meta.url), "utf8"),
  )
  env["TMPDIR"] = join(tmpdir(), `jotkit-chromium-${version}`)
  mkdirSync(env["TMPDIR"], { recursive: true })
  const { default: chromium } = await import("@sparticuz/chromium")
  return chromium.executablePath()
}

const [, , address = "", report = "", ...files] = argv
const { chromium } = await import("playwright-core")
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ["--no-sandbox", "--disable-sync", "--disable-quic"],
})
const page = await browser.newPage()
// the package warns of short secrets there
page.on("console", (message) => message.type() === "log" && console.log(message.text()))
page.on("pageerror", (error) => console.error(String(error)))
await page.goto(address)
await page.waitForFunction("globalThis.runAll !== undefined")
const testResults = await page.evaluate((paths) => /** @type {any} */ (globalThis).runAll(paths), files)
writeFileSync(report, JSON.stringify({ runtime: `Chromium ${browser.version().split(".")[0]}`, testResults }))
await browser.close()
