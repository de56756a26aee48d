/**
 * What takes long with long texts, as functions of plain values: the page calls them for short texts, a worker for long ones. The worker
 * runs the same program as the page, and reads texts and keys itself: what was read of them does not cross any faster.
 */

import {
  type DiagnoseRequest,
  type Diagnosis,
  diagnose,
  type Finding,
  findTokens,
  type Judgment,
  judge,
  lint,
  type OfferedKey,
  type Policy,
  type Reading,
  type ReadOptions,
  read,
  type TokenSearch,
} from "@jotkit/inspect"
import { counterpartsOf } from "./counterparts.ts"
import type { BesideFields } from "./input.ts"
import { type GivenKey, readEmbedded, readGiven } from "./key-reading.ts"

/** What a token is judged by. */
export interface Expectation {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number
  readonly leeway: number
  readonly policy: Policy
  readonly nonce: string | undefined
  readonly beside: BesideFields
}

/** What came of it. */
export interface Judged {
  readonly judgment: Omit<Judgment, "held">
  readonly findings: readonly Finding[]
}

/** What came of it, with positions in place of keys: those do not cross. */
interface Packed {
  readonly findings: Judged["findings"]
  readonly judgment: Omit<Judgment, "held" | "keys" | "verifiedBy">
  readonly answers: readonly (readonly [key: number, answer: Judgment["keys"][number]["answer"]])[]
  readonly verifiedBy: number
}

/** A text and how much of it is read. */
interface Text {
  readonly text: string
  readonly limits: ReadOptions
}

/** What judging starts from; without a key it is done with those in the token's header. */
interface JudgeQuestion extends Text {
  readonly key: GivenKey | undefined
  readonly expected: Expectation
}

/** Judges what was read. */
export async function judgeReading(
  reading: Reading,
  keys: readonly OfferedKey[],
  { now, leeway, policy, nonce, beside }: Expectation,
): Promise<Judged> {
  const counterparts = await counterpartsOf(beside)
  const [judgment, findings] = await Promise.all([
    judge(reading, { now, keys, policy, nonce, counterparts, detachedPayload: contentOf(reading, beside) }),
    lint(reading, {
      now,
      leeway,
      keys: keys.filter(({ provenance }) => provenance === "supplied"),
      counterparts,
    }),
  ])
  return { judgment, findings }
}

/** What is signed and elsewhere (RFC 7515, appendix F), as far as it was given. */
function contentOf({ isDetached }: Reading, { content }: BesideFields): Uint8Array | undefined {
  return isDetached && content !== "" ? new TextEncoder().encode(content) : undefined
}

async function judgeText({ text, limits, key, expected }: JudgeQuestion): Promise<Packed> {
  const reading = read(text, limits)
  const keys = await (key === undefined ? readEmbedded(reading) : readGiven(key))
  const { judgment, findings } = await judgeReading(reading, keys, expected)
  const { verdicts, overall, code, checks, verifiedBy } = judgment
  return {
    findings,
    judgment: { verdicts, overall, code, checks },
    answers: judgment.keys.map(({ key: one, answer }) => [keys.indexOf(one), answer]),
    verifiedBy: verifiedBy === undefined ? -1 : keys.indexOf(verifiedBy),
  }
}

/** What came of it, with the page's own keys, which were read of the same text. */
export function unpacked({ judgment, findings, answers, verifiedBy }: Packed, all: readonly OfferedKey[]): Judged {
  const keys = answers.flatMap(([at, answer]) => {
    const key = all[at]
    return key === undefined ? [] : [{ key, answer }]
  })
  return { findings, judgment: { ...judgment, keys, verifiedBy: all[verifiedBy] } }
}

/** By the names under which a worker is asked. */
export interface Tasks {
  find(text: Text): Promise<TokenSearch>
  judge(question: JudgeQuestion): Promise<Packed>
  diagnose(question: Text & DiagnoseRequest): Promise<Diagnosis>
}

/** All of them. */
export const TASKS: Tasks = {
  find: async ({ text, limits }) => findTokens(text, limits),
  judge: judgeText,
  diagnose: ({ text, limits, ...request }) => diagnose(read(text, limits), request),
}
