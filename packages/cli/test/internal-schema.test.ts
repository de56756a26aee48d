/** The published schema of answers: it knows every command, every code and every member, and none besides. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { type Check, type OfferedKey, RULE_IDS, type Verdict } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { encode, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { COMMAND_NAMES } from "../src/frame/commands.ts"
import { EXIT_CODES } from "../src/frame/failure.ts"
import { definitionFor, refuseUnknown, type Schema, schema } from "./answers.ts"
import { main, Place, type RunOptions, SECRETS } from "./jot.ts"
import { CERTIFICATE } from "./key-fixtures.ts"

const { $defs } = schema
const definitions = COMMAND_NAMES.map((name) => name.replace(" ", "-"))

test("has a definition for each command, and no other answer", () => {
  expect(schema.anyOf?.map(({ $ref }) => $ref?.replace("#/$defs/", "")).sort()).toEqual([...definitions].sort())
  expect(definitions.filter((name) => !Object.hasOwn($defs, name))).toEqual([])
})

describe("names the same codes as the program", () => {
  const at = (definition: string, ...names: string[]) =>
    names.reduce<Schema | undefined>((part, name) => part?.properties?.[name], $defs[definition])?.enum
  const textsOf = (group: string) =>
    Object.keys(en.texts).flatMap((key) => (key.startsWith(`${group}.`) ? [key.slice(group.length + 1)] : []))
  const hints = $defs["diagnose"]?.anyOf?.[0]?.properties?.["hints"]?.items as Schema
  // The compiler holds these tables against the types: a name that is missing here does not compile.
  const checks = {
    ...{ structure: 0, signature: 0, key: 0, exp: 0, nbf: 0, iat: 0, iss: 0, aud: 0, sub: 0, jti: 0, typ: 0, nonce: 0 },
    ...{ "max-age": 0, require: 0 },
  } satisfies Record<Check["id"], 0>
  const statuses = { pass: 0, fail: 0, skipped: 0, unavailable: 0 } satisfies Record<Check["status"], 0>
  const verdicts = { pass: 0, fail: 0, not_checked: 0, cannot_check: 0 } satisfies Record<Verdict["status"], 0>
  const provenances = { supplied: 0, pinned: 0, issuer: 0, named: 0, embedded: 0 } satisfies Record<
    OfferedKey["provenance"],
    0
  >
  const forms = {
    ...{ jwk: 0, jwks: 0, spki: 0, pkcs8: 0, pkcs8_encrypted: 0, pkcs1: 0, sec1: 0, certificate: 0, openssh: 0 },
    ...{ pem: 0, der: 0, secret: 0 },
  } satisfies Record<OfferedKey["form"], 0>
  test.each([
    ["exit statuses", at("envelope", "code"), Object.keys(EXIT_CODES)],
    ["failures", at("failure", "code"), Object.keys(EXIT_CODES).filter((code) => code !== "ok")],
    ["checks", at("check", "id"), Object.keys(checks)],
    ["answers of checks", at("check", "status"), Object.keys(statuses)],
    ["answers of verdicts", at("verdict", "status"), Object.keys(verdicts)],
    ["rules", $defs["rule"]?.enum, RULE_IDS],
    ["kinds of tokens", $defs["kind"]?.enum, Object.keys(en.kinds)],
    ["what became of keys", at("key-answer", "answer"), textsOf("answer")],
    ["where keys come from", at("key-used", "provenance"), Object.keys(provenances)],
    ["how keys are written", at("key-facts", "form"), Object.keys(forms)],
    ["hints", hints.properties?.["code"]?.enum, textsOf("hint")],
  ] as [string, readonly string[] | undefined, readonly string[]][])("%s", (_, published, known) => {
    expect([...(published ?? [])].sort()).toEqual([...known].sort())
  })
})

test("refuses a member that it does not know, one that is missing, and ok beside a failure", () => {
  const answer = { schema: 1, ok: true, code: "ok", version: "1", checks: [], findings: [] }
  const judge = (changes: object) => () =>
    refuseUnknown(["--version"], `${JSON.stringify({ ...answer, ...changes })}\n`)
  expect(judge({})).not.toThrow()
  expect(judge({ more: 1 })).toThrow("more")
  expect(judge({ checks: [{ id: "exp", status: "pass", message: "", more: 1 }] })).toThrow("more")
  expect(judge({ version: undefined })).toThrow("version")
  expect(judge({ ok: false })).toThrow("constant")
  expect(() => refuseUnknown(["--version"], `${JSON.stringify(answer)} and more\n`)).toThrow("JSON")
})

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const secret = place.file("secret.txt", SECRETS.good)
const other = place.file("other.txt", SECRETS.other)
const SECRET = ["--secret-file", secret, "--alg", "HS256"]
const claims = { iss: "https://issuer.example", aud: "api", sub: "alice", jti: "1", iat: NOW, nbf: NOW, exp: NOW + 60 }
const token = encode({ ...claims, auth_time: NOW, updated_at: NOW, toe: NOW }, SECRETS.good, { algorithm: "HS256" })
const key = Jwk.generate("ES256", { keyId: "k1" })
const decryption = Jwk.generate("ECDH-ES", { keyId: "k2" })
const privateFile = place.file("private.jwk", JSON.stringify(key.toPrivateJSON()))
const publicFile = place.file("public.jwk", JSON.stringify({ ...key.toJSON(), use: "sig" }))
const decryptionFile = place.file("decryption.jwk", JSON.stringify(decryption.toPrivateJSON()))
const set = place.file("set.json", JSON.stringify({ keys: [key.toJSON(), { kty: "RSA", n: "AQAB", e: "AQAB" }] }))
const encrypted = String(encryptJwe("{}", decryption.publicKey(), { encryption: "A256GCM" }))
const odd = String(signJws('{"a":1,"a":2}', SECRETS.good, { algorithm: "HS256" }))

/** Members that some answer had. */
const seen = new Set<string>()

describe("knows what every command answers", () => {
  const keys = { printsKeys: true }
  const runs: [code: string, args: string[], options?: RunOptions][] = [
    ["ok", ["--version"]],
    ["ok", ["help"]],
    ["usage", ["nonsense"]],
    ["usage", []],
    ["ok", ["inspect", ...AT, token]],
    ["ok", ["inspect", ...AT, "--key", set, encode(claims, key)]],
    ["ok", ["inspect", "--get", "/sub", token]],
    ["lint", ["lint", ...AT, odd]],
    ["ok", ["lint", "--explain", "ALG-NONE"]],
    ["usage", ["lint", "--explain", "NOTHING"]],
    ["input", ["lint", "hello"]],
    ["ok", ["decode", token]],
    ["ok", ["decode", odd]],
    ["ok", ["decode", "--get", "/sub", token]],
    ["negative", ["decode", "--get", "/nothing", token]],
    ["input", ["decode", "hello"]],
    ["ok", ["verify", ...SECRET, ...AT, token]],
    ["ok", ["verify", ...SECRET, ...AT, "--get", "/aud", token]],
    ["ok", ["verify", "--key", set, ...AT, "--aud", "api", encode(claims, key)]],
    ["claims", ["verify", ...SECRET, "--at", "@1", "--iss", "x", token]],
    ["signature", ["verify", "--secret-file", other, "--alg", "HS256", ...AT, token]],
    ["key", ["verify", "--key", publicFile, ...AT, token]],
    [
      "negative",
      ["verify", ...SECRET, String(signJws("{}", SECRETS.good, { header: { crit: ["x"], x: 1 }, algorithm: "HS256" }))],
    ],
    ["input", ["verify", ...SECRET, odd]],
    ["network", ["verify", "--offline", "--key", "https://issuer.example/jwks.json", token]],
    ["io", ["verify", "--key", "nowhere.json", token]],
    ["ok", ["policy", "test", "--policy", place.file("policy.json", '{"audience":"api"}'), ...SECRET, ...AT, token]],
    ["usage", ["policy", "test", ...SECRET, token]],
    ["ok", ["policy", "init", token]],
    ["ok", ["diagnose", ...SECRET, ...AT, token]],
    [
      "signature",
      ["diagnose", "--secret-file", place.file("line.txt", `${SECRETS.good}\n\n`), "--alg", "HS256", ...AT, token],
    ],
    ["ok", ["sign", ...SECRET, "--sub", "alice", "--exp", "+1h"]],
    ["key", ["sign", "--key", publicFile, "--sub", "alice"]],
    ["ok", ["edit", ...SECRET, token], { env: { EDITOR: "true" } }],
    ["io", ["edit", ...SECRET, token], { env: { EDITOR: "false" } }],
    ["ok", ["encrypt", "--key", decryptionFile, "--sub", "alice", "--exp", "+1h"]],
    ["usage", ["encrypt", "--sub", "alice"]],
    ["ok", ["decrypt", "--key", decryptionFile, encrypted]],
    ["ok", ["decrypt", "--key", decryptionFile, "--header-get", "/alg", encrypted]],
    ["key", ["decrypt", "--key", privateFile, "--alg", "ECDH-ES", encrypted]],
    ["input", ["decrypt", "--key", decryptionFile, token]],
    ["ok", ["diff", token, token]],
    ["negative", ["diff", token, odd]],
    ["ok", ["scan", secret]],
    ["lint", ["scan", "-"], { input: `token=${token}\n` }],
    ["ok", ["fixtures", ...SECRET]],
    ["ok", ["key", "generate", "--alg", "ES256"], keys],
    ["usage", ["key", "generate", "--alg", "XX"]],
    ["ok", ["key", "generate", "--alg", "ES256", "--kid", "k", "--out-private", "made", "--out-public", "made.pub"]],
    ["ok", ["key", "convert", "--to", "pem", privateFile], keys],
    ["ok", ["key", "public", privateFile]],
    ["ok", ["key", "thumbprint", publicFile]],
    ["ok", ["key", "inspect", set]],
    ["ok", ["key", "inspect", publicFile]],
    ["ok", ["key", "inspect", place.file("certificate.pem", CERTIFICATE)]],
    [
      "ok",
      ["key", "inspect", place.file("oct.jwk", '{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}')],
    ],
    ["ok", ["key", "match", privateFile, publicFile]],
    ["negative", ["key", "match", privateFile, decryptionFile]],
    ["ok", ["jwks", "build", publicFile]],
    ["ok", ["jwks", "add", publicFile, decryptionFile]],
    ["key", ["jwks", "add", publicFile, publicFile]],
    ["ok", ["jwks", "remove", set, "k1"]],
    ["ok", ["jwks", "get", set, "k1"]],
    ["ok", ["jwks", "list", set]],
    ["ok", ["jwks", "lint", publicFile]],
    ["lint", ["jwks", "lint", place.file("private.json", JSON.stringify({ keys: [key.toPrivateJSON()] }))]],
    ["network", ["jwks", "fetch", "--offline", "https://issuer.example/jwks.json"]],
    ["ok", ["completion", "bash"]],
    ["ok", ["completion", "bash", "-"], { input: "jot ver" }],
    ["ok", ["man"]],
    ["usage", ["man", "verfy"]],
  ]
  test.each(runs)("%s: %j", async (code, args, options = {}) => {
    const { json, code: exit, stdout } = await place.run([...args, "--json"], options)
    expect([json?.code, exit]).toEqual([code, EXIT_CODES[code as keyof typeof EXIT_CODES]])
    look(definitionFor(args), JSON.parse(stdout))
  })

  test("each command is among them, done and not done", () => {
    const named = new Map(runs.map(([code, args]) => [`${definitionFor(args)} ${code === "ok"}`, code]))
    const served = ["jwks-serve", "jwks-fetch", "debug"]
    expect(definitions.filter((name) => !served.includes(name) && !named.has(`${name} true`))).toEqual([])
  })

  test("a set that is served, and one that is fetched", async () => {
    const args = ["jwks", "serve", privateFile, "--json"]
    const server = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "ignore"] })
    const [line] = (await once(server.stdout, "data")) as [Buffer]
    refuseUnknown(args, String(line))
    const { url, jwks_uri: address } = JSON.parse(String(line)) as { url: string; jwks_uri: string }
    expect(address).toBe(`${url}/.well-known/jwks.json`)
    look("jwks-serve", JSON.parse(String(line)))
    const fetched = await place.run(["jwks", "fetch", address, "--diff", set, "--json"], { network: true })
    expect(fetched.json?.code).toBe("negative")
    look("jwks-fetch", JSON.parse(fetched.stdout))
    server.kill("SIGTERM")
    await once(server, "close")
  })

  test("a page that is served", async () => {
    const server = spawn(process.execPath, [main, "debug", "--json"], { stdio: ["ignore", "pipe", "ignore"] })
    const [line] = (await once(server.stdout, "data")) as [Buffer]
    look("debug", JSON.parse(String(line)))
    server.kill("SIGTERM")
    await once(server, "close")
  })

  test("tokens, one a line", async () => {
    const input = `${token}\n${odd}\nnot.a.token\n`
    for (const args of [["decode"], ["verify", ...SECRET, ...AT]]) {
      const { stdout } = await place.run([...args, "--jsonl"], { input })
      expect(
        stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).code),
      ).toEqual(args[0] === "decode" ? ["ok", "ok", "input"] : ["ok", "input", "input"])
    }
  })

  test("Ctrl-C", async () => {
    const child = spawn(process.execPath, [main, "decode", "--json"], { stdio: ["pipe", "pipe", "pipe"] })
    let answer = ""
    child.stdout.on("data", (chunk: Buffer) => {
      answer += String(chunk)
    })
    await once(child.stderr, "data")
    child.kill("SIGINT")
    await once(child, "close")
    refuseUnknown(["decode"], answer)
    expect(JSON.parse(answer)).toMatchObject({ code: "interrupted", reason: "interrupted" })
  })
})

test("what does not hold brings no claim and no part of a token along", async () => {
  const { json, stdout } = await place.run(["verify", "--json", ...SECRET, "--at", "@1800000000", token])
  expect(json).not.toHaveProperty("payload")
  expect(json).not.toHaveProperty("raw")
  for (const part of token.split(".")) expect(stdout).not.toContain(part)
})

test("promises no member that is never printed", () => {
  const promised = Object.entries($defs).flatMap(([name, definition]) => membersOf(name, definition))
  expect(promised.filter((member) => !seen.has(member))).toEqual([])
})

/** The members that a definition names, as `definition.member`; a definition that it refers to has its own. */
function membersOf(place: string, { properties = {}, items, anyOf = [] }: Schema): string[] {
  return [
    ...Object.entries(properties).flatMap(([name, part]) => [
      `${place}.${name}`,
      ...membersOf(`${place}.${name}`, part),
    ]),
    ...(typeof items === "object" ? membersOf(place, items) : []),
    ...anyOf.flatMap((part) => membersOf(place, part)),
  ]
}

/** Notes which members of the definitions a value has. */
function look(name: string, value: unknown): void {
  mark(name, $defs[name] ?? {}, value)
  mark("envelope", $defs["envelope"] ?? {}, value)
}

function mark(place: string, part: Schema, value: unknown): void {
  const target = part.$ref?.replace("#/$defs/", "")
  if (target !== undefined) mark(target, $defs[target] ?? {}, value)
  for (const branch of part.anyOf ?? []) mark(place, branch, value)
  if (Array.isArray(value)) {
    const { items } = part
    if (typeof items === "object") for (const item of value) mark(place, items, item)
  } else if (typeof value === "object" && value !== null) markMembers(place, part, value as Record<string, unknown>)
}

function markMembers(place: string, { properties = {} }: Schema, value: Record<string, unknown>): void {
  for (const [name, part] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue
    seen.add(`${place}.${name}`)
    mark(`${place}.${name}`, part, value[name])
  }
}
