/** The verdicts and findings about the token. */

import { type Diagnosis, diagnose, type OfferedKey, type Policy, type Reading, type Verdict } from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { chosenMoment } from "./clock.ts"
import { type BesideFields, besideFields, expectedNonce, keyText, secretEncoding } from "./input.ts"
import type { GivenKey } from "./key-reading.ts"
import { embeddedKeys, given, hasKey, suppliedKeys } from "./keys.ts"
import { later } from "./later.ts"
import { at, epoch } from "./moment.ts"
import { leeway, policy, policyReading } from "./policy.ts"
import { isKey, limits, search as looked, reading } from "./reading.ts"
import { type Judged, judgeReading, unpacked } from "./tasks.ts"
import { ask, isPatient, isStopped, LONG } from "./worker.ts"

/** What is expected of any token on the page. */
interface Expectations {
  readonly policy: Policy
  /** Whether the form says what can be asked. */
  readonly isUsable: boolean
  readonly nonce: string | undefined
}

/** What is asked of one token. */
interface Question extends Expectations {
  readonly reading: Reading
  readonly keys: readonly OfferedKey[]
  /** Undefined where they are the token's own. */
  readonly key: GivenKey | undefined
  readonly beside: BesideFields
}

const DELAY_MS = 60

/** What is expected; another object whenever an answer may be another. */
export const expectations: ReadonlySignal<Expectations> = computed(() => {
  // Only read so that they count as asked about.
  void epoch.value
  void chosenMoment.value
  return {
    policy: policy.value,
    isUsable: policyReading.value.ok,
    nonce: expectedNonce.value === "" ? undefined : expectedNonce.value,
  }
})

const question = computed((): Question | undefined => {
  const keys = hasKey.value ? suppliedKeys.value : embeddedKeys.value
  if (keys === undefined || !isAsked(reading.value)) return undefined
  void isPatient.value
  const key = hasKey.value ? given.value : undefined
  return { ...expectations.value, reading: reading.value, keys, key, beside: besideFields.value }
})

/** The verdicts and findings; undefined while they are being made, and where there is nothing to judge. */
export const judged: ReadonlySignal<Judged | undefined> = later(question, judgeAll, DELAY_MS)

/** Whether the verdicts and findings are being made. */
export const isAwaited: ReadonlySignal<boolean> = computed(
  () => judged.value === undefined && isAsked(reading.value) && !isStopped.value,
)

/** Of a text that was not read, and of a key that is no JSON, there is nothing to find out. */
function isAsked(read: Reading): boolean {
  return read.text !== "" && !looked.value.tooLarge && !(isKey(read) && read.segments.length === 0)
}

/** The verdicts on a token: no question about tokens is asked of a key. */
export const judgment: ReadonlySignal<Judged["judgment"] | undefined> = computed(() =>
  isKey(reading.value) ? undefined : judged.value?.judgment,
)

async function judgeAll({
  reading: asked,
  keys,
  key,
  isUsable,
  ...expectation
}: Question): Promise<Judged | undefined> {
  const expected = { ...expectation, now: at.peek(), leeway: leeway.peek() }
  if (!isLong(asked)) return withoutPolicy(isUsable, await judgeReading(asked, keys, expected))
  const packed = await ask("judge", { text: asked.text, limits: limits.peek(), key, expected })
  return packed && withoutPolicy(isUsable, unpacked(packed, keys))
}

/** Whether token and key are together for the worker. */
function isLong({ text }: Reading): boolean {
  return text.length + given.peek().input.length > LONG
}

/** Rules that nobody can obey are not left out in silence. */
function withoutPolicy(isUsable: boolean, { judgment: found, findings }: Judged): Judged {
  return { judgment: isUsable ? found : withoutClaims(found), findings }
}

/** The same for verdicts alone. */
export function withoutClaims<Some extends Judged["judgment"]>(found: Some): Some {
  const claims: Verdict = { status: "cannot_check", code: "policy_invalid" }
  return { ...found, verdicts: { ...found.verdicts, claims } }
}

/** Why a signature does not hold, looked for on request. */
interface Search {
  readonly judged: Judged
  readonly diagnosis: Diagnosis | undefined
}

/** A search that took too long. */
const STOPPED: Diagnosis = { hints: [], tries: 0, tried: [], exhausted: true }
const latestSearch: Signal<Search | undefined> = signal(undefined)

/** The search that belongs to these verdicts; its diagnosis is undefined while it lasts. */
export const search: ReadonlySignal<Search | undefined> = computed(() =>
  latestSearch.value?.judged === judged.value ? latestSearch.value : undefined,
)

/** Whether there is something to look for: a signature, which is no key's, that does not hold, or is cut or written otherwise, with a key that is text. */
export const canSearch: ReadonlySignal<boolean> = computed(() => {
  const { status, code } = judged.value?.judgment.verdicts.signature ?? {}
  return (
    !reading.value.form.startsWith("jwk") &&
    (status === "fail" || code === "token_malformed") &&
    code !== "token_unsecured" &&
    keyText.value !== ""
  )
})

/** Looks for a harmless difference with which the signature would hold. */
export async function startSearch(): Promise<void> {
  const about = judged.peek()
  if (about === undefined) return
  latestSearch.value = { judged: about, diagnosis: undefined }
  const request = { key: keyText.peek(), encoding: secretEncoding.peek() }
  const { text } = reading.peek()
  const diagnosis = isLong(reading.peek())
    ? ((await ask("diagnose", { ...request, text, limits: limits.peek() })) ?? STOPPED)
    : await diagnose(reading.peek(), request)
  if (judged.peek() === about) latestSearch.value = { judged: about, diagnosis }
}
