/** Links to this page with a token in their fragment, which no server sees; whole, redacted, or sealed. Keys are never part of a link. */

import type { Reading } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { decryptJweAsync, encryptJweAsync } from "jotkit"
import { base64Url } from "./base64url.ts"
import { now } from "./clock.ts"
import { judged } from "./judgment.ts"
import { moments, reading } from "./reading.ts"
import { language } from "./settings.ts"

/** How a token is sealed: PBES2 with the iterations that the core takes for it (RFC 7518, section 4.8). */
const SEAL = { algorithm: "PBES2-HS256+A128KW", encryption: "A256GCM" } as const
/** What stands in place of a value. */
const MASK = '"…"'
/** Letters and digits that are not mistaken for each other: 32 of them, five bits each. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
const PASSPHRASE_LENGTH = 25

/** Claims about a person (OpenID Connect Core 1.0, section 5.1, and what issuers add). */
export const PERSONAL: ReadonlySet<string> = new Set([
  "sub",
  "name",
  "given_name",
  "family_name",
  "middle_name",
  "nickname",
  "preferred_username",
  "profile",
  "picture",
  "website",
  "email",
  "gender",
  "birthdate",
  "phone_number",
  "address",
  "username",
  "unique_name",
  "upn",
  "oid",
  "sid",
  "ipaddr",
])

/** Whether what is in the box is a token, and can be shared. */
export const canShare: ReadonlySignal<boolean> = computed(() => ["jws", "jwe", "sd-jwt"].includes(reading.value.form))

/** Whether someone who gets the token could use it: it is not known to have expired, or its signature holds. */
export const isLive: ReadonlySignal<boolean> = computed(() => {
  const end = moments.value.find(({ name }) => name === "exp")?.seconds
  return end === undefined || end > now.value || judged.value?.judgment.verdicts.signature.status === "pass"
})

/** The names of the claims, each once. */
export const claimNames: ReadonlySignal<readonly string[]> = computed(() => {
  const claims = reading.value.payload?.json?.root
  return claims?.type === "object" ? [...new Set(claims.members.map(({ name }) => name))] : []
})

/** A link to this page that brings a text along. */
export function linkTo(name: "token" | "sealed", text: string): string {
  const [page] = location.href.split(/[?#]/)
  return `${page}#${new URLSearchParams({ lang: language.value, [name]: text })}`
}

/**
 * The token without its signature, and without the values of some claims. What cannot be masked is left out: disclosures, the token in a
 * token, everything that is encrypted.
 */
export function redacted({ header, payload, form }: Reading, masked: ReadonlySet<string>): string {
  const head = base64Url(header?.content ?? "")
  if (form === "jwe") return `${head}....`
  const root = payload?.json?.root
  if (root?.type !== "object" || payload?.content === undefined) return `${head}..`
  const { content } = payload
  let [text, from] = ["", 0]
  for (const { name, value } of root.members) {
    if (!masked.has(name)) continue
    text += content.slice(from, value.range[0]) + MASK
    from = value.range[1]
  }
  return `${head}.${base64Url(text + content.slice(from))}.`
}

/** A text that only the passphrase opens. */
export interface Sealed {
  readonly text: string
  readonly passphrase: string
}

/** Seals a token under a new passphrase of 125 bits. */
export async function seal(token: string): Promise<Sealed> {
  const passphrase = newPassphrase()
  return { text: await encryptJweAsync(token, passphrase, SEAL), passphrase }
}

/** @returns The token; undefined if the passphrase is another one, or the text is not sealed so. */
export async function unseal(text: string, passphrase: string): Promise<string | undefined> {
  try {
    const rules = { algorithms: [SEAL.algorithm], encryptionAlgorithms: [SEAL.encryption], maxTokenLength: 1_500_000 }
    const { plaintext } = await decryptJweAsync(text, passphrase.trim(), rules)
    return new TextDecoder("utf-8", { fatal: true }).decode(plaintext)
  } catch {
    return undefined
  }
}

function newPassphrase(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(PASSPHRASE_LENGTH))].map((byte) => ALPHABET[byte % 32])
  return letters.join("").replaceAll(/.{5}(?=.)/g, "$&-")
}
