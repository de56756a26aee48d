/**
 * Signature schemes in JavaScript, laid over an engine whose platform lacks them. Keys of their curves are kept as members; what may be
 * done with them is decided where it is for all keys.
 */
import { decodeBase64Url, encodeBase64Url, encodeLatin1 } from "#bytes"
import { UsageError } from "../errors.ts"
import type { Engine, GenerateRequest, PemLabel } from "./engine.ts"
import { type Key, type KeyMaterial, type KeyMembers, membersOf, type Operator, type SigningInput } from "./key.ts"
import { handleOf, hasPublic, MemberHandle, memberBytes, memberKeys, pemBlock, pkcs8Of } from "./member-keys.ts"
import { sealPkcs8 } from "./pbes2-web.ts"
import { runtimeName } from "./runtime.ts"
import type { SignatureRow } from "./signature-algorithms.ts"
import { type Steps, settle } from "./steps.ts"

/** One scheme. Keys are bytes, as a JWK holds them; EC points are uncompressed (SEC 1, section 2.3.3). */
export interface Primitive {
  /** A new private value or seed. */
  newSecret(): Uint8Array
  publicKey(secret: Uint8Array): Uint8Array
  /** Makes a private value ready to sign. */
  signer(secret: Uint8Array): (data: Uint8Array) => Uint8Array
  /** Whether a signature is genuine; may throw for what is none. */
  verify(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean
}

/** Primitives by curve or parameter set. */
export type Primitives = ReadonlyMap<string, Primitive>

/** The engine below, with these primitives beside its own. */
export function withPrimitives(below: Engine, primitives: Primitives): Engine {
  const of = (key: KeyMaterial): Primitive | undefined =>
    key.handle instanceof MemberHandle && key.handle.cryptoKey === undefined
      ? primitives.get(key.curve ?? "")
      : undefined
  /** Which engine reads and writes a key. */
  const keysOf = (key: KeyMaterial): typeof memberKeys => (of(key) === undefined ? below : memberKeys)
  return {
    ...below,
    get answersAtOnce() {
      return below.answersAtOnce
    },
    supports: (row) => row.curves?.some((curve) => primitives.has(curve)) === true || below.supports(row),
    importMembers: (members) => (primitives.has(nameOf(members)) ? memberKeys : below).importMembers(members),
    importDer: (der, label) => importedDer(der, label, primitives) ?? below.importDer(der, label),
    complete(key) {
      const primitive = of(key)
      return primitive === undefined ? below.complete(key) : complete(key, primitive)
    },
    knows(key, what) {
      const primitive = of(key)
      if (primitive === undefined) return below.knows(key, what)
      return memberKeys.knows(key, what) || complete(key, primitive)
    },
    exportMembers: (key) => keysOf(key).exportMembers(key),
    exportPem: (key) => keysOf(key).exportPem(key),
    exportEncryptedPem: (key, passphrase) =>
      of(key) === undefined
        ? below.exportEncryptedPem(key, passphrase)
        : settle(sealed(pkcs8Of(key), passphrase, below)),
    toKeyObject(key) {
      if (of(key) === undefined) return below.toKeyObject(key)
      throw new UsageError("argument_invalid", `${runtimeName()} has no KeyObject for ${key.curve}`)
    },
    publicHalf: (key) => keysOf(key).publicHalf(key),
    derivePublic(members) {
      const primitive = primitives.get(nameOf(members))
      return primitive === undefined ? below.derivePublic(members) : derived(members, primitive)
    },
    generate: (request) => generated(request, primitives) ?? below.generate(request),
    generateAsync: (request) => generated(request, primitives) ?? below.generateAsync(request),
    operator(row, key) {
      const primitive = of(key)
      return primitive === undefined ? below.operator(row, key) : operatorOf(row, key, primitive)
    },
  }
}

/** The curve or the parameter set. */
function nameOf(members: KeyMembers): string {
  return (members.kty === "AKP" ? members.alg : members.crv) ?? ""
}

/** A key in DER for one of the primitives; undefined for everything else, which is the engine's to judge. */
function importedDer(der: Uint8Array, label: PemLabel, primitives: Primitives): KeyMaterial | undefined {
  try {
    const key = memberKeys.importDer(der, label)
    return primitives.has(key.curve ?? "") ? key : undefined
  } catch {
    return undefined
  }
}

function derived(members: KeyMembers, primitive: Primitive): KeyMembers {
  const bytes = primitive.publicKey(memberBytes(members.d ?? members.priv))
  const { kty } = members
  if (kty === "AKP") return membersOf({ kty, pub: encodeBase64Url(bytes) })
  if (kty === "OKP") return membersOf({ kty, x: encodeBase64Url(bytes) })
  const half = (bytes.length - 1) / 2
  return membersOf({
    kty,
    x: encodeBase64Url(bytes.subarray(1, 1 + half)),
    y: encodeBase64Url(bytes.subarray(1 + half)),
  })
}

function complete(key: KeyMaterial, primitive: Primitive): boolean {
  const handle = handleOf(key)
  const isSettled = key.confirm === undefined && hasPublic(handle.members)
  if (key.type !== "private" || isSettled) return false
  const found = membersOf({ ...handle.members, ...derived(handle.members, primitive) })
  key.confirm?.(found)
  handle.members = found
  return true
}

function generated({ keyType, curve = "" }: GenerateRequest, primitives: Primitives): KeyMaterial | undefined {
  const primitive = primitives.get(curve)
  if (primitive === undefined) return undefined
  const secret = encodeBase64Url(primitive.newSecret())
  const members = membersOf(
    keyType === "AKP" ? { kty: keyType, alg: curve, priv: secret } : { kty: keyType, crv: curve, d: secret },
  )
  return memberKeys.importMembers({ ...members, ...derived(members, primitive) })
}

function* sealed(pkcs8: Uint8Array, passphrase: string | Uint8Array, engine: Engine): Steps<string> {
  return pemBlock("ENCRYPTED PRIVATE KEY", yield* sealPkcs8(pkcs8, passphrase, engine.randomBytes))
}

function operatorOf(row: SignatureRow, key: Key, primitive: Primitive): Operator {
  complete(key, primitive)
  const { members } = handleOf(key)
  const sign = key.type === "private" ? primitive.signer(memberBytes(members.d ?? members.priv)) : undefined
  const publicKey = publicBytes(members)
  return {
    sign(input) {
      if (sign === undefined) throw new Error("a public key cannot sign")
      return encodeBase64Url(sign(bytesOf(input)))
    },
    verify(input, signature) {
      const bytes = decodeBase64Url(signature)
      if (bytes === undefined || (row.signatureBytes !== undefined && bytes.length !== row.signatureBytes)) return false
      try {
        return primitive.verify(bytes, bytesOf(input), publicKey)
      } catch {
        return false
      }
    },
  }
}

function publicBytes({ x, y, pub }: KeyMembers): Uint8Array {
  return y === undefined ? memberBytes(x ?? pub) : Uint8Array.of(4, ...memberBytes(x), ...memberBytes(y))
}

function bytesOf(input: SigningInput): Uint8Array {
  return typeof input === "string" ? encodeLatin1(input) : input
}
