/** Runs one case of the made corpus (format: the README beside the vectors) through every door that reads its kind. */
import {
  DecodeError,
  type DecodeOptions,
  decode,
  decodeAsync,
  InvalidAlgorithmError,
  InvalidKeyError,
  InvalidSignatureError,
  InvalidTokenError,
  Jwk,
  JwkError,
  type JwkObject,
  JwkSet,
  JwkSetError,
  type JwtError,
  isJwtError,
  type KeyInput,
  type ThumbprintHash,
  UsageError,
  Verifier,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"

export interface MadeCase {
  readonly name: string
  readonly kind: string
  readonly feature?: string
  readonly token?: string | object
  readonly token_build?: readonly { readonly text: string; readonly times: number }[]
  readonly key?: MadeKey
  readonly algorithms?: readonly string[]
  readonly options?: MadeOptions
  readonly payload_hex?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly thumbprint?: string
  readonly expect: "valid" | "invalid"
  readonly error?: string | readonly string[]
}

interface MadeKey {
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly unknown[] }
  readonly pem?: string
  readonly secret_utf8?: string
  readonly secret_hex?: string
}

interface MadeOptions {
  readonly now?: number
  readonly issuer?: string | readonly string[]
  readonly audience?: string | readonly string[]
  readonly subject?: string
  readonly jwtId?: string
  readonly maxAge?: number | string
  readonly clockTolerance?: number
  readonly typ?: string
  readonly requiredClaims?: readonly string[]
  readonly crit?: readonly string[]
  readonly hash?: ThumbprintHash
}

type Kind = (error: JwtError) => boolean

const CLAIM_CODES: ReadonlySet<string> = new Set(["claim_malformed", "payload_invalid", "duplicate_member"])

/** Which of our errors a kind of the corpus stands for. */
const KINDS: Readonly<Record<string, Kind>> = {
  format: isFormat,
  header: (error) => isFormat(error) || error.code === "algorithm_missing",
  limit: isFormat,
  algorithm: (error) => error instanceof InvalidAlgorithmError,
  key: (error) => error instanceof InvalidKeyError || error instanceof JwkError || error instanceof JwkSetError,
  signature: (error) => error instanceof InvalidSignatureError,
  claim: (error) => CLAIM_CODES.has(error.code) || (error instanceof InvalidTokenError && error.violations.length > 0),
  options: (error) => error instanceof UsageError,
}

/** What is wrong with our answers to a case; empty when all are right. */
export async function problemsOf(one: MadeCase): Promise<string[]> {
  const answers = await Promise.all(doorsOf(one).map(async ([door, call]) => problemOf(one, door, call)))
  return answers.filter((problem) => problem !== undefined)
}

/** Kinds of case that this adapter reads. */
export const READ_KINDS: ReadonlySet<string> = new Set(["jwt", "jws", "jws-json", "jws-detached", "jwk", "thumbprint"])

async function problemOf(one: MadeCase, door: string, call: () => unknown): Promise<string | undefined> {
  const where = `${one.name} by ${door}`
  let answer: unknown
  try {
    answer = await call()
  } catch (error) {
    if (!isJwtError(error)) return `${where}: a foreign error escaped: ${String(error)}`
    if (one.expect === "valid") return `${where}: refused with ${error.code}: ${error.message}`
    const kinds = [one.error ?? []].flat()
    const fits = kinds.length === 0 || kinds.some((kind) => KINDS[kind]?.(error) === true)
    return fits ? undefined : `${where}: ${error.name} ${error.code} where ${kinds.join(" or ")} was expected`
  }
  if (one.expect === "invalid") return `${where}: accepted`
  const expected = one.claims ?? one.thumbprint ?? one.payload_hex
  const same = expected === undefined || JSON.stringify(answer) === JSON.stringify(expected)
  return same ? undefined : `${where}: another result`
}

function doorsOf(one: MadeCase): readonly (readonly [string, () => unknown])[] {
  const token = tokenOf(one)
  switch (one.kind) {
    case "jwt":
      return jwtDoors(one, String(token))
    case "thumbprint":
      return [["thumbprint", () => Jwk.from(one.key?.jwk ?? { kty: "" }).thumbprint(one.options?.hash)]]
    case "jwk":
      return [["Jwk.from", () => void keyOf(one.key)]]
    default:
      return jwsDoors(one, token)
  }
}

function jwtDoors(one: MadeCase, token: string): readonly (readonly [string, () => unknown])[] {
  const options = decodeOptionsOf(one)
  return [
    ["decode", () => decode(token, keyOf(one.key), options)],
    ["decodeAsync", () => decodeAsync(token, keyOf(one.key), options)],
    ["Verifier", () => new Verifier({ key: keyOf(one.key), ...options }).verify(token)],
    [
      "Verifier with cache, second time",
      () => {
        const verifier = new Verifier({ key: keyOf(one.key), ...options, cache: true })
        try {
          verifier.verify(token)
        } catch {
          // The second answer is the one that is looked at.
        }
        return verifier.verify(token)
      },
    ],
  ]
}

function jwsDoors(one: MadeCase, token: string | object): readonly (readonly [string, () => unknown])[] {
  const options = {
    algorithms: one.algorithms,
    crit: one.options?.crit,
    detachedPayload: one.kind === "jws-detached" ? bytes(one.payload_hex ?? "") : undefined,
  }
  const hex = ({ payload }: { payload: Uint8Array }): string => Buffer.from(payload).toString("hex")
  return [
    ["verifyJws", () => hex(verifyJws(token, keyOf(one.key), options))],
    ["verifyJwsAsync", async () => hex(await verifyJwsAsync(token, keyOf(one.key), options))],
  ]
}

function decodeOptionsOf({ algorithms, options = {} }: MadeCase): DecodeOptions {
  const { now, issuer, audience, subject, jwtId, maxAge, clockTolerance, typ, requiredClaims, crit } = options
  return { algorithms, now, issuer, audience, subject, jwtId, maxAge, leeway: clockTolerance, typ, require: requiredClaims, crit }
}

function tokenOf(one: MadeCase): string | object {
  return one.token ?? (one.token_build ?? []).map(({ text, times }) => text.repeat(times)).join("")
}

function keyOf(key: MadeKey = {}): KeyInput {
  if (key.jwk !== undefined) return Jwk.from(key.jwk)
  if (key.jwks !== undefined) return JwkSet.from(key.jwks)
  if (key.secret_hex !== undefined) return bytes(key.secret_hex)
  return key.pem ?? key.secret_utf8 ?? ""
}

function isFormat(error: JwtError): boolean {
  return error instanceof DecodeError && !(error instanceof InvalidSignatureError)
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
