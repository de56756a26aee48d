/** `jot sign`: what it makes of claims, and what it refuses. */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { decode, decodeUnverified, Jwk, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const SECRET = ["--secret-file", place.file("secret.txt", `${SECRETS.good}\n`), "--alg", "HS256"]
const ec = Jwk.generate("ES256", { keyId: "ec-1" })
const EC = ["--key", place.file("ec.jwk", JSON.stringify(ec.toPrivateJSON()))]
const claimsOf = (token: string) =>
  decode(token.trim(), SECRETS.good, { algorithms: ["HS256"], now: NOW, verify: { aud: false } })
const payloadText = (token: string) => Buffer.from(token.split(".")[1] ?? "", "base64url").toString()

test("makes claims of flags: text stays text, := is JSON", async () => {
  const args = [
    "--iss",
    "me",
    "--sub",
    "alice",
    "--aud",
    "a",
    "--aud",
    "b",
    "--claim",
    "n=1=2",
    "--claim",
    "t:=[1,true]",
    "--claim",
    "/a/b=x",
    "--exp",
    "+1h",
    "--nbf",
    "now",
    "--jti",
  ]
  const { stdout, stderr, code } = await place.run(["sign", ...SECRET, ...AT, ...args])
  expect([code, stderr]).toEqual([0, ""])
  expect(claimsOf(stdout)).toEqual({
    n: "1=2",
    t: [1, true],
    a: { b: "x" },
    iss: "me",
    sub: "alice",
    aud: ["a", "b"],
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    exp: NOW + 3600,
    nbf: NOW,
    iat: NOW,
  })
})

test("keeps order and numbers of a payload, adds iat, and says what a flag replaced", async () => {
  const input = '{ "z": 1.0, "exp": 1e10, "a": 12345678901234567890 }'
  const { stdout, stderr } = await place.run(["sign", ...SECRET, ...AT, "--claim", "z=x"], { input })
  expect(payloadText(stdout)).toBe(`{"z":"x","iat":${NOW}}`)
  const piped = await place.run(["sign", ...SECRET, ...AT, "-", "--claim", "z=x"], { input })
  expect(payloadText(piped.stdout)).toBe(`{"z":"x","exp":1e10,"a":12345678901234567890,"iat":${NOW}}`)
  expect(piped.stderr).toBe("warning: the flag replaces the claim z of the payload\n")
  expect(stderr).toBe(
    "stdin was not read: the flags say what the token holds; with - both count, and flags win\nwarning: the token never expires; --exp +1h, or --no-exp if that is meant\n",
  )
})

describe("flags are enough, so stdin is left alone", () => {
  const args = ["sign", ...SECRET, ...AT, "--no-exp", "--sub", "alice"]

  test("what stands there is not lost without a word, also beside JSON and in Chinese", async () => {
    expect((await place.run([...args, "--json"], { input: "{}" })).stderr).toMatch(/^stdin was not read/)
    expect((await place.run([...args, "--lang", "zh-Hant"], { input: "{}" })).stderr).toMatch(/^未讀取標準輸入/)
    expect((await place.run(args)).stderr).toBe("")
  })

  test("a pipe that never ends is not waited for", async () => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["pipe", "pipe", "inherit"] })
    const [code] = await once(child, "close")
    child.stdin.destroy()
    expect(code).toBe(0)
  })

  test.skipIf(process.platform === "win32")("the names that a shell reads there are all there for it", () => {
    const line = `printf 'a\\nb\\n' | while read -r name; do "$0" "$@" --claim "name=$name"; done`
    const { stdout, stderr } = spawnSync("sh", ["-c", line, process.execPath, main, ...args], { encoding: "utf8" })
    expect(
      stdout
        .trim()
        .split("\n")
        .map((token) => claimsOf(token)["name"]),
    ).toEqual(["a", "b"])
    expect(stderr).toBe("")
  })
})

test("takes what decode printed, and changes neither header nor iat", async () => {
  const first = await place.run(["sign", ...EC, "--at", "1600000000", "--sub", "alice", "--no-exp", "--header", "x:=1"])
  const decoded = await place.run(["decode", "--json", first.stdout.trim()])
  const again = await place.run(["sign", ...EC, ...AT, "--from-json", "-", "--claim", "sub=bob", "--no-exp", "-q"], {
    input: decoded.stdout,
  })
  const { header, payload } = decodeUnverified(again.stdout.trim())
  expect(header).toEqual({ alg: "ES256", typ: "JWT", x: 1, kid: "ec-1" })
  expect(payload).toEqual({ sub: "bob", iat: 1_600_000_000 })
})

test("a header keeps the numbers that it can, however they are written", async () => {
  const numbers = "[1.0,-0.0,1.50e+2,0.1,1e23,123456789012345680000,5e-324,0.30000000000000004]"
  const { stdout } = await place.run(["sign", ...EC, "--sub", "a", "--no-exp", "--header", `n:=${numbers}`])
  expect(decodeUnverified(stdout.trim()).header).toHaveProperty("n", JSON.parse(JSON.stringify(JSON.parse(numbers))))
})

test("signs bytes as they are, and leaves a payload out that is to be elsewhere", async () => {
  const file = place.file("content.txt", "hello\n")
  const plain = await place.run(["sign", ...SECRET, "--as-is", `@${file}`])
  expect(payloadText(plain.stdout)).toBe("hello\n")
  const { stdout } = await place.run(["sign", ...SECRET, "--detached", file])
  expect(stdout).toMatch(/^[\w-]+\.\.[\w-]+\n$/)
  const content = new TextEncoder().encode("hello\n")
  verifyJws(stdout.trim(), SECRETS.good, { algorithms: ["HS256"], detachedPayload: content })
})

test("writes the JSON serializations", async () => {
  const { json } = await place.run(["sign", ...SECRET, "--format", "general", "--claims", "{}", "--no-exp"])
  expect(json?.signatures).toHaveLength(1)
})

describe("refuses", () => {
  const cases: [name: string, code: string, exit: number, args: string[], input?: string][] = [
    ["a weak secret", "key", 6, ["--secret-env", "SHORT", "--alg", "HS256", "--sub", "a"]],
    ["a public key", "key", 6, ["--key", place.file("public.jwk", JSON.stringify(ec)), "--sub", "a"]],
    ["a private key for HS256", "key", 6, [...EC, "--alg", "HS256", "--sub", "a"]],
    ["a secret without --alg", "usage", 2, SECRET.slice(0, 2).concat("--sub", "a")],
    ["none", "usage", 2, [...SECRET.slice(0, 2), "--alg", "none", "--sub", "a"]],
    ["two keys", "usage", 2, [...SECRET, ...EC, "--sub", "a"]],
    ["a member that occurs twice", "input", 3, [...SECRET], '{"a":1,"a":2}'],
    ["a payload that is no object", "input", 3, [...SECRET], "[1]"],
    ["a payload that is no JSON", "input", 3, [...SECRET], "{"],
    ["an empty payload", "input", 3, [...SECRET], ""],
    ["a claim without a value", "usage", 2, [...SECRET, "--claim", "a"]],
    ["a claim that is no JSON", "usage", 2, [...SECRET, "--claim", "a:=x"]],
    ["claims that are not to be encoded", "usage", 2, [...SECRET, "--header", "b64:=false", "--sub", "a"]],
    ["a number that would be rounded", "usage", 2, [...SECRET, "--header", "n:=12345678901234567890", "--sub", "a"]],
    ["a decimal that would be rounded", "usage", 2, [...SECRET, "--header", "n:=0.12345678901234567890", "--sub", "a"]],
    ["a number that would become 0", "usage", 2, [...SECRET, "--header", "n:=[-1e-400]", "--sub", "a"]],
    ["a number without an end", "usage", 2, [...SECRET, "--header", 'n:={"m":[1e400]}', "--sub", "a"]],
    ["two payloads", "usage", 2, [...SECRET, "--claims", "{}", "-"]],
    ["a month without a length", "usage", 2, [...SECRET, "--sub", "a", "--exp", "+1mo"]],
  ]
  test.each(cases)("%s: %s", async (_, code, exit, args, input = "") => {
    const env = { SHORT: SECRETS.short }
    expect(await place.run(["sign", "--json", ...args], { env, input })).toMatchObject({
      code: exit,
      json: { ok: false, code },
    })
  })
})

describe("a file", () => {
  const file = place.file("claims.json", '{"sub":"alice"}')

  test.each([
    ["decode", file],
    ["diff", file, file],
    ["sign", ...SECRET, file],
    ["sign", ...SECRET, "--claims", file],
  ])("is not taken for what it holds: %s tells of the @ that is missing", async (...args) => {
    const { code, json } = await place.run([...args, "--json"])
    expect([code, json?.message]).toEqual([3, `that is the name of a file: @${file} is what it holds`])
  })

  test("with an @ is a place of claims", async () => {
    const { stdout } = await place.run(["sign", ...SECRET, "--claims", `@${file}`, "--no-iat", "--no-exp"])
    expect(payloadText(stdout)).toBe('{"sub":"alice"}')
  })
})

test.each([
  [["sign", ...SECRET, "--claim", "/a~01/~1~2=x"], "--claim: in a path ~0 stands for ~ and ~1 for /, and here is ~2"],
  [
    ["sign", ...SECRET, "--sub", "a", "--header", "/a~:=1"],
    "--header: in a path ~0 stands for ~ and ~1 for /, and here is ~",
  ],
  [["decode", "--get", "/~/a", "e30.e30.AA"], "--get: in a path ~0 stands for ~ and ~1 for /, and here is ~/"],
  [
    ["sign", ...SECRET, "--sub", "a", "--kid", "k", "--header", "/kid/a=1"],
    "a path leads through something that is no object",
  ],
])("a path that is no JSON Pointer, or leads nowhere, is a usage error: %j", async (args, message) => {
  expect((await place.run([...args, "--json"])).json).toMatchObject({ code: "usage", message })
})

test("signs with a weak secret where the flag says that it is unsafe", async () => {
  const env = { SHORT: SECRETS.short }
  const { code, stderr } = await place.run(
    ["sign", "--secret-env", "SHORT", "--alg", "HS256", "--unsafe-weak-key", "--sub", "a", "--no-exp"],
    { env },
  )
  expect([code, stderr]).toEqual([0, "warning: the key has 96 bits; HS256 asks for 256\n"])
})

test("tells scripts the library's own code, and keeps private halves out of headers", async () => {
  const refused = await place.run(["sign", "--json", ...EC, "--sub", "a", "--header", "alg=none"])
  expect(refused.json).toMatchObject({ code: "usage", reason: expect.stringMatching(/^header|^algorithm|^option/) })
  const leak = ["--header", `jwk:=${JSON.stringify(ec.toPrivateJSON())}`]
  expect((await place.run(["sign", "--json", ...EC, "--sub", "a", ...leak])).json).toMatchObject({
    code: "key",
    reason: "header_private",
  })
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
