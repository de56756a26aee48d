/** Keys in every form that people have them in, from every place, and what is said of them. */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"
import { CERTIFICATE, CERTIFIED_KEY, OPENSSH, OPENSSH_ENCRYPTED } from "./key-fixtures.ts"

const place = new Place()
const password = place.file("password.txt", `${SECRETS.password}\n`)
const wrong = place.file("wrong.txt", "wrong\n")
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
const pss = generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).privateKey
const [rsaKey, ecKey] = [Jwk.from(rsa), Jwk.from(ec)]
const sealing = { cipher: "aes-256-cbc", passphrase: SECRETS.password } as const
const rsaFile = place.file("rsa.pem", rsa.export({ type: "pkcs8", format: "pem" }))
const ecFile = place.file("ec.jwk", JSON.stringify(ecKey.toPrivateJSON()))

/** What `key thumbprint` says of a file. */
async function thumbprintOf(file: string, ...args: string[]): Promise<string> {
  return (await place.run(["key", "thumbprint", "-q", ...args, file])).stdout.trim()
}

describe("keys are read by what they hold", () => {
  const forms: [name: string, content: string | Uint8Array, key: Jwk, ...args: string[]][] = [
    ["PKCS#1", rsa.export({ type: "pkcs1", format: "pem" }), rsaKey],
    ["PKCS#1 in DER", rsa.export({ type: "pkcs1", format: "der" }), rsaKey],
    ["SEC 1", ec.export({ type: "sec1", format: "pem" }), ecKey],
    ["SEC 1 in DER", ec.export({ type: "sec1", format: "der" }), ecKey],
    ["PKCS#8 in DER", rsa.export({ type: "pkcs8", format: "der" }), rsaKey],
    [
      "encrypted PKCS#8",
      rsa.export({ type: "pkcs8", format: "pem", ...sealing }),
      rsaKey,
      "--passphrase",
      `@${password}`,
    ],
    [
      "encrypted PKCS#8 in DER",
      rsa.export({ type: "pkcs8", format: "der", ...sealing }),
      rsaKey,
      "--passphrase",
      `@${password}`,
    ],
    [
      "encrypted PKCS#1",
      rsa.export({ type: "pkcs1", format: "pem", ...sealing }),
      rsaKey,
      "--passphrase",
      `@${password}`,
    ],
    ["a certificate", CERTIFICATE, Jwk.fromPem(CERTIFIED_KEY)],
    ["a chain of certificates", CERTIFICATE + CERTIFICATE, Jwk.fromPem(CERTIFIED_KEY)],
    ["lines of Windows behind a byte order mark", `\ufeff${rsaKey.toPem().replaceAll("\n", "\r\n")}`, rsaKey],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\ufeff${rsaKey.toPem()}`, "utf16le"), rsaKey],
    ...OPENSSH.map(([block, line], index): [string, string, Jwk] => [`OpenSSH ${index}`, block, Jwk.fromPem(line)]),
  ]
  test.each(forms)("%s", async (name, content, key, ...args) => {
    expect(await thumbprintOf(place.file(`form-${name.length}`, content), ...args)).toBe(key.thumbprint())
  })

  test("several public keys in one file are several", async () => {
    const bundle = place.file("bundle.pem", rsaKey.toPem() + ecKey.toPem())
    expect((await thumbprintOf(bundle)).split("\n")).toEqual([rsaKey.thumbprint(), ecKey.thumbprint()])
    const lines = place.file("authorized_keys", OPENSSH.map(([, line]) => line).join(""))
    expect((await thumbprintOf(lines)).split("\n")).toHaveLength(2)
  })

  test("numbers that no key has are no key, and nothing is computed with them", async () => {
    const field = (bytes: Buffer | string) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), Buffer.from(bytes)])
    const one = field(Buffer.from([1]))
    const numbers = [0, 0, 0, 1, 0, 0, 0, 1]
    const secret = Buffer.concat([Buffer.from(numbers), field("ssh-rsa"), ...Array.from({ length: 6 }, () => one)])
    const head = [Buffer.from("openssh-key-v1\0"), field("none"), field("none"), field(""), Buffer.from([0, 0, 0, 1])]
    const body = Buffer.concat([...head, field(""), field(secret)]).toString("base64")
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`
    expect(await place.run(["key", "inspect", "--json", place.file("ones", text)])).toMatchObject({ code: 3 })
  })

  test("an RSASSA-PSS key signs and verifies, though it cannot be a JWK", async () => {
    const file = place.file("pss.pem", pss.export({ type: "pkcs8", format: "pem" }))
    const signed = await place.run(["sign", "--key", file, "--alg", "PS256", "--claim", "a=b", "--no-exp"])
    expect((await place.run(["verify", "--key", file, "--alg", "PS256"], { input: signed.stdout })).code).toBe(0)
    expect(await place.run(["key", "convert", "--json", "--to", "jwk", file])).toMatchObject({ code: 6 })
  })
})

describe("encrypted keys", () => {
  test.each([
    ["pem", "BEGIN ENCRYPTED PRIVATE KEY"],
    ["pkcs8", "BEGIN ENCRYPTED PRIVATE KEY"],
    ["jwk", "eyJ"],
    ["jwks", "eyJ"],
    ["der", ""],
  ])("%s: sealed with a new passphrase, opened with it and no other", async (to, beginning) => {
    const sealed = join(place.folder, `sealed.${to}`)
    const args = ["key", "convert", "--to", to, "--new-passphrase", `@${password}`, "-o", sealed]
    expect((await place.run([...args, ecFile])).code).toBe(0)
    expect(statSync(sealed).mode & 0o777).toBe(0o600)
    expect(readFileSync(sealed, "latin1")).toContain(beginning)
    expect(await thumbprintOf(sealed, "--passphrase", `@${password}`)).toBe(ecKey.thumbprint())
    const refusals = [["--passphrase", `@${wrong}`], []]
    const reasons = refusals.map(async (args) => {
      const { code, json } = await place.run(["key", "thumbprint", "--json", ...args, sealed])
      return [code, json?.code]
    })
    expect(await Promise.all(reasons)).toEqual([
      [6, "key"],
      [6, "key"],
    ])
  })

  test.each([
    ["a form without encryption", ["key", "convert", "--to", "sec1", "--new-passphrase", `@${password}`, ecFile], 2],
    ["a public key", ["key", "convert", "--to", "jwk", "--public", "--new-passphrase", `@${password}`, ecFile], 2],
    ["an empty passphrase", ["key", "generate", "--alg", "ES256", "--passphrase", "env:EMPTY"], 6],
    ["a passphrase in words", ["key", "generate", "--alg", "ES256", "--passphrase", SECRETS.password], 2],
    ["OpenSSH's own encryption", ["key", "inspect", place.file("bcrypt", OPENSSH_ENCRYPTED)], 6],
  ] as [string, string[], number][])("%s is refused", async (_, args, code) => {
    expect(await place.run(args, { env: { EMPTY: "" } })).toMatchObject({ code, stdout: "" })
  })
})

describe("key convert", () => {
  const conversions: [to: string, file: string, key: Jwk][] = [
    ["pkcs1", rsaFile, rsaKey],
    ["sec1", ecFile, ecKey],
    ["openssh", rsaFile, rsaKey],
    ["openssh", ecFile, ecKey],
    ["der", ecFile, ecKey],
    ["jwks", rsaFile, rsaKey],
  ]
  test.each(conversions)("%s from %s, and back: the same private key", async (to, file, key) => {
    const there = join(place.folder, `there-${key.keyType}.${to}`)
    expect((await place.run(["key", "convert", "--to", to, file, "-o", there])).code).toBe(0)
    const back = join(place.folder, `back-${key.keyType}-${to}.jwk`)
    expect((await place.run(["key", "convert", "--to", "jwk", there, "-o", back])).code).toBe(0)
    const { d, thumbprint } = { d: key.toPrivateJSON()["d"], thumbprint: key.thumbprint() }
    const found = Jwk.from(readFileSync(back, "utf8"))
    expect({ d: found.toPrivateJSON()["d"], thumbprint: found.thumbprint() }).toEqual({ d, thumbprint })
  })

  test("the line of OpenSSH is the one that ssh-keygen writes", async () => {
    for (const [block, line] of OPENSSH) {
      const { stdout } = await place.run(["key", "public", place.file("ssh", block)])
      expect(stdout).toBe(`${line.split(" ").slice(0, 2).join(" ")}\n`)
    }
  })

  test.each([
    ["sec1", rsaFile],
    ["pkcs1", ecFile],
    ["openssh", place.file("k1.jwk", JSON.stringify(Jwk.generate("ES256K").toPrivateJSON()))],
    ["pkcs8", place.file("open.pem", rsaKey.toPem())],
  ])("%s of a key that has no such form is refused", async (to, file) => {
    expect(await place.run(["key", "convert", "--to", to, file])).toMatchObject({ code: 6, stdout: "" })
  })

  test("a key of a set that cannot be used is named, not dropped without a word", async () => {
    const set = place.file("half.json", JSON.stringify({ keys: [{ kty: "EC", crv: "P-256" }, ecKey.toJSON()] }))
    const { stderr, json } = await place.run(["key", "convert", "--to", "jwks", set])
    expect(stderr).toContain("key 1 is left out")
    expect(json?.keys).toHaveLength(1)
  })
})

describe("key generate", () => {
  test.each([
    [["--kty", "EC"], { kty: "EC", crv: "P-256" }],
    [["--crv", "secp256k1"], { kty: "EC", crv: "secp256k1" }],
    [["--crv", "Ed448"], { kty: "OKP", crv: "Ed448" }],
    [["--crv", "X25519"], { kty: "OKP", crv: "X25519" }],
    [["--alg", "ECDH-ES+A128KW", "--crv", "X448"], { kty: "OKP", crv: "X448", alg: "ECDH-ES+A128KW" }],
    [["--kty", "RSA", "--bits", "2056"], { kty: "RSA", bits: 2056 }],
    [["--kty", "oct", "--bits", "384"], { kty: "oct", bits: 384 }],
    [["--alg", "HS512"], { kty: "oct", bits: 512, alg: "HS512" }],
    [["--alg", "A192GCMKW"], { kty: "oct", bits: 192 }],
  ] as [string[], object][])("%j", async (args, expected) => {
    const made = await place.run(["key", "generate", ...args, "-q"], { printsKeys: true })
    const { json } = await place.run(["key", "inspect", "--json", "-"], { input: made.stdout })
    expect(json?.keys).toEqual([expect.objectContaining(expected)])
    if (!args.includes("--alg")) expect(made.stdout).not.toContain('"alg"')
  })

  test.each([
    ["thumbprint", /^[\w-]{43}$/],
    ["date", /^\d{4}-\d\d-\d\d$/],
    ["random", /^[\da-f-]{36}$/],
    ["my key", /^my key$/],
  ])("--kid %s", async (kid, expected) => {
    const [secret, open] = [join(place.folder, `${kid}.jwk`), join(place.folder, `${kid}.pub`)]
    const args = ["key", "generate", "--alg", "ES256", "--kid", kid, "--out-private", secret, "--out-public", open]
    const { code, json } = await place.run([...args, "--json"])
    expect([code, json]).toMatchObject([0, { private: secret, public: open, kid: expect.stringMatching(expected) }])
    expect(json).not.toHaveProperty("key")
    const [key, half] = [Jwk.from(readFileSync(secret, "utf8")), Jwk.from(readFileSync(open, "utf8"))]
    expect(half.toJSON()).toEqual(key.toJSON())
    if (kid === "thumbprint") expect(key.keyId).toBe(key.thumbprint())
    expect([secret, open].map((file) => statSync(file).mode & 0o077)).toEqual([0, expect.any(Number)])
  })

  test("writes both halves or none, and over nothing", async () => {
    const [secret, open] = [join(place.folder, "new.pem"), place.file("there.pem", "kept")]
    const args = ["key", "generate", "--alg", "ES256", "--to", "pem", "--out-private", secret, "--out-public", open]
    expect(await place.run(args)).toMatchObject({ code: 8, stdout: "" })
    expect([existsSync(secret), readFileSync(open, "utf8")]).toEqual([false, "kept"])
    expect((await place.run([...args, "--force"])).code).toBe(0)
    expect(readFileSync(open, "utf8")).toContain("BEGIN PUBLIC KEY")
  })

  test("over a file that others could read, the new key is its owner's alone", async () => {
    const file = place.file("was-open.jwk", "old")
    chmodSync(file, 0o644)
    expect((await place.run(["key", "generate", "--alg", "ES256", "-o", file, "--force"])).code).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test.each([
    [["--alg", "none"], 2],
    [["--alg", "ES256", "--kty", "RSA"], 2],
    [["--alg", "ES256", "--crv", "P-384"], 2],
    [["--kty", "EC", "--crv", "Ed25519"], 2],
    [["--kty", "RSA", "--crv", "P-256"], 2],
    [["--kty", "DSA"], 2],
    [["--alg", "ES256", "--bits", "2048"], 2],
    [["--kty", "oct", "--bits", "129"], 2],
    [["--alg", "HS512", "--bits", "256"], 6],
    [["--alg", "HS256", "--kid", "thumbprint"], 2],
    [["--alg", "HS256", "--out-private", "s", "--out-public", "p"], 6],
    [["--alg", "ES256", "--out-private", "a", "-o", "b"], 2],
    [["--alg", "ES256", "--out-private", "a", "--out-public", "a"], 2],
    [["--alg", "ES256", "--to", "pkcs1"], 6],
  ] as [string[], number][])("%j ends with %i, and leaves no file", async (args, code) => {
    expect(await place.run(["key", "generate", ...args])).toMatchObject({ code, stdout: "" })
    expect(["s", "p", "a", "b"].filter((name) => existsSync(join(place.folder, name)))).toEqual([])
  })
})

describe("key inspect and match", () => {
  test("tells of a certificate whose it is and how long it lasts", async () => {
    const file = place.file("certificate.pem", CERTIFICATE)
    const { json, code } = await place.run(["key", "inspect", "--json", file])
    expect([code, json]).toMatchObject([
      0,
      {
        keys: [{ form: "certificate", kind: "public", thumbprint: Jwk.fromPem(CERTIFIED_KEY).thumbprint() }],
        certificates: [
          {
            subject: "CN=例子.example",
            san: "DNS:a.example, DNS:b.example",
            from: "2020-01-01T00:00:00.000Z",
            to: "2021-01-01T00:00:00.000Z",
            status: "expired",
          },
        ],
      },
    ])
    expect((await place.run(["key", "inspect", file])).stderr).toContain("has expired")
    expect((await place.run(["key", "match", file, place.file("certified.pem", CERTIFIED_KEY)])).code).toBe(0)
  })

  test("names what is weak", async () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey
    const file = place.file("weak.pem", weak.export({ type: "spki", format: "pem" }))
    const { json } = await place.run(["key", "inspect", "--json", file])
    expect(json?.findings).toEqual([expect.objectContaining({ id: "KEY-WEAK-RSA" })])
    const short = JSON.stringify({ kty: "oct", k: "c2hvcnQ", alg: "HS256" })
    expect((await place.run(["key", "inspect", place.file("short.jwk", short)])).stderr).toContain("asks for 256")
  })
})

describe("places of keys", () => {
  const print = ecKey.thumbprint()

  test("a link, the environment, stdin, a descriptor, JSON as it stands", async () => {
    const link = join(place.folder, "link.jwk")
    symlinkSync(ecFile, link)
    expect(await thumbprintOf(link)).toBe(print)
    const env = { KEY: readFileSync(ecFile, "utf8") }
    expect((await place.run(["key", "thumbprint", "env:KEY"], { env })).stdout.trim()).toBe(print)
    expect((await place.run(["key", "thumbprint"], { input: env.KEY })).stdout.trim()).toBe(print)
    const literal = await place.run(["key", "thumbprint", env.KEY])
    expect([literal.stdout.trim(), literal.stderr]).toEqual([print, expect.stringContaining("list of processes")])
    const shell = `exec "${process.execPath}" "${main}" key thumbprint fd:7 7<"${ecFile}"`
    expect(execFileSync("bash", ["-c", shell], { encoding: "utf8" }).trim()).toBe(print)
  })

  test("a named pipe is read when someone writes to it, and Ctrl-C ends the wait", async () => {
    const pipe = join(place.folder, "pipe")
    execFileSync("bash", ["-c", `mkfifo "${pipe}"`])
    const reading = place.run(["key", "thumbprint", pipe])
    writeFileSync(pipe, readFileSync(ecFile))
    expect((await reading).stdout.trim()).toBe(print)
    // It warns of the first key before it waits for the second, so that the signal finds it waiting.
    const [first, token] = [readFileSync(ecFile, "utf8"), "e30.e30.AA"]
    const child = spawn(process.execPath, [main, "verify", "--key", first, "--key", pipe, token])
    await once(child.stderr, "data")
    child.kill("SIGINT")
    expect(await once(child, "close")).toEqual([130, null])
  })

  test.skipIf(process.platform === "win32")(
    "a pipe behind a descriptor is read, and Ctrl-C ends the wait",
    async () => {
      const shell = (line: string) => ["-c", line, process.execPath, main, ecFile, join(place.folder, "held")]
      const read = shell('exec "$0" "$1" key thumbprint fd:7 7< <(cat "$2")')
      expect(execFileSync("bash", read, { encoding: "utf8" }).trim()).toBe(print)
      // As above; the shell keeps the pipe open, and nobody writes.
      const wait = 'mkfifo "$3"; exec "$0" "$1" verify --key "$(cat "$2")" --key fd:7 e30.e30.AA 7<>"$3"'
      const child = spawn("bash", shell(wait), { stdio: ["ignore", "ignore", "pipe"] })
      await once(child.stderr, "data")
      child.kill("SIGINT")
      expect(await once(child, "close")).toEqual([130, null])
    },
  )

  test.runIf(process.platform === "linux")(
    "a pipe that only the program itself could write to is not waited for",
    () => {
      const line = 'exec "$0" "$1" decode -q fd:7 7<> <(:)'
      const how = { encoding: "utf8", timeout: 60_000, killSignal: "SIGKILL" } as const
      const { status, stderr } = spawnSync("bash", ["-c", line, process.execPath, main], how)
      expect([status, stderr]).toEqual([2, expect.stringContaining("fd: wants the number of an open descriptor")])
    },
  )

  test.each([
    ["a folder", () => mkdirSync(join(place.folder, "folder.d")), "folder.d", 8],
    ["nothing", () => undefined, "./missing.pem", 8],
    ["a link to nothing", () => symlinkSync("nowhere", join(place.folder, "dangling.pem")), "./dangling.pem", 8],
    ["an empty file", () => place.file("empty.pem", ""), "empty.pem", 3],
    ["a file without end", () => undefined, "/dev/zero", 3],
  ] as [string, () => unknown, string, number][])("%s is a clear error", async (_, prepare, name, code) => {
    prepare()
    const { stderr, ...result } = await place.run(["key", "inspect", name])
    expect([result.code, result.stdout]).toEqual([code, ""])
    expect(stderr).toContain(name)
  })

  test.each([
    ['{"kty":"RSA","n":"AA","e":"AQAB"}', "cannot be used: the JWK breaks the rules for its type"],
    ["-----BEGIN PUBLIC KEY-----\nAAAA\n", "cannot be used: the key cannot be read"],
    ['{"sub":"alice"}', "there is no key in"],
  ])("a broken key is told from none: %s", async (input, message) => {
    const { code, stderr } = await place.run(["key", "inspect", "-"], { input })
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)])
  })

  test("a key where its file is meant is not repeated", async () => {
    const text = rsa.export({ type: "pkcs8", format: "pem" }).toString()
    expect(await place.run(["key", "inspect", "--", text])).toMatchObject({ code: 8, stdout: "" })
    expect(await place.run(["verify", `--key=${text}`, "e30.e30.AA"])).toMatchObject({ code: 8, stdout: "" })
  })

  test("a secret that others can read is told of as a private key is", async () => {
    const open = place.file("secret-open.jwk", JSON.stringify(Jwk.generate("HS256").toPrivateJSON()))
    chmodSync(open, 0o644)
    expect((await place.run(["key", "inspect", open])).stderr).toContain("others can read it")
  })
})

test.skipIf(process.platform === "win32")("two names of one file are no place for both halves", async () => {
  const file = place.file("pair.jwk", "the old pair")
  for (const other of ["./pair.jwk", "pairs.jwk"]) {
    if (other === "pairs.jwk") symlinkSync("pair.jwk", join(place.folder, other))
    const names = ["--out-private", "pair.jwk", "--out-public", other]
    const { code, stderr } = await place.run(["key", "generate", "--alg", "ES256", "--force", ...names])
    expect([code, stderr, readFileSync(file, "utf8")]).toEqual([
      2,
      expect.stringContaining("are the same"),
      "the old pair",
    ])
  }
  expect(
    (await place.run(["key", "generate", "--alg", "ES256", "--out-private", "new", "--out-public", "./new"])).code,
  ).toBe(2)
  expect(existsSync(join(place.folder, "new"))).toBe(false)
})

describe("key sets", () => {
  test("the same key counts once, and two keys cannot share a kid", async () => {
    const named = (kid: string) =>
      place.file(`${kid}.jwk`, JSON.stringify(Jwk.generate("ES256", { keyId: "k" }).toPrivateJSON()))
    const [one, other] = [named("one"), named("other")]
    expect((await place.run(["jwks", "build", one, one])).json?.keys).toHaveLength(1)
    expect((await place.run(["jwks", "build", one, other])).code).toBe(6)
  })

  test("lint looks at sets in which nothing can be used, and counts as told", async () => {
    const secret = place.file("secrets.json", JSON.stringify({ keys: [{ kty: "oct", k: "c2VjcmV0" }] }))
    expect((await place.run(["jwks", "lint", "--json", secret])).json).toMatchObject({
      code: "lint",
      findings: [{ id: "JWKS-SYMMETRIC" }],
    })
    for (const [name, text, id] of [
      ["alone.jwk", JSON.stringify(ecKey.toPrivateJSON()), "KEY-PRIVATE-LEAK"],
      ["alone-secret.jwk", '{"kty":"oct","k":"c2VjcmV0"}', "KEY-PRIVATE-LEAK"],
      ["empty.json", '{"keys":[]}', "JWKS-EMPTY"],
    ] as const) {
      const { code, json } = await place.run(["jwks", "lint", "--json", place.file(name, text)])
      expect([code, json?.findings]).toEqual([10, [expect.objectContaining({ id, severity: "error" })]])
    }
    const empty = await place.run(["jwks", "lint", "--lang", "zh-Hant", "empty.json"])
    expect(empty.stdout).toContain("金鑰集是空的")
    const { keys } = { keys: [ecKey.toJSON(), Jwk.generate("Ed25519").toJSON()] }
    const file = place.file("unnamed.json", JSON.stringify({ keys }))
    expect((await place.run(["jwks", "lint", "--fail-on", "warning", file])).code).toBe(10)
    expect((await place.run(["jwks", "lint", place.file("none.json", "[]")])).code).toBe(3)
    const sarif = await place.run(["jwks", "lint", "--format", "sarif", secret])
    expect(sarif.json?.runs[0]?.results).toHaveLength(1)
  })
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
