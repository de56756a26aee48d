/** Encrypting: what the payload says, or the signed token as it is. */

import { memberOf, type OfferedKey, plainValue, readJson } from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { encryptJweAsync, isJwtError, Jwk } from "jotkit"
import { draft, giveEncrypted, headerMember, isUnsigned } from "./draft.ts"
import { CONTENT_ENCRYPTION, encryptionsOf } from "./fitting.ts"
import { tokenText } from "./input.ts"
import { laidOut } from "./json-edit.ts"
import { suppliedKeys } from "./keys.ts"
import { PBES2_CAP, settled } from "./opening.ts"
import { reading } from "./reading.ts"
import { isAsTyped } from "./signing.ts"

/** The way of the content's key; empty: by header and key. */
export const chosenManagement: Signal<string> = signal("")
/** How the content is encrypted; empty: by header and key. */
export const chosenEncryption: Signal<string> = signal("")
/** Whether the signed token is what is encrypted. */
export const isNesting: Signal<boolean> = signal(false)
/** Whether it is compressed first. */
export const isCompressed: Signal<boolean> = signal(false)
/** How often a password is hashed; undefined: as the library does. */
export const passwordCount: Signal<number | undefined> = signal(undefined)
/** What this browser lacks. */
export const missingEncryptions: Signal<ReadonlySet<string>> = signal(new Set())
/** Why nothing was encrypted. */
export const encryptingProblem: Signal<{ readonly code: string; readonly detail: string } | undefined> =
  signal(undefined)

/** RFC 7518, section 4.8.1.2. */
const LEAST_COUNT = 1000
const USUAL = "A256GCM"
/** Only these browsers may lack; the others belong to what every WebCrypto has. */
const DOUBTFUL = ["A192KW", "A192GCMKW", "A192GCM", "A192CBC-HS384"]
const WITH_192_BITS = ["ECDH-ES+A192KW", "PBES2-HS384+A192KW"]
/** What belongs to the way of encryption, and is written anew. */
const OWN_MEMBERS = ["alg", "enc", "zip", "epk", "p2s", "p2c", "iv", "tag"]

/** Asks the platform for AES with 192 bits, by using it once. */
export async function probeEncryptions(): Promise<void> {
  const lacking = await Promise.all(DOUBTFUL.map(async (name) => ((await canEncrypt(name)) ? [] : [name])))
  const missing = new Set(lacking.flat())
  for (const name of missing.has("A192KW") ? WITH_192_BITS : []) missing.add(name)
  missingEncryptions.value = missing
}

async function canEncrypt(name: string): Promise<boolean> {
  const isContent = Object.hasOwn(CONTENT_ENCRYPTION, name)
  const options = isContent ? { algorithm: "dir", encryption: name } : { algorithm: name, encryption: USUAL }
  try {
    await encryptJweAsync("", await Jwk.generateAsync(name), options)
    return true
  } catch (error) {
    if (!isJwtError(error)) throw error
    return false
  }
}

/** The key that can encrypt: any that fits a way of encryption. */
const encrypter: ReadonlySignal<OfferedKey | undefined> = computed(() =>
  suppliedKeys.value?.find((key) => key.jwk !== undefined && encryptionsOf(key).length > 0),
)

/** The way of the content's key: the chosen one, that of the header if the key fits it, or the key's usual one. */
export const management: ReadonlySignal<string | undefined> = computed(() => {
  if (chosenManagement.value !== "") return chosenManagement.value
  const names = encrypter.value === undefined ? [] : encryptionsOf(encrypter.value)
  const written = headerMember("alg")
  return names.find((name) => name === written) ?? names.find((name) => !missingEncryptions.value.has(name))
})

/** How the content is encrypted: as chosen, as the header says, or as usual. With `dir` the key is the content's, and its length decides. */
export const encryption: ReadonlySignal<string> = computed(() => {
  if (chosenEncryption.value !== "") return chosenEncryption.value
  const { algorithm, bits } = encrypter.value ?? {}
  const written = headerMember("enc")
  const names = Object.keys(CONTENT_ENCRYPTION)
  if (management.value !== "dir") return names.find((name) => name === written) ?? USUAL
  if (algorithm !== undefined && Object.hasOwn(CONTENT_ENCRYPTION, algorithm)) return algorithm
  const fitting = names.filter((name) => CONTENT_ENCRYPTION[name] === bits)
  return fitting.find((name) => name === written) ?? fitting[0] ?? USUAL
})

/** Whether there is a signed token to encrypt. */
export const canNest: ReadonlySignal<boolean> = computed(() => reading.value.form === "jws" && !isUnsigned.value)

/** Encrypts, and puts the result in the place of the token. */
export async function encryptDraft(): Promise<void> {
  await settled()
  const [key, algorithm] = [encrypter.peek(), management.peek()]
  const content = contentToEncrypt()
  encryptingProblem.value = undefined
  if (key?.jwk === undefined || algorithm === undefined) return refuse("key", "")
  if (!encryptionsOf(key).includes(algorithm)) return refuse("unfit", algorithm)
  if (content === "") return refuse("empty", "")
  if (!isCountGood(algorithm)) return refuse("count", "")
  const before = tokenText.peek()
  try {
    const token = await encryptJweAsync(content, key.isPrivate ? key.jwk.publicKey() : key.jwk, {
      algorithm,
      encryption: encryption.peek(),
      header: headerFor(key),
      zip: isCompressed.peek(),
      enforceMinimumKeyLength: true,
      pbes2Count: algorithm.startsWith("PBES2") ? passwordCount.peek() : undefined,
    })
    // As for signing.
    if (tokenText.peek() !== before) return
    if (encrypter.peek() !== key || contentToEncrypt() !== content) return encryptDraft()
    giveEncrypted(token, content)
  } catch (error) {
    if (!isJwtError(error)) throw error
    refuse(error.code === "algorithm_unavailable" ? "absent" : error.code, `${algorithm}, ${encryption.peek()}`)
  }
}

function isCountGood(algorithm: string): boolean {
  const count = passwordCount.peek()
  return !algorithm.startsWith("PBES2") || count === undefined || (count >= LEAST_COUNT && count <= PBES2_CAP)
}

function contentToEncrypt(): string {
  const { payload } = draft.peek()
  if (isNested()) return reading.peek().text
  return isAsTyped.peek() ? payload : (laidOut(payload, { isIndented: false }) ?? payload)
}

function isNested(): boolean {
  return isNesting.peek() && canNest.peek()
}

function refuse(code: string, detail: string): void {
  encryptingProblem.value = { code, detail }
}

/** The header of an encrypted token that is edited stays; that of a signed one is not the encrypted one's. */
function headerFor({ keyId }: OfferedKey): Record<string, unknown> {
  const { root } = readJson(draft.peek().header)
  const isOfEncrypted = memberOf(root, "enc") !== undefined
  const kept = isOfEncrypted && root !== undefined ? (plainValue(root) as Record<string, unknown>) : {}
  const usual = isNested() ? { cty: "JWT" } : isOfEncrypted ? {} : { typ: "JWT" }
  const members = Object.entries({ ...usual, ...(keyId === undefined ? {} : { kid: keyId }), ...kept })
  return Object.fromEntries(members.filter(([name]) => !OWN_MEMBERS.includes(name)))
}
