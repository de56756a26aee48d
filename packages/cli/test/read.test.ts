/** What only reads: `decode`, `inspect`, `lint`, `diagnose`. */
import { createHash } from "node:crypto"
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const token = encode({ sub: "alice", exp: NOW + 3600, iat: NOW }, SECRETS.good, { algorithm: "HS256" })
const part = (text: string) => Buffer.from(text).toString("base64url")
const secret = place.file("secret.txt", SECRETS.good)

describe("decode", () => {
  test("prints header and payload, and says on stderr that nothing was verified", async () => {
    expect(await place.run(["decode", token])).toMatchObject({
      code: 0,
      stdout:
        '{\n  "header": {\n    "alg": "HS256",\n    "typ": "JWT"\n  },\n  "payload": {\n    "sub": "alice",\n    "exp": 1700003600,\n    "iat": 1700000000\n  }\n}\n',
      stderr: "not verified: anyone can have written this\n",
    })
    expect((await place.run(["decode", "-q", token])).stderr).toBe("")
  })

  test("answers scripts with everything, numbers as they are written", async () => {
    const odd = `${part('{"alg":"HS256"}')}.${part('{"n":1.0,"big":12345678901234567890,"exp":1e3}')}.AAAA`
    const { json, stdout, stderr } = await place.run(["decode", "--json", odd])
    expect(json).toMatchObject({
      schema: 1,
      ok: true,
      code: "ok",
      verified: false,
      header: { alg: "HS256" },
      times: { exp: "1970-01-01T00:16:40Z" },
    })
    expect(json?.raw).toEqual({ header: odd.split(".")[0], payload: odd.split(".")[1], signature: "AAAA" })
    expect(stdout).toContain('"n": 1.0')
    expect(stdout).toContain('"big": 12345678901234567890')
    expect(stderr).toContain("not verified")
  })

  test.each([
    ["two parts", `${part('{"alg":"HS256"}')}.${part("{}")}`, 0, "SHAPE"],
    ["text as payload", `${part('{"alg":"HS256"}')}.${part("hello")}.AAAA`, 0, "JSON-SYNTAX"],
    ["a member that occurs twice", `${part('{"alg":"HS256"}')}.${part('{"a":1,"a":2}')}.AAAA`, 0, "JSON-DUP"],
    ["an unknown algorithm", `${part('{"alg":"XX1"}')}.${part("{}")}.AAAA`, 0, undefined],
    ["none", `${part('{"alg":"none"}')}.${part("{}")}.`, 0, "ALG-NONE"],
    ["no header", `${part("hello there")}.${part("{}")}.AAAA`, 3, undefined],
    ["something else", "hello", 3, undefined],
  ])("%s", async (_, text, code, finding) => {
    const { json, code: exit } = await place.run(["decode", "--json", text])
    expect(exit).toBe(code)
    if (finding !== undefined) expect(json?.findings.map((one) => one.id)).toContain(finding)
  })

  test("reads a batch line by line", async () => {
    const { stdout, code } = await place.run(["decode", "--jsonl"], {
      input: `${token}\nlog line without\n${token}\r\n`,
    })
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.map(({ ok }) => ok)).toEqual([true, false, true])
    expect(code).toBe(3)
  })

  test("refuses a text that is larger than tokens can be", async () => {
    expect((await place.run(["decode", "--json"], { input: "A".repeat(5_000_000) })).json).toMatchObject({
      code: "input",
    })
  })
})

describe("inspect", () => {
  test("is what a token alone means, and shows claims with meanings and dates", async () => {
    const { stdout, code } = await place.run([...AT, token])
    expect(code).toBe(0)
    expect(stdout).toContain("exp  1700003600  Expires: in 1 hour\n                   2023-11-14T23:13:20Z\n")
    expect(stdout).toContain("signature      not checked  no key was given")
    const later = await place.run(["--at", String(NOW + 1800), token])
    expect(later.stdout).toMatch(/ issued 30 minutes ago +now +expires in 30 minutes\n/)
  })

  test("verifies where a key is given, and ends as verify does", async () => {
    const args = ["--secret-file", secret, "--alg", "HS256", token]
    expect((await place.run(["inspect", "--json", ...AT, ...args])).json).toMatchObject({ code: "ok", verified: true })
    expect((await place.run(["inspect", "--json", "--at", "2030-01-01", ...args])).json).toMatchObject({
      code: "claims",
      verified: false,
    })
  })

  test.each([
    ["utc", "in 1 hour\n                   2023-11-14T23:13:20Z\n"],
    ["+08:00", "in 1 hour\n                   2023-11-15T07:13:20+08:00\n"],
    ["-03:30", "in 1 hour\n                   2023-11-14T19:43:20-03:30\n"],
    ["epoch", "in 1 hour\n                   1700003600\n"],
    ["relative", "in 1 hour\n  iat"],
  ])("shows times as --time %s asks", async (time, shown) => {
    const { stdout } = await place.run(["inspect", ...AT, `--time=${time}`, token])
    expect(stdout).toContain(`exp  1700003600  Expires: ${shown}`)
  })

  test("shows local times in the zone of the machine, and refuses what is no zone", async () => {
    const { stdout } = await place.run(["inspect", ...AT, "--time", "local", token], { env: { TZ: "Asia/Taipei" } })
    expect(stdout).toMatch(/exp +1700003600 +Expires: in .+\n +Nov 15, 2023/)
    for (const time of ["+8", "+24:00", "Asia/Taipei", ""])
      expect((await place.run(["inspect", `--time=${time}`, token])).code).toBe(2)
    const { json } = await place.run(["inspect", "--json", ...AT, "--time", "+08:00", token])
    expect(json).toMatchObject({ payload: { exp: NOW + 3600 }, times: { exp: "2023-11-14T23:13:20Z" } })
  })

  test("speaks Traditional Chinese", async () => {
    expect((await place.run(["--lang", "zh-Hant", ...AT, token])).stdout).toContain("1 小時後")
  })
})

describe("lint", () => {
  test("ends with 10 at the gravity that was asked for", async () => {
    const missing = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
    expect((await place.run(["lint", missing])).code).toBe(0)
    expect(await place.run(["lint", "--json", "--fail-on", "warning", missing])).toMatchObject({
      code: 10,
      json: { ok: false, code: "lint", findings: [{ id: "TIME-MISSING-EXP", severity: "warning" }] },
    })
  })

  test("reports in the forms that other programs read", async () => {
    const missing = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
    const report = (format: string) => place.run(["lint", "--format", format, missing])
    const { json } = await report("sarif")
    expect(json?.runs[0]?.results[0]).toMatchObject({ ruleId: "TIME-MISSING-EXP", level: "warning" })
    expect((await report("junit")).stdout).toContain('<testsuite name="jot lint" tests="1" failures="1">')
    expect((await report("github")).stdout).toMatch(/^::warning title=TIME-MISSING-EXP::/)
    expect((await report("json")).json).toMatchObject({ schema: 1, findings: [{ id: "TIME-MISSING-EXP" }] })
    expect((await report("yaml")).code).toBe(2)
  })

  test("compares hashes in a token with what travels beside it (CLM-HASH)", async () => {
    const half = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url")
    const proof = Jwk.generate("ES256")
    const claims = {
      at_hash: half("an access token"),
      c_hash: half("a code"),
      s_hash: half("a state"),
      cnf: { jkt: proof.thumbprint() },
    }
    const bound = encode(claims, SECRETS.good, { algorithm: "HS256" })
    const lint = (...args: string[]) =>
      place.run(["lint", "--json", ...args, bound], { env: { CODE: "a code", STATE: "a state", OTHER: "other" } })
    const idsOf = async (...args: string[]) =>
      ((await lint(...args)).json?.findings ?? []).filter(({ id }) => id === "CLM-HASH").length
    const access = ["--access-token", `@${place.file("access.txt", "an access token\n")}`]
    const key = ["--proof-key", place.file("proof.jwk", JSON.stringify(proof.toJSON()))]
    expect(await idsOf(...access, "--code", "env:CODE", "--state", "env:STATE", ...key)).toBe(0)
    const stranger = ["--proof-key", place.file("stranger.jwk", JSON.stringify(Jwk.generate("ES256").toJSON()))]
    const wrong = ["--access-token", "env:OTHER", "--code", "env:OTHER", "--state", "env:OTHER", ...stranger]
    expect(await idsOf(...wrong)).toBe(4)
    expect((await lint(...wrong)).code).toBe(10)
    expect((await lint("--access-token", "in-plain-sight")).code).toBe(2)
  })

  test("a public key that is used as a secret is a finding; beside another algorithm it is a mistake", async () => {
    const pem = place.file("public-as-secret.pem", Jwk.generate("ES256").toPem())
    const hmac = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
    const { code, json } = await place.run(["lint", "--json", "--secret-file", pem, hmac])
    expect([code, json?.findings[0]?.id]).toEqual([10, "ALG-CONFUSION"])
    const chinese = await place.run(["lint", "--lang", "zh-Hant", "--secret-file", pem, hmac])
    expect(chinese.stdout).toMatch(/錯誤 +ALG-CONFUSION/)
    const other = encode({ sub: "alice" }, Jwk.generate("ES256"))
    expect((await place.run(["lint", "--secret-file", pem, other])).code).toBe(6)
  })

  test("looks at key sets, and explains its rules", async () => {
    const leaked = JSON.stringify({ keys: [Jwk.generate("ES256").toPrivateJSON()] })
    expect((await place.run(["lint", "--json"], { input: leaked })).json?.findings[0]?.id).toBe("JWKS-PRIVATE")
    expect((await place.run(["lint", "--explain", "alg-none"])).stdout).toContain("ALG-NONE")
    expect((await place.run(["lint", "--explain", "nothing"])).code).toBe(2)
  })
})

test("inspect tells scripts that a text is no token, and people why", async () => {
  for (const text of ["nope.nope.nope", "foo~bar", `${"x".repeat(50)}.${"y".repeat(50)}.${"z".repeat(50)}`]) {
    const { code, stdout } = await place.run(["inspect", "--json", text])
    expect([code, JSON.parse(stdout)]).toMatchObject([3, { ok: false, code: "input", verified: false }])
  }
  const { code, stdout } = await place.run(["inspect", "--lang", "zh-Hant", "nope.nope.nope"])
  expect([code, stdout]).toEqual([3, expect.stringContaining("錯誤")])
})

test("diagnose finds the line end of a secret file, and ends as verify would", async () => {
  const file = place.file("ended.txt", `${SECRETS.good}\n`)
  const { json, code } = await place.run([
    "diagnose",
    "--json",
    ...AT,
    "--secret-file",
    file,
    "--secret-raw",
    "--alg",
    "HS256",
    token,
  ])
  expect(json).toMatchObject({ code: "signature", hints: [{ code: "secret_newline" }] })
  expect(code).toBe(4)
})

test("diagnose says that a key of another kind cannot be it, and which kind would", async () => {
  const [file, text] = [Jwk.generate("ES384").toPem(), signJws("{}", Jwk.generate("ES256"))]
  const words = ["diagnose", ...AT, "--key", place.file("other.pem", file), "--alg", "ES256", text]
  const { stdout, code } = await place.run(words)
  expect(stdout).toContain("the key cannot be used with ES256: it is EC P-384, and ES256 needs EC P-256")
  expect(code).toBe(6)
  expect((await place.run(["--lang", "zh-Hant", ...words])).stdout).toContain("它是 EC P-384，而 ES256 需要 EC P-256")
})

test("a token in JSON is read as one", async () => {
  const flattened = JSON.stringify(signJws("{}", SECRETS.good, { algorithm: "HS256", format: "flattened" }))
  expect((await place.run(["decode", "--json"], { input: flattened })).json).toMatchObject({
    ok: true,
    header: { alg: "HS256" },
  })
})

test("leaves the home as it was", () => {
  expect(place.atHome()).toEqual([])
})
