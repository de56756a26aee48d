/** Boxes for tokens and keys. */

import { type Signal, signal } from "@preact/signals"

/** How they are: no help of the browser reads along, because some of it is sent away. */
export const PLAIN_TEXT = {
  spellcheck: false,
  autocomplete: "off",
  autocapitalize: "off",
  autocorrect: "off",
  translate: false,
  "data-gramm": "false",
  wrap: "soft",
} as const

/** The most characters that a box takes; nothing longer is read anyway. */
export const MAX_CHARACTERS = 1_048_576

/** Which box refused a text, and how long that was. */
export const refused: Signal<{ readonly box: string; readonly length: number } | undefined> = signal(undefined)

/** Refuses what is too long before it is in the box: to lay out megabytes alone would take the browser seconds. */
export function refuseLarge(event: InputEvent): void {
  const { id } = event.currentTarget as HTMLTextAreaElement // only text areas have this handler
  const length = event.data?.length ?? event.dataTransfer?.getData("text/plain").length ?? 0
  if (length > MAX_CHARACTERS) event.preventDefault()
  refused.value = length > MAX_CHARACTERS ? { box: id, length } : undefined
}
