/** The two byte codecs are one: same functions, same answers to every input. Private files, because no door shows them alone. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as onNode from "../../src/codec/bytes-node.ts"
import * as onWeb from "../../src/codec/bytes-web.ts"

const RUNS = { numRuns: 2000 }
const bytes = fc.uint8Array({ maxLength: 300 })
const base64Like = fc.string({ unit: fc.constantFrom(..."ABCDwxyz0189-_+/=. \n\u00e9\u0141\u{1f600}"), maxLength: 40 })
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  base64Like,
  fc.string({ unit: "grapheme" }),
  loneSurrogates(),
)

function loneSurrogates(): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0xd700, max: 0xe001 }), { maxLength: 10 })
    .map((units) => String.fromCharCode(...units))
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Array.from(value) : value
}

/** Both codecs answer the same to arguments of these kinds. */
function expectSame<A extends unknown[]>(
  call: (codec: Omit<typeof onNode, "writeLatin1">, ...given: A) => unknown,
  ...kinds: { [I in keyof A]: fc.Arbitrary<A[I]> }
): void {
  fc.assert(
    fc.property(fc.tuple(...kinds), (given) => {
      expect(plain(call(onWeb, ...(given as A)))).toEqual(plain(call(onNode, ...(given as A))))
    }),
    RUNS,
  )
}

test("the Web codec has every function of the other, but the one that writes into a Buffer", () => {
  expect(Object.keys(onWeb).sort()).toEqual(
    Object.keys(onNode)
      .filter((name) => name !== "writeLatin1")
      .sort(),
  )
})

describe("the same answer, whatever the input", () => {
  test("encodeBase64Url, encodeBase64", () => {
    expectSame((codec, input) => [codec.encodeBase64Url(input), codec.encodeBase64(input)], bytes)
  })
  test("decodeBase64Url, decodeBase64UrlPooled", () => {
    expectSame((codec, input) => plain(codec.decodeBase64Url(input)), text)
    expectSame((codec, input) => plain(codec.decodeBase64UrlPooled(input)), base64Like)
    expectSame((codec, input) => plain(codec.decodeBase64Url(codec.encodeBase64Url(input))), bytes)
  })
  test("decodeToScratch, decodeScratchUtf8", () => {
    expectSame((codec, input) => scratchOf(codec, input), text)
    expectSame((codec, input) => scratchOf(codec, codec.encodeBase64Url(input)), bytes)
    expectSame((codec, input) => scratchOf(codec, codec.encodeTextBase64Url(input)), text)
  })
  test("encodeTextBase64Url, encodeUtf8", () => {
    expectSame((codec, input) => [codec.encodeTextBase64Url(input), plain(codec.encodeUtf8(input))], text)
  })
  test("decodeUtf8", () => {
    expectSame((codec, input) => codec.decodeUtf8(input), bytes)
    expectSame((codec, input) => codec.decodeUtf8(codec.encodeUtf8(input)), text)
    expectSame((codec, input) => codec.decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, ...input)), bytes)
  })
  test("decodeBase64", () => {
    expectSame(
      (codec, input) => plain(codec.decodeBase64(input)),
      fc.string({ unit: fc.constantFrom(..."ABwz09-_+/ \n\t"), maxLength: 50 }),
    )
    expectSame((codec, input) => plain(codec.decodeBase64(codec.encodeBase64(input))), bytes)
  })
  test("decodeUtf16", () => {
    expectSame((codec, input, bigEndian) => codec.decodeUtf16(input, bigEndian), bytes, fc.boolean())
  })
  test("encodeLatin1", () => {
    expectSame((codec, input) => plain(codec.encodeLatin1(input)), fc.string({ unit: "binary-ascii", maxLength: 100 }))
    expectSame(
      (codec, input) => plain(codec.encodeLatin1(input)),
      bytes.map((units) => String.fromCharCode(...units)),
    )
  })
  test("concatBytes, sameBytes", () => {
    expectSame(
      (codec, a, b) => [plain(codec.concatBytes(a, b)), codec.sameBytes(a, b), codec.sameBytes(a, a.slice())],
      bytes,
      bytes,
    )
  })
})

test("inputs of a megabyte go through", () => {
  const large = Uint8Array.from({ length: 1_000_003 }, (_, at) => (at * 31) & 0x7f)
  for (const codec of [onNode, onWeb]) {
    const encoded = codec.encodeBase64Url(large)
    expect(codec.sameBytes(codec.decodeBase64Url(encoded) ?? new Uint8Array(), large)).toBe(true)
    expect(codec.decodeToScratch(encoded)).toBe(-1)
    expect(codec.sameBytes(codec.encodeLatin1(codec.decodeUtf8(large) ?? ""), large)).toBe(true)
    expect(codec.decodeUtf16(large, false)).toHaveLength(500_001)
  }
})

function scratchOf(codec: Omit<typeof onNode, "writeLatin1">, input: string): unknown {
  const length = codec.decodeToScratch(input)
  return length === -1 ? length : [Array.from(codec.scratch.subarray(0, length)), codec.decodeScratchUtf8(length)]
}
