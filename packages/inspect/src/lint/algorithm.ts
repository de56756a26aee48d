/** The algorithm, the keys that were given, and the signature's own shape. */

import { listAlgorithms } from "jotkit"
import { type OfferedKey, publicMembers } from "../keys/keys.ts"
import { privateMembers } from "../keys/private-members.ts"
import { signatureLength } from "../keys/signature-length.ts"
import { readBase64Url } from "../read/base64url.ts"
import { type JsonNode, memberOf, textMember } from "../read/json.ts"
import { textOfBytes } from "../read/segment.ts"
import { isCommonSecret } from "./common-secrets.ts"
import { type Context, type Finding, finding, headerValue, type LintRule, type Particulars } from "./context.ts"
import type { RuleId, Severity } from "./rules.ts"

const ENCRYPTIONS =
  "RSA1_5 RSA-OAEP RSA-OAEP-256 RSA-OAEP-384 RSA-OAEP-512 A128KW A192KW A256KW dir ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW A128GCMKW A192GCMKW A256GCMKW PBES2-HS256+A128KW PBES2-HS384+A192KW PBES2-HS512+A256KW"
/** IANA's names. Those for signatures are all built in; taken at the start, they hold none that a program adds of its own. */
const REGISTERED: ReadonlySet<string> = new Set([...listAlgorithms(), ...ENCRYPTIONS.split(" ")])
const CURVES: Readonly<Record<string, readonly string[]>> = {
  ES256: ["P-256"],
  ES384: ["P-384"],
  ES512: ["P-521"],
  ES256K: ["secp256k1"],
  EdDSA: ["Ed25519", "Ed448"],
  Ed25519: ["Ed25519"],
  Ed448: ["Ed448"],
}
/** Half of the order of each group: a larger `s` has a smaller twin that is as valid. */
const HALF_ORDERS: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n >> 1n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n >> 1n,
  ES512:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n >>
    1n,
  ES256K: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n >> 1n,
}
const MIN_RSA_BITS = 2048

/** ALG-NONE, ALG-MISSING, ALG-TYPE, ALG-UNKNOWN, ALG-LEGACY */
export const checkAlgorithm: LintRule = (context) => {
  const { header } = context
  if (header?.type !== "object") return []
  const value = headerValue(context, "alg")
  if (value === undefined) return hasUnprotectedAlg(context) ? [] : [finding(context, "ALG-MISSING", "/header")]
  if (value.type !== "string")
    return [finding(context, "ALG-TYPE", "/header/alg", { variant: "type", detail: value.type })]
  const alg = String(value.value)
  if (alg.trim().toLowerCase() === "none") return [finding(context, "ALG-NONE", "/header/alg")]
  if (alg.trim() !== alg || alg === "") return [finding(context, "ALG-TYPE", "/header/alg", { variant: "spaces" })]
  return [...unknown(context, alg), ...legacy(context, alg)]
}

/** ALG-CONFUSION, KEY-CURVE, KEY-WEAK-HMAC, KEY-WEAK-RSA, KEY-EXPONENT, KEY-PRIVATE-LEAK for keys that were given */
export const checkKeys: LintRule = (context) => {
  const { alg = "", keys } = context
  const found: Finding[] = []
  const usable = keys.filter(({ jwk }) => jwk !== undefined)
  const isHmac = /^HS\d/.test(alg)
  const isMistaken =
    isHmac &&
    keys.some(
      ({ isSymmetric, jwk, problem }) => (jwk !== undefined && !isSymmetric) || problem === "secret_is_key_material",
    )
  if (isMistaken) found.push(finding(context, "ALG-CONFUSION", "/header/alg", { detail: alg }))
  if (usable.length > 0 && usable.every((key) => isOtherCurve(key, alg)))
    found.push(finding(context, "KEY-CURVE", "/header/alg", { detail: alg }))
  for (const key of usable) found.push(...weaknesses(context, key, alg))
  return found
}

/** SIG-EMPTY, SIG-LENGTH, SIG-HIGH-S */
export const checkSignatures: LintRule = (context) =>
  context.reading.signatures.flatMap(({ header, signature }) => {
    const alg = textMember(header?.json?.root, "alg") ?? ""
    if (signature === undefined || alg.toLowerCase() === "none") return []
    const [id, particulars] = signatureProblem(alg, signature.bytes, context.keys) ?? []
    return id === undefined ? [] : [finding(context, id, signature.path, { range: signature.range, ...particulars })]
  })

function signatureProblem(
  alg: string,
  bytes: Uint8Array,
  keys: readonly OfferedKey[],
): readonly [RuleId, Particulars] | undefined {
  if (bytes.every((byte) => byte === 0)) return ["SIG-EMPTY", { variant: bytes.length === 0 ? undefined : "zero" }]
  const expected = /^[RP]S\d/.test(alg) ? rsaLength(bytes.length, keys) : signatureLength(alg)
  if (expected !== undefined && bytes.length !== expected)
    return ["SIG-LENGTH", { variant: isDer(bytes) ? "der" : undefined, detail: `${bytes.length}, ${expected}` }]
  return isHighS(alg, bytes) ? ["SIG-HIGH-S", alg === "ES256K" ? { severity: "warning" } : {}] : undefined
}

/** The bytes that are due where there are so many: those of a key that was given, and without one what keys usually have, weak ones too. */
function rsaLength(bytes: number, keys: readonly OfferedKey[]): number {
  const known = keys.flatMap(({ keyType, bits }) =>
    keyType === "RSA" && bits !== undefined ? Math.ceil(bits / 8) : [],
  )
  const [first] = known
  if (first !== undefined) return known.includes(bytes) ? bytes : first
  return bytes % 8 === 0 && bytes >= 128 ? bytes : Math.max(MIN_RSA_BITS / 8, Math.ceil(bytes / 8) * 8)
}

/** Weaknesses that a JWK shows by its members. */
export function memberWeaknesses(context: Context, jwk: JsonNode, path: string): Finding[] {
  const n = textMember(jwk, "n")
  const e = textMember(jwk, "e")
  const bits = n === undefined ? undefined : bitLength(readBase64Url(n).bytes)
  const found: Finding[] = []
  if (bits !== undefined && bits < MIN_RSA_BITS)
    found.push(finding(context, "KEY-WEAK-RSA", `${path}/n`, { detail: String(bits) }))
  const exponent = e === undefined ? undefined : exponentProblem(readBase64Url(e).bytes)
  if (exponent !== undefined) found.push(finding(context, "KEY-EXPONENT", `${path}/e`, exponent))
  return found
}

/** Private members of a JWK that others may read. */
export function leaks(context: Context, jwk: JsonNode, path: string, id: RuleId, severity?: Severity): Finding[] {
  const names = privateMembers(jwk).map(({ name }) => name)
  return names.length > 0 ? [finding(context, id, path, { detail: names.join(", "), severity })] : []
}

/** Whether bytes are an ECDSA signature in DER instead of R and S side by side. */
export function isDer(bytes: Uint8Array): boolean {
  const [tag, length = 0] = bytes
  return tag === 0x30 && (length === bytes.length - 2 || (length === 0x81 && bytes[2] === bytes.length - 3))
}

function hasUnprotectedAlg({ reading }: Context): boolean {
  return (
    reading.signatures.some(({ unprotected }) => memberOf(unprotected?.json?.root, "alg") !== undefined) ||
    reading.form === "jwe"
  )
}

function unknown(context: Context, alg: string): Finding[] {
  if (REGISTERED.has(alg)) return []
  const twin = [...REGISTERED].find((name) => name.toLowerCase() === alg.toLowerCase())
  return [
    finding(context, "ALG-UNKNOWN", "/header/alg", {
      variant: twin === undefined ? undefined : "case",
      detail: twin ?? "",
    }),
  ]
}

function legacy(context: Context, alg: string): Finding[] {
  if (/^RS\d/.test(alg)) return [finding(context, "ALG-LEGACY", "/header/alg", { variant: "rsa", detail: alg })]
  if (alg === "EdDSA") return [finding(context, "ALG-LEGACY", "/header/alg", { detail: alg })]
  return alg === "RSA1_5"
    ? [finding(context, "ALG-LEGACY", "/header/alg", { variant: "rsa15", severity: "warning" })]
    : []
}

function isOtherCurve({ curve, keyType }: OfferedKey, alg: string): boolean {
  const curves = Object.hasOwn(CURVES, alg) ? CURVES[alg] : undefined
  return curves !== undefined && (keyType === "EC" || keyType === "OKP") && !curves.includes(curve ?? "")
}

function weaknesses(context: Context, key: OfferedKey, alg: string): Finding[] {
  const { bits, isSymmetric, isPrivate, jwk } = key
  if (isSymmetric) return weakSecret(context, key, alg)
  const found: Finding[] = []
  if (key.keyType === "RSA" && bits !== undefined && bits < MIN_RSA_BITS)
    found.push(finding(context, "KEY-WEAK-RSA", "", { variant: "supplied", detail: String(bits) }))
  const e = jwk && publicMembers(jwk)["e"]
  const exponent = typeof e === "string" ? exponentProblem(readBase64Url(e).bytes) : undefined
  if (exponent !== undefined) found.push(finding(context, "KEY-EXPONENT", "", exponent))
  if (isPrivate && context.reading.form !== "jwe")
    found.push(finding(context, "KEY-PRIVATE-LEAK", "", { variant: "supplied", severity: "warning" }))
  return found
}

function weakSecret(context: Context, { jwk, bits = 0 }: OfferedKey, alg: string): Finding[] {
  if (!/^HS\d/.test(alg)) return []
  const k = jwk?.toPrivateJSON()["k"]
  const bytes = typeof k === "string" ? readBase64Url(k).bytes : new Uint8Array()
  const needed = Number(alg.slice(2))
  if (isCommonSecret(textOfBytes(bytes) ?? "")) return [finding(context, "KEY-WEAK-HMAC", "", { variant: "common" })]
  if (bits < needed) return [finding(context, "KEY-WEAK-HMAC", "", { detail: `${bits}, ${needed}` })]
  return estimatedBits(bytes) < 80
    ? [finding(context, "KEY-WEAK-HMAC", "", { variant: "entropy", detail: String(Math.floor(estimatedBits(bytes))) })]
    : []
}

/** Shannon's measure of the bytes: what repeats, or uses few letters, holds less than its length. */
function estimatedBits(bytes: Uint8Array): number {
  const counts = new Map<number, number>()
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  let perByte = 0
  for (const count of counts.values()) perByte -= (count / bytes.length) * Math.log2(count / bytes.length)
  return perByte * bytes.length
}

function exponentProblem(
  bytes: Uint8Array,
): { variant: string | undefined; detail: string; severity?: "warning" } | undefined {
  const value = bytes.reduce((sum, byte) => Math.min(sum * 256 + byte, Number.MAX_SAFE_INTEGER), 0)
  if (value % 2 === 0 || value === 1) return { variant: undefined, detail: String(value) }
  return value < 65_537 ? { variant: "small", detail: String(value), severity: "warning" } : undefined
}

function isHighS(alg: string, bytes: Uint8Array): boolean {
  const half = Object.hasOwn(HALF_ORDERS, alg) ? HALF_ORDERS[alg] : undefined
  if (half === undefined) return false
  return bytes.subarray(bytes.length / 2).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) > half
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
}
