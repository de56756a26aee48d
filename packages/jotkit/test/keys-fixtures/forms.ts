/** The forms in which people keep keys: PEM blocks, DER, certificates, OpenSSH lines. Written here, not by the package. */
import { type KeyObject, sign } from "node:crypto"
import { untyped } from "../pyjwt/outcome.ts"

/** What stands inside a PEM block. */
export type Container = "spki" | "pkcs8" | "pkcs1" | "sec1"

const CIPHER = "aes-256-cbc"

/** A key as PEM. */
export function pemOf(key: KeyObject, type: Container): string {
  // The types know only some of the combinations that Node accepts.
  return String(key.export(untyped({ type, format: "pem" })))
}

/** A key as DER. */
export function derOf(key: KeyObject, type: Container): Uint8Array<ArrayBuffer> {
  return new Uint8Array(untyped<Buffer>(key.export(untyped({ type, format: "der" }))))
}

/** A private key as PEM under a passphrase: PKCS#8, or the older form with its `DEK-Info` lines. */
export function encryptedPemOf(key: KeyObject, type: Container, passphrase: string): string {
  const options = { type, format: "pem", cipher: CIPHER, passphrase }
  return String(key.export(untyped(options)))
}

/** A PEM block around DER. */
export function pemBlock(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der).toString("base64").replaceAll(/.{64}/g, "$&\n")
  return `-----BEGIN ${label}-----\n${lines.trim()}\n-----END ${label}-----\n`
}

/** What `openssl ecparam -genkey` writes before an EC key: the name of P-256. */
export const EC_PARAMETERS = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OBJECT_ID = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
const COMMON_NAME = Uint8Array.of(0x55, 0x04, 0x03)
/** `AlgorithmIdentifier`s of signatures, by type of key: sha256WithRSAEncryption, ecdsa-with-SHA256, Ed25519, Ed448. */
const SIGNATURE_IDS: Readonly<Record<string, string>> = {
  rsa: "300d06092a864886f70d01010b0500",
  ec: "300a06082a8648ce3d040302",
  ed25519: "300506032b6570",
  ed448: "300506032b6571",
}

/** One DER value of less than 65,536 bytes. */
function value(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents)
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Uint8Array.from([tag, ...length]), body])
}

/** A self-signed X.509 certificate that expired in 2001 (RFC 5280, section 4.1), as DER. */
export function certificateOf({
  privateKey,
  publicKey,
}: {
  privateKey: KeyObject
  publicKey: KeyObject
}): Uint8Array<ArrayBuffer> {
  const type = publicKey.asymmetricKeyType ?? ""
  const algorithm = Buffer.from(SIGNATURE_IDS[type] ?? "", "hex")
  const name = value(
    SEQUENCE,
    value(SET, value(SEQUENCE, value(OBJECT_ID, COMMON_NAME), value(UTF8_STRING, Buffer.from("jotkit test")))),
  )
  const validity = value(
    SEQUENCE,
    value(UTC_TIME, Buffer.from("000101000000Z")),
    value(UTC_TIME, Buffer.from("010101000000Z")),
  )
  const body = value(
    SEQUENCE,
    value(INTEGER, Uint8Array.of(1)),
    algorithm,
    name,
    validity,
    name,
    derOf(publicKey, "spki"),
  )
  const signature = sign(type.startsWith("ed") ? null : "sha256", body, privateKey)
  return new Uint8Array(value(SEQUENCE, body, algorithm, value(BIT_STRING, Uint8Array.of(0), signature)))
}

function sshString(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** A number as OpenSSH writes it: a leading zero keeps it from being negative (RFC 4251, section 5). */
function sshNumber(bytes: Uint8Array): Uint8Array {
  return sshString((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), bytes]) : bytes)
}

/** The OpenSSH public key line of an RSA, P-256, P-384, P-521 or Ed25519 key (RFC 4253, section 6.6; RFC 5656; RFC 8709). */
export function sshLineOf(key: KeyObject, comment = "someone@example.com"): string {
  const { kty, crv = "", x = "", y = "", n = "", e = "" } = key.export({ format: "jwk" })
  const [nBytes, eBytes, xBytes, yBytes] = [n, e, x, y].map((member) => Buffer.from(member, "base64url")) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  if (kty === "RSA") return line("ssh-rsa", [sshNumber(eBytes), sshNumber(nBytes)], comment)
  if (kty === "OKP") return line("ssh-ed25519", [sshString(xBytes)], comment)
  const curve = `nistp${crv.slice(2)}`
  const point = Buffer.concat([Uint8Array.of(4), xBytes, yBytes])
  return line(`ecdsa-sha2-${curve}`, [sshString(Buffer.from(curve)), sshString(point)], comment)
}

function line(type: string, parts: readonly Uint8Array[], comment: string): string {
  const blob = Buffer.concat([sshString(Buffer.from(type)), ...parts])
  return `${type} ${blob.toString("base64")} ${comment}`
}
