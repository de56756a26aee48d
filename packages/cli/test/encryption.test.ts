/** `jot encrypt` and `jot decrypt`: every algorithm, several recipients, signed tokens inside. */
import { createCipheriv } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const password = place.file("password.txt", `${SECRETS.password}\n`)
const rsa = Jwk.generate("RSA-OAEP-256", { keyId: "rsa-1" })
const rsaFile = place.file("rsa.jwk", JSON.stringify(rsa.toPrivateJSON()))
const rsaPublic = place.file("rsa-public.jwk", JSON.stringify(rsa.toJSON()))
const signer = Jwk.generate("ES256", { keyId: "sign-1" })
const signerFile = place.file("signer.jwk", JSON.stringify(signer.toPrivateJSON()))
const signerPublic = place.file("signer-public.jwk", JSON.stringify(signer.toJSON()))
const QUIET = ["--no-iat", "--no-exp", "-q"]

/** A key for an algorithm, as the program makes it: private and public file. */
async function keyFor(algorithm: string): Promise<{ open: string[]; seal: string[] }> {
  const [bits] = /\d{3}/.exec(algorithm.replace(/^ECDH-ES\+?/, "")) ?? ["256"]
  if (algorithm.startsWith("PBES2"))
    return { open: ["--password", `@${password}`], seal: ["--password", `@${password}`] }
  if (/^(?:A\d{3}|dir)/.test(algorithm)) {
    const secret = place.file(`k${bits}`, "k".repeat(Number(bits) / 8))
    return { open: ["--secret-file", secret], seal: ["--secret-file", secret] }
  }
  if (algorithm.startsWith("RSA")) {
    const bare = { ...rsa.toPrivateJSON() }
    delete bare["alg"]
    const file = place.file("bare.jwk", JSON.stringify(bare))
    return { open: ["--key", file], seal: ["--key", file] }
  }
  return { open: ["--key", ecFile], seal: ["--key", ecPublic] }
}

const ec = Jwk.generate("ES384")
const { alg: _alg, ...ecPrivate } = ec.toPrivateJSON()
const { alg: _same, ...ecShown } = ec.toJSON()
const ecFile = place.file("ec.jwk", JSON.stringify(ecPrivate))
const ecPublic = place.file("ec-public.jwk", JSON.stringify(ecShown))

test.each([
  "dir",
  "A128KW",
  "A192KW",
  "A256KW",
  "A128GCMKW",
  "A192GCMKW",
  "A256GCMKW",
  "RSA-OAEP",
  "RSA-OAEP-256",
  "RSA-OAEP-384",
  "RSA-OAEP-512",
  "ECDH-ES",
  "ECDH-ES+A128KW",
  "ECDH-ES+A192KW",
  "ECDH-ES+A256KW",
  "PBES2-HS256+A128KW",
  "PBES2-HS384+A192KW",
  "PBES2-HS512+A256KW",
])("%s: there and back", async (algorithm) => {
  const { open, seal } = await keyFor(algorithm)
  const made = await place.run(["encrypt", ...seal, "--alg", algorithm, "--claims", '{"n":1.0}', ...QUIET])
  expect([made.code, made.stderr]).toEqual([0, ""])
  const opened = await place.run(["decrypt", ...open, "--alg", algorithm, "-q"], { input: made.stdout })
  expect(opened).toMatchObject({ code: 0, stdout: '{\n  "n": 1.0\n}\n' })
})

test.each(["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"])(
  "%s as content encryption, compressed, in the flattened serialization",
  async (enc) => {
    const args = ["--key", rsaPublic, "--enc", enc, "--zip", "--format", "flattened", "--claims", '{"a":1}', ...QUIET]
    const { stdout } = await place.run(["encrypt", ...args])
    const { json } = await place.run(["decrypt", "--json", "--key", rsaFile], { input: stdout })
    expect(json).toMatchObject({ decrypted: true, header: { enc, zip: "DEF" }, payload: { a: 1 } })
  },
)

test("the header of what was decrypted is shown as it was written, to the last digit", async () => {
  const header = Buffer.from('{"alg":"dir","enc":"A256GCM","n":1.0,"big":12345678901234567890}').toString("base64url")
  const cipher = createCipheriv("aes-256-gcm", "k".repeat(32), "i".repeat(12)).setAAD(Buffer.from(header))
  const content = Buffer.concat([cipher.update("{}"), cipher.final()])
  const token = [header, "", Buffer.from("i".repeat(12)), content, cipher.getAuthTag()]
    .map((part) => (typeof part === "string" ? part : part.toString("base64url")))
    .join(".")
  const args = ["--secret-file", place.file("direct", "k".repeat(32)), "--alg", "dir"]
  for (const [lang, note] of [
    ["en", "decrypted"],
    ["zh-Hant", "解密"],
  ] as const) {
    const { stdout } = await place.run(["decrypt", "--json", "--lang", lang, ...args, token])
    expect(stdout).toContain('"n": 1.0,\n    "big": 12345678901234567890\n')
    expect((await place.run(["decrypt", "--lang", lang, ...args, token])).stderr).toContain(note)
  }
})

test.each(["X25519", "X448"])("ECDH-ES on %s", async (curve) => {
  const { privateKey } = (await import("node:crypto")).generateKeyPairSync(curve.toLowerCase() as "x25519")
  const file = place.file(`${curve}.jwk`, JSON.stringify(privateKey.export({ format: "jwk" })))
  const made = await place.run(["encrypt", "--key", file, "--alg", "ECDH-ES+A256KW", "--claims", "{}", ...QUIET])
  const opened = await place.run(["decrypt", "--key", file, "--alg", "ECDH-ES+A256KW", "-q"], { input: made.stdout })
  expect(opened).toMatchObject({ code: 0, stdout: "{}\n" })
})

test("what only the library has words for is introduced in Chinese", async () => {
  const foreign = encryptJwe("{}", rsa.publicKey(), { encryption: "A256GCM" }).replace(/.{4}$/, "AAAA")
  const opened = await place.run(["decrypt", "--key", rsaFile, "--lang", "zh-Hant", foreign])
  expect([opened.code, opened.stderr]).toEqual([6, expect.stringContaining("jot: 用這把金鑰或密碼解不開這個權杖（")])
  const args = ["encrypt", "--key", rsaPublic, "--claims", "{}", "--header", "zip=DEF", "--lang", "zh-Hant"]
  expect((await place.run(args)).stderr).toContain("jot: 標頭不能這樣寫（")
})

test("for several recipients each has its algorithm, and each can open it", async () => {
  const recipients = ["--password", `@${password}`, "--key", rsaPublic, "--key", ecPublic]
  const algs = ["--alg", "PBES2-HS256+A128KW", "--alg", "RSA-OAEP-256", "--alg", "ECDH-ES+A128KW"]
  const made = await place.run(["encrypt", ...recipients, ...algs, "--claims", '{"a":1}', ...QUIET])
  expect(made.json?.recipients).toHaveLength(3)
  for (const open of [
    ["--password", `@${password}`],
    ["--key", rsaFile],
    ["--key", ecFile, "--alg", "ECDH-ES+A128KW"],
  ])
    expect((await place.run(["decrypt", "-q", ...open, "--get", "/a"], { input: made.stdout })).stdout).toBe("1\n")
  const two = await place.run(["encrypt", ...recipients, "--alg", "RSA-OAEP-256", "--alg", "dir", "--claims", "{}"])
  expect(two.code).toBe(2)
})

describe("a signed token inside", () => {
  const NESTED = ["--key", rsaPublic, "--sign-key", signerFile]
  const OPEN = ["--key", rsaFile, "--verify-key", signerPublic, ...AT]
  const nested = () =>
    place.run(["encrypt", ...NESTED, ...AT, "--iss", "us", "--aud", "api", "--exp", "+1h", "--typ", "at+jwt"])

  test("is made and opened in one go each, and what was asked of it is checked", async () => {
    const { stdout } = await nested()
    expect((await place.run(["decode", "--json"], { input: stdout })).json).toMatchObject({
      header: { cty: "JWT", alg: "RSA-OAEP-256" },
    })
    const opened = await place.run(["decrypt", "--json", ...OPEN, "--iss", "us", "--aud", "api", "--typ", "at+jwt"], {
      input: stdout,
    })
    expect(opened.json).toMatchObject({
      code: "ok",
      verified: true,
      header: { alg: "ES256", typ: "at+jwt", kid: "sign-1" },
      payload: { iss: "us", aud: "api", exp: NOW + 3600 },
    })
  })

  test.each([
    ["another audience", "claims", 5, ["--aud", "else"]],
    ["too late", "claims", 5, ["--leeway", "1s", "--max-age", "0s"]],
    ["another algorithm", "key", 6, ["--verify-alg", "ES384"]],
  ])("%s: nothing comes out", async (_, code, exit, args) => {
    const { stdout: token } = await nested()
    const later = args.includes("--max-age") ? ["--at", String(NOW + 60)] : AT
    const {
      json,
      code: status,
      stdout,
    } = await place.run(["decrypt", "--json", "--key", rsaFile, "--verify-key", signerPublic, ...later, ...args], {
      input: token,
    })
    expect([json, status]).toMatchObject([{ code, verified: false }, exit])
    expect(stdout).not.toContain('"us"')
    const text = await place.run(["decrypt", "--key", rsaFile, "--verify-key", signerPublic, ...later, ...args], {
      input: token,
    })
    expect(text.stdout).toBe("")
  })

  test("of somebody else is not let out", async () => {
    const { stdout } = await nested()
    const other = place.file("other.jwk", JSON.stringify(Jwk.generate("ES256", { keyId: "sign-1" })))
    const opened = await place.run(["decrypt", "--key", rsaFile, "--verify-key", other, ...AT], { input: stdout })
    expect([opened.code, opened.stdout]).toEqual([4, ""])
  })

  test("comes out as a token where no key for it is given", async () => {
    const { stdout } = await nested()
    const inside = await place.run(["decrypt", "-q", "--key", rsaFile], { input: stdout })
    expect((await place.run(["verify", "--key", signerPublic, ...AT], { input: inside.stdout })).code).toBe(0)
  })

  test("must be there where a key for it is given, and expectations need one", async () => {
    const plain = await place.run(["encrypt", "--key", rsaPublic, "--claims", "{}", ...QUIET])
    expect((await place.run(["decrypt", ...OPEN], { input: plain.stdout })).code).toBe(3)
    expect((await place.run(["decrypt", "--key", rsaFile, "--aud", "api"], { input: plain.stdout })).code).toBe(2)
    expect((await place.run(["encrypt", "--key", rsaPublic, "--sign-alg", "ES256", "--claims", "{}"])).code).toBe(2)
    const asSigner = ["encrypt", "--key", rsaPublic, "--sign-key", signerPublic, "--claims", "{}"]
    expect((await place.run(asSigner)).code).toBe(6)
  })
})

test("nothing of a token comes out before its tag holds (C27)", async () => {
  const made = await place.run(["encrypt", "--key", rsaPublic, "--claims", '{"sub":"alice"}', ...QUIET])
  const parts = made.stdout.trim().split(".")
  const swap = (text: string) => `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`
  for (const index of [1, 2, 3, 4]) {
    const broken = parts.map((part, at) => (at === index ? swap(part) : part)).join(".")
    const out = join(place.folder, `out-${index}.json`)
    const opened = await place.run(["decrypt", "--key", rsaFile, "-o", out, broken])
    expect([opened.code, opened.stdout]).toEqual([6, ""])
    // Nothing was written: the name is still free.
    writeFileSync(out, "", { flag: "wx" })
  }
})

test("says that a decrypted token was made by anybody, and prints one value for scripts", async () => {
  const made = await place.run(["encrypt", "--key", rsaPublic, "--claims", '{"sub":"alice","n":1.0}', ...QUIET])
  const opened = await place.run(["decrypt", "--key", rsaFile], { input: made.stdout })
  expect(opened.stderr).toContain("anyone with the public key can have made it")
  for (const [flag, pointer, text] of [
    ["--get", "/n", "1.0\n"],
    ["--header-get", "alg", "RSA-OAEP-256\n"],
  ] as const)
    expect((await place.run(["decrypt", "-q", "--key", rsaFile, flag, pointer], { input: made.stdout })).stdout).toBe(
      text,
    )
  const missing = await place.run(["decrypt", "-q", "--key", rsaFile, "--get", "/none"], { input: made.stdout })
  expect(missing.code).toBe(1)
  expect((await place.run(["decrypt", "--key", rsaFile, encode({}, signer)])).code).toBe(3)
})

test("a number in a header is kept, or refused in the language of the user", async () => {
  const args = ["encrypt", "--key", rsaPublic, "--claims", "{}", ...QUIET, "--header"]
  const { stdout } = await place.run([...args, "n:=9007199254740992"])
  expect((await place.run(["decode", "-q", "--header-get", "/n", stdout.trim()])).stdout).toBe("9007199254740992\n")
  expect(await place.run([...args, "n:=9007199254740993", "--lang", "zh-Hant"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("請寫成文字"),
  })
})
