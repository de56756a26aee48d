/** Keys and hand-made tokens: what an attacker has, and what no encoder writes. */
import {
  constants,
  createHmac,
  sign as cryptoSign,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
} from "node:crypto"
import type { DecodeOptions, JwkObject } from "jotkit"

/** The moment at which all tokens here are judged. */
export const NOW = 1_700_000_000
/** Text that stands in every payload and must not stand in any error. */
export const MARK = "mark-of-the-payload"
/** Long enough for every HMAC; must not stand in any error. */
export const SECRET = "mark-of-the-secret-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
export const CLAIMS: Readonly<Record<string, unknown>> = { mark: MARK, exp: NOW + 3600 }
export const HS256: DecodeOptions = { algorithms: ["HS256"], now: NOW }

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A value whose type the signature forbids: what a caller without a type checker would pass. */
export function untyped<T>(value: unknown): T {
  return value as T
}

/** Encodes the content of a segment. */
export function segment(content: string | Uint8Array): string {
  return (typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content)).toString("base64url")
}

/** JSON as a segment; text stands for JSON as it is. */
export function json(value: unknown): string {
  return segment(typeof value === "string" ? value : JSON.stringify(value))
}

/** Header and payload with their dot. */
export function signingInput(header: unknown, payload: unknown = CLAIMS): string {
  return `${json(header)}.${json(payload)}`
}

/** The HMAC of a text, as a segment. */
export function mac(input: string, secret: string | Uint8Array = SECRET, hash = "sha256"): string {
  return createHmac(hash, secret).update(input).digest("base64url")
}

/** Segments as they stand, with an HMAC-SHA-256. */
export function withMac(input: string, secret?: string | Uint8Array): string {
  return `${input}.${mac(input, secret)}`
}

/** A token under HS256 whatever its header says. */
export function token(header: unknown, payload: unknown = CLAIMS, secret?: string | Uint8Array): string {
  return withMac(signingInput(header, payload), secret)
}

/** An ordinary token with these claims. */
export function claimsToken(claims: unknown): string {
  return token({ alg: "HS256", typ: "JWT" }, claims)
}

/** An ordinary token with further header members. */
export function headerToken(members: object): string {
  return token({ alg: "HS256", typ: "JWT", ...members })
}

/** A token with this header, signed by a function. */
export function signedBy(header: object, signer: (input: Buffer) => Uint8Array, payload: unknown = CLAIMS): string {
  const input = signingInput(header, payload)
  return `${input}.${segment(signer(Buffer.from(input)))}`
}

/** The signature in JWS form, whatever the algorithm is called. */
export function rawSignature(hash: string | null, input: Buffer, key: KeyObject): Buffer {
  return cryptoSign(hash, input, { key, dsaEncoding: "ieee-p1363" })
}

/** The RSA private operation on a padded message, without further padding. */
export function rawRsa(key: KeyObject, encoded: Uint8Array): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)
}

export const rsa = once((): KeyPair => generateKeyPairSync("rsa", { modulusLength: 2048 }))
export const otherRsa = once((): KeyPair => generateKeyPairSync("rsa", { modulusLength: 2048 }))
export const ed25519 = once((): KeyPair => generateKeyPairSync("ed25519"))
export const ed448 = once((): KeyPair => generateKeyPairSync("ed448"))
export const x25519 = once((): KeyPair => generateKeyPairSync("x25519"))
export const p256 = once(() => ecPair("P-256"))
export const otherP256 = once(() => ecPair("P-256"))
export const p384 = once(() => ecPair("P-384"))
export const p521 = once(() => ecPair("P-521"))
export const secp256k1 = once(() => ecPair("secp256k1"))

/** A fresh EC pair; any curve that the platform knows. */
export function ecPair(namedCurve: string): KeyPair {
  return generateKeyPairSync("ec", { namedCurve })
}

/** Computes a value when it is first asked for. */
function once<T>(make: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= make()
    return value
  }
}

/** A key object as a JWK. */
export function jwkOf(key: KeyObject): JwkObject {
  return key.export({ format: "jwk" }) as JwkObject
}

/** SPKI in PEM. */
export function pemOf(key: KeyObject): string {
  return String(key.export({ type: "spki", format: "pem" }))
}

/** SPKI in DER. */
export function derOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" })
}

/** PKCS#1 in PEM. */
export function pkcs1Of(key: KeyObject): string {
  return String(key.export({ type: "pkcs1", format: "pem" }))
}

/** PKCS#8 in PEM. */
export function privatePemOf(key: KeyObject): string {
  return String(key.export({ type: "pkcs8", format: "pem" }))
}

/** The SPKI of a raw Ed25519 point, which nobody need have made. */
export function ed25519Spki(point: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), point])
}

/** An OpenSSH public key line. */
export function openSshLine(type: string, ...fields: readonly Uint8Array[]): string {
  const blob = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field.length)
    return [length, field]
  })
  return `${type} ${Buffer.concat(blob).toString("base64")}`
}

/** DER around a body. */
export function pemBlock(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
}

/** A big number as unsigned bytes of at least this length. */
export function bytesOf(value: bigint, length = 0): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bytes.length)), bytes])
}

/** Bytes as an unsigned number, most significant first. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`)
}

/** A member of a JWK as bytes. */
export function memberBytes(jwk: JwkObject, name: string): Buffer {
  return Buffer.from(String(jwk[name]), "base64url")
}

/** A member of a JWK as a number. */
export function memberNumber(jwk: JwkObject, name: string): bigint {
  return numberOf(memberBytes(jwk, name))
}

const OID = {
  sha256WithRsa: "06092a864886f70d01010b",
  commonName: "0603550403",
} as const

/** A self-signed certificate (RFC 5280) for an RSA key, long expired. */
export function expiredCertificate({ privateKey, publicKey }: KeyPair): Buffer {
  const algorithm = der(0x30, Buffer.from(`${OID.sha256WithRsa}0500`, "hex"))
  const name = der(0x30, der(0x31, der(0x30, Buffer.from(OID.commonName, "hex"), der(0x0c, Buffer.from("nobody")))))
  const validity = der(0x30, der(0x17, Buffer.from("000101000000Z")), der(0x17, Buffer.from("010101000000Z")))
  const body = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, validity, name, derOf(publicKey))
  const signature = der(0x03, Buffer.from([0]), cryptoSign("sha256", body, privateKey))
  return der(0x30, body, algorithm, signature)
}

function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : Buffer.concat([Buffer.from([0x80 + bytesOf(BigInt(body.length)).length]), bytesOf(BigInt(body.length))])
  return Buffer.concat([Buffer.from([tag]), length, body])
}
