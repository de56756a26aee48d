/** One way to write each address, so that two can be compared (RFC 3986, section 6.2). */

/** ASCII without spaces and backslashes: what a parser for browsers would mend is no address here. */
const HTTP_URI = /^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i
const PERCENT_ENCODED = /%[0-9a-f]{2}/gi
const UNRESERVED = /^[\w.~-]$/

/**
 * An http or https address without query and fragment: scheme and host in lower case, no standard port, no dot segments, percent signs
 * only where they are needed and with capitals. Undefined for any other text, and for one that holds a user.
 */
export function normalizeHttpUri(text: string): string | undefined {
  if (!HTTP_URI.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname, username, password } = new URL(text)
  return username === "" && password === "" ? origin + pathname.replace(PERCENT_ENCODED, normalizeOctet) : undefined
}

/** The path of a request's target (RFC 9112, section 3.2), without its query; undefined where it has none. */
export function pathOfTarget(target: string): string | undefined {
  if (target.startsWith("/")) return target.split(/[?#]/, 1)[0]
  return HTTP_URI.test(target) && URL.canParse(target) ? new URL(target).pathname : undefined
}

function normalizeOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoded.toUpperCase()
}
