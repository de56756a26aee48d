/** Everything about a token at a glance. */

import { type Judgment, judge, lint, type Reading, recognise } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { heldOf, judgeOne, keyLine, lineOf, rulesOf } from "../input/judging.ts"
import { optionalKeysOf } from "../input/keys.ts"
import { chosenValue, partOf, rawOf, timesOf } from "../input/show.ts"
import { durationOf } from "../input/time.ts"
import { oneToken } from "../input/token.ts"
import { mayBringKeys } from "../input/token-keys.ts"
import { momentFormat } from "../report/moment.ts"
import { type Report, reportText } from "../report/token.ts"

/** `jot inspect`, and `jot TOKEN`. */
export const command: Command = async (session) => {
  momentFormat(session)
  const isGiven = session.options.names.some((name) => name === "key" || /^secret(?!-encoding|-raw)/.test(name))
  const hasKeys = isGiven || mayBringKeys(session)
  const reading = await oneToken(session)
  if (reading.form === "unknown" || reading.form === "json") throw new Failure("input", "not_a_token")
  const judgment = hasKeys
    ? (await judgeOne(reading, session, await rulesOf(session))).judgment
    : await judgedWithout(reading, session)
  const { keys } = hasKeys ? { keys: judgment.keys.map(({ key }) => key) } : await optionalKeysOf(session)
  const findings = await lint(reading, {
    now: session.now,
    keys,
    maxLifetime: durationOf("max-lifetime", session.options.text("max-lifetime")),
  })
  const recognition = recognise(reading)
  return answerOf({ reading, judgment, findings, recognition, hasKeys, catalogue: await catalogueOf(session) }, session)
}

function judgedWithout(reading: Reading, { now }: Session): Promise<Judgment> {
  return judge(reading, { now })
}

/** Whether there is a header to go by, as `decode` asks for; JSON may do without a protected one. The report is given in any case. */
function isLegible({ header, document }: Reading): boolean {
  if (header === undefined) return document !== undefined
  return header.json?.root?.type === "object" && header.json.problem === undefined
}

function answerOf(report: Report, session: Session): Answer {
  const { reading, judgment, findings, recognition, hasKeys } = report
  const code = hasKeys ? judgment.code : isLegible(reading) ? "ok" : "input"
  const isVerified = judgment.verdicts.signature.status === "pass" && judgment.code === "ok"
  const notes = isVerified ? [] : [{ level: "notice" as const, text: session.say("not_verified") }]
  const checks = judgment.checks.map(lineOf)
  const told = isVerified ? heldOf(reading, judgment) : reading
  const value = chosenValue(told, session)
  if (value !== undefined)
    return { code, members: { verified: isVerified, value: value.json }, checks, findings, text: value.text, notes }
  const members = {
    verified: isVerified,
    kind: recognition.kind,
    key: judgment.verifiedBy === undefined ? undefined : keyLine(judgment.verifiedBy),
    header: partOf(told.header),
    payload: partOf(told.payload),
    raw: rawOf(told),
    times: timesOf(reading),
    verdicts: Object.fromEntries(Object.entries(judgment.verdicts).map(([name, verdict]) => [name, { ...verdict }])),
  }
  const text = session.isJson ? "" : reportText(report, session)
  return { code, members, checks, findings, text, notes }
}
