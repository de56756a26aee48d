/**
 * Bytes and text for runtimes with Node's `Buffer`. Base64url is canonical only: no padding, no other alphabet, no white space,
 * unused bits zero (RFC 7515, section 2), and that is checked here, because the platform's decoder accepts all of those.
 */
/**
 * What `Buffer.write` and `Buffer.toString` call after they have looked at their arguments. On the way of every token that look
 * costs more than the copying; all versions of Node have these methods, and where a runtime has not, the documented ones serve.
 */
interface DirectBuffer extends Buffer {
  latin1Write?(text: string, offset: number): number
  base64urlWrite?(text: string, offset: number): number
  utf8Slice?(start: number, end: number): string
}

/** Writes text whose characters are all below U+0100 into a buffer, one byte each. */
export function writeLatin1(buffer: DirectBuffer, text: string, offset: number): void {
  if (buffer.latin1Write === undefined) buffer.write(text, offset, "latin1")
  else buffer.latin1Write(text, offset)
}

function writeBase64Url(buffer: DirectBuffer, text: string): number {
  return buffer.base64urlWrite === undefined ? buffer.write(text, "base64url") : buffer.base64urlWrite(text, 0)
}

function sliceUtf8(buffer: DirectBuffer, length: number): string {
  return buffer.utf8Slice === undefined ? buffer.toString("utf8", 0, length) : buffer.utf8Slice(0, length)
}

/** Encodes bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return view(bytes).toString("base64url")
}

/** Decodes canonical base64url into bytes of its own, or answers undefined. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = decodeBase64UrlPooled(text)
  return bytes === undefined ? undefined : new Uint8Array(bytes)
}

/** As {@link decodeBase64Url}, in memory shared with other buffers: for use inside the package only. */
export function decodeBase64UrlPooled(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64url")
  return isCanonical(text, bytes.length) ? bytes : undefined
}

/** Holds decoded bytes from one call of {@link decodeToScratch} to the next: a parser reads them at once and keeps none. */
export const scratch: Uint8Array = Buffer.allocUnsafeSlow(16_384)
const scratchBuffer = view(scratch)
/** Last characters whose unused bits are zero, for texts of length 2 and 3 modulo 4 (RFC 4648, section 3.5). */
const LAST_OF_TWO = "AQgw"
const LAST_OF_THREE = "AEIMQUYcgkosw048"

/**
 * Decodes canonical base64url into {@link scratch}, without allocating: the payload of every token goes this way.
 *
 * @returns The number of bytes; -1 for text that is not canonical or does not fit, which {@link decodeBase64UrlPooled} can tell.
 */
export function decodeToScratch(text: string): number {
  if (Math.floor((text.length * 3) / 4) > scratch.length) return -1
  const length = writeBase64Url(scratchBuffer, text)
  return isCanonical(text, length) ? length : -1
}

const PIECE_CHARACTERS = 4096
// A character is at most three bytes.
const piece = Buffer.allocUnsafeSlow(3 * PIECE_CHARACTERS)

/** Whether every character is one byte of UTF-8. Counting the bytes of a long text is slow in Node 20; writing them is not. */
function isAscii(text: string): boolean {
  if (text.length <= PIECE_CHARACTERS) return Buffer.byteLength(text) === text.length
  for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
    const part = text.slice(at, at + PIECE_CHARACTERS)
    if (piece.write(part, "utf8") !== part.length) return false
  }
  return true
}

/** Whether text of which so many bytes were decoded is canonical: only then every character stood for six bits. */
function isCanonical(text: string, decoded: number): boolean {
  const rest = text.length % 4
  // The platform's decoder skips strange characters, takes those of the other alphabet and cuts wide ones down to a byte.
  if (rest === 1 || decoded !== Math.floor((text.length * 3) / 4) || text.includes("+") || text.includes("/"))
    return false
  if (!isAscii(text)) return false
  const last = text.charAt(text.length - 1)
  return rest === 0 || (rest === 2 ? LAST_OF_TWO : LAST_OF_THREE).includes(last)
}

/** The beginning of {@link scratch} as UTF-8, or undefined if it is not. */
export function decodeScratchUtf8(length: number): string | undefined {
  const text = sliceUtf8(scratchBuffer, length)
  return text.includes("\uFFFD") ? decodeUtf8(scratch.subarray(0, length)) : text
}

/** Encodes text as UTF-8, then base64url. */
export function encodeTextBase64Url(text: string): string {
  // A character of UTF-16 is at most three bytes of UTF-8.
  if (text.length * 3 > scratch.length) return Buffer.from(text, "utf8").toString("base64url")
  return scratchBuffer.toString("base64url", 0, scratchBuffer.write(text, "utf8"))
}

/** Decodes standard base64 leniently (PEM bodies, OpenSSH lines, `x5c`): white space is ignored. */
export function decodeBase64(text: string): Uint8Array {
  return Buffer.from(text, "base64")
}

/** Encodes bytes as standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return view(bytes).toString("base64")
}

/** Encodes text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return Buffer.from(text, "utf8")
}

/** Decodes UTF-8, or answers undefined if it is not well-formed. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const text = view(bytes).toString("utf8")
  // A replacement character is either a character of the text or a decoding error: ask the strict decoder.
  if (!text.includes("\uFFFD")) return text
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Decodes UTF-16, big or little endian. */
export function decodeUtf16(bytes: Uint8Array, bigEndian: boolean): string {
  const units = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return (bigEndian ? units.swap16() : units).toString("utf16le")
}

/** Encodes text whose characters are all below U+0100, one byte each: the signing input, which is ASCII. */
export function encodeLatin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1")
}

/** Joins byte arrays. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** Whether two byte arrays hold the same bytes; not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
