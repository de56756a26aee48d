/** The frame: help, suggestions, colour, languages, streams, start. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { encode } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"

const place = new Place()
const token = encode({ sub: "alice", n: 1 }, SECRETS.good, { algorithm: "HS256" })

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

describe("a wrong command line", () => {
  const cases: [args: string[], message: string][] = [
    [[], "nothing to do"],
    [["decod", token], "did you mean decode?"],
    [["decode", "--jsn", token], "did you mean --json?"],
    [["decode", "-x", token], "there is no such flag"],
    [["decode", "-ofile", token], "there is no such flag"],
    [["decode", "--output", "file", token], "did you mean --out?"],
    [["verify", "--issuer=a", token], "did you mean --iss?"],
    [["decode", "--key", "x", token], "--key is no flag of decode"],
    [["decode", "--get"], "--get needs a value"],
    [["decode", "--get", "--all", token], "--get needs a value"],
    [["verify", "--key=", token], "--key is empty"],
    [["decode", token, "--out", ""], "--out is empty"],
    [["decode", "--all=1"], "--all takes no value"],
    [["decode", "--get", "/a", "--get", "/b", token], "--get was given twice"],
    [["decode", token, token], "too many arguments"],
    [["lint", "--fail-on", "never", token], "--fail-on is one of: error warning info"],
    [["verify", "--at", "tomorrow", token], "not a time"],
    [["verify", "--at", "1700000000000", token], "milliseconds"],
  ]
  test.each(cases)("%j: %s", async (args, message) => {
    const text = await place.run(args)
    expect(text).toMatchObject({ code: 2, stdout: "" })
    expect(text.stderr).toContain(message)
    const json = await place.run([...args, "--json"])
    expect(json).toMatchObject({
      code: 2,
      stderr: "",
      json: { schema: 1, ok: false, code: "usage", checks: [], findings: [] },
    })
  })

  test("never repeats what may be a secret", async () => {
    for (const args of [
      [SECRETS.good],
      [`--${SECRETS.good}`],
      [`-${SECRETS.good}`],
      ["verify", "--passphrase", SECRETS.password, "--key", place.file("k.json", "{}"), token],
    ])
      expect((await place.run(args)).code).toBeOneOf([2, 3])
  })
})

test("-h is short, --help is full, and both name the exit statuses where they promise to", async () => {
  const short = await place.run(["verify", "-h"])
  const full = await place.run(["verify", "--help"])
  const whole = await place.run(["help"])
  expect(short.stdout.split("\n").length).toBeLessThan(15)
  expect(full.stdout).toContain("Exit status")
  expect(full.stdout).toMatch(/--max-age DURATION +longest time since iat/)
  expect(whole.stdout).toMatch(/ 130 {2}interrupted/)
  expect([short.code, full.code, whole.code]).toEqual([0, 0, 0])
})

test("what stands behind -- is no flag", async () => {
  expect((await place.run(["decode", "--", "--json"])).code).toBe(3)
})

describe("languages", () => {
  test.each([
    [["--lang", "zh-Hant"], {}],
    [[], { LANG: "zh_TW.UTF-8" }],
    [[], { LC_ALL: "zh_HK.UTF-8", LANG: "en_US.UTF-8" }],
  ] as [string[], Record<string, string>][])("%j %j: Traditional Chinese", async (args, env) => {
    expect((await place.run(["decode", ...args, token], { env })).stderr).toBe("未經驗證：任何人都可能寫出這個\n")
    expect((await place.run(["--help", ...args], { env })).stdout).toContain("指令")
  })

  test("JSON is never translated", async () => {
    const { json } = await place.run(["verify", "--json", "--lang", "zh-Hant", token])
    expect(json?.message).toContain("which key?")
  })

  test("another language is English where the system says it, and an error where the user does", async () => {
    expect((await place.run(["decode", token], { env: { LANG: "de_DE.UTF-8" } })).stderr).toContain("not verified")
    expect((await place.run(["decode", "--lang", "de", token])).code).toBe(2)
  })
})

describe("colour", () => {
  const ESC = "\u001b["
  test.each([
    ["a pipe", [], {}, false],
    ["--color=always", ["--color=always"], {}, true],
    ["FORCE_COLOR", [], { FORCE_COLOR: "1" }, true],
    ["NO_COLOR beside FORCE_COLOR", [], { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    ["--color=never beside FORCE_COLOR", ["--color=never"], { FORCE_COLOR: "1" }, false],
    ["JSON", ["--json", "--color=always"], {}, false],
  ] as [string, string[], Record<string, string>, boolean][])("%s", async (_, args, env, expected) => {
    expect((await place.run(["decode", ...args, token], { env })).stdout.includes(ESC)).toBe(expected)
  })
})

test("what a token says cannot steer the terminal, in text and in JSON", async () => {
  const evil = encode({ "a\u001b[31m\u202e": "b\u009b\u0007\u200f" }, SECRETS.good, {
    algorithm: "HS256",
    header: { kid: "\u001b]0;x\u0007" },
  })
  for (const command of ["inspect", "decode", "lint"])
    for (const flags of [[], ["--json"]]) {
      const { stdout, stderr } = await place.run([command, ...flags, evil])
      expect(stdout + stderr).not.toMatch(STEERING)
    }
})

test("a reader that has had enough is no fault", async () => {
  const child = spawn(process.execPath, [main, "decode", "--all", "--jsonl", "-q"], { stdio: ["pipe", "pipe", "pipe"] })
  let errors = ""
  child.stderr.on("data", (chunk: Buffer) => {
    errors += String(chunk)
  })
  child.stdin.on("error", () => undefined)
  child.stdout.once("data", () => child.stdout.destroy())
  child.stdin.end(`${token}\n`.repeat(20_000))
  const [code] = await once(child, "close")
  expect([code, errors]).toEqual([0, ""])
})

test("Ctrl-C ends with 130", async () => {
  const child = spawn(process.execPath, [main, "decode", "--json"], { stdio: ["pipe", "pipe", "pipe"] })
  // It says that it does not verify, then waits for its input.
  await once(child.stderr, "data")
  child.kill("SIGINT")
  const [code] = await once(child, "close")
  expect(code).toBe(130)
})

test("writes to a file that is new, and over one that is there only if told to", async () => {
  const file = `${place.folder}/out.json`
  expect((await place.run(["decode", "-o", file, token])).code).toBe(0)
  expect((await place.run(["decode", "-o", file, "--json", token])).json).toMatchObject({ code: "io" })
  expect((await place.run(["decode", "-o", file, "--force", token])).code).toBe(0)
})
