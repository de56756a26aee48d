/** What the user gave: the token's text, and the key's. It lives here, in the memory of the page, and nowhere else. */

import type { FoundToken, Provenance, RemovalKind, SecretEncoding } from "@jotkit/inspect"
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { chosenMoment } from "./clock.ts"

/** A key that came as a file and is no text. */
export interface KeyFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** The text in the token box, as it was pasted or typed. */
export const tokenText: Signal<string> = signal("")

/** The most characters that are read, unless the user asks for more. */
const USUAL_CHARACTERS = 1_048_576

/** The most characters that are read. */
export const maxCharacters: Signal<number> = signal(USUAL_CHARACTERS)

/** The most lines that a box shows: the browser lays out each. */
export const MAX_LINES = 20_000

/** How many lines a text has; of more than a box shows one more. */
export function linesOf(text: string): number {
  return text.split("\n", MAX_LINES + 1).length
}

/** Characters that are shown of a text that is too much for a box. */
const FIRST_CHARACTERS = 4000

/** What the token box shows: of a text that would keep the browser busy for seconds the beginning. */
export const shownText: ReadonlySignal<string> = computed(() => {
  const text = tokenText.value
  const isShown = text.length <= USUAL_CHARACTERS && linesOf(text) <= MAX_LINES
  return isShown ? text : text.slice(0, FIRST_CHARACTERS)
})

/** Whether a link brought what is in the token box. */
const isLinked = signal(false)

/** A text that was too long, and the box that did not take it. */
export interface Refused {
  readonly box: string
  readonly text: string
}

/** The last text that was refused; undefined once another was taken. */
export const refused: Signal<Refused | undefined> = signal(undefined)

/** Which of the tokens in that text is looked at. */
export const chosenToken: Signal<number> = signal(0)

/** The token box before it was cleaned. */
export interface Cleaning {
  readonly text: string
  /** Which of its tokens was looked at. */
  readonly chosen: number
  readonly removed: readonly RemovalKind[]
}

/** What stood in the token box before it was cleaned. */
export const beforeCleaning: Signal<Cleaning | undefined> = signal(undefined)

/** The text in the key box. */
export const keyText: Signal<string> = signal("")

/** A key that is no text; counts before the text. */
export const keyFile: Signal<KeyFile | undefined> = signal(undefined)

/** Where the key in the box comes from, if the user did not type it: true of that text only. */
export interface KeyOrigin {
  readonly text: string
  readonly provenance: Provenance
}

/** Where the key in the box comes from; undefined for the user. */
export const keyOrigin: Signal<KeyOrigin | undefined> = signal(undefined)

/** How the text of a secret stands for bytes. */
export const secretEncoding: Signal<SecretEncoding> = signal("utf8")

/** What opens an encrypted private key. */
export const passphrase: Signal<string> = signal("")

/** The algorithms that the user accepts, with spaces between them; empty for any that fits the key. */
export const acceptedAlgorithm: Signal<string> = signal("")

/** The one algorithm that the user accepts; empty for any that fits, and for several. */
export const onlyAlgorithm: ReadonlySignal<string> = computed(() =>
  acceptedAlgorithm.value.includes(" ") ? "" : acceptedAlgorithm.value,
)

/** The policy as it stands in the form; where several values may be, each is a line. */
export interface PolicyFields {
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  readonly typ: string
  readonly require: string
  readonly maxAge: string
  readonly leeway: string
}

/** A policy that asks for nothing. */
export const emptyPolicy: PolicyFields = {
  issuer: "",
  audience: "",
  subject: "",
  typ: "",
  require: "",
  maxAge: "",
  leeway: "",
}

/** What is expected of the token's claims. */
export const policyFields: Signal<PolicyFields> = signal(emptyPolicy)

/** The nonce that is expected; it is for one token, so it is no part of the policy. */
export const expectedNonce: Signal<string> = signal("")

/** What travels beside the token. */
export interface BesideFields {
  readonly accessToken: string
  readonly code: string
  readonly state: string
  /** A DPoP proof, its key, or the key's thumbprint. */
  readonly proof: string
  /** What a token signs without holding it. */
  readonly content: string
}

const nothingBeside: BesideFields = { accessToken: "", code: "", state: "", proof: "", content: "" }

/** What was given of it. */
export const besideFields: Signal<BesideFields> = signal(nothingBeside)

/** Takes a text as the token's; the same text once more is from where it was before. */
export function giveToken(text: string, fromLink = false): void {
  batch(() => {
    isLinked.value = fromLink || (isLinked.peek() && text === tokenText.peek())
    tokenText.value = text
    refused.value = undefined
    chosenToken.value = 0
    beforeCleaning.value = undefined
    // Another token is looked at as of now.
    chosenMoment.value = undefined
  })
}

/** Leaves only the token itself in the box; what was there can be put back. */
export function cleanToken({ text, removed }: FoundToken): void {
  const before = { text: tokenText.peek(), chosen: chosenToken.peek(), removed }
  giveToken(text, isLinked.peek())
  beforeCleaning.value = before
}

/** Puts back what stood in the box before it was cleaned. */
export function restoreToken({ text, chosen }: Cleaning): void {
  giveToken(text, isLinked.peek())
  chosenToken.value = chosen
}

/** Takes a text as the key's. */
export function giveKey(text: string): void {
  batch(() => {
    keyText.value = text
    refused.value = undefined
    keyFile.value = undefined
  })
}

/** Takes a text as the key's that a link brought: whoever made the link may have made token and key, so it counts as the token's own. */
export function giveLinkedKey(text: string): void {
  giveKey(text)
  keyOrigin.value = { text, provenance: "embedded" }
}

/** Lets what stands in the token box be the key, and nothing of it stay behind. */
export function moveToKey(text: string): void {
  if (isLinked.peek()) giveLinkedKey(text)
  else giveKey(text)
  giveToken("")
}

/** Empties everything that was given. */
export function clearInput(): void {
  batch(() => {
    giveToken("")
    giveKey("")
    keyOrigin.value = undefined
    maxCharacters.value = USUAL_CHARACTERS
    secretEncoding.value = "utf8"
    passphrase.value = ""
    acceptedAlgorithm.value = ""
    policyFields.value = emptyPolicy
    expectedNonce.value = ""
    besideFields.value = nothingBeside
  })
}
