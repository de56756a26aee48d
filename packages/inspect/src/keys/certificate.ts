/**
 * What a certificate says (RFC 5280, section 4.1), read strictly: DER (ITU-T X.690) with lengths as short as they can be and nothing left
 * over. Nothing is verified: neither the issuer's signature nor a chain.
 */

/** What a certificate says. */
export interface Certificate {
  /** Such as `CN=api.example, O=Example`, in the certificate's order; RFC 4514 says how odd characters are written. */
  readonly subject: string
  readonly issuer: string
  /** In hexadecimal. */
  readonly serialNumber: string
  /** The first second in which it may be used, since 1970-01-01T00:00:00Z. */
  readonly notBefore: number
  /** The last one. */
  readonly notAfter: number
  /** Names of hosts, addresses, e-mail and URIs, each behind its kind, such as `DNS:api.example`. */
  readonly alternativeNames: readonly string[]
}

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
  version: 0xa0,
  issuerId: 0x81,
  subjectId: 0x82,
  extensions: 0xa3,
} as const

/** A value and where the next one begins. */
interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
}

/** What is wrong is said to nobody: the bytes are a certificate or they are not. */
class NotDer extends Error {}

/** Reads a certificate; undefined for bytes that are not exactly one. */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  try {
    return certificateOf(der)
  } catch (error) {
    if (error instanceof NotDer) return undefined
    throw error
  }
}

function certificateOf(der: Uint8Array): Certificate {
  const [whole, ...behind] = valuesIn(der)
  if (whole?.tag !== TAG.sequence || behind.length > 0) throw new NotDer()
  const [body, algorithm, signature, ...more] = valuesIn(whole.content)
  contentOf(algorithm, TAG.sequence)
  contentOf(signature, TAG.bitString)
  if (more.length > 0) throw new NotDer()
  const fields = valuesIn(contentOf(body, TAG.sequence))
  if (fields[0]?.tag === TAG.version) fields.shift()
  const [serial, inner, issuer, validity, subject, key, ...optional] = fields
  contentOf(inner, TAG.sequence)
  contentOf(key, TAG.sequence)
  const [notBefore, notAfter, ...rest] = valuesIn(contentOf(validity, TAG.sequence)).map(secondsOf)
  if (notBefore === undefined || notAfter === undefined || rest.length > 0) throw new NotDer()
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    serialNumber: hexOf(contentOf(serial, TAG.integer)),
    notBefore,
    notAfter,
    alternativeNames: alternativeNamesIn(optional),
  }
}

/** All values that stand side by side in some bytes. */
function valuesIn(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    const { length, start } = lengthAt(bytes, at + 1)
    // Tags of more than one byte occur in no certificate.
    if ((tag & 0x1f) === 0x1f || start + length > bytes.length) throw new NotDer()
    values.push({ tag, content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return values
}

function lengthAt(bytes: Uint8Array, at: number): { readonly length: number; readonly start: number } {
  const first = bytes[at] ?? 0x80
  if (first < 0x80) return { length: first, start: at + 1 }
  const count = first - 0x80
  const digits = bytes.subarray(at + 1, at + 1 + count)
  const length = digits.reduce((sum, digit) => sum * 256 + digit, 0)
  const isShortest = digits[0] !== 0 && length > 0x7f
  if (count === 0 || count > 4 || digits.length < count || !isShortest) throw new NotDer()
  return { length, start: at + 1 + count }
}

function contentOf(value: DerValue | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag) throw new NotDer()
  return value.content
}

/** `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on (RFC 5280, section 4.1.2.5). */
function secondsOf({ tag, content }: DerValue): number {
  const text = latin1(content)
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)
  const [, year = "", ...rest] = match ?? []
  const isShort = tag === TAG.utcTime
  if (!(isShort || tag === TAG.generalizedTime) || year.length !== (isShort ? 2 : 4)) throw new NotDer()
  const [month, day, hour, minute, second] = rest
  const century = isShort ? (Number(year) < 50 ? "20" : "19") : ""
  const milliseconds = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(milliseconds)) throw new NotDer()
  return milliseconds / 1000
}

/** Names of attributes (RFC 4514, section 3, and a few that are usual), by their object ids in hexadecimal. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ["550403", "CN"],
  ["550405", "serialNumber"],
  ["550406", "C"],
  ["550407", "L"],
  ["550408", "ST"],
  ["550409", "STREET"],
  ["55040a", "O"],
  ["55040b", "OU"],
  ["0992268993f22c640119", "DC"],
  ["0992268993f22c640101", "UID"],
  ["2a864886f70d010901", "emailAddress"],
])

function nameOf(name: DerValue | undefined): string {
  const sets = valuesIn(contentOf(name, TAG.sequence)).map((set) => valuesIn(contentOf(set, TAG.set)))
  return sets.map((set) => set.map(attributeOf).join("+")).join(", ")
}

function attributeOf(attribute: DerValue): string {
  const [type, value, ...rest] = valuesIn(contentOf(attribute, TAG.sequence))
  if (value === undefined || rest.length > 0) throw new NotDer()
  const id = contentOf(type, TAG.objectId)
  const text = textIn(value).replaceAll(/[,+"\\<>;=]|^[ #]| $/g, (letter) => `\\${letter}`)
  return `${ATTRIBUTES.get(hexOf(id)) ?? dotted(id)}=${text}`
}

const utf8 = new TextDecoder()

/** The strings of certificates; what is none of them is shown in hexadecimal. */
function textIn({ tag, content }: DerValue): string {
  if (tag === 0x0c) return utf8.decode(content)
  // PrintableString, IA5String, VisibleString; TeletexString is read as nearly everyone writes it.
  if ([0x12, 0x13, 0x14, 0x16, 0x1a].includes(tag)) return latin1(content)
  return `#${hexOf(content)}`
}

const ALTERNATIVE_NAMES = "551d11"
const KINDS: ReadonlyMap<number, string> = new Map([
  [0x81, "email"],
  [0x82, "DNS"],
  [0x86, "URI"],
])

/** Of the extensions only the alternative names are read (RFC 5280, section 4.2.1.6). */
function alternativeNamesIn(optional: readonly DerValue[]): string[] {
  if (optional.some(({ tag }) => tag !== TAG.issuerId && tag !== TAG.subjectId && tag !== TAG.extensions))
    throw new NotDer()
  const last = optional.find(({ tag }) => tag === TAG.extensions)
  if (last === undefined) return []
  const [list, ...rest] = valuesIn(last.content)
  if (rest.length > 0) throw new NotDer()
  return valuesIn(contentOf(list, TAG.sequence)).flatMap((extension) => {
    const parts = valuesIn(contentOf(extension, TAG.sequence))
    if (hexOf(contentOf(parts[0], TAG.objectId)) !== ALTERNATIVE_NAMES) return []
    const [names] = valuesIn(contentOf(parts.at(-1), TAG.octetString))
    return valuesIn(contentOf(names, TAG.sequence)).map(generalName)
  })
}

function generalName({ tag, content }: DerValue): string {
  if (tag === 0x87) return `IP:${addressOf(content)}`
  const kind = KINDS.get(tag)
  if (kind !== undefined) return `${kind}:${latin1(content)}`
  // A directory name is a name inside.
  return tag === 0xa4 ? `DN:${nameOf(valuesIn(content)[0])}` : `#${hexOf(content)}`
}

function addressOf(content: Uint8Array): string {
  if (content.length === 4) return content.join(".")
  const groups = Array.from({ length: content.length / 2 }, (_, index) =>
    hexOf(content.subarray(2 * index, 2 * index + 2)),
  )
  return groups.join(":")
}

function dotted(id: Uint8Array): string {
  const numbers: number[] = []
  let number = 0
  for (const byte of id) {
    number = number * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    numbers.push(number)
    number = 0
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - 40 * root, ...rest].join(".")
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")
}
