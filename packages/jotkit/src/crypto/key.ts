/** What every form of key becomes: its properties, and the engine's own handle to the material. */
import type { HashName, KeyType } from "./signature-algorithms.ts"

/** The members of a JWK that hold key material (RFC 7518, section 6), all as canonical base64url. */
export interface KeyMembers {
  kty: KeyType
  crv?: string
  x?: string
  y?: string
  d?: string
  n?: string
  e?: string
  p?: string
  q?: string
  dp?: string
  dq?: string
  qi?: string
  k?: string
  alg?: string
  pub?: string
  priv?: string
}

/** A copy of members without a prototype: what is not there must not be found on Object.prototype, by us or by the platform. */
export function membersOf(members: KeyMembers): KeyMembers {
  return Object.assign(Object.create(null) as KeyMembers, members)
}

/** What the engine knows of key material that it has imported. */
export interface KeyMaterial {
  readonly type: "secret" | "private" | "public"
  readonly keyType: KeyType
  /** The curve of an EC or OKP key, the parameter set of an AKP key. */
  readonly curve?: string | undefined
  /** Length of a secret or of an RSA modulus in bits; 0 for other keys, whose curve says it. */
  readonly bits: number
  /** The public exponent of an RSA key. */
  readonly exponent?: bigint | undefined
  /** What an RSASSA-PSS key is restricted to; present only for keys of that type. */
  readonly pss?:
    | {
        readonly hash?: HashName | undefined
        readonly maskHash?: string | undefined
        readonly saltBytes?: number | undefined
      }
    | undefined
  /** The algorithm that the platform's key object is bound to (a CryptoKey's). */
  readonly boundAlgorithm?: string | undefined
  /** Operations that the platform's key object allows (a CryptoKey's usages). */
  readonly usages?: readonly string[] | undefined
  /** False for a CryptoKey whose material must not leave it. */
  readonly extractable?: boolean | undefined
  /**
   * Checks what importing could not: called by the engine with the members that the platform found, before the key is used.
   * Throws if the key is none that may be used.
   */
  readonly confirm?: ((found: KeyMembers) => void) | undefined
  /** The engine's own object. */
  readonly handle: unknown
}

/** What a JWK says about a key beside its material (RFC 7517, section 4). */
export interface KeyLabels {
  readonly algorithm?: string | undefined
  readonly keyId?: string | undefined
  readonly use?: string | undefined
  readonly operations?: readonly string[] | undefined
  /** Certificate members, carried along unchanged. */
  readonly certificates?: Readonly<Record<string, unknown>> | undefined
}

/** Text of a signing input, or bytes where the payload is not base64url. */
export type SigningInput = string | Uint8Array

/** One key made ready for one algorithm. Text is ASCII; signatures in text are base64url. */
export interface Operator {
  sign(input: SigningInput): string | Promise<string>
  /** As `sign`, off the main thread, where that is worth it. */
  signLater?(input: SigningInput): Promise<string>
  /** Answers false for whatever is not a signature of this input, also for text that is not base64url. */
  verify(input: SigningInput, signature: string): boolean | Promise<boolean>
  /** As `verify`, off the main thread: slower for one token, twice as fast for many at once. */
  verifyLater?(input: SigningInput, signature: string): Promise<boolean>
}

/** A key in the package's own shape. */
export interface Key extends KeyMaterial, KeyLabels {
  /** Operators made so far, by name of the algorithm: those that may sign, those that may verify. */
  readonly operators: { readonly sign: Map<string, Operator>; readonly verify: Map<string, Operator> }
  /** Whether the warning about the key's length was given; it is given once. */
  warned: boolean
}

/** A key that says nothing about itself. */
export const NO_LABELS: KeyLabels = {
  algorithm: undefined,
  keyId: undefined,
  use: undefined,
  operations: undefined,
  certificates: undefined,
}

/** What material may leave out; each is its own member, so that none is found on Object.prototype. */
export const BARE = {
  curve: undefined,
  exponent: undefined,
  pss: undefined,
  boundAlgorithm: undefined,
  usages: undefined,
  extractable: undefined,
  confirm: undefined,
} as const

/** Puts material and labels together. */
export function makeKey(material: KeyMaterial, labels: KeyLabels): Key {
  return {
    type: material.type,
    keyType: material.keyType,
    curve: material.curve,
    bits: material.bits,
    exponent: material.exponent,
    pss: material.pss,
    boundAlgorithm: material.boundAlgorithm,
    usages: material.usages,
    extractable: material.extractable,
    confirm: material.confirm,
    handle: material.handle,
    algorithm: labels.algorithm ?? material.boundAlgorithm,
    keyId: labels.keyId,
    use: labels.use,
    operations: labels.operations,
    certificates: labels.certificates,
    operators: { sign: new Map(), verify: new Map() },
    warned: false,
  }
}

// Lengths of key members in bytes, by curve or parameter set: coordinates, public keys and private values are never shortened.

/** Coordinates and private values of EC keys (RFC 7518, section 6.2). */
export const EC_BYTES: ReadonlyMap<string, number> = new Map([
  ["P-256", 32],
  ["P-384", 48],
  ["P-521", 66],
  ["secp256k1", 32],
])

/** Public and private values of OKP keys (RFC 8037, section 2). */
export const OKP_BYTES: ReadonlyMap<string, number> = new Map([
  ["Ed25519", 32],
  ["Ed448", 57],
  ["X25519", 32],
  ["X448", 56],
])

/** Public keys of AKP keys (RFC 9964). */
export const AKP_BYTES: ReadonlyMap<string, number> = new Map([
  ["ML-DSA-44", 1312],
  ["ML-DSA-65", 1952],
  ["ML-DSA-87", 2592],
])

/** Seeds, the private value of AKP keys. */
export const AKP_SEED_BYTES = 32
