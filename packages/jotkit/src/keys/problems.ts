/** Errors about keys, all made here so that their words stand side by side. No message holds key material. */
import { type ErrorCode, InvalidKeyError } from "../errors.ts"

/** The key cannot be read. */
export function unreadableKey(what: string, cause?: unknown): InvalidKeyError {
  return new InvalidKeyError("key_invalid", `${what} cannot be read as a key${reasonOf(cause)}`, {
    cause: withoutMaterial(cause),
  })
}

/** A JWK member is missing, of the wrong type or out of range. */
export function invalidJwk(what: string, cause?: unknown): InvalidKeyError {
  return new InvalidKeyError("jwk_invalid", `invalid JWK: ${what}`, { cause: withoutMaterial(cause) })
}

/** The key does not suit the algorithm or the use. */
export function unsuitableKey(message: string, code: ErrorCode = "key_unsuitable"): InvalidKeyError {
  return new InvalidKeyError(code, message)
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : ""
}

/** The platform's error, reduced to its words: some runtimes put the input into the error's properties. */
function withoutMaterial(cause: unknown): unknown {
  return cause instanceof Error ? new Error(cause.message) : undefined
}
