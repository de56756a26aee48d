/** The kinds of token, by the `type` claim; their media types say the same once more. */

const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["access", "at+jwt"],
  ["refresh", "rt+jwt"],
])

/** `typ` for tokens of a type: `at+jwt` (RFC 9068, section 2.1), `rt+jwt`, else the type's own name with `+jwt`. */
export function mediaTypeOf(type: string): string {
  return MEDIA_TYPES.get(type) ?? `${type}+jwt`
}
