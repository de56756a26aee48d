/** `jot verify`: what it says of every kind of token and key, and how it ends. */
import { generateKeyPairSync } from "node:crypto"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const secret = place.file("secret.txt", `${SECRETS.good}\n`)
const SECRET = ["--secret-file", secret, "--alg", "HS256"]

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
const rsaPublic = rsa.publicKey.export({ type: "spki", format: "pem" }).toString()
const rsaFile = place.file("rsa.pem", rsaPublic)
const ec = Jwk.generate("ES256", { keyId: "ec-1" })
const ecFile = place.file("ec.jwk", JSON.stringify(ec.publicKey()))
const jwks = place.file(
  "jwks.json",
  JSON.stringify({ keys: [Jwk.generate("ES256", { keyId: "ec-0" }).toJSON(), ec.toJSON()] }),
)

const sign = (claims: object, algorithm = "HS256") => encode(claims, SECRETS.good, { algorithm })
const good = sign({ sub: "alice", exp: NOW + 60, iat: NOW - 60 })
const withAudience = sign({ aud: "api", exp: NOW + 60 })
const byRsa = encode({ sub: "alice" }, rsa.privateKey, { algorithm: "RS256" })
const byEc = encode({ sub: "alice" }, ec)
const forged = `${good.slice(0, -2)}${good.endsWith("AA") ? "BB" : "AA"}`
const confused = encodeConfused()
const critical = signJws("{}", SECRETS.good, { algorithm: "HS256", header: { crit: ["x"], x: 1 } })

/** A token that an attacker makes with the text of a public key as secret. */
function encodeConfused(): string {
  return encode({ sub: "admin" }, new TextEncoder().encode(`${"x".repeat(32)}${SECRETS.other}`), { algorithm: "HS256" })
}

describe("ends as the table of exit statuses says", () => {
  const cases: [name: string, code: string, exit: number, args: string[]][] = [
    ["a good token", "ok", 0, [...SECRET, ...AT, good]],
    ["a good token and a policy that fits", "ok", 0, [...SECRET, ...AT, "--sub", "alice", "--max-age", "5m", good]],
    ["an audience that nobody checks", "ok", 0, [...SECRET, ...AT, withAudience]],
    ["an audience that nobody checks, strictly", "claims", 5, [...SECRET, ...AT, "--strict", withAudience]],
    ["the expected audience, strictly", "ok", 0, [...SECRET, ...AT, "--strict", "--aud", "api", withAudience]],
    ["another audience", "claims", 5, [...SECRET, ...AT, "--aud", "else", withAudience]],
    ["an expired token", "claims", 5, [...SECRET, "--at", String(NOW + 60), good]],
    ["an expired token within the leeway", "ok", 0, [...SECRET, "--at", String(NOW + 60), "--leeway", "1s", good]],
    ["a required claim that is missing", "claims", 5, [...SECRET, ...AT, "--require", "jti", good]],
    ["a changed signature", "signature", 4, [...SECRET, ...AT, forged]],
    ["another secret", "signature", 4, ["--secret-env", "OTHER", "--alg", "HS256", ...AT, good]],
    ["a key of another type", "key", 6, ["--key", ecFile, ...AT, good]],
    ["a public key for a token that says HS256", "key", 6, ["--key", rsaFile, ...AT, confused]],
    ["a public key for HS256", "key", 6, ["--key", rsaFile, "--alg", "HS256", ...AT, confused]],
    ["a public key as secret", "key", 6, ["--secret-file", rsaFile, "--alg", "HS256", ...AT, confused]],
    ["an algorithm that is not allowed", "key", 6, ["--secret-file", secret, "--alg", "HS512", ...AT, good]],
    ["an empty secret", "key", 6, ["--secret-file", place.file("empty.txt", ""), "--alg", "HS256", good]],
    ["no such kid", "key", 6, ["--key", jwks, encode({}, Jwk.generate("ES256", { keyId: "ec-9" }))]],
    ["an unknown critical extension", "negative", 1, [...SECRET, critical]],
    ["an RSA key and --alg", "ok", 0, ["--key", rsaFile, "--alg", "RS256", byRsa]],
    ["an RSA key and no --alg", "usage", 2, ["--key", rsaFile, byRsa]],
    ["a secret and no --alg", "usage", 2, ["--secret-file", secret, good]],
    ["none", "usage", 2, ["--secret-file", secret, "--alg", "none", good]],
    ["no key", "usage", 2, [good]],
    ["an unset variable", "usage", 2, ["--secret-env", "UNSET", "--alg", "HS256", good]],
    ["a prompt under --no-input", "usage", 2, ["--secret-prompt", "--no-input", "--alg", "HS256", good]],
    ["an http address elsewhere", "usage", 2, ["--key", "http://issuer.example/jwks", good]],
    ["an address under --offline", "network", 7, ["--offline", "--key", "https://issuer.example/jwks", good]],
    [
      "an unknown member in the policy",
      "usage",
      2,
      [...SECRET, "--policy", place.file("bad.json", '{"audiense":"x"}'), good],
    ],
    ["a key set", "ok", 0, ["--key", jwks, byEc]],
    ["a file without a key", "input", 3, ["--key", place.file("text.txt", "hello"), good]],
    ["four parts", "input", 3, [...SECRET, `${good}.x`]],
    ["no token", "input", 3, SECRET],
    [
      "a member that occurs twice",
      "input",
      3,
      [...SECRET, signJws('{"a":1,"a":2}', SECRETS.good, { algorithm: "HS256" })],
    ],
    ["text as payload", "ok", 0, [...SECRET, signJws("hello", SECRETS.good, { algorithm: "HS256" })]],
    [
      "text as payload, and a claim",
      "claims",
      5,
      [...SECRET, "--sub", "x", signJws("hello", SECRETS.good, { algorithm: "HS256" })],
    ],
    ["a file that is missing", "io", 8, ["--secret-file", "nowhere", "--alg", "HS256", good]],
    ["a secret where a file is meant", "io", 8, ["--key", SECRETS.good, "--alg", "HS256", good]],
    ["a folder as file", "io", 8, ["--secret-file", ".", "--alg", "HS256", good]],
  ]
  test.each(cases)("%s: %s", async (_, code, exit, args) => {
    const env = { OTHER: SECRETS.other }
    const json = await place.run(["verify", "--json", ...args], { env })
    expect([json.json?.code, json.code]).toEqual([code, exit])
    expect(json.json).toMatchObject({
      schema: 1,
      ok: code === "ok",
      checks: expect.any(Array),
      findings: expect.any(Array),
    })
    const text = await place.run(["verify", ...args], { env })
    expect(text.code).toBe(exit)
    if (exit !== 0) expect(text.stdout).toBe("")
    if (exit !== 0) expect(text.stderr).not.toBe("")
  })
})

test("prints the payload of a good token, and what holds beside it", async () => {
  const { stdout, stderr } = await place.run(["verify", ...SECRET, ...AT, good])
  expect(stdout).toBe('{\n  "sub": "alice",\n  "exp": 1700000060,\n  "iat": 1699999940\n}\n')
  expect(stderr.split("\n")).toEqual([
    "warning: neither an issuer nor an audience was expected (--iss, --aud): a token for anybody passes",
    "structure: the token is well made",
    "signature: the signature holds (HS256)",
    "key: a key fits (HS256)",
    "exp: not expired",
    "iat: issued in the past",
    "",
  ])
})

test("tells every check that fails, and no claim", async () => {
  const { json, stdout } = await place.run([
    "verify",
    "--json",
    ...SECRET,
    "--at",
    "@1800000000",
    "--iss",
    "x",
    "--sub",
    "y",
    good,
  ])
  const failed = json?.checks.filter((check) => check.status === "fail")
  expect(failed?.map((check) => check.id)).toEqual(["exp", "iss", "sub"])
  expect(json).toMatchObject({ verified: false })
  expect(json).not.toHaveProperty("payload")
  expect(stdout).not.toContain("alice")
  expect(stdout).not.toContain(good.split(".")[1])
})

test("says each time that a short secret is weak, and that an audience was not checked", async () => {
  const token = encode({ aud: "x" }, SECRETS.short, { algorithm: "HS256" })
  const { code, stderr } = await place.run(["verify", "--secret-env", "S", "--alg", "HS256", token], {
    env: { S: SECRETS.short },
  })
  expect(code).toBe(0)
  expect(stderr).toContain("warning: the key has 96 bits; HS256 asks for 256")
  expect(stderr).toContain("warning: aud: ")
})

test("warns of a secret on the command line, unless told not to", async () => {
  const args = ["verify", "--secret", SECRETS.good, "--alg", "HS256", ...AT, good]
  expect((await place.run(args)).stderr).toContain("list of processes")
  expect((await place.run([...args, "--allow-argv-secrets"])).stderr).not.toContain("list of processes")
})

test("takes the token from stdin, a file and the environment, with whatever is around it", async () => {
  const file = place.file("token.txt", `Authorization: Bearer ${good}\r\n`)
  const utf16 = Buffer.from(`\ufeff${good}\r\n`, "utf16le")
  for (const [args, options] of [
    [[], { input: `${good}\n` }],
    [["-"], { input: utf16 }],
    [[`@${file}`], {}],
    [["env:TOKEN"], { env: { TOKEN: good } }],
  ] as const)
    expect((await place.run(["verify", "-q", ...SECRET, ...AT, ...args], options)).stdout).toContain('"alice"')
})

test("verifies a batch line by line, and ends with the worst", async () => {
  const { stdout, code } = await place.run(["verify", "--jsonl", ...SECRET, ...AT], {
    input: `${good}\n${forged}\n\n${good}`,
  })
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).code),
  ).toEqual(["ok", "signature", "ok"])
  expect(code).toBe(4)
})

test("prints nothing of a payload that is elsewhere", async () => {
  const content = place.file("content.txt", "hello")
  const token = signJws("hello", SECRETS.good, { algorithm: "HS256", detached: true })
  expect(await place.run(["verify", "-q", ...SECRET, "--detached", content, String(token)])).toMatchObject({
    code: 0,
    stdout: "",
  })
})

test("prints one value for scripts", async () => {
  expect((await place.run(["verify", "-q", ...SECRET, ...AT, "--get", "/sub", good])).stdout).toBe("alice\n")
  expect((await place.run(["verify", "-q", ...SECRET, ...AT, "--header-get", "alg", good])).stdout).toBe("HS256\n")
  expect((await place.run(["verify", "-q", ...SECRET, ...AT, "--get", "/nothing", good])).code).toBe(1)
})

describe("a token for anybody", () => {
  const verify = (...args: string[]) => place.run(["verify", ...SECRET, ...AT, ...args])
  const POLICY = ["--policy", place.file("policy.json", '{"subject":"alice"}')]

  test("passes with a warning, unless something is expected of who made it, or for whom", async () => {
    const forUs = sign({ iss: "us", aud: "api" })
    expect((await verify(good)).stderr).toContain("a token for anybody passes")
    for (const args of [
      ["--iss", "us", "--aud", "api", forUs],
      ["--aud", "api", forUs],
      [...POLICY, good],
    ])
      expect((await verify(...args)).stderr).not.toContain("a token for anybody passes")
  })

  test("is refused by --strict", async () => {
    expect((await verify("--json", "--strict", good)).json).toMatchObject({ code: "claims", verified: false })
    expect((await verify("--strict", ...POLICY, good)).code).toBe(0)
    expect((await verify("--strict", "--iss", "us", sign({ iss: "us" }))).code).toBe(0)
  })
})

describe("--show-unverified", () => {
  test("shows on stderr what does not hold, and nothing on stdout", async () => {
    for (const args of [[], ["--json"], ["-q"]]) {
      const { code, stdout, stderr } = await place.run([
        "verify",
        ...args,
        ...SECRET,
        ...AT,
        "--show-unverified",
        forged,
      ])
      expect([code, stdout.includes("alice")]).toEqual([4, false])
      expect(stderr).toContain('"sub": "alice"')
      expect(stderr).toContain("not verified, anyone can have written this")
    }
    expect((await place.run(["verify", ...SECRET, ...AT, forged])).stderr).not.toContain("alice")
  })
})

test("there is no flag that lets an unsecured token pass, and none that reads leniently", async () => {
  const none = encode({ sub: "a" }, null, { algorithm: "none" })
  for (const flag of ["--allow-none", "--lax"])
    expect((await place.run(["verify", ...SECRET, flag, none])).code).toBe(2)
  expect((await place.run(["verify", "--json", ...SECRET, none])).json).toMatchObject({ ok: false, code: "key" })
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
