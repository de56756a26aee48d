/** Certificates that a key signs for itself (RFC 5280, section 4.1): for servers and programs that are tried, trusted by nobody else. */

import { isJwtError, Jwk } from "jotkit"

/** How many letters the name of a subject may have (RFC 5280, appendix A.1). */
export const MAX_COMMON_NAME = 64

/** What such a certificate says beside the key. */
export interface CertificateRequest {
  /** A host's name is written as an alternative name, too; programs look for it there. */
  readonly commonName: string
  readonly days: number
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly from: number
}

// Tags of DER (ITU-T X.690).
const INTEGER = 0x02
const BITS = 0x03
const OCTETS = 0x04
const UTF8 = 0x0c
const SEQUENCE = 0x30
const SET = 0x31
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const HOST_NAME = 0x82
const ADDRESS = 0x87
const EXTENSIONS = 0xa3

/** ECDSA with SHA-256 (2), SHA-384 (3) or SHA-512 (4). */
const ecdsa = (hash: number) => [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, hash]

/** What a key signs with, by its curve, and how certificates call that (RFC 5758, section 3.2; RFC 4055, section 5; RFC 8410, section 3). */
const ALGORITHMS: ReadonlyMap<string | undefined, readonly [name: string, identifier: readonly number[]]> = new Map([
  [undefined, ["RS256", [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00]]],
  ["P-256", ["ES256", ecdsa(2)]],
  ["P-384", ["ES384", ecdsa(3)]],
  ["P-521", ["ES512", ecdsa(4)]],
  ["Ed25519", ["Ed25519", [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70]]],
])
const IP_4 = /^\d+(?:\.\d+){3}$/
const HOST = /^(?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)*$/i
/** The first year that does not fit two digits (RFC 5280, section 4.1.2.5). */
const LONG_YEAR = "2050"
const DAY_SECONDS = 86_400

/** A certificate in PEM; undefined for private keys that cannot sign one, in certificates or in this browser. */
export async function selfSigned(key: Jwk, request: CertificateRequest): Promise<string | undefined> {
  const known = ALGORITHMS.get(key.curve)
  if (known === undefined) return undefined
  const [name, identifier] = known
  try {
    const signer = await Jwk.from(key, { algorithm: name }).toCryptoKey()
    const body = await bodyOf(key, identifier, request)
    const parameters = { ...signer.algorithm, hash: `SHA-${name.slice(2)}` }
    const signature = bytesOf(await crypto.subtle.sign(parameters, signer, Uint8Array.from(body)))
    const signed = der(SEQUENCE, body, identifier, der(BITS, [0], name.startsWith("ES") ? pair(signature) : signature))
    const lines = btoa(String.fromCharCode(...signed)).replaceAll(/.{1,64}/g, "$&\n")
    return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`
  } catch (error) {
    if (!isJwtError(error)) throw error
    return undefined
  }
}

/** What is signed: version 3, and two extensions. */
async function bodyOf(key: Jwk, identifier: readonly number[], { commonName, days, from }: CertificateRequest) {
  const spki = pemBytes(key.publicKey().toPem())
  const subject = textBytes(commonName)
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, [0x06, 0x03, 0x55, 0x04, 0x03], der(UTF8, subject))))
  // RFC 7093, section 2, method 4.
  const keyId = der(OCTETS, bytesOf(await crypto.subtle.digest("SHA-256", spki)))
  const names = HOST.test(commonName) ? extension(0x11, der(SEQUENCE, hostBytes(commonName))) : []
  return der(
    SEQUENCE,
    [0xa0, 0x03, 0x02, 0x01, 0x02],
    // 120 random bits and no sign (RFC 5280, section 4.1.2.2).
    der(INTEGER, [0x40, ...crypto.getRandomValues(new Uint8Array(15))]),
    identifier,
    name,
    der(SEQUENCE, time(from), time(from + days * DAY_SECONDS)),
    name,
    [...spki],
    der(EXTENSIONS, der(SEQUENCE, extension(0x0e, keyId), names)),
  )
}

/** An address is none of the names (RFC 5280, section 4.2.1.6): programs that are sent to one look for it as such. */
function hostBytes(host: string): number[] {
  const numbers = host.split(".").map(Number)
  const isAddress = IP_4.test(host) && numbers.every((number) => number < 256)
  return isAddress ? der(ADDRESS, numbers) : der(HOST_NAME, textBytes(host))
}

/** RFC 5280, section 4.2.1. */
function extension(id: number, value: number[]): number[] {
  return der(SEQUENCE, [0x06, 0x03, 0x55, 0x1d, id], der(OCTETS, value))
}

function time(seconds: number): number[] {
  const text = new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/\D/g, "")
  const isLong = text >= LONG_YEAR
  return der(isLong ? GENERALIZED_TIME : UTC_TIME, textBytes(`${text.slice(isLong ? 0 : 2)}Z`))
}

/** R and S, which JOSE has side by side, as two numbers (RFC 3279, section 2.2.3). */
function pair(signature: readonly number[]): number[] {
  const middle = signature.length / 2
  return der(SEQUENCE, unsigned(signature.slice(0, middle)), unsigned(signature.slice(middle)))
}

function unsigned(digits: readonly number[]): number[] {
  const from = digits.findIndex((digit) => digit > 0)
  return der(INTEGER, (digits[from] ?? 0) > 0x7f ? [0] : [], digits.slice(from))
}

/** A value of less than 64 KiB. */
function der(tag: number, ...contents: readonly (readonly number[])[]): number[] {
  const content = contents.flat()
  const { length } = content
  const long = length < 0x80 ? [] : length < 0x100 ? [0x81] : [0x82, length >> 8]
  return [tag, ...long, length & 0xff, ...content]
}

function textBytes(text: string): number[] {
  return [...new TextEncoder().encode(text)]
}

function bytesOf(buffer: ArrayBuffer): number[] {
  return [...new Uint8Array(buffer)]
}

/** What stands in PEM. */
export function pemBytes(pem: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(pemBody(pem)), (letter) => letter.charCodeAt(0))
}

/** The base64 of PEM, without lines. */
export function pemBody(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, "")
}
