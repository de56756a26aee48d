/** Names of encryption algorithms. */

const KEY_MANAGEMENT = /^(?:RSA-OAEP|A\d{3}(?:GCM)?KW$|dir$|ECDH-ES|PBES2-)/

/** Whether a name is that of an algorithm that takes the content's key to its reader (RFC 7518, section 4.1). */
export function isKeyManagement(name: string): boolean {
  return KEY_MANAGEMENT.test(name)
}

/** Algorithms that a password opens (RFC 7518, section 4.8). */
export const PASSWORD_ALGORITHMS = ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]

/** Their names, as completion offers them (RFC 7518, section 4.1). */
export const KEY_MANAGEMENT_ALGORITHMS: readonly string[] = [
  "RSA-OAEP-256",
  "RSA-OAEP-384",
  "RSA-OAEP-512",
  "RSA-OAEP",
  "ECDH-ES",
  "ECDH-ES+A128KW",
  "ECDH-ES+A192KW",
  "ECDH-ES+A256KW",
  "A128KW",
  "A192KW",
  "A256KW",
  "A128GCMKW",
  "A192GCMKW",
  "A256GCMKW",
  "dir",
  ...PASSWORD_ALGORITHMS,
]

/** Names of algorithms that encrypt the content, as completion offers them (RFC 7518, section 5.1). */
export const CONTENT_ENCRYPTIONS: readonly string[] = [
  "A128GCM",
  "A192GCM",
  "A256GCM",
  "A128CBC-HS256",
  "A192CBC-HS384",
  "A256CBC-HS512",
]
