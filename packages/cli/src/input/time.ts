/** Times and lengths of time on the command line. */

import { parseDuration, parseTime } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"
import type { Session } from "../frame/session.ts"
import { readVariable } from "./source.ts"

/**
 * The moment that a flag names; undefined for `never`. That a plain date means midnight in UTC is told.
 *
 * @throws Failure `usage` for a text that is no moment.
 */
export function momentOf(name: FlagName, text: string, { now, tell, say }: Session): number | undefined {
  const read = parseTime(text, now)
  if (!read.ok) throw new Failure("usage", read.code, name)
  if (read.note !== undefined) tell({ level: "info", text: say("time_midnight", name) })
  return read.seconds
}

/** As `momentOf`, where there must be one. */
export function fixedMomentOf(name: FlagName, text: string, session: Session): number {
  const moment = momentOf(name, text, session)
  if (moment === undefined) throw new Failure("usage", "time_never", name)
  return moment
}

/** The time to judge by: `env:NAME` takes it from the environment, as builds that repeat want it (SOURCE_DATE_EPOCH). */
export function clockOf(text: string, session: Session): number {
  return fixedMomentOf("at", text.startsWith("env:") ? readVariable(text.slice(4), session) : text, session)
}

/** Seconds since 1970 at this moment, unless `--at` stops the clock: a pipe may bring tokens for days. */
export function presentOf(session: Session): number {
  return session.options.has("at") ? session.now : Math.floor(Date.now() / 1000)
}

/**
 * The length of time that a flag names, in seconds.
 *
 * @throws Failure `usage` for a text that is none.
 */
export function durationOf(name: FlagName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const read = parseDuration(text)
  if (!read.ok) throw new Failure("usage", read.code === "time_unknown" ? "duration_unknown" : read.code, name)
  return read.seconds
}
