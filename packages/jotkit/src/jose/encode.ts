/** From claims to a token: options read once, claims to JSON, key to header, both to a signature. */

import { concatBytes, encodeLatin1, encodeTextBase64Url, encodeUtf8 } from "#bytes"
import type { Duration } from "../codec/duration.ts"
import { isJsonObject } from "../codec/json.ts"
import type { SigningInput } from "../crypto/key.ts"
import { registryChanges } from "../crypto/registry.ts"
import { settledSource } from "../keys/source.ts"
import { type ClaimOptions, type Replacer, serializeClaims, settleTimes, type Time } from "./claims-set.ts"
import { headerCopy } from "./header.ts"
import {
  flagOption,
  invalidOption,
  knownOptions,
  type Now,
  nowOption,
  type OptionNames,
  optionNames,
  textOption,
  textsOption,
} from "./options.ts"
import { type PreparedSignature, preparedAtOnce, prepareSignature, type SignRules } from "./sign.ts"
import { type Answer, isPending, type Mode, type Steps, wait } from "./steps.ts"
/** How to make a token. */
export interface EncodeOptions {
  /** Default: the key's own; HS256 for a secret; the only one of an EC or OKP key. */
  algorithm?: string | undefined
  /** Header members beside `typ` and `alg`. `typ: null` and `kid: null` leave these out. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Whether header members are sorted by name, as PyJWT does; default true. False keeps `typ`, `alg`, then the caller's order. */
  sortHeader?: boolean | undefined
  /** Adds `exp`: this long after now. */
  expiresIn?: Duration | undefined
  /** Adds `nbf`: this long after now, or at this moment. */
  notBefore?: Duration | Date | { readonly epochMilliseconds: number } | undefined
  /** Adds `iat`: now, or this moment. */
  issuedAt?: boolean | Time | undefined
  /** Adds `jti`: this text, or a random UUID for true. */
  jwtId?: boolean | string | undefined
  /** Adds `iss`. */
  issuer?: string | undefined
  /** Adds `aud`. */
  audience?: string | readonly string[] | undefined
  /** Adds `sub`. */
  subject?: string | undefined
  /** The clock for the options above; default: the system's. */
  now?: Now | undefined
  /** Leaves the payload out of the token (RFC 7515, appendix F); the reader gets it some other way. */
  detached?: boolean | undefined
  /** As for `JSON.stringify`, applied to the claims. */
  replacer?: Replacer | undefined
  /** Refuse keys shorter than the algorithm asks for, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
}

/** Names of {@link EncodeOptions}. */
export const ENCODE_OPTIONS: OptionNames = optionNames(
  "algorithm",
  "header",
  "sortHeader",
  "expiresIn",
  "notBefore",
  "issuedAt",
  "jwtId",
  "issuer",
  "audience",
  "subject",
  "now",
  "detached",
  "replacer",
  "enforceMinimumKeyLength",
)
const CLAIM_OPTIONS = [
  "expiresIn",
  "notBefore",
  "issuedAt",
  "jwtId",
  "issuer",
  "audience",
  "subject",
  "replacer",
] as const
/** Everything `encode` needs, checked. */
export interface Signing {
  readonly rules: SignRules
  readonly claims: ClaimOptions | undefined
  readonly now: () => number
  readonly detached: boolean
  readonly prepared: PreparedSignature | undefined
}

/** Reads the options of `encode`. */
export function signingOf(options: EncodeOptions | undefined, key: unknown, known: OptionNames, call: string): Signing {
  const given: EncodeOptions = knownOptions(options, known, call)
  const { header, algorithm, now, sortHeader, detached, enforceMinimumKeyLength } = given
  if (header !== undefined && !isJsonObject(header)) throw invalidOption("header", "an object", header)
  const copy = headerCopy(header)
  return {
    rules: {
      key,
      source: undefined,
      algorithm: textOption("algorithm", algorithm),
      header: copy,
      unprotectedKeyId: false,
      defaultType: "JWT",
      sortHeader: sortHeader === undefined || flagOption("sortHeader", sortHeader),
      enforceLength: flagOption("enforceMinimumKeyLength", enforceMinimumKeyLength),
    },
    claims: claimOptionsOf(given),
    now: nowOption(now),
    detached: flagOption("detached", detached) || copy?.["b64"] === false,
    prepared: undefined,
  }
}

/** Reads what the options add to the claims; undefined where they add nothing. */
export function claimOptionsOf(given: ClaimOptions): ClaimOptions | undefined {
  if (given.replacer !== undefined && typeof given.replacer !== "function" && !Array.isArray(given.replacer))
    throw invalidOption("replacer", "a function or an array of names", given.replacer)
  textOption("issuer", given.issuer)
  textOption("subject", given.subject)
  textsOption("audience", given.audience)
  if (typeof given.jwtId !== "boolean") textOption("jwtId", given.jwtId)
  if (CLAIM_OPTIONS.every((name) => given[name] === undefined)) return undefined
  // The caller's arrays may change while the signer lives.
  const own: ClaimOptions = { ...given }
  if (Array.isArray(own.audience)) own.audience = [...own.audience]
  if (Array.isArray(own.replacer)) own.replacer = [...own.replacer]
  settleTimes(own)
  return own
}

/** Reads a signer's key before its first token, and makes the header, where nothing has to be waited for. */
export function prepareNow(signing: Signing): Signing {
  const { key, header, algorithm } = signing.rules
  const name = algorithm ?? header?.["alg"]
  const source = settledSource(key, typeof name === "string" ? new Set([name]) : undefined)
  const rules = { ...signing.rules, source }
  if (source?.kind !== "key" && source?.kind !== "keys") return { ...signing, rules }
  const step = prepareSignature(rules).next()
  return { ...signing, rules, prepared: step.done === true ? step.value : undefined }
}

/** The pipeline of `encode`: claims to JSON, key to header, both to a signature. */
export function encodeClaims(claims: object, signing: Signing, mode: Mode): Answer<string> {
  const json = serializeClaims(claims, signing.claims, signing.now)
  const prepared = signing.prepared?.changes === registryChanges() ? signing.prepared : preparedAtOnce(signing.rules)
  if (prepared === undefined) return whenPrepared(json, signing, mode)
  const { input, token } = assembled(json, prepared, signing.detached)
  const signature = prepared.sign(input, mode)
  return isPending(signature) ? whenSigned(token, signature) : token + signature
}

function* whenPrepared(json: string, signing: Signing, mode: Mode): Steps<string> {
  const prepared = yield* prepareSignature(signing.rules)
  const { input, token } = assembled(json, prepared, signing.detached)
  return token + (yield* wait(prepared.sign(input, mode)))
}

function* whenSigned(token: string, signature: PromiseLike<string>): Steps<string> {
  return token + (yield* wait(signature))
}

/** What is signed, and the token up to its signature. */
function assembled(
  json: string,
  { prefix, b64 }: PreparedSignature,
  detached: boolean,
): { input: SigningInput; token: string } {
  if (!b64) return { input: concatBytes(encodeLatin1(prefix), encodeUtf8(json)), token: `${prefix}.` }
  const input = prefix + encodeTextBase64Url(json)
  return { input, token: detached ? `${prefix}.` : `${input}.` }
}
