/** Marks that differ in shape, not only in colour. */

import type { JSX } from "preact"

/** What a mark says. */
export type MarkName = "pass" | "fail" | "spent" | "not_checked" | "cannot_check" | "error" | "warning" | "info"

const SHAPES: Readonly<Record<MarkName, JSX.Element>> = {
  pass: <path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm3.6 5.2-4.3 5-2.9-2.7 1-1.1 1.8 1.6 3.3-3.8Z" />,
  fail: (
    <path d="M5 1 1 5v6l4 4h6l4-4V5l-4-4Zm.9 3.8L8 6.9l2.1-2.1 1.1 1.1L9.1 8l2.1 2.1-1.1 1.1L8 9.1l-2.1 2.1-1.1-1.1L6.9 8 4.8 5.9Z" />
  ),
  spent: (
    <path d="M3 1h10v1.6h-1v1.7L9.3 8 12 11.7v1.7h1V15H3v-1.6h1v-1.7L6.7 8 4 4.3V2.6H3Zm2.6 1.6v1.2L8 7l2.4-3.2V2.6ZM8 9l-2.4 3.2v1.2h4.8v-1.2Z" />
  ),
  not_checked: (
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.6 2.1" />
  ),
  cannot_check: (
    <path d="M8 1 1 8l7 7 7-7Zm-.8 9.6h1.6V12H7.2ZM5.8 6.4C5.8 5 6.7 4.3 8 4.3s2.3.7 2.3 1.9c0 1.7-1.6 1.7-1.6 3.2H7.2c0-2 1.5-2.2 1.5-3.1 0-.4-.3-.7-.8-.7s-.8.3-.8.8Z" />
  ),
  error: <path d="M5 1 1 5v6l4 4h6l4-4V5l-4-4Zm2.2 3h1.6v5H7.2Zm0 6.4h1.6V12H7.2Z" />,
  warning: <path d="M8 1 .8 14.4h14.4Zm-.8 4.8h1.6v4.4H7.2Zm0 5.4h1.6v1.6H7.2Z" />,
  info: <path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-.8 3h1.6v1.6H7.2Zm0 2.8h1.6V12H7.2Z" />,
}

/** A mark; the words beside it say the same. */
export function Mark({ name }: { readonly name: MarkName }): JSX.Element {
  return (
    <svg class="mark" data-mark={name} viewBox="0 0 16 16" aria-hidden="true" fill="currentColor" fill-rule="evenodd">
      {SHAPES[name]}
    </svg>
  )
}
