/** From the caller's key and a token's header to the keys that may be used for it. */
import type { Key } from "../crypto/key.ts"
import { InvalidKeyError } from "../errors.ts"
import { type KeySource, keyFunctionFailed, readKeySource } from "../keys/source.ts"
import { headerForCaller, type ParsedHeader } from "./header.ts"
import { Deferred, type Steps, wait } from "./steps.ts"

/** Keys of a set that are tried for one token. */
export const MAX_CANDIDATES = 16

/** The key as it was given, and what it became, where that is known already. */
export interface GivenKey {
  readonly key: unknown
  readonly source: KeySource | undefined
}

/** Asks key functions and remote sets; everything else is its own answer. */
export function* resolveSource(header: ParsedHeader, given: GivenKey): Steps<KeySource> {
  let source = given.source ?? readKeySource(given.key)
  if (source.kind === "function") {
    let answer: unknown
    try {
      answer = yield* wait(source.call(headerForCaller(header)))
    } catch (cause) {
      throw keyFunctionFailed(cause)
    }
    // An empty text would be an empty secret: no key means no key (CVE-2026-45363).
    if (answer === undefined || answer === null || answer === "") throw noKeyFound()
    source = readKeySource(answer)
    if (source.kind === "function")
      throw new InvalidKeyError("key_invalid", "the key function answered with another function")
  }
  if (source.kind !== "remote") return source
  const { find } = source
  return { kind: "keys", keys: yield* wait(new Deferred(() => find(headerForCaller(header)))) }
}

/** The keys with the header's `kid`; where no key has it, those that have none: a set may leave ids out (RFC 7515, appendix A.6). */
export function named(keys: readonly Key[], keyId: string | undefined): readonly Key[] {
  if (keyId === undefined) return keys
  const exact = keys.filter((key) => key.keyId === keyId)
  return exact.length > 0 ? exact : keys.filter((key) => key.keyId === undefined)
}

/** The error where no key fits. */
export function noKeyFound(): InvalidKeyError {
  return new InvalidKeyError("key_not_found", "no key was found that fits the token's header")
}
