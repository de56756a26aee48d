/** Help, as it is asked for. */
import { describe, expect, test } from "vitest"
import { Place } from "./jot.ts"

const place = new Place()
const TOPICS = ["keys", "time", "exit-codes", "safety", "recipes", "environment"]

test("without arguments: ten lines, two of them examples, and exit 2", async () => {
  const { code, stdout, stderr } = await place.run([])
  const lines = stderr.trimEnd().split("\n")
  expect([code, stdout, lines.length]).toEqual([2, "", 10])
  expect(lines.filter((line) => line.startsWith("  jot "))).toHaveLength(2)
})

test.each(["", "verify", "jwks serve"])(
  "help of '%s' begins with examples and lists what it promises",
  async (name) => {
    const words = name.split(" ").filter((word) => word !== "")
    const { stdout } = await place.run([...words, "--help"])
    expect(stdout.split("\n").slice(1, 3)).toEqual(["", expect.stringMatching(/^ {2}jot /)])
    for (const part of ["Output:", "General:", " 10  lint", "NO_COLOR", "docs/reference/cli.md"])
      expect(stdout).toContain(part)
    expect((await place.run(["help", ...words])).stdout).toBe(stdout)
    const short = (await place.run([...words, "-h"])).stdout
    expect(short.split("\n").length).toBeLessThan(16)
  },
)

test("the commands of a group are listed by its first word", async () => {
  const { stdout } = await place.run(["help", "policy"])
  expect(stdout).toMatch(/^ {2}jot policy init .+\n {2}jot policy test /)
  expect((await place.run(["policy", "--help"])).stdout).toBe(stdout)
})

describe("topics", () => {
  test.each(TOPICS)("%s speaks both languages, and leaves nothing to be filled in", async (topic) => {
    const english = (await place.run(["help", topic])).stdout
    const chinese = (await place.run(["help", topic, "--lang", "zh-Hant"])).stdout
    expect(english).toMatch(/^[A-Z][a-z ]+\n\n/)
    expect(chinese).toMatch(/^\p{Script=Han}+\n\n/u)
    for (const text of [english, chinese]) expect(text).not.toMatch(/\{(?:exit|environment|\d)\}/)
    // Lines to type are the same in every language, except for what stands in quotes.
    const lines = (text: string) => (text.match(/^ {2}jot .+$/gm) ?? []).map((line) => line.replaceAll(/"[^"]*"/g, ""))
    expect(lines(chinese)).toEqual(lines(english))
  })

  test("keys says where to keep a secret, the best place first, each with its reason", async () => {
    const { stdout } = await place.run(["help", "keys"])
    const places = [...stdout.matchAll(/^ {2}\d\. (\w[\w ]*?) {2,}\S.+$/gm)].map(([, name]) => name)
    expect(places).toEqual(["file or descriptor", "prompt", "standard input", "environment", "argument"])
  })

  test("exit-codes and environment are lists of what there is", async () => {
    expect((await place.run(["help", "exit-codes"])).stdout).toMatch(
      /^ {4}0 {2}ok .+\n(?:.+\n){10} {2}130 {2}interrupted/m,
    )
    expect((await place.run(["help", "environment"])).stdout).toMatch(/^ {2}EDITOR /m)
  })
})

describe("what is misspelt", () => {
  test.each([
    [["help", "keyz"], "did you mean keys?"],
    [["help", "verfy"], "did you mean verify?"],
    [["help", "key", "genrate"], "did you mean key generate?"],
    [["key", "genrate"], "no command key genrate; did you mean key generate?"],
    [["time"], "did you mean help time?"],
    [["help", "nothing-like-it"], "there is no such command or topic"],
    [["key"], "key needs a second word: key generate"],
  ])("%j: %s", async (args, message) => {
    const { code, stderr } = await place.run(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  })
})

test("beside a token help is that of what would be done with it", async () => {
  const { stdout } = await place.run(["@token.txt", "--help"])
  expect(stdout).toBe((await place.run(["help", "inspect"])).stdout)
})

test("the version is a command and a flag", async () => {
  const { stdout } = await place.run(["version"])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  expect((await place.run(["--version"])).stdout).toBe(stdout)
  expect((await place.run(["-V", "--json"])).json).toMatchObject({ code: "ok", version: stdout.trim() })
})
