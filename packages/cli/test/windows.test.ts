/** Text and lines as Windows has them: PowerShell writes UTF-16 with a mark, editors write CRLF, and single quotes quote nothing. */
import { encode, encryptJwe, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const token = encode({ sub: "alice", exp: 1_700_003_600 }, SECRETS.good, { algorithm: "HS256" })
const AT = ["--at", "1700000000"]

/** As it stands in a file. */
const ENCODINGS: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ["UTF-16, little end first", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16, big end first", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ["UTF-8 with a mark", (text) => Buffer.from(`\ufeff${text}`)],
  ["UTF-8", (text) => Buffer.from(text)],
]

describe.each(ENCODINGS)("%s", (name, written) => {
  const secret = place.file("secret.txt", SECRETS.good)
  const verify = ["verify", "-q", ...AT, "--secret-file", secret, "--alg", "HS256"]
  const file = (text: string) => place.file(`${name}.txt`, written(text))

  test("a token, from stdin and from a file", async () => {
    expect((await place.run([...verify, "-"], { input: written(`${token}\r\n`) })).code).toBe(0)
    expect((await place.run([...verify, `@${file(`${token}\r\n`)}`])).code).toBe(0)
  })

  test("claims, a policy and a draft", async () => {
    const sign = ["sign", "-q", "--secret-file", secret, "--alg", "HS256", "--no-exp"]
    const claims = await place.run([...sign, `@${file('{\r\n  "sub": "王小明"\r\n}\r\n')}`])
    const [, payload = ""] = claims.stdout.split(".")
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ sub: "王小明" })
    const policy = file('{\r\n  "algorithms": ["HS256"]\r\n}\r\n')
    expect((await place.run(["verify", "-q", ...AT, "--secret-file", secret, "--policy", policy, token])).code).toBe(0)
    const draft = await place.run([...sign, "--from-json", file('{"header":{},"payload":{"sub":"bob"}}\r\n')])
    expect(draft.code).toBe(0)
  })

  test("a secret that is written in letters, and a password", async () => {
    const letters = file(`${Buffer.from(SECRETS.good).toString("hex")}\r\n`)
    const args = ["verify", "-q", ...AT, "--secret-file", letters, "--secret-encoding", "hex", "--alg", "HS256", token]
    expect(await place.run(args)).toMatchObject({ code: 0, stderr: "" })
    const settings = { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM" } as const
    const locked = encryptJwe('{"sub":"alice"}', SECRETS.password, settings)
    expect((await place.run(["decrypt", "--password", `@${file(`${SECRETS.password}\r\n`)}`, locked])).code).toBe(0)
  })

  test("a secret stays its bytes, and a mark in it is told", async () => {
    const bytes = written(SECRETS.good)
    const signed = encode({ sub: "alice" }, bytes, { algorithm: "HS256" })
    const args = ["verify", "--secret-file", place.file("bytes.txt", bytes), "--alg", "HS256", signed]
    const { code, stderr } = await place.run(args)
    expect(code).toBe(0)
    expect(stderr.includes("begins with a mark")).toBe(name !== "UTF-8")
  })
})

test("keys have lines that end as on Windows", async () => {
  const key = Jwk.generate("ES256")
  const signed = encode({ sub: "alice" }, key, { algorithm: "ES256" })
  const pem = place.file("public.pem", key.publicKey().toPem().replaceAll("\n", "\r\n"))
  const jwk = place.file("public.jwk", JSON.stringify(key.publicKey().toJSON(), undefined, 2).replaceAll("\n", "\r\n"))
  for (const file of [pem, jwk])
    expect((await place.run(["verify", "-q", "--alg", "ES256", "--key", file, signed])).code).toBe(0)
})

test("a path with backslashes is a path", async () => {
  const missing = await place.run(["decode", "@C:\\tokens\\token.txt"])
  expect(missing).toMatchObject({ code: 8, stderr: expect.stringContaining("C:\\tokens\\token.txt") })
  const key = await place.run(["verify", "--key", "C:\\keys\\public.pem", token])
  expect(key).toMatchObject({ code: 8, stderr: expect.stringContaining("C:\\keys\\public.pem") })
})
