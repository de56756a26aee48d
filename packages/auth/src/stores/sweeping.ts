/** How often a store forgets by itself what is over. */
const SWEEP_INTERVAL_SECONDS = 60

/** Tells, once for every interval of the callers' time, that it is time to sweep; the first interval begins with the first call. */
export function sweepTimer(): (now: number) => boolean {
  let next = Number.NaN
  return (now) => {
    if (now < next) return false
    const isDue = now >= next
    next = now + SWEEP_INTERVAL_SECONDS
    return isDue
  }
}
