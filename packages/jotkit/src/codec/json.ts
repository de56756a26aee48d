/**
 * Strict JSON for what strangers send: UTF-8 without byte order mark, bounded depth, and no member name twice.
 *
 * `JSON.parse` keeps the last of two members with one name, so a token could say two things. Members are counted in the
 * bytes and compared with the names that came out of the parser: a difference is a duplicate, however its name was spelled.
 */

import { decodeBase64UrlPooled, decodeScratchUtf8, decodeToScratch, decodeUtf8, scratch } from "#bytes"
import { UsageError } from "../errors.ts"
import { type JsonObject, parseJsonText, type Reviver } from "./json-text.ts"

export type { JsonObject, Reviver }

/** How deep arrays and objects may be nested. */
const MAX_JSON_DEPTH = 100

/** Why JSON was refused. */
export type JsonProblem = "not_utf8" | "not_json" | "not_object" | "too_deep" | "duplicate"

/** An object, or the reason why there is none. */
export type JsonResult =
  | { readonly value: JsonObject; readonly problem: undefined }
  | { readonly value?: undefined; readonly problem: JsonProblem }

/** How members are that were written down. */
const PLAIN = { writable: true, enumerable: true, configurable: true }
const QUOTE = 34
const COLON = 58
const BACKSLASH = 92
// `[` and `{` differ in one bit, as do `]` and `}`: OR-ing that bit makes one comparison of two.
const CASE_BIT = 32
const OPEN = 123
const CLOSE = 125
const TOO_DEEP = -1

/** Which member names must be unique: those at the top level (claims), or at every depth (headers, keys). */
export type Unique = "top" | "all"

/**
 * Parses bytes that hold a JSON object.
 *
 * @param reviver - As for `JSON.parse`. The check for duplicates is made on the value before it.
 */
export function parseJsonObject(bytes: Uint8Array, unique: Unique, reviver?: Reviver): JsonResult {
  return parse(decodeUtf8(bytes), bytes, bytes.length, unique, reviver)
}

/** As {@link parseJsonObject}, from base64url; undefined if that is not canonical. */
export function parseJsonSegment(segment: string, unique: Unique, reviver?: Reviver): JsonResult | undefined {
  const length = decodeToScratch(segment)
  if (length !== -1) return parse(decodeScratchUtf8(length), scratch, length, unique, reviver)
  const bytes = decodeBase64UrlPooled(segment)
  return bytes === undefined ? undefined : parseJsonObject(bytes, unique, reviver)
}

function parse(
  text: string | undefined,
  bytes: Uint8Array,
  length: number,
  unique: Unique,
  reviver: Reviver | undefined,
): JsonResult {
  if (text === undefined) return { problem: "not_utf8" }
  let value: unknown
  try {
    value = parseJsonText(text)
  } catch {
    return { problem: "not_json" }
  }
  if (!isJsonObject(value)) return { problem: "not_object" }
  const expected = countMembers(bytes, length, unique)
  if (expected === TOO_DEEP) return { problem: "too_deep" }
  const found = unique === "top" ? Object.keys(value).length : countNames(value)
  if (found !== expected) return { problem: "duplicate" }
  return reviver === undefined ? { value, problem: undefined } : revive(text, reviver)
}

function revive(text: string, reviver: Reviver): JsonResult {
  let value: unknown
  try {
    value = parseJsonText(text, reviver)
  } catch (cause) {
    throw new UsageError("callback_failed", "the reviver failed", { cause })
  }
  return isJsonObject(value) ? { value, problem: undefined } : { problem: "not_object" }
}

/** Whether a value is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A copy of what came out of JSON, to the last level. */
export function copyOfJson<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(copyOfJson) as T
  const copy: JsonObject = {}
  for (const name of Object.keys(value)) {
    const member: unknown = copyOfJson((value as JsonObject)[name])
    // Assigning to this one name would set the prototype.
    if (name === "__proto__") Object.defineProperty(copy, name, { value: member, ...PLAIN })
    else copy[name] = member
  }
  return copy as T
}

/** Reads an own member: names on `Object.prototype`, put there by whomever, are not members. */
export function own(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined
}

/** Counts the members of valid JSON: those of the outermost object, or all; -1 if nested too deep. One pass, no allocation. */
function countMembers(bytes: Uint8Array, length: number, unique: Unique): number {
  const deepest = unique === "top" ? 1 : MAX_JSON_DEPTH
  let members = 0
  let depth = 0
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) at = endOfText(bytes, at)
    else if (byte === COLON) members += depth <= deepest ? 1 : 0
    else if ((byte | CASE_BIT) === CLOSE) depth--
    else if ((byte | CASE_BIT) === OPEN && ++depth > MAX_JSON_DEPTH) return TOO_DEEP
  }
  return members
}

/** Where a JSON string ends that begins at a quote. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

/** Counts the names in a parsed value at every depth. The depth is bounded by the scan before. */
function countNames(value: object): number {
  let names = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const member of Object.values(value)) {
    if (typeof member === "object" && member !== null) names += countNames(member)
  }
  return names
}

/**
 * Why a value cannot be written as JSON without loss; undefined if it can. `undefined` members are left out, as
 * `JSON.stringify` does; objects with a `toJSON` of their own are taken at their word, except Dates.
 */
export function jsonLoss(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined
    case "number":
      return Number.isFinite(value) ? undefined : "NaN or Infinity, which JSON cannot say"
    case "object":
      return value === null ? undefined : objectLoss(value, depth)
    default:
      return `a ${typeof value}, which JSON cannot say`
  }
}

function objectLoss(value: object, depth: number): string | undefined {
  if (depth >= MAX_JSON_DEPTH) return "a value nested deeper than 100 levels, or in a circle"
  if (value instanceof Date) return "a Date; only exp, nbf and iat take one, write others as text or number"
  if (isForeign(value)) return "an object that JSON would not keep, such as a Map or bytes"
  for (const member of Object.values(value)) {
    const loss = jsonLoss(member, depth + 1)
    if (loss !== undefined) return loss
  }
  return undefined
}

/** Neither plain object, class instance nor array, and without a JSON form of its own. */
export function isForeign(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return false
  const tag = Object.prototype.toString.call(value)
  return tag !== "[object Object]" && tag !== "[object Array]" && !hasOwnForm(value)
}

/** Whether `JSON.stringify` would ask the value itself what to write. */
export function hasOwnForm(value: object): boolean {
  return "toJSON" in value && typeof value.toJSON === "function"
}
