/** What the user expects of the token: a form, and the same as the JSON file that `jot --policy` and the library read unchanged. */

import { type Policy, type PolicyProblem, parseDuration, readPolicy } from "@jotkit/inspect"
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { VERIFIABLE } from "./algorithms.ts"
import { acceptedAlgorithm, emptyPolicy, type PolicyFields, policyFields } from "./input.ts"

/** The fields that take several values, one a line. */
export const LISTS: ReadonlySet<keyof PolicyFields> = new Set(["issuer", "audience", "require"])

/** The policy as JSON, as it is exported. What cannot be used stands there too, and `policyReading` says so. */
export const policyText: ReadonlySignal<string> = computed(() => {
  const algorithms = namesOf(acceptedAlgorithm.value)
  const members = [
    ["algorithms", algorithms.length === 0 ? undefined : algorithms],
    ...Object.entries(policyFields.value).map(([name, text]) => [name, memberOf(name, text)]),
  ]
  return JSON.stringify(Object.fromEntries(members), undefined, 2)
})

function namesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== "")
}

function memberOf(name: string, text: string): unknown {
  const values = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const [first] = values
  if (first === undefined) return undefined
  if (name === "require" || values.length > 1) return values
  return (name === "maxAge" || name === "leeway") && /^\d+(\.\d+)?$/.test(first) ? Number(first) : first
}

/** The policy, or what is wrong with it. */
export const policyReading = computed(() => readPolicy(policyText.value))

/**
 * What the token is judged by. The key decides which algorithms may be: a secret HMAC, a key of RSA those of RSA, and so on. The token only
 * says which of them it claims to be of, and the user can name those to accept.
 */
export const policy: ReadonlySignal<Policy> = computed(() => {
  const said = policyReading.value.ok ? policyReading.value.policy : {}
  // Those that were named count whatever else cannot be used.
  const named = namesOf(acceptedAlgorithm.value).filter((name) => VERIFIABLE.includes(name))
  return { ...said, algorithms: named.length > 0 ? named : [...VERIFIABLE] }
})

/** Seconds that clocks may differ. */
export const leeway: ReadonlySignal<number> = computed(() => secondsOf(policy.value.leeway))

/** The greatest age in seconds; undefined if any will do. */
export const maxAge: ReadonlySignal<number | undefined> = computed(() =>
  policy.value.maxAge === undefined ? undefined : secondsOf(policy.value.maxAge),
)

function secondsOf(value: Policy["leeway"]): number {
  const read = parseDuration(String(value ?? 0))
  return read.ok ? read.seconds : 0
}

/** A policy that the form does not say. */
interface PolicyDraft {
  readonly text: string
  readonly problems: readonly PolicyProblem[]
  /** The name of a file that was too large to be one. */
  readonly largeFile?: string
}

/** The text of a policy while someone writes it, and what is wrong with it; undefined where the form says it all. */
export const policyDraft: Signal<PolicyDraft | undefined> = signal(undefined)

/**
 * Takes a policy file into the form.
 *
 * @returns What is wrong with it; then nothing is changed.
 */
export function takePolicy(text: string): readonly PolicyProblem[] {
  const read = readPolicy(text)
  if (!read.ok) return read.problems
  const { algorithms = [], ...rest } = read.policy
  // A line of the form is one value: what would become two, or another one, is not taken.
  const other = Object.entries(rest).find(([, value]) => linesOf(value).some((line) => /^\s|[\r\n]|\s$/.test(line)))
  if (other !== undefined) return [{ code: "policy_member_type", member: other[0], nearest: undefined, range: [0, 0] }]
  batch(() => {
    acceptedAlgorithm.value = algorithms.join(" ")
    const said = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, linesOf(value).join("\n")]))
    policyFields.value = { ...emptyPolicy, ...said }
  })
  return []
}

function linesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)]
}
