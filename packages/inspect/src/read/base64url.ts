/**
 * Base64url as strangers write it (RFC 4648, section 5): everything that can be decoded is, and what was not canonical is said.
 *
 * The core's decoder answers yes or no; whoever looks at a broken token wants to know where it broke.
 */

/** What a base64url text held. Offsets count characters of the text. */
export interface Base64Reading {
  /** The bytes before the first character that is none of base64's. */
  readonly bytes: Uint8Array
  /** The first character that does not belong there, or the last one of a text that cannot be that long. */
  readonly invalidAt: number | undefined
  /** Where padding begins, which JOSE leaves out. */
  readonly paddedAt: number | undefined
  /** The first `+` or `/`: the other alphabet. */
  readonly standardAt: number | undefined
  /** The last character, where its unused bits are not zero: another text with the same bytes exists. */
  readonly spareBitsAt: number | undefined
}

const PLUS = 43
const SLASH = 47
const EQUALS = 61
const NONE = 255
/** Set in the values of the letters that only the other alphabet has. */
const STANDARD = 64
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const VALUES = valueTable()

/** Decodes as far as possible. */
export function readBase64Url(text: string): Base64Reading {
  const end = endOfLetters(text)
  const paddedAt = end < text.length ? end : undefined
  const wrongPadding = paddedAt !== undefined && (text.length - end > 2 || text.length % 4 !== 0)
  const { bytes, standardAt, invalidAt, spare } = bytesOf(text, end)
  const rest = (invalidAt ?? end) % 4
  return {
    bytes,
    // Six bits are no byte: such a text was cut, or something was added.
    invalidAt: invalidAt ?? (rest === 1 ? end - 1 : wrongPadding ? end : undefined),
    paddedAt,
    standardAt,
    spareBitsAt: invalidAt === undefined && rest > 1 && spare !== 0 ? end - 1 : undefined,
  }
}

/** Writes base64url without padding. */
export function writeBase64Url(bytes: Uint8Array): string {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3)
    const bits = (first << 16) | (second << 8) | third
    const letters = Math.min(4, bytes.length - at + 1)
    for (let letter = 0; letter < letters; letter++) text += ALPHABET[(bits >> (18 - 6 * letter)) & 63]
  }
  return text
}

/** The characters that hold some bytes: byte 0 is in characters 0 and 1. */
export function charactersOfBytes(start: number, end: number): [start: number, end: number] {
  return [Math.floor((start * 4) / 3), Math.ceil((end * 4) / 3)]
}

/** The byte that a character holds the first bits of. */
export function byteOfCharacter(offset: number): number {
  return Math.floor((offset * 3) / 4)
}

function endOfLetters(text: string): number {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === EQUALS) end--
  return end
}

function bytesOf(text: string, end: number) {
  const bytes = new Uint8Array(Math.floor((end * 3) / 4))
  let { at, to } = quartetsOf(text, end, bytes)
  let standardAt: number | undefined
  let held = 0
  for (let bits = 0; at < end; at++) {
    const value = sextetAt(text, at)
    if (value === NONE) return { bytes: bytes.slice(0, to), standardAt, invalidAt: at, spare: held }
    if (value >= STANDARD) standardAt ??= at
    held = (held << 6) | (value & 63)
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[to++] = held >> bits
    held &= (1 << bits) - 1
  }
  return { bytes, standardAt, invalidAt: undefined, spare: held }
}

/** Decodes four letters at a time, up to the first that is not of the alphabet. */
function quartetsOf(text: string, end: number, bytes: Uint8Array): { at: number; to: number } {
  let to = 0
  let at = 0
  for (; at + 4 <= end; at += 4) {
    const first = sextetAt(text, at)
    const second = sextetAt(text, at + 1)
    const third = sextetAt(text, at + 2)
    const fourth = sextetAt(text, at + 3)
    if ((first | second | third | fourth) > 63) break
    const bits = (first << 18) | (second << 12) | (third << 6) | fourth
    bytes[to++] = bits >> 16
    bytes[to++] = bits >> 8
    bytes[to++] = bits
  }
  return { at, to }
}

function sextetAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? NONE
}

function valueTable(): Uint8Array {
  const values = new Uint8Array(128).fill(NONE)
  for (let value = 0; value < ALPHABET.length; value++) values[ALPHABET.charCodeAt(value)] = value
  values[PLUS] = STANDARD | 62
  values[SLASH] = STANDARD | 63
  return values
}
