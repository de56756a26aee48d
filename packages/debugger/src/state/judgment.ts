/** The verdicts and findings about the token. */

import {
  type Diagnosis,
  diagnose,
  type Finding,
  type Judgment,
  judge,
  lint,
  type OfferedKey,
  type Policy,
  type Reading,
  type SecretEncoding,
  type Verdict,
} from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { chosenMoment } from "./clock.ts"
import { counterpartsOf } from "./counterparts.ts"
import { type BesideFields, besideFields, expectedNonce, keyText, secretEncoding } from "./input.ts"
import { embeddedKeys, hasKey, suppliedKeys } from "./keys.ts"
import { later } from "./later.ts"
import { at, epoch } from "./moment.ts"
import { leeway, policy, policyReading } from "./policy.ts"
import { reading } from "./reading.ts"

/** What is asked. */
interface Question {
  readonly reading: Reading
  readonly keys: readonly OfferedKey[]
  readonly policy: Policy
  /** Whether the form says what can be asked. */
  readonly isUsable: boolean
  readonly nonce: string | undefined
  readonly beside: BesideFields
}

/** What came of it. */
export interface Judged {
  readonly judgment: Judgment
  readonly findings: readonly Finding[]
}

const DELAY_MS = 60

const question = computed((): Question | undefined => {
  const keys = hasKey.value ? suppliedKeys.value : embeddedKeys.value
  if (keys === undefined || reading.value.text === "") return undefined
  // Only read so that they count as asked about.
  void epoch.value
  void chosenMoment.value
  return {
    reading: reading.value,
    keys,
    policy: policy.value,
    isUsable: policyReading.value.ok,
    nonce: expectedNonce.value === "" ? undefined : expectedNonce.value,
    beside: besideFields.value,
  }
})

/** The verdicts and findings; undefined while they are being made, and where there is nothing to judge. */
export const judged: ReadonlySignal<Judged | undefined> = later(question, judgeAll, DELAY_MS)

async function judgeAll(asked: Question): Promise<Judged> {
  const time = at.peek()
  const { keys, policy: expected, nonce } = asked
  const [judgment, findings] = await Promise.all([
    judge(asked.reading, { now: time, keys, policy: expected, nonce }),
    lint(asked.reading, {
      now: time,
      leeway: leeway.peek(),
      keys: keys.filter(({ provenance }) => provenance === "supplied"),
      counterparts: await counterpartsOf(asked.beside),
    }),
  ])
  return { judgment: asked.isUsable ? judgment : withoutPolicy(judgment), findings }
}

/** Rules that nobody can obey are not left out in silence. */
function withoutPolicy(judgment: Judgment): Judgment {
  const claims: Verdict = { status: "cannot_check", code: "policy_invalid" }
  return { ...judgment, verdicts: { ...judgment.verdicts, claims } }
}

/** Why a signature does not hold, looked for on request. */
interface Search {
  readonly judged: Judged
  readonly diagnosis: Diagnosis | undefined
}

const latestSearch: Signal<Search | undefined> = signal(undefined)

/** The search that belongs to these verdicts; its diagnosis is undefined while it lasts. */
export const search: ReadonlySignal<Search | undefined> = computed(() =>
  latestSearch.value?.judged === judged.value ? latestSearch.value : undefined,
)

/** Whether there is something to look for: a signature, which is no key's, that does not hold with a key that is text. */
export const canSearch: ReadonlySignal<boolean> = computed(() => {
  const { status, code } = judged.value?.judgment.verdicts.signature ?? {}
  return (
    !reading.value.form.startsWith("jwk") && status === "fail" && code !== "token_unsecured" && keyText.value !== ""
  )
})

/** Looks for a harmless difference with which the signature would hold. */
export async function startSearch(): Promise<void> {
  const about = judged.peek()
  if (about === undefined) return
  latestSearch.value = { judged: about, diagnosis: undefined }
  const encoding: SecretEncoding = secretEncoding.peek()
  const diagnosis = await diagnose(reading.peek(), { key: keyText.peek(), encoding })
  if (judged.peek() === about) latestSearch.value = { judged: about, diagnosis }
}
