/** The five verdicts in one sentence: the one thing to know first. */

import { type Judgment, type Reading, textMember, type Verdict } from "@jotkit/inspect"

/** Which sentence; its words stand in the catalogue. */
export type Headline =
  | "empty"
  | "checking"
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

/**
 * The sentence for a token, and how it is meant.
 *
 * @param isOpened - Whether the key opened an encrypted one.
 */
export function headlineOf(
  reading: Reading,
  judgment: Judgment | undefined,
  isOpened: boolean,
): readonly [Headline, Tone] {
  const judged = withoutJudgment(reading) ?? (judgment === undefined ? "checking" : ofJudgment(reading, judgment))
  const headline = judged === "encrypted" && isOpened ? "opened" : judged
  return [headline, TONES[headline]]
}

function withoutJudgment({ text, form }: Reading): Headline | undefined {
  if (text === "") return "empty"
  if (form === "unknown" || form === "json") return "not_token"
  if (form === "jwk" || form === "jwks") return "key"
  return form === "segment" ? "part" : undefined
}

function ofJudgment({ header }: Reading, { verdicts, verifiedBy }: Judgment): Headline {
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

/** What is left to say of a token whose maker is known. */
function ofGenuine(time: Verdict, claims: Verdict): Headline {
  if (time.status === "fail") return time.code === "token_not_yet_valid" ? "early" : "expired"
  if (claims.status === "fail") return "refused"
  if (claims.status === "cannot_check") return "unasked"
  return claims.status === "pass" ? "accepted" : "genuine"
}
