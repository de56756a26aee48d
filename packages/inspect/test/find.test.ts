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

describe("in quoted mail", () => {
  const quoted = (text: string, mark = "> ") => mark + text.replaceAll("\n", `\n${mark}`)
  const texts = (text: string) => findTokens(text).tokens.map((found) => found.text)

  test.each<[string, string]>([
    ["wrapped", quoted(wrap(token, 74))],
    ["wrapped, with carriage returns", quoted(wrap(token, 74, "\r\n"))],
    ["wrapped, below a name", `> the token: \n${quoted(wrap(token, 60))}\n>\n> Thanks`],
    ["behind a name", quoted(wrap(`Token: ${token}`, 60))],
    ["quoted twice", quoted(wrap(token, 60), "> > ")],
    ["quoted twice, without spaces", quoted(wrap(token, 60), ">>")],
    ["broken at the dots", quoted(token.replaceAll(".", ".\n"))],
    ["as the standards print them", quoted(token.replaceAll(".", "\n.\n"), "    > ")],
  ])("a token is found, %s", (_, text) => {
    const [found, ...others] = findTokens(`Hello,\n\n${text}\n\nyours`).tokens
    expect([found?.text, ...others]).toEqual([token])
    expect(found?.removed).toEqual(expect.arrayContaining(["line_breaks", "quote_marks"]))
  })

  test("two tokens stay two, and words stay words", () => {
    expect(texts(quoted(`${token}\n${other}\n`))).toEqual([token, other])
    expect(texts(`${token}\n> ${other}\n`)).toEqual([token, other])
    expect(texts(quoted(`${token}\nthanks`))).toEqual([token])
    expect(findTokens(quoted(token)).tokens[0]?.removed).not.toContain("quote_marks")
    const [first = "", second = ""] = wrap(token, 74).split("\n")
    // Another voice does not go on with what this one said.
    for (const text of [`> ${first}\n> > ${second}`, `> > ${first}\n> ${second}`, `${first}\n> ${second}`])
      expect(texts(text)).toEqual([first])
    expect(texts(`<b\n>${first}\n></b>`)).toEqual([first])
  })
})

describe("in pieces in several cookies", () => {
  const texts = (text: string) => findTokens(text).tokens.map((found) => found.text)
  const cut = (text: string, length: number) => text.match(new RegExp(`.{1,${length}}`, "g")) ?? []
  const dotted = (text: string, length: number, end = "; ") =>
    cut(text, length)
      .map((piece, index) => `session-token.${index}=${piece}`)
      .join(end)
  const long = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${"A".repeat(3800)}.${"B".repeat(342)}`
  const encrypted = `eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${"A".repeat(16)}.${"B".repeat(9000)}.${"C".repeat(22)}`
  const attributes = "; Path=/; Expires=Fri, 31 Dec 2027 23:59:59 GMT; HttpOnly; SameSite=Lax"

  test.each<[string, string, string]>([
    ["of a request", `Cookie: theme=dark; ${dotted(token, 60)}; lang=en`, token],
    ["of a command", `curl -b '${dotted(token, 60)}' https://app.example/`, token],
    ["with others between", dotted(token, 60, "; theme=dark; "), token],
    ["of an answer", `Set-Cookie: ${dotted(token, 60, `${attributes}\nSet-Cookie: `)}${attributes}\n`, token],
    ["on lines", dotted(token, 60, "\n"), token],
    ["of ASP.NET", `auth=chunks-2; authC1=${token.slice(0, 60)}; authC2=${token.slice(60)}; x=y`, token],
    [
      "of an answer of ASP.NET",
      `Set-Cookie: auth=chunks-2${attributes}\nSet-Cookie: authC1=${token.slice(0, 60)}${attributes}\nSet-Cookie: authC2=${token.slice(60)}`,
      token,
    ],
    ["cut in the signature of a token", dotted(token, token.length - 5), token],
    ["cut in a signature whose length nobody knows", dotted(long, 3933), long],
    ["encrypted, in three pieces", dotted(encrypted, 3933), encrypted],
  ])("a token is found, %s", (_, text, whole) => {
    const [found, ...others] = findTokens(text).tokens
    expect([found?.text, ...others]).toEqual([whole])
    expect(found?.removed).toContain("cookie_chunks")
  })

  test("tokens that are whole stay what they are, whatever their cookies are called", () => {
    const [first, second] = [token.slice(0, 60), token.slice(60)]
    for (const whole of [token, long, encrypted, long.replace("A".repeat(3800), "e30")]) {
      expect(texts(`t.0=${whole}; t.1=${other}`)).toEqual([whole, other])
      expect(texts(`t.0=${whole}; t.1=42`)).toEqual([whole])
    }
    expect(texts(`t.0=${first}; t.1=${other}`)).toEqual([first, other])
    expect(texts(`t.0=${first}; id=${other}; t.1=${second}`)).toEqual([first, other])
    for (const text of [
      `t.1=${first}; t.2=${second}`,
      `t.0=${first}; t.2=${second}`,
      `t.0=${first}; u.1=${second}`,
      `t.0=${first}; at.1=${second}`,
      `t0=${first}; t1=${second}`,
      `tC1=${first}; tC2=${second}`,
      `t=chunks-1; tC1=${first}; tC2=${second}`,
      `t.0="${first}"; t.1="${second}"`,
    ])
      expect(texts(text)).toEqual([first])
  })
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
  ["cookies", "a.0=eyJhbGciOiJub25l.; b.1=".repeat(40_000)],
  ["names of cookies", "; a.0=eyJhbGciOiJub25l.e30 a.1=A; a.2=".repeat(28_000)],
  ["names before a cookie", `${".".repeat(500_000)}.0=eyJhbGciOiJub25l.e30`],
  ["quotation marks of mail", `> eyJhbGciOiJub25l.e30.\n${"> ".repeat(500_000)}`],
  ["quoted lines", `> eyJhbGciOiJub25l.e30.\n${`> ${"A".repeat(64)}\n`.repeat(16_000)}`],
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
    "> ",
    "a.0=",
    "; a.1=",
    "a=chunks-2; aC1=",
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
