/** New keys, and keys written in another form. */

import { type OfferedKey, readJson, textMember } from "@jotkit/inspect"
import { type Signal, signal } from "@preact/signals"
import { isJwtError, Jwk, type JwkObject } from "jotkit"
import { algorithms } from "./algorithms.ts"
import { base64Url } from "./base64url.ts"
import { type CertificateRequest, pemBody, pemBytes, selfSigned } from "./certificate.ts"
import { now } from "./clock.ts"
import { draft, editDraft, headerMember, isUnsigned } from "./draft.ts"
import { acceptedAlgorithm, giveKey, type KeyFile, keyFile, keyText, onlyAlgorithm } from "./input.ts"
import { withMember } from "./json-edit.ts"
import { reading } from "./reading.ts"

/** A kind of key that can be made. */
export interface KeyKind {
  /** Algorithm and, where it has several, curve; with a space between. */
  readonly name: string
  readonly isAvailable: boolean
}

/** Where the id of a new key comes from. */
export type KeyIdSource = "thumbprint" | "date" | "random" | "typed" | "none"

const AGREEMENTS = ["P-256", "P-384", "P-521", "X25519", "X448"].map((curve) => `ECDH-ES ${curve}`)
const SECRETS = ["A128KW", "A192KW", "A256KW"]
const CONTENTS = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]

/** Kinds of keys for encryption, and whether this browser has them. */
export const encryptionKinds: Signal<readonly KeyKind[]> = signal(
  ["RSA-OAEP-256", ...AGREEMENTS, ...SECRETS, ...CONTENTS].map((name) => ({ name, isAvailable: true })),
)

/** Which kind is made; empty: what the header asks for. */
export const chosenKind: Signal<string> = signal("")
/** Bits of an RSA modulus. */
export const modulusBits: Signal<number> = signal(2048)
/** Where the key's id comes from. */
export const keyIdSource: Signal<KeyIdSource> = signal("thumbprint")
/** The id that was typed. */
export const typedKeyId: Signal<string> = signal("")
/** Whom a certificate is for; empty: this machine. */
export const commonName: Signal<string> = signal("")
/** How long a certificate is valid. */
export const validDays: Signal<number> = signal(365)
/** What encrypts a private key that is written; empty: nothing does. */
export const newPassphrase: Signal<string> = signal("")
/** The making of a key that is going on. */
export const making: Signal<object | undefined> = signal(undefined)
/** What stood in the key box before. */
export const formerKey: Signal<{ readonly text: string; readonly file: KeyFile | undefined } | undefined> =
  signal(undefined)
/** Why none was made: a code of `jotkit`. */
export const makingProblem: Signal<string> = signal("")

/** Asks the platform for the curves that many browsers lack. Only of those a key has to be made to find out. */
export async function probeKinds(): Promise<void> {
  encryptionKinds.value = await Promise.all(
    encryptionKinds.peek().map(async ({ name }) => ({ name, isAvailable: await canMake(name) })),
  )
}

async function canMake(name: string): Promise<boolean> {
  const [algorithm = "", curve = ""] = name.split(" ")
  if (!curve.startsWith("X")) return true
  return Jwk.generateAsync(algorithm, { curve }).then(
    () => true,
    () => false,
  )
}

/** The kind that will be made. */
export function kindToMake(): string {
  if (chosenKind.value !== "") return chosenKind.value
  const wanted = onlyAlgorithm.value || headerMember("alg") || ""
  const known = [...algorithms.value, ...encryptionKinds.value].some((one) => one.name === wanted && one.isAvailable)
  if (known && wanted !== "none") return wanted
  if (wanted.startsWith("ECDH-ES")) return `${wanted} P-256`
  return /^(?:RSA-OAEP|A\d+GCMKW)/.test(wanted) ? wanted : "ES256"
}

/** Makes a key and puts it into the key box; what was there can be put back. */
export async function makeKey(): Promise<void> {
  const [algorithm = "", curve] = kindToMake().split(" ")
  const mine = {}
  making.value = mine
  makingProblem.value = ""
  try {
    const options = curve === undefined ? { modulusLength: modulusBits.peek() } : { curve }
    const made = await Jwk.generateAsync(algorithm, options)
    const keyId = await keyIdOf(made)
    const jwk = keyId === undefined ? made : await Jwk.fromAsync(made.toPrivateJSON(), { keyId })
    if (making.peek() !== mine) return
    formerKey.value = keyText.peek() === "" && keyFile.peek() === undefined ? undefined : former()
    if (acceptedAlgorithm.peek() !== algorithm) acceptedAlgorithm.value = ""
    giveKey(JSON.stringify(jwk.toPrivateJSON(), undefined, 2))
    // What is signed next is for this key, whatever the token on the page was signed with.
    const isToSign = reading.peek().form !== "jwe" && algorithms.peek().some(({ name }) => name === algorithm)
    if (isToSign || isUnsigned.peek() || draft.peek().header === "") fitHeader(jwk, jwk.algorithm)
  } catch (error) {
    if (!isJwtError(error)) throw error
    makingProblem.value = error.code
  } finally {
    if (making.peek() === mine) making.value = undefined
  }
}

function former() {
  return { text: keyText.peek(), file: keyFile.peek() }
}

/** Puts back what stood in the key box. */
export function restoreKey(): void {
  const { text, file } = formerKey.peek() ?? { text: "", file: undefined }
  giveKey(text)
  keyFile.value = file
  formerKey.value = undefined
}

async function keyIdOf(key: Jwk): Promise<string | undefined> {
  switch (keyIdSource.peek()) {
    case "thumbprint":
      // Of a secret it would say too much: whoever guesses could check.
      return key.isSymmetric ? undefined : key.thumbprintAsync()
    case "date":
      return new Date(now.peek() * 1000).toISOString().slice(0, 10)
    case "random":
      return randomText()
    case "typed":
      return typedKeyId.peek() || undefined
    default:
      return undefined
  }
}

/** 128 random bits. */
export function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(16)))
}

/** Lets a header that is being written name the key: its algorithm, its id, and for DPoP (RFC 9449, section 4.2) the key itself. */
export function fitHeader(key: Jwk, algorithm: string | undefined): void {
  editDraft({ header: fittedHeader(draft.peek().header, key, algorithm) })
}

/** A header that names a key. */
export function fittedHeader(header: string, key: Jwk, algorithm: string | undefined): string {
  const isProof = textMember(readJson(header).root, "typ") === "dpop+jwt"
  const members: [string, unknown][] = [["alg", algorithm]]
  if (header.trim() === "") members.push(["typ", "JWT"])
  if (isProof && !key.isSymmetric) members.push(["jwk", bareMembers(key.toJSON())])
  else if (key.keyId !== undefined) members.push(["kid", key.keyId])
  return members.reduce(
    (text, [name, value]) => (value === undefined ? text : (withMember(text, name, JSON.stringify(value)) ?? text)),
    header,
  )
}

function bareMembers({ kty, crv, x, y, n, e }: JwkObject): object {
  return { kty, crv, x, y, n, e }
}

/** Forms in which keys are written out. */
export const KEY_OUTPUTS = [
  "jwk",
  "jwk_public",
  "jwks",
  "jwks_public",
  "pkcs8",
  "spki",
  "pkcs8_der",
  "spki_der",
  "certificate",
] as const

/** One of them. */
export type KeyOutput = (typeof KEY_OUTPUTS)[number]

/** Keys, written. */
export interface Written {
  readonly form: KeyOutput
  readonly text: string
  /** What a file of it holds. */
  readonly content: string | Uint8Array<ArrayBuffer>
  readonly fileName: string
  /** Whether it lets its reader sign or decrypt. */
  readonly isSecret: boolean
}

const FILE_NAMES: Readonly<Record<KeyOutput, string>> = {
  jwk: "private-key.jwk.json",
  jwk_public: "public-key.jwk.json",
  jwks: "private-keys.jwks.json",
  jwks_public: "jwks.json",
  pkcs8: "private-key.pem",
  spki: "public-key.pem",
  pkcs8_der: "private-key.der",
  spki_der: "public-key.der",
  certificate: "certificate.pem",
}

/** What more is asked of some forms. */
export interface WritingRequest extends CertificateRequest {
  readonly form: KeyOutput
  /** Encrypts PKCS #8; undefined for other forms. */
  readonly passphrase: string | undefined
}

/** Writes keys in a form; undefined where the form has no room for them. */
export async function writeKeys(keys: readonly OfferedKey[], request: WritingRequest): Promise<Written | undefined> {
  const { form, passphrase } = request
  const isPem = !form.startsWith("jwk")
  // A key of RSASSA-PSS is none that browsers write as a JWK, and has no thumbprint then.
  const isWritable = ({ isSymmetric, thumbprint }: OfferedKey) => isPem || isSymmetric || thumbprint !== undefined
  const all = keys.flatMap((key) => (isWritable(key) ? (key.jwk ?? []) : []))
  const isPublic = form.endsWith("public") || form.startsWith("spki")
  const fitting = isPublic ? all.flatMap((key) => publicHalf(key) ?? []) : all
  const text = await textOf(fitting, request)
  if (text === undefined) return undefined
  const isSealed = passphrase !== undefined || form === "certificate"
  const isSecret = !isSealed && fitting.some(({ isPrivate, isSymmetric }) => isPrivate || isSymmetric)
  const [shown, content] = form.endsWith("der") ? [pemBody(text), pemBytes(text)] : [text, text]
  return { form, text: shown, content, fileName: FILE_NAMES[form], isSecret }
}

async function textOf(keys: readonly Jwk[], request: WritingRequest): Promise<string | undefined> {
  const { form, passphrase } = request
  const [only, ...more] = keys
  if (only === undefined) return undefined
  if (form.startsWith("jwks")) return json({ keys: keys.map(objectOf) })
  if (more.length > 0) return undefined
  if (form.startsWith("jwk")) return json(objectOf(only))
  if (form.startsWith("spki")) return only.toPem()
  if (!only.isPrivate) return undefined
  return form === "certificate" ? selfSigned(only, request) : only.toPrivatePemAsync({ passphrase })
}

/** Of a secret there is none, and of some keys none that this browser can work out. */
export function publicHalf(key: Jwk): Jwk | undefined {
  try {
    return key.isSymmetric ? undefined : key.publicKey()
  } catch (error) {
    if (!isJwtError(error)) throw error
    return undefined
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function objectOf(key: Jwk): object {
  return key.isPrivate || key.isSymmetric ? key.toPrivateJSON() : key.toJSON()
}
