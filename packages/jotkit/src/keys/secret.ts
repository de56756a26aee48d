/**
 * Is this really a secret? A verifier that takes a public key for an HMAC secret accepts tokens that anyone can make, since
 * anyone has the public key (CVE-2015-9235 and a dozen like it). So whatever can be read as asymmetric key material, or as
 * a JWK, in any disguise that has been used, is never a secret.
 */
import { decodeBase64, decodeUtf8, decodeUtf16, encodeLatin1, encodeUtf8 } from "../codec/bytes.ts"
import { parseJsonText } from "../codec/json-text.ts"
import { InvalidKeyError } from "../errors.ts"
import { hasKeyShape } from "./der.ts"

// Any BEGIN line counts, complete or not, in the style of PEM or of SSH2.
const BEGIN_LINE = /-{4,5}\s*BEGIN\b/
const SSH_START = /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/
// White space, controls, byte order marks and zero-width characters before the first letter.
// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL before the key is one of the disguises
const BLANK_START = /^[\s\u0000-\u0020\u200b-\u200f\u2060\ufeff]+/
const BASE64_TEXT = /^[A-Za-z0-9+/_-]+={0,2}$/
/** Nothing shorter than this in base64 holds a key or a JWK with its `kty`. */
const SHORTEST_WRAPPED = 16
const MAX_SEARCH_DEPTH = 100

/** What a secret turned out to be. */
type Disguise = "a PEM key or certificate" | "an OpenSSH key" | "a DER key or certificate" | "a JWK" | undefined

/** Recognises key text that is meant to be read as a key, not as a secret. */
export function isKeyText(text: string): boolean {
  return BEGIN_LINE.test(text) || SSH_START.test(text.replace(BLANK_START, ""))
}

/** Refuses an empty secret and asymmetric key material in whatever disguise. */
export function assertSecret(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new InvalidKeyError("secret_empty", "the secret is empty")
  const disguise = disguiseOf(bytes)
  if (disguise === undefined) return
  const hint =
    disguise === "a JWK" ? "read it with Jwk.from(text)" : "name an asymmetric algorithm, such as RS256, ES256 or EdDSA"
  throw new InvalidKeyError("secret_is_key_material", `the secret is ${disguise}; if it is the key you mean, ${hint}`)
}

function disguiseOf(bytes: Uint8Array): Disguise {
  if (hasKeyShape(bytes)) return "a DER key or certificate"
  for (const text of readings(bytes)) {
    const found = disguiseOfText(text)
    if (found !== undefined) return found
  }
  return undefined
}

/** The texts that bytes may stand for: UTF-8, and UTF-16 where there are zero bytes. */
function readings(bytes: Uint8Array): string[] {
  const texts: string[] = []
  const utf8 = decodeUtf8(bytes)
  if (utf8 !== undefined) texts.push(utf8)
  if (bytes.includes(0)) texts.push(decodeUtf16(bytes, false), decodeUtf16(bytes, true))
  return texts
}

function disguiseOfText(text: string): Disguise {
  if (BEGIN_LINE.test(text)) return "a PEM key or certificate"
  // DER whose bytes were put into characters, one each.
  if (text.startsWith("0") && hasKeyShape(encodeLatin1(text))) return "a DER key or certificate"
  const start = text.replace(BLANK_START, "")
  if (SSH_START.test(start)) return "an OpenSSH key"
  if (start.startsWith("{") || start.startsWith("[")) return looksLikeJwk(start) ? "a JWK" : undefined
  const compact = start.replaceAll(/\s+/g, "")
  if (compact.length < SHORTEST_WRAPPED || !BASE64_TEXT.test(compact)) return undefined
  return disguiseOfWrapped(decodeBase64(compact))
}

function disguiseOfWrapped(bytes: Uint8Array): Disguise {
  if (hasKeyShape(bytes)) return "a DER key or certificate"
  const text = decodeUtf8(bytes)?.replace(BLANK_START, "") ?? ""
  if (BEGIN_LINE.test(text)) return "a PEM key or certificate"
  return text.startsWith("{") || text.startsWith("[") ? (looksLikeJwk(text) ? "a JWK" : undefined) : undefined
}

function looksLikeJwk(text: string): boolean {
  try {
    return holdsKeyType(parseJsonText(text), 0)
  } catch {
    return false
  }
}

function holdsKeyType(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false
  // Nested deeper than any secret has reason to be: taken for a disguise.
  if (depth > MAX_SEARCH_DEPTH || Object.hasOwn(value, "kty")) return true
  return Object.values(value).some((member) => holdsKeyType(member, depth + 1))
}

/** A secret's bytes: text is UTF-8. The bytes are the package's own copy. */
export function secretBytes(secret: string | Uint8Array): Uint8Array {
  return typeof secret === "string" ? encodeUtf8(secret) : new Uint8Array(secret)
}
