/** Wycheproof as files of groups of tests, and what is run of it: the numbers add up in one place. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { JwkObject } from "jotkit"
import { isJwtError } from "jotkit"
import { ANSWERED_DIFFERENTLY, WYCHEPROOF_LEFT_OUT } from "./left-out.ts"

export type KeyOrSet = JwkObject | { readonly keys: readonly unknown[] }

interface JoseKeys {
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
}

interface JoseGroup extends JoseKeys {
  readonly tests: readonly Omit<JoseTest, keyof JoseKeys>[]
}

/** A test about a whole token. */
export interface JoseTest extends JoseKeys {
  readonly tcId: number
  readonly jws?: string | object
  readonly jwe?: string | object
  /** The plaintext in hex. */
  readonly pt?: string
  readonly result: string
}

export type Answer = "accept" | "refuse"

/** File, number of vectors that are run: signed tokens and keys for them. `json_web_crypto` is half about each. */
export const SIGNED = [
  ["json_web_signature", 401],
  ["json_web_key", 25],
  ["json_web_crypto", 48],
] as const

/**
 * File, algorithm, number of vectors, and of checks: each vector is asked once for each form of its key, which is PEM, DER
 * and JWK, or bytes and JWK. Ten vectors of each curve come without a JWK.
 */
export const SIGNATURES = [
  ["ecdsa_secp256k1_sha256_p1363", "ES256K", 252, 746],
  ["ecdsa_secp256r1_sha256_p1363", "ES256", 262, 776],
  ["ecdsa_secp384r1_sha384_p1363", "ES384", 280, 830],
  ["ecdsa_secp521r1_sha512_p1363", "ES512", 318, 944],
  ["ed25519", "EdDSA", 151, 453],
  ["ed25519", "Ed25519", 151, 453],
  ["ed448", "EdDSA", 87, 261],
  ["ed448", "Ed448", 87, 261],
  ["hmac_sha256", "HS256", 174, 348],
  ["hmac_sha384", "HS384", 174, 348],
  ["hmac_sha512", "HS512", 174, 348],
  ["rsa_signature_2048_sha256", "RS256", 259, 777],
  ["rsa_signature_2048_sha384", "RS384", 258, 774],
  ["rsa_signature_2048_sha512", "RS512", 259, 777],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256", 108, 324],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384", 141, 423],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512", 179, 537],
] as const

/** File, number of vectors that are run: encrypted tokens. */
export const ENCRYPTED = [
  ["json_web_encryption", 139],
  ["json_web_crypto", 34],
] as const

/** File, number of vectors that are run, each inside a JWE made around it. */
export const ENCRYPTION_PRIMITIVES = [
  ["a128cbc_hs256", 77],
  ["a192cbc_hs384", 77],
  ["a256cbc_hs512", 77],
  ["aes_gcm", 262],
  ["aes_cbc_pkcs5", 216],
  ["aes_wrap", 165],
  ["ecdh_secp256r1_webcrypto", 353],
  ["ecdh_secp384r1_webcrypto", 794],
  ["ecdh_secp521r1_webcrypto", 655],
  ["x25519_jwk", 531],
  ["x448_jwk", 523],
  ["rsa_oaep_2048_sha1_mgf1sha1", 36],
  ["rsa_oaep_2048_sha256_mgf1sha256", 37],
  ["rsa_oaep_2048_sha384_mgf1sha384", 34],
  ["rsa_oaep_2048_sha512_mgf1sha512", 33],
] as const

/** How many vectors of a file are run. */
export function runOf(file: string): number {
  // Some files are run under two names of an algorithm.
  const signatures = new Map<string, number>(SIGNATURES.map(([name, , count]) => [name, count]))
  const others = [...SIGNED, ...ENCRYPTED, ...ENCRYPTION_PRIMITIVES].filter(([name]) => name === file)
  return others.reduce((sum, [, count]) => sum + count, signatures.get(file) ?? 0)
}

export function groupsOf<T extends { readonly tests: readonly object[] }>(folder: string, file: string): readonly T[] {
  return JSON.parse(readFileSync(join(folder, `${file}_test.json`), "utf8")).testGroups
}

/** The tests of a file, each with what its group says. */
export function testsOf<T>(folder: string, file: string): readonly T[] {
  const groups = groupsOf<{ tests: readonly object[] }>(folder, file)
  return groups.flatMap(({ tests, ...group }) => tests.map((one) => ({ ...group, ...one }) as T))
}

export function joseTests(folder: string, file: string): readonly JoseTest[] {
  return groupsOf<JoseGroup>(folder, file).flatMap(({ tests, ...keys }) => tests.map((one) => ({ ...keys, ...one })))
}

export function joseTest(folder: string, file: string, tcId: number): JoseTest {
  const found = joseTests(folder, file).find((one) => one.tcId === tcId)
  if (found === undefined) throw new Error(`${file} has no vector ${tcId}`)
  return found
}

export function isLeftOut(file: string, tcId: number): boolean {
  return WYCHEPROOF_LEFT_OUT.some((one) => one.file === file && typeof one.ids !== "number" && one.ids.includes(tcId))
}

/** What we answer, where that is not what the vector says. */
export function differentAnswer(file: string, tcId: number): Answer | undefined {
  return ANSWERED_DIFFERENTLY.find(({ file: other, ids }) => other === file && ids.includes(tcId))?.answer
}

export function toAnswer(result: string): Answer {
  return result === "valid" ? "accept" : "refuse"
}

/** `accept`, `refuse`, or what else came out. */
export async function answerOf(call: () => unknown): Promise<string> {
  try {
    await call()
    return "accept"
  } catch (error) {
    return isJwtError(error) ? "refuse" : `foreign error ${String(error)}`
  }
}

export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"))
}
