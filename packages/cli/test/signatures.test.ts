/** `jot sign`, the rest of JWS: several signatures, payloads elsewhere or not encoded, headers by flags, and what contradicts what. */
import { createHash } from "node:crypto"
import { decodeUnverified, Jwk, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const secret = place.file("secret.txt", SECRETS.good)
const SECRET = ["--secret-file", secret, "--alg", "HS256"]
const ec = Jwk.generate("ES256", { keyId: "ec-1" })
const ed = Jwk.generate("Ed25519", { keyId: "ed-1" })
const ecFile = place.file("ec.jwk", JSON.stringify(ec.toPrivateJSON()))
const edFile = place.file("ed.jwk", JSON.stringify(ed.toPrivateJSON()))
const BOTH = ["--key", ecFile, "--key", edFile]
const body = place.file("body.txt", "hello. world\n")
// Self-signed, for this file alone.
const certified = place.file(
  "certified.pem",
  `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwpdSA7OzRaA2Glru
N89FjbP2aTB/Kcsk7uPGvVOph1ehRANCAAQmBTVY+0vgtaodX8uTGxi+EfKrwYCn
CLTPoYUgz9aw/HAXffgnwU2vSK0HuYccgJTK2X9d1XinHF4xBY+sBMJv
-----END PRIVATE KEY-----
`,
)
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUK+/geRg53LSQVKJrpfDOHZzUlAEwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIam90LXRlc3QwIBcNMjYxMTI2MDQ1NDIyWhgPMjEyNjExMDIw
NDU0MjJaMBMxETAPBgNVBAMMCGpvdC10ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEJgU1WPtL4LWqHV/LkxsYvhHyq8GApwi0z6GFIM/WsPxwF334J8FNr0it
B7mHHICUytl/XdV4pxxeMQWPrATCb6NTMFEwHQYDVR0OBBYEFJizFiBHc+hAZYLX
rvLgqKDp4BHqMB8GA1UdIwQYMBaAFJizFiBHc+hAZYLXrvLgqKDp4BHqMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAK+sWM83UxG5DFliWXjSCgcs
t4VbgZXsp3HJeWnyTX38AiBTYcXd3aQP1UC5+7UIDoHbJU2021mB3DJP9bZLHv2m
+A==
-----END CERTIFICATE-----
`
const certificate = place.file("certificate.pem", CERTIFICATE)

describe("in every serialization", () => {
  test.each(["compact", "flattened", "general"])("%s: signs, verifies and decodes claims", async (format) => {
    const signed = await place.run(["sign", "--key", ecFile, ...AT, "--format", format, "--sub", "alice", "--no-exp"])
    expect(signed.code).toBe(0)
    const verified = await place.run(["verify", "--json", "--key", ecFile, ...AT, "--sub", "alice"], {
      input: signed.stdout,
    })
    expect(verified.json).toMatchObject({ verified: true, payload: { sub: "alice" } })
    const decoded = await place.run(["decode", "--json"], { input: signed.stdout })
    expect(decoded.json).toMatchObject({ header: { alg: "ES256", kid: "ec-1" }, payload: { sub: "alice" } })
  })

  test.each([
    ["compact", []],
    ["flattened", []],
    ["general", []],
    ["compact", ["--b64=false"]],
    ["flattened", ["--b64=false"]],
    ["general", ["--b64=false"]],
  ])("%s, payload elsewhere %j: holds with the payload, and with no other", async (format, args) => {
    const signed = await place.run(["sign", "--key", ecFile, "--format", format, "--detached", body, ...args])
    expect(signed.stdout).not.toContain("hello")
    const verify = (file: string) =>
      place.run(["verify", "--json", "--key", ecFile, "--detached", file], { input: signed.stdout })
    expect((await verify(body)).json).toMatchObject({ verified: true })
    expect((await verify(`@${place.file("other.txt", "hello. World\n")}`)).code).toBe(4)
    expect((await place.run(["verify", "--key", ecFile], { input: signed.stdout })).code).not.toBe(0)
  })

  test("signs with several keys, and each of them verifies", async () => {
    const { json, stdout } = await place.run(["sign", ...BOTH, ...AT, "--format", "general", "--sub", "a", "--no-exp"])
    expect(json?.signatures).toHaveLength(2)
    for (const [file, key, name] of [
      [ecFile, ec, "ES256"],
      [edFile, ed, "Ed25519"],
    ] as const) {
      const verified = await place.run(["verify", "--key", file, ...AT], { input: stdout })
      expect([verified.code, verified.stderr]).toEqual([0, expect.stringContaining(`the signature holds (${name})\n`)])
      expect(verifyJws(JSON.parse(stdout), key.publicKey()).header.kid).toBe(key.keyId)
    }
  })

  test("takes one algorithm for each of several keys, and puts a secret beside a key", async () => {
    const rsa = place.file("rsa.pem", Jwk.generate("RS256").toPrivatePem())
    const args = ["--key", ecFile, "--key", rsa, "--secret-file", secret, "--format", "general", "--claims", "{}"]
    const algs = ["--alg", "ES256", "--alg", "PS256", "--alg", "HS256"]
    const { stdout } = await place.run(["sign", ...args, ...algs, "--no-exp"])
    const { signatures } = JSON.parse(stdout) as { signatures: { protected: string }[] }
    const names = signatures.map((one) => JSON.parse(Buffer.from(one.protected, "base64url").toString()).alg)
    expect(names).toEqual(["ES256", "PS256", "HS256"])
    expect((await place.run(["sign", ...args, "--alg", "ES256", "--alg", "HS256"])).code).toBe(2)
  })

  test("signs printable text as it stands, and never claims", async () => {
    const plain = place.file("plain.txt", "hello world")
    const { stdout } = await place.run(["sign", "--key", ecFile, "--as-is", "--b64=false", `@${plain}`])
    expect(stdout.split(".")[1]).toBe("hello world")
    expect((await place.run(["verify", "-q", "--key", ecFile], { input: stdout })).stdout).toBe("hello world")
    for (const args of [
      ["--sub", "a"],
      ["--as-is", `@${body}`],
      ["--claims", "{}"],
    ])
      expect((await place.run(["sign", "--key", ecFile, "--b64=false", ...args])).code).toBe(2)
  })

  test("signs bytes that are no text, byte by byte", async () => {
    const binary = Uint8Array.of(0xff, 0xfe, 0x00, 0x80, 0x0a)
    const { stdout } = await place.run(["sign", "--key", ecFile, "--as-is", `@${place.file("binary", binary)}`])
    expect(decodeUnverified(stdout.trim()).header.alg).toBe("ES256")
    expect([...verifyJws(stdout.trim(), ec.publicKey()).payload]).toEqual([...binary])
    const claims = await place.run([
      "sign",
      "--key",
      ecFile,
      `@${place.file("bad.json", Uint8Array.of(0x22, 0xff, 0x22))}`,
    ])
    expect([claims.code, claims.stderr]).toEqual([3, expect.stringContaining("not UTF-8")])
  })
})

describe("headers by flags", () => {
  test("cty, jku, crit, kid, a path, and the public half of the key", async () => {
    const header = ["--cty", "JWT", "--jku", "https://a.example/jwks", "--crit", "x", "--header", "x:=1", "--kid", "k"]
    const { stdout } = await place.run([
      "sign",
      "--key",
      ecFile,
      "--sub",
      "a",
      "--no-exp",
      "--jwk",
      ...header,
      "--header",
      "/y/z=1",
    ])
    expect(decodeUnverified(stdout.trim()).header).toEqual({
      alg: "ES256",
      typ: "JWT",
      cty: "JWT",
      jku: "https://a.example/jwks",
      crit: ["x"],
      x: 1,
      y: { z: "1" },
      kid: "k",
      jwk: ec.toJSON(),
    })
  })

  test("x5c of a chain, with its thumbprint, and only for the key in it", async () => {
    const chain = ["--x5c", `@${certificate}`, "--x5t-s256", "--sub", "a", "--no-exp"]
    const { stdout } = await place.run(["sign", "--key", certified, "--alg", "ES256", ...chain])
    const der = Buffer.from(CERTIFICATE.replaceAll(/-----[^-]+-----|\n/g, ""), "base64")
    expect(decodeUnverified(stdout.trim()).header).toMatchObject({
      x5c: [der.toString("base64")],
      "x5t#S256": createHash("sha256").update(der).digest("base64url"),
    })
    expect((await place.run(["sign", "--key", ecFile, ...chain])).code).toBe(6)
    expect((await place.run(["sign", ...SECRET, ...chain])).code).toBe(6)
    expect((await place.run(["sign", "--key", ecFile, "--x5c", body, "--sub", "a"])).code).toBe(3)
    expect((await place.run(["sign", "--key", ecFile, "--x5t-s256", "--sub", "a"])).code).toBe(2)
  })

  test("keeps private halves out, also by a path, and secrets have no public half", async () => {
    const d = ec.toPrivateJSON()["d"]
    expect((await place.run(["sign", "--key", ecFile, "--sub", "a", "--header", `/jwk/d=${d}`])).code).toBe(6)
    expect((await place.run(["sign", ...SECRET, "--sub", "a", "--jwk"])).code).toBe(6)
    expect((await place.run(["sign", "--key", ecFile, "--sub", "a", "--jku", "http://a.example/"])).code).toBe(2)
  })
})

describe("a flag beats what was there, and says so", () => {
  test.each([
    ["a claim", ["--claims", '{"a":{"b":1}}', "--claim", "a=2"], "the flag replaces the claim a of the payload"],
    ["a path", ["--claims", '{"a":{"b":1}}', "--claim", "/a/b:=2"], "the flag replaces the claim /a/b of the payload"],
    ["another flag", ["--claim", "sub=a", "--sub", "b"], "the flag replaces the claim sub of the payload"],
    ["a header", ["--sub", "a", "--typ", "x", "--header", "typ=y"], "the flag replaces the header parameter typ"],
  ])("%s", async (_, args, warning) => {
    const { code, stderr } = await place.run(["sign", ...SECRET, ...args, "--no-exp"])
    expect([code, stderr]).toEqual([0, `warning: ${warning}\n`])
  })

  test("a new path beside others is no conflict, and a name may hold a slash", async () => {
    const args = ["--claims", '{"a":{"b":1.0}}', "--claim", "/a/c:=2", "--claim", "/x~1y~0z=1", "--no-exp", "--no-iat"]
    const { stdout, stderr } = await place.run(["sign", ...SECRET, ...args])
    expect(stderr).toBe("")
    expect(Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString()).toBe('{"a":{"b":1.0,"c":2},"x/y~z":"1"}')
    expect((await place.run(["sign", ...SECRET, "--claims", '{"a":1}', "--claim", "/a/b=1"])).code).toBe(2)
  })

  test("--exp never takes exp out, and is the only time that can be never", async () => {
    const never = await place.run(["sign", ...SECRET, "--claims", '{"exp":5}', "--exp", "never", "--no-iat"])
    expect([decodeUnverified(never.stdout.trim()).payload, never.stderr]).toEqual([
      {},
      "warning: the flag replaces the claim exp of the payload\n",
    ])
    expect((await place.run(["sign", ...SECRET, "--sub", "a", "--nbf", "never"])).code).toBe(2)
    expect((await place.run(["sign", ...SECRET, "--sub", "a", "--at", "never"])).code).toBe(2)
  })
})

test("what is to stay as it is takes no flag that would change it", async () => {
  for (const args of [
    ["--as-is", "--sub", "a"],
    ["--detached", body, "--claim", "a=1"],
    ["--as-is", "--compact-json", "--claims", "{}"],
    ["--detached", body, "--claims", "{}"],
    ["--claims", "{}", "--from-json", "-"],
  ])
    expect((await place.run(["sign", ...SECRET, ...args])).code).toBe(2)
  const spaced = '{ "a" : 1 }'
  const text = async (flag: string) => {
    const { stdout } = await place.run([
      "sign",
      ...SECRET,
      flag,
      "--claims",
      spaced,
      ...(flag === "--as-is" ? [] : ["--no-iat", "--no-exp"]),
    ])
    return Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString()
  }
  expect([await text("--as-is"), await text("--compact-json")]).toEqual([spaced, '{"a":1}'])
})

describe("times", () => {
  test("a date is midnight in UTC, which is said", async () => {
    const { stdout, stderr } = await place.run(["sign", ...SECRET, ...AT, "--sub", "a", "--exp", "2030-01-31"])
    expect(decodeUnverified(stdout.trim()).payload).toMatchObject({ exp: Date.UTC(2030, 0, 31) / 1000 })
    expect(stderr).toBe("--exp: a date is midnight in UTC\n")
  })

  test("SOURCE_DATE_EPOCH is the clock only where it is asked for", async () => {
    const env = { SOURCE_DATE_EPOCH: "1000000000" }
    const iat = async (args: string[]) => {
      const { stdout } = await place.run(["sign", ...SECRET, "--sub", "a", "--no-exp", ...args], { env })
      return (decodeUnverified(stdout.trim()).payload as { iat: number }).iat
    }
    expect(await iat(["--at", "env:SOURCE_DATE_EPOCH"])).toBe(1_000_000_000)
    expect(await iat([])).toBeGreaterThan(1_700_000_000)
    expect((await place.run(["sign", ...SECRET, "--sub", "a", "--at", "env:UNSET"])).code).toBe(2)
  })
})
