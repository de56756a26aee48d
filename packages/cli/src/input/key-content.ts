/** What stands at a place where a key is meant, made ready to be read: decoded, opened, and in forms that the shared part knows. */

import { countKeys, type KeyForm, MAX_KEYS } from "@jotkit/inspect"
import { decryptJweAsync, isJwtError } from "jotkit"
import { Failure } from "../frame/failure.ts"
import { isObjectText } from "./claims.ts"
import { PASSWORD_ALGORITHMS } from "./encryption.ts"
import { isOpenSshPrivate, openSshJwk } from "./openssh.ts"
import { textOf } from "./source.ts"

/** One text or DER value for `readKeys`. */
export interface KeyContent {
  readonly content: string | Uint8Array
  /** What it was written as, where that cannot be seen any more. */
  readonly form?: KeyForm
  /** Only a passphrase opens it. */
  readonly isSealed?: boolean
}

const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]*\.[\w-]+\.[\w-]+$/
/** PKCS#5 and PKCS#12 (RFC 8018, appendix A; RFC 7292, appendix C): algorithms of encrypted private keys. */
const ENCRYPTED_IDS = ["2a864886f70d0105", "2a864886f70d010c01"]
const SEQUENCE = 0x30

/**
 * Makes the bytes of a key file ready.
 *
 * @param passphrase - Opens an encrypted JWK (RFC 7517, section 7), PKCS#8 in DER; `readKeys` opens PEM itself.
 * @throws Failure `key` for an encrypted key without passphrase, or with another one; `input` for an OpenSSH key that is cut off, and for
 * more keys than are read.
 */
export async function keyContent(bytes: Uint8Array, name: string, passphrase: string | undefined): Promise<KeyContent> {
  if (isEncryptedDer(bytes)) {
    needed(passphrase, name)
    return { content: encryptedPem(bytes), form: "pkcs8_encrypted", isSealed: true }
  }
  if (isBinary(bytes)) return { content: bytes }
  const text = textOf(bytes).replace(/^\ufeff/, "")
  const trimmed = text.trim()
  if (isOpenSshPrivate(trimmed)) return { content: JSON.stringify(openSshJwk(trimmed, name)), form: "openssh" }
  if (isJwe(trimmed)) return { content: await openedJwk(trimmed, name, needed(passphrase, name)) }
  const isSealed = /-----BEGIN ENCRYPTED |Proc-Type: *4, *ENCRYPTED/.test(trimmed)
  if (isSealed) needed(passphrase, name)
  // A key that was left out without a word would be missing from a set that is made of them, and from a verification.
  if (countKeys(trimmed) > MAX_KEYS) throw new Failure("input", "keys_too_many", name, String(MAX_KEYS))
  return { content: trimmed, isSealed }
}

/** DER begins with a SEQUENCE, and zero bytes are in no text but UTF-16. */
function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes[0] === SEQUENCE || (bytes.includes(0) && !isUtf16)
}

function needed(passphrase: string | undefined, name: string): string {
  if (passphrase === undefined) throw new Failure("key", "passphrase_needed", name)
  return passphrase
}

function isJwe(text: string): boolean {
  if (COMPACT_JWE.test(text)) return true
  return text.startsWith("{") && text.includes('"ciphertext"') && isObjectText(text)
}

/** RFC 7517, section 7: a JWK or JWK Set as the plaintext of a JWE. */
async function openedJwk(text: string, name: string, passphrase: string): Promise<string> {
  const token = text.startsWith("{") ? (JSON.parse(text) as object) : text
  try {
    const { plaintext } = await decryptJweAsync(token, passphrase, { algorithms: PASSWORD_ALGORITHMS })
    return new TextDecoder().decode(plaintext)
  } catch (error) {
    if (isJwtError(error) && error.code === "decryption_failed") throw new Failure("key", "passphrase_wrong", name)
    throw error
  }
}

/** EncryptedPrivateKeyInfo (RFC 5958, section 3): a SEQUENCE that begins with the SEQUENCE of an encryption algorithm. */
function isEncryptedDer(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 24)).toString("hex")
  const [, id] = /^30(?:[0-7].|81..|82.{4}|83.{6})30(?:[0-7].|81..|82.{4})06(?:0[0-9a-f])(.*)$/.exec(start) ?? []
  return ENCRYPTED_IDS.some((known) => id?.startsWith(known))
}

function encryptedPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines.join("\n")}\n-----END ENCRYPTED PRIVATE KEY-----\n`
}
