/** Key pairs of every kind, made once for a test file, and signatures made without the package. */
import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  type RSAPSSKeyPairKeyObjectOptions,
  type SignKeyObjectInput,
  sign,
  verify,
} from "node:crypto"
import { type BuiltInAlgorithm, getAlgorithm } from "jotkit"
import { untyped } from "../pyjwt/outcome.ts"

/** A kind of key pair, as the algorithms need it. */
export type Kind = "RSA" | "P-256" | "P-384" | "P-521" | "secp256k1" | "Ed25519" | "Ed448" | "X25519"

/** A signature algorithm with the kind of key it takes. */
export type AlgorithmRow = readonly [algorithm: string, kind: Kind]

const EVERY_ALGORITHM: readonly AlgorithmRow[] = [
  ["RS256", "RSA"],
  ["RS384", "RSA"],
  ["RS512", "RSA"],
  ["PS256", "RSA"],
  ["PS384", "RSA"],
  ["PS512", "RSA"],
  ["ES256", "P-256"],
  ["ES384", "P-384"],
  ["ES512", "P-521"],
  ["ES256K", "secp256k1"],
  ["EdDSA", "Ed25519"],
  ["Ed25519", "Ed25519"],
  ["EdDSA", "Ed448"],
  ["Ed448", "Ed448"],
]

const EVERY_KIND: readonly AlgorithmRow[] = [
  ["RS256", "RSA"],
  ["ES256", "P-256"],
  ["ES384", "P-384"],
  ["ES512", "P-521"],
  ["ES256K", "secp256k1"],
  ["EdDSA", "Ed25519"],
  ["EdDSA", "Ed448"],
]

/** Which algorithm a runtime must have to read keys of a kind; the other kinds are read everywhere. */
const NEEDED: Readonly<Partial<Record<Kind, BuiltInAlgorithm["name"]>>> = { secp256k1: "ES256K", Ed448: "Ed448" }

async function isReadHere([, kind]: AlgorithmRow): Promise<boolean> {
  return untyped<BuiltInAlgorithm>(getAlgorithm(NEEDED[kind] ?? "HS256")).availableAsync()
}

async function readHere(rows: readonly AlgorithmRow[]): Promise<AlgorithmRow[]> {
  const answers = await Promise.all(rows.map(isReadHere))
  return rows.filter((_row, at) => answers[at])
}

/** The asymmetric algorithms that this runtime has; Node has all of them. */
export const ASYMMETRIC: readonly AlgorithmRow[] = await readHere(EVERY_ALGORITHM)

/** One row for each kind of signing key, so that forms of keys are tried once and not once for each hash. */
export const KINDS: readonly AlgorithmRow[] = await readHere(EVERY_KIND)

const MAKERS: Readonly<Record<Kind, () => KeyPairKeyObjectResult>> = {
  RSA: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "P-256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "P-521": () => generateKeyPairSync("ec", { namedCurve: "P-521" }),
  secp256k1: () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  Ed25519: () => generateKeyPairSync("ed25519"),
  Ed448: () => generateKeyPairSync("ed448"),
  X25519: () => generateKeyPairSync("x25519"),
}
const made = new Map<string, KeyPairKeyObjectResult>()

/** The pair of this kind; `other` is a second one that never signed anything. */
export function pairOf(kind: Kind, which: "first" | "other" = "first"): KeyPairKeyObjectResult {
  const name = `${kind} ${which}`
  const pair = made.get(name) ?? MAKERS[kind]()
  made.set(name, pair)
  return pair
}

/** A pair of type RSASSA-PSS, restricted to a hash, a hash of the mask and a least length of salt, or not. */
export function pssPair(hashAlgorithm?: string, mgf1HashAlgorithm = "", saltLength = 0): KeyPairKeyObjectResult {
  const restrictions = hashAlgorithm === undefined ? {} : { hashAlgorithm, mgf1HashAlgorithm, saltLength }
  const options: RSAPSSKeyPairKeyObjectOptions = untyped({ modulusLength: 2048, ...restrictions })
  return generateKeyPairSync("rsa-pss", options)
}

/** A secret that is long enough for every HMAC. */
export const SECRET = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"

/** How `node:crypto` is told to make or check a JWS signature (RFC 7518, section 3). */
function parameters(algorithm: string, key: KeyObject): { hash: string | null; options: SignKeyObjectInput } {
  const hash = /\d{3}/.test(algorithm) && !algorithm.startsWith("Ed") ? `sha${algorithm.slice(2, 5)}` : null
  if (algorithm.startsWith("PS"))
    return {
      hash,
      options: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 },
    }
  if (algorithm.startsWith("ES")) return { hash, options: { key, dsaEncoding: "ieee-p1363" } }
  return { hash, options: { key } }
}

/** A compact token made by `node:crypto` alone. */
export function foreignToken(
  algorithm: string,
  key: KeyObject | string,
  claims: object = { a: 1 },
  header: object = {},
): string {
  const parts = [{ alg: algorithm, ...header }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  )
  const input = parts.join(".")
  if (algorithm.startsWith("HS"))
    return `${input}.${createHmac(`sha${algorithm.slice(2)}`, key)
      .update(input)
      .digest("base64url")}`
  if (typeof key === "string") throw new TypeError("an asymmetric algorithm needs a KeyObject")
  const { hash, options } = parameters(algorithm, key)
  return `${input}.${sign(hash, Buffer.from(input), options).toString("base64url")}`
}

/** Whether `node:crypto` alone takes the signature of a compact token for genuine. */
export function isGenuineToOthers(token: string, algorithm: string, key: KeyObject): boolean {
  const end = token.lastIndexOf(".")
  const { hash, options } = parameters(algorithm, key)
  return verify(hash, Buffer.from(token.slice(0, end)), options, Buffer.from(token.slice(end + 1), "base64url"))
}
