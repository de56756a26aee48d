/** Bytes as tokens write them. */

const STEP = 8192
const encoder = new TextEncoder()

/** Base64url without padding (RFC 7515, section 2); a text as its UTF-8. */
export function base64Url(content: string | Uint8Array): string {
  const bytes = typeof content === "string" ? encoder.encode(content) : content
  let letters = ""
  // In steps: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += STEP) letters += String.fromCharCode(...bytes.subarray(at, at + STEP))
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
