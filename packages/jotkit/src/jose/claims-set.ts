/** The claims set on its way out: checked by the rules that a reader applies, times written as numbers, valid JSON by construction. */
import { type Duration, parseDuration } from "../codec/duration.ts"
import { hasOwnForm, isForeign, isJsonObject, type JsonObject, jsonLoss } from "../codec/json.ts"
import { parseJsonText } from "../codec/json-text.ts"
import { UsageError } from "../errors.ts"
import { invalidOption } from "./options.ts"

/** A moment: seconds since 1970 (fractions allowed), a Date, or a `Temporal.Instant`. */
export type Time = number | Date | { readonly epochMilliseconds: number }

/** As the second argument of `JSON.stringify`. */
export type Replacer = ((this: unknown, name: string, value: unknown) => unknown) | ReadonlyArray<string | number>

/** Claims that options add. */
export interface ClaimOptions {
  expiresIn?: Duration | undefined
  notBefore?: Duration | Date | { readonly epochMilliseconds: number } | undefined
  issuedAt?: boolean | Time | undefined
  readonly jwtId?: boolean | string | undefined
  readonly issuer?: string | undefined
  audience?: string | readonly string[] | undefined
  readonly subject?: string | undefined
  replacer?: Replacer | undefined
}

const OPENING_BRACE = 123
/** The last second of the year 9999: a later time is most likely in milliseconds. */
const LAST_TIME = 253_402_300_799

/** Writes claims and the claims that options add as JSON. The caller's objects are not changed. */
export function serializeClaims(claims: unknown, options: ClaimOptions | undefined, now: () => number): string {
  const set = copyOf(claims)
  if (options !== undefined) addClaims(set, options, now)
  if (options?.replacer !== undefined) return serializeReplaced(set, options.replacer)
  try {
    checkClaims(set, assertJson)
  } catch (cause) {
    throw cause instanceof UsageError
      ? cause
      : new UsageError("callback_failed", "a getter of the claims failed", { cause })
  }
  return stringify(set)
}

/** Registered claims by their rules, times as numbers; the others by the given check. One pass, as every token goes through it. */
function checkClaims(set: JsonObject, checkOther: (value: unknown, depth: number) => void): void {
  for (const name of Object.keys(set)) {
    const value = set[name]
    if (value === undefined) continue
    switch (name) {
      case "exp":
      case "nbf":
      case "iat":
        set[name] = timeOf(value, `\`${name}\``)
        break
      case "iss":
      case "sub":
      case "jti":
        if (typeof value !== "string") throw new UsageError("claims_invalid", `\`${name}\` must be a string`)
        break
      case "aud":
        if (!isAudience(value)) throw new UsageError("claims_invalid", "`aud` must be a string or an array of strings")
        break
      default:
        checkOther(value, 1)
    }
  }
  if (Object.hasOwn(set, "nbf")) assertOrder(set)
}

function assertOrder({ exp, nbf }: JsonObject): void {
  if (typeof exp === "number" && typeof nbf === "number" && exp < nbf)
    throw new UsageError("claims_invalid", "`exp` must not lie before `nbf`")
}

function copyOf(claims: unknown): JsonObject {
  if (!isJsonObject(claims) || isForeign(claims) || hasOwnForm(claims)) {
    throw new UsageError(
      "claims_invalid",
      `the claims must be a plain object, found ${claims === null ? "null" : Array.isArray(claims) ? "an array" : typeof claims}`,
    )
  }
  // Getters run once, here: the claims that are checked are the claims that are signed.
  try {
    return { ...claims }
  } catch (cause) {
    throw new UsageError("callback_failed", "a getter of the claims failed", { cause })
  }
}

function addClaims(set: JsonObject, options: ClaimOptions, now: () => number): void {
  const { expiresIn, notBefore, issuedAt, jwtId, issuer, subject, audience } = options
  // One moment for all, in whole seconds, as every issuer writes them.
  const moment = Math.floor(now())
  if (issuedAt !== undefined && issuedAt !== false)
    put(set, "iat", "issuedAt", issuedAt === true ? moment : timeOf(issuedAt, "the option `issuedAt`"))
  put(set, "nbf", "notBefore", notBefore === undefined ? undefined : startOf(notBefore, moment))
  put(set, "exp", "expiresIn", expiresIn === undefined ? undefined : moment + lifetimeOf(expiresIn))
  put(set, "jti", "jwtId", jwtId === true ? globalThis.crypto.randomUUID() : jwtId === false ? undefined : jwtId)
  put(set, "iss", "issuer", issuer)
  put(set, "sub", "subject", subject)
  put(set, "aud", "audience", typeof audience === "object" ? [...audience] : audience)
}

/** Checks the times that options add and puts numbers in their places, once: dates and duration objects may change later. */
export function settleTimes(options: ClaimOptions): void {
  const { expiresIn, notBefore, issuedAt } = options
  if (expiresIn !== undefined) options.expiresIn = lifetimeOf(expiresIn)
  if (notBefore !== undefined) {
    const seconds = startOf(notBefore, 0)
    options.notBefore = isMoment(notBefore) ? { epochMilliseconds: seconds * 1000 } : seconds
  }
  if (issuedAt !== undefined && typeof issuedAt !== "boolean")
    options.issuedAt = timeOf(issuedAt, "the option `issuedAt`")
}

function put(set: JsonObject, claim: string, option: string, value: unknown): void {
  if (value === undefined) return
  if (Object.hasOwn(set, claim) && set[claim] !== undefined) {
    throw new UsageError(
      "claims_invalid",
      `both the claim \`${claim}\` and the option \`${option}\` are given; leave one out`,
    )
  }
  set[claim] = value
}

function lifetimeOf(value: unknown): number {
  const seconds = parseDuration(value)
  if (seconds === undefined || seconds <= 0)
    throw invalidOption("expiresIn", 'a duration above 0: seconds, "15m", "PT15M" or an object', value)
  return seconds
}

/** A duration from now, or a moment. */
function startOf(value: unknown, moment: number): number {
  if (isMoment(value)) return timeOf(value, "the option `notBefore`")
  const seconds = parseDuration(value)
  if (seconds === undefined)
    throw invalidOption("notBefore", 'a duration from now (seconds, "5m", an object) or a Date', value)
  return moment + seconds
}

function isMoment(value: unknown): boolean {
  return value instanceof Date || (typeof value === "object" && value !== null && "epochMilliseconds" in value)
}

function timeOf(value: unknown, what: string): number {
  if (typeof value === "number" && value <= LAST_TIME && value >= -LAST_TIME) return value
  let seconds = value
  if (value instanceof Date) seconds = Math.floor(value.getTime() / 1000)
  else if (typeof value === "object" && value !== null && "epochMilliseconds" in value)
    seconds = typeof value.epochMilliseconds === "number" ? Math.floor(value.epochMilliseconds / 1000) : undefined
  if (typeof seconds !== "number" || !Number.isFinite(seconds))
    throw new UsageError(
      "claims_invalid",
      `${what} must be finite seconds since 1970, a valid Date or a Temporal.Instant`,
    )
  if (seconds > LAST_TIME)
    throw new UsageError("claims_invalid", `${what} lies after the year 9999; times are seconds, not milliseconds`)
  return seconds
}

function isAudience(value: unknown): boolean {
  return (
    typeof value === "string" ||
    (Array.isArray(value) && !hasOwnForm(value) && value.every((entry) => typeof entry === "string"))
  )
}

/** Refuses what JSON cannot say or would silently change. */
function assertJson(value: unknown, depth: number): void {
  const loss = jsonLoss(value, depth)
  if (loss !== undefined) throw new UsageError("claims_invalid", `a claim holds ${loss}`)
}

function serializeReplaced(set: JsonObject, replacer: Replacer): string {
  // What is signed is what counts: times are numbers before the replacer sees them, and the rules hold after it.
  checkClaims(set, () => undefined)
  const json = stringify(set, typeof replacer === "function" ? guarded(replacer) : [...replacer])
  const written: unknown = parseJsonText(json)
  if (!isJsonObject(written)) throw new UsageError("claims_invalid", "the replacer did not leave an object")
  checkClaims(written, () => undefined)
  return json
}

/** The caller's replacer, whose answers must be such that JSON can say them. */
function guarded(replacer: (this: unknown, name: string, value: unknown) => unknown): typeof replacer {
  return function (this: unknown, name: string, value: unknown): unknown {
    const replaced = replacer.call(this, name, value)
    if (typeof replaced !== "object") assertJson(replaced, 0)
    return replaced
  }
}

function stringify(set: JsonObject, replacer?: Replacer): string {
  let json: string | undefined
  try {
    json = JSON.stringify(set, replacer as (string | number)[])
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError("claims_invalid", "the claims cannot be written as JSON", { cause })
  }
  if (json?.charCodeAt(0) !== OPENING_BRACE)
    throw new UsageError("claims_invalid", "the claims have a JSON form that is not an object")
  return json
}
