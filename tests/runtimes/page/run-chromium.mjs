// @ts-check
// Runs test files in a page of a real Chromium: `node run-chromium.mjs <address> <report> <file>…`. The report has vitest's form.
import { writeFileSync } from "node:fs"
import { argv } from "node:process"
import { launchChromium } from "../chromium.mjs"

const [, , address = "", report = "", ...files] = argv
const browser = await launchChromium()
const page = await browser.newPage()
// the package warns of short secrets there
page.on("console", (message) => message.type() === "log" && console.log(message.text()))
page.on("pageerror", (error) => console.error(String(error)))
await page.goto(address)
await page.waitForFunction("globalThis.runAll !== undefined")
const testResults = await page.evaluate((paths) => /** @type {any} */ (globalThis).runAll(paths), files)
writeFileSync(report, JSON.stringify({ runtime: `Chromium ${browser.version().split(".")[0]}`, testResults }))
await browser.close()
