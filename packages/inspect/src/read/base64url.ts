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
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
const VALUES = valueTable()

/** Decodes as far as possible. */
export function readBase64Url(text: string): Base64Reading {
  const end = endOfLetters(text)
  const paddedAt = end < text.length ? end : undefined
  const wrongPadding = paddedAt !== undefined && (text.length - end > 2 || text.length % 4 !== 0)
  const { sextets, standardAt, invalidAt } = sextetsOf(text, end)
  const last = invalidAt ?? end
  const rest = last % 4
  const bytes = bytesOf(sextets, last)
  const spare = rest === 2 ? 15 : 3
  const spareBits = invalidAt === undefined && rest > 1 && ((sextets[last - 1] ?? 0) & spare) !== 0
  return {
    bytes,
    // Six bits are no byte: such a text was cut, or something was added.
    invalidAt: invalidAt ?? (rest === 1 ? last - 1 : wrongPadding ? end : undefined),
    paddedAt,
    standardAt,
    spareBitsAt: spareBits ? last - 1 : undefined,
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

function sextetsOf(text: string, end: number) {
  const sextets = new Uint8Array(end)
  let standardAt: number | undefined
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at)
    const value = code < 128 ? (VALUES[code] ?? NONE) : NONE
    if (value === NONE) return { sextets, standardAt, invalidAt: at }
    if (code === PLUS || code === SLASH) standardAt ??= at
    sextets[at] = value
  }
  return { sextets, standardAt, invalidAt: undefined }
}

function bytesOf(sextets: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  for (let at = 0; at < bytes.length; at++) {
    const from = Math.floor((at * 4) / 3)
    const first = sextets[from] ?? 0
    const second = sextets[from + 1] ?? 0
    const shift = 2 * (at % 3)
    bytes[at] = (first << (2 + shift)) | (second >> (4 - shift))
  }
  return bytes
}

function valueTable(): Uint8Array {
  const values = new Uint8Array(128).fill(NONE)
  for (let value = 0; value < ALPHABET.length; value++) values[ALPHABET.charCodeAt(value)] = value
  values[PLUS] = 62
  values[SLASH] = 63
  return values
}
