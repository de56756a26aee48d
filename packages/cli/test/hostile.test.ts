/** What a hostile user, file or server tried, and a person who only slipped. */
import { execFileSync, spawnSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs"
import { join } from "node:path"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"

const place = new Place()
const SECRET = ["--secret-file", place.file("secret.txt", SECRETS.good), "--alg", "HS256"]
const good = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
const key = Jwk.generate("Ed25519", { keyId: "k" })
const named = (count: number) => Array.from({ length: count }, (_, at) => ({ ...key.toJSON(), kid: `k${at}` }))

describe("verify says no more than it looked at", () => {
  test("--jti without a value is no check, and is refused", async () => {
    for (const args of [
      ["verify", good, ...SECRET, "--jti"],
      ["verify", "--jti", ...SECRET, good],
    ])
      expect(await place.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining("--jti needs a value") })
  })

  test("of ten thousand tokens on a line the last one counts, too", async () => {
    const short = signJws("{}", SECRETS.good, { algorithm: "HS256" })
    const line = `${`${short} `.repeat(10_000)}${good.slice(0, -4)}AAAA\n`
    expect((await place.run(["verify", "--all", "--quiet", ...SECRET], { input: line })).code).toBe(4)
  })

  test("that the holder of an SD-JWT was not asked for proof is told", async () => {
    const { code, stderr } = await place.run([
      "verify",
      ...SECRET,
      `${good}~${encode({}, SECRETS.other, { algorithm: "HS256" })}`,
    ])
    expect([code, stderr]).toEqual([0, expect.stringContaining("the key binding is not checked")])
  })

  test("a set with more keys than are read is refused, and nothing is lost from it in silence", async () => {
    const large = place.file("large.json", JSON.stringify({ keys: named(1001) }))
    for (const args of [
      ["jwks", "remove", large, "k1"],
      ["jwks", "list", large],
      ["verify", "--key", large, good],
    ])
      expect(await place.run(args)).toMatchObject({ code: 3, stderr: expect.stringContaining("more than 1000 keys") })
    const pem = place.file("large.pem", key.publicKey().toPem().repeat(1001))
    expect((await place.run(["jwks", "build", pem])).code).toBe(3)
    const fitting = place.file("fitting.json", JSON.stringify({ keys: named(1000) }))
    const { json } = await place.run(["jwks", "remove", "--json", fitting, "k1"])
    expect(json).toMatchObject({ jwks: { keys: { length: 999 } } })
  })
})

test("a key file of beginnings that never end is refused at once", async () => {
  for (const label of ["PUBLIC KEY", "CERTIFICATE"]) {
    const file = place.file("begins.pem", `-----BEGIN ${label}-----\n`.repeat(140_000))
    expect((await place.run(["key", "inspect", file])).code).toBe(3)
  }
})

test("a token of very many parts is shown, not taken for a fault", async () => {
  const { code } = await place.run(["inspect"], { input: `${good}${"~".repeat(130_000)}` })
  expect(code).toBe(0)
})

describe("scan", () => {
  test("goes on where something cannot be read, and tells of it", async () => {
    const file = place.file("leak.txt", good)
    const { code, stdout, stderr } = await place.run(["scan", join(place.folder, "nowhere"), file])
    expect([code, stdout]).toEqual([10, expect.stringContaining("leak.txt:1:1")])
    expect(stderr).toMatch(/nowhere cannot be read \(ENOENT\)/)
    expect(await place.run(["scan", join(place.folder, "nowhere")])).toMatchObject({ code: 8, stdout: "" })
  })

  test("looks at all of stdin, and counts lines and columns", async () => {
    const input = `${"x".repeat(1_100_000)}\n\n ${good} ${good}\n`
    const { code, stdout } = await place.run(["scan"], { input })
    expect([
      code,
      stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split(" ")[0]),
    ]).toEqual([10, ["-:3:2", `-:3:${good.length + 3}`]])
  })

  test.skipIf(process.platform === "win32")("leaves out what may never end, and says so", async () => {
    const [file, pipe] = [place.file("beside.txt", good), join(place.folder, "pipe")]
    execFileSync("sh", ["-c", `mkfifo "${pipe}"`])
    const { code, stdout, stderr } = await place.run(["scan", pipe, "/dev/zero", file])
    expect([code, stdout]).toEqual([10, expect.stringContaining("beside.txt:1:1")])
    for (const name of [pipe, "/dev/zero"])
      expect(stderr).toContain(`${name} is not an ordinary file and was left out; - scans stdin`)
    const quiet = await place.run(["scan", "--quiet", "--lang", "zh-Hant", pipe])
    expect([quiet.code, quiet.stderr]).toEqual([0, expect.stringContaining("不是一般檔案，已略過")])
  })

  test.skipIf(process.platform === "win32")("reads what a shell has opened", async () => {
    const line = `echo "${good}" | "$0" "$1" scan /dev/fd/0`
    const { status, stdout } = spawnSync("sh", ["-c", line, process.execPath, main])
    expect([status, String(stdout)]).toEqual([10, expect.stringContaining("/dev/fd/0:1:1")])
  })

  test.skipIf(process.platform === "win32")("hears Ctrl-C while it looks for files", async () => {
    const folders = 200
    mkdirSync(join(place.folder, "deep", ..."d".repeat(folders)), { recursive: true })
    // The second folder presses it, and each writes a dot.
    const preload = `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module"
      const { statSync } = fs; let count = 0
      fs.statSync = (...asked) => {
        process.stderr.write(".")
        if (++count === 2) process.kill(process.pid, "SIGINT")
        return statSync(...asked)
      }
      syncBuiltinESMExports()`
    const how = { preload: `data:text/javascript,${encodeURIComponent(preload)}` }
    const { code, stderr } = await place.run(["scan", "deep"], how)
    expect(code).toBe(130)
    expect(stderr.length).toBeLessThan(folders)
  })

  test("finds each of ten thousand tokens and one more", async () => {
    const { json } = await place.run(["scan", "--json"], { input: `${good}\n`.repeat(10_001) })
    expect(json?.tokens).toHaveLength(10_001)
  })
})

describe.skipIf(process.platform === "win32")("--out", () => {
  test("changes the permissions of a file, not those of a device", async () => {
    const link = join(place.folder, "device")
    symlinkSync("/dev/null", link)
    const before = statSync("/dev/null").mode
    try {
      await place.run(["key", "generate", "--kty", "OKP", "--out", link, "--force"])
      expect(statSync("/dev/null").mode).toBe(before)
    } finally {
      if (statSync("/dev/null").mode !== before) chmodSync("/dev/null", before)
      unlinkSync(link)
    }
  })

  test("a key is its owner's alone, also where it replaces a file that was open to all", async () => {
    const file = place.file("old.jwk", "old")
    chmodSync(file, 0o644)
    expect((await place.run(["key", "generate", "--kty", "OKP", "--out", file, "--force"])).code).toBe(0)
    expect([statSync(file).mode & 0o777, readFileSync(file, "utf8")]).toEqual([0o600, expect.stringContaining('"d"')])
  })

  const FULL = `import fs, { writeSync } from "node:fs"; import { syncBuiltinESMExports } from "node:module"
    fs.writeFileSync = (file) => { writeSync(file, "half"); throw Object.assign(new Error(), { code: "ENOSPC", syscall: "write" }) }
    syncBuiltinESMExports()`
  const full = `data:text/javascript,${encodeURIComponent(FULL)}`

  test("half a file is not left behind where the disk is full", async () => {
    for (const args of [
      ["key", "generate", "--kty", "OKP"],
      ["sign", ...SECRET, "--sub", "a"],
    ]) {
      const file = join(place.folder, "full")
      expect((await place.run([...args, "--out", file], { preload: full })).code).toBe(8)
      expect(existsSync(file)).toBe(false)
    }
  })

  test("a file that was to be written over stays what it was where the disk is full", async () => {
    const old = place.file("kept.jwk", "the key that everything is signed with")
    const args = ["key", "generate", "--kty", "OKP", "--force", "--out", old]
    const names = readdirSync(place.folder)
    expect(await place.run(args, { preload: full })).toMatchObject({
      code: 8,
      stderr: expect.stringContaining("ENOSPC"),
    })
    expect((await place.run([...args, "--lang", "zh-Hant"], { preload: full })).stderr).toContain("無法寫入")
    expect([readFileSync(old, "utf8"), readdirSync(place.folder)]).toEqual([
      "the key that everything is signed with",
      names,
    ])
  })

  test("a link stays a link, and what it leads to keeps its permissions", async () => {
    const [file, link] = [place.file("real.jwt", "old"), join(place.folder, "link.jwt")]
    chmodSync(file, 0o664)
    symlinkSync("real.jwt", link)
    const { code } = await place.run(["sign", ...SECRET, "--sub", "a", "--force", "--out", link])
    expect([code, lstatSync(link).isSymbolicLink(), statSync(file).mode & 0o777]).toEqual([0, true, 0o664])
    expect(readFileSync(file, "utf8")).toMatch(/^eyJ/)
  })

  test("what a shell has open is written to, not exchanged", async () => {
    const file = place.file("stdout.txt", "")
    const { ino } = statSync(file)
    const line = `exec "$0" "$1" version --force --out /dev/stdout > "$2"`
    execFileSync("sh", ["-c", line, process.execPath, main, file])
    expect([statSync(file).ino, readFileSync(file, "utf8")]).toEqual([ino, expect.stringMatching(/^\d/)])
  })
})

test("no kid in a set ends the quotes of a shell", async () => {
  const kids = ["a\u2019; calc; \u2018", "\u201ab\u201b", "emoji \u{1f511}"]
  place.file("kids.json", JSON.stringify({ keys: kids.map((kid) => ({ ...key.toJSON(), kid })) }))
  const powershell = await place.run(["completion", "powershell", "-"], { input: "jwks\nget\nkids.json\n\n" })
  expect(powershell.stdout.split("\n").slice(0, 3)).toEqual([
    "'a\u2019\u2019; calc; \u2018\u2018'\t",
    "'\u201a\u201ab\u201b\u201b'\t",
    "'emoji \u{1f511}'\t",
  ])
  const bash = await place.run(["completion", "bash", "-"], { input: "jot jwks get kids.json emoji" })
  expect(bash.stdout).toBe("emoji\\ \\\u{1f511} \n")
})

test("a length of time that cannot be read names what can", async () => {
  const { code, stderr } = await place.run(["verify", ...SECRET, "--leeway", "+1h", good])
  expect([code, stderr]).toEqual([2, expect.stringContaining("--leeway: not a length of time; use 90s")])
})
