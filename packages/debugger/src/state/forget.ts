/** Forgetting: nothing of the visit remains, neither in the page nor in the browser. */

import { type Signal, signal } from "@preact/signals"
import { clearInput } from "./input.ts"
import { innerKeyText } from "./opening.ts"
import { eraseStored } from "./stored.ts"

/** Whether everything was forgotten since the last thing was given; said aloud. */
export const isForgotten: Signal<boolean> = signal(false)

/** Empties the page and what is remembered. Language and theme stay as they are until the page is left. */
export function forgetEverything(): void {
  clearInput()
  innerKeyText.value = ""
  eraseStored()
  isForgotten.value = true
}
