/** A policy: what to expect of a token, in a JSON file that `jotkit`'s `decode` and `Verifier` take as it is. */

import { type DecodeOptions, listAlgorithms } from "jotkit"
import { type JsonMember, type JsonNode, memberOf, plainValue, type Range, readJson, textMember } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import { parseDuration } from "../time/argument.ts"

/** What to expect of a token, by the names of `DecodeOptions`. */
export type Policy = Pick<
  DecodeOptions,
  "algorithms" | "issuer" | "audience" | "subject" | "typ" | "require" | "maxAge" | "leeway"
>

/** Why a policy cannot be used. */
export interface PolicyProblem {
  readonly code:
    | "policy_not_json"
    | "policy_not_object"
    | "policy_member_unknown"
    | "policy_member_twice"
    | "policy_member_type"
  /** The member's name. */
  readonly member: string
  /** The known name that it resembles. */
  readonly nearest: string | undefined
  readonly range: Range
}

/** A policy, or everything that is wrong with it. */
export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const isText = (value: unknown): boolean => typeof value === "string" && value !== ""
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isText)
const isTextOrTexts = (value: unknown): boolean => isText(value) || isTexts(value)
/** What the library takes for a length of time: a number of seconds, or text with units. */
const secondsOf = (value: unknown): number | undefined => {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== "string" || /^[\d.]*$/.test(value)) return undefined
  const read = parseDuration(value)
  return read.ok ? read.seconds : undefined
}
const isDuration = (value: unknown): boolean => secondsOf(value) !== undefined
/** The library refuses more than ten minutes. */
const isLeeway = (value: unknown): boolean => (secondsOf(value) ?? Number.POSITIVE_INFINITY) <= 600
const isAlgorithms = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  // A rule that lets anybody in is none.
  value.every((name) => name !== "none" && listAlgorithms().includes(name))

const MEMBERS: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    algorithms: isAlgorithms,
    issuer: isTextOrTexts,
    audience: isTextOrTexts,
    subject: isText,
    typ: isText,
    require: isTexts,
    maxAge: isDuration,
    leeway: isLeeway,
  } satisfies Record<keyof Policy, (value: unknown) => boolean>),
)

/** Reads a policy file. A member that is not known is refused: a rule that nobody obeys is worse than none. */
export function readPolicy(text: string): PolicyReading {
  const { root, problem } = readJson(text)
  if (problem !== undefined) return refused("policy_not_json", [problem.offset, problem.offset + 1])
  if (root?.type !== "object") return refused("policy_not_object", root?.range ?? [0, 0])
  const problems = root.members.map(problemOf).filter((found) => found !== undefined)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policy: policyOf(root) }
}

/** What a token says of itself, as a draft of what to expect: whether it is right to expect that, only the user knows. */
export function draftPolicy({ header, payload }: Reading): Policy {
  const head = header?.json?.root
  const claims = payload?.json?.root
  const algorithm = textMember(head, "alg")
  const aud = memberOf(claims, "aud")
  const audience = aud && plainValue(aud.value)
  const isSigned = algorithm !== undefined && algorithm !== "none" && listAlgorithms().includes(algorithm)
  const entries: [keyof Policy, unknown][] = [
    ["algorithms", isSigned ? [algorithm] : undefined],
    ["issuer", textMember(claims, "iss")],
    ["audience", isTextOrTexts(audience) ? audience : undefined],
    ["typ", textMember(head, "typ")],
    ["require", memberOf(claims, "exp") === undefined ? undefined : ["exp"]],
  ]
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Policy
}

function policyOf(root: JsonNode): Policy {
  return { ...(plainValue(root) as Policy) }
}

function problemOf({ name, nameRange, value, duplicate }: JsonMember): PolicyProblem | undefined {
  const problem = (code: PolicyProblem["code"], range: Range) => ({ code, member: name, nearest: undefined, range })
  const fits = MEMBERS.get(name)
  if (fits === undefined)
    return { ...problem("policy_member_unknown", nameRange), nearest: nearestName(name, [...MEMBERS.keys()]) }
  if (duplicate) return problem("policy_member_twice", nameRange)
  return fits(plainValue(value)) ? undefined : problem("policy_member_type", value.range)
}

function refused(code: PolicyProblem["code"], range: Range): PolicyReading {
  return { ok: false, problems: [{ code, member: "", nearest: undefined, range }] }
}

/** The name that a misspelt one was probably meant to be; undefined if none is near. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, 32).toLowerCase()
  const ranked = names
    .map((known) => ({ known, distance: distanceBetween(wanted, known.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.known.length / 3)) ? best.known : undefined
}

/** Levenshtein's distance. */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1]
    for (let to = 0; to < other.length; to++) {
      const change = (row[to] ?? 0) + (one[at] === other[to] ? 0 : 1)
      next.push(Math.min(change, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
