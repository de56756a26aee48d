/** Buttons that copy. Each says what became of it, and so does the live region. */

import type { JSX } from "preact"
import { copy, lastCopy } from "../state/clipboard.ts"
import { fill, words } from "../words/words.ts"
import "../style/copy.css"

interface CopyProps {
  /** Different for each button. */
  readonly id: unknown
  /** What is copied, named for those who do not see where the button stands. */
  readonly name: string
  readonly text: () => string
  /** What the button says; without it, it is only the sign. */
  readonly label?: string
}

/** One of them. What it copies describes it and is no part of its name: a claim may be called as another button is. */
export function CopyButton({ id, name, text, label }: CopyProps): JSX.Element {
  const { copying } = words.value
  const done = lastCopy.value?.id === id ? lastCopy.value : undefined
  return (
    <button
      type="button"
      class={label === undefined ? "copy" : "button button-small"}
      aria-label={label === undefined ? copying.label : undefined}
      title={fill(copying.name, name)}
      data-done={done?.isDone}
      onClick={() => void copy(id, text())}
    >
      <Sign />
      {label !== undefined && <span>{label}</span>}
      {done !== undefined && <span class="copy-done">{done.isDone ? copying.done : copying.failed}</span>}
    </button>
  )
}

function Sign(): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" width="1.2em" height="1.2em" aria-hidden="true" fill="none" stroke="currentColor">
      <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z" stroke-width="1.4" />
    </svg>
  )
}
