/** The engine on `node:crypto`: answers at once; slow private-key operations can go to the thread pool. */
import type * as NodeCrypto from "node:crypto"
import { concatBytes, decodeBase64UrlPooled, encodeLatin1 } from "#bytes"
import type { Engine, GenerateRequest, PemLabel } from "./engine.ts"
import { hmacOperator } from "./hmac-node.ts"
import { BARE, type Key, type KeyMaterial, type KeyMembers, type Operator, type SigningInput } from "./key.ts"
import { nodeCrypto } from "./lazy-node.ts"
import type { HashName, KeyType, SignatureRow } from "./signature-algorithms.ts"
import { commonForm } from "./signature-forms.ts"
import { algorithmOfCryptoKey, type CryptoKeyLike } from "./web-parameters.ts"

const CURVE_OF_OPENSSL: ReadonlyMap<string, string> = new Map([
  ["prime256v1", "P-256"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
  ["secp256k1", "secp256k1"],
])
const OPENSSL_OF_CURVE: ReadonlyMap<string, string> = new Map(
  [...CURVE_OF_OPENSSL].map(([theirs, ours]) => [ours, theirs]),
)

const TYPE_AND_CURVE: ReadonlyMap<string, readonly [KeyType, string]> = new Map([
  ["ed25519", ["OKP", "Ed25519"]],
  ["ed448", ["OKP", "Ed448"]],
  ["x25519", ["OKP", "X25519"]],
  ["x448", ["OKP", "X448"]],
  ["ml-dsa-44", ["AKP", "ML-DSA-44"]],
  ["ml-dsa-65", ["AKP", "ML-DSA-65"]],
  ["ml-dsa-87", ["AKP", "ML-DSA-87"]],
])

/**
 * PKCS#8 up to the private value: what stands before it is fixed for each curve (RFC 5915, section 3; RFC 8410, section 7). No
 * public key stands in it, so that the platform must compute it.
 */
const PKCS8_PREFIX: ReadonlyMap<string, string> = new Map([
  ["P-256", "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"],
  ["P-384", "304e020100301006072a8648ce3d020106052b81040022043730350201010430"],
  ["P-521", "3060020100301006072a8648ce3d020106052b81040023044930470201010442"],
  ["secp256k1", "303e020100301006072a8648ce3d020106052b8104000a042730250201010420"],
  ["Ed25519", "302e020100300506032b657004220420"],
  ["Ed448", "3047020100300506032b6571043b0439"],
  ["X25519", "302e020100300506032b656e04220420"],
  ["X448", "3046020100300506032b656f043a0438"],
  ["ML-DSA-44", "3034020100300b060960864801650304031104228020"],
  ["ML-DSA-65", "3034020100300b060960864801650304031204228020"],
  ["ML-DSA-87", "3034020100300b060960864801650304031304228020"],
])

/** Signing with these takes long enough that a thread hop pays. */
const SLOW_TO_SIGN: ReadonlySet<string> = new Set(["rsassa", "rsapss", "ml-dsa"])

type NodeHandle = NodeCrypto.KeyObject
type NodeJwk = { kty: string; [member: string]: unknown }

// The types know a fixed list of key types; these are the same functions, open to newer ones.
type GenerateSync = (type: string, options: object) => { privateKey: NodeHandle }
type GenerateWithCallback = (
  type: string,
  options: object,
  callback: (error: Error | null, publicKey: NodeHandle, privateKey: NodeHandle) => void,
) => void

/** Said in full, because the platform looks for these on Object.prototype, too. */
export const NOT_ENCRYPTED = { cipher: undefined, passphrase: undefined }

const supported = new Map<string, boolean>()

/** The engine. */
export const engine: Engine = {
  answersAtOnce: true,

  supports(row: SignatureRow): boolean {
    const { keyType, curves = [] } = row
    if (keyType === undefined || keyType === "oct" || keyType === "RSA") return true
    let answer = supported.get(row.name)
    if (answer === undefined) {
      answer = curves.some((curve) => canGenerate({ keyType, curve, modulusLength: 0 }))
      supported.set(row.name, answer)
    }
    return answer
  },

  importSecret(bytes: Uint8Array): KeyMaterial {
    return materialOf(nodeCrypto().createSecretKey(bytes))
  },

  importMembers(members: KeyMembers): KeyMaterial {
    if (members.kty === "oct") return engine.importSecret(memberBytes(members.k))
    const isPrivate = members.d !== undefined || members.priv !== undefined
    const input = { key: members as unknown as NodeJwk, format: "jwk" } as const
    return materialOf(isPrivate ? nodeCrypto().createPrivateKey(input) : nodeCrypto().createPublicKey(input))
  },

  importDer(der: Uint8Array, label: PemLabel): KeyMaterial {
    const key = Buffer.from(der)
    switch (label) {
      case "CERTIFICATE":
        return materialOf(new (nodeCrypto().X509Certificate)(der).publicKey)
      case "PUBLIC KEY":
        return materialOf(nodeCrypto().createPublicKey({ key, ...NOT_ENCRYPTED, format: "der", type: "spki" }))
      case "RSA PUBLIC KEY":
        if (isPrivatePkcs1(key)) throw new Error("it holds a private key")
        return materialOf(nodeCrypto().createPublicKey({ key, ...NOT_ENCRYPTED, format: "der", type: "pkcs1" }))
      case "RSA PRIVATE KEY":
        return materialOf(nodeCrypto().createPrivateKey({ key, ...NOT_ENCRYPTED, format: "der", type: "pkcs1" }))
      case "EC PRIVATE KEY":
        return materialOf(nodeCrypto().createPrivateKey({ key, ...NOT_ENCRYPTED, format: "der", type: "sec1" }))
      default:
        return materialOf(nodeCrypto().createPrivateKey({ key, ...NOT_ENCRYPTED, format: "der", type: "pkcs8" }))
    }
  },

  importEncryptedPem(pem: string, passphrase: string | Uint8Array): KeyMaterial {
    return materialOf(nodeCrypto().createPrivateKey({ key: pem, format: "pem", passphrase: secretText(passphrase) }))
  },

  importPlatformKey(value: object): KeyMaterial | undefined {
    if (value instanceof nodeCrypto().KeyObject) return materialOf(detached(value))
    if (Object.prototype.toString.call(value) !== "[object CryptoKey]") return undefined
    const cryptoKey = value as CryptoKeyLike
    return {
      ...materialOf(detached(nodeCrypto().KeyObject.from(value as Parameters<typeof NodeCrypto.KeyObject.from>[0]))),
      boundAlgorithm: algorithmOfCryptoKey(cryptoKey),
      usages: [...cryptoKey.usages],
      extractable: cryptoKey.extractable,
    }
  },

  complete(): boolean {
    return false
  },

  knows(): boolean {
    return true
  },

  exportMembers(key: KeyMaterial): KeyMembers {
    return handleOf(key).export({ ...NOT_ENCRYPTED, format: "jwk" }) as unknown as KeyMembers
  },

  exportSecret(key: KeyMaterial): Uint8Array {
    return handleOf(key).export()
  },

  exportPem(key: KeyMaterial): string {
    const type = key.type === "public" ? "spki" : "pkcs8"
    return String(handleOf(key).export({ ...NOT_ENCRYPTED, format: "pem", type }))
  },

  exportEncryptedPem(key: KeyMaterial, passphrase: string | Uint8Array): string {
    const encryption = { cipher: "aes-256-cbc", passphrase: secretText(passphrase) }
    return String(handleOf(key).export({ format: "pem", type: "pkcs8", ...encryption }))
  },

  toKeyObject(key: KeyMaterial): NodeHandle {
    return handleOf(key)
  },

  publicHalf(key: KeyMaterial): KeyMaterial {
    return materialOf(nodeCrypto().createPublicKey(handleOf(key)))
  },

  derivePublic(members: KeyMembers): KeyMembers | undefined {
    const prefix = PKCS8_PREFIX.get((members.kty === "AKP" ? members.alg : members.crv) ?? "")
    if (prefix === undefined) return undefined
    const der = Buffer.from(concatBytes(Buffer.from(prefix, "hex"), memberBytes(members.d ?? members.priv)))
    const secret = nodeCrypto().createPrivateKey({ key: der, ...NOT_ENCRYPTED, format: "der", type: "pkcs8" })
    return nodeCrypto()
      .createPublicKey(secret)
      .export({ ...NOT_ENCRYPTED, format: "jwk" }) as unknown as KeyMembers
  },

  generate(request: GenerateRequest): KeyMaterial {
    return generateNow(request)
  },

  generateAsync(request: GenerateRequest): Promise<KeyMaterial> {
    const [type, options] = generateArguments(request)
    return new Promise((resolve, reject) => {
      const generate = nodeCrypto().generateKeyPair as unknown as GenerateWithCallback
      generate(type, options, (error, _publicKey, privateKey) => {
        if (error === null) resolve(materialOf(detached(privateKey)))
        else reject(error)
      })
    })
  },

  randomBytes(length: number): Uint8Array {
    return nodeCrypto().randomBytes(length)
  },

  digest(hash: HashName, bytes: Uint8Array): Uint8Array {
    return nodeCrypto().createHash(hash).update(bytes).digest()
  },

  operator(row: SignatureRow, key: Key): Operator {
    return row.family === "hmac" && row.hash !== undefined
      ? hmacOperator(row.hash, engine.exportSecret(key))
      : signatureOperator(row, key)
  },
}

/** The platform would answer with the public half of a private key: what its label calls public must be so. */
function isPrivatePkcs1(key: Buffer): boolean {
  try {
    nodeCrypto().createPrivateKey({ key, ...NOT_ENCRYPTED, format: "der", type: "pkcs1" })
    return true
  } catch {
    return false
  }
}

function handleOf(key: KeyMaterial): NodeHandle {
  return key.handle as NodeHandle
}

/**
 * A key object that shares nothing with the job that generated the key. In Node 20 that job takes the key's lock when it is
 * collected as garbage; where that happens while the key is being looked at or exported, the process stands still for ever.
 */
function detached(handle: NodeHandle): NodeHandle {
  // With a stray `kty` on Object.prototype the generator hands out its inner object, which ends the process when it is asked.
  if (!(handle instanceof nodeCrypto().KeyObject)) throw new Error("the platform's generator made no key object")
  if (handle.type === "secret") return handle
  const format = { ...NOT_ENCRYPTED, format: "der" } as const
  try {
    return handle.type === "private"
      ? nodeCrypto().createPrivateKey({ ...format, key: handle.export({ ...format, type: "pkcs8" }), type: "pkcs8" })
      : nodeCrypto().createPublicKey({ ...format, key: handle.export({ ...format, type: "spki" }), type: "spki" })
  } catch {
    // Not every runtime writes every kind of key; those are used as they are.
    return handle
  }
}

function memberBytes(member: string | undefined): Uint8Array {
  return decodeBase64UrlPooled(member ?? "") ?? new Uint8Array()
}

function secretText(passphrase: string | Uint8Array): string | Buffer {
  return typeof passphrase === "string" ? passphrase : Buffer.from(passphrase)
}

function materialOf(handle: NodeHandle): KeyMaterial {
  const { type } = handle
  if (type === "secret") return { ...BARE, type, keyType: "oct", bits: (handle.symmetricKeySize ?? 0) * 8, handle }
  const kind: string = handle.asymmetricKeyType ?? "unknown"
  const details = handle.asymmetricKeyDetails ?? {}
  if (kind === "rsa" || kind === "rsa-pss") {
    const pss =
      kind === "rsa"
        ? undefined
        : {
            hash: details.hashAlgorithm as HashName | undefined,
            maskHash: details.mgf1HashAlgorithm,
            saltBytes: details.saltLength,
          }
    return {
      ...BARE,
      type,
      keyType: "RSA",
      bits: details.modulusLength ?? 0,
      exponent: details.publicExponent,
      pss,
      handle,
    }
  }
  if (kind === "ec") {
    const curve = CURVE_OF_OPENSSL.get(details.namedCurve ?? "")
    if (curve === undefined) throw new Error(`the curve ${details.namedCurve ?? "without a name"} is not used in JOSE`)
    return { ...BARE, type, keyType: "EC", curve, bits: 0, handle }
  }
  const found = TYPE_AND_CURVE.get(kind)
  if (found === undefined) throw new Error(`a key of type ${kind} is not used in JOSE`)
  return { ...BARE, type, keyType: found[0], curve: found[1], bits: 0, handle }
}

function generateArguments({
  keyType,
  curve,
  modulusLength,
}: GenerateRequest): readonly [type: string, options: object] {
  if (keyType === "RSA") return ["rsa", { modulusLength, publicExponent: 0x10001 }]
  if (keyType === "EC") return ["ec", { namedCurve: OPENSSL_OF_CURVE.get(curve ?? "") }]
  return [(curve ?? "").toLowerCase(), {}]
}

function generateNow(request: GenerateRequest): KeyMaterial {
  const [type, options] = generateArguments(request)
  return materialOf(detached((nodeCrypto().generateKeyPairSync as unknown as GenerateSync)(type, options).privateKey))
}

function canGenerate(request: GenerateRequest): boolean {
  try {
    generateNow(request)
    return true
  } catch {
    return false
  }
}

function parametersFor(row: SignatureRow, handle: NodeHandle): NodeCrypto.SignKeyObjectInput {
  switch (row.family) {
    case "rsassa":
      return { key: handle, padding: nodeCrypto().constants.RSA_PKCS1_PADDING }
    case "rsapss":
      return { key: handle, padding: nodeCrypto().constants.RSA_PKCS1_PSS_PADDING, saltLength: row.hashBytes ?? 0 }
    case "ecdsa":
      // R and S side by side (RFC 7518, section 3.4), not DER.
      return { key: handle, dsaEncoding: "ieee-p1363" }
    default:
      return { key: handle }
  }
}

function signatureOperator(row: SignatureRow, key: Key): Operator {
  const { createPublicKey, sign, verify } = nodeCrypto()
  const hash = row.hash ?? null
  const secretParameters = key.type === "private" ? parametersFor(row, handleOf(key)) : undefined
  const publicHandle = key.type === "private" ? createPublicKey(handleOf(key)) : handleOf(key)
  const publicParameters = parametersFor(row, publicHandle)
  const modulus = row.keyType === "RSA" ? modulusOf(publicHandle, key) : undefined

  /** The signature's bytes; undefined for what no signature of this algorithm can be. */
  const readable = (signature: string): Uint8Array | undefined => {
    const bytes = decodeBase64UrlPooled(signature)
    return bytes === undefined ? undefined : commonForm(row, key, { signature: bytes, modulus })
  }

  const operator: Operator = {
    sign(input) {
      if (secretParameters === undefined) throw new Error("a public key cannot sign")
      return sign(hash, bytesOf(input), secretParameters).toString("base64url")
    },
    verify(input, signature) {
      const bytes = readable(signature)
      if (bytes === undefined) return false
      try {
        return verify(hash, bytesOf(input), publicParameters, bytes)
      } catch {
        // What the platform cannot even look at is not a signature.
        return false
      }
    },
    verifyLater(input, signature) {
      const bytes = readable(signature)
      if (bytes === undefined) return Promise.resolve(false)
      return new Promise((resolve) => {
        verify(hash, bytesOf(input), publicParameters, bytes, (error, genuine) => resolve(error === null && genuine))
      })
    },
  }
  if (!SLOW_TO_SIGN.has(row.family) || secretParameters === undefined) return operator
  operator.signLater = (input) =>
    new Promise((resolve, reject) => {
      sign(hash, bytesOf(input), secretParameters, (error, signature) => {
        if (error === null) resolve(signature.toString("base64url"))
        else reject(error)
      })
    })
  return operator
}

/** The modulus, out of the end of SPKI: `INTEGER n INTEGER e` (RFC 8017, appendix A.1.1). Keys of type RSASSA-PSS have no JWK. */
function modulusOf(handle: NodeHandle, { bits, exponent = 0n }: KeyMaterial): Uint8Array {
  const spki = handle.export({ format: "der", type: "spki" })
  const exponentBytes = Math.floor(exponent.toString(2).length / 8) + 1
  const end = spki.length - 2 - exponentBytes
  return spki.subarray(end - Math.ceil(bits / 8), end)
}

function bytesOf(input: SigningInput): Uint8Array {
  return typeof input === "string" ? encodeLatin1(input) : input
}
