/** Where the keyboard goes. What goes with its own press would leave it nowhere. */

/** Gives the focus to what has this id, a title too. */
export function focusOn(id: string): void {
  give(document.getElementById(id))
}

/** Gives the focus to what stands before a button: to the last button in it, if it has any. */
export function focusBefore({ previousElementSibling: place }: Element): void {
  give([...(place?.querySelectorAll("button") ?? [])].at(-1) ?? place)
}

function give(place: Element | null): void {
  if (!(place instanceof HTMLElement)) return
  // What takes no focus by itself takes it here, and is no stop for the tab key.
  if (place.tabIndex < 0) place.tabIndex = -1
  place.focus()
}
