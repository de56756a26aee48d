/** Runs one hostile JWE through every door that decrypts. */
import { type DecryptJweOptions, decrypt, decryptAsync, decryptJwe, decryptJweAsync, type KeyInput } from "jotkit"
import { expect } from "vitest"
import { compactJwe, type Flattened, KEY_MANAGEMENT, type Recipe } from "../sealed.ts"
import { outcomeOf } from "./doors.ts"
import { CLAIMS, NOW, SECRET, untyped } from "./material.ts"

/** What every refusal of the cryptography looks like. */
export const FAILED = "DecryptionError decryption_failed"
/** What every refusal of a header looks like. */
export const BAD_HEADER = "DecodeError header_invalid"

/** One call that an attacker has influence on. */
export interface SealedAttempt {
  readonly token: unknown
  readonly key: unknown
  readonly options?: DecryptJweOptions | undefined
}

interface Call {
  readonly token: string
  readonly key: KeyInput
  readonly options: DecryptJweOptions
}

const SEALED_DOORS = {
  decryptJwe: ({ token, key, options }: Call) => decryptJwe(token, key, options),
  decryptJweAsync: ({ token, key, options }: Call) => decryptJweAsync(token, key, options),
  decrypt: ({ token, key, options }: Call) => decrypt(token, key, { ...options, now: NOW }),
  decryptAsync: ({ token, key, options }: Call) => decryptAsync(token, key, { ...options, now: NOW }),
} as const

type SealedDoor = keyof typeof SEALED_DOORS

/** Doors that take the JSON serializations. */
const JWE_DOORS: readonly SealedDoor[] = ["decryptJwe", "decryptJweAsync"]
const ALL_DOORS: readonly SealedDoor[] = [...JWE_DOORS, "decrypt", "decryptAsync"]

/** Asserts that each door refuses, with this class and code. */
export async function expectSealedRefused(attempt: SealedAttempt, expected: string | RegExp): Promise<void> {
  const fits = (found: string): boolean => (typeof expected === "string" ? found === expected : expected.test(found))
  const found = await answersTo(attempt)
  expect(
    found.filter(([, answer]) => !fits(answer)),
    `every door answers ${expected}`,
  ).toEqual([])
}

/** Asserts that each door accepts: what the hostile variants differ from is genuine. */
export async function expectSealedAccepted(attempt: SealedAttempt): Promise<void> {
  expect((await answersTo(attempt)).filter(([, answer]) => answer !== "accepted")).toEqual([])
}

async function answersTo(attempt: SealedAttempt): Promise<(readonly [SealedDoor, string])[]> {
  const { token, key, options = { algorithms: KEY_MANAGEMENT } } = attempt
  const call: Call = { token: untyped(token), key: untyped(key), options }
  const doors = typeof token === "string" ? ALL_DOORS : JWE_DOORS
  const answers: (readonly [SealedDoor, string])[] = []
  for (const door of doors) answers.push([door, await outcomeOf(() => SEALED_DOORS[door](call))])
  return answers
}

/** A key of this length; its bytes must not stand in any error. */
export function secretOf(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.from(SECRET.slice(0, bytes)))
}

/** A recipe whose plaintext is ordinary claims. */
export function claimsRecipe(recipe: Recipe): Recipe {
  return { plaintext: JSON.stringify(CLAIMS), ...recipe }
}

/** A compact token over ordinary claims. */
export function sealedToken(recipe: Recipe): string {
  return compactJwe(claimsRecipe(recipe))
}

/** The same token with one segment changed. */
export function withSegment(token: string, index: number, change: (bytes: Buffer) => Uint8Array): string {
  const segments = token.split(".")
  segments[index] = Buffer.from(change(Buffer.from(segments[index] ?? "", "base64url"))).toString("base64url")
  return segments.join(".")
}

/** The segments of a compact token, by place. */
export const SEGMENT = { header: 0, encryptedKey: 1, iv: 2, ciphertext: 3, tag: 4 } as const

/** The members of a flattened JWE without some of them. */
export function without(jwe: Flattened, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(jwe).filter(([name]) => !names.includes(name)))
}
