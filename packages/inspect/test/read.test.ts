/** Reading: every serialization, every state of a part, and ranges that point to what they say. */
import { readFileSync } from "node:fs"
import { formatJson, locate, pathAt, plainValue, type Reading, read, readJson, visibleText } from "@jotkit/inspect"
import { encryptJwe, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { describeShared } from "./shared.ts"

const SECRET = new Uint8Array(32).fill(7)
const encode = (text: string) => Buffer.from(text).toString("base64url")
const rfc = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../jotkit/test/vectors/rfc/${name}.json`, import.meta.url), "utf8"))

function states(reading: Reading): string[] {
  return reading.segments.map(({ name, state }) => `${name}: ${state}`)
}

describe("a compact JWS", () => {
  const token = signJws('{"sub":"愛麗絲","exp":1e10,"n":[1,{"a/b":true}]}', SECRET, {
    algorithm: "HS256",
    header: { typ: "JWT" },
  })
  const reading = read(token)

  test("has three parts that are well", () => {
    expect(reading.form).toBe("jws")
    expect(reading.serialization).toBe("compact")
    expect(states(reading)).toEqual(["header: ok", "payload: ok", "signature: ok"])
    expect(reading.segments.map(({ text }) => text).join(".")).toBe(token)
  })

  test("shows numbers as they were written", () => {
    const place = locate(reading, "/payload/exp")
    expect(place?.segment.content?.slice(...(place?.content ?? []))).toBe("1e10")
  })

  test.each(["/header/alg", "/payload/sub", "/payload/exp", "/payload/n/1/a~1b", "/payload", "/signature"])(
    "leads from %s to the characters and back",
    (path) => {
      const place = locate(reading, path)
      if (place === undefined) throw new Error(`${path} is not found`)
      const [first, last] = place.characters
      expect(pathAt(reading, last - 1)?.startsWith(path)).toBe(true)
      const held = Buffer.from(place.segment.bytes.subarray(...place.bytes))
      if (place.node !== undefined) expect(held.toString()).toBe(place.segment.content?.slice(...place.content))
      // The characters decode to bytes that contain those of the value.
      const offset = first - place.segment.range[0]
      const whole = token.slice(first - (offset % 4), last)
      expect(Buffer.from(whole, "base64url").toString("latin1")).toContain(held.toString("latin1"))
    },
  )

  test("knows nothing where there is nothing", () => {
    expect(locate(reading, "/payload/absent")).toBeUndefined()
    expect(locate(reading, "/elsewhere")).toBeUndefined()
    expect(pathAt(reading, reading.header?.text.length ?? 0)).toBeUndefined()
  })
})

describe("the state of a part", () => {
  const header = encode('{"alg":"HS256"}')
  test.each([
    ["a letter outside the alphabet", `${header}.ey!J9.AAAA`, "not_base64url", 2],
    ["one letter too many", `${header}.${encode('{"a":1}')}AAA.AAAA`, "not_base64url", 12],
    ["padding", `${header}.${Buffer.from('{"a":12}').toString("base64")}.AAAA`, "padded", 11],
    [
      "the standard alphabet",
      `${header}.${Buffer.from('{"a":"??>>"}').toString("base64")}.AAAA`,
      "standard_alphabet",
      11,
    ],
    ["spare bits", `${header}.${encode('{"a":1}').slice(0, -1)}R.AAAA`, "spare_bits", 9],
    [
      "bytes that are not UTF-8",
      `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString("base64url")}.AAAA`,
      "not_utf8",
      0,
    ],
    ["text that is not JSON", `${header}.${encode("{'a':1}")}.AAAA`, "not_json", 1],
    ["JSON that ends early", `${header}.${encode('{"a":1,"b":')}.AAAA`, "json_cut", 14],
    ["an array", `${header}.${encode("[1]")}.AAAA`, "not_object", 0],
  ])("says of %s what and where", (_, token, state, offset) => {
    const { payload } = read(token)
    expect(payload?.state).toBe(state)
    expect((payload?.notes.find((note) => note.state === state)?.range[0] ?? 0) - header.length - 1).toBe(offset)
  })

  test("keeps what stands before the fault", () => {
    const { payload } = read(`${header}.${encode('{"a":1,"b":[true')}.AAAA`)
    const root = payload?.json?.root
    expect(root && plainValue(root)).toEqual({ a: 1, b: [true] })
  })

  test("counts lines and columns from one", () => {
    const { payload } = read(`${header}.${encode('{\n  "a": 1,\n  b: 2\n}')}.AAAA`)
    expect(payload?.notes[0]).toMatchObject({ state: "not_json", line: 3, column: 3 })
  })
})

describe("shapes", () => {
  const payload = encode('{"sub":"alice"}')
  test.each([
    ["two parts", `${encode('{"alg":"HS256"}')}.${payload}`, "jws", ["parts_two"]],
    ["four parts", `${encode('{"alg":"HS256"}')}.${payload}.AAAA.AAAA`, "jws", ["parts_count"]],
    ["a header alone", encode('{"alg":"HS256"}'), "segment", []],
    ["claims alone", payload, "segment", []],
    ["something else", "hello", "unknown", ["not_a_token"]],
    ["claims that were cut", payload.slice(0, 17), "segment", []],
    ["dots of another script", `${encode('{"alg":"HS256"}')}．${payload}．AAAA`, "unknown", ["not_a_token"]],
    ["nothing", "", "unknown", ["empty"]],
    ["a JWK", '{"kty":"oct","k":"AA"}', "jwk", []],
    ["a JWK Set", '{"keys":[{"kty":"oct","k":"AA"}]}', "jwks", []],
    ["other JSON", '{"sub":"alice"}', "json", []],
    ["a set without a list", '{"signatures":[],"payload":""}', "jws", ["signatures_empty"]],
  ])("reads %s", (_, text, form, problems) => {
    const reading = read(text)
    expect(reading.form).toBe(form)
    expect(reading.problems.map(({ code }) => code)).toEqual(problems)
  })

  test("tells an unsecured token, in whatever case it says so", () => {
    expect(read(`${encode('{"alg":"NoNe"}')}.${payload}.`).isUnsecured).toBe(true)
  })

  test("reads a detached payload as absent", () => {
    const reading = read(signJws("hello", SECRET, { algorithm: "HS256", detached: true }))
    expect(reading.isDetached).toBe(true)
    expect(reading.payload?.state).toBe("ok")
  })

  test("reads an unencoded payload as it stands", () => {
    const reading = read(signJws("hello", SECRET, { algorithm: "HS256", b64: false }))
    expect(reading.isUnencoded).toBe(true)
    expect(reading.payload?.content).toBe("hello")
  })

  test("reads a token in a token", () => {
    const inner = signJws('{"sub":"alice"}', SECRET, { algorithm: "HS256" })
    const outer = read(signJws(inner, SECRET, { algorithm: "HS256", header: { cty: "JWT" } }))
    expect(outer.nested?.form).toBe("jws")
    expect(outer.nested && locate(outer.nested, "/payload/sub")?.node).toMatchObject({ value: "alice" })
  })

  test("reads the general serialization, signature by signature", () => {
    const one = signJws('{"a":1}', SECRET, {
      algorithm: "HS256",
      format: "general",
      header: { kid: "1" },
      unprotected: { note: "é" },
    })
    const text = JSON.stringify(one, null, 1)
    const reading = read(text)
    expect(reading.serialization).toBe("general")
    const kid = locate(reading, "/signatures/0/protected/kid")
    expect(kid?.node).toMatchObject({ value: "1" })
    const note = locate(reading, "/signatures/0/header/note")
    expect(text.slice(...(note?.characters ?? []))).toBe('"é"')
  })

  test("reads a JWE in five parts", () => {
    const reading = read(encryptJwe("secret", SECRET, { algorithm: "dir", encryption: "A256GCM" }))
    expect(reading.form).toBe("jwe")
    expect(states(reading)).toEqual(["header: ok", "encrypted_key: ok", "iv: ok", "ciphertext: ok", "tag: ok"])
    expect(
      read(
        JSON.stringify(encryptJwe("secret", SECRET, { algorithm: "dir", encryption: "A256GCM", format: "flattened" })),
      ).form,
    ).toBe("jwe")
  })

  test("reads an SD-JWT with disclosures and key binding", () => {
    const jwt = signJws('{"_sd":[]}', SECRET, { algorithm: "HS256", header: { typ: "dc+sd-jwt" } })
    const disclosure = encode('["salt","given_name","Alice"]')
    const text = `${jwt}~${disclosure}~${encode('["salt",1]')}~${jwt}`
    const reading = read(text)
    expect(reading.form).toBe("sd-jwt")
    expect(reading.disclosures.map(({ name }) => name)).toEqual(["given_name", undefined])
    expect(reading.keyBinding?.header?.path).toBe("/key_binding/header")
    for (const segment of reading.segments) expect(text.slice(...segment.range)).toBe(segment.text)
  })

  test("refuses what is longer than the bound", () => {
    expect(read("a".repeat(11), { maxCharacters: 10 }).problems[0]?.code).toBe("too_large")
  })
})

describe("JSON", () => {
  test("keeps order, duplicates and number texts", () => {
    const text = '{"b":1.0,"a":9007199254740993,"b":-0,"__proto__":{"x":1}}'
    const document = readJson(text)
    const root = document.root
    if (root?.type !== "object") throw new Error("no object")
    expect(root.members.map(({ name, duplicate }) => [name, duplicate])).toEqual([
      ["b", false],
      ["a", false],
      ["b", true],
      ["__proto__", false],
    ])
    expect(formatJson(document, 0)).toBe(text)
    expect(Object.keys(plainValue(root) as object)).toEqual(["b", "a", "__proto__"])
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined()
  })

  test("writes with indentation as JSON.stringify does", () => {
    const value = { a: [1, [], {}, { b: null }], c: "\u{1f600}\n" }
    expect(formatJson(readJson(JSON.stringify(value)))).toBe(JSON.stringify(value, null, 2))
  })

  test("stops at a depth and at a number of values", () => {
    expect(readJson("[".repeat(1_000_000)).problem?.code).toBe("too_deep")
    expect(readJson(`[${"0,".repeat(500_000)}0]`).problem?.code).toBe("too_many")
    expect(readJson("[[1]]", { maxDepth: 2 }).problem).toBeUndefined()
    expect(readJson("[[1]]", { maxDepth: 1 }).problem?.offset).toBe(1)
  })

  test.each([
    "01",
    "1.",
    "+1",
    "nul",
    '"\\x"',
    '"\\u12g4"',
    '"a\nb"',
    "[1,]",
    '{"a":1,}',
    "{a:1}",
    "1 2",
    "\ufeff{}",
    "NaN",
    "",
  ])("does not take %j for JSON", (text) => {
    expect(readJson(text).problem).toBeDefined()
    expect(() => JSON.parse(text)).toThrow()
  })
})

test.each<[string, string]>([
  ["plain ASCII ~", "plain ASCII ~"],
  ["愛麗絲 é 😀", "愛麗絲 é 😀"],
  ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
  ["a\r\n\tb", "a\\r\\n\\tb"],
  ["admin\u202etxt.exe", "admin\\u202etxt.exe"],
  ["z\u200bw\ufeff\u00ad", "z\\u200bw\\ufeff\\u00ad"],
  ["\u009b31m", "\\u009b31m"],
  ["\ud800!", "\\ud800!"],
  ["tag \u{e0041}", "tag \\u{e0041}"],
])("%j is shown without what hides", (text, shown) => {
  expect(visibleText(text)).toBe(shown)
})

test("keeps line ends where asked", () => {
  expect(visibleText("a\nb\r", true)).toBe("a\nb\\r")
})

test("reads the examples of the standards", () => {
  const cases = [...rfc("rfc7515").cases, ...rfc("rfc7516").cases, ...rfc("rfc7797").cases, ...rfc("rfc7519").cases]
  let read_ = 0
  for (const { token, jws, jwe } of cases) {
    const text = token ?? ((jws ?? jwe) ? JSON.stringify(jws ?? jwe) : undefined)
    if (text === undefined) continue
    const reading = read(text)
    expect(["jws", "jwe"]).toContain(reading.form)
    for (const segment of reading.segments) expect(text.slice(...segment.range)).toBe(segment.text)
    expect(reading.header?.state ?? "ok").toBe("ok")
    read_++
  }
  expect(read_).toBeGreaterThan(15)
})

describeShared("vectors/made", "made vectors", (folder) => {
  test("are read whatever is wrong with them", () => {
    const { cases } = JSON.parse(readFileSync(`${folder}/sample.json`, "utf8"))
    for (const { token } of cases) {
      if (token === undefined) continue
      const text = typeof token === "string" ? token : JSON.stringify(token)
      expect(read(text).segments.length).toBeGreaterThan(0)
    }
  })
})
