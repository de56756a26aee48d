/** Where the core gets its keys: one for signing, any number for verifying. */

import {
  decodeUnverified,
  Jwk,
  type JwkObject,
  JwkSet,
  type JwkSource,
  type JwtClaims,
  JwtError,
  type KeyInput,
  Signer,
  type UnverifiedHeader,
  UsageError,
  Verifier,
  type VerifierOptions,
} from "jotkit"
import type { Eventual } from "./eventual.ts"
import { invalidOption, isRecord } from "./options.ts"

/** What keys are used with, the same for every token of an auth. */
export type ClaimRules = Pick<
  VerifierOptions,
  "issuer" | "audience" | "leeway" | "now" | "verify" | "require" | "cache"
>

/** Verifies a token; throws a `JwtError`, or rejects with it. */
export type Verify = (token: string) => Eventual<JwtClaims>

/** Answers with the key that signs the tokens of a subject; its `kid` goes into their headers. */
export type SigningKeyOf = (subject: string) => JwkSource | Promise<JwkSource>

/** Answers with the key of a token, by header and claims that nobody has verified: hostile text. Undefined or null: there is none. */
export type VerificationKeyOf = (
  header: UnverifiedHeader,
  claims: Readonly<Record<string, unknown>>,
) => KeyInput | null | undefined | Promise<KeyInput | null | undefined>

interface SigningKey {
  readonly key: Jwk
  readonly algorithm: string
}

/** Keys of one party. */
export interface AuthKeys {
  /** The key for new tokens of a subject, and its algorithm. */
  signing(subject: string): Promise<SigningKey>
  /** A function that verifies by these rules. */
  verifier(rules: ClaimRules): Verify
  /** What may be published: public keys, never a secret. */
  published(): Promise<{ keys: JwkObject[] }>
}

interface FixedOptions {
  readonly key: JwkSource | SigningKeyOf | undefined
  readonly verificationKey: KeyInput | VerificationKeyOf | undefined
  readonly algorithm: string | undefined
  readonly algorithms: readonly string[] | undefined
  readonly enforceMinimumKeyLength: boolean
}

/** Keys that stay the same while the program runs, or that functions of the caller's choose. */
export function fixedKeys(options: FixedOptions): AuthKeys {
  const { enforceMinimumKeyLength, key: given } = options
  const read = given === undefined || typeof given === "function" ? undefined : readKey(given)
  const algorithm = options.algorithm ?? read?.algorithm ?? (read?.isSymmetric ? "HS256" : undefined)
  const algorithms = acceptedAlgorithms(options, algorithm)
  const rule = { enforceMinimumKeyLength, option: "algorithm" }
  const key = read === undefined || algorithm === undefined ? undefined : keyFor(algorithm, read, rule)
  const ownKey = key === undefined || key.isSymmetric ? key : key.publicKey()
  const keyToVerify = options.verificationKey ?? verifyingKey(read, ownKey, options)
  if (keyToVerify === undefined)
    throw new UsageError("option_invalid", "the option `verificationKey` must be given where `key` is a function")
  return {
    async signing(subject) {
      if (given === undefined || algorithm === undefined)
        throw new UsageError("option_invalid", "tokens are made with the option `key`, which is absent")
      if (key !== undefined) return { key, algorithm }
      const chosen = typeof given === "function" ? await given(subject) : given
      return { key: keyFor(algorithm, readKey(chosen), rule), algorithm }
    },
    verifier(rules) {
      return verifyWith(keyToVerify, { ...rules, algorithms, enforceMinimumKeyLength })
    },
    published() {
      return Promise.resolve(ownKey === undefined || ownKey.isSymmetric ? { keys: [] } : JwkSet.from([ownKey]).toJSON())
    },
  }
}

/** The list of the options, or the one algorithm of the key. */
function acceptedAlgorithms({ algorithms, key }: FixedOptions, algorithm: string | undefined): string[] {
  if (algorithm === undefined && (key !== undefined || algorithms === undefined))
    throw new UsageError("algorithm_required", "the option `algorithm` must be given with this key")
  const list = algorithms ?? [algorithm ?? ""]
  const symmetric = list.filter((name) => name.startsWith("HS")).length
  // A public key that passes for a secret is known to all (RFC 8725, section 3.2).
  if (symmetric !== 0 && symmetric !== list.length)
    throw invalidOption("algorithms", "all for secrets (HS256 …), or none")
  return [...list]
}

/** A key that is marked for one algorithm is good for no other, so a list needs it as it was given. */
function verifyingKey(read: Jwk | undefined, ownKey: Jwk | undefined, options: FixedOptions): Jwk | undefined {
  const { algorithms, enforceMinimumKeyLength } = options
  if (read === undefined || algorithms === undefined) return ownKey
  for (const name of algorithms) keyFor(name, read, { enforceMinimumKeyLength, option: "algorithms" })
  return read.isSymmetric ? read : read.publicKey()
}

/** Rules, and which algorithms the key is for. */
export type VerifierRules = ClaimRules & { readonly algorithms: string[]; readonly enforceMinimumKeyLength: boolean }

/** Verifies with a key, or with whichever a function of the caller's answers with; a secret does so at once. */
export function verifyWith(key: KeyInput | VerificationKeyOf, rules: VerifierRules): Verify {
  if (typeof key === "function")
    return (token) => {
      const claims = unverifiedClaims(token)
      return new Verifier({ ...rules, key: (header) => key(header, claims) }).verifyAsync(token)
    }
  const verifier = new Verifier({ ...rules, key })
  return key instanceof Jwk && key.isSymmetric ? atOnce(verifier) : (token) => verifier.verifyAsync(token)
}

/** Secrets do not wait for another thread; only where the platform itself answers with promises nothing comes at once. */
function atOnce(verifier: Verifier): Verify {
  let isPossible = true
  return (token) => {
    try {
      if (isPossible) return verifier.verify(token)
    } catch (error) {
      isPossible = !(error instanceof UsageError && error.code === "sync_unavailable")
      if (isPossible) throw error
    }
    return verifier.verifyAsync(token)
  }
}

/** What a token claims to say; nothing, where it cannot be read: that is told by whoever verifies it. */
function unverifiedClaims(token: string): Readonly<Record<string, unknown>> {
  try {
    const { payload } = decodeUnverified(token)
    return isRecord(payload) ? payload : {}
  } catch (error) {
    if (error instanceof JwtError) return {}
    throw error
  }
}

interface KeyRule {
  readonly enforceMinimumKeyLength: boolean
  /** Whose fault it is. */
  readonly option: string
}
/** No keys: for those who take other parties' tokens and make none. */
export const NO_KEYS: AuthKeys = Object.freeze({
  signing: () =>
    Promise.reject(new UsageError("option_invalid", "tokens are made with the option `key`, which is absent")),
  verifier: () => () => Promise.reject(new JwtError("key_not_found", "there are no keys for tokens of our own")),
  published: () => Promise.resolve({ keys: [] }),
})

/** The key, marked for its algorithm. One that does not fit would refuse every token, and only then. */
function keyFor(algorithm: string, read: Jwk, { enforceMinimumKeyLength, option }: KeyRule): Jwk {
  if (JwkSet.from([read]).find({ algorithm }).length === 0) throw invalidOption(option, "one that the key is for")
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
