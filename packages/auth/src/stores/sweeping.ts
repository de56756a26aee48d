/** How often a store forgets by itself what is over. */
const SWEEP_INTERVAL_SECONDS = 60

const HOUR_SECONDS = 3600

/** Keys by the hour of their end: whoever forgets what is over does not look at a million of others. */
export class Ends {
  readonly #hours = new Map<number, Set<string>>()

  add(key: string, end: number): void {
    const hour = Math.floor(end / HOUR_SECONDS)
    const keys = this.#hours.get(hour) ?? new Set()
    this.#hours.set(hour, keys.add(key))
  }

  /** Takes out the keys of every hour that has begun. One whose end is yet to come, or was put off, must be added again. */
  take(now: number): string[] {
    const taken: string[] = []
    for (const [hour, keys] of this.#hours) {
      if (hour * HOUR_SECONDS > now) continue
      this.#hours.delete(hour)
      for (const key of keys) taken.push(key)
    }
    return taken
  }
}

/**
 * Tells, once for every interval of the callers' time, that it is time to sweep; the first interval begins with the first call. A clock
 * that was put back begins another one, or nothing would be swept until it is there again.
 */
export function sweepTimer(): (now: number) => boolean {
  let last = Number.NaN
  return (now) => {
    if (Math.abs(now - last) < SWEEP_INTERVAL_SECONDS) return false
    const isDue = now > last
    last = now
    return isDue
  }
}
