/** The algorithms there are, and which of them this browser has. Found out by asking, never by the browser's name. */

import { type Signal, signal } from "@preact/signals"
import { getAlgorithm, listAlgorithms } from "jotkit"

/** An algorithm of the list. */
export interface ListedAlgorithm {
  readonly name: string
  readonly isAvailable: boolean
}

/** All registered signature algorithms. */
export const algorithms: Signal<readonly ListedAlgorithm[]> = signal(
  listAlgorithms().map((name) => ({ name, isAvailable: true })),
)

/** What may have made a signature; `none` makes none. */
export const VERIFIABLE: readonly string[] = listAlgorithms().filter((name) => name !== "none")

/** Asks the platform. */
export async function probeAlgorithms(): Promise<void> {
  algorithms.value = await Promise.all(
    listAlgorithms().map(async (name) => ({ name, isAvailable: await isAvailable(name) })),
  )
}

async function isAvailable(name: string): Promise<boolean> {
  const algorithm = getAlgorithm(name)
  return "availableAsync" in algorithm ? algorithm.availableAsync() : true
}
