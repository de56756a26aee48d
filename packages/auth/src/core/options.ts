/** Options: read once, checked, frozen. A name that does not exist is an error, and `undefined` is not given. */

import { UsageError } from "jotkit"

/** A length of time: seconds, or a text such as `"15m"`, `"1h30m"`, `"7d"`. */
export type Lifetime = number | string

const MAX_NAME_DISTANCE = 3
const MAX_TIMEOUT_SECONDS = 86_400
const MAX_NAME_LETTERS = 64
const DURATION_TEXT = /^(?:\d+(?:\.\d+)?[smhdw])+$/
const DURATION_PART = /(\d+(?:\.\d+)?)([smhdw])/g
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** The error for an option of the wrong type or range. */
export function invalidOption(name: string, expected: string): UsageError {
  return new UsageError("option_invalid", `the option \`${name}\` must be ${expected}`)
}

/**
 * A copy of an options object that has own members only.
 *
 * @throws UsageError `option_unknown` for a name that is not known, with the nearest that is; `option_invalid` for no object.
 */
export function knownOptions<T extends object>(given: T | undefined, names: readonly string[], where: string): T {
  const copy: Record<string, unknown> = Object.create(null)
  if (given === undefined) return copy as T
  if (!isRecord(given)) throw invalidOption(where, "an object")
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) throw unknownOption(name, names, where)
    copy[name] = given[name]
  }
  return copy as T
}

/** Whether a value is an object with members: neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A member of parsed JSON that is its own: what someone put on Object.prototype is not in a token. */
export function own(record: object, name: string): unknown {
  return Object.hasOwn(record, name) ? (record as Readonly<Record<string, unknown>>)[name] : undefined
}

export function flagOption(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value === "boolean") return value
  throw invalidOption(name, "true or false")
}

export function textOption(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value !== "")) return value
  throw invalidOption(name, "a string that is not empty")
}

export function textsOption(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  const list = Array.isArray(value) ? value : [value]
  if (list.length > 0 && list.every((entry) => typeof entry === "string" && entry !== ""))
    return Object.freeze([...list])
  throw invalidOption(name, "a string or an array of strings, none of them empty")
}

/** Origins (RFC 6454, section 6.2), spelt as browsers spell them. */
export function originsOption(name: string, value: unknown): readonly string[] | undefined {
  const origins = textsOption(name, value)
  if (origins?.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin) === false)
    throw invalidOption(name, "origins such as https://app.example: scheme, host and port, nothing else")
  return origins
}

export function functionOption<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === "function") return value
  throw invalidOption(name, "a function")
}

export function choiceOption<T extends string>(name: string, value: unknown, choices: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw invalidOption(name, `one of ${choices.join(", ")}`)
}

/** A length of time in whole seconds, `least` or more. */
export function secondsOption(name: string, value: Lifetime | undefined, otherwise: number, least = 0): number {
  if (value === undefined) return otherwise
  const seconds = parseSeconds(value)
  if (seconds !== undefined && seconds >= least) return seconds
  throw invalidOption(name, `a duration such as "15m" or a number of seconds, at least ${least}`)
}

/** How long a store may take; a timer that is to wait for longer than a day would be a mistake, and from 25 days on does not wait at all. */
export function timeoutOption(name: string, value: Lifetime | undefined): number {
  const seconds = secondsOption(name, value, 2, 0.001)
  if (seconds > MAX_TIMEOUT_SECONDS) throw invalidOption(name, "at most a day")
  return seconds
}

function parseSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined
  if (typeof value !== "string" || value.length > MAX_NAME_LETTERS || !DURATION_TEXT.test(value)) return undefined
  let seconds = 0
  for (const [, amount, unit] of value.matchAll(DURATION_PART))
    seconds += Number(amount) * (UNIT_SECONDS[unit ?? ""] ?? 0)
  return seconds
}

function unknownOption(name: string, names: readonly string[], where: string): UsageError {
  let nearest: string | undefined
  let least = MAX_NAME_DISTANCE + 1
  for (const candidate of names) {
    const between = distance(name.toLowerCase(), candidate.toLowerCase())
    if (between < least && between < name.length) [nearest, least] = [candidate, between]
  }
  const hint = nearest === undefined ? `known are ${names.join(", ")}` : `did you mean \`${nearest}\``
  return new UsageError("option_unknown", `${where} has no option \`${name.slice(0, MAX_NAME_LETTERS)}\`; ${hint}`)
}

/** Levenshtein's distance, bounded: names are short. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_NAME_DISTANCE) return MAX_NAME_DISTANCE + 1
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
