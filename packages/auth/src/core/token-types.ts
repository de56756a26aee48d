/** The kinds of token, by the `type` claim; their media types say the same once more. */

import { own } from "./options.ts"

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["access", "at+jwt"],
  ["refresh", "rt+jwt"],
])

/** `typ` for tokens of a type: `at+jwt` (RFC 9068, section 2.1), `rt+jwt`, else the type's own name with `+jwt`. */
export function mediaTypeOf(type: string): string {
  return MEDIA_TYPES.get(type) ?? `${type}+jwt`
}

/** Whether the `typ` of a header is this, with or without `application/`, and without regard to case (RFC 7515, section 4.1.9). */
export function isMediaType(header: object, mediaType: string): boolean {
  const typ = own(header, "typ")
  return typeof typ === "string" && typ.toLowerCase().replace(/^application\//, "") === mediaType.toLowerCase()
}
