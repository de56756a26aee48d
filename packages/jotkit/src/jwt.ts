/** JSON Web Tokens (RFC 7519): make, read and trust. */

import { decodeBase64Url, decodeUtf8 } from "#bytes"
import type { JwtClaims } from "./claims.ts"
import { parseJsonText } from "./codec/json-text.ts"
import { type CacheOptions, VerifiedCache } from "./jose/cache.ts"
import {
  assertReadable,
  MAX_TOKEN_CHARACTERS,
  type ParsedJws,
  type ParseRules,
  parseCompact,
  payloadBytes,
  tokenText,
} from "./jose/compact.ts"
import {
  claimsOf,
  DECODE_OPTIONS,
  type DecodeOptions,
  type SchemaOptions,
  type Verification,
  verificationOf,
} from "./jose/decode.ts"
import { ENCODE_OPTIONS, type EncodeOptions, encodeClaims, prepareNow, type Signing, signingOf } from "./jose/encode.ts"
import {
  type DecryptClaimsOptions,
  decryptClaims,
  decryptionOf,
  type EncryptOptions,
  encryptClaims,
  encryptionOf,
} from "./jose/encrypted-claims.ts"
import { assertUnderstood, headerForCaller, type JoseHeader } from "./jose/header.ts"
import { knownOptions, optionNames } from "./jose/options.ts"
import type { InferOutput, StandardSchemaV1 } from "./jose/standard-schema.ts"
import { isSteps, type Mode, runAsync, runSync, type Steps } from "./jose/steps.ts"
import type { KeyInput } from "./jwk.ts"
import { settledSource } from "./keys/source.ts"

export type { Duration, DurationMembers } from "./codec/duration.ts"
export type { Reviver } from "./codec/json-text.ts"
export type { CacheOptions } from "./jose/cache.ts"
export type { Replacer, Time } from "./jose/claims-set.ts"
export type { DecodeOptions, SchemaOptions } from "./jose/decode.ts"
export type { EncodeOptions } from "./jose/encode.ts"
export type { DecryptClaimsOptions, DecryptOptions, EncryptOptions } from "./jose/encrypted-claims.ts"
export type { Now } from "./jose/options.ts"
export type { InferOutput, StandardResult, StandardSchemaV1 } from "./jose/standard-schema.ts"

/** A verified token with its parts. */
export interface DecodedJwt<Claims = JwtClaims> {
  header: JoseHeader
  payload: Claims
  signature: Uint8Array
}

/** A token that was read and not verified. */
export interface UnverifiedJwt {
  header: JoseHeader
  /** The JSON value, or the bytes where the payload is not JSON. */
  payload: unknown
  signature: Uint8Array
}

/** What a {@link Signer} is made of. */
export type SignerOptions = EncodeOptions & { key: KeyInput | null }

/** What a {@link Verifier} is made of. */
export type VerifierOptions = DecodeOptions & {
  key: KeyInput
  /** Remember tokens whose signature held. Time and claims are checked on every call all the same. */
  cache?: boolean | CacheOptions | undefined
}

const SIGNER_OPTIONS = { ...ENCODE_OPTIONS, ...optionNames("key") }
const VERIFIER_OPTIONS = { ...DECODE_OPTIONS, ...optionNames("key", "cache") }
const UNVERIFIED: ParseRules = {
  maxTokenLength: MAX_TOKEN_CHARACTERS,
  detachedPayload: undefined,
  acceptPadding: false,
}

/**
 * Makes a token.
 *
 * @param claims - A plain object; not changed. `exp`, `nbf` and `iat` are seconds, Dates or `Temporal.Instant`s.
 * @param key - A secret, a private key in any form, or a remote signer; null only for the algorithm `none`.
 * @returns The compact JWS (RFC 7515, section 7.1).
 * @throws UsageError `claims_invalid`, `algorithm_required`, `option_unknown`, `header_not_allowed`, `async_required` …
 * @throws InvalidKeyError `key_unsuitable`, `secret_is_key_material`, `key_not_private` …
 * @throws InvalidAlgorithmError `algorithm_unknown`, `algorithm_unavailable`
 */
export function encode(claims: object, key: KeyInput | null, options?: EncodeOptions): string {
  return runSync(() => encodeClaims(claims, signingOf(options, key, ENCODE_OPTIONS, "encode"), "sync"), "encodeAsync")
}

/** As {@link encode}, for keys that must be waited for; slow private-key operations do not block. */
export function encodeAsync(claims: object, key: KeyInput | null, options?: EncodeOptions): Promise<string> {
  return runAsync(() => encodeClaims(claims, signingOf(options, key, ENCODE_OPTIONS, "encodeAsync"), "async"))
}

/**
 * Verifies a token and answers with its claims, or throws. The signature is judged first, then the claims.
 *
 * @param token - Compact JWS, as text or its UTF-8 bytes.
 * @param key - The secret or public key, a set of them, or a function of the unverified header.
 * @returns The verified claims; a fresh object.
 * @throws InvalidTokenError and its kinds: DecodeError, InvalidSignatureError, ExpiredSignatureError, InvalidAudienceError …
 * @throws InvalidKeyError if the key cannot be read or does not suit; UsageError if the call is wrong.
 */
export function decode<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): InferOutput<S>
export function decode(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): JwtClaims
export function decode(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): unknown {
  return runSync(() => claimsOf(verificationOf(options, key, DECODE_OPTIONS, "decode"), token, "sync"), "decodeAsync")
}

/** As {@link decode}; takes a `JwksClient`, asynchronous key functions and schemas as well. */
export function decodeAsync<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): Promise<InferOutput<S>>
export function decodeAsync(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): Promise<JwtClaims>
export function decodeAsync(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): Promise<unknown> {
  return runAsync(() => claimsOf(verificationOf(options, key, DECODE_OPTIONS, "decodeAsync"), token, "async"))
}

/** As {@link decode}, answering with header, claims and signature. */
export function decodeComplete<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): DecodedJwt<InferOutput<S>>
export function decodeComplete(token: string | Uint8Array, key: KeyInput, options?: DecodeOptions): DecodedJwt
export function decodeComplete(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): DecodedJwt<unknown> {
  return runSync(
    () => completeSteps(verificationOf(options, key, DECODE_OPTIONS, "decodeComplete"), token, "sync"),
    "decodeCompleteAsync",
  )
}

/** As {@link decodeAsync}, answering with header, claims and signature. */
export function decodeCompleteAsync<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: SchemaOptions<S>,
): Promise<DecodedJwt<InferOutput<S>>>
export function decodeCompleteAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<DecodedJwt>
export function decodeCompleteAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecodeOptions,
): Promise<DecodedJwt<unknown>> {
  return runAsync(() =>
    completeSteps(verificationOf(options, key, DECODE_OPTIONS, "decodeCompleteAsync"), token, "async"),
  )
}

/**
 * Reads a token's header without verifying anything: to find out which key to look for, never to decide.
 *
 * @throws DecodeError if the token is not three canonical segments, or the header breaks RFC 7515, section 4.
 */
export function getUnverifiedHeader(token: string | Uint8Array): JoseHeader {
  const { header } = parseUnverified(token)
  assertUnderstood(header, undefined)
  return headerForCaller(header)
}

/**
 * Reads a token without verifying anything: for logs and debuggers, never for decisions. Anyone can write such a token.
 *
 * @throws DecodeError if the token is not three canonical segments, or the header breaks RFC 7515, section 4.
 */
export function decodeUnverified(token: string | Uint8Array): UnverifiedJwt {
  const parsed = parseUnverified(token)
  return {
    header: headerForCaller(parsed.header),
    payload: jsonOrBytes(payloadBytes(parsed)),
    signature: bytesOfSignature(parsed),
  }
}

/**
 * Makes an encrypted token: claims that only the holder of the key can read. Whoever has a public key can make such a token, so
 * it says nothing about who made it; sign first where that matters (`encode`, then `encryptJwe` with the header `cty: "JWT"`).
 *
 * @param claims - As for {@link encode}.
 * @param key - The recipient's public key, a shared secret, or a password for PBES2.
 * @returns The compact JWE (RFC 7516, section 7.1).
 * @throws UsageError `algorithm_required`, `claims_invalid`, `option_unknown`, `header_not_allowed` …
 * @throws InvalidKeyError `key_unsuitable`, `key_not_for_use`, `key_too_short` …
 * @throws InvalidAlgorithmError `algorithm_unknown`, `algorithm_unavailable`
 */
export function encrypt(claims: object, key: KeyInput, options?: EncryptOptions): string {
  return runSync(() => encryptClaims(claims, encryptionOf(options, key, "encrypt"), "sync"), "encryptAsync")
}

/** As {@link encrypt}, for keys that must be waited for; passwords are stretched on another thread. */
export function encryptAsync(claims: object, key: KeyInput, options?: EncryptOptions): Promise<string> {
  return runAsync(() => encryptClaims(claims, encryptionOf(options, key, "encryptAsync"), "async"))
}

/**
 * Opens an encrypted token and answers with its claims, judged by the rules of {@link decode}. `algorithms` and
 * `encryptionAlgorithms` name those of JWE.
 *
 * @throws DecryptionError `decryption_failed`, whatever went wrong with the decryption itself.
 * @throws InvalidTokenError and its kinds, as `decode`; `token_nested` where the plaintext is a signed token.
 * @throws InvalidKeyError if the key cannot be read or does not suit; UsageError if the call is wrong.
 */
export function decrypt<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: DecryptClaimsOptions & { schema: S },
): InferOutput<S>
export function decrypt(token: string | Uint8Array, key: KeyInput, options?: DecryptClaimsOptions): JwtClaims
export function decrypt(token: string | Uint8Array, key: KeyInput, options?: DecryptClaimsOptions): unknown {
  return runSync(() => decryptClaims(token, decryptionOf(options, key, "decrypt"), "sync"), "decryptAsync")
}

/** As {@link decrypt}; takes asynchronous key functions and schemas as well, and stretches passwords on another thread. */
export function decryptAsync<S extends StandardSchemaV1>(
  token: string | Uint8Array,
  key: KeyInput,
  options: DecryptClaimsOptions & { schema: S },
): Promise<InferOutput<S>>
export function decryptAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecryptClaimsOptions,
): Promise<JwtClaims>
export function decryptAsync(
  token: string | Uint8Array,
  key: KeyInput,
  options?: DecryptClaimsOptions,
): Promise<unknown> {
  return runAsync(() => decryptClaims(token, decryptionOf(options, key, "decryptAsync"), "async"))
}

/** Makes tokens with one key and one set of options, read and checked once. */
export class Signer {
  readonly #signing: Signing

  /** @throws UsageError and InvalidKeyError for options or a key that could never sign. */
  constructor(options: SignerOptions) {
    const { key, ...rest } = knownOptions(options, SIGNER_OPTIONS, "Signer")
    this.#signing = prepareNow(signingOf(rest, key, ENCODE_OPTIONS, "Signer"))
  }

  /** Makes a token; as {@link encode}. */
  sign(claims: object): string {
    return runSync(() => encodeClaims(claims, this.#signing, "sync"), "signAsync")
  }

  /** As {@link sign}, for keys that must be waited for; slow private-key operations do not block. */
  signAsync(claims: object): Promise<string> {
    return runAsync(() => encodeClaims(claims, this.#signing, "async"))
  }
}

/** Verifies tokens with one key and one set of options, read and checked once. */
export class Verifier<Claims = JwtClaims> {
  readonly #verification: Verification

  /**
   * @throws UsageError and InvalidAlgorithmError for options that are wrong, InvalidKeyError for a key that cannot be read. Whether the
   * key fits is asked with each token, as `decode` does.
   */
  constructor(options: VerifierOptions & { schema?: StandardSchemaV1<unknown, Claims> | undefined }) {
    const { key, cache, ...rest } = knownOptions(options, VERIFIER_OPTIONS, "Verifier")
    const verification = verificationOf(rest, key, DECODE_OPTIONS, "Verifier")
    const { signature, checkSignature, parse } = verification
    const source = checkSignature ? settledSource(key, signature.algorithms) : undefined
    // A detached payload is not in the token, so the token's text alone does not say what was verified.
    const keeps = cache !== undefined && cache !== false && checkSignature && parse.detachedPayload === undefined
    this.#verification = {
      ...verification,
      signature: { ...signature, source },
      cache: keeps ? new VerifiedCache(cache) : undefined,
    }
  }

  /** Verifies a token and answers with its claims; as {@link decode}. */
  verify(token: string | Uint8Array): Claims {
    return runSync(() => claimsOf(this.#verification, token, "sync"), "verifyAsync") as Claims
  }

  /** As {@link verify}; for a `JwksClient`, asynchronous key functions and schemas. */
  verifyAsync(token: string | Uint8Array): Promise<Claims> {
    return runAsync(() => claimsOf(this.#verification, token, "async")) as Promise<Claims>
  }

  /** As {@link verify}, answering with header, claims and signature. */
  verifyComplete(token: string | Uint8Array): DecodedJwt<Claims> {
    return runSync(() => completeSteps(this.#verification, token, "sync"), "verifyCompleteAsync") as DecodedJwt<Claims>
  }

  /** As {@link verifyAsync}, answering with header, claims and signature. */
  verifyCompleteAsync(token: string | Uint8Array): Promise<DecodedJwt<Claims>> {
    return runAsync(() => completeSteps(this.#verification, token, "async")) as Promise<DecodedJwt<Claims>>
  }
}

function* completeSteps(
  verification: Verification,
  token: string | Uint8Array,
  mode: Mode,
): Steps<DecodedJwt<unknown>> {
  const answer = claimsOf(verification, token, mode)
  const payload = isSteps(answer) ? yield* answer : answer
  // Read again for the parts: whoever wants them all pays for them.
  const parsed = parseCompact(tokenText(token, verification.parse.maxTokenLength), verification.parse)
  return { header: headerForCaller(parsed.header), payload, signature: bytesOfSignature(parsed) }
}

function parseUnverified(token: string | Uint8Array): ParsedJws {
  const text = tokenText(token, UNVERIFIED.maxTokenLength)
  // A detached payload is no reason not to show the rest.
  const parsed = parseCompact(
    text,
    text.includes("..") ? { ...UNVERIFIED, detachedPayload: new Uint8Array() } : UNVERIFIED,
  )
  assertReadable(parsed)
  return parsed
}

function jsonOrBytes(payload: Uint8Array): unknown {
  const text = decodeUtf8(payload)
  try {
    if (text !== undefined) return parseJsonText(text)
  } catch {
    // Not JSON: the bytes say more than an error would.
  }
  return payload
}

function bytesOfSignature(parsed: ParsedJws): Uint8Array {
  return decodeBase64Url(parsed.signature) ?? new Uint8Array()
}
