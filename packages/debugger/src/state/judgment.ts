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
} from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { VERIFIABLE } from "./algorithms.ts"
import { now } from "./clock.ts"
import { acceptedAlgorithm, keyText, secretEncoding } from "./input.ts"
import { embeddedKeys, hasKey, suppliedKeys } from "./keys.ts"
import { later } from "./later.ts"
import { moments, reading } from "./reading.ts"

/** What is asked. */
interface Question {
  readonly reading: Reading
  readonly keys: readonly OfferedKey[]
  readonly policy: Policy
}

/** What came of it. */
export interface Judged {
  readonly judgment: Judgment
  readonly findings: readonly Finding[]
}

const DELAY_MS = 60

/** Changes when a moment of the token passes: only then do the verdicts need a new look at the clock. */
const moment = computed(() => moments.value.filter(({ seconds }) => seconds <= now.value).length)

/**
 * What is expected. The key decides which algorithms may be: a secret HMAC, a key of RSA those of RSA, and so on. The token only
 * says which of them it claims to be of, and the user can name the only one.
 */
const policy: ReadonlySignal<Policy> = computed(() => ({
  algorithms: acceptedAlgorithm.value === "" ? [...VERIFIABLE] : [acceptedAlgorithm.value],
}))

const question = computed((): Question | undefined => {
  const keys = hasKey.value ? suppliedKeys.value : embeddedKeys.value
  if (keys === undefined || reading.value.text === "") return undefined
  // Only read so that it counts as asked about.
  void moment.value
  return { reading: reading.value, keys, policy: policy.value }
})

/** The verdicts and findings; undefined while they are being made, and where there is nothing to judge. */
export const judged: ReadonlySignal<Judged | undefined> = later(question, judgeAll, DELAY_MS)

async function judgeAll(asked: Question): Promise<Judged> {
  const time = now.peek()
  const [judgment, findings] = await Promise.all([
    judge(asked.reading, { now: time, keys: asked.keys, policy: asked.policy }),
    lint(asked.reading, { now: time, keys: asked.keys.filter(({ provenance }) => provenance === "supplied") }),
  ])
  return { judgment, findings }
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

/** Whether there is something to look for: a signature that does not hold with a key that is text. */
export const canSearch: ReadonlySignal<boolean> = computed(() => {
  const { status, code } = judged.value?.judgment.verdicts.signature ?? {}
  return status === "fail" && code !== "token_unsecured" && keyText.value !== ""
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
