/** A window over the page: the browser's own, with its own ways out. */

import type { ComponentChildren, JSX } from "preact"
import { words } from "../words/words.ts"
import "../style/dialog.css"

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** The window. Escape and the button close it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  return (
    <dialog class="dialog" aria-labelledby="dialog-title" ref={show} onClose={onClose}>
      <div class="panel-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="button" onClick={({ currentTarget }) => currentTarget.closest("dialog")?.close()}>
          {words.value.share.close}
        </button>
      </div>
      {children}
    </dialog>
  )
}

function show(dialog: HTMLDialogElement | null): void {
  if (dialog?.open === false) dialog.showModal()
}
