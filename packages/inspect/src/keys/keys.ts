/** Keys in every form that people have them in, with what is worth knowing of each, and where it comes from. */

import { InvalidKeyError, isJwtError, Jwk, type JwkObject, type JwkSource } from "jotkit"
import { readBase64Url } from "../read/base64url.ts"
import { type JsonNode, memberOf, readJson } from "../read/json.ts"
import { textOfBytes } from "../read/segment.ts"

/** Where a key comes from, from the best to the worst. Only the first three say anything about who signed. */
export type Provenance = "supplied" | "pinned" | "issuer" | "named" | "embedded"

/** How the text of a secret stands for bytes. */
export type SecretEncoding = "utf8" | "base64" | "base64url" | "hex"

/** What a key was written as. */
export type KeyForm =
  | "jwk"
  | "jwks"
  | "spki"
  | "pkcs8"
  | "pkcs8_encrypted"
  | "pkcs1"
  | "sec1"
  | "certificate"
  | "openssh"
  | "pem"
  | "der"
  | "secret"

/** One key, or what should have been one. */
export interface OfferedKey {
  /** Position in its set; 0 for a key alone. */
  readonly index: number
  readonly provenance: Provenance
  readonly form: KeyForm
  /** The key; undefined where it cannot be used. */
  readonly jwk: Jwk | undefined
  /** Why it cannot be used: a code of `jotkit`. */
  readonly problem: string | undefined
  readonly keyType: string | undefined
  readonly curve: string | undefined
  readonly keyId: string | undefined
  readonly algorithm: string | undefined
  readonly use: string | undefined
  readonly operations: readonly string[] | undefined
  /** Of a secret its length, of an RSA key that of its modulus. */
  readonly bits: number | undefined
  /** RFC 7638, SHA-256; undefined for secrets, of which it would say too much. */
  readonly thumbprint: string | undefined
  readonly isPrivate: boolean
  readonly isSymmetric: boolean
}

/** How to read keys. */
export interface KeyOptions {
  /** What the text of a secret is. Default utf8; nothing is guessed. */
  readonly encoding?: SecretEncoding | undefined
  /** Take the text as a secret, whatever it looks like. */
  readonly asSecret?: boolean | undefined
  /** For an encrypted PEM key. */
  readonly passphrase?: string | Uint8Array | undefined
  /** Default `supplied`. */
  readonly provenance?: Provenance | undefined
}

// The parameters of a curve that OpenSSL writes before an EC key say nothing that the key does not.
const BEGIN = /-----BEGIN (?!EC PARAMETERS)([A-Z0-9 ]{1,40})-----/
const PUBLIC_KEYS = /-----BEGIN (?:RSA )?PUBLIC KEY-----[^-]*-----END [^-]*-----|^(?:ssh-|ecdsa-sha2-).*/gm
const PEM_FORMS: Readonly<Record<string, KeyForm>> = {
  "PUBLIC KEY": "spki",
  "PRIVATE KEY": "pkcs8",
  "ENCRYPTED PRIVATE KEY": "pkcs8_encrypted",
  "RSA PUBLIC KEY": "pkcs1",
  "RSA PRIVATE KEY": "pkcs1",
  "EC PRIVATE KEY": "sec1",
  CERTIFICATE: "certificate",
}
/** Keys that are read of a set. */
export const MAX_KEYS = 1000

/**
 * Reads keys: a JWK, a JWK Set (each of its keys, good or bad), PEM of every kind, PEM by key ids in a JSON object, an OpenSSH public
 * key, DER, or a secret. The content decides, never a name. A key that cannot be read is answered with its `problem`, a set without keys
 * with `jwks_invalid`; nothing is thrown for what it holds.
 */
export async function readKeys(input: string | Uint8Array, options: KeyOptions = {}): Promise<OfferedKey[]> {
  const { provenance = "supplied", asSecret = false } = options
  const text = typeof input === "string" ? input : textOfBytes(input)
  const trimmed = text?.replace(/^\ufeff/, "").trim() ?? ""
  if (!asSecret && trimmed.startsWith("{") && !isNoJson(trimmed)) return readJsonKeys(trimmed, options)
  if (!asSecret && pemForm(trimmed) !== undefined)
    return readPems(
      keyTexts(trimmed).map((pem) => ({ pem })),
      options,
    )
  const read = await offered(() => Jwk.fromAsync(secretOf(input, options)), { form: "secret", provenance })
  if (read.jwk === undefined || read.isSymmetric) return [read]
  // Bytes that turn out to be a key are one, unless they were said to be a secret: then someone is confused, or attacks.
  return [asSecret ? { ...read, jwk: undefined, problem: "secret_is_key_material" } : { ...read, form: "der" }]
}

/** A brace before anything but a name, or the end, begins no JSON; what was meant as a JWK is none that would do as a secret. */
function isNoJson(text: string): boolean {
  return /^\{\s*[^\s"'}]/.test(text) && !/\bkty\b/.test(text)
}

/** How many keys a text holds, those beyond {@link MAX_KEYS} among them. */
export function countKeys(text: string): number {
  const trimmed = text.trim()
  if (!trimmed.startsWith("{")) return keyTexts(trimmed).length
  const { root } = readJson(trimmed)
  const keys = memberOf(root, "keys")?.value
  return keys?.type === "array" ? keys.items.length : Math.max(1, pemsById(root).length)
}

/**
 * The keys in a text that is PEM or lines of OpenSSH: several public ones, one behind the other, are several. Of anything else, such as a
 * chain of certificates, the first counts.
 */
function keyTexts(text: string): readonly string[] {
  const texts = text.match(PUBLIC_KEYS) ?? []
  return texts.length > 1 && !text.replaceAll(PUBLIC_KEYS, "").includes("-----BEGIN ") ? texts : [text]
}

/** The bytes that the text of a secret stands for; undefined if it is not written so. */
export function secretBytes(text: string, encoding: SecretEncoding): Uint8Array | undefined {
  if (encoding === "utf8") return new TextEncoder().encode(text)
  const bare = text.trim()
  if (encoding === "hex") return hexBytes(bare)
  const { bytes, invalidAt, standardAt } = readBase64Url(bare)
  const isOther = encoding === "base64url" ? standardAt !== undefined : /[-_]/.test(bare)
  return bare === "" || invalidAt !== undefined || isOther ? undefined : bytes
}

function hexBytes(text: string): Uint8Array | undefined {
  const bare = text.replace(/^0x/i, "").replaceAll(":", "")
  if (bare.length === 0 || bare.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(bare)) return undefined
  return Uint8Array.from({ length: bare.length / 2 }, (_, index) =>
    Number.parseInt(bare.slice(2 * index, 2 * index + 2), 16),
  )
}

function secretOf(input: string | Uint8Array, { encoding = "utf8" }: KeyOptions): Uint8Array {
  if (typeof input !== "string" && encoding === "utf8") return input
  const text = typeof input === "string" ? input : (textOfBytes(input) ?? "")
  const bytes = secretBytes(text, encoding)
  if (bytes === undefined) throw new InvalidKeyError("key_invalid", `the secret is not written in ${encoding}`)
  return bytes
}

interface NamedPem {
  readonly pem: string
  readonly keyId?: string
}

function readPems(pems: readonly NamedPem[], { passphrase, provenance = "supplied" }: KeyOptions) {
  const readOne = ({ pem, keyId }: NamedPem, index: number) =>
    offered(() => Jwk.fromPemAsync(pem, { passphrase, keyId }), { index, form: pemForm(pem) ?? "pem", provenance })
  return Promise.all(pems.slice(0, MAX_KEYS).map(readOne))
}

/** PEM by key ids, as some issuers publish their certificates; empty for any other object. */
function pemsById(root: JsonNode | undefined): readonly NamedPem[] {
  if (root?.type !== "object") return []
  const pems = root.members.flatMap(({ name, value }) =>
    value.type === "string" && BEGIN.test(String(value.value)) ? [{ pem: String(value.value), keyId: name }] : [],
  )
  return pems.length === root.members.length ? pems : []
}

function pemForm(text: string): KeyForm | undefined {
  if (/^(?:ssh-|ecdsa-sha2-)/.test(text)) return "openssh"
  const label = BEGIN.exec(text)?.[1]
  if (label === undefined) return undefined
  return Object.hasOwn(PEM_FORMS, label) ? PEM_FORMS[label] : "pem"
}

async function readJsonKeys(text: string, options: KeyOptions): Promise<OfferedKey[]> {
  const { provenance = "supplied" } = options
  const { root } = readJson(text)
  const named = pemsById(root)
  if (named.length > 0) return readPems(named, options)
  const keys = memberOf(root, "keys")?.value
  if (keys?.type !== "array" || memberOf(root, "kty") !== undefined)
    return [await fromJson(text, root, { index: 0, form: "jwk", provenance })]
  if (keys.items.length === 0)
    return [{ ...(await fromJson(text, undefined, { form: "jwks", provenance })), problem: "jwks_invalid" }]
  const read = keys.items
    .slice(0, MAX_KEYS)
    .map((node, index) => fromJson(text.slice(...node.range), node, { index, form: "jwks", provenance }))
  return Promise.all(read)
}

interface Origin {
  readonly index?: number
  readonly form: KeyForm
  readonly provenance: Provenance
}

async function fromJson(text: string, node: JsonNode | undefined, origin: Origin): Promise<OfferedKey> {
  const read = await offered(() => Jwk.fromAsync(text as JwkSource), origin)
  const said = (name: string) => {
    const value = memberOf(node, name)?.value
    return value?.type === "string" ? String(value.value) : undefined
  }
  const operations = memberOf(node, "key_ops")?.value
  return {
    ...read,
    keyType: read.keyType ?? said("kty"),
    curve: read.curve ?? said("crv"),
    keyId: read.keyId ?? said("kid"),
    algorithm: said("alg"),
    use: said("use"),
    operations:
      operations?.type === "array"
        ? operations.items.map((item) => (item.type === "string" ? String(item.value) : ""))
        : undefined,
  }
}

async function offered(make: () => Promise<Jwk>, { index = 0, form, provenance }: Origin): Promise<OfferedKey> {
  const nothing = {
    index,
    form,
    provenance,
    jwk: undefined,
    keyType: undefined,
    curve: undefined,
    keyId: undefined,
    algorithm: undefined,
  }
  const nothingMore = {
    use: undefined,
    operations: undefined,
    bits: undefined,
    thumbprint: undefined,
    isPrivate: false,
    isSymmetric: false,
  }
  try {
    const jwk = await make()
    const { keyType, curve, keyId, use, isPrivate, isSymmetric } = jwk
    const said = { keyType, curve, keyId, use, isPrivate, isSymmetric }
    return { ...nothing, ...nothingMore, ...said, ...(await measured(jwk)), jwk, problem: undefined }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { ...nothing, ...nothingMore, problem: error.code }
  }
}

/** Some platforms cannot write every key that they can use as a JWK (RSASSA-PSS ones): those have no thumbprint here, and verify all the same. */
async function measured(jwk: Jwk): Promise<Pick<OfferedKey, "bits" | "thumbprint">> {
  try {
    return { bits: bitsOf(jwk), thumbprint: jwk.isSymmetric ? undefined : await jwk.thumbprintAsync() }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { bits: undefined, thumbprint: undefined }
  }
}

/** The public members of a key; none where the platform cannot write it as a JWK. */
export function publicMembers(jwk: Jwk): Partial<JwkObject> {
  try {
    return jwk.toJSON()
  } catch (error) {
    if (!isJwtError(error)) throw error
    return {}
  }
}

function bitsOf(jwk: Jwk): number | undefined {
  const { n, k } = jwk.isSymmetric ? jwk.toPrivateJSON() : jwk.toJSON()
  if (typeof k === "string") return readBase64Url(k).bytes.length * 8
  if (typeof n !== "string") return undefined
  const { bytes } = readBase64Url(n)
  return bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24
}
