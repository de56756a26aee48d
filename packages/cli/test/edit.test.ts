/** `jot edit`: what the editor is given, what becomes of it, and that nothing of it stays behind. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { decodeUnverified, encode, Jwk, signJws } from "jotkit"
import { expect, test } from "vitest"
import { main, Place } from "./jot.ts"

const place = new Place()
const key = Jwk.generate("ES256", { keyId: "k1" })
const keyFile = place.file("key.jwk", JSON.stringify(key.toPrivateJSON()))
const token = encode({ sub: "alice", n: 1, iat: 5 }, key)
const temporary = mkdtempSync(join(place.folder, "tmp-"))
const edit = (editor: string, ...args: string[]) =>
  place.run(["edit", "--key", keyFile, ...args, token], { env: { EDITOR: editor, TMPDIR: temporary } })

test.skipIf(process.platform === "win32")(
  "signs what came out of the editor, and warns of a token without end",
  async () => {
    const { stdout, stderr, code } = await edit("sed -i s/alice/bob/")
    expect([code, stderr]).toEqual([0, "warning: the token never expires; --exp +1h, or --no-exp if that is meant\n"])
    expect(decodeUnverified(stdout.trim()).payload).toEqual({ sub: "bob", n: 1, iat: 5 })
    expect((await edit("true", "--no-exp")).stderr).toBe("")
    expect(readdirSync(temporary)).toEqual([])
  },
)

test.skipIf(process.platform === "win32")("gives the editor a file that only its owner reads", async () => {
  const list = join(place.folder, "list.txt")
  await edit(`sh -c 'stat -c "%a" "$0" > ${list}'`)
  const { stdout } = await place.run(["sign", "--key", keyFile, "--as-is", `@${list}`])
  expect(Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString()).toBe("600\n")
})

test.skipIf(process.platform === "win32")(
  "leaves nothing behind where the editor fails or breaks the JSON",
  async () => {
    expect((await edit("false")).code).toBe(8)
    expect((await edit("sed -i s/{/[/")).code).toBe(3)
    expect(readdirSync(temporary)).toEqual([])
  },
)

test.skipIf(process.platform === "win32")(
  "what is no claims set is refused before the editor opens, and b64 behind it",
  async () => {
    const detached = new TextEncoder().encode('{"sub":"alice"}')
    const sign = (content: string | Uint8Array, how: object) => signJws(content, key, { algorithm: "ES256", ...how })
    const tokens: [token: string | object, reason: string][] = [
      [sign('{"sub":"alice"}', { b64: false }), "edit_unencoded"],
      [sign(detached, { b64: false, detached: true }), "edit_unencoded"],
      [sign(detached, { detached: true }), "edit_no_claims"],
      [sign("[1]", { format: "flattened" }), "edit_no_claims"],
    ]
    const opened = join(place.folder, "opened")
    for (const [one, reason] of tokens) {
      const text = typeof one === "string" ? one : JSON.stringify(one)
      const run = await place.run(["edit", "--json", "--key", keyFile, text], { env: { EDITOR: `touch ${opened};:` } })
      expect([run.code, run.json]).toEqual([3, expect.objectContaining({ reason })])
    }
    expect(existsSync(opened)).toBe(false)
    const changed = await edit(`sed -i 's/"alg"/"b64":false,"crit":["b64"],"alg"/'`, "--json")
    expect([changed.code, changed.json]).toEqual([3, expect.objectContaining({ reason: "edit_unencoded" })])
  },
)

test.skipIf(process.platform === "win32").each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
  "leaves nothing behind where %s ends it",
  async (signal) => {
    const child = spawn(process.execPath, [main, "edit", "--key", keyFile, token], {
      env: { PATH: process.env["PATH"] ?? "", EDITOR: "sh -c 'echo ready; read line'", TMPDIR: temporary },
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    })
    await once(child.stdout, "data")
    expect(readdirSync(temporary)).toHaveLength(1)
    // As a terminal does: to the whole group.
    process.kill(-(child.pid ?? 0), signal)
    expect(await once(child, "close")).toEqual([130, null])
    expect(readdirSync(temporary)).toEqual([])
  },
)
