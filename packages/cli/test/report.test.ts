/** What a person reads of a token: on terminals of every width, in both languages, with and without more than ASCII. */
import { encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"
import { hasTerminals, Terminal } from "./terminal.ts"

const place = new Place()
const NOW = 1_700_000_000
const AT = ["--at", String(NOW)]
const UNICODE = { LANG: "en_US.UTF-8" }
const part = (text: string) => Buffer.from(text).toString("base64url")
const HOUR = 3600

function tokenOf(claims: Record<string, unknown>): string {
  return encode(claims, SECRETS.good, { algorithm: "HS256" })
}

async function report(token: string, args: readonly string[] = [], env: Record<string, string> = UNICODE) {
  const { code, stdout } = await place.run(["inspect", "-q", ...AT, ...args, token], { env })
  expect(code).toBe(0)
  return stdout
}

/** Columns in a terminal; of what these tests show, Chinese takes two. */
function widthOf(text: string): number {
  return [...text].reduce((width, letter) => width + (letter >= "\u2e80" ? 2 : 1), 0)
}

/** The blocks of a report, as lists of lines. */
function blocksOf(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n\n")
    .map((block) => block.split("\n"))
}

describe("the verdicts come first, with words beside their signs", () => {
  test.each([
    ["valid", { exp: NOW + HOUR }, "✓ time           passes       expires in 1 hour"],
    ["expired", { exp: NOW - 3 * HOUR }, "✗ time           fails        expired 3 hours ago"],
    ["not yet valid", { nbf: NOW + 48 * HOUR }, "✗ time           fails        valid in 2 days"],
    ["without end", { iat: NOW - 1 }, "✓ time           passes       it names no end"],
    ["without times", {}, "– time           not checked  the claim exp is not there"],
    ["a claim that is no number", { exp: "soon" }, "✗ time           fails        the claim exp is not a number"],
  ])("%s", async (_, claims, line) => {
    const token = `${part('{"alg":"HS256"}')}.${part(JSON.stringify(claims))}.${part("x".repeat(32))}`
    const [, verdicts = []] = blocksOf(await report(token))
    expect(verdicts[0]?.trim()).toBe(line)
    expect(verdicts[1]).toMatch(/^ {2}– signature {6}not checked {2,4}no key was given$/)
  })

  test("with a key: by which algorithm and key", async () => {
    const key = Jwk.generate("ES256", { keyId: "2024-01" })
    const token = encode({ sub: "alice", exp: NOW + HOUR }, key, { algorithm: "ES256" })
    const file = place.file("public.jwk", JSON.stringify(key.publicKey().toJSON()))
    const text = await report(token, ["--key", file])
    expect(text).toContain("✓ signature      passes       ES256\n")
    expect(text).toContain("✓ key trust      passes       with a key that you supplied (2024-01)\n")
    expect(text).not.toContain("to verify it")
  })

  test("without one: which key it takes", async () => {
    expect(await report(tokenOf({}))).toContain("→ to verify it, give the secret: --secret-file FILE --alg HS256\n")
    const jwe = [part('{"alg":"dir","enc":"A128GCM"}'), "", part("x".repeat(12)), "AAAA", part("x".repeat(16))].join(
      ".",
    )
    expect(await report(jwe)).toContain("→ to open it: jot decrypt --key FILE")
    const none = `${part('{"alg":"none"}')}.${part("{}")}.`
    expect(await report(none)).not.toContain("to verify it")
  })
})

describe("the timeline", () => {
  test.each([
    ["in its life", { iat: NOW - 600, exp: NOW + 600 }, /^├━+●━+┤$/],
    ["after it", { iat: NOW - 7200, exp: NOW - 3600 }, /^├━+┼─+●$/],
    ["before it", { iat: NOW - 60, nbf: NOW + 600, exp: NOW + 6000 }, /^├─+●─+┼━+┤$/],
    ["without end", { iat: NOW - 60 }, /^├━+●$/],
    ["at its beginning", { iat: NOW, exp: NOW + 600 }, /^●━+┤$/],
  ])("%s", async (_, claims, drawn) => {
    const [, , timeline = []] = blocksOf(await report(tokenOf(claims)))
    expect(timeline).toHaveLength(2)
    expect(timeline[0]?.trim()).toMatch(drawn)
    // Each label begins below its mark; the last one ends there.
    expect(widthOf(timeline[0] ?? "")).toBe(widthOf(timeline[1] ?? ""))
  })

  test("in ASCII where the locale says no more", async () => {
    const claims = { iat: NOW - 600, exp: NOW + 600 }
    const text = await report(tokenOf(claims), [], { LANG: "C" })
    expect(text).toMatch(/^ {2}\|=+\*=+\|$/m)
    expect(text).toMatch(/^ {2}\+ time/m)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are meant
    expect(text).toMatch(/^[\u0000-\u007f]*$/)
  })

  test("is not there where the token names no time", async () => {
    expect(await report(tokenOf({ sub: "alice" }))).not.toMatch(/[├●]/)
  })
})

describe("what it says", () => {
  test("names, values as written, meanings, moments from here", async () => {
    const text = await report(tokenOf({ iss: "https://issuer.example", exp: NOW + HOUR }))
    expect(text).toContain('  iss  "https://issuer.example"  Issuer: who made the token\n')
    expect(text).toContain("  exp  1700003600                Expires: in 1 hour\n")
    expect(text).toContain(`\n${" ".repeat(33)}2023-11-14T23:13:20Z\n`)
    expect(await report(tokenOf({ exp: NOW + HOUR }), ["--time", "epoch"])).toContain("1700003600\n")
  })

  test("a moment in the wrong unit says so", async () => {
    expect(await report(tokenOf({ auth_time: 1_700_000_000_000 }))).toContain("milliseconds; seconds are due")
  })

  test("the disclosures of an SD-JWT", async () => {
    const disclosure = part(JSON.stringify(["salt", "given_name", "Alice"]))
    expect(await report(`${tokenOf({ _sd_alg: "sha-256" })}~${disclosure}~`)).toContain(
      'Disclosures\n  given_name  "Alice"  Given name: first name or names\n',
    )
  })

  test("the token in a token, and the key binding of an SD-JWT", async () => {
    const settings = { algorithm: "HS256", header: { cty: "JWT" } } as const
    const nested = String(signJws(tokenOf({ sub: "inner" }), SECRETS.good, settings))
    expect(await report(nested)).toMatch(/Token inside\n {2}alg {2}"HS256" .*\n {2}typ .*\n {2}sub {2}"inner"/)
    const binding = encode({ nonce: "n-1" }, SECRETS.good, { algorithm: "HS256", header: { typ: "kb+jwt" } })
    expect(await report(`${tokenOf({ _sd_alg: "sha-256" })}~${binding}`)).toMatch(
      /Key binding \(not checked\)\n {2}alg .*\n {2}typ .*\n {2}nonce {2}"n-1"/,
    )
  })

  test("the parts and how long they are", async () => {
    const token = tokenOf({ sub: "alice" })
    expect(await report(token)).toContain(`  together   ${token.length} characters\n`)
    expect(await report(token)).toContain("  signature   43 characters  ")
  })

  test("findings with the way out", async () => {
    expect(await report(tokenOf({ exp: NOW - 1 }))).toMatch(
      /✗ error {2}TIME-EXPIRED {2}the token has expired \(\/payload\/exp\)\n {25}→ Get a new token\.\n/,
    )
  })

  test("speaks Traditional Chinese", async () => {
    const text = await report(tokenOf({ iat: NOW - 60, exp: NOW + HOUR }), ["--lang", "zh-Hant"], { LANG: "C" })
    expect(text).toContain("✓ 時間")
    expect(text).toContain("1 小時後到期")
    expect(text).toContain("到期時間：1 小時後")
    expect(text).toMatch(/●━+┤/)
  })
})

const LONG = {
  iss: "https://issuer.example/with/a/path/that/takes/more/than/a/line/of/a/narrow/terminal",
  name: "王小明王小明王小明王小明王小明王小明王小明王小明",
  iat: NOW - 60,
  exp: NOW + HOUR,
  groups: ["administrators", "everybody", "people-with-long-names"],
}

describe.runIf(hasTerminals).each([40, 80, 200])("on %i columns", (columnCount) => {
  test.each(["en", "zh-Hant"])("no line is longer (%s)", async (language) => {
    const args = ["inspect", "-q", "--color=never", "--lang", language, ...AT, tokenOf(LONG)]
    const { code, screen } = await new Terminal(place, args, { columns: columnCount }).ended()
    expect(code).toBe(0)
    const lines = screen.split("\r\n")
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columnCount)
    // Wrapped, not cut: every letter is there.
    expect(screen.replaceAll(/\s/g, "")).toContain(LONG.name.slice(0, 4))
    expect(lines.length).toBeLessThan(columnCount === 40 ? 70 : 45)
  })
})

describe("what does not hold", () => {
  const secret = place.file("secret.txt", SECRETS.good)
  const args = ["--secret-file", secret, "--alg", "HS256", ...AT]

  test.each(["verify", "diagnose"])("%s says since when", async (name) => {
    const { stdout, stderr } = await place.run([name, ...args, tokenOf({ exp: NOW - 3 * HOUR })])
    expect(stdout + stderr).toContain("exp: expired 3 hours ago\n")
    const early = await place.run([name, ...args, tokenOf({ nbf: NOW + 48 * HOUR })])
    expect(early.stdout + early.stderr).toContain("nbf: valid in 2 days\n")
  })

  test("what the library refuses is said in the language of the user", async () => {
    const key = place.file(
      "key.jwk",
      JSON.stringify(Jwk.generate("ECDH-ES+A128KW", { curve: "P-256" }).toPrivateJSON()),
    )
    const jwe = [part('{"alg":"dir","enc":"A128GCM"}'), "", part("x".repeat(12)), "AAAA", part("x".repeat(16))].join(
      ".",
    )
    const decrypt = ["decrypt", "--key", key, "--alg", "ECDH-ES", jwe]
    const english = await place.run(decrypt)
    const chinese = await place.run([...decrypt, "--lang", "zh-Hant"])
    expect(english.stderr).toMatch(/^jot: [ -~]+\n$/)
    expect(chinese.stderr).toMatch(/^jot: \p{Script=Han}+/u)
    expect(chinese.code).toBe(english.code)
  })
})
