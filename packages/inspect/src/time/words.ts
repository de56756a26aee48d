/** Moments in words: ISO 8601, the calendar of a place, and how long ago. */

import type { JsonNode } from "../read/json.ts"

/** What a value says that stands where a NumericDate is due (RFC 7519, section 2). */
export type TimeValue =
  | { readonly kind: "seconds" | "fraction" | "negative"; readonly seconds: number }
  /** Not as it must be, with the moment that was meant. */
  | {
      readonly kind: "milliseconds" | "microseconds" | "nanoseconds" | "digits" | "date_text"
      readonly seconds: number
    }
  | { readonly kind: "not_a_time" | "out_of_range"; readonly seconds: undefined }

const LAST_SECOND = 253_402_300_799
const SCALES = [
  ["nanoseconds", 1e17, 1e9],
  ["microseconds", 1e14, 1e6],
  ["milliseconds", 1e11, 1e3],
] as const

/** Explains a value where a NumericDate is due: what it is, and which moment was meant. */
export function explainTime(node: JsonNode): TimeValue {
  if (node.type === "string") return explainText(String(node.value))
  if (node.type !== "number") return { kind: "not_a_time", seconds: undefined }
  const value = Number(node.value)
  const scale = SCALES.find(([, least]) => Math.abs(value) >= least)
  if (scale !== undefined) {
    const seconds = value / scale[2]
    return Math.abs(seconds) > LAST_SECOND ? { kind: "out_of_range", seconds: undefined } : { kind: scale[0], seconds }
  }
  if (value < 0) return { kind: "negative", seconds: value }
  return { kind: Number.isInteger(value) ? "seconds" : "fraction", seconds: value }
}

/** Whether a value is a NumericDate as it must be. */
export function isNumericDate(value: TimeValue): boolean {
  return value.kind === "seconds" || value.kind === "fraction" || value.kind === "negative"
}

/** A moment as ISO 8601 in UTC, without a fraction where there is none; undefined outside the years 0000 to 9999. */
export function isoTime(seconds: number): string | undefined {
  if (!Number.isFinite(seconds) || seconds > LAST_SECOND || seconds < -62_167_219_200) return undefined
  return new Date(Math.round(seconds * 1000)).toISOString().replace(".000Z", "Z")
}

/** How a moment is shown. */
export interface TimeFormat {
  /** BCP 47, such as `en` or `zh-Hant-TW`; `-u-ca-roc` gives years of the Republic. */
  readonly locale: string
  /** IANA time zone, such as `UTC` or `Asia/Taipei`. */
  readonly timeZone: string
}

/** A moment in the calendar of a place, with its zone; undefined where it cannot be shown. */
export function localTime(seconds: number, { locale, timeZone }: TimeFormat): string | undefined {
  if (isoTime(seconds) === undefined) return undefined
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long", timeZone })
  return format.format(new Date(seconds * 1000))
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
]

/** How far a moment is from now: "3 hours ago", 「3 小時前」; within a second it is "now", 「現在」. */
export function relativeTime(seconds: number, now: number, locale: string): string {
  const distance = seconds - now
  const found = UNITS.find(([, least]) => Math.abs(distance) >= least)
  if (found === undefined) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "second")
  const [unit, length] = found
  return new Intl.RelativeTimeFormat(locale).format(Math.trunc(distance / length), unit)
}

const DATE_TEXT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i

function explainText(text: string): TimeValue {
  if (/^\d{1,18}(?:\.\d{1,9})?$/.test(text)) return { kind: "digits", seconds: Number(text) }
  const match = DATE_TEXT.exec(text)
  // Without a zone it is read as UTC: the same everywhere.
  const milliseconds =
    match === null ? Number.NaN : Date.parse(match[1] === undefined && text.length > 10 ? `${text}Z` : text)
  return Number.isNaN(milliseconds)
    ? { kind: "not_a_time", seconds: undefined }
    : { kind: "date_text", seconds: milliseconds / 1000 }
}
