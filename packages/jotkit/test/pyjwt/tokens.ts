/** Tokens made by hand, so that they can say what no encoder writes. Keys and names follow PyJWT's own tests. */
import { createHmac } from "node:crypto"
import { type DecodeOptions, decode, type EncodeOptions, encode, type JwtClaims } from "jotkit"

/** `{"a":1}` under the secret `secret`. */
export const GOOD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.57TF7smP9XDhIexBqPC-F1toZReYZLWb_YRU5tv0sxM"

/** The three segments of {@link GOOD}, which has three. */
export const [GOOD_HEADER, GOOD_PAYLOAD, GOOD_SIGNATURE] = GOOD.split(".") as [string, string, string]

/** The header that PyJWT writes for HS256. */
export const HS256_HEADER = { alg: "HS256", typ: "JWT" }

/** Encodes the content of a segment. */
export function segment(content: string | Uint8Array): string {
  return (typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content)).toString("base64url")
}

/** Signs segments as they stand with HMAC-SHA-256. */
export function signSegments(signingInput: string, secret: string | Uint8Array = "secret"): string {
  return `${signingInput}.${createHmac("sha256", secret).update(signingInput).digest("base64url")}`
}

/** A token whose header and payload are these bytes, valid JSON or not. */
export function rawToken(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  secret?: string | Uint8Array,
): string {
  return signSegments(`${segment(header)}.${segment(payload)}`, secret)
}

/** A token with these claims, whatever they are, and this header, whatever it says. */
export function hs(claims: unknown, header: object = HS256_HEADER, secret?: string | Uint8Array): string {
  return rawToken(JSON.stringify(header), JSON.stringify(claims), secret)
}

/** Decodes with the secret `secret` and HS256. */
export function dec(token: string | Uint8Array, options: DecodeOptions = {}): JwtClaims {
  return decode(token, "secret", { algorithms: ["HS256"], ...options })
}

/** Encodes with the secret `secret`. */
export function enc(claims: object, options: EncodeOptions = {}): string {
  return encode(claims, "secret", options)
}

/** The parsed header of a compact token. */
export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(headerText(token)) as Record<string, unknown>
}

/** The header's JSON as it was written. */
export function headerText(token: string): string {
  return textOf(token.split(".")[0])
}

/** The payload's JSON as it was written. */
export function payloadText(token: string): string {
  return textOf(token.split(".")[1])
}

function textOf(segmentText = ""): string {
  return Buffer.from(segmentText, "base64url").toString("utf8")
}
