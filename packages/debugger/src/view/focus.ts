/** Where the keyboard goes. */

/** Gives the focus to what has this id. */
export function focusOn(id: string): void {
  document.getElementById(id)?.focus()
}
