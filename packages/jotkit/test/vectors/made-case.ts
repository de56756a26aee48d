/**
 * Runs one case of the made corpus (format: the README beside the vectors) through every door that reads its kind: the
 * function and its Async twin, and for tokens a `Verifier` with and without cache, each asked again and again. `max_mb` is
 * not measured: cases share a process.
 */
import { isDeepStrictEqual } from "node:util"
import {
  DecodeError,
  type DecodeOptions,
  decode,
  decodeAsync,
  decodeComplete,
  DecryptionError,
  type DecryptJweOptions,
  decryptJwe,
  decryptJweAsync,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidAlgorithmError,
  InvalidAudienceError,
  InvalidClaimsError,
  InvalidIssuedAtError,
  InvalidIssuerError,
  InvalidJtiError,
  InvalidKeyError,
  InvalidSignatureError,
  InvalidSubjectError,
  InvalidTypeError,
  isJwtError,
  Jwk,
  JwkError,
  type JwkObject,
  JwkSet,
  JwkSetError,
  type JwtError,
  type KeyInput,
  MissingRequiredClaimError,
  type ThumbprintHash,
  UsageError,
  Verifier,
  type VerifyJwsOptions,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"

export interface MadeCase {
  readonly name: string
  readonly kind: string
  readonly feature?: string
  readonly token?: string | object | undefined
  readonly token_build?: readonly { readonly text: string; readonly times: number }[] | undefined
  readonly key?: MadeKey
  readonly algorithms?: readonly string[]
  readonly enc?: readonly string[]
  readonly options?: MadeOptions
  readonly payload_hex?: string
  readonly plaintext_hex?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly thumbprint?: string
  readonly expect: string
  readonly error?: string | readonly string[]
  readonly max_ms?: number
}

interface MadeKey {
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly unknown[] }
  readonly pem?: string
  readonly secret_utf8?: string
  readonly secret_hex?: string
  readonly password_utf8?: string
}

interface MadeOptions {
  readonly now?: number
  readonly issuer?: string | readonly string[]
  readonly audience?: string | readonly string[]
  readonly subject?: string
  readonly jwtId?: string
  readonly maxAge?: number | string
  readonly clockTolerance?: number | string
  readonly typ?: string
  readonly requiredClaims?: readonly string[]
  readonly crit?: readonly string[]
  readonly hash?: string
  /** Speaks of encryption. */
  readonly allowZip?: boolean
}

/** A way to ask for the answer, and its name. */
type Door = readonly [name: string, ask: () => unknown]
type Fits = (error: JwtError) => boolean

/** Every option of the format: one that is missing here would be dropped without a word. */
const OPTIONS: ReadonlySet<string> = new Set([
  "now",
  "issuer",
  "audience",
  "subject",
  "jwtId",
  "maxAge",
  "clockTolerance",
  "typ",
  "requiredClaims",
  "crit",
  "hash",
  "allowZip",
] satisfies (keyof MadeOptions)[])

const CLAIM_ERRORS = [
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidIssuedAtError,
  InvalidAudienceError,
  InvalidIssuerError,
  InvalidSubjectError,
  InvalidJtiError,
  MissingRequiredClaimError,
  InvalidClaimsError,
  InvalidTypeError,
]

/** Too long, too deep (headers and payloads nest 100 levels) or too many keys. */
const LIMIT_CODES: ReadonlySet<string> = new Set([
  "token_too_large",
  "header_invalid",
  "payload_invalid",
  "jwks_invalid",
])

/** Which of our errors a kind of the corpus stands for. */
const KINDS: ReadonlyMap<string, Fits> = new Map<string, Fits>([
  ["format", isFormat],
  ["header", (error) => isFormat(error) || error.code === "algorithm_missing"],
  ["limit", ({ code }) => LIMIT_CODES.has(code)],
  ["algorithm", (error) => error instanceof InvalidAlgorithmError],
  ["key", (error) => [InvalidKeyError, JwkError, JwkSetError].some((type) => error instanceof type)],
  ["signature", (error) => error instanceof InvalidSignatureError],
  ["claim", (error) => error.code === "claim_malformed" || CLAIM_ERRORS.some((type) => error instanceof type)],
  ["decrypt", (error) => error instanceof DecryptionError],
  ["options", (error) => error instanceof UsageError],
])

/** How to read a kind of case. What is not here, and not left out by name, is a failure. */
const DOORS: ReadonlyMap<string, (one: MadeCase) => readonly Door[]> = new Map([
  ["jwt", jwtDoors],
  ["jws", jwsDoors],
  ["jws-json", jwsDoors],
  ["jws-detached", jwsDoors],
  ["jwe", jweDoors],
  ["jwk", jwkDoors],
  ["thumbprint", thumbprintDoors],
])

/** What is wrong with our answers to a case; empty when all are right. */
export async function problemsOf(one: MadeCase): Promise<string[]> {
  const misread = misreadingOf(one)
  if (misread !== undefined) return [`${one.name}: ${misread}`]
  const problems: string[] = []
  for (const [door, ask] of DOORS.get(one.kind)?.(one) ?? []) {
    const problem = await problemAt(one, ask)
    if (problem !== undefined) problems.push(`${one.name} by ${door}: ${problem}`)
  }
  return problems
}

/** What this adapter would not understand: better said than guessed. */
function misreadingOf({ kind, key, expect, error, options = {}, ...rest }: MadeCase): string | undefined {
  if (!DOORS.has(kind)) return `no door reads the kind ${kind}`
  if (expect !== "valid" && expect !== "invalid") return `expects ${expect}`
  if (rest.token === undefined && rest.token_build === undefined && kind.startsWith("jw") && kind !== "jwk")
    return "there is no token"
  const option = Object.keys(options).find((name) => !OPTIONS.has(name))
  if (option !== undefined) return `unknown option ${option}`
  const unknownKind = [error ?? []].flat().find((name) => !KINDS.has(name))
  if (unknownKind !== undefined) return `unknown kind of error ${unknownKind}`
  return key === undefined || formsOf(key).length === 1 ? undefined : `cannot read the key: ${Object.keys(key).join()}`
}

async function problemAt(one: MadeCase, ask: () => unknown): Promise<string | undefined> {
  const start = performance.now()
  const problem = await answerProblem(one, ask)
  const took = performance.now() - start
  if (problem !== undefined || one.max_ms === undefined || took <= one.max_ms) return problem
  return `took ${Math.round(took)} ms, at most ${one.max_ms} are allowed`
}

async function answerProblem(one: MadeCase, ask: () => unknown): Promise<string | undefined> {
  let answer: unknown
  try {
    answer = await ask()
  } catch (error) {
    return refusalProblem(one, error)
  }
  if (one.expect === "invalid") return "accepted"
  const expected = one.claims ?? one.thumbprint ?? one.payload_hex ?? one.plaintext_hex
  return expected === undefined || isDeepStrictEqual(answer, expected) ? undefined : "another result"
}

function refusalProblem(one: MadeCase, error: unknown): string | undefined {
  if (!isJwtError(error)) return `a foreign error escaped: ${String(error)}`
  if (one.expect === "valid") return `refused with ${error.code}: ${error.message}`
  const kinds = [one.error ?? []].flat()
  const fits = kinds.length === 0 || kinds.some((kind) => KINDS.get(kind)?.(error))
  return fits ? undefined : `${error.name} ${error.code} where ${kinds.join(" or ")} was expected`
}

function jwtDoors(one: MadeCase): readonly Door[] {
  const token = tokenOf(one) as string // a JWT that is no text is for `decode` to refuse
  const options = decodeOptionsOf(one)
  const doors: Door[] = [
    ["decode", () => decode(token, keyOf(one.key), options)],
    ["decodeAsync", () => decodeAsync(token, keyOf(one.key), options)],
    ["decodeComplete", () => decodeComplete(token, keyOf(one.key), options).payload],
    ...verifierDoors("Verifier", token, () => new Verifier({ key: keyOf(one.key), ...options })),
    ...verifierDoors(
      "Verifier with cache",
      token,
      () => new Verifier({ key: keyOf(one.key), ...options, cache: true }),
    ),
  ]
  const plain = one.key?.jwk
  if (plain !== undefined) doors.push(["decode with the plain JWK", () => decode(token, plain, options)])
  return doors
}

/** One verifier, asked again and again: the second answer must not differ from the first. */
function verifierDoors(name: string, token: string, create: () => Verifier): readonly Door[] {
  let made: Verifier | undefined
  const verifier = (): Verifier => {
    made ??= create()
    return made
  }
  return [
    [name, () => verifier().verify(token)],
    [`${name}, second time`, () => verifier().verify(token)],
    [`${name}, third time, verifyAsync`, () => verifier().verifyAsync(token)],
  ]
}

function jwsDoors(one: MadeCase): readonly Door[] {
  const token = one.kind === "jws-json" ? parsedIfJson(tokenOf(one)) : tokenOf(one)
  const options: VerifyJwsOptions = {
    algorithms: one.algorithms,
    crit: one.options?.crit,
    detachedPayload: isDetached(one, token) ? bytes(one.payload_hex) : undefined,
  }
  return [
    ["verifyJws", () => hex(verifyJws(token, keyOf(one.key), options).payload)],
    ["verifyJwsAsync", async () => hex((await verifyJwsAsync(token, keyOf(one.key), options)).payload)],
  ]
}

function jweDoors(one: MadeCase): readonly Door[] {
  const token = tokenOf(one)
  const options: DecryptJweOptions = {
    algorithms: one.algorithms,
    encryptionAlgorithms: one.enc,
    crit: one.options?.crit,
    zip: one.options?.allowZip,
  }
  return [
    ["decryptJwe", () => hex(decryptJwe(token, keyOf(one.key), options).plaintext)],
    ["decryptJweAsync", async () => hex((await decryptJweAsync(token, keyOf(one.key), options)).plaintext)],
  ]
}

function jwkDoors(one: MadeCase): readonly Door[] {
  return [
    ["import", () => resultOf(one, keyOf(one.key))],
    ["import from text", () => resultOf(one, keyFromText(one.key))],
  ]
}

function thumbprintDoors(one: MadeCase): readonly Door[] {
  return [
    ["thumbprint", () => thumbprintOf(one, jwkOf(one.key))],
    ["thumbprint of the public half", () => thumbprintOf(one, publicHalf(jwkOf(one.key)))],
  ]
}

/** A case about a key may name its thumbprint; without one, being read is all there is to see. */
function resultOf(one: MadeCase, key: KeyInput): unknown {
  return one.thumbprint === undefined || !(key instanceof Jwk) ? undefined : thumbprintOf(one, key)
}

function thumbprintOf({ options, thumbprint }: MadeCase, jwk: Jwk): string {
  const hash = options?.hash?.toLowerCase().replace(/^sha-?/, "sha-") as ThumbprintHash | undefined
  return thumbprint?.startsWith("urn:") === true ? jwk.thumbprintUri(hash) : jwk.thumbprint(hash)
}

function decodeOptionsOf({ algorithms, options = {} }: MadeCase): DecodeOptions {
  const { now, issuer, audience, subject, jwtId, maxAge, clockTolerance, typ, requiredClaims, crit } = options
  const claims = { now, issuer, audience, subject, jwtId, maxAge, leeway: clockTolerance, require: requiredClaims }
  return { algorithms, ...claims, typ, crit }
}

function tokenOf(one: MadeCase): string | object {
  return one.token ?? (one.token_build ?? []).map(({ text, times }) => text.repeat(times)).join("")
}

/** A JSON serialization may come as text: its reader is `JSON.parse`, and text that is no JSON stays text. */
function parsedIfJson(token: string | object): string | object {
  if (typeof token !== "string") return token
  try {
    return JSON.parse(token) as object
  } catch {
    return token
  }
}

function isDetached({ kind, payload_hex }: MadeCase, token: string | object): boolean {
  if (payload_hex === undefined) return false
  return kind === "jws-detached" || (kind === "jws-json" && typeof token === "object" && !("payload" in token))
}

function keyOf(key: MadeKey | undefined): KeyInput {
  if (key === undefined) return ""
  if (key.jwk !== undefined) return Jwk.from(key.jwk)
  if (key.jwks !== undefined) return JwkSet.from(key.jwks)
  if (key.secret_hex !== undefined) return bytes(key.secret_hex)
  return key.pem ?? key.secret_utf8 ?? key.password_utf8 ?? ""
}

/** The same key as JSON text, or as PEM that is read at once. */
function keyFromText(key: MadeKey = {}): KeyInput {
  if (key.jwks !== undefined) return JwkSet.from(JSON.stringify(key.jwks))
  return key.jwk === undefined ? jwkOf(key) : Jwk.from(JSON.stringify(key.jwk))
}

function jwkOf(key: MadeKey = {}): Jwk {
  if (key.pem !== undefined) return Jwk.fromPem(key.pem)
  if (key.jwk !== undefined) return Jwk.from(key.jwk)
  return Jwk.from(bytes(key.secret_hex ?? hex(new TextEncoder().encode(key.secret_utf8))))
}

function publicHalf(jwk: Jwk): Jwk {
  return jwk.isSymmetric ? jwk : jwk.publicKey()
}

function formsOf(key: MadeKey): readonly unknown[] {
  const { jwk, jwks, pem, secret_utf8, secret_hex, password_utf8 } = key
  return [jwk, jwks, pem, secret_utf8, secret_hex, password_utf8].filter((form) => form !== undefined)
}

function isFormat(error: JwtError): boolean {
  return error instanceof DecodeError && !(error instanceof InvalidSignatureError)
}

function bytes(text = ""): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"))
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex")
}
