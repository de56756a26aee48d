/** Options: read once, checked, and turned into rules. A name that does not exist is an error, `undefined` is not given. */

import { encodeUtf8 } from "#bytes"
import { type Duration, parseDuration } from "../codec/duration.ts"
import { builtInRow, customAlgorithm, isKnownAlgorithm, registryChanges } from "../crypto/registry.ts"
import { unavailable } from "../crypto/runtime.ts"
import { InvalidAlgorithmError, UsageError } from "../errors.ts"
import { isMissing } from "../keys/fit.ts"

/** Seconds, a Date, or a function that answers with one of them. */
export type Now = number | Date | (() => number | Date)

const MAX_NAME_DISTANCE = 3
const SHORTEST_BEGINNING = 3
/** What makes one wrong letter weigh as much as this many missing ones. */
const MAX_DRAWN_OUT = 32

/** The options of a call: every name there is, with nothing for it. */
export type OptionNames = Readonly<Record<string, undefined>>

/** Makes the list of options that a call has. */
/* @__NO_SIDE_EFFECTS__ */
export function optionNames(...names: readonly string[]): OptionNames {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

/**
 * Refuses options that do not exist, naming the nearest that does. Answers with a copy that has every name as its own member:
 * what someone put on Object.prototype is not an option.
 */
export function knownOptions<T extends object>(options: T | undefined, names: OptionNames, call: string): Partial<T> {
  const given: Record<string, unknown> = { ...names }
  if (options === undefined) return given as Partial<T>
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError("option_invalid", `${call} expects its options as an object, found ${kindOf(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(names, name)) throw unknownOption(name, names, call)
    given[name] = (options as Readonly<Record<string, unknown>>)[name]
  }
  return given as Partial<T>
}

/** The error for an option of the wrong type or range. */
export function invalidOption(name: string, expected: string, found: unknown): UsageError {
  return new UsageError("option_invalid", `the option \`${name}\` must be ${expected}, found ${kindOf(found)}`)
}

/** A duration option in seconds, 0 or more. */
export function durationOption(name: string, value: Duration | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseDuration(value)
  if (seconds === undefined || seconds < 0)
    throw invalidOption(name, 'seconds, a text such as "15m" or PT15M, or a duration object, 0 or more', value)
  return seconds
}

/** One text or several, as a list of its own. */
export function textsOption(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string") return [value]
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return [...value]
  throw invalidOption(name, "a string or an array of strings", value)
}

/** A list of texts, where a single text would be a mistake. */
export function listOption(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return [...value]
  throw invalidOption(name, "an array of strings", value)
}

export function textOption(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value
  throw invalidOption(name, "a string", value)
}

export function flagOption(name: string, value: unknown): boolean {
  if (value === undefined || typeof value === "boolean") return value === true
  throw invalidOption(name, "true or false", value)
}

export function bytesOption(name: string, value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined
  // A copy: the caller may change the bytes while a key is waited for.
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw invalidOption(name, "bytes (Uint8Array)", value)
}

/** What is signed or encrypted: bytes, or text as UTF-8. The bytes are the caller's. */
export function contentBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value !== "string")
    throw new UsageError(
      "argument_invalid",
      `the ${what} must be bytes or text, found ${value === null ? "null" : typeof value}`,
    )
  if (/\p{Surrogate}/u.test(value))
    throw new UsageError(
      "argument_invalid",
      `the ${what} holds half of a character (a lone surrogate), which UTF-8 cannot say`,
    )
  return encodeUtf8(value)
}

export function functionOption<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === "function") return value
  throw invalidOption(name, "a function", value)
}

export function countOption(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value
  throw invalidOption(name, "a whole number above 0", value)
}

function systemClock(): number {
  return Date.now() / 1000
}

/** The clock: seconds since 1970, read at each call. */
export function nowOption(value: Now | undefined): () => number {
  if (value === undefined) return systemClock
  if (typeof value !== "function") {
    const fixed = secondsOf(value)
    return () => fixed
  }
  return () => {
    let answer: unknown
    try {
      answer = value()
    } catch (cause) {
      throw new UsageError("callback_failed", "the clock given as `now` failed", { cause })
    }
    return secondsOf(answer)
  }
}

/** Allow-lists that were checked lately: a program has one or two, and gives them with every call. */
const checkedLists = new Map<string, ReadonlySet<string>>()
const MAX_CHECKED_LISTS = 64
let checkedSince = registryChanges()

/** The allow-list: at least one name, each known, each to be had in this runtime. */
export function algorithmsOption(value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string")
    throw new UsageError("option_invalid", "`algorithms` must be an array of names, found a string")
  const names = listOption("algorithms", value) ?? []
  if (checkedSince !== registryChanges() || checkedLists.size >= MAX_CHECKED_LISTS) checkedLists.clear()
  checkedSince = registryChanges()
  const id = names.join(" ")
  let checked = checkedLists.get(id)
  if (checked === undefined) {
    checked = checkedList(names)
    checkedLists.set(id, checked)
  }
  return checked
}

function checkedList(names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0)
    throw new UsageError("algorithms_required", "`algorithms` is empty: no token could ever be accepted")
  for (const name of names) assertAlgorithm(name)
  return new Set(names)
}

/** Refuses a name that no algorithm has, and algorithms that this runtime lacks. */
export function assertAlgorithm(name: string): void {
  if (!isKnownAlgorithm(name)) throw unknownAlgorithm(name)
  const row = builtInRow(name)
  // Only the newest algorithms are missing anywhere; asking for the others would make key pairs for nothing.
  if (row?.family === "ml-dsa" && customAlgorithm(name) === undefined && isMissing(row)) throw unavailable(name)
}

/** The error for an algorithm's name that means nothing. */
export function unknownAlgorithm(name: unknown): InvalidAlgorithmError {
  if (typeof name !== "string")
    return new InvalidAlgorithmError("algorithm_unknown", `expected an algorithm's name, found ${kindOf(name)}`)
  const spelled = name.toUpperCase()
  const hint = spelled !== name && isKnownAlgorithm(spelled) ? `, did you mean ${spelled}` : ""
  return new InvalidAlgorithmError(
    "algorithm_unknown",
    `there is no algorithm ${JSON.stringify(name.slice(0, 32))}${hint}`,
  )
}

function secondsOf(value: unknown): number {
  const seconds = value instanceof Date ? value.getTime() / 1000 : value
  if (typeof seconds === "number" && Number.isFinite(seconds)) return seconds
  throw invalidOption(
    "now",
    "finite seconds since 1970, a valid Date, or a function that answers with one of them",
    value,
  )
}

function unknownOption(name: string, names: OptionNames, call: string): UsageError {
  const known = Object.keys(names)
  let nearest: string | undefined
  let least = MAX_NAME_DISTANCE + 1
  for (const candidate of known) {
    const between = unlikeness(name.toLowerCase(), candidate.toLowerCase())
    // As many changes as there are letters: nothing is alike.
    if (between < least && between < name.length) [nearest, least] = [candidate, between]
  }
  const hint = nearest === undefined ? `known are ${known.join(", ")}` : `did you mean \`${nearest}\``
  return new UsageError("option_unknown", `${call} has no option \`${name.slice(0, 64)}\`; ${hint}`)
}

/** How far apart two names are. A name cut short (`aud`, `exp`) or drawn out is nearer than any other. */
function unlikeness(a: string, b: string): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  const isBeginning = short.length >= SHORTEST_BEGINNING && long.startsWith(short)
  return isBeginning ? (long.length - short.length) / MAX_DRAWN_OUT : distance(a, b)
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

function kindOf(value: unknown): string {
  if (value === null) return "null"
  if (Array.isArray(value)) return "an array"
  if (typeof value === "number") return String(value)
  return typeof value === "object" ? "an object" : `a ${typeof value}`
}
