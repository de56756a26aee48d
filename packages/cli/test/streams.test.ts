/** Where bytes leave the program: line ends, readers that have gone, and disks that are full. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, openSync, readFileSync } from "node:fs"
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
