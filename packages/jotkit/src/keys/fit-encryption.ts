/** May this key do this for this encryption algorithm? Asked before any cryptography. */
import { AGREEMENT_CURVES, type ContentRow, type KeyManagementRow } from "../crypto/encryption-algorithms.ts"
import type { Key } from "../crypto/key.ts"
import type { JwtError } from "../errors.ts"
import { handleShortKey } from "./fit.ts"
import { unsuitableKey } from "./problems.ts"

/** Which side a key is used on. */
export type EncryptionUse = "encrypt" | "decrypt"

const RSA_BITS = 2048
/** What `key_ops` (RFC 7517, section 4.3) or a CryptoKey's usages may call either side. */
const OPERATIONS: Readonly<Record<EncryptionUse, readonly string[]>> = {
  encrypt: ["encrypt", "wrapKey", "deriveKey", "deriveBits"],
  decrypt: ["decrypt", "unwrapKey", "deriveKey", "deriveBits"],
}

/** Why the key must not be used so; undefined if it may. */
export function encryptionMisfit(
  row: KeyManagementRow,
  content: ContentRow,
  { key, use }: { readonly key: Key; readonly use: EncryptionUse },
): JwtError | undefined {
  return materialMisfit(row, content, key) ?? labelMisfit(row, content, key) ?? useMisfit(row, key, use)
}

/** A key shorter than the algorithm asks for is refused, or warned of once. */
export function judgeEncryptionKeyLength(row: KeyManagementRow, key: Key, enforce: boolean): void {
  if (row.family !== "rsa-oaep" || key.bits >= RSA_BITS || (key.warned && !enforce)) return
  handleShortKey(
    key,
    enforce,
    `the RSA key has ${key.bits} bits; ${row.name} asks for ${RSA_BITS} or more (RFC 7518, section 4.3)`,
  )
}

/** What to call an algorithm that a runtime lacks: often only one of its curves is missing. */
export function nameFor(row: KeyManagementRow, key: Key): string {
  return row.family === "ecdh" ? `${row.name} with ${key.curve}` : row.name
}

function materialMisfit(row: KeyManagementRow, content: ContentRow, key: Key): JwtError | undefined {
  const found = key.curve === undefined ? key.keyType : `${key.keyType} with ${key.curve}`
  if (!row.keyTypes.includes(key.keyType))
    return unsuitableKey(`${row.name} needs a key of type ${row.keyTypes.join(" or ")}, found ${found}`)
  if (row.family === "ecdh" && !AGREEMENT_CURVES.has(key.curve ?? ""))
    return unsuitableKey(`${row.name} needs a key on ${[...AGREEMENT_CURVES].join(", ")}, found ${found}`)
  if (row.family === "rsa-oaep" && key.pss !== undefined)
    return unsuitableKey(`an RSASSA-PSS key cannot be used for ${row.name}`)
  const bytes = secretBytes(row, content)
  return bytes === undefined || key.bits === bytes * 8
    ? undefined
    : unsuitableKey(`${row.name} needs a secret of ${bytes} bytes here, found ${key.bits / 8}`)
}

/** How long the shared secret must be; undefined where any length will do, or there is none. */
function secretBytes(row: KeyManagementRow, content: ContentRow): number | undefined {
  if (row.family === "dir") return content.keyBytes
  return row.family === "aes-kw" || row.family === "aes-gcm-kw" ? row.wrapBytes : undefined
}

/** A key has one algorithm (RFC 8725, section 3.1); the key of `dir` is marked with that of the content. */
function labelMisfit(row: KeyManagementRow, content: ContentRow, key: Key): JwtError | undefined {
  if (key.use !== undefined && key.use !== "enc")
    return unsuitableKey("the key's `use` is not `enc`", "key_not_for_use")
  if (key.algorithm === undefined || key.algorithm === row.name) return undefined
  if (row.family === "dir" && key.algorithm === content.name) return undefined
  return unsuitableKey(`the key is marked for another algorithm than ${row.name} with ${content.name}`)
}

function useMisfit(row: KeyManagementRow, key: Key, use: EncryptionUse): JwtError | undefined {
  if (use === "decrypt" && key.type === "public")
    return unsuitableKey("a public key cannot decrypt; give the private key", "key_not_private")
  // The other side's public key does nothing by itself in an agreement, so nothing needs to be allowed.
  if (row.family === "ecdh" && use === "encrypt") return undefined
  const allows = (names: readonly string[]): boolean => OPERATIONS[use].some((name) => names.includes(name))
  if (key.operations !== undefined && !allows(key.operations))
    return unsuitableKey(`the key's \`key_ops\` do not allow to ${use}`, "key_not_for_use")
  if (key.usages !== undefined && !allows(key.usages))
    return unsuitableKey(`the CryptoKey's usages do not allow to ${use}`, "key_not_for_use")
  return undefined
}
