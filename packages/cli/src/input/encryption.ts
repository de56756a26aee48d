/** Names of encryption algorithms. */

const KEY_MANAGEMENT = /^(?:RSA-OAEP|A\d{3}(?:GCM)?KW$|dir$|ECDH-ES|PBES2-)/

/** Whether a name is that of an algorithm that takes the content's key to its reader (RFC 7518, section 4.1). */
export function isKeyManagement(name: string): boolean {
  return KEY_MANAGEMENT.test(name)
}
