/** What a person or a script may take for granted, line by line as they would type it. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { encode, encryptJwe, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const secret = place.file("secret.txt", SECRETS.good)
const SECRET = ["--secret-file", secret, "--alg", "HS256"]
const AT = ["--at", String(NOW)]
const good = encode({ sub: "alice", exp: NOW + 60 }, SECRETS.good, { algorithm: "HS256" })
const detached = String(signJws("hello", SECRETS.good, { algorithm: "HS256", detached: true }))
const encrypted = String(encryptJwe("hello", SECRETS.good.slice(0, 32), { algorithm: "A256KW", encryption: "A256GCM" }))
const general = JSON.stringify(
  signJws('{"sub":"alice"}', null, {
    signers: [
      { key: SECRETS.good, algorithm: "HS256" },
      { key: Jwk.generate("ES384"), algorithm: "ES384", header: { kid: "second" } },
    ],
    format: "general",
  }),
)

describe("the clock", () => {
  test("is read when the token is there: who signs into a pipe takes time", async () => {
    // Stands still until something was read, and is five seconds further then.
    const clock = `Date.now=()=>${NOW}000+(process.stdin.bytesRead>0?5000:0)`
    const preload = `data:text/javascript,${encodeURIComponent(clock)}`
    const input = encode({ iat: NOW + 4, exp: NOW + 60 }, SECRETS.good, { algorithm: "HS256" })
    for (const more of [[], ["--all"]]) {
      const { code, stderr } = await place.run(["verify", "-q", ...more, ...SECRET], { input, preload })
      expect([code, stderr]).toEqual([0, ""])
    }
  })

  test("is the same for all that one command makes", async () => {
    const preload = `data:text/javascript,let n=0;Date.now=()=>${NOW}000+1000*n++`
    const { stdout } = await place.run(["sign", ...SECRET, "--sub", "a", "--nbf", "now", "--exp", "+1h"], { preload })
    const { payload } = (await place.run(["decode", "--json", "-q"], { input: stdout })).json as {
      payload: { iat: number; nbf: number; exp: number }
    }
    expect([payload.nbf - payload.iat, payload.exp - payload.iat]).toEqual([0, 3600])
  })
})

describe("whatever ends with a failure says why, to a person too", () => {
  const tokens = { encrypted, detached }
  test.each([
    ["verify", "encrypted", "structure: the token is encrypted; decrypt it first"],
    ["diagnose", "encrypted", "structure: the token is encrypted; decrypt it first"],
    ["verify", "detached", "signature: the payload is not in the token and was not given"],
    ["diagnose", "detached", "signature: the payload is not in the token and was not given"],
  ] as const)("%s of a token that is %s", async (command, kind, why) => {
    const { code, stdout, stderr } = await place.run([command, ...SECRET, tokens[kind]])
    expect(code).toBe(3)
    expect(command === "verify" ? stderr : stdout).toContain(why)
    expect(stdout).not.toContain("all of it holds")
  })

  test("a file beside a token that holds its own payload is not verified by it", async () => {
    const body = place.file("body.txt", "hello")
    const { code, stdout, stderr } = await place.run(["verify", ...SECRET, ...AT, "--detached", body, good])
    expect([code, stdout]).toEqual([3, ""])
    expect(stderr).toContain("the token holds a payload of its own")
    expect((await place.run(["verify", "-q", ...SECRET, "--detached", body, detached])).code).toBe(0)
  })

  test("diagnose says where a time is all that fails", async () => {
    const { code, stdout } = await place.run(["diagnose", ...SECRET, "--at", String(NOW + 3600), good])
    expect([code, stdout.split("\n")]).toEqual([
      5,
      ["exp: expired 59 minutes ago", expect.stringMatching(/^the signature holds: /), ""],
    ])
  })

  test("scan of nothing that is there", async () => {
    expect(await place.run(["scan", "nowhere.txt"])).toMatchObject({
      code: 8,
      stderr: "jot: nowhere.txt cannot be read (ENOENT)\n",
    })
  })

  test("a file that cannot be written is named", async () => {
    for (const args of [
      ["decode", "-q", good],
      ["key", "generate", "--alg", "ES256"],
    ]) {
      const { code, stdout, stderr } = await place.run([...args, "-o", "nowhere/out.txt"])
      expect([code, stdout, stderr]).toEqual([
        8,
        "",
        expect.stringMatching(/nowhere\/out\.txt cannot be written \(ENOENT\)\n$/),
      ])
    }
  })

  test("a file where fixtures want a folder is named", async () => {
    const file = place.file("there.txt", "")
    const { code, stderr } = await place.run(["fixtures", ...SECRET, "--out", file])
    expect([code, stderr]).toEqual([8, `jot: ${file} cannot be written (EEXIST)\n`])
  })

  test("diff with something that is no token", async () => {
    expect((await place.run(["diff", good, "abc"])).code).toBe(3)
    expect((await place.run(["diff", "ab.c", "ab.c"])).code).toBe(3)
  })
})

describe("JSON serializations", () => {
  test("--header-get reads the first header", async () => {
    expect((await place.run(["decode", "-q", "--header-get", "/alg", general])).stdout).toBe("HS256\n")
    const flattened = signJws('{"sub":"alice"}', SECRETS.good, { algorithm: "HS256", format: "flattened" })
    const { stdout } = await place.run(["decode", "-q", "--header-get", "/alg", JSON.stringify(flattened)])
    expect(stdout).toBe("HS256\n")
  })

  test("verify tells the header of the signature that holds, whatever others claim", async () => {
    const key = Jwk.generate("ES256")
    const file = place.file("es256.jwk", JSON.stringify(key.toJSON()))
    const signers = [
      { key: Jwk.generate("ES384"), algorithm: "ES384", header: { kid: "other" } },
      { key, algorithm: "ES256", header: { kid: "mine" } },
    ]
    const token = signJws('{"sub":"alice"}', null, { signers, format: "general" })
    // The same bytes beside a header that nobody signed.
    const [other, mine] = token.signatures
    const forged = { ...token, signatures: [{ ...other, signature: mine?.signature }, other, mine] }
    for (const given of [token, forged]) {
      const input = JSON.stringify(given)
      const { json, code } = await place.run(["verify", "--json", "--key", file], { input })
      expect([code, json]).toMatchObject([
        0,
        { header: { alg: "ES256", kid: "mine" }, raw: { header: mine?.protected, signature: mine?.signature } },
      ])
      const { stdout } = await place.run(["verify", "-q", "--header-get", "/kid", "--key", file], { input })
      expect(stdout).toBe("mine\n")
      const inspected = await place.run(["inspect", "--json", "--key", file], { input })
      expect(inspected.json).toMatchObject({ verified: true, header: { kid: "mine" } })
    }
  })

  test("the report shows the header of every signature", async () => {
    const { stdout } = await place.run(["inspect", general])
    expect(stdout).toMatch(/alg {2}"HS256"[\s\S]*alg {2}"ES384"[\s\S]*kid {2}"second"/)
  })
})

describe("private halves", () => {
  test("diff tells that they differ, and not what they are", async () => {
    const file = (key: Jwk) => place.file("set.json", JSON.stringify({ keys: [key.toPrivateJSON()] }))
    const one = `@${file(Jwk.generate("ES256", { keyId: "one" }))}`
    for (const more of [[], ["--json"]]) {
      // `run` refuses whatever holds a private member.
      const { code, stdout } = await place.run(["diff", '{"keys":[]}', one, ...more])
      expect(code).toBe(1)
      expect(stdout).toContain("…")
    }
  })

  test("a file of a secret that others can read is warned of", async () => {
    const open = join(place.folder, "open.txt")
    writeFileSync(open, SECRETS.good)
    chmodSync(open, 0o644)
    const args = ["verify", ...AT, "--alg", "HS256", "--aud", "x", good, "--secret-file"]
    expect((await place.run([...args, open])).stderr).toContain(
      "open.txt holds a private key or secret, and others can read it",
    )
    expect((await place.run([...args, secret])).stderr).not.toContain("others can read it")
  })
})

test("scan reports in the forms of lint, with places in files, and never the tokens", async () => {
  const folder = join(place.folder, "logs, old")
  mkdirSync(folder)
  writeFileSync(join(folder, "app.log"), `started\ntoken=${good}\n`)
  const scan = async (format: string) => {
    const { code, stdout } = await place.run(["scan", "--format", format, "logs, old"])
    expect(code).toBe(10)
    expect(stdout).not.toContain(good.slice(0, 20))
    return stdout
  }
  expect(JSON.parse(await scan("sarif")).runs[0].results).toEqual([
    {
      ruleId: "TOKEN-FOUND",
      level: "error",
      message: { text: expect.stringContaining("JSON Web Token HS256") },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "logs%2C%20old/app.log" },
            region: { startLine: 2, startColumn: 7 },
          },
        },
      ],
    },
  ])
  expect(await scan("github")).toMatch(/^::error file=logs%2C old\/app\.log,line=2,col=7,title=TOKEN-FOUND::/)
  expect(await scan("junit")).toContain('name="TOKEN-FOUND logs, old/app.log:2:7"')
  expect(JSON.parse(await scan("json"))).toMatchObject({ code: "lint", tokens: [{ line: 2, column: 7 }] })
})

describe("--time", () => {
  test.each([["decode"], ["verify", ...SECRET]])(
    "%s tells moments beside the data, which stays as it is",
    async (...line) => {
      const plain = await place.run([...line, ...AT.slice(line[0] === "decode" ? 2 : 0), good])
      const timed = await place.run([...line, ...AT.slice(line[0] === "decode" ? 2 : 0), "--time", "+08:00", good])
      expect(timed.stdout).toBe(plain.stdout)
      expect(timed.stderr.slice(plain.stderr.length)).toMatch(/^exp: 2023-11-15T06:14:20\+08:00 \(expire[sd] .*\)\n$/)
    },
  )

  test("tells none of a token that does not hold, and refuses what is no form", async () => {
    const forged = good.replace(/.{4}$/, "AAAA")
    expect((await place.run(["verify", ...SECRET, ...AT, "--time", "utc", forged])).stderr).not.toContain("2023")
    expect((await place.run(["decode", "--time", "noon", good])).code).toBe(2)
    expect((await place.run(["decode", "--json", "--time", "noon", good])).code).toBe(2)
  })
})

test("labels in Chinese end with a Chinese colon", async () => {
  const { stderr } = await place.run(["verify", ...SECRET, "--at", String(NOW + 90), "--lang", "zh-Hant", good])
  expect(stderr).toBe("錯誤：exp：30 秒前過期\n")
})
