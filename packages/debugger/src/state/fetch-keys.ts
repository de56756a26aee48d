/**
 * Fetching a key set: the only thing that leaves the page, only in the build that has the button, only on a click, and nothing but the
 * address that is shown. What came is labelled by who named the address.
 */

import { readKeys, textMember } from "@jotkit/inspect"
import { batch, type Signal, signal } from "@preact/signals"
import { giveKey, keyOrigin, keyText } from "./input.ts"
import { reading } from "./reading.ts"

/** Longest wait, in seconds. */
export const MAX_SECONDS = 10
/** Largest answer, in bytes. */
export const MAX_BYTES = 1_048_576

/** Members with which a token says where keys are (RFC 7515, section 4.1.2, and OpenID Connect). */
const NAMING = ["jku", "x5u", "jwks_uri"]

/** Where a fetch stands. */
export type FetchState =
  | { readonly code: "idle" | "busy" | "address_invalid" | "unreachable" | "elsewhere" | "slow" | "large" | "no_keys" }
  | { readonly code: "status" | "done" | "done_named"; readonly detail: number }

/** Where the last fetch stands. */
export const fetchState: Signal<FetchState> = signal({ code: "idle" })

/** The address as it would be asked; undefined where it is not one to ask. */
export function askedAddress(text: string): string | undefined {
  if (!URL.canParse(text.trim())) return undefined
  const url = new URL(text.trim())
  const isLoopback = url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname)
  if ((url.protocol !== "https:" && !isLoopback) || url.username !== "" || url.password !== "") return undefined
  url.hash = ""
  return url.href
}

/** Fetches, and puts the keys into the key box; unless another address, or another key, was typed meanwhile. */
export async function fetchKeys(address: string): Promise<void> {
  const [busy, key]: [FetchState, string] = [{ code: "busy" }, keyText.peek()]
  fetchState.value = busy
  const { state, text } = await ask(address)
  if (fetchState.peek() !== busy) return
  if (keyText.peek() !== key) return forgetFetch()
  if (text !== undefined) take(address, text)
  fetchState.value = state
}

/** Nothing was fetched, and what is on its way does not count. */
export function forgetFetch(): void {
  fetchState.value = { code: "idle" }
}

interface Asked {
  readonly state: FetchState
  readonly text?: string
}

async function ask(address: string): Promise<Asked> {
  const limit = AbortSignal.timeout(MAX_SECONDS * 1000)
  try {
    const response = await fetch(address, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      redirect: "manual",
      signal: limit,
    })
    if (response.type === "opaqueredirect") return { state: { code: "elsewhere" } }
    if (!response.ok) return { state: { code: "status", detail: response.status } }
    const text = await textOf(response)
    return text === undefined ? { state: { code: "large" } } : await judged(address, text)
  } catch {
    return { state: { code: limit.aborted ? "slow" : "unreachable" } }
  }
}

/** The answer, read piece by piece so that a large one is not waited for; undefined if it is too large. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let [text, length] = ["", 0]
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {}
    if (done) return text + decoder.decode()
    length += value?.length ?? 0
    if (length > MAX_BYTES) {
      await reader?.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

async function judged(address: string, text: string): Promise<Asked> {
  const keys = await readKeys(text)
  if (!keys.some(({ form, jwk }) => (form === "jwk" || form === "jwks") && jwk !== undefined))
    return { state: { code: "no_keys" } }
  return { state: { code: isNamed(address) ? "done_named" : "done", detail: keys.length }, text }
}

/** The token may name the address that its keys are at, in any of its headers, and then it proves nothing. */
function isNamed(address: string): boolean {
  const named = reading.peek().segments.flatMap(({ json }) => NAMING.map((name) => textMember(json?.root, name)))
  return named.some((text) => text !== undefined && askedAddress(text) === address)
}

function take(address: string, text: string): void {
  batch(() => {
    giveKey(text)
    keyOrigin.value = { text, provenance: isNamed(address) ? "named" : "issuer" }
  })
}
