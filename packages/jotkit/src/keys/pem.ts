/**
 * Keys in text: PEM blocks (RFC 7468) and OpenSSH public key lines (RFC 4253, section 6.6).
 *
 * PEM is read leniently in its layout (indentation, CRLF, text around it, one line, `\n` written out, as environment variables
 * do), because people paste it; what it says is still strict: the body is exactly one DER value of the kind the label names.
 */

import { decodeBase64, decodeUtf8, encodeBase64Url } from "#bytes"
import type { PemLabel } from "../crypto/engine.ts"
import type { KeyMaterial, KeyMembers } from "../crypto/key.ts"
import { engine } from "../crypto/platform.ts"
import { type Awaitable, type Steps, settle, wait } from "../crypto/steps.ts"
import { isDerSequence, rareCurveOf } from "./der.ts"
import { lacking } from "./fit.ts"
import { unreadableKey } from "./problems.ts"

// What stands between the lines holds no five dashes, and a label ends with a letter: so every beginning is looked at once, however many
// there are that never end.
const PEM_BLOCK = /-----\s*BEGIN ([A-Z0-9 ]{0,63}[A-Z0-9])\s*-----((?:(?!-----)[\s\S])*?)-----\s*END \1\s*-----/g
const OPENSSH_LINE = /^\s*(ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521))\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/
const READABLE: ReadonlySet<string> = new Set<PemLabel>([
  "PUBLIC KEY",
  "RSA PUBLIC KEY",
  "CERTIFICATE",
  "PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
])
const BASE64_BODY = /^[A-Za-z0-9+/\s]+={0,2}\s*$/
/** Private before public: the platform reads a private key as its public half, too. */
const DER_ORDER: readonly PemLabel[] = [
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "PUBLIC KEY",
  "RSA PUBLIC KEY",
  "CERTIFICATE",
]

interface PemBlock {
  readonly label: string
  readonly body: string
  readonly isEncrypted: boolean
}

/** Reads a PEM block or an OpenSSH public key line. The first block that holds a key counts. */
export function importKeyText(text: string): KeyMaterial {
  const ssh = OPENSSH_LINE.exec(text)
  if (ssh !== null) return importOpenSsh(ssh[1] ?? "", decodeBase64(ssh[2] ?? ""))
  return importBlock(findBlock(text))
}

/** As {@link importKeyText}; a private key may be encrypted with this passphrase. */
export function importSealedText(text: string, passphrase: string | Uint8Array): Awaitable<KeyMaterial> {
  if (OPENSSH_LINE.test(text)) return importKeyText(text)
  const block = findBlock(text)
  return block.isEncrypted ? openBlock(block, passphrase) : importBlock(block)
}

function findBlock(text: string): PemBlock {
  const unescaped = text.includes("\\n") ? text.replaceAll("\\r", "").replaceAll("\\n", "\n") : text
  for (const [, label = "", body = ""] of unescaped.matchAll(PEM_BLOCK)) {
    if (label.endsWith("PARAMETERS")) continue
    assertReadableLabel(label)
    return { label, body, isEncrypted: label === "ENCRYPTED PRIVATE KEY" || body.includes("ENCRYPTED") }
  }
  if (/^\s*(ssh-|ecdsa-|sk-)/.test(text)) {
    throw unreadableKey(
      "the OpenSSH line",
      new Error("expected ssh-rsa, ssh-ed25519 or ecdsa-sha2-nistp256/384/521 and its base64"),
    )
  }
  throw unreadableKey("the PEM text", new Error("expected a BEGIN line, base64 and the END line of the same label"))
}

/** Reads DER of any kind a PEM label can name; undefined if it is none of them. */
export function importKeyDer(der: Uint8Array): KeyMaterial | undefined {
  if (!isDerSequence(der)) return undefined
  for (const label of DER_ORDER) {
    try {
      return engine.importDer(der, label)
    } catch {
      // Not of this kind: the next one is tried.
    }
  }
  return undefined
}

function assertReadableLabel(label: string): void {
  if (label === "OPENSSH PRIVATE KEY") {
    throw unreadableKey(
      nameOf(label),
      new Error("OpenSSH's own private format is not read; convert it with ssh-keygen -p -m PKCS8"),
    )
  }
  if (!READABLE.has(label)) throw unreadableKey(nameOf(label), new Error(`expected one of ${[...READABLE].join(", ")}`))
}

function importBlock({ label, body, isEncrypted }: PemBlock): KeyMaterial {
  try {
    if (isEncrypted) throw new Error("it is encrypted; give its passphrase: Jwk.fromPem(pem, { passphrase })")
    if (!BASE64_BODY.test(body)) throw new Error("its body is not base64")
    const der = decodeBase64(body)
    if (!isDerSequence(der)) throw new Error("its body is not one complete DER value")
    return engine.importDer(der, label as PemLabel)
  } catch (cause) {
    throw lacking(rareCurveOf(decodeBase64(body))) ?? unreadableKey(nameOf(label), cause)
  }
}

function openBlock({ label, body }: PemBlock, passphrase: string | Uint8Array): Awaitable<KeyMaterial> {
  return settle(openSteps(label, rebuilt(label, body), passphrase))
}

function* openSteps(label: string, pem: string, passphrase: string | Uint8Array): Steps<KeyMaterial> {
  try {
    return yield* wait(engine.importEncryptedPem(pem, passphrase))
  } catch (cause) {
    throw unreadableKey(nameOf(label), cause)
  }
}

function nameOf(label: string): string {
  return `the PEM block ${label}`
}

/** The block with plain line ends and no indentation, for the platform's reader of encrypted PEM. */
function rebuilt(label: string, body: string): string {
  const lines = body.split(/\r?\n/).map((line) => line.trim())
  return `-----BEGIN ${label}-----\n${lines.join("\n").trim()}\n-----END ${label}-----\n`
}

function importOpenSsh(type: string, blob: Uint8Array): KeyMaterial {
  try {
    return engine.importMembers(openSshMembers(type, new SshReader(blob)))
  } catch (cause) {
    throw unreadableKey(`the OpenSSH key ${type}`, cause)
  }
}

function openSshMembers(type: string, reader: SshReader): KeyMembers {
  if (decodeUtf8(reader.next()) !== type) throw new Error("the line and its base64 name different types")
  if (type === "ssh-rsa") {
    const e = withoutLeadingZeros(reader.next())
    const n = withoutLeadingZeros(reader.next())
    reader.end()
    return { kty: "RSA", n: encodeBase64Url(n), e: encodeBase64Url(e) }
  }
  if (type === "ssh-ed25519") {
    const x = reader.next()
    reader.end()
    return { kty: "OKP", crv: "Ed25519", x: encodeBase64Url(x) }
  }
  const bits = type.slice(-3)
  if (decodeUtf8(reader.next()) !== `nistp${bits}`) throw new Error("the line and its base64 name different curves")
  const point = reader.next()
  reader.end()
  const half = (point.length - 1) / 2
  if (point[0] !== 4 || !Number.isInteger(half)) throw new Error("the point is not uncompressed")
  return {
    kty: "EC",
    crv: `P-${bits}`,
    x: encodeBase64Url(point.subarray(1, 1 + half)),
    y: encodeBase64Url(point.subarray(1 + half)),
  }
}

/** Reads length-prefixed strings (RFC 4251, section 5). */
class SshReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  next(): Uint8Array {
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
    if (this.#at + 4 > this.#bytes.length) throw new Error("it is cut off")
    const start = this.#at + 4
    const end = start + view.getUint32(this.#at)
    if (end > this.#bytes.length) throw new Error("it is cut off")
    this.#at = end
    return this.#bytes.subarray(start, end)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new Error("there are bytes behind the key")
  }
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  return bytes.subarray(start)
}
