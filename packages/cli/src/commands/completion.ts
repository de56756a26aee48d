/** Completion for shells. */

import { type Candidate, candidatesFor } from "../complete/candidates.ts"
import { SHELLS, type Shell } from "../complete/shells.ts"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { readSource, textOf } from "../input/source.ts"

/** `jot completion`: the script for a shell, or, with `-`, what may follow on the line that stdin holds. */
export const command: Command = async (session) => {
  const [name = "", source] = session.operands
  const shell = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined
  if (shell === undefined) throw new Failure("usage", "shell_unknown", Object.keys(SHELLS).join(", "))
  if (source === undefined) return { code: "ok", members: { script: shell.script }, text: shell.script }
  if (source !== "-") throw new Failure("usage", "too_many_operands", "completion")
  const found = await quietly(shell, session)
  const candidates = found.map(({ value, about = "" }) => ({ value, about }))
  return { code: "ok", members: { candidates }, text: found.map((one) => `${shell.write(one)}\n`).join("") }
}

/** Whoever presses the key in the middle of a line wants no message, whatever cannot be read. */
async function quietly(shell: Shell, session: Session): Promise<Candidate[]> {
  try {
    const words = shell.read(textOf(await readSource("-", session)))
    const found = await candidatesFor(words, session)
    // What a key set or a folder calls its contents must not steer the terminal, nor make two lines of one.
    return found.filter(({ value }) => value === escapeLine(value))
  } catch {
    return []
  }
}
