/** Tokens and keys that are JSON themselves (RFC 7515, section 7.2; RFC 7516, section 7.2; RFC 7517). */

import { isUnsecured, payloadExpectation } from "./compact.ts"
import { type JsonDocument, type JsonNode, memberOf, type Range } from "./json.ts"
import { type Reading, type RecipientPart, reading, type ShapeProblem, type SignaturePart } from "./reading.ts"
import { base64Segment, type Expected, type Segment, type SegmentName, textSegment } from "./segment.ts"

/** A document while its parts are being taken out. */
interface Source {
  readonly text: string
  readonly segments: Segment[]
  readonly problems: ShapeProblem[]
}

/** Reads a JSON document as what its members say it is. */
export function readSerialized(document: JsonDocument): Reading {
  const { root, text } = document
  const has = (name: string) => memberOf(root, name) !== undefined
  if (has("ciphertext")) return readJwe(document)
  if (has("signatures") || (has("signature") && (has("payload") || has("protected")))) return readJws(document)
  const whole = textSegment({ name: "document", path: "", start: 0 }, text, "object")
  const form = has("kty") ? "jwk" : memberOf(root, "keys")?.value.type === "array" ? "jwks" : "json"
  return reading({ form, text, document, segments: [whole] })
}

function readJws(document: JsonDocument): Reading {
  const { root } = document
  const source: Source = { text: document.text, segments: [], problems: [] }
  const list = memberOf(root, "signatures")?.value
  const entries = list === undefined ? [root] : list.type === "array" ? list.items : []
  if (list !== undefined && entries.length === 0) problem(source, "signatures_empty", list.range, "signatures")
  const signatures = entries.map((entry, index) =>
    signatureOf(source, entry, list === undefined ? "" : `/signatures/${index}`),
  )
  const header = signatures[0]?.header
  const isUnencoded = memberOf(header?.json?.root, "b64")?.value.type === "boolean" && b64Of(header) === false
  const node = memberOf(root, "payload")?.value
  const payload = isUnencoded
    ? plainPart(source, "payload", node)
    : encodedPart(source, "payload", "/payload", node, payloadExpectation(header))
  return reading({
    form: "jws",
    serialization: list === undefined ? "flattened" : "general",
    text: document.text,
    document,
    segments: inOrder(source.segments),
    header,
    payload,
    signatures,
    isDetached: node === undefined,
    isUnencoded,
    isUnsecured: signatures.some((part) => isUnsecured(part.header)),
    problems: source.problems,
  })
}

function b64Of(header: Segment | undefined): unknown {
  const value = memberOf(header?.json?.root, "b64")?.value
  return value?.type === "boolean" ? value.value : undefined
}

function signatureOf(source: Source, entry: JsonNode | undefined, path: string): SignaturePart {
  const member = (name: string) => memberOf(entry, name)?.value
  const isOnly = path === ""
  const header = encodedPart(source, "header", isOnly ? "/header" : `${path}/protected`, member("protected"), "object")
  const unprotected = objectPart(source, isOnly ? "/unprotected" : `${path}/header`, member("header"))
  const signature = encodedPart(source, "signature", `${path}/signature`, member("signature"), "bytes")
  if (header === undefined && unprotected === undefined)
    problem(source, "member_missing", entry?.range ?? [0, 0], "protected")
  if (signature === undefined) problem(source, "member_missing", entry?.range ?? [0, 0], "signature")
  return { header, unprotected, signature }
}

function readJwe(document: JsonDocument): Reading {
  const { root } = document
  const source: Source = { text: document.text, segments: [], problems: [] }
  const member = (name: string) => memberOf(root, name)?.value
  const header = encodedPart(source, "header", "/header", member("protected"), "object")
  objectPart(source, "/unprotected", member("unprotected"))
  const list = member("recipients")
  const entries = list === undefined ? [root] : list.type === "array" ? list.items : []
  const recipients = entries.map((entry, index): RecipientPart => {
    const path = list === undefined ? "" : `/recipients/${index}`
    const unprotected = objectPart(source, `${path}/recipient_header`, memberOf(entry, "header")?.value)
    const key = encodedPart(
      source,
      "encrypted_key",
      `${path}/encrypted_key`,
      memberOf(entry, "encrypted_key")?.value,
      "bytes",
    )
    return { unprotected, encryptedKey: key }
  })
  for (const name of ["iv", "ciphertext", "tag", "aad"] as const)
    encodedPart(source, name, `/${name}`, member(name), "bytes")
  return reading({
    form: "jwe",
    serialization: list === undefined ? "flattened" : "general",
    text: document.text,
    document,
    segments: inOrder(source.segments),
    header,
    recipients,
    problems: source.problems,
  })
}

function encodedPart(
  source: Source,
  name: SegmentName,
  path: string,
  node: JsonNode | undefined,
  expected: Expected,
): Segment | undefined {
  if (node === undefined) return undefined
  if (node.type !== "string") return problem(source, "member_type", node.range, name)
  const value = String(node.value)
  const segment = base64Segment({ name, path, start: node.range[0] + 1 }, value, expected)
  return kept(source, node, value, segment)
}

function plainPart(source: Source, name: SegmentName, node: JsonNode | undefined): Segment | undefined {
  if (node === undefined) return undefined
  if (node.type !== "string") return problem(source, "member_type", node.range, name)
  const value = String(node.value)
  return kept(source, node, value, textSegment({ name, path: `/${name}`, start: node.range[0] + 1 }, value, "anything"))
}

function objectPart(source: Source, path: string, node: JsonNode | undefined): Segment | undefined {
  if (node === undefined) return undefined
  const text = source.text.slice(...node.range)
  const segment = textSegment({ name: "unprotected", path, start: node.range[0] }, text, "object")
  source.segments.push(segment)
  return segment
}

/** With escapes in the string its characters are not the segment's: then the whole string is the place of everything in it. */
function kept(source: Source, node: JsonNode, value: string, segment: Segment): Segment {
  const range: Range = [node.range[0] + 1, node.range[1] - 1]
  const placed = range[1] - range[0] === value.length ? segment : { ...segment, range }
  source.segments.push(placed)
  return placed
}

function problem(source: Source, code: ShapeProblem["code"], range: Range, detail: string): undefined {
  source.problems.push({ code, range, detail })
  return undefined
}

function inOrder(segments: readonly Segment[]): Segment[] {
  return [...segments].sort((one, other) => one.range[0] - other.range[0])
}
