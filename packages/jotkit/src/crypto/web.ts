/**
 * The engine on WebCrypto, for runtimes without `node:crypto`. Keys are read and written as members (`member-keys.ts`); the platform
 * imports a key when it is first used. Wherever the platform answers, the answer may be a promise or not: the code
 * is written as steps that wait only if they must.
 */
import { decodeBase64, decodeBase64Url, encodeBase64Url, encodeLatin1 } from "#bytes"
import { type JsonObject, own } from "../codec/json.ts"
import { InvalidKeyError, JwtError, UsageError } from "../errors.ts"
import type { Engine, GenerateRequest } from "./engine.ts"
import {
  AKP_BYTES,
  BARE,
  EC_BYTES,
  type Key,
  type KeyMaterial,
  type KeyMembers,
  membersOf,
  OKP_BYTES,
  type Operator,
  type SigningInput,
} from "./key.ts"
import { writePkcs8 } from "./key-der.ts"
import {
  handleOf,
  hasPublic,
  MATERIAL_MEMBERS,
  MemberHandle,
  materialOf,
  memberBytes,
  memberKeys,
  numberOf,
  pemBlock,
  pkcs8Of,
  publicMembers,
} from "./member-keys.ts"
import { openPkcs8, sealPkcs8 } from "./pbes2-web.ts"
import { runtimeName, unavailable } from "./runtime.ts"
import type { HashName, KeyType, SignatureRow } from "./signature-algorithms.ts"
import { commonForm } from "./signature-forms.ts"
import { type Awaitable, once, type Steps, settle, wait } from "./steps.ts"
import { answersAtOnce, type Subtle, subtle } from "./subtle.ts"
import {
  algorithmOfCryptoKey,
  type CryptoKeyLike,
  signingParameters,
  WEB_HASH,
  type WebParameters,
  webParameters,
} from "./web-parameters.ts"

/** The type of a CryptoKey that is no secret, by the name of its algorithm. */
const TYPE_OF_NAME: ReadonlyMap<string, KeyType> = new Map([
  ...[...OKP_BYTES.keys()].map((name) => [name, "OKP"] as const),
  ...[...AKP_BYTES.keys()].map((name) => [name, "AKP"] as const),
  ["RSASSA-PKCS1-v1_5", "RSA"],
  ["RSA-PSS", "RSA"],
  ["RSA-OAEP", "RSA"],
  ["ECDSA", "EC"],
  ["ECDH", "EC"],
])
/** RSA keys are the same for every algorithm. */
const RSA_PAIR: WebParameters = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
/** What is signed to see whether two halves of a key belong together. */
const PROBE = encodeLatin1("jotkit")
const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1)
const ENCRYPTED_BLOCK = /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n([^-:]+)-----END/

const supported = new Map<string, () => Awaitable<boolean>>()

/** The engine. */
export const engine: Engine = {
  ...memberKeys,

  get answersAtOnce() {
    return answersAtOnce()
  },

  supports(row: SignatureRow): Awaitable<boolean> {
    return settle(supportsSteps(row))
  },

  importEncryptedPem(pem: string, passphrase: string | Uint8Array): Awaitable<KeyMaterial> {
    const [, body] = ENCRYPTED_BLOCK.exec(pem) ?? []
    if (body === undefined)
      throw new Error("it is encrypted in the way before PKCS#8; convert it with openssl pkcs8 -topk8")
    return settle(openSteps(decodeBase64(body), passphrase))
  },

  importPlatformKey(value: object): KeyMaterial | undefined {
    if (Object.prototype.toString.call(value) !== "[object CryptoKey]") return undefined
    assertGenuine(value)
    return cryptoKeyMaterial(value as CryptoKeyLike)
  },

  complete(key: KeyMaterial): Awaitable<boolean> {
    const handle = handleOf(key)
    handle.complete ??= once(() => settle(completeSteps(key, handle)))
    return handle.complete()
  },

  exportEncryptedPem(key: KeyMaterial, passphrase: string | Uint8Array): Awaitable<string> {
    return settle(sealSteps(pkcs8Of(key), passphrase))
  },

  toKeyObject(): never {
    throw new UsageError("argument_invalid", `there are no KeyObjects in ${runtimeName()}; call toCryptoKey instead`)
  },

  derivePublic(members: KeyMembers): Awaitable<KeyMembers | undefined> {
    return settle(deriveSteps(members))
  },

  generate(request: GenerateRequest): Awaitable<KeyMaterial> {
    return settle(generateSteps(request))
  },

  generateAsync(request: GenerateRequest): Awaitable<KeyMaterial> {
    return engine.generate(request)
  },

  randomBytes(length: number): Uint8Array {
    return globalThis.crypto.getRandomValues(new Uint8Array(length))
  },

  digest(hash: HashName, bytes: Uint8Array): Awaitable<Uint8Array> {
    return settle(digestSteps(hash, bytes))
  },

  operator(row: SignatureRow, key: Key): Operator {
    return operatorOf(row, key)
  },
}

/** The CryptoKey that a key came as; undefined for keys that came some other way. */
export function platformCryptoKey(key: KeyMaterial): CryptoKeyLike | undefined {
  return handleOf(key).cryptoKey
}

/** The members, as far as the platform tells them. */
export function* platformMembers(key: KeyMaterial): Steps<KeyMembers> {
  if (key.type === "private" || handleOf(key).cryptoKey !== undefined) yield* wait(engine.complete(key))
  return handleOf(key).members
}

/** Whoever calls himself a CryptoKey is asked for what only one has; also one of another realm answers. */
function assertGenuine(value: object): void {
  const { CryptoKey } = globalThis as { CryptoKey?: { readonly prototype: object } }
  if (CryptoKey !== undefined) Reflect.get(CryptoKey.prototype, "type", value)
}

function cryptoKeyMaterial(cryptoKey: CryptoKeyLike): KeyMaterial {
  const algorithm = cryptoKey.algorithm as JsonObject
  const [name, namedCurve] = [String(own(algorithm, "name")), own(algorithm, "namedCurve")]
  const keyType = cryptoKey.type === "secret" ? "oct" : TYPE_OF_NAME.get(name)
  if (keyType === undefined) throw new Error(`a CryptoKey for ${name} is not used in JOSE`)
  const curve = keyType === "EC" ? String(namedCurve) : keyType === "OKP" || keyType === "AKP" ? name : undefined
  if (keyType === "EC" && !EC_BYTES.has(curve ?? "")) throw new Error("this curve is not used in JOSE")
  const exponent = own(algorithm, "publicExponent")
  return {
    ...BARE,
    type: cryptoKey.type as KeyMaterial["type"],
    keyType,
    curve,
    bits: Number(own(algorithm, "modulusLength") ?? own(algorithm, "length") ?? 0),
    exponent: exponent instanceof Uint8Array ? numberOf(exponent) : undefined,
    boundAlgorithm: algorithmOfCryptoKey(cryptoKey),
    usages: [...cryptoKey.usages],
    extractable: cryptoKey.extractable,
    handle: new MemberHandle(membersOf({ kty: keyType }), undefined, cryptoKey),
  }
}

function* completeSteps(key: KeyMaterial, handle: MemberHandle): Steps<boolean> {
  const found = yield* findMembers(key, handle)
  if (found === undefined) return false
  key.confirm?.(found)
  handle.members = found
  return true
}

function* findMembers(key: KeyMaterial, { members, cryptoKey }: MemberHandle): Steps<KeyMembers | undefined> {
  try {
    if (cryptoKey !== undefined) return cryptoKey.extractable ? yield* exported(cryptoKey, key.keyType) : undefined
    if (key.type !== "private" || key.keyType === "RSA") return undefined
    if (key.confirm === undefined && hasPublic(members)) return undefined
    if (key.keyType === "EC" && hasPublic(members)) return yield* unlessMissing(members, provenPair(members))
    const derived = yield* deriveSteps(members)
    return derived === undefined ? undefined : membersOf({ ...members, ...derived })
  } catch (cause) {
    throw refused(key, cause)
  }
}

/** A JWK is refused with the code it would have had, had the platform been asked when it was read. */
function refused(key: KeyMaterial, cause: unknown): JwtError {
  if (cause instanceof JwtError) return cause
  const code = key.confirm === undefined ? "key_invalid" : "jwk_invalid"
  return new InvalidKeyError(code, `WebCrypto in ${runtimeName()} refuses this ${key.keyType} key`, { cause })
}

function* exported(cryptoKey: CryptoKeyLike, kty: KeyType): Steps<KeyMembers> {
  if (kty === "oct") {
    const secret = yield* wait(subtle().exportKey("raw", cryptoKey))
    return membersOf({ kty, k: encodeBase64Url(bytesIn(secret)) })
  }
  return fromPlatform(yield* wait(subtle().exportKey("jwk", cryptoKey)), kty)
}

/** The members that hold material; what else the platform writes into a JWK stays out. */
function fromPlatform(jwk: object, kty: KeyType): KeyMembers {
  const members = membersOf({ kty })
  for (const name of MATERIAL_MEMBERS) {
    const value = own(jwk as JsonObject, name)
    if (typeof value === "string" && (name !== "alg" || kty === "AKP")) members[name] = value
  }
  return members
}

/** PKCS#8 without a public part goes in, a JWK with one comes out. */
function* deriveSteps(members: KeyMembers): Steps<KeyMembers | undefined> {
  const { kty, crv, alg, d, priv } = members
  if (kty === "RSA" || kty === "oct") return undefined
  const parameters = parametersOf(kty, crv ?? alg ?? "")
  const alone = kty === "AKP" ? { kty, alg: alg ?? "", priv: priv ?? "" } : { kty, crv: crv ?? "", d: d ?? "" }
  const secret = writePkcs8(membersOf(alone))
  return yield* unlessMissing(members, derivedFrom(secret, kty, parameters))
}

function* derivedFrom(pkcs8: Uint8Array, kty: KeyType, parameters: WebParameters): Steps<KeyMembers> {
  const key = yield* wait(subtle().importKey("pkcs8", pkcs8, parameters, true, usagesOf(parameters)))
  return publicMembers(fromPlatform(yield* wait(subtle().exportKey("jwk", key)), kty))
}

/** Not every platform reads PKCS#8 without the point of an EC key. Where the point is given, a signature tells whether it is the right one. */
function* provenPair(members: KeyMembers): Steps<KeyMembers> {
  const parameters = parametersOf("EC", members.crv ?? "")
  const signing = { name: parameters.name, hash: WEB_HASH.sha256 }
  const secret = yield* imported(members, parameters, "sign")
  const open = yield* imported(members, parameters, "verify")
  const signature = bytesIn(yield* wait(subtle().sign(signing, secret, PROBE)))
  if (yield* wait(subtle().verify(signing, open, signature, PROBE))) return members
  throw new Error("the private and the public members do not belong together")
}

/** Undefined where the platform does not have the key's curve at all. */
function* unlessMissing(members: KeyMembers, steps: Steps<KeyMembers>): Steps<KeyMembers | undefined> {
  try {
    return yield* steps
  } catch (cause) {
    if (yield* canGenerate(parametersOf(members.kty, members.crv ?? members.alg ?? ""))) throw cause
    return undefined
  }
}

function parametersOf(kty: KeyType, curve: string): WebParameters {
  return kty === "EC" ? { name: "ECDSA", namedCurve: curve } : { name: curve }
}

/** What private keys are for, and public ones too where asked. */
function usagesOf({ name }: WebParameters, ofPublic?: "verify"): readonly string[] {
  if (name.startsWith("X")) return ["deriveBits"]
  return ofPublic === undefined ? ["sign"] : ["sign", ofPublic]
}

function* supportsSteps(row: SignatureRow): Steps<boolean> {
  if (row.family === "none") return true
  if (row.family === "hmac" || row.keyType === "RSA") return hasSubtle()
  for (const curve of row.curves ?? []) if (yield* canGenerate(webParameters(row, curve))) return true
  return false
}

function hasSubtle(): boolean {
  try {
    return subtle() !== undefined
  } catch {
    return false
  }
}

/** Whether the platform makes keys of this kind; it is asked once. */
function canGenerate(parameters: WebParameters): Steps<boolean> {
  const id = parameters.namedCurve ?? parameters.name
  const known = supported.get(id) ?? once(() => settle(tryToGenerate(parameters)))
  supported.set(id, known)
  return wait(known())
}

function* tryToGenerate(parameters: WebParameters): Steps<boolean> {
  try {
    yield* newKey(parameters, false, usagesOf(parameters, "verify"))
    return true
  } catch {
    return false
  }
}

/** A new key or pair. WebKit on Linux fails for one in some two hundred of Curve25519: only a second failure is an answer. */
export function* newKey(
  parameters: WebParameters,
  isExtractable: boolean,
  usages: readonly string[],
): Steps<Awaited<ReturnType<Subtle["generateKey"]>>> {
  const attempt = () => wait(subtle().generateKey(parameters, isExtractable, usages))
  try {
    return yield* attempt()
  } catch {
    return yield* attempt()
  }
}

function* generateSteps({ keyType, curve, modulusLength }: GenerateRequest): Steps<KeyMaterial> {
  const parameters = keyType === "RSA" ? RSA_PAIR : parametersOf(keyType, curve ?? "")
  const request = keyType === "RSA" ? { ...parameters, modulusLength, publicExponent: PUBLIC_EXPONENT } : parameters
  try {
    const pair = yield* newKey(request, true, usagesOf(parameters, "verify"))
    if (!("privateKey" in pair)) throw new Error("the platform made no pair of keys")
    return materialOf(yield* exported(pair.privateKey, keyType))
  } catch (cause) {
    if (keyType === "RSA" || (yield* canGenerate(parameters))) throw cause
    throw unavailable(curve ?? keyType)
  }
}

function* digestSteps(hash: HashName, bytes: Uint8Array): Steps<Uint8Array> {
  return bytesIn(yield* wait(subtle().digest(WEB_HASH[hash], bytes)))
}

function* openSteps(der: Uint8Array, passphrase: string | Uint8Array): Steps<KeyMaterial> {
  return engine.importDer(yield* openPkcs8(der, passphrase), "PRIVATE KEY")
}

function* sealSteps(der: Uint8Array, passphrase: string | Uint8Array): Steps<string> {
  return pemBlock("ENCRYPTED PRIVATE KEY", yield* sealPkcs8(der, passphrase, engine.randomBytes))
}

function operatorOf(row: SignatureRow, key: Key): Operator {
  const parameters = signingParameters(row, key.curve)
  const forSigning = once(() => settle(platformKey(row, key, "sign")))
  const forVerifying = once(() => settle(platformKey(row, key, "verify")))
  const { members } = handleOf(key)
  const modulus = members.n === undefined ? undefined : memberBytes(members.n)
  return {
    sign: (input) => settle(signSteps(forSigning(), parameters, input)),
    verify(input, signature) {
      const decoded = decodeBase64Url(signature)
      const bytes = decoded === undefined ? undefined : commonForm(row, key, { signature: decoded, modulus })
      if (bytes === undefined) return false
      return settle(verifySteps(forVerifying(), parameters, input, bytes))
    },
  }
}

function* signSteps(key: Awaitable<CryptoKeyLike>, parameters: object, input: SigningInput): Steps<string> {
  const ready = yield* wait(key)
  return encodeBase64Url(bytesIn(yield* wait(subtle().sign(parameters, ready, bytesOf(input)))))
}

function* verifySteps(
  key: Awaitable<CryptoKeyLike>,
  parameters: object,
  input: SigningInput,
  signature: Uint8Array,
): Steps<boolean> {
  const ready = yield* wait(key)
  try {
    return yield* wait(subtle().verify(parameters, ready, signature, bytesOf(input)))
  } catch {
    // What the platform cannot even look at is not a signature.
    return false
  }
}

/** The platform's own key for one algorithm and use: the CryptoKey that was given if it serves, or one made of the members. */
function* platformKey(row: SignatureRow, key: Key, use: "sign" | "verify"): Steps<CryptoKeyLike> {
  const handle = handleOf(key)
  const whole =
    key.type !== "private" || (use === "verify" && hasPublic(handle.members) && handle.cryptoKey === undefined)
  if (key.confirm !== undefined || handle.cryptoKey !== undefined || !whole) yield* wait(engine.complete(key))
  if (handle.cryptoKey !== undefined && serves(handle.cryptoKey, row, key)) return handle.cryptoKey
  const parameters = webParameters(row, key.curve)
  try {
    return yield* imported(handle.members, parameters, use)
  } catch (cause) {
    if (cause instanceof JwtError) throw cause
    if (row.curves !== undefined && !(yield* canGenerate(parameters))) throw unavailable(row.name)
    throw new InvalidKeyError("key_unsuitable", `WebCrypto in ${runtimeName()} refuses this key for ${row.name}`, {
      cause,
    })
  }
}

function serves(cryptoKey: CryptoKeyLike, row: SignatureRow, key: Key): boolean {
  const { name } = cryptoKey.algorithm as { name?: string }
  if (row.keyType === "oct" || row.keyType === "RSA") return key.boundAlgorithm === row.name
  return name === webParameters(row, key.curve).name
}

function* imported(members: KeyMembers, parameters: WebParameters, use: "sign" | "verify"): Steps<CryptoKeyLike> {
  if (members.kty === "oct")
    return yield* wait(subtle().importKey("raw", memberBytes(members.k), parameters, false, [use]))
  const jwk = use === "sign" ? members : publicMembers(members)
  return yield* wait(subtle().importKey("jwk", membersOf(jwk), parameters, false, [use]))
}

function bytesIn(answer: ArrayBuffer | Uint8Array | object): Uint8Array {
  return new Uint8Array(answer as ArrayBuffer)
}

function bytesOf(input: SigningInput): Uint8Array {
  return typeof input === "string" ? encodeLatin1(input) : input
}
