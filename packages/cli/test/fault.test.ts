/** What the program says of its own faults: that it is one, and where if asked; never what was in its hands. */
import { pathToFileURL } from "node:url"
import { encode } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const token = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })

const ERROR = `new RangeError("${SECRETS.good}\\n    at ${SECRETS.other} (file:///${SECRETS.other}:1:1)")`

/** Breaks the reading of stdin. `run` sees to it that the secrets in the message are not printed. */
function broken(how: string): string {
  const module = `process.stdin[Symbol.asyncIterator] = () => ({ next() { ${how}; return new Promise(() => {}) } })`
  return pathToFileURL(place.file("broken.mjs", module)).href
}

describe.each([
  ["thrown while reading", `throw ${ERROR}`],
  ["a promise that nobody waits for", `Promise.reject(${ERROR})`],
  ["thrown where nothing catches", `setImmediate(() => { throw ${ERROR} })`],
  ["in a stream", `process.stdin.emit("error", ${ERROR})`],
  ["no error at all", `setImmediate(() => { throw "${SECRETS.good}" })`],
])("%s", (_, how) => {
  const run = (...args: string[]) => place.run(["decode", "-q", ...args], { input: token, preload: broken(how) })

  test("ends with 70 and a sentence", async () => {
    expect(await run()).toMatchObject({
      code: 70,
      stdout: "",
      stderr:
        "jot: this is a fault of the program (internal), not of what it was given\n--verbose says where in the program it is; please report it.\n",
    })
  })

  test("answers scripts with its code", async () => {
    const { code, json, stderr } = await run("--json")
    expect([code, stderr]).toEqual([70, ""])
    expect(json).toMatchObject({ schema: 1, ok: false, code: "internal", reason: "internal_error" })
  })

  test("says where under --verbose, in files of the program", async () => {
    const { code, stderr } = await run("-v")
    expect(code).toBe(70)
    expect(stderr).toMatch(
      /^jot: this is a fault of the program \(internal\), not of what it was given\n\w*Error\n {4}at /,
    )
  })
})

test("speaks the language of the user", async () => {
  const preload = broken(`throw ${ERROR}`)
  const { stderr } = await place.run(["decode", "-q", "--lang", "zh-Hant"], { input: token, preload })
  expect(stderr).toContain("這是程式本身的錯誤")
})

test("a line that cannot be read is answered in the language that it asks for", async () => {
  expect((await place.run(["decode", "--lang=zh-Hant", "--nothing"])).stderr).toContain("沒有 --nothing 這個旗標")
  expect((await place.run(["--lang", "zh-TW"])).stderr).toContain("沒有要做的事")
})
