/** Boxes for tokens and keys. */

import { maxCharacters, refused } from "../state/input.ts"

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

/** Refuses what is too long before it is in the box: to lay out megabytes alone would take the browser seconds. */
export function refuseLarge(event: InputEvent): void {
  const { id } = event.currentTarget as HTMLTextAreaElement // only text areas have this handler
  const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? ""
  const isTooLong = text.length > maxCharacters.peek()
  if (isTooLong) event.preventDefault()
  refused.value = isTooLong ? { box: id, text } : undefined
}
