/** Durations as people write them, in seconds as RFC 7519 counts them. */

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
  ["w", 604_800],
])

const SHORT_FORM = /^(?:\d+(?:\.\d+)?[smhdw])+$/
const SHORT_PART = /(\d+(?:\.\d+)?)([smhdw])/g
// ISO 8601 without years and months, whose length varies.
const ISO_FORM =
  /^P(?=.)(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=.)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const ISO_SECONDS = [604_800, 86_400, 3600, 60, 1]
const MEMBER_SECONDS = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
  milliseconds: 1e-3,
  microseconds: 1e-6,
  nanoseconds: 1e-9,
} as const
const MAX_TEXT = 64

/**
 * A length of time: seconds as a finite number, text (`"15m"`, `"1h30m"`, `"7d"`, `"PT15M"`), or an object with
 * `weeks days hours minutes seconds` and smaller units; a `Temporal.Duration` without years and months fits.
 */
export type Duration = number | string | DurationMembers

/** A length of time by its units, all of the same sign or zero. */
export interface DurationMembers {
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
  readonly microseconds?: number
  readonly nanoseconds?: number
}

/** Reads a duration as seconds, which may be negative; undefined if it is not one. */
export function parseDuration(value: unknown): number | undefined {
  const seconds = read(value)
  return Number.isFinite(seconds) ? seconds : undefined
}

function read(value: unknown): number | undefined {
  if (typeof value === "number") return value
  if (typeof value === "string") return parseText(value)
  return typeof value === "object" && value !== null ? parseMembers(value) : undefined
}

function parseText(text: string): number | undefined {
  if (text.length > MAX_TEXT) return undefined
  if (SHORT_FORM.test(text)) {
    let seconds = 0
    for (const [, amount, unit] of text.matchAll(SHORT_PART))
      seconds += Number(amount) * (UNIT_SECONDS.get(unit ?? "") ?? Number.NaN)
    return seconds
  }
  const iso = ISO_FORM.exec(text)
  if (iso === null) return undefined
  return ISO_SECONDS.reduce((seconds, unit, index) => seconds + Number(iso[index + 1] ?? 0) * unit, 0)
}

function parseMembers(value: object): number | undefined {
  if (hasLength(value, "years") || hasLength(value, "months") || hasStrangeMember(value)) return undefined
  let seconds: number | undefined
  for (const [name, unit] of Object.entries(MEMBER_SECONDS)) {
    // Temporal.Duration has its members on the prototype, so `in` and not own.
    const amount: unknown = Reflect.get(value, name)
    if (amount === undefined) continue
    if (typeof amount !== "number" || !Number.isFinite(amount)) return undefined
    seconds = (seconds ?? 0) + amount * unit
  }
  return seconds
}

/** A misspelt unit would make the duration shorter without a word. Class instances may have other members. */
function hasStrangeMember(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.keys(value).some(
    (name) => !Object.hasOwn(MEMBER_SECONDS, name) && name !== "years" && name !== "months",
  )
}

function hasLength(value: object, name: string): boolean {
  const amount: unknown = Reflect.get(value, name)
  return amount !== undefined && amount !== 0
}
