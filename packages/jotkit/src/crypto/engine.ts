/** The contract between the package and the platform's cryptography. `#engine` names the one that this runtime uses. */
import type { Key, KeyMaterial, KeyMembers, Operator } from "./key.ts"
import type { HashName, KeyType, SignatureRow } from "./signature-algorithms.ts"
import type { Awaitable } from "./steps.ts"

/** A PEM label without dashes (RFC 7468), for DER that says what it is. */
export type PemLabel =
  | "PUBLIC KEY"
  | "RSA PUBLIC KEY"
  | "CERTIFICATE"
  | "PRIVATE KEY"
  | "ENCRYPTED PRIVATE KEY"
  | "RSA PRIVATE KEY"
  | "EC PRIVATE KEY"

/** What a new key is to be. */
export interface GenerateRequest {
  readonly keyType: Exclude<KeyType, "oct">
  /** The curve, or the parameter set of an AKP key. */
  readonly curve?: string | undefined
  readonly modulusLength: number
}

/**
 * The platform's cryptography. Import functions throw whatever the platform throws; callers turn that into an InvalidKeyError.
 *
 * Reading and writing keys answers at once everywhere. What needs the platform's mathematics may answer with a promise.
 */
export interface Engine {
  /** Whether every answer comes at once. Where it does not, the synchronous forms refuse. */
  readonly answersAtOnce: boolean
  /** Whether the runtime has this algorithm, found out by asking it. */
  supports(row: SignatureRow): Awaitable<boolean>
  importSecret(bytes: Uint8Array): KeyMaterial
  importMembers(members: KeyMembers): KeyMaterial
  importDer(der: Uint8Array, label: PemLabel): KeyMaterial
  /** Opens an encrypted PEM block. */
  importEncryptedPem(pem: string, passphrase: string | Uint8Array): Awaitable<KeyMaterial>
  /** Reads a platform key object (KeyObject, CryptoKey); undefined if the value is none. */
  importPlatformKey(value: object): KeyMaterial | undefined
  /**
   * Finds the members that importing alone did not tell, and asks the material's `confirm` about them. Done once for each key;
   * nothing to do where importing tells everything. Answers whether it found something.
   */
  complete(key: KeyMaterial): Awaitable<boolean>
  /** Whether the members are known: all that belong to a key of its type, or what its private form is written from. */
  knows(key: KeyMaterial, what: "everything" | "private form"): boolean
  /** The members as far as they are known: public ones may be missing until {@link complete}. */
  exportMembers(key: KeyMaterial): KeyMembers
  exportSecret(key: KeyMaterial): Uint8Array
  /** SPKI or PKCS#8 in PEM. */
  exportPem(key: KeyMaterial): string
  /** PKCS#8 in PEM, encrypted. */
  exportEncryptedPem(key: KeyMaterial, passphrase: string | Uint8Array): Awaitable<string>
  toKeyObject(key: KeyMaterial): unknown
  publicHalf(key: KeyMaterial): KeyMaterial
  /** The public members that belong to the private ones, computed afresh; undefined where the platform cannot tell. */
  derivePublic(members: KeyMembers): Awaitable<KeyMembers | undefined>
  generate(request: GenerateRequest): Awaitable<KeyMaterial>
  /** As {@link generate}, off the main thread where that is worth it. */
  generateAsync(request: GenerateRequest): Awaitable<KeyMaterial>
  randomBytes(length: number): Uint8Array
  digest(hash: HashName, bytes: Uint8Array): Awaitable<Uint8Array>
  /** Makes a key ready for an algorithm that fits it. */
  operator(row: SignatureRow, key: Key): Operator
}
