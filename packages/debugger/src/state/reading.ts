/** What the text in the token box says. Read at once, on every edit; a long text as soon as it stands still. */

import {
  type FoundToken,
  findTokens,
  type Reading,
  type ReadOptions,
  type Recognition,
  read,
  recognise,
  type TokenSearch,
} from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { chosenToken, maxCharacters, tokenText } from "./input.ts"
import { later } from "./later.ts"
import { ask, isPatient, LONG } from "./worker.ts"

/** More disclosures than are ever judged: a million of them are a million parts. */
const MAX_DISCLOSURES = 2000
const DELAY_MS = 100
const NOTHING: TokenSearch = { tokens: [], tooLarge: false }

/** How much is read. */
export const limits: ReadonlySignal<ReadOptions> = computed(() => ({
  maxCharacters: maxCharacters.value,
  maxDisclosures: MAX_DISCLOSURES,
}))

const long = computed(() => {
  void isPatient.value
  const text = tokenText.value
  return text.length > LONG && text.length <= maxCharacters.value ? { text, limits: limits.value } : undefined
})
const foundInLong = later(long, (asked) => ask("find", asked), DELAY_MS)

/** Whether a long text is being looked through. */
export const isReading: ReadonlySignal<boolean> = computed(
  () => long.value !== undefined && foundInLong.value === undefined,
)

/** The tokens in the text; of one that is being looked through none yet. */
export const search: ReadonlySignal<TokenSearch> = computed(() =>
  long.value === undefined ? findTokens(tokenText.value, limits.value) : (foundInLong.value ?? NOTHING),
)

/** The token that is looked at. */
export const found: ReadonlySignal<FoundToken | undefined> = computed(() => search.value.tokens[chosenToken.value])

/** What it says. */
export const reading: ReadonlySignal<Reading> = computed(() =>
  read(found.value?.text ?? (search.value.tooLarge ? tokenText.value : ""), limits.value),
)

/** Whether it is a key or a set of keys, in whatever form, and no token. */
export function isKey({ form, text }: Reading): boolean {
  return form === "jwk" || form === "jwks" || /^(-----BEGIN |ssh-|ecdsa-)/.test(text)
}

/** What kind of token it is. */
export const recognition: ReadonlySignal<Recognition> = computed(() => recognise(reading.value))
