/** Claims in a JWE (RFC 7519, section 7): written and judged by the rules of signed ones. */

import { encodeUtf8 } from "#bytes"
import { mediaType } from "../claims.ts"
import { type JsonObject, own } from "../codec/json.ts"
import {
  DecodeError,
  InvalidAudienceError,
  InvalidIssuerError,
  InvalidSubjectError,
  type JwtError,
  UsageError,
} from "../errors.ts"
import { type ClaimOptions, serializeClaims } from "./claims-set.ts"
import { tokenText } from "./compact.ts"
import { DECODE_OPTIONS, type DecodeOptions, type Judgment, judge, judgmentOfDecrypted, parseClaims } from "./decode.ts"
import { decryptSteps } from "./decrypt.ts"
import { claimOptionsOf, type EncodeOptions } from "./encode.ts"
import { type EncryptRules, encryptSteps } from "./encrypt.ts"
import type { ParsedHeader } from "./header.ts"
import { flagOption, knownOptions, nowOption, optionNames, textOption } from "./options.ts"
import { type DecryptJweOptions, decryptRulesOf, headerOption, type JweRules, pbes2CountOption } from "./options-jwe.ts"
import { parseCompactJwe } from "./serialize-jwe.ts"
import type { StandardSchemaV1 } from "./standard-schema.ts"
import { isSteps, type Mode, type Steps } from "./steps.ts"

/** How to make an encrypted token: the claims as for `encode`, the encryption as for `encryptJwe`. */
export interface EncryptOptions extends Omit<EncodeOptions, "algorithm" | "detached" | "sortHeader"> {
  /** Key management algorithm, such as `RSA-OAEP-256`, `ECDH-ES+A256KW` or `dir`. Default: the key's own. */
  algorithm?: string | undefined
  /** Content encryption algorithm, such as `A256GCM`. Default: the key's own, if it is marked for one. */
  encryption?: string | undefined
  /** Compress first. Off by default: the length of a compressed secret can betray it, where an attacker chooses what stands beside. */
  zip?: boolean | undefined
  /** PBKDF2 iterations for PBES2: 1,000 to 1,200,000. Default 600,000 with SHA-256, 210,000 with the others. */
  pbes2Count?: number | undefined
}

/** What decryption needs beside the options of `decode`, whose `algorithms` are those of key management here. */
export type DecryptOptions = Pick<
  DecryptJweOptions,
  "encryptionAlgorithms" | "zip" | "maxDecompressedBytes" | "maxPbes2Count"
>

/** All options of `decrypt`: there is no signature, and nothing detached. */
export type DecryptClaimsOptions = Omit<DecodeOptions, "detachedPayload" | "acceptPadding"> & DecryptOptions

const ENCRYPT_OPTIONS = optionNames(
  ...["algorithm", "encryption", "header", "zip", "pbes2Count", "enforceMinimumKeyLength"],
  ...["expiresIn", "notBefore", "issuedAt", "jwtId", "issuer", "audience", "subject", "now", "replacer"],
)
const { detachedPayload: _detached, acceptPadding: _padding, ...DECODE_ONLY } = DECODE_OPTIONS
const DECRYPT_OPTIONS = {
  ...DECODE_ONLY,
  ...optionNames("encryptionAlgorithms", "zip", "maxDecompressedBytes", "maxPbes2Count"),
}
/** The claims that a header may repeat, each with the error for a difference. */
const REPLICATED = [
  ["iss", InvalidIssuerError, "issuer_invalid"],
  ["sub", InvalidSubjectError, "subject_invalid"],
  ["aud", InvalidAudienceError, "audience_invalid"],
] as const

/** Everything `encrypt` needs, checked. */
export interface Encryption {
  readonly rules: EncryptRules
  readonly claims: ClaimOptions | undefined
  readonly now: () => number
}

/** Everything `decrypt` needs, checked. */
export interface Decryption {
  readonly rules: JweRules
  readonly judgment: Judgment
}

/** Reads the options of `encrypt`. */
export function encryptionOf(options: EncryptOptions | undefined, key: unknown, call: string): Encryption {
  const given = knownOptions(options, ENCRYPT_OPTIONS, call)
  return {
    rules: {
      recipients: [{ key, algorithm: textOption("algorithm", given.algorithm), header: undefined }],
      encryption: textOption("encryption", given.encryption),
      header: headerOption("header", given.header),
      unprotected: undefined,
      aad: undefined,
      zip: flagOption("zip", given.zip),
      format: "compact",
      iterations: pbes2CountOption(given.pbes2Count),
      defaultType: "JWT",
      enforceLength: flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength),
    },
    claims: claimOptionsOf(given),
    now: nowOption(given.now),
  }
}

/** Reads the options of `decrypt`. */
export function decryptionOf(options: DecryptClaimsOptions | undefined, key: unknown, call: string): Decryption {
  const given = knownOptions<DecryptClaimsOptions & { schema?: StandardSchemaV1 }>(options, DECRYPT_OPTIONS, call)
  return { rules: decryptRulesOf(given, key), judgment: judgmentOfDecrypted(given) }
}

/** The pipeline of `encrypt`. */
export function* encryptClaims(claims: object, { rules, claims: added, now }: Encryption, mode: Mode): Steps<string> {
  const token = yield* encryptSteps(encodeUtf8(serializeClaims(claims, added, now)), rules, mode)
  if (typeof token === "string") return token
  throw new UsageError("argument_invalid", "encrypted claims have the compact serialization")
}

/** The pipeline of `decrypt`: read, open, parse, judge. */
export function* decryptClaims(token: unknown, { rules, judgment }: Decryption, mode: Mode): Steps<unknown> {
  const parsed = parseCompactJwe(tokenText(token, rules.maxTokenLength), rules.maxTokenLength)
  const { plaintext } = yield* decryptSteps(parsed, rules, mode)
  const header = parsed.protectedHeader
  if (isNested(header))
    throw new DecodeError(
      "token_nested",
      "the plaintext is a token of its own (`cty` is JWT): open it with decryptJwe, then give its plaintext to decode",
    )
  const claims = parseClaims({ payload: plaintext }, judgment.reviver)
  const clash = replicaProblem(header.members, claims)
  if (clash !== undefined) throw clash
  const answer = judge(judgment, claims, header)
  return isSteps(answer) ? yield* answer : answer
}

function isNested({ members }: ParsedHeader): boolean {
  const cty = own(members, "cty")
  return typeof cty === "string" && mediaType(cty) === "jwt"
}

/** RFC 7519, section 5.3: claims that stand in the header, too, must be the same there. */
function replicaProblem(header: JsonObject, claims: JsonObject): JwtError | undefined {
  for (const [name, Problem, code] of REPLICATED) {
    const replica = own(header, name)
    if (replica !== undefined && JSON.stringify(replica) !== JSON.stringify(own(claims, name)))
      return new Problem(code, `the header's copy of the claim \`${name}\` differs from it`)
  }
  return undefined
}
