/**
 * Keys in DER, read and written: SPKI (RFC 5280, section 4.1.2.7), PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, appendix A.1), SEC 1 (RFC 5915) and
 * certificates (RFC 5280, section 4.1). For runtimes whose platform does not read them at once. Nothing here computes with keys.
 */
import { decodeBase64UrlPooled, encodeBase64Url } from "#bytes"
import { contextTag, DER, DerReader, derBits, derObjectId, derUnsigned, derValue } from "../codec/der.ts"
import { coordinateBytes } from "./curve-points.ts"
import type { PemLabel } from "./engine.ts"
import { type KeyMaterial, type KeyMembers, membersOf } from "./key.ts"
import type { HashName } from "./signature-algorithms.ts"

/** What a DER value says: members, and what an RSASSA-PSS key is restricted to. */
export interface DerKey {
  readonly members: KeyMembers
  readonly pss: KeyMaterial["pss"]
  /** The identifier of an RSASSA-PSS key's algorithm as it stands, to be written again. */
  readonly pssIdentifier: Uint8Array | undefined
}

interface Algorithm {
  readonly kind: Kind
  /** The curve of an EC or OKP key, the parameter set of an AKP key. */
  readonly name: string
  readonly pss: KeyMaterial["pss"]
  readonly pssIdentifier: Uint8Array | undefined
}
type Kind = "RSA" | "EC" | "OKP" | "AKP"

const RSA_ID = "2a864886f70d010101"
const PSS_ID = "2a864886f70d01010a"
const MGF1_ID = "2a864886f70d010108"
const EC_ID = "2a8648ce3d0201"
const CURVE_IDS: ReadonlyMap<string, string> = new Map([
  ["2a8648ce3d030107", "P-256"],
  ["2b81040022", "P-384"],
  ["2b81040023", "P-521"],
  ["2b8104000a", "secp256k1"],
])
/** Algorithms whose identifier says everything (RFC 8410, section 3; RFC 9881). */
const NAMED_IDS: ReadonlyMap<string, readonly [Kind, string]> = new Map([
  ["2b656e", ["OKP", "X25519"]],
  ["2b656f", ["OKP", "X448"]],
  ["2b6570", ["OKP", "Ed25519"]],
  ["2b6571", ["OKP", "Ed448"]],
  ["608648016503040311", ["AKP", "ML-DSA-44"]],
  ["608648016503040312", ["AKP", "ML-DSA-65"]],
  ["608648016503040313", ["AKP", "ML-DSA-87"]],
])
/** Keys that people have, and JOSE does not; for messages. */
const OTHER_IDS: ReadonlyMap<string, string> = new Map([
  ["2a8648ce380401", "dsa"],
  ["2a864886f70d010301", "dh"],
])
const HASH_IDS: ReadonlyMap<string, string> = new Map([
  ["2b0e03021a", "sha1"],
  ["608648016503040201", "sha256"],
  ["608648016503040202", "sha384"],
  ["608648016503040203", "sha512"],
])
const NO_PSS = { pss: undefined, pssIdentifier: undefined }
const DEFAULT_SALT_BYTES = 20
const UNCOMPRESSED = 4
const RSA_MEMBERS = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const
const SEED_BYTES = 32

/** Reads DER of the kind that a PEM label names. Throws an Error in words for what is not of this kind, or not used in JOSE. */
export function readKeyDer(der: Uint8Array, label: PemLabel): DerKey {
  const reader = new DerReader(der)
  const content = reader.enter()
  reader.end()
  return READERS[label](content)
}

const READERS: Readonly<Record<PemLabel, (content: DerReader) => DerKey>> = {
  "PUBLIC KEY": readSpki,
  "RSA PUBLIC KEY": (content) => withMembers(readRsaPublic(content)),
  CERTIFICATE: readCertificate,
  "PRIVATE KEY": readPkcs8,
  "ENCRYPTED PRIVATE KEY": () => {
    throw new Error("it is encrypted")
  },
  "RSA PRIVATE KEY": (content) => withMembers(readRsaPrivate(content)),
  "EC PRIVATE KEY": (content) => withMembers(readEcPrivate(content, undefined)),
}

function withMembers(
  members: KeyMembers,
  { pss, pssIdentifier }: Pick<Algorithm, "pss" | "pssIdentifier"> = NO_PSS,
): DerKey {
  return { members: membersOf(members), pss, pssIdentifier }
}

/** RFC 5280, section 4.1: version, serial number, signature, issuer, validity and subject stand before the key. */
function readCertificate(certificate: DerReader): DerKey {
  const body = certificate.enter()
  certificate.read(DER.SEQUENCE)
  certificate.readBits()
  certificate.end()
  body.readOptional(contextTag(0, true))
  body.read(DER.INTEGER)
  for (let before = 0; before < 4; before++) body.read(DER.SEQUENCE)
  return readSpki(body.enter())
}

function readSpki(content: DerReader): DerKey {
  const algorithm = readAlgorithm(content)
  const bits = content.readBits()
  content.end()
  return withMembers(publicMembers(algorithm, bits), algorithm)
}

function publicMembers(algorithm: Algorithm, bits: Uint8Array): KeyMembers {
  switch (algorithm.kind) {
    case "RSA": {
      const reader = new DerReader(bits)
      const members = readRsaPublic(reader.enter())
      reader.end()
      return members
    }
    case "EC":
      return { kty: "EC", crv: algorithm.name, ...readPoint(algorithm.name, bits) }
    case "OKP":
      return { kty: "OKP", crv: algorithm.name, x: encodeBase64Url(bits) }
    case "AKP":
      return { kty: "AKP", alg: algorithm.name, pub: encodeBase64Url(bits) }
  }
}

/** RFC 5958, section 2. */
function readPkcs8(content: DerReader): DerKey {
  if (content.readSmall() > 1) throw new Error("its version is unknown")
  const algorithm = readAlgorithm(content)
  const secret = content.read(DER.OCTET_STRING)
  content.readOptional(contextTag(0, true))
  const publicTag = contextTag(1, false)
  const bits = content.has(publicTag) ? content.readBits(publicTag) : undefined
  content.end()
  const members = privateMembers(algorithm, new DerReader(secret))
  return withMembers(
    bits === undefined || algorithm.kind === "RSA" ? members : { ...publicMembers(algorithm, bits), ...members },
    algorithm,
  )
}

function privateMembers(algorithm: Algorithm, reader: DerReader): KeyMembers {
  const { kind, name } = algorithm
  const members =
    kind === "RSA"
      ? readRsaPrivate(reader.enter())
      : kind === "EC"
        ? readEcPrivate(reader.enter(), name)
        : kind === "OKP"
          ? { kty: kind, crv: name, d: encodeBase64Url(reader.read(DER.OCTET_STRING)) }
          : { kty: kind, alg: name, priv: encodeBase64Url(readSeed(reader)) }
  reader.end()
  return members
}

/** RFC 9881, section 6: the seed alone, or the seed and the expanded key. */
function readSeed(reader: DerReader): Uint8Array {
  const alone = reader.readOptional(contextTag(0, false))
  if (alone !== undefined) return ofSeedLength(alone)
  if (!reader.has(DER.SEQUENCE)) throw new Error("it holds an expanded key without the seed")
  const both = reader.enter()
  const seed = ofSeedLength(both.read(DER.OCTET_STRING))
  both.read(DER.OCTET_STRING)
  both.end()
  return seed
}

function ofSeedLength(seed: Uint8Array): Uint8Array {
  if (seed.length === SEED_BYTES) return seed
  throw new Error(`the seed must be ${SEED_BYTES} bytes long`)
}

function readAlgorithm(content: DerReader): Algorithm {
  const whole = content.readWhole(DER.SEQUENCE)
  const identifier = new DerReader(whole).enter()
  const id = identifier.readObjectId()
  const named = NAMED_IDS.get(id)
  if (named !== undefined) {
    identifier.end()
    return { kind: named[0], name: named[1], ...NO_PSS }
  }
  if (id === PSS_ID) return { kind: "RSA", name: "", pss: readPss(identifier), pssIdentifier: whole }
  if (id === RSA_ID) {
    identifier.readOptional(DER.NULL)
    identifier.end()
    return { kind: "RSA", name: "", ...NO_PSS }
  }
  if (id !== EC_ID) throw new Error(`a key of type ${OTHER_IDS.get(id) ?? id} is not used in JOSE`)
  const name = readCurve(identifier)
  identifier.end()
  return { kind: "EC", name, ...NO_PSS }
}

function readCurve(parameters: DerReader): string {
  if (!parameters.has(DER.OBJECT_ID)) throw new Error("the curve is not given by its name")
  const name = CURVE_IDS.get(parameters.readObjectId())
  if (name === undefined) throw new Error("this curve is not used in JOSE")
  return name
}

/** RFC 4055, section 3.1. Without parameters the key is not restricted. */
function readPss(identifier: DerReader): KeyMaterial["pss"] {
  if (!identifier.has(DER.SEQUENCE)) {
    identifier.end()
    return { hash: undefined, maskHash: undefined, saltBytes: undefined }
  }
  const parameters = identifier.enter()
  identifier.end()
  const hash = parameters.readOptional(contextTag(0, true))
  const mask = parameters.readOptional(contextTag(1, true))
  const salt = parameters.readOptional(contextTag(2, true))
  parameters.readOptional(contextTag(3, true))
  parameters.end()
  return {
    // Whatever the hash is, it is only compared with those of JOSE.
    hash: (hash === undefined ? "sha1" : readHash(new DerReader(hash))) as HashName,
    maskHash: mask === undefined ? "sha1" : readMaskHash(new DerReader(mask)),
    saltBytes: salt === undefined ? DEFAULT_SALT_BYTES : new DerReader(salt).readSmall(),
  }
}

function readMaskHash(outer: DerReader): string {
  const identifier = outer.enter()
  if (identifier.readObjectId() !== MGF1_ID) throw new Error("the mask generation function is not MGF1")
  return readHash(identifier)
}

function readHash(outer: DerReader): string {
  const hash = HASH_IDS.get(outer.enter().readObjectId())
  if (hash === undefined) throw new Error("the hash of this RSASSA-PSS key is not used in JOSE")
  return hash
}

function readRsaPublic(content: DerReader): KeyMembers {
  const [n, e] = [content.readUnsigned(), content.readUnsigned()]
  content.end()
  return { kty: "RSA", n: encodeBase64Url(n), e: encodeBase64Url(e) }
}

function readRsaPrivate(content: DerReader): KeyMembers {
  if (content.readSmall() !== 0) throw new Error("RSA keys with more than two primes are not read")
  const members = membersOf({ kty: "RSA" })
  for (const name of RSA_MEMBERS) members[name] = encodeBase64Url(content.readUnsigned())
  content.end()
  return members
}

/** RFC 5915, section 3. The curve stands in the PKCS#8 around it, or here. */
function readEcPrivate(content: DerReader, outerCurve: string | undefined): KeyMembers {
  if (content.readSmall() !== 1) throw new Error("its version is unknown")
  const secret = content.read(DER.OCTET_STRING)
  const parameters = content.readOptional(contextTag(0, true))
  const name = parameters === undefined ? outerCurve : readCurve(new DerReader(parameters))
  if (name === undefined || (outerCurve !== undefined && name !== outerCurve)) throw new Error("the curve is missing")
  const point = content.readOptional(contextTag(1, true))
  content.end()
  const d = encodeBase64Url(paddedTo(coordinateBytes(name) ?? 0, secret))
  return point === undefined
    ? { kty: "EC", crv: name, d }
    : { kty: "EC", crv: name, ...readPoint(name, new DerReader(point).readBits()), d }
}

function readPoint(name: string, point: Uint8Array): { x: string; y: string } {
  const length = coordinateBytes(name) ?? 0
  if (point[0] !== UNCOMPRESSED || point.length !== 1 + 2 * length) throw new Error("the point is not uncompressed")
  return { x: encodeBase64Url(point.subarray(1, 1 + length)), y: encodeBase64Url(point.subarray(1 + length)) }
}

function paddedTo(length: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length > length) throw new Error("the private value is too long")
  const padded = new Uint8Array(length)
  padded.set(bytes, length - bytes.length)
  return padded
}

/** Writes a public key as SPKI. */
export function writeSpki(members: KeyMembers, pssIdentifier?: Uint8Array): Uint8Array {
  const bits =
    members.kty === "RSA"
      ? derValue(DER.SEQUENCE, derUnsigned(bytesOf(members.n)), derUnsigned(bytesOf(members.e)))
      : members.kty === "EC"
        ? pointOf(members)
        : bytesOf(members.x ?? members.pub)
  return derValue(DER.SEQUENCE, pssIdentifier ?? identifierOf(members), derBits(bits))
}

/** Writes a private key as PKCS#8; an EC key with its point where that is known. */
export function writePkcs8(members: KeyMembers, pssIdentifier?: Uint8Array): Uint8Array {
  const version = derUnsigned(Uint8Array.of(0))
  const secret =
    members.kty === "RSA"
      ? derValue(DER.SEQUENCE, version, ...RSA_MEMBERS.map((name) => derUnsigned(bytesOf(members[name]))))
      : members.kty === "EC"
        ? ecPrivate(members)
        : derValue(members.kty === "AKP" ? contextTag(0, false) : DER.OCTET_STRING, bytesOf(members.d ?? members.priv))
  return derValue(DER.SEQUENCE, version, pssIdentifier ?? identifierOf(members), derValue(DER.OCTET_STRING, secret))
}

function ecPrivate(members: KeyMembers): Uint8Array {
  const point = members.x === undefined ? [] : [derValue(contextTag(1, true), derBits(pointOf(members)))]
  return derValue(DER.SEQUENCE, derUnsigned(Uint8Array.of(1)), derValue(DER.OCTET_STRING, bytesOf(members.d)), ...point)
}

function pointOf(members: KeyMembers): Uint8Array {
  return Uint8Array.of(UNCOMPRESSED, ...bytesOf(members.x), ...bytesOf(members.y))
}

function identifierOf(members: KeyMembers): Uint8Array {
  if (members.kty === "RSA") return derValue(DER.SEQUENCE, derObjectId(RSA_ID), derValue(DER.NULL))
  const name = members.crv ?? members.alg ?? ""
  if (members.kty === "EC") return derValue(DER.SEQUENCE, derObjectId(EC_ID), derObjectId(idOf(CURVE_IDS, name)))
  for (const [id, [, named]] of NAMED_IDS) if (named === name) return derValue(DER.SEQUENCE, derObjectId(id))
  throw new Error("this key has no form in DER")
}

function idOf(ids: ReadonlyMap<string, string>, name: string): string {
  for (const [id, named] of ids) if (named === name) return id
  throw new Error("this curve has no name in DER")
}

function bytesOf(member: string | undefined): Uint8Array {
  const bytes = decodeBase64UrlPooled(member ?? "")
  if (bytes === undefined || bytes.length === 0) throw new Error("a member is missing")
  return bytes
}
