/** The JSON serializations (RFC 7515, section 7.2): read into the shape that compact tokens have, too. */
import { concatBytes, encodeBase64Url, encodeLatin1, encodeUtf8 } from "#bytes"
import { isJsonObject, type JsonObject, jsonLoss, own } from "../codec/json.ts"
import type { SigningInput } from "../crypto/key.ts"
import { DecodeError, UsageError } from "../errors.ts"
import type { ParsedJws } from "./compact.ts"
import { assertHeaderTypes, type JoseHeader, NO_HEADER, type ParsedHeader, parseHeader } from "./header.ts"

/** One signature over a payload (RFC 7515, section 7.2.2). */
export interface FlattenedJws {
  /** Base64url, or plain text where `b64` is false; absent where it is detached. */
  payload?: string
  /** Base64url of the protected header. */
  protected?: string
  /** The unprotected header. */
  header?: JoseHeader
  signature: string
}

/** Several signatures over one payload (RFC 7515, section 7.2.1). */
export interface GeneralJws {
  payload?: string
  signatures: Omit<FlattenedJws, "payload">[]
}

/** One signature of a JSON serialization, with its unprotected header. */
export interface ParsedJsonJws extends ParsedJws {
  readonly unprotected: JsonObject | undefined
}

/** How the JSON serializations are to be read. */
export interface JsonRules {
  readonly detachedPayload: Uint8Array | undefined
  readonly allowUnprotectedAlgorithm: boolean
  readonly maxTokenLength: number
}

const MAX_SIGNATURES = 32

/** Reads a flattened or general JWS. */
export function parseJson(jws: object, rules: JsonRules): ParsedJsonJws[] {
  if (!isJsonObject(jws)) throw malformed("expected a JWS object")
  const entries = signaturesOf(jws)
  const payload = own(jws, "payload")
  if (payload !== undefined && typeof payload !== "string") throw malformed("`payload` must be a string")
  if ((payload?.length ?? 0) > rules.maxTokenLength)
    throw new DecodeError("token_too_large", `the payload is longer than ${rules.maxTokenLength} characters`)
  const parsed = entries.map((entry) => parseSignature(entry, payload, rules))
  // RFC 7797, section 3: one payload, one way of encoding it.
  if (parsed.some(({ header }) => header.b64 !== parsed[0]?.header.b64))
    throw new DecodeError("header_invalid", "the signatures disagree about `b64`")
  return parsed
}

/** The signing input of a payload, and what stands for it in the serialization. */
export function encodePayload(
  headerText: string,
  payload: Uint8Array,
  b64: boolean,
): { input: SigningInput; text: string | undefined } {
  if (b64) {
    const text = encodeBase64Url(payload)
    return { input: `${headerText}.${text}`, text }
  }
  return { input: concatBytes(encodeLatin1(`${headerText}.`), payload), text: undefined }
}

/** Refuses unprotected members that are protected too, or that must be (RFC 7515, sections 4 and 4.1.11; RFC 7797, section 3). */
function unprotectedProblem(unprotected: JsonObject, protectedMembers: JsonObject): string | undefined {
  for (const name of Object.keys(unprotected)) {
    if (Object.hasOwn(protectedMembers, name))
      return "a header parameter stands in both the protected and the unprotected header"
    if (name === "crit" || name === "b64") return `\`${name}\` must be protected`
  }
  return undefined
}

/** Checks the caller's unprotected header on the way out. */
export function assertWritableUnprotected(unprotected: JsonObject, protectedMembers: JsonObject): void {
  const problem = unprotectedProblem(unprotected, protectedMembers)
  if (problem !== undefined) throw new UsageError("header_not_allowed", problem)
}

function signaturesOf(jws: JsonObject): readonly JsonObject[] {
  const signatures = own(jws, "signatures")
  if (signatures === undefined) return [jws]
  if (own(jws, "signature") !== undefined) throw malformed("`signature` and `signatures` exclude each other")
  if (!Array.isArray(signatures) || signatures.length === 0)
    throw malformed("`signatures` must be an array with at least one entry")
  if (signatures.length > MAX_SIGNATURES)
    throw new DecodeError("token_too_large", `there are more than ${MAX_SIGNATURES} signatures`)
  return Array.from(signatures, (entry: unknown) => {
    if (isJsonObject(entry)) return entry
    throw malformed("every entry of `signatures` must be an object")
  })
}

function parseSignature(entry: JsonObject, payload: string | undefined, rules: JsonRules): ParsedJsonJws {
  const protectedText = own(entry, "protected")
  const unprotected = own(entry, "header")
  const signature = own(entry, "signature")
  if (typeof signature !== "string") throw malformed("`signature` must be a string")
  if (protectedText !== undefined && typeof protectedText !== "string") throw malformed("`protected` must be a string")
  if (unprotected !== undefined && !isJsonObject(unprotected)) throw malformed("`header` must be an object")
  if (jsonLoss(unprotected) !== undefined)
    throw new DecodeError("header_invalid", "the unprotected header is not JSON, or nested too deep")
  if (!protectedText && unprotected === undefined)
    throw malformed("there is neither a protected nor an unprotected header")
  if (signature.length > rules.maxTokenLength)
    throw new DecodeError("token_too_large", `the signature is longer than ${rules.maxTokenLength} characters`)
  const header = withUnprotected(protectedText ? parseHeader(protectedText) : NO_HEADER, unprotected, rules)
  return { header, signature, unprotected, ...payloadOf(header, payload, rules.detachedPayload) }
}

function withUnprotected(header: ParsedHeader, unprotected: JsonObject | undefined, rules: JsonRules): ParsedHeader {
  if (unprotected === undefined) return header
  const problem = unprotectedProblem(unprotected, header.members)
  if (problem !== undefined) throw new DecodeError("header_invalid", problem)
  assertHeaderTypes(unprotected)
  const alg = own(unprotected, "alg")
  const kid = own(unprotected, "kid")
  if (alg !== undefined && !rules.allowUnprotectedAlgorithm)
    throw new DecodeError("header_invalid", "`alg` must be protected, unless allowUnprotectedAlgorithm is true")
  return {
    ...header,
    alg: typeof alg === "string" && alg !== "" ? alg : header.alg,
    kid: typeof kid === "string" ? kid : header.kid,
  }
}

function payloadOf(
  header: ParsedHeader,
  payload: string | undefined,
  detached: Uint8Array | undefined,
): Pick<ParsedJws, "payload" | "signingInput"> {
  if (detached !== undefined && payload !== undefined && payload !== "") {
    throw new DecodeError(
      "payload_not_detached",
      "a detached payload was given, but the JWS holds a payload of its own",
    )
  }
  if (payload === undefined && detached === undefined)
    throw new DecodeError("payload_missing", "the payload is detached; give it as `detachedPayload`")
  if (!header.b64) {
    const bytes = detached ?? encodeUtf8(payload ?? "")
    return { payload: bytes, signingInput: concatBytes(encodeLatin1(`${header.text}.`), bytes) }
  }
  if (detached === undefined) return { payload: payload ?? "", signingInput: `${header.text}.${payload}` }
  return { payload: detached, signingInput: `${header.text}.${encodeBase64Url(detached)}` }
}

function malformed(message: string): DecodeError {
  return new DecodeError("token_malformed", message)
}
