/** The moment by which the token is judged: now, or one that the user looks at. */

import { computed, type ReadonlySignal } from "@preact/signals"
import { chosenMoment, now } from "./clock.ts"
import { leeway, maxAge } from "./policy.ts"
import { moments } from "./reading.ts"

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
