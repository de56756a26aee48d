/** What may have been signed instead of what stands in the token: the same claims, written otherwise. */

import { writeBase64Url } from "../read/base64url.ts"
import { formatJson, plainValue } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import type { Segment } from "../read/segment.ts"
import type { Hint } from "./diagnose.ts"

/** A text that may have been signed. */
export interface SigningInput {
  readonly text: string
  /** Undefined for the token as it stands. */
  readonly hint: Hint | undefined
}

/** Headers that libraries write by themselves. */
const USUAL_HEADERS = ['{"alg":"$","typ":"JWT"}', '{"typ":"JWT","alg":"$"}', '{"alg":"$"}', '{"typ":"JWT","alg":"$"}\n']

/**
 * The signing input as it stands, then its harmless variants.
 *
 * @param algorithms - Those that a header may have named.
 * @param keyIds - Those that it may have named.
 */
export function signingInputs(
  reading: Reading,
  algorithms: readonly string[],
  keyIds: readonly string[],
): SigningInput[] {
  const { header, payload } = reading
  if (header === undefined || payload === undefined) return []
  const original: SigningInput = { text: `${header.text}.${payload.text}`, hint: undefined }
  const others = [
    ...encodings(header, payload),
    ...rewritten(payload).map(({ text, hint }) => ({ text: `${header.text}.${encode(text)}`, hint })),
    ...rewritten(header).map(({ text, hint }) => ({
      text: `${encode(text)}.${payload.text}`,
      hint: { ...hint, code: "header_rewritten" as const },
    })),
    ...usualHeaders(algorithms, keyIds).map((text) => ({
      text: `${encode(text)}.${payload.text}`,
      hint: { code: "header_swapped" as const, detail: "" },
    })),
  ]
  const seen = new Set([original.text])
  return [original, ...others.filter(({ text }) => !seen.has(text) && seen.add(text))]
}

function usualHeaders(algorithms: readonly string[], keyIds: readonly string[]): string[] {
  const named = USUAL_HEADERS.flatMap((text) => algorithms.map((alg) => text.replace("$", alg)))
  const withKid = (text: string, id: string) =>
    [/}/, /,"typ"|}/].map((place) => text.replace(place, (end) => `,"kid":${JSON.stringify(id)}${end}`))
  return named.flatMap((text) => [text, ...keyIds.flatMap((id) => withKid(text, id))])
}

/** The two parts in another dress of base64. */
function encodings(header: Segment, payload: Segment): SigningInput[] {
  const parts = [header, payload].map(({ bytes }) => writeBase64Url(bytes))
  const padded = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4, "=")
  const standard = (text: string) => text.replaceAll("-", "+").replaceAll("_", "/")
  const all: readonly (readonly [Hint["code"], (text: string) => string])[] = [
    ["input_canonical", (text) => text],
    ["input_padding", padded],
    ["input_alphabet", standard],
    ["input_alphabet", (text) => standard(padded(text))],
  ]
  return all.map(([code, dress]) => ({ text: parts.map(dress).join("."), hint: { code, detail: "" } }))
}

/** The same JSON with other white space. */
function rewritten({ json, content = "" }: Segment): { text: string; hint: Hint }[] {
  if (json?.root === undefined || json.problem !== undefined) return []
  const compact = formatJson(json, 0)
  const value = plainValue(json.root)
  const parsed = JSON.stringify(value)
  const sorted = JSON.stringify(Object.fromEntries(Object.entries(Object(value)).sort()))
  const two = formatJson(json, 2)
  return [
    { text: compact, hint: { code: "payload_compact", detail: "" } },
    { text: parsed, hint: { code: "payload_reserialized", detail: "" } },
    { text: two, hint: { code: "payload_indented", detail: "2" } },
    { text: formatJson(json, 4), hint: { code: "payload_indented", detail: "4" } },
    {
      text: two.replaceAll(/^ +/gm, (spaces) => "\t".repeat(spaces.length / 2)),
      hint: { code: "payload_indented", detail: "\\t" },
    },
    { text: spaced(two), hint: { code: "payload_spaced", detail: "" } },
    { text: `${content}\n`, hint: { code: "payload_newline", detail: "" } },
    { text: content.trimEnd(), hint: { code: "payload_newline", detail: "" } },
    // Some libraries escape slashes, some what is not ASCII, some sort the names.
    ...[escaped(parsed), slashed(parsed), slashed(escaped(parsed)), sorted, escaped(spaced(two))].map((text) => ({
      text,
      hint: { code: "payload_reserialized" as const, detail: "" },
    })),
  ]
}

/** As Python writes JSON: a space behind each comma and colon. Line breaks never stand inside a string. */
function spaced(indented: string): string {
  return indented
    .replaceAll(/([[{])\n +/g, "$1")
    .replaceAll(/\n *([\]}])/g, "$1")
    .replaceAll(/,\n +/g, ", ")
}

function escaped(text: string): string {
  return text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function slashed(text: string): string {
  return text.replaceAll("/", "\\/")
}

function encode(text: string): string {
  return writeBase64Url(new TextEncoder().encode(text))
}
