/** From a parsed signature to a genuine one (RFC 7515, section 5.2). The one place where verification happens. */
import { decodeBase64Url, encodeLatin1 } from "#bytes"
import type { Key, Operator, SigningInput } from "../crypto/key.ts"
import { builtInRow, customAlgorithm, registryChanges, type SignatureAlgorithm } from "../crypto/registry.ts"
import type { SignatureRow } from "../crypto/signature-algorithms.ts"
import { InvalidAlgorithmError, InvalidKeyError, InvalidSignatureError, JwtError, UsageError } from "../errors.ts"
import { misfit, namedAlgorithms, operatorFor } from "../keys/fit.ts"
import { type KeySource, publicForm, type RemoteSigner, readKeySource } from "../keys/source.ts"
import { assertReadable, type ParsedJws } from "./compact.ts"
import { assertUnderstood, type ParsedHeader } from "./header.ts"
import { MAX_CANDIDATES, named, noKeyFound, resolveSource } from "./resolve.ts"
import { type Answer, isPending, type Mode, type Steps, wait } from "./steps.ts"

/** What a verification needs to know beside the token. Validated before, never changed. */
export interface VerifyRules {
  /** The key as it was given. */
  readonly key: unknown
  /** What it became, where that is known already. */
  readonly source: KeySource | undefined
  /** Names of algorithms; absent where the keys name theirs. */
  readonly algorithms: ReadonlySet<string> | undefined
  readonly crit: readonly string[] | undefined
  readonly enforceLength: boolean
  /** What the last token was verified with: almost always the next one's, too. */
  latest:
    | { readonly algorithm: string; readonly key: Key; readonly operator: Operator; readonly changes: number }
    | undefined
}

/** What verified a signature; its identity tells whether a key was exchanged. */
export type VerifyingKey = Key | RemoteSigner | SignatureAlgorithm

/**
 * Verifies a signature, or throws. Answers with what verified it: at once where the key is one of our own and its operator
 * does not have to be waited for, else as steps.
 */
export function verifySignature(parsed: ParsedJws, rules: VerifyRules, mode: Mode): Answer<VerifyingKey> {
  try {
    assertUnderstood(parsed.header, rules.crit)
    const { latest } = rules
    if (latest?.algorithm === parsed.header.alg && latest?.changes === registryChanges())
      return checkAtOnce(parsed, latest.key, latest.operator, mode)
    const algorithm = allowedAlgorithm(parsed, rules)
    if (algorithm === "none") return refuseUnsecured(rules)
    if (customAlgorithm(algorithm) !== undefined) return verifyInSteps(parsed, algorithm, rules, mode)
    const source = rules.source ?? readKeySource(rules.key)
    if (source.kind !== "key") return verifyInSteps(parsed, algorithm, rules, mode)
    const { key } = source
    const operator = operatorWith(key, rowOf(algorithm), rules)
    // A key given to one call may change before the next; one that was read for good does not.
    if (rules.source !== undefined) rules.latest = { algorithm, key, operator, changes: registryChanges() }
    return checkAtOnce(parsed, key, operator, mode)
  } catch (error) {
    throw firstProblem(parsed, error)
  }
}

function checkAtOnce(parsed: ParsedJws, key: Key, operator: Operator, mode: Mode): Answer<VerifyingKey> {
  const genuine = check(parsed, operator, mode)
  if (genuine === true) return key
  if (isPending(genuine)) return concluded(genuine, key, parsed)
  throw invalidSignature()
}

/** Where keys have to be found, or answers waited for. */
function* verifyInSteps(parsed: ParsedJws, algorithm: string, rules: VerifyRules, mode: Mode): Steps<VerifyingKey> {
  try {
    // Nobody is asked for keys on behalf of a token that cannot be read.
    assertReadable(parsed)
    const custom = customAlgorithm(algorithm)
    if (custom !== undefined)
      return yield* verifyCustom(parsed, custom, algorithm, yield* resolveForCustom(parsed.header, rules))
    const source = yield* resolveSource(parsed.header, rules)
    if (source.kind === "signer") return yield* verifyRemotely(parsed, source.signer)
    return yield* verifyWithKeys(parsed, rowOf(algorithm), source, rules, mode)
  } catch (error) {
    throw firstProblem(parsed, error)
  }
}

function* concluded(answer: PromiseLike<boolean>, key: Key, parsed: ParsedJws): Steps<VerifyingKey> {
  try {
    if (yield* wait(answer)) return key
  } catch (error) {
    throw firstProblem(parsed, error)
  }
  throw firstProblem(parsed, invalidSignature())
}

/** What cannot be read is reported before what does not fit. */
function firstProblem(parsed: ParsedJws, error: unknown): unknown {
  assertReadable(parsed)
  return error
}

/** Whether the keys of a source all name their algorithm, so that a list is not needed. */
export function namesAlgorithms(source: KeySource): boolean {
  switch (source.kind) {
    case "key":
      return namedAlgorithms(source.key).length > 0
    case "keys":
      return source.keys.some((key) => namedAlgorithms(key).length > 0)
    default:
      // Remote sets and functions are asked key by key, when the keys are there.
      return source.kind !== "function"
  }
}

/** The error for a call that leaves the choice of the algorithm to the token. */
export function algorithmsRequired(): UsageError {
  return new UsageError(
    "algorithms_required",
    'this key does not name its algorithm; say which ones to accept: { algorithms: ["…"] }',
  )
}

function allowedAlgorithm(parsed: ParsedJws, rules: VerifyRules): string {
  const { alg } = parsed.header
  if (alg === undefined)
    throw new InvalidAlgorithmError(
      "algorithm_missing",
      "the header must name its algorithm in `alg`, a non-empty string",
    )
  if (rules.algorithms !== undefined && !rules.algorithms.has(alg)) throw notAllowed()
  return alg
}

function notAllowed(): InvalidAlgorithmError {
  return new InvalidAlgorithmError("algorithm_not_allowed", "the token's algorithm is not an allowed one")
}

function rowOf(name: string): SignatureRow {
  const row = builtInRow(name)
  if (row === undefined) throw notAllowed()
  return row
}

/** An unsecured token never verifies (RFC 7518, section 3.6; RFC 8725, section 3.2). */
function refuseUnsecured(rules: VerifyRules): never {
  if (rules.algorithms === undefined) throw notAllowed()
  if (rules.key === null || rules.key === undefined || rules.key === "") throw invalidSignature()
  throw new InvalidKeyError("key_unsuitable", "the algorithm none takes no key, and a key was given")
}

/** Whether the key that once verified a token would still be used for it. */
export function stillTrusted(verifiedBy: VerifyingKey, header: ParsedHeader, rules: VerifyRules): Answer<boolean> {
  const { source } = rules
  if (source?.kind === "key") return source.key === verifiedBy
  // A registered algorithm reads keys of its own kind, and nobody else can tell two of them apart.
  return "prepareKey" in verifiedBy ? false : isStillOffered(verifiedBy, header, rules)
}

function* isStillOffered(verifiedBy: VerifyingKey, header: ParsedHeader, rules: VerifyRules): Steps<boolean> {
  const source = yield* resolveSource(header, rules)
  if (source.kind === "key") return source.key === verifiedBy
  if (source.kind === "signer") return source.signer === verifiedBy
  return source.kind === "keys" && source.keys.some((key) => key === verifiedBy)
}

/** A registered algorithm reads keys of its own kind: what is no key of ours is handed on as it is. */
function* resolveForCustom(header: ParsedHeader, rules: VerifyRules): Steps<KeySource> {
  try {
    return yield* resolveSource(header, rules)
  } catch (error) {
    if (error instanceof InvalidKeyError && typeof rules.key !== "function") return { kind: "other", input: rules.key }
    throw error
  }
}

function* verifyWithKeys(
  parsed: ParsedJws,
  row: SignatureRow,
  source: KeySource,
  rules: VerifyRules,
  mode: Mode,
): Steps<VerifyingKey> {
  if (source.kind === "key") {
    if (yield* wait(check(parsed, operatorWith(source.key, row, rules), mode))) return source.key
    throw invalidSignature()
  }
  const keys = source.kind === "keys" ? source.keys : []
  if (rules.algorithms === undefined && !keys.some((key) => namedAlgorithms(key).length > 0)) throw algorithmsRequired()
  const candidates = named(keys, parsed.header.kid)
    .filter((key) => canHaveMade(key, row, rules))
    .slice(0, MAX_CANDIDATES)
  if (candidates.length === 0) throw noKeyFound()
  let tried = 0
  for (const key of candidates) {
    const genuine = yield* unlessUnusable(check(parsed, operatorWith(key, row, rules), mode))
    if (genuine === true) return key
    if (genuine === false) tried++
  }
  throw tried === 0 ? noKeyFound() : invalidSignature()
}

/** Some platforms look at a key only when it is used: one they refuse is as one left out when the set was read. */
function* unlessUnusable(answer: boolean | Promise<boolean>): Steps<boolean | undefined> {
  try {
    return yield* wait(answer)
  } catch (error) {
    if (error instanceof InvalidKeyError) return undefined
    throw error
  }
}

/** Whoever waits anyway lets other threads do the mathematics. */
function check({ signingInput, signature }: ParsedJws, operator: Operator, mode: Mode): boolean | Promise<boolean> {
  return mode === "async" && operator.verifyLater !== undefined
    ? operator.verifyLater(signingInput, signature)
    : operator.verify(signingInput, signature)
}

function operatorWith(key: Key, row: SignatureRow, rules: VerifyRules): Operator {
  if (rules.algorithms === undefined) assertNamed(row, key)
  return operatorFor(row, key, "verify", rules.enforceLength)
}

function assertNamed(row: SignatureRow, key: Key): void {
  const named = namedAlgorithms(key)
  if (named.length === 0) throw algorithmsRequired()
  if (named.includes(row.name)) return
  // A key marked for another algorithm is reported as such when it is asked to fit.
  if (key.algorithm === undefined) throw notAllowed()
}

function canHaveMade(key: Key, row: SignatureRow, rules: VerifyRules): boolean {
  if (rules.algorithms === undefined && !namedAlgorithms(key).includes(row.name)) return false
  return misfit(row, key, "verify") === undefined
}

function* verifyCustom(
  parsed: ParsedJws,
  algorithm: SignatureAlgorithm,
  name: string,
  source: KeySource,
): Steps<VerifyingKey> {
  const keys =
    source.kind === "keys"
      ? named(source.keys, parsed.header.kid)
          .filter((key) => key.algorithm === undefined || key.algorithm === name)
          .slice(0, MAX_CANDIDATES)
          .map(publicForm)
      : [inputOf(source)]
  if (keys.length === 0) throw noKeyFound()
  const data = bytesOf(parsed.signingInput)
  const signature = decodeBase64Url(parsed.signature)
  if (signature === undefined) throw invalidSignature()
  for (const key of keys) {
    if ((yield* callCustom(algorithm, key, data, signature)) === true) return algorithm
  }
  throw invalidSignature()
}

function* callCustom(
  algorithm: SignatureAlgorithm,
  key: unknown,
  data: Uint8Array,
  signature: Uint8Array,
): Steps<boolean> {
  try {
    const prepared = yield* wait(algorithm.prepareKey(key))
    return yield* wait(algorithm.verify(data, prepared, signature.slice()))
  } catch (cause) {
    throw cause instanceof JwtError
      ? cause
      : new InvalidKeyError("key_unsuitable", "the registered algorithm failed", { cause })
  }
}

/** What a registered algorithm prepares: the caller's own input. */
function inputOf(source: KeySource): unknown {
  if (source.kind === "signer") return source.signer
  return source.kind === "key" || source.kind === "other" ? source.input : undefined
}

function* verifyRemotely(parsed: ParsedJws, signer: RemoteSigner): Steps<VerifyingKey> {
  if (signer.algorithm !== parsed.header.alg) throw notAllowed()
  if (signer.verify === undefined)
    throw new UsageError("argument_invalid", "this remote signer cannot verify; give its public key instead")
  const signature = decodeBase64Url(parsed.signature)
  if (signature === undefined) throw invalidSignature()
  let genuine: boolean
  try {
    genuine = yield* wait(signer.verify(bytesOf(parsed.signingInput), signature))
  } catch (cause) {
    throw cause instanceof JwtError
      ? cause
      : new InvalidKeyError("signer_failed", "the remote signer failed to verify", { cause })
  }
  if (genuine !== true) throw invalidSignature()
  return signer
}

function bytesOf(input: SigningInput): Uint8Array {
  return typeof input === "string" ? encodeLatin1(input) : input
}

function invalidSignature(): InvalidSignatureError {
  return new InvalidSignatureError("signature_invalid", "the signature does not hold")
}
