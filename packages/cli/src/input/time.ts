/** Times and lengths of time on the command line. */

import { parseDuration, parseTime } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"

/**
 * The moment that a flag names; undefined for `never`.
 *
 * @throws Failure `usage` for a text that is no moment.
 */
export function momentOf(name: FlagName, text: string, now: number): number | undefined {
  const read = parseTime(text, now)
  if (!read.ok) throw new Failure("usage", read.code, name)
  return read.seconds
}

/**
 * The length of time that a flag names, in seconds.
 *
 * @throws Failure `usage` for a text that is none.
 */
export function durationOf(name: FlagName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const read = parseDuration(text)
  if (!read.ok) throw new Failure("usage", read.code, name)
  return read.seconds
}
