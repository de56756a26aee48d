/** The page comes to life: settings, what a link brought, the clock, and the view. */

import { effect } from "@preact/signals"
import { type ComponentChildren, render } from "preact"
import "../style/tokens.css"
import "../style/base.css"
import "../style/panel.css"
import { probeAlgorithms } from "../state/algorithms.ts"
import { startClock } from "../state/clock.ts"
import { probeEncryptions } from "../state/encrypting.ts"
import { tokenText } from "../state/input.ts"
import { takeLink } from "../state/link.ts"
import { probeKinds } from "../state/making-keys.ts"
import { followPresenter } from "../state/presenter.ts"
import { language, restoreSettings } from "../state/settings.ts"
import { answerTasks } from "../state/worker.ts"
import { App } from "../view/app.tsx"
import { followShortcuts } from "../view/shortcuts.tsx"
import { words } from "../words/words.ts"

/**
 * Starts; in a worker, which has no document, as that.
 *
 * @param more - Below the key: what only one of the builds has.
 */
export function start(more?: ComponentChildren): void {
  if (globalThis.document === undefined) {
    answerTasks()
    return
  }
  restoreSettings(takeLink())
  // Another link, opened in the same window.
  addEventListener("hashchange", () => {
    language.value = takeLink() ?? language.peek()
  })
  for (const name of ["dragover", "drop"] as const) addEventListener(name, keepPage)
  startClock()
  followShortcuts()
  followPresenter()
  void probeAlgorithms()
  void probeKinds()
  void probeEncryptions()
  effect(() => {
    document.title = words.value.page.title
  })
  showWhatIsMade()
  const root = document.getElementById("page")
  if (root !== null) render(<App>{more}</App>, root)
}

/** A first token that is made below appears at the top, and what made it moves: the eyes go along, the keyboard stays. */
function showWhatIsMade(): void {
  let wasEmpty = true
  effect(() => {
    const isEmpty = tokenText.value === ""
    if (wasEmpty && !isEmpty && document.activeElement?.closest(".tools") != null) scrollTo(0, 0)
    wasEmpty = isEmpty
  })
}

/** A file dropped beside the key box would be opened in place of the page, and with the page go token and key. */
function keepPage(event: DragEvent): void {
  if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault()
}
