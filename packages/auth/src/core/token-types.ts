/** The kinds of token, by the `type` claim; their media types say the same once more. */

import { UsageError } from "jotkit"
import { own } from "./options.ts"

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["access", "at+jwt"],
  ["refresh", "rt+jwt"],
])

/** `typ` for tokens of a type: `at+jwt` (RFC 9068, section 2.1), `rt+jwt`, else the type's own name with `+jwt`. */
export function mediaTypeOf(type: string): string {
  return MEDIA_TYPES.get(type) ?? `${type}+jwt`
}

/**
 * A type for a new token.
 *
 * @throws UsageError `argument_invalid` for an empty one, and for those whose media type would be that of access or refresh tokens.
 */
export function tokenTypeOf(type: string): string {
  if (typeof type === "string" && type !== "" && type !== "at" && type !== "rt") return type
  throw new UsageError("argument_invalid", "the type of a token must be a name, and neither `at` nor `rt`")
}

/** Whether the `typ` of a header is this, with or without `application/`, and without regard to case (RFC 7515, section 4.1.9). */
export function isMediaType(header: object, mediaType: string): boolean {
  const typ = own(header, "typ")
  return typeof typ === "string" && typ.toLowerCase().replace(/^application\//, "") === mediaType.toLowerCase()
}
