/** Why a signature does not hold. Ends as `verify` would: a hint is no pass. */

import { describeCheck, diagnose, type Hint, type Judgment, textOf } from "@jotkit/inspect"
import type { Command } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { failuresOf, judgeOne, rulesOf } from "../input/judging.ts"
import { oneToken } from "../input/token.ts"
import { momentOfFailure, momentsOf } from "../report/timeline.ts"

/** Kinds of answers to which no difference in the signature leads. */
const NOTHING_TO_FIND: ReadonlySet<Judgment["code"]> = new Set(["ok", "input", "claims", "negative"])

/** `jot diagnose`. */
export const command: Command = async (session) => {
  const { say, paint } = session
  const rules = await rulesOf(session)
  const reading = await oneToken(session)
  const { judgment, checks } = await judgeOne(reading, session, rules)
  const { code } = judgment
  const hints: Hint[] = []
  let tries = 0
  for (const key of NOTHING_TO_FIND.has(code) ? [] : rules.texts) {
    const found = await diagnose(reading, { key, encoding: rules.encoding })
    hints.push(...found.hints)
    tries += found.tries
  }
  const catalogue = await catalogueOf(session)
  const failed = failuresOf(judgment)
  const moments = momentsOf(reading, session.now, catalogue)
  const lines = [
    ...failed.map((check) =>
      paint("bad", say("explained", check.id, momentOfFailure(check.code, moments) ?? describeCheck(check, catalogue))),
    ),
    ...hints.map(({ code: hint, detail }) => paint("good", textOf(catalogue, "hint", hint, detail))),
  ]
  if (failed.length === 0) lines.push(paint("good", say("holds")))
  else if (code === "claims") lines.push(say("signature_holds"))
  else if (hints.length === 0 && tries > 0) lines.push(say("no_hints", String(tries)))
  const members = {
    verified: code === "ok",
    hints: hints.map(({ code: hint, detail }) => ({ code: hint, detail })),
    tries,
  }
  return { code, members, checks, text: `${lines.join("\n")}\n` }
}
