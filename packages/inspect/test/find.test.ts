/** Finding: what people paste, and what is taken away from it. */
import { findTokens } from "@jotkit/inspect"
import fc from "fast-check"
import { Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"

const SECRET = new Uint8Array(32).fill(7)
const token = signJws('{"sub":"alice","exp":1700000000,"scope":"read write"}', SECRET, {
  algorithm: "HS256",
  header: { typ: "JWT" },
})
const other = signJws('{"sub":"bob"}', SECRET, { algorithm: "HS512" })
const wrap = (text: string, width: number, end = "\n") => (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join(end)

describe("one token", () => {
  test.each<[string, string, string[]]>([
    ["alone", token, []],
    ["with a final line end", `${token}\n`, ["spaces"]],
    ["as a bearer token", `Bearer ${token}`, ["bearer"]],
    ["as a header", `Authorization: Bearer ${token}`, ["bearer", "header_name"]],
    ["as a header of DPoP", `authorization: DPoP ${token}`, ["dpop", "header_name"]],
    ["as a header of another scheme", `Authorization: JWT ${token}`, ["header_name", "surrounding"]],
    ["as a variable", `TOKEN=${token}`, ["surrounding"]],
    ["as a parameter", `?token=${token}`, ["surrounding"]],
    ["in YAML", `token: ${token}`, ["surrounding"]],
    ["in quotes", `"${token}"`, ["quotes"]],
    ["in curly quotes", `\u201c${token}\u201d`, ["quotes"]],
    ["in a cookie", `Cookie: theme=dark; session=${token}; lang=en`, ["cookie_name", "surrounding"]],
    ["wrapped at 76", wrap(token, 76), ["line_breaks"]],
    ["wrapped at 64 with carriage returns", wrap(token, 64, "\r\n"), ["line_breaks"]],
    ["wrapped and indented", wrap(token, 50, "\n    "), ["line_breaks"]],
    ["broken at the dots", token.replaceAll(".", ".\n"), ["line_breaks"]],
    ["indented throughout", wrap(token, 64).replaceAll(/^/gm, "    "), ["line_breaks", "spaces"]],
    ["with its dots on lines of their own", token.replaceAll(".", "\n.\n"), ["line_breaks"]],
    ["with a word below it", `${token}\nthanks`, ["surrounding"]],
    ["in the middle of an address", `https://app.example/verify/${token}/done`, ["surrounding"]],
    ["in colours of a terminal", `\u001b[1;36m${token}\u001b[0m`, ["surrounding"]],
    ["with its secret below it", `${token}\nyour-256-bit-secret\n`, ["surrounding"]],
    ["with zero-width characters", `\ufeff${token.slice(0, 30)}\u200b${token.slice(30)}`, ["invisible"]],
    ["URL-encoded", token.replaceAll(".", "%2E").replaceAll("_", "%5F"), ["url_encoding"]],
    ["in JSON with escapes", `{"t":"${token.replaceAll(".", "\\u002e")}"}`, ["quotes", "json_escape", "surrounding"]],
  ])("is found %s", (_, text, removed) => {
    const { tokens } = findTokens(text)
    expect(tokens.map((found) => found.text)).toEqual([token])
    expect([...(tokens[0]?.removed ?? [])].sort()).toEqual([...removed].sort())
  })

  test.each<[string, string, string, string | undefined]>([
    ["an answer of a token endpoint", `{"access_token": "${token}", "expires_in": 3600}`, "json", "access_token"],
    ["a curl command", `curl -s https://api.example/ -H 'Authorization: Bearer ${token}'`, "curl", "Authorization"],
    [
      "a HAR file",
      `{"log":{"entries":[{"request":{"headers":[{"name":"Authorization","value":"Bearer ${token}"}]}}]}}`,
      "har",
      "Authorization",
    ],
    ["an .env file", `PORT=80\nAPI_TOKEN=${token}\nDEBUG=1\n`, "env", "API_TOKEN"],
    ["a fragment", `https://app.example/cb#id_token=${token}&state=x`, "url", "id_token"],
    ["a log line", `2024-01-01T00:00:00Z INFO token rejected: ${token}.`, "text", undefined],
    ["a cookie", `Set-Cookie: sid=${token}; HttpOnly`, "cookie", "sid"],
  ])("is named after its place in %s", (_, text, source, label) => {
    const { tokens } = findTokens(text)
    expect(tokens.map((found) => found.text)).toEqual([token])
    expect(tokens[0]?.label).toBe(label)
    if (source !== "text") expect(tokens[0]?.source).toBe(source)
    expect(text.slice(...(tokens[0]?.range ?? []))).toBe(token)
  })
})

// As RFC 7515, appendix A, and RFC 7516, appendix A, print them.
test.each<[string, string]>([
  ["signed", `${"A".repeat(171)}.${"A".repeat(43)}`],
  ["signed by RSA", `${"A".repeat(93)}.${"A".repeat(342)}`],
])("finds a %s token in the layout of the standards", (_, rest) => {
  const header = rest.endsWith("A".repeat(100)) ? "eyJhbGciOiJSUzI1NiJ9" : "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
  const whole = `${header}.${rest}`
  const printed = whole
    .split(".")
    .map((part) => wrap(part, 64))
    .join("\n.\n")
    .replaceAll(/^/gm, "     ")
  expect(findTokens(`${printed}\n`).tokens.map((found) => found.text)).toEqual([whole])
})

test.each<[string, string, number]>([
  ["GCM", "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ", 22],
  ["CBC", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0", 43],
])("finds an encrypted token in the layout of the standards, %s", (_, header, tag) => {
  const parts = [header, "A".repeat(342), "B".repeat(16), "C".repeat(84), "D".repeat(tag)]
  const printed = parts.map((part) => wrap(part, 64)).join(".\n")
  const texts = (text: string) => findTokens(text).tokens.map((found) => found.text)
  expect(texts(printed.replaceAll(/^/gm, "     "))).toEqual([parts.join(".")])
  expect(texts(`${printed}\nand so on`)).toEqual([parts.join(".")])
})

test("finds several tokens in their order", () => {
  const text = `{"access_token":"${token}","id_token":"${other}"}`
  expect(findTokens(text).tokens.map(({ label }) => label)).toEqual(["access_token", "id_token"])
  expect(findTokens(`${token}\n${other}\n`).tokens.map((found) => found.text)).toEqual([token, other])
})

test("keeps the spaces of a payload that stands in the token as it is, and of no other", () => {
  const unencoded = signJws("hello, world", SECRET, { algorithm: "HS256", b64: false })
  expect(findTokens(` ${unencoded}\n`).tokens.map((found) => found.text)).toEqual([unencoded])
  const claims = `${token.split(".")[0]}.hello, world.AAAA`
  expect(findTokens(claims).tokens.map((found) => found.text)).not.toContain(claims)
})

test.each([3, 30, 80, token.length - 3])(
  "keeps a letter that is none of base64url where it is the token's own, at %i",
  (at) => {
    const texts = (text: string) => findTokens(text).tokens.map((found) => found.text)
    for (const letter of ["!", "*", "é", "中"]) {
      const damaged = token.slice(0, at) + letter + token.slice(at)
      expect(texts(`${damaged}\n`)).toEqual([damaged])
    }
    expect(texts(`${token}!`)).toEqual([token])
    expect(texts(`${token}&x=y`)).toEqual([token])
  },
)

test("keeps what an unsecured token ends with", () => {
  const unsecured = `${token.split(".").slice(0, 2).join(".")}.`
  expect(findTokens(`"${unsecured}"`).tokens[0]?.text).toBe(unsecured)
  expect(findTokens(`see ${token.split(".").slice(0, 2).join(".")} there`).tokens).toHaveLength(1)
})

test("takes what stands in place of a signature for the token's, and what stands around it for none of it", () => {
  const unsigned = `${token.split(".").slice(0, 2).join(".")}.`
  const texts = (text: string) => findTokens(text).tokens.map((found) => found.text)
  for (const signs of ["!!!!", "***", "[redacted]", "<signature>", "…", "é", "$SIG"])
    expect(texts(`Authorization: Bearer ${unsigned}${signs} `)).toEqual([unsigned + signs])
  for (const signs of ["!", "*", "$"]) expect(texts(`"${token}${signs}AA"`)).toEqual([`${token}${signs}AA`])
  for (const end of ["!", "**", ", and", "</td>", "&state=1", '","a":1', "，", "是好的", ")", "\\n"])
    expect(texts(`**${token}${end}`)).toEqual([token])
  const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`
  for (const end of ["", "<br>", "*", "。", "&a=1"]) expect(texts(`${none}${end}`)).toEqual([none])
})

test("takes a key that is no JSON with its lines and spaces", () => {
  const pem = Jwk.generate("ES256").toPrivatePem()
  for (const key of [pem, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0h0h me@host"])
    expect(findTokens(` ${key}\n`).tokens.map(({ text, removed }) => [text, removed])).toEqual([
      [key.trim(), ["spaces"]],
    ])
})

test("takes JSON that is a token or a key as it is", () => {
  const jwks = '{"keys":[{"kty":"oct","k":"AAAA"}]}'
  expect(findTokens(` ${jwks}\n`).tokens).toMatchObject([{ text: jwks, removed: ["spaces"] }])
  expect(findTokens('{"payload":"e30","signatures":[]}').tokens[0]?.text).toBe('{"payload":"e30","signatures":[]}')
})

test("gives back what is no token, so that it can be looked at", () => {
  expect(findTokens("  Bearer abc.def.ghi ").tokens).toMatchObject([
    { text: "abc.def.ghi", removed: ["spaces", "bearer"] },
  ])
  expect(findTokens("not a token!").tokens[0]?.text).toBe("not a token!")
  expect(findTokens(" \n").tokens).toEqual([])
})

test("does not take an ellipsis for a token", () => {
  expect(findTokens("it looks like eyJhbGciOiJIUzI1NiJ9... you know").tokens[0]?.text).not.toBe("eyJhbGciOiJIUzI1NiJ9")
})

test("refuses text over the bound", () => {
  expect(findTokens("a".repeat(1_048_577))).toEqual({ tokens: [], tooLarge: true })
  expect(findTokens("a".repeat(2_000_000), { maxCharacters: 4_000_000 }).tooLarge).toBe(false)
})

test.each<[string, string]>([
  ["starts without end", "eyJ".repeat(340_000)],
  ["starts with dots", "eyJhbGciOiJub25l.".repeat(60_000)],
  ["dots", ".".repeat(1_000_000)],
  ["line breaks", "eyJhbGciOiJub25l\n".repeat(60_000)],
  ["quotes", '"eyJhbGciOiJub25l.e30."'.repeat(45_000)],
  ["percent signs", `eyJhbGciOiJub25l${"%2E".repeat(300_000)}`],
  ["spaces", `eyJhbGciOiJub25l.e30${" ".repeat(1_000_000)}`],
  ["braces", "{".repeat(1_000_000)],
  ["names", `${"a".repeat(500_000)}=eyJhbGciOiJub25l.e30.`],
  ["padding", `eyJhbGciOiJub25l.e30${"=".repeat(1_000_000)}`],
  ["wrapped lines", `eyJhbGciOiJub25l.e30.\n${`${"A".repeat(64)}\n`.repeat(16_000)}`],
])("takes time in proportion to the text for a megabyte of %s", (_, text) => {
  const start = performance.now()
  const { tokens } = findTokens(text.slice(0, 1_048_576))
  expect(tokens.length).toBeGreaterThan(0)
  expect(performance.now() - start).toBeLessThan(15_000)
})

test("never throws, and its ranges lie in the text", () => {
  const piece = fc.constantFrom(
    "eyJ",
    token,
    ".",
    "~",
    "\n",
    '"',
    "%2E",
    "\\u002e",
    "Bearer ",
    "=",
    "\u200b",
    "{",
    "Cookie: ",
    "a=",
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: "binary" })), { maxLength: 12 }), (pieces) => {
      const text = pieces.join("")
      for (const { range, text: found } of findTokens(text).tokens) {
        expect(range[0]).toBeGreaterThanOrEqual(0)
        expect(range[1]).toBeLessThanOrEqual(text.length)
        expect(found.length).toBeGreaterThan(0)
      }
    }),
  )
})
