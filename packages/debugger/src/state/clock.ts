/** The time, in seconds since 1970-01-01T00:00:00Z, as long as someone is looking. */

import { type Signal, signal } from "@preact/signals"

/** Now. */
export const now: Signal<number> = signal(0)

/** The moment that the user looks at instead; undefined for now. */
export const chosenMoment: Signal<number | undefined> = signal(undefined)

/** Starts the clock. A page that nobody sees need not tick; it is set when it is looked at again. */
export function startClock(): void {
  tick()
  setInterval(() => document.hidden || tick(), 1000)
  document.addEventListener("visibilitychange", tick)
}

function tick(): void {
  now.value = Math.floor(Date.now() / 1000)
}
