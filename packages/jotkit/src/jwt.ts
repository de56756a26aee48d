/** JSON Web Tokens (RFC 7519): make, read and trust. */

import { type CheckedClaim, type ClaimRules, claimError, findViolations, type JwtClaims, mediaType } from "./claims.ts"
import {
  concatBytes,
  decodeBase64Url,
  decodeUtf8,
  encodeLatin1,
  encodeTextBase64Url,
  encodeUtf8,
} from "./codec/bytes.ts"
import type { Duration } from "./codec/duration.ts"
import { isJsonObject, type JsonObject, parseJsonObject, parseJsonSegment, type Reviver } from "./codec/json.ts"
import type { SigningInput } from "./crypto/key.ts"
import { customAlgorithm } from "./crypto/registry.ts"
import { DecodeError, InvalidClaimsError, UsageError } from "./errors.ts"
import { type CacheOptions, VerifiedCache, type VerifiedToken } from "./jose/cache.ts"
import { type ClaimOptions, type Replacer, serializeClaims, type Time } from "./jose/claims-set.ts"
import {
  assertReadable,
  MAX_TOKEN_CHARACTERS,
  type ParsedJws,
  type ParseRules,
  parseCompact,
  payloadBytes,
  tokenText,
  unreadable,
} from "./jose/compact.ts"
import { assertUnderstood, headerForCaller, type JoseHeader, type ParsedHeader } from "./jose/header.ts"
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
  textOption,
  textsOption,
} from "./jose/options.ts"
import { type PreparedSignature, preparedAtOnce, prepareSignature, type SignRules } from "./jose/sign.ts"
import type { InferOutput, StandardResult, StandardSchemaV1 } from "./jose/standard-schema.ts"
import { type Answer, isPending, isSteps, type Mode, runAsync, runSync, type Steps, wait } from "./jose/steps.ts"
import {
  algorithmsRequired,
  namesAlgorithms,
  stillTrusted,
  type VerifyingKey,
  type VerifyRules,
  verifySignature,
} from "./jose/verify.ts"
import type { KeyInput } from "./jwk.ts"
import { type KeySource, readKeySource } from "./keys/source.ts"

/** How to make a token. */
export interface EncodeOptions {
  /** Default: the key's own; HS256 for a secret; the only one of an EC or OKP key. */
  algorithm?: string | undefined
  /** Header members beside `typ` and `alg`. `typ: null` and `kid: null` leave these out. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Whether header members are sorted by name, as PyJWT does; default true. False keeps `typ`, `alg`, then the caller's order. */
  sortHeader?: boolean | undefined
  /** Adds `exp`: this long after now. */
  expiresIn?: Duration | undefined
  /** Adds `nbf`: this long after now, or at this moment. */
  notBefore?: Duration | Date | { readonly epochMilliseconds: number } | undefined
  /** Adds `iat`: now, or this moment. */
  issuedAt?: boolean | Time | undefined
  /** Adds `jti`: this text, or a random UUID for true. */
  jwtId?: boolean | string | undefined
  /** Adds `iss`. */
  issuer?: string | undefined
  /** Adds `aud`. */
  audience?: string | readonly string[] | undefined
  /** Adds `sub`. */
  subject?: string | undefined
  /** The clock for the options above; default: the system's. */
  now?: Now | undefined
  /** Leaves the payload out of the token (RFC 7515, appendix F); the reader gets it some other way. */
  detached?: boolean | undefined
  /** As for `JSON.stringify`, applied to the claims. */
  replacer?: Replacer | undefined
  /** Refuse keys shorter than the algorithm asks for, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
}

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

/** A verified token with its parts. */
export interface DecodedJwt<Claims = JwtClaims> {
  header: JoseHeader
  payload: Claims
  signature: Uint8Array
}

/** A token that was read and not verified. */
export interface UnverifiedJwt {
  header: JoseHeader
  /** The JSON value, or the bytes where the payload is not JSON. */
  payload: unknown
  signature: Uint8Array
}

/** What a {@link Signer} is made of. */
export type SignerOptions = EncodeOptions & { key: KeyInput | null }

/** What a {@link Verifier} is made of. */
export type VerifierOptions = DecodeOptions & {
  key: KeyInput
  /** Remember tokens whose signature held. Time and claims are checked on every call all the same. */
  cache?: boolean | CacheOptions | undefined
}

const ENCODE_OPTIONS = new Set([
  ...[
    "algorithm",
    "header",
    "sortHeader",
    "expiresIn",
    "notBefore",
    "issuedAt",
    "jwtId",
    "issuer",
    "audience",
    "subject",
  ],
  ...["now", "detached", "replacer", "enforceMinimumKeyLength"],
])
const DECODE_OPTIONS = new Set([
  ...[
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
  ],
  ...[
    "now",
    "verify",
    "enforceMinimumKeyLength",
    "detachedPayload",
    "crit",
    "reviver",
    "schema",
    "maxTokenLength",
    "acceptPadding",
  ],
])
const CLAIM_OPTIONS = [
  "expiresIn",
  "notBefore",
  "issuedAt",
  "jwtId",
  "issuer",
  "audience",
  "subject",
  "replacer",
] as const
const SIGNER_OPTIONS = new Set([...ENCODE_OPTIONS, "key"])
const VERIFIER_OPTIONS = new Set([...DECODE_OPTIONS, "key", "cache"])
const CHECKS: readonly CheckedClaim[] = ["exp", "nbf", "iat", "aud", "iss", "sub", "jti"]
const VERIFY_OPTIONS = new Set(["signature", ...CHECKS])
const MAX_LEEWAY_SECONDS = 600

/**
 * Makes a token.
 *
 * @param claims - A plain object; not changed. `exp`, `nbf` and `iat` are seconds, Dates or `Temporal.Instant`s.
 * @param key - A secret, a private key in any form, or a remote signer; null only for the algorithm `none`.
 * @returns The compact JWS (RFC 7515, section 7.1).
 * @throws UsageError `claims_invalid`, `algorithm_required`, `option_unknown`, `header_not_allowed`, `async_required` …
 * @throws InvalidKeyError `key_unsuitable`, `secret_is_key_material`, `key_not_private` …
 * @throws InvalidAlgorithmError `algorithm_unknown`, `algorithm_unavailable`
 */
export function encode(claims: object, key: KeyInput | null, options?: EncodeOptions): string {
  return runSync(encodeClaims(claims, signingOf(options, key, ENCODE_OPTIONS, "encode"), "sync"), "encodeAsync")
}

/** As {@link encode}, for keys that must be waited for; slow private-key operations do not block. */
export async function encodeAsync(claims: object, key: KeyInput | null, options?: EncodeOptions): Promise<string> {
  return runAsync(encodeClaims(claims, signingOf(options, key, ENCODE_OPTIONS, "encodeAsync"), "async"))
}

/**
 * Verifies a token and answers with its claims, or throws. The signature is judged first, then the claims.
 *
 * @param token - Compact JWS, as text or its UTF-8 bytes.
 * @param key - The secret or public key, a set of them, or a function of the unverified header.
 * @returns The verified claims; a fresh object.
 * @throws InvalidTokenError and its kinds: DecodeError, InvalidSignatureError, ExpiredSignatureError, InvalidAudienceError …
 * @throws InvalidKeyError if the key cannot be read or does not suit; UsageError if the call is wrong.
 */
export function decode<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): InferOutput<S>
export function decode(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): JwtClaims
export function decode(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): unknown {
  return runSync(claimsOf(verificationOf(options, key, DECODE_OPTIONS, "decode"), token), "decodeAsync")
}

/** As {@link decode}; takes a `JwksClient`, asynchronous key functions and schemas as well. */
export async function decodeAsync<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): Promise<InferOutput<S>>
export async function decodeAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<JwtClaims>
export async function decodeAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<unknown> {
  return runAsync(claimsOf(verificationOf(options, key, DECODE_OPTIONS, "decodeAsync"), token))
}

/** As {@link decode}, answering with header, claims and signature. */
export function decodeComplete<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): DecodedJwt<InferOutput<S>>
export function decodeComplete(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): DecodedJwt
export function decodeComplete(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): DecodedJwt<unknown> {
  return runSync(
    completeSteps(verificationOf(options, key, DECODE_OPTIONS, "decodeComplete"), token),
    "decodeCompleteAsync",
  )
}

/** As {@link decodeAsync}, answering with header, claims and signature. */
export async function decodeCompleteAsync<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): Promise<DecodedJwt<InferOutput<S>>>
export async function decodeCompleteAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<DecodedJwt>
export async function decodeCompleteAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<DecodedJwt<unknown>> {
  return runAsync(completeSteps(verificationOf(options, key, DECODE_OPTIONS, "decodeCompleteAsync"), token))
}

/**
 * Reads a token's header without verifying anything: to find out which key to look for, never to decide.
 *
 * @throws DecodeError if the token is not three canonical segments, or the header breaks RFC 7515, section 4.
 */
export function getUnverifiedHeader(token: string | Uint8Array): JoseHeader {
  const { header } = parseUnverified(token)
  assertUnderstood(header, undefined)
  return headerForCaller(header)
}

/**
 * Reads a token without verifying anything: for logs and debuggers, never for decisions. Anyone can write such a token.
 *
 * @throws DecodeError if the token is not three canonical segments, or the header breaks RFC 7515, section 4.
 */
export function decodeUnverified(token: string | Uint8Array): UnverifiedJwt {
  const parsed = parseUnverified(token)
  return {
    header: headerForCaller(parsed.header),
    payload: jsonOrBytes(payloadBytes(parsed)),
    signature: bytesOfSignature(parsed),
  }
}

/** Makes tokens with one key and one set of options, read and checked once. */
export class Signer {
  readonly #signing: Signing

  /** @throws UsageError and InvalidKeyError for options or a key that could never sign. */
  constructor(options: SignerOptions) {
    const { key, ...rest } = knownOptions(options, SIGNER_OPTIONS, "Signer")
    this.#signing = prepareNow(signingOf(rest, key, ENCODE_OPTIONS, "Signer"))
  }

  /** Makes a token; as {@link encode}. */
  sign(claims: object): string {
    return runSync(encodeClaims(claims, this.#signing, "sync"), "signAsync")
  }

  /** As {@link sign}, for keys that must be waited for; slow private-key operations do not block. */
  async signAsync(claims: object): Promise<string> {
    return runAsync(encodeClaims(claims, this.#signing, "async"))
  }
}

/** Verifies tokens with one key and one set of options, read and checked once. */
export class Verifier<Claims = JwtClaims> {
  readonly #verification: Verification

  /** @throws UsageError, InvalidAlgorithmError and InvalidKeyError for options or a key that could never verify. */
  constructor(options: VerifierOptions & { schema?: StandardSchemaV1<unknown, Claims> | undefined }) {
    const { key, cache, ...rest } = knownOptions(options, VERIFIER_OPTIONS, "Verifier")
    const verification = verificationOf(rest, key, DECODE_OPTIONS, "Verifier")
    const { signature, checkSignature, parse } = verification
    const source = checkSignature ? sourceOf(key, signature.algorithms) : undefined
    // A detached payload is not in the token, so the token's text alone does not say what was verified.
    const keeps = cache !== undefined && cache !== false && checkSignature && parse.detachedPayload === undefined
    this.#verification = {
      ...verification,
      signature: { ...signature, source },
      cache: keeps ? new VerifiedCache(cache) : undefined,
    }
  }

  /** Verifies a token and answers with its claims; as {@link decode}. */
  verify(token: string | Uint8Array): Claims {
    return runSync(claimsOf(this.#verification, token), "verifyAsync") as Claims
  }

  /** As {@link verify}; for a `JwksClient`, asynchronous key functions and schemas. */
  async verifyAsync(token: string | Uint8Array): Promise<Claims> {
    return runAsync(claimsOf(this.#verification, token)) as Promise<Claims>
  }

  /** As {@link verify}, answering with header, claims and signature. */
  verifyComplete(token: string | Uint8Array): DecodedJwt<Claims> {
    return runSync(completeSteps(this.#verification, token), "verifyCompleteAsync") as DecodedJwt<Claims>
  }

  /** As {@link verifyAsync}, answering with header, claims and signature. */
  async verifyCompleteAsync(token: string | Uint8Array): Promise<DecodedJwt<Claims>> {
    return runAsync(completeSteps(this.#verification, token)) as Promise<DecodedJwt<Claims>>
  }
}

/** Everything `encode` needs, checked. */
interface Signing {
  readonly rules: SignRules
  readonly claims: ClaimOptions | undefined
  readonly now: () => number
  readonly detached: boolean
  readonly prepared: PreparedSignature | undefined
}

/** Everything `decode` needs, checked. */
interface Verification {
  readonly parse: ParseRules
  readonly checkSignature: boolean
  readonly signature: VerifyRules
  readonly claims: ClaimRules
  readonly now: () => number
  readonly reviver: Reviver | undefined
  readonly schema: StandardSchemaV1 | undefined
  readonly cache: VerifiedCache | undefined
}

const UNVERIFIED: ParseRules = {
  maxTokenLength: MAX_TOKEN_CHARACTERS,
  detachedPayload: undefined,
  acceptPadding: false,
}

function signingOf(
  options: EncodeOptions | undefined,
  key: unknown,
  known: ReadonlySet<string>,
  call: string,
): Signing {
  const given: EncodeOptions = knownOptions(options, known, call)
  const { header, algorithm, now, sortHeader, detached, enforceMinimumKeyLength } = given
  if (header !== undefined && !isJsonObject(header)) throw invalidOption("header", "an object", header)
  textOption("issuer", given.issuer)
  textOption("subject", given.subject)
  textsOption("audience", given.audience)
  if (typeof given.jwtId !== "boolean") textOption("jwtId", given.jwtId)
  const withoutBase64 = header?.["b64"] === false
  return {
    rules: {
      key,
      source: undefined,
      algorithm: textOption("algorithm", algorithm),
      header: header === undefined ? undefined : { ...header },
      unprotectedKeyId: false,
      defaultType: "JWT",
      sortHeader: sortHeader === undefined || flagOption("sortHeader", sortHeader),
      enforceLength: flagOption("enforceMinimumKeyLength", enforceMinimumKeyLength),
    },
    claims: CLAIM_OPTIONS.some((name) => given[name] !== undefined) ? given : undefined,
    now: nowOption(now),
    detached: flagOption("detached", detached) || withoutBase64,
    prepared: undefined,
  }
}

/** Reads a signer's key before its first token, and makes the header, where nothing has to be waited for. */
function prepareNow(signing: Signing): Signing {
  const { key, header, algorithm } = signing.rules
  const name = algorithm ?? header?.["alg"]
  const source = sourceOf(key, typeof name === "string" ? new Set([name]) : undefined)
  const rules = { ...signing.rules, source }
  if (source?.kind !== "key" && source?.kind !== "keys") return { ...signing, rules }
  const step = prepareSignature(rules).next()
  return { ...signing, rules, prepared: step.done === true ? step.value : undefined }
}

/** The pipeline of `encode`: claims to JSON, key to header, both to a signature. */
function encodeClaims(claims: object, signing: Signing, mode: Mode): Answer<string> {
  const json = serializeClaims(claims, signing.claims, signing.now)
  const prepared = signing.prepared ?? preparedAtOnce(signing.rules)
  if (prepared === undefined) return whenPrepared(json, signing, mode)
  const { input, token } = assembled(json, prepared, signing.detached)
  const signature = prepared.sign(input, mode)
  return isPending(signature) ? whenSigned(token, signature) : token + signature
}

function* whenPrepared(json: string, signing: Signing, mode: Mode): Steps<string> {
  const prepared = yield* prepareSignature(signing.rules)
  const { input, token } = assembled(json, prepared, signing.detached)
  return token + (yield* wait(prepared.sign(input, mode)))
}

function* whenSigned(token: string, signature: PromiseLike<string>): Steps<string> {
  return token + (yield* wait(signature))
}

/** What is signed, and the token up to its signature. */
function assembled(
  json: string,
  { prefix, b64 }: PreparedSignature,
  detached: boolean,
): { input: SigningInput; token: string } {
  if (!b64) return { input: concatBytes(encodeLatin1(prefix), encodeUtf8(json)), token: `${prefix}.` }
  const input = prefix + encodeTextBase64Url(json)
  return { input, token: detached ? `${prefix}.` : `${input}.` }
}

function verificationOf(
  options: DecodeOptions | undefined,
  key: unknown,
  known: ReadonlySet<string>,
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
    claims: claimRulesOf(given, unchecked),
    now: nowOption(given.now),
    reviver: functionOption("reviver", given.reviver),
    schema: schemaOption(given.schema),
    cache: undefined,
  }
  if (checkSignature && verification.signature.algorithms === undefined && !namesAlgorithms(readKeySource(key)))
    throw algorithmsRequired()
  return verification
}

function claimRulesOf(given: DecodeOptions, unchecked: ReadonlySet<CheckedClaim> | undefined): ClaimRules {
  const leeway = durationOption("leeway", given.leeway)
  if (leeway !== undefined && leeway > MAX_LEEWAY_SECONDS && !flagOption("unsafeLeeway", given.unsafeLeeway)) {
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

/** The key of a verifier or signer, read once; a registered algorithm reads its own when it is used. */
function sourceOf(key: unknown, algorithms: ReadonlySet<string> | undefined): KeySource | undefined {
  const readsItself =
    algorithms !== undefined && [...algorithms].every((name) => name === "none" || customAlgorithm(name) !== undefined)
  return readsItself ? undefined : readKeySource(key)
}

/** The pipeline of `decode`: read, verify, parse, judge. Answers at once where nothing has to be waited for. */
function claimsOf(verification: Verification, token: string | Uint8Array): Answer<unknown> {
  const text = tokenText(token)
  const entry = verification.cache?.get(text, verification.now())
  if (entry !== undefined) {
    const trusted = stillTrusted(entry.verifiedBy, entry.header, verification.signature)
    return trusted === true
      ? judge(verification, remembered(entry, verification.reviver), entry.header)
      : recall(verification, text, entry, trusted)
  }
  return freshClaims(verification, text)
}

function freshClaims(verification: Verification, text: string): Answer<unknown> {
  const parsed = parseCompact(text, verification.parse)
  if (!parsed.header.b64 && verification.parse.detachedPayload === undefined) throw unencodedClaims()
  if (!verification.checkSignature) {
    assertUnderstood(parsed.header, verification.signature.crit)
    assertReadable(parsed)
    return judge(verification, parseClaims(parsed, verification.reviver), parsed.header)
  }
  const verified = verifySignature(parsed, verification.signature)
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
  verification.cache?.set(text, { header, verifiedBy, payload }, claims, verification.now())
  return judge(verification, claims, header)
}

/** A token of the cache whose key may have been exchanged: it is asked for; if it is gone, the token is verified afresh. */
function* recall(
  verification: Verification,
  text: string,
  entry: VerifiedToken,
  trusting: Answer<boolean>,
): Steps<unknown> {
  const trusted = isSteps(trusting) ? yield* trusting : trusting
  if (!trusted) verification.cache?.forget(text)
  const answer = trusted
    ? judge(verification, remembered(entry, verification.reviver), entry.header)
    : freshClaims(verification, text)
  return isSteps(answer) ? yield* answer : answer
}

/** Claims of the caller's own, from a token that was verified before. */
function remembered(entry: VerifiedToken, reviver: Reviver | undefined): JsonObject {
  return entry.flatClaims === undefined || reviver !== undefined ? parseClaims(entry, reviver) : { ...entry.flatClaims }
}

function* completeSteps(verification: Verification, token: string | Uint8Array): Steps<DecodedJwt<unknown>> {
  const answer = claimsOf(verification, token)
  const payload = isSteps(answer) ? yield* answer : answer
  // Read again for the parts: whoever wants them all pays for them.
  const parsed = parseCompact(tokenText(token), verification.parse)
  return { header: headerForCaller(parsed.header), payload, signature: bytesOfSignature(parsed) }
}

function judge(verification: Verification, claims: JsonObject, header: ParsedHeader): Answer<unknown> {
  const violations = findViolations(claims, verification.claims, verification.now(), header.members)
  if (violations !== undefined) throw claimError(violations, claims, verification.claims)
  return verification.schema === undefined ? claims : applySchema(verification.schema, claims)
}

function* applySchema(schema: StandardSchemaV1, claims: JsonObject): Steps<unknown> {
  let result: StandardResult<unknown>
  try {
    result = yield* wait(schema["~standard"].validate(claims))
  } catch (cause) {
    throw new UsageError("callback_failed", "the schema's validator failed", { cause })
  }
  if (result.issues === undefined) return result.value
  throw new InvalidClaimsError("claims_rejected", "the schema refused the claims", result.issues)
}

function parseClaims({ payload }: Pick<ParsedJws, "payload">, reviver: Reviver | undefined): JsonObject {
  const result =
    typeof payload === "string" ? parseJsonSegment(payload, "top", reviver) : parseJsonObject(payload, "top", reviver)
  if (result === undefined) throw unreadable("payload")
  const { value, problem } = result
  if (problem === undefined) return value
  if (problem === "duplicate") throw new DecodeError("duplicate_member", "the claims set holds a claim name twice")
  throw new DecodeError("payload_invalid", "the payload must be a JSON object in UTF-8, nested at most 100 levels deep")
}

function parseUnverified(token: string | Uint8Array): ParsedJws {
  const text = tokenText(token)
  // A detached payload is no reason not to show the rest.
  const parsed = parseCompact(
    text,
    text.includes("..") ? { ...UNVERIFIED, detachedPayload: new Uint8Array() } : UNVERIFIED,
  )
  assertReadable(parsed)
  return parsed
}

function jsonOrBytes(payload: Uint8Array): unknown {
  const text = decodeUtf8(payload)
  try {
    if (text !== undefined) return JSON.parse(text)
  } catch {
    // Not JSON: the bytes say more than an error would.
  }
  return payload
}

function bytesOfSignature(parsed: ParsedJws): Uint8Array {
  return decodeBase64Url(parsed.signature) ?? new Uint8Array()
}
