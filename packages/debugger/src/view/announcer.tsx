/** The one region that speaks by itself: verdicts and what is wrong with a draft, once they stand still, and what became of a copy. */

import { computed, effect, signal } from "@preact/signals"
import type { JSX } from "preact"
import { lastCopy } from "../state/clipboard.ts"
import { headline } from "../state/headline.ts"
import { judgment } from "../state/judgment.ts"
import { words } from "../words/words.ts"
import { draftProblem } from "./editors.tsx"
import { NAMES, statusText } from "./verdicts.tsx"

/** So long nothing may change before it is said: nobody wants to hear each letter judged. */
const DELAY_MS = 600

const sentence = computed(() => {
  const { headline: texts, verdicts } = words.value
  const [name] = headline.value
  if (name === "empty" || name === "checking") return ""
  const found = judgment.value
  const answers = found === undefined ? [] : NAMES.map((one) => `${verdicts[one]}: ${statusText(one, found)}`)
  return [texts[name], ...answers].join(". ")
})
const said = signal("")

effect(() => {
  const text = draftProblem.value || sentence.value
  const timer = setTimeout(() => {
    said.value = text
  }, DELAY_MS)
  return () => clearTimeout(timer)
})

effect(() => {
  const { copying } = words.peek()
  if (lastCopy.value !== undefined) said.value = lastCopy.value.isDone ? copying.done : copying.failed
})

/** The region. */
export function Announcer(): JSX.Element {
  return (
    <p class="visually-hidden" id="announcer" aria-live="polite" aria-atomic="true">
      {said.value}
    </p>
  )
}
