/** `--all` and `--jsonl`: many tokens, from lists and from files that hold more than tokens. */
import { encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const VERIFY = [
  "verify",
  "--jsonl",
  "--secret-file",
  place.file("secret.txt", SECRETS.good),
  "--alg",
  "HS256",
  "--at",
  String(NOW),
]
const sign = (claims: object) => encode(claims, SECRETS.good, { algorithm: "HS256" })
const one = sign({ n: 1 })
const two = sign({ n: 2 })
const forged = `${one.slice(0, -2)}${one.endsWith("AA") ? "BB" : "AA"}`
const expired = sign({ exp: 5 })
const otherKey = encode({}, Jwk.generate("ES256"))
const har = JSON.stringify(
  {
    log: {
      version: "1.2",
      entries: [
        { request: { url: "https://api.example/", headers: [{ name: "Authorization", value: `Bearer ${one}` }] } },
        { response: { content: { mimeType: "application/json", text: JSON.stringify({ access_token: two }) } } },
      ],
    },
  },
  undefined,
  2,
)
const numbers = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).payload?.n)

describe("finds the tokens, and nothing else, in", () => {
  test.each([
    ["a list", `${one}\n\n${two}`],
    ["a list with carriage returns", `${one}\r\n${two}\r\n`],
    ["a list in quotes", `"${one}",\n"${two}"`],
    ["header lines", `Authorization: Bearer ${one}\nAuthorization: Bearer ${two}`],
    ["NDJSON", `{"id":0}\n{"id":1,"access_token":"${one}"}\n{"id":2}\n{"id":3,"id_token":"${two}"}\n`],
    ["a HAR file", har],
    ["a log", `booting\nlistening\n12:00 INFO login token=${one} ok\n12:01 WARN slow\n12:02 INFO token=${two}\nbye`],
    ["one line with both", `first ${one} then ${two}`],
  ])("%s", async (_, input) => {
    const { stdout, stderr, code } = await place.run(VERIFY, { input })
    expect([numbers(stdout), stderr, code]).toEqual([[1, 2], "", 0])
    const file = place.file("batch.txt", input)
    expect(numbers((await place.run([...VERIFY, `@${file}`])).stdout)).toEqual([1, 2])
  })

  test("a list as PowerShell writes it", async () => {
    const { stdout } = await place.run(VERIFY, { input: Buffer.from(`\ufeff${one}\r\n${two}\r\n`, "utf16le") })
    expect(numbers(stdout)).toEqual([1, 2])
  })
})

test("in a list a line that is no token is an answer, in a log it is left out, which is said", async () => {
  const list = await place.run(VERIFY, { input: `not a token\n${one}\nnot a token\n` })
  expect(
    list.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).code),
  ).toEqual(["input", "ok", "input"])
  expect(list.code).toBe(3)
  const args = VERIFY.filter((arg) => arg !== "--jsonl")
  const log = await place.run([...args, "--all"], { input: `started\nlogin ${one}\nstopped\n` })
  expect([log.code, log.stderr]).toEqual([0, expect.stringContaining("2 lines without a token were left out")])
})

test.each([
  ["3 before 6", [one, "not-a-token", otherKey, forged, expired], 3],
  ["6 before 4", [one, otherKey, forged, expired], 6],
  ["4 before 5", [expired, forged, one], 4],
  ["5 before 0", [one, expired, two], 5],
])("ends with the worst kind: %s", async (_, lines, exit) => {
  const { code, stdout } = await place.run(VERIFY, { input: lines.join("\n") })
  expect([code, stdout.trim().split("\n")]).toEqual([exit, expect.objectContaining({ length: lines.length })])
})

test("5 before 1: a claim that fails is worse than an extension that nobody knows", async () => {
  const critical = encode({}, SECRETS.good, { algorithm: "HS256", header: { crit: ["x"], x: 1 } })
  expect((await place.run(VERIFY, { input: `${critical}\n${one}` })).code).toBe(1)
  expect((await place.run(VERIFY, { input: `${critical}\n${expired}` })).code).toBe(5)
})

test("a batch without any token is no batch", async () => {
  for (const input of ["", "\n \n", "nothing\nhere\n"]) expect((await place.run(VERIFY, { input })).code).toBe(3)
  expect((await place.run([...VERIFY, "@nowhere.txt"])).code).toBe(8)
})

test("a line without end is refused before it fills the memory, and in a log a long one is left out", async () => {
  const endless = "A".repeat(3_000_000)
  expect((await place.run(VERIFY, { input: endless })).code).toBe(3)
  const { stdout, code } = await place.run(VERIFY, { input: `x ${one}\n${endless}\nx ${two}\n` })
  expect([numbers(stdout), code]).toEqual([[1, 2], 0])
})

test("one value is taken of each token, and none is lost where two are asked for", async () => {
  const input = `${one}\n${two}\n`
  expect(await place.run(["decode", "--all", "--get", "/n"], { input })).toMatchObject({ code: 0, stdout: "1\n2\n" })
  const lines = await place.run(["decode", "--jsonl", "--get", "/exp"], { input: `${one}\n${expired}\n` })
  expect([
    lines.code,
    ...lines.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ]).toMatchObject([1, { code: "negative", reason: "value_missing" }, { code: "ok", value: 5 }])
  const both = ["--get", "/n", "--header-get", "/alg"]
  expect((await place.run(["decode", ...both, one])).code).toBe(2)
  expect((await place.run(["decode", "--all", "--lang", "zh-Hant", ...both, one])).stderr).toContain("請擇一")
})
