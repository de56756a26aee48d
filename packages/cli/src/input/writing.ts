/** What is odd about how a token is written. Its contents are the business of `lint`. */

import {
  type Finding,
  type JsonNode,
  lint,
  type Reading,
  RULES,
  type RuleId,
  type Segment,
  textMember,
} from "@jotkit/inspect"
import { listAlgorithms } from "jotkit"

/** The rules that look at writing alone. */
export const WRITING_RULES: ReadonlySet<RuleId> = new Set<RuleId>([
  "SHAPE",
  "ALG-NONE",
  "ALG-MISSING",
  "ALG-TYPE",
  "SIG-EMPTY",
  "B64-INVALID",
  "B64-PAD",
  "B64-ALPHABET",
  "B64-TAIL",
  "JSON-SYNTAX",
  "JSON-DUP",
  "JSON-NUM",
  "JSON-UTF8",
  "JSON-BIDI",
])
const OTHERS_OFF = Object.fromEntries(
  Object.keys(RULES)
    .filter((id) => !WRITING_RULES.has(id as RuleId))
    .map((id) => [id, "off" as const]),
)
/** ASCII without escapes: nothing can hide in it. */
const PLAIN = /^[ !#-[\]-~"\n]*$/
const PLAIN_NUMBER = /^(?:0|-?[1-9]\d{0,14})$/
const ALGORITHMS: ReadonlySet<string> = new Set(listAlgorithms().filter((name) => name !== "none"))

/** Findings about the writing of a token. Of most there are none, which is seen without asking every rule. */
export async function writingFindings(reading: Reading, now: number): Promise<Finding[]> {
  return isPlain(reading) ? [] : await lint(reading, { now, severities: OTHERS_OFF })
}

/** Whether no rule about writing can have anything to say: a sufficient condition, cheap to check. */
export function isPlain({ form, serialization, problems, segments, header, signatures }: Reading): boolean {
  if (form !== "jws" || serialization !== "compact" || problems.length > 0) return false
  if (!ALGORITHMS.has(textMember(header?.json?.root, "alg") ?? "")) return false
  if (signatures[0]?.signature?.bytes.some((byte) => byte !== 0) !== true) return false
  return segments.every((segment) => segment.state === "ok" && segment.notes.length === 0 && isPlainJson(segment))
}

function isPlainJson({ json, content = "" }: Segment): boolean {
  if (json?.root === undefined) return true
  return PLAIN.test(content) && isPlainNode(json.root, content)
}

function isPlainNode(node: JsonNode, content: string): boolean {
  if (node.type === "number") return PLAIN_NUMBER.test(content.slice(...node.range))
  if (node.type === "array") return node.items.every((item) => isPlainNode(item, content))
  if (node.type !== "object") return true
  return node.members.every(({ duplicate, value }) => !duplicate && isPlainNode(value, content))
}
