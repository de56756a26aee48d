/** JSON Web Encryption (RFC 7516): bytes in, bytes out, in all serializations, for one recipient or several. */

import { copyOfJson } from "./codec/json.ts"
import { UsageError } from "./errors.ts"
import { tokenText } from "./jose/compact.ts"
import { type Decrypted, decryptSteps } from "./jose/decrypt.ts"
import { type EncryptRules, encryptSteps, type RecipientRules } from "./jose/encrypt.ts"
import { headerForCaller, type JoseHeader } from "./jose/header.ts"
import {
  bytesOption,
  contentBytes,
  flagOption,
  invalidOption,
  knownOptions,
  optionNames,
  textOption,
} from "./jose/options.ts"
import {
  DECRYPT_OPTIONS,
  type DecryptJweOptions,
  decryptRulesOf,
  headerOption,
  type JweRules,
  pbes2CountOption,
} from "./jose/options-jwe.ts"
import {
  type FlattenedJwe,
  type GeneralJwe,
  type ParsedJwe,
  parseCompactJwe,
  parseJsonJwe,
} from "./jose/serialize-jwe.ts"
import { type Mode, runAsync, runSync, type Steps } from "./jose/steps.ts"
import { type Jwk, jwkOf, type KeyInput } from "./jwk.ts"

export type { JoseHeader } from "./jose/header.ts"
export type { DecryptJweOptions } from "./jose/options-jwe.ts"
export type { FlattenedJwe, GeneralJwe, JweRecipient } from "./jose/serialize-jwe.ts"

/** One recipient of several. */
export interface EncryptRecipient {
  key: KeyInput
  /** Key management algorithm; default: the key's own. */
  algorithm?: string | undefined
  /** Header members of this recipient, which are not protected. */
  header?: Readonly<Record<string, unknown>> | undefined
}

/** How to encrypt bytes. */
export interface EncryptJweOptions {
  /** Key management algorithm, such as `RSA-OAEP-256`, `ECDH-ES+A256KW` or `dir`. Default: the key's own. */
  algorithm?: string | undefined
  /** Content encryption algorithm, such as `A256GCM`. Default: the key's own, if it is marked for one. */
  encryption?: string | undefined
  /** Protected header members; `alg` and `enc` stand before them. `apu` and `apv` for ECDH-ES are base64url. */
  header?: Readonly<Record<string, unknown>> | undefined
  /** Header members for all recipients that are not protected; JSON serializations only. */
  unprotected?: Readonly<Record<string, unknown>> | undefined
  /** Additional data that is authenticated and not encrypted; JSON serializations only. */
  aad?: Uint8Array | undefined
  /** Compress first. Off by default: the length of a compressed secret can betray it, where an attacker chooses what stands beside. */
  zip?: boolean | undefined
  /** Default compact; general with `recipients`. */
  format?: "compact" | "flattened" | "general" | undefined
  /** Several recipients; with these, `key` may be null. */
  recipients?: readonly EncryptRecipient[] | undefined
  /** PBKDF2 iterations for PBES2: 1,000 to 1,200,000. Default 600,000 with SHA-256, 210,000 with the others. */
  pbes2Count?: number | undefined
  /** Refuse RSA keys under 2,048 bits, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
}

/** A JWE that was opened. Whoever has a public key can make one: that it opens says nothing about who made it. */
export interface DecryptedJwe {
  plaintext: Uint8Array
  /** The protected header. */
  header: JoseHeader
  /** The header for all recipients that is not protected. */
  unprotected?: JoseHeader
  /** The header of the recipient that it was opened for; not protected. */
  recipientHeader?: JoseHeader
  /** The additional authenticated data. */
  aad?: Uint8Array
  /** The key that opened it. */
  key: Jwk
}

const ENCRYPT_OPTIONS = optionNames(
  "algorithm",
  "encryption",
  "header",
  "unprotected",
  "aad",
  "zip",
  "format",
  "recipients",
  "pbes2Count",
  "enforceMinimumKeyLength",
)
const RECIPIENT_OPTIONS = optionNames("key", "algorithm", "header")
const FORMATS: ReadonlySet<string> = new Set(["compact", "flattened", "general"])

/**
 * Encrypts bytes. The key is a public key or a shared secret; for PBES2 a text is the password.
 *
 * @param plaintext - Bytes, or text that is encrypted as UTF-8.
 * @returns Compact text, or the object of a JSON serialization.
 * @throws UsageError `algorithm_required`, `option_invalid`, `header_not_allowed` …
 * @throws InvalidKeyError `key_unsuitable`, `key_too_short`, `key_not_for_use` …
 * @throws InvalidAlgorithmError `algorithm_unknown`, `algorithm_unavailable`
 */
export function encryptJwe(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options: EncryptJweOptions & { format: "flattened" },
): FlattenedJwe
export function encryptJwe(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options: EncryptJweOptions & { format: "general" },
): GeneralJwe
export function encryptJwe(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions & { format?: "compact"; recipients?: undefined },
): string
export function encryptJwe(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions,
): string | FlattenedJwe | GeneralJwe
export function encryptJwe(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions,
): string | FlattenedJwe | GeneralJwe {
  const steps = (): Steps<string | FlattenedJwe | GeneralJwe> =>
    encryptSteps(contentBytes("plaintext", plaintext), encryptRulesOf(key, options, "encryptJwe"), "sync")
  return runSync(steps, "encryptJweAsync")
}

/** As {@link encryptJwe}, for keys that must be waited for; passwords are stretched on another thread. */
export function encryptJweAsync(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options: EncryptJweOptions & { format: "flattened" },
): Promise<FlattenedJwe>
export function encryptJweAsync(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options: EncryptJweOptions & { format: "general" },
): Promise<GeneralJwe>
export function encryptJweAsync(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions & { format?: "compact"; recipients?: undefined },
): Promise<string>
export function encryptJweAsync(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions,
): Promise<string | FlattenedJwe | GeneralJwe>
export function encryptJweAsync(
  plaintext: Uint8Array | string,
  key: KeyInput | null,
  options?: EncryptJweOptions,
): Promise<string | FlattenedJwe | GeneralJwe> {
  return runAsync(() => encryptSteps(ownContent(plaintext), encryptRulesOf(key, options, "encryptJweAsync"), "async"))
}

/**
 * Decrypts a JWE in whatever serialization it comes: text is compact, an object is flattened or general. Of several recipients one
 * must be ours.
 *
 * @throws DecodeError if it cannot be read, or its header asks for something that is not allowed.
 * @throws InvalidAlgorithmError `algorithm_not_allowed`, `algorithm_missing`
 * @throws DecryptionError `decryption_failed`, whatever went wrong with the decryption itself.
 * @throws InvalidKeyError, UsageError as `decode`.
 */
export function decryptJwe(jwe: string | object, key: KeyInput, options?: DecryptJweOptions): DecryptedJwe {
  return runSync(() => {
    const rules = decryptRulesOf(knownOptions(options, DECRYPT_OPTIONS, "decryptJwe"), key)
    return openSteps(jwe, rules, "sync")
  }, "decryptJweAsync")
}

/** As {@link decryptJwe}; takes asynchronous key functions as well, and stretches passwords on another thread. */
export function decryptJweAsync(
  jwe: string | object,
  key: KeyInput,
  options?: DecryptJweOptions,
): Promise<DecryptedJwe> {
  return runAsync(() => {
    const rules = decryptRulesOf(knownOptions(options, DECRYPT_OPTIONS, "decryptJweAsync"), key)
    return openSteps(jwe, rules, "async")
  })
}

/** Bytes may be changed while a key is waited for. */
function ownContent(plaintext: Uint8Array | string): Uint8Array {
  return new Uint8Array(contentBytes("plaintext", plaintext))
}

function encryptRulesOf(key: KeyInput | null, options: EncryptJweOptions | undefined, call: string): EncryptRules {
  const given = knownOptions(options, ENCRYPT_OPTIONS, call)
  const recipients = recipientsOf(key, given)
  const format = given.format ?? (given.recipients === undefined ? "compact" : "general")
  if (!FORMATS.has(format)) throw invalidOption("format", "compact, flattened or general", format)
  const unprotected = headerOption("unprotected", given.unprotected)
  const aad = bytesOption("aad", given.aad)
  if (format === "compact" && (unprotected !== undefined || aad !== undefined || given.recipients !== undefined))
    throw new UsageError("option_invalid", "`unprotected`, `aad` and `recipients` need the format flattened or general")
  if (format === "flattened" && recipients.length > 1)
    throw invalidOption("format", "general, for several recipients", format)
  return {
    recipients,
    encryption: textOption("encryption", given.encryption),
    header: headerOption("header", given.header),
    unprotected,
    aad,
    zip: flagOption("zip", given.zip),
    format,
    iterations: pbes2CountOption(given.pbes2Count),
    defaultType: undefined,
    enforceLength: flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength),
  }
}

function recipientsOf(key: KeyInput | null, given: Partial<EncryptJweOptions>): readonly RecipientRules[] {
  const { recipients } = given
  const algorithm = textOption("algorithm", given.algorithm)
  if (recipients === undefined) return [{ key, algorithm, header: undefined }]
  if (!Array.isArray(recipients) || recipients.length === 0)
    throw invalidOption("recipients", "an array with at least one recipient", recipients)
  const first: readonly RecipientRules[] = key === null ? [] : [{ key, algorithm, header: {} }]
  return first.concat(
    recipients.map((recipient: EncryptRecipient) => {
      const one = knownOptions(recipient, RECIPIENT_OPTIONS, "recipients")
      const header = headerOption("header", one.header) ?? {}
      return { key: one.key, algorithm: textOption("algorithm", one.algorithm) ?? algorithm, header }
    }),
  )
}

function* openSteps(jwe: unknown, rules: JweRules, mode: Mode): Steps<DecryptedJwe> {
  const parsed = parseAny(jwe, rules.maxTokenLength)
  return resultOf(parsed, yield* decryptSteps(parsed, rules, mode))
}

function parseAny(jwe: unknown, maxLength: number): ParsedJwe {
  return typeof jwe === "object" && jwe !== null && !(jwe instanceof Uint8Array)
    ? parseJsonJwe(jwe, maxLength)
    : parseCompactJwe(tokenText(jwe, maxLength), maxLength)
}

/** The caller's own: not in memory that the platform shares between buffers. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

function resultOf(parsed: ParsedJwe, { plaintext, recipient, key }: Decrypted): DecryptedJwe {
  const result: DecryptedJwe = {
    plaintext: ownBytes(plaintext),
    header: headerForCaller(parsed.protectedHeader),
    key: jwkOf(key),
  }
  if (parsed.unprotected !== undefined) result.unprotected = copyOfJson(parsed.unprotected)
  if (recipient.unprotected !== undefined) result.recipientHeader = copyOfJson(recipient.unprotected)
  if (parsed.aad !== undefined) result.aad = new Uint8Array(parsed.aad)
  return result
}
