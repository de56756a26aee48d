/** The clipboard: written to on a click, never read. */

import { type Signal, signal } from "@preact/signals"

/** What became of the last copy. */
export interface Copy {
  /** Which button it was: a text, or what it copies from. */
  readonly id: unknown
  /** Without a secure context there is no clipboard, and the user may have forbidden it. */
  readonly isDone: boolean
}

/** The last copy; undefined while it lasts. */
export const lastCopy: Signal<Copy | undefined> = signal(undefined)

/** Copies. */
export async function copy(id: unknown, text: string): Promise<void> {
  lastCopy.value = undefined
  try {
    await navigator.clipboard.writeText(text)
    lastCopy.value = { id, isDone: true }
  } catch {
    lastCopy.value = { id, isDone: false }
  }
}
