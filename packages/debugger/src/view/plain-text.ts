/** Boxes for tokens and keys. */

import { linesOf, MAX_LINES, maxCharacters, refused } from "../state/input.ts"
import { fill, words } from "../words/words.ts"

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

/** Some browsers put lines there, or take them away, one by one, and look at all that are there each time. */
const MANY_LINES = 500

/**
 * Refuses what is too long before it is in the box: to lay out megabytes alone would take the browser seconds, and so would as many lines.
 *
 * @param most - Characters that the box takes.
 */
export function refuseLarge(event: InputEvent, most: number = maxCharacters.peek()): void {
  const box = event.currentTarget as HTMLTextAreaElement // only text areas have this handler
  const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? ""
  const { selectionStart: start, selectionEnd: end } = box
  const isTooLong = text.length > most || linesOf(text) > MAX_LINES
  refused.value = isTooLong ? { box: box.id, text } : undefined
  const isSlow = linesOf(text) > MANY_LINES || (text !== "" && linesOf(box.value.slice(start, end)) > MANY_LINES)
  if (isTooLong || isSlow) event.preventDefault()
  if (isTooLong || !isSlow) return
  box.setRangeText(text, start, end, "end")
  box.dispatchEvent(new InputEvent("input", { bubbles: true }))
}

/** Why a text was refused. */
export function tooLargeText(text: string): string {
  const lines = linesOf(text)
  const { too_large, too_many } = words.value.token
  return lines > MAX_LINES ? fill(too_many, MAX_LINES) : fill(too_large, text.length, maxCharacters.value)
}
