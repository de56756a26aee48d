/** Encrypted PKCS#8 (RFC 5958, section 3) under a passphrase by PBES2 with PBKDF2 and AES-CBC (RFC 8018), opened and sealed by WebCrypto. */
import { concatBytes, encodeUtf8 } from "#bytes"
import { DER, DerReader, derObjectId, derUnsigned, derValue } from "../codec/der.ts"
import { type Steps, wait } from "./steps.ts"
import { subtle } from "./subtle.ts"
import type { CryptoKeyLike } from "./web-parameters.ts"

interface Pbes2 {
  readonly salt: Uint8Array
  readonly iterations: number
  /** WebCrypto's name. */
  readonly hash: string
  readonly keyBits: number
  readonly iv: Uint8Array
}

const PBES2_ID = "2a864886f70d01050d"
const PBKDF2_ID = "2a864886f70d01050c"
const HMAC_IDS: ReadonlyMap<string, string> = new Map([
  ["2a864886f70d0207", "SHA-1"],
  ["2a864886f70d0209", "SHA-256"],
  ["2a864886f70d020a", "SHA-384"],
  ["2a864886f70d020b", "SHA-512"],
])
const HMAC_SHA256_ID = "2a864886f70d0209"
const AES_CBC_IDS: ReadonlyMap<string, number> = new Map([
  ["608648016503040102", 128],
  ["608648016503040116", 192],
  ["60864801650304012a", 256],
])
const AES_256_CBC_ID = "60864801650304012a"
const IV_BYTES = 16
const SALT_BYTES = 16
/** What OWASP asks for with SHA-256 (2023). */
const ITERATIONS = 600_000
/** The passphrase is the caller's own, the file perhaps not: more than this would only keep the machine busy. */
const MAX_ITERATIONS = 10_000_000

/** Opens an EncryptedPrivateKeyInfo; the result is PKCS#8. */
export function* openPkcs8(der: Uint8Array, passphrase: string | Uint8Array): Steps<Uint8Array> {
  const outer = new DerReader(der)
  const content = outer.enter()
  outer.end()
  const scheme = readScheme(content.enter())
  const sealed = content.read(DER.OCTET_STRING)
  content.end()
  const key = yield* keyFrom(passphrase, scheme, "decrypt")
  return new Uint8Array((yield* wait(subtle().decrypt({ name: "AES-CBC", iv: scheme.iv }, key, sealed))) as ArrayBuffer)
}

/** Seals PKCS#8 with a key of 256 bits. */
export function* sealPkcs8(
  pkcs8: Uint8Array,
  passphrase: string | Uint8Array,
  randomBytes: (length: number) => Uint8Array,
): Steps<Uint8Array> {
  const scheme: Pbes2 = {
    salt: randomBytes(SALT_BYTES),
    iterations: ITERATIONS,
    hash: "SHA-256",
    keyBits: 256,
    iv: randomBytes(IV_BYTES),
  }
  const key = yield* keyFrom(passphrase, scheme, "encrypt")
  const sealed = yield* wait(subtle().encrypt({ name: "AES-CBC", iv: scheme.iv }, key, pkcs8))
  return derValue(DER.SEQUENCE, writeScheme(scheme), derValue(DER.OCTET_STRING, new Uint8Array(sealed as ArrayBuffer)))
}

function* keyFrom(
  passphrase: string | Uint8Array,
  { salt, iterations, hash, keyBits }: Pbes2,
  use: "encrypt" | "decrypt",
): Steps<CryptoKeyLike> {
  const secret = typeof passphrase === "string" ? encodeUtf8(passphrase) : passphrase
  const base = yield* wait(subtle().importKey("raw", secret, { name: "PBKDF2" }, false, ["deriveBits"]))
  const bits = yield* wait(subtle().deriveBits({ name: "PBKDF2", salt, iterations, hash }, base, keyBits))
  const key = new Uint8Array(bits as ArrayBuffer)
  return yield* wait(subtle().importKey("raw", key, { name: "AES-CBC" }, false, [use]))
}

function readScheme(identifier: DerReader): Pbes2 {
  if (identifier.readObjectId() !== PBES2_ID) throw new Error("it is encrypted by another scheme than PBES2")
  const parameters = identifier.enter()
  identifier.end()
  const derivation = readDerivation(parameters.enter())
  const cipher = parameters.enter()
  parameters.end()
  const keyBits = AES_CBC_IDS.get(cipher.readObjectId())
  if (keyBits === undefined) throw new Error("it is encrypted by another cipher than AES-CBC")
  const iv = cipher.read(DER.OCTET_STRING)
  cipher.end()
  return { ...derivation, keyBits, iv }
}

function readDerivation(identifier: DerReader): Pick<Pbes2, "salt" | "iterations" | "hash"> {
  if (identifier.readObjectId() !== PBKDF2_ID) throw new Error("its key is derived by another function than PBKDF2")
  const parameters = identifier.enter()
  identifier.end()
  const salt = parameters.read(DER.OCTET_STRING)
  const iterations = parameters.readSmall()
  if (iterations < 1 || iterations > MAX_ITERATIONS) throw new Error("its number of iterations is out of range")
  if (parameters.has(DER.INTEGER)) parameters.readSmall()
  const hash = parameters.has(DER.SEQUENCE) ? readHmac(parameters.enter()) : "SHA-1"
  parameters.end()
  return { salt, iterations, hash }
}

function readHmac(identifier: DerReader): string {
  const hash = HMAC_IDS.get(identifier.readObjectId())
  if (hash === undefined) throw new Error("its key is derived with an unknown hash")
  return hash
}

function writeScheme({ salt, iterations, iv }: Pbes2): Uint8Array {
  const count = Uint8Array.of(iterations >> 16, (iterations >> 8) & 0xff, iterations & 0xff)
  const derivation = derValue(
    DER.SEQUENCE,
    derObjectId(PBKDF2_ID),
    derValue(
      DER.SEQUENCE,
      derValue(DER.OCTET_STRING, salt),
      derUnsigned(count),
      derValue(DER.SEQUENCE, derObjectId(HMAC_SHA256_ID), derValue(DER.NULL)),
    ),
  )
  const cipher = derValue(DER.SEQUENCE, derObjectId(AES_256_CBC_ID), derValue(DER.OCTET_STRING, iv))
  return derValue(DER.SEQUENCE, derObjectId(PBES2_ID), derValue(DER.SEQUENCE, concatBytes(derivation, cipher)))
}
