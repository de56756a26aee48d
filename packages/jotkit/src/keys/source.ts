/**
 * Where keys come from: every form of `KeyInput` becomes a source, and a source and a header become keys that may have made it.
 *
 * Keys are imported once: text by its content, objects by identity as long as they have not changed.
 */

import { decodeBase64UrlPooled, decodeUtf8, sameBytes } from "#bytes"
import { isJsonObject, type JsonObject, own } from "../codec/json.ts"
import { type Key, type KeyMaterial, type KeyMembers, makeKey, NO_LABELS } from "../crypto/key.ts"
import { engine } from "../crypto/platform.ts"
import { customAlgorithm } from "../crypto/registry.ts"
import { InvalidKeyError, JwtError } from "../errors.ts"
import { hasKeyShape, rareCurveOf } from "./der.ts"
import { assertUsefulPoint } from "./edwards.ts"
import { lacking } from "./fit.ts"
import { importJwk, isKnown } from "./jwk.ts"
import { importKeyDer, importKeyText } from "./pem.ts"
import { unreadableKey } from "./problems.ts"
import { assertUsableRsa } from "./rsa.ts"
import { assertSecret, isKeyText, secretBytes } from "./secret.ts"

/**
 * A key that is somewhere else: a KMS, an HSM, an agent. It has one algorithm; signatures are in JWS form (for ECDSA R and S side by
 * side, RFC 7518, section 3.4, not DER).
 */
export interface RemoteSigner {
  readonly algorithm: string
  readonly keyId?: string | undefined
  /** Signs the JWS signing input. */
  sign(data: Uint8Array): Uint8Array | Promise<Uint8Array>
  /** Whether a signature is genuine; without it the public key verifies. */
  verify?(data: Uint8Array, signature: Uint8Array): boolean | Promise<boolean>
}

/** The header as it stands in a token whose signature has not been checked: hostile text. */
export type UnverifiedHeader = Readonly<Record<string, unknown>> & { readonly alg?: string; readonly kid?: string }

/** Answers with the keys of a remote set that may have made a header. */
type RemoteKeys = (header: UnverifiedHeader) => Promise<readonly Key[]>

/** What a `KeyInput` became. */
export type KeySource =
  | { readonly kind: "key"; readonly key: Key; readonly input: unknown }
  | { readonly kind: "keys"; readonly keys: readonly Key[] }
  | { readonly kind: "remote"; readonly find: RemoteKeys }
  | { readonly kind: "function"; readonly call: (header: UnverifiedHeader) => unknown }
  | { readonly kind: "signer"; readonly signer: RemoteSigner }
  /** Not a key of ours: for a registered algorithm that may know it. */
  | { readonly kind: "other"; readonly input: unknown }

/** Sources that the doors' own classes stand for; they register themselves, so that no class is imported from above. */
const sources = new WeakMap<object, KeySource>()
const forms = new WeakMap<Key, object>()
const byText = new Map<string, KeySource>()
const byObject = new WeakMap<object, { readonly source: KeySource; readonly isSame: () => boolean }>()
const MAX_TEXTS = 256

/** Makes an object (a Jwk, a JwkSet, a JwksClient) stand for a source. */
export function registerSource(object: object, source: KeySource): void {
  sources.set(object, source)
  if (source.kind === "key") forms.set(source.key, object)
}

/** The object that callers know a key by: the Jwk, where there is one. */
export function publicForm(key: Key): object {
  return forms.get(key) ?? key
}

/** The source that an object stands for. */
export function registeredSource(object: object): KeySource | undefined {
  return sources.get(object)
}

/**
 * Reads a `KeyInput`.
 *
 * @throws InvalidKeyError `key_missing`, `key_invalid`, `secret_empty`, `secret_is_key_material`, `jwk_invalid` …
 */
export function readKeySource(input: unknown): KeySource {
  if (typeof input === "string") return remembered(input)
  if (typeof input === "function") return { kind: "function", call: input as (header: UnverifiedHeader) => unknown }
  if (typeof input !== "object" || input === null) {
    throw new InvalidKeyError("key_missing", `expected a key, found ${input === null ? "null" : typeof input}`)
  }
  const registered = sources.get(input)
  if (registered !== undefined) return registered
  const known = byObject.get(input)
  if (known?.isSame() === true) return known.source
  const [source, isSame] = readSafely(input)
  byObject.set(input, { source, isSame })
  return source
}

/** Reads text that is a key, or a secret. */
function importText(text: string): Key {
  return isKeyText(text) ? usable(makeKey(importKeyText(text), NO_LABELS)) : importSecret(text)
}

/** Reads bytes: PEM text, DER, or a secret. */
export function importBytes(bytes: Uint8Array): Key {
  const der = importKeyDer(bytes)
  if (der === undefined && hasKeyShape(bytes)) throw lacking(rareCurveOf(bytes)) ?? unreadableDer()
  if (der !== undefined) return usable(makeKey(der, NO_LABELS))
  const text = decodeUtf8(bytes)
  return text !== undefined && isKeyText(text) ? importText(text) : importSecret(bytes)
}

function unreadableDer(): InvalidKeyError {
  const reason = new Error("it is of a kind or on a curve that JOSE does not have, or encrypted")
  return unreadableKey("the DER value", reason)
}

/** Reads a platform key object; undefined if it is none. */
export function importPlatformKey(value: object): Key | undefined {
  const material = platformMaterial(value)
  if (material === undefined) return undefined
  const checked = { ...material, confirm: (found: KeyMembers) => assertMaterial(material, found) }
  // What is not known now, the engine finds before it uses the key, and asks about it then.
  if (!isKnown(checked)) return usable(makeKey(checked, NO_LABELS))
  if (material.type === "secret") assertSecret(engine.exportSecret(material))
  return usable(makeKey(material, NO_LABELS))
}

/** Refuses RSA numbers and Edwards points that nobody may use, in whatever form they came. */
export function usable(key: Key): Key {
  assertUsableRsa(key)
  // A point that is not known yet is computed from the private value, so it is none of those.
  if (key.keyType === "OKP" && engine.knows(key, "everything")) assertMaterial(key, engine.exportMembers(key))
  return key
}

/** What cannot be said of a CryptoKey before its material was read, where it can be read. */
function assertMaterial(key: KeyMaterial, { k, x }: KeyMembers): void {
  if (key.type === "secret") assertSecret(bytesOf(k))
  if (key.keyType === "OKP") assertUsefulPoint(key.curve ?? "", bytesOf(x))
}

function bytesOf(member: string | undefined): Uint8Array {
  return decodeBase64UrlPooled(member ?? "") ?? new Uint8Array()
}

function platformMaterial(value: object): ReturnType<typeof engine.importPlatformKey> {
  try {
    return engine.importPlatformKey(value)
  } catch (cause) {
    throw unreadableKey("the key object", cause)
  }
}

function importSecret(secret: string | Uint8Array): Key {
  const bytes = secretBytes(secret)
  assertSecret(bytes)
  return makeKey(engine.importSecret(bytes), NO_LABELS)
}

function remembered(text: string): KeySource {
  const known = byText.get(text)
  if (known !== undefined) return known
  const source: KeySource = { kind: "key", key: importText(text), input: text }
  // Oldest first out: a bound is what matters, programs have few keys.
  if (byText.size >= MAX_TEXTS) byText.delete(byText.keys().next().value ?? "")
  byText.set(text, source)
  return source
}

/** An object of whatever make may have members that fail when they are read. */
function readSafely(input: object): ReturnType<typeof readObject> {
  try {
    return readObject(input)
  } catch (cause) {
    throw cause instanceof JwtError ? cause : unreadableKey("the object", cause)
  }
}

function readObject(input: object): readonly [KeySource, () => boolean] {
  if (input instanceof Uint8Array) {
    const copy = new Uint8Array(input)
    return [{ kind: "key", key: importBytes(copy), input }, () => sameBytes(copy, input)]
  }
  const platform = importPlatformKey(input)
  if (platform !== undefined) return [{ kind: "key", key: platform, input }, () => true]
  if (isRemoteSigner(input)) return [{ kind: "signer", signer: input }, () => true]
  if (isJsonObject(input) && Object.hasOwn(input, "kty")) {
    const seen = snapshot(input)
    if (seen === undefined) throw new InvalidKeyError("jwk_invalid", "a member of the JWK cannot be read")
    return [{ kind: "key", key: importJwk(seen), input }, () => isUnchanged(seen, snapshot(input))]
  }
  if (isJsonObject(input) && Object.hasOwn(input, "keys"))
    throw new InvalidKeyError("key_invalid", "a plain JWK Set is not a key; read it with JwkSet.from(set)")
  throw new InvalidKeyError(
    "key_invalid",
    "expected a secret or PEM as string, Uint8Array, KeyObject, CryptoKey, JWK, Jwk, JwkSet, JwksClient, function or remote signer, found another object",
  )
}

/** A shallow copy, arrays included; undefined where a getter fails. */
function snapshot(jwk: JsonObject): JsonObject | undefined {
  try {
    return Object.fromEntries(
      Object.entries(jwk).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
    )
  } catch {
    return undefined
  }
}

function isUnchanged(before: JsonObject, now: JsonObject | undefined): boolean {
  const names = Object.keys(before)
  return (
    now !== undefined &&
    Object.keys(now).length === names.length &&
    names.every((name) => isSame(before[name], own(now, name)))
  )
}

function isSame(before: unknown, now: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(now)) return before === now
  return before.length === now.length && before.every((entry, at) => entry === now[at])
}

function isRemoteSigner(value: object): value is RemoteSigner {
  const { algorithm, sign } = value as JsonObject
  return typeof algorithm === "string" && typeof sign === "function"
}

/** Turns what a caller's key function threw into an error of this package. */
export function keyFunctionFailed(cause: unknown): JwtError {
  return cause instanceof JwtError
    ? cause
    : new InvalidKeyError("key_function_failed", "the key function failed", { cause })
}

/** The source of a key that is read for good, by a verifier or signer; a registered algorithm reads its own when it is used. */
export function settledSource(key: unknown, algorithms: ReadonlySet<string> | undefined): KeySource | undefined {
  const readsItself =
    algorithms !== undefined && [...algorithms].every((name) => name === "none" || customAlgorithm(name) !== undefined)
  return readsItself ? undefined : readKeySource(key)
}
