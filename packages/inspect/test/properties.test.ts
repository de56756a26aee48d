/** Whatever the text: nothing throws, every range points to what it says, and time is in proportion to length. */
import {
  charactersOf,
  findTokens,
  formatJson,
  locate,
  pathAt,
  plainValue,
  read,
  readJson,
  type Segment,
} from "@jotkit/inspect"
import fc from "fast-check"
import { signJws } from "jotkit"
import { expect, test } from "vitest"

const SECRET = new Uint8Array(32).fill(7)
const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1")

/** Every path of a JSON value with its value. */
function paths(value: unknown, path: string): [path: string, value: unknown][] {
  const members = typeof value === "object" && value !== null ? Object.entries(value) : []
  return [[path, value], ...members.flatMap(([name, member]) => paths(member, `${path}/${escaped(name)}`))]
}

/** The bytes that some characters of a base64url segment hold, and up to two more on either side. */
function bytesAround(segment: Segment, text: string, [first, last]: readonly [number, number]): string {
  const start = first - ((first - segment.range[0]) % 4)
  return Buffer.from(text.slice(start, last), "base64url").toString("latin1")
}

const json = fc.jsonValue({ maxDepth: 4 })
const claims = fc.dictionary(fc.string({ unit: "grapheme" }), json, { maxKeys: 6 })

test("a path leads to the value, its bytes and its characters", () => {
  fc.assert(
    fc.property(claims, fc.constantFrom(undefined, 2), (value, indent) => {
      const text = signJws(JSON.stringify(value, null, indent), SECRET, { algorithm: "HS256" })
      const reading = read(text)
      for (const [path, expected] of paths(value, "/payload").slice(1)) {
        const place = locate(reading, path)
        if (place?.node === undefined) throw new Error(`${path} is not found`)
        const { segment, content, bytes, characters, node } = place
        expect(JSON.stringify(plainValue(node))).toBe(JSON.stringify(expected))
        const held = Buffer.from(segment.bytes.subarray(...bytes))
        expect(held.toString()).toBe(segment.content?.slice(...content))
        expect(charactersOf(segment, bytes)).toEqual(characters)
        expect(bytesAround(segment, text, characters)).toContain(held.toString("latin1"))
      }
    }),
  )
})

test("a path into a token that is JSON leads to its characters, too", () => {
  fc.assert(
    fc.property(claims, (unprotected) => {
      const note = { ...unprotected, é: "ü" }
      delete (note as Record<string, unknown>)["alg"]
      const text = JSON.stringify({ protected: "e30", header: note, payload: "e30", signature: "AAAA" }, null, 1)
      const reading = read(text)
      for (const [path, expected] of paths(note, "/unprotected").slice(1)) {
        const place = locate(reading, path)
        expect(JSON.stringify(JSON.parse(text.slice(...(place?.characters ?? [0, 0]))))).toBe(JSON.stringify(expected))
      }
    }),
  )
})

test("each character of a token leads to a path that leads back to it", () => {
  fc.assert(
    fc.property(claims, (value) => {
      const text = signJws(JSON.stringify(value), SECRET, { algorithm: "HS256" })
      const reading = read(text)
      for (let at = 0; at < text.length; at++) {
        const path = pathAt(reading, at)
        expect(path === undefined).toBe(text[at] === ".")
        if (path === undefined) continue
        const [start, end] = locate(reading, path)?.characters ?? [0, 0]
        // A character may hold bits of two bytes, and a name stands outside its value.
        const isName = path.split("/").length > 2
        expect(isName || (start <= at && at < end)).toBe(true)
      }
    }),
  )
})

test("the tolerant reader agrees with JSON.parse about what JSON is, and what it says", () => {
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.json().chain((one) => fc.nat(one.length).map((at) => one.slice(0, at))),
    fc
      .array(fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', "1", "-", "true", " ", "\\u0061", "e5"))
      .map((parts) => parts.join("")),
  )
  fc.assert(
    fc.property(text, (one) => {
      const document = readJson(one)
      let expected: unknown
      try {
        expected = JSON.parse(one)
      } catch {
        expect(document.problem).toBeDefined()
        return
      }
      expect(document.problem).toBeUndefined()
      expect(document.root && JSON.stringify(plainValue(document.root))).toBe(JSON.stringify(expected))
      expect(JSON.stringify(JSON.parse(formatJson(document, 4)))).toBe(JSON.stringify(expected))
    }),
    { numRuns: 500 },
  )
})

test("reading never throws, and segments are what stands in the text", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("eyJhbGciOiJub25lIn0", ".", "~", '{"signatures":[', '{"payload":"', '"protected":1', "}", "="),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const text = parts.join("")
      const { segments, form } = read(text)
      for (const segment of segments) {
        expect(segment.range[0]).toBeLessThanOrEqual(segment.range[1])
        if (form !== "json" && !text.includes("\\")) expect(text.slice(...segment.range)).toBe(segment.text)
      }
    }),
    { numRuns: 500 },
  )
})

test("what is found in a text is read as it was before it was wrapped into it", () => {
  const token = signJws('{"sub":"alice"}', SECRET, { algorithm: "HS256" })
  const around = fc.stringMatching(/^[ a-z0-9:;,(){}'"]{0,40}$/)
  fc.assert(
    fc.property(around, around, (before, behind) => {
      const found = findTokens(`${before} ${token} ${behind}`).tokens.map(({ text }) => text)
      expect(found).toEqual([token])
    }),
  )
})

test.each<[string, string]>([
  ["dots", ".".repeat(1_000_000)],
  ["tildes", "~".repeat(200_000)],
  ["letters", "A".repeat(1_000_000)],
  ["open brackets", "[".repeat(1_000_000)],
  ["members", `{${'"a":1,'.repeat(150_000)}"b":1}`],
  ["signatures", `{"payload":"","signatures":[${'{"protected":"e30","signature":"AA"},'.repeat(20_000)}{}]}`],
  ["recipients", `{"ciphertext":"","recipients":[${'{"encrypted_key":"AA"},'.repeat(20_000)}{}]}`],
])("reads a megabyte of %s in time", (_, text) => {
  const start = performance.now()
  const reading = read(text)
  locate(reading, "/payload/a/b")
  pathAt(reading, text.length - 1)
  expect(performance.now() - start).toBeLessThan(10_000)
})
