/** What the text in the token box says. Read at once, on every edit. */

import {
  explainTime,
  type FoundToken,
  findTokens,
  memberOf,
  type Reading,
  type Recognition,
  read,
  recognise,
  type TokenSearch,
} from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { chosenToken, maxCharacters, tokenText } from "./input.ts"

/** The tokens in the text. */
export const search: ReadonlySignal<TokenSearch> = computed(() =>
  findTokens(tokenText.value, { maxCharacters: maxCharacters.value }),
)

/** The token that is looked at. */
export const found: ReadonlySignal<FoundToken | undefined> = computed(() => search.value.tokens[chosenToken.value])

/** What it says. */
export const reading: ReadonlySignal<Reading> = computed(() =>
  read(found.value?.text ?? (search.value.tooLarge ? tokenText.value : ""), { maxCharacters: maxCharacters.value }),
)

/** What kind of token it is. */
export const recognition: ReadonlySignal<Recognition> = computed(() => recognise(reading.value))

/** A moment that the token names. */
export interface Moment {
  readonly name: string
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number
}

const TIMES = ["auth_time", "iat", "nbf", "exp"]

/** The moments of the token, earliest first. */
export const moments: ReadonlySignal<readonly Moment[]> = computed(() => {
  const claims = reading.value.payload?.json?.root
  const all = TIMES.flatMap((name): Moment[] => {
    const value = memberOf(claims, name)?.value
    const { seconds } = value === undefined ? {} : explainTime(value)
    return seconds === undefined ? [] : [{ name, seconds }]
  })
  return all.sort((one, other) => one.seconds - other.seconds)
})
