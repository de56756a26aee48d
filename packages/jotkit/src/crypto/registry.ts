/** Which algorithms there are: the rows of the table that were not taken out, and what callers registered. */
import { SIGNATURE_ROWS, type SignatureRow } from "./signature-algorithms.ts"

/**
 * A signature algorithm of the caller's own. Its functions get bytes and the key that `prepareKey` made of the caller's key; they
 * may answer with promises, then only the Async forms can use it.
 */
export interface SignatureAlgorithm {
  /** What kind of algorithm it is, in one word; for messages and listings. */
  readonly family: string
  /** Turns the key given to `encode` or `decode` (or one of a set, as a `Jwk`) into what `sign` and `verify` take; throws if it does not fit. */
  prepareKey(key: unknown): unknown
  /** Signs the JWS signing input (RFC 7515, section 5.1). */
  sign(data: Uint8Array, key: unknown): Uint8Array | Promise<Uint8Array>
  /** Whether the signature is genuine; must not throw for one that is not. Only `true` counts. */
  verify(data: Uint8Array, key: unknown, signature: Uint8Array): boolean | Promise<boolean>
}

const rows = new Map<string, SignatureRow>(SIGNATURE_ROWS.map((row) => [row.name, row]))
const custom = new Map<string, SignatureAlgorithm>()
let changes = 0

/** The built-in algorithm of this name, unless it was taken out. */
export function builtInRow(name: string): SignatureRow | undefined {
  return rows.get(name)
}

/** The registered algorithm of this name. */
export function customAlgorithm(name: string): SignatureAlgorithm | undefined {
  return custom.get(name)
}

/** Whether a caller registered any algorithm. */
export function hasCustomAlgorithms(): boolean {
  return custom.size > 0
}

/** Whether the name means something. */
export function isKnownAlgorithm(name: string): boolean {
  return rows.has(name) || custom.has(name)
}

/** All names: built-in ones first. */
export function algorithmNames(): string[] {
  return [...rows.keys(), ...custom.keys()]
}

/** How often the algorithms were changed: what was prepared under another number may no longer be right. */
export function registryChanges(): number {
  return changes
}

/** Adds an algorithm: a row puts a built-in one back. */
export function addAlgorithm(name: string, algorithm: SignatureAlgorithm | SignatureRow): void {
  changes++
  if ("sign" in algorithm) custom.set(name, algorithm)
  else rows.set(name, algorithm)
}

/** Takes an algorithm out; false if there is none of this name. */
export function removeAlgorithm(name: string): boolean {
  changes++
  return custom.delete(name) || rows.delete(name)
}
