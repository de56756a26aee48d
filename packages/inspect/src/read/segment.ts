/** One part of a token: its text, its bytes, what they say, and everything that is not as it should be. */

import { byteOfCharacter, charactersOfBytes, readBase64Url } from "./base64url.ts"
import { type JsonDocument, type Range, readJson } from "./json.ts"

/** What a part is. */
export type SegmentName =
  | "header"
  | "unprotected"
  | "payload"
  | "signature"
  | "encrypted_key"
  | "iv"
  | "ciphertext"
  | "tag"
  | "aad"
  | "disclosure"
  | "document"

/** How far a part could be read; the worst that is true of it. */
export type SegmentState =
  | "ok"
  | "empty"
  | "padded"
  | "standard_alphabet"
  | "spare_bits"
  | "not_base64url"
  | "not_utf8"
  | "not_json"
  | "json_cut"
  | "json_bounded"
  | "not_object"

/** One thing that is not as it should be. */
export interface SegmentNote {
  readonly state: Exclude<SegmentState, "ok">
  /** In characters of the reading's text. */
  readonly range: Range
  /** For JSON: from 1, in the decoded text. */
  readonly line: number | undefined
  readonly column: number | undefined
}

/** One part of a token. */
export interface Segment {
  readonly name: SegmentName
  /** The JSON Pointer (RFC 6901) that paths into this part begin with, such as `/payload`. */
  readonly path: string
  /** Where it stands in the reading's text. */
  readonly range: Range
  /** The text there, as it was signed. */
  readonly text: string
  readonly encoding: "base64url" | "text"
  readonly bytes: Uint8Array
  /** The bytes as text, where they are UTF-8 and meant as text. */
  readonly content: string | undefined
  /** The text as JSON, as far as it is. */
  readonly json: JsonDocument | undefined
  readonly state: SegmentState
  readonly notes: readonly SegmentNote[]
}

/** What a part is expected to hold. */
export type Expected = "object" | "array" | "json" | "bytes" | "anything"

/** Where a part stands. */
export interface Place {
  readonly name: SegmentName
  readonly path: string
  readonly start: number
}

// From harmless to fatal.
const SEVERITY: readonly SegmentState[] = [
  "ok",
  "spare_bits",
  "padded",
  "standard_alphabet",
  "not_object",
  "json_cut",
  "json_bounded",
  "not_json",
  "not_utf8",
  "empty",
  "not_base64url",
]
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Reads a part that is base64url. */
export function base64Segment(place: Place, text: string, expected: Expected): Segment {
  const { bytes, invalidAt, paddedAt, standardAt, spareBitsAt } = readBase64Url(text)
  const notes: SegmentNote[] = []
  const { start } = place
  const mark = (state: SegmentNote["state"], at: number | undefined, end?: number) => {
    if (at !== undefined) notes.push(noteAt(state, [start + at, start + (end ?? at + 1)]))
  }
  mark("not_base64url", invalidAt)
  mark("padded", paddedAt, text.length)
  mark("standard_alphabet", standardAt)
  mark("spare_bits", spareBitsAt)
  return finished(place, text, "base64url", bytes, expected, notes)
}

/** Reads a part that stands there as it is: an unencoded payload, or a member of a JSON serialization. */
export function textSegment(place: Place, text: string, expected: Expected): Segment {
  return finished(place, text, "text", encoder.encode(text), expected, [])
}

/** The bytes as text; undefined if they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The bytes that a range of the decoded text takes. */
export function bytesOfContent(segment: Segment, [start, end]: Range): Range {
  const offsets = offsetsOf(segment)
  return offsets === undefined ? [start, end] : [offsets[start] ?? 0, offsets[end] ?? segment.bytes.length]
}

/** The characters of the reading's text that hold some bytes of a part. */
export function charactersOf(segment: Segment, [start, end]: Range): Range {
  const [from, to] = segment.range
  if (to - from !== segment.text.length) return segment.range
  if (segment.encoding === "base64url") {
    const [first, last] = charactersOfBytes(start, end)
    return [from + first, Math.min(from + last, to)]
  }
  return [from + unitOfByte(segment, start), from + unitOfByte(segment, end)]
}

/** The place in the decoded text that a character of the reading's text belongs to; undefined for bytes that are no text. */
export function contentOffset(segment: Segment, character: number): number | undefined {
  const { content, bytes, range, text } = segment
  if (content === undefined || range[1] - range[0] !== text.length) return undefined
  const offset = character - range[0]
  if (segment.encoding === "text") return offset
  return unitOfByte(segment, Math.min(byteOfCharacter(offset), bytes.length))
}

const offsetTables = new WeakMap<Uint8Array, Uint32Array>()

/** For each UTF-16 unit of the content the byte it begins at, made once for a part; undefined where they are the same. */
function offsetsOf({ content = "", bytes }: Segment): Uint32Array | undefined {
  if (content.length === bytes.length) return undefined
  let table = offsetTables.get(bytes)
  if (table === undefined) {
    table = tableOf(content)
    offsetTables.set(bytes, table)
  }
  return table
}

function tableOf(content: string): Uint32Array {
  const table = new Uint32Array(content.length + 1)
  let byte = 0
  let unit = 0
  for (const letter of content) {
    const code = letter.codePointAt(0) ?? 0
    const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
    table[unit++] = byte
    // The second half of a pair stands for nothing alone.
    if (letter.length === 2) table[unit++] = byte
    byte += length
  }
  table[unit] = byte
  return table
}

/** The unit of the content that a byte belongs to: the last that begins there or before. */
function unitOfByte(segment: Segment, byte: number): number {
  const offsets = offsetsOf(segment)
  if (offsets === undefined) return byte
  let low = 0
  let high = offsets.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((offsets[middle] ?? 0) <= byte) low = middle
    else high = middle - 1
  }
  return offsets[low] === offsets[low - 1] ? low - 1 : low
}

function finished(
  place: Place,
  text: string,
  encoding: Segment["encoding"],
  bytes: Uint8Array,
  expected: Expected,
  notes: SegmentNote[],
): Segment {
  const range: Range = [place.start, place.start + text.length]
  const content = expected === "bytes" ? undefined : textOfBytes(bytes)
  const json = content === undefined ? undefined : readJson(content)
  const part: Segment = {
    name: place.name,
    path: place.path,
    range,
    text,
    encoding,
    bytes,
    content,
    json,
    state: "ok",
    notes,
  }
  notes.push(...notesOn(part, expected))
  if (notes.length === 0 && (json === undefined || json.root !== undefined)) return part
  const state = SEVERITY.filter((name) => notes.some((note) => note.state === name)).at(-1) ?? "ok"
  return { ...part, json: json?.root === undefined ? undefined : json, state, notes }
}

function notesOn(part: Segment, expected: Expected): SegmentNote[] {
  const { range, content, json } = part
  if (expected === "anything") return []
  if (part.text === "") return [noteAt("empty", range)]
  if (expected === "bytes") return []
  if (content === undefined) return [noteAt("not_utf8", range)]
  if (json?.problem !== undefined) return [jsonNote(part, json)]
  const type = json?.root?.type
  return expected === "json" || type === expected ? [] : [noteAt("not_object", range)]
}

function jsonNote(part: Segment, { root, problem }: JsonDocument): SegmentNote {
  const { offset = 0, line, column, code } = problem ?? {}
  const isBounded = code === "too_deep" || code === "too_many"
  const cut = isBounded ? "json_bounded" : code === "ends_early" ? "json_cut" : undefined
  const range = charactersOf(part, bytesOfContent(part, [offset, offset + 1]))
  return { state: root === undefined ? "not_json" : (cut ?? "not_json"), range, line, column }
}

function noteAt(state: SegmentNote["state"], range: Range): SegmentNote {
  return { state, range, line: undefined, column: undefined }
}
