/** Scopes: words that say what a token may be used for (RFC 6749, section 3.3), in the claim `scope` (RFC 8693, section 4.2). */

import { invalidOption, isRecord, knownOptions, own, textOption, textsOption } from "./options.ts"

/** Scopes that a token must have: all of them, or `any` one of them. Words are compared whole, and with their case. */
export type Scopes = string | readonly string[] | { readonly any: string | readonly string[] }

/** Scopes that are needed, settled. */
export interface NeededScopes {
  readonly words: readonly string[]
  /** One of them is enough. */
  readonly any: boolean
}

const WORD = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** The scopes that a guard asks for; undefined: none. @throws UsageError `option_invalid` */
export function neededScopes(value: Scopes | undefined): NeededScopes | undefined {
  const isAny = isRecord(value)
  const given = isAny ? knownOptions(value as { any: unknown }, ["any"], "scopes").any : value
  const name = isAny ? "scopes.any" : "scopes"
  const words = textsOption(name, given)
  if (words === undefined && isAny) throw invalidOption(name, "given")
  if (words?.every((word) => WORD.test(word)) === false)
    throw invalidOption(name, "single words of ASCII, one scope each")
  return words === undefined ? undefined : { words, any: isAny }
}

/** Whether claims lack what is needed. A claim that is no string grants nothing. */
export function lacksScope(claims: object, { words, any }: NeededScopes): boolean {
  const claim = own(claims, "scope")
  const granted = new Set(typeof claim === "string" ? claim.split(" ") : [])
  const has = (word: string): boolean => granted.has(word)
  return any ? !words.some(has) : !words.every(has)
}

/** The scope that a token is to have, as its claim is written. @throws UsageError `option_invalid` */
export function scopeOption(value: unknown): string | undefined {
  const scope = textOption("scope", value)
  if (scope?.split(" ").every((word) => WORD.test(word)) === false)
    throw invalidOption("scope", "words of ASCII with one space between them")
  return scope
}
