// @ts-check
// The pictures of the page in docs/pictures: its states, in both languages and both themes, on a desk, on a phone and at 400 %.
// `node packages/debugger/scripts/pictures.mjs` makes them anew from the build, with a clock that stands still; keys and tokens are made for
// them and thrown away.
import { randomBytes } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { encode, Jwk } from "jotkit"
import { capture } from "../../../scripts/shell.mjs"
import { launchChromium } from "../../../tests/runtimes/chromium.mjs"
import { indexedPng } from "./indexed-png.mjs"

const page = readFileSync(new URL("../dist/jot-debugger.html", import.meta.url), "utf8")
/** Where the page seems to be. */
const ADDRESS = "https://tools.example/jot/"
const pictures = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url))
/** Seconds since 1970-01-01T00:00:00Z. */
const NOW = 1_795_000_000
const DESK = { width: 1440, height: 900, scale: 1 }
const PHONE = { width: 320, height: 640, scale: 1 }
/** A window of 1280 × 1024 in which everything is four times as large. */
const ENLARGED = { width: 320, height: 256, scale: 4 }
/** What a picture may weigh, so that the documentation stays light. */
const MAX_BYTES = 100_000

const key = Jwk.generate("ES256", { keyId: "2026-11" })
const claims = {
  iss: "https://login.example",
  sub: "ada",
  name: "Ada Lovelace",
  aud: "https://api.example",
  scope: "read write",
  iat: NOW - 300,
}
const good = encode({ ...claims, exp: NOW + 600 }, key)
const spent = encode({ ...claims, exp: NOW - 60 }, key)
const [header = "", payload = ""] = good.split(".")
/** Copied without its end. */
const broken = `${header}.${payload.slice(0, 90)}`
/** As it lies in many a configuration: not the secret, but base64 of it. */
const written = Buffer.from(randomBytes(32)).toString("base64")
const shared = encode({ ...claims, exp: NOW + 600 }, Buffer.from(written, "base64"), { algorithm: "HS256" })
const published = JSON.stringify(key.toJSON(), undefined, 2)

/**
 * @typedef {import("playwright-core").Page} Page
 * @typedef {{ name: string, language: "en" | "zh-Hant", theme: "light" | "dark", size: typeof DESK, token: string, keyText?: string, act?: (page: Page) => Promise<void> }} Scene
 */

/** @type {readonly Scene[]} */
const SCENES = [
  { name: "debugger-empty-en", language: "en", theme: "light", size: DESK, token: "" },
  { name: "debugger-unverified-en", language: "en", theme: "light", size: DESK, token: good },
  { name: "debugger-desk-en", language: "en", theme: "light", size: DESK, token: good, keyText: published },
  { name: "debugger-desk-zh-hant", language: "zh-Hant", theme: "dark", size: DESK, token: good, keyText: published },
  {
    name: "debugger-expired-zh-hant",
    language: "zh-Hant",
    theme: "light",
    size: DESK,
    token: spent,
    keyText: published,
  },
  {
    name: "debugger-why-en",
    language: "en",
    theme: "dark",
    size: DESK,
    token: shared,
    keyText: written,
    act: askWhy,
  },
  { name: "debugger-broken-zh-hant", language: "zh-Hant", theme: "light", size: DESK, token: broken },
  { name: "debugger-share-en", language: "en", theme: "light", size: DESK, token: good, act: share },
  { name: "debugger-bytes-zh-hant", language: "zh-Hant", theme: "light", size: DESK, token: good, act: showBytes },
  { name: "debugger-phone-en", language: "en", theme: "dark", size: PHONE, token: spent, keyText: published },
  { name: "debugger-phone-zh-hant", language: "zh-Hant", theme: "light", size: PHONE, token: header },
  { name: "debugger-enlarged-en", language: "en", theme: "light", size: ENLARGED, token: good, act: showVerdicts },
]

/** @param {Page} opened */
async function askWhy(opened) {
  await opened.locator(".remedies button").click()
  await opened.locator(".hint-line").waitFor()
}

/** @param {Page} opened */
async function showVerdicts(opened) {
  await opened.evaluate(() => document.querySelector(".verdicts")?.scrollIntoView())
}

/** @param {Page} opened */
async function share(opened) {
  await opened.keyboard.press("Alt+Shift+4")
  await opened.locator("dialog").waitFor()
}

/** @param {Page} opened */
async function showBytes(opened) {
  await opened.locator(".byte-view summary").click()
  await opened.locator(".bytes-choice select").nth(0).selectOption("/header")
  await opened.locator(".bytes-choice select").nth(1).selectOption("hex")
  await opened.locator(".byte-view").evaluate((view) => view.scrollIntoView({ block: "end" }))
  await opened.locator(".members tbody tr").filter({ hasText: "ES256" }).first().hover()
}

// Without such letters there would be boxes in the pictures.
if (!capture("fc-match", [":lang=zh-tw", "lang"]).output.includes("zh-tw"))
  throw new Error("there is no font for Traditional Chinese here")

const browser = await launchChromium()
for (const { name, language, theme, size, token, keyText = "", act } of SCENES) {
  const context = await browser.newContext({
    viewport: { width: size.width, height: size.height },
    deviceScaleFactor: size.scale,
    colorScheme: theme,
    timezoneId: "Asia/Taipei",
    reducedMotion: "reduce",
  })
  const opened = await context.newPage()
  await opened.clock.setFixedTime(NOW * 1000)
  await context.route(ADDRESS, (route) => route.fulfill({ body: page, contentType: "text/html" }))
  await opened.goto(`${ADDRESS}#lang=${language}`)
  await opened.locator("#token").fill(token)
  await opened.locator("#key").fill(keyText)
  await opened.locator('.verdicts:not([data-headline="checking"])').waitFor()
  // Of a part of a token the headline is known before the verdicts are.
  if (token !== "") await opened.locator('.verdict:not([data-status="none"])').first().waitFor()
  // Typed text scrolls to its end; a reader begins at the top.
  await opened.locator("#key").evaluate((box) => box.scrollTo(0, 0))
  await opened.locator("#key").blur()
  await opened.evaluate(() => scrollTo(0, 0))
  await act?.(opened)
  const picture = indexedPng(await opened.screenshot())
  console.log(`${name}: ${Math.ceil(picture.length / 1000)} kB`)
  if (picture.length > MAX_BYTES) process.exitCode = 1
  writeFileSync(`${pictures}${name}.png`, picture)
  await context.close()
}
await browser.close()
