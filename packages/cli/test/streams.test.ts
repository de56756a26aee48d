/** Where bytes leave the program: line ends, readers that have gone, disks that are full, and what strangers wrote into names. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { encode, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const secret = place.file("secret.txt", SECRETS.good)
const SECRET = ["--secret-file", secret, "--alg", "HS256", "--at", String(NOW)]
const good = encode({ sub: "alice", exp: NOW + 60 }, SECRETS.good, { algorithm: "HS256" })
const expired = encode({ sub: "alice", exp: NOW - 60 }, SECRETS.good, { algorithm: "HS256" })
const indented = String(signJws('{\r\n\t"sub": "alice",\r\n\t"n": 1.0\r\n}', SECRETS.good, { algorithm: "HS256" }))

describe("line ends", () => {
  test.each([
    ["decode", ["decode", good]],
    ["decode --get", ["decode", "--get", "/sub", good]],
    ["decode --all", ["decode", "--all", good]],
    ["lint", ["lint", "--at", String(NOW), good]],
    ["sign", ["sign", ...SECRET, "--sub", "a", "--no-exp"]],
  ] as [string, string[]][])("%s ends with exactly one, and with none under -n", async (_, args) => {
    const { stdout } = await place.run(args)
    expect(stdout).toMatch(/[^\n]\n$/)
    expect((await place.run([...args, "-n"])).stdout).toBe(stdout.slice(0, -1))
  })

  test("a file gets as many as stdout", async () => {
    const file = join(place.folder, "token.jwt")
    for (const [flags, expected] of [
      [[], `${good}\n`],
      [["-n"], good],
    ] as const) {
      const claims = JSON.stringify({ sub: "alice", exp: NOW + 60 })
      await place.run(["sign", ...SECRET, "--no-iat", "--claims", claims, "--force", "-o", file, ...flags])
      expect(readFileSync(file, "utf8")).toBe(expected)
    }
  })

  test("what a token wrote between its claims breaks neither an answer nor a line", async () => {
    const { json, stdout } = await place.run(["decode", "--json", indented])
    expect(json).toMatchObject({ payload: { sub: "alice", n: 1 }, raw: { signature: expect.any(String) } })
    expect(stdout).toContain('"n": 1.0')
    const lines = (await place.run(["decode", "--jsonl"], { input: `${indented}\n${good}` })).stdout.trim().split("\n")
    expect(lines.map((line) => JSON.parse(line).payload.sub)).toEqual(["alice", "alice"])
    expect((await place.run(["verify", "-q", ...SECRET, indented])).stdout).toBe(
      '{\n  "sub": "alice",\n  "n": 1.0\n}\n',
    )
  })
})

/** Runs the program with a stream that nobody reads. */
async function unread(stream: "stdout" | "stderr", args: readonly string[]): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  child[stream].destroy()
  let other = ""
  const rest = stream === "stdout" ? child.stderr : child.stdout
  rest.on("data", (chunk: Buffer) => {
    other += String(chunk)
  })
  const [code] = await once(child, "close")
  return [code, other]
}

describe("a reader that has gone", () => {
  test("changes no answer: what does not hold is not made to hold", async () => {
    expect(await unread("stdout", ["verify", "--json", ...SECRET, expired])).toEqual([5, ""])
    expect(await unread("stderr", ["verify", ...SECRET, expired])).toEqual([5, ""])
    expect(await unread("stdout", ["verify", "-q", ...SECRET, good])).toEqual([0, ""])
    expect(await unread("stdout", ["decode", "--nonsense", "--json"])).toEqual([2, ""])
  })

  test("leaves tokens unverified, which is not ok", async () => {
    const child = spawn(process.execPath, [main, "verify", "--jsonl", ...SECRET], { stdio: ["pipe", "pipe", "ignore"] })
    child.stdin.on("error", () => undefined)
    child.stdout.once("data", () => child.stdout.destroy())
    child.stdin.end(`${good}\n`.repeat(2000))
    expect((await once(child, "close"))[0]).toBe(8)
  })
})

test.runIf(existsSync("/dev/full"))("where nothing can be written it says so, and ends with 8", async () => {
  for (const args of [["decode", good], ["decode", "--json", good], ["decode", "--jsnon", "--json"], ["--help"]]) {
    const child = spawn(process.execPath, [main, ...args, "-q"], {
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    })
    let told = ""
    child.stderr?.on("data", (chunk: Buffer) => {
      told += String(chunk)
    })
    expect([(await once(child, "close"))[0], told]).toEqual([8, "jot: the system said ENOSPC\n"])
  }
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\u{e0041}]/u
const EVIL = "\u001b[31m\u009b\u202e\u00ad\u{e0041}"

describe("what others wrote cannot steer the terminal", () => {
  const name = `${EVIL}\nwarning: `
  const jwk = { kty: "EC", crv: "P-256", kid: name, ...point() }
  const set = place.file("set.json", JSON.stringify({ keys: [jwk] }))
  const header = { alg: "HS256", kid: name, [name]: 1, crit: [name] }
  const token = String(signJws(JSON.stringify({ [name]: name }), SECRETS.good, { algorithm: "HS256", header }))
  mkdirSync(join(place.folder, "files"))
  place.file(`files/${EVIL}\nx.log`, `a ${token} b`)
  test.each([
    ["the name of a file that is missing", ["key", "inspect", `./${name}`], 8],
    ["a kid of a set", ["jwks", "list", set], 0],
    ["a kid that is there twice", ["jwks", "add", set, set], 6],
    ["a key that is explained", ["verify", "--explain-key", "--key", set, token], 6],
    ["claims", ["inspect", token], 0],
    ["a header, at length", ["decode", token], 0],
    ["findings", ["lint", token], 10],
    ["findings as annotations", ["lint", "--format", "github", token], 10],
    ["findings as SARIF", ["lint", "--format", "sarif", token], 10],
    ["findings as JUnit", ["lint", "--format", "junit", token], 10],
    ["differences", ["diff", token, good], 1],
    ["names of files that were scanned", ["scan", join(place.folder, "files")], 10],
    ["an unknown flag", ["decode", `--${name}`], 2],
    ["a claim that must be there", ["verify", ...SECRET, "--require", name, good], 5],
    ["a policy", ["verify", ...SECRET, "--policy", place.file("policy.json", JSON.stringify({ [name]: 1 })), good], 2],
  ] as [string, string[], number][])("%s", async (_, args, expected) => {
    const { code, stdout, stderr } = await place.run(args)
    expect(code).toBe(expected)
    expect(stdout + stderr).not.toMatch(STEERING)
    // No line of its own, which could be taken for one of ours.
    expect(stdout + stderr).not.toMatch(/^warning: $/m)
  })
})

function point(): { x: string; y: string } {
  return { x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" }
}

test("never repeats a token or a secret that was given where a file or a variable is meant", async () => {
  for (const args of [
    ["verify", "--key", good, good],
    ["verify", "--key", `@${good}`, good],
    ["verify", "--alg", "HS256", "--secret-env", SECRETS.good, good],
    ["verify", "--alg", "HS256", "--secret-file", `${SECRETS.good}/ab+c==`, good],
    ["key", "inspect", good],
    ["decode", `@${good}`],
    ["decode", `env:${good}`],
  ])
    for (const flags of [[], ["--json"]]) {
      const { stdout, stderr } = await place.run([...args, ...flags])
      expect(stdout + stderr).not.toContain(good.slice(0, 20))
    }
  const named = await place.run(["verify", "--alg", "HS256", "--secret-env", "NO_SUCH", good])
  expect(named.stderr).toContain("the variable NO_SUCH is not set")
  const missing = await place.run(["verify", "--key", "keys/current.pem", good])
  expect(missing.stderr).toContain("keys/current.pem cannot be read")
})
