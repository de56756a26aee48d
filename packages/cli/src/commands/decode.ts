/** Shows what a token says. Verifies nothing, and says so. */

import { describeFinding, type Finding, type Reading } from "@jotkit/inspect"
import { envelope } from "../frame/envelope.ts"
import { Failure } from "../frame/failure.ts"
import { indentJson, type Json, writeJson } from "../frame/json.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { chosenValue, partOf, rawOf, timesOf } from "../input/show.ts"
import { oneToken, tokensTogether } from "../input/token.ts"
import { isPlain, writingFindings } from "../input/writing.ts"
import { momentNotes } from "../report/moment.ts"

/** Lines that are written at once. */
const BATCH_CHARACTERS = 65_536

/** `jot decode`. */
export const command: Command = async (session) => {
  const { options, tell, say } = session
  tell({ level: "notice", text: say("not_verified") })
  if (options.has("jsonl") || options.has("all")) return decodeAll(session)
  const reading = await oneToken(session)
  refuseUnreadable(reading)
  const value = chosenValue(reading, session)
  const findings = await writingFindings(reading, session.now)
  const members = value === undefined ? membersOf(reading) : { verified: false, value: value.json }
  const text = value?.text ?? textOf(reading, session)
  const notes = [...(await notesOn(findings, session)), ...momentNotes(reading, await catalogueOf(session), session)]
  return { code: "ok", members, findings, text, notes }
}

function refuseUnreadable(reading: Reading): void {
  if (!isReadable(reading)) throw new Failure("input", "header_unreadable")
}

function isReadable({ header }: Reading): boolean {
  return header?.json?.root?.type === "object" && header.json.problem === undefined
}

function membersOf(reading: Reading): { readonly [name: string]: Json } {
  return {
    verified: false,
    header: partOf(reading.header),
    payload: partOf(reading.payload),
    raw: rawOf(reading),
    times: timesOf(reading),
  }
}

/** Header and payload as one JSON text, so that `jq` can go on with it. */
function textOf(reading: Reading, { paint }: Session): string {
  const part = (name: "header" | "payload") => {
    const text = indentJson(writeJson(partOf(reading[name])))
    return `  ${JSON.stringify(name)}: ${paint(name, text.replaceAll("\n", "\n  "))}`
  }
  return `{\n${part("header")},\n${part("payload")}\n}\n`
}

async function notesOn(findings: readonly Finding[], session: Session): Promise<NonNullable<Answer["notes"]>> {
  const catalogue = await catalogueOf(session)
  return findings
    .filter(({ severity }) => severity === "error")
    .map((found) => ({
      level: "warning",
      text: session.say("explained", found.id, describeFinding(found, catalogue).message),
    }))
}

/** What came by so far. */
interface Account {
  count: number
  code: Answer["code"]
}

async function decodeAll(session: Session): Promise<Answer> {
  const account: Account = { count: 0, code: "ok" }
  for await (const batch of tokensTogether(session)) if (!(await printAll(batch, session, account))) break
  if (account.count === 0) throw new Failure("input", "token_empty")
  return { code: account.code, isStreamed: true }
}

/** Prints tokens that came together, and says whether anybody reads. */
async function printAll(batch: Iterable<Reading>, session: Session, account: Account): Promise<boolean> {
  let waiting = ""
  for (const reading of batch) {
    const answer = answerTo(reading, session)
    account.count++
    if (account.code !== "input" && answer.code !== "ok") account.code = answer.code
    const asked = session.isJson && !isPlain(reading)
    const findings = asked ? await writingFindings(reading, session.now) : []
    waiting += session.isJson ? `${writeJson(envelope({ ...answer, findings }))}\n` : (answer.text ?? "")
    if (waiting.length < BATCH_CHARACTERS) continue
    if (!(await session.write(waiting))) return false
    waiting = ""
  }
  return waiting === "" || session.write(waiting)
}

/** One line that says nothing is one answer: the rest of a batch goes on. */
function answerTo(reading: Reading, session: Session): Answer & { readonly text?: string } {
  const { isJson, tell, say } = session
  try {
    refuseUnreadable(reading)
    const value = chosenValue(reading, session)
    if (value !== undefined) return { code: "ok", members: { verified: false, value: value.json }, text: value.text }
    return isJson ? { code: "ok", members: membersOf(reading) } : { code: "ok", text: textOf(reading, session) }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "usage") throw error
    const { code, word, details, reason } = error
    const message = say(word, ...details)
    if (!isJson) tell({ level: "error", text: message })
    return { code, members: { reason, message } }
  }
}
