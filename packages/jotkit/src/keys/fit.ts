/** May this key do this for this algorithm? Asked before any cryptography. */

import type { Key, Operator } from "../crypto/key.ts"
import { engine } from "../crypto/platform.ts"
import { unavailable } from "../crypto/runtime.ts"
import { SIGNATURE_ROWS, type SignatureRow } from "../crypto/signature-algorithms.ts"
import { InvalidAlgorithmError, InvalidKeyError, type JwtError } from "../errors.ts"
import { unsuitableKey } from "./problems.ts"

export type KeyUse = "sign" | "verify"

const RSA_BITS = 2048
const CURVE_ALGORITHMS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ["P-256", ["ES256"]],
  ["P-384", ["ES384"]],
  ["P-521", ["ES512"]],
  ["secp256k1", ["ES256K"]],
  ["Ed25519", ["EdDSA", "Ed25519"]],
  ["Ed448", ["EdDSA", "Ed448"]],
  ["ML-DSA-44", ["ML-DSA-44"]],
  ["ML-DSA-65", ["ML-DSA-65"]],
  ["ML-DSA-87", ["ML-DSA-87"]],
])

/** The signature algorithms that the key itself names: the one it is marked for, or those of its curve. None for a bare RSA key or secret. */
export function namedAlgorithms(key: Key): readonly string[] {
  return key.algorithm === undefined ? (CURVE_ALGORITHMS.get(key.curve ?? "") ?? []) : [key.algorithm]
}

/** Why the key must not be used so; undefined if it may. */
export function misfit(row: SignatureRow, key: Key, use: KeyUse): JwtError | undefined {
  return materialMisfit(row, key) ?? labelMisfit(row, key, use)
}

/**
 * The operator of a key that fits, made once and kept with the key.
 *
 * @param enforceLength - A key shorter than the algorithm asks for is refused; otherwise it is warned of, once.
 */
export function operatorFor(row: SignatureRow, key: Key, use: KeyUse, enforceLength: boolean): Operator {
  let operator = key.operators[use].get(row.name)
  if (operator === undefined) {
    const error = misfit(row, key, use)
    if (error !== undefined) throw error
    if (isMissing(row)) throw unavailable(row.name)
    operator = engine.operator(row, key)
    key.operators[use].set(row.name, operator)
  }
  const short = key.bits !== 0 && key.bits < leastBits(row)
  if (short && (enforceLength || !key.warned)) handleShortKey(key, enforceLength, shortness(row, key))
  return operator
}

/**
 * Whether this runtime is known to lack an algorithm. Where it can only be asked and waited for, nobody waits here: the first
 * use of a key finds out.
 */
export function isMissing(row: SignatureRow): boolean {
  return engine.answersAtOnce && engine.supports(row) === false
}

/** The error for a key on a curve (or of a parameter set) that this runtime is known to lack; undefined otherwise. */
export function lacking(curve: string | undefined): InvalidAlgorithmError | undefined {
  const row = SIGNATURE_ROWS.find(({ curves }) => curves?.length === 1 && curves[0] === curve)
  return row === undefined || !isMissing(row) ? undefined : unavailable(row.name)
}

/** Refuses a key of another type, curve or strength than the algorithm's, whatever it is to be used for. */
export function assertMaterialFits(row: SignatureRow, key: Key): void {
  const error = materialMisfit(row, key)
  if (error !== undefined) throw error
}

function materialMisfit(row: SignatureRow, key: Key): JwtError | undefined {
  if (row.keyType !== key.keyType)
    return unsuitableKey(`${row.name} needs ${describeNeed(row)}, found ${describe(key)}`)
  if (row.curves !== undefined && !row.curves.includes(key.curve ?? "")) {
    return unsuitableKey(`${row.name} needs ${describeNeed(row)}, found ${describe(key)}`)
  }
  if (key.keyType === "RSA") return rsaMisfit(row, key)
  return undefined
}

function rsaMisfit(row: SignatureRow, key: Key): JwtError | undefined {
  const hashBytes = row.hashBytes ?? 0
  if (row.family !== "rsapss")
    return key.pss === undefined ? undefined : unsuitableKey(`an RSASSA-PSS key cannot be used for ${row.name}`)
  // The encoded message holds hash, salt of the same length and two more bytes (RFC 8017, section 9.1.1).
  if (Math.ceil((key.bits - 1) / 8) < 2 * hashBytes + 2)
    return unsuitableKey(`the RSA key is too short for ${row.name}`, "key_too_short")
  const { hash, maskHash } = key.pss ?? {}
  const other = (hash ?? row.hash) !== row.hash || (maskHash ?? row.hash) !== row.hash
  const salt = key.pss?.saltBytes !== undefined && key.pss.saltBytes > hashBytes
  return other || salt
    ? unsuitableKey(`the RSASSA-PSS key is restricted to other parameters than ${row.name}'s`)
    : undefined
}

function labelMisfit(row: SignatureRow, key: Key, use: KeyUse): JwtError | undefined {
  if (use === "sign" && key.type === "public")
    return unsuitableKey("a public key cannot sign; give the private key", "key_not_private")
  if (key.usages !== undefined && !key.usages.includes(use))
    return unsuitableKey(`the CryptoKey's usages do not hold \`${use}\``, "key_not_for_use")
  if (key.algorithm !== undefined && key.algorithm !== row.name) {
    const message = `the key is marked for another algorithm than ${row.name}`
    return use === "sign" ? unsuitableKey(message) : new InvalidAlgorithmError("algorithm_mismatch", message)
  }
  if (key.use !== undefined && key.use !== "sig")
    return unsuitableKey("the key's `use` is not `sig`", "key_not_for_use")
  if (key.operations !== undefined && !key.operations.includes(use))
    return unsuitableKey(`the key's \`key_ops\` do not hold \`${use}\``, "key_not_for_use")
  return undefined
}

function describeNeed(row: SignatureRow): string {
  if (row.keyType === "oct") return "a secret"
  return row.curves === undefined
    ? `an ${row.keyType} key`
    : `a key of type ${row.keyType} with ${row.curves.join(" or ")}`
}

function describe(key: Key): string {
  if (key.keyType === "oct") return "a secret"
  return key.curve === undefined ? `an ${key.keyType} key` : `a key of type ${key.keyType} with ${key.curve}`
}

/** RFC 7518, sections 3.2 and 3.3. */
function leastBits(row: SignatureRow): number {
  if (row.family === "hmac") return (row.hashBytes ?? 0) * 8
  return row.keyType === "RSA" ? RSA_BITS : 0
}

function shortness(row: SignatureRow, key: Key): string {
  return row.family === "hmac"
    ? `the secret is ${key.bits / 8} bytes long; ${row.name} asks for ${leastBits(row) / 8} or more (RFC 7518, section 3.2)`
    : `the RSA key has ${key.bits} bits; ${row.name} asks for ${leastBits(row)} or more (RFC 7518, section 3.3)`
}

/** Refuses a key that is too short, or warns of it, once. */
export function handleShortKey(key: Key, enforce: boolean, message: string): void {
  if (enforce) throw new InvalidKeyError("key_too_short", message)
  key.warned = true
  warn(message)
}

function warn(message: string): void {
  const { process, console } = globalThis as {
    process?: { emitWarning?: (message: string, type: string) => void }
    console?: { warn: (message: string) => void }
  }
  if (process?.emitWarning === undefined) console?.warn(`InsecureKeyLengthWarning: ${message}`)
  else process.emitWarning(message, "InsecureKeyLengthWarning")
}
