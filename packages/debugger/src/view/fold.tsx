/** A panel that stays closed until someone wants it: who only reads a token needs none of them. */

import type { ComponentChildren, JSX } from "preact"
import "../style/fold.css"

interface FoldProps {
  /** Also where it is found. */
  readonly id: string
  readonly title: string
  /** What can be known without opening it. */
  readonly note?: ComponentChildren
  readonly isOpen?: boolean
  readonly children: ComponentChildren
}

/** The panel. */
export function Fold({ id, title, note, isOpen = false, children }: FoldProps): JSX.Element {
  return (
    <section class="panel fold" aria-labelledby={`${id}-title`}>
      <details open={isOpen}>
        <summary>
          <h2 id={`${id}-title`}>{title}</h2>
          {note !== undefined && <span class="fold-note">{note}</span>}
        </summary>
        <div class="fold-body">{children}</div>
      </details>
    </section>
  )
}
