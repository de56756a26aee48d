/** JSON Web Signatures (RFC 7515): bytes in, bytes out, in all serializations; unencoded payloads (RFC 7797). */

import { decodeBase64Url } from "#bytes"
import { copyOfJson, isJsonObject, type JsonObject, jsonLoss } from "./codec/json.ts"
import { parseJsonText } from "./codec/json-text.ts"
import type { Key } from "./crypto/key.ts"
import { DecodeError, InvalidSignatureError, UsageError } from "./errors.ts"
import { MAX_TOKEN_CHARACTERS, type ParsedJws, parseCompact, payloadBytes, tokenText } from "./jose/compact.ts"
import { headerCopy, headerForCaller, type JoseHeader, parseHeaderMembers } from "./jose/header.ts"
import {
  algorithmsOption,
  bytesOption,
  contentBytes,
  countOption,
  flagOption,
  invalidOption,
  knownOptions,
  listOption,
  optionNames,
  textOption,
} from "./jose/options.ts"
import {
  assertWritableUnprotected,
  encodePayload,
  type FlattenedJws,
  type GeneralJws,
  type ParsedJsonJws,
  parseJson,
} from "./jose/serialize.ts"
import { type PreparedSignature, prepareSignature, type SignRules } from "./jose/sign.ts"
import { isSteps, type Mode, runAsync, runSync, type Steps, wait } from "./jose/steps.ts"
import {
  algorithmsRequired,
  namesAlgorithms,
  type VerifyingKey,
  type VerifyRules,
  verifySignature,
} from "./jose/verify.ts"
import { type Jwk, jwkOf, type KeyInput } from "./jwk.ts"
import { readKeySource } from "./keys/source.ts"

export type { JoseHeader } from "./jose/header.ts"
export type { FlattenedJws, GeneralJws } from "./jose/serialize.ts"

/** One signature of several. */
export interface JwsSigner {
  key: KeyInput
  algorithm?: string | undefined
  header?: Readonly<Record<string, unknown>> | undefined
  unprotected?: Readonly<Record<string, unknown>> | undefined
}

/** How to sign bytes. */
export interface SignJwsOptions {
  /** Default: as for `encode`. */
  algorithm?: string | undefined
  /** Protected header members; `alg` stands before them unless they hold it. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Unprotected header; JSON serializations only. */
  unprotected?: Readonly<Record<string, unknown>> | undefined
  /** Default compact. */
  format?: "compact" | "flattened" | "general" | undefined
  /** Leave the payload out (RFC 7515, appendix F). */
  detached?: boolean | undefined
  /** False: the payload is signed as it is (RFC 7797); `b64` and `crit` are set. */
  b64?: boolean | undefined
  /** Further signatures, in the general serialization; with these, `key` may be null. */
  signers?: readonly JwsSigner[] | undefined
  /** Refuse keys shorter than the algorithm asks for, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
}

/** How to verify a JWS. */
export interface VerifyJwsOptions {
  /** Names of the algorithms to accept. Required unless the key names its own. */
  algorithms?: readonly string[] | undefined
  /** Names of critical header extensions that the caller handles. */
  crit?: readonly string[] | undefined
  /** The payload of a JWS that does not hold it. */
  detachedPayload?: Uint8Array | undefined
  /** Refuse keys shorter than the algorithm asks for, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
  /** Accept `alg` from the unprotected header, where no signature protects it. */
  allowUnprotectedAlgorithm?: boolean | undefined
  /** Longest token, or payload of a JSON serialization, in characters; default 65,536. */
  maxTokenLength?: number | undefined
}

/** A JWS whose signature holds. */
export interface VerifiedJws {
  payload: Uint8Array
  /** The protected header. */
  header: JoseHeader
  /** The unprotected header, which no signature protects. */
  unprotected?: JoseHeader
  signature: Uint8Array
  /** The key that verified it; absent for remote signers and registered algorithms. */
  key?: Jwk
}

const SIGN_OPTIONS = optionNames(
  "algorithm",
  "header",
  "unprotected",
  "format",
  "detached",
  "b64",
  "signers",
  "enforceMinimumKeyLength",
)
const SIGNER_OPTIONS = optionNames("key", "algorithm", "header", "unprotected")
const VERIFY_OPTIONS = optionNames(
  "algorithms",
  "crit",
  "detachedPayload",
  "enforceMinimumKeyLength",
  "allowUnprotectedAlgorithm",
  "maxTokenLength",
)
const FORMATS: ReadonlySet<string> = new Set(["compact", "flattened", "general"])
/** What may stand unencoded in a compact JWS (RFC 7797, section 5.2). */
const COMPACT_PAYLOAD = /^[\u0020-\u002d\u002f-\u007e]*$/

/**
 * Signs bytes.
 *
 * @param payload - Bytes, or text that is signed as UTF-8.
 * @returns Compact text, or the object of a JSON serialization.
 * @throws UsageError, InvalidKeyError, InvalidAlgorithmError as `encode`.
 */
export function signJws(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options: SignJwsOptions & { format: "flattened" },
): FlattenedJws
export function signJws(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options: SignJwsOptions & { format: "general" },
): GeneralJws
export function signJws(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions & { format?: "compact" },
): string
export function signJws(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions,
): string | FlattenedJws | GeneralJws
export function signJws(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions,
): string | FlattenedJws | GeneralJws {
  return runSync(() => signSteps(payload, requestOf(key, options, "signJws"), "sync"), "signJwsAsync")
}

/** As {@link signJws}, for keys that must be waited for; slow private-key operations do not block. */
export function signJwsAsync(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options: SignJwsOptions & { format: "flattened" },
): Promise<FlattenedJws>
export function signJwsAsync(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options: SignJwsOptions & { format: "general" },
): Promise<GeneralJws>
export function signJwsAsync(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions & { format?: "compact" },
): Promise<string>
export function signJwsAsync(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions,
): Promise<string | FlattenedJws | GeneralJws>
export function signJwsAsync(
  payload: Uint8Array | string,
  key: KeyInput | null,
  options?: SignJwsOptions,
): Promise<string | FlattenedJws | GeneralJws> {
  return runAsync(() => signSteps(payload, requestOf(key, options, "signJwsAsync"), "async"))
}

/**
 * Verifies a JWS in whatever serialization it comes: text is compact, an object is flattened or general. Of several signatures
 * one must hold; the first that does is answered with.
 *
 * @throws DecodeError, InvalidSignatureError, InvalidAlgorithmError, InvalidKeyError, UsageError as `decode`.
 */
export function verifyJws(jws: string | object, key: KeyInput, options?: VerifyJwsOptions): VerifiedJws {
  return runSync(() => verifySteps(jws, verificationOf(key, options, "verifyJws"), "sync"), "verifyJwsAsync")
}

/** As {@link verifyJws}; takes a `JwksClient` and asynchronous key functions as well. */
export function verifyJwsAsync(jws: string | object, key: KeyInput, options?: VerifyJwsOptions): Promise<VerifiedJws> {
  return runAsync(() => verifySteps(jws, verificationOf(key, options, "verifyJwsAsync"), "async"))
}

interface OneSigner {
  readonly rules: SignRules
  readonly unprotected: JsonObject | undefined
}

interface SignRequest {
  readonly signers: readonly OneSigner[]
  readonly format: string
  readonly detached: boolean
}

interface Verification {
  readonly rules: VerifyRules
  readonly detachedPayload: Uint8Array | undefined
  readonly allowUnprotectedAlgorithm: boolean
  readonly maxTokenLength: number
}

function requestOf(key: unknown, options: SignJwsOptions | undefined, call: string): SignRequest {
  const given = knownOptions(options, SIGN_OPTIONS, call)
  const format = textOption("format", given.format) ?? "compact"
  if (!FORMATS.has(format)) throw invalidOption("format", "compact, flattened or general", given.format)
  const enforceLength = flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength)
  const unencoded = given.b64 !== undefined && !flagOption("b64", given.b64)
  const further = signersOf(given.signers).map((signer) => oneSigner(signer, signer.key, unencoded, enforceLength))
  const signers =
    key === null && further.length > 0 ? further : [oneSigner(given, key, unencoded, enforceLength), ...further]
  if (signers.length > 1 && format !== "general")
    throw invalidOption("signers", "left out unless the format is general", given.signers)
  if (format === "compact" && given.unprotected !== undefined)
    throw invalidOption("unprotected", "left out for the compact format, which has no place for it", given.unprotected)
  return { signers, format, detached: flagOption("detached", given.detached) }
}

function signersOf(signers: SignJwsOptions["signers"]): readonly JwsSigner[] {
  if (signers === undefined) return []
  if (!Array.isArray(signers)) throw invalidOption("signers", "an array", signers)
  return signers.map((signer: JwsSigner | undefined) => {
    if (signer === undefined) throw invalidOption("signers", "an array of objects", signers)
    return knownOptions(signer, SIGNER_OPTIONS, "signers") as JwsSigner
  })
}

function oneSigner(
  given: Partial<Omit<JwsSigner, "key">>,
  key: unknown,
  unencoded: boolean,
  enforceLength: boolean,
): OneSigner {
  const { header, unprotected } = given
  if (header !== undefined && !isJsonObject(header)) throw invalidOption("header", "an object", header)
  if (unprotected !== undefined && !isJsonObject(unprotected))
    throw invalidOption("unprotected", "an object", unprotected)
  const loss = jsonLoss(unprotected)
  if (loss !== undefined) throw new UsageError("header_not_allowed", `the unprotected header holds ${loss}`)
  if (unencoded && headerCopy(header)?.["b64"] === true)
    throw new UsageError("header_not_allowed", "`b64` and `header.b64` contradict each other")
  return {
    rules: {
      key,
      source: undefined,
      algorithm: textOption("algorithm", given.algorithm),
      header: unencoded ? headerCopy({ ...header, b64: false }) : headerCopy(header),
      unprotectedKeyId: unprotected !== undefined && Object.hasOwn(unprotected, "kid"),
      defaultType: undefined,
      sortHeader: false,
      enforceLength,
    },
    unprotected: unprotected === undefined ? undefined : (parseJsonText(JSON.stringify(unprotected)) as JsonObject),
  }
}

function* signSteps(payload: unknown, request: SignRequest, mode: Mode): Steps<string | FlattenedJws | GeneralJws> {
  const bytes = contentBytes("payload", payload)
  const signatures: Omit<FlattenedJws, "payload">[] = []
  let shown: string | undefined
  let b64: boolean | undefined
  for (const { rules, unprotected } of request.signers) {
    const prepared = yield* prepareSignature(rules)
    if (b64 !== undefined && b64 !== prepared.b64)
      throw new UsageError("header_not_allowed", "all signatures must agree about `b64` (RFC 7797, section 3)")
    b64 = prepared.b64
    const { input, text } = encodePayload(prepared.headerText, bytes, b64)
    shown = request.detached ? undefined : (text ?? unencodedText(bytes, request.format))
    const signature = yield* wait(prepared.sign(input, mode))
    signatures.push(signatureEntry(prepared, unprotected, signature))
  }
  return assemble(request.format, shown, signatures)
}

function signatureEntry(
  prepared: PreparedSignature,
  unprotected: JsonObject | undefined,
  signature: string,
): Omit<FlattenedJws, "payload"> {
  if (unprotected === undefined) return { protected: prepared.headerText, signature }
  const members = parseHeaderMembers(decodeBase64Url(prepared.headerText) ?? new Uint8Array())
  assertWritableUnprotected(unprotected, members)
  return { protected: prepared.headerText, header: unprotected, signature }
}

function assemble(
  format: string,
  payload: string | undefined,
  signatures: Omit<FlattenedJws, "payload">[],
): string | FlattenedJws | GeneralJws {
  const [first] = signatures
  if (first === undefined) throw new UsageError("argument_invalid", "there is no key to sign with")
  if (format === "compact") return `${first.protected}.${payload ?? ""}.${first.signature}`
  const shown = payload === undefined ? {} : { payload }
  return format === "flattened" ? { ...shown, ...first } : { ...shown, signatures }
}

/** An unencoded payload as it stands in the token; refused where it would change or break the token. */
function unencodedText(bytes: Uint8Array, format: string): string {
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UsageError(
      "argument_invalid",
      "an unencoded payload that is not UTF-8 must be detached: { detached: true }",
    )
  }
  if (format === "compact" && !COMPACT_PAYLOAD.test(text)) {
    throw new UsageError(
      "argument_invalid",
      "an unencoded payload in a compact JWS must be printable ASCII without a dot; detach it: { detached: true }",
    )
  }
  return text
}

function verificationOf(key: unknown, options: VerifyJwsOptions | undefined, call: string): Verification {
  const given = knownOptions(options, VERIFY_OPTIONS, call)
  const algorithms = algorithmsOption(given.algorithms)
  if (algorithms === undefined && !namesAlgorithms(readKeySource(key))) throw algorithmsRequired()
  return {
    rules: {
      key,
      source: undefined,
      algorithms,
      crit: listOption("crit", given.crit),
      enforceLength: flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength),
      latest: undefined,
    },
    detachedPayload: bytesOption("detachedPayload", given.detachedPayload),
    allowUnprotectedAlgorithm: flagOption("allowUnprotectedAlgorithm", given.allowUnprotectedAlgorithm),
    maxTokenLength: countOption("maxTokenLength", given.maxTokenLength, MAX_TOKEN_CHARACTERS),
  }
}

function* verifySteps(jws: unknown, verification: Verification, mode: Mode): Steps<VerifiedJws> {
  const parsed = parseAny(jws, verification)
  let refusal: unknown
  for (const one of parsed) {
    try {
      const verified = verifySignature(one, verification.rules, mode)
      return resultOf(one, isSteps(verified) ? yield* verified : verified)
    } catch (error) {
      // A wrong signature says more than an algorithm that was never going to be accepted.
      if (refusal === undefined || error instanceof InvalidSignatureError) refusal = error
    }
  }
  throw refusal
}

function parseAny(
  jws: unknown,
  verification: Verification,
): readonly (ParsedJws & Partial<Pick<ParsedJsonJws, "unprotected">>)[] {
  if (typeof jws === "object" && jws !== null && !(jws instanceof Uint8Array)) return parseJson(jws, verification)
  if (typeof jws === "string" || jws instanceof Uint8Array)
    return [parseCompact(tokenText(jws, verification.maxTokenLength), { ...verification, acceptPadding: false })]
  throw new DecodeError(
    "token_malformed",
    `expected a JWS as text or object, found ${jws === null ? "null" : typeof jws}`,
  )
}

function resultOf(
  parsed: ParsedJws & Partial<Pick<ParsedJsonJws, "unprotected">>,
  verifiedBy: VerifyingKey,
): VerifiedJws {
  const result: VerifiedJws = {
    payload: payloadBytes(parsed),
    header: headerForCaller(parsed.header),
    signature: decodeBase64Url(parsed.signature) ?? new Uint8Array(),
  }
  if (parsed.unprotected !== undefined) result.unprotected = copyOfJson(parsed.unprotected) as JoseHeader
  if (isKey(verifiedBy)) result.key = jwkOf(verifiedBy)
  return result
}

function isKey(verifiedBy: VerifyingKey): verifiedBy is Key {
  return "operators" in verifiedBy
}
