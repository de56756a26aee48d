/** Shortcuts: none without two keys held down, so that none is struck by typing. */

import type { JSX } from "preact"
import { isPresenting } from "../state/presenter.ts"
import { words } from "../words/words.ts"
import { openAbout } from "./about-window.ts"
import { focusOn } from "./focus.ts"
import { openShare } from "./share.tsx"

/** By the digit that is struck with Alt and Shift. */
const ACTS = {
  token: () => focusOn("token"),
  key: () => focusOn("key"),
  verdict: () => focusOn("verdict-title"),
  share: openShare,
  presenter: () => {
    isPresenting.value = !isPresenting.value
  },
  about: openAbout,
} as const
const NAMES = Object.keys(ACTS) as (keyof typeof ACTS)[] // the names just written

/** Listens for them. */
export function followShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    const { code, altKey, shiftKey, ctrlKey, metaKey } = event
    const name = NAMES[Number(/^Digit(\d)$/.exec(code)?.[1]) - 1]
    if (name === undefined || !altKey || !shiftKey || ctrlKey || metaKey) return
    event.preventDefault()
    // A window over the page keeps the keyboard to itself.
    if (document.querySelector("dialog[open]") === null) ACTS[name]()
  })
}

/** The list of them. */
export function Shortcuts(): JSX.Element {
  const { shortcut } = words.value
  return (
    <dl class="shortcuts">
      {NAMES.map((name, index) => (
        <div key={name}>
          <dt>
            <kbd>Alt</kbd> <kbd>{shortcut.shift}</kbd> <kbd>{index + 1}</kbd>
          </dt>
          <dd>{shortcut[name]}</dd>
        </div>
      ))}
    </dl>
  )
}
