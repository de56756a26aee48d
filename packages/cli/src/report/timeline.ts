/** The life of a token as a line: when it begins and ends, and where in it we are. */

import {
  type Catalogue,
  explainTime,
  isNumericDate,
  memberOf,
  type Reading,
  relativeTime,
  textOf as wordsFor,
} from "@jotkit/inspect"
import { widthOf, wrapped } from "../frame/columns.ts"
import type { Session } from "../frame/session.ts"

/** A moment of a token, in words such as "expires in 1 hour". */
export interface Moment {
  readonly name: "iat" | "nbf" | "exp" | "now"
  readonly seconds: number
  readonly text: string
}

const WORDS = { iat: ["issued", "issued"], nbf: ["not_before", "valid_since"], exp: ["expires", "expired"] } as const

/** The moments that a token names. */
export function momentsOf({ payload }: Reading, now: number, catalogue: Catalogue): Moment[] {
  return (["iat", "nbf", "exp"] as const).flatMap((name): Moment[] => {
    const value = memberOf(payload?.json?.root, name)?.value
    const time = value === undefined ? undefined : explainTime(value)
    if (time?.seconds === undefined || !isNumericDate(time)) return []
    const { seconds } = time
    const distance = relativeTime(seconds, now, catalogue.language)
    return [{ name, seconds, text: wordsFor(catalogue, "time", WORDS[name][seconds <= now ? 1 : 0], distance) }]
  })
}

const DECIDED_BY = { token_expired: "exp", token_not_yet_valid: "nbf" } as const

/** The moment that a failure of time is about, in words: how long ago says more than that. */
export function momentOfFailure(code: string | undefined, moments: readonly Moment[]): string | undefined {
  if (code !== "token_expired" && code !== "token_not_yet_valid") return undefined
  return moments.find(({ name }) => name === DECIDED_BY[code])?.text
}

/** Wider lines say no more. */
const MOST_COLUMNS = 100

/** Two lines, the time and what it says; where the words have no room beside each other, a line for each. */
export function timelineLines(moments: readonly Moment[], session: Session): string[] {
  const { now, width, say } = session
  const issued = moments.find(({ name }) => name === "iat")
  // Whoever issues a token that is valid at once says the same moment twice.
  const distinct = moments.filter(({ name, seconds }) => name !== "nbf" || seconds !== issued?.seconds)
  if (distinct.length === 0) return []
  const present = distinct.find(({ seconds }) => Math.abs(seconds - now) < 1)
  const told = distinct.filter((moment) => moment !== present)
  const here: Moment = { name: "now", seconds: now, text: present?.text ?? say("now") }
  const all = [...told, here].sort((one, other) => one.seconds - other.seconds)
  const room = Math.min(width, MOST_COLUMNS) - 4
  const places = placesOf(all, room)
  if (places === undefined) return all.flatMap((moment) => listed(moment, session))
  return [lineOf(all, places, lifeOf(moments), session), labelsOf(all, places, session)].map((line) => `  ${line}`)
}

/** From when to when a token is valid. */
interface Life {
  readonly begin: number
  readonly end: number
}

function lifeOf(moments: readonly Moment[]): Life {
  const at = (wanted: Moment["name"]) => moments.find(({ name }) => name === wanted)?.seconds
  return { begin: at("nbf") ?? Number.NEGATIVE_INFINITY, end: at("exp") ?? Number.POSITIVE_INFINITY }
}

function listed({ name, text }: Moment, { width, paint }: Session): string[] {
  return wrapped(text, width - 4).map((line) => `  ${name === "now" ? paint("strong", line) : line}`)
}

/**
 * A column for each moment: in proportion to time as far as the words leave room. Each label begins below its mark, the last one ends there.
 * Undefined where they do not fit.
 */
function placesOf(moments: readonly Moment[], room: number): number[] | undefined {
  const widths = moments.map(({ text }) => widthOf(text))
  const last = moments.length - 1
  const gaps = widths.map((_, at) => {
    if (at === 0) return 0
    const before = (widths[at - 1] ?? 0) + 2
    return at === last ? before + (widths[at] ?? 0) - 1 : before
  })
  if (gaps.reduce((sum, gap) => sum + gap, 0) > room - 1) return undefined
  const first = moments[0]?.seconds ?? 0
  const span = (moments[last]?.seconds ?? 0) - first || 1
  const places: number[] = []
  for (const [at, { seconds }] of moments.entries()) {
    const wanted = Math.round(((seconds - first) / span) * (room - 1))
    places.push(Math.max(wanted, (places[at - 1] ?? 0) + (gaps[at] ?? 0)))
  }
  places[last] = room - 1
  for (let at = last - 1; at > 0; at--)
    places[at] = Math.min(places[at] ?? 0, (places[at + 1] ?? 0) - (gaps[at + 1] ?? 0))
  return places
}

const DRAWN = { first: "├", middle: "┼", last: "┤", now: "●", valid: "━", other: "─" }
const TYPED = { first: "|", middle: "|", last: "|", now: "*", valid: "=", other: "-" }

function lineOf(moments: readonly Moment[], places: readonly number[], life: Life, session: Session): string {
  const { isUnicode, paint } = session
  const signs = isUnicode ? DRAWN : TYPED
  const last = moments.length - 1
  return moments
    .map((moment, at) => {
      const mark = at === 0 ? signs.first : at === last ? signs.last : signs.middle
      const shown = moment.name === "now" ? paint("strong", signs.now) : mark
      return at === last ? shown : shown + stretch(moment, (places[at + 1] ?? 0) - (places[at] ?? 0) - 1, life, session)
    })
    .join("")
}

/** The time from a moment to the next. */
function stretch({ seconds }: Moment, length: number, { begin, end }: Life, session: Session): string {
  const { isUnicode, paint, now } = session
  const signs = isUnicode ? DRAWN : TYPED
  if (seconds < begin || seconds >= end) return paint("faint", signs.other.repeat(length))
  return paint(now >= begin && now < end ? "good" : "bad", signs.valid.repeat(length))
}

function labelsOf(moments: readonly Moment[], places: readonly number[], { paint }: Session): string {
  let used = 0
  const last = moments.length - 1
  return moments
    .map(({ name, text }, at) => {
      const width = widthOf(text)
      const begin = at === last ? (places[at] ?? 0) - width + 1 : (places[at] ?? 0)
      const space = " ".repeat(begin - used)
      used = begin + width
      return space + (name === "now" ? paint("strong", text) : text)
    })
    .join("")
}
