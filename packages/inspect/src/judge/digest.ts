/** Hashes by the platform, as tokens write them. */

import { type BuiltInAlgorithm, getAlgorithm } from "jotkit"
import { writeBase64Url } from "../read/base64url.ts"

const BY_LENGTH = { 256: "HS256", 384: "HS384", 512: "HS512" } as const

/** A hash of the SHA-2 family. */
export function sha2(bits: keyof typeof BY_LENGTH, bytes: Uint8Array): Promise<Uint8Array> {
  // Each of the three is built in.
  return (getAlgorithm(BY_LENGTH[bits]) as BuiltInAlgorithm).digestAsync(bytes)
}

/** The same as base64url. */
export async function sha2Text(bits: keyof typeof BY_LENGTH, text: string): Promise<string> {
  return writeBase64Url(await sha2(bits, new TextEncoder().encode(text)))
}
