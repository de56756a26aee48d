/** Times and durations as people type them. The clock is an argument. */

/** A moment, or why the text is none. */
export type TimeArgument =
  | {
      readonly ok: true
      /** Seconds since 1970-01-01T00:00:00Z; undefined for `never`. */
      readonly seconds: number | undefined
      /** What is worth saying: a plain date means midnight in UTC. */
      readonly note: "midnight_utc" | undefined
    }
  | { readonly ok: false; readonly code: TimeRefusal }

/** Why a text is no time or duration. */
export type TimeRefusal = "time_unknown" | "time_milliseconds" | "time_ambiguous" | "time_out_of_range"

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const MAX_LENGTH = 64
const SHORT = /^(?:\d{1,12}(?:\.\d{1,9})?[smhdw]){1,5}$/
const SHORT_PART = /(\d+(?:\.\d+)?)([smhdw])/g
const AMBIGUOUS = /^[+-]?\d{1,12}\s{0,2}(?:mo|mon|months?|y|yr|years?|M)$/
const ISO =
  /^P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,12}(?:\.\d{1,9})?)H)?(?:(\d{1,12}(?:\.\d{1,9})?)M)?(?:(\d{1,12}(?:\.\d{1,9})?)S)?)?$/
const EPOCH = /^@?(-?\d{1,18}(?:\.\d{1,9})?)$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/
/** From here on a number counts milliseconds: as seconds it would be after the year 5138. */
const MILLISECONDS = 1e11
/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799

/**
 * Reads a moment: `now`, `never`, `+1h`, `-90s`, `+1d12h`, `P1DT2H`, an RFC 3339 date-time, a date (midnight in UTC), `@1700000000`
 * or `1700000000`.
 *
 * `m` is minutes; months and years only in ISO 8601 (`P1M`), where they are those of the calendar in UTC. Thirteen digits are
 * refused: milliseconds.
 *
 * @param now - Seconds since 1970-01-01T00:00:00Z.
 */
export function parseTime(text: string, now: number): TimeArgument {
  const value = text.trim()
  if (value.length > MAX_LENGTH) return refusal("time_unknown")
  if (value === "now") return moment(now)
  if (value === "never") return { ok: true, seconds: undefined, note: undefined }
  const epoch = EPOCH.exec(value)
  if (epoch !== null)
    return Math.abs(Number(epoch[1])) >= MILLISECONDS ? refusal("time_milliseconds") : moment(Number(epoch[1]))
  if (DATE.test(value)) return calendar(`${value}T00:00:00Z`, value, "midnight_utc")
  const full = DATE_TIME.exec(value)
  if (full !== null)
    return calendar(`${full[1]}T${full[2]}${full[3] ?? ""}${full[4]?.toUpperCase()}`, full[1] ?? "", undefined)
  return relative(value, now)
}

/**
 * Reads a length of time: `90s`, `1h30m`, `2w`, `PT15M`, or a number of seconds. Months and years have no fixed length and are refused.
 */
export function parseDuration(
  text: string,
): { readonly ok: true; readonly seconds: number } | { readonly ok: false; readonly code: TimeRefusal } {
  const value = text.trim()
  if (value.length > MAX_LENGTH) return refusal("time_unknown")
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(value)) return { ok: true, seconds: Number(value) }
  if (AMBIGUOUS.test(value)) return refusal("time_ambiguous")
  if (SHORT.test(value)) return { ok: true, seconds: shortSeconds(value) }
  const [, years, months, ...rest] = ISO.exec(value) ?? []
  if (years !== undefined || months !== undefined) return refusal("time_ambiguous")
  return rest.length === 0 ? refusal("time_unknown") : { ok: true, seconds: isoSeconds(rest) }
}

function relative(value: string, now: number): TimeArgument {
  if (AMBIGUOUS.test(value)) return refusal("time_ambiguous")
  const sign = value.startsWith("-") ? -1 : 1
  const amount = value.replace(/^[+-]/, "")
  // Without a sign it could be meant either way.
  if (SHORT.test(amount)) return amount === value ? refusal("time_unknown") : moment(now + sign * shortSeconds(amount))
  const [, years = "0", months = "0", ...rest] = ISO.exec(amount) ?? []
  if (rest.length === 0) return refusal("time_unknown")
  const count = 12 * Number(years) + Number(months)
  return moment(addMonths(now, sign * count) + sign * isoSeconds(rest))
}

function shortSeconds(text: string): number {
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(SHORT_PART)) seconds += Number(amount) * (UNIT_SECONDS[unit ?? ""] ?? 0)
  return seconds
}

/** Weeks, days, hours, minutes, seconds. */
function isoSeconds(amounts: readonly (string | undefined)[]): number {
  return [604_800, 86_400, 3600, 60, 1].reduce((sum, unit, index) => sum + unit * Number(amounts[index] ?? 0), 0)
}

/** Months of the calendar in UTC; the day is the last one where the month is shorter. */
function addMonths(now: number, months: number): number {
  if (months === 0) return now
  const date = new Date(now * 1000)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime() / 1000
}

/** A date that does not exist is refused, not moved to the next month. */
function calendar(text: string, day: string, note: "midnight_utc" | undefined): TimeArgument {
  const milliseconds = Date.parse(text)
  const exists =
    !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
  if (Number.isNaN(milliseconds) || !exists) return refusal("time_out_of_range")
  return { ok: true, seconds: milliseconds / 1000, note }
}

function moment(seconds: number): TimeArgument {
  return Number.isFinite(seconds) && Math.abs(seconds) <= LAST_SECOND
    ? { ok: true, seconds, note: undefined }
    : refusal("time_out_of_range")
}

function refusal(code: TimeRefusal): { readonly ok: false; readonly code: TimeRefusal } {
  return { ok: false, code }
}
