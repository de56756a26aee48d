/** The runtime's WebCrypto, looked up here and nowhere else. */
import { unavailable } from "./runtime.ts"
import type { Awaitable } from "./steps.ts"
import type { CryptoKeyLike } from "./web-parameters.ts"

type Bytes = ArrayBuffer | Uint8Array

/** What the Web engine uses of `SubtleCrypto`. WebCrypto answers with promises; the engine takes plain answers as well. */
export interface Subtle {
  digest(hash: string, data: Uint8Array): Awaitable<Bytes>
  importKey(
    format: string,
    data: Uint8Array | object,
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Awaitable<CryptoKeyLike>
  exportKey(format: string, key: CryptoKeyLike): Awaitable<Bytes | object>
  generateKey(
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Awaitable<CryptoKeyLike | { readonly privateKey: CryptoKeyLike; readonly publicKey: CryptoKeyLike }>
  sign(algorithm: object, key: CryptoKeyLike, data: Uint8Array): Awaitable<Bytes>
  verify(algorithm: object, key: CryptoKeyLike, signature: Uint8Array, data: Uint8Array): Awaitable<boolean>
  deriveBits(algorithm: object, key: CryptoKeyLike, length: number): Awaitable<Bytes>
  wrapKey(format: string, key: CryptoKeyLike, wrappingKey: CryptoKeyLike, algorithm: object): Awaitable<Bytes>
  unwrapKey(
    ...parameters: [
      format: string,
      wrapped: Uint8Array,
      unwrappingKey: CryptoKeyLike,
      algorithm: object,
      keyAlgorithm: object,
      extractable: boolean,
      usages: readonly string[],
    ]
  ): Awaitable<CryptoKeyLike>
  encrypt(algorithm: object, key: CryptoKeyLike, data: Uint8Array): Awaitable<Bytes>
  decrypt(algorithm: object, key: CryptoKeyLike, data: Uint8Array): Awaitable<Bytes>
}

let stand: { readonly subtle: Subtle; readonly answersAtOnce: boolean } | undefined

/**
 * WebCrypto.
 *
 * @throws InvalidAlgorithmError `algorithm_unavailable` where there is none: a page that did not come over https.
 */
export function subtle(): Subtle {
  const found = stand?.subtle ?? (globalThis as { crypto?: { subtle?: Subtle } }).crypto?.subtle
  if (found === undefined) throw unavailable("WebCrypto (crypto.subtle, which pages get over https only)")
  return found
}

/** Whether {@link subtle} answers without promises: never that of a runtime. */
export function answersAtOnce(): boolean {
  return stand?.answersAtOnce === true
}

/** @internal For tests: from now on this object takes the place of the runtime's WebCrypto; undefined puts that back. */
export function replaceSubtle(replacement: typeof stand): void {
  stand = replacement
}
