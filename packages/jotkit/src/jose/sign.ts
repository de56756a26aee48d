/** From a payload to a signature (RFC 7515, section 5.1). The one place where signing happens. */
import { encodeBase64Url, encodeLatin1 } from "#bytes"
import type { JsonObject } from "../codec/json.ts"
import type { Key, Operator, SigningInput } from "../crypto/key.ts"
import { builtInRow, customAlgorithm, registryChanges, type SignatureAlgorithm } from "../crypto/registry.ts"
import { InvalidKeyError, JwtError, UsageError } from "../errors.ts"
import { namedAlgorithms, operatorFor } from "../keys/fit.ts"
import {
  type KeySource,
  keyFunctionFailed,
  type RemoteSigner,
  readKeySource,
  registeredSource,
  type UnverifiedHeader,
} from "../keys/source.ts"
import { assertWritableCrit, assertWritableTypes, encodeHeader, sorted } from "./header.ts"
import { assertAlgorithm } from "./options.ts"
import { isPending, type Mode, type Steps, wait } from "./steps.ts"

/** What a signature needs to know beside the payload. Validated before, never changed. */
export interface SignRules {
  readonly key: unknown
  /** What it became, where that is known already. */
  readonly source: KeySource | undefined
  readonly algorithm: string | undefined
  /** The caller's header; a copy. */
  readonly header: JsonObject | undefined
  /** Names that the unprotected header holds already. */
  readonly unprotectedKeyId: boolean
  /** `typ` where the caller gives none. */
  readonly defaultType: string | undefined
  readonly sortHeader: boolean
  readonly enforceLength: boolean
}

/** A header and what signs under it: made once where the key stays the same. */
export interface PreparedSignature {
  readonly headerText: string
  /** The header and its dot, before which nothing changes from token to token. */
  readonly prefix: string
  readonly b64: boolean
  /** Under which state of the registry it was made: an algorithm may have been taken out since. */
  readonly changes: number
  /** Base64url of the signature. */
  readonly sign: (input: SigningInput, mode: Mode) => string | Promise<string>
}

const NO_MEMBERS = Object.create(null) as JsonObject
/** Prepared signatures with no header but the usual one, by key and algorithm: what repeated calls of `encode` use. */
let usual = new WeakMap<Key, Map<string | undefined, PreparedSignature>>()
let usualSince = registryChanges()

/** A signature prepared before, for a key of our own and the usual header; undefined where there is more to do. */
export function preparedAtOnce(rules: SignRules): PreparedSignature | undefined {
  if (!isUsual(rules)) return undefined
  if (usualSince !== registryChanges()) {
    usual = new WeakMap()
    usualSince = registryChanges()
  }
  const source = rules.source ?? (isObjectOrText(rules.key) ? readKeySource(rules.key) : undefined)
  if (source?.kind !== "key") return undefined
  return usual.get(source.key)?.get(rules.algorithm)
}

function isUsual(rules: SignRules): boolean {
  if (rules.header !== undefined || !rules.sortHeader || rules.enforceLength || rules.defaultType !== "JWT")
    return false
  // A registered algorithm takes keys that nothing here can read.
  return rules.algorithm === undefined || customAlgorithm(rules.algorithm) === undefined
}

function isObjectOrText(key: unknown): boolean {
  return typeof key === "string" ? key !== "" : typeof key === "object" && key !== null
}

/** Finds the key, settles the algorithm, writes the header. */
export function* prepareSignature(rules: SignRules): Steps<PreparedSignature> {
  const wanted = wantedAlgorithm(rules)
  const custom = wanted === undefined ? undefined : customAlgorithm(wanted)
  if (wanted !== undefined && custom !== undefined) return yield* withCustom(rules, wanted, custom)
  if (wanted === "none") return unsecured(rules)
  const source = yield* resolveSource(rules)
  if (source.kind === "signer") return withSigner(rules, source.signer, wanted)
  if (source.kind !== "key")
    throw new UsageError("argument_invalid", "a key set cannot sign; give the one private key or secret to sign with")
  const name = wanted ?? defaultAlgorithm(source.key)
  const registered = customAlgorithm(name)
  return registered === undefined ? withKey(rules, source.key, name) : yield* withCustom(rules, name, registered)
}

function wantedAlgorithm(rules: SignRules): string | undefined {
  const inHeader = rules.header?.["alg"]
  if (inHeader !== undefined && typeof inHeader !== "string")
    throw new UsageError("header_not_allowed", "`header.alg` must be a string")
  if (inHeader !== undefined && rules.algorithm !== undefined && inHeader !== rules.algorithm) {
    throw new UsageError(
      "header_not_allowed",
      "`header.alg` and `algorithm` name different algorithms; a token says what it was signed with",
    )
  }
  const wanted = rules.algorithm ?? inHeader
  if (wanted !== undefined) assertAlgorithm(wanted)
  return wanted
}

function* resolveSource(rules: SignRules): Steps<KeySource> {
  const source = rules.source ?? readKeySource(rules.key)
  if (source.kind !== "function") return source
  let answer: unknown
  try {
    answer = yield* wait(source.call({ ...rules.header } as UnverifiedHeader))
  } catch (cause) {
    throw keyFunctionFailed(cause)
  }
  if (answer === undefined || answer === null || answer === "")
    throw new InvalidKeyError("key_not_found", "the key function answered with no key")
  const answered = readKeySource(answer)
  if (answered.kind === "function")
    throw new InvalidKeyError("key_invalid", "the key function answered with another function")
  return answered
}

/** The key's own algorithm; HS256 for a secret; the only one of an EC or OKP key. */
function defaultAlgorithm(key: Key): string {
  const [named] = namedAlgorithms(key)
  if (named !== undefined) return named
  if (key.keyType === "oct") return "HS256"
  throw new UsageError(
    "algorithm_required",
    `an ${key.keyType} key serves several algorithms; say which one: { algorithm: "…" }`,
  )
}

function withKey(rules: SignRules, key: Key, algorithm: string): PreparedSignature {
  const row = builtInRow(algorithm)
  if (row === undefined)
    throw new UsageError("algorithm_unknown", "the key is marked for an algorithm that does not sign")
  const operator = operatorFor(row, key, "sign", rules.enforceLength)
  const prepared: PreparedSignature = {
    ...headerFor(rules, algorithm, key.keyId),
    sign: (input, mode) => signWith(operator, input, mode),
  }
  if (isUsual(rules)) usual.set(key, (usual.get(key) ?? new Map()).set(rules.algorithm, prepared))
  return prepared
}

function signWith(operator: Operator, input: SigningInput, mode: Mode): string | Promise<string> {
  try {
    const signature =
      mode === "sync" || operator.signLater === undefined ? operator.sign(input) : operator.signLater(input)
    return isPending(signature) ? signature.catch(signingFailed) : signature
  } catch (cause) {
    return signingFailed(cause)
  }
}

function signingFailed(cause: unknown): never {
  if (cause instanceof JwtError) throw cause
  throw new InvalidKeyError("key_unsuitable", "the platform refuses to sign with this key", { cause })
}

function withSigner(rules: SignRules, signer: RemoteSigner, wanted: string | undefined): PreparedSignature {
  assertAlgorithm(signer.algorithm)
  if (wanted !== undefined && wanted !== signer.algorithm) {
    throw new InvalidKeyError("key_unsuitable", "the remote signer signs with another algorithm than the one asked for")
  }
  const bytes = builtInRow(signer.algorithm)?.signatureBytes
  return {
    ...headerFor(rules, signer.algorithm, signer.keyId),
    sign: (input) => callSigner(() => signer.sign(bytesOf(input)), bytes),
  }
}

/** A registered algorithm reads keys of its own kind; a key function is asked first. */
function* withCustom(rules: SignRules, name: string, algorithm: SignatureAlgorithm): Steps<PreparedSignature> {
  const source = typeof rules.key === "function" ? yield* resolveSource(rules) : registeredKey(rules.key)
  let prepared: unknown
  try {
    prepared = yield* wait(algorithm.prepareKey(source?.kind === "key" ? source.input : rules.key))
  } catch (cause) {
    throw cause instanceof JwtError
      ? cause
      : new InvalidKeyError("key_unsuitable", "the registered algorithm refused the key", { cause })
  }
  const keyId = source?.kind === "key" ? source.key.keyId : undefined
  return {
    ...headerFor(rules, name, keyId),
    sign: (input) => callSigner(() => algorithm.sign(bytesOf(input), prepared), undefined),
  }
}

function registeredKey(input: unknown): KeySource | undefined {
  return typeof input === "object" && input !== null ? registeredSource(input) : undefined
}

function unsecured(rules: SignRules): PreparedSignature {
  if (rules.key !== null && rules.key !== undefined && rules.key !== "") {
    throw new InvalidKeyError("key_unsuitable", "the algorithm none takes no key: give null")
  }
  return { ...headerFor(rules, "none", undefined), sign: () => "" }
}

function callSigner(
  call: () => Uint8Array | Promise<Uint8Array>,
  expectedBytes: number | undefined,
): string | Promise<string> {
  try {
    const signature = call()
    if (!isPending(signature)) return signatureText(signature, expectedBytes)
    return signature.then(
      (bytes) => signatureText(bytes, expectedBytes),
      (cause: unknown) => signerFailed(cause),
    )
  } catch (cause) {
    return signerFailed(cause)
  }
}

function signerFailed(cause: unknown): never {
  throw cause instanceof JwtError ? cause : new InvalidKeyError("signer_failed", "the signer failed", { cause })
}

function signatureText(signature: unknown, expectedBytes: number | undefined): string {
  if (!(signature instanceof Uint8Array))
    throw new InvalidKeyError("signer_failed", "the signer must answer with bytes (Uint8Array)")
  if (expectedBytes !== undefined && signature.length !== expectedBytes) {
    throw new InvalidKeyError(
      "signer_failed",
      `the signer answered with ${signature.length} bytes, expected ${expectedBytes}; ECDSA signatures are R and S side by side, not DER`,
    )
  }
  return encodeBase64Url(signature)
}

function headerFor(rules: SignRules, algorithm: string, keyId: string | undefined): Omit<PreparedSignature, "sign"> {
  const headerText = encodeHeader(writeHeader(rules, algorithm, keyId))
  return { headerText, prefix: `${headerText}.`, b64: rules.header?.["b64"] !== false, changes: registryChanges() }
}

/** `typ`, `alg`, `kid`, then the caller's members in their order; sorted where asked for. */
function writeHeader(rules: SignRules, algorithm: string, keyId: string | undefined): JsonObject {
  const given = rules.header ?? NO_MEMBERS
  const members = Object.create(null) as JsonObject
  if (rules.defaultType !== undefined) members["typ"] = rules.defaultType
  if (!Object.hasOwn(given, "alg")) members["alg"] = algorithm
  if (keyId !== undefined && !rules.unprotectedKeyId && !Object.hasOwn(given, "kid")) members["kid"] = keyId
  Object.assign(members, given)
  dropEmptyLabels(members)
  if (members["b64"] === true && !namesB64(members)) delete members["b64"]
  if (members["b64"] === false && !namesB64(members)) members["crit"] = [...critOf(members), "b64"]
  assertWritable(members)
  return rules.sortHeader ? (sorted(members) as JsonObject) : members
}

/** `typ` and `kid` given as null (or, for `typ`, empty) stay out. */
function dropEmptyLabels(members: JsonObject): void {
  for (const [name, value] of Object.entries(members)) {
    const empty =
      value === undefined || (name === "typ" && (value === null || value === "")) || (name === "kid" && value === null)
    if (empty) delete members[name]
  }
}

function critOf(members: JsonObject): readonly unknown[] {
  const { crit } = members
  if (crit === undefined) return []
  if (Array.isArray(crit)) return crit
  throw new UsageError("header_not_allowed", "`crit` must be an array of names")
}

function namesB64(members: JsonObject): boolean {
  return Array.isArray(members["crit"]) && members["crit"].includes("b64")
}

function assertWritable(members: JsonObject): void {
  assertWritableTypes(members)
  assertWritableCrit(members)
}

function bytesOf(input: SigningInput): Uint8Array {
  return typeof input === "string" ? encodeLatin1(input) : input
}
