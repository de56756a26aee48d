/** The protected header (RFC 7515, section 4): read strictly, written as asked. */
import { decodeBase64UrlPooled, encodeTextBase64Url } from "#bytes"
import {
  copyOfJson,
  hasOwnForm,
  isJsonObject,
  type JsonObject,
  type JsonProblem,
  jsonLoss,
  own,
  parseJsonObject,
} from "../codec/json.ts"
import { DecodeError, UsageError } from "../errors.ts"

/** A JOSE header (RFC 7515, section 4). What stands in it is not to be trusted before the signature holds. */
export interface JoseHeader {
  alg?: string
  /** Media type of the whole token. */
  typ?: string
  /** Media type of the payload. */
  cty?: string
  /** Key id. */
  kid?: string
  /** Names of extensions that must be understood. */
  crit?: string[]
  /** False: the payload is not base64url (RFC 7797). */
  b64?: boolean
  [name: string]: unknown
}

/** A header that was read: its shape is right, nothing more is known. Kept and shared, so it is never handed out. */
export interface ParsedHeader {
  readonly text: string
  readonly members: JsonObject
  readonly alg: string | undefined
  readonly kid: string | undefined
  readonly crit: readonly string[] | undefined
  readonly b64: boolean
}

/** No protected header at all, which the JSON serializations allow. */
export const NO_HEADER: ParsedHeader = {
  text: "",
  members: {},
  alg: undefined,
  kid: undefined,
  crit: undefined,
  b64: true,
}

/** Header parameters that `crit` must not name (RFC 7515, section 4.1.11): those of RFC 7515, 7516 and 7518. */
const REGISTERED: ReadonlySet<string> = new Set([
  ...["alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit"],
  ...["enc", "zip", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c"],
])
type ParameterType = readonly [expected: string, fits: (value: unknown) => boolean]
const TEXT: ParameterType = ["a string", (value) => typeof value === "string"]
const PARAMETER_TYPES: ReadonlyMap<string, ParameterType> = new Map<string, ParameterType>([
  ...["kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"].map((name) => [name, TEXT] as const),
  ["jwk", ["an object", isJsonObject]],
  ["x5c", ["an array of strings", isTexts]],
])
const UNDERSTOOD = "b64"
const MAX_HEADER_CHARACTERS = 16_384
const MAX_KEPT = 128
const MAX_KEPT_CHARACTERS = 1024

const PROBLEMS: Readonly<Record<JsonProblem, string>> = {
  not_utf8: "is not UTF-8",
  not_json: "is not JSON",
  not_object: "is not a JSON object",
  too_deep: "is nested deeper than 100 levels",
  duplicate: "holds a member name twice",
}

/** Headers read lately: almost all tokens of one issuer begin with the same text. */
const kept = new Map<string, ParsedHeader>()
let latest: ParsedHeader | undefined

/** Reads a protected header from its base64url text. */
export function parseHeader(text: string): ParsedHeader {
  if (latest?.text === text) return latest
  const parsed = kept.get(text) ?? readHeader(text)
  if (text.length > MAX_KEPT_CHARACTERS) return parsed
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(text, parsed)
  latest = parsed
  return parsed
}

/** A header of its own for the caller, who may change it. */
export function headerForCaller(header: ParsedHeader): JoseHeader {
  return copyOfJson(header.members) as JoseHeader
}

/** Reads the members of header JSON, checking their types. `where` names the header in messages. */
export function parseHeaderMembers(bytes: Uint8Array): JsonObject {
  const { value, problem } = parseJsonObject(bytes, "all")
  if (problem !== undefined)
    throw new DecodeError(
      problem === "duplicate" ? "duplicate_member" : "header_invalid",
      `the header ${PROBLEMS[problem]}`,
    )
  return value
}

/** Checks the parameters that every header may have, of whatever origin. */
export function assertHeaderTypes(members: JsonObject): void {
  const problem = typeProblem(members)
  if (problem !== undefined) throw new DecodeError("header_invalid", problem)
}

/** Checks the caller's header on the way out, by the rules a reader will apply. */
export function assertWritableTypes(members: JsonObject): void {
  const problem = typeProblem(members)
  if (problem !== undefined) throw new UsageError("header_not_allowed", problem)
}

/** RFC 7515, section 4.1. Nothing here follows `jku` or takes keys from `jwk` and `x5c`, but a reader behind may. */
function typeProblem(members: JsonObject): string | undefined {
  for (const [name, [expected, fits]] of PARAMETER_TYPES) {
    const value = own(members, name)
    if (value !== undefined && !fits(value)) return `the header parameter \`${name}\` must be ${expected}`
  }
  return undefined
}

/** Refuses critical extensions that neither this package nor the caller understands. `b64` means something in a JWS only. */
export function assertUnderstood(
  header: ParsedHeader,
  understood: readonly string[] | undefined,
  ofPackage: string = UNDERSTOOD,
): void {
  if (header.crit === undefined) return
  const unknown = header.crit.some((name) => name !== ofPackage && understood?.includes(name) !== true)
  if (unknown) throw new DecodeError("crit_invalid", "the header's `crit` names an extension that is not understood")
}

/** The caller's header members, copied to the last level and without a prototype; refused where JSON cannot say them. */
export function headerCopy(header: Readonly<JsonObject> | undefined): JsonObject | undefined {
  if (header === undefined) return undefined
  const loss = jsonLoss(header)
  if (loss !== undefined) throw new UsageError("header_not_allowed", `the header holds ${loss}`)
  return Object.assign(Object.create(null) as JsonObject, copied(header))
}

function copied<T>(value: T): T {
  if (typeof value !== "object" || value === null || hasOwnForm(value)) return value
  if (Array.isArray(value)) return value.map(copied) as T
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)])) as T
}

/** Writes a protected header as base64url. */
export function encodeHeader(members: JsonObject): string {
  return encodeTextBase64Url(JSON.stringify(members))
}

/** Members sorted by name at every depth, as PyJWT writes headers. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  )
}

/** Checks the caller's `crit` on the way out, by the rules a reader will apply. */
export function assertWritableCrit(members: JsonObject): void {
  const problem = critProblem(members)
  if (problem !== undefined) throw new UsageError("header_not_allowed", problem)
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string")
}

function readHeader(text: string): ParsedHeader {
  if (text.length > MAX_HEADER_CHARACTERS)
    throw new DecodeError("token_too_large", `the header is longer than ${MAX_HEADER_CHARACTERS} characters`)
  const bytes = decodeBase64UrlPooled(text)
  if (bytes === undefined || bytes.length === 0) {
    const hint = /^\s*bearer\s/i.test(text) ? "; the text begins with Bearer, give only what follows" : ""
    throw new DecodeError("token_malformed", `the header is not canonical base64url${hint}`)
  }
  const members = parseHeaderMembers(bytes)
  assertHeaderTypes(members)
  const problem = critProblem(members)
  if (problem !== undefined) throw new DecodeError("crit_invalid", problem)
  const alg = own(members, "alg")
  const kid = own(members, "kid")
  const crit = own(members, "crit")
  return {
    text,
    members,
    alg: typeof alg === "string" && alg !== "" ? alg : undefined,
    kid: typeof kid === "string" ? kid : undefined,
    crit: Array.isArray(crit) ? crit : undefined,
    b64: own(members, "b64") !== false,
  }
}

/** RFC 7515, section 4.1.11, and RFC 7797, section 6. */
function critProblem(members: JsonObject): string | undefined {
  const crit = own(members, "crit")
  const b64 = own(members, "b64")
  if (b64 !== undefined && typeof b64 !== "boolean") return "the header parameter `b64` must be a boolean"
  if (crit === undefined) return b64 === false ? "`b64` is false without being listed in `crit`" : undefined
  if (!Array.isArray(crit) || crit.length === 0) return "`crit` must be an array with at least one name"
  if (!crit.every((name) => typeof name === "string" && name !== "")) return "`crit` must hold names only"
  if (new Set(crit).size !== crit.length) return "`crit` holds a name twice"
  if (crit.some((name) => REGISTERED.has(name))) return "`crit` names a parameter that is not an extension"
  if (!crit.every((name) => Object.hasOwn(members, name))) return "`crit` names a parameter that is not in the header"
  return b64 === false && !crit.includes(UNDERSTOOD) ? "`b64` is false without being listed in `crit`" : undefined
}
