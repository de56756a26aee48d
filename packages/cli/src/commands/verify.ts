/** Says whether a token holds. Prints no claim of one that does not. */

import {
  type Check,
  describeCheck,
  type Judgment,
  type OfferedKey,
  type Reading,
  textOf as wordsFor,
} from "@jotkit/inspect"
import { envelope } from "../frame/envelope.ts"
import { escapeControls } from "../frame/escape.ts"
import { type ExitCode, Failure } from "../frame/failure.ts"
import { indentJson, type Json, writeJson } from "../frame/json.ts"
import type { Answer, Command, Note, Session } from "../frame/session.ts"
import { failuresOf, heldOf, isForAnybody, judgeOne, keyLine, type Rules, rulesOf } from "../input/judging.ts"
import { chosenValue, partOf, rawOf, timesOf } from "../input/show.ts"
import { minimumBits } from "../input/strength.ts"
import { presentOf } from "../input/time.ts"
import { allTokens, oneToken } from "../input/token.ts"
import { momentNotes } from "../report/moment.ts"
import { momentOfFailure, momentsOf } from "../report/timeline.ts"

/** `jot verify`. */
export const command: Command = async (session) => {
  const rules = await rulesOf(session)
  const { options } = session
  if (options.has("jsonl") || options.has("all")) return verifyAll(session, rules)
  return verifyOne(await oneToken(session), session, rules)
}

/** The answer to one token. */
export async function verifyOne(reading: Reading, session: Session, rules: Rules): Promise<Answer> {
  const { judgment, checks } = await judgeOne(reading, session, rules)
  const { code } = judgment
  const key = judgment.verifiedBy === undefined ? undefined : keyLine(judgment.verifiedBy)
  const members = { verified: code === "ok", key, keys: answersOf(judgment) }
  const notes = notesOn(reading, judgment, session, rules)
  if (code !== "ok") return { code, members, checks, notes: [...notes, ...unverifiedNotes(reading, session)] }
  return { code, checks, notes, ...contentOf(heldOf(reading, judgment), session, members) }
}

/** What a token says that does not hold: only where it was asked for, and never where data goes. */
function unverifiedNotes({ header, payload }: Reading, { options, say }: Session): Note[] {
  if (!options.has("show-unverified")) return []
  const text = indentJson(writeJson({ header: partOf(header), payload: partOf(payload) }))
  return [{ level: "notice", text: `${say("unverified_heading")}\n${text}`, isAlways: true }]
}

/** What a verified token holds. A payload that is elsewhere is none of ours to show. */
function contentOf(
  reading: Reading,
  session: Session,
  members: { readonly [name: string]: Json },
): Pick<Answer, "members" | "text"> {
  const value = chosenValue(reading, session)
  if (value !== undefined) return { members: { ...members, value: value.json }, text: value.text }
  const { payload, isDetached } = reading
  const shown = { ...members, header: partOf(reading.header), raw: rawOf(reading), times: timesOf(reading) }
  if (isDetached || payload === undefined) return { members: shown }
  return { members: { ...shown, payload: partOf(payload) }, text: dataOf(payload, session) }
}

function dataOf({ json, content, bytes }: NonNullable<Reading["payload"]>, { paint }: Session): string | Uint8Array {
  if (json?.root !== undefined && json.problem === undefined) return `${paint("payload", indentJson(json.text))}\n`
  return content !== undefined && process.stdout.isTTY === true ? `${escapeControls(content)}\n` : bytes
}

/** Each key and what became of it: `kid` and thumbprint say which one. */
function answersOf({ keys }: Judgment): Json {
  return keys.map(({ key, answer }) => ({ ...keyLine(key), answer }))
}

function notesOn(reading: Reading, judgment: Judgment, session: Session, rules: Rules): Note[] {
  const { catalogue } = rules
  const { checks, verifiedBy, code, keys } = judgment
  const moments = momentsOf(reading, session.now, catalogue)
  const about = (check: Check) =>
    session.say("explained", check.id, momentOfFailure(check.code, moments) ?? describeCheck(check, catalogue))
  const notes = (level: Note["level"], told: readonly Check[]) =>
    told.map((check): Note => ({ level, text: about(check) }))
  const unchecked = checks.filter((check) => check.code === "audience_unchecked")
  const explained = session.options.has("explain-key") ? keys : []
  return [
    ...notes("error", failuresOf(judgment)),
    ...notes("warning", unchecked),
    ...(code === "ok" && unchecked.length === 0 && isForAnybody(reading, rules)
      ? [{ level: "warning" as const, text: session.say("audience_unasked") }]
      : []),
    ...(code === "ok" && reading.keyBinding !== undefined
      ? [{ level: "warning" as const, text: session.say("key_binding_unchecked") }]
      : []),
    ...(verifiedBy === undefined ? [] : weakness(verifiedBy, judgment, session)),
    ...explained.map(
      ({ key, answer }): Note => ({
        level: "notice",
        text: session.say(
          "explained",
          key.keyId ?? key.thumbprint ?? `#${key.index}`,
          wordsFor(catalogue, "answer", answer),
        ),
      }),
    ),
    ...(code === "ok"
      ? notes(
          "info",
          checks.filter(({ status }) => status === "pass"),
        )
      : []),
    ...(code === "ok" ? momentNotes(reading, catalogue, session) : []),
  ]
}

function weakness(key: OfferedKey, { checks }: Judgment, { say }: Session): Note[] {
  const algorithm = checks.find(({ id }) => id === "signature")?.detail ?? ""
  const least = minimumBits(algorithm)
  if (key.bits === undefined || least === undefined || key.bits >= least) return []
  return [{ level: "warning", text: say("key_weak", String(key.bits), algorithm, String(least)) }]
}

/** From the best to the worst, as one exit status must stand for many tokens. */
const GRAVITY: readonly ExitCode[] = ["ok", "negative", "claims", "signature", "network", "key", "input"]

async function verifyAll(session: Session, rules: Rules): Promise<Answer> {
  let worst: ExitCode = "ok"
  let count = 0
  for await (const reading of allTokens(session)) {
    count++
    const answer = await answerTo(reading, { ...session, now: presentOf(session) }, rules)
    if (GRAVITY.indexOf(answer.code) > GRAVITY.indexOf(worst)) worst = answer.code
    for (const note of answer.notes ?? []) session.tell(note)
    const isRead = await session.write(session.isJson ? `${writeJson(envelope(answer))}\n` : (answer.text ?? ""))
    // Of the tokens behind it nothing is known: that is not "all of them hold".
    if (!isRead) return { code: worst === "ok" ? "io" : worst, isStreamed: true }
  }
  if (count === 0) throw new Failure("input", "token_empty")
  return { code: worst, isStreamed: true }
}

/** One line that cannot be judged is one answer: the rest of a batch goes on. Only the command line itself ends it. */
async function answerTo(reading: Reading, session: Session, rules: Rules): Promise<Answer> {
  try {
    return await verifyOne(reading, session, rules)
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "usage") throw error
    const { code, word, details, reason } = error
    const message = session.say(word, ...details)
    return { code, members: { reason, message }, notes: [{ level: "error", text: message }] }
  }
}
