/** Time and policy: each rule asked on its own, so that every one that fails is told. */

import { type CheckedClaim, type ClaimRules, type JwtClaims, validateClaims } from "jotkit"
import type { Policy } from "../policy/policy.ts"
import { plainValue, textMember } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import { parseDuration } from "../time/argument.ts"
import { type Check, type CheckId, failed, passed, skipped } from "./check.ts"

/** What the claims are judged by. */
export interface ClaimsRequest {
  readonly policy: Policy
  readonly jwtId: string | undefined
  readonly nonce: string | undefined
  /** Whether an audience that nobody expects is a failure; otherwise it is said. */
  readonly strict: boolean
  readonly now: number
  /** Of an SD-JWT the claims with those that are disclosed, if they are to be counted. */
  readonly disclosed?: Readonly<Record<string, unknown>> | undefined
}

const ALL: readonly CheckedClaim[] = ["exp", "nbf", "iat", "aud", "iss", "sub", "jti"]

/** Checks of the claims, in the order of the contract. */
export function checkClaims(reading: Reading, request: ClaimsRequest): Check[] {
  const root = reading.payload?.json?.root
  const isClaims = root?.type === "object" && reading.payload?.json?.problem === undefined
  if (!isClaims || reading.isDetached) return withoutClaims(reading, request)
  const claims = (request.disclosed ?? plainValue(root)) as JwtClaims
  const headers = headersOf(reading)
  const rules = rulesOf(request)
  return [
    ...(["exp", "nbf", "iat"] as const).map((name) => checkOne(name, claims, rules, request)),
    checkText("iss", claims, rules, request, rules.issuer !== undefined),
    checkAudience(claims, rules, request),
    checkText("sub", claims, rules, request, rules.subject !== undefined),
    checkText("jti", claims, rules, request, rules.jwtId !== undefined),
    checkTyp(headers, rules, request),
    checkNonce(reading, request),
    checkAge(claims, rules, request),
    ...checkRequired(claims, rules, request),
  ]
}

/** Whether any rule was given that is about claims. */
export function asksForClaims({ policy, jwtId, nonce }: ClaimsRequest): boolean {
  const { issuer, audience, subject, maxAge, require } = policy
  return [issuer, audience, subject, maxAge, require, jwtId, nonce].some((rule) => rule !== undefined)
}

function rulesOf({ policy, jwtId }: ClaimsRequest): ClaimRules {
  return {
    audience: listOf(policy.audience),
    issuer: listOf(policy.issuer),
    subject: policy.subject,
    jwtId,
    require: policy.require,
    leeway: secondsOf(policy.leeway) ?? 0,
    maxAge: secondsOf(policy.maxAge),
    // ASCII letters only, as the core compares: the Kelvin sign is no k.
    typ: policy.typ?.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()).replace(/^application\/(?=[^/]*$)/, ""),
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value
}

function secondsOf(value: Policy["leeway"]): number | undefined {
  if (typeof value !== "string") return typeof value === "number" ? value : undefined
  const read = parseDuration(value)
  return read.ok ? read.seconds : undefined
}

/** The first violation of one claim, with all other checks switched off. */
function codeOf(claims: JwtClaims, rules: ClaimRules, now: number, only: readonly CheckedClaim[]): string | undefined {
  const unchecked = new Set(ALL.filter((name) => !only.includes(name)))
  return validateClaims(claims, { ...rules, unchecked }, now)[0]?.code
}

function checkOne(
  name: "exp" | "nbf" | "iat",
  claims: JwtClaims,
  { leeway }: ClaimRules,
  { now }: ClaimsRequest,
): Check {
  if (claims[name] === undefined) return skipped(name, "claim_absent", name)
  const code = codeOf(claims, { leeway }, now, [name])
  return code === undefined ? passed(name, name) : failed(name, code, name)
}

function checkText(
  name: "iss" | "sub" | "jti",
  claims: JwtClaims,
  { issuer, subject, jwtId }: ClaimRules,
  { now }: ClaimsRequest,
  isAsked: boolean,
): Check {
  const code = codeOf(claims, { issuer, subject, jwtId }, now, [name])
  if (code !== undefined) return failed(name, code, name)
  return isAsked ? passed(name, name) : skipped(name, claims[name] === undefined ? "claim_absent" : "not_asked", name)
}

function checkAudience(claims: JwtClaims, { audience }: ClaimRules, { now, strict }: ClaimsRequest): Check {
  const code = codeOf(claims, { audience }, now, ["aud"])
  if (code === "audience_unexpected" && !strict) return skipped("aud", "audience_unchecked", "aud")
  if (code !== undefined) return failed("aud", code, "aud")
  return audience === undefined ? skipped("aud", "claim_absent", "aud") : passed("aud", "aud")
}

/** Of several signatures any may be the one that holds, so each header must name the type. */
function checkTyp(headers: readonly object[], { typ }: ClaimRules, { now }: ClaimsRequest): Check {
  if (typ === undefined) return skipped("typ", "not_asked", "typ")
  const rules = { typ, unchecked: new Set(ALL) }
  const violation = headers.flatMap((header) => validateClaims({}, rules, now, header))[0]
  return violation === undefined ? passed("typ", "typ") : failed("typ", violation.code, "typ")
}

function checkNonce(reading: Reading, { nonce }: ClaimsRequest): Check {
  if (nonce === undefined) return skipped("nonce", "not_asked", "nonce")
  const found = textMember(reading.payload?.json?.root, "nonce")
  if (found === undefined) return failed("nonce", "claim_missing", "nonce")
  return found === nonce ? passed("nonce", "nonce") : failed("nonce", "nonce_invalid", "nonce")
}

function checkAge(claims: JwtClaims, { maxAge, leeway }: ClaimRules, { now }: ClaimsRequest): Check {
  if (maxAge === undefined) return skipped("max-age", "not_asked", "iat")
  const code = codeOf(claims, { maxAge, leeway }, now, [])
  return code === undefined ? passed("max-age", "iat") : failed("max-age", code, "iat")
}

function checkRequired(claims: JwtClaims, { require }: ClaimRules, { now }: ClaimsRequest): Check[] {
  if (require === undefined) return [skipped("require", "not_asked")]
  const missing = validateClaims(claims, { require, unchecked: new Set(ALL) }, now).map(({ claim }) => claim)
  return missing.length === 0 ? [passed("require")] : missing.map((name) => failed("require", "claim_missing", name))
}

function headersOf({ signatures }: Reading): object[] {
  return signatures.map(({ header }) => {
    const root = header?.json?.root
    return root?.type === "object" ? (plainValue(root) as object) : {}
  })
}

/** There are no claims: what was asked of them cannot hold, the rest is left out. */
function withoutClaims(reading: Reading, request: ClaimsRequest): Check[] {
  const { policy, jwtId, nonce } = request
  const asked: Readonly<Partial<Record<CheckId, boolean>>> = {
    iss: policy.issuer !== undefined,
    aud: policy.audience !== undefined,
    sub: policy.subject !== undefined,
    jti: jwtId !== undefined,
    nonce: nonce !== undefined,
    "max-age": policy.maxAge !== undefined,
    require: policy.require !== undefined,
  }
  const order: readonly CheckId[] = [
    "exp",
    "nbf",
    "iat",
    "iss",
    "aud",
    "sub",
    "jti",
    "typ",
    "nonce",
    "max-age",
    "require",
  ]
  return order.map((id) => {
    if (id === "typ") return checkTyp(headersOf(reading), rulesOf(request), request)
    return asked[id] === true ? failed(id, "payload_invalid", id) : skipped(id, "no_claims", id)
  })
}
