/** Tokens whose parts stand side by side: compact JWS and JWE (RFC 7515, section 7.1; RFC 7516, section 7.1), SD-JWT (RFC 9901). */

import { memberOf, textMember } from "./json.ts"
import { type Reading, reading, type ShapeProblem } from "./reading.ts"
import { base64Segment, type Expected, type Place, type Segment, type SegmentName, textSegment } from "./segment.ts"

const JWE_PARTS: readonly (readonly [SegmentName, Expected])[] = [
  ["header", "object"],
  ["encrypted_key", "bytes"],
  ["iv", "bytes"],
  ["ciphertext", "bytes"],
  ["tag", "bytes"],
]

/** Reads `text` from `start` on as parts with dots between them. */
export function readCompact(text: string, start: number, end: number): Reading {
  const parts = text.slice(start, end).split(".", 64)
  const [first = ""] = parts
  const header = base64Segment({ name: "header", path: "/header", start }, first, "object")
  if (parts.length === 1) return readBare(text, start, first)
  const isEncrypted = parts.length === 5 || (parts.length > 3 && memberOf(header.json?.root, "enc") !== undefined)
  return isEncrypted ? readJwe(text, start, parts) : readJws(text, start, end, header)
}

function readJws(text: string, start: number, end: number, header: Segment): Reading {
  const isUnencoded = memberOf(header.json?.root, "b64")?.value.type === "boolean" && isFalse(header, "b64")
  const bodyStart = start + header.text.length + 1
  const lastDot = text.lastIndexOf(".", end - 1)
  // An unencoded payload may hold dots of its own, although it must not (RFC 7797, section 5.2).
  const hasSignature = lastDot >= bodyStart
  const rest = text.slice(bodyStart, end)
  const bodyEnd = isUnencoded || !hasSignature ? (hasSignature ? lastDot : end) : bodyStart + rest.indexOf(".")
  const body = text.slice(bodyStart, bodyEnd)
  const isDetached = body === "" && hasSignature
  const place: Place = { name: "payload", path: "/payload", start: bodyStart }
  const expected: Expected = isDetached ? "anything" : payloadExpectation(header)
  const payload = isUnencoded ? textSegment(place, body, "anything") : base64Segment(place, body, expected)
  const signature = hasSignature ? signatureAt(bodyEnd + 1, text.slice(bodyEnd + 1, end)) : undefined
  const segments = signature === undefined ? [header, payload] : [header, payload, signature]
  return reading({
    form: "jws",
    serialization: "compact",
    text,
    segments,
    header,
    payload,
    signatures: [{ header, unprotected: undefined, signature }],
    isDetached,
    isUnencoded,
    isUnsecured: isUnsecured(header) || signature === undefined || signature.text === "",
    problems: partProblems(text, start, end, isUnencoded, hasSignature),
  })
}

/** Claims are a JSON object; whatever says it is something else may be anything. */
export function payloadExpectation(header: Segment | undefined): Expected {
  const cty = textMember(header?.json?.root, "cty")
  const typ = textMember(header?.json?.root, "typ")
  const isOther = cty !== undefined || (typ !== undefined && !/jwt|jws|\bjose\b/i.test(typ))
  return isOther ? "anything" : "object"
}

/** Whether a header names the algorithm `none`, in whatever case. */
export function isUnsecured(header: Segment | undefined): boolean {
  return textMember(header?.json?.root, "alg")?.trim().toLowerCase() === "none"
}

function partProblems(text: string, start: number, end: number, isUnencoded: boolean, hasSignature: boolean) {
  const problems: ShapeProblem[] = []
  const count = partCount(text, start, end)
  if (!hasSignature) problems.push({ code: "parts_two", range: [end, end], detail: "2" })
  else if (count !== 3 && !isUnencoded)
    problems.push({ code: "parts_count", range: [start, end], detail: String(count) })
  return problems
}

function partCount(text: string, start: number, end: number): number {
  let count = 1
  for (let dot = text.indexOf(".", start); dot !== -1 && dot < end; dot = text.indexOf(".", dot + 1)) count++
  return count
}

function signatureAt(start: number, text: string): Segment {
  return base64Segment({ name: "signature", path: "/signature", start }, text, "bytes")
}

function isFalse(segment: Segment, name: string): boolean {
  const value = memberOf(segment.json?.root, name)?.value
  return value?.type === "boolean" && value.value === false
}

function readJwe(text: string, start: number, parts: readonly string[]): Reading {
  let at = start
  const segments = parts.map((part, index) => {
    const [name, expected] = JWE_PARTS[index] ?? ["tag", "bytes"]
    const segment = base64Segment({ name, path: `/${name}`, start: at }, part, expectedOf(name, expected))
    at += part.length + 1
    return segment
  })
  const [header, encryptedKey] = segments
  const range = [start, at - 1] as const
  return reading({
    form: "jwe",
    serialization: "compact",
    text,
    segments,
    header,
    recipients: [{ unprotected: undefined, encryptedKey }],
    problems: parts.length === 5 ? [] : [{ code: "parts_count", range, detail: String(parts.length) }],
  })
}

/** The encrypted key of `dir` and `ECDH-ES` is empty. */
function expectedOf(name: SegmentName, expected: Expected): Expected {
  return name === "encrypted_key" ? "anything" : expected
}

/** One part alone: a header or a payload that was cut out. */
function readBare(text: string, start: number, part: string): Reading {
  const guess = base64Segment({ name: "header", path: "/header", start }, part, "json")
  const { json } = guess
  // With letters that are none of base64 it is more than a part, such as a token whose dots are of another script.
  if (json === undefined || /[^\w+/=-]/.test(part)) {
    const problems: ShapeProblem[] = [{ code: "not_a_token", range: guess.range, detail: "" }]
    return reading({ form: "unknown", text, segments: [guess], problems })
  }
  const isHeader = memberOf(json.root, "alg") !== undefined || memberOf(json.root, "enc") !== undefined
  const name = isHeader ? "header" : "payload"
  const segment = base64Segment({ name, path: `/${name}`, start }, part, "object")
  return reading({ form: "segment", text, segments: [segment], [name]: segment })
}

/** Reads an SD-JWT: a JWT, disclosures, and perhaps a key binding, with tildes between them. */
export function readSdJwt(text: string, maxDisclosures: number | undefined): Reading {
  const start = text.lastIndexOf("~") + 1
  const parts = text.slice(0, start - 1).split("~", (maxDisclosures ?? text.length) + 1)
  const issuer = readCompact(text, 0, parts[0]?.length ?? 0)
  let at = issuer.segments.at(-1)?.range[1] ?? 0
  const disclosures = parts.slice(1).map((part, index) => {
    const segment = base64Segment({ name: "disclosure", path: `/disclosures/${index}`, start: at + 1 }, part, "array")
    at += part.length + 1
    return { segment, name: disclosedName(segment) }
  })
  const keyBinding = start === text.length ? undefined : prefixed(readCompact(text, start, text.length), "/key_binding")
  const segments = [...issuer.segments, ...disclosures.map(({ segment }) => segment), ...(keyBinding?.segments ?? [])]
  return { ...issuer, form: "sd-jwt", segments, disclosures, keyBinding }
}

function disclosedName({ json }: Segment): string | undefined {
  const items = json?.root?.type === "array" ? json.root.items : []
  const name = items.length === 3 ? items[1] : undefined
  return name?.type === "string" ? String(name.value) : undefined
}

/** The same reading, with paths that begin elsewhere. */
function prefixed(read: Reading, prefix: string): Reading {
  const moved = new Map(read.segments.map((segment) => [segment, { ...segment, path: `${prefix}${segment.path}` }]))
  const of = (segment: Segment | undefined) => (segment === undefined ? undefined : moved.get(segment))
  return {
    ...read,
    segments: [...moved.values()],
    header: of(read.header),
    payload: of(read.payload),
    signatures: read.signatures.map((part) => ({
      header: of(part.header),
      unprotected: of(part.unprotected),
      signature: of(part.signature),
    })),
  }
}
