/** Which of the given keys made the signature, and why the others did not. */

import { isJwtError, listAlgorithms, type VerifiedJws, verifyJwsAsync } from "jotkit"
import type { OfferedKey } from "../keys/keys.ts"
import { isUnsecured } from "../read/compact.ts"
import { plainValue, textMember } from "../read/json.ts"
import { MAX_CHARACTERS } from "../read/read.ts"
import type { Reading, SignaturePart } from "../read/reading.ts"
import { type Check, failed, passed, skipped, unavailable } from "./check.ts"
import { tokenOf } from "./structure.ts"

/** What became of one key: why it was left out, or what came of trying it. */
export type KeyAnswerCode =
  | "matched"
  | "no_match"
  | "not_tried"
  | "unreadable"
  | "kid_differs"
  | "kty_differs"
  | "crv_differs"
  | "alg_differs"
  | "use_differs"
  | "key_ops_differ"
  | "algorithm_not_allowed"
  | "algorithm_required"
  | "algorithm_unavailable"
  | "key_too_short"
  | "key_refused"

/** One key and what became of it. */
export interface KeyAnswer {
  readonly key: OfferedKey
  readonly answer: KeyAnswerCode
}

/** What to verify with. */
export interface SignatureRequest {
  readonly keys: readonly OfferedKey[]
  /** Algorithms the caller allows; undefined: what each key names. */
  readonly algorithms: readonly string[] | undefined
  readonly crit: readonly string[]
  readonly detachedPayload: Uint8Array | undefined
}

/** The answer: two checks, and each key's story. */
export interface SignatureAnswer {
  readonly key: Check
  readonly signature: Check
  readonly answers: readonly KeyAnswer[]
  readonly verifiedBy: OfferedKey | undefined
  /** The signature that holds, with its headers; those of others are anybody's. */
  readonly held: SignaturePart | undefined
}

/** The keys that an algorithm takes: their type, and the curves where there are several. */
type Need = readonly [keyType: string, curves: readonly string[]]

const NEEDS: ReadonlyMap<string, Need> = new Map<string, Need>([
  ...["HS256", "HS384", "HS512"].map((name): [string, Need] => [name, ["oct", []]]),
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map((name): [string, Need] => [name, ["RSA", []]]),
  ["ES256", ["EC", ["P-256"]]],
  ["ES384", ["EC", ["P-384"]]],
  ["ES512", ["EC", ["P-521"]]],
  ["ES256K", ["EC", ["secp256k1"]]],
  ["EdDSA", ["OKP", ["Ed25519", "Ed448"]]],
  ["Ed25519", ["OKP", ["Ed25519"]]],
  ["Ed448", ["OKP", ["Ed448"]]],
  ...["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"].map((name): [string, Need] => [name, ["AKP", []]]),
])
/** Keys that are tried for one token. */
const MAX_TRIES = 100

/** What an algorithm needs of its key, in names that are the same in every language, such as `EC P-256`; empty for one that is unknown. */
export function needOf(algorithm: string): string {
  const [keyType = "", curves = []] = NEEDS.get(algorithm) ?? []
  return [keyType, curves.join(" / ")].join(" ").trim()
}

/**
 * Why none of some keys can ever serve an algorithm: its name, what it needs, and of what kinds the keys are, with commas between.
 * Undefined where one can, or none is there.
 */
export function misfitOf(algorithm: string, keys: readonly OfferedKey[]): string | undefined {
  const usable = keys.filter(({ jwk }) => jwk !== undefined)
  if (usable.length === 0 || usable.some((key) => isOfKind(key, algorithm))) return undefined
  const kinds = new Set(usable.map(({ keyType = "", curve = "" }) => `${keyType} ${curve}`.trim()))
  return [algorithm, needOf(algorithm), [...kinds].join(" / ")].join(", ")
}

function isOfKind({ keyType, curve = "" }: OfferedKey, algorithm: string): boolean {
  const [wanted, curves = []] = NEEDS.get(algorithm) ?? []
  return wanted === undefined || (wanted === keyType && (curves.length === 0 || curves.includes(curve)))
}

/** Tries every key that fits, in order, until one verifies. */
export async function checkSignature(reading: Reading, request: SignatureRequest): Promise<SignatureAnswer> {
  const early = withoutTrying(reading, request)
  if (early !== undefined) return { ...early, answers: [], verifiedBy: undefined, held: undefined }
  const algorithms = algorithmsOf(reading)
  const answers: KeyAnswer[] = []
  let verifiedBy: OfferedKey | undefined
  let held: SignaturePart | undefined
  let tries = 0
  for (const key of request.keys) {
    const reason = leftOut(key, algorithms, reading, request)
    const isDone = verifiedBy !== undefined || tries >= MAX_TRIES
    const { answer, part } =
      reason === undefined && !isDone ? await tryKey(reading, key, request) : { answer: reason ?? "not_tried" }
    if (reason === undefined && !isDone) tries++
    if (answer === "matched") [verifiedBy, held] = [key, part]
    answers.push({ key, answer })
  }
  const { key, signature } = conclusion(answers, verifiedBy, algorithms)
  // An empty payload may be signed as well as one that is elsewhere.
  const lacksPayload = reading.isDetached && request.detachedPayload === undefined && key.status === "pass"
  if (!lacksPayload || verifiedBy !== undefined) return { key, signature, answers, verifiedBy, held }
  const untried = answers.map((one) => (one.answer === "no_match" ? { ...one, answer: "not_tried" as const } : one))
  return { key, signature: unavailable("signature", "payload_missing"), answers: untried, verifiedBy, held }
}

function withoutTrying(reading: Reading, { keys }: SignatureRequest) {
  const both = (check: (id: "key" | "signature") => Check) => ({ key: check("key"), signature: check("signature") })
  if (reading.form === "jwe") return both((id) => unavailable(id, "token_encrypted"))
  const { signatures } = reading
  // With no signature at all there is nothing to try; an empty one beside a real algorithm is a wrong one.
  if (isUnsecured(reading.header) || (reading.isUnsecured && keys.length === 0)) {
    const key = keys.length === 0 ? skipped("key", "no_key") : failed("key", "algorithm_not_allowed", "none")
    return { key, signature: failed("signature", "token_unsecured") }
  }
  // Whatever key there is: nothing can be compared with what is no bytes.
  if (signatures.length > 0 && signatures.every(({ signature }) => signature?.state === "not_base64url"))
    return { key: skipped("key", "token_malformed"), signature: failed("signature", "signature_unreadable") }
  if (keys.length === 0) return both((id) => skipped(id, "no_key"))
  return undefined
}

/** The algorithms that the signatures name. Used to sort keys out, never to let one in. */
function algorithmsOf({ signatures }: Reading): readonly string[] {
  return signatures.flatMap(({ header }) => textMember(header?.json?.root, "alg") ?? [])
}

function keyIdsOf({ signatures }: Reading): readonly string[] {
  return signatures.flatMap(
    ({ header, unprotected }) =>
      textMember(header?.json?.root, "kid") ?? textMember(unprotected?.json?.root, "kid") ?? [],
  )
}

/** Why a key is not tried; undefined if it is. */
function leftOut(key: OfferedKey, algorithms: readonly string[], reading: Reading, request: SignatureRequest) {
  if (key.jwk === undefined) return "unreadable"
  const misfits = algorithms.map((name) => misfit(key, name))
  if (misfits.length > 0 && misfits.every((found) => found !== undefined)) return misfits[0]
  if (isOtherKeyId(key, keyIdsOf(reading), request.keys)) return "kid_differs"
  const allowed = request.algorithms
  if (allowed !== undefined && !algorithms.some((name) => allowed.includes(name))) return "algorithm_not_allowed"
  if (allowed === undefined && key.jwk.algorithm === undefined) return "algorithm_required"
  return undefined
}

function misfit(key: OfferedKey, algorithm: string): KeyAnswerCode | undefined {
  const [keyType, curves] = NEEDS.get(algorithm) ?? []
  if (keyType !== undefined && keyType !== key.keyType) return "kty_differs"
  if (curves !== undefined && curves.length > 0 && !curves.includes(key.curve ?? "")) return "crv_differs"
  if (key.algorithm !== undefined && key.algorithm !== algorithm) return "alg_differs"
  if (key.use !== undefined && key.use !== "sig") return "use_differs"
  const { operations } = key
  // Of a private key the public half verifies.
  const mayVerify =
    operations === undefined || operations.includes("verify") || (key.isPrivate && operations.includes("sign"))
  return mayVerify ? undefined : "key_ops_differ"
}

/**
 * In a set the key with the token's id is meant; where none has it, those without an id. An empty id is an id like any other. PEM that has
 * one is of a set, too.
 */
function isOtherKeyId(key: OfferedKey, wanted: readonly string[], keys: readonly OfferedKey[]): boolean {
  const isOfSet = key.form === "jwks" || (key.form !== "jwk" && key.keyId !== undefined)
  if (!isOfSet || wanted.length === 0) return false
  const isThere = keys.some(({ keyId }) => keyId !== undefined && wanted.includes(keyId))
  return isThere ? key.keyId === undefined || !wanted.includes(key.keyId) : key.keyId !== undefined
}

/** What came of trying a key. */
interface Trial {
  readonly answer: KeyAnswerCode
  readonly part?: SignaturePart | undefined
}

async function tryKey(reading: Reading, key: OfferedKey, request: SignatureRequest): Promise<Trial> {
  const { jwk } = key
  if (jwk === undefined) return { answer: "unreadable" }
  const { crit, detachedPayload, algorithms } = request
  const detached = reading.isDetached && detachedPayload !== undefined ? { detachedPayload } : {}
  try {
    const options = { algorithms, crit, maxTokenLength: MAX_CHARACTERS, ...detached }
    const verified = await verifyJwsAsync(tokenOf(reading), jwk.isPrivate ? jwk.publicKey() : jwk, options)
    return { answer: "matched", part: partOf(reading, verified) }
  } catch (error) {
    if (!isJwtError(error)) throw error
    // What is wrong with the token's shape says nothing about the key.
    return { answer: ANSWERS.get(error.code) ?? (error.fault === "token" ? "not_tried" : "key_refused") }
  }
}

/** The signature that was verified. Its bytes alone do not tell: somebody may have put them beside another header, too. */
function partOf({ signatures }: Reading, { header, signature }: VerifiedJws): SignaturePart | undefined {
  if (signatures.length === 1) return signatures[0]
  const wanted = JSON.stringify(header)
  return signatures.find((part) => {
    const root = part.header?.json?.root
    const isSame = JSON.stringify(root === undefined ? {} : plainValue(root)) === wanted
    return isSame && String(part.signature?.bytes) === String(signature)
  })
}

const ANSWERS: ReadonlyMap<string, KeyAnswerCode> = new Map<string, KeyAnswerCode>([
  ["signature_invalid", "no_match"],
  ["algorithm_not_allowed", "algorithm_not_allowed"],
  ["algorithm_mismatch", "alg_differs"],
  ["algorithm_unavailable", "algorithm_unavailable"],
  // Of a private key no public half: the platform was asked when it was read, and does not have the curve.
  ["sync_unavailable", "algorithm_unavailable"],
  ["algorithms_required", "algorithm_required"],
  ["key_too_short", "key_too_short"],
  ["payload_missing", "no_match"],
])

function conclusion(answers: readonly KeyAnswer[], verifiedBy: OfferedKey | undefined, algorithms: readonly string[]) {
  const detail = algorithms.join(", ")
  // Of several signatures the one that holds is told, not all that are there.
  const held = algorithms
    .filter((name) => verifiedBy !== undefined && misfit(verifiedBy, name) === undefined)
    .join(", ")
  if (verifiedBy !== undefined) return { key: passed("key", held), signature: passed("signature", held) }
  const has = (code: KeyAnswerCode) => answers.some(({ answer }) => answer === code)
  if (has("no_match"))
    return { key: passed("key", detail), signature: failed("signature", "signature_invalid", detail) }
  if (has("algorithm_unavailable"))
    return { key: passed("key", detail), signature: unavailable("signature", "algorithm_unavailable", detail) }
  if (answers.every(({ answer }) => answer === "not_tried"))
    return { key: skipped("key", "token_malformed"), signature: unavailable("signature", "token_malformed") }
  return { key: failed("key", keyCode(answers, algorithms), detail), signature: skipped("signature", "no_key") }
}

/** Why no key could be used at all. Of one key its own reason, of several that none fits. */
function keyCode(answers: readonly KeyAnswer[], algorithms: readonly string[]): string {
  if (algorithms.length === 0) return "algorithm_missing"
  const known = listAlgorithms()
  if (!algorithms.some((name) => known.includes(name))) return "algorithm_unknown"
  const codes = new Set(answers.map(({ answer }) => answer))
  const [only] = codes
  if (codes.size > 1 || only === undefined)
    return codes.has("algorithm_required") ? "algorithm_required" : "key_not_found"
  return KEY_CODES[only] ?? "key_unsuitable"
}

const KEY_CODES: Partial<Record<KeyAnswerCode, string>> = {
  unreadable: "key_invalid",
  kid_differs: "key_not_found",
  alg_differs: "algorithm_mismatch",
  use_differs: "key_not_for_use",
  key_ops_differ: "key_not_for_use",
  algorithm_not_allowed: "algorithm_not_allowed",
  algorithm_required: "algorithm_required",
  key_too_short: "key_too_short",
}
