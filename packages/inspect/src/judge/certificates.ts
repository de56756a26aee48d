/** Certificates that a token or a key carries: what they say, and whether they belong to what they stand beside. No chain is trusted. */

import { isJwtError, Jwk } from "jotkit"
import { type Certificate, readCertificate } from "../keys/certificate.ts"
import type { OfferedKey } from "../keys/keys.ts"
import { readBase64Url, writeBase64Url } from "../read/base64url.ts"
import { type JsonNode, memberOf, readJson, textMember } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import { sha2 } from "./digest.ts"

/** Whether something that names or holds a certificate fits the first one of a chain. */
export interface CertificateCheck {
  /** `key`: the key that made the signature. `x5t`, `x5t#S256`: the hashes in the token's header or in the JWK. */
  readonly name: "key" | "x5t" | "x5t#S256"
  readonly status: "pass" | "fail" | "not_checked" | "cannot_check"
}

/** One certificate of a chain. */
export interface ChainLink {
  /** Undefined for what is no certificate. */
  readonly certificate: Certificate | undefined
  /** Undefined with the certificate. */
  readonly time: "valid" | "expired" | "early" | undefined
}

/** The certificates of one place, the one of the key first. */
export interface CertificateChain {
  readonly from: "header" | "key"
  readonly links: readonly ChainLink[]
  readonly checks: readonly CertificateCheck[]
}

/** What stands beside the token. */
export interface CertificatesRequest {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number
  /** The key as it was given: certificates in PEM or DER, or a JWK or JWK Set with `x5c`. */
  readonly key?: string | Uint8Array | undefined
  /** The key that made the signature. */
  readonly verifiedBy?: OfferedKey | undefined
}

/** Certificates as bytes, and what names them. */
interface Bundle {
  readonly from: CertificateChain["from"]
  readonly chain: readonly Uint8Array[]
  readonly named: readonly (JsonNode | undefined)[]
}

const MAX_LINKS = 10
const MAX_CHAINS = 20

/**
 * Reads the certificates in `x5c` of the token's header and in the key, and compares them with the key that made the signature and with
 * `x5t` and `x5t#S256` (RFC 7515, sections 4.1.6 to 4.1.8). Neither a chain nor a revocation is looked at.
 */
export async function checkCertificates(
  reading: Reading,
  request: CertificatesRequest,
): Promise<readonly CertificateChain[]> {
  const header = reading.header?.json?.root
  const ofHeader: Bundle = { from: "header", chain: chainIn(header), named: [header] }
  const bundles = [ofHeader, ...bundlesOf(request.key ?? "", header)].filter(({ chain }) => chain.length > 0)
  return Promise.all(bundles.slice(0, MAX_CHAINS).map((bundle) => chainOf(bundle, request)))
}

async function chainOf({ from, chain, named }: Bundle, request: CertificatesRequest): Promise<CertificateChain> {
  const [leaf = new Uint8Array()] = chain
  const checks = await Promise.all([
    checkKey(leaf, request.verifiedBy),
    ...named.flatMap((node) => hashesOf(node, leaf)),
  ])
  return { from, links: chain.slice(0, MAX_LINKS).map((der) => linkOf(der, request.now)), checks }
}

function linkOf(der: Uint8Array, now: number): ChainLink {
  const certificate = readCertificate(der)
  if (certificate === undefined) return { certificate, time: undefined }
  const { notBefore, notAfter } = certificate
  return { certificate, time: now < notBefore ? "early" : now > notAfter ? "expired" : "valid" }
}

async function checkKey(leaf: Uint8Array, verifiedBy: OfferedKey | undefined): Promise<CertificateCheck> {
  const thumbprint = verifiedBy?.thumbprint
  if (thumbprint === undefined) return { name: "key", status: "not_checked" }
  try {
    const key = await Jwk.fromPemAsync(pemOf(leaf))
    return { name: "key", status: (await key.thumbprintAsync()) === thumbprint ? "pass" : "fail" }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { name: "key", status: "cannot_check" }
  }
}

function pemOf(der: Uint8Array): string {
  const base64 = writeBase64Url(der).replaceAll("-", "+").replaceAll("_", "/")
  return `-----BEGIN CERTIFICATE-----\n${base64}${"=".repeat(-base64.length & 3)}\n-----END CERTIFICATE-----\n`
}

const HASHES = { x5t: (der: Uint8Array) => sha1(der), "x5t#S256": (der: Uint8Array) => sha2(256, der) } as const

function hashesOf(node: JsonNode | undefined, leaf: Uint8Array): Promise<CertificateCheck>[] {
  return (["x5t", "x5t#S256"] as const).flatMap((name) => {
    const said = textMember(node, name)
    return said === undefined ? [] : [checkHash(name, said, leaf)]
  })
}

async function checkHash(name: keyof typeof HASHES, said: string, leaf: Uint8Array): Promise<CertificateCheck> {
  const hash = await HASHES[name](leaf)
  if (hash === undefined) return { name, status: "cannot_check" }
  return { name, status: writeBase64Url(hash) === said ? "pass" : "fail" }
}

/** `x5t` is of SHA-1, whatever that is worth; browsers have it in secure contexts only. */
async function sha1(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  const subtle = (globalThis.crypto as Partial<typeof globalThis.crypto> | undefined)?.subtle
  return subtle && new Uint8Array(await subtle.digest("SHA-1", new Uint8Array(bytes)))
}

/** The certificates of a header or a JWK: base64, not base64url (RFC 7515, section 4.1.6). */
function chainIn(node: JsonNode | undefined): Uint8Array[] {
  const chain = memberOf(node, "x5c")?.value
  if (chain?.type !== "array") return []
  return chain.items.map((item) =>
    item.type === "string" ? readBase64Url(String(item.value)).bytes : new Uint8Array(),
  )
}

/** What names a certificate that came as PEM is the token; a JWK names its own. */
function bundlesOf(key: string | Uint8Array, header: JsonNode | undefined): Bundle[] {
  if (typeof key !== "string") {
    const isCertificate = readCertificate(key) !== undefined
    return [{ from: "key", chain: isCertificate ? [key] : [], named: [header] }]
  }
  if (!key.trimStart().startsWith("{")) return [{ from: "key", chain: pemCertificates(key), named: [header] }]
  const { root } = readJson(key)
  const set = memberOf(root, "keys")?.value
  const keys = set?.type === "array" ? set.items : [root]
  return keys.map((jwk) => ({ from: "key", chain: chainIn(jwk), named: [jwk] }))
}

const PEM = /-----BEGIN CERTIFICATE-----([\w+/=\s]{1,100000}?)-----END CERTIFICATE-----/g

function pemCertificates(text: string): Uint8Array[] {
  return [...text.matchAll(PEM)].map(([, base64 = ""]) => readBase64Url(base64.replaceAll(/\s/g, "")).bytes)
}
