/** What the text itself says: shape, base64url, JSON, characters that hide. */

import { isKnownClaim } from "../dictionary/dictionary.ts"
import type { JsonMember, JsonNode, Range } from "../read/json.ts"
import { escapeName, locationOf, walk } from "../read/locate.ts"
import type { Segment, SegmentNote } from "../read/segment.ts"
import { visibleText } from "../read/visible.ts"
import { type Context, type Finding, finding, type LintRule } from "./context.ts"
import type { RuleId } from "./rules.ts"

const STATES: Readonly<Partial<Record<SegmentNote["state"], RuleId>>> = {
  not_base64url: "B64-INVALID",
  padded: "B64-PAD",
  standard_alphabet: "B64-ALPHABET",
  spare_bits: "B64-TAIL",
  not_utf8: "JSON-UTF8",
  not_json: "JSON-SYNTAX",
  json_cut: "JSON-SYNTAX",
  json_bounded: "JSON-SYNTAX",
  not_object: "JSON-SYNTAX",
}
/** Letters of other scripts that look like ours. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  "аa еe оo рp сc уy хx іi јj ѕs ԁd һh ӏl ԛq ԝw νv οo ρp αa ιi κk τt υu ɡg ɑa ｉi"
    .split(" ")
    .map((pair): [string, string] => [pair.charAt(0), pair.charAt(1)]),
)

/** SHAPE */
export const checkShape: LintRule = (context) =>
  context.reading.problems.map(({ code, range, detail }) =>
    finding(context, "SHAPE", "", {
      variant: code,
      range,
      detail,
      ...(code === "parts_two" ? { severity: "warning" as const } : {}),
    }),
  )

/** B64-INVALID, B64-PAD, B64-ALPHABET, B64-TAIL, JSON-SYNTAX, JSON-UTF8 */
export const checkSegments: LintRule = (context) =>
  context.reading.segments.flatMap((segment) =>
    segment.notes.flatMap(({ state, range, line, column }) => {
      const id = STATES[state]
      if (id === undefined) return []
      const detail = line === undefined ? "" : `${line}:${column}`
      const variant = id === "JSON-SYNTAX" && state !== "not_json" ? state : undefined
      return [finding(context, id, segment.path, { range, detail, variant })]
    }),
  )

/** JSON-DUP, JSON-NUM, JSON-UTF8 (lone surrogates), JSON-BIDI */
export const checkJson: LintRule = (context) =>
  context.reading.segments.flatMap((segment) =>
    [...walk(segment)].flatMap(([path, node]) => valueFindings(context, segment, path, node)),
  )

function valueFindings(context: Context, segment: Segment, path: string, node: JsonNode): Finding[] {
  const range = locationOf(segment, node).characters
  if (node.type === "number") {
    const variant = numberProblem(segment.content?.slice(...node.range) ?? "")
    return variant === undefined ? [] : [finding(context, "JSON-NUM", path, { range, variant })]
  }
  if (node.type === "string") return textFindings(context, path, String(node.value), range)
  if (node.type !== "object") return []
  return node.members.flatMap((member) => memberFindings(context, segment, path, member))
}

function memberFindings(context: Context, segment: Segment, parent: string, member: JsonMember): Finding[] {
  const { name, nameRange, duplicate } = member
  const path = `${parent}/${escapeName(name)}`
  const range = locationOf(segment, undefined, nameRange).characters
  const found = textFindings(context, path, name, range)
  if (duplicate) found.push(finding(context, "JSON-DUP", path, { range, detail: isHarmless(name) ? name : "" }))
  const twin = lookalike(name)
  if (twin !== undefined) found.push(finding(context, "JSON-BIDI", path, { range, variant: "lookalike", detail: twin }))
  return found
}

function textFindings(context: Context, path: string, text: string, range: Range): Finding[] {
  const found: Finding[] = []
  // With the u flag only a surrogate that is alone counts as one.
  if (/\p{Surrogate}/u.test(text)) found.push(finding(context, "JSON-UTF8", path, { range, variant: "surrogate" }))
  // Lines and tabs are seen by what they do.
  const plain = text.replaceAll(/[\t\n\r]|\p{Surrogate}/gu, "")
  if (visibleText(plain) !== plain) found.push(finding(context, "JSON-BIDI", path, { range }))
  return found
}

function numberProblem(raw: string): string | undefined {
  const value = Number(raw)
  if (!Number.isFinite(value)) return "range"
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return "large"
  return JSON.stringify(value) === raw ? undefined : "form"
}

/** Names are shown when they are plain ones. */
function isHarmless(name: string): boolean {
  return /^[\w.:#/-]{1,64}$/.test(name)
}

function lookalike(name: string): string | undefined {
  if (name.length > 64 || /^[\u0020-\u007e]*$/.test(name)) return undefined
  const folded = [...name.normalize("NFKC")].map((letter) => LOOKALIKES.get(letter) ?? letter).join("")
  return folded !== name && isKnownClaim(folded) ? folded : undefined
}
