/** What other programs of this kind got wrong, by the number under which it was found: none of it happens here. */
import { createHmac } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { decodeUnverified, encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const SECRET = ["--secret-file", place.file("secret.txt", SECRETS.good), "--alg", "HS256"]
const rsa = Jwk.generate("RS256")
const pem = rsa.toPem()
const pemFile = place.file("public.pem", pem)
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
const good = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
const forged = `${good.slice(0, -2)}${good.endsWith("AA") ? "BB" : "AA"}`
const none = `${part({ alg: "none" })}.${part({ sub: "admin" })}.`

/** What whoever has the public key can make: its text, or its bytes, taken for a secret. */
function confused(secret: string | Uint8Array): string {
  const input = `${part({ alg: "HS256" })}.${part({ sub: "admin" })}`
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`
}

describe("1: a public key is never a secret, whatever the token says", () => {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64")
  test.each([
    ["its text", confused(pem), pemFile],
    ["its text without the last line end", confused(pem.trimEnd()), pemFile],
    ["its bytes", confused(der), place.file("public.der", der)],
    ["its JWK", confused(JSON.stringify(rsa.toJSON())), place.file("public.jwk", JSON.stringify(rsa.toJSON()))],
  ])("%s", async (_, token, file) => {
    for (const args of [
      ["--key", file],
      ["--key", `@${file}`, "--alg", "HS256"],
      ["--secret-file", file, "--alg", "HS256"],
      ["--secret-file", file, "--secret-raw", "--alg", "HS256"],
    ]) {
      const { code, stdout } = await place.run(["verify", ...args, token])
      expect([args.length, stdout, code]).toEqual([args.length, "", 6])
    }
  })
})

test("2: a second after exp is too late, unless a leeway was asked for, which is then printed", async () => {
  const token = encode({ exp: NOW }, SECRETS.good, { algorithm: "HS256" })
  for (const late of [0, 1, 999])
    expect((await place.run(["verify", ...SECRET, "--at", String(NOW + late), token])).code).toBe(5)
  expect((await place.run(["verify", ...SECRET, "--at", String(NOW - 1), token])).code).toBe(0)
  const lenient = await place.run(["verify", ...SECRET, "--at", String(NOW + 1), "--leeway", "2s", token])
  expect([lenient.code, lenient.stderr]).toEqual([0, expect.stringContaining("clocks may differ by 2 seconds")])
})

test("3: decode says that nothing was verified, in words and in JSON", async () => {
  const { code, stderr } = await place.run(["decode", forged])
  expect([code, stderr]).toEqual([0, "not verified: anyone can have written this\n"])
  expect((await place.run(["decode", "--json", forged])).json).toMatchObject({ verified: false })
})

test("4: what goes wrong goes to stderr, in one sentence, and a value may hold a =", async () => {
  for (const [args, exit] of [
    [["sign", ...SECRET, "--claims", "{"], 3],
    [["sign", ...SECRET, "@nowhere.json"], 8],
    [["sign", ...SECRET, "@."], 8],
    [["decode", "@nowhere.txt"], 8],
    [["verify", ...SECRET, "not.a.token"], 3],
    [["verify", "--key", "{", good], 3],
  ] as const) {
    const { code, stdout, stderr } = await place.run(args)
    expect([args, code, stdout]).toEqual([args, exit, ""])
    expect(stderr).not.toMatch(/\n +at |TypeError|undefined/)
  }
  const { stdout } = await place.run(["sign", ...SECRET, "--claim", "url=https://a.example/?b=c=d", "--no-exp"])
  expect(decodeUnverified(stdout.trim()).payload).toMatchObject({ url: "https://a.example/?b=c=d" })
})

test("5: nothing of a token that does not hold reaches stdout, or a file", async () => {
  const key = Jwk.generate("RSA-OAEP-256")
  const keyFile = place.file("rsa.jwk", JSON.stringify(key.toPrivateJSON()))
  const sealed = String(encryptJwe('{"sub":"alice"}', key, { encryption: "A256GCM", algorithm: "RSA-OAEP-256" }))
  const broken = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`
  for (const [index, args] of [
    ["verify", ...SECRET, forged],
    ["verify", ...SECRET, "--aud", "me", good],
    ["verify", ...SECRET, "--get", "/sub", forged],
    ["decrypt", "--key", keyFile, broken],
  ].entries()) {
    const file = join(place.folder, `out-${index}`)
    expect((await place.run(args)).stdout).toBe("")
    expect((await place.run([...args, "-o", file])).stdout).toBe("")
    expect(existsSync(file)).toBe(false)
  }
})

test("6: data is on stdout where help says so, and headers are not only text", async () => {
  expect((await place.run(["inspect", good])).stdout).toContain("alice")
  const { stdout } = await place.run([
    "sign",
    ...SECRET,
    "--sub",
    "a",
    "--no-exp",
    "--header",
    "n:=1",
    "--header",
    "s=1",
  ])
  expect(decodeUnverified(stdout.trim()).header).toMatchObject({ n: 1, s: "1" })
})

test("7: text and JSON end alike, and none is valid with no key, a key or an empty one", async () => {
  const empty = ["--secret-file", place.file("empty.txt", ""), "--alg", "HS256"]
  for (const args of [[], SECRET, empty, ["--key", pemFile, "--alg", "RS256"], ["--trust-embedded"]]) {
    const text = await place.run(["verify", ...args, none])
    const json = await place.run(["verify", "--json", ...args, none])
    expect([text.code, json.json]).toEqual([json.code, expect.objectContaining({ ok: false })])
    expect(text.code).not.toBe(0)
  }
  expect((await place.run(["verify", ...SECRET, forged])).code).toBe(4)
  const signed = encode({}, rsa)
  expect((await place.run(["verify", "--key", pemFile, "--alg", "RS256", ...AT, signed])).code).toBe(0)
})

test("8: nothing is written at home, no banner is shown, and success is 0", async () => {
  const { code, stdout, stderr } = await place.run(["sign", ...SECRET, "--sub", "a", "--exp", "+1h"])
  expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^[\w.-]+\n$/), ""])
  expect(place.atHome()).toEqual([])
})

test("9: digits stay text unless JSON was asked for, and a secret among the arguments is always warned of", async () => {
  const { stdout } = await place.run(["sign", ...SECRET, "--claim", "zip=00501", "--claim", "n:=501", "--no-exp"])
  expect(decodeUnverified(stdout.trim()).payload).toMatchObject({ zip: "00501", n: 501 })
  for (const args of [[], ["-q"], ["--json"], ["--lang", "en"]]) {
    const { stderr } = await place.run(["verify", "--secret", SECRETS.good, "--alg", "HS256", ...args, good])
    expect(stderr.split("\n").filter((line) => line.includes("--secret can be seen"))).toHaveLength(1)
  }
})
