/** A place that is kept: between two letters that are typed nothing below an answer moves up and down again. */

import type { RefObject } from "preact"
import { useRef } from "preact/hooks"

/** What an element is given that keeps its height. */
interface Held<Kept> {
  readonly ref: RefObject<Kept | null>
  readonly style: { readonly minHeight: string }
}

/** Keeps the height that the element has, as long as its next content is awaited. */
export function useHeight<Kept extends HTMLElement>(isAwaited: boolean): Held<Kept> {
  const ref = useRef<Kept>(null)
  const height = useRef("")
  if (!isAwaited) height.current = ""
  // Read once: what is measured later is this height, at the least.
  else if (height.current === "") height.current = `${ref.current?.getBoundingClientRect().height ?? 0}px`
  return { ref, style: { minHeight: height.current } }
}
