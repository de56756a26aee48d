/** What the text in the token box says. Read at once, on every edit; a long text as soon as it stands still. */

import {
  explainTime,
  type FoundToken,
  findTokens,
  memberOf,
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
