/** Signing: only when it is asked for, exactly the bytes that are shown, with the algorithm of the key or of the user. */

import { type JsonProblem, memberOf, needOf, type OfferedKey, readJson } from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { getAlgorithm, isJwtError } from "jotkit"
import { algorithms } from "./algorithms.ts"
import { base64Url } from "./base64url.ts"
import { draft, headerMember, isHeaderOwn, leaveDraft } from "./draft.ts"
import { leastBits, signaturesOf } from "./fitting.ts"
import { giveToken, onlyAlgorithm, tokenText } from "./input.ts"
import { laidOut } from "./json-edit.ts"
import { suppliedKeys } from "./keys.ts"
import { arrived } from "./later.ts"
import { fittedHeader } from "./making-keys.ts"

/** Why something is not signed. */
export interface Obstacle {
  readonly code:
    | "key_missing"
    | "key_unreadable"
    | "key_public"
    | "key_unfit"
    | "key_other_use"
    | "algorithm_absent"
    | "header_json"
    | "unencoded"
    | "header_alg"
    | "key_weak"
    | "payload_json"
    | "refused"
  readonly details: readonly (string | number)[]
  /** Whether it can be signed all the same, to test with. */
  readonly isWaivable: boolean
}

/** Whether the texts are signed as they are typed; otherwise without the blanks between. */
export const isAsTyped: Signal<boolean> = signal(false)

/** What is signed all the same; another obstacle stands until it is waived, too. */
const waived: Signal<string> = signal("")

/** A token that was signed although it should not have been, and why. */
export const testOnly: Signal<{ readonly token: string; readonly obstacle: Obstacle } | undefined> = signal(undefined)

/** Whether someone wanted to sign, so that obstacles are worth telling. */
export const isAsked: Signal<boolean> = signal(false)

/** What could not be signed after all. */
const refusal: Signal<{ readonly input: string; readonly obstacle: Obstacle } | undefined> = signal(undefined)

/** The key that can sign; of several the one that the header names. */
export const signer: ReadonlySignal<OfferedKey | undefined> = computed(() => {
  const able = suppliedKeys.value?.filter(
    ({ jwk, isPrivate, isSymmetric }) => jwk !== undefined && (isPrivate || isSymmetric),
  )
  const named = headerMember("kid")
  return able?.find(({ keyId }) => keyId !== undefined && keyId === named) ?? able?.[0]
})

/** With which algorithm is signed: the user's, or the key's; of several that it can serve the one in the header, or the usual. */
export const signingAlgorithm: ReadonlySignal<string | undefined> = computed(() => {
  if (onlyAlgorithm.value !== "") return onlyAlgorithm.value
  const names = signer.value === undefined ? [] : signaturesOf(signer.value)
  return names.find((name) => name === headerMember("alg")) ?? names[0]
})

/** The texts, laid out as they will be signed. */
const texts = computed(() => {
  const { header, payload } = draft.value
  const written = (text: string) => (isAsTyped.value ? text : (laidOut(text, { isIndented: false }) ?? text))
  const isBlank = header.trim() === ""
  return { header: isBlank ? usualHeader() : written(ofSigner(header)), payload: written(payload) }
})

/** The header of a token that gets another key names that one; what was typed stays as it is. */
function ofSigner(header: string): string {
  const [key, algorithm] = [signer.value?.jwk, signingAlgorithm.value]
  const isOther = isHeaderOwn.value && key !== undefined && headerMember("alg") !== algorithm
  return isOther ? fittedHeader(header, key, algorithm) : header
}

/** The header of those who gave none. */
function usualHeader(): string {
  return JSON.stringify({ alg: signingAlgorithm.value, typ: "JWT" })
}

/** The bytes that are signed, all of them ASCII (RFC 7515, section 5.1). */
export const signingInput: ReadonlySignal<string> = computed(
  () => `${base64Url(texts.value.header)}.${base64Url(texts.value.payload)}`,
)

/** What is wrong with the JSON of a text. */
export function jsonProblem(text: string): JsonProblem | undefined {
  return text.trim() === "" ? undefined : readJson(text).problem
}

/** What stands against signing; the gravest first. */
export const obstacle: ReadonlySignal<Obstacle | undefined> = computed(
  () => ofKey() ?? ofHeader() ?? waivable() ?? ofPlatform(),
)

/** Whether the obstacle that stands there is waived. */
export const isWaived: ReadonlySignal<boolean> = computed(
  () => obstacle.value?.isWaivable === true && waived.value === nameOf(obstacle.value),
)

/** Waives the obstacle that stands there, or none. */
export function waive(isWanted: boolean): void {
  waived.value = isWanted && obstacle.value !== undefined ? nameOf(obstacle.value) : ""
}

function nameOf({ code, details }: Obstacle): string {
  return [code, ...details].join(" ")
}

function hard(code: Obstacle["code"], ...details: readonly (string | number)[]): Obstacle {
  return { code, details, isWaivable: false }
}

function ofKey(): Obstacle | undefined {
  const keys = suppliedKeys.value
  const key = signer.value
  if (keys === undefined) return undefined
  if (keys.length === 0) return hard("key_missing")
  if (key === undefined) return hard(keys.some(({ jwk }) => jwk !== undefined) ? "key_public" : "key_unreadable")
  const algorithm = signingAlgorithm.value
  const { keyType = "", curve = "" } = key
  const found = `${keyType} ${curve}`.trim()
  if (algorithm === undefined) return hard("key_other_use", key.algorithm ?? found)
  if (!signaturesOf(key).includes(algorithm)) return hard("key_unfit", algorithm, needOf(algorithm), found)
  // EdDSA is one name for two (RFC 8037): a browser may have one of them.
  const wanted = algorithm === "EdDSA" ? curve : algorithm
  const isAbsent = algorithms.value.some(({ name, isAvailable }) => name === wanted && !isAvailable)
  return isAbsent ? hard("algorithm_absent", wanted) : undefined
}

function ofHeader(): Obstacle | undefined {
  const { root, problem } = readJson(texts.value.header)
  if (root?.type !== "object" || problem !== undefined) return hard("header_json")
  const b64 = memberOf(root, "b64")?.value
  return b64?.type === "boolean" && b64.value === false ? hard("unencoded") : undefined
}

function waivable(): Obstacle | undefined {
  const algorithm = signingAlgorithm.value ?? ""
  if (suppliedKeys.value === undefined) return undefined
  const said = memberOf(readJson(texts.value.header).root, "alg")?.value
  const name = said?.type === "string" ? String(said.value) : ""
  const { bits } = signer.value ?? {}
  const least = leastBits(algorithm)
  const soft = (code: Obstacle["code"], ...details: readonly (string | number)[]): Obstacle => ({
    code,
    details,
    isWaivable: true,
  })
  if (name !== algorithm) return soft("header_alg", algorithm, name)
  if (bits !== undefined && bits < least) return soft("key_weak", algorithm, least, bits)
  const { root, problem } = readJson(texts.value.payload)
  return root?.type !== "object" || problem !== undefined ? soft("payload_json") : undefined
}

function ofPlatform(): Obstacle | undefined {
  return refusal.value?.input === signingInput.value ? refusal.value.obstacle : undefined
}

/** Signs what the texts say, and puts it in the place of the token. What changes meanwhile is signed as it is by then. */
export async function signDraft(): Promise<void> {
  isAsked.value = true
  refusal.value = undefined
  // Whoever is quick presses before the key was read.
  await arrived(suppliedKeys)
  const against = obstacle.peek()
  const [key, algorithm, input] = [signer.peek()?.jwk, signingAlgorithm.peek(), signingInput.peek()]
  const isStopped = against !== undefined && !isWaived.peek()
  if (isStopped || key === undefined || algorithm === undefined) return
  const before = tokenText.peek()
  try {
    const signature = await getAlgorithm(algorithm).sign(new TextEncoder().encode(input), key)
    // Whoever put another token there, or forgot everything, wants none any more; whoever went on typing wants what stands there now.
    if (tokenText.peek() !== before || !isAsked.peek()) return
    const isOther = signer.peek()?.jwk !== key || signingAlgorithm.peek() !== algorithm
    if (isOther || signingInput.peek() !== input) return signDraft()
    leaveDraft()
    giveToken(`${input}.${base64Url(signature)}`)
    testOnly.value = against === undefined ? undefined : { token: tokenText.peek(), obstacle: against }
    isAsked.value = false
  } catch (error) {
    if (!isJwtError(error)) throw error
    refusal.value = { input, obstacle: hard("refused", error.code) }
  }
}
