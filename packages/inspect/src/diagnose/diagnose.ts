/**
 * Why does the signature not hold? A bounded search over what usually went wrong: the secret in another encoding, a line end too many,
 * another key of the set, another form of the same text. What is found is a hint for a person, never a pass.
 */

import { type BuiltInAlgorithm, getAlgorithm, isJwtError, Jwk } from "jotkit"
import { misfitOf } from "../judge/signature.ts"
import { type OfferedKey, readKeys, type SecretEncoding } from "../keys/keys.ts"
import { isWholeLength, signatureLength } from "../keys/signature-length.ts"
import { isDer } from "../lint/algorithm.ts"
import { textMember } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import { type SigningInput, signingInputs } from "./inputs.ts"
import { type SecretGuess, secretGuesses } from "./secrets.ts"

/** One difference with which the signature would hold. */
export interface Hint {
  readonly code:
    | "secret_encoding"
    | "secret_newline"
    | "secret_line_ends"
    | "secret_spaces"
    | "secret_quotes"
    | "secret_is_key"
    | "hash_size"
    | "other_algorithm"
    | "other_key"
    | "key_labels"
    | "key_unfit"
    | "as_it_is"
    | "signature_der"
    | "signature_truncated"
    | "input_canonical"
    | "input_padding"
    | "input_alphabet"
    | "payload_compact"
    | "payload_reserialized"
    | "payload_indented"
    | "payload_spaced"
    | "payload_newline"
    | "header_rewritten"
    | "header_swapped"
  /** The encoding, algorithm, number or key id that it names; never a secret. */
  readonly detail: string
}

/** What to search with. */
export interface DiagnoseRequest {
  /** A secret or keys as text, as they were given. */
  readonly key: string
  /** What the text of a secret was taken for. Default utf8. */
  readonly encoding?: SecretEncoding | undefined
  /** Most verifications. Default 400. */
  readonly maxTries?: number | undefined
}

/** What came of it. */
export interface Diagnosis {
  /**
   * All differences that together make the signature hold, or the plain cause why it cannot: a part that is missing, or a key that the
   * algorithm does not take. If it holds already, that: then something else stands in the way. Empty if nothing was found.
   */
  readonly hints: readonly Hint[]
  /** Verifications made. */
  readonly tries: number
  /** Which differences were among them, each once. */
  readonly tried: readonly Hint["code"][]
  /** Whether the search ended because of `maxTries`. */
  readonly exhausted: boolean
}

const MAX_TRIES = 400
const AS_IT_IS: Hint = { code: "as_it_is", detail: "" }
const HASHES = ["SHA-256", "SHA-384", "SHA-512"] as const
const HASH_BYTES: Readonly<Record<number, (typeof HASHES)[number]>> = { 32: "SHA-256", 48: "SHA-384", 64: "SHA-512" }
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  RSA: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  "P-256": ["ES256"],
  "P-384": ["ES384"],
  "P-521": ["ES512"],
  secp256k1: ["ES256K"],
  Ed25519: ["Ed25519"],
  Ed448: ["Ed448"],
}

/** One verification that may be made. */
interface Attempt {
  readonly hints: readonly Hint[]
  readonly holds: () => Promise<boolean>
}

/** Searches for a harmless difference with which the signature holds. Offline and bounded; never throws for what it is given. */
export async function diagnose(reading: Reading, request: DiagnoseRequest): Promise<Diagnosis> {
  const { maxTries = MAX_TRIES } = request
  const part = reading.signatures[0]
  const signature = part?.signature?.bytes ?? new Uint8Array()
  const alg = textMember(part?.header?.json?.root, "alg") ?? ""
  const keys = await readKeys(request.key, { encoding: request.encoding })
  const cut = truncation(alg, signature, keys)
  if (cut !== undefined) return { hints: [cut], tries: 0, tried: [], exhausted: false }
  const inputs = signingInputs(reading, algorithmsOf(alg, signature, keys), keyIdsOf(keys))
  const [original] = inputs
  const attempts = original === undefined ? [] : attemptsFor({ alg, signature, inputs, original, request, keys })
  let tries = 0
  const tried = () => [...new Set(attempts.slice(0, tries).flatMap((one) => one.hints.map(({ code }) => code)))]
  for (const { hints, holds } of attempts.slice(0, maxTries)) {
    tries++
    if (await holds()) return { hints: hints.length > 0 ? hints : [AS_IT_IS], tries, tried: tried(), exhausted: false }
  }
  const detail = misfitOf(alg, keys)
  const hints: Hint[] = detail === undefined ? [] : [{ code: "key_unfit", detail }]
  return { hints, tries, tried: tried(), exhausted: attempts.length > tries }
}

/** What the header may have named: what it does, and what the signature's length or the curve of the key says. */
function algorithmsOf(alg: string, { length }: Uint8Array, keys: readonly OfferedKey[]): readonly string[] {
  const bySize = alg.startsWith("HS") && HASH_BYTES[length] !== undefined ? [`HS${length * 8}`] : []
  const byCurve = keys.slice(0, 1).flatMap(({ curve = "" }) => FAMILIES[curve] ?? [])
  return [...new Set([alg, ...bySize, ...byCurve])]
}

function keyIdsOf(keys: readonly OfferedKey[]): readonly string[] {
  return keys.slice(0, 2).flatMap(({ keyId }) => keyId ?? [])
}

interface Search {
  readonly alg: string
  readonly signature: Uint8Array
  readonly inputs: readonly SigningInput[]
  readonly original: SigningInput
  readonly request: DiagnoseRequest
  readonly keys: readonly OfferedKey[]
}

function attemptsFor(search: Search): Attempt[] {
  const { alg, request, keys } = search
  const asymmetric = keys.filter((key) => key.jwk !== undefined && !key.isSymmetric)
  const attempts = asymmetric.length === 0 ? [] : keyAttempts(search, asymmetric)
  // Only where the token claims so: a public key as a secret is the attack, and its name is worth knowing.
  return /^HS\d/.test(alg) ? [...secretAttempts(search, guessesOf(request, keys)), ...attempts] : attempts
}

/** The text as a secret; of secrets that are JWKs their `k`, each as base64url, which it should be, and as what it may be by mistake. */
function guessesOf({ key, encoding = "utf8" }: DiagnoseRequest, keys: readonly OfferedKey[]): SecretGuess[] {
  const secrets = keys.filter(({ isSymmetric, form }) => isSymmetric && (form === "jwk" || form === "jwks"))
  if (secrets.length === 0) return secretGuesses(key, encoding)
  return secrets.flatMap((secret) => {
    const k = String(secret.jwk?.toPrivateJSON()["k"] ?? "")
    const other: Hint[] = keys.length > 1 ? [{ code: "other_key", detail: secret.keyId ?? String(secret.index) }] : []
    return secretGuesses(k, "base64url").map(({ bytes, hints }) => ({ bytes, hints: [...other, ...hints] }))
  })
}

/** Each guess at the secret with the text as it is, then the first guess with each other text. */
function secretAttempts({ alg, signature, inputs, original }: Search, guesses: readonly SecretGuess[]): Attempt[] {
  const named = `SHA-${alg.slice(2)}`
  // The length of the signature says which hash was used.
  const hash = HASH_BYTES[signature.length] ?? HASHES[0]
  const size: Hint[] = hash === named ? [] : [{ code: "hash_size", detail: `HS${hash.slice(4)}` }]
  const attempt = (bytes: Uint8Array, text: string, hints: readonly Hint[]): Attempt => ({
    hints: [...size, ...hints],
    holds: () => isMac(bytes, hash, text, signature),
  })
  const first = guesses.map(({ bytes, hints }) => attempt(bytes, original.text, hints))
  const others = inputs
    .slice(1)
    .flatMap(({ text, hint }) =>
      guesses
        .slice(0, 8)
        .map(({ bytes, hints }) => attempt(bytes, text, hint === undefined ? hints : [...hints, hint])),
    )
  return [...first, ...others]
}

function keyAttempts(search: Search, keys: readonly OfferedKey[]): Attempt[] {
  const { inputs, original } = search
  const alone = keys.flatMap((key) => algorithmAttempts(search, key, original, keys.length > 1))
  const others = inputs
    .slice(1)
    .flatMap((input) => keys.slice(0, 4).flatMap((key) => algorithmAttempts(search, key, input, keys.length > 1)))
  return [...alone, ...others]
}

function algorithmAttempts(
  { alg, signature }: Search,
  key: OfferedKey,
  { text, hint }: SigningInput,
  isSet: boolean,
): Attempt[] {
  const names = FAMILIES[key.keyType === "RSA" ? "RSA" : (key.curve ?? "")] ?? []
  const raw = rawSignature(signature, names[0] ?? "")
  const data = new TextEncoder().encode(text)
  return names.map((name) => {
    const isNamed = name === alg || (alg === "EdDSA" && name.startsWith("Ed"))
    const hints: Hint[] = [
      ...(isSet ? [{ code: "other_key" as const, detail: key.keyId ?? String(key.index) }] : []),
      ...(isLabelled(key, alg) ? [{ code: "key_labels" as const, detail: "" }] : []),
      ...(isNamed ? [] : [{ code: "other_algorithm" as const, detail: name }]),
      ...(raw === undefined ? [] : [{ code: "signature_der" as const, detail: "" }]),
      ...(hint === undefined ? [] : [hint]),
    ]
    return { hints, holds: () => isGenuine(name, key, data, raw ?? signature) }
  })
}

function isLabelled(key: OfferedKey, alg: string): boolean {
  const { algorithm, use, operations } = key
  return (
    (algorithm !== undefined && algorithm !== alg) ||
    use === "enc" ||
    (operations !== undefined && !operations.includes("verify"))
  )
}

async function isGenuine(name: string, { jwk }: OfferedKey, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (jwk === undefined) return false
  try {
    // Without its labels, which may be what is wrong.
    const { alg: _alg, use: _use, key_ops: _operations, ...members } = jwk.toJSON()
    const bare = await Jwk.fromAsync(members)
    const algorithm = getAlgorithm(name) as BuiltInAlgorithm
    return await algorithm.verify(data, algorithm.prepareKey(bare), signature)
  } catch (error) {
    if (isJwtError(error)) return false
    throw error
  }
}

/** HMAC by the platform: the core refuses key material as a secret, and here that is the very question. */
async function isMac(secret: Uint8Array, hash: string, text: string, signature: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey("raw", new Uint8Array(secret), { name: "HMAC", hash }, false, ["verify"])
  return subtle.verify("HMAC", key, new Uint8Array(signature), new TextEncoder().encode(text))
}

/** A signature that is shorter than its algorithm's, or than its RSA key, and neither another form of one nor a whole one of another. */
function truncation(alg: string, signature: Uint8Array, keys: readonly OfferedKey[]): Hint | undefined {
  const { length } = signature
  const expected = signatureLength(alg) ?? rsaLength(alg, keys)
  if (expected === undefined || length >= expected || isDer(signature)) return undefined
  if (isWholeLength(length) || (/^[RP]S/.test(alg) && length > 0 && length % 64 === 0)) return undefined
  return { code: "signature_truncated", detail: `${length}, ${expected}` }
}

/** RFC 8017, section 8: as long as the modulus. */
function rsaLength(alg: string, keys: readonly OfferedKey[]): number | undefined {
  const sizes = keys.flatMap(({ keyType, bits }) =>
    keyType === "RSA" && bits !== undefined ? Math.ceil(bits / 8) : [],
  )
  return /^[RP]S\d/.test(alg) && sizes.length > 0 ? Math.min(...sizes) : undefined
}

/** An ECDSA signature in DER as R and S side by side; undefined if it is none. */
function rawSignature(signature: Uint8Array, name: string): Uint8Array | undefined {
  const size = (signatureLength(name) ?? 0) / 2
  if (size === 0 || !name.startsWith("ES") || !isDer(signature)) return undefined
  const start = signature[1] === 0x81 ? 3 : 2
  const r = integerAt(signature, start)
  const s = r === undefined ? undefined : integerAt(signature, r.end)
  if (r === undefined || s === undefined || r.bytes.length > size || s.bytes.length > size) return undefined
  const raw = new Uint8Array(2 * size)
  raw.set(r.bytes, size - r.bytes.length)
  raw.set(s.bytes, 2 * size - s.bytes.length)
  return raw
}

function integerAt(bytes: Uint8Array, at: number): { bytes: Uint8Array; end: number } | undefined {
  const length = bytes[at + 1] ?? 0
  const end = at + 2 + length
  if (bytes[at] !== 0x02 || end > bytes.length) return undefined
  const value = bytes.subarray(at + 2, end)
  const first = value.findIndex((byte) => byte !== 0)
  return { bytes: first === -1 ? value.subarray(0, 0) : value.subarray(first), end }
}
