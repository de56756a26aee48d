/**
 * Is this really a secret? A verifier that takes a public key for an HMAC secret accepts tokens that anyone can make, since
 * anyone has the public key (CVE-2015-9235 and a dozen like it). So whatever can be read as asymmetric key material, or as
 * a JWK, in any disguise that has been used, is never a secret.
 */
import { decodeBase64, decodeUtf8, decodeUtf16, encodeLatin1, encodeUtf8 } from "#bytes"
import { parseJsonText } from "../codec/json-text.ts"
import { InvalidKeyError } from "../errors.ts"
import { hasKeyShape } from "./der.ts"

// Any BEGIN line counts, complete or not, in the style of PEM or of SSH2.
const BEGIN_LINE = /-{4,5}\s*BEGIN\b/
const SSH_START = /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/
/** A public key line behind something else: options of `authorized_keys`, a name in a file of settings. */
const SSH_LINE = /(?:^|[^\w-])(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w@.-]{1,64}\s+AAAA/
/** The binary form says its type after the length of the type's name (RFC 4253, section 6.6). */
const SSH_TYPE_START = /^(?:ssh-|ecds|sk-[se])/
// White space, controls, byte order marks and zero-width characters before the first letter.
// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL before the key is one of the disguises
const BLANK_START = /^[\s\u0000-\u0020\u200b-\u200f\u2060\ufeff]+/
const BASE64_TEXT = /^[A-Za-z0-9+/_-]+={0,2}$/
const HEX_TEXT = /^(?:0x)?(?:[0-9a-f]{2}:?)+$/i
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
  return shapeOf(bytes) ?? firstDisguise(readings(bytes), disguiseOfText)
}

function firstDisguise<T>(values: readonly T[], find: (value: T) => Disguise): Disguise {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** What bytes are that are not text. */
function shapeOf(bytes: Uint8Array): Disguise {
  if (hasKeyShape(bytes)) return "a DER key or certificate"
  const isSsh = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0
  return isSsh && SSH_TYPE_START.test(decodeUtf8(bytes.subarray(4, 8)) ?? "") ? "an OpenSSH key" : undefined
}

/** The texts that bytes may stand for: UTF-8, and UTF-16 or UTF-32 where there are zero bytes. */
function readings(bytes: Uint8Array): string[] {
  const texts = [decodeUtf8(bytes)]
  if (bytes.includes(0))
    texts.push(decodeUtf16(bytes, false), decodeUtf16(bytes, true), decodeUtf8(withoutZeros(bytes)))
  return texts.filter((text) => text !== undefined)
}

/** Key text is ASCII: in wider encodings its bytes stand among zeros, after a byte order mark. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte) => byte !== 0 && byte < 0xfe)
}

function disguiseOfText(text: string): Disguise {
  // DER whose bytes were put into characters, one each.
  if (text.startsWith("0") && hasKeyShape(encodeLatin1(text))) return "a DER key or certificate"
  return plainDisguise(text) ?? firstDisguise(unwrapped(text), disguiseOfUnwrapped)
}

function plainDisguise(text: string): Disguise {
  if (BEGIN_LINE.test(text)) return "a PEM key or certificate"
  const start = text.replace(BLANK_START, "")
  if (SSH_START.test(start) || SSH_LINE.test(start)) return "an OpenSSH key"
  return (start.startsWith("{") || start.startsWith("[")) && looksLikeJwk(start) ? "a JWK" : undefined
}

/** What text says in base64 or hexadecimal. */
function unwrapped(text: string): Uint8Array[] {
  const compact = text.replace(BLANK_START, "").replaceAll(/\s+/g, "")
  if (compact.length < SHORTEST_WRAPPED) return []
  const found: Uint8Array[] = []
  if (BASE64_TEXT.test(compact)) found.push(decodeBase64(compact))
  if (HEX_TEXT.test(compact)) found.push(decodeHex(compact.replace(/^0x/i, "").replaceAll(":", "")))
  return found
}

function decodeHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
}

function disguiseOfUnwrapped(bytes: Uint8Array): Disguise {
  return shapeOf(bytes) ?? plainDisguise(decodeUtf8(bytes) ?? "")
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
