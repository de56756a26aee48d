/** Where the core gets its keys: one for signing, any number for verifying. */

import {
  type DecodeOptions,
  Jwk,
  type JwkObject,
  JwkSet,
  type JwkSource,
  type JwtClaims,
  JwtError,
  type KeyInput,
  Signer,
  UsageError,
  Verifier,
} from "jotkit"
import { invalidOption } from "./options.ts"

/** What keys are used with, the same for every token of an auth. */
export type ClaimRules = Pick<DecodeOptions, "issuer" | "audience" | "leeway" | "now" | "verify" | "require">

/** Verifies a token, or rejects with a `JwtError`. */
export type Verify = (token: string) => Promise<JwtClaims>

/** Keys of one party. */
export interface AuthKeys {
  /** The key for new tokens, and its algorithm. */
  signing(): Promise<{ readonly key: Jwk; readonly algorithm: string }>
  /** A function that verifies by these rules. */
  verifier(rules: ClaimRules): Verify
  /** What may be published: public keys, never a secret. */
  published(): Promise<{ keys: JwkObject[] }>
}

interface FixedOptions {
  readonly key: JwkSource | undefined
  readonly verificationKey: KeyInput | undefined
  readonly algorithm: string | undefined
  readonly enforceMinimumKeyLength: boolean
}

/** Keys that stay the same while the program runs. */
export function fixedKeys(options: FixedOptions): AuthKeys {
  const { enforceMinimumKeyLength, verificationKey } = options
  const read = options.key === undefined ? undefined : readKey(options.key)
  const algorithm = options.algorithm ?? read?.algorithm ?? (read?.isSymmetric ? "HS256" : undefined)
  if (algorithm === undefined)
    throw new UsageError("algorithm_required", "the option `algorithm` must be given with this key")
  const key = read === undefined ? undefined : keyFor(algorithm, read, enforceMinimumKeyLength)
  const ownKey = key === undefined || key.isSymmetric ? key : key.publicKey()
  const keyToVerify = verificationKey ?? ownKey
  if (keyToVerify === undefined) throw new UsageError("option_invalid", "the option `key` must be given")
  return {
    signing() {
      if (key === undefined)
        return Promise.reject(
          new UsageError("option_invalid", "tokens are made with the option `key`, which is absent"),
        )
      return Promise.resolve({ key, algorithm })
    },
    verifier(rules) {
      const verifier = new Verifier({ ...rules, key: keyToVerify, algorithms: [algorithm], enforceMinimumKeyLength })
      return (token) => verifier.verifyAsync(token)
    },
    published() {
      return Promise.resolve(ownKey === undefined || ownKey.isSymmetric ? { keys: [] } : JwkSet.from([ownKey]).toJSON())
    },
  }
}

/** The key, marked for its algorithm. One that does not fit would refuse every token, and only then. */
function keyFor(algorithm: string, read: Jwk, enforceMinimumKeyLength: boolean): Jwk {
  if (JwkSet.from([read]).find({ algorithm }).length === 0) throw invalidOption("algorithm", "one that the key is for")
  const key = Jwk.from(read, { algorithm })
  if (key.isPrivate || key.isSymmetric) new Signer({ key, algorithm, enforceMinimumKeyLength })
  return key
}

/** Text is a secret unless it is PEM, as everywhere in jotkit. */
function readKey(source: JwkSource): Jwk {
  if (source instanceof Jwk) return source
  if (typeof source !== "string") return Jwk.from(source)
  return source.includes("-----BEGIN ") ? Jwk.fromPem(source) : Jwk.from(new TextEncoder().encode(source))
}

/** Whether an error says that no key fits the token: the client's affair, unlike keys that cannot be had. */
export function isUnknownKey(error: unknown): boolean {
  return error instanceof JwtError && error.code === "key_not_found"
}
