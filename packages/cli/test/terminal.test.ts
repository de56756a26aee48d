/** The program on a real terminal: colour, questions, Ctrl-C. */
import { execFileSync } from "node:child_process"
import { createPrivateKey } from "node:crypto"
import { once } from "node:events"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { decodeUnverified, encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"
import { hasTerminals, Terminal, type TerminalOptions } from "./terminal.ts"

const place = new Place()
const token = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
const tokenFile = place.file("token.txt", `${token}\n`)
const COOKED = { echo: true, lines: true }
const ESC = "\u001b["
const HMAC = ["verify", "--alg", "HS256", "-q"]

function open(args: readonly string[], options?: TerminalOptions): Terminal {
  return new Terminal(place, args, options)
}

describe.runIf(hasTerminals)("colour", () => {
  test.each([
    ["a terminal", [], {}, true],
    ["NO_COLOR", [], { NO_COLOR: "1" }, false],
    ["NO_COLOR that is empty", [], { NO_COLOR: "" }, true],
    ["FORCE_COLOR=0", [], { FORCE_COLOR: "0" }, false],
    ["TERM=dumb", [], { TERM: "dumb" }, false],
    ["TERM=dumb beside FORCE_COLOR", [], { TERM: "dumb", FORCE_COLOR: "1" }, true],
    ["--color=never", ["--color=never"], {}, false],
    ["--json", ["--json"], {}, false],
  ] as [string, string[], Record<string, string>, boolean][])("%s", async (_, args, env, expected) => {
    const { code, screen } = await open(["decode", "-q", ...args, token], { env }).ended()
    expect(code).toBe(0)
    expect(screen).toContain("alice")
    expect(screen.includes(ESC)).toBe(expected)
  })

  test("each stream for itself", async () => {
    const data = await open(["decode", token], { stderr: "pipe" }).ended()
    expect([data.screen.includes(ESC), data.stderr.includes(ESC)]).toEqual([true, false])
    const notes = await open(["decode", token], { stdout: "pipe" }).ended()
    expect([notes.stdout.includes(ESC), notes.screen.includes(ESC)]).toEqual([false, true])
  })
})

describe.runIf(hasTerminals)("questions", () => {
  test("a secret is not shown, and the terminal is as before", async () => {
    const terminal = open([...HMAC, "--secret-prompt", token])
    await terminal.shows("Secret (not shown): ")
    expect(await terminal.modes()).toEqual({ echo: false, lines: false })
    // A letter too many and the key that takes it back; arrows are no letters.
    terminal.type(`${SECRETS.good}x\u007f${ESC}A\r`)
    expect(await terminal.ended()).toMatchObject({ code: 0, screen: expect.stringContaining("alice"), modes: COOKED })
  })

  test("stdin may be the token: the terminal is asked all the same", async () => {
    const terminal = open([...HMAC, "--secret-prompt", "-"], { stdin: token, stdout: "pipe" })
    await terminal.shows("Secret (not shown): ")
    terminal.type(`wrong\u0015${SECRETS.good}\n`)
    expect(await terminal.ended()).toMatchObject({ code: 0, stdout: expect.stringContaining("alice"), modes: COOKED })
  })

  test("a key, in lines of PEM and of JSON; none of it is left for the shell", async () => {
    const key = Jwk.generate("ES256")
    const signed = encode({ sub: "alice" }, key, { algorithm: "ES256" })
    const pem = key.publicKey().toPem().trim().replaceAll("\n", "\r")
    const json = JSON.stringify(key.publicKey().toJSON(), undefined, 2).replaceAll("\n", "\r")
    for (const text of [pem, json]) {
      const terminal = open(["verify", "-q", "--alg", "ES256", "--key", "prompt", signed])
      await terminal.shows("Key (not shown): ")
      terminal.type(`${text}\r`)
      expect(await terminal.ended()).toMatchObject({ code: 0, modes: COOKED })
    }
  })

  test("a passphrase, and Ctrl-C works again behind it", async () => {
    const key = createPrivateKey(Jwk.generate("ES256").toPrivatePem())
    const options = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: SECRETS.password } as const
    const file = place.file("locked.pem", String(key.export(options)))
    const terminal = open(["jwks", "serve", "--passphrase", "prompt", file])
    await terminal.shows("Passphrase (not shown): ")
    terminal.type(`${SECRETS.password}\r`)
    await terminal.shows("Ctrl-C ends")
    expect(await terminal.modes()).toEqual(COOKED)
    terminal.type("\u0003")
    expect(await terminal.ended()).toMatchObject({ code: 130, modes: COOKED })
  })

  test.each([
    ["the same twice", SECRETS.password, 0],
    ["another the second time", "mistyped", 2],
  ])("a new passphrase: %s", async (name, second, expected) => {
    const file = join(place.folder, `${name}.pem`)
    const terminal = open(["key", "generate", "--alg", "ES256", "--to", "pem", "--passphrase", "prompt", "-o", file])
    await terminal.shows("Passphrase (not shown): ")
    terminal.type(`${SECRETS.password}\r`)
    await terminal.shows("Once more (not shown): ")
    terminal.type(`${second}\r`)
    expect(await terminal.ended()).toMatchObject({ code: expected, modes: COOKED })
    expect(existsSync(file)).toBe(expected === 0)
  })

  test("a password", async () => {
    const locked = encryptJwe('{"sub":"alice"}', SECRETS.password, {
      algorithm: "PBES2-HS256+A128KW",
      encryption: "A128GCM",
    })
    const terminal = open(["decrypt", "--password", "prompt", locked])
    await terminal.shows("Password (not shown): ")
    terminal.type(`${SECRETS.password}\r`)
    expect(await terminal.ended()).toMatchObject({ code: 0, screen: expect.stringContaining("alice") })
  })

  test.each([
    ["--secret-prompt", "--alg", "HS256"],
    ["--key", "prompt"],
    ["--key", "prompt", "--passphrase", "prompt"],
  ])("Ctrl-C at %s %s ends with 130", async (...args) => {
    const terminal = open(["verify", ...args, token])
    await terminal.shows("(not shown): ")
    terminal.type("half\u0003")
    const { code, screen, modes } = await terminal.ended()
    expect({ code, modes }).toEqual({ code: 130, modes: COOKED })
    expect(screen).not.toContain("half")
  })

  test.each([
    ["Enter", "\r"],
    ["Ctrl-D", "\u0004"],
  ])("%s alone is no secret", async (_, key) => {
    const terminal = open([...HMAC, "--secret-prompt", token])
    await terminal.shows("Secret (not shown): ")
    terminal.type(key)
    const { code, screen, modes } = await terminal.ended()
    expect({ code, modes }).toEqual({ code: 6, modes: COOKED })
    expect(screen).toContain("the secret is empty")
  })

  test("--no-input refuses", async () => {
    const asked = [["--secret-prompt"], ["--key", "prompt"], ["--key", "x", "--passphrase", "prompt"]]
    place.file("x", "-----BEGIN ENCRYPTED PRIVATE KEY-----")
    for (const args of asked) {
      const { code, screen } = await open(["verify", "--no-input", ...args, token]).ended()
      expect(code).toBe(2)
      expect(screen).toContain("--no-input forbids asking")
    }
  })

  test("without a terminal nobody can be asked", async () => {
    const { code, stderr } = await place.run([...HMAC, "--secret-prompt", token], { detached: true })
    expect([code, stderr]).toEqual([2, expect.stringContaining("there is no terminal to ask on")])
  })
})

describe.runIf(hasTerminals)("nothing given", () => {
  test("the program alone tells what it is for", async () => {
    const { code, screen } = await open([]).ended()
    expect(code).toBe(2)
    expect(screen).toContain("jot verify --key")
  })

  test.each(["inspect", "decode", "lint", "key inspect", "jwks list", "scan"])("%s waits for nothing", async (name) => {
    const { code, screen } = await open(name.split(" ")).ended()
    expect(code).toBe(2)
    expect(screen).toContain("?")
    expect(screen).toContain(`Usage: jot ${name}`)
  })
})

test.runIf(hasTerminals)("a private key is shown only to those who insist", async () => {
  const make = ["key", "generate", "--alg", "ES256"]
  const refused = await open(make).ended()
  expect([refused.code, refused.screen]).toEqual([2, expect.stringContaining("not shown on a terminal")])
  const shown = await open([...make, "--force"], { printsKeys: true }).ended()
  expect([shown.code, shown.screen]).toEqual([0, expect.stringContaining('"d"')])
  expect((await open(make, { stdout: "pipe", printsKeys: true }).ended()).code).toBe(0)
})

test.runIf(hasTerminals)("reads stdin that is no terminal", async () => {
  const { code, screen } = await open(["decode", "-q", `@${tokenFile}`]).ended()
  expect([code, screen]).toEqual([0, expect.stringContaining("alice")])
  expect((await open(["decode", "-q"], { stdin: token }).ended()).code).toBe(0)
})

/** A server that answers when it is told to. */
async function slowServer(): Promise<{ address: string; asked: Promise<ServerResponse>; stop: () => void }> {
  const server = createServer()
  const asked = once(server, "request").then(([, response]) => response as ServerResponse)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { address: `http://127.0.0.1:${port}/jwks.json`, asked, stop: () => server.close() }
}

const SET = JSON.stringify({ keys: [Jwk.generate("ES256", { keyId: "one" }).publicKey().toJSON()] })
const ERASE = "\r\u001b[K"

describe.runIf(hasTerminals)("what takes long", () => {
  test("says so while it lasts, and leaves no trace", async () => {
    const { address, asked, stop } = await slowServer()
    const terminal = open(["jwks", "fetch", address], { env: { NO_COLOR: "1" } })
    const response = await asked
    await terminal.shows(/asking 127\.0\.0\.1:\d+ {2}\d s/)
    response.end(SET)
    const { code, screen } = await terminal.ended()
    stop()
    expect(code).toBe(0)
    // Behind the last erasure is the answer, and nothing of the line.
    expect(screen.split(ERASE).at(-1)).toMatch(/\{\r\n {2}"keys"/)
    expect(screen.split(ERASE).at(-1)).not.toContain("asking")
    expect(screen.replaceAll(ERASE, "")).not.toContain("\u001b")
  })

  test("says nothing in a pipe, with --quiet, with --json, and on a terminal that cannot erase", async () => {
    const silent: [string[], TerminalOptions][] = [
      [[], { stderr: "pipe" }],
      [["-q"], {}],
      [["--json"], {}],
      [[], { env: { TERM: "dumb" } }],
    ]
    const servers = await Promise.all([...silent, undefined].map(() => slowServer()))
    const [shown = "", ...addresses] = servers.map(({ address }) => address).reverse()
    const fetching = silent.map(([args, options], at) => open(["jwks", "fetch", ...args, addresses[at] ?? ""], options))
    const responses = await Promise.all(servers.slice(0, -1).map(({ asked }) => asked))
    // One that is begun later shows its line: by then these would have, too.
    const other = open(["jwks", "fetch", shown])
    await other.shows("asking")
    for (const response of [...responses, ...(await Promise.all(servers.map(({ asked }) => asked)))])
      if (!response.writableEnded) response.end(SET)
    for (const { code, screen, stderr } of await Promise.all(fetching.map((terminal) => terminal.ended()))) {
      expect(code).toBe(0)
      expect(screen + stderr).not.toContain("asking")
    }
    expect((await other.ended()).code).toBe(0)
    for (const { stop } of servers) stop()
  })

  test("a stream of tokens says how much of it was read, beside its lines", async () => {
    const terminal = open(["decode", "--jsonl", "-"], { stdout: "pipe", env: { NO_COLOR: "1" } })
    await terminal.shows("not verified")
    terminal.type(`${token}\r`)
    await terminal.shows(/reading, in kB {2}0 {2}\d s/)
    terminal.type("\u0004")
    const { code, screen, stdout } = await terminal.ended()
    expect(code).toBe(0)
    expect(screen.split(ERASE).at(-1)).toBe("")
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
  })

  test("Ctrl-C in a scan ends with 130, without a line and without a file", async () => {
    const temporary = `${place.folder}/temporary`
    mkdirSync(temporary)
    const terminal = open(["scan", tokenFile, "-"], { env: { TMPDIR: temporary, NO_COLOR: "1" } })
    await terminal.shows(/scanning .* 50 % {2}1 \/ 2/)
    terminal.type("\u0003")
    const { code, screen, modes } = await terminal.ended()
    expect({ code, modes }).toEqual({ code: 130, modes: COOKED })
    expect(screen).toMatch(new RegExp(`${ERASE.replace("[", "\\[")}$`))
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe.runIf(hasTerminals)("Ctrl-C", () => {
  test("ends the wait for what is typed into a device", async () => {
    const terminal = open(["decode", "@/dev/tty"], { env: { NO_COLOR: "1" } })
    await terminal.shows("not verified")
    terminal.type("\u0003")
    expect((await terminal.ended()).code).toBe(130)
    const other = open(["decode", "-q", "@/dev/tty"])
    other.type(`${token}\r\u0004`)
    expect(await other.ended()).toMatchObject({ code: 0, screen: expect.stringContaining('"payload"') })
  })

  test("does not wait for a key that takes minutes", async () => {
    const file = `${place.folder}/never.jwk`
    const terminal = open(["key", "generate", "--kty", "RSA", "--bits", "16384", "--out-private", file])
    await terminal.shows("making a key")
    terminal.type("\u0003")
    // By the signal, as Python writes it.
    expect((await terminal.ended()).code).toBe(-2)
    expect(existsSync(file)).toBe(false)
  })

  test("ends the wait for somebody who reads a pipe", async () => {
    const pipe = `${place.folder}/unread`
    execFileSync("sh", ["-c", `mkfifo "${pipe}"`])
    const terminal = open(["scan", tokenFile, "--force", "--out", pipe], { env: { NO_COLOR: "1" } })
    await terminal.shows("tokens found")
    terminal.type("\u0003")
    expect((await terminal.ended()).code).toBe(130)
    const other = open(["version", "--force", "--out", pipe])
    expect(execFileSync("cat", [pipe], { encoding: "utf8" })).toMatch(/^\d/)
    expect((await other.ended()).code).toBe(0)
  })
})

describe.runIf(hasTerminals)("Ctrl-C in the editor", () => {
  const secret = place.file("secret.txt", SECRETS.good)
  const edit = ["edit", "-q", "--secret-file", secret, "--alg", "HS256", token]

  async function pressed(script: string, temporary: string): Promise<{ code: number; screen: string }> {
    const editor = `"${process.execPath}" "${place.file("editor.mjs", script)}"`
    mkdirSync(temporary)
    const terminal = open(edit, { env: { EDITOR: editor, TMPDIR: temporary, NO_COLOR: "1" } })
    await terminal.shows("the editor waits")
    terminal.type("\u0003")
    const { code, screen } = await terminal.ended()
    expect(readdirSync(temporary)).toEqual([])
    return { code, screen }
  }

  test("is a key of it, where it has one", async () => {
    const script = `import { writeFileSync } from "node:fs"
      process.on("SIGINT", () => {
        writeFileSync(process.argv[2], '{"header":{},"payload":{"sub":"bob"}}')
        process.exit(0)
      })
      setInterval(() => undefined, 1000)
      console.log("the editor waits")`
    const { code, screen } = await pressed(script, `${place.folder}/edited`)
    expect(code).toBe(0)
    const [signed = ""] = /eyJ[\w.-]+/.exec(screen.replaceAll("\r\n", "")) ?? []
    expect(decodeUnverified(signed).payload).toMatchObject({ sub: "bob" })
  })

  test("ends the program with it, where it has none", async () => {
    const script = 'setInterval(() => undefined, 1000); console.log("the editor waits")'
    expect((await pressed(script, `${place.folder}/interrupted`)).code).toBe(130)
  })
})
