/**
 * Bytes and text for runtimes without Node's `Buffer`: the same functions as in `bytes-node.ts`, with the same answers. Base64url is
 * canonical only: no padding, no other alphabet, no white space, unused bits zero (RFC 7515, section 2).
 */

const URL_ALPHABET = encodeAscii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
const STANDARD_ALPHABET = encodeAscii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
const INVALID = 0xff
const ASCII_END = 0x80
const EQUALS = 61
/** The six bits of each base64url character. */
const URL_BITS = bitsOf(URL_ALPHABET)
/** Of base64 in both alphabets, as people write it. */
const EITHER_BITS = bitsOf(URL_ALPHABET, STANDARD_ALPHABET)

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
/** How many UTF-16 units go into one call: engines bound the number of arguments. */
const UNITS_AT_ONCE = 4096

function bitsOf(...alphabets: readonly Uint8Array[]): Uint8Array {
  const bits = new Uint8Array(ASCII_END).fill(INVALID)
  for (const alphabet of alphabets) for (const [value, character] of alphabet.entries()) bits[character] = value
  return bits
}

function encodeAscii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Encodes bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return decoder.decode(encodeWith(URL_ALPHABET, bytes, Math.ceil((bytes.length * 4) / 3)))
}

/** Encodes bytes as standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return decoder.decode(encodeWith(STANDARD_ALPHABET, bytes, Math.ceil(bytes.length / 3) * 4))
}

function encodeWith(alphabet: Uint8Array, bytes: Uint8Array, length: number): Uint8Array {
  const characters = new Uint8Array(length).fill(EQUALS)
  const whole = bytes.length - (bytes.length % 3)
  let to = 0
  for (let from = 0; from < whole; from += 3) {
    const bits = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0)
    characters[to++] = alphabet[bits >> 18] ?? 0
    characters[to++] = alphabet[(bits >> 12) & 63] ?? 0
    characters[to++] = alphabet[(bits >> 6) & 63] ?? 0
    characters[to++] = alphabet[bits & 63] ?? 0
  }
  if (whole === bytes.length) return characters
  const bits = ((bytes[whole] ?? 0) << 16) | ((bytes[whole + 1] ?? 0) << 8)
  characters[to++] = alphabet[bits >> 18] ?? 0
  characters[to++] = alphabet[(bits >> 12) & 63] ?? 0
  if (bytes.length - whole === 2) characters[to] = alphabet[(bits >> 6) & 63] ?? 0
  return characters
}

/** Decodes canonical base64url into bytes of its own, or answers undefined. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(decodedLength(text))
  return decodeInto(bytes, text) ? bytes : undefined
}

/** As {@link decodeBase64Url}; on this side nothing is shared. */
export function decodeBase64UrlPooled(text: string): Uint8Array | undefined {
  return decodeBase64Url(text)
}

function decodedLength(text: string): number {
  return Math.floor((text.length * 3) / 4)
}

function decodeInto(bytes: Uint8Array, text: string): boolean {
  const rest = text.length % 4
  if (rest === 1) return false
  let to = 0
  // Strange characters have the top bits set: one look at the end tells whether there was any.
  let seen = 0
  const whole = text.length - rest
  for (let from = 0; from < whole; from += 4) {
    const a = bitsAt(text, from)
    const b = bitsAt(text, from + 1)
    const c = bitsAt(text, from + 2)
    const d = bitsAt(text, from + 3)
    seen |= a | b | c | d
    bytes[to++] = (a << 2) | (b >> 4)
    bytes[to++] = (b << 4) | (c >> 2)
    bytes[to++] = (c << 6) | d
  }
  if (rest === 0) return seen < 64
  const a = bitsAt(text, whole)
  const b = bitsAt(text, whole + 1)
  const c = rest === 3 ? bitsAt(text, whole + 2) : 0
  bytes[to++] = (a << 2) | (b >> 4)
  if (rest === 3) bytes[to] = (b << 4) | (c >> 2)
  const unused = rest === 2 ? b & 15 : c & 3
  return (seen | a | b | c) < 64 && unused === 0
}

function bitsAt(text: string, at: number): number {
  return URL_BITS[text.charCodeAt(at)] ?? INVALID
}

/** Holds decoded bytes from one call of {@link decodeToScratch} to the next: a parser reads them at once and keeps none. */
export const scratch: Uint8Array = new Uint8Array(16_384)

/**
 * Decodes canonical base64url into {@link scratch}, without allocating: the payload of every token goes this way.
 *
 * @returns The number of bytes; -1 for text that is not canonical or does not fit, which {@link decodeBase64UrlPooled} can tell.
 */
export function decodeToScratch(text: string): number {
  const length = decodedLength(text)
  return length <= scratch.length && decodeInto(scratch, text) ? length : -1
}

/** The beginning of {@link scratch} as UTF-8, or undefined if it is not. */
export function decodeScratchUtf8(length: number): string | undefined {
  return decodeUtf8(scratch.subarray(0, length))
}

/** Encodes text as UTF-8, then base64url. */
export function encodeTextBase64Url(text: string): string {
  return encodeBase64Url(encoder.encode(text))
}

/** Decodes base64 leniently (PEM bodies, OpenSSH lines, `x5c`): what is no character of it is passed over, padding ends it. */
export function decodeBase64(text: string): Uint8Array {
  const bytes = new Uint8Array(decodedLength(text))
  let to = 0
  let bits = 0
  let count = 0
  for (let from = 0; from < text.length; from++) {
    const character = text.charCodeAt(from)
    if (character === EQUALS) break
    const value = EITHER_BITS[character] ?? INVALID
    if (value === INVALID) continue
    bits = (bits << 6) | value
    count += 6
    if (count < 8) continue
    count -= 8
    bytes[to++] = bits >> count
    bits &= 0xff
  }
  return bytes.subarray(0, to)
}

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Decodes UTF-8, or answers undefined if it is not well-formed. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Decodes UTF-16, big or little endian. */
export function decodeUtf16(bytes: Uint8Array, bigEndian: boolean): string {
  const units = new Uint16Array(bytes.length >> 1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < units.length; at++) units[at] = view.getUint16(at * 2, !bigEndian)
  let text = ""
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE)
    text += String.fromCharCode(...units.subarray(at, at + UNITS_AT_ONCE))
  return text
}

/** Encodes text whose characters are all below U+0100, one byte each: the signing input, which is ASCII. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

/** Joins byte arrays. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** Whether two byte arrays hold the same bytes; not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}
