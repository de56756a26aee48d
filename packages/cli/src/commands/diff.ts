/** What two tokens or key sets say differently. */

import { compare, type Difference, formatJson, type Reading, read, readJson } from "@jotkit/inspect"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { textAt } from "../input/source.ts"
import { tokenIn } from "../input/token.ts"

/** `jot diff`. */
export const command: Command = async (session) => {
  const [one, other] = session.operands
  if (one === undefined || other === undefined) throw new Failure("usage", "operands_two")
  const differences = compare(await readingAt(one, session), await readingAt(other, session))
  return {
    code: differences.length === 0 ? "ok" : "negative",
    members: { differences: differences.map((difference) => ({ ...difference })) },
    text: differences.map((difference) => lineOf(difference, session)).join(""),
  }
}

async function readingAt(operand: string, session: Session): Promise<Reading> {
  const reading = read(tokenIn(await textAt(operand, session)))
  const { form, header } = reading
  if (form === "unknown" || form === "json") throw new Failure("input", "not_a_token")
  // Of two texts that say nothing it would be said that they say the same.
  if (header !== undefined && header.json?.root === undefined) throw new Failure("input", "header_unreadable")
  return reading
}

/** One difference, for people. */
export function lineOf({ path, kind, before, after }: Difference, { paint, say }: Session): string {
  const was = before === undefined ? "" : `\n  ${paint("bad", `- ${oneLine(before)}`)}`
  const is = after === undefined ? "" : `\n  ${paint("good", `+ ${oneLine(after)}`)}`
  return `${paint("strong", escapeLine(path))} ${say(`diff.${kind}`)}${was}${is}\n`
}

/** A value that was written in several lines. */
function oneLine(text: string): string {
  const json = readJson(text)
  return escapeLine(json.root === undefined || json.problem !== undefined ? text : formatJson({ ...json, text }, 0))
}
