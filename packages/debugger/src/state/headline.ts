/** The five verdicts in one sentence: the one thing to know first. */

import { type Judgment, type Reading, textMember, type Verdict } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { judged } from "./judgment.ts"
import { opening } from "./opening.ts"
import { isKey, isReading, reading, search } from "./reading.ts"
import { isStopped } from "./worker.ts"

/** Which sentence; its words stand in the catalogue. */
export type Headline =
  | "empty"
  | "checking"
  | "stopped"
  | "unread"
  | "not_token"
  | "key"
  | "part"
  | "broken"
  | "encrypted"
  | "opened"
  | "unsecured"
  | "unverified"
  | "impossible"
  | "forged"
  | "unfit"
  | "self_signed"
  | "expired"
  | "early"
  | "refused"
  | "unasked"
  | "genuine"
  | "accepted"

/** How it is meant: `spent` is genuine and cannot be used, which is neither good nor forged. */
export type Tone = "idle" | "open" | "good" | "spent" | "bad"

const TONES: Readonly<Record<Headline, Tone>> = {
  empty: "idle",
  checking: "idle",
  stopped: "open",
  unread: "open",
  not_token: "bad",
  key: "open",
  part: "open",
  broken: "bad",
  encrypted: "open",
  opened: "open",
  unsecured: "bad",
  unverified: "open",
  impossible: "open",
  forged: "bad",
  unfit: "bad",
  self_signed: "bad",
  expired: "spent",
  early: "spent",
  refused: "spent",
  unasked: "open",
  genuine: "good",
  accepted: "good",
}

/** The sentence for the token, and how it is meant. */
export const headline: ReadonlySignal<readonly [Headline, Tone]> = computed(() => {
  const name = isStopped.value ? "stopped" : isReading.value ? "checking" : ofReading(reading.value)
  return [name, TONES[name]]
})

function ofReading(read: Reading): Headline {
  const judgment = judged.value?.judgment
  const name = withoutJudgment(read) ?? (judgment === undefined ? "checking" : ofJudgment(read, judgment))
  return name === "encrypted" && opening.value?.state === "opened" ? "opened" : name
}

function withoutJudgment(read: Reading): Headline | undefined {
  const { text, form } = read
  if (text === "") return "empty"
  if (search.value.tooLarge) return "unread"
  if (isKey(read)) return "key"
  if (form === "unknown" || form === "json") return "not_token"
  return form === "segment" ? "part" : undefined
}

function ofJudgment(
  { header }: Reading,
  { verdicts, verifiedBy }: Pick<Judgment, "verdicts" | "verifiedBy">,
): Headline {
  const { structure, signature, time, claims, keyTrust } = verdicts
  if (signature.code === "token_encrypted") return structure.status === "fail" ? "broken" : "encrypted"
  const isNone = textMember(header?.json?.root, "alg")?.toLowerCase() === "none"
  if (isNone) return "unsecured"
  if (structure.status === "fail") return "broken"
  // Nothing stands where the signature should be, and no key was asked.
  if (signature.code === "token_unsecured") return "unsecured"
  if (signature.code === "signature_invalid") return "forged"
  if (signature.status === "fail") return "unfit"
  if (signature.status === "cannot_check") return "impossible"
  if (verifiedBy === undefined) return "unverified"
  if (keyTrust.status === "fail") return "self_signed"
  return ofGenuine(time, claims)
}

/** What is no time at all is neither over nor to come: it is a claim that is not as it should be. */
function ofTime(code: string): Headline {
  if (/expired|old/.test(code)) return "expired"
  return /yet|future/.test(code) ? "early" : "refused"
}

/** What is left to say of a token whose maker is known. */
function ofGenuine(time: Verdict, claims: Verdict): Headline {
  if (time.status === "fail") return ofTime(time.code)
  if (claims.status === "fail") return "refused"
  if (claims.status === "cannot_check") return "unasked"
  return claims.status === "pass" ? "accepted" : "genuine"
}
