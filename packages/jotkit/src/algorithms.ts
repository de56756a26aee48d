/** The signature algorithms there are, and your own beside them. */

import { decodeBase64Url, encodeBase64Url } from "#bytes"
import type { Key } from "./crypto/key.ts"
import { engine } from "./crypto/platform.ts"
import {
  addAlgorithm,
  algorithmNames,
  builtInRow,
  customAlgorithm,
  isKnownAlgorithm,
  removeAlgorithm,
  type SignatureAlgorithm,
} from "./crypto/registry.ts"
import type { HashName, SignatureRow } from "./crypto/signature-algorithms.ts"
import { InvalidKeyError, UsageError } from "./errors.ts"
import { unknownAlgorithm } from "./jose/options.ts"
import { runAsync, runSync, type Steps, wait } from "./jose/steps.ts"
import { Jwk, jwkOf } from "./jwk.ts"
import { assertMaterialFits, operatorFor } from "./keys/fit.ts"
import { readKeySource } from "./keys/source.ts"

export type { SignatureAlgorithm } from "./crypto/registry.ts"

/** A built-in algorithm as an object: the primitive itself, without tokens around it. */
export interface BuiltInAlgorithm extends SignatureAlgorithm {
  readonly name: string
  /** Whether this runtime has it; UsageError `sync_unavailable` where that takes a promise to find out. */
  readonly available: boolean
  /** As {@link available}. */
  availableAsync(): Promise<boolean>
  /** The algorithm's hash of some bytes, as for OpenID Connect's `at_hash`; UsageError where there is none. */
  digest(bytes: Uint8Array): Uint8Array
  /** As {@link digest}. */
  digestAsync(bytes: Uint8Array): Promise<Uint8Array>
}

const rowOf = new WeakMap<object, SignatureRow>()

/**
 * Adds an algorithm under a name that is free. Every door knows it from then on, `Jwk` included.
 *
 * @throws UsageError `algorithm_registered` if the name is taken, `argument_invalid` if it is not an algorithm.
 */
export function registerAlgorithm(name: string, algorithm: SignatureAlgorithm): void {
  if (typeof name !== "string" || name === "") throw new UsageError("argument_invalid", "an algorithm needs a name")
  if (isKnownAlgorithm(name))
    throw new UsageError(
      "algorithm_registered",
      `the algorithm ${name} exists already; take it out with unregisterAlgorithm first`,
    )
  if (!isAlgorithm(algorithm))
    throw new UsageError("argument_invalid", "an algorithm is an object with family, prepareKey, sign and verify")
  const row = rowOf.get(algorithm)
  addAlgorithm(name, row?.name === name ? row : algorithm)
}

/**
 * Takes an algorithm out, a built-in one too: nothing can be signed or verified with it any more.
 *
 * @throws UsageError `algorithm_unknown` if there is none of this name.
 */
export function unregisterAlgorithm(name: string): void {
  if (!removeAlgorithm(name))
    throw new UsageError("algorithm_unknown", "there is no algorithm of this name to take out")
}

/**
 * The algorithm of this name.
 *
 * @throws InvalidAlgorithmError `algorithm_unknown`
 */
export function getAlgorithm(name: string): SignatureAlgorithm | BuiltInAlgorithm {
  const custom = customAlgorithm(name)
  if (custom !== undefined) return custom
  const row = builtInRow(name)
  if (row === undefined) throw unknownAlgorithm(name)
  const algorithm = builtIn(row)
  rowOf.set(algorithm, row)
  return algorithm
}

/** The names of all signature algorithms, built-in ones first. */
export function listAlgorithms(): string[] {
  return algorithmNames()
}

function isAlgorithm(value: unknown): value is SignatureAlgorithm {
  if (typeof value !== "object" || value === null) return false
  const { family, prepareKey, sign, verify } = value as Partial<SignatureAlgorithm>
  return typeof family === "string" && [prepareKey, sign, verify].every((member) => typeof member === "function")
}

function builtIn(row: SignatureRow): BuiltInAlgorithm {
  return {
    name: row.name,
    family: row.family,
    get available() {
      return runSync(() => wait(engine.supports(row)), "availableAsync")
    },
    availableAsync() {
      return runAsync(() => wait(engine.supports(row)))
    },
    prepareKey(input) {
      if (row.family === "none") return assertNoKey(input)
      const key = keyFrom(input)
      assertMaterialFits(row, key)
      return input instanceof Jwk ? input : jwkOf(key)
    },
    async sign(data, key) {
      if (row.family === "none") return new Uint8Array()
      const signature = await operatorFor(row, keyFrom(key), "sign", false).sign(bytesOnly(data))
      return decodeBase64Url(signature) ?? new Uint8Array()
    },
    async verify(data, key, signature) {
      if (row.family === "none") return false
      const text = encodeBase64Url(bytesOnly(signature))
      return (await operatorFor(row, keyFrom(key), "verify", false).verify(bytesOnly(data), text)) === true
    },
    digest(bytes) {
      return runSync(() => digestSteps(row, bytes), "digestAsync")
    },
    digestAsync(bytes) {
      return runAsync(() => digestSteps(row, bytes))
    },
  }
}

function* digestSteps(row: SignatureRow, bytes: Uint8Array): Steps<Uint8Array> {
  return new Uint8Array(yield* wait(engine.digest(hashOf(row), bytesOnly(bytes))))
}

function keyFrom(input: unknown): Key {
  const source = readKeySource(input)
  if (source.kind === "key") return source.key
  throw new InvalidKeyError("key_unsuitable", "expected one key")
}

function bytesOnly(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new UsageError(
    "argument_invalid",
    `expected bytes (Uint8Array), found ${value === null ? "null" : typeof value}`,
  )
}

function assertNoKey(input: unknown): null {
  if (input === null || input === undefined || input === "") return null
  throw new InvalidKeyError("key_unsuitable", "the algorithm none takes no key: give null")
}

function hashOf(row: SignatureRow): HashName {
  if (row.hash !== undefined) return row.hash
  throw new UsageError("argument_invalid", `${row.name} has no hash of its own`)
}
