/** From text to a reading: every kind of token and key that JOSE knows, and as much of broken ones as there is. */

import { readCompact, readSdJwt } from "./compact.ts"
import { type JsonLimits, readJson } from "./json.ts"
import { type Reading, reading } from "./reading.ts"
import { readSerialized } from "./serialized.ts"

/** How much is read. */
export interface ReadOptions extends JsonLimits {
  /** Longest text in characters. Default 1,048,576. */
  readonly maxCharacters?: number | undefined
  /** Disclosures of an SD-JWT, the first ones. Default all of them; more than 1,000 are never taken for genuine. */
  readonly maxDisclosures?: number | undefined
}

/** Characters that are read unless the caller says otherwise. */
export const MAX_CHARACTERS = 1_048_576
const MAX_NESTING = 4
const COMPACT = /^[\w-]+(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/

/**
 * Reads a token or key, whatever it is: compact, flattened and general JWS and JWE, detached, unencoded, unsecured, SD-JWT, a part
 * alone, a JWK, a JWK Set. Reads as far as it can and never throws; verifies nothing.
 *
 * @param text - The token alone; `findTokens` takes it out of whatever is around it.
 */
export function read(text: string, options: ReadOptions = {}): Reading {
  return readNested(text, options, 0)
}

function readNested(text: string, options: ReadOptions, depth: number): Reading {
  const { maxCharacters = MAX_CHARACTERS } = options
  if (text.length > maxCharacters) return refused(text, "too_large")
  if (text === "") return refused(text, "empty")
  const one = readOne(text, options)
  const { content, json } = one.payload ?? {}
  if (content === undefined || json !== undefined || depth >= MAX_NESTING || !COMPACT.test(content)) return one
  return { ...one, nested: readNested(content, options, depth + 1) }
}

function readOne(text: string, limits: ReadOptions): Reading {
  // A key that is no JSON has no parts of a token.
  if (/^(?:-----BEGIN |ssh-|ecdsa-)/.test(text)) return refused(text, "not_a_token")
  if (/^\s*[[{]/.test(text)) return readSerialized(readJson(text, limits))
  return text.includes("~") ? readSdJwt(text, limits.maxDisclosures) : readCompact(text, 0, text.length)
}

function refused(text: string, code: "too_large" | "empty" | "not_a_token"): Reading {
  return reading({ form: "unknown", text, problems: [{ code, range: [0, text.length], detail: String(text.length) }] })
}
