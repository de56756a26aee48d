/** The compact serialization (RFC 7515, section 7.1): three segments with dots between them. */
import { concatBytes, decodeBase64UrlPooled, decodeUtf8, encodeBase64Url, encodeLatin1 } from "#bytes"
import type { SigningInput } from "../crypto/key.ts"
import { DecodeError } from "../errors.ts"
import { type ParsedHeader, parseHeader } from "./header.ts"

/** One signature with what it signs: shape checked, nothing trusted. */
export interface ParsedJws {
  readonly header: ParsedHeader
  /** Base64url text, or bytes where the payload is detached or unencoded. */
  readonly payload: string | Uint8Array
  readonly signingInput: SigningInput
  /** Base64url text. */
  readonly signature: string
}

/**
 * Refuses payload and signature that are not canonical base64url: one token has one spelling. Whoever refuses a token for another
 * reason asks this first, so that what cannot be read is reported before what does not fit; whoever accepts one decodes it.
 */
export function assertReadable(parsed: ParsedJws): void {
  if (typeof parsed.payload === "string" && decodeBase64UrlPooled(parsed.payload) === undefined)
    throw unreadable("payload")
  if (decodeBase64UrlPooled(parsed.signature) === undefined) throw unreadable("signature")
}

/** The payload's bytes, in memory of their own. */
export function payloadBytes(parsed: ParsedJws): Uint8Array {
  const bytes = typeof parsed.payload === "string" ? decodeBase64UrlPooled(parsed.payload) : parsed.payload
  if (bytes === undefined) throw unreadable("payload")
  return new Uint8Array(bytes)
}

/** The error for a part that is not canonical base64url. */
export function unreadable(part: "payload" | "signature"): DecodeError {
  return new DecodeError("token_malformed", `the ${part} is not canonical base64url`)
}

/** Most characters of a compact JWS, unless the caller says otherwise. */
export const MAX_TOKEN_CHARACTERS = 65_536

const DOT = "."

/** How a compact token is to be read. */
export interface ParseRules {
  readonly maxTokenLength: number
  readonly detachedPayload: Uint8Array | undefined
  readonly acceptPadding: boolean
}

/** Text of a token, or the error that says what else was found. Bytes without end are refused before they become text. */
export function tokenText(token: unknown, maxTokenLength: number): string {
  if (typeof token === "string") return token
  // Every character of a token is one byte.
  if (token instanceof Uint8Array && token.length > maxTokenLength) throw tooLong(maxTokenLength)
  const text = token instanceof Uint8Array ? decodeUtf8(token) : undefined
  if (text !== undefined) return text
  throw new DecodeError(
    "token_malformed",
    `expected a token as string or UTF-8 bytes, found ${token === null ? "null" : typeof token}`,
  )
}

/** Reads a compact JWS. */
export function parseCompact(token: string, rules: ParseRules): ParsedJws {
  if (token.length > rules.maxTokenLength) throw tooLong(rules.maxTokenLength)
  const headerEnd = token.indexOf(DOT)
  const payloadEnd = token.indexOf(DOT, headerEnd + 1)
  if (headerEnd === -1 || payloadEnd === -1) throw malformedSegments(token)
  const signatureText = token.slice(payloadEnd + 1)
  if (signatureText.includes(DOT)) throw malformedSegments(token)

  const header = parseHeader(unpadded(token.slice(0, headerEnd), rules))
  const segment = token.slice(headerEnd + 1, payloadEnd)
  const signature = unpadded(signatureText, rules)
  if (rules.detachedPayload === undefined && header.b64) {
    return { header, payload: unpadded(segment, rules), signingInput: token.slice(0, payloadEnd), signature }
  }
  return { header, signature, ...withRawPayload(header, token.slice(0, headerEnd), segment, rules.detachedPayload) }
}

/** RFC 7515, appendix F, and RFC 7797: the payload comes from the caller, or stands in the token unencoded. */
function withRawPayload(
  header: ParsedHeader,
  headerText: string,
  segment: string,
  detached: Uint8Array | undefined,
): Pick<ParsedJws, "payload" | "signingInput"> {
  if (detached !== undefined && segment !== "") {
    throw new DecodeError(
      "payload_not_detached",
      "a detached payload was given, but the token holds a payload of its own",
    )
  }
  if (detached !== undefined && header.b64)
    return { payload: detached, signingInput: `${headerText}.${encodeBase64Url(detached)}` }
  if (detached === undefined && segment === "") {
    throw new DecodeError("payload_missing", "the token's payload is detached; give it as `detachedPayload`")
  }
  const payload = detached ?? encodeUnencoded(segment)
  return { payload, signingInput: concatBytes(encodeLatin1(`${headerText}.`), payload) }
}

/** RFC 7797, section 5.2: printable ASCII without a dot. */
function encodeUnencoded(segment: string): Uint8Array {
  if (!/^[\u0020-\u007e]*$/.test(segment))
    throw new DecodeError("token_malformed", "the unencoded payload holds characters that a compact token cannot")
  return encodeLatin1(segment)
}

function unpadded(segment: string, rules: ParseRules): string {
  if (!rules.acceptPadding || !segment.endsWith("=") || segment.length % 4 !== 0) return segment
  return segment.replace(/={1,2}$/, "")
}

function tooLong(maxTokenLength: number): DecodeError {
  return new DecodeError("token_too_large", `the token is longer than ${maxTokenLength} characters`)
}

function malformedSegments(token: string): DecodeError {
  let dots = 0
  for (let at = token.indexOf(DOT); at !== -1 && dots <= 4; at = token.indexOf(DOT, at + 1)) dots++
  if (dots === 4)
    return new DecodeError(
      "token_encrypted",
      "expected a signed token (JWS) with 3 parts, found an encrypted one (JWE) with 5; decrypt opens those",
    )
  const found = dots > 4 ? "more than 5" : String(dots + 1)
  return new DecodeError("token_malformed", `expected a token with 3 parts, found ${found}${hint(token)}`)
}

function hint(token: string): string {
  return token.trimStart().startsWith("{") ? "; the text is JSON: parse it, and give the object to verifyJws" : ""
}
