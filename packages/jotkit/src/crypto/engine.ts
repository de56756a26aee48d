/** The contract between the package and the platform's cryptography. `#engine` names the one that this runtime uses. */
import type { Key, KeyMaterial, KeyMembers, Operator } from "./key.ts"
import type { HashName, SignatureRow } from "./signature-algorithms.ts"

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
  readonly row: SignatureRow
  readonly curve?: string | undefined
  readonly modulusLength: number
}

/** The platform's cryptography. Import functions throw whatever the platform throws; callers turn that into an InvalidKeyError. */
export interface Engine {
  /** The runtime's name, for messages. */
  readonly name: string
  /** Whether every answer comes at once. Where it does not, the synchronous forms refuse. */
  readonly answersAtOnce: boolean
  /** Whether the runtime has this algorithm, found out by asking it. */
  supports(row: SignatureRow): boolean
  importSecret(bytes: Uint8Array): KeyMaterial
  importMembers(members: KeyMembers): KeyMaterial
  importDer(der: Uint8Array, label: PemLabel): KeyMaterial
  /** Opens an encrypted PEM block. */
  importEncryptedPem(pem: string, passphrase: string | Uint8Array): KeyMaterial
  /** Reads a platform key object (KeyObject, CryptoKey); undefined if the value is none. */
  importPlatformKey(value: object): KeyMaterial | undefined
  exportMembers(key: KeyMaterial): KeyMembers
  exportSecret(key: KeyMaterial): Uint8Array
  /** SPKI or PKCS#8 in PEM, the latter encrypted where a passphrase is given. */
  exportPem(key: KeyMaterial, passphrase?: string | Uint8Array): string
  toKeyObject(key: KeyMaterial): unknown
  publicHalf(key: KeyMaterial): KeyMaterial
  /** The public members that belong to the private ones, computed afresh; undefined where the members do not determine them. */
  derivePublic(members: KeyMembers): KeyMembers | undefined
  generate(request: GenerateRequest): KeyMaterial
  generateAsync(request: GenerateRequest): Promise<KeyMaterial>
  randomBytes(length: number): Uint8Array
  digest(hash: HashName, bytes: Uint8Array): Uint8Array
  /** Makes a key ready for an algorithm that fits it. */
  operator(row: SignatureRow, key: Key): Operator
}
