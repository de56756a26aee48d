/** What tokens are judged by, and the judgment. */

import {
  type Catalogue,
  type Check,
  describeCheck,
  type Judgment,
  judge,
  type OfferedKey,
  type Policy,
  type Reading,
  type SecretEncoding,
  textMember,
} from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"
import type { CheckLine, Session } from "../frame/session.ts"
import { catalogueOf } from "./catalogue.ts"
import { type Keyring, keysOf, optionalKeysOf } from "./keys.ts"
import { leewaySeconds, policyOf } from "./policy.ts"
import { readPlace } from "./source.ts"
import { type Fetched, keysByToken, mayBringKeys } from "./token-keys.ts"

/** What the tokens of a run are judged by. */
export interface Rules {
  readonly keys: readonly OfferedKey[]
  /** The keys as they were written; never printed. */
  readonly texts: readonly string[]
  readonly encoding: SecretEncoding
  readonly policy: Policy
  /** Whether something is expected of who made the token, or for whom. */
  readonly asksForParties: boolean
  readonly detachedPayload: Uint8Array | undefined
  readonly catalogue: Catalogue
  readonly fetched: Fetched
}

/**
 * Reads keys and policy.
 *
 * @throws Failure `usage` for no key, and for a secret without `--alg`: it fits three, and the token must not be the one to choose.
 */
export async function rulesOf(session: Session): Promise<Rules> {
  const ring = await (mayBringKeys(session) ? optionalKeysOf(session) : keysOf(session))
  return rulesFor(ring, session.options.list("alg"), session)
}

/** As `rulesOf`, with keys that were read before, and the names of algorithms from wherever they were given. */
export async function rulesFor(
  ring: Keyring,
  algorithms: readonly string[] | undefined,
  session: Session,
): Promise<Rules> {
  const { options, tell, say } = session
  // `--jti` alone makes an identifier where tokens are made; here there is nothing to compare with.
  if (options.has("jti") && options.text("jti") === undefined) throw new Failure("usage", "flag_value_missing", "jti")
  const policy = await policyOf(session, algorithms)
  const leeway = leewaySeconds(policy)
  if (leeway > 0) tell({ level: "info", text: say("leeway_used", String(leeway)) })
  const isOpen = ring.keys.some(({ isSymmetric, jwk }) => isSymmetric && jwk?.algorithm === undefined)
  if (policy.algorithms === undefined && isOpen) throw new Failure("usage", "alg_missing")
  const file = options.text("detached")
  return {
    ...ring,
    policy,
    asksForParties: policy.issuer !== undefined || policy.audience !== undefined || options.has("policy"),
    detachedPayload: file === undefined ? undefined : await readPlace(file, session),
    catalogue: await catalogueOf(session),
    fetched: new Map(),
  }
}

/** The judgment on one token, and its checks as scripts see them. */
export interface Judged {
  readonly judgment: Judgment
  readonly checks: readonly CheckLine[]
}

/**
 * Judges a token.
 *
 * @throws Failure `input` for `--detached` and a token that holds its payload; `usage` for a key that serves several algorithms where none was named; `network` for keys that cannot be fetched; `key`
 * where all keys are to come from a token that names none.
 */
export async function judgeOne(reading: Reading, session: Session, rules: Rules): Promise<Judged> {
  const { options, now } = session
  // Of a token that brings its payload the file beside it would go unread, and look verified.
  if (rules.detachedPayload !== undefined && reading.form === "jws" && !reading.isDetached)
    throw new Failure("input", "not_detached")
  const keys = [...rules.keys, ...(await keysByToken(reading, session, rules.fetched))]
  if (keys.length === 0 && reading.form === "jws") throw new Failure("key", "keys_not_named")
  const plain = await judge(reading, {
    now,
    keys,
    policy: rules.policy,
    jwtId: options.text("jti"),
    nonce: options.text("nonce"),
    crit: options.list("crit"),
    detachedPayload: rules.detachedPayload,
    strict: options.has("strict"),
  })
  refuseAmbiguous(plain, reading)
  const judgment = options.has("strict") ? judgedStrictly(plain, reading, rules) : plain
  return { judgment, checks: judgment.checks.map(lineOf) }
}

/** Whether a token for anybody would pass: there are claims, and nobody said from whom or for whom they are to be. */
export function isForAnybody({ payload, isDetached }: Reading, { asksForParties }: Rules): boolean {
  return !asksForParties && !isDetached && payload?.json?.root?.type === "object"
}

function judgedStrictly(judgment: Judgment, reading: Reading, rules: Rules): Judgment {
  const { code, checks } = judgment
  if (!isForAnybody(reading, rules) || checks.some(({ id, status }) => id === "aud" && status === "fail"))
    return judgment
  const asked = (check: Check): Check =>
    check.id === "aud" ? { ...check, status: "fail", code: "audience_unasked" } : check
  return { ...judgment, code: code === "ok" ? "claims" : code, checks: checks.map(asked) }
}

/** An RSA key without an algorithm. One that is offered for HMAC is the wrong key, whatever else is missing. */
function refuseAmbiguous({ checks }: Judgment, reading: Reading): void {
  const isAmbiguous = checks.some(({ id, code }) => id === "key" && code === "algorithm_required")
  const alg = textMember(reading.header?.json?.root, "alg") ?? ""
  if (isAmbiguous && !alg.startsWith("HS")) throw new Failure("usage", "alg_missing")
}

/** The checks that say no; where a token fails though none does, the first of those that could not be made. */
export function failuresOf({ code, checks }: Judgment): readonly Check[] {
  const failed = checks.filter(({ status }) => status === "fail")
  if (code === "ok" || failed.length > 0) return failed
  return checks.filter(({ status }) => status === "unavailable").slice(0, 1)
}

/** Of several signatures the one that was verified: what the others say nobody has vouched for. */
export function heldOf(reading: Reading, { held }: Judgment): Reading {
  if (reading.signatures.length < 2) return reading
  return { ...reading, header: held?.header, signatures: held === undefined ? [] : [held] }
}

/** A check as scripts see it. */
export function lineOf(check: Check): CheckLine {
  const { id, status, code } = check
  return { id, status, code, message: describeCheck(check, en) }
}

/** Which key it is, and where it comes from; nothing of what is in it. */
export function keyLine({ index, keyType, keyId, thumbprint, provenance }: OfferedKey): {
  readonly [name: string]: Json
} {
  return { index, kty: keyType, kid: keyId, thumbprint, provenance }
}
