/** The serializations of JWE (RFC 7516, section 7): compact, flattened and general, read into one shape and written from one. */
import { decodeBase64UrlPooled, encodeLatin1 } from "#bytes"
import { isJsonObject, type JsonObject, jsonLoss, own } from "../codec/json.ts"
import { DecodeError } from "../errors.ts"
import { assertHeaderTypes, type JoseHeader, NO_HEADER, type ParsedHeader, parseHeader } from "./header.ts"

/** One recipient of a JWE (RFC 7516, section 7.2.1). */
export interface JweRecipient {
  /** What only this recipient's header holds; not protected. */
  header?: JoseHeader
  /** Base64url; absent where the key is not sent. */
  encrypted_key?: string
}

interface SharedMembers {
  /** Base64url of the protected header. */
  protected?: string
  /** Header for all recipients that is not protected. */
  unprotected?: JoseHeader
  /** Base64url of additional authenticated data. */
  aad?: string
  iv?: string
  ciphertext: string
  tag?: string
}

/** A JWE for one recipient (RFC 7516, section 7.2.2). */
export interface FlattenedJwe extends SharedMembers, JweRecipient {}

/** A JWE for several recipients (RFC 7516, section 7.2.1). */
export interface GeneralJwe extends SharedMembers {
  recipients: JweRecipient[]
}

/** A JWE that was read: shapes checked, nothing trusted. */
export interface ParsedJwe {
  readonly protectedHeader: ParsedHeader
  readonly unprotected: JsonObject | undefined
  readonly recipients: readonly ParsedRecipient[]
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
  /** What is authenticated beside the ciphertext (RFC 7516, section 5.2, step 15). */
  readonly authenticated: Uint8Array
  /** The caller's part of that; absent where there is none. */
  readonly aad: Uint8Array | undefined
}

/** One recipient, with the union of the headers that count for it. */
export interface ParsedRecipient {
  readonly header: ParsedHeader
  readonly unprotected: JsonObject | undefined
  readonly encryptedKey: Uint8Array
}

const MAX_RECIPIENTS = 32
const PARTS = 5
const DOT = "."

/** Reads the compact serialization (RFC 7516, section 7.1). */
export function parseCompactJwe(token: string, maxLength: number): ParsedJwe {
  if (token.length > maxLength) throw tooLarge("the token", maxLength)
  const parts = token.split(DOT, PARTS + 1)
  if (parts.length !== PARTS) throw new DecodeError("token_malformed", wrongParts(parts.length))
  const [headerText = "", encryptedKey = "", iv = "", ciphertext = "", tag = ""] = parts
  const header = parseHeader(headerText)
  return {
    protectedHeader: header,
    unprotected: undefined,
    recipients: [{ header, unprotected: undefined, encryptedKey: bytesOf("encrypted key", encryptedKey) }],
    iv: bytesOf("initialization vector", iv),
    ciphertext: bytesOf("ciphertext", ciphertext),
    tag: bytesOf("authentication tag", tag),
    authenticated: encodeLatin1(headerText),
    aad: undefined,
  }
}

/** Reads a flattened or general JWE. */
export function parseJsonJwe(jwe: object, maxLength: number): ParsedJwe {
  if (!isJsonObject(jwe)) throw malformed("expected a JWE object")
  const protectedText = textMember(jwe, "protected", maxLength) ?? ""
  const aad = textMember(jwe, "aad", maxLength)
  const ciphertext = textMember(jwe, "ciphertext", maxLength)
  if (ciphertext === undefined) throw malformed("`ciphertext` is missing")
  const protectedHeader = protectedText === "" ? NO_HEADER : parseHeader(protectedText)
  const unprotected = headerMember(jwe, "unprotected")
  const recipients = recipientsOf(jwe).map((entry) =>
    parseRecipient(entry, { protectedHeader, unprotected, maxLength }),
  )
  assertOneContentEncryption(recipients)
  return {
    protectedHeader,
    unprotected,
    recipients,
    iv: bytesOf("initialization vector", textMember(jwe, "iv", maxLength) ?? ""),
    ciphertext: bytesOf("ciphertext", ciphertext),
    tag: bytesOf("authentication tag", textMember(jwe, "tag", maxLength) ?? ""),
    authenticated: authenticatedData(protectedText, aad),
    aad: aad === undefined ? undefined : bytesOf("additional authenticated data", aad),
  }
}

/** RFC 7516, section 5.1, step 14. */
export function authenticatedData(protectedText: string, aad: string | undefined): Uint8Array {
  return encodeLatin1(aad === undefined ? protectedText : `${protectedText}.${aad}`)
}

/** Why the three headers cannot stand together; undefined if they can (RFC 7516, section 7.2.1). */
export function headerClash(
  protectedMembers: JsonObject,
  unprotected: JsonObject | undefined,
  recipient: JsonObject | undefined,
): string | undefined {
  if (unprotected === undefined && recipient === undefined) return undefined
  const seen = new Set(Object.keys(protectedMembers))
  for (const members of [unprotected, recipient]) {
    for (const name of Object.keys(members ?? {})) {
      if (seen.has(name)) return "a header parameter stands in more than one header"
      // RFC 7516, sections 4.1.3 and 4.1.13.
      if (name === "crit" || name === "zip") return `\`${name}\` must be protected`
      seen.add(name)
    }
  }
  return undefined
}

function recipientsOf(jwe: JsonObject): readonly JsonObject[] {
  const recipients = own(jwe, "recipients")
  if (recipients === undefined) return [jwe]
  if (own(jwe, "header") !== undefined || own(jwe, "encrypted_key") !== undefined)
    throw malformed("`recipients` excludes `header` and `encrypted_key`")
  if (!Array.isArray(recipients) || recipients.length === 0)
    throw malformed("`recipients` must be an array with at least one entry")
  if (recipients.length > MAX_RECIPIENTS)
    throw new DecodeError("token_too_large", `there are more than ${MAX_RECIPIENTS} recipients`)
  return Array.from(recipients, (entry: unknown) => {
    if (isJsonObject(entry)) return entry
    throw malformed("every entry of `recipients` must be an object")
  })
}

/** The content is encrypted once, so `enc` is the same for all (RFC 7516, section 7.2.1). */
function assertOneContentEncryption(recipients: readonly ParsedRecipient[]): void {
  const [first, ...others] = recipients.map(({ header }) => own(header.members, "enc"))
  if (others.some((enc) => enc !== first))
    throw new DecodeError("header_invalid", "`enc` must be the same for all recipients")
}

function parseRecipient(
  entry: JsonObject,
  shared: {
    readonly protectedHeader: ParsedHeader
    readonly unprotected: JsonObject | undefined
    readonly maxLength: number
  },
): ParsedRecipient {
  const own = headerMember(entry, "header")
  return {
    header: joined(shared.protectedHeader, shared.unprotected, own),
    unprotected: own,
    encryptedKey: bytesOf("encrypted key", textMember(entry, "encrypted_key", shared.maxLength) ?? ""),
  }
}

/** The JOSE header of one recipient: the union of three (RFC 7516, section 4). */
function joined(
  protectedHeader: ParsedHeader,
  unprotected: JsonObject | undefined,
  recipient: JsonObject | undefined,
): ParsedHeader {
  if (unprotected === undefined && recipient === undefined) return protectedHeader
  const clash = headerClash(protectedHeader.members, unprotected, recipient)
  if (clash !== undefined) throw new DecodeError("header_invalid", clash)
  const members = Object.assign(Object.create(null), protectedHeader.members, unprotected, recipient) as JsonObject
  assertHeaderTypes(members)
  const { alg, kid } = members
  return {
    ...protectedHeader,
    members,
    alg: typeof alg === "string" && alg !== "" ? alg : undefined,
    kid: typeof kid === "string" ? kid : undefined,
  }
}

function headerMember(holder: JsonObject, name: string): JsonObject | undefined {
  const header = own(holder, name)
  if (header === undefined) return undefined
  if (!isJsonObject(header)) throw malformed(`\`${name}\` must be an object`)
  if (jsonLoss(header) !== undefined)
    throw new DecodeError("header_invalid", `\`${name}\` is not JSON, or nested too deep`)
  return header
}

function textMember(holder: JsonObject, name: string, maxLength: number): string | undefined {
  const text = own(holder, name)
  if (text === undefined) return undefined
  if (typeof text !== "string") throw malformed(`\`${name}\` must be a string`)
  if (text.length > maxLength) throw tooLarge(`\`${name}\``, maxLength)
  return text
}

function bytesOf(part: string, text: string): Uint8Array {
  const bytes = decodeBase64UrlPooled(text)
  if (bytes === undefined) throw malformed(`the ${part} is not canonical base64url`)
  return bytes
}

function wrongParts(found: number): string {
  if (found === 3) return "expected an encrypted token (JWE) with 5 parts, found a signed one (JWS) with 3"
  return `expected an encrypted token (JWE) with ${PARTS} parts, found ${found > PARTS ? `more than ${PARTS}` : found}`
}

function tooLarge(what: string, maxLength: number): DecodeError {
  return new DecodeError("token_too_large", `${what} is longer than ${maxLength} characters`)
}

function malformed(message: string): DecodeError {
  return new DecodeError("token_malformed", message)
}
