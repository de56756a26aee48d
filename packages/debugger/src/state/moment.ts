/** The moment by which the token is judged: now, or one that the user looks at. */

import { explainTime, memberOf } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { chosenMoment, now } from "./clock.ts"
import { opened } from "./opening.ts"
import { leeway, maxAge } from "./policy.ts"
import { reading } from "./reading.ts"

/** A moment that the token names. */
export interface Moment {
  readonly name: string
  /** Since 1970-01-01T00:00:00Z. */
  readonly seconds: number
}

const TIMES = ["auth_time", "iat", "nbf", "exp"]

/** The moments of the token, of an encrypted one those of what is inside; earliest first. */
export const moments: ReadonlySignal<readonly Moment[]> = computed(() => {
  const claims = (opened.value?.nested ?? opened.value ?? reading.value).payload?.json?.root
  const all = TIMES.flatMap((name): Moment[] => {
    const value = memberOf(claims, name)?.value
    const { seconds } = value === undefined ? {} : explainTime(value)
    return seconds === undefined ? [] : [{ name, seconds }]
  })
  return all.sort((one, other) => one.seconds - other.seconds)
})

/** The moment by which everything is judged. */
export const at: ReadonlySignal<number> = computed(() => chosenMoment.value ?? now.value)

/** Changes when the answers may: only then do the verdicts need a new look at the clock. */
export const epoch: ReadonlySignal<number> = computed(() => edges.value.filter((seconds) => seconds <= at.value).length)

/** The seconds from which on a check of the time may answer otherwise. */
const edges = computed(() =>
  moments.value.flatMap(({ seconds }) => {
    const oldest = maxAge.value === undefined ? [] : [seconds + maxAge.value + leeway.value + 1]
    return [seconds - leeway.value, seconds, seconds + leeway.value, ...oldest]
  }),
)
