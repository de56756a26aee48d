/** From a JWE to its plaintext (RFC 7516, section 5.2). The one place where decryption happens. */

import { cipher } from "#cipher"
import { own } from "../codec/json.ts"
import type { SecretKey } from "../crypto/cipher-engine.ts"
import {
  type ContentRow,
  contentRow,
  type KeyManagementRow,
  keyManagementRow,
} from "../crypto/encryption-algorithms.ts"
import type { Key } from "../crypto/key.ts"
import { unavailable } from "../crypto/runtime.ts"
import { DecodeError, DecryptionError, InvalidAlgorithmError, type JwtError, UsageError } from "../errors.ts"
import { encryptionMisfit, judgeEncryptionKeyLength, nameFor } from "../keys/fit-encryption.ts"
import { unsuitableKey } from "../keys/problems.ts"
import { type KeySource, readKeySource } from "../keys/source.ts"
import { assertUnderstood, type ParsedHeader } from "./header.ts"
import {
  canShareKey,
  decryptKey,
  invalidParameter,
  type KeyDecryption,
  randomBytes,
  readParameters,
} from "./key-encryption.ts"
import { MAX_CANDIDATES, named, noKeyFound, resolveSource } from "./resolve.ts"
import type { ParsedJwe, ParsedRecipient } from "./serialize-jwe.ts"
import { isPending, type Mode, type Steps, wait } from "./steps.ts"

/** What a decryption needs to know beside the token. Validated before, never changed. */
export interface DecryptRules {
  readonly key: unknown
  readonly source: KeySource | undefined
  /** Names of key management algorithms; absent where the keys name theirs. */
  readonly algorithms: ReadonlySet<string> | undefined
  /** Names of content encryption algorithms; absent: all. */
  readonly encryptionAlgorithms: ReadonlySet<string> | undefined
  readonly crit: readonly string[] | undefined
  readonly zip: boolean
  readonly enforceLength: boolean
  readonly maxDecompressedBytes: number
  /** For one token: recipients share it. */
  readonly maxPbes2Count: number
}

/** A plaintext that is genuine: what decrypted it, and for whom it was. */
export interface Decrypted {
  readonly plaintext: Uint8Array
  readonly recipient: ParsedRecipient
  readonly key: Key
}

/** One recipient's algorithms and parameters, allowed and read. */
interface Attempt {
  readonly recipient: ParsedRecipient
  readonly row: KeyManagementRow
  readonly content: ContentRow
  readonly decryption: KeyDecryption
}

/** What one token may cost, whatever recipients and keys there are to try. */
interface Budget {
  iterations: number
}

/** Not in the header of a JWE: the header rules of JWS understand it. */
const NOTHING_OF_OURS = ""
const DEFLATE = "DEF"

/** The pipeline of decryption. Of several recipients one must be ours. */
export function* decryptSteps(parsed: ParsedJwe, rules: DecryptRules, mode: Mode): Steps<Decrypted> {
  assertUnderstood(parsed.protectedHeader, rules.crit, NOTHING_OF_OURS)
  const compressed = isCompressed(parsed.protectedHeader, rules)
  const single = parsed.recipients.length === 1
  let refusal: unknown
  const budget: Budget = { iterations: rules.maxPbes2Count }
  for (const recipient of parsed.recipients) {
    try {
      const attempt = prepareAttempt(recipient, { rules, budget, single, mode })
      const { plaintext, key } = yield* decryptFor(parsed, attempt, { rules, budget })
      return { plaintext: compressed ? yield* inflate(plaintext, rules) : plaintext, recipient, key }
    } catch (error) {
      // That a key did not open the token says more than that another recipient's algorithm is not for us.
      if (refusal === undefined || error instanceof DecryptionError) refusal = error
    }
  }
  throw refusal
}

/** The one error for all that goes wrong after the header was read, whatever it was. */
function decryptionFailed(): DecryptionError {
  return new DecryptionError("decryption_failed", "the token cannot be decrypted with this key")
}

/** Whether the keys of a source all name their algorithm, so that a list is not needed. */
export function namesEncryptionAlgorithm(source: KeySource): boolean {
  if (source.kind === "key") return source.key.algorithm !== undefined
  if (source.kind === "keys") return source.keys.some((key) => key.algorithm !== undefined)
  return source.kind !== "function"
}

/** The error for a call that leaves the choice of the algorithm to the token. */
export function encryptionAlgorithmsRequired(): UsageError {
  return new UsageError(
    "algorithms_required",
    'this key does not name its algorithm; say which ones to accept: { algorithms: ["…"] }',
  )
}

function isCompressed(header: ParsedHeader, rules: DecryptRules): boolean {
  const zip = own(header.members, "zip")
  if (zip === undefined) return false
  if (zip !== DEFLATE) throw new DecodeError("header_invalid", "the header parameter `zip` must be DEF")
  if (rules.zip) return true
  throw new DecodeError("compression_not_allowed", "the token is compressed, which only `zip: true` accepts")
}

function prepareAttempt(
  recipient: ParsedRecipient,
  how: {
    readonly rules: DecryptRules
    readonly budget: Budget
    readonly single: boolean
    readonly mode: Mode
  },
): Attempt {
  const { rules, budget, single, mode } = how
  const { header, encryptedKey } = recipient
  const row = keyManagementRow(allowed(header.alg, "alg", rules.algorithms))
  const enc = own(header.members, "enc")
  const content = contentRow(allowed(typeof enc === "string" ? enc : undefined, "enc", rules.encryptionAlgorithms))
  if (row === undefined || content === undefined) throw notAllowed()
  if (!single && !canShareKey(row))
    throw new DecodeError("header_invalid", `${row.name} is for a single recipient (RFC 7516, section 5.1)`)
  // RFC 7516, section 5.2, steps 7 and 10.
  if (canShareKey(row) !== encryptedKey.length > 0)
    throw canShareKey(row)
      ? decryptionFailed()
      : new DecodeError("token_malformed", `${row.name} sends no key, and the token holds an encrypted one`)
  const parameters = readParameters(row, header.members, budget.iterations)
  return { recipient, row, content, decryption: { row, content, encryptedKey, parameters, mode } }
}

function allowed(name: string | undefined, parameter: string, names: ReadonlySet<string> | undefined): string {
  if (name === undefined || name === "")
    throw new InvalidAlgorithmError("algorithm_missing", `the header must name an algorithm in \`${parameter}\``)
  if (names !== undefined && !names.has(name)) throw notAllowed()
  return name
}

function notAllowed(): InvalidAlgorithmError {
  return new InvalidAlgorithmError("algorithm_not_allowed", "the token's algorithm is not an allowed one")
}

function* decryptFor(
  parsed: ParsedJwe,
  attempt: Attempt,
  { rules, budget }: { readonly rules: DecryptRules; readonly budget: Budget },
): Steps<{ readonly plaintext: Uint8Array; readonly key: Key }> {
  const { content, recipient } = attempt
  const supported = cipher.supports(content)
  if (!(isPending(supported) ? yield* wait(supported) : supported)) throw unavailable(content.name)
  const given = rules.source ?? readKeySource(rules.key)
  const source =
    given.kind === "key" ? given : yield* resolveSource(recipient.header, { key: rules.key, source: given })
  const { iterations = 0 } = attempt.decryption.parameters
  for (const key of candidatesOf(source, attempt, rules)) {
    if (iterations > budget.iterations) break
    budget.iterations -= iterations
    judgeEncryptionKeyLength(attempt.row, key, rules.enforceLength)
    const able = cipher.supportsKeys(attempt.row, key.curve)
    if (!(isPending(able) ? yield* wait(able) : able)) throw unavailable(nameFor(attempt.row, key))
    const plaintext = yield* openWith(parsed, attempt, key)
    if (plaintext !== undefined) return { plaintext, key }
  }
  throw decryptionFailed()
}

function candidatesOf(source: KeySource, attempt: Attempt, rules: DecryptRules): readonly Key[] {
  if (source.kind === "key") {
    const error = problemOf(source.key, attempt, rules)
    if (error !== undefined) throw error
    return [source.key]
  }
  if (source.kind !== "keys") throw unsuitableKey("a remote signer cannot decrypt; give the key itself")
  if (rules.algorithms === undefined && !source.keys.some((key) => key.algorithm !== undefined))
    throw encryptionAlgorithmsRequired()
  const fitting = named(source.keys, attempt.recipient.header.kid)
    .filter((key) => problemOf(key, attempt, rules) === undefined)
    .slice(0, MAX_CANDIDATES)
  if (fitting.length === 0) throw noKeyFound()
  return fitting
}

function problemOf(key: Key, { row, content, decryption }: Attempt, rules: DecryptRules): JwtError | undefined {
  if (rules.algorithms === undefined && key.algorithm === undefined) return encryptionAlgorithmsRequired()
  const { epk } = decryption.parameters
  const misfit = encryptionMisfit(row, content, { key, use: "decrypt" })
  if (misfit !== undefined || epk === undefined || epk.crv === key.curve) return misfit
  return invalidParameter("epk", "a key on the curve of the recipient's")
}

/**
 * Opens the content with one key. Where the content encryption key could not be had, or is too short, another one is made up and
 * the content is tried with that: neither the error nor the time says what went wrong (RFC 7516, section 11.5).
 */
function* openWith(parsed: ParsedJwe, attempt: Attempt, key: Key): Steps<Uint8Array | undefined> {
  const { content, decryption } = attempt
  const found = attempt.row.family === "dir" ? key : yield* decryptKey(decryption, key)
  const { iv, ciphertext, tag, authenticated: aad } = parsed
  const right = iv.length === content.ivBytes && tag.length === content.tagBytes
  const parts = right
    ? { iv, ciphertext, tag, aad }
    : { iv: new Uint8Array(content.ivBytes), ciphertext, tag: new Uint8Array(content.tagBytes), aad }
  const cek = hasLength(found, content.keyBytes) ? found : undefined
  const opening = cipher.open(content, cek ?? randomBytes(content.keyBytes), parts)
  const plaintext = isPending(opening) ? yield* wait(opening) : opening
  return cek !== undefined && right ? plaintext : undefined
}

function hasLength(key: SecretKey | undefined, bytes: number): boolean {
  return key instanceof Uint8Array ? key.length === bytes : key?.bits === bytes * 8
}

/** The content is genuine here: what its compression does is its maker's doing. */
function* inflate(compressed: Uint8Array, rules: DecryptRules): Steps<Uint8Array> {
  const plaintext = yield* wait(cipher.inflate(compressed, rules.maxDecompressedBytes))
  if (plaintext === undefined) throw decryptionFailed()
  if (plaintext === "too_large")
    throw new DecodeError(
      "token_too_large",
      `the plaintext is longer than ${rules.maxDecompressedBytes} bytes (maxDecompressedBytes)`,
    )
  return plaintext
}
