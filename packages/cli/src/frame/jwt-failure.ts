/** Refusals of the library, by whose fault they are. */

import type { JwtError } from "jotkit"
import type { Word } from "../words/en.ts"
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

/** Codes that the shared catalogues have no words for: in another language a sentence stands around the library's own. */
const INTRODUCTIONS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ["decryption_failed", "library_decryption"],
  ["header_not_allowed", "library_header"],
  ["option_invalid", "library_option"],
])

/** A refusal as a failure of the program. Messages of the library hold no token and no secret. */
export function failureOfJwt(error: JwtError): Failure {
  const code = PARTICULAR.get(error.code) ?? CODES[error.fault]
  return new Failure(code, INTRODUCTIONS.get(error.code) ?? "library", error.message, error.code)
}
