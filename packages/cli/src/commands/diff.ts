/** What two tokens or key sets say differently. */

import { compare, type Difference, read } from "@jotkit/inspect"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { isSource, readSource, textOf } from "../input/source.ts"
import { tokenIn } from "../input/token.ts"

/** `jot diff`. */
export const command: Command = async (session) => {
  const [one, other] = session.operands
  if (one === undefined || other === undefined) throw new Failure("usage", "operands_two")
  const differences = compare(read(await textAt(one, session)), read(await textAt(other, session)))
  return {
    code: differences.length === 0 ? "ok" : "negative",
    members: { differences: differences.map((difference) => ({ ...difference })) },
    text: differences.map((difference) => lineOf(difference, session)).join(""),
  }
}

async function textAt(operand: string, session: Session): Promise<string> {
  return tokenIn(isSource(operand) ? textOf(await readSource(operand, session)) : operand)
}

/** One difference, for people. */
export function lineOf({ path, kind, before, after }: Difference, { paint, say }: Session): string {
  const was = before === undefined ? "" : `\n  ${paint("bad", `- ${escapeLine(before)}`)}`
  const is = after === undefined ? "" : `\n  ${paint("good", `+ ${escapeLine(after)}`)}`
  return `${paint("strong", escapeLine(path))} ${say(`diff.${kind}`)}${was}${is}\n`
}
