/** Presenter mode: large type, and nothing on the wall that could be used or that is about a person. */

import { effect, type Signal, signal } from "@preact/signals"

/** Whether it is on. It is off whenever the page is opened. */
export const isPresenting: Signal<boolean> = signal(false)

/** Lets the document show whether it is. */
export function followPresenter(): void {
  effect(() => {
    const { dataset } = document.documentElement
    if (isPresenting.value) dataset["presenting"] = ""
    else delete dataset["presenting"]
  })
}
