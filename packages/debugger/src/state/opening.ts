/** Opening encrypted tokens with the key in the key box. */

import { memberOf, type OfferedKey, plainValue, type Reading, read, textMember } from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { decryptJweAsync, isJwtError } from "jotkit"
import { base64Url } from "./base64url.ts"
import { encryptionsOf } from "./fitting.ts"
import { suppliedKeys } from "./keys.ts"
import { arrived, later } from "./later.ts"
import { reading } from "./reading.ts"

/** What is asked for without asking, and what is not done even then: someone else's token must not keep the machine busy. */
export const PBES2_CAP = 1_200_000
const PBES2_LIMIT = 10_000_000
/** Keys of a set that are tried. */
const MAX_TRIES = 16
const DELAY_MS = 80

/** What came of opening a token. */
export type Opening =
  | { readonly state: "opened"; readonly inside: Reading; readonly algorithm: string; readonly encryption: string }
  | { readonly state: "refused"; readonly code: string }
  | { readonly state: "costly" | "too_costly"; readonly count: number }
  | { readonly state: "public" | "unfit" }

/** The token whose password may be hashed as often as it asks for. */
export const allowedCost: Signal<Reading | undefined> = signal(undefined)

/** How often an encrypted token asks for its password to be hashed, for all its recipients together; any header may say so. */
export const iterations: ReadonlySignal<number> = computed(() => {
  let sum = 0
  for (const { json } of reading.value.segments) {
    const count = memberOf(json?.root, "p2c")?.value
    if (count?.type === "number") sum += Number(count.value)
  }
  return sum
})

const question = computed(() => {
  const keys = suppliedKeys.value ?? []
  if (reading.value.form !== "jwe" || keys.length === 0) return undefined
  return {
    reading: reading.value,
    keys,
    count: iterations.value,
    isAllowed: allowedCost.value === reading.value,
  }
})

/** What the token holds, if the key in the key box opens it; undefined while that is being found out. */
export const opening: ReadonlySignal<Opening | undefined> = later(question, openWithAny, DELAY_MS)

async function openWithAny(asked: NonNullable<typeof question.value>): Promise<Opening> {
  const { keys, count, isAllowed } = asked
  const keyId = textMember(asked.reading.header?.json?.root, "kid")
  const named = keys.filter((key) => key.keyId !== undefined && key.keyId === keyId)
  const usable = (named.length > 0 ? named : keys).filter((key) => key.isPrivate || key.isSymmetric)
  if (usable.length === 0) return { state: keys.some(({ jwk }) => jwk !== undefined) ? "public" : "unfit" }
  let answer: Opening = { state: "unfit" }
  for (const key of usable.slice(0, MAX_TRIES)) {
    answer = await open(asked.reading, key, isAllowed ? PBES2_LIMIT : PBES2_CAP)
    if (answer.state === "opened") return answer
  }
  // The core has hashed no more than that, and tried the recipients that cost less.
  if (answer.state === "refused" && !isAllowed && count > PBES2_CAP)
    return { state: count > PBES2_LIMIT ? "too_costly" : "costly", count }
  return answer
}

async function open({ text, document, header }: Reading, key: OfferedKey, maxPbes2Count: number): Promise<Opening> {
  const algorithms = encryptionsOf(key)
  const { jwk } = key
  if (jwk === undefined || algorithms.length === 0) return { state: "unfit" }
  const token = document?.root === undefined ? text : (plainValue(document.root) as object)
  try {
    const opened = await decryptJweAsync(token, jwk, { algorithms, zip: true, maxPbes2Count })
    const members = { ...opened.recipientHeader, ...opened.unprotected, ...opened.header }
    const [algorithm = "", encryption = ""] = [members.alg, members["enc"]].map(String)
    // Read as what it would be if it were not encrypted: the same views then show it.
    const inside = read(`${header?.text ?? ""}.${base64Url(opened.plaintext)}.`)
    return { state: "opened", inside, algorithm, encryption }
  } catch (error) {
    if (!isJwtError(error)) throw error
    return { state: "refused", code: error.code }
  }
}

/** True as soon as nothing more is going to be opened. */
const isSettled = computed(() => (question.value === undefined || opening.value !== undefined ? true : undefined))

/** Waits until the key was read and the token opened with it, for acts on what the page then shows: whoever is quick presses before. */
export async function settled(): Promise<void> {
  await arrived(suppliedKeys)
  await arrived(isSettled)
}

/** What the key opened, read as if it had not been encrypted. */
export const opened: ReadonlySignal<Reading | undefined> = computed(() =>
  opening.value?.state === "opened" ? opening.value.inside : undefined,
)
