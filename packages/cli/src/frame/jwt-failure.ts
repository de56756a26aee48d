/** Refusals of the library, by whose fault they are. */

import type { JwtError } from "jotkit"
import { type ExitCode, Failure } from "./failure.ts"

const CODES: Readonly<Record<JwtError["fault"], ExitCode>> = { token: "input", key: "key", usage: "usage" }
/** Codes that the exit statuses put elsewhere than their fault does. */
const PARTICULAR: ReadonlyMap<string, ExitCode> = new Map<string, ExitCode>([
  ["decryption_failed", "key"],
  ["algorithm_not_allowed", "key"],
  ["algorithm_mismatch", "key"],
  ["algorithm_unavailable", "key"],
  ["jwks_unreachable", "network"],
  ["jwks_response_invalid", "network"],
])

/** A refusal as a failure of the program. Messages of the library hold no token and no secret. */
export function failureOfJwt(error: JwtError): Failure {
  const code = PARTICULAR.get(error.code) ?? CODES[error.fault]
  return new Failure(code, "library", error.message, error.code)
}
