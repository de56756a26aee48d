/**
 * Keys as members of a JWK, read and written without asking a platform: from JWK and DER, to JWK and PEM. Lengths, ranges and points are
 * checked; nothing is computed with a key.
 */
import { decodeBase64Url, encodeBase64, encodeBase64Url } from "#bytes"
import { assertOnCurve, assertScalar } from "./curve-points.ts"
import type { Engine, PemLabel } from "./engine.ts"
import {
  AKP_BYTES,
  AKP_SEED_BYTES,
  BARE,
  EC_BYTES,
  type KeyMaterial,
  type KeyMembers,
  membersOf,
  OKP_BYTES,
} from "./key.ts"
import { readKeyDer, writePkcs8, writeSpki } from "./key-der.ts"
import type { Awaitable } from "./steps.ts"
import type { CryptoKeyLike } from "./web-parameters.ts"

/** The handle of such a key. */
export class MemberHandle {
  /** The members known so far; {@link Engine.complete} may add to them. */
  members: KeyMembers
  /** The algorithm identifier of an RSASSA-PSS key, to be written again. */
  readonly pssIdentifier: Uint8Array | undefined
  /** The CryptoKey that the key came as. */
  readonly cryptoKey: CryptoKeyLike | undefined
  /** Completes the members, once. */
  complete: (() => Awaitable<boolean>) | undefined

  constructor(members: KeyMembers, pssIdentifier?: Uint8Array, cryptoKey?: CryptoKeyLike) {
    this.members = members
    this.pssIdentifier = pssIdentifier
    this.cryptoKey = cryptoKey
  }
}

const PUBLIC_MEMBERS = ["crv", "x", "y", "n", "e", "alg", "pub"] as const
/** Every member that holds material. */
export const MATERIAL_MEMBERS: readonly Exclude<keyof KeyMembers, "kty">[] = [
  ...PUBLIC_MEMBERS,
  ...(["d", "p", "q", "dp", "dq", "qi", "priv", "k"] as const),
]
const PEM_LINE = /.{1,64}/g

/** The part of an engine that reads and writes keys. */
export const memberKeys: Pick<
  Engine,
  | "importSecret"
  | "importMembers"
  | "importDer"
  | "knows"
  | "exportMembers"
  | "exportSecret"
  | "exportPem"
  | "publicHalf"
> = {
  importSecret(bytes: Uint8Array): KeyMaterial {
    return materialOf(membersOf({ kty: "oct", k: encodeBase64Url(bytes) }))
  },

  importMembers(members: KeyMembers): KeyMaterial {
    return materialOf(membersOf(members))
  },

  importDer(der: Uint8Array, label: PemLabel): KeyMaterial {
    const { members, pss, pssIdentifier } = readKeyDer(der, label)
    return { ...materialOf(members, pssIdentifier), pss }
  },

  knows(key: KeyMaterial, what: "everything" | "private form"): boolean {
    const { members } = handleOf(key)
    // PKCS#8 holds the point of an EC key, and nothing public of the others.
    const inPrivateForm = key.keyType !== "EC" && (members.d ?? members.priv) !== undefined
    return hasPublic(members) || members.k !== undefined || (what === "private form" && inPrivateForm)
  },

  exportMembers(key: KeyMaterial): KeyMembers {
    if (key.pss !== undefined) throw new Error("an RSASSA-PSS key has no form as a JWK")
    return key.type === "public" ? publicMembers(handleOf(key).members) : handleOf(key).members
  },

  exportSecret(key: KeyMaterial): Uint8Array {
    return memberBytes(handleOf(key).members.k)
  },

  exportPem(key: KeyMaterial): string {
    const { members, pssIdentifier } = handleOf(key)
    return key.type === "public"
      ? pemBlock("PUBLIC KEY", writeSpki(members, pssIdentifier))
      : pemBlock("PRIVATE KEY", pkcs8Of(key))
  },

  publicHalf(key: KeyMaterial): KeyMaterial {
    const { members, pssIdentifier } = handleOf(key)
    return { ...materialOf(publicMembers(members), pssIdentifier), pss: key.pss }
  },
}

/** The handle of a key of this kind. */
export function handleOf(key: KeyMaterial): MemberHandle {
  return key.handle as MemberHandle
}

/** Checks members and makes material of them. */
export function materialOf(members: KeyMembers, pssIdentifier?: Uint8Array): KeyMaterial {
  assertMembers(members)
  const { kty, n, e, k, crv, alg } = members
  const isPrivate = members.d !== undefined || members.priv !== undefined
  return {
    ...BARE,
    type: kty === "oct" ? "secret" : isPrivate ? "private" : "public",
    keyType: kty,
    curve: kty === "AKP" ? alg : crv,
    bits: kty === "RSA" ? bitLength(memberBytes(n)) : memberBytes(k).length * 8,
    exponent: e === undefined ? undefined : numberOf(memberBytes(e)),
    handle: new MemberHandle(members, pssIdentifier),
  }
}

/** What the platform would refuse, whatever form the key came in: lengths, ranges, points beside the curve. */
function assertMembers(members: KeyMembers): void {
  const { kty, crv = "", alg = "", x, y, d, pub, priv } = members
  if (kty === "EC") {
    assertLength([x, y, d], EC_BYTES.get(crv))
    if (x !== undefined) assertOnCurve(crv, memberBytes(x), memberBytes(y))
    if (d !== undefined) assertScalar(crv, memberBytes(d))
  }
  if (kty === "OKP") assertLength([x, d], OKP_BYTES.get(crv))
  if (kty !== "AKP") return
  assertLength([pub], AKP_BYTES.get(alg))
  assertLength([priv], AKP_SEED_BYTES)
}

function assertLength(values: readonly (string | undefined)[], length: number | undefined): void {
  const fits = values.every((value) => value === undefined || memberBytes(value).length === length)
  if (!fits) throw new Error(`a value is not ${length ?? 0} bytes long`)
}

/** The public half of the members. */
export function publicMembers(members: KeyMembers): KeyMembers {
  const found = membersOf({ kty: members.kty })
  for (const name of PUBLIC_MEMBERS) {
    const value = members[name]
    if (value !== undefined) found[name] = value
  }
  return found
}

/** Whether the public members are known. */
export function hasPublic({ x, n, pub }: KeyMembers): boolean {
  return x !== undefined || n !== undefined || pub !== undefined
}

/** A private key as PKCS#8. */
export function pkcs8Of(key: KeyMaterial): Uint8Array {
  const { members, pssIdentifier } = handleOf(key)
  return writePkcs8(members, pssIdentifier)
}

/** A PEM block (RFC 7468). */
export function pemBlock(label: PemLabel, der: Uint8Array): string {
  const lines = encodeBase64(der).match(PEM_LINE) ?? []
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`
}

/** The bytes of a member; none where it is missing. */
export function memberBytes(member: string | undefined): Uint8Array {
  return decodeBase64Url(member ?? "") ?? new Uint8Array()
}

function bitLength(bytes: Uint8Array): number {
  // clz32 counts in 32 bits, of which a byte fills the last 8.
  return bytes.length === 0 ? 0 : bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24)
}

/** Bytes as a number, the highest first. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
}
