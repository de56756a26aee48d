/**
 * JSON Web Keys (RFC 7517): from parsed JSON to a key and back. Everything is checked when the key is read, so that a key
 * that exists can be used: members, lengths, ranges, and that private and public members belong together.
 */

import { decodeBase64, decodeBase64UrlPooled, encodeBase64Url } from "#bytes"
import { isJsonObject, type JsonObject, own } from "../codec/json.ts"
import { ENCRYPTION_KEYS } from "../crypto/encryption-keys.ts"
import {
  AKP_BYTES,
  AKP_SEED_BYTES,
  EC_BYTES,
  type Key,
  type KeyLabels,
  type KeyMaterial,
  type KeyMembers,
  makeKey,
  membersOf,
  NO_LABELS,
  OKP_BYTES,
} from "../crypto/key.ts"
import { engine } from "../crypto/platform.ts"
import { customAlgorithm } from "../crypto/registry.ts"
import { runtimeName } from "../crypto/runtime.ts"
import { type KeyType, SIGNATURE_ROWS } from "../crypto/signature-algorithms.ts"
import { isPending } from "../crypto/steps.ts"
import { InvalidKeyError, JwkError, JwtError, UsageError } from "../errors.ts"
import { assertUsefulPoint } from "./edwards.ts"
import { lacking } from "./fit.ts"
import { invalidJwk } from "./problems.ts"
import { assertRsaConsistent, assertUsableRsa, completeRsa, rsaNumbers } from "./rsa.ts"
import { assertSecret } from "./secret.ts"

/** 16,384 bits. */
const MAX_MODULUS_BYTES = 2048
/** 64 bits. */
const MAX_EXPONENT_BYTES = 8
/** A certificate may hold an exponent without end, too. */
const MAX_CERTIFICATE_CHARACTERS = 16_384
const RSA_PRIVATE = ["d", "p", "q", "dp", "dq", "qi"] as const
const CRT = RSA_PRIVATE.slice(1)
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  sig: ["sign", "verify"],
  enc: ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"],
}
const CERTIFICATE_MEMBERS = ["x5u", "x5c", "x5t", "x5t#S256"] as const

/** What a caller says about a key beside the JWK itself; it wins over the JWK. */
export interface JwkOverrides {
  readonly algorithm?: string | undefined
  readonly keyId?: string | undefined
  readonly use?: string | undefined
}

/** Reads a JWK. */
export function importJwk(jwk: unknown, overrides: JwkOverrides = NO_LABELS): Key {
  if (!isJsonObject(jwk)) throw invalidJwk("expected a JSON object")
  try {
    return readJwk(jwk, overrides)
  } catch (cause) {
    throw cause instanceof JwtError ? cause : invalidJwk("a member cannot be read", cause)
  }
}

function readJwk(jwk: JsonObject, overrides: JwkOverrides): Key {
  const keyType = readKeyType(jwk)
  const labels = readLabels(jwk, overrides)
  const members = READERS[keyType](jwk)
  const key = makeKey(importMembers(members), labels)
  assertUsableRsa(key)
  assertAlgorithmFits(key, members.alg)
  assertCertificateFits(key, members)
  return key
}

/** The same material with other labels, checked as if it had come so. */
export function relabel(key: Key, overrides: JwkOverrides): Key {
  const algorithm = overrides.algorithm ?? key.algorithm
  if (algorithm !== undefined) assertKnownAlgorithm(algorithm)
  const labelled = makeKey(key, {
    ...key,
    algorithm,
    keyId: overrides.keyId ?? key.keyId,
    use: overrides.use ?? key.use,
  })
  assertAlgorithmFits(labelled, key.keyType === "AKP" ? key.curve : undefined)
  return labelled
}

/** A key's JWK: material and labels, in a fixed order. Public members only, unless told otherwise. */
export function exportJwk(key: Key, includePrivate: boolean): JsonObject {
  const operations =
    includePrivate || key.type !== "private"
      ? key.operations
      : key.operations?.map((name) => (name === "sign" ? "verify" : name))
  const jwk: JsonObject = { ...materialMembers(key, includePrivate) }
  if (key.algorithm !== undefined) jwk["alg"] = key.algorithm
  if (key.keyId !== undefined) jwk["kid"] = key.keyId
  if (key.use !== undefined) jwk["use"] = key.use
  if (operations !== undefined) jwk["key_ops"] = [...new Set(operations)]
  return Object.assign(jwk, key.certificates)
}

/** The members that hold the material (RFC 7518, section 6). */
export function materialMembers(key: KeyMaterial, includePrivate: boolean): KeyMembers {
  assertKnown(key)
  try {
    if (key.keyType === "oct") return { kty: "oct", k: encodeBase64Url(engine.exportSecret(key)) }
    return engine.exportMembers(includePrivate || key.type === "public" ? key : engine.publicHalf(key))
  } catch (cause) {
    throw new InvalidKeyError("key_invalid", "this key cannot be written as a JWK", { cause })
  }
}

/** Whether all members of a key are known, or found at once by a platform that answers at once. */
export function isKnown(key: KeyMaterial): boolean {
  return engine.knows(key, "everything") || (engine.answersAtOnce && engine.complete(key) === true)
}

/**
 * Refuses to write a key of which not everything is known: a CryptoKey, or a private key whose public members the platform has yet to
 * compute.
 *
 * @throws InvalidKeyError `key_not_for_use` for a CryptoKey that keeps its material; UsageError `sync_unavailable`.
 */
export function assertKnown(key: KeyMaterial): void {
  if (isKnown(key)) return
  if (key.extractable === false) throw new InvalidKeyError("key_not_for_use", "the CryptoKey is not extractable")
  throw new UsageError(
    "sync_unavailable",
    `this key's members are not known before cryptography in ${runtimeName()} was asked for them; read it with Jwk.fromAsync, Jwk.fromPemAsync or Jwk.fromCryptoKey`,
  )
}

function importMembers(members: KeyMembers): KeyMaterial {
  const isPrivate = members.d !== undefined || members.priv !== undefined
  try {
    if (!isPrivate || members.kty === "RSA") return engine.importMembers(members)
    if (!engine.answersAtOnce)
      return { ...engine.importMembers(members), confirm: (found) => assertPublicBelongs(members, found) }
    const derived = engine.derivePublic(members)
    if (derived !== undefined && !isPending(derived)) assertPublicBelongs(members, derived)
    return engine.importMembers(members)
  } catch (cause) {
    if (cause instanceof InvalidKeyError) throw cause
    if (members.kty === "RSA") assertUsableRsa(rsaNumbers(members))
    throw lacking(members.crv) ?? invalidJwk(`the platform refuses this ${members.kty} key`, cause)
  }
}

function readKeyType(jwk: JsonObject): KeyType {
  const keyType = own(jwk, "kty")
  if (typeof keyType === "string" && Object.hasOwn(READERS, keyType)) return keyType as KeyType
  throw invalidJwk("`kty` must be one of oct, RSA, EC, OKP, AKP")
}

function readLabels(jwk: JsonObject, overrides: JwkOverrides): KeyLabels {
  const algorithm = overrides.algorithm ?? optionalText(jwk, "alg")
  const use = overrides.use ?? optionalText(jwk, "use")
  const operations = readOperations(jwk, use)
  if (algorithm !== undefined) assertKnownAlgorithm(algorithm)
  return {
    algorithm,
    keyId: overrides.keyId ?? optionalText(jwk, "kid"),
    use,
    operations,
    certificates: readCertificates(jwk),
  }
}

function assertKnownAlgorithm(algorithm: string): void {
  const known = SIGNATURE_ROWS.some((row) => row.name === algorithm && row.family !== "none")
  if (known || ENCRYPTION_KEYS.has(algorithm) || customAlgorithm(algorithm) !== undefined) return
  throw new JwkError("jwk_algorithm_unknown", "the JWK's `alg` is not an algorithm known here")
}

/** RFC 7517, section 4.3: no operation twice, and none that contradicts `use`. */
function readOperations(jwk: JsonObject, use: string | undefined): readonly string[] | undefined {
  const operations = own(jwk, "key_ops")
  if (operations === undefined) return undefined
  if (!Array.isArray(operations) || !operations.every((name) => typeof name === "string"))
    throw invalidJwk("`key_ops` must be an array of strings")
  if (new Set(operations).size !== operations.length) throw invalidJwk("`key_ops` holds an operation twice")
  const allowed = use === undefined ? undefined : Object.hasOwn(OPERATIONS, use) ? OPERATIONS[use] : undefined
  if (allowed !== undefined && operations.some((name) => !allowed.includes(name)))
    throw invalidJwk("`key_ops` and `use` contradict each other")
  return [...operations]
}

function readCertificates(jwk: JsonObject): Readonly<Record<string, unknown>> | undefined {
  let found: Record<string, unknown> | undefined
  for (const name of CERTIFICATE_MEMBERS) {
    const value = own(jwk, name)
    if (value === undefined) continue
    const chain =
      name === "x5c" && Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string")
    if (!chain && (name === "x5c" || typeof value !== "string")) throw invalidJwk(`\`${name}\` has the wrong type`)
    found = { ...found, [name]: Array.isArray(value) ? [...value] : value }
  }
  return found
}

const READERS: Readonly<Record<KeyType, (jwk: JsonObject) => KeyMembers>> = {
  oct(jwk) {
    const secret = bytesOf(jwk, "k")
    assertSecret(secret)
    return membersOf({ kty: "oct", k: text(jwk, "k") })
  },
  RSA(jwk) {
    if (own(jwk, "oth") !== undefined) throw invalidJwk("RSA keys with more than two primes (`oth`) are not read")
    const members = membersOf({
      kty: "RSA",
      n: unsigned(jwk, "n", MAX_MODULUS_BYTES),
      e: unsigned(jwk, "e", MAX_EXPONENT_BYTES),
    })
    if (((bytesOf(jwk, "n").at(-1) ?? 0) & 1) === 0) throw invalidJwk("`n` is even, so it is no RSA modulus")
    if (own(jwk, "d") === undefined) {
      if (CRT.some((name) => own(jwk, name) !== undefined))
        throw invalidJwk("`d` is missing beside other private members")
      return members
    }
    const given = CRT.filter((name) => own(jwk, name) !== undefined)
    members.d = unsigned(jwk, "d", MAX_MODULUS_BYTES)
    if (given.length !== 0 && given.length !== CRT.length)
      throw invalidJwk("of `p q dp dq qi` all or none must be there")
    for (const name of given) members[name] = unsigned(jwk, name, MAX_MODULUS_BYTES)
    const complete = given.length === 0 ? completeRsa(members) : members
    assertRsaConsistent(complete)
    return complete
  },
  EC(jwk) {
    const crv = text(jwk, "crv")
    const length = EC_BYTES.get(crv)
    if (length === undefined) throw invalidJwk(`\`crv\` must be one of ${[...EC_BYTES.keys()].join(", ")}`)
    const members = membersOf({ kty: "EC", crv, x: fixed(jwk, "x", length), y: fixed(jwk, "y", length) })
    if (own(jwk, "d") !== undefined) members.d = fixed(jwk, "d", length)
    return members
  },
  OKP(jwk) {
    const crv = text(jwk, "crv")
    const length = OKP_BYTES.get(crv)
    if (length === undefined) throw invalidJwk(`\`crv\` must be one of ${[...OKP_BYTES.keys()].join(", ")}`)
    const members = membersOf({ kty: "OKP", crv, x: fixed(jwk, "x", length) })
    assertUsefulPoint(crv, bytesOf(jwk, "x"))
    if (own(jwk, "d") !== undefined) members.d = fixed(jwk, "d", length)
    return members
  },
  AKP(jwk) {
    const alg = text(jwk, "alg")
    const length = AKP_BYTES.get(alg)
    if (length === undefined)
      throw invalidJwk(`\`alg\` of an AKP key must be one of ${[...AKP_BYTES.keys()].join(", ")}`)
    assertAvailable(alg)
    const members = membersOf({ kty: "AKP", alg, pub: fixed(jwk, "pub", length) })
    if (own(jwk, "priv") !== undefined) members.priv = fixed(jwk, "priv", AKP_SEED_BYTES)
    return members
  },
}

function assertAvailable(algorithm: string): void {
  const missing = lacking(algorithm)
  if (missing !== undefined) throw missing
}

/** A token signed with `d` must be one that the public members verify; also the double public key attack on Ed25519 (RFC 8037). */
function assertPublicBelongs(members: KeyMembers, derived: KeyMembers): void {
  if (
    derived.x !== members.x ||
    (members.y !== undefined && derived.y !== members.y) ||
    (members.pub !== undefined && derived.pub !== members.pub)
  ) {
    throw invalidJwk("the private and the public members do not belong together")
  }
}

function assertAlgorithmFits(key: Key, parameterSet: string | undefined): void {
  if (key.algorithm === undefined) return
  if (parameterSet !== undefined && parameterSet !== key.algorithm)
    throw invalidJwk("an AKP key has the algorithm of its `alg` only")
  if (customAlgorithm(key.algorithm) !== undefined) return
  const row = SIGNATURE_ROWS.find(({ name }) => name === key.algorithm) ?? ENCRYPTION_KEYS.get(key.algorithm)
  if (row === undefined) return
  const keyTypes = "keyTypes" in row ? row.keyTypes : [row.keyType]
  const fits = keyTypes.includes(key.keyType) && (row.curves?.includes(key.curve ?? "") ?? true)
  if (!fits) throw invalidJwk("`alg` does not fit the key's type or curve")
}

/** RFC 7517, section 4.7: the key in the first certificate is this key. The chain is not validated. */
function assertCertificateFits(key: Key, members: KeyMembers): void {
  const chain = key.certificates?.["x5c"]
  if (!Array.isArray(chain)) return
  const first = String(chain[0])
  if (first.length > MAX_CERTIFICATE_CHARACTERS)
    throw invalidJwk(`the certificate in \`x5c\` is longer than ${MAX_CERTIFICATE_CHARACTERS} characters`)
  let certified: KeyMembers
  try {
    certified = materialMembers(engine.importDer(decodeBase64(first), "CERTIFICATE"), false)
  } catch (cause) {
    throw invalidJwk("`x5c` does not begin with a certificate", cause)
  }
  const same =
    certified.kty === members.kty && certified.n === members.n && certified.x === members.x && certified.y === members.y
  if (!same) throw invalidJwk("the certificate in `x5c` is for another key")
}

function optionalText(jwk: JsonObject, name: string): string | undefined {
  const value = own(jwk, name)
  // A label that is null or empty says nothing; Azure and others write such.
  if (value === undefined || value === null || value === "") return undefined
  if (typeof value !== "string") throw invalidJwk(`\`${name}\` must be a string`)
  return value
}

function text(jwk: JsonObject, name: string): string {
  const value = own(jwk, name)
  if (typeof value === "string") return value
  throw invalidJwk(`\`${name}\` must be a string`)
}

function bytesOf(jwk: JsonObject, name: string): Uint8Array {
  const bytes = decodeBase64UrlPooled(text(jwk, name))
  if (bytes === undefined) throw invalidJwk(`\`${name}\` must be canonical base64url`)
  return bytes
}

/** A value of exactly this many bytes: coordinates and private values are never shortened (RFC 7518, section 6.2.1.2). */
function fixed(jwk: JsonObject, name: string, length: number): string {
  const bytes = bytesOf(jwk, name)
  if (bytes.length !== length) throw invalidJwk(`\`${name}\` must be ${length} bytes long, found ${bytes.length}`)
  return text(jwk, name)
}

/**
 * Base64urlUInt: as short as possible, so no leading zero byte (RFC 7518, section 2). The length is bounded before anyone computes:
 * the platform takes a minute to say what an exponent of a megabyte is.
 */
function unsigned(jwk: JsonObject, name: string, maxBytes: number): string {
  const bytes = bytesOf(jwk, name)
  if (bytes.length > maxBytes) throw invalidJwk(`\`${name}\` must be at most ${maxBytes} bytes long`)
  if (bytes.length === 0 || bytes[0] === 0)
    throw invalidJwk(`\`${name}\` must be a number above zero without leading zero bytes`)
  return text(jwk, name)
}
