/** Keys and key sets, encryption, and the smaller commands around them. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { decodeUnverified, encode, encrypt, encryptJwe, Jwk, JwkSet, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const ec = Jwk.generate("ES256", { keyId: "ec-1" })
const rsa = Jwk.generate("RS256")
const secretKey = Jwk.from({ kty: "oct", k: Buffer.from(SECRETS.good).toString("base64url"), alg: "HS256", kid: "s" })
const ecFile = place.file("ec.jwk", JSON.stringify(ec.toPrivateJSON()))
const ecPublic = place.file("ec-public.jwk", JSON.stringify(ec))
const rsaFile = place.file("rsa.pem", rsa.toPrivatePem())
const rsaPublic = place.file("rsa-public.pem", rsa.toPem())
const secretFile = place.file("secret.jwk", JSON.stringify(secretKey.toPrivateJSON()))
const password = place.file("password.txt", `${SECRETS.password}\n`)
const token = encode({ sub: "alice", iat: NOW, exp: NOW + 60 }, ec)

const jwe = encrypt({}, Jwk.fromPem(rsa.toPem()), { algorithm: "RSA-OAEP-256", encryption: "A256GCM" })

describe("key generate", () => {
  test.each(["ES256", "Ed25519", "RS256", "HS256", "ECDH-ES+A256KW", "A256GCMKW"])(
    "%s: a private JWK in a file of its owner alone",
    async (algorithm) => {
      const file = join(place.folder, `${algorithm}.jwk`)
      expect(await place.run(["key", "generate", "--alg", algorithm, "--kid", "k1", "-o", file])).toMatchObject({
        code: 0,
        stdout: "",
      })
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const key = Jwk.from(readFileSync(file, "utf8"))
      expect([key.keyId, key.isPrivate || key.isSymmetric]).toEqual(["k1", true])
      expect((await place.run(["key", "generate", "--alg", algorithm, "-o", file, "--json"])).json).toMatchObject({
        code: "io",
      })
    },
  )

  test("prints to a pipe, as PEM under a passphrase where asked", async () => {
    const args = ["key", "generate", "--alg", "ES256", "--to", "pem", "--passphrase", `@${password}`]
    const { stdout } = await place.run(args, { printsKeys: true })
    expect(stdout).toContain("BEGIN ENCRYPTED PRIVATE KEY")
    const sealed = place.file("sealed.pem", stdout)
    expect((await place.run(["key", "thumbprint", "--passphrase", `@${password}`, sealed])).code).toBe(0)
    expect((await place.run(["key", "thumbprint", sealed])).code).toBe(6)
    expect(
      (await place.run(["key", "thumbprint", "--passphrase", "env:WRONG", sealed], { env: { WRONG: "wrong" } })).code,
    ).toBe(6)
  })

  test.each([
    [["key", "generate"], 2],
    [["key", "generate", "--alg", "ES257"], 2],
    [["key", "generate", "--alg", "RS256", "--bits", "1024"], 2],
    [["key", "generate", "--alg", "HS256", "--to", "pem"], 6],
    [["key"], 2],
  ] as [string[], number][])("%j ends with %i", async (args, code) => {
    expect((await place.run(args)).code).toBe(code)
  })
})

describe("keys in other forms", () => {
  test("the public half keeps the form of the key", async () => {
    expect(JSON.parse((await place.run(["key", "public", ecFile])).stdout)).toEqual(ec.toJSON())
    expect((await place.run(["key", "public", rsaFile])).stdout).toBe(rsa.toPem())
    expect((await place.run(["key", "public", secretFile])).code).toBe(6)
  })

  test("converts, and never drops a private half unasked", async () => {
    expect((await place.run(["key", "convert", "--to", "spki", ecFile])).code).toBe(2)
    expect((await place.run(["key", "convert", "--to", "spki", "--public", ecFile])).stdout).toBe(ec.toPem())
    const der = join(place.folder, "ec.der")
    expect((await place.run(["key", "convert", "--to", "der", ecFile, "-o", der])).code).toBe(0)
    expect((await place.run(["key", "match", der, ecPublic])).code).toBe(0)
    expect((await place.run(["key", "convert", "--to", "pem", secretFile])).code).toBe(6)
  })

  test("compares pairs and secrets", async () => {
    expect((await place.run(["key", "match", rsaFile, rsaPublic])).stdout).toBe("the same key\n")
    expect(await place.run(["key", "match", "--json", rsaFile, ecFile])).toMatchObject({
      code: 1,
      json: { code: "negative", match: false },
    })
    expect((await place.run(["key", "match", secretFile, secretFile])).code).toBe(0)
  })

  test("tells what a key is, and its thumbprint, never its secret", async () => {
    const { json } = await place.run(["key", "inspect", "--json", ecFile])
    expect(json?.keys).toEqual([
      { form: "jwk", kind: "private", kty: "EC", crv: "P-256", alg: "ES256", kid: "ec-1", thumbprint: ec.thumbprint() },
    ])
    expect((await place.run(["key", "thumbprint", ecPublic])).stdout).toBe(`${ec.thumbprint()}\n`)
    expect((await place.run(["key", "inspect", secretFile])).stdout).toContain("secret")
  })

  test("warns of a private key that others can read", async () => {
    const { chmodSync } = await import("node:fs")
    const open = place.file("open.pem", rsa.toPrivatePem())
    chmodSync(open, 0o644)
    expect((await place.run(["key", "thumbprint", open])).stderr).toContain("others can read it")
  })
})

describe("key sets", () => {
  const set = join(place.folder, "set.json")

  test("hold public halves, each with a kid, and no secrets", async () => {
    expect((await place.run(["jwks", "build", ecFile, rsaFile, "-o", set])).code).toBe(0)
    const { keys } = JSON.parse(readFileSync(set, "utf8"))
    expect(keys.map(({ kid, d }: { kid: string; d?: string }) => [kid, d])).toEqual([
      ["ec-1", undefined],
      [rsa.thumbprint(), undefined],
    ])
    expect((await place.run(["jwks", "build", secretFile])).code).toBe(6)
    expect(JwkSet.from(readFileSync(set, "utf8")).size).toBe(2)
  })

  test("are changed, listed and looked at", async () => {
    const more = place.file("more.jwk", JSON.stringify(Jwk.generate("ES256", { keyId: "ec-2" })))
    const added = await place.run(["jwks", "add", set, more])
    expect(added.json?.keys.map(({ kid }) => kid)).toEqual(["ec-1", rsa.thumbprint(), "ec-2"])
    expect((await place.run(["jwks", "add", set, ecFile])).code).toBe(6)
    expect((await place.run(["jwks", "remove", set, "ec-1"])).json?.keys).toHaveLength(1)
    expect((await place.run(["jwks", "remove", set, "ec-9"])).code).toBe(6)
    expect((await place.run(["jwks", "get", set, "ec-1"])).json).toEqual(ec.toJSON())
    expect((await place.run(["jwks", "list", set])).stdout.split("\n")).toHaveLength(4)
    expect(
      (
        await place.run([
          "jwks",
          "lint",
          "--json",
          place.file("leak.json", JSON.stringify({ keys: [ec.toPrivateJSON()] })),
        ])
      ).json,
    ).toMatchObject({ code: "lint" })
  })
})

describe("encryption", () => {
  test.each([
    ["RSA-OAEP-256", ["--key", rsaPublic], ["--key", rsaFile]],
    ["PBES2-HS512+A256KW", ["--password", `@${password}`], ["--password", `@${password}`]],
    ["dir", ["--secret-file", place.file("k32", "x".repeat(32))], ["--secret-file", join(place.folder, "k32")]],
  ])("%s: there and back", async (algorithm, to, from) => {
    const made = await place.run(["encrypt", ...to, "--alg", algorithm, "--claims", '{"n":1.0}', "--no-iat", "-q"])
    expect(made.stdout).toMatch(/^(?:[\w-]*\.){4}[\w-]+\n$/)
    const opened = await place.run(["decrypt", ...from, "--alg", algorithm, "-q"], { input: made.stdout })
    expect(opened).toMatchObject({ code: 0, stdout: '{\n  "n": 1.0\n}\n' })
    expect((await place.run(["verify", "--json", "--key", ecPublic], { input: made.stdout })).json).toMatchObject({
      code: "input",
    })
    expect((await place.run(["decode", "--json"], { input: made.stdout })).json).toMatchObject({
      ok: true,
      header: { alg: algorithm },
      payload: null,
    })
  })

  test("for several recipients, in the general serialization", async () => {
    const made = await place.run(["encrypt", "--key", rsaPublic, "--password", `@${password}`, "--claims", "{}", "-q"])
    expect(made.code).toBe(2)
    const other = Jwk.generate("RSA-OAEP-256")
    const both = await place.run([
      "encrypt",
      "--key",
      rsaPublic,
      "--key",
      place.file("other.jwk", JSON.stringify(other)),
      "--alg",
      "RSA-OAEP-256",
      "--claims",
      "{}",
      "-q",
    ])
    expect(both.json?.recipients).toHaveLength(2)
    expect((await place.run(["decrypt", "--key", rsaFile, "--alg", "RSA-OAEP-256"], { input: both.stdout })).code).toBe(
      0,
    )
  })

  test("a token in a token comes out as it is", async () => {
    const made = await place.run(
      ["encrypt", "--key", rsaPublic, "--alg", "RSA-OAEP-256", "--as-is", "--header", "cty=JWT", "-"],
      { input: token },
    )
    expect(
      (await place.run(["decrypt", "-q", "--key", rsaFile, "--alg", "RSA-OAEP-256"], { input: made.stdout })).stdout,
    ).toBe(`${token}\n`)
  })

  const refused: [name: string, code: string, exit: number, args: string[], input?: string][] = [
    ["a JWS", "input", 3, ["decrypt", "--key", rsaFile, "--alg", "RSA-OAEP-256", token]],
    ["a public key", "key", 6, ["decrypt", "--key", rsaPublic, "--alg", "RSA-OAEP-256"], jwe],
    [
      "another key",
      "key",
      6,
      ["decrypt", "--key", place.file("o.pem", Jwk.generate("RS256").toPrivatePem()), "--alg", "RSA-OAEP-256"],
      jwe,
    ],
    ["another algorithm", "key", 6, ["decrypt", "--key", rsaFile, "--alg", "RSA-OAEP"], jwe],
    ["no algorithm", "usage", 2, ["decrypt", "--key", rsaFile], jwe],
    ["no key", "usage", 2, ["decrypt"], jwe],
    ["a password in words", "usage", 2, ["decrypt", "--password", SECRETS.password], jwe],
    ["an RSA key without an algorithm", "usage", 2, ["encrypt", "--key", rsaPublic, "--claims", "{}"]],
    ["an unknown algorithm", "usage", 2, ["encrypt", "--key", rsaPublic, "--alg", "RSA1_5", "--claims", "{}"]],
  ]
  test("bounds the work that a token asks for, and what comes out of it", async () => {
    const bomb = encryptJwe("a".repeat(400_000), Jwk.fromPem(rsa.toPem()), {
      algorithm: "RSA-OAEP",
      encryption: "A128GCM",
      zip: true,
    })
    const [head = "", ...rest] = String(
      encryptJwe("a", SECRETS.password, { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM", pbes2Count: 1000 }),
    ).split(".")
    const slow = [
      Buffer.from(Buffer.from(head, "base64url").toString().replace("1000", "9999999")).toString("base64url"),
      ...rest,
    ].join(".")
    for (const [token, key] of [
      [String(bomb), ["--key", rsaFile, "--alg", "RSA-OAEP"]],
      [slow, ["--password", `@${password}`]],
    ] as const)
      expect(await place.run(["decrypt", "--json", ...key], { input: token })).toMatchObject({
        code: 6,
        json: { code: "key", reason: "decryption_limit" },
      })
  })

  test.each(refused)("%s: %s", async (_, code, exit, args, input = "") => {
    expect(await place.run([...args, "--json"], { input })).toMatchObject({ code: exit, json: { ok: false, code } })
  })
})

test("fixtures: what to accept and what to refuse, and verify agrees with all of it", async () => {
  const policy = place.file(
    "policy.json",
    '{"algorithms":["ES256"],"issuer":"https://issuer.example","audience":"api"}',
  )
  const args = ["fixtures", "--key", ecFile, "--policy", policy, ...AT]
  const { json, code } = await place.run([...args, "--json"])
  expect(code).toBe(0)
  expect(json?.fixtures.length).toBeGreaterThan(60)
  expect(json?.fixtures[0]).toEqual({
    name: "good",
    token: expect.any(String),
    expect: "accept",
    code: "ok",
    reason: "a good token",
  })
  const folder = join(place.folder, "fixtures")
  expect((await place.run([...args, "--out", folder])).stdout).toBe("")
  expect(readdirSync(folder)).toContain("fixtures.json")
  for (const name of ["good", "expired", "alg-none", "signature-bit"]) {
    const wanted = json?.fixtures.find((one) => one.name === name)?.code
    expect(wanted).toEqual(expect.any(String))
    const tested = await place.run([
      "policy",
      "test",
      "--json",
      "--policy",
      policy,
      "--key",
      ecPublic,
      ...AT,
      `@${join(folder, `${name}.jwt`)}`,
    ])
    expect([name, tested.json?.code]).toEqual([name, wanted])
  }
})

test("policy init begins a policy that policy test takes", async () => {
  const draft = join(place.folder, "draft.json")
  expect((await place.run(["policy", "init", "-o", draft, token])).code).toBe(0)
  expect(JSON.parse(readFileSync(draft, "utf8"))).toEqual({ algorithms: ["ES256"], typ: "JWT", require: ["exp"] })
  expect((await place.run(["policy", "test", "--policy", draft, "--key", ecPublic, ...AT, token])).code).toBe(0)
  expect((await place.run(["policy", "test", "--key", ecPublic, token])).code).toBe(2)
})

test("diff tells what two tokens say differently", async () => {
  const other = encode({ sub: "bob", iat: NOW, exp: NOW + 60 }, ec)
  const { json, code } = await place.run(["diff", "--json", token, other])
  expect([code, json?.code]).toEqual([1, "negative"])
  expect(json?.differences[0]).toEqual({ path: "/payload/sub", kind: "changed", before: '"alice"', after: '"bob"' })
  expect((await place.run(["diff", token, token])).code).toBe(0)
})

test("scan tells where tokens are, never what they are", async () => {
  const log = place.file("app.log", `line one\nAuthorization: Bearer ${token}\n`)
  const { json, code, stdout } = await place.run(["scan", "--json", log])
  expect([code, json?.tokens]).toEqual([
    10,
    [{ file: log, line: 2, column: 23, kind: "jwt", alg: "ES256", characters: token.length }],
  ])
  expect(stdout).not.toContain(token.slice(0, 30))
  expect((await place.run(["scan", place.file("clean.log", "nothing\n")])).code).toBe(0)
})

test("edit signs what the editor left, and leaves no file", async () => {
  const script = place.file(
    "editor.mjs",
    'import fs from "node:fs"; const f = process.argv[2]; fs.writeFileSync("seen.txt", f); fs.writeFileSync(f, fs.readFileSync(f, "utf8").replace("alice", "bob"))',
  )
  const env = { EDITOR: `"${process.execPath}" "${script}"` }
  const { stdout, code } = await place.run(["edit", "--key", ecFile, token], { env })
  expect(code).toBe(0)
  verifyJws(stdout.trim(), ec.publicKey())
  expect(decodeUnverified(stdout.trim()).payload).toMatchObject({ sub: "bob", exp: NOW + 60 })
  expect(existsSync(readFileSync(join(place.folder, "seen.txt"), "utf8"))).toBe(false)
  expect((await place.run(["edit", "--key", ecFile, token], { env: { EDITOR: "false" } })).code).toBe(8)
  expect((await place.run(["edit", "--key", ecFile, token])).code).toBe(2)
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
