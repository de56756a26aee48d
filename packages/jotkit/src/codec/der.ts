/** DER (ITU-T X.690): a strict reader, and a writer. Lengths are minimal, nothing is left over, nothing is guessed. */
import { concatBytes } from "#bytes"

/** The tags that keys and certificates are made of. */
export const DER = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_ID: 0x06,
  SEQUENCE: 0x30,
} as const

/** The tag of a context-specific value, `[number]`. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number
}

const LONG_FORM = 0x80
const MAX_LENGTH_BYTES = 4
const SIGN_BIT = 0x80

/** Reads the values that stand side by side in some bytes. Throws an Error in words for what is not DER. */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whether the next value has this tag. */
  has(tag: number): boolean {
    return this.#bytes[this.#at] === tag
  }

  /** The content of the next value. */
  read(tag: number): Uint8Array {
    return this.#next(tag).content
  }

  /** The next value as it stands, tag and length included. */
  readWhole(tag: number): Uint8Array {
    return this.#next(tag).whole
  }

  /** The content of the next value, if it has this tag. */
  readOptional(tag: number): Uint8Array | undefined {
    return this.has(tag) ? this.read(tag) : undefined
  }

  /** A reader of what is inside the next value. */
  enter(tag: number = DER.SEQUENCE): DerReader {
    return new DerReader(this.read(tag))
  }

  /** A number that is not negative, without leading zero bytes. */
  readUnsigned(): Uint8Array {
    const content = this.read(DER.INTEGER)
    const [first, second = 0] = content
    if (first === undefined || first >= SIGN_BIT) throw new Error("a number is missing or negative")
    if (first !== 0 || content.length === 1) return content
    if (second < SIGN_BIT) throw new Error("a number is longer than it must be")
    return content.subarray(1)
  }

  /** A number that fits 32 bits. */
  readSmall(): number {
    const content = this.readUnsigned()
    if (content.length > 4) throw new Error("a number is too large")
    return content.reduce((value, byte) => value * 256 + byte, 0)
  }

  /** An object identifier, as the hexadecimal digits of its content. */
  readObjectId(): string {
    return hexOf(this.read(DER.OBJECT_ID))
  }

  /** A bit string of whole bytes. */
  readBits(tag: number = DER.BIT_STRING): Uint8Array {
    const content = this.read(tag)
    if (content[0] !== 0) throw new Error("a bit string does not consist of whole bytes")
    return content.subarray(1)
  }

  /** Refuses what is left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new Error("there is more than a key")
  }

  #next(tag: number): { content: Uint8Array; whole: Uint8Array } {
    const start = this.#at
    if (!this.has(tag)) throw new Error(`expected the DER tag ${tag}, found ${this.#bytes[start] ?? "the end"}`)
    const [length, from] = this.#length(start + 1)
    const end = from + length
    if (end > this.#bytes.length) throw new Error("it is cut off")
    this.#at = end
    return { content: this.#bytes.subarray(from, end), whole: this.#bytes.subarray(start, end) }
  }

  #length(at: number): readonly [length: number, from: number] {
    const first = this.#bytes[at] ?? LONG_FORM
    if (first < LONG_FORM) return [first, at + 1]
    const count = first - LONG_FORM
    const digits = this.#bytes.subarray(at + 1, at + 1 + count)
    if (count === 0 || count > MAX_LENGTH_BYTES || digits.length < count || digits[0] === 0)
      throw new Error("a length is not DER")
    const length = digits.reduce((value, byte) => value * 256 + byte, 0)
    if (length < LONG_FORM) throw new Error("a length is longer than it must be")
    return [length, at + 1 + count]
  }
}

/** Writes a value. */
export function derValue(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...contents)
  return concatBytes(Uint8Array.of(tag, ...lengthBytes(content.length)), content)
}

/** Writes a number that is not negative. */
export function derUnsigned(bytes: Uint8Array): Uint8Array {
  const sign = (bytes[0] ?? SIGN_BIT) >= SIGN_BIT ? Uint8Array.of(0) : new Uint8Array()
  return derValue(DER.INTEGER, sign, bytes)
}

/** Writes an object identifier given as hexadecimal digits. */
export function derObjectId(hex: string): Uint8Array {
  return derValue(DER.OBJECT_ID, bytesOfHex(hex))
}

/** Writes a bit string of whole bytes. */
export function derBits(bytes: Uint8Array): Uint8Array {
  return derValue(DER.BIT_STRING, Uint8Array.of(0), bytes)
}

function lengthBytes(length: number): number[] {
  if (length < LONG_FORM) return [length]
  const digits: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256)
  return [LONG_FORM + digits.length, ...digits]
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}
