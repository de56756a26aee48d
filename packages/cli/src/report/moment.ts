/** Moments as `--time` asks for them. */

import { type Catalogue, isoTime, localTime, type Reading } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Note, Session } from "../frame/session.ts"
import { momentsOf } from "./timeline.ts"

const FORMATS = ["utc", "local", "epoch", "relative"] as const
const OFFSET = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/

/** How moments are to be shown; an offset stands for itself. */
type MomentFormat = (typeof FORMATS)[number] | "offset"

/** A moment, and the surroundings in which it is shown. */
interface Shown {
  readonly seconds: number
  /** BCP 47. */
  readonly locale: string
  /** `+08:00`. */
  readonly offset: string
}

const SHOWN_AS: Readonly<Record<MomentFormat, (shown: Shown) => string | undefined>> = {
  utc: ({ seconds }) => isoTime(seconds),
  local: ({ seconds, locale }) =>
    localTime(seconds, { locale, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
  offset: ({ seconds, offset }) => isoTime(seconds + secondsOf(offset))?.replace("Z", offset),
  epoch: ({ seconds }) => String(seconds),
  relative: () => undefined,
}

/**
 * How `--time` wants moments.
 *
 * @throws Failure `usage` for anything but the words and an offset such as `+08:00`.
 */
export function momentFormat({ options }: Session): MomentFormat {
  const text = options.text("time") ?? "utc"
  const format = OFFSET.test(text) ? "offset" : FORMATS.find((name) => name === text)
  if (format === undefined) throw new Failure("usage", "flag_choice", "time", `${FORMATS.join(" ")} +HH:MM`)
  return format
}

/** A moment as `--time` wants it; undefined where only its distance is wanted, or it is in no calendar. */
export function momentText(seconds: number, locale: string, session: Session): string | undefined {
  return SHOWN_AS[momentFormat(session)]({ seconds, locale, offset: session.options.text("time") ?? "" })
}

/** A note for each moment in the claims, where `--time` asks for them: what goes to stdout is never rewritten. */
export function momentNotes(reading: Reading, catalogue: Catalogue, session: Session): Note[] {
  momentFormat(session)
  if (session.isJson || !session.options.has("time")) return []
  return momentsOf(reading, session.now, catalogue).map(({ name, seconds, text }) => {
    const shown = momentText(seconds, catalogue.language, session)
    return { level: "notice", text: session.say("explained", name, shown === undefined ? text : `${shown} (${text})`) }
  })
}

/** Seconds that an offset is ahead of UTC (RFC 3339, section 4.2). */
function secondsOf(offset: string): number {
  const [, sign, hours, minutes] = OFFSET.exec(offset) ?? []
  return (sign === "-" ? -60 : 60) * (60 * Number(hours) + Number(minutes))
}
