/** The checks of a verification and their answers, under the names that scripts rely on. */

/** Which rule. */
export type CheckId =
  | "structure"
  | "signature"
  | "key"
  | "exp"
  | "nbf"
  | "iat"
  | "iss"
  | "aud"
  | "sub"
  | "jti"
  | "typ"
  | "nonce"
  | "max-age"
  | "require"

/** One check and its answer. */
export interface Check {
  readonly id: CheckId
  /** `skipped`: nothing was asked, or there is nothing to check. `unavailable`: it cannot be checked here. */
  readonly status: "pass" | "fail" | "skipped" | "unavailable"
  /** Why, as a stable name: where it is one of `jotkit`'s, an `ErrorCode`. Undefined for `pass`. */
  readonly code: string | undefined
  /** What the check is about: the claim's name, the algorithm. Never a claim's value. */
  readonly detail: string
}

/** A check that holds. */
export function passed(id: CheckId, detail = ""): Check {
  return { id, status: "pass", code: undefined, detail }
}

/** A check that does not hold. */
export function failed(id: CheckId, code: string, detail = ""): Check {
  return { id, status: "fail", code, detail }
}

/** A check that was not made. */
export function skipped(id: CheckId, code: string, detail = ""): Check {
  return { id, status: "skipped", code, detail }
}

/** A check that cannot be made. */
export function unavailable(id: CheckId, code: string, detail = ""): Check {
  return { id, status: "unavailable", code, detail }
}
