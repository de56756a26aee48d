/** Keys as JSON (RFC 7517): read from every form, made, shown and compared by thumbprint. */

import { encodeBase64Url, encodeUtf8 } from "#bytes"
import { isJsonObject, type JsonObject, own, parseJsonObject } from "./codec/json.ts"
import { ENCRYPTION_KEYS } from "./crypto/encryption-keys.ts"
import type { GenerateRequest } from "./crypto/engine.ts"
import { type Key, type KeyMaterial, makeKey, NO_LABELS } from "./crypto/key.ts"
import { engine } from "./crypto/platform.ts"
import { builtInRow } from "./crypto/registry.ts"
import { runtimeName, unavailable } from "./crypto/runtime.ts"
import type { HashName, KeyType, SignatureRow } from "./crypto/signature-algorithms.ts"
import { subtle } from "./crypto/subtle.ts"
import { type WebParameters, webParameters } from "./crypto/web-parameters.ts"
import { InvalidKeyError, JwkSetError, JwtError, UsageError } from "./errors.ts"
import {
  countOption,
  invalidOption,
  knownOptions,
  type OptionNames,
  optionNames,
  textOption,
  unknownAlgorithm,
} from "./jose/options.ts"
import { type Answer, answerNow, isSteps, type Mode, runAsync, runSync, type Steps, wait } from "./jose/steps.ts"
import type { JwksClient } from "./jwks.ts"
import { namedAlgorithms } from "./keys/fit.ts"
import { assertKnown, exportJwk, importJwk, type JwkOverrides, materialMembers, relabel } from "./keys/jwk.ts"
import { importKeyText, importSealedText } from "./keys/pem.ts"
import type { CryptoKey, KeyObject } from "./keys/platform-types.ts"
import { invalidJwk } from "./keys/problems.ts"
import {
  importBytes,
  importPlatformKey,
  publicForm,
  type RemoteSigner,
  registerSource,
  type UnverifiedHeader,
  usable,
} from "./keys/source.ts"

export type { CryptoKey, KeyObject } from "./keys/platform-types.ts"
export type { RemoteSigner, UnverifiedHeader } from "./keys/source.ts"

/**
 * Every form of key that signing, verifying, encrypting and decrypting take. Text is a secret (for PBES2 the password), unless it is PEM or an
 * OpenSSH public key.
 */
export type KeyInput =
  | string
  | Uint8Array
  | KeyObject
  | CryptoKey
  | JwkObject
  | Jwk
  | JwkSet
  | JwksClient
  | RemoteSigner
  | ((header: UnverifiedHeader) => KeyInput | null | undefined | Promise<KeyInput | null | undefined>)

/** A JWK as plain JSON. */
export interface JwkObject {
  kty: string
  alg?: string
  kid?: string
  use?: string
  key_ops?: string[]
  [member: string]: unknown
}

/** What to say about a key beside its material; wins over what the JWK says. */
export interface JwkOptions {
  algorithm?: string | undefined
  keyId?: string | undefined
  /** `sig` or `enc`. */
  use?: string | undefined
}

/** {@link JwkOptions}, and the passphrase of an encrypted private key. */
export interface PemOptions extends JwkOptions {
  passphrase?: string | Uint8Array | undefined
}

/** What {@link Jwk.from} reads. */
export type JwkSource = JwkObject | string | KeyObject | Uint8Array | Jwk

/** What a new key is to be. */
export interface GenerateOptions {
  keyId?: string | undefined
  /** Bits of an RSA modulus: 2048 to 16384. Default 2048. */
  modulusLength?: number | undefined
  /** For algorithms that have several: EdDSA (default Ed25519) and the ECDH-ES family (default P-256). */
  curve?: string | undefined
}

/** Hash for a thumbprint. */
export type ThumbprintHash = "sha-256" | "sha-384" | "sha-512"

const JWK_OPTIONS = optionNames("algorithm", "keyId", "use")
const PEM_OPTIONS = { ...JWK_OPTIONS, ...optionNames("passphrase") }
const GENERATE_OPTIONS = optionNames("keyId", "modulusLength", "curve")
const MIN_MODULUS_BITS = 2048
const MAX_MODULUS_BITS = 16_384
const MAX_SET_KEYS = 1000
const HASHES: ReadonlyMap<string, HashName> = new Map([
  ["sha-256", "sha256"],
  ["sha-384", "sha384"],
  ["sha-512", "sha512"],
])
/** Members of a thumbprint, in the order of their names (RFC 7638, section 3.2; RFC 8037, section 2; RFC 9964). */
const THUMBPRINT_MEMBERS = {
  oct: ["k", "kty"],
  RSA: ["e", "kty", "n"],
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  AKP: ["alg", "kty", "pub"],
} as const

// What only this file may do with a Jwk: make one of a key, and look inside.
let wrap: (key: Key) => Jwk
let unwrap: (jwk: Jwk) => Key

/** One key: immutable, checked when it was made, ready to sign, verify, encrypt or decrypt. Printing it shows no secret. */
export class Jwk {
  readonly #key: Key

  static {
    wrap = (key) => new Jwk(key)
    unwrap = (jwk) => jwk.#key
    // What console.log shows in Node.
    Object.defineProperty(Jwk.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Jwk): string {
        return this.toString()
      },
    })
  }

  private constructor(key: Key) {
    this.#key = key
    registerSource(this, { kind: "key", key, input: this })
  }

  /**
   * Reads a JWK (object or JSON text), a KeyObject, or bytes (DER, or a secret).
   *
   * @throws InvalidKeyError `jwk_invalid`, `key_invalid`, `secret_empty` …; JwkError if `alg` names no known algorithm.
   */
  static from(input: JwkSource, options?: JwkOptions): Jwk {
    return fromSource(input, options, "Jwk.from")
  }

  /** As {@link from}; everything about the key is known and checked then, also what only the platform can tell. */
  static fromAsync(input: JwkSource, options?: JwkOptions): Promise<Jwk> {
    return runAsync(() => completed(fromSource(input, options, "Jwk.fromAsync")))
  }

  /**
   * Reads PEM: PKCS#8 (also encrypted), PKCS#1, SEC1, SPKI, an X.509 certificate (whose validity is not checked), or an OpenSSH public key.
   *
   * @throws InvalidKeyError `key_invalid`, with what was found and what was expected.
   */
  static fromPem(pem: string, options?: PemOptions): Jwk {
    return answerNow(pemSteps(pem, options, "Jwk.fromPem"), "Jwk.fromPemAsync")
  }

  /** As {@link fromPem}; everything about the key is known then, also what only the platform can compute. */
  static fromPemAsync(pem: string, options?: PemOptions): Promise<Jwk> {
    return runAsync(() => completed(pemSteps(pem, options, "Jwk.fromPemAsync")))
  }

  /** Reads a WebCrypto key. One that is not extractable can sign and verify, and cannot be exported. */
  static fromCryptoKey(cryptoKey: CryptoKey, options?: JwkOptions): Promise<Jwk> {
    return runAsync(() => completed(fromCryptoKeyOf(cryptoKey, options)))
  }

  /**
   * Makes a new key for an algorithm of signatures or encryption: a secret as long as it asks for, or a private key. Slow for RSA; see {@link generateAsync}.
   *
   * @throws InvalidAlgorithmError `algorithm_unknown`, `algorithm_unavailable`; UsageError for a modulus out of range.
   */
  static generate(algorithm: string, options?: GenerateOptions): Jwk {
    return runSync(() => generateSteps(algorithm, options, "sync"), "Jwk.generateAsync")
  }

  /** As {@link generate}, without blocking. */
  static generateAsync(algorithm: string, options?: GenerateOptions): Promise<Jwk> {
    return runAsync(() => generateSteps(algorithm, options, "async"))
  }

  /** The algorithm the key is for: the one it is marked with, or the only one its curve has (EdDSA for OKP keys). */
  get algorithm(): string | undefined {
    return namedAlgorithms(this.#key)[0]
  }

  /** `kty`: oct, RSA, EC, OKP or AKP. */
  get keyType(): string {
    return this.#key.keyType
  }

  /** `kid`. */
  get keyId(): string | undefined {
    return this.#key.keyId
  }

  /** `use`: sig or enc. */
  get use(): string | undefined {
    return this.#key.use
  }

  /** `crv` of an EC or OKP key. */
  get curve(): string | undefined {
    return this.#key.keyType === "AKP" ? undefined : this.#key.curve
  }

  /** Whether the key holds a private part; false for secrets. */
  get isPrivate(): boolean {
    return this.#key.type === "private"
  }

  /** Whether the key is a shared secret. */
  get isSymmetric(): boolean {
    return this.#key.type === "secret"
  }

  /**
   * The public half, as a key of its own. `key_ops` that sign become ones that verify.
   *
   * @throws UsageError `key_secret` for a secret, which has none.
   */
  publicKey(): Jwk {
    const key = this.#key
    if (key.type === "public") return this
    refuseSecret(key)
    assertKnown(key)
    const operations = key.operations?.map((name) => (name === "sign" ? "verify" : name))
    return wrap(
      makeKey(
        { ...engine.publicHalf(key) },
        { ...key, operations: operations === undefined ? undefined : [...new Set(operations)] },
      ),
    )
  }

  /**
   * The public members as a plain object; what `JSON.stringify` shows.
   *
   * @throws UsageError `key_secret` for a secret, which has none.
   */
  toJSON(): JwkObject {
    refuseSecret(this.#key)
    return exportJwk(this.#key, false) as JwkObject
  }

  /** All members, private ones and secrets included: for storage that is itself protected. */
  toPrivateJSON(): JwkObject {
    refuseSealed(this.#key)
    return exportJwk(this.#key, true) as JwkObject
  }

  /** The public key as SPKI in PEM. */
  toPem(): string {
    refuseSecret(this.#key)
    assertKnown(this.#key)
    return engine.exportPem(this.#key.type === "public" ? this.#key : engine.publicHalf(this.#key))
  }

  /** The private key as PKCS#8 in PEM, encrypted where a passphrase is given. */
  toPrivatePem(options?: { passphrase?: string | Uint8Array | undefined }): string {
    return answerNow(privatePemSteps(this.#key, options, "toPrivatePem"), "toPrivatePemAsync")
  }

  /** As {@link toPrivatePem}. */
  toPrivatePemAsync(options?: { passphrase?: string | Uint8Array | undefined }): Promise<string> {
    return runAsync(() => privatePemSteps(this.#key, options, "toPrivatePemAsync"))
  }

  /** The thumbprint (RFC 7638) as base64url: the same for a private key and its public half. */
  thumbprint(hash: ThumbprintHash = "sha-256"): string {
    return runSync(() => thumbprintSteps(this.#key, hash), "thumbprintAsync")
  }

  /** As {@link thumbprint}. */
  thumbprintAsync(hash: ThumbprintHash = "sha-256"): Promise<string> {
    return runAsync(() => thumbprintSteps(this.#key, hash))
  }

  /** The thumbprint as a URI (RFC 9278). */
  thumbprintUri(hash: ThumbprintHash = "sha-256"): string {
    return runSync(() => thumbprintUriSteps(this.#key, hash), "thumbprintUriAsync")
  }

  /** As {@link thumbprintUri}. */
  thumbprintUriAsync(hash: ThumbprintHash = "sha-256"): Promise<string> {
    return runAsync(() => thumbprintUriSteps(this.#key, hash))
  }

  /** The key as Node's KeyObject. */
  toKeyObject(): KeyObject {
    refuseSealed(this.#key)
    return engine.toKeyObject(this.#key) as KeyObject
  }

  /**
   * The key for WebCrypto, extractable, for the one algorithm it is marked with.
   *
   * @throws UsageError `algorithm_required` where the key serves several algorithms and names none.
   */
  async toCryptoKey(): Promise<CryptoKey> {
    const key = this.#key
    const use = webUse(key)
    if (use === undefined)
      throw new UsageError(
        "algorithm_required",
        "a CryptoKey is for one algorithm that WebCrypto has; say which: Jwk.from(key, { algorithm })",
      )
    refuseSealed(key)
    await engine.complete(key)
    const { parameters, usages } = use
    const jwk = { ...materialMembers(key, true) }
    const platform = subtle()
    try {
      return (await platform.importKey("jwk", jwk, parameters, true, usages)) as CryptoKey
    } catch (cause) {
      const message = `WebCrypto in ${runtimeName()} refuses this key for ${parameters.name}`
      throw new InvalidKeyError("key_unsuitable", message, { cause })
    }
  }

  /** What a debugger or a log shows: no material. */
  toString(): string {
    const { keyType, keyId, type } = this.#key
    return `Jwk(${type} ${keyType}${this.algorithm === undefined ? "" : ` ${this.algorithm}`}${keyId === undefined ? "" : ` ${keyId}`})`
  }
}

/** A key of a set that was left out, and why. */
export interface SkippedJwk {
  /** Position in the set's `keys`. */
  readonly index: number
  readonly keyId: string | undefined
  readonly error: JwtError
}

/**
 * Keys of one party (RFC 7517, section 5): immutable. One bad key does not spoil the set; it is left out and listed in `skipped`.
 */
export class JwkSet {
  readonly #keys: readonly Jwk[]
  /** Keys that could not be read. */
  readonly skipped: readonly SkippedJwk[]

  private constructor(keys: readonly Jwk[], skipped: readonly SkippedJwk[]) {
    this.#keys = keys
    this.skipped = skipped
    registerSource(this, { kind: "keys", keys: keys.map(unwrap) })
  }

  /**
   * Reads a JWK Set: object, JSON text, or an array of keys.
   *
   * @throws JwkSetError `jwks_invalid`: not a set, no usable key, secrets beside public keys, more than 1,000 keys.
   */
  static from(input: { keys: readonly unknown[] } | string | readonly Jwk[]): JwkSet {
    return JwkSet.#read(input, { maxKeys: MAX_SET_KEYS, skipSecrets: false })
  }

  /** @internal As {@link from}, for sets that came over the network: secrets in them are skipped. */
  static fromRemote(input: unknown, maxKeys: number): JwkSet {
    return JwkSet.#read(input, { maxKeys, skipSecrets: true })
  }

  static #read(input: unknown, rules: { maxKeys: number; skipSecrets: boolean }): JwkSet {
    const entries = entriesOf(input)
    if (entries.length > rules.maxKeys)
      throw new JwkSetError(
        "jwks_invalid",
        `the JWK Set holds ${entries.length} keys, at most ${rules.maxKeys} are read`,
      )
    const keys: Jwk[] = []
    const skipped: SkippedJwk[] = []
    for (const [index, entry] of entries.entries()) {
      const read = readEntry(entry, rules.skipSecrets)
      if (read instanceof Jwk) keys.push(read)
      else skipped.push({ index, keyId: keyIdOf(entry), error: read })
    }
    if (keys.length === 0)
      throw new JwkSetError(
        "jwks_invalid",
        `the JWK Set holds no usable key${skipped[0] === undefined ? "" : `; the first was left out: ${skipped[0].error.message}`}`,
      )
    if (keys.some((key) => key.isSymmetric) && keys.some((key) => !key.isSymmetric)) {
      throw new JwkSetError("jwks_invalid", "the JWK Set mixes secrets with public or private keys")
    }
    return new JwkSet(keys, skipped)
  }

  /** Number of usable keys. */
  get size(): number {
    return this.#keys.length
  }

  /** The first key with this id. */
  get(keyId: string): Jwk | undefined {
    return this.#keys.find((key) => key.keyId === keyId)
  }

  /** All keys with these properties; a key that says nothing about `algorithm` or `use` counts as having it, if its type allows. */
  find(wanted: { keyId?: string | undefined; algorithm?: string | undefined; use?: string | undefined } = {}): Jwk[] {
    const { keyId, algorithm, use } = knownOptions(wanted, JWK_OPTIONS, "find")
    return this.#keys.filter((key) => {
      const fitsId = keyId === undefined || key.keyId === keyId
      const fitsUse = use === undefined || key.use === undefined || key.use === use
      return fitsId && fitsUse && (algorithm === undefined || canServe(unwrap(key), algorithm))
    })
  }

  /** The keys in their order. */
  [Symbol.iterator](): Iterator<Jwk> {
    return this.#keys[Symbol.iterator]()
  }

  /** The set as it may be published: public members only, secrets left out. */
  toJSON(): { keys: JwkObject[] } {
    return { keys: this.#keys.filter((key) => !key.isSymmetric).map((key) => key.toJSON()) }
  }
}

/** @internal The Jwk that stands for a key. */
export function jwkOf(key: Key): Jwk {
  const known = publicForm(key)
  return known instanceof Jwk ? known : wrap(key)
}

/** @internal The key inside a Jwk. */
export function keyOf(jwk: Jwk): Key {
  return unwrap(jwk)
}

function jwkOptions(options: JwkOptions | undefined, known: OptionNames, call: string): JwkOverrides {
  const { algorithm, keyId, use } = knownOptions(options, known, call)
  return {
    algorithm: textOption("algorithm", algorithm),
    keyId: textOption("keyId", keyId),
    use: textOption("use", use),
  }
}

function fromSource(input: JwkSource, options: JwkOptions | undefined, call: string): Jwk {
  const overrides = jwkOptions(options, JWK_OPTIONS, call)
  if (input instanceof Jwk) return relabelled(unwrap(input), overrides)
  if (typeof input === "string") return wrap(importJwk(jsonText(input), overrides))
  if (input instanceof Uint8Array) return relabelled(importBytes(new Uint8Array(input)), overrides)
  if (typeof input !== "object" || input === null) throw invalidJwk("expected an object, JSON text, KeyObject or bytes")
  const platform = importPlatformKey(input)
  return platform === undefined ? wrap(importJwk(input, overrides)) : relabelled(platform, overrides)
}

function fromCryptoKeyOf(cryptoKey: CryptoKey, options: JwkOptions | undefined): Jwk {
  const overrides = jwkOptions(options, JWK_OPTIONS, "Jwk.fromCryptoKey")
  const key = typeof cryptoKey === "object" && cryptoKey !== null ? importPlatformKey(cryptoKey) : undefined
  if (key === undefined) throw new InvalidKeyError("key_invalid", "expected a CryptoKey")
  return relabelled(key, overrides)
}

function* pemSteps(pem: string, options: PemOptions | undefined, call: string): Steps<Jwk> {
  if (typeof pem !== "string") throw new InvalidKeyError("key_invalid", `expected PEM text, found ${typeof pem}`)
  const { passphrase, algorithm, keyId, use } = knownOptions(options, PEM_OPTIONS, call)
  assertPassphrase(passphrase)
  const overrides = jwkOptions({ algorithm, keyId, use }, JWK_OPTIONS, call)
  const material = passphrase === undefined ? importKeyText(pem) : yield* wait(importSealedText(pem, passphrase))
  return relabelled(usable(makeKey(material, NO_LABELS)), overrides)
}

/** Waits until everything about a key is known and checked. */
function* completed(answer: Answer<Jwk>): Steps<Jwk> {
  const jwk = isSteps(answer) ? yield* answer : answer
  yield* wait(engine.complete(unwrap(jwk)))
  return jwk
}

function* privatePemSteps(
  key: Key,
  options: { passphrase?: string | Uint8Array | undefined } | undefined,
  call: string,
): Steps<string> {
  const { passphrase } = knownOptions(options, optionNames("passphrase"), call)
  assertPassphrase(passphrase)
  refuseSecret(key)
  if (key.type !== "private") throw new InvalidKeyError("key_not_private", "a public key has no private part to write")
  refuseSealed(key)
  if (!engine.knows(key, "private form")) yield* wait(engine.complete(key))
  return passphrase === undefined ? engine.exportPem(key) : yield* wait(engine.exportEncryptedPem(key, passphrase))
}

function* thumbprintSteps(key: Key, hash: ThumbprintHash): Steps<string> {
  const name = HASHES.get(hash)
  if (name === undefined) throw invalidOption("hash", "sha-256, sha-384 or sha-512", hash)
  if (!engine.knows(key, "everything")) yield* wait(engine.complete(key))
  const members = materialMembers(key, false)
  const ordered = Object.fromEntries(
    THUMBPRINT_MEMBERS[members.kty].map((member) => [member, Reflect.get(members, member)]),
  )
  return encodeBase64Url(yield* wait(engine.digest(name, encodeUtf8(JSON.stringify(ordered)))))
}

function* thumbprintUriSteps(key: Key, hash: ThumbprintHash): Steps<string> {
  return `urn:ietf:params:oauth:jwk-thumbprint:${hash}:${yield* thumbprintSteps(key, hash)}`
}

function relabelled(key: Key, overrides: JwkOverrides): Jwk {
  const same = Object.values(overrides).every((value) => value === undefined)
  return wrap(same ? key : relabel(key, overrides))
}

/** What WebCrypto is to use a key for; undefined where the key does not say, or WebCrypto has nothing of the kind. */
function webUse(key: Key): { readonly parameters: WebParameters; readonly usages: readonly string[] } | undefined {
  const [name] = namedAlgorithms(key)
  const row = name === undefined ? undefined : builtInRow(name)
  if (row !== undefined) return { parameters: webParameters(row, key.curve), usages: usagesFor(key, "sign", "verify") }
  const { curve = "" } = key
  const keys = name === undefined ? undefined : ENCRYPTION_KEYS.get(name)
  if (curve.startsWith("X") || keys?.curves !== undefined) {
    const parameters = curve.startsWith("X") ? { name: curve } : { name: "ECDH", namedCurve: curve }
    return { parameters, usages: key.type === "private" ? ["deriveBits"] : [] }
  }
  if (keys?.web === undefined) return undefined
  const [there, back] = keys.web.name === "AES-KW" ? ["wrapKey", "unwrapKey"] : ["encrypt", "decrypt"]
  return { parameters: keys.web, usages: usagesFor(key, back ?? "", there ?? "") }
}

/** What a key may do: both with a secret, else what its half does. */
function usagesFor(key: Key, ofPrivate: string, ofPublic: string): readonly string[] {
  if (key.type === "secret") return [ofPrivate, ofPublic]
  return [key.type === "private" ? ofPrivate : ofPublic]
}

/** The keys that an algorithm takes. */
interface Wanted {
  readonly row: SignatureRow | undefined
  readonly keyType: KeyType
  readonly curve: string | undefined
  readonly secretBytes: number
}

function wantedKeys(name: string, curve: string | undefined): Wanted {
  const row = typeof name === "string" ? builtInRow(name) : undefined
  if (row?.keyType !== undefined) {
    const { keyType, curves, hashBytes = 0 } = row
    return { row, keyType, curve: curveOption(curve, curves), secretBytes: hashBytes }
  }
  const keys = typeof name === "string" ? ENCRYPTION_KEYS.get(name) : undefined
  const [keyType] = keys?.keyTypes ?? []
  if (keys === undefined || keyType === undefined) throw unknownAlgorithm(name)
  const { curves, secretBytes = 0 } = keys
  if (keyType === "oct" && secretBytes === 0)
    throw new UsageError("argument_invalid", `the key of ${name} is that of the content: name it, such as A256GCM`)
  const chosen = curveOption(curve, curves)
  return { row: undefined, keyType: chosen?.startsWith("X") ? "OKP" : keyType, curve: chosen, secretBytes }
}

function curveOption(curve: string | undefined, curves: readonly string[] = []): string | undefined {
  const chosen = textOption("curve", curve) ?? curves[0]
  if (chosen === undefined || curves.includes(chosen)) return chosen
  throw invalidOption(
    "curve",
    curves.length === 0 ? "left out for this algorithm" : `one of ${curves.join(", ")}`,
    curve,
  )
}

function* generateSteps(algorithm: string, options: GenerateOptions | undefined, mode: Mode): Steps<Jwk> {
  const given = knownOptions(options, GENERATE_OPTIONS, "generate")
  const wanted = wantedKeys(algorithm, given.curve)
  const modulusLength = countOption("modulusLength", given.modulusLength, MIN_MODULUS_BITS)
  if (modulusLength < MIN_MODULUS_BITS || modulusLength > MAX_MODULUS_BITS)
    throw invalidOption("modulusLength", `${MIN_MODULUS_BITS} to ${MAX_MODULUS_BITS} bits`, modulusLength)
  const labels = { ...NO_LABELS, algorithm, keyId: textOption("keyId", given.keyId) }
  if (wanted.row !== undefined && !(yield* wait(engine.supports(wanted.row)))) throw unavailable(algorithm)
  try {
    return wrap(makeKey(yield* newMaterial(wanted, modulusLength, mode), labels))
  } catch (cause) {
    if (cause instanceof JwtError) throw cause
    // Of a curve there is nothing else that could go wrong.
    if (wanted.curve !== undefined) throw unavailable(`${algorithm} with ${wanted.curve}`)
    throw new InvalidKeyError("key_invalid", `${runtimeName()} could not make a key for ${algorithm}`, { cause })
  }
}

function* newMaterial({ keyType, curve, secretBytes }: Wanted, modulusLength: number, mode: Mode): Steps<KeyMaterial> {
  if (keyType === "oct") return engine.importSecret(engine.randomBytes(secretBytes))
  const request: GenerateRequest = { keyType, curve, modulusLength }
  return yield* wait(mode === "sync" ? engine.generate(request) : engine.generateAsync(request))
}

function jsonText(text: string): JsonObject {
  const { value, problem } = parseJsonObject(encodeUtf8(text), "all")
  if (problem === undefined) return value
  throw invalidJwk(
    problem === "duplicate"
      ? "a member name occurs twice"
      : "the text is not a JSON object; PEM is read with Jwk.fromPem",
  )
}

function assertPassphrase(value: unknown): void {
  if (value !== undefined && typeof value !== "string" && !(value instanceof Uint8Array))
    throw new UsageError("option_invalid", `the passphrase must be text or bytes, found ${typeof value}`)
}

function refuseSecret(key: Key): void {
  if (key.type === "secret")
    throw new UsageError("key_secret", "a secret has no public form; toPrivateJSON() writes it, for protected storage")
}

function refuseSealed(key: Key): void {
  if (key.extractable === false && key.type !== "public")
    throw new InvalidKeyError("key_not_for_use", "the CryptoKey is not extractable")
}

function entriesOf(input: unknown): readonly unknown[] {
  let set = input
  if (typeof input === "string") {
    const { value, problem } = parseJsonObject(encodeUtf8(input), "top")
    if (problem !== undefined) throw new JwkSetError("jwks_invalid", "the text is not a JSON object with `keys`")
    set = value
  }
  const entries = Array.isArray(set) ? set : isJsonObject(set) ? own(set, "keys") : undefined
  if (!Array.isArray(entries))
    throw new JwkSetError("jwks_invalid", "expected a JWK Set: an object with an array `keys`")
  if (entries.length === 0) throw new JwkSetError("jwks_invalid", "the JWK Set is empty")
  return entries
}

function readEntry(entry: unknown, skipSecrets: boolean): Jwk | JwtError {
  try {
    const jwk = entry instanceof Jwk ? entry : wrap(importJwk(entry))
    if (skipSecrets && jwk.isSymmetric) return invalidJwk("a secret in a set from the network is not used")
    return jwk
  } catch (error) {
    return error instanceof JwtError ? error : invalidJwk("it cannot be read", error)
  }
}

function keyIdOf(entry: unknown): string | undefined {
  const keyId = isJsonObject(entry) ? own(entry, "kid") : undefined
  return typeof keyId === "string" ? keyId.slice(0, 128) : undefined
}

function canServe(key: Key, algorithm: string): boolean {
  const named = namedAlgorithms(key)
  if (named.length > 0) return named.includes(algorithm)
  const row = builtInRow(algorithm)
  return row === undefined ? false : row.keyType === key.keyType
}
