/**
 * Remembers that a token's signature held: the mathematics, nothing else. Failures are never kept. An entry is found by the end of
 * the token, since hashing all of a new text costs as much as parsing it, and counts only where the whole text is the same; every
 * hit gets claims of its own, and time and claims are judged on each call.
 */
import { type Duration, parseDuration } from "../codec/duration.ts"
import { copyOfJson, type JsonObject } from "../codec/json.ts"
import type { ParsedHeader } from "./header.ts"
import { countOption, invalidOption, knownOptions, optionNames } from "./options.ts"
import type { VerifyingKey } from "./verify.ts"

/** Bounds of a verifier's cache. */
export interface CacheOptions {
  /** Most tokens kept; the oldest goes first. Default 1,000. */
  readonly maxSize?: number | undefined
  /** How long a token is kept at most; never longer than the token lives. Default 10 minutes. */
  readonly ttl?: Duration | undefined
}

/** Claims to make copies of. */
export interface RememberedClaims {
  readonly set: JsonObject
  /** The names of those that are arrays or objects: a shallow copy of the others is a whole copy. */
  readonly nested: readonly string[]
}

/** A token whose signature held. */
export interface VerifiedToken {
  /** The whole token. */
  readonly text: string
  readonly header: ParsedHeader
  readonly verifiedBy: VerifyingKey
  readonly payload: string | Uint8Array
  /** Under which state of the registry it was verified: an algorithm may have been taken out since. */
  readonly changes: number
  /** Read when the token comes again, for most tokens of many clients do not; never handed out. */
  claims: RememberedClaims | undefined
  /** Seconds since 1970 after which the entry no longer counts. */
  readonly until: number
}

const CACHE_OPTIONS = optionNames("maxSize", "ttl")
const DEFAULT_SIZE = 1000
const DEFAULT_TTL_SECONDS = 600
/** Longer tokens are verified again each time: what is kept stays small. */
const MAX_KEPT_CHARACTERS = 8192

/** Characters of the signature by which an entry is found: 256 bits, all of it for HS256. */
const END_CHARACTERS = 43

/** A bounded memory of verified tokens, for one verifier. */
export class VerifiedCache {
  readonly #entries = new Map<string, VerifiedToken>()
  /** Whatever it has come past is gone: a new one would go past all the places of those that are. */
  readonly #oldest = this.#entries.keys()
  readonly #maxSize: number
  readonly #ttl: number

  constructor(options: true | CacheOptions) {
    const given = knownOptions(options === true ? undefined : options, CACHE_OPTIONS, "cache")
    this.#maxSize = countOption("cache.maxSize", given.maxSize, DEFAULT_SIZE)
    const ttl = given.ttl === undefined ? DEFAULT_TTL_SECONDS : parseDuration(given.ttl)
    if (ttl === undefined || ttl <= 0) throw invalidOption("cache.ttl", "a duration above 0", given.ttl)
    this.#ttl = ttl
  }

  /** The entry of a token, if there is one and it still counts. */
  get(token: string, now: number): VerifiedToken | undefined {
    const entry = this.#entries.get(endOf(token))
    if (entry?.text !== token) return undefined
    if (now < entry.until) return entry
    this.forget(token)
    return undefined
  }

  forget(token: string): void {
    this.#entries.delete(endOf(token))
  }

  /** Keeps a token that was just verified. */
  set(token: string, verified: Omit<VerifiedToken, "text" | "claims" | "until">, exp: unknown, now: number): void {
    if (token.length > MAX_KEPT_CHARACTERS) return
    if (this.#entries.size >= this.#maxSize) this.#entries.delete(this.#oldest.next().value ?? "")
    const until = Math.min(now + this.#ttl, typeof exp === "number" ? exp : Number.POSITIVE_INFINITY)
    this.#entries.set(endOf(token), { ...verified, text: token, claims: undefined, until })
  }
}

/** Keeps the claims of a token that came again, for {@link copyOfClaims}. */
export function rememberClaims(entry: VerifiedToken, set: JsonObject): RememberedClaims {
  const nested = Object.keys(set).filter((name) => typeof set[name] === "object" && set[name] !== null)
  entry.claims = { set, nested }
  return entry.claims
}

/** Claims of the caller's own. */
export function copyOfClaims({ set, nested }: RememberedClaims): JsonObject {
  const copy = { ...set }
  for (const name of nested) copy[name] = copyOfJson(set[name])
  return copy
}

function endOf(token: string): string {
  return token.slice(-END_CHARACTERS)
}
