/** From a plaintext to a JWE (RFC 7516, section 5.1). The one place where encryption happens. */
import { encodeBase64Url } from "#bytes"
import { cipher } from "#cipher"
import { type JsonObject, own } from "../codec/json.ts"
import {
  type ContentRow,
  contentNames,
  contentRow,
  type KeyManagementRow,
  keyManagementRow,
} from "../crypto/encryption-algorithms.ts"
import type { Key } from "../crypto/key.ts"
import { unavailable } from "../crypto/runtime.ts"
import { InvalidKeyError, JwtError, UsageError } from "../errors.ts"
import { encryptionMisfit, judgeEncryptionKeyLength, nameFor } from "../keys/fit-encryption.ts"
import { unsuitableKey } from "../keys/problems.ts"
import { readKeySource } from "../keys/source.ts"
import { assertWritableCrit, encodeHeader, NO_HEADER } from "./header.ts"
import { canShareKey, encryptKey, type KeyEncryption, randomBytes } from "./key-encryption.ts"
import { unknownEncryptionAlgorithm } from "./options-jwe.ts"
import { resolveSource } from "./resolve.ts"
import {
  authenticatedData,
  type FlattenedJwe,
  type GeneralJwe,
  headerClash,
  type JweRecipient,
} from "./serialize-jwe.ts"
import { isPending, type Mode, type Steps, wait } from "./steps.ts"

/** What one recipient's key needs to know. Validated before, never changed. */
export interface RecipientRules {
  readonly key: unknown
  readonly algorithm: string | undefined
  /** The recipient's own header, not protected; a copy. */
  readonly header: JsonObject | undefined
}

/** What an encryption needs to know beside the plaintext. Validated before, never changed. */
export interface EncryptRules {
  readonly recipients: readonly RecipientRules[]
  readonly encryption: string | undefined
  /** The caller's protected header; a copy. */
  readonly header: JsonObject | undefined
  readonly unprotected: JsonObject | undefined
  readonly aad: Uint8Array | undefined
  readonly zip: boolean
  readonly format: "compact" | "flattened" | "general"
  /** PBKDF2 iterations; absent: the algorithm's own. */
  readonly iterations: number | undefined
  /** `typ` where the caller gives none. */
  readonly defaultType: string | undefined
  readonly enforceLength: boolean
}

/** A recipient whose key was found and may be used. */
interface Ready {
  readonly row: KeyManagementRow
  readonly key: Key
  readonly header: JsonObject | undefined
}

/** What all recipients share. */
type SealedMembers = Omit<FlattenedJwe, keyof JweRecipient> & { iv: string; tag: string }

/** Members that only the encryption itself writes: a caller's would weaken it, or contradict it. */
const RESERVED = ["epk", "iv", "tag", "p2s", "p2c"]

/** The pipeline of encryption: keys, content key, header, content. */
export function* encryptSteps(
  plaintext: Uint8Array,
  rules: EncryptRules,
  mode: Mode,
): Steps<string | FlattenedJwe | GeneralJwe> {
  const ready: Ready[] = []
  const content = yield* settleContent(rules)
  for (const recipient of rules.recipients) ready.push(yield* prepareRecipient(recipient, content, rules))
  const [first] = ready
  if (first === undefined) throw new UsageError("argument_invalid", "there is no key to encrypt with")
  yield* assertAvailable(content, ready)
  try {
    return rules.recipients.length === 1 && !isShared(rules)
      ? yield* encryptForOne(plaintext, { first, content, rules, mode })
      : yield* encryptForMany(plaintext, { ready, content, rules, mode })
  } catch (cause) {
    if (cause instanceof JwtError) throw cause
    const message = `the platform refuses to encrypt with this key and ${content.name}`
    throw new InvalidKeyError("key_unsuitable", message, { cause })
  }
}

function* assertAvailable(content: ContentRow, ready: readonly Ready[]): Steps<void> {
  const supported = cipher.supports(content)
  if (!(isPending(supported) ? yield* wait(supported) : supported)) throw unavailable(content.name)
  for (const { row, key } of ready) {
    const able = cipher.supportsKeys(row, key.curve)
    if (!(isPending(able) ? yield* wait(able) : able)) throw unavailable(nameFor(row, key))
  }
}

/** With headers of their own, recipients have their algorithm there, also a single one. */
function isShared(rules: EncryptRules): boolean {
  return rules.recipients.some(({ header }) => header !== undefined)
}

/** The content encryption that was asked for, or that the only key is marked for. */
function* settleContent(rules: EncryptRules): Steps<ContentRow> {
  const inHeader = headerText(rules.header, "enc") ?? headerText(rules.unprotected, "enc")
  const wanted = rules.encryption ?? inHeader
  if (inHeader !== undefined && inHeader !== wanted)
    throw new UsageError("header_not_allowed", "`header.enc` and `encryption` name different algorithms")
  if (wanted !== undefined) {
    const row = contentRow(wanted)
    if (row === undefined) throw unknownEncryptionAlgorithm(wanted, "encryptionAlgorithms")
    return row
  }
  const [only] = rules.recipients
  const marked = only === undefined ? undefined : (yield* findKeys(only))[0]?.algorithm
  const row = marked === undefined ? undefined : contentRow(marked)
  if (row !== undefined) return row
  throw new UsageError(
    "algorithm_required",
    `say how the content is to be encrypted: { encryption: "…" }, one of ${contentNames().join(", ")}`,
  )
}

function* prepareRecipient(recipient: RecipientRules, content: ContentRow, rules: EncryptRules): Steps<Ready> {
  const wanted = wantedAlgorithm(recipient, rules)
  const keys = yield* findKeys(recipient)
  let refusal: JwtError | undefined
  // The keys of a set that sign are passed over; of a single key it is said what is wrong.
  const able = keys.length === 1 || wanted !== undefined ? keys : keys.filter(canEncrypt)
  for (const key of able) {
    const name = wanted ?? defaultAlgorithm(key)
    const row = keyManagementRow(name)
    if (row === undefined) throw unknownEncryptionAlgorithm(name, "algorithms")
    const misfit = encryptionMisfit(row, content, { key, use: "encrypt" })
    if (misfit === undefined) {
      judgeEncryptionKeyLength(row, key, rules.enforceLength)
      return { row, key, header: recipient.header }
    }
    refusal ??= misfit
  }
  throw refusal ?? new InvalidKeyError("key_not_found", "the key set holds no key to encrypt with")
}

function canEncrypt({ algorithm }: Key): boolean {
  return algorithm !== undefined && (keyManagementRow(algorithm) ?? contentRow(algorithm)) !== undefined
}

function* findKeys({ key }: RecipientRules): Steps<readonly Key[]> {
  const given = readKeySource(key)
  const source = given.kind === "key" ? given : yield* resolveSource(NO_HEADER, { key, source: given })
  if (source.kind === "key") return [source.key]
  if (source.kind === "keys") return source.keys
  throw unsuitableKey("a remote signer cannot encrypt; give the key itself")
}

function wantedAlgorithm(recipient: RecipientRules, rules: EncryptRules): string | undefined {
  if (recipient.header === undefined && rules.header === undefined && rules.unprotected === undefined)
    return recipient.algorithm
  const [inHeader, ...others] = [recipient.header, rules.header, rules.unprotected]
    .map((members) => headerText(members, "alg"))
    .concat(recipient.algorithm)
    .filter((name) => name !== undefined)
  if (others.some((name) => name !== inHeader))
    throw new UsageError("header_not_allowed", "`header.alg` and `algorithm` name different algorithms")
  return inHeader
}

function headerText(members: JsonObject | undefined, name: string): string | undefined {
  const value = members === undefined ? undefined : own(members, name)
  if (value === undefined || typeof value === "string") return value
  throw new UsageError("header_not_allowed", `\`header.${name}\` must be a string`)
}

/** The key's own algorithm; `dir` where it is marked with that of the content. */
function defaultAlgorithm(key: Key): string {
  if (key.algorithm === undefined)
    throw new UsageError(
      "algorithm_required",
      'say how the key is to be sent: { algorithm: "ECDH-ES+A256KW" }, or another that fits the key',
    )
  return contentRow(key.algorithm) === undefined ? key.algorithm : "dir"
}

/** Everything that concerns the recipient stands in the protected header. */
function* encryptForOne(
  plaintext: Uint8Array,
  { first, content, rules, mode }: { first: Ready; content: ContentRow; rules: EncryptRules; mode: Mode },
): Steps<string | FlattenedJwe | GeneralJwe> {
  const members = writeHeader(rules, content, first)
  const encrypted = yield* encryptFor(first, { content, rules, mode, header: members, cek: undefined })
  Object.assign(members, encrypted.parameters)
  const sealed = yield* seal(plaintext, { members, content, rules, encrypted })
  const { encryptedKey } = encrypted
  if (rules.format === "compact")
    return `${sealed.protected}.${encryptedKey}.${sealed.iv}.${sealed.ciphertext}.${sealed.tag}`
  const recipient: JweRecipient = encryptedKey === "" ? {} : { encrypted_key: encryptedKey }
  return rules.format === "flattened" ? { ...recipient, ...sealed } : { ...sealed, recipients: [recipient] }
}

/** Each recipient has a header of its own, and all share the content encryption key (RFC 7516, section 5.1, step 1). */
function* encryptForMany(
  plaintext: Uint8Array,
  { ready, content, rules, mode }: { ready: readonly Ready[]; content: ContentRow; rules: EncryptRules; mode: Mode },
): Steps<FlattenedJwe | GeneralJwe> {
  const members = writeHeader(rules, content, undefined)
  const single = ready.length === 1
  const shared = randomBytes(content.keyBytes)
  const recipients: JweRecipient[] = []
  let last: KeyEncryption | undefined
  for (const one of ready) {
    if (!single && !canShareKey(one.row))
      throw new UsageError("option_invalid", `${one.row.name} is for a single recipient (RFC 7516, section 5.1)`)
    const header = recipientHeader(one, { ...rules.unprotected, ...members })
    const cek = canShareKey(one.row) ? shared : undefined
    // The parties of an agreement may stand in the header that all recipients share.
    last = yield* encryptFor(one, { content, rules, mode, header: { ...members, ...header }, cek })
    Object.assign(header, last.parameters)
    assertNoClash(members, rules.unprotected, header)
    recipients.push(last.encryptedKey === "" ? { header } : { header, encrypted_key: last.encryptedKey })
  }
  if (last === undefined) throw new UsageError("argument_invalid", "there is no key to encrypt with")
  const sealed = yield* seal(plaintext, { members, content, rules, encrypted: last })
  const [first] = recipients
  return rules.format === "flattened" && first !== undefined ? { ...first, ...sealed } : { ...sealed, recipients }
}

function* encryptFor(
  { row, key }: Ready,
  how: {
    readonly content: ContentRow
    readonly rules: EncryptRules
    readonly mode: Mode
    readonly header: JsonObject
    readonly cek: Uint8Array | undefined
  },
): Steps<KeyEncryption> {
  const { content, rules, mode, header, cek } = how
  const iterations = rules.iterations ?? row.iterations ?? 0
  const whole = rules.unprotected === undefined ? header : { ...rules.unprotected, ...header }
  return yield* encryptKey({ row, content, key, header: whole, cek, iterations, mode })
}

/** Compresses, encrypts and authenticates the content. */
function* seal(
  plaintext: Uint8Array,
  how: {
    readonly members: JsonObject
    readonly content: ContentRow
    readonly rules: EncryptRules
    readonly encrypted: KeyEncryption
  },
): Steps<SealedMembers> {
  const { members, content, rules, encrypted } = how
  const protectedText = Object.keys(members).length === 0 ? "" : encodeHeader(members)
  const aad = rules.aad === undefined ? undefined : encodeBase64Url(rules.aad)
  const iv = randomBytes(content.ivBytes)
  const compressed = rules.zip ? yield* wait(cipher.deflate(plaintext)) : plaintext
  const sealing = cipher.seal(content, encrypted.cek, {
    iv,
    plaintext: compressed,
    aad: authenticatedData(protectedText, aad),
  })
  const { ciphertext, tag } = isPending(sealing) ? yield* wait(sealing) : sealing
  const sealed: SealedMembers = {
    iv: encodeBase64Url(iv),
    ciphertext: encodeBase64Url(ciphertext),
    tag: encodeBase64Url(tag),
  }
  if (protectedText !== "") sealed.protected = protectedText
  if (rules.unprotected !== undefined) sealed.unprotected = { ...rules.unprotected }
  if (aad !== undefined) sealed.aad = aad
  return sealed
}

/** `typ`, `alg`, `enc`, `kid`, then the caller's members in their order. Without a recipient, `alg` and `kid` stand with each. */
function writeHeader(rules: EncryptRules, content: ContentRow, only: Ready | undefined): JsonObject {
  const given = rules.header ?? {}
  const members = Object.create(null) as JsonObject
  const elsewhere = (name: string): boolean => own(rules.unprotected ?? {}, name) !== undefined
  if (rules.defaultType !== undefined) members["typ"] = rules.defaultType
  if (only !== undefined && !elsewhere("alg")) members["alg"] = only.row.name
  if (!elsewhere("enc")) members["enc"] = content.name
  if (only?.key.keyId !== undefined && !Object.hasOwn(given, "kid") && !elsewhere("kid"))
    members["kid"] = only.key.keyId
  if (rules.zip) members["zip"] = "DEF"
  Object.assign(members, given)
  for (const name of ["typ", "kid"]) if (members[name] === null) delete members[name]
  assertWritable(members, rules)
  assertNoClash(members, rules.unprotected, undefined)
  return members
}

function recipientHeader({ row, key, header }: Ready, others: JsonObject): JsonObject {
  const members: JsonObject = {}
  if (!Object.hasOwn(others, "alg")) members["alg"] = row.name
  if (key.keyId !== undefined && !Object.hasOwn(others, "kid")) members["kid"] = key.keyId
  Object.assign(members, header)
  if (members["kid"] === null) delete members["kid"]
  assertNotReserved(members)
  return members
}

function assertWritable(members: JsonObject, rules: EncryptRules): void {
  for (const name of ["typ", "cty", "kid"]) {
    const value = members[name]
    if (value !== undefined && typeof value !== "string")
      throw new UsageError("header_not_allowed", `\`header.${name}\` must be a string`)
  }
  if (members["zip"] !== undefined && !(rules.zip && members["zip"] === "DEF"))
    throw new UsageError("header_not_allowed", "compression is asked for with the option `zip`")
  assertNotReserved(members)
  assertNotReserved(rules.unprotected ?? {})
  assertWritableCrit(members)
}

function assertNotReserved(members: JsonObject): void {
  for (const name of RESERVED) {
    if (Object.hasOwn(members, name))
      throw new UsageError("header_not_allowed", `\`${name}\` is made anew for each token, never given`)
  }
  if (Object.hasOwn(members, "b64"))
    throw new UsageError("header_not_allowed", "`b64` means something in a JWS only (RFC 7797)")
}

function assertNoClash(
  members: JsonObject,
  unprotected: JsonObject | undefined,
  recipient: JsonObject | undefined,
): void {
  const clash = headerClash(members, unprotected, recipient)
  if (clash !== undefined) throw new UsageError("header_not_allowed", clash)
}
