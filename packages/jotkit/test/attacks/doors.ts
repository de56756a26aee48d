/**
 * Runs one hostile input through every door that takes it, and checks what every refusal has in common: it is an error of this
 * package, it holds nothing of the token or the key, it has no unbounded text, and the built-in prototypes are as they were.
 */
import { inspect } from "node:util"
import {
  type DecodeOptions,
  decode,
  decodeAsync,
  decodeComplete,
  decodeCompleteAsync,
  decodeUnverified,
  getUnverifiedHeader,
  isJwtError,
  JwtError,
  type KeyInput,
  Verifier,
  type VerifyJwsOptions,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { expect } from "vitest"
import { HS256, MARK, SECRET, untyped } from "./material.ts"

/** One call that an attacker has influence on. */
export interface Attempt {
  readonly token: unknown
  /** Default: the secret. */
  readonly key?: unknown
  /** Default: HS256 at the fixed time. */
  readonly options?: DecodeOptions | undefined
  /** Further text that no error may hold. */
  readonly marks?: readonly string[]
}

interface Call {
  readonly token: string
  readonly key: KeyInput
  readonly options: DecodeOptions
}

const ALL_DOORS = {
  decode: ({ token, key, options }: Call) => decode(token, key, options),
  decodeAsync: ({ token, key, options }: Call) => decodeAsync(token, key, options),
  decodeComplete: ({ token, key, options }: Call) => decodeComplete(token, key, options),
  decodeCompleteAsync: ({ token, key, options }: Call) => decodeCompleteAsync(token, key, options),
  verify: ({ token, key, options }: Call) => new Verifier({ ...options, key }).verify(token),
  verifyAsync: ({ token, key, options }: Call) => new Verifier({ ...options, key }).verifyAsync(token),
  verifyWithCache: ({ token, key, options }: Call) => new Verifier({ ...options, key, cache: true }).verify(token),
  verifyJws: ({ token, key, options }: Call) => verifyJws(token, key, jwsOptions(options)),
  verifyJwsAsync: ({ token, key, options }: Call) => verifyJwsAsync(token, key, jwsOptions(options)),
  getUnverifiedHeader: ({ token }: Call) => getUnverifiedHeader(token),
  decodeUnverified: ({ token }: Call) => decodeUnverified(token),
} as const

export type Door = keyof typeof ALL_DOORS

/** Doors that judge claims. */
export const JWT_DOORS: readonly Door[] = [
  ...(["decode", "decodeAsync", "decodeComplete", "decodeCompleteAsync"] as const),
  ...(["verify", "verifyAsync", "verifyWithCache"] as const),
]
/** Doors that only judge signatures. */
export const JWS_DOORS: readonly Door[] = ["verifyJws", "verifyJwsAsync"]
/** Doors that verify. */
export const VERIFYING_DOORS: readonly Door[] = [...JWT_DOORS, ...JWS_DOORS]
/** Doors that only read. */
export const READING_DOORS: readonly Door[] = ["getUnverifiedHeader", "decodeUnverified"]
/** All that take a compact token. */
export const DOORS: readonly Door[] = [...VERIFYING_DOORS, ...READING_DOORS]

const JWS_OPTIONS = ["algorithms", "crit", "detachedPayload", "enforceMinimumKeyLength", "maxTokenLength"] as const
/** Shorter pieces of a token are found in any text. */
const SHORTEST_PIECE = 16
const LONGEST_MESSAGE = 400
const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const CLEAN = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype))

/** Asserts that each of the doors refuses, with this class and code (`DecodeError token_malformed`). */
export async function expectRefused(
  attempt: Attempt,
  expected: string | RegExp,
  doors: readonly Door[] = VERIFYING_DOORS,
): Promise<void> {
  const fits = (found: string): boolean => (typeof expected === "string" ? found === expected : expected.test(found))
  expect(await unexpectedAnswers(attempt, doors, fits), `every door answers ${expected}`).toBe("")
}

/** Asserts that each of the doors accepts. */
export async function expectAccepted(attempt: Attempt, doors: readonly Door[] = VERIFYING_DOORS): Promise<void> {
  expect(await unexpectedAnswers(attempt, doors, (found) => found === "accepted"), "every door accepts").toBe("")
}

async function unexpectedAnswers(
  attempt: Attempt,
  doors: readonly Door[],
  isExpected: (found: string) => boolean,
): Promise<string> {
  const unexpected: string[] = []
  for (const door of doors) {
    const found = await outcomeAt(door, attempt)
    if (!isExpected(found)) unexpected.push(`${door}: ${found}`)
  }
  return unexpected.join("\n")
}

/** What one door answers. */
function outcomeAt(door: Door, attempt: Attempt): Promise<string> {
  const { token, key = SECRET, options = HS256 } = attempt
  const call = { token: untyped<string>(token), key: untyped<KeyInput>("key" in attempt ? attempt.key : key), options }
  return outcomeOf(() => ALL_DOORS[door](call), [...piecesOf(token), ...(attempt.marks ?? [])])
}

/**
 * What a call answers: `accepted`, or class and code of a proper error.
 *
 * @param marks - Text that the error must not hold anywhere.
 */
export async function outcomeOf(call: () => unknown, marks: readonly string[] = []): Promise<string> {
  try {
    await call()
    return "accepted"
  } catch (error) {
    return refusalOf(error, marks)
  } finally {
    expectCleanPrototypes()
  }
}

/** As {@link outcomeOf}, for calls that answer at once. */
export function outcome(call: () => unknown, marks: readonly string[] = []): string {
  try {
    call()
    return "accepted"
  } catch (error) {
    return refusalOf(error, marks)
  } finally {
    expectCleanPrototypes()
  }
}

/** The error that a call must throw. */
export function errorOf(call: () => unknown): JwtError {
  try {
    call()
  } catch (error) {
    if (error instanceof JwtError) return error
    throw error
  }
  throw new Error("expected a refusal, and the call was accepted")
}

function refusalOf(error: unknown, marks: readonly string[]): string {
  if (!(error instanceof JwtError) || !isJwtError(error)) return `leaked ${String(error).slice(0, 100)}`
  const text = everythingIn(error)
  const leaked = [MARK, SECRET, segment(MARK), ...marks].filter((mark) => mark !== "" && text.includes(mark))
  if (leaked.length > 0) return `${error.name} ${error.code} tells ${leaked.join(", ").slice(0, 200)}`
  if (error.message.length > LONGEST_MESSAGE)
    return `${error.name} ${error.code} has ${error.message.length} characters`
  return `${error.name} ${error.code}`
}

/** Message, stack, properties and causes in one text. */
export function everythingIn(error: unknown): string {
  const whole = { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null, breakLength: 1e6 }
  return `${inspect(error, whole)}\n${JSON.stringify(error)}`
}

function expectCleanPrototypes(): void {
  expect(PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype))).toEqual(CLEAN)
}

function segment(text: string): string {
  return Buffer.from(text).toString("base64url")
}

function piecesOf(token: unknown): string[] {
  if (typeof token !== "string" || token.length > 100_000) return []
  return token.split(".").filter((piece) => piece.length >= SHORTEST_PIECE)
}

function jwsOptions(options: DecodeOptions): VerifyJwsOptions {
  const given: Record<string, unknown> = { ...options }
  return Object.fromEntries(JWS_OPTIONS.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]))
}
