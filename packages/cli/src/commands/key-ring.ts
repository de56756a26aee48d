/** The keys of a test issuer: which are published, which one signs, and how they take turns. */

import type { Jwk } from "jotkit"
import { isKeyManagement } from "../input/encryption.ts"
import { another } from "./generate.ts"
import { publicHalf } from "./key.ts"

/** A key and what it signs with. */
export interface RingSigner {
  readonly key: Jwk
  readonly algorithm: string
}

/** Keys that take turns. */
export class KeyRing {
  /** Given beside the one that signs; published as long as the issuer lives. */
  readonly #others: readonly Jwk[]
  readonly #algorithm: string | undefined
  #previous: Jwk | undefined
  #signer: RingSigner | undefined
  #next: Jwk | undefined

  /**
   * The last private key that can sign is the one that does.
   *
   * @param algorithm - What to sign with, where a key does not say it; RSA keys sign with RS256 unless said (OpenID Connect Discovery 1.0, section 3).
   */
  constructor(keys: readonly Jwk[], algorithm: string | undefined) {
    this.#algorithm = algorithm
    this.#signer = keys.flatMap((key) => this.#signerOf(key) ?? []).at(-1)
    this.#others = keys.filter((key) => key !== this.#signer?.key)
  }

  /** The key that signs; undefined where there are public keys only. */
  get signer(): RingSigner | undefined {
    return this.#signer
  }

  /** Public halves, the newest last. */
  get published(): readonly Jwk[] {
    const turns = [this.#previous, this.#signer?.key, this.#next]
    return [...this.#others, ...turns.flatMap((key) => key ?? [])].map(publicHalf)
  }

  /** Publishes a key that does not sign yet, so that readers know it before they meet it. */
  async announce(): Promise<void> {
    if (this.#signer !== undefined) this.#next = await another(this.#signer.key, undefined)
  }

  /** The key that was announced signs from now on, the one before stays for what it has signed, and the next one is announced. */
  async rotate(): Promise<void> {
    if (this.#next === undefined || this.#signer === undefined) return
    this.#previous = this.#signer.key
    this.#signer = this.#signerOf(this.#next)
    await this.announce()
  }

  #signerOf(key: Jwk): RingSigner | undefined {
    const own = key.algorithm !== undefined && isKeyManagement(key.algorithm) ? undefined : key.algorithm
    const algorithm = this.#algorithm ?? own ?? (key.keyType === "RSA" ? "RS256" : undefined)
    return key.isPrivate && algorithm !== undefined ? { key, algorithm } : undefined
  }
}
