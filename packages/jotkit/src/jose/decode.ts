/** From a token to claims that may be used: options read once, then read, verify, parse, judge. */

import { type CheckedClaim, type ClaimRules, claimError, findViolations, mediaType } from "../claims.ts"
import type { Duration } from "../codec/duration.ts"
import { type JsonObject, parseJsonObject, parseJsonSegment, type Reviver } from "../codec/json.ts"
import { registryChanges } from "../crypto/registry.ts"
import { DecodeError, InvalidClaimsError, UsageError } from "../errors.ts"
import { readKeySource } from "../keys/source.ts"
import { copyOfClaims, rememberClaims, type VerifiedCache, type VerifiedToken } from "./cache.ts"
import {
  assertReadable,
  MAX_TOKEN_CHARACTERS,
  type ParsedJws,
  type ParseRules,
  parseCompact,
  tokenText,
  unreadable,
} from "./compact.ts"
import { assertUnderstood, type ParsedHeader } from "./header.ts"
import {
  algorithmsOption,
  bytesOption,
  countOption,
  durationOption,
  flagOption,
  functionOption,
  invalidOption,
  knownOptions,
  listOption,
  type Now,
  nowOption,
  type OptionNames,
  optionNames,
  textOption,
  textsOption,
} from "./options.ts"
import type { StandardResult, StandardSchemaV1 } from "./standard-schema.ts"
import { type Answer, isSteps, type Mode, type Steps, wait } from "./steps.ts"
import {
  algorithmsRequired,
  namesAlgorithms,
  stillTrusted,
  type VerifyingKey,
  type VerifyRules,
  verifySignature,
} from "./verify.ts"
/** How to judge a token. */
export interface DecodeOptions {
  /** Names of the algorithms to accept. Required unless the key names its own. */
  algorithms?: readonly string[] | undefined
  /** Audiences of which the token must name one. Without it a token that names an audience is refused. */
  audience?: string | readonly string[] | undefined
  /** The expected issuer, or several. */
  issuer?: string | readonly string[] | undefined
  subject?: string | undefined
  jwtId?: string | undefined
  /** Expected media type in the header's `typ`; `application/` and case do not count. */
  typ?: string | undefined
  /** Names of claims that must be there and not null. */
  require?: readonly string[] | undefined
  /** How far clocks may differ; at most 10 minutes unless `unsafeLeeway`. Default 0. */
  leeway?: Duration | undefined
  /** Allows a leeway of more than 10 minutes. */
  unsafeLeeway?: boolean | undefined
  /** How old a token may be, by its `iat`. */
  maxAge?: Duration | undefined
  /** `aud` must be one string, equal to the one expected. */
  strictAudience?: boolean | undefined
  /** The clock; default: the system's. */
  now?: Now | undefined
  /** Checks to switch off. `{ signature: false }` switches off all the others too, unless they are named. */
  verify?: Readonly<Partial<Record<"signature" | CheckedClaim, boolean>>> | undefined
  /** Refuse keys shorter than the algorithm asks for, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
  /** The payload of a token that does not hold it. */
  detachedPayload?: Uint8Array | undefined
  /** Names of critical header extensions that the caller handles. */
  crit?: readonly string[] | undefined
  /** As for `JSON.parse`, applied to the claims. */
  reviver?: Reviver | undefined
  /** Longest token, in characters; default 65,536. */
  maxTokenLength?: number | undefined
  /** Accept base64url with padding, as AWS load balancers write. */
  acceptPadding?: boolean | undefined
}

/** Options with a schema, whose output is the type of the claims. */
export interface SchemaOptions<S extends StandardSchemaV1> extends DecodeOptions {
  /** A validator of the Standard Schema kind (zod, valibot, arktype …), run after all other checks. */
  schema: S
}

/** Names of {@link DecodeOptions}. */
export const DECODE_OPTIONS: OptionNames = optionNames(
  "algorithms",
  "audience",
  "issuer",
  "subject",
  "jwtId",
  "typ",
  "require",
  "leeway",
  "unsafeLeeway",
  "maxAge",
  "strictAudience",
  "now",
  "verify",
  "enforceMinimumKeyLength",
  "detachedPayload",
  "crit",
  "reviver",
  "schema",
  "maxTokenLength",
  "acceptPadding",
)
const CHECKS: readonly CheckedClaim[] = ["exp", "nbf", "iat", "aud", "iss", "sub", "jti"]
const VERIFY_OPTIONS = optionNames("signature", ...CHECKS)
const MAX_LEEWAY_SECONDS = 600

/** How genuine claims are judged. */
export interface Judgment {
  readonly claims: ClaimRules
  readonly now: () => number
  readonly reviver: Reviver | undefined
  readonly schema: StandardSchemaV1 | undefined
}

/** Everything `decode` needs, checked. */
export interface Verification extends Judgment {
  readonly parse: ParseRules
  readonly checkSignature: boolean
  readonly signature: VerifyRules
  readonly cache: VerifiedCache | undefined
}

/** Reads the options of `decode`. */
export function verificationOf(
  options: DecodeOptions | undefined,
  key: unknown,
  known: OptionNames,
  call: string,
): Verification {
  const given = knownOptions<DecodeOptions & { schema?: StandardSchemaV1 }>(options, known, call)
  const { checkSignature, unchecked } = checksOf(given.verify)
  const verification: Verification = {
    parse: {
      maxTokenLength: countOption("maxTokenLength", given.maxTokenLength, MAX_TOKEN_CHARACTERS),
      detachedPayload: bytesOption("detachedPayload", given.detachedPayload),
      acceptPadding: flagOption("acceptPadding", given.acceptPadding),
    },
    checkSignature,
    signature: {
      key,
      source: undefined,
      algorithms: checkSignature ? algorithmsOption(given.algorithms) : undefined,
      crit: listOption("crit", given.crit),
      enforceLength: flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength),
      latest: undefined,
    },
    ...judgmentOf(given, unchecked),
    cache: undefined,
  }
  if (checkSignature && verification.signature.algorithms === undefined && !namesAlgorithms(readKeySource(key)))
    throw algorithmsRequired()
  return verification
}

/** Reads what concerns the claims. */
function judgmentOf(
  given: DecodeOptions & { schema?: StandardSchemaV1 },
  unchecked: ReadonlySet<CheckedClaim> | undefined,
): Judgment {
  return {
    claims: claimRulesOf(given, unchecked),
    now: nowOption(given.now),
    reviver: functionOption("reviver", given.reviver),
    schema: schemaOption(given.schema),
  }
}

/** As the options of `decode`, where there is no signature that could be left unchecked. */
export function judgmentOfDecrypted(given: DecodeOptions & { schema?: StandardSchemaV1 }): Judgment {
  const { checkSignature, unchecked } = checksOf(given.verify)
  if (!checkSignature) throw invalidOption("verify.signature", "left out: an encrypted token has no signature", false)
  return judgmentOf(given, unchecked)
}

function claimRulesOf(given: DecodeOptions, unchecked: ReadonlySet<CheckedClaim> | undefined): ClaimRules {
  const leeway = durationOption("leeway", given.leeway)
  const unsafeLeeway = flagOption("unsafeLeeway", given.unsafeLeeway)
  if (leeway !== undefined && leeway > MAX_LEEWAY_SECONDS && !unsafeLeeway) {
    throw invalidOption("leeway", "at most 10 minutes, unless unsafeLeeway is true", leeway)
  }
  const strictAudience = flagOption("strictAudience", given.strictAudience)
  const typ = textOption("typ", given.typ)
  const audience = textsOption("audience", given.audience)
  return {
    // Strict means one string on both sides: a list can never be met.
    audience: strictAudience && Array.isArray(given.audience) ? [] : audience,
    strictAudience,
    issuer: textsOption("issuer", given.issuer),
    subject: textOption("subject", given.subject),
    jwtId: textOption("jwtId", given.jwtId),
    require: listOption("require", given.require),
    leeway,
    maxAge: durationOption("maxAge", given.maxAge),
    typ: typ === undefined ? undefined : mediaType(typ),
    unchecked,
  }
}

function checksOf(verify: DecodeOptions["verify"]): {
  checkSignature: boolean
  unchecked: ReadonlySet<CheckedClaim> | undefined
} {
  if (verify === undefined) return { checkSignature: true, unchecked: undefined }
  const given = knownOptions(verify, VERIFY_OPTIONS, "verify")
  for (const [name, value] of Object.entries(given)) flagOption(`verify.${name}`, value)
  const checkSignature = given.signature !== false
  const unchecked = new Set(CHECKS.filter((name) => !(given[name] ?? checkSignature)))
  return { checkSignature, unchecked: unchecked.size === 0 ? undefined : unchecked }
}

function schemaOption(schema: StandardSchemaV1 | undefined): StandardSchemaV1 | undefined {
  if (schema === undefined) return undefined
  const standard: unknown =
    (typeof schema === "object" || typeof schema === "function") && schema !== null ? schema["~standard"] : undefined
  if (typeof standard === "object" && standard !== null && "validate" in standard) return schema
  throw invalidOption("schema", "a Standard Schema validator", schema)
}

/** The pipeline of `decode`: read, verify, parse, judge. Answers at once where nothing has to be waited for. */
export function claimsOf(verification: Verification, token: string | Uint8Array, mode: Mode): Answer<unknown> {
  const text = tokenText(token, verification.parse.maxTokenLength)
  const entry = verification.cache?.get(text, verification.now())
  if (entry?.changes === registryChanges()) {
    const trusted = stillTrusted(entry.verifiedBy, entry.header, verification.signature)
    return trusted === true
      ? judge(verification, remembered(entry, verification.reviver), entry.header)
      : recall(verification, text, entry, trusted, mode)
  }
  return freshClaims(verification, text, mode)
}

function freshClaims(verification: Verification, text: string, mode: Mode): Answer<unknown> {
  const parsed = parseCompact(text, verification.parse)
  if (!parsed.header.b64 && verification.parse.detachedPayload === undefined) throw unencodedClaims()
  if (!verification.checkSignature) {
    assertUnderstood(parsed.header, verification.signature.crit)
    assertReadable(parsed)
    return judge(verification, parseClaims(parsed, verification.reviver), parsed.header)
  }
  const verified = verifySignature(parsed, verification.signature, mode)
  return isSteps(verified)
    ? whenVerified(verification, text, parsed, verified)
    : trust(verification, text, parsed, verified)
}

function* whenVerified(
  verification: Verification,
  text: string,
  parsed: ParsedJws,
  verifying: Steps<VerifyingKey>,
): Steps<unknown> {
  const answer = trust(verification, text, parsed, yield* verifying)
  return isSteps(answer) ? yield* answer : answer
}

/** RFC 7797, section 7: readers of JWTs do not expect unencoded claims; only who hands them over separately does. */
function unencodedClaims(): DecodeError {
  return new DecodeError(
    "header_invalid",
    "a JWT must not hold an unencoded payload (`b64` is false), unless it is detached and given as `detachedPayload`",
  )
}

/** From here on the bytes are genuine; whether the claims may be used is judged last. */
function trust(verification: Verification, text: string, parsed: ParsedJws, verifiedBy: VerifyingKey): Answer<unknown> {
  const claims = parseClaims(parsed, verification.reviver)
  const { header, payload } = parsed
  const entry = { header, verifiedBy, payload, changes: registryChanges() }
  verification.cache?.set(text, entry, claims["exp"], verification.now())
  return judge(verification, claims, header)
}

/** A token of the cache whose key may have been exchanged: it is asked for; if it is gone, the token is verified afresh. */
function* recall(
  verification: Verification,
  text: string,
  entry: VerifiedToken,
  trusting: Answer<boolean>,
  mode: Mode,
): Steps<unknown> {
  const trusted = isSteps(trusting) ? yield* trusting : trusting
  if (!trusted) verification.cache?.forget(text)
  const answer = trusted
    ? judge(verification, remembered(entry, verification.reviver), entry.header)
    : freshClaims(verification, text, mode)
  return isSteps(answer) ? yield* answer : answer
}

/** Claims of the caller's own, from a token that was verified before. */
function remembered(entry: VerifiedToken, reviver: Reviver | undefined): JsonObject {
  // What a reviver makes is made anew each time.
  if (reviver !== undefined) return parseClaims(entry, reviver)
  return copyOfClaims(entry.claims ?? rememberClaims(entry, parseClaims(entry, undefined)))
}

/** Judges claims that are genuine, last of all by the caller's schema. */
export function judge(judgment: Judgment, claims: JsonObject, header: ParsedHeader): Answer<unknown> {
  const violations = findViolations(claims, judgment.claims, judgment.now(), header.members)
  if (violations !== undefined) throw claimError(violations, claims, judgment.claims)
  return judgment.schema === undefined ? claims : applySchema(judgment.schema, claims)
}

function* applySchema(schema: StandardSchemaV1, claims: JsonObject): Steps<unknown> {
  let result: StandardResult<unknown>
  try {
    result = yield* wait(schema["~standard"].validate(claims))
  } catch (cause) {
    throw new UsageError("callback_failed", "the schema's validator failed", { cause })
  }
  if (Array.isArray(result?.issues))
    throw new InvalidClaimsError("claims_rejected", "the schema refused the claims", result.issues)
  if (typeof result === "object" && result !== null && "value" in result && result.issues === undefined)
    return result.value
  throw new UsageError("callback_failed", "the schema's validator answered with neither a value nor issues")
}

/** Reads the claims set of a token. */
export function parseClaims({ payload }: Pick<ParsedJws, "payload">, reviver: Reviver | undefined): JsonObject {
  const result =
    typeof payload === "string" ? parseJsonSegment(payload, "top", reviver) : parseJsonObject(payload, "top", reviver)
  if (result === undefined) throw unreadable("payload")
  const { value, problem } = result
  if (problem === undefined) return value
  if (problem === "duplicate") throw new DecodeError("duplicate_member", "the claims set holds a claim name twice")
  throw new DecodeError("payload_invalid", "the payload must be a JSON object in UTF-8, nested at most 100 levels deep")
}
