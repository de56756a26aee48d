/** The same list of tests for each engine beside Chromium: the built page from a server and from the disk. */

import { privateDecrypt } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { type ServedPage, servePage } from "@jotkit/debugger/server"
import { decryptJwe, encode, encryptJwe, Jwk, listAlgorithms, verifyJws } from "jotkit"
import { afterAll, afterEach, test as anyTest, beforeAll, describe, expect } from "vitest"
import { ENGINES, type Engine, missingPrograms, startEngine } from "./engine.ts"

const dist = fileURLToPath(new URL("../dist", import.meta.url))
const SECRET = "a-secret-that-nobody-else-must-ever-read"
/** What is not there by then does not come. */
const PATIENCE = { timeout: 15_000 }
const ARTEFACTS = ["site", "file"] as const
type Artefact = (typeof ARTEFACTS)[number]

/** The contract: role and name of what the page is used by. */
const NAMED: Readonly<Record<string, readonly [role: string, name: string]>> = {
  "#token": ["textbox", "Token"],
  "#key": ["textbox", "Key"],
  "#draft-header": ["textbox", "Header"],
  "#draft-payload": ["textbox", "Payload"],
  ".key select": ["combobox", "Algorithm"],
  ".preferences label:nth-of-type(1) select": ["combobox", "Language"],
  ".preferences label:nth-of-type(2) select": ["combobox", "Theme"],
  ".verdict:nth-child(1)": ["status", "Structure"],
  ".verdict:nth-child(2)": ["status", "Signature"],
  ".verdict:nth-child(3)": ["status", "Time"],
  ".verdict:nth-child(4)": ["status", "Claims policy"],
  ".verdict:nth-child(5)": ["status", "Key trust"],
}

let engine: Engine
let scratch: string
let server: ServedPage
let visits = 0
/** Of each algorithm a key, and another one. */
let pairs: readonly (readonly [key: Jwk, other: Jwk])[]

/** Runs before the page's policy holds: sees what the page breaks from its first line on, and what workers answer. */
function watch(): void {
  const troubles: string[] = []
  const answers: string[] = []
  class Observed extends Worker {
    constructor(url: string) {
      super(url)
      this.addEventListener("message", ({ data }) => answers.push(typeof data))
    }
  }
  Object.assign(globalThis, { troubles, answers, Worker: Observed })
  addEventListener("securitypolicyviolation", (event) =>
    troubles.push(`policy: ${event.effectiveDirective} ${event.blockedURI}`),
  )
  addEventListener("error", ({ message }) => troubles.push(`error: ${message}`))
  addEventListener("unhandledrejection", ({ reason }) => troubles.push(`error: ${reason}`))
  console.error = (...all) => troubles.push(`console: ${all.join(" ")}`)
}

/** The page, with the guard in front. */
function guarded(file: string): string {
  const html = readFileSync(join(dist, file), "utf8")
  const policy = '<meta http-equiv="Content-Security-Policy"'
  if (!html.includes(policy)) throw new Error(`${file} has no policy`)
  return html.replace(policy, `<script>(${watch})()</script>${policy}`)
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "jot-engines-"))
  writeFileSync(join(scratch, "jot-debugger.html"), guarded("jot-debugger.html"))
  // Without the worker: one test is about it, and the others need not wait for it.
  server = await servePage({ files: new Map([["/", Buffer.from(guarded("site/index.html"))]]) })
  const pair = (algorithm: string) => Promise.all([Jwk.generateAsync(algorithm), Jwk.generateAsync(algorithm)])
  pairs = await Promise.all(["RS256", "ES256", "EdDSA"].map(pair))
})

afterAll(async () => {
  await server.close()
  rmSync(scratch, { recursive: true })
})

async function open(artefact: Artefact = "site", fragment = ""): Promise<void> {
  const url = artefact === "site" ? server.url : String(pathToFileURL(join(scratch, "jot-debugger.html")))
  // An address of its own, or a new fragment alone would not load it again.
  visits++
  await engine.tell("Navigate", { url: `${url}?${visits}${fragment}` })
}

/** Does something in the page. */
async function evaluate<Result, Argument>(
  work: (argument: Argument) => Result | Promise<Result>,
  argument?: Argument,
): Promise<Result> {
  const script = `const [argument, done] = arguments; new Promise((resolve) => resolve((${work})(argument))).then(
    (value) => done({ value }), (error) => done({ error: String(error) }))`
  const answer = await engine.tell("ExecuteAsyncScript", { script, args: [argument ?? null] })
  const { value, error } = answer as { value: Result; error?: string } // of the script above
  if (error !== undefined) throw new Error(error)
  return value
}

/** Presses what has that text, once it is there and nothing lies over it. All at once: between two commands the page may move. */
async function click(selector: string, text: string): Promise<void> {
  const press = (sought: { selector: string; text: string }) => {
    const all = [...document.querySelectorAll<HTMLElement>(sought.selector)]
    const one = all.find(({ textContent }) => textContent?.trim() === sought.text)
    one?.scrollIntoView({ block: "center" })
    const { x = 0, y = 0, width = 0, height = 0 } = one?.getBoundingClientRect() ?? {}
    const isOnTop = one?.contains(document.elementFromPoint(x + width / 2, y + height / 2)) === true
    if (isOnTop) one.click()
    return isOnTop
  }
  await expect.poll(() => evaluate(press, { selector, text }), PATIENCE).toBe(true)
}

/** Types in place of what stands there. */
function fill(selector: string, text: string): Promise<void> {
  return evaluate(
    ({ selector, text }) => {
      const box = document.querySelector<HTMLTextAreaElement>(selector)
      box?.focus()
      box?.select()
      document.execCommand(text === "" ? "delete" : "insertText", false, text)
    },
    { selector, text },
  )
}

/** Puts a token and a key into their boxes. */
async function give(token: string, key: string): Promise<void> {
  await fill("#token", token)
  await fill("#key", key)
}

function choose(selector: string, value: string): Promise<void> {
  return evaluate(
    (chosen) => {
      const list = document.querySelector<HTMLSelectElement>(chosen.selector)
      if (list === null) throw new Error(`there is no ${chosen.selector}`)
      list.value = chosen.value
      list.dispatchEvent(new Event("change", { bubbles: true }))
    },
    { selector, value },
  )
}

function written(selector: string): Promise<string | undefined> {
  return evaluate((selector) => document.querySelector<HTMLTextAreaElement>(selector)?.value, selector)
}

function textOf(selector: string): Promise<string> {
  return evaluate(
    (selector) => [...document.querySelectorAll<HTMLElement>(selector)].map((one) => one.innerText).join("\n"),
    selector,
  )
}

/** What a list offers. */
function offeredBy(selector: string): Promise<readonly string[]> {
  return evaluate(
    (list) =>
      [...document.querySelectorAll<HTMLOptionElement>(`${list} option`)].flatMap(({ value, disabled }) =>
        value === "" || disabled ? [] : [value],
      ),
    selector,
  )
}

/** What the key box takes for a way of encryption. */
async function encryptionKey(algorithm: string, encryption: string): Promise<string> {
  if (algorithm.startsWith("PBES2")) return SECRET
  return JSON.stringify((await Jwk.generateAsync(algorithm === "dir" ? encryption : algorithm)).toPrivateJSON())
}

function keyOf(text: string): Jwk | string {
  return text === SECRET ? text : Jwk.from(text)
}

/** Waits for verdicts. */
async function expectVerdicts(expected: Readonly<Record<string, string>>): Promise<void> {
  const read = () =>
    evaluate(
      (names) =>
        Object.fromEntries(
          names.map((name) => [
            name,
            document.querySelector(`.verdict[aria-label="${name}"]`)?.getAttribute("data-status"),
          ]),
        ),
      Object.keys(expected),
    )
  await expect.poll(read, PATIENCE).toEqual(expected)
}

/** Presses a button that makes a token. */
async function make(button: string): Promise<string> {
  const before = await written("#token")
  await click("button", button)
  await expect.poll(() => written("#token"), PATIENCE).not.toBe(before)
  return (await written("#token")) ?? ""
}

/** Whatever the page asked for or broke. */
function takeTroubles(): Promise<readonly string[]> {
  return evaluate(() => {
    const { troubles } = globalThis as typeof globalThis & { troubles: string[] }
    // What a browser takes by itself, to install the page.
    const isInstalling = (name: string) =>
      /^http:.*\/(?:icon-\d+\.png|icon\.svg|manifest\.webmanifest|service-worker\.js)$/.test(name)
    const requests = performance.getEntriesByType("resource").map(({ name }) => name)
    return [...requests.filter((name) => !isInstalling(name)), ...troubles.splice(0)]
  })
}

describe.each(Object.entries(ENGINES))("in %s", (_, kind) => {
  const missing = missingPrograms(kind)
  if (missing.length > 0) process.stdout.write(`skipped: ${missing.join(", ")} not installed\n`)
  const test = anyTest.skipIf(missing.length > 0)

  beforeAll(async () => {
    if (missing.length > 0) return
    engine = await startEngine(kind)
    await engine.tell("SetWindowRect", { width: 1280, height: 1000 })
  }, 60_000)
  afterEach(async () => {
    expect(await takeTroubles()).toEqual([])
  })
  afterAll(async () => {
    if (missing.length === 0) await engine.end()
  })

  describe.each(ARTEFACTS)("the page as %s", (artefact) => {
    test("verifies what each family has signed, and nothing with another key", async () => {
      await open(artefact)
      for (const [key, other] of pairs) {
        await give(encode({ iss: "x" }, key, { expiresIn: "1h" }), key.toPem())
        await expectVerdicts({ Structure: "pass", Signature: "pass", Time: "pass", "Key trust": "pass" })
        await fill("#key", JSON.stringify(other.publicKey().toJSON()))
        await expectVerdicts({ Structure: "pass", Signature: "fail" })
      }
      await give(encode({ iss: "x" }, SECRET, { algorithm: "HS256" }), SECRET)
      await expectVerdicts({ Signature: "pass" })
      await fill("#key", `${SECRET}.`)
      await expectVerdicts({ Signature: "fail" })
      const lines = await evaluate(() =>
        [...document.querySelectorAll(".token .sheet-layer [data-part]")].map((part) => {
          const { textDecorationLine, textDecorationStyle } = getComputedStyle(part)
          return `${textDecorationLine} ${textDecorationStyle}`
        }),
      )
      expect(lines).toEqual(["underline solid", "underline dashed", "underline double"])
    })

    test("says of a token that is over that its signature holds", async () => {
      await open(artefact)
      await give(encode({ exp: 1_700_000_000 }, SECRET, { algorithm: "HS256" }), SECRET)
      await expectVerdicts({ Signature: "pass", Time: "fail" })
      expect(await textOf("table")).toContain("2023-11-14T22:13:20Z")
    })

    test("makes a key, and signs with it", async () => {
      await open(artefact)
      await choose(".key select", "ES256")
      await click("button", "Generate key")
      await expect.poll(() => written("#key"), PATIENCE).toContain("EC")
      await fill("#draft-payload", '{"iss":"權杖"}')
      const key = Jwk.from((await written("#key")) ?? "")
      const signed = await make("Sign")
      expect(Buffer.from(verifyJws(signed, key.publicKey()).payload).toString()).toBe('{"iss":"權杖"}')
      await expectVerdicts({ Signature: "pass" })
    })

    test("encrypts, and opens what it and others have encrypted", async () => {
      await open(artefact)
      for (const algorithm of ["RSA-OAEP-256", "ECDH-ES+A256KW"]) {
        const key = await Jwk.generateAsync(algorithm)
        await give("", JSON.stringify(key.toPrivateJSON()))
        await fill("#draft-payload", `{"iss":"${algorithm}"}`)
        const { plaintext } = decryptJwe(await make("Encrypt"), key)
        expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual({ iss: algorithm })
        await expect.poll(() => textOf('.inside[data-state="opened"]'), PATIENCE).not.toBe("")
        await fill("#token", encryptJwe('{"sub":"from elsewhere"}', key.publicKey(), { encryption: "A128CBC-HS256" }))
        await expect.poll(() => textOf("table"), PATIENCE).toContain("from elsewhere")
      }
    })

    test("reads what is long beside itself", async () => {
      await open(artefact)
      await give(encode({ list: new Array<string>(2500).fill("twenty letters of it") }, SECRET), SECRET)
      // The core takes nothing as long unless it is told to.
      await expectVerdicts({ Structure: "fail", Signature: "cannot_check" })
      expect(await textOf("table")).toContain("twenty letters of it")
      const answers = await evaluate(() => (globalThis as typeof globalThis & { answers: string[] }).answers)
      expect(answers).toEqual(expect.arrayContaining(["boolean", "object"]))
    })

    test("takes a token from the link, and leaves nothing of it in the address", async () => {
      await open(artefact, `#id_token=${encode({ iss: "linked" }, SECRET, { algorithm: "HS256" })}&state=1`)
      await expect.poll(() => textOf("table"), PATIENCE).toContain("linked")
      expect(await evaluate(() => location.hash)).toBe("")
    })

    test("speaks Chinese and is dark when told to, and remembers both", async () => {
      await open(artefact)
      const [language = "", theme = ""] = Object.keys(NAMED).filter((selector) => selector.includes("preferences"))
      const look = () =>
        evaluate(() => [document.documentElement.lang, getComputedStyle(document.documentElement).backgroundColor])
      await choose(language, "zh-Hant")
      await choose(theme, "dark")
      await expect.poll(look).toEqual(["zh-Hant-TW", "rgb(10, 17, 16)"])
      expect(await textOf(".verdict-name")).toContain("簽章")
      await open(artefact)
      expect(await look()).toEqual(["zh-Hant-TW", "rgb(10, 17, 16)"])
      await click("button", "全部清除")
    })

    test("forgets everything when told to", async () => {
      await open(artefact)
      await give(encode({ iss: "x" }, SECRET, { algorithm: "HS256" }), SECRET)
      await expectVerdicts({ Signature: "pass" })
      await click("button", "Forget everything")
      await expectVerdicts({ Structure: "none", Signature: "none" })
      expect(await evaluate(() => document.documentElement.outerHTML)).not.toContain(SECRET)
      const left = () =>
        [...document.querySelectorAll("textarea")].map(({ value }) => value).join("") + localStorage.length
      expect(await evaluate(left)).toBe("0")
    })

    test("shows what is hostile as text", async () => {
      await open(artefact)
      const script = "<img src=x onerror=\"troubles.push('ran')\"><script>troubles.push('ran')</script>"
      await give(
        encode({ iss: script, name: "\u202Edesrever", picture: "https://attacker.example/a.png" }, SECRET),
        SECRET,
      )
      await expectVerdicts({ Signature: "pass" })
      const text = await textOf("table")
      expect(text).toContain("<img src=x onerror")
      expect(text).toContain("\\u202edesrever")
      expect(await evaluate(() => document.querySelectorAll("table img, table script").length)).toBe(0)
    })

    test("fits on a phone", async () => {
      await engine.tell("SetWindowRect", { width: 390, height: 844 })
      await open(artefact)
      await give(encode({ iss: `https://${"long".repeat(40)}.example` }, SECRET, { expiresIn: "1h" }), SECRET)
      await expectVerdicts({ Signature: "pass" })
      const widths = await evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement
        return [innerWidth, scrollWidth - clientWidth]
      })
      await engine.tell("SetWindowRect", { width: 1280, height: 1000 })
      expect(widths).toEqual([390, 0])
    })
  })

  test("has the names that others find it by", async () => {
    await open()
    for (const [selector, [role, name]] of Object.entries(NAMED)) {
      const element = await evaluate((sought) => document.querySelector(sought), selector)
      const [id] = Object.values(element ?? {}) // W3C WebDriver, section 12.2
      const found = [await engine.tell("GetComputedRole", { id }), await engine.tell("GetComputedLabel", { id })]
      // WebKit calls a list of choices a button, and what is chosen a part of its name.
      if (found[0] === "button") expect(found, selector).toEqual(["button", expect.stringMatching(`^${name} `)])
      else expect(found, selector).toEqual([role, name])
    }
  })

  test("makes keys of all algorithms that it offers, signs and verifies, and says of the others that they lack", async () => {
    await open()
    const [options, isSettled] = [".key label:first-child option:not([value=''])", () => textOf(".key option:disabled")]
    await expect.poll(isSettled, PATIENCE).toContain("ES256K")
    const listed = await evaluate(
      (selector) =>
        [...document.querySelectorAll<HTMLOptionElement>(selector)].map(({ value, text, disabled }) => ({
          value,
          text,
          disabled,
        })),
      options,
    )
    expect(listed.map(({ value }) => value)).toEqual([...listAlgorithms()])
    const lacking = listed.filter(({ disabled }) => disabled)
    for (const { text } of lacking) expect(text).toMatch(/\((?:this browser has none|never verified)\)$/)
    const offered = listed.filter(({ disabled }) => !disabled).map(({ value }) => value)
    expect(offered).toEqual(expect.arrayContaining(["HS512", "RS256", "PS384", "ES256", "ES384", "ES512", "Ed25519"]))
    for (const name of offered) {
      const before = await written("#key")
      await choose(".key label:first-child select", name)
      await click("button", "Generate key")
      await expect.poll(() => written("#key"), PATIENCE).not.toBe(before)
      await fill("#draft-payload", `{"iss":"${name}"}`)
      const key = Jwk.from((await written("#key")) ?? "")
      expect(verifyJws(await make("Sign"), key).header.alg).toBe(name)
      await expectVerdicts({ Structure: "pass", Signature: "pass", "Key trust": "pass" })
    }
  })

  test("encrypts in every way that it offers, and opens it", async () => {
    await open()
    const [management = "", encryption = ""] = [1, 2].map(
      (n) => `[aria-labelledby="encrypt-title"] .field:nth-child(${n}) select`,
    )
    const ways = [
      ...(await offeredBy(management)).map((name) => [name, "A256GCM"]),
      ...(await offeredBy(encryption)).map((name) => ["dir", name]),
    ]
    expect(ways).toContainEqual(["RSA-OAEP-256", "A256GCM"])
    expect(ways).toContainEqual(["dir", "A256CBC-HS512"])
    for (const [algorithm = "", encryptedBy = ""] of ways) {
      const key = await encryptionKey(algorithm, encryptedBy)
      await give("", key)
      await fill("#draft-payload", '{"iss":"x"}')
      await choose(management, algorithm)
      await choose(encryption, encryptedBy)
      const { header } = decryptJwe(await make("Encrypt"), keyOf(key), { algorithms: [algorithm] })
      expect([header.alg, header["enc"]]).toEqual([algorithm, encryptedBy])
      await expect.poll(() => textOf('.inside[data-state="opened"]'), PATIENCE).toContain(encryptedBy)
    }
  })

  test("opens what has a content key that begins with a zero", async () => {
    const key = await Jwk.generateAsync("RSA-OAEP-256")
    const pem = { key: key.toPrivatePem(), oaepHash: "sha256" }
    const startsWithZero = (token: string) =>
      privateDecrypt(pem, Buffer.from(token.split(".")[1] ?? "", "base64url"))[0] === 0
    let token = ""
    do token = encryptJwe('{"iss":"x"}', key.publicKey(), { encryption: "A256GCM" })
    while (!startsWithZero(token))
    await open()
    await give(token, pem.key)
    await expect.poll(() => textOf('.inside[data-state="opened"]'), PATIENCE).toContain("RSA-OAEP-256")
  })

  test("holds on the examples of the standards, by its own test", async () => {
    await open()
    await click("button", "About this page")
    await click("button", "Look now")
    await expect.poll(() => textOf(".trials"), PATIENCE).toMatch(/HS256.*passes\n.*ES256.*passes\n.*EdDSA.*passes/)
    expect(await textOf(".proof dd:first-of-type [data-mark]")).toBe("is the one that the policy allows")
  })

  test("works without a network once it was there", async () => {
    // As it was built, without the guard: the worker keeps nothing else.
    const other = await servePage({ folder: join(dist, "site") })
    await engine.tell("Navigate", { url: other.url })
    await evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    await other.close()
    await engine.tell("Navigate", { url: `${other.url}?again` })
    await give(encode({ iss: "x" }, SECRET), SECRET)
    await expectVerdicts({ Signature: "pass" })
    await open()
  })

  test("is watched: what it asks for and what breaks its policy is seen", async () => {
    await open("file")
    await evaluate(async () => {
      const image = document.body.appendChild(document.createElement("img"))
      image.src = "http://127.0.0.1/pixel.png"
      await new Promise((resolve) => addEventListener("securitypolicyviolation", resolve))
    })
    expect(await takeTroubles()).toEqual([expect.stringMatching(/^policy: img-src/)])
  })
})
