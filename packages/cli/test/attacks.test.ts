/** Attacks on a command line, by the number in the list of attacks. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"

const place = new Place()
const secret = place.file("secret.txt", SECRETS.good)
const SECRET = ["--secret-file", secret, "--alg", "HS256"]
const key = Jwk.generate("ES256", { keyId: "k1" })
const keyText = JSON.stringify(key.toPrivateJSON())
const keyFile = place.file("key.jwk", keyText)
const good = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
const forged = `${good.slice(0, -2)}${good.endsWith("AA") ? "BB" : "AA"}`
const byKey = encode({ sub: "alice" }, key)

test("L1: a secret among the arguments is warned of, other ways are offered, and it is never printed", async () => {
  // `run` looks for every secret in all that is printed.
  const { stderr } = await place.run(["sign", "-v", "--secret", SECRETS.good, "--alg", "HS256", "--sub", "a"])
  expect(stderr).toContain("use --secret-file")
  const missing = await place.run(["verify", good])
  for (const way of ["--secret-file", "--secret-env", "--secret-fd", "--secret-prompt"])
    expect(missing.stderr).toContain(way)
  for (const args of [
    ["--secret-file", SECRETS.other],
    ["--passphrase", SECRETS.other, "--key", keyFile],
    ["--key", SECRETS.other],
  ])
    expect((await place.run(["verify", ...args, "--alg", "HS256", good])).code).not.toBe(0)
})

test("L2: nothing in a token steers a terminal", async () => {
  const evil = "\u001b[2J\u0007\r\u009b31m\u202e\u2066\u200b"
  const payload = JSON.stringify({ sub: evil, [evil]: 1 })
  const token = signJws(payload, SECRETS.good, { algorithm: "HS256", header: { kid: evil } })
  const text = signJws(`plain ${evil}`, SECRETS.good, { algorithm: "HS256" })
  for (const args of [
    ["decode", token],
    ["decode", text],
    ["inspect", token],
    ["inspect", text],
    ["lint", token],
    ["verify", "--explain-key", ...SECRET, token],
    ["verify", "--show-unverified", ...SECRET, "--aud", "x", token],
    ["decode", "--json", token],
    ["diff", token, text],
  ]) {
    const { stdout, stderr } = await place.run(args)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
    expect([args[0], /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/.test(stdout + stderr)]).toEqual([
      args[0],
      false,
    ])
  }
})

test("L3: decode of a forged token says that it verified nothing; no other command ends with 0 for it", async () => {
  expect(await place.run(["decode", "--json", forged])).toMatchObject({ code: 0, json: { verified: false } })
  for (const command of ["verify", "diagnose", "inspect"])
    expect((await place.run([command, ...SECRET, forged])).code).toBe(4)
})

test("L4: scripts can tell a bad signature from an old token, a wrong line, a wrong key and a wrong file", async () => {
  const old = encode({ exp: 5 }, SECRETS.good, { algorithm: "HS256" })
  const exits = await Promise.all(
    [
      [...SECRET, forged],
      [...SECRET, old],
      [...SECRET, "--nothing", good],
      [...SECRET, byKey],
      [...SECRET, "@nowhere.txt"],
      [...SECRET, "nothing"],
      ["--offline", "--key", "https://issuer.example/", good],
    ].map(async (args) => (await place.run(["verify", ...args])).code),
  )
  expect(exits).toEqual([4, 5, 2, 6, 8, 3, 7])
})

test("L5: a key with one algorithm needs no --alg, one with several does", async () => {
  expect((await place.run(["verify", "--key", keyFile, byKey])).code).toBe(0)
  expect((await place.run(["verify", "--secret-file", secret, good])).code).toBe(2)
})

test("L6: input without end is refused while it comes", async () => {
  const endless = "A".repeat(65_536)
  for (const args of [
    ["decode"],
    ["decode", "--jsonl"],
    ["verify", "--all", ...SECRET],
    ["lint"],
    ["sign", ...SECRET],
  ]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["pipe", "ignore", "ignore"] })
    let isOpen = true
    child.stdin.on("error", () => {
      isOpen = false
    })
    const closed = once(child, "close")
    child.once("close", () => {
      isOpen = false
    })
    while (isOpen)
      if (!child.stdin.write(endless)) await Promise.race([once(child.stdin, "drain").catch(() => 0), closed])
    expect([args[0], (await closed)[0]]).toEqual([args[0], 3])
  }
})

test("L7: the line end that echo leaves is no part of a token, and letters before or after are", async () => {
  for (const text of [`${good}\n`, `${good}\r\n`, good])
    expect((await place.run(["verify", "-q", ...SECRET], { input: text })).code).toBe(0)
  for (const text of [`${good}x`, `x${good}`, `${good}=`])
    expect((await place.run(["verify", "-q", ...SECRET], { input: text })).code).not.toBe(0)
})

describe("L8: key files", () => {
  test.skipIf(process.platform === "win32")("that others can read are warned of, also behind a link", async () => {
    const open = place.file("open.jwk", keyText)
    chmodSync(open, 0o644)
    const link = join(place.folder, "link.jwk")
    symlinkSync(open, link)
    for (const path of [open, link])
      expect((await place.run(["sign", "--key", path, "--sub", "a"])).stderr).toContain("others can read it")
    expect((await place.run(["sign", "--key", keyFile, "--sub", "a"])).stderr).not.toContain("others can read it")
  })

  test("are read with a mark at their beginning and line ends of Windows", async () => {
    const pem = `\ufeff${key.toPem().replaceAll("\n", "\r\n")}`
    for (const file of [place.file("bom.pem", pem), place.file("bom.jwk", `\ufeff${keyText}\r\n`)])
      expect((await place.run(["verify", "--key", file, byKey])).code).toBe(0)
  })

  test("that are folders, empty or a gigabyte long are refused in words", async () => {
    const large = place.file("large.pem", "")
    truncateSync(large, 1_000_000_000)
    for (const [path, exit] of [
      [".", 8],
      [place.file("empty.pem", ""), 3],
      [large, 3],
    ] as const) {
      const { code, stderr } = await place.run(["verify", "--key", path, byKey])
      expect([path, code]).toEqual([path, exit])
      expect(stderr).toMatch(/^jot: .+\n/)
    }
  })

  test.skipIf(process.platform === "win32")("that are made are their owner's only", async () => {
    const path = join(place.folder, "made.jwk")
    await place.run(["key", "generate", "--alg", "ES256", "-o", path])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

test("L9: a file that is there stays as it is without --force", async () => {
  const path = place.file("kept.txt", "kept")
  for (const args of [
    ["sign", ...SECRET, "--sub", "a"],
    ["key", "generate", "--alg", "ES256"],
    ["encrypt", "--password", `@${secret}`, "--sub", "a"],
  ]) {
    expect((await place.run([...args, "-o", path])).code).toBe(8)
    expect(readFileSync(path, "utf8")).toBe("kept")
  }
})

test("L10: keys come over https, or http on this machine, and never by way of another address", async () => {
  for (const address of ["http://issuer.example/jwks", "file:///etc/passwd", "ftp://issuer.example/jwks", "data://x"])
    expect((await place.run(["verify", "--key", address, byKey])).code).toBe(2)
  const server = createServer((request, response) => {
    if (request.url === "/keys") response.end(JSON.stringify({ keys: [key.toJSON()] }))
    else response.writeHead(302, { location: "/keys" }).end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await place.run(["verify", "--key", `${origin}/keys`, byKey], { network: true })).code).toBe(0)
  expect((await place.run(["verify", "--key", `${origin}/moved`, byKey], { network: true })).code).toBe(7)
  server.close()
})

test("L11: a token that looks like a flag is none behind --, and a file may be named like one", async () => {
  writeFileSync(join(place.folder, "--x"), keyText, { mode: 0o600 })
  expect((await place.run(["verify", "--key=--x", byKey])).code).toBe(0)
  expect((await place.run(["verify", "--key", "@--x", "--", byKey])).code).toBe(0)
  for (const text of ["--help", "--key=x", "-h", "--trust-embedded", "-eyJhbGciOiJub25lIn0.e30."])
    expect((await place.run(["verify", "--key", keyFile, "--", text])).code).toBe(3)
  expect((await place.run(["verify", "--key", keyFile, "--trust-embeded", byKey])).code).toBe(2)
})

test("L12: nothing in the folder or at home changes what the program does", async () => {
  const args = ["verify", "--json", "--at", "1700000000", "--key", keyFile, byKey]
  const before = await place.run(args)
  const names = [".jotrc", ".jotrc.json", "jot.json", "jot.config.js", ".env", "package.json", ".npmrc"]
  for (const name of names)
    for (const folder of [place.folder, place.home])
      writeFileSync(join(folder, name), 'throw new Error("read")\n{"alg":["none"],"key":"/dev/null","strict":true}')
  expect(await place.run(args)).toEqual(before)
  expect(place.atHome().sort()).toEqual([...names].sort())
  expect((await place.run(["completion", "bash"])).stdout).not.toContain("eyJ")
})
