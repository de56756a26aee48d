/** A place that is kept: between two letters that are typed nothing below an answer moves up and down again. */

import type { RefObject } from "preact"
import { useEffect, useRef } from "preact/hooks"

/** What an element is given that keeps its height. */
interface Held<Kept> {
  readonly ref: RefObject<Kept | null>
  readonly style: { readonly minHeight: string }
}

/** Keeps the height that the element had, as long as its next content is awaited. */
export function useHeight<Kept extends HTMLElement>(isAwaited: boolean): Held<Kept> {
  const ref = useRef<Kept>(null)
  const height = useRef(0)
  // Once it was painted: to measure in between would lay out the page once more for every letter.
  useEffect(() => {
    if (!isAwaited) height.current = ref.current?.getBoundingClientRect().height ?? 0
  })
  return { ref, style: { minHeight: isAwaited ? `${height.current}px` : "" } }
}
