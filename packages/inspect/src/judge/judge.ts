/**
 * Five separate verdicts on one token. A good signature on an expired token and a bad signature on a fresh one are different news;
 * one light for everything would hide both.
 */

import type { OfferedKey, Provenance } from "../keys/keys.ts"
import type { Policy } from "../policy/policy.ts"
import type { Reading, SignaturePart } from "../read/reading.ts"
import { type Counterparts, checkBindings } from "./bindings.ts"
import { type Check, type CheckId, failed, passed } from "./check.ts"
import { asksForClaims, checkClaims } from "./claims.ts"
import { checkDisclosures, type DisclosuresAnswer } from "./disclosures.ts"
import { checkSignature, type KeyAnswer } from "./signature.ts"
import { checkStructure, criticalNames } from "./structure.ts"

/** The answer to one question. */
export interface Verdict {
  readonly status: "pass" | "fail" | "not_checked" | "cannot_check"
  /** Why, as a stable name. */
  readonly code: string
}

/** What a token is judged by. */
export interface JudgeRequest {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number
  /** Keys by `readKeys`. Without any the signature is not checked. */
  readonly keys?: readonly OfferedKey[] | undefined
  readonly policy?: Policy | undefined
  /** The expected `jti`. */
  readonly jwtId?: string | undefined
  /** The expected `nonce`. */
  readonly nonce?: string | undefined
  /** Critical header extensions that the caller handles. */
  readonly crit?: readonly string[] | undefined
  /** The payload of a token that does not hold it. */
  readonly detachedPayload?: Uint8Array | undefined
  /** What hashes among the claims are of. */
  readonly counterparts?: Counterparts | undefined
  /** An audience that no one asked about is a failure, not a remark. */
  readonly strict?: boolean | undefined
}

/** What came of it. */
export interface Judgment {
  readonly verdicts: {
    readonly structure: Verdict
    readonly signature: Verdict
    readonly time: Verdict
    readonly claims: Verdict
    readonly keyTrust: Verdict
  }
  /** The worst of the five. */
  readonly overall: Verdict["status"]
  /** What `verify` ends with: the gravest kind of failure, or `ok`. `usage`: there is no key, or it does not say for which algorithm. */
  readonly code: "ok" | "usage" | "input" | "key" | "signature" | "claims" | "negative"
  /** Every check that was made or left out. */
  readonly checks: readonly Check[]
  /** Each key and what became of it, those that the caller supplied before those that the token brought. */
  readonly keys: readonly KeyAnswer[]
  readonly verifiedBy: OfferedKey | undefined
  /** The signature that it verified, with its headers; those of other signatures are anybody's. */
  readonly held: SignaturePart | undefined
}

const TIME: readonly CheckId[] = ["exp", "nbf", "iat", "max-age"]
const CLAIMS: readonly CheckId[] = ["iss", "aud", "sub", "jti", "typ", "nonce", "require"]
const BADNESS: readonly Verdict["status"][] = ["pass", "not_checked", "cannot_check", "fail"]
/** From the key that says most about the sender to the one that says nothing. */
const LADDER: readonly Provenance[] = ["supplied", "pinned", "issuer", "named", "embedded"]
/** Keys that a token brought along prove nothing about who sent it. */
const PROOFLESS: ReadonlySet<Provenance> = new Set(["named", "embedded"])

/**
 * Judges a token: its structure by the core's strict rules, its signature by the keys that were given (the algorithm comes from the key
 * or the policy, never from the token), then time and policy, whatever came before. Decides by `jotkit`; never throws for what the token
 * or the keys hold.
 */
export async function judge(reading: Reading, request: JudgeRequest): Promise<Judgment> {
  const {
    now,
    keys = [],
    policy = {},
    crit = [],
    strict = false,
    jwtId,
    nonce,
    detachedPayload,
    counterparts,
  } = request
  const shape = await checkStructure(reading, crit, detachedPayload !== undefined)
  const parts = reading.form === "sd-jwt" ? await checkDisclosures(reading) : undefined
  const structure = parts === undefined || shape.status !== "pass" ? shape : checkParts(reading, parts)
  // Whether a signature holds is one question, whether its extensions are understood another: the structure answers that.
  const signed = await checkSignature(reading, {
    // The best key that fits counts, wherever it stands in the list.
    keys: LADDER.flatMap((provenance) => keys.filter((key) => key.provenance === provenance)),
    algorithms: policy.algorithms,
    crit: criticalNames(reading),
    detachedPayload,
  })
  const disclosed = structure.status === "pass" ? parts?.claims : undefined
  const claims = reading.form === "jwe" ? [] : checkClaims(reading, { policy, jwtId, nonce, strict, now, disclosed })
  // What cannot be read strictly is not verified, whatever a lenient eye sees in it.
  const isReadable = structure.status === "pass"
  const signature =
    isReadable || signed.signature.status !== "pass"
      ? signed.signature
      : { ...signed.signature, status: "unavailable" as const, code: structure.code }
  const verifiedBy = isReadable ? signed.verifiedBy : undefined
  const checks = [
    structure,
    signature,
    provenKey(signed.key, verifiedBy),
    ...claims,
    ...(await wrongHashes(reading, counterparts)),
  ]
  const verdicts = {
    structure: verdictOf([structure]),
    signature: verdictOf([signature, ...(signed.key.status === "fail" ? [signed.key] : [])]),
    time: verdictOf(pick(checks, TIME)),
    claims: verdictOf(
      asksForClaims({ policy, jwtId, nonce, strict, now }) || policy.typ !== undefined
        ? pick(checks, CLAIMS)
        : failuresOf(pick(checks, CLAIMS)),
    ),
    keyTrust: trustOf(verifiedBy),
  }
  const overall = BADNESS.filter((status) => Object.values(verdicts).some((verdict) => verdict.status === status)).at(
    -1,
  )
  return {
    verdicts,
    overall: overall ?? "not_checked",
    code: codeOf(reading, checks),
    checks,
    keys: signed.answers,
    verifiedBy,
    held: isReadable ? signed.held : undefined,
  }
}

/** A claim that is the hash of something else than what came with the token (OpenID Connect Core 1.0, section 3.1.3.8). */
async function wrongHashes(reading: Reading, counterparts: Counterparts = {}): Promise<Check[]> {
  const bindings = await checkBindings(reading, counterparts)
  return bindings.filter(({ status }) => status === "fail").map(({ name }) => failed("require", "hash_differs", name))
}

/** What nobody signed does not pass for a part of what was, nor in another's place (RFC 9901, section 7.1). */
function checkParts(reading: Reading, { disclosures, isRepeated }: DisclosuresAnswer): Check {
  if (disclosures.length < reading.disclosures.length) return failed("structure", "token_too_large")
  const { answer } = disclosures.find((one) => one.answer !== "matched") ?? {}
  if (answer === "hash_unknown") return failed("structure", "disclosure_hash_unknown")
  if (answer === "digest_absent") return failed("structure", "disclosure_unlisted")
  return answer !== undefined || isRepeated ? failed("structure", "disclosure_invalid") : passed("structure")
}

function pick(checks: readonly Check[], ids: readonly CheckId[]): Check[] {
  return checks.filter(({ id }) => ids.includes(id))
}

/** Without a policy nothing was asked; what is malformed is a failure all the same. */
function failuresOf(checks: readonly Check[]): Check[] {
  return checks.filter(({ status }) => status === "fail")
}

function verdictOf(checks: readonly Check[]): Verdict {
  const first = (status: Check["status"]) => checks.find((check) => check.status === status)
  const bad = first("fail")
  if (bad !== undefined) return { status: "fail", code: bad.code ?? "" }
  const impossible = first("unavailable")
  if (impossible !== undefined) return { status: "cannot_check", code: impossible.code ?? "" }
  if (first("pass") !== undefined) return { status: "pass", code: "ok" }
  return { status: "not_checked", code: first("skipped")?.code ?? "not_asked" }
}

function trustOf(key: OfferedKey | undefined): Verdict {
  if (key === undefined) return { status: "not_checked", code: "no_match" }
  const code = `key_${key.provenance}`
  return PROOFLESS.has(key.provenance) ? { status: "fail", code } : { status: "pass", code }
}

/** A key that the token brought fits every token that brings it: no key at all was found to go by. */
function provenKey(check: Check, key: OfferedKey | undefined): Check {
  return key !== undefined && PROOFLESS.has(key.provenance)
    ? failed("key", `key_${key.provenance}`, check.detail)
    : check
}

/**
 * Structure, then keys, then the signature, then claims; an unknown critical extension is a plain no. `ok` takes a signature that holds:
 * what was not or cannot be verified is something else.
 */
function codeOf(reading: Reading, checks: readonly Check[]): Judgment["code"] {
  const of = (id: CheckId) => checks.find((check) => check.id === id)
  const fails = (id: CheckId) => checks.some((check) => check.id === id && check.status === "fail")
  const isCritical = of("structure")?.code === "crit_invalid" && criticalNames(reading).length > 0
  if ((fails("structure") && !isCritical) || reading.form === "jwe") return "input"
  if (fails("key")) return of("key")?.code === "algorithm_required" ? "usage" : "key"
  if (fails("signature")) return "signature"
  if (!isCritical && of("signature")?.status !== "pass") return UNVERIFIED[of("signature")?.code ?? ""] ?? "input"
  if ([...TIME, ...CLAIMS].some(fails)) return "claims"
  return isCritical ? "negative" : "ok"
}

/** Why a signature was not verified, as exit codes name it. */
const UNVERIFIED: Readonly<Record<string, Judgment["code"]>> = { no_key: "usage", algorithm_unavailable: "key" }
