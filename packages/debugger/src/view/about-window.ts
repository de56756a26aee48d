/** Whether the window about the page is open. */

import { type Signal, signal } from "@preact/signals"

/** Whether it is. */
export const isAboutOpen: Signal<boolean> = signal(false)

/** Opens it. */
export function openAbout(): void {
  isAboutOpen.value = true
}
