/** Is it a token, by the rules of the core? The tolerant reader shows what is there; only the strict one says that it is good. */

import { decodeAsync, decodeUnverified, getUnverifiedHeader, isJwtError, verifyJwsAsync } from "jotkit"
import { CORE_PARAMETERS } from "../dictionary/names.ts"
import { startsToken } from "../find/run.ts"
import { type JsonNode, memberOf, plainValue } from "../read/json.ts"
import { MAX_CHARACTERS } from "../read/read.ts"
import type { Reading } from "../read/reading.ts"
import type { Segment } from "../read/segment.ts"
import { type Check, failed, passed, unavailable } from "./check.ts"

const CHECK = "structure"
const MAX_CRITICAL = 100
/** Claims of a genuine token may be anything here: only their JSON is looked at. */
const SHAPE_ONLY = { verify: { signature: false }, maxTokenLength: MAX_CHARACTERS }
const ANY_SECRET = new Uint8Array(64).fill(1)

/**
 * Judges the shape of a token, strictly.
 *
 * @param isPayloadGiven - Whether a payload came beside the token. One that holds its own says nothing about another.
 */
export async function checkStructure(
  reading: Reading,
  crit: readonly string[],
  isPayloadGiven: boolean,
): Promise<Check> {
  if (reading.form === "jwe") return unavailable(CHECK, "token_encrypted")
  if (reading.form !== "jws" && reading.form !== "sd-jwt") return failed(CHECK, "token_malformed")
  if (isPayloadGiven && !reading.isDetached) return failed(CHECK, "payload_not_detached")
  const code = await problemOf(reading, crit)
  return code === undefined ? passed(CHECK) : failed(CHECK, code)
}

/** The names in a `crit` that is well made; empty where there is none, or it breaks RFC 7515, section 4.1.11. */
export function criticalNames({ header }: Reading): readonly string[] {
  const root = header?.json?.root
  const crit = memberOf(root, "crit")?.value
  if (crit?.type !== "array" || crit.items.length > MAX_CRITICAL) return []
  const names = crit.items.map((item) => (item.type === "string" ? String(item.value) : ""))
  const isWellMade = names.every((name) => memberOf(root, name) !== undefined && !CORE_PARAMETERS.has(name))
  return isWellMade && new Set(names).size === names.length ? names : []
}

/** The text of the JWS that is signed: of an SD-JWT the part before the first tilde. */
function signedText(reading: Reading): string {
  return reading.form === "sd-jwt" ? reading.text.slice(0, reading.text.indexOf("~")) : reading.text
}

/** What the core verifies: compact text, or the object of a JSON serialization. */
export function tokenOf(reading: Reading): string | object {
  const { document } = reading
  return document?.root === undefined ? signedText(reading) : (plainValue(document.root) as object)
}

async function problemOf(reading: Reading, crit: readonly string[]): Promise<string | undefined> {
  try {
    if (reading.document !== undefined) return await problemOfJson(reading, crit)
    const token = signedText(reading)
    decodeUnverified(token)
    if (crit.length === 0) getUnverifiedHeader(token)
    // Claims are read strictly too; a payload that is something else is nobody's claims.
    const { payload } = reading
    const isObject = payload?.json?.root?.type === "object" || (payload !== undefined && isAlmostObject(payload))
    const isClaims = isObject && !reading.isDetached && !reading.isUnencoded
    if (isClaims) await decodeAsync(token, ANY_SECRET, { ...SHAPE_ONLY, crit })
    return undefined
  } catch (error) {
    if (isJwtError(error) && error.fault === "token") return error.code
    throw error
  }
}

/**
 * With a mark before them, or with bytes in them that are no text, claims are no JSON to us, and to some readers claims all the same:
 * strictly they are nothing.
 */
function isAlmostObject({ content, text }: Segment): boolean {
  return content === undefined ? startsToken(text, 0) : /^\ufeff\s*\{/.test(content)
}

async function problemOfJson(reading: Reading, crit: readonly string[]): Promise<string | undefined> {
  const { document, isDetached } = reading
  if (document?.problem !== undefined) return "token_malformed"
  // The core is given the object, in which of two members one is left. Claims are compared at the top, as it does with compact tokens.
  if (hasTwice(document?.root, true) || hasTwice(reading.payload?.json?.root, false)) return "duplicate_member"
  // A second signature must not hide that nobody understands what the first one says is critical; `b64` the core knows (RFC 7797, section 6).
  if (criticalNames(reading).some((name) => name !== "b64" && !crit.includes(name))) return "crit_invalid"
  const detached = isDetached ? { detachedPayload: new Uint8Array() } : {}
  try {
    // The secret is nobody's: only what is wrong before any key is asked for is wanted.
    await verifyJwsAsync(tokenOf(reading), ANY_SECRET, {
      algorithms: ["HS512"],
      crit,
      maxTokenLength: MAX_CHARACTERS,
      ...detached,
    })
    return undefined
  } catch (error) {
    if (!isJwtError(error)) throw error
    return error.fault === "token" && !SIGNATURE_CODES.has(error.code) ? error.code : undefined
  }
}

function hasTwice(node: JsonNode | undefined, isDeep: boolean): boolean {
  if (node?.type === "array") return isDeep && node.items.some((item) => hasTwice(item, isDeep))
  if (node?.type !== "object") return false
  return node.members.some(({ duplicate, value }) => duplicate || (isDeep && hasTwice(value, isDeep)))
}

/** What is wrong with the signature or the algorithm, and not with the shape. */
const SIGNATURE_CODES: ReadonlySet<string> = new Set([
  "signature_invalid",
  "algorithm_not_allowed",
  "algorithm_mismatch",
  "algorithm_missing",
])
