/** What a call answered, in words that fit into a table: `accepted`, or class and code of the error. */
import { JwtError } from "jotkit"

/** A value whose type the signature forbids: what a caller without a type checker would pass. */
export function untyped<T>(value: unknown): T {
  return value as T
}

/** Runs a call. Answers `accepted`, or for example `DecodeError token_malformed`. An error of another kind is a leak and is thrown on. */
export function outcome(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return refusal(error)
  }
  return "accepted"
}

/** As {@link outcome}, for a promise. */
export async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return refusal(error)
  }
  return "accepted"
}

/** The error that a call must throw. */
export function errorOf(call: () => unknown): JwtError {
  try {
    call()
  } catch (error) {
    if (error instanceof JwtError) return error
    throw error
  }
  throw new Error("expected a refusal, and the call was accepted")
}

function refusal(error: unknown): string {
  if (error instanceof JwtError) return `${error.constructor.name} ${error.code}`
  throw error
}
